/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cold half of the bare port: memory from an arena that the caller supplies, grace periods from the
 * CPUs' epochs, waiting by spinning.
 */
#ifndef IRQREF_BARE_H
#define IRQREF_BARE_H

#include <irqref/port.h>

#include "../static/arena.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_bare - an arena, and what the port tells the kernel; the caller's memory
 * @memory: the storage
 * @lock: of the storage
 * @nr_cpus: how many CPUs have read sections
 * @kicked: see irqref_bare_kicked()
 * @ticks: see irqref_bare_tick()
 */
struct irqref_bare {
	struct irqref_arena memory;
	uint32_t lock;
	uint32_t nr_cpus;
	uint32_t kicked;
	uint32_t ticks;
};

/**
 * irqref_bare_port() - makes a port that lives on an arena
 * @bare: bookkeeping; the caller's, must outlive the space
 * @mem: the storage; the caller's again once the space was removed
 * @size: its bytes, at least 1024
 * @nr_cpus: how many CPUs there are at most, 1 to IRQREF_BARE_CPUS; those with the numbers from 0 on
 * @out: takes the port. Members may be replaced before irqref_space_create(): @pause by a kernel
 *       that has something better to do than to spin, @kick and @event.
 *
 * Context: any.
 * Return: 0; INVAL.
 * Grace period: none.
 */
int irqref_bare_port(struct irqref_bare *bare, void *mem, size_t size, uint32_t nr_cpus,
                     struct irqref_port *out);

/**
 * irqref_bare_kicked() - whether the core has left work for irqref_flush() since the last call
 * @bare: the port's bookkeeping
 *
 * For the kernel's idle loop: if it is true, call irqref_flush().
 *
 * Context: any.
 * Return: true once for any number of kicks.
 * Grace period: none.
 */
bool irqref_bare_kicked(struct irqref_bare *bare);

/**
 * irqref_bare_tick() - sets the port's clock on by one, for the "since" of the ledger
 * @bare: the port's bookkeeping
 *
 * Context: any; one CPU, such as the one with the timer.
 * Grace period: none.
 */
void irqref_bare_tick(struct irqref_bare *bare);

/**
 * irqref_bare_atomic_enter() - from here on this CPU may not wait
 *
 * For the vector of interrupts, around all that it does, and for whatever else in the kernel may not
 * wait (a lock held that an interrupt takes): waiting calls of the library are refused with ATOMIC
 * until the matching exit. Nests. Handlers are covered without it.
 *
 * Context: any, without moving to another CPU until the exit.
 * Grace period: none.
 */
void irqref_bare_atomic_enter(void);

/**
 * irqref_bare_atomic_exit() - takes one irqref_bare_atomic_enter() back
 *
 * Context: the CPU that called irqref_bare_atomic_enter().
 * Grace period: none.
 */
void irqref_bare_atomic_exit(void);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_BARE_H */
