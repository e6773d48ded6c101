/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI: from a device's interrupt pin to an interrupt, and a device's references as one object, so
 * that a hot-unplug is one call.
 */
#ifndef IRQREF_PCI_H
#define IRQREF_PCI_H

#include <irqref/msi.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Interrupt pins, as the configuration register has them: 1 is INTA. */
#define IRQREF_PCI_PINS 4u

/** Device numbers on one bus. */
#define IRQREF_PCI_SLOTS 32u

/** Most bridges between a device and whoever routes its pin: there are no more bus numbers. */
#define IRQREF_PCI_DEPTH 256u

/**
 * irqref_pci_route_fn - says where a pin of a bus is wired to
 * @ctx: the bus's @route_ctx
 * @slot: device number on that bus, 0 to 31
 * @pin: 1 to 4
 * @out: takes the specifier; unchanged on failure
 *
 * A function over the devicetree reader, or irqref_pci_route_table(), or the caller's own.
 *
 * Return: 0, or the code that irqref_pci_route() is to return.
 */
typedef int irqref_pci_route_fn(void *ctx, uint32_t slot, unsigned int pin,
                                struct irqref_fwspec *out);

/**
 * struct irqref_pci_bus - a bus and how pins leave it; the caller's memory
 * @parent: the bus that the bridge to this bus sits on; not used where @route is set
 * @slot: device number of that bridge on @parent
 * @route: a host bridge's routing, or that of any bridge that does not swizzle; NULL: the
 *         standard swizzle to @parent
 * @route_ctx: for @route
 */
struct irqref_pci_bus {
	const struct irqref_pci_bus *parent;
	uint32_t slot;
	irqref_pci_route_fn *route;
	void *route_ctx;
};

/**
 * struct irqref_pci_table - a host bridge whose wiring is a table; for irqref_pci_route_table()
 * @rows: one row for each device number, four pins each; the caller's memory
 * @nrows: how many rows; device number n uses row n modulo @nrows, so that a bridge that looks at
 *         the pin alone has one row
 */
struct irqref_pci_table {
	const struct irqref_fwspec (*rows)[IRQREF_PCI_PINS];
	uint32_t nrows;
};

/**
 * struct irqref_pci_device - a function on a bus and what it holds; the caller's memory
 * @space: the space
 * @consumer: who it is in the ledger; further references may be got in its name
 * @intx: its pin's reference, to install a handler in; all 0 when it has none
 * @msi: its vectors' references, the caller's memory; NULL when it has none
 * @msi_count: how many
 *
 * To be read at will, and written by the functions below only. One caller at a time.
 */
struct irqref_pci_device {
	struct irqref_space *space;
	struct irqref_consumer consumer;
	struct irqref_ref intx;
	struct irqref_ref *msi;
	uint32_t msi_count;
};

/**
 * irqref_pci_swizzle() - the pin that a device's pin comes out at on the other side of a bridge
 * @slot: device number behind the bridge, 0 to 31; 0 for a device with alternative routing-ID
 * @pin: 1 to 4
 *
 * Context: any.
 * Return: 1 to 4, or 0 when an argument is out of range.
 * Grace period: none.
 */
unsigned int irqref_pci_swizzle(uint32_t slot, unsigned int pin);

/**
 * irqref_pci_route() - finds out what a device's pin is wired to
 * @bus: the device's bus
 * @slot: its device number, 0 to 31
 * @pin: 1 to 4
 * @out: takes the specifier; unchanged on failure
 *
 * Swizzles through bridges up to the first bus that has a route of its own.
 *
 * Context: that of the route function.
 * Return: 0; INVAL; NOENT (no bus on the way up has a route); the route function's code.
 * Grace period: none.
 */
int irqref_pci_route(const struct irqref_pci_bus *bus, uint32_t slot, unsigned int pin,
                     struct irqref_fwspec *out);

/**
 * irqref_pci_route_table() - a route function that looks into a table
 * @ctx: a struct irqref_pci_table
 * @slot: device number, 0 to 31
 * @pin: 1 to 4
 * @out: takes the specifier
 *
 * Context: any.
 * Return: 0; INVAL; NOENT (the table's entry has no cells: the pin is not wired).
 * Grace period: none.
 */
int irqref_pci_route_table(void *ctx, uint32_t slot, unsigned int pin, struct irqref_fwspec *out);

/**
 * irqref_pci_device_add() - makes a device's consumer
 * @space: the space
 * @name: for the ledger; copied
 * @device: takes the object; unchanged on failure
 *
 * Context: thread; may wait.
 * Return: as irqref_consumer_add().
 * Grace period: none.
 */
int irqref_pci_device_add(struct irqref_space *space, const char *name,
                          struct irqref_pci_device *device);

/**
 * irqref_pci_device_intx() - routes a device's pin and takes a reference on that line
 * @device: the device
 * @bus: its bus
 * @slot: its device number
 * @pin: 1 to 4
 * @conflict: names who is in the way on BUSY and TYPE; may be NULL
 *
 * Context: thread; may wait.
 * Return: 0; EXIST (it has its reference); as irqref_pci_route() and irqref_get_fwspec().
 * Grace period: the reference keeps the line.
 */
int irqref_pci_device_intx(struct irqref_pci_device *device, const struct irqref_pci_bus *bus,
                           uint32_t slot, unsigned int pin, struct irqref_conflict *conflict);

/**
 * irqref_pci_device_intx_put() - drops that reference and waits for its handler
 * @device: the device
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; NOENT (it has none); ATOMIC; STALE (somebody else put it; it counts as dropped).
 * Grace period: as irqref_put_sync().
 */
int irqref_pci_device_intx_put(struct irqref_pci_device *device);

/**
 * irqref_pci_device_msi() - maps a device's vectors
 * @device: the device
 * @domain: the MSI domain
 * @base: hwirq of the first in @domain
 * @count: how many
 * @requester: the device's requester ID, for the domain's map callback
 * @refs: room for @count references; the caller's memory, must live until they are freed
 *
 * Context: thread; may wait.
 * Return: 0; EXIST (it has its vectors); as irqref_msi_alloc().
 * Grace period: the references keep the vectors.
 */
int irqref_pci_device_msi(struct irqref_pci_device *device, struct irqref_domain *domain,
                          irqref_hwirq_t base, uint32_t count, uint32_t requester,
                          struct irqref_ref *refs);

/**
 * irqref_pci_device_msi_free() - ends a device's vectors
 * @device: the device
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; NOENT (it has none); ATOMIC.
 * Grace period: as irqref_msi_free().
 */
int irqref_pci_device_msi_free(struct irqref_pci_device *device);

/**
 * irqref_pci_device_remove() - the hot-unplug: drops all that a device holds
 * @device: the device; the caller's memory again
 * @report: called for every reference beyond INTx and vectors that its consumer still held; may be
 *          NULL
 * @ctx: for @report
 *
 * When it returns no handler of the device runs or will run, and every mapping that only it held
 * is gone. Neighbours on its line notice nothing.
 *
 * Context: thread; may wait.
 * Return: how many references were reported; INVAL; ATOMIC (nothing was done); STALE (removed
 * before).
 * Grace period: as irqref_consumer_remove().
 */
int irqref_pci_device_remove(struct irqref_pci_device *device, irqref_report_fn *report, void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_PCI_H */
