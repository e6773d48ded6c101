/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * References taken and dropped, mappings made and ended. A get and a put of something that others
 * hold change one word under one lock each: the limit is two uncontended lock bits. A mapping made
 * and ended changes a table of numbers and a slot twice: the limit takes a number off a free list,
 * fills a descriptor, publishes it, clears it and gives it back, with one lock each way.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

struct mapping {
	struct board *board;
	irqref_hwirq_t fresh; /* an hwirq that nobody has mapped */
	unsigned long at;
	struct irqref_fwspec fwspec;
	struct irqref_domain **others;
	unsigned long nr_others;
	struct {
		uint32_t word;
		uint32_t free;
		void *slot[64];
		uint64_t desc[64][8];
	} bare;
};

/* ------------------------------------------------------------- the limits */

static double two_locks(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	double began = cpu_ns();

	while (n--) {
		bare_lock(&m->bare.word);
		bare_unlock(&m->bare.word);
		bare_lock(&m->bare.word);
		bare_unlock(&m->bare.word);
	}
	return cpu_ns() - began;
}

static void make_and_end(struct mapping *m)
{
	uint64_t *desc;

	bare_lock(&m->bare.word);
	desc = m->bare.desc[m->bare.free++ % 64];
	bare_unlock(&m->bare.word);
	memset(desc, 0, sizeof(m->bare.desc[0]));
	desc[0] = m->fresh;
	__atomic_store_n(&m->bare.slot[m->fresh % 64], (void *)desc, __ATOMIC_RELEASE);
	keep((uintptr_t)desc);
	__atomic_store_n(&m->bare.slot[m->fresh % 64], NULL, __ATOMIC_RELEASE);
	bare_lock(&m->bare.word);
	desc[1] = m->bare.free;
	bare_unlock(&m->bare.word);
}

static double by_hand(void *ctx, unsigned long n)
{
	double began = cpu_ns();

	while (n--)
		make_and_end(ctx);
	return cpu_ns() - began;
}

/* ----------------------------------------------------------------- boards */

static struct mapping *make(const struct board_config *config)
{
	struct mapping *m = must_alloc(sizeof(*m));

	m->board = board_begin(config);
	m->fresh = config->keys == KEYS_DENSE ? config->count : 0x80000005u;
	return m;
}

static void end(void *ctx)
{
	struct mapping *m = ctx;

	while (m->nr_others)
		must(irqref_domain_remove(m->others[--m->nr_others], IRQREF_REMOVE_POLITE, NULL,
		                          NULL),
		     "irqref_domain_remove");
	free(m->others);
	board_end(m->board);
	free(m);
}

static void *begin_linear(const struct row *row)
{
	struct board_config config = {
	        .count = row->size,
	        .spare = 1,
	        .parents = (unsigned int)row->other,
	};

	return make(&config);
}

static void *begin_table(const struct row *row)
{
	struct board_config config = {
	        .count = row->size,
	        .spare = 1,
	        .keys = KEYS_RANDOM32,
	        .table = true,
	};

	return make(&config);
}

static void *begin_handler(const struct row *row)
{
	struct board_config config = {
	        .count = row->size,
	        .spare = 1,
	        .flow = IRQREF_FLOW_LEVEL,
	        .type = IRQREF_TYPE_HIGH,
	};

	return make(&config);
}

/* ------------------------------------------------------- existing mappings */

static double get_put_existing(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct board *board = m->board;
	struct irqref_ref ref;
	double began = cpu_ns();

	while (n--) {
		irqref_get(board->domain, board->hwirqs[0], IRQREF_TYPE_NONE, board->consumer, NULL,
		           &ref, NULL);
		irqref_put(board->space, ref);
	}
	return cpu_ns() - began;
}

/* Its own domain was added first: where domains are looked for one by one, it comes last. */
static void *begin_fwspec(const struct row *row)
{
	struct board_config config = {.count = 8};
	struct mapping *m = make(&config);
	struct irqref_domain *domain;
	struct irqref_ref ref;
	unsigned long i;

	m->others = must_alloc((row->size + 1) * sizeof(struct irqref_domain *));
	for (i = 0; i <= row->size; i++) {
		/* Structure block offsets of a devicetree's nodes are multiples of 4. */
		struct irqref_domain_config other = {
		        .name = "other", .node = 1 + 4 * 37 * (i + 1), .size = 8};

		must(irqref_domain_add(m->board->space, &other, &domain), "irqref_domain_add");
		m->others[m->nr_others++] = domain;
	}
	m->fwspec = (struct irqref_fwspec){.node = 1 + 4 * 37, .ncells = 1, .cells = {3}};
	must(irqref_get_fwspec(m->board->space, &m->fwspec, m->board->consumer, &ref, NULL),
	     "irqref_get_fwspec");
	return m;
}

static double get_put_fwspec(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct board *board = m->board;
	struct irqref_ref ref;
	double began = cpu_ns();

	while (n--) {
		irqref_get_fwspec(board->space, &m->fwspec, board->consumer, &ref, NULL);
		irqref_put(board->space, ref);
	}
	return cpu_ns() - began;
}

