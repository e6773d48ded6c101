/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devicetrees in every form that the commands read.
 */
#ifndef IRQREF_TOOLS_INPUT_H
#define IRQREF_TOOLS_INPUT_H

#include "common.h"

/**
 * Largest devicetree that is read or put together, in bytes: no board comes near it, and it keeps a
 * wrong file name from filling the memory.
 */
#define TOOL_DTB_MAX ((size_t)64 << 20)

/**
 * Reads a devicetree: a blob, "-" for one on standard input, a source (.dts, .dtso), a directory
 * as the kernel shows it. The blob is freed by the caller; NULL after a message.
 */
void *tool_input_read(const char *file, size_t *size);

/** The devicetree of the machine that the command runs on; *file says where it was found. */
void *tool_input_machine(const char **file, size_t *size);

/** Whether the machine has one that can be read. */
bool tool_input_has_machine(void);

/** Compiles a source with dtc, after cpp where it has preprocessor lines. */
void *tool_source_read(const char *file, size_t *size);

/** Reads a directory of properties (files) and nodes (directories) into a blob. */
void *tool_fdtdir_read(const char *file, size_t *size);

/** False after a message if the blob's header is wrong or says more than there is. */
bool tool_input_check(const char *file, const void *blob, size_t size);

/**
 * Applies overlays to the blob @base of @file, which is freed; returns the new one, or NULL after a
 * message.
 */
void *tool_overlay_apply(const char *file, void *base, size_t *size, char *const *overlays,
                         int count);

#endif /* IRQREF_TOOLS_INPUT_H */
