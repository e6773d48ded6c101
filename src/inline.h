/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small functions of the whole core: locks, words and flags, the way from a number to its memory.
 * Included by internal.h as static inline functions, or, where the core is compiled for size, once
 * by inline.c.
 */
INLINE unsigned long spin_lock(uint32_t *lock, uint32_t rank)
{
	unsigned long flags = irqref_hot_irq_save();
	unsigned int attempt = 0;
	uint32_t old = 0;

	rank_enter(rank);
	while (!cas_acq(lock, &old, 1u)) {
		irqref_hot_relax(attempt++);
		old = 0;
	}
	return flags;
}

INLINE void spin_unlock(uint32_t *lock, uint32_t rank, unsigned long flags)
{
	st_rel(lock, 0u);
	rank_leave(rank);
	irqref_hot_irq_restore(flags);
}

INLINE unsigned long space_lock(struct irqref_space *space)
{
	return spin_lock(&space->lock, RANK_SPACE);
}

INLINE void space_unlock(struct irqref_space *space, unsigned long flags)
{
	spin_unlock(&space->lock, RANK_SPACE, flags);
}

/* The lock bit shares the word with what it protects, so that a get is one CAS and one store. */
INLINE unsigned long desc_lock(struct irqref_desc *desc)
{
	unsigned long flags = irqref_hot_irq_save();
	unsigned int attempt = 0;
	uint32_t old = ld_rlx(&desc->word) & ~WORD_LOCK;

	rank_enter(RANK_DESC);
	while (!cas_acq(&desc->word, &old, old | WORD_LOCK)) {
		if (old & WORD_LOCK)
			irqref_hot_relax(attempt++);
		old &= ~WORD_LOCK;
	}
	return flags;
}

INLINE void desc_unlock(struct irqref_desc *desc, unsigned long flags)
{
	st_rel(&desc->word, ld_rlx(&desc->word) & ~WORD_LOCK);
	rank_leave(RANK_DESC);
	irqref_hot_irq_restore(flags);
}

/*
 * The same for who knows nothing but a number or a descriptor, and has no hold on its mapping; false
 * where there is none. A section is open until desc_unpin(). As the state is looked at in it first,
 * nobody has locked the descriptor, or is about to, once a grace period has passed since its
 * mapping was DEAD: reserve() and desc_lock_new() rely on that.
 */
INLINE bool desc_pin(struct irqref_desc *desc, unsigned long *flags)
{
	irqref_hot_read_lock();
	if (desc_state(desc) != IRQREF_DEAD) {
		*flags = desc_lock(desc);
		return true;
	}
	irqref_hot_read_unlock();
	return false;
}

/*
 * Locks the descriptor of a number that this caller has taken and nobody else knows of, so that it
 * is RESERVED from the first moment on which others may see it.
 */
INLINE unsigned long desc_lock_new(struct irqref_desc *desc)
{
	unsigned long flags = irqref_hot_irq_save();

	rank_enter(RANK_DESC);
	st_rel(&desc->word, (uint32_t)IRQREF_RESERVED << WORD_STATE_SHIFT | WORD_LOCK);
	return flags;
}

INLINE void desc_unpin(struct irqref_desc *desc, unsigned long flags)
{
	desc_unlock(desc, flags);
	irqref_hot_read_unlock();
}

/* ------------------------------------------------------- words and flags */

INLINE uint32_t desc_levels(const struct irqref_desc *desc)
{
	return flags_field(ld_acq(&desc->flags), F_LEVELS, F_LEVELS_SHIFT);
}

/* Clears and sets in one step; dispatch changes other bits at the same time. */
INLINE void flags_change(struct irqref_desc *desc, uint32_t clear, uint32_t set)
{
	uint32_t old = ld_rlx(&desc->flags);

	while (!cas_sc(&desc->flags, &old, (old & ~clear) | set))
		;
}

INLINE struct irqref_level *desc_level_at(struct irqref_desc *desc, uint32_t index)
{
	return index ? &desc->inner->level[index - 1] : &desc->level;
}

/* The descriptor of a number, in whatever state; NULL for one that was never used. */
INLINE struct irqref_desc *desc_of(const struct irqref_space *space, uint32_t virq)
{
	struct chunk *chunk;

	if (!virq || virq > space->max_irqs)
		return NULL;
	chunk = chunk_of(space, virq);
	return chunk ? &chunk->desc[virq & CHUNK_MASK] : NULL;
}

INLINE struct cold *cold_of(const struct irqref_desc *desc)
{
	return &desc_chunk(desc)->cold[desc->virq & CHUNK_MASK];
}

INLINE void *pool_at(const struct pool *pool, uint32_t slot)
{
	char *chunk = ld_acq(&pool->dir[CHUNK_OF(slot)]);

	return chunk + pool->ahead + (size_t)(slot & CHUNK_MASK) * pool->item;
}

/* Whether a handle is the one that its slot has now. */
INLINE bool pool_valid(const struct pool *pool, uint32_t slot, uint32_t generation)
{
	if (!slot || slot > pool->max || !(generation & 1u))
		return false;
	if (!ld_acq(&pool->dir[CHUNK_OF(slot)]))
		return false;
	return ld_acq(&((struct slot *)pool_at(pool, slot))->generation) == generation;
}

INLINE struct ref *ref_at(const struct irqref_space *space, uint32_t slot)
{
	return ref_in(space->refs.dir, slot);
}

/* Under the lock of its descriptor: since when the reference of a slot is one. */
INLINE uint32_t *since_of(const struct irqref_space *space, uint32_t slot)
{
	uint32_t *chunk = ld_acq(&space->refs.dir[CHUNK_OF(slot)]);

	return &chunk[slot & CHUNK_MASK];
}

INLINE struct consumer *consumer_at(const struct irqref_space *space, uint32_t slot)
{
	return pool_at(&space->consumers, slot);
}

INLINE bool can_wait(const struct irqref_space *space)
{
	return !irqref_hot_in_section() &&
	       (!space->port.may_wait || space->port.may_wait(space->port.ctx));
}
