/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux-named calls that have to do with handlers: requests, which are anonymous references,
 * and the depth that disables without a reference share.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#include "linux.h"

static void R3_request_and_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	assert_false(irq_has_action(virq));
	LINUX(request_irq(virq, counting, 0, "one", &one), 0);
	assert_true(irq_has_action(virq));
	assert_int_equal(port_stats().references, 1);
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_int_equal(generic_handle_irq(virq), 0);
	assert_int_equal(generic_handle_domain_irq(pic.domain, 2), 0);
	assert_int_equal(one.calls, 3);
	assert_null(free_irq(virq, &two));
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 1);
	assert_ptr_equal(free_irq(virq, &one), &one);
	assert_null(free_irq(virq, &one));
	assert_int_equal(port_stats().references, 0);
	assert_true(masked(&pic, 2));
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_dispose_mapping(virq);
	assert_int_equal(generic_handle_irq(virq), L(EINVAL));
	assert_int_equal(generic_handle_domain_irq(pic.domain, 2), L(EINVAL));
	world_end();
}

static void R17_a_request_is_an_anonymous_holder(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "eth0", &one), 0);
	LINUX(request_irq(virq, counting, IRQF_SHARED, NULL, &two), 0);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.kind, IRQREF_HOLDER_FLOATING);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.kind, IRQREF_HOLDER_ANONYMOUS);
	assert_string_equal(entry.holder, "eth0");
	assert_ptr_equal(entry.cookie, &one);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_string_equal(entry.holder, "?");
	assert_non_null(free_irq(virq, &one));
	assert_non_null(free_irq(virq, &two));
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_what_cannot_be_requested(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(0, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(200, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(5000, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, NULL, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", NULL), L(EINVAL));
	LINUX(request_irq(virq, counting, IRQF_SHARED | IRQF_NO_AUTOEN, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, counting, 0x6, "x", &one), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "x", (void *const[]){&one}), L(EINVAL));
	LINUX(request_irq(virq, counting, 0, "x", NULL), 0);
	LINUX(request_irq(virq, counting, 0, "y", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "y", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "y", &two), L(EBUSY));
	assert_false(masked(&pic, 2));
	assert_int_equal(port_stats().references, 1);
	assert_true(irqref_linux_free_irq(space, virq, NULL));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, 0, "x", &one), L(EIO));
	pic.refuse = 0;
	port.atomic = true;
	LINUX(request_irq(virq, counting, 0, "x", &one), L(EAGAIN));
	port.atomic = false;
	assert_int_equal(port_stats().references, 0);
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_a_request_brings_a_type(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW | IRQF_SHARED, "a", &one), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	assert_int_equal(rig_line(&pic, 2)->type, IRQ_TYPE_LEVEL_LOW);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH | IRQF_SHARED, "b", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW | IRQF_SHARED, "b", &two), 0);
	assert_non_null(free_irq(virq, &two));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "b", &two), 0);
	assert_non_null(free_irq(virq, &two));
	assert_non_null(free_irq(virq, &one));
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH, "a", &one), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	assert_non_null(free_irq(virq, &one));
	pic.refuse = RIG_NO_TYPE;
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW, "a", &one), L(EINVAL));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW, "a", &one), L(EIO));
	pic.refuse = 0;
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	irq_dispose_mapping(virq);
	world_end();
}

/* A strong reference needs its type; a request cannot take it away. */
static void R8_a_request_does_not_change_a_counted_type(void)
{
	struct irqref_ref a;
	unsigned int virq;

	linux_world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	virq = virq_of(a);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH, "x", &one), L(EBUSY));
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), L(EBUSY));
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	assert_int_equal(port.events[IRQREF_EVENT_TYPE_CONFLICT], 1);
	SURE(irqref_put(space, a));
	world_end();
}

static void R3_disable_and_enable_nest(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	disable_irq(virq);
	disable_irq_nosync(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_false(masked(&pic, 2));
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 0);
	enable_irq(virq);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 1);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_false(masked(&pic, 2));
	synchronize_irq(virq);
	synchronize_irq(200);
	synchronize_irq(0);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

/* What mainline's own tests ask for: freed while disabled, and requested again, it works. */
static void R3_freed_disabled_and_requested_again(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	disable_irq(virq);
	assert_non_null(free_irq(virq, &one));
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	assert_non_null(free_irq(virq, &one));
	disable_irq_nosync(virq);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static void R6_the_anonymous_depth_is_a_share_like_others(void)
{
	struct irqref_ref a;
	unsigned int virq;

	linux_world();
	virq = map(2);
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", &one), 0);
	OK(irqref_request(space, a, counting, &two, IRQREF_SHARED));
	disable_irq(virq);
	SURE(irqref_disable(space, a));
	enable_irq(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_true(masked(&pic, 2));
	SURE(irqref_enable(space, a));
	assert_false(masked(&pic, 2));
	disable_irq(virq);
	assert_non_null(free_irq(virq, &one));
	assert_true(masked(&pic, 2));
	SURE(irqref_free(space, a));
	OK(irqref_request(space, a, counting, &two, 0));
	assert_false(masked(&pic, 2));
	SURE(irqref_put(space, a));
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_requested_disabled(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "x", &one), 0);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_false(masked(&pic, 2));
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_non_null(free_irq(virq, &one));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "x", &one), L(EIO));
	pic.refuse = 0;
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static void R13_what_void_calls_cannot_say_is_recorded(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	enable_irq(200);
	disable_irq(200);
	enable_percpu_irq(200, 0);
	irq_set_chained_handler(200, NULL);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 4);
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	port.atomic = true;
	disable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_ATOMIC);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_null(free_irq(virq, &one));
	assert_int_equal(port.last.error, IRQREF_ERR_ATOMIC);
	irq_set_chained_handler_and_data(virq, counting, &two);
	port.atomic = false;
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 8);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

