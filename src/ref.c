/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * References: on the list of their mapping and on the list of their consumer.
 */
#include "internal.h"

/*
 * The reference and its consumer, locked; NULL when the reference is dead. A slot belongs to one
 * consumer as long as its generation lasts, and both end only under that consumer's lock; so the
 * generation is looked at again once the lock is held.
 */
HOT struct ref *ref_lock(struct irqref_space *space, struct irqref_ref ref,
                         struct consumer **consumer, unsigned long *flags)
{
	struct ref *at = ref_by(space, ref);
	uint32_t owner;

	if (unlikely(!at))
		goto stale;
	owner = ld_rlx(&at->consumer);
	*consumer = consumer_at(space, owner);
	*flags = spin_lock(&(*consumer)->lock, RANK_CONSUMER);
	if (likely(ld_rlx(&at->generation) == ref.generation) &&
	    likely(ld_rlx(&at->consumer) == owner))
		return at;
	spin_unlock(&(*consumer)->lock, RANK_CONSUMER, *flags);
stale:
	irqref_event(space, IRQREF_EVENT_STALE, NULL, IRQREF_ERR_STALE);
	return NULL;
}

struct ref *irqref_ref_lock(struct irqref_space *space, struct irqref_ref ref, unsigned long *flags)
{
	struct consumer *consumer;

	return ref_lock(space, ref, &consumer, flags);
}

static void ref_unlock(struct irqref_space *space, struct ref *ref, unsigned long flags)
{
	spin_unlock(&consumer_at(space, ref->consumer)->lock, RANK_CONSUMER, flags);
}

HOT void unlink_consumer(struct irqref_space *space, struct consumer *consumer, struct ref *ref)
{
	if (ref->cprev)
		ref_at(space, ref->cprev)->cnext = ref->cnext;
	else
		consumer->refs = ref->cnext;
	if (ref->cnext)
		ref_at(space, ref->cnext)->cprev = ref->cprev;
}

HOT void unlink_desc(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                     uint32_t slot)
{
	uint32_t *link = &desc->refs;

	while (*link != slot)
		link = &ref_at(space, *link)->next;
	*link = ref->next;
}

/* Under the lock, which it gives back: nobody but a revocation holds the mapping any more. */
COLD void drop_last(struct irqref_space *space, struct irqref_desc *desc, struct drop *drop,
                    unsigned long flags)
{
	if (desc_state(desc) == IRQREF_REVOKED) {
		drop->dead = true;
	} else {
		if (drop->may_wait && !drop->handler && irqref_desc_end_locked(space, desc, flags))
			return;
		drop->dying = true;
		irqref_desc_doom(desc);
	}
	desc_unlock(desc, flags);
}

/* Under the lock, which it gives back: the count without one strong reference, and what follows. */
HOT void drop_strong(struct irqref_space *space, struct irqref_desc *desc, struct drop *drop,
                     unsigned long flags)
{
	uint32_t word = ld_rlx(&desc->word) - 1u;

	st_rlx(&desc->word, word);
	if (word & WORD_STRONG || (word & WORD_FLOATING && word_state(word) != IRQREF_REVOKED))
		desc_unlock(desc, flags);
	else
		drop_last(space, desc, drop, flags);
}

/* How many free slots a consumer keeps for its next gets. */
#define CACHE_MAX 8u

/* Under the consumer's lock: the caller's slot becomes one of those, unless there are enough. */
HOT bool keep(struct consumer *consumer, struct ref *ref, uint32_t slot)
{
	if (unlikely(!ref->generation) || unlikely(!(consumer->generation & 1u)) ||
	    unlikely(consumer->cached >= CACHE_MAX))
		return false;
	ref->cnext = consumer->cache;
	consumer->cache = slot;
	st_rlx(&consumer->cached, consumer->cached + 1u);
	return true;
}

/* Under both locks: its handler, and its share of the depth. */
COLD void detach_handler(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                         struct drop *drop)
{
	drop->handler = ref->flags & (REF_HANDLER | REF_DRAINING);
	if (ref->flags & REF_PERCPU)
		drop->percpu = ref->cookie;
	if (ref->flags & REF_HANDLER)
		drop->last_handler = irqref_handler_unlink(space, desc, ref, drop->slot);
	if (ref->depth) {
		irqref_line_share_depth(desc, cold_of(desc), -(int)ref->depth);
		ref->depth = 0;
		drop->resend = irqref_line_enabled(desc);
	}
}

