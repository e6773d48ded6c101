/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref tree: the interrupt tree of a board, with the lines that several devices share.
 */
#include "tree.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "dialect.h"

/* Controllers nested deeper than this are drawn as trees of their own. */
#define NEST_MAX 8

#define CELLS_WIDTH_MAX 24

static const char usage_text[] =
        "usage: irqref tree [--ascii | --dot | --svg | --html] [--dialect NAME]\n"
        "                   [FILE [OVERLAY...]]\n"
        "\n"
        "Draws the interrupt tree of a devicetree: the controllers, the lines of each (their cells\n"
        "in hex), and the devices at each line. A line that several devices name is marked with\n"
        "their number; what is disabled does not count. Below stand the controllers of messages, and\n"
        "what sends them. FILE is a blob (- for standard input), a source (.dts) or a directory like\n"
        "/proc/device-tree, and without one the machine's own. Overlays are applied to it first.\n"
        "\n"
        "  -a, --ascii         draw with plain characters; also done where the locale is not UTF-8\n"
        "  -d, --dot           a graph for graphviz\n"
        "  -s, --svg           the same as a picture; needs graphviz\n"
        "  -H, --html          a page to explore in a browser: search, and how each interrupt is resolved\n"
        "  -D, --dialect NAME  " TOOL_DIALECT_HELP "\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 the board was read, 2 it could not be, or the command line is wrong.\n";

struct drawing {
	struct tree tree;
	size_t shared;
	size_t lines;
	unsigned columns;
	bool colour;
	bool ascii;
	struct tool_text prefix;
};

enum glyph {
	TEE,
	CORNER,
	BAR,
	BLANK
};

static const char *glyph(const struct drawing *t, enum glyph g)
{
	static const char *const utf8[] = {"\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ", "   "};
	static const char *const ascii[] = {"|- ", "`- ", "|  ", "   "};

	return t->ascii ? ascii[g] : utf8[g];
}

static void paint(const struct drawing *t, const char *code)
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

/* What is said of a device behind its path. */
static void user_note(const struct drawing *t, const struct tree_use *use,
                      const struct tree_controller *nested, struct tool_text *note)
{
	const struct tree_controller *c;

	tool_text_clear(note);
	tool_text_add(note, "%s", "");
	if (use->pci)
		tool_text_add(note, " (INTx of its PCI slots)");
	if (use->disabled)
		tool_text_add(note, " (disabled)");
	if (use->pci || nested)
		return;
	c = tree_find(&t->tree, use->node);
	if (!c || c->nuses == 0)
		return;
	if (use->node == use->controller)
		tool_text_add(note, " (itself)");
	else
		tool_text_add(note, " (controller, drawn elsewhere)");
}

static void print_user(const struct drawing *t, const struct tree_use *use,
                       const struct tree_controller *nested, size_t used)
{
	struct tool_text note = {0};
	char *path = tool_node_path(t->tree.dt, use->node);
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

/* Widths of the columns of one controller's lines. */
struct columns {
	size_t cells;
	size_t shared;
};

static struct columns measure(struct drawing *t, const struct tree_controller *c)
{
	struct columns w = {0, 0};
	struct tool_text text = {0};
	size_t end = c->first_use + c->nuses, next;

	for (size_t i = c->first_use; i < end; i = next) {
		next = tree_line_end(&t->tree, i, end);
		tree_cells(&t->tree, &t->tree.uses[i], &text);
		if (text.len > w.cells)
			w.cells = text.len;
		if (tree_enabled(&t->tree, i, next) > 1)
			w.shared = strlen("shared by 999  ");
	}
	tool_text_free(&text);
	if (w.cells > CELLS_WIDTH_MAX)
		w.cells = CELLS_WIDTH_MAX;
	return w;
}

/* The controller that is drawn under this use, NULL if none. */
static struct tree_controller *nested_at(const struct drawing *t, size_t use, unsigned depth)
{
	struct tree_controller *c = tree_find(&t->tree, t->tree.uses[use].node);

	if (!c || c->drawn || c->parent_use != use || t->tree.uses[use].pci ||
	    depth + 1 >= NEST_MAX)
		return NULL;
	return c->nuses ? c : NULL;
}

static void draw_controller(struct drawing *t, struct tree_controller *c, unsigned depth);

/* The drawing of what is inside stands one level further to the right. */
static void draw_inside(struct drawing *t, struct tree_controller *nested, bool last,
                        unsigned depth)
{
	size_t len = t->prefix.len;

	tool_text_add(&t->prefix, "%s", glyph(t, last ? BLANK : BAR));
	draw_controller(t, nested, depth + 1);
	t->prefix.len = len;
	t->prefix.data[len] = '\0';
}

static void draw_line(struct drawing *t, size_t first, size_t end, bool last,
                      const struct columns *w, unsigned depth)
{
	struct tool_text text = {0};
	struct tree_controller *nested;
	size_t users = tree_enabled(&t->tree, first, end);
	size_t used = depth * 3 + 3 + 2 + w->shared;

	t->lines++;
	t->shared += users > 1;
	tree_cells(&t->tree, &t->tree.uses[first], &text);
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
		print_user(t, &t->tree.uses[i], nested, used);
		if (nested)
			draw_inside(t, nested, last, depth);
	}
	tool_text_free(&text);
}

static void draw_controller(struct drawing *t, struct tree_controller *c, unsigned depth)
{
	struct columns w = measure(t, c);
	size_t end = c->first_use + c->nuses, next;

	c->drawn = true;
	for (size_t i = c->first_use; i < end; i = next) {
		next = tree_line_end(&t->tree, i, end);
		draw_line(t, i, next, next == end, &w, depth);
	}
}

