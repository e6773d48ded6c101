/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plain types shared by every part: numbers, trigger types, firmware specifiers, cpumasks.
 */
#ifndef IRQREF_TYPES_H
#define IRQREF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A controller's own number for an interrupt. */
typedef uint64_t irqref_hwirq_t;

/** The space's number for an interrupt; 0 is never valid. */
typedef uint32_t irqref_virq_t;

/** Trigger types; the values are those of the devicetree's and Linux's two-cell bindings. */
enum irqref_type {
	IRQREF_TYPE_NONE = 0,
	IRQREF_TYPE_RISING = 1,
	IRQREF_TYPE_FALLING = 2,
	IRQREF_TYPE_BOTH = 3,
	IRQREF_TYPE_HIGH = 4,
	IRQREF_TYPE_LOW = 8,
};

/** All bits that a trigger type can have. */
#define IRQREF_TYPE_MASK 0xfu

/** Most cells of one interrupt specifier. */
#define IRQREF_FWSPEC_CELLS 16u

/**
 * struct irqref_fwspec - a firmware's description of an interrupt
 * @node: identity of the controller's node. The library only compares it with the node that a
 *        domain was added with; 0 means no node. The devicetree reader uses the node's structure
 *        block offset plus one.
 * @ncells: how many of @cells are used, 0 to IRQREF_FWSPEC_CELLS
 * @cells: the specifier as the controller receives it, in CPU byte order
 */
struct irqref_fwspec {
	uintptr_t node;
	uint32_t ncells;
	uint32_t cells[IRQREF_FWSPEC_CELLS];
};

/**
 * struct irqref_cpumask - a set of CPUs
 * @bits: bit n % 32 of word n / 32 is CPU n; the caller's memory, read during the call only
 * @nbits: how many CPUs @bits describes
 */
struct irqref_cpumask {
	const uint32_t *bits;
	uint32_t nbits;
};

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_TYPES_H */