HOT void detach(struct irqref_space *space, struct consumer *consumer, struct ref *ref,
                uint32_t slot, bool may_wait, struct drop *drop)
{
	struct irqref_desc *desc = &chunk_of(space, ref->virq)->desc[ref->virq & CHUNK_MASK];
	unsigned long flags = desc_lock(desc);

	*drop = (struct drop){.desc = desc, .slot = slot, .may_wait = may_wait};
	if (unlikely(ref->flags & (REF_HANDLER | REF_DRAINING | REF_PERCPU)) ||
	    unlikely(ref->depth))
		detach_handler(space, desc, ref, drop);
	unlink_desc(space, desc, ref, slot);
	/* The ledger takes a living reference of the mapping for one on the list. */
	st_rel(&ref->generation, ref->generation + 1u);
	drop_strong(space, desc, drop, flags);
	unlink_consumer(space, consumer, ref);
	consumer->puts++;
	/* Where a dispatch may be looking at it irqref_ref_finish() does that. */
	if (likely(!drop->handler) && keep(consumer, ref, slot))
		drop->slot = 0;
}

/*
 * Under the consumer's lock: everything about dropping a reference that takes effect at once. The
 * slot is still the caller's, or kept by its consumer already; irqref_ref_finish() does the rest
 * without locks.
 */
void irqref_ref_detach(struct irqref_space *space, struct consumer *consumer, uint32_t slot,
                       bool may_wait, struct drop *drop)
{
	detach(space, consumer, ref_at(space, slot), slot, may_wait, drop);
}

static void recycle(struct irqref_space *space, uint32_t slot, uint32_t at)
{
	struct consumer *consumer = consumer_at(space, at);
	unsigned long flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	bool kept = keep(consumer, ref_at(space, slot), slot);

	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	if (!kept)
		irqref_pool_give(space, &space->refs, slot);
}

/*
 * The rest of dropping a reference, without locks. With @sync it waits until no run of the line's
 * handlers that had begun goes on, which the end of the mapping does too; then, and where there
 * was no handler, nobody can be looking at the slot, and it is used again at once.
 */
void irqref_ref_finish(struct irqref_space *space, struct drop *drop, uint32_t consumer, bool sync)
{
	if (drop->dying)
		irqref_desc_end(space, drop->desc);
	else if (drop->handler && sync)
		irqref_line_wait(space, drop->desc);
	if (drop->percpu)
		irqref_retire(space, &drop->percpu->grave, drop->percpu->grave.size);
	if (drop->handler && !sync)
		irqref_limbo(space, drop->slot);
	else if (drop->slot)
		recycle(space, drop->slot, consumer);
	if (drop->dead)
		irqref_bury(space, drop->desc);
	else if (drop->last_handler && sync && !drop->dying)
		irqref_line_stop(space, drop->desc);
	else if (drop->resend || (drop->last_handler && !drop->dying))
		irqref_attention(space, drop->desc);
}

static int put(struct irqref_space *space, struct irqref_ref ref, bool sync)
{
	struct consumer *consumer;
	unsigned long flags;
	struct drop drop;
	struct ref *at;
	uint32_t owner;
	bool may_wait;

	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	may_wait = can_wait(space);
	if (sync && !may_wait)
		return IRQREF_ERR_ATOMIC;
	at = ref_lock(space, ref, &consumer, &flags);
	if (!at)
		return IRQREF_ERR_STALE;
	owner = at->consumer;
	detach(space, consumer, at, ref.slot, may_wait, &drop);
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	if (drop.slot || drop.dying || drop.dead || drop.resend)
		irqref_ref_finish(space, &drop, owner, sync);
	return IRQREF_OK;
}

int irqref_put(struct irqref_space *space, struct irqref_ref ref)
{
	return put(space, ref, false);
}

int irqref_put_sync(struct irqref_space *space, struct irqref_ref ref)
{
	return put(space, ref, true);
}

int irqref_ref_virq(struct irqref_space *space, struct irqref_ref ref, irqref_virq_t *out)
{
	unsigned long flags;
	struct ref *at;

	if (!space || !ref.slot || !out)
		return IRQREF_ERR_INVAL;
	at = irqref_ref_lock(space, ref, &flags);
	if (!at)
		return IRQREF_ERR_STALE;
	*out = at->virq;
	ref_unlock(space, at, flags);
	return IRQREF_OK;
}

/* --------------------------------------------------------------- getting */

int irqref_get(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int type,
               struct irqref_consumer consumer, const void *arg, struct irqref_ref *out,
               struct irqref_conflict *conflict)
{
	struct get get = {
	        .domain = domain,
	        .hwirq = hwirq,
	        .type = type,
	        .consumer = consumer,
	        .arg = arg,
	        .conflict = conflict,
	};
	int rc;

	if (!out)
		return IRQREF_ERR_INVAL;
	rc = irqref_mapping_get(&get);
	if (!rc)
		*out = get.ref;
	return rc;
}

int irqref_floating_get(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int type,
                        const void *arg, irqref_virq_t *out, struct irqref_conflict *conflict)
{
	struct get get = {
	        .domain = domain,
	        .hwirq = hwirq,
	        .type = type,
	        .floating = true,
	        .arg = arg,
	        .conflict = conflict,
	};
	int rc;

	if (!out)
		return IRQREF_ERR_INVAL;
	rc = irqref_mapping_get(&get);
	if (!rc)
		*out = get.virq;
	return rc;
}

