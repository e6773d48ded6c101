/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux-named calls: what 6.12 lets its callers observe (R3), and the right thing where 6.12
 * has a known defect (C1 to C11 of docs/SPEC.md).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#include "linux.h"

static void R3_create_find_dispose(void)
{
	unsigned int virq;

	linux_world();
	assert_int_equal(irq_find_mapping(pic.domain, 3), 0);
	virq = map(3);
	assert_int_equal(irq_create_mapping(pic.domain, 3), virq);
	assert_int_equal(irq_find_mapping(pic.domain, 3), virq);
	assert_int_equal(irq_find_mapping(NULL, 3), virq);
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(NULL, 3), 0);
	irq_dispose_mapping(0);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 0);
	irq_dispose_mapping(virq);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 1);
	assert_int_equal(port.last.error, IRQREF_ERR_STALE);
	world_end();
}

static void R3_a_failed_create_is_zero_and_recorded(void)
{
	linux_world();
	assert_int_equal(irq_create_mapping(NULL, PIC_SIZE), 0);
	assert_int_equal(port.last.kind, IRQREF_EVENT_LINUX_FAILED);
	assert_int_equal(port.last.error, IRQREF_ERR_RANGE);
	irq_set_default_domain(NULL);
	assert_null(irq_get_default_domain());
	assert_int_equal(irq_create_mapping(NULL, 1), 0);
	assert_int_equal(irq_find_mapping(NULL, 1), 0);
	irq_set_default_host(pic.domain);
	assert_ptr_equal(irq_get_default_host(), pic.domain);
	assert_ptr_equal(irq_find_matching_fwnode(PIC_NODE, 0), pic.domain);
	pic.refuse = RIG_NO_MAP;
	assert_int_equal(irq_create_mapping(NULL, 1), 0);
	pic.refuse = 0;
	expect_clean();
	world_end();
}

static void R3_types_are_negotiated(void)
{
	struct irqref_fwspec low = {
	        .node = PIC_NODE, .ncells = 2, .cells = {4, IRQ_TYPE_LEVEL_LOW}};
	struct irqref_fwspec high = low, none = low, odd = low;
	unsigned int virq;

	high.cells[1] = IRQ_TYPE_LEVEL_HIGH;
	none.ncells = 1;
	odd.cells[1] = 0xf0 | IRQ_TYPE_LEVEL_LOW;
	linux_world();
	YIELDS(virq = irq_create_fwspec_mapping(&none));
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_NONE);
	YIELDS(irq_create_fwspec_mapping(&low) == virq);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	YIELDS(irq_create_fwspec_mapping(&none) == virq);
	YIELDS(irq_create_fwspec_mapping(&odd) == virq);
	assert_int_equal(irq_create_fwspec_mapping(&high), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	irq_dispose_mapping(virq);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_NONE);
	YIELDS(virq = irq_create_fwspec_mapping(&high));
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_specifiers(void)
{
	struct irqref_fwspec nobody = {.node = 0x999, .ncells = 1};
	struct irqref_fwspec anybody = {.node = 0, .ncells = 1, .cells = {7}};
	const uint32_t cells[2] = {9, IRQ_TYPE_LEVEL_HIGH};
	unsigned int virq;

	linux_world();
	assert_int_equal(irq_create_fwspec_mapping(&nobody), 0);
	assert_int_equal(irq_create_fwspec_mapping(NULL), 0);
	YIELDS(virq = irq_create_fwspec_mapping(&anybody));
	assert_int_equal(irq_find_mapping(pic.domain, 7), virq);
	irq_dispose_mapping(virq);
	YIELDS(virq = irq_create_of_mapping(PIC_NODE, cells, 2));
	assert_int_equal(irq_find_mapping(pic.domain, 9), virq);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	irq_dispose_mapping(virq);
	assert_int_equal(irq_create_of_mapping(PIC_NODE, NULL, 2), 0);
	assert_int_equal(irq_create_of_mapping(PIC_NODE, cells, 17), 0);
	assert_int_equal(irq_create_of_mapping(PIC_NODE, cells, 0), 0);
	pic.refuse = RIG_NO_TRANSLATE;
	assert_int_equal(irq_create_of_mapping(PIC_NODE, cells, 2), 0);
	pic.refuse = 0;
	world_end();
}

