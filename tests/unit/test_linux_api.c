/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux-named calls: what 6.12 lets its callers observe (R3), and the right thing where 6.12
 * has a known defect (C1 to C11 of docs/SPEC.md).
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#include <irqref/linux_api.h>

#define L(e) (-(long)IRQREF_LINUX_##e)

struct irqref_space *irqref_linux_space(void)
{
	return space;
}

static struct counter one, two;

static void linux_world(void)
{
	one = (struct counter){0};
	two = (struct counter){0};
	world();
	SURE(irqref_domain_set_default(space, pic.domain));
}

#define LINUX(call, want)                                                                          \
	do {                                                                                       \
		long got_;                                                                         \
		port_begin();                                                                      \
		got_ = (long)(call);                                                               \
		if (got_ != (long)(want) && port_injected(got_ < 0))                               \
			got_ = (long)(call);                                                       \
		assert_int_equal(got_, (long)(want));                                              \
	} while (0)

static unsigned int map(irqref_hwirq_t hwirq)
{
	unsigned int virq;

	YIELDS(virq = irq_create_mapping(NULL, hwirq));
	return virq;
}

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

static void R3_request_and_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	assert_false(irq_has_action(virq));
	LINUX(request_irq(virq, counting, 0, "one", &one), 0);
	assert_true(irq_has_action(virq));
	assert_int_equal(port_stats().references, 1);
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_int_equal(generic_handle_irq(virq), 0);
	assert_int_equal(generic_handle_domain_irq(pic.domain, 2), 0);
	assert_int_equal(one.calls, 3);
	assert_null(free_irq(virq, &two));
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 1);
	assert_ptr_equal(free_irq(virq, &one), &one);
	assert_null(free_irq(virq, &one));
	assert_int_equal(port_stats().references, 0);
	assert_true(masked(&pic, 2));
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_dispose_mapping(virq);
	assert_int_equal(generic_handle_irq(virq), L(EINVAL));
	assert_int_equal(generic_handle_domain_irq(pic.domain, 2), L(EINVAL));
	world_end();
}

static void R17_a_request_is_an_anonymous_holder(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "eth0", &one), 0);
	LINUX(request_irq(virq, counting, IRQF_SHARED, NULL, &two), 0);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.kind, IRQREF_HOLDER_FLOATING);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_int_equal(entry.kind, IRQREF_HOLDER_ANONYMOUS);
	assert_string_equal(entry.holder, "eth0");
	assert_ptr_equal(entry.cookie, &one);
	assert_int_equal(irqref_ledger_next(space, &cursor, &entry), 1);
	assert_string_equal(entry.holder, "?");
	assert_non_null(free_irq(virq, &one));
	assert_non_null(free_irq(virq, &two));
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_what_cannot_be_requested(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(0, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(200, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(5000, counting, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, NULL, 0, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", NULL), L(EINVAL));
	LINUX(request_irq(virq, counting, IRQF_SHARED | IRQF_NO_AUTOEN, "x", &one), L(EINVAL));
	LINUX(request_irq(virq, counting, 0x6, "x", &one), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "x", (void *const[]){&one}), L(EINVAL));
	LINUX(request_irq(virq, counting, 0, "x", NULL), 0);
	LINUX(request_irq(virq, counting, 0, "y", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "y", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "y", &two), L(EBUSY));
	assert_false(masked(&pic, 2));
	assert_int_equal(port_stats().references, 1);
	assert_true(irqref_linux_free_irq(space, virq, NULL));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, 0, "x", &one), L(EIO));
	pic.refuse = 0;
	port.atomic = true;
	LINUX(request_irq(virq, counting, 0, "x", &one), L(EAGAIN));
	port.atomic = false;
	assert_int_equal(port_stats().references, 0);
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_a_request_brings_a_type(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW | IRQF_SHARED, "a", &one), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	assert_int_equal(rig_line(&pic, 2)->type, IRQ_TYPE_LEVEL_LOW);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH | IRQF_SHARED, "b", &two), L(EBUSY));
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW | IRQF_SHARED, "b", &two), 0);
	assert_non_null(free_irq(virq, &two));
	LINUX(request_irq(virq, counting, IRQF_SHARED, "b", &two), 0);
	assert_non_null(free_irq(virq, &two));
	assert_non_null(free_irq(virq, &one));
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH, "a", &one), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	assert_non_null(free_irq(virq, &one));
	pic.refuse = RIG_NO_TYPE;
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW, "a", &one), L(EINVAL));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_LOW, "a", &one), L(EIO));
	pic.refuse = 0;
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_HIGH);
	irq_dispose_mapping(virq);
	world_end();
}

