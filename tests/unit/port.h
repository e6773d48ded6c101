/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The port under test, wrapped: it counts allocations and events, can be told to be atomic, and
 * fails the Nth allocation or the Nth fallible callback of a test.
 *
 * On a host IRQREF_FAIL_ALLOC=N and IRQREF_FAIL_CALLBACK=N arm that for every test of a program;
 * "tests/run faults" counts N up until no test meets a failure any more. For that a test makes
 * every call of the library through one of
 *
 *	GIVES(call, code)  may meet the injected failure: then the call must say so, the state must be
 *	                   as it was before (counters, and what the recording hardware was told), and
 *	                   the same call again must give @code
 *	OK(call)           the same with IRQREF_OK
 *	YIELDS(call)       the same for a call that returns nonzero, or a pointer, when it worked
 *	SURE(call)         must return IRQREF_OK whatever is injected
 *
 * so that a test goes on after the failure and its other asserts hold all the same.
 */
#ifndef IRQREF_TESTS_PORT_H
#define IRQREF_TESTS_PORT_H

#include <irqref/irqref.h>

struct rig;

/**
 * What the port under test has counted since the test began. The hooks are called once, where the
 * core calls out with no lock held; there a test acts as another context would. @on_alloc waits for
 * the @alloc_skip + 1st allocation; @on_pause stays.
 */
struct port_state {
	struct irqref_port base;
	struct irqref_space *space;
	struct rig *rigs;
	uint32_t nr_cpus;
	uint32_t allocs;
	uint32_t live;
	uint32_t alloc_skip;
	uint32_t kicks;
	uint32_t grace_periods;
	uint32_t ticks;
	uint32_t events[IRQREF_EVENT_KINDS];
	struct irqref_event last;
	uint32_t fail_alloc;
	uint32_t fail_callback;
	uint32_t limit; /* how many allocations there may be at a time; 0 for any number */
	uint32_t fired;
	struct irqref_stats forgiven;
	bool atomic;
	bool threads;
	void (*on_alloc)(void);
	void (*on_synchronize)(void);
	void (*on_pause)(void);
};

extern struct port_state port;

/* Of port.c: neither asserts. */
void port_reset(void);
void port_wrap(struct irqref_port *out);
bool port_callback_fails(void);

/* Of port_posix.c and port_static.c. */
int port_base(struct irqref_port *out, uint32_t *nr_cpus);
uint32_t port_setting(const char *name);
void port_report_fired(void);

/* Whether this run injects failures: loops are cut short then. */
static inline bool port_injecting(void)
{
	return port.fail_alloc || port.fail_callback || port.fired;
}

#include "rig.h"

/** State before a call, to compare with after it failed. */
struct port_mark {
	uint32_t fired;
	uint32_t events[IRQREF_EVENT_KINDS];
	struct irqref_stats stats;
	struct rig rigs[RIG_MAX];
};

static struct port_mark port_mark_;

static inline void port_begin(void)
{
	struct port_mark *mark = &port_mark_;
	struct rig *rig;
	size_t n = 0;

	mark->fired = port.fired;
	if (!port_injecting())
		return;
	for (n = 0; n < IRQREF_EVENT_KINDS; n++)
		mark->events[n] = port.events[n];
	n = 0;
	if (port.space)
		(void)irqref_space_stats(port.space, &mark->stats);
	for (rig = port.rigs; rig; rig = rig->next)
		mark->rigs[n++] = *rig;
}

/* The refusal and what was recorded about it are not the test's, which calls again. */
static inline void port_forgive(const struct port_mark *mark, const struct irqref_stats *now)
{
	size_t i;

	port.forgiven.refusals += now->refusals - mark->stats.refusals;
	for (i = 0; i < IRQREF_EVENT_KINDS; i++) {
		port.forgiven.events[i] += now->events[i] - mark->stats.events[i];
		port.events[i] = mark->events[i];
	}
}

/* The call met the injected failure: was that all that happened? */
static inline bool port_injected(bool failed)
{
	const struct port_mark *mark = &port_mark_;
	struct irqref_stats now;
	struct rig *rig;
	size_t n = 0;

	if (port.fired == mark->fired || !failed)
		return false;
	if (port.space) {
		assert_ok(irqref_space_stats(port.space, &now));
		assert_int_equal(now.mappings, mark->stats.mappings);
		assert_int_equal(now.references, mark->stats.references);
		assert_int_equal(now.handlers, mark->stats.handlers);
		assert_int_equal(now.gets - now.puts, mark->stats.gets - mark->stats.puts);
		port_forgive(mark, &now);
	}
	for (rig = port.rigs; rig; rig = rig->next)
		rig_check_unchanged(rig, &mark->rigs[n++]);
	return true;
}

