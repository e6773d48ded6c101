/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A scenario file in memory: its statements, in order, with every name interned.
 */
#ifndef IRQREF_TOOLS_SCENARIO_H
#define IRQREF_TOOLS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Deepest nesting of repeat; the check of a file doubles with each. */
#define SCENARIO_NESTING 16u

/** As a statement's code: any error will do. */
#define SCENARIO_ANY_CODE 1

enum scenario_kind {
	ST_BOARD,
	ST_DOMAIN,
	ST_DEFAULT,
	ST_CONSUMER,
	ST_GET,
	ST_GET_OF,
	ST_GET_PCI,
	ST_PUT,
	ST_CREATE,
	ST_FIND,
	ST_DISPOSE,
	ST_REQUEST,
	ST_FREE,
	ST_HANDLER,
	ST_UNHANDLE,
	ST_DISABLE,
	ST_ENABLE,
	ST_FIRE,
	ST_CHAIN,
	ST_UNPLUG,
	ST_REMOVE,
	ST_INJECT_ALLOC,
	ST_INJECT_MAP,
	ST_REPEAT,
	ST_END,
	ST_EXPECT_MAPPED,
	ST_EXPECT_UNMAPPED,
	ST_EXPECT_COUNT,
	ST_EXPECT_STRONG,
	ST_EXPECT_FLOATING,
	ST_EXPECT_TYPE,
	ST_EXPECT_DELIVERED,
	ST_EXPECT_MASKED,
	ST_EXPECT_UNMASKED,
	ST_EXPECT_SAME,
	ST_EXPECT_DIFFER,
	ST_EXPECT_MAPPINGS,
	ST_EXPECT_MAPPINGS_OF,
	ST_EXPECT_HOLDERS,
	ST_EXPECT_UNMAPS,
	ST_EXPECT_RECORDED,
	ST_EXPECT_CLEAN,
	ST_KINDS
};

/**
 * struct scenario_stmt - one statement
 * @kind: which
 * @line: from 1
 * @fails: it must fail, with @code (an error code of the library, or SCENARIO_ANY_CODE)
 * @flag: shared, force, "yes", or a tree domain
 * @has_parent: a domain: names[1] is the parent
 * @has_refuse: a domain: numbers[1] is refused
 * @type: trigger type
 * @names: ids of the names in the order of the statement; 0 for the word "default"
 * @columns: where those stand
 * @nr_names: how many
 * @numbers: the numbers in the order of the statement
 * @nr_numbers: how many
 * @list: index into the scenario's lists of the names of "holders"
 * @nr_list: how many
 * @partner: of a repeat its end, of an end its repeat
 * @text: the statement as written
 * @text_len: bytes at @text
 */
struct scenario_stmt {
	enum scenario_kind kind;
	uint32_t line;
	bool fails;
	int code;
	bool flag;
	bool has_parent;
	bool has_refuse;
	unsigned int type;
	uint32_t names[3];
	uint32_t columns[3];
	uint32_t nr_names;
	uint64_t numbers[3];
	uint32_t nr_numbers;
	size_t list;
	size_t nr_list;
	size_t partner;
	const char *text;
	size_t text_len;
};

/** A parsed file; ends with scenario_free(). */
struct scenario {
	const char *file;
	struct scenario_stmt *stmts;
	size_t nr_stmts;
	size_t room_stmts;
	char **names;
	uint32_t nr_names;
	uint32_t room_names;
	uint32_t *buckets;
	uint32_t nr_buckets;
	uint32_t *lists;
	size_t nr_lists;
	size_t room_lists;
};

/**
 * Parses and checks @size bytes at @source, which must outlive the scenario. On an error prints
 * FILE:LINE:COLUMN: and why to @err, and returns false; there is nothing to free then.
 */
bool scenario_parse(struct scenario *scn, const char *file, const char *source, size_t size,
                    FILE *err);

/** The second half of scenario_parse(): are all names known where they are used, and free where
 * they are made? */
bool scenario_check(const struct scenario *scn, FILE *err);

void scenario_free(struct scenario *scn);

/** The id of a name, made if it is new; and back. */
uint32_t scenario_intern(struct scenario *scn, const char *name, size_t len);
const char *scenario_name(const struct scenario *scn, uint32_t id);

/** Trigger types by name; NULL or -1 where there is none. */
const char *scenario_type_name(unsigned int type);
int scenario_type(const char *name, size_t len);

/** Ledger events (enum irqref_event_kind) by name; NULL or -1 where there is none. */
const char *scenario_event_name(unsigned int kind);
int scenario_event(const char *name, size_t len);

#endif /* IRQREF_TOOLS_SCENARIO_H */
