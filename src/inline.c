/* SPDX-License-Identifier: BSD-2-Clause */
/* The one copy of the small functions in a core that is compiled for size; else nothing. */
#include "internal.h"

#ifdef __OPTIMIZE_SIZE__
#define INLINE
#include "inline.h"
#endif
