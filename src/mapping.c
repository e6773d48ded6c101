/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making mappings: find or make, and count, in one step.
 *
 * A mapping is made by one owner outside all locks: it has a number (RESERVED), then claims a slot
 * of each level's domain while the map callbacks recurse inwards, and becomes LIVE at once on all
 * levels. Who meets one of the slots meanwhile waits for the owner. Nobody waits in a circle:
 * an owner waits only for mappings further in than all it has claimed.
 */
#include "internal.h"

/* A domain is refused once it or what it is built on was removed. */
int irqref_domain_usable(const struct irqref_domain *domain)
{
	if (!domain_live(domain))
		return IRQREF_ERR_STALE;
	for (domain = domain->parent; domain; domain = domain->parent) {
		if (!domain_live(domain))
			return IRQREF_ERR_REVOKED;
	}
	return IRQREF_OK;
}

/* ---------------------------------------------------------------- levels */

/* Claims the slot of a level; irqref_revmap_erase() gives it back. */
int irqref_level_claim(struct irqref_desc *desc, struct irqref_level *level,
                       struct irqref_conflict *conflict)
{
	struct irqref_domain *domain = level->domain;
	struct irqref_space *space = domain->space;
	unsigned int attempt = 0;
	int rc;

	for (;;) {
		struct irqref_desc *other;

		rc = irqref_revmap_insert(domain, level->hwirq, desc);
		if (rc != IRQREF_ERR_EXIST)
			return rc;
		if (level == &desc->level)
			return IRQREF_RETRY;
		rc = irqref_mapping_wait(domain, level->hwirq, attempt++);
		if (rc == IRQREF_RETRY)
			continue;
		if (rc)
			return rc;
		irqref_hot_read_lock();
		other = revmap_raw(domain, level->hwirq);
		if (other) {
			unsigned long flags = desc_lock(other);

			irqref_conflict_fill(space, other, conflict);
			desc_unlock(other, flags);
		}
		irqref_hot_read_unlock();
		return IRQREF_ERR_BUSY;
	}
}

/* Anything but a code of ours, which then says more, is a plain refusal. */
static int callback_error(int rc)
{
	if (!rc)
		return IRQREF_OK;
	return rc < 0 && rc >= IRQREF_ERR_FORMAT ? rc : IRQREF_ERR_REFUSED;
}

/* One that was never LIVE nobody looks at: its release callback needs no grace period. */
static void unmap_level(struct irqref_desc *desc, struct irqref_level *level)
{
	const struct irqref_domain_ops *ops = level->domain->ops;

	if (ops && ops->unmap)
		ops->unmap(desc, level);
	if (desc_state(desc) != IRQREF_RESERVED)
		return;
	cold_of(desc)->undone |= 1u << (level->domain->depth - 1u);
	if (ops && ops->release)
		ops->release(level);
}

/* Undoes levels @first and further in, outermost first. */
void irqref_levels_unmap(struct irqref_desc *desc, uint32_t first)
{
	uint32_t i;

	for (i = first; i < desc_levels(desc); i++)
		unmap_level(desc, desc_level_at(desc, i));
	for (i = first; i < desc_levels(desc); i++)
		irqref_revmap_erase(desc_level_at(desc, i), desc);
}

/* Of one that is RESERVED: nobody else changes its flags. */
static void set_levels(struct irqref_desc *desc, uint32_t levels)
{
	st_rel(&desc->flags, (ld_rlx(&desc->flags) & ~F_LEVELS) | levels << F_LEVELS_SHIFT);
}

/* The map callback of level @index, whose slot is claimed; on failure nothing further in is left. */
int irqref_levels_map(struct irqref_desc *desc, uint32_t index, const void *arg)
{
	struct irqref_level *level = desc_level_at(desc, index);
	struct irqref_domain *domain = level->domain;
	int rc = IRQREF_OK;

	rank_none();
	if (domain->ops && domain->ops->map)
		rc = callback_error(domain->ops->map(desc, level, arg));
	else if (domain->parent)
		rc = irqref_map_parent(desc, level, level->hwirq, arg);
	if (!rc && (!level->chip || level->chip->flags & IRQREF_CHIP_SLEEPS)) {
		if (level->chip)
			rc = IRQREF_ERR_NOTSUP;
		else
			level->chip = &irqref_chip_none;
		if (rc)
			unmap_level(desc, level);
	}
	if (!rc)
		return IRQREF_OK;
	irqref_levels_unmap(desc, index + 1);
	set_levels(desc, index + 1);
	return rc;
}

