/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Levels of a mapping, and the way of a chip call through them: the outermost level that has the
 * callback takes it.
 */
#include "internal.h"

const struct irqref_chip irqref_chip_none = {.name = "none"};

struct irqref_level *irqref_level_parent(struct irqref_desc *desc, struct irqref_level *level)
{
	uint32_t next = level == &desc->level ? 1 : (uint32_t)(level - desc->inner->level) + 2;

	return next < desc_levels(desc) ? desc_level_at(desc, next) : NULL;
}

struct irqref_level *irqref_desc_level(struct irqref_desc *desc, const struct irqref_domain *domain)
{
	struct irqref_level *level;
	uint32_t i;

	for_each_level (desc, level, i) {
		if (level->domain == domain)
			return level;
	}
	return NULL;
}

void irqref_parent_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->mask)
		;
	if (level)
		level->chip->mask(desc, level);
}

void irqref_parent_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->unmask)
		;
	if (level)
		level->chip->unmask(desc, level);
}

void irqref_parent_ack(struct irqref_desc *desc, struct irqref_level *level)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->ack)
		;
	if (level)
		level->chip->ack(desc, level);
}

void irqref_parent_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->eoi)
		;
	if (level)
		level->chip->eoi(desc, level);
}

int irqref_parent_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->set_type)
		;
	return level ? level->chip->set_type(desc, level, type) : 0;
}

int irqref_parent_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                               const struct irqref_cpumask *cpus)
{
	while ((level = irqref_level_parent(desc, level)) && !level->chip->set_affinity)
		;
	return level ? level->chip->set_affinity(desc, level, cpus) : IRQREF_ERR_NOTSUP;
}

irqref_virq_t irqref_desc_virq(const struct irqref_desc *desc)
{
	return desc ? desc->virq : 0;
}

unsigned int irqref_desc_type(const struct irqref_desc *desc)
{
	return flags_field(ld_rlx(&desc->flags), F_TYPE, F_TYPE_SHIFT);
}

int irqref_desc_set_flow(struct irqref_desc *desc, enum irqref_flow flow)
{
	enum irqref_flow old;

	if (!desc || (unsigned int)flow > IRQREF_FLOW_PERCPU)
		return IRQREF_ERR_INVAL;
	old = (enum irqref_flow)flags_field(ld_rlx(&desc->flags), F_FLOW, F_FLOW_SHIFT);
	if ((old == IRQREF_FLOW_PERCPU) != (flow == IRQREF_FLOW_PERCPU) &&
	    desc_state(desc) != IRQREF_RESERVED)
		return IRQREF_ERR_INVAL;
	/* By way of the chip until the line is planned anew: in set_type right after this. */
	flags_change(desc, F_FLOW, (uint32_t)flow << F_FLOW_SHIFT | F_CHIP);
	return IRQREF_OK;
}
