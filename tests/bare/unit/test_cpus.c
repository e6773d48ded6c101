/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare port on all CPUs that the machine has: dispatches on each of them, while CPU 0 maps,
 * installs handlers, removes them and takes domains away. With one CPU there is nothing to run
 * against: skipped, by name.
 *
 * What a reader must not meet is made recognisable: memory that was given back is overwritten, and an
 * object that a grace period has ended for is marked.
 */
#include "unit.h"
#include "port.h"

#include <bare.h>
#include <irqref_port_bare.h>

#include "../machine.h"
#include "cpus.h"

#define LIVE   0x11f3u
#define DEAD   0xdeadu
#define LINES  8u
#define ROUNDS 2000u

/* What a CPU does until it is told otherwise. */
enum job {
	JOB_IDLE,
	JOB_DISPATCH,
	JOB_READ,
};

struct object {
	uint32_t state;
};

static uint32_t cpus; /* 0: not started yet */
static uint32_t job;
static uint32_t busy;
static uint32_t dispatches[MACHINE_CPUS];
static uint32_t wrong;
static struct irqref_domain *target;
static struct object objects[64];
static struct object *current;
static struct object cookies[LINES];
static uint32_t handled;

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	struct object *object = cookie;

	(void)virq;
	if (__atomic_load_n(&object->state, __ATOMIC_RELAXED) != LIVE)
		__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
	return IRQREF_HANDLED;
}

static void dispatch_once(uint32_t cpu, uint32_t n)
{
	struct irqref_domain *domain;

	irqref_read_lock();
	domain = __atomic_load_n(&target, __ATOMIC_ACQUIRE);
	if (domain)
		irqref_dispatch(domain, n % LINES);
	irqref_read_unlock();
	__atomic_store_n(&dispatches[cpu], n + 1, __ATOMIC_RELAXED);
}

/* Looks twice, with some time in between: within the section it may not change. */
static void read_once(uint32_t cpu, uint32_t n)
{
	struct object *object;
	uint32_t i;

	irqref_hot_read_lock();
	object = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
	for (i = 0; i < 4; i++) {
		if (__atomic_load_n(&object->state, __ATOMIC_RELAXED) != LIVE)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		irqref_hot_relax(i);
	}
	irqref_hot_read_unlock();
	__atomic_store_n(&dispatches[cpu], n + 1, __ATOMIC_RELAXED);
}

static void other_cpu(uint32_t cpu)
{
	uint32_t n = 0;

	for (;;) {
		switch (__atomic_load_n(&job, __ATOMIC_ACQUIRE)) {
		case JOB_IDLE:
			irqref_hot_relax(0);
			break;
		default:
			__atomic_fetch_add(&busy, 1, __ATOMIC_ACQ_REL);
			while (__atomic_load_n(&job, __ATOMIC_ACQUIRE) == JOB_DISPATCH)
				dispatch_once(cpu, n++);
			while (__atomic_load_n(&job, __ATOMIC_ACQUIRE) == JOB_READ)
				read_once(cpu, n++);
			__atomic_fetch_sub(&busy, 1, __ATOMIC_ACQ_REL);
			break;
		}
	}
}

/* All other CPUs at work. */
static void begin(enum job what)
{
	if (!cpus)
		cpus = machine_start_cpus(&unit_dt, other_cpu);
	if (cpus < 2)
		skip();
	wrong = 0;
	handled = 0;
	__atomic_store_n(&job, what, __ATOMIC_RELEASE);
	while (__atomic_load_n(&busy, __ATOMIC_ACQUIRE) != cpus - 1)
		irqref_hot_relax(0);
}

static void stop(void)
{
	__atomic_store_n(&job, JOB_IDLE, __ATOMIC_RELEASE);
	while (__atomic_load_n(&busy, __ATOMIC_ACQUIRE))
		irqref_hot_relax(0);
}

/* Until each other CPU has gone round once more. */
static void let_them(void)
{
	uint32_t cpu;

	for (cpu = 1; cpu < cpus; cpu++) {
		uint32_t seen = __atomic_load_n(&dispatches[cpu], __ATOMIC_RELAXED);

		while (__atomic_load_n(&dispatches[cpu], __ATOMIC_RELAXED) == seen)
			irqref_hot_relax(0);
	}
}

static void sections_keep_what_they_found(void)
{
	uint32_t n;

	objects[0].state = LIVE;
	current = &objects[0];
	begin(JOB_READ);
	for (n = 1; n <= ROUNDS; n++) {
		struct object *fresh = &objects[n % 64];
		struct object *old = current;

		__atomic_store_n(&fresh->state, LIVE, __ATOMIC_RELAXED);
		__atomic_store_n(&current, fresh, __ATOMIC_SEQ_CST);
		port.base.synchronize(port.base.ctx);
		__atomic_store_n(&old->state, DEAD, __ATOMIC_RELAXED);
	}
	stop();
	assert_int_equal(wrong, 0);
}

