/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: two machines on which the library keeps its promise, or this says which one it
 * broke.
 */
#include "demo.h"

#include <getopt.h>
#include <string.h>

static const char usage_text[] =
        "usage: irqref demo [--board WHICH] [--rules WHICH] [--ledger] [--colour WHEN]\n"
        "\n"
        "Shows on the real library that an interrupt mapping lives exactly as long as somebody\n"
        "uses it. First story: a pseries guest whose PCI devices share interrupt lines and are\n"
        "unplugged one by one. Second: interrupt 16 of the Freescale P1010, which has eight users,\n"
        "and the flash controller's driver is unbound first. After every step each device raises\n"
        "its interrupt, and everything that the library promises is compared with what it did.\n"
        "\n"
        "  -b, --board WHICH   the first story's devicetree: qemu (the one that QEMU's pseries\n"
        "                      machine passes to its guest, made by qemu-system-ppc64), builtin,\n"
        "                      or auto: qemu where that is installed (the default)\n"
        "  -r, --rules WHICH   the first story with irqref's rules or with linux's; with the latter\n"
        "                      promises break, and the exit status says so (default: irqref)\n"
        "  -l, --ledger        print the whole ledger after every step, fields separated by tabs\n"
        "  -c, --colour WHEN   always, never, or auto: on a terminal, unless NO_COLOR is set\n"
        "                      (the default)\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0 every promise was kept; 1 one was broken; 2 wrong usage, or the board asked\n"
        "for cannot be had.\n";

/* The value if it is one of the words, which end with NULL. */
static const char *choice(const char *option, const char *value, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(value, *words) == 0)
			return value;
	}
	tool_error("demo: --%s cannot be '%s'; try 'irqref demo --help'", option, value);
	return NULL;
}

static void sum_up(const struct demo *demo)
{
	putchar('\n');
	if (demo->broken)
		demo_say(demo, DEMO_BAD, "%u of %u checks of what is promised found it broken.",
		         demo->broken, demo->promises);
	else
		demo_say(demo, DEMO_GOOD, "%u checks of what is promised: all kept.",
		         demo->promises);
	putchar('\n');
}

static int run(struct demo *demo)
{
	demo_say(demo, DEMO_STRONG,
	         "An interrupt mapping lives exactly as long as somebody uses it.");
	putchar('\n');
	if (!demo_pseries(demo) || !demo_p1010(demo))
		return TOOL_USAGE;
	sum_up(demo);
	return demo->broken ? TOOL_FAILED : TOOL_OK;
}

int cmd_demo(int argc, char **argv)
{
	static const struct option options[] = {
	        {"board", required_argument, NULL, 'b'}, {"rules", required_argument, NULL, 'r'},
	        {"ledger", no_argument, NULL, 'l'},      {"colour", required_argument, NULL, 'c'},
	        {"help", no_argument, NULL, 'h'},        {0},
	};
	static const char *const boards[] = {"auto", "qemu", "builtin", NULL};
	static const char *const rules[] = {"irqref", "linux", NULL};
	static const char *const colours[] = {"auto", "always", "never", NULL};
	struct demo demo = {.board = "auto"};
	const char *rule = "irqref", *colour = "auto";
	int c;

	while ((c = getopt_long(argc, argv, "b:r:lc:h", options, NULL)) != -1) {
		switch (c) {
		case 'b':
			demo.board = choice("board", optarg, boards);
			break;
		case 'r':
			rule = choice("rules", optarg, rules);
			break;
		case 'l':
			demo.ledger = true;
			break;
		case 'c':
			colour = choice("colour", optarg, colours);
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return tool_try_help(argv[0]);
		}
		if (!demo.board || !rule || !colour)
			return TOOL_USAGE;
	}
	if (optind < argc) {
		tool_error("demo: nothing is to be named; try 'irqref demo --help'");
		return TOOL_USAGE;
	}
	demo.rules = strcmp(rule, "linux") == 0 ? DEMO_LINUX : DEMO_REFERENCES;
	demo.colour = strcmp(colour, "always") == 0 ||
	              (strcmp(colour, "auto") == 0 && tool_colour(stdout));
	return run(&demo);
}
