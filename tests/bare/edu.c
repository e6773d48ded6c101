/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver for QEMU's "edu" device.
 */
#include "edu.h"

#include <string.h>

#include "irqref_port_bare.h"
#include "kernel.h"

#define EDU_VENDOR 0x1234u
#define EDU_DEVICE 0x11e8u

#define EDU_ID     0x00u
#define EDU_STATUS 0x24u
#define EDU_RAISE  0x60u
#define EDU_ACK    0x64u

/* Version 1.0, and "edu" in the low byte. */
#define EDU_ID_MASK  0xffu
#define EDU_ID_VALUE 0xedu

/* What a register reads as when nobody is there. */
#define ABSENT 0xffffffffu

static struct edu devices[PCI_FUNCTIONS];

struct edu *edu_next(const struct edu *e)
{
	for (size_t i = e ? (size_t)(e - devices) + 1u : 0; i < PCI_FUNCTIONS; i++) {
		if (devices[i].used)
			return &devices[i];
	}
	return NULL;
}

uint32_t edu_count(void)
{
	uint32_t count = 0;

	for (struct edu *e = NULL; (e = edu_next(e)) != NULL;)
		count++;
	return count;
}

static uint32_t edu_read(const struct edu *e, uint32_t reg)
{
	return machine_read32_native(e->regs + reg);
}

static void edu_write(const struct edu *e, uint32_t reg, uint32_t value)
{
	machine_write32_native(e->regs + reg, value);
}

/*
 * A device that was pulled out reads as all ones, which would look like every reason to ask at once:
 * it is none.
 */
static enum irqref_return serve(struct edu *e)
{
	uint32_t status = edu_read(e, EDU_STATUS);

	if (status == ABSENT) {
		e->absent++;
		return IRQREF_NONE;
	}
	if (status == 0)
		return IRQREF_NONE;
	edu_write(e, EDU_ACK, status);
	/* The line is low before the controller is told that the interrupt was served. */
	edu_read(e, EDU_STATUS);
	if (status != __atomic_load_n(&e->serial, __ATOMIC_RELAXED))
		e->wrong++;
	e->value = status;
	e->cpu = irqref_hot_cpu();
	__atomic_store_n(&e->served, e->served + 1u, __ATOMIC_RELEASE);
	return IRQREF_HANDLED;
}

/*
 * On a shared line it is called for others, too: perhaps while another CPU serves this device's
 * message, and then both would find it asking.
 */
static enum irqref_return edu_pin(irqref_virq_t virq, void *cookie)
{
	struct edu *e = cookie;

	(void)virq;
	if (__atomic_load_n(&e->sends_messages, __ATOMIC_RELAXED))
		return IRQREF_NONE;
	return serve(e);
}

static enum irqref_return edu_message(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	return serve(cookie);
}

void edu_raise(struct edu *e)
{
	uint32_t serial = e->serial + 1u;

	/* Another CPU may serve it before the write has returned. */
	__atomic_store_n(&e->serial, serial, __ATOMIC_RELAXED);
	edu_write(e, EDU_RAISE, serial);
}

uint32_t edu_asking(const struct edu *e)
{
	return edu_read(e, EDU_STATUS);
}

uint32_t edu_served(const struct edu *e)
{
	return __atomic_load_n(&e->served, __ATOMIC_ACQUIRE);
}

void edu_hold(struct edu *e)
{
	int err = irqref_disable_sync(kernel_space, e->f->irq.intx);

	check(!err, "%s: disabling its line: %s", e->f->name, irqref_strerror(err));
	e->held = true;
	edu_raise(e);
}

void edu_release(struct edu *e)
{
	int err = irqref_enable(kernel_space, e->f->irq.intx);

	check(!err, "%s: enabling its line: %s", e->f->name, irqref_strerror(err));
	e->held = false;
}

int edu_msi(struct edu *e, bool on)
{
	int err = IRQREF_OK;

	/* It does not ask meanwhile, so the pin's handler may see this early or late. */
	if (on)
		err = pci_msi_bind(e->f, edu_message, e);
	else
		pci_msi_unbind(e->f);
	__atomic_store_n(&e->sends_messages, on && !err, __ATOMIC_RELAXED);
	return err;
}

/* -------------------------------------------------------------- the driver */

static bool edu_match(const struct pci_function *f)
{
	return f->vendor == EDU_VENDOR && f->device == EDU_DEVICE;
}

static void quiet(const struct edu *e)
{
	uint32_t status = edu_read(e, EDU_STATUS);

	if (status != 0 && status != ABSENT)
		edu_write(e, EDU_ACK, status);
}

static int edu_bind(struct pci_function *f)
{
	struct edu *e = devices;
	int err;

	if (!f->bars[0].placed)
		return IRQREF_ERR_NOSPC;
	while (e->used)
		e++;
	memset(e, 0, sizeof(*e));
	e->f = f;
	e->regs = pci_bar_cpu(f, 0);
	if ((edu_read(e, EDU_ID) & EDU_ID_MASK) != EDU_ID_VALUE)
		return IRQREF_ERR_FORMAT;
	quiet(e);
	err = pci_intx_bind(f, edu_pin, e);
	if (err)
		return err;
	e->used = true;
	f->driver_data = e;
	return IRQREF_OK;
}

static void edu_unbind(struct pci_function *f, bool gone)
{
	struct edu *e = f->driver_data;

	if (!gone)
		quiet(e);
	pci_unbind(f, gone);
	check(e->wrong == 0, "%s was never served for what it had not asked", f->name);
	e->used = false;
}

const struct pci_driver edu_driver = {
        .name = "edu",
        .match = edu_match,
        .bind = edu_bind,
        .unbind = edu_unbind,
};
