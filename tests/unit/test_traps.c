/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The traps that other designs fell into, each a test of its name. Those that need two threads
 * are in tests/host/races.c; T11, T13 and T14 fill files of their own.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

/* How often something is done a million times. */
static uint32_t million(void)
{
#ifdef UNIT_BARE
	return 20000;
#else
	return port_injecting() ? 10 : 1000000;
#endif
}

static void T1_many_creates_one_dispose_many_gets_many_puts(void)
{
	struct irqref_ref refs[10];
	irqref_virq_t virq = 0;
	uint32_t i;

	world();
	for (i = 0; i < 10; i++)
		virq = create(&pic, 4, IRQREF_TYPE_NONE);
	SURE(irqref_floating_put(space, virq));
	assert_false(mapped(&pic, 4));
	for (i = 0; i < 10; i++)
		refs[i] = get(&pic, 4, IRQREF_TYPE_NONE, i % 2 ? net : disk);
	for (i = 0; i < 10; i++) {
		assert_true(mapped(&pic, 4));
		assert_int_equal(count_of(pic.domain, 4), 10 - i);
		SURE(irqref_put(space, refs[i]));
	}
	assert_false(mapped(&pic, 4));
	world_end();
}

static void T2_dispose_twice_and_a_stale_reference_for_ever(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_ref old;
	irqref_virq_t virq, now;
	uint32_t i;

	config.max_irqs = 16;
	world_with(&config, IRQREF_FLOW_LEVEL);
	old = get(&pic, 1, IRQREF_TYPE_NONE, net);
	virq = virq_of(old);
	SURE(irqref_put(space, old));
	assert_code(irqref_floating_put(space, virq), IRQREF_ERR_STALE);
	for (i = 0; i < 100; i++) {
		now = create(&pic, 2, IRQREF_TYPE_NONE);
		if (now == virq)
			break;
		SURE(irqref_floating_put(space, now));
	}
	assert_int_equal(now, virq);
	assert_code(irqref_put(space, old), IRQREF_ERR_STALE);
	assert_true(mapped(&pic, 2));
	SURE(irqref_floating_put(space, now));
	world_end();
}

static int inner_result[4];

static void dispose_again(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_ref ref = {0, 0};

	(void)level;
	inner_result[0] = irqref_floating_put(space, irqref_desc_virq(desc));
	inner_result[1] = irqref_get_virq(space, irqref_desc_virq(desc), net, &ref);
	inner_result[2] = irqref_dispatch(rig->domain, 4);
	inner_result[3] = mapped(rig, 4);
}

/* The one who lost is told so, also in the middle of the winner's teardown. */
static void T3_a_second_dispose_during_the_first(void)
{
	world();
	pic.on_unmap = dispose_again;
	SURE(irqref_floating_put(space, create(&pic, 4, IRQREF_TYPE_NONE)));
	assert_int_equal(inner_result[0], IRQREF_ERR_STALE);
	if (!port_injecting())
		assert_int_equal(inner_result[1], IRQREF_ERR_STALE);
	assert_int_equal(inner_result[2], IRQREF_ERR_NOENT);
	assert_int_equal(inner_result[3], false);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	pic.on_unmap = NULL;
	world_end();
}

static void T4_create_after_the_last_put_never_gives_the_dead_number(void)
{
	struct irqref_ref a;
	irqref_virq_t virq, again;

	world();
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	virq = virq_of(a);
	port.atomic = true;
	SURE(irqref_put(space, a));
	GIVES(irqref_floating_get(pic.domain, 4, 0, NULL, &again, NULL), IRQREF_ERR_AGAIN);
	port.atomic = false;
	if (!port_injecting()) {
		again = create(&pic, 4, IRQREF_TYPE_NONE);
		assert_int_not_equal(again, virq);
		assert_int_equal(irqref_find_virq(pic.domain, 4), again);
		SURE(irqref_floating_put(space, again));
	}
	world_end();
}

static void T5_request_after_the_put(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, a));
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_STALE);
	assert_int_equal(port_stats().handlers, 0);
	world_end();
}

static struct irqref_ref line_ref;

static void put_line(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	self->result = irqref_put(space, line_ref);
}

