/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who takes, gives up, removes and asks at once: mappings have one life, whoever wins.
 */
#include "pairs.h"

static struct irqref_ref shared_ref;
static irqref_virq_t shared_virq;
static irqref_virq_t got[2];
static struct irqref_ref got_ref[2];

/* ------------------------------------------------------------------------ T3 */

static void dispose_0(uint32_t round)
{
	(void)round;
	result[0] = irqref_floating_put(space, shared_virq);
}

static void dispose_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_floating_put(space, shared_virq);
}

static void T3_two_racing_disposes(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(dispose_0, dispose_1);
	for (i = 0; i < ROUNDS; i++) {
		shared_virq = create(&pic, i % PIC_SIZE, IRQREF_TYPE_NONE);
		run_round(i);
		assert_int_equal((result[0] == IRQREF_OK) + (result[1] == IRQREF_OK), 1);
		assert_int_equal(result[0] + result[1], IRQREF_ERR_STALE);
		assert_int_equal(rig_line(&pic, i % PIC_SIZE)->unmaps,
		                 rig_line(&pic, i % PIC_SIZE)->maps);
	}
	end_pair();
	expect_mappings(0);
	threaded_end();
}

static void put_0(uint32_t round)
{
	(void)round;
	result[0] = irqref_put_sync(space, shared_ref);
}

static void put_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_put(space, shared_ref);
}

static void T3_two_racing_puts(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(put_0, put_1);
	for (i = 0; i < ROUNDS; i++) {
		shared_ref = get(&pic, i % PIC_SIZE, IRQREF_TYPE_NONE, net);
		run_round(i);
		assert_int_equal((result[0] == IRQREF_OK) + (result[1] == IRQREF_OK), 1);
		assert_int_equal(result[0] + result[1], IRQREF_ERR_STALE);
	}
	end_pair();
	threaded_end();
}

/* ------------------------------------------------------------------------ T4 */

static void create_1(uint32_t round)
{
	result[1] = irqref_floating_get(pic.domain, round % PIC_SIZE, 0, NULL, &got[1], NULL);
}

static void T4_create_racing_the_last_put(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(put_0, create_1);
	for (i = 0; i < ROUNDS; i++) {
		shared_ref = get(&pic, i % PIC_SIZE, IRQREF_TYPE_NONE, net);
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		assert_int_equal(irqref_find_virq(pic.domain, i % PIC_SIZE), got[1]);
		assert_int_equal(count_of(pic.domain, i % PIC_SIZE), 1);
		SURE(irqref_floating_put(space, got[1]));
	}
	end_pair();
	threaded_end();
}

static void get_0(uint32_t round)
{
	result[0] = irqref_get(pic.domain, round % PIC_SIZE, 0, net, NULL, &got_ref[0], NULL);
}

static void get_1(uint32_t round)
{
	result[1] = irqref_get(pic.domain, round % PIC_SIZE, 0, disk, NULL, &got_ref[1], NULL);
}

/* R1: two first gets at once give one mapping. */
static void R1_two_racing_gets(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(get_0, get_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		assert_int_equal(virq_of(got_ref[0]), virq_of(got_ref[1]));
		assert_int_equal(count_of(pic.domain, i % PIC_SIZE), 2);
		SURE(irqref_put(space, got_ref[0]));
		SURE(irqref_put(space, got_ref[1]));
	}
	end_pair();
	threaded_end();
}

/* ------------------------------------------------------------------------ T5 */

static struct counter hits;

static void request_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_request(space, shared_ref, counting, &hits, 0);
}

static void T5_request_racing_put(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	hits = (struct counter){0};
	start_pair(put_0, request_1);
	for (i = 0; i < ROUNDS; i++) {
		shared_ref = get(&pic, 4, IRQREF_TYPE_LOW, net);
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_true(result[1] == IRQREF_OK || result[1] == IRQREF_ERR_STALE);
		assert_int_equal(port_stats().handlers, 0);
		assert_false(mapped(&pic, 4));
		assert_true(masked(&pic, 4));
	}
	end_pair();
	threaded_end();
}

/* ----------------------------------------------------------------------- T14 */

static struct rig wire;

static void wire_0(uint32_t round)
{
	result[0] = irqref_floating_get(wire.domain, round % 8, 0, NULL, &got[0], NULL);
}

static void wire_1(uint32_t round)
{
	result[1] = irqref_floating_get(wire.domain, round % 8, 0, NULL, &got[1], NULL);
}

