/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations. The generator looks at the model, so that most operations mean something; a
 * few work on what is dead.
 */
#include "model.h"

#include <string.h>

/* Dense, sparse, the ends of the ranges, and one beyond them all. */
const irqref_hwirq_t keys[KEYS] = {0, 1, 2,    3,          5,          7,
                                   8, 9, 1000, 0x12345678, 0xffffffff, 0x100000000};

/* Of all numbers that a domain could be asked for, how many are drawn from. */
#define LIVE_DOMAINS 6

uint32_t rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 16);
}

uint32_t rnd_below(uint64_t *state, uint32_t n)
{
	return rnd(state) % n;
}

static bool one_in(uint64_t *state, uint32_t n)
{
	return rnd_below(state, n) == 0;
}

/* A random index i of [0, OPS_MAX) for which what(w, i); the first fitting one from a random start. */
static int16_t pick(const struct world *w, bool (*what)(const struct world *, int), uint64_t *state)
{
	int start = (int)rnd_below(state, OPS_MAX);
	int i;

	for (i = 0; i < OPS_MAX; i++) {
		int at = (start + i) % OPS_MAX;

		if (what(w, at))
			return (int16_t)at;
	}
	return -1;
}

static bool any_domain(const struct world *w, int i)
{
	return w->domain[i].made;
}

static bool live_domain(const struct world *w, int i)
{
	return w->domain[i].made && w->domain[i].alive;
}

/* With all that it is built on. */
static bool usable_domain(const struct world *w, int i)
{
	if (!live_domain(w, i))
		return false;
	for (i = w->domain[i].parent; i >= 0; i = w->domain[i].parent) {
		if (!w->domain[i].alive)
			return false;
	}
	return true;
}

static bool any_consumer(const struct world *w, int i)
{
	return w->consumer[i].made;
}

static bool live_consumer(const struct world *w, int i)
{
	return any_consumer(w, i) && w->consumer[i].alive;
}

static bool any_ref(const struct world *w, int i)
{
	return w->ref[i].made && !w->ref[i].chained && !w->ref[i].anonymous;
}

static bool live_ref(const struct world *w, int i)
{
	return any_ref(w, i) && w->ref[i].alive;
}

static bool bare_ref(const struct world *w, int i)
{
	return live_ref(w, i) && !w->ref[i].handler;
}

static bool served_ref(const struct world *w, int i)
{
	return live_ref(w, i) && w->ref[i].handler;
}

static bool disabled_ref(const struct world *w, int i)
{
	return live_ref(w, i) && w->ref[i].depth;
}

static bool linux_ref(const struct world *w, int i)
{
	return w->ref[i].made && w->ref[i].alive && w->ref[i].anonymous;
}

static bool any_var(const struct world *w, int i)
{
	return w->var[i].made;
}

static bool live_mapping(const struct world *w, int i)
{
	return i < w->mappings && w->mapping[i].alive && !w->mapping[i].revoked;
}

static unsigned int how_many(const struct world *w, bool (*what)(const struct world *, int))
{
	unsigned int n = 0;
	int i;

	for (i = 0; i < OPS_MAX; i++)
		n += what(w, i);
	return n;
}

/* Every kind of thing is numbered as it is made. */
static int16_t fresh_domain(const struct world *w)
{
	int16_t i = 0;

	while (w->domain[i].made)
		i++;
	return i;
}

static int16_t fresh_consumer(const struct world *w)
{
	int16_t i = 0;

	while (w->consumer[i].made)
		i++;
	return i;
}

static int16_t fresh_ref(const struct world *w)
{
	int16_t i = 0;

	while (w->ref[i].made)
		i++;
	return i;
}

static int16_t fresh_var(const struct world *w)
{
	int16_t i = 0;

	while (w->var[i].made)
		i++;
	return i;
}

static uint8_t random_type(uint64_t *state)
{
	static const uint8_t types[] = {0, 0, 0, 0, 1, 1, 3, 4, 4, 8};

	return types[rnd_below(state, sizeof(types))];
}

static int depth_of(const struct world *w, int domain)
{
	int n = 0;

	for (; domain >= 0; domain = w->domain[domain].parent)
		n++;
	return n;
}

static void gen_domain(struct op *op, const struct world *w, uint64_t *state)
{
	static const uint32_t sizes[] = {4, 8, 10, 2000};

	op->kind = OP_DOMAIN;
	op->name = fresh_domain(w);
	op->other = -1;
	if (!one_in(state, 3))
		op->other = pick(w, one_in(state, 20) ? any_domain : usable_domain, state);
	if (op->other >= 0 && depth_of(w, op->other) >= LEVELS_MAX)
		op->other = -1;
	op->n = one_in(state, 2) ? 0 : sizes[rnd_below(state, 4)];
	op->refuse = one_in(state, 4) ? (uint8_t)rnd_below(state, KEYS) : KEY_NONE;
	op->flow = (uint8_t)rnd_below(state, IRQREF_FLOW_FASTEOI + 1);
}

/* From a level of a mapping to a domain that is built on it, where there is one. */
static void further_out(struct op *op, const struct world *w, uint64_t *state)
{
	int16_t at = pick(w, live_domain, state);

	if (at >= 0 && w->domain[at].parent == op->other)
		op->other = at;
}

