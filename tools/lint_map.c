/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: entries of interrupt maps.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"

#define KEY_MAX IRQREF_FWSPEC_CELLS

/* What a PCI device's unit address and pin can be: bus, slot, function; INTA to INTD. */
#define PCI_ADDRESS 0x00ffff00u
#define PCI_PIN_MAX 4

struct map {
	struct lint *lint;
	int node;
	bool pci;
	const fdt32_t *cells;
	uint32_t ncells;
	uint32_t nkey;
	uint32_t mask[KEY_MAX];
	/* Where each entry begins, and whether its parent is enabled. */
	struct {
		uint32_t pos;
		bool available;
	} * entries;
	uint32_t nentries;
};

static uint32_t address_cells(const struct lint *lint, int node)
{
	uint32_t value;

	for (; node >= 0; node = irqref_dt_parent(lint->dt, node)) {
		if (!fdt_getprop(lint->fdt, node, "#address-cells", NULL))
			continue;
		return lint_cell(lint->fdt, node, "#address-cells", 0, &value) ? value : 0;
	}
	return 2;
}

static uint32_t masked(const struct map *m, uint32_t entry, uint32_t i)
{
	return fdt32_ld(m->cells + m->entries[entry].pos + i) & m->mask[i];
}

static bool same_key(const struct map *m, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < m->nkey; i++) {
		if (masked(m, a, i) != masked(m, b, i))
			return false;
	}
	return true;
}

/* Whether some pin, under the mask, is what the entry has. */
static bool pin_exists(const struct map *m, uint32_t entry)
{
	uint32_t last = m->nkey - 1;

	for (uint32_t pin = 1; pin <= PCI_PIN_MAX; pin++) {
		if ((pin & m->mask[last]) == masked(m, entry, last))
			return true;
	}
	return false;
}

static void check_pci_entry(const struct map *m, uint32_t entry)
{
	if (!pin_exists(m, entry))
		lint_add(m->lint, LINT_ENTRY_DEAD, m->node, "interrupt-map",
		         "entry %u is for pin %u, and pins are 1 to 4", (unsigned)entry,
		         (unsigned)masked(m, entry, m->nkey - 1));
	else if ((masked(m, entry, 0) & ~PCI_ADDRESS) || masked(m, entry, 1) || masked(m, entry, 2))
		lint_add(m->lint, LINT_ENTRY_DEAD, m->node, "interrupt-map",
		         "entry %u is for unit address <0x%x 0x%x 0x%x>, and no slot has it",
		         (unsigned)entry, (unsigned)masked(m, entry, 0),
		         (unsigned)masked(m, entry, 1), (unsigned)masked(m, entry, 2));
}

/* The bits outside of the mask are told once for a map. */
static void check_masked(const struct map *m)
{
	uint32_t n = 0, first = 0, value;
	bool outside;

	for (uint32_t entry = 0; entry < m->nentries; entry++) {
		outside = false;
		for (uint32_t i = 0; i < m->nkey; i++) {
			value = fdt32_ld(m->cells + m->entries[entry].pos + i);
			outside = outside || (value & ~m->mask[i]);
		}
		if (outside && n++ == 0)
			first = entry;
	}
	if (n)
		lint_add(m->lint, LINT_ENTRY_MASKED, m->node, "interrupt-map",
		         "entry %u%s bits outside of interrupt-map-mask (%u of %u entries)",
		         (unsigned)first, n > 1 ? " and others have" : " has", (unsigned)n,
		         (unsigned)m->nentries);
}

/* The first entry before @entry that takes all that it could, or -1. */
static int64_t shadow_of(const struct map *m, uint32_t entry)
{
	uint64_t *work = m->lint->dt->work;

	for (uint32_t i = 0; i < entry; i++) {
		if (work && *work == 0)
			return -1;
		if (work)
			(*work)--;
		if (m->entries[i].available && same_key(m, i, entry))
			return i;
	}
	return -1;
}

static void check_entries(const struct map *m)
{
	int64_t shadow;

	for (uint32_t entry = 0; entry < m->nentries; entry++) {
		if (m->pci)
			check_pci_entry(m, entry);
		shadow = shadow_of(m, entry);
		if (shadow >= 0)
			lint_add(m->lint, LINT_ENTRY_SHADOWED, m->node, "interrupt-map",
			         "entry %u matches nothing that entry %u does not match before",
			         (unsigned)entry, (unsigned)shadow);
	}
	check_masked(m);
}

