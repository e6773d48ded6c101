/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the core share. Read docs/DESIGN.md first.
 *
 * Locks, outermost first; a context takes them only in this order (asserted with IRQREF_DEBUG):
 *
 *   consumer   a consumer's references and its cache of slots
 *   descriptor the lock bit of one mapping's word: count, state, reference list, flags, chip calls
 *   domain     changes of a domain's hash table
 *   space      numbers, pools, lists of domains, what waits for a grace period
 *
 * All are spin locks held with interrupts saved. No port function and no callback but a chip's is
 * called with one held; chip callbacks run under the descriptor lock or from a dispatch.
 */
#ifndef IRQREF_INTERNAL_H
#define IRQREF_INTERNAL_H

#include <irqref/irqref.h>

#include IRQREF_PORT_HEADER
#include "atomic.h"

#ifndef IRQREF_STRONG_LIMIT
#define IRQREF_STRONG_LIMIT IRQREF_STRONG_MAX
#endif

/*
 * What every dispatch runs through, once in each place; and what hardly any does. Who wants it small
 * has one copy; who does not optimise, to step through it or to count branches, too.
 */
#if defined(__OPTIMIZE_SIZE__) || !defined(__OPTIMIZE__)
#define HOT static
#else
#define HOT static inline __attribute__((always_inline))
#endif
#define COLD static __attribute__((__noinline__))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Whether this CPU's counters are this context's alone, and irqref_hot_cpu() knows it at once. */
#ifndef IRQREF_HOT_CPU_OWN
#define IRQREF_HOT_CPU_OWN() true
#endif

/* Opens a read section; where it says false, the rest is to be done. */
#ifndef IRQREF_HOT_READ_LOCK_FIRST
#define IRQREF_HOT_READ_LOCK_FIRST() (irqref_hot_read_lock(), true)
#define IRQREF_HOT_READ_LOCK_REST()  ((void)0)
#endif

/* Only inside the core: the mapping or slot changed meanwhile, look again. */
#define IRQREF_RETRY 1
/* Only inside the core: the consumer's cache of reference slots is empty. */
#define IRQREF_NEED_SLOT 2
/* Only inside the core: what waits or takes memory cannot be done here. */
#define IRQREF_NEED_ROOM 3

/* The word of a mapping: who holds it and how it lives. Changed only under its own lock bit. */
#define WORD_STRONG      0x00ffffffu
#define WORD_FLOATING    0x01000000u
#define WORD_STATE_SHIFT 25
#define WORD_STATE       (7u << WORD_STATE_SHIFT)
#define WORD_LOCK        0x80000000u

/*
 * The line of a mapping: who serves it. BUSY belongs to one context at a time; whoever has it may
 * give it back by a plain store unless TRACKED is set. Then others may add PENDING meanwhile, and
 * it must be given back by compare-and-swap. CLOSED is never given back in this life of the
 * descriptor. The rest counts the givings-back.
 */
#define LINE_BUSY    1u
#define LINE_PENDING 2u
#define LINE_TRACKED 4u
#define LINE_CLOSED  8u
#define LINE_SEQ     16u

/* Flags of a mapping; see also the fields packed above them. */
#define F_DISABLED     0x0001u /* the depth is not 0 */
#define F_IDLE         0x0002u /* no handler is installed */
#define F_TRACK        0x0004u /* as LINE_TRACKED: not a level type, an edge during a run counts */
#define F_STUCK        0x0008u /* nobody handled its interrupts */
#define F_PENDING      0x0010u /* an edge came while the line was disabled */
#define F_GONE         0x0020u /* dying or revoked: the chip belongs to the teardown */
#define F_SHUT         (F_DISABLED | F_IDLE | F_GONE | F_STUCK)
#define F_ACTIVE       0x0040u /* every level is activated */
#define F_CHAINED      0x0080u /* the handler is a demultiplexer */
#define F_STATIC       0x0100u /* of an associated block: the floating reference stays */
#define F_UNHANDLED    0x0200u /* the count of unhandled interrupts is not 0 */
#define F_RESEND       0x0400u /* an edge must be sent again in software */
#define F_UNRELEASED   0x0800u /* resting, and something waits for the grace period */
#define F_QUEUED       0x1000u /* on the queue of resting or of spare numbers */
#define F_SPARE        0x2000u /* on the latter: never used */
#define F_MOVING       0x4000u /* a level is just being pushed or popped */
#define F_CHIP         0x8000u /* a chip has a callback that its flow calls; or per-CPU */
#define F_TYPE_SHIFT   16
#define F_TYPE         (0xfu << F_TYPE_SHIFT)
#define F_FLOW_SHIFT   20
#define F_FLOW         (0x7u << F_FLOW_SHIFT)
#define F_LEVELS_SHIFT 24
#define F_LEVELS       (0x1fu << F_LEVELS_SHIFT)
#define F_COUNTED      0x20000000u /* had a handler: the counters are this life's */

