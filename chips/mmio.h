/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to device registers, little endian, one access of exactly the named width. Ordered against
 * normal memory both ways: what was stored before a write is visible to the device that sees the
 * write, and what is loaded after a read was not loaded before it. Accesses to one device stay in
 * program order, which the memory type of devices gives on every CPU here.
 *
 * A file compiled with -DIRQREF_MMIO_HEADER='"mine.h"' gets the functions from that header instead:
 * for a CPU whose devices are reached otherwise, or to run a driver against a model of its chip.
 */
#ifndef IRQREF_CHIPS_MMIO_H
#define IRQREF_CHIPS_MMIO_H

#include <stdint.h>

#ifdef IRQREF_MMIO_HEADER
#include IRQREF_MMIO_HEADER
#else

/**
 * irqref_mmio_read8() - reads a register of 8 bits
 * @addr: its address, aligned
 *
 * Context: any.
 * Return: the value in CPU byte order.
 * Grace period: none.
 */
static inline uint8_t irqref_mmio_read8(uintptr_t addr);

/**
 * irqref_mmio_write8() - writes a register of 8 bits
 * @addr: its address, aligned
 * @value: in CPU byte order
 *
 * Context: any.
 * Grace period: none.
 */
static inline void irqref_mmio_write8(uintptr_t addr, uint8_t value);

/**
 * irqref_mmio_read16() - reads a register of 16 bits
 * @addr: its address, aligned
 *
 * Context: any.
 * Return: the value in CPU byte order.
 * Grace period: none.
 */
static inline uint16_t irqref_mmio_read16(uintptr_t addr);

/**
 * irqref_mmio_write16() - writes a register of 16 bits
 * @addr: its address, aligned
 * @value: in CPU byte order
 *
 * Context: any.
 * Grace period: none.
 */
static inline void irqref_mmio_write16(uintptr_t addr, uint16_t value);

/**
 * irqref_mmio_read32() - reads a register of 32 bits
 * @addr: its address, aligned
 *
 * Context: any.
 * Return: the value in CPU byte order.
 * Grace period: none.
 */
static inline uint32_t irqref_mmio_read32(uintptr_t addr);

/**
 * irqref_mmio_write32() - writes a register of 32 bits
 * @addr: its address, aligned
 * @value: in CPU byte order
 *
 * Context: any.
 * Grace period: none.
 */
static inline void irqref_mmio_write32(uintptr_t addr, uint32_t value);

#if UINTPTR_MAX > UINT32_MAX
/**
 * irqref_mmio_read64() - reads a register of 64 bits
 * @addr: its address, aligned
 *
 * Context: any.
 * Return: the value in CPU byte order.
 * Grace period: none.
 */
static inline uint64_t irqref_mmio_read64(uintptr_t addr);

/**
 * irqref_mmio_write64() - writes a register of 64 bits
 * @addr: its address, aligned
 * @value: in CPU byte order
 *
 * Context: any.
 * Grace period: none.
 */
static inline void irqref_mmio_write64(uintptr_t addr, uint64_t value);
#endif

/**
 * irqref_mmio_barrier() - everything above happens before everything below, memory and devices alike
 *
 * Context: any.
 * Grace period: none.
 */
static inline void irqref_mmio_barrier(void);

/*
 * Loads and stores are single instructions without write-back: a hypervisor that emulates the
 * device can decode them, and the compiler cannot split or merge them.
 */
#if defined(__riscv)

#define IRQREF_MMIO_LOAD(bits, op)                                                                 \
	static inline uint##bits##_t irqref_mmio_read##bits(uintptr_t addr)                        \
	{                                                                                          \
		uint##bits##_t value;                                                              \
		__asm__ volatile(op " %0, 0(%1)\n\tfence i, ir"                                    \
		                 : "=r"(value)                                                     \
		                 : "r"(addr)                                                       \
		                 : "memory");                                                      \
		return value;                                                                      \
	}
#define IRQREF_MMIO_STORE(bits, op)                                                                \
	static inline void irqref_mmio_write##bits(uintptr_t addr, uint##bits##_t value)           \
	{                                                                                          \
		__asm__ volatile("fence w, o\n\t" op " %0, 0(%1)"                                  \
		                 :                                                                 \
		                 : "r"(value), "r"(addr)                                           \
		                 : "memory");                                                      \
	}

#define IRQREF_MMIO_BARRIER "fence iorw, iorw"

