/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another context may do in the middle of a call: the test does it itself, where the core
 * calls out (an allocation, a grace period, a callback), which it never does with a lock held
 * (R14). So these interleavings are the same each time and on every port.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static int inner;
static struct irqref_ref inner_ref;
static irqref_virq_t inner_virq;
static struct irqref_consumer inner_consumer;
static struct irqref_ref held;
static struct rig tree;
static struct counter hits;

/* ------------------------------------------------------- while memory is got */

static void also_get(void)
{
	inner = irqref_get(pic.domain, 4, 0, disk, NULL, &inner_ref, NULL);
}

static void also_create_sparse(void)
{
	inner = irqref_floating_get(tree.domain, 70, 0, NULL, &inner_virq, NULL);
}

static void also_add_consumer(void)
{
	inner = irqref_consumer_add(space, "inner", &inner_consumer);
}

/* R1: one mapping, however many allocations of the outer get the inner one overtakes. */
static void R1_a_get_in_the_middle_of_the_same_get(void)
{
	struct irqref_ref ref;
	uint32_t skip;

	for (skip = 0; skip < 6 && !port_injecting(); skip++) {
		world();
		inner = 1;
		port.alloc_skip = skip;
		port.on_alloc = also_get;
		ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
		if (inner == 1)
			port.on_alloc = NULL;
		else
			assert_int_equal(inner, IRQREF_OK);
		assert_int_equal(count_of(pic.domain, 4), inner == 1 ? 1 : 2);
		if (inner == IRQREF_OK) {
			assert_int_equal(virq_of(ref), virq_of(inner_ref));
			SURE(irqref_put(space, inner_ref));
		}
		SURE(irqref_put(space, ref));
		world_end();
	}
}

/* R1: the last number goes to another get of the same hwirq, which is as good as one of its own. */
static void R1_the_last_number_goes_to_the_same_hwirq(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_ref ref;
	uint32_t skip;

	for (skip = 0; skip < 3 && !port_injecting(); skip++) {
		config.max_irqs = 1;
		config.max_consumers = 3;
		world_with(&config, IRQREF_FLOW_LEVEL);
		inner = 1;
		port.alloc_skip = skip;
		port.on_alloc = also_get;
		ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
		port.on_alloc = NULL;
		assert_int_equal(count_of(pic.domain, 4), inner == 1 ? 1 : 2);
		if (inner == IRQREF_OK)
			SURE(irqref_put(space, inner_ref));
		SURE(irqref_put(space, ref));
		world_end();
	}
}

static void R1_a_table_grows_in_the_middle_of_its_growing(void)
{
	irqref_virq_t virq;
	uint32_t skip, i;

	for (skip = 0; skip < 4 && !port_injecting(); skip++) {
		world();
		make_rig(&tree, .name = "tree");
		for (i = 0; i < 12; i++)
			(void)create(&tree, i, IRQREF_TYPE_NONE);
		inner = 1;
		port.alloc_skip = skip;
		port.on_alloc = also_create_sparse;
		for (; i < 40; i++)
			(void)create(&tree, i, IRQREF_TYPE_NONE);
		port.on_alloc = NULL;
		if (inner == 1)
			also_create_sparse();
		assert_int_equal(inner, IRQREF_OK);
		expect_mappings(41);
		for (i = 0; i < 41; i++) {
			virq = irqref_find_virq(tree.domain, i < 40 ? i : 70);
			assert_true(virq != 0);
			SURE(irqref_floating_put(space, virq));
		}
		end_rig(&tree);
		world_end();
	}
}

static void R15_a_pool_grows_in_the_middle_of_its_growing(void)
{
	struct irqref_consumer first;
	uint32_t skip;

	for (skip = 0; skip < 2 && !port_injecting(); skip++) {
		space = make_space();
		port.alloc_skip = skip;
		port.on_alloc = also_add_consumer;
		first = make_consumer("first");
		assert_int_equal(inner, IRQREF_OK);
		assert_true(first.slot != inner_consumer.slot);
		SURE(irqref_consumer_remove(space, first, NULL, NULL));
		SURE(irqref_consumer_remove(space, inner_consumer, NULL, NULL));
		end_space();
	}
}

