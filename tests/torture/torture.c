/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * torture [--seconds N] [--seed S]
 *
 * Rounds of about two seconds on a fresh space each: all threads run, all stop, everything is
 * checked, everything is taken down. In every other round one allocation in 64 fails.
 */
#include "torture.h"

#include <inttypes.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROUND_MS 2000u

/* Seconds after which a thread that was told to stop hangs: sanitizers on a busy machine are slow. */
#define PATIENCE 120u

#define VIOLATIONS_SHOWN 20u

struct torture t;

static struct irqref_port base;

void violation(const char *format, ...)
{
	char text[256];
	va_list args;

	if (add(&t.violations, 1) >= VIOLATIONS_SHOWN)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("torture: seed %" PRIu64 ", round %u: %s\n", t.seed, t.round, text);
	fflush(stdout);
}

uint32_t rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) >> 16);
}

bool check_code(const char *what, int code, uint32_t allowed)
{
	if (code >= 0 ? (code == 0 && allowed & OK) : (allowed & CODE(code)) != 0)
		return true;
	violation("%s says %s (%d)", what, irqref_strerror(code), code);
	return false;
}

uint32_t nomem(void)
{
	return ld(&t.starve) ? CODE(IRQREF_ERR_NOMEM) : 0;
}

/* the port */

static void *torture_alloc(void *ctx, size_t size, size_t align)
{
	static _Thread_local uint64_t random;
	void *p;

	(void)ctx;
	if (ld(&t.starve) && !ld(&t.stop) && rnd_below(&random, 64) == 0)
		return NULL;
	p = base.alloc(base.ctx, size, align);
	if (p)
		__atomic_fetch_add(&t.memory, size, __ATOMIC_RELAXED);
	return p;
}

static void torture_free(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	__atomic_fetch_sub(&t.memory, size, __ATOMIC_RELAXED);
	base.free(base.ctx, ptr, size);
}

/* a round */

static void must(const char *what, int ret)
{
	if (!ret)
		return;
	printf("torture: seed %" PRIu64 ", round %u: %s says %s\n", t.seed, t.round, what,
	       irqref_strerror(ret));
	exit(1);
}

static void thread_init(struct thread *thread, const char *name, unsigned int index)
{
	memset(thread, 0, sizeof(*thread));
	thread->index = index;
	snprintf(thread->name, sizeof(thread->name), "%s%u", name, index);
	thread->random = t.seed + t.round * 1000003u + index * 7919u + (uint64_t)name[0] * 104729u;
	rnd(&thread->random);
	thread->doing = "starting";
}

static struct hook *install(enum hook_kind kind, enum board_domain domain, uint8_t key,
                            uint32_t flags)
{
	struct instance *instance = t.place[domain].instance;
	struct hook *hook = hook_new(kind, instance, key, t.seed + key);
	struct irqref_ref ref;

	must("get", irqref_get(instance->domain, hwirq_of(domain, key), type_of(domain, key),
	                       t.keeper, NULL, &ref, NULL));
	hook_arm(hook, ref, t.keeper);
	must("request", irqref_request(t.space, ref, hook_run, hook, flags));
	return hook;
}

