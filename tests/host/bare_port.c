/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare port with threads as CPUs and signals as interrupts: its epochs under ThreadSanitizer, its
 * arena, and the library on it. (Built for the bare port: see tests/meson.build.)
 */
#include "unit.h"
#include "arch_host.h"

#include <bare.h>
#include <irqref_port_bare.h>

#include <irqref/irqref.h>

#include <pthread.h>
#include <string.h>
#include <time.h>

#define CPUS   4u
#define LIVE   0x11f3u
#define DEAD   0xdeadu
#define LINES  8u
#define ROUNDS 1000u

_Thread_local uint32_t host_cpu;

static struct irqref_bare bare;
static struct irqref_port port;
static unsigned char memory[1u << 20] __attribute__((aligned(64)));

struct object {
	uint32_t state;
};

static struct object objects[64];
static struct object *current;
static struct object cookies[LINES];
static struct irqref_domain *target;
static uint32_t stop, wrong, handled;
static uint32_t rounds[CPUS];
static pthread_t threads[CPUS];
static void (*job)(uint32_t n);

static void setup(void)
{
	assert_ok(irqref_bare_port(&bare, memory, sizeof(memory), CPUS, &port));
	stop = wrong = handled = 0;
}

/* --------------------------------------------------------------- other CPUs */

/* Within the section it may not change. */
static void look(void)
{
	const struct object *object;
	int i;

	irqref_hot_read_lock();
	object = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
	for (i = 0; i < 4; i++) {
		if (__atomic_load_n(&object->state, __ATOMIC_RELAXED) != LIVE)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		/* Time for who does not wait for this section. */
		irqref_bare_arch_relax();
	}
	irqref_hot_read_unlock();
}

static void look_job(uint32_t n)
{
	(void)n;
	look();
}

/* An interrupt: a section of its own, in whatever it interrupts. */
static void interrupt(int signal)
{
	(void)signal;
	look();
}

