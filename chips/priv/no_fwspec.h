/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The translate callback of domains of messages. Messages have no specifiers, and what a specifier would
 * give to the map callback is none of them.
 */
#ifndef IRQREF_CHIPS_PRIV_NO_FWSPEC_H
#define IRQREF_CHIPS_PRIV_NO_FWSPEC_H

#include <irqref/domain.h>
#include <irqref/error.h>

static inline int irqref_chip_no_fwspec(struct irqref_domain *domain,
                                        const struct irqref_fwspec *fwspec, irqref_hwirq_t *hwirq,
                                        unsigned int *type)
{
	(void)domain;
	(void)fwspec;
	(void)hwirq;
	(void)type;
	return IRQREF_ERR_NOTSUP;
}

#endif /* IRQREF_CHIPS_PRIV_NO_FWSPEC_H */
