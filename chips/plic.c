/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interrupt in service is one that was claimed and not yet completed; until then the source sends
 * no other. A completion counts only where the source is enabled, and nothing says that the context
 * must be the one that claimed. So a line is completed through the context that it is routed to, and
 * who routes it elsewhere meanwhile is met by looking again; see complete().
 */
#include "plic.h"

#include <irqref/handler.h>
#include <libfdt.h>

#include "chip_fdt.h"
#include "mmio.h"

#include IRQREF_PORT_HEADER

#define PRIORITY(source)        (4u * (source))
#define ENABLE(context, source) (0x2000u + 0x80u * (context) + (source) / 32u * 4u)
#define THRESHOLD(context)      (0x200000u + 0x1000u * (context))
#define CLAIM(context)          (0x200004u + 0x1000u * (context))

/* One more than the highest context that has registers. */
#define CONTEXTS 15872u

static struct irqref_plic *plic_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static uint32_t get(const struct irqref_plic *plic, uint32_t offset)
{
	return irqref_mmio_read32(plic->config.base + offset);
}

static void set(const struct irqref_plic *plic, uint32_t offset, uint32_t value)
{
	irqref_mmio_write32(plic->config.base + offset, value);
}

static bool is_enabled(const struct irqref_plic *plic, uint32_t context, uint32_t source)
{
	return get(plic, ENABLE(context, source)) >> source % 32 & 1u;
}

/* Under the lock: the register is shared. */
static void enable_locked(struct irqref_plic *plic, uint32_t context, uint32_t source, bool on)
{
	uint32_t bits = get(plic, ENABLE(context, source));
	uint32_t bit = 1u << source % 32;

	set(plic, ENABLE(context, source), on ? bits | bit : bits & ~bit);
}

static void enable(struct irqref_plic *plic, uint32_t context, uint32_t source, bool on)
{
	unsigned long flags = irqref_hot_irq_save();

	irqref_chip_lock(&plic->lock);
	enable_locked(plic, context, source, on);
	irqref_chip_unlock(&plic->lock);
	irqref_hot_irq_restore(flags);
}

/* The CPU that a line is routed to; the level has no other data. */
static uint32_t route_of(const struct irqref_level *level)
{
	return (uint32_t)(uintptr_t)__atomic_load_n(&level->chip_data, __ATOMIC_RELAXED);
}

static void set_route(struct irqref_level *level, uint32_t cpu)
{
	__atomic_store_n(&level->chip_data, (void *)(uintptr_t)cpu, __ATOMIC_RELAXED);
}

static uint32_t context_of(const struct irqref_plic *plic, uint32_t cpu)
{
	return __atomic_load_n(&plic->config.cpus[cpu].context, __ATOMIC_RELAXED);
}

static bool is_ready(const struct irqref_plic *plic, uint32_t cpu)
{
	return cpu < plic->config.ncpus &&
	       __atomic_load_n(&plic->config.cpus[cpu].ready, __ATOMIC_ACQUIRE);
}

/* -------------------------------------------------------------------- chip */

/* One register a source: no lock. */
static void plic_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	set(plic_of(level), PRIORITY((uint32_t)level->hwirq), 0);
}

static void plic_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	set(plic_of(level), PRIORITY((uint32_t)level->hwirq), 1);
}

/*
 * plic_set_affinity() enables the new context, then stores the route, then disables the old one. If
 * a completion here was ignored, it reached the controller after that last step; so the route was
 * stored before, and the load after the fence sees it. Then it is completed again, where it is
 * enabled. One completion too many, if both counted, ends at most the service of an interrupt that
 * came between the two: a level is raised again as long as it is there, and the core lets only one
 * CPU run the handlers of a line.
 */
static void plic_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_plic *plic = plic_of(level);
	uint32_t route = route_of(level);
	uint32_t done;

	(void)desc;
	do {
		done = route;
		set(plic, CLAIM(context_of(plic, done)), (uint32_t)level->hwirq);
		irqref_mmio_barrier();
		route = route_of(level);
	} while (route != done);
}

