/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt number and trigger type of a specifier, by the binding of the controller that gets it.
 */
#ifndef IRQREF_TOOLS_BINDING_H
#define IRQREF_TOOLS_BINDING_H

#include <stdbool.h>

#include <irqref/devicetree.h>

/**
 * struct tool_decoded - what a specifier says
 * @binding: short name of the binding, a constant; "unknown" where the controller is none of the
 *           known ones and its cells tell nothing
 * @known: the binding is known by the controller's compatible, or is that of GPIOs; else it is taken
 *         for the usual one by the number of cells
 * @has_number: whether @number means something
 * @number: the controller's number of the line
 * @type_cell: which cell holds the trigger type, -1 where none does
 * @type: the type, of enum irqref_type
 * @trigger: its name: "edge-rising", "edge-falling", "edge-both", "level-high", "level-low",
 *           "none"; NULL where the binding has no type
 */
struct tool_decoded {
	const char *binding;
	bool known;
	bool has_number;
	irqref_hwirq_t number;
	int type_cell;
	unsigned int type;
	const char *trigger;
};

/** What a type is called in JSON; "invalid" for a combination that is none. */
const char *tool_trigger_name(unsigned int type);

/** Name of the binding of the controller at offset @node. */
const char *tool_binding_name(const struct irqref_dt *dt, int node);

void tool_binding_decode(const struct irqref_dt *dt, int node, const struct irqref_fwspec *spec,
                         struct tool_decoded *out);

#endif /* IRQREF_TOOLS_BINDING_H */
