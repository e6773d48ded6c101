// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that does nothing wrong: it maps its interrupt, requests it, frees it. It never disposes
 * of a mapping, because it cannot know who else uses it. The device's file "count" is the number of
 * interrupts that it had.
 */
#include <linux/module.h>

#include "lab.h"

struct victim {
	unsigned int virq;
	unsigned int count;
};

static irqreturn_t victim_handler(int irq, void *data)
{
	struct victim *victim = data;

	WRITE_ONCE(victim->count, victim->count + 1);
	return IRQ_HANDLED;
}

static ssize_t count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct victim *victim = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(victim->count));
}
static DEVICE_ATTR_RO(count);

static struct attribute *victim_attrs[] = {&dev_attr_count.attr, NULL};
ATTRIBUTE_GROUPS(victim);

static int victim_probe(struct platform_device *device)
{
	struct victim *victim = devm_kzalloc(&device->dev, sizeof(*victim), GFP_KERNEL);

	if (!victim)
		return -ENOMEM;
	victim->virq = irq_create_mapping(lab_domain, LAB_SHARED);
	if (!victim->virq)
		return -ENXIO;
	platform_set_drvdata(device, victim);
	return request_irq(victim->virq, victim_handler, IRQF_SHARED, dev_name(&device->dev),
	                   victim);
}

static void victim_free(struct platform_device *device)
{
	struct victim *victim = platform_get_drvdata(device);

	free_irq(victim->virq, victim);
}
LAB_REMOVE(victim_remove, victim_free)

static struct platform_driver victim_driver = {
        .probe = victim_probe,
        .remove = victim_remove,
        .driver = {.name = "victim", .dev_groups = victim_groups},
};
module_platform_driver(victim_driver);

MODULE_DESCRIPTION("Driver whose interrupt others cut off");
MODULE_LICENSE("GPL");
