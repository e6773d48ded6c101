/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The redistributors and the CPU interface: a CPU comes up, an interrupt is taken.
 */
#include <libfdt.h>

#include "chip_fdt.h"
#include "priv/gicv3_priv.h"

/* INTIDs 1020 to 1023 are answers: nothing is pending, or nothing for this security state. */
#define SPECIAL_FIRST 1020u
#define SPECIAL_LAST  1023u

#define FRAME 0x10000ul

/* ------------------------------------------------------------- finding one's own */

static uint64_t stride_of(const struct irqref_gicv3_config *config, uint64_t typer)
{
	if (config->stride)
		return config->stride;
	return typer & GICR_TYPER_VLPIS ? 4u * FRAME : 2u * FRAME;
}

static uintptr_t search_region(const struct irqref_gicv3_config *config, uint32_t region,
                               uint32_t affinity, uint64_t *typer)
{
	uintptr_t at = config->regions[region].address;
	uint64_t left = config->regions[region].size;

	while (left >= 2u * FRAME) {
		uint64_t step;

		*typer = gicv3_read64(at + GICR_TYPER);
		if (*typer >> 32 == affinity)
			return at;
		step = stride_of(config, *typer);
		if (*typer & GICR_TYPER_LAST || left < step)
			break;
		at += (uintptr_t)step;
		left -= step;
	}
	return 0;
}

static uintptr_t search(const struct irqref_gicv3_config *config, uint32_t affinity,
                        uint64_t *typer)
{
	uint32_t region;
	uintptr_t at = 0;

	for (region = 0; region < config->nregions && !at; region++)
		at = search_region(config, region, affinity, typer);
	return at;
}

/* ------------------------------------------------------------------- coming up */

