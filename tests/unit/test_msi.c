/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: vectors have one owner, and freeing them cannot fail (R11, T14).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#define VECTOR_BASE 8u
#define VECTORS     16u

static uint32_t bits[1];
static struct irqref_msi_vectors vectors;
static struct irqref_domain *msi;
static struct irqref_msi_arg last;
static uint32_t written;
static uint32_t refuse_at;
static bool steal;
static irqref_hwirq_t stolen;

/* Takes a block in its parent at the first vector, as a real one does. */
static int msi_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_msi_arg *block = (struct irqref_msi_arg *)(uintptr_t)arg;
	int err;

	if (!block)
		return IRQREF_ERR_REFUSED;
	last = *block;
	if (block->index == 0) {
		err = irqref_msi_take(&vectors, block->count, 1, &block->scratch);
		if (err)
			return err;
	}
	err = irqref_map_parent(desc, level, block->scratch + block->index, arg);
	if (err && block->index == 0) {
		(void)irqref_msi_give(&vectors, block->scratch, block->count);
		block->scratch = 0;
	}
	return err;
}

static void msi_abandon(struct irqref_domain *domain, const struct irqref_msi_arg *arg)
{
	(void)domain;
	(void)irqref_msi_give(&vectors, arg->scratch + arg->index, arg->count - arg->index);
}

static void msi_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)irqref_msi_give(&vectors, irqref_level_parent(desc, level)->hwirq, 1);
	/* Another device's alloc takes it at once. */
	if (steal)
		SURE(irqref_msi_take(&vectors, 1, 1, &stolen));
	steal = false;
}

static int msi_compose(struct irqref_desc *desc, struct irqref_level *level,
                       struct irqref_msi_msg *msg)
{
	if (port_callback_fails())
		return IRQREF_ERR_REFUSED;
	msg->address = 0xfee00000u;
	msg->data = (uint32_t)irqref_level_parent(desc, level)->hwirq;
	return 0;
}

static void msi_write(struct irqref_desc *desc, struct irqref_level *level,
                      const struct irqref_msi_msg *msg)
{
	(void)desc;
	(void)level;
	written = msg->data;
}

static const struct irqref_domain_ops msi_ops = {
        .map = msi_map, .unmap = msi_unmap, .abandon = msi_abandon};
static const struct irqref_chip msi_chip = {
        .name = "msi",
        .compose_msi = msi_compose,
        .write_msi = msi_write,
};

static void msi_world(void)
{
	struct irqref_domain_config config = {
	        .name = "msi",
	        .node = PIC_NODE,
	        .bus = 1,
	        .ops = &msi_ops,
	        .chip = &msi_chip,
	        .flow = IRQREF_FLOW_EDGE,
	        .capacity = 8,
	};

	world();
	bits[0] = 0;
	written = 0;
	vectors = (struct irqref_msi_vectors){bits, VECTOR_BASE, VECTORS};
	config.parent = pic.domain;
	OK(irqref_domain_add(space, &config, &msi));
}