/* Overwrites what is given back. */
static void poison(void *ctx, void *ptr, size_t size)
{
	unsigned char *p = ptr;
	size_t i;

	(void)ctx;
	for (i = 0; i < size; i++)
		p[i] = 0xdd;
	port.base.free(port.base.ctx, ptr, size);
}

static void *plain_alloc(void *ctx, size_t size, size_t align)
{
	(void)ctx;
	return port.base.alloc(port.base.ctx, size, align);
}

static void plain_synchronize(void *ctx)
{
	(void)ctx;
	port.base.synchronize(port.base.ctx);
}

static void plain_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	port.base.pause(port.base.ctx, attempt);
}

/* The wrapped port counts without caring for other CPUs: here without it. */
static struct irqref_space *real_space(void)
{
	struct irqref_space_config config = {
	        .max_irqs = 256,
	        .port = {.alloc = plain_alloc,
	                 .free = poison,
	                 .synchronize = plain_synchronize,
	                 .pause = plain_pause,
	                 .nr_cpus = MACHINE_CPUS},
	};
	struct irqref_space *space;

	assert_ok(irqref_space_create(&config, &space));
	return space;
}

static struct irqref_domain *add_domain(struct irqref_space *space)
{
	struct irqref_domain_config config = {
	        .name = "pic", .size = LINES / 2, .max = LINES, .flow = IRQREF_FLOW_FASTEOI};
	struct irqref_domain *domain;

	assert_ok(irqref_domain_add(space, &config, &domain));
	return domain;
}

/* A reference comes and goes on every line in turn, under the dispatches of all others. */
static void after_put_sync_no_cpu_runs_the_handler(void)
{
	struct irqref_space *space = real_space();
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	uint32_t n;

	assert_ok(irqref_consumer_add(space, "card", &consumer));
	target = add_domain(space);
	begin(JOB_DISPATCH);
	for (n = 0; n < ROUNDS; n++) {
		struct object *cookie = &cookies[n % LINES];

		__atomic_store_n(&cookie->state, LIVE, __ATOMIC_RELAXED);
		assert_ok(irqref_get(target, n % LINES, IRQREF_TYPE_HIGH, consumer, NULL, &ref,
		                     NULL));
		assert_ok(irqref_request(space, ref, handler, cookie, IRQREF_SHARED));
		if (n % 64 == 0)
			let_them();
		assert_ok(irqref_put_sync(space, ref));
		__atomic_store_n(&cookie->state, DEAD, __ATOMIC_RELAXED);
		if (n % 64 == 0)
			assert_ok(irqref_flush(space));
	}
	stop();
	assert_int_equal(wrong, 0);
	assert_true(handled > 0);
	assert_ok(irqref_domain_remove(target, IRQREF_REMOVE_POLITE, NULL, NULL));
	target = NULL;
	assert_int_equal(irqref_consumer_remove(space, consumer, NULL, NULL), 0);
	assert_ok(irqref_space_remove(space));
}

/* A whole domain goes, with its mappings, while the others dispatch in it. */
static void a_domain_goes_under_dispatches(void)
{
	struct irqref_space *space = real_space();
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	uint32_t n;

	target = NULL;
	assert_ok(irqref_consumer_add(space, "card", &consumer));
	begin(JOB_DISPATCH);
	for (n = 0; n < ROUNDS / 50; n++) {
		struct irqref_domain *domain = add_domain(space);

		cookies[0].state = LIVE;
		assert_ok(irqref_get(domain, n % LINES, IRQREF_TYPE_HIGH, consumer, NULL, &ref,
		                     NULL));
		assert_ok(irqref_request(space, ref, handler, &cookies[0], 0));
		__atomic_store_n(&target, domain, __ATOMIC_RELEASE);
		let_them();
		__atomic_store_n(&target, NULL, __ATOMIC_SEQ_CST);
		assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_FORCE, NULL, NULL));
		__atomic_store_n(&cookies[0].state, DEAD, __ATOMIC_RELAXED);
		assert_ok(irqref_put_sync(space, ref));
	}
	stop();
	assert_int_equal(wrong, 0);
	assert_int_equal(irqref_consumer_remove(space, consumer, NULL, NULL), 0);
	assert_ok(irqref_space_remove(space));
}

static const struct irqref_test tests[] = {
        TEST(sections_keep_what_they_found),
        TEST(after_put_sync_no_cpu_runs_the_handler),
        TEST(a_domain_goes_under_dispatches),
};

UNIT_SUITE_FIXTURE("cpus", tests, setup, teardown)
