/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handlers and what their references do to the line: R6, the disable depth, sharing, affinity.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static void R6_after_put_sync_the_handler_does_not_run(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 1);
	assert_int_equal(hits.virq, virq_of(a));
	SURE(irqref_put_sync(space, a));
	rig_raise(&pic, 1);
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	assert_int_equal(hits.calls, 1);
	world_end();
}

static void R6_free_leaves_the_reference(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	assert_code(irqref_free(space, a), IRQREF_ERR_NOENT);
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_false(masked(&pic, 1));
	SURE(irqref_free(space, a));
	assert_true(masked(&pic, 1));
	assert_true(mapped(&pic, 1));
	assert_code(irqref_free(space, a), IRQREF_ERR_NOENT);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 1);
	assert_int_equal(rig_line(&pic, 1)->activations, 2);
	assert_int_equal(rig_line(&pic, 1)->deactivations, 1);
	SURE(irqref_put_sync(space, a));
	assert_int_equal(rig_line(&pic, 1)->deactivations, 2);
	world_end();
}

static void R13_one_reference_has_one_handler(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_SHARED));
	GIVES(irqref_request(space, a, counting, &hits, IRQREF_SHARED), IRQREF_ERR_EXIST);
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void sharing(uint32_t first, uint32_t second, int code)
{
	struct counter one = {0}, two = {0};
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, a, counting, &one, first));
	GIVES(irqref_request(space, b, counting, &two, second), code);
	rig_raise(&pic, 1);
	assert_int_equal(one.calls, 1);
	assert_int_equal(two.calls, code ? 0 : 1);
	assert_int_equal(port_stats().handlers, code ? 1 : 2);
	SURE(irqref_put_sync(space, a));
	assert_int_equal(masked(&pic, 1), code != 0);
	SURE(irqref_put_sync(space, b));
	assert_true(masked(&pic, 1));
	world_end();
}

static void R6_handlers_share_if_both_say_so(void)
{
	sharing(IRQREF_SHARED, IRQREF_SHARED, IRQREF_OK);
}

static void R13_the_first_will_not_share(void)
{
	sharing(0, IRQREF_SHARED, IRQREF_ERR_BUSY);
}

static void R13_the_second_will_not_share(void)
{
	sharing(IRQREF_SHARED, 0, IRQREF_ERR_BUSY);
}

static void R13_a_demultiplexer_is_alone(void)
{
	sharing(IRQREF_SHARED, IRQREF_CHAINED, IRQREF_ERR_BUSY);
}

static void R13_beside_a_demultiplexer_is_nobody(void)
{
	sharing(IRQREF_CHAINED, IRQREF_SHARED, IRQREF_ERR_BUSY);
}

static void R6_the_middle_one_of_three_goes(void)
{
	struct counter hits[3] = {{0}};
	struct irqref_ref refs[3];
	unsigned int i;

	world();
	for (i = 0; i < 3; i++) {
		refs[i] = get(&pic, 1, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, refs[i], counting, &hits[i], IRQREF_SHARED));
	}
	rig_raise(&pic, 1);
	SURE(irqref_put_sync(space, refs[1]));
	rig_raise(&pic, 1);
	SURE(irqref_put_sync(space, refs[0]));
	rig_raise(&pic, 1);
	assert_int_equal(hits[0].calls, 2);
	assert_int_equal(hits[1].calls, 1);
	assert_int_equal(hits[2].calls, 3);
	SURE(irqref_put_sync(space, refs[2]));
	world_end();
}