static void *cpu_main(void *arg)
{
	uint32_t n = 0;

	host_cpu = (uint32_t)(uintptr_t)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		job(n++);
		__atomic_store_n(&rounds[host_cpu], n, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void start_cpus(void (*what)(uint32_t n))
{
	uint32_t cpu;

	job = what;
	for (cpu = 1; cpu < CPUS; cpu++) {
		rounds[cpu] = 0;
		assert_int_equal(
		        pthread_create(&threads[cpu], NULL, cpu_main, (void *)(uintptr_t)cpu), 0);
	}
}

static void let_them(void)
{
	uint32_t cpu;

	for (cpu = 1; cpu < CPUS; cpu++) {
		uint32_t seen = __atomic_load_n(&rounds[cpu], __ATOMIC_RELAXED);

		while (__atomic_load_n(&rounds[cpu], __ATOMIC_RELAXED) == seen)
			sched_yield();
	}
}

static void stop_cpus(void)
{
	uint32_t cpu;

	__atomic_store_n(&stop, 1u, __ATOMIC_RELEASE);
	for (cpu = 1; cpu < CPUS; cpu++)
		pthread_join(threads[cpu], NULL);
}

/* ------------------------------------------------------------------- epochs */

static void swap_objects(bool interrupts)
{
	uint32_t n;

	objects[0].state = LIVE;
	__atomic_store_n(&current, &objects[0], __ATOMIC_SEQ_CST);
	start_cpus(look_job);
	let_them();
	for (n = 1; n <= ROUNDS; n++) {
		struct object *old = current;
		struct object *fresh = &objects[n % 64];

		__atomic_store_n(&fresh->state, LIVE, __ATOMIC_RELAXED);
		__atomic_store_n(&current, fresh, __ATOMIC_SEQ_CST);
		if (interrupts)
			pthread_kill(threads[1 + n % (CPUS - 1)], SIGUSR1);
		port.synchronize(port.ctx);
		__atomic_store_n(&old->state, DEAD, __ATOMIC_RELAXED);
	}
	stop_cpus();
	assert_int_equal(wrong, 0);
}

static void R5_a_section_keeps_what_it_found(void)
{
	swap_objects(false);
}

static void R5_interrupts_in_the_midst_of_opening_and_closing(void)
{
	struct sigaction action = {.sa_handler = interrupt};

	sigaction(SIGUSR1, &action, NULL);
	swap_objects(true);
}

static uint32_t is_in, may_leave, is_over;

static void *stay_in_a_section(void *arg)
{
	host_cpu = 1;
	(void)arg;
	irqref_hot_read_lock();
	__atomic_store_n(&is_in, 1, __ATOMIC_RELEASE);
	/* Sections within it come and go: it is still the same one. */
	while (!__atomic_load_n(&may_leave, __ATOMIC_ACQUIRE)) {
		irqref_hot_read_lock();
		irqref_hot_read_unlock();
		sched_yield();
	}
	irqref_hot_read_unlock();
	return NULL;
}

static void *wait_for_sections(void *arg)
{
	host_cpu = 2;
	(void)arg;
	port.synchronize(port.ctx);
	__atomic_store_n(&is_over, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void R5_an_open_section_holds_the_grace_period_up(void)
{
	struct timespec nap = {.tv_nsec = 20000000};
	pthread_t in, waiting;

	is_in = may_leave = is_over = 0;
	assert_int_equal(pthread_create(&in, NULL, stay_in_a_section, NULL), 0);
	while (!__atomic_load_n(&is_in, __ATOMIC_ACQUIRE))
		sched_yield();
	assert_int_equal(pthread_create(&waiting, NULL, wait_for_sections, NULL), 0);
	nanosleep(&nap, NULL);
	assert_int_equal(__atomic_load_n(&is_over, __ATOMIC_ACQUIRE), 0);
	__atomic_store_n(&may_leave, 1, __ATOMIC_RELEASE);
	pthread_join(in, NULL);
	pthread_join(waiting, NULL);
	assert_int_equal(is_over, 1);
}

/* The reader is in a section nearly all the time, but never in the same one for long. */
static void R5_sections_that_follow_do_not_hold_it_up(void)
{
	uint32_t n;

	objects[0].state = LIVE;
	current = &objects[0];
	start_cpus(look_job);
	for (n = 0; n < 100; n++)
		port.synchronize(port.ctx);
	stop_cpus();
}

static void R5_sections_nest(void)
{
	assert_false(irqref_hot_in_section());
	irqref_hot_read_lock();
	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	assert_true(irqref_hot_in_section());
	irqref_hot_read_unlock();
	assert_false(irqref_hot_in_section());
}

/* -------------------------------------------------------------------- arena */

static void R15_the_arena_gives_zeroed_memory_until_it_is_used_up(void)
{
	void *list[64];
	uint32_t n = 0;
	uint32_t i;

	memset(memory, 0x5a, sizeof(memory));
	setup();
	while (n < 64 && (list[n] = port.alloc(port.ctx, 32768, 64)) != NULL) {
		assert_int_equal((uintptr_t)list[n] % 64, 0);
		for (i = 0; i < 32768; i++)
			assert_int_equal(((unsigned char *)list[n])[i], 0);
		n++;
	}
	assert_in_range(n, 20, 32);
	for (i = 0; i < n; i++)
		port.free(port.ctx, list[i], 32768);
	assert_int_equal(bare.memory.used, 0);
	list[0] = port.alloc(port.ctx, sizeof(memory) - 4096, 64);
	assert_non_null(list[0]);
	port.free(port.ctx, list[0], sizeof(memory) - 4096);
}

static void use_the_arena(uint32_t n)
{
	uint32_t *p = port.alloc(port.ctx, 64 + n % 512, 8);

	if (!p)
		return;
	if (*p)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	*p = 0xffffffffu;
	port.free(port.ctx, p, 64 + n % 512);
}

static void R15_several_CPUs_share_the_arena(void)
{
	uint32_t n;

	start_cpus(use_the_arena);
	for (n = 0; n < ROUNDS; n++)
		use_the_arena(n);
	let_them();
	stop_cpus();
	assert_int_equal(wrong, 0);
	assert_int_equal(bare.memory.used, 0);
}

static void R13_misuse_of_the_port(void)
{
	struct irqref_port out;

	assert_code(irqref_bare_port(NULL, memory, sizeof(memory), 1, &out), IRQREF_ERR_INVAL);
	assert_code(irqref_bare_port(&bare, NULL, sizeof(memory), 1, &out), IRQREF_ERR_INVAL);
	assert_code(irqref_bare_port(&bare, memory, 100, 1, &out), IRQREF_ERR_INVAL);
	assert_code(irqref_bare_port(&bare, memory, sizeof(memory), 0, &out), IRQREF_ERR_INVAL);
	assert_code(irqref_bare_port(&bare, memory, sizeof(memory), IRQREF_BARE_CPUS + 1, &out),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_bare_port(&bare, memory, sizeof(memory), 1, NULL), IRQREF_ERR_INVAL);
}

/* -------------------------------------------------------------- the library */

static struct irqref_space *space;
static struct irqref_consumer card;

static struct irqref_domain *begin_space(void)
{
	struct irqref_space_config config = {.port = port, .max_irqs = 256};
	struct irqref_domain_config pic = {
	        .name = "pic", .size = LINES, .flow = IRQREF_FLOW_FASTEOI};
	struct irqref_domain *domain;

	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_consumer_add(space, "card", &card));
	assert_ok(irqref_domain_add(space, &pic, &domain));
	return domain;
}

static void end_space(struct irqref_domain *domain)
{
	assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_int_equal(irqref_consumer_remove(space, card, NULL, NULL), 0);
	assert_ok(irqref_space_remove(space));
	assert_int_equal(bare.memory.used, 0);
}

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	const struct object *object = cookie;

	(void)virq;
	if (__atomic_load_n(&object->state, __ATOMIC_RELAXED) != LIVE)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
	return IRQREF_HANDLED;
}

static void dispatch(uint32_t n)
{
	irqref_dispatch(target, n % LINES);
}

static void R6_after_put_sync_no_CPU_runs_the_handler(void)
{
	struct irqref_ref ref;
	uint32_t n;

	target = begin_space();
	start_cpus(dispatch);
	let_them();
	for (n = 0; n < ROUNDS; n++) {
		struct object *cookie = &cookies[n % LINES];

		__atomic_store_n(&cookie->state, LIVE, __ATOMIC_RELAXED);
		assert_ok(irqref_get(target, n % LINES, IRQREF_TYPE_HIGH, card, NULL, &ref, NULL));
		assert_ok(irqref_request(space, ref, handler, cookie, IRQREF_SHARED));
		if (n % 64 == 0)
			let_them();
		assert_ok(irqref_put_sync(space, ref));
		__atomic_store_n(&cookie->state, DEAD, __ATOMIC_RELAXED);
	}
	stop_cpus();
	assert_int_equal(wrong, 0);
	assert_true(handled > 0);
	end_space(target);
}

static void T19_who_may_not_wait_is_refused(void)
{
	struct irqref_domain *domain = begin_space();
	struct irqref_ref ref;

	irqref_bare_atomic_enter();
	irqref_bare_atomic_enter();
	irqref_bare_atomic_exit();
	assert_code(irqref_get(domain, 1, IRQREF_TYPE_HIGH, card, NULL, &ref, NULL),
	            IRQREF_ERR_ATOMIC);
	irqref_bare_atomic_exit();
	assert_ok(irqref_get(domain, 1, IRQREF_TYPE_HIGH, card, NULL, &ref, NULL));
	assert_ok(irqref_put(space, ref));
	end_space(domain);
}

static void R2_a_put_that_may_not_wait_kicks(void)
{
	struct irqref_domain *domain = begin_space();
	struct irqref_stats stats;
	struct irqref_ref ref;

	assert_ok(irqref_get(domain, 1, IRQREF_TYPE_HIGH, card, NULL, &ref, NULL));
	assert_false(irqref_bare_kicked(&bare));
	irqref_bare_atomic_enter();
	assert_ok(irqref_put(space, ref));
	irqref_bare_atomic_exit();
	assert_true(irqref_bare_kicked(&bare));
	assert_false(irqref_bare_kicked(&bare));
	assert_ok(irqref_flush(space));
	assert_ok(irqref_space_stats(space, &stats));
	assert_int_equal(stats.mappings, 0);
	end_space(domain);
}

static void R17_since_is_the_kernels_tick(void)
{
	struct irqref_domain *domain = begin_space();
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref ref;

	irqref_bare_tick(&bare);
	irqref_bare_tick(&bare);
	assert_ok(irqref_get(domain, 1, IRQREF_TYPE_HIGH, card, NULL, &ref, NULL));
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.since, 2);
	assert_ok(irqref_put(space, ref));
	end_space(domain);
}

static const struct irqref_test tests[] = {
        TEST(R5_a_section_keeps_what_it_found),
        TEST(R5_interrupts_in_the_midst_of_opening_and_closing),
        TEST(R5_an_open_section_holds_the_grace_period_up),
        TEST(R5_sections_that_follow_do_not_hold_it_up),
        TEST(R5_sections_nest),
        TEST(R15_the_arena_gives_zeroed_memory_until_it_is_used_up),
        TEST(R15_several_CPUs_share_the_arena),
        TEST(R13_misuse_of_the_port),
        TEST(R6_after_put_sync_no_CPU_runs_the_handler),
        TEST(T19_who_may_not_wait_is_refused),
        TEST(R2_a_put_that_may_not_wait_kicks),
        TEST(R17_since_is_the_kernels_tick),
};
UNIT_SUITE_FIXTURE("bare port", tests, setup, NULL)
