/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a second thread adds: the throughput of two threads, each on a CPU of its own, as a multiple
 * of one thread's. The limit is the same for the bare structure on the same CPUs in the same round.
 * Each thread's own CPU time is taken, so that what else runs on the CPUs does not count.
 */
#include "bench.h"

#include <pthread.h>
#include <stdlib.h>

#define LINES 256u
#define BATCH 300000ul

/* What one thread works on, in cache lines that the other one does not touch. */
struct lane {
	_Alignas(128) struct bare_line bare;
	unsigned long deliveries;
	unsigned long first; /* hwirq */
};

struct threads {
	struct board *board;
	struct irqref_desc *array[LINES];
	struct lane lane[2];
	unsigned int lanes; /* both threads in lane 0, or each in its own */
	unsigned int ready;
};

typedef double work_fn(struct threads *t, struct lane *lane);

struct worker {
	struct threads *threads;
	work_fn *work;
	unsigned int index;
	unsigned int others;
	double ns;
};

/* ------------------------------------------------------------------- work */

static double find(struct threads *t, struct lane *lane)
{
	struct irqref_domain *domain = t->board->domain;
	uintptr_t sum = 0;
	unsigned long n;
	double began;

	irqref_read_lock();
	began = cpu_ns();
	for (n = 0; n < BATCH; n++)
		sum += *(const uint32_t *)(const void *)irqref_find(domain, lane->first + n % 16);
	began = cpu_ns() - began;
	irqref_read_unlock();
	keep(sum);
	return began;
}

static double array(struct threads *t, struct lane *lane)
{
	double began = cpu_ns();
	uintptr_t sum = 0;
	unsigned long n;

	for (n = 0; n < BATCH; n++)
		sum += *(const uint32_t *)(const void *)__atomic_load_n(
		        &t->array[lane->first + n % 16], __ATOMIC_ACQUIRE);
	began = cpu_ns() - began;
	keep(sum);
	return began;
}

static double dispatch(struct threads *t, struct lane *lane)
{
	struct irqref_domain *domain = t->board->domain;
	double began = cpu_ns();
	unsigned long n;

	for (n = 0; n < BATCH; n++)
		irqref_dispatch(domain, lane->first);
	return cpu_ns() - began;
}

static double by_hand(struct threads *t, struct lane *lane)
{
	double began = cpu_ns();
	unsigned long n;

	(void)t;
	for (n = 0; n < BATCH; n++) {
		__atomic_exchange_n(&lane->bare.word, 1u, __ATOMIC_SEQ_CST);
		lane->bare.handler(1, lane->bare.cookie);
		__atomic_store_n(&lane->bare.word, 0u, __ATOMIC_RELEASE);
	}
	return cpu_ns() - began;
}

/* ---------------------------------------------------------------- threads */

static void *worker_main(void *arg)
{
	struct worker *worker = arg;
	struct threads *t = worker->threads;

	cpu_pin(worker->index);
	__atomic_add_fetch(&t->ready, 1u, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&t->ready, __ATOMIC_SEQ_CST) < worker->others)
		;
	worker->ns = worker->work(t, &t->lane[worker->index % t->lanes]);
	return NULL;
}

/*
 * One or two threads at once, the calling one among them: a process of two threads has no third one.
 * Returns the sum of their speeds.
 */
static double speed(struct threads *t, work_fn *work, unsigned int count)
{
	struct worker worker[2];
	double sum = 0;
	pthread_t other;
	unsigned int i;

	t->ready = 0;
	for (i = 0; i < count; i++)
		worker[i] =
		        (struct worker){.threads = t, .work = work, .index = i, .others = count};
	if (count > 1 && pthread_create(&other, NULL, worker_main, &worker[1]))
		die("cannot start a thread", 0);
	worker_main(&worker[0]);
	if (count > 1)
		pthread_join(other, NULL);
	for (i = 0; i < count; i++)
		sum += (double)BATCH / worker[i].ns;
	return sum;
}

static double gain(struct threads *t, work_fn *work)
{
	double alone = speed(t, work, 1);

	return speed(t, work, 2) / alone;
}

static double gain_find(void *ctx, unsigned long n)
{
	(void)n;
	return gain(ctx, find);
}

