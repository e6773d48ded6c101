/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ends of a mapping: torn down when nobody holds it any more, or revoked.
 *
 * Either happens in one order, for every kind of mapping: mask through the real chip; unlink on
 * every level; wait until the line is idle; deactivate; the unmap callbacks, outermost first; the
 * number to its rest; after a grace period the release callbacks and the memory.
 */
#include "internal.h"

/* Work is left for irqref_flush(). */
void irqref_attention(struct irqref_space *space, struct irqref_desc *desc)
{
	or_sc(visitors_of(desc), ATTENTION << visitors_shift(desc));
	st_sc(&space->attention, 1u);
	if (space->port.kick)
		space->port.kick(space->port.ctx);
}

/*
 * Under the lock, in the step that ends a LIVE mapping: it is the caller's now, and its line is
 * masked for good.
 */
void irqref_desc_doom(struct irqref_desc *desc)
{
	desc_set_state(desc, IRQREF_DYING);
	cold_of(desc)->owner = irqref_hot_self();
	/* Without handlers it is shut and masked, and nobody can install one any more. */
	if (!(ld_rlx(&desc->flags) & F_IDLE))
		flags_change(desc, F_PENDING | F_RESEND | F_UNHANDLED, F_GONE);
	irqref_line_mask(desc);
}

/* Under the lock: a DYING mapping that was left for a flush is the caller's to tear down. */
void irqref_desc_adopt(struct irqref_space *space, struct irqref_desc *desc)
{
	cold_of(desc)->owner = irqref_hot_self();
	sub_sc(&space->ended, 1u);
}

static void unlink_levels(struct irqref_desc *desc)
{
	struct irqref_level *level;
	uint32_t i;

	for_each_level (desc, level, i)
		irqref_revmap_tag(level, desc, false);
}

/*
 * Under the lock of a LIVE mapping that nobody holds any more, where waiting is allowed: the whole
 * teardown in one step, if there is nothing to wait for and no callback but the chip's to call. Who
 * looks without the lock sees it LIVE, though closed and not found, and then DEAD. The order is that
 * of every teardown; the line is closed before its levels are unlinked, as one that is busy takes
 * the long way, on which the levels are tagged first and stay claimed until it is idle.
 * Returns whether the lock was given back and all is done.
 */
bool irqref_desc_end_locked(struct irqref_space *space, struct irqref_desc *desc,
                            unsigned long flags)
{
	struct irqref_level *level;
	uint32_t i;

	if ((ld_rlx(&desc->flags) & (F_IDLE | F_ACTIVE)) != F_IDLE || desc_percpu(desc))
		return false;
	for_each_level (desc, level, i) {
		if (!level->domain->quiet)
			return false;
	}
	irqref_line_mask(desc);
	if (!irqref_line_try_close(desc))
		return false;
	for_each_level (desc, level, i)
		irqref_revmap_erase(level, desc);
	irqref_number_give_locked(space, desc, flags);
	return true;
}

/* After irqref_desc_doom(), without the lock: ends it here, or leaves it where waiting is not. */
void irqref_desc_end(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned long flags;

	unlink_levels(desc);
	if (can_wait(space)) {
		irqref_teardown(space, desc);
		return;
	}
	flags = desc_lock(desc);
	cold_of(desc)->owner = 0;
	add_sc(&space->ended, 1u);
	desc_unlock(desc, flags);
	irqref_attention(space, desc);
}

/* What both ends share; the line is masked and unlinked, and stays closed. */
static void close_and_unmap(struct irqref_space *space, struct irqref_desc *desc)
{
	irqref_line_close(space, desc);
	/* Nobody activates it any more: whoever had the lock before it was doomed was the last. */
	if (ld_rlx(&desc->flags) & F_ACTIVE) {
		unsigned long flags = desc_lock(desc);

		irqref_line_deactivate(desc);
		desc_unlock(desc, flags);
	}
	irqref_levels_unmap(desc, 0);
}

static bool wants_release(struct irqref_desc *desc)
{
	struct irqref_level *level;
	uint32_t i;

	for_each_level (desc, level, i) {
		if (level->domain->ops && level->domain->ops->release)
			return true;
	}
	return false;
}

/* Keeps the domains until the release callbacks have run; before the slots are given back. */
static void hold_for_release(struct irqref_desc *desc)
{
	struct irqref_level *level;
	uint32_t i;

	flags_change(desc, 0, F_UNRELEASED);
	for_each_level (desc, level, i)
		add_sc(&level->domain->unreleased, 1u);
}

/* Of a DYING mapping that the caller owns, where waiting is allowed. */
void irqref_teardown(struct irqref_space *space, struct irqref_desc *desc)
{
	bool release = wants_release(desc);

	rank_none();
	if (release)
		hold_for_release(desc);
	close_and_unmap(space, desc);
	irqref_number_give(space, desc);
	if (release && space->port.kick)
		space->port.kick(space->port.ctx);
}

