/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enumeration: who is there, and numbers for the buses behind bridges. Every bridge behind which
 * functions may come later keeps some numbers in reserve, for bridges that come.
 */
#include "pci.h"

#include <string.h>

#include "print.h"

/* Most numbers in reserve behind one bridge. */
#define RESERVE_MAX 8u

#define EXP_FLAGS        0x02u
#define EXP_SLOT_CAP     0x14u
#define EXP_FLAGS_SLOT   0x0100u
#define EXP_SLOT_HOTPLUG 0x40u

/* ------------------------------------------------------ what a function is */

static char digit(uint32_t value)
{
	return "0123456789abcdef"[value & 0xfu];
}

static void put_name(struct pci_function *f)
{
	uint32_t domain = f->bus->domain, bus = f->bus->number, slot = f->devfn >> 3;
	char *name = f->name;

	for (unsigned int i = 0; i < 4; i++)
		name[i] = digit(domain >> (12u - 4u * i));
	name[4] = ':';
	name[5] = digit(bus >> 4);
	name[6] = digit(bus);
	name[7] = ':';
	name[8] = digit(slot >> 4);
	name[9] = digit(slot);
	name[10] = '.';
	name[11] = digit(f->devfn & 7u);
	name[12] = '\0';
}

/* Whether functions can come and go behind a bridge. */
static bool has_hotplug(const struct pci_function *f)
{
	/* With hot-plug by firmware every bus has it, and the bridge's own means are not used. */
	if (machine_hotplug_event)
		return true;
	if (f->cap_shpc)
		return true;
	return f->cap_pcie && (pci_read(f, f->cap_pcie + EXP_FLAGS, 2) & EXP_FLAGS_SLOT) &&
	       (pci_read(f, f->cap_pcie + EXP_SLOT_CAP, 4) & EXP_SLOT_HOTPLUG);
}

static void read_function(struct pci_function *f, uint32_t header)
{
	f->vendor = pci_read(f, PCI_REG_VENDOR, 2);
	f->device = pci_read(f, PCI_REG_VENDOR + 2u, 2);
	f->class = pci_read(f, PCI_REG_CLASS, 4) >> 8;
	f->is_bridge = (header & 0x7fu) == 1;
	f->pin = pci_read(f, PCI_REG_PIN, 1);
	if (f->pin > IRQREF_PCI_PINS)
		f->pin = 0;
	f->cap_msi = pci_capability(f, PCI_CAP_MSI);
	f->cap_pcie = pci_capability(f, PCI_CAP_PCIE);
	f->cap_shpc = pci_capability(f, PCI_CAP_SHPC);
	f->fresh = true;
	put_name(f);
	/* Silent until a driver says otherwise: nobody would serve its line. */
	pci_write(f, PCI_REG_COMMAND, 2, PCI_COMMAND_INTX_OFF);
	pci_bars_probe(f);
}

/* ------------------------------------------------------------ bus numbers */

static void write_numbers(const struct pci_function *bridge, uint32_t secondary, uint32_t last)
{
	uint32_t primary = secondary ? bridge->bus->number : 0;

	/* The fourth byte, the latency timer, is of no use to anybody. */
	pci_write(bridge, PCI_REG_BUSES, 4, primary | secondary << 8 | last << 16);
}

static struct pci_bus *new_secondary(struct pci_function *bridge)
{
	struct pci_bus *bus = pci_bus_new();

	if (!bus)
		return NULL;
	bus->host = bridge->bus->host;
	bus->domain = bridge->bus->domain;
	bus->bridge = bridge;
	bus->hotplug = has_hotplug(bridge);
	if (bridge->cap_pcie)
		bus->single = pci_exp_type(bridge) == PCI_EXP_ROOT_PORT ||
		              pci_exp_type(bridge) == PCI_EXP_DOWNSTREAM;
	pci_intx_bus(bus);
	bridge->secondary = bus;
	return bus;
}

static uint32_t scan_bus(struct pci_bus *bus, uint32_t *next, uint32_t limit);

/* Numbers without reserve, in the order in which they are found: *@next is the last one given. */
static uint32_t scan_bridge(struct pci_function *f, uint32_t *next, uint32_t limit)
{
	struct pci_bus *bus;
	uint32_t found;

	/* Left by whoever ran before us, it would answer for buses of others. */
	write_numbers(f, 0, 0);
	if (*next >= limit || !(bus = new_secondary(f))) {
		print("# %s: no bus number left for what is behind it\n", f->name);
		return 0;
	}
	bus->number = ++*next;
	bus->last = limit;
	write_numbers(f, bus->number, limit);
	found = scan_bus(bus, next, limit);
	bus->last = *next;
	write_numbers(f, bus->number, bus->last);
	return found;
}

