/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model. Everything is looked for in plain arrays and counted anew whenever it is needed.
 */
#include "model.h"

#include <string.h>

void world_init(struct world *w, const struct sequence *seq)
{
	int i;

	memset(w, 0, sizeof(*w));
	w->max_irqs = seq->max_irqs;
	for (i = 0; i < OPS_MAX; i++) {
		w->domain[i].parent = -1;
		w->domain[i].chain = -1;
	}
}

/* questions */

bool world_is_level(unsigned int type)
{
	return type == IRQREF_TYPE_HIGH || type == IRQREF_TYPE_LOW;
}

bool world_in_range(const struct world *w, int domain, uint8_t key)
{
	uint64_t size = w->domain[domain].size;

	return keys[key] < (size ? size : 0x100000000u);
}

/* Whether the mapping has a level in the domain. */
bool world_covers(const struct world *w, int mapping, int domain)
{
	int d = w->mapping[mapping].domain;

	while (d >= 0 && d != domain)
		d = w->domain[d].parent;
	return d >= 0;
}

int world_find(const struct world *w, int domain, uint8_t key)
{
	int m;

	for (m = 0; m < w->mappings; m++) {
		const struct m_mapping *mapping = &w->mapping[m];

		if (mapping->alive && !mapping->revoked && mapping->key == key &&
		    world_covers(w, m, domain))
			return m;
	}
	return -1;
}

int world_by_virq(const struct world *w, irqref_virq_t virq)
{
	int m;

	for (m = 0; m < w->mappings; m++) {
		if (w->mapping[m].alive && w->mapping[m].virq == virq)
			return m;
	}
	return -1;
}

bool world_ref_on(const struct world *w, int ref, int mapping)
{
	return w->ref[ref].made && w->ref[ref].alive && w->ref[ref].mapping == mapping;
}

uint32_t world_strong(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++)
		n += world_ref_on(w, i, mapping);
	return n;
}

uint32_t world_depth(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++) {
		if (world_ref_on(w, i, mapping))
			n += w->ref[i].depth;
	}
	return n;
}

uint32_t world_handlers(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++)
		n += world_ref_on(w, i, mapping) && w->ref[i].handler;
	return n;
}

/* Whether the number is that of a mapping that is not revoked. */
bool world_live(const struct world *w, irqref_virq_t virq)
{
	int m = world_by_virq(w, virq);

	return m >= 0 && !w->mapping[m].revoked;
}

bool world_unmasked(const struct world *w, int mapping)
{
	return !w->mapping[mapping].revoked && world_handlers(w, mapping) &&
	       !world_depth(w, mapping);
}

/* what happens then */

static void free_number(struct world *w, irqref_virq_t virq)
{
	w->freed[w->freed_length] = virq;
	w->freed_by[w->freed_length++] = w->applied;
}

static void end_mapping(struct world *w, int mapping)
{
	w->mapping[mapping].alive = false;
	free_number(w, w->mapping[mapping].virq);
}

static void raise_line(struct world *w, int domain, uint8_t key);

static void drop_ref(struct world *w, int ref);

static void run_handlers(struct world *w, int mapping)
{
	bool had[OPS_MAX];
	int i;
	uint8_t k;

	w->mapping[mapping].pending = false;
	for (i = 0; i < OPS_MAX; i++)
		had[i] = world_ref_on(w, i, mapping) && w->ref[i].handler;
	for (i = 0; i < OPS_MAX; i++) {
		struct m_ref *r = &w->ref[i];

		if (!had[i])
			continue;
		r->delivered++;
		if (r->once)
			drop_ref(w, i);
		for (k = 0; r->chained && k < KEYS; k++) {
			if (w->domain[r->consumer].raised[k]) {
				w->domain[r->consumer].raised[k] = false;
				raise_line(w, r->consumer, k);
			}
		}
	}
}

/* An edge on a line that is disabled waits; a level is there again when the line is enabled. */
static void raise_line(struct world *w, int domain, uint8_t key)
{
	int m = world_find(w, domain, key);

	if (m < 0 || !world_handlers(w, m))
		return;
	if (!world_depth(w, m))
		run_handlers(w, m);
	else if (!world_is_level(w->mapping[m].type))
		w->mapping[m].pending = true;
}

static void fire(struct world *w, int domain, uint8_t key)
{
	int chain = w->domain[domain].chain;

	if (chain < 0) {
		raise_line(w, domain, key);
		return;
	}
	w->domain[domain].raised[key] = true;
	fire(w, w->ref[chain].domain, w->mapping[w->ref[chain].mapping].key);
}

