/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold at any time.
 */
#include "checks.h"

#include <string.h>

#include "edu.h"
#include "kernel.h"
#include "print.h"

/* How often each device asks, one by one. */
#define ROUNDS 4u

#define SERVED_MS 2000u

/* Another CPU mostly needs no more than this part of a second: not worth a sleep. */
#define SOON_HZ 5000u

/* How many devices send messages at a time. */
#define SENDING 8u

#define LINES 256u

/* A line that had a holder once. */
struct line {
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
};

static struct line lines[LINES];
static uint32_t nr_lines;

/* What the machine's own drivers hold. */
static struct irqref_stats own;

void checks_begin(void)
{
	irqref_space_stats(kernel_space, &own);
}

/* ---------------------------------------------------------------- delivery */

/* What every device was served so far; in the order of edu_next(). */
static uint32_t before[PCI_FUNCTIONS];

static void snapshot(void)
{
	uint32_t i = 0;

	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;)
		before[i++] = edu_served(e);
}

/* Devices whose count did not grow by @more; @except is not looked at. */
static uint32_t count_wrong(const struct edu *except, uint32_t more)
{
	uint32_t i = 0, wrong = 0;

	for (struct edu *e = NULL; (e = edu_next(e)) != NULL; i++) {
		if (e != except && edu_served(e) - before[i] != more && pci_is_there(e->f))
			wrong++;
	}
	return wrong;
}

struct waiting {
	const struct edu *e;
	uint32_t until;
};

static bool is_served(void *ctx)
{
	const struct waiting *w = ctx;

	return edu_served(w->e) == w->until;
}

static bool all_served(void *ctx)
{
	(void)ctx;
	return count_wrong(NULL, 1) == 0;
}

/* A sleep lasts until the next tick, and nothing wakes this CPU when another one has served. */
static bool wait_served(bool (*done)(void *ctx), void *ctx)
{
	uint64_t began = machine_time(), soon = machine_time_hz() / SOON_HZ;

	while (kernel_cpus > 1 && machine_time() - began < soon) {
		machine_irq_window();
		if (done(ctx))
			return true;
	}
	return kernel_wait(done, ctx, SERVED_MS);
}

static void ask_one(struct edu *e)
{
	uint32_t served = 0, others = 0, wrong = e->wrong;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		struct waiting w = {e, edu_served(e) + 1u};

		snapshot();
		edu_raise(e);
		served += wait_served(is_served, &w);
		others += count_wrong(e, 0);
	}
	check(served == ROUNDS && others == 0 && e->wrong == wrong,
	      "%s asked %u times, served %u times by its own handler, %u times by others'",
	      e->f->name, ROUNDS, served, others);
}

/* Which ones @wrong of count_wrong(NULL, 1) were, for whom has to find out why. */
static void print_wrong(void)
{
	uint32_t i = 0;

	for (struct edu *e = NULL; (e = edu_next(e)) != NULL; i++) {
		if (edu_served(e) - before[i] != 1 && pci_is_there(e->f))
			print("# %s was served %u times, status %x\n", e->f->name,
			      edu_served(e) - before[i], edu_asking(e));
	}
}

static void ask_all(void)
{
	uint32_t asked = 0, wrong;

	snapshot();
	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;) {
		if (!pci_is_there(e->f))
			continue;
		edu_raise(e);
		asked++;
	}
	wait_served(all_served, NULL);
	wrong = count_wrong(NULL, 1);
	check(wrong == 0, "all %u asked at once, %u served exactly once", asked, asked - wrong);
	if (wrong)
		print_wrong();
}

void checks_delivery(void)
{
	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;) {
		if (pci_is_there(e->f))
			ask_one(e);
	}
	if (edu_count() > 1)
		ask_all();
}

/* ------------------------------------------------------------------- lines */

static bool holds(const struct pci_function *f, const struct line *line)
{
	return f->consumer && f->irq.intx.generation && f->line_domain == line->domain &&
	       f->line == line->hwirq;
}

static void learn_lines(void)
{
	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;) {
		uint32_t i = 0;

		if (!f->consumer)
			continue;
		while (i < nr_lines && !holds(f, &lines[i]))
			i++;
		if (i == nr_lines && nr_lines < LINES)
			lines[nr_lines++] = (struct line){f->line_domain, f->line};
	}
}

static uint32_t count_holders(const struct line *line)
{
	uint32_t count = 0;

	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;)
		count += holds(f, line);
	return count;
}

/* Whether the ledger names those that hold @line, each with its handler, and nobody else. */
static bool ledger_agrees(const struct line *line, irqref_virq_t virq)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	uint32_t holders = count_holders(line), named = 0;

	while (irqref_ledger_next(kernel_space, &cursor, &entry) > 0) {
		if (entry.virq != virq)
			continue;
		if (entry.strong != holders || entry.floating || !entry.handler || entry.depth)
			return false;
		for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;)
			named += holds(f, line) && strcmp(f->name, entry.holder) == 0;
	}
	return named == holders;
}