/*
 * Nothing is mapped there, or not any more: the source must be let go all the same, or it is dead for
 * whoever maps it next. It is enabled for the one write.
 */
static void complete_unmapped(struct irqref_plic *plic, uint32_t context, uint32_t source)
{
	bool was;

	irqref_chip_lock(&plic->lock);
	was = is_enabled(plic, context, source);
	if (!was)
		enable_locked(plic, context, source, true);
	set(plic, CLAIM(context), source);
	if (!was)
		enable_locked(plic, context, source, false);
	irqref_chip_unlock(&plic->lock);
}

/* The gateway of a source is what it is: there is no register for it. */
static int plic_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	(void)desc;
	(void)level;
	return type == IRQREF_TYPE_HIGH || type == IRQREF_TYPE_RISING ? IRQREF_OK : IRQREF_ERR_TYPE;
}

static uint32_t first_ready(const struct irqref_plic *plic, const struct irqref_cpumask *among)
{
	uint32_t cpu;

	for (cpu = 0; cpu < plic->config.ncpus; cpu++) {
		if (!is_ready(plic, cpu))
			continue;
		if (!among || (cpu < among->nbits && among->bits[cpu / 32] >> cpu % 32 & 1u))
			return cpu;
	}
	return UINT32_MAX;
}

static int plic_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                             const struct irqref_cpumask *cpus)
{
	struct irqref_plic *plic = plic_of(level);
	uint32_t source = (uint32_t)level->hwirq;
	uint32_t old = route_of(level);
	uint32_t cpu = first_ready(plic, cpus);

	(void)desc;
	if (cpu == UINT32_MAX)
		return IRQREF_ERR_INVAL;
	if (cpu == old)
		return (int)cpu;
	enable(plic, context_of(plic, cpu), source, true);
	set_route(level, cpu);
	enable(plic, context_of(plic, old), source, false);
	return (int)cpu;
}

static const struct irqref_chip plic_chip = {
        .name = "plic",
        .mask = plic_mask,
        .unmask = plic_unmask,
        .eoi = plic_eoi,
        .set_type = plic_set_type,
        .set_affinity = plic_set_affinity,
};

/* ------------------------------------------------------------------ domain */

static int plic_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                          irqref_hwirq_t *hwirq, unsigned int *type)
{
	(void)domain;
	if (fwspec->ncells < 1 || fwspec->ncells > 2)
		return IRQREF_ERR_INVAL;
	*hwirq = fwspec->cells[0];
	*type = fwspec->ncells == 2 ? fwspec->cells[1] & IRQREF_TYPE_MASK : IRQREF_TYPE_HIGH;
	return IRQREF_OK;
}

static int plic_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_plic *plic = plic_of(level);
	uint32_t cpu = first_ready(plic, NULL);

	(void)desc;
	(void)arg;
	if (!level->hwirq || cpu == UINT32_MAX)
		return IRQREF_ERR_INVAL;
	set_route(level, cpu);
	enable(plic, context_of(plic, cpu), (uint32_t)level->hwirq, true);
	return IRQREF_OK;
}

/* Masked by now, and idle. */
static void plic_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_plic *plic = plic_of(level);

	(void)desc;
	enable(plic, context_of(plic, route_of(level)), (uint32_t)level->hwirq, false);
}

static const struct irqref_domain_ops plic_ops = {
        .translate = plic_translate,
        .map = plic_map,
        .unmap = plic_unmap,
};

int irqref_plic_probe(const void *fdt, int node, struct irqref_plic_config *config)
{
	uint64_t base;
	int rc;

	if (!config)
		return IRQREF_ERR_INVAL;
	if ((fdt_node_check_compatible(fdt, node, "riscv,plic0") &&
	     fdt_node_check_compatible(fdt, node, "sifive,plic-1.0.0")) ||
	    irqref_chip_fdt_disabled(fdt, node))
		return IRQREF_ERR_NOENT;
	*config = (struct irqref_plic_config){.name = "plic", .node = (uintptr_t)node + 1};
	rc = irqref_chip_fdt_reg(fdt, node, 0, &base, NULL);
	if (rc)
		return rc;
	config->base = (uintptr_t)base;
	config->sources = irqref_chip_fdt_u32(fdt, node, "riscv,ndev", 0);
	return config->sources && config->sources <= IRQREF_PLIC_SOURCES ? IRQREF_OK
	                                                                 : IRQREF_ERR_FORMAT;
}

