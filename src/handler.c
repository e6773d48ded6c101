/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handlers in references, and what a reference may do to its line.
 */
#include "internal.h"

/* A reference with its consumer and its mapping locked. */
struct hold {
	struct irqref_space *space;
	struct ref *ref;
	struct irqref_desc *desc;
	uint32_t slot;
	bool resend;
	unsigned long consumer_flags;
	unsigned long desc_flags;
};

static int hold(struct irqref_space *space, struct irqref_ref ref, struct hold *hold)
{
	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	hold->space = space;
	hold->slot = ref.slot;
	hold->resend = false;
	hold->ref = irqref_ref_lock(space, ref, &hold->consumer_flags);
	if (!hold->ref)
		return IRQREF_ERR_STALE;
	hold->desc = desc_of(space, hold->ref->virq);
	hold->desc_flags = desc_lock(hold->desc);
	return IRQREF_OK;
}

static void let_go(struct hold *hold)
{
	struct consumer *consumer = consumer_at(hold->space, hold->ref->consumer);

	desc_unlock(hold->desc, hold->desc_flags);
	spin_unlock(&consumer->lock, RANK_CONSUMER, hold->consumer_flags);
	if (hold->resend)
		irqref_attention(hold->space, hold->desc);
}

static bool revoked(const struct hold *hold)
{
	return desc_state(hold->desc) == IRQREF_REVOKED;
}

static void share_depth(struct hold *hold, int by)
{
	hold->ref->depth = (uint16_t)(hold->ref->depth + by);
	irqref_line_share_depth(hold->desc, cold_of(hold->desc), by);
}

/* ------------------------------------------------------ installing, removing */

static int may_share(struct irqref_space *space, struct irqref_desc *desc, uint32_t ref_flags)
{
	uint32_t slot;

	for (slot = desc->handlers; slot; slot = ref_at(space, slot)->hnext) {
		if (!(ref_at(space, slot)->flags & ref_flags & REF_SHARED))
			return IRQREF_ERR_BUSY;
	}
	return IRQREF_OK;
}

static void append(struct irqref_space *space, struct irqref_desc *desc, uint32_t slot)
{
	uint32_t *link = &desc->handlers;

	while (*link)
		link = &ref_at(space, *link)->hnext;
	st_sc(link, slot);
}

/*
 * Under its lock: the first handler of the mapping's life comes, and nobody counts yet. Not every
 * number that is taken gets here.
 */
static void count_from_zero(const struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t cpu;

	if (ld_rlx(&desc->flags) & F_COUNTED)
		return;
	for (cpu = 0; cpu < space->nr_cpus; cpu++)
		st_rlx(counter_of(desc, cpu), 0u);
}

/*
 * Under both locks: @ref has its handler and cookie, and gets linked; the first one starts the
 * line. Does not unmask: the caller may still want the line disabled.
 */
int irqref_handler_install(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                           uint32_t slot, uint32_t ref_flags)
{
	int rc;

	if (ref->flags & REF_HANDLER)
		return IRQREF_ERR_EXIST;
	if (ref->flags & REF_DRAINING || ld_rlx(&desc->flags) & F_MOVING)
		return IRQREF_ERR_AGAIN;
	rc = may_share(space, desc, ref_flags);
	if (rc)
		return rc;
	if (!desc->handlers) {
		rc = irqref_line_start(desc);
		if (rc)
			return rc;
	}
	ref->flags |= (uint8_t)(ref_flags | REF_HANDLER);
	ref->hnext = 0;
	count_from_zero(space, desc);
	append(space, desc, slot);
	flags_change(desc, F_IDLE | F_STUCK, F_COUNTED | (ref_flags & REF_CHAINED ? F_CHAINED : 0));
	add_rlx(&space->handlers, 1u);
	return IRQREF_OK;
}

/*
 * Under both locks: what was disabled by Linux's names, without a reference, goes with the last
 * handler. It is what is left of the depth without all that references have disabled.
 */
static void drop_anonymous_depth(struct irqref_space *space, struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	int by = -(int)cold->depth;
	uint32_t slot;

	for (slot = desc->refs; slot; slot = ref_at(space, slot)->next)
		by += ref_at(space, slot)->depth;
	irqref_line_share_depth(desc, cold, by);
}

