/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an interrupt comes to its controller, in words.
 */
#include "explain.h"

#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "board.h"
#include "wrap.h"

#define KEY_MAX  IRQREF_FWSPEC_CELLS
#define LIST_MAX 6
#define DETAIL   8

/* What is remembered from one step to the next. */
struct explain {
	struct irqref_dt dt;
	const struct explain_request *request;
	struct tool_text *out;
	unsigned int steps;
	bool parents; /* the step under way is the search for the interrupt parent */
	bool round;   /* the walk goes round in circles: nothing more is told */
	int asked[IRQREF_DT_CHAIN];
	unsigned int nasked;
	struct {
		int node;
		uint32_t key[KEY_MAX];
	} maps[IRQREF_DT_HOPS];
	unsigned int nmaps;
	uint32_t parent_cells; /* #interrupt-cells of the last parent found */
	uint32_t nspec;
	bool mapped;
	/* The map under way: what is looked for, what counts of it, how far the walk is. */
	uint32_t key[KEY_MAX];
	uint32_t mask[KEY_MAX];
	uint32_t nkey;
	uint32_t entries;
	uint32_t passed;
	uint32_t next; /* where the next entry begins, in cells */
	bool in_map;   /* it has not come to an end */
	/* Of the entries that do not match, the one that differs least. */
	uint32_t nearest;
	uint32_t nearest_cell;
	unsigned int distance;
};

static void add_line(struct tool_text *out, unsigned int indent, const char *fmt, va_list args)
{
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, args);
	tool_text_wrap(out, indent, indent == EXPLAIN_STEP ? EXPLAIN_STEP + 5 : indent + 3, text);
}

void explain_say(struct tool_text *out, unsigned int indent, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(out, indent, fmt, args);
	va_end(args);
}

static void say(struct explain *e, unsigned int indent, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

static void say(struct explain *e, unsigned int indent, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(e->out, indent, fmt, args);
	va_end(args);
}

static void step(struct explain *e, const char *text)
{
	say(e, EXPLAIN_STEP, "%3u. %s", ++e->steps, text);
	e->parents = false;
}

/* Numbers as in devicetree source: decimal where it is the same, else hex. */
static void add_number(struct tool_text *text, uint32_t value)
{
	tool_text_add(text, value < 10 ? "%x" : "0x%x", (unsigned)value);
}

static void add_cells(struct tool_text *text, const uint32_t *cells, uint32_t n)
{
	tool_text_add(text, "<");
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			tool_text_add(text, " ");
		add_number(text, cells[i]);
	}
	tool_text_add(text, ">");
}

static void add_path(struct tool_text *text, const struct explain *e, int node)
{
	char *path = tool_node_path(&e->dt, node);

	tool_text_add(text, "%s", path);
	free(path);
}

static void begin_parents(struct explain *e)
{
	if (e->parents)
		return;
	step(e, "Who is the interrupt parent?");
	e->parents = true;
	e->nasked = 0;
}

static void tell_round(struct explain *e, int node)
{
	struct tool_text text = {0};

	tool_text_add(&text, "this is ");
	add_path(&text, e, node);
	tool_text_add(&text, " again: from here on it goes round in circles");
	say(e, DETAIL, "%s", text.data);
	tool_text_free(&text);
	e->round = true;
}

/* Whether the search for the interrupt parent has been at @node before. */
static bool asked_before(struct explain *e, int node)
{
	for (unsigned int i = 0; i < e->nasked; i++) {
		if (e->asked[i] == node)
			return true;
	}
	if (e->nasked < IRQREF_DT_CHAIN)
		e->asked[e->nasked++] = node;
	return false;
}

/* Whether the same was looked for in the map of @node before. */
static bool mapped_before(struct explain *e, int node)
{
	for (unsigned int i = 0; i < e->nmaps; i++) {
		if (e->maps[i].node == node && memcmp(e->maps[i].key, e->key, sizeof(e->key)) == 0)
			return true;
	}
	if (e->nmaps < IRQREF_DT_HOPS) {
		e->maps[e->nmaps].node = node;
		memcpy(e->maps[e->nmaps++].key, e->key, sizeof(e->key));
	}
	return false;
}

/* What the node is that the search for an interrupt parent goes on to. */
static const char *inherits_from(const struct explain *e, const struct irqref_dt_event *ev)
{
	if (!(e->dt.policy & IRQREF_DT_NEAREST_PARENT))
		return "the node it is in";
	if (fdt_getprop(e->dt.fdt, ev->target, "interrupt-parent", NULL))
		return "the nearest around it that has one";
	if (irqref_dt_is_controller(&e->dt, ev->target) == 1)
		return "the nearest interrupt controller around it";
	return "the node it is in";
}

