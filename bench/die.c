/* SPDX-License-Identifier: BSD-2-Clause */
/* The end, when something that must not fail did. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

void die(const char *what, int rc)
{
	fprintf(stderr, "irqref-bench: %s: %s\n", what, rc ? irqref_strerror(rc) : "failed");
	exit(2);
}

void must(int rc, const char *what)
{
	if (rc < 0)
		die(what, rc);
}

void *must_alloc(size_t size)
{
	void *mem = calloc(1, size ? size : 1);

	if (!mem)
		die("out of memory", IRQREF_ERR_NOMEM);
	return mem;
}
