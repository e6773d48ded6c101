/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The APLIC driver on a model, with messages and with direct delivery.
 */
#include "chips/aia_model.h"

static struct irqref_aplic aplic;
static struct irqref_aplic_cpu idcs[HARTS];

static struct irqref_aplic_config aplic_config(bool messages)
{
	return (struct irqref_aplic_config){
	        .node = 7,
	        .base = APLIC,
	        .sources = SOURCES,
	        .imsic = messages ? &imsic : NULL,
	        .root = true,
	        .cpus = idcs,
	        .ncpus = HARTS,
	};
}

static void begin(bool messages)
{
	struct irqref_aplic_config config = aplic_config(messages);

	memset(idcs, 0, sizeof(idcs));
	assert_ok(irqref_aplic_add(&aplic, space, &config));
	if (!messages) {
		assert_ok(irqref_aplic_cpu_init(&aplic, 0, 0));
		assert_ok(irqref_aplic_cpu_init(&aplic, 1, 1));
	}
}

static void setup(void)
{
	aplic.domain = NULL;
	aia_begin();
}

static void teardown(void)
{
	if (aplic.domain)
		assert_ok(irqref_domain_remove(aplic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	aia_end();
}

static struct irqref_ref line(irqref_hwirq_t hwirq, unsigned int type, void *cookie)
{
	struct irqref_ref ref;

	assert_ok(irqref_get(aplic.domain, hwirq, type, consumer, NULL, &ref, NULL));
	assert_ok(irqref_request(space, ref, handler, cookie, 0));
	return ref;
}

static void move(struct irqref_ref ref, uint32_t cpu)
{
	uint32_t bits = 1u << cpu, chosen = 9;
	struct irqref_cpumask mask = {&bits, 32};

	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, cpu);
}

/* ------------------------------------------------------------------------ set-up */

static void all_sources_are_off(void)
{
	uint32_t i;

	for (i = 1; i <= SOURCES; i++)
		model.source[i] = (struct model_source){.mode = 6, .enabled = true, .target = 5};
	begin(true);
	assert_int_equal(model.domaincfg, 0x104);
	for (i = 1; i <= SOURCES; i++) {
		assert_int_equal(model.source[i].mode, 0);
		assert_false(model.source[i].enabled);
	}
	assert_int_equal(model.addrcfg[0], FILE_BASE >> 12);
	/* One bit says which hart; no groups, no guests. */
	assert_int_equal(model.addrcfg[1], 1u << 12);
	assert_code(irqref_aplic_cpu_init(&aplic, 0, 0), IRQREF_ERR_INVAL);
}

/* Where groups of harts are far apart and harts have guests' files. */
static void addresses_of_groups_and_guests(void)
{
	struct irqref_aplic_config config = aplic_config(true);

	imsic.config.guest_bits = 2;
	imsic.config.hart_bits = 3;
	imsic.config.group_bits = 2;
	imsic.config.group_shift = 28;
	imsic.config.regions[0].address = 0x1234000000ul;
	assert_ok(irqref_aplic_add(&aplic, space, &config));
	assert_int_equal(model.addrcfg[0], 0x1204000);
	assert_int_equal(model.addrcfg[1], 4u << 24 | 2u << 20 | 2u << 16 | 3u << 12);
}

static void what_it_cannot_do_is_refused(void)
{
	struct irqref_aplic_config config = aplic_config(true);

	model.can_domaincfg = 0x100;
	assert_code(irqref_aplic_add(&aplic, space, &config), IRQREF_ERR_NOTSUP);
	model.can_domaincfg = 0x104;
	model.locked = true;
	assert_code(irqref_aplic_add(&aplic, space, &config), IRQREF_ERR_NOTSUP);
	/* A child domain has no such registers. */
	config.root = false;
	assert_ok(irqref_aplic_add(&aplic, space, &config));
	config.sources = IRQREF_APLIC_SOURCES + 1;
	assert_code(irqref_aplic_add(&aplic, space, &config), IRQREF_ERR_INVAL);
	config = aplic_config(false);
	config.ncpus = 0;
	assert_code(irqref_aplic_add(&aplic, space, &config), IRQREF_ERR_INVAL);
}

static void specifiers_of_two_cells(void)
{
	struct irqref_fwspec fwspec = {7, 2, {33, 4}};
	irqref_hwirq_t hwirq;
	unsigned int type;

	begin(true);
	assert_ok(irqref_domain_translate(aplic.domain, &fwspec, &hwirq, &type));
	assert_int_equal(hwirq, 33);
	assert_int_equal(type, IRQREF_TYPE_HIGH);
	fwspec.cells[0] = 0;
	assert_true(irqref_domain_translate(aplic.domain, &fwspec, &hwirq, &type) < 0);
	fwspec.cells[0] = SOURCES + 1;
	assert_true(irqref_domain_translate(aplic.domain, &fwspec, &hwirq, &type) < 0);
	fwspec = (struct irqref_fwspec){7, 1, {33}};
	assert_true(irqref_domain_translate(aplic.domain, &fwspec, &hwirq, &type) < 0);
}

static void T16_each_type_is_a_mode(void)
{
	static const struct {
		unsigned int type;
		uint32_t mode;
	} types[] = {{IRQREF_TYPE_RISING, 4},
	             {IRQREF_TYPE_FALLING, 5},
	             {IRQREF_TYPE_HIGH, 6},
	             {IRQREF_TYPE_LOW, 7}};
	struct irqref_ref ref;
	uint32_t i;

	begin(true);
	for (i = 0; i < UNIT_COUNT(types); i++) {
		ref = line(i + 1, types[i].type, NULL);
		assert_int_equal(model.source[i + 1].mode, types[i].mode);
	}
	assert_ok(irqref_get(aplic.domain, 9, IRQREF_TYPE_BOTH, consumer, NULL, &ref, NULL));
	assert_code(irqref_request(space, ref, handler, NULL, 0), IRQREF_ERR_TYPE);
	/* The end of a mapping switches its source off. */
	assert_ok(irqref_put_sync(space, ref));
	assert_int_equal(model.source[9].mode, 0);
}

/* A mode that a source has not may leave it inactive: then it is as before, and still served. */
static void T16_a_source_keeps_the_type_that_it_has(void)
{
	uint32_t source = 12;
	struct irqref_ref ref;

	begin(false);
	ref = line(source, IRQREF_TYPE_HIGH, &source);
	model.no_modes = 1u << 5;
	assert_code(irqref_set_type(space, ref, IRQREF_TYPE_FALLING), IRQREF_ERR_TYPE);
	assert_int_equal(model.source[12].mode, 6);
	assert_int_equal(model.source[12].target, 1);
	wire(12, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 1);
	assert_int_equal(runs, 1);
	/* One that has edges only: it has its target when it gets its mode. */
	model.no_modes = 1u << 6 | 1u << 7;
	model.cpu = 1;
	(void)line(13, IRQREF_TYPE_RISING, NULL);
	assert_int_equal(model.source[13].mode, 4);
	assert_int_equal(model.source[13].target, 1u << 18 | 1);
}

/* ----------------------------------------------------------------------- messages */

static int bus_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	return irqref_map_parent(desc, level, level->hwirq, arg);
}