static void dispose_line(struct counter *self, irqref_virq_t virq)
{
	self->result = irqref_floating_put(space, virq);
}

static void T6_put_from_the_handler_itself(void)
{
	struct counter hits = {.inside = put_line, .result = 1};

	world();
	line_ref = get(&pic, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, line_ref, counting, &hits, 0));
	rig_raise(&pic, 4);
	assert_int_equal(hits.result, IRQREF_OK);
	assert_true(masked(&pic, 4));
	assert_false(mapped(&pic, 4));
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	rig_raise(&pic, 4);
	assert_int_equal(hits.calls, 1);
	world_end();
}

static void T6_dispose_from_the_handler_and_with_it_installed(void)
{
	struct counter hits = {.inside = dispose_line, .result = 1};
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_LOW);
	line_ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
	OK(irqref_request(space, line_ref, counting, &hits, IRQREF_CHAINED));
	rig_raise(&pic, 4);
	assert_int_equal(hits.result, IRQREF_OK);
	SURE(irqref_floating_put(space, virq));
	assert_int_equal(port.events[IRQREF_EVENT_DISPOSE_IN_USE], 2);
	hits.inside = NULL;
	rig_raise(&pic, 4);
	assert_int_equal(hits.calls, 2);
	SURE(irqref_put_sync(space, line_ref));
	assert_false(mapped(&pic, 4));
	world_end();
}

/* One of several sharers leaves from its handler; the walk over the others goes on. */
static void T6_a_sharer_leaves_from_its_handler(void)
{
	struct counter first = {0}, second = {.inside = put_line}, third = {0};
	struct irqref_ref a, c;

	world();
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	line_ref = get(&pic, 4, IRQREF_TYPE_LOW, disk);
	c = get(&pic, 4, IRQREF_TYPE_LOW, uart);
	OK(irqref_request(space, a, counting, &first, IRQREF_SHARED));
	OK(irqref_request(space, line_ref, counting, &second, IRQREF_SHARED));
	OK(irqref_request(space, c, counting, &third, IRQREF_SHARED));
	rig_raise(&pic, 4);
	rig_raise(&pic, 4);
	assert_int_equal(first.calls, 2);
	assert_int_equal(second.calls, 1);
	assert_int_equal(third.calls, 2);
	assert_false(masked(&pic, 4));
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, c));
	world_end();
}

static int map_result;
static struct irqref_ref other_ref;

static void map_other(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (level->hwirq != 4)
		return;
	map_result = irqref_get(rig->domain, 9, 0, net, NULL, &other_ref, NULL);
}

/* No lock is held across a callback: another interrupt of the same root can be mapped in it. */
static void T6_another_interrupt_of_the_root_is_mapped_during_a_teardown(void)
{
	world();
	if (!port_injecting()) {
		pic.on_unmap = map_other;
		SURE(irqref_put(space, get(&pic, 4, IRQREF_TYPE_NONE, disk)));
		assert_int_equal(map_result, IRQREF_OK);
		assert_true(mapped(&pic, 9));
		pic.on_unmap = NULL;
		SURE(irqref_put(space, other_ref));
	}
	world_end();
}

static void T7_a_handler_freed_after_dispose(void)
{
	struct counter hits = {0};
	struct irqref_ref a;
	irqref_virq_t virq;

	world();
	virq = create(&pic, 4, IRQREF_TYPE_LOW);
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_floating_put(space, virq));
	SURE(irqref_free(space, a));
	assert_true(mapped(&pic, 4));
	SURE(irqref_put(space, a));
	assert_false(mapped(&pic, 4));
	world_end();
}

static void T8_released_in_either_order(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_free(space, a));
	SURE(irqref_put(space, a));
	assert_true(masked(&pic, 4));
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_put_sync(space, a));
	assert_code(irqref_free(space, a), IRQREF_ERR_STALE);
	assert_true(masked(&pic, 4));
	rig_raise(&pic, 4);
	assert_int_equal(hits.calls, 0);
	world_end();
}

