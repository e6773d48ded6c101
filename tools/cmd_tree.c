/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref tree: the interrupt tree of a board, with the lines that several devices share.
 */
#include "board.h"

#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

/* Controllers nested deeper than this are drawn as trees of their own. */
#define NEST_MAX 8

#define CELLS_WIDTH_MAX 24

#define NO_USE SIZE_MAX

static const char usage_text[] =
        "usage: irqref tree [--ascii] [FILE [OVERLAY...]]\n"
        "\n"
        "Draws the interrupt tree of a devicetree: the controllers, the lines of each (their cells\n"
        "in hex), and the devices at each line. A line that several devices name is marked with\n"
        "their number; what is disabled does not count. FILE is a blob (- for standard input), a\n"
        "source (.dts) or a directory like /proc/device-tree, and without one the machine's own.\n"
        "Overlays are applied to it first.\n"
        "\n"
        "  -a, --ascii  draw with plain characters; also done where the locale is not UTF-8\n"
        "  -h, --help   this text\n"
        "\n"
        "Exit status: 0 the board was read, 2 it could not be, or the command line is wrong.\n";

/* One device at one line. */
struct use {
	int controller;
	int node;
	uint32_t index;
	uint32_t ncells;
	size_t cells; /* place in the pool */
	bool pci;     /* a host bridge's INTx lines, not the bridge's own interrupt */
	bool disabled;
};

struct controller {
	int node;
	size_t first_use; /* its lines are a run of the sorted uses */
	size_t nuses;
	size_t parent_use; /* the use of another controller under which it is drawn, or NO_USE */
	bool drawn;
};

struct tree {
	const struct irqref_dt *dt;
	struct use *uses;
	size_t nuses;
	size_t uses_room;
	uint32_t *pool;
	size_t npool;
	size_t pool_room;
	struct controller *controllers;
	size_t ncontrollers;
	size_t controllers_room;
	size_t unresolved;
	size_t shared;
	size_t lines;
	/* Drawing. */
	unsigned columns;
	bool colour;
	bool ascii;
	struct tool_text prefix;
};

static const uint32_t *sort_pool;

static int compare_ints(int a, int b)
{
	return (a > b) - (a < b);
}