/* A bus of the same IMSIC, whose hwirqs are small numbers, too. */
static void sources_and_messages_of_a_bus_do_not_collide(void)
{
	static const struct irqref_domain_ops ops = {.map = bus_map};
	struct irqref_domain_config config = {
	        .name = "bus", .parent = imsic.messages, .ops = &ops, .flow = IRQREF_FLOW_EDGE};
	struct irqref_domain *bus;
	struct irqref_ref ref;

	begin(true);
	assert_ok(irqref_domain_add(space, &config, &bus));
	assert_ok(irqref_msi_alloc(bus, 33, 1, 0, consumer, &ref));
	(void)line(33, IRQREF_TYPE_HIGH, NULL);
	assert_int_equal(model.source[33].target, 3);
	assert_ok(irqref_msi_free(space, &ref, 1));
	assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
}

static void a_source_is_a_message(void)
{
	uint32_t source = 33;
	struct irqref_ref ref;

	begin(true);
	ref = line(source, IRQREF_TYPE_HIGH, &source);
	assert_int_equal(model.source[33].target, 2);
	assert_false(irqref_aplic_masked(&aplic, 33));
	wire(33, true);
	serve(0);
	assert_int_equal(runs, 1);
	move(ref, 1);
	assert_int_equal(model.source[33].target, 1u << 18 | 2);
	wire(33, true);
	serve(1);
	assert_int_equal(runs, 2);
	assert_ok(irqref_put_sync(space, ref));
	assert_true(irqref_aplic_masked(&aplic, 33));
	serve(1);
	assert_true(irqref_imsic_masked(&imsic, 2));
	assert_int_equal(taken_count(), 0);
	assert_int_equal(model.raised_low, 0);
}