/* A strong reference needs its type; a request cannot take it away. */
static void R8_a_request_does_not_change_a_counted_type(void)
{
	struct irqref_ref a;
	unsigned int virq;

	linux_world();
	a = get(&pic, 2, IRQREF_TYPE_LOW, net);
	virq = virq_of(a);
	LINUX(request_irq(virq, counting, IRQF_TRIGGER_HIGH, "x", &one), L(EBUSY));
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_HIGH), L(EBUSY));
	LINUX(irq_set_irq_type(virq, IRQ_TYPE_LEVEL_LOW), 0);
	assert_int_equal(irq_get_trigger_type(virq), IRQ_TYPE_LEVEL_LOW);
	assert_int_equal(port.events[IRQREF_EVENT_TYPE_CONFLICT], 1);
	SURE(irqref_put(space, a));
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

static void R3_disable_and_enable_nest(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	disable_irq(virq);
	disable_irq_nosync(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_false(masked(&pic, 2));
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 0);
	enable_irq(virq);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 1);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_false(masked(&pic, 2));
	synchronize_irq(virq);
	synchronize_irq(200);
	synchronize_irq(0);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

/* What mainline's own tests ask for: freed while disabled, and requested again, it works. */
static void R3_freed_disabled_and_requested_again(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	disable_irq(virq);
	assert_non_null(free_irq(virq, &one));
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	assert_non_null(free_irq(virq, &one));
	disable_irq_nosync(virq);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static void R6_the_anonymous_depth_is_a_share_like_others(void)
{
	struct irqref_ref a;
	unsigned int virq;

	linux_world();
	virq = map(2);
	a = get(&pic, 2, IRQREF_TYPE_NONE, net);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", &one), 0);
	OK(irqref_request(space, a, counting, &two, IRQREF_SHARED));
	disable_irq(virq);
	SURE(irqref_disable(space, a));
	enable_irq(virq);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_true(masked(&pic, 2));
	SURE(irqref_enable(space, a));
	assert_false(masked(&pic, 2));
	disable_irq(virq);
	assert_non_null(free_irq(virq, &one));
	assert_true(masked(&pic, 2));
	SURE(irqref_free(space, a));
	OK(irqref_request(space, a, counting, &two, 0));
	assert_false(masked(&pic, 2));
	SURE(irqref_put(space, a));
	irq_dispose_mapping(virq);
	world_end();
}

static void R3_requested_disabled(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "x", &one), 0);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_false(masked(&pic, 2));
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	assert_non_null(free_irq(virq, &one));
	pic.refuse = RIG_NO_ACTIVATE;
	LINUX(request_irq(virq, counting, IRQF_NO_AUTOEN, "x", &one), L(EIO));
	pic.refuse = 0;
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	assert_false(masked(&pic, 2));
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

static void R13_what_void_calls_cannot_say_is_recorded(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	enable_irq(200);
	disable_irq(200);
	enable_percpu_irq(200, 0);
	irq_set_chained_handler(200, NULL);
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 4);
	enable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_UNBALANCED);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	port.atomic = true;
	disable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_ATOMIC);
	assert_true(masked(&pic, 2));
	enable_irq(virq);
	assert_null(free_irq(virq, &one));
	assert_int_equal(port.last.error, IRQREF_ERR_ATOMIC);
	irq_set_chained_handler_and_data(virq, counting, &two);
	port.atomic = false;
	assert_int_equal(port.events[IRQREF_EVENT_LINUX_FAILED], 8);
	assert_non_null(free_irq(virq, &one));
	irq_dispose_mapping(virq);
	world_end();
}

/* C8 and the masking trap: Linux leaves a live line and a dangling action. */
static void T6_dispose_with_a_handler_waits_for_its_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	irq_dispose_mapping(virq);
	assert_int_equal(port.events[IRQREF_EVENT_DISPOSE_IN_USE], 1);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	assert_non_null(free_irq(virq, &one));
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	assert_true(masked(&pic, 2));
	assert_int_equal(rig_line(&pic, 2)->unmaps, 1);
	world_end();
}

static void T6_dispose_then_create_then_free(void)
{
	unsigned int virq;

	linux_world();
	virq = map(2);
	LINUX(request_irq(virq, counting, 0, "x", &one), 0);
	irq_dispose_mapping(virq);
	assert_int_equal(map(2), virq);
	assert_non_null(free_irq(virq, &one));
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	world_end();
}

