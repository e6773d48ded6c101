/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * R13: every public call with each kind of bad argument says so with its own code and changes
 * nothing, neither what it would have returned nor anything in the space.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static const struct irqref_ref no_ref = {0, 0};
static const struct irqref_consumer no_consumer = {0, 0};
static struct irqref_stats before;
static uint32_t live_before;

/* What is held while all these calls fail: a mapping with a reference, a handler, a floating one. */
static struct irqref_ref ref;
static struct irqref_ref stale;
static irqref_virq_t virq;
static struct counter hits;

static void begin(void)
{
	hits = (struct counter){0};
	world();
	stale = get(&pic, 1, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, stale));
	ref = get(&pic, 2, IRQREF_TYPE_LOW, net);
	virq = create(&pic, 2, IRQREF_TYPE_NONE);
	OK(irqref_request(space, ref, counting, &hits, IRQREF_SHARED));
	before = port_stats();
	live_before = port.live;
}

static void end(void)
{
	struct irqref_stats now = port_stats();

	assert_int_equal(now.mappings, before.mappings);
	assert_int_equal(now.references, before.references);
	assert_int_equal(now.handlers, before.handlers);
	if (!port_injecting())
		assert_int_equal(now.resting, before.resting);
	assert_int_equal(now.gets, before.gets);
	assert_int_equal(now.puts, before.puts);
	assert_int_equal(port.live, live_before);
	assert_int_equal(count_of(pic.domain, 2), 2);
	assert_false(masked(&pic, 2));
	rig_raise(&pic, 2);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_put_sync(space, ref));
	SURE(irqref_floating_put(space, virq));
	world_end();
}

#define INVAL(call) assert_code(call, IRQREF_ERR_INVAL)
#define STALE(call) assert_code(call, IRQREF_ERR_STALE)

static void R13_space_calls(void)
{
	begin();
	INVAL(irqref_space_remove(NULL));
	INVAL(irqref_flush(NULL));
	INVAL(irqref_space_stats(NULL, &before));
	INVAL(irqref_space_stats(space, NULL));
	end();
}

static void R13_domain_calls(void)
{
	struct irqref_domain_config good = {.name = "x", .size = 4};
	struct irqref_domain_config bad;
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1};
	struct irqref_domain *out = NULL;
	irqref_hwirq_t hwirq = 9;
	unsigned int type = 9;

	begin();
	INVAL(irqref_domain_add(NULL, &good, &out));
	INVAL(irqref_domain_add(space, NULL, &out));
	INVAL(irqref_domain_add(space, &good, NULL));
	bad = good;
	bad.name = NULL;
	INVAL(irqref_domain_add(space, &bad, &out));
	bad.name = "";
	INVAL(irqref_domain_add(space, &bad, &out));
	bad = good;
	bad.flow = (enum irqref_flow)99;
	INVAL(irqref_domain_add(space, &bad, &out));
	bad = good;
	bad.flags = 0x80;
	INVAL(irqref_domain_add(space, &bad, &out));
	bad = good;
	bad.max = 3;
	INVAL(irqref_domain_add(space, &bad, &out));
	bad = good;
	bad.size = UINT64_MAX;
	INVAL(irqref_domain_add(space, &bad, &out));
	bad = good;
	bad.capacity = UINT32_MAX;
	INVAL(irqref_domain_add(space, &bad, &out));
	assert_null(out);
	INVAL(irqref_domain_remove(NULL, IRQREF_REMOVE_POLITE, NULL, NULL));
	INVAL(irqref_domain_remove(pic.domain, (enum irqref_remove)7, NULL, NULL));
	INVAL(irqref_domain_associate(NULL, 10, 1, 1));
	INVAL(irqref_domain_associate(pic.domain, 0, 1, 1));
	INVAL(irqref_domain_associate(pic.domain, 10, 1, 0));
	INVAL(irqref_domain_associate(pic.domain, UINT32_MAX, 1, 1));
	INVAL(irqref_domain_associate(pic.domain, 250, 1, 20));
	assert_code(irqref_domain_associate(pic.domain, 10, PIC_SIZE, 1), IRQREF_ERR_RANGE);
	assert_code(irqref_domain_associate(pic.domain, 10, UINT64_MAX, 2), IRQREF_ERR_RANGE);
	INVAL(irqref_domain_set_default(NULL, pic.domain));
	INVAL(irqref_domain_translate(NULL, &spec, &hwirq, &type));
	INVAL(irqref_domain_translate(pic.domain, NULL, &hwirq, &type));
	INVAL(irqref_domain_translate(pic.domain, &spec, NULL, &type));
	INVAL(irqref_domain_translate(pic.domain, &spec, &hwirq, NULL));
	assert_null(irqref_domain_default(NULL));
	assert_null(irqref_domain_by_node(NULL, PIC_NODE, 0));
	assert_null(irqref_domain_data(NULL));
	assert_null(irqref_domain_space(NULL));
	assert_null(irqref_domain_parent(NULL));
	assert_int_equal(irqref_domain_mappings(NULL), 0);
	assert_string_equal(irqref_domain_name(NULL), "(removed)");
	end();
}

