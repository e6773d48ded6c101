// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what a kernel that checks itself reports, for a test of the test: fault=sleep, rcu, order or
 * memory. Does no harm to a kernel that does not look.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static char *fault = "";
module_param(fault, charp, 0444);

static DEFINE_SPINLOCK(held);
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int target;
static int __rcu *pointer = (int __rcu __force *)&target;

/* Under a spinlock, where nobody may. */
static void faulty_sleep(void)
{
	spin_lock(&held);
	might_sleep();
	spin_unlock(&held);
}

/* Outside of a read section. */
static void faulty_rcu(void)
{
	READ_ONCE(*rcu_dereference(pointer));
}

static void faulty_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

/* Of memory that is not ours any more. The pointer's way is hidden from the compiler, which would warn. */
static void faulty_memory(void)
{
	int *memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	int *freed = memory;

	if (!memory)
		return;
	OPTIMIZER_HIDE_VAR(freed);
	kfree(memory);
	READ_ONCE(*freed);
}

static int __init faulty_init(void)
{
	if (!strcmp(fault, "sleep"))
		faulty_sleep();
	else if (!strcmp(fault, "rcu"))
		faulty_rcu();
	else if (!strcmp(fault, "order"))
		faulty_order();
	else if (!strcmp(fault, "memory"))
		faulty_memory();
	else
		return -EINVAL;
	return 0;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("Faults that a kernel with its checks on reports");
MODULE_LICENSE("GPL");
