/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the core needs from its host: the cold half, a struct of function pointers that a test can
 * substitute. The hot half (read sections, CPU number, interrupt save and restore) is the header
 * that IRQREF_PORT_HEADER names when the core is compiled; docs/porting.md lists its functions.
 *
 * The core calls none of these functions with a lock of its own held.
 */
#ifndef IRQREF_PORT_H
#define IRQREF_PORT_H

#include <irqref/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct irqref_space;

/** What happened; see struct irqref_event. */
enum irqref_event_kind {
	/** A Linux-named dispose found strong references. */
	IRQREF_EVENT_DISPOSE_IN_USE,
	/** A dead reference or number was used. */
	IRQREF_EVENT_STALE,
	/** A mapping was revoked while references remained. */
	IRQREF_EVENT_REVOKED,
	/** A consumer was removed that still held a reference. */
	IRQREF_EVENT_LEAKED,
	/** A trigger type was refused because another one is in force. */
	IRQREF_EVENT_TYPE_CONFLICT,
	/** A number was reused before its rest was over, because the table was full. */
	IRQREF_EVENT_QUARANTINE_CUT,
	/** Nobody handled a line's interrupts: it is masked until a handler is installed. */
	IRQREF_EVENT_STUCK,
	/** A Linux-named call failed in a way that it cannot return. */
	IRQREF_EVENT_LINUX_FAILED,
	IRQREF_EVENT_KINDS
};

/**
 * struct irqref_event - something worth recording
 * @kind: what happened
 * @virq: the interrupt, or 0 when none is known
 * @hwirq: the outermost level's number, where @virq is known
 * @domain: the outermost domain's name, where known, else NULL; valid during the call only
 * @error: the code that goes with it, or 0
 */
struct irqref_event {
	enum irqref_event_kind kind;
	irqref_virq_t virq;
	irqref_hwirq_t hwirq;
	const char *domain;
	int error;
};

/**
 * struct irqref_port - the cold operations of a host
 * @alloc: zeroed memory of @size bytes aligned to @align (a power of two, at most 64), or NULL.
 *         Called only where waiting is allowed.
 * @free: gives @size bytes at @ptr back. Called only where waiting is allowed.
 * @synchronize: returns when every read section that was open at the call has closed. Called only
 *               where waiting is allowed.
 * @pause: the caller polls for something that another context will do; @attempt counts up from 0,
 *         so that the port can spin, then yield, then sleep. Called only where waiting is allowed.
 * @may_wait: whether the calling context may wait, apart from the core's own read sections, which
 *            it knows. NULL: always. Any context.
 * @kick: work was left for irqref_flush(); arrange for somebody to call it. NULL: the host calls
 *        irqref_flush() by itself. Any context, must not call back.
 * @now: a coarse tick for the ledger's "since". NULL: always 0. Any context.
 * @event: told of every event. NULL: only counted. Any context, must not call back except
 *         into the ledger's reading calls.
 * @ctx: handed to every function
 * @nr_cpus: how many CPU numbers the hot header can return; a space takes it from here unless its
 *           configuration asks for more. 0 means 1.
 *
 * The struct is copied by irqref_space_create(); @ctx stays the caller's.
 */
struct irqref_port {
	void *(*alloc)(void *ctx, size_t size, size_t align);
	void (*free)(void *ctx, void *ptr, size_t size);
	void (*synchronize)(void *ctx);
	void (*pause)(void *ctx, unsigned int attempt);
	bool (*may_wait)(void *ctx);
	void (*kick)(void *ctx);
	uint32_t (*now)(void *ctx);
	void (*event)(void *ctx, const struct irqref_event *event);
	void *ctx;
	uint32_t nr_cpus;
};

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_PORT_H */
