/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger as a plain table, without libc.
 */
#include "ledger_print.h"

#include <irqref/types.h>

struct printer {
	ledger_put_fn *put;
	void *ctx;
};

static void put_text(const struct printer *p, const char *text)
{
	while (*text)
		p->put(p->ctx, *text++);
}

static void put_number(const struct printer *p, uint64_t number)
{
	char digits[20];
	unsigned int count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (count)
		p->put(p->ctx, digits[--count]);
}

static const char *type_name(unsigned int type)
{
	switch (type) {
	case IRQREF_TYPE_NONE:
		return "none";
	case IRQREF_TYPE_RISING:
		return "rising";
	case IRQREF_TYPE_FALLING:
		return "falling";
	case IRQREF_TYPE_BOTH:
		return "both";
	case IRQREF_TYPE_HIGH:
		return "high";
	case IRQREF_TYPE_LOW:
		return "low";
	default:
		return "?";
	}
}

static const char *state_name(enum irqref_state state)
{
	switch (state) {
	case IRQREF_DEAD:
		return "dead";
	case IRQREF_RESERVED:
		return "reserved";
	case IRQREF_LIVE:
		return "live";
	case IRQREF_DYING:
		return "dying";
	case IRQREF_REVOKED:
		return "revoked";
	default:
		return "?";
	}
}

static const char *kind_name(enum irqref_holder kind)
{
	switch (kind) {
	case IRQREF_HOLDER_CONSUMER:
		return "consumer";
	case IRQREF_HOLDER_FLOATING:
		return "floating";
	case IRQREF_HOLDER_ANONYMOUS:
		return "anonymous";
	case IRQREF_HOLDER_NONE:
		return "none";
	default:
		return "?";
	}
}

static const char *handler_name(const struct irqref_entry *entry)
{
	if (entry->chained)
		return "chained";
	return entry->handler ? "handler" : "-";
}

void ledger_print_heading(ledger_put_fn *put, void *ctx)
{
	const struct printer p = {put, ctx};

	put_text(&p,
	         "virq\tdomain\thwirq\ttype\tstate\tcount\tholder\tkind\tdepth\thandler\tsince\n");
}

void ledger_print_entry(ledger_put_fn *put, void *ctx, const struct irqref_entry *entry)
{
	const struct printer p = {put, ctx};

	put_number(&p, entry->virq);
	put_text(&p, "\t");
	put_text(&p, entry->domain[0] ? entry->domain : "-");
	put_text(&p, "\t");
	put_number(&p, entry->hwirq);
	put_text(&p, "\t");
	put_text(&p, type_name(entry->type));
	put_text(&p, "\t");
	put_text(&p, state_name(entry->state));
	put_text(&p, "\t");
	put_number(&p, (uint64_t)entry->strong + entry->floating);
	put_text(&p, "\t");
	put_text(&p, entry->holder[0] ? entry->holder : "-");
	put_text(&p, "\t");
	put_text(&p, kind_name(entry->kind));
	put_text(&p, "\t");
	put_number(&p, entry->depth);
	put_text(&p, "\t");
	put_text(&p, handler_name(entry));
	put_text(&p, "\t");
	put_number(&p, entry->since);
	put_text(&p, "\n");
}

uint32_t ledger_print(ledger_put_fn *put, void *ctx, struct irqref_space *space)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	uint32_t count = 0;

	ledger_print_heading(put, ctx);
	while (irqref_ledger_next(space, &cursor, &entry) > 0) {
		ledger_print_entry(put, ctx, &entry);
		count++;
	}
	return count;
}
