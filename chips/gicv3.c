/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The distributor, and the domain of all lines.
 */
#include "priv/gicv3_priv.h"
#include "priv/lock_save.h"

/* End of the INTIDs that the distributor can have; four more are special answers. */
#define SPI_END 1020u

/* ------------------------------------------------------------ enable, disable */

/* Registers of @hwirq: the distributor, or the calling CPU's redistributor; 0 if that is not up. */
static uintptr_t frame(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq)
{
	uint32_t cpu = irqref_hot_cpu();
	uintptr_t redistributor;

	if (!gicv3_is_ppi(hwirq))
		return gic->config.distributor;
	redistributor = cpu < gic->config.ncpus ? gic->config.cpus[cpu].redistributor : 0;
	return redistributor ? redistributor + GICR_SGI : 0;
}

static void wait_for(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq, uintptr_t base)
{
	if (gicv3_is_ppi(hwirq))
		gicv3_redist_wait(base - GICR_SGI);
	else
		gicv3_dist_wait(gic);
}

static void write_bit(uintptr_t base, uint32_t array, irqref_hwirq_t hwirq)
{
	irqref_mmio_write32(base + array + (uintptr_t)hwirq / 32 * 4, 1u << hwirq % 32);
}

static bool read_bit(uintptr_t base, uint32_t array, irqref_hwirq_t hwirq)
{
	return irqref_mmio_read32(base + array + (uintptr_t)hwirq / 32 * 4) >> hwirq % 32 & 1u;
}

static struct irqref_gicv3 *gic_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static void line_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_gicv3 *gic = gic_of(level);
	uintptr_t base = frame(gic, level->hwirq);

	(void)desc;
	if (!base)
		return;
	irqref_chip_lock(&gic->lock);
	write_bit(base, GICD_ICENABLER, level->hwirq);
	wait_for(gic, level->hwirq, base);
	irqref_chip_unlock(&gic->lock);
}

static void line_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_gicv3 *gic = gic_of(level);
	uintptr_t base = frame(gic, level->hwirq);

	(void)desc;
	if (!base)
		return;
	irqref_chip_lock(&gic->lock);
	write_bit(base, GICD_ISENABLER, level->hwirq);
	irqref_chip_unlock(&gic->lock);
}

static void line_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	irqref_gicv3_cpu_eoi((uint32_t)level->hwirq);
}

static int line_retrigger(struct irqref_desc *desc, struct irqref_level *level)
{
	uintptr_t base = frame(gic_of(level), level->hwirq);

	(void)desc;
	if (!base)
		return IRQREF_ERR_NOTSUP;
	write_bit(base, GICD_ISPENDR, level->hwirq);
	return IRQREF_OK;
}

/* --------------------------------------------------------------- trigger type */

/*
 * Two bits a line, the upper one: edge. To change them while the line is enabled is UNPREDICTABLE,
 * so it is disabled meanwhile; the lock keeps mask and unmask on other CPUs out, and the lines
 * that share the register. Returns false where the line cannot have the type: the bit is fixed.
 */
static bool configure(const struct irqref_gicv3 *gic, uintptr_t base, irqref_hwirq_t hwirq,
                      bool edge)
{
	uintptr_t at = base + GICD_ICFGR + (uintptr_t)hwirq / 16 * 4;
	uint32_t bit = 2u << hwirq % 16 * 2;
	bool enabled = read_bit(base, GICD_ISENABLER, hwirq);
	uint32_t old = irqref_mmio_read32(at);
	bool done;

	if (!(old & bit) == !edge)
		return true;
	if (enabled) {
		write_bit(base, GICD_ICENABLER, hwirq);
		wait_for(gic, hwirq, base);
	}
	irqref_mmio_write32(at, edge ? old | bit : old & ~bit);
	done = !(irqref_mmio_read32(at) & bit) == !edge;
	if (enabled)
		write_bit(base, GICD_ISENABLER, hwirq);
	return done;
}

/* A private line has a register on every CPU; one that comes up later takes it from @ppi_edge. */
static bool configure_ppi(struct irqref_gicv3 *gic, irqref_hwirq_t hwirq, bool edge)
{
	uint32_t cpu;

	for (cpu = 0; cpu < gic->config.ncpus; cpu++) {
		uintptr_t redistributor = gic->config.cpus[cpu].redistributor;

		if (redistributor && !configure(gic, redistributor + GICR_SGI, hwirq, edge))
			return false;
	}
	if (edge)
		gic->ppi_edge |= 1u << hwirq;
	else
		gic->ppi_edge &= ~(1u << hwirq);
	return true;
}

