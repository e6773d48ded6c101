/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run of one scenario: its statements in order, what is said about each, and the space's end.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "ledger_print.h"
#include "posix.h"

/* The library answers for a removed domain until it removed many more; then this tool does. */
#define REMOVALS_KEPT 32u

struct irqref_domain *replay_handle(const struct replay_domain *d)
{
	if (d->removed && d->run->removals - d->removal >= REMOVALS_KEPT)
		return NULL;
	return d->domain;
}

const char *replay_code(int code)
{
	return irqref_strerror(code > 0 ? 0 : code);
}

/* ----------------------------------------------------------- statements */

static void say(const struct replay *run)
{
	const struct scenario_stmt *st = run->stmt;

	if (run->opt->quiet || !run->changed)
		return;
	fprintf(run->opt->out, "%s:%u: %.*s%s%s\n", run->scn->file, (unsigned)st->line,
	        (int)st->text_len, st->text, run->note.len ? ": " : "",
	        run->note.len ? run->note.data : "");
}

static void complain(const struct replay *run, const char *expected, int code)
{
	const struct scenario_stmt *st = run->stmt;

	fflush(run->opt->out);
	fprintf(run->opt->err, "%s:%u: %.*s: ", run->scn->file, (unsigned)st->line,
	        (int)st->text_len, st->text);
	if (run->why.len)
		fprintf(run->opt->err, "%s", run->why.data);
	else
		fprintf(run->opt->err, "expected %s, found %s", expected, replay_code(code));
	if (run->conflict.holder[0])
		fprintf(run->opt->err, " (virq %u, type %s, is held by %s)",
		        (unsigned)run->conflict.virq, scenario_type_name(run->conflict.type),
		        run->conflict.holder);
	else if (code < 0 && run->note.len)
		fprintf(run->opt->err, " (%s)", run->note.data);
	fputc('\n', run->opt->err);
}

/* What a statement that is said to fail was to fail with. */
static bool failed_as_said(const struct scenario_stmt *st, int code)
{
	if (st->code == SCENARIO_ANY_CODE)
		return code != 0;
	return code == st->code;
}

/* Calls to a demultiplexer count, too. */
static void note_delivered(struct replay *run, uint64_t calls)
{
	if (calls == 0)
		return;
	run->changed = true;
	tool_text_add(&run->note, "%s%llu handler call%s", run->note.len ? ", " : "",
	              (unsigned long long)calls, calls == 1 ? "" : "s");
}

static void note_peaks(struct replay *run)
{
	struct irqref_stats stats;

	irqref_space_stats(run->space, &stats);
	if (stats.mappings > run->peak_mappings)
		run->peak_mappings = stats.mappings;
	if (stats.references > run->peak_references)
		run->peak_references = stats.references;
}

static bool step(struct replay *run, const struct scenario_stmt *st)
{
	bool expects = st->kind >= ST_EXPECT_MAPPED;
	uint64_t delivered = run->delivered;
	int code;

	run->stmt = st;
	run->changed = false;
	run->conflict = (struct irqref_conflict){0};
	tool_text_clear(&run->note);
	tool_text_clear(&run->why);
	/* These make what lives longer than any mapping. */
	run->port.lasting = st->kind == ST_BOARD || st->kind == ST_DOMAIN ||
	                    st->kind == ST_CONSUMER || st->kind == ST_CHAIN;
	code = expects ? replay_expect(run, st) : replay_do(run, st);
	replay_hardware(run);
	note_peaks(run);
	note_delivered(run, run->delivered - delivered);
	if (run->port.wrong) {
		run->broken = true;
		tool_text_clear(&run->why);
		tool_text_add(&run->why, "%s", run->port.wrong);
		complain(run, "OK", code);
		return false;
	}
	if (!st->fails && code == 0) {
		say(run);
		return true;
	}
	if (st->fails && failed_as_said(st, code))
		return true;
	complain(run,
	         st->fails ? st->code == SCENARIO_ANY_CODE ? "a failure" : replay_code(st->code)
	                   : "OK",
	         code);
	return false;
}

static bool run_all(struct replay *run)
{
	const struct scenario *scn = run->scn;
	uint64_t steps = 0;

	for (size_t i = 0; i < scn->nr_stmts; i++) {
		const struct scenario_stmt *st = &scn->stmts[i];

		if (run->opt->max_steps && steps++ == run->opt->max_steps)
			return true;
		if (st->kind == ST_REPEAT) {
			run->left[i] = st->numbers[0];
			if (run->left[i] == 0)
				i = st->partner;
		} else if (st->kind == ST_END) {
			if (--run->left[st->partner] > 0)
				i = st->partner;
		} else if (!step(run, st)) {
			return false;
		}
	}
	return true;
}

/* ------------------------------------------------------------- the end */

static void put_char(void *ctx, char c)
{
	fputc(c, ctx);
}

