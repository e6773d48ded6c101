/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same lock for who may have interrupts on: a map callback, say. An interrupt that came while
 * the lock is held would spin for ever in a chip callback that takes it. Interrupts are saved as the
 * port does it; so a driver that needs this is compiled with IRQREF_PORT_HEADER, like the core.
 */
#ifndef IRQREF_CHIPS_PRIV_LOCK_SAVE_H
#define IRQREF_CHIPS_PRIV_LOCK_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include IRQREF_PORT_HEADER

#include "../lock.h"

static inline unsigned long irqref_chip_lock_save(struct irqref_chip_lock *lock)
{
	unsigned long flags = irqref_hot_irq_save();

	irqref_chip_lock(lock);
	return flags;
}

static inline void irqref_chip_unlock_restore(struct irqref_chip_lock *lock, unsigned long flags)
{
	irqref_chip_unlock(lock);
	irqref_hot_irq_restore(flags);
}

#endif /* IRQREF_CHIPS_PRIV_LOCK_SAVE_H */
