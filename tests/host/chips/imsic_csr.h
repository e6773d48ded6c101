/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In the place of the functions of chips/imsic_csr.h: the test defines them.
 */
#ifndef IRQREF_TESTS_CHIPS_IMSIC_CSR_H
#define IRQREF_TESTS_CHIPS_IMSIC_CSR_H

#include <stdbool.h>
#include <stdint.h>

void irqref_imsic_csr_write(bool s, unsigned long reg, unsigned long value);
unsigned long irqref_imsic_csr_read(bool s, unsigned long reg);
void irqref_imsic_csr_set(bool s, unsigned long reg, unsigned long bits);
void irqref_imsic_csr_clear(bool s, unsigned long reg, unsigned long bits);
uint32_t irqref_imsic_csr_claim(bool s);

#endif /* IRQREF_TESTS_CHIPS_IMSIC_CSR_H */
