/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt controllers: those that the devicetree has.
 */
#include "controllers.h"

static const struct riscv64_controllers *controllers;

int machine_controllers(struct irqref_space *space, const struct irqref_dt *dt)
{
	static const struct riscv64_controllers *const known[] = {&riscv64_plic, &riscv64_aia};
	int rc = IRQREF_ERR_NOENT;
	uint32_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]) && rc == IRQREF_ERR_NOENT; i++) {
		controllers = known[i];
		rc = known[i]->add(space, dt);
	}
	return rc;
}

void machine_controllers_cpu(uint32_t cpu)
{
	controllers->cpu_init(cpu);
}

void machine_interrupt(void)
{
	controllers->interrupt();
}

bool machine_masked(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return controllers->masked(domain, hwirq);
}

struct irqref_domain *machine_msi_domain(int node)
{
	return controllers->msi_domain(node);
}
