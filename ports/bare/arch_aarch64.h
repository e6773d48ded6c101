/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the bare port needs of a 64-bit Arm CPU, at EL1. The CPU number is in TPIDR_EL1; a kernel
 * that keeps something else there gives a header of its own.
 */
#ifndef IRQREF_BARE_ARCH_AARCH64_H
#define IRQREF_BARE_ARCH_AARCH64_H

#include <stdint.h>

static inline uint32_t irqref_bare_arch_cpu(void)
{
	uint64_t cpu;

	__asm__ volatile("mrs %0, tpidr_el1" : "=r"(cpu));
	return (uint32_t)cpu;
}

/*
 * IRQs and FIQs. Reading and switching off are two instructions; an interrupt in between returns
 * with DAIF as it was.
 */
static inline unsigned long irqref_bare_arch_irq_save(void)
{
	unsigned long daif;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #3" : "=r"(daif) : : "memory");
	return daif;
}

static inline void irqref_bare_arch_irq_restore(unsigned long flags)
{
	__asm__ volatile("msr daif, %0" : : "r"(flags) : "memory");
}

static inline void irqref_bare_arch_relax(void)
{
	__asm__ volatile("yield" : : : "memory");
}

static inline void irqref_bare_arch_barrier(void)
{
	__asm__ volatile("dmb ish" : : : "memory");
}

#endif /* IRQREF_BARE_ARCH_AARCH64_H */
