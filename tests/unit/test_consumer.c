/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Consumers: removing one drops all that it forgot and says what that was (R17, section 4 of the
 * design).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

struct seen {
	uint32_t calls;
	irqref_hwirq_t last;
	bool handler;
};

static void see(void *ctx, const struct irqref_entry *entry)
{
	struct seen *seen = ctx;

	seen->calls++;
	seen->last = entry->hwirq;
	seen->handler |= entry->handler;
}

static void R2_removing_a_consumer_drops_all_it_holds(void)
{
	struct counter hits = {0};
	struct irqref_ref a, b, c, other;
	struct seen seen = {0};

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	b = get(&pic, 1, IRQREF_TYPE_NONE, net);
	c = get(&pic, 2, IRQREF_TYPE_NONE, net);
	other = get(&pic, 2, IRQREF_TYPE_NONE, disk);
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_code(irqref_consumer_remove(space, net, see, &seen), 3);
	assert_int_equal(seen.calls, 3);
	assert_true(seen.handler);
	assert_false(mapped(&pic, 1));
	assert_true(mapped(&pic, 2));
	assert_true(masked(&pic, 1));
	assert_int_equal(rig_line(&pic, 1)->unmaps, 1);
	assert_int_equal(port.events[IRQREF_EVENT_LEAKED], 3);
	assert_code(irqref_put(space, a), IRQREF_ERR_STALE);
	assert_code(irqref_put(space, b), IRQREF_ERR_STALE);
	assert_code(irqref_put(space, c), IRQREF_ERR_STALE);
	rig_raise(&pic, 1);
	assert_int_equal(hits.calls, 0);
	SURE(irqref_put(space, other));
	net = make_consumer("net");
	world_end();
}

static void R13_a_removed_consumer_is_stale(void)
{
	struct irqref_consumer gone, none = {0, 0};
	char name[8] = "before";

	world();
	gone = make_consumer("gone");
	SURE(irqref_consumer_remove(space, gone, NULL, NULL));
	assert_code(irqref_consumer_remove(space, gone, NULL, NULL), IRQREF_ERR_STALE);
	assert_code(irqref_consumer_name(space, gone, name, sizeof(name)), IRQREF_ERR_STALE);
	assert_string_equal(name, "before");
	assert_code(irqref_consumer_remove(space, none, NULL, NULL), IRQREF_ERR_INVAL);
	world_end();
}

static void R10_a_consumers_slot_is_reused_its_handle_is_not(void)
{
	struct irqref_consumer old, now;
	struct irqref_ref ref = {0, 0};
	unsigned int i;

	world();
	old = make_consumer("old");
	SURE(irqref_consumer_remove(space, old, NULL, NULL));
	for (i = 0; i < 100; i++) {
		now = make_consumer("now");
		assert_true(now.slot != old.slot || now.generation != old.generation);
		GIVES(irqref_get(pic.domain, 1, 0, old, NULL, &ref, NULL), IRQREF_ERR_NOENT);
		SURE(irqref_consumer_remove(space, now, NULL, NULL));
	}
	world_end();
}

static void R17_a_name_is_copied_and_cut_to_fit(void)
{
	char name[] = "a long name";
	struct irqref_consumer c;
	char buf[32];

	world();
	c = make_consumer(name);
	name[0] = 'X';
	SURE(irqref_consumer_name(space, c, buf, sizeof(buf)));
	assert_string_equal(buf, "a long name");
	SURE(irqref_consumer_name(space, c, buf, 5));
	assert_int_equal(buf[4], '\0');
	SURE(irqref_consumer_name(space, c, buf, 1));
	assert_int_equal(buf[0], '\0');
	SURE(irqref_consumer_remove(space, c, NULL, NULL));
	world_end();
}

static void T19_removing_a_consumer_waits_so_it_is_refused_when_atomic(void)
{
	struct irqref_consumer c = {5, 5};
	struct irqref_ref ref;

	world();
	ref = get(&pic, 1, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), IRQREF_ERR_ATOMIC);
	GIVES(irqref_consumer_add(space, "c", &c), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	irqref_read_lock();
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	assert_int_equal(c.slot, 5);
	SURE(irqref_put(space, ref));
	world_end();
}

static void R15_a_full_table_of_consumers_is_an_error(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_consumer c = {0, 0};

	config.max_consumers = 3;
	world_with(&config, IRQREF_FLOW_LEVEL);
	GIVES(irqref_consumer_add(space, "fourth", &c), IRQREF_ERR_NOSPC);
	SURE(irqref_consumer_remove(space, uart, NULL, NULL));
	uart = make_consumer("fourth");
	world_end();
}

/* What is held floats on when the consumer goes. */
static void R3_the_floating_reference_survives_a_consumer(void)
{
	struct irqref_ref ref;
	irqref_virq_t virq;

	world();
	ref = get(&pic, 1, IRQREF_TYPE_NONE, net);
	virq = create(&pic, 1, IRQREF_TYPE_NONE);
	assert_int_equal(virq_of(ref), virq);
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), 1);
	assert_true(mapped(&pic, 1));
	assert_int_equal(count_of(pic.domain, 1), 1);
	SURE(irqref_floating_put(space, virq));
	net = make_consumer("net");
	world_end();
}

static void R2_many_references_go_in_one_call(void)
{
	const uint32_t many = port_injecting() ? 8 : 150;
	struct seen seen = {0};
	uint32_t i;

	world();
	for (i = 0; i < many; i++)
		(void)get(&pic, i % PIC_SIZE, IRQREF_TYPE_NONE, net);
	assert_code(irqref_consumer_remove(space, net, see, &seen), (int)many);
	assert_int_equal(seen.calls, many);
	expect_mappings(0);
	net = make_consumer("net");
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R2_removing_a_consumer_drops_all_it_holds),
        TEST(R13_a_removed_consumer_is_stale),
        TEST(R10_a_consumers_slot_is_reused_its_handle_is_not),
        TEST(R17_a_name_is_copied_and_cut_to_fit),
        TEST(T19_removing_a_consumer_waits_so_it_is_refused_when_atomic),
        TEST(R15_a_full_table_of_consumers_is_an_error),
        TEST(R3_the_floating_reference_survives_a_consumer),
        TEST(R2_many_references_go_in_one_call),
};
UNIT_SUITE_FIXTURE("consumers", tests, setup, teardown)