static void R3_setting_the_type(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(irq_set_irq_type(virq, 0x30 | IRQ_TYPE_EDGE_BOTH), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_EDGE_BOTH);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	assert_int_equal(rig_line(&pic, 2)->type, IRQ_TYPE_LEVEL_LOW);
	LINUX(irq_set_irq_type(virq, 0x6), L(EINVAL));
	LINUX(irq_set_irq_type(200, IRQ_TYPE_LEVEL_LOW), L(EINVAL));
	LINUX(irq_set_irq_type(0, IRQ_TYPE_LEVEL_LOW), L(EINVAL));
	pic.refuse = RIG_NO_TYPE;
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), L(EINVAL));
	pic.refuse = 0;
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

/* C2 and C7: the number rests, so the second dispose meets nothing. */
static void T2_dispose_twice(void)
{
	unsigned int first, second;

	linux_world();
	first = map(2);
	irq_dispose_mapping(first);
	second = map(3);
	irq_dispose_mapping(first);
	assert_int_equal(irq_find_mapping(pic.domain, 3), second);
	irq_dispose_mapping(second);
	world_end();
}

static void R3_domains(void)
{
	struct irqref_domain *linear, *tree, *outer, *root;
	unsigned int virq, i;

	linux_world();
	YIELDS(linear = irq_domain_create_linear(0x500, 8, NULL, &one));
	YIELDS(tree = irq_domain_create_tree(0, NULL, NULL));
	YIELDS(outer = irq_domain_create_hierarchy(linear, 0, 4, 0xabcdef01, NULL, NULL));
	YIELDS(root = irq_domain_create_hierarchy(NULL, 0, 0, 0, NULL, NULL));
	assert_string_equal(irqref_domain_name(linear), "domain-500");
	assert_string_equal(irqref_domain_name(tree), "domain-0");
	assert_string_equal(irqref_domain_name(outer), "domain-abcdef01");
	assert_ptr_equal(irqref_domain_data(linear), &one);
	assert_ptr_equal(irq_find_matching_fwnode(0x500, 0), linear);
	YIELDS(virq = irq_create_mapping(outer, 3));
	assert_int_equal(irq_find_mapping(linear, 3), virq);
	irq_dispose_mapping(virq);
	YIELDS(virq = irq_create_mapping(tree, 0x1000000));
	irq_domain_remove(tree);
	assert_int_equal(port_stats().mappings, 0);
	i = port.events[IRQREF_EVENT_LINUX_FAILED];
	assert_null(irq_domain_create_linear(0x500, 8, NULL, NULL));
	assert_null(irq_domain_create_linear(0x501, 0, NULL, NULL));
	irq_domain_remove(tree);
	irq_domain_remove(NULL);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], i + 3);
	irq_domain_remove(root);
	irq_domain_remove(outer);
	irq_domain_remove(linear);
	world_end();
}

/* Linux frees the domain under its mappings; here what only floats goes, the rest is revoked. */
static void T15_removal_with_a_request(void)
{
	struct irqref_domain *domain;
	unsigned int held, floating;

	linux_world();
	YIELDS(domain = irq_domain_create_linear(0x500, 8, NULL, NULL));
	YIELDS(held = irq_create_mapping(domain, 1));
	YIELDS(floating = irq_create_mapping(domain, 2));
	LINUX(request_irq(held, counting, 0, "x", &one), 0);
	irq_domain_remove(domain);
	assert_int_equal(port.events[IRQREF_EVENT_REVOKED], 1);
	assert_int_equal(generic_handle_irq(floating), L(EINVAL));
	assert_int_equal(generic_handle_irq(held), L(EINVAL));
	LINUX(request_irq(held, counting, IRQF_SHARED, "y", &two), L(ENODEV));
	LINUX(irq_set_irq_type(held, IRQ_TYPE_LEVEL_LOW), L(ENODEV));
	irq_dispose_mapping(held);
	disable_irq(held);
	enable_irq(held);
	assert_ptr_equal(free_irq(held, &one), &one);
	assert_null(free_irq(held, &one));
	world_end();
}

