/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board as JSON: its controllers, every interrupt, every pin, and how each was resolved.
 */
#include "board_json.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "dialect.h"
#include "msi.h"
#include "walk.h"

json_t *tool_json_text(const char *text)
{
	json_t *json = json_string(text);
	char *copy;

	if (json)
		return json;
	copy = tool_strdup(text);
	for (char *c = copy; *c; c++) {
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	}
	json = json_string(copy);
	free(copy);
	return json;
}

static json_t *path_json(const struct irqref_dt *dt, int node)
{
	char *path = tool_node_path(dt, node);
	json_t *json = tool_json_text(path);

	free(path);
	return json;
}

static json_t *cells_json(const uint32_t *cells, uint32_t ncells)
{
	json_t *json = json_array();

	for (uint32_t i = 0; i < ncells; i++)
		json_array_append_new(json, json_integer(cells[i]));
	return json;
}

/* A property that is a text, or a list of them: the first; NULL where there is none. */
static const char *text_property(const struct irqref_dt *dt, int node, const char *name)
{
	int len;
	const char *text = fdt_getprop(dt->fdt, node, name, &len);

	return text && len > 0 && memchr(text, 0, (size_t)len) ? text : NULL;
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, tool_json_text(text));
}

/* ------------------------------------------------------------------ steps */

struct steps {
	const struct irqref_dt *dt;
	json_t *list;
};

static const char *const step_names[] = {
        [IRQREF_DT_STEP_SPECIFIER] = "specifier",
        [IRQREF_DT_STEP_INHERIT] = "inherit",
        [IRQREF_DT_STEP_PARENT] = "parent",
        [IRQREF_DT_STEP_FOUND] = "found",
        [IRQREF_DT_STEP_MAP] = "map",
        [IRQREF_DT_STEP_ENTRY] = "entry",
        [IRQREF_DT_STEP_DISABLED] = "disabled",
        [IRQREF_DT_STEP_MATCH] = "match",
        [IRQREF_DT_STEP_NO_MATCH] = "no-match",
        [IRQREF_DT_STEP_CONTROLLER] = "controller",
};

static void take_step(void *arg, const struct irqref_dt_event *event)
{
	struct steps *steps = arg;
	json_t *step;

	/* A map has hundreds of entries that are for somebody else. */
	if (event->step == IRQREF_DT_STEP_ENTRY)
		return;
	step = json_object();
	set_text(step, "step", step_names[event->step]);
	json_object_set_new(step, "node", path_json(steps->dt, event->node));
	if (event->target >= 0)
		json_object_set_new(step, "target", path_json(steps->dt, event->target));
	set_text(step, "property", event->property);
	if (event->step == IRQREF_DT_STEP_MATCH || event->step == IRQREF_DT_STEP_DISABLED)
		json_object_set_new(step, "entry", json_integer(event->entry));
	if (event->cells)
		json_object_set_new(step, "cells", cells_json(event->cells, event->ncells));
	json_array_append_new(steps->list, step);
}

static void trace_into(struct irqref_dt *dt, struct steps *steps)
{
	*steps = (struct steps){dt, json_array()};
	dt->trace_arg = steps;
	dt->trace = take_step;
}

/* ---------------------------------------------------------------- results */

static json_t *diag_json(const struct irqref_dt *dt, const struct irqref_dt_diag *diag)
{
	json_t *json = json_object();

	if (diag->node >= 0)
		json_object_set_new(json, "node", path_json(dt, diag->node));
	set_text(json, "property", diag->property);
	set_text(json, "reason", diag->reason);
	json_object_set_new(json, "value", json_integer(diag->value));
	return json;
}

static void set_result(const struct irqref_dt *dt, json_t *json, int err,
                       const struct irqref_fwspec *spec, const struct irqref_dt_diag *diag)
{
	struct tool_decoded decoded;
	int controller;

	if (err) {
		json_object_set_new(json, "controller", json_null());
		json_object_set_new(json, "error", diag_json(dt, diag));
		return;
	}
	controller = (int)(spec->node - 1);
	tool_binding_decode(dt, controller, spec, &decoded);
	json_object_set_new(json, "controller", path_json(dt, controller));
	json_object_set_new(json, "cells", cells_json(spec->cells, spec->ncells));
	set_text(json, "binding", decoded.binding);
	json_object_set_new(json, "number",
	                    decoded.has_number ? json_integer((json_int_t)decoded.number)
	                                       : json_null());
	json_object_set_new(json, "trigger",
	                    decoded.trigger ? json_string(decoded.trigger) : json_null());
}

struct builder {
	struct irqref_dt *dt;
	json_t *list;
};

