// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that asks the devicetree for its interrupt each time it wants the number, as
 * free_irq(platform_get_irq(...)) does, and never disposes of it, as no such driver does. Its devices are
 * the transports for virtio that QEMU's machines have in their devicetree; it takes the one that is
 * named when it is loaded. Write to /sys/module/wired/parameters/:
 *   rounds  so many times: free, request, with the number asked for each time
 *   dispose anything: one dispose
 */
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>

#include "lab.h"

static char *device = "";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "name of the platform device");

static struct platform_device *bound;

static irqreturn_t wired_handler(int irq, void *data)
{
	return IRQ_NONE;
}

/* Not inlined: the name that the ledger is to find. */
static noinline int wired_request(struct platform_device *pdev)
{
	int irq = platform_get_irq(pdev, 0);

	return irq < 0 ? irq
	               : request_irq((unsigned int)irq, wired_handler, IRQF_SHARED, "wired", pdev);
}

static void wired_free(struct platform_device *pdev)
{
	free_irq((unsigned int)platform_get_irq(pdev, 0), pdev);
}

static int rounds_set(const char *text, const struct kernel_param *param)
{
	unsigned int rounds;
	int err = kstrtouint(text, 0, &rounds);

	if (!bound)
		return -ENODEV;
	while (!err && rounds-- > 0) {
		wired_free(bound);
		err = wired_request(bound);
		cond_resched();
	}
	return err;
}
static const struct kernel_param_ops rounds_ops = {.set = rounds_set};
module_param_cb(rounds, &rounds_ops, NULL, 0200);

/* Without a driver, as somebody would who knows that nobody uses the line any more. */
static unsigned int mapped;

static int dispose_set(const char *text, const struct kernel_param *param)
{
	irq_dispose_mapping(mapped);
	return 0;
}
static const struct kernel_param_ops dispose_ops = {.set = dispose_set};
module_param_cb(dispose, &dispose_ops, NULL, 0200);
module_param(mapped, uint, 0444);
MODULE_PARM_DESC(mapped, "the number");

static int wired_probe(struct platform_device *pdev)
{
	int err;

	if (strcmp(dev_name(&pdev->dev), device) != 0)
		return -ENODEV;
	err = wired_request(pdev);
	if (err)
		return err;
	bound = pdev;
	mapped = (unsigned int)platform_get_irq(pdev, 0);
	return 0;
}

static void wired_leave(struct platform_device *pdev)
{
	bound = NULL;
	wired_free(pdev);
}
LAB_REMOVE(wired_remove, wired_leave)

static const struct of_device_id wired_ids[] = {{.compatible = "virtio,mmio"}, {}};

static struct platform_driver wired_driver = {
        .probe = wired_probe,
        .remove = wired_remove,
        .driver = {.name = "wired", .of_match_table = wired_ids},
};
module_platform_driver(wired_driver);

MODULE_DESCRIPTION("Asks for its interrupt again and again");
MODULE_LICENSE("GPL");
