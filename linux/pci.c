// SPDX-License-Identifier: GPL-2.0-only
/*
 * PCI devices hold the mapping of their INTx line from the time it is routed until they are
 * removed, so that it goes with the last of them.
 *
 * Who routes differs. Host bridges with a map_irq callback (arm64, riscv64) map when a driver is
 * bound and never dispose: there the floating reference that routing took goes with the last
 * device. powerpc counts by itself, when a device is added and when it is removed; x86's IO-APIC
 * too, when a driver enables the device and when it leaves. There the references are held beside
 * that count, and dropped before it ends the mapping.
 */
#include "module.h"

#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#define ARCH_COUNTS    (IS_ENABLED(CONFIG_PPC) || IS_ENABLED(CONFIG_X86))
#define ROUTED_BY_BIND IS_ENABLED(CONFIG_X86)

struct hold {
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	u32 number;
};

/* By device, which is only an address here: its entry goes before it does. */
static DEFINE_XARRAY(holds);
static DEFINE_MUTEX(holds_lock);

/* ----------------------------------------------------------------- routing */

static LIST_HEAD(routings);
static DEFINE_SPINLOCK(routings_lock);

void pci_routing_begin(struct pci_routing *routing, struct pci_dev *dev)
{
	unsigned long flags;

	routing->task = current;
	routing->dev = dev;
	spin_lock_irqsave(&routings_lock, flags);
	list_add(&routing->list, &routings);
	spin_unlock_irqrestore(&routings_lock, flags);
}

void pci_routing_end(struct pci_routing *routing)
{
	unsigned long flags;

	spin_lock_irqsave(&routings_lock, flags);
	list_del(&routing->list);
	spin_unlock_irqrestore(&routings_lock, flags);
}

/* The device that the calling task is just routing, or NULL. */
struct pci_dev *pci_routing(void)
{
	struct pci_routing *routing;
	struct pci_dev *dev = NULL;
	unsigned long flags;

	spin_lock_irqsave(&routings_lock, flags);
	list_for_each_entry(routing, &routings, list)
	{
		if (routing->task == current)
			dev = routing->dev;
	}
	spin_unlock_irqrestore(&routings_lock, flags);
	return dev;
}

/* ----------------------------------------------------------------- holding */

static void hold_drop(struct hold *hold)
{
	(void)irqref_put(irqref_space, hold->ref);
	(void)irqref_consumer_remove(irqref_space, hold->consumer, NULL, NULL);
	shadow_sweep(hold->number);
	kfree(hold);
}

static struct hold *hold_make(struct pci_dev *dev, u32 number)
{
	struct hold *hold = ledger_alloc(sizeof(*hold));

	if (!hold)
		return NULL;
	hold->number = number;
	if (irqref_consumer_add(irqref_space, pci_name(dev), &hold->consumer))
		goto free_hold;
	if (irqref_get_virq(irqref_space, number, hold->consumer, &hold->ref))
		goto remove_consumer;
	return hold;

remove_consumer:
	(void)irqref_consumer_remove(irqref_space, hold->consumer, NULL, NULL);
free_hold:
	kfree(hold);
	return NULL;
}

static u32 held_by(const struct pci_dev *dev)
{
	struct hold *hold;
	u32 number;

	mutex_lock(&holds_lock);
	hold = xa_load(&holds, (unsigned long)dev);
	number = hold ? hold->number : 0;
	mutex_unlock(&holds_lock);
	return number;
}

/* Replaces what the device held before. A switch-off that comes meanwhile finds the new one, too. */
static void hold_number(struct pci_dev *dev, u32 number)
{
	struct hold *hold = hold_make(dev, number);
	struct hold *other = hold;
	bool failed = !hold;

	mutex_lock(&holds_lock);
	if (hold && READ_ONCE(irqref_pci)) {
		other = xa_store(&holds, (unsigned long)dev, hold, GFP_KERNEL);
		if (xa_is_err(other)) {
			failed = true;
			other = hold;
		}
	}
	mutex_unlock(&holds_lock);
	if (failed)
		count(COUNT_OOM);
	if (other)
		hold_drop(other);
}

/*
 * Whether the device's number is one of its INTx line, not of a message. Where powerpc makes devices
 * from the devicetree, it does not look for their pin.
 */
