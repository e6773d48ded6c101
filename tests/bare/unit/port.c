/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare port under test, on the machine that it is for. Other CPUs sleep, unless a test starts
 * them; they have counters all the same.
 */
#include "unit.h"
#include "port.h"

#include <bare.h>

static struct irqref_bare bare;
static unsigned char memory[4u << 20] __attribute__((aligned(64)));

int port_base(struct irqref_port *out, uint32_t *nr_cpus)
{
	*nr_cpus = 4;
	return irqref_bare_port(&bare, memory, sizeof(memory), 4, out);
}

uint32_t port_setting(const char *name)
{
	(void)name;
	return 0;
}

void port_report_fired(void)
{
}
