/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recording chip, and the hardware behind it: what is masked is not delivered, a masked edge is
 * latched. The hardware raises nothing while the library is being told something; what a chip
 * callback would set off is queued and done when the statement's call has returned.
 */
#include "replay.h"

#include <stdlib.h>

static uint32_t hash(irqref_hwirq_t hwirq)
{
	return (uint32_t)((hwirq * 0x9e3779b97f4a7c15u) >> 32);
}

struct replay_line *replay_line_find(const struct replay_domain *d, irqref_hwirq_t hwirq)
{
	struct replay_line *line;

	if (d->nr_buckets == 0)
		return NULL;
	line = d->buckets[hash(hwirq) & (d->nr_buckets - 1)];
	while (line && line->hwirq != hwirq)
		line = line->next;
	return line;
}

static void grow(struct replay_domain *d)
{
	uint32_t old = d->nr_buckets, size = old ? old * 2 : 16;
	struct replay_line **buckets = tool_zalloc(size, sizeof(struct replay_line *));

	for (uint32_t i = 0; i < old; i++) {
		while (d->buckets[i]) {
			struct replay_line *line = d->buckets[i];
			uint32_t at = hash(line->hwirq) & (size - 1);

			d->buckets[i] = line->next;
			line->next = buckets[at];
			buckets[at] = line;
		}
	}
	free(d->buckets);
	d->buckets = buckets;
	d->nr_buckets = size;
}

struct replay_line *replay_line_get(struct replay_domain *d, irqref_hwirq_t hwirq)
{
	struct replay_line *line = replay_line_find(d, hwirq);
	uint32_t at;

	if (line)
		return line;
	if (d->nr_lines >= d->nr_buckets)
		grow(d);
	line = tool_zalloc(1, sizeof(*line));
	line->domain = d;
	line->hwirq = hwirq;
	at = hash(hwirq) & (d->nr_buckets - 1);
	line->next = d->buckets[at];
	d->buckets[at] = line;
	d->nr_lines++;
	return line;
}

static void add_line(struct replay_line ***list, size_t *count, size_t *room,
                     struct replay_line *line)
{
	if (*count == *room) {
		*room = *room ? *room * 2 : 16;
		*list = tool_realloc(*list, *room * sizeof(struct replay_line *));
	}
	(*list)[(*count)++] = line;
}

/* ------------------------------------------------------------ callbacks */

static struct replay_line *line_of(const struct irqref_level *level)
{
	return replay_line_get(irqref_domain_data(level->domain), level->hwirq);
}

static int record_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct replay_domain *d = irqref_domain_data(level->domain);
	struct replay_line *line = line_of(level), *outer = d->run->mapping;
	int err = 0;

	if (d->run->map_countdown && --d->run->map_countdown == 0)
		return IRQREF_ERR_REFUSED;
	if (d->refuses && d->refuse == level->hwirq)
		return IRQREF_ERR_REFUSED;
	if (irqref_domain_parent(level->domain)) {
		d->run->mapping = line;
		err = irqref_map_parent(desc, level, level->hwirq, arg);
		d->run->mapping = outer;
	}
	if (err)
		return err;
	line->maps++;
	line->outer = outer;
	if (outer)
		outer->inner = line;
	return 0;
}

static void set_pending(struct replay_line *line, bool pending)
{
	if (line->pending == pending)
		return;
	line->pending = pending;
	line->domain->nr_pending += pending ? 1u : UINT32_MAX;
}

static void forget(struct replay_line *line)
{
	line->latched = false;
	set_pending(line, false);
}

static void record_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct replay_line *line = line_of(level);

	(void)desc;
	line->unmaps++;
	if (line->outer)
		line->outer->inner = NULL;
	if (line->inner)
		line->inner->outer = NULL;
	line->outer = NULL;
	line->inner = NULL;
	forget(line);
}

static void record_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct replay_line *line = line_of(level);

	line->unmasked = false;
	line->domain->run->forwarding++;
	irqref_parent_mask(desc, level);
	line->domain->run->forwarding--;
}

static bool asserts(const struct replay_line *line)
{
	return line->child && line->child->nr_pending;
}

