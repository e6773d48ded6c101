/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * XICS, the interrupt controller of Power machines, as a PAPR hypervisor presents it: sources are
 * programmed by RTAS calls, taken and completed by hypervisor calls. Written from the Linux on
 * Power Architecture Reference (LoPAR), chapters "RTAS" and "Interrupt Controller".
 *
 * A line is a source number of up to 24 bits. Lines of devices (LSI) are level-triggered, messages
 * (MSI) are edges; which of them a source is, is the platform's matter and cannot be programmed.
 * Messages of PCI devices are made by xics_msi.h. All lines have the flow IRQREF_FLOW_FASTEOI: the
 * presentation controller keeps an edge that comes before the completion, and presents it again.
 */
#ifndef IRQREF_CHIPS_XICS_H
#define IRQREF_CHIPS_XICS_H

#include <irqref/domain.h>

#include "lock.h"
#include "papr.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Priority of every line unless the configuration says otherwise; lower is more urgent. */
#define IRQREF_XICS_PRIORITY 5u

/**
 * struct irqref_xics_cpu - a CPU as the controller knows it
 * @server: its interrupt server number
 * @up: it takes interrupts; set by irqref_xics_cpu_init()
 */
struct irqref_xics_cpu {
	uint32_t server;
	bool up;
};

/**
 * struct irqref_xics_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the domain, see struct irqref_fwspec
 * @set_xive, @get_xive, @int_on, @int_off: tokens of the RTAS calls; the last two may be absent
 * @papr: the kernel's ways into the platform; must outlive the driver
 * @priority: of every line; 0 means IRQREF_XICS_PRIORITY
 * @cpus: one for each CPU number, @server set; the caller's memory, for the life of the driver. A
 *        line that nobody routes goes to the first.
 * @ncpus: how many
 * @ipi: called on the CPU that irqref_xics_ipi() named, interrupts off; NULL: nothing is done
 * @ipi_ctx: for @ipi
 */
struct irqref_xics_config {
	const char *name;
	uintptr_t node;
	uint32_t set_xive;
	uint32_t get_xive;
	uint32_t int_on;
	uint32_t int_off;
	const struct irqref_papr *papr;
	uint8_t priority;
	struct irqref_xics_cpu *cpus;
	uint32_t ncpus;
	void (*ipi)(void *ctx, uint32_t cpu);
	void *ipi_ctx;
};

/**
 * struct irqref_xics - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the lines
 *
 * The other members are private.
 */
struct irqref_xics {
	struct irqref_xics_config config;
	struct irqref_domain *domain;
	struct irqref_chip_lock lock;
};

/**
 * irqref_xics_probe() - reads what a devicetree says of the controller
 * @fdt: the blob
 * @node: offset of a node compatible with "IBM,ppc-xicp"
 * @config: takes name, node and tokens; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or RTAS has no calls for it).
 * Grace period: none.
 */
int irqref_xics_probe(const void *fdt, int node, struct irqref_xics_config *config);

/**
 * irqref_xics_server() - the interrupt server number of a CPU
 * @fdt: the blob
 * @node: offset of the CPU's node
 * @server: takes the number of its first thread
 *
 * Context: any.
 * Return: 0; NOENT (neither ibm,ppc-interrupt-server#s nor reg says it).
 * Grace period: none.
 */
int irqref_xics_server(const void *fdt, int node, uint32_t *server);

/**
 * irqref_xics_add() - adds the controller's domain
 * @xics: takes the state
 * @space: the space
 * @config: copied; what it points to stays the caller's
 *
 * Sources are left alone until they are mapped. Specifiers have two cells: source number; 1 for
 * level, 0 for edge.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (a null argument, no CPUs, a token missing); as irqref_domain_add().
 * Grace period: none.
 */
int irqref_xics_add(struct irqref_xics *xics, struct irqref_space *space,
                    const struct irqref_xics_config *config);

/**
 * irqref_xics_remove() - takes the controller's domain away
 * @xics: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * The domains of messages are removed before. All sources that were mapped are masked, and irqref_xics_ipi()
 * is refused. @xics and @config->cpus are the caller's again when no CPU is in
 * irqref_xics_interrupt(), and can be used for another add.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_xics_remove(struct irqref_xics *xics, enum irqref_remove how, irqref_report_fn *report,
                       void *ctx);

/**
 * irqref_xics_cpu_init() - lets the calling CPU take interrupts
 * @xics: the driver
 * @cpu: the kernel's number of the calling CPU
 *
 * Lines can be routed to it from then on.
 *
 * Context: any, interrupts off.
 * Return: 0; INVAL (no such CPU); REFUSED (the hypervisor).
 * Grace period: none.
 */
int irqref_xics_cpu_init(struct irqref_xics *xics, uint32_t cpu);

/**
 * irqref_xics_interrupt() - for the vector: serves the most urgent interrupt of the calling CPU
 * @xics: the driver
 * @cpu: the kernel's number of the calling CPU
 *
 * If more is pending, the vector is entered again at once: asking here would cost every interrupt a
 * hypervisor call more.
 *
 * Context: the external interrupt's vector, interrupts off.
 * Return: false when there was none: it was spurious.
 * Grace period: none.
 */
bool irqref_xics_interrupt(struct irqref_xics *xics, uint32_t cpu);

/**
 * irqref_xics_ipi() - interrupts another CPU
 * @xics: the driver
 * @cpu: the kernel's number of a CPU that is up
 *
 * Several calls before that CPU looks are one interrupt.
 *
 * Context: any.
 * Return: 0; INVAL; REFUSED (the hypervisor).
 * Grace period: none.
 */
int irqref_xics_ipi(struct irqref_xics *xics, uint32_t cpu);

/**
 * irqref_xics_masked() - asks the platform whether a source can reach a CPU
 * @xics: the driver
 * @hwirq: the source
 *
 * Context: any; takes the time of an RTAS call.
 * Return: 1 if it cannot, 0 if it can; RANGE (no such source).
 * Grace period: none.
 */
int irqref_xics_masked(struct irqref_xics *xics, irqref_hwirq_t hwirq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_XICS_H */
