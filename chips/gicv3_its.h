/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt Translation Service of a GICv3 or GICv4: turns the messages of devices into LPIs. A domain
 * between the GIC's and that of a bus (PCI-MSI): device domain over ITS over GIC. Written from the
 * GIC architecture specification, Arm IHI 0069.
 *
 * Hwirqs of the domain can be any that the outer domain finds unique. Which message it is says
 * struct irqref_msi_arg, which the outer domain's map callback hands to irqref_map_parent(), @scratch
 * handed back: @device is the DeviceID, as the ITS sees it (after msi-map, and of the bridge where
 * one speaks for the device). EventIDs are chosen here, a block's in a row from a multiple of a power
 * of two on, as multi-message MSI wants it; irqref_msi_compose() tells them.
 */
#ifndef IRQREF_CHIPS_GICV3_ITS_H
#define IRQREF_CHIPS_GICV3_ITS_H

#include "gicv3.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_gicv3_its_event - one message of one device; private to the driver
 */
struct irqref_gicv3_its_event {
	uint32_t device;
	uint32_t event;
	uint32_t lpi;
	uint32_t cpu;
};

/**
 * struct irqref_gicv3_its_device - a device that has messages; private to the driver
 */
struct irqref_gicv3_its_device {
	uint32_t device;
	uint32_t users;
};

/**
 * struct irqref_gicv3_its_config - what the driver is to know
 * @name: of the domain; copied
 * @node: of the domain
 * @base: address of the ITS's first frame, as the CPU reaches it
 * @doorbell: address that devices write to, as they reach it
 * @gic: the GIC, added before, with LPIs
 * @device_bits: how many bits a DeviceID has at most; a PCI host bridge needs 16. More than the ITS
 *               has are not used.
 * @ndevices: how many devices can have messages at a time
 * @nevents: most messages of one device: a power of two, at least 2
 * @devices: @ndevices entries, zeroed; the caller's memory, for the life of the driver
 * @events: @ndevices * @nevents entries, zeroed; the same
 * @memory: irqref_gicv3_its_memory() bytes, zeroed, aligned to 65536; the same. The ITS reads and writes it.
 * @memory_size: bytes there
 * @bus_offset: what to add to a pointer into @memory for the address that the ITS uses
 */
struct irqref_gicv3_its_config {
	const char *name;
	uintptr_t node;
	uintptr_t base;
	uint64_t doorbell;
	struct irqref_gicv3 *gic;
	uint32_t device_bits;
	uint32_t ndevices;
	uint32_t nevents;
	struct irqref_gicv3_its_device *devices;
	struct irqref_gicv3_its_event *events;
	unsigned char *memory;
	size_t memory_size;
	uint64_t bus_offset;
};

/**
 * struct irqref_gicv3_its - the driver's state; the caller's memory
 * @config: what it was made with
 * @domain: the messages
 * @stalled: how many commands the ITS refused or did not finish; 0 unless the driver is wrong. After one that
 *           it did not finish it gets no more: each fails, or, where that is not possible, is counted here.
 *
 * The other members are private.
 */
struct irqref_gicv3_its {
	struct irqref_gicv3_its_config config;
	struct irqref_domain *domain;
	uint32_t stalled;
	uint32_t write;
	unsigned char *queue;
	unsigned char *itts;
	unsigned char *collections;
	uint32_t itt_size;
	uint64_t typer;
	bool lost;
	struct irqref_chip_lock lock;
};

/**
 * irqref_gicv3_its_probe() - reads what a devicetree says of the ITS
 * @fdt: the blob
 * @node: offset of a node compatible with "arm,gic-v3-its"
 * @config: takes name, node, base and doorbell; all else is zeroed and for the caller to fill in
 *
 * Context: any.
 * Return: 0; NOENT (no such node, or disabled); FORMAT.
 * Grace period: none.
 */
int irqref_gicv3_its_probe(const void *fdt, int node, struct irqref_gicv3_its_config *config);

/**
 * irqref_gicv3_its_memory() - how much memory the ITS needs for its tables
 * @config: @base, @gic and the numbers filled in
 *
 * Context: any, before irqref_gicv3_its_add(); reads the ITS's registers.
 * Return: bytes for @config->memory; 0 if a number is out of range.
 * Grace period: none.
 */
size_t irqref_gicv3_its_memory(const struct irqref_gicv3_its_config *config);

/**
 * irqref_gicv3_its_add() - takes the ITS over and adds its domain
 * @its: takes the state
 * @config: copied; what it points to stays the caller's
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; NOSPC (@memory_size); NOTSUP (no ITS there that this driver knows, or one that does
 * not look into the CPUs' caches); as irqref_domain_add().
 * Grace period: none.
 */
int irqref_gicv3_its_add(struct irqref_gicv3_its *its,
                         const struct irqref_gicv3_its_config *config);

/**
 * irqref_gicv3_its_remove() - takes the domain away and switches the ITS off
 * @its: the driver
 * @how: see enum irqref_remove
 * @report: as in irqref_domain_remove(); may be NULL
 * @ctx: for @report
 *
 * The domains on top of it, of buses, are removed before. Messages that devices send still are dropped. @its
 * and all memory of the configuration are the caller's again; another add wants @devices and @events
 * zeroed.
 *
 * Context: thread; may wait.
 * Return: as irqref_domain_remove(). On failure nothing is changed.
 * Grace period: waits for one.
 */
int irqref_gicv3_its_remove(struct irqref_gicv3_its *its, enum irqref_remove how,
                            irqref_report_fn *report, void *ctx);

/**
 * irqref_gicv3_its_cpu_init() - lets messages go to a CPU
 * @its: the driver
 * @cpu: a CPU that irqref_gicv3_cpu_init() was called on
 *
 * No message can be mapped before one CPU is there.
 *
 * Context: any.
 * Return: 0; INVAL; REFUSED (the ITS did not take the command).
 * Grace period: none.
 */
int irqref_gicv3_its_cpu_init(struct irqref_gicv3_its *its, uint32_t cpu);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_GICV3_ITS_H */
