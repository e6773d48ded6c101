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

	rank_enter(rank);
	while (unlikely(xchg_acq(lock, 1u)))
		irqref_hot_relax(attempt++);
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

/* The lock bit shares the word with what it protects; the store that says DEAD gives it back, too. */
INLINE unsigned long desc_lock(struct irqref_desc *desc)
{
	unsigned long flags = irqref_hot_irq_save();
	unsigned int attempt = 0;

	rank_enter(RANK_DESC);
	while (unlikely(bit_acq(&desc->word, WORD_LOCK)))
		irqref_hot_relax(attempt++);
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

/* The chunk of a handle that may be made up; NULL where no handle was ever given out. */
INLINE void *pool_chunk(const struct pool *pool, uint32_t slot, uint32_t generation)
{
	if (unlikely(slot - 1u >= pool->max) || unlikely(!(generation & 1u)))
		return NULL;
	return ld_acq(&pool->dir[CHUNK_OF(slot)]);
}

INLINE struct ref *ref_at(const struct irqref_space *space, uint32_t slot)
{
	return ref_in(space->refs.dir, slot);
}

/* What a handle stands for, if it is the one that its slot has now; else NULL. */
INLINE struct ref *ref_by(const struct irqref_space *space, struct irqref_ref handle)
{
	void *chunk = pool_chunk(&space->refs, handle.slot, handle.generation);
	struct ref *ref;

	if (unlikely(!chunk))
		return NULL;
	ref = ref_of(chunk, handle.slot);
	return likely(ld_acq(&ref->generation) == handle.generation) ? ref : NULL;
}

/* Under the lock of its descriptor: since when the reference of a slot is one. */
INLINE uint32_t *since_of(const struct irqref_space *space, uint32_t slot)
{
	uint32_t *chunk = ld_acq(&space->refs.dir[CHUNK_OF(slot)]);

	return &chunk[slot & CHUNK_MASK];
}

INLINE struct consumer *consumer_at(const struct irqref_space *space, uint32_t slot)
{
	struct consumer *chunk = ld_acq(&space->consumers.dir[CHUNK_OF(slot)]);

	return &chunk[slot & CHUNK_MASK];
}

/* As ref_by(). Under its lock the generation is to be looked at again. */
INLINE struct consumer *consumer_by(const struct irqref_space *space, struct irqref_consumer handle)
{
	struct consumer *chunk = pool_chunk(&space->consumers, handle.slot, handle.generation);
	struct consumer *consumer;

	if (unlikely(!chunk))
		return NULL;
	consumer = &chunk[handle.slot & CHUNK_MASK];
	return likely(ld_acq(&consumer->generation) == handle.generation) ? consumer : NULL;
}

INLINE bool can_wait(const struct irqref_space *space)
{
	return !irqref_hot_in_section() &&
	       (!space->port.may_wait || space->port.may_wait(space->port.ctx));
}
