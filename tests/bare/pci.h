/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI for the test kernel: what is there, under which address, on which line.
 *
 * pci.c       configuration access, capabilities, the tables of buses and functions
 * pci_host.c  host bridges with ECAM, from the devicetree
 * pci_scan.c  enumeration, bus numbers, a slot that comes or goes
 * pci_bars.c  memory for BARs and bridge windows
 * pci_intx.c  pins
 * pci_msi.c   messages
 *
 * Thread context of CPU 0 only, unless a comment says otherwise.
 */
#ifndef IRQREF_TESTS_BARE_PCI_H
#define IRQREF_TESTS_BARE_PCI_H

#include <irqref/irqref.h>
#include <irqref/devicetree.h>
#include <irqref/pci.h>

#include "machine.h"

#define PCI_HOSTS     8u
#define PCI_BUSES     512u
#define PCI_FUNCTIONS 1024u
#define PCI_BARS      6u

/* "0000:01:00.0" and the terminator. */
#define PCI_NAME_LEN 13u

/* Configuration registers. */
#define PCI_REG_VENDOR     0x00u
#define PCI_REG_COMMAND    0x04u
#define PCI_REG_STATUS     0x06u
#define PCI_REG_CLASS      0x08u
#define PCI_REG_HEADER     0x0eu
#define PCI_REG_BAR        0x10u
#define PCI_REG_BUSES      0x18u
#define PCI_REG_IO         0x1cu
#define PCI_REG_MEMORY     0x20u
#define PCI_REG_PREFETCH   0x24u
#define PCI_REG_IO_UPPER   0x30u
#define PCI_REG_CAPS       0x34u
#define PCI_REG_PIN        0x3du
#define PCI_REG_BRIDGE_CTL 0x3eu

#define PCI_COMMAND_MEMORY   0x0002u
#define PCI_COMMAND_MASTER   0x0004u
#define PCI_COMMAND_INTX_OFF 0x0400u

/* Of those that are bridges. */
#define PCI_EXP_ROOT_PORT  4u
#define PCI_EXP_DOWNSTREAM 6u
#define PCI_EXP_TO_PCI     7u

#define PCI_CAP_MSI  0x05u
#define PCI_CAP_SHPC 0x0cu
#define PCI_CAP_PCIE 0x10u

struct pci_function;

/*
 * A driver of the test kernel.
 * @match: whether it drives such a function
 * @bind: takes it; 0 or an irqref code
 * @unbind: lets go of it and of its interrupts. @gone: the function is not there any more, its
 *          registers read as all ones.
 */
struct pci_driver {
	const char *name;
	bool (*match)(const struct pci_function *f);
	int (*bind)(struct pci_function *f);
	void (*unbind)(struct pci_function *f, bool gone);
};

/*
 * A memory BAR.
 * @size: 0 for none
 * @wide: takes two registers
 * @placed: it has memory, at bus address @address
 * @left_out: there is no memory for it
 */
struct pci_bar {
	uint64_t size;
	uint64_t address;
	bool wide;
	bool placed;
	bool left_out;
};

/*
 * A bus.
 * @bridge: what leads to it, NULL for a root bus
 * @number, @last: its number, and the last one behind it
 * @base, @size: its window on bus addresses, once it is @placed; size 0: closed
 * @align: of @base
 * @hotplug: functions may come later
 * @single: slot 0 is all there is to it
 */
struct pci_bus {
	bool used;
	struct pci_host *host;
	uint32_t domain;
	struct pci_function *bridge;
	uint32_t number;
	uint32_t last;
	uint64_t base;
	uint64_t size;
	uint64_t align;
	bool placed;
	bool hotplug;
	bool single;
	struct irqref_pci_bus irq;
};

/*
 * A function.
 * @secondary: the bus behind it, if it is a bridge
 * @fresh: it has been found, and has no memory yet
 * @irq: what it holds; its consumer exists while @consumer is true
 * @msi: the reference on its vector, for @irq
 * @line_domain, @line: what its pin is wired to, once it holds that
 * @driver: NULL: it is listed, not driven
 */
