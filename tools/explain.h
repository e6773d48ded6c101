/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an interrupt comes to its controller, in words.
 */
#ifndef IRQREF_TOOLS_EXPLAIN_H
#define IRQREF_TOOLS_EXPLAIN_H

#include <irqref/devicetree.h>

#include "common.h"

struct explain_request {
	int node;
	/* Which interrupt of the node. */
	uint32_t index;
	/* The node is a PCI host bridge: what is looked for is this slot and pin of it. */
	bool pci;
	uint32_t slot;
	uint32_t pin;
	/* Every entry of a map that does not match is told, not only how many there are. */
	bool all;
};

/** Appends the derivation as lines of at most 100 columns; false if it does not resolve. */
bool explain_interrupt(struct tool_text *out, const struct irqref_dt *dt,
                       const struct explain_request *request);

#endif /* IRQREF_TOOLS_EXPLAIN_H */
