/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux drivers do with a line that they have, on top of anonymous strong references.
 *
 * An anonymous reference has a consumer of its own, which carries the request's name and goes with
 * it. The depth that Linux-named disables share is what is left of a line's depth when all that
 * references have disabled is taken away; so it needs no storage.
 */
#include "internal.h"

#include <irqref/linux_api.h>

/* ------------------------------------------------- a number's line, locked */

/* The mapping of a number, locked, LIVE or REVOKED; NULL when there is none. */
static struct irqref_desc *line_lock(struct irqref_space *space, irqref_virq_t virq,
                                     unsigned long *flags)
{
	struct irqref_desc *desc = space ? desc_of(space, virq) : NULL;
	enum irqref_state state;

	if (!desc || !desc_pin(desc, flags))
		return NULL;
	state = desc_state(desc);
	if (state == IRQREF_LIVE || state == IRQREF_REVOKED)
		return desc;
	desc_unpin(desc, *flags);
	return NULL;
}

/* Under the lock: what no reference has disabled. */
static uint32_t anonymous_depth(struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t depth = cold_of(desc)->depth;
	uint32_t slot;

	for (slot = desc->refs; slot; slot = ref_at(space, slot)->next)
		depth -= ref_at(space, slot)->depth;
	return depth;
}

/* Whether somebody who counts holds the line, who relies on its type. */
static bool counted(struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t slot;

	for (slot = desc->refs; slot; slot = ref_at(space, slot)->next) {
		if (!(ref_at(space, slot)->flags & REF_ANONYMOUS))
			return true;
	}
	return false;
}

static int retype(struct irqref_space *space, struct irqref_desc *desc, unsigned int type)
{
	unsigned int now = irqref_desc_type(desc);

	if (desc_state(desc) == IRQREF_REVOKED)
		return IRQREF_ERR_REVOKED;
	if (type & (type - 1u) && type != IRQREF_TYPE_BOTH)
		return IRQREF_ERR_INVAL;
	if (type == now)
		return IRQREF_OK;
	if (now != IRQREF_TYPE_NONE && counted(space, desc))
		return IRQREF_ERR_BUSY;
	return irqref_line_set_type(desc, type);
}

/* -------------------------------------------------------- anonymous requests */

struct request {
	irqref_virq_t virq;
	irqref_handler_fn *handler;
	void *cookie;
	void *const *cookies;
	const char *name;
	unsigned int type;
	uint32_t flags;
	bool disabled;
};

static int anonymous_get(struct irqref_space *space, const struct request *request,
                         struct irqref_consumer *consumer, struct irqref_ref *ref)
{
	const char *name = request->name && *request->name ? request->name : "?";
	unsigned long flags, desc_flags;
	struct irqref_desc *desc;
	struct ref *at;
	int rc = irqref_consumer_add(space, name, consumer);

	if (rc)
		return rc;
	rc = irqref_get_virq(space, request->virq, *consumer, ref);
	if (rc) {
		(void)irqref_consumer_remove(space, *consumer, NULL, NULL);
		return rc;
	}
	at = irqref_ref_lock(space, *ref, &flags);
	desc = desc_of(space, request->virq);
	desc_flags = desc_lock(desc);
	at->flags |= REF_ANONYMOUS;
	desc_unlock(desc, desc_flags);
	spin_unlock(&consumer_at(space, consumer->slot)->lock, RANK_CONSUMER, flags);
	return IRQREF_OK;
}

/* Puts the line in order for a request; @before takes the type to go back to. */
static int prepare(struct irqref_space *space, const struct request *request, unsigned int *before)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, request->virq, &flags);
	struct cold *cold;
	bool idle;
	int rc = IRQREF_OK;

	if (!desc)
		return IRQREF_ERR_STALE;
	cold = cold_of(desc);
	idle = ld_rlx(&desc->flags) & F_IDLE;
	*before = irqref_desc_type(desc);
	if (desc_percpu(desc) != (request->cookies != NULL))
		rc = IRQREF_ERR_INVAL;
	else if (ld_rlx(&desc->flags) & F_CHAINED)
		rc = IRQREF_ERR_INVAL;
	else if (!idle && request->disabled)
		rc = IRQREF_ERR_BUSY;
	else if (!idle && request->type && *before && request->type != *before)
		rc = IRQREF_ERR_BUSY;
	else if (request->type)
		rc = retype(space, desc, request->type);
	if (!rc && idle)
		irqref_line_share_depth(desc, cold, -(int)anonymous_depth(space, desc));
	if (!rc && request->disabled && cold->depth == UINT16_MAX)
		rc = IRQREF_ERR_OVERFLOW;
	if (!rc && request->disabled)
		irqref_line_share_depth(desc, cold, 1);
	desc_unpin(desc, flags);
	return rc;
}