/* Memory that is given back after a grace period starts with one of these; readers ignore it. */
struct grave {
	struct grave *next;
	size_t size;
	uint32_t stamp;
};

/* The levels of a mapping but the outermost, next one first. */
struct inner {
	struct grave grave;
	uint32_t capacity;
	struct irqref_conflict *conflict; /* the get's, while the mapping is being made */
	struct irqref_level level[];
};

/*
 * A mapping. Every member but @line and some flags is changed only under the lock bit of @word, or
 * by the one owner of a mapping that is being made or ended.
 */
struct irqref_desc {
	uint32_t word;
	uint32_t line;
	uint32_t handlers; /* slot of the first reference with a handler; dispatch walks it */
	uint32_t refs;     /* slot of the oldest reference */
	struct irqref_level level;
	struct inner *inner;
	uint32_t virq;
	uint32_t flags;
};

/* While the number rests its descriptor is a link of a queue. */
#define REST_NEXT(desc) ((desc)->refs)
#define REST_PREV(desc) ((desc)->handlers)

/* What a dispatch that goes well does not touch. */
struct cold {
	uint16_t depth;
	uint16_t cpu;
	union {
		uint32_t unhandled;
		uint32_t
		        undone; /* RESERVED: the depths at which it was mapped and unmapped, as bits */
	};
	union {
		uint32_t owner; /* RESERVED, DYING, being revoked, MOVING: whose it is, or 0 */
		uint32_t stamp; /* resting: the grace period to wait for */
	};
};

/* In a slot of a domain: its mapping is RESERVED or DYING. */
#define SLOT_TAG 1u

#define CHUNK_SHIFT 6
#define CHUNK_SIZE  (1u << CHUNK_SHIFT)
#define CHUNK_MASK  (CHUNK_SIZE - 1u)
/*
 * Numbers and slots begin with 1, so that 1 to 64 make the first chunk: it is number 64, and not a 0
 * that nobody has, which is at place 0. Only so a power of two of them needs no further chunk.
 */
#define CHUNK_OF(number)  (((number)-1u) >> CHUNK_SHIFT)
#define CHUNKS_OF(number) (CHUNK_OF(number) + 1u)

/*
 * @desc is first: desc_chunk() relies on it. @count holds CHUNK_SIZE counters for each CPU, so that
 * no two CPUs write one cache line.
 */
struct chunk {
	struct irqref_desc desc[CHUNK_SIZE];
	struct cold cold[CHUNK_SIZE];
	uint32_t visitors[CHUNK_SIZE / 2]; /* see visitors_of() */
	uint32_t count[];
};

/*
 * Type-stable slots. Slot 0 is never used. A free slot's first word is even, a used one's odd. A
 * chunk begins with one word for each slot, for a pool that wants one, and may end early where there
 * are no more slots.
 */
struct pool {
	void **dir;
	uint16_t item;
	uint16_t ahead;
	uint32_t max;
	uint32_t fresh;
	uint32_t free;
};

/* What every item begins with. */
struct slot {
	uint32_t generation;
	uint32_t next;
};

enum ref_flags {
	REF_HANDLER = 1,
	REF_SHARED = 2,
	REF_CHAINED = 4,
	REF_PERCPU = 8,
	REF_AFFINE = 16,
	REF_ANONYMOUS = 32,
	REF_DRAINING = 64, /* its handler is unlinked, and being waited for */
};

/*
 * A strong reference. Everything but @hnext belongs to the lock of its consumer or descriptor. Since
 * when it is one is in the word of its slot, since_of().
 */
