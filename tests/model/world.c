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

static bool ref_on(const struct world *w, int ref, int mapping)
{
	return w->ref[ref].made && w->ref[ref].alive && w->ref[ref].mapping == mapping;
}

uint32_t world_strong(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++)
		n += ref_on(w, i, mapping);
	return n;
}

uint32_t world_depth(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++) {
		if (ref_on(w, i, mapping))
			n += w->ref[i].depth;
	}
	return n;
}

uint32_t world_handlers(const struct world *w, int mapping)
{
	uint32_t n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++)
		n += ref_on(w, i, mapping) && w->ref[i].handler;
	return n;
}

bool world_unmasked(const struct world *w, int mapping)
{
	return !w->mapping[mapping].revoked && world_handlers(w, mapping) &&
	       !world_depth(w, mapping);
}

static uint32_t numbers_used(const struct world *w)
{
	uint32_t n = 0;
	int m;

	for (m = 0; m < w->mappings; m++)
		n += w->mapping[m].alive;
	return n;
}

static bool has_child(const struct world *w, int domain)
{
	int i;

	for (i = 0; i < OPS_MAX; i++) {
		if (w->domain[i].made && w->domain[i].alive && w->domain[i].parent == domain)
			return true;
	}
	return false;
}

static bool has_mapping(const struct world *w, int domain)
{
	int m;

	for (m = 0; m < w->mappings; m++) {
		if (w->mapping[m].alive && !w->mapping[m].revoked && world_covers(w, m, domain))
			return true;
	}
	return false;
}

static int root_of(const struct world *w, int domain)
{
	while (w->domain[domain].parent >= 0)
		domain = w->domain[domain].parent;
	return domain;
}

/* Out of memory, the library uses a removed domain's struct again: who names that, names another. */
static bool nameable(const struct world *w, int domain)
{
	return domain >= 0 && w->domain[domain].made && (w->domain[domain].alive || !w->recycled);
}

/* Whether what the operation names was ever made, and what it makes was not. */
bool world_can(const struct world *w, const struct op *op)
{
	switch (op->kind) {
	case OP_DOMAIN:
		return op->name >= 0 && !w->domain[op->name].made &&
		       (op->other < 0 || nameable(w, op->other));
	case OP_CONSUMER:
		return op->name >= 0 && !w->consumer[op->name].made;
	case OP_GET:
		return op->name >= 0 && !w->ref[op->name].made && nameable(w, op->other) &&
		       op->n < OPS_MAX && w->consumer[op->n].made;
	case OP_GET_VIRQ:
		return op->name >= 0 && !w->ref[op->name].made && op->other >= 0 &&
		       w->var[op->other].made && op->n < OPS_MAX && w->consumer[op->n].made;
	case OP_CREATE:
	case OP_FIND:
		return op->name >= 0 && nameable(w, op->other);
	case OP_FIRE:
		return op->other >= 0 && w->domain[op->other].made && w->domain[op->other].alive;
	case OP_DISPOSE:
		return op->name >= 0 && w->var[op->name].made;
	case OP_UNPLUG:
		return op->name >= 0 && w->consumer[op->name].made;
	case OP_REMOVE:
		return nameable(w, op->name);
	case OP_CHAIN:
		/* From one hierarchy to a later one only, or a line could raise itself. */
		return op->name >= 0 && !w->ref[op->name].made && nameable(w, op->other) &&
		       op->n < OPS_MAX && w->domain[op->n].made && w->domain[op->n].alive &&
		       w->domain[op->n].chain < 0 && root_of(w, (int)op->n) > root_of(w, op->other);
	case OP_HANDLER:
		return op->name >= 0 && !w->ref[op->name].made && op->other >= 0 &&
		       w->var[op->other].made;
	case OP_UNHANDLE:
		return op->name >= 0 && w->ref[op->name].made && w->ref[op->name].alive &&
		       w->ref[op->name].anonymous;
	case OP_INJECT_ALLOC:
	case OP_INJECT_MAP:
		return true;
	default:
		return op->name >= 0 && w->ref[op->name].made && !w->ref[op->name].anonymous;
	}
}

/* what must come out */

/* Everything that is wrong with mapping there; 0 if nothing is. */
static uint32_t map_errors(const struct world *w, const struct op *op)
{
	int m = world_find(w, op->other, op->key);
	uint32_t errors = 0;
	int d;

	if (!w->domain[op->other].alive)
		errors |= CODE(IRQREF_ERR_STALE);
	for (d = w->domain[op->other].parent; d >= 0; d = w->domain[d].parent) {
		if (!w->domain[d].alive)
			errors |= CODE(IRQREF_ERR_REVOKED);
	}
	if (m >= 0) {
		if (op->type && w->mapping[m].type && op->type != w->mapping[m].type)
			errors |= CODE(IRQREF_ERR_TYPE);
		return errors;
	}
	for (d = op->other; d >= 0; d = w->domain[d].parent) {
		if (!world_in_range(w, d, op->key))
			errors |= CODE(IRQREF_ERR_RANGE);
		if (w->domain[d].refuse == op->key)
			errors |= CODE(IRQREF_ERR_REFUSED);
		if (world_find(w, d, op->key) >= 0)
			errors |= CODE(IRQREF_ERR_BUSY);
	}
	if (numbers_used(w) == w->max_irqs)
		errors |= CODE(IRQREF_ERR_NOSPC);
	return errors;
}

