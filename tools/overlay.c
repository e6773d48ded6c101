/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overlays, applied to a board in the order they are named.
 */
#include "board.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static const char *explain(int err)
{
	switch (err) {
	case -FDT_ERR_NOTFOUND:
		return "the board lacks a label or node that it names (dtc -@ keeps labels)";
	case -FDT_ERR_BADOVERLAY:
		return "it is no overlay, or it contradicts itself";
	case -FDT_ERR_BADPHANDLE:
	case -FDT_ERR_NOPHANDLES:
		return "its phandles and the board's do not go together";
	case -FDT_ERR_BADPATH:
		return "the board has no such path";
	default:
		return fdt_strerror(err);
	}
}

/* What has none changes nothing: a second board, most likely. */
static bool has_fragment(const void *blob)
{
	int node;

	fdt_for_each_subnode (node, blob, 0) {
		if (fdt_subnode_offset(blob, node, "__overlay__") >= 0)
			return true;
	}
	return false;
}

/* Well-formed as a tree: libfdt trusts the depth and the structure of what it applies. */
static bool check(const char *file, void *blob, size_t size)
{
	struct irqref_dt_diag diag;
	size_t need;

	if (irqref_dt_storage(blob, size, &need, &diag) == 0)
		return true;
	tool_file_error(file, "not a well-formed devicetree: %s", diag.reason);
	return false;
}

static bool check_overlay(const char *file, void *blob, size_t size)
{
	if (!check(file, blob, size))
		return false;
	if (has_fragment(blob))
		return true;
	tool_file_error(file, "this is no overlay: it has no fragment");
	return false;
}

/* libfdt ruins both blobs where it fails, so each attempt begins with copies. */
static void *attempt(const void *base, const void *overlay, size_t size, size_t room, int *err)
{
	void *copy = tool_alloc(size), *out = tool_zalloc(1, room);

	memcpy(copy, overlay, size);
	*err = fdt_open_into(base, out, (int)room);
	if (*err == 0)
		*err = fdt_overlay_apply(out, copy);
	free(copy);
	if (*err == 0)
		return out;
	free(out);
	return NULL;
}

static void *apply(void *base, const char *file, size_t *size)
{
	size_t overlay_size, room = *size;
	void *overlay = tool_input_read(file, &overlay_size), *out = NULL;
	int err = -FDT_ERR_NOSPACE;

	if (overlay && check_overlay(file, overlay, overlay_size)) {
		room += overlay_size + 1024;
		for (; !out && err == -FDT_ERR_NOSPACE && room <= TOOL_DTB_MAX * 2; room *= 2)
			out = attempt(base, overlay, overlay_size, *size = room, &err);
		if (!out)
			tool_file_error(file, "this overlay cannot be applied: %s", explain(err));
	}
	free(overlay);
	free(base);
	return out;
}

void *tool_overlay_apply(const char *file, void *base, size_t *size, char *const *overlays,
                         int count)
{
	if (count > 0 && !check(file, base, *size)) {
		free(base);
		return NULL;
	}
	for (int i = 0; base && i < count; i++)
		base = apply(base, overlays[i], size);
	return base;
}
