/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The statements that expect something. What they compare with comes from the library's ledger and
 * counters, and from what the recording chip was told.
 */
#include "replay.h"

#include <stdarg.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static int unmet(struct replay *run, const char *fmt, ...);

static int unmet(struct replay *run, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tool_text_add(&run->why, "%s", text);
	return REPLAY_UNMET;
}

/* As unmet(), of what no scenario can bring about with a library that keeps its promises. */
__attribute__((format(printf, 2, 3))) static bool blame(struct replay *run, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	tool_text_add(&run->why, "%s", text);
	run->broken = true;
	return false;
}

static int expect_number(struct replay *run, uint64_t expected, uint64_t found)
{
	if (expected == found)
		return 0;
	return unmet(run, "expected %llu, found %llu", (unsigned long long)expected,
	             (unsigned long long)found);
}

static int expect_word(struct replay *run, const char *expected, const char *found)
{
	if (strcmp(expected, found) == 0)
		return 0;
	return unmet(run, "expected %s, found %s", expected, found);
}

static irqref_virq_t virq_of(const struct replay_domain *d, irqref_hwirq_t hwirq)
{
	struct irqref_domain *domain = replay_handle(d);

	return domain ? irqref_find_virq(domain, hwirq) : 0;
}

/* Steps through one mapping's holders. */
static bool next_holder(struct replay *run, irqref_virq_t virq, struct irqref_cursor *cursor,
                        struct irqref_entry *entry)
{
	while (virq && irqref_ledger_next(run->space, cursor, entry) > 0) {
		if (entry->virq == virq)
			return true;
	}
	return false;
}

/*
 * What the ledger lists must be what each mapping's count says, and what the space's counters say;
 * a contradiction is the library's fault and fails whatever was expected.
 */
bool replay_ledger_is_true(struct replay *run, struct replay_audit *audit)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry, last = {0};
	struct irqref_stats stats;
	uint32_t listed = 0;
	bool floating = false;

	*audit = (struct replay_audit){0};
	for (;;) {
		bool more = irqref_ledger_next(run->space, &cursor, &entry) > 0;

		if (last.virq && (!more || entry.virq != last.virq) &&
		    (listed != last.strong || floating != last.floating)) {
			return blame(
			        run,
			        "the ledger lists %u strong references of virq %u, whose count is %u",
			        (unsigned)listed, (unsigned)last.virq, (unsigned)last.strong);
		}
		if (!more)
			break;
		if (entry.virq != last.virq) {
			listed = 0;
			floating = false;
			audit->live += entry.state == IRQREF_LIVE;
		}
		listed += entry.kind == IRQREF_HOLDER_CONSUMER ||
		          entry.kind == IRQREF_HOLDER_ANONYMOUS;
		audit->strong += entry.kind == IRQREF_HOLDER_CONSUMER ||
		                 entry.kind == IRQREF_HOLDER_ANONYMOUS;
		floating = floating || entry.kind == IRQREF_HOLDER_FLOATING;
		audit->handlers += entry.handler;
		audit->entries++;
		last = entry;
	}
	irqref_space_stats(run->space, &stats);
	if (stats.mappings != audit->live || stats.references != audit->strong ||
	    stats.handlers != audit->handlers || stats.gets - stats.puts != stats.references) {
		return blame(
		        run,
		        "the counters say %u mappings, %u references (%llu gets, %llu puts) and %u "
		        "handlers, the ledger %u, %u and %u",
		        (unsigned)stats.mappings, (unsigned)stats.references,
		        (unsigned long long)stats.gets, (unsigned long long)stats.puts,
		        (unsigned)stats.handlers, (unsigned)audit->live, (unsigned)audit->strong,
		        (unsigned)audit->handlers);
	}
	for (unsigned int i = 0; i < IRQREF_EVENT_KINDS; i++) {
		if (stats.events[i] != run->events[i]) {
			return blame(run, "%u events '%s' were counted, %u were told of",
			             (unsigned)stats.events[i], scenario_event_name(i),
			             (unsigned)run->events[i]);
		}
	}
	return true;
}

static int expect_mapped(struct replay *run, const struct replay_domain *d, bool mapped)
{
	irqref_virq_t virq = virq_of(d, run->stmt->numbers[0]);

	if ((virq != 0) == mapped)
		return 0;
	if (mapped)
		return unmet(run, "expected mapped, found unmapped");
	return unmet(run, "expected unmapped, found virq %u", (unsigned)virq);
}