static void remove_pic(void)
{
	inner = irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	if (inner == IRQREF_OK)
		rig_forget(&pic);
}

static void pic_back(void)
{
	make_rig(&pic, .name = "pic", .size = 4);
}

static void R9_the_parent_goes_while_a_child_is_added(void)
{
	struct irqref_domain_config config = {.name = "child", .size = 4};
	struct irqref_domain *domain = NULL;

	world();
	if (!port_injecting()) {
		config.parent = pic.domain;
		port.on_alloc = remove_pic;
		assert_code(irqref_domain_add(space, &config, &domain), IRQREF_ERR_REVOKED);
		assert_int_equal(inner, IRQREF_OK);
		assert_null(domain);
		pic_back();
	}
	world_end();
}

static void R9_the_domain_goes_while_it_maps(void)
{
	struct irqref_ref ref = {0, 0};

	world();
	if (!port_injecting()) {
		port.on_alloc = remove_pic;
		assert_code(irqref_get(pic.domain, 4, 0, net, NULL, &ref, NULL), IRQREF_ERR_STALE);
		assert_int_equal(inner, IRQREF_OK);
		expect_mappings(0);
		pic_back();
	}
	world_end();
}

/* ------------------------------------------------------ while a callback runs */

static void leave_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	inner = irqref_consumer_remove(space, inner_consumer, NULL, NULL);
}

static void R12_the_consumer_goes_while_its_get_maps(void)
{
	struct irqref_ref ref = {5, 5};

	world();
	inner_consumer = make_consumer("leaves");
	pic.on_map = leave_on_map;
	GIVES(irqref_get(pic.domain, 4, 0, inner_consumer, NULL, &ref, NULL), IRQREF_ERR_NOENT);
	pic.on_map = NULL;
	assert_int_equal(ref.slot, 5);
	if (!port_injecting())
		assert_int_equal(inner, 0);
	assert_int_equal(rig_line(&pic, 4)->unmaps, rig_line(&pic, 4)->maps);
	expect_mappings(0);
	world_end();
}

static struct rig outer;

static void get_outer_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	inner = irqref_get(outer.domain, 3, 0, disk, NULL, &inner_ref, NULL);
}

/* The inner level that it needs is just being made, by the very caller. */
static void R16_a_callback_that_needs_what_it_is_making_further_in(void)
{
	struct irqref_ref ref;

	world();
	make_level(&outer, &pic, 6, .name = "outer", .size = 8);
	pic.on_map = get_outer_on_map;
	ref = get(&pic, 9, IRQREF_TYPE_NONE, net);
	if (!port_injecting())
		assert_int_equal(inner, IRQREF_ERR_DEADLK);
	pic.on_map = NULL;
	assert_int_equal(irqref_domain_mappings(outer.domain), 0);
	SURE(irqref_put(space, ref));
	end_rig(&outer);
	world_end();
}

/* What was left dying further in is finished by the get that needs its hwirq. */
static void R16_a_get_helps_a_teardown_further_in(void)
{
	struct irqref_ref ref;

	world();
	make_level(&outer, &pic, 6, .name = "outer", .size = 8);
	ref = get(&pic, 9, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, ref));
	port.atomic = false;
	if (!port_injecting()) {
		ref = get(&outer, 3, IRQREF_TYPE_NONE, net);
		assert_int_equal(rig_line(&pic, 9)->unmaps, 1);
		assert_int_equal(rig_line(&pic, 9)->maps, 2);
		SURE(irqref_put(space, ref));
	}
	SURE(irqref_flush(space));
	end_rig(&outer);
	world_end();
}

static int odd_code;

