/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Standard Hot-Plug Controller in bridges to conventional PCI buses. Its registers are in the
 * bridge's BAR 0. Of a slot's events only the button interrupts; the latch of each event stays set
 * until a one is written to it.
 */
#include "hotplug.h"

#include <string.h>

#include "kernel.h"
#include "print.h"

#define CONTROLLERS 128u

#define SHPC_SLOTS     0x0cu
#define SHPC_COMMAND   0x14u
#define SHPC_INTERRUPT 0x18u
#define SHPC_ENABLE    0x20u
#define SHPC_SLOT(n)   (0x24u + 4u * (n))

/* The upper half of the command register is its status. */
#define COMMAND_BUSY   0x00010000u
#define COMMAND_FAILED 0x000e0000u

/* Interrupts on; system errors and completed commands off; what was latched of those cleared. */
#define ENABLE_BUTTONS 0x0003000eu

#define SLOT_PRESENT 0x00000c00u
#define SLOT_EMPTY   0x00000c00u
#define SLOT_EVENTS  0x001f0000u
#define SLOT_BUTTON  0x00040000u
/* All events of a slot are masked but its button. */
#define SLOT_MASKS 0x7b000000u

/* State, power LED, attention LED. */
#define TO_BLINK    0x08u
#define TO_ENABLED  0x36u
#define TO_DISABLED 0x3fu

#define GONE 0xffffffffu

/* @pressed: a bit for each slot, set by the handler */
struct shpc {
	struct pci_function *f;
	uint64_t regs;
	uint32_t slots;
	uint32_t first;
	uint32_t pressed;
	bool used;
};

static struct shpc controllers[CONTROLLERS];

static uint32_t shpc_read(const struct shpc *shpc, uint32_t reg)
{
	return machine_read32(shpc->regs + reg);
}

static void shpc_write(const struct shpc *shpc, uint32_t reg, uint32_t value)
{
	machine_write32(shpc->regs + reg, value);
}

/* Clears what is latched of a slot's events, keeps its masks; returns what was. */
static uint32_t clear_slot(const struct shpc *shpc, uint32_t n)
{
	uint32_t slot = shpc_read(shpc, SHPC_SLOT(n));

	if (slot == GONE)
		return 0;
	shpc_write(shpc, SHPC_SLOT(n), SLOT_MASKS | (slot & SLOT_EVENTS));
	return slot & SLOT_EVENTS;
}

static enum irqref_return shpc_handler(irqref_virq_t virq, void *cookie)
{
	struct shpc *shpc = cookie;
	uint32_t asking = shpc_read(shpc, SHPC_INTERRUPT);
	enum irqref_return found = IRQREF_NONE;

	(void)virq;
	if (asking == GONE)
		return IRQREF_NONE;
	for (uint32_t n = 0; n < shpc->slots; n++) {
		/* Bit 0 is the controller itself. */
		if (!(asking >> (n + 1u) & 1u))
			continue;
		found = IRQREF_HANDLED;
		if (clear_slot(shpc, n) & SLOT_BUTTON)
			__atomic_fetch_or(&shpc->pressed, 1u << n, __ATOMIC_RELEASE);
	}
	return found;
}

/* ---------------------------------------------------------------- commands */

static bool is_idle(void *ctx)
{
	const struct shpc *shpc = ctx;

	return !(shpc_read(shpc, SHPC_COMMAND) & COMMAND_BUSY);
}

static bool command(struct shpc *shpc, uint32_t n, uint32_t code)
{
	uint32_t result;

	if (!hotplug_spin(is_idle, shpc))
		return false;
	shpc_write(shpc, SHPC_COMMAND, (n + 1u) << 8 | code);
	if (!hotplug_spin(is_idle, shpc))
		return false;
	result = shpc_read(shpc, SHPC_COMMAND);
	if (result & COMMAND_FAILED)
		print("# %s: slot %u: command %02x fails: %08x\n", shpc->f->name, n, code, result);
	/* It is done, and does not interrupt; but it is latched. */
	shpc_write(shpc, SHPC_ENABLE, ENABLE_BUTTONS);
	return !(result & COMMAND_FAILED);
}