/* The counts and the type of a mapping; all 0 for what is unmapped. */
static int expect_state(struct replay *run, const struct replay_domain *d)
{
	const struct scenario_stmt *st = run->stmt;
	irqref_virq_t virq = virq_of(d, st->numbers[0]);
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry = {0};

	if (!next_holder(run, virq, &cursor, &entry))
		entry = (struct irqref_entry){0};
	switch (st->kind) {
	case ST_EXPECT_COUNT:
		return expect_number(run, st->numbers[1], (uint64_t)entry.strong + entry.floating);
	case ST_EXPECT_STRONG:
		return expect_number(run, st->numbers[1], entry.strong);
	case ST_EXPECT_FLOATING:
		return expect_word(run, st->flag ? "yes" : "no", entry.floating ? "yes" : "no");
	default:
		return expect_word(run, scenario_type_name(st->type),
		                   virq ? scenario_type_name(entry.type) : "unmapped");
	}
}

static int expect_masked(struct replay *run, const struct replay_domain *d, bool masked)
{
	const struct replay_line *line = replay_line_find(d, run->stmt->numbers[0]);
	bool unmasked;

	/* Of a hierarchy the outermost chip is meant. */
	while (line && line->outer)
		line = line->outer;
	unmasked = line && line->unmasked;
	return expect_word(run, masked ? "masked" : "unmasked", unmasked ? "unmasked" : "masked");
}

static const char *name_at(const struct replay *run, size_t index)
{
	return scenario_name(run->scn, run->scn->lists[run->stmt->list + index]);
}

static bool is_listed(const struct replay *run, const char *name)
{
	for (size_t i = 0; i < run->stmt->nr_list; i++) {
		if (strcmp(name_at(run, i), name) == 0)
			return true;
	}
	return false;
}

/* The ledger keeps the end of a name that is too long. */
static const char *as_in_ledger(const char *name)
{
	size_t len = strlen(name);

	return len < IRQREF_NAME_LEN ? name : name + (len - IRQREF_NAME_LEN + 1);
}

static bool is_holder(struct replay *run, irqref_virq_t virq, const char *name)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (next_holder(run, virq, &cursor, &entry)) {
		if (entry.kind != IRQREF_HOLDER_NONE &&
		    strcmp(entry.holder, as_in_ledger(name)) == 0)
			return true;
	}
	return false;
}

static int expect_holders(struct replay *run, const struct replay_domain *d)
{
	irqref_virq_t virq = virq_of(d, run->stmt->numbers[0]);
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	bool same = true;

	for (size_t i = 0; i < run->stmt->nr_list; i++)
		same = same && is_holder(run, virq, name_at(run, i));
	while (next_holder(run, virq, &cursor, &entry))
		same = same && (entry.kind == IRQREF_HOLDER_NONE || is_listed(run, entry.holder));
	if (same)
		return 0;
	tool_text_add(&run->why, "expected");
	for (size_t i = 0; i < run->stmt->nr_list; i++)
		tool_text_add(&run->why, " %s", name_at(run, i));
	tool_text_add(&run->why, "%s, found", run->stmt->nr_list ? "" : " nobody");
	cursor = (struct irqref_cursor){0};
	same = false;
	while (next_holder(run, virq, &cursor, &entry)) {
		tool_text_add(&run->why, " %s", entry.holder);
		same = true;
	}
	if (!same)
		tool_text_add(&run->why, " nobody");
	return REPLAY_UNMET;
}

static int expect_unmaps(struct replay *run, const struct replay_domain *d)
{
	const struct replay_line *line = replay_line_find(d, run->stmt->numbers[0]);

	return expect_number(run, run->stmt->numbers[1], line ? line->unmaps : 0);
}

static int expect_virqs(struct replay *run, bool same)
{
	irqref_virq_t a = run->vars[run->stmt->names[0]], b = run->vars[run->stmt->names[1]];

	if ((a == b) == same)
		return 0;
	return unmet(run, "expected %s, found %u and %u", same ? "the same number" : "two numbers",
	             (unsigned)a, (unsigned)b);
}

static int expect_delivered(struct replay *run)
{
	uint32_t id = run->stmt->names[0];
	const struct replay_ref *ref = &run->refs[id];

	if (ref->ref.slot == 0)
		ref = &run->handlers[id];
	return expect_number(run, run->stmt->numbers[0], ref->delivered);
}

static int expect_mappings(struct replay *run)
{
	struct irqref_stats stats;
	struct replay_audit audit;

	if (!replay_ledger_is_true(run, &audit))
		return REPLAY_UNMET;
	irqref_space_stats(run->space, &stats);
	return expect_number(run, run->stmt->numbers[0], stats.mappings);
}

static int expect_recorded(struct replay *run)
{
	struct irqref_stats stats;

	irqref_space_stats(run->space, &stats);
	return expect_number(run, run->stmt->numbers[1], stats.events[run->stmt->numbers[0]]);
}

/* Every level that was mapped was unmapped once, and no chip is left unmasked. */
bool replay_domain_is_balanced(struct replay *run, const struct replay_domain *d)
{
	for (uint32_t i = 0; i < d->nr_buckets; i++) {
		for (const struct replay_line *line = d->buckets[i]; line; line = line->next) {
			unsigned long long hwirq = line->hwirq;

			if (line->maps != line->unmaps) {
				return blame(run,
				             "%s %llu was mapped %u times and unmapped %u times",
				             d->name, hwirq, (unsigned)line->maps,
				             (unsigned)line->unmaps);
			}
			if (line->unmasked) {
				return blame(run, "%s %llu is unmapped but not masked", d->name,
				             hwirq);
			}
		}
	}
	return true;
}

