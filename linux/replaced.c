// SPDX-License-Identifier: GPL-2.0-only
/*
 * What runs in place of the kernel's functions. Each calls the original, or lets the library decide
 * when to; each ends with hook_leave(). Where a caller cannot wait, which none of these functions
 * is meant for but the last ones, the original is all there is.
 */
#include "module.h"

#include <linux/msi.h>
#include <linux/of.h>
#include <linux/pci.h>
#include <linux/preempt.h>

static bool may_follow(void)
{
	return !in_atomic() && !irqs_disabled();
}

/* ----------------------------------------------------------------- creating */

static unsigned int original_mapping(struct creation *creation)
{
	return ORIGINAL(HOOK_CREATE_MAPPING, irq_create_mapping_affinity, creation->domain,
	                creation->hwirq, creation->affinity);
}

static unsigned int original_fwspec(struct creation *creation)
{
	return ORIGINAL(HOOK_CREATE_FWSPEC, irq_create_fwspec_mapping, creation->fwspec);
}

unsigned int replaced_create_mapping(struct irq_domain *domain, irq_hw_number_t hwirq,
                                     const struct irq_affinity_desc *affinity)
{
	struct creation creation = {
	        .domain = domain ? domain : irq_get_default_host(),
	        .hwirq = hwirq,
	        .original = original_mapping,
	        .affinity = affinity,
	};
	unsigned int virq;

	if (creation.domain && may_follow())
		virq = mirror_create(&creation);
	else
		virq = ORIGINAL(HOOK_CREATE_MAPPING, irq_create_mapping_affinity, domain, hwirq,
		                affinity);
	hook_leave();
	return virq;
}

/* What the specifier means, found as the kernel will find it; false if it will find nothing. */
static bool translate(struct irq_fwspec *fwspec, struct creation *creation)
{
	const struct irq_domain_ops *domain_ops;
	unsigned int type = IRQ_TYPE_NONE;
	struct irq_domain *domain;

	if (fwspec->fwnode) {
		domain = irq_find_matching_fwspec(fwspec, DOMAIN_BUS_WIRED);
		if (!domain)
			domain = irq_find_matching_fwspec(fwspec, DOMAIN_BUS_ANY);
	} else {
		domain = irq_get_default_host();
	}
	if (!domain)
		return false;
	creation->domain = domain;
	creation->hwirq = fwspec->param[0];
	domain_ops = domain->ops;
#ifdef CONFIG_IRQ_DOMAIN_HIERARCHY
	if (domain_ops->translate)
		return !domain_ops->translate(domain, fwspec, &creation->hwirq, &type);
#endif
	if (domain_ops->xlate)
		return !domain_ops->xlate(domain, to_of_node(fwspec->fwnode), fwspec->param,
		                          fwspec->param_count, &creation->hwirq, &type);
	return true;
}

unsigned int replaced_create_fwspec(struct irq_fwspec *fwspec)
{
	struct creation creation = {.original = original_fwspec, .fwspec = fwspec};
	unsigned int virq;

	if (may_follow() && translate(fwspec, &creation))
		virq = mirror_create(&creation);
	else
		virq = ORIGINAL(HOOK_CREATE_FWSPEC, irq_create_fwspec_mapping, fwspec);
	hook_leave();
	return virq;
}

int replaced_associate(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	int rc = ORIGINAL(HOOK_ASSOCIATE, irq_domain_associate, domain, virq, hwirq);

	if (!rc && may_follow())
		(void)mirror_adopt(virq, NULL);
	hook_leave();
	return rc;
}

int replaced_alloc_irqs(struct irq_domain *domain, int base, unsigned int count, int node,
                        void *arg, bool realloc, const struct irq_affinity_desc *affinity)
{
	int rc = ORIGINAL(HOOK_ALLOC_IRQS, __irq_domain_alloc_irqs, domain, base, count, node, arg,
	                  realloc, affinity);
	unsigned int i;

	if (rc > 0 && may_follow()) {
		for (i = 0; i < count; i++)
			(void)mirror_adopt((unsigned int)rc + i, NULL);
	}
	hook_leave();
	return rc;
}

/* ------------------------------------------------------------------- ending */

static bool is_mapped(unsigned int virq)
{
	struct creation creation;

	return !adopt_levels(virq, &creation);
}