static int line_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	struct irqref_gicv3 *gic = gic_of(level);
	bool ppi = gicv3_is_ppi(level->hwirq);
	bool edge = type == IRQREF_TYPE_RISING;
	bool done;

	(void)desc;
	/* The pins are active high and rising. What a PPI's wire does is the CPU's own business. */
	if (ppi && (type == IRQREF_TYPE_LOW || type == IRQREF_TYPE_FALLING))
		edge = type == IRQREF_TYPE_FALLING;
	else if (type != IRQREF_TYPE_HIGH && type != IRQREF_TYPE_RISING)
		return IRQREF_ERR_INVAL;
	irqref_chip_lock(&gic->lock);
	done = ppi ? configure_ppi(gic, level->hwirq, edge)
	           : configure(gic, gic->config.distributor, level->hwirq, edge);
	irqref_chip_unlock(&gic->lock);
	return done ? IRQREF_OK : IRQREF_ERR_TYPE;
}

/* ------------------------------------------------------------------- affinity */

static int pick_cpu(const struct irqref_gicv3 *gic, const struct irqref_cpumask *cpus)
{
	uint32_t cpu;

	for (cpu = 0; cpu < gic->config.ncpus && cpu < cpus->nbits; cpu++) {
		if (cpus->bits[cpu / 32] >> cpu % 32 & 1u &&
		    __atomic_load_n(&gic->config.cpus[cpu].redistributor, __ATOMIC_ACQUIRE))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

static int line_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                             const struct irqref_cpumask *cpus)
{
	struct irqref_gicv3 *gic = gic_of(level);
	int cpu;

	(void)desc;
	if (gicv3_is_ppi(level->hwirq))
		return IRQREF_ERR_NOTSUP;
	cpu = pick_cpu(gic, cpus);
	if (cpu >= 0)
		gicv3_write64(gic->config.distributor + GICD_IROUTER + (uintptr_t)level->hwirq * 8,
		              gicv3_route(gic->config.cpus[cpu].affinity));
	return cpu;
}

int irqref_gicv3_set_priority(struct irqref_gicv3 *gic, irqref_hwirq_t hwirq, uint8_t priority)
{
	uint32_t cpu;

	if (gicv3_is_spi(gic, hwirq)) {
		irqref_mmio_write8(gic->config.distributor + GICD_IPRIORITYR + (uint32_t)hwirq,
		                   priority);
		return IRQREF_OK;
	}
	if (!gicv3_is_ppi(hwirq))
		return IRQREF_ERR_RANGE;
	for (cpu = 0; cpu < gic->config.ncpus; cpu++) {
		uintptr_t redistributor = gic->config.cpus[cpu].redistributor;

		if (redistributor)
			irqref_mmio_write8(redistributor + GICR_SGI + GICD_IPRIORITYR +
			                           (uint32_t)hwirq,
			                   priority);
	}
	return IRQREF_OK;
}

/* ----------------------------------------------------------------------- LPIs */

static uint8_t lpi_entry(const struct irqref_gicv3 *gic, bool enable)
{
	return (uint8_t)((gic->config.priority & GIC_LPI_PRIORITY) | GIC_LPI_RES1 |
	                 (enable ? GIC_LPI_ENABLE : 0));
}

void irqref_gicv3_lpi_enable(struct irqref_gicv3 *gic, irqref_hwirq_t lpi, bool enable)
{
	uint8_t entry = lpi_entry(gic, enable);

	/* Whole bytes: lines do not share them, so there is nothing to lock. */
	__atomic_store_n(&gic->config.lpi_config[lpi - IRQREF_GICV3_LPI], entry, __ATOMIC_RELAXED);
	irqref_gicv3_cpu_publish();
}

bool irqref_gicv3_masked(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq)
{
	uint32_t cpu;

	if (gicv3_is_lpi(gic, hwirq))
		return !(__atomic_load_n(&gic->config.lpi_config[hwirq - IRQREF_GICV3_LPI],
		                         __ATOMIC_RELAXED) &
		         GIC_LPI_ENABLE);
	if (gicv3_is_spi(gic, hwirq))
		return !read_bit(gic->config.distributor, GICD_ISENABLER, hwirq);
	for (cpu = 0; gicv3_is_ppi(hwirq) && cpu < gic->config.ncpus; cpu++) {
		uintptr_t redistributor = gic->config.cpus[cpu].redistributor;

		if (redistributor && read_bit(redistributor + GICR_SGI, GICD_ISENABLER, hwirq))
			return false;
	}
	return true;
}

/* --------------------------------------------------------------------- domain */

static const struct irqref_chip line_chip = {
        .name = "gicv3",
        .mask = line_mask,
        .unmask = line_unmask,
        .eoi = line_eoi,
        .set_type = line_set_type,
        .set_affinity = line_set_affinity,
        .retrigger = line_retrigger,
};

/* An LPI is always a pulse, and enabled, routed and raised through its ITS. */
static const struct irqref_chip lpi_chip = {
        .name = "gicv3-lpi",
        .eoi = line_eoi,
};

static int translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                     irqref_hwirq_t *hwirq, unsigned int *type)
{
	const struct irqref_gicv3 *gic = irqref_domain_data(domain);
	const uint32_t *cells = fwspec->cells;

	if (fwspec->ncells < 3)
		return IRQREF_ERR_INVAL;
	/* A partition of a PPI: CPUs with different devices on one line. */
	if (fwspec->ncells > 3 && cells[3])
		return IRQREF_ERR_NOTSUP;
	if (cells[0] == 0 && cells[1] < gic->lines - IRQREF_GICV3_SPI)
		*hwirq = cells[1] + IRQREF_GICV3_SPI;
	else if (cells[0] == 1 && cells[1] < 16)
		*hwirq = cells[1] + 16;
	else
		return IRQREF_ERR_RANGE;
	*type = cells[2] & IRQREF_TYPE_MASK;
	return IRQREF_OK;
}

