/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cells of a specifier mean to the controllers that boards have.
 */
#ifndef IRQREF_TOOLS_CELLS_H
#define IRQREF_TOOLS_CELLS_H

#include <irqref/types.h>

/** How the cells of a controller's specifiers are read, where it is not "number, type". */
enum tool_cells {
	/* number, Linux's type in the low four bits; or the number alone */
	TOOL_CELLS_PLAIN,
	/* 0 shared or 1 private, number, type */
	TOOL_CELLS_GIC,
	/* number, type (0 rising, 1 low, 2 high, 3 falling), what kind of source, more */
	TOOL_CELLS_MPIC,
	/* number, 0 edge or 1 level */
	TOOL_CELLS_XICS,
	/* number, type (0 low, 1 high, 2 falling, 3 rising) */
	TOOL_CELLS_ISA,
};

/** How the controller at offset @node of the blob reads its cells. */
enum tool_cells tool_cells_of(const void *fdt, int node);

/** The hwirq and trigger type of a specifier; REFUSED where it means nothing. */
int tool_cells_translate(enum tool_cells how, const struct irqref_fwspec *spec,
                         irqref_hwirq_t *hwirq, unsigned int *type);

#endif /* IRQREF_TOOLS_CELLS_H */
