// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver as there are many: when it goes, it disposes of the mapping that it created, though a
 * neighbour uses it too.
 */
#include <linux/module.h>

#include "lab.h"

static unsigned int times = 1;
module_param(times, uint, 0644);
MODULE_PARM_DESC(times, "how often it disposes");

static irqreturn_t offender_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static int offender_probe(struct platform_device *device)
{
	unsigned int virq = irq_create_mapping(lab_domain, LAB_SHARED);

	if (!virq)
		return -ENXIO;
	platform_set_drvdata(device, (void *)(unsigned long)virq);
	return request_irq(virq, offender_handler, IRQF_SHARED, dev_name(&device->dev), device);
}

/* Apart, and not inlined: this is the name that the ledger is to find. */
static noinline void offender_dispose(struct platform_device *device)
{
	unsigned int virq = (unsigned long)platform_get_drvdata(device);

	free_irq(virq, device);
	for (unsigned int i = 0; i < times; i++)
		irq_dispose_mapping(virq);
	/* No call in the last place, which would take this function out of the way back. */
	barrier();
}
LAB_REMOVE(offender_remove, offender_dispose)

static struct platform_driver offender_driver = {
        .probe = offender_probe,
        .remove = offender_remove,
        .driver = {.name = "offender"},
};
module_platform_driver(offender_driver);

MODULE_DESCRIPTION("Driver that disposes of a mapping that others use");
MODULE_LICENSE("GPL");
