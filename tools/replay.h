/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref replay: runs scenarios on the real library. What its parts share.
 *
 * cmd_replay.c    the command
 * replay_run.c    a file's run: statements in order, failures, taking the space down
 * replay_stmt.c   the statements that do something
 * replay_expect.c those that expect something
 * replay_chip.c   the recording chip and the hardware behind it
 * replay_port.c   a port that counts memory and can fail an allocation
 * replay_board.c  domains and interrupts of a devicetree
 */
#ifndef IRQREF_TOOLS_REPLAY_H
#define IRQREF_TOOLS_REPLAY_H

#include <irqref/irqref.h>

#include "board.h"
#include "cells.h"
#include "common.h"
#include "scenario.h"

/**
 * struct replay_options - how to run
 * @quiet: print failures only
 * @ledger: print the ledger at the end of each file
 * @sandbox: touch no other file and start no program: no boards
 * @max_steps: stop without failure after so many statements; 0: no limit
 * @broken: set where the library contradicted itself, whatever was expected; or NULL
 * @out: for what happened
 * @err: for what failed
 */
struct replay_options {
	bool quiet;
	bool ledger;
	bool sandbox;
	uint64_t max_steps;
	bool *broken;
	FILE *out;
	FILE *err;
};

/** Parses and runs one file's text; returns one of enum tool_exit. */
int replay_text(const char *file, const char *text, size_t size, const struct replay_options *opt);

/** As a statement's result: the expectation in run->why was not met. */
#define REPLAY_UNMET 1

struct replay;
struct replay_domain;

/**
 * struct replay_line - what the hardware and its recorder know of one hwirq of one domain
 * @domain: whose
 * @hwirq: the number
 * @unmasked: what the chip was told last
 * @latched: an edge came while it was masked
 * @queued: on the run's queue of lines that the hardware raises again
 * @pending: raised, and not yet seen by the domain's demultiplexer
 * @maps: map callbacks that succeeded
 * @unmaps: unmap callbacks
 * @outer: the next outer level while mapped, or NULL
 * @inner: the next inner level while mapped, or NULL
 * @child: the domain that is chained to this line, or NULL
 * @next: of the same bucket
 */
struct replay_line {
	struct replay_domain *domain;
	irqref_hwirq_t hwirq;
	bool unmasked;
	bool latched;
	bool queued;
	bool pending;
	uint32_t maps;
	uint32_t unmaps;
	struct replay_line *outer;
	struct replay_line *inner;
	struct replay_domain *child;
	struct replay_line *next;
};

/**
 * struct replay_domain - a domain of the scenario, dead or alive
 * @run: the run
 * @name: its name
 * @domain: the library's
 * @removed: whether it was removed, and ...
 * @removal: ... as which of all
 * @refuses: whether the map callback refuses ...
 * @refuse: ... this hwirq
 * @translation: of a board's controller: how its cells are read
 * @buckets: of lines
 * @nr_buckets: a power of two
 * @nr_lines: how many lines
 * @nr_pending: lines that are pending
 * @upstream: the line that it is chained to, or NULL
 * @demultiplexed: the demultiplexer is installed there
 * @chain_ref: name of the reference that holds that line
 * @chain_holder: the consumer of that reference
 * @next: all domains, the newest first
 */
struct replay_domain {
	struct replay *run;
	char *name;
	struct irqref_domain *domain;
	bool removed;
	uint32_t removal;
	bool refuses;
	irqref_hwirq_t refuse;
	enum tool_cells translation;
	struct replay_line **buckets;
	uint32_t nr_buckets;
	uint32_t nr_lines;
	uint32_t nr_pending;
	struct replay_line *upstream;
	bool demultiplexed;
	uint32_t chain_ref;
	struct irqref_consumer chain_holder;
	struct replay_domain *next;
};

/** A reference of the scenario, or the anonymous one of a handler. */
struct replay_ref {
	struct replay *run;
	struct irqref_ref ref;
	uint64_t delivered;
	irqref_virq_t virq; /* of a handler: where it was installed */
};

/** One piece of memory that the library holds. */
struct replay_block {
	void *ptr;
	size_t size;
	uint32_t line;
	bool lasting;
};

/**
 * struct replay_port - the port under the library, and its accounts
 * @inner: the real one
 * @run: whose
 * @blocks: what is held, in no order
 * @nr_blocks: how many
 * @room: of @blocks
 * @bytes: their sum
 * @countdown: the allocation that is to fail; 0: none
 * @lasting: memory allocated now may stay: it belongs to the space, a domain or a consumer
 * @kicked: the library wants irqref_flush()
 * @wrong: what the library did wrong with memory, or NULL
 */
