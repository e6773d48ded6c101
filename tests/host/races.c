/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The traps that need two threads. Each race is run many times from a common start; what must hold
 * is checked whoever wins. The main thread asserts; the others report.
 */
#include <pthread.h>
#include <sched.h>

#include "threads.h"
#include "unit.h"
#include "port.h"
#include "world.h"

#define ROUNDS 1000u

static void await(uint32_t *word, uint32_t value)
{
	while (load(word) != value)
		sched_yield();
}

/* Two threads do their part of each round at once; the main thread waits for both. */
struct pair {
	void (*part[2])(uint32_t round);
	uint32_t turn;
	uint32_t done;
	uint32_t stop;
};

static struct pair pair;

struct racer {
	pthread_t thread;
	uint32_t which;
};

static void *race(void *arg)
{
	struct racer *racer = arg;
	uint32_t round = 0;

	while (round < ROUNDS) {
		uint32_t turn = load(&pair.turn);

		if (load(&pair.stop))
			break;
		if (turn == round) {
			sched_yield();
			continue;
		}
		pair.part[racer->which](round);
		add(&pair.done);
		round++;
	}
	return NULL;
}

static struct racer racers[2];

static void start_pair(void (*a)(uint32_t round), void (*b)(uint32_t round))
{
	uint32_t i;

	pair = (struct pair){.part = {a, b}};
	for (i = 0; i < 2; i++) {
		racers[i].which = i;
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
}

static void run_round(uint32_t round)
{
	store(&pair.turn, round + 1);
	await(&pair.done, 2 * (round + 1));
}

static void end_pair(void)
{
	store(&pair.stop, 1u);
	(void)pthread_join(racers[0].thread, NULL);
	(void)pthread_join(racers[1].thread, NULL);
}

static void threaded_world(enum irqref_flow flow)
{
	port.threads = true;
	world_flow(flow);
}

static void threaded_end(void)
{
	port.threads = false;
	world_end();
}

static struct irqref_ref shared_ref;
static irqref_virq_t shared_virq;
static int result[2];
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

/* ------------------------------------------------------------------------ T6 */

static uint32_t entered, leave, left;

static void stay(struct counter *self, irqref_virq_t virq)
{
	(void)self;
	(void)virq;
	store(&entered, 1u);
	await(&leave, 1u);
	store(&left, 1u);
}

static void *raise_line(void *arg)
{
	(void)arg;
	(void)irqref_dispatch(pic.domain, 4);
	return NULL;
}

static uint32_t waiter_state;
static uint32_t left_at_return;

static void *put_and_look(void *arg)
{
	(void)arg;
	store(&waiter_state, 1u);
	result[0] = irqref_put_sync(space, shared_ref);
	left_at_return = load(&left);
	store(&waiter_state, 2u);
	return NULL;
}

/*
 * While the handler runs another thread's waiting put does not return, and a third maps another
 * interrupt of the same root.
 */
static void T6_a_waiting_put_while_the_handler_runs(void)
{
	pthread_t raiser, waiter;
	struct irqref_ref other;
	irqref_virq_t again;
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	entered = leave = left = waiter_state = 0;
	hits = (struct counter){.inside = stay};
	shared_ref = get(&pic, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	assert_int_equal(pthread_create(&raiser, NULL, raise_line, NULL), 0);
	await(&entered, 1u);
	assert_int_equal(pthread_create(&waiter, NULL, put_and_look, NULL), 0);
	await(&waiter_state, 1u);
	while (mapped(&pic, 4))
		sched_yield();
	assert_true(masked(&pic, 4));
	for (i = 0; i < 50; i++) {
		other = get(&pic, 9, IRQREF_TYPE_NONE, disk);
		SURE(irqref_put_sync(space, other));
	}
	assert_int_equal(load(&waiter_state), 1);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 0);
	store(&leave, 1u);
	(void)pthread_join(waiter, NULL);
	(void)pthread_join(raiser, NULL);
	assert_int_equal(result[0], IRQREF_OK);
	assert_int_equal(left_at_return, 1);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	again = create(&pic, 4, IRQREF_TYPE_NONE);
	SURE(irqref_floating_put(space, again));
	threaded_end();
}

static void *remove_pic(void *arg)
{
	(void)arg;
	store(&waiter_state, 1u);
	result[0] = irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	left_at_return = load(&left);
	store(&waiter_state, 2u);
	return NULL;
}

/* T15: the removal waits for the handler, revokes, and no callback runs after it. */
static void T15_removal_while_a_handler_runs(void)
{
	pthread_t raiser, remover;

	threaded_world(IRQREF_FLOW_LEVEL);
	entered = leave = left = waiter_state = 0;
	hits = (struct counter){.inside = stay};
	shared_ref = get(&pic, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	assert_int_equal(pthread_create(&raiser, NULL, raise_line, NULL), 0);
	await(&entered, 1u);
	assert_int_equal(pthread_create(&remover, NULL, remove_pic, NULL), 0);
	while (mapped(&pic, 4))
		sched_yield();
	assert_int_equal(rig_line(&pic, 4)->unmaps, 0);
	store(&leave, 1u);
	(void)pthread_join(remover, NULL);
	(void)pthread_join(raiser, NULL);
	assert_int_equal(result[0], IRQREF_OK);
	assert_int_equal(left_at_return, 1);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	SURE(irqref_free(space, shared_ref));
	SURE(irqref_put_sync(space, shared_ref));
	rig_forget(&pic);
	make_rig(&pic, .name = "pic", .size = 4);
	threaded_end();
}

/* -------------------------------------------------------- dispatch in a storm */

static uint32_t storm_stop;
static struct rig *storm_rig;
static irqref_hwirq_t storm_hwirq;

static void *storm(void *arg)
{
	uint32_t *rounds = arg;

	while (!load(&storm_stop)) {
		(void)irqref_dispatch(storm_rig->domain, storm_hwirq);
		add(rounds);
	}
	return NULL;
}

static pthread_t storms[2];
static uint32_t storm_rounds[2];

static void start_storm(struct rig *rig, irqref_hwirq_t hwirq)
{
	uint32_t i;

	storm_stop = 0;
	storm_rig = rig;
	storm_hwirq = hwirq;
	for (i = 0; i < 2; i++) {
		storm_rounds[i] = 0;
		assert_int_equal(pthread_create(&storms[i], NULL, storm, &storm_rounds[i]), 0);
	}
	for (i = 0; i < 2; i++) {
		while (!load(&storm_rounds[i]))
			sched_yield();
	}
}

static void end_storm(void)
{
	store(&storm_stop, 1u);
	(void)pthread_join(storms[0], NULL);
	(void)pthread_join(storms[1], NULL);
}

static uint32_t inside_now, overlaps;

static void watch(struct counter *self, irqref_virq_t virq)
{
	(void)self;
	(void)virq;
	if (add(&inside_now) != 1)
		add(&overlaps);
	__atomic_sub_fetch(&inside_now, 1, __ATOMIC_SEQ_CST);
}

/* A storm cannot starve who waits, and the handlers run on one CPU at a time. */
static void storm_and_puts(enum irqref_flow flow, unsigned int type)
{
	uint32_t i, after;

	threaded_world(flow);
	overlaps = inside_now = 0;
	hits = (struct counter){.inside = watch};
	start_storm(&pic, 4);
	for (i = 0; i < 300; i++) {
		shared_ref = get(&pic, 4, type, net);
		OK(irqref_request(space, shared_ref, counting, &hits, 0));
		SURE(irqref_synchronize(space, shared_ref));
		SURE(irqref_disable_sync(space, shared_ref));
		SURE(irqref_enable(space, shared_ref));
		if (i % 2)
			SURE(irqref_free(space, shared_ref));
		SURE(irqref_put_sync(space, shared_ref));
		after = load(&hits.calls);
		sched_yield();
		assert_int_equal(load(&hits.calls), after);
	}
	end_storm();
	assert_int_equal(overlaps, 0);
	threaded_end();
}

static void R19_a_storm_on_a_level_line(void)
{
	storm_and_puts(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
}

static void R19_a_storm_on_an_edge_line(void)
{
	storm_and_puts(IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING);
}

static void R19_a_storm_on_a_fasteoi_line(void)
{
	storm_and_puts(IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH);
}

static void R19_a_storm_on_a_simple_line(void)
{
	storm_and_puts(IRQREF_FLOW_SIMPLE, IRQREF_TYPE_NONE);
}

static void T12_dispatch_on_the_root_while_an_inner_level_is_freed(void)
{
	struct rig outer;
	uint32_t i;

	threaded_world(IRQREF_FLOW_LEVEL);
	make_level(&outer, &pic, 1, .name = "outer", .size = 8);
	hits = (struct counter){0};
	start_storm(&pic, 4);
	for (i = 0; i < 500; i++) {
		shared_ref = get(&outer, 3, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, shared_ref, counting, &hits, 0));
		SURE(i % 2 ? irqref_put(space, shared_ref) : irqref_put_sync(space, shared_ref));
	}
	end_storm();
	assert_int_equal(rig_line(&pic, 4)->unmaps, 500);
	assert_int_equal(rig_line(&outer, 3)->unmaps, 500);
	SURE(irqref_flush(space));
	end_rig(&outer);
	threaded_end();
}

/* R19: an edge that comes while the handler runs, or while the line is disabled, is not lost. */
static uint32_t raised, seen;

static void see(struct counter *self, irqref_virq_t virq)
{
	(void)self;
	(void)virq;
	store(&seen, load(&raised));
}

static void edge_0(uint32_t round)
{
	(void)round;
	add(&raised);
	result[0] = irqref_dispatch(pic.domain, 4);
}

static void toggle_1(uint32_t round)
{
	(void)round;
	result[1] = irqref_disable(space, shared_ref);
	result[1] |= irqref_enable(space, shared_ref);
}

static void R19_no_edge_is_lost_to_a_disable(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_EDGE);
	raised = seen = 0;
	hits = (struct counter){.inside = see};
	pic.refuse = RIG_NO_RETRIGGER;
	shared_ref = get(&pic, 4, IRQREF_TYPE_RISING, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	start_pair(edge_0, toggle_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_OK);
		SURE(irqref_flush(space));
		assert_int_equal(load(&seen), i + 1);
	}
	end_pair();
	SURE(irqref_put_sync(space, shared_ref));
	pic.refuse = 0;
	threaded_end();
}

/* A request that fails, of a handler that would have come disabled: the depth is there for a while. */
static struct irqref_ref refused_ref;

static void refused_1(uint32_t round)
{
	uint32_t i;

	(void)round;
	for (i = 0; i < 200; i++)
		result[1] = irqref_request(space, refused_ref, counting, &hits, IRQREF_NO_ENABLE);
}

static void edges_0(uint32_t round)
{
	uint32_t i;

	for (i = 0; i < 100; i++)
		edge_0(round);
}

static void R12_no_edge_is_lost_to_a_refused_request(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_EDGE);
	raised = seen = 0;
	hits = (struct counter){.inside = see};
	pic.refuse = RIG_NO_RETRIGGER;
	shared_ref = get(&pic, 4, IRQREF_TYPE_RISING, net);
	refused_ref = get(&pic, 4, IRQREF_TYPE_RISING, disk);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	start_pair(edges_0, refused_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(result[0], IRQREF_OK);
		assert_int_equal(result[1], IRQREF_ERR_BUSY);
		SURE(irqref_flush(space));
		assert_int_equal(load(&seen), 100 * (i + 1));
	}
	end_pair();
	SURE(irqref_put_sync(space, shared_ref));
	SURE(irqref_put_sync(space, refused_ref));
	pic.refuse = 0;
	threaded_end();
}

