/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A domain is one controller's number space. With a parent it is a level of a hierarchy; without,
 * a hierarchy of depth one.
 */
#ifndef IRQREF_DOMAIN_H
#define IRQREF_DOMAIN_H

#include <irqref/chip.h>
#include <irqref/ledger.h>
#include <irqref/space.h>

#ifdef __cplusplus
extern "C" {
#endif

struct irqref_msi_arg;

/** Most levels of one mapping. */
#define IRQREF_LEVELS_MAX 16u

/**
 * struct irqref_domain_ops - a controller's part in making and ending mappings; all optional
 * @translate: turns a specifier into hwirq and type. Absent: the first cell is the hwirq, the
 *             second one, where there is one, the type.
 * @map: claims @level->hwirq and may set @level->chip and chip_data. In a hierarchy it calls
 *       irqref_map_parent() for the next inner level; if it returns without having done so, the
 *       mapping ends here (it is trimmed). @arg is what the get was given. Absent: with a parent,
 *       the same hwirq there; without one, success. It may wait, and may map only in its own
 *       parents. Nonzero refuses; levels further in that are complete already are freed then.
 * @unmap: undoes @map. Called once for every @map that returned 0, outermost level first, by then
 *         masked, unlinked, idle and deactivated. It may wait; it cannot fail.
 * @release: told when, a grace period after @unmap, nobody can be looking at @level any more. It
 *           may only look: no get, no removal.
 * @abandon: of an MSI domain that takes a whole block at its first vector: told when
 *           irqref_msi_alloc() fails after @map left something in @arg->scratch. For the vectors
 *           from @arg->index on @map was not called, or the last call refused; those before have
 *           been unmapped. Not told when all have been. Where the domain has none, that of the next
 *           inner one is told, and so on.
 */
struct irqref_domain_ops {
	int (*translate)(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
	                 irqref_hwirq_t *hwirq, unsigned int *type);
	int (*map)(struct irqref_desc *desc, struct irqref_level *level, const void *arg);
	void (*unmap)(struct irqref_desc *desc, struct irqref_level *level);
	void (*release)(struct irqref_level *level);
	void (*abandon)(struct irqref_domain *domain, const struct irqref_msi_arg *arg);
};

/** In irqref_domain_config.flags: the chip sits behind a bus that waits. Refused with NOTSUP. */
#define IRQREF_DOMAIN_SLEEPS 1u

/**
 * struct irqref_domain_config - what a domain is made with
 * @name: for people; copied
 * @node: the firmware's node, compared with irqref_fwspec.node; 0 for none
 * @bus: tells several domains of one node apart (an MSI domain from the wired one); 0 for wired
 * @parent: the next inner domain, or NULL
 * @ops: callbacks, or NULL; must outlive the domain
 * @chip: each level's chip unless @ops->map sets another, or NULL; must outlive the domain
 * @flow: each mapping's flow unless a callback sets another
 * @data: the caller's, see irqref_domain_data()
 * @size: hwirqs 0 to @size - 1 are looked up in an array
 * @max: one more than the highest hwirq; 0 means @size, or 2^32 where @size is 0. Hwirqs from
 *       @size on are looked up in a hash table.
 * @capacity: how many hash table entries to make room for at once; the table grows by itself
 *            while the port has memory
 * @flags: IRQREF_DOMAIN_*
 */
struct irqref_domain_config {
	const char *name;
	uintptr_t node;
	uint32_t bus;
	struct irqref_domain *parent;
	const struct irqref_domain_ops *ops;
	const struct irqref_chip *chip;
	enum irqref_flow flow;
	void *data;
	irqref_hwirq_t size;
	irqref_hwirq_t max;
	uint32_t capacity;
	uint32_t flags;
};

/** How irqref_domain_remove() treats mappings that are left. */
enum irqref_remove {
	/** Fails with BUSY if there is a live mapping or a child domain. */
	IRQREF_REMOVE_POLITE,
	/** Revokes every mapping and reports it. Children answer REVOKED from then on. */
	IRQREF_REMOVE_FORCE,
	/** The same, but what only floats just ends, unreported, as in Linux. */
	IRQREF_REMOVE_LINUX,
};

/**
 * irqref_domain_add() - adds a domain to a space
 * @space: the space
 * @config: what to add; copied
 * @out: takes the domain; unchanged on failure
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; NOMEM; NOTSUP (a chip that sleeps); EXIST (node and bus are taken);
 * REVOKED (the parent was removed); RANGE (the hierarchy is too deep).
 * Grace period: none.
 */
int irqref_domain_add(struct irqref_space *space, const struct irqref_domain_config *config,
                      struct irqref_domain **out);

/**
 * irqref_domain_remove() - removes a domain
 * @domain: the domain; its name and its array are given back, the pointer is refused with STALE
 *          from then on, until the space has removed many more domains or runs out of memory
 * @how: see enum irqref_remove
 * @report: called, with no lock held, for every holder that is in the way (polite) or whose
 *          mapping was revoked (force); may be NULL
 * @ctx: for @report
 *
 * After it returned 0 no callback of this domain runs or will run. The domain's own associated
 * blocks go with it. A polite removal that fails leaves all as it was.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE (removed already); BUSY (polite: held, or a child exists);
 * DEADLK (called by one of its own callbacks).
 * Grace period: waits for one.
 */
int irqref_domain_remove(struct irqref_domain *domain, enum irqref_remove how,
                         irqref_report_fn *report, void *ctx);

/**
 * irqref_domain_associate() - maps a block of fixed numbers
 * @domain: the domain
 * @virq: first number; those must never have been used, or be free and rested
 * @hwirq: first hwirq
 * @count: how many, at least 1
 *
 * The legacy block of a controller whose numbers are laid down elsewhere. The mappings live as
 * long as the domain: a floating reference that a dispose does not clear.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE; RANGE; EXIST (an hwirq is mapped); BUSY (a number is taken);
 * NOMEM; REFUSED. On failure nothing of the block is mapped.
 * Grace period: none.
 */
int irqref_domain_associate(struct irqref_domain *domain, irqref_virq_t virq, irqref_hwirq_t hwirq,
                            uint32_t count);

/**
 * irqref_domain_set_default() - chooses the domain that calls without one use
 * @space: the space
 * @domain: the domain, or NULL for none
 *
 * Context: any.
 * Return: 0; INVAL (another space's domain); STALE.
 * Grace period: none.
 */
int irqref_domain_set_default(struct irqref_space *space, struct irqref_domain *domain);

/**
 * irqref_domain_default() - the space's default domain
 * @space: the space
 *
 * Context: any.
 * Return: the domain or NULL.
 * Grace period: valid until it is removed.
 */
struct irqref_domain *irqref_domain_default(struct irqref_space *space);

/**
 * irqref_domain_by_node() - the domain of a firmware node
 * @space: the space
 * @node: the node; 0 finds the default domain
 * @bus: the kind of domain; where the node has none of that kind, its domain of bus 0
 *
 * Context: any.
 * Return: the domain or NULL.
 * Grace period: valid until it is removed.
 */
struct irqref_domain *irqref_domain_by_node(struct irqref_space *space, uintptr_t node,
                                            uint32_t bus);

/**
 * irqref_domain_data() - the caller's pointer of the domain's configuration
 * @domain: the domain
 *
 * Context: any.
 * Return: the pointer.
 * Grace period: none.
 */
void *irqref_domain_data(const struct irqref_domain *domain);

/**
 * irqref_domain_name() - the domain's name
 * @domain: the domain
 *
 * Context: any.
 * Return: the name; "(removed)" for one that was removed.
 * Grace period: valid until the domain is removed.
 */
const char *irqref_domain_name(const struct irqref_domain *domain);

/**
 * irqref_domain_space() - the space of a domain
 * @domain: the domain
 *
 * Context: any.
 * Return: the space.
 * Grace period: none.
 */
struct irqref_space *irqref_domain_space(const struct irqref_domain *domain);

/**
 * irqref_domain_parent() - the next inner domain
 * @domain: the domain
 *
 * Context: any.
 * Return: the parent, or NULL.
 * Grace period: valid as long as @domain.
 */
struct irqref_domain *irqref_domain_parent(const struct irqref_domain *domain);

/**
 * irqref_domain_mappings() - how many mappings have a level in this domain
 * @domain: the domain
 *
 * Context: any. They are counted one by one: the larger the domain's array, the longer it takes.
 * Return: the number, those being made and those being torn down included; 0 for NULL.
 * Grace period: none.
 */
uint32_t irqref_domain_mappings(const struct irqref_domain *domain);

/**
 * irqref_domain_translate() - what a specifier means to a domain
 * @domain: the domain
 * @fwspec: the specifier
 * @hwirq: takes the number
 * @type: takes the trigger type
 *
 * Context: any; calls @ops->translate.
 * Return: 0; INVAL (null, no cells, a type with unknown bits); STALE; REFUSED (the callback's).
 * Grace period: none.
 */
int irqref_domain_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                            irqref_hwirq_t *hwirq, unsigned int *type);

