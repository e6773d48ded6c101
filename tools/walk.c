/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board in the order of its nodes, as Linux's own code would list them.
 */
#include "walk.h"

static void walk_node(const struct irqref_dt *dt, int node,
                      void (*one)(void *arg, struct irqref_dt_cursor *cursor), void *arg)
{
	struct irqref_dt_cursor at, held;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int count = irqref_dt_count(dt, node), nheld = 0;

	irqref_dt_cursor_init(dt, node, &held);
	at = held;
	for (int i = 0; i < count; i++) {
		if (irqref_dt_cursor_next(dt, &at, &spec, &diag)) {
			nheld++;
			continue;
		}
		for (; nheld >= 0; nheld--)
			one(arg, &held);
		nheld = 0;
	}
	if (nheld)
		one(arg, &held);
}

void tool_walk(const struct irqref_dt *dt, void (*one)(void *arg, struct irqref_dt_cursor *cursor),
               void *arg)
{
	int node;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node))
		walk_node(dt, node, one, arg);
}
