/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Revocation: the domain goes while references remain (R9, T7, T15). The callbacks run once, the
 * hwirqs are free for others, late puts work.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static uint32_t reports;
static uint32_t reported_strong;

static void count_report(void *ctx, const struct irqref_entry *entry)
{
	(void)ctx;
	reports++;
	if (entry->strong > reported_strong)
		reported_strong = entry->strong;
}

static void pic_back(void)
{
	make_rig(&pic, .name = "pic", .size = PIC_SIZE, .node = PIC_NODE);
}

static void force(struct rig *rig)
{
	reports = 0;
	reported_strong = 0;
	SURE(irqref_domain_remove(rig->domain, IRQREF_REMOVE_FORCE, count_report, NULL));
	rig_forget(rig);
}

static void R9_a_forced_removal_revokes_what_is_held(void)
{
	const uint32_t bits[1] = {1};
	struct irqref_cpumask cpus = {.bits = bits, .nbits = 1};
	struct irqref_cursor cursor = {0};
	struct irqref_msi_msg msg;
	struct counter hits = {0};
	struct irqref_entry entry;
	struct irqref_ref a, b, c = {0, 0};
	irqref_virq_t virq;
	uint32_t n = 9;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	b = get(&pic, 1, IRQREF_TYPE_LOW, disk);
	virq = virq_of(a);
	OK(irqref_request(space, a, counting, &hits, 0));
	rig_raise(&pic, 1);
	(void)create(&pic, 2, IRQREF_TYPE_NONE);
	force(&pic);
	assert_int_equal(reports, 3);
	assert_int_equal(reported_strong, 2);
	assert_int_equal(port.events[IRQREF_EVENT_REVOKED], 2);
	assert_int_equal(rig_line(&pic, 1)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 2)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 1)->releases, 1);
	assert_true(masked(&pic, 1));
	assert_int_equal(rig_line(&pic, 1)->activations, rig_line(&pic, 1)->deactivations);
	expect_mappings(0);

	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.state, IRQREF_REVOKED);
	assert_string_equal(entry.holder, "net");
	assert_true(entry.handler);
	assert_false(entry.floating);
	SURE(irqref_ledger_deliveries(space, virq, &n));
	assert_int_equal(n, 1);
	irqref_read_lock();
	assert_null(irqref_resolve(space, virq));
	irqref_read_unlock();
	assert_code(irqref_dispatch_virq(space, virq), IRQREF_ERR_NOENT);
	GIVES(irqref_get_virq(space, virq, uart, &c), IRQREF_ERR_REVOKED);
	assert_code(irqref_floating_put(space, virq), IRQREF_ERR_REVOKED);
	GIVES(irqref_request(space, b, counting, &hits, 0), IRQREF_ERR_REVOKED);
	GIVES(irqref_request_percpu(space, b, counting, (void *const[]){NULL}), IRQREF_ERR_REVOKED);
	GIVES(irqref_set_type(space, b, IRQREF_TYPE_HIGH), IRQREF_ERR_REVOKED);
	GIVES(irqref_set_affinity(space, b, &cpus, NULL), IRQREF_ERR_REVOKED);
	GIVES(irqref_msi_compose(space, b, &msg), IRQREF_ERR_REVOKED);
	assert_int_equal(virq_of(b), virq);
	SURE(irqref_disable(space, b));
	SURE(irqref_enable(space, b));
	SURE(irqref_synchronize(space, b));
	SURE(irqref_disable_sync(space, b));
	SURE(irqref_free(space, a));
	SURE(irqref_put(space, a));
	assert_code(irqref_put(space, a), IRQREF_ERR_STALE);
	SURE(irqref_put_sync(space, b));
	GIVES(irqref_get_virq(space, virq, uart, &c), IRQREF_ERR_STALE);
	assert_int_equal(rig_line(&pic, 1)->unmaps, 1);
	assert_int_equal(hits.calls, 1);
	pic_back();
	world_end();
}

static int removal;

static void remove_inside(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	removal = irqref_domain_remove(rig->domain, IRQREF_REMOVE_FORCE, NULL, NULL);
}

static void R13_a_removal_by_the_callback_that_a_revocation_calls(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	removal = IRQREF_OK;
	pic.on_unmap = remove_inside;
	SURE(irqref_msi_free(space, &a, 1));
	pic.on_unmap = NULL;
	assert_int_equal(removal, IRQREF_ERR_DEADLK);
	assert_false(mapped(&pic, 1));
	world_end();
}

static void R9_revoked_hwirqs_are_free_for_others(void)
{
	struct irqref_ref a, b;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	force(&pic);
	pic_back();
	b = get(&pic, 1, IRQREF_TYPE_HIGH, net);
	assert_int_not_equal(virq_of(a), virq_of(b));
	SURE(irqref_put(space, a));
	assert_true(mapped(&pic, 1));
	SURE(irqref_put(space, b));
	world_end();
}

static void T15_the_child_before_the_parent(void)
{
	struct irqref_ref a, b;
	struct rig child;

	world();
	make_level(&child, &pic, 8, .name = "child", .size = 8);
	a = get(&child, 1, IRQREF_TYPE_NONE, net);
	b = get(&pic, 20, IRQREF_TYPE_NONE, disk);
	force(&child);
	assert_int_equal(reports, 1);
	assert_false(mapped(&pic, 9));
	assert_true(mapped(&pic, 20));
	assert_int_equal(rig_line(&pic, 9)->unmaps, 1);
	assert_int_equal(rig_line(&child, 1)->unmaps, 1);
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	world_end();
}

