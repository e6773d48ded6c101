/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Eventfds as interrupt sources.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <irqref/irqref.h>

#include "eventfd.h"
#include "posix.h"
#include "unit.h"

#define LINE 4

#define ld(p)    __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define st(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)

static struct irqref_space *space;
static struct irqref_domain *domain;
static struct irqref_consumer consumer;
static struct irqref_eventfd_loop *loop;
static struct irqref_eventfd source;
static struct irqref_ref ref;
static int fd;

/* What the handlers have seen and are told. */
static struct {
	uint32_t runs;
	uint32_t inside;
	uint32_t leave;
	uint32_t clear; /* the handler takes the cause away at this run */
	int ret;
} seen;

static void setup(void)
{
	struct irqref_domain_config lines = {.name = "lines", .size = 16};
	struct irqref_space_config config = {.max_irqs = 64};

	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_domain_add(space, &lines, &domain));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
	assert_ok(irqref_eventfd_loop_create(&loop));
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_true(fd >= 0);
	seen.runs = 0;
	seen.inside = 0;
	seen.leave = 0;
	seen.clear = 0;
}

static void teardown(void)
{
	irqref_eventfd_remove(loop, source);
	assert_ok(irqref_eventfd_loop_destroy(loop));
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
	close(fd);
}

static void raise_by(uint64_t n)
{
	assert_int_equal(write(fd, &n, sizeof(n)), sizeof(n));
}

static void add(enum irqref_eventfd_mode mode)
{
	assert_ok(irqref_eventfd_add(loop, fd, domain, LINE, mode, &source));
}

static void request(irqref_handler_fn *handler)
{
	assert_ok(irqref_get(domain, LINE, IRQREF_TYPE_NONE, consumer, NULL, &ref, NULL));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
}

static enum irqref_return count(irqref_virq_t virq, void *cookie)
{
	uint64_t n;

	(void)virq;
	(void)cookie;
	seen.runs++;
	if (seen.runs == seen.clear && read(fd, &n, sizeof(n)) != sizeof(n))
		return IRQREF_NONE;
	return IRQREF_HANDLED;
}

static void every_count_is_an_edge(void)
{
	request(count);
	add(IRQREF_EVENTFD_EDGE);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	raise_by(3);
	raise_by(2);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 5);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
}

static void very_many_edges_are_served_in_parts(void)
{
	request(count);
	add(IRQREF_EVENTFD_EDGE);
	raise_by(65536 + 10);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 65536);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 65536 + 10);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
}

static void R18_edges_on_an_unmapped_line_are_lost(void)
{
	add(IRQREF_EVENTFD_EDGE);
	raise_by(7);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	request(count);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	assert_int_equal(seen.runs, 0);
}

static void a_level_lasts_until_its_cause_is_taken_away(void)
{
	request(count);
	add(IRQREF_EVENTFD_LEVEL);
	seen.clear = 3;
	raise_by(1);
	while (irqref_eventfd_loop_poll(loop, 0))
		continue;
	assert_int_equal(seen.runs, 3);
}

static void R18_a_level_that_nobody_takes_rests(void)
{
	add(IRQREF_EVENTFD_LEVEL);
	raise_by(1);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	request(count);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	seen.clear = 1;
	assert_ok(irqref_eventfd_unmask(loop, source));
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 1);
}

static void what_is_raised_while_masked_waits(void)
{
	request(count);
	add(IRQREF_EVENTFD_EDGE);
	assert_ok(irqref_eventfd_mask(loop, source));
	assert_ok(irqref_eventfd_mask(loop, source));
	raise_by(2);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	assert_ok(irqref_eventfd_unmask(loop, source));
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 2);
}

static void a_removed_source_is_refused_for_ever(void)
{
	struct irqref_eventfd old;

	request(count);
	add(IRQREF_EVENTFD_EDGE);
	old = source;
	raise_by(1);
	assert_ok(irqref_eventfd_remove(loop, source));
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 0);
	assert_int_equal(seen.runs, 0);
	add(IRQREF_EVENTFD_EDGE);
	assert_code(irqref_eventfd_remove(loop, old), IRQREF_ERR_STALE);
	assert_code(irqref_eventfd_mask(loop, old), IRQREF_ERR_STALE);
	assert_code(irqref_eventfd_unmask(loop, old), IRQREF_ERR_STALE);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 1);
}

static enum irqref_return stay(irqref_virq_t virq, void *cookie)
{
	int i;

	(void)virq;
	(void)cookie;
	st(&seen.inside, 1u);
	for (i = 0; i < 500 && !ld(&seen.leave); i++)
		sched_yield();
	st(&seen.inside, 2u);
	return IRQREF_HANDLED;
}

