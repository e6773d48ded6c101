/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"
#include "port.h"
#include "posix.h"

int port_base(struct irqref_port *out, uint32_t *nr_cpus)
{
	*nr_cpus = irqref_posix_nr_cpus();
	return irqref_posix_port(out);
}

#include "port_host.h"
