/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for BARs and bridge windows. All of it comes out of the host's 32-bit window: a bridge
 * passes prefetchable and 64-bit BARs through its plain window as well. I/O BARs are left off.
 */
#include "pci.h"

#include <string.h>

#define MIB 0x100000ul

/* Behind each bridge where functions may come later: so much more than is needed, or as much of it
 * as there is. */
#define RESERVE_MAX (64 * MIB)

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1u) & ~(align - 1u);
}

/* ------------------------------------------------------------------- sizes */

/* Returns how many registers the BAR takes. */
static uint32_t probe_bar(struct pci_function *f, uint32_t index)
{
	uint32_t reg = PCI_REG_BAR + 4u * index, low = pci_read(f, reg, 4);
	struct pci_bar *bar = &f->bars[index];
	uint64_t mask;

	/* I/O, or none of a BAR's types. */
	if ((low & 1u) || (low & 6u) == 2u)
		return 1;
	bar->wide = (low & 6u) == 4u;
	pci_write(f, reg, 4, 0xffffffffu);
	mask = 0xffffffff00000000u | (pci_read(f, reg, 4) & ~0xfu);
	if (bar->wide) {
		pci_write(f, reg + 4u, 4, 0xffffffffu);
		mask = (uint64_t)pci_read(f, reg + 4u, 4) << 32 | (mask & 0xffffffffu);
	}
	bar->size = (uint32_t)mask || bar->wide ? ~mask + 1u : 0;
	pci_write(f, reg, 4, 0);
	if (bar->wide)
		pci_write(f, reg + 4u, 4, 0);
	return bar->wide ? 2 : 1;
}

static void close_window(const struct pci_function *bridge)
{
	/* A base above its limit. */
	pci_write(bridge, PCI_REG_MEMORY, 4, 0x0000fff0u);
	pci_write(bridge, PCI_REG_PREFETCH, 4, 0x0000fff0u);
	pci_write(bridge, PCI_REG_IO, 2, 0x00f0u);
	pci_write(bridge, PCI_REG_IO_UPPER, 4, 0);
}

void pci_bars_probe(struct pci_function *f)
{
	uint32_t count = f->is_bridge ? 2u : PCI_BARS;

	/* Cardbus and whatever else has a header of its own kind. */
	if (!f->is_bridge && (pci_read(f, PCI_REG_HEADER, 1) & 0x7fu) != 0)
		return;
	for (uint32_t i = 0; i < count;)
		i += probe_bar(f, i);
	if (f->is_bridge)
		close_window(f);
}

/* ------------------------------------------------------------------ layout */

/* What needs memory on one bus: a BAR, or the window of a bridge. */
struct item {
	uint64_t *address;
	bool *placed;
	uint64_t size;
	uint64_t align;
};

#define ITEMS 1024u

/* Of one bus at a time. */
static struct item items[ITEMS];
static uint32_t nr_items;

/* Of which functions: of all on the bus, or of those that have just been found. */
enum which {
	ALL,
	FRESH,
};

static bool is_one(const struct pci_function *f, enum which which)
{
	return which == ALL || f->fresh;
}

static void add_item(const struct item *item)
{
	uint32_t at;

	if (nr_items == ITEMS)
		return;
	/* The most aligned first: so no hole is left between them. */
	for (at = nr_items++; at > 0 && items[at - 1u].align < item->align; at--)
		items[at] = items[at - 1u];
	items[at] = *item;
}

static void collect(struct pci_bus *bus, enum which which)
{
	nr_items = 0;
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		struct pci_bus *behind = f->secondary;

		if (!is_one(f, which))
			continue;
		for (uint32_t i = 0; i < PCI_BARS; i++) {
			struct pci_bar *bar = &f->bars[i];

			if (bar->size && !bar->left_out)
				add_item(&(struct item){&bar->address, &bar->placed, bar->size,
				                        bar->size});
		}
		if (behind && behind->size)
			add_item(&(struct item){&behind->base, &behind->placed, behind->size,
			                        behind->align});
	}
}

