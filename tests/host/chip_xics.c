/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the drivers of XICS and of its messages ask of the platform, and what they make of its answers.
 */
#include "chips/papr_model.h"

#define BLOCKS 2u

static struct irqref_xics xics;
static struct irqref_xics_cpu cpus[MODEL_CPUS];
static struct irqref_xics_msi msi;
static struct irqref_xics_msi_block blocks[BLOCKS];
static uint32_t served, ipis;

/* The driver looks at the CPU's number through its arguments only; others of this library do not. */
uint32_t model_cpu(void);
uint32_t model_cpu(void)
{
	return 0;
}

uint64_t model_read(uintptr_t addr, unsigned int bytes);
uint64_t model_read(uintptr_t addr, unsigned int bytes)
{
	(void)addr;
	(void)bytes;
	fail();
	return 0;
}

void model_write(uintptr_t addr, unsigned int bytes, uint64_t value);
void model_write(uintptr_t addr, unsigned int bytes, uint64_t value)
{
	(void)addr;
	(void)bytes;
	(void)value;
	fail();
}

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	served++;
	return IRQREF_HANDLED;
}

/* The request is taken back before this runs, or one that comes now would be lost. */
static void on_ipi(void *ctx, uint32_t cpu)
{
	(void)ctx;
	assert_int_equal(cpu, 1);
	assert_int_equal(model.nipis, 1);
	ipis++;
}

static void setup(void)
{
	struct irqref_xics_config config = {
	        .name = "xics",
	        .node = 1,
	        .set_xive = SET_XIVE,
	        .get_xive = GET_XIVE,
	        .int_on = INT_ON,
	        .int_off = INT_OFF,
	        .papr = &papr,
	        .cpus = cpus,
	        .ncpus = MODEL_CPUS,
	        .ipi = on_ipi,
	};
	struct irqref_xics_msi_config msi_config = {
	        .name = "xics-msi",
	        .node = 2,
	        .bus = 2,
	        .buid = BUID,
	        .change_msi = CHANGE_MSI,
	        .query_source = QUERY_SOURCE,
	        .read_config = READ_CONFIG,
	        .blocks = blocks,
	        .nblocks = BLOCKS,
	};

	model_reset();
	memset(blocks, 0, sizeof(blocks));
	served = ipis = 0;
	for (uint32_t i = 0; i < MODEL_CPUS; i++)
		cpus[i] = (struct irqref_xics_cpu){.server = 8 + 4 * i};
	space_begin();
	assert_ok(irqref_xics_add(&xics, space, &config));
	assert_ok(irqref_xics_cpu_init(&xics, 0));
	assert_ok(irqref_xics_msi_add(&msi, &xics, &msi_config));
}

static void teardown(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	/* A test may have removed them. */
	if (msi.domain)
		assert_ok(irqref_domain_remove(msi.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	if (xics.domain)
		assert_ok(irqref_domain_remove(xics.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
}

static struct irqref_ref line(uint32_t n, unsigned int type)
{
	struct irqref_ref ref;

	assert_ok(irqref_get(xics.domain, SOURCE + n, type, consumer, NULL, &ref, NULL));
	return ref;
}

static void take(uint64_t xirr)
{
	model.xirr[model.nxirr++] = xirr;
	assert_true(irqref_xics_interrupt(&xics, 0));
}

/* ------------------------------------------------------------------- sources */

static void a_source_is_left_alone_until_it_is_mapped(void)
{
	assert_int_equal(model.sources[4].priority, 3);
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 0);
	line(4, IRQREF_TYPE_LOW);
	assert_int_equal(model.sources[4].priority, 0xff);
	assert_int_equal(model.sources[5].priority, 3);
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 1);
}

static void a_source_is_on_from_the_first_handler_to_the_last(void)
{
	struct irqref_ref ref = line(4, IRQREF_TYPE_LOW), other = line(4, IRQREF_TYPE_LOW);

	assert_ok(irqref_request(space, ref, handler, NULL, IRQREF_SHARED));
	assert_int_equal(model.sources[4].priority, IRQREF_XICS_PRIORITY);
	assert_int_equal(model.sources[4].server, 8);
	assert_ok(irqref_request(space, other, handler, NULL, IRQREF_SHARED));
	assert_ok(irqref_put_sync(space, ref));
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 0);
	assert_ok(irqref_put_sync(space, other));
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 1);
	assert_int_equal(irqref_find_virq(xics.domain, SOURCE + 4), 0);
}

