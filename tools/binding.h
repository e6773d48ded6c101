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
 * @has_number: whether @number means something
 * @trigger: "edge-rising", "edge-falling", "edge-both", "level-high", "level-low", "none"; NULL
 *           where the binding has no type
 */
struct tool_decoded {
	const char *binding;
	bool has_number;
	irqref_hwirq_t number;
	const char *trigger;
};

/** Name of the binding of the controller at offset @node. */
const char *tool_binding_name(const struct irqref_dt *dt, int node);

void tool_binding_decode(const struct irqref_dt *dt, int node, const struct irqref_fwspec *spec,
                         struct tool_decoded *out);

#endif /* IRQREF_TOOLS_BINDING_H */