struct ref {
	uint32_t generation;
	uint32_t cnext; /* the consumer's list, its cache, the pool's free list, or the limbo */
	uint32_t cprev;
	uint32_t virq;
	uint32_t next; /* in the limbo: the grace period to wait for */
	uint32_t hnext;
	irqref_handler_fn *handler;
	void *cookie;
	uint32_t consumer;
	uint16_t depth;
	uint8_t level;
	uint8_t flags;
};

#define REFS_AHEAD (CHUNK_SIZE * sizeof(uint32_t))

struct consumer {
	uint32_t generation;
	uint32_t cnext; /* the pool's free list */
	uint32_t lock;
	uint32_t refs;
	uint32_t cache;
	uint32_t cached;
	uint64_t gets;
	uint64_t puts;
	char *name;
};

/* A per-CPU handler's cookies and which CPUs take the interrupt. */
struct percpu {
	struct grave grave;
	void *const *cookies;
	uint32_t enabled[];
};

struct queue {
	uint32_t head;
	uint32_t tail;
	uint32_t length;
};

enum domain_state {
	DOMAIN_REMOVED,
	DOMAIN_LIVE,
	DOMAIN_REMOVING,
};

/* One slot of a hash table: the hwirq's low half and the number with its tag, in one word. */
typedef uint64_t entry_t;

struct table {
	struct grave grave;
	uint32_t size;
	entry_t entry[];
};

struct irqref_domain {
	/* What find touches. */
	uintptr_t size;
	uintptr_t *map;
	struct table *table;
	struct irqref_space *space;
	uint32_t sequence; /* of changes of @table: odd during one */
	uint32_t state;
	/* What it does not. */
	irqref_hwirq_t max;
	uint32_t lock;
	uint32_t used;       /* entries in @table */
	uint32_t unreleased; /* levels that wait for their release callback */
	uint32_t pins;       /* revoked mappings that name this domain */
	uint32_t children;
	uint32_t depth;
	uint32_t bus;
	uint32_t flow;
	bool quiet; /* has no callbacks for mappings */
	uintptr_t node;
	struct irqref_domain *parent;
	const struct irqref_domain_ops *ops;
	const struct irqref_chip *chip;
	void *data;
	char *name;
	struct irqref_domain *next; /* the space's list, or the tombs */
	struct irqref_domain *node_next;
};

#define NODE_BUCKETS 16u

struct irqref_space {
	struct irqref_port port;
	struct chunk **chunks;
	struct pool refs;
	uint32_t max_irqs;
	uint32_t nr_cpus;
	uint32_t quarantine;
	uint32_t stuck_limit;

	uint32_t lock;
	uint32_t fresh;       /* lowest number that was never used */
	struct queue resting; /* oldest first */
	struct queue spare;   /* passed over by an associated block, never used */
	uint32_t taken;       /* numbers that are neither */
	uint32_t inners;      /* resting numbers that keep their inner levels */
	uint32_t unreleased;  /* the oldest resting number whose grace period was not seen over */
	uint32_t limbo;       /* references that a dispatch may still be looking at */
	uint32_t limbo_length;
	uint32_t tombs_length;
	struct grave *graves;
	uint32_t grace_started;
	uint32_t grace_done;

	uint32_t attention;
	uint32_t ended; /* numbers whose mapping is REVOKED, or DYING and left for a flush */
	uint32_t handlers;
	uint32_t refusals;
	uint64_t gets; /* of consumers that are gone */
	uint64_t puts;
	uint32_t events[IRQREF_EVENT_KINDS];

	struct pool consumers;
	struct irqref_domain *domains;
	struct irqref_domain *tombs;
	struct irqref_domain *tombs_tail;
	struct irqref_domain *default_domain;
	struct irqref_domain *nodes[NODE_BUCKETS];
};

extern const struct irqref_chip irqref_chip_none;

/* ------------------------------------------------------------------ locks */

enum lock_rank {
	RANK_CONSUMER = 1,
	RANK_DESC = 2,
	RANK_DOMAIN = 4,
	RANK_SPACE = 8,
};

