/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Per-CPU interrupts: one cookie and one mask for each CPU.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#define CPUS_MAX 4096u

static void *cookies[CPUS_MAX];
static struct counter hits;

static void percpu_world(void)
{
	uint32_t i;

	hits = (struct counter){0};
	for (i = 0; i < port.nr_cpus && i < CPUS_MAX; i++)
		cookies[i] = &hits;
	world_flow(IRQREF_FLOW_PERCPU);
}

static void R19_each_cpu_enables_its_own(void)
{
	struct irqref_ref a;
	uint32_t n = 0;

	percpu_world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	assert_code(irqref_percpu_enable(space, a), IRQREF_ERR_NOENT);
	assert_code(irqref_percpu_disable(space, a), IRQREF_ERR_NOENT);
	OK(irqref_request_percpu(space, a, counting, cookies));
	rig_log_clear();
	SURE(irqref_dispatch(pic.domain, 1));
	assert_string_equal(rig_log, "ame");
	assert_int_equal(hits.calls, 0);
	assert_code(irqref_percpu_disable(space, a), IRQREF_ERR_UNBALANCED);
	SURE(irqref_percpu_enable(space, a));
	assert_code(irqref_percpu_enable(space, a), IRQREF_ERR_EXIST);
	assert_false(masked(&pic, 1));
	rig_log_clear();
	SURE(irqref_dispatch(pic.domain, 1));
	assert_string_equal(rig_log, "ae");
	assert_int_equal(hits.calls, 1);
	SURE(irqref_ledger_deliveries(space, virq_of(a), &n));
	assert_int_equal(n, 1);
	SURE(irqref_percpu_disable(space, a));
	assert_true(masked(&pic, 1));
	SURE(irqref_synchronize(space, a));
	SURE(irqref_free(space, a));
	SURE(irqref_dispatch(pic.domain, 1));
	assert_int_equal(hits.calls, 1);
	SURE(irqref_put(space, a));
	world_end();
}

static void R13_calls_that_do_not_fit(void)
{
	struct irqref_ref a, b;
	struct rig other;

	percpu_world();
	make_rig(&other, .name = "other", .size = 4);
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	b = get(&other, 1, IRQREF_TYPE_NONE, net);
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_NOTSUP);
	GIVES(irqref_request_percpu(space, b, counting, cookies), IRQREF_ERR_NOTSUP);
	assert_code(irqref_disable(space, a), IRQREF_ERR_NOTSUP);
	assert_code(irqref_disable_sync(space, a), IRQREF_ERR_NOTSUP);
	assert_code(irqref_enable(space, a), IRQREF_ERR_UNBALANCED);
	assert_code(irqref_percpu_enable(space, b), IRQREF_ERR_NOTSUP);
	assert_code(irqref_percpu_disable(space, b), IRQREF_ERR_NOTSUP);
	OK(irqref_request_percpu(space, a, counting, cookies));
	GIVES(irqref_request_percpu(space, a, counting, cookies), IRQREF_ERR_EXIST);
	port.atomic = true;
	GIVES(irqref_request_percpu(space, a, counting, cookies), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	SURE(irqref_put(space, b));
	b = get(&pic, 1, IRQREF_TYPE_NONE, disk);
	GIVES(irqref_request_percpu(space, b, counting, cookies), IRQREF_ERR_BUSY);
	SURE(irqref_put_sync(space, b));
	SURE(irqref_put_sync(space, a));
	assert_code(irqref_percpu_enable(space, a), IRQREF_ERR_STALE);
	GIVES(irqref_request_percpu(space, a, counting, cookies), IRQREF_ERR_STALE);
	end_rig(&other);
	world_end();
}

/* The waiting removal of a per-CPU handler is a grace period. */
static void R6_waiting_for_a_percpu_handler(void)
{
	struct irqref_ref a;
	uint32_t before;

	percpu_world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	OK(irqref_request_percpu(space, a, counting, cookies));
	SURE(irqref_percpu_enable(space, a));
	before = port.grace_periods;
	SURE(irqref_put_sync(space, a));
	assert_true(port.grace_periods > before);
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	world_end();
}

static void R17_the_ledger_shows_the_cookies(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a;

	percpu_world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	OK(irqref_request_percpu(space, a, counting, cookies));
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_true(entry.handler);
	assert_ptr_equal(entry.cookie, cookies);
	SURE(irqref_free(space, a));
	cursor = (struct irqref_cursor){0};
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_false(entry.handler);
	assert_null(entry.cookie);
	SURE(irqref_put(space, a));
	world_end();
}

static void R9_a_revoked_percpu_line(void)
{
	struct irqref_ref a;

	percpu_world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	OK(irqref_request_percpu(space, a, counting, cookies));
	SURE(irqref_percpu_enable(space, a));
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&pic);
	assert_code(irqref_percpu_enable(space, a), IRQREF_ERR_REVOKED);
	SURE(irqref_percpu_disable(space, a));
	assert_code(irqref_dispatch_virq(space, virq_of(a)), IRQREF_ERR_NOENT);
	SURE(irqref_put_sync(space, a));
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

static void T19_a_percpu_reference_put_when_atomic(void)
{
	struct irqref_ref a;

	percpu_world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	OK(irqref_request_percpu(space, a, counting, cookies));
	port.atomic = true;
	SURE(irqref_put(space, a));
	port.atomic = false;
	assert_code(irqref_dispatch(pic.domain, 1), IRQREF_ERR_NOENT);
	world_end();
}

/* The flow is chosen in the map callback; to and from per-CPU it is too late afterwards. */
static enum irqref_flow wanted;
static int flow_result;

static void choose_flow(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)level;
	flow_result = irqref_desc_set_flow(desc, wanted);
}

static void R19_a_map_callback_chooses_the_flow(void)
{
	struct irqref_ref a;

	hits = (struct counter){0};
	world();
	pic.on_map = choose_flow;
	wanted = IRQREF_FLOW_EDGE;
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	assert_int_equal(flow_result, IRQREF_OK);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_log_clear();
	SURE(irqref_dispatch(pic.domain, 1));
	assert_string_equal(rig_log, "a");
	irqref_read_lock();
	assert_code(irqref_desc_set_flow(irqref_find(pic.domain, 1), IRQREF_FLOW_PERCPU),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_desc_set_flow(irqref_find(pic.domain, 1), (enum irqref_flow)9),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_desc_set_flow(NULL, IRQREF_FLOW_EDGE), IRQREF_ERR_INVAL);
	assert_code(irqref_desc_set_flow(irqref_find(pic.domain, 1), IRQREF_FLOW_LEVEL), IRQREF_OK);
	irqref_read_unlock();
	SURE(irqref_put(space, a));
	wanted = IRQREF_FLOW_PERCPU;
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	assert_int_equal(flow_result, IRQREF_OK);
	assert_code(irqref_disable(space, a), IRQREF_ERR_NOTSUP);
	SURE(irqref_put(space, a));
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R19_each_cpu_enables_its_own),
        TEST(R13_calls_that_do_not_fit),
        TEST(R6_waiting_for_a_percpu_handler),
        TEST(R17_the_ledger_shows_the_cookies),
        TEST(R9_a_revoked_percpu_line),
        TEST(T19_a_percpu_reference_put_when_atomic),
        TEST(R19_a_map_callback_chooses_the_flow),
};
UNIT_SUITE_FIXTURE("per-CPU interrupts", tests, setup, teardown)