/* The call that routes a source also sets its priority. */
static void affinity_of_a_masked_source_does_not_unmask_it(void)
{
	uint32_t second = 2, chosen;
	struct irqref_cpumask mask = {&second, MODEL_CPUS};
	struct irqref_ref ref = line(4, IRQREF_TYPE_LOW);

	assert_ok(irqref_xics_cpu_init(&xics, 1));
	assert_int_equal(model.cppr, 0xff);
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_ok(irqref_disable(space, ref));
	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, 1);
	assert_int_equal(model.sources[4].server, 12);
	assert_int_equal(model.sources[4].priority, 0xff);
	assert_ok(irqref_enable(space, ref));
	assert_int_equal(model.sources[4].server, 12);
	assert_int_equal(model.sources[4].priority, IRQREF_XICS_PRIORITY);
}

static void a_cpu_that_is_not_up_gets_nothing(void)
{
	uint32_t bits = 6;
	struct irqref_cpumask mask = {&bits, MODEL_CPUS};
	struct irqref_ref ref = line(4, IRQREF_TYPE_LOW);
	uint32_t chosen = 99;

	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_true(irqref_set_affinity(space, ref, &mask, &chosen) < 0);
	assert_int_equal(model.sources[4].server, 8);
	assert_ok(irqref_xics_cpu_init(&xics, 2));
	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, 2);
	assert_int_equal(model.sources[4].server, 16);
	assert_code(irqref_xics_cpu_init(&xics, MODEL_CPUS), IRQREF_ERR_INVAL);
}

static void a_platform_that_is_busy_is_asked_again(void)
{
	model.busy = 3;
	line(4, IRQREF_TYPE_LOW);
	assert_int_equal(model.busy, 0);
	assert_int_equal(model.sources[4].priority, 0xff);
}

static void specifiers_say_level_or_edge(void)
{
	struct irqref_fwspec fwspec = {.node = 1, .ncells = 2, .cells = {SOURCE, 1}};
	irqref_hwirq_t hwirq;
	unsigned int type;

	assert_ok(irqref_domain_translate(xics.domain, &fwspec, &hwirq, &type));
	assert_int_equal(hwirq, SOURCE);
	assert_int_equal(type, IRQREF_TYPE_LOW);
	fwspec.cells[1] = 0;
	assert_ok(irqref_domain_translate(xics.domain, &fwspec, &hwirq, &type));
	assert_int_equal(type, IRQREF_TYPE_RISING);
	fwspec.cells[1] = 2;
	assert_true(irqref_domain_translate(xics.domain, &fwspec, &hwirq, &type) < 0);
	fwspec.ncells = 1;
	assert_true(irqref_domain_translate(xics.domain, &fwspec, &hwirq, &type) < 0);
}

static void T17_numbers_that_are_no_sources(void)
{
	static const irqref_hwirq_t none[] = {0, 2, SOURCE - 1, SOURCE + SOURCES, 1u << 24};
	struct irqref_ref ref;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		assert_true(irqref_get(xics.domain, none[i], 0, consumer, NULL, &ref, NULL) < 0);
		assert_true(irqref_xics_masked(&xics, none[i]) < 0);
	}
}

/* -------------------------------------------------------------- presentation */

static void R18_every_interrupt_is_completed_once(void)
{
	struct irqref_ref ref = line(4, IRQREF_TYPE_LOW);

	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	take(0xff000000u | (SOURCE + 4));
	assert_int_equal(served, 1);
	take(0xff000000u | (SOURCE + 9)); /* that nobody has mapped */
	assert_int_equal(served, 1);
	assert_int_equal(model.neois, 2);
	assert_true(model.eois[0] == (0xff000000u | (SOURCE + 4)));
	assert_true(model.eois[1] == (0xff000000u | (SOURCE + 9)));
	/* Nothing is pending: nothing is completed. */
	assert_false(irqref_xics_interrupt(&xics, 0));
	assert_int_equal(model.neois, 2);
}

