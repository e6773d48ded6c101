/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floating reference: one for each mapping, set by the first create, cleared by a dispose (R3),
 * next to strong ones.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static void R3_create_is_idempotent_and_one_dispose_drops_it(void)
{
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	assert_int_equal(create(&pic, 4, IRQREF_TYPE_NONE), virq);
	assert_int_equal(create(&pic, 4, IRQREF_TYPE_NONE), virq);
	assert_int_equal(count_of(pic.domain, 4), 1);
	SURE(irqref_floating_put(space, virq));
	assert_false(mapped(&pic, 4));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	world_end();
}

static void R3_dispose_of_a_number_that_rests_is_stale(void)
{
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	SURE(irqref_floating_put(space, virq));
	assert_code(irqref_floating_put(space, virq), IRQREF_ERR_STALE);
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 1);
	assert_code(irqref_floating_put(space, 0), IRQREF_ERR_INVAL);
	assert_code(irqref_floating_put(space, UINT32_MAX), IRQREF_ERR_INVAL);
	assert_code(irqref_floating_put(space, 200), IRQREF_ERR_STALE);
	world_end();
}

static void R3_dispose_next_to_a_strong_reference_only_clears_the_floating_one(void)
{
	struct irqref_ref ref;
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
	assert_int_equal(virq_of(ref), virq);
	assert_int_equal(count_of(pic.domain, 4), 2);
	SURE(irqref_floating_put(space, virq));
	assert_true(mapped(&pic, 4));
	assert_int_equal(count_of(pic.domain, 4), 1);
	assert_int_equal(port.events[IRQREF_EVENT_DISPOSE_IN_USE], 1);
	SURE(irqref_floating_put(space, virq));
	assert_int_equal(port.events[IRQREF_EVENT_DISPOSE_IN_USE], 2);
	assert_int_equal(count_of(pic.domain, 4), 1);
	SURE(irqref_put(space, ref));
	assert_false(mapped(&pic, 4));
	world_end();
}

static void R3_the_mapping_and_its_type_stay_while_it_floats(void)
{
	struct irqref_ref ref;
	irqref_virq_t virq;

	world();
	ref = get(&pic, 4, IRQREF_TYPE_HIGH, net);
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	SURE(irqref_put(space, ref));
	assert_true(mapped(&pic, 4));
	irqref_read_lock();
	assert_int_equal(irqref_desc_type(irqref_resolve(space, virq)), IRQREF_TYPE_HIGH);
	irqref_read_unlock();
	SURE(irqref_floating_put(space, virq));
	assert_false(mapped(&pic, 4));
	world_end();
}

/* Also when nobody ever created it: the number was borrowed from a lookup. */
static void R3_dispose_ends_what_nobody_holds_strongly(void)
{
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	assert_int_equal(irqref_find_virq(pic.domain, 4), virq);
	SURE(irqref_floating_put(space, irqref_find_virq(pic.domain, 4)));
	assert_false(mapped(&pic, 4));
	world_end();
}

static void R3_create_by_specifier(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 2, .cells = {3, IRQREF_TYPE_HIGH}};
	struct irqref_fwspec other = {.node = PIC_NODE, .ncells = 2, .cells = {3, IRQREF_TYPE_LOW}};
	struct irqref_fwspec nobody = {.node = 1, .ncells = 1};
	struct irqref_conflict conflict = {0};
	irqref_virq_t virq = 0, again = 99;

	world();
	OK(irqref_floating_get_fwspec(space, &spec, &virq, NULL));
	GIVES(irqref_floating_get_fwspec(space, &other, &again, &conflict), IRQREF_ERR_TYPE);
	assert_int_equal(again, 99);
	assert_int_equal(conflict.virq, virq);
	assert_int_equal(conflict.type, IRQREF_TYPE_HIGH);
	assert_string_equal(conflict.holder, "floating");
	GIVES(irqref_floating_get_fwspec(space, &nobody, &again, NULL), IRQREF_ERR_NOENT);
	SURE(irqref_floating_put(space, virq));
	world_end();
}

static void R12_a_failed_create_leaves_nothing(void)
{
	irqref_virq_t virq = 99;

	world();
	pic.refuse = RIG_NO_MAP;
	GIVES(irqref_floating_get(pic.domain, 1, 0, NULL, &virq, NULL), IRQREF_ERR_REFUSED);
	GIVES(irqref_floating_get(pic.domain, 99, 0, NULL, &virq, NULL), IRQREF_ERR_RANGE);
	assert_int_equal(virq, 99);
	pic.refuse = 0;
	world_end();
}

static void T19_a_dispose_when_atomic_is_deferred(void)
{
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_NONE);
	irqref_read_lock();
	SURE(irqref_floating_put(space, virq));
	assert_false(mapped(&pic, 4));
	irqref_read_unlock();
	assert_int_equal(rig_line(&pic, 4)->unmaps, 0);
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	world_end();
}

static void R3_create_of_a_mapped_line_works_when_atomic(void)
{
	struct irqref_ref ref;
	irqref_virq_t virq = 0;

	world();
	ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_floating_get(pic.domain, 4, 0, NULL, &virq, NULL));
	GIVES(irqref_floating_get(pic.domain, 5, 0, NULL, &virq, NULL), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	assert_int_equal(count_of(pic.domain, 4), 2);
	SURE(irqref_put(space, ref));
	SURE(irqref_floating_put(space, virq));
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R3_create_is_idempotent_and_one_dispose_drops_it),
        TEST(R3_dispose_of_a_number_that_rests_is_stale),
        TEST(R3_dispose_next_to_a_strong_reference_only_clears_the_floating_one),
        TEST(R3_the_mapping_and_its_type_stay_while_it_floats),
        TEST(R3_dispose_ends_what_nobody_holds_strongly),
        TEST(R3_create_by_specifier),
        TEST(R12_a_failed_create_leaves_nothing),
        TEST(T19_a_dispose_when_atomic_is_deferred),
        TEST(R3_create_of_a_mapped_line_works_when_atomic),
};
UNIT_SUITE_FIXTURE("floating", tests, setup, teardown)
