/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the driver share. PRIVATE(intid) lines are in a redistributor, all others in
 * the distributor; the registers have the same places in both.
 */
#ifndef IRQREF_CHIPS_PRIV_GICV3_PRIV_H
#define IRQREF_CHIPS_PRIV_GICV3_PRIV_H

#include "../gicv3.h"
#include "gicv3_cpu.h"
#include "gicv3_regs.h"
#include "../mmio.h"

/* The 64-bit registers may be accessed by halves, as a 32-bit CPU has to. */
static inline uint64_t gicv3_read64(uintptr_t addr)
{
#if UINTPTR_MAX > UINT32_MAX
	return irqref_mmio_read64(addr);
#else
	return irqref_mmio_read32(addr) | (uint64_t)irqref_mmio_read32(addr + 4) << 32;
#endif
}

static inline void gicv3_write64(uintptr_t addr, uint64_t value)
{
#if UINTPTR_MAX > UINT32_MAX
	irqref_mmio_write64(addr, value);
#else
	irqref_mmio_write32(addr, (uint32_t)value);
	irqref_mmio_write32(addr + 4, (uint32_t)(value >> 32));
#endif
}

/* Four priorities, one a byte. */
static inline uint32_t gicv3_four(uint8_t priority)
{
	return 0x01010101u * priority;
}

/* A write to an enable register counts once this returns. */
static inline void gicv3_dist_wait(const struct irqref_gicv3 *gic)
{
	while (irqref_mmio_read32(gic->config.distributor + GICD_CTLR) & GICD_CTLR_RWP)
		;
}

static inline void gicv3_redist_wait(uintptr_t redistributor)
{
	while (irqref_mmio_read32(redistributor + GICR_CTLR) & GICR_CTLR_RWP)
		;
}

static inline bool gicv3_is_ppi(irqref_hwirq_t hwirq)
{
	return hwirq >= 16 && hwirq < IRQREF_GICV3_SPI;
}

static inline bool gicv3_is_spi(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq)
{
	return hwirq >= IRQREF_GICV3_SPI && hwirq < gic->lines;
}

static inline bool gicv3_is_lpi(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq)
{
	return hwirq >= IRQREF_GICV3_LPI && hwirq - IRQREF_GICV3_LPI < gic->lpis.count;
}

/* As GICD_IROUTER has it: aff3 in a word of its own. */
static inline uint64_t gicv3_route(uint32_t affinity)
{
	return (uint64_t)(affinity & 0xff000000u) << 8 | (affinity & 0xffffffu);
}

#endif /* IRQREF_CHIPS_PRIV_GICV3_PRIV_H */
