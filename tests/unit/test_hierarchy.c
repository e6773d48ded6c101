/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hierarchies: one count for each interrupt whichever level it was got through (R7), each level
 * undone once, failure at each level (T11).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static struct rig gic, remap, its;

/* msi 3 is remap 13, is gic 113 % 32 of a bigger gic. */
static void tower(void)
{
	world();
	make_rig(&gic, .name = "gic", .size = 256, .chip = &rig_chip_forward);
	make_level(&remap, &gic, 100, .name = "remap", .size = 64);
	make_level(&its, &remap, 10, .name = "its", .max = 1u << 20);
}

static void tower_end(void)
{
	end_rig(&its);
	end_rig(&remap);
	end_rig(&gic);
	world_end();
}

static void R7_one_count_through_every_level(void)
{
	struct irqref_ref a, b, c;
	irqref_virq_t virq;

	tower();
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	b = get(&remap, 13, IRQREF_TYPE_NONE, disk);
	c = get(&gic, 113, IRQREF_TYPE_NONE, uart);
	virq = virq_of(a);
	assert_int_equal(virq_of(b), virq);
	assert_int_equal(virq_of(c), virq);
	assert_int_equal(count_of(its.domain, 3), 3);
	assert_int_equal(count_of(gic.domain, 113), 3);
	expect_mappings(1);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, c));
	assert_true(mapped(&its, 3));
	SURE(irqref_put(space, b));
	assert_false(mapped(&its, 3));
	assert_false(mapped(&remap, 13));
	assert_false(mapped(&gic, 113));
	assert_int_equal(rig_line(&its, 3)->unmaps, 1);
	assert_int_equal(rig_line(&remap, 13)->unmaps, 1);
	assert_int_equal(rig_line(&gic, 113)->unmaps, 1);
	tower_end();
}

static void R7_each_level_pins_its_own_domain(void)
{
	struct irqref_ref a;

	tower();
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	assert_int_equal(irqref_domain_mappings(its.domain), 1);
	assert_int_equal(irqref_domain_mappings(remap.domain), 1);
	assert_int_equal(irqref_domain_mappings(gic.domain), 1);
	assert_ptr_equal(irqref_domain_parent(its.domain), remap.domain);
	assert_ptr_equal(irqref_domain_parent(gic.domain), NULL);
	assert_code(irqref_domain_remove(gic.domain, IRQREF_REMOVE_POLITE, NULL, NULL),
	            IRQREF_ERR_BUSY);
	SURE(irqref_put(space, a));
	assert_int_equal(irqref_domain_mappings(gic.domain), 0);
	tower_end();
}

static void R7_the_ledger_names_the_level(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a, b;

	tower();
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	b = get(&gic, 113, IRQREF_TYPE_NONE, disk);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.level, 0);
	assert_int_equal(entry.hwirq, 3);
	assert_string_equal(entry.domain, "its");
	assert_string_equal(entry.holder, "net");
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.level, 2);
	assert_int_equal(entry.hwirq, 113);
	assert_string_equal(entry.domain, "gic");
	assert_string_equal(entry.holder, "disk");
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	tower_end();
}

/* Got through an inner level that nobody mapped: that domain is its outermost level. */
static void R7_an_inner_level_can_be_mapped_alone_and_is_then_in_the_way(void)
{
	struct irqref_conflict conflict = {0};
	struct irqref_ref a, b = {0, 0};

	tower();
	a = get(&remap, 13, IRQREF_TYPE_NONE, net);
	assert_int_equal(rig_line(&its, 3)->maps, 0);
	GIVES(irqref_get(its.domain, 3, 0, disk, NULL, &b, &conflict), IRQREF_ERR_BUSY);
	assert_string_equal(conflict.holder, "net");
	assert_int_equal(conflict.virq, virq_of(a));
	assert_false(mapped(&its, 3));
	assert_int_equal(irqref_domain_mappings(its.domain), 0);
	assert_int_equal(count_of(remap.domain, 13), 1);
	SURE(irqref_put(space, a));
	b = get(&its, 3, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, b));
	tower_end();
}

