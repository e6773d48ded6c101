/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: text, colour, promises.
 */
#include "demo.h"

#include <stdarg.h>

#include "ledger_print.h"

static void say(const struct demo *demo, const char *colour, const char *fmt, va_list args)
{
	if (demo->colour && colour)
		printf("\033[%sm", colour);
	vprintf(fmt, args);
	if (demo->colour && colour)
		fputs("\033[0m", stdout);
}

void demo_say(const struct demo *demo, const char *colour, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(demo, colour, fmt, args);
	va_end(args);
}

bool demo_promise(struct demo *demo, bool holds, const char *fmt, ...)
{
	va_list args;

	demo->promises++;
	if (holds)
		return true;
	demo->broken++;
	demo_say(demo, DEMO_BAD, "   BROKEN");
	fputs("  ", stdout);
	va_start(args, fmt);
	say(demo, NULL, fmt, args);
	va_end(args);
	putchar('\n');
	return false;
}

void demo_title(const struct demo *demo, const char *number, const char *title)
{
	putchar('\n');
	demo_say(demo, DEMO_TITLE, "%s  %s", number, title);
	fputs("\n\n", stdout);
}

static void put(void *ctx, char c)
{
	putc(c, ctx);
}

void demo_ledger(struct irqref_space *space)
{
	ledger_print(put, stdout, space);
}