/* The last reference of a REVOKED mapping is gone: nothing is left of it but the number. */
void irqref_bury(struct irqref_space *space, struct irqref_desc *desc)
{
	struct irqref_domain *domain = desc->level.domain;

	sub_sc(&space->ended, 1u);
	irqref_number_give(space, desc);
	sub_sc(&domain->pins, 1u);
}

/* -------------------------------------------------------------- revoking */

/* The release callbacks of a mapping that lives on, as a number only. */
static void release_now(struct irqref_space *space, struct irqref_desc *desc)
{
	struct irqref_level *level;
	uint32_t i;

	irqref_grace_pass(space);
	for_each_level (desc, level, i) {
		const struct irqref_domain_ops *ops = level->domain->ops;

		if (ops && ops->release)
			ops->release(level);
		sub_sc(&level->domain->unreleased, 1u);
	}
}

/* The caller holds one strong count, so that the last holder cannot bury it meanwhile. */
static void revoke_held(struct irqref_space *space, struct irqref_desc *desc)
{
	bool release = wants_release(desc);
	unsigned long flags;
	bool last;

	unlink_levels(desc);
	add_sc(&desc->level.domain->pins, 1u);
	if (release)
		hold_for_release(desc);
	close_and_unmap(space, desc);
	if (release)
		release_now(space, desc);
	flags = desc_lock(desc);
	desc->level.chip = &irqref_chip_none;
	flags_change(desc, F_LEVELS | F_UNRELEASED, 1u << F_LEVELS_SHIFT);
	cold_of(desc)->owner = 0;
	st_rlx(&desc->word, ld_rlx(&desc->word) - 1u);
	last = !desc_strong(desc);
	/* Before another holder can bury it. */
	add_sc(&space->ended, 1u);
	desc_unlock(desc, flags);
	if (last)
		irqref_bury(space, desc);
}

enum doom {
	DOOM_NOTHING,
	DOOM_DYING,
	DOOM_FLOATING, /* the same, of a mapping that only floated */
	DOOM_REVOKED,
	DOOM_WAIT,
	DOOM_SELF,
};

/* Found in @domain (if given) before it was locked: by now it may be a mapping of another one. */
static enum doom doom(struct irqref_space *space, struct irqref_domain *domain,
                      struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	enum doom result = DOOM_NOTHING;
	unsigned long flags;
	uint32_t word;

	if (!desc_pin(desc, &flags))
		return result;
	switch (desc_state(desc)) {
	case IRQREF_LIVE:
		if (cold->owner) {
			result = cold->owner == irqref_hot_self() ? DOOM_SELF : DOOM_WAIT;
			break;
		}
		if (domain && !irqref_desc_level(desc, domain))
			break;
		word = ld_rlx(&desc->word) & ~WORD_FLOATING;
		st_rlx(&desc->word, word);
		if (!(word & WORD_STRONG)) {
			result = ld_rlx(&desc->flags) & F_STATIC ? DOOM_DYING : DOOM_FLOATING;
			irqref_desc_doom(desc);
			break;
		}
		desc_set_state(desc, IRQREF_REVOKED);
		st_rlx(&desc->word, ld_rlx(&desc->word) + 1u);
		cold->owner = irqref_hot_self();
		flags_change(desc, F_PENDING | F_RESEND | F_UNHANDLED, F_GONE);
		irqref_line_mask(desc);
		result = DOOM_REVOKED;
		break;
	case IRQREF_DYING:
		if (!cold->owner) {
			irqref_desc_adopt(space, desc);
			result = DOOM_DYING;
			break;
		}
		/* fall through */
	case IRQREF_RESERVED:
		result = cold->owner == irqref_hot_self() ? DOOM_SELF : DOOM_WAIT;
		break;
	case IRQREF_REVOKED:
		if (cold->owner)
			result = cold->owner == irqref_hot_self() ? DOOM_SELF : DOOM_WAIT;
		break;
	default:
		break;
	}
	desc_unpin(desc, flags);
	return result;
}

/* The caller owns the mapping, which has just lost its only holder. */
static void report_floating(struct irqref_space *space, struct irqref_desc *desc,
                            irqref_report_fn *report, void *ctx)
{
	struct irqref_entry entry;

	irqref_event(space, IRQREF_EVENT_REVOKED, desc, IRQREF_ERR_REVOKED);
	if (!report)
		return;
	irqref_entry_floating(desc, &entry);
	entry.floating = true;
	report(ctx, &entry);
}

/*
 * Ends a mapping found in a domain, whoever holds it. What is being made or torn down by another
 * context is left to that one.
 * Returns 0 when it is ended, RETRY when somebody else is at it, DEADLK when the caller is.
 */
