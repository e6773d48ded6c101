/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libfdt_env.h includes <stdlib.h>; libfdt itself uses nothing of it.
 */
#ifndef IRQREF_FREESTANDING_STDLIB_H
#define IRQREF_FREESTANDING_STDLIB_H

#include <stddef.h>

#endif /* IRQREF_FREESTANDING_STDLIB_H */
