/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IMSIC driver on a model of two harts' interrupt files: what one hart may do to another's, and
 * that no message is lost, or comes to a line that it was not for, on the way.
 */
#include "chips/aia_model.h"

static struct irqref_domain *bus;
static struct irqref_msi_msg written;

/* A vector that the bus refuses after all; what another CPU does before the block is given back. */
static irqref_hwirq_t refused = UINT64_MAX;
static void (*meanwhile)(void);

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

static void setup(void)
{
	struct irqref_domain_config config = {
	        .name = "bus", .ops = &bus_ops, .chip = &bus_chip, .flow = IRQREF_FLOW_EDGE};

	refused = UINT64_MAX;
	meanwhile = NULL;
	aia_begin();
	config.parent = imsic.messages;
	assert_ok(irqref_domain_add(space, &config, &bus));
}

static void teardown(void)
{
	if (bus)
		assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
	aia_end();
}

static struct irqref_ref message(irqref_hwirq_t hwirq)
{
	struct irqref_ref ref;

	assert_ok(irqref_msi_alloc(bus, hwirq, 1, 0x10, consumer, &ref));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	return ref;
}

static void move(struct irqref_ref ref, uint32_t cpu)
{
	uint32_t bits = 1u << cpu, chosen = 9;
	struct irqref_cpumask mask = {&bits, 32};

	assert_ok(irqref_set_affinity(space, ref, &mask, &chosen));
	assert_int_equal(chosen, cpu);
}

/* The device sends what it was told. */
static void device_sends(void)
{
	model_write((uintptr_t)written.address, 4, written.data);
}

/* ------------------------------------------------------------------------ numbers */

static void a_message_is_a_number_of_this_hart(void)
{
	struct irqref_ref ref = message(0);

	assert_true(written.address == FILE_BASE);
	assert_int_equal(written.data, 2);
	assert_true(enabled(0, 2));
	assert_false(enabled(1, 2));
	device_sends();
	serve(0);
	assert_int_equal(runs, 1);
	assert_false(irqref_imsic_masked(&imsic, 2));
	assert_ok(irqref_disable(space, ref));
	assert_true(irqref_imsic_masked(&imsic, 2));
	/* It stays pending in the file, and comes when it is enabled. */
	device_sends();
	serve(0);
	assert_int_equal(runs, 1);
	assert_ok(irqref_enable(space, ref));
	serve(0);
	assert_int_equal(runs, 2);
}

static void T14_a_block_is_aligned(void)
{
	struct irqref_ref one = message(0), refs[3];
	struct irqref_msi_msg msg;
	uint32_t i;

	assert_ok(irqref_msi_alloc(bus, 0x100, 3, 0x20, consumer, refs));
	for (i = 0; i < 3; i++) {
		assert_ok(irqref_msi_compose(space, refs[i], &msg));
		assert_int_equal(msg.data, 4 + i);
	}
	assert_ok(irqref_msi_free(space, refs, 3));
	assert_ok(irqref_msi_free(space, &one, 1));
}

static void R12_nothing_is_left_of_a_block_that_fails(void)
{
	struct irqref_ref refs[4], other;

	/* One of its numbers on the bus is taken: the third. */
	assert_ok(irqref_msi_alloc(bus, 2, 1, 9, consumer, &other));
	assert_code(irqref_msi_alloc(bus, 0, 4, 9, consumer, refs), IRQREF_ERR_BUSY);
	assert_code(irqref_msi_alloc(bus, 64, 64, 9, consumer, refs), IRQREF_ERR_NOSPC);
	assert_ok(irqref_msi_free(space, &other, 1));
	serve(1);
	assert_int_equal(taken_count(), 0);
}

/* The number that was refused is another device's when the rest of the block is given back. */
static void take_a_number(void)
{
	irqref_hwirq_t id;

	serve(1);
	assert_ok(irqref_msi_take(&imsic.free, 1, 1, &id));
	assert_int_equal(id, 3);
}