static int compare_cells(const struct use *a, const struct use *b)
{
	const uint32_t *x = sort_pool + a->cells, *y = sort_pool + b->cells;

	for (uint32_t i = 0; i < a->ncells && i < b->ncells; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return (a->ncells > b->ncells) - (a->ncells < b->ncells);
}

static int compare_uses(const void *left, const void *right)
{
	const struct use *a = left, *b = right;
	int order = compare_ints(a->controller, b->controller);

	if (!order)
		order = compare_cells(a, b);
	if (!order)
		order = compare_ints(a->node, b->node);
	if (!order)
		order = compare_ints(a->pci, b->pci);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static bool is_disabled(const struct irqref_dt *dt, int node)
{
	const char *status;
	int len;

	for (; node >= 0; node = irqref_dt_parent(dt, node)) {
		status = fdt_getprop(dt->fdt, node, "status", &len);
		if (status && (len == 0 || (strncmp(status, "ok", (size_t)len) != 0 &&
		                            strncmp(status, "okay", (size_t)len) != 0)))
			return true;
	}
	return false;
}

static void add_use(struct tree *t, int node, uint32_t index, bool pci, bool disabled,
                    const struct irqref_fwspec *spec)
{
	struct use *use;

	if (t->nuses == t->uses_room) {
		t->uses_room = t->uses_room ? t->uses_room * 2 : 256;
		t->uses = tool_realloc(t->uses, t->uses_room * sizeof(*t->uses));
	}
	if (!t->pool || t->pool_room - t->npool < spec->ncells) {
		t->pool_room = t->pool_room * 2 + 1024;
		t->pool = tool_realloc(t->pool, t->pool_room * sizeof(*t->pool));
	}
	use = &t->uses[t->nuses++];
	*use = (struct use){
	        .controller = (int)(spec->node - 1),
	        .node = node,
	        .index = index,
	        .ncells = spec->ncells,
	        .cells = t->npool,
	        .pci = pci,
	        .disabled = disabled,
	};
	memcpy(t->pool + t->npool, spec->cells, spec->ncells * sizeof(*t->pool));
	t->npool += spec->ncells;
}

static void collect_devices(struct tree *t)
{
	const struct irqref_dt *dt = t->dt;
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec spec;
	int node, count;
	bool disabled, failed;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		disabled = is_disabled(dt, node);
		count = irqref_dt_count(dt, node);
		irqref_dt_cursor_init(dt, node, &cursor);
		failed = false;
		for (int i = 0; i < count; i++) {
			if (irqref_dt_cursor_next(dt, &cursor, &spec, NULL))
				failed = true;
			else
				add_use(t, node, (uint32_t)i, false, disabled, &spec);
		}
		t->unresolved += failed;
	}
}

static void collect_bridges(struct tree *t)
{
	const struct irqref_dt *dt = t->dt;
	struct irqref_fwspec spec;
	bool disabled;
	int node;

	for (node = irqref_dt_next_pci(dt, -1); node >= 0; node = irqref_dt_next_pci(dt, node)) {
		disabled = is_disabled(dt, node);
		for (uint32_t i = 0; i < 32 * 4; i++) {
			if (irqref_dt_resolve_pci(dt, node, 0, i / 4 << 3, i % 4 + 1, &spec, NULL))
				continue;
			add_use(t, node, i, true, disabled, &spec);
		}
	}
}

static bool is_inside(const struct irqref_dt *dt, int node, int outer)
{
	while (node > outer)
		node = irqref_dt_parent(dt, node);
	return node == outer;
}

/* Whether a device behind the bridge has a node of its own at the same line. */
static bool has_device_node(const struct tree *t, const struct use *bridge)
{
	const struct use *use = bridge, *end = t->uses + t->nuses;

	/* Uses of a line are sorted by node, and what is inside of a node follows it at once. */
	do {
		use++;
	} while (use < end && use->node == bridge->node && use->controller == bridge->controller);
	return use < end && use->controller == bridge->controller &&
	       compare_cells(use, bridge) == 0 && is_inside(t->dt, use->node, bridge->node);
}

static bool same_user(const struct use *a, const struct use *b)
{
	return a->controller == b->controller && a->node == b->node && a->pci == b->pci &&
	       compare_cells(a, b) == 0;
}

/*
 * The same device at the same line again is no second user; nor is a bridge that only passes on
 * the interrupt of a device which stands there itself.
 */
static void sort_uses(struct tree *t)
{
	size_t kept = 0;

	sort_pool = t->pool;
	if (t->nuses)
		qsort(t->uses, t->nuses, sizeof(*t->uses), compare_uses);
	for (size_t i = 0; i < t->nuses; i++) {
		if (kept && same_user(&t->uses[kept - 1], &t->uses[i]))
			continue;
		if (t->uses[i].pci && has_device_node(t, &t->uses[i]))
			continue;
		t->uses[kept++] = t->uses[i];
	}
	t->nuses = kept;
}

static void add_controller(struct tree *t, int node, size_t first, size_t nuses)
{
	if (t->ncontrollers == t->controllers_room) {
		t->controllers_room = t->controllers_room ? t->controllers_room * 2 : 64;
		t->controllers =
		        tool_realloc(t->controllers, t->controllers_room * sizeof(*t->controllers));
	}
	t->controllers[t->ncontrollers++] = (struct controller){
	        .node = node, .first_use = first, .nuses = nuses, .parent_use = NO_USE};
}

/* Every node that is marked as a controller, and every other that interrupts end at. */
static void collect_controllers(struct tree *t)
{
	size_t at = 0, end;
	int node;

	for (node = irqref_dt_next_node(t->dt, -1); node >= 0;
	     node = irqref_dt_next_node(t->dt, node)) {
		for (end = at; end < t->nuses && t->uses[end].controller == node; end++)
			;
		if (end > at || irqref_dt_is_controller(t->dt, node) > 0)
			add_controller(t, node, at, end - at);
		at = end;
	}
}

static struct controller *find_controller(const struct tree *t, int node)
{
	size_t low = 0, high = t->ncontrollers, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->controllers[mid].node < node)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->ncontrollers && t->controllers[low].node == node ? &t->controllers[low]
	                                                                 : NULL;
}