/* Another device of the line is up still: without a second message it would never be served. */
static void a_level_that_stays_is_raised_again(void)
{
	begin(true);
	(void)line(33, IRQREF_TYPE_HIGH, NULL);
	wire(33, true);
	model.cpu = 0;
	/* One round each: the handler does not get it to fall. */
	assert_false(pending(0, 3));
	assert_true(pending(0, 2));
	model.hart[0].pending &= ~(1ul << 2);
	assert_ok(irqref_dispatch(imsic.domain, 2));
	assert_int_equal(runs, 1);
	assert_true(pending(0, 2));
	/* It falls while it is served: no more, and the register is not touched for it. */
	wire(33, false);
	serve(0);
	assert_int_equal(runs, 2);
	assert_false(pending(0, 2));
	assert_int_equal(model.raised_low, 0);
}

/* An edge is never raised by hand. */
static void an_edge_is_one_message(void)
{
	begin(true);
	(void)line(33, IRQREF_TYPE_RISING, NULL);
	wire(33, true);
	serve(0);
	assert_int_equal(runs, 1);
	wire(33, false);
	wire(33, true);
	serve(0);
	assert_int_equal(runs, 2);
	assert_false(pending(0, 2));
}

/* The level rose when its source was off, so no message was sent. */
static void a_level_that_is_up_already_when_it_is_unmasked(void)
{
	uint32_t source = 33;
	struct irqref_ref ref;

	begin(true);
	model.source[33].wire = true;
	ref = line(source, IRQREF_TYPE_HIGH, &source);
	serve(0);
	assert_int_equal(runs, 1);
	/* And while the line was disabled. */
	assert_ok(irqref_disable(space, ref));
	wire(33, true);
	serve(0);
	assert_int_equal(runs, 1);
	assert_ok(irqref_enable(space, ref));
	serve(0);
	assert_int_equal(runs, 2);
	/* It rose and fell while the line was disabled: nothing to serve. */
	assert_ok(irqref_disable(space, ref));
	wire(33, true);
	wire(33, false);
	assert_ok(irqref_enable(space, ref));
	serve(0);
	assert_int_equal(runs, 2);
	assert_int_equal(model.raised_low, 0);
}

static void R19_an_edge_while_disabled_is_not_lost(void)
{
	struct irqref_ref ref;

	begin(true);
	ref = line(33, IRQREF_TYPE_RISING, NULL);
	assert_ok(irqref_disable(space, ref));
	wire(33, true);
	serve(0);
	assert_int_equal(runs, 0);
	assert_ok(irqref_enable(space, ref));
	serve(0);
	assert_int_equal(runs, 1);
}

/* --------------------------------------------------------------- direct delivery */

