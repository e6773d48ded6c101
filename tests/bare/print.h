/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text to the console of the test kernel.
 */
#ifndef IRQREF_TESTS_BARE_PRINT_H
#define IRQREF_TESTS_BARE_PRINT_H

#include <stdarg.h>
#include <stddef.h>

/*
 * %s, %c, %d, %u, %x and %%, with l or ll, and a width of up to two digits, with zeros in front if
 * it begins with 0. One CPU at a time prints; the lines of several do not mix.
 */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same into @buf, cut to @size bytes, the final 0 included. */
void print_to(char *buf, size_t size, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void print_list(char *buf, size_t size, const char *format, va_list list);

#endif /* IRQREF_TESTS_BARE_PRINT_H */
