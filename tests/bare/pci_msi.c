/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: for each host bridge with a controller for them, a domain on top of that controller's,
 * whose hwirqs say whose message it is (requester ID and vector) and whose chip writes address and
 * data into the function's MSI capability.
 */
#include "pci.h"

#include <libfdt.h>

#include "kernel.h"
#include "print.h"

/* MSI has at most 32 vectors, MSI-X 2,048. */
#define VECTOR_BITS 11u

#define MSI_CONTROL 0x02u
#define MSI_ADDRESS 0x04u

#define CONTROL_ENABLE  0x0001u
#define CONTROL_VECTORS 0x0070u
#define CONTROL_WIDE    0x0080u
#define CONTROL_MASKS   0x0100u

static struct irqref_domain *domains[PCI_HOSTS];

static uint32_t requester_of(const struct pci_function *f)
{
	return f->bus->number << 8 | f->devfn;
}

static struct pci_function *function_of(const struct irqref_level *level)
{
	const struct pci_host *host = irqref_domain_data(level->domain);
	uint32_t requester = (uint32_t)(level->hwirq >> VECTOR_BITS);

	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;) {
		if (f->bus->host == host && requester_of(f) == requester)
			return f;
	}
	return NULL;
}

static uint32_t data_register(const struct pci_function *f, uint32_t control)
{
	return f->cap_msi + MSI_ADDRESS + (control & CONTROL_WIDE ? 8u : 4u);
}

/* ---------------------------------------------------------------- the chip */

/*
 * A function without mask bits cannot be masked here: then the controller behind does it, and what
 * comes meanwhile stays pending there.
 */
static bool set_mask(struct irqref_level *level, bool masked)
{
	const struct pci_function *f = function_of(level);
	uint32_t control, reg, bit = 1u << (level->hwirq & 31u), bits;

	if (!f)
		return false;
	control = pci_read(f, f->cap_msi + MSI_CONTROL, 2);
	if (!(control & CONTROL_MASKS))
		return false;
	reg = data_register(f, control) + 4u;
	bits = pci_read(f, reg, 4);
	pci_write(f, reg, 4, masked ? bits | bit : bits & ~bit);
	return true;
}

static void msi_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	set_mask(level, true);
	irqref_parent_mask(desc, level);
}

static void msi_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	irqref_parent_unmask(desc, level);
	set_mask(level, false);
}

static void msi_write(struct irqref_desc *desc, struct irqref_level *level,
                      const struct irqref_msi_msg *msg)
{
	const struct pci_function *f = function_of(level);
	uint32_t control;

	(void)desc;
	/* The data of a block's other vectors differ in the low bits only, which the function sets. */
	if (!f || (level->hwirq & ((1u << VECTOR_BITS) - 1u)) != 0)
		return;
	control = pci_read(f, f->cap_msi + MSI_CONTROL, 2);
	pci_write(f, f->cap_msi + MSI_ADDRESS, 4, (uint32_t)msg->address);
	if (control & CONTROL_WIDE)
		pci_write(f, f->cap_msi + MSI_ADDRESS + 4u, 4, (uint32_t)(msg->address >> 32));
	pci_write(f, data_register(f, control), 2, msg->data);
}

static const struct irqref_chip msi_chip = {
        .name = "pci-msi",
        .mask = msi_mask,
        .unmask = msi_unmask,
        .write_msi = msi_write,
};

/* -------------------------------------------------------------- the domain */

/*
 * Whose writes those of a function look like at the host: a bridge to a conventional bus takes what
 * comes from there as its own. One that is PCI Express says so with its secondary bus and devfn 0,
 * a conventional one with its own address.
 */
static uint32_t alias_of(const struct pci_function *f)
{
	uint32_t id = requester_of(f);

	for (const struct pci_bus *bus = f->bus; bus->bridge; bus = bus->bridge->bus) {
		const struct pci_function *bridge = bus->bridge;

		if (!bridge->cap_pcie)
			id = requester_of(bridge);
		else if (pci_exp_type(bridge) == PCI_EXP_TO_PCI)
			id = bus->number << 8;
	}
	return id;
}

