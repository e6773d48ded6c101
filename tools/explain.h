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
	/* The request is for explain_msi(), with the id of a device. */
	bool msi;
	bool has_id;
	uint32_t id;
	/* Every entry of a map that does not match is told, not only how many there are. */
	bool all;
};

/** Where the lines of a numbered step begin. */
#define EXPLAIN_STEP 0

/** Appends a line, wrapped, that begins at column @indent. */
void explain_say(struct tool_text *out, unsigned int indent, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/** Appends the derivation as lines of at most 100 columns; false if it does not resolve. */
bool explain_interrupt(struct tool_text *out, const struct irqref_dt *dt,
                       const struct explain_request *request);

/**
 * The same for message-signalled interrupts: entry @request->index of the node's msi-parent, or
 * where the id goes that a device below it has.
 */
bool explain_msi(struct tool_text *out, const struct irqref_dt *dt,
                 const struct explain_request *request);

#endif /* IRQREF_TOOLS_EXPLAIN_H */
