/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers: a freed one rests, then the oldest is used first (R10); a full table (R15).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static irqref_virq_t create_dispose(irqref_hwirq_t hwirq)
{
	irqref_virq_t virq = create(&pic, hwirq, IRQREF_TYPE_NONE);

	SURE(irqref_floating_put(space, virq));
	return virq;
}

static void R10_a_freed_number_rests(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t first, virq;
	uint32_t i;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.max_irqs = 64;
	config.quarantine = 5;
	world_with(&config, IRQREF_FLOW_LEVEL);
	first = create_dispose(1);
	for (i = 0; i < 5; i++) {
		virq = create_dispose(2);
		assert_int_not_equal(virq, first);
	}
	assert_int_equal(port_stats().resting, 6);
	assert_int_equal(create_dispose(3), first);
	world_end();
}

static void R10_the_oldest_is_used_first(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t seen[4], held[4];
	uint32_t i;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.max_irqs = 16;
	config.quarantine = 3;
	world_with(&config, IRQREF_FLOW_LEVEL);
	for (i = 0; i < 4; i++)
		seen[i] = create_dispose(i);
	for (i = 0; i < 4; i++) {
		held[i] = create(&pic, 10 + i, IRQREF_TYPE_NONE);
		if (i == 0)
			assert_int_equal(held[i], seen[0]);
		else
			assert_int_not_equal(held[i], seen[0]);
	}
	for (i = 0; i < 4; i++)
		SURE(irqref_floating_put(space, held[i]));
	world_end();
}

static void R10_no_rest_if_none_is_wanted(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t virq;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.quarantine = IRQREF_QUARANTINE_NONE;
	world_with(&config, IRQREF_FLOW_LEVEL);
	virq = create_dispose(1);
	assert_int_equal(create_dispose(2), virq);
	world_end();
}

static void R10_a_full_table_cuts_the_rest_short(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t held[8], virq;
	uint32_t i;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.max_irqs = 8;
	config.quarantine = 2;
	world_with(&config, IRQREF_FLOW_LEVEL);
	for (i = 0; i < 8; i++)
		held[i] = create(&pic, i, IRQREF_TYPE_NONE);
	GIVES(irqref_floating_get(pic.domain, 20, 0, NULL, &virq, NULL), IRQREF_ERR_NOSPC);
	assert_false(mapped(&pic, 20));
	SURE(irqref_floating_put(space, held[3]));
	assert_int_equal(port_stats().resting, 1);
	held[3] = create(&pic, 20, IRQREF_TYPE_NONE);
	assert_int_equal(port_stats().events[IRQREF_EVENT_QUARANTINE_CUT], 1);
	assert_int_equal(port.events[IRQREF_EVENT_QUARANTINE_CUT], 1);
	for (i = 0; i < 8; i++)
		SURE(irqref_floating_put(space, held[i]));
	world_end();
}

/* All the numbers up to the highest are given out, across several chunks of descriptors. */
static void R15_every_number_is_used(void)
{
	struct irqref_space_config config = port_config();
	const uint32_t n = port_injecting() ? 70 : 200;
	struct rig tree;
	uint32_t i;

	config.max_irqs = n;
	world_with(&config, IRQREF_FLOW_LEVEL);
	make_rig(&tree, .name = "tree", .capacity = 16);
	for (i = 0; i < n; i++)
		assert_in_range(create(&tree, i, IRQREF_TYPE_NONE), 1, n);
	expect_mappings(n);
	for (i = 0; i < n; i++) {
		irqref_virq_t virq = irqref_find_virq(tree.domain, i);

		assert_true(virq != 0);
		SURE(irqref_floating_put(space, virq));
	}
	end_rig(&tree);
	world_end();
}

/* Numbers that a block was laid beyond are used all the same. */
static void R15_numbers_passed_over_are_not_lost(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t virq[8] = {0};
	uint32_t i;

	config.max_irqs = 8;
	config.quarantine = IRQREF_QUARANTINE_NONE;
	world_with(&config, IRQREF_FLOW_LEVEL);
	OK(irqref_domain_associate(pic.domain, 5, 0, 2));
	for (i = 0; i < 6; i++)
		virq[i] = create(&pic, 10 + i, IRQREF_TYPE_NONE);
	GIVES(irqref_floating_get(pic.domain, 20, 0, NULL, &virq[7], NULL), IRQREF_ERR_NOSPC);
	for (i = 0; i < 6; i++) {
		assert_int_not_equal(virq[i], 5);
		assert_int_not_equal(virq[i], 6);
		SURE(irqref_floating_put(space, virq[i]));
	}
	OK(irqref_domain_associate(pic.domain, 1, 2, 3));
	assert_int_equal(irqref_find_virq(pic.domain, 4), 3);
	end_rig(&pic);
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

static void R15_a_block_far_away(void)
{
	struct irqref_space_config config = port_config();

	config.max_irqs = 1000;
	world_with(&config, IRQREF_FLOW_LEVEL);
	OK(irqref_domain_associate(pic.domain, 990, 0, 11));
	assert_int_equal(irqref_find_virq(pic.domain, 10), 1000);
	assert_true(create(&pic, 20, IRQREF_TYPE_NONE) < 990);
	SURE(irqref_floating_put(space, irqref_find_virq(pic.domain, 20)));
	end_rig(&pic);
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

/* A release callback runs a grace period after the end, and before the number is used again. */
static void R10_release_comes_before_reuse(void)
{
	struct irqref_space_config config = port_config();
	irqref_virq_t virq;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.quarantine = IRQREF_QUARANTINE_NONE;
	world_with(&config, IRQREF_FLOW_LEVEL);
	virq = create_dispose(1);
	assert_int_equal(rig_line(&pic, 1)->unmaps, 1);
	assert_int_equal(create(&pic, 2, IRQREF_TYPE_NONE), virq);
	assert_int_equal(rig_line(&pic, 1)->releases, 1);
	SURE(irqref_floating_put(space, virq));
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 2)->releases, 1);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R10_a_freed_number_rests),      TEST(R10_the_oldest_is_used_first),
        TEST(R10_no_rest_if_none_is_wanted), TEST(R10_a_full_table_cuts_the_rest_short),
        TEST(R15_every_number_is_used),      TEST(R15_numbers_passed_over_are_not_lost),
        TEST(R15_a_block_far_away),          TEST(R10_release_comes_before_reuse),
};
UNIT_SUITE_FIXTURE("numbers", tests, setup, teardown)