struct replay_port {
	struct irqref_port inner;
	struct replay *run;
	struct replay_block *blocks;
	size_t nr_blocks;
	size_t room;
	size_t bytes;
	uint64_t countdown;
	bool lasting;
	bool kicked;
	const char *wrong;
};

/** Reads the ledger once and compares it with the counters. */
struct replay_audit {
	uint32_t live;
	uint32_t strong;
	uint32_t handlers;
	uint32_t entries;
};

/**
 * struct replay - the run of one file
 */
struct replay {
	const struct scenario *scn;
	const struct replay_options *opt;
	struct irqref_space *space;
	struct replay_port port;
	const struct scenario_stmt *stmt;
	struct tool_text note; /* what the statement did */
	struct tool_text why;  /* what was found instead */
	bool changed;          /* the statement is worth a line */
	uint32_t events[IRQREF_EVENT_KINDS];
	uint64_t delivered; /* to all handlers */
	struct irqref_conflict conflict;

	/* By id of the name. */
	struct replay_ref *refs;
	struct replay_ref *handlers;
	struct irqref_consumer *consumers;
	irqref_virq_t *vars;
	struct replay_domain **by_name;
	uint64_t *left; /* of each repeat: rounds to go */

	struct replay_domain *domains;
	uint32_t removals;

	/* For "expect clean". */
	irqref_virq_t highest; /* number that was given out */
	uint32_t peak_mappings;
	uint32_t peak_references;

	/* The hardware. */
	struct replay_line *mapping; /* whose map callback runs */
	unsigned int forwarding;     /* a chip callback was called by an outer level's */
	uint64_t map_countdown;
	struct replay_line **queue;
	size_t nr_queue;
	size_t room_queue;
	struct replay_line **latched;
	size_t nr_latched;
	size_t room_latched;

	bool has_board;
	struct tool_board board;
	bool broken; /* the library contradicted itself */
};

/* replay_run.c */
int replay_run(const struct scenario *scn, const struct replay_options *opt);
struct irqref_domain *replay_handle(const struct replay_domain *d);
const char *replay_code(int code);

/* replay_stmt.c */
int replay_do(struct replay *run, const struct scenario_stmt *st);
void replay_unchain(struct replay *run, struct replay_domain *child);

/* replay_expect.c */
int replay_expect(struct replay *run, const struct scenario_stmt *st);
bool replay_ledger_is_true(struct replay *run, struct replay_audit *audit);

/* replay_linux.c: the Linux-named calls, with the library's own codes */
int replay_create(struct replay *run, struct irqref_domain *domain, irqref_hwirq_t hwirq,
                  unsigned int type, irqref_virq_t *out);
int replay_find(struct replay *run, struct irqref_domain *domain, irqref_hwirq_t hwirq,
                irqref_virq_t *out);
int replay_dispose(struct replay *run, irqref_virq_t virq);
int replay_handler(struct replay *run, struct replay_ref *handler, const char *name,
                   irqref_virq_t virq, bool shared);
int replay_unhandle(struct replay *run, struct replay_ref *handler, irqref_virq_t virq);
enum irqref_return replay_count(irqref_virq_t virq, void *cookie);

/* replay_chip.c */
int replay_domain_add(struct replay *run, struct irqref_domain_config *config,
                      struct replay_domain **out);
void replay_domain_forget(struct replay_domain *d);
void replay_domain_quiet(struct replay_domain *d);
bool replay_domain_is_balanced(struct replay *run, const struct replay_domain *d);
struct replay_line *replay_line_find(const struct replay_domain *d, irqref_hwirq_t hwirq);
struct replay_line *replay_line_get(struct replay_domain *d, irqref_hwirq_t hwirq);
void replay_fire(struct replay *run, struct replay_domain *d, irqref_hwirq_t hwirq, uint64_t times);
void replay_hardware(struct replay *run);
enum irqref_return replay_demultiplex(irqref_virq_t virq, void *cookie);

/* replay_port.c */
int replay_port_init(struct replay_port *port, struct replay *run, struct irqref_port *out);
void replay_port_fini(struct replay_port *port);

/* replay_board.c */
int replay_board_load(struct replay *run, const char *path);
int replay_board_spec(struct replay *run, const char *path, uint32_t index,
                      struct irqref_fwspec *out);
int replay_board_pci(struct replay *run, const char *bridge, uint64_t slot, unsigned int pin,
                     struct irqref_fwspec *out);
int replay_board_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                           irqref_hwirq_t *hwirq, unsigned int *type);

#endif /* IRQREF_TOOLS_REPLAY_H */