static void R12_a_refused_activation_installs_nothing(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	pic.refuse = RIG_NO_ACTIVATE;
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_REFUSED);
	assert_true(masked(&pic, 1));
	assert_int_equal(port_stats().handlers, 0);
	pic.refuse = 0;
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R6_disable_nests_over_all_references(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_disable(space, a));
	SURE(irqref_disable(space, b));
	SURE(irqref_disable_sync(space, b));
	assert_true(masked(&pic, 1));
	SURE(irqref_enable(space, a));
	assert_code(irqref_enable(space, a), IRQREF_ERR_UNBALANCED);
	assert_true(masked(&pic, 1));
	SURE(irqref_enable(space, b));
	assert_true(masked(&pic, 1));
	assert_int_equal(hits.calls, 0);
	SURE(irqref_enable(space, b));
	assert_false(masked(&pic, 1));
	assert_code(irqref_enable(space, b), IRQREF_ERR_UNBALANCED);
	SURE(irqref_put_sync(space, a));
	SURE(irqref_put_sync(space, b));
	world_end();
}

static void R6_a_share_of_the_depth_goes_with_its_reference(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_disable(space, b));
	SURE(irqref_disable(space, b));
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 0);
	SURE(irqref_put(space, b));
	assert_false(masked(&pic, 1));
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R6_a_share_of_the_depth_goes_with_its_handler(void)
{
	struct counter one = {0}, two = {0};
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, a, counting, &one, IRQREF_SHARED));
	OK(irqref_request(space, b, counting, &two, IRQREF_SHARED));
	SURE(irqref_disable(space, b));
	assert_true(masked(&pic, 1));
	SURE(irqref_free(space, b));
	assert_false(masked(&pic, 1));
	assert_code(irqref_enable(space, b), IRQREF_ERR_UNBALANCED);
	SURE(irqref_put_sync(space, a));
	SURE(irqref_put_sync(space, b));
	world_end();
}

static void R6_disabled_before_the_handler_came(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	SURE(irqref_disable(space, a));
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_true(masked(&pic, 1));
	SURE(irqref_enable(space, a));
	assert_false(masked(&pic, 1));
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R6_installed_disabled(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_NO_ENABLE));
	assert_true(masked(&pic, 1));
	SURE(irqref_enable(space, a));
	assert_false(masked(&pic, 1));
	assert_code(irqref_enable(space, a), IRQREF_ERR_UNBALANCED);
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R13_a_depth_that_is_full_is_an_error(void)
{
	struct irqref_ref a;
	uint32_t n = 0;
	int err;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	while ((err = irqref_disable(space, a)) == IRQREF_OK)
		n++;
	assert_code(err, IRQREF_ERR_OVERFLOW);
	assert_int_equal(n, 0xffff);
	assert_code(irqref_disable_sync(space, a), IRQREF_ERR_OVERFLOW);
	while (n--)
		SURE(irqref_enable(space, a));
	assert_code(irqref_enable(space, a), IRQREF_ERR_UNBALANCED);
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void refused_inside(struct counter *self, irqref_virq_t virq)
{
	struct irqref_ref *mine = self->arg;

	(void)virq;
	assert_code(irqref_free(space, *mine), IRQREF_ERR_ATOMIC);
	assert_code(irqref_put_sync(space, *mine), IRQREF_ERR_ATOMIC);
	assert_code(irqref_disable_sync(space, *mine), IRQREF_ERR_ATOMIC);
	assert_code(irqref_synchronize(space, *mine), IRQREF_ERR_ATOMIC);
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), IRQREF_ERR_ATOMIC);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL),
	            IRQREF_ERR_ATOMIC);
	assert_code(irqref_flush(space), IRQREF_ERR_ATOMIC);
	assert_code(irqref_space_remove(space), IRQREF_ERR_ATOMIC);
}

static void T19_every_waiting_call_is_refused_in_a_handler(void)
{
	struct counter hits = {.inside = refused_inside};
	struct irqref_ref a, other;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	other = get(&pic, 2, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	hits.arg = &a;
	rig_raise(&pic, 1);
	hits.arg = &other;
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 2);
	assert_int_equal(count_of(pic.domain, 1), 1);
	SURE(irqref_put_sync(space, a));
	SURE(irqref_put_sync(space, other));
	world_end();
}

static void disable_inside(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	self->result = irqref_disable(space, *(struct irqref_ref *)self->arg);
}

