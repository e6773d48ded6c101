/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt numbers. A number that was never used comes from above; a freed one rests first, in a
 * queue through the descriptors themselves. irqref_number_give() is the only place that frees one.
 */
#include "internal.h"

/* A number that is or was used, or was passed over: it has a descriptor. */
static struct irqref_desc *known(const struct irqref_space *space, uint32_t virq)
{
	return &chunk_of(space, virq)->desc[virq & CHUNK_MASK];
}

/*
 * On and off the queues under the space lock. The flags of a number without a mapping have no other
 * writer: its line is closed or was never open, and F_UNRELEASED is taken away before it is rested.
 */
HOT void queue_push(struct irqref_space *space, struct queue *queue, struct irqref_desc *desc)
{
	REST_NEXT(desc) = 0;
	REST_PREV(desc) = queue->tail;
	if (queue->tail)
		REST_NEXT(known(space, queue->tail)) = desc->virq;
	else
		queue->head = desc->virq;
	queue->tail = desc->virq;
	queue->length++;
	st_rel(&desc->flags, ld_rlx(&desc->flags) | F_QUEUED);
}

static void queue_remove(struct irqref_space *space, struct queue *queue, struct irqref_desc *desc)
{
	if (REST_PREV(desc))
		REST_NEXT(known(space, REST_PREV(desc))) = REST_NEXT(desc);
	else
		queue->head = REST_NEXT(desc);
	if (REST_NEXT(desc))
		REST_PREV(known(space, REST_NEXT(desc))) = REST_PREV(desc);
	else
		queue->tail = REST_PREV(desc);
	queue->length--;
	st_rel(&desc->flags, ld_rlx(&desc->flags) & ~F_QUEUED);
}

HOT bool rested(const struct irqref_space *space, const struct irqref_desc *desc)
{
	return !(ld_acq(&desc->flags) & F_UNRELEASED) && grace_over(space, cold_of(desc)->stamp);
}

/*
 * A descriptor that this caller took off its queue starts its life. It is nobody else's, without a
 * lock, until irqref_mapping_create() makes it RESERVED: whoever has a stale number in hand looks at
 * the state in a read section, and locks the word in the same section only if it is not DEAD
 * (desc_pin()); and since it was DEAD a grace period has passed. The line's count goes on from the
 * last one, so that who still waits for a run of the last life to end sees a change.
 */
HOT void reserve(struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);

	desc->handlers = 0;
	desc->refs = 0;
	cold->depth = 0;
	cold->cpu = 0;
	st_rlx(&cold->unhandled, 0u);
	st_rlx(&cold->owner, irqref_hot_self());
	st_rlx(&desc->line, (ld_rlx(&desc->line) & ~(LINE_SEQ - 1u)) + LINE_SEQ);
	/* Of no type yet: an edge that comes during a run counts. */
	st_rlx(&desc->flags, F_IDLE | F_TRACK);
}

/* Under the lock: the chunk of the next fresh number is there. */
static struct irqref_desc *take_fresh(struct irqref_space *space)
{
	uint32_t virq = space->fresh;
	struct irqref_desc *desc = known(space, virq);

	desc->virq = virq;
	st_rel(&space->fresh, virq + 1u);
	return desc;
}

static int add_chunk(struct irqref_space *space, uint32_t index)
{
	size_t size = sizeof(struct chunk) + (size_t)space->nr_cpus * CHUNK_SIZE * sizeof(uint32_t);
	struct chunk *chunk = space->port.alloc(space->port.ctx, size, 64);
	unsigned long flags;

	if (!chunk)
		return IRQREF_ERR_NOMEM;
	flags = space_lock(space);
	if (!space->chunks[index]) {
		st_rel(&space->chunks[index], chunk);
		chunk = NULL;
	}
	space_unlock(space, flags);
	if (chunk)
		space->port.free(space->port.ctx, chunk, size);
	return IRQREF_OK;
}

/* What one look at the tables can end in. */
enum look {
	LOOK_TAKEN,
	LOOK_CUT,   /* the same, before its rest was over */
	LOOK_GROW,  /* the next fresh number has no descriptor yet */
	LOOK_GRACE, /* the oldest resting number waits for a grace period */
	LOOK_EMPTY,
};

/* Under the lock. */
HOT void took(struct irqref_space *space, const struct irqref_desc *desc)
{
	space->taken++;
	if (unlikely(desc->inner))
		st_rlx(&space->inners, space->inners - 1u);
}