/* Why a node is the interrupt parent that was looked for. */
static void add_found(struct explain *e, struct tool_text *text, int node)
{
	const fdt32_t *cells;
	int len;

	cells = fdt_getprop(e->dt.fdt, node, "#interrupt-cells", &len);
	e->parent_cells = cells && len >= 4 ? fdt32_ld(cells) : 0;
	if (!cells && e->dt.policy & IRQREF_DT_ICELLS_AROUND) {
		tool_text_add(text, " has no #interrupt-cells, those of the nearest node around it "
		                    "count, else one");
	} else {
		tool_text_add(text, " has #interrupt-cells = <");
		if (cells && len >= 4)
			add_number(text, e->parent_cells);
		tool_text_add(text, ">");
	}
	if (e->dt.policy & IRQREF_DT_PROVIDERS)
		tool_text_add(text, " and %s",
		              fdt_getprop(e->dt.fdt, node, "interrupt-map", NULL)
		                      ? "an interrupt-map"
		                      : "is an interrupt controller");
	tool_text_add(text, ": it is the interrupt parent");
}

static void tell_parent(struct explain *e, const struct irqref_dt_event *ev)
{
	struct tool_text text = {0};

	begin_parents(e);
	if (ev->step != IRQREF_DT_STEP_FOUND && asked_before(e, ev->node)) {
		tell_round(e, ev->node);
		return;
	}
	switch (ev->step) {
	case IRQREF_DT_STEP_PARENT:
		tool_text_add(&text, "interrupt-parent of ");
		add_path(&text, e, ev->node);
		tool_text_add(&text, " names ");
		add_path(&text, e, ev->target);
		break;
	case IRQREF_DT_STEP_INHERIT:
		add_path(&text, e, ev->node);
		tool_text_add(&text, " has no interrupt-parent: on to %s, ", inherits_from(e, ev));
		add_path(&text, e, ev->target);
		break;
	default:
		add_path(&text, e, ev->node);
		add_found(e, &text, ev->node);
		break;
	}
	say(e, DETAIL, "%s", text.data);
	tool_text_free(&text);
}

static void tell_specifier(struct explain *e, const struct irqref_dt_event *ev)
{
	struct tool_text text = {0};

	e->nspec = ev->ncells;
	if (e->request->pci) {
		tool_text_add(&text, "A device in slot %u, function 0, pulls INT%c: specifier ",
		              (unsigned)e->request->slot, "ABCD"[e->request->pin - 1]);
		add_cells(&text, ev->cells, ev->ncells);
		tool_text_add(&text, ", unit address ");
		add_cells(&text, (const uint32_t[]){e->request->slot << 11, 0, 0}, 3);
	} else {
		tool_text_add(&text, "%s of ", ev->property);
		add_path(&text, e, ev->node);
		tool_text_add(&text, ", cell %u: ", (unsigned)ev->entry);
		if (strcmp(ev->property, "interrupts") != 0)
			tool_text_add(&text, "a phandle, then ");
		add_cells(&text, ev->cells, ev->ncells);
		tool_text_add(&text, " for ");
		add_path(&text, e, ev->target);
	}
	step(e, text.data);
	tool_text_free(&text);
}

static void read_mask(struct explain *e, int node)
{
	const fdt32_t *mask;
	int len;

	mask = fdt_getprop(e->dt.fdt, node, "interrupt-map-mask", &len);
	for (uint32_t i = 0; i < e->nkey; i++) {
		e->mask[i] = UINT32_MAX;
		if (mask && (uint32_t)len / 4 > i)
			e->mask[i] = fdt32_ld(mask + i);
	}
}

