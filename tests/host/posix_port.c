/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The posix port by itself: grace periods, CPU slots, the worker.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <irqref/irqref.h>

#include "posix.h"
#include "irqref_port_posix.h"
#include "threads.h"
#include "unit.h"

#define ld(p)    __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define st(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

static struct irqref_port base;
static struct irqref_space *space;
static struct irqref_domain *domain;
static struct irqref_consumer consumer;
static struct irqref_posix_worker worker;

static void make_space(bool with_worker)
{
	struct irqref_domain_config lines = {.name = "lines", .size = 64};
	struct irqref_space_config config = {.max_irqs = 256};

	assert_ok(irqref_posix_port(&config.port));
	if (with_worker)
		assert_ok(irqref_posix_worker_init(&worker, &config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_domain_add(space, &lines, &domain));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
}

static void end_space(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
}

static struct irqref_ref request(irqref_hwirq_t hwirq, irqref_handler_fn *handler, void *cookie)
{
	struct irqref_ref ref;

	assert_ok(irqref_get(domain, hwirq, IRQREF_TYPE_NONE, consumer, NULL, &ref, NULL));
	assert_ok(irqref_request(space, ref, handler, cookie, 0));
	return ref;
}

/* ---------------------------------------------------------- grace periods */

struct reader {
	uint32_t open;
	uint32_t begun;
	uint32_t left;
	uint32_t left_at_return;
	bool nested;
};

static void *hold_section(void *arg)
{
	struct reader *reader = arg;
	int i;

	irqref_hot_read_lock();
	st(&reader->open, 1u);
	await(&reader->begun, 1u);
	if (reader->nested) {
		irqref_hot_read_lock();
		irqref_hot_read_unlock();
	}
	for (i = 0; i < 200; i++)
		sched_yield();
	st(&reader->left, 1u);
	irqref_hot_read_unlock();
	return NULL;
}

static void *wait_period(void *arg)
{
	struct reader *reader = arg;

	st(&reader->begun, 1u);
	base.synchronize(base.ctx);
	st(&reader->left_at_return, ld(&reader->left));
	return NULL;
}

static void check_period(bool nested)
{
	struct reader reader = {.nested = nested};
	pthread_t holder = launch(hold_section, &reader);
	pthread_t waiter;

	await(&reader.open, 1u);
	waiter = launch(wait_period, &reader);
	pthread_join(waiter, NULL);
	pthread_join(holder, NULL);
	assert_int_equal(reader.left_at_return, 1);
}

static void R5_a_grace_period_waits_for_open_sections(void)
{
	check_period(false);
}

static void R5_a_section_closes_at_its_outermost_exit(void)
{
	check_period(true);
}

static void R5_a_section_is_known_to_its_thread(void)
{
	assert_false(irqref_hot_in_section());
	irqref_hot_read_lock();
	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	assert_true(irqref_hot_in_section());
	irqref_hot_read_unlock();
	assert_false(irqref_hot_in_section());
}

#define READERS 3
#define OBJECTS 2000

struct object {
	uint32_t alive;
};

static struct {
	struct object *current;
	uint32_t stop;
	uint32_t dead_seen;
} published;

static void *look(void *arg)
{
	(void)arg;
	while (!ld(&published.stop)) {
		struct object *object;

		irqref_hot_read_lock();
		object = __atomic_load_n(&published.current, __ATOMIC_ACQUIRE);
		if (!object->alive)
			st(&published.dead_seen, 1u);
		sched_yield();
		if (!object->alive)
			st(&published.dead_seen, 1u);
		irqref_hot_read_unlock();
	}
	return NULL;
}

static struct object *make_object(void)
{
	struct object *object = malloc(sizeof(*object));

	assert_non_null(object);
	object->alive = 1;
	return object;
}

/* @alive is a plain word: ThreadSanitizer sees whether the period orders its end after the looks. */
static void R5_nobody_sees_what_ended_before_the_period(void)
{
	pthread_t readers[READERS];
	struct object *old;
	int i;

	published.stop = 0;
	published.current = make_object();
	for (i = 0; i < READERS; i++)
		readers[i] = launch(look, NULL);
	for (i = 0; i < OBJECTS; i++) {
		old = published.current;
		__atomic_store_n(&published.current, make_object(), __ATOMIC_RELEASE);
		base.synchronize(base.ctx);
		old->alive = 0;
		free(old);
	}
	st(&published.stop, 1u);
	for (i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	free(published.current);
	assert_int_equal(published.dead_seen, 0);
}

static void *one_section(void *arg)
{
	(void)arg;
	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	return NULL;
}

static void threads_that_have_ended_hold_up_nobody(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		pthread_join(launch(one_section, NULL), NULL);
		base.synchronize(base.ctx);
	}
}

/* -------------------------------------------------------------- CPU slots */

struct slot {
	uint32_t want;
	uint32_t got;
	int ret;
	uint32_t ready;
	uint32_t leave;
};

static void *take_slot(void *arg)
{
	struct slot *slot = arg;

	if (slot->want != UINT32_MAX)
		slot->ret = irqref_posix_bind_cpu(slot->want);
	slot->got = irqref_hot_cpu();
	st(&slot->ready, 1u);
	await(&slot->leave, 1u);
	return NULL;
}

static pthread_t start_slot(struct slot *slot, uint32_t want)
{
	pthread_t thread;

	*slot = (struct slot){.want = want};
	thread = launch(take_slot, slot);
	await(&slot->ready, 1u);
	return thread;
}

static void end_slot(struct slot *slot, pthread_t thread)
{
	st(&slot->leave, 1u);
	pthread_join(thread, NULL);
}

static void a_thread_keeps_its_slot_until_it_ends(void)
{
	struct slot a;
	struct slot b;
	pthread_t first;
	pthread_t second;

	assert_ok(irqref_posix_cpus(4));
	first = start_slot(&a, UINT32_MAX);
	second = start_slot(&b, UINT32_MAX);
	assert_true(a.got < 3);
	assert_true(b.got < 3);
	assert_int_not_equal(a.got, b.got);
	end_slot(&a, first);
	first = start_slot(&a, a.got);
	assert_ok(a.ret);
	end_slot(&a, first);
	end_slot(&b, second);
}

static void threads_without_a_slot_share_the_last_one(void)
{
	struct slot slots[4];
	pthread_t threads[4];
	uint32_t shared = 0;
	int i;

	assert_ok(irqref_posix_cpus(2));
	for (i = 0; i < 4; i++)
		threads[i] = start_slot(&slots[i], UINT32_MAX);
	for (i = 0; i < 4; i++) {
		assert_true(slots[i].got < 2);
		shared += slots[i].got == 1;
	}
	assert_true(shared >= 3);
	assert_code(irqref_posix_cpus(8), IRQREF_ERR_BUSY);
	for (i = 0; i < 4; i++)
		end_slot(&slots[i], threads[i]);
	assert_ok(irqref_posix_cpus(8));
}

static void a_slot_is_bound_once(void)
{
	struct slot a;
	struct slot b;
	pthread_t first;
	pthread_t second;

	assert_ok(irqref_posix_cpus(8));
	first = start_slot(&a, 6);
	assert_ok(a.ret);
	assert_int_equal(a.got, 6);
	second = start_slot(&b, 6);
	assert_code(b.ret, IRQREF_ERR_BUSY);
	assert_int_not_equal(b.got, 6);
	assert_code(irqref_posix_cpus(6), IRQREF_ERR_BUSY);
	end_slot(&b, second);
	second = start_slot(&b, 7);
	assert_ok(b.ret);
	assert_int_equal(b.got, 7);
	end_slot(&b, second);
	end_slot(&a, first);
	assert_ok(irqref_posix_cpus(6));
}

static void R13_slots_out_of_range(void)
{
	assert_ok(irqref_posix_cpus(8));
	assert_int_equal(irqref_posix_nr_cpus(), 8);
	assert_code(irqref_posix_cpus(0), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_cpus(IRQREF_POSIX_CPUS_MAX + 1), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_bind_cpu(8), IRQREF_ERR_INVAL);
	irqref_hot_read_lock();
	assert_code(irqref_posix_bind_cpu(1), IRQREF_ERR_ATOMIC);
	irqref_hot_read_unlock();
	assert_int_equal(irqref_posix_nr_cpus(), 8);
}

#define COUNTERS   4
#define DELIVERIES 5000u

static enum irqref_return nothing(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	return IRQREF_HANDLED;
}

static void *deliver(void *arg)
{
	uint32_t line = (uint32_t)(uintptr_t)arg;
	uint32_t i;

	for (i = 0; i < DELIVERIES; i++)
		irqref_dispatch(domain, line);
	return NULL;
}

/* Neighbouring lines, slots that are shared: the counters of the last slot are added to by many. */
static void R17_no_delivery_is_lost_in_a_shared_slot(void)
{
	struct irqref_ref refs[COUNTERS];
	pthread_t threads[COUNTERS];
	uint32_t count;
	irqref_virq_t virq;
	uintptr_t i;

	assert_ok(irqref_posix_cpus(2));
	make_space(false);
	for (i = 0; i < COUNTERS; i++)
		refs[i] = request(i, nothing, NULL);
	for (i = 0; i < COUNTERS; i++)
		threads[i] = launch(deliver, (void *)i);
	for (i = 0; i < COUNTERS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < COUNTERS; i++) {
		assert_ok(irqref_ref_virq(space, refs[i], &virq));
		assert_ok(irqref_ledger_deliveries(space, virq, &count));
		assert_int_equal(count, DELIVERIES);
	}
	end_space();
}

/* ----------------------------------------------------------------- worker */

static enum irqref_return put_itself(irqref_virq_t virq, void *cookie)
{
	struct irqref_ref *ref = cookie;

	(void)virq;
	irqref_put(space, *ref);
	return IRQREF_HANDLED;
}

static void T6_the_worker_finishes_what_a_handler_left(void)
{
	struct irqref_ref ref;

	make_space(true);
	assert_ok(irqref_posix_worker_start(&worker, space));
	ref = request(3, put_itself, &ref);
	assert_ok(irqref_dispatch(domain, 3));
	while (irqref_domain_mappings(domain))
		sched_yield();
	assert_ok(irqref_posix_worker_stop(&worker));
	end_space();
}

static void what_came_before_the_worker_is_done_when_it_starts(void)
{
	struct irqref_ref ref;

	make_space(true);
	ref = request(3, put_itself, &ref);
	assert_ok(irqref_dispatch(domain, 3));
	assert_int_equal(irqref_domain_mappings(domain), 1);
	assert_ok(irqref_posix_worker_start(&worker, space));
	while (irqref_domain_mappings(domain))
		sched_yield();
	assert_ok(irqref_posix_worker_stop(&worker));
	end_space();
}

static int stop_result;

static enum irqref_return stop_worker(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	stop_result = irqref_posix_worker_stop(&worker);
	return IRQREF_HANDLED;
}

static void R13_misuse_of_the_worker(void)
{
	struct irqref_port port;

	assert_code(irqref_posix_port(NULL), IRQREF_ERR_INVAL);
	assert_ok(irqref_posix_port(&port));
	assert_code(irqref_posix_worker_init(NULL, &port), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_worker_init(&worker, NULL), IRQREF_ERR_INVAL);
	make_space(true);
	assert_code(irqref_posix_worker_start(NULL, space), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_worker_start(&worker, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_worker_stop(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_posix_worker_stop(&worker), IRQREF_ERR_NOENT);
	assert_ok(irqref_posix_worker_start(&worker, space));
	assert_code(irqref_posix_worker_start(&worker, space), IRQREF_ERR_EXIST);
	request(5, stop_worker, NULL);
	assert_ok(irqref_dispatch(domain, 5));
	assert_code(stop_result, IRQREF_ERR_ATOMIC);
	assert_ok(irqref_posix_worker_stop(&worker));
	assert_ok(irqref_posix_worker_start(&worker, space));
	assert_ok(irqref_posix_worker_stop(&worker));
	end_space();
}

static void setup(void)
{
	assert_ok(irqref_posix_port(&base));
}

static const struct irqref_test tests[] = {
        TEST(R5_a_grace_period_waits_for_open_sections),
        TEST(R5_a_section_closes_at_its_outermost_exit),
        TEST(R5_a_section_is_known_to_its_thread),
        TEST(R5_nobody_sees_what_ended_before_the_period),
        TEST(threads_that_have_ended_hold_up_nobody),
        TEST(a_thread_keeps_its_slot_until_it_ends),
        TEST(threads_without_a_slot_share_the_last_one),
        TEST(a_slot_is_bound_once),
        TEST(R13_slots_out_of_range),
        TEST(R17_no_delivery_is_lost_in_a_shared_slot),
        TEST(T6_the_worker_finishes_what_a_handler_left),
        TEST(what_came_before_the_worker_is_done_when_it_starts),
        TEST(R13_misuse_of_the_worker),
};
UNIT_SUITE_FIXTURE("posix port", tests, setup, NULL)
