/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text in lines of at most 100 columns.
 */
#ifndef IRQREF_TOOLS_WRAP_H
#define IRQREF_TOOLS_WRAP_H

#include "common.h"

/** Appends @text, broken at blanks; the first line is set in by @indent, the others by @hang. */
void tool_text_wrap(struct tool_text *out, unsigned int indent, unsigned int hang,
                    const char *text);

#endif /* IRQREF_TOOLS_WRAP_H */
