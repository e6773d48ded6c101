/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref explain: how an interrupt comes to its controller, or why it does not.
 */
#include <getopt.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "dialect.h"
#include "explain.h"

#define SUGGESTIONS 5

static const char usage_text[] =
        "usage: irqref explain [--all] [--dialect NAME] FILE.dtb NODE [INDEX]\n"
        "       irqref explain [--all] [--dialect NAME] --pci FILE.dtb BRIDGE SLOT PIN\n"
        "       irqref explain [--all] [--dialect NAME] --msi FILE.dtb NODE [ID]\n"
        "\n"
        "Tells step by step how an interrupt comes to its controller, as Linux resolves it; of one\n"
        "that does not, what is wrong and what would have matched. NODE is a path, an alias, or a\n"
        "label if the blob has its symbols. INDEX counts from 0; without it, all interrupts of the\n"
        "node are told.\n"
        "\n"
        "  -a, --all           tell each entry of a map that does not match\n"
        "  -P, --pci           the interrupt of a PCI slot, 0 to 31, and a pin, 1 to 4 or A to D\n"
        "  -m, --msi           where the messages of a node go by msi-parent; with the ID of a device,\n"
        "                      by msi-map: of a PCI device bus << 8 | slot << 3 | function\n"
        "  -D, --dialect NAME  " TOOL_DIALECT_HELP "\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 it resolves, 1 it does not, 2 the board could not be read, there is no such\n"
        "node, or the command line is wrong.\n";

static int find_label(const void *fdt, const char *name)
{
	int len, symbols = fdt_path_offset(fdt, "/__symbols__");
	const char *path;

	if (symbols < 0)
		return symbols;
	path = fdt_getprop(fdt, symbols, name, &len);
	if (!path || len < 1 || path[len - 1] != '\0')
		return -FDT_ERR_NOTFOUND;
	return fdt_path_offset(fdt, path);
}

static void suggest(const struct irqref_dt *dt, const char *name)
{
	const char *last = strrchr(name, '/');
	unsigned int n = 0;
	char *path;

	last = last && last[1] ? last + 1 : name;
	for (int node = irqref_dt_next_node(dt, -1); node >= 0 && n < SUGGESTIONS;
	     node = irqref_dt_next_node(dt, node)) {
		path = tool_node_path(dt, node);
		if (strstr(path, last)) {
			fprintf(stderr, "  there is %s\n", path);
			n++;
		}
		free(path);
	}
}

static int find_node(const struct tool_board *board, const char *name)
{
	int node = -1;

	/* An alias, too, is looked up by libfdt; an empty name would be the root. */
	if (*name)
		node = fdt_path_offset(board->dt.fdt, name);
	if (node < 0 && *name)
		node = find_label(board->dt.fdt, name);
	if (node >= 0)
		return node;
	tool_file_error(board->file, "there is no node '%s'", name);
	if (*name)
		suggest(&board->dt, name);
	return -1;
}

static bool read_number(const char *text, uint32_t max, uint32_t *value)
{
	unsigned long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, &end, 0);
	*value = (uint32_t)number;
	return *end == '\0' && number <= max;
}

static bool read_pin(const char *text, uint32_t *pin)
{
	static const char letters[] = "AaBbCcDd";
	const char *found = *text ? strchr(letters, *text) : NULL;

	if (found && text[1] == '\0') {
		*pin = (uint32_t)(found - letters) / 2 + 1;
		return true;
	}
	return read_number(text, 4, pin) && *pin >= 1;
}

/* One interrupt under its heading. */
static bool explain_one(const struct tool_board *board, const struct explain_request *request)
{
	struct tool_text text = {0};
	bool colour = tool_colour(stdout);
	char *path = tool_node_path(&board->dt, request->node);
	bool ok;

	printf("%s%s", colour ? "\033[1m" : "", path);
	if (request->pci)
		printf(", slot %u, INT%c", (unsigned)request->slot, "ABCD"[request->pin - 1]);
	else if (request->has_id)
		printf(", messages of id 0x%x", (unsigned)request->id);
	else if (request->msi)
		printf(", messages, msi-parent %u", (unsigned)request->index);
	else
		printf(", interrupt %u", (unsigned)request->index);
	printf("%s\n", colour ? "\033[0m" : "");
	ok = request->msi ? explain_msi(&text, &board->dt, request)
	                  : explain_interrupt(&text, &board->dt, request);
	fputs(text.data, stdout);
	tool_text_free(&text);
	free(path);
	return ok;
}