/**
 * irqref_map_parent() - in a map callback: makes the next inner level
 * @desc: as the callback got it
 * @level: as the callback got it
 * @hwirq: the number that this line has in the parent domain
 * @arg: for the parent's map callback
 *
 * Context: the map callback of @level; may wait.
 * Return: 0; INVAL (no parent, called twice); RANGE; BUSY (another mapping has that hwirq; the get
 * names its holder); REVOKED (the parent was removed); DEADLK; NOMEM; NOSPC; REFUSED.
 * Grace period: none.
 */
int irqref_map_parent(struct irqref_desc *desc, struct irqref_level *level, irqref_hwirq_t hwirq,
                      const void *arg);

/**
 * irqref_level_push() - puts a level on top of a live mapping
 * @space: the space
 * @virq: a mapping without handlers whose outermost domain is @domain's parent
 * @domain: the new outermost domain; its map callback runs for this one level
 * @hwirq: the number in @domain
 * @arg: for the map callback
 *
 * Count and references stay as they are.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; STALE; RANGE; BUSY (handlers installed, the hwirq is mapped,
 * an associated block's mapping);
 * NOMEM; NOSPC; REFUSED; REVOKED.
 * Grace period: the old array of levels is given back after one.
 */
int irqref_level_push(struct irqref_space *space, irqref_virq_t virq, struct irqref_domain *domain,
                      irqref_hwirq_t hwirq, const void *arg);

/**
 * irqref_level_pop() - takes the outermost level off a live mapping
 * @space: the space
 * @virq: a mapping without handlers
 * @domain: its outermost domain
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (another domain is outermost, or it is the only level); ATOMIC; STALE; BUSY
 * (handlers installed); NOMEM; REVOKED.
 * Grace period: the level is given back after one.
 */
int irqref_level_pop(struct irqref_space *space, irqref_virq_t virq, struct irqref_domain *domain);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_DOMAIN_H */
