/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding mappings, and holding them: strong references and the floating one.
 */
#ifndef IRQREF_REF_H
#define IRQREF_REF_H

#include <irqref/consumer.h>
#include <irqref/domain.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most strong references of one mapping. */
#define IRQREF_STRONG_MAX ((1u << 24) - 1u)

/**
 * struct irqref_ref - a strong reference: one consumer's hold on one mapping
 * @slot: where
 * @generation: which one of those that were there; a dead reference is refused for ever
 *
 * A small value to copy at will; copies are the same reference. All members 0 name none.
 */
struct irqref_ref {
	uint32_t slot;
	uint32_t generation;
};

/**
 * irqref_find() - the mapping of an hwirq, without counting it
 * @domain: any level's domain
 * @hwirq: the number in it
 *
 * Takes no lock and writes nothing. To keep what it returns, get a reference.
 *
 * Context: inside a read section (any context otherwise).
 * Return: the mapping, or NULL when nothing live is mapped there.
 * Grace period: valid until the read section closes.
 */
struct irqref_desc *irqref_find(const struct irqref_domain *domain, irqref_hwirq_t hwirq);

/**
 * irqref_find_virq() - the interrupt number of an hwirq, without counting it
 * @domain: any level's domain
 * @hwirq: the number in it
 *
 * Context: any.
 * Return: the number, or 0 when nothing live is mapped there. It is borrowed: the mapping may be
 * gone when the call returns.
 * Grace period: none held.
 */
irqref_virq_t irqref_find_virq(const struct irqref_domain *domain, irqref_hwirq_t hwirq);

/**
 * irqref_resolve() - the mapping of an interrupt number
 * @space: the space
 * @virq: the number
 *
 * Context: inside a read section.
 * Return: the mapping, or NULL when nothing live is mapped there.
 * Grace period: valid until the read section closes.
 */
struct irqref_desc *irqref_resolve(struct irqref_space *space, irqref_virq_t virq);

/**
 * irqref_get() - maps an hwirq if it is not mapped, and takes a strong reference
 * @domain: any level's domain
 * @hwirq: the number in it
 * @type: the trigger type that the consumer needs; IRQREF_TYPE_NONE takes what is in force
 * @consumer: who will hold it
 * @arg: for the map callback if the mapping is made; NULL where the domain wants none
 * @out: takes the reference; unchanged on failure
 * @conflict: names who is in the way on BUSY and TYPE; may be NULL
 *
 * Find, make and count are one step: two gets of one hwirq never give two mappings, and none gets
 * a mapping that is being torn down.
 *
 * Context: any for an hwirq that is mapped; thread, may wait, for one that is not or is just being
 * made or torn down.
 * Return: 0; INVAL; NOENT (the consumer is gone); STALE (the domain was removed); REVOKED (a
 * parent of the domain was removed); RANGE; TYPE (conflict, or refused by the chip); BUSY (the
 * hwirq or one that it needs further in is held in another way); OVERFLOW; NOMEM; NOSPC;
 * REFUSED (a callback); ATOMIC (would have to map in atomic context); AGAIN (in atomic context:
 * just being made or torn down, or no slot at hand); DEADLK (called by the callback that is making
 * or ending this very mapping).
 * Grace period: the reference keeps the mapping until it is put or the mapping is revoked.
 */
int irqref_get(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int type,
               struct irqref_consumer consumer, const void *arg, struct irqref_ref *out,
               struct irqref_conflict *conflict);

/**
 * irqref_get_fwspec() - the same for a firmware's specifier
 * @space: the space
 * @fwspec: the specifier; also the map callback's argument
 * @consumer: who will hold it
 * @out: takes the reference; unchanged on failure
 * @conflict: names who is in the way on BUSY and TYPE; may be NULL
 *
 * Context: as irqref_get().
 * Return: as irqref_get(); NOENT also where the node has no domain.
 * Grace period: as irqref_get().
 */
int irqref_get_fwspec(struct irqref_space *space, const struct irqref_fwspec *fwspec,
                      struct irqref_consumer consumer, struct irqref_ref *out,
                      struct irqref_conflict *conflict);

