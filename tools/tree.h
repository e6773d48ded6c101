/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board sorted into controllers and lines, for what draws them.
 */
#ifndef IRQREF_TOOLS_TREE_H
#define IRQREF_TOOLS_TREE_H

#include "board.h"
#include "msi.h"

#define TREE_NO_USE SIZE_MAX

/* One device at one line. */
struct tree_use {
	int controller;
	int node;
	uint32_t index;
	uint32_t ncells;
	size_t cells; /* place in the pool */
	bool pci;     /* a host bridge's INTx lines, not the bridge's own interrupt */
	bool disabled;
};

/* What sends its messages to a controller: an entry of msi-parent or msi-map that resolves. */
struct tree_message {
	struct tool_msi msi;
	bool disabled;
};

struct tree_controller {
	int node;
	size_t first_use; /* its lines are a run of the sorted uses */
	size_t nuses;
	size_t parent_use; /* the use of another controller under which it is drawn, or TREE_NO_USE */
	bool drawn;
};

struct tree {
	const struct irqref_dt *dt;
	struct tree_use *uses;
	size_t nuses;
	size_t uses_room;
	uint32_t *pool;
	size_t npool;
	size_t pool_room;
	struct tree_controller *controllers;
	size_t ncontrollers;
	size_t controllers_room;
	size_t unresolved;
	struct tree_message *messages; /* sorted by controller */
	size_t nmessages;
	size_t messages_room;
	size_t lost_messages; /* entries that do not resolve */
};

/** Collects all of a board; ends with tree_free(). */
void tree_collect(struct tree *t, const struct irqref_dt *dt);
void tree_free(struct tree *t);

/** The controller at a node, or NULL. */
struct tree_controller *tree_find(const struct tree *t, int node);

/** The end of the line, a run of uses, that begins at @first; @end is that of the controller. */
size_t tree_line_end(const struct tree *t, size_t first, size_t end);

/** How many of the uses from @first to before @end are not disabled. */
size_t tree_enabled(const struct tree *t, size_t first, size_t end);

/** The cells of a use in hex, "-" where there are none. */
void tree_cells(const struct tree *t, const struct tree_use *use, struct tool_text *text);

/** The messages, for tree_collect(). */
void tree_collect_messages(struct tree *t);

/** What a message becomes at its controller: "5", "10000 and on", "-" where there are no cells. */
void tree_message_text(const struct tree_message *message, struct tool_text *text);

/** Which ids an entry of a map is for, "ids 0 to ff"; nothing for an entry of msi-parent. */
void tree_message_ids(const struct tree_message *message, struct tool_text *text);

/** The pictures, on standard output; false after a message. */
void tree_dot(const struct tree *t, FILE *out);
bool tree_svg(const struct tree *t);
bool tree_html(struct tool_board *board);

#endif /* IRQREF_TOOLS_TREE_H */
