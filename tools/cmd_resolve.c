/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref resolve: every interrupt of a board, and the controller that gets it.
 */
#include "board.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "board_json.h"
#include "dialect.h"
#include "msi.h"
#include "walk.h"

static const char usage_text[] =
        "usage: irqref resolve [--plain] [--pci] [--msi] [--json] [--dialect NAME] [FILE\n"
        "                      [OVERLAY...]]\n"
        "\n"
        "Lists every interrupt of a devicetree with the controller it ends at and the cells that the\n"
        "controller receives, as Linux resolves them. FILE is a blob (- for standard input), a source\n"
        "(.dts) or a directory like /proc/device-tree, and without one the machine's own. Overlays\n"
        "are applied to it first.\n"
        "\n"
        "  -p, --plain         one line per interrupt, fields separated by tabs: \"irq\", node, index,\n"
        "                      controller, cells in hex; \"-\" and a reason where it does not resolve\n"
        "  -P, --pci           also slots 0 to 31 and pins 1 to 4 of each PCI host bridge that has an\n"
        "                      interrupt-map: \"pci\", bridge, slot, pin, controller, cells\n"
        "  -m, --msi           also message-signalled interrupts: \"msi-parent\", node, index, controller,\n"
        "                      cells; and \"msi-map\" or \"iommu-map\", node, first id, number of ids,\n"
        "                      controller, what the first id becomes there\n"
        "  -j, --json          everything as JSON: each interrupt and pin with its number, trigger type\n"
        "                      and the steps from the device to the controller\n"
        "  -D, --dialect NAME  " TOOL_DIALECT_HELP "\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 the board was read, 2 it could not be, or the command line is wrong.\n";

/* One result, as text. The texts belong to who filled it. */
struct result {
	const char *controller; /* NULL: it does not resolve */
	const char *cells;      /* or why it does not */
};

/* Turns resolutions into text; remembers the last controller's path, as neighbours share it. */
struct printer {
	const struct irqref_dt *dt;
	uintptr_t controller;
	char *path;
	struct tool_text cells;
};

static struct result describe(struct printer *p, int node, int err,
                              const struct irqref_fwspec *spec, const struct irqref_dt_diag *diag)
{
	tool_text_clear(&p->cells);
	if (err) {
		tool_text_diag(&p->cells, p->dt, diag, node);
		return (struct result){NULL, p->cells.data};
	}
	if (p->controller != spec->node) {
		free(p->path);
		p->path = tool_node_path(p->dt, (int)(spec->node - 1));
		p->controller = spec->node;
	}
	tool_text_cells(&p->cells, spec);
	return (struct result){p->path, p->cells.data ? p->cells.data : ""};
}

static void printer_free(struct printer *p)
{
	free(p->path);
	tool_text_free(&p->cells);
}

struct lister {
	struct printer printer;
	/* The node that is listed, and its path. */
	int node;
	char *path;
	/* Called for each interrupt with the path of its node. */
	void (*line)(struct lister *l, const char *node, uint32_t index,
	             const struct result *result);
	bool first;
	struct table *table;
};

static void list_one(void *arg, const struct tool_walked *walked)
{
	struct lister *l = arg;
	struct result result;

	l->first = walked->node != l->node;
	if (l->first) {
		free(l->path);
		l->path = tool_node_path(l->printer.dt, walked->node);
		l->node = walked->node;
	}
	result = describe(&l->printer, walked->node, walked->err, walked->spec, walked->diag);
	l->line(l, l->path, walked->index, &result);
}

static void list_all(struct lister *l)
{
	l->node = -1;
	tool_walk(l->printer.dt, list_one, l);
}

static void plain_result(const struct result *result)
{
	fputc('\t', stdout);
	fputs(result->controller ? result->controller : "-", stdout);
	fputc('\t', stdout);
	fputs(result->cells, stdout);
	fputc('\n', stdout);
}