/* How large the window of @bus must be, and where in it everything is, counted from its base. */
static void layout(struct pci_bus *bus, uint64_t reserve)
{
	uint64_t end = 0;

	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		if (f->secondary)
			layout(f->secondary, reserve);
	}
	collect(bus, ALL);
	bus->align = MIB;
	for (uint32_t i = 0; i < nr_items; i++) {
		const struct item *item = &items[i];

		*item->address = align_up(end, item->align);
		end = *item->address + item->size;
		if (item->align > bus->align)
			bus->align = item->align;
	}
	bus->size = align_up(end + (bus->hotplug ? reserve : 0), MIB);
}

/* The largest BAR of a bus and of what is behind it gets no memory; false: there is no BAR left. */
static struct pci_bar *largest_bar(struct pci_bus *bus, enum which which)
{
	struct pci_bar *largest = NULL;

	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		struct pci_bar *behind;

		if (!is_one(f, which))
			continue;
		for (uint32_t i = 0; i < PCI_BARS; i++) {
			struct pci_bar *bar = &f->bars[i];

			if (!bar->left_out && bar->size > (largest ? largest->size : 0))
				largest = bar;
		}
		behind = f->secondary ? largest_bar(f->secondary, ALL) : NULL;
		if (behind && behind->size > (largest ? largest->size : 0))
			largest = behind;
	}
	return largest;
}

/* The next thing to try when it did not fit: less reserve; then without the largest BAR, and with
 * the reserve of the beginning, @most. */
static bool give_way(struct pci_bus *bus, enum which which, uint64_t *reserve, uint64_t most)
{
	struct pci_bar *bar;

	if (*reserve) {
		*reserve = *reserve > MIB ? *reserve / 2u : 0;
		return true;
	}
	bar = largest_bar(bus, which);
	if (!bar)
		return false;
	bar->left_out = true;
	*reserve = most;
	return true;
}

/* --------------------------------------------------------------- registers */

static void write_function(const struct pci_function *f)
{
	uint32_t command = pci_read(f, PCI_REG_COMMAND, 2);
	bool whole = true;

	for (uint32_t i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *bar = &f->bars[i];

		whole = whole && !(bar->size && !bar->placed);
		if (!bar->placed)
			continue;
		pci_write(f, PCI_REG_BAR + 4u * i, 4, (uint32_t)bar->address);
		if (bar->wide)
			pci_write(f, PCI_REG_BAR + 4u * i + 4u, 4, (uint32_t)(bar->address >> 32));
	}
	/* A bridge passes on what is behind it, and messages of devices are writes of theirs. */
	command |= PCI_COMMAND_MASTER;
	if (whole || f->is_bridge)
		command |= PCI_COMMAND_MEMORY;
	pci_write(f, PCI_REG_COMMAND, 2, command);
}

static void write_window(const struct pci_bus *bus)
{
	uint64_t last = bus->base + bus->size - 1u;

	if (bus->size == 0)
		return;
	pci_write(bus->bridge, PCI_REG_MEMORY, 4,
	          (uint32_t)(last & 0xfff00000u) | (uint32_t)(bus->base >> 16 & 0xfff0u));
}

static void settle_function(struct pci_function *f, uint64_t base);

/* Everything on @bus is counted from its base, which is now known to be @base. */
static void settle_bus(struct pci_bus *bus, uint64_t base)
{
	bus->base = base;
	if (bus->bridge)
		write_window(bus);
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;)
		settle_function(f, base);
}

static void settle_function(struct pci_function *f, uint64_t base)
{
	for (uint32_t i = 0; i < PCI_BARS; i++) {
		struct pci_bar *bar = &f->bars[i];

		if (!bar->size || bar->left_out)
			continue;
		bar->address += base;
		bar->placed = true;
	}
	f->fresh = false;
	write_function(f);
	if (f->secondary) {
		f->secondary->placed = true;
		settle_bus(f->secondary, base + f->secondary->base);
	}
}