static void tell_map(struct explain *e, const struct irqref_dt_event *ev)
{
	struct tool_text text = {0};
	uint32_t masked[KEY_MAX], naddr;

	e->nkey = ev->ncells < KEY_MAX ? ev->ncells : KEY_MAX;
	naddr = e->nkey - (e->nspec < e->nkey ? e->nspec : e->nkey);
	memset(e->key, 0, sizeof(e->key));
	memcpy(e->key, ev->cells, e->nkey * sizeof(uint32_t));
	if (mapped_before(e, ev->node)) {
		tell_round(e, ev->node);
		return;
	}
	e->entries = 0;
	e->passed = 0;
	e->next = 0;
	e->in_map = true;
	e->distance = UINT32_MAX;
	read_mask(e, ev->node);

	add_path(&text, e, ev->node);
	tool_text_add(&text, " has an interrupt-map: who gets it from there?");
	step(e, text.data);

	tool_text_clear(&text);
	tool_text_add(&text, "looked up: ");
	if (naddr) {
		tool_text_add(&text, "unit address ");
		add_cells(&text, e->key, naddr);
		tool_text_add(&text, e->mapped         ? " (from the entry before), "
		                     : e->request->pci ? ", "
		                                       : " (from reg of the device), ");
	}
	tool_text_add(&text, "specifier ");
	add_cells(&text, e->key + naddr, e->nkey - naddr);
	say(e, DETAIL, "%s", text.data);

	tool_text_clear(&text);
	if (fdt_getprop(e->dt.fdt, ev->node, "interrupt-map-mask", NULL)) {
		for (uint32_t i = 0; i < e->nkey; i++)
			masked[i] = e->key[i] & e->mask[i];
		tool_text_add(&text, "interrupt-map-mask ");
		add_cells(&text, e->mask, e->nkey);
		tool_text_add(&text, " leaves ");
		add_cells(&text, masked, e->nkey);
		tool_text_add(&text, "%s",
		              e->dt.policy & IRQREF_DT_MASK_KEY
		                      ? ", which an entry must have as it is"
		                      : ", and the same bits of each entry");
	} else {
		tool_text_add(&text, "there is no interrupt-map-mask: every bit counts");
	}
	say(e, DETAIL, "%s", text.data);
	tool_text_free(&text);
	e->mapped = true;
}

/* The match part of the entry at cell @pos; zeroes where the map is too short. */
static void entry_cells(const struct explain *e, int node, uint32_t pos, uint32_t *cells)
{
	const fdt32_t *map;
	int len;

	map = fdt_getprop(e->dt.fdt, node, "interrupt-map", &len);
	for (uint32_t i = 0; i < e->nkey; i++)
		cells[i] = map && pos + i < (uint32_t)len / 4 ? fdt32_ld(map + pos + i) : 0;
}

static void add_entry(struct tool_text *text, const struct explain *e, uint32_t number, int node,
                      uint32_t pos)
{
	uint32_t cells[KEY_MAX];

	entry_cells(e, node, pos, cells);
	tool_text_add(text, "entry %u (cell %u) ", (unsigned)number, (unsigned)pos);
	add_cells(text, cells, e->nkey);
}

/* What of cell @i of an entry differs from what is looked for. */
static uint32_t differing_bits(const struct explain *e, const uint32_t *cells, uint32_t i)
{
	if (e->dt.policy & IRQREF_DT_MASK_KEY)
		return cells[i] ^ (e->key[i] & e->mask[i]);
	return (cells[i] ^ e->key[i]) & e->mask[i];
}

/* How far an entry is from what is looked for: cells that differ, then bits. */
static void measure(struct explain *e, const struct irqref_dt_event *ev)
{
	uint32_t cells[KEY_MAX], diff;
	unsigned int distance = 0;

	entry_cells(e, ev->node, ev->entry, cells);
	for (uint32_t i = 0; i < e->nkey; i++) {
		diff = differing_bits(e, cells, i);
		if (diff)
			distance += 64;
		for (; diff; diff &= diff - 1)
			distance++;
	}
	if (distance >= e->distance)
		return;
	e->distance = distance;
	e->nearest = e->entries;
	e->nearest_cell = ev->entry;
}

static void tell_passed(struct explain *e)
{
	if (e->passed && !e->request->all)
		say(e, DETAIL, "%u %s not match", (unsigned)e->passed,
		    e->passed == 1 ? "entry does" : "entries do");
	e->passed = 0;
}

static uint32_t cell_of(const struct explain *e, int node, const char *name)
{
	int len;
	const fdt32_t *cells = fdt_getprop(e->dt.fdt, node, name, &len);

	return cells && len >= 4 ? fdt32_ld(cells) : 0;
}