/* Reads the entry at @pos; its length in cells, 0 after telling what is wrong with it. */
static uint32_t read_entry(struct map *m, uint32_t pos)
{
	uint32_t phandle = fdt32_ld(m->cells + pos + m->nkey), spec, addr = 0;
	int parent = irqref_dt_by_phandle(m->lint->dt, phandle);
	char *path;

	if (parent < 0) {
		lint_add(m->lint, LINT_DANGLING, m->node, "interrupt-map",
		         "no node has the phandle 0x%x of entry %u", (unsigned)phandle,
		         (unsigned)m->nentries);
		return 0;
	}
	path = tool_node_path(m->lint->dt, parent);
	lint_cell(m->lint->fdt, parent, "#address-cells", 0, &addr);
	if (!lint_cell(m->lint->fdt, parent, "#interrupt-cells", 0, &spec)) {
		lint_add(m->lint, LINT_CELLS, m->node, "interrupt-map",
		         "entry %u names %s, which has no #interrupt-cells", (unsigned)m->nentries,
		         path);
		goto bad;
	}
	if (spec > KEY_MAX || addr > KEY_MAX || m->ncells - pos - m->nkey - 1 < spec + addr) {
		lint_add(m->lint, LINT_CELLS, m->node, "interrupt-map",
		         "entry %u, for %s, is cut short", (unsigned)m->nentries, path);
		goto bad;
	}
	m->entries[m->nentries].pos = pos;
	m->entries[m->nentries].available = lint_available(m->lint->fdt, parent);
	/* An entry may name its own node, and a nexus that is disabled maps nothing. */
	if (!m->entries[m->nentries].available && lint_live(m->lint->dt, m->node))
		lint_add(m->lint, LINT_ENTRY_DISABLED, m->node, "interrupt-map",
		         "entry %u names %s, which is disabled", (unsigned)m->nentries, path);
	m->nentries++;
	free(path);
	return m->nkey + 1 + addr + spec;

bad:
	free(path);
	return 0;
}

static void read_entries(struct map *m)
{
	uint32_t pos = 0, len;

	while (m->ncells - pos > m->nkey) {
		len = read_entry(m, pos);
		if (!len)
			return;
		pos += len;
	}
	if (m->ncells - pos)
		lint_add(m->lint, LINT_TRAILING, m->node, "interrupt-map",
		         "%u cells behind entry %u make no entry", (unsigned)(m->ncells - pos),
		         (unsigned)m->nentries - 1);
	else if (m->nentries == 0)
		lint_add(m->lint, LINT_MAP_EMPTY, m->node, "interrupt-map", "it has no entry");
}

static bool read_mask(struct map *m)
{
	const void *mask;
	int len;

	mask = fdt_getprop(m->lint->fdt, m->node, "interrupt-map-mask", &len);
	for (uint32_t i = 0; i < m->nkey; i++) {
		m->mask[i] = UINT32_MAX;
		if (mask &&
		    !lint_cell(m->lint->fdt, m->node, "interrupt-map-mask", i, &m->mask[i])) {
			lint_add(m->lint, LINT_CELLS, m->node, "interrupt-map-mask",
			         "it has %d cells, and %u are to be masked", len / 4,
			         (unsigned)m->nkey);
			return false;
		}
	}
	if (mask && (uint32_t)len / 4 > m->nkey)
		lint_add(m->lint, LINT_TRAILING, m->node, "interrupt-map-mask",
		         "it has %d cells, and only %u are masked", len / 4, (unsigned)m->nkey);
	return true;
}

static bool is_pci(const void *fdt, int node)
{
	int len;
	const char *type = fdt_getprop(fdt, node, "device_type", &len);

	return type && ((len == 4 && memcmp(type, "pci", 4) == 0) ||
	                (len == 6 && memcmp(type, "pciex", 6) == 0));
}

static void check_map(struct lint *lint, int node)
{
	struct map m = {.lint = lint, .node = node};
	uint32_t addr = address_cells(lint, node), spec;
	int len;

	if (!lint_cell(lint->fdt, node, "#interrupt-cells", 0, &spec)) {
		lint_add(lint, LINT_CELLS, node, "interrupt-map",
		         "the nexus has no #interrupt-cells");
		return;
	}
	if (addr > KEY_MAX || spec > KEY_MAX - addr) {
		lint_add(lint, LINT_CELLS, node, "interrupt-map",
		         "%u cells of unit address and %u of specifier are too many",
		         (unsigned)addr, (unsigned)spec);
		return;
	}
	m.nkey = addr + spec;
	m.pci = is_pci(lint->fdt, node) && addr == 3 && spec == 1;
	m.cells = fdt_getprop(lint->fdt, node, "interrupt-map", &len);
	m.ncells = (uint32_t)len / 4;
	m.entries = tool_zalloc(m.ncells + 1, sizeof(*m.entries));
	if (read_mask(&m)) {
		read_entries(&m);
		check_entries(&m);
	}
	free(m.entries);
}

void lint_maps(struct lint *lint)
{
	for (int node = irqref_dt_next_node(lint->dt, -1); node >= 0;
	     node = irqref_dt_next_node(lint->dt, node)) {
		if (irqref_dt_is_nexus(lint->dt, node) == 1)
			check_map(lint, node);
	}
}