static int map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	const struct irqref_gicv3 *gic = gic_of(level);

	if (gicv3_is_ppi(level->hwirq))
		return irqref_desc_set_flow(desc, IRQREF_FLOW_PERCPU);
	if (gicv3_is_spi(gic, level->hwirq))
		return IRQREF_OK;
	/* Only an ITS can raise one, and only it says for whom. */
	if (!arg || !gicv3_is_lpi(gic, level->hwirq))
		return IRQREF_ERR_RANGE;
	level->chip = &lpi_chip;
	return irqref_desc_set_flow(desc, IRQREF_FLOW_FASTEOI);
}

static const struct irqref_domain_ops domain_ops = {
        .translate = translate,
        .map = map,
};

static int add_domain(struct irqref_gicv3 *gic, struct irqref_space *space)
{
	const struct irqref_domain_config config = {
	        .name = gic->config.name ? gic->config.name : "gicv3",
	        .node = gic->config.node,
	        .ops = &domain_ops,
	        .chip = &line_chip,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = gic,
	        .size = gic->lines,
	        .max = gic->lpis.count ? (irqref_hwirq_t)IRQREF_GICV3_LPI + gic->lpis.count
	                               : gic->lines,
	};

	return irqref_domain_add(space, &config, &gic->domain);
}

/* -------------------------------------------------------------------- set-up */

size_t irqref_gicv3_pending_size(uint32_t lpi_bits)
{
	size_t size = (size_t)1 << lpi_bits >> 3;

	return (size + 0xffffu) & ~(size_t)0xffffu;
}

static int check_config(const struct irqref_gicv3_config *config)
{
	if (!config->distributor || !config->nregions || config->nregions > IRQREF_GICV3_REGIONS ||
	    !config->cpus || !config->ncpus)
		return IRQREF_ERR_INVAL;
	if (!config->lpi_bits)
		return IRQREF_OK;
	if (config->lpi_bits < IRQREF_GICV3_LPI_BITS || config->lpi_bits > 32 ||
	    !config->lpi_config || !config->lpi_pending || !config->lpi_taken ||
	    (uintptr_t)config->lpi_config & 0xfffu || (uintptr_t)config->lpi_pending & 0xffffu)
		return IRQREF_ERR_INVAL;
	return IRQREF_OK;
}

/* A GIC may have fewer LPIs than its INTIDs have room for; @num says so unless it is 0. */
static uint32_t lpi_count(uint32_t bits, uint32_t num)
{
	uint64_t room = (1ull << bits) - IRQREF_GICV3_LPI;

	return (uint32_t)(num && 2ull << num < room ? 2ull << num : room);
}