static int translate(struct irqref_space *space, const struct irqref_fwspec *fwspec,
                     struct irqref_domain **domain, irqref_hwirq_t *hwirq, unsigned int *type)
{
	if (!space || !fwspec)
		return IRQREF_ERR_INVAL;
	*domain = irqref_domain_by_node(space, fwspec->node, 0);
	if (!*domain)
		return IRQREF_ERR_NOENT;
	return irqref_domain_translate(*domain, fwspec, hwirq, type);
}

int irqref_get_fwspec(struct irqref_space *space, const struct irqref_fwspec *fwspec,
                      struct irqref_consumer consumer, struct irqref_ref *out,
                      struct irqref_conflict *conflict)
{
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	unsigned int type;
	int rc = translate(space, fwspec, &domain, &hwirq, &type);

	return rc ? rc : irqref_get(domain, hwirq, type, consumer, fwspec, out, conflict);
}

int irqref_floating_get_fwspec(struct irqref_space *space, const struct irqref_fwspec *fwspec,
                               irqref_virq_t *out, struct irqref_conflict *conflict)
{
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	unsigned int type;
	int rc = translate(space, fwspec, &domain, &hwirq, &type);

	return rc ? rc : irqref_floating_get(domain, hwirq, type, fwspec, out, conflict);
}

int irqref_get_virq(struct irqref_space *space, irqref_virq_t virq, struct irqref_consumer consumer,
                    struct irqref_ref *out)
{
	struct get get = {.type = IRQREF_TYPE_NONE, .consumer = consumer};
	struct irqref_desc *desc;
	int rc;

	if (!space || !out || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	get.holder = consumer_by(space, consumer);
	if (!get.holder)
		return IRQREF_ERR_NOENT;
	rc = irqref_pool_take(space, &space->refs, &get.slot);
	if (rc)
		return rc;
	irqref_hot_read_lock();
	desc = desc_of(space, virq);
	/* The state is looked at before the lock, see desc_pin(). */
	rc = desc && desc_state(desc) != IRQREF_DEAD ? irqref_mapping_take(space, &get, desc)
	                                             : IRQREF_ERR_STALE;
	irqref_hot_read_unlock();
	if (!rc) {
		*out = get.ref;
		return rc;
	}
	irqref_pool_give(space, &space->refs, get.slot);
	if (rc == IRQREF_ERR_NOENT || rc == IRQREF_ERR_AGAIN)
		rc = IRQREF_ERR_STALE;
	if (rc == IRQREF_ERR_STALE)
		irqref_event(space, IRQREF_EVENT_STALE, NULL, rc);
	add_rlx(&space->refusals, 1u);
	return rc;
}

/* --------------------------------------------------------------- finding */

irqref_virq_t irqref_find_virq(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	irqref_virq_t virq = 0;

	if (!domain)
		return 0;
	irqref_hot_read_lock();
	virq = irqref_desc_virq(irqref_find(domain, hwirq));
	irqref_hot_read_unlock();
	return virq;
}

struct irqref_desc *irqref_resolve(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc = space ? desc_of(space, virq) : NULL;

	return desc && desc_state(desc) == IRQREF_LIVE ? desc : NULL;
}

/* -------------------------------------------------------------- floating */

static int drop_floating(struct irqref_desc *desc, bool *dying)
{
	uint32_t word = ld_rlx(&desc->word);

	switch (desc_state(desc)) {
	case IRQREF_LIVE:
		break;
	case IRQREF_REVOKED:
		return IRQREF_ERR_REVOKED;
	default:
		return IRQREF_ERR_STALE;
	}
	if (ld_rlx(&desc->flags) & F_STATIC)
		return IRQREF_ERR_BUSY;
	st_rlx(&desc->word, word & ~WORD_FLOATING);
	*dying = !(word & WORD_STRONG);
	if (*dying)
		irqref_desc_doom(desc);
	return IRQREF_OK;
}

int irqref_floating_put(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc;
	unsigned long flags;
	bool dying = false;
	int rc;

	if (!space || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	desc = desc_of(space, virq);
	if (!desc || !desc_pin(desc, &flags)) {
		irqref_event(space, IRQREF_EVENT_STALE, NULL, IRQREF_ERR_STALE);
		return IRQREF_ERR_STALE;
	}
	rc = drop_floating(desc, &dying);
	desc_unlock(desc, flags);
	/* In the section yet: number and domain stay what they are for the record. */
	if (!rc && !dying)
		irqref_event(space, IRQREF_EVENT_DISPOSE_IN_USE, desc, rc);
	irqref_hot_read_unlock();
	if (rc == IRQREF_ERR_STALE)
		irqref_event(space, IRQREF_EVENT_STALE, NULL, rc);
	else if (dying)
		irqref_desc_end(space, desc);
	return rc;
}
