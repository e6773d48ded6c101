/* SPDX-License-Identifier: GPL-2.0-only */
#include "../src/internal.h"

#include "inside.h"

int inside_revoke(struct irqref_space *space, irqref_virq_t number)
{
	struct irqref_desc *desc = desc_of(space, number);
	unsigned int attempt = 0;
	int rc;

	if (!desc || desc_state(desc) == IRQREF_DEAD)
		return IRQREF_ERR_STALE;
	/* It does not end before its domain's struct does, so that one may be looked at. */
	while ((rc = irqref_revoke(desc->level.domain, desc, IRQREF_REMOVE_LINUX, NULL, NULL)) ==
	       IRQREF_RETRY)
		space->port.pause(space->port.ctx, attempt++);
	return rc;
}

bool inside_unborn(const struct irqref_desc *desc)
{
	return desc_state(desc) == IRQREF_RESERVED;
}

bool inside_revoked(const struct irqref_desc *desc)
{
	return desc_state(desc) == IRQREF_REVOKED;
}

bool inside_used(struct irqref_space *space, irqref_virq_t number)
{
	const struct irqref_desc *desc = desc_of(space, number);

	return desc && desc_state(desc) != IRQREF_DEAD;
}

enum irqref_state inside_count(struct irqref_space *space, irqref_virq_t number, uint32_t *strong,
                               bool *floating)
{
	const struct irqref_desc *desc = desc_of(space, number);
	uint32_t word = desc ? ld_acq(&desc->word) : 0;

	*strong = word & WORD_STRONG;
	*floating = word & WORD_FLOATING;
	return word_state(word);
}