#ifdef IRQREF_DEBUG
/* Nothing may be held that ranks as high or higher: locks of one rank never nest. */
static inline void rank_enter(uint32_t rank)
{
	uint32_t *held = irqref_hot_locks();

	if (*held >= rank)
		__builtin_trap();
	*held |= rank;
}

static inline void rank_leave(uint32_t rank)
{
	*irqref_hot_locks() &= ~rank;
}

static inline void rank_none(void)
{
	if (*irqref_hot_locks())
		__builtin_trap();
}
#else
static inline void rank_enter(uint32_t rank)
{
	(void)rank;
}

static inline void rank_leave(uint32_t rank)
{
	(void)rank;
}

static inline void rank_none(void)
{
}
#endif

static inline enum irqref_state word_state(uint32_t word)
{
	return (enum irqref_state)((word & WORD_STATE) >> WORD_STATE_SHIFT);
}

static inline enum irqref_state desc_state(const struct irqref_desc *desc)
{
	return word_state(ld_acq(&desc->word));
}

/* Under the lock. Who resolves a number without it, and finds it LIVE, must see all of it. */
static inline void desc_set_state(struct irqref_desc *desc, enum irqref_state state)
{
	uint32_t word = ld_rlx(&desc->word) & ~WORD_STATE;

	st_rel(&desc->word, word | (uint32_t)state << WORD_STATE_SHIFT);
}

/* Of what is unlinked now: the number of a grace period that is long enough. Under the space lock. */
static inline uint32_t grace_stamp(const struct irqref_space *space)
{
	return space->grace_started + 1u;
}

static inline bool grace_over(const struct irqref_space *space, uint32_t stamp)
{
	return (int32_t)(ld_acq(&space->grace_done) - stamp) >= 0;
}

static inline uint32_t desc_strong(const struct irqref_desc *desc)
{
	return ld_rlx(&desc->word) & WORD_STRONG;
}

static inline uint32_t flags_field(uint32_t flags, uint32_t mask, unsigned int shift)
{
	return (flags & mask) >> shift;
}

static inline bool desc_percpu(const struct irqref_desc *desc)
{
	return flags_field(ld_rlx(&desc->flags), F_FLOW, F_FLOW_SHIFT) == IRQREF_FLOW_PERCPU;
}

/* Also for who found the mapping and has not its line: a push or pop may just exchange the level. */
static inline struct irqref_space *desc_space(const struct irqref_desc *desc)
{
	return ld_acq(&desc->level.domain)->space;
}

static inline bool domain_live(const struct irqref_domain *domain)
{
	return ld_sc(&domain->state) == DOMAIN_LIVE;
}

static inline struct chunk *chunk_of(const struct irqref_space *space, uint32_t virq)
{
	return ld_acq(&space->chunks[CHUNK_OF(virq)]);
}

/* The chunk that a descriptor lies in, of which it knows its place. */
static inline struct chunk *desc_chunk(const struct irqref_desc *desc)
{
	return (struct chunk *)(uintptr_t)(desc - (desc->virq & CHUNK_MASK));
}

/* How often a CPU has delivered it; each CPU's counters are in cache lines of their own. */
static inline uint32_t *counter_of(const struct irqref_desc *desc, uint32_t cpu)
{
	return &desc_chunk(desc)->count[(size_t)cpu * CHUNK_SIZE + (desc->virq & CHUNK_MASK)];
}

static inline struct ref *ref_of(void *chunk, uint32_t slot)
{
	struct ref *first = (struct ref *)(void *)((char *)chunk + REFS_AHEAD);

	return &first[slot & CHUNK_MASK];
}

/* The reference in a slot, by the directory of their pool, which never moves. */
static inline struct ref *ref_in(void **dir, uint32_t slot)
{
	return ref_of(ld_acq(&dir[CHUNK_OF(slot)]), slot);
}

/*
 * How many dispatches came while another one had the line, at most one of each CPU; the bit above
 * them says that work is left for a flush. Half a word for each mapping, as some CPUs have no atomic
 * operation on less than a word.
 */
#define VISITORS       0x7fffu
#define ATTENTION      0x8000u
#define ATTENTION_BOTH (ATTENTION << 16 | ATTENTION)
#define NR_CPUS_MAX    VISITORS

