/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Per-CPU interrupts: one line, one handler, and each CPU with its own cookie and its own mask.
 * They carry no busy mark; waiting for them is a grace period.
 */
#include "internal.h"

static struct percpu *percpu_alloc(struct irqref_space *space, void *const *cookies)
{
	size_t size = sizeof(struct percpu) + space->nr_cpus * sizeof(uint32_t);
	struct percpu *percpu = space->port.alloc(space->port.ctx, size, sizeof(void *));

	if (!percpu)
		return NULL;
	percpu->grave.size = size;
	percpu->cookies = cookies;
	return percpu;
}

static int install(struct irqref_space *space, struct irqref_ref ref, irqref_handler_fn *handler,
                   struct percpu *percpu)
{
	unsigned long flags, desc_flags;
	struct ref *at = irqref_ref_lock(space, ref, &flags);
	struct irqref_desc *desc;
	int rc = IRQREF_OK;

	if (!at)
		return IRQREF_ERR_STALE;
	desc = desc_of(space, at->virq);
	desc_flags = desc_lock(desc);
	if (desc_state(desc) == IRQREF_REVOKED)
		rc = IRQREF_ERR_REVOKED;
	else if (!desc_percpu(desc))
		rc = IRQREF_ERR_NOTSUP;
	else if (at->flags & REF_HANDLER)
		rc = IRQREF_ERR_EXIST;
	else if (at->flags & REF_DRAINING)
		rc = IRQREF_ERR_AGAIN;
	if (!rc) {
		at->handler = handler;
		at->cookie = percpu;
		rc = irqref_handler_install(space, desc, at, ref.slot, REF_PERCPU);
	}
	desc_unlock(desc, desc_flags);
	spin_unlock(&consumer_at(space, at->consumer)->lock, RANK_CONSUMER, flags);
	return rc;
}

int irqref_request_percpu(struct irqref_space *space, struct irqref_ref ref,
                          irqref_handler_fn *handler, void *const *cookies)
{
	struct percpu *percpu;
	int rc;

	if (!space || !ref.slot || !handler || !cookies)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	percpu = percpu_alloc(space, cookies);
	if (!percpu)
		return IRQREF_ERR_NOMEM;
	rc = install(space, ref, handler, percpu);
	if (rc)
		space->port.free(space->port.ctx, percpu, percpu->grave.size);
	return rc;
}

/* Whether this CPU takes the interrupt is this CPU's to change, so the flag needs no lock. */
static int set_enabled(struct irqref_space *space, struct irqref_ref ref, bool enable)
{
	unsigned long flags, desc_flags;
	struct irqref_desc *desc;
	struct ref *at;
	int rc = IRQREF_OK;

	if (!space || !ref.slot)
		return IRQREF_ERR_INVAL;
	at = irqref_ref_lock(space, ref, &flags);
	if (!at)
		return IRQREF_ERR_STALE;
	desc = desc_of(space, at->virq);
	desc_flags = desc_lock(desc);
	if (!desc_percpu(desc)) {
		rc = IRQREF_ERR_NOTSUP;
	} else if (!(at->flags & REF_PERCPU)) {
		rc = IRQREF_ERR_NOENT;
	} else if (enable && desc_state(desc) == IRQREF_REVOKED) {
		rc = IRQREF_ERR_REVOKED;
	} else {
		struct percpu *percpu = at->cookie;
		uint32_t *mine = &percpu->enabled[irqref_hot_cpu()];

		if (ld_rlx(mine) == enable)
			rc = enable ? IRQREF_ERR_EXIST : IRQREF_ERR_UNBALANCED;
		st_rlx(mine, (uint32_t)enable);
		if (!rc && !(ld_rlx(&desc->flags) & F_GONE)) {
			if (enable)
				irqref_line_unmask(desc);
			else
				irqref_line_mask(desc);
		}
	}
	desc_unlock(desc, desc_flags);
	spin_unlock(&consumer_at(space, at->consumer)->lock, RANK_CONSUMER, flags);
	return rc;
}

int irqref_percpu_enable(struct irqref_space *space, struct irqref_ref ref)
{
	return set_enabled(space, ref, true);
}

int irqref_percpu_disable(struct irqref_space *space, struct irqref_ref ref)
{
	return set_enabled(space, ref, false);
}