static void plain_line(struct lister *l, const char *node, uint32_t index,
                       const struct result *result)
{
	(void)l;
	fputs("irq\t", stdout);
	fputs(node, stdout);
	printf("\t%u", (unsigned)index);
	plain_result(result);
}

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Places of texts in the pool of a table; those that neighbours share are there once. */
struct row {
	size_t node;
	size_t controller; /* NO_TEXT: it does not resolve */
	size_t cells;      /* or why it does not */
	uint32_t index;
	bool first; /* of its node */
};

#define NO_TEXT SIZE_MAX

struct table {
	struct tool_text pool;
	struct row *rows;
	size_t n;
	size_t room;
	size_t last_controller;
	size_t node_width;
	size_t controller_width;
	size_t cells_width;
	size_t bad;
	bool colour;
};

static size_t keep(struct table *t, const char *text)
{
	size_t at = t->pool.len;

	tool_text_add(&t->pool, "%s%c", text, '\0');
	return at;
}

static void keep_line(struct lister *l, const char *node, uint32_t index,
                      const struct result *result)
{
	struct table *t = l->table;
	struct row *row;

	if (t->n == t->room) {
		t->room = t->room * 2 + 256;
		t->rows = tool_realloc(t->rows, t->room * sizeof(*t->rows));
	}
	row = &t->rows[t->n++];
	*row = (struct row){.controller = NO_TEXT, .index = index, .first = l->first};
	row->node = l->first || t->n == 1 ? keep(t, node) : row[-1].node;
	row->cells = keep(t, result->cells);
	t->node_width = max_size(t->node_width, strlen(node));
	if (!result->controller) {
		t->bad++;
		return;
	}
	if (t->last_controller == NO_TEXT ||
	    strcmp(t->pool.data + t->last_controller, result->controller) != 0)
		t->last_controller = keep(t, result->controller);
	row->controller = t->last_controller;
	t->controller_width = max_size(t->controller_width, strlen(result->controller));
	t->cells_width = max_size(t->cells_width, strlen(result->cells));
}

/* Prints @text in @width columns, with its front cut off if it is longer. */
static void print_column(const char *text, size_t width)
{
	size_t len = strlen(text);

	if (len > width)
		printf("..%s", text + len - width + 2);
	else
		printf("%-*s", (int)width, text);
}

static void print_row(const struct table *t, const struct row *row)
{
	const char *pool = t->pool.data;

	print_column(row->first ? pool + row->node : "", t->node_width);
	printf("  %4u  ", (unsigned)row->index);
	if (row->controller != NO_TEXT) {
		print_column(pool + row->controller, t->controller_width);
		printf("  %s\n", pool + row->cells);
	} else {
		printf("%s-  %s%s\n", t->colour ? "\033[31m" : "", pool + row->cells,
		       t->colour ? "\033[0m" : "");
	}
}

static void print_table(struct lister *l)
{
	struct table t = {
	        .last_controller = NO_TEXT,
	        .node_width = strlen("node"),
	        .controller_width = strlen("controller"),
	        .colour = tool_colour(stdout),
	};
	size_t left;

	l->line = keep_line;
	l->table = &t;
	list_all(l);
	/* The number and the gaps take 10 columns; the paths share what the cells leave. */
	t.cells_width = min_size(max_size(t.cells_width, strlen("cells")), 30);
	left = tool_columns(stdout) - 10 - t.cells_width;
	if (t.node_width + t.controller_width > left) {
		t.controller_width =
		        min_size(t.controller_width,
		                 max_size(left / 2, left - min_size(left, t.node_width)));
		t.node_width = min_size(t.node_width, left - t.controller_width);
	}
	printf("%s%-*s  %4s  %-*s  %s%s\n", t.colour ? "\033[1m" : "", (int)t.node_width, "node",
	       "no.", (int)t.controller_width, "controller", "cells", t.colour ? "\033[0m" : "");
	for (size_t i = 0; i < t.n; i++)
		print_row(&t, &t.rows[i]);
	printf("%zu interrupts, %zu of them do not resolve\n", t.n, t.bad);
	free(t.rows);
	tool_text_free(&t.pool);
}

