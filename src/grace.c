/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Grace periods, and what waits for them.
 *
 * Periods are numbered. Who unlinks something reads the number of periods started so far and is
 * content with any later one (the stamp). That is enough because numbers are read and given out
 * under the space lock: a period with a later number took the lock after the stamp was read, so it
 * began after the unlinking, and waits for every reader that may have missed it. The unlinking
 * itself needs no particular order.
 */
#include "internal.h"

/* Waits for a period that begins now. */
void irqref_grace_pass(struct irqref_space *space)
{
	unsigned long flags;
	uint32_t mine, done;

	rank_none();
	flags = space_lock(space);
	mine = ++space->grace_started;
	space_unlock(space, flags);
	space->port.synchronize(space->port.ctx);
	done = ld_rlx(&space->grace_done);
	while ((int32_t)(mine - done) > 0 && !cas_sc(&space->grace_done, &done, mine))
		;
}

void irqref_retire(struct irqref_space *space, struct grave *grave, size_t size)
{
	unsigned long flags;

	if (!grave)
		return;
	flags = space_lock(space);
	grave->size = size;
	grave->stamp = grace_stamp(space);
	grave->next = space->graves;
	space->graves = grave;
	space_unlock(space, flags);
}

/* A reference whose handler a dispatch may just be calling. */
void irqref_limbo(struct irqref_space *space, uint32_t slot)
{
	struct ref *ref = ref_at(space, slot);
	unsigned long flags = space_lock(space);

	ref->next = grace_stamp(space);
	ref->cnext = space->limbo;
	space->limbo = slot;
	st_rlx(&space->limbo_length, space->limbo_length + 1u);
	space_unlock(space, flags);
}

static void reap_limbo(struct irqref_space *space)
{
	unsigned long flags = space_lock(space);
	uint32_t *link = &space->limbo;

	while (*link) {
		uint32_t slot = *link;
		struct ref *ref = ref_at(space, slot);

		if (!grace_over(space, ref->next)) {
			link = &ref->cnext;
			continue;
		}
		*link = ref->cnext;
		st_rlx(&space->limbo_length, space->limbo_length - 1u);
		irqref_pool_give_locked(&space->refs, slot);
	}
	space_unlock(space, flags);
}

static struct grave *take_graves(struct irqref_space *space)
{
	unsigned long flags = space_lock(space);
	struct grave **link = &space->graves;
	struct grave *over = NULL;

	while (*link) {
		struct grave *grave = *link;

		if (!grace_over(space, grave->stamp)) {
			link = &grave->next;
			continue;
		}
		*link = grave->next;
		grave->next = over;
		over = grave;
	}
	space_unlock(space, flags);
	return over;
}

static void reap_graves(struct irqref_space *space)
{
	struct grave *grave = take_graves(space);

	while (grave) {
		struct grave *next = grave->next;

		space->port.free(space->port.ctx, grave, grave->size);
		grave = next;
	}
}

/* The oldest resting number that still waits, if its period is over. It is this caller's then. */
static struct irqref_desc *take_unreleased(struct irqref_space *space)
{
	unsigned long flags = space_lock(space);
	struct irqref_desc *desc = NULL;

	while (space->unreleased) {
		struct irqref_desc *at = desc_of(space, space->unreleased);

		if (!grace_over(space, cold_of(at)->stamp))
			break;
		space->unreleased = REST_NEXT(at);
		if (ld_rlx(&at->flags) & F_UNRELEASED) {
			desc = at;
			break;
		}
	}
	space_unlock(space, flags);
	return desc;
}

static void release_levels(struct irqref_desc *desc)
{
	struct irqref_level *level;
	uint32_t i;

	for_each_level (desc, level, i) {
		const struct irqref_domain_ops *ops = level->domain->ops;

		if (ops && ops->release)
			ops->release(level);
		sub_sc(&level->domain->unreleased, 1u);
	}
	flags_change(desc, F_UNRELEASED, 0);
}

void irqref_reap(struct irqref_space *space)
{
	struct irqref_desc *desc;

	rank_none();
	reap_limbo(space);
	reap_graves(space);
	while ((desc = take_unreleased(space)))
		release_levels(desc);
}
