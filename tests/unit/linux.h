/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of the Linux-named calls share: the space that those calls mean, and retries after an
 * injected failure.
 */
#ifndef IRQREF_TESTS_LINUX_H
#define IRQREF_TESTS_LINUX_H

#include <irqref/linux_api.h>

#define L(e) (-(long)IRQREF_LINUX_##e)

struct irqref_space *irqref_linux_space(void)
{
	return space;
}

static struct counter one, two;

static inline void linux_world(void)
{
	one = (struct counter){0};
	two = (struct counter){0};
	world();
	SURE(irqref_domain_set_default(space, pic.domain));
}

#define LINUX(call, want)                                                                          \
	do {                                                                                       \
		long got_;                                                                         \
		port_begin();                                                                      \
		got_ = (long)(call);                                                               \
		if (got_ != (long)(want) && port_injected(got_ < 0))                               \
			got_ = (long)(call);                                                       \
		assert_int_equal(got_, (long)(want));                                              \
	} while (0)

static inline unsigned int map(irqref_hwirq_t hwirq)
{
	unsigned int virq;

	YIELDS(virq = irq_create_mapping(NULL, hwirq));
	return virq;
}

#endif /* IRQREF_TESTS_LINUX_H */