static uint32_t scan_slot(struct pci_bus *bus, uint32_t slot, uint32_t *next, uint32_t limit)
{
	struct pci_host *host = bus->host;
	uint32_t found = 0, functions = 1;

	for (uint32_t n = 0; n < functions; n++) {
		uint32_t devfn = slot << 3 | n, header;
		struct pci_function *f;

		if (host->config_read(host, bus->number, devfn, PCI_REG_VENDOR, 2) == 0xffffu ||
		    pci_find(bus, devfn))
			continue;
		header = host->config_read(host, bus->number, devfn, PCI_REG_HEADER, 1);
		if (n == 0 && (header & 0x80u))
			functions = 8;
		f = pci_function_new(bus, devfn);
		if (!f) {
			print("# too many functions: some are left out\n");
			return found;
		}
		read_function(f, header);
		found++;
		if (f->is_bridge)
			found += scan_bridge(f, next, limit);
	}
	return found;
}

static uint32_t scan_bus(struct pci_bus *bus, uint32_t *next, uint32_t limit)
{
	uint32_t found = 0;

	for (uint32_t slot = 0; slot < IRQREF_PCI_SLOTS; slot++)
		found += scan_slot(bus, slot, next, limit);
	return found;
}

/* ------------------------------------------------- numbers, with a reserve */

static struct pci_function *next_bridge(const struct pci_bus *bus, const struct pci_function *f)
{
	struct pci_function *next = pci_next_on_bus(bus, f);

	while (next && !next->secondary)
		next = pci_next_on_bus(bus, next);
	return next;
}

/* From the far end on, so that each bridge can be reached when its turn comes. */
static void clear_numbers(struct pci_function *bridge)
{
	for (struct pci_function *f = NULL; (f = next_bridge(bridge->secondary, f)) != NULL;)
		clear_numbers(f);
	write_numbers(bridge, 0, 0);
}

static void assign_numbers(struct pci_function *bridge, uint32_t *next, uint32_t limit,
                           uint32_t reserve)
{
	struct pci_bus *bus = bridge->secondary;

	bus->number = ++*next;
	write_numbers(bridge, bus->number, limit);
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		put_name(f);
		if (f->secondary)
			assign_numbers(f, next, limit, reserve);
	}
	if (bus->hotplug)
		*next += reserve;
	bus->last = *next;
	write_numbers(bridge, bus->number, bus->last);
}

static uint32_t count_hotplug(const struct pci_function *bridge)
{
	uint32_t count = bridge->secondary->hotplug;

	for (struct pci_function *f = NULL; (f = next_bridge(bridge->secondary, f)) != NULL;)
		count += count_hotplug(f);
	return count;
}

static uint32_t reserve_of(uint32_t left, uint32_t bridges)
{
	uint32_t reserve = bridges ? left / bridges : 0;

	return reserve < RESERVE_MAX ? reserve : RESERVE_MAX;
}

static void scan_root(struct pci_bus *root)
{
	uint32_t next = root->number, limit = root->last, bridges = 0, reserve;

	scan_bus(root, &next, limit);
	for (struct pci_function *f = NULL; (f = next_bridge(root, f)) != NULL;)
		bridges += count_hotplug(f);
	reserve = reserve_of(limit - next, bridges);
	for (struct pci_function *f = NULL; (f = next_bridge(root, f)) != NULL;)
		clear_numbers(f);
	next = root->number;
	for (struct pci_function *f = NULL; (f = next_bridge(root, f)) != NULL;)
		assign_numbers(f, &next, limit, reserve);
}

/* The bridges of a bus pass on no accesses; the firmware of some machines (pseries) numbered them. */
static void silence_bridges(struct pci_host *host, uint32_t bus)
{
	for (uint32_t devfn = 0; devfn < 256; devfn++) {
		uint32_t header = host->config_read(host, bus, devfn, PCI_REG_HEADER, 1);

		if ((header & 0x7fu) == 1)
			host->config_write(host, bus, devfn, PCI_REG_BUSES, 4, 0);
	}
}

/*
 * The number of the next root bus after @bus, or one more than the last number: some hosts have
 * several (QEMU's pxb). No bridge passes on accesses to numbers above @bus, so whoever answers there
 * is on a root bus.
 */
static uint32_t next_root(struct pci_host *host, uint32_t bus)
{
	silence_bridges(host, bus);
	while (++bus <= host->bus_last) {
		for (uint32_t slot = 0; slot < IRQREF_PCI_SLOTS; slot++) {
			if (host->config_read(host, bus, slot << 3, PCI_REG_VENDOR, 2) != 0xffffu)
				return bus;
		}
	}
	return bus;
}

static void scan_host(struct pci_host *host, uint32_t domain)
{
	for (uint32_t number = host->bus_first, next; number <= host->bus_last; number = next) {
		struct pci_bus *root = pci_bus_new();

		if (!root)
			break;
		next = next_root(host, number);
		root->host = host;
		root->domain = domain;
		root->number = number;
		root->last = next - 1u;
		root->hotplug = machine_hotplug_event != NULL;
		pci_intx_bus(root);
		scan_root(root);
	}
	pci_bars_assign(host);
}

