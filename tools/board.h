/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A devicetree blob in memory with its index, for the commands.
 */
#ifndef IRQREF_TOOLS_BOARD_H
#define IRQREF_TOOLS_BOARD_H

#include <irqref/devicetree.h>

#include "common.h"

struct tool_board {
	const char *file;
	void *blob;
	size_t size;
	void *storage;
	struct irqref_dt dt;
	uint64_t work;
};

/**
 * Reads and indexes @file, in any form of tool_input_read(); on failure says why on stderr and
 * returns false.
 */
bool tool_board_load(struct tool_board *board, const char *file);

/**
 * The same for what a command line names: nothing is the machine that the command runs on; the
 * first is the board, any others are overlays for it.
 */
bool tool_board_open(struct tool_board *board, char *const *files, int count);

/** The same for a blob in memory from malloc, which is the board's from then on. */
bool tool_board_take(struct tool_board *board, const char *file, void *blob, size_t size);

void tool_board_free(struct tool_board *board);

/** The path of a node; freed by the caller. */
char *tool_node_path(const struct irqref_dt *dt, int node);

/** Whether a node or one that it is in is disabled. */
bool tool_node_disabled(const struct irqref_dt *dt, int node);

/** Appends the cells in hex, without 0x, separated by blanks. */
void tool_text_cells(struct tool_text *text, const struct irqref_fwspec *spec);

/**
 * Appends why an interrupt of @node did not resolve: "PATH: PROPERTY: reason (0xVALUE)", without
 * the path where the fault is in @node itself.
 */
void tool_text_diag(struct tool_text *text, const struct irqref_dt *dt,
                    const struct irqref_dt_diag *diag, int node);

#endif /* IRQREF_TOOLS_BOARD_H */