static inline uint32_t *visitors_of(const struct irqref_desc *desc)
{
	return &desc_chunk(desc)->visitors[(desc->virq & CHUNK_MASK) / 2u];
}

static inline unsigned int visitors_shift(const struct irqref_desc *desc)
{
	return desc->virq % 2u * 16u;
}

static inline bool has_visitors(const struct irqref_desc *desc)
{
	return ld_sc(visitors_of(desc)) >> visitors_shift(desc) & VISITORS;
}

/*
 * A lookup among the low hwirqs, which are looked up in an array. The empty statement makes the test a
 * branch, which is foreseen, where compilers would make the descriptor's address wait for it.
 */
static inline struct irqref_desc *find_low(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	uintptr_t slot = ld_acq(&domain->map[hwirq]);

	if (likely(!(slot & SLOT_TAG)))
		return (struct irqref_desc *)slot;
	__asm__ volatile("");
	return NULL;
}

/*
 * The map was there before the domain could be found, and a removal that takes the size away waits
 * for all who saw it; so the size and the map are read in whatever order.
 */
static inline bool hwirq_low(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return hwirq < ld_rlx(&domain->size);
}

#ifdef __OPTIMIZE_SIZE__
/* One copy, with names of our own. */
#define spin_lock     irqref_spin_lock_
#define spin_unlock   irqref_spin_unlock_
#define space_lock    irqref_space_lock_
#define space_unlock  irqref_space_unlock_
#define desc_lock     irqref_desc_lock_
#define desc_unlock   irqref_desc_unlock_
#define desc_pin      irqref_desc_pin_
#define desc_unpin    irqref_desc_unpin_
#define desc_lock_new irqref_desc_lock_new_
#define desc_levels   irqref_desc_levels_
#define flags_change  irqref_flags_change_
#define desc_level_at irqref_desc_level_at_
#define desc_of       irqref_desc_of_
#define cold_of       irqref_cold_of_
#define pool_at       irqref_pool_at_
#define pool_chunk    irqref_pool_chunk_
#define ref_at        irqref_ref_at_
#define ref_by        irqref_ref_by_
#define since_of      irqref_since_of_
#define consumer_at   irqref_consumer_at_
#define consumer_by   irqref_consumer_by_
#define can_wait      irqref_can_wait_
unsigned long spin_lock(uint32_t *lock, uint32_t rank);
void spin_unlock(uint32_t *lock, uint32_t rank, unsigned long flags);
unsigned long space_lock(struct irqref_space *space);
void space_unlock(struct irqref_space *space, unsigned long flags);
unsigned long desc_lock(struct irqref_desc *desc);
void desc_unlock(struct irqref_desc *desc, unsigned long flags);
bool desc_pin(struct irqref_desc *desc, unsigned long *flags);
void desc_unpin(struct irqref_desc *desc, unsigned long flags);
unsigned long desc_lock_new(struct irqref_desc *desc);
uint32_t desc_levels(const struct irqref_desc *desc);
void flags_change(struct irqref_desc *desc, uint32_t clear, uint32_t set);
struct irqref_level *desc_level_at(struct irqref_desc *desc, uint32_t index);
struct irqref_desc *desc_of(const struct irqref_space *space, uint32_t virq);
struct cold *cold_of(const struct irqref_desc *desc);
void *pool_at(const struct pool *pool, uint32_t slot);
void *pool_chunk(const struct pool *pool, uint32_t slot, uint32_t generation);
struct ref *ref_at(const struct irqref_space *space, uint32_t slot);
struct ref *ref_by(const struct irqref_space *space, struct irqref_ref handle);
uint32_t *since_of(const struct irqref_space *space, uint32_t slot);
struct consumer *consumer_at(const struct irqref_space *space, uint32_t slot);
struct consumer *consumer_by(const struct irqref_space *space, struct irqref_consumer handle);
bool can_wait(const struct irqref_space *space);
#else
#define INLINE static inline
#include "inline.h"
#endif

#define for_each_level(desc, level, i)                                                             \
	for ((i) = 0; (i) < desc_levels(desc) && ((level) = desc_level_at(desc, i), true); (i)++)

/* ------------------------------------------------------------- functions */

/* pool.c */
int irqref_pool_init(struct irqref_space *space, struct pool *pool, uint16_t item, uint16_t ahead,
                     uint32_t max);
