/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message-signalled interrupts in the devicetree: msi-parent, and the maps from a device's id to a
 * node and an id there (msi-map, iommu-map).
 */
#include "devicetree_priv.h"

/* An entry of a map of ids: first id, phandle, first id there, number of ids. */
#define ENTRY_CELLS 4u

/* What an entry of msi-parent costs, whose node and #msi-cells are looked for: entries of a map. */
#define PARENT_COST 16u

static const char msi_parent[] = "msi-parent";
static const char msi_cells[] = "#msi-cells";
static const char msi_map[] = "msi-map";
static const char msi_map_mask[] = "msi-map-mask";

static const void *get(const struct irqref_dt *dt, int node, const char *name, uint32_t *len)
{
	int n = 0;
	const void *value = fdt_getprop(dt->fdt, node, name, &n);

	*len = value ? (uint32_t)n : 0;
	return value;
}

/* The first cell of a property, @value unchanged where there is none. */
static void read_cell(const struct irqref_dt *dt, int node, const char *name, uint32_t *value)
{
	uint32_t len;
	const void *cells = get(dt, node, name, &len);

	if (len >= sizeof(uint32_t))
		*value = dt_ld(cells, 0);
}

int irqref_dt_msi_parent(const struct irqref_dt *dt, int node, uint32_t index,
                         struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag)
{
	uint32_t id, len, total, pos = 0, phandle, n;
	const void *cells;
	int parent;

	if (!fwspec || !irqref_dt_id_(dt, node, &id))
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL, "there is no such node",
		                       0);
	cells = get(dt, node, msi_parent, &len);
	total = len / (uint32_t)sizeof(uint32_t);
	for (;; pos += n, index--) {
		if (pos >= total)
			return irqref_dt_fail_(diag, IRQREF_ERR_NOENT, node, msi_parent,
			                       "it has no entry of this index", 0);
		if (!dt_spend(dt, PARENT_COST))
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, msi_parent,
			                       "the limit on look-ups is used up", 0);
		phandle = dt_ld(cells, pos++);
		parent = irqref_dt_by_phandle(dt, phandle);
		n = 0;
		if (parent >= 0)
			read_cell(dt, parent, msi_cells, &n);
		else if (phandle)
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, msi_parent,
			                       "no node has the phandle of an entry", phandle);
		if (n > IRQREF_FWSPEC_CELLS || n > total - pos)
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, msi_parent,
			                       "an entry has fewer cells than #msi-cells says", n);
		if (index == 0)
			break;
	}
	if (parent < 0)
		return irqref_dt_fail_(diag, IRQREF_ERR_NOENT, node, msi_parent,
		                       "this entry is empty", 0);
	fwspec->node = (uintptr_t)parent + 1;
	fwspec->ncells = n;
	for (uint32_t i = 0; i < IRQREF_FWSPEC_CELLS; i++)
		fwspec->cells[i] = i < n ? dt_ld(cells, pos + i) : 0;
	return IRQREF_OK;
}

/* An entry that @id, already masked, falls in. Its end is counted in 32 bits, as in Linux. */
static bool entry_has(const void *cells, uint32_t entry, uint32_t id)
{
	uint32_t base = dt_ld(cells, entry), length = dt_ld(cells, entry + 3);

	return id >= base && id < (uint32_t)(base + length);
}

int irqref_dt_map_id(const struct irqref_dt *dt, int node, const char *map, const char *mask,
                     uint32_t id, int *target, uint32_t *out, struct irqref_dt_diag *diag)
{
	uint32_t unused, len, bits = UINT32_MAX, masked;
	const void *cells;
	int parent;

	if (!map || !target || !out || !irqref_dt_id_(dt, node, &unused))
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL, "there is no such node",
		                       0);
	cells = get(dt, node, map, &len);
	if (!cells)
		return irqref_dt_fail_(diag, IRQREF_ERR_NOENT, node, NULL, "it has no such map", 0);
	if (len == 0 || len % (ENTRY_CELLS * sizeof(uint32_t)))
		return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, NULL,
		                       "the map's length is no whole number of entries", len);
	if (mask)
		read_cell(dt, node, mask, &bits);
	masked = id & bits;
	for (uint32_t i = 0; i < len / sizeof(uint32_t); i += ENTRY_CELLS) {
		if (!dt_spend(dt, 1))
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, NULL,
			                       "the limit on look-ups in maps is used up", 0);
		if (dt_ld(cells, i) & ~bits)
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, NULL,
			                       "an entry begins at bits outside of the mask",
			                       dt_ld(cells, i));
		if (!entry_has(cells, i, masked))
			continue;
		parent = irqref_dt_by_phandle(dt, dt_ld(cells, i + 1));
		if (parent < 0)
			return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, NULL,
			                       "no node has the phandle of an entry",
			                       dt_ld(cells, i + 1));
		if (*target >= 0 && *target != parent)
			continue;
		*target = parent;
		*out = masked - dt_ld(cells, i) + dt_ld(cells, i + 2);
		return IRQREF_OK;
	}
	if (dt_policy(dt, IRQREF_DT_MSI_STRICT))
		return irqref_dt_fail_(diag, IRQREF_ERR_NOENT, node, NULL, "the map lacks this id",
		                       id);
	*out = id;
	return IRQREF_OK;
}

int irqref_dt_msi_map(const struct irqref_dt *dt, int node, uint32_t id, int *target, uint32_t *out,
                      struct irqref_dt_diag *diag)
{
	struct irqref_dt_diag first = {0}, fault;
	int err;

	do {
		err = irqref_dt_map_id(dt, node, msi_map, msi_map_mask, id, target, out, &fault);
		if (err == IRQREF_OK)
			return err;
		if (err == IRQREF_ERR_INVAL)
			return irqref_dt_fail_(diag, err, -1, NULL, fault.reason, 0);
		if (dt_policy(dt, IRQREF_DT_MSI_STRICT))
			return irqref_dt_fail_(diag, err, fault.node, msi_map, fault.reason,
			                       fault.value);
		/* A map that is broken is passed by, as in Linux; it is the first fault. */
		if (err == IRQREF_ERR_FORMAT && !first.reason) {
			first = fault;
		}
		node = irqref_dt_parent(dt, node);
	} while (node >= 0);
	*out = id;
	if (first.reason)
		return irqref_dt_fail_(diag, first.error, first.node, msi_map, first.reason,
		                       first.value);
	return irqref_dt_fail_(diag, IRQREF_ERR_NOENT, -1, msi_map, "there is none up to the root",
	                       0);
}
