/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines whose interrupts nobody handles. Each unhandled one counts one, each handled one takes a
 * thousand back: a line is stuck when hardly one in a thousand is handled. It is masked then until
 * a handler is installed, and reported; the port can ask the ledger who holds it.
 *
 * Runs inside a dispatch of the line, which is alone at the counter.
 */
#include "internal.h"

#define HANDLED_WEIGHT 1000u

void irqref_line_handled(struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	uint32_t count = ld_rlx(&cold->unhandled);

	count = count > HANDLED_WEIGHT ? count - HANDLED_WEIGHT : 0;
	st_rlx(&cold->unhandled, count);
	if (!count)
		and_sc(&desc->flags, ~F_UNHANDLED);
}

void irqref_line_unhandled(struct irqref_space *space, struct irqref_desc *desc)
{
	struct cold *cold = cold_of(desc);
	uint32_t flags = ld_rlx(&desc->flags);
	uint32_t count;

	if (flags & (F_CHAINED | F_SHUT))
		return;
	count = ld_rlx(&cold->unhandled) + 1u;
	if (count < space->stuck_limit) {
		st_rlx(&cold->unhandled, count);
		if (!(flags & F_UNHANDLED))
			or_sc(&desc->flags, F_UNHANDLED);
		return;
	}
	st_rlx(&cold->unhandled, 0u);
	flags_change(desc, F_UNHANDLED, F_STUCK);
	irqref_event(space, IRQREF_EVENT_STUCK, desc, IRQREF_OK);
}