int irqref_map_parent(struct irqref_desc *desc, struct irqref_level *level, irqref_hwirq_t hwirq,
                      const void *arg)
{
	struct irqref_level *next;
	uint32_t index;
	int rc;

	if (!desc || !level || !level->domain->parent || !desc->inner)
		return IRQREF_ERR_INVAL;
	index = level == &desc->level ? 0 : (uint32_t)(level - desc->inner->level) + 1;
	if (index >= desc->inner->capacity)
		return IRQREF_ERR_INVAL;
	next = &desc->inner->level[index];
	/* A level that is pushed finds its parent there. */
	if (desc_levels(desc) > index + 1)
		return ld_rlx(&desc->flags) & F_MOVING && next->hwirq == hwirq ? IRQREF_OK
		                                                               : IRQREF_ERR_INVAL;
	*next = (struct irqref_level){
	        .domain = level->domain->parent,
	        .hwirq = hwirq,
	        .chip = level->domain->parent->chip,
	};
	set_levels(desc, index + 2);
	rc = irqref_level_claim(desc, next, desc->inner->conflict);
	if (!rc) {
		rc = irqref_levels_map(desc, index + 1, arg);
		if (rc)
			irqref_revmap_erase(next, desc);
	}
	if (rc)
		set_levels(desc, index + 1);
	return rc;
}

/* ---------------------------------------------------------------- taking */

COLD int negotiate(struct irqref_space *space, struct get *get, struct irqref_desc *desc)
{
	unsigned int type = irqref_desc_type(desc);

	if (get->type == type)
		return IRQREF_OK;
	if (type == IRQREF_TYPE_NONE)
		return irqref_line_set_type(desc, get->type);
	irqref_conflict_fill(space, desc, get->conflict);
	return IRQREF_ERR_TYPE;
}

/* Which level of the mapping the get came through. */
HOT uint32_t level_of(struct irqref_desc *desc, const struct irqref_domain *domain)
{
	uint32_t level = 0;

	while (domain && level + 1 < desc_levels(desc) &&
	       unlikely(desc_level_at(desc, level)->domain != domain))
		level++;
	return level;
}

/* Under the consumer's lock: the slot at hand, or one of its cache, which has one. */
HOT struct ref *take_slot(struct irqref_space *space, struct get *get, struct consumer *consumer,
                          uint32_t *slot)
{
	struct ref *ref;

	*slot = get->slot ? get->slot : consumer->cache;
	ref = ref_at(space, *slot);
	if (likely(!get->slot)) {
		consumer->cache = ref->cnext;
		st_rlx(&consumer->cached, consumer->cached - 1u);
	}
	get->slot = 0;
	return ref;
}

/*
 * Under the locks of the consumer, which has a slot for it, and of the mapping: the reference gets
 * on both lists, and is counted.
 */
HOT void attach(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
                struct consumer *consumer)
{
	uint32_t slot, first = consumer->refs;
	struct ref *ref = take_slot(space, get, consumer, &slot);
	uint32_t *link = &desc->refs;

	st_rlx(&desc->word, ld_rlx(&desc->word) + 1u);
	get->virq = desc->virq;
	ref->virq = desc->virq;
	ref->next = 0;
	ref->handler = NULL;
	ref->cookie = NULL;
	*since_of(space, slot) = get->since;
	st_rlx(&ref->consumer, get->consumer.slot);
	ref->depth = 0;
	ref->level = (uint8_t)level_of(desc, get->domain);
	ref->flags = get->ref_flags;
	while (*link)
		link = &ref_at(space, *link)->next;
	*link = slot;
	ref->cprev = 0;
	ref->cnext = first;
	if (first)
		ref_at(space, first)->cprev = slot;
	consumer->refs = slot;
	consumer->gets++;
	get->ref = (struct irqref_ref){slot, ref->generation + 1u};
	st_rel(&ref->generation, get->ref.generation);
}

