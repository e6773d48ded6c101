/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounds of a row and of its limit, in turns, and what they have in common. */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

static double clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

double wall_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* How often it must be done to take long enough. The caches are warm afterwards. */
static unsigned long batch_for(const struct row *row, bench_fn *what, void *ctx, double least)
{
	unsigned long n = 64;

	if (row->batch)
		return row->batch;
	while (what(ctx, n) < least)
		n *= 2;
	return n;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median_of(double *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), by_value);
	return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static unsigned int rounds_of(const struct row *row, const struct effort *effort)
{
	return row->rounds && row->rounds < effort->rounds ? row->rounds : effort->rounds;
}

void measure(const struct row *row, void *ctx, const struct effort *effort, struct result *out)
{
	unsigned int rounds = rounds_of(row, effort);
	double *own = must_alloc(rounds * sizeof(*own));
	double *limits = must_alloc(rounds * sizeof(*limits));
	double *ratios = must_alloc(rounds * sizeof(*ratios));
	unsigned long n = batch_for(row, row->run, ctx, effort->least);
	unsigned long m = row->limit ? batch_for(row, row->limit, ctx, effort->least) : 0;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		own[i] = row->run(ctx, n) / (double)n;
		if (row->limit)
			limits[i] = row->limit(ctx, m) / (double)m;
		ratios[i] = row->limit && limits[i] > 0 ? own[i] / limits[i] : 0;
	}
	out->median = median_of(own, rounds);
	out->min = own[0];
	out->max = own[rounds - 1];
	out->limit = row->limit ? median_of(limits, rounds) : -1;
	out->ratio = median_of(ratios, rounds);
	free(own);
	free(limits);
	free(ratios);
}