/* After anything that may have enabled the line, or taken its last handler away. */
static void settle(struct world *w, int mapping)
{
	if (!world_handlers(w, mapping))
		w->mapping[mapping].pending = false;
	else if (w->mapping[mapping].pending && world_unmasked(w, mapping))
		run_handlers(w, mapping);
}

static void drop_ref(struct world *w, int ref)
{
	struct m_ref *r = &w->ref[ref];
	struct m_mapping *m = &w->mapping[r->mapping];

	r->alive = false;
	r->handler = false;
	r->once = false;
	r->depth = 0;
	w->puts++;
	if (!m->floating && !world_strong(w, r->mapping))
		end_mapping(w, r->mapping);
	else
		settle(w, r->mapping);
}

/* How many were freed after it; of one operation, any may have been first. */
static uint32_t freed_since(const struct world *w, uint32_t index)
{
	uint32_t i;

	for (i = index + 1; i < w->freed_length; i++) {
		if (w->freed[i] == w->freed[index])
			return UINT32_MAX;
	}
	for (i = index; i && w->freed_by[i - 1] == w->freed_by[index]; i--)
		;
	return w->freed_length - 1 - i;
}

static int take_mapping(struct world *w, const struct op *op, const struct outcome *got)
{
	int m = world_find(w, op->other, op->key);
	uint32_t rest = w->max_irqs / 4;
	uint32_t i;

	if (m < 0) {
		m = w->mappings++;
		if (world_by_virq(w, got->virq) >= 0)
			fault("number %u was given twice", got->virq);
		for (i = 0; i < w->freed_length && !got->cut; i++) {
			if (w->freed[i] == got->virq && freed_since(w, i) < rest)
				fault("number %u did not rest", got->virq);
		}
		w->mapping[m] = (struct m_mapping){
		        .alive = true,
		        .domain = op->other,
		        .key = op->key,
		        .virq = got->virq,
		};
	} else if (w->mapping[m].virq != got->virq) {
		fault("the mapping has number %u, not %u", w->mapping[m].virq, got->virq);
	}
	if (!w->mapping[m].type)
		w->mapping[m].type = op->type;
	return m;
}

static struct m_ref *add_ref(struct world *w, const struct op *op, int mapping, int consumer)
{
	struct m_ref *r = &w->ref[op->name];

	*r = (struct m_ref){
	        .made = true,
	        .alive = true,
	        .consumer = consumer,
	        .mapping = mapping,
	        .domain = op->other,
	};
	w->gets++;
	return r;
}

static void apply_dispose(struct world *w, const struct op *op)
{
	int m = world_by_virq(w, w->var[op->name].virq);

	if (world_strong(w, m)) {
		if (!w->plant)
			w->mapping[m].floating = false;
		w->events[IRQREF_EVENT_DISPOSE_IN_USE]++;
	} else {
		end_mapping(w, m);
	}
}

static void apply_remove(struct world *w, const struct op *op)
{
	int chain = w->domain[op->name].chain;
	int m;

	for (m = 0; m < w->mappings; m++) {
		if (!w->mapping[m].alive || w->mapping[m].revoked || !world_covers(w, m, op->name))
			continue;
		if (!world_strong(w, m)) {
			w->events[IRQREF_EVENT_REVOKED] += w->mapping[m].floating;
			end_mapping(w, m);
			continue;
		}
		w->mapping[m].revoked = true;
		w->mapping[m].floating = false;
		w->mapping[m].pending = false;
		w->events[IRQREF_EVENT_REVOKED]++;
	}
	w->domain[op->name].alive = false;
	w->domain[op->name].chain = -1;
	if (chain >= 0)
		drop_ref(w, chain);
}

static bool holds(const struct world *w, int consumer, int ref)
{
	const struct m_ref *r = &w->ref[ref];

	return r->made && r->alive && !r->chained && !r->anonymous && r->consumer == consumer;
}

static void apply_unplug(struct world *w, const struct op *op, const struct outcome *got)
{
	uint32_t held = 0;
	int i;

	/* All its handlers go before any of its disables does: none runs once more for an edge. */
	for (i = 0; i < OPS_MAX; i++) {
		if (holds(w, op->name, i))
			w->ref[i].handler = false;
	}
	for (i = 0; i < OPS_MAX; i++) {
		if (!holds(w, op->name, i))
			continue;
		held++;
		w->events[IRQREF_EVENT_LEAKED]++;
		drop_ref(w, i);
	}
	if (got->virq != held)
		fault("unplug dropped %u references, not %u", got->virq, held);
	w->consumer[op->name].alive = false;
}

