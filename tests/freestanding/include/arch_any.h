/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For compiling the bare port for a CPU that it has no arch_*.h for: one CPU, without interrupts.
 */
#ifndef IRQREF_FREESTANDING_ARCH_ANY_H
#define IRQREF_FREESTANDING_ARCH_ANY_H

#include <stdint.h>

static inline uint32_t irqref_bare_arch_cpu(void)
{
	return 0;
}

static inline unsigned long irqref_bare_arch_irq_save(void)
{
	return 0;
}

static inline void irqref_bare_arch_irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline void irqref_bare_arch_relax(void)
{
}

static inline void irqref_bare_arch_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif /* IRQREF_FREESTANDING_ARCH_ANY_H */
