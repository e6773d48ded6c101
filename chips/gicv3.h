/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arm GICv3 and GICv4 interrupt controller: distributor, redistributors, CPU interface by system
 * registers. Lines are INTIDs: 16 to 31 are private to each CPU (PPI), 32 to 1019 shared (SPI), 8192
 * and up are messages (LPI), which an ITS makes: see gicv3_its.h. Written from the GIC architecture
 * specification, Arm IHI 0069.
 *
 * Software-generated interrupts (0 to 15) are the kernel's own: they are completed and otherwise
 * left alone. The extended ranges of GICv3.1 (ESPI, EPPI) are refused. All is group 1, of
 * the security state that the kernel runs in.
 */
#ifndef IRQREF_CHIPS_GICV3_H
#define IRQREF_CHIPS_GICV3_H

#include <irqref/domain.h>
#include <irqref/error.h>
#include <irqref/handler.h>
#include <irqref/msi.h>

#include "lock.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most regions of redistributors. */
#define IRQREF_GICV3_REGIONS 16u

/** First INTID of the shared lines, and of the messages. */
#define IRQREF_GICV3_SPI 32u
#define IRQREF_GICV3_LPI 8192u

/** Fewest bits of an INTID with which there are LPIs. */
#define IRQREF_GICV3_LPI_BITS 14u

/** What the priority of every line is unless the configuration says otherwise; lower is more urgent. */
#define IRQREF_GICV3_PRIORITY 0xa0u

/**
 * struct irqref_gicv3_cpu - a CPU and its redistributor
 * @redistributor: address of its two frames; 0 before irqref_gicv3_cpu_init()
 * @affinity: of the CPU, packed as in GICR_TYPER: aff3, aff2, aff1, aff0, a byte each
 * @processor: its number in GICR_TYPER
 */
struct irqref_gicv3_cpu {
	uintptr_t redistributor;
	uint32_t affinity;
	uint32_t processor;
};

/**
 * struct irqref_gicv3_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the domain, see struct irqref_fwspec
 * @distributor: address of the distributor, as the CPU reaches it
 * @regions: where the redistributors are
 * @nregions: how many regions
 * @stride: bytes from one redistributor to the next; 0: two frames, four where there are virtual LPIs
 * @priority: of every line; 0 means IRQREF_GICV3_PRIORITY
 * @cpus: one for each CPU number; zeroed memory of the caller's, for the life of the driver
 * @ncpus: how many
 * @lpi_bits: bits of an INTID that has room for LPIs, 14 to 32; 0: no LPIs, and the members below are not used
 * @lpi_config: 2^@lpi_bits - 8192 bytes, aligned to 4096; the caller's memory, for ever: a GIC need not
 *              be able to let go of it
 * @lpi_pending: @ncpus times irqref_gicv3_pending_size() bytes, zeroed, aligned to 65536; the same
 * @lpi_taken: (2^@lpi_bits - 8192) / 32 words, zeroed: which LPIs are in use
 * @bus_offset: what to add to a pointer into that memory for the address that the GIC uses
 */
struct irqref_gicv3_config {
	const char *name;
	uintptr_t node;
	uintptr_t distributor;
	struct {
		uintptr_t address;
		uint64_t size;
	} regions[IRQREF_GICV3_REGIONS];
	uint32_t nregions;
	uint64_t stride;
	uint8_t priority;
	struct irqref_gicv3_cpu *cpus;
	uint32_t ncpus;
	uint32_t lpi_bits;
	uint8_t *lpi_config;
	uint8_t *lpi_pending;
	uint32_t *lpi_taken;
	uint64_t bus_offset;
};

/**
 * struct irqref_gicv3 - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the lines
 * @lines: one more than the highest INTID of a shared line
 * @lpis: which LPIs are free, for the drivers of the ITSs
 *
 * The other members are private.
 */
struct irqref_gicv3 {
	struct irqref_gicv3_config config;
	struct irqref_domain *domain;
	uint32_t lines;
	struct irqref_msi_vectors lpis;
	uint32_t ppi_edge;
	struct irqref_chip_lock lock;
};

/**
 * irqref_gicv3_probe() - reads what a devicetree says of the controller
 * @fdt: the blob
 * @node: offset of a node compatible with "arm,gic-v3"
 * @config: takes name, node, addresses and stride; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or disabled); FORMAT.
 * Grace period: none.
 */