static void T15_the_parent_before_the_child(void)
{
	struct irqref_ref a, b = {0, 0};
	struct irqref_domain *none = NULL;
	struct irqref_domain_config config = {.name = "late", .size = 4};
	struct rig child, grandchild;
	irqref_virq_t virq = 0;

	world();
	make_level(&child, &pic, 8, .name = "child", .size = 8);
	make_level(&grandchild, &child, 0, .name = "grandchild", .size = 8);
	a = get(&grandchild, 1, IRQREF_TYPE_NONE, net);
	force(&pic);
	assert_int_equal(reports, 1);
	assert_false(mapped(&grandchild, 1));
	assert_false(mapped(&child, 1));
	assert_int_equal(rig_line(&pic, 9)->unmaps, 1);
	assert_int_equal(rig_line(&child, 1)->unmaps, 1);
	assert_int_equal(rig_line(&grandchild, 1)->unmaps, 1);
	GIVES(irqref_get(child.domain, 2, 0, net, NULL, &b, NULL), IRQREF_ERR_REVOKED);
	GIVES(irqref_get(grandchild.domain, 2, 0, net, NULL, &b, NULL), IRQREF_ERR_REVOKED);
	GIVES(irqref_floating_get(child.domain, 2, 0, NULL, &virq, NULL), IRQREF_ERR_REVOKED);
	config.parent = pic.domain;
	GIVES(irqref_domain_add(space, &config, &none), IRQREF_ERR_REVOKED);
	SURE(irqref_put(space, a));
	end_rig(&grandchild);
	end_rig(&child);
	pic_back();
	world_end();
}

/* The domain itself is gone for long; its holder's put does not look at it. */
static void T7_a_handler_freed_after_its_domain(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, 0));
	force(&pic);
	SURE(irqref_flush(space));
	SURE(irqref_free(space, a));
	SURE(irqref_put_sync(space, a));
	pic_back();
	world_end();
}

static void T7_a_consumer_removed_after_the_domain(void)
{
	struct counter hits = {0};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	OK(irqref_request(space, a, counting, &hits, IRQREF_NO_ENABLE));
	force(&pic);
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), 1);
	net = make_consumer("net");
	pic_back();
	world_end();
}

/* A tomb that revoked mappings still name is not used for another domain. */
static void R9_a_revoked_mapping_keeps_its_domains_name_away_from_others(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_ref a;
	struct rig rig;
	uint32_t i;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	force(&pic);
	pic_back();
	for (i = 0; i < (port_injecting() ? 2u : 100u); i++) {
		make_rig(&rig, .name = "another", .size = 4);
		end_rig(&rig);
	}
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.hwirq, 1);
	assert_string_not_equal(entry.domain, "another");
	SURE(irqref_put(space, a));
	world_end();
}

static void R9_what_an_associated_block_has_strongly_is_revoked(void)
{
	struct irqref_ref a;

	world();
	OK(irqref_domain_associate(pic.domain, 100, 0, 4));
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	force(&pic);
	assert_int_equal(reports, 1);
	assert_int_equal(rig_line(&pic, 0)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 2)->unmaps, 1);
	SURE(irqref_put(space, a));
	pic_back();
	world_end();
}

static void R9_sparse_domains_are_no_different(void)
{
	struct irqref_ref refs[20];
	struct rig tree;
	uint32_t i;

	world();
	make_rig(&tree, .name = "tree", .max = UINT64_MAX);
	for (i = 0; i < 20; i++)
		refs[i] = get(&tree, (uint64_t)i << 30, IRQREF_TYPE_NONE, i % 2 ? net : disk);
	for (i = 0; i < 20; i += 3)
		SURE(irqref_put(space, refs[i]));
	force(&tree);
	assert_int_equal(reports, 13);
	for (i = 0; i < 20; i++) {
		if (i % 3)
			SURE(irqref_put(space, refs[i]));
	}
	world_end();
}

static void T19_a_put_of_a_revoked_mapping_when_atomic(void)
{
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_LOW, net);
	force(&pic);
	port.atomic = true;
	SURE(irqref_put(space, a));
	port.atomic = false;
	pic_back();
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R9_a_forced_removal_revokes_what_is_held),
        TEST(R13_a_removal_by_the_callback_that_a_revocation_calls),
        TEST(R9_revoked_hwirqs_are_free_for_others),
        TEST(T15_the_child_before_the_parent),
        TEST(T15_the_parent_before_the_child),
        TEST(T7_a_handler_freed_after_its_domain),
        TEST(T7_a_consumer_removed_after_the_domain),
        TEST(R9_a_revoked_mapping_keeps_its_domains_name_away_from_others),
        TEST(R9_what_an_associated_block_has_strongly_is_revoked),
        TEST(R9_sparse_domains_are_no_different),
        TEST(T19_a_put_of_a_revoked_mapping_when_atomic),
};
UNIT_SUITE_FIXTURE("revocation", tests, setup, teardown)
