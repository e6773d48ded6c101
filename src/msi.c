/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Message-signalled interrupts: vectors of a parent domain, and blocks of mappings with one owner.
 */
#include "internal.h"

#define TAKE_MAX  1024u
#define ALLOC_MAX 2048u

static uint32_t bit_of(uint32_t index)
{
	return 1u << index % 32;
}

static void give_bits(struct irqref_msi_vectors *vectors, uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = first; i < first + count; i++)
		and_sc(&vectors->bits[i / 32], ~bit_of(i));
}

/* All of them, or none. Returns how many were free before the first one taken. */
static uint32_t take_bits(struct irqref_msi_vectors *vectors, uint32_t first, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		uint32_t at = first + i;

		if (or_sc(&vectors->bits[at / 32], bit_of(at)) & bit_of(at)) {
			give_bits(vectors, first, i);
			break;
		}
	}
	return i;
}

int irqref_msi_take(struct irqref_msi_vectors *vectors, uint32_t count, uint32_t align,
                    irqref_hwirq_t *out)
{
	uint32_t first;

	if (!vectors || !vectors->bits || !out || !count || count > TAKE_MAX || !align ||
	    align & (align - 1u))
		return IRQREF_ERR_INVAL;
	first = (uint32_t)(-vectors->base & (align - 1u));
	while (first < vectors->count && count <= vectors->count - first) {
		if (take_bits(vectors, first, count) == count) {
			*out = vectors->base + first;
			return IRQREF_OK;
		}
		first += align;
	}
	return IRQREF_ERR_NOSPC;
}

int irqref_msi_give(struct irqref_msi_vectors *vectors, irqref_hwirq_t hwirq, uint32_t count)
{
	uint32_t first, i;

	if (!vectors || !vectors->bits || !count || hwirq < vectors->base ||
	    hwirq - vectors->base >= vectors->count ||
	    count > vectors->count - (hwirq - vectors->base))
		return IRQREF_ERR_INVAL;
	first = (uint32_t)(hwirq - vectors->base);
	for (i = first; i < first + count; i++) {
		if (!(ld_acq(&vectors->bits[i / 32]) & bit_of(i)))
			return IRQREF_ERR_INVAL;
	}
	give_bits(vectors, first, count);
	return IRQREF_OK;
}

/*
 * Tells whoever took the block, the outermost domain that can give it back, which vectors are left
 * of it. The one that failed is among them unless this domain had mapped it: then its unmap callback
 * has given that vector back, and by now it may be somebody else's. So may the block be if nothing
 * is left.
 */
static void abandon(struct irqref_domain *domain, struct irqref_msi_arg *arg, uint32_t undone)
{
	while (domain && !(domain->ops && domain->ops->abandon))
		domain = domain->parent;
	if (!domain)
		return;
	arg->index += undone >> (domain->depth - 1u) & 1u;
	if (arg->index < arg->count)
		domain->ops->abandon(domain, arg);
}

int irqref_msi_alloc(struct irqref_domain *domain, irqref_hwirq_t base, uint32_t count,
                     uint32_t device, struct irqref_consumer owner, struct irqref_ref *refs)
{
	struct irqref_msi_arg arg = {.device = device, .count = count, .base = base};
	uint32_t undone = 0;
	uint32_t i;
	int rc = IRQREF_OK;

	if (!domain || !refs || !count || count > ALLOC_MAX || base + count < base)
		return IRQREF_ERR_INVAL;
	if (!can_wait(domain->space))
		return IRQREF_ERR_ATOMIC;
	for (i = 0; i < count && !rc; i++) {
		struct get get = {
		        .domain = domain,
		        .hwirq = base + i,
		        .consumer = owner,
		        .arg = &arg,
		        .fresh = true,
		};

		arg.index = i;
		rc = irqref_mapping_get(&get);
		refs[i] = get.ref;
		undone = get.undone;
	}
	if (!rc)
		return rc;
	if (i > 1)
		irqref_msi_free(domain->space, refs, i - 1);
	if (arg.scratch)
		abandon(domain, &arg, undone);
	return rc;
}

/*
 * The mapping is always revoked and then put: a put alone would leave it to whoever took another
 * reference just before.
 */
int irqref_msi_free(struct irqref_space *space, const struct irqref_ref *refs, uint32_t count)
{
	uint32_t i;

	if (!space || !refs || !count)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	for (i = 0; i < count; i++) {
		if (irqref_revoke_own(space, refs[i]) == IRQREF_OK)
			irqref_put_sync(space, refs[i]);
	}
	return IRQREF_OK;
}

int irqref_msi_compose(struct irqref_space *space, struct irqref_ref ref,
                       struct irqref_msi_msg *out)
{
	unsigned long flags, desc_flags;
	struct irqref_desc *desc;
	struct ref *at;
	int rc;

	if (!space || !ref.slot || !out)
		return IRQREF_ERR_INVAL;
	at = irqref_ref_lock(space, ref, &flags);
	if (!at)
		return IRQREF_ERR_STALE;
	desc = desc_of(space, at->virq);
	desc_flags = desc_lock(desc);
	rc = desc_state(desc) == IRQREF_REVOKED ? IRQREF_ERR_REVOKED
	                                        : irqref_line_compose_msi(desc, out);
	desc_unlock(desc, desc_flags);
	spin_unlock(&consumer_at(space, at->consumer)->lock, RANK_CONSUMER, flags);
	return rc;
}