static inline bool port_is_injected_code(long code)
{
	return code == IRQREF_ERR_NOMEM || code == IRQREF_ERR_REFUSED || code == IRQREF_ERR_TYPE;
}

#define GIVES(call, code)                                                                          \
	do {                                                                                       \
		long got_;                                                                         \
		port_begin();                                                                      \
		got_ = (long)(call);                                                               \
		if (got_ != (long)(code) && port_is_injected_code(got_) && port_injected(true))    \
			got_ = (long)(call);                                                       \
		unit_assert_code(got_, (long)(code), #call, __FILE__, __LINE__);                   \
	} while (0)

#define OK(call) GIVES(call, IRQREF_OK)

#define YIELDS(call)                                                                               \
	do {                                                                                       \
		bool got_;                                                                         \
		port_begin();                                                                      \
		got_ = (call) != 0;                                                                \
		if (port_injected(!got_))                                                          \
			got_ = (call) != 0;                                                        \
		assert_true(got_);                                                                 \
	} while (0)

#define SURE(call) assert_ok(call)

/* A domain with recording hardware: make_rig(&rig, .name = "pic", .size = 32). */
#define make_rig(rig, ...)                                                                         \
	do {                                                                                       \
		const struct rig_config config_ = {__VA_ARGS__};                                   \
		OK(rig_try((rig), &config_));                                                      \
		rig_add(rig);                                                                      \
	} while (0)

static inline struct irqref_space_config port_config(void)
{
	struct irqref_space_config config = {.max_irqs = 256, .nr_cpus = port.nr_cpus};

	port_wrap(&config.port);
	return config;
}

/* The test's space; end_space() or the end of the test takes it down. */
static inline struct irqref_space *make_space_with(const struct irqref_space_config *config)
{
	struct irqref_space *space = NULL;

	assert_null(port.space);
	OK(irqref_space_create(config, &space));
	port.space = space;
	return space;
}

static inline struct irqref_space *make_space(void)
{
	struct irqref_space_config config = port_config();

	return make_space_with(&config);
}

static inline struct irqref_consumer make_consumer(const char *name)
{
	struct irqref_consumer consumer = {0, 0};

	OK(irqref_consumer_add(port.space, name, &consumer));
	return consumer;
}

static inline struct irqref_stats port_stats(void)
{
	struct irqref_stats stats;
	size_t i;

	assert_ok(irqref_space_stats(port.space, &stats));
	stats.refusals -= port.forgiven.refusals;
	for (i = 0; i < IRQREF_EVENT_KINDS; i++)
		stats.events[i] -= port.forgiven.events[i];
	return stats;
}

static inline void expect_mappings(uint32_t n)
{
	assert_int_equal(port_stats().mappings, n);
}

/* Strong + floating of an hwirq, as the ledger has it; 0 when it is not mapped. */
static inline uint32_t count_of(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct irqref_cursor cursor = {.virq = irqref_find_virq(domain, hwirq)};
	irqref_virq_t virq = cursor.virq;
	struct irqref_entry entry;

	if (!virq || irqref_ledger_next(port.space, &cursor, &entry) != 1 || entry.virq != virq)
		return 0;
	return entry.strong + (entry.floating ? 1 : 0);
}

static inline void end_rig(struct rig *rig)
{
	assert_ok(irqref_domain_remove(rig->domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	rig_forget(rig);
}

/* Everything is gone: what the end of a test needs in order to be clean. */
static inline void expect_clean(void)
{
	struct irqref_stats stats = port_stats();

	assert_int_equal(stats.mappings, 0);
	assert_int_equal(stats.references, 0);
	assert_int_equal(stats.handlers, 0);
	assert_int_equal(stats.gets, stats.puts);
}

static inline void setup(void)
{
	port_reset();
}

/* A test takes down what it made; one that failed leaves it, and says so already. */
static inline void teardown(void)
{
	assert_null(port.space);
	assert_int_equal(port.live, 0);
}

/* Takes the space down; domains and consumers must be gone. Nothing may be left of it. */
static inline void end_space(void)
{
	struct irqref_space *space = port.space;

	if (!space)
		return;
	assert_ok(irqref_space_remove(space));
	port.space = NULL;
	assert_int_equal(port.live, 0);
}

#endif /* IRQREF_TESTS_PORT_H */
