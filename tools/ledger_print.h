/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger as a plain table: one line for each holder of each mapping, fields separated by tabs,
 * a heading first. Needs nothing but a function that takes one character at a time, so that a
 * machine without an operating system prints the same table.
 *
 * The fields: virq; domain and hwirq that it was got through; trigger type; state; count of the
 * mapping (strong + floating); holder; what the holder is (consumer, floating, anonymous, none);
 * depth of its own disables; handler, chained or "-"; tick since when it holds it.
 */
#ifndef IRQREF_TOOLS_LEDGER_PRINT_H
#define IRQREF_TOOLS_LEDGER_PRINT_H

#include <irqref/ledger.h>

typedef void ledger_put_fn(void *ctx, char c);

/** The heading, with its newline. */
void ledger_print_heading(ledger_put_fn *put, void *ctx);

/** One line for one entry, with its newline. */
void ledger_print_entry(ledger_put_fn *put, void *ctx, const struct irqref_entry *entry);

/** All of it; returns how many entries there were. */
uint32_t ledger_print(ledger_put_fn *put, void *ctx, struct irqref_space *space);

#endif /* IRQREF_TOOLS_LEDGER_PRINT_H */
