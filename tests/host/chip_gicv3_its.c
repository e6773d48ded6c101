/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands that the ITS driver writes, word for word, and what it makes of the ITS's answers.
 */
#include "chips/gicv3_model.h"

#define DEVICES 4u
#define EVENTS  4u
#define ENTRY   12u /* bytes of an entry of an ITT */

static unsigned char memory[0x80000] __attribute__((aligned(65536)));
static struct irqref_gicv3_its its;
static struct irqref_gicv3_its_device devices[DEVICES];
static struct irqref_gicv3_its_event events[DEVICES * EVENTS];
static struct irqref_domain *bus;
static struct irqref_msi_msg written;

/* A vector that the bus refuses after all; what another CPU does before the block is given back. */
static irqref_hwirq_t refused = UINT64_MAX;
static void (*meanwhile)(void);

/* What a bus does: hands everything on; its devices' register is @written. */
static int bus_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	int rc = irqref_map_parent(desc, level, level->hwirq, arg);

	return !rc && level->hwirq == refused ? IRQREF_ERR_REFUSED : rc;
}

static void bus_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	if (meanwhile)
		meanwhile();
}

static void bus_write(struct irqref_desc *desc, struct irqref_level *level,
                      const struct irqref_msi_msg *msg)
{
	(void)desc;
	(void)level;
	written = *msg;
}

static const struct irqref_domain_ops bus_ops = {.map = bus_map, .unmap = bus_unmap};
static const struct irqref_chip bus_chip = {.name = "bus", .write_msi = bus_write};

static struct irqref_gicv3_its_config its_config(void)
{
	return (struct irqref_gicv3_its_config){
	        .node = 2,
	        .base = ITS,
	        .doorbell = 0x8090040,
	        .gic = &gic,
	        .device_bits = 16,
	        .ndevices = DEVICES,
	        .nevents = EVENTS,
	        .devices = devices,
	        .events = events,
	        .memory = memory,
	        .memory_size = sizeof(memory),
	};
}

/* 12 bits of DeviceID, 16 of EventID; a table of devices, one of collections. */
static void its_reset(void)
{
	memset(devices, 0, sizeof(devices));
	memset(events, 0, sizeof(events));
	memset(memory, 0xff, sizeof(memory));
	poke(ITS + GITS_PIDR2, 4, 0x3b);
	poke(ITS + GITS_TYPER, 8, (ENTRY - 1) << 4 | 15u << 8 | 11u << 13);
	poke(ITS + GITS_BASER, 8, 1ull << 56 | 7ull << 48);
	poke(ITS + GITS_BASER + 8, 8, 4ull << 56 | 7ull << 48);
}

static void setup(void)
{
	struct irqref_domain_config config = {
	        .name = "bus", .ops = &bus_ops, .chip = &bus_chip, .flow = IRQREF_FLOW_EDGE};
	struct irqref_gicv3_config gic_has = gic_config();
	struct irqref_gicv3_its_config its_has = its_config();
	uint32_t cpu;

	refused = UINT64_MAX;
	meanwhile = NULL;
	model_reset();
	space_begin();
	assert_ok(irqref_gicv3_add(&gic, space, &gic_has));
	for (cpu = MODEL_CPUS; cpu--;) {
		model.cpu = cpu;
		assert_ok(irqref_gicv3_cpu_init(&gic, cpu));
	}
	its_reset();
	assert_ok(irqref_gicv3_its_add(&its, &its_has));
	config.parent = its.domain;
	assert_ok(irqref_domain_add(space, &config, &bus));
	for (cpu = 0; cpu < MODEL_CPUS; cpu++)
		assert_ok(irqref_gicv3_its_cpu_init(&its, cpu));
}

