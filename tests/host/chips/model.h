/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of a chip that is a model. The drivers are compiled with this header in the place of
 * the functions of chips/mmio.h; the test defines the two below.
 */
#ifndef IRQREF_TESTS_CHIPS_MODEL_H
#define IRQREF_TESTS_CHIPS_MODEL_H

#include <stdint.h>

uint64_t model_read(uintptr_t addr, unsigned int bytes);
void model_write(uintptr_t addr, unsigned int bytes, uint64_t value);

#define MODEL_ACCESS(bits)                                                                         \
	static inline uint##bits##_t irqref_mmio_read##bits(uintptr_t addr)                        \
	{                                                                                          \
		return (uint##bits##_t)model_read(addr, bits / 8);                                 \
	}                                                                                          \
	static inline void irqref_mmio_write##bits(uintptr_t addr, uint##bits##_t value)           \
	{                                                                                          \
		model_write(addr, bits / 8, value);                                                \
	}

MODEL_ACCESS(8)
MODEL_ACCESS(16)
MODEL_ACCESS(32)
MODEL_ACCESS(64)

/* The model is one thread. */
static inline void irqref_mmio_barrier(void)
{
}

#endif /* IRQREF_TESTS_CHIPS_MODEL_H */
