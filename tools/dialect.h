/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the dialects that devicetrees are read in.
 */
#ifndef IRQREF_TOOLS_DIALECT_H
#define IRQREF_TOOLS_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

/** What --help says of the option, after its name. */
#define TOOL_DIALECT_HELP "as who reads it: linux (default), dtspec, freebsd, edtlib"

/**
 * The policy of struct irqref_dt that a dialect stands for. Of an unknown name says on stderr
 * which ones there are, and returns false.
 */
bool tool_dialect(const char *name, uint32_t *policy);

/** The name of a dialect's policy. */
const char *tool_dialect_name(uint32_t policy);

#endif /* IRQREF_TOOLS_DIALECT_H */