struct pci_function {
	bool used;
	struct pci_bus *bus;
	uint32_t devfn;
	char name[PCI_NAME_LEN];
	uint32_t vendor;
	uint32_t device;
	uint32_t class;
	bool is_bridge;
	uint32_t pin;
	uint32_t cap_msi;
	uint32_t cap_pcie;
	uint32_t cap_shpc;
	struct pci_bar bars[PCI_BARS];
	struct pci_bus *secondary;
	bool fresh;
	struct irqref_pci_device irq;
	struct irqref_ref msi;
	struct irqref_domain *line_domain;
	irqref_hwirq_t line;
	bool consumer;
	const struct pci_driver *driver;
	void *driver_data;
};

/* ------------------------------------------------------------------- pci.c */

extern struct pci_host pci_hosts[PCI_HOSTS];
extern uint32_t pci_nr_hosts;

/* Configuration space; from any context, for a function that was found. */
uint32_t pci_read(const struct pci_function *f, uint32_t reg, uint32_t size);
void pci_write(const struct pci_function *f, uint32_t reg, uint32_t size, uint32_t value);
/* Offset of capability @id, or 0. */
uint32_t pci_capability(const struct pci_function *f, uint32_t id);
/* What a function with the PCI Express capability is: PCI_EXP_*. */
uint32_t pci_exp_type(const struct pci_function *f);
/* Whether it still answers. From any context. */
bool pci_is_there(const struct pci_function *f);

/* The tables: the next one in use, NULL begins and ends. */
struct pci_bus *pci_next_bus(const struct pci_bus *bus);
struct pci_function *pci_next_function(const struct pci_function *f);
/* The same for the functions on one bus, in order of devfn. */
struct pci_function *pci_next_on_bus(const struct pci_bus *bus, const struct pci_function *f);
struct pci_function *pci_find(const struct pci_bus *bus, uint32_t devfn);
struct pci_bus *pci_bus_find(uint32_t host, uint32_t number);

/* An empty entry, or NULL when there is none left. */
struct pci_bus *pci_bus_new(void);
struct pci_function *pci_function_new(struct pci_bus *bus, uint32_t devfn);

/* CPU address of a placed BAR, or 0. */
uint64_t pci_bar_cpu(const struct pci_function *f, uint32_t bar);

/* -------------------------------------------------------------- pci_host.c */

/* Host bridge number @index of those with "pci-host-ecam-generic"; as machine_pci_host(). */
int pci_host_ecam(const struct irqref_dt *dt, uint32_t index, struct pci_host *out);

/* -------------------------------------------------------------- pci_scan.c */

/* Finds the hosts and everything behind them; gives numbers and memory to all of it. */
void pci_enumerate(const struct irqref_dt *dt);
#define PCI_ALL_SLOTS UINT32_MAX

/* What is in this slot now and was not known: returns how many functions, those behind included. */
uint32_t pci_rescan(struct pci_bus *bus, uint32_t slot);
/* Forgets a function, and what is behind it; none of them has a driver any more. */
void pci_forget(struct pci_function *f);
/* Prints what is there. */
void pci_print_tree(void);

/* -------------------------------------------------------------- pci_bars.c */

/* Learns the size of a function's BARs, which have no address afterwards. */
void pci_bars_probe(struct pci_function *f);
/* Gives memory to everything behind a host. */
void pci_bars_assign(const struct pci_host *host);
/* Gives memory to the functions on a bus that are fresh, out of what the bus has left. */
void pci_bars_assign_fresh(struct pci_bus *bus);

/* -------------------------------------------------------------- pci_intx.c */

/* How pins leave a bus. */
void pci_intx_bus(struct pci_bus *bus);
/* Makes the function's consumer, takes its line, installs a handler. 0 or an irqref code. */
int pci_intx_bind(struct pci_function *f, irqref_handler_fn *handler, void *cookie);
/* Drops everything it holds; counts what it had forgotten as a failed check. */
void pci_unbind(struct pci_function *f, bool gone);

/* --------------------------------------------------------------- pci_msi.c */

/* Adds the domains for messages, one for each host that has a controller for them. */
void pci_msi_begin(void);
/* The domain for a function's messages, or NULL. */
struct irqref_domain *pci_msi_domain(const struct pci_function *f);
/* Maps vector 0 of a function that has its consumer, installs a handler, sends messages from now
 * on instead of raising the pin. 0 or an irqref code. */
int pci_msi_bind(struct pci_function *f, irqref_handler_fn *handler, void *cookie);
/* Back to the pin. */
void pci_msi_unbind(struct pci_function *f);

#endif /* IRQREF_TESTS_BARE_PCI_H */
