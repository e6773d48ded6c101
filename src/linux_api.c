/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of Linux drivers, on top of floating references and anonymous strong ones.
 *
 * An anonymous reference has a consumer of its own, which carries the request's name and goes with
 * it. The depth that Linux-named disables share is what is left of a line's depth when all that
 * references have disabled is taken away; so it needs no storage.
 */
#include "internal.h"

#include <irqref/linux_api.h>

int irqref_linux_errno(int err)
{
	switch (err) {
	case IRQREF_ERR_NOMEM:
		return -IRQREF_LINUX_ENOMEM;
	case IRQREF_ERR_NOSPC:
		return -IRQREF_LINUX_ENOSPC;
	case IRQREF_ERR_NOENT:
		return -IRQREF_LINUX_ENOENT;
	case IRQREF_ERR_BUSY:
		return -IRQREF_LINUX_EBUSY;
	case IRQREF_ERR_REVOKED:
		return -IRQREF_LINUX_ENODEV;
	case IRQREF_ERR_ATOMIC:
	case IRQREF_ERR_AGAIN:
		return -IRQREF_LINUX_EAGAIN;
	case IRQREF_ERR_DEADLK:
		return -IRQREF_LINUX_EDEADLK;
	case IRQREF_ERR_OVERFLOW:
		return -IRQREF_LINUX_EOVERFLOW;
	case IRQREF_ERR_REFUSED:
		return -IRQREF_LINUX_EIO;
	case IRQREF_ERR_EXIST:
		return -IRQREF_LINUX_EEXIST;
	default:
		return err < 0 ? -IRQREF_LINUX_EINVAL : err;
	}
}

/* What the caller is not told. */
static void failed(struct irqref_space *space, int err)
{
	if (space && err < 0)
		irqref_event(space, IRQREF_EVENT_LINUX_FAILED, NULL, err);
}

/* ------------------------------------------------------------------- domains */

#define NAME_PREFIX "domain-"

/* "domain-" and the node in hex. */
static void domain_name(uintptr_t node, char *name)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int shift = sizeof(node) * 8;
	const char *from;

	for (from = NAME_PREFIX; *from; from++)
		*name++ = *from;
	while (shift > 4 && !(node >> (shift - 4)))
		shift -= 4;
	for (; shift; shift -= 4)
		*name++ = digits[node >> (shift - 4) & 0xfu];
	*name = '\0';
}

struct irqref_domain *irqref_linux_domain_create_hierarchy(struct irqref_space *space,
                                                           struct irqref_domain *parent,
                                                           uint32_t size, uintptr_t node,
                                                           const struct irqref_domain_ops *ops,
                                                           void *data)
{
	char name[sizeof(NAME_PREFIX) + 2 * sizeof(node)];
	struct irqref_domain_config config = {
	        .name = name,
	        .node = node,
	        .parent = parent,
	        .ops = ops,
	        .data = data,
	        .size = size,
	};
	struct irqref_domain *domain = NULL;

	if (parent)
		space = parent->space;
	domain_name(node, name);
	failed(space, irqref_domain_add(space, &config, &domain));
	return domain;
}

struct irqref_domain *irqref_linux_domain_create_linear(struct irqref_space *space, uintptr_t node,
                                                        uint32_t size,
                                                        const struct irqref_domain_ops *ops,
                                                        void *data)
{
	if (!size) {
		failed(space, IRQREF_ERR_INVAL);
		return NULL;
	}
	return irqref_linux_domain_create_hierarchy(space, NULL, size, node, ops, data);
}

struct irqref_domain *irqref_linux_domain_create_tree(struct irqref_space *space, uintptr_t node,
                                                      const struct irqref_domain_ops *ops,
                                                      void *data)
{
	return irqref_linux_domain_create_hierarchy(space, NULL, 0, node, ops, data);
}

struct irqref_domain *irqref_linux_domain_create_legacy(struct irqref_space *space, uintptr_t node,
                                                        uint32_t size, irqref_virq_t first_virq,
                                                        irqref_hwirq_t first_hwirq,
                                                        const struct irqref_domain_ops *ops,
                                                        void *data)
{
	struct irqref_domain *domain;
	int rc;

	if (!size || first_hwirq > UINT32_MAX - size) {
		failed(space, IRQREF_ERR_INVAL);
		return NULL;
	}
	domain = irqref_linux_domain_create_linear(space, node, (uint32_t)first_hwirq + size, ops,
	                                           data);
	if (!domain || !first_virq)
		return domain;
	rc = irqref_domain_associate(domain, first_virq, first_hwirq, size);
	if (!rc)
		return domain;
	failed(space, rc);
	irqref_linux_domain_remove(domain);
	return NULL;
}

void irqref_linux_domain_remove(struct irqref_domain *domain)
{
	int rc = irqref_domain_remove(domain, IRQREF_REMOVE_LINUX, NULL, NULL);

	if (rc)
		failed(irqref_domain_space(domain), rc);
}

