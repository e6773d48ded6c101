/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board in the order of its nodes, as Linux's own code would list them.
 */
#ifndef IRQREF_TOOLS_WALK_H
#define IRQREF_TOOLS_WALK_H

#include <irqref/devicetree.h>

#define TOOL_PCI_SLOTS 32
#define TOOL_PCI_PINS  4

/** One interrupt to list. */
struct tool_walked {
	int node;
	uint32_t index;
	int err;                           /* what irqref_dt_cursor_next() returned */
	const struct irqref_fwspec *spec;  /* if it is 0 */
	const struct irqref_dt_diag *diag; /* if it is not */
	struct irqref_dt_cursor cursor;    /* gives this interrupt once more */
};

/**
 * Calls @one for each interrupt to list.
 *
 * Interrupts of a node that do not resolve are listed if a later one of the node does; of those
 * behind the last that does, only the first is. A node none of whose interrupts resolves has one
 * line, not one for each that its broken properties might mean.
 */
void tool_walk(const struct irqref_dt *dt, void (*one)(void *arg, const struct tool_walked *walked),
               void *arg);

#endif /* IRQREF_TOOLS_WALK_H */
