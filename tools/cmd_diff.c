/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref diff: which interrupts differ between two boards.
 */
#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"
#include "board.h"
#include "dialect.h"
#include "wrap.h"

static const char usage_text[] =
        "usage: irqref diff [--pci] [--dialect NAME] A.dtb B.dtb\n"
        "\n"
        "Says which interrupts of which nodes differ between two devicetrees: - as it is in A, + as\n"
        "it is in B. Phandles, offsets and the order of nodes do not matter.\n"
        "\n"
        "  -P, --pci           also what the slots and pins of PCI host bridges are wired to\n"
        "  -D, --dialect NAME  " TOOL_DIALECT_HELP "\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 no difference, 1 interrupts differ, 2 a board could not be read, or the\n"
        "command line is wrong.\n";

#define PCI_SLOTS 32
#define PCI_PINS  4

/* One interrupt: whose, and what becomes of it. */
struct line {
	char *node;
	uint32_t index; /* of PCI pins: slot and pin */
	bool pci;
	bool disabled;
	char *result;
};

struct lines {
	const struct irqref_dt *dt;
	struct line *line;
	size_t n;
	size_t room;
};

static void add(struct lines *l, int node, uint32_t index, bool pci, const char *result)
{
	if (l->n == l->room) {
		l->room = l->room * 2 + 64;
		l->line = tool_realloc(l->line, l->room * sizeof(*l->line));
	}
	l->line[l->n++] = (struct line){
	        .node = tool_node_path(l->dt, node),
	        .index = index,
	        .pci = pci,
	        .result = tool_strdup(result),
	};
}

static void describe(struct tool_text *text, const struct irqref_dt *dt, int node, int err,
                     const struct irqref_fwspec *spec, struct irqref_dt_diag *diag)
{
	struct tool_decoded decoded;
	char *path;

	tool_text_clear(text);
	if (err) {
		/* A phandle's number is no difference. */
		if (strstr(diag->reason, "phandle"))
			diag->value = 0;
		tool_text_add(text, "does not resolve: ");
		tool_text_diag(text, dt, diag, node);
		return;
	}
	path = tool_node_path(dt, (int)(spec->node - 1));
	tool_text_add(text, "%s ", path);
	tool_text_cells(text, spec);
	free(path);
	tool_binding_decode(dt, (int)(spec->node - 1), spec, &decoded);
	if (decoded.has_number)
		tool_text_add(text, " (line %llu", (unsigned long long)decoded.number);
	if (decoded.trigger)
		tool_text_add(text, "%s%s", decoded.has_number ? ", " : " (", decoded.trigger);
	if (decoded.has_number || decoded.trigger)
		tool_text_add(text, ")");
}

static bool is_disabled(const struct irqref_dt *dt, int node)
{
	const char *status;
	int len;

	for (; node >= 0; node = irqref_dt_parent(dt, node)) {
		status = fdt_getprop(dt->fdt, node, "status", &len);
		if (status && !(len >= 3 && memcmp(status, "ok", 3) == 0) &&
		    !(len >= 5 && memcmp(status, "okay", 5) == 0))
			return true;
	}
	return false;
}

static void collect_node(struct lines *l, int node, struct tool_text *text)
{
	struct irqref_dt_cursor cursor;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	bool disabled = is_disabled(l->dt, node);
	int count = irqref_dt_count(l->dt, node), err;

	irqref_dt_cursor_init(l->dt, node, &cursor);
	for (int i = 0; i < count; i++) {
		err = irqref_dt_cursor_next(l->dt, &cursor, &spec, &diag);
		describe(text, l->dt, node, err, &spec, &diag);
		add(l, node, (uint32_t)i, false, text->data);
		l->line[l->n - 1].disabled = disabled;
	}
}

static void collect_bridge(struct lines *l, int node, struct tool_text *text)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	bool disabled = is_disabled(l->dt, node);
	uint32_t slot, pin;
	int err;

	for (uint32_t i = 0; i < PCI_SLOTS * PCI_PINS; i++) {
		slot = i / PCI_PINS;
		pin = i % PCI_PINS + 1;
		err = irqref_dt_resolve_pci(l->dt, node, 0, slot << 3, pin, &spec, &diag);
		describe(text, l->dt, node, err, &spec, &diag);
		add(l, node, i, true, text->data);
		l->line[l->n - 1].disabled = disabled;
	}
}

