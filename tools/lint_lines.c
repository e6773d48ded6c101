/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: lines that several nodes name, and what trigger types they want.
 */
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "lint.h"

/* Nodes of a line that a message lists. */
#define LIST_MAX 16

/* Interrupts of a board that are compared; real boards have some thousand. */
#define USERS_MAX (1u << 20)

struct user {
	int controller;
	int node;
	uint32_t index;
	uint32_t ncells;
	uint32_t cells[IRQREF_FWSPEC_CELLS]; /* without the type, where that is known */
	int type_cell;                       /* -1 where it is not */
	unsigned int type;
	bool live;
};

struct users {
	struct user *user;
	size_t n;
	size_t room;
};

static void add_user(struct lint *lint, struct users *users, int node, uint32_t index,
                     const struct irqref_fwspec *spec)
{
	int controller = (int)(spec->node - 1);
	struct tool_decoded decoded;
	struct user *u;

	if (users->n == users->room) {
		users->room = users->room * 2 + 64;
		users->user = tool_realloc(users->user, users->room * sizeof(*users->user));
	}
	u = &users->user[users->n++];
	*u = (struct user){
	        .controller = controller,
	        .node = node,
	        .index = index,
	        .ncells = spec->ncells,
	        .type_cell = -1,
	        .live = lint_live(lint->dt, node),
	};
	memcpy(u->cells, spec->cells, sizeof(u->cells));
	tool_binding_decode(lint->dt, controller, spec, &decoded);
	/* Cells that only look like a type may tell lines apart. */
	if (decoded.known && decoded.type_cell >= 0) {
		u->type_cell = decoded.type_cell;
		u->type = decoded.type;
		u->cells[u->type_cell] = 0;
	}
}

static void collect(struct lint *lint, struct users *users)
{
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec spec;
	uint32_t index;
	int count;

	for (int node = irqref_dt_next_interrupts(lint->dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(lint->dt, node)) {
		count = irqref_dt_count(lint->dt, node);
		irqref_dt_cursor_init(lint->dt, node, &cursor);
		for (int i = 0; i < count && users->n < USERS_MAX; i++) {
			index = cursor.index;
			if (irqref_dt_cursor_next(lint->dt, &cursor, &spec, NULL) == 0)
				add_user(lint, users, node, index, &spec);
		}
	}
}

static int compare_lines(const struct user *a, const struct user *b)
{
	if (a->controller != b->controller)
		return a->controller < b->controller ? -1 : 1;
	if (a->ncells != b->ncells)
		return a->ncells < b->ncells ? -1 : 1;
	for (uint32_t i = 0; i < a->ncells; i++) {
		if (a->cells[i] != b->cells[i])
			return a->cells[i] < b->cells[i] ? -1 : 1;
	}
	return 0;
}

static int compare_users(const void *left, const void *right)
{
	const struct user *a = left, *b = right;
	int order = compare_lines(a, b);

	if (order)
		return order;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void add_line(struct tool_text *text, const struct lint *lint, const struct user *u)
{
	char *path = tool_node_path(lint->dt, u->controller);

	tool_text_add(text, "%s <", path);
	for (uint32_t i = 0; i < u->ncells; i++) {
		if ((int)i != u->type_cell)
			tool_text_add(text, "%s0x%x", i ? " " : "", (unsigned)u->cells[i]);
		else
			tool_text_add(text, "%s*", i ? " " : "");
	}
	tool_text_add(text, ">");
	free(path);
}

/* Users are in the order of their nodes; with @types one of a node can differ from the next. */
static bool is_listed(const struct user *users, size_t i, bool types)
{
	return i > 0 && users[i].node == users[i - 1].node &&
	       (!types || users[i].type == users[i - 1].type);
}

static size_t count_nodes(const struct user *users, size_t n)
{
	size_t nodes = 0;

	for (size_t i = 0; i < n; i++)
		nodes += !is_listed(users, i, false);
	return nodes;
}

static void add_users(struct tool_text *text, const struct lint *lint, const struct user *users,
                      size_t n, bool types)
{
	size_t listed = 0, more = 0;
	char *path;

	for (size_t i = 0; i < n; i++) {
		if (is_listed(users, i, types))
			continue;
		if (listed == LIST_MAX) {
			more++;
			continue;
		}
		path = tool_node_path(lint->dt, users[i].node);
		tool_text_add(text, "%s%s", listed++ ? ", " : "", path);
		if (types)
			tool_text_add(text, " (%s%s)", tool_trigger_name(users[i].type),
			              users[i].live ? "" : ", disabled");
		else if (!users[i].live)
			tool_text_add(text, " (disabled)");
		free(path);
	}
	if (more)
		tool_text_add(text, ", and %zu more", more);
}

/* The users of one line: told at the first of them. */
static void check_line(struct lint *lint, const struct user *users, size_t n)
{
	struct tool_text text = {0};
	unsigned int type = 0;
	size_t live = 0;
	bool nodes = false, differ = false;

	for (size_t i = 0; i < n; i++) {
		nodes = nodes || users[i].node != users[0].node;
		if (!users[i].live)
			continue;
		live++;
		/* A type of none takes what is there. */
		if (type && users[i].type && users[i].type != type)
			differ = true;
		if (users[i].type)
			type = users[i].type;
	}
	if (differ) {
		add_line(&text, lint, users);
		tool_text_add(&text, " is asked for with different trigger types: ");
		add_users(&text, lint, users, n, true);
		for (size_t i = 0; i < n; i++) {
			if (users[i].live) {
				lint_add(lint, LINT_TRIGGER, users[i].node,
				         lint_own_property(lint, users[i].node), "%s", text.data);
				break;
			}
		}
	} else if (nodes && live) {
		add_line(&text, lint, users);
		tool_text_add(&text, " is named by %zu nodes: ", count_nodes(users, n));
		add_users(&text, lint, users, n, false);
		lint_add(lint, LINT_SHARED, users[0].node, lint_own_property(lint, users[0].node),
		         "%s", text.data);
	}
	tool_text_free(&text);
}

void lint_lines(struct lint *lint)
{
	struct users users = {0};
	size_t last;

	collect(lint, &users);
	if (users.n)
		qsort(users.user, users.n, sizeof(*users.user), compare_users);
	for (size_t first = 0; first < users.n; first = last) {
		for (last = first + 1; last < users.n; last++) {
			if (compare_lines(&users.user[first], &users.user[last]))
				break;
		}
		check_line(lint, &users.user[first], last - first);
	}
	free(users.user);
}