struct pin {
	char *controller;
	char *cells;
};

struct slot {
	struct pin pins[TOOL_PCI_PINS];
	bool printed;
};

static struct result resolve_pin(struct printer *p, int bridge, unsigned slot, unsigned pin)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err = irqref_dt_resolve_pci(p->dt, bridge, 0, slot << 3, pin + 1, &spec, &diag);

	return describe(p, bridge, err, &spec, &diag);
}

static void print_bridge_plain(struct printer *p, int bridge, const char *path)
{
	struct result result;

	for (unsigned slot = 0; slot < TOOL_PCI_SLOTS; slot++) {
		for (unsigned pin = 0; pin < TOOL_PCI_PINS; pin++) {
			result = resolve_pin(p, bridge, slot, pin);
			printf("pci\t%s\t%u\t%u", path, slot, pin + 1);
			plain_result(&result);
		}
	}
}

static bool same_pin(const struct pin *a, const struct pin *b)
{
	/* Two that fail are alike: their reasons differ in no more than the slot. */
	if (!a->controller || !b->controller)
		return a->controller == b->controller;
	return strcmp(a->controller, b->controller) == 0 && strcmp(a->cells, b->cells) == 0;
}

static bool same_slot(const struct slot *a, const struct slot *b)
{
	for (unsigned pin = 0; pin < TOOL_PCI_PINS; pin++) {
		if (!same_pin(&a->pins[pin], &b->pins[pin]))
			return false;
	}
	return true;
}

static void print_group(struct slot *slots, unsigned first)
{
	const struct pin *pin;

	printf("  slot");
	for (unsigned slot = first; slot < TOOL_PCI_SLOTS; slot++) {
		if (!same_slot(&slots[first], &slots[slot]))
			continue;
		printf(" %u", slot);
		slots[slot].printed = true;
	}
	printf("\n");
	for (unsigned i = 0; i < TOOL_PCI_PINS; i++) {
		pin = &slots[first].pins[i];
		printf("    INT%c  %s  %s\n", "ABCD"[i],
		       pin -> controller ? pin -> controller : "-", pin->cells);
	}
}

/* Slots that are wired alike stand together, as most boards repeat them every four slots. */
static void print_bridge_table(struct printer *p, int bridge, const char *path)
{
	struct slot slots[TOOL_PCI_SLOTS] = {0};
	struct result result;
	struct pin *pin;

	for (unsigned i = 0; i < TOOL_PCI_SLOTS * TOOL_PCI_PINS; i++) {
		result = resolve_pin(p, bridge, i / TOOL_PCI_PINS, i % TOOL_PCI_PINS);
		pin = &slots[i / TOOL_PCI_PINS].pins[i % TOOL_PCI_PINS];
		pin->controller = result.controller ? tool_strdup(result.controller) : NULL;
		pin->cells = tool_strdup(result.cells);
	}
	printf("\nPCI host bridge %s\n", path);
	for (unsigned first = 0; first < TOOL_PCI_SLOTS; first++) {
		if (!slots[first].printed)
			print_group(slots, first);
	}
	for (unsigned i = 0; i < TOOL_PCI_SLOTS * TOOL_PCI_PINS; i++) {
		free(slots[i / TOOL_PCI_PINS].pins[i % TOOL_PCI_PINS].controller);
		free(slots[i / TOOL_PCI_PINS].pins[i % TOOL_PCI_PINS].cells);
	}
}

static void print_bridges(struct printer *p, bool plain)
{
	char *path;
	int node;

	for (node = irqref_dt_next_pci(p->dt, -1); node >= 0;
	     node = irqref_dt_next_pci(p->dt, node)) {
		path = tool_node_path(p->dt, node);
		if (plain)
			print_bridge_plain(p, node, path);
		else
			print_bridge_table(p, node, path);
		free(path);
	}
}

