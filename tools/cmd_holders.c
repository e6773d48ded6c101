/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref holders: who holds which interrupt mapping of the running kernel, from the Linux module.
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holders.h"
#include "input.h"

#define EVENTS_SHOWN 20

static const char usage_text[] =
        "usage: irqref holders [--watch] [--json] [--dir DIR]\n"
        "\n"
        "Prints who holds which interrupt mapping of the running kernel, and what was done wrong with\n"
        "them, as the Linux module irqref shows it; where the machine has a devicetree, with the nodes\n"
        "whose interrupts they are. Lines that several devices or handlers use are marked.\n"
        "\n"
        "  -w, --watch    again whenever something changes, until interrupted; where the output is no\n"
        "                 terminal, the changes only: + new, - gone, = changed, ! event\n"
        "  -j, --json     as JSON; with --watch, all of it on one line at each change\n"
        "  -d, --dir DIR  where the module's files are, if not in /sys/kernel/debug/irqref\n"
        "  -h, --help     this text\n"
        "\n"
        "Exit status: 0 it was printed, 2 it cannot be read, or the command line is wrong.\n";

struct watcher {
	const char *dir;
	const struct tool_board *board; /* or NULL */
	bool json;
	bool terminal;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

static bool read_ledger(const struct watcher *w, struct ledger *ledger)
{
	if (!ledger_read(ledger, w->dir))
		return false;
	if (w->board)
		ledger_join(ledger, w->board);
	return true;
}

static void print_json(const struct ledger *ledger, size_t flags)
{
	json_t *json = ledger_json(ledger);

	json_dumpf(json, stdout, flags);
	putchar('\n');
	json_decref(json);
}

static void print_table(const struct ledger *ledger, bool clear)
{
	struct tool_text out = {0};

	ledger_table(&out, ledger, EVENTS_SHOWN);
	if (clear)
		fputs("\033[H\033[2J", stdout);
	fputs(out.data, stdout);
	tool_text_free(&out);
}

/* What is in @now and not, or otherwise, in @before. */
static void print_changes(const struct ledger *before, const struct ledger *now)
{
	uint64_t seen = before->nhappened ? before->happened[before->nhappened - 1].seq : 0;
	struct tool_text out = {0};
	const struct held *old;

	for (size_t i = 0; i < now->nheld; i++) {
		old = ledger_find(before, &now->held[i]);
		if (!old)
			ledger_line(&out, '+', &now->held[i]);
		else if (!ledger_same(old, &now->held[i]))
			ledger_line(&out, '=', &now->held[i]);
	}
	for (size_t i = 0; i < before->nheld; i++) {
		if (!ledger_find(now, &before->held[i]))
			ledger_line(&out, '-', &before->held[i]);
	}
	for (size_t i = 0; i < now->nhappened; i++) {
		if (now->happened[i].seq > seen) {
			tool_text_add(&out, "! ");
			ledger_event(&out, &now->happened[i]);
		}
	}
	if (out.len)
		fputs(out.data, stdout);
	tool_text_free(&out);
}

static bool differ(const struct ledger *before, const struct ledger *now)
{
	if (before->nheld != now->nheld || before->nhappened != now->nhappened)
		return true;
	for (size_t i = 0; i < now->nheld; i++) {
		const struct held *old = ledger_find(before, &now->held[i]);

		if (!old || !ledger_same(old, &now->held[i]))
			return true;
	}
	/* The module keeps so many events; then their number stays, and the last one changes. */
	return now->nhappened &&
	       now->happened[now->nhappened - 1].seq != before->happened[before->nhappened - 1].seq;
}

static void show(const struct watcher *w, const struct ledger *before, const struct ledger *now)
{
	if (w->json)
		print_json(now, JSON_COMPACT);
	else if (w->terminal)
		print_table(now, true);
	else
		print_changes(before, now);
	fflush(stdout);
}

static int watch(const struct watcher *w)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct ledger before = {0}, now;
	bool first = true;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!interrupted && !ferror(stdout)) {
		if (!read_ledger(w, &now)) {
			ledger_free(&before);
			return TOOL_USAGE;
		}
		if (first || differ(&before, &now))
			show(w, &before, &now);
		ledger_free(&before);
		before = now;
		first = false;
		poll(NULL, 0, 1000);
	}
	ledger_free(&before);
	return TOOL_OK;
}

static int print_once(const struct watcher *w)
{
	struct ledger ledger;

	if (!read_ledger(w, &ledger))
		return TOOL_USAGE;
	if (w->json)
		print_json(&ledger, JSON_INDENT(2));
	else
		print_table(&ledger, false);
	ledger_free(&ledger);
	return TOOL_OK;
}

int cmd_holders(int argc, char **argv)
{
	static const struct option options[] = {
	        {"watch", no_argument, NULL, 'w'},
	        {"json", no_argument, NULL, 'j'},
	        {"dir", required_argument, NULL, 'd'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	struct watcher w = {.terminal = isatty(STDOUT_FILENO)};
	struct tool_board board;
	char *usual = NULL;
	bool again = false;
	int opt, result;

	while ((opt = getopt_long(argc, argv, "wjd:h", options, NULL)) != -1) {
		switch (opt) {
		case 'w':
			again = true;
			break;
		case 'j':
			w.json = true;
			break;
		case 'd':
			w.dir = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return TOOL_OK;
		default:
			return tool_try_help(argv[0]);
		}
	}
	if (optind < argc) {
		tool_error("holders: '%s' is too much (see irqref holders --help)", argv[optind]);
		return TOOL_USAGE;
	}
	if (!w.dir)
		w.dir = usual = ledger_default_dir();
	if (tool_input_has_machine() && tool_board_open(&board, NULL, 0))
		w.board = &board;
	result = again ? watch(&w) : print_once(&w);
	if (w.board)
		tool_board_free(&board);
	free(usual);
	return result;
}
