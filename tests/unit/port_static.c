/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static port under test. With UNIT_BARE there is no environment to read.
 */
#include "unit.h"
#include "port.h"
#include "static.h"

#ifndef PORT_ARENA
#define PORT_ARENA (1u << 20)
#endif

static struct irqref_static arena;
static unsigned char memory[PORT_ARENA] __attribute__((aligned(64)));

int port_base(struct irqref_port *out, uint32_t *nr_cpus)
{
	*nr_cpus = 1;
	return irqref_static_port(&arena, memory, sizeof(memory), out);
}

#ifdef UNIT_BARE
uint32_t port_setting(const char *name)
{
	(void)name;
	return 0;
}

void port_report_fired(void)
{
}
#else
#include "port_host.h"
#endif
