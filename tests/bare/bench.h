/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last thing of a run: the command "bench".
 */
#ifndef IRQREF_TESTS_BARE_BENCH_H
#define IRQREF_TESTS_BARE_BENCH_H

/* Measures with the first device, and prints; that device keeps the measuring handler. */
void bench(void);

#endif /* IRQREF_TESTS_BARE_BENCH_H */
