/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pins: through the swizzles of bridges to the host bridge, and from there by its interrupt-map.
 */
#include "pci.h"

#include "kernel.h"
#include "print.h"

/* A host bridge's routing; the root bus is @ctx. */
static int route(void *ctx, uint32_t slot, unsigned int pin, struct irqref_fwspec *out)
{
	const struct pci_bus *root = ctx;
	struct irqref_dt_diag diag = {0};
	int err = irqref_dt_resolve_pci(&kernel_dt, root->host->node, root->number, slot << 3, pin,
	                                out, &diag);

	if (err)
		print("# host bridge %u, slot %u, pin %u: %s: %s\n", root->domain, slot, pin,
		      irqref_strerror(err), diag.reason ? diag.reason : "");
	return err;
}

void pci_intx_bus(struct pci_bus *bus)
{
	if (bus->bridge) {
		bus->irq.parent = &bus->bridge->bus->irq;
		bus->irq.slot = bus->bridge->devfn >> 3;
		return;
	}
	bus->irq.route = route;
	bus->irq.route_ctx = bus;
}

/* What the pin is wired to, in the controller's own terms. */
static int find_line(struct pci_function *f)
{
	struct irqref_fwspec spec;
	unsigned int type;
	int err = irqref_pci_route(&f->bus->irq, f->devfn >> 3, f->pin, &spec);

	if (err)
		return err;
	f->line_domain = irqref_domain_by_node(kernel_space, spec.node, 0);
	if (!f->line_domain)
		return IRQREF_ERR_NOENT;
	return irqref_domain_translate(f->line_domain, &spec, &f->line, &type);
}

static void allow_intx(const struct pci_function *f, bool allow)
{
	uint32_t command = pci_read(f, PCI_REG_COMMAND, 2) & ~PCI_COMMAND_INTX_OFF;

	pci_write(f, PCI_REG_COMMAND, 2, allow ? command : command | PCI_COMMAND_INTX_OFF);
}

int pci_intx_bind(struct pci_function *f, irqref_handler_fn *handler, void *cookie)
{
	struct irqref_conflict conflict = {0};
	int err = find_line(f);

	if (err)
		return err;
	if (!f->consumer) {
		err = irqref_pci_device_add(kernel_space, f->name, &f->irq);
		if (err)
			return err;
		f->consumer = true;
	}
	err = irqref_pci_device_intx(&f->irq, &f->bus->irq, f->devfn >> 3, f->pin, &conflict);
	if (!err) {
		err = irqref_request(kernel_space, f->irq.intx, handler, cookie, IRQREF_SHARED);
		if (!err) {
			allow_intx(f, true);
			return IRQREF_OK;
		}
	}
	print("# %s: %s %s\n", f->name, irqref_strerror(err), conflict.holder);
	pci_unbind(f, false);
	return err;
}

static void forgotten(void *ctx, const struct irqref_entry *entry)
{
	(void)ctx;
	check(false, "%s had forgotten its reference on virq %u", entry->holder, entry->virq);
}

void pci_unbind(struct pci_function *f, bool gone)
{
	int err;

	if (!f->consumer)
		return;
	/* What is not served any more may not keep asking. */
	if (!gone)
		allow_intx(f, false);
	err = irqref_pci_device_remove(&f->irq, forgotten, NULL);
	if (err < 0)
		check(false, "%s: removal says %s", f->name, irqref_strerror(err));
	f->consumer = false;
}