static void R3_legacy_blocks(void)
{
	struct irqref_domain *legacy, *simple, *empty;

	linux_world();
	YIELDS(legacy = irq_domain_create_legacy(0x600, 16, 100, 4, NULL, NULL));
	YIELDS(simple = irq_domain_create_simple(0x601, 8, 120, NULL, NULL));
	YIELDS(empty = irq_domain_create_simple(0x602, 8, 0, NULL, NULL));
	assert_int_equal(irq_find_mapping(legacy, 4), 100);
	assert_int_equal(irq_find_mapping(legacy, 19), 115);
	assert_int_equal(irq_find_mapping(legacy, 0), 0);
	assert_int_equal(irq_find_mapping(simple, 0), 120);
	assert_int_equal(irqref_domain_mappings(empty), 0);
	irq_dispose_mapping(100);
	assert_int_equal(irq_find_mapping(legacy, 4), 100);
	assert_null(irq_domain_create_legacy(0x603, 4, 110, 0, NULL, NULL));
	assert_null(irq_find_matching_fwnode(0x603, 0));
	assert_null(irq_domain_create_legacy(0x603, 0, 110, 0, NULL, NULL));
	assert_null(irq_domain_create_legacy(0x603, 2, 110, UINT32_MAX, NULL, NULL));
	LINUX(irq_domain_associate(empty, 130, 3), 0);
	LINUX(irq_domain_associate(empty, 131, 3), L(EINVAL));
	LINUX(irq_domain_associate(empty, 130, 4), L(EINVAL));
	LINUX(irq_domain_associate(empty, 131, 8), L(EINVAL));
	irq_domain_associate_many(empty, 129, 2, 3);
	if (!port_injecting()) {
		assert_int_equal(irq_find_mapping(empty, 2), 129);
		assert_int_equal(irq_find_mapping(empty, 4), 131);
	}
	irq_domain_remove(legacy);
	irq_domain_remove(simple);
	irq_domain_remove(empty);
	world_end();
}

static void R3_blocks_of_numbers_in_a_row(void)
{
	struct irqref_fwspec spec = {
	        .node = PIC_NODE, .ncells = 2, .cells = {4, IRQ_TYPE_LEVEL_LOW}};
	unsigned int single, i;
	long first = 0;

	linux_world();
	single = map(20);
	YIELDS((first = irq_domain_alloc_irqs(pic.domain, 5, 0, &spec)) > 0);
	for (i = 0; i < 5; i++) {
		assert_int_equal(irq_find_mapping(pic.domain, 4 + i), first + i);
		assert_int_equal(irq_get_trigger_type((unsigned int)first + i), IRQ_TYPE_LEVEL_LOW);
	}
	LINUX(irq_domain_alloc_irqs(pic.domain, 1, 0, &spec), L(EEXIST));
	spec.cells[0] = 18;
	LINUX(irq_domain_alloc_irqs(pic.domain, 4, 0, &spec), L(EEXIST));
	assert_int_equal(irq_find_mapping(pic.domain, 18), 0);
	spec.cells[0] = 30;
	LINUX(irq_domain_alloc_irqs(pic.domain, 4, 0, &spec), L(EINVAL));
	LINUX(irq_domain_alloc_irqs(pic.domain, 0, 0, &spec), L(EINVAL));
	LINUX(irq_domain_alloc_irqs(pic.domain, 1, 0, NULL), L(EINVAL));
	LINUX(irq_domain_alloc_irqs(pic.domain, 1000, 0, &spec), L(EINVAL));
	pic.refuse = RIG_NO_TRANSLATE;
	LINUX(irq_domain_alloc_irqs(pic.domain, 1, 0, &spec), L(EIO));
	pic.refuse = 0;
	port.atomic = true;
	LINUX(irq_domain_alloc_irqs(pic.domain, 1, 0, &spec), L(EAGAIN));
	port.atomic = false;
	expect_mappings(6);
	irq_domain_free_irqs((unsigned int)first, 5);
	irq_dispose_mapping(single);
	world_end();
}

