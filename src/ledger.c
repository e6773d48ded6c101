/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cursor over the ledger. Between two steps it remembers the last reference it showed; if that
 * one is still on the mapping's list it goes on behind it, else by position.
 */
#include "internal.h"

static bool still_there(struct irqref_space *space, const struct irqref_desc *desc,
                        const struct irqref_cursor *cursor)
{
	const struct ref *ref =
	        ref_by(space, (struct irqref_ref){cursor->slot, cursor->generation});

	return ref && ref->virq == desc->virq;
}

/* Under the lock: the slot of the next strong reference to show, or 0. */
static uint32_t next_ref(struct irqref_space *space, const struct irqref_desc *desc,
                         const struct irqref_cursor *cursor, uint32_t position)
{
	uint32_t slot;

	if (still_there(space, desc, cursor))
		return ref_at(space, cursor->slot)->next;
	for (slot = desc->refs; slot && position; position--)
		slot = ref_at(space, slot)->next;
	return slot;
}

static bool show(struct irqref_space *space, struct irqref_desc *desc, struct irqref_cursor *cursor,
                 struct irqref_entry *out)
{
	bool floating = ld_rlx(&desc->word) & WORD_FLOATING;
	uint32_t slot;

	switch (desc_state(desc)) {
	case IRQREF_DEAD:
		return false;
	case IRQREF_RESERVED:
	case IRQREF_DYING:
		if (cursor->index || !desc_levels(desc))
			return false;
		irqref_entry_base(desc, out);
		cursor->index = 1;
		return true;
	default:
		break;
	}
	if (floating && !cursor->index) {
		irqref_entry_floating(desc, out);
		cursor->index = 1;
		return true;
	}
	slot = next_ref(space, desc, cursor, cursor->index - (floating && cursor->index ? 1u : 0u));
	if (!slot)
		return false;
	irqref_entry_ref(space, desc, slot, out);
	cursor->index++;
	cursor->slot = slot;
	cursor->generation = ref_at(space, slot)->generation;
	return true;
}

int irqref_ledger_next(struct irqref_space *space, struct irqref_cursor *cursor,
                       struct irqref_entry *out)
{
	if (!space || !cursor || !out)
		return IRQREF_ERR_INVAL;
	for (; cursor->virq < ld_acq(&space->fresh); cursor->virq++) {
		struct irqref_desc *desc = desc_of(space, cursor->virq);
		unsigned long flags;
		bool shown;

		if (!desc)
			continue;
		shown = desc_pin(desc, &flags);
		if (shown) {
			shown = show(space, desc, cursor, out);
			desc_unpin(desc, flags);
		}
		if (shown)
			return 1;
		cursor->index = 0;
		cursor->slot = 0;
	}
	return 0;
}

static uint32_t deliveries(const struct irqref_space *space, const struct irqref_desc *desc)
{
	uint32_t cpu, sum = 0;

	/* Until its first handler came they are those of the number's last life. */
	if (!(ld_acq(&desc->flags) & F_COUNTED))
		return 0;
	for (cpu = 0; cpu < space->nr_cpus; cpu++)
		sum += ld_rlx(counter_of(desc, cpu));
	return sum;
}

int irqref_ledger_deliveries(struct irqref_space *space, irqref_virq_t virq, uint32_t *out)
{
	struct irqref_desc *desc;

	if (!space || !out || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	desc = desc_of(space, virq);
	if (!desc || (desc_state(desc) != IRQREF_LIVE && desc_state(desc) != IRQREF_REVOKED))
		return IRQREF_ERR_STALE;
	*out = deliveries(space, desc);
	return IRQREF_OK;
}