IRQREF_MMIO_LOAD(8, "lbu")
IRQREF_MMIO_LOAD(16, "lhu")
IRQREF_MMIO_LOAD(32, "lw")
IRQREF_MMIO_STORE(8, "sb")
IRQREF_MMIO_STORE(16, "sh")
IRQREF_MMIO_STORE(32, "sw")
#if __riscv_xlen == 64
IRQREF_MMIO_LOAD(64, "ld")
IRQREF_MMIO_STORE(64, "sd")
#endif

#elif defined(__aarch64__) && !defined(__AARCH64EB__)

#define IRQREF_MMIO_LOAD(bits, op, w)                                                              \
	static inline uint##bits##_t irqref_mmio_read##bits(uintptr_t addr)                        \
	{                                                                                          \
		uint##bits##_t value;                                                              \
		__asm__ volatile(op " %" w "0, [%1]\n\tdmb oshld"                                  \
		                 : "=r"(value)                                                     \
		                 : "r"(addr)                                                       \
		                 : "memory");                                                      \
		return value;                                                                      \
	}
#define IRQREF_MMIO_STORE(bits, op, w)                                                             \
	static inline void irqref_mmio_write##bits(uintptr_t addr, uint##bits##_t value)           \
	{                                                                                          \
		__asm__ volatile("dmb oshst\n\t" op " %" w "0, [%1]"                               \
		                 :                                                                 \
		                 : "r"(value), "r"(addr)                                           \
		                 : "memory");                                                      \
	}

#define IRQREF_MMIO_BARRIER "dsb sy"

IRQREF_MMIO_LOAD(8, "ldrb", "w")
IRQREF_MMIO_LOAD(16, "ldrh", "w")
IRQREF_MMIO_LOAD(32, "ldr", "w")
IRQREF_MMIO_LOAD(64, "ldr", "x")
IRQREF_MMIO_STORE(8, "strb", "w")
IRQREF_MMIO_STORE(16, "strh", "w")
IRQREF_MMIO_STORE(32, "str", "w")
IRQREF_MMIO_STORE(64, "str", "x")

#else

/*
 * Any other CPU, big or little endian: the compiler's volatile accesses and its full fence. Where
 * that fence does not order device accesses (powerpc's lwsync does not, its sync, which this fence
 * is, does), give a header.
 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define IRQREF_MMIO_LE16(value) __builtin_bswap16(value)
#define IRQREF_MMIO_LE32(value) __builtin_bswap32(value)
#define IRQREF_MMIO_LE64(value) __builtin_bswap64(value)
#else
#define IRQREF_MMIO_LE16(value) (value)
#define IRQREF_MMIO_LE32(value) (value)
#define IRQREF_MMIO_LE64(value) (value)
#endif
#define IRQREF_MMIO_LE8(value) (value)

#define IRQREF_MMIO_ACCESS(bits)                                                                   \
	static inline uint##bits##_t irqref_mmio_read##bits(uintptr_t addr)                        \
	{                                                                                          \
		uint##bits##_t value = *(const volatile uint##bits##_t *)addr;                     \
                                                                                                   \
		__atomic_thread_fence(__ATOMIC_SEQ_CST);                                           \
		return IRQREF_MMIO_LE##bits(value);                                                \
	}                                                                                          \
	static inline void irqref_mmio_write##bits(uintptr_t addr, uint##bits##_t value)           \
	{                                                                                          \
		__atomic_thread_fence(__ATOMIC_SEQ_CST);                                           \
		*(volatile uint##bits##_t *)addr = IRQREF_MMIO_LE##bits(value);                    \
	}

IRQREF_MMIO_ACCESS(8)
IRQREF_MMIO_ACCESS(16)
IRQREF_MMIO_ACCESS(32)
#if UINTPTR_MAX > UINT32_MAX
IRQREF_MMIO_ACCESS(64)
#endif

#endif

#ifdef IRQREF_MMIO_BARRIER
#define IRQREF_MMIO_FENCE() __asm__ volatile(IRQREF_MMIO_BARRIER : : : "memory")
#else
#define IRQREF_MMIO_FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

#define IRQREF_MMIO_DEFINE_BARRIER()                                                               \
	static inline void irqref_mmio_barrier(void)                                               \
	{                                                                                          \
		IRQREF_MMIO_FENCE();                                                               \
	}
IRQREF_MMIO_DEFINE_BARRIER()

#endif /* IRQREF_MMIO_HEADER */

#endif /* IRQREF_CHIPS_MMIO_H */
