/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Follows the names of a scenario without running it. A statement that is not said to fail must
 * succeed or end the run, and one that is said to fail must change nothing; so which names are in
 * use at each line is known beforehand.
 */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "common.h"

enum space {
	REFS,
	CONSUMERS,
	DOMAINS,
	VARS,
	HANDLERS,
	SPACES
};

static const char *const space_words[SPACES] = {"reference", "consumer", "domain", "variable",
                                                "handler"};

enum life {
	UNKNOWN,
	ALIVE,
	DEAD
};

struct checker {
	const struct scenario *scn;
	FILE *err;
	const struct scenario_stmt *st;
	unsigned char *life[SPACES];
	/* For each reference, which consumer of that name holds it; consumers are numbered anew. */
	uint32_t *owner_name;
	uint32_t *owner_number;
	uint32_t *consumer_number;
	bool board;
	bool changed;
};

static bool complain(const struct checker *c, unsigned int index, const char *why, enum space space)
{
	const struct scenario_stmt *st = c->st;

	fprintf(c->err, "%s:%u:%u: ", c->scn->file, st->line, st->columns[index]);
	fprintf(c->err, why, space_words[space], scenario_name(c->scn, st->names[index]));
	fputc('\n', c->err);
	return false;
}

static void set(struct checker *c, enum space space, uint32_t id, enum life life)
{
	if (c->life[space][id] != (unsigned char)life)
		c->changed = true;
	c->life[space][id] = (unsigned char)life;
}

static bool use(const struct checker *c, enum space space, unsigned int index)
{
	uint32_t id = c->st->names[index];

	if (c->life[space][id] != UNKNOWN)
		return true;
	/* The names of a board's controllers are known when it is loaded. */
	if (space == DOMAINS && c->board && scenario_name(c->scn, id)[0] == '/')
		return true;
	return complain(c, index, "no %s is named '%s' here", space);
}

/* What is said to fail takes no name. */
static bool make(const struct checker *c, enum space space, unsigned int index)
{
	if (c->st->fails || c->life[space][c->st->names[index]] != ALIVE)
		return true;
	return complain(c, index, "a %s named '%s' is there already", space);
}

/* Whether the names that a statement uses are known, and those that it makes are free. */
static bool check_names(const struct checker *c)
{
	const struct scenario_stmt *st = c->st;

	switch (st->kind) {
	case ST_DOMAIN:
		return make(c, DOMAINS, 0) && (!st->has_parent || use(c, DOMAINS, 1));
	case ST_CONSUMER:
		return make(c, CONSUMERS, 0);
	case ST_GET:
		return use(c, CONSUMERS, 1) && use(c, DOMAINS, 2) && make(c, REFS, 0);
	case ST_GET_OF:
	case ST_GET_PCI:
		return use(c, CONSUMERS, 1) && make(c, REFS, 0);
	case ST_PUT:
	case ST_REQUEST:
	case ST_FREE:
	case ST_DISABLE:
	case ST_ENABLE:
		return use(c, REFS, 0);
	case ST_CREATE:
	case ST_FIND:
		return st->names[1] == 0 || use(c, DOMAINS, 1);
	case ST_DISPOSE:
		return use(c, VARS, 0);
	case ST_HANDLER:
		return use(c, VARS, 0) && make(c, HANDLERS, 1);
	case ST_UNHANDLE:
		return use(c, VARS, 0) && use(c, HANDLERS, 1);
	case ST_CHAIN:
		return use(c, DOMAINS, 0) && use(c, DOMAINS, 1) && make(c, REFS, 1);
	case ST_UNPLUG:
		return use(c, CONSUMERS, 0);
	case ST_EXPECT_SAME:
	case ST_EXPECT_DIFFER:
		return use(c, VARS, 0) && use(c, VARS, 1);
	case ST_EXPECT_DELIVERED:
		return c->life[HANDLERS][st->names[0]] != UNKNOWN || use(c, REFS, 0);
	case ST_DEFAULT:
	case ST_FIRE:
	case ST_REMOVE:
	case ST_EXPECT_MAPPED:
	case ST_EXPECT_UNMAPPED:
	case ST_EXPECT_COUNT:
	case ST_EXPECT_STRONG:
	case ST_EXPECT_FLOATING:
	case ST_EXPECT_TYPE:
	case ST_EXPECT_MASKED:
	case ST_EXPECT_UNMASKED:
	case ST_EXPECT_MAPPINGS_OF:
	case ST_EXPECT_HOLDERS:
	case ST_EXPECT_UNMAPS:
		return use(c, DOMAINS, 0);
	default:
		return true;
	}
}

