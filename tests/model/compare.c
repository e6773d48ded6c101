/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the library's state is the model's: lookups, chip, handlers, counters, ledger.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

static char *reason;
static size_t reason_size;

#define DIFFERS(...) (snprintf(reason, reason_size, __VA_ARGS__), false)

static bool compare_line(const struct world *w, int domain, uint8_t key)
{
	int m = world_find(w, domain, key);
	irqref_virq_t want = m < 0 ? 0 : w->mapping[m].virq;
	irqref_virq_t got = irqref_find_virq(lib_domain(domain), keys[key]);
	bool masked = m < 0 || w->mapping[m].domain != domain || !world_unmasked(w, m);

	if (got != want)
		return DIFFERS("d%d %#llx is number %u, not %u", domain,
		               (unsigned long long)keys[key], got, want);
	if (lib_mapped(domain, key) != (m >= 0))
		return DIFFERS("d%d %#llx is %smapped at the chip", domain,
		               (unsigned long long)keys[key], m >= 0 ? "not " : "");
	if (lib_masked(domain, key) != masked)
		return DIFFERS("d%d %#llx is %smasked", domain, (unsigned long long)keys[key],
		               masked ? "not " : "");
	return true;
}

static bool compare_domain(const struct world *w, int domain)
{
	uint32_t want = 0;
	uint32_t got;
	uint8_t k;
	int m;

	for (k = 0; k < KEYS; k++) {
		if (!compare_line(w, domain, k))
			return false;
	}
	for (m = 0; m < w->mappings; m++)
		want += w->mapping[m].alive && !w->mapping[m].revoked && world_covers(w, m, domain);
	got = irqref_domain_mappings(lib_domain(domain));
	if (got != want)
		return DIFFERS("d%d has %u mappings, not %u", domain, got, want);
	return true;
}

static bool compare_stats(const struct world *w)
{
	static const enum irqref_event_kind kinds[] = {
	        IRQREF_EVENT_DISPOSE_IN_USE, IRQREF_EVENT_REVOKED, IRQREF_EVENT_LEAKED,
	        IRQREF_EVENT_TYPE_CONFLICT,  IRQREF_EVENT_STUCK,
	};
	struct irqref_stats stats;
	uint32_t mappings = 0;
	uint32_t references = 0;
	uint32_t handlers = 0;
	size_t i;
	int m;

	irqref_space_stats(lib_space(), &stats);
	for (m = 0; m < w->mappings; m++)
		mappings += w->mapping[m].alive && !w->mapping[m].revoked;
	for (i = 0; i < OPS_MAX; i++) {
		references += w->ref[i].made && w->ref[i].alive;
		handlers += w->ref[i].made && w->ref[i].alive && w->ref[i].handler;
	}
	if (stats.mappings != mappings)
		return DIFFERS("%u mappings are counted, not %u", stats.mappings, mappings);
	if (stats.references != references)
		return DIFFERS("%u references are counted, not %u", stats.references, references);
	if (stats.handlers != handlers)
		return DIFFERS("%u handlers are counted, not %u", stats.handlers, handlers);
	if (stats.gets != w->gets || stats.puts != w->puts)
		return DIFFERS("%llu gets and %llu puts are counted, not %u and %u",
		               (unsigned long long)stats.gets, (unsigned long long)stats.puts,
		               w->gets, w->puts);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (stats.events[kinds[i]] != w->events[kinds[i]])
			return DIFFERS("event %u is counted %u times, not %u", kinds[i],
			               stats.events[kinds[i]], w->events[kinds[i]]);
	}
	return true;
}

void holder_name(const struct m_ref *ref, char *buf, size_t size)
{
	char kind = ref->anonymous ? 'h' : 'c';

	snprintf(buf, size, "%c%d", ref->chained ? 'd' : kind, ref->consumer);
}

/* The reference of the model that the entry is; each can be used up once. */
static bool use_ref(const struct world *w, const struct irqref_entry *entry, int mapping,
                    bool *used)
{
	char holder[24];
	char domain[24];
	int i;

	for (i = 0; i < OPS_MAX; i++) {
		const struct m_ref *r = &w->ref[i];

		if (used[i] || !r->made || !r->alive || r->mapping != mapping)
			continue;
		holder_name(r, holder, sizeof(holder));
		snprintf(domain, sizeof(domain), "d%d", r->domain);
		if (r->anonymous != (entry->kind == IRQREF_HOLDER_ANONYMOUS))
			continue;
		if (strcmp(holder, entry->holder) || r->depth != entry->depth ||
		    r->handler != entry->handler || r->chained != entry->chained)
			continue;
		if (!w->mapping[mapping].revoked && strcmp(domain, entry->domain))
			continue;
		used[i] = true;
		return true;
	}
	return false;
}

static bool compare_entry(const struct world *w, const struct irqref_entry *e, bool *used,
                          bool *floating)
{
	int m = world_by_virq(w, e->virq);
	enum irqref_state state;

	if (m < 0)
		return DIFFERS("the ledger has number %u, which is free", e->virq);
	state = w->mapping[m].revoked ? IRQREF_REVOKED : IRQREF_LIVE;
	if (e->state != state)
		return DIFFERS("number %u is in state %d", e->virq, (int)e->state);
	if (e->strong != world_strong(w, m) || e->floating != w->mapping[m].floating)
		return DIFFERS("number %u has %u strong references and %s floating one", e->virq,
		               e->strong, e->floating ? "a" : "no");
	if (!w->mapping[m].revoked &&
	    (e->type != w->mapping[m].type || e->hwirq != keys[w->mapping[m].key]))
		return DIFFERS("number %u has type %u, hwirq %#llx", e->virq, e->type,
		               (unsigned long long)e->hwirq);
	if (e->kind == IRQREF_HOLDER_FLOATING) {
		if (floating[m])
			return DIFFERS("the floating reference of %u comes twice", e->virq);
		floating[m] = true;
		return true;
	}
	if (e->kind == IRQREF_HOLDER_NONE || !use_ref(w, e, m, used))
		return DIFFERS("number %u is held by %s through %s, depth %u, %s handler", e->virq,
		               e->holder, e->domain, e->depth, e->handler ? "with" : "without");
	return true;
}

static bool compare_ledger(const struct world *w)
{
	bool used[OPS_MAX] = {false};
	bool floating[OPS_MAX] = {false};
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	int i;

	while (irqref_ledger_next(lib_space(), &cursor, &entry) == 1) {
		if (!compare_entry(w, &entry, used, floating))
			return false;
	}
	for (i = 0; i < OPS_MAX; i++) {
		if (w->ref[i].made && w->ref[i].alive && !used[i])
			return DIFFERS("the ledger does not have r%d", i);
		if (i < w->mappings && w->mapping[i].alive && w->mapping[i].floating &&
		    !floating[i])
			return DIFFERS("the ledger lacks the floating reference of number %u",
			               w->mapping[i].virq);
	}
	return true;
}

bool compare(const struct world *w, char *why, size_t size)
{
	int i;

	reason = why;
	reason_size = size;
	for (i = 0; i < OPS_MAX; i++) {
		if (w->ref[i].made && lib_delivered(i) != w->ref[i].delivered)
			return DIFFERS("r%d got %u interrupts, not %u", i, lib_delivered(i),
			               w->ref[i].delivered);
	}
	for (i = 0; i < OPS_MAX; i++) {
		if (w->domain[i].made && w->domain[i].alive && !compare_domain(w, i))
			return false;
	}
	return compare_stats(w) && compare_ledger(w);
}
