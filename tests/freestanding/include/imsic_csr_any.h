/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For compiling the IMSIC driver for a CPU that has no interrupt file: it is empty.
 */
#ifndef IRQREF_FREESTANDING_IMSIC_CSR_ANY_H
#define IRQREF_FREESTANDING_IMSIC_CSR_ANY_H

#include <stdbool.h>
#include <stdint.h>

static inline void irqref_imsic_csr_write(bool s, unsigned long reg, unsigned long value)
{
	(void)s;
	(void)reg;
	(void)value;
}

static inline unsigned long irqref_imsic_csr_read(bool s, unsigned long reg)
{
	(void)s;
	(void)reg;
	return 0;
}

static inline void irqref_imsic_csr_set(bool s, unsigned long reg, unsigned long bits)
{
	irqref_imsic_csr_write(s, reg, bits);
}

static inline void irqref_imsic_csr_clear(bool s, unsigned long reg, unsigned long bits)
{
	irqref_imsic_csr_write(s, reg, bits);
}

static inline uint32_t irqref_imsic_csr_claim(bool s)
{
	(void)s;
	return 0;
}

#endif /* IRQREF_FREESTANDING_IMSIC_CSR_ANY_H */