/**
 * irqref_get_virq() - takes a strong reference on a number that is mapped
 * @space: the space
 * @virq: the number
 * @consumer: who will hold it
 * @out: takes the reference; unchanged on failure
 *
 * Context: any.
 * Return: 0; INVAL; STALE (nothing is mapped there); NOENT (the consumer is gone); REVOKED;
 * OVERFLOW; NOMEM; NOSPC; AGAIN (atomic context and no slot at hand).
 * Grace period: as irqref_get().
 */
int irqref_get_virq(struct irqref_space *space, irqref_virq_t virq, struct irqref_consumer consumer,
                    struct irqref_ref *out);

/**
 * irqref_put() - drops a reference, its handler and its share of the disable depth
 * @space: the space
 * @ref: the reference; dead afterwards
 *
 * Takes effect on the line at once: the handler is unlinked, the line masked if it was the last,
 * the mapping no longer found if nothing else holds it. It does not wait for a handler that runs,
 * so the handler's cookie must live on; see irqref_put_sync(). In atomic context what remains of a
 * teardown is left for irqref_flush(); elsewhere the teardown is finished here.
 *
 * Context: any; in a thread it may wait when it ends the mapping.
 * Return: 0; INVAL; STALE (put before).
 * Grace period: none.
 */
int irqref_put(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_put_sync() - the same, and waits until the handler does not run and will not run again
 * @space: the space
 * @ref: the reference; dead afterwards
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC (nothing was done); STALE.
 * Grace period: waits for one only if a per-CPU handler was installed.
 */
int irqref_put_sync(struct irqref_space *space, struct irqref_ref ref);

/**
 * irqref_ref_virq() - the interrupt number that a reference holds
 * @space: the space
 * @ref: the reference
 * @out: takes the number
 *
 * Context: any.
 * Return: 0; INVAL; STALE. A revoked mapping still has its number.
 * Grace period: none.
 */
int irqref_ref_virq(struct irqref_space *space, struct irqref_ref ref, irqref_virq_t *out);

/**
 * irqref_floating_get() - maps an hwirq if it is not mapped, and sets the floating reference
 * @domain: any level's domain
 * @hwirq: the number in it
 * @type: as for irqref_get()
 * @arg: as for irqref_get()
 * @out: takes the interrupt number; unchanged on failure
 * @conflict: as for irqref_get()
 *
 * The first call sets the mapping's one floating reference, further ones change nothing.
 *
 * Context: as irqref_get().
 * Return: as irqref_get(), but for what concerns consumers and references.
 * Grace period: the number is valid until somebody disposes of it.
 */
int irqref_floating_get(struct irqref_domain *domain, irqref_hwirq_t hwirq, unsigned int type,
                        const void *arg, irqref_virq_t *out, struct irqref_conflict *conflict);

/**
 * irqref_floating_get_fwspec() - the same for a firmware's specifier
 * @space: the space
 * @fwspec: the specifier
 * @out: takes the interrupt number; unchanged on failure
 * @conflict: as for irqref_get()
 *
 * Context: as irqref_get().
 * Return: as irqref_floating_get(); NOENT where the node has no domain.
 * Grace period: as irqref_floating_get().
 */
int irqref_floating_get_fwspec(struct irqref_space *space, const struct irqref_fwspec *fwspec,
                               irqref_virq_t *out, struct irqref_conflict *conflict);

/**
 * irqref_floating_put() - clears the floating reference of a mapping
 * @space: the space
 * @virq: the interrupt number
 *
 * With no strong reference the mapping ends, also when the floating reference was not set. With
 * strong ones nothing else happens, and it is recorded as IRQREF_EVENT_DISPOSE_IN_USE.
 *
 * Context: any; in a thread it may wait when it ends the mapping.
 * Return: 0; INVAL (0 or beyond the table); STALE (nothing is mapped there); REVOKED; BUSY (an
 * associated block's: it goes with its domain).
 * Grace period: none.
 */
int irqref_floating_put(struct irqref_space *space, irqref_virq_t virq);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_REF_H */
