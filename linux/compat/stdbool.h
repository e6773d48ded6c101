/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's place for bool. */
#ifndef IRQREF_COMPAT_STDBOOL_H
#define IRQREF_COMPAT_STDBOOL_H

#include <linux/stddef.h>
#include <linux/types.h>

#endif /* IRQREF_COMPAT_STDBOOL_H */
