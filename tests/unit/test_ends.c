/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables at their ends, the largest and the smallest of everything, and a long random series.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static struct irqref_ref held;
static struct irqref_ref inner_ref;
static irqref_virq_t inner_virq;
static struct rig tree;
static struct rig outer;
static struct counter hits;

static void pic_back(void)
{
	make_rig(&pic, .name = "pic", .size = 4);
}

/* References whose handlers may still be looked at are taken back by a grace period. */
static void R15_references_in_limbo_are_taken_back(void)
{
	struct irqref_space_config config = port_config();
	uint32_t i;

	config.max_refs = 4;
	world_with(&config, IRQREF_FLOW_LEVEL);
	hits = (struct counter){0};
	for (i = 0; i < 20; i++) {
		held = get(&pic, 4, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, held, counting, &hits, 0));
		SURE(irqref_put(space, held));
	}
	world_end();
	if (port_injecting())
		return;
	world();
	inner_ref = get(&pic, 4, IRQREF_TYPE_LOW, disk);
	for (i = 0; i < 400; i++) {
		if (i == 200)
			port.limit = port.live;
		held = get(&pic, 4, IRQREF_TYPE_LOW, net);
		OK(irqref_request(space, held, counting, &hits, 0));
		SURE(irqref_put(space, held));
	}
	assert_true(port.allocs < 100);
	port.limit = 0;
	SURE(irqref_put(space, inner_ref));
	world_end();
}

