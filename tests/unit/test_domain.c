/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains: looked up, associated, their hash table, their polite removal (R9).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

/* The domain goes with what is its own, and comes back empty. */
static void pic_anew(void)
{
	end_rig(&pic);
	make_rig(&pic, .name = "pic", .size = 4);
}

static void R9_what_a_domain_is(void)
{
	world();
	assert_ptr_equal(irqref_domain_by_node(space, PIC_NODE, 0), pic.domain);
	assert_ptr_equal(irqref_domain_by_node(space, PIC_NODE, 7), pic.domain);
	assert_null(irqref_domain_by_node(space, PIC_NODE + 1, 0));
	assert_null(irqref_domain_by_node(NULL, PIC_NODE, 0));
	assert_string_equal(irqref_domain_name(pic.domain), "pic");
	assert_ptr_equal(irqref_domain_data(pic.domain), &pic);
	assert_ptr_equal(irqref_domain_space(pic.domain), space);
	world_end();
}

static void R9_the_default_domain(void)
{
	struct irqref_domain *old;

	world();
	assert_null(irqref_domain_default(space));
	assert_null(irqref_domain_by_node(space, 0, 0));
	SURE(irqref_domain_set_default(space, pic.domain));
	assert_ptr_equal(irqref_domain_default(space), pic.domain);
	assert_ptr_equal(irqref_domain_by_node(space, 0, 3), pic.domain);
	SURE(irqref_domain_set_default(space, NULL));
	assert_null(irqref_domain_default(space));
	SURE(irqref_domain_set_default(space, pic.domain));
	old = pic.domain;
	end_rig(&pic);
	assert_null(irqref_domain_default(space));
	assert_code(irqref_domain_set_default(space, old), IRQREF_ERR_STALE);
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

static void R13_one_node_and_bus_has_one_domain(void)
{
	struct irqref_domain_config config = {.name = "second", .node = PIC_NODE, .size = 4};
	struct irqref_domain *domain = NULL;
	struct rig msi;

	world();
	GIVES(irqref_domain_add(space, &config, &domain), IRQREF_ERR_EXIST);
	assert_null(domain);
	make_rig(&msi, .name = "msi", .node = PIC_NODE, .bus = 2, .size = 4);
	assert_ptr_equal(irqref_domain_by_node(space, PIC_NODE, 2), msi.domain);
	assert_ptr_equal(irqref_domain_by_node(space, PIC_NODE, 1), pic.domain);
	end_rig(&msi);
	assert_ptr_equal(irqref_domain_by_node(space, PIC_NODE, 2), pic.domain);
	world_end();
}

struct reported {
	uint32_t calls;
	bool floating;
	bool net;
};

static void take_report(void *ctx, const struct irqref_entry *entry)
{
	struct reported *reported = ctx;

	reported->calls++;
	reported->floating |= entry->kind == IRQREF_HOLDER_FLOATING;
	reported->net |= entry->holder[0] == 'n' && entry->holder[1] == 'e';
}

static void R9_a_held_domain_is_not_removed_politely(void)
{
	struct reported reported = {0};
	struct irqref_ref a;
	irqref_virq_t virq;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	virq = create(&pic, 2, IRQREF_TYPE_NONE);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_POLITE, take_report, &reported),
	            IRQREF_ERR_BUSY);
	assert_int_equal(reported.calls, 2);
	assert_true(reported.floating);
	assert_true(reported.net);
	assert_true(mapped(&pic, 1));
	SURE(irqref_put(space, a));
	a = get(&pic, 3, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, a));
	SURE(irqref_floating_put(space, virq));
	world_end();
}

static void R9_a_domain_with_children_is_not_removed_politely(void)
{
	struct rig child;

	world();
	make_rig(&child, .name = "child", .size = 4, .parent = &pic);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_BUSY);
	end_rig(&child);
	world_end();
}

/* What is only being torn down does not keep it. */
static void R9_a_dying_mapping_is_no_reason(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, a));
	port.atomic = false;
	pic_anew();
	world_end();
}

