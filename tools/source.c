/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A devicetree source, compiled: dtc, after cpp where the source has preprocessor lines. Both are
 * programs of their own; nothing here parses the source.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 24

/* A program's command line; the texts belong to whoever put them there. */
struct command {
	const char *args[ARGS_MAX];
	unsigned count;
};

static void add(struct command *c, const char *arg)
{
	if (c->count < ARGS_MAX - 1)
		c->args[c->count++] = arg;
}

/*
 * Starts a program that reads from @in (-1: nothing) and takes both ends from the parent that are
 * not its own. *out is the reading end of what it writes.
 */
static pid_t start(const struct command *c, int in, int *out)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (in < 0)
			in = open("/dev/null", O_RDONLY);
		dup2(in, STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		if (ends[1] > STDERR_FILENO)
			close(ends[1]);
		execvp(c->args[0], (char *const *)c->args);
		_exit(127);
	}
	close(ends[1]);
	if (pid < 0)
		close(ends[0]);
	else
		*out = ends[0];
	return pid;
}

/* The exit status of a program, or -1 if it did not end by itself. */
static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *read_all(int fd, size_t *size)
{
	size_t room = 1u << 16, used = 0;
	char *data = tool_alloc(room);
	ssize_t got;

	while ((got = read(fd, data + used, room - used)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || used + (size_t)got > TOOL_DTB_MAX) {
			free(data);
			return NULL;
		}
		used += (size_t)got;
		if (used == room) {
			room *= 2;
			data = tool_realloc(data, room);
		}
	}
	*size = used;
	return data;
}

/* Whether a line of the source is for the preprocessor; a property's name may begin with #, too. */
static bool has_directives(const char *text)
{
	static const char *const words[] = {"include", "define", "if", "ifdef", "ifndef", "undef"};
	size_t len;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n\r");
		if (*line != '#')
			continue;
		line++;
		line += strspn(line, " \t");
		len = strspn(line, "abcdefghijklmnopqrstuvwxyz");
		if (!strchr(" \t\"<", line[len]) && line[len] != '\0')
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (len == strlen(words[i]) && strncmp(line, words[i], len) == 0)
				return true;
		}
	}
	return false;
}

/* The directory that a file is in. */
static char *directory_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *dir;

	if (!slash)
		return tool_strdup(".");
	dir = tool_strdup(file);
	dir[slash == file ? 1 : slash - file] = '\0';
	return dir;
}

/* In a kernel's source tree, the directory with all that its boards include; NULL elsewhere. */
static char *kernel_includes(const char *dir)
{
	struct tool_text text = {0};
	char *path = realpath(dir, NULL);
	char *slash;

	while (path && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		tool_text_clear(&text);
		tool_text_add(&text, "%s/scripts/dtc/include-prefixes", path);
		if (access(text.data, X_OK) == 0) {
			free(path);
			return text.data;
		}
	}
	free(path);
	tool_text_free(&text);
	return NULL;
}

static bool report(const char *file, const char *program, int status)
{
	if (status == 127)
		tool_file_error(file, "a devicetree source needs %s, which cannot be run", program);
	else if (status != 0)
		tool_file_error(file, "%s cannot compile it", program);
	return status == 0;
}

static void *compile(const char *file, const struct command *cpp, const struct command *dtc,
                     size_t *size)
{
	int from_cpp = -1, from_dtc = -1, cpp_status = 0, dtc_status = -1;
	pid_t cpp_pid = 0, dtc_pid = -1;
	char *blob = NULL;

	if (cpp->count)
		cpp_pid = start(cpp, -1, &from_cpp);
	if (cpp_pid >= 0)
		dtc_pid = start(dtc, from_cpp, &from_dtc);
	if (from_cpp >= 0)
		close(from_cpp);
	if (dtc_pid >= 0) {
		blob = read_all(from_dtc, size);
		close(from_dtc);
		dtc_status = finish(dtc_pid);
	}
	if (cpp_pid > 0)
		cpp_status = finish(cpp_pid);
	if (report(file, "cpp", cpp_status) && report(file, "dtc", dtc_status) && blob)
		return blob;
	free(blob);
	return NULL;
}

void *tool_source_read(const char *file, size_t *size)
{
	struct command cpp = {0}, dtc = {0};
	char *text = tool_read_file(file, TOOL_DTB_MAX, size);
	char *dir, *includes;
	struct tool_text named = {0};
	void *blob;

	if (!text)
		return NULL;
	dir = directory_of(file);
	includes = kernel_includes(dir);
	/* A name that begins with a dash is no option. */
	tool_text_add(&named, "%s%s", *file == '-' ? "./" : "", file);
	if (has_directives(text)) {
		add(&cpp, "cpp");
		add(&cpp, "-nostdinc");
		add(&cpp, "-undef");
		add(&cpp, "-D__DTS__");
		add(&cpp, "-x");
		add(&cpp, "assembler-with-cpp");
		add(&cpp, "-I");
		add(&cpp, dir);
		if (includes) {
			add(&cpp, "-I");
			add(&cpp, includes);
		}
		add(&cpp, named.data);
	}
	add(&dtc, "dtc");
	add(&dtc, "-q");
	add(&dtc, "-@");
	add(&dtc, "-Idts");
	add(&dtc, "-Odtb");
	add(&dtc, "-i");
	add(&dtc, dir);
	if (includes) {
		add(&dtc, "-i");
		add(&dtc, includes);
	}
	add(&dtc, cpp.count ? "-" : named.data);
	blob = compile(file, &cpp, &dtc, size);
	tool_text_free(&named);
	free(includes);
	free(dir);
	free(text);
	return blob;
}