static void draw_root(struct drawing *t, struct tree_controller *c)
{
	char *path = tool_node_path(t->tree.dt, c->node);
	const char *parent =
	        c->parent_use == TREE_NO_USE ? "" : "  (its own interrupts: drawn elsewhere)";

	paint(t, "1;36");
	print_fitting(path, t->columns - strlen(parent));
	paint(t, "0");
	printf("%s\n", parent);
	free(path);
	draw_controller(t, c, 0);
}

/* The width of the first column of a controller's messages, from @first to before @end. */
static size_t measure_messages(const struct tree_message *first, const struct tree_message *end)
{
	struct tool_text text = {0};
	size_t width = 0;

	for (; first < end; first++) {
		tree_message_text(first, &text);
		if (text.len > width)
			width = text.len;
	}
	tool_text_free(&text);
	return width < CELLS_WIDTH_MAX ? width : CELLS_WIDTH_MAX;
}

static void draw_message(const struct drawing *t, const struct tree_message *message, bool last,
                         size_t width)
{
	char *path = tool_node_path(t->tree.dt, message->msi.node);
	struct tool_text text = {0}, note = {0};
	size_t used;

	tree_message_text(message, &text);
	tree_message_ids(message, &note);
	printf("%s%-*s  ", glyph(t, last ? CORNER : TEE), (int)width, text.data);
	used = 3 + (text.len > width ? text.len : width) + 2 + strlen(" ()") + note.len +
	       (message->disabled ? strlen(" (disabled)") : 0);
	if (message->disabled)
		paint(t, "2");
	print_fitting(path, t->columns > used + 12 ? t->columns - used : 12);
	if (note.len)
		printf(" (%s)", note.data);
	if (message->disabled) {
		fputs(" (disabled)", stdout);
		paint(t, "0");
	}
	putchar('\n');
	tool_text_free(&note);
	tool_text_free(&text);
	free(path);
}

static void draw_messages(const struct drawing *t)
{
	const struct tree_message *m = t->tree.messages, *end, *next;
	size_t width;
	char *path;

	if (!m)
		return;
	end = m + t->tree.nmessages;
	for (; m < end; m = next) {
		for (next = m; next < end && next->msi.controller == m->msi.controller; next++)
			;
		width = measure_messages(m, next);
		path = tool_node_path(t->tree.dt, m->msi.controller);
		paint(t, "1;36");
		print_fitting(path, t->columns - strlen("  (messages)"));
		paint(t, "0");
		puts("  (messages)");
		free(path);
		for (; m < next; m++)
			draw_message(t, m, m + 1 == next, width);
	}
}

static void draw(struct drawing *t)
{
	struct tree_controller *c;
	size_t idle = 0;

	tool_text_add(&t->prefix, "%s", "");
	for (int pass = 0; pass < 2; pass++) {
		/* First the roots, then what no root leads to: cycles, and what is nested deep. */
		for (size_t i = 0; i < t->tree.ncontrollers; i++) {
			c = &t->tree.controllers[i];
			if (c->nuses == 0)
				idle += (size_t)pass;
			else if (!c->drawn && (pass || c->parent_use == TREE_NO_USE))
				draw_root(t, c);
		}
	}
	draw_messages(t);
	printf("controllers: %zu (%zu without a user)  lines: %zu  shared: %zu",
	       t->tree.ncontrollers, idle, t->lines, t->shared);
	if (t->tree.unresolved)
		printf("  nodes that do not resolve: %zu", t->tree.unresolved);
	if (t->tree.nmessages || t->tree.lost_messages)
		printf("  messages: %zu", t->tree.nmessages + t->tree.lost_messages);
	if (t->tree.lost_messages)
		printf(", %zu do not resolve", t->tree.lost_messages);
	putchar('\n');
}

enum form {
	TEXT,
	DOT,
	SVG,
	HTML
};

static void print_text(struct drawing *t)
{
	t->columns = tool_columns(stdout);
	t->colour = tool_colour(stdout);
	draw(t);
	tool_text_free(&t->prefix);
}

static bool print_board(struct tool_board *board, enum form form, bool ascii)
{
	struct drawing t = {.ascii = ascii};
	bool ok = true;

	if (form == HTML)
		return tree_html(board);
	tree_collect(&t.tree, &board->dt);
	if (form == DOT)
		tree_dot(&t.tree, stdout);
	else if (form == SVG)
		ok = tree_svg(&t.tree);
	else
		print_text(&t);
	tree_free(&t.tree);
	return ok;
}

int cmd_tree(int argc, char **argv)
{
	static const struct option options[] = {
	        {"ascii", no_argument, NULL, 'a'},
	        {"dot", no_argument, NULL, 'd'},
	        {"svg", no_argument, NULL, 's'},
	        {"html", no_argument, NULL, 'H'},
	        {"dialect", required_argument, NULL, 'D'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	bool ascii = !tool_utf8(), ok;
	uint32_t policy = IRQREF_DT_LINUX;
	struct tool_board board;
	enum form form = TEXT;
	int opt;

	while ((opt = getopt_long(argc, argv, "adsHD:h", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			ascii = true;
			break;
		case 'd':
			form = DOT;
			break;
		case 's':
			form = SVG;
			break;
		case 'H':
			form = HTML;
			break;
		case 'D':
			if (!tool_dialect(optarg, &policy))
				return TOOL_USAGE;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return tool_try_help(argv[0]);
		}
	}
	if (!tool_board_open(&board, argv + optind, argc - optind))
		return TOOL_USAGE;
	board.dt.policy = policy;
	ok = print_board(&board, form, ascii);
	tool_board_free(&board);
	return ok ? TOOL_OK : TOOL_USAGE;
}