/* Returns whether the library has ended the mapping, or has decided not to yet. */
static bool ended(unsigned int virq, int rc)
{
	/* Somebody else was just disposing of it, and has. */
	if (rc == IRQREF_ERR_STALE)
		event(EVENT_DOUBLE_DISPOSE, virq, NULL, "-");
	return !rc || rc == IRQREF_ERR_STALE;
}

/* While a mapping is watched only, a dispose ends it whoever uses it, as the kernel has it. */
static bool dispose(unsigned int virq)
{
	int rc;

	count(COUNT_DISPOSES);
	if (READ_ONCE(irqref_protect))
		rc = mirror_unfloat(virq, END_DISPOSE);
	else
		rc = mirror_end(virq, END_DISPOSE, EVENT_DISPOSE_IN_USE);
	return ended(virq, rc);
}

/*
 * What the ledger lacks, which is just being taken over or was made when there was no memory, it gets
 * first. So it is always the library that ends a mapping, and no ending escapes who is just taking it over.
 */
void replaced_dispose(unsigned int virq)
{
	bool done = false;

	if (virq && may_follow()) {
		if (mirror_known(virq))
			done = dispose(virq);
		else if (!is_mapped(virq))
			event(EVENT_DOUBLE_DISPOSE, virq, NULL, "-");
	}
	if (!done)
		ORIGINAL_VOID(HOOK_DISPOSE, irq_dispose_mapping, virq);
	hook_leave();
}

/*
 * Whoever calls this owns what it frees, message interrupts and blocks above all, and has a count of
 * its own where it shares it, as x86's IO-APIC for PCI: so it is gone, whoever holds it.
 */
void replaced_free_irqs(unsigned int virq, unsigned int nr)
{
	u32 number = may_follow() && nr == 1 ? mirror_known(virq) : 0;
	bool done = false;
	unsigned int i;

	if (number && !irq_get_msi_desc(virq)) {
		pci_let_go(number);
		count(COUNT_DISPOSES);
		done = ended(virq, mirror_end(virq, END_FREE_IRQS, EVENT_DISPOSE_IN_USE));
	} else if (may_follow()) {
		for (i = 0; i < nr; i++) {
			if (mirror_known(virq + i))
				(void)mirror_end(virq + i, END_NOTHING, EVENT_REVOKED);
		}
	}
	if (!done)
		ORIGINAL_VOID(HOOK_FREE_IRQS, irq_domain_free_irqs, virq, nr);
	hook_leave();
}

/*
 * By now whoever frees numbers has ended the mappings, or forgotten to. The library tells of those that
 * had users.
 */
static void left_mapped(unsigned int virq)
{
	u32 number = shadow_number(virq);
	struct shadow shadow;
	char left[256];

	if (!shadow_copy(number, &shadow))
		return;
	if (!holders_print(number, left, sizeof(left)))
		event(EVENT_LEAKED, virq, &shadow, left);
	(void)mirror_end(virq, END_NOTHING, EVENT_LEAKED);
}

void replaced_free_descs(unsigned int virq, unsigned int nr)
{
	unsigned int i;

	if (may_follow()) {
		for (i = 0; i < nr; i++)
			left_mapped(virq + i);
	}
	ORIGINAL_VOID(HOOK_FREE_DESCS, irq_free_descs, virq, nr);
	hook_leave();
}

void replaced_domain_remove(struct irq_domain *domain)
{
	struct mirror *mirror = may_follow() ? mirror_domain_begin(domain) : NULL;

	ORIGINAL_VOID(HOOK_DOMAIN_REMOVE, irq_domain_remove, domain);
	mirror_domain_end(mirror);
	hook_leave();
}

/* ----------------------------------------------------------------- handlers */

static void *cookie_or_plain(void *cookie)
{
	return cookie ? cookie : handler_plain;
}

/*
 * What is to be taken back if the kernel refuses. The reference comes first, so that nobody can end
 * the mapping in between; but where the line has a handler with this cookie, which holds it, only
 * after the kernel has agreed: the two could not be told apart.
 */
struct requested {
	unsigned int virq;
	const char *name;
	const void *code;
	void *cookie;
	bool late;
	u32 number;
};

static void request_begin(struct requested *requested)
{
	if (!may_follow())
		return;
	requested->late = handler_there(mirror_known(requested->virq), requested->cookie);
	if (!requested->late)
		requested->number = handler_add(requested->virq, requested->name, requested->code,
		                                requested->cookie);
}

