/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sets of interrupt controllers that "virt" can have. What machine.h says of a machine_
 * function holds for the one of that name here.
 */
#ifndef IRQREF_TESTS_BARE_CONTROLLERS_H
#define IRQREF_TESTS_BARE_CONTROLLERS_H

#include "riscv64.h"

struct riscv64_controllers {
	/* As machine_controllers(); NOENT: the machine has none of these. */
	int (*add)(struct irqref_space *space, const struct irqref_dt *dt);
	void (*cpu_init)(uint32_t cpu);
	void (*interrupt)(void);
	bool (*masked)(struct irqref_domain *domain, irqref_hwirq_t hwirq);
	struct irqref_domain *(*msi_domain)(int node);
};

extern const struct riscv64_controllers riscv64_plic;
extern const struct riscv64_controllers riscv64_aia;

#endif /* IRQREF_TESTS_BARE_CONTROLLERS_H */
