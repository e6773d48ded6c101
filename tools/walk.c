/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board in the order of its nodes, as Linux's own code would list them.
 */
#include "walk.h"

struct walker {
	const struct irqref_dt *dt;
	void (*one)(void *arg, const struct tool_walked *walked);
	void *arg;
};

/* Resolves the next interrupt once more and gives it away; few fail, so few are resolved twice. */
static void give_again(const struct walker *w, struct irqref_dt_cursor *cursor)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct tool_walked walked = {.node = cursor->node,
	                             .index = cursor->index,
	                             .spec = &spec,
	                             .diag = &diag,
	                             .cursor = *cursor};

	walked.err = irqref_dt_cursor_next(w->dt, cursor, &spec, &diag);
	w->one(w->arg, &walked);
}

static void walk_node(const struct walker *w, int node)
{
	struct irqref_dt_cursor at, held;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct tool_walked walked = {.node = node, .spec = &spec, .diag = &diag};
	int count = irqref_dt_count(w->dt, node), nheld = 0;

	irqref_dt_cursor_init(w->dt, node, &at);
	held = at;
	for (int i = 0; i < count; i++) {
		walked.index = at.index;
		walked.cursor = at;
		walked.err = irqref_dt_cursor_next(w->dt, &at, &spec, &diag);
		if (walked.err) {
			if (nheld++ == 0)
				held = walked.cursor;
			continue;
		}
		for (; nheld > 0; nheld--)
			give_again(w, &held);
		w->one(w->arg, &walked);
	}
	if (nheld)
		give_again(w, &held);
}

void tool_walk(const struct irqref_dt *dt, void (*one)(void *arg, const struct tool_walked *walked),
               void *arg)
{
	struct walker w = {dt, one, arg};
	int node;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node))
		walk_node(&w, node);
}
