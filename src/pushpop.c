/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pushing a level on top of a live mapping, and popping it.
 *
 * F_MOVING and a count of its own keep the mapping alive and without handlers meanwhile, and as
 * the mapping has an owner, a revocation waits. The levels are exchanged under the lock and with
 * the line closed, so that neither a dispatch nor a call that goes to the chip sees them half
 * changed: what is raised in between finds nothing, as on any line without handlers. The new array
 * is published before the new number of levels, and never is smaller than the old one, so that who
 * only looks stays inside it.
 */
#include "internal.h"

static int begin_move(struct irqref_desc *desc)
{
	unsigned long flags;
	int rc = IRQREF_OK;

	if (!desc_pin(desc, &flags))
		return IRQREF_ERR_STALE;
	if (desc_state(desc) == IRQREF_REVOKED)
		rc = IRQREF_ERR_REVOKED;
	else if (desc_state(desc) != IRQREF_LIVE)
		rc = IRQREF_ERR_STALE;
	else if ((ld_rlx(&desc->flags) & (F_IDLE | F_MOVING | F_STATIC)) != F_IDLE ||
	         desc_strong(desc) >= IRQREF_STRONG_LIMIT)
		rc = IRQREF_ERR_BUSY;
	if (!rc) {
		flags_change(desc, 0, F_MOVING);
		cold_of(desc)->owner = irqref_hot_self();
		st_rlx(&desc->word, ld_rlx(&desc->word) + 1u);
	}
	desc_unpin(desc, flags);
	return rc;
}

static void end_move(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned long flags = desc_lock(desc);
	uint32_t word = ld_rlx(&desc->word) - 1u;
	bool dying = !(word & (WORD_STRONG | WORD_FLOATING));

	flags_change(desc, F_MOVING, 0);
	cold_of(desc)->owner = 0;
	st_rlx(&desc->word, word);
	if (dying)
		irqref_desc_doom(desc);
	desc_unlock(desc, flags);
	if (dying)
		irqref_desc_end(space, desc);
}

static struct inner *inner_alloc(struct irqref_space *space, uint32_t capacity)
{
	size_t size = sizeof(struct inner) + capacity * sizeof(struct irqref_level);
	struct inner *inner = space->port.alloc(space->port.ctx, size, sizeof(uint64_t));

	if (!inner)
		return NULL;
	inner->grave.size = size;
	inner->capacity = capacity;
	return inner;
}

/*
 * Under the lock: each reference goes on naming the level that it was got through; one through a
 * popped level names the outermost.
 */
static void renumber(struct irqref_space *space, struct irqref_desc *desc, int by)
{
	uint32_t slot;

	for (slot = desc->refs; slot; slot = ref_at(space, slot)->next) {
		struct ref *ref = ref_at(space, slot);

		if (by > 0 || ref->level)
			ref->level = (uint8_t)(ref->level + by);
	}
}

/* Puts @outer and @inner in place of the old levels; returns the old array. */
static struct inner *exchange(struct irqref_space *space, struct irqref_desc *desc,
                              const struct irqref_level *outer, struct inner *inner,
                              uint32_t levels)
{
	struct inner *old = desc->inner;
	unsigned long flags;

	irqref_line_close(space, desc);
	flags = desc_lock(desc);
	irqref_line_deactivate(desc);
	st_rel(&desc->inner, inner);
	/* Who has not the line yet may be asking the domain for its space. */
	st_rel(&desc->level.domain, outer->domain);
	desc->level.hwirq = outer->hwirq;
	desc->level.chip = outer->chip;
	desc->level.chip_data = outer->chip_data;
	renumber(space, desc, (int)levels - (int)desc_levels(desc));
	flags_change(desc, F_LEVELS, levels << F_LEVELS_SHIFT);
	desc_unlock(desc, flags);
	st_rel(&desc->line, (ld_rlx(&desc->line) & ~(LINE_SEQ - 1u)) + LINE_SEQ);
	return old;
}

/* A descriptor that only the map callback of the new level sees, with all levels in place. */
static int map_pushed(struct irqref_desc *desc, struct irqref_desc *view, struct inner *inner,
                      struct irqref_domain *domain, irqref_hwirq_t hwirq, const void *arg)
{
	uint32_t levels = desc_levels(desc);
	uint32_t i;

