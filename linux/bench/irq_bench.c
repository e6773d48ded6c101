// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux's own interrupt core takes for what irqref-bench measures, under the same row names.
 * Linked into a User-Mode Linux by scripts/bench-linux-core; measures when the kernel is up, prints
 * "irq_bench: ROW NS" and powers off. One CPU, so locks and atomic operations cost Linux nothing.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define ROUNDS 41
#define MOST   65536u

/* Shuffled numbers 0 to count - 1, and the hwirqs of the mappings of these places. */
static u32 *order;
static u32 *hwirqs;
static u32 random_state = 1;
static unsigned long deliveries;

static u32 random_next(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

/* A permutation of all numbers of 32 bits: no key comes twice, and they have no pattern. */
static u32 scatter(u32 h)
{
	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

static void make_order(u32 count, bool sparse)
{
	u32 i;

	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = count; i > 1; i--) {
		u32 other = random_next() % i;

		swap(order[i - 1], order[other]);
	}
	for (i = 0; i < count; i++)
		hwirqs[i] = sparse ? scatter(i + 1) : order[i];
}

/* ------------------------------------------------------------- measuring */

struct run {
	struct irq_domain *domain;
	struct irq_fwspec fwspec;
	u32 count;
	u32 hwirq;
	unsigned int virq;
	unsigned long sum;
};

/*
 * The least of the rounds, in hundredths of a nanosecond: the clock is the host's, so whatever else
 * runs there is in the others.
 */
static void measure(const char *row, void (*what)(struct run *run, u32 n), struct run *run, u32 n)
{
	u64 least = U64_MAX;
	int i;

	what(run, n);
	for (i = 0; i < ROUNDS; i++) {
		u64 began = ktime_get_ns();

		what(run, n);
		least = min(least, (ktime_get_ns() - began) * 100 / n);
	}
	pr_info("irq_bench: %s %llu.%02llu\n", row, least / 100, least % 100);
}

static void find(struct run *run, u32 n)
{
	u32 at = 0;

	while (n--) {
		run->sum += irq_find_mapping(run->domain, hwirqs[at]);
		at = at + 1 == run->count ? 0 : at + 1;
	}
}

static void dispatch(struct run *run, u32 n)
{
	unsigned long flags;

	local_irq_save(flags);
	irq_enter();
	while (n--)
		generic_handle_domain_irq(run->domain, random_next() % run->count);
	irq_exit();
	local_irq_restore(flags);
}

static void entropy(struct run *run, u32 n)
{
	while (n--)
		add_interrupt_randomness(run->virq);
}

/* What waits for grace periods is waited for after every 64, as part of the cost. */
static void create_dispose(struct run *run, u32 n)
{
	while (n--) {
		irq_dispose_mapping(irq_create_mapping(run->domain, run->hwirq));
		if (n % 64 == 0)
			rcu_barrier();
	}
}

static void alloc_free(struct run *run, u32 n)
{
	while (n--) {
		int virq = irq_domain_alloc_irqs(run->domain, 1, NUMA_NO_NODE, &run->hwirq);

		irq_domain_free_irqs(virq, 1);
		if (n % 64 == 0)
			rcu_barrier();
	}
}

static void existing(struct run *run, u32 n)
{
	while (n--)
		run->sum += irq_create_mapping(run->domain, run->hwirq);
}

static void existing_fwspec(struct run *run, u32 n)
{
	while (n--)
		run->sum += irq_create_fwspec_mapping(&run->fwspec);
}

static irqreturn_t handler(int irq, void *cookie)
{
	deliveries++;
	return IRQ_HANDLED;
}

static void request_free(struct run *run, u32 n)
{
	while (n--) {
		if (request_irq(run->virq, handler, 0, "bench", run))
			panic("request_irq");
		free_irq(run->virq, run);
	}
}

/* --------------------------------------------------------------- domains */

static int map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, &dummy_irq_chip, handle_simple_irq);
	return 0;
}

static const struct irq_domain_ops flat_ops = {
        .map = map,
        .xlate = irq_domain_xlate_onecell,
};

static int alloc_level(struct irq_domain *domain, unsigned int virq, unsigned int nr, void *arg)
{
	irq_hw_number_t hwirq = *(u32 *)arg;

	if (!domain->parent) {
		irq_domain_set_info(domain, virq, hwirq, &dummy_irq_chip, NULL, handle_simple_irq,
		                    NULL, NULL);
		return 0;
	}
	irq_domain_set_hwirq_and_chip(domain, virq, hwirq, &dummy_irq_chip, NULL);
	return irq_domain_alloc_irqs_parent(domain, virq, nr, arg);
}