static void check_line(const struct line *line)
{
	const char *domain = irqref_domain_name(line->domain);
	irqref_virq_t virq = irqref_find_virq(line->domain, line->hwirq);
	bool masked = machine_masked(line->domain, line->hwirq);
	uint32_t holders = count_holders(line);

	if (holders == 0) {
		check(!virq && masked, "%s %lu without holder: %s, %s", domain, line->hwirq,
		      virq ? "mapped" : "not mapped", masked ? "masked" : "not masked");
		return;
	}
	check(virq && !masked && ledger_agrees(line, virq),
	      "%s %lu with %u holders: %s, %s, in the ledger", domain, line->hwirq, holders,
	      virq ? "mapped" : "not mapped", masked ? "masked" : "not masked");
}

void checks_lines(void)
{
	learn_lines();
	for (uint32_t i = 0; i < nr_lines; i++)
		check_line(&lines[i]);
}

/* ------------------------------------------------------------------ ledger */

void checks_ledger(void)
{
	static const enum irqref_event_kind never[] = {
	        IRQREF_EVENT_STALE,
	        IRQREF_EVENT_LEAKED,
	        IRQREF_EVENT_TYPE_CONFLICT,
	        IRQREF_EVENT_STUCK,
	};
	struct irqref_stats now;
	uint32_t functions = 0, mapped = 0, events = 0;

	irqref_space_stats(kernel_space, &now);
	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;)
		functions += f->consumer && f->irq.intx.generation;
	for (uint32_t i = 0; i < nr_lines; i++)
		mapped += count_holders(&lines[i]) > 0;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		events += now.events[never[i]] - own.events[never[i]];
	check(now.references - own.references == functions && now.mappings - own.mappings == mapped,
	      "%u references for %u functions, %u mappings for %u lines",
	      now.references - own.references, functions, now.mappings - own.mappings, mapped);
	check(now.handlers - own.handlers == functions && events == 0,
	      "%u handlers, %u bad events recorded", now.handlers - own.handlers, events);
}

/* ---------------------------------------------------------------- affinity */

static bool to_cpu(struct edu *e, struct irqref_ref ref, uint32_t cpu, bool *can)
{
	uint32_t bits = 1u << cpu, chosen = UINT32_MAX;
	struct irqref_cpumask cpus = {&bits, kernel_cpus};
	struct waiting w;
	int err = irqref_set_affinity(kernel_space, ref, &cpus, &chosen);

	*can = err != IRQREF_ERR_NOTSUP;
	if (err || chosen != cpu)
		return false;
	/*
	 * Its last run may not be over on the CPU before. What comes here until then is completed and left
	 * to the controller, which raises a level again as long as it is there; QEMU's PLIC does not: it
	 * looks at a level only when that changes.
	 */
	err = irqref_synchronize(kernel_space, ref);
	if (err)
		return false;
	w = (struct waiting){e, edu_served(e) + 1u};
	edu_raise(e);
	return wait_served(is_served, &w) && e->cpu == cpu;
}

/* Sends what @ref holds of @e's to each CPU in turn, at last to @home. */
static void check_affinity(struct edu *e, struct irqref_ref ref, const char *what, uint32_t home)
{
	uint32_t right = 0;
	bool can = true;

	for (uint32_t i = 1; i <= kernel_cpus; i++)
		right += to_cpu(e, ref, (home + i) % kernel_cpus, &can);
	if (!can) {
		print("# %s: the controller cannot choose a CPU\n", e->f->name);
		return;
	}
	check(right == kernel_cpus, "%s, %s: %u of %u CPUs served it as asked", e->f->name, what,
	      right, kernel_cpus);
}

void checks_affinity(void)
{
	uint32_t home = 0;

	if (kernel_cpus < 2)
		return;
	/* So that what follows happens on all of them. */
	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;)
		check_affinity(e, e->f->irq.intx, "pin", home++);
}

/* ---------------------------------------------------------------- messages */

/* Their pins again. */
static void end_messages(struct edu *const *sending, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		ask_one(sending[i]);
		if (kernel_cpus > 1)
			check_affinity(sending[i], sending[i]->f->msi, "message", i);
	}
	/* Some with messages, some with pins. */
	ask_all();
	for (uint32_t i = 0; i < count; i++)
		edu_msi(sending[i], false);
}

/* Several at a time: those behind one bridge may share an ID there. */
void checks_msi(void)
{
	struct edu *sending[SENDING];
	uint32_t count = 0;

	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;) {
		int err;

		if (!pci_msi_domain(e->f))
			continue;
		err = edu_msi(e, true);
		check(!err, "%s sends messages: %s", e->f->name, irqref_strerror(err));
		if (err)
			continue;
		sending[count++] = e;
		if (count == SENDING) {
			end_messages(sending, count);
			count = 0;
		}
	}
	if (count)
		end_messages(sending, count);
}
