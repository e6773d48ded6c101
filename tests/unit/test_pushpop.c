/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A level pushed on top of a live mapping and popped again; counts stay exact (T13).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static struct rig top, side;

static void stack(void)
{
	world();
	make_level(&top, &pic, 0, .name = "top", .size = 64);
	make_rig(&side, .name = "side", .size = 64);
	top.trim = true;
}

static void stack_end(void)
{
	end_rig(&top);
	end_rig(&side);
	world_end();
}

static void T13_push_and_pop(void)
{
	struct counter hits = {0};
	struct irqref_ref a;
	irqref_virq_t virq;
	int arg = 0;

	stack();
	a = get(&pic, 5, IRQREF_TYPE_LOW, net);
	virq = virq_of(a);
	OK(irqref_level_push(space, virq, top.domain, 40, &arg));
	assert_ptr_equal(top.last_arg, &arg);
	assert_int_equal(irqref_find_virq(top.domain, 40), virq);
	assert_int_equal(irqref_find_virq(pic.domain, 5), virq);
	assert_int_equal(irqref_domain_mappings(top.domain), 1);
	assert_int_equal(irqref_domain_mappings(pic.domain), 1);
	assert_int_equal(count_of(pic.domain, 5), 1);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_dispatch(top.domain, 40));
	SURE(irqref_dispatch(pic.domain, 5));
	assert_int_equal(hits.calls, 2);
	assert_false(masked(&top, 40));
	assert_false(masked(&pic, 5));
	SURE(irqref_free(space, a));
	OK(irqref_level_pop(space, virq, top.domain));
	assert_int_equal(rig_line(&top, 40)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 5)->unmaps, 0);
	assert_int_equal(irqref_find_virq(top.domain, 40), 0);
	assert_int_equal(irqref_domain_mappings(top.domain), 0);
	assert_int_equal(irqref_find_virq(pic.domain, 5), virq);
	assert_int_equal(count_of(pic.domain, 5), 1);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_raise(&pic, 5);
	assert_int_equal(hits.calls, 3);
	SURE(irqref_put(space, a));
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&top, 40)->releases, 1);
	stack_end();
}

/* R7: the whole tower goes with the last reference, pushed level included. */
static void T13_a_pushed_level_is_torn_down_with_the_rest(void)
{
	struct irqref_ref a, b;

	stack();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	OK(irqref_level_push(space, virq_of(a), top.domain, 1, NULL));
	b = get(&top, 1, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, a));
	assert_true(mapped(&pic, 5));
	SURE(irqref_put(space, b));
	assert_false(mapped(&pic, 5));
	assert_int_equal(rig_line(&top, 1)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 5)->unmaps, 1);
	assert_int_equal(irqref_domain_mappings(top.domain), 0);
	assert_int_equal(irqref_domain_mappings(pic.domain), 0);
	stack_end();
}

static void R17_references_go_on_naming_their_level(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a, b;

	stack();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	OK(irqref_level_push(space, virq_of(a), top.domain, 1, NULL));
	b = get(&top, 1, IRQREF_TYPE_NONE, disk);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_string_equal(entry.domain, "pic");
	assert_int_equal(entry.level, 1);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_string_equal(entry.domain, "top");
	assert_int_equal(entry.level, 0);
	OK(irqref_level_pop(space, virq_of(a), top.domain));
	cursor = (struct irqref_cursor){0};
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_string_equal(entry.domain, "pic");
	assert_int_equal(entry.level, 0);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.level, 0);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	stack_end();
}

