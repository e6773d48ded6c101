/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Linux calls domains and mappings, on top of floating references: for controllers, and for
 * drivers that find their lines.
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
void irqref_linux_failed(struct irqref_space *space, int err)
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
	irqref_linux_failed(space, irqref_domain_add(space, &config, &domain));
	return domain;
}

struct irqref_domain *irqref_linux_domain_create_linear(struct irqref_space *space, uintptr_t node,
                                                        uint32_t size,
                                                        const struct irqref_domain_ops *ops,
                                                        void *data)
{
	if (!size) {
		irqref_linux_failed(space, IRQREF_ERR_INVAL);
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
		irqref_linux_failed(space, IRQREF_ERR_INVAL);
		return NULL;
	}
	domain = irqref_linux_domain_create_linear(space, node, (uint32_t)first_hwirq + size, ops,
	                                           data);
	if (!domain || !first_virq)
		return domain;
	rc = irqref_domain_associate(domain, first_virq, first_hwirq, size);
	if (!rc)
		return domain;
	irqref_linux_failed(space, rc);
	irqref_linux_domain_remove(domain);
	return NULL;
}

void irqref_linux_domain_remove(struct irqref_domain *domain)
{
	int rc = irqref_domain_remove(domain, IRQREF_REMOVE_LINUX, NULL, NULL);

	if (rc)
		irqref_linux_failed(irqref_domain_space(domain), rc);
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
	irqref_linux_failed(
	        space, irqref_floating_get(domain, hwirq, IRQREF_TYPE_NONE, NULL, &virq, NULL));
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
		irqref_linux_failed(space, IRQREF_ERR_INVAL);
		return 0;
	}
	domain = irqref_domain_by_node(space, fwspec->node, 0);
	rc = translate(domain, fwspec, &hwirq, &type);
	if (!rc)
		rc = irqref_floating_get(domain, hwirq, type, fwspec, &virq, NULL);
	irqref_linux_failed(space, rc);
	return virq;
}

irqref_virq_t irqref_linux_create_of_mapping(struct irqref_space *space, uintptr_t node,
                                             const uint32_t *args, uint32_t count)
{
	struct irqref_fwspec fwspec = {.node = node, .ncells = count};
	uint32_t i;

	if (!args || count > IRQREF_FWSPEC_CELLS) {
		irqref_linux_failed(space, IRQREF_ERR_INVAL);
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
		irqref_linux_failed(space, irqref_floating_put(space, virq));
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
