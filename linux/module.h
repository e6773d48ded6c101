/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the module share. README.md says how they fit together.
 *
 * Numbers: a "virq" is the kernel's, a "number" is the library's own for the same mapping. A number
 * rests before it is used again, so one that was looked up may be used without holding anything: at
 * worst the library answers STALE.
 *
 * Locks: the mutexes mirrors_lock (mirror.c) and holds_lock (pci.c) are never held together. Inside of
 * them are at most the allocator's locks, an xarray's own and the core's. The spinlocks shadow_lock,
 * routings_lock and ring_lock are the innermost; they are taken with interrupts off, so a hook may come
 * with interrupts on or off. No lock of the module is held while a function of the kernel that was
 * replaced, or a call of the library that may wait, is called. (A domain that could not be kept is
 * taken back under mirrors_lock. It has no mappings: that waits for a grace period, for nobody else.)
 *
 * So whoever waits in port_pause(), for a task that makes, takes over or ends the mapping he wants, holds
 * nothing that this task could need, but what its caller brought along. Who takes one over needs none of
 * that. Who makes or ends one may sleep, as the kernel's own function would, on the mutex of the domain;
 * and who makes one may make another meanwhile, a cascade's parent, of another domain: these waits follow
 * the order of the controllers, as in the kernel.
 */
#ifndef IRQREF_MODULE_H
#define IRQREF_MODULE_H

#include <irqref/irqref.h>

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/types.h>

struct pci_dev;

#define NAME_LEN   96 /* of a caller, a domain, a handler */
#define LEVELS_MAX IRQREF_LEVELS_MAX

extern bool irqref_protect;
extern bool irqref_pci;
extern struct irqref_space *irqref_space;

/* ------------------------------------------------------------------ port.c */

extern unsigned int irqref_fail;

void *ledger_alloc(size_t size);
void port_fill(struct irqref_port *port);
void port_pause(void *ctx, unsigned int attempt);
void port_stop(void);

/* ----------------------------------------------------------------- hooks.c */

/* The kernel's functions that are replaced while the module is loaded. */
enum hook_id {
	HOOK_CREATE_MAPPING,
	HOOK_CREATE_FWSPEC,
	HOOK_DISPOSE,
	HOOK_ASSOCIATE,
	HOOK_ALLOC_IRQS,
	HOOK_FREE_IRQS,
	HOOK_FREE_DESCS,
	HOOK_DOMAIN_REMOVE,
	HOOK_REQUEST,
	HOOK_FREE,
	HOOK_REQUEST_PERCPU,
	HOOK_FREE_PERCPU,
	HOOK_SET_CHAINED,
	HOOK_SET_HANDLER,
	HOOK_PCI_ASSIGN,
	HOOKS
};

/*
 * struct hook - one replaced function
 * @name: the kernel's name
 * @replacement: ours; ends with hook_leave()
 * @optional: the module works without it, where the kernel does not have it
 * @original: its address, 0 if absent
 */
struct hook {
	const char *name;
	void *replacement;
	bool optional;
	unsigned long original;
};

extern struct hook irqref_hooks[HOOKS];

int hooks_install(void);
void hooks_remove(void);
unsigned int hooks_count(void);
void hook_leave(void);
void hook_pass(enum hook_id id);
void hook_passed(enum hook_id id);

/*
 * Calls what @id replaced: the next entry of that function by this task is let through.
 * The function's type is taken from @like, a prototype of the same form.
 */
#define ORIGINAL(id, like, ...)                                                                    \
	({                                                                                         \
		typeof(&like) original_ = (typeof(&like))irqref_hooks[id].original;                \
		typeof(original_(__VA_ARGS__)) result_;                                            \
                                                                                                   \
		hook_pass(id);                                                                     \
		result_ = original_(__VA_ARGS__);                                                  \
		hook_passed(id);                                                                   \
		result_;                                                                           \
	})

#define ORIGINAL_VOID(id, like, ...)                                                               \
	do {                                                                                       \
		typeof(&like) original_ = (typeof(&like))irqref_hooks[id].original;                \
                                                                                                   \
		hook_pass(id);                                                                     \
		original_(__VA_ARGS__);                                                            \
		hook_passed(id);                                                                   \
	} while (0)

/* --------------------------------------------------------------- replaced.c */

unsigned int replaced_create_mapping(struct irq_domain *domain, irq_hw_number_t hwirq,
                                     const struct irq_affinity_desc *affinity);
