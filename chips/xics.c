/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only call that routes a source also sets its priority, and the least favoured priority is how
 * a source is masked. So both are kept in the level's chip data, and a lock keeps a mask on one CPU
 * from being undone by a change of affinity on another. The platform's own lock (that of RTAS) is
 * taken inside of it.
 */
#include "xics.h"

#include "chip_fdt.h"
#include "mmio.h"

#include <libfdt.h>

#include <irqref/error.h>
#include <irqref/handler.h>

/* What H_XIRR returns: the CPU's former priority, then the source. */
#define XISR_MASK 0xffffffu
#define XISR_IPI  2u

/* The least favoured priority: a source that has it is never presented, a CPU that has it takes all. */
#define PRIORITY_LEAST 0xffu

/* One more than the highest source number. */
#define SOURCES (XISR_MASK + 1u)

/* An IPI is pending while a CPU's request register is more favoured than this. */
#define MFRR_NONE 0xffu

static struct irqref_xics *xics_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static int64_t hcall(const struct irqref_xics *xics, uint64_t opcode, uint64_t arg0, uint64_t arg1,
                     uint64_t *out)
{
	const struct irqref_papr *papr = xics->config.papr;

	return papr->hcall(papr->ctx, opcode, arg0, arg1, out);
}

static int32_t rtas(const struct irqref_xics *xics, uint32_t token, uint32_t nargs,
                    const uint32_t *args, uint32_t nrets, uint32_t *rets)
{
	const struct irqref_papr *papr = xics->config.papr;
	int32_t status;

	do {
		status = papr->rtas(papr->ctx, token, nargs, args, nrets, rets);
	} while (irqref_papr_again(status));
	return status;
}

/* Chip data: where the source is routed to, and whether it is unmasked. */
static void *pack(uint32_t server, bool on)
{
	return (void *)((uintptr_t)server << 1 | on);
}

static uint32_t server_of(const struct irqref_level *level)
{
	return (uint32_t)((uintptr_t)level->chip_data >> 1);
}

static bool is_on(const struct irqref_level *level)
{
	return (uintptr_t)level->chip_data & 1u;
}

/*
 * Makes the source what the chip data says. ibm,int-off remembers the priority and ibm,int-on brings
 * it back, so the priority is set first and either call then agrees with it.
 */
static int32_t program(struct irqref_xics *xics, const struct irqref_level *level)
{
	uint32_t source = (uint32_t)level->hwirq;
	uint32_t token = is_on(level) ? xics->config.int_on : xics->config.int_off;
	uint32_t args[3] = {source, server_of(level),
	                    is_on(level) ? xics->config.priority : PRIORITY_LEAST};
	int32_t status = rtas(xics, xics->config.set_xive, 3, args, 0, NULL);

	if (status == IRQREF_PAPR_OK && token != IRQREF_PAPR_NO_TOKEN)
		status = rtas(xics, token, 1, &source, 0, NULL);
	return status;
}

static void switch_source(struct irqref_level *level, bool on)
{
	struct irqref_xics *xics = xics_of(level);

	irqref_chip_lock(&xics->lock);
	level->chip_data = pack(server_of(level), on);
	(void)program(xics, level);
	irqref_chip_unlock(&xics->lock);
}

static void xics_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	switch_source(level, false);
}

static void xics_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	switch_source(level, true);
}

/* The first CPU of the set that takes interrupts. */
static int choose(const struct irqref_xics *xics, const struct irqref_cpumask *cpus)
{
	for (uint32_t cpu = 0; cpu < cpus->nbits && cpu < xics->config.ncpus; cpu++) {
		bool asked = cpus->bits[cpu / 32] >> (cpu % 32) & 1u;

		if (asked && __atomic_load_n(&xics->config.cpus[cpu].up, __ATOMIC_ACQUIRE))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

static int xics_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                             const struct irqref_cpumask *cpus)
{
	struct irqref_xics *xics = xics_of(level);
	int cpu = choose(xics, cpus);
	void *before;
	int32_t status;

	(void)desc;
	if (cpu < 0)
		return cpu;
	irqref_chip_lock(&xics->lock);
	before = level->chip_data;
	level->chip_data = pack(xics->config.cpus[cpu].server, is_on(level));
	status = program(xics, level);
	if (status != IRQREF_PAPR_OK)
		level->chip_data = before;
	irqref_chip_unlock(&xics->lock);
	return status == IRQREF_PAPR_OK ? cpu : IRQREF_ERR_REFUSED;
}

static const struct irqref_chip xics_chip = {
        .name = "xics",
        .mask = xics_mask,
        .unmask = xics_unmask,
        .set_affinity = xics_set_affinity,
};

static int xics_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                          irqref_hwirq_t *hwirq, unsigned int *type)
{
	(void)domain;
	if (fwspec->ncells != 2 || fwspec->cells[1] > 1)
		return IRQREF_ERR_FORMAT;
	*hwirq = fwspec->cells[0];
	*type = fwspec->cells[1] ? IRQREF_TYPE_LOW : IRQREF_TYPE_RISING;
	return IRQREF_OK;
}

/* Whatever ran before may have left the source on: it is masked, and so proves that it exists. */
static int xics_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_xics *xics = xics_of(level);

	(void)desc;
	(void)arg;
	if (level->hwirq <= XISR_IPI)
		return IRQREF_ERR_RANGE;
	level->chip_data = pack(xics->config.cpus[0].server, false);
	return program(xics, level) == IRQREF_PAPR_OK ? IRQREF_OK : IRQREF_ERR_RANGE;
}

