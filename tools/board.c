/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A devicetree blob in memory with its index, for the commands.
 */
#include "board.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

/* Map entries that one command looks at: a second or two; real boards need some ten thousand. */
#define WORK_MAX (UINT64_C(1) << 27)

bool tool_board_load(struct tool_board *board, const char *file)
{
	size_t size;
	void *blob = tool_input_read(file, &size);

	*board = (struct tool_board){.file = file};
	return blob && tool_board_take(board, file, blob, size);
}

bool tool_board_open(struct tool_board *board, char *const *files, int count)
{
	const char *file;
	size_t size;
	void *blob;

	*board = (struct tool_board){0};
	if (count == 0) {
		blob = tool_input_machine(&file, &size);
	} else {
		file = files[0];
		blob = tool_input_read(file, &size);
	}
	if (blob && count > 1)
		blob = tool_overlay_apply(file, blob, &size, files + 1, count - 1);
	return blob && tool_board_take(board, file, blob, size);
}

bool tool_board_take(struct tool_board *board, const char *file, void *blob, size_t size)
{
	struct tool_text why = {0};
	struct irqref_dt_diag diag;
	size_t need;
	int err;

	*board = (struct tool_board){.file = file, .blob = blob, .size = size};
	/*
	 * A node has at least 12 bytes in the blob and 16 in the index, a phandle 16 and 4: half as
	 * much again as the blob is enough, and to measure would be to read all of it twice.
	 */
	need = size + size / 2;
	board->storage = tool_alloc(need);
	err = irqref_dt_init(&board->dt, board->blob, board->size, board->storage, need, &diag);
	if (err) {
		if (diag.node >= 0)
			tool_text_add(&why, " at structure offset 0x%x", (unsigned)diag.node);
		tool_file_error(file, "not a well-formed devicetree: %s%s", diag.reason,
		                why.data ? why.data : "");
		tool_text_free(&why);
		tool_board_free(board);
		return false;
	}
	board->work = WORK_MAX;
	board->dt.work = &board->work;
	return true;
}

void tool_board_free(struct tool_board *board)
{
	free(board->storage);
	free(board->blob);
	*board = (struct tool_board){0};
}

char *tool_node_path(const struct irqref_dt *dt, int node)
{
	size_t room = 128;
	char *path = tool_alloc(room);
	int len;

	while ((len = irqref_dt_path(dt, node, path, room)) == IRQREF_ERR_NOSPC) {
		room *= 2;
		path = tool_realloc(path, room);
	}
	if (len < 0)
		strcpy(path, "?");
	/* Output is lines of fields: a name with a control character must not make new ones. */
	for (char *c = path; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	}
	return path;
}

bool tool_node_disabled(const struct irqref_dt *dt, int node)
{
	const char *status;
	int len;

	for (; node >= 0; node = irqref_dt_parent(dt, node)) {
		status = fdt_getprop(dt->fdt, node, "status", &len);
		if (status && (len == 0 || (strncmp(status, "ok", (size_t)len) != 0 &&
		                            strncmp(status, "okay", (size_t)len) != 0)))
			return true;
	}
	return false;
}

void tool_text_cells(struct tool_text *text, const struct irqref_fwspec *spec)
{
	/* Every line of a listing comes by here, and printf() would be half of what it costs. */
	static const char digits[] = "0123456789abcdef";
	char buffer[IRQREF_FWSPEC_CELLS * sizeof("ffffffff")];
	char *end = buffer + sizeof(buffer) - 1, *at = end;
	uint32_t cell;

	*end = '\0';
	for (uint32_t i = spec->ncells; i > 0; i--) {
		if (at != end)
			*--at = ' ';
		cell = spec->cells[i - 1];
		do {
			*--at = digits[cell & 0xf];
			cell >>= 4;
		} while (cell);
	}
	tool_text_put(text, at, (size_t)(end - at));
}

void tool_text_diag(struct tool_text *text, const struct irqref_dt *dt,
                    const struct irqref_dt_diag *diag, int node)
{
	char *path;

	if (diag->node >= 0 && diag->node != node) {
		path = tool_node_path(dt, diag->node);
		tool_text_add(text, "%s: ", path);
		free(path);
	}
	if (diag->property)
		tool_text_add(text, "%s: ", diag->property);
	tool_text_add(text, "%s", diag->reason);
	if (diag->value)
		tool_text_add(text, " (0x%x)", (unsigned)diag->value);
}
