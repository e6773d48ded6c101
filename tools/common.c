/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every command of irqref shares.
 */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH_MAX 100u

static void message(const char *file, const char *fmt, va_list args)
{
	fflush(stdout);
	fputs("irqref: ", stderr);
	if (file)
		fprintf(stderr, "%s: ", file);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
}

void tool_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message(NULL, fmt, args);
	va_end(args);
}

void tool_file_error(const char *file, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message(file, fmt, args);
	va_end(args);
}

void tool_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	message(NULL, fmt, args);
	va_end(args);
	exit(TOOL_USAGE);
}

int tool_try_help(const char *command)
{
	fprintf(stderr, "Try '%s --help'.\n", command);
	return TOOL_USAGE;
}

void *tool_realloc(void *old, size_t size)
{
	void *mem = realloc(old, size ? size : 1);

	if (!mem)
		tool_die("out of memory");
	return mem;
}

void *tool_alloc(size_t size)
{
	return tool_realloc(NULL, size);
}

void *tool_zalloc(size_t count, size_t size)
{
	void *mem = calloc(count ? count : 1, size ? size : 1);

	if (!mem)
		tool_die("out of memory");
	return mem;
}

char *tool_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(tool_alloc(size), text, size);
}

static FILE *open_input(const char *file)
{
	struct stat st;
	FILE *in;

	if (strcmp(file, "-") == 0)
		return stdin;
	in = fopen(file, "rb");
	if (!in) {
		tool_file_error(file, "%s", strerror(errno));
		return NULL;
	}
	if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode)) {
		tool_file_error(file, "is a directory");
		fclose(in);
		return NULL;
	}
	return in;
}

void *tool_read_file(const char *file, size_t max, size_t *size)
{
	size_t room = 65536, used = 0;
	char *data;
	FILE *in;

	in = open_input(file);
	if (!in)
		return NULL;
	data = tool_alloc(room);
	for (;;) {
		used += fread(data + used, 1, room - used - 1, in);
		if (max && used > max) {
			tool_file_error(file, "is larger than %zu bytes", max);
			goto fail;
		}
		if (ferror(in)) {
			tool_file_error(file, "%s", strerror(errno));
			goto fail;
		}
		if (feof(in))
			break;
		if (used + 1 == room) {
			room *= 2;
			data = tool_realloc(data, room);
		}
	}
	if (in != stdin)
		fclose(in);
	data[used] = '\0';
	*size = used;
	return data;

fail:
	free(data);
	if (in != stdin)
		fclose(in);
	return NULL;
}

bool tool_colour(FILE *out)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (none && *none)
		return false;
	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

bool tool_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value && *value)
			return strstr(value, "UTF-8") || strstr(value, "utf8") ||
			       strstr(value, "UTF8") || strstr(value, "utf-8");
	}
	return false;
}

unsigned tool_columns(FILE *out)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns;

	if (!isatty(fileno(out)) || !text)
		return WIDTH_MAX;
	columns = strtoul(text, NULL, 10);
	return columns >= 40 && columns < WIDTH_MAX ? (unsigned)columns : WIDTH_MAX;
}

/* Room for @more bytes and the final 0. */
static void text_grow(struct tool_text *text, size_t more)
{
	if (text->room - text->len > more)
		return;
	text->room = (text->len + more + 1) * 2;
	text->data = tool_realloc(text->data, text->room);
}

void tool_text_add(struct tool_text *text, const char *fmt, ...)
{
	va_list args;
	int need;

	va_start(args, fmt);
	need = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (need < 0)
		return;
	text_grow(text, (size_t)need);
	va_start(args, fmt);
	vsnprintf(text->data + text->len, (size_t)need + 1, fmt, args);
	va_end(args);
	text->len += (size_t)need;
}

void tool_text_put(struct tool_text *text, const char *from, size_t len)
{
	text_grow(text, len);
	memcpy(text->data + text->len, from, len);
	text->len += len;
	text->data[text->len] = '\0';
}

void tool_text_clear(struct tool_text *text)
{
	text->len = 0;
	if (text->data)
		text->data[0] = '\0';
}

void tool_text_free(struct tool_text *text)
{
	free(text->data);
	*text = (struct tool_text){0};
}
