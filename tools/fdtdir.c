/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A devicetree as the kernel shows it in /proc/device-tree, read into a blob: a directory is a
 * node, a file a property. Other directories can be named by mistake, so the depth and the size
 * are limited, links are not followed, and the root must look like a devicetree's.
 */
#include "input.h"

#include <dirent.h>
#include <errno.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64

struct writer {
	const char *file;
	char *blob;
	size_t room;
};

/* Makes room after an error; false if that was not what it needed. */
static bool make_room(struct writer *w, int err)
{
	char *larger;

	if (err != -FDT_ERR_NOSPACE) {
		tool_file_error(w->file, "cannot be made a blob: %s", fdt_strerror(err));
		return false;
	}
	if (w->room * 2 > TOOL_DTB_MAX) {
		tool_file_error(w->file, "is larger than %zu bytes", TOOL_DTB_MAX);
		return false;
	}
	larger = tool_zalloc(1, w->room * 2);
	err = fdt_resize(w->blob, larger, (int)(w->room * 2));
	free(w->blob);
	w->blob = larger;
	w->room *= 2;
	if (err)
		tool_file_error(w->file, "cannot be made a blob: %s", fdt_strerror(err));
	return err == 0;
}

/* Entries of one kind in a directory, sorted; the kernel's own order means nothing. */
struct names {
	char **names;
	size_t count;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_add(struct names *list, const char *name)
{
	list->names = tool_realloc(list->names, (list->count + 1) * sizeof(*list->names));
	list->names[list->count++] = tool_strdup(name);
}

static void names_free(struct names *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
}

static char *join(const char *path, const char *name)
{
	struct tool_text text = {0};

	tool_text_add(&text, "%s/%s", path, name);
	return text.data;
}

static bool list_directory(const char *path, struct names *files, struct names *nodes)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir = opendir(path);
	char *inner;

	if (!dir) {
		tool_file_error(path, "%s", strerror(errno));
		return false;
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		inner = join(path, entry->d_name);
		if (lstat(inner, &st) != 0)
			st.st_mode = 0;
		if (S_ISREG(st.st_mode))
			names_add(files, entry->d_name);
		else if (S_ISDIR(st.st_mode))
			names_add(nodes, entry->d_name);
		free(inner);
	}
	closedir(dir);
	if (files->count)
		qsort(files->names, files->count, sizeof(*files->names), compare_names);
	if (nodes->count)
		qsort(nodes->names, nodes->count, sizeof(*nodes->names), compare_names);
	return true;
}

static bool write_property(struct writer *w, const char *path, const char *name)
{
	char *file = join(path, name);
	size_t size;
	void *value;
	int err;

	/* Keys in it are for root's eyes only; no interrupt depends on them. */
	if (access(file, R_OK) != 0) {
		free(file);
		return true;
	}
	value = tool_read_file(file, TOOL_DTB_MAX / 2, &size);
	free(file);
	if (!value)
		return false;
	while ((err = fdt_property(w->blob, name, value, (int)size)) && make_room(w, err))
		;
	free(value);
	return err == 0;
}

static bool write_node(struct writer *w, const char *path, const char *name, unsigned depth);

static bool write_inside(struct writer *w, const char *path, const struct names *files,
                         const struct names *nodes, unsigned depth)
{
	char *inner;
	bool ok = true;

	for (size_t i = 0; ok && i < files->count; i++)
		ok = write_property(w, path, files->names[i]);
	for (size_t i = 0; ok && i < nodes->count; i++) {
		inner = join(path, nodes->names[i]);
		ok = write_node(w, inner, nodes->names[i], depth + 1);
		free(inner);
	}
	return ok;
}

static bool write_node(struct writer *w, const char *path, const char *name, unsigned depth)
{
	struct names files = {0}, nodes = {0};
	bool ok = false;
	int err;

	if (depth == DEPTH_MAX) {
		tool_file_error(path, "directories are nested deeper than %d", DEPTH_MAX);
		return false;
	}
	while ((err = fdt_begin_node(w->blob, name)) && make_room(w, err))
		;
	if (err == 0 && list_directory(path, &files, &nodes))
		ok = write_inside(w, path, &files, &nodes, depth);
	while (ok && (err = fdt_end_node(w->blob)))
		ok = make_room(w, err);
	names_free(&files);
	names_free(&nodes);
	return ok;
}

/* What every root node has, one or the other of it. */
static bool looks_like_devicetree(const char *path)
{
	static const char *const names[] = {"compatible", "#address-cells", "model"};
	bool found = false;
	char *file;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !found; i++) {
		file = join(path, names[i]);
		found = access(file, F_OK) == 0;
		free(file);
	}
	return found;
}

void *tool_fdtdir_read(const char *file, size_t *size)
{
	struct writer w = {.file = file, .room = 1u << 16};
	int err;

	if (!looks_like_devicetree(file)) {
		tool_file_error(file, "is a directory, and not one of a devicetree");
		return NULL;
	}
	w.blob = tool_zalloc(1, w.room);
	if (fdt_create(w.blob, (int)w.room) || fdt_finish_reservemap(w.blob))
		goto fail;
	if (!write_node(&w, file, "", 0))
		goto fail;
	while ((err = fdt_finish(w.blob))) {
		if (!make_room(&w, err))
			goto fail;
	}
	*size = fdt_totalsize(w.blob);
	return w.blob;

fail:
	free(w.blob);
	return NULL;
}
