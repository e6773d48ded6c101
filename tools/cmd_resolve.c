/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref resolve: every interrupt of a board, and the controller that gets it.
 */
#include "board.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define PCI_SLOTS 32
#define PCI_PINS  4

static const char usage_text[] =
        "usage: irqref resolve [--plain] [--pci] FILE.dtb\n"
        "\n"
        "Lists every interrupt of a devicetree blob with the controller it ends at and the cells\n"
        "that the controller receives, as Linux resolves them. FILE may be - for standard input.\n"
        "\n"
        "  -p, --plain  one line per interrupt, fields separated by tabs: \"irq\", node, index,\n"
        "               controller, cells in hex; \"-\" and a reason where it does not resolve\n"
        "  -P, --pci    also slots 0 to 31 and pins 1 to 4 of each PCI host bridge that has an\n"
        "               interrupt-map: \"pci\", bridge, slot, pin, controller, cells\n"
        "  -h, --help   this text\n"
        "\n"
        "Exit status: 0 the board was read, 2 it could not be, or the command line is wrong.\n";

/* One line of the table. */
struct row {
	char *node;
	unsigned index;
	char *controller; /* NULL: it does not resolve */
	char *cells;      /* or why it does not */
};

struct table {
	struct row *rows;
	size_t nrows;
	size_t room;
};

static char *take_text(struct tool_text *text)
{
	char *data = text->data ? text->data : tool_strdup("");

	*text = (struct tool_text){0};
	return data;
}

static void fill_result(struct row *row, const struct irqref_dt *dt, int err,
                        const struct irqref_fwspec *spec, const struct irqref_dt_diag *diag)
{
	struct tool_text text = {0};

	if (err) {
		tool_text_diag(&text, dt, diag);
		row->controller = NULL;
	} else {
		row->controller = tool_node_path(dt, (int)(spec->node - 1));
		tool_text_cells(&text, spec);
	}
	row->cells = take_text(&text);
}

static struct row *table_add(struct table *table)
{
	if (table->nrows == table->room) {
		table->room = table->room ? table->room * 2 : 256;
		table->rows = tool_realloc(table->rows, table->room * sizeof(struct row));
	}
	return &table->rows[table->nrows++];
}

static void row_free(struct row *row)
{
	free(row->node);
	free(row->controller);
	free(row->cells);
}

static void table_free(struct table *table)
{
	for (size_t i = 0; i < table->nrows; i++)
		row_free(&table->rows[i]);
	free(table->rows);
}

static void print_plain_result(const struct row *row)
{
	printf("\t%s\t%s\n", row->controller ? row->controller : "-", row->cells);
}

static void print_plain(const struct table *table)
{
	for (size_t i = 0; i < table->nrows; i++) {
		printf("irq\t%s\t%u", table->rows[i].node, table->rows[i].index);
		print_plain_result(&table->rows[i]);
	}
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

static size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void print_table(const struct table *table)
{
	bool colour = tool_colour(stdout);
	size_t node = strlen("node"), controller = strlen("controller"), cells = strlen("cells");
	size_t left, bad = 0;
	const char *last = "";

	for (size_t i = 0; i < table->nrows; i++) {
		const struct row *row = &table->rows[i];

		node = max_size(node, strlen(row->node));
		if (!row->controller) {
			bad++;
			continue;
		}
		controller = max_size(controller, strlen(row->controller));
		cells = max_size(cells, strlen(row->cells));
	}
	/* The number and the gaps take 10 columns; the paths share what the cells leave. */
	cells = min_size(cells, 30);
	left = tool_columns(stdout) - 10 - cells;
	if (node + controller > left) {
		controller = min_size(controller, max_size(left / 2, left - min_size(left, node)));
		node = min_size(node, left - controller);
	}
	printf("%s%-*s  %4s  %-*s  %s%s\n", colour ? "\033[1m" : "", (int)node, "node", "no.",
	       (int)controller, "controller", "cells", colour ? "\033[0m" : "");
	for (size_t i = 0; i < table->nrows; i++) {
		const struct row *row = &table->rows[i];

		print_column(strcmp(row->node, last) == 0 ? "" : row->node, node);
		printf("  %4u  ", row->index);
		if (row->controller) {
			print_column(row->controller, controller);
			printf("  %s\n", row->cells);
		} else {
			printf("%s-  %s%s\n", colour ? "\033[31m" : "", row->cells,
			       colour ? "\033[0m" : "");
		}
		last = row->node;
	}
	printf("%zu interrupts, %zu of them do not resolve\n", table->nrows, bad);
}

/*
 * Interrupts of a node that do not resolve are listed if a later one of the node does; of those
 * behind the last that does, only the first is. A node none of whose interrupts resolves has one
 * line, not one for each that its broken properties might mean.
 */
static void drop_tail(struct table *table, size_t begin)
{
	size_t keep = table->nrows;

	while (keep > begin && !table->rows[keep - 1].controller)
		keep--;
	while (table->nrows > keep + 1)
		row_free(&table->rows[--table->nrows]);
}

static void collect_interrupts(const struct irqref_dt *dt, struct table *table)
{
	struct irqref_dt_cursor cursor;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	struct row *row;
	size_t begin;
	int node, count, err;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		count = irqref_dt_count(dt, node);
		begin = table->nrows;
		irqref_dt_cursor_init(dt, node, &cursor);
		for (int i = 0; i < count; i++) {
			row = table_add(table);
			row->node = tool_node_path(dt, node);
			row->index = (unsigned)i;
			err = irqref_dt_cursor_next(dt, &cursor, &spec, &diag);
			fill_result(row, dt, err, &spec, &diag);
		}
		drop_tail(table, begin);
	}
}