static void R13_a_removed_domain_is_stale(void)
{
	struct irqref_conflict conflict;
	struct irqref_domain *gone;
	irqref_hwirq_t hwirq = 77;
	unsigned int type = 77;
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {1}};
	struct irqref_ref ref = {0, 0};
	irqref_virq_t virq = 0;

	world();
	gone = pic.domain;
	end_rig(&pic);
	assert_code(irqref_domain_remove(gone, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_STALE);
	assert_code(irqref_domain_remove(gone, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_STALE);
	GIVES(irqref_get(gone, 1, 0, net, NULL, &ref, &conflict), IRQREF_ERR_STALE);
	GIVES(irqref_floating_get(gone, 1, 0, NULL, &virq, NULL), IRQREF_ERR_STALE);
	GIVES(irqref_domain_associate(gone, 5, 1, 1), IRQREF_ERR_STALE);
	GIVES(irqref_domain_translate(gone, &spec, &hwirq, &type), IRQREF_ERR_STALE);
	assert_int_equal(hwirq, 77);
	assert_string_equal(irqref_domain_name(gone), "(removed)");
	assert_int_equal(irqref_find_virq(gone, 1), 0);
	assert_code(irqref_dispatch(gone, 1), IRQREF_ERR_NOENT);
	assert_null(irqref_domain_by_node(space, PIC_NODE, 0));
	GIVES(irqref_get_fwspec(space, &spec, net, &ref, NULL), IRQREF_ERR_NOENT);
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

/* T15: a hundred domains come and go; memory does not grow with them. */
static void T15_domains_come_and_go(void)
{
	uint32_t before, i, rounds = port_injecting() ? 3 : 300;
	struct rig rig;

	world();
	for (i = 0; i < rounds; i++) {
		make_rig(&rig, .name = "comes and goes", .max = 100, .capacity = 4);
		end_rig(&rig);
	}
	before = port.live;
	for (i = 0; i < rounds; i++) {
		make_rig(&rig, .name = "comes and goes", .max = 100, .capacity = 4);
		end_rig(&rig);
	}
	if (!port_injecting())
		assert_int_equal(port.live, before);
	world_end();
}

static void R9_a_block_of_fixed_numbers(void)
{
	struct irqref_ref a;

	world();
	OK(irqref_domain_associate(pic.domain, 100, 0, 16));
	assert_int_equal(irqref_find_virq(pic.domain, 0), 100);
	assert_int_equal(irqref_find_virq(pic.domain, 15), 115);
	expect_mappings(16);
	assert_int_equal(create(&pic, 3, IRQREF_TYPE_NONE), 103);
	assert_code(irqref_floating_put(space, 103), IRQREF_ERR_BUSY);
	a = get(&pic, 3, IRQREF_TYPE_NONE, net);
	assert_int_equal(virq_of(a), 103);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_BUSY);
	SURE(irqref_put(space, a));
	assert_true(mapped(&pic, 3));
	end_rig(&pic);
	expect_mappings(0);
	assert_int_equal(rig_line(&pic, 3)->unmaps, 1);
	make_rig(&pic, .name = "pic", .size = 4);
	world_end();
}

static void T17_a_block_over_something_mapped(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 5, IRQREF_TYPE_NONE, net);
	GIVES(irqref_domain_associate(pic.domain, 100, 0, 16), IRQREF_ERR_EXIST);
	expect_mappings(1);
	GIVES(irqref_domain_associate(pic.domain, virq_of(a), 8, 1), IRQREF_ERR_BUSY);
	GIVES(irqref_domain_associate(pic.domain, virq_of(a) - 0, 8, 3), IRQREF_ERR_BUSY);
	expect_mappings(1);
	GIVES(irqref_domain_associate(pic.domain, 100, 20, 13), IRQREF_ERR_RANGE);
	GIVES(irqref_domain_associate(pic.domain, 100, PIC_SIZE, 1), IRQREF_ERR_RANGE);
	GIVES(irqref_domain_associate(pic.domain, 0, 0, 1), IRQREF_ERR_INVAL);
	GIVES(irqref_domain_associate(pic.domain, 100, 0, 0), IRQREF_ERR_INVAL);
	GIVES(irqref_domain_associate(pic.domain, 257, 0, 1), IRQREF_ERR_INVAL);
	GIVES(irqref_domain_associate(pic.domain, 250, 0, 8), IRQREF_ERR_INVAL);
	pic.refuse = RIG_NO_MAP;
	pic.only = 9;
	GIVES(irqref_domain_associate(pic.domain, 100, 6, 6), IRQREF_ERR_REFUSED);
	pic.refuse = 0;
	expect_mappings(1);
	assert_int_equal(rig_line(&pic, 8)->maps, rig_line(&pic, 8)->unmaps);
	SURE(irqref_put(space, a));
	OK(irqref_domain_associate(pic.domain, 60, 6, 6));
	OK(irqref_domain_associate(pic.domain, 40, 1, 1));
	pic_anew();
	world_end();
}

/* A number that rests may be laid down again, one that is used may not. */
static void T17_a_block_over_resting_numbers(void)
{
	irqref_virq_t virq;

	world();
	virq = create(&pic, 1, IRQREF_TYPE_NONE);
	SURE(irqref_floating_put(space, virq));
	OK(irqref_domain_associate(pic.domain, virq, 2, 1));
	assert_int_equal(irqref_find_virq(pic.domain, 2), virq);
	pic_anew();
	world_end();
}