/* The level flow would unmask after the handler; it must not. */
static void R6_disable_from_the_handler_holds(void)
{
	struct counter hits = {.inside = disable_inside};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	hits.arg = &a;
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_raise(&pic, 1);
	assert_int_equal(hits.result, IRQREF_OK);
	assert_true(masked(&pic, 1));
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_enable(space, a));
	assert_false(masked(&pic, 1));
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void R6_synchronize_of_an_idle_line_returns(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	SURE(irqref_synchronize(space, a));
	SURE(irqref_put(space, a));
	assert_code(irqref_synchronize(space, a), IRQREF_ERR_STALE);
	world_end();
}

static void R17_affinity_is_recorded_with_who_set_it(void)
{
	const uint32_t bits[1] = {1};
	const uint32_t none[2] = {0, 0};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct irqref_cpumask empty = {.bits = none, .nbits = 40};
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a, b;
	uint32_t cpu = 99;
	bool affine[2];

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	GIVES(irqref_set_affinity(space, a, &empty, &cpu), IRQREF_ERR_INVAL);
	OK(irqref_set_affinity(space, a, &cpus, &cpu));
	assert_int_equal(cpu, 0);
	OK(irqref_set_affinity(space, b, &cpus, NULL));
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	affine[0] = entry.affine;
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	affine[1] = entry.affine;
	assert_false(affine[0]);
	assert_true(affine[1]);
	pic.refuse = RIG_NO_AFFINITY;
	GIVES(irqref_set_affinity(space, a, &cpus, NULL), IRQREF_ERR_REFUSED);
	pic.refuse = 0;
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void R13_a_chip_that_cannot_route_says_so(void)
{
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct irqref_ref a;
	struct rig bare;

	world();
	make_rig(&bare, .name = "bare", .size = 4, .chip = &rig_chip_bare);
	a = get(&bare, 1, IRQREF_TYPE_LOW, net);
	GIVES(irqref_set_affinity(space, a, &cpus, NULL), IRQREF_ERR_NOTSUP);
	SURE(irqref_put(space, a));
	end_rig(&bare);
	world_end();
}

static void R13_a_stale_reference_does_nothing(void)
{
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	SURE(irqref_put(space, a));
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_STALE);
	assert_code(irqref_free(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_disable(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_disable_sync(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_enable(space, a), IRQREF_ERR_STALE);
	GIVES(irqref_set_type(space, a, IRQREF_TYPE_LOW), IRQREF_ERR_STALE);
	GIVES(irqref_set_affinity(space, a, &cpus, NULL), IRQREF_ERR_STALE);
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 7);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R6_after_put_sync_the_handler_does_not_run),
        TEST(R6_free_leaves_the_reference),
        TEST(R13_one_reference_has_one_handler),
        TEST(R6_handlers_share_if_both_say_so),
        TEST(R13_the_first_will_not_share),
        TEST(R13_the_second_will_not_share),
        TEST(R13_a_demultiplexer_is_alone),
        TEST(R13_beside_a_demultiplexer_is_nobody),
        TEST(R6_the_middle_one_of_three_goes),
        TEST(R12_a_refused_activation_installs_nothing),
        TEST(R6_disable_nests_over_all_references),
        TEST(R6_a_share_of_the_depth_goes_with_its_reference),
        TEST(R6_a_share_of_the_depth_goes_with_its_handler),
        TEST(R6_disabled_before_the_handler_came),
        TEST(R6_installed_disabled),
        TEST(R13_a_depth_that_is_full_is_an_error),
        TEST(T19_every_waiting_call_is_refused_in_a_handler),
        TEST(R6_disable_from_the_handler_holds),
        TEST(R6_synchronize_of_an_idle_line_returns),
        TEST(R17_affinity_is_recorded_with_who_set_it),
        TEST(R13_a_chip_that_cannot_route_says_so),
        TEST(R13_a_stale_reference_does_nothing),
};
UNIT_SUITE_FIXTURE("handlers", tests, setup, teardown)
