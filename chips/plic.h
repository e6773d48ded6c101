/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V platform-level interrupt controller (PLIC). Written from the RISC-V Platform-Level Interrupt
 * Controller Specification.
 *
 * A target, "context", is one privilege level of one hart. The driver uses one for each CPU of the
 * kernel. A line is routed to one CPU at a time, by its enable bit in that CPU's context, and masked
 * by its priority: a completion is ignored where the line is not enabled, so masking by the enable
 * bit in the middle of a service would leave the line dead.
 */
#ifndef IRQREF_CHIPS_PLIC_H
#define IRQREF_CHIPS_PLIC_H

#include <irqref/devicetree.h>
#include <irqref/domain.h>

#include "lock.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most sources; 0 is none. */
#define IRQREF_PLIC_SOURCES 1023u

/**
 * struct irqref_plic_cpu - a CPU's context
 * @context: its number; of no meaning before irqref_plic_cpu_init()
 * @ready: that was called
 */
struct irqref_plic_cpu {
	uint32_t context;
	uint32_t ready;
};

/**
 * struct irqref_plic_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the domain, as irqref_dt_resolve() gives it
 * @base: address of the registers, as the CPU reaches them
 * @sources: highest source
 * @cpus: one for each CPU number, zeroed; the caller's memory for the life of the driver
 * @ncpus: how many
 */
struct irqref_plic_config {
	const char *name;
	uintptr_t node;
	uintptr_t base;
	uint32_t sources;
	struct irqref_plic_cpu *cpus;
	uint32_t ncpus;
};

/**
 * struct irqref_plic - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the sources
 * @lock: of the enable bits, 32 of which share a register
 */
struct irqref_plic {
	struct irqref_plic_config config;
	struct irqref_domain *domain;
	struct irqref_chip_lock lock;
};

/**
 * irqref_plic_probe() - reads what a devicetree says of a PLIC
 * @fdt: the blob
 * @node: offset of a node compatible with "riscv,plic0" or "sifive,plic-1.0.0"
 * @config: takes name, node, base and sources; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or disabled); FORMAT.
 * Grace period: none.
 */
int irqref_plic_probe(const void *fdt, int node, struct irqref_plic_config *config);

/**
 * irqref_plic_add() - takes the sources over and adds their domain
 * @plic: takes the state
 * @space: the space
 * @config: copied; what it points to stays the caller's
 *
 * All sources are masked until a handler is installed. A specifier has the source, and in some trees
 * a type. The flow is IRQREF_FLOW_FASTEOI. How a source triggers is wired into the controller: types
 * are taken as they are told.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; as irqref_domain_add().
 * Grace period: none.
 */
int irqref_plic_add(struct irqref_plic *plic, struct irqref_space *space,
                    const struct irqref_plic_config *config);

/**
 * irqref_plic_remove() - takes the domain away and the controller out of use
 * @plic: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * All sources are masked, and no CPU takes any more; irqref_plic_interrupt() returns 0. @plic and
 * @config->cpus are the caller's again when no CPU is in it, and can be used for another add.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_plic_remove(struct irqref_plic *plic, enum irqref_remove how, irqref_report_fn *report,
                       void *ctx);

/**
 * irqref_plic_cpu_init() - lets a CPU take interrupts
 * @plic: the driver
 * @cpu: the kernel's number of the CPU, as irqref_hot_cpu() gives it
 * @context: the CPU's context: the place of its interrupt among those of the devicetree node, see
 *           irqref_riscv_hart_index()
 *
 * A line goes to the first CPU that was made ready, until its affinity is set.
 *
 * Context: any; before the first handler is installed for one CPU at the least.
 * Return: 0; INVAL.
 * Grace period: none.
 */
int irqref_plic_cpu_init(struct irqref_plic *plic, uint32_t cpu, uint32_t context);

/**
 * irqref_plic_interrupt() - for the vector: serves all that is pending on the calling CPU
 * @plic: the driver
 *
 * Context: interrupts off; handlers run on the caller's stack.
 * Return: how many interrupts were taken; 0 is no error, another CPU was quicker.
 * Grace period: none.
 */
uint32_t irqref_plic_interrupt(struct irqref_plic *plic);

/**
 * irqref_plic_masked() - what the registers say: whether a source cannot reach any CPU
 * @plic: the driver
 * @hwirq: the source
 *
 * Context: any.
 * Return: true if its priority is 0, it is enabled in no CPU's context, or it is none.
 * Grace period: none.
 */
bool irqref_plic_masked(const struct irqref_plic *plic, irqref_hwirq_t hwirq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_PLIC_H */