unsigned int replaced_create_fwspec(struct irq_fwspec *fwspec);
void replaced_dispose(unsigned int virq);
int replaced_associate(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq);
int replaced_alloc_irqs(struct irq_domain *domain, int base, unsigned int count, int node,
                        void *arg, bool realloc, const struct irq_affinity_desc *affinity);
void replaced_free_irqs(unsigned int virq, unsigned int count);
void replaced_free_descs(unsigned int virq, unsigned int count);
void replaced_domain_remove(struct irq_domain *domain);
int replaced_request(unsigned int virq, irq_handler_t handler, irq_handler_t thread,
                     unsigned long flags, const char *name, void *dev);
const void *replaced_free(unsigned int virq, void *dev);
int replaced_request_percpu(unsigned int virq, irq_handler_t handler, unsigned long flags,
                            const char *name, void __percpu *dev);
void replaced_free_percpu(unsigned int virq, void __percpu *dev);
void replaced_set_chained(unsigned int virq, irq_flow_handler_t handler, void *data);
void replaced_set_handler(unsigned int virq, irq_flow_handler_t handler, int chained,
                          const char *name);
void replaced_pci_assign(struct pci_dev *dev);

/* ---------------------------------------------------------------- shadow.c */

/* Which of the kernel's functions ends a mapping when the library says so. */
enum ending {
	END_DISPOSE,   /* irq_dispose_mapping() */
	END_FREE_IRQS, /* irq_domain_free_irqs() */
	END_NOTHING,   /* somebody else has ended it, or is about to; stays so */
};

struct mirror;
struct creation;

/*
 * struct shadow - what the module knows of a mapping beyond the library
 * @virq: the kernel's number
 * @number: the library's
 * @hwirq: in the outermost domain
 * @domain: name of that
 * @creator: who made it first, or "unknown"
 * @disposer: who disposed of it while it was in use, or empty
 * @mirror: of that domain; to compare with
 * @ending: how it ends
 * @kind: what its revocation is recorded as, an enum event_kind
 * @maker: who is just making it, or taking it over; NULL once it has its first holders
 * @foreign: somebody else than the routing of PCI devices has created it
 * @revoked: only holders are left of it
 */
struct shadow {
	struct rcu_head rcu;
	u32 virq;
	u32 number;
	u64 hwirq;
	char domain[NAME_LEN];
	char creator[NAME_LEN];
	char disposer[NAME_LEN];
	const struct mirror *mirror;
	const struct task_struct *maker;
	enum ending ending;
	int kind;
	bool foreign;
	bool revoked;
};

u32 shadow_number(unsigned int virq);
u32 shadow_settled(unsigned int virq);
bool shadow_copy(u32 number, struct shadow *out);
u32 shadow_next(u32 number, struct shadow *out);
struct shadow *shadow_add(const struct creation *creation, struct irqref_desc *desc,
                          struct irqref_level *level);
void shadow_made(u32 number);
bool shadow_wait_made(u32 number);
void shadow_set_ending(u32 number, enum ending ending);
void shadow_set_kind(u32 number, int kind);
void shadow_disposed_by(u32 number, const char *by);
void shadow_floats(u32 number, const char *by, bool foreign);
void shadow_unlink(struct shadow *shadow);
void shadow_remove(struct shadow *shadow);
void shadow_sweep(u32 number);
void shadow_stop(void);

/* ---------------------------------------------------------------- mirror.c */

/*
 * struct mirror - an irq_domain, and the library's domain that stands for it
 * @domain: the kernel's; not looked into but while it is known to live
 * @twin: the library's
 * @gone: the kernel's is being removed: nothing of it may be called any more
 */
struct mirror {
	struct kref refs;
	struct irq_domain *domain;
	struct irqref_domain *twin;
	struct mirror *parent;
	bool gone;
};

/* One level of a mapping, as the kernel has it. */
struct level {
	struct irq_domain *domain;
	irq_hw_number_t hwirq;
};

/*
 * struct creation - one create, the library's argument to its map callbacks
 * @domain, @hwirq: what is asked for
 * @original: calls the kernel's own create; NULL: @virq exists and is taken over
 * @affinity, @fwspec: for @original
 * @creator: who asks; NULL: look at the stack if it matters
 * @virq: the kernel's answer
 * @asked: the kernel was asked
 * @made: it was not in the ledger before
 * @levels: the mapping's levels, outermost first
 */