static void gen_place(struct op *op, const struct world *w, uint64_t *state)
{
	int16_t at = pick(w, live_mapping, state);

	/* Half the time where something is mapped already, through any of its levels. */
	if (at >= 0 && one_in(state, 2)) {
		op->other = (int16_t)w->mapping[at].domain;
		op->key = w->mapping[at].key;
		while (w->domain[op->other].parent >= 0 && one_in(state, 3))
			op->other = (int16_t)w->domain[op->other].parent;
		if (one_in(state, 4))
			further_out(op, w, state);
		return;
	}
	op->other = pick(w, one_in(state, 20) ? any_domain : usable_domain, state);
	op->key = (uint8_t)rnd_below(state, KEYS);
}

static void gen_chain(struct op *op, const struct world *w, uint64_t *state)
{
	unsigned int tries;

	gen_place(op, w, state);
	op->kind = OP_CHAIN;
	op->name = fresh_ref(w);
	for (tries = 0; tries < 4; tries++) {
		op->n = (uint32_t)pick(w, live_domain, state);
		if (world_can(w, op))
			break;
	}
}

static void gen_simple(struct op *op, enum op_kind kind, const struct world *w,
                       bool (*what)(const struct world *, int),
                       bool (*rarely)(const struct world *, int), uint64_t *state)
{
	op->kind = (uint8_t)kind;
	op->name = pick(w, one_in(state, 12) ? rarely : what, state);
	op->flag = (uint8_t)!one_in(state, 4);
}

void gen_begin(struct sequence *seq, uint64_t *state)
{
	memset(seq, 0, sizeof(*seq));
	seq->small = one_in(state, 8);
	seq->max_irqs = seq->small ? 1 + rnd_below(state, 8) : 128;
}

static void gen_any(struct op *op, const struct world *w, uint64_t *state)
{
	uint32_t dice = rnd_below(state, 100);

	if (dice < 18) {
		gen_place(op, w, state);
		op->kind = OP_GET;
		op->name = fresh_ref(w);
		op->n = (uint32_t)pick(w, one_in(state, 20) ? any_consumer : live_consumer, state);
		op->type = random_type(state);
	} else if (dice < 21) {
		op->kind = OP_GET_VIRQ;
		op->name = fresh_ref(w);
		op->other = pick(w, any_var, state);
		op->n = (uint32_t)pick(w, live_consumer, state);
	} else if (dice < 30) {
		gen_simple(op, OP_PUT, w, live_ref, any_ref, state);
	} else if (dice < 38) {
		gen_place(op, w, state);
		op->kind = OP_CREATE;
		op->name = one_in(state, 2) ? fresh_var(w) : pick(w, any_var, state);
		op->type = random_type(state);
	} else if (dice < 42) {
		gen_place(op, w, state);
		op->kind = OP_FIND;
		op->name = one_in(state, 2) ? fresh_var(w) : pick(w, any_var, state);
	} else if (dice < 47) {
		gen_simple(op, OP_DISPOSE, w, any_var, any_var, state);
	} else if (dice < 49) {
		op->kind = OP_HANDLER;
		op->name = fresh_ref(w);
		op->other = pick(w, any_var, state);
		op->flag = (uint8_t)!one_in(state, 4);
	} else if (dice < 50) {
		gen_simple(op, OP_UNHANDLE, w, linux_ref, linux_ref, state);
	} else if (dice < 51) {
		gen_simple(op, OP_ONCE, w, served_ref, served_ref, state);
	} else if (dice < 61) {
		gen_simple(op, OP_REQUEST, w, bare_ref, any_ref, state);
	} else if (dice < 65) {
		gen_simple(op, OP_FREE, w, served_ref, any_ref, state);
	} else if (dice < 71) {
		gen_simple(op, OP_DISABLE, w, live_ref, any_ref, state);
	} else if (dice < 77) {
		gen_simple(op, OP_ENABLE, w, disabled_ref, any_ref, state);
	} else if (dice < 89) {
		gen_place(op, w, state);
		op->kind = OP_FIRE;
		op->n = 1 + rnd_below(state, 3);
	} else if (dice < 90) {
		gen_simple(op, OP_UNPLUG, w, live_consumer, any_consumer, state);
	} else if (dice < 92) {
		gen_simple(op, OP_REMOVE, w, live_domain, any_domain, state);
		op->flag = (uint8_t)one_in(state, 2);
	} else if (dice < 95) {
		gen_chain(op, w, state);
	} else if (dice < 97) {
		op->kind = OP_INJECT_ALLOC;
		op->n = 1 + rnd_below(state, 4);
	} else {
		op->kind = OP_INJECT_MAP;
		op->n = 1 + rnd_below(state, 4);
	}
}

void gen_op(struct op *op, const struct world *w, uint64_t *state)
{
	unsigned int domains = how_many(w, usable_domain);
	unsigned int consumers = how_many(w, live_consumer);

	memset(op, 0, sizeof(*op));
	op->name = -1;
	op->other = -1;
	op->refuse = KEY_NONE;
	if (domains < 2 || (domains < LIVE_DOMAINS && one_in(state, 12))) {
		gen_domain(op, w, state);
	} else if (consumers < 2 || (consumers < 4 && one_in(state, 12))) {
		op->kind = OP_CONSUMER;
		op->name = fresh_consumer(w);
	} else {
		gen_any(op, w, state);
	}
}
