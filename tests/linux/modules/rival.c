// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has the right to replace one function of the kernel, as a live patch has: ftrace gives
 * that right to one at a time. It replaces nothing.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/string.h>

static char *function;
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "which one");

static void notrace rival_nothing(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
                                  struct ftrace_regs *fregs)
{
}

static struct ftrace_ops rival_ops = {
        .func = rival_nothing,
        .flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS_IF_SUPPORTED,
};

static int __init rival_init(void)
{
	int err;

	if (!function)
		return -EINVAL;
	err = ftrace_set_filter(&rival_ops, (unsigned char *)function, (int)strlen(function), 1);
	if (!err)
		err = register_ftrace_function(&rival_ops);
	if (err)
		ftrace_free_filter(&rival_ops);
	return err;
}

static void __exit rival_exit(void)
{
	unregister_ftrace_function(&rival_ops);
	ftrace_free_filter(&rival_ops);
}

module_init(rival_init);
module_exit(rival_exit);
MODULE_DESCRIPTION("Keeps a function of the kernel for itself");
MODULE_LICENSE("GPL");
