/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spaces: there are no globals, and all memory goes back (R15).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

static void R15_an_empty_space_gives_all_memory_back(void)
{
	world();
	world_end();
	assert_int_equal(port.live, 0);
}

static void R13_a_space_in_use_is_not_removed(void)
{
	struct irqref_ref ref;

	world();
	assert_code(irqref_space_remove(space), IRQREF_ERR_BUSY);
	ref = get(&pic, 1, IRQREF_TYPE_NONE, net);
	assert_code(irqref_space_remove(space), IRQREF_ERR_BUSY);
	assert_int_equal(count_of(pic.domain, 1), 1);
	SURE(irqref_put(space, ref));
	world_end();
}

static void R13_a_space_with_a_consumer_is_not_removed(void)
{
	struct irqref_consumer c;

	space = make_space();
	c = make_consumer("last");
	assert_code(irqref_space_remove(space), IRQREF_ERR_BUSY);
	SURE(irqref_consumer_remove(space, c, NULL, NULL));
	end_space();
}

static void T19_removing_a_space_is_refused_when_atomic(void)
{
	space = make_space();
	port.atomic = true;
	assert_code(irqref_space_remove(space), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	irqref_read_lock();
	assert_code(irqref_space_remove(space), IRQREF_ERR_ATOMIC);
	irqref_read_unlock();
	end_space();
}

/* What a put in atomic context left is finished by the removal. */
static void R16_removal_finishes_what_was_left(void)
{
	struct irqref_ref ref;

	world();
	ref = get(&pic, 1, IRQREF_TYPE_NONE, net);
	port.atomic = true;
	SURE(irqref_put(space, ref));
	port.atomic = false;
	world_end();
}

static void R1_two_spaces_know_nothing_of_each_other(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_consumer stranger = {0, 0};
	struct irqref_space *other = NULL;
	struct irqref_ref a, ref = {0, 0};
	struct irqref_stats stats;

	world();
	a = get(&pic, 1, IRQREF_TYPE_NONE, net);
	OK(irqref_space_create(&config, &other));
	GIVES(irqref_get_virq(other, virq_of(a), net, &ref), IRQREF_ERR_NOENT);
	OK(irqref_consumer_add(other, "stranger", &stranger));
	GIVES(irqref_get_virq(other, virq_of(a), stranger, &ref), IRQREF_ERR_STALE);
	assert_code(irqref_domain_set_default(other, pic.domain), IRQREF_ERR_INVAL);
	assert_null(irqref_domain_by_node(other, PIC_NODE, 0));
	SURE(irqref_space_stats(other, &stats));
	assert_int_equal(stats.references, 0);
	SURE(irqref_consumer_remove(other, stranger, NULL, NULL));
	SURE(irqref_space_remove(other));
	SURE(irqref_put(space, a));
	world_end();
}

static void R13_a_bad_configuration_makes_no_space(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_space_config bad;
	struct irqref_space *none = NULL;

	assert_code(irqref_space_create(NULL, &none), IRQREF_ERR_INVAL);
	assert_code(irqref_space_create(&config, NULL), IRQREF_ERR_INVAL);
	bad = config;
	bad.port.alloc = NULL;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	bad = config;
	bad.port.free = NULL;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	bad = config;
	bad.port.synchronize = NULL;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	bad = config;
	bad.port.pause = NULL;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	bad = config;
	bad.max_irqs = (1u << 26) + 1u;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	bad = config;
	bad.max_refs = (1u << 28) + 1u;
	assert_code(irqref_space_create(&bad, &none), IRQREF_ERR_INVAL);
	assert_null(none);
	assert_int_equal(port.allocs, 0);
}

/* Everything optional left out. */
static void R15_a_port_with_only_what_it_must_have(void)
{
	struct irqref_space_config config = port_config();
	struct counter hits = {0};
	struct irqref_ref ref;

	config.port.may_wait = NULL;
	config.port.kick = NULL;
	config.port.now = NULL;
	config.port.event = NULL;
	world_with(&config, IRQREF_FLOW_EDGE);
	ref = get(&pic, 1, IRQREF_TYPE_RISING, net);
	OK(irqref_request(space, ref, counting, &hits, 0));
	rig_raise(&pic, 1);
	irqref_read_lock();
	SURE(irqref_put(space, ref));
	irqref_read_unlock();
	assert_code(irqref_put(space, ref), IRQREF_ERR_STALE);
	assert_int_equal(hits.calls, 1);
	world_end();
}

static void R13_the_smallest_space(void)
{
	struct irqref_space_config config = port_config();
	struct irqref_ref ref, more = {0, 0};

	config.max_irqs = 1;
	config.max_refs = 1;
	config.max_consumers = 3;
	world_with(&config, IRQREF_FLOW_LEVEL);
	ref = get(&pic, 1, IRQREF_TYPE_NONE, net);
	assert_int_equal(virq_of(ref), 1);
	GIVES(irqref_get(pic.domain, 2, 0, net, NULL, &more, NULL), IRQREF_ERR_NOSPC);
	SURE(irqref_put(space, ref));
	ref = get(&pic, 2, IRQREF_TYPE_NONE, disk);
	SURE(irqref_put(space, ref));
	world_end();
}

static void R13_codes_have_names(void)
{
	assert_string_equal(irqref_strerror(IRQREF_OK), "OK");
	assert_string_equal(irqref_strerror(IRQREF_ERR_STALE), "STALE");
	assert_string_equal(irqref_strerror(IRQREF_ERR_FORMAT), "FORMAT");
	assert_string_equal(irqref_strerror(-1000), "UNKNOWN");
	assert_string_equal(irqref_strerror(IRQREF_ERR_FORMAT - 1), "UNKNOWN");
	assert_non_null(irqref_strerror(5));
}

static const struct irqref_test tests[] = {
        TEST(R15_an_empty_space_gives_all_memory_back),
        TEST(R13_a_space_in_use_is_not_removed),
        TEST(R13_a_space_with_a_consumer_is_not_removed),
        TEST(T19_removing_a_space_is_refused_when_atomic),
        TEST(R16_removal_finishes_what_was_left),
        TEST(R1_two_spaces_know_nothing_of_each_other),
        TEST(R13_a_bad_configuration_makes_no_space),
        TEST(R15_a_port_with_only_what_it_must_have),
        TEST(R13_the_smallest_space),
        TEST(R13_codes_have_names),
};
UNIT_SUITE_FIXTURE("spaces", tests, setup, teardown)