int irqref_revoke(struct irqref_domain *domain, struct irqref_desc *desc, enum irqref_remove how,
                  irqref_report_fn *report, void *ctx)
{
	struct irqref_space *space = domain->space;

	switch (doom(space, domain, desc)) {
	case DOOM_FLOATING:
		if (how == IRQREF_REMOVE_FORCE)
			report_floating(space, desc, report, ctx);
		/* fall through */
	case DOOM_DYING:
		unlink_levels(desc);
		irqref_teardown(space, desc);
		return IRQREF_OK;
	case DOOM_REVOKED:
		irqref_event(space, IRQREF_EVENT_REVOKED, desc, IRQREF_ERR_REVOKED);
		if (report)
			irqref_report_holders(space, desc, report, ctx);
		revoke_held(space, desc);
		return IRQREF_OK;
	case DOOM_SELF:
		return IRQREF_ERR_DEADLK;
	case DOOM_WAIT:
		return IRQREF_RETRY;
	default:
		return IRQREF_OK;
	}
}

/*
 * Ends the mapping of a reference that its owner gives up, whoever else holds it. The owner's
 * reference stays to be put.
 */
int irqref_revoke_own(struct irqref_space *space, struct irqref_ref ref)
{
	unsigned int attempt = 0;
	unsigned long flags;
	struct ref *at;

	while ((at = irqref_ref_lock(space, ref, &flags))) {
		struct irqref_desc *desc = desc_of(space, at->virq);
		bool others = desc_strong(desc) > 1u;
		enum doom result = doom(space, NULL, desc);

		spin_unlock(&consumer_at(space, at->consumer)->lock, RANK_CONSUMER, flags);
		if (result == DOOM_REVOKED) {
			if (others)
				irqref_event(space, IRQREF_EVENT_REVOKED, desc, IRQREF_ERR_REVOKED);
			revoke_held(space, desc);
		}
		if (result != DOOM_WAIT)
			return result == DOOM_SELF ? IRQREF_ERR_DEADLK : IRQREF_OK;
		space->port.pause(space->port.ctx, attempt++);
	}
	return IRQREF_ERR_STALE;
}

/* -------------------------------------------------------------- flushing */

/* Behind a run at whose end nobody looks for an edge, see keep_for_flush(). */
static void resend(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned long flags;

	if (!(ld_rlx(&desc->line) & LINE_TRACKED))
		irqref_line_wait(space, desc);
	flags = irqref_hot_irq_save();
	irqref_hot_read_lock();
	if (desc_state(desc) == IRQREF_LIVE)
		irqref_line_run(space, desc);
	irqref_hot_read_unlock();
	irqref_hot_irq_restore(flags);
}

static void attend(struct irqref_space *space, struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	bool dying = false, idle = false, again = false;
	unsigned long flags;

	if (!desc_pin(desc, &flags))
		return;
	switch (desc_state(desc)) {
	case IRQREF_DYING:
		dying = !cold->owner;
		if (dying)
			irqref_desc_adopt(space, desc);
		break;
	case IRQREF_LIVE:
		idle = (ld_rlx(&desc->flags) & (F_IDLE | F_ACTIVE)) == (F_IDLE | F_ACTIVE);
		again = and_sc(&desc->flags, ~F_RESEND) & F_RESEND;
		break;
	default:
		break;
	}
	desc_unpin(desc, flags);
	if (dying)
		irqref_teardown(space, desc);
	if (idle)
		irqref_line_stop(space, desc);
	if (again)
		resend(space, desc);
}

static void attend_chunk(struct irqref_space *space, struct chunk *chunk)
{
	uint32_t word, bits;

	for (word = 0; word < CHUNK_SIZE / 2; word++) {
		uint32_t *visitors = &chunk->visitors[word];

		if (!(ld_rlx(visitors) & ATTENTION_BOTH))
			continue;
		bits = and_sc(visitors, ~ATTENTION_BOTH) & ATTENTION_BOTH;
		if (bits & ATTENTION)
			attend(space, &chunk->desc[(size_t)word * 2]);
		if (bits & ATTENTION << 16)
			attend(space, &chunk->desc[(size_t)word * 2 + 1]);
	}
}

static bool anything_waits(struct irqref_space *space)
{
	unsigned long flags = space_lock(space);
	bool waits = space->limbo || space->graves || space->unreleased || space->inners;

	space_unlock(space, flags);
	return waits;
}

int irqref_flush(struct irqref_space *space)
{
	if (!space)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	rank_none();
	while (xchg_sc(&space->attention, 0u)) {
		uint32_t i;

		for (i = 0; i < CHUNKS_OF(space->max_irqs); i++) {
			struct chunk *chunk = ld_acq(&space->chunks[i]);

			if (!chunk)
				break;
			attend_chunk(space, chunk);
		}
	}
	if (anything_waits(space)) {
		irqref_grace_pass(space);
		irqref_reap(space);
		irqref_number_trim(space);
	}
	return IRQREF_OK;
}
