// SPDX-License-Identifier: GPL-2.0-only
/*
 * Installed handlers are strong references: the library's Linux-named requests, whose handler is
 * never called.
 */
#include "module.h"

#include <irqref/linux_api.h>

#include <linux/string.h>

char handler_chained[1], handler_plain[1];

static enum irqref_return never(irqref_virq_t virq, void *cookie)
{
	return IRQREF_NONE;
}

/* Returns the library's number, or 0 where the ledger does not have the handler. */
u32 handler_add(unsigned int virq, const char *name, const void *code, void *cookie)
{
	char full[NAME_LEN], module[32];
	u32 number = mirror_known(virq);
	int rc;

	if (!number)
		return 0;
	caller_code(code, module, sizeof(module));
	snprintf(full, sizeof(full), "%s@%s", name && *name ? name : "?", module);
	caller_clean(full);
	rc = irqref_linux_request_irq(irqref_space, number, never, IRQREF_LINUX_SHARED, full,
	                              cookie);
	if (!rc)
		return number;
	count(rc == -IRQREF_LINUX_ENOMEM || rc == -IRQREF_LINUX_ENOSPC ? COUNT_OOM : COUNT_UNKNOWN);
	return 0;
}

/* Ends the mapping if it was disposed of before, and nobody else uses it. */
bool handler_drop(u32 number, const void *cookie)
{
	bool dropped = number && irqref_linux_free_irq(irqref_space, number, cookie);

	if (dropped)
		shadow_sweep(number);
	return dropped;
}

/* The same for a mapping that is gone, but not its holders. */
bool handler_drop_revoked(unsigned int virq, const void *cookie, struct shadow *out)
{
	u32 number;

	for (number = shadow_next(0, out); number; number = shadow_next(number, out)) {
		if (out->revoked && out->virq == virq && handler_drop(number, cookie))
			return true;
	}
	return false;
}

/* The next holder of a mapping. */
static bool next(u32 number, struct irqref_cursor *cursor, struct irqref_entry *entry)
{
	if (!cursor->virq)
		cursor->virq = number;
	return number && irqref_ledger_next(irqref_space, cursor, entry) == 1 &&
	       entry->virq == number;
}

bool handler_there(u32 number, const void *cookie)
{
	struct irqref_cursor cursor = {};
	struct irqref_entry entry;

	while (next(number, &cursor, &entry)) {
		if (entry.handler && entry.cookie == cookie)
			return true;
	}
	return false;
}

void handlers_drop_all(u32 number)
{
	struct irqref_cursor cursor = {};
	struct irqref_entry entry;

	while (next(number, &cursor, &entry)) {
		if (!entry.handler)
			continue;
		(void)irqref_linux_free_irq(irqref_space, number, entry.cookie);
		cursor = (struct irqref_cursor){};
	}
}

static int print(const struct irqref_entry *entry, const struct shadow *shadow, char *buf,
                 unsigned int size)
{
	switch (entry->kind) {
	case IRQREF_HOLDER_FLOATING:
		return scnprintf(buf, size, "floating:%s", shadow->creator);
	case IRQREF_HOLDER_ANONYMOUS:
		return scnprintf(buf, size, "handler:%s", entry->holder);
	case IRQREF_HOLDER_CONSUMER:
		return scnprintf(buf, size, "pci:%s", entry->holder);
	default:
		return 0;
	}
}

/* Comma separated, "-" if there is none. Returns how many of them are strong. */
unsigned int holders_print(u32 number, char *buf, unsigned int size)
{
	struct irqref_cursor cursor = {};
	struct irqref_entry entry;
	struct shadow shadow;
	unsigned int at = 0, strong = 0;

	strscpy(buf, "-", size);
	if (!shadow_copy(number, &shadow))
		return 0;
	while (next(number, &cursor, &entry)) {
		bool passing =
		        entry.kind == IRQREF_HOLDER_CONSUMER && !strcmp(entry.holder, CREATING);

		if (entry.kind == IRQREF_HOLDER_NONE || passing)
			continue;
		strong += entry.kind != IRQREF_HOLDER_FLOATING;
		if (at && at + 2 < size)
			buf[at++] = ',';
		at += print(&entry, &shadow, buf + at, size - at);
	}
	return strong;
}
