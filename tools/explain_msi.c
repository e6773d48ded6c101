/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a message-signalled interrupt goes, in words: msi-parent, or msi-map for the id of a device.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "explain.h"
#include "msi.h"

#define DETAIL 8

/* Entries of a map that are told one by one without --all. */
#define ENTRIES_TOLD 8

struct range {
	uint32_t first;
	uint32_t phandle;
	uint32_t out;
	uint32_t length;
};

struct msi_text {
	const struct irqref_dt *dt;
	struct tool_text *out;
	unsigned int steps;
	bool all;
};

static uint32_t cell_of(const struct irqref_dt *dt, int node, const char *name, uint32_t otherwise)
{
	int len;
	const fdt32_t *cells = fdt_getprop(dt->fdt, node, name, &len);

	return cells && len >= 4 ? fdt32_ld(cells) : otherwise;
}

static void step(struct msi_text *m, const char *before, int node, const char *after)
{
	char *path = tool_node_path(m->dt, node);

	explain_say(m->out, EXPLAIN_STEP, "%3u. %s%s%s", ++m->steps, before, path, after);
	free(path);
}

static bool tell_parent(struct msi_text *m, int node, uint32_t index)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct tool_text text = {0};
	char *path;

	if (irqref_dt_msi_parent(m->dt, node, index, &spec, &diag)) {
		tool_text_diag(&text, m->dt, &diag, -1);
		explain_say(m->out, EXPLAIN_STEP, "It does not resolve: %s", text.data);
		tool_text_free(&text);
		return false;
	}
	path = tool_node_path(m->dt, (int)(spec.node - 1));
	tool_text_add(&text, " names %s, whose #msi-cells are %u", path, (unsigned)spec.ncells);
	step(m, "msi-parent of ", node, text.data);
	tool_text_clear(&text);
	tool_text_cells(&text, &spec);
	explain_say(m->out, EXPLAIN_STEP, "Result: %s%s%s%s", path, spec.ncells ? " <" : "",
	            text.data ? text.data : "", spec.ncells ? ">" : "");
	free(path);
	tool_text_free(&text);
	return true;
}

/* The node whose msi-map counts: the nearest that the library does not pass by; -1 if none. */
static int find_map(struct msi_text *m, int node, uint32_t id)
{
	bool strict = m->dt->policy & IRQREF_DT_MSI_STRICT, has;
	struct irqref_dt_diag diag;
	uint32_t out;
	int target, err;
	char *path;

	step(m, "Whose msi-map counts? From ", node, strict ? " alone:" : " upwards:");
	do {
		target = -1;
		has = fdt_getprop(m->dt->fdt, node, "msi-map", NULL) != NULL;
		err = irqref_dt_map_id(m->dt, node, "msi-map", "msi-map-mask", id, &target, &out,
		                       &diag);
		path = tool_node_path(m->dt, node);
		if (err == IRQREF_ERR_FORMAT)
			explain_say(m->out, DETAIL, "%s has one that is broken: %s", path,
			            diag.reason);
		else
			explain_say(m->out, DETAIL, "%s has %s", path, has ? "one" : "none");
		free(path);
		if (has && err != IRQREF_ERR_FORMAT)
			return node;
		node = strict ? -1 : irqref_dt_parent(m->dt, node);
	} while (node >= 0);
	return -1;
}

static void tell_entry(struct msi_text *m, uint32_t entry, const struct range *r, uint32_t id,
                       bool *found)
{
	bool has = !*found && id >= r->first && id < (uint32_t)(r->first + r->length);
	int to = irqref_dt_by_phandle(m->dt, r->phandle);
	char *path;

	if (!has && (*found || (!m->all && entry >= ENTRIES_TOLD)))
		return;
	path = to < 0 ? tool_strdup("no node") : tool_node_path(m->dt, to);
	if (r->length)
		explain_say(
		        m->out, DETAIL, "entry %u, ids 0x%x to 0x%x, for %s from 0x%x on, %s it",
		        (unsigned)entry, (unsigned)r->first, (unsigned)(r->first + r->length - 1),
		        path, (unsigned)r->out, has ? "has" : "does not have");
	else
		explain_say(m->out, DETAIL, "entry %u, for %s, has no ids at all", (unsigned)entry,
		            path);
	*found = *found || has;
	free(path);
}

static void tell_map(struct msi_text *m, int node, uint32_t id)
{
	uint32_t mask = cell_of(m->dt, node, "msi-map-mask", UINT32_MAX);
	struct tool_text text = {0};
	bool found = false;
	const fdt32_t *cells;
	struct range r;
	int len;

	tool_text_add(&text, "0x%x is looked up in msi-map of ", (unsigned)id);
	step(m, text.data, node, "");
	tool_text_free(&text);
	if (fdt_getprop(m->dt->fdt, node, "msi-map-mask", NULL))
		explain_say(m->out, DETAIL, "msi-map-mask 0x%x leaves 0x%x", (unsigned)mask,
		            (unsigned)(id & mask));
	cells = fdt_getprop(m->dt->fdt, node, "msi-map", &len);
	for (uint32_t i = 0; i < (uint32_t)len / sizeof(r); i++, cells += 4) {
		r = (struct range){fdt32_ld(cells), fdt32_ld(cells + 1), fdt32_ld(cells + 2),
		                   fdt32_ld(cells + 3)};
		tell_entry(m, i, &r, id & mask, &found);
	}
	if (!found)
		explain_say(m->out, DETAIL, "no entry has it");
}

static bool tell_id(struct msi_text *m, int node, uint32_t id)
{
	int map = find_map(m, node, id), target = -1, err;
	struct irqref_dt_diag diag = {0};
	struct tool_text text = {0};
	uint32_t out;
	char *path;

	if (map >= 0)
		tell_map(m, map, id);
	err = irqref_dt_msi_map(m->dt, node, id, &target, &out, &diag);
	if (err == IRQREF_OK && target >= 0) {
		path = tool_node_path(m->dt, target);
		explain_say(m->out, EXPLAIN_STEP, "Result: %s, id 0x%x", path, (unsigned)out);
		free(path);
		return true;
	}
	/* Where no map has it, the host bridge's msi-parent gets the id as it is. */
	if ((err == IRQREF_OK || (err == IRQREF_ERR_NOENT && map < 0)) &&
	    fdt_getprop(m->dt->fdt, node, "msi-parent", NULL)) {
		explain_say(m->out, EXPLAIN_STEP,
		            "%3u. The id goes on as it is, 0x%x, to msi-parent", ++m->steps,
		            (unsigned)id);
		return tell_parent(m, node, 0);
	}
	if (err) {
		tool_text_diag(&text, m->dt, &diag, -1);
		explain_say(m->out, EXPLAIN_STEP, "It does not resolve: %s", text.data);
		tool_text_free(&text);
	} else {
		explain_say(m->out, EXPLAIN_STEP,
		            "It does not resolve: no entry has the id, and there is no msi-parent");
	}
	return false;
}

bool explain_msi(struct tool_text *out, const struct irqref_dt *dt,
                 const struct explain_request *request)
{
	struct msi_text m = {.dt = dt, .out = out, .all = request->all};

	if (request->has_id)
		return tell_id(&m, request->node, request->id);
	return tell_parent(&m, request->node, request->index);
}
