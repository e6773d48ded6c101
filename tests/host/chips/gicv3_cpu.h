/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In the place of the functions of chips/gicv3_cpu.h: the test defines them.
 */
#ifndef IRQREF_TESTS_CHIPS_GICV3_CPU_H
#define IRQREF_TESTS_CHIPS_GICV3_CPU_H

#include <stdbool.h>
#include <stdint.h>

uint32_t irqref_gicv3_cpu_ack(void);
void irqref_gicv3_cpu_eoi(uint32_t intid);
bool irqref_gicv3_cpu_enable(void);
uint32_t irqref_gicv3_cpu_affinity(void);
void irqref_gicv3_cpu_publish(void);

#endif /* IRQREF_TESTS_CHIPS_GICV3_CPU_H */
