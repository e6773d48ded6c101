/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message-signalled interrupts of a board: msi-parent, msi-map, and iommu-map, which has the
 * same form.
 */
#ifndef IRQREF_TOOLS_MSI_H
#define IRQREF_TOOLS_MSI_H

#include <irqref/devicetree.h>

/**
 * struct tool_msi - an entry of one of the properties, and what becomes of it
 * @node: whose property it is
 * @property: its name, a constant
 * @index: which entry, from 0
 * @is_map: the property is a map of ids; else it is a list of controllers
 * @id: of a map, the first id of the entry
 * @length: of a map, how many ids it has
 * @err: what the library said; if it is 0:
 * @controller: offset of the node that it leads to
 * @spec: of a list, with the cells
 * @out: of a map, what @id becomes
 * @diag: if @err is not 0
 */
struct tool_msi {
	int node;
	const char *property;
	uint32_t index;
	bool is_map;
	uint32_t id;
	uint32_t length;
	int err;
	int controller;
	struct irqref_fwspec spec;
	uint32_t out;
	struct irqref_dt_diag diag;
};

/** Calls @one for each entry of each node, in the order of the blob. */
void tool_msi_walk(const struct irqref_dt *dt, void (*one)(void *arg, const struct tool_msi *msi),
                   void *arg);

/** The name of the property with the mask of a map of ids. */
const char *tool_msi_mask(const char *map);

#endif /* IRQREF_TOOLS_MSI_H */
