/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of holders, for conflicts, reports and the ledger; and what is recorded.
 */
#include "internal.h"

static size_t length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

/* What does not fit loses its beginning: the end of a node's path tells more. */
void irqref_name_copy(char *to, const char *from, size_t size)
{
	size_t n = length(from);
	size_t i;

	if (n >= size) {
		from += n - (size - 1);
		n = size - 1;
	}
	for (i = 0; i < n; i++)
		to[i] = from[i];
	to[n] = '\0';
}

char *irqref_name_dup(struct irqref_space *space, const char *name)
{
	size_t size = length(name) + 1;
	char *copy = space->port.alloc(space->port.ctx, size, 1);

	if (copy)
		irqref_name_copy(copy, name, size);
	return copy;
}

void irqref_name_drop(struct irqref_space *space, char *name)
{
	if (name)
		space->port.free(space->port.ctx, name, length(name) + 1);
}

/*
 * A mapping that is being made or torn down may have no slot in its domain, which then does not wait
 * for it when it is removed; in a read section it is not yet another one.
 */
static const char *domain_name(const struct irqref_desc *desc)
{
	enum irqref_state state = desc_state(desc);

	if (state == IRQREF_RESERVED || state == IRQREF_DYING)
		return irqref_domain_name(desc->level.domain);
	return desc->level.domain->name;
}

/* Under the lock, as all below that take a descriptor. */
void irqref_entry_base(struct irqref_desc *desc, struct irqref_entry *entry)
{
	uint32_t word = ld_rlx(&desc->word);

	*entry = (struct irqref_entry){
	        .virq = desc->virq,
	        .hwirq = desc->level.hwirq,
	        .state = word_state(word),
	        .type = irqref_desc_type(desc),
	        .strong = word & WORD_STRONG,
	        .floating = word & WORD_FLOATING,
	};
	/* Who revokes or moves a mapping holds a count without a reference meanwhile. */
	if (entry->strong && cold_of(desc)->owner)
		entry->strong--;
	irqref_name_copy(entry->domain, domain_name(desc), sizeof(entry->domain));
}

void irqref_entry_floating(struct irqref_desc *desc, struct irqref_entry *entry)
{
	irqref_entry_base(desc, entry);
	entry->kind = IRQREF_HOLDER_FLOATING;
	irqref_name_copy(entry->holder, "floating", sizeof(entry->holder));
}

/* The consumer's name lasts as long as one of its references is on a list. */
void irqref_entry_ref(struct irqref_space *space, struct irqref_desc *desc, uint32_t slot,
                      struct irqref_entry *entry)
{
	struct ref *ref = ref_at(space, slot);

	irqref_entry_base(desc, entry);
	if (ref->level && ref->level < desc_levels(desc)) {
		struct irqref_level *level = desc_level_at(desc, ref->level);

		entry->hwirq = level->hwirq;
		irqref_name_copy(entry->domain, level->domain->name, sizeof(entry->domain));
	}
	entry->kind = ref->flags & REF_ANONYMOUS ? IRQREF_HOLDER_ANONYMOUS : IRQREF_HOLDER_CONSUMER;
	entry->level = ref->level;
	entry->since = *since_of(space, slot);
	entry->depth = ref->depth;
	entry->handler = ref->flags & REF_HANDLER;
	entry->chained = ref->flags & REF_CHAINED;
	entry->affine = ref->flags & REF_AFFINE;
	if (entry->handler && ref->flags & REF_PERCPU)
		entry->cookie = (void *)(uintptr_t)((struct percpu *)ref->cookie)->cookies;
	else if (entry->handler)
		entry->cookie = ref->cookie;
	irqref_name_copy(entry->holder, consumer_at(space, ref->consumer)->name,
	                 sizeof(entry->holder));
}

void irqref_conflict_fill(struct irqref_space *space, struct irqref_desc *desc,
                          struct irqref_conflict *conflict)
{
	const char *holder = "";

	/* A dead one's list is a link of the queue of resting numbers. */
	if (!conflict || desc_state(desc) == IRQREF_DEAD)
		return;
	conflict->virq = desc->virq;
	conflict->type = irqref_desc_type(desc);
	if (desc->refs)
		holder = consumer_at(space, ref_at(space, desc->refs)->consumer)->name;
	else if (ld_rlx(&desc->word) & WORD_FLOATING)
		holder = "floating";
	irqref_name_copy(conflict->holder, holder, sizeof(conflict->holder));
}

/* Without locks: reports one holder after the other. Returns how many there were. */
uint32_t irqref_report_holders(struct irqref_space *space, struct irqref_desc *desc,
                               irqref_report_fn *report, void *ctx)
{
	uint32_t index;

	for (index = 0;; index++) {
		struct irqref_entry entry;
		uint32_t left = index;
		unsigned long flags;
		bool found = false;
		uint32_t slot;

		if (!desc_pin(desc, &flags))
			return index;
		if (desc_state(desc) != IRQREF_LIVE && desc_state(desc) != IRQREF_REVOKED) {
			desc_unpin(desc, flags);
			return index;
		}
		if (ld_rlx(&desc->word) & WORD_FLOATING && !left--) {
			irqref_entry_floating(desc, &entry);
			found = true;
		}
		for (slot = desc->refs; slot && !found; slot = ref_at(space, slot)->next) {
			if (left--)
				continue;
			irqref_entry_ref(space, desc, slot, &entry);
			found = true;
		}
		desc_unpin(desc, flags);
		if (!found)
			return index;
		report(ctx, &entry);
	}
}

/* Counts, and tells the port. Any context, no lock held. @desc must be owned or being read. */
void irqref_event(struct irqref_space *space, enum irqref_event_kind kind,
                  const struct irqref_desc *desc, int error)
{
	struct irqref_event event = {.kind = kind, .error = error};

	add_rlx(&space->events[kind], 1u);
	if (!space->port.event)
		return;
	if (desc) {
		event.virq = desc->virq;
		event.hwirq = desc->level.hwirq;
		event.domain = desc->level.domain->name;
	}
	space->port.event(space->port.ctx, &event);
}
