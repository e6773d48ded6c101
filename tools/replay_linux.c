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
	return IRQREF_HANDLED;
}

/* The library's code behind an errno, as far as it can be told. */
static int native_code(struct replay *run, int err, irqref_virq_t virq)
{
	bool mapped;

	switch (-err) {
	case IRQREF_LINUX_EBUSY:
		return IRQREF_ERR_BUSY;
	case IRQREF_LINUX_ENOMEM:
		return IRQREF_ERR_NOMEM;
	case IRQREF_LINUX_ENOSPC:
		return IRQREF_ERR_NOSPC;
	case IRQREF_LINUX_ENODEV:
		return IRQREF_ERR_REVOKED;
	case IRQREF_LINUX_EAGAIN:
		return IRQREF_ERR_AGAIN;
	case IRQREF_LINUX_EOVERFLOW:
		return IRQREF_ERR_OVERFLOW;
	case IRQREF_LINUX_EIO:
		return IRQREF_ERR_REFUSED;
	default:
		break;
	}
	irqref_read_lock();
	mapped = irqref_resolve(run->space, virq) != NULL;
	irqref_read_unlock();
	return mapped ? IRQREF_ERR_INVAL : IRQREF_ERR_STALE;
}

int replay_handler(struct replay *run, struct replay_ref *handler, const char *name,
                   irqref_virq_t virq, bool shared)
{
	uint64_t before = handler->delivered;
	int err;

	handler->delivered = 0;
	err = irqref_linux_request_irq(run->space, virq, replay_count,
	                               shared ? IRQREF_LINUX_SHARED : 0, name, handler);
	if (err) {
		handler->delivered = before;
		return native_code(run, err, virq);
	}
	handler->virq = virq;
	return 0;
}

int replay_unhandle(struct replay *run, struct replay_ref *handler, irqref_virq_t virq)
{
	bool mapped;

	if (irqref_linux_free_irq(run->space, virq, handler))
		return 0;
	irqref_read_lock();
	mapped = irqref_resolve(run->space, virq) != NULL;
	irqref_read_unlock();
	return mapped ? IRQREF_ERR_NOENT : IRQREF_ERR_STALE;
}
