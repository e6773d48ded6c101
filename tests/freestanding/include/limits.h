/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libfdt_env.h includes <limits.h>, and gcc's own one wants the C library's behind it.
 */
#ifndef IRQREF_FREESTANDING_LIMITS_H
#define IRQREF_FREESTANDING_LIMITS_H

#define INT_MAX  __INT_MAX__
#define INT_MIN  (-INT_MAX - 1)
#define UINT_MAX (INT_MAX * 2U + 1U)

#endif /* IRQREF_FREESTANDING_LIMITS_H */
