/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For compiling the GICv3 driver for a CPU whose system registers it does not know: nothing is pending.
 */
#ifndef IRQREF_FREESTANDING_GICV3_CPU_ANY_H
#define IRQREF_FREESTANDING_GICV3_CPU_ANY_H

#include <stdbool.h>
#include <stdint.h>

static inline uint32_t irqref_gicv3_cpu_ack(void)
{
	return 1023;
}

static inline void irqref_gicv3_cpu_eoi(uint32_t intid)
{
	(void)intid;
}

static inline bool irqref_gicv3_cpu_enable(void)
{
	return true;
}

static inline uint32_t irqref_gicv3_cpu_affinity(void)
{
	return 0;
}

static inline void irqref_gicv3_cpu_publish(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif /* IRQREF_FREESTANDING_GICV3_CPU_ANY_H */
