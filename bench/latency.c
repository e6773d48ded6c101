/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a put waits for the handlers that it removes, while another CPU dispatches that line
 * without a pause. On the wall: so a machine on which others run shows them in the high
 * percentiles. The limit is the same figure while nobody dispatches.
 */
#include "bench.h"

#include <pthread.h>
#include <stdlib.h>

#define SAMPLES 2000u

struct latency {
	struct board *board;
	double samples[SAMPLES];
	unsigned int rank; /* which of them, sorted, is the figure */
	unsigned long deliveries;
	bool stop;
	bool runs;
};

static void *begin(const struct row *row)
{
	struct board_config config = {
	        .count = 8,
	        .flow = IRQREF_FLOW_LEVEL,
	        .type = IRQREF_TYPE_HIGH,
	        .handlers = 2, /* both say that they share */
	};
	struct latency *l;

	if (cpus_usable() < 2)
		return NULL;
	l = must_alloc(sizeof(*l));
	l->board = board_begin(&config);
	l->rank = (unsigned int)((SAMPLES - 1) * row->size / 100);
	return l;
}

static void end(void *ctx)
{
	struct latency *l = ctx;

	board_end(l->board);
	free(l);
}

static void *storm(void *arg)
{
	struct latency *l = arg;

	cpu_pin(1);
	while (!__atomic_load_n(&l->stop, __ATOMIC_RELAXED)) {
		irqref_dispatch(l->board->domain, 0);
		__atomic_store_n(&l->runs, true, __ATOMIC_RELEASE);
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double quiet(void *ctx, unsigned long n)
{
	struct latency *l = ctx;
	struct board *board = l->board;
	unsigned int i;

	(void)n;
	for (i = 0; i < SAMPLES; i++) {
		struct irqref_ref ref;
		double began;

		must(irqref_get(board->domain, 0, IRQREF_TYPE_NONE, board->consumer, NULL, &ref,
		                NULL),
		     "irqref_get");
		must(irqref_request(board->space, ref, board_handler, &l->deliveries,
		                    IRQREF_SHARED),
		     "irqref_request");
		began = wall_ns();
		must(irqref_put_sync(board->space, ref), "irqref_put_sync");
		l->samples[i] = wall_ns() - began;
	}
	qsort(l->samples, SAMPLES, sizeof(l->samples[0]), by_value);
	return l->samples[l->rank];
}

static double stormy(void *ctx, unsigned long n)
{
	struct latency *l = ctx;
	pthread_t thread;
	double ns;

	l->stop = false;
	l->runs = false;
	if (pthread_create(&thread, NULL, storm, l))
		die("cannot start a thread", 0);
	while (!__atomic_load_n(&l->runs, __ATOMIC_ACQUIRE))
		;
	ns = quiet(l, n);
	__atomic_store_n(&l->stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	return ns;
}

#define LATENCY(row_name, percent)                                                                 \
	{                                                                                          \
		.name = (row_name), .unit = "ns", .size = (percent), .batch = 1,                   \
		.needs = "two CPUs", .begin = begin, .run = stormy, .limit = quiet, .end = end,    \
		.limit_is = "without dispatches",                                                  \
	}

const struct row latency_rows[] = {
        LATENCY("put_sync_p50", 50),
        LATENCY("put_sync_p99", 99),
        LATENCY("put_sync_max", 100),
        {.name = NULL},
};