static enum look look_resting(struct irqref_space *space, bool cut, struct irqref_desc **out)
{
	struct irqref_desc *desc = known(space, space->resting.head);

	if (!rested(space, desc))
		return LOOK_GRACE;
	if (space->unreleased == desc->virq)
		space->unreleased = REST_NEXT(desc);
	queue_remove(space, &space->resting, desc);
	*out = desc;
	return cut ? LOOK_CUT : LOOK_TAKEN;
}

static enum look look(struct irqref_space *space, bool no_memory, struct irqref_desc **out)
{
	if (space->resting.length > space->quarantine)
		return look_resting(space, false, out);
	if (space->spare.length) {
		*out = known(space, space->spare.head);
		queue_remove(space, &space->spare, *out);
		return LOOK_TAKEN;
	}
	if (space->fresh <= space->max_irqs && !no_memory) {
		if (!space->chunks[CHUNK_OF(space->fresh)])
			return LOOK_GROW;
		*out = take_fresh(space);
		return LOOK_TAKEN;
	}
	if (space->resting.length)
		return look_resting(space, true, out);
	return LOOK_EMPTY;
}

/* After the first attempt another context is just running a release callback. */
static void wait_rested(struct irqref_space *space, unsigned int attempt)
{
	irqref_grace_pass(space);
	irqref_reap(space);
	if (attempt)
		space->port.pause(space->port.ctx, attempt);
}

/*
 * How often a full table is looked at again while mappings in it are just being torn down. An end,
 * because one of them may be the caller's own, or wait for a flush.
 */
#define PATIENCE 20000u

/* Not counted, since hardly anybody asks. Begins at @at, where there was one the last time. */
static bool any_dying(struct irqref_space *space, uint32_t *at)
{
	uint32_t fresh = ld_acq(&space->fresh);
	uint32_t left;

	for (left = fresh; left; left--, (*at)++) {
		if (*at >= fresh)
			*at = 1;
		if (*at < fresh && desc_state(known(space, *at)) == IRQREF_DYING)
			return true;
	}
	return false;
}

/* Where a look does not do at once. */
COLD int take_slowly(struct irqref_space *space, struct irqref_desc **out)
{
	unsigned int attempt = 0;
	bool no_memory = false;
	bool dying = true;
	uint32_t at = 1;

	for (;;) {
		unsigned long flags = space_lock(space);
		uint32_t fresh = space->fresh;
		enum look found = look(space, no_memory, out);

		if (found == LOOK_TAKEN || found == LOOK_CUT)
			took(space, *out);
		space_unlock(space, flags);
		switch (found) {
		case LOOK_CUT:
			irqref_event(space, IRQREF_EVENT_QUARANTINE_CUT, NULL, IRQREF_OK);
			/* fall through */
		case LOOK_TAKEN:
			reserve(*out);
			return IRQREF_OK;
		case LOOK_GROW:
			no_memory = add_chunk(space, CHUNK_OF(fresh)) != IRQREF_OK;
			break;
		case LOOK_GRACE:
			wait_rested(space, attempt++);
			break;
		case LOOK_EMPTY:
			if (!dying || attempt >= PATIENCE)
				return no_memory ? IRQREF_ERR_NOMEM : IRQREF_ERR_NOSPC;
			/* Before the last look: a number that was given back by then is seen by it. */
			dying = any_dying(space, &at);
			if (dying)
				space->port.pause(space->port.ctx, attempt++);
			break;
		}
	}
}

/* Under the lock: the oldest resting number if it has rested, and not alone; else NULL. */
HOT struct irqref_desc *take_rested(struct irqref_space *space)
{
	struct queue *queue = &space->resting;
	struct irqref_desc *desc;

	if (unlikely(queue->length <= space->quarantine) || unlikely(queue->length == 1u))
		return NULL;
	desc = known(space, queue->head);
	if (unlikely(!rested(space, desc)) || unlikely(space->unreleased == desc->virq))
		return NULL;
	queue->head = REST_NEXT(desc);
	REST_PREV(known(space, queue->head)) = 0;
	queue->length--;
	st_rel(&desc->flags, ld_rlx(&desc->flags) & ~F_QUEUED);
	took(space, desc);
	return desc;
}

int irqref_number_take(struct irqref_space *space, struct irqref_desc **out)
{
	unsigned long flags = space_lock(space);
	struct irqref_desc *desc = take_rested(space);

	space_unlock(space, flags);
	if (unlikely(!desc))
		return take_slowly(space, out);
	reserve(desc);
	*out = desc;
	return IRQREF_OK;
}

