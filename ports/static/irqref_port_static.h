/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot half of the static port: one CPU, no threads, no allocator. Read sections are the handlers
 * themselves, which run to their end before the interrupted code goes on; so a count of the nesting
 * is all that is needed, and a grace period is over as soon as nobody is inside.
 *
 * A host whose thread code can be interrupted defines IRQREF_STATIC_IRQ_SAVE and
 * IRQREF_STATIC_IRQ_RESTORE before including this header. Without them interrupts are raised only
 * between calls of the library, or by calls in its handlers and callbacks: then the core makes no
 * atomic accesses.
 */
#ifndef IRQREF_PORT_STATIC_H
#define IRQREF_PORT_STATIC_H

#include <stdbool.h>
#include <stdint.h>

/* Read sections that are open now. Only one context runs at a time; each leaves it as it found it. */
extern uint32_t irqref_static_sections;

static inline void irqref_hot_read_lock(void)
{
	irqref_static_sections++;
	__atomic_signal_fence(__ATOMIC_ACQUIRE);
}

static inline void irqref_hot_read_unlock(void)
{
	__atomic_signal_fence(__ATOMIC_RELEASE);
	irqref_static_sections--;
}

static inline bool irqref_hot_in_section(void)
{
	return irqref_static_sections != 0;
}

static inline uint32_t irqref_hot_cpu(void)
{
	return 0;
}

static inline void irqref_hot_count(uint32_t *counter, uint32_t cpu)
{
	(void)cpu;
	*counter += 1;
}

#ifndef IRQREF_STATIC_IRQ_SAVE
#define IRQREF_PORT_ALONE
#endif

static inline unsigned long irqref_hot_irq_save(void)
{
#ifdef IRQREF_STATIC_IRQ_SAVE
	return IRQREF_STATIC_IRQ_SAVE();
#else
	return 0;
#endif
}

static inline void irqref_hot_irq_restore(unsigned long flags)
{
#ifdef IRQREF_STATIC_IRQ_RESTORE
	IRQREF_STATIC_IRQ_RESTORE(flags);
#else
	(void)flags;
#endif
}

static inline void irqref_hot_relax(unsigned int attempt)
{
	(void)attempt;
}

static inline uint32_t irqref_hot_self(void)
{
	return 1;
}

#ifdef IRQREF_DEBUG
extern uint32_t irqref_static_locks;

static inline uint32_t *irqref_hot_locks(void)
{
	return &irqref_static_locks;
}
#endif

#endif /* IRQREF_PORT_STATIC_H */