/* An ID as the host bridge passes it on; unchanged where the devicetree says nothing of that. */
static uint32_t mapped_id(const struct pci_host *host, uint32_t requester)
{
	uint32_t id = requester;
	int target = -1;

	if (irqref_dt_msi_map(&kernel_dt, host->node, requester, &target, &id, NULL))
		return requester;
	return id;
}

/*
 * Under which ID the controller knows a function. A controller that the devicetree names sees what
 * arrives at the host; firmware without one is asked for the function itself.
 */
static uint32_t controller_id(const struct pci_host *host, const struct pci_function *f)
{
	bool sees_alias = fdt_getprop(kernel_dt.fdt, host->node, "msi-map", NULL) ||
	                  fdt_getprop(kernel_dt.fdt, host->node, "msi-parent", NULL);

	return sees_alias ? mapped_id(host, alias_of(f)) : requester_of(f);
}

static int msi_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	const struct pci_host *host = irqref_domain_data(level->domain);
	const struct pci_function *f = function_of(level);
	/* irqref_msi_alloc() made it, and looks at @scratch again. */
	struct irqref_msi_arg *msi = (struct irqref_msi_arg *)(uintptr_t)arg;
	struct irqref_msi_arg inner;
	uint64_t own;
	int err;

	if (!msi || !f)
		return IRQREF_ERR_INVAL;
	/* Functions that share an alias share a device of the controller, but no number. */
	own = mapped_id(host, msi->device);
	inner = *msi;
	inner.device = controller_id(host, f);
	err = irqref_map_parent(desc, level, own << VECTOR_BITS | inner.index, &inner);
	msi->scratch = inner.scratch;
	return err;
}

static const struct irqref_domain_ops msi_ops = {.map = msi_map};

void pci_msi_begin(void)
{
	for (uint32_t i = 0; i < pci_nr_hosts; i++) {
		struct irqref_domain_config config = {
		        .name = "pci-msi",
		        .node = (uintptr_t)pci_hosts[i].node + 1u,
		        .bus = 1,
		        .parent = machine_msi_domain(pci_hosts[i].node),
		        .ops = &msi_ops,
		        .chip = &msi_chip,
		        .flow = IRQREF_FLOW_EDGE,
		        .data = &pci_hosts[i],
		};
		int err;

		if (!config.parent)
			continue;
		err = irqref_domain_add(kernel_space, &config, &domains[i]);
		check(!err, "host bridge %u: domain for messages: %s", i, irqref_strerror(err));
	}
}

struct irqref_domain *pci_msi_domain(const struct pci_function *f)
{
	return f->cap_msi ? domains[f->bus->domain] : NULL;
}

static void enable(const struct pci_function *f, bool on)
{
	uint32_t control = pci_read(f, f->cap_msi + MSI_CONTROL, 2);

	control &= ~(CONTROL_ENABLE | CONTROL_VECTORS);
	pci_write(f, f->cap_msi + MSI_CONTROL, 2, on ? control | CONTROL_ENABLE : control);
}

int pci_msi_bind(struct pci_function *f, irqref_handler_fn *handler, void *cookie)
{
	int err = irqref_pci_device_msi(&f->irq, pci_msi_domain(f),
	                                (irqref_hwirq_t)requester_of(f) << VECTOR_BITS, 1,
	                                requester_of(f), &f->msi);

	if (err)
		return err;
	err = irqref_request(kernel_space, f->msi, handler, cookie, 0);
	if (err) {
		irqref_pci_device_msi_free(&f->irq);
		return err;
	}
	enable(f, true);
	return IRQREF_OK;
}

void pci_msi_unbind(struct pci_function *f)
{
	int err;

	enable(f, false);
	err = irqref_pci_device_msi_free(&f->irq);
	if (err)
		check(false, "%s: giving its vector back says %s", f->name, irqref_strerror(err));
}
