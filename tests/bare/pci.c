/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration access, capabilities, and the tables of buses and functions.
 */
#include "pci.h"

#include <string.h>

struct pci_host pci_hosts[PCI_HOSTS];
uint32_t pci_nr_hosts;

static struct pci_bus buses[PCI_BUSES];
static struct pci_function functions[PCI_FUNCTIONS];

uint32_t pci_read(const struct pci_function *f, uint32_t reg, uint32_t size)
{
	struct pci_host *host = f->bus->host;

	return host->config_read(host, f->bus->number, f->devfn, reg, size);
}

void pci_write(const struct pci_function *f, uint32_t reg, uint32_t size, uint32_t value)
{
	struct pci_host *host = f->bus->host;

	host->config_write(host, f->bus->number, f->devfn, reg, size, value);
}

bool pci_is_there(const struct pci_function *f)
{
	return pci_read(f, PCI_REG_VENDOR, 2) != 0xffffu;
}

uint32_t pci_capability(const struct pci_function *f, uint32_t id)
{
	uint32_t at;

	if (!(pci_read(f, PCI_REG_STATUS, 2) & 0x10u))
		return 0;
	at = pci_read(f, PCI_REG_CAPS, 1) & 0xfcu;
	/* There is room for 48 of them: more is a loop. */
	for (unsigned int i = 0; at && i < 48; i++) {
		if (pci_read(f, at, 1) == id)
			return at;
		at = pci_read(f, at + 1u, 1) & 0xfcu;
	}
	return 0;
}

uint32_t pci_exp_type(const struct pci_function *f)
{
	return pci_read(f, f->cap_pcie + 2u, 2) >> 4 & 0xfu;
}

/* ------------------------------------------------------------- the tables */

struct pci_bus *pci_next_bus(const struct pci_bus *bus)
{
	for (size_t i = bus ? (size_t)(bus - buses) + 1u : 0; i < PCI_BUSES; i++) {
		if (buses[i].used)
			return &buses[i];
	}
	return NULL;
}

struct pci_function *pci_next_function(const struct pci_function *f)
{
	for (size_t i = f ? (size_t)(f - functions) + 1u : 0; i < PCI_FUNCTIONS; i++) {
		if (functions[i].used)
			return &functions[i];
	}
	return NULL;
}

struct pci_function *pci_next_on_bus(const struct pci_bus *bus, const struct pci_function *f)
{
	struct pci_function *next = NULL;

	for (struct pci_function *g = NULL; (g = pci_next_function(g)) != NULL;) {
		if (g->bus == bus && (!f || g->devfn > f->devfn) &&
		    (!next || g->devfn < next->devfn))
			next = g;
	}
	return next;
}

struct pci_function *pci_find(const struct pci_bus *bus, uint32_t devfn)
{
	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;) {
		if (f->bus == bus && f->devfn == devfn)
			return f;
	}
	return NULL;
}

struct pci_bus *pci_bus_find(uint32_t host, uint32_t number)
{
	for (struct pci_bus *bus = NULL; (bus = pci_next_bus(bus)) != NULL;) {
		if (bus->domain == host && bus->number == number)
			return bus;
	}
	return NULL;
}

struct pci_bus *pci_bus_new(void)
{
	for (size_t i = 0; i < PCI_BUSES; i++) {
		if (!buses[i].used) {
			memset(&buses[i], 0, sizeof(buses[i]));
			buses[i].used = true;
			return &buses[i];
		}
	}
	return NULL;
}

struct pci_function *pci_function_new(struct pci_bus *bus, uint32_t devfn)
{
	for (size_t i = 0; i < PCI_FUNCTIONS; i++) {
		struct pci_function *f = &functions[i];

		if (f->used)
			continue;
		memset(f, 0, sizeof(*f));
		f->used = true;
		f->bus = bus;
		f->devfn = devfn;
		return f;
	}
	return NULL;
}

uint64_t pci_bar_cpu(const struct pci_function *f, uint32_t bar)
{
	const struct pci_host *host = f->bus->host;

	if (bar >= PCI_BARS || !f->bars[bar].placed)
		return 0;
	return f->bars[bar].address - host->mem_pci + host->mem_cpu;
}
