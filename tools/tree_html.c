/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt tree as a page for a browser: tree.html with the board as JSON in it. Everything
 * that is drawn, the page draws itself.
 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "board_json.h"

extern const unsigned char tree_page[];
extern const size_t tree_page_size;

/* Where in the page the board goes; it is there once. */
static const char place[] = "@BOARD@";

static size_t find_place(void)
{
	const char *page = (const char *)tree_page;

	for (size_t at = 0; at + sizeof(place) - 1 <= tree_page_size; at++) {
		if (memcmp(page + at, place, sizeof(place) - 1) == 0)
			return at;
	}
	return tree_page_size;
}

/* Text of a board must not end the element that it is in. */
static void print_escaped(const char *json)
{
	for (; *json; json++) {
		if (*json == '<')
			fputs("\\u003c", stdout);
		else
			putchar(*json);
	}
}

bool tree_html(struct tool_board *board)
{
	size_t at = find_place(), after = at + sizeof(place) - 1;
	json_t *json = tool_board_json(board);
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (!text)
		tool_die("out of memory");
	fwrite(tree_page, 1, at, stdout);
	print_escaped(text);
	fwrite(tree_page + after, 1, tree_page_size - after, stdout);
	free(text);
	return true;
}