/* What is printed of message-signalled interrupts, and of which node the last was. */
struct messages {
	const struct irqref_dt *dt;
	int node;
};

/* Controller and cells, or why not. */
static void add_msi_result(struct tool_text *text, const struct irqref_dt *dt,
                           const struct tool_msi *msi, const char *gap)
{
	char *path;

	if (msi->err) {
		tool_text_add(text, "-%s", gap);
		tool_text_diag(text, dt, &msi->diag, msi->node);
		return;
	}
	path = tool_node_path(dt, msi->controller);
	tool_text_add(text, "%s%s", path, gap);
	free(path);
	if (msi->is_map)
		tool_text_add(text, "%x", (unsigned)msi->out);
	else
		tool_text_cells(text, &msi->spec);
}

static void print_msi_plain(void *arg, const struct tool_msi *msi)
{
	struct messages *m = arg;
	struct tool_text text = {0};
	char *path = tool_node_path(m->dt, msi->node);

	printf("%s\t%s\t", msi->property, path);
	if (msi->is_map)
		printf("%x\t%x\t", (unsigned)msi->id, (unsigned)msi->length);
	else
		printf("%u\t", (unsigned)msi->index);
	add_msi_result(&text, m->dt, msi, "\t");
	puts(text.data);
	tool_text_free(&text);
	free(path);
}

static void print_msi_table(void *arg, const struct tool_msi *msi)
{
	struct messages *m = arg;
	struct tool_text text = {0};
	char *path;

	if (m->node != msi->node) {
		path = tool_node_path(m->dt, msi->node);
		printf("%s%s\n", m->node < 0 ? "\nmessage-signalled interrupts\n" : "", path);
		free(path);
		m->node = msi->node;
	}
	tool_text_add(&text, "  %s  ", msi->property);
	if (msi->is_map && msi->length)
		tool_text_add(&text, "%x to %x  ", (unsigned)msi->id,
		              (unsigned)(msi->id + msi->length - 1));
	else if (msi->is_map)
		tool_text_add(&text, "no ids  ");
	add_msi_result(&text, m->dt, msi, "  ");
	puts(text.data);
	tool_text_free(&text);
}

static void print_text(struct tool_board *board, bool plain, bool pci, bool msi)
{
	struct lister lister = {.line = plain_line, .printer = {.dt = &board->dt}};
	struct messages messages = {.dt = &board->dt, .node = -1};

	if (plain)
		list_all(&lister);
	else
		print_table(&lister);
	if (pci)
		print_bridges(&lister.printer, plain);
	if (msi)
		tool_msi_walk(&board->dt, plain ? print_msi_plain : print_msi_table, &messages);
	free(lister.path);
	printer_free(&lister.printer);
}

static void print_json(struct tool_board *board)
{
	json_t *json = tool_board_json(board);

	json_dumpf(json, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(json);
}

int cmd_resolve(int argc, char **argv)
{
	static const struct option options[] = {
	        {"plain", no_argument, NULL, 'p'},
	        {"pci", no_argument, NULL, 'P'},
	        {"msi", no_argument, NULL, 'm'},
	        {"json", no_argument, NULL, 'j'},
	        {"dialect", required_argument, NULL, 'D'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	bool plain = false, pci = false, msi = false, json = false;
	uint32_t policy = IRQREF_DT_LINUX;
	struct tool_board board;
	int opt;

	while ((opt = getopt_long(argc, argv, "pPmjD:h", options, NULL)) != -1) {
		switch (opt) {
		case 'p':
			plain = true;
			break;
		case 'P':
			pci = true;
			break;
		case 'm':
			msi = true;
			break;
		case 'j':
			json = true;
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
	if (json)
		print_json(&board);
	else
		print_text(&board, plain, pci, msi);
	tool_board_free(&board);
	return TOOL_OK;
}