/*
 * Memory that statements other than "domain", "consumer" and the like took may stay for three
 * things only: slots of references and of numbers, which keep their type and come in blocks of
 * many, and one table for each sparse domain. How many slots were needed at a time is known, so a
 * slot that is lost each time shows; any other small block is lost memory by itself. (A single lost
 * block of any size shows when the space goes.)
 */
static bool check_memory(struct replay *run)
{
	const size_t small = 1024, slack = 64 << 10;
	struct irqref_stats stats;
	size_t bytes = 0, blocks = 0, tables = 0, allowed;
	uint32_t line = 0;

	if (run->port.wrong)
		return blame(run, "%s", run->port.wrong);
	irqref_space_stats(run->space, &stats);
	if (stats.resting < run->highest)
		return blame(run, "expected all of %u numbers to rest, found %u",
		             (unsigned)run->highest, (unsigned)stats.resting);
	for (size_t i = 0; i < run->port.nr_blocks; i++) {
		const struct replay_block *block = &run->port.blocks[i];

		if (block->lasting)
			continue;
		bytes += block->size;
		if (block->size >= small)
			continue;
		blocks++;
		line = block->line;
	}
	for (const struct replay_domain *d = run->domains; d; d = d->next)
		tables += !d->removed;
	if (blocks > tables)
		return blame(run, "expected no memory left, found %zu small blocks, one of line %u",
		             blocks, (unsigned)line);
	allowed = slack + (size_t)stats.resting * 192 + (size_t)run->peak_references * 192 +
	          (size_t)run->peak_mappings * 64 * (tables + 1);
	if (bytes > allowed)
		return blame(run, "expected no memory left, found %zu bytes where %zu would do",
		             bytes, allowed);
	return true;
}

static int expect_clean(struct replay *run)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct replay_audit audit;
	int err;

	err = irqref_flush(run->space);
	if (err)
		return err;
	if (!replay_ledger_is_true(run, &audit))
		return REPLAY_UNMET;
	if (audit.entries && irqref_ledger_next(run->space, &cursor, &entry) > 0)
		return unmet(
		        run,
		        "expected nothing left, found %u mappings, %u references, %u handlers; "
		        "%s holds %s %llu",
		        (unsigned)audit.live, (unsigned)audit.strong, (unsigned)audit.handlers,
		        entry.holder[0] ? entry.holder : "nobody", entry.domain,
		        (unsigned long long)entry.hwirq);
	for (const struct replay_domain *d = run->domains; d; d = d->next) {
		struct irqref_domain *domain = d->removed ? NULL : replay_handle(d);

		if (!replay_domain_is_balanced(run, d))
			return REPLAY_UNMET;
		if (domain && irqref_domain_mappings(domain))
			return unmet(run, "expected nothing left, found %u mappings in %s",
			             (unsigned)irqref_domain_mappings(domain), d->name);
	}
	return check_memory(run) ? 0 : REPLAY_UNMET;
}

static int expect_of_domain(struct replay *run, const struct scenario_stmt *st)
{
	const struct replay_domain *d = run->by_name[st->names[0]];

	if (!d)
		return unmet(run, "no domain named '%s'", scenario_name(run->scn, st->names[0]));
	switch (st->kind) {
	case ST_EXPECT_MAPPED:
	case ST_EXPECT_UNMAPPED:
		return expect_mapped(run, d, st->kind == ST_EXPECT_MAPPED);
	case ST_EXPECT_MASKED:
	case ST_EXPECT_UNMASKED:
		return expect_masked(run, d, st->kind == ST_EXPECT_MASKED);
	case ST_EXPECT_MAPPINGS_OF:
		return expect_number(run, st->numbers[0], irqref_domain_mappings(replay_handle(d)));
	case ST_EXPECT_HOLDERS:
		return expect_holders(run, d);
	case ST_EXPECT_UNMAPS:
		return expect_unmaps(run, d);
	default:
		return expect_state(run, d);
	}
}

int replay_expect(struct replay *run, const struct scenario_stmt *st)
{
	switch (st->kind) {
	case ST_EXPECT_DELIVERED:
		return expect_delivered(run);
	case ST_EXPECT_SAME:
	case ST_EXPECT_DIFFER:
		return expect_virqs(run, st->kind == ST_EXPECT_SAME);
	case ST_EXPECT_MAPPINGS:
		return expect_mappings(run);
	case ST_EXPECT_RECORDED:
		return expect_recorded(run);
	case ST_EXPECT_CLEAN:
		return expect_clean(run);
	default:
		return expect_of_domain(run, st);
	}
}
