// SPDX-License-Identifier: BSD-2-Clause
/*
 * irqref demo: the promise kept on a real machine.
 */
#include "common.h"

int cmd_demo(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	tool_error("demo: not yet written");
	return TOOL_FAILED;
}
