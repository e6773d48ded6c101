/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calling hart's interrupt file: its registers are behind a select and a data CSR, which are
 * two accesses: interrupts are off around them. @s: the file of supervisor level, else of machine level.
 *
 * A file compiled with -DIRQREF_IMSIC_CSR_HEADER='"mine.h"' gets the functions from that header
 * instead.
 */
#ifndef IRQREF_CHIPS_PRIV_IMSIC_CSR_H
#define IRQREF_CHIPS_PRIV_IMSIC_CSR_H

#include <stdbool.h>
#include <stdint.h>

/* Indirect registers. Of the arrays only each second one exists where registers have 64 bits. */
#define IMSIC_EIDELIVERY  0x70u
#define IMSIC_EITHRESHOLD 0x72u
#define IMSIC_EIP         0x80u
#define IMSIC_EIE         0xc0u

#ifdef IRQREF_IMSIC_CSR_HEADER
#include IRQREF_IMSIC_CSR_HEADER
#elif defined(__riscv)

/* By number: assemblers that know the names are newer than what compiles the rest. */
#define IRQREF_MISELECT "0x350"
#define IRQREF_MIREG    "0x351"
#define IRQREF_MTOPEI   "0x35c"
#define IRQREF_SISELECT "0x150"
#define IRQREF_SIREG    "0x151"
#define IRQREF_STOPEI   "0x15c"

static inline void irqref_imsic_csr_write(bool s, unsigned long reg, unsigned long value)
{
	if (s)
		__asm__ volatile("csrw " IRQREF_SISELECT ", %0\n\tcsrw " IRQREF_SIREG ", %1"
		                 :
		                 : "r"(reg), "r"(value)
		                 : "memory");
	else
		__asm__ volatile("csrw " IRQREF_MISELECT ", %0\n\tcsrw " IRQREF_MIREG ", %1"
		                 :
		                 : "r"(reg), "r"(value)
		                 : "memory");
}

static inline unsigned long irqref_imsic_csr_read(bool s, unsigned long reg)
{
	unsigned long value;

	if (s)
		__asm__ volatile("csrw " IRQREF_SISELECT ", %1\n\tcsrr %0, " IRQREF_SIREG
		                 : "=r"(value)
		                 : "r"(reg)
		                 : "memory");
	else
		__asm__ volatile("csrw " IRQREF_MISELECT ", %1\n\tcsrr %0, " IRQREF_MIREG
		                 : "=r"(value)
		                 : "r"(reg)
		                 : "memory");
	return value;
}

/* Sets and clears bits in one step: a message may set others meanwhile. */
static inline void irqref_imsic_csr_set(bool s, unsigned long reg, unsigned long bits)
{
	if (s)
		__asm__ volatile("csrw " IRQREF_SISELECT ", %0\n\tcsrs " IRQREF_SIREG ", %1"
		                 :
		                 : "r"(reg), "r"(bits)
		                 : "memory");
	else
		__asm__ volatile("csrw " IRQREF_MISELECT ", %0\n\tcsrs " IRQREF_MIREG ", %1"
		                 :
		                 : "r"(reg), "r"(bits)
		                 : "memory");
}

static inline void irqref_imsic_csr_clear(bool s, unsigned long reg, unsigned long bits)
{
	if (s)
		__asm__ volatile("csrw " IRQREF_SISELECT ", %0\n\tcsrc " IRQREF_SIREG ", %1"
		                 :
		                 : "r"(reg), "r"(bits)
		                 : "memory");
	else
		__asm__ volatile("csrw " IRQREF_MISELECT ", %0\n\tcsrc " IRQREF_MIREG ", %1"
		                 :
		                 : "r"(reg), "r"(bits)
		                 : "memory");
}

/*
 * The lowest number that is pending and enabled, no longer pending; 0 for none. What the sender
 * wrote before its message is seen by what follows.
 */
static inline uint32_t irqref_imsic_csr_claim(bool s)
{
	unsigned long top;

	if (s)
		__asm__ volatile("csrrw %0, " IRQREF_STOPEI ", x0\n\tfence iorw, iorw"
		                 : "=r"(top)
		                 :
		                 : "memory");
	else
		__asm__ volatile("csrrw %0, " IRQREF_MTOPEI ", x0\n\tfence iorw, iorw"
		                 : "=r"(top)
		                 :
		                 : "memory");
	return (uint32_t)(top >> 16) & 0x7ffu;
}

#else
#error "no interrupt file on this CPU: write a header and name it with IRQREF_IMSIC_CSR_HEADER"
#endif

#endif /* IRQREF_CHIPS_PRIV_IMSIC_CSR_H */
