/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the devicetree reader share. Inside, a node is an "id": its number in the
 * blob's order where there is an index, else its offset.
 */
#ifndef IRQREF_DEVICETREE_PRIV_H
#define IRQREF_DEVICETREE_PRIV_H

#include <irqref/devicetree.h>

#include <libfdt.h>

#define DT_NONE UINT32_MAX

/* The properties that matter, in the order of the names in devicetree.c. */
enum dt_prop {
	DT_INTERRUPTS,
	DT_EXTENDED,
	DT_PARENT,
	DT_CONTROLLER,
	DT_ICELLS,
	DT_ACELLS,
	DT_MAP,
	DT_MASK,
	DT_REG,
	DT_STATUS,
	DT_COMPATIBLE,
	DT_TYPE,
	DT_PHANDLE,
	DT_LINUX_PHANDLE,
	DT_IBM_PHANDLE,
	DT_NPROPS,
};

/*
 * What a record's @has holds besides one bit for each property: #interrupt-cells and
 * #address-cells, as they are read most. DT_CELLS_READ stands for what does not fit.
 */
#define DT_ICELLS_SHIFT 16
#define DT_ACELLS_SHIFT 24
#define DT_CELLS_READ   0xffu

const char *irqref_dt_name_(enum dt_prop prop);

uint32_t irqref_dt_offset_(const struct irqref_dt *dt, uint32_t id);
bool irqref_dt_id_(const struct irqref_dt *dt, int node, uint32_t *id);
uint32_t irqref_dt_parent_(const struct irqref_dt *dt, uint32_t id);
uint32_t irqref_dt_by_phandle_(const struct irqref_dt *dt, uint32_t phandle);

/* Whether a node has a property, of whatever length. */
bool irqref_dt_has_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop);

/* The value of a property, NULL if the node has none; *@len is then 0. */
const void *irqref_dt_get_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop,
                           uint32_t *len);

/* The first cell of a property; false if there is no such property or it is shorter. */
bool irqref_dt_cell_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop, uint32_t *value);

/* Fills @diag (may be NULL) and returns @error. */
int irqref_dt_fail_(struct irqref_dt_diag *diag, int error, int node, const char *property,
                    const char *reason, uint32_t value);

/* The nearest interrupt parent of a node that has #interrupt-cells. */
int irqref_dt_irq_parent_(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                          struct irqref_dt_diag *diag);

/* Big-endian cell @n of a property's value, which may be misaligned. */
static inline uint32_t dt_ld(const void *cells, uint32_t n)
{
	return fdt32_ld((const fdt32_t *)cells + n);
}

#endif /* IRQREF_DEVICETREE_PRIV_H */