static void a_cpu_interrupts_another(void)
{
	assert_code(irqref_xics_ipi(&xics, 1), IRQREF_ERR_INVAL);
	assert_ok(irqref_xics_cpu_init(&xics, 1));
	assert_ok(irqref_xics_ipi(&xics, 1));
	assert_int_equal(model.ipis[0][0], 12);
	assert_int_equal(model.ipis[0][1], IRQREF_XICS_PRIORITY);
	model.nipis = 0;
	model.xirr[model.nxirr++] = 0xff000002u;
	assert_true(irqref_xics_interrupt(&xics, 1));
	assert_int_equal(ipis, 1);
	assert_int_equal(model.ipis[0][1], 0xff);
	assert_int_equal(model.neois, 1);
}

/* ------------------------------------------------------------------ messages */

static void a_block_is_one_request_to_the_platform(void)
{
	struct irqref_ref refs[4];

	assert_ok(irqref_msi_alloc(msi.domain, 100, 4, DEVICE, consumer, refs));
	assert_int_equal(model.changes, 1);
	assert_int_equal(model.messages, 4);
	assert_ok(irqref_request(space, refs[2], handler, NULL, 0));
	assert_int_equal(model.sources[MESSAGES + 2].priority, IRQREF_XICS_PRIORITY);
	take(0xff000000u | (SOURCE + MESSAGES + 2));
	assert_int_equal(served, 1);
	assert_ok(irqref_msi_free(space, refs, 4));
	assert_int_equal(model.changes, 2);
	assert_int_equal(model.messages, 0);
	assert_int_equal(model.sources[MESSAGES + 2].priority, 0xff);
}

static void the_last_vector_takes_the_block_with_it(void)
{
	struct irqref_ref refs[3];

	assert_ok(irqref_msi_alloc(msi.domain, 100, 3, DEVICE, consumer, refs));
	assert_ok(irqref_msi_free(space, &refs[2], 1));
	assert_ok(irqref_msi_free(space, &refs[0], 1));
	assert_int_equal(model.messages, 3);
	assert_ok(irqref_msi_free(space, &refs[1], 1));
	assert_int_equal(model.messages, 0);
	assert_int_equal(model.changes, 2);
}

static void fewer_messages_than_asked_for_are_given_back(void)
{
	struct irqref_ref refs[4];

	model.most = 2;
	assert_true(irqref_msi_alloc(msi.domain, 100, 4, DEVICE, consumer, refs) < 0);
	assert_int_equal(model.messages, 0);
	assert_int_equal(irqref_domain_mappings(msi.domain), 0);
	assert_ok(irqref_msi_alloc(msi.domain, 100, 2, DEVICE, consumer, refs));
}

/* At any vector: what was mapped is unmapped, and the platform told once. */
static void R12_a_message_without_source_fails_the_block(void)
{
	struct irqref_ref refs[4];

	for (uint32_t at = 0; at < 4; at++) {
		model.no_source = at;
		model.changes = 0;
		assert_true(irqref_msi_alloc(msi.domain, 100, 4, DEVICE, consumer, refs) < 0);
		assert_int_equal(model.changes, 2);
		assert_int_equal(model.messages, 0);
		assert_int_equal(irqref_domain_mappings(xics.domain), 0);
		for (uint32_t i = 0; i < BLOCKS; i++)
			assert_int_equal(blocks[i].taken, 0);
	}
}

/* A bus that refuses what the platform gave; the block is another function's before that is told. */
static int bus_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	int rc = irqref_map_parent(desc, level, level->hwirq, arg);

	return !rc && level->hwirq == 101 ? IRQREF_ERR_REFUSED : rc;
}

static void bus_release(struct irqref_level *level)
{
	(void)level;
	assert_int_equal(blocks[0].taken, 0);
	blocks[0].taken = 1;
	blocks[0].left = 0xf;
}

static void R12_a_block_is_given_back_once(void)
{
	static const struct irqref_domain_ops ops = {.map = bus_map, .release = bus_release};
	struct irqref_domain_config config = {
	        .name = "bus", .parent = msi.domain, .ops = &ops, .flow = IRQREF_FLOW_EDGE};
	struct irqref_domain *bus;
	struct irqref_ref refs[2];

	assert_ok(irqref_domain_add(space, &config, &bus));
	assert_true(irqref_msi_alloc(bus, 100, 2, DEVICE, consumer, refs) < 0);
	assert_int_equal(model.changes, 2);
	assert_int_equal(blocks[0].taken, 1);
	assert_int_equal(blocks[0].left, 0xf);
	assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
}