static int odd_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	(void)desc;
	(void)level;
	(void)arg;
	return odd_code;
}

static void R12_whatever_a_callback_returns_is_a_refusal(void)
{
	static const struct irqref_domain_ops ops = {.map = odd_map};
	struct irqref_domain_config config = {.name = "odd", .size = 4, .ops = &ops};
	struct irqref_fwspec spec = {.node = 0, .ncells = 1};
	struct irqref_domain *domain = NULL;
	struct irqref_ref ref = {0, 0};
	irqref_hwirq_t hwirq;
	unsigned int type;

	world();
	OK(irqref_domain_add(space, &config, &domain));
	for (odd_code = 3; odd_code >= 1; odd_code--)
		GIVES(irqref_get(domain, 1, 0, net, NULL, &ref, NULL), IRQREF_ERR_REFUSED);
	odd_code = -1000;
	GIVES(irqref_get(domain, 1, 0, net, NULL, &ref, NULL), IRQREF_ERR_REFUSED);
	SURE(irqref_domain_translate(domain, &spec, &hwirq, &type));
	expect_mappings(0);
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

static int bad_parent[4];

static void parents_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	bad_parent[0] = irqref_map_parent(NULL, level, 1, NULL);
	bad_parent[1] = irqref_map_parent(desc, NULL, 1, NULL);
	bad_parent[2] = irqref_map_parent(desc, level, 1, NULL);
	bad_parent[3] = irqref_desc_level(desc, tree.domain) != NULL;
}

static void R13_no_parent_to_map(void)
{
	struct irqref_ref ref;

	world();
	make_rig(&tree, .name = "tree");
	pic.on_map = parents_on_map;
	ref = get(&pic, 4, IRQREF_TYPE_NONE, net);
	assert_int_equal(bad_parent[0], IRQREF_ERR_INVAL);
	assert_int_equal(bad_parent[1], IRQREF_ERR_INVAL);
	assert_int_equal(bad_parent[2], IRQREF_ERR_INVAL);
	assert_int_equal(bad_parent[3], false);
	pic.on_map = NULL;
	SURE(irqref_put(space, ref));
	end_rig(&tree);
	world_end();
}

static void get_on_unmap(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (level->hwirq == 4)
		inner = irqref_get(rig->domain, 9, 0, disk, NULL, &inner_ref, NULL);
}

/* R10: the only number is just being torn down by the caller: it waits a while, not for ever. */
static void R10_a_full_table_whose_number_is_the_callers_own(void)
{
	struct irqref_space_config config = port_config();

	config.max_irqs = 1;
	config.max_consumers = 3;
	world_with(&config, IRQREF_FLOW_LEVEL);
	pic.on_unmap = get_on_unmap;
	SURE(irqref_put(space, get(&pic, 4, IRQREF_TYPE_NONE, net)));
	if (!port_injecting())
		assert_int_equal(inner, IRQREF_ERR_NOSPC);
	pic.on_unmap = NULL;
	world_end();
}

static void put_on_unmap(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	inner = irqref_put(space, held);
}

/* The last holder leaves in the middle of the revocation. */
static void R9_the_last_put_during_the_revocation(void)
{
	world();
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	pic.on_unmap = put_on_unmap;
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&pic);
	assert_int_equal(inner, IRQREF_OK);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	pic_back();
	world_end();
}

static void free_vectors_on_unmap(struct rig *rig, struct irqref_desc *desc,
                                  struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	inner = irqref_msi_free(space, &held, 1);
}

static void R11_vectors_freed_during_their_revocation(void)
{
	world();
	OK(irqref_msi_alloc(pic.domain, 4, 1, 0, net, &held));
	pic.on_unmap = free_vectors_on_unmap;
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&pic);
	assert_int_equal(inner, IRQREF_OK);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	if (irqref_put(space, held) != IRQREF_ERR_STALE)
		expect_mappings(0);
	pic_back();
	world_end();
}

