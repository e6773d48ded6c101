// SPDX-License-Identifier: GPL-2.0-only
/*
 * irqref.ko: who holds which interrupt mapping, and, if asked to, mappings that live as long as
 * somebody uses them.
 */
#define pr_fmt(fmt) "irqref: " fmt

#include "module.h"

#include <linux/module.h>
#include <linux/moduleparam.h>

bool irqref_protect;
bool irqref_pci;
struct irqref_space *irqref_space;
static bool running;

static const struct kernel_param_ops protect_ops = {
        .flags = KERNEL_PARAM_OPS_FL_NOARG,
        .set = param_set_bool,
        .get = param_get_bool,
};
module_param_cb(protect, &protect_ops, &irqref_protect, 0644);
MODULE_PARM_DESC(protect, "a mapping in use outlives a dispose (default: no)");

/* Before the module runs it only says what to start with. */
static int pci_set(const char *value, const struct kernel_param *param)
{
	bool on = true;
	int rc = value ? kstrtobool(value, &on) : 0;

	if (rc)
		return rc;
	if (READ_ONCE(running))
		pci_switch(on);
	else
		irqref_pci = on;
	return 0;
}

static const struct kernel_param_ops pci_ops = {
        .flags = KERNEL_PARAM_OPS_FL_NOARG,
        .set = pci_set,
        .get = param_get_bool,
};
module_param_cb(pci, &pci_ops, &irqref_pci, 0644);
MODULE_PARM_DESC(pci, "PCI devices hold the mapping of their INTx line (default: no)");

module_param_named(fail, irqref_fail, uint, 0600);
MODULE_PARM_DESC(fail,
                 "for tests: every how manieth allocation of the ledger fails (default: none)");

static int space_start(void)
{
	struct irqref_space_config config = {.max_irqs = 1u << 17};

	port_fill(&config.port);
	return irqref_space_create(&config, &irqref_space) ? -ENOMEM : 0;
}

static void space_stop(void)
{
	int rc;

	(void)irqref_flush(irqref_space);
	port_stop();
	rc = irqref_space_remove(irqref_space);
	if (rc)
		pr_err("the ledger is not empty (%d); its memory stays\n", rc);
}

static int __init irqref_init(void)
{
	int rc = events_start();

	if (rc)
		return rc;
	rc = space_start();
	if (rc)
		goto stop_events;
	rc = callers_start();
	if (rc)
		goto stop_space;
	rc = devices_start();
	if (rc)
		goto stop_callers;
	rc = mirror_start();
	if (rc)
		goto stop_devices;
	rc = hooks_install();
	if (rc)
		goto stop_mirror;
	/* From here on nothing escapes; what was there before is taken over beside it. */
	adopt_all();
	rc = pci_start();
	if (rc)
		goto remove_hooks;
	files_start();
	WRITE_ONCE(running, true);
	pr_info("%u functions followed, %llu mappings taken over, mode %s%s\n", hooks_count(),
	        counted(COUNT_ADOPTED), irqref_protect ? "protect" : "observe",
	        irqref_pci ? ", pci" : "");
	return 0;

remove_hooks:
	hooks_remove();
stop_mirror:
	mirror_stop();
stop_devices:
	devices_stop();
stop_callers:
	callers_stop();
stop_space:
	space_stop();
stop_events:
	events_stop();
	return rc;
}

/* The hooks go first: then nobody is inside, and nobody comes. */
static void __exit irqref_exit(void)
{
	WRITE_ONCE(running, false);
	files_stop();
	pci_stop();
	hooks_remove();
	mirror_stop();
	devices_stop();
	callers_stop();
	space_stop();
	events_stop();
}

module_init(irqref_init);
module_exit(irqref_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Who holds which interrupt mapping");
