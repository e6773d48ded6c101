// SPDX-License-Identifier: GPL-2.0-only
/*
 * For which device a task does what it does: the one that it is just giving to a driver, or taking from
 * one. The driver core tells beginning and end of that; on the buses on which devices have interrupts
 * for the most part.
 */
#include "module.h"

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

/*
 * struct binding - a task between the beginning and the end
 * @device: to compare with
 */
struct binding {
	struct list_head list;
	const struct task_struct *task;
	const struct device *device;
	char name[48];
};

/* The latest first: a driver that is given a device may give others to drivers. */
static LIST_HEAD(bindings);
static DEFINE_SPINLOCK(bindings_lock);

/* Without memory the device is not known, no more. */
static void begin(const struct device *device)
{
	struct binding *binding = ledger_alloc(sizeof(*binding));

	if (!binding)
		return;
	binding->task = current;
	binding->device = device;
	strscpy(binding->name, dev_name(device), sizeof(binding->name));
	spin_lock(&bindings_lock);
	list_add(&binding->list, &bindings);
	spin_unlock(&bindings_lock);
}

/* The device of NULL: any. */
static struct binding *take(const struct device *device)
{
	struct binding *binding;

	spin_lock(&bindings_lock);
	list_for_each_entry(binding, &bindings, list)
	{
		if (!device || binding->device == device) {
			list_del(&binding->list);
			goto unlock;
		}
	}
	binding = NULL;
unlock:
	spin_unlock(&bindings_lock);
	return binding;
}

/* A task that began before the module was there ends without having begun. */
static int notify(struct notifier_block *block, unsigned long action, void *data)
{
	switch (action) {
	case BUS_NOTIFY_BIND_DRIVER:
	case BUS_NOTIFY_UNBIND_DRIVER:
		begin(data);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
	case BUS_NOTIFY_UNBOUND_DRIVER:
		kfree(take(data));
		break;
	default:
		break;
	}
	return NOTIFY_DONE;
}

/* The device's name, or an empty one. */
void device_find(char *name, unsigned int size)
{
	const struct pci_dev *routed = pci_routing();
	const struct binding *binding;

	name[0] = '\0';
	if (routed) {
		strscpy(name, pci_name(routed), size);
		return;
	}
	spin_lock(&bindings_lock);
	list_for_each_entry(binding, &bindings, list)
	{
		if (binding->task == current) {
			strscpy(name, binding->name, size);
			break;
		}
	}
	spin_unlock(&bindings_lock);
}

static struct notifier_block on_platform = {.notifier_call = notify};
static struct notifier_block on_pci = {.notifier_call = notify};

int devices_start(void)
{
	int rc = bus_register_notifier(&platform_bus_type, &on_platform);

	if (rc)
		return rc;
	rc = bus_register_notifier(&pci_bus_type, &on_pci);
	if (rc)
		bus_unregister_notifier(&platform_bus_type, &on_platform);
	return rc;
}

void devices_stop(void)
{
	struct binding *binding;

	bus_unregister_notifier(&pci_bus_type, &on_pci);
	bus_unregister_notifier(&platform_bus_type, &on_platform);
	while ((binding = take(NULL)))
		kfree(binding);
}