static void set_up(void)
{
	struct irqref_space_config config = {.max_irqs = 1u << 16};
	uint32_t i;
	int id;

	t.stop = 0;
	st(&t.starve, false);
	memset(t.place, 0, sizeof(t.place));
	memset(t.vector_bits, 0, sizeof(t.vector_bits));
	t.vectors = (struct irqref_msi_vectors){.bits = t.vector_bits, .count = KEYS};
	must("posix_port", irqref_posix_port(&base));
	config.port = base;
	must("worker_init", irqref_posix_worker_init(&t.worker, &config.port));
	config.port.alloc = torture_alloc;
	config.port.free = torture_free;
	config.nr_cpus = irqref_posix_nr_cpus();
	must("space_create", irqref_space_create(&config, &t.space));
	must("worker_start", irqref_posix_worker_start(&t.worker, t.space));
	for (id = 0; id < D_FIXED; id++)
		must("domain_add", board_add((enum board_domain)id, &t.place[id].instance));
	must("consumer_add", irqref_consumer_add(t.space, "keeper", &t.keeper));
	for (i = 0; i < WRITERS; i++) {
		thread_init(&t.writer[i], "writer", i);
		must("consumer_add",
		     irqref_consumer_add(t.space, t.writer[i].name, &t.writer[i].consumer[0]));
		must("consumer_add",
		     irqref_consumer_add(t.space, t.writer[i].name, &t.writer[i].consumer[1]));
	}
	for (i = 0; i < RAISERS; i++)
		thread_init(&t.raiser[i], "raiser", i);
	for (i = 0; i < EDGERS; i++)
		thread_init(&t.edger[i], "edger", i);
	for (i = 0; i < VOLATILES; i++)
		thread_init(&t.remover[i], "remover", i);
	thread_init(&t.reader, "look", 0);
	for (i = 0; i < KEEPERS; i++)
		t.keepers[i] = install(HOOK_KEEPER, D_SPARSE, (uint8_t)i, IRQREF_SHARED);
	t.chain = install(HOOK_CHAIN, D_CASCADE, 0, IRQREF_CHAINED);
}

static void launch(struct thread *thread, void *(*run)(void *))
{
	if (pthread_create(&thread->id, NULL, run, thread)) {
		perror("torture: pthread_create");
		exit(2);
	}
}

static void land(struct thread *thread)
{
	struct timespec nap = {.tv_nsec = 10000000};
	unsigned int naps = 0;

	while (!__atomic_load_n(&thread->done, __ATOMIC_ACQUIRE)) {
		nanosleep(&nap, NULL);
		if (++naps > PATIENCE * 100u) {
			printf("torture: seed %" PRIu64 ", round %u: %s hangs in %s\n", t.seed,
			       t.round, thread->name, ld(&thread->doing));
			fflush(stdout);
			abort();
		}
	}
	pthread_join(thread->id, NULL);
}

static void run(unsigned int ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	uint32_t i;

	st(&t.starve, (bool)(t.round & 1));
	for (i = 0; i < WRITERS; i++)
		launch(&t.writer[i], writer_main);
	for (i = 0; i < RAISERS; i++)
		launch(&t.raiser[i], raiser_main);
	for (i = 0; i < EDGERS; i++)
		launch(&t.edger[i], edger_main);
	for (i = 0; i < VOLATILES; i++)
		launch(&t.remover[i], remover_main);
	launch(&t.reader, reader_main);
	nanosleep(&time, NULL);
	st(&t.stop, 1u);
	for (i = 0; i < WRITERS; i++)
		land(&t.writer[i]);
	for (i = 0; i < RAISERS; i++)
		land(&t.raiser[i]);
	for (i = 0; i < EDGERS; i++)
		land(&t.edger[i]);
	for (i = 0; i < VOLATILES; i++)
		land(&t.remover[i]);
	land(&t.reader);
	check_code("worker_stop", irqref_posix_worker_stop(&t.worker), OK);
	st(&t.starve, false);
}

static void enable_all(struct thread *writer)
{
	uint32_t i;

	for (i = 0; i < HELD; i++) {
		struct held *held = &writer->held[i];

		for (; held->used && held->depth; held->depth--)
			check_code("enable at the end", irqref_enable(t.space, held->ref), OK);
	}
}

static void drop_all(struct thread *writer)
{
	uint32_t held = 0;
	uint32_t i;
	int removed;

	for (i = 0; i < HELD; i++)
		held += writer->held[i].used;
	removed = irqref_consumer_remove(t.space, writer->consumer[0], NULL, NULL);
	removed += irqref_consumer_remove(t.space, writer->consumer[1], NULL, NULL);
	if (removed != (int)held)
		violation("%s held %u references, %d were dropped", writer->name, held, removed);
	for (i = 0; i < HELD; i++) {
		if (writer->held[i].used)
			hook_drop(writer->held[i].hook);
	}
	hook_free_all(&writer->limbo);
}