static void put_reported(void *ctx, const struct irqref_entry *entry)
{
	(void)ctx;
	(void)entry;
	(void)irqref_put(space, held);
}

static void R9_the_holder_leaves_while_it_is_reported(void)
{
	int err;

	world();
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	err = irqref_domain_remove(pic.domain, IRQREF_REMOVE_POLITE, put_reported, NULL);
	assert_code(err, IRQREF_ERR_BUSY);
	assert_false(mapped(&pic, 4));
	world_end();
}

static void R9_a_dying_mapping_under_a_forced_removal(void)
{
	world();
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, held));
	port.atomic = false;
	SURE(irqref_domain_remove(pic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	rig_forget(&pic);
	assert_int_equal(rig_line(&pic, 4)->unmaps, 1);
	pic_back();
	world_end();
}

/* --------------------------------------------------- while a level is pushed */

static void request_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	inner = irqref_request(space, held, counting, &hits, 0);
	bad_parent[0] = irqref_level_push(space, inner_virq, rig->domain, 7, NULL);
}

static void top(void)
{
	world();
	hits = (struct counter){0};
	make_level(&outer, &pic, 0, .name = "top", .size = 64);
	outer.trim = true;
	held = get(&pic, 5, IRQREF_TYPE_NONE, net);
	inner_virq = virq_of(held);
}

static void top_end(void)
{
	outer.on_map = NULL;
	end_rig(&outer);
	world_end();
}

static void T13_no_handler_and_no_other_push_meanwhile(void)
{
	top();
	outer.on_map = request_on_map;
	OK(irqref_level_push(space, inner_virq, outer.domain, 1, NULL));
	assert_int_equal(inner, IRQREF_ERR_AGAIN);
	assert_int_equal(bad_parent[0], IRQREF_ERR_BUSY);
	SURE(irqref_put(space, held));
	top_end();
}

static void put_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	inner = irqref_put(space, held);
}

static void T13_the_last_holder_leaves_meanwhile(void)
{
	top();
	outer.on_map = put_on_map;
	OK(irqref_level_push(space, inner_virq, outer.domain, 1, NULL));
	assert_int_equal(inner, IRQREF_OK);
	assert_false(mapped(&pic, 5));
	assert_int_equal(rig_line(&pic, 5)->unmaps, 1);
	assert_int_equal(rig_line(&outer, 1)->unmaps, 1);
	assert_int_equal(irqref_domain_mappings(outer.domain), 0);
	top_end();
}

static void remove_pic_on_map(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)rig;
	(void)desc;
	(void)level;
	remove_pic();
}

/* The pusher would wait for itself. */
static void T13_the_domain_below_cannot_go_meanwhile(void)
{
	top();
	outer.on_map = remove_pic_on_map;
	OK(irqref_level_push(space, inner_virq, outer.domain, 1, NULL));
	assert_int_equal(inner, IRQREF_ERR_DEADLK);
	assert_true(mapped(&pic, 5));
	SURE(irqref_put(space, held));
	top_end();
}

/* A map callback that goes on inwards finds what it asks for there already. */
static void T13_a_pushed_level_asks_for_the_level_below(void)
{
	top();
	outer.trim = false;
	outer.offset = 2;
	OK(irqref_level_push(space, inner_virq, outer.domain, 3, NULL));
	OK(irqref_level_pop(space, inner_virq, outer.domain));
	GIVES(irqref_level_push(space, inner_virq, outer.domain, 4, NULL), IRQREF_ERR_REFUSED);
	SURE(irqref_put(space, held));
	top_end();
}