/* Under the lock of the mapping. */
static void attach_floating(struct get *get, struct irqref_desc *desc)
{
	get->virq = desc->virq;
	st_rlx(&desc->word, ld_rlx(&desc->word) | WORD_FLOATING);
}

/* The same for whoever is counted, of a mapping that is LIVE or about to be. */
HOT int count(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
              struct consumer *consumer)
{
	if (consumer && unlikely(desc_strong(desc) >= IRQREF_STRONG_LIMIT))
		return IRQREF_ERR_OVERFLOW;
	if (unlikely(get->type != IRQREF_TYPE_NONE)) {
		int rc = negotiate(space, get, desc);

		if (rc)
			return rc;
	}
	if (consumer)
		attach(space, get, desc, consumer);
	else
		attach_floating(get, desc);
	return IRQREF_OK;
}

static int come_alive(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
                      struct consumer *consumer)
{
	struct cold *cold = cold_of(desc);
	struct irqref_level *level;
	uint32_t i;
	int rc;

	rc = count(space, get, desc, consumer);
	if (rc)
		return rc;
	cold->owner = 0;
	/* It is @undone until here: a map callback may have gone another way after a refusal. */
	st_rlx(&cold->unhandled, 0u);
	if (get->fixed)
		flags_change(desc, 0, F_STATIC);
	desc_set_state(desc, IRQREF_LIVE);
	/* Before the lock is given back: who ends the mapping takes the tags away again. */
	for_each_level (desc, level, i)
		irqref_revmap_tag(level, desc, true);
	return rc;
}

/* Under both locks: where there is more to it than to count. */
COLD int take_slowly(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
                     struct consumer *consumer)
{
	switch (desc_state(desc)) {
	case IRQREF_RESERVED:
		return get->making ? come_alive(space, get, desc, consumer) : IRQREF_ERR_AGAIN;
	case IRQREF_LIVE:
		if (get->fresh)
			irqref_conflict_fill(space, desc, get->conflict);
		/* A removal that has begun ends or revokes it; nobody comes any more. */
		if (!domain_live(desc->level.domain))
			return IRQREF_ERR_REVOKED;
		/* Where it is alive again by now a polite removal was refused. */
		return get->fresh ? IRQREF_ERR_BUSY : count(space, get, desc, consumer);
	case IRQREF_REVOKED:
		/* Found by its hwirq it is just being revoked; by its number it may be for long. */
		return get->domain ? IRQREF_ERR_AGAIN : IRQREF_ERR_REVOKED;
	case IRQREF_DEAD:
		return IRQREF_ERR_NOENT;
	default:
		return IRQREF_ERR_AGAIN;
	}
}

HOT int take_locked(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
                    struct consumer *consumer)
{
	unsigned long flags = desc_lock(desc);
	int rc;

	if (likely(desc_state(desc) == IRQREF_LIVE) && likely(!get->fresh) &&
	    likely(domain_live(desc->level.domain)))
		rc = count(space, get, desc, consumer);
	else
		rc = take_slowly(space, get, desc, consumer);
	desc_unlock(desc, flags);
	return rc;
}

COLD int take_floating(struct irqref_space *space, struct get *get, struct irqref_desc *desc)
{
	return take_locked(space, get, desc, NULL);
}

/* Under its lock: whether the consumer is there, and has a slot for a reference. */
HOT int may_attach(const struct get *get, const struct consumer *consumer)
{
	if (unlikely(consumer->generation != get->consumer.generation))
		return IRQREF_ERR_NOENT;
	return likely(consumer->cache) || get->slot ? IRQREF_OK : IRQREF_NEED_SLOT;
}

static uint32_t now(const struct irqref_space *space)
{
	return space->port.now ? space->port.now(space->port.ctx) : 0;
}

