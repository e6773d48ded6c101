/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the dialects that devicetrees are read in.
 */
#include "dialect.h"

#include <string.h>

#include <irqref/devicetree.h>

#include "common.h"

static const struct {
	const char *name;
	uint32_t policy;
} dialects[] = {
        {"linux", IRQREF_DT_LINUX},
        {"dtspec", IRQREF_DT_DTSPEC},
        {"freebsd", IRQREF_DT_FREEBSD},
        {"edtlib", IRQREF_DT_EDTLIB},
};

#define NDIALECTS (sizeof(dialects) / sizeof(dialects[0]))

bool tool_dialect(const char *name, uint32_t *policy)
{
	for (size_t i = 0; i < NDIALECTS; i++) {
		if (strcmp(name, dialects[i].name) == 0) {
			*policy = dialects[i].policy;
			return true;
		}
	}
	tool_error("'%s' is no dialect; there are linux, dtspec, freebsd and edtlib", name);
	return false;
}

const char *tool_dialect_name(uint32_t policy)
{
	for (size_t i = 0; i < NDIALECTS; i++) {
		if (dialects[i].policy == policy)
			return dialects[i].name;
	}
	return "other";
}
