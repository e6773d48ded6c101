/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other readers of devicetrees do where it differs from Linux: see enum irqref_dt_policy.
 */
#include "devicetree_priv.h"

static const char pass_thru[] = "interrupt-map-pass-thru";

static bool is_provider(const struct irqref_dt *dt, uint32_t id)
{
	return irqref_dt_has_(dt, id, DT_CONTROLLER) || irqref_dt_has_(dt, id, DT_MAP);
}

/* The nearest of a node and those around it that has a property; DT_NONE if there is none. */
static uint32_t nearest(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop)
{
	uint32_t value;

	for (; id != DT_NONE; id = irqref_dt_parent_(dt, id)) {
		if (prop == DT_CONTROLLER ? irqref_dt_has_(dt, id, prop)
		                          : irqref_dt_cell_(dt, id, prop, &value))
			return id;
	}
	return DT_NONE;
}

static int find_parent(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                       struct irqref_dt_diag *diag)
{
	uint32_t from = nearest(dt, id, DT_PARENT), phandle;

	if (from == DT_NONE) {
		*parent = nearest(dt, id, DT_CONTROLLER);
		if (*parent == DT_NONE)
			*parent = irqref_dt_parent_(dt, id);
		if (*parent == DT_NONE)
			return irqref_dt_fault_(dt, diag, IRQREF_ERR_NOENT, id, DT_PARENT,
			                        "there is no interrupt parent up to the root", 0);
		irqref_dt_trace_(dt, IRQREF_DT_STEP_INHERIT, id, *parent, DT_PARENT, 0, NULL, 0);
		return IRQREF_OK;
	}
	if (from != id)
		irqref_dt_trace_(dt, IRQREF_DT_STEP_INHERIT, id, from, DT_PARENT, 0, NULL, 0);
	irqref_dt_cell_(dt, from, DT_PARENT, &phandle);
	*parent = irqref_dt_by_phandle_(dt, phandle);
	if (*parent == DT_NONE)
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, from, DT_PARENT,
		                        "no node has this phandle", phandle);
	irqref_dt_trace_(dt, IRQREF_DT_STEP_PARENT, from, *parent, DT_PARENT, 0, NULL, 0);
	return IRQREF_OK;
}

static int find_provider(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                         struct irqref_dt_diag *diag)
{
	uint32_t at = id, next, phandle, ncells;

	do {
		if (irqref_dt_cell_(dt, at, DT_PARENT, &phandle)) {
			next = irqref_dt_by_phandle_(dt, phandle);
			if (next == DT_NONE)
				return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, at, DT_PARENT,
				                        "no node has this phandle", phandle);
			irqref_dt_trace_(dt, IRQREF_DT_STEP_PARENT, at, next, DT_PARENT, 0, NULL,
			                 0);
			if (!is_provider(dt, next))
				return irqref_dt_fault_(
				        dt, diag, IRQREF_ERR_FORMAT, at, DT_PARENT,
				        "it names neither interrupt controller nor nexus", phandle);
			break;
		}
		next = irqref_dt_parent_(dt, at);
		if (next == DT_NONE)
			return irqref_dt_fault_(dt, diag, IRQREF_ERR_NOENT, at, DT_PARENT,
			                        "there is no interrupt parent up to the root", 0);
		irqref_dt_trace_(dt, IRQREF_DT_STEP_INHERIT, at, next, DT_PARENT, 0, NULL, 0);
		at = next;
	} while (!is_provider(dt, at));
	if (!irqref_dt_cell_(dt, next, DT_ICELLS, &ncells))
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, next, DT_ICELLS,
		                        "an interrupt parent lacks it", 0);
	*parent = next;
	return IRQREF_OK;
}

int irqref_dt_other_parent_(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                            struct irqref_dt_diag *diag)
{
	int err;

	if (dt_policy(dt, IRQREF_DT_PROVIDERS))
		err = find_provider(dt, id, parent, diag);
	else
		err = find_parent(dt, id, parent, diag);
	if (err == IRQREF_OK)
		irqref_dt_trace_(dt, IRQREF_DT_STEP_FOUND, *parent, DT_NONE, DT_ICELLS, 0, NULL, 0);
	return err;
}

bool irqref_dt_icells_around_(const struct irqref_dt *dt, uint32_t id, uint32_t *n)
{
	id = nearest(dt, id, DT_ICELLS);
	*n = 1;
	if (id != DT_NONE)
		irqref_dt_cell_(dt, id, DT_ICELLS, n);
	return true;
}

int irqref_dt_pass_thru_(const struct irqref_dt *dt, uint32_t nexus, const uint32_t *key,
                         uint32_t nkey, uint32_t *parent, uint32_t nparent,
                         struct irqref_dt_diag *diag)
{
	int node = (int)irqref_dt_offset_(dt, nexus), len;
	const void *bits = fdt_getprop(dt->fdt, node, pass_thru, &len);
	uint32_t mask;

	if (!bits || len == 0)
		return IRQREF_OK;
	if ((uint32_t)len != nkey * sizeof(uint32_t))
		return irqref_dt_fail_(diag, IRQREF_ERR_FORMAT, node, pass_thru,
		                       "it is not as long as what is looked up", (uint32_t)len);
	for (uint32_t i = 1; i <= nkey && i <= nparent; i++) {
		mask = dt_ld(bits, nkey - i);
		parent[nparent - i] = (key[nkey - i] & mask) | (parent[nparent - i] & ~mask);
	}
	return IRQREF_OK;
}