static void msi_end(void)
{
	SURE(irqref_domain_remove(msi, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_int_equal(bits[0], 0);
	world_end();
}

/* After a failed try of a block the device asks again: what is taken must be what it was. */
static void block(irqref_hwirq_t base, uint32_t count, struct irqref_ref *refs)
{
	OK(irqref_msi_alloc(msi, base, count, 0x10, net, refs));
}

static void T14_a_block_is_mapped_and_freed(void)
{
	struct irqref_ref refs[4];
	struct irqref_msi_msg msg;
	struct counter hits = {0};
	uint32_t i;

	msi_world();
	block(0x1000, 4, refs);
	expect_mappings(4);
	assert_int_equal(last.device, 0x10);
	assert_int_equal(last.count, 4);
	assert_int_equal(last.index, 3);
	assert_int_equal(last.base, 0x1000);
	for (i = 0; i < 4; i++) {
		OK(irqref_msi_compose(space, refs[i], &msg));
		assert_int_equal(msg.data, VECTOR_BASE + i);
	}
	OK(irqref_request(space, refs[2], counting, &hits, 0));
	assert_int_equal(written, VECTOR_BASE + 2);
	rig_raise(&pic, VECTOR_BASE + 2);
	assert_int_equal(hits.calls, 1);
	SURE(irqref_msi_free(space, refs, 4));
	expect_mappings(0);
	assert_int_equal(bits[0], 0);
	rig_raise(&pic, VECTOR_BASE + 2);
	assert_int_equal(hits.calls, 1);
	msi_end();
}

static void R11_freeing_is_a_revoke_that_others_cannot_delay(void)
{
	struct counter mine = {0}, theirs = {0};
	struct irqref_ref refs[2], other = {0, 0}, inner;
	struct irqref_msi_msg msg;

	msi_world();
	block(0, 2, refs);
	OK(irqref_get_virq(space, virq_of(refs[0]), disk, &other));
	inner = get(&pic, VECTOR_BASE + 1, IRQREF_TYPE_NONE, uart);
	OK(irqref_request(space, refs[0], counting, &mine, IRQREF_SHARED));
	OK(irqref_request(space, other, counting, &theirs, IRQREF_SHARED));
	SURE(irqref_msi_free(space, refs, 2));
	assert_int_equal(bits[0], 0);
	expect_mappings(0);
	assert_int_equal(rig_line(&pic, VECTOR_BASE)->unmaps, 1);
	assert_int_equal(rig_line(&pic, VECTOR_BASE + 1)->unmaps, 1);
	assert_code(irqref_put(space, refs[0]), IRQREF_ERR_STALE);
	GIVES(irqref_msi_compose(space, other, &msg), IRQREF_ERR_REVOKED);
	GIVES(irqref_msi_compose(space, refs[0], &msg), IRQREF_ERR_STALE);
	GIVES(irqref_request(space, inner, counting, &mine, 0), IRQREF_ERR_REVOKED);
	assert_code(irqref_dispatch(pic.domain, VECTOR_BASE), IRQREF_ERR_NOENT);
	block(0, 2, refs);
	SURE(irqref_put(space, other));
	SURE(irqref_put(space, inner));
	assert_int_equal(port_stats().mappings, 2);
	SURE(irqref_msi_free(space, refs, 2));
	msi_end();
}

static void R11_vectors_have_one_owner(void)
{
	struct irqref_ref refs[4], more[4];

	msi_world();
	block(10, 2, refs);
	GIVES(irqref_msi_alloc(msi, 11, 2, 1, disk, more), IRQREF_ERR_BUSY);
	GIVES(irqref_msi_alloc(msi, 9, 2, 1, disk, more), IRQREF_ERR_BUSY);
	expect_mappings(2);
	assert_false(irqref_find_virq(msi, 9) != 0);
	SURE(irqref_msi_free(space, refs, 2));
	msi_end();
}

static void R12_a_block_is_all_or_nothing(void)
{
	struct irqref_ref refs[VECTORS + 1];

	msi_world();
	GIVES(irqref_msi_alloc(msi, 0, VECTORS + 1, 1, net, refs), IRQREF_ERR_NOSPC);
	expect_mappings(0);
	pic.refuse = RIG_NO_MAP;
	pic.only = VECTOR_BASE + 2;
	GIVES(irqref_msi_alloc(msi, 0, 4, 1, net, refs), IRQREF_ERR_REFUSED);
	expect_mappings(0);
	assert_int_equal(bits[0], 0);
	pic.refuse = 0;
	block(0, 4, refs);
	SURE(irqref_msi_free(space, refs, 4));
	msi_end();
}

/* The domain that devices see took nothing itself: the one further in that did is told. */
static void R12_a_block_below_a_bus_is_all_or_nothing(void)
{
	struct irqref_domain_config config = {
	        .name = "bus", .flow = IRQREF_FLOW_EDGE, .capacity = 8};
	struct irqref_domain *bus;
	struct irqref_ref refs[4];

	msi_world();
	config.parent = msi;
	OK(irqref_domain_add(space, &config, &bus));
	pic.refuse = RIG_NO_MAP;
	pic.only = VECTOR_BASE + 2;
	GIVES(irqref_msi_alloc(bus, 0, 4, 1, net, refs), IRQREF_ERR_REFUSED);
	assert_int_equal(bits[0], 0);
	pic.refuse = 0;
	OK(irqref_msi_alloc(bus, 0, 4, 1, net, refs));
	SURE(irqref_msi_free(space, refs, 4));
	SURE(irqref_domain_remove(bus, IRQREF_REMOVE_POLITE, NULL, NULL));
	msi_end();
}

/* Has no room for one vector, and notices that after the levels further in are made. */
static int bus_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	const struct irqref_msi_arg *msi_arg = arg;
	int err = irqref_map_parent(desc, level, level->hwirq, arg);

	if (err || msi_arg->index != refuse_at)
		return err;
	steal = true;
	return IRQREF_ERR_REFUSED;
}

static const struct irqref_domain_ops bus_ops = {.map = bus_map};

/* What the unmap callback gave back may be another device's when the block is abandoned. */
static void R12_a_vector_is_given_back_once(void)
{
	struct irqref_domain_config config = {
	        .name = "bus", .ops = &bus_ops, .flow = IRQREF_FLOW_EDGE, .capacity = 8};
	struct irqref_domain *bus;
	struct irqref_ref refs[4];

	msi_world();
	config.parent = msi;
	OK(irqref_domain_add(space, &config, &bus));
	for (refuse_at = 0; refuse_at < 4; refuse_at++) {
		stolen = 0;
		GIVES(irqref_msi_alloc(bus, 0, 4, 1, net, refs), IRQREF_ERR_REFUSED);
		/* An injected refusal may have come before the one that is meant. */
		if (!stolen && port_injecting())
			GIVES(irqref_msi_alloc(bus, 0, 4, 1, net, refs), IRQREF_ERR_REFUSED);
		assert_int_equal(stolen, VECTOR_BASE + refuse_at);
		assert_int_equal(bits[0], 1u << refuse_at);
		SURE(irqref_msi_give(&vectors, stolen, 1));
	}
	OK(irqref_msi_alloc(bus, 0, 4, 1, net, refs));
	SURE(irqref_msi_free(space, refs, 4));
	SURE(irqref_domain_remove(bus, IRQREF_REMOVE_POLITE, NULL, NULL));
	msi_end();
}

/* Somebody put one of them before: passed over, and recorded. */
static void R11_a_dead_reference_in_a_block_is_passed_over(void)
{
	struct irqref_ref refs[3];

	msi_world();
	block(0, 3, refs);
	SURE(irqref_put(space, refs[1]));
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 0);
	SURE(irqref_msi_free(space, refs, 3));
	assert_int_equal(port.events[IRQREF_EVENT_STALE], 1);
	expect_mappings(0);
	msi_end();
}

