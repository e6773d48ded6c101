/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the bare port needs of a RISC-V hart, in machine mode, or with IRQREF_BARE_RISCV_S in
 * supervisor mode. The CPU number is in tp, which no compiler uses where there are no thread-local
 * variables; a kernel that keeps something else there gives a header of its own.
 */
#ifndef IRQREF_BARE_ARCH_RISCV_H
#define IRQREF_BARE_ARCH_RISCV_H

#include <stdint.h>

/* MIE of mstatus and SIE of sstatus. */
#ifdef IRQREF_BARE_RISCV_S
#define IRQREF_BARE_RISCV_STATUS "sstatus"
#define IRQREF_BARE_RISCV_IE     2ul
#else
#define IRQREF_BARE_RISCV_STATUS "mstatus"
#define IRQREF_BARE_RISCV_IE     8ul
#endif

static inline uint32_t irqref_bare_arch_cpu(void)
{
	unsigned long cpu;

	__asm__ volatile("mv %0, tp" : "=r"(cpu));
	return (uint32_t)cpu;
}

/* One instruction, so that no interrupt comes between looking and switching off. */
static inline unsigned long irqref_bare_arch_irq_save(void)
{
	unsigned long status;

	__asm__ volatile("csrrci %0, " IRQREF_BARE_RISCV_STATUS ", %1"
	                 : "=r"(status)
	                 : "i"(IRQREF_BARE_RISCV_IE)
	                 : "memory");
	return status & IRQREF_BARE_RISCV_IE;
}

static inline void irqref_bare_arch_irq_restore(unsigned long flags)
{
	__asm__ volatile("csrs " IRQREF_BARE_RISCV_STATUS ", %0" : : "r"(flags) : "memory");
}

/* The hint "pause", by its encoding: an assembler that knows it is not needed, nor a hart that does. */
static inline void irqref_bare_arch_relax(void)
{
	__asm__ volatile(".4byte 0x0100000f" : : : "memory");
}

static inline void irqref_bare_arch_barrier(void)
{
	__asm__ volatile("fence rw, rw" : : : "memory");
}

#endif /* IRQREF_BARE_ARCH_RISCV_H */