/* ------------------------------------------------------------- everything */

static struct pci_bus *next_root(const struct pci_host *host, const struct pci_bus *root)
{
	struct pci_bus *next = pci_next_bus(root);

	while (next && (next->bridge || next->host != host))
		next = pci_next_bus(next);
	return next;
}

/* Root buses get their part of the host's window one after the other; false: it is too small. */
static bool place_roots(const struct pci_host *host, uint64_t reserve)
{
	uint64_t end = host->mem_pci;

	for (struct pci_bus *root = NULL; (root = next_root(host, root)) != NULL;) {
		layout(root, reserve);
		root->base = align_up(end, root->align);
		end = root->base + root->size;
	}
	return end <= host->mem_pci + host->mem_size;
}

static bool give_way_roots(const struct pci_host *host, uint64_t *reserve)
{
	struct pci_bus *fullest = NULL;

	for (struct pci_bus *root = NULL; (root = next_root(host, root)) != NULL;) {
		if (!fullest || root->size > fullest->size)
			fullest = root;
	}
	return fullest && give_way(fullest, ALL, reserve, RESERVE_MAX);
}

void pci_bars_assign(const struct pci_host *host)
{
	struct pci_bus *first = next_root(host, NULL);
	uint64_t reserve = RESERVE_MAX;

	while (!place_roots(host, reserve) && give_way_roots(host, &reserve))
		;
	for (struct pci_bus *root = NULL; (root = next_root(host, root)) != NULL;) {
		root->placed = true;
		settle_bus(root, root->base);
	}
	/* What is left of the window is there for what comes to a root bus. */
	if (first && !next_root(host, first)) {
		first->base = host->mem_pci;
		first->size = host->mem_size;
	}
}

/* ------------------------------------------------------------ what came */

/* The lowest place in @bus where nothing placed is in the way. */
static bool find_room(struct pci_bus *bus, uint64_t size, uint64_t align, uint64_t *out)
{
	uint64_t at = align_up(bus->base, align);
	uint32_t i = 0;

	collect(bus, ALL);
	while (i < nr_items) {
		const struct item *item = &items[i++];

		if (!*item->placed || *item->address >= at + size ||
		    *item->address + item->size <= at)
			continue;
		at = align_up(*item->address + item->size, align);
		i = 0;
	}
	*out = at;
	return at + size <= bus->base + bus->size;
}

/* Places everything that is fresh, or nothing. */
static bool place_fresh(struct pci_bus *bus)
{
	/* find_room() has use for the table. */
	static struct item fresh[ITEMS];
	uint32_t count;

	collect(bus, FRESH);
	count = nr_items;
	memcpy(fresh, items, count * sizeof(fresh[0]));
	for (uint32_t i = 0; i < count; i++) {
		if (!find_room(bus, fresh[i].size, fresh[i].align, fresh[i].address)) {
			while (i)
				*fresh[--i].placed = false;
			return false;
		}
		*fresh[i].placed = true;
	}
	return true;
}

void pci_bars_assign_fresh(struct pci_bus *bus)
{
	/* On a bus with more slots others may come, and want some of it. */
	uint64_t share = bus->single ? bus->size : bus->size / 8u;
	uint64_t most = share < RESERVE_MAX ? share : RESERVE_MAX, reserve = most;
	bool placed;

	do {
		for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
			if (f->fresh && f->secondary)
				layout(f->secondary, reserve);
		}
		placed = place_fresh(bus);
	} while (!placed && give_way(bus, FRESH, &reserve, most));
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;) {
		if (!f->fresh)
			continue;
		f->fresh = false;
		write_function(f);
		if (f->secondary)
			settle_bus(f->secondary, f->secondary->base);
	}
}
