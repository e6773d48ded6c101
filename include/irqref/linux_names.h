/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's own names for irqref/linux_api.h, which includes this. What each does is said there: the
 * function that it calls has its documentation.
 *
 * Arguments are Linux's but for these: a node is a number; struct irq_fwspec is struct
 * irqref_fwspec; a domain has irqref's callbacks; a handler's first argument is unsigned, and a
 * demultiplexer has the same form as a handler; a per-CPU cookie is an array with one entry for
 * each CPU.
 */
#ifndef IRQREF_LINUX_NAMES_H
#define IRQREF_LINUX_NAMES_H

#include <irqref/linux_api.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * irqref_linux_space() - the space that the Linux-named calls mean; the embedder defines it
 *
 * Context: any.
 * Return: the space.
 * Grace period: none.
 */
struct irqref_space *irqref_linux_space(void);

typedef enum irqref_return irqreturn_t;
typedef irqref_handler_fn *irq_handler_t;

#define IRQ_NONE    IRQREF_NONE
#define IRQ_HANDLED IRQREF_HANDLED

#define IRQ_TYPE_NONE         IRQREF_TYPE_NONE
#define IRQ_TYPE_EDGE_RISING  IRQREF_TYPE_RISING
#define IRQ_TYPE_EDGE_FALLING IRQREF_TYPE_FALLING
#define IRQ_TYPE_EDGE_BOTH    IRQREF_TYPE_BOTH
#define IRQ_TYPE_LEVEL_HIGH   IRQREF_TYPE_HIGH
#define IRQ_TYPE_LEVEL_LOW    IRQREF_TYPE_LOW
#define IRQ_TYPE_SENSE_MASK   IRQREF_TYPE_MASK

#define IRQF_TRIGGER_NONE    IRQREF_TYPE_NONE
#define IRQF_TRIGGER_RISING  IRQREF_TYPE_RISING
#define IRQF_TRIGGER_FALLING IRQREF_TYPE_FALLING
#define IRQF_TRIGGER_HIGH    IRQREF_TYPE_HIGH
#define IRQF_TRIGGER_LOW     IRQREF_TYPE_LOW
#define IRQF_TRIGGER_MASK    IRQREF_LINUX_TRIGGER_MASK
#define IRQF_SHARED          IRQREF_LINUX_SHARED
#define IRQF_NO_AUTOEN       IRQREF_LINUX_NO_AUTOEN

static inline struct irqref_domain *irq_domain_create_linear(uintptr_t node, unsigned int size,
                                                             const struct irqref_domain_ops *ops,
                                                             void *host_data)
{
	return irqref_linux_domain_create_linear(irqref_linux_space(), node, size, ops, host_data);
}

static inline struct irqref_domain *
irq_domain_create_tree(uintptr_t node, const struct irqref_domain_ops *ops, void *host_data)
{
	return irqref_linux_domain_create_tree(irqref_linux_space(), node, ops, host_data);
}

/* There are no flags: nothing here depends on them. */
static inline struct irqref_domain *
irq_domain_create_hierarchy(struct irqref_domain *parent, unsigned int flags, unsigned int size,
                            uintptr_t node, const struct irqref_domain_ops *ops, void *host_data)
{
	(void)flags;
	return irqref_linux_domain_create_hierarchy(irqref_linux_space(), parent, size, node, ops,
	                                            host_data);
}

static inline struct irqref_domain *irq_domain_create_simple(uintptr_t node, unsigned int size,
                                                             unsigned int first_irq,
                                                             const struct irqref_domain_ops *ops,
                                                             void *host_data)
{
	return irqref_linux_domain_create_legacy(irqref_linux_space(), node, size, first_irq, 0,
	                                         ops, host_data);
}

static inline struct irqref_domain *irq_domain_create_legacy(uintptr_t node, unsigned int size,
                                                             unsigned int first_irq,
                                                             irqref_hwirq_t first_hwirq,
                                                             const struct irqref_domain_ops *ops,
                                                             void *host_data)
{
	return irqref_linux_domain_create_legacy(irqref_linux_space(), node, size, first_irq,
	                                         first_hwirq, ops, host_data);
}

static inline void irq_domain_remove(struct irqref_domain *domain)
{
	irqref_linux_domain_remove(domain);
}

static inline int irq_domain_associate(struct irqref_domain *domain, unsigned int virq,
                                       irqref_hwirq_t hwirq)
{
	return irqref_linux_domain_associate(domain, virq, hwirq, 1);
}

/* As in Linux one that fails does not keep the others from being mapped. */
static inline void irq_domain_associate_many(struct irqref_domain *domain, unsigned int irq_base,
                                             irqref_hwirq_t hwirq_base, int count)
{
	int i;

	for (i = 0; i < count; i++)
		(void)irqref_linux_domain_associate(domain, irq_base + (unsigned int)i,
		                                    hwirq_base + (unsigned int)i, 1);
}

static inline void irq_set_default_domain(struct irqref_domain *domain)
{
	(void)irqref_domain_set_default(irqref_linux_space(), domain);
}

static inline void irq_set_default_host(struct irqref_domain *host)
{
	irq_set_default_domain(host);
}

static inline struct irqref_domain *irq_get_default_domain(void)
{
	return irqref_domain_default(irqref_linux_space());
}