HOT int mapping_take(struct irqref_space *space, struct get *get, struct irqref_desc *desc)
{
	struct consumer *consumer;
	unsigned long flags;
	int rc;

	if (unlikely(get->floating))
		return take_floating(space, get, desc);
	get->since = now(space);
	consumer = get->holder;
	flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	rc = may_attach(get, consumer);
	if (likely(!rc))
		rc = take_locked(space, get, desc, consumer);
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	return rc;
}

/* Counts an existing mapping for @get. In a read section, or by the owner of @desc. */
int irqref_mapping_take(struct irqref_space *space, struct get *get, struct irqref_desc *desc)
{
	return mapping_take(space, get, desc);
}

/* --------------------------------------------------------------- waiting */

enum claim {
	CLAIM_GONE,
	CLAIM_LIVE,
	CLAIM_TEARDOWN,
	CLAIM_WAIT,
	CLAIM_SELF,
};

static enum claim claim(struct irqref_space *space, struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	unsigned long flags = desc_lock(desc);
	enum irqref_state state = desc_state(desc);
	enum claim claimed = state == IRQREF_LIVE ? CLAIM_LIVE : CLAIM_GONE;

	if (state == IRQREF_RESERVED || state == IRQREF_DYING || state == IRQREF_REVOKED) {
		claimed = cold->owner == irqref_hot_self() ? CLAIM_SELF : CLAIM_WAIT;
		if (state == IRQREF_DYING && !cold->owner) {
			irqref_desc_adopt(space, desc);
			claimed = CLAIM_TEARDOWN;
		}
	}
	desc_unlock(desc, flags);
	return claimed;
}

/*
 * Where waiting is allowed: gets on with a mapping that is being made or torn down. A teardown
 * that nobody is at is done here.
 * Returns RETRY when there was something to wait for, 0 when there is not, DEADLK.
 */
int irqref_mapping_wait(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int attempt)
{
	struct irqref_space *space = domain->space;
	enum claim claimed = CLAIM_GONE;
	struct irqref_desc *desc;

	irqref_hot_read_lock();
	desc = revmap_raw(domain, hwirq);
	if (desc)
		claimed = claim(space, desc);
	irqref_hot_read_unlock();
	switch (claimed) {
	case CLAIM_TEARDOWN:
		irqref_teardown(space, desc);
		return IRQREF_RETRY;
	case CLAIM_WAIT:
		space->port.pause(space->port.ctx, attempt);
		return IRQREF_RETRY;
	case CLAIM_SELF:
		return IRQREF_ERR_DEADLK;
	default:
		return claimed == CLAIM_LIVE ? IRQREF_OK : IRQREF_RETRY;
	}
}

/* ---------------------------------------------------------------- making */

void irqref_inner_free(struct irqref_space *space, struct irqref_desc *desc)
{
	if (desc->inner)
		space->port.free(space->port.ctx, desc->inner, desc->inner->grave.size);
	desc->inner = NULL;
}

/* An array of the number's last life will do if it is large enough: nobody looks at it any more. */
static int inner_alloc(struct irqref_space *space, struct irqref_desc *desc,
                       struct irqref_conflict *conflict)
{
	uint32_t capacity = desc->level.domain->depth - 1u;
	struct inner *inner = desc->inner;

	if (!capacity)
		return IRQREF_OK;
	if (!inner || inner->capacity < capacity) {
		size_t size = sizeof(struct inner) + capacity * sizeof(struct irqref_level);

		inner = space->port.alloc(space->port.ctx, size, sizeof(uint64_t));
		if (!inner)
			return IRQREF_ERR_NOMEM;
		inner->grave.size = size;
		inner->capacity = capacity;
		irqref_inner_free(space, desc);
		desc->inner = inner;
	}
	inner->conflict = conflict;
	return IRQREF_OK;
}

static void begin(struct irqref_desc *desc, const struct get *get)
{
	struct irqref_domain *domain = get->domain;

	desc->level = (struct irqref_level){
	        .domain = domain,
	        .hwirq = get->hwirq,
	        .chip = domain->chip,
	};
	/* Nobody else changes the flags of a number that is RESERVED. */
	st_rel(&desc->flags,
	       ld_rlx(&desc->flags) | 1u << F_LEVELS_SHIFT | domain->flow << F_FLOW_SHIFT);
}

