/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a port under test has on a host: settings from the environment, and a word to tests/run
 * when an injected failure was met. Included by port_posix.c and port_static.c only.
 */
#include <stdio.h>
#include <stdlib.h>

uint32_t port_setting(const char *name)
{
	const char *value = getenv(name);

	return value ? (uint32_t)strtoul(value, NULL, 0) : 0;
}

void port_report_fired(void)
{
	fputs("# injected failure met\n", stderr);
}
