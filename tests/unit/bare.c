/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a test built with -DUNIT_BARE on a host: proves that the frame without libc works.
 */
#include <stdio.h>

void unit_putc(char c);
int unit_main(void);

void unit_putc(char c)
{
	putchar(c);
}

int main(void)
{
	return unit_main() ? 1 : 0;
}
