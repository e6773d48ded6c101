// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells a pseries' firmware to isolate a slot, as hot unplug does when the kernel has let go of the
 * device: loads only if the firmware accepts.
 */
#include <linux/module.h>
#include <asm/rtas.h>

/* Indicator "isolation-state", and its value "isolate". */
#define ISOLATION_STATE 9001
#define ISOLATE         0

static unsigned int drc;
module_param(drc, uint, 0444);
MODULE_PARM_DESC(drc, "index of the slot's dynamic reconfiguration connector");

static int __init rtas_isolate_init(void)
{
	int err = rtas_set_indicator(ISOLATION_STATE, (int)drc, ISOLATE);

	pr_info("rtas_isolate: slot %x: %d\n", drc, err);
	return err;
}

static void __exit rtas_isolate_exit(void)
{
}

module_init(rtas_isolate_init);
module_exit(rtas_isolate_exit);
MODULE_DESCRIPTION("Isolates a slot of a pseries");
MODULE_LICENSE("GPL");
