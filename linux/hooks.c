// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replaces functions of the running kernel through ftrace: the function's entry is a call of ours,
 * which lets the caller go on in the replacement instead. The replacement runs in the caller's
 * context, with its arguments and its stack, and may sleep.
 *
 * To call what was replaced, a task leaves a pass: the next time it comes to that entry it is let
 * through, once. Passes belong to the task, not to a return address: where a compiler makes the call
 * of the original a jump, the return address is somebody else's.
 *
 * ftrace writes and takes back one entry after the other. What is followed begins and ends for all of
 * them at once, by one flag: else a handler's free would be missed, and the dispose after it followed.
 *
 * Unloading: no new task comes in after the flag is down, and a grace period; those inside are counted
 * from before the first instruction of the replacement on; and what they still run of this module
 * after they counted themselves out does not sleep, so that a grace period of RCU tasks sees it over.
 */
#define pr_fmt(fmt) "irqref: " fmt

#include "module.h"

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

struct hook irqref_hooks[HOOKS] = {
        [HOOK_CREATE_MAPPING] = {"irq_create_mapping_affinity", replaced_create_mapping},
        [HOOK_CREATE_FWSPEC] = {"irq_create_fwspec_mapping", replaced_create_fwspec},
        [HOOK_DISPOSE] = {"irq_dispose_mapping", replaced_dispose},
        [HOOK_ASSOCIATE] = {"irq_domain_associate", replaced_associate},
        [HOOK_ALLOC_IRQS] = {"__irq_domain_alloc_irqs", replaced_alloc_irqs, true},
        [HOOK_FREE_IRQS] = {"irq_domain_free_irqs", replaced_free_irqs, true},
        [HOOK_FREE_DESCS] = {"irq_free_descs", replaced_free_descs},
        [HOOK_DOMAIN_REMOVE] = {"irq_domain_remove", replaced_domain_remove},
        [HOOK_REQUEST] = {"request_threaded_irq", replaced_request},
        [HOOK_FREE] = {"free_irq", replaced_free},
        [HOOK_REQUEST_PERCPU] = {"__request_percpu_irq", replaced_request_percpu},
        [HOOK_FREE_PERCPU] = {"free_percpu_irq", replaced_free_percpu},
        [HOOK_SET_CHAINED] = {"irq_set_chained_handler_and_data", replaced_set_chained},
        [HOOK_SET_HANDLER] = {"__irq_set_handler", replaced_set_handler},
        [HOOK_PCI_ASSIGN] = {"pci_assign_irq", replaced_pci_assign, true},
};

/* For tests: a function that is taken for missing, and one that is taken for untraceable. */
static char *lacks;
module_param(lacks, charp, 0);
MODULE_PARM_DESC(lacks, "for tests: a function that this kernel is to lack (default: none)");
static char *untraced;
module_param(untraced, charp, 0);
MODULE_PARM_DESC(untraced, "for tests: a function that ftrace is not to trace (default: none)");

/* How far behind a function's address its ftrace entry can be. */
#define ENTRY_MAX 64u

static atomic_t inside = ATOMIC_INIT(0);
static bool following;

/* ------------------------------------------------------------------ passes */

/* Task and hook in one word: tasks are aligned to more than there are hooks. */
#define PASSES 128u
static atomic_long_t passes[PASSES];

static long pass_of(enum hook_id id)
{
	BUILD_BUG_ON(HOOKS > __alignof__(struct task_struct));
	return (long)((unsigned long)current | id);
}

/* Whether there was one. Only the task itself adds and takes its own. */
static bool notrace pass_take(long pass)
{
	unsigned int i;

	for (i = 0; i < PASSES; i++) {
		if (atomic_long_read(&passes[i]) != pass)
			continue;
		atomic_long_set(&passes[i], 0);
		return true;
	}
	return false;
}

void hook_pass(enum hook_id id)
{
	long pass = pass_of(id);
	unsigned int i;

	for (i = 0;; i = (i + 1) % PASSES) {
		if (!atomic_long_read(&passes[i]) && !atomic_long_cmpxchg(&passes[i], 0, pass))
			return;
		if (i == PASSES - 1)
			cpu_relax();
	}
}

/* The pass was used, unless ftrace was just being switched off. */
void hook_passed(enum hook_id id)
{
	pass_take(pass_of(id));
}

/* ---------------------------------------------------------------- redirect */

/*
 * Permanent: the switch kernel.ftrace_enabled must not take the hooks off half-way through a life.
 * Where a kernel hands its hooks the arguments only, it has a function to set the address; else all
 * registers are there.
 */
#if defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) && (defined(CONFIG_ARM64) || defined(CONFIG_RISCV) || \
                                                 !defined(CONFIG_DYNAMIC_FTRACE_WITH_REGS))
#define HOOK_FLAGS (FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)

static void notrace go_to(struct ftrace_regs *fregs, void *replacement)
{
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)replacement);
}
#else
#define HOOK_FLAGS (FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT | FTRACE_OPS_FL_SAVE_REGS)