/* A controller is drawn under the line of its own first interrupt. */
static void link_controllers(struct tree *t)
{
	struct controller *c;
	struct use *use;

	for (size_t i = 0; i < t->nuses; i++) {
		use = &t->uses[i];
		if (use->pci || use->node == use->controller)
			continue;
		c = find_controller(t, use->node);
		if (c && (c->parent_use == NO_USE || t->uses[c->parent_use].index > use->index))
			c->parent_use = i;
	}
}

enum glyph {
	TEE,
	CORNER,
	BAR,
	BLANK
};

static const char *glyph(const struct tree *t, enum glyph g)
{
	static const char *const utf8[] = {"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ", "   "};
	static const char *const ascii[] = {"|- ", "`- ", "|  ", "   "};

	return t->ascii ? ascii[g] : utf8[g];
}

static void paint(const struct tree *t, const char *code)
{
	if (t->colour)
		printf("\033[%sm", code);
}

/* Prints @text, its front cut off where it would not fit into @room columns. */
static void print_fitting(const char *text, size_t room)
{
	size_t len = strlen(text);

	if (len > room && room > 2)
		printf("..%s", text + len - room + 2);
	else
		fputs(text, stdout);
}

static void cells_text(const struct tree *t, const struct use *use, struct tool_text *text)
{
	tool_text_clear(text);
	for (uint32_t i = 0; i < use->ncells; i++)
		tool_text_add(text, "%s%x", i ? " " : "", (unsigned)t->pool[use->cells + i]);
	if (use->ncells == 0)
		tool_text_add(text, "-");
}

/* What is said of a device behind its path. */
static void user_note(const struct tree *t, const struct use *use, const struct controller *nested,
                      struct tool_text *note)
{
	const struct controller *c;

	tool_text_clear(note);
	tool_text_add(note, "%s", "");
	if (use->pci)
		tool_text_add(note, " (INTx of its PCI slots)");
	if (use->disabled)
		tool_text_add(note, " (disabled)");
	if (use->pci || nested)
		return;
	c = find_controller(t, use->node);
	if (!c || c->nuses == 0)
		return;
	if (use->node == use->controller)
		tool_text_add(note, " (itself)");
	else
		tool_text_add(note, " (controller, drawn elsewhere)");
}

static void print_user(const struct tree *t, const struct use *use, const struct controller *nested,
                       size_t used)
{
	struct tool_text note = {0};
	char *path = tool_node_path(t->dt, use->node);
	size_t room;

	user_note(t, use, nested, &note);
	room = t->columns > used + note.len ? t->columns - used - note.len : 0;
	if (use->disabled)
		paint(t, "2");
	else if (nested)
		paint(t, "1;36");
	print_fitting(path, room > 12 ? room : 12);
	fputs(note.data, stdout);
	if (use->disabled || nested)
		paint(t, "0");
	putchar('\n');
	free(path);
	tool_text_free(&note);
}

static size_t line_end(const struct tree *t, size_t first, size_t end)
{
	size_t next = first + 1;

	while (next < end && compare_cells(&t->uses[first], &t->uses[next]) == 0)
		next++;
	return next;
}

static size_t enabled_users(const struct tree *t, size_t first, size_t end)
{
	size_t n = 0;

	for (; first < end; first++)
		n += !t->uses[first].disabled;
	return n;
}

/* Widths of the columns of one controller's lines. */
struct columns {
	size_t cells;
	size_t shared;
};

static struct columns measure(struct tree *t, const struct controller *c)
{
	struct columns w = {0, 0};
	struct tool_text text = {0};
	size_t end = c->first_use + c->nuses, next;

	for (size_t i = c->first_use; i < end; i = next) {
		next = line_end(t, i, end);
		cells_text(t, &t->uses[i], &text);
		if (text.len > w.cells)
			w.cells = text.len;
		if (enabled_users(t, i, next) > 1)
			w.shared = strlen("shared by 999  ");
	}
	tool_text_free(&text);
	if (w.cells > CELLS_WIDTH_MAX)
		w.cells = CELLS_WIDTH_MAX;
	return w;
}

/* The controller that is drawn under this use, NULL if none. */
static struct controller *nested_at(const struct tree *t, size_t use, unsigned depth)
{
	struct controller *c = find_controller(t, t->uses[use].node);

	if (!c || c->drawn || c->parent_use != use || t->uses[use].pci || depth + 1 >= NEST_MAX)
		return NULL;
	return c->nuses ? c : NULL;
}

