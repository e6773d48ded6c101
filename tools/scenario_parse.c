/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a scenario: bytes to statements. Each statement's usage line is also its grammar.
 */
#include "scenario.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <irqref/error.h>

#include "common.h"

/*
 * One form of a statement. The words of @form: DOMAIN, REF, VAR, CONSUMER, CHILD, NAME and BRIDGE
 * are names; HWIRQ, N, SIZE, TIMES, INDEX, SLOT numbers; PATH and NODE take any printable
 * characters; NAME... a list; others are as they stand. Brackets enclose what may be left out.
 */
struct form {
	const char *form;
	enum scenario_kind kind;
};

static const struct form forms[] = {
        {"board PATH", ST_BOARD},
        {"domain NAME linear SIZE [parent NAME] [refuse HWIRQ]", ST_DOMAIN},
        {"default DOMAIN", ST_DEFAULT},
        {"consumer NAME", ST_CONSUMER},
        {"get REF CONSUMER of NODE INDEX", ST_GET_OF},
        {"get REF CONSUMER pci BRIDGE SLOT PIN", ST_GET_PCI},
        {"get REF CONSUMER DOMAIN HWIRQ [TYPE]", ST_GET},
        {"put REF", ST_PUT},
        {"create VAR DOMAIN HWIRQ [TYPE]", ST_CREATE},
        {"find VAR DOMAIN HWIRQ", ST_FIND},
        {"dispose VAR", ST_DISPOSE},
        {"request REF [shared]", ST_REQUEST},
        {"free REF", ST_FREE},
        {"handler VAR NAME [shared]", ST_HANDLER},
        {"unhandle VAR NAME", ST_UNHANDLE},
        {"disable REF", ST_DISABLE},
        {"enable REF", ST_ENABLE},
        {"fire DOMAIN HWIRQ [TIMES]", ST_FIRE},
        {"chain DOMAIN HWIRQ CHILD", ST_CHAIN},
        {"unplug CONSUMER", ST_UNPLUG},
        {"remove DOMAIN [force]", ST_REMOVE},
        {"inject alloc N", ST_INJECT_ALLOC},
        {"inject map N", ST_INJECT_MAP},
        {"repeat N", ST_REPEAT},
        {"end", ST_END},
        {"expect mapped DOMAIN HWIRQ", ST_EXPECT_MAPPED},
        {"expect unmapped DOMAIN HWIRQ", ST_EXPECT_UNMAPPED},
        {"expect count DOMAIN HWIRQ N", ST_EXPECT_COUNT},
        {"expect strong DOMAIN HWIRQ N", ST_EXPECT_STRONG},
        {"expect floating DOMAIN HWIRQ YESNO", ST_EXPECT_FLOATING},
        {"expect type DOMAIN HWIRQ TYPE", ST_EXPECT_TYPE},
        {"expect delivered REF N", ST_EXPECT_DELIVERED},
        {"expect masked DOMAIN HWIRQ", ST_EXPECT_MASKED},
        {"expect unmasked DOMAIN HWIRQ", ST_EXPECT_UNMASKED},
        {"expect same VAR VAR", ST_EXPECT_SAME},
        {"expect differ VAR VAR", ST_EXPECT_DIFFER},
        {"expect mappings N", ST_EXPECT_MAPPINGS},
        {"expect mappings DOMAIN N", ST_EXPECT_MAPPINGS_OF},
        {"expect holders DOMAIN HWIRQ NAME...", ST_EXPECT_HOLDERS},
        {"expect unmaps DOMAIN HWIRQ N", ST_EXPECT_UNMAPS},
        {"expect recorded EVENT N", ST_EXPECT_RECORDED},
        {"expect clean", ST_EXPECT_CLEAN},
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

/* Words of one line; those beyond are only of interest to "holders", which has its own list. */
#define WORDS_KEPT 8u

struct word {
	const char *text;
	size_t len;
	uint32_t column;
};

struct parser {
	struct scenario *scn;
	FILE *err;
	uint32_t line;
	const char *start;
	const char *end;
	struct word *words;
	size_t nr_words;
	size_t room_words;
	size_t at;
	size_t repeats[SCENARIO_NESTING];
	uint32_t depth;
};

static bool complain(const struct parser *p, uint32_t column, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

static bool complain(const struct parser *p, uint32_t column, const char *fmt, ...)
{
	va_list args;

	fprintf(p->err, "%s:%u:%u: ", p->scn->file, p->line, column);
	va_start(args, fmt);
	vfprintf(p->err, fmt, args);
	va_end(args);
	fputc('\n', p->err);
	return false;
}

static uint32_t column_of(const struct parser *p, const char *at)
{
	size_t offset = (size_t)(at - p->start) + 1;

	return offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_name_char(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return c != '\0' && strchr("_-.:/@,", c);
}

/* What a word may be made of at all; whether it is a name is looked at where one is needed. */
static bool is_printable(char c)
{
	return c > ' ' && c < 0x7f;
}

static void add_word(struct parser *p, const char *text, size_t len)
{
	if (p->nr_words == p->room_words) {
		p->room_words = p->room_words ? p->room_words * 2 : WORDS_KEPT;
		p->words = tool_realloc(p->words, p->room_words * sizeof(*p->words));
	}
	p->words[p->nr_words++] = (struct word){text, len, column_of(p, text)};
}

static bool split_line(struct parser *p)
{
	const char *at = p->start;

	p->nr_words = 0;
	while (at < p->end && *at != '#') {
		const char *from = at;

		if (is_blank(*at)) {
			at++;
			continue;
		}
		while (at < p->end && is_printable(*at) && *at != '#')
			at++;
		if (at < p->end && !is_blank(*at) && *at != '#')
			return complain(p, column_of(p, at), "byte 0x%02x cannot be part of a word",
			                (unsigned int)(unsigned char)*at);
		add_word(p, from, (size_t)(at - from));
	}
	at = at < p->end ? memchr(at, '\0', (size_t)(p->end - at)) : NULL;
	if (at)
		return complain(p, column_of(p, at), "byte 0x00: this is no text");
	return true;
}

static bool same(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool word_is(const struct parser *p, size_t index, const char *word)
{
	return index < p->nr_words && same(p->words[index].text, p->words[index].len, word);
}

/* Just behind the last word. */
static uint32_t end_column(const struct parser *p)
{
	const struct word *last = &p->words[p->nr_words - 1];

	return column_of(p, last->text + last->len);
}

static bool check_name(const struct parser *p, const struct word *w)
{
	for (size_t i = 0; i < w->len; i++) {
		if (!is_name_char(w->text[i]))
			return complain(p, w->column + (uint32_t)i, "'%c' cannot be part of a name",
			                w->text[i]);
	}
	return true;
}

static bool take_name(struct parser *p, struct scenario_stmt *st, const struct word *w, bool any)
{
	if (!any && !check_name(p, w))
		return false;
	st->columns[st->nr_names] = w->column;
	st->names[st->nr_names++] = scenario_intern(p->scn, w->text, w->len);
	return true;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

static bool take_number(struct parser *p, struct scenario_stmt *st, const struct word *w,
                        const char *what)
{
	bool hex = w->len > 2 && w->text[0] == '0' && (w->text[1] | 0x20) == 'x';
	uint64_t base = hex ? 16 : 10, value = 0;

	for (size_t i = hex ? 2 : 0; i < w->len; i++) {
		uint64_t d = (uint64_t)digit(w->text[i]);

		if (d >= base)
			return complain(p, w->column,
			                "%s must be a number, decimal or 0x hex: '%.*s'", what,
			                (int)w->len, w->text);
		if (value > (UINT64_MAX - d) / base)
			return complain(p, w->column, "%s does not fit into 64 bits: '%.*s'", what,
			                (int)w->len, w->text);
		value = value * base + d;
	}
	st->numbers[st->nr_numbers++] = value;
	return true;
}

static bool take_type(struct parser *p, struct scenario_stmt *st, const struct word *w)
{
	int type = scenario_type(w->text, w->len);

	if (type < 0)
		return complain(p, w->column,
		                "TYPE is none, rising, falling, both, high or low: '%.*s'",
		                (int)w->len, w->text);
	st->type = (unsigned int)type;
	return true;
}

static bool take_pin(struct parser *p, struct scenario_stmt *st, const struct word *w)
{
	char c = w->len == 1 ? w->text[0] : '\0';
	unsigned int pin = 0;

	if (c >= '1' && c <= '4')
		pin = (unsigned int)(c - '0');
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'd')
		pin = (unsigned int)((c | 0x20) - 'a') + 1;
	if (pin == 0)
		return complain(p, w->column, "PIN is 1 to 4 or A to D: '%.*s'", (int)w->len,
		                w->text);
	st->numbers[st->nr_numbers++] = pin;
	return true;
}

static bool take_event(struct parser *p, struct scenario_stmt *st, const struct word *w)
{
	int event = scenario_event(w->text, w->len);

	if (event < 0)
		return complain(p, w->column, "there is no such EVENT: '%.*s'", (int)w->len,
		                w->text);
	st->numbers[st->nr_numbers++] = (uint64_t)event;
	return true;
}

static bool take_list(struct parser *p, struct scenario_stmt *st)
{
	struct scenario *scn = p->scn;

	st->list = scn->nr_lists;
	for (; p->at < p->nr_words; p->at++) {
		const struct word *w = &p->words[p->at];

		if (!check_name(p, w))
			return false;
		if (scn->nr_lists == scn->room_lists) {
			scn->room_lists = scn->room_lists ? scn->room_lists * 2 : 16;
			scn->lists =
			        tool_realloc(scn->lists, scn->room_lists * sizeof(*scn->lists));
		}
		scn->lists[scn->nr_lists++] = scenario_intern(scn, w->text, w->len);
		st->nr_list++;
	}
	return true;
}

static bool among(const char *const *words, const char *text, size_t len)
{
	for (; *words; words++) {
		if (same(text, len, *words))
			return true;
	}
	return false;
}

/* One word of a statement, by the word @what of its form. */
static bool take_word(struct parser *p, struct scenario_stmt *st, const char *what, size_t len)
{
	static const char *const names[] = {"DOMAIN", "REF",  "VAR",    "CONSUMER",
	                                    "CHILD",  "NAME", "BRIDGE", NULL};
	static const char *const numbers[] = {"HWIRQ", "N", "SIZE", "TIMES", "INDEX", "SLOT", NULL};
	static const char *const texts[] = {"PATH", "NODE", NULL};
	const struct word *w;
	char name[16];

	if (same(what, len, "NAME..."))
		return take_list(p, st);
	snprintf(name, sizeof(name), "%.*s", (int)len, what);
	if (p->at >= p->nr_words)
		return complain(p, end_column(p), "%s is missing", name);
	w = &p->words[p->at++];
	if (among(names, what, len))
		return take_name(p, st, w, same(what, len, "BRIDGE"));
	if (among(numbers, what, len))
		return take_number(p, st, w, name);
	if (among(texts, what, len))
		return take_name(p, st, w, true);
	if (same(what, len, "TYPE"))
		return take_type(p, st, w);
	if (same(what, len, "PIN"))
		return take_pin(p, st, w);
	if (same(what, len, "EVENT"))
		return take_event(p, st, w);
	if (same(what, len, "YESNO")) {
		st->flag = same(w->text, w->len, "yes");
		if (!st->flag && !same(w->text, w->len, "no"))
			return complain(p, w->column, "yes or no is needed: '%.*s'", (int)w->len,
			                w->text);
		return true;
	}
	if (!same(w->text, w->len, name))
		return complain(p, w->column, "'%s' is needed: '%.*s'", name, (int)w->len, w->text);
	return true;
}

/* A word in brackets that stands for itself is a flag; others are taken if there is a word. */
static bool take_optional(struct parser *p, struct scenario_stmt *st, const char *what, size_t len)
{
	if (p->at >= p->nr_words)
		return true;
	if (what[0] >= 'a' && what[0] <= 'z')
		st->flag = true;
	return take_word(p, st, what, len);
}

/* domain NAME linear SIZE|tree [parent NAME] [refuse HWIRQ], these two in any order */
static bool take_domain(struct parser *p, struct scenario_stmt *st)
{
	if (!take_word(p, st, "NAME", 4))
		return false;
	st->flag = word_is(p, p->at, "tree");
	if (p->at >= p->nr_words || (!st->flag && !word_is(p, p->at, "linear")))
		return complain(p, p->at < p->nr_words ? p->words[p->at].column : end_column(p),
		                "linear or tree is needed");
	p->at++;
	st->nr_numbers = 1;
	if (!st->flag) {
		st->nr_numbers = 0;
		if (!take_word(p, st, "SIZE", 4))
			return false;
	}
	while (p->at < p->nr_words) {
		if (!st->has_parent && word_is(p, p->at, "parent")) {
			p->at++;
			st->has_parent = true;
			if (!take_word(p, st, "NAME", 4))
				return false;
		} else if (!st->has_refuse && word_is(p, p->at, "refuse")) {
			p->at++;
			st->has_refuse = true;
			if (!take_word(p, st, "HWIRQ", 5))
				return false;
		} else {
			return complain(p, p->words[p->at].column,
			                "parent NAME or refuse HWIRQ, each once, is needed: '%.*s'",
			                (int)p->words[p->at].len, p->words[p->at].text);
		}
	}
	return true;
}

static bool take_form(struct parser *p, struct scenario_stmt *st, const struct form *form)
{
	const char *what = strchr(form->form, ' ');

	st->kind = form->kind;
	p->at++;
	if (form->kind == ST_DOMAIN)
		return take_domain(p, st);
	while (what) {
		size_t len = strcspn(++what, " ");
		bool optional = *what == '[';

		if (optional ? !take_optional(p, st, what + 1, len - 2)
		             : !take_word(p, st, what, len))
			return false;
		what = strchr(what, ' ');
	}
	if (p->at < p->nr_words)
		return complain(p, p->words[p->at].column, "too many words: %s", form->form);
	return true;
}

/* "expect" and "inject" are told apart by the second word, "get" by the fourth. */
static const struct form *find_form(struct parser *p)
{
	const struct word *w = &p->words[p->at];
	bool known = false;

	for (size_t i = 0; i < NR_FORMS; i++) {
		const char *form = forms[i].form;
		const char *second = strchr(form, ' ');

		if (!same(w->text, w->len, second ? "" : form) &&
		    !(second && w->len == (size_t)(second - form) &&
		      memcmp(w->text, form, w->len) == 0))
			continue;
		known = true;
		if (forms[i].kind == ST_GET_OF && !word_is(p, p->at + 3, "of"))
			continue;
		if (forms[i].kind == ST_GET_PCI && !word_is(p, p->at + 3, "pci"))
			continue;
		if (forms[i].kind == ST_EXPECT_MAPPINGS && p->nr_words - p->at > 3)
			continue;
		if (second && second[1] >= 'a' && second[1] <= 'z') {
			char word[16];

			snprintf(word, sizeof(word), "%.*s", (int)strcspn(second + 1, " "),
			         second + 1);
			if (!word_is(p, p->at + 1, word))
				continue;
		}
		return &forms[i];
	}
	if (!known)
		complain(p, w->column, "there is no statement '%.*s'", (int)w->len, w->text);
	else if (p->at + 1 < p->nr_words)
		complain(p, p->words[p->at + 1].column, "there is no '%.*s %.*s'", (int)w->len,
		         w->text, (int)p->words[p->at + 1].len, p->words[p->at + 1].text);
	else
		complain(p, end_column(p), "'%.*s' what?", (int)w->len, w->text);
	return NULL;
}

/* The number of a code that is written without its prefix, 0 if there is none. */
static int find_code(const struct word *w)
{
	for (int code = -1; code >= IRQREF_ERR_FORMAT; code--) {
		if (same(w->text, w->len, irqref_strerror(code)))
			return code;
	}
	return same(w->text, w->len, "*") ? SCENARIO_ANY_CODE : 0;
}

static bool take_fails(struct parser *p, struct scenario_stmt *st)
{
	const struct word *w;

	if (p->nr_words < 2)
		return complain(p, end_column(p), "CODE is missing");
	w = &p->words[1];
	st->fails = true;
	st->code = find_code(w);
	if (st->code == 0)
		return complain(p, w->column, "there is no code '%.*s'", (int)w->len, w->text);
	if (p->nr_words < 3)
		return complain(p, end_column(p), "STATEMENT is missing");
	p->at = 2;
	w = &p->words[2];
	if (word_is(p, 2, "fails") || word_is(p, 2, "repeat") || word_is(p, 2, "end"))
		return complain(p, w->column, "'%.*s' cannot be said to fail", (int)w->len,
		                w->text);
	return true;
}

static bool note_nesting(struct parser *p, struct scenario_stmt *st)
{
	struct scenario *scn = p->scn;

	if (st->kind == ST_REPEAT) {
		if (p->depth == SCENARIO_NESTING)
			return complain(p, p->words[0].column, "repeat nests deeper than %u",
			                SCENARIO_NESTING);
		p->repeats[p->depth++] = scn->nr_stmts;
	} else if (st->kind == ST_END) {
		if (p->depth == 0)
			return complain(p, p->words[0].column, "end without repeat");
		st->partner = p->repeats[--p->depth];
		scn->stmts[st->partner].partner = scn->nr_stmts;
	}
	return true;
}

/* What the form cannot say: words with a meaning of their own, numbers that make no sense. */
static bool adjust(struct parser *p, struct scenario_stmt *st)
{
	if ((st->kind == ST_CREATE || st->kind == ST_FIND) &&
	    strcmp(scenario_name(p->scn, st->names[1]), "default") == 0)
		st->names[1] = 0;
	if ((st->kind == ST_INJECT_ALLOC || st->kind == ST_INJECT_MAP) && st->numbers[0] == 0)
		return complain(p, p->words[p->nr_words - 1].column, "N counts from 1");
	if (st->kind == ST_FIRE && st->nr_numbers == 1)
		st->numbers[1] = 1;
	return true;
}

static bool parse_line(struct parser *p)
{
	struct scenario *scn = p->scn;
	struct scenario_stmt st = {.line = p->line};
	const struct form *form;
	const struct word *last;

	if (!split_line(p))
		return false;
	if (p->nr_words == 0)
		return true;
	p->at = 0;
	if (word_is(p, 0, "fails") && !take_fails(p, &st))
		return false;
	form = find_form(p);
	if (!form || !take_form(p, &st, form) || !adjust(p, &st) || !note_nesting(p, &st))
		return false;
	last = &p->words[p->nr_words - 1];
	st.text = p->words[0].text;
	st.text_len = (size_t)(last->text + last->len - st.text);
	if (scn->nr_stmts == scn->room_stmts) {
		scn->room_stmts = scn->room_stmts ? scn->room_stmts * 2 : 64;
		scn->stmts = tool_realloc(scn->stmts, scn->room_stmts * sizeof(*scn->stmts));
	}
	scn->stmts[scn->nr_stmts++] = st;
	return true;
}

static bool parse_lines(struct parser *p, const char *source, size_t size)
{
	const char *at = source, *end = source + size;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		p->line++;
		p->start = at;
		p->end = newline ? newline : end;
		at = newline ? newline + 1 : end;
		if (p->end > p->start && p->end[-1] == '\r')
			p->end--;
		if (!parse_line(p))
			return false;
	}
	if (p->depth) {
		p->line = p->scn->stmts[p->repeats[p->depth - 1]].line;
		return complain(p, 1, "repeat without end");
	}
	return true;
}

bool scenario_parse(struct scenario *scn, const char *file, const char *source, size_t size,
                    FILE *err)
{
	struct parser p = {.scn = scn, .err = err};
	bool ok;

	*scn = (struct scenario){.file = file};
	/* So that the word "default" has an id, and no id is 0. */
	scenario_intern(scn, "default", 7);
	ok = parse_lines(&p, source, size) && scenario_check(scn, err);
	free(p.words);
	if (!ok)
		scenario_free(scn);
	return ok;
}
