/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: msi-parent, and the maps of ids: msi-map and iommu-map.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"

#define ENTRY_CELLS 4

/* msi-map: first id, phandle, first id there, number of ids. */
struct range {
	uint32_t base;
	uint32_t phandle;
	uint32_t out;
	uint32_t len;
};

static struct range entry_of(const fdt32_t *cells, uint32_t entry)
{
	cells += (size_t)entry * ENTRY_CELLS;
	return (struct range){fdt32_ld(cells), fdt32_ld(cells + 1), fdt32_ld(cells + 2),
	                      fdt32_ld(cells + 3)};
}

/* The numbers may run over 32 bits at the end. */
static bool overlap(uint32_t a, uint32_t alen, uint32_t b, uint32_t blen)
{
	return a < (uint64_t)b + blen && b < (uint64_t)a + alen;
}

static bool work_left(struct lint *lint)
{
	uint64_t *work = lint->dt->work;

	if (work && *work == 0)
		return false;
	if (work)
		(*work)--;
	return true;
}

static void check_entry(struct lint *lint, int node, const char *name, const fdt32_t *cells,
                        uint32_t entry, uint32_t mask)
{
	struct range r = entry_of(cells, entry), other;
	bool told_in = false, told_out = false;

	if (irqref_dt_by_phandle(lint->dt, r.phandle) < 0)
		lint_add(lint, LINT_DANGLING, node, name,
		         "no node has the phandle 0x%x of entry %u", (unsigned)r.phandle,
		         (unsigned)entry);
	if (r.base & ~mask)
		lint_add(lint, LINT_MSI_FORM, node, name,
		         "entry %u begins at id 0x%x, and the mask 0x%x takes bits of it away",
		         (unsigned)entry, (unsigned)r.base, (unsigned)mask);
	for (uint32_t i = 0; i < entry && work_left(lint); i++) {
		other = entry_of(cells, i);
		if (!told_in && overlap(r.base, r.len, other.base, other.len)) {
			lint_add(lint, LINT_MSI_OVERLAP, node, name,
			         "entry %u (ids 0x%x, 0x%x of them) overlaps entry %u (0x%x, 0x%x)",
			         (unsigned)entry, (unsigned)r.base, (unsigned)r.len, (unsigned)i,
			         (unsigned)other.base, (unsigned)other.len);
			told_in = true;
		} else if (!told_out && r.phandle == other.phandle &&
		           overlap(r.out, r.len, other.out, other.len)) {
			lint_add(
			        lint, LINT_MSI_OUTPUT, node, name,
			        "entries %u and %u give the same ids at one controller, from 0x%x on",
			        (unsigned)i, (unsigned)entry,
			        (unsigned)(r.out > other.out ? r.out : other.out));
			told_out = true;
		}
	}
}

static void check_map(struct lint *lint, int node, const char *name, const char *mask_name)
{
	uint32_t mask = UINT32_MAX;
	const fdt32_t *cells;
	int len;

	cells = fdt_getprop(lint->fdt, node, name, &len);
	if (!cells)
		return;
	if (len == 0 || len % (ENTRY_CELLS * (int)sizeof(uint32_t))) {
		lint_add(lint, LINT_MSI_FORM, node, name, "%d bytes are no whole number of entries",
		         len);
		return;
	}
	lint_cell(lint->fdt, node, mask_name, 0, &mask);
	for (uint32_t entry = 0; entry < (uint32_t)len / 4 / ENTRY_CELLS; entry++)
		check_entry(lint, node, name, cells, entry, mask);
}

static void check_parents(struct lint *lint, int node)
{
	uint32_t phandle, ncells, i = 0;
	char *path;
	int parent;

	while (lint_cell(lint->fdt, node, "msi-parent", i, &phandle)) {
		parent = irqref_dt_by_phandle(lint->dt, phandle);
		if (parent < 0) {
			lint_add(lint, LINT_DANGLING, node, "msi-parent",
			         "no node has phandle 0x%x", (unsigned)phandle);
			return;
		}
		ncells = 0;
		lint_cell(lint->fdt, parent, "#msi-cells", 0, &ncells);
		if (ncells && (ncells > IRQREF_FWSPEC_CELLS ||
		               !lint_cell(lint->fdt, node, "msi-parent", i + ncells, &phandle))) {
			path = tool_node_path(lint->dt, parent);
			lint_add(lint, LINT_CELLS, node, "msi-parent",
			         "%s wants %u cells behind its phandle", path, (unsigned)ncells);
			free(path);
			return;
		}
		i += 1 + ncells;
	}
}

void lint_msi(struct lint *lint)
{
	for (int node = irqref_dt_next_node(lint->dt, -1); node >= 0;
	     node = irqref_dt_next_node(lint->dt, node)) {
		check_parents(lint, node);
		check_map(lint, node, "msi-map", "msi-map-mask");
		check_map(lint, node, "iommu-map", "iommu-map-mask");
	}
}
