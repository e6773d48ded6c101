/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows: what the chip is told around the handlers, edges that are kept and sent again (R19), lines
 * that nobody handles.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static struct irqref_ref a;
static struct counter hits;

static void line(enum irqref_flow flow, unsigned int type)
{
	hits = (struct counter){0};
	world_flow(flow);
	a = get(&pic, 1, type, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_log_clear();
}

static void line_end(void)
{
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R19_level_masks_acks_and_unmasks(void)
{
	line(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	rig_raise(&pic, 1);
	assert_string_equal(rig_log, "mau");
	assert_int_equal(hits.calls, 1);
	line_end();
}

static void R19_edge_acks(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	rig_raise(&pic, 1);
	assert_string_equal(rig_log, "a");
	assert_int_equal(hits.calls, 1);
	line_end();
}

static void R19_fasteoi_completes(void)
{
	line(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
	rig_raise(&pic, 1);
	assert_string_equal(rig_log, "e");
	assert_int_equal(hits.calls, 1);
	line_end();
}

static void R19_simple_leaves_the_chip_alone(void)
{
	line(IRQREF_FLOW_SIMPLE, IRQREF_TYPE_HIGH);
	rig_raise(&pic, 1);
	assert_string_equal(rig_log, "");
	assert_int_equal(hits.calls, 1);
	line_end();
}

static void R18_what_is_not_mapped_is_noent(void)
{
	world();
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	assert_code(irqref_dispatch(pic.domain, PIC_SIZE), IRQREF_ERR_NOENT);
	assert_code(irqref_dispatch(pic.domain, UINT64_MAX), IRQREF_ERR_NOENT);
	assert_code(irqref_dispatch_virq(space, 3), IRQREF_ERR_NOENT);
	assert_code(irqref_dispatch_virq(space, 0), IRQREF_ERR_INVAL);
	assert_code(irqref_dispatch_virq(space, UINT32_MAX), IRQREF_ERR_INVAL);
	world_end();
}

static void R18_a_dying_one_is_noent(void)
{
	line(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
	port.atomic = true;
	SURE(irqref_put(space, a));
	rig_log_clear();
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	assert_string_equal(rig_log, "");
	assert_int_equal(hits.calls, 0);
	port.atomic = false;
	world_end();
}

/* A spurious one on a line without handlers: masked, completed, not counted as lost. */
static void R19_a_line_without_a_handler_remembers_nothing(void)
{
	world_flow(IRQREF_FLOW_EDGE);
	hits = (struct counter){0};
	a = get(&pic, 1, IRQREF_TYPE_RISING, net);
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_OK);
	assert_code(irqref_dispatch_virq(space, virq_of(a)), IRQREF_OK);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 0);
	assert_false(masked(&pic, 1));
	line_end();
}

/* The chip is asked to raise it again, and does. */
static void R19_an_edge_while_disabled_is_retriggered(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	SURE(irqref_disable(space, a));
	SURE(irqref_dispatch(pic.domain, 1));
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 0);
	assert_int_equal(rig_line(&pic, 1)->retriggers, 0);
	SURE(irqref_enable(space, a));
	assert_int_equal(rig_line(&pic, 1)->retriggers, 1);
	assert_int_equal(hits.calls, 0);
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 0);
	line_end();
}

/* A chip that cannot: the flush runs the handlers. */
static void R19_or_resent_in_software(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	pic.refuse = RIG_NO_RETRIGGER;
	SURE(irqref_disable(space, a));
	SURE(irqref_dispatch(pic.domain, 1));
	SURE(irqref_enable(space, a));
	assert_int_equal(hits.calls, 0);
	assert_true(port.kicks > 0);
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 1);
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 1);
	pic.refuse = 0;
	line_end();
}

static void R19_a_resend_that_is_not_wanted_any_more_is_forgotten(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	pic.refuse = RIG_NO_RETRIGGER;
	SURE(irqref_disable(space, a));
	SURE(irqref_dispatch(pic.domain, 1));
	SURE(irqref_enable(space, a));
	SURE(irqref_put(space, a));
	a = get(&pic, 1, IRQREF_TYPE_RISING, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 0);
	pic.refuse = 0;
	line_end();
}

static void R19_a_level_while_disabled_is_not_kept(void)
{
	line(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	SURE(irqref_disable(space, a));
	SURE(irqref_dispatch(pic.domain, 1));
	SURE(irqref_enable(space, a));
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 1)->retriggers, 0);
	assert_int_equal(hits.calls, 0);
	assert_false(masked(&pic, 1));
	line_end();
}

static void edge_inside(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	if (self->calls == 1)
		assert_int_equal(irqref_dispatch(pic.domain, 1), IRQREF_OK);
}