static const struct irqref_domain_ops xics_ops = {
        .translate = xics_translate,
        .map = xics_map,
};

int irqref_xics_probe(const void *fdt, int node, struct irqref_xics_config *config)
{
	if (fdt_node_check_compatible(fdt, node, "IBM,ppc-xicp"))
		return IRQREF_ERR_NOENT;
	*config = (struct irqref_xics_config){
	        .name = "xics",
	        .node = (uintptr_t)node + 1,
	        .set_xive = irqref_papr_token(fdt, "ibm,set-xive"),
	        .get_xive = irqref_papr_token(fdt, "ibm,get-xive"),
	        .int_on = irqref_papr_token(fdt, "ibm,int-on"),
	        .int_off = irqref_papr_token(fdt, "ibm,int-off"),
	};
	if (config->set_xive == IRQREF_PAPR_NO_TOKEN || config->get_xive == IRQREF_PAPR_NO_TOKEN)
		return IRQREF_ERR_NOENT;
	return IRQREF_OK;
}

int irqref_xics_server(const void *fdt, int node, uint32_t *server)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, "ibm,ppc-interrupt-server#s", &length);

	if (!cells || length < 4)
		cells = fdt_getprop(fdt, node, "reg", &length);
	if (!cells || length < 4)
		return IRQREF_ERR_NOENT;
	*server = fdt32_ld(cells);
	return IRQREF_OK;
}

int irqref_xics_add(struct irqref_xics *xics, struct irqref_space *space,
                    const struct irqref_xics_config *config)
{
	struct irqref_domain_config domain;

	if (!xics || !space || !config || !config->papr || !config->cpus || !config->ncpus ||
	    config->set_xive == IRQREF_PAPR_NO_TOKEN || config->get_xive == IRQREF_PAPR_NO_TOKEN)
		return IRQREF_ERR_INVAL;
	*xics = (struct irqref_xics){.config = *config};
	if (!xics->config.priority)
		xics->config.priority = IRQREF_XICS_PRIORITY;
	domain = (struct irqref_domain_config){
	        .name = config->name,
	        .node = config->node,
	        .ops = &xics_ops,
	        .chip = &xics_chip,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = xics,
	        .max = SOURCES,
	};
	return irqref_domain_add(space, &domain, &xics->domain);
}

int irqref_xics_remove(struct irqref_xics *xics, enum irqref_remove how, irqref_report_fn *report,
                       void *ctx)
{
	uint32_t cpu;
	int rc;

	if (!xics)
		return IRQREF_ERR_INVAL;
	rc = irqref_domain_remove(xics->domain, how, report, ctx);
	if (rc)
		return rc;
	for (cpu = 0; cpu < xics->config.ncpus; cpu++)
		__atomic_store_n(&xics->config.cpus[cpu].up, false, __ATOMIC_RELEASE);
	return IRQREF_OK;
}

int irqref_xics_cpu_init(struct irqref_xics *xics, uint32_t cpu)
{
	uint64_t none;

	if (!xics || cpu >= xics->config.ncpus)
		return IRQREF_ERR_INVAL;
	if (hcall(xics, IRQREF_PAPR_H_CPPR, PRIORITY_LEAST, 0, &none))
		return IRQREF_ERR_REFUSED;
	__atomic_store_n(&xics->config.cpus[cpu].up, true, __ATOMIC_RELEASE);
	return IRQREF_OK;
}

static void serve_ipi(struct irqref_xics *xics, uint32_t cpu)
{
	uint64_t none;

	/* Taken back before it is served: a request that comes meanwhile is another interrupt. */
	(void)hcall(xics, IRQREF_PAPR_H_IPI, xics->config.cpus[cpu].server, MFRR_NONE, &none);
	if (xics->config.ipi)
		xics->config.ipi(xics->config.ipi_ctx, cpu);
}

bool irqref_xics_interrupt(struct irqref_xics *xics, uint32_t cpu)
{
	uint64_t xirr;
	uint64_t none;

	if (hcall(xics, IRQREF_PAPR_H_XIRR, 0, 0, &xirr) || !(xirr & XISR_MASK))
		return false;
	if ((xirr & XISR_MASK) == XISR_IPI)
		serve_ipi(xics, cpu);
	else
		(void)irqref_dispatch(xics->domain, xirr & XISR_MASK);
	/* Also what nobody has mapped; this gives the CPU its former priority back, too. */
	(void)hcall(xics, IRQREF_PAPR_H_EOI, xirr, 0, &none);
	return true;
}

int irqref_xics_ipi(struct irqref_xics *xics, uint32_t cpu)
{
	uint64_t none;

	if (!xics || cpu >= xics->config.ncpus || !xics->config.cpus[cpu].up)
		return IRQREF_ERR_INVAL;
	/* The hypervisor call is no barrier: what the other CPU is to find is stored before. */
	irqref_mmio_barrier();
	if (hcall(xics, IRQREF_PAPR_H_IPI, xics->config.cpus[cpu].server, xics->config.priority,
	          &none))
		return IRQREF_ERR_REFUSED;
	return IRQREF_OK;
}

int irqref_xics_masked(struct irqref_xics *xics, irqref_hwirq_t hwirq)
{
	uint32_t source = (uint32_t)hwirq;
	uint32_t rets[2];

	if (hwirq >= SOURCES || rtas(xics, xics->config.get_xive, 1, &source, 2, rets))
		return IRQREF_ERR_RANGE;
	return rets[1] == PRIORITY_LEAST;
}