/* ------------------------------------------------------------------ events */

struct slot {
	struct shpc *shpc;
	uint32_t n;
};

static bool is_empty(void *ctx)
{
	const struct slot *slot = ctx;

	return (shpc_read(slot->shpc, SHPC_SLOT(slot->n)) & SLOT_PRESENT) == SLOT_EMPTY;
}

static bool power_off(void *ctx)
{
	struct slot *slot = ctx;

	return command(slot->shpc, slot->n, TO_DISABLED) && hotplug_spin(is_empty, slot);
}

static bool slot_is_known(const struct pci_bus *bus, uint32_t device)
{
	for (uint32_t n = 0; n < 8; n++) {
		if (pci_find(bus, device << 3 | n))
			return true;
	}
	return false;
}

static void serve(struct shpc *shpc, uint32_t n)
{
	struct pci_bus *bus = shpc->f->secondary;
	struct slot slot = {shpc, n};
	uint32_t device = shpc->first + n;

	if (slot_is_known(bus, device)) {
		command(shpc, n, TO_BLINK);
		hotplug_unplug(&(struct hotplug_request){.bus = bus,
		                                         .devfn = device << 3,
		                                         .reach = HOTPLUG_SLOT,
		                                         .power_off = power_off,
		                                         .ctx = &slot});
		/* QEMU latches the button once more when the device goes. */
		clear_slot(shpc, n);
		__atomic_fetch_and(&shpc->pressed, ~(1u << n), __ATOMIC_RELAXED);
	} else if (!is_empty(&slot)) {
		command(shpc, n, TO_ENABLED);
		hotplug_plug(bus, device);
	}
}

/* A controller without a pin is asked as its handler would ask it. */
static void look(struct shpc *shpc)
{
	if (!shpc->f->pin)
		shpc_handler(0, shpc);
}

void hotplug_shpc_poll(void)
{
	for (struct shpc *shpc = controllers; shpc < controllers + CONTROLLERS; shpc++) {
		uint32_t pressed;

		if (!shpc->used)
			continue;
		look(shpc);
		pressed = __atomic_exchange_n(&shpc->pressed, 0, __ATOMIC_ACQUIRE);
		for (uint32_t n = 0; pressed; n++, pressed >>= 1) {
			if (pressed & 1u)
				serve(shpc, n);
		}
	}
}

/* -------------------------------------------------------------- the driver */

static bool shpc_match(const struct pci_function *f)
{
	return !machine_hotplug_event && f->is_bridge && f->secondary && f->cap_shpc;
}

static int shpc_bind(struct pci_function *f)
{
	struct shpc *shpc = controllers;
	uint32_t slots;

	if (!f->bars[0].placed)
		return IRQREF_ERR_NOSPC;
	while (shpc < controllers + CONTROLLERS && shpc->used)
		shpc++;
	if (shpc == controllers + CONTROLLERS)
		return IRQREF_ERR_NOSPC;
	memset(shpc, 0, sizeof(*shpc));
	shpc->f = f;
	shpc->regs = pci_bar_cpu(f, 0);
	slots = shpc_read(shpc, SHPC_SLOTS);
	shpc->slots = slots & 0x1fu;
	shpc->first = slots >> 8 & 0x1fu;
	for (uint32_t n = 0; n < shpc->slots; n++)
		clear_slot(shpc, n);
	if (f->pin) {
		int err = pci_intx_bind(f, shpc_handler, shpc);

		if (err)
			return err;
	}
	shpc->used = true;
	f->driver_data = shpc;
	shpc_write(shpc, SHPC_ENABLE, ENABLE_BUTTONS);
	return IRQREF_OK;
}

static void shpc_unbind(struct pci_function *f, bool gone)
{
	struct shpc *shpc = f->driver_data;

	/* All interrupts of it off. */
	if (!gone)
		shpc_write(shpc, SHPC_ENABLE, ENABLE_BUTTONS | 1u);
	pci_unbind(f, gone);
	shpc->used = false;
}

const struct pci_driver hotplug_shpc_driver = {
        .name = "hotplug-shpc",
        .match = shpc_match,
        .bind = shpc_bind,
        .unbind = shpc_unbind,
};
