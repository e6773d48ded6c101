/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the test kernel is to those who test with it. All on CPU 0, in its loop, but for kernel_space
 * and kernel_dt, which everybody may use.
 */
#ifndef IRQREF_TESTS_BARE_KERNEL_H
#define IRQREF_TESTS_BARE_KERNEL_H

#include "machine.h"

extern struct irqref_space *kernel_space;
extern struct irqref_dt kernel_dt;
/* How many CPUs take interrupts. */
extern uint32_t kernel_cpus;

/* Prints "ok N - text" or "not ok N - text", and counts; returns @ok. */
bool check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Serves what comes, interrupts, hot-plug events and deferred work, until @done(@ctx) holds or @ms
 * milliseconds are over: then false.
 */
bool kernel_wait(bool (*done)(void *ctx), void *ctx, uint32_t ms);

/* The next line that the runner wrote, or NULL; valid until the next call. */
char *kernel_line(void);

#endif /* IRQREF_TESTS_BARE_KERNEL_H */
