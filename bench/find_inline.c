/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lookups in the array once more, without the call: as a dispatch has them, and whoever compiles the
 * library's files with link-time optimisation.
 */
#include "../src/internal.h"

static inline struct irqref_desc *inline_find(const struct irqref_domain *domain,
                                              irqref_hwirq_t hwirq)
{
	if (unlikely(!domain))
		return NULL;
	if (likely(hwirq_low(domain, hwirq)))
		return find_low(domain, hwirq);
	return irqref_find(domain, hwirq);
}

#define irqref_find inline_find
#define FIND_INLINE
#include "find.c"