static void draw_controller(struct tree *t, struct controller *c, unsigned depth);

/* The drawing of what is inside stands one level further to the right. */
static void draw_inside(struct tree *t, struct controller *nested, bool last, unsigned depth)
{
	size_t len = t->prefix.len;

	tool_text_add(&t->prefix, "%s", glyph(t, last ? BLANK : BAR));
	draw_controller(t, nested, depth + 1);
	t->prefix.len = len;
	t->prefix.data[len] = '\0';
}

static void draw_line(struct tree *t, size_t first, size_t end, bool last, const struct columns *w,
                      unsigned depth)
{
	struct tool_text text = {0};
	struct controller *nested;
	size_t users = enabled_users(t, first, end);
	size_t used = depth * 3 + 3 + 2 + w->shared;

	t->lines++;
	t->shared += users > 1;
	cells_text(t, &t->uses[first], &text);
	used += text.len > w->cells ? text.len : w->cells;
	for (size_t i = first; i < end; i++) {
		fputs(t->prefix.data, stdout);
		if (i == first)
			printf("%s%-*s  ", glyph(t, last ? CORNER : TEE), (int)w->cells, text.data);
		else
			printf("%s%-*s  ", glyph(t, last ? BLANK : BAR), (int)w->cells, "");
		tool_text_clear(&text);
		tool_text_add(&text, "%s", "");
		if (i == first && users > 1) {
			tool_text_add(&text, "shared by %zu", users);
			paint(t, "1;33");
		}
		printf("%-*s", (int)w->shared, text.data);
		if (i == first && users > 1)
			paint(t, "0");
		nested = nested_at(t, i, depth);
		print_user(t, &t->uses[i], nested, used);
		if (nested)
			draw_inside(t, nested, last, depth);
	}
	tool_text_free(&text);
}

static void draw_controller(struct tree *t, struct controller *c, unsigned depth)
{
	struct columns w = measure(t, c);
	size_t end = c->first_use + c->nuses, next;

	c->drawn = true;
	for (size_t i = c->first_use; i < end; i = next) {
		next = line_end(t, i, end);
		draw_line(t, i, next, next == end, &w, depth);
	}
}

static void draw_root(struct tree *t, struct controller *c)
{
	char *path = tool_node_path(t->dt, c->node);
	const char *parent =
	        c->parent_use == NO_USE ? "" : "  (its own interrupts: drawn elsewhere)";

	paint(t, "1;36");
	print_fitting(path, t->columns - strlen(parent));
	paint(t, "0");
	printf("%s\n", parent);
	free(path);
	draw_controller(t, c, 0);
}

static void draw(struct tree *t)
{
	struct controller *c;
	size_t idle = 0;

	tool_text_add(&t->prefix, "%s", "");
	for (int pass = 0; pass < 2; pass++) {
		/* First the roots, then what no root leads to: cycles, and what is nested deep. */
		for (size_t i = 0; i < t->ncontrollers; i++) {
			c = &t->controllers[i];
			if (c->nuses == 0)
				idle += (size_t)pass;
			else if (!c->drawn && (pass || c->parent_use == NO_USE))
				draw_root(t, c);
		}
	}
	printf("controllers: %zu (%zu without a user)  lines: %zu  shared: %zu", t->ncontrollers,
	       idle, t->lines, t->shared);
	if (t->unresolved)
		printf("  nodes that do not resolve: %zu", t->unresolved);
	putchar('\n');
}

int cmd_tree(int argc, char **argv)
{
	static const struct option options[] = {
	        {"ascii", no_argument, NULL, 'a'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	struct tree t = {.ascii = !tool_utf8()};
	struct tool_board board;
	int opt;

	while ((opt = getopt_long(argc, argv, "ah", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			t.ascii = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return TOOL_USAGE;
		}
	}
	if (!tool_board_open(&board, argv + optind, argc - optind))
		return TOOL_USAGE;
	t.dt = &board.dt;
	t.columns = tool_columns(stdout);
	t.colour = tool_colour(stdout);
	collect_devices(&t);
	collect_bridges(&t);
	sort_uses(&t);
	collect_controllers(&t);
	link_controllers(&t);
	draw(&t);
	free(t.uses);
	free(t.pool);
	free(t.controllers);
	tool_text_free(&t.prefix);
	tool_board_free(&board);
	return TOOL_OK;
}
