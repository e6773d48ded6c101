/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows as a table for people or as JSON for programs. */
#include "bench.h"

#include <stdio.h>

static bool any;

void report_begin(enum report_form form)
{
	if (form == REPORT_JSON)
		printf("{\"rows\": [");
	else
		printf("%-30s %-5s %9s %9s %9s %9s %6s  %s\n", "row", "unit", "median", "min",
		       "max", "limit", "ratio", "limit is");
}

static void number(const char *name, double value)
{
	printf(", \"%s\": %.2f", name, value);
}

static void json(const struct row *row, const struct result *result)
{
	printf("%s\n{\"name\": \"%s\", \"unit\": \"%s\"", any ? "," : "", row->name, row->unit);
	any = true;
	number("median", result->median);
	number("min", result->min);
	number("max", result->max);
	if (result->limit >= 0)
		number("limit", result->limit);
	else
		printf(", \"limit\": null");
	printf("}");
}

static void table(const struct row *row, const struct result *result)
{
	printf("%-30s %-5s %9.2f %9.2f %9.2f", row->name, row->unit, result->median, result->min,
	       result->max);
	if (result->limit >= 0)
		printf(" %9.2f %6.2f  %s\n", result->limit, result->ratio, row->limit_is);
	else
		printf(" %9s %6s  %s\n", "-", "-", row->limit_is ? row->limit_is : "");
}

void report_row(enum report_form form, const struct row *row, const struct result *result)
{
	if (result && form == REPORT_JSON)
		json(row, result);
	else if (result)
		table(row, result);
	else
		fprintf(stderr, "irqref-bench: %s cannot be measured here: it needs %s\n",
		        row->name, row->needs);
	fflush(stdout);
}

void report_end(enum report_form form)
{
	if (form == REPORT_JSON)
		printf("\n]}\n");
}
