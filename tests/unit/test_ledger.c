/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger equals the truth, and reading it delays nobody (R17, T20).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static void R17_an_empty_space_has_an_empty_ledger(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	world();
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 0);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 0);
	world_end();
}

static void R17_every_holder_is_an_entry(void)
{
	struct irqref_cursor cursor = {0};
	struct counter hits = {0};
	struct irqref_entry e;
	struct irqref_ref a, b;
	irqref_virq_t v1, v2;

	world();
	port.ticks = 7;
	a = get(&pic, 9, IRQREF_TYPE_LOW, net);
	v1 = virq_of(a);
	port.ticks = 8;
	b = get(&pic, 9, IRQREF_TYPE_NONE, disk);
	v2 = create(&pic, 3, IRQREF_TYPE_NONE);
	assert_int_equal(create(&pic, 9, IRQREF_TYPE_NONE), v1);
	OK(irqref_request(space, b, counting, &hits, IRQREF_CHAINED));
	SURE(irqref_disable(space, b));

	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_int_equal(e.virq, v1);
	assert_int_equal(e.kind, IRQREF_HOLDER_FLOATING);
	assert_string_equal(e.holder, "floating");
	assert_int_equal(e.strong, 2);
	assert_true(e.floating);
	assert_int_equal(e.type, IRQREF_TYPE_LOW);
	assert_int_equal(e.state, IRQREF_LIVE);

	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_int_equal(e.kind, IRQREF_HOLDER_CONSUMER);
	assert_string_equal(e.holder, "net");
	assert_string_equal(e.domain, "pic");
	assert_int_equal(e.hwirq, 9);
	assert_int_equal(e.since, 7);
	assert_int_equal(e.level, 0);
	assert_int_equal(e.depth, 0);
	assert_false(e.handler);

	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_string_equal(e.holder, "disk");
	assert_int_equal(e.since, 8);
	assert_int_equal(e.depth, 1);
	assert_true(e.handler);
	assert_true(e.chained);
	assert_ptr_equal(e.cookie, &hits);

	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_int_equal(e.virq, v2);
	assert_int_equal(e.kind, IRQREF_HOLDER_FLOATING);
	assert_int_equal(e.strong, 0);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 0);

	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	SURE(irqref_floating_put(space, v1));
	SURE(irqref_floating_put(space, v2));
	world_end();
}

/* R17: what is being torn down is shown as nobody's. */
static void R17_a_dying_mapping_is_nobodys(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry e;
	struct irqref_ref a;

	world();
	a = get(&pic, 9, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, a));
	port.atomic = false;
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_int_equal(e.kind, IRQREF_HOLDER_NONE);
	assert_int_equal(e.state, IRQREF_DYING);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 0);
	world_end();
}

static uint32_t seen_reserved;

static void look_reserved(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry e;

	(void)rig;
	(void)level;
	while (irqref_ledger_next(space, &cursor, &e) == 1) {
		if (e.virq == irqref_desc_virq(desc) && e.state == IRQREF_RESERVED &&
		    e.kind == IRQREF_HOLDER_NONE)
			seen_reserved++;
	}
}

static void R17_a_mapping_in_the_making_is_nobodys(void)
{
	struct irqref_ref a;

	world();
	seen_reserved = 0;
	pic.on_map = look_reserved;
	a = get(&pic, 9, IRQREF_TYPE_NONE, net);
	assert_int_equal(seen_reserved, 1);
	pic.on_map = NULL;
	SURE(irqref_put(space, a));
	world_end();
}

/* T20, and what is put between two steps is passed by. */
static void T20_a_cursor_delays_nobody(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry e;
	struct irqref_ref refs[4];
	uint32_t i, seen = 0;

	world();
	for (i = 0; i < 4; i++)
		refs[i] = get(&pic, 9, IRQREF_TYPE_NONE, i % 2 ? net : disk);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	SURE(irqref_put(space, refs[0]));
	SURE(irqref_put(space, refs[1]));
	while (irqref_ledger_next(space, &cursor, &e) == 1)
		seen++;
	assert_in_range(seen, 1, 2);
	cursor = (struct irqref_cursor){0};
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	SURE(irqref_put(space, refs[2]));
	SURE(irqref_put(space, refs[3]));
	assert_int_equal(rig_line(&pic, 9)->unmaps, 1);
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 9)->releases, 1);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 0);
	world_end();
}

