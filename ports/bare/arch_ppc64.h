/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the bare port needs of a 64-bit Power CPU in supervisor state. The CPU number is in r13, the
 * thread pointer, which no compiler uses where there are no thread-local variables; a kernel that
 * keeps something else there gives a header of its own.
 */
#ifndef IRQREF_BARE_ARCH_PPC64_H
#define IRQREF_BARE_ARCH_PPC64_H

#include <stdint.h>

/* External interrupts on, of the MSR. */
#define IRQREF_BARE_PPC64_EE 0x8000ul

static inline uint32_t irqref_bare_arch_cpu(void)
{
	unsigned long cpu;

	__asm__ volatile("mr %0, 13" : "=r"(cpu));
	return (uint32_t)cpu;
}

/* mtmsrd with L = 1 writes EE and RI alone; RI, recoverable, stays on. */
static inline unsigned long irqref_bare_arch_irq_save(void)
{
	unsigned long msr;

	__asm__ volatile("mfmsr %0\n\tmtmsrd %1, 1" : "=&r"(msr) : "r"(2ul) : "memory");
	return msr & IRQREF_BARE_PPC64_EE;
}

static inline void irqref_bare_arch_irq_restore(unsigned long flags)
{
	__asm__ volatile("mtmsrd %0, 1" : : "r"(flags | 2ul) : "memory");
}

/* Priority low, then medium again. */
static inline void irqref_bare_arch_relax(void)
{
	__asm__ volatile("or 1, 1, 1\n\tor 2, 2, 2" : : : "memory");
}

static inline void irqref_bare_arch_barrier(void)
{
	__asm__ volatile("sync" : : : "memory");
}

#endif /* IRQREF_BARE_ARCH_PPC64_H */
