/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine with a PLIC.
 */
#include "controllers.h"

#include <libfdt.h>
#include <plic.h>
#include <riscv_harts.h>

static struct irqref_plic plic;
static struct irqref_plic_cpu plic_cpus[MACHINE_CPUS];
static uint32_t plic_contexts[MACHINE_CPUS];

static int find_contexts(const struct irqref_dt *dt, int node)
{
	uint32_t cpu;

	for (cpu = 0; cpu < riscv64_cpus(); cpu++) {
		int context =
		        irqref_riscv_hart_index(dt, node, riscv64_hart(cpu), IRQREF_RISCV_MACHINE);

		if (context < 0)
			return context;
		plic_contexts[cpu] = (uint32_t)context;
	}
	return IRQREF_OK;
}

static int add(struct irqref_space *space, const struct irqref_dt *dt)
{
	struct irqref_plic_config config;
	int rc = IRQREF_ERR_NOENT;
	int node = -1;

	while (rc == IRQREF_ERR_NOENT) {
		node = irqref_dt_next_node(dt, node);
		if (node < 0)
			return IRQREF_ERR_NOENT;
		rc = irqref_plic_probe(dt->fdt, node, &config);
	}
	if (!rc)
		rc = find_contexts(dt, node);
	if (rc)
		return rc;
	config.cpus = plic_cpus;
	config.ncpus = riscv64_cpus();
	return irqref_plic_add(&plic, space, &config);
}

static void cpu_init(uint32_t cpu)
{
	irqref_plic_cpu_init(&plic, cpu, plic_contexts[cpu]);
	riscv64_enable_external();
}

static void interrupt(void)
{
	irqref_plic_interrupt(&plic);
}

static bool masked(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return domain == plic.domain && irqref_plic_masked(&plic, hwirq);
}

/* A PLIC takes no messages. */
static struct irqref_domain *msi_domain(int node)
{
	(void)node;
	return NULL;
}

const struct riscv64_controllers riscv64_plic = {
        .add = add,
        .cpu_init = cpu_init,
        .interrupt = interrupt,
        .masked = masked,
        .msi_domain = msi_domain,
};
