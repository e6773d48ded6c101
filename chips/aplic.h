/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V advanced platform-level interrupt controller (APLIC), one interrupt domain of it: wired
 * sources, delivered to harts directly, or as messages by an IMSIC, which is then the parent domain. Written
 * from the RISC-V Advanced Interrupt Architecture.
 *
 * Sources are numbered alike in all interrupt domains of the controller. Nothing is delegated here: who
 * runs at machine level takes the root domain and serves what other nodes of the devicetree say goes to a child
 * by giving the child's node in the configuration.
 */
#ifndef IRQREF_CHIPS_APLIC_H
#define IRQREF_CHIPS_APLIC_H

#include "imsic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most sources. */
#define IRQREF_APLIC_SOURCES 1023u

/**
 * struct irqref_aplic_cpu - a hart's delivery control, for direct delivery
 * @idc: address of it; 0 before irqref_aplic_cpu_init()
 * @index: its number
 */
struct irqref_aplic_cpu {
	uintptr_t idc;
	uint32_t index;
};

/**
 * struct irqref_aplic_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the domain: where the interrupts of devices end, see above
 * @base: address of the control region, as the CPU reaches it
 * @sources: highest source
 * @imsic: who delivers; NULL for direct delivery
 * @root: this is the root domain, in which the addresses of messages are set up
 * @cpus: for direct delivery: one for each CPU number, zeroed; the caller's memory, for the life of the driver
 * @ncpus: how many
 */
struct irqref_aplic_config {
	const char *name;
	uintptr_t node;
	uintptr_t base;
	uint32_t sources;
	struct irqref_imsic *imsic;
	bool root;
	struct irqref_aplic_cpu *cpus;
	uint32_t ncpus;
};

/**
 * struct irqref_aplic - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the sources
 */
struct irqref_aplic {
	struct irqref_aplic_config config;
	struct irqref_domain *domain;
};

/**
 * irqref_aplic_probe() - reads what a devicetree says of an interrupt domain
 * @fdt: the blob
 * @node: offset of a node compatible with "riscv,aplic"
 * @config: takes name, node, base, sources, and whether it has children (@root); all else is zeroed and for
 *          the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or disabled); FORMAT.
 * Grace period: none.
 */
int irqref_aplic_probe(const void *fdt, int node, struct irqref_aplic_config *config);

/**
 * irqref_aplic_add() - takes the sources over and adds their domain
 * @aplic: takes the state
 * @space: the space
 * @config: copied; what it points to stays the caller's
 *
 * All sources are off until they are mapped. Specifiers have two cells: source and type. The flow is
 * IRQREF_FLOW_SIMPLE for direct delivery and IRQREF_FLOW_FASTEOI for messages.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; NOTSUP (it cannot deliver that way, or its addresses of messages are locked to
 * others); as irqref_domain_add().
 * Grace period: none.
 */
int irqref_aplic_add(struct irqref_aplic *aplic, struct irqref_space *space,
                     const struct irqref_aplic_config *config);

/**
 * irqref_aplic_remove() - takes the domain away and the controller out of use
 * @aplic: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * It delivers nothing any more; irqref_aplic_interrupt() returns 0. @aplic and @config->cpus are the
 * caller's again when no CPU is in it, and can be used for another add.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_aplic_remove(struct irqref_aplic *aplic, enum irqref_remove how,
                        irqref_report_fn *report, void *ctx);

/**
 * irqref_aplic_cpu_init() - for direct delivery: lets a hart take interrupts
 * @aplic: the driver
 * @cpu: the kernel's number of the hart, as irqref_hot_cpu() gives it
 * @index: the hart's delivery control: its place among the devicetree node's interrupts, see
 *         irqref_riscv_hart_index()
 *
 * Context: any.
 * Return: 0; INVAL (also with an IMSIC).
 * Grace period: none.
 */
int irqref_aplic_cpu_init(struct irqref_aplic *aplic, uint32_t cpu, uint32_t index);

/**
 * irqref_aplic_interrupt() - for the vector, with direct delivery: serves all that is pending on the
 * calling hart
 * @aplic: the driver
 *
 * Context: interrupts off; handlers run on the caller's stack.
 * Return: how many were taken.
 * Grace period: none.
 */
uint32_t irqref_aplic_interrupt(struct irqref_aplic *aplic);

/**
 * irqref_aplic_masked() - what the registers say: whether a source cannot reach any hart
 * @aplic: the driver
 * @hwirq: the source
 *
 * Context: any.
 * Return: true if it is disabled, or is none.
 * Grace period: none.
 */
bool irqref_aplic_masked(const struct irqref_aplic *aplic, irqref_hwirq_t hwirq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_APLIC_H */