/* A row is found between numbers in use, if need be among those that rest. */
static void R10_a_row_in_a_crowded_table(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_fwspec spec = {.node = PIC_NODE, .ncells = 1, .cells = {20}};
	unsigned int virq[8], i;
	long first = 0;

	if (port.fail_callback)
		return; /* a failed attempt uses a number up */
	config.max_irqs = 8;
	world_with(&config, IRQREF_FLOW_LEVEL);
	irq_set_default_domain(pic.domain);
	for (i = 0; i < 8; i++)
		virq[i] = map(i);
	LINUX(irq_domain_alloc_irqs(pic.domain, 1, 0, &spec), L(ENOSPC));
	for (i = 3; i < 6; i++)
		irq_dispose_mapping(virq[i]);
	LINUX(irq_domain_alloc_irqs(pic.domain, 4, 0, &spec), L(ENOSPC));
	YIELDS((first = irq_domain_alloc_irqs(pic.domain, 3, 0, &spec)) > 0);
	irq_domain_free_irqs((unsigned int)first, 3);
	for (i = 0; i < 8; i++) {
		if (i < 3 || i > 5)
			irq_dispose_mapping(virq[i]);
	}
	world_end();
}

static void T13_push_and_pop(void)
{
	struct irqref_fwspec spec = {.node = 0x700, .ncells = 1, .cells = {6}};
	struct rig top;
	unsigned int virq;

	linux_world();
	make_level(&top, &pic, 0, .name = "top", .size = 8, .node = 0x700);
	top.trim = true;
	virq = map(2);
	LINUX(irq_domain_push_irq(top.domain, (int)virq, &spec), 0);
	assert_int_equal(irq_find_mapping(top.domain, 6), virq);
	LINUX(irq_domain_pop_irq(top.domain, (int)virq), 0);
	LINUX(irq_domain_push_irq(top.domain, (int)virq, NULL), 0);
	assert_int_equal(irq_find_mapping(top.domain, 2), virq);
	LINUX(irq_domain_pop_irq(top.domain, (int)virq), 0);
	LINUX(irq_domain_pop_irq(top.domain, (int)virq), L(EINVAL));
	LINUX(irq_domain_push_irq(NULL, (int)virq, NULL), L(EINVAL));
	LINUX(irq_domain_pop_irq(NULL, (int)virq), L(EINVAL));
	LINUX(irq_domain_push_irq(top.domain, 200, NULL), L(EINVAL));
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	LINUX(irq_domain_push_irq(top.domain, (int)virq, NULL), L(EBUSY));
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	end_rig(&top);
	world_end();
}

static void R3_affinity(void)
{
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct rig bare;
	unsigned int virq;

	linux_world();
	make_rig(&bare, .name = "bare", .size = 4, .chip = &rig_chip_bare);
	virq = map(2);
	LINUX(irq_set_affinity(virq, &cpus), 0);
	assert_int_equal(pic.last_cpus, 1);
	LINUX(irq_set_affinity(virq, NULL), L(EINVAL));
	LINUX(irq_set_affinity(200, &cpus), L(EINVAL));
	assert_int_equal(port_stats().references, 0);
	assert_int_equal(irq_find_mapping(NULL, 2), virq);
	irq_dispose_mapping(virq);
	YIELDS(virq = irq_create_mapping(bare.domain, 1));
	LINUX(irq_set_affinity(virq, &cpus), L(EINVAL));
	irq_dispose_mapping(virq);
	end_rig(&bare);
	world_end();
}