static void R1_sparse_hwirqs(void)
{
	const uint32_t many = port_injecting() ? 12 : 100;
	struct irqref_ref refs[100];
	struct rig tree;
	uint32_t i;

	world();
	make_rig(&tree, .name = "tree");
	for (i = 0; i < many; i++)
		refs[i] = get(&tree, i * 0x01000193u, IRQREF_TYPE_NONE, net);
	for (i = 0; i < many; i++)
		assert_int_equal(irqref_find_virq(tree.domain, i * 0x01000193u), virq_of(refs[i]));
	assert_false(mapped(&tree, 12345));
	for (i = 0; i < many; i += 2)
		SURE(irqref_put(space, refs[i]));
	for (i = 1; i < many; i += 2)
		assert_int_equal(irqref_find_virq(tree.domain, i * 0x01000193u), virq_of(refs[i]));
	for (i = 0; i < many; i += 2)
		assert_false(mapped(&tree, i * 0x01000193u));
	for (i = 1; i < many; i += 2)
		SURE(irqref_put(space, refs[i]));
	GIVES(irqref_get(tree.domain, UINT64_C(1) << 32, 0, net, NULL, &refs[0], NULL),
	      IRQREF_ERR_RANGE);
	end_rig(&tree);
	world_end();
}

/* Beyond 32 bits two hwirqs can have the same lower half. */
static void R1_hwirqs_of_sixty_four_bits(void)
{
	struct irqref_ref a, b, c;
	struct rig tree;
	uint32_t i, many = port_injecting() ? 4 : 40;
	struct irqref_ref more[40];

	world();
	make_rig(&tree, .name = "tree", .max = UINT64_MAX);
	a = get(&tree, UINT64_C(0x100000007), IRQREF_TYPE_NONE, net);
	b = get(&tree, UINT64_C(0x200000007), IRQREF_TYPE_NONE, net);
	c = get(&tree, UINT64_C(0x7), IRQREF_TYPE_NONE, net);
	expect_mappings(3);
	for (i = 0; i < many; i++)
		more[i] = get(&tree, (uint64_t)i << 32 | 8, IRQREF_TYPE_NONE, net);
	assert_int_equal(irqref_find_virq(tree.domain, UINT64_C(0x100000007)), virq_of(a));
	assert_int_equal(irqref_find_virq(tree.domain, UINT64_C(0x200000007)), virq_of(b));
	assert_int_equal(irqref_find_virq(tree.domain, UINT64_C(0x7)), virq_of(c));
	assert_false(mapped(&tree, UINT64_C(0x300000007)));
	SURE(irqref_put(space, a));
	assert_int_equal(irqref_find_virq(tree.domain, UINT64_C(0x200000007)), virq_of(b));
	for (i = 0; i < many; i++)
		SURE(irqref_put(space, more[i]));
	SURE(irqref_put(space, b));
	SURE(irqref_put(space, c));
	end_rig(&tree);
	world_end();
}

/* An array below, a table above. */
static void R1_both_kinds_in_one_domain(void)
{
	struct irqref_ref a, b;
	struct rig both;

	world();
	make_rig(&both, .name = "both", .size = 8, .max = 1000, .capacity = 2);
	a = get(&both, 7, IRQREF_TYPE_NONE, net);
	b = get(&both, 8, IRQREF_TYPE_NONE, net);
	assert_int_equal(irqref_find_virq(both.domain, 7), virq_of(a));
	assert_int_equal(irqref_find_virq(both.domain, 8), virq_of(b));
	assert_false(mapped(&both, 9));
	assert_false(mapped(&both, 1000));
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	end_rig(&both);
	world_end();
}

static int odd_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                         irqref_hwirq_t *hwirq, unsigned int *type)
{
	(void)domain;
	*hwirq = fwspec->cells[1];
	*type = fwspec->cells[0];
	return 0;
}

