/* SPDX-License-Identifier: BSD-2-Clause */
/* Boards on the posix port. */
#include "bench.h"

#include <posix.h>

void board_port(struct irqref_port *port, size_t bytes)
{
	(void)bytes;
	must(irqref_posix_port(port), "irqref_posix_port");
}
