/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's place for size_t, NULL and offsetof. */
#ifndef IRQREF_COMPAT_STDDEF_H
#define IRQREF_COMPAT_STDDEF_H

#include <linux/stddef.h>
#include <linux/types.h>

#endif /* IRQREF_COMPAT_STDDEF_H */