/* C6: two creators of one wire on a messages' domain get one number. */
static void T14_wired_to_messages_created_concurrently(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	make_level(&wire, &pic, 8, .name = "wire", .size = 8);
	start_pair(wire_0, wire_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		assert_int_equal(got[0], got[1]);
		assert_int_equal(irqref_domain_mappings(pic.domain), 1);
		SURE(irqref_floating_put(space, got[0]));
	}
	end_pair();
	end_rig(&wire);
	threaded_end();
}

static void inner_1(uint32_t round)
{
	result[1] = irqref_get(pic.domain, 8 + round % 8, 0, disk, NULL, &got_ref[1], NULL);
}

/* R7: through two levels at once: either the same mapping, or the outer one is told who is there. */
static void R7_two_levels_race(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	make_level(&wire, &pic, 8, .name = "wire", .size = 8);
	start_pair(wire_0, inner_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[1], IRQREF_OK);
		assert_true(result[0] == IRQREF_OK || result[0] == IRQREF_ERR_BUSY);
		if (result[0] == IRQREF_OK) {
			assert_int_equal(got[0], virq_of(got_ref[1]));
			SURE(irqref_floating_put(space, got[0]));
		}
		SURE(irqref_put(space, got_ref[1]));
		assert_int_equal(irqref_domain_mappings(pic.domain), 0);
		assert_int_equal(irqref_domain_mappings(wire.domain), 0);
	}
	end_pair();
	end_rig(&wire);
	threaded_end();
}

/* ------------------------------------------------------------------------ R9 */

static struct rig going;

static void remove_0(uint32_t round)
{
	(void)round;
	result[0] = irqref_domain_remove(going.domain, IRQREF_REMOVE_FORCE, NULL, NULL);
}

static void use_1(uint32_t round)
{
	(void)round;
	(void)irqref_dispatch(going.domain, 1);
	result[1] = irqref_get(going.domain, 2, 0, disk, NULL, &got_ref[1], NULL);
	(void)irqref_dispatch(going.domain, 2);
}

static void R9_removal_racing_its_users(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(remove_0, use_1);
	for (i = 0; i < ROUNDS; i++) {
		make_rig(&going, .name = "going", .size = 4);
		shared_ref = get(&going, 1, IRQREF_TYPE_NONE, net);
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(rig_line(&going, 1)->unmaps, 1);
		assert_int_equal(rig_line(&going, 2)->unmaps, rig_line(&going, 2)->maps);
		SURE(irqref_put(space, shared_ref));
		if (result[1] == IRQREF_OK)
			SURE(irqref_put(space, got_ref[1]));
		else
			assert_int_equal(result[1], IRQREF_ERR_STALE);
		rig_forget(&going);
	}
	end_pair();
	threaded_end();
}

static struct irqref_consumer leaver;

static void leave_0(uint32_t round)
{
	(void)round;
	result[0] = irqref_consumer_remove(space, leaver, NULL, NULL);
}

static void get_by_leaver_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_get(pic.domain, 4, 0, leaver, NULL, &got_ref[1], NULL);
}

/* A get by a consumer that is just removed is either refused or dropped with the rest. */
static void R2_unplug_racing_a_get(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	start_pair(leave_0, get_by_leaver_1);
	for (i = 0; i < ROUNDS; i++) {
		leaver = make_consumer("leaver");
		run_round(i);
		assert_in_range(result[0], 0, 1);
		assert_true(result[1] == IRQREF_OK || result[1] == IRQREF_ERR_NOENT);
		assert_int_equal(result[0], result[1] == IRQREF_OK);
		assert_false(mapped(&pic, 4));
	}
	end_pair();
	threaded_end();
}

static void flush_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_flush(space);
}

static void put_atomic_0(uint32_t round)
{
	(void)round;
	irqref_read_lock();
	result[0] = irqref_put(space, shared_ref);
	irqref_read_unlock();
}

static void T19_a_deferred_teardown_racing_the_flush(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	hits = (struct counter){0};
	start_pair(put_atomic_0, flush_1);
	for (i = 0; i < ROUNDS; i++) {
		shared_ref = get(&pic, 4, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, shared_ref, counting, &hits, 0));
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		assert_false(mapped(&pic, 4));
	}
	end_pair();
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 4)->unmaps, ROUNDS);
	threaded_end();
}

static const struct irqref_test tests[] = {
        TEST(T3_two_racing_disposes),
        TEST(T3_two_racing_puts),
        TEST(T4_create_racing_the_last_put),
        TEST(R1_two_racing_gets),
        TEST(T5_request_racing_put),
        TEST(T14_wired_to_messages_created_concurrently),
        TEST(R7_two_levels_race),
        TEST(R9_removal_racing_its_users),
        TEST(R2_unplug_racing_a_get),
        TEST(T19_a_deferred_teardown_racing_the_flush),
};
UNIT_SUITE_FIXTURE("races", tests, setup, teardown)
