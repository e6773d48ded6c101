/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ledger: for every mapping who holds it, through which level, since when. The references are
 * the ledger; this header only reads them.
 */
#ifndef IRQREF_LEDGER_H
#define IRQREF_LEDGER_H

#include <irqref/space.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Room for a name in a ledger entry, terminator included; longer names lose their beginning. */
#define IRQREF_NAME_LEN 96u

/** Life of a mapping. */
enum irqref_state {
	/** The number is free. */
	IRQREF_DEAD,
	/** Being made. */
	IRQREF_RESERVED,
	IRQREF_LIVE,
	/** Being torn down. */
	IRQREF_DYING,
	/** The domain went away while references remained. */
	IRQREF_REVOKED,
};

/** What holds a mapping. */
enum irqref_holder {
	/** Nobody: the mapping is being made or torn down. */
	IRQREF_HOLDER_NONE,
	/** A consumer's strong reference. */
	IRQREF_HOLDER_CONSUMER,
	/** The floating reference of the Linux-named calls. */
	IRQREF_HOLDER_FLOATING,
	/** The anonymous strong reference of a Linux-named request. */
	IRQREF_HOLDER_ANONYMOUS,
};

/**
 * struct irqref_entry - one holder of one mapping
 * @virq: the interrupt number
 * @hwirq: its number in @domain
 * @state: life of the mapping
 * @type: trigger type in force
 * @strong: strong references of the mapping
 * @floating: whether it has the floating one
 * @kind: what this holder is
 * @level: through which level it holds: 0 is the outermost
 * @since: the port's tick when it got it
 * @depth: how often it has disabled the line
 * @handler: whether it has a handler installed
 * @chained: whether that is a demultiplexer
 * @affine: whether it was the last to set the affinity
 * @cookie: the handler's cookie, where @handler
 * @domain: name of the domain it was got through
 * @holder: the consumer's name, "floating", or the anonymous request's name
 */
struct irqref_entry {
	irqref_virq_t virq;
	irqref_hwirq_t hwirq;
	enum irqref_state state;
	unsigned int type;
	uint32_t strong;
	bool floating;
	enum irqref_holder kind;
	uint32_t level;
	uint32_t since;
	uint32_t depth;
	bool handler;
	bool chained;
	bool affine;
	void *cookie;
	char domain[IRQREF_NAME_LEN];
	char holder[IRQREF_NAME_LEN];
};

/** Told of one holder; @entry is valid during the call only. */
typedef void irqref_report_fn(void *ctx, const struct irqref_entry *entry);

/**
 * struct irqref_conflict - who is in the way
 * @virq: the interrupt in the way, 0 if none
 * @type: its trigger type
 * @holder: one of its holders; empty when there is none to name
 */
struct irqref_conflict {
	irqref_virq_t virq;
	unsigned int type;
	char holder[IRQREF_NAME_LEN];
};

/**
 * struct irqref_cursor - a place in the ledger
 *
 * Start with all members 0. It holds no read section and no reference between steps, so it delays
 * nobody; entries that come and go meanwhile may be seen or not.
 */
struct irqref_cursor {
	irqref_virq_t virq;
	uint32_t index;
	uint32_t slot;
	uint32_t generation;
};

/**
 * irqref_ledger_next() - the next holder
 * @space: the space
 * @cursor: the place; moves on
 * @out: takes a copy of the entry
 *
 * Mappings come in the order of their numbers, the floating reference first, then the strong ones
 * from the oldest on. A mapping that nobody holds (RESERVED, DYING) gives one entry of kind NONE.
 *
 * Context: any.
 * Return: 1 with @out filled; 0 at the end; INVAL.
 * Grace period: none held.
 */
int irqref_ledger_next(struct irqref_space *space, struct irqref_cursor *cursor,
                       struct irqref_entry *out);

/**
 * irqref_ledger_deliveries() - how often a line's handlers were run
 * @space: the space
 * @virq: the number
 * @out: takes the sum over all CPUs since the mapping was made, modulo 2^32
 *
 * Context: any.
 * Return: 0; INVAL; STALE (nothing is mapped there).
 * Grace period: none.
 */
int irqref_ledger_deliveries(struct irqref_space *space, irqref_virq_t virq, uint32_t *out);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_LEDGER_H */
