/* SPDX-License-Identifier: BSD-2-Clause */
#include "riscv_harts.h"

#include "chip_fdt.h"

/* The interrupt controller of a hart is a child of the hart's node, whose reg is its ID. */
static bool is_hart(const struct irqref_dt *dt, uintptr_t controller, uint32_t hart)
{
	int cpu = irqref_dt_parent(dt, (int)controller - 1);

	return cpu > 0 && irqref_chip_fdt_u32(dt->fdt, cpu, "reg", UINT32_MAX) == hart;
}

int irqref_riscv_hart_index(const struct irqref_dt *dt, int node, uint32_t hart, uint32_t interrupt)
{
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec fwspec;
	int count = irqref_dt_count(dt, node);
	int rc = count < 0 ? count : irqref_dt_cursor_init(dt, node, &cursor);
	int i;

	for (i = 0; !rc && i < count; i++) {
		rc = irqref_dt_cursor_next(dt, &cursor, &fwspec, NULL);
		/* A place without a hart: an empty entry, or the interrupt that does not exist. */
		if (rc == IRQREF_ERR_NOENT)
			rc = IRQREF_OK;
		else if (!rc && fwspec.ncells == 1 && fwspec.cells[0] == interrupt &&
		         is_hart(dt, fwspec.node, hart))
			return i;
	}
	return rc ? rc : IRQREF_ERR_NOENT;
}