/* All levels are mapped: with its first holder counted it lives, and then everybody finds it. */
static int publish(struct irqref_space *space, struct irqref_desc *desc, struct get *get)
{
	int rc;

	if (desc->inner)
		desc->inner->conflict = NULL;
	get->making = true;
	do {
		rc = irqref_mapping_take(space, get, desc);
		/* The slot that the consumer had when we looked went to another get. */
		if (rc == IRQREF_NEED_SLOT) {
			rc = irqref_pool_take(space, &space->refs, &get->slot);
			if (!rc)
				rc = IRQREF_RETRY;
		}
	} while (rc == IRQREF_RETRY);
	get->making = false;
	return rc;
}

/*
 * Under the lock of the consumer (if any): makes a mapping of one level and no callbacks in one
 * step. On failure the number is given back, but for NEED_ROOM.
 */
HOT int create_locked(struct irqref_space *space, struct get *get, struct irqref_desc *desc,
                      struct consumer *consumer)
{
	unsigned long flags = desc_lock_new(desc);
	int rc;

	if (!desc->level.chip)
		desc->level.chip = &irqref_chip_none;
	/* There is no handler yet, so the chip is not asked and cannot refuse. */
	if (get->type)
		(void)irqref_line_set_type(desc, get->type);
	rc = irqref_revmap_publish(get->domain, get->hwirq, desc);
	if (rc == IRQREF_NEED_ROOM) {
		desc_unlock(desc, flags);
		return rc;
	}
	if (rc) {
		irqref_number_give_locked(space, desc, flags);
		return rc == IRQREF_ERR_EXIST ? IRQREF_RETRY : rc;
	}
	cold_of(desc)->owner = 0;
	if (get->fixed)
		flags_change(desc, 0, F_STATIC);
	if (consumer)
		attach(space, get, desc, consumer);
	else
		attach_floating(get, desc);
	desc_unlock(desc, flags);
	return IRQREF_OK;
}

/* Returns NEED_ROOM where the long way has to be taken. */
static int create_at_once(struct irqref_space *space, struct get *get, struct irqref_desc *desc)
{
	struct consumer *consumer;
	unsigned long flags;
	int rc;

	if (get->floating)
		return create_locked(space, get, desc, NULL);
	get->since = now(space);
	consumer = get->holder;
	flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	rc = may_attach(get, consumer) ? IRQREF_NEED_ROOM
	                               : create_locked(space, get, desc, consumer);
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	return rc;
}

/*
 * Makes the mapping on a number that the caller has taken; on failure gives it back. The inner
 * levels stay with the number: readers may still be looking, and its next life, which begins after
 * a grace period, can use them.
 */
int irqref_mapping_create(struct get *get, struct irqref_desc *desc)
{
	struct irqref_space *space = get->domain->space;
	int rc;

	begin(desc, get);
	if (get->domain->quiet && !get->domain->parent) {
		rc = create_at_once(space, get, desc);
		if (rc != IRQREF_NEED_ROOM)
			return rc;
	}
	/* It is already if it was published in vain: then others may have locked the word. */
	if (desc_state(desc) == IRQREF_DEAD)
		desc_set_state(desc, IRQREF_RESERVED);
	rc = inner_alloc(space, desc, get->conflict);
	if (rc)
		goto give_number;
	rc = irqref_level_claim(desc, &desc->level, get->conflict);
	if (rc)
		goto give_number;
	rc = irqref_levels_map(desc, 0, get->arg);
	if (rc)
		goto release_level;
	rc = publish(space, desc, get);
	if (rc)
		goto unmap_levels;
	return IRQREF_OK;

unmap_levels:
	irqref_levels_unmap(desc, 0);
	goto give_number;
release_level:
	irqref_revmap_erase(&desc->level, desc);
give_number:
	get->undone = cold_of(desc)->undone;
	irqref_number_give(space, desc);
	return rc;
}

