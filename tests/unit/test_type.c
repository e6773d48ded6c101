/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trigger types: negotiated before anything is counted (R8, T16).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static unsigned int type_of(struct irqref_ref ref)
{
	unsigned int type;

	irqref_read_lock();
	type = irqref_desc_type(irqref_resolve(space, virq_of(ref)));
	irqref_read_unlock();
	return type;
}

static void T16_none_or_equal_shares(void)
{
	struct irqref_ref a, b, c;

	world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	b = get(&pic, 2, IRQREF_TYPE_NONE, disk);
	c = get(&pic, 2, IRQREF_TYPE_LOW, uart);
	assert_int_equal(type_of(a), IRQREF_TYPE_LOW);
	assert_int_equal(count_of(pic.domain, 2), 3);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	SURE(irqref_put(space, c));
	world_end();
}

static void T16_a_conflict_fails_and_names_the_holder(void)
{
	struct irqref_conflict conflict = {0};
	struct irqref_ref a, b = {7, 7};

	world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	GIVES(irqref_get(pic.domain, 2, IRQREF_TYPE_HIGH, disk, NULL, &b, &conflict),
	      IRQREF_ERR_TYPE);
	assert_string_equal(conflict.holder, "net");
	assert_int_equal(conflict.virq, virq_of(a));
	assert_int_equal(conflict.type, IRQREF_TYPE_LOW);
	assert_int_equal(b.slot, 7);
	assert_int_equal(count_of(pic.domain, 2), 1);
	assert_int_equal(port.events[IRQREF_EVENT_TYPE_CONFLICT], 1);
	assert_int_equal(port_stats().refusals, 1);
	SURE(irqref_put(space, a));
	world_end();
}

static void R8_an_unset_type_is_set(void)
{
	struct irqref_ref a, b;

	world();
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	assert_int_equal(type_of(a), IRQREF_TYPE_NONE);
	b = get(&pic, 2, IRQREF_TYPE_HIGH, disk);
	assert_int_equal(type_of(a), IRQREF_TYPE_HIGH);
	assert_int_equal(rig_line(&pic, 2)->types, 0);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void R8_it_is_set_in_the_chip_at_once_if_handlers_are_installed(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b = {0, 0};

	world();
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_SHARED));
	assert_int_equal(rig_line(&pic, 2)->types, 0);
	pic.refuse = RIG_NO_TYPE;
	GIVES(irqref_get(pic.domain, 2, IRQREF_TYPE_HIGH, disk, NULL, &b, NULL), IRQREF_ERR_TYPE);
	assert_int_equal(type_of(a), IRQREF_TYPE_NONE);
	assert_int_equal(count_of(pic.domain, 2), 1);
	pic.refuse = 0;
	b = get(&pic, 2, IRQREF_TYPE_HIGH, disk);
	assert_int_equal(rig_line(&pic, 2)->types, 1);
	assert_int_equal(rig_line(&pic, 2)->type, IRQREF_TYPE_HIGH);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void T16_teardown_forgets_the_type(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	SURE(irqref_put(space, a));
	a = get(&pic, 2, IRQREF_TYPE_RISING, disk);
	assert_int_equal(type_of(a), IRQREF_TYPE_RISING);
	SURE(irqref_put(space, a));
	world_end();
}

static void R8_the_first_handler_programs_the_type(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	assert_int_equal(rig_line(&pic, 2)->types, 0);
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_int_equal(rig_line(&pic, 2)->type, IRQREF_TYPE_LOW);
	SURE(irqref_free(space, a));
	pic.refuse = RIG_NO_TYPE;
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_TYPE);
	assert_true(masked(&pic, 2));
	pic.refuse = 0;
	SURE(irqref_put(space, a));
	world_end();
}

static void R8_a_type_has_only_the_bits_of_a_type(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 2, .cells = {1, 0x10}};
	struct irqref_ref a = {0, 0};

	world();
	GIVES(irqref_get(pic.domain, 1, 0x10, net, NULL, &a, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_get_fwspec(space, &spec, net, &a, NULL), IRQREF_ERR_INVAL);
	assert_false(mapped(&pic, 1));
	world_end();
}

static void R8_set_type_by_the_only_holder(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b;

	world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	SURE(irqref_set_type(space, a, IRQREF_TYPE_HIGH));
	assert_int_equal(type_of(a), IRQREF_TYPE_HIGH);
	OK(irqref_request(space, a, counting, &hits, IRQREF_SHARED));
	OK(irqref_set_type(space, a, IRQREF_TYPE_LOW));
	assert_int_equal(rig_line(&pic, 2)->type, IRQREF_TYPE_LOW);
	pic.refuse = RIG_NO_TYPE;
	GIVES(irqref_set_type(space, a, IRQREF_TYPE_HIGH), IRQREF_ERR_TYPE);
	assert_int_equal(type_of(a), IRQREF_TYPE_LOW);
	pic.refuse = 0;
	b = get(&pic, 2, IRQREF_TYPE_NONE, disk);
	GIVES(irqref_set_type(space, b, IRQREF_TYPE_HIGH), IRQREF_ERR_BUSY);
	SURE(irqref_set_type(space, b, IRQREF_TYPE_LOW));
	assert_int_equal(type_of(a), IRQREF_TYPE_LOW);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void R8_the_floating_reference_holds_a_type_too(void)
{
	struct irqref_ref a;
	irqref_virq_t virq;

	world();
	virq = create(&pic, 2, IRQREF_TYPE_LOW);
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	GIVES(irqref_set_type(space, a, IRQREF_TYPE_HIGH), IRQREF_ERR_BUSY);
	SURE(irqref_floating_put(space, virq));
	SURE(irqref_set_type(space, a, IRQREF_TYPE_HIGH));
	SURE(irqref_put(space, a));
	world_end();
}

/* The outermost level that can is asked; where none can, there is nothing to refuse. */
static void R8_a_chip_without_set_type_takes_any(void)
{
	struct counter hits = {0};
	struct irqref_ref a;
	struct rig bare;

	world();
	make_rig(&bare, .name = "bare", .size = 4, .chip = &rig_chip_bare);
	a = get(&bare, 2, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_put(space, a));
	end_rig(&bare);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(T16_none_or_equal_shares),
        TEST(T16_a_conflict_fails_and_names_the_holder),
        TEST(R8_an_unset_type_is_set),
        TEST(R8_it_is_set_in_the_chip_at_once_if_handlers_are_installed),
        TEST(T16_teardown_forgets_the_type),
        TEST(R8_the_first_handler_programs_the_type),
        TEST(R8_a_type_has_only_the_bits_of_a_type),
        TEST(R8_set_type_by_the_only_holder),
        TEST(R8_the_floating_reference_holds_a_type_too),
        TEST(R8_a_chip_without_set_type_takes_any),
};
UNIT_SUITE_FIXTURE("trigger types", tests, setup, teardown)