/* R19: the handler runs again, not inside itself. */
static void R19_an_edge_during_the_run_runs_it_again(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	hits.inside = edge_inside;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 2);
	hits.inside = NULL;
	line_end();
}

static void R19_the_same_on_a_fasteoi_edge(void)
{
	line(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_RISING);
	hits.inside = edge_inside;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 2);
	assert_int_equal(rig_line(&pic, 1)->eois, 2);
	hits.inside = NULL;
	line_end();
}

static void R19_a_level_during_the_run_is_not_run_twice(void)
{
	line(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	hits.inside = edge_inside;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 1);
	assert_false(masked(&pic, 1));
	hits.inside = NULL;
	line_end();
}

static void disable_then_edge(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	if (self->calls != 1)
		return;
	self->result = irqref_disable(space, a);
	(void)irqref_dispatch(pic.domain, 1);
}

/* Pending from the run, disabled meanwhile: it waits for the enable. */
static void R19_an_edge_during_a_run_that_disables_is_kept(void)
{
	line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
	hits.inside = disable_then_edge;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 1);
	SURE(irqref_enable(space, a));
	assert_int_equal(rig_line(&pic, 1)->retriggers, 1);
	hits.inside = NULL;
	line_end();
}

static void put_inside(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	self->result = irqref_put(space, *(struct irqref_ref *)self->arg);
}

/* The line ends from its own handler: still completed at its controller. */
static void R18_a_put_from_the_handler_still_completes(void)
{
	line(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
	hits.inside = put_inside;
	hits.arg = &a;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.result, IRQREF_OK);
	assert_int_equal(rig_line(&pic, 1)->eois, 1);
	assert_true(masked(&pic, 1));
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	world_end();
}

/* The level's run goes on while the line is an edge's already, and one comes. */
static void edge_after_change(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	if (self->calls > 1)
		return;
	OK(irqref_set_type(space, a, IRQREF_TYPE_RISING));
	SURE(irqref_dispatch(pic.domain, 1));
}

static void R19_an_edge_during_the_last_run_as_a_level_is_kept(void)
{
	line(IRQREF_FLOW_SIMPLE, IRQREF_TYPE_HIGH);
	hits.inside = edge_after_change;
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 1);
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 2);
	SURE(irqref_flush(space));
	assert_int_equal(hits.calls, 2);
	line_end();
}

static void R17_deliveries_are_counted(void)
{
	uint32_t n = 9;

	line(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	SURE(irqref_ledger_deliveries(space, virq_of(a), &n));
	assert_int_equal(n, 0);
	rig_raise(&pic, 1);
	SURE(irqref_dispatch_virq(space, virq_of(a)));
	SURE(irqref_ledger_deliveries(space, virq_of(a), &n));
	assert_int_equal(n, 2);
	line_end();
}

static uint32_t deliveries(void)
{
	uint32_t n = 9;

	SURE(irqref_ledger_deliveries(space, virq_of(a), &n));
	return n;
}

/* With one number only, which is two mappings' in turn. */
static void R17_each_life_of_a_number_counts_from_zero(void)
{
	struct irqref_space_config config = port_config();
	unsigned int life;

	config.max_irqs = 1;
	config.max_consumers = 8;
	config.quarantine = IRQREF_QUARANTINE_NONE;
	world_with(&config, IRQREF_FLOW_LEVEL);
	for (life = 0; life < 2; life++) {
		hits = (struct counter){0};
		a = get(&pic, life, IRQREF_TYPE_LOW, net);
		assert_int_equal(deliveries(), 0);
		OK(irqref_request(space, a, counting, &hits, 0));
		assert_int_equal(deliveries(), 0);
		rig_raise(&pic, life);
		SURE(irqref_dispatch_virq(space, virq_of(a)));
		assert_int_equal(deliveries(), 2);
		SURE(irqref_free(space, a));
		assert_int_equal(deliveries(), 2);
		OK(irqref_request(space, a, counting, &hits, 0));
		rig_raise(&pic, life);
		assert_int_equal(deliveries(), 3);
		SURE(irqref_put_sync(space, a));
	}
	world_end();
}

static void stuck_line(enum irqref_flow flow, unsigned int type)
{
	struct irqref_space_config config = port_config();
	struct counter second = {0};
	struct irqref_ref b;
	uint32_t i;

	config.stuck_limit = 50;
	hits = (struct counter){.deaf = true};
	world_with(&config, flow);
	a = get(&pic, 1, type, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_SHARED));
	for (i = 0; i < 50; i++)
		rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 50);
	assert_int_equal(port.events[IRQREF_EVENT_STUCK], 1);
	assert_int_equal(port.last.kind, IRQREF_EVENT_STUCK);
	assert_int_equal(port.last.virq, virq_of(a));
	assert_true(masked(&pic, 1));
	SURE(irqref_disable(space, a));
	SURE(irqref_enable(space, a));
	assert_true(masked(&pic, 1));
	b = get(&pic, 1, IRQREF_TYPE_NONE, disk);
	OK(irqref_request(space, b, counting, &second, IRQREF_SHARED));
	assert_false(masked(&pic, 1));
	rig_raise(&pic, 1);
	assert_true(second.calls > 0);
	SURE(irqref_put_sync(space, b));
	line_end();
}