struct slot {
	struct row pins[PCI_PINS];
	bool printed;
};

static void resolve_bridge(const struct irqref_dt *dt, int bridge, struct slot *slots)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err;

	for (unsigned slot = 0; slot < PCI_SLOTS; slot++) {
		for (unsigned pin = 0; pin < PCI_PINS; pin++) {
			err = irqref_dt_resolve_pci(dt, bridge, 0, slot << 3, pin + 1, &spec,
			                            &diag);
			slots[slot].pins[pin] = (struct row){0};
			fill_result(&slots[slot].pins[pin], dt, err, &spec, &diag);
		}
		slots[slot].printed = false;
	}
}

static void print_bridge_plain(const char *path, const struct slot *slots)
{
	for (unsigned slot = 0; slot < PCI_SLOTS; slot++) {
		for (unsigned pin = 0; pin < PCI_PINS; pin++) {
			printf("pci\t%s\t%u\t%u", path, slot, pin + 1);
			print_plain_result(&slots[slot].pins[pin]);
		}
	}
}

static bool same_result(const struct row *a, const struct row *b)
{
	if (!a->controller || !b->controller)
		return a->controller == b->controller;
	return strcmp(a->controller, b->controller) == 0 && strcmp(a->cells, b->cells) == 0;
}

static bool same_slot(const struct slot *a, const struct slot *b)
{
	for (unsigned pin = 0; pin < PCI_PINS; pin++) {
		if (!same_result(&a->pins[pin], &b->pins[pin]))
			return false;
	}
	return true;
}

/* Slots that are wired alike stand together, as most boards repeat them every four slots. */
static void print_bridge_table(const char *path, struct slot *slots)
{
	printf("\nPCI host bridge %s\n", path);
	for (unsigned first = 0; first < PCI_SLOTS; first++) {
		if (slots[first].printed)
			continue;
		printf("  slot");
		for (unsigned slot = first; slot < PCI_SLOTS; slot++) {
			if (!same_slot(&slots[first], &slots[slot]))
				continue;
			printf(" %u", slot);
			slots[slot].printed = true;
		}
		printf("\n");
		for (unsigned pin = 0; pin < PCI_PINS; pin++) {
			const struct row *row = &slots[first].pins[pin];

			printf("    INT%c  %s  %s\n", "ABCD"[pin],
			       row -> controller ? row -> controller : "-", row->cells);
		}
	}
}

static void print_bridges(const struct irqref_dt *dt, bool plain)
{
	struct slot slots[PCI_SLOTS];
	char *path;
	int node;

	for (node = irqref_dt_next_pci(dt, -1); node >= 0; node = irqref_dt_next_pci(dt, node)) {
		path = tool_node_path(dt, node);
		resolve_bridge(dt, node, slots);
		if (plain)
			print_bridge_plain(path, slots);
		else
			print_bridge_table(path, slots);
		for (unsigned i = 0; i < PCI_SLOTS * PCI_PINS; i++)
			row_free(&slots[i / PCI_PINS].pins[i % PCI_PINS]);
		free(path);
	}
}

int cmd_resolve(int argc, char **argv)
{
	static const struct option options[] = {
	        {"plain", no_argument, NULL, 'p'},
	        {"pci", no_argument, NULL, 'P'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	bool plain = false, pci = false;
	struct tool_board board;
	struct table table = {0};
	int opt;

	while ((opt = getopt_long(argc, argv, "pPh", options, NULL)) != -1) {
		switch (opt) {
		case 'p':
			plain = true;
			break;
		case 'P':
			pci = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return TOOL_USAGE;
		}
	}
	if (argc - optind != 1) {
		tool_error("resolve: one devicetree blob is expected (see irqref resolve --help)");
		return TOOL_USAGE;
	}
	if (!tool_board_load(&board, argv[optind]))
		return TOOL_USAGE;
	collect_interrupts(&board.dt, &table);
	if (plain)
		print_plain(&table);
	else
		print_table(&table);
	if (pci)
		print_bridges(&board.dt, plain);
	table_free(&table);
	tool_board_free(&board);
	return TOOL_OK;
}
