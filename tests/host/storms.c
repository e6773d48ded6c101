/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that raises a line without a pause, while another takes it and lets it go.
 */
#include "threaded.h"

static struct irqref_ref shared_ref;
static struct counter hits;

static uint32_t storm_stop;
static struct rig *storm_rig;
static irqref_hwirq_t storm_hwirq;

static void *storm(void *arg)
{
	uint32_t *rounds = arg;

	while (!load(&storm_stop)) {
		(void)irqref_dispatch(storm_rig->domain, storm_hwirq);
		add(rounds);
	}
	return NULL;
}

static pthread_t storms[2];
static uint32_t storm_rounds[2];

static void start_storm(struct rig *rig, irqref_hwirq_t hwirq)
{
	uint32_t i;

	storm_stop = 0;
	storm_rig = rig;
	storm_hwirq = hwirq;
	for (i = 0; i < 2; i++) {
		storm_rounds[i] = 0;
		assert_int_equal(pthread_create(&storms[i], NULL, storm, &storm_rounds[i]), 0);
	}
	for (i = 0; i < 2; i++) {
		while (!load(&storm_rounds[i]))
			sched_yield();
	}
}

static void end_storm(void)
{
	store(&storm_stop, 1u);
	(void)pthread_join(storms[0], NULL);
	(void)pthread_join(storms[1], NULL);
}

static uint32_t inside_now, overlaps;

static void watch(struct counter *self, irqref_virq_t virq)
{
	(void)self;
	(void)virq;
	if (add(&inside_now) != 1)
		add(&overlaps);
	__atomic_sub_fetch(&inside_now, 1, __ATOMIC_SEQ_CST);
}

/* A storm cannot starve who waits, and the handlers run on one CPU at a time. */
static void storm_and_puts(enum irqref_flow flow, unsigned int type)
{
	uint32_t i, after;

	threaded_world(flow);
	overlaps = inside_now = 0;
	hits = (struct counter){.inside = watch};
	start_storm(&pic, 4);
	for (i = 0; i < 300; i++) {
		shared_ref = get(&pic, 4, type, net);
		OK(irqref_request(space, shared_ref, counting, &hits, 0));
		SURE(irqref_synchronize(space, shared_ref));
		SURE(irqref_disable_sync(space, shared_ref));
		SURE(irqref_enable(space, shared_ref));
		if (i % 2)
			SURE(irqref_free(space, shared_ref));
		SURE(irqref_put_sync(space, shared_ref));
		after = load(&hits.calls);
		sched_yield();
		assert_int_equal(load(&hits.calls), after);
	}
	end_storm();
	assert_int_equal(overlaps, 0);
	threaded_end();
}

static void R19_a_storm_on_a_level_line(void)
{
	storm_and_puts(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
}

static void R19_a_storm_on_an_edge_line(void)
{
	storm_and_puts(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
}

static void R19_a_storm_on_a_fasteoi_line(void)
{
	storm_and_puts(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
}

static void R19_a_storm_on_a_simple_line(void)
{
	storm_and_puts(IRQREF_FLOW_SIMPLE, IRQREF_TYPE_NONE);
}

static void T12_dispatch_on_the_root_while_an_inner_level_is_freed(void)
{
	struct rig outer;
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	make_level(&outer, &pic, 1, .name = "outer", .size = 8);
	hits = (struct counter){0};
	start_storm(&pic, 4);
	for (i = 0; i < 500; i++) {
		shared_ref = get(&outer, 3, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, shared_ref, counting, &hits, 0));
		SURE(i % 2 ? irqref_put(space, shared_ref) : irqref_put_sync(space, shared_ref));
	}
	end_storm();
	assert_int_equal(rig_line(&pic, 4)->unmaps, 500);
	assert_int_equal(rig_line(&outer, 3)->unmaps, 500);
	SURE(irqref_flush(space));
	end_rig(&outer);
	threaded_end();
}

static const struct irqref_test tests[] = {
        TEST(R19_a_storm_on_a_level_line),
        TEST(R19_a_storm_on_an_edge_line),
        TEST(R19_a_storm_on_a_fasteoi_line),
        TEST(R19_a_storm_on_a_simple_line),
        TEST(T12_dispatch_on_the_root_while_an_inner_level_is_freed),
};
UNIT_SUITE_FIXTURE("storms", tests, setup, teardown)