static void chain(unsigned int virq, struct counter *counter)
{
	LINUX(irqref_linux_set_chained_handler(space, virq, counting, counter), 0);
}

static void T6_chained_handlers(void)
{
	unsigned int virq;

	if (port.fail_callback)
		return; /* one that replaces another and is refused leaves none */
	linux_world();
	virq = map(2);
	chain(virq, &one);
	assert_true(irq_has_action(virq));
	rig_raise(&pic, 2);
	assert_int_equal(one.calls, 1);
	LINUX(request_irq(virq, counting, IRQF_SHARED, "x", &two), L(EINVAL));
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	chain(virq, &two);
	assert_int_equal(irq_find_mapping(pic.domain, 2), virq);
	irq_set_chained_handler(virq, NULL);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
	assert_true(masked(&pic, 2));
	one.calls = 0;
	virq = map(2);
	chain(virq, &one);
	chain(virq, &two);
	rig_raise(&pic, 2);
	assert_int_equal(two.calls, 1);
	assert_int_equal(one.calls, 0);
	irq_set_chained_handler(virq, NULL);
	assert_false(irq_has_action(virq));
	assert_true(masked(&pic, 2));
	irq_dispose_mapping(virq);
	assert_int_equal(irq_find_mapping(pic.domain, 2), 0);
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

static void *cookies[4096];

static void R3_percpu(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct rig ppi;
	unsigned int virq;
	uint32_t i;

	linux_world();
	for (i = 0; i < port.nr_cpus && i < UNIT_COUNT(cookies); i++)
		cookies[i] = &one;
	make_rig(&ppi, .name = "ppi", .size = 8, .flow = IRQREF_FLOW_PERCPU);
	YIELDS(virq = irq_create_mapping(ppi.domain, 1));
	LINUX(request_irq(virq, counting, 0, "timer", &one), L(EINVAL));
	LINUX(request_percpu_irq(virq, NULL, "timer", cookies), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "timer", NULL), L(EINVAL));
	LINUX(request_percpu_irq(virq, counting, "timer", cookies), 0);
	enable_percpu_irq(virq, 0);
	assert_int_equal(generic_handle_domain_irq(ppi.domain, 1), 0);
	assert_int_equal(one.calls, 1);
	disable_percpu_irq(virq);
	assert_int_equal(generic_handle_domain_irq(ppi.domain, 1), 0);
	assert_int_equal(one.calls, 1);
	disable_irq(virq);
	assert_int_equal(port.last.error, IRQREF_ERR_NOTSUP);
	while (irqref_ledger_next(space, &cursor, &entry) == 1) {
		if (entry.handler)
			assert_ptr_equal(entry.cookie, cookies);
	}
	free_percpu_irq(virq, cookies);
	assert_false(irq_has_action(virq));
	irq_dispose_mapping(virq);
	end_rig(&ppi);
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

static const struct irqref_test tests[] = {
        TEST(R3_create_find_dispose),
        TEST(R3_a_failed_create_is_zero_and_recorded),
        TEST(R3_types_are_negotiated),
        TEST(R3_specifiers),
        TEST(R3_request_and_free),
        TEST(R17_a_request_is_an_anonymous_holder),
        TEST(R3_what_cannot_be_requested),
        TEST(R3_a_request_brings_a_type),
        TEST(R8_a_request_does_not_change_a_counted_type),
        TEST(R3_setting_the_type),
        TEST(R3_disable_and_enable_nest),
        TEST(R3_freed_disabled_and_requested_again),
        TEST(R6_the_anonymous_depth_is_a_share_like_others),
        TEST(R3_requested_disabled),
        TEST(R13_what_void_calls_cannot_say_is_recorded),
        TEST(T6_dispose_with_a_handler_waits_for_its_free),
        TEST(T6_dispose_then_create_then_free),
        TEST(T6_chained_handlers),
        TEST(T2_dispose_twice),
        TEST(R3_domains),
        TEST(T15_removal_with_a_request),
        TEST(R3_legacy_blocks),
        TEST(R3_blocks_of_numbers_in_a_row),
        TEST(R10_a_row_in_a_crowded_table),
        TEST(T13_push_and_pop),
        TEST(R3_affinity),
        TEST(R3_percpu),
        TEST(R13_every_code_has_an_errno),
        TEST(R13_without_a_space),
};
UNIT_SUITE_FIXTURE("Linux-named calls", tests, setup, teardown)
