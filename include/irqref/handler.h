/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handlers, which live in references; and what a reference may do to its line.
 */
#ifndef IRQREF_HANDLER_H
#define IRQREF_HANDLER_H

#include <irqref/ref.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a handler found. */
enum irqref_return {
	/** Not my device's. */
	IRQREF_NONE = 0,
	IRQREF_HANDLED = 1,
};

/** A handler; runs in a read section, with interrupts as the root driver has them. */
typedef enum irqref_return irqref_handler_fn(irqref_virq_t virq, void *cookie);

/** Request flags. */
enum irqref_request_flags {
	/** Others who also say so may share the line. */
	IRQREF_SHARED = 1,
	/** A demultiplexer: alone on its line, never counted as unhandled. */
	IRQREF_CHAINED = 2,
	/** Install disabled: this reference's depth goes up by one. */
	IRQREF_NO_ENABLE = 4,
};

/**
 * irqref_request() - installs a handler in a reference
 * @space: the space
 * @ref: the reference; it has no handler yet
 * @handler: the function
 * @cookie: for @handler; must live until the handler is gone
 * @flags: of enum irqref_request_flags
 *
 * The first handler of a line programs the trigger type, activates every level and unmasks.
 *
 * Context: any. Calls chip callbacks.
 * Return: 0; INVAL; STALE; REVOKED; EXIST (this reference has a handler); BUSY (others are there
 * and one of the two will not share, or a demultiplexer is there); AGAIN (this reference's last
 * handler is just being waited for, or a level pushed or popped); TYPE (the chip refused the type);
 * REFUSED (activation); OVERFLOW; NOTSUP (a per-CPU line). On failure nothing is installed.
 * Grace period: none.
 */
int irqref_request(struct irqref_space *space, struct irqref_ref ref, irqref_handler_fn *handler,
                   void *cookie, uint32_t flags);

/**
 * irqref_free() - removes a reference's handler and waits until it does not run
 * @space: the space
 * @ref: the reference; it stays, without handler; its share of the disable depth goes
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE; NOENT (no handler installed).
 * Grace period: waits for one only for per-CPU interrupts.
 */
int irqref_free(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_disable() - keeps the line's handlers from running; nests, with any other disable
 * @space: the space
 * @ref: whose share of the depth goes up
 *
 * Does not wait for handlers that run; see irqref_disable_sync().
 *
 * Context: any.
 * Return: 0; INVAL; STALE; OVERFLOW; NOTSUP (a per-CPU interrupt).
 * Grace period: none.
 */
int irqref_disable(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_disable_sync() - the same, and waits until no handler of the line runs
 * @space: the space
 * @ref: whose share of the depth goes up
 *
 * Context: thread; may wait.
 * Return: as irqref_disable(); ATOMIC (nothing was done).
 * Grace period: none.
 */
int irqref_disable_sync(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_enable() - takes one disable of the same reference back
 * @space: the space
 * @ref: whose share of the depth goes down
 *
 * When the line's depth reaches 0, it is unmasked, and an edge that came meanwhile is sent again.
 *
 * Context: any.
 * Return: 0; INVAL; STALE; UNBALANCED (no disable of this reference is open).
 * Grace period: none.
 */
int irqref_enable(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_synchronize() - waits until every run of the line's handlers that has begun is over
 * @space: the space
 * @ref: a reference on the line
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE.
 * Grace period: waits for one only for per-CPU interrupts.
 */
int irqref_synchronize(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_set_type() - changes the line's trigger type
 * @space: the space
 * @ref: a reference on the line; it must be the only holder unless the type is the same or none
 *       is in force
 * @type: one of enum irqref_type, not NONE
 *
 * Context: any. Calls the chip if handlers are installed.
 * Return: 0; INVAL; STALE; REVOKED; BUSY (others hold the line with another type); TYPE (refused).
 * Grace period: none.
 */
int irqref_set_type(struct irqref_space *space, struct irqref_ref ref, unsigned int type);

/**
 * irqref_set_affinity() - routes the line to one CPU out of a set
 * @space: the space
 * @ref: recorded as the last who set it
 * @cpus: the set, not empty; read during the call only
 * @chosen: takes the CPU; may be NULL
 *
 * Context: any.
 * Return: 0; INVAL; STALE; REVOKED; NOTSUP (the chip cannot); REFUSED.
 * Grace period: none.
 */
int irqref_set_affinity(struct irqref_space *space, struct irqref_ref ref,
                        const struct irqref_cpumask *cpus, uint32_t *chosen);

/**
 * irqref_request_percpu() - installs a handler on a per-CPU line
 * @space: the space
 * @ref: a reference on a line with IRQREF_FLOW_PERCPU, without handler
 * @handler: the function
 * @cookies: one cookie for each CPU, as many as the space has; must live until the handler is gone
 *
 * Every CPU starts disabled.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE; REVOKED; EXIST; BUSY; AGAIN; NOTSUP (not a per-CPU line); NOMEM;
 * TYPE; REFUSED.
 * Grace period: none.
 */
int irqref_request_percpu(struct irqref_space *space, struct irqref_ref ref,
                          irqref_handler_fn *handler, void *const *cookies);

/**
 * irqref_percpu_enable() - lets the calling CPU take a per-CPU interrupt
 * @space: the space
 * @ref: the reference with the handler
 *
 * Context: any, without moving to another CPU. Calls the chip's unmask on this CPU.
 * Return: 0; INVAL; STALE; REVOKED; NOTSUP; NOENT (no handler); EXIST (enabled already).
 * Grace period: none.
 */
int irqref_percpu_enable(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_percpu_disable() - takes that back on the calling CPU
 * @space: the space
 * @ref: the reference with the handler
 *
 * Context: any, without moving to another CPU. Calls the chip's mask on this CPU.
 * Return: 0; INVAL; STALE; NOTSUP; NOENT (no handler); UNBALANCED (not enabled here).
 * Grace period: none.
 */
int irqref_percpu_disable(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_dispatch() - serves one interrupt that a controller raised
 * @domain: the controller's domain
 * @hwirq: the number it gave
 *
 * For root drivers and demultiplexers. The root driver completes the interrupt at its controller
 * whatever this returns.
 *
 * Context: any; handlers run on the caller's stack. Opens a read section.
 * Return: 0 (delivered, or kept as pending); NOENT (nothing live is mapped there); INVAL.
 * Grace period: none.
 */
int irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq);

/**
 * irqref_dispatch_virq() - the same by interrupt number
 * @space: the space
 * @virq: the number
 *
 * Context: as irqref_dispatch().
 * Return: as irqref_dispatch().
 * Grace period: none.
 */
int irqref_dispatch_virq(struct irqref_space *space, irqref_virq_t virq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_HANDLER_H */
