/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that wait for another thread, which stays in a callback or a handler until the first one is
 * seen to wait (in the port's pause) or to have done its part.
 */
#include "threaded.h"

static int result[2];
static struct irqref_ref got_ref[2];
static struct irqref_ref shared_ref;
static struct counter hits;
static struct rig wire;
static uint32_t entered, leave, left, left_at_return, waiter_state;

/* A handler that does not return before it is told to. */
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

/* The handler of the line runs, on another thread, until @leave. */
static pthread_t stay_in_handler(enum irqref_flow flow, unsigned int type)
{
	pthread_t raiser;

	threaded_world(flow);
	entered = leave = left = waiter_state = 0;
	hits = (struct counter){.inside = stay};
	shared_ref = get(&pic, 4, type, net);
	OK(irqref_request(space, shared_ref, counting, &hits, 0));
	raiser = launch(raise_line, NULL);
	await(&entered, 1u);
	return raiser;
}

static uint32_t at_callback, go_on;
static struct rig *block_rig;

static void block(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	if (level->hwirq != 4)
		return;
	store(&at_callback, 1u);
	await(&go_on, 1u);
}

static void *get_4(void *arg)
{
	(void)arg;
	result[0] = irqref_get(block_rig->domain, 4, 0, net, NULL, &got_ref[0], NULL);
	return NULL;
}

static void *put_4(void *arg)
{
	(void)arg;
	result[0] = irqref_put(space, got_ref[0]);
	return NULL;
}

static pthread_t blocked;

/* A thread is in the map or unmap callback of hwirq 4, and stays there until unblock(). */
static void block_in(struct rig *rig, bool unmap)
{
	at_callback = go_on = 0;
	block_rig = rig;
	if (unmap)
		got_ref[0] = get(rig, 4, IRQREF_TYPE_NONE, net);
	rig->on_map = unmap ? NULL : block;
	rig->on_unmap = unmap ? block : NULL;
	blocked = launch(unmap ? put_4 : get_4, NULL);
	await(&at_callback, 1u);
}

/* Lets the blocked thread go once another one is seen to wait for it. */
static void unblock(void)
{
	store(&go_on, 1u);
	(void)pthread_join(blocked, NULL);
	assert_int_equal(result[0], IRQREF_OK);
	block_rig->on_map = NULL;
	block_rig->on_unmap = NULL;
}

static uint32_t waits;

static void count_wait(void)
{
	add(&waits);
	store(&go_on, 1u);
}

/* The main thread's call waits through the port; only then the other one may go on. */
static void wait_unblocks(void)
{
	waits = 0;
	port.on_pause = count_wait;
}

static void waited(void)
{
	port.on_pause = NULL;
	assert_true(load(&waits) > 0);
	unblock();
}

static void R16_a_get_waits_for_the_one_that_makes_it(void)
{
	struct irqref_ref ref;

	threaded_world(IRQREF_FLOW_LEVEL);
	block_in(&pic, false);
	port.atomic = true;
	assert_code(irqref_get(pic.domain, 4, 0, disk, NULL, &ref, NULL), IRQREF_ERR_AGAIN);
	port.atomic = false;
	assert_false(mapped(&pic, 4));
	wait_unblocks();
	ref = get(&pic, 4, IRQREF_TYPE_NONE, disk);
	waited();
	assert_int_equal(count_of(pic.domain, 4), 2);
	SURE(irqref_put(space, ref));
	SURE(irqref_put(space, got_ref[0]));
	threaded_end();
}

static void R16_a_get_waits_for_the_one_that_ends_it(void)
{
	struct irqref_ref ref;

	threaded_world(IRQREF_FLOW_LEVEL);
	block_in(&pic, true);
	port.atomic = true;
	assert_code(irqref_get(pic.domain, 4, 0, disk, NULL, &ref, NULL), IRQREF_ERR_AGAIN);
	port.atomic = false;
	wait_unblocks();
	ref = get(&pic, 4, IRQREF_TYPE_NONE, disk);
	waited();
	assert_int_equal(rig_line(&pic, 4)->maps, 2);
	SURE(irqref_put(space, ref));
	threaded_end();
}

/* The outer get needs a hwirq further in that is just being made, by itself: then it is held. */
static void R7_an_outer_get_waits_for_the_inner_one(void)
{
	struct irqref_conflict conflict = {0};
	struct irqref_ref ref = {0, 0};

	threaded_world(IRQREF_FLOW_LEVEL);
	make_level(&wire, &pic, 1, .name = "wire", .size = 8);
	block_in(&pic, false);
	wait_unblocks();
	assert_code(irqref_get(wire.domain, 3, 0, disk, NULL, &ref, &conflict), IRQREF_ERR_BUSY);
	waited();
	assert_string_equal(conflict.holder, "net");
	SURE(irqref_put(space, got_ref[0]));
	block_in(&pic, true);
	wait_unblocks();
	ref = get(&wire, 3, IRQREF_TYPE_NONE, disk);
	waited();
	SURE(irqref_put(space, ref));
	end_rig(&wire);
	threaded_end();
}

/* R9: a forced removal waits for whoever is in a callback of the domain; a polite one is refused. */
static void removal_waits(bool unmap)
{
	threaded_world(IRQREF_FLOW_LEVEL);
	block_in(&pic, unmap);
	wait_unblocks();
	if (!unmap)
		assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_POLITE, NULL, NULL),
		            IRQREF_ERR_BUSY);
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	port.on_pause = NULL;
	store(&go_on, 1u);
	(void)pthread_join(blocked, NULL);
	assert_int_equal(rig_line(&pic, 4)->unmaps, rig_line(&pic, 4)->maps);
	if (!unmap && result[0] == IRQREF_OK)
		SURE(irqref_put(space, got_ref[0]));
	else if (!unmap)
		assert_code(result[0], IRQREF_ERR_STALE);
	rig_forget(&pic);
	make_rig(&pic, .name = "pic", .size = 8);
	threaded_end();
}

