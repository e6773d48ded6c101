/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strong references: find-or-create-and-count in one step (R1), the mapping's end with the last one
 * (R2), refusal of dead ones (R10, R13), and what a get may meet.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static void R1_two_gets_give_one_mapping(void)
{
	struct irqref_ref a, b;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	b = get(&pic, 5, IRQREF_TYPE_NONE, disk);
	assert_int_equal(virq_of(a), virq_of(b));
	assert_int_equal(rig_line(&pic, 5)->maps, 1);
	assert_int_equal(count_of(pic.domain, 5), 2);
	expect_mappings(1);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void R1_one_consumer_may_hold_a_line_twice(void)
{
	struct irqref_ref a, b;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	b = get(&pic, 5, IRQREF_TYPE_NONE, net);
	assert_true(a.slot != b.slot || a.generation != b.generation);
	SURE(irqref_put(space, a));
	assert_true(mapped(&pic, 5));
	SURE(irqref_put(space, b));
	assert_false(mapped(&pic, 5));
	world_end();
}

static void R2_torn_down_once_with_the_last_reference(void)
{
	struct irqref_ref a, b;

	world();
	a = get(&pic, 7, IRQREF_TYPE_NONE, net);
	b = get(&pic, 7, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, b));
	assert_true(mapped(&pic, 7));
	assert_int_equal(rig_line(&pic, 7)->unmaps, 0);
	SURE(irqref_put(space, a));
	assert_false(mapped(&pic, 7));
	assert_int_equal(rig_line(&pic, 7)->unmaps, 1);
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 7)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 7)->releases, 1);
	world_end();
}

static void R2_teardown_goes_in_its_order(void)
{
	struct counter hits = {0};
	struct irqref_ref ref;
	const char *after;

	world();
	ref = get(&pic, 3, IRQREF_TYPE_NONE, net);
	OK(irqref_request(space, ref, counting, &hits, 0));
	rig_log_clear();
	SURE(irqref_put(space, ref));
	SURE(irqref_flush(space));
	assert_int_equal(rig_log[0], 'm');
	for (after = rig_log; *after == 'm'; after++)
		;
	assert_string_equal(after, "D-r");
	world_end();
}

static void R13_put_twice_is_stale_and_changes_nothing(void)
{
	struct irqref_ref a, b;
	irqref_virq_t virq = 77;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	b = get(&pic, 5, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, a));
	assert_code(irqref_put(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_put_sync(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_ref_virq(space, a, &virq), IRQREF_ERR_STALE);
	assert_int_equal(virq, 77);
	assert_int_equal(count_of(pic.domain, 5), 1);
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 3);
	SURE(irqref_put(space, b));
	world_end();
}

/* A reference's slot is used again, the reference is not. */
static void R10_an_old_reference_never_names_a_new_one(void)
{
	struct irqref_ref old, now;
	unsigned int i;

	world();
	old = get(&pic, 5, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, old));
	for (i = 0; i < 200; i++) {
		now = get(&pic, 6, IRQREF_TYPE_NONE, net);
		assert_true(now.slot != old.slot || now.generation != old.generation);
		assert_code(irqref_put(space, old), IRQREF_ERR_STALE);
		SURE(irqref_put(space, now));
		SURE(irqref_flush(space));
	}
	world_end();
}

static void R13_a_reference_of_nothing_is_refused(void)
{
	struct irqref_ref none = {0, 0};
	struct irqref_ref beyond = {0x0fffffff, 1};
	struct irqref_ref fresh = {900, 1};

	world();
	assert_true(irqref_put(space, none) < 0);
	assert_code(irqref_put(space, beyond), IRQREF_ERR_STALE);
	assert_code(irqref_put(space, fresh), IRQREF_ERR_STALE);
	world_end();
}