int irqref_gicv3_probe(const void *fdt, int node, struct irqref_gicv3_config *config);

/**
 * irqref_gicv3_pending_size() - bytes of one CPU's table of pending LPIs
 * @lpi_bits: as in the configuration
 *
 * Context: any.
 * Return: a multiple of 65536.
 * Grace period: none.
 */
size_t irqref_gicv3_pending_size(uint32_t lpi_bits);

/**
 * irqref_gicv3_add() - takes the controller over and adds its domain
 * @gic: takes the state
 * @space: the space
 * @config: copied; what it points to stays the caller's
 *
 * All shared lines are disabled, level-triggered and routed to the calling CPU. Specifiers have three or four
 * cells: kind (0 SPI, 1 PPI), number, flags, and a partition, which must be 0. PPIs have the flow
 * IRQREF_FLOW_PERCPU, all others IRQREF_FLOW_FASTEOI.
 *
 * Context: thread, on the CPU that will be up first; may wait.
 * Return: 0; INVAL (a null argument, no CPUs, memory that is not aligned); NOTSUP (no GICv3 or v4 there,
 * or LPIs that it does not have); as irqref_domain_add().
 * Grace period: none.
 */
int irqref_gicv3_add(struct irqref_gicv3 *gic, struct irqref_space *space,
                     const struct irqref_gicv3_config *config);

/**
 * irqref_gicv3_remove() - takes the domain away and the controller out of use
 * @gic: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * The ITSs are removed before. The distributor forwards nothing any more, private lines and messages
 * included. @gic, @config->cpus and @config->lpi_taken are the caller's again when no CPU is in
 * irqref_gicv3_interrupt(); the other memory for LPIs is not, see struct irqref_gicv3_config. Another add
 * with the same memory works where the GIC is able to let go of it; it wants @lpi_taken zeroed.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_gicv3_remove(struct irqref_gicv3 *gic, enum irqref_remove how, irqref_report_fn *report,
                        void *ctx);

/**
 * irqref_gicv3_cpu_init() - finds the calling CPU's redistributor and lets the CPU take interrupts
 * @gic: the driver
 * @cpu: the kernel's number of the calling CPU, as irqref_hot_cpu() gives it
 *
 * Its private lines are disabled. Shared lines and messages can be routed to it from then on.
 *
 * Context: interrupts off, on that CPU; one CPU at a time.
 * Return: 0; INVAL; NOENT (no redistributor for this CPU); NOTSUP (no system registers).
 * Grace period: none.
 */
int irqref_gicv3_cpu_init(struct irqref_gicv3 *gic, uint32_t cpu);

/**
 * irqref_gicv3_interrupt() - for the vector: serves all that is pending on the calling CPU
 * @gic: the driver
 *
 * Context: interrupts off; handlers run on the caller's stack.
 * Return: how many were taken, those included for which nothing is mapped.
 * Grace period: none.
 */
uint32_t irqref_gicv3_interrupt(struct irqref_gicv3 *gic);

/**
 * irqref_gicv3_masked() - what the registers say: whether a line cannot reach any CPU
 * @gic: the driver
 * @hwirq: its INTID
 *
 * Context: any.
 * Return: true if it is disabled (a PPI: on every CPU), or is none.
 * Grace period: none.
 */
bool irqref_gicv3_masked(const struct irqref_gicv3 *gic, irqref_hwirq_t hwirq);

/**
 * irqref_gicv3_set_priority() - the priority of a line
 * @gic: the driver
 * @hwirq: its INTID; a PPI gets it on every CPU that is up
 * @priority: lower is more urgent; how many of the upper bits count depends on the controller
 *
 * Context: any. The line should be masked: one that is pending may keep the old priority.
 * Return: 0; RANGE (no PPI and no SPI).
 * Grace period: none.
 */
int irqref_gicv3_set_priority(struct irqref_gicv3 *gic, irqref_hwirq_t hwirq, uint8_t priority);

/**
 * irqref_gicv3_lpi_enable() - for the driver of an ITS: writes an LPI's entry in the table
 * @gic: the driver
 * @lpi: its INTID, of @gic's LPIs
 * @enable: whether it may reach a CPU
 *
 * The ITS must be told to look again (INV) before it counts.
 *
 * Context: any.
 * Grace period: none.
 */
void irqref_gicv3_lpi_enable(struct irqref_gicv3 *gic, irqref_hwirq_t lpi, bool enable);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_GICV3_H */
