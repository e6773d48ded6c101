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

/* irqref_dt_fail_() for a property that matters of a node. */
int irqref_dt_fault_(const struct irqref_dt *dt, struct irqref_dt_diag *diag, int error,
                     uint32_t id, enum dt_prop prop, const char *reason, uint32_t value);

/* Tells @dt->trace, if there is one, of a step at @id; @to DT_NONE: without a target. */
void irqref_dt_trace_(const struct irqref_dt *dt, enum irqref_dt_step step, uint32_t id,
                      uint32_t to, enum dt_prop prop, uint32_t entry, const uint32_t *cells,
                      uint32_t ncells);

/* Whether the devicetree is to be read otherwise than Linux does, in this. */
static inline bool dt_policy(const struct irqref_dt *dt, uint32_t bits)
{
	return dt->policy & bits;
}

/* Takes what a look-up costs off the limit on the work; false: it is used up. */
static inline bool dt_spend(const struct irqref_dt *dt, uint32_t cost)
{
	if (!dt->work)
		return true;
	if (*dt->work < cost) {
		*dt->work = 0;
		return false;
	}
	*dt->work -= cost;
	return true;
}

/* IRQREF_DT_PROVIDERS and IRQREF_DT_NEAREST_PARENT: the interrupt parent of a node. */
int irqref_dt_other_parent_(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                            struct irqref_dt_diag *diag);

/* IRQREF_DT_ICELLS_AROUND: #interrupt-cells of a node or the nearest around it that has them. */
bool irqref_dt_icells_around_(const struct irqref_dt *dt, uint32_t id, uint32_t *n);

/*
 * IRQREF_DT_PASS_THRU: replaces the bits of @parent (the cells of the entry that matched) which
 * interrupt-map-pass-thru of @nexus names by those of @key (what was looked up); both end at the
 * same bit.
 */
int irqref_dt_pass_thru_(const struct irqref_dt *dt, uint32_t nexus, const uint32_t *key,
                         uint32_t nkey, uint32_t *parent, uint32_t nparent,
                         struct irqref_dt_diag *diag);

/* The nearest interrupt parent of a node that has #interrupt-cells. */
int irqref_dt_irq_parent_(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                          struct irqref_dt_diag *diag);

/* Big-endian cell @n of a property's value, which may be misaligned. */
static inline uint32_t dt_ld(const void *cells, uint32_t n)
{
	return fdt32_ld((const fdt32_t *)cells + n);
}

#endif /* IRQREF_DEVICETREE_PRIV_H */
