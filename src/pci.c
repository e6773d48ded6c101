/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI on top of the public calls: nothing here looks into a space.
 */
#include <irqref/irqref.h>
#include <irqref/pci.h>

static bool pin_valid(uint32_t slot, unsigned int pin)
{
	return slot < IRQREF_PCI_SLOTS && pin >= 1 && pin <= IRQREF_PCI_PINS;
}

unsigned int irqref_pci_swizzle(uint32_t slot, unsigned int pin)
{
	if (!pin_valid(slot, pin))
		return 0;
	return (pin - 1 + slot) % IRQREF_PCI_PINS + 1;
}

int irqref_pci_route(const struct irqref_pci_bus *bus, uint32_t slot, unsigned int pin,
                     struct irqref_fwspec *out)
{
	unsigned int depth;

	if (!out || !pin_valid(slot, pin))
		return IRQREF_ERR_INVAL;
	for (depth = 0; bus && depth <= IRQREF_PCI_DEPTH; depth++) {
		if (bus->route)
			return bus->route(bus->route_ctx, slot, pin, out);
		pin = irqref_pci_swizzle(slot, pin);
		slot = bus->slot;
		if (slot >= IRQREF_PCI_SLOTS)
			return IRQREF_ERR_INVAL;
		bus = bus->parent;
	}
	return depth ? IRQREF_ERR_NOENT : IRQREF_ERR_INVAL;
}

int irqref_pci_route_table(void *ctx, uint32_t slot, unsigned int pin, struct irqref_fwspec *out)
{
	const struct irqref_pci_table *table = ctx;
	const struct irqref_fwspec *entry;

	if (!table || !table->rows || !table->nrows || !out || !pin_valid(slot, pin))
		return IRQREF_ERR_INVAL;
	entry = &table->rows[slot % table->nrows][pin - 1];
	if (!entry->ncells)
		return IRQREF_ERR_NOENT;
	*out = *entry;
	return IRQREF_OK;
}

static bool has_intx(const struct irqref_pci_device *device)
{
	return device->intx.slot || device->intx.generation;
}

int irqref_pci_device_add(struct irqref_space *space, const char *name,
                          struct irqref_pci_device *device)
{
	struct irqref_consumer consumer;
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	err = irqref_consumer_add(space, name, &consumer);
	if (err)
		return err;
	*device = (struct irqref_pci_device){.space = space, .consumer = consumer};
	return IRQREF_OK;
}

int irqref_pci_device_intx(struct irqref_pci_device *device, const struct irqref_pci_bus *bus,
                           uint32_t slot, unsigned int pin, struct irqref_conflict *conflict)
{
	struct irqref_fwspec fwspec;
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	if (has_intx(device))
		return IRQREF_ERR_EXIST;
	err = irqref_pci_route(bus, slot, pin, &fwspec);
	if (err)
		return err;
	return irqref_get_fwspec(device->space, &fwspec, device->consumer, &device->intx, conflict);
}

int irqref_pci_device_intx_put(struct irqref_pci_device *device)
{
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	if (!has_intx(device))
		return IRQREF_ERR_NOENT;
	err = irqref_put_sync(device->space, device->intx);
	if (err == IRQREF_OK || err == IRQREF_ERR_STALE)
		device->intx = (struct irqref_ref){0, 0};
	return err;
}

int irqref_pci_device_msi(struct irqref_pci_device *device, struct irqref_domain *domain,
                          irqref_hwirq_t base, uint32_t count, uint32_t requester,
                          struct irqref_ref *refs)
{
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	if (device->msi)
		return IRQREF_ERR_EXIST;
	err = irqref_msi_alloc(domain, base, count, requester, device->consumer, refs);
	if (err)
		return err;
	device->msi = refs;
	device->msi_count = count;
	return IRQREF_OK;
}

int irqref_pci_device_msi_free(struct irqref_pci_device *device)
{
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	if (!device->msi)
		return IRQREF_ERR_NOENT;
	err = irqref_msi_free(device->space, device->msi, device->msi_count);
	if (err)
		return err;
	device->msi = NULL;
	device->msi_count = 0;
	return IRQREF_OK;
}

/*
 * Each step refuses with ATOMIC before it does anything, and the context does not change between
 * the steps, so a refusal is always the first step's: nothing is ever half removed.
 */
int irqref_pci_device_remove(struct irqref_pci_device *device, irqref_report_fn *report, void *ctx)
{
	int err;

	if (!device)
		return IRQREF_ERR_INVAL;
	err = irqref_pci_device_msi_free(device);
	if (err && err != IRQREF_ERR_NOENT)
		return err;
	err = irqref_pci_device_intx_put(device);
	if (err && err != IRQREF_ERR_NOENT && err != IRQREF_ERR_STALE)
		return err;
	return irqref_consumer_remove(device->space, device->consumer, report, ctx);
}