static void R19_a_stuck_level_line_is_masked_and_reported(void)
{
	stuck_line(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
}

static void R19_a_stuck_edge_line_is_masked_and_reported(void)
{
	stuck_line(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
}

static void R19_a_stuck_fasteoi_line_is_masked_and_reported(void)
{
	stuck_line(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
}

/* One handled interrupt in between and it is not stuck. */
static void R19_a_line_that_is_handled_now_and_then_is_not_stuck(void)
{
	struct irqref_space_config config = port_config();
	uint32_t i;

	config.stuck_limit = 50;
	hits = (struct counter){0};
	world_with(&config, IRQREF_FLOW_LEVEL);
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	for (i = 0; i < 200; i++) {
		hits.deaf = i % 4 != 0;
		rig_raise(&pic, 1);
	}
	assert_int_equal(hits.calls, 200);
	assert_int_equal(port.events[IRQREF_EVENT_STUCK], 0);
	line_end();
}

static void R19_a_demultiplexer_is_never_stuck(void)
{
	struct irqref_space_config config = port_config();
	uint32_t i;

	config.stuck_limit = 10;
	hits = (struct counter){.deaf = true};
	world_with(&config, IRQREF_FLOW_LEVEL);
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_CHAINED));
	for (i = 0; i < 100; i++)
		rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 100);
	assert_int_equal(port.events[IRQREF_EVENT_STUCK], 0);
	line_end();
}

/* Chips leave out what they have no use for. */
static void R13_a_chip_without_callbacks_works(void)
{
	static const enum irqref_flow flows[] = {
	        IRQREF_FLOW_SIMPLE,
	        IRQREF_FLOW_LEVEL,
	        IRQREF_FLOW_EDGE,
	        IRQREF_FLOW_FASTEOI,
	};
	struct rig bare;
	size_t i;

	world();
	for (i = 0; i < UNIT_COUNT(flows); i++) {
		hits = (struct counter){0};
		make_rig(&bare, .name = "bare", .size = 4, .chip = &rig_chip_bare,
		         .flow = flows[i]);
		a = get(&bare, 1, IRQREF_TYPE_RISING, net);
		OK(irqref_request(space, a, counting, &hits, 0));
		SURE(irqref_dispatch(bare.domain, 1));
		SURE(irqref_disable(space, a));
		SURE(irqref_dispatch(bare.domain, 1));
		SURE(irqref_enable(space, a));
		SURE(irqref_flush(space));
		assert_int_equal(hits.calls, 2);
		SURE(irqref_put_sync(space, a));
		end_rig(&bare);
	}
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R19_level_masks_acks_and_unmasks),
        TEST(R19_edge_acks),
        TEST(R19_fasteoi_completes),
        TEST(R19_simple_leaves_the_chip_alone),
        TEST(R18_what_is_not_mapped_is_noent),
        TEST(R18_a_dying_one_is_noent),
        TEST(R19_a_line_without_a_handler_remembers_nothing),
        TEST(R19_an_edge_while_disabled_is_retriggered),
        TEST(R19_or_resent_in_software),
        TEST(R19_a_resend_that_is_not_wanted_any_more_is_forgotten),
        TEST(R19_a_level_while_disabled_is_not_kept),
        TEST(R19_an_edge_during_the_run_runs_it_again),
        TEST(R19_the_same_on_a_fasteoi_edge),
        TEST(R19_a_level_during_the_run_is_not_run_twice),
        TEST(R19_an_edge_during_a_run_that_disables_is_kept),
        TEST(R18_a_put_from_the_handler_still_completes),
        TEST(R19_an_edge_during_the_last_run_as_a_level_is_kept),
        TEST(R17_deliveries_are_counted),
        TEST(R17_each_life_of_a_number_counts_from_zero),
        TEST(R19_a_stuck_level_line_is_masked_and_reported),
        TEST(R19_a_stuck_edge_line_is_masked_and_reported),
        TEST(R19_a_stuck_fasteoi_line_is_masked_and_reported),
        TEST(R19_a_line_that_is_handled_now_and_then_is_not_stuck),
        TEST(R19_a_demultiplexer_is_never_stuck),
        TEST(R13_a_chip_without_callbacks_works),
};
UNIT_SUITE_FIXTURE("flows", tests, setup, teardown)