static void unprepare(struct irqref_space *space, const struct request *request,
                      unsigned int before)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, request->virq, &flags);

	if (!desc)
		return;
	if (request->disabled && anonymous_depth(space, desc))
		irqref_line_share_depth(desc, cold_of(desc), -1);
	if (request->type && ld_rlx(&desc->flags) & F_IDLE)
		(void)retype(space, desc, before);
	desc_unpin(desc, flags);
}

static bool is_request(const struct ref *ref, const void *cookie, bool chained)
{
	const void *own = ref->cookie;

	if (!(ref->flags & REF_ANONYMOUS) || !(ref->flags & REF_HANDLER))
		return false;
	if (chained)
		return ref->flags & REF_CHAINED;
	if (ref->flags & REF_PERCPU)
		own = (const void *)((const struct percpu *)own)->cookies;
	return !(ref->flags & REF_CHAINED) && own == cookie;
}

/* The reference of a request, and its consumer. */
static bool find_request(struct irqref_space *space, irqref_virq_t virq, const void *cookie,
                         bool chained, struct irqref_ref *ref, struct irqref_consumer *consumer)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, virq, &flags);
	uint32_t slot;

	if (!desc)
		return false;
	for (slot = desc->refs; slot; slot = ref_at(space, slot)->next) {
		struct ref *at = ref_at(space, slot);

		if (!is_request(at, cookie, chained))
			continue;
		*ref = (struct irqref_ref){slot, at->generation};
		*consumer = (struct irqref_consumer){at->consumer,
		                                     consumer_at(space, at->consumer)->generation};
		break;
	}
	desc_unpin(desc, flags);
	return slot != 0;
}

/* Of two that remove the same one, one finds it dead, and leaves the consumer to the other. */
static int drop_request(struct irqref_space *space, irqref_virq_t virq, const void *cookie,
                        bool chained)
{
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	int rc;

	if (!find_request(space, virq, cookie, chained, &ref, &consumer))
		return IRQREF_ERR_NOENT;
	rc = irqref_put_sync(space, ref);
	if (!rc)
		(void)irqref_consumer_remove(space, consumer, NULL, NULL);
	return rc;
}

/* A demultiplexer takes the place of the one that is there. */
static int install(struct irqref_space *space, const struct request *request)
{
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	unsigned int before;
	int rc = anonymous_get(space, request, &consumer, &ref);

	if (rc)
		return rc;
	if (request->flags & IRQREF_CHAINED)
		(void)drop_request(space, request->virq, NULL, true);
	rc = prepare(space, request, &before);
	if (rc)
		goto put;
	if (request->cookies)
		rc = irqref_request_percpu(space, ref, request->handler, request->cookies);
	else
		rc = irqref_request(space, ref, request->handler, request->cookie, request->flags);
	if (!rc)
		return rc;
	unprepare(space, request, before);
put:
	(void)irqref_put_sync(space, ref);
	(void)irqref_consumer_remove(space, consumer, NULL, NULL);
	return rc;
}

int irqref_linux_request_irq(struct irqref_space *space, irqref_virq_t virq,
                             irqref_handler_fn *handler, unsigned long flags, const char *name,
                             void *dev_id)
{
	struct request request = {
	        .virq = virq,
	        .handler = handler,
	        .cookie = dev_id,
	        .name = name,
	        .type = flags & IRQREF_LINUX_TRIGGER_MASK,
	        .flags = flags & IRQREF_LINUX_SHARED ? IRQREF_SHARED : 0,
	        .disabled = flags & IRQREF_LINUX_NO_AUTOEN,
	};

	if (!handler || (request.flags && (!dev_id || request.disabled)))
		return -IRQREF_LINUX_EINVAL;
	return irqref_linux_errno(install(space, &request));
}

int irqref_linux_request_percpu_irq(struct irqref_space *space, irqref_virq_t virq,
                                    irqref_handler_fn *handler, const char *name,
                                    void *const *cookies)
{
	struct request request = {
	        .virq = virq,
	        .handler = handler,
	        .cookies = cookies,
	        .name = name,
	};

	if (!handler || !cookies)
		return -IRQREF_LINUX_EINVAL;
	return irqref_linux_errno(install(space, &request));
}

bool irqref_linux_free_irq(struct irqref_space *space, irqref_virq_t virq, const void *dev_id)
{
	int rc = drop_request(space, virq, dev_id, false);

	irqref_linux_failed(space, rc);
	return rc == IRQREF_OK;
}

int irqref_linux_set_chained_handler(struct irqref_space *space, irqref_virq_t virq,
                                     irqref_handler_fn *handler, void *data)
{
	struct request request = {
	        .virq = virq,
	        .handler = handler,
	        .cookie = data,
	        .name = "chained",
	        .flags = IRQREF_CHAINED,
	};
	int rc = handler ? install(space, &request) : drop_request(space, virq, NULL, true);

	irqref_linux_failed(space, rc);
	return irqref_linux_errno(rc);
}

