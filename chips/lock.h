/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock around registers that several lines share. Its holders have interrupts off, as every chip
 * callback has, and keep it for a few register accesses; it is innermost: nothing else is taken or
 * called under it.
 */
#ifndef IRQREF_CHIPS_LOCK_H
#define IRQREF_CHIPS_LOCK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct irqref_chip_lock - zeroed before the first use */
struct irqref_chip_lock {
	uint32_t taken;
};

/**
 * irqref_chip_lock() - takes a lock
 * @lock: the lock
 *
 * Context: interrupts off on this CPU; spins.
 * Grace period: none.
 */
static inline void irqref_chip_lock(struct irqref_chip_lock *lock)
{
	while (__atomic_exchange_n(&lock->taken, 1u, __ATOMIC_ACQUIRE)) {
		while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
			;
	}
}

/**
 * irqref_chip_unlock() - gives it back
 * @lock: the lock
 *
 * Context: the holder.
 * Grace period: none.
 */
static inline void irqref_chip_unlock(struct irqref_chip_lock *lock)
{
	__atomic_store_n(&lock->taken, 0u, __ATOMIC_RELEASE);
}

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_LOCK_H */
