/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which form a devicetree has, and where this machine keeps its own.
 */
#include "input.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), elen = strlen(end);

	return len >= elen && strcmp(text + len - elen, end) == 0;
}

/* A file of devicetree source begins with text: a comment, /dts-v1/, a # or a node. */
static bool looks_like_source(const char *text, size_t size)
{
	for (size_t i = 0; i < size && i < 8; i++) {
		if (((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') ||
		    (unsigned char)text[i] >= 127)
			return false;
	}
	return size > 0 && strchr("/#\n\t &", *text);
}

bool tool_input_check(const char *file, const void *blob, size_t size)
{
	int err = size < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_header(blob);

	if (err == 0 && fdt_totalsize(blob) > size)
		err = -FDT_ERR_TRUNCATED;
	if (err)
		tool_file_error(file, "not a devicetree blob: %s",
		                size == 0                       ? "it is empty"
		                : looks_like_source(blob, size) ? "a source's name must end in .dts"
		                : err == -FDT_ERR_BADMAGIC      ? "wrong magic number"
		                : err == -FDT_ERR_TRUNCATED     ? "it is cut short"
		                                                : "its header contradicts itself");
	return err == 0;
}

static bool is_directory(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && S_ISDIR(st.st_mode);
}

void *tool_input_read(const char *file, size_t *size)
{
	void *blob;

	if (is_directory(file))
		blob = tool_fdtdir_read(file, size);
	else if (ends_with(file, ".dts") || ends_with(file, ".dtso"))
		blob = tool_source_read(file, size);
	else
		blob = tool_read_file(file, TOOL_DTB_MAX, size);
	if (blob && !tool_input_check(file, blob, *size)) {
		free(blob);
		blob = NULL;
	}
	return blob;
}

/* The blob may be root's alone; the directory is everybody's. */
static const char *const places[] = {
        "/sys/firmware/fdt",
        "/proc/device-tree",
        "/sys/firmware/devicetree/base",
};

/* The first place that can be read; *path is its name below IRQREF_ROOT, freed by the caller. */
static const char *machine_place(char **path)
{
	const char *root = getenv("IRQREF_ROOT");
	struct tool_text text = {0};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		tool_text_clear(&text);
		tool_text_add(&text, "%s%s", root ? root : "", places[i]);
		if (access(text.data, R_OK) != 0)
			continue;
		*path = text.data;
		return places[i];
	}
	tool_text_free(&text);
	*path = NULL;
	return NULL;
}

bool tool_input_has_machine(void)
{
	char *path;
	bool has = machine_place(&path) != NULL;

	free(path);
	return has;
}

void *tool_input_machine(const char **file, size_t *size)
{
	const char *place;
	void *blob;
	char *path;

	place = machine_place(&path);
	if (!place) {
		tool_error("this machine has no devicetree (neither /sys/firmware/fdt nor "
		           "/proc/device-tree); name a file");
		return NULL;
	}
	*file = place;
	blob = tool_input_read(path, size);
	free(path);
	return blob;
}