/* -------------------------------------------------------- disabling, enabling */

static int disable(struct irqref_space *space, irqref_virq_t virq)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, virq, &flags);
	int rc = IRQREF_OK;

	if (!desc)
		return IRQREF_ERR_STALE;
	if (desc_percpu(desc)) {
		rc = IRQREF_ERR_NOTSUP;
	} else if (cold_of(desc)->depth == UINT16_MAX) {
		rc = IRQREF_ERR_OVERFLOW;
	} else {
		irqref_line_share_depth(desc, cold_of(desc), 1);
		if (!(ld_rlx(&desc->flags) & F_GONE))
			irqref_line_settle(desc);
	}
	desc_unpin(desc, flags);
	return rc;
}

void irqref_linux_disable_irq(struct irqref_space *space, irqref_virq_t virq, bool sync)
{
	int rc = disable(space, virq);

	irqref_linux_failed(space, rc);
	if (!rc && sync)
		irqref_linux_synchronize_irq(space, virq);
}

void irqref_linux_enable_irq(struct irqref_space *space, irqref_virq_t virq)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, virq, &flags);
	bool resend = false;
	int rc = IRQREF_OK;

	if (!desc) {
		irqref_linux_failed(space, IRQREF_ERR_STALE);
		return;
	}
	if (!anonymous_depth(space, desc)) {
		rc = IRQREF_ERR_UNBALANCED;
	} else {
		irqref_line_share_depth(desc, cold_of(desc), -1);
		resend = irqref_line_enabled(desc);
	}
	desc_unpin(desc, flags);
	if (resend)
		irqref_attention(space, desc);
	irqref_linux_failed(space, rc);
}

/* The reference with the per-CPU handler; there is at most one. */
static bool percpu_request(struct irqref_space *space, irqref_virq_t virq, struct irqref_ref *ref)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, virq, &flags);
	uint32_t slot;

	if (!desc)
		return false;
	slot = desc->handlers;
	if (slot)
		*ref = (struct irqref_ref){slot, ref_at(space, slot)->generation};
	desc_unpin(desc, flags);
	return slot != 0;
}

void irqref_linux_percpu_irq_enable(struct irqref_space *space, irqref_virq_t virq, bool enable)
{
	struct irqref_ref ref;
	int rc = IRQREF_ERR_NOENT;

	if (percpu_request(space, virq, &ref))
		rc = enable ? irqref_percpu_enable(space, ref) : irqref_percpu_disable(space, ref);
	irqref_linux_failed(space, rc);
}

/* The line's count goes on when the number is used again, so this ends whatever happens to it. */
void irqref_linux_synchronize_irq(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc = space ? desc_of(space, virq) : NULL;

	if (!desc)
		return;
	if (can_wait(space))
		irqref_line_wait(space, desc);
	else
		irqref_linux_failed(space, IRQREF_ERR_ATOMIC);
}

/* --------------------------------------------------------- type and affinity */

int irqref_linux_set_irq_type(struct irqref_space *space, irqref_virq_t virq, unsigned int type)
{
	unsigned long flags;
	struct irqref_desc *desc = line_lock(space, virq, &flags);
	int rc;

	if (!desc)
		return -IRQREF_LINUX_EINVAL;
	rc = retype(space, desc, type & IRQREF_TYPE_MASK);
	desc_unpin(desc, flags);
	if (rc == IRQREF_ERR_BUSY)
		irqref_event(space, IRQREF_EVENT_TYPE_CONFLICT, NULL, rc);
	return irqref_linux_errno(rc);
}

unsigned int irqref_linux_get_trigger_type(struct irqref_space *space, irqref_virq_t virq)
{
	unsigned int type = IRQREF_TYPE_NONE;
	struct irqref_desc *desc;

	irqref_hot_read_lock();
	desc = irqref_resolve(space, virq);
	if (desc)
		type = irqref_desc_type(desc);
	irqref_hot_read_unlock();
	return type;
}

int irqref_linux_set_affinity(struct irqref_space *space, irqref_virq_t virq,
                              const struct irqref_cpumask *cpus)
{
	struct request request = {.virq = virq, .name = "affinity"};
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	int rc = anonymous_get(space, &request, &consumer, &ref);

	if (rc)
		return irqref_linux_errno(rc);
	rc = irqref_set_affinity(space, ref, cpus, NULL);
	(void)irqref_put(space, ref);
	(void)irqref_consumer_remove(space, consumer, NULL, NULL);
	return irqref_linux_errno(rc);
}

bool irqref_linux_has_action(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc;
	bool has = false;

	irqref_hot_read_lock();
	desc = irqref_resolve(space, virq);
	if (desc)
		has = !(ld_acq(&desc->flags) & F_IDLE);
	irqref_hot_read_unlock();
	return has;
}