static const struct irq_domain_ops level_ops = {
        .alloc = alloc_level,
        .free = irq_domain_free_irqs_common,
};

static struct irq_domain *flat(const char *name, u32 size)
{
	struct fwnode_handle *node = irq_domain_alloc_named_fwnode(name);
	struct irq_domain *domain;

	domain = size ? irq_domain_create_linear(node, size, &flat_ops, NULL)
	              : irq_domain_create_tree(node, &flat_ops, NULL);
	if (!domain)
		panic("no domain");
	return domain;
}

static void fill(struct irq_domain *domain, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!irq_create_mapping(domain, hwirqs[i]))
			panic("no mapping");
	}
}

static void empty(struct irq_domain *domain, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		irq_dispose_mapping(irq_find_mapping(domain, hwirqs[i]));
	rcu_barrier();
	irq_domain_remove(domain);
}

/* ------------------------------------------------------------------ rows */

static void find_row(const char *row, u32 count, bool tree, bool sparse)
{
	struct run run = {.count = count};

	make_order(count, sparse);
	run.domain = flat(row, tree ? 0 : count);
	fill(run.domain, count);
	measure(row, find, &run, 1u << 17);
	empty(run.domain, count);
}

static void handler_rows(void)
{
	struct run run = {.count = 64};
	u32 i;

	make_order(run.count, false);
	run.domain = flat("handlers", run.count + 1);
	fill(run.domain, run.count);
	for (i = 0; i < run.count; i++) {
		if (request_irq(irq_find_mapping(run.domain, i), handler, 0, "bench", &run))
			panic("request_irq");
	}
	run.virq = irq_find_mapping(run.domain, 0);
	measure("dispatch_1", dispatch, &run, 1u << 15);
	measure("dispatch_1_entropy", entropy, &run, 1u << 15);
	for (i = 0; i < run.count; i++)
		free_irq(irq_find_mapping(run.domain, i), &run);
	measure("request_free", request_free, &run, 1u << 13);
	measure("get_put_existing", existing, &run, 1u << 15);
	run.hwirq = run.count;
	measure("create_dispose", create_dispose, &run, 1u << 11);
	empty(run.domain, run.count);
}

static void sparse_row(void)
{
	struct run run = {.count = 64, .hwirq = 0x80000005u};

	make_order(run.count, true);
	run.domain = flat("sparse", 0);
	fill(run.domain, run.count);
	measure("create_dispose_sparse", create_dispose, &run, 1u << 11);
	empty(run.domain, run.count);
}

static void level_row(void)
{
	struct run run = {.hwirq = 5};
	struct irq_domain *domain = NULL;
	int i;

	for (i = 0; i < 3; i++) {
		domain = irq_domain_create_hierarchy(
		        domain, 0, 64, irq_domain_alloc_named_fwnode("level"), &level_ops, NULL);
		if (!domain)
			panic("no domain");
	}
	run.domain = domain;
	measure("get_put_hier3", alloc_free, &run, 1u << 11);
}

static void fwspec_row(const char *row, u32 others)
{
	struct run run = {};
	u32 i;

	/* New domains come first on the list; ours, the first, is the last that is looked at. */
	run.domain = flat(row, 8);
	for (i = 0; i < others; i++)
		flat("other", 8);
	run.fwspec =
	        (struct irq_fwspec){.fwnode = run.domain->fwnode, .param_count = 1, .param = {3}};
	measure(row, existing_fwspec, &run, 1u << 13);
}

static int __init irq_bench(void)
{
	order = vmalloc(MOST * sizeof(*order));
	hwirqs = vmalloc(MOST * sizeof(*hwirqs));
	if (!order || !hwirqs)
		panic("no memory");
	find_row("find_linear_hot", 256, false, false);
	find_row("find_linear_64k", 65536, false, false);
	find_row("find_tree_dense_64k", 65536, true, false);
	find_row("find_tree_sparse32_1k", 1024, true, true);
	find_row("find_tree_sparse32_64k", 65536, true, true);
	handler_rows();
	sparse_row();
	level_row();
	fwspec_row("get_put_fwspec_1", 0);
	fwspec_row("get_put_fwspec_100", 99);
	pr_info("irq_bench: end 0.00\n");
	kernel_power_off();
	return 0;
}
late_initcall(irq_bench);
