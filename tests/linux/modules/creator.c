// SPDX-License-Identifier: GPL-2.0-only
/*
 * A caller that creates the mapping each time it wants its number, as free_irq(platform_get_irq(..))
 * does, of the lab's line "line". Write to /sys/module/creator/parameters/:
 *   rounds  so many times: create, request, create, free
 *   dispose anything: one dispose
 */
#include <linux/module.h>

#include "lab.h"

static unsigned int line = LAB_CREATED;
module_param(line, uint, 0444);

static irqreturn_t creator_handler(int irq, void *data)
{
	return IRQ_HANDLED;
}

static unsigned int creator_create(void)
{
	struct irq_fwspec spec = {.fwnode = lab_domain->fwnode, .param_count = 1, .param = {line}};

	return irq_create_fwspec_mapping(&spec);
}

static int creator_round(void)
{
	int err;

	err = request_irq(creator_create(), creator_handler, 0, "creator", &creator_round);
	if (err)
		return err;
	free_irq(creator_create(), &creator_round);
	return 0;
}

static int rounds_set(const char *text, const struct kernel_param *param)
{
	unsigned int rounds;
	int err = kstrtouint(text, 0, &rounds);

	while (!err && rounds-- > 0) {
		err = creator_round();
		cond_resched();
	}
	return err;
}
static const struct kernel_param_ops rounds_ops = {.set = rounds_set};
module_param_cb(rounds, &rounds_ops, NULL, 0200);

static int dispose_set(const char *text, const struct kernel_param *param)
{
	irq_dispose_mapping(irq_find_mapping(lab_domain, line));
	return 0;
}
static const struct kernel_param_ops dispose_ops = {.set = dispose_set};
module_param_cb(dispose, &dispose_ops, NULL, 0200);

static int __init creator_init(void)
{
	return 0;
}

static void __exit creator_exit(void)
{
}

module_init(creator_init);
module_exit(creator_exit);
MODULE_DESCRIPTION("Creates a mapping again and again");
MODULE_LICENSE("GPL");
