/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of PCI devices on a PAPR machine: ibm,change-msi makes the platform choose sources for a
 * function and write the message into its configuration space; the kernel only turns messages on.
 *
 * This is one domain for each host bridge, with the XICS domain as its parent. Whoever maps in it (a
 * PCI-MSI domain on top) hands down the struct irqref_msi_arg of irqref_msi_alloc(), whose @device
 * is bus << 8 | devfn. Any hwirqs will do that are unique and consecutive within a block.
 */
#ifndef IRQREF_CHIPS_XICS_MSI_H
#define IRQREF_CHIPS_XICS_MSI_H

#include <irqref/msi.h>

#include "xics.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_xics_msi_block - a function that has messages; all members are private
 */
struct irqref_xics_msi_block {
	irqref_hwirq_t first;
	uint32_t device;
	uint32_t left;
	uint32_t taken;
};

/** Most vectors of a block: MSI has no more. */
#define IRQREF_XICS_MSI_VECTORS 32u

/**
 * struct irqref_xics_msi_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the host bridge, see struct irqref_fwspec
 * @bus: kind of the domain, see struct irqref_domain_config; not 0, for a host bridge has no lines
 * @buid: the host bridge's unit ID
 * @change_msi, @query_source, @read_config: tokens of the RTAS calls
 * @blocks: one for each function that can have messages at a time; zeroed memory of the caller's
 * @nblocks: how many
 */
struct irqref_xics_msi_config {
	const char *name;
	uintptr_t node;
	uint32_t bus;
	uint64_t buid;
	uint32_t change_msi;
	uint32_t query_source;
	uint32_t read_config;
	struct irqref_xics_msi_block *blocks;
	uint32_t nblocks;
};

/**
 * struct irqref_xics_msi - the driver's state; the caller's memory
 * @config: what it was made with
 * @xics: the interrupt controller's driver
 * @domain: the messages
 */
struct irqref_xics_msi {
	struct irqref_xics_msi_config config;
	struct irqref_xics *xics;
	struct irqref_domain *domain;
};

/**
 * irqref_xics_msi_probe() - reads what a devicetree says of a host bridge's messages
 * @fdt: the blob
 * @node: offset of the host bridge
 * @config: takes name, node, bus, buid and tokens; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no host bridge of PAPR's kind, or the platform has no messages).
 * Grace period: none.
 */
int irqref_xics_msi_probe(const void *fdt, int node, struct irqref_xics_msi_config *config);

/**
 * irqref_xics_msi_add() - adds the domain of a host bridge's messages
 * @msi: takes the state
 * @xics: the interrupt controller's driver; must outlive this
 * @config: copied; what it points to stays the caller's
 *
 * Making a mapping fails with NOSPC if the platform has fewer messages for the function than the
 * block has. Only MSI is asked for, not MSI-X.
 * What the mapping's level composes is what the platform wrote into the function, which must be
 * there then.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; as irqref_domain_add().
 * Grace period: none.
 */
int irqref_xics_msi_add(struct irqref_xics_msi *msi, struct irqref_xics *xics,
                        const struct irqref_xics_msi_config *config);

/**
 * irqref_xics_msi_remove() - takes the domain of a host bridge's messages away
 * @msi: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * The domains on top of it are removed before. The platform has all messages back; @msi and
 * @config->blocks are the caller's again.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_xics_msi_remove(struct irqref_xics_msi *msi, enum irqref_remove how,
                           irqref_report_fn *report, void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_XICS_MSI_H */