static void T13_a_domain_without_callbacks(void)
{
	struct irqref_domain_config config = {.name = "plain", .size = 8};
	struct irqref_domain *domain = NULL;
	static const struct irqref_domain_ops none = {.map = NULL};

	top();
	config.parent = pic.domain;
	OK(irqref_domain_add(space, &config, &domain));
	OK(irqref_level_push(space, inner_virq, domain, 3, NULL));
	assert_int_equal(irqref_find_virq(domain, 3), inner_virq);
	OK(irqref_level_pop(space, inner_virq, domain));
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_code(irqref_level_push(space, inner_virq, domain, 3, NULL), IRQREF_ERR_STALE);
	config.ops = &none;
	OK(irqref_domain_add(space, &config, &domain));
	OK(irqref_level_push(space, inner_virq, domain, 3, NULL));
	OK(irqref_level_pop(space, inner_virq, domain));
	OK(irqref_get(domain, 7, 0, net, NULL, &inner_ref, NULL));
	assert_true(mapped(&pic, 7));
	SURE(irqref_put(space, inner_ref));
	SURE(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL));
	SURE(irqref_put(space, held));
	top_end();
}

/* ------------------------------------------------ while a grace period passes */

static void *cookies[4096];

static void percpu_line(void)
{
	uint32_t i;

	hits = (struct counter){0};
	for (i = 0; i < port.nr_cpus && i < UNIT_COUNT(cookies); i++)
		cookies[i] = &hits;
	world_flow(IRQREF_FLOW_PERCPU);
	held = get(&pic, 4, IRQREF_TYPE_NONE, net);
	OK(irqref_request_percpu(space, held, counting, cookies));
}

static void request_percpu_again(void)
{
	inner = irqref_request_percpu(space, held, counting, cookies);
}

static void put_held(void)
{
	inner = irqref_put(space, held);
}

static void R6_no_new_handler_while_the_old_one_is_waited_for(void)
{
	percpu_line();
	port.on_synchronize = request_percpu_again;
	SURE(irqref_free(space, held));
	if (!port_injecting())
		assert_int_equal(inner, IRQREF_ERR_AGAIN);
	OK(irqref_request_percpu(space, held, counting, cookies));
	SURE(irqref_put_sync(space, held));
	world_end();
}

static void R6_the_reference_goes_while_its_handler_is_waited_for(void)
{
	percpu_line();
	port.on_synchronize = put_held;
	SURE(irqref_free(space, held));
	assert_int_equal(inner, IRQREF_OK);
	assert_false(mapped(&pic, 4));
	world_end();
}

static void tear_down_more(void)
{
	inner = irqref_put(space, inner_ref);
}

/* What is left behind during a grace period needs a later one. */
static void R5_a_teardown_during_a_grace_period_waits_for_the_next(void)
{
	world();
	make_level(&outer, &pic, 0, .name = "outer", .size = 32);
	held = get(&outer, 4, IRQREF_TYPE_NONE, net);
	inner_ref = get(&outer, 5, IRQREF_TYPE_NONE, net);
	SURE(irqref_put(space, held));
	port.on_synchronize = tear_down_more;
	SURE(irqref_flush(space));
	assert_int_equal(inner, IRQREF_OK);
	assert_int_equal(rig_line(&outer, 4)->releases, 1);
	assert_int_equal(rig_line(&outer, 5)->unmaps, 1);
	assert_int_equal(rig_line(&outer, 5)->releases, 0);
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&outer, 5)->releases, 1);
	end_rig(&outer);
	world_end();
}

/* The same for the memory of levels that have no release callback. */
static void R5_memory_left_during_a_grace_period_waits_for_the_next(void)
{
	struct irqref_domain_config config = {.name = "plain", .size = 8};
	struct irqref_domain *low = NULL, *high = NULL;
	uint32_t before;

	world();
	OK(irqref_domain_add(space, &config, &low));
	config.parent = low;
	OK(irqref_domain_add(space, &config, &high));
	OK(irqref_get(high, 4, 0, net, NULL, &held, NULL));
	OK(irqref_get(high, 5, 0, net, NULL, &inner_ref, NULL));
	before = port.live;
	SURE(irqref_put(space, held));
	port.on_synchronize = tear_down_more;
	SURE(irqref_flush(space));
	assert_int_equal(port.live, before - 1);
	SURE(irqref_flush(space));
	assert_int_equal(port.live, before - 2);
	SURE(irqref_domain_remove(high, IRQREF_REMOVE_POLITE, NULL, NULL));
	SURE(irqref_domain_remove(low, IRQREF_REMOVE_POLITE, NULL, NULL));
	world_end();
}