static void R11_freeing_a_disabled_vector(void)
{
	struct counter hits = {0};
	struct irqref_ref refs[1];

	msi_world();
	block(0, 1, refs);
	OK(irqref_request(space, refs[0], counting, &hits, IRQREF_NO_ENABLE));
	SURE(irqref_dispatch(msi, 0));
	SURE(irqref_msi_free(space, refs, 1));
	assert_int_equal(hits.calls, 0);
	msi_end();
}

/* The consumer goes with vectors in hand. */
static void R11_a_consumer_that_forgot_its_vectors(void)
{
	struct irqref_ref refs[3];

	msi_world();
	block(0, 3, refs);
	assert_code(irqref_consumer_remove(space, net, NULL, NULL), 3);
	assert_int_equal(bits[0], 0);
	net = make_consumer("net");
	msi_end();
}

static void R11_the_domain_goes_first(void)
{
	struct irqref_ref refs[2];

	msi_world();
	block(0, 2, refs);
	SURE(irqref_domain_remove(msi, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(bits[0], 0);
	SURE(irqref_msi_free(space, refs, 2));
	world_end();
}

static void R13_no_message_without_a_chip_that_composes_one(void)
{
	struct irqref_msi_msg msg = {1, 2};
	struct irqref_ref a;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	GIVES(irqref_msi_compose(space, a, &msg), IRQREF_ERR_NOTSUP);
	assert_int_equal(msg.data, 2);
	SURE(irqref_put(space, a));
	world_end();
}

static void R12_a_refused_message_installs_nothing(void)
{
	struct counter hits = {0};
	struct irqref_msi_msg msg;
	struct irqref_ref a;
	struct rig rig;

	world();
	make_rig(&rig, .name = "rig", .size = 4, .chip = &rig_chip_msi);
	a = get(&rig, 1, IRQREF_TYPE_NONE, net);
	rig.refuse = RIG_NO_COMPOSE;
	GIVES(irqref_msi_compose(space, a, &msg), IRQREF_ERR_REFUSED);
	GIVES(irqref_request(space, a, counting, &hits, 0), IRQREF_ERR_REFUSED);
	assert_int_equal(port_stats().handlers, 0);
	rig.refuse = 0;
	OK(irqref_request(space, a, counting, &hits, 0));
	assert_int_equal(rig_line(&rig, 1)->messages, 1);
	SURE(irqref_put(space, a));
	end_rig(&rig);
	world_end();
}

/* A wire on a messages' domain: the line behind it is mapped once, whoever comes first (C6). */
static void T14_wired_to_messages(void)
{
	struct irqref_ref a, b;
	irqref_virq_t virq;
	struct rig wire;

	world();
	make_level(&wire, &pic, 8, .name = "wire", .size = 8);
	virq = create(&wire, 3, IRQREF_TYPE_HIGH);
	a = get(&wire, 3, IRQREF_TYPE_NONE, net);
	b = get(&pic, 11, IRQREF_TYPE_HIGH, disk);
	assert_int_equal(virq_of(a), virq);
	assert_int_equal(virq_of(b), virq);
	SURE(irqref_floating_put(space, virq));
	SURE(irqref_put(space, a));
	SURE(irqref_put(space, b));
	end_rig(&wire);
	world_end();
}

static void R11_taking_and_giving_vectors(void)
{
	uint32_t map[3] = {0};
	struct irqref_msi_vectors v = {map, 100, 70};
	irqref_hwirq_t a = 0, b = 0, c = 0;

	SURE(irqref_msi_take(&v, 3, 1, &a));
	assert_int_equal(a, 100);
	SURE(irqref_msi_take(&v, 4, 4, &b));
	assert_int_equal(b, 104);
	SURE(irqref_msi_take(&v, 32, 32, &c));
	assert_int_equal(c, 128);
	assert_code(irqref_msi_take(&v, 32, 32, &a), IRQREF_ERR_NOSPC);
	assert_code(irqref_msi_take(&v, 71, 1, &a), IRQREF_ERR_NOSPC);
	assert_code(irqref_msi_take(&v, 1, 1024, &a), IRQREF_ERR_NOSPC);
	assert_int_equal(a, 100);
	assert_code(irqref_msi_give(&v, 103, 1), IRQREF_ERR_INVAL);
	assert_code(irqref_msi_give(&v, 102, 2), IRQREF_ERR_INVAL);
	SURE(irqref_msi_give(&v, 102, 1));
	assert_code(irqref_msi_give(&v, 102, 1), IRQREF_ERR_INVAL);
	assert_code(irqref_msi_give(&v, 99, 1), IRQREF_ERR_INVAL);
	assert_code(irqref_msi_give(&v, 170, 1), IRQREF_ERR_INVAL);
	assert_code(irqref_msi_give(&v, 169, 2), IRQREF_ERR_INVAL);
	SURE(irqref_msi_give(&v, 100, 2));
	SURE(irqref_msi_give(&v, 104, 4));
	SURE(irqref_msi_give(&v, 128, 32));
	assert_int_equal(map[0] | map[1] | map[2], 0);
}

static const struct irqref_test tests[] = {
        TEST(T14_a_block_is_mapped_and_freed),
        TEST(R11_freeing_is_a_revoke_that_others_cannot_delay),
        TEST(R11_vectors_have_one_owner),
        TEST(R12_a_block_is_all_or_nothing),
        TEST(R12_a_block_below_a_bus_is_all_or_nothing),
        TEST(R12_a_vector_is_given_back_once),
        TEST(R11_a_dead_reference_in_a_block_is_passed_over),
        TEST(R11_freeing_a_disabled_vector),
        TEST(R11_a_consumer_that_forgot_its_vectors),
        TEST(R11_the_domain_goes_first),
        TEST(R13_no_message_without_a_chip_that_composes_one),
        TEST(R12_a_refused_message_installs_nothing),
        TEST(T14_wired_to_messages),
        TEST(R11_taking_and_giving_vectors),
};
UNIT_SUITE_FIXTURE("messages", tests, setup, teardown)