static void edge_1(uint32_t round)
{
	(void)round;
	add(&raised);
	result[1] = irqref_dispatch(pic.domain, 4);
}

static void R19_no_edge_is_lost_between_two_cpus(void)
{
	uint32_t i;

	threaded_world(IRQREF_FLOW_EDGE);
	raised = seen = 0;
	hits = (struct counter){.inside = see};
	shared_ref = get(&pic, 4, IRQREF_TYPE_RISING, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	start_pair(edge_0, edge_1);
	for (i = 0; i < ROUNDS; i++) {
		run_round(i);
		assert_int_equal(load(&seen), 2 * (i + 1));
	}
	end_pair();
	SURE(irqref_put_sync(space, shared_ref));
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
        TEST(T6_a_waiting_put_while_the_handler_runs),
        TEST(T15_removal_while_a_handler_runs),
        TEST(R19_a_storm_on_a_level_line),
        TEST(R19_a_storm_on_an_edge_line),
        TEST(R19_a_storm_on_a_fasteoi_line),
        TEST(R19_a_storm_on_a_simple_line),
        TEST(T12_dispatch_on_the_root_while_an_inner_level_is_freed),
        TEST(R19_no_edge_is_lost_to_a_disable),
        TEST(R12_no_edge_is_lost_to_a_refused_request),
        TEST(R19_no_edge_is_lost_between_two_cpus),
        TEST(T14_wired_to_messages_created_concurrently),
        TEST(R7_two_levels_race),
        TEST(R9_removal_racing_its_users),
        TEST(R2_unplug_racing_a_get),
        TEST(T19_a_deferred_teardown_racing_the_flush),
};
UNIT_SUITE_FIXTURE("races", tests, setup, teardown)