/* Under the lock: numbers below @virq that were never used become spare. */
static bool pass_over(struct irqref_space *space, uint32_t virq)
{
	while (space->fresh < virq) {
		struct irqref_desc *desc;

		if (!space->chunks[CHUNK_OF(space->fresh)])
			return false;
		desc = take_fresh(space);
		flags_change(desc, 0, F_SPARE);
		queue_push(space, &space->spare, desc);
	}
	return space->chunks[CHUNK_OF(virq)] != NULL;
}

static enum look look_at(struct irqref_space *space, uint32_t virq, struct irqref_desc **out)
{
	struct irqref_desc *desc;
	uint32_t flags;

	if (virq >= space->fresh) {
		if (!pass_over(space, virq))
			return LOOK_GROW;
		*out = take_fresh(space);
		return LOOK_TAKEN;
	}
	desc = known(space, virq);
	flags = ld_acq(&desc->flags);
	if (!(flags & F_QUEUED))
		return LOOK_EMPTY;
	if (!(flags & F_SPARE) && !rested(space, desc))
		return LOOK_GRACE;
	if (space->unreleased == virq)
		space->unreleased = REST_NEXT(desc);
	queue_remove(space, flags & F_SPARE ? &space->spare : &space->resting, desc);
	*out = desc;
	return LOOK_TAKEN;
}

int irqref_number_take_at(struct irqref_space *space, uint32_t virq, struct irqref_desc **out)
{
	unsigned int attempt = 0;

	for (;;) {
		unsigned long flags = space_lock(space);
		uint32_t fresh = space->fresh;
		enum look found = look_at(space, virq, out);
		uint32_t index = CHUNK_OF(fresh);

		if (found == LOOK_TAKEN || found == LOOK_CUT)
			took(space, *out);
		while (found == LOOK_GROW && space->chunks[index])
			index++;
		space_unlock(space, flags);
		switch (found) {
		case LOOK_CUT:
		case LOOK_TAKEN:
			reserve(*out);
			return IRQREF_OK;
		case LOOK_GROW:
			if (add_chunk(space, index) != IRQREF_OK)
				return IRQREF_ERR_NOMEM;
			break;
		case LOOK_GRACE:
			wait_rested(space, attempt++);
			break;
		case LOOK_EMPTY:
			return IRQREF_ERR_BUSY;
		}
	}
}

/*
 * Under the lock of the mapping, which ends here. It is given back before the space's is: who takes
 * the number off the queue has the word to himself.
 */
void irqref_number_give_locked(struct irqref_space *space, struct irqref_desc *desc,
                               unsigned long flags)
{
	unsigned long inner = space_lock(space);

	cold_of(desc)->stamp = grace_stamp(space);
	queue_push(space, &space->resting, desc);
	space->taken--;
	if (unlikely(desc->inner))
		st_rlx(&space->inners, space->inners + 1u);
	if (unlikely(ld_rlx(&desc->flags) & F_UNRELEASED) && !space->unreleased)
		space->unreleased = desc->virq;
	st_rel(&desc->word, (uint32_t)IRQREF_DEAD << WORD_STATE_SHIFT);
	rank_leave(RANK_DESC);
	space_unlock(space, inner);
	irqref_hot_irq_restore(flags);
}

void irqref_number_give(struct irqref_space *space, struct irqref_desc *desc)
{
	irqref_number_give_locked(space, desc, desc_lock(desc));
}

/* The inner levels that a resting number keeps for its next life, when nobody looks at them. */
static struct inner *take_inner(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned long flags = space_lock(space);
	struct inner *inner = NULL;

	if (ld_rlx(&desc->flags) & F_QUEUED && desc->inner && rested(space, desc)) {
		inner = desc->inner;
		desc->inner = NULL;
		st_rlx(&space->inners, space->inners - 1u);
	}
	space_unlock(space, flags);
	return inner;
}

void irqref_number_trim(struct irqref_space *space)
{
	uint32_t virq;

	for (virq = 1; ld_rlx(&space->inners) && virq < ld_acq(&space->fresh); virq++) {
		struct irqref_desc *desc = known(space, virq);
		struct inner *inner = NULL;

		if (ld_acq(&desc->flags) & F_QUEUED)
			inner = take_inner(space, desc);
		if (inner)
			space->port.free(space->port.ctx, inner, inner->grave.size);
	}
}
