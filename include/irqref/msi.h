/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message-signalled interrupts: blocks of vectors with one owner.
 */
#ifndef IRQREF_MSI_H
#define IRQREF_MSI_H

#include <irqref/handler.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_msi_vectors - which hwirqs of a parent domain are free for messages
 * @bits: one bit for each vector, set when taken; (@count + 31) / 32 words of the caller's memory,
 *        zeroed before the first use
 * @base: hwirq of the first vector
 * @count: how many
 *
 * For the map callback of an MSI domain: it takes a block here and maps it in its parent.
 */
struct irqref_msi_vectors {
	uint32_t *bits;
	irqref_hwirq_t base;
	uint32_t count;
};

/**
 * struct irqref_msi_arg - what an MSI domain's map callback is given
 * @device: the device's identity on its bus (a requester ID), as the caller of irqref_msi_alloc()
 *          gave it
 * @index: which vector of the block this is, from 0
 * @count: how many vectors the block has
 * @base: hwirq, in the MSI domain, of the block's first vector
 * @scratch: 0 at the block's first vector; what a callback leaves here, it finds at the next, and
 *           the domain's abandon callback finds it if the block fails. Who hands a copy on to the next
 *           inner domain takes it over from there, also when the vector fails.
 */
struct irqref_msi_arg {
	uint32_t device;
	uint32_t index;
	uint32_t count;
	irqref_hwirq_t base;
	irqref_hwirq_t scratch;
};

/**
 * irqref_msi_take() - takes a block of free vectors
 * @vectors: where from
 * @count: how many, 1 to 1024
 * @align: the first hwirq is a multiple of this power of two, counted from 0
 * @out: takes the first hwirq
 *
 * Context: any; lock-free.
 * Return: 0; INVAL; NOSPC.
 * Grace period: none.
 */
int irqref_msi_take(struct irqref_msi_vectors *vectors, uint32_t count, uint32_t align,
                    irqref_hwirq_t *out);

/**
 * irqref_msi_give() - gives vectors back
 * @vectors: where they came from
 * @hwirq: the first
 * @count: how many
 *
 * Context: any; lock-free.
 * Return: 0; INVAL (one of them is not taken or not of @vectors; nothing is given back).
 * Grace period: none.
 */
int irqref_msi_give(struct irqref_msi_vectors *vectors, irqref_hwirq_t hwirq, uint32_t count);

/**
 * irqref_msi_alloc() - maps a block of vectors for one owner
 * @domain: the MSI domain
 * @base: hwirq of the first, in @domain; the block is @base to @base + @count - 1
 * @count: how many, 1 to 2048
 * @device: for struct irqref_msi_arg
 * @owner: the consumer
 * @refs: takes @count references
 *
 * All or nothing.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; BUSY (one of the hwirqs is mapped already); as irqref_get().
 * Grace period: none.
 */
int irqref_msi_alloc(struct irqref_domain *domain, irqref_hwirq_t base, uint32_t count,
                     uint32_t device, struct irqref_consumer owner, struct irqref_ref *refs);

/**
 * irqref_msi_free() - ends a block of vectors
 * @space: the space
 * @refs: the owner's references
 * @count: how many
 *
 * Each mapping is revoked, whoever else holds it, and the owner's reference dropped. Waits for
 * handlers that run. Cannot fail for a block that irqref_msi_alloc() gave; references in it that
 * are dead already are passed over and recorded.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC.
 * Grace period: none.
 */
int irqref_msi_free(struct irqref_space *space, const struct irqref_ref *refs, uint32_t count);

/**
 * irqref_msi_compose() - what a device must write to raise a vector
 * @space: the space
 * @ref: a reference on the vector
 * @out: takes address and data
 *
 * The outermost level whose chip has compose_msi answers.
 *
 * Context: any.
 * Return: 0; INVAL; STALE; REVOKED; NOTSUP; REFUSED.
 * Grace period: none.
 */
int irqref_msi_compose(struct irqref_space *space, struct irqref_ref ref,
                       struct irqref_msi_msg *out);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_MSI_H */
