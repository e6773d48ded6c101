/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux-named calls of a scenario. What Linux's names cannot return, a scenario wants to see:
 * so the native calls under them are used where there is one.
 */
#define IRQREF_LINUX_NO_NAMES
#include <irqref/linux_api.h>

#include "replay.h"

int replay_create(struct replay *run, struct irqref_domain *domain, irqref_hwirq_t hwirq,
                  unsigned int type, irqref_virq_t *out)
{
	return irqref_floating_get(domain, hwirq, type, NULL, out, &run->conflict);
}

int replay_find(struct replay *run, struct irqref_domain *domain, irqref_hwirq_t hwirq,
                irqref_virq_t *out)
{
	irqref_virq_t virq = irqref_linux_find_mapping(run->space, domain, hwirq);

	if (virq == 0)
		return IRQREF_ERR_NOENT;
	*out = virq;
	return 0;
}

int replay_dispose(struct replay *run, irqref_virq_t virq)
{
	return irqref_floating_put(run->space, virq);
}

enum irqref_return replay_count(irqref_virq_t virq, void *cookie)
{
	struct replay_ref *ref = cookie;

	(void)virq;
	ref->delivered++;
	ref->run->delivered++;
	return IRQREF_HANDLED;
}

/* What the ledger says of a number: whether a demultiplexer has it, and which reference a cookie's
 * handler is in. */
struct look {
	bool mapped;
	bool chained;
	struct irqref_ref ref;
};

static struct look look(struct replay *run, irqref_virq_t virq, const void *cookie)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct look seen = {0};

	while (irqref_ledger_next(run->space, &cursor, &entry) > 0) {
		if (entry.virq != virq)
			continue;
		seen.mapped = true;
		seen.chained = seen.chained || entry.chained;
		if (entry.handler && entry.cookie == cookie)
			seen.ref = (struct irqref_ref){cursor.slot, cursor.generation};
	}
	return seen;
}

/* The library's code behind an errno. Several codes have the same one; what is there tells. */
static int native_code(struct replay *run, int err, irqref_virq_t virq)
{
	struct look seen;

	for (int code = -1; code >= IRQREF_ERR_FORMAT; code--) {
		if (irqref_linux_errno(code) == err && err != -IRQREF_LINUX_EINVAL)
			return code;
	}
	seen = look(run, virq, NULL);
	if (seen.chained)
		return IRQREF_ERR_BUSY;
	return seen.mapped ? IRQREF_ERR_INVAL : IRQREF_ERR_STALE;
}

/* The name is in use: only said to fail, so it must not replace what is there. */
static int try_handler(struct replay *run, const char *name, irqref_virq_t virq, bool shared)
{
	struct replay_ref probe = {.run = run};
	int err = irqref_linux_request_irq(run->space, virq, replay_count,
	                                   shared ? IRQREF_LINUX_SHARED : 0, name, &probe);

	if (err)
		return native_code(run, err, virq);
	irqref_linux_free_irq(run->space, virq, &probe);
	return 0;
}

int replay_handler(struct replay *run, struct replay_ref *handler, const char *name,
                   irqref_virq_t virq, bool shared)
{
	struct replay_ref before = *handler;
	int err;

	if (handler->virq)
		return try_handler(run, name, virq, shared);
	*handler = (struct replay_ref){.run = run, .virq = virq};
	err = irqref_linux_request_irq(run->space, virq, replay_count,
	                               shared ? IRQREF_LINUX_SHARED : 0, name, handler);
	if (err) {
		*handler = before;
		return native_code(run, err, virq);
	}
	handler->ref = look(run, virq, handler).ref;
	return 0;
}

/* One that was removed before is asked for by its reference, which is dead. */
int replay_unhandle(struct replay *run, struct replay_ref *handler, irqref_virq_t virq)
{
	if (handler->virq == 0)
		return irqref_put_sync(run->space, handler->ref);
	if (!irqref_linux_free_irq(run->space, virq, handler))
		return look(run, virq, NULL).mapped ? IRQREF_ERR_NOENT : IRQREF_ERR_STALE;
	handler->virq = 0;
	return 0;
}