/* ---------------------------------------------------------- deferred and resent */

static void R16_an_idle_line_is_deactivated_by_the_flush(void)
{
	struct irqref_ref other;

	world();
	hits = (struct counter){0};
	held = get(&pic, 4, IRQREF_TYPE_LOW, net);
	other = get(&pic, 4, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, held, counting, &hits, 0));
	port.atomic = true;
	SURE(irqref_put(space, held));
	port.atomic = false;
	assert_int_equal(rig_line(&pic, 4)->deactivations, 0);
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 4)->deactivations, 1);
	OK(irqref_request(space, other, counting, &hits, 0));
	SURE(irqref_put(space, other));
	world_end();
}

/* A new handler comes before the flush: the line was active all the time. */
static void R16_unless_somebody_comes_before(void)
{
	struct irqref_ref other;

	world();
	hits = (struct counter){0};
	held = get(&pic, 4, IRQREF_TYPE_LOW, net);
	other = get(&pic, 4, IRQREF_TYPE_LOW, disk);
	OK(irqref_request(space, held, counting, &hits, 0));
	port.atomic = true;
	SURE(irqref_put(space, held));
	port.atomic = false;
	OK(irqref_request(space, other, counting, &hits, 0));
	SURE(irqref_flush(space));
	assert_int_equal(rig_line(&pic, 4)->activations, 1);
	assert_int_equal(rig_line(&pic, 4)->deactivations, 0);
	assert_false(masked(&pic, 4));
	SURE(irqref_put(space, other));
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R1_a_get_in_the_middle_of_the_same_get),
        TEST(R1_the_last_number_goes_to_the_same_hwirq),
        TEST(R1_a_table_grows_in_the_middle_of_its_growing),
        TEST(R15_a_pool_grows_in_the_middle_of_its_growing),
        TEST(R9_the_parent_goes_while_a_child_is_added),
        TEST(R9_the_domain_goes_while_it_maps),
        TEST(R12_the_consumer_goes_while_its_get_maps),
        TEST(R16_a_callback_that_needs_what_it_is_making_further_in),
        TEST(R16_a_get_helps_a_teardown_further_in),
        TEST(R12_whatever_a_callback_returns_is_a_refusal),
        TEST(R13_no_parent_to_map),
        TEST(R10_a_full_table_whose_number_is_the_callers_own),
        TEST(R9_the_last_put_during_the_revocation),
        TEST(R11_vectors_freed_during_their_revocation),
        TEST(R9_the_holder_leaves_while_it_is_reported),
        TEST(R9_a_dying_mapping_under_a_forced_removal),
        TEST(T13_no_handler_and_no_other_push_meanwhile),
        TEST(T13_the_last_holder_leaves_meanwhile),
        TEST(T13_the_domain_below_cannot_go_meanwhile),
        TEST(T13_a_pushed_level_asks_for_the_level_below),
        TEST(T13_a_domain_without_callbacks),
        TEST(R6_no_new_handler_while_the_old_one_is_waited_for),
        TEST(R6_the_reference_goes_while_its_handler_is_waited_for),
        TEST(R5_a_teardown_during_a_grace_period_waits_for_the_next),
        TEST(R5_memory_left_during_a_grace_period_waits_for_the_next),
        TEST(R16_an_idle_line_is_deactivated_by_the_flush),
        TEST(R16_unless_somebody_comes_before),
};
UNIT_SUITE_FIXTURE("in between", tests, setup, teardown)