static void tell_entry(struct explain *e, const struct irqref_dt_event *ev)
{
	struct tool_text text = {0};

	if (ev->step == IRQREF_DT_STEP_ENTRY) {
		measure(e, ev);
		e->passed++;
	} else {
		tell_passed(e);
	}
	if (ev->step != IRQREF_DT_STEP_ENTRY || e->request->all) {
		add_entry(&text, e, e->entries, ev->node, ev->entry);
		tool_text_add(&text, " for ");
		add_path(&text, e, ev->target);
		if (ev->step == IRQREF_DT_STEP_ENTRY)
			tool_text_add(&text, " does not match");
		else if (ev->step == IRQREF_DT_STEP_DISABLED)
			tool_text_add(&text, " matches, but that node is disabled: passed over");
		else
			tool_text_add(&text, " matches");
		say(e, DETAIL, "%s", text.data);
	}
	if (ev->step == IRQREF_DT_STEP_MATCH) {
		tool_text_clear(&text);
		e->nspec = ev->ncells;
		tool_text_add(&text, "the specifier becomes ");
		add_cells(&text, ev->cells, ev->ncells);
		say(e, DETAIL, "%s", text.data);
	}
	tool_text_free(&text);
	e->entries++;
	e->next = ev->entry + e->nkey + 1 + cell_of(e, ev->target, "#address-cells") +
	          cell_of(e, ev->target, "#interrupt-cells");
	e->in_map = ev->step != IRQREF_DT_STEP_MATCH;
}

/* Of the entries that do not match, the one that would have taken the least. */
static void tell_nearest(struct explain *e, int node)
{
	struct tool_text text = {0};
	uint32_t cells[KEY_MAX];
	const char *comma = "";

	tell_passed(e);
	if (e->distance == UINT32_MAX)
		return;
	entry_cells(e, node, e->nearest_cell, cells);
	tool_text_add(&text, "nearest: ");
	add_entry(&text, e, e->nearest, node, e->nearest_cell);
	tool_text_add(&text, ", which has ");
	for (uint32_t i = 0; i < e->nkey; i++) {
		if (!differing_bits(e, cells, i))
			continue;
		tool_text_add(&text, "%s", comma);
		add_number(&text,
		           e->dt.policy & IRQREF_DT_MASK_KEY ? cells[i] : cells[i] & e->mask[i]);
		tool_text_add(&text, " where ");
		add_number(&text, e->key[i] & e->mask[i]);
		tool_text_add(&text, " is looked for (%s cell %u)",
		              i < e->nkey - e->nspec ? "address" : "specifier",
		              (unsigned)(i < e->nkey - e->nspec ? i : i - (e->nkey - e->nspec)));
		comma = ", ";
	}
	say(e, DETAIL, "%s", text.data);
	tool_text_free(&text);
}

static void tell_no_match(struct explain *e, const struct irqref_dt_event *ev)
{
	e->in_map = false;
	if (e->entries == 0)
		say(e, DETAIL, "the map has no whole entry");
	tell_nearest(e, ev->node);
}

/* The search in a map ended at an entry that cannot be read. */
static void tell_broken_map(struct explain *e, int node)
{
	int len;

	if (!fdt_getprop(e->dt.fdt, node, "interrupt-map", &len))
		return;
	tell_nearest(e, node);
	say(e, DETAIL, "entry %u (cell %u), of which %u cells are there, is the one that is wrong",
	    (unsigned)e->entries, (unsigned)e->next,
	    (unsigned)len / 4 > e->next ? (unsigned)len / 4 - e->next : 0);
}

static void tell_controller(struct explain *e, const struct irqref_dt_event *ev)
{
	struct tool_text text = {0};

	add_path(&text, e, ev->node);
	if (fdt_getprop(e->dt.fdt, ev->node, "interrupt-controller", NULL))
		tool_text_add(&text, " is an interrupt controller");
	else if (e->dt.policy & IRQREF_DT_PIN_MAPS)
		tool_text_add(&text, " is the end, whatever it is");
	else
		tool_text_add(&text, " is where the entry leads back to");
	tool_text_add(&text, ": it gets ");
	add_cells(&text, ev->cells, ev->ncells);
	step(e, text.data);
	tool_text_free(&text);
}

static void on_event(void *arg, const struct irqref_dt_event *ev)
{
	struct explain *e = arg;

	if (e->round)
		return;
	switch (ev->step) {
	case IRQREF_DT_STEP_INHERIT:
	case IRQREF_DT_STEP_PARENT:
	case IRQREF_DT_STEP_FOUND:
		tell_parent(e, ev);
		break;
	case IRQREF_DT_STEP_SPECIFIER:
		tell_specifier(e, ev);
		break;
	case IRQREF_DT_STEP_MAP:
		tell_map(e, ev);
		break;
	case IRQREF_DT_STEP_ENTRY:
	case IRQREF_DT_STEP_DISABLED:
	case IRQREF_DT_STEP_MATCH:
		tell_entry(e, ev);
		break;
	case IRQREF_DT_STEP_NO_MATCH:
		tell_no_match(e, ev);
		break;
	case IRQREF_DT_STEP_CONTROLLER:
		tell_controller(e, ev);
		break;
	}
}