void pci_enumerate(const struct irqref_dt *dt)
{
	int err = IRQREF_OK;

	while (!err && pci_nr_hosts < PCI_HOSTS) {
		struct pci_host *host = &pci_hosts[pci_nr_hosts];

		err = machine_pci_host(dt, pci_nr_hosts, host);
		if (!err)
			scan_host(host, pci_nr_hosts++);
	}
	if (err && err != IRQREF_ERR_NOENT)
		print("# host bridge %u: %s\n", pci_nr_hosts, irqref_strerror(err));
}

/* ----------------------------------------------------- slots come and go */

/* The largest run of numbers of @bus that no bridge on it uses: those above @before up to @last,
 * which are equal where there is none. */
static void find_gap(const struct pci_bus *bus, uint32_t *before, uint32_t *last)
{
	uint32_t best = 0, at = bus->number;

	while (at < bus->last) {
		uint32_t end = bus->last, skip = 0;

		for (struct pci_function *f = NULL; (f = next_bridge(bus, f)) != NULL;) {
			const struct pci_bus *child = f->secondary;

			if (child->number == at + 1u)
				skip = child->last;
			else if (child->number > at && child->number <= end)
				end = child->number - 1u;
		}
		if (skip) {
			at = skip;
			continue;
		}
		if (end - at > best) {
			best = end - at;
			*before = at;
			*last = end;
		}
		at = end;
	}
}

/* The bridges on @bus that came have the numbers above @before up to @used: numbers again, this time
 * with a reserve out of what is left up to @limit. A bus with more slots keeps half of that. */
static void spread_numbers(struct pci_bus *bus, uint32_t before, uint32_t used, uint32_t limit)
{
	uint32_t left = bus->single ? limit - used : (limit - used) / 2u;
	uint32_t bridges = 0, next = before;

	for (struct pci_function *f = NULL; (f = next_bridge(bus, f)) != NULL;) {
		if (!f->fresh)
			continue;
		bridges += count_hotplug(f);
		clear_numbers(f);
	}
	for (struct pci_function *f = NULL; (f = next_bridge(bus, f)) != NULL;) {
		if (f->fresh)
			assign_numbers(f, &next, limit, reserve_of(left, bridges));
	}
}

uint32_t pci_rescan(struct pci_bus *bus, uint32_t slot)
{
	uint32_t first = slot == PCI_ALL_SLOTS ? 0 : slot;
	uint32_t last = slot == PCI_ALL_SLOTS ? IRQREF_PCI_SLOTS - 1u : slot;
	uint32_t before = 0, limit = 0, used, found = 0;

	find_gap(bus, &before, &limit);
	used = before;
	for (slot = first; slot <= last; slot++)
		found += scan_slot(bus, slot, &used, limit);
	if (!found)
		return 0;
	spread_numbers(bus, before, used, limit);
	pci_bars_assign_fresh(bus);
	return found;
}

static void forget_bus(struct pci_bus *bus);

void pci_forget(struct pci_function *f)
{
	if (f->secondary)
		forget_bus(f->secondary);
	memset(f, 0, sizeof(*f));
}

static void forget_bus(struct pci_bus *bus)
{
	struct pci_function *f;

	while ((f = pci_next_on_bus(bus, NULL)) != NULL)
		pci_forget(f);
	memset(bus, 0, sizeof(*bus));
}

/* ---------------------------------------------------------------- the tree */

static void print_function(const struct pci_function *f, uint32_t depth)
{
	print("# %s", f->name);
	for (uint32_t i = 0; i <= depth; i++)
		print("  ");
	print("%04x:%04x class %06x", f->vendor, f->device, f->class);
	if (f->pin)
		print(" INT%c", (char)('A' + f->pin - 1u));
	if (f->cap_msi)
		print(" msi");
	for (uint32_t i = 0; i < PCI_BARS; i++) {
		if (f->bars[i].placed)
			print(" bar%u=%lx+%lx", i, f->bars[i].address, f->bars[i].size);
		else if (f->bars[i].size)
			print(" bar%u=none+%lx", i, f->bars[i].size);
	}
	if (f->secondary) {
		const struct pci_bus *bus = f->secondary;

		print(" buses %02x-%02x window %lx+%lx%s", bus->number, bus->last, bus->base,
		      bus->size, bus->hotplug ? " hot-plug" : "");
	}
	if (f->driver)
		print(" driver %s", f->driver->name);
	print("\n");
}

static void print_bus(const struct pci_bus *bus, uint32_t depth)
{
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		print_function(f, depth);
		if (f->secondary)
			print_bus(f->secondary, depth + 1u);
	}
}

void pci_print_tree(void)
{
	for (struct pci_bus *bus = NULL; (bus = pci_next_bus(bus)) != NULL;) {
		if (bus->bridge)
			continue;
		print("# host bridge %u: buses %02x-%02x, memory %lx+%lx\n", bus->domain,
		      bus->number, bus->last, bus->host->mem_pci, bus->host->mem_size);
		print_bus(bus, 0);
	}
}
