/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Probes at the entries of irqref.ko's functions, which is loaded or just being loaded.
 */
#ifndef PROBE_H
#define PROBE_H

#include <linux/kprobes.h>
#include <linux/ptrace.h>

/* The @n-th argument. */
static inline unsigned long probe_argument(struct pt_regs *regs, unsigned int n)
{
#ifdef CONFIG_PPC64
	return regs->gpr[3 + n]; /* 6.1 has no name for it */
#else
	return regs_get_kernel_argument(regs, n);
#endif
}

/* @symbol: KSYM_NAME_LEN bytes that live as long as the probe. */
static inline int probe_plant(struct kprobe *probe, const char *function, char *symbol)
{
	/* Where the very entry is ftrace's alone, behind it; the arguments are untouched there. */
	static const unsigned int offsets[] = {0, 4, 8};
	int err = -EINVAL;

	snprintf(symbol, KSYM_NAME_LEN, "irqref:%s", function);
	for (size_t i = 0; err && i < ARRAY_SIZE(offsets); i++) {
		probe->addr = NULL;
		probe->flags = 0;
		probe->symbol_name = symbol;
		probe->offset = offsets[i];
		err = register_kprobe(probe);
	}
	return err;
}

#endif /* PROBE_H */