static void record_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct replay_line *line = line_of(level);
	struct replay *run = line->domain->run;

	line->unmasked = true;
	run->forwarding++;
	irqref_parent_unmask(desc, level);
	run->forwarding--;
	if (run->forwarding || line->queued)
		return;
	if (line->latched || asserts(line)) {
		line->queued = true;
		add_line(&run->queue, &run->nr_queue, &run->room_queue, line);
	}
}

static void record_ack(struct irqref_desc *desc, struct irqref_level *level)
{
	irqref_parent_ack(desc, level);
}

static void record_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	irqref_parent_eoi(desc, level);
}

static bool is_edge(unsigned int type)
{
	return type != IRQREF_TYPE_NONE && (type & ~(unsigned int)IRQREF_TYPE_BOTH) == 0;
}

static int record_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	int err;

	err = irqref_desc_set_flow(desc, is_edge(type) ? IRQREF_FLOW_EDGE : IRQREF_FLOW_LEVEL);
	return err ? err : irqref_parent_set_type(desc, level, type);
}

static const struct irqref_domain_ops record_ops = {
        .map = record_map,
        .unmap = record_unmap,
};

/* A board's controllers read their cells in their own way. */
static const struct irqref_domain_ops board_ops = {
        .translate = replay_board_translate,
        .map = record_map,
        .unmap = record_unmap,
};

static const struct irqref_chip record_chip = {
        .name = "recorder",
        .mask = record_mask,
        .unmask = record_unmask,
        .ack = record_ack,
        .eoi = record_eoi,
        .set_type = record_set_type,
};

/* -------------------------------------------------------------- domains */

int replay_domain_add(struct replay *run, struct irqref_domain_config *config,
                      struct replay_domain **out)
{
	struct replay_domain *d = tool_zalloc(1, sizeof(*d));
	int err;

	d->run = run;
	config->ops = config->node ? &board_ops : &record_ops;
	config->chip = &record_chip;
	config->flow = IRQREF_FLOW_SIMPLE;
	config->data = d;
	err = irqref_domain_add(run->space, config, &d->domain);
	if (err) {
		free(d);
		return err;
	}
	d->name = tool_strdup(config->name);
	d->next = run->domains;
	run->domains = d;
	*out = d;
	return 0;
}

void replay_domain_forget(struct replay_domain *d)
{
	for (uint32_t i = 0; i < d->nr_buckets; i++) {
		while (d->buckets[i]) {
			struct replay_line *line = d->buckets[i];

			d->buckets[i] = line->next;
			free(line);
		}
	}
	free(d->buckets);
	free(d->name);
	free(d);
}

/* ------------------------------------------------------------- hardware */

static struct replay_line *outermost(struct replay_line *line)
{
	while (line->outer)
		line = line->outer;
	return line;
}

/* The number and the trigger type of what is mapped there; 0 for nothing. */
static irqref_virq_t look(const struct replay_line *line, unsigned int *type)
{
	struct irqref_domain *domain = replay_handle(line->domain);
	const struct irqref_desc *desc;
	irqref_virq_t virq;

	irqref_read_lock();
	desc = domain ? irqref_find(domain, line->hwirq) : NULL;
	virq = irqref_desc_virq(desc);
	*type = desc ? irqref_desc_type(desc) : IRQREF_TYPE_NONE;
	irqref_read_unlock();
	return virq;
}

static bool has_handler(struct replay *run, irqref_virq_t virq)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (irqref_ledger_next(run->space, &cursor, &entry) > 0) {
		if (entry.virq == virq && entry.handler)
			return true;
	}
	return false;
}

static bool raise_line(struct replay *run, struct replay_line *line);

/* The level at which a demultiplexer stands between this line and the CPU, or NULL. */
static struct replay_line *chained_level(struct replay_line *line)
{
	while (line->inner)
		line = line->inner;
	while (line && !line->domain->upstream)
		line = line->outer;
	return line;
}

/*
 * An unmasked line is raised: dispatches it, through the line its domain is chained to. Returns
 * whether the CPU was told.
 */
