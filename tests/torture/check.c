/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader, who looks while everything moves; and what must hold when nothing does.
 */
#include "torture.h"

#include <sched.h>
#include <string.h>

#define ENTRIES 1024

/* Lookups and the ledger while all changes: no answer is wrong, but a torn one is. */
void *reader_main(void *arg)
{
	struct thread *self = arg;
	struct irqref_cursor cursor;
	struct irqref_entry entry;
	struct irqref_stats stats;
	irqref_virq_t last;

	while (!ld(&t.stop)) {
		memset(&cursor, 0, sizeof(cursor));
		last = 0;
		st(&self->doing, "ledger");
		while (irqref_ledger_next(t.space, &cursor, &entry) == 1 && !ld(&t.stop)) {
			if (!entry.virq || entry.virq < last)
				violation("the ledger's order is wrong");
			last = entry.virq;
			if (entry.kind == IRQREF_HOLDER_CONSUMER && !entry.holder[0])
				violation("a holder has no name");
			if (memchr(entry.holder, 0, sizeof(entry.holder)) == NULL)
				violation("a holder's name does not end");
		}
		st(&self->doing, "stats");
		check_code("stats", irqref_space_stats(t.space, &stats), OK);
		sched_yield();
		self->ops++;
	}
	__atomic_store_n(&self->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* what the ledger says, once */

static struct irqref_entry entries[ENTRIES];
static bool used[ENTRIES];
static uint32_t entry_count;

static void read_ledger(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	entry_count = 0;
	memset(used, 0, sizeof(used));
	while (irqref_ledger_next(t.space, &cursor, &entry) == 1) {
		if (entry.kind == IRQREF_HOLDER_NONE)
			violation("number %u is in state %d when all is quiet", entry.virq,
			          (int)entry.state);
		if (entry_count < ENTRIES)
			entries[entry_count++] = entry;
	}
}

static void find_entry(struct irqref_ref ref, const char *holder, uint32_t depth, bool handler)
{
	irqref_virq_t virq = 0;
	uint32_t i;

	check_code("ref_virq when all is quiet", irqref_ref_virq(t.space, ref, &virq), OK);
	for (i = 0; i < entry_count; i++) {
		const struct irqref_entry *e = &entries[i];

		if (used[i] || e->virq != virq || e->kind != IRQREF_HOLDER_CONSUMER ||
		    strcmp(e->holder, holder) || e->depth != depth || e->handler != handler)
			continue;
		used[i] = true;
		return;
	}
	violation("the ledger lacks %s on number %u with depth %u, %s handler", holder, virq, depth,
	          handler ? "with" : "without");
}

static void check_ledger(void)
{
	uint32_t w;
	uint32_t i;

	for (w = 0; w < WRITERS; w++) {
		for (i = 0; i < HELD; i++) {
			const struct held *held = &t.writer[w].held[i];

			if (held->used)
				find_entry(held->ref, t.writer[w].name, held->depth,
				           held->hook != NULL);
		}
	}
	for (i = 0; i < KEEPERS; i++)
		find_entry(t.keepers[i]->ref, "keeper", 0, true);
	find_entry(t.chain->ref, "keeper", 0, true);
	for (i = 0; i < entry_count; i++) {
		if (!used[i] && entries[i].kind != IRQREF_HOLDER_FLOATING)
			violation("number %u is held by %s, who does not know", entries[i].virq,
			          entries[i].holder);
	}
}

/* The numbers of each entry agree with the entries. */
static void check_counts(void)
{
	struct irqref_stats stats;
	uint32_t references = 0;
	uint32_t handlers = 0;
	uint32_t mappings = 0;
	irqref_virq_t last = 0;
	uint32_t i;
	uint32_t k;

	for (i = 0; i < entry_count; i++) {
		const struct irqref_entry *e = &entries[i];
		uint32_t strong = 0;
		bool floating = false;

		references += e->kind == IRQREF_HOLDER_CONSUMER;
		handlers += e->handler;
		if (e->virq == last)
			continue;
		last = e->virq;
		mappings += e->state == IRQREF_LIVE;
		for (k = i; k < entry_count && entries[k].virq == e->virq; k++) {
			strong += entries[k].kind == IRQREF_HOLDER_CONSUMER;
			floating |= entries[k].kind == IRQREF_HOLDER_FLOATING;
		}
		if (strong != e->strong || floating != e->floating)
			violation("number %u counts %u strong and %s floating, but shows %u",
			          e->virq, e->strong, e->floating ? "one" : "no", strong);
	}
	irqref_space_stats(t.space, &stats);
	if (stats.mappings != mappings || stats.references != references ||
	    stats.handlers != handlers)
		violation("%u mappings, %u references, %u handlers are counted, not %u, %u, %u",
		          stats.mappings, stats.references, stats.handlers, mappings, references,
		          handlers);
	if (stats.gets - stats.puts != references)
		violation("%llu gets and %llu puts make %u references",
		          (unsigned long long)stats.gets, (unsigned long long)stats.puts,
		          references);
}

/* The chip was told what the references say: unmasked with a handler and without a disable. */
static void check_chip(enum board_domain id, uint8_t key)
{
	struct instance *instance = t.place[id].instance;
	irqref_virq_t virq = irqref_find_virq(instance->domain, hwirq_of(id, key));
	uint32_t handlers = 0;
	uint32_t depth = 0;
	uint32_t i;
	bool outermost = false;
	bool want;

	for (i = 0; virq && i < entry_count; i++) {
		if (entries[i].virq != virq)
			continue;
		handlers += entries[i].handler;
		depth += entries[i].depth;
		if (entries[i].level == 0 &&
		    !strcmp(entries[i].domain, irqref_domain_name(instance->domain)))
			outermost = true;
	}
	if (ld(&instance->wire[key].mapped) != (virq != 0))
		violation("domain %d line %u: %s at the chip, number %u", (int)id, key,
		          virq ? "not mapped" : "mapped", virq);
	want = virq && handlers && !depth;
	if (ld(&instance->wire[key].unmasked) && !want)
		violation("domain %d line %u is not masked", (int)id, key);
	if (!ld(&instance->wire[key].unmasked) && want && outermost)
		violation("domain %d line %u is masked", (int)id, key);
	if (ld(&instance->line[key].running))
		violation("domain %d line %u runs when all is quiet", (int)id, key);
}

void check_quiet(void)
{
	uint32_t i;
	int id;
	uint8_t key;

	/* Edges that waited are sent now, and handlers that run for them may put themselves. */
	check_code("flush", irqref_flush(t.space), OK);
	for (i = 0; i < WRITERS; i++)
		writer_settle(&t.writer[i]);
	read_ledger();
	check_ledger();
	check_counts();
	for (id = 0; id < D_FIXED; id++) {
		for (key = 0; key < KEYS; key++)
			check_chip((enum board_domain)id, key);
	}
}

/* After every disable was taken back: the keepers' handlers ran after the last edge. */
void check_edges(void)
{
	uint32_t i;

	for (i = 0; i < KEEPERS; i++) {
		struct line *line = t.keepers[i]->line;

		if (ld(&line->seen) != ld(&line->raised))
			violation("an edge of line %u is lost: %u were raised, the handler saw %u",
			          i, ld(&line->raised), ld(&line->seen));
	}
}