int irqref_plic_add(struct irqref_plic *plic, struct irqref_space *space,
                    const struct irqref_plic_config *config)
{
	struct irqref_domain_config domain = {
	        .ops = &plic_ops,
	        .chip = &plic_chip,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = plic,
	};
	uint32_t source;

	if (!plic || !config || !config->sources || config->sources > IRQREF_PLIC_SOURCES ||
	    !config->cpus || !config->ncpus)
		return IRQREF_ERR_INVAL;
	*plic = (struct irqref_plic){.config = *config};
	for (source = 1; source <= config->sources; source++)
		set(plic, PRIORITY(source), 0);
	domain.name = config->name;
	domain.node = config->node;
	domain.size = config->sources + 1u;
	return irqref_domain_add(space, &domain, &plic->domain);
}

int irqref_plic_remove(struct irqref_plic *plic, enum irqref_remove how, irqref_report_fn *report,
                       void *ctx)
{
	uint32_t cpu;
	int rc;

	if (!plic)
		return IRQREF_ERR_INVAL;
	rc = irqref_domain_remove(plic->domain, how, report, ctx);
	if (rc)
		return rc;
	for (cpu = 0; cpu < plic->config.ncpus; cpu++) {
		if (!is_ready(plic, cpu))
			continue;
		/* A threshold keeps what bits it has: of the highest priority, none is higher. */
		set(plic, THRESHOLD(context_of(plic, cpu)), UINT32_MAX);
		__atomic_store_n(&plic->config.cpus[cpu].ready, 0u, __ATOMIC_RELEASE);
	}
	return IRQREF_OK;
}

int irqref_plic_cpu_init(struct irqref_plic *plic, uint32_t cpu, uint32_t context)
{
	uint32_t source;

	if (!plic || cpu >= plic->config.ncpus || context >= CONTEXTS || is_ready(plic, cpu))
		return IRQREF_ERR_INVAL;
	for (source = 0; source <= plic->config.sources; source += 32)
		set(plic, ENABLE(context, source), 0);
	set(plic, THRESHOLD(context), 0);
	__atomic_store_n(&plic->config.cpus[cpu].context, context, __ATOMIC_RELAXED);
	__atomic_store_n(&plic->config.cpus[cpu].ready, 1u, __ATOMIC_RELEASE);
	return IRQREF_OK;
}

/*
 * A claim of 0 is not an error: another CPU took it, or the line fell. A shared line is claimed once
 * more for nothing where one of its devices falls while another one holds it up.
 */
uint32_t irqref_plic_interrupt(struct irqref_plic *plic)
{
	uint32_t cpu = irqref_hot_cpu();
	uint32_t taken = 0;
	uint32_t context, source;

	/* Else it would claim from whichever context has the number 0. */
	if (!is_ready(plic, cpu))
		return 0;
	context = context_of(plic, cpu);
	while ((source = get(plic, CLAIM(context))) != 0) {
		if (irqref_dispatch(plic->domain, source))
			complete_unmapped(plic, context, source);
		taken++;
	}
	return taken;
}

bool irqref_plic_masked(const struct irqref_plic *plic, irqref_hwirq_t hwirq)
{
	uint32_t source = (uint32_t)hwirq;
	uint32_t cpu;

	if (!hwirq || hwirq > plic->config.sources || !get(plic, PRIORITY(source)))
		return true;
	for (cpu = 0; cpu < plic->config.ncpus; cpu++) {
		if (is_ready(plic, cpu) && is_enabled(plic, context_of(plic, cpu), source))
			return false;
	}
	return true;
}
