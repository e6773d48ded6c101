/* SPDX-License-Identifier: BSD-2-Clause */
/* The program: which rows, how thoroughly, in what form. */
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct row *const tables[] = {
        find_rows,   find_inline_rows, dispatch_rows, mapping_rows, bytes_rows,
#ifndef BENCH_STATIC
        thread_rows, latency_rows,     peer_rows,
#endif
};

static const char usage[] =
        "usage: irqref-bench [--json] [--quick] [--rounds N] [--rows PATTERN]\n"
        "       irqref-bench --count ROW N\n"
        "       irqref-bench --list\n"
        "\n"
        "Measures irqref and, beside each row and in turns with it, its limit: the same work on\n"
        "the bare data structure. What counts is the ratio.\n"
        "\n"
        "  --json           print JSON instead of a table\n"
        "  --quick          short rounds, and nothing with millions of mappings\n"
        "  --rounds N       measure each row N times; the median is printed (11)\n"
        "  --rows PATTERN   only rows whose names match: shell wildcards, separated by commas\n"
        "  --count ROW N    do the work of one row N times and print nothing, for a program that\n"
        "                   counts instructions\n"
        "  --list           print the names of the rows\n";

struct options {
	enum report_form form;
	struct effort effort;
	bool quick;
	char *rows;
};

static bool name_matches(const char *name, const char *patterns)
{
	char *copy, *save, *one;
	bool matches = false;

	if (!patterns)
		return true;
	copy = strdup(patterns);
	if (!copy)
		die("out of memory", IRQREF_ERR_NOMEM);
	for (one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save))
		matches |= !fnmatch(one, name, 0);
	free(copy);
	return matches;
}

static bool too_large(const struct row *row, const struct options *options)
{
	return options->quick && row->size >= 1000000;
}

static void run_row(const struct row *row, const struct options *options)
{
	struct result result;
	void *ctx = row->begin(row);

	if (!ctx) {
		report_row(options->form, row, NULL);
		return;
	}
	measure(row, ctx, &options->effort, &result);
	row->end(ctx);
	report_row(options->form, row, &result);
}

static int run_rows(const struct options *options)
{
	unsigned int found = 0;
	unsigned long i;

	report_begin(options->form);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct row *row;

		for (row = tables[i]; row->name; row++) {
			if (!name_matches(row->name, options->rows))
				continue;
			found++;
			if (!too_large(row, options))
				run_row(row, options);
		}
	}
	report_end(options->form);
	if (found)
		return 0;
	fprintf(stderr, "irqref-bench: no row is named %s\n", options->rows);
	return 2;
}

static const struct row *row_named(const char *name)
{
	unsigned long i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct row *row;

		for (row = tables[i]; row->name; row++) {
			if (!strcmp(row->name, name))
				return row;
		}
	}
	return NULL;
}

static int count(const char *name, unsigned long n)
{
	const struct row *row = row_named(name);
	void *ctx;

	if (!row) {
		fprintf(stderr, "irqref-bench: no row is named %s\n", name);
		return 2;
	}
	ctx = row->begin(row);
	if (!ctx) {
		report_row(REPORT_TABLE, row, NULL);
		return 2;
	}
	row->run(ctx, n);
	row->end(ctx);
	return 0;
}

static int list(void)
{
	unsigned long i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct row *row;

		for (row = tables[i]; row->name; row++)
			puts(row->name);
	}
	return 0;
}

static unsigned long number(const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || !value || value > 1000000000ul || *text == '-') {
		fprintf(stderr, "irqref-bench: %s is no number from 1 to 1000000000\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
	        {"json", no_argument, NULL, 'j'},         {"quick", no_argument, NULL, 'q'},
	        {"rounds", required_argument, NULL, 'r'}, {"rows", required_argument, NULL, 'R'},
	        {"count", required_argument, NULL, 'c'},  {"list", no_argument, NULL, 'l'},
	        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
	};
	struct options options = {.effort = {.rounds = 11, .least = 2e6}};
	const char *counted = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 'j':
			options.form = REPORT_JSON;
			break;
		case 'q':
			options.quick = true;
			options.effort = (struct effort){.rounds = 5, .least = 3e5};
			break;
		case 'r':
			options.effort.rounds = (unsigned int)number(optarg);
			break;
		case 'R':
			options.rows = optarg;
			break;
		case 'c':
			counted = optarg;
			break;
		case 'l':
			return list();
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind + (counted ? 1 : 0) != argc) {
		fputs(usage, stderr);
		return 2;
	}
	cpu_pin(0);
	return counted ? count(counted, number(argv[optind])) : run_rows(&options);
}