/* Freed right after it was made, over and over, next to one who stays. */
static void T9_create_in_passing_a_million_times(void)
{
	struct irqref_ref a, b;
	uint32_t i, n = million();

	world();
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	for (i = 0; i < n; i++) {
		b = get(&pic, 4, IRQREF_TYPE_NONE, disk);
		SURE(irqref_put(space, b));
	}
	for (i = 0; i < n; i++)
		(void)create(&pic, 4, IRQREF_TYPE_NONE);
	assert_int_equal(count_of(pic.domain, 4), 2);
	assert_int_equal(rig_line(&pic, 4)->maps, 1);
	SURE(irqref_floating_put(space, virq_of(a)));
	SURE(irqref_put(space, a));
	world_end();
}

static void T10_create_and_dispose_a_million_times(void)
{
	uint32_t i, n = million();
	irqref_virq_t virq;

	world();
	for (i = 0; i < n; i++) {
		virq = create(&pic, i % PIC_SIZE, IRQREF_TYPE_NONE);
		assert_in_range(virq, 1, 256);
		SURE(irqref_floating_put(space, virq));
	}
	expect_mappings(0);
	assert_int_equal(port_stats().events[IRQREF_EVENT_QUARANTINE_CUT], 0);
	world_end();
}

static int demux_result;

static void demultiplex(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	demux_result = irqref_dispatch(pic.domain, 12);
}

/* T12: while the outer level's unmap runs, the inner level is still unmapped for dispatch. */
static void T12_demultiplexing_on_the_root_while_an_inner_level_is_freed(void)
{
	struct counter hits = {0};
	struct irqref_ref a;
	struct rig outer;

	world();
	make_level(&outer, &pic, 8, .name = "outer", .size = 8);
	a = get(&outer, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_dispatch(pic.domain, 12));
	outer.on_unmap = demultiplex;
	SURE(irqref_put(space, a));
	assert_int_equal(demux_result, IRQREF_ERR_NOENT);
	assert_int_equal(hits.calls, 1);
	outer.on_unmap = NULL;
	end_rig(&outer);
	world_end();
}

static void T15_the_default_domain_goes(void)
{
	struct irqref_fwspec spec = {.node = 0, .ncells = 1, .cells = {3}};
	irqref_virq_t virq = 0;
	struct rig rig;

	world();
	make_rig(&rig, .name = "default", .size = 8);
	SURE(irqref_domain_set_default(space, rig.domain));
	OK(irqref_floating_get_fwspec(space, &spec, &virq, NULL));
	SURE(irqref_domain_remove(rig.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&rig);
	GIVES(irqref_floating_get_fwspec(space, &spec, &virq, NULL), IRQREF_ERR_NOENT);
	assert_code(irqref_floating_put(space, virq), IRQREF_ERR_STALE);
	world_end();
}

static struct rig *demuxed;

static void run_child(struct counter *self, irqref_virq_t virq)
{
	(void)virq;
	self->result = irqref_dispatch(demuxed->domain, 2);
}

/* A demultiplexer's child controller goes; the parent's line goes on and finds nothing there. */
static void T15_a_demultiplexed_domain_goes(void)
{
	struct counter demux = {.inside = run_child}, hits = {0};
	struct irqref_ref up, down;
	struct rig child;

	world();
	make_rig(&child, .name = "child", .size = 8);
	demuxed = &child;
	up = get(&pic, 4, IRQREF_TYPE_LOW, uart);
	OK(irqref_request(space, up, counting, &demux, IRQREF_CHAINED));
	down = get(&child, 2, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, down, counting, &hits, 0));
	rig_raise(&pic, 4);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_domain_remove(child.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&child);
	rig_raise(&pic, 4);
	assert_int_equal(demux.calls, 2);
	assert_int_equal(demux.result, IRQREF_ERR_NOENT);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_put(space, down));
	SURE(irqref_put_sync(space, up));
	world_end();
}

static void T16_the_type_after_the_last_put(void)
{
	struct irqref_ref a, b = {0, 0};

	world();
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	GIVES(irqref_get(pic.domain, 4, IRQREF_TYPE_RISING, disk, NULL, &b, NULL), IRQREF_ERR_TYPE);
	SURE(irqref_put(space, a));
	b = get(&pic, 4, IRQREF_TYPE_RISING, disk);
	SURE(irqref_put(space, b));
	world_end();
}