static void R12_what_was_refused_further_out_is_given_back_once(void)
{
	struct irqref_ref refs[4];

	refused = 1;
	meanwhile = take_a_number;
	assert_code(irqref_msi_alloc(bus, 0, 2, 9, consumer, refs), IRQREF_ERR_REFUSED);
	serve(1);
	assert_int_equal(taken_count(), 1);
	assert_ok(irqref_msi_give(&imsic.free, 3, 1));
	/* The first of four: the other three were never mapped. */
	refused = 0;
	meanwhile = NULL;
	assert_code(irqref_msi_alloc(bus, 0, 4, 9, consumer, refs), IRQREF_ERR_REFUSED);
	serve(1);
	assert_int_equal(taken_count(), 0);
}

/* Numbers come from messages alone, and 1 is the harts' own. */
static void T17_numbers_are_not_mapped_by_hand(void)
{
	struct irqref_fwspec fwspec = {1, 1, {5}};
	struct irqref_ref ref;

	assert_true(irqref_get_fwspec(space, &fwspec, consumer, &ref, NULL) < 0);

	assert_code(irqref_get(imsic.domain, 5, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	assert_code(irqref_get(imsic.messages, 5, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_get(imsic.domain, IDS + 1, 0, consumer, NULL, &ref, NULL),
	            IRQREF_ERR_RANGE);
}

/* ---------------------------------------------------------------------- two harts */

static void what_another_hart_enables_it_does_itself(void)
{
	struct irqref_ref ref = message(0);

	move(ref, 1);
	assert_true(written.address == FILE_BASE + 0x1000);
	assert_false(enabled(1, 2));
	assert_false(irqref_imsic_masked(&imsic, 2));
	/* Told twice before it listens: it counts as what it will be. */
	assert_ok(irqref_disable(space, ref));
	assert_ok(irqref_enable(space, ref));
	assert_false(irqref_imsic_masked(&imsic, 2));
	/* It is told, and does it. */
	serve(1);
	assert_true(enabled(1, 2));
	device_sends();
	serve(1);
	assert_int_equal(runs, 1);
}

/* Sent to the old address before the device was told the new one. */
static void a_message_under_way_to_the_hart_that_was_left(void)
{
	struct irqref_ref ref = message(0);
	struct irqref_msi_msg old = written;

	move(ref, 1);
	model_write((uintptr_t)old.address, 4, old.data);
	serve(0);
	assert_int_equal(runs, 1);
	/* The same while the line is masked: it waits, and then comes where the line is. */
	assert_ok(irqref_disable(space, ref));
	serve(1);
	assert_true(irqref_imsic_masked(&imsic, 2));
	model_write((uintptr_t)old.address, 4, old.data);
	serve(0);
	serve(1);
	assert_int_equal(runs, 1);
	assert_ok(irqref_enable(space, ref));
	serve(0);
	serve(1);
	assert_int_equal(runs, 2);
}

/* The hart has not yet heard that a number is masked when its message comes. */
static void R19_a_message_that_comes_before_the_mask_is_put_back(void)
{
	struct irqref_ref ref = message(0);

	move(ref, 1);
	serve(1);
	assert_ok(irqref_disable(space, ref));
	/* Its own number is the lower one; here the message is looked at first. */
	model.hart[1].pending &= ~(1ul << IRQREF_IMSIC_SYNC);
	assert_true(enabled(1, 2));
	device_sends();
	serve(1);
	assert_int_equal(runs, 0);
	assert_false(enabled(1, 2));
	assert_true(pending(1, 2));
	assert_ok(irqref_enable(space, ref));
	serve(1);
	assert_int_equal(runs, 1);
	assert_false(pending(1, 2));
}

static void a_number_rests_until_every_hart_has_forgotten_it(void)
{
	struct irqref_ref ref = message(0);

	move(ref, 1);
	serve(1);
	assert_ok(irqref_disable(space, ref));
	serve(1);
	device_sends();
	assert_true(pending(1, 2));
	assert_ok(irqref_msi_free(space, &ref, 1));
	/* Hart 1 has not: the next message is another number. */
	ref = message(1);
	assert_int_equal(written.data, 3);
	serve(1);
	assert_false(pending(1, 2));
	(void)message(2);
	assert_int_equal(written.data, 2);
	serve(1);
	assert_int_equal(runs, 0);
	assert_ok(irqref_put_sync(space, ref));
}

static void it_moves_twice_before_anybody_listens(void)
{
	struct irqref_ref ref = message(0);
	struct irqref_msi_msg first = written;

	move(ref, 1);
	move(ref, 0);
	model_write((uintptr_t)first.address, 4, first.data);
	serve(0);
	serve(1);
	assert_int_equal(runs, 1);
	assert_true(enabled(0, 2));
	move(ref, 1);
	assert_ok(irqref_put_sync(space, ref));
	serve(0);
	serve(1);
	assert_true(irqref_imsic_masked(&imsic, 2));
	assert_int_equal(taken_count(), 0);
}

static void a_hart_that_is_not_there_is_not_chosen(void)
{
	uint32_t bits = 4;
	struct irqref_cpumask mask = {&bits, 32};
	struct irqref_ref ref = message(0);

	assert_code(irqref_set_affinity(space, ref, &mask, NULL), IRQREF_ERR_REFUSED);
	assert_code(irqref_imsic_cpu_init(&imsic, HARTS, 0), IRQREF_ERR_INVAL);
	assert_code(irqref_imsic_cpu_init(&imsic, 0, HARTS), IRQREF_ERR_NOENT);
}

/* R18: a number that no line has is claimed, and that is all. */
static void R18_a_message_for_nobody(void)
{
	struct irqref_ref ref = message(0);

	device_sends();
	model_write(FILE_BASE, 4, 9);
	model.hart[0].enabled |= 1ul << 9;
	serve(0);
	assert_int_equal(runs, 1);
	assert_ok(irqref_put_sync(space, ref));
}

static void bus_goes(void)
{
	assert_ok(irqref_domain_remove(bus, IRQREF_REMOVE_FORCE, NULL, NULL));
	bus = NULL;
}

static void T15_who_is_on_top_keeps_the_files(void)
{
	struct irqref_ref ref = message(0);

	assert_code(irqref_imsic_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_imsic_remove(&imsic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	device_sends();
	serve(0);
	assert_int_equal(runs, 1);
	assert_ok(irqref_put_sync(space, ref));
	serve(1);
	assert_code(irqref_imsic_remove(&imsic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	bus_goes();
	assert_ok(irqref_imsic_remove(&imsic, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_null(imsic.messages);
}

/* The caller's memory is in use until the last hart has listened. */
static void T15_the_files_go_when_every_hart_has_forgotten(void)
{
	uint32_t hart;

	(void)message(0);
	bus_goes();
	assert_code(irqref_imsic_remove(&imsic, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_null(imsic.messages);
	serve(1);
	assert_ok(irqref_imsic_remove(&imsic, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(taken_count(), 0);
	for (hart = 0; hart < HARTS; hart++)
		assert_int_equal(model.hart[hart].enabled, 1ul << IRQREF_IMSIC_SYNC);
}

static const struct irqref_test tests[] = {
        TEST(a_message_is_a_number_of_this_hart),
        TEST(T14_a_block_is_aligned),
        TEST(R12_nothing_is_left_of_a_block_that_fails),
        TEST(R12_what_was_refused_further_out_is_given_back_once),
        TEST(T17_numbers_are_not_mapped_by_hand),
        TEST(what_another_hart_enables_it_does_itself),
        TEST(a_message_under_way_to_the_hart_that_was_left),
        TEST(R19_a_message_that_comes_before_the_mask_is_put_back),
        TEST(a_number_rests_until_every_hart_has_forgotten_it),
        TEST(it_moves_twice_before_anybody_listens),
        TEST(a_hart_that_is_not_there_is_not_chosen),
        TEST(R18_a_message_for_nobody),
        TEST(T15_who_is_on_top_keeps_the_files),
        TEST(T15_the_files_go_when_every_hart_has_forgotten),
};
UNIT_SUITE_FIXTURE("imsic", tests, setup, teardown)
