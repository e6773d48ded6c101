/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls the function whose address is in r12, with the arguments as they are, for a caller that
 * believes to have called a function of the kernel and so expects its TOC unchanged. The TOC is
 * kept in a frame of our own: the caller's frame has its own one in that place.
 */
#include <asm/ppc_asm.h>
#include <linux/linkage.h>

#define FRAME 32
#define TOC   24
#define LR    16

_GLOBAL(irqref_trampoline)
	mflr	r0
	std	r0, LR(r1)
	stdu	r1, -FRAME(r1)
	std	r2, TOC(r1)
	mtctr	r12
	bctrl
	ld	r2, TOC(r1)
	addi	r1, r1, FRAME
	ld	r0, LR(r1)
	mtlr	r0
	blr