static void R13_every_code_has_an_errno(void)
{
	int code;

	assert_int_equal(irqref_linux_errno(0), 0);
	assert_int_equal(irqref_linux_errno(7), 7);
	for (code = IRQREF_ERR_FORMAT; code < 0; code++)
		assert_in_range(-irqref_linux_errno(code), 1, 75);
	assert_int_equal(irqref_linux_errno(IRQREF_ERR_DEADLK), L(EDEADLK));
	assert_int_equal(irqref_linux_errno(IRQREF_ERR_OVERFLOW), L(EOVERFLOW));
	assert_int_equal(irqref_linux_errno(IRQREF_ERR_NOENT), L(ENOENT));
	assert_int_equal(irqref_linux_errno(IRQREF_ERR_AGAIN), L(EAGAIN));
}

static void R13_without_a_space(void)
{
	space = NULL;
	assert_int_equal(irq_create_mapping(NULL, 1), 0);
	assert_int_equal(irq_find_mapping(NULL, 1), 0);
	assert_int_equal(irq_create_fwspec_mapping(&(struct irqref_fwspec){.ncells = 1}), 0);
	irq_dispose_mapping(1);
	LINUX(request_irq(1, counting, 0, "x", &one), L(EINVAL));
	assert_null(free_irq(1, &one));
	enable_irq(1);
	disable_irq(1);
	synchronize_irq(1);
	LINUX(irq_set_irq_type(1, IRQ_TYPE_LEVEL_LOW), L(EINVAL));
	assert_int_equal(irq_get_trigger_type(1), IRQ_TYPE_NONE);
	assert_false(irq_has_action(1));
	assert_int_equal(generic_handle_irq(1), L(EINVAL));
	assert_int_equal(generic_handle_domain_irq(NULL, 1), L(EINVAL));
	assert_null(irq_domain_create_linear(1, 4, NULL, NULL));
	assert_int_equal(irq_domain_associate(NULL, 1, 1), L(EINVAL));
}

static unsigned int taken;

static void take_a_number(void)
{
	taken = irq_create_mapping(NULL, 25);
}

/* Somebody takes a number of the row that was just found free: another row is found. */
static void R10_a_row_that_is_taken_meanwhile(void)
{
	struct irqref_fwspec spec = {.node = 0x700, .ncells = 1, .cells = {1}};
	struct rig outer;
	long first = 0;

	linux_world();
	make_level(&outer, &pic, 0, .name = "outer", .size = 8, .node = 0x700);
	if (!port_injecting()) {
		port.on_alloc = take_a_number;
		port.alloc_skip = 1;
		first = irq_domain_alloc_irqs(outer.domain, 4, 0, &spec);
		assert_true(first > 0);
		assert_true(taken > 0);
		assert_int_equal(irq_find_mapping(outer.domain, 4), first + 3);
		irq_domain_free_irqs((unsigned int)first, 4);
		irq_dispose_mapping(taken);
	}
	end_rig(&outer);
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R3_create_find_dispose),
        TEST(R3_a_failed_create_is_zero_and_recorded),
        TEST(R3_types_are_negotiated),
        TEST(R3_specifiers),
        TEST(R3_setting_the_type),
        TEST(T2_dispose_twice),
        TEST(R3_domains),
        TEST(T15_removal_with_a_request),
        TEST(R3_legacy_blocks),
        TEST(R3_blocks_of_numbers_in_a_row),
        TEST(R10_a_row_in_a_crowded_table),
        TEST(T13_push_and_pop),
        TEST(R3_affinity),
        TEST(R13_every_code_has_an_errno),
        TEST(R13_without_a_space),
        TEST(R10_a_row_that_is_taken_meanwhile),
};
UNIT_SUITE_FIXTURE("Linux-named calls", tests, setup, teardown)
