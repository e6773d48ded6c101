// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of two levels that come and go, for as long as the module is loaded. Unlike those of one
 * level, the kernel frees a part of them at once, whoever looks.
 */
#include <linux/delay.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>
#include <linux/module.h>

#define THREADS 2

static unsigned int rounds;
module_param(rounds, uint, 0444);
static unsigned int failed;
module_param(failed, uint, 0444);

static struct fwnode_handle *nodes[2];
static struct irq_domain *base, *top;
static struct task_struct *threads[THREADS];

static struct irq_chip tower_chip = {.name = "tower"};

static int base_alloc(struct irq_domain *domain, unsigned int virq, unsigned int n, void *arg)
{
	return irq_domain_set_hwirq_and_chip(domain, virq, *(unsigned long *)arg, &tower_chip,
	                                     NULL);
}

static int top_alloc(struct irq_domain *domain, unsigned int virq, unsigned int n, void *arg)
{
	int err = irq_domain_alloc_irqs_parent(domain, virq, n, arg);

	if (!err)
		irq_domain_set_info(domain, virq, *(unsigned long *)arg, &tower_chip, NULL,
		                    handle_simple_irq, NULL, NULL);
	return err;
}

static void base_free(struct irq_domain *domain, unsigned int virq, unsigned int n)
{
}

static const struct irq_domain_ops base_ops = {.alloc = base_alloc, .free = base_free};
static const struct irq_domain_ops top_ops = {
        .alloc = top_alloc,
        .free = irq_domain_free_irqs_common,
};

static int tower_thread(void *data)
{
	unsigned long hwirq = (unsigned long)data;

	while (!kthread_should_stop()) {
		int virq = irq_domain_alloc_irqs(top, 1, NUMA_NO_NODE, &hwirq);

		if (virq > 0)
			irq_dispose_mapping(virq);
		else
			WRITE_ONCE(failed, failed + 1);
		WRITE_ONCE(rounds, rounds + 1);
		usleep_range(20, 200);
	}
	return 0;
}

static void tower_unwind(void)
{
	for (size_t i = 0; i < THREADS; i++) {
		if (threads[i])
			kthread_stop(threads[i]);
	}
	if (top)
		irq_domain_remove(top);
	if (base)
		irq_domain_remove(base);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		if (nodes[i])
			irq_domain_free_fwnode(nodes[i]);
	}
}

static int tower_build(void)
{
	nodes[0] = irq_domain_alloc_named_fwnode("tower-base");
	nodes[1] = irq_domain_alloc_named_fwnode("tower-top");
	if (!nodes[0] || !nodes[1])
		return -ENOMEM;
	base = irq_domain_create_tree(nodes[0], &base_ops, NULL);
	if (!base)
		return -ENOMEM;
	top = irq_domain_create_hierarchy(base, 0, 0, nodes[1], &top_ops, NULL);
	return top ? 0 : -ENOMEM;
}

static int __init tower_init(void)
{
	int err = tower_build();

	for (size_t i = 0; !err && i < THREADS; i++) {
		struct task_struct *thread =
		        kthread_run(tower_thread, (void *)(i + 1), "tower/%zu", i);

		if (IS_ERR(thread))
			err = PTR_ERR(thread);
		else
			threads[i] = thread;
	}
	if (err)
		tower_unwind();
	return err;
}

static void __exit tower_exit(void)
{
	tower_unwind();
}

module_init(tower_init);
module_exit(tower_exit);
MODULE_DESCRIPTION("Mappings of two levels all the time");
MODULE_LICENSE("GPL");