/* The table of sparse hwirqs cannot grow: an error, and all that is in it is still found (C5). */
static void T17_a_table_that_cannot_grow(void)
{
	struct irqref_ref refs[64];
	struct rig tree;
	uint32_t i, n;
	int err = IRQREF_OK;

	world();
	make_rig(&tree, .name = "tree");
	for (n = 0; n < 8; n++)
		refs[n] = get(&tree, n * 1000, IRQREF_TYPE_NONE, net);
	if (!port_injecting()) {
		port.limit = port.live;
		while (n < 64 && !err) {
			err = irqref_get(tree.domain, n * 1000, 0, net, NULL, &refs[n], NULL);
			n += !err;
		}
		assert_code(err, IRQREF_ERR_NOMEM);
		assert_false(mapped(&tree, n * 1000));
	}
	for (i = 0; i < n; i++)
		assert_int_equal(irqref_find_virq(tree.domain, i * 1000), virq_of(refs[i]));
	port.limit = 0;
	for (i = 0; i < n; i++)
		SURE(irqref_put(space, refs[i]));
	end_rig(&tree);
	world_end();
}

/* Storage that is used up is an error like any other; what is held can be given back and got. */
static void T18_storage_that_is_used_up(void)
{
	struct irqref_ref refs[200];
	struct irqref_consumer more = {0, 0};
	struct irqref_domain *none = NULL;
	struct irqref_domain_config config = {.name = "late", .size = 100};
	uint32_t n = 0, i, before;
	int err = IRQREF_OK;

	world();
	if (port_injecting()) {
		world_end();
		return;
	}
	refs[n++] = get(&pic, 0, IRQREF_TYPE_NONE, net);
	before = port.live;
	port.limit = before;
	while (n < 200 && !err) {
		err = irqref_get(pic.domain, n % PIC_SIZE, 0, net, NULL, &refs[n], NULL);
		n += !err;
	}
	assert_code(err, IRQREF_ERR_NOMEM);
	assert_true(n > 10);
	assert_code(irqref_domain_add(space, &config, &none), IRQREF_ERR_NOMEM);
	assert_code(irqref_consumer_add(space, "late", &more), IRQREF_ERR_NOMEM);
	SURE(irqref_put(space, refs[--n]));
	refs[n++] = get(&pic, 1, IRQREF_TYPE_NONE, disk);
	for (i = 0; i < n; i++)
		SURE(irqref_put_sync(space, refs[i]));
	assert_int_equal(port.live, before);
	port.limit = 0;
	world_end();
}

static void T19_no_waiting_call_hangs_in_a_read_section(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	irqref_read_lock();
	irqref_read_lock();
	assert_code(irqref_put_sync(space, a), IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	assert_code(irqref_synchronize(space, a), IRQREF_ERR_ATOMIC);
	assert_code(irqref_free(space, a), IRQREF_ERR_ATOMIC);
	assert_code(irqref_flush(space), IRQREF_ERR_ATOMIC);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL),
	            IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	SURE(irqref_put_sync(space, a));
	world_end();
}

static void T20_an_open_cursor_does_not_delay_the_unmap(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a;

	world();
	a = get(&pic, 4, IRQREF_TYPE_LOW, net);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	SURE(irqref_put(space, a));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 0);
	world_end();
}

#define SHARERS 8u

/* The P1010's interrupt 16 has eight holders; they leave in the order that @order says. */
static void unbind(const uint32_t *order)
{
	struct counter hits[SHARERS] = {{0}};
	struct irqref_ref refs[SHARERS];
	uint32_t i, j;

	for (i = 0; i < SHARERS; i++) {
		refs[i] = get(&pic, 16, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, refs[i], counting, &hits[i], IRQREF_SHARED));
	}
	for (i = 0; i < SHARERS; i++) {
		rig_raise(&pic, 16);
		for (j = i; j < SHARERS; j++)
			assert_int_equal(hits[order[j]].calls, i + 1);
		SURE(irqref_put_sync(space, refs[order[i]]));
	}
	assert_false(mapped(&pic, 16));
	assert_true(masked(&pic, 16));
}