static void direct_delivery(void)
{
	uint32_t source = 12;
	struct irqref_ref ref;

	begin(false);
	assert_int_equal(model.domaincfg, 0x100);
	ref = line(source, IRQREF_TYPE_HIGH, &source);
	assert_int_equal(model.source[12].target, 1);
	wire(12, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 1);
	assert_int_equal(runs, 1);
	/* One more interrupt than there is to claim. */
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
	move(ref, 1);
	assert_int_equal(model.source[12].target, 1u << 18 | 1);
	wire(12, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
	model.cpu = 1;
	assert_int_equal(irqref_aplic_interrupt(&aplic), 1);
	assert_int_equal(runs, 2);
	assert_ok(irqref_disable(space, ref));
	assert_true(irqref_aplic_masked(&aplic, 12));
	wire(12, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
	assert_ok(irqref_enable(space, ref));
	assert_int_equal(irqref_aplic_interrupt(&aplic), 1);
	assert_int_equal(runs, 3);
	assert_ok(irqref_put_sync(space, ref));
	assert_true(irqref_aplic_masked(&aplic, 12));
	wire(12, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
}

/* A hart without a delivery control maps for the first that has one. */
static void direct_delivery_to_a_hart_that_takes_interrupts(void)
{
	struct irqref_aplic_config config = aplic_config(false);

	memset(idcs, 0, sizeof(idcs));
	assert_ok(irqref_aplic_add(&aplic, space, &config));
	assert_ok(irqref_aplic_cpu_init(&aplic, 1, 1));
	(void)line(3, IRQREF_TYPE_HIGH, NULL);
	assert_int_equal(model.source[3].target, 1u << 18 | 1);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
}

/* ------------------------------------------------------------------------ removal */

static void T15_a_held_source_keeps_the_controller(void)
{
	uint32_t source = 3;
	struct irqref_ref ref;

	begin(true);
	ref = line(source, IRQREF_TYPE_HIGH, &source);
	assert_code(irqref_aplic_remove(&aplic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_int_equal(model.domaincfg, 0x104);
	wire(source, true);
	serve(0);
	serve(1);
	assert_int_equal(runs, 1);
	assert_ok(irqref_put_sync(space, ref));
	assert_ok(irqref_aplic_remove(&aplic, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_int_equal(model.domaincfg, 0);
	assert_code(irqref_aplic_remove(&aplic, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_STALE);
	aplic.domain = NULL;
}

static void T15_direct_delivery_ends_and_begins_again(void)
{
	uint32_t source = 3;

	assert_code(irqref_aplic_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_INVAL);
	begin(false);
	(void)line(source, IRQREF_TYPE_HIGH, &source);
	assert_ok(irqref_aplic_remove(&aplic, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(model.domaincfg, 0);
	assert_int_equal(model.source[source].mode, 0);
	assert_int_equal(model.hart[0].idelivery, 0);
	assert_int_equal(model.hart[1].idelivery, 0);
	wire(source, true);
	assert_int_equal(irqref_aplic_interrupt(&aplic), 0);
	begin(false);
	(void)line(source, IRQREF_TYPE_HIGH, &source);
	model.cpu = 0;
	irqref_aplic_interrupt(&aplic);
	model.cpu = 1;
	irqref_aplic_interrupt(&aplic);
	assert_int_equal(runs, 1);
}

static const struct irqref_test tests[] = {
        TEST(all_sources_are_off),
        TEST(addresses_of_groups_and_guests),
        TEST(what_it_cannot_do_is_refused),
        TEST(specifiers_of_two_cells),
        TEST(T16_each_type_is_a_mode),
        TEST(T16_a_source_keeps_the_type_that_it_has),
        TEST(sources_and_messages_of_a_bus_do_not_collide),
        TEST(a_source_is_a_message),
        TEST(a_level_that_stays_is_raised_again),
        TEST(an_edge_is_one_message),
        TEST(a_level_that_is_up_already_when_it_is_unmasked),
        TEST(R19_an_edge_while_disabled_is_not_lost),
        TEST(direct_delivery),
        TEST(direct_delivery_to_a_hart_that_takes_interrupts),
        TEST(T15_a_held_source_keeps_the_controller),
        TEST(T15_direct_delivery_ends_and_begins_again),
};
UNIT_SUITE_FIXTURE("aplic", tests, setup, teardown)