static inline struct irqref_domain *irq_get_default_host(void)
{
	return irq_get_default_domain();
}

static inline struct irqref_domain *irq_find_matching_fwnode(uintptr_t node, uint32_t bus_token)
{
	return irqref_domain_by_node(irqref_linux_space(), node, bus_token);
}

static inline unsigned int irq_create_mapping(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return irqref_linux_create_mapping(irqref_linux_space(), domain, hwirq);
}

static inline unsigned int irq_create_fwspec_mapping(const struct irqref_fwspec *fwspec)
{
	return irqref_linux_create_fwspec_mapping(irqref_linux_space(), fwspec);
}

static inline unsigned int irq_create_of_mapping(uintptr_t node, const uint32_t *args, int count)
{
	return irqref_linux_create_of_mapping(irqref_linux_space(), node, args, (uint32_t)count);
}

static inline unsigned int irq_find_mapping(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return irqref_linux_find_mapping(irqref_linux_space(), domain, hwirq);
}

static inline void irq_dispose_mapping(unsigned int virq)
{
	irqref_linux_dispose_mapping(irqref_linux_space(), virq);
}

/* @numa_node has no meaning here. */
static inline int irq_domain_alloc_irqs(struct irqref_domain *domain, unsigned int nr_irqs,
                                        int numa_node, void *arg)
{
	(void)numa_node;
	return irqref_linux_domain_alloc_irqs(domain, nr_irqs, (const struct irqref_fwspec *)arg);
}

static inline void irq_domain_free_irqs(unsigned int virq, unsigned int nr_irqs)
{
	irqref_linux_domain_free_irqs(irqref_linux_space(), virq, nr_irqs);
}

static inline int irq_domain_push_irq(struct irqref_domain *domain, int virq, void *arg)
{
	return irqref_linux_domain_push_irq(domain, (irqref_virq_t)virq,
	                                    (const struct irqref_fwspec *)arg);
}

static inline int irq_domain_pop_irq(struct irqref_domain *domain, int virq)
{
	return irqref_linux_domain_pop_irq(domain, (irqref_virq_t)virq);
}

static inline int generic_handle_domain_irq(struct irqref_domain *domain, unsigned int hwirq)
{
	return irqref_linux_handle_domain_irq(domain, hwirq);
}

static inline int generic_handle_irq(unsigned int irq)
{
	return irqref_linux_handle_irq(irqref_linux_space(), irq);
}

static inline int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags,
                              const char *name, void *dev)
{
	return irqref_linux_request_irq(irqref_linux_space(), irq, handler, flags, name, dev);
}

static inline int request_percpu_irq(unsigned int irq, irq_handler_t handler, const char *devname,
                                     void *const *percpu_dev_id)
{
	return irqref_linux_request_percpu_irq(irqref_linux_space(), irq, handler, devname,
	                                       percpu_dev_id);
}

/* Linux returns the request's name, of which the ledger keeps a copy only: so @dev_id, or NULL. */
static inline const void *free_irq(unsigned int irq, void *dev_id)
{
	return irqref_linux_free_irq(irqref_linux_space(), irq, dev_id) ? dev_id : NULL;
}

static inline void free_percpu_irq(unsigned int irq, void *const *percpu_dev_id)
{
	(void)irqref_linux_free_irq(irqref_linux_space(), irq, (const void *)percpu_dev_id);
}

static inline void irq_set_chained_handler_and_data(unsigned int irq, irq_handler_t handler,
                                                    void *data)
{
	(void)irqref_linux_set_chained_handler(irqref_linux_space(), irq, handler, data);
}

static inline void irq_set_chained_handler(unsigned int irq, irq_handler_t handler)
{
	irq_set_chained_handler_and_data(irq, handler, NULL);
}

static inline void disable_irq(unsigned int irq)
{
	irqref_linux_disable_irq(irqref_linux_space(), irq, true);
}

static inline void disable_irq_nosync(unsigned int irq)
{
	irqref_linux_disable_irq(irqref_linux_space(), irq, false);
}

static inline void enable_irq(unsigned int irq)
{
	irqref_linux_enable_irq(irqref_linux_space(), irq);
}

/* The type of a per-CPU line is chosen when it is mapped; @type is not looked at. */
static inline void enable_percpu_irq(unsigned int irq, unsigned int type)
{
	(void)type;
	irqref_linux_percpu_irq_enable(irqref_linux_space(), irq, true);
}

static inline void disable_percpu_irq(unsigned int irq)
{
	irqref_linux_percpu_irq_enable(irqref_linux_space(), irq, false);
}

static inline void synchronize_irq(unsigned int irq)
{
	irqref_linux_synchronize_irq(irqref_linux_space(), irq);
}

static inline int irq_set_irq_type(unsigned int irq, unsigned int type)
{
	return irqref_linux_set_irq_type(irqref_linux_space(), irq, type);
}

static inline unsigned int irq_get_trigger_type(unsigned int irq)
{
	return irqref_linux_get_trigger_type(irqref_linux_space(), irq);
}

static inline int irq_set_affinity(unsigned int irq, const struct irqref_cpumask *cpumask)
{
	return irqref_linux_set_affinity(irqref_linux_space(), irq, cpumask);
}

static inline bool irq_has_action(unsigned int irq)
{
	return irqref_linux_has_action(irqref_linux_space(), irq);
}

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_LINUX_NAMES_H */