static void fails_at(struct rig *rig, uint32_t how)
{
	struct irqref_ref a = {0, 0};

	tower();
	rig->refuse = how;
	GIVES(irqref_get(its.domain, 3, 0, net, NULL, &a, NULL), IRQREF_ERR_REFUSED);
	assert_int_equal(irqref_domain_mappings(its.domain), 0);
	assert_int_equal(irqref_domain_mappings(remap.domain), 0);
	assert_int_equal(irqref_domain_mappings(gic.domain), 0);
	assert_int_equal(rig_line(&its, 3)->maps, rig_line(&its, 3)->unmaps);
	assert_int_equal(rig_line(&remap, 13)->maps, rig_line(&remap, 13)->unmaps);
	assert_int_equal(rig_line(&gic, 113)->maps, rig_line(&gic, 113)->unmaps);
	assert_int_equal(rig_line(&remap, 13)->maps, rig_line(&remap, 13)->releases);
	assert_int_equal(rig_line(&gic, 113)->maps, rig_line(&gic, 113)->releases);
	expect_clean();
	rig->refuse = 0;
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, a));
	tower_end();
}

static void T11_refused_by_the_outermost_level(void)
{
	fails_at(&its, RIG_NO_MAP);
}

static void T11_refused_by_the_middle_level(void)
{
	fails_at(&remap, RIG_NO_MAP);
}

static void T11_refused_by_the_root(void)
{
	fails_at(&gic, RIG_NO_MAP);
}

/* Those further in are complete already, and are freed. */
static void T11_refused_by_the_outermost_level_at_last(void)
{
	fails_at(&its, RIG_NO_MAP_LATE);
}

static void T11_refused_by_the_middle_level_at_last(void)
{
	fails_at(&remap, RIG_NO_MAP_LATE);
}

static void T11_refused_by_the_root_at_last(void)
{
	fails_at(&gic, RIG_NO_MAP_LATE);
}

static void T17_out_of_range_at_an_inner_level(void)
{
	struct irqref_ref a = {0, 0};

	tower();
	GIVES(irqref_get(its.domain, 54, 0, net, NULL, &a, NULL), IRQREF_ERR_RANGE);
	GIVES(irqref_get(its.domain, 1u << 20, 0, net, NULL, &a, NULL), IRQREF_ERR_RANGE);
	assert_false(mapped(&its, 54));
	assert_int_equal(irqref_domain_mappings(its.domain), 0);
	tower_end();
}

static void T11_a_trimmed_level(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	tower();
	remap.trim = true;
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	assert_false(mapped(&gic, 113));
	assert_int_equal(irqref_domain_mappings(gic.domain), 0);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_dispatch(remap.domain, 13));
	assert_int_equal(hits.calls, 1);
	SURE(irqref_put(space, a));
	assert_int_equal(rig_line(&remap, 13)->unmaps, 1);
	assert_int_equal(rig_line(&gic, 113)->unmaps, 0);
	tower_end();
}

static void R7_resources_complete_root_first_and_go_outermost_first(void)
{
	struct irqref_ref a;
	struct counter hits = {0};

	tower();
	rig_log_clear();
	a = get(&its, 3, IRQREF_TYPE_LOW, net);
	if (!port_injecting())
		assert_string_equal(rig_log, "+++");
	OK(irqref_request(space, a, counting, &hits, 0));
	if (!port_injecting())
		assert_string_equal(rig_log, "+++tttAAAuuu");
	SURE(irqref_put(space, a));
	tower_end();
}

static void R7_a_refused_activation_is_undone(void)
{
	struct irqref_ref a;
	struct counter hits = {0};

	tower();
	a = get(&its, 3, IRQREF_TYPE_NONE, net);
	its.refuse = RIG_NO_ACTIVATE;
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_REFUSED);
	assert_int_equal(rig_line(&remap, 13)->activations, rig_line(&remap, 13)->deactivations);
	assert_int_equal(rig_line(&gic, 113)->activations, rig_line(&gic, 113)->deactivations);
	assert_int_equal(rig_line(&its, 3)->deactivations, 0);
	its.refuse = 0;
	gic.refuse = RIG_NO_ACTIVATE;
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_REFUSED);
	assert_int_equal(rig_line(&its, 3)->activations, 0);
	gic.refuse = 0;
	SURE(irqref_put(space, a));
	tower_end();
}

