/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A full count. Sixteen million references would take a gigabyte, so this program has a mapping.c
 * of its own, in which three are the most.
 */
#define IRQREF_STRONG_LIMIT 3

/* Before world.h, whose names it would hide. */
#include "../../src/mapping.c"

#include "unit.h"
#include "port.h"
#include "world.h"

static void R13_a_full_count_refuses_and_neither_sticks_nor_wraps(void)
{
	struct irqref_ref refs[3], more = {5, 6};
	irqref_virq_t virq;
	uint32_t i, round;

	world();
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3; i++)
			refs[i] = get(&pic, 4, IRQREF_TYPE_NONE, i ? net : disk);
		GIVES(irqref_get(pic.domain, 4, 0, net, NULL, &more, NULL), IRQREF_ERR_OVERFLOW);
		GIVES(irqref_get_virq(space, virq_of(refs[0]), uart, &more), IRQREF_ERR_OVERFLOW);
		assert_int_equal(more.slot, 5);
		assert_int_equal(count_of(pic.domain, 4), 3);
		virq = create(&pic, 4, IRQREF_TYPE_NONE);
		assert_int_equal(count_of(pic.domain, 4), 4);
		SURE(irqref_floating_put(space, virq));
		SURE(irqref_put(space, refs[0]));
		refs[0] = get(&pic, 4, IRQREF_TYPE_NONE, uart);
		for (i = 0; i < 3; i++)
			SURE(irqref_put(space, refs[i]));
		assert_false(mapped(&pic, 4));
	}
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R13_a_full_count_refuses_and_neither_sticks_nor_wraps),
};
UNIT_SUITE_FIXTURE("full count", tests, setup, teardown)
