/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every command of irqref shares: messages, files in memory, growing text, colour.
 */
#ifndef IRQREF_TOOLS_COMMON_H
#define IRQREF_TOOLS_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Exit codes of every command. */
enum tool_exit {
	TOOL_OK = 0,
	/** An expectation or a statement failed. */
	TOOL_FAILED = 1,
	/** Unreadable or unparsable input, or a wrong command line. */
	TOOL_USAGE = 2,
};

/** Prints "irqref: " and the message and a newline on stderr. */
void tool_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Prints "irqref: FILE: " and the message and a newline on stderr. */
void tool_file_error(const char *file, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** tool_error(), then exit(TOOL_USAGE). */
void tool_die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/** When getopt_long() has said what is wrong with an option: where help is. Returns TOOL_USAGE. */
int tool_try_help(const char *command);

/** malloc and friends that end the command with a message where there is no memory. */
void *tool_alloc(size_t size);
void *tool_zalloc(size_t count, size_t size);
void *tool_realloc(void *old, size_t size);
char *tool_strdup(const char *text);

/**
 * Reads a whole file ("-": standard input) of at most @max bytes (0: no limit). The memory holds
 * one more byte, which is 0, and is freed by the caller. On failure says why on stderr, with the
 * file's name, and returns NULL.
 */
void *tool_read_file(const char *file, size_t max, size_t *size);

/** True if @out is a terminal that shows colours, and the user has not set NO_COLOR. */
bool tool_colour(FILE *out);

/** True if the locale says that the terminal shows UTF-8. */
bool tool_utf8(void);

/** Columns of the terminal @out, or 100 where that is not known; never more than 100. */
unsigned tool_columns(FILE *out);

/** Text that grows as it is printed into; starts as all zero bytes, ends with tool_text_free(). */
struct tool_text {
	char *data;
	size_t len;
	size_t room;
};

void tool_text_add(struct tool_text *text, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
/** The same for @len bytes at @from. */
void tool_text_put(struct tool_text *text, const char *from, size_t len);
void tool_text_clear(struct tool_text *text);
void tool_text_free(struct tool_text *text);

/** The commands; argv[0] is "irqref" and the command's name. */
int cmd_diff(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_holders(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_resolve(int argc, char **argv);
int cmd_tree(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_demo(int argc, char **argv);

#endif /* IRQREF_TOOLS_COMMON_H */