static void R13_what_cannot_be_pushed(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b;
	irqref_virq_t virq;

	stack();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	b = get(&side, 5, IRQREF_TYPE_NONE, net);
	virq = virq_of(a);
	GIVES(irqref_level_push(space, virq_of(b), top.domain, 1, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_level_push(space, virq, side.domain, 1, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_level_push(space, 0, top.domain, 1, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_level_push(space, 300, top.domain, 1, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_level_push(space, 200, top.domain, 1, NULL), IRQREF_ERR_STALE);
	GIVES(irqref_level_push(space, virq, top.domain, 64, NULL), IRQREF_ERR_RANGE);
	port.atomic = true;
	GIVES(irqref_level_push(space, virq, top.domain, 1, NULL), IRQREF_ERR_ATOMIC);
	GIVES(irqref_level_pop(space, virq, top.domain), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	OK(irqref_request(space, a, counting, &hits, 0));
	GIVES(irqref_level_push(space, virq, top.domain, 1, NULL), IRQREF_ERR_BUSY);
	SURE(irqref_free(space, a));
	top.refuse = RIG_NO_MAP;
	GIVES(irqref_level_push(space, virq, top.domain, 1, NULL), IRQREF_ERR_REFUSED);
	top.refuse = 0;
	assert_int_equal(irqref_domain_mappings(top.domain), 0);
	assert_int_equal(count_of(pic.domain, 5), 1);
	SURE(irqref_put(space, b));
	b = get(&pic, 6, IRQREF_TYPE_NONE, net);
	OK(irqref_level_push(space, virq, top.domain, 1, NULL));
	GIVES(irqref_level_push(space, virq_of(b), top.domain, 1, NULL), IRQREF_ERR_BUSY);
	OK(irqref_request(space, a, counting, &hits, 0));
	GIVES(irqref_level_pop(space, virq, top.domain), IRQREF_ERR_BUSY);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	stack_end();
}

static void R13_what_cannot_be_popped(void)
{
	struct irqref_ref a;
	irqref_virq_t virq;

	stack();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	virq = virq_of(a);
	GIVES(irqref_level_pop(space, virq, pic.domain), IRQREF_ERR_INVAL);
	GIVES(irqref_level_pop(space, virq, top.domain), IRQREF_ERR_INVAL);
	GIVES(irqref_level_pop(space, 0, pic.domain), IRQREF_ERR_INVAL);
	GIVES(irqref_level_pop(space, 200, pic.domain), IRQREF_ERR_STALE);
	SURE(irqref_put(space, a));
	GIVES(irqref_level_pop(space, virq, pic.domain), IRQREF_ERR_STALE);
	GIVES(irqref_level_push(space, virq, top.domain, 1, NULL), IRQREF_ERR_STALE);
	stack_end();
}

static void R9_a_revoked_mapping_has_no_levels_to_move(void)
{
	struct irqref_ref a;

	stack();
	a = get(&side, 5, IRQREF_TYPE_NONE, net);
	SURE(irqref_domain_remove(side.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&side);
	GIVES(irqref_level_push(space, virq_of(a), top.domain, 1, NULL), IRQREF_ERR_REVOKED);
	SURE(irqref_put(space, a));
	make_rig(&side, .name = "side", .size = 64);
	stack_end();
}

/* A level can be taken off a mapping that was made with it. */
static void T13_popping_a_made_level(void)
{
	struct irqref_ref a;

	stack();
	top.trim = false;
	top.offset = 2;
	a = get(&top, 5, IRQREF_TYPE_NONE, net);
	assert_true(mapped(&pic, 7));
	OK(irqref_level_pop(space, virq_of(a), top.domain));
	assert_true(mapped(&pic, 7));
	assert_false(mapped(&top, 5));
	SURE(irqref_put(space, a));
	assert_int_equal(rig_line(&top, 5)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 7)->unmaps, 1);
	stack_end();
}

static void T13_several_levels(void)
{
	struct irqref_ref a;
	struct rig more;

	stack();
	make_level(&more, &top, 0, .name = "more", .size = 8);
	more.trim = true;
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	OK(irqref_level_push(space, virq_of(a), top.domain, 9, NULL));
	OK(irqref_level_push(space, virq_of(a), more.domain, 3, NULL));
	assert_int_equal(irqref_find_virq(more.domain, 3), virq_of(a));
	GIVES(irqref_level_pop(space, virq_of(a), top.domain), IRQREF_ERR_INVAL);
	OK(irqref_level_pop(space, virq_of(a), more.domain));
	OK(irqref_level_push(space, virq_of(a), more.domain, 4, NULL));
	SURE(irqref_put(space, a));
	assert_int_equal(rig_line(&more, 4)->unmaps, 1);
	assert_int_equal(rig_line(&top, 9)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 5)->unmaps, 1);
	end_rig(&more);
	stack_end();
}

static const struct irqref_test tests[] = {
        TEST(T13_push_and_pop),
        TEST(T13_a_pushed_level_is_torn_down_with_the_rest),
        TEST(R17_references_go_on_naming_their_level),
        TEST(R13_what_cannot_be_pushed),
        TEST(R13_what_cannot_be_popped),
        TEST(R9_a_revoked_mapping_has_no_levels_to_move),
        TEST(T13_popping_a_made_level),
        TEST(T13_several_levels),
};
UNIT_SUITE_FIXTURE("push and pop", tests, setup, teardown)