static void apply_chain(struct world *w, const struct op *op, const struct outcome *got)
{
	struct m_ref *r = add_ref(w, op, take_mapping(w, op, got), (int)op->n);

	r->handler = true;
	r->chained = true;
	w->domain[op->n].chain = op->name;
}

static void apply_handler(struct world *w, const struct op *op)
{
	int m = world_by_virq(w, w->var[op->other].virq);
	struct m_ref *r = add_ref(w, op, m, op->name);

	r->domain = w->mapping[m].domain;
	r->handler = true;
	r->shared = op->flag;
	r->anonymous = true;
	r->var = op->other;
}

static void apply_ref(struct world *w, const struct op *op)
{
	struct m_ref *r = &w->ref[op->name];

	switch (op->kind) {
	case OP_PUT:
		drop_ref(w, op->name);
		return;
	case OP_REQUEST:
		r->handler = true;
		r->shared = op->flag;
		break;
	case OP_FREE:
		r->handler = false;
		r->once = false;
		r->depth = 0;
		break;
	case OP_DISABLE:
		r->depth++;
		break;
	case OP_ENABLE:
		r->depth--;
		break;
	default:
		break;
	}
	settle(w, r->mapping);
}

static void apply_failure(struct world *w, const struct op *op, const struct outcome *got)
{
	bool undone = false;
	bool maps = op->kind == OP_GET || op->kind == OP_CREATE || op->kind == OP_CHAIN;

	if (got->code == IRQREF_ERR_TYPE)
		w->events[IRQREF_EVENT_TYPE_CONFLICT]++;
	/* A number may have been taken for it, and rests. */
	if (maps && world_find(w, op->other, op->key) < 0)
		free_number(w, 0);
	/* Got, and put again. */
	if (op->kind == OP_CHAIN && got->code == IRQREF_ERR_BUSY)
		undone = world_find(w, op->other, op->key) >= 0;
	else if (op->kind == OP_HANDLER && got->code != IRQREF_ERR_NOMEM)
		undone = world_live(w, w->var[op->other].virq);
	if (undone) {
		w->gets++;
		w->puts++;
	}
}

void world_apply(struct world *w, const struct op *op, const struct outcome *got)
{
	uint32_t i;
	int m;

	w->applied++;
	if (op->kind == OP_DOMAIN && got->alloc_failed)
		w->recycled = true;
	if (got->code) {
		apply_failure(w, op, got);
		return;
	}
	switch (op->kind) {
	case OP_DOMAIN:
		w->domain[op->name] = (struct m_domain){
		        .made = true,
		        .alive = true,
		        .parent = op->other,
		        .size = op->n,
		        .refuse = op->refuse,
		        .chain = -1,
		};
		break;
	case OP_CONSUMER:
		w->consumer[op->name] = (struct m_consumer){.made = true, .alive = true};
		break;
	case OP_GET:
		add_ref(w, op, take_mapping(w, op, got), (int)op->n);
		break;
	case OP_GET_VIRQ:
		m = world_by_virq(w, w->var[op->other].virq);
		add_ref(w, op, m, (int)op->n)->domain = w->mapping[m].domain;
		break;
	case OP_CREATE:
		m = take_mapping(w, op, got);
		w->mapping[m].floating = true;
		w->var[op->name] = (struct m_var){.made = true, .virq = got->virq};
		break;
	case OP_FIND:
		m = world_find(w, op->other, op->key);
		if (got->virq != w->mapping[m].virq)
			fault("find gives number %u, not %u", got->virq, w->mapping[m].virq);
		w->var[op->name] = (struct m_var){.made = true, .virq = got->virq};
		break;
	case OP_DISPOSE:
		apply_dispose(w, op);
		break;
	case OP_FIRE:
		for (i = 0; i < op->n; i++)
			fire(w, op->other, op->key);
		break;
	case OP_UNPLUG:
		apply_unplug(w, op, got);
		break;
	case OP_REMOVE:
		apply_remove(w, op);
		break;
	case OP_CHAIN:
		apply_chain(w, op, got);
		break;
	case OP_HANDLER:
		apply_handler(w, op);
		break;
	case OP_UNHANDLE:
		drop_ref(w, op->name);
		break;
	case OP_ONCE:
		w->ref[op->name].once = w->ref[op->name].handler;
		break;
	case OP_INJECT_ALLOC:
	case OP_INJECT_MAP:
		break;
	default:
		apply_ref(w, op);
	}
}