void irqref_pool_fini(struct irqref_space *space, struct pool *pool);
int irqref_pool_take(struct irqref_space *space, struct pool *pool, uint32_t *slot);
void irqref_pool_give_locked(struct pool *pool, uint32_t slot);
void irqref_pool_give(struct irqref_space *space, struct pool *pool, uint32_t slot);

/* grace.c */
void irqref_grace_pass(struct irqref_space *space);
void irqref_retire(struct irqref_space *space, struct grave *grave, size_t size);
void irqref_limbo(struct irqref_space *space, uint32_t slot);
void irqref_reap(struct irqref_space *space);

/* number.c */
int irqref_number_take(struct irqref_space *space, struct irqref_desc **out);
int irqref_number_take_at(struct irqref_space *space, uint32_t virq, struct irqref_desc **out);
void irqref_number_give(struct irqref_space *space, struct irqref_desc *desc);
void irqref_number_give_locked(struct irqref_space *space, struct irqref_desc *desc,
                               unsigned long flags);
void irqref_number_trim(struct irqref_space *space);

/* revmap.c */
int irqref_revmap_init(struct irqref_domain *domain, uintptr_t size, uint32_t capacity);
void irqref_revmap_fini(struct irqref_domain *domain);
struct irqref_desc *irqref_revmap_raw_high(const struct irqref_domain *domain,
                                           irqref_hwirq_t hwirq);
int irqref_revmap_insert(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                         struct irqref_desc *desc);
int irqref_revmap_publish(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                          struct irqref_desc *desc);
void irqref_revmap_tag(const struct irqref_level *level, const struct irqref_desc *desc, bool live);
void irqref_revmap_erase(const struct irqref_level *level, const struct irqref_desc *desc);
struct irqref_desc *irqref_revmap_next(struct irqref_domain *domain, irqref_hwirq_t *cursor);
uint32_t irqref_revmap_count(const struct irqref_domain *domain);
void irqref_revmap_shut(struct irqref_domain *domain);

/* The mapping of a hwirq in whatever state. In a read section. */
static inline struct irqref_desc *revmap_raw(const struct irqref_domain *domain,
                                             irqref_hwirq_t hwirq)
{
	if (likely(hwirq_low(domain, hwirq)))
		return (struct irqref_desc *)(ld_sc(&domain->map[hwirq]) & ~(uintptr_t)SLOT_TAG);
	return irqref_revmap_raw_high(domain, hwirq);
}

/* mapping.c */
struct get {
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	unsigned int type;
	bool floating;
	bool fixed;  /* of an associated block */
	bool fresh;  /* only a mapping of its own will do */
	bool making; /* the caller owns the mapping, which becomes LIVE with this get */
	uint8_t ref_flags;
	struct irqref_consumer consumer;
	struct consumer *holder; /* whose handle that was when the get began */
	const void *arg;
	struct irqref_conflict *conflict;
	uint32_t slot;   /* a reference slot at hand, or 0 */
	uint32_t undone; /* by an attempt to make it that failed, see struct cold */
	uint32_t since;
	struct irqref_ref ref;
	irqref_virq_t virq;
};

void irqref_inner_free(struct irqref_space *space, struct irqref_desc *desc);
int irqref_domain_usable(const struct irqref_domain *domain);
int irqref_mapping_get(struct get *get);
int irqref_mapping_take(struct irqref_space *space, struct get *get, struct irqref_desc *desc);
int irqref_mapping_create(struct get *get, struct irqref_desc *desc);
int irqref_mapping_wait(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int attempt);
int irqref_levels_map(struct irqref_desc *desc, uint32_t index, const void *arg);
void irqref_levels_unmap(struct irqref_desc *desc, uint32_t first);
int irqref_level_claim(struct irqref_desc *desc, struct irqref_level *level,
                       struct irqref_conflict *conflict);

/* Most are roots and LIVE; else irqref_domain_usable() tells. */
static inline int domain_usable(const struct irqref_domain *domain)
{
	if (likely(domain_live(domain)) && likely(!domain->parent))
		return IRQREF_OK;
	return irqref_domain_usable(domain);
}

