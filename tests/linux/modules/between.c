// SPDX-License-Identifier: GPL-2.0-only
/*
 * Brings about what happens once in a million loads: while irqref.ko takes a mapping over that was there
 * before, another task ends it. Loaded first, it has a mapping, and puts probes into irqref.ko when that
 * comes: the loading task stops where it enters a function, until the other task has done its part, or
 * waits for the one that stopped. Parameters:
 *   requested  the mapping has a handler
 *   at         where the loading task stops, once it has looked at the mapping
 *   meanwhile  what the other task does: "dispose" of the mapping; the same and map it "again"; "replace"
 *              it, so that one of another domain takes its number; "free" the handler
 *   then       where the other task stops in its turn, until the module is loaded, or the loading task
 *              waits for this one
 *   clean      write anything: what is there yet is freed and disposed of
 * To be read: "did", the other task is done; "same", what it mapped has the number of the first; "mapped", how
 * many there are; "stuck", somebody stopped longer than that can take. The loading task belongs on CPU 0, the other one is on CPU 1.
 */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/string.h>

#include "probe.h"

#define HWIRQ 3

static bool requested;
module_param(requested, bool, 0444);
static char *at = "";
module_param(at, charp, 0444);
static char *meanwhile = "";
module_param(meanwhile, charp, 0444);
static char *then = "";
module_param(then, charp, 0444);
static bool did, same;
module_param(did, bool, 0444);
module_param(same, bool, 0444);
static unsigned int stuck;
module_param(stuck, uint, 0444);

static struct fwnode_handle *nodes[2];
static struct irq_domain *domains[2];
static unsigned int first;
static struct task_struct *loader, *other;
static bool stopped, other_stopped, other_is_on, loaded, loader_waits;

/* ------------------------------------------------------------------- probes */

/* Nobody can sleep in a probe. */
static void stop_until(const bool *this, const bool *or_that)
{
	ktime_t end = ktime_add_ms(ktime_get(), 10000);

	while (!READ_ONCE(*this) && !READ_ONCE(*or_that)) {
		if (ktime_after(ktime_get(), end)) {
			stuck++;
			return;
		}
		cpu_relax();
	}
}

static int on_look(struct kprobe *probe, struct pt_regs *regs)
{
	if (!loader && probe_argument(regs, 0) == first)
		loader = current;
	return 0;
}

static int on_at(struct kprobe *probe, struct pt_regs *regs)
{
	if (current != loader || stopped)
		return 0;
	WRITE_ONCE(stopped, true);
	stop_until(&did, &other_is_on);
	return 0;
}

static int on_then(struct kprobe *probe, struct pt_regs *regs)
{
	if (current != other || other_stopped)
		return 0;
	other_stopped = true;
	WRITE_ONCE(other_is_on, true);
	stop_until(&loaded, &loader_waits);
	return 0;
}

static int on_pause(struct kprobe *probe, struct pt_regs *regs)
{
	if (current == other)
		WRITE_ONCE(other_is_on, true);
	else if (current == loader)
		WRITE_ONCE(loader_waits, true);
	return 0;
}

static struct kprobe probes[] = {
        {.pre_handler = on_look},
        {.pre_handler = on_at},
        {.pre_handler = on_then},
        {.pre_handler = on_pause},
};
static char symbols[ARRAY_SIZE(probes)][KSYM_NAME_LEN];

static void plant(unsigned int i, const char *function)
{
	if (!*function || !probe_plant(&probes[i], function, symbols[i]))
		return;
	symbols[i][0] = '\0';
	pr_err("between: no probe at %s()\n", function);
}

static int on_module(struct notifier_block *block, unsigned long action, void *data)
{
	const struct module *module = data;

	if (strcmp(module->name, "irqref") != 0)
		return NOTIFY_DONE;
	if (action == MODULE_STATE_COMING) {
		plant(0, "adopt_levels");
		plant(1, at);
		plant(2, then);
		plant(3, "port_pause");
	} else if (action == MODULE_STATE_LIVE) {
		WRITE_ONCE(loaded, true);
	}
	return NOTIFY_DONE;
}