/* Under both locks. The line is masked at once with its last handler; returns whether it was. */
bool irqref_handler_unlink(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                           uint32_t slot)
{
	uint32_t *link = &desc->handlers;

	while (*link != slot)
		link = &ref_at(space, *link)->hnext;
	st_sc(link, ref->hnext);
	ref->flags &= (uint8_t) ~(REF_HANDLER | REF_SHARED | REF_CHAINED | REF_PERCPU);
	sub_sc(&space->handlers, 1u);
	if (desc->handlers)
		return false;
	drop_anonymous_depth(space, desc);
	flags_change(desc, F_CHAINED | F_PENDING | F_RESEND, F_IDLE);
	if (!(ld_rlx(&desc->flags) & F_GONE))
		irqref_line_settle(desc);
	return true;
}

int irqref_request(struct irqref_space *space, struct irqref_ref ref, irqref_handler_fn *handler,
                   void *cookie, uint32_t flags)
{
	struct hold held;
	int rc;

	if (!handler || flags & ~(uint32_t)(IRQREF_SHARED | IRQREF_CHAINED | IRQREF_NO_ENABLE) ||
	    (flags & IRQREF_SHARED && flags & IRQREF_CHAINED))
		return IRQREF_ERR_INVAL;
	rc = hold(space, ref, &held);
	if (rc)
		return rc;
	if (revoked(&held))
		rc = IRQREF_ERR_REVOKED;
	else if (desc_percpu(held.desc))
		rc = IRQREF_ERR_NOTSUP;
	else if (flags & IRQREF_NO_ENABLE && cold_of(held.desc)->depth == UINT16_MAX)
		rc = IRQREF_ERR_OVERFLOW;
	if (rc)
		goto out;
	if (!(held.ref->flags & (REF_HANDLER | REF_DRAINING))) {
		held.ref->handler = handler;
		held.ref->cookie = cookie;
	}
	share_depth(&held, flags & IRQREF_NO_ENABLE ? 1 : 0);
	rc = irqref_handler_install(space, held.desc, held.ref, held.slot,
	                            (flags & IRQREF_SHARED ? REF_SHARED : 0u) |
	                                    (flags & IRQREF_CHAINED ? REF_CHAINED : 0u));
	if (rc)
		share_depth(&held, flags & IRQREF_NO_ENABLE ? -1 : 0);
	/* A dispatch may have met the depth meanwhile, masked the line and kept its edge. */
	if (!rc || flags & IRQREF_NO_ENABLE)
		held.resend = irqref_line_enabled(held.desc);
out:
	let_go(&held);
	return rc;
}

/* After the wait: the slot may have been put, and be somebody else's, in between. */
static void drained(struct irqref_space *space, struct irqref_ref ref)
{
	struct hold held;

	if (!ref_by(space, ref) || hold(space, ref, &held))
		return;
	held.ref->flags &= (uint8_t)~REF_DRAINING;
	let_go(&held);
}

int irqref_free(struct irqref_space *space, struct irqref_ref ref)
{
	struct percpu *percpu = NULL;
	struct hold held;
	bool last;
	int rc;

	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	rc = hold(space, ref, &held);
	if (rc)
		return rc;
	if (!(held.ref->flags & REF_HANDLER)) {
		let_go(&held);
		return IRQREF_ERR_NOENT;
	}
	if (held.ref->flags & REF_PERCPU)
		percpu = held.ref->cookie;
	last = irqref_handler_unlink(space, held.desc, held.ref, held.slot);
	held.ref->flags |= REF_DRAINING;
	if (held.ref->depth) {
		share_depth(&held, -(int)held.ref->depth);
		held.resend = irqref_line_enabled(held.desc);
	}
	let_go(&held);
	irqref_line_wait(space, held.desc);
	drained(space, ref);
	if (percpu)
		irqref_retire(space, &percpu->grave, percpu->grave.size);
	if (last)
		irqref_line_stop(space, held.desc);
	return IRQREF_OK;
}

/* ------------------------------------------------------ enabling, disabling */