#ifdef CONFIG_PPC64
/* trampoline_ppc64.S: calls the function in r12, whose TOC is another one than the caller's. */
void irqref_trampoline(void);

static void notrace go_to(struct ftrace_regs *fregs, void *replacement)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	regs->gpr[12] = (unsigned long)replacement;
	instruction_pointer_set(regs, (unsigned long)irqref_trampoline);
}
#else
static void notrace go_to(struct ftrace_regs *fregs, void *replacement)
{
	instruction_pointer_set(ftrace_get_regs(fregs), (unsigned long)replacement);
}
#endif
#endif

static void notrace redirect(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
                             struct ftrace_regs *fregs)
{
	unsigned int i;
	int bit;

	/*
	 * Never nested on purpose: whoever comes here from inside a hook gets the original. No
	 * preemption up to the unlock: a grace period of RCU sees those over that saw the flag.
	 */
	bit = ftrace_test_recursion_trylock(ip, parent_ip);
	if (bit < 0)
		return;
	if (!READ_ONCE(following))
		goto unlock;
	for (i = 0; i < HOOKS; i++) {
		struct hook *hook = &irqref_hooks[i];

		if (!hook->original || ip - hook->original >= ENTRY_MAX)
			continue;
		if (!pass_take(pass_of(i))) {
			atomic_inc(&inside);
			go_to(fregs, hook->replacement);
		}
		break;
	}
unlock:
	ftrace_test_recursion_unlock(bit);
}

void hook_leave(void)
{
	atomic_dec(&inside);
}

static struct ftrace_ops ops = {
        .func = redirect,
        .flags = HOOK_FLAGS,
};

/* ----------------------------------------------------------------- symbols */

typedef unsigned long lookup_fn(const char *name);

/*
 * kallsyms_lookup_name() itself is found by a kprobe, which some kernels allow at the very entry
 * only, and others only behind it. The offset is taken off again by the kernel's own account.
 */
static lookup_fn *find_lookup(void)
{
	static const unsigned int offsets[] = {0, 4, 8, 12, 16};
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct kprobe probe = {
		        .symbol_name = "kallsyms_lookup_name",
		        .offset = offsets[i],
		};
		unsigned long offset;
		char *plus;

		if (register_kprobe(&probe))
			continue;
		unregister_kprobe(&probe);
		sprint_symbol(symbol, (unsigned long)probe.addr);
		plus = strchr(symbol, '+');
		if (plus && sscanf(plus, "+0x%lx", &offset) == 1)
			return (lookup_fn *)((unsigned long)probe.addr - offset);
	}
	return NULL;
}

static bool is(const char *parameter, const char *function)
{
	return parameter && !strcmp(parameter, function);
}

static int find_originals(void)
{
	lookup_fn *lookup = find_lookup();
	unsigned int i;

	if (!lookup) {
		pr_err("cannot find the kernel's symbols: no kprobe at kallsyms_lookup_name\n");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < HOOKS; i++) {
		struct hook *hook = &irqref_hooks[i];

		hook->original = is(lacks, hook->name) ? 0 : lookup(hook->name);
		if (hook->original)
			continue;
		if (!hook->optional) {
			pr_err("this kernel has no %s(); nothing is hooked\n", hook->name);
			return -ENODEV;
		}
		pr_info("this kernel has no %s(); going on without\n", hook->name);
	}
	return 0;
}

/* --------------------------------------------------------- on, off, counted */

static int filter(void)
{
	unsigned int i;
	int rc;

	for (i = 0; i < HOOKS; i++) {
		struct hook *hook = &irqref_hooks[i];

		if (!hook->original)
			continue;
		/* No instruction of a function is ftrace's but its entry. */
		rc = ftrace_set_filter_ip(
		        &ops, hook->original + (is(untraced, hook->name) ? ENTRY_MAX : 0), 0, 0);
		if (!rc)
			continue;
		if (!hook->optional) {
			pr_err("%s() cannot be traced (%d); nothing is hooked\n", hook->name, rc);
			return rc;
		}
		pr_info("%s() cannot be traced (%d); going on without\n", hook->name, rc);
		hook->original = 0;
	}
	return 0;
}

int hooks_install(void)
{
	int rc = find_originals();

	if (rc)
		return rc;
	rc = filter();
	if (rc)
		goto free_filter;
	/* All functions or none. */
	rc = register_ftrace_function(&ops);
	if (!rc) {
		WRITE_ONCE(following, true);
		return 0;
	}
	if (rc == -EBUSY)
		pr_err("ftrace is switched off, or one of the functions is replaced by another module; nothing is hooked\n");
	else
		pr_err("ftrace cannot replace functions on this kernel (%d); nothing is hooked\n",
		       rc);
free_filter:
	ftrace_free_filter(&ops);
	return rc;
}

void hooks_remove(void)
{
	WRITE_ONCE(following, false);
	synchronize_rcu();
	while (atomic_read(&inside))
		msleep(10);
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
	synchronize_rcu_tasks();
}

unsigned int hooks_count(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < HOOKS; i++)
		n += irqref_hooks[i].original != 0;
	return n;
}
