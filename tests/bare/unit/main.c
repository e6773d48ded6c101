/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that runs the project's unit tests: the same sources as on a host, each suite entered by
 * the name of its file. UNIT_SUITES is X(name) for each.
 */
#include "../machine.h"
#include "../print.h"
#include "cpus.h"

#include <libfdt.h>
#include <string.h>

#define X(name) int name(void);
UNIT_SUITES
#undef X

static int (*const suites[])(void) = {
#define X(name) name,
        UNIT_SUITES
#undef X
};

struct irqref_dt unit_dt;
static uint32_t passed, failed;

void unit_putc(char c);

/* Counts the results in what the suites print. */
void unit_putc(char c)
{
	static char line[96];
	static uint32_t length;
	static bool skipped;

	machine_putc(c);
	if (c != '\n') {
		if (length < sizeof(line) - 1)
			line[length++] = c;
		skipped |= c == '#' && length > 1;
		return;
	}
	line[length] = '\0';
	if (!strncmp(line, "not ok ", 7))
		failed++;
	else if (!strncmp(line, "ok ", 3) && !skipped)
		passed++;
	length = 0;
	skipped = false;
}

_Noreturn void kernel_main(const void *fdt)
{
	size_t i;

	machine_early(fdt);
	print("# irqref unit tests\n");
	if (irqref_dt_init(&unit_dt, fdt, fdt_totalsize(fdt), NULL, 0, NULL))
		print("not ok - the machine's devicetree\n");
	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		suites[i]();
	print("%u passed, %u failed\n", passed, failed);
	machine_exit(failed ? 1 : 0);
}