int irqref_disable(struct irqref_space *space, struct irqref_ref ref)
{
	struct hold held;
	int rc = hold(space, ref, &held);

	if (rc)
		return rc;
	if (desc_percpu(held.desc)) {
		rc = IRQREF_ERR_NOTSUP;
	} else if (cold_of(held.desc)->depth == UINT16_MAX) {
		rc = IRQREF_ERR_OVERFLOW;
	} else {
		share_depth(&held, 1);
		if (!(ld_rlx(&held.desc->flags) & F_GONE))
			irqref_line_settle(held.desc);
	}
	let_go(&held);
	return rc;
}

int irqref_disable_sync(struct irqref_space *space, struct irqref_ref ref)
{
	int rc;

	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	rc = irqref_disable(space, ref);
	return rc ? rc : irqref_synchronize(space, ref);
}

int irqref_enable(struct irqref_space *space, struct irqref_ref ref)
{
	struct hold held;
	int rc = hold(space, ref, &held);

	if (rc)
		return rc;
	if (!held.ref->depth) {
		rc = IRQREF_ERR_UNBALANCED;
	} else {
		share_depth(&held, -1);
		held.resend = irqref_line_enabled(held.desc);
	}
	let_go(&held);
	return rc;
}

int irqref_synchronize(struct irqref_space *space, struct irqref_ref ref)
{
	struct hold held;
	int rc;

	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	rc = hold(space, ref, &held);
	if (rc)
		return rc;
	let_go(&held);
	irqref_line_wait(space, held.desc);
	return IRQREF_OK;
}

/* ------------------------------------------------------- type and affinity */

int irqref_set_type(struct irqref_space *space, struct irqref_ref ref, unsigned int type)
{
	unsigned int now;
	struct hold held;
	int rc;

	if (!type || (type & (type - 1u) && type != IRQREF_TYPE_BOTH) || type > IRQREF_TYPE_LOW)
		return IRQREF_ERR_INVAL;
	rc = hold(space, ref, &held);
	if (rc)
		return rc;
	now = irqref_desc_type(held.desc);
	if (revoked(&held))
		rc = IRQREF_ERR_REVOKED;
	else if (now != IRQREF_TYPE_NONE && now != type &&
	         (ld_rlx(&held.desc->word) & (WORD_STRONG | WORD_FLOATING)) != 1u)
		rc = IRQREF_ERR_BUSY;
	else if (now != type)
		rc = irqref_line_set_type(held.desc, type);
	let_go(&held);
	return rc;
}

static bool any_cpu(const struct irqref_cpumask *cpus)
{
	uint32_t i;

	for (i = 0; i < cpus->nbits; i++) {
		if (cpus->bits[i / 32] & 1u << i % 32)
			return true;
	}
	return false;
}

/* Under both locks: the last who set the affinity is the only one so marked. */
static void mark_affine(struct hold *held)
{
	uint32_t slot;

	for (slot = held->desc->refs; slot; slot = ref_at(held->space, slot)->next)
		ref_at(held->space, slot)->flags &= (uint8_t)~REF_AFFINE;
	held->ref->flags |= REF_AFFINE;
}

int irqref_set_affinity(struct irqref_space *space, struct irqref_ref ref,
                        const struct irqref_cpumask *cpus, uint32_t *chosen)
{
	struct irqref_level *level;
	struct hold held;
	int rc;

	if (!cpus || !cpus->bits || !any_cpu(cpus))
		return IRQREF_ERR_INVAL;
	rc = hold(space, ref, &held);
	if (rc)
		return rc;
	level = &held.desc->level;
	if (revoked(&held)) {
		rc = IRQREF_ERR_REVOKED;
		goto out;
	}
	rc = level->chip->set_affinity ? level->chip->set_affinity(held.desc, level, cpus)
	                               : irqref_parent_set_affinity(held.desc, level, cpus);
	if (rc < 0) {
		rc = rc == IRQREF_ERR_NOTSUP ? rc : IRQREF_ERR_REFUSED;
		goto out;
	}
	cold_of(held.desc)->cpu = (uint16_t)rc;
	mark_affine(&held);
	if (chosen)
		*chosen = (uint32_t)rc;
	rc = IRQREF_OK;
	if (ld_rlx(&held.desc->flags) & F_ACTIVE)
		irqref_line_write_msi(held.desc);
out:
	let_go(&held);
	return rc;
}