static void R1_get_of_a_dead_consumer_is_refused(void)
{
	struct irqref_consumer gone;
	struct irqref_ref ref = {1, 2};

	world();
	gone = make_consumer("gone");
	SURE(irqref_consumer_remove(space, gone, NULL, NULL));
	GIVES(irqref_get(pic.domain, 1, 0, gone, NULL, &ref, NULL), IRQREF_ERR_NOENT);
	assert_int_equal(ref.slot, 1);
	assert_int_equal(ref.generation, 2);
	assert_int_equal(rig_line(&pic, 1)->maps, rig_line(&pic, 1)->unmaps);
	world_end();
}

static void T17_an_hwirq_out_of_range_is_refused(void)
{
	struct irqref_ref ref = {1, 2};

	world();
	GIVES(irqref_get(pic.domain, PIC_SIZE, 0, net, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	GIVES(irqref_get(pic.domain, UINT64_MAX, 0, net, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	assert_int_equal(port_stats().refusals, 2);
	assert_int_equal(rig_line(&pic, 0)->maps, 0);
	world_end();
}

static void R12_a_refusing_map_leaves_nothing(void)
{
	struct irqref_ref ref = {1, 2};

	world();
	pic.refuse = RIG_NO_MAP;
	pic.only = 9;
	GIVES(irqref_get(pic.domain, 9, 0, net, NULL, &ref, NULL), IRQREF_ERR_REFUSED);
	assert_false(mapped(&pic, 9));
	expect_clean();
	assert_int_equal(rig_line(&pic, 9)->unmaps, 0);
	assert_int_equal(irqref_domain_mappings(pic.domain), 0);
	pic.refuse = 0;
	ref = get(&pic, 9, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, ref));
	world_end();
}

static void R1_get_by_number(void)
{
	struct irqref_ref a, b = {0, 0};
	irqref_virq_t virq;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	virq = virq_of(a);
	OK(irqref_get_virq(space, virq, disk, &b));
	assert_int_equal(count_of(pic.domain, 5), 2);
	SURE(irqref_put(space, a));
	assert_int_equal(virq_of(b), virq);
	SURE(irqref_put(space, b));
	GIVES(irqref_get_virq(space, virq, disk, &b), IRQREF_ERR_STALE);
	GIVES(irqref_get_virq(space, virq + 1, disk, &b), IRQREF_ERR_STALE);
	world_end();
}

static void R1_get_by_specifier(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 2, .cells = {11, IRQREF_TYPE_LOW}};
	struct irqref_fwspec nobody = {.node = 0x999, .ncells = 1, .cells = {1}};
	struct irqref_ref ref = {0, 0};

	world();
	OK(irqref_get_fwspec(space, &spec, net, &ref, NULL));
	assert_true(mapped(&pic, 11));
	assert_ptr_equal(pic.last_arg, &spec);
	irqref_read_lock();
	assert_int_equal(irqref_desc_type(irqref_find(pic.domain, 11)), IRQREF_TYPE_LOW);
	irqref_read_unlock();
	SURE(irqref_put(space, ref));
	GIVES(irqref_get_fwspec(space, &nobody, net, &ref, NULL), IRQREF_ERR_NOENT);
	world_end();
}

static void R12_a_refusing_translate_is_told(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {4}};
	struct irqref_ref ref = {0, 0};

	world();
	pic.refuse = RIG_NO_TRANSLATE;
	GIVES(irqref_get_fwspec(space, &spec, net, &ref, NULL), IRQREF_ERR_REFUSED);
	pic.refuse = 0;
	world_end();
}

static void R5_what_is_found_is_valid_in_its_section(void)
{
	struct irqref_ref ref;
	struct irqref_desc *desc;

	world();
	irqref_read_lock();
	assert_null(irqref_find(pic.domain, 2));
	irqref_read_unlock();
	ref = get(&pic, 2, IRQREF_TYPE_NONE, net);
	irqref_read_lock();
	desc = irqref_find(pic.domain, 2);
	assert_non_null(desc);
	assert_ptr_equal(irqref_resolve(space, virq_of(ref)), desc);
	assert_int_equal(irqref_desc_virq(desc), virq_of(ref));
	SURE(irqref_put(space, ref));
	assert_null(irqref_find(pic.domain, 2));
	assert_null(irqref_resolve(space, irqref_desc_virq(desc)));
	irqref_read_unlock();
	world_end();
}

static void R5_nothing_is_found_where_nothing_can_be(void)
{
	world();
	irqref_read_lock();
	assert_null(irqref_find(NULL, 1));
	assert_null(irqref_find(pic.domain, PIC_SIZE));
	assert_null(irqref_find(pic.domain, UINT64_MAX));
	assert_null(irqref_resolve(space, 0));
	assert_null(irqref_resolve(space, UINT32_MAX));
	assert_null(irqref_resolve(NULL, 1));
	irqref_read_unlock();
	assert_int_equal(irqref_find_virq(NULL, 1), 0);
	world_end();
}

/* R4, as far as a single thread can see it: looking changes no counter and allocates nothing. */
static void R4_lookup_changes_nothing(void)
{
	struct irqref_stats before, after;
	struct irqref_ref ref;
	uint32_t allocs, i;

	world();
	ref = get(&pic, 2, IRQREF_TYPE_NONE, net);
	before = port_stats();
	allocs = port.allocs;
	for (i = 0; i < 100; i++)
		assert_int_equal(irqref_find_virq(pic.domain, 2), virq_of(ref));
	after = port_stats();
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(port.allocs, allocs);
	SURE(irqref_put(space, ref));
	world_end();
}

static void T19_a_get_that_must_map_is_refused_when_atomic(void)
{
	struct irqref_ref a, b = {0, 0};

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	GIVES(irqref_get(pic.domain, 6, 0, net, NULL, &b, NULL), IRQREF_ERR_ATOMIC);
	assert_false(mapped(&pic, 6));
	port.atomic = false;
	irqref_read_lock();
	GIVES(irqref_get(pic.domain, 6, 0, net, NULL, &b, NULL), IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	assert_int_equal(rig_line(&pic, 6)->maps, 0);
	SURE(irqref_put(space, a));
	world_end();
}

/* One of what is mapped works anywhere, when a slot is at hand. */
static void R1_a_get_of_a_mapped_line_works_when_atomic(void)
{
	struct irqref_ref a, b = {0, 0};
	int err;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	err = irqref_get(pic.domain, 5, 0, net, NULL, &b, NULL);
	port.atomic = false;
	if (err)
		assert_code(err, IRQREF_ERR_AGAIN);
	else
		SURE(irqref_put(space, b));
	SURE(irqref_put(space, a));
	world_end();
}

static void T19_a_put_in_a_section_is_deferred(void)
{
	struct irqref_ref ref;
	struct counter hits = {0};

	world();
	ref = get(&pic, 5, IRQREF_TYPE_NONE, net);
	OK(irqref_request(space, ref, counting, &hits, 0));
	port.atomic = true;
	SURE(irqref_put(space, ref));
	assert_false(mapped(&pic, 5));
	assert_true(masked(&pic, 5));
	assert_int_equal(rig_line(&pic, 5)->unmaps, 0);
	assert_true(port.kicks > 0);
	assert_code(irqref_flush(space), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 5)->unmaps, 1);
	world_end();
}

static void T19_put_sync_is_refused_when_atomic(void)
{
	struct irqref_ref ref;

	world();
	ref = get(&pic, 5, IRQREF_TYPE_NONE, net);
	irqref_read_lock();
	assert_code(irqref_put_sync(space, ref), IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	port.atomic = true;
	assert_code(irqref_put_sync(space, ref), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	assert_true(mapped(&pic, 5));
	SURE(irqref_put_sync(space, ref));
	world_end();
}

/* A waiting get that needs a mapping which was left dying finishes that one itself. */
static void R16_a_get_helps_the_teardown_it_needs(void)
{
	struct irqref_ref ref;

	world();
	ref = get(&pic, 5, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, ref));
	GIVES(irqref_get(pic.domain, 5, 0, net, NULL, &ref, NULL), IRQREF_ERR_AGAIN);
	port.atomic = false;
	if (port_injecting()) {
		world_end();
		return; /* what was dying is finished also by a get that fails */
	}
	ref = get(&pic, 5, IRQREF_TYPE_NONE, disk);
	assert_int_equal(rig_line(&pic, 5)->maps, 2);
	assert_int_equal(rig_line(&pic, 5)->unmaps, 1);
	SURE(irqref_put(space, ref));
	world_end();
}

static void R17_gets_and_puts_are_counted(void)
{
	struct irqref_stats stats;
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	b = get(&pic, 1, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, a));
	stats = port_stats();
	assert_int_equal(stats.gets, 2);
	assert_int_equal(stats.puts, 1);
	assert_int_equal(stats.references, 1);
	SURE(irqref_put(space, b));
	SURE(irqref_consumer_remove(space, net, NULL, NULL));
	net = make_consumer("net");
	stats = port_stats();
	assert_int_equal(stats.gets, 2);
	assert_int_equal(stats.puts, 2);
	world_end();
}

static void R15_a_full_table_of_references_is_an_error(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_ref held[8], more = {0, 0};
	unsigned int i;

	config.max_refs = 8;
	world_with(&config, IRQREF_FLOW_LEVEL);
	SURE(irqref_consumer_remove(space, uart, NULL, NULL));
	for (i = 0; i < 8; i++)
		held[i] = get(&pic, i % 2, IRQREF_TYPE_NONE, net);
	GIVES(irqref_get(pic.domain, 0, 0, net, NULL, &more, NULL), IRQREF_ERR_NOSPC);
	GIVES(irqref_get(pic.domain, 9, 0, disk, NULL, &more, NULL), IRQREF_ERR_NOSPC);
	assert_false(mapped(&pic, 9));
	SURE(irqref_put(space, held[3]));
	held[3] = get(&pic, 0, IRQREF_TYPE_NONE, disk);
	for (i = 0; i < 8; i++)
		SURE(irqref_put(space, held[i]));
	uart = make_consumer("uart");
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R1_two_gets_give_one_mapping),
        TEST(R1_one_consumer_may_hold_a_line_twice),
        TEST(R2_torn_down_once_with_the_last_reference),
        TEST(R2_teardown_goes_in_its_order),
        TEST(R13_put_twice_is_stale_and_changes_nothing),
        TEST(R10_an_old_reference_never_names_a_new_one),
        TEST(R13_a_reference_of_nothing_is_refused),
        TEST(R1_get_of_a_dead_consumer_is_refused),
        TEST(T17_an_hwirq_out_of_range_is_refused),
        TEST(R12_a_refusing_map_leaves_nothing),
        TEST(R1_get_by_number),
        TEST(R1_get_by_specifier),
        TEST(R12_a_refusing_translate_is_told),
        TEST(R5_what_is_found_is_valid_in_its_section),
        TEST(R5_nothing_is_found_where_nothing_can_be),
        TEST(R4_lookup_changes_nothing),
        TEST(T19_a_get_that_must_map_is_refused_when_atomic),
        TEST(R1_a_get_of_a_mapped_line_works_when_atomic),
        TEST(T19_a_put_in_a_section_is_deferred),
        TEST(T19_put_sync_is_refused_when_atomic),
        TEST(R16_a_get_helps_the_teardown_it_needs),
        TEST(R17_gets_and_puts_are_counted),
        TEST(R15_a_full_table_of_references_is_an_error),
};
UNIT_SUITE_FIXTURE("references", tests, setup, teardown)
