/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's ledger as a table, as single lines, as JSON.
 */
#include "holders.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "board_json.h"

struct widths {
	int virq;
	int domain;
	int hwirq;
	int state;
	int refs;
	int kind;
};

static void wider(int *width, size_t len)
{
	if (len > (size_t)*width)
		*width = (int)len;
}

/* "2+f": two strong references and the floating one. */
static void refs_text(struct tool_text *out, const struct held *held)
{
	tool_text_add(out, "%" PRIu32 "%s", held->strong, held->floating ? "+f" : "");
}

static struct widths measure(const struct ledger *ledger)
{
	struct widths w = {.virq = 4, .domain = 6, .hwirq = 5, .state = 5, .refs = 4, .kind = 4};
	struct tool_text text = {0};

	for (size_t i = 0; i < ledger->nheld; i++) {
		const struct held *held = &ledger->held[i];

		tool_text_clear(&text);
		refs_text(&text, held);
		wider(&w.refs, text.len);
		tool_text_clear(&text);
		tool_text_add(&text, "%" PRIu64, held->hwirq);
		wider(&w.hwirq, text.len);
		wider(&w.domain, strlen(held->domain));
		wider(&w.state, strlen(held->state));
		for (size_t j = 0; j < held->nholders; j++)
			wider(&w.kind, strlen(held->holders[j].kind));
	}
	tool_text_free(&text);
	return w;
}

/* What stands left of the holders: the mapping on its first line, blanks on the others. */
static void left_side(struct tool_text *out, const struct widths *w, const struct held *held,
                      bool first)
{
	struct tool_text refs = {0};

	if (!first) {
		tool_text_add(out, "%*s", 12 + w->virq + w->domain + w->hwirq + w->state + w->refs,
		              "");
		return;
	}
	refs_text(&refs, held);
	tool_text_add(out, "%c %*" PRIu32 "  %-*s  %*" PRIu64 "  %-*s  %-*s  ",
	              held->shared ? '*' : ' ', w->virq, held->virq, w->domain, held->domain,
	              w->hwirq, held->hwirq, w->state, held->state, w->refs, refs.data);
	tool_text_free(&refs);
}

static void trim(struct tool_text *out)
{
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

static void table_row(struct tool_text *out, const struct widths *w, const struct held *held)
{
	bool first = true;

	for (size_t i = 0; i < held->nholders; i++, first = false) {
		left_side(out, w, held, first);
		tool_text_add(out, "%-*s  %s\n", w->kind, held->holders[i].kind,
		              held->holders[i].name);
	}
	for (size_t i = 0; i < held->nnodes; i++, first = false) {
		left_side(out, w, held, first);
		tool_text_add(out, "%-*s  %s\n", w->kind, "node", held->nodes[i]);
	}
	if (first) {
		left_side(out, w, held, true);
		trim(out);
		tool_text_add(out, "\n");
	}
}

void ledger_table(struct tool_text *out, const struct ledger *ledger, size_t max)
{
	struct widths w = measure(ledger);
	size_t first = ledger->nhappened > max ? ledger->nhappened - max : 0;
	bool shared = false;

	tool_text_add(out, "  %*s  %-*s  %*s  %-*s  %-*s  %-*s  %s\n", w.virq, "virq", w.domain,
	              "domain", w.hwirq, "hwirq", w.state, "state", w.refs, "refs", w.kind, "kind",
	              "held by");
	for (size_t i = 0; i < ledger->nheld; i++) {
		table_row(out, &w, &ledger->held[i]);
		shared = shared || ledger->held[i].shared;
	}
	if (shared)
		tool_text_add(out, "* shared; +f: and the floating reference, which a dispose "
		                   "drops\n");
	if (ledger->nhappened == 0)
		return;
	tool_text_add(out, "\nevents%s\n", first ? ", the last ones" : "");
	for (size_t i = first; i < ledger->nhappened; i++)
		ledger_event(out, &ledger->happened[i]);
}

static void holders_text(struct tool_text *out, const struct holder *holders, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tool_text_add(out, "%s%s %s", i ? ", " : "", holders[i].kind, holders[i].name);
	if (count == 0)
		tool_text_add(out, "nobody");
}

void ledger_line(struct tool_text *out, char mark, const struct held *held)
{
	tool_text_add(out, "%c virq %" PRIu32 " (%s %" PRIu64 ") %s, refs ", mark, held->virq,
	              held->domain, held->hwirq, held->state);
	refs_text(out, held);
	tool_text_add(out, ": ");
	holders_text(out, held->holders, held->nholders);
	tool_text_add(out, "\n");
}

void ledger_event(struct tool_text *out, const struct happened *event)
{
	tool_text_add(out,
	              "%14s  %s of virq %" PRIu32 " (%s %" PRIu64 ") by %s; left: ", event->time,
	              event->kind, event->virq, event->domain, event->hwirq, event->by);
	holders_text(out, event->left, event->nleft);
	tool_text_add(out, "\n");
}

static json_t *holders_json(const struct holder *holders, size_t count)
{
	json_t *list = json_array(), *json;

	for (size_t i = 0; i < count; i++) {
		json = json_object();
		json_object_set_new(json, "kind", tool_json_text(holders[i].kind));
		json_object_set_new(json, "name", tool_json_text(holders[i].name));
		json_array_append_new(list, json);
	}
	return list;
}

static json_t *held_json(const struct held *held)
{
	json_t *json = json_object(), *nodes = json_array();

	json_object_set_new(json, "virq", json_integer(held->virq));
	json_object_set_new(json, "domain", tool_json_text(held->domain));
	json_object_set_new(json, "hwirq", json_integer((json_int_t)held->hwirq));
	json_object_set_new(json, "state", tool_json_text(held->state));
	json_object_set_new(json, "strong", json_integer(held->strong));
	json_object_set_new(json, "floating", json_boolean(held->floating));
	json_object_set_new(json, "shared", json_boolean(held->shared));
	json_object_set_new(json, "holders", holders_json(held->holders, held->nholders));
	for (size_t i = 0; i < held->nnodes; i++)
		json_array_append_new(nodes, tool_json_text(held->nodes[i]));
	json_object_set_new(json, "nodes", nodes);
	return json;
}

static json_t *event_json(const struct happened *event)
{
	json_t *json = json_object();

	json_object_set_new(json, "seq", json_integer((json_int_t)event->seq));
	json_object_set_new(json, "time", json_real(strtod(event->time, NULL)));
	json_object_set_new(json, "kind", tool_json_text(event->kind));
	json_object_set_new(json, "virq", json_integer(event->virq));
	json_object_set_new(json, "domain", tool_json_text(event->domain));
	json_object_set_new(json, "hwirq", json_integer((json_int_t)event->hwirq));
	json_object_set_new(json, "by", tool_json_text(event->by));
	json_object_set_new(json, "left", holders_json(event->left, event->nleft));
	return json;
}

json_t *ledger_json(const struct ledger *ledger)
{
	json_t *json = json_object(), *held = json_array(), *events = json_array();

	for (size_t i = 0; i < ledger->nheld; i++)
		json_array_append_new(held, held_json(&ledger->held[i]));
	for (size_t i = 0; i < ledger->nhappened; i++)
		json_array_append_new(events, event_json(&ledger->happened[i]));
	json_object_set_new(json, "mappings", held);
	json_object_set_new(json, "events", events);
	return json;
}
