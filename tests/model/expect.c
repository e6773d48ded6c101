/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the model expects of an operation: whether it can be done at all, and which codes may come.
 */
#include "model.h"

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

		if (world_ref_on(w, i, mapping) && r->handler &&
		    (r->chained || !r->shared || !shared))
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
		if (world_ref_on(w, i, m) && w->ref[i].chained)
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