static void R13_another_spaces_domain(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_domain_config domain = {.name = "x", .size = 4};
	struct irqref_domain *out = NULL, *theirs = NULL;
	struct irqref_space *other = NULL;
	struct irqref_ref none = {0, 0};

	begin();
	OK(irqref_space_create(&config, &other));
	OK(irqref_domain_add(other, &domain, &theirs));
	domain.parent = pic.domain;
	INVAL(irqref_domain_add(other, &domain, &out));
	INVAL(irqref_domain_set_default(space, theirs));
	INVAL(irqref_level_push(space, virq, theirs, 1, NULL));
	INVAL(irqref_level_pop(space, virq, theirs));
	assert_code(irqref_get(theirs, 1, 0, net, NULL, &none, NULL), IRQREF_ERR_NOENT);
	assert_null(out);
	SURE(irqref_domain_remove(theirs, IRQREF_REMOVE_POLITE, NULL, NULL));
	SURE(irqref_space_remove(other));
	end();
}

static void R13_level_calls(void)
{
	begin();
	INVAL(irqref_level_push(NULL, virq, pic.domain, 1, NULL));
	INVAL(irqref_level_push(space, virq, NULL, 1, NULL));
	INVAL(irqref_level_push(space, 0, pic.domain, 1, NULL));
	INVAL(irqref_level_pop(NULL, virq, pic.domain));
	INVAL(irqref_level_pop(space, virq, NULL));
	INVAL(irqref_level_pop(space, UINT32_MAX, pic.domain));
	INVAL(irqref_map_parent(NULL, NULL, 1, NULL));
	assert_int_equal(irqref_desc_virq(NULL), 0);
	end();
}

static void R13_consumer_calls(void)
{
	struct irqref_consumer out = {5, 6};
	char name[4] = "abc";

	begin();
	INVAL(irqref_consumer_add(NULL, "x", &out));
	INVAL(irqref_consumer_add(space, NULL, &out));
	INVAL(irqref_consumer_add(space, "", &out));
	INVAL(irqref_consumer_add(space, "x", NULL));
	assert_int_equal(out.slot, 5);
	INVAL(irqref_consumer_remove(NULL, net, NULL, NULL));
	INVAL(irqref_consumer_remove(space, no_consumer, NULL, NULL));
	STALE(irqref_consumer_remove(space, (struct irqref_consumer){net.slot, net.generation + 2},
	                             NULL, NULL));
	STALE(irqref_consumer_remove(space, (struct irqref_consumer){0xffffff, 1}, NULL, NULL));
	INVAL(irqref_consumer_name(NULL, net, name, sizeof(name)));
	INVAL(irqref_consumer_name(space, no_consumer, name, sizeof(name)));
	INVAL(irqref_consumer_name(space, net, NULL, sizeof(name)));
	INVAL(irqref_consumer_name(space, net, name, 0));
	assert_string_equal(name, "abc");
	end();
}

static void R13_get_calls(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {1}};
	struct irqref_ref out = {5, 6};

	begin();
	INVAL(irqref_get(NULL, 1, 0, net, NULL, &out, NULL));
	INVAL(irqref_get(pic.domain, 1, 0, net, NULL, NULL, NULL));
	INVAL(irqref_get(pic.domain, 1, 5, net, NULL, &out, NULL));
	INVAL(irqref_get(pic.domain, 1, 0x80, net, NULL, &out, NULL));
	assert_code(irqref_get(pic.domain, 1, 0, no_consumer, NULL, &out, NULL), IRQREF_ERR_NOENT);
	INVAL(irqref_get_fwspec(NULL, &spec, net, &out, NULL));
	INVAL(irqref_get_fwspec(space, NULL, net, &out, NULL));
	GIVES(irqref_get_fwspec(space, &spec, net, NULL, NULL), IRQREF_ERR_INVAL);
	INVAL(irqref_get_virq(NULL, virq, net, &out));
	INVAL(irqref_get_virq(space, 0, net, &out));
	INVAL(irqref_get_virq(space, 257, net, &out));
	INVAL(irqref_get_virq(space, virq, net, NULL));
	assert_code(irqref_get_virq(space, virq, no_consumer, &out), IRQREF_ERR_NOENT);
	STALE(irqref_get_virq(space, 250, net, &out));
	assert_int_equal(out.slot, 5);
	assert_int_equal(out.generation, 6);
	assert_int_equal(rig_line(&pic, 1)->maps, 1);
	end();
}

