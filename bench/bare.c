/* SPDX-License-Identifier: BSD-2-Clause */
/* Handlers that no optimiser sees through. */
#include "bench.h"

/* Called by the limits; the same work as board_handler() does. */
enum irqref_return bare_handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	++*(unsigned long *)cookie;
	return IRQREF_HANDLED;
}

enum irqref_return board_handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	++*(unsigned long *)cookie;
	return IRQREF_HANDLED;
}
