/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chip is the set of callbacks that drives one controller's lines.
 *
 * Rules for callbacks:
 * - They are called with interrupts saved and may not wait. mask, unmask, ack and eoi cannot fail.
 * - A callback that is absent is looked for at the next inner level; where no level has it, it
 *   counts as done. One that is present decides itself whether to go on inwards, with
 *   irqref_parent_mask() and its sisters.
 * - mask and unmask of one line may be called on two CPUs at once (a dispatch finishing while
 *   another CPU disables); the core makes sure that the last call is the right one. A register
 *   that several lines share needs the chip's own lock.
 * - A chip callback may raise no interrupt of its own line synchronously.
 */
#ifndef IRQREF_CHIP_H
#define IRQREF_CHIP_H

#include <irqref/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct irqref_domain;
struct irqref_desc;
struct irqref_chip;

/**
 * struct irqref_level - one level of a mapping
 * @domain: whose number space
 * @hwirq: the number in it
 * @chip: the callbacks; the map callback may replace the domain's
 * @chip_data: the chip's own, for the map callback to set
 */
struct irqref_level {
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	const struct irqref_chip *chip;
	void *chip_data;
};

/** What a device must write where to signal a message interrupt. */
struct irqref_msi_msg {
	uint64_t address;
	uint32_t data;
};

/** How the core treats an interrupt between the chip and the handlers. */
enum irqref_flow {
	/** No chip callbacks around the handlers. */
	IRQREF_FLOW_SIMPLE,
	/** mask, ack; handlers; unmask. */
	IRQREF_FLOW_LEVEL,
	/** ack; handlers, again for an edge that came meanwhile. */
	IRQREF_FLOW_EDGE,
	/** handlers; eoi. */
	IRQREF_FLOW_FASTEOI,
	/** ack; the calling CPU's handler; eoi. Runs on all CPUs at once. */
	IRQREF_FLOW_PERCPU,
};

/** In irqref_chip.flags: the callbacks may wait. Such a chip is refused: see docs/SPEC.md. */
#define IRQREF_CHIP_SLEEPS 1u

/**
 * struct irqref_chip - a controller's callbacks; every one is optional
 * @name: for the ledger and messages; must outlive the domain
 * @flags: IRQREF_CHIP_*
 * @mask: no interrupt of this line reaches a CPU after it
 * @unmask: the opposite
 * @ack: the interrupt was taken (level and edge flow)
 * @eoi: the interrupt was served (fasteoi and per-CPU flow)
 * @set_type: programs the trigger type; nonzero refuses it
 * @set_affinity: routes the line to one of the CPUs; returns the CPU chosen or a negative code
 * @activate: claims hardware just before the first handler; nonzero refuses. Inner levels first.
 * @deactivate: undoes it, outermost level first; cannot fail
 * @retrigger: makes the hardware raise the line again; returns 0 when it will
 * @compose_msi: what a device must write to raise this line
 * @write_msi: puts that into the device; called at activation
 */
struct irqref_chip {
	const char *name;
	uint32_t flags;
	void (*mask)(struct irqref_desc *desc, struct irqref_level *level);
	void (*unmask)(struct irqref_desc *desc, struct irqref_level *level);
	void (*ack)(struct irqref_desc *desc, struct irqref_level *level);
	void (*eoi)(struct irqref_desc *desc, struct irqref_level *level);
	int (*set_type)(struct irqref_desc *desc, struct irqref_level *level, unsigned int type);
	int (*set_affinity)(struct irqref_desc *desc, struct irqref_level *level,
	                    const struct irqref_cpumask *cpus);
	int (*activate)(struct irqref_desc *desc, struct irqref_level *level);
	void (*deactivate)(struct irqref_desc *desc, struct irqref_level *level);
	int (*retrigger)(struct irqref_desc *desc, struct irqref_level *level);
	int (*compose_msi)(struct irqref_desc *desc, struct irqref_level *level,
	                   struct irqref_msi_msg *msg);
	void (*write_msi)(struct irqref_desc *desc, struct irqref_level *level,
	                  const struct irqref_msi_msg *msg);
};

/**
 * irqref_level_parent() - the next inner level of a mapping
 * @desc: the mapping
 * @level: one of its levels
 *
 * Context: a chip or domain callback, or a read section.
 * Return: the level, or NULL when @level is the innermost.
 * Grace period: valid as long as @desc.
 */
struct irqref_level *irqref_level_parent(struct irqref_desc *desc, struct irqref_level *level);

/**
 * irqref_desc_level() - the level of a mapping that belongs to a domain
 * @desc: the mapping
 * @domain: the domain
 *
 * Context: a chip or domain callback, or a read section.
 * Return: the level, or NULL when the mapping has none in @domain.
 * Grace period: valid as long as @desc.
 */
struct irqref_level *irqref_desc_level(struct irqref_desc *desc,
                                       const struct irqref_domain *domain);

/**
 * irqref_parent_mask() - masks at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 *
 * Context: a chip callback.
 * Grace period: none.
 */
void irqref_parent_mask(struct irqref_desc *desc, struct irqref_level *level);

/**
 * irqref_parent_unmask() - unmasks at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 *
 * Context: a chip callback.
 * Grace period: none.
 */
void irqref_parent_unmask(struct irqref_desc *desc, struct irqref_level *level);

/**
 * irqref_parent_ack() - acknowledges at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 *
 * Context: a chip callback.
 * Grace period: none.
 */
void irqref_parent_ack(struct irqref_desc *desc, struct irqref_level *level);

/**
 * irqref_parent_eoi() - completes at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 *
 * Context: a chip callback.
 * Grace period: none.
 */
void irqref_parent_eoi(struct irqref_desc *desc, struct irqref_level *level);

/**
 * irqref_parent_set_type() - programs the trigger type at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 * @type: one of enum irqref_type
 *
 * Context: a chip callback.
 * Return: 0, also when no inner level has the callback; else that callback's code.
 * Grace period: none.
 */
int irqref_parent_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type);

/**
 * irqref_parent_set_affinity() - routes at the next inner level that can
 * @desc: the mapping
 * @level: the calling level
 * @cpus: the CPUs to choose from
 *
 * Context: a chip callback.
 * Return: the CPU chosen; NOTSUP when no inner level has the callback; else that callback's code.
 * Grace period: none.
 */
int irqref_parent_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                               const struct irqref_cpumask *cpus);

/**
 * irqref_desc_virq() - the interrupt number of a mapping
 * @desc: the mapping
 *
 * Context: a callback or a read section.
 * Return: the number, or 0 for NULL.
 * Grace period: none.
 */
irqref_virq_t irqref_desc_virq(const struct irqref_desc *desc);

/**
 * irqref_desc_type() - the trigger type in force
 * @desc: the mapping
 *
 * Context: a callback or a read section.
 * Return: one of enum irqref_type.
 * Grace period: none.
 */
unsigned int irqref_desc_type(const struct irqref_desc *desc);

/**
 * irqref_desc_set_flow() - chooses the flow of a mapping
 * @desc: a mapping that is being made or whose type is being set
 * @flow: one of enum irqref_flow. To and from IRQREF_FLOW_PERCPU only in a map callback.
 *
 * Without this call a mapping has its outermost domain's flow.
 *
 * Context: a map or set_type callback.
 * Return: 0; INVAL.
 * Grace period: none.
 */
int irqref_desc_set_flow(struct irqref_desc *desc, enum irqref_flow flow);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIP_H */
