/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A space is one machine's (or one guest's) interrupt numbers. Everything hangs off a space.
 */
#ifndef IRQREF_SPACE_H
#define IRQREF_SPACE_H

#include <irqref/port.h>

#ifdef __cplusplus
extern "C" {
#endif

struct irqref_domain;

/** Numbers that rest before they are used again, unless the configuration says otherwise. */
#define IRQREF_QUARANTINE_DEFAULT 1024u

/** Unhandled interrupts that make a line stuck, unless the configuration says otherwise. */
#define IRQREF_STUCK_DEFAULT 100000u

/** As @quarantine of struct irqref_space_config: numbers rest not at all. */
#define IRQREF_QUARANTINE_NONE UINT32_MAX

/**
 * struct irqref_space_config - what a space is made with
 * @port: the host's cold operations; copied
 * @max_irqs: highest interrupt number, 1 to 2^26; 0 means 2^20
 * @max_refs: most references at a time, 1 to 2^28; 0 means four times @max_irqs
 * @max_consumers: most consumers at a time; 0 means @max_irqs
 * @nr_cpus: for how many CPU numbers to keep counters, up to 32,767; 0 means as many as the port has,
 *           and it may not be less
 * @quarantine: how many freed numbers rest before the oldest is reused; 0 means the default,
 *              IRQREF_QUARANTINE_NONE none. It is cut to a quarter of @max_irqs.
 * @stuck_limit: unhandled interrupts, out of at most a thousandth more, after which a line counts
 *               as stuck; 0 means the default
 */
struct irqref_space_config {
	struct irqref_port port;
	uint32_t max_irqs;
	uint32_t max_refs;
	uint32_t max_consumers;
	uint32_t nr_cpus;
	uint32_t quarantine;
	uint32_t stuck_limit;
};

/**
 * struct irqref_stats - a space's counters, since its creation
 * @mappings: live mappings now
 * @references: strong references now
 * @handlers: handlers installed now
 * @resting: freed numbers that rest now
 * @gets: references given
 * @puts: references dropped
 * @refusals: gets that failed
 * @events: events by enum irqref_event_kind
 */
struct irqref_stats {
	uint32_t mappings;
	uint32_t references;
	uint32_t handlers;
	uint32_t resting;
	uint64_t gets;
	uint64_t puts;
	uint64_t refusals;
	uint32_t events[IRQREF_EVENT_KINDS];
};

/**
 * irqref_space_create() - makes an empty space
 * @config: what to make; copied, the caller keeps it
 * @out: takes the space; unchanged on failure
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (a null argument, a port without alloc, free, synchronize or pause, a number
 * out of range, fewer CPUs than the port has); NOMEM.
 * Grace period: none.
 */
int irqref_space_create(const struct irqref_space_config *config, struct irqref_space **out);

/**
 * irqref_space_remove() - takes an empty space down and gives all its memory back
 * @space: a space without domains and consumers; it must not be used afterwards
 *
 * Finishes deferred work first. Whoever still reads or dispatches in this space must have stopped.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (null); ATOMIC; BUSY (a domain, consumer or mapping is left; nothing is freed).
 * Grace period: waits for one.
 */
int irqref_space_remove(struct irqref_space *space);

/**
 * irqref_flush() - finishes what calls that could not wait have left
 * @space: the space
 *
 * Teardowns left by puts and disposes in handlers, deactivation of lines whose last handler left
 * in a handler, resends of edges on chips that cannot retrigger, and whatever waits for a grace
 * period. Call it from an idle loop or a worker, with no lock held.
 *
 * Context: thread; may wait. Calls chip and domain callbacks and, for resends, handlers.
 * Return: 0; INVAL (null); ATOMIC.
 * Grace period: waits for one if anything waits for one.
 */
int irqref_flush(struct irqref_space *space);

/**
 * irqref_space_stats() - reads the counters
 * @space: the space
 * @out: takes them
 *
 * Context: any. Exact when nobody changes anything meanwhile.
 * Return: 0; INVAL (null).
 * Grace period: none.
 */
int irqref_space_stats(struct irqref_space *space, struct irqref_stats *out);

/**
 * irqref_read_lock() - opens a read section
 *
 * What irqref_find() and irqref_resolve() return stays valid until the section closes. Sections
 * nest. A handler runs in one.
 *
 * Context: any. No waiting call of this library may be made inside.
 * Grace period: a grace period does not end before every section open at its start has closed.
 */
void irqref_read_lock(void);

/**
 * irqref_read_unlock() - closes a read section
 *
 * Context: any, by whoever opened it.
 * Grace period: see irqref_read_lock().
 */
void irqref_read_unlock(void);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_SPACE_H */
