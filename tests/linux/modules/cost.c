// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel's interrupt functions cost: measured while the module is loaded, by the CPU's
 * counter; in a guest of QEMU with -icount shift=0 that is instructions. The files of
 * /sys/module/cost/parameters are hundredths of a count for one operation, medians of rounds:
 *   deliver         generic_handle_domain_irq() to one handler
 *   request_free    request_irq(), free_irq()
 *   create_again    irq_create_mapping() of what is mapped
 *   create_dispose  irq_create_mapping() of what is not, irq_dispose_mapping()
 * What the kernel frees after a grace period is freed between the rounds, and not counted.
 */
#include <linux/irq.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sort.h>
#include <linux/timex.h>

#include "lab.h"

#define ROUNDS 63
#define BATCH  16

static unsigned long deliver;
module_param(deliver, ulong, 0444);
static unsigned long request_free;
module_param(request_free, ulong, 0444);
static unsigned long create_again;
module_param(create_again, ulong, 0444);
static unsigned long create_dispose;
module_param(create_dispose, ulong, 0444);

static unsigned int virq;
static unsigned long handled;
static int failed;

static irqreturn_t cost_handler(int irq, void *data)
{
	handled++;
	return IRQ_HANDLED;
}

static void do_deliver(void)
{
	failed |= generic_handle_domain_irq(lab_domain, LAB_COST);
}

static void do_request_free(void)
{
	int err = request_irq(virq, cost_handler, 0, "cost", &virq);

	if (err)
		failed |= err;
	else
		free_irq(virq, &virq);
}

static void do_create_again(void)
{
	if (irq_create_mapping(lab_domain, LAB_COST) != virq)
		failed |= -EINVAL;
}

static void do_create_dispose(void)
{
	unsigned int fresh = irq_create_mapping(lab_domain, LAB_COST + 1);

	if (fresh)
		irq_dispose_mapping(fresh);
	else
		failed |= -ENOMEM;
}

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static unsigned long median(void (*operation)(void), bool irqs_off)
{
	u64 rounds[ROUNDS];
	unsigned long flags = 0;
	int i, n;

	operation();
	for (i = 0; i < ROUNDS; i++) {
		u64 began;

		rcu_barrier();
		if (irqs_off)
			local_irq_save(flags);
		began = get_cycles();
		for (n = 0; n < BATCH; n++)
			operation();
		rounds[i] = get_cycles() - began;
		if (irqs_off)
			local_irq_restore(flags);
	}
	sort(rounds, ROUNDS, sizeof(rounds[0]), by_value, NULL);
	return (unsigned long)div_u64(rounds[ROUNDS / 2] * 100, BATCH);
}

static int measure(void)
{
	int err = request_irq(virq, cost_handler, 0, "cost", &handled);

	if (err)
		return err;
	deliver = median(do_deliver, true);
	free_irq(virq, &handled);
	request_free = median(do_request_free, false);
	create_again = median(do_create_again, false);
	create_dispose = median(do_create_dispose, false);
	return handled ? failed : -EIO;
}

static int __init cost_init(void)
{
	int err;

	virq = irq_create_mapping(lab_domain, LAB_COST);
	if (!virq)
		return -ENXIO;
	err = measure();
	irq_dispose_mapping(virq);
	return err;
}

static void __exit cost_exit(void)
{
}

module_init(cost_init);
module_exit(cost_exit);
MODULE_DESCRIPTION("What interrupt functions cost");
MODULE_LICENSE("GPL");
