/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the cells of a specifier mean to the controllers that boards have.
 */
#include "cells.h"

#include <libfdt.h>

#include <irqref/error.h>

static const struct {
	const char *compatible;
	enum tool_cells how;
} controllers[] = {
        {"open-pic", TOOL_CELLS_MPIC},     {"chrp,open-pic", TOOL_CELLS_MPIC},
        {"fsl,mpic", TOOL_CELLS_MPIC},     {"ibm,ppc-xicp", TOOL_CELLS_XICS},
        {"IBM,ppc-xicp", TOOL_CELLS_XICS}, {"ibm,ppc-xics", TOOL_CELLS_XICS},
        {"ibm,xics", TOOL_CELLS_XICS},     {"ibm,power-ivpe", TOOL_CELLS_XICS},
        {"chrp,iic", TOOL_CELLS_ISA},      {"pnpPNP,000", TOOL_CELLS_ISA},
};

enum tool_cells tool_cells_of(const void *fdt, int node)
{
	const fdt32_t *cells = fdt_getprop(fdt, node, "#interrupt-cells", NULL);

	for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
		if (fdt_node_check_compatible(fdt, node, controllers[i].compatible) == 0)
			return controllers[i].how;
	}
	return cells && fdt32_ld(cells) == 3 ? TOOL_CELLS_GIC : TOOL_CELLS_PLAIN;
}

static unsigned int plain_type(uint32_t cell)
{
	unsigned int type = cell & IRQREF_TYPE_MASK;

	return type <= IRQREF_TYPE_HIGH || type == IRQREF_TYPE_LOW ? type : IRQREF_TYPE_NONE;
}

static int translate_gic(const struct irqref_fwspec *spec, irqref_hwirq_t *hwirq)
{
	/* Shared, private, and the extended ranges of both, as the GIC numbers them. */
	static const uint32_t bases[] = {32, 16, 4096, 1056};

	if (spec->cells[0] >= sizeof(bases) / sizeof(bases[0]))
		return IRQREF_ERR_REFUSED;
	*hwirq = (irqref_hwirq_t)spec->cells[1] + bases[spec->cells[0]];
	return 0;
}

int tool_cells_translate(enum tool_cells how, const struct irqref_fwspec *spec,
                         irqref_hwirq_t *hwirq, unsigned int *type)
{
	static const unsigned int mpic[] = {IRQREF_TYPE_RISING, IRQREF_TYPE_LOW, IRQREF_TYPE_HIGH,
	                                    IRQREF_TYPE_FALLING};
	static const unsigned int isa[] = {IRQREF_TYPE_LOW, IRQREF_TYPE_HIGH, IRQREF_TYPE_FALLING,
	                                   IRQREF_TYPE_RISING};

	if (spec->ncells == 0)
		return IRQREF_ERR_REFUSED;
	*hwirq = spec->cells[0];
	*type = IRQREF_TYPE_NONE;
	if (how == TOOL_CELLS_GIC && spec->ncells >= 3) {
		*type = plain_type(spec->cells[2]);
		return translate_gic(spec, hwirq);
	}
	if (spec->ncells < 2)
		return 0;
	switch (how) {
	case TOOL_CELLS_MPIC:
		*type = mpic[spec->cells[1] & 3u];
		/* Timers and messages between CPUs have numbers of their own. */
		if (spec->ncells >= 3 && spec->cells[2] >= 2)
			*hwirq |= (irqref_hwirq_t)spec->cells[2] << 24;
		return 0;
	case TOOL_CELLS_XICS:
		*type = spec->cells[1] & 1u ? IRQREF_TYPE_LOW : IRQREF_TYPE_RISING;
		return 0;
	case TOOL_CELLS_ISA:
		*type = isa[spec->cells[1] & 3u];
		return 0;
	default:
		*type = plain_type(spec->cells[1]);
		return 0;
	}
}
