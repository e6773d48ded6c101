/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GIC's CPU interface: system registers of the calling CPU. They have names only in assemblers
 * that were told of the GIC; these are their encodings.
 *
 * A file compiled with -DIRQREF_GICV3_CPU_HEADER='"mine.h"' gets the functions from that header
 * instead.
 */
#ifndef IRQREF_CHIPS_PRIV_GICV3_CPU_H
#define IRQREF_CHIPS_PRIV_GICV3_CPU_H

#include <stdbool.h>
#include <stdint.h>

#ifdef IRQREF_GICV3_CPU_HEADER
#include IRQREF_GICV3_CPU_HEADER
#elif defined(__aarch64__)

#define IRQREF_ICC_PMR     "s3_0_c4_c6_0"
#define IRQREF_ICC_IAR1    "s3_0_c12_c12_0"
#define IRQREF_ICC_EOIR1   "s3_0_c12_c12_1"
#define IRQREF_ICC_BPR1    "s3_0_c12_c12_3"
#define IRQREF_ICC_CTLR    "s3_0_c12_c12_4"
#define IRQREF_ICC_SRE     "s3_0_c12_c12_5"
#define IRQREF_ICC_IGRPEN1 "s3_0_c12_c12_7"

/* The most urgent pending interrupt, acknowledged: what follows happens after that. */
static inline uint32_t irqref_gicv3_cpu_ack(void)
{
	uint64_t iar;

	__asm__ volatile("mrs %0, " IRQREF_ICC_IAR1 "\n\tdsb sy" : "=r"(iar) : : "memory");
	return (uint32_t)iar & 0xffffffu;
}

/*
 * Completed. What the handlers wrote to the device is there first, or a line that they lowered
 * would be taken once more; and the next acknowledgement sees the lower priority.
 */
static inline void irqref_gicv3_cpu_eoi(uint32_t intid)
{
	__asm__ volatile("dsb sy\n\tmsr " IRQREF_ICC_EOIR1 ", %0\n\tisb"
	                 :
	                 : "r"((uint64_t)intid)
	                 : "memory");
}

/* Registers instead of memory, every priority, no preemption, one step to complete, group 1 on. */
static inline bool irqref_gicv3_cpu_enable(void)
{
	uint64_t value;

	__asm__ volatile("mrs %0, " IRQREF_ICC_SRE : "=r"(value));
	__asm__ volatile("msr " IRQREF_ICC_SRE ", %0\n\tisb" : : "r"(value | 1u));
	__asm__ volatile("mrs %0, " IRQREF_ICC_SRE : "=r"(value));
	if (!(value & 1u))
		return false;
	__asm__ volatile("msr " IRQREF_ICC_PMR ", %0" : : "r"(0xf0ull));
	__asm__ volatile("msr " IRQREF_ICC_BPR1 ", %0" : : "r"(7ull));
	__asm__ volatile("mrs %0, " IRQREF_ICC_CTLR : "=r"(value));
	__asm__ volatile("msr " IRQREF_ICC_CTLR ", %0" : : "r"(value & ~2ull));
	__asm__ volatile("msr " IRQREF_ICC_IGRPEN1 ", %0\n\tisb" : : "r"(1ull));
	return true;
}

/* The calling CPU's affinity: aff3, aff2, aff1, aff0, a byte each. */
static inline uint32_t irqref_gicv3_cpu_affinity(void)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return (uint32_t)((mpidr & 0xffffffu) | (mpidr >> 8 & 0xff000000u));
}

/* What was written to the tables in memory is there for the GIC. */
static inline void irqref_gicv3_cpu_publish(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

#else
#error "no CPU interface for this CPU: write one and name it with IRQREF_GICV3_CPU_HEADER"
#endif

#endif /* IRQREF_CHIPS_PRIV_GICV3_CPU_H */