/* C8 and the masking trap: Linux leaves a live line and a dangling action. */
static void T6_dispose_with_a_handler_waits_for_its_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	irq_dispose_mapping(virq);
	assert_int_equal(port.events[IRQREF_EVENT_DISPOSE_IN_USE], 1);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_non_null(free_irq(virq, &one));
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	assert_true(masked(&pic, 2));
	assert_int_equal(rig_line(&pic, 2)->unmaps, 1);
	world_end();
}

static void T6_dispose_then_create_then_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	irq_dispose_mapping(virq);
	assert_int_equal(map(2), virq);
	assert_non_null(free_irq(virq, &one));
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	world_end();
}

static void chain(unsigned int virq, struct counter *counter)
{
	LINUX(irqref_linux_set_chained_handler(space, virq, counting, counter), 0);
}

static void T6_chained_handlers(void)
{
	unsigned int virq;

	if (port.fail_callback)
		return; /* one that replaces another and is refused leaves none */
	linux_world();
	virq = map(2);
	chain(virq, &one);
	assert_true(irq_has_action(virq));
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", &two), L(EINVAL));
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	chain(virq, &two);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_set_chained_handler(virq, NULL);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	assert_true(masked(&pic, 2));
	one.calls = 0;
	virq = map(2);
	chain(virq, &one);
	chain(virq, &two);
	rig_raise(&pic, 2);
	assert_int_equal(two.calls, 1);
	assert_int_equal(one.calls, 0);
	irq_set_chained_handler(virq, NULL);
	assert_false(irq_has_action(virq));
	assert_true(masked(&pic, 2));
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	world_end();
}

static void *cookies[4096];

static void R3_percpu(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct rig ppi;
	unsigned int virq;
	uint32_t i;

	linux_world();
	for (i = 0; i < port.nr_cpus && i < UNIT_COUNT(cookies); i++)
		cookies[i] = &one;
	make_rig(&ppi, .name = "ppi", .size = 8, .flow = IRQREF_FLOW_PERCPU);
	YIELDS(virq = irq_create_mapping(ppi.domain, 1));
	enable_percpu_irq(virq, 0);
	assert_int_equal(port.last.error, IRQREF_ERR_NOENT);
	LINUX(request_irq(virq, counting, 0, "timer", &one), L(EINVAL));
	LINUX(request_percpu_irq(virq, NULL, "timer", cookies), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "timer", NULL), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "timer", cookies), 0);
	enable_percpu_irq(virq, 0);
	assert_int_equal(generic_handle_domain_irq(ppi.domain, 1), 0);
	assert_int_equal(one.calls, 1);
	disable_percpu_irq(virq);
	assert_int_equal(generic_handle_domain_irq(ppi.domain, 1), 0);
	assert_int_equal(one.calls, 1);
	disable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_NOTSUP);
	while (irqref_ledger_next(space, &cursor, &entry) == 1) {
		if (entry.handler)
			assert_ptr_equal(entry.cookie, cookies);
	}
	free_percpu_irq(virq, cookies);
	assert_false(irq_has_action(virq));
	irq_dispose_mapping(virq);
	end_rig(&ppi);
	world_end();
}

static void R19_an_edge_while_disabled_is_resent(void)
{
	unsigned int virq;

	linux_world();
	pic.refuse = RIG_NO_RETRIGGER;
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_RISING, "x", &one), 0);
	disable_irq(virq);
	assert_int_equal(generic_handle_irq(virq), 0);
	assert_int_equal(one.calls, 0);
	enable_irq(virq);
	SURE(irqref_flush(space));
	assert_int_equal(one.calls, 1);
	pic.refuse = 0;
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static void R13_a_depth_that_is_full(void)
{
	struct irqref_ref a;
	unsigned int virq;
	uint32_t i;

	linux_world();
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	virq = virq_of(a);
	for (i = 0; i < 0xffff; i++)
		SURE(irqref_disable(space, a));
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "x", &one), L(EOVERFLOW));
	disable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_OVERFLOW);
	assert_int_equal(port_stats().references, 1);
	SURE(irqref_put(space, a));
	world_end();
}

/* An untyped line in use takes the first type that is asked for, in the chip at once. */
static void R8_a_second_request_brings_the_type(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "", &one), 0);
	LINUX(request_irq(virq, counting, IRQF_SHARED | IRQF_TRIGGER_LOW, "b", &two), 0);
	assert_int_equal(rig_line(&pic, 2)->type, IRQ_TYPE_LEVEL_LOW);
	assert_non_null(free_irq(virq, &two));
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R3_request_and_free),
        TEST(R17_a_request_is_an_anonymous_holder),
        TEST(R3_what_cannot_be_requested),
        TEST(R3_a_request_brings_a_type),
        TEST(R8_a_request_does_not_change_a_counted_type),
        TEST(R3_disable_and_enable_nest),
        TEST(R3_freed_disabled_and_requested_again),
        TEST(R6_the_anonymous_depth_is_a_share_like_others),
        TEST(R3_requested_disabled),
        TEST(R13_what_void_calls_cannot_say_is_recorded),
        TEST(T6_dispose_with_a_handler_waits_for_its_free),
        TEST(T6_dispose_then_create_then_free),
        TEST(T6_chained_handlers),
        TEST(R3_percpu),
        TEST(R19_an_edge_while_disabled_is_resent),
        TEST(R13_a_depth_that_is_full),
        TEST(R8_a_second_request_brings_the_type),
};
UNIT_SUITE_FIXTURE("Linux-named requests", tests, setup, teardown)