static void make_ref(struct checker *c, uint32_t id, uint32_t consumer)
{
	set(c, REFS, id, ALIVE);
	c->owner_name[id] = consumer;
	c->owner_number[id] = c->consumer_number[consumer];
}

static void unplug(struct checker *c, uint32_t consumer)
{
	if (c->life[CONSUMERS][consumer] != ALIVE)
		return;
	for (uint32_t id = 1; id < c->scn->nr_names; id++) {
		if (c->life[REFS][id] == ALIVE && c->owner_name[id] == consumer &&
		    c->owner_number[id] == c->consumer_number[consumer])
			set(c, REFS, id, DEAD);
	}
	set(c, CONSUMERS, consumer, DEAD);
}

/* What a statement that succeeded does to the names. */
static void follow(struct checker *c)
{
	const struct scenario_stmt *st = c->st;

	switch (st->kind) {
	case ST_BOARD:
		c->board = true;
		break;
	case ST_DOMAIN:
		set(c, DOMAINS, st->names[0], ALIVE);
		break;
	case ST_CONSUMER:
		set(c, CONSUMERS, st->names[0], ALIVE);
		c->consumer_number[st->names[0]]++;
		break;
	case ST_GET:
	case ST_GET_OF:
	case ST_GET_PCI:
		make_ref(c, st->names[0], st->names[1]);
		break;
	case ST_CHAIN:
		make_ref(c, st->names[1], 0);
		break;
	case ST_PUT:
		set(c, REFS, st->names[0], DEAD);
		break;
	case ST_CREATE:
	case ST_FIND:
		set(c, VARS, st->names[0], ALIVE);
		break;
	case ST_HANDLER:
		set(c, HANDLERS, st->names[1], ALIVE);
		break;
	case ST_UNHANDLE:
		set(c, HANDLERS, st->names[1], DEAD);
		break;
	case ST_UNPLUG:
		unplug(c, st->names[0]);
		break;
	case ST_REMOVE:
		/* A demultiplexer's reference, which no consumer owns, goes with its domain. */
		if (c->life[REFS][st->names[0]] == ALIVE && c->owner_name[st->names[0]] == 0)
			set(c, REFS, st->names[0], DEAD);
		set(c, DOMAINS, st->names[0], DEAD);
		break;
	default:
		break;
	}
}

/*
 * The lines of a repeat are followed twice: names are made or ended by the last line that does
 * so, whatever was before; so after the second time nothing new can happen.
 */
static bool check_range(struct checker *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct scenario_stmt *st = &c->scn->stmts[i];
		bool outer = c->changed;

		c->st = st;
		if (!check_names(c))
			return false;
		if (st->kind != ST_REPEAT) {
			if (!st->fails)
				follow(c);
			continue;
		}
		c->changed = false;
		if (st->numbers[0] >= 1 && !check_range(c, i + 1, st->partner))
			return false;
		if (st->numbers[0] >= 2 && c->changed && !check_range(c, i + 1, st->partner))
			return false;
		c->changed = c->changed || outer;
		i = st->partner;
	}
	return true;
}

bool scenario_check(const struct scenario *scn, FILE *err)
{
	struct checker c = {.scn = scn, .err = err};
	size_t count = scn->nr_names;
	bool ok;

	for (int i = 0; i < SPACES; i++)
		c.life[i] = tool_zalloc(count, 1);
	c.owner_name = tool_zalloc(count, sizeof(*c.owner_name));
	c.owner_number = tool_zalloc(count, sizeof(*c.owner_number));
	c.consumer_number = tool_zalloc(count, sizeof(*c.consumer_number));
	ok = check_range(&c, 0, scn->nr_stmts);
	for (int i = 0; i < SPACES; i++)
		free(c.life[i]);
	free(c.owner_name);
	free(c.owner_number);
	free(c.consumer_number);
	return ok;
}