/* teardown.c */
void irqref_desc_doom(struct irqref_desc *desc);
void irqref_desc_end(struct irqref_space *space, struct irqref_desc *desc);
bool irqref_desc_end_locked(struct irqref_space *space, struct irqref_desc *desc,
                            unsigned long flags);
void irqref_desc_adopt(struct irqref_space *space, struct irqref_desc *desc);
void irqref_teardown(struct irqref_space *space, struct irqref_desc *desc);
int irqref_revoke(struct irqref_domain *domain, struct irqref_desc *desc, enum irqref_remove how,
                  irqref_report_fn *report, void *ctx);
int irqref_revoke_own(struct irqref_space *space, struct irqref_ref ref);
void irqref_bury(struct irqref_space *space, struct irqref_desc *desc);
void irqref_attention(struct irqref_space *space, struct irqref_desc *desc);

/* consumer.c */
bool irqref_caches_drain(struct irqref_space *space);

/* ref.c */
struct drop {
	struct irqref_desc *desc;
	struct percpu *percpu;
	uint32_t slot; /* 0 where the consumer keeps it */
	bool may_wait; /* the caller, which no lock keeps from it */
	bool handler;  /* a dispatch may be looking at the slot */
	bool resend;
	bool last_handler;
	bool dying;
	bool dead;
};

struct ref *irqref_ref_lock(struct irqref_space *space, struct irqref_ref ref,
                            unsigned long *flags);
void irqref_ref_detach(struct irqref_space *space, struct consumer *consumer, uint32_t slot,
                       bool may_wait, struct drop *drop);
void irqref_ref_finish(struct irqref_space *space, struct drop *drop, uint32_t consumer, bool sync);

/* line.c */
void irqref_line_settle(struct irqref_desc *desc);
void irqref_line_mask(struct irqref_desc *desc);
void irqref_line_unmask(struct irqref_desc *desc);
void irqref_line_wait(struct irqref_space *space, struct irqref_desc *desc);
void irqref_line_close(struct irqref_space *space, struct irqref_desc *desc);
bool irqref_line_try_close(struct irqref_desc *desc);
int irqref_line_start(struct irqref_desc *desc);
void irqref_line_stop(struct irqref_space *space, struct irqref_desc *desc);
void irqref_line_deactivate(struct irqref_desc *desc);
int irqref_line_set_type(struct irqref_desc *desc, unsigned int type);
void irqref_line_share_depth(struct irqref_desc *desc, struct cold *cold, int by);
bool irqref_line_enabled(struct irqref_desc *desc);
int irqref_line_compose_msi(struct irqref_desc *desc, struct irqref_msi_msg *msg);
int irqref_line_write_msi(struct irqref_desc *desc);

/* handler.c */
bool irqref_handler_unlink(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                           uint32_t slot);
int irqref_handler_install(struct irqref_space *space, struct irqref_desc *desc, struct ref *ref,
                           uint32_t slot, uint32_t ref_flags);

/* dispatch.c */
int irqref_line_run(struct irqref_space *space, struct irqref_desc *desc);

/* stuck.c */
void irqref_line_handled(struct irqref_desc *desc);
void irqref_line_unhandled(struct irqref_space *space, struct irqref_desc *desc);

/* holder.c */
void irqref_name_copy(char *to, const char *from, size_t size);
char *irqref_name_dup(struct irqref_space *space, const char *name);
void irqref_name_drop(struct irqref_space *space, char *name);
void irqref_entry_base(struct irqref_desc *desc, struct irqref_entry *entry);
void irqref_entry_ref(struct irqref_space *space, struct irqref_desc *desc, uint32_t slot,
                      struct irqref_entry *entry);
void irqref_entry_floating(struct irqref_desc *desc, struct irqref_entry *entry);
void irqref_conflict_fill(struct irqref_space *space, struct irqref_desc *desc,
                          struct irqref_conflict *conflict);
uint32_t irqref_report_holders(struct irqref_space *space, struct irqref_desc *desc,
                               irqref_report_fn *report, void *ctx);
void irqref_event(struct irqref_space *space, enum irqref_event_kind kind,
                  const struct irqref_desc *desc, int error);

/* linux_api.c */
void irqref_linux_failed(struct irqref_space *space, int err);

#endif /* IRQREF_INTERNAL_H */
