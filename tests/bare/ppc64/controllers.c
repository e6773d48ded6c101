/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controllers of pseries: XICS, and the messages of each host bridge.
 */
#include "ppc64.h"

#include <bare.h>
#include <irqref_port_bare.h>
#include <libfdt.h>
#include <xics_msi.h>

/* Most host bridges, and functions of one with messages at a time. QEMU has at most 31 bridges. */
#define HOSTS  32u
#define BLOCKS 256u

static struct irqref_xics xics;
static struct irqref_xics_cpu cpus[MACHINE_CPUS];

static struct {
	struct irqref_xics_msi msi;
	struct irqref_xics_msi_block blocks[BLOCKS];
} hosts[HOSTS];

struct irqref_xics *ppc64_xics(void)
{
	return &xics;
}

static int add_xics(struct irqref_space *space, const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "IBM,ppc-xicp");
	struct irqref_xics_config config;
	uint32_t ncpus;
	int rc;

	if (node < 0)
		return IRQREF_ERR_NOENT;
	rc = irqref_xics_probe(fdt, node, &config);
	if (rc)
		return rc;
	for (ncpus = 0; ncpus < MACHINE_CPUS; ncpus++) {
		int cpu = ppc64_cpu(fdt, ncpus);

		if (cpu < 0 || irqref_xics_server(fdt, cpu, &cpus[ncpus].server))
			break;
	}
	config.papr = &ppc64_papr;
	config.cpus = cpus;
	config.ncpus = ncpus;
	return irqref_xics_add(&xics, space, &config);
}

/* A platform without messages is none of ours to complain of. */
static int add_messages(const void *fdt)
{
	struct irqref_xics_msi_config config;

	for (uint32_t i = 0; i < HOSTS; i++) {
		int node = ppc64_phb(fdt, i);
		int rc;

		if (node < 0)
			break;
		if (irqref_xics_msi_probe(fdt, node, &config))
			continue;
		config.blocks = hosts[i].blocks;
		config.nblocks = BLOCKS;
		rc = irqref_xics_msi_add(&hosts[i].msi, &xics, &config);
		if (rc)
			return rc;
	}
	return IRQREF_OK;
}

int machine_controllers(struct irqref_space *space, const struct irqref_dt *dt)
{
	const void *fdt = ppc64_fdt();
	int rc = add_xics(space, fdt);

	if (!rc)
		rc = add_messages(fdt);
	if (!rc)
		rc = ppc64_hotplug_init(space, dt);
	return rc;
}

void machine_controllers_cpu(uint32_t cpu)
{
	(void)irqref_xics_cpu_init(&xics, cpu);
}

void machine_interrupt(void)
{
	irqref_bare_atomic_enter();
	(void)irqref_xics_interrupt(&xics, irqref_bare_arch_cpu());
	irqref_bare_atomic_exit();
}

bool machine_masked(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	/* A message's source is known while it is mapped; then the platform has taken it back. */
	if (domain != xics.domain)
		return irqref_find_virq(domain, hwirq) == 0;
	return irqref_xics_masked(&xics, hwirq) == 1;
}

struct irqref_domain *machine_msi_domain(int node)
{
	for (uint32_t i = 0; i < HOSTS; i++) {
		if (hosts[i].msi.domain && hosts[i].msi.config.node == (uintptr_t)node + 1)
			return hosts[i].msi.domain;
	}
	return NULL;
}
