/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chip and the flags of a line, changed on two CPUs at once: a dispatch that masks and unmasks
 * a level line, against disables and enables of it. The chip's word is plain memory, which a CPU
 * writes late and reads early if the core lets it.
 */
#include <pthread.h>
#include <sched.h>

#include <irqref/irqref.h>

#include "posix.h"
#include "unit.h"

#define LINE   3
#define ROUNDS 300000u

static struct irqref_space *space;
static struct irqref_domain *domain;
static struct irqref_consumer consumer;
static struct irqref_ref ref;

static struct {
	uint32_t unmasked;
	uint32_t stop;
	uint32_t wrong;
	/* The raiser stands still while @pause is odd and says so in @paused. */
	uint32_t pause;
	uint32_t paused;
} shared __attribute__((aligned(64)));

#define ld(p)    __atomic_load_n(p, __ATOMIC_RELAXED)
#define st(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)

static void chip_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	st(&shared.unmasked, 0u);
}

static void chip_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	st(&shared.unmasked, 1u);
}

static const struct irqref_chip chip = {
        .name = "word",
        .mask = chip_mask,
        .unmask = chip_unmask,
};

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	return IRQREF_HANDLED;
}

static void setup(void)
{
	struct irqref_domain_config lines = {
	        .name = "lines",
	        .size = 16,
	        .chip = &chip,
	        .flow = IRQREF_FLOW_LEVEL,
	};
	struct irqref_space_config config = {.max_irqs = 64};

	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_domain_add(space, &lines, &domain));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
	assert_ok(irqref_get(domain, LINE, IRQREF_TYPE_HIGH, consumer, NULL, &ref, NULL));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	shared.stop = 0;
	shared.wrong = 0;
	shared.pause = 0;
	shared.paused = 0;
}

static void teardown(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
}

static void *raise_all_the_time(void *arg)
{
	uint32_t pause;

	(void)arg;
	while (!ld(&shared.stop)) {
		pause = __atomic_load_n(&shared.pause, __ATOMIC_ACQUIRE);
		if (pause & 1) {
			__atomic_store_n(&shared.paused, pause, __ATOMIC_RELEASE);
			while (__atomic_load_n(&shared.pause, __ATOMIC_ACQUIRE) == pause)
				sched_yield();
		}
		irqref_dispatch(domain, LINE);
	}
	return NULL;
}

static pthread_t start(void)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, raise_all_the_time, NULL), 0);
	return thread;
}

static void finish(pthread_t thread)
{
	st(&shared.stop, 1u);
	pthread_join(thread, NULL);
	assert_int_equal(shared.wrong, 0);
}

static void R19_a_disabled_line_is_masked(void)
{
	pthread_t thread = start();
	uint32_t i;

	for (i = 0; i < ROUNDS; i++) {
		assert_ok(irqref_disable_sync(space, ref));
		shared.wrong += ld(&shared.unmasked);
		assert_ok(irqref_enable(space, ref));
	}
	finish(thread);
}

/* A line that stays masked is dead: nothing would ever unmask it. */
static void R19_an_enabled_line_is_not_masked(void)
{
	pthread_t thread = start();
	uint32_t i;

	for (i = 0; i < ROUNDS / 10; i++) {
		assert_ok(irqref_disable(space, ref));
		assert_ok(irqref_enable(space, ref));
		__atomic_store_n(&shared.pause, 2 * i + 1, __ATOMIC_RELEASE);
		while (__atomic_load_n(&shared.paused, __ATOMIC_ACQUIRE) != 2 * i + 1)
			sched_yield();
		shared.wrong += !ld(&shared.unmasked);
		__atomic_store_n(&shared.pause, 2 * i + 2, __ATOMIC_RELEASE);
	}
	finish(thread);
}

static const struct irqref_test tests[] = {
        TEST(R19_a_disabled_line_is_masked),
        TEST(R19_an_enabled_line_is_not_masked),
};
UNIT_SUITE_FIXTURE("chip and flags", tests, setup, teardown)