static bool is_mapped(const struct get *get)
{
	bool mapped;

	irqref_hot_read_lock();
	mapped = revmap_raw(get->domain, get->hwirq) != NULL;
	irqref_hot_read_unlock();
	return mapped;
}

static int make(struct get *get)
{
	struct irqref_space *space = get->domain->space;
	struct irqref_desc *desc;
	int rc;

	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	if (!get->floating && !get->slot && !ld_rlx(&get->holder->cached)) {
		rc = irqref_pool_take(space, &space->refs, &get->slot);
		if (rc)
			return rc;
	}
	rc = get->virq ? irqref_number_take_at(space, get->virq, &desc)
	               : irqref_number_take(space, &desc);
	if (!rc)
		return irqref_mapping_create(get, desc);
	/* The last number may just have gone to another get of this very hwirq. */
	return is_mapped(get) ? IRQREF_RETRY : rc;
}

HOT int find_and_take(struct irqref_space *space, struct get *get)
{
	struct irqref_desc *desc;
	int rc = IRQREF_ERR_NOENT;
	bool found;

	irqref_hot_read_lock();
	desc = revmap_raw(get->domain, get->hwirq);
	found = desc != NULL;
	if (found)
		rc = mapping_take(space, get, desc);
	irqref_hot_read_unlock();
	/* NOENT of a mapping means that it has just ended; of the consumer, that it is gone. */
	if (unlikely(rc == IRQREF_ERR_NOENT) && found && !get->floating &&
	    !consumer_by(space, get->consumer))
		return IRQREF_ERR_NOENT;
	return rc == IRQREF_ERR_NOENT ? IRQREF_RETRY : rc;
}

/* What to do about @rc of find_and_take(). */
COLD int get_slowly(struct irqref_space *space, struct get *get, unsigned int attempt, int rc)
{
	switch (rc) {
	case IRQREF_NEED_SLOT:
		rc = irqref_pool_take(space, &space->refs, &get->slot);
		return rc ? rc : IRQREF_RETRY;
	case IRQREF_ERR_AGAIN:
		if (!can_wait(space))
			return rc;
		rc = irqref_mapping_wait(get->domain, get->hwirq, attempt);
		return rc ? rc : IRQREF_RETRY;
	default:
		return rc;
	}
}

static bool type_valid(unsigned int type)
{
	switch (type) {
	case IRQREF_TYPE_NONE:
	case IRQREF_TYPE_RISING:
	case IRQREF_TYPE_FALLING:
	case IRQREF_TYPE_BOTH:
	case IRQREF_TYPE_HIGH:
	case IRQREF_TYPE_LOW:
		return true;
	default:
		return false;
	}
}

int irqref_mapping_get(struct get *get)
{
	struct irqref_domain *domain = get->domain;
	struct irqref_space *space;
	unsigned int attempt = 0;
	int rc;

	if (!domain || !type_valid(get->type))
		return IRQREF_ERR_INVAL;
	space = domain->space;
	if (get->conflict)
		*get->conflict = (struct irqref_conflict){.virq = 0};
	rc = domain_usable(domain);
	if (likely(!rc) && unlikely(get->hwirq >= domain->max))
		rc = IRQREF_ERR_RANGE;
	if (likely(!rc) && likely(!get->floating)) {
		get->holder = consumer_by(space, get->consumer);
		if (unlikely(!get->holder))
			rc = IRQREF_ERR_NOENT;
	}
	while (!rc) {
		rc = find_and_take(space, get);
		if (likely(!rc))
			break;
		rc = rc == IRQREF_RETRY ? make(get) : get_slowly(space, get, attempt++, rc);
		if (rc == IRQREF_OK)
			break;
		if (rc == IRQREF_RETRY)
			rc = IRQREF_OK;
	}
	if (unlikely(get->slot))
		irqref_pool_give(space, &space->refs, get->slot);
	if (!rc)
		return rc;
	add_rlx(&space->refusals, 1u);
	if (rc == IRQREF_ERR_TYPE)
		irqref_event(space, IRQREF_EVENT_TYPE_CONFLICT, NULL, rc);
	return rc;
}