static void R9_a_removal_waits_for_a_map_callback(void)
{
	removal_waits(false);
}

static void R9_a_removal_waits_for_an_unmap_callback(void)
{
	removal_waits(true);
}

/* R10: the only number is just being torn down by another: worth waiting for. */
static void R10_a_full_table_waits_for_a_teardown(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_ref ref;

	port.threads = true;
	config.max_irqs = 1;
	config.max_consumers = 3;
	world_with(&config, IRQREF_FLOW_LEVEL);
	block_in(&pic, true);
	wait_unblocks();
	ref = get(&pic, 9, IRQREF_TYPE_NONE, disk);
	waited();
	SURE(irqref_put(space, ref));
	threaded_end();
}

/* R11: vectors that another is just revoking are waited for, then gone. */
static void *remove_forced(void *arg)
{
	(void)arg;
	result[0] = irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	return NULL;
}

static void R11_freeing_vectors_waits_for_their_revocation(void)
{
	threaded_world(IRQREF_FLOW_LEVEL);
	OK(irqref_msi_alloc(pic.domain, 4, 1, 0, net, &got_ref[0]));
	at_callback = go_on = 0;
	block_rig = &pic;
	pic.on_unmap = block;
	blocked = launch(remove_forced, NULL);
	await(&at_callback, 1u);
	wait_unblocks();
	SURE(irqref_msi_free(space, got_ref, 1));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	port.on_pause = NULL;
	unblock();
	assert_code(irqref_put(space, got_ref[0]), IRQREF_ERR_STALE);
	rig_forget(&pic);
	make_rig(&pic, .name = "pic", .size = 8);
	threaded_end();
}

/* R6: free() waits; meanwhile the reference takes no other handler. */
static void *free_line(void *arg)
{
	(void)arg;
	result[0] = irqref_free(space, shared_ref);
	left_at_return = load(&left);
	return NULL;
}

static void R6_no_other_handler_while_one_is_waited_for(void)
{
	struct counter second = {0};
	pthread_t raiser, waiter;

	raiser = stay_in_handler(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	waiter = launch(free_line, NULL);
	while (port_stats().handlers)
		sched_yield();
	assert_code(irqref_request(space, shared_ref, counting, &second, 0), IRQREF_ERR_AGAIN);
	store(&leave, 1u);
	(void)pthread_join(waiter, NULL);
	(void)pthread_join(raiser, NULL);
	assert_int_equal(result[0], IRQREF_OK);
	assert_int_equal(left_at_return, 1);
	OK(irqref_request(space, shared_ref, counting, &second, 0));
	rig_raise(&pic, 4);
	assert_int_equal(second.calls, 1);
	SURE(irqref_put_sync(space, shared_ref));
	threaded_end();
}

/* A second interrupt of a level line while it runs is left to the hardware; nobody waits. */
static void R19_a_line_that_runs_is_not_entered_again(void)
{
	static const struct {
		enum irqref_flow flow;
		unsigned int type;
		uint32_t calls;
	} cases[] = {
	        {IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW, 1},
	        {IRQREF_FLOW_FASTEOI, IRQREF_TYPE_HIGH, 1},
	        {IRQREF_FLOW_FASTEOI, IRQREF_TYPE_RISING, 2},
	        {IRQREF_FLOW_EDGE, IRQREF_TYPE_RISING, 2},
	};
	pthread_t raiser;
	size_t i;

	for (i = 0; i < UNIT_COUNT(cases); i++) {
		raiser = stay_in_handler(cases[i].flow, cases[i].type);
		SURE(irqref_dispatch(pic.domain, 4));
		SURE(irqref_dispatch(pic.domain, 4));
		assert_int_equal(load(&hits.calls), 1);
		store(&leave, 1u);
		(void)pthread_join(raiser, NULL);
		assert_int_equal(load(&hits.calls), cases[i].calls);
		SURE(irqref_put_sync(space, shared_ref));
		threaded_end();
	}
}

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

	raiser = stay_in_handler(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	waiter = launch(put_and_look, NULL);
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

	raiser = stay_in_handler(IRQREF_FLOW_LEVEL, IRQREF_TYPE_LOW);
	remover = launch(remove_pic, NULL);
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

static const struct irqref_test tests[] = {
        TEST(T6_a_waiting_put_while_the_handler_runs),
        TEST(T15_removal_while_a_handler_runs),
        TEST(R16_a_get_waits_for_the_one_that_makes_it),
        TEST(R16_a_get_waits_for_the_one_that_ends_it),
        TEST(R7_an_outer_get_waits_for_the_inner_one),
        TEST(R9_a_removal_waits_for_a_map_callback),
        TEST(R9_a_removal_waits_for_an_unmap_callback),
        TEST(R10_a_full_table_waits_for_a_teardown),
        TEST(R11_freeing_vectors_waits_for_their_revocation),
        TEST(R6_no_other_handler_while_one_is_waited_for),
        TEST(R19_a_line_that_runs_is_not_entered_again),
};
UNIT_SUITE_FIXTURE("waiting", tests, setup, teardown)
