/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model check: random operations on the library and on a model of it that is too simple to be
 * wrong, compared after each of them.
 *
 *	model.c		options, sequences in child processes, shrinking
 *	gen.c		random operations
 *	world.c		the model: what happens
 *	expect.c	the model: what must come out
 *	lib.c		the library
 *	compare.c	both side by side
 *	scenario.c	a sequence as a scenario file
 *
 * An operation names what it works on by an index. One whose names were never made is skipped, so
 * that any part of a sequence is a sequence.
 */
#ifndef IRQREF_TESTS_MODEL_H
#define IRQREF_TESTS_MODEL_H

#include <stdio.h>

#include <irqref/irqref.h>

/* Operations of a sequence; also how many of each kind of thing there can be. */
#define OPS_MAX    128
#define KEYS       12
#define LEVELS_MAX 4

enum op_kind {
	OP_DOMAIN,
	OP_CONSUMER,
	OP_GET,
	OP_PUT,
	OP_CREATE,
	OP_FIND,
	OP_DISPOSE,
	OP_REQUEST,
	OP_FREE,
	OP_DISABLE,
	OP_ENABLE,
	OP_FIRE,
	OP_UNPLUG,
	OP_REMOVE,
	OP_CHAIN,
	OP_INJECT_ALLOC,
	OP_INJECT_MAP,
	OP_GET_VIRQ,
	OP_ONCE,
	OP_HANDLER,
	OP_UNHANDLE,
	OP_KINDS
};

/*
 * @name: what it makes or works on: a domain, consumer, reference or variable
 * @other: a second thing: parent, consumer, domain
 * @key: index of the hwirq in keys[]
 * @n: a number: size, times
 * @flag: shared, force, in a handler
 */
struct op {
	uint8_t kind;
	uint8_t key;
	uint8_t type;
	uint8_t flag;
	int16_t name;
	int16_t other;
	uint32_t n;
	uint8_t refuse;
	uint8_t flow;
};

struct sequence {
	struct op op[OPS_MAX];
	unsigned int length;
	uint32_t max_irqs;
	bool small;
};

#define KEY_NONE 255u
extern const irqref_hwirq_t keys[KEYS];

/* What a domain, consumer, reference, variable is to the model. @made: the name was used. */
struct m_domain {
	bool made;
	bool alive;
	int parent;
	uint32_t size;
	uint8_t refuse;
	int chain;
	bool raised[KEYS];
};

struct m_consumer {
	bool made;
	bool alive;
};

struct m_ref {
	bool made;
	bool alive;
	bool handler;
	bool shared;
	bool chained;
	bool once;      /* its handler puts it in its next run */
	bool anonymous; /* of a Linux-named request */
	int consumer;   /* or, for a chained one, the child domain */
	int mapping;
	int domain;
	int var; /* by which a Linux-named request was made */
	uint32_t depth;
	uint32_t delivered;
};

struct m_var {
	bool made;
	irqref_virq_t virq;
};

struct m_mapping {
	bool alive;
	bool revoked;
	bool floating;
	bool pending;
	int domain;
	uint8_t key;
	uint8_t type;
	irqref_virq_t virq;
};

struct world {
	struct m_domain domain[OPS_MAX];
	struct m_consumer consumer[OPS_MAX];
	struct m_ref ref[OPS_MAX];
	struct m_var var[OPS_MAX];
	struct m_mapping mapping[OPS_MAX];
	int mappings;
	uint32_t max_irqs;
	uint32_t gets;
	uint32_t puts;
	uint32_t events[IRQREF_EVENT_KINDS];
	/* The numbers that were freed, oldest first, and by which operation. */
	irqref_virq_t freed[4 * OPS_MAX];
	uint32_t freed_by[4 * OPS_MAX];
	uint32_t applied;
	bool recycled;
	uint32_t freed_length;
	bool plant; /* a wrong expectation, to see it found */
};

/* What one operation on the library gave. */
struct outcome {
	int code;
	irqref_virq_t virq;
	bool cut;
	bool alloc_failed;
	bool map_failed;
};

/* A set of result codes: bit -code. */
#define CODE(code) (1u << -(code))
#define CODE_OK    CODE(IRQREF_OK)

/* gen.c */
uint32_t rnd(uint64_t *state);
uint32_t rnd_below(uint64_t *state, uint32_t n);
void gen_begin(struct sequence *seq, uint64_t *state);
void gen_op(struct op *op, const struct world *w, uint64_t *state);

/* world.c */
void world_init(struct world *w, const struct sequence *seq);
void world_apply(struct world *w, const struct op *op, const struct outcome *got);
int world_find(const struct world *w, int domain, uint8_t key);
bool world_covers(const struct world *w, int mapping, int domain);
uint32_t world_strong(const struct world *w, int mapping);
uint32_t world_depth(const struct world *w, int mapping);
uint32_t world_handlers(const struct world *w, int mapping);
bool world_in_range(const struct world *w, int domain, uint8_t key);
bool world_is_level(unsigned int type);
bool world_unmasked(const struct world *w, int mapping);
int world_by_virq(const struct world *w, irqref_virq_t virq);

bool world_live(const struct world *w, irqref_virq_t virq);
bool world_ref_on(const struct world *w, int ref, int mapping);

/* expect.c */
bool world_can(const struct world *w, const struct op *op);
uint32_t world_expect(const struct world *w, const struct op *op);

/* lib.c */
void lib_begin(const struct sequence *seq);
void lib_do(const struct op *op, const struct world *w, struct outcome *out);
void lib_end(void);
bool lib_masked(int domain, uint8_t key);
bool lib_mapped(int domain, uint8_t key);
uint32_t lib_delivered(int ref);
struct irqref_space *lib_space(void);
struct irqref_domain *lib_domain(int domain);

/* compare.c */
bool compare(const struct world *w, char *why, size_t size);
void holder_name(const struct m_ref *ref, char *buf, size_t size);

/* scenario.c */
void scenario_head(FILE *f, const char *why);
void scenario_op(FILE *f, const struct world *w, const struct op *op, uint32_t codes);
void scenario_state(FILE *f, const struct world *w);

/* model.c */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif /* IRQREF_TESTS_MODEL_H */
