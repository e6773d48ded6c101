/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: interrupts that do not resolve, or not to what works.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"

const char *lint_own_property(const struct lint *lint, int node)
{
	return fdt_getprop(lint->fdt, node, "interrupts-extended", NULL) ? "interrupts-extended"
	                                                                 : "interrupts";
}

static enum lint_code code_of(const struct irqref_dt_diag *diag)
{
	if (strstr(diag->reason, "cycle"))
		return LINT_CYCLE;
	if (strstr(diag->reason, "phandle") && strstr(diag->reason, "no node"))
		return LINT_DANGLING;
	if (strstr(diag->reason, "matches"))
		return LINT_NO_MATCH;
	if (strstr(diag->reason, "no interrupt parent"))
		return LINT_UNRESOLVED;
	return LINT_CELLS;
}

/* A node with interrupts alone that are too short for one specifier; check_length() tells. */
static bool is_too_short(const struct lint *lint, int node, const struct irqref_dt_diag *diag)
{
	return strstr(diag->reason, "of this index") &&
	       !fdt_getprop(lint->fdt, node, "interrupts-extended", NULL);
}

static bool is_hole(const struct irqref_dt_diag *diag)
{
	return strstr(diag->reason, "entry is empty") != NULL;
}

/* What is told once for a node and not once for each of its interrupts. */
struct told {
	size_t failed;
	uint32_t first;
	struct irqref_dt_diag diag;
	int disabled; /* a controller that is, or -1 */
};

static void tell_node(struct lint *lint, int node, const struct told *told)
{
	struct tool_text text = {0};
	char *path;

	if (told->failed) {
		tool_text_add(&text, "interrupt %u", (unsigned)told->first);
		if (told->failed > 1)
			tool_text_add(&text, " and %zu more", told->failed - 1);
		tool_text_add(&text, "%s not resolve: ", told->failed > 1 ? " do" : " does");
		tool_text_diag(&text, lint->dt, &told->diag, node);
		lint_add(lint, code_of(&told->diag), node, lint_own_property(lint, node), "%s",
		         text.data);
		tool_text_free(&text);
	}
	if (told->disabled >= 0) {
		path = tool_node_path(lint->dt, told->disabled);
		lint_add(lint, LINT_DISABLED, node, lint_own_property(lint, node),
		         "its controller %s is disabled", path);
		free(path);
	}
}

static void check_node(struct lint *lint, int node)
{
	struct told told = {.disabled = -1};
	struct irqref_dt_cursor cursor;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int count = irqref_dt_count(lint->dt, node);
	bool live = lint_live(lint->dt, node);

	irqref_dt_cursor_init(lint->dt, node, &cursor);
	for (int i = 0; i < count; i++) {
		if (irqref_dt_cursor_next(lint->dt, &cursor, &spec, &diag)) {
			if (is_hole(&diag) || is_too_short(lint, node, &diag))
				continue;
			if (told.failed++ == 0) {
				told.first = (uint32_t)i;
				told.diag = diag;
			}
		} else if (live && told.disabled < 0 &&
		           !lint_live(lint->dt, (int)(spec.node - 1))) {
			told.disabled = (int)(spec.node - 1);
		}
	}
	tell_node(lint, node, &told);
}

struct parent_found {
	int node;
};

static void note_parent(void *arg, const struct irqref_dt_event *ev)
{
	struct parent_found *found = arg;

	if (ev->step == IRQREF_DT_STEP_FOUND && found->node < 0)
		found->node = ev->node;
}

/* interrupts whose length is no multiple of a specifier's. */
static void check_length(struct lint *lint, int node)
{
	struct irqref_dt dt = *lint->dt;
	struct parent_found found = {-1};
	struct irqref_fwspec spec;
	uint32_t ncells;
	int len;

	/* interrupts-extended counts first, and there the lengths are seen as it is read. */
	if (!fdt_getprop(lint->fdt, node, "interrupts", &len) ||
	    fdt_getprop(lint->fdt, node, "interrupts-extended", NULL))
		return;
	dt.trace = note_parent;
	dt.trace_arg = &found;
	irqref_dt_resolve(&dt, node, 0, &spec, NULL);
	if (found.node < 0 || !lint_cell(lint->fdt, found.node, "#interrupt-cells", 0, &ncells) ||
	    ncells == 0)
		return;
	if ((uint32_t)len / 4 % ncells == 0 && len % 4 == 0 && len)
		return;
	lint_add(lint, (uint32_t)len / 4 < ncells ? LINT_CELLS : LINT_TRAILING, node, "interrupts",
	         "%d bytes are no whole number of specifiers of %u cells", len, (unsigned)ncells);
}

static void check_parent(struct lint *lint, int node)
{
	uint32_t phandle;
	char *path;
	int parent;

	if (!lint_cell(lint->fdt, node, "interrupt-parent", 0, &phandle))
		return;
	parent = irqref_dt_by_phandle(lint->dt, phandle);
	if (parent < 0) {
		/* A device of its own is told with its interrupts. */
		if (!fdt_getprop(lint->fdt, node, "interrupts", NULL))
			lint_add(lint, LINT_DANGLING, node, "interrupt-parent",
			         "no node has phandle 0x%x", (unsigned)phandle);
		return;
	}
	if (fdt_getprop(lint->fdt, parent, "#interrupt-cells", NULL))
		return;
	path = tool_node_path(lint->dt, parent);
	lint_add(lint, LINT_PARENT_CELLS, node, "interrupt-parent", "%s has no #interrupt-cells",
	         path);
	free(path);
}

void lint_interrupts(struct lint *lint)
{
	const struct irqref_dt *dt = lint->dt;

	for (int node = irqref_dt_next_node(dt, -1); node >= 0;
	     node = irqref_dt_next_node(dt, node)) {
		check_parent(lint, node);
		if (irqref_dt_is_controller(dt, node) == 1 &&
		    !fdt_getprop(lint->fdt, node, "#interrupt-cells", NULL))
			lint_add(lint, LINT_CONTROLLER_CELLS, node, "interrupt-controller",
			         "the controller has no #interrupt-cells");
	}
	for (int node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		check_node(lint, node);
		check_length(lint, node);
	}
}