	inner->level[0] = desc->level;
	for (i = 1; i < levels; i++)
		inner->level[i] = desc->inner->level[i - 1];
	*view = (struct irqref_desc){
	        .word = (uint32_t)IRQREF_RESERVED << WORD_STATE_SHIFT,
	        .virq = desc->virq,
	        .inner = inner,
	        .level = {.domain = domain, .hwirq = hwirq, .chip = domain->chip},
	        .flags = (ld_rlx(&desc->flags) & ~F_LEVELS) | (levels + 1u) << F_LEVELS_SHIFT,
	};
	if (!view->level.chip)
		view->level.chip = &irqref_chip_none;
	if (!domain->ops || !domain->ops->map)
		return IRQREF_OK;
	return domain->ops->map(view, &view->level, arg) ? IRQREF_ERR_REFUSED : IRQREF_OK;
}

static int push(struct irqref_space *space, struct irqref_desc *desc, struct irqref_domain *domain,
                irqref_hwirq_t hwirq, const void *arg)
{
	struct irqref_level claimed = {.domain = domain, .hwirq = hwirq};
	struct irqref_desc view;
	struct inner *inner;
	int rc;

	if (desc->level.domain != domain->parent)
		return IRQREF_ERR_INVAL;
	inner = inner_alloc(space, desc_levels(desc));
	if (!inner)
		return IRQREF_ERR_NOMEM;
	rc = irqref_level_claim(desc, &claimed, NULL);
	if (rc)
		goto free_inner;
	rc = map_pushed(desc, &view, inner, domain, hwirq, arg);
	if (rc)
		goto release_level;
	inner = exchange(space, desc, &view.level, inner, desc_levels(desc) + 1u);
	irqref_revmap_tag(&claimed, desc, true);
	if (inner)
		irqref_retire(space, &inner->grave, inner->grave.size);
	return IRQREF_OK;

release_level:
	irqref_revmap_erase(&claimed, desc);
free_inner:
	space->port.free(space->port.ctx, inner, inner->grave.size);
	return rc;
}

static int find_movable(struct irqref_space *space, irqref_virq_t virq,
                        struct irqref_domain *domain, struct irqref_desc **desc)
{
	if (!space || !domain || domain->space != space || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	*desc = desc_of(space, virq);
	if (!*desc || !domain_live(domain))
		return IRQREF_ERR_STALE;
	return begin_move(*desc);
}

int irqref_level_push(struct irqref_space *space, irqref_virq_t virq, struct irqref_domain *domain,
                      irqref_hwirq_t hwirq, const void *arg)
{
	struct irqref_desc *desc;
	int rc = find_movable(space, virq, domain, &desc);

	if (rc)
		return rc;
	rc = push(space, desc, domain, hwirq, arg);
	end_move(space, desc);
	return rc;
}

static int pop(struct irqref_space *space, struct irqref_desc *desc, struct irqref_domain *domain)
{
	const struct irqref_domain_ops *ops = domain->ops;
	uint32_t levels = desc_levels(desc);
	struct irqref_level popped = desc->level;
	struct inner *inner;
	uint32_t i;

	if (popped.domain != domain || levels < 2)
		return IRQREF_ERR_INVAL;
	inner = inner_alloc(space, levels - 1u);
	if (!inner)
		return IRQREF_ERR_NOMEM;
	for (i = 0; i < levels - 1u; i++)
		inner->level[i] = desc->inner->level[i + 1u < levels - 1u ? i + 1u : i];
	irqref_revmap_tag(&popped, desc, false);
	inner = exchange(space, desc, &desc->inner->level[0], inner, levels - 1u);
	irqref_retire(space, &inner->grave, inner->grave.size);
	if (ops && ops->unmap)
		ops->unmap(desc, &popped);
	add_sc(&domain->unreleased, 1u);
	irqref_revmap_erase(&popped, desc);
	if (ops && ops->release) {
		irqref_grace_pass(space);
		ops->release(&popped);
	}
	sub_sc(&domain->unreleased, 1u);
	return IRQREF_OK;
}

int irqref_level_pop(struct irqref_space *space, irqref_virq_t virq, struct irqref_domain *domain)
{
	struct irqref_desc *desc;
	int rc = find_movable(space, virq, domain, &desc);

	if (rc)
		return rc;
	rc = pop(space, desc, domain);
	end_move(space, desc);
	return rc;
}
