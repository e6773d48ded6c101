/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: what is wrong or risky in the interrupts of a board.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "dialect.h"
#include "lint.h"

static const char usage_text[] =
        "usage: irqref lint [--json] [--quiet] [--dialect NAME] FILE.dtb...\n"
        "\n"
        "Says what is wrong or risky in the interrupts of devicetrees, each finding with a code,\n"
        "the node, the property, and what to do. irqref-lint(1) lists the codes.\n"
        "\n"
        "  -j, --json          as a JSON array, one object for each board\n"
        "  -q, --quiet         no informational findings\n"
        "  -D, --dialect NAME  " TOOL_DIALECT_HELP "\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 no errors, 1 errors were found, 2 a board could not be read, or the command\n"
        "line is wrong.\n";

static int by_severity(const void *left, const void *right)
{
	const struct lint_finding *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	/* In the order of the blob, and within a node in the order of its checks. */
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return strcmp(a->message, b->message);
}

static void lint_board(struct lint *lint, struct tool_board *board)
{
	*lint = (struct lint){.file = board->file, .dt = &board->dt, .fdt = board->dt.fdt};
	lint_interrupts(lint);
	lint_maps(lint);
	lint_lines(lint);
	lint_msi(lint);
	if (lint->nfindings)
		qsort(lint->findings, lint->nfindings, sizeof(*lint->findings), by_severity);
}

static int lint_files(char **files, int n, uint32_t policy, bool json, bool quiet)
{
	struct tool_board *boards = tool_zalloc((size_t)n, sizeof(*boards));
	struct lint *lints = tool_zalloc((size_t)n, sizeof(*lints));
	bool errors = false, unreadable = false;
	size_t done = 0;

	for (int i = 0; i < n; i++) {
		if (!tool_board_load(&boards[done], files[i])) {
			unreadable = true;
			continue;
		}
		boards[done].dt.policy = policy;
		lint_board(&lints[done], &boards[done]);
		errors = errors || lints[done].errors;
		if (json) {
			done++;
			continue;
		}
		lint_print(&lints[done], quiet);
		lint_free(&lints[done]);
		tool_board_free(&boards[done]);
	}
	if (json)
		lint_print_json(lints, done, quiet);
	for (size_t i = 0; i < done; i++) {
		lint_free(&lints[i]);
		tool_board_free(&boards[i]);
	}
	free(lints);
	free(boards);
	return unreadable ? TOOL_USAGE : errors ? TOOL_FAILED : TOOL_OK;
}

int cmd_lint(int argc, char **argv)
{
	static const struct option options[] = {
	        {"json", no_argument, NULL, 'j'},
	        {"quiet", no_argument, NULL, 'q'},
	        {"dialect", required_argument, NULL, 'D'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	uint32_t policy = IRQREF_DT_LINUX;
	bool json = false, quiet = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "jqD:h", options, NULL)) != -1) {
		switch (opt) {
		case 'j':
			json = true;
			break;
		case 'q':
			quiet = true;
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
	if (optind == argc) {
		tool_error("lint: a devicetree blob is expected (see irqref lint --help)");
		return TOOL_USAGE;
	}
	return lint_files(argv + optind, argc - optind, policy, json, quiet);
}