static void T12_dispatch_through_every_level(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	tower();
	a = get(&its, 3, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	SURE(irqref_dispatch(gic.domain, 113));
	SURE(irqref_dispatch(remap.domain, 13));
	SURE(irqref_dispatch(its.domain, 3));
	assert_int_equal(hits.calls, 3);
	SURE(irqref_put(space, a));
	assert_code(irqref_dispatch(gic.domain, 113), IRQREF_ERR_NOENT);
	tower_end();
}

/* A level whose chip has nothing leaves it to the next inner one. */
static void R7_an_absent_callback_is_looked_for_further_in(void)
{
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct counter hits = {0};
	struct rig outer, middle;
	struct irqref_ref a;
	uint32_t cpu = 9;

	world();
	make_rig(&middle, .name = "middle", .size = 32, .parent = &pic, .chip = &rig_chip_bare);
	make_rig(&outer, .name = "outer", .size = 32, .parent = &middle, .chip = &rig_chip_bare,
	         .flow = IRQREF_FLOW_LEVEL);
	a = get(&outer, 4, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_int_equal(rig_line(&pic, 4)->type, IRQREF_TYPE_LOW);
	assert_false(masked(&pic, 4));
	rig_log_clear();
	SURE(irqref_dispatch(outer.domain, 4));
	assert_string_equal(rig_log, "mau");
	OK(irqref_set_affinity(space, a, &cpus, &cpu));
	assert_int_equal(cpu, 0);
	SURE(irqref_disable(space, a));
	assert_true(masked(&pic, 4));
	SURE(irqref_put(space, a));
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	end_rig(&outer);
	end_rig(&middle);
	world_end();
}

static void R7_fasteoi_is_completed_further_in(void)
{
	struct counter hits = {0};
	struct rig outer;
	struct irqref_ref a;

	world();
	make_rig(&outer, .name = "outer", .size = 32, .parent = &pic, .chip = &rig_chip_bare,
	         .flow = IRQREF_FLOW_FASTEOI);
	a = get(&outer, 4, IRQREF_TYPE_HIGH, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_log_clear();
	SURE(irqref_dispatch(pic.domain, 4));
	assert_string_equal(rig_log, "e");
	SURE(irqref_put(space, a));
	end_rig(&outer);
	world_end();
}

/* T11: one to as many levels as there can be. */
static void T11_every_depth(void)
{
	static struct rig level[IRQREF_LEVELS_MAX];
	struct irqref_domain_config config = {.name = "too deep", .size = 4};
	struct irqref_domain *none = NULL;
	struct irqref_ref a;
	unsigned int depth, i;

	world();
	for (depth = 1; depth <= RIG_MAX - 2; depth++) {
		i = depth - 1;
		make_rig(&level[i], .name = "level", .size = 32, .parent = i ? &level[i - 1] : NULL,
		         .chip = &rig_chip_forward);
		a = get(&level[i], 5, IRQREF_TYPE_NONE, net);
		assert_int_equal(count_of(level[0].domain, 5), 1);
		SURE(irqref_put(space, a));
		assert_false(mapped(&level[0], 5));
	}
	while (--depth)
		end_rig(&level[depth - 1]);
	if (port_injecting()) {
		world_end();
		return;
	}
	for (i = 0; i < IRQREF_LEVELS_MAX; i++) {
		struct rig_config one = {.name = "level",
		                         .size = 32,
		                         .parent = i ? &level[i - 1] : NULL,
		                         .chip = &rig_chip_forward};

		SURE(rig_try(&level[i], &one));
	}
	config.parent = level[IRQREF_LEVELS_MAX - 1].domain;
	GIVES(irqref_domain_add(space, &config, &none), IRQREF_ERR_RANGE);
	a = get(&level[IRQREF_LEVELS_MAX - 1], 5, IRQREF_TYPE_NONE, net);
	assert_int_equal(count_of(level[0].domain, 5), 1);
	SURE(irqref_put(space, a));
	while (i--)
		SURE(irqref_domain_remove(level[i].domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

static int twice_result[2];

static int map_twice(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	twice_result[0] = irqref_map_parent(desc, level, level->hwirq, arg);
	twice_result[1] = irqref_map_parent(desc, level, level->hwirq + 1, arg);
	return twice_result[0];
}

static void R13_a_callback_maps_its_parent_once(void)
{
	static const struct irqref_domain_ops ops = {.map = map_twice};
	struct irqref_domain_config config = {.name = "twice", .size = 4, .ops = &ops};
	struct irqref_domain *domain = NULL;
	struct irqref_ref a = {0, 0};

	world();
	config.parent = pic.domain;
	OK(irqref_domain_add(space, &config, &domain));
	OK(irqref_get(domain, 1, 0, net, NULL, &a, NULL));
	assert_int_equal(twice_result[0], IRQREF_OK);
	assert_int_equal(twice_result[1], IRQREF_ERR_INVAL);
	SURE(irqref_put(space, a));
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	config.parent = NULL;
	OK(irqref_domain_add(space, &config, &domain));
	GIVES(irqref_get(domain, 1, 0, net, NULL, &a, NULL), IRQREF_ERR_INVAL);
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

/* Without callbacks the same hwirq is asked for further in. */
static void R7_a_domain_without_callbacks_passes_through(void)
{
	struct irqref_domain_config config = {.name = "through", .size = 32};
	struct irqref_domain *domain = NULL;
	struct irqref_ref a = {0, 0};
	struct irqref_level *level;

	world();
	config.parent = pic.domain;
	OK(irqref_domain_add(space, &config, &domain));
	OK(irqref_get(domain, 6, 0, net, NULL, &a, NULL));
	assert_true(mapped(&pic, 6));
	irqref_read_lock();
	level = irqref_desc_level(irqref_find(domain, 6), pic.domain);
	assert_non_null(level);
	assert_int_equal(level->hwirq, 6);
	assert_null(irqref_level_parent(irqref_find(domain, 6), level));
	level = irqref_desc_level(irqref_find(domain, 6), domain);
	assert_non_null(level);
	assert_ptr_equal(irqref_level_parent(irqref_find(domain, 6), level)->domain, pic.domain);
	irqref_read_unlock();
	SURE(irqref_put(space, a));
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

static struct rig *deadlk_rig;
static irqref_hwirq_t deadlk_hwirq;
static int deadlk_result;

static void map_itself(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_ref ref = {0, 0};

	(void)rig;
	(void)desc;
	(void)level;
	deadlk_result = irqref_get(deadlk_rig->domain, deadlk_hwirq, 0, net, NULL, &ref, NULL);
}

static void R16_a_callback_that_needs_its_own_mapping_is_told(void)
{
	struct irqref_ref a;

	world();
	deadlk_rig = &pic;
	deadlk_hwirq = 4;
	pic.on_map = map_itself;
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	assert_int_equal(deadlk_result, IRQREF_ERR_DEADLK);
	assert_int_equal(count_of(pic.domain, 4), 1);
	pic.on_map = NULL;
	pic.on_unmap = map_itself;
	deadlk_result = 0;
	SURE(irqref_put(space, a));
	assert_int_equal(deadlk_result, IRQREF_ERR_DEADLK);
	pic.on_unmap = NULL;
	world_end();
}

static int remove_result;

static void remove_itself(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	remove_result = irqref_domain_remove(rig->domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	if (remove_result == IRQREF_ERR_DEADLK)
		remove_result = irqref_domain_remove(rig->domain, IRQREF_REMOVE_POLITE, NULL, NULL);
}

static void R16_a_callback_cannot_remove_its_own_domain(void)
{
	struct irqref_ref a;

	world();
	pic.on_map = remove_itself;
	a = get(&pic, 4, IRQREF_TYPE_NONE, net);
	assert_int_equal(remove_result, IRQREF_ERR_DEADLK);
	pic.on_map = NULL;
	pic.on_unmap = remove_itself;
	remove_result = 0;
	SURE(irqref_put(space, a));
	assert_int_equal(remove_result, IRQREF_ERR_DEADLK);
	pic.on_unmap = NULL;
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R7_one_count_through_every_level),
        TEST(R7_each_level_pins_its_own_domain),
        TEST(R7_the_ledger_names_the_level),
        TEST(R7_an_inner_level_can_be_mapped_alone_and_is_then_in_the_way),
        TEST(T11_refused_by_the_outermost_level),
        TEST(T11_refused_by_the_middle_level),
        TEST(T11_refused_by_the_root),
        TEST(T11_refused_by_the_outermost_level_at_last),
        TEST(T11_refused_by_the_middle_level_at_last),
        TEST(T11_refused_by_the_root_at_last),
        TEST(T17_out_of_range_at_an_inner_level),
        TEST(T11_a_trimmed_level),
        TEST(R7_resources_complete_root_first_and_go_outermost_first),
        TEST(R7_a_refused_activation_is_undone),
        TEST(T12_dispatch_through_every_level),
        TEST(R7_an_absent_callback_is_looked_for_further_in),
        TEST(R7_fasteoi_is_completed_further_in),
        TEST(T11_every_depth),
        TEST(R13_a_callback_maps_its_parent_once),
        TEST(R7_a_domain_without_callbacks_passes_through),
        TEST(R16_a_callback_that_needs_its_own_mapping_is_told),
        TEST(R16_a_callback_cannot_remove_its_own_domain),
};
UNIT_SUITE_FIXTURE("hierarchies", tests, setup, teardown)
