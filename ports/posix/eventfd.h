/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts from eventfds: what a VMM's device models and VFIO use to raise a line. A loop waits
 * for any number of them and dispatches; it runs in a thread of its own, or in the caller's.
 */
#ifndef IRQREF_EVENTFD_H
#define IRQREF_EVENTFD_H

#include <irqref/domain.h>

#ifdef __cplusplus
extern "C" {
#endif

struct irqref_eventfd_loop;

/** What an eventfd's counter means. */
enum irqref_eventfd_mode {
	/**
	 * Every count is one edge: a counter of n, taken as a whole, dispatches n times. (A counter
	 * beyond 65,536 is served in parts, so that one source cannot keep a loop for itself.)
	 */
	IRQREF_EVENTFD_EDGE,
	/**
	 * The line is asserted while the counter is not 0. The loop never reads it: the device's
	 * handler does, as it would clear the cause in a register. The loop dispatches again for as
	 * long as the line stays asserted and unmasked.
	 */
	IRQREF_EVENTFD_LEVEL,
};

/**
 * struct irqref_eventfd - a source's handle
 * @slot: where
 * @generation: which one of those that were there; a removed source is refused for ever
 */
struct irqref_eventfd {
	uint32_t slot;
	uint32_t generation;
};

/**
 * irqref_eventfd_loop_create() - makes a loop without sources
 * @out: takes the loop; unchanged on failure
 *
 * Context: thread.
 * Return: 0; INVAL (null); NOMEM (memory or file descriptors).
 * Grace period: none.
 */
int irqref_eventfd_loop_create(struct irqref_eventfd_loop **out);

/**
 * irqref_eventfd_loop_destroy() - frees a loop
 * @loop: nobody else may use it any more
 *
 * Context: thread.
 * Return: 0; INVAL (null); BUSY (it has a source, or its thread runs).
 * Grace period: none.
 */
int irqref_eventfd_loop_destroy(struct irqref_eventfd_loop *loop);

/**
 * irqref_eventfd_loop_start() - serves the loop in a thread of its own
 * @loop: the loop
 *
 * Context: thread.
 * Return: 0; INVAL (null); EXIST (runs already); NOMEM (the system has no thread to give).
 * Grace period: none.
 */
int irqref_eventfd_loop_start(struct irqref_eventfd_loop *loop);

/**
 * irqref_eventfd_loop_stop() - stops that thread and waits for its end
 * @loop: the loop; may be started again
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (null); ATOMIC (in a handler, so also in that thread); NOENT (does not run).
 * Grace period: none.
 */
int irqref_eventfd_loop_stop(struct irqref_eventfd_loop *loop);

/**
 * irqref_eventfd_loop_fd() - a file descriptor that is readable when the loop has work
 * @loop: the loop
 *
 * To serve the loop from another event loop, with irqref_eventfd_loop_poll(loop, 0).
 *
 * Context: any.
 * Return: the descriptor, the loop's own; INVAL (null).
 * Grace period: none.
 */
int irqref_eventfd_loop_fd(const struct irqref_eventfd_loop *loop);

/**
 * irqref_eventfd_loop_poll() - waits for sources and serves those that are ready
 * @loop: the loop; several threads may poll it at once, a source is served by one of them
 * @timeout_ms: how long to wait at most; 0 does not wait, -1 waits without limit
 *
 * Context: thread; may wait. Handlers run on the caller's stack.
 * Return: how many sources were served, 0 after the time; INVAL; ATOMIC.
 * Grace period: none.
 */
int irqref_eventfd_loop_poll(struct irqref_eventfd_loop *loop, int timeout_ms);

/**
 * irqref_eventfd_add() - makes an eventfd raise a line
 * @loop: the loop that serves it
 * @fd: the eventfd, with EFD_NONBLOCK; stays the caller's, who closes it after the removal
 * @domain: the line's domain; remove the source before the domain
 * @hwirq: the line's number in @domain
 * @mode: what the counter means
 * @out: takes the source
 *
 * A source needs no mapping. While nothing is mapped there, edges are lost, as on a wire, and a
 * level source rests from the first dispatch on until irqref_eventfd_unmask().
 *
 * Context: thread.
 * Return: 0; INVAL (null, an unknown mode, not a descriptor, or one whose reads would wait);
 * EXIST (this loop has that descriptor already); NOMEM.
 * Grace period: none.
 */
int irqref_eventfd_add(struct irqref_eventfd_loop *loop, int fd, struct irqref_domain *domain,
                       irqref_hwirq_t hwirq, enum irqref_eventfd_mode mode,
                       struct irqref_eventfd *out);

/**
 * irqref_eventfd_remove() - removes a source and waits until no dispatch of it runs
 * @loop: the loop
 * @source: the source; dead afterwards
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (null); ATOMIC (in a handler: nothing was done); STALE (removed already).
 * Grace period: none.
 */
int irqref_eventfd_remove(struct irqref_eventfd_loop *loop, struct irqref_eventfd source);

/**
 * irqref_eventfd_mask() - keeps a source from being served
 * @loop: the loop
 * @source: the source
 *
 * What arrives meanwhile stays in the eventfd's counter. For the mask callback of a chip; without
 * one, a level line that is disabled while asserted is dispatched again and again in vain.
 *
 * Context: any. A dispatch that runs may go on.
 * Return: 0; INVAL (null); STALE.
 * Grace period: none.
 */
int irqref_eventfd_mask(struct irqref_eventfd_loop *loop, struct irqref_eventfd source);

/**
 * irqref_eventfd_unmask() - the opposite
 * @loop: the loop
 * @source: the source
 *
 * Context: any.
 * Return: 0; INVAL (null); STALE.
 * Grace period: none.
 */
int irqref_eventfd_unmask(struct irqref_eventfd_loop *loop, struct irqref_eventfd source);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_EVENTFD_H */
