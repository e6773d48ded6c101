/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text to the console, a call at a time: the lock is held with interrupts off, so that a handler
 * that prints does not wait for the code that it interrupted.
 */
#include "print.h"
#include "machine.h"

#include <irqref_port_bare.h>

#include <stdarg.h>

struct sink {
	char *buf;
	size_t left;
};

static uint32_t console_lock;

static void put(struct sink *sink, char c)
{
	if (!sink) {
		machine_putc(c);
	} else if (sink->left > 1) {
		*sink->buf++ = c;
		sink->left--;
	}
}

static void put_text(struct sink *sink, const char *text)
{
	while (*text)
		put(sink, *text++);
}

static void put_number(struct sink *sink, unsigned long long value, unsigned int base, int width,
                       char fill)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	for (; width > n; width--)
		put(sink, fill);
	while (n)
		put(sink, digits[--n]);
}

static void put_format(struct sink *sink, const char *format, va_list list)
{
	for (; *format; format++) {
		unsigned long long value;
		char fill = ' ';
		int width = 0;
		int longs = 0;

		if (*format != '%') {
			put(sink, *format);
			continue;
		}
		if (*++format == '0')
			fill = '0';
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (*format - '0');
		for (; *format == 'l'; format++)
			longs++;
		switch (*format) {
		case 's':
			put_text(sink, va_arg(list, const char *));
			break;
		case 'c':
			put(sink, (char)va_arg(list, int));
			break;
		case 'd':
		case 'u':
		case 'x':
			if (longs > 1)
				value = va_arg(list, unsigned long long);
			else if (longs)
				value = va_arg(list, unsigned long);
			else if (*format == 'd')
				value = (unsigned long long)va_arg(list, int);
			else
				value = va_arg(list, unsigned int);
			if (*format == 'd' && (long long)value < 0) {
				put(sink, '-');
				value = -value;
			}
			put_number(sink, value, *format == 'x' ? 16 : 10, width, fill);
			break;
		default:
			put(sink, *format);
			break;
		}
	}
}

void print(const char *format, ...)
{
	unsigned long flags = irqref_bare_arch_irq_save();
	va_list list;

	while (__atomic_exchange_n(&console_lock, 1u, __ATOMIC_ACQUIRE))
		irqref_bare_arch_relax();
	va_start(list, format);
	put_format(NULL, format, list);
	va_end(list);
	__atomic_store_n(&console_lock, 0u, __ATOMIC_RELEASE);
	irqref_bare_arch_irq_restore(flags);
}

void print_list(char *buf, size_t size, const char *format, va_list list)
{
	struct sink sink = {buf, size};

	put_format(&sink, format, list);
	if (size)
		*sink.buf = '\0';
}

void print_to(char *buf, size_t size, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	print_list(buf, size, format, list);
	va_end(list);
}