struct creation {
	struct irq_domain *domain;
	irq_hw_number_t hwirq;
	unsigned int (*original)(struct creation *creation);
	const struct irq_affinity_desc *affinity;
	struct irq_fwspec *fwspec;
	const char *creator;
	unsigned int virq;
	bool asked;
	bool made;
	unsigned int nr_levels;
	unsigned int at;
	struct level levels[LEVELS_MAX];
};

/* Name of the consumer that holds a mapping during a create; not shown. */
#define CREATING "(creating)"

int mirror_start(void);
void mirror_stop(void);
unsigned int mirror_create(struct creation *creation);
int mirror_adopt(unsigned int virq, const char *creator);
int mirror_unfloat(unsigned int virq, enum ending ending);
int mirror_end(unsigned int virq, enum ending ending, int kind);
struct mirror *mirror_domain_begin(struct irq_domain *domain);
void mirror_domain_end(struct mirror *mirror);
u32 mirror_known(unsigned int virq);

/* ----------------------------------------------------------------- adopt.c */

void adopt_all(void);
int adopt_levels(unsigned int virq, struct creation *creation);
void adopt_handlers(unsigned int virq, u32 number);

/* -------------------------------------------------------------- handlers.c */

/* Stand for a demultiplexer, and for a handler without a cookie. */
extern char handler_chained[], handler_plain[];

u32 handler_add(unsigned int virq, const char *name, const void *code, void *cookie);
bool handler_drop(u32 number, const void *cookie);
bool handler_drop_revoked(unsigned int virq, const void *cookie, struct shadow *out);
bool handler_there(u32 number, const void *cookie);
void handlers_drop_all(u32 number);
unsigned int holders_print(u32 number, char *buf, unsigned int size);

/* ------------------------------------------------------------------- pci.c */

/* A task that is in pci_assign_irq(); on its stack. */
struct pci_routing {
	struct list_head list;
	struct task_struct *task;
	struct pci_dev *dev;
};

int pci_start(void);
void pci_stop(void);
void pci_switch(bool on);
void pci_route(struct pci_dev *dev);
void pci_let_go(u32 number);
void pci_routing_begin(struct pci_routing *routing, struct pci_dev *dev);
void pci_routing_end(struct pci_routing *routing);
struct pci_dev *pci_routing(void);

/* ---------------------------------------------------------------- device.c */

int devices_start(void);
void devices_stop(void);
void device_find(char *name, unsigned int size);

/* ---------------------------------------------------------------- caller.c */

int callers_start(void);
void callers_stop(void);
void caller_find(char *buf, unsigned int size);
void caller_code(const void *code, char *module, unsigned int size);
void caller_clean(char *name);

/* ---------------------------------------------------------------- events.c */

enum event_kind {
	EVENT_DISPOSE_IN_USE,
	EVENT_DOUBLE_DISPOSE,
	EVENT_DOMAIN_REMOVED_LIVE,
	EVENT_STALE_FREE,
	EVENT_LEAKED,
	EVENT_REVOKED,
	EVENT_TYPE_CONFLICT,
	EVENT_SETTLED,
	EVENT_KINDS
};

enum counter {
	COUNT_CREATES,
	COUNT_DISPOSES,
	COUNT_DEFERRED,
	COUNT_KEPT,
	COUNT_TORN_DOWN,
	COUNT_ADOPTED,
	COUNT_OOM,
	COUNT_UNKNOWN,
	COUNT_EVENTS,
	COUNT_EVENTS_DROPPED,
	COUNTERS
};

/*
 * struct record - one event as it is kept and shown
 */
struct record {
	u64 seq;
	u64 time;
	enum event_kind kind;
	u32 virq;
	u64 hwirq;
	char domain[NAME_LEN];
	char by[NAME_LEN];
	char left[256];
};

extern const char *const event_names[EVENT_KINDS];

int events_start(void);
void events_stop(void);
void event(enum event_kind kind, unsigned int virq, const struct shadow *shadow, const char *left);
void event_by(enum event_kind kind, unsigned int virq, const struct shadow *shadow,
              const char *left, const char *by);
void events_port(void *ctx, const struct irqref_event *event);
void count(enum counter counter);
u64 counted(enum counter counter);
bool event_read(u64 seq, struct record *out);

/* ----------------------------------------------------------------- files.c */

void files_start(void);
void files_stop(void);

#endif /* IRQREF_MODULE_H */
