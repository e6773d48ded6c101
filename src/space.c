/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces: made, counted, taken down.
 */
#include "internal.h"

#define MAX_IRQS         (1u << 26)
#define MAX_IRQS_DEFAULT (1u << 20)
#define MAX_REFS         (1u << 28)

static int check_config(const struct irqref_space_config *config)
{
	const struct irqref_port *port = &config->port;

	if (!port->alloc || !port->free || !port->synchronize || !port->pause)
		return IRQREF_ERR_INVAL;
	if (config->max_irqs > MAX_IRQS || config->max_refs > MAX_REFS ||
	    config->max_consumers > MAX_REFS || config->nr_cpus > NR_CPUS_MAX ||
	    port->nr_cpus > NR_CPUS_MAX || (config->nr_cpus && config->nr_cpus < port->nr_cpus))
		return IRQREF_ERR_INVAL;
	return IRQREF_OK;
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
	return value ? value : otherwise;
}

static size_t chunks_bytes(const struct irqref_space *space)
{
	return CHUNKS_OF(space->max_irqs) * sizeof(struct chunk *);
}

static void fill(struct irqref_space *space, const struct irqref_space_config *config)
{
	space->port = config->port;
	space->max_irqs = or_default(config->max_irqs, MAX_IRQS_DEFAULT);
	space->nr_cpus = or_default(config->nr_cpus, or_default(config->port.nr_cpus, 1));
	space->stuck_limit = or_default(config->stuck_limit, IRQREF_STUCK_DEFAULT);
	space->quarantine = or_default(config->quarantine, IRQREF_QUARANTINE_DEFAULT);
	if (space->quarantine == IRQREF_QUARANTINE_NONE)
		space->quarantine = 0;
	if (space->quarantine > space->max_irqs / 4u)
		space->quarantine = space->max_irqs / 4u;
	space->fresh = 1;
}

int irqref_space_create(const struct irqref_space_config *config, struct irqref_space **out)
{
	struct irqref_space *space;
	uint32_t refs;
	int rc;

	if (!config || !out)
		return IRQREF_ERR_INVAL;
	rc = check_config(config);
	if (rc)
		return rc;
	space = config->port.alloc(config->port.ctx, sizeof(*space), 64);
	if (!space)
		return IRQREF_ERR_NOMEM;
	fill(space, config);
	rc = IRQREF_ERR_NOMEM;
	space->chunks = space->port.alloc(space->port.ctx, chunks_bytes(space), sizeof(void *));
	if (!space->chunks)
		goto free_space;
	refs = space->max_irqs > MAX_REFS / 4u ? MAX_REFS : space->max_irqs * 4u;
	rc = irqref_pool_init(space, &space->refs, sizeof(struct ref), REFS_AHEAD,
	                      or_default(config->max_refs, refs));
	if (rc)
		goto free_chunks;
	rc = irqref_pool_init(space, &space->consumers, sizeof(struct consumer), 0,
	                      or_default(config->max_consumers, space->max_irqs));
	if (rc)
		goto free_refs;
	*out = space;
	return IRQREF_OK;

free_refs:
	irqref_pool_fini(space, &space->refs);
free_chunks:
	config->port.free(config->port.ctx, space->chunks, chunks_bytes(space));
free_space:
	config->port.free(config->port.ctx, space, sizeof(*space));
	return rc;
}

static bool consumers_left(const struct irqref_space *space)
{
	uint32_t slot;

	for (slot = 1; slot < space->consumers.fresh; slot++) {
		if (consumer_at(space, slot)->generation & 1u)
			return true;
	}
	return false;
}

static void free_tombs(struct irqref_space *space)
{
	while (space->tombs) {
		struct irqref_domain *domain = space->tombs;

		space->tombs = domain->next;
		irqref_name_drop(space, domain->name);
		space->port.free(space->port.ctx, domain, sizeof(*domain));
	}
}

static void free_chunks(struct irqref_space *space)
{
	size_t size = sizeof(struct chunk) + (size_t)space->nr_cpus * CHUNK_SIZE * sizeof(uint32_t);
	uint32_t i;

	for (i = 0; i < CHUNKS_OF(space->max_irqs); i++) {
		uint32_t n;

		if (!space->chunks[i])
			continue;
		for (n = 0; n < CHUNK_SIZE; n++)
			irqref_inner_free(space, &space->chunks[i]->desc[n]);
		space->port.free(space->port.ctx, space->chunks[i], size);
	}
	space->port.free(space->port.ctx, space->chunks, chunks_bytes(space));
}

int irqref_space_remove(struct irqref_space *space)
{
	struct irqref_port port;
	int rc = irqref_flush(space);

	if (rc)
		return rc;
	if (space->domains || consumers_left(space) || space->taken)
		return IRQREF_ERR_BUSY;
	irqref_grace_pass(space);
	port = space->port;
	free_tombs(space);
	free_chunks(space);
	irqref_pool_fini(space, &space->consumers);
	irqref_pool_fini(space, &space->refs);
	port.free(port.ctx, space, sizeof(*space));
	return IRQREF_OK;
}

/* All gets and puts. Those of a consumer that goes move to the space: then they are summed again. */
static void sum_up(struct irqref_space *space, struct irqref_stats *out)
{
	unsigned long flags;
	bool moved = true;
	uint32_t slot;

	while (moved) {
		uint64_t gone;

		flags = space_lock(space);
		gone = space->gets;
		out->gets = space->gets;
		out->puts = space->puts;
		space_unlock(space, flags);
		for (slot = 1; slot < ld_acq(&space->consumers.fresh); slot++) {
			struct consumer *consumer = consumer_at(space, slot);

			flags = spin_lock(&consumer->lock, RANK_CONSUMER);
			out->gets += consumer->gets;
			out->puts += consumer->puts;
			spin_unlock(&consumer->lock, RANK_CONSUMER, flags);
		}
		flags = space_lock(space);
		moved = space->gets != gone;
		space_unlock(space, flags);
	}
	out->references = (uint32_t)(out->gets - out->puts);
}

int irqref_space_stats(struct irqref_space *space, struct irqref_stats *out)
{
	unsigned long flags;
	uint32_t i;

	if (!space || !out)
		return IRQREF_ERR_INVAL;
	*out = (struct irqref_stats){
	        .handlers = ld_sc(&space->handlers),
	        .refusals = ld_rlx(&space->refusals),
	};
	for (i = 0; i < IRQREF_EVENT_KINDS; i++)
		out->events[i] = ld_rlx(&space->events[i]);
	flags = space_lock(space);
	out->resting = space->resting.length;
	out->mappings = space->taken - ld_sc(&space->ended);
	space_unlock(space, flags);
	sum_up(space, out);
	return IRQREF_OK;
}