static void dispose_all(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (irqref_ledger_next(t.space, &cursor, &entry) == 1) {
		if (entry.kind != IRQREF_HOLDER_FLOATING)
			violation("%s holds number %u at the end", entry.holder, entry.virq);
		else
			check_code("dispose at the end", irqref_floating_put(t.space, entry.virq),
			           OK);
	}
}

static void take_down(void)
{
	struct irqref_stats stats;
	uint32_t i;
	int id;

	for (i = 0; i < WRITERS; i++)
		drop_all(&t.writer[i]);
	if (irqref_consumer_remove(t.space, t.keeper, NULL, NULL) != KEEPERS + 1)
		violation("the keeper's references are not as many as it took");
	for (i = 0; i < KEEPERS; i++)
		hook_drop(t.keepers[i]);
	hook_drop(t.chain);
	dispose_all();
	check_code("flush", irqref_flush(t.space), OK);
	irqref_space_stats(t.space, &stats);
	if (stats.mappings || stats.references || stats.handlers || stats.gets != stats.puts)
		violation("left at the end: %u mappings, %u references, %u handlers",
		          stats.mappings, stats.references, stats.handlers);
	for (i = 0; i < sizeof(t.vector_bits) / sizeof(t.vector_bits[0]); i++) {
		if (t.vector_bits[i])
			violation("vectors are left at the end");
	}
	for (id = D_FIXED - 1; id >= 0; id--)
		check_code("domain_remove at the end",
		           irqref_domain_remove(t.place[id].instance->domain, IRQREF_REMOVE_POLITE,
		                                NULL, NULL),
		           OK);
	must("space_remove", irqref_space_remove(t.space));
	if (t.memory)
		violation("%zu bytes are left at the end", t.memory);
	t.memory = 0;
	board_free();
}

static void round_once(unsigned int ms)
{
	uint32_t i;

	set_up();
	run(ms);
	check_quiet();
	for (i = 0; i < WRITERS; i++)
		enable_all(&t.writer[i]);
	check_quiet();
	check_edges();
	take_down();
}

static uint64_t ops_of(const struct thread *threads, uint32_t count)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < count; i++)
		sum += threads[i].ops;
	return sum;
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 0);

	if (*end || end == s) {
		fprintf(stderr, "torture: not a number: %s\n", s);
		exit(2);
	}
	return n;
}

static uint64_t arguments(int argc, char **argv)
{
	uint64_t seconds = 20;
	int i;

	t.seed = (uint64_t)time(NULL) << 16 ^ (uint64_t)getpid();
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--seconds") && i + 1 < argc) {
			seconds = number(argv[++i]);
		} else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
			t.seed = number(argv[++i]);
		} else {
			fprintf(stderr, "usage: torture [--seconds N] [--seed S]\n");
			exit(2);
		}
	}
	return seconds;
}

int main(int argc, char **argv)
{
	uint64_t seconds = arguments(argc, argv);
	uint64_t end = now_ms() + seconds * 1000u;
	uint64_t raised = 0;
	uint64_t written = 0;
	uint64_t removed = 0;
	uint64_t edges = 0;
	uint64_t now;

	pthread_mutex_init(&t.instances_lock, NULL);
	printf("torture: %" PRIu64 " s, seed %" PRIu64 "\n", seconds, t.seed);
	fflush(stdout);
	while ((now = now_ms()) < end && !t.violations) {
		round_once(end - now < ROUND_MS ? (unsigned int)(end - now) : ROUND_MS);
		raised += ops_of(t.raiser, RAISERS);
		written += ops_of(t.writer, WRITERS);
		edges += ops_of(t.edger, EDGERS);
		removed += ops_of(t.remover, VOLATILES);
		t.round++;
	}
	printf("torture: %u rounds: %" PRIu64 " interrupts raised, %" PRIu64
	       " edges followed, %" PRIu64 " handlers run, %" PRIu64 " operations, %" PRIu64
	       " domains removed, %u violations\n",
	       t.round, raised, edges, t.handled, written, removed, t.violations);
	return t.violations ? 1 : 0;
}
