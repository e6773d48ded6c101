/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an interrupt costs: from the moment that the CPU may take it to the handler, and back; with the
 * library, and as the limit beside it with a bare table of function pointers. Vector, controller,
 * device and handler are the same in both; all that differs is irqref_dispatch(), which the linker
 * leads through here (--wrap).
 */
#include "bench.h"
#include "edu.h"
#include "kernel.h"
#include "print.h"

#define RUNS 200u

#define EDU_STATUS 0x24u
#define EDU_RAISE  0x60u
#define EDU_ACK    0x64u

/* An entry of the table: the least that serves a line and completes it at its controller. */
struct entry {
	irqref_handler_fn *handler;
	void *cookie;
	void (*eoi)(struct irqref_desc *desc, struct irqref_level *level);
	struct irqref_desc *desc;
	struct irqref_level *level;
};

static struct entry table[1];
static struct entry *table_in_use;
static uint64_t at_handler;
static uint32_t served;

int __real_irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq);
int __wrap_irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq);

/* One line is measured: whatever comes is that. */
int __wrap_irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct entry *entry = table_in_use;

	if (!entry)
		return __real_irqref_dispatch(domain, hwirq);
	entry->handler((irqref_virq_t)hwirq, entry->cookie);
	if (entry->eoi)
		entry->eoi(entry->desc, entry->level);
	return IRQREF_OK;
}

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	const struct edu *edu = cookie;
	uint32_t status;

	at_handler = machine_counter();
	(void)virq;
	status = machine_read32_native(edu->regs + EDU_STATUS);
	machine_write32_native(edu->regs + EDU_ACK, status);
	served++;
	return status ? IRQREF_HANDLED : IRQREF_NONE;
}

/* Interrupts are off in here, but for the window. The least of all runs: others had a tick in them. */
static bool measure(const struct edu *edu, uint64_t *to_handler, uint64_t *and_back)
{
	uint32_t i;

	*to_handler = UINT64_MAX;
	*and_back = UINT64_MAX;
	for (i = 0; i < RUNS; i++) {
		uint32_t before = served;
		uint64_t began, over;

		machine_write32_native(edu->regs + EDU_RAISE, 1);
		began = machine_counter();
		machine_irq_window();
		over = machine_counter();
		if (served == before)
			return false;
		if (at_handler - began < *to_handler)
			*to_handler = at_handler - began;
		if (over - began < *and_back)
			*and_back = over - began;
	}
	return true;
}

/* What the window takes when nothing comes. */
static uint64_t measure_nothing(void)
{
	uint64_t began = machine_counter();

	machine_irq_window();
	return machine_counter() - began;
}

static void fill_table(struct edu *edu)
{
	struct irqref_domain *domain = edu->f->line_domain;
	struct irqref_desc *desc = irqref_find(domain, edu->f->line);
	struct irqref_level *level = desc ? irqref_desc_level(desc, domain) : NULL;

	while (level && (!level->chip || !level->chip->eoi))
		level = irqref_level_parent(desc, level);
	table[0] = (struct entry){handler, edu, level ? level->chip->eoi : NULL, desc, level};
}

/* The mapping stays while this runs, for its reference does. */
void bench(void)
{
	struct edu *edu = edu_next(NULL);
	uint64_t library[2], limit[2], nothing;
	bool right;

	if (!check(edu != NULL, "bench: a device to measure with"))
		return;
	irqref_free(kernel_space, edu->f->irq.intx);
	if (!check(!irqref_request(kernel_space, edu->f->irq.intx, handler, edu, IRQREF_SHARED),
	           "bench: %s has the measuring handler", edu->f->name))
		return;
	measure_nothing();
	nothing = measure_nothing();
	right = measure(edu, &library[0], &library[1]);
	fill_table(edu);
	table_in_use = table;
	right &= measure(edu, &limit[0], &limit[1]);
	table_in_use = NULL;
	check(right, "bench: every interrupt was served in its window");
	print("# bench\twhat\tirqref\ttable\n");
	print("# bench\t%s to the handler\t%llu\t%llu\n", machine_counter_unit,
	      (unsigned long long)library[0], (unsigned long long)limit[0]);
	print("# bench\t%s there and back\t%llu\t%llu\n", machine_counter_unit,
	      (unsigned long long)library[1], (unsigned long long)limit[1]);
	print("# bench\t%s of the empty window, counted in both\t%llu\t%llu\n",
	      machine_counter_unit, (unsigned long long)nothing, (unsigned long long)nothing);
	check(library[1] >= limit[1] || !right, "bench: the table is the limit");
}