static void print_left(const struct replay *run)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	if (run->opt->quiet)
		return;
	while (irqref_ledger_next(run->space, &cursor, &entry) > 0)
		fprintf(run->opt->out, "left: %s %llu virq %u: %s%s, since line %u\n",
		        entry.domain[0] ? entry.domain : "-", (unsigned long long)entry.hwirq,
		        (unsigned)entry.virq, entry.holder[0] ? entry.holder : "nobody",
		        entry.state == IRQREF_REVOKED ? " (revoked)" : "", (unsigned)entry.since);
}

/* Puts whatever is still held, each in the way that a scenario would. */
static void take_down(struct replay *run)
{
	irqref_virq_t virq;

	for (uint32_t id = 1; id < run->scn->nr_names; id++) {
		struct irqref_ref ref = run->refs[id].ref;

		if (ref.slot && irqref_ref_virq(run->space, ref, &virq) == 0)
			irqref_put_sync(run->space, ref);
		if (run->handlers[id].virq)
			replay_unhandle(run, &run->handlers[id], run->handlers[id].virq);
	}
	for (uint32_t id = 1; id < run->scn->nr_names; id++) {
		if (run->consumers[id].slot)
			irqref_consumer_remove(run->space, run->consumers[id], NULL, NULL);
	}
	for (struct replay_domain *d = run->domains; d; d = d->next) {
		replay_unchain(run, d);
		if (!d->removed)
			irqref_domain_remove(d->domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	}
}

static bool end_wrong(struct replay *run, const char *what)
{
	run->broken = true;
	fflush(run->opt->out);
	fprintf(run->opt->err, "%s: at the end: %s\n", run->scn->file, what);
	return false;
}

/* An empty space must have given back all memory, and no level be mapped or unmasked. */
static bool remove_space(struct replay *run)
{
	struct tool_text *why = &run->why;
	bool ok = true;
	int err;

	tool_text_clear(why);
	err = irqref_space_remove(run->space);
	if (err) {
		tool_text_add(why, "the space cannot be removed: %s", replay_code(err));
		return end_wrong(run, why->data);
	}
	if (run->port.wrong)
		ok = end_wrong(run, run->port.wrong);
	if (run->port.nr_blocks) {
		tool_text_add(why, "%zu bytes were not given back, the last ones of line %u",
		              run->port.bytes,
		              (unsigned)run->port.blocks[run->port.nr_blocks - 1].line);
		ok = end_wrong(run, why->data);
	}
	for (const struct replay_domain *d = run->domains; d; d = d->next) {
		tool_text_clear(why);
		if (!replay_domain_is_balanced(run, d))
			ok = end_wrong(run, why->data);
	}
	return ok;
}

static int start(struct replay *run)
{
	struct irqref_space_config config = {0};
	size_t count = run->scn->nr_names;
	int err;

	run->refs = tool_zalloc(count, sizeof(*run->refs));
	run->handlers = tool_zalloc(count, sizeof(*run->handlers));
	run->consumers = tool_zalloc(count, sizeof(*run->consumers));
	run->vars = tool_zalloc(count, sizeof(*run->vars));
	run->by_name = tool_zalloc(count, sizeof(*run->by_name));
	run->left = tool_zalloc(run->scn->nr_stmts, sizeof(*run->left));
	err = replay_port_init(&run->port, run, &config.port);
	return err ? err : irqref_space_create(&config, &run->space);
}

static void finish(struct replay *run)
{
	while (run->domains) {
		struct replay_domain *d = run->domains;

		run->domains = d->next;
		replay_domain_forget(d);
	}
	replay_port_fini(&run->port);
	if (run->has_board)
		tool_board_free(&run->board);
	tool_text_free(&run->note);
	tool_text_free(&run->why);
	free(run->queue);
	free(run->latched);
	free(run->refs);
	free(run->handlers);
	free(run->consumers);
	free(run->vars);
	free(run->by_name);
	free(run->left);
}

int replay_run(const struct scenario *scn, const struct replay_options *opt)
{
	struct replay run = {.scn = scn, .opt = opt};
	struct replay_audit audit;
	bool ok;
	int err;

	err = start(&run);
	if (err) {
		fprintf(opt->err, "%s: no space can be made: %s\n", scn->file, replay_code(err));
		finish(&run);
		return TOOL_FAILED;
	}
	ok = run_all(&run);
	run.stmt = NULL;
	/* What was to fail and was not asked for must not hit the end. */
	run.port.countdown = 0;
	run.map_countdown = 0;
	irqref_flush(run.space);
	if (opt->ledger)
		ledger_print(put_char, opt->out, run.space);
	print_left(&run);
	tool_text_clear(&run.why);
	if (ok && !replay_ledger_is_true(&run, &audit))
		ok = end_wrong(&run, run.why.data);
	take_down(&run);
	ok = remove_space(&run) && ok;
	if (run.broken && opt->broken)
		*opt->broken = true;
	finish(&run);
	return ok && !run.broken ? TOOL_OK : TOOL_FAILED;
}

int replay_text(const char *file, const char *text, size_t size, const struct replay_options *opt)
{
	struct scenario scn;
	int result;

	if (!scenario_parse(&scn, file, text, size, opt->err))
		return TOOL_USAGE;
	result = replay_run(&scn, opt);
	scenario_free(&scn);
	return result;
}