static bool is_wired(const struct pci_dev *dev)
{
	return (dev->pin || IS_ENABLED(CONFIG_PPC)) && dev->irq && !dev->msi_enabled &&
	       !dev->msix_enabled;
}

static void hold(struct pci_dev *dev)
{
	u32 number;

	if (!is_wired(dev))
		return;
	number = mirror_known(dev->irq);
	if (number && number != held_by(dev))
		hold_number(dev, number);
}

/* After pci_assign_irq(). */
void pci_route(struct pci_dev *dev)
{
	if (READ_ONCE(irqref_pci) && !ROUTED_BY_BIND)
		hold(dev);
}

static bool held(u32 number)
{
	unsigned long index;
	struct hold *hold;

	xa_for_each(&holds, index, hold)
	{
		if (hold->number == number)
			return true;
	}
	return false;
}

/* The last device has gone; unless somebody else has mapped the line too, so does the mapping. */
static void release(u32 number)
{
	struct shadow shadow;

	if (ARCH_COUNTS || !shadow_copy(number, &shadow) || shadow.revoked || shadow.foreign)
		return;
	(void)mirror_unfloat(shadow.virq, END_DISPOSE);
}

static void let_go(struct pci_dev *dev)
{
	struct hold *hold;
	u32 number = 0;
	bool last = false;

	mutex_lock(&holds_lock);
	hold = xa_erase(&holds, (unsigned long)dev);
	if (hold) {
		number = hold->number;
		last = !held(number);
	}
	mutex_unlock(&holds_lock);
	if (!hold)
		return;
	hold_drop(hold);
	if (last)
		release(number);
}

/* Takes one hold off the list: of this number, or of any if it is 0. */
static struct hold *take(u32 number)
{
	unsigned long index;
	struct hold *hold;

	mutex_lock(&holds_lock);
	xa_for_each(&holds, index, hold)
	{
		if (!number || hold->number == number) {
			xa_erase(&holds, index);
			break;
		}
	}
	mutex_unlock(&holds_lock);
	return hold;
}

/* The architecture's own count has come to its end. */
void pci_let_go(u32 number)
{
	struct hold *hold;

	while ((hold = take(number)))
		hold_drop(hold);
}

/* ---------------------------------------------------------------- notifier */

static int notify(struct notifier_block *block, unsigned long action, void *data)
{
	struct pci_dev *dev = to_pci_dev(data);

	switch (action) {
	case BUS_NOTIFY_BOUND_DRIVER:
		if (READ_ONCE(irqref_pci))
			hold(dev);
		break;
	case BUS_NOTIFY_UNBIND_DRIVER:
		if (ROUTED_BY_BIND)
			let_go(dev);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
	case BUS_NOTIFY_REMOVED_DEVICE:
		let_go(dev);
		break;
	default:
		break;
	}
	return NOTIFY_DONE;
}

/* Before powerpc's own. */
static struct notifier_block block = {
        .notifier_call = notify,
        .priority = 100,
};

static int is_device(struct device *dev, const void *which)
{
	return dev == which;
}

static bool on_bus(struct pci_dev *dev)
{
	struct device *found = bus_find_device(&pci_bus_type, NULL, &dev->dev, is_device);

	put_device(found);
	return found;
}

/*
 * A device that leaves meanwhile is off the bus before it says so for the last time: what it was given
 * after that goes here.
 */
static void hold_all(void)
{
	struct pci_dev *dev = NULL;

	for_each_pci_dev(dev)
	{
		if (ROUTED_BY_BIND && !dev->dev.driver)
			continue;
		hold(dev);
		if (!on_bus(dev))
			let_go(dev);
	}
}

void pci_switch(bool on)
{
	WRITE_ONCE(irqref_pci, on);
	if (on)
		hold_all();
	else
		pci_let_go(0);
}

int pci_start(void)
{
	int rc = bus_register_notifier(&pci_bus_type, &block);

	if (!rc && irqref_pci)
		hold_all();
	return rc;
}

void pci_stop(void)
{
	bus_unregister_notifier(&pci_bus_type, &block);
	pci_let_go(0);
	xa_destroy(&holds);
}
