/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board in the order of its nodes, as Linux's own code would list them.
 */
#ifndef IRQREF_TOOLS_WALK_H
#define IRQREF_TOOLS_WALK_H

#include <irqref/devicetree.h>

#define TOOL_PCI_SLOTS 32
#define TOOL_PCI_PINS  4

/**
 * Calls @one for each interrupt to list. It has to call irqref_dt_cursor_next() once.
 *
 * Interrupts of a node that do not resolve are listed if a later one of the node does; of those
 * behind the last that does, only the first is. A node none of whose interrupts resolves has one
 * line, not one for each that its broken properties might mean.
 */
void tool_walk(const struct irqref_dt *dt, void (*one)(void *arg, struct irqref_dt_cursor *cursor),
               void *arg);

#endif /* IRQREF_TOOLS_WALK_H */
