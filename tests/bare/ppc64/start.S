/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU loads this at address 0 and enters at 0x100, r3 the devicetree, in real mode, big endian. The
 * vectors are where the architecture has them. r13 is the CPU number, r2 the table of contents.
 */
#include "start.h"

/* MSR: 64 bit, machine checks on, recoverable; external interrupts off. */
#define MSR_BOOT_HIGH 0x8000
#define MSR_BOOT_LOW  0x1002

/* Below the 288 bytes under the stack pointer that the interrupted function may use. */
#define FRAME 640
#define SAVED 96

	.machine power8
	.section .text.start, "ax"

	.macro trap at
	.org	\at
	li	3, \at
	b	trapped
	.endm

	.org	0x100
	.globl _start
_start:
	li	13, 0
	bl	set_up
	/* .bss, a doubleword at a time */
	lis	4, kernel_bss@ha
	addi	4, 4, kernel_bss@l
	lis	5, kernel_bss_end@ha
	addi	5, 5, kernel_bss_end@l
	li	0, 0
1:	cmpld	4, 5
	bge	2f
	std	0, 0(4)
	addi	4, 4, 8
	b	1b
2:	bl	kernel_main
	nop
	b	.

	trap	0x200
	trap	0x300
	trap	0x380
	trap	0x400
	trap	0x480
	.org	0x500
	b	external
	trap	0x600
	trap	0x700
	trap	0x800
	.org	0x900
	b	decrementer
	trap	0x980
	trap	0xc00
	trap	0xd00
	trap	0xf00
	trap	0xf20
	trap	0xf40
	trap	0xf60
	.org	0x1000

/* A CPU that RTAS started: r3 is what start-cpu was given, its number. */
	.globl start_cpu
start_cpu:
	mr	13, 3
	bl	set_up
	mr	3, 13
	bl	start_secondary
	nop
	b	.

/* For CPU r13: MSR, table of contents, stack, decrementer. Keeps r3. */
set_up:
	li	4, MSR_BOOT_HIGH >> 1
	sldi	4, 4, 49
	ori	4, 4, MSR_BOOT_LOW
	mtmsrd	4
	isync
	lis	2, .TOC.@ha
	addi	2, 2, .TOC.@l
	lis	1, start_stacks@ha
	addi	1, 1, start_stacks@l
	addi	4, 13, 1
	lis	5, START_STACK@h
	ori	5, 5, START_STACK@l
	mulld	4, 4, 5
	add	1, 1, 4
	li	0, 0
	stdu	0, -128(1)
	lis	4, START_DECREMENTER@h
	ori	4, 4, START_DECREMENTER@l
	mtdec	4
	blr

/*
 * void start_cede(void): H_CEDE. The hypervisor turns external interrupts on, and gives the CPU back
 * when one is pending; it is taken at the next instruction. So the vectors look whether they came
 * from between the labels; then they go back with interrupts off, and the interrupt stays pending.
 * One that was pending before the call ends it at once: there is no time at which it could be missed.
 */
	.globl start_cede
start_cede:
	mflr	0
	std	0, 16(1)
	stdu	1, -64(1)
	li	3, 0xe0
	sc	1
ceded:
	li	4, 2
	mtmsrd	4, 1
ceded_end:
	addi	1, 1, 64
	ld	0, 16(1)
	mtlr	0
	blr

/* Saves r3, r4 and the condition register; sets cr0 "less" if the interrupt ended start_cede. */
	.macro enter
	stdu	1, -FRAME(1)
	std	3, SAVED+0(1)
	std	4, SAVED+8(1)
	mfcr	3
	std	3, SAVED+16(1)
	mfsrr0	3
	lis	4, ceded@ha
	addi	4, 4, ceded@l
	subf	3, 4, 3
	cmpldi	3, ceded_end - ceded
	.endm

	.macro leave
	ld	3, SAVED+16(1)
	mtcrf	0xff, 3
	ld	4, SAVED+8(1)
	ld	3, SAVED+0(1)
	addi	1, 1, FRAME
	rfid
	.endm

/* Back into start_cede with EE off. */
woken:
	mfsrr1	3
	rldicl	3, 3, 48, 1
	rotldi	3, 3, 16
	mtsrr1	3
	leave

/* It only ends sleeps; then it is set anew there. */
decrementer:
	enter
	lis	3, START_DECREMENTER@h
	ori	3, 3, START_DECREMENTER@l
	mtdec	3
	blt	woken
	leave

external:
	enter
	blt	woken
	std	0, SAVED+24(1)
	std	5, SAVED+32(1)
	std	6, SAVED+40(1)
	std	7, SAVED+48(1)
	std	8, SAVED+56(1)
	std	9, SAVED+64(1)
	std	10, SAVED+72(1)
	std	11, SAVED+80(1)
	std	12, SAVED+88(1)
	mflr	3
	std	3, SAVED+96(1)
	mfctr	3
	std	3, SAVED+104(1)
	mfxer	3
	std	3, SAVED+112(1)
	mfsrr0	3
	std	3, SAVED+120(1)
	mfsrr1	3
	std	3, SAVED+128(1)
	bl	machine_interrupt
	nop
	ld	3, SAVED+128(1)
	mtsrr1	3
	ld	3, SAVED+120(1)
	mtsrr0	3
	ld	3, SAVED+112(1)
	mtxer	3
	ld	3, SAVED+104(1)
	mtctr	3
	ld	3, SAVED+96(1)
	mtlr	3
	ld	12, SAVED+88(1)
	ld	11, SAVED+80(1)
	ld	10, SAVED+72(1)
	ld	9, SAVED+64(1)
	ld	8, SAVED+56(1)
	ld	7, SAVED+48(1)
	ld	6, SAVED+40(1)
	ld	5, SAVED+32(1)
	ld	0, SAVED+24(1)
	leave

trapped:
	mfsrr0	4
	mfdar	5
	stdu	1, -FRAME(1)
	bl	start_exception
	nop
	b	.

	.section .note.GNU-stack, "", %progbits
