/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text in lines of at most 100 columns.
 */
#include "wrap.h"

#include <string.h>

#define WIDTH 100

void tool_text_wrap(struct tool_text *out, unsigned int indent, unsigned int hang, const char *text)
{
	size_t cut;

	while (*text) {
		cut = strlen(text);
		if (cut > WIDTH - indent) {
			for (cut = WIDTH - indent; cut > 0 && text[cut] != ' '; cut--)
				;
			/* A word that is too long for a line stands alone. */
			if (cut == 0)
				cut = strcspn(text, " ");
		}
		tool_text_add(out, "%*s%.*s\n", (int)indent, "", (int)cut, text);
		text += cut;
		text += strspn(text, " ");
		indent = hang;
	}
}
