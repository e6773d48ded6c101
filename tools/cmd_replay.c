/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref replay: runs scenario files.
 */
#include <getopt.h>
#include <stdlib.h>

#include "replay.h"

static const char usage_text[] =
        "usage: irqref replay [--quiet] [--ledger] FILE...\n"
        "\n"
        "Runs scenarios: text files that say what consumers do with interrupts and what must then\n"
        "hold. Each file gets a fresh space of the real library. Prints a line for every statement\n"
        "that changed something. FILE may be - for standard input. docs/scenario.md describes the\n"
        "language.\n"
        "\n"
        "  -q, --quiet   print failures only\n"
        "  -l, --ledger  print who holds what at the end of each file, fields separated by tabs\n"
        "  -h, --help    this text\n"
        "\n"
        "Exit status: 0 every statement did what it said; 1 one did not (FILE:LINE: and why; the\n"
        "rest of that file is not run, the next file is); 2 a file cannot be read or a line cannot\n"
        "be parsed (FILE:LINE:COLUMN: and why; nothing of that file is run).\n";

/* A text of that size is no scenario. */
#define FILE_MAX ((size_t)256 << 20)

static int replay_file(const char *file, const struct replay_options *opt)
{
	size_t size;
	char *text;
	int result;

	text = tool_read_file(file, FILE_MAX, &size);
	if (!text)
		return TOOL_USAGE;
	result = replay_text(file, text, size, opt);
	free(text);
	return result;
}

int cmd_replay(int argc, char **argv)
{
	static const struct option options[] = {
	        {"quiet", no_argument, NULL, 'q'},
	        {"ledger", no_argument, NULL, 'l'},
	        {"help", no_argument, NULL, 'h'},
	        {0},
	};
	struct replay_options opt = {.out = stdout, .err = stderr};
	int result = TOOL_OK;
	int c;

	while ((c = getopt_long(argc, argv, "qlh", options, NULL)) != -1) {
		switch (c) {
		case 'q':
			opt.quiet = true;
			break;
		case 'l':
			opt.ledger = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return tool_try_help(argv[0]);
		}
	}
	if (optind == argc) {
		tool_error("replay: no file is named; try 'irqref replay --help'");
		return TOOL_USAGE;
	}
	for (int i = optind; i < argc; i++) {
		int one = replay_file(argv[i], &opt);

		if (one > result)
			result = one;
	}
	return result;
}