static double gain_array(void *ctx, unsigned long n)
{
	(void)n;
	return gain(ctx, array);
}

static double gain_dispatch(void *ctx, unsigned long n)
{
	(void)n;
	return gain(ctx, dispatch);
}

static double gain_by_hand(void *ctx, unsigned long n)
{
	(void)n;
	return gain(ctx, by_hand);
}

/* ----------------------------------------------------------------- boards */

static void install(struct threads *t, struct lane *lane)
{
	struct irqref_ref ref;

	must(irqref_get(t->board->domain, lane->first, IRQREF_TYPE_NONE, t->board->consumer, NULL,
	                &ref, NULL),
	     "irqref_get");
	must(irqref_request(t->board->space, ref, board_handler, &lane->deliveries, 0),
	     "irqref_request");
	lane->bare = (struct bare_line){.handler = bare_handler, .cookie = &lane->deliveries};
}

static void *begin(const struct row *row)
{
	struct board_config config = {
	        .count = LINES,
	        .flow = IRQREF_FLOW_LEVEL,
	        .type = IRQREF_TYPE_HIGH,
	        .spare = 1,
	};
	struct threads *t;
	unsigned int i;

	if (cpus_usable() < 2)
		return NULL;
	t = aligned_alloc(128, sizeof(*t));
	if (!t)
		die("out of memory", IRQREF_ERR_NOMEM);
	*t = (struct threads){.lanes = row->other ? 1 : 2};
	t->board = board_begin(&config);
	irqref_read_lock();
	for (i = 0; i < LINES; i++)
		t->array[i] = irqref_find(t->board->domain, i);
	irqref_read_unlock();
	for (i = 0; i < 2; i++) {
		t->lane[i].first = i * (LINES / 2);
		install(t, &t->lane[i]);
	}
	return t;
}

static void end(void *ctx)
{
	struct threads *t = ctx;

	board_end(t->board);
	free(t);
}

/* ---------------------------------------------- beside a reader that never rests */

struct reader {
	struct threads *threads;
	bool stop;
	bool runs;
};

static void *reader_main(void *arg)
{
	struct reader *reader = arg;
	struct threads *t = reader->threads;

	cpu_pin(1);
	while (!__atomic_load_n(&reader->stop, __ATOMIC_RELAXED)) {
		irqref_dispatch(t->board->domain, t->lane[0].first);
		__atomic_store_n(&reader->runs, true, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* On the wall: what is waited for a grace period counts. */
static double create_dispose_alone(void *ctx, unsigned long n)
{
	struct threads *t = ctx;
	struct irqref_ref ref;
	double began = wall_ns();

	while (n--) {
		must(irqref_get(t->board->domain, LINES, IRQREF_TYPE_NONE, t->board->consumer, NULL,
		                &ref, NULL),
		     "irqref_get");
		irqref_put(t->board->space, ref);
	}
	return wall_ns() - began;
}

static double create_dispose_busy(void *ctx, unsigned long n)
{
	struct reader reader = {.threads = ctx};
	pthread_t thread;
	double ns;

	if (pthread_create(&thread, NULL, reader_main, &reader))
		die("cannot start a thread", 0);
	while (!__atomic_load_n(&reader.runs, __ATOMIC_ACQUIRE))
		;
	ns = create_dispose_alone(ctx, n);
	__atomic_store_n(&reader.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	return ns;
}

#define THREADS(row_name, what, bare, share)                                                       \
	{                                                                                          \
		.name = (row_name), .unit = "x", .other = (share), .batch = 1,                     \
		.needs = "two CPUs", .begin = begin, .run = gain_##what, .limit = gain_##bare,     \
		.end = end, .limit_is = "the same of the bare structure",                          \
	}

const struct row thread_rows[] = {
        THREADS("find_threads_apart", find, array, false),
        THREADS("find_threads_same", find, array, true),
        THREADS("dispatch_threads_apart", dispatch, by_hand, false),
        THREADS("dispatch_threads_same", dispatch, by_hand, true),
        {
                .name = "create_dispose_busy_reader",
                .unit = "ns",
                .batch = 20000,
                .needs = "two CPUs",
                .begin = begin,
                .run = create_dispose_busy,
                .limit = create_dispose_alone,
                .end = end,
                .limit_is = "without the reader",
        },
        {.name = NULL},
};