static void request_end(const struct requested *requested, int rc)
{
	if (rc)
		(void)handler_drop(requested->number, requested->cookie);
	else if (requested->late)
		(void)handler_add(requested->virq, requested->name, requested->code,
		                  requested->cookie);
}

int replaced_request(unsigned int virq, irq_handler_t handler, irq_handler_t thread,
                     unsigned long flags, const char *name, void *dev)
{
	struct requested requested = {
	        .virq = virq,
	        .name = name,
	        .code = handler ? (const void *)handler : (const void *)thread,
	        .cookie = cookie_or_plain(dev),
	};
	int rc;

	request_begin(&requested);
	rc = ORIGINAL(HOOK_REQUEST, request_threaded_irq, virq, handler, thread, flags, name, dev);
	request_end(&requested, rc);
	hook_leave();
	return rc;
}

static void dropped(unsigned int virq, u32 number, const void *cookie, bool found)
{
	struct shadow shadow;

	if (handler_drop(number, cookie))
		return;
	if (handler_drop_revoked(virq, cookie, &shadow))
		event(EVENT_STALE_FREE, virq, &shadow, "-");
	else if (!found)
		event(EVENT_STALE_FREE, virq, NULL, "-");
}

/*
 * The reference goes last: it may have been what kept the mapping. Until then the kernel's number is not
 * another mapping's, unless the ledger lacks the handler; it may have taken both over meanwhile.
 */
const void *replaced_free(unsigned int virq, void *dev)
{
	u32 number = shadow_number(virq);
	const void *name = ORIGINAL(HOOK_FREE, free_irq, virq, dev);

	if (may_follow())
		dropped(virq, number ? number : shadow_number(virq), cookie_or_plain(dev),
		        name != NULL);
	hook_leave();
	return name;
}

int replaced_request_percpu(unsigned int virq, irq_handler_t handler, unsigned long flags,
                            const char *name, void __percpu *dev)
{
	struct requested requested = {
	        .virq = virq,
	        .name = name,
	        .code = (const void *)handler,
	        .cookie = cookie_or_plain((void __force *)dev),
	};
	int rc;

	request_begin(&requested);
	rc = ORIGINAL(HOOK_REQUEST_PERCPU, __request_percpu_irq, virq, handler, flags, name, dev);
	request_end(&requested, rc);
	hook_leave();
	return rc;
}

void replaced_free_percpu(unsigned int virq, void __percpu *dev)
{
	u32 number = shadow_number(virq);

	ORIGINAL_VOID(HOOK_FREE_PERCPU, free_percpu_irq, virq, dev);
	if (may_follow())
		dropped(virq, number ? number : shadow_number(virq),
		        cookie_or_plain((void __force *)dev), true);
	hook_leave();
}

/* Before the kernel has it, as with requests. One that takes the place of another keeps its reference. */
static void chained_begin(unsigned int virq, irq_flow_handler_t handler)
{
	if (!may_follow())
		count(COUNT_UNKNOWN);
	else if (handler && !handler_there(mirror_known(virq), handler_chained))
		(void)handler_add(virq, "chained", (const void *)handler, handler_chained);
}

static void chained_end(unsigned int virq, irq_flow_handler_t handler)
{
	if (may_follow() && !handler)
		dropped(virq, shadow_number(virq), handler_chained, true);
}

void replaced_set_chained(unsigned int virq, irq_flow_handler_t handler, void *data)
{
	chained_begin(virq, handler);
	ORIGINAL_VOID(HOOK_SET_CHAINED, irq_set_chained_handler_and_data, virq, handler, data);
	chained_end(virq, handler);
	hook_leave();
}

void replaced_set_handler(unsigned int virq, irq_flow_handler_t handler, int is_chained,
                          const char *name)
{
	if (is_chained)
		chained_begin(virq, handler);
	ORIGINAL_VOID(HOOK_SET_HANDLER, __irq_set_handler, virq, handler, is_chained, name);
	if (is_chained)
		chained_end(virq, handler);
	hook_leave();
}

/* --------------------------------------------------------------------- PCI */

void replaced_pci_assign(struct pci_dev *dev)
{
	struct pci_routing routing;

	pci_routing_begin(&routing, dev);
	ORIGINAL_VOID(HOOK_PCI_ASSIGN, pci_assign_irq, dev);
	pci_routing_end(&routing);
	pci_route(dev);
	hook_leave();
}
