/* SPDX-License-Identifier: BSD-2-Clause */
/* Entered in machine mode, a0 the number of the hart, a1 the devicetree. Only hart 0 is used. */
	.section .text.start, "ax"
	.globl _start
_start:
	csrw	mie, zero
	bnez	a0, 3f
	la	t0, vector
	csrw	mtvec, t0
	la	t0, bss
	la	t1, bss_end
1:	bgeu	t0, t1, 2f
	sd	zero, 0(t0)
	addi	t0, t0, 8
	j	1b
2:	la	sp, stack_end
	li	tp, 0			/* the port takes the CPU's number from here */
	mv	a0, a1
	call	kernel_main
3:	wfi
	j	3b

/* The registers that a C function may change; everything else it keeps. */
	.macro	registers op
	.set	at, 0
	.irp	r, ra, t0, t1, t2, t3, t4, t5, t6, a0, a1, a2, a3, a4, a5, a6, a7
	\op	\r, at(sp)
	.set	at, at + 8
	.endr
	.endm

	.balign	4
vector:
	addi	sp, sp, -128
	registers sd
	csrr	t0, mcause
	bgez	t0, 3b			/* an exception: stop */
	call	kernel_interrupt
	registers ld
	addi	sp, sp, 128
	mret