static void R6_a_removal_waits_for_the_dispatch_that_runs(void)
{
	request(stay);
	add(IRQREF_EVENTFD_EDGE);
	assert_ok(irqref_eventfd_loop_start(loop));
	raise_by(1);
	while (ld(&seen.inside) == 0)
		sched_yield();
	assert_ok(irqref_eventfd_remove(loop, source));
	assert_int_equal(ld(&seen.inside), 2);
	assert_ok(irqref_eventfd_loop_stop(loop));
}

static enum irqref_return remove_itself(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	seen.runs += irqref_eventfd_remove(loop, source) == IRQREF_ERR_ATOMIC;
	seen.runs += irqref_eventfd_loop_stop(loop) == IRQREF_ERR_ATOMIC;
	seen.runs += irqref_eventfd_loop_poll(loop, 0) == IRQREF_ERR_ATOMIC;
	return IRQREF_HANDLED;
}

static void T19_waiting_calls_are_refused_in_a_handler(void)
{
	request(remove_itself);
	add(IRQREF_EVENTFD_EDGE);
	raise_by(1);
	assert_int_equal(irqref_eventfd_loop_poll(loop, 0), 1);
	assert_int_equal(seen.runs, 3);
}

static void many_sources_in_one_loop(void)
{
	struct irqref_eventfd sources[20];
	int fds[20];
	int i;

	request(count);
	for (i = 0; i < 20; i++) {
		fds[i] = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
		assert_true(fds[i] >= 0);
		assert_ok(irqref_eventfd_add(loop, fds[i], domain, LINE, IRQREF_EVENTFD_EDGE,
		                             &sources[i]));
	}
	while (irqref_eventfd_loop_poll(loop, 0))
		continue;
	assert_int_equal(seen.runs, 20);
	assert_code(irqref_eventfd_loop_destroy(loop), IRQREF_ERR_BUSY);
	for (i = 0; i < 20; i++) {
		assert_ok(irqref_eventfd_remove(loop, sources[i]));
		close(fds[i]);
	}
}

static void R13_misuse_of_the_loop(void)
{
	int blocking = eventfd(0, EFD_CLOEXEC);
	struct irqref_eventfd other;

	assert_true(blocking >= 0);
	assert_code(irqref_eventfd_loop_create(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_destroy(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_start(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_stop(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_stop(loop), IRQREF_ERR_NOENT);
	assert_code(irqref_eventfd_loop_poll(NULL, 0), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_poll(loop, -2), IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_loop_fd(NULL), IRQREF_ERR_INVAL);
	assert_true(irqref_eventfd_loop_fd(loop) >= 0);
	assert_code(irqref_eventfd_add(NULL, fd, domain, 1, IRQREF_EVENTFD_EDGE, &other),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_add(loop, -1, domain, 1, IRQREF_EVENTFD_EDGE, &other),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_add(loop, blocking, domain, 1, IRQREF_EVENTFD_EDGE, &other),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_add(loop, fd, NULL, 1, IRQREF_EVENTFD_EDGE, &other),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_add(loop, fd, domain, 1, (enum irqref_eventfd_mode)7, &other),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_eventfd_add(loop, fd, domain, 1, IRQREF_EVENTFD_EDGE, NULL),
	            IRQREF_ERR_INVAL);
	add(IRQREF_EVENTFD_EDGE);
	assert_code(irqref_eventfd_add(loop, fd, domain, 1, IRQREF_EVENTFD_EDGE, &other),
	            IRQREF_ERR_EXIST);
	assert_code(irqref_eventfd_loop_destroy(loop), IRQREF_ERR_BUSY);
	assert_ok(irqref_eventfd_loop_start(loop));
	assert_code(irqref_eventfd_loop_start(loop), IRQREF_ERR_EXIST);
	assert_ok(irqref_eventfd_loop_stop(loop));
	close(blocking);
}

static const struct irqref_test tests[] = {
        TEST(every_count_is_an_edge),
        TEST(very_many_edges_are_served_in_parts),
        TEST(R18_edges_on_an_unmapped_line_are_lost),
        TEST(a_level_lasts_until_its_cause_is_taken_away),
        TEST(R18_a_level_that_nobody_takes_rests),
        TEST(what_is_raised_while_masked_waits),
        TEST(a_removed_source_is_refused_for_ever),
        TEST(R6_a_removal_waits_for_the_dispatch_that_runs),
        TEST(T19_waiting_calls_are_refused_in_a_handler),
        TEST(many_sources_in_one_loop),
        TEST(R13_misuse_of_the_loop),
};
UNIT_SUITE_FIXTURE("eventfd", tests, setup, teardown)
