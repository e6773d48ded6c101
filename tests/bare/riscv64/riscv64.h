/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What machine.c gives to controllers.c.
 */
#ifndef IRQREF_TESTS_BARE_RISCV64_H
#define IRQREF_TESTS_BARE_RISCV64_H

#include "../machine.h"

#include <irqref/devicetree.h>

/* The hart that is, or will be, this CPU. */
uint32_t riscv64_hart(uint32_t cpu);
/* How many CPUs there are to be. */
uint32_t riscv64_cpus(void);
/* External interrupts of the calling CPU are taken when its interrupts are on. */
void riscv64_enable_external(void);

#endif /* IRQREF_TESTS_BARE_RISCV64_H */
