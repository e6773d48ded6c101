/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message-signalled interrupts of a board.
 */
#include "msi.h"

#include <libfdt.h>
#include <string.h>

#define ENTRY_CELLS 4

static const char msi_map[] = "msi-map";

const char *tool_msi_mask(const char *map)
{
	return strcmp(map, msi_map) == 0 ? "msi-map-mask" : "iommu-map-mask";
}

static void walk_parents(const struct irqref_dt *dt, int node,
                         void (*one)(void *arg, const struct tool_msi *msi), void *arg)
{
	struct tool_msi msi = {.node = node, .property = "msi-parent"};

	if (!fdt_getprop(dt->fdt, node, msi.property, NULL))
		return;
	do {
		msi.err = irqref_dt_msi_parent(dt, node, msi.index, &msi.spec, &msi.diag);
		if (msi.err == IRQREF_ERR_NOENT && strstr(msi.diag.reason, "of this index"))
			return;
		msi.controller = msi.err ? -1 : (int)(msi.spec.node - 1);
		one(arg, &msi);
		msi.index++;
		/* Where one is broken, nobody knows where the next begins. */
	} while (msi.err != IRQREF_ERR_FORMAT);
}

static void walk_map(const struct irqref_dt *dt, int node, const char *map,
                     void (*one)(void *arg, const struct tool_msi *msi), void *arg)
{
	struct tool_msi msi = {.node = node, .property = map, .is_map = true};
	const fdt32_t *cells;
	int len, end;

	cells = fdt_getprop(dt->fdt, node, map, &len);
	if (!cells)
		return;
	/* A map that is no whole number of entries has none: the library tells so once. */
	end = len && len % (ENTRY_CELLS * (int)sizeof(*cells)) == 0 ? len / (int)sizeof(*cells) : 0;
	for (int i = 0; i == 0 || i < end; i += ENTRY_CELLS, msi.index++) {
		msi.id = i < end ? fdt32_ld(cells + i) : 0;
		msi.length = i < end ? fdt32_ld(cells + i + 3) : 0;
		msi.controller = -1;
		msi.err = irqref_dt_map_id(dt, node, map, tool_msi_mask(map), msi.id,
		                           &msi.controller, &msi.out, &msi.diag);
		msi.diag.property = map;
		if (msi.err == 0 && msi.controller < 0) {
			msi.err = IRQREF_ERR_NOENT;
			msi.diag = (struct irqref_dt_diag){msi.err, node, map,
			                                   "no id falls into the entry", 0};
		}
		one(arg, &msi);
	}
}

void tool_msi_walk(const struct irqref_dt *dt, void (*one)(void *arg, const struct tool_msi *msi),
                   void *arg)
{
	for (int node = irqref_dt_next_node(dt, -1); node >= 0;
	     node = irqref_dt_next_node(dt, node)) {
		walk_parents(dt, node, one, arg);
		walk_map(dt, node, msi_map, one, arg);
		walk_map(dt, node, "iommu-map", one, arg);
	}
}