static void end_fwspec(void *ctx)
{
	struct mapping *m = ctx;

	must(irqref_domain_remove(m->others[0], IRQREF_REMOVE_FORCE, NULL, NULL),
	     "irqref_domain_remove");
	m->others[0] = m->others[--m->nr_others];
	end(m);
}

/* ------------------------------------------------------------ new mappings */

static double create_dispose(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct board *board = m->board;
	struct irqref_ref ref;
	double began = cpu_ns();

	while (n--) {
		must(irqref_get(board->domain, m->fresh, IRQREF_TYPE_NONE, board->consumer, NULL,
		                &ref, NULL),
		     "irqref_get");
		irqref_put(board->space, ref);
	}
	return cpu_ns() - began;
}

/* A mapping that is not in any cache goes, and comes back under its number. */
static double create_dispose_random(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct board *board = m->board;
	double began = cpu_ns();

	while (n--) {
		unsigned long i = m->at++ % board->count;

		irqref_put(board->space, board->refs[i]);
		must(irqref_get(board->domain, board->hwirqs[i], IRQREF_TYPE_NONE, board->consumer,
		                NULL, &board->refs[i], NULL),
		     "irqref_get");
	}
	return cpu_ns() - began;
}

static double request_free(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct board *board = m->board;
	unsigned long deliveries = 0;
	double began = cpu_ns();

	while (n--) {
		irqref_request(board->space, board->refs[0], board_handler, &deliveries, 0);
		irqref_free(board->space, board->refs[0]);
	}
	return cpu_ns() - began;
}

/* ----------------------------------------------------------------- unplug */

#define UNPLUG 64u

static void plug(struct board *board, struct irqref_consumer *device)
{
	static unsigned long deliveries;
	struct irqref_ref ref;
	unsigned int i;

	must(irqref_consumer_add(board->space, "device", device), "irqref_consumer_add");
	for (i = 0; i < UNPLUG; i++) {
		must(irqref_get(board->domain, board->count + i, IRQREF_TYPE_HIGH, *device, NULL,
		                &ref, NULL),
		     "irqref_get");
		must(irqref_request(board->space, ref, board_handler, &deliveries, 0),
		     "irqref_request");
	}
}

static void *begin_unplug(const struct row *row)
{
	struct board_config config = {
	        .count = row->size,
	        .spare = UNPLUG,
	        .flow = IRQREF_FLOW_LEVEL,
	};

	return make(&config);
}

static double unplug(void *ctx, unsigned long n)
{
	struct mapping *m = ctx;
	struct irqref_consumer device;
	double sum = 0;

	while (n--) {
		double began;

		plug(m->board, &device);
		began = cpu_ns();
		must(irqref_consumer_remove(m->board->space, device, NULL, NULL),
		     "irqref_consumer_remove");
		sum += cpu_ns() - began;
	}
	return sum;
}

static double unplug_by_hand(void *ctx, unsigned long n)
{
	return by_hand(ctx, n * UNPLUG);
}

#define MAPPING(row_name, how, count, parents, what, limit_fn, text)                               \
	{                                                                                          \
		.name = (row_name), .unit = "ns", .size = (count), .other = (parents),             \
		.begin = begin_##how, .run = what, .limit = limit_fn, .end = end,                  \
		.limit_is = text,                                                                  \
	}
#define LOCKS "two uncontended lock bits"
#define HANDS "number, slot and descriptor by hand"

const struct row mapping_rows[] = {
        MAPPING("get_put_existing", linear, 64, 0, get_put_existing, two_locks, LOCKS),
        {
                .name = "get_put_fwspec_1",
                .unit = "ns",
                .size = 0,
                .begin = begin_fwspec,
                .run = get_put_fwspec,
                .limit = two_locks,
                .end = end_fwspec,
                .limit_is = LOCKS,
        },
        {
                .name = "get_put_fwspec_100",
                .unit = "ns",
                .size = 99,
                .begin = begin_fwspec,
                .run = get_put_fwspec,
                .limit = two_locks,
                .end = end_fwspec,
                .limit_is = LOCKS,
        },
        MAPPING("create_dispose", linear, 64, 0, create_dispose, by_hand, HANDS),
        MAPPING("create_dispose_sparse", table, 64, 0, create_dispose, by_hand, HANDS),
        MAPPING("create_dispose_1m", linear, 1000000, 0, create_dispose, by_hand, HANDS),
        MAPPING("create_dispose_sparse_1m", table, 1000000, 0, create_dispose, by_hand, HANDS),
        MAPPING("create_dispose_random_1m", table, 1000000, 0, create_dispose_random, by_hand,
                HANDS),
        MAPPING("get_put_hier3", linear, 64, 2, create_dispose, by_hand, HANDS),
        MAPPING("request_free", handler, 64, 0, request_free, two_locks, LOCKS),
        MAPPING("consumer_unplug_64", unplug, 64, 0, unplug, unplug_by_hand,
                "64 times number, slot and descriptor"),
        {.name = NULL},
};