static void T19_no_slot_at_hand_when_atomic(void)
{
	struct irqref_ref refs[80], more = {0, 0};
	uint32_t n = 0;
	int err = IRQREF_OK;

	world();
	refs[n++] = get(&pic, 4, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	while (n < 80 && !err) {
		err = irqref_get(pic.domain, 4, 0, net, NULL, &refs[n], NULL);
		n += !err;
	}
	assert_code(err, IRQREF_ERR_AGAIN);
	assert_code(irqref_get_virq(space, virq_of(refs[0]), disk, &more), IRQREF_ERR_AGAIN);
	port.atomic = false;
	while (n--)
		SURE(irqref_put(space, refs[n]));
	world_end();
}

static void R13_a_depth_that_is_full_installs_nothing(void)
{
	uint32_t i;

	world();
	held = get(&pic, 4, IRQREF_TYPE_LOW, net);
	for (i = 0; i < 0xffff; i++)
		SURE(irqref_disable(space, held));
	GIVES(irqref_request(space, held, counting, &hits, IRQREF_NO_ENABLE), IRQREF_ERR_OVERFLOW);
	assert_int_equal(port_stats().handlers, 0);
	SURE(irqref_put(space, held));
	world_end();
}

static void R13_the_largest_configurations(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_space *none = NULL;
	int err;

	config.max_consumers = (1u << 28) + 1u;
	assert_code(irqref_space_create(&config, &none), IRQREF_ERR_INVAL);
	config.max_consumers = 4;
	config.nr_cpus = 32768;
	assert_code(irqref_space_create(&config, &none), IRQREF_ERR_INVAL);
	config = port_config();
	config.port.nr_cpus = 4;
	config.nr_cpus = 3;
	assert_code(irqref_space_create(&config, &none), IRQREF_ERR_INVAL);
	config.port.nr_cpus = 32768;
	config.nr_cpus = 0;
	assert_code(irqref_space_create(&config, &none), IRQREF_ERR_INVAL);
	config = port_config();
	config.max_irqs = 1u << 26;
	config.max_consumers = 64;
	err = irqref_space_create(&config, &none);
	if (err == IRQREF_OK)
		SURE(irqref_space_remove(none));
	else
		assert_code(err, IRQREF_ERR_NOMEM);
	assert_int_equal(port.live, 0);
}

static void R13_types_of_two_edges(void)
{
	world();
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	SURE(irqref_set_type(space, held, IRQREF_TYPE_BOTH));
	SURE(irqref_set_type(space, held, IRQREF_TYPE_BOTH));
	assert_code(irqref_set_type(space, held, 0x10), IRQREF_ERR_INVAL);
	SURE(irqref_put(space, held));
	world_end();
}

static void R7_no_level_acknowledges(void)
{
	struct rig middle;

	world();
	hits = (struct counter){0};
	make_rig(&middle, .name = "middle", .size = 8, .chip = &rig_chip_bare);
	make_rig(&outer, .name = "outer", .size = 8, .parent = &middle, .chip = &rig_chip_bare,
	         .flow = IRQREF_FLOW_LEVEL);
	make_rig(&tree, .name = "tree", .size = 8, .parent = &middle, .chip = &rig_chip_bare,
	         .flow = IRQREF_FLOW_FASTEOI);
	held = get(&outer, 1, IRQREF_TYPE_LOW, net);
	inner_ref = get(&tree, 2, IRQREF_TYPE_HIGH, net);
	OK(irqref_request(space, held, counting, &hits, 0));
	OK(irqref_request(space, inner_ref, counting, &hits, 0));
	SURE(irqref_dispatch(outer.domain, 1));
	SURE(irqref_dispatch(tree.domain, 2));
	assert_int_equal(hits.calls, 2);
	SURE(irqref_put(space, held));
	SURE(irqref_put(space, inner_ref));
	end_rig(&tree);
	end_rig(&outer);
	end_rig(&middle);
	world_end();
}

/* A reference got further in is shown with what is left of a revoked mapping. */
static void R17_a_revoked_mapping_has_one_level_left(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	world();
	make_level(&outer, &pic, 0, .name = "outer", .size = 32);
	inner_ref = get(&outer, 4, IRQREF_TYPE_NONE, disk);
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	SURE(irqref_domain_remove(outer.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&outer);
	while (irqref_ledger_next(space, &cursor, &entry) == 1) {
		assert_int_equal(entry.state, IRQREF_REVOKED);
		assert_int_equal(entry.hwirq, 4);
	}
	SURE(irqref_put(space, held));
	SURE(irqref_put(space, inner_ref));
	world_end();
}

/* R9: the struct of a removed parent stays as long as a child points at it. */
static void R9_a_removed_parent_is_not_reused_under_its_child(void)
{
	struct rig child, other;
	uint32_t i, n = port_injecting() ? 2 : 100;

	world();
	make_level(&child, &pic, 0, .name = "child", .size = 8);
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&pic);
	for (i = 0; i < n; i++) {
		make_rig(&other, .name = "other", .size = 4);
		end_rig(&other);
	}
	GIVES(irqref_get(child.domain, 1, 0, net, NULL, &held, NULL), IRQREF_ERR_REVOKED);
	end_rig(&child);
	pic_back();
	world_end();
}

/* R1, R17: a sparse table under a long random series of creates and disposes. */
static void R1_a_sparse_table_keeps_what_is_in_it(void)
{
	enum {
		KEYS = 64
	};
	irqref_virq_t virq[KEYS] = {0};
	uint32_t seed = 12345, step, i, steps = port_injecting() ? 0 : 20000;

	world();
	make_rig(&tree, .name = "tree", .max = UINT64_C(1) << 40, .capacity = 20);
	for (step = 0; step < steps; step++) {
		irqref_hwirq_t hwirq;

		seed = seed * 1664525u + 1013904223u;
		i = seed >> 26;
		hwirq = (irqref_hwirq_t)(i % 4) << 33 | (i * 2654435761u & 0x3fu);
		if (virq[i]) {
			assert_int_equal(irqref_find_virq(tree.domain, hwirq), virq[i]);
			SURE(irqref_floating_put(space, virq[i]));
			virq[i] = 0;
		} else {
			assert_int_equal(irqref_find_virq(tree.domain, hwirq), 0);
			virq[i] = create(&tree, hwirq, IRQREF_TYPE_NONE);
		}
	}
	for (i = 0; i < KEYS; i++) {
		if (virq[i])
			SURE(irqref_floating_put(space, virq[i]));
	}
	expect_mappings(0);
	end_rig(&tree);
	world_end();
}

static void T17_a_sparse_block_over_something_mapped(void)
{
	world();
	make_rig(&tree, .name = "tree");
	inner_virq = create(&tree, 1000, IRQREF_TYPE_NONE);
	GIVES(irqref_domain_associate(tree.domain, 100, 998, 4), IRQREF_ERR_EXIST);
	expect_mappings(1);
	SURE(irqref_floating_put(space, inner_virq));
	end_rig(&tree);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R15_references_in_limbo_are_taken_back),
        TEST(T19_no_slot_at_hand_when_atomic),
        TEST(R13_a_depth_that_is_full_installs_nothing),
        TEST(R13_the_largest_configurations),
        TEST(R13_types_of_two_edges),
        TEST(R7_no_level_acknowledges),
        TEST(R17_a_revoked_mapping_has_one_level_left),
        TEST(R9_a_removed_parent_is_not_reused_under_its_child),
        TEST(R1_a_sparse_table_keeps_what_is_in_it),
        TEST(T17_a_sparse_block_over_something_mapped),
};
UNIT_SUITE_FIXTURE("ends", tests, setup, teardown)
