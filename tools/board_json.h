/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board as JSON: its controllers, every interrupt, every pin, and how each was resolved.
 */
#ifndef IRQREF_TOOLS_BOARD_JSON_H
#define IRQREF_TOOLS_BOARD_JSON_H

#include <jansson.h>

#include "board.h"

/** The whole board; given back with json_decref(). irqref-resolve(1) describes the members. */
json_t *tool_board_json(struct tool_board *board);

/** A JSON string; what is no UTF-8 becomes question marks. */
json_t *tool_json_text(const char *text);

#endif /* IRQREF_TOOLS_BOARD_JSON_H */
