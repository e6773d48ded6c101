/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The message-signalled interrupts of a board sorted by controller. What iommu-map says is no
 * interrupt.
 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

static void add_message(void *arg, const struct tool_msi *msi)
{
	struct tree *t = arg;

	if (strcmp(msi->property, "iommu-map") == 0)
		return;
	if (msi->err) {
		t->lost_messages++;
		return;
	}
	if (t->nmessages == t->messages_room) {
		t->messages_room = t->messages_room ? t->messages_room * 2 : 16;
		t->messages = tool_realloc(t->messages, t->messages_room * sizeof(*t->messages));
	}
	t->messages[t->nmessages++] = (struct tree_message){
	        .msi = *msi, .disabled = tool_node_disabled(t->dt, msi->node)};
}

static int compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* What arrives as cells is sorted before what arrives as ids. */
static int compare_messages(const void *left, const void *right)
{
	const struct tool_msi *a = &((const struct tree_message *)left)->msi;
	const struct tool_msi *b = &((const struct tree_message *)right)->msi;
	int order = compare((uint32_t)a->controller, (uint32_t)b->controller);

	if (!order)
		order = compare(a->is_map, b->is_map);
	if (!order && a->is_map)
		order = compare(a->out, b->out);
	for (uint32_t i = 0; !order && i < a->spec.ncells && i < b->spec.ncells; i++)
		order = compare(a->spec.cells[i], b->spec.cells[i]);
	if (!order)
		order = compare((uint32_t)a->node, (uint32_t)b->node);
	return order ? order : compare(a->index, b->index);
}

void tree_collect_messages(struct tree *t)
{
	tool_msi_walk(t->dt, add_message, t);
	if (t->nmessages)
		qsort(t->messages, t->nmessages, sizeof(*t->messages), compare_messages);
}

void tree_message_text(const struct tree_message *message, struct tool_text *text)
{
	const struct tool_msi *msi = &message->msi;

	tool_text_clear(text);
	if (msi->is_map)
		tool_text_add(text, "%x and on", (unsigned)msi->out);
	else if (msi->spec.ncells)
		tool_text_cells(text, &msi->spec);
	else
		tool_text_add(text, "-");
}

void tree_message_ids(const struct tree_message *message, struct tool_text *text)
{
	const struct tool_msi *msi = &message->msi;

	tool_text_clear(text);
	if (msi->is_map)
		tool_text_add(text, "ids %x to %x", (unsigned)msi->id,
		              (unsigned)(msi->id + msi->length - 1));
	else
		tool_text_add(text, "%s", "");
}
