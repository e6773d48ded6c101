/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An edge that comes while the handler runs, while the line is disabled, while a request of it is refused, or
 * while the line is just becoming an edge's, is not lost.
 */
#include "pairs.h"

static struct irqref_ref shared_ref;
static struct counter hits;

static uint32_t raised, seen;

static void see(struct counter *self, irqref_virq_t virq)
{
	(void)self;
	(void)virq;
	store(&seen, load(&raised));
}

/* A line with one handler, whose chip cannot raise an edge again. */
static void line(enum irqref_flow flow, unsigned int type)
{
	threaded_world(flow);
	raised = seen = 0;
	hits = (struct counter){.inside = see};
	pic.refuse = RIG_NO_RETRIGGER;
	shared_ref = get(&pic, 4, type, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
}

static void line_end(void)
{
	end_pair();
	SURE(irqref_put_sync(space, shared_ref));
	pic.refuse = 0;
	threaded_end();
}

static void edge_0(uint32_t round)
{
	(void)round;
	add(&raised);
	result[0] = irqref_dispatch(pic.domain, 4);
}

static void toggle_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_disable(space, shared_ref);
	result[1] |= irqref_enable(space, shared_ref);
}

static void R19_no_edge_is_lost_to_a_disable(void)
{
	uint32_t i;

	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	start_pair(edge_0, toggle_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		SURE(irqref_flush(space));
		assert_int_equal(load(&seen), i + 1);
	}
	line_end();
}

/* A request that fails, of a handler that would have come disabled: the depth is there for a while. */
static struct irqref_ref refused_ref;

static void refused_1(uint32_t round)
{
	uint32_t i;

	(void)round;
	for (i = 0; i < 200; i++)
		result[1] = irqref_request(space, refused_ref, counting, &hits, IRQREF_NO_ENABLE);
}

static void edges_0(uint32_t round)
{
	uint32_t i;

	for (i = 0; i < 100; i++)
		edge_0(round);
}

static void R12_no_edge_is_lost_to_a_refused_request(void)
{
	uint32_t i;

	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	refused_ref = get(&pic, 4, IRQREF_TYPE_RISING, disk);
	start_pair(edges_0, refused_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_ERR_BUSY);
		SURE(irqref_flush(space));
		assert_int_equal(load(&seen), 100 * (i + 1));
	}
	SURE(irqref_put_sync(space, refused_ref));
	line_end();
}

static void edge_1(uint32_t round)
{
	(void)round;
	add(&raised);
	result[1] = irqref_dispatch(pic.domain, 4);
}

static void R19_no_edge_is_lost_between_two_cpus(void)
{
	uint32_t i;

	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	start_pair(edge_0, edge_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(load(&seen), 2 * (i + 1));
	}
	line_end();
}

/* Goes on for a while after it has looked, so that the edge comes then in most rounds. */
static void see_slowly(struct counter *self, irqref_virq_t virq)
{
	uint32_t was = load(&raised);
	uint32_t i;

	(void)self;
	(void)virq;
	for (i = 0; i < 20; i++)
		sched_yield();
	store(&seen, was);
}

static void level_0(uint32_t round)
{
	(void)round;
	result[0] = irqref_dispatch(pic.domain, 4);
}

static void becomes_edge_1(uint32_t round)
{
	result[1] = irqref_set_type(space, shared_ref, IRQREF_TYPE_RISING);
	if (!result[1])
		edge_1(round);
}

/* The last run as a level goes on while the edge comes; without a chip the line enters it the short way. */
static void no_edge_is_lost_to_a_change(enum irqref_flow flow)
{
	uint32_t i;

	line(flow, IRQREF_TYPE_HIGH);
	hits.inside = see_slowly;
	start_pair(level_0, becomes_edge_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		SURE(irqref_flush(space));
		assert_int_equal(load(&seen), i + 1);
		SURE(irqref_set_type(space, shared_ref, IRQREF_TYPE_HIGH));
	}
	line_end();
}

static void R19_no_edge_is_lost_to_a_change_of_type(void)
{
	no_edge_is_lost_to_a_change(IRQREF_FLOW_SIMPLE);
	no_edge_is_lost_to_a_change(IRQREF_FLOW_FASTEOI);
}

static const struct irqref_test tests[] = {
        TEST(R19_no_edge_is_lost_to_a_disable),
        TEST(R12_no_edge_is_lost_to_a_refused_request),
        TEST(R19_no_edge_is_lost_between_two_cpus),
        TEST(R19_no_edge_is_lost_to_a_change_of_type),
};
UNIT_SUITE_FIXTURE("edges", tests, setup, teardown)