static void R8_translate(void)
{
	static const struct irqref_domain_ops odd = {.translate = odd_translate};
	struct irqref_domain_config config = {.name = "odd", .node = 0x200, .ops = &odd, .size = 8};
	struct irqref_domain_config plain = {.name = "plain", .node = 0x300, .size = 8};
	struct irqref_fwspec spec = {.node = 0x200, .ncells = 2, .cells = {4, 5}};
	struct irqref_fwspec none = {.node = 0x200, .ncells = 0};
	struct irqref_fwspec many = {.node = 0x200, .ncells = IRQREF_FWSPEC_CELLS + 1};
	struct irqref_domain *domain = NULL, *second = NULL;
	irqref_hwirq_t hwirq = 0;
	unsigned int type = 0;

	world();
	OK(irqref_domain_add(space, &config, &domain));
	OK(irqref_domain_add(space, &plain, &second));
	SURE(irqref_domain_translate(domain, &spec, &hwirq, &type));
	assert_int_equal(hwirq, 5);
	assert_int_equal(type, 4);
	SURE(irqref_domain_translate(second, &spec, &hwirq, &type));
	assert_int_equal(hwirq, 4);
	spec.ncells = 1;
	type = 9;
	SURE(irqref_domain_translate(second, &spec, &hwirq, &type));
	assert_int_equal(type, IRQREF_TYPE_NONE);
	GIVES(irqref_domain_translate(second, &none, &hwirq, &type), IRQREF_ERR_INVAL);
	GIVES(irqref_domain_translate(second, &many, &hwirq, &type), IRQREF_ERR_INVAL);
	spec.ncells = 2;
	spec.cells[0] = 0x40;
	spec.cells[1] = 0x40;
	GIVES(irqref_domain_translate(domain, &spec, &hwirq, &type), IRQREF_ERR_INVAL);
	GIVES(irqref_domain_translate(second, &spec, &hwirq, &type), IRQREF_ERR_INVAL);
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	SURE(irqref_domain_remove(second, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

static void R13_a_sleeping_chip_is_refused(void)
{
	static const struct irqref_chip chip = {.name = "slow", .flags = IRQREF_CHIP_SLEEPS};
	struct irqref_domain_config config = {.name = "slow", .size = 4, .chip = &chip};
	struct irqref_domain *domain = NULL;

	world();
	GIVES(irqref_domain_add(space, &config, &domain), IRQREF_ERR_NOTSUP);
	config.chip = NULL;
	config.flags = IRQREF_DOMAIN_SLEEPS;
	GIVES(irqref_domain_add(space, &config, &domain), IRQREF_ERR_NOTSUP);
	assert_null(domain);
	world_end();
}

static int set_slow_chip(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	static const struct irqref_chip chip = {.name = "slow", .flags = IRQREF_CHIP_SLEEPS};

	(void)desc;
	(void)arg;
	level->chip = &chip;
	return 0;
}

static uint32_t slow_unmaps;

static void count_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	slow_unmaps++;
}

static void R13_also_one_that_a_map_callback_sets(void)
{
	static const struct irqref_domain_ops ops = {.map = set_slow_chip, .unmap = count_unmap};
	struct irqref_domain_config config = {.name = "slow", .size = 4, .ops = &ops};
	struct irqref_domain *domain = NULL;
	struct irqref_ref ref = {0, 0};

	world();
	slow_unmaps = 0;
	OK(irqref_domain_add(space, &config, &domain));
	GIVES(irqref_get(domain, 1, 0, net, NULL, &ref, NULL), IRQREF_ERR_NOTSUP);
	assert_int_equal(slow_unmaps, 1);
	assert_int_equal(irqref_domain_mappings(domain), 0);
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

static void T19_domain_calls_are_refused_when_atomic(void)
{
	struct irqref_domain_config config = {.name = "late", .size = 4};
	struct irqref_domain *domain = NULL;

	world();
	port.atomic = true;
	GIVES(irqref_domain_add(space, &config, &domain), IRQREF_ERR_ATOMIC);
	GIVES(irqref_domain_associate(pic.domain, 10, 1, 1), IRQREF_ERR_ATOMIC);
	assert_code(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL),
	            IRQREF_ERR_ATOMIC);
	port.atomic = false;
	assert_null(domain);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R9_what_a_domain_is),
        TEST(R9_the_default_domain),
        TEST(R13_one_node_and_bus_has_one_domain),
        TEST(R9_a_held_domain_is_not_removed_politely),
        TEST(R9_a_domain_with_children_is_not_removed_politely),
        TEST(R9_a_dying_mapping_is_no_reason),
        TEST(R13_a_removed_domain_is_stale),
        TEST(T15_domains_come_and_go),
        TEST(R9_a_block_of_fixed_numbers),
        TEST(T17_a_block_over_something_mapped),
        TEST(T17_a_block_over_resting_numbers),
        TEST(R1_sparse_hwirqs),
        TEST(R1_hwirqs_of_sixty_four_bits),
        TEST(R1_both_kinds_in_one_domain),
        TEST(R8_translate),
        TEST(R13_a_sleeping_chip_is_refused),
        TEST(R13_also_one_that_a_map_callback_sets),
        TEST(T19_domain_calls_are_refused_when_atomic),
};
UNIT_SUITE_FIXTURE("domains", tests, setup, teardown)
