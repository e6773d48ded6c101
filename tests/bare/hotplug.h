/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot-plug: what is the same whoever asks for it. A bridge's driver (hotplug_pcie.c,
 * hotplug_shpc.c) or the firmware says which functions go or came; here they lose or get their
 * drivers.
 */
#ifndef IRQREF_TESTS_BARE_HOTPLUG_H
#define IRQREF_TESTS_BARE_HOTPLUG_H

#include "pci.h"

/* How functions leave. */
enum hotplug_manner {
	/* Drivers let go, then the power goes. */
	HOTPLUG_ORDERLY,
	/* The power goes while devices ask and their handlers are installed; where the firmware does
	 * not let anything go that holds an interrupt, drivers let go while devices ask. */
	HOTPLUG_HELD,
};

/*
 * What has been done since the start.
 * @unplugs, @plugs: how often
 * @gone, @came: how many functions
 * @time: machine_time() of the last one
 */
struct hotplug_log {
	uint32_t unplugs;
	uint32_t plugs;
	uint32_t gone;
	uint32_t came;
	uint64_t time;
};

extern struct hotplug_log hotplug_log;
extern enum hotplug_manner hotplug_manner;

/* How much goes. */
enum hotplug_reach {
	HOTPLUG_FUNCTION,
	HOTPLUG_SLOT,
	HOTPLUG_BUS,
};

/*
 * What goes: one function, its slot, or all of its bus.
 * @handlers_first: the power does not go before the handlers have
 * @power_off: takes the power away; afterwards they are not there
 */
struct hotplug_request {
	struct pci_bus *bus;
	uint32_t devfn;
	enum hotplug_reach reach;
	bool handlers_first;
	bool (*power_off)(void *ctx);
	void *ctx;
};

/* Those functions go. */
void hotplug_unplug(const struct hotplug_request *request);
/* Looks for what is in this slot (or PCI_ALL_SLOTS) and was not there; whether there is something. */
bool hotplug_plug(struct pci_bus *bus, uint32_t slot);

/* Serves what happened; from the kernel's loop. */
void hotplug_poll(void);

/* Gives each function without a driver the one that matches it. */
void hotplug_bind(void);

/* hotplug_pcie.c */
extern const struct pci_driver hotplug_pcie_driver;
void hotplug_pcie_poll(void);

/* hotplug_shpc.c */
extern const struct pci_driver hotplug_shpc_driver;
void hotplug_shpc_poll(void);

/* Whether @done(@ctx) holds before a second is over; for what hardware does at once. */
bool hotplug_spin(bool (*done)(void *ctx), void *ctx);

#endif /* IRQREF_TESTS_BARE_HOTPLUG_H */
