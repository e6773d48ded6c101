/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the benchmark share. A row is one figure: work on irqref and, beside it, its
 * limit, the same work on the bare data structure. Both are measured in turns, so that what
 * disturbs one disturbs the other, and their ratio means something on a machine that is not quiet.
 */
#ifndef BENCH_H
#define BENCH_H

#include <irqref/irqref.h>

/* A row's own figure, or its limit's: nanoseconds (or what the unit says) that @n times took. */
typedef double bench_fn(void *ctx, unsigned long n);

/**
 * struct row - one figure
 * @name: of the row
 * @unit: "ns", "bytes" or "x" (a factor)
 * @limit_is: what the limit is, for people
 * @size: how large the board is, for @begin
 * @other: one more number for @begin
 * @batch: how often one measurement does it; 0 means often enough to be measured
 * @rounds: most rounds, for what comes out the same each time; 0 means as many as asked for
 * @needs: what a machine lacks where @begin returns NULL
 * @begin: makes what the others work on; NULL where this machine cannot
 * @run: irqref
 * @limit: the bare structure, or NULL
 * @end: takes down what @begin made
 */
struct row {
	const char *name;
	const char *unit;
	const char *limit_is;
	unsigned long size;
	unsigned long other;
	unsigned long batch;
	unsigned int rounds;
	const char *needs;
	void *(*begin)(const struct row *row);
	bench_fn *run;
	bench_fn *limit;
	void (*end)(void *ctx);
};

/* Each ends with a row without a name. */
extern const struct row find_rows[];
extern const struct row find_inline_rows[];
extern const struct row dispatch_rows[];
extern const struct row mapping_rows[];
extern const struct row bytes_rows[];
#ifndef BENCH_STATIC
extern const struct row thread_rows[];
extern const struct row latency_rows[];
extern const struct row peer_rows[];
#endif

/* ------------------------------------------------------------- measure.c */

struct result {
	double median;
	double min;
	double max;
	double limit; /* its median; negative: none */
	double ratio; /* the median of each round's own */
};

/* How often a row is measured, and for how long at least. */
struct effort {
	unsigned int rounds;
	double least; /* nanoseconds */
};

void measure(const struct row *row, void *ctx, const struct effort *effort, struct result *out);

/* CPU time of this thread: what others do on a busy machine is not counted. */
double cpu_ns(void);
/* Time on the wall, for what waits for others. */
double wall_ns(void);

/* ---------------------------------------------------------------- cpus.c */

/* How many CPUs this process may use. */
unsigned int cpus_usable(void);
/* Pins the calling thread to one of them, counted from 0. */
void cpu_pin(unsigned int index);

/* -------------------------------------------------------------- report.c */

enum report_form {
	REPORT_TABLE,
	REPORT_JSON,
};

void report_begin(enum report_form form);
/* @result is NULL where the row cannot be measured here. */
void report_row(enum report_form form, const struct row *row, const struct result *result);
void report_end(enum report_form form);

/* ----------------------------------------------------------------- die.c */

/* Ends the program: a benchmark whose calls fail measures nothing. */
_Noreturn void die(const char *what, int rc);
void must(int rc, const char *what);
void *must_alloc(size_t size);

/* --------------------------------------------------------------- board.c */

#define NO_LIMIT_OF_HWIRQS ((irqref_hwirq_t)1 << 32)

/*
 * A space with one consumer and one domain, and its mappings.
 * @hwirqs: of the mappings, in an order of no pattern
 * @refs: the consumer's reference on each
 */
struct board {
	struct irqref_space *space;
	struct irqref_domain *domain;
	struct irqref_consumer consumer;
	unsigned long count;
	irqref_hwirq_t *hwirqs;
	struct irqref_ref *refs;
};

enum keys {
	KEYS_DENSE,    /* 0 to count - 1 */
	KEYS_RANDOM32, /* random numbers of 32 bits, none twice */
};

/**
 * struct board_config - what board_begin() makes
 * @count: how many mappings
 * @spare: for how many more there is room, beside those that rest
 * @keys: which hwirqs
 * @table: looked up in the hash table, not in the array
 * @parents: this many domains below the first one
 * @flow: how interrupts are treated
 * @type: the trigger type
 * @handlers: install this many on each line
 */
struct board_config {
	unsigned long count;
	unsigned long spare;
	enum keys keys;
	bool table;
	unsigned int parents;
	enum irqref_flow flow;
	unsigned int type;
	unsigned int handlers;
};

struct board *board_begin(const struct board_config *config);
void board_end(void *board);
/* The space's port; ports differ in it. */
void board_port(struct irqref_port *port, size_t bytes);
/* A handler that does nothing but count; the cookie is an unsigned long. */
enum irqref_return board_handler(irqref_virq_t virq, void *cookie);

/* -------------------------------------------------------------- random.c */

/* A short sequence of numbers that no prefetcher follows. */
static inline uint32_t random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

void shuffle(irqref_hwirq_t *numbers, unsigned long count);
/* @count numbers of 32 bits, from @least on, none twice. */
void random_keys(irqref_hwirq_t *numbers, unsigned long count, uint32_t least);

/* ---------------------------------------------------------------- bare.c */

/* What a handler's line is without irqref: a word that says who serves it, and whom to call. */
struct bare_line {
	uint32_t word;
	uint32_t count;
	irqref_handler_fn *handler;
	void *cookie;
};

enum irqref_return bare_handler(irqref_virq_t virq, void *cookie);

/* Takes a lock bit, by one uncontended atomic operation, and gives it back by a store. */
static inline void bare_lock(uint32_t *word)
{
	uint32_t free = 0;

	while (!__atomic_compare_exchange_n(word, &free, 1u, false, __ATOMIC_ACQUIRE,
	                                    __ATOMIC_RELAXED))
		free = 0;
}

static inline void bare_unlock(uint32_t *word)
{
	__atomic_store_n(word, 0u, __ATOMIC_RELEASE);
}

/* Keeps a value, and what it took to get it, from being optimised away. */
static inline void keep(uintptr_t value)
{
	__asm__ volatile("" : : "r"(value) : "memory");
}

#endif /* BENCH_H */
