/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a raised interrupt to its handler and back, on 64 lines in random order; chip callbacks are
 * absent. The limit does by hand what no dispatch can do without: one uncontended atomic
 * operation takes the line, one indirect call serves it, one store gives it back. Where more than
 * one atomic operation is needed to lose no edge, the limit still has one.
 */
#include "bench.h"

#include <stdlib.h>

#define LINES 64u

struct dispatch {
	struct board *board;
	struct irqref_domain *root; /* of a demultiplexer, else NULL */
	struct bare_line bare[LINES];
	unsigned long deliveries;
	unsigned int calls; /* handlers of one dispatch, for the limit */
	uint32_t random;
};

static struct dispatch *make(const struct board_config *config, unsigned int calls)
{
	struct dispatch *d = must_alloc(sizeof(*d));
	unsigned int i;

	d->board = board_begin(config);
	d->calls = calls;
	for (i = 0; i < LINES; i++)
		d->bare[i] = (struct bare_line){.handler = bare_handler, .cookie = &d->deliveries};
	return d;
}

static void *begin_level(const struct row *row)
{
	struct board_config config = {
	        .count = LINES,
	        .flow = IRQREF_FLOW_LEVEL,
	        .type = IRQREF_TYPE_HIGH,
	        .handlers = (unsigned int)row->size,
	        .parents = (unsigned int)row->other,
	};

	return make(&config, config.handlers);
}

static void *begin_edge(const struct row *row)
{
	struct board_config config = {
	        .count = LINES,
	        .flow = IRQREF_FLOW_EDGE,
	        .type = IRQREF_TYPE_RISING,
	        .handlers = (unsigned int)row->size,
	};

	return make(&config, config.handlers);
}

static void end(void *ctx)
{
	struct dispatch *d = ctx;

	board_end(d->board);
	free(d);
}

static double run(void *ctx, unsigned long n)
{
	struct dispatch *d = ctx;
	struct irqref_domain *domain = d->board->domain;
	double began = cpu_ns();

	while (n--)
		irqref_dispatch(domain, random_next(&d->random) % LINES);
	return cpu_ns() - began;
}

static double by_hand(void *ctx, unsigned long n)
{
	struct dispatch *d = ctx;
	double began = cpu_ns();

	while (n--) {
		struct bare_line *line = &d->bare[random_next(&d->random) % LINES];
		unsigned int calls = d->calls;

		__atomic_exchange_n(&line->word, 1u, __ATOMIC_SEQ_CST);
		while (calls--)
			line->handler(1, line->cookie);
		__atomic_store_n(&line->word, 0u, __ATOMIC_RELEASE);
	}
	return cpu_ns() - began;
}

static double call_only(void *ctx, unsigned long n)
{
	struct dispatch *d = ctx;
	double began = cpu_ns();

	while (n--) {
		struct bare_line *line = &d->bare[random_next(&d->random) % LINES];

		line->handler(1, line->cookie);
	}
	return cpu_ns() - began;
}

/* ---------------------------------------------------- through a demultiplexer */

static enum irqref_return demultiplex(irqref_virq_t virq, void *cookie)
{
	struct dispatch *d = cookie;

	(void)virq;
	irqref_dispatch(d->board->domain, random_next(&d->random) % LINES);
	return IRQREF_HANDLED;
}

static void *begin_chained(const struct row *row)
{
	struct dispatch *d = begin_level(row);
	struct irqref_domain_config root = {.name = "root", .flow = IRQREF_FLOW_LEVEL, .size = 8};
	struct irqref_ref ref;

	must(irqref_domain_add(d->board->space, &root, &d->root), "irqref_domain_add");
	must(irqref_get(d->root, 5, IRQREF_TYPE_HIGH, d->board->consumer, NULL, &ref, NULL),
	     "irqref_get");
	must(irqref_request(d->board->space, ref, demultiplex, d, IRQREF_CHAINED),
	     "irqref_request");
	return d;
}

static void end_chained(void *ctx)
{
	struct dispatch *d = ctx;
	struct board *board = d->board;

	/* The root's mapping is the consumer's too; its domain goes once that has gone. */
	must(irqref_domain_remove(d->root, IRQREF_REMOVE_FORCE, NULL, NULL),
	     "irqref_domain_remove");
	board_end(board);
	free(d);
}

static double run_chained(void *ctx, unsigned long n)
{
	struct dispatch *d = ctx;
	double began = cpu_ns();

	while (n--)
		irqref_dispatch(d->root, 5);
	return cpu_ns() - began;
}

static double chained_by_hand(void *ctx, unsigned long n)
{
	struct dispatch *d = ctx;
	double began = cpu_ns();

	while (n--) {
		struct bare_line *line = &d->bare[random_next(&d->random) % LINES];

		__atomic_exchange_n(&d->bare[0].count, 1u, __ATOMIC_SEQ_CST);
		__atomic_exchange_n(&line->word, 1u, __ATOMIC_SEQ_CST);
		d->bare[0].handler(1, line->cookie);
		line->handler(1, line->cookie);
		__atomic_store_n(&line->word, 0u, __ATOMIC_RELEASE);
		__atomic_store_n(&d->bare[0].count, 0u, __ATOMIC_RELEASE);
	}
	return cpu_ns() - began;
}

#define DISPATCH(row_name, how, handlers, levels)                                                  \
	{                                                                                          \
		.name = (row_name), .unit = "ns", .size = (handlers), .other = (levels),           \
		.begin = begin_##how, .run = run, .limit = by_hand, .end = end,                    \
		.limit_is = "atomic exchange, indirect call, store",                               \
	}

const struct row dispatch_rows[] = {
        DISPATCH("dispatch_1", level, 1, 0),
        DISPATCH("dispatch_1_edge", edge, 1, 0),
        DISPATCH("dispatch_shared4", level, 4, 0),
        {
                .name = "dispatch_chained",
                .unit = "ns",
                .size = 1,
                .begin = begin_chained,
                .run = run_chained,
                .limit = chained_by_hand,
                .end = end_chained,
                .limit_is = "twice the limit of dispatch_1",
        },
        DISPATCH("dispatch_hier3", level, 1, 2),
        {
                .name = "dispatch_1_and_call",
                .unit = "ns",
                .size = 1,
                .begin = begin_level,
                .run = run,
                .limit = call_only,
                .end = end,
                .limit_is = "indirect call",
        },
        {.name = NULL},
};