static void R13_floating_calls(void)
{
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {1}};
	irqref_virq_t out = 55;

	begin();
	INVAL(irqref_floating_get(NULL, 1, 0, NULL, &out, NULL));
	INVAL(irqref_floating_get(pic.domain, 1, 0, NULL, NULL, NULL));
	INVAL(irqref_floating_get(pic.domain, 1, 7, NULL, &out, NULL));
	INVAL(irqref_floating_get_fwspec(NULL, &spec, &out, NULL));
	INVAL(irqref_floating_get_fwspec(space, NULL, &out, NULL));
	GIVES(irqref_floating_get_fwspec(space, &spec, NULL, NULL), IRQREF_ERR_INVAL);
	INVAL(irqref_floating_put(NULL, virq));
	INVAL(irqref_floating_put(space, 0));
	INVAL(irqref_floating_put(space, 257));
	STALE(irqref_floating_put(space, 250));
	assert_int_equal(out, 55);
	end();
}

/* The calls that only take a reference, all with the same bad ones. */
static void R13_reference_calls(void)
{
	static const struct irqref_ref bad[] = {
	        {0xfffffff, 1}, {200, 1}, {200, 2}, {1, 0}, {1, 0x7fffffff},
	};
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct irqref_msi_msg msg = {7, 7};
	irqref_virq_t out = 55;
	void *cookies[1] = {&hits};
	size_t i;

	begin();
	for (i = 0; i <= UNIT_COUNT(bad); i++) {
		struct irqref_ref r = i < UNIT_COUNT(bad) ? bad[i] : stale;

		STALE(irqref_put(space, r));
		STALE(irqref_put_sync(space, r));
		STALE(irqref_ref_virq(space, r, &out));
		STALE(irqref_request(space, r, counting, &hits, 0));
		GIVES(irqref_request_percpu(space, r, counting, cookies), IRQREF_ERR_STALE);
		STALE(irqref_free(space, r));
		STALE(irqref_disable(space, r));
		STALE(irqref_disable_sync(space, r));
		STALE(irqref_enable(space, r));
		STALE(irqref_synchronize(space, r));
		STALE(irqref_set_type(space, r, IRQREF_TYPE_LOW));
		STALE(irqref_set_affinity(space, r, &cpus, NULL));
		STALE(irqref_percpu_enable(space, r));
		STALE(irqref_percpu_disable(space, r));
		STALE(irqref_msi_compose(space, r, &msg));
	}
	for (i = 0; i < 2; i++) {
		struct irqref_space *s = i ? space : NULL;
		struct irqref_ref r = i ? no_ref : ref;

		INVAL(irqref_put(s, r));
		INVAL(irqref_put_sync(s, r));
		INVAL(irqref_ref_virq(s, r, &out));
		INVAL(irqref_request(s, r, counting, &hits, 0));
		INVAL(irqref_request_percpu(s, r, counting, cookies));
		INVAL(irqref_free(s, r));
		INVAL(irqref_disable(s, r));
		INVAL(irqref_disable_sync(s, r));
		INVAL(irqref_enable(s, r));
		INVAL(irqref_synchronize(s, r));
		INVAL(irqref_set_type(s, r, IRQREF_TYPE_LOW));
		INVAL(irqref_set_affinity(s, r, &cpus, NULL));
		INVAL(irqref_percpu_enable(s, r));
		INVAL(irqref_percpu_disable(s, r));
		INVAL(irqref_msi_compose(s, r, &msg));
	}
	assert_int_equal(out, 55);
	assert_int_equal(msg.data, 7);
	end();
}

static void R13_arguments_beside_the_reference(void)
{
	const uint32_t none[2] = {0, 0};
	struct irqref_cpumask nobits = {.bits = NULL, .nbits = 1};
	struct irqref_cpumask nocpus = {.bits = none, .nbits = 0};
	struct irqref_cpumask empty = {.bits = none, .nbits = 33};
	static const unsigned int types[] = {0, 5, 6, 7, 9, 12, 16, 0x80000000u};
	void *cookies[1] = {&hits};
	struct irqref_ref second;
	uint32_t cpu = 55;
	size_t i;

	begin();
	second = get(&pic, 3, IRQREF_TYPE_NONE, disk);
	INVAL(irqref_ref_virq(space, ref, NULL));
	INVAL(irqref_request(space, second, NULL, &hits, 0));
	INVAL(irqref_request(space, second, counting, &hits, 0x100));
	INVAL(irqref_request(space, second, counting, &hits, IRQREF_SHARED | IRQREF_CHAINED));
	INVAL(irqref_request_percpu(space, second, NULL, cookies));
	INVAL(irqref_request_percpu(space, second, counting, NULL));
	for (i = 0; i < UNIT_COUNT(types); i++)
		INVAL(irqref_set_type(space, second, types[i]));
	INVAL(irqref_set_affinity(space, second, NULL, &cpu));
	INVAL(irqref_set_affinity(space, second, &nobits, &cpu));
	INVAL(irqref_set_affinity(space, second, &nocpus, &cpu));
	INVAL(irqref_set_affinity(space, second, &empty, &cpu));
	INVAL(irqref_msi_compose(space, second, NULL));
	assert_int_equal(cpu, 55);
	SURE(irqref_put(space, second));
	before.gets++;
	before.puts++;
	before.resting++;
	end();
}

