/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Native hot-plug of PCI Express: the slot registers of root ports and downstream ports.
 *
 * A port tells of an unplug or a plug with its attention button (QEMU presses it for device_del
 * and device_add). Of all events only that one interrupts. Command Completed and Presence Detect
 * Changed must not: the port raises them from within a write to its configuration space, at whose
 * end QEMU's root port lowers its pin on behalf of error reporting, while it notes that it has
 * told of the event; then it never tells of another one. So each command is waited for by looking,
 * and presence is looked at when the button says so.
 *
 * Any other write to the port's configuration space lowers the pin in the same way. So whoever
 * wrote looks at the event register afterwards: port_settle().
 *
 * The downstream ports of some switches have no pin; those are looked at from the kernel's loop.
 */
#include "hotplug.h"

#include <string.h>

#include "kernel.h"
#include "print.h"

#define PORTS 256u

#define EXP_FLAGS      0x02u
#define EXP_SLOT_CAP   0x14u
#define EXP_SLOT_CTL   0x18u
#define EXP_SLOT_STA   0x1au
#define EXP_FLAGS_SLOT 0x0100u

#define CAP_HOTPLUG     0x00000040u
#define CAP_NO_COMPLETE 0x00040000u

#define CTL_BUTTON_ENABLE    0x0001u
#define CTL_INTERRUPT_ENABLE 0x0020u
#define CTL_POWER_LED        0x0300u
#define CTL_POWER_LED_ON     0x0100u
#define CTL_POWER_LED_BLINK  0x0200u
#define CTL_POWER_LED_OFF    0x0300u
#define CTL_POWER_OFF        0x0400u

#define STA_BUTTON   0x0001u
#define STA_EVENTS   0x011fu
#define STA_COMPLETE 0x0010u
#define STA_PRESENT  0x0040u

#define GONE 0xffffu

/*
 * @pressed: the button was; set by the handler
 * @interrupts: how often its handler found an event
 */
struct port {
	bool used;
	struct pci_function *f;
	uint32_t pressed;
	uint32_t interrupts;
};

static struct port ports[PORTS];

static uint32_t status(const struct port *port)
{
	return pci_read(port->f, port->f->cap_pcie + EXP_SLOT_STA, 2);
}

/* Writing a one clears an event; those not seen yet must stay. */
static void clear(const struct port *port, uint32_t events)
{
	pci_write(port->f, port->f->cap_pcie + EXP_SLOT_STA, 2, events & STA_EVENTS);
}

static enum irqref_return port_handler(irqref_virq_t virq, void *cookie)
{
	struct port *port = cookie;
	uint32_t events = status(port);

	(void)virq;
	if (events == GONE || !(events & STA_BUTTON))
		return IRQREF_NONE;
	clear(port, STA_BUTTON);
	port->interrupts++;
	__atomic_store_n(&port->pressed, 1u, __ATOMIC_RELEASE);
	return IRQREF_HANDLED;
}

/* ---------------------------------------------------------------- commands */

static bool is_complete(void *ctx)
{
	const struct port *port = ctx;

	return (status(port) & STA_COMPLETE) != 0;
}

static bool command(struct port *port, uint32_t value)
{
	uint32_t cap = port->f->cap_pcie;
	bool done;

	pci_write(port->f, cap + EXP_SLOT_CTL, 2, value | CTL_BUTTON_ENABLE | CTL_INTERRUPT_ENABLE);
	if (pci_read(port->f, cap + EXP_SLOT_CAP, 4) & CAP_NO_COMPLETE)
		return true;
	done = hotplug_spin(is_complete, port);
	if (!done)
		print("# %s: the slot does not complete its command\n", port->f->name);
	clear(port, STA_COMPLETE);
	return done;
}

/* The button may have been pressed while writes kept the pin low. */
static void port_settle(struct port *port)
{
	uint32_t events = status(port);

	if (events == GONE || !(events & STA_EVENTS))
		return;
	clear(port, events);
	if (events & STA_BUTTON)
		__atomic_store_n(&port->pressed, 1u, __ATOMIC_RELEASE);
}

/* ------------------------------------------------------------------ events */

static bool is_absent(void *ctx)
{
	const struct port *port = ctx;

	return !(status(port) & STA_PRESENT);
}

static bool power_off(void *ctx)
{
	struct port *port = ctx;

	/* In one write: QEMU takes the device away when both go off. */
	return command(port, CTL_POWER_LED_OFF | CTL_POWER_OFF) && hotplug_spin(is_absent, port);
}

static void serve(struct port *port)
{
	struct pci_bus *bus = port->f->secondary;

	if (!bus)
		return;
	if (!pci_next_on_bus(bus, NULL)) {
		if (!(status(port) & STA_PRESENT))
			return;
		command(port, CTL_POWER_LED_BLINK);
		command(port, CTL_POWER_LED_ON);
		hotplug_plug(bus, PCI_ALL_SLOTS);
	} else if (!hotplug_plug(bus, PCI_ALL_SLOTS)) {
		/* Nothing new: what is there shall go. */
		command(port, CTL_POWER_LED_BLINK);
		hotplug_unplug(&(struct hotplug_request){
		        .bus = bus, .reach = HOTPLUG_BUS, .power_off = power_off, .ctx = port});
		/* What was raised by the removal itself. */
		clear(port, status(port) & (STA_EVENTS & ~STA_BUTTON));
	}
	port_settle(port);
}

void hotplug_pcie_poll(void)
{
	for (struct port *port = ports; port < ports + PORTS; port++) {
		if (!port->used)
			continue;
		if (!port->f->pin)
			port_settle(port);
		if (__atomic_exchange_n(&port->pressed, 0u, __ATOMIC_ACQUIRE))
			serve(port);
	}
}

/* -------------------------------------------------------------- the driver */

static bool port_match(const struct pci_function *f)
{
	return !machine_hotplug_event && f->is_bridge && f->secondary && f->cap_pcie &&
	       (pci_read(f, f->cap_pcie + EXP_FLAGS, 2) & EXP_FLAGS_SLOT) &&
	       (pci_read(f, f->cap_pcie + EXP_SLOT_CAP, 4) & CAP_HOTPLUG);
}

static int port_bind(struct pci_function *f)
{
	struct port *port = ports;

	while (port < ports + PORTS && port->used)
		port++;
	if (port == ports + PORTS)
		return IRQREF_ERR_NOSPC;
	memset(port, 0, sizeof(*port));
	port->f = f;
	if (f->pin) {
		int err = pci_intx_bind(f, port_handler, port);

		if (err)
			return err;
	}
	port->used = true;
	f->driver_data = port;
	clear(port, status(port));
	command(port,
	        status(port) & STA_PRESENT ? CTL_POWER_LED_ON : CTL_POWER_LED_OFF | CTL_POWER_OFF);
	port_settle(port);
	return IRQREF_OK;
}

static void port_unbind(struct pci_function *f, bool gone)
{
	struct port *port = f->driver_data;

	if (!gone)
		pci_write(f, f->cap_pcie + EXP_SLOT_CTL, 2, 0);
	pci_unbind(f, gone);
	port->used = false;
}

const struct pci_driver hotplug_pcie_driver = {
        .name = "hotplug-pcie",
        .match = port_match,
        .bind = port_bind,
        .unbind = port_unbind,
};
