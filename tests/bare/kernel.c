/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test kernel.
 */
#include "machine.h"
#include "print.h"

_Noreturn void kernel_main(const void *fdt)
{
	machine_early(fdt);
	print("irqref test kernel: hello\n");
	machine_exit(0);
}

void machine_interrupt(void)
{
}
