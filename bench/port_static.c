/* SPDX-License-Identifier: BSD-2-Clause */
/* Boards on the static port, one at a time, in memory that is taken once. */
#include "bench.h"

#include <static.h>
#include <stdlib.h>

void board_port(struct irqref_port *port, size_t bytes)
{
	static struct irqref_static arena;
	static void *memory;

	free(memory);
	memory = must_alloc(bytes);
	must(irqref_static_port(&arena, memory, bytes, port), "irqref_static_port");
}