static int count_msi_parents(const struct tool_board *board, int node)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	uint32_t n = 0;
	int err;

	do {
		err = irqref_dt_msi_parent(&board->dt, node, n, &spec, &diag);
		if (err == IRQREF_ERR_NOENT && strstr(diag.reason, "of this index"))
			return (int)n;
		n++;
	} while (err != IRQREF_ERR_FORMAT);
	return (int)n;
}

static int explain_node(const struct tool_board *board, struct explain_request *request,
                        const char *index)
{
	int count = request->msi ? count_msi_parents(board, request->node)
	                         : irqref_dt_count(&board->dt, request->node);
	bool ok = true;
	char *path;

	if (index)
		return explain_one(board, request) ? TOOL_OK : TOOL_FAILED;
	if (count <= 0) {
		path = tool_node_path(&board->dt, request->node);
		printf("%s has %s\n", path,
		       request->msi ? "no msi-parent; with the ID of a device, msi-map is looked up"
		                    : "neither interrupts nor interrupts-extended");
		free(path);
		return TOOL_FAILED;
	}
	for (int i = 0; i < count; i++) {
		request->index = (uint32_t)i;
		if (i)
			putchar('\n');
		ok = explain_one(board, request) && ok;
	}
	return ok ? TOOL_OK : TOOL_FAILED;
}

/* The arguments after FILE and NODE. */
static bool read_arguments(struct explain_request *request, int n, char **args)
{
	if (request->pci && n == 2) {
		if (!read_number(args[0], 31, &request->slot)) {
			tool_error("explain: '%s' is no slot (0 to 31)", args[0]);
			return false;
		}
		if (!read_pin(args[1], &request->pin)) {
			tool_error("explain: '%s' is no pin (1 to 4 or A to D)", args[1]);
			return false;
		}
		return true;
	}
	if (!request->pci && n == 0)
		return true;
	if (request->msi && n == 1) {
		request->has_id = true;
		if (read_number(args[0], UINT32_MAX, &request->id))
			return true;
		tool_error("explain: '%s' is no id", args[0]);
		return false;
	}
	if (!request->pci && n == 1) {
		if (read_number(args[0], INT32_MAX, &request->index))
			return true;
		tool_error("explain: '%s' is no index", args[0]);
		return false;
	}
	tool_error("explain: %s is expected (see irqref explain --help)",
	           request->pci   ? "FILE BRIDGE SLOT PIN"
	           : request->msi ? "FILE NODE [ID]"
	                          : "FILE NODE [INDEX]");
	return false;
}

int cmd_explain(int argc, char **argv)
{
	static const struct option options[] = {
	        {"all", no_argument, NULL, 'a'},  {"pci", no_argument, NULL, 'P'},
	        {"msi", no_argument, NULL, 'm'},  {"dialect", required_argument, NULL, 'D'},
	        {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	struct explain_request request = {0};
	uint32_t policy = IRQREF_DT_LINUX;
	struct tool_board board;
	int opt, ret = TOOL_USAGE;

	while ((opt = getopt_long(argc, argv, "aPmD:h", options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			request.all = true;
			break;
		case 'P':
			request.pci = true;
			break;
		case 'm':
			request.msi = true;
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
	if (request.pci && request.msi) {
		tool_error("explain: --pci and --msi exclude each other");
		return TOOL_USAGE;
	}
	if (!read_arguments(&request, argc - optind - 2, argv + optind + 2))
		return TOOL_USAGE;
	if (!tool_board_load(&board, argv[optind]))
		return TOOL_USAGE;
	board.dt.policy = policy;
	request.node = find_node(&board, argv[optind + 1]);
	if (request.node >= 0)
		ret = explain_node(&board, &request, request.pci || argc - optind > 2 ? "" : NULL);
	tool_board_free(&board);
	return ret;
}