static void teardown(void)
{
	if (bus)
		assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
	if (its.domain)
		assert_ok(irqref_domain_remove(its.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	space_end();
}

/* The command at @index, counted from the last one that was looked at. */
static uint32_t seen;

static void command_is(uint64_t w0, uint64_t w1, uint64_t w2)
{
	const struct its_cmd *cmd = &model.cmds[seen++];

	assert_true(seen <= model.ncmds);
	assert_true(cmd->word[0] == w0);
	assert_true(cmd->word[1] == w1);
	assert_true(cmd->word[2] == w2);
	assert_true(cmd->word[3] == 0);
}

static void no_more_commands(void)
{
	assert_int_equal(seen, model.ncmds);
}

static void sync_to(uint32_t processor)
{
	command_is(0x05, 0, (uint64_t)processor << 16);
}

static uint64_t itt(uint32_t index)
{
	return (uintptr_t)(its.itts + index * 256ul);
}

/* ------------------------------------------------------------------------ tables */

static void tables_queue_and_switch(void)
{
	uint64_t attributes = 1ull << 63 | 7ull << 59 | 1ull << 10;
	uint64_t at = (uintptr_t)memory;
	uint32_t i;

	/* 4096 devices of 8 bytes: one page of 64 KiB; two collections: another. */
	assert_true(peek(ITS + GITS_BASER, 8) ==
	            (attributes | 1ull << 56 | 7ull << 48 | at | 2u << 8));
	assert_true(peek(ITS + GITS_BASER + 8, 8) ==
	            (attributes | 4ull << 56 | 7ull << 48 | (at + 0x10000) | 2u << 8));
	assert_true(peek(ITS + GITS_CBASER, 8) == (attributes | (at + 0x20000)));
	assert_int_equal(peek(ITS + GITS_CTLR, 4), GITS_CTLR_ENABLED | GITS_CTLR_QUIESCENT);
	for (i = 0; i < 0x20000; i++)
		assert_int_equal(memory[i], 0);
	assert_true(its.itts == memory + 0x21000);
}

static void memory_is_what_the_its_asks_for(void)
{
	struct irqref_gicv3_its_config config = its_config();

	assert_int_equal(irqref_gicv3_its_memory(&config), 0x21000 + DEVICES * 256 + MODEL_CPUS);
	config.nevents = 64;
	assert_int_equal(irqref_gicv3_its_memory(&config),
	                 0x21000 + DEVICES * 64 * ENTRY + MODEL_CPUS);
	/* More bits than it has are not used; with 16 its table is eight pages. */
	poke(ITS + GITS_TYPER, 8, peek(ITS + GITS_TYPER, 8) | 0x1fu << 13);
	assert_int_equal(irqref_gicv3_its_memory(&config),
	                 0x91000 + DEVICES * 64 * ENTRY + MODEL_CPUS);
	config.nevents = 3;
	assert_int_equal(irqref_gicv3_its_memory(&config), 0);
	config.nevents = 1u << 17;
	assert_int_equal(irqref_gicv3_its_memory(&config), 0);
}

static int try_add(const struct irqref_gicv3_its_config *config)
{
	struct irqref_gicv3_its other;

	return irqref_gicv3_its_add(&other, config);
}

static void what_the_its_cannot_have_is_refused(void)
{
	struct irqref_gicv3_its_config config = its_config();

	config.memory_size = 0x21000;
	assert_code(try_add(&config), IRQREF_ERR_NOSPC);
	config = its_config();
	config.memory++;
	assert_code(try_add(&config), IRQREF_ERR_INVAL);
	config = its_config();
	/* It does not look into caches. */
	model.incoherent = true;
	assert_code(try_add(&config), IRQREF_ERR_NOTSUP);
	model.incoherent = false;
	/* No table for collections, and no room in itself. */
	poke(ITS + GITS_BASER + 8, 8, 0);
	assert_code(try_add(&config), IRQREF_ERR_NOTSUP);
	poke(ITS + GITS_PIDR2, 4, 0);
	assert_code(try_add(&config), IRQREF_ERR_NOTSUP);
}

/* An ITS with pages of 4 KiB keeps 0 in the field: the count of pages is another one. */
static void small_pages(void)
{
	struct irqref_gicv3_its_config config = its_config();

	poke(ITS + GITS_BASER, 8, 1ull << 56 | 7ull << 48);
	model.baser_fixed = 3u << 8;
	assert_code(try_add(&config), IRQREF_ERR_EXIST);
	assert_int_equal(peek(ITS + GITS_BASER, 8) & 0xfff, 1u << 10 | 15);
}

/* ---------------------------------------------------------------------- commands */

static void a_collection_for_each_cpu(void)
{
	seen = 0;
	/* By number: PTA is 0. The model's redistributors are processors 7 and 8. */
	command_is(0x09, 0, 1ull << 63 | 7u << 16 | 0);
	command_is(0x0d, 0, 0);
	sync_to(7);
	command_is(0x09, 0, 1ull << 63 | 8u << 16 | 1);
	command_is(0x0d, 0, 1);
	sync_to(8);
	no_more_commands();
	/* By address. */
	its.typer |= GITS_TYPER_PTA;
	assert_ok(irqref_gicv3_its_cpu_init(&its, 1));
	command_is(0x09, 0, 1ull << 63 | (REDIST + FRAMES) | 1);
	command_is(0x0d, 0, 1);
	command_is(0x05, 0, REDIST + FRAMES);
	assert_code(irqref_gicv3_its_cpu_init(&its, 2), IRQREF_ERR_INVAL);
}

static void T14_a_block_of_messages(void)
{
	static const uint32_t cpu1 = 2;
	struct irqref_cpumask mask = {&cpu1, 32};
	struct irqref_ref refs[2];
	uint32_t chosen;

	seen = model.ncmds;
	assert_ok(irqref_msi_alloc(bus, 0x800, 2, 0x108, consumer, refs));
	command_is(0x08 | 0x108ull << 32, 1, 1ull << 63 | itt(0));
	sync_to(7);
	command_is(0x0a | 0x108ull << 32, 0 | 8192ull << 32, 0);
	sync_to(7);
	command_is(0x0a | 0x108ull << 32, 1 | 8193ull << 32, 0);
	sync_to(7);
	no_more_commands();
	assert_true(irqref_gicv3_masked(&gic, 8193));

	/* The first handler: message into the device, LPI enabled, and the ITS told so. */
	assert_ok(irqref_request(space, refs[1], handler, NULL, 0));
	assert_true(written.address == 0x8090040);
	assert_int_equal(written.data, 1);
	assert_int_equal(lpi_config[0], 0xa2);
	assert_int_equal(lpi_config[1], 0xa3);
	command_is(0x0c | 0x108ull << 32, 1, 0);
	sync_to(7);
	no_more_commands();
	assert_false(irqref_gicv3_masked(&gic, 8193));
	take(8193);
	assert_int_equal(runs, 1);
	assert_int_equal(model.neois, 1);

	assert_ok(irqref_set_affinity(space, refs[1], &mask, &chosen));
	assert_int_equal(chosen, 1);
	command_is(0x01 | 0x108ull << 32, 1, 1);
	sync_to(7);
	sync_to(8);
	no_more_commands();

	/* Masked, and gone; each word to the CPU where it is. */
	assert_ok(irqref_msi_free(space, refs, 2));
	command_is(0x0c | 0x108ull << 32, 0, 0);
	sync_to(7);
	command_is(0x0f | 0x108ull << 32, 0, 0);
	sync_to(7);
	command_is(0x0c | 0x108ull << 32, 1, 0);
	sync_to(8);
	command_is(0x0f | 0x108ull << 32, 1, 0);
	sync_to(8);
	command_is(0x08 | 0x108ull << 32, 1, itt(0));
	sync_to(8);
	no_more_commands();
	assert_int_equal(lpi_config[1], 0xa2);
	assert_int_equal(lpi_taken[0], 0);
	assert_true(irqref_gicv3_masked(&gic, 8193));
	take(8193);
	assert_int_equal(runs, 1);
	assert_int_equal(model.neois, 2);
}

/* R19: what came while it was disabled is raised again by the ITS. */
static void R19_a_message_is_resent_by_command(void)
{
	struct irqref_ref ref;

	assert_ok(irqref_msi_alloc(bus, 0, 1, 9, consumer, &ref));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_ok(irqref_disable(space, ref));
	take(8192);
	assert_int_equal(runs, 0);
	seen = model.ncmds;
	assert_ok(irqref_enable(space, ref));
	command_is(0x0c | 9ull << 32, 0, 0);
	sync_to(7);
	command_is(0x03 | 9ull << 32, 0, 0);
	sync_to(7);
	no_more_commands();
}

/* --------------------------------------------------------------------- refusals */

static void R12_nothing_is_left_of_a_block_that_fails(void)
{
	struct irqref_ref refs[8];
	uint32_t i;

	/* One message more than a device can have. */
	assert_code(irqref_msi_alloc(bus, 0, EVENTS + 1, 1, consumer, refs), IRQREF_ERR_RANGE);
	assert_int_equal(lpi_taken[0], 0);
	/* A DeviceID of more bits than the ITS has. */
	assert_code(irqref_msi_alloc(bus, 0, 1, 1u << 12, consumer, refs), IRQREF_ERR_RANGE);
	/* The ITS stops at the MAPTI of the second one, and goes on when it is passed over. */
	model.stall_at = model.ncmds + 5;
	assert_code(irqref_msi_alloc(bus, 0, 2, 1, consumer, refs), IRQREF_ERR_REFUSED);
	assert_int_equal(model.stall_at, 0);
	assert_int_equal(its.stalled, 1);
	assert_int_equal(lpi_taken[0], 0);
	for (i = 0; i < DEVICES; i++)
		assert_int_equal(devices[i].users, 0);
	for (i = 0; i < DEVICES * EVENTS; i++)
		assert_int_equal(events[i].lpi, 0);
	assert_true(peek(ITS + GITS_CREADR, 8) == peek(ITS + GITS_CWRITER, 8));
	/* More devices than there is room for. */
	for (i = 0; i < DEVICES; i++)
		assert_ok(irqref_msi_alloc(bus, 16 * i, 1, 16 + i, consumer, &refs[i]));
	assert_code(irqref_msi_alloc(bus, 16 * i, 1, 16 + i, consumer, &refs[i]), IRQREF_ERR_NOSPC);
	assert_ok(irqref_msi_free(space, &refs[0], 1));
	assert_ok(irqref_msi_alloc(bus, 16 * i, 1, 16 + i, consumer, &refs[0]));
}

static void T17_messages_are_not_mapped_by_hand(void)
{
	struct irqref_fwspec fwspec = {2, 1, {5}};
	struct irqref_ref ref;

	assert_true(irqref_get_fwspec(space, &fwspec, consumer, &ref, NULL) < 0);
	assert_code(irqref_get(bus, 9, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_INVAL);
}

/* The event that was refused is another function's of the same device when the block is given back. */
static void take_event_1(void)
{
	assert_int_equal(events[1].lpi, 0);
	events[1].lpi = UINT32_MAX;
	devices[0].users++;
}

static void R12_what_was_refused_further_out_is_given_back_once(void)
{
	struct irqref_ref refs[2];

	refused = 1;
	meanwhile = take_event_1;
	assert_code(irqref_msi_alloc(bus, 0, 2, 1, consumer, refs), IRQREF_ERR_REFUSED);
	assert_int_equal(events[0].lpi, 0);
	assert_true(events[1].lpi == UINT32_MAX);
	assert_int_equal(devices[0].users, 1);
	assert_int_equal(lpi_taken[0], 0);
	/* The first of three: the other two were never mapped. */
	refused = 0;
	meanwhile = NULL;
	assert_code(irqref_msi_alloc(bus, 0, 2, 2, consumer, refs), IRQREF_ERR_REFUSED);
	assert_int_equal(devices[1].users, 0);
	assert_int_equal(lpi_taken[0], 0);
}

/* CPU 1 is up in the GIC, but this ITS was not told of it: it has no collection there. */
static void messages_go_where_the_its_has_a_collection(void)
{
	static const uint32_t both = 3, cpu1 = 2;
	struct irqref_cpumask mask = {&both, 32};
	struct irqref_ref ref;
	uint32_t chosen;

	its.collections[1] = 0;
	model.cpu = 1;
	seen = model.ncmds;
	assert_ok(irqref_msi_alloc(bus, 0, 1, 9, consumer, &ref));
	command_is(0x08 | 9ull << 32, 1, 1ull << 63 | itt(0));
	sync_to(7);
	command_is(0x0a | 9ull << 32, 8192ull << 32, 0);
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, 0);
	mask.bits = &cpu1;
	assert_code(irqref_set_affinity(space, ref, &mask, &chosen), IRQREF_ERR_REFUSED);
	assert_ok(irqref_gicv3_its_cpu_init(&its, 1));
	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, 1);
	/* None at all. */
	memset(its.collections, 0, MODEL_CPUS);
	assert_true(irqref_msi_alloc(bus, 1, 1, 10, consumer, &ref) < 0);
}

/* It stops at the command, and at what it is given in its place, and goes on at last. */
static void an_its_that_stops_again_and_again(void)
{
	struct irqref_ref ref;

	model.stall_at = model.ncmds + 3;
	model.stalls = 5;
	assert_code(irqref_msi_alloc(bus, 0, 1, 1, consumer, &ref), IRQREF_ERR_REFUSED);
	assert_int_equal(its.stalled, 6);
	assert_ok(irqref_msi_alloc(bus, 0, 1, 1, consumer, &ref));
}

/* What waits in its queue is not overwritten, however many commands come after it. */
static void an_its_that_hangs_gets_no_more_commands(void)
{
	unsigned char queue[ITS_QUEUE_BYTES];
	struct irqref_ref ref;
	uint64_t written_to;
	uint32_t i;

	assert_ok(irqref_msi_alloc(bus, 0, 1, 1, consumer, &ref));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	model.hung = true;
	assert_ok(irqref_disable(space, ref));
	assert_int_equal(its.stalled, 1);
	memcpy(queue, its.queue, sizeof(queue));
	written_to = peek(ITS + GITS_CWRITER, 8);
	for (i = 0; i < 70; i++) {
		assert_ok(irqref_enable(space, ref));
		assert_ok(irqref_disable(space, ref));
	}
	assert_int_equal(its.stalled, 141);
	assert_memory_equal(queue, its.queue, sizeof(queue));
	assert_true(peek(ITS + GITS_CWRITER, 8) == written_to);
}

/* Behind a bridge that speaks for them all devices have its DeviceID: their messages differ. */
static void functions_that_share_a_device_id(void)
{
	struct irqref_ref one, two[2], refs[4];
	struct irqref_msi_msg msg;

	assert_ok(irqref_msi_alloc(bus, 0x100, 1, 5, consumer, &one));
	assert_ok(irqref_msi_alloc(bus, 0x200, 2, 5, consumer, two));
	assert_ok(irqref_msi_compose(space, one, &msg));
	assert_int_equal(msg.data, 0);
	assert_ok(irqref_msi_compose(space, two[0], &msg));
	assert_int_equal(msg.data, 2);
	assert_ok(irqref_msi_compose(space, two[1], &msg));
	assert_int_equal(msg.data, 3);
	assert_int_equal(devices[0].users, 3);
	assert_int_equal(devices[1].users, 0);
	assert_code(irqref_msi_alloc(bus, 0x300, 2, 5, consumer, refs), IRQREF_ERR_NOSPC);
	assert_int_equal(devices[0].users, 3);
	assert_ok(irqref_msi_free(space, two, 2));
	assert_ok(irqref_msi_alloc(bus, 0x300, 2, 5, consumer, refs));
	/* The device is the ITS's as long as one of them has a message. */
	assert_ok(irqref_msi_free(space, refs, 2));
	assert_int_equal(devices[0].users, 1);
	assert_ok(irqref_msi_free(space, &one, 1));
	assert_true(model.cmds[model.ncmds - 2].word[0] == (0x08 | 5ull << 32));
	assert_true(model.cmds[model.ncmds - 2].word[2] == itt(0));
}

/* 128 commands and round again. */
static void the_queue_goes_round(void)
{
	struct irqref_ref ref;
	uint32_t i;

	assert_ok(irqref_msi_alloc(bus, 0, 1, 5, consumer, &ref));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	for (i = 0; i < 70; i++) {
		assert_ok(irqref_disable(space, ref));
		assert_ok(irqref_enable(space, ref));
	}
	assert_true(model.ncmds > 256);
	assert_int_equal(its.stalled, 0);
	for (i = model.ncmds - 140; i < model.ncmds; i += 2) {
		assert_true(model.cmds[i].word[0] == (0x0c | 5ull << 32));
		assert_true(model.cmds[i + 1].word[0] == 0x05);
	}
}

/* The GIC below an ITS, an ITS below a bus. */
static void T15_what_is_on_top_goes_first(void)
{
	struct irqref_gicv3_its_config config = its_config();
	struct irqref_ref ref;

	assert_code(irqref_gicv3_its_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL),
	            IRQREF_ERR_INVAL);
	assert_ok(irqref_msi_alloc(bus, 0, 1, 5, consumer, &ref));
	assert_code(irqref_gicv3_remove(&gic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_code(irqref_gicv3_its_remove(&its, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_BUSY);
	assert_true(peek(ITS + GITS_CTLR, 4) & GITS_CTLR_ENABLED);
	assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
	bus = NULL;
	/* The bus took its message with it: discarded, and the device's table given back. */
	assert_true(model.cmds[model.ncmds - 4].word[0] == (0x0f | 5ull << 32));
	assert_true(model.cmds[model.ncmds - 2].word[0] == (0x08 | 5ull << 32));
	assert_int_equal(devices[0].users, 0);
	assert_ok(irqref_gicv3_its_remove(&its, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_false(peek(ITS + GITS_CTLR, 4) & GITS_CTLR_ENABLED);
	assert_ok(irqref_gicv3_its_add(&its, &config));
	assert_ok(irqref_gicv3_its_remove(&its, IRQREF_REMOVE_POLITE, NULL, NULL));
	its.domain = NULL;
	assert_ok(irqref_gicv3_remove(&gic, IRQREF_REMOVE_POLITE, NULL, NULL));
	gic.domain = NULL;
}

static const struct irqref_test tests[] = {
        TEST(tables_queue_and_switch),
        TEST(memory_is_what_the_its_asks_for),
        TEST(what_the_its_cannot_have_is_refused),
        TEST(small_pages),
        TEST(a_collection_for_each_cpu),
        TEST(T14_a_block_of_messages),
        TEST(R19_a_message_is_resent_by_command),
        TEST(R12_nothing_is_left_of_a_block_that_fails),
        TEST(T17_messages_are_not_mapped_by_hand),
        TEST(R12_what_was_refused_further_out_is_given_back_once),
        TEST(messages_go_where_the_its_has_a_collection),
        TEST(an_its_that_stops_again_and_again),
        TEST(an_its_that_hangs_gets_no_more_commands),
        TEST(functions_that_share_a_device_id),
        TEST(the_queue_goes_round),
        TEST(T15_what_is_on_top_goes_first),
};
UNIT_SUITE_FIXTURE("gicv3-its", tests, setup, teardown)