static struct notifier_block modules = {.notifier_call = on_module};

/* ---------------------------------------------------------------- other task */

static irqreturn_t between_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static void between_do(void)
{
	if (!strcmp(meanwhile, "free")) {
		free_irq(first, &first);
		requested = false;
		return;
	}
	irq_dispose_mapping(first);
	if (!strcmp(meanwhile, "again"))
		same = irq_create_mapping(domains[0], HWIRQ) == first;
	if (!strcmp(meanwhile, "replace"))
		same = irq_create_mapping(domains[1], HWIRQ) == first;
}

static int between_thread(void *data)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(stopped) && !did) {
			between_do();
			WRITE_ONCE(did, true);
		}
		usleep_range(1000, 2000);
	}
	return 0;
}

/* ------------------------------------------------------------------ the rest */

static int between_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, &dummy_irq_chip, handle_simple_irq);
	return 0;
}

static const struct irq_domain_ops between_ops = {.map = between_map};

static void between_clean(void)
{
	if (requested)
		free_irq(first, &first);
	requested = false;
	for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
		unsigned int virq = domains[i] ? irq_find_mapping(domains[i], HWIRQ) : 0;

		if (virq)
			irq_dispose_mapping(virq);
	}
}

static int clean_set(const char *text, const struct kernel_param *param)
{
	between_clean();
	return 0;
}
static const struct kernel_param_ops clean_ops = {.set = clean_set};
module_param_cb(clean, &clean_ops, NULL, 0200);

static int mapped_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n",
	                  !!irq_find_mapping(domains[0], HWIRQ) +
	                          !!irq_find_mapping(domains[1], HWIRQ));
}
static const struct kernel_param_ops mapped_ops = {.get = mapped_get};
module_param_cb(mapped, &mapped_ops, NULL, 0400);

static void between_unwind(void)
{
	between_clean();
	for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
		if (domains[i])
			irq_domain_remove(domains[i]);
		if (nodes[i])
			irq_domain_free_fwnode(nodes[i]);
	}
}

static int between_build(void)
{
	static const char *const names[] = {"between-first", "between-other"};

	for (size_t i = 0; i < ARRAY_SIZE(domains); i++) {
		nodes[i] = irq_domain_alloc_named_fwnode(names[i]);
		if (!nodes[i])
			return -ENOMEM;
		domains[i] = irq_domain_create_linear(nodes[i], HWIRQ + 1, &between_ops, NULL);
		if (!domains[i])
			return -ENOMEM;
	}
	first = irq_create_mapping(domains[0], HWIRQ);
	if (!first)
		return -ENOMEM;
	return requested ? request_irq(first, between_handler, 0, "between", &first) : 0;
}

static int __init between_init(void)
{
	int err = between_build();

	if (err) {
		requested = false;
		goto unwind;
	}
	other = kthread_create(between_thread, NULL, "between");
	if (IS_ERR(other)) {
		err = PTR_ERR(other);
		goto unwind;
	}
	kthread_bind(other, 1);
	err = register_module_notifier(&modules);
	if (err)
		goto stop;
	wake_up_process(other);
	return 0;

stop:
	kthread_stop(other);
unwind:
	between_unwind();
	return err;
}

/* irqref.ko is gone by now, or the probes go before it does. */
static void __exit between_exit(void)
{
	unregister_module_notifier(&modules);
	kthread_stop(other);
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (symbols[i][0])
			unregister_kprobe(&probes[i]);
	}
	between_unwind();
}

module_init(between_init);
module_exit(between_exit);
MODULE_DESCRIPTION("Ends a mapping between two instructions of irqref.ko");
MODULE_LICENSE("GPL");