static void T21_the_P1010_in_any_order(void)
{
	uint32_t order[SHARERS], seed = 1, round, i;

	world();
	for (round = 0; round < (port_injecting() ? 2u : 200u); round++) {
		for (i = 0; i < SHARERS; i++)
			order[i] = round % 2 ? SHARERS - 1 - i : i;
		for (i = SHARERS - 1; round > 1 && i; i--) {
			uint32_t at, swap = order[i];

			seed = seed * 1664525u + 1013904223u;
			at = (seed >> 16) % (i + 1);
			order[i] = order[at];
			order[at] = swap;
		}
		unbind(order);
	}
	world_end();
}

/* A DMA controller and its four channels carry one specifier. */
static void T22_five_creates_and_five_disposes(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 2, .cells = {4, IRQREF_TYPE_LOW}};
	struct irqref_ref refs[5] = {{0, 0}};
	irqref_virq_t virq[5] = {0};
	uint32_t i;

	world();
	for (i = 0; i < 5; i++)
		OK(irqref_floating_get_fwspec(space, &spec, &virq[i], NULL));
	SURE(irqref_floating_put(space, virq[0]));
	for (i = 1; i < 5; i++)
		assert_code(irqref_floating_put(space, virq[i]), IRQREF_ERR_STALE);
	for (i = 0; i < 5; i++)
		OK(irqref_get_fwspec(space, &spec, net, &refs[i], NULL));
	for (i = 0; i < 5; i++) {
		assert_true(mapped(&pic, 4));
		SURE(irqref_put(space, refs[i]));
	}
	assert_false(mapped(&pic, 4));
	world_end();
}

static void T23_a_borrowed_dispose_then_the_owners_loop(void)
{
	irqref_hwirq_t hwirq;
	irqref_virq_t virq;
	uint32_t gone = 0;

	world();
	for (hwirq = 0; hwirq < 6; hwirq++)
		(void)create(&pic, hwirq, IRQREF_TYPE_NONE);
	SURE(irqref_floating_put(space, irqref_find_virq(pic.domain, 3)));
	for (hwirq = 0; hwirq < PIC_SIZE; hwirq++) {
		virq = irqref_find_virq(pic.domain, hwirq);
		if (!virq)
			continue;
		SURE(irqref_floating_put(space, virq));
		gone++;
	}
	assert_int_equal(gone, 5);
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 0);
	world_end();
}

/* What a device was mapped by may be something else by the time it leaves; its reference is not. */
static void T24_the_key_changed_between_get_and_put(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {4}};
	struct irqref_ref a = {0, 0}, b;

	world();
	OK(irqref_get_fwspec(space, &spec, net, &a, NULL));
	spec.cells[0] = 5;
	b = get(&pic, 5, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, a));
	assert_false(mapped(&pic, 4));
	assert_true(mapped(&pic, 5));
	SURE(irqref_put(space, b));
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(T1_many_creates_one_dispose_many_gets_many_puts),
        TEST(T2_dispose_twice_and_a_stale_reference_for_ever),
        TEST(T3_a_second_dispose_during_the_first),
        TEST(T4_create_after_the_last_put_never_gives_the_dead_number),
        TEST(T5_request_after_the_put),
        TEST(T6_put_from_the_handler_itself),
        TEST(T6_dispose_from_the_handler_and_with_it_installed),
        TEST(T6_a_sharer_leaves_from_its_handler),
        TEST(T6_another_interrupt_of_the_root_is_mapped_during_a_teardown),
        TEST(T7_a_handler_freed_after_dispose),
        TEST(T8_released_in_either_order),
        TEST(T9_create_in_passing_a_million_times),
        TEST(T10_create_and_dispose_a_million_times),
        TEST(T12_demultiplexing_on_the_root_while_an_inner_level_is_freed),
        TEST(T15_the_default_domain_goes),
        TEST(T15_a_demultiplexed_domain_goes),
        TEST(T16_the_type_after_the_last_put),
        TEST(T17_a_table_that_cannot_grow),
        TEST(T18_storage_that_is_used_up),
        TEST(T19_no_waiting_call_hangs_in_a_read_section),
        TEST(T20_an_open_cursor_does_not_delay_the_unmap),
        TEST(T21_the_P1010_in_any_order),
        TEST(T22_five_creates_and_five_disposes),
        TEST(T23_a_borrowed_dispose_then_the_owners_loop),
        TEST(T24_the_key_changed_between_get_and_put),
};
UNIT_SUITE_FIXTURE("traps", tests, setup, teardown)
