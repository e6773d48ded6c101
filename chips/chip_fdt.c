/* SPDX-License-Identifier: BSD-2-Clause */
#include "chip_fdt.h"

#include <libfdt.h>

#include <irqref/error.h>

/* More cells than 64 bits and the flags of PCI need do not occur. */
#define CELLS_MAX 3u

/* A bus as its children see it. */
struct bus {
	uint32_t address_cells;
	uint32_t size_cells;
};

uint32_t irqref_chip_fdt_u32(const void *fdt, int node, const char *name, uint32_t absent)
{
	int length;
	const void *value = fdt_getprop(fdt, node, name, &length);

	return value && length == 4 ? fdt32_ld(value) : absent;
}

/* The low 64 bits of a number of up to three cells. */
static uint64_t number(const fdt32_t *cells, uint32_t count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_ld(cells++);
	return value;
}

static int bus_of(const void *fdt, int node, struct bus *bus)
{
	bus->address_cells = irqref_chip_fdt_u32(fdt, node, "#address-cells", 2);
	bus->size_cells = irqref_chip_fdt_u32(fdt, node, "#size-cells", 1);
	if (bus->address_cells == 0 || bus->address_cells > CELLS_MAX ||
	    bus->size_cells > CELLS_MAX)
		return IRQREF_ERR_FORMAT;
	return IRQREF_OK;
}

/* One step up: from the address space of @node's children to that of @outer, its parent. */
static int translate(const void *fdt, int node, const struct bus *inner, const struct bus *outer,
                     uint64_t *address)
{
	uint32_t entry = inner->address_cells + outer->address_cells + inner->size_cells;
	int length;
	const fdt32_t *ranges = fdt_getprop(fdt, node, "ranges", &length);

	if (!ranges)
		return IRQREF_ERR_NOENT;
	if ((uint32_t)length % (entry * 4u))
		return IRQREF_ERR_FORMAT;
	/* An empty one: the same addresses. */
	if (!length)
		return IRQREF_OK;
	for (; length > 0; length -= (int)(entry * 4u), ranges += entry) {
		const fdt32_t *parent = ranges + inner->address_cells;
		uint64_t from = number(ranges, inner->address_cells);
		uint64_t size = number(parent + outer->address_cells, inner->size_cells);

		if (*address < from || *address - from >= size)
			continue;
		*address = number(parent, outer->address_cells) + (*address - from);
		return IRQREF_OK;
	}
	return IRQREF_ERR_NOENT;
}

int irqref_chip_fdt_reg(const void *fdt, int node, uint32_t index, uint64_t *address,
                        uint64_t *size)
{
	int length, parent = fdt_parent_offset(fdt, node);
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);
	struct bus inner, outer;
	uint32_t entry;
	uint64_t at;
	int rc;

	if (!reg || parent < 0)
		return IRQREF_ERR_NOENT;
	rc = bus_of(fdt, parent, &inner);
	if (rc)
		return rc;
	entry = inner.address_cells + inner.size_cells;
	if ((uint32_t)length % (entry * 4u))
		return IRQREF_ERR_FORMAT;
	if (index >= (uint32_t)length / (entry * 4u))
		return IRQREF_ERR_NOENT;
	reg += (size_t)index * entry;
	at = number(reg, inner.address_cells);
	if (size)
		*size = number(reg + inner.address_cells, inner.size_cells);
	for (node = parent; (parent = fdt_parent_offset(fdt, node)) >= 0; node = parent) {
		rc = bus_of(fdt, parent, &outer);
		if (!rc)
			rc = translate(fdt, node, &inner, &outer, &at);
		if (rc)
			return rc;
		inner = outer;
	}
	*address = at;
	return IRQREF_OK;
}

int irqref_chip_fdt_disabled(const void *fdt, int node)
{
	int length;
	const char *status = fdt_getprop(fdt, node, "status", &length);

	if (!status)
		return 0;
	return fdt_stringlist_search(fdt, node, "status", "okay") != 0 &&
	       fdt_stringlist_search(fdt, node, "status", "ok") != 0;
}