static void R13_dispatch_and_ledger_calls(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	uint32_t n = 55;

	begin();
	INVAL(irqref_dispatch(NULL, 1));
	INVAL(irqref_dispatch_virq(NULL, virq));
	INVAL(irqref_dispatch_virq(space, 0));
	INVAL(irqref_dispatch_virq(space, 257));
	INVAL(irqref_ledger_next(NULL, &cursor, &entry));
	INVAL(irqref_ledger_next(space, NULL, &entry));
	INVAL(irqref_ledger_next(space, &cursor, NULL));
	INVAL(irqref_ledger_deliveries(NULL, virq, &n));
	INVAL(irqref_ledger_deliveries(space, 0, &n));
	INVAL(irqref_ledger_deliveries(space, 257, &n));
	INVAL(irqref_ledger_deliveries(space, virq, NULL));
	STALE(irqref_ledger_deliveries(space, 250, &n));
	assert_int_equal(n, 55);
	end();
}

static void R13_msi_calls(void)
{
	uint32_t bits[1] = {0};
	struct irqref_msi_vectors vectors = {bits, 8, 8};
	struct irqref_msi_vectors nobits = {NULL, 8, 8};
	irqref_hwirq_t out = 55;
	struct irqref_ref refs[2];

	begin();
	INVAL(irqref_msi_take(NULL, 1, 1, &out));
	INVAL(irqref_msi_take(&nobits, 1, 1, &out));
	INVAL(irqref_msi_take(&vectors, 0, 1, &out));
	INVAL(irqref_msi_take(&vectors, 1025, 1, &out));
	INVAL(irqref_msi_take(&vectors, 1, 0, &out));
	INVAL(irqref_msi_take(&vectors, 1, 3, &out));
	INVAL(irqref_msi_take(&vectors, 1, 1, NULL));
	INVAL(irqref_msi_give(NULL, 8, 1));
	INVAL(irqref_msi_give(&nobits, 8, 1));
	INVAL(irqref_msi_give(&vectors, 8, 0));
	INVAL(irqref_msi_give(&vectors, 7, 1));
	INVAL(irqref_msi_give(&vectors, 8, 9));
	INVAL(irqref_msi_give(&vectors, 8, 1));
	assert_int_equal(bits[0], 0);
	assert_int_equal(out, 55);
	INVAL(irqref_msi_alloc(NULL, 4, 1, 0, net, refs));
	INVAL(irqref_msi_alloc(pic.domain, 4, 0, 0, net, refs));
	INVAL(irqref_msi_alloc(pic.domain, 4, 2049, 0, net, refs));
	INVAL(irqref_msi_alloc(pic.domain, 4, 1, 0, net, NULL));
	INVAL(irqref_msi_alloc(pic.domain, UINT64_MAX, 2, 0, net, refs));
	assert_code(irqref_msi_alloc(pic.domain, 4, 1, 0, no_consumer, refs), IRQREF_ERR_NOENT);
	port.atomic = true;
	assert_code(irqref_msi_alloc(pic.domain, 4, 1, 0, net, refs), IRQREF_ERR_ATOMIC);
	assert_code(irqref_msi_free(space, &ref, 1), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	INVAL(irqref_msi_free(NULL, &ref, 1));
	INVAL(irqref_msi_free(space, NULL, 1));
	INVAL(irqref_msi_free(space, &ref, 0));
	end();
}

static const struct irqref_test tests[] = {
        TEST(R13_space_calls),
        TEST(R13_domain_calls),
        TEST(R13_another_spaces_domain),
        TEST(R13_level_calls),
        TEST(R13_consumer_calls),
        TEST(R13_get_calls),
        TEST(R13_floating_calls),
        TEST(R13_reference_calls),
        TEST(R13_arguments_beside_the_reference),
        TEST(R13_dispatch_and_ledger_calls),
        TEST(R13_msi_calls),
};
UNIT_SUITE_FIXTURE("errors", tests, setup, teardown)
