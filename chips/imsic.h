/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V incoming MSI controller (IMSIC): each hart has a file of message numbers, 1 to @ids. Written
 * from the RISC-V Advanced Interrupt Architecture.
 *
 * Two domains. @domain has the numbers, the same on every hart: one that is in use on one hart is in
 * use on none other, so that a line can move without changing its number. @messages lies over it, for the
 * domains of PCI-MSI and of an APLIC: it takes numbers as they are needed. Its hwirqs can be any that
 * the outer domains find unique; which block it is says struct irqref_msi_arg, which the outer domain's map
 * callback hands to irqref_map_parent(), @scratch handed back. A block of several is aligned to a power of two,
 * as multi-message MSI wants it.
 *
 * Only a hart itself can enable numbers in its file. So each has a word of what it should enable, and who
 * changes another hart's sends it the message IRQREF_IMSIC_SYNC. Until that is served the file may
 * still deliver a number that is masked: it is put back there.
 */
#ifndef IRQREF_CHIPS_IMSIC_H
#define IRQREF_CHIPS_IMSIC_H

#include <irqref/devicetree.h>
#include <irqref/domain.h>
#include <irqref/error.h>
#include <irqref/handler.h>
#include <irqref/msi.h>

#include "lock.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Most numbers of a file, and words of 32 for them. */
#define IRQREF_IMSIC_IDS   2047u
#define IRQREF_IMSIC_WORDS 64u

/** Most regions of files: groups of harts. */
#define IRQREF_IMSIC_REGIONS 16u

/** Hwirqs of @messages from here to its end are APLICs'; those of buses are below. */
#define IRQREF_IMSIC_WIRED ((irqref_hwirq_t)1 << 47)

/** The number that harts send each other; it is never given away. */
#define IRQREF_IMSIC_SYNC 1u

/**
 * struct irqref_imsic_cpu - a hart's file
 * @file: address of it, as CPUs reach it; 0 before irqref_imsic_cpu_init()
 * @message: address of it, as devices reach it
 *
 * The other members are private: what shall be enabled, what the file said last that is, and which
 * numbers are to be forgotten.
 */
struct irqref_imsic_cpu {
	uintptr_t file;
	uint64_t message;
	uint32_t wanted[IRQREF_IMSIC_WORDS];
	uint32_t enabled[IRQREF_IMSIC_WORDS];
	uint32_t drain[IRQREF_IMSIC_WORDS];
};

/**
 * struct irqref_imsic_id - a number; private to the driver
 */
struct irqref_imsic_id {
	uint32_t cpu;
	uint32_t before;
	uint32_t on;
	uint32_t draining;
};

/**
 * struct irqref_imsic_config - what the driver is to know
 * @name: of the domains; copied
 * @node: of both domains
 * @bus: of @messages, so that it is told from the numbers, whose bus is 0; 0 means 1
 * @supervisor: the files of supervisor level; else machine level
 * @regions: where the files are
 * @nregions: how many regions
 * @ids: highest number
 * @hart_bits: how many bits of an address tell the harts of a group apart
 * @guest_bits: the same for the files of a hart's guests
 * @group_bits: the same for groups
 * @group_shift: lowest of these bits
 * @cpus: one for each CPU number, zeroed; the caller's memory, for the life of the driver
 * @ncpus: how many
 * @state: @ids + 1 entries, zeroed; the same
 * @taken: (@ids + 32) / 32 words, zeroed; the same
 * @bus_offset: what to add to an address of @regions for the address that devices use
 */
struct irqref_imsic_config {
	const char *name;
	uintptr_t node;
	uint32_t bus;
	bool supervisor;
	struct {
		uintptr_t address;
		uint64_t size;
	} regions[IRQREF_IMSIC_REGIONS];
	uint32_t nregions;
	uint32_t ids;
	uint32_t hart_bits;
	uint32_t guest_bits;
	uint32_t group_bits;
	uint32_t group_shift;
	struct irqref_imsic_cpu *cpus;
	uint32_t ncpus;
	struct irqref_imsic_id *state;
	uint32_t *taken;
	uint64_t bus_offset;
};

/**
 * struct irqref_imsic - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the numbers
 * @messages: the domain over it, for those of buses
 * @free: which numbers are free
 *
 * The other members are private.
 */
struct irqref_imsic {
	struct irqref_imsic_config config;
	struct irqref_domain *domain;
	struct irqref_domain *messages;
	struct irqref_msi_vectors free;
	uint32_t draining;
	struct irqref_chip_lock lock;
};

/**
 * irqref_imsic_probe() - reads what a devicetree says of the files
 * @dt: the tree
 * @node: offset of a node compatible with "riscv,imsics"; there is one for each privilege level
 * @config: takes name, node, level, regions and numbers; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or disabled); FORMAT.
 * Grace period: none.
 */
int irqref_imsic_probe(const struct irqref_dt *dt, int node, struct irqref_imsic_config *config);

/**
 * irqref_imsic_add() - adds the two domains
 * @imsic: takes the state
 * @space: the space
 * @config: copied; what it points to stays the caller's
 *
 * Numbers have the flow IRQREF_FLOW_SIMPLE unless an outer domain sets another: to claim one is all
 * that a file wants.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; as irqref_domain_add().
 * Grace period: none.
 */
int irqref_imsic_add(struct irqref_imsic *imsic, struct irqref_space *space,
                     const struct irqref_imsic_config *config);

/**
 * irqref_imsic_remove() - takes both domains away
 * @imsic: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * The other domains on top of @imsic->messages, of APLICs and buses, are removed before. Harts that were
 * told to forget numbers have to do that still: each in irqref_imsic_interrupt(), which must be called
 * until this returns 0. Then every file has all numbers off but IRQREF_IMSIC_SYNC, which nobody sends, and
 * @imsic, @config->cpus, @config->state and @config->taken are the caller's again when no hart is in
 * that function. Another add wants them zeroed.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(); BUSY also when the domains are gone and a hart has yet to forget a
 * number: to be called again.
 * Grace period: waits for one.
 */
int irqref_imsic_remove(struct irqref_imsic *imsic, enum irqref_remove how,
                        irqref_report_fn *report, void *ctx);

/**
 * irqref_imsic_cpu_init() - lets the calling hart take messages
 * @imsic: the driver
 * @cpu: the kernel's number of the calling hart, as irqref_hot_cpu() gives it
 * @index: which file is its own: its place among the devicetree node's interrupts, see irqref_riscv_hart_index()
 *
 * Context: interrupts off, on that hart.
 * Return: 0; INVAL; NOENT (no such file).
 * Grace period: none.
 */
int irqref_imsic_cpu_init(struct irqref_imsic *imsic, uint32_t cpu, uint32_t index);

/**
 * irqref_imsic_interrupt() - for the vector: serves all messages that are pending on the calling hart
 * @imsic: the driver
 *
 * Context: interrupts off; handlers run on the caller's stack.
 * Return: how many were taken.
 * Grace period: none.
 */
uint32_t irqref_imsic_interrupt(struct irqref_imsic *imsic);

/**
 * irqref_imsic_masked() - whether a number cannot reach any hart
 * @imsic: the driver
 * @hwirq: the number, of @domain
 *
 * A file can be read by its own hart only. Of the others counts what they read when they last changed it;
 * one that is told to mask and has not yet done so is given a moment.
 *
 * Context: any.
 * Return: true if it is enabled in no file.
 * Grace period: none.
 */
bool irqref_imsic_masked(const struct irqref_imsic *imsic, irqref_hwirq_t hwirq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_IMSIC_H */