static bool deliver(struct replay *run, struct replay_line *line, bool edge)
{
	struct replay_line *level = chained_level(line), *up;
	unsigned int type;
	bool told;

	if (!level) {
		if (replay_handle(line->domain))
			irqref_dispatch(line->domain->domain, line->hwirq);
		return true;
	}
	if (!level->domain->demultiplexed)
		return false;
	set_pending(level, true);
	up = level->domain->upstream;
	told = raise_line(run, up);
	/*
	 * A level that ends unseen leaves nothing behind. An edge waits in its own controller, and
	 * then so does the line of every controller that it comes through.
	 */
	if (!told && !edge && !asserts(level) && !(look(up, &type) && outermost(up)->latched))
		set_pending(level, false);
	return told;
}

/* Returns whether it was dispatched. */
static bool raise_line(struct replay *run, struct replay_line *line)
{
	struct replay_line *outer = outermost(line);
	unsigned int type;
	irqref_virq_t virq = look(line, &type);

	if (virq == 0)
		return false;
	if (outer->unmasked)
		return deliver(run, line, is_edge(type));
	if (is_edge(type) && !outer->latched && has_handler(run, virq)) {
		outer->latched = true;
		add_line(&run->latched, &run->nr_latched, &run->room_latched, outer);
	}
	return false;
}

enum irqref_return replay_demultiplex(irqref_virq_t virq, void *cookie)
{
	struct replay_domain *d = cookie;
	struct replay *run = d->run;

	(void)virq;
	run->refs[d->chain_ref].delivered++;
	run->delivered++;
	for (uint32_t i = 0; d->nr_pending && i < d->nr_buckets; i++) {
		for (struct replay_line *line = d->buckets[i]; line; line = line->next) {
			struct replay_line *outer = outermost(line);
			unsigned int type;

			if (!line->pending)
				continue;
			set_pending(line, false);
			if (outer->unmasked) {
				irqref_dispatch(d->domain, line->hwirq);
			} else if (look(line, &type) && is_edge(type) && !outer->latched) {
				outer->latched = true;
				add_line(&run->latched, &run->nr_latched, &run->room_latched,
				         outer);
			}
		}
	}
	return IRQREF_HANDLED;
}

/* Without its demultiplexer nobody will ever see what is pending in a domain. */
void replay_domain_quiet(struct replay_domain *d)
{
	d->demultiplexed = false;
	for (uint32_t i = 0; i < d->nr_buckets; i++) {
		for (struct replay_line *line = d->buckets[i]; line; line = line->next)
			set_pending(line, false);
	}
}

/* A line without a handler remembers nothing. */
static void forget_unheard(struct replay *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->nr_latched; i++) {
		struct replay_line *line = run->latched[i];
		unsigned int type;
		irqref_virq_t virq;

		if (!line->latched)
			continue;
		virq = look(line, &type);
		if (virq == 0 || !has_handler(run, virq))
			line->latched = false;
		else
			run->latched[kept++] = line;
	}
	run->nr_latched = kept;
}

static void raise_queued(struct replay *run)
{
	for (size_t i = 0; i < run->nr_queue; i++) {
		struct replay_line *line = run->queue[i];
		bool again = line->latched || asserts(line);
		unsigned int type;

		line->queued = false;
		if (!again || !line->unmasked || look(line, &type) == 0)
			continue;
		line->latched = false;
		deliver(run, line, is_edge(type));
	}
	run->nr_queue = 0;
}

void replay_hardware(struct replay *run)
{
	do {
		if (run->port.kicked) {
			run->port.kicked = false;
			irqref_flush(run->space);
		}
		if (run->nr_latched)
			forget_unheard(run);
		raise_queued(run);
	} while (run->port.kicked || run->nr_queue);
}

void replay_fire(struct replay *run, struct replay_domain *d, irqref_hwirq_t hwirq, uint64_t times)
{
	struct replay_line *line = replay_line_find(d, hwirq);

	/* Otherwise no line was ever mapped there. */
	for (uint64_t i = 0; line && i < times; i++) {
		raise_line(run, line);
		replay_hardware(run);
	}
}