/* Reads what there is; nothing is changed yet. */
static int examine(struct irqref_gicv3 *gic)
{
	uintptr_t dist = gic->config.distributor;
	uint32_t revision = GIC_PIDR2_REV(irqref_mmio_read32(dist + GICD_PIDR2));
	uint32_t typer = irqref_mmio_read32(dist + GICD_TYPER);

	if (revision != 3 && revision != 4)
		return IRQREF_ERR_NOTSUP;
	gic->lines = ((typer & 0x1fu) + 1) * 32;
	if (gic->lines > SPI_END)
		gic->lines = SPI_END;
	if (!gic->config.lpi_bits)
		return IRQREF_OK;
	if (!(typer & GICD_TYPER_LPIS) || (typer >> 19 & 0x1fu) + 1 < gic->config.lpi_bits)
		return IRQREF_ERR_NOTSUP;
	gic->lpis = (struct irqref_msi_vectors){
	        .bits = gic->config.lpi_taken,
	        .base = IRQREF_GICV3_LPI,
	        .count = lpi_count(gic->config.lpi_bits, GICD_TYPER_NUM_LPIS(typer)),
	};
	return IRQREF_OK;
}

static void reset_lines(struct irqref_gicv3 *gic)
{
	uintptr_t dist = gic->config.distributor;
	uint64_t route = gicv3_route(irqref_gicv3_cpu_affinity());
	uint32_t i;

	for (i = IRQREF_GICV3_SPI; i < gic->lines; i += 32) {
		irqref_mmio_write32(dist + GICD_ICENABLER + i / 8, UINT32_MAX);
		irqref_mmio_write32(dist + GICD_ICPENDR + i / 8, UINT32_MAX);
		irqref_mmio_write32(dist + GICD_ICACTIVER + i / 8, UINT32_MAX);
		irqref_mmio_write32(dist + GICD_IGROUPR + i / 8, UINT32_MAX);
		irqref_mmio_write32(dist + GICD_IGRPMODR + i / 8, 0);
	}
	/* The types can be written only when the lines are off for certain. */
	gicv3_dist_wait(gic);
	for (i = IRQREF_GICV3_SPI; i < gic->lines; i += 16)
		irqref_mmio_write32(dist + GICD_ICFGR + i / 4, 0);
	for (i = IRQREF_GICV3_SPI; i < gic->lines; i += 4)
		irqref_mmio_write32(dist + GICD_IPRIORITYR + i, gicv3_four(gic->config.priority));
	for (i = IRQREF_GICV3_SPI; i < gic->lines; i++)
		gicv3_write64(dist + GICD_IROUTER + i * 8ul, route);
}

int irqref_gicv3_add(struct irqref_gicv3 *gic, struct irqref_space *space,
                     const struct irqref_gicv3_config *config)
{
	uint32_t i;
	int rc;

	if (!gic || !space || !config)
		return IRQREF_ERR_INVAL;
	rc = check_config(config);
	if (rc)
		return rc;
	*gic = (struct irqref_gicv3){.config = *config};
	if (!gic->config.priority)
		gic->config.priority = IRQREF_GICV3_PRIORITY;
	rc = examine(gic);
	if (rc)
		return rc;
	rc = add_domain(gic, space);
	if (rc)
		return rc;
	for (i = 0; i < gic->lpis.count; i++)
		gic->config.lpi_config[i] = lpi_entry(gic, false);
	/* Affinity routing can be switched on only while all groups are off. */
	irqref_mmio_write32(gic->config.distributor + GICD_CTLR, 0);
	gicv3_dist_wait(gic);
	irqref_mmio_write32(gic->config.distributor + GICD_CTLR, GICD_CTLR_ARE);
	gicv3_dist_wait(gic);
	reset_lines(gic);
	irqref_mmio_write32(gic->config.distributor + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_GROUP1);
	gicv3_dist_wait(gic);
	return IRQREF_OK;
}

int irqref_gicv3_remove(struct irqref_gicv3 *gic, enum irqref_remove how, irqref_report_fn *report,
                        void *ctx)
{
	uint32_t cpu;
	int rc;

	if (!gic)
		return IRQREF_ERR_INVAL;
	rc = irqref_domain_remove(gic->domain, how, report, ctx);
	if (rc)
		return rc;
	irqref_mmio_write32(gic->config.distributor + GICD_CTLR, GICD_CTLR_ARE);
	gicv3_dist_wait(gic);
	for (cpu = 0; cpu < gic->config.ncpus; cpu++)
		__atomic_store_n(&gic->config.cpus[cpu].redistributor, 0, __ATOMIC_RELEASE);
	return IRQREF_OK;
}
