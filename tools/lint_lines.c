/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: lines that several nodes name, and what trigger types they want.
 */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

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
	unsigned int type;
	bool live;
};

struct users {
	struct user *user;
	size_t n;
	size_t room;
};

/* GICs, and controllers in front of one that take its cells. */
static const char *const gics[] = {
        "arm,gic-v3",
        "arm,gic-400",
        "arm,cortex-a15-gic",
        "arm,cortex-a9-gic",
        "arm,cortex-a7-gic",
        "arm,cortex-a5-gic",
        "arm,pl390",
        "arm,arm11mp-gic",
        "arm,eb11mp-gic",
        "arm,tc11mp-gic",
        "arm,arm1176jzf-devchip-gic",
        "qcom,msm-qgic2",
        "qcom,msm-8660-qgic",
        "fsl,imx6q-gpc",
        "fsl,imx7d-gpc",
        "fsl,imx8mq-gpc",
        "ti,omap4-wugen-mpu",
        "ti,omap5-wugen-mpu",
        "nvidia,tegra20-ictlr",
        "mediatek,mt6577-sysirq",
        "apm,xgene1-gic",
};

/* Two cells: number, and the type as Linux counts it. */
static const char *const plain[] = {
        "riscv,aplic",   "qcom,pdc",          "renesas,irqc",
        "ti,omap3-intc", "qcom,x1e80100-pdc", "arm,v2m-sys-regs",
};

static bool is_one_of(const void *fdt, int node, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fdt_node_check_compatible(fdt, node, names[i]) == 0)
			return true;
	}
	return false;
}

/* Which cell holds the type in Linux's numbers; -1 where that is not known. */
static int type_cell(const void *fdt, int node, uint32_t ncells)
{
	if (ncells >= 3 && is_one_of(fdt, node, gics, sizeof(gics) / sizeof(gics[0])))
		return 2;
	if (ncells != 2)
		return -1;
	if (fdt_getprop(fdt, node, "gpio-controller", NULL) ||
	    is_one_of(fdt, node, plain, sizeof(plain) / sizeof(plain[0])))
		return 1;
	return -1;
}

static void add_user(struct lint *lint, struct users *users, int node, uint32_t index,
                     const struct irqref_fwspec *spec)
{
	int controller = (int)(spec->node - 1), at = type_cell(lint->fdt, controller, spec->ncells);
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
	        .live = lint_live(lint->dt, node),
	};
	memcpy(u->cells, spec->cells, sizeof(u->cells));
	if (at >= 0) {
		u->type = spec->cells[at] & IRQREF_TYPE_MASK;
		u->cells[at] = 0;
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

static const char *type_name(unsigned int type)
{
	static const char *const names[] = {"none",       "rising edge", "falling edge",
	                                    "both edges", "level high",  NULL,
	                                    NULL,         NULL,          "level low"};

	return type < sizeof(names) / sizeof(names[0]) && names[type] ? names[type]
	                                                              : "no known type";
}

static void add_line(struct tool_text *text, const struct lint *lint, const struct user *u)
{
	char *path = tool_node_path(lint->dt, u->controller);

	tool_text_add(text, "%s <", path);
	for (uint32_t i = 0; i < u->ncells; i++) {
		if ((int)i != type_cell(lint->fdt, u->controller, u->ncells))
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
			tool_text_add(text, " (%s%s)", type_name(users[i].type),
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
				lint_add(lint, LINT_TRIGGER, users[i].node, "interrupts", "%s",
				         text.data);
				break;
			}
		}
	} else if (nodes && live) {
		add_line(&text, lint, users);
		tool_text_add(&text, " is named by %zu nodes: ", count_nodes(users, n));
		add_users(&text, lint, users, n, false);
		lint_add(lint, LINT_SHARED, users[0].node, "interrupts", "%s", text.data);
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