static uint32_t request_errors(const struct world *w, int mapping, bool shared)
{
	uint32_t errors = 0;
	int i;

	if (w->mapping[mapping].revoked)
		errors |= CODE(IRQREF_ERR_REVOKED);
	for (i = 0; i < OPS_MAX; i++) {
		const struct m_ref *r = &w->ref[i];

		if (ref_on(w, i, mapping) && r->handler && (r->chained || !r->shared || !shared))
			errors |= CODE(IRQREF_ERR_BUSY);
	}
	return errors;
}

static uint32_t ref_errors(const struct world *w, const struct op *op)
{
	const struct m_ref *r = &w->ref[op->name];

	if (!r->alive)
		return CODE(IRQREF_ERR_STALE);
	if (op->kind == OP_REQUEST)
		return (r->handler ? CODE(IRQREF_ERR_EXIST) : 0) |
		       request_errors(w, r->mapping, op->flag);
	if (op->kind == OP_FREE && !r->handler)
		return CODE(IRQREF_ERR_NOENT);
	if (op->kind == OP_ENABLE && !r->depth)
		return CODE(IRQREF_ERR_UNBALANCED);
	return 0;
}

static uint32_t virq_errors(const struct world *w, irqref_virq_t virq)
{
	int m = world_by_virq(w, virq);

	if (m < 0)
		return CODE(IRQREF_ERR_STALE);
	return w->mapping[m].revoked ? CODE(IRQREF_ERR_REVOKED) : 0;
}

/* Only the parent itself is looked at; what is further in, a get finds out. */
static uint32_t domain_errors(const struct world *w, const struct op *op)
{
	return op->other < 0 || w->domain[op->other].alive ? 0 : CODE(IRQREF_ERR_REVOKED);
}

static uint32_t remove_errors(const struct world *w, const struct op *op)
{
	if (!w->domain[op->name].alive)
		return CODE(IRQREF_ERR_STALE);
	if (!op->flag && (has_mapping(w, op->name) || has_child(w, op->name)))
		return CODE(IRQREF_ERR_BUSY);
	return 0;
}

static uint32_t chain_errors(const struct world *w, const struct op *op)
{
	uint32_t errors = map_errors(w, op);
	int m = world_find(w, op->other, op->key);

	return errors || m < 0 ? errors : request_errors(w, m, false);
}

static uint32_t handler_errors(const struct world *w, const struct op *op)
{
	uint32_t errors = virq_errors(w, w->var[op->other].virq);
	int m = world_by_virq(w, w->var[op->other].virq);
	int i;

	/* Linux does not give a demultiplexer's line out at all: -EINVAL, as for a free number. */
	for (i = 0; i < OPS_MAX && !errors; i++) {
		if (ref_on(w, i, m) && w->ref[i].chained)
			errors = CODE(IRQREF_ERR_STALE);
	}
	return errors ? errors : request_errors(w, m, op->flag);
}

static uint32_t op_errors(const struct world *w, const struct op *op)
{
	uint32_t gone = 0;

	switch (op->kind) {
	case OP_DOMAIN:
		return domain_errors(w, op);
	case OP_CONSUMER:
	case OP_FIRE:
	case OP_INJECT_ALLOC:
	case OP_INJECT_MAP:
	case OP_ONCE:
	case OP_UNHANDLE:
		return 0;
	case OP_GET:
		gone = w->consumer[op->n].alive ? 0 : CODE(IRQREF_ERR_NOENT);
		return gone | map_errors(w, op);
	case OP_GET_VIRQ:
		gone = w->consumer[op->n].alive ? 0 : CODE(IRQREF_ERR_NOENT);
		return gone | virq_errors(w, w->var[op->other].virq);
	case OP_HANDLER:
		return handler_errors(w, op);
	case OP_CREATE:
		return map_errors(w, op);
	case OP_FIND:
		return world_find(w, op->other, op->key) < 0 ? CODE(IRQREF_ERR_NOENT) : 0;
	case OP_DISPOSE:
		return virq_errors(w, w->var[op->name].virq);
	case OP_UNPLUG:
		return w->consumer[op->name].alive ? 0 : CODE(IRQREF_ERR_STALE);
	case OP_REMOVE:
		return remove_errors(w, op);
	case OP_CHAIN:
		return chain_errors(w, op);
	default:
		return ref_errors(w, op);
	}
}

/* The codes that may come; where several things are wrong, any of theirs. */
uint32_t world_expect(const struct world *w, const struct op *op)
{
	uint32_t errors = op_errors(w, op);

	return errors ? errors : CODE_OK;
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
		had[i] = ref_on(w, i, mapping) && w->ref[i].handler;
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
		undone = !virq_errors(w, w->var[op->other].virq);
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