static int compare_keys(const struct line *a, const struct line *b)
{
	int order = strcmp(a->node, b->node);

	if (order)
		return order;
	if (a->pci != b->pci)
		return a->pci ? 1 : -1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static int compare_lines(const void *left, const void *right)
{
	const struct line *a = left, *b = right;
	int order = compare_keys(a, b);

	/* Two nodes of one path are no well-formed tree, but can be read. */
	return order ? order : strcmp(a->result, b->result);
}

static void collect(struct lines *l, const struct irqref_dt *dt, bool pci)
{
	struct tool_text text = {0};
	int node;

	*l = (struct lines){.dt = dt};
	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node))
		collect_node(l, node, &text);
	for (node = pci ? irqref_dt_next_pci(dt, -1) : -1; node >= 0;
	     node = irqref_dt_next_pci(dt, node))
		collect_bridge(l, node, &text);
	if (l->n)
		qsort(l->line, l->n, sizeof(*l->line), compare_lines);
	tool_text_free(&text);
}

static void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->line[i].node);
		free(l->line[i].result);
	}
	free(l->line);
}

struct printer {
	const char *node; /* whose heading is printed */
	bool colour;
	size_t added;
	size_t gone;
	size_t changed;
};

static void print_side(struct printer *p, char side, const struct line *line)
{
	struct tool_text what = {0}, text = {0};

	if (!p->node || strcmp(p->node, line->node) != 0)
		printf("%s%s%s\n", p->colour ? "\033[1m" : "", line->node,
		       p->colour ? "\033[0m" : "");
	p->node = line->node;
	if (line->pci)
		tool_text_add(&what, "%c slot %u INT%c: ", side, (unsigned)(line->index / PCI_PINS),
		              "ABCD"[line->index % PCI_PINS]);
	else
		tool_text_add(&what, "%c %u: ", side, (unsigned)line->index);
	tool_text_add(&what, "%s%s", line->result, line->disabled ? ", disabled" : "");
	tool_text_wrap(&text, 2, 7, what.data);
	if (p->colour)
		fputs(side == '-' ? "\033[31m" : "\033[32m", stdout);
	fputs(text.data, stdout);
	if (p->colour)
		fputs("\033[0m", stdout);
	tool_text_free(&text);
	tool_text_free(&what);
}

static void compare(struct printer *p, const struct lines *a, const struct lines *b)
{
	const struct line *x, *y;
	size_t i = 0, j = 0;
	int order;

	for (;;) {
		x = i < a->n ? &a->line[i] : NULL;
		y = j < b->n ? &b->line[j] : NULL;
		if (!x && !y)
			break;
		order = !x ? 1 : !y ? -1 : compare_keys(x, y);
		i += order <= 0;
		j += order >= 0;
		if (order < 0) {
			print_side(p, '-', x);
			p->gone++;
		} else if (order > 0) {
			print_side(p, '+', y);
			p->added++;
		} else if (strcmp(x->result, y->result) != 0 || x->disabled != y->disabled) {
			print_side(p, '-', x);
			print_side(p, '+', y);
			p->changed++;
		}
	}
}

static int diff_files(const char *left, const char *right, bool pci, uint32_t policy)
{
	struct printer p = {.colour = tool_colour(stdout)};
	struct tool_board a, b;
	struct lines la, lb;

	if (!tool_board_load(&a, left))
		return TOOL_USAGE;
	if (!tool_board_load(&b, right)) {
		tool_board_free(&a);
		return TOOL_USAGE;
	}
	a.dt.policy = policy;
	b.dt.policy = policy;
	collect(&la, &a.dt, pci);
	collect(&lb, &b.dt, pci);
	compare(&p, &la, &lb);
	printf("%zu changed, %zu gone, %zu new; %zu as before\n", p.changed, p.gone, p.added,
	       la.n - p.changed - p.gone);
	lines_free(&lb);
	lines_free(&la);
	tool_board_free(&b);
	tool_board_free(&a);
	return p.changed || p.gone || p.added ? TOOL_FAILED : TOOL_OK;
}

int cmd_diff(int argc, char **argv)
{
	static const struct option options[] = {
	        {"pci", no_argument, NULL, 'P'},
	        {"dialect", required_argument, NULL, 'D'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	uint32_t policy = IRQREF_DT_LINUX;
	bool pci = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "PD:h", options, NULL)) != -1) {
		switch (opt) {
		case 'P':
			pci = true;
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
	if (argc - optind != 2) {
		tool_error("diff: two devicetree blobs are expected (see irqref diff --help)");
		return TOOL_USAGE;
	}
	return diff_files(argv[optind], argv[optind + 1], pci, policy);
}