static void tell_result(struct explain *e, const struct irqref_fwspec *spec)
{
	struct tool_text text = {0};
	struct tool_decoded decoded;
	int node = (int)(spec->node - 1);

	tool_text_add(&text, "Result: ");
	add_path(&text, e, node);
	tool_text_add(&text, " ");
	add_cells(&text, spec->cells, spec->ncells);
	tool_binding_decode(&e->dt, node, spec, &decoded);
	if (decoded.has_number)
		tool_text_add(&text, ", which is line %llu", (unsigned long long)decoded.number);
	if (decoded.trigger)
		tool_text_add(&text, ", %s",
		              strcmp(decoded.trigger, "none") ? decoded.trigger
		                                              : "no trigger type");
	say(e, EXPLAIN_STEP, "%s", text.data);
	tool_text_free(&text);
}

/* Where a name leads nowhere, what there is that it could have led to. */
static void list_controllers(struct explain *e)
{
	struct tool_text text = {0};
	unsigned int n = 0;

	say(e, 4, "what could have been meant, the interrupt controllers of this board:");
	for (int node = irqref_dt_next_node(&e->dt, -1); node >= 0;
	     node = irqref_dt_next_node(&e->dt, node)) {
		if (irqref_dt_is_controller(&e->dt, node) != 1 || n++ >= LIST_MAX)
			continue;
		tool_text_clear(&text);
		add_path(&text, e, node);
		if (fdt_get_phandle(e->dt.fdt, node))
			tool_text_add(&text, "  phandle 0x%x",
			              (unsigned)fdt_get_phandle(e->dt.fdt, node));
		say(e, DETAIL, "%s", text.data);
	}
	if (n > LIST_MAX)
		say(e, DETAIL, "and %u more", n - LIST_MAX);
	if (n == 0)
		say(e, DETAIL, "none");
	tool_text_free(&text);
}

/* An index that is not there: how many there are, or what they lack. */
static void tell_count(struct explain *e)
{
	int len, node = e->request->node;

	if (!fdt_getprop(e->dt.fdt, node, "interrupts", &len) ||
	    fdt_getprop(e->dt.fdt, node, "interrupts-extended", NULL) ||
	    (uint32_t)len / 4 >= e->parent_cells)
		say(e, 4, "it has %d, counted from 0", irqref_dt_count(&e->dt, node));
	else
		say(e, 4, "interrupts has %d cells, and one interrupt takes %u there", len / 4,
		    (unsigned)e->parent_cells);
}

static void tell_failure(struct explain *e, const struct irqref_dt_diag *diag)
{
	struct tool_text text = {0};

	e->dt.trace = NULL;
	if (e->in_map && diag->node >= 0 && diag->property &&
	    strcmp(diag->property, "interrupt-map-mask") != 0 && !strstr(diag->reason, "limit"))
		tell_broken_map(e, e->nmaps ? e->maps[e->nmaps - 1].node : diag->node);
	tool_text_add(&text, "It does not resolve: ");
	tool_text_diag(&text, &e->dt, diag, -1);
	say(e, EXPLAIN_STEP, "%s", text.data);
	tool_text_free(&text);
	if (strstr(diag->reason, "phandle") || strstr(diag->reason, "no interrupt parent"))
		list_controllers(e);
	else if (strstr(diag->reason, "of this index"))
		tell_count(e);
}

bool explain_interrupt(struct tool_text *out, const struct irqref_dt *dt,
                       const struct explain_request *request)
{
	struct explain e = {.dt = *dt, .request = request, .out = out};
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err;

	e.dt.trace = on_event;
	e.dt.trace_arg = &e;
	if (request->pci)
		err = irqref_dt_resolve_pci(&e.dt, request->node, 0, request->slot << 3,
		                            request->pin, &spec, &diag);
	else
		err = irqref_dt_resolve(&e.dt, request->node, request->index, &spec, &diag);
	if (err)
		tell_failure(&e, &diag);
	else
		tell_result(&e, &spec);
	return err == 0;
}
