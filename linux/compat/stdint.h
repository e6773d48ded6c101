/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel has no <stdint.h>; the core wants nothing else of it than this. */
#ifndef IRQREF_COMPAT_STDINT_H
#define IRQREF_COMPAT_STDINT_H

#include <linux/limits.h>
#include <linux/types.h>

/* As the preprocessor knows them, too. */
#define UINT16_MAX 0xffff
#define UINT32_MAX 0xffffffffu
#define UINT64_MAX 0xffffffffffffffffull
#ifndef UINTPTR_MAX
#define UINTPTR_MAX ULONG_MAX
#endif

#endif /* IRQREF_COMPAT_STDINT_H */