static void R17_a_cursor_goes_on_where_it_was(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry e;
	struct irqref_ref a, b, c;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	b = get(&pic, 1, IRQREF_TYPE_NONE, disk);
	c = get(&pic, 2, IRQREF_TYPE_NONE, uart);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_string_equal(e.holder, "disk");
	SURE(irqref_put(space, b));
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	assert_string_equal(e.holder, "uart");
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 0);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, c));
	world_end();
}

/* A name that does not fit loses its beginning: the end of a path tells more. */
static void R17_a_long_name_keeps_its_end(void)
{
	char name[200];
	struct irqref_consumer c;
	struct irqref_cursor cursor = {0};
	struct irqref_entry e;
	struct irqref_ref a;
	size_t i, n;

	world();
	for (i = 0; i < sizeof(name) - 1; i++)
		name[i] = (char)('a' + i % 26);
	name[sizeof(name) - 1] = '\0';
	c = make_consumer(name);
	a = get(&pic, 1, IRQREF_TYPE_NONE, c);
	assert_int_equal(irqref_ledger_next(space, &cursor, &e), 1);
	for (n = 0; e.holder[n]; n++)
		;
	assert_int_equal(n, IRQREF_NAME_LEN - 1);
	assert_string_equal(e.holder, name + sizeof(name) - IRQREF_NAME_LEN);
	SURE(irqref_put(space, a));
	SURE(irqref_consumer_remove(space, c, NULL, NULL));
	world_end();
}

static void R17_the_counters_agree_with_the_entries(void)
{
	struct irqref_cursor cursor = {0};
	struct counter hits[3] = {{0}};
	struct irqref_ref refs[6];
	struct irqref_stats stats;
	struct irqref_entry e;
	uint32_t i, strong = 0, handlers = 0;

	world();
	for (i = 0; i < 6; i++)
		refs[i] = get(&pic, i / 2, IRQREF_TYPE_NONE, i % 2 ? net : disk);
	for (i = 0; i < 3; i++)
		OK(irqref_request(space, refs[2 * i], counting, &hits[i], 0));
	while (irqref_ledger_next(space, &cursor, &e) == 1) {
		strong++;
		handlers += e.handler;
	}
	stats = port_stats();
	assert_int_equal(stats.references, strong);
	assert_int_equal(stats.handlers, handlers);
	assert_int_equal(stats.mappings, 3);
	assert_int_equal(stats.gets - stats.puts, strong);
	for (i = 0; i < 6; i++)
		SURE(irqref_put(space, refs[i]));
	world_end();
}

static void R17_deliveries_of_nothing_are_stale(void)
{
	uint32_t n = 5;

	world();
	assert_code(irqref_ledger_deliveries(space, 0, &n), IRQREF_ERR_INVAL);
	assert_code(irqref_ledger_deliveries(space, 257, &n), IRQREF_ERR_INVAL);
	assert_code(irqref_ledger_deliveries(space, 200, &n), IRQREF_ERR_STALE);
	SURE(irqref_floating_put(space, create(&pic, 1, IRQREF_TYPE_NONE)));
	assert_code(irqref_ledger_deliveries(space, 1, &n), IRQREF_ERR_STALE);
	assert_int_equal(n, 5);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R17_an_empty_space_has_an_empty_ledger),
        TEST(R17_every_holder_is_an_entry),
        TEST(R17_a_dying_mapping_is_nobodys),
        TEST(R17_a_mapping_in_the_making_is_nobodys),
        TEST(T20_a_cursor_delays_nobody),
        TEST(R17_a_cursor_goes_on_where_it_was),
        TEST(R17_a_long_name_keeps_its_end),
        TEST(R17_the_counters_agree_with_the_entries),
        TEST(R17_deliveries_of_nothing_are_stale),
};
UNIT_SUITE_FIXTURE("ledger", tests, setup, teardown)