static void add_interrupt(void *arg, const struct tool_walked *walked)
{
	struct irqref_dt_cursor cursor = walked->cursor;
	struct builder *b = arg;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct steps steps;
	json_t *json = json_object();
	int err;

	json_object_set_new(json, "node", path_json(b->dt, walked->node));
	json_object_set_new(json, "index", json_integer(walked->index));
	json_object_set_new(json, "disabled",
	                    json_boolean(tool_node_disabled(b->dt, walked->node)));
	trace_into(b->dt, &steps);
	err = irqref_dt_cursor_next(b->dt, &cursor, &spec, &diag);
	b->dt->trace = NULL;
	set_result(b->dt, json, err, &spec, &diag);
	json_object_set_new(json, "steps", steps.list);
	json_array_append_new(b->list, json);
}

static json_t *pin_json(struct irqref_dt *dt, int bridge, uint32_t slot, uint32_t pin)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct steps steps;
	json_t *json = json_object();
	int err;

	json_object_set_new(json, "bridge", path_json(dt, bridge));
	json_object_set_new(json, "slot", json_integer(slot));
	json_object_set_new(json, "pin", json_integer(pin));
	trace_into(dt, &steps);
	err = irqref_dt_resolve_pci(dt, bridge, 0, slot << 3, pin, &spec, &diag);
	dt->trace = NULL;
	set_result(dt, json, err, &spec, &diag);
	json_object_set_new(json, "steps", steps.list);
	return json;
}

static json_t *pci_json(struct irqref_dt *dt)
{
	json_t *list = json_array();
	int node;

	for (node = irqref_dt_next_pci(dt, -1); node >= 0; node = irqref_dt_next_pci(dt, node)) {
		for (uint32_t i = 0; i < TOOL_PCI_SLOTS * TOOL_PCI_PINS; i++)
			json_array_append_new(
			        list, pin_json(dt, node, i / TOOL_PCI_PINS, i % TOOL_PCI_PINS + 1));
	}
	return list;
}

static void add_msi(void *arg, const struct tool_msi *msi)
{
	struct builder *b = arg;
	json_t *json = json_object();

	json_object_set_new(json, "node", path_json(b->dt, msi->node));
	json_object_set_new(json, "disabled", json_boolean(tool_node_disabled(b->dt, msi->node)));
	set_text(json, "property", msi->property);
	json_object_set_new(json, "index", json_integer(msi->index));
	if (msi->is_map) {
		json_object_set_new(json, "id", json_integer(msi->id));
		json_object_set_new(json, "length", json_integer(msi->length));
	}
	if (msi->err) {
		json_object_set_new(json, "controller", json_null());
		json_object_set_new(json, "error", diag_json(b->dt, &msi->diag));
	} else {
		json_object_set_new(json, "controller", path_json(b->dt, msi->controller));
		if (msi->is_map)
			json_object_set_new(json, "out", json_integer(msi->out));
		else
			json_object_set_new(json, "cells",
			                    cells_json(msi->spec.cells, msi->spec.ncells));
	}
	json_array_append_new(b->list, json);
}

static json_t *controllers_json(const struct irqref_dt *dt)
{
	json_t *list = json_array(), *json;
	int node;

	for (node = irqref_dt_next_node(dt, -1); node >= 0; node = irqref_dt_next_node(dt, node)) {
		if (irqref_dt_is_controller(dt, node) != 1)
			continue;
		json = json_object();
		json_object_set_new(json, "node", path_json(dt, node));
		set_text(json, "compatible", text_property(dt, node, "compatible"));
		set_text(json, "binding", tool_binding_name(dt, node));
		json_object_set_new(json, "disabled", json_boolean(tool_node_disabled(dt, node)));
		json_array_append_new(list, json);
	}
	return list;
}

json_t *tool_board_json(struct tool_board *board)
{
	struct builder b = {&board->dt, json_array()};
	json_t *json = json_object();

	json_object_set_new(json, "file", tool_json_text(board->file));
	set_text(json, "model", text_property(&board->dt, 0, "model"));
	set_text(json, "compatible", text_property(&board->dt, 0, "compatible"));
	set_text(json, "dialect", tool_dialect_name(board->dt.policy));
	json_object_set_new(json, "controllers", controllers_json(&board->dt));
	tool_walk(&board->dt, add_interrupt, &b);
	json_object_set_new(json, "interrupts", b.list);
	json_object_set_new(json, "pci", pci_json(&board->dt));
	b.list = json_array();
	tool_msi_walk(&board->dt, add_msi, &b);
	json_object_set_new(json, "msi", b.list);
	return json;
}