static void a_delay_hands_its_number_on(void)
{
	struct irqref_ref ref;

	model.busy = 2;
	assert_ok(irqref_msi_alloc(msi.domain, 100, 1, DEVICE, consumer, &ref));
	assert_int_equal(model.changes, 1);
	assert_int_equal(model.sequence, 3);
}

static void functions_beyond_the_room_are_refused(void)
{
	struct irqref_ref ref;

	blocks[0].taken = blocks[1].taken = 1; /* by other functions */
	assert_true(irqref_msi_alloc(msi.domain, 200, 1, DEVICE, consumer, &ref) < 0);
	blocks[1].taken = 0;
	assert_true(irqref_msi_alloc(msi.domain, 200, 33, DEVICE, consumer, &ref) < 0);
	assert_int_equal(model.changes, 0);
	assert_ok(irqref_msi_alloc(msi.domain, 200, 1, DEVICE, consumer, &ref));
}

static void the_message_is_what_the_platform_wrote(void)
{
	struct irqref_ref refs[2];
	struct irqref_msi_msg msg;

	assert_ok(irqref_msi_alloc(msi.domain, 100, 2, DEVICE, consumer, refs));
	assert_true(irqref_msi_compose(space, refs[0], &msg) < 0);
	model_capability(false);
	assert_ok(irqref_msi_compose(space, refs[1], &msg));
	assert_true(msg.address == 0x1200);
	assert_int_equal(msg.data, 0x1301);
	model_capability(true);
	assert_ok(irqref_msi_compose(space, refs[1], &msg));
	assert_true(msg.address == 0x40000001200);
	assert_int_equal(msg.data, 0x1021);
}

static void T15_messages_go_first_and_are_given_back(void)
{
	struct irqref_ref ref;

	assert_code(irqref_xics_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_xics_msi_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL),
	            IRQREF_ERR_INVAL);
	assert_ok(irqref_msi_alloc(msi.domain, 0, 1, DEVICE, consumer, &ref));
	assert_code(irqref_xics_remove(&xics, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_code(irqref_xics_msi_remove(&msi, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_BUSY);
	assert_int_equal(blocks[0].taken, 1);
	assert_ok(irqref_xics_msi_remove(&msi, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(blocks[0].taken, 0);
	msi.domain = NULL;
	assert_ok(irqref_xics_remove(&xics, IRQREF_REMOVE_POLITE, NULL, NULL));
	xics.domain = NULL;
}

static void T15_a_source_is_masked_when_the_controller_goes(void)
{
	struct irqref_ref ref = line(4, IRQREF_TYPE_LOW);

	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 0);
	assert_ok(irqref_xics_msi_remove(&msi, IRQREF_REMOVE_POLITE, NULL, NULL));
	msi.domain = NULL;
	assert_code(irqref_xics_remove(&xics, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_ok(irqref_xics_ipi(&xics, 0));
	assert_ok(irqref_xics_remove(&xics, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(irqref_xics_masked(&xics, SOURCE + 4), 1);
	assert_code(irqref_xics_ipi(&xics, 0), IRQREF_ERR_INVAL);
	xics.domain = NULL;
}

static const struct irqref_test tests[] = {
        TEST(a_source_is_left_alone_until_it_is_mapped),
        TEST(a_source_is_on_from_the_first_handler_to_the_last),
        TEST(affinity_of_a_masked_source_does_not_unmask_it),
        TEST(a_cpu_that_is_not_up_gets_nothing),
        TEST(a_platform_that_is_busy_is_asked_again),
        TEST(specifiers_say_level_or_edge),
        TEST(T17_numbers_that_are_no_sources),
        TEST(R18_every_interrupt_is_completed_once),
        TEST(a_cpu_interrupts_another),
        TEST(a_block_is_one_request_to_the_platform),
        TEST(the_last_vector_takes_the_block_with_it),
        TEST(fewer_messages_than_asked_for_are_given_back),
        TEST(R12_a_message_without_source_fails_the_block),
        TEST(R12_a_block_is_given_back_once),
        TEST(a_delay_hands_its_number_on),
        TEST(functions_beyond_the_room_are_refused),
        TEST(the_message_is_what_the_platform_wrote),
        TEST(T15_messages_go_first_and_are_given_back),
        TEST(T15_a_source_is_masked_when_the_controller_goes),
};
UNIT_SUITE_FIXTURE("xics", tests, setup, teardown)
