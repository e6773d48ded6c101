/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command irqref.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common.h"

#ifndef IRQREF_VERSION
#define IRQREF_VERSION "0.1.0"
#endif

static const char usage_text[] =
        "usage: irqref COMMAND [ARGUMENT...]\n"
        "\n"
        "An interrupt mapping lives exactly as long as somebody uses it.\n"
        "\n"
        "  demo     a machine whose devices share interrupts and are unplugged one by one\n"
        "  diff     say which interrupts differ between two devicetrees\n"
        "  explain  tell step by step how an interrupt comes to its controller\n"
        "  holders  print who holds which interrupt mapping of the running kernel\n"
        "  lint     say what is wrong or risky in the interrupts of devicetrees\n"
        "  replay   run scenario files on the library\n"
        "  resolve  list every interrupt of a devicetree blob\n"
        "  tree     show a devicetree's interrupts as a tree\n"
        "\n"
        "  --help, --version; irqref COMMAND --help\n"
        "\n"
        "Exit status: 0 success; 1 something failed that was to hold; 2 wrong input or usage, or the\n"
        "output cannot be written.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
        {"demo", cmd_demo},       {"diff", cmd_diff}, {"explain", cmd_explain},
        {"holders", cmd_holders}, {"lint", cmd_lint}, {"replay", cmd_replay},
        {"resolve", cmd_resolve}, {"tree", cmd_tree},
};

static bool is_option(const char *arg, const char *brief, const char *full)
{
	return strcmp(arg, brief) == 0 || strcmp(arg, full) == 0;
}

/*
 * A standard stream that the caller has closed must not become the first file that is opened. What is there
 * instead fails when it is used.
 */
static void hold_streams(void)
{
	static const int flags[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd)
			return;
	}
}

/* Runs a command by the name that its messages should have. */
static int run(int (*command)(int argc, char **argv), int argc, char **argv)
{
	char name[sizeof("irqref ") + 16];

	snprintf(name, sizeof(name), "irqref %s", argv[0]);
	argv[0] = name;
	return command(argc, argv);
}

static int run_any(int argc, char **argv)
{
	if (argc < 2) {
		fputs(usage_text, stderr);
		return TOOL_USAGE;
	}
	if (is_option(argv[1], "-h", "--help") || strcmp(argv[1], "help") == 0) {
		fputs(usage_text, stdout);
		return TOOL_OK;
	}
	if (is_option(argv[1], "-V", "--version")) {
		puts("irqref " IRQREF_VERSION);
		return TOOL_OK;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return run(commands[i].run, argc - 1, argv + 1);
	}
	tool_error("there is no command '%s'; try 'irqref --help'", argv[1]);
	return TOOL_USAGE;
}

int main(int argc, char **argv)
{
	int result;

	hold_streams();
	result = run_any(argc, argv);
	/* A full disk is known when the last of the output goes there. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		tool_error("the output cannot be written");
		result = TOOL_USAGE;
	}
	return result;
}
