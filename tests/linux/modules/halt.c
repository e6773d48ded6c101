// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stops the first task that enters a function of irqref.ko, which is loaded, so that another task can come in
 * between. Parameters: "at", the function; "number", what its first argument is to be, 0: anything. To be
 * read: "stopped", somebody was stopped; "stuck", for longer than that can take. "go", to be written:
 * it goes on. The stopped task keeps its CPU: whoever writes needs another one.
 */
#include <linux/ktime.h>
#include <linux/module.h>

#include "probe.h"

static char *at = "";
module_param(at, charp, 0444);
static unsigned int number;
module_param(number, uint, 0444);
static bool stopped, stuck, go;
module_param(stopped, bool, 0444);
module_param(stuck, bool, 0444);
module_param(go, bool, 0200);

static int halt_here(struct kprobe *probe, struct pt_regs *regs)
{
	ktime_t end = ktime_add_ms(ktime_get(), 10000);

	if (number && probe_argument(regs, 0) != number)
		return 0;
	if (xchg(&stopped, true))
		return 0;
	while (!READ_ONCE(go) && !stuck) {
		stuck = ktime_after(ktime_get(), end);
		cpu_relax();
	}
	return 0;
}

static char symbol[KSYM_NAME_LEN];
static struct kprobe probe = {.pre_handler = halt_here};

static int __init halt_init(void)
{
	return probe_plant(&probe, at, symbol);
}

static void __exit halt_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(halt_init);
module_exit(halt_exit);
MODULE_DESCRIPTION("Stops a task inside of irqref.ko");
MODULE_LICENSE("GPL");