static void wake(uintptr_t redistributor)
{
	uint32_t waker = irqref_mmio_read32(redistributor + GICR_WAKER);

	irqref_mmio_write32(redistributor + GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
	while (irqref_mmio_read32(redistributor + GICR_WAKER) & GICR_WAKER_ASLEEP)
		;
}

static void reset_private(const struct irqref_gicv3 *gic, uintptr_t redistributor)
{
	uintptr_t base = redistributor + GICR_SGI;
	uint32_t ppis = 0, i;

	irqref_mmio_write32(base + GICD_ICENABLER, UINT32_MAX);
	irqref_mmio_write32(base + GICD_ICPENDR, UINT32_MAX);
	irqref_mmio_write32(base + GICD_ICACTIVER, UINT32_MAX);
	irqref_mmio_write32(base + GICD_IGROUPR, UINT32_MAX);
	irqref_mmio_write32(base + GICD_IGRPMODR, 0);
	for (i = 0; i < IRQREF_GICV3_SPI; i += 4)
		irqref_mmio_write32(base + GICD_IPRIORITYR + i, gicv3_four(gic->config.priority));
	for (i = 16; i < IRQREF_GICV3_SPI; i++)
		ppis |= gic->ppi_edge >> i & 1u ? 2u << i % 16 * 2 : 0;
	gicv3_redist_wait(redistributor);
	irqref_mmio_write32(base + GICD_ICFGR + 4, ppis);
}

/*
 * A redistributor that is using tables already (the kernel before this one left it so) need not let
 * go of them: then these here would not be used, and that is refused.
 */
static int start_lpis(const struct irqref_gicv3 *gic, uintptr_t redistributor, uint32_t cpu)
{
	const struct irqref_gicv3_config *config = &gic->config;
	uint64_t attributes = GIC_TABLE_SHARED | GIC_TABLE_INNER;
	uint64_t properties = (uintptr_t)config->lpi_config + config->bus_offset;
	uint64_t pending = (uintptr_t)config->lpi_pending + config->bus_offset +
	                   cpu * irqref_gicv3_pending_size(config->lpi_bits);
	uint32_t ctlr = irqref_mmio_read32(redistributor + GICR_CTLR);

	if (ctlr & GICR_CTLR_LPIS) {
		irqref_mmio_write32(redistributor + GICR_CTLR, ctlr & ~GICR_CTLR_LPIS);
		gicv3_redist_wait(redistributor);
		if (irqref_mmio_read32(redistributor + GICR_CTLR) & GICR_CTLR_LPIS)
			return IRQREF_ERR_NOTSUP;
	}
	gicv3_write64(redistributor + GICR_PROPBASER,
	              properties | attributes | (config->lpi_bits - 1u));
	gicv3_write64(redistributor + GICR_PENDBASER, pending | attributes | GIC_PENDBASER_ZERO);
	/* One that does not look into the CPUs' caches would not see what is written. */
	if (!(gicv3_read64(redistributor + GICR_PROPBASER) & GIC_TABLE_SHARE_ALL))
		return IRQREF_ERR_NOTSUP;
	irqref_gicv3_cpu_publish();
	irqref_mmio_write32(redistributor + GICR_CTLR,
	                    irqref_mmio_read32(redistributor + GICR_CTLR) | GICR_CTLR_LPIS);
	return IRQREF_OK;
}

int irqref_gicv3_cpu_init(struct irqref_gicv3 *gic, uint32_t cpu)
{
	uint32_t affinity = irqref_gicv3_cpu_affinity();
	struct irqref_gicv3_cpu *at;
	uintptr_t redistributor;
	uint64_t typer = 0;
	int rc;

	if (!gic || cpu >= gic->config.ncpus)
		return IRQREF_ERR_INVAL;
	redistributor = search(&gic->config, affinity, &typer);
	if (!redistributor)
		return IRQREF_ERR_NOENT;
	wake(redistributor);
	if (gic->lpis.count) {
		rc = typer & GICR_TYPER_PLPIS ? start_lpis(gic, redistributor, cpu)
		                              : IRQREF_ERR_NOTSUP;
		if (rc)
			return rc;
	}
	if (!irqref_gicv3_cpu_enable())
		return IRQREF_ERR_NOTSUP;
	irqref_chip_lock(&gic->lock);
	reset_private(gic, redistributor);
	at = &gic->config.cpus[cpu];
	at->affinity = affinity;
	at->processor = (uint32_t)(typer >> 8) & 0xffffu;
	/* Last: who finds it, finds the rest, and routes lines to a CPU that takes them. */
	__atomic_store_n(&at->redistributor, redistributor, __ATOMIC_RELEASE);
	irqref_chip_unlock(&gic->lock);
	return IRQREF_OK;
}

/* ------------------------------------------------------------------ an interrupt */

uint32_t irqref_gicv3_interrupt(struct irqref_gicv3 *gic)
{
	uint32_t taken = 0;

	for (;; taken++) {
		uint32_t intid = irqref_gicv3_cpu_ack();

		if (intid >= SPECIAL_FIRST && intid <= SPECIAL_LAST)
			return taken;
		/* Whoever has it completes it; where nobody has (or an SGI came), this must. */
		if (irqref_dispatch(gic->domain, intid))
			irqref_gicv3_cpu_eoi(intid);
	}
}

/* --------------------------------------------------------------------- devicetree */

static int probe_stride(const void *fdt, int node, uint64_t *stride)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, "redistributor-stride", &length);

	*stride = 0;
	if (!cells)
		return IRQREF_OK;
	if (length != 4 && length != 8)
		return IRQREF_ERR_FORMAT;
	*stride = fdt32_ld(cells);
	if (length == 8)
		*stride = *stride << 32 | fdt32_ld(cells + 1);
	return *stride % FRAME || *stride < 2u * FRAME ? IRQREF_ERR_FORMAT : IRQREF_OK;
}

int irqref_gicv3_probe(const void *fdt, int node, struct irqref_gicv3_config *config)
{
	uint64_t address, size;
	uint32_t region;
	int rc;

	if (!fdt || !config)
		return IRQREF_ERR_INVAL;
	if (fdt_node_check_compatible(fdt, node, "arm,gic-v3") ||
	    irqref_chip_fdt_disabled(fdt, node))
		return IRQREF_ERR_NOENT;
	*config = (struct irqref_gicv3_config){.name = "gicv3", .node = (uintptr_t)node + 1};
	rc = irqref_chip_fdt_reg(fdt, node, 0, &address, NULL);
	if (rc)
		return rc;
	config->distributor = (uintptr_t)address;
	config->nregions = irqref_chip_fdt_u32(fdt, node, "#redistributor-regions", 1);
	if (!config->nregions || config->nregions > IRQREF_GICV3_REGIONS)
		return IRQREF_ERR_FORMAT;
	for (region = 0; region < config->nregions; region++) {
		rc = irqref_chip_fdt_reg(fdt, node, region + 1, &address, &size);
		if (rc)
			return rc;
		config->regions[region].address = (uintptr_t)address;
		config->regions[region].size = size;
	}
	return probe_stride(fdt, node, &config->stride);
}