int irqref_linux_domain_associate(struct irqref_domain *domain, irqref_virq_t virq,
                                  irqref_hwirq_t hwirq, uint32_t count)
{
	int rc = irqref_domain_associate(domain, virq, hwirq, count);

	if (rc == IRQREF_ERR_EXIST || rc == IRQREF_ERR_BUSY)
		rc = IRQREF_ERR_INVAL;
	return irqref_linux_errno(rc);
}

/* ------------------------------------------------------------------ mappings */

static struct irqref_domain *or_default(struct irqref_space *space, struct irqref_domain *domain)
{
	return domain || !space ? domain : irqref_domain_default(space);
}

irqref_virq_t irqref_linux_create_mapping(struct irqref_space *space, struct irqref_domain *domain,
                                          irqref_hwirq_t hwirq)
{
	irqref_virq_t virq = 0;

	domain = or_default(space, domain);
	failed(space, irqref_floating_get(domain, hwirq, IRQREF_TYPE_NONE, NULL, &virq, NULL));
	return virq;
}

/* A specifier's meaning, as Linux has it: strange bits of the type are left out. */
static int translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                     irqref_hwirq_t *hwirq, unsigned int *type)
{
	struct irqref_fwspec plain;
	int rc;

	if (!domain)
		return IRQREF_ERR_NOENT;
	rc = irqref_domain_translate(domain, fwspec, hwirq, type);
	if (rc != IRQREF_ERR_INVAL || !fwspec || fwspec->ncells < 2 ||
	    fwspec->ncells > IRQREF_FWSPEC_CELLS)
		return rc;
	plain = *fwspec;
	plain.cells[plain.ncells - 1] &= IRQREF_TYPE_MASK;
	return irqref_domain_translate(domain, &plain, hwirq, type);
}

irqref_virq_t irqref_linux_create_fwspec_mapping(struct irqref_space *space,
                                                 const struct irqref_fwspec *fwspec)
{
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	irqref_virq_t virq = 0;
	unsigned int type;
	int rc;

	if (!space || !fwspec) {
		failed(space, IRQREF_ERR_INVAL);
		return 0;
	}
	domain = irqref_domain_by_node(space, fwspec->node, 0);
	rc = translate(domain, fwspec, &hwirq, &type);
	if (!rc)
		rc = irqref_floating_get(domain, hwirq, type, fwspec, &virq, NULL);
	failed(space, rc);
	return virq;
}

irqref_virq_t irqref_linux_create_of_mapping(struct irqref_space *space, uintptr_t node,
                                             const uint32_t *args, uint32_t count)
{
	struct irqref_fwspec fwspec = {.node = node, .ncells = count};
	uint32_t i;

	if (!args || count > IRQREF_FWSPEC_CELLS) {
		failed(space, IRQREF_ERR_INVAL);
		return 0;
	}
	for (i = 0; i < count; i++)
		fwspec.cells[i] = args[i];
	return irqref_linux_create_fwspec_mapping(space, &fwspec);
}

irqref_virq_t irqref_linux_find_mapping(struct irqref_space *space, struct irqref_domain *domain,
                                        irqref_hwirq_t hwirq)
{
	return irqref_find_virq(or_default(space, domain), hwirq);
}

void irqref_linux_dispose_mapping(struct irqref_space *space, irqref_virq_t virq)
{
	if (virq)
		failed(space, irqref_floating_put(space, virq));
}

/* ------------------------------------------------------------------- blocks */

/* Whether a number is neither used nor (unless @cut) resting. */
static bool number_free(const struct irqref_space *space, irqref_virq_t virq, bool cut)
{
	const struct irqref_desc *desc = desc_of(space, virq);
	uint32_t flags;

	if (!desc || !desc->virq)
		return true;
	flags = ld_acq(&desc->flags);
	return flags & F_SPARE || (cut && flags & F_QUEUED);
}

/* The first number of @count free ones in a row, or 0. Others may take some of them meanwhile. */
static irqref_virq_t look_for_row(const struct irqref_space *space, uint32_t count, bool cut)
{
	irqref_virq_t virq, first = 1;

	for (virq = 1; virq <= space->max_irqs; virq++) {
		if (!number_free(space, virq, cut))
			first = virq + 1;
		else if (virq - first + 1 == count)
			return first;
	}
	return 0;
}

static int make_one(struct irqref_domain *domain, irqref_virq_t virq, struct get *get)
{
	struct irqref_desc *desc;
	int rc = irqref_number_take_at(domain->space, virq, &desc);

	if (rc)
		return rc == IRQREF_ERR_BUSY ? IRQREF_RETRY : rc;
	rc = irqref_mapping_create(get, desc);
	return rc == IRQREF_RETRY ? IRQREF_ERR_EXIST : rc;
}

/* Returns RETRY when somebody took a number of the row. */
static int make_row(struct irqref_domain *domain, irqref_virq_t first, uint32_t count,
                    const struct get *like)
{
	uint32_t i;
	int rc;

	for (i = 0; i < count; i++) {
		struct get get = *like;

		get.hwirq += i;
		rc = make_one(domain, first + i, &get);
		if (rc)
			break;
	}
	if (i == count)
		return IRQREF_OK;
	while (i--)
		(void)irqref_floating_put(domain->space, first + i);
	return rc;
}

