/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Torture: threads that raise interrupts against threads that map, request, free, put, dispose,
 * unplug, and remove domains, on every kind of domain at once.
 *
 *	torture.c	rounds: set-up, run, stop, check, take down
 *	board.c		the domains, their chip, the hardware that raises
 *	hook.c		the handlers
 *	writer.c	the writers' operations
 *	check.c		what must hold when all is quiet
 *
 * What the threads share with the library under test is ordered by nothing but the library, so that
 * ThreadSanitizer sees where the library orders too little: test data is either plain, or atomic
 * and relaxed.
 */
#ifndef IRQREF_TESTS_TORTURE_H
#define IRQREF_TESTS_TORTURE_H

#include <pthread.h>

#include <irqref/irqref.h>

#include "posix.h"

#define WRITERS   3
#define RAISERS   2
#define EDGERS    2
#define VOLATILES 2
#define KEYS      16
#define HELD      24
#define KEEPERS   4

/* The first lines of the sparse domain are the keepers': they are watched for lost edges. */

#define ld(p)     __atomic_load_n(p, __ATOMIC_RELAXED)
#define st(p, v)  __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define add(p, v) __atomic_fetch_add(p, v, __ATOMIC_RELAXED)

/* The domains of a round. Those of one hierarchy share their lines. */
enum board_domain {
	D_LINEAR,
	D_SPARSE,
	D_ROOT,
	D_MIDDLE,
	D_TOP,
	D_CASCADE,
	D_CHILD,
	D_VECTORS,
	D_MSI,
	D_FIXED,
	D_VOLATILE = D_FIXED,
	DOMAINS = D_FIXED + VOLATILES
};

/*
 * One wire of a controller.
 * @running: a handler of it runs
 * @raised: by the hardware
 * @seen: what @raised was when the keeper's handler ran last
 * @runs: plain: handlers of one line are ordered
 * @mapped, @unmasked: what the chip was told, for each level
 */
struct line {
	uint32_t running;
	uint32_t raised;
	uint32_t seen;
	uint64_t runs;
};

struct wire {
	uint32_t mapped;
	uint32_t unmasked;
};

/*
 * One domain while it lives.
 * @gone: it was removed; no callback or handler may come any more
 */
struct instance {
	enum board_domain id;
	struct irqref_domain *domain;
	uint32_t gone;
	uint32_t raised; /* of the child: lines that its demultiplexer has to serve */
	struct wire wire[KEYS];
	struct line *line;
	struct line own[KEYS];
	struct instance *next;
};

/* A domain's place on the board: empty at times, for the volatile ones. */
struct place {
	struct instance *instance;
	uint32_t users;
};

enum hook_kind {
	HOOK_PLAIN,
	HOOK_ONCE, /* puts its own reference at its first run */
	HOOK_KEEPER,
	HOOK_CHAIN,
};

/*
 * A handler's cookie.
 * @dead: a waiting removal of the handler has returned
 * @put: a HOOK_ONCE has put itself
 */
struct hook {
	enum hook_kind kind;
	uint32_t dead;
	uint32_t put;
	uint32_t ready;
	struct instance *instance;
	struct line *line;
	struct irqref_ref ref;
	struct irqref_consumer consumer;
	enum board_domain domain;
	uint8_t key;
	uint64_t random;
	uint64_t magic;
	struct hook *next;
};

/* A reference that a writer has. */
struct held {
	bool used;
	struct irqref_ref ref;
	enum board_domain domain;
	uint8_t key;
	uint32_t consumer;
	uint32_t depth;
	bool shared;
	struct hook *hook;
};

struct thread {
	pthread_t id;
	unsigned int index;
	char name[16];
	uint64_t random;
	uint32_t done;
	const char *doing;
	/* writers only */
	struct irqref_consumer consumer[2];
	struct held held[HELD];
	struct hook *limbo;
	uint64_t ops;
};

struct torture {
	uint64_t seed;
	unsigned int round;
	bool starve;
	uint32_t stop;
	uint32_t violations;
	struct irqref_space *space;
	struct irqref_posix_worker worker;
	struct place place[DOMAINS];
	struct instance *instances;
	pthread_mutex_t instances_lock;
	uint32_t vector_bits[2];
	struct irqref_msi_vectors vectors;
	struct thread writer[WRITERS];
	struct thread raiser[RAISERS];
	struct thread edger[EDGERS];
	struct thread remover[VOLATILES];
	struct thread reader;
	struct irqref_consumer keeper;
	struct hook *keepers[KEEPERS];
	struct hook *chain;
	size_t memory;
	uint64_t handled;
};

extern struct torture t;

/* torture.c */
void violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint32_t rnd(uint64_t *state);
static inline uint32_t rnd_below(uint64_t *state, uint32_t n)
{
	return rnd(state) % n;
}

/* A call whose result is none of these codes (CODE(x) | ...) is a violation. */
#define CODE(code) (1u << -(code))
#define OK         CODE(IRQREF_OK)
bool check_code(const char *what, int code, uint32_t allowed);
uint32_t nomem(void);

/* board.c */
irqref_hwirq_t hwirq_of(enum board_domain domain, uint8_t key);
unsigned int type_of(enum board_domain domain, uint8_t key);
int board_add(enum board_domain id, struct instance **out);
void board_remove(enum board_domain id);
struct instance *place_enter(enum board_domain id);
void place_leave(enum board_domain id);
void *raiser_main(void *arg);
void *edger_main(void *arg);
uint64_t now_ms(void);
void *remover_main(void *arg);
void board_free(void);

/* hook.c */
struct hook *hook_new(enum hook_kind kind, struct instance *instance, uint8_t key, uint64_t random);
enum irqref_return hook_run(irqref_virq_t virq, void *cookie);
void hook_arm(struct hook *hook, struct irqref_ref ref, struct irqref_consumer consumer);
void hook_drop(struct hook *hook);
void hook_limbo(struct hook **list, struct hook *hook);
void hook_free_all(struct hook **list);

/* writer.c */
void *writer_main(void *arg);
void writer_settle(struct thread *self);

/* check.c */
void *reader_main(void *arg);
void check_quiet(void);
void check_edges(void);

#endif /* IRQREF_TESTS_TORTURE_H */
