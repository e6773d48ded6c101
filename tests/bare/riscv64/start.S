/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every hart enters here in machine mode, a0 its number, a1 the devicetree. Hart 0 is CPU 0; the
 * others sleep until start_mailbox says which CPU they are. tp is the CPU number from then on.
 */
#include "start.h"

	.section .text.start, "ax"
	.globl _start
_start:
	csrw	mie, zero
	csrci	mstatus, 8
	lla	t0, vector
	csrw	mtvec, t0
	csrr	t0, mhartid
	bnez	t0, park

	lla	t1, kernel_bss
	lla	t2, kernel_bss_end
1:	bgeu	t1, t2, 2f
	sd	zero, 0(t1)
	addi	t1, t1, 8
	j	1b
2:	mv	tp, zero
	lla	sp, start_stacks + START_STACK
	mv	a0, a1
	call	kernel_main
	/* does not return */

/*
 * A software interrupt ends the sleep; it is not taken, for MIE is off. The mailbox is in .data:
 * .bss is being cleared meanwhile.
 */
park:
	li	t1, START_HARTS
	bgeu	t0, t1, 4f
	lla	t2, start_mailbox
	slli	t3, t0, 2
	add	t2, t2, t3
	csrsi	mie, 8
3:	lw	t3, 0(t2)
	bnez	t3, 5f
	wfi
	j	3b
4:	wfi
	j	4b
5:	fence	r, rw
	csrci	mie, 8
	mv	tp, t3
	lla	sp, start_stacks
	addi	t4, t3, 1
	li	t5, START_STACK
	mul	t4, t4, t5
	add	sp, sp, t4
	mv	a0, tp
	call	start_secondary

	.balign	4
vector:
	addi	sp, sp, -128
	sd	ra, 0(sp)
	sd	t0, 8(sp)
	sd	t1, 16(sp)
	sd	t2, 24(sp)
	sd	a0, 32(sp)
	sd	a1, 40(sp)
	sd	a2, 48(sp)
	sd	a3, 56(sp)
	sd	a4, 64(sp)
	sd	a5, 72(sp)
	sd	a6, 80(sp)
	sd	a7, 88(sp)
	sd	t3, 96(sp)
	sd	t4, 104(sp)
	sd	t5, 112(sp)
	sd	t6, 120(sp)
	csrr	a0, mcause
	bgez	a0, 6f
	call	machine_interrupt
	ld	ra, 0(sp)
	ld	t0, 8(sp)
	ld	t1, 16(sp)
	ld	t2, 24(sp)
	ld	a0, 32(sp)
	ld	a1, 40(sp)
	ld	a2, 48(sp)
	ld	a3, 56(sp)
	ld	a4, 64(sp)
	ld	a5, 72(sp)
	ld	a6, 80(sp)
	ld	a7, 88(sp)
	ld	t3, 96(sp)
	ld	t4, 104(sp)
	ld	t5, 112(sp)
	ld	t6, 120(sp)
	addi	sp, sp, 128
	mret
6:	csrr	a1, mepc
	csrr	a2, mtval
	call	start_exception
	/* does not return */

	.section .note.GNU-stack, "", %progbits
