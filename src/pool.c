/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pools of type-stable slots: memory that once was a reference or a consumer is never anything
 * else until the space goes, so that a stale handle can always be looked at, and refused.
 *
 * The first two words of every item are its generation and the link of the list it is on. The
 * generation is odd while the slot is used. A slot whose generation would come back to 0 is
 * retired: it is put on no list again.
 */
#include "internal.h"

static uint32_t pool_chunks(const struct pool *pool)
{
	return CHUNKS_OF(pool->max);
}

/* The last chunk ends with the last slot; place 0 of a chunk is its 64th slot's. */
static size_t chunk_bytes(const struct pool *pool, uint32_t index)
{
	uint32_t slots = pool->max - index * CHUNK_SIZE;
	uint32_t places = slots < CHUNK_SIZE ? slots + 1u : CHUNK_SIZE;

	return pool->ahead + (size_t)places * pool->item;
}

/* @ahead: the bytes of a chunk's words for its slots, or 0. */
int irqref_pool_init(struct irqref_space *space, struct pool *pool, uint16_t item, uint16_t ahead,
                     uint32_t max)
{
	pool->item = item;
	pool->ahead = ahead;
	pool->max = max;
	pool->fresh = 1;
	pool->free = 0;
	pool->dir = space->port.alloc(space->port.ctx, pool_chunks(pool) * sizeof(*pool->dir),
	                              sizeof(*pool->dir));
	return pool->dir ? IRQREF_OK : IRQREF_ERR_NOMEM;
}

void irqref_pool_fini(struct irqref_space *space, struct pool *pool)
{
	uint32_t i;

	if (!pool->dir)
		return;
	for (i = 0; i < pool_chunks(pool) && pool->dir[i]; i++)
		space->port.free(space->port.ctx, pool->dir[i], chunk_bytes(pool, i));
	space->port.free(space->port.ctx, pool->dir, pool_chunks(pool) * sizeof(*pool->dir));
}

/* Under the space lock. Chunks are made in order, so a directory never has a gap. */
static bool take_locked(struct pool *pool, uint32_t *slot)
{
	if (pool->free) {
		*slot = pool->free;
		pool->free = ((struct slot *)pool_at(pool, *slot))->next;
		return true;
	}
	if (pool->fresh > pool->max || !pool->dir[CHUNK_OF(pool->fresh)])
		return false;
	*slot = pool->fresh;
	st_rlx(&((struct slot *)pool_at(pool, *slot))->generation, 2u);
	st_rel(&pool->fresh, *slot + 1u);
	return true;
}

static int grow(struct irqref_space *space, struct pool *pool)
{
	uint32_t fresh = ld_acq(&pool->fresh);
	uint32_t index = CHUNK_OF(fresh);
	unsigned long flags;
	void *chunk;
	size_t size;

	/* Others have taken the last slot meanwhile. */
	if (fresh > pool->max)
		return IRQREF_OK;
	size = chunk_bytes(pool, index);
	chunk = space->port.alloc(space->port.ctx, size, sizeof(uint64_t));
	if (!chunk)
		return IRQREF_ERR_NOMEM;
	flags = space_lock(space);
	if (!pool->dir[index]) {
		st_rel(&pool->dir[index], chunk);
		chunk = NULL;
	}
	space_unlock(space, flags);
	if (chunk)
		space->port.free(space->port.ctx, chunk, size);
	return IRQREF_OK;
}

int irqref_pool_take(struct irqref_space *space, struct pool *pool, uint32_t *slot)
{
	bool reaped = false;

	for (;;) {
		unsigned long flags = space_lock(space);
		bool taken = take_locked(pool, slot);
		bool full = pool->fresh > pool->max;
		uint32_t limbo = space->limbo_length;

		space_unlock(space, flags);
		if (taken)
			return IRQREF_OK;
		if (!can_wait(space))
			return IRQREF_ERR_AGAIN;
		/* First what needs no memory where much of it is at hand, then memory, then the rest. */
		if (!reaped && limbo >= CHUNK_SIZE)
			goto reap;
		if (!full && grow(space, pool) == IRQREF_OK)
			continue;
		if (!reaped && limbo)
			goto reap;
		if (pool != &space->refs || !irqref_caches_drain(space))
			return full ? IRQREF_ERR_NOSPC : IRQREF_ERR_NOMEM;
		continue;
	reap:
		irqref_grace_pass(space);
		irqref_reap(space);
		reaped = true;
	}
}

void irqref_pool_give_locked(struct pool *pool, uint32_t slot)
{
	struct slot *head = pool_at(pool, slot);

	if (!ld_rlx(&head->generation))
		return;
	head->next = pool->free;
	pool->free = slot;
}

void irqref_pool_give(struct irqref_space *space, struct pool *pool, uint32_t slot)
{
	unsigned long flags = space_lock(space);

	irqref_pool_give_locked(pool, slot);
	space_unlock(space, flags);
}
