/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consumers. Removing one first makes its handle dead, so that nothing is added any more, and then
 * drops its references one by one.
 */
#include "internal.h"

int irqref_consumer_add(struct irqref_space *space, const char *name, struct irqref_consumer *out)
{
	struct consumer *consumer;
	unsigned long flags;
	uint32_t slot;
	char *copy;
	int rc;

	if (!space || !name || !*name || !out)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	copy = irqref_name_dup(space, name);
	if (!copy)
		return IRQREF_ERR_NOMEM;
	rc = irqref_pool_take(space, &space->consumers, &slot);
	if (rc) {
		irqref_name_drop(space, copy);
		return rc;
	}
	consumer = consumer_at(space, slot);
	/* The slot is this caller's, but the counters of all slots are summed up at any time. */
	flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	consumer->name = copy;
	consumer->refs = 0;
	consumer->cache = 0;
	st_rlx(&consumer->cached, 0u);
	consumer->gets = 0;
	consumer->puts = 0;
	st_rel(&consumer->generation, consumer->generation + 1u);
	*out = (struct irqref_consumer){slot, consumer->generation};
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	return IRQREF_OK;
}

/* Returns whether the handle was alive. */
static bool end_handle(struct consumer *consumer, uint32_t generation)
{
	unsigned long flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	bool alive = consumer->generation == generation;

	if (alive)
		st_rel(&consumer->generation, generation + 1u);
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	return alive;
}

static void describe(struct irqref_space *space, uint32_t slot, struct irqref_entry *entry)
{
	struct irqref_desc *desc = desc_of(space, ref_at(space, slot)->virq);
	unsigned long flags = desc_lock(desc);

	irqref_entry_ref(space, desc, slot, entry);
	desc_unlock(desc, flags);
}

/* Drops one reference; returns false when there is none left. */
static bool drop_one(struct irqref_space *space, struct consumer *consumer, uint32_t at,
                     irqref_report_fn *report, void *ctx)
{
	unsigned long flags = spin_lock(&consumer->lock, RANK_CONSUMER);
	uint32_t slot = consumer->refs;
	struct irqref_entry entry;
	struct drop drop;

	if (!slot) {
		spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
		return false;
	}
	if (report)
		describe(space, slot, &entry);
	irqref_ref_detach(space, consumer, slot, true, &drop);
	spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
	irqref_event(space, IRQREF_EVENT_LEAKED, NULL, IRQREF_OK);
	irqref_ref_finish(space, &drop, at, true);
	if (report)
		report(ctx, &entry);
	return true;
}

/*
 * The table of references is full: takes back the free slots that consumers keep for their next
 * gets. Returns whether there were any. The cache of one that is being removed is left to that.
 */
bool irqref_caches_drain(struct irqref_space *space)
{
	bool any = false;
	uint32_t at;

	for (at = 1; at < ld_acq(&space->consumers.fresh); at++) {
		struct consumer *consumer = consumer_at(space, at);
		unsigned long flags = spin_lock(&consumer->lock, RANK_CONSUMER);
		uint32_t slot = 0;

		if (consumer->generation & 1u) {
			slot = consumer->cache;
			consumer->cache = 0;
			st_rlx(&consumer->cached, 0u);
		}
		spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
		while (slot) {
			uint32_t next = ref_at(space, slot)->cnext;

			irqref_pool_give(space, &space->refs, slot);
			slot = next;
			any = true;
		}
	}
	return any;
}

/* Nobody has a handle or a reference any more. */
static void give_back(struct irqref_space *space, struct consumer *consumer, uint32_t at)
{
	unsigned long outer = spin_lock(&consumer->lock, RANK_CONSUMER);
	unsigned long flags = space_lock(space);
	char *name = consumer->name;

	while (consumer->cache) {
		uint32_t slot = consumer->cache;

		consumer->cache = ref_at(space, slot)->cnext;
		irqref_pool_give_locked(&space->refs, slot);
	}
	space->gets += consumer->gets;
	space->puts += consumer->puts;
	consumer->gets = 0;
	consumer->puts = 0;
	consumer->name = NULL;
	irqref_pool_give_locked(&space->consumers, at);
	space_unlock(space, flags);
	spin_unlock(&consumer->lock, RANK_CONSUMER, outer);
	irqref_name_drop(space, name);
}

int irqref_consumer_remove(struct irqref_space *space, struct irqref_consumer consumer,
                           irqref_report_fn *report, void *ctx)
{
	struct consumer *at;
	int held = 0;

	if (!space || !consumer.slot)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	rank_none();
	at = consumer_by(space, consumer);
	if (!at || !end_handle(at, consumer.generation))
		return IRQREF_ERR_STALE;
	while (drop_one(space, at, consumer.slot, report, ctx))
		held++;
	give_back(space, at, consumer.slot);
	return held;
}

int irqref_consumer_name(struct irqref_space *space, struct irqref_consumer consumer, char *buf,
                         size_t size)
{
	struct consumer *at;
	unsigned long flags;
	int rc = IRQREF_OK;

	if (!space || !consumer.slot || !buf || !size)
		return IRQREF_ERR_INVAL;
	at = consumer_by(space, consumer);
	if (!at)
		return IRQREF_ERR_STALE;
	flags = spin_lock(&at->lock, RANK_CONSUMER);
	if (at->generation == consumer.generation)
		irqref_name_copy(buf, at->name, size);
	else
		rc = IRQREF_ERR_STALE;
	spin_unlock(&at->lock, RANK_CONSUMER, flags);
	return rc;
}