int irqref_linux_domain_alloc_irqs(struct irqref_domain *domain, uint32_t count,
                                   const struct irqref_fwspec *fwspec)
{
	struct get get = {.domain = domain, .floating = true, .arg = fwspec};
	struct irqref_space *space;
	irqref_virq_t first;
	int rc;

	if (!domain || !fwspec || !count || count > domain->space->max_irqs)
		return -IRQREF_LINUX_EINVAL;
	space = domain->space;
	if (!can_wait(space))
		return irqref_linux_errno(IRQREF_ERR_ATOMIC);
	rc = translate(domain, fwspec, &get.hwirq, &get.type);
	if (rc)
		return irqref_linux_errno(rc);
	do {
		first = look_for_row(space, count, false);
		if (!first)
			first = look_for_row(space, count, true);
		if (!first)
			return irqref_linux_errno(IRQREF_ERR_NOSPC);
		rc = make_row(domain, first, count, &get);
	} while (rc == IRQREF_RETRY);
	return rc ? irqref_linux_errno(rc) : (int)first;
}

void irqref_linux_domain_free_irqs(struct irqref_space *space, irqref_virq_t virq, uint32_t count)
{
	for (; count; count--)
		irqref_linux_dispose_mapping(space, virq++);
}

/* --------------------------------------------------------------- push and pop */

int irqref_linux_domain_push_irq(struct irqref_domain *domain, irqref_virq_t virq,
                                 const struct irqref_fwspec *fwspec)
{
	struct irqref_desc *desc;
	irqref_hwirq_t hwirq = 0;
	unsigned int type;
	int rc = IRQREF_OK;

	if (!domain)
		return -IRQREF_LINUX_EINVAL;
	irqref_hot_read_lock();
	desc = irqref_resolve(domain->space, virq);
	if (desc)
		hwirq = desc->level.hwirq;
	irqref_hot_read_unlock();
	if (fwspec)
		rc = translate(domain, fwspec, &hwirq, &type);
	if (!rc)
		rc = irqref_level_push(domain->space, virq, domain, hwirq, fwspec);
	return irqref_linux_errno(rc);
}

int irqref_linux_domain_pop_irq(struct irqref_domain *domain, irqref_virq_t virq)
{
	if (!domain)
		return -IRQREF_LINUX_EINVAL;
	return irqref_linux_errno(irqref_level_pop(domain->space, virq, domain));
}

/* ------------------------------------------------------------------ dispatch */

int irqref_linux_handle_domain_irq(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return irqref_dispatch(domain, hwirq) ? -IRQREF_LINUX_EINVAL : 0;
}

int irqref_linux_handle_irq(struct irqref_space *space, irqref_virq_t virq)
{
	return irqref_dispatch_virq(space, virq) ? -IRQREF_LINUX_EINVAL : 0;
}

/* ------------------------------------------------- a number's line, locked */

/* The mapping of a number, locked, LIVE or REVOKED; NULL when there is none. */
static struct irqref_desc *line_lock(struct irqref_space *space, irqref_virq_t virq,
                                     unsigned long *flags)
{
	struct irqref_desc *desc = space ? desc_of(space, virq) : NULL;
	enum irqref_state state;

	if (!desc)
		return NULL;
	*flags = desc_lock(desc);
	state = desc_state(desc);
	if (state == IRQREF_LIVE || state == IRQREF_REVOKED)
		return desc;
	desc_unlock(desc, *flags);
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
	desc_unlock(desc, flags);
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
	desc_unlock(desc, flags);
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
	desc_unlock(desc, flags);
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

	failed(space, rc);
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

	failed(space, rc);
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
	desc_unlock(desc, flags);
	return rc;
}

void irqref_linux_disable_irq(struct irqref_space *space, irqref_virq_t virq, bool sync)
{
	int rc = disable(space, virq);

	failed(space, rc);
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
		failed(space, IRQREF_ERR_STALE);
		return;
	}
	if (!anonymous_depth(space, desc)) {
		rc = IRQREF_ERR_UNBALANCED;
	} else {
		irqref_line_share_depth(desc, cold_of(desc), -1);
		resend = irqref_line_enabled(desc);
	}
	desc_unlock(desc, flags);
	if (resend)
		irqref_attention(space, desc);
	failed(space, rc);
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
	desc_unlock(desc, flags);
	return slot != 0;
}

void irqref_linux_percpu_irq_enable(struct irqref_space *space, irqref_virq_t virq, bool enable)
{
	struct irqref_ref ref;
	int rc = IRQREF_ERR_NOENT;

	if (percpu_request(space, virq, &ref))
		rc = enable ? irqref_percpu_enable(space, ref) : irqref_percpu_disable(space, ref);
	failed(space, rc);
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
		failed(space, IRQREF_ERR_ATOMIC);
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
	desc_unlock(desc, flags);
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
