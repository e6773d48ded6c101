/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of the boot CPU and of the others, and the vectors: EL1, one flat map.
 *
 * The MMU is on, with all memory normal, cacheable and inner shareable, because the exclusives that
 * the atomics are made of are defined only there: with the MMU off all memory is Device memory.
 * SCTLR_EL1.A is set, so that an unaligned access that the compiler was told not to make faults
 * here already, and not first on a machine that needs it to.
 */
#define START_STACK_SHIFT 15
#define CPUS 8

#define BLOCK_NORMAL 0x0000000000000701 /* block, attribute 0, inner shareable, accessed */
#define BLOCK_DEVICE 0x0060000000000405 /* block, attribute 1, accessed, never executed */
#define MAIR 0x04ff                     /* 0: write-back; 1: Device-nGnRE */
#define TCR 0x0000000200803519          /* 39 bits, 4 KiB, walks cached and shared, 40 bits out */
#define SCTLR 0x30d01807                /* RES1 bits, I, C, A, M */

	.section .text.start, "ax"
	.globl _start
_start:
	bl	to_el1
	adrp	x0, flat_map
	mov	x1, #0
	/* Written with the cache off: what the cache still holds of the table must not be read. */
1:	lsl	x2, x1, #30
	movz	x3, #(BLOCK_DEVICE & 0xffff)
	movk	x3, #(BLOCK_DEVICE >> 48), lsl #48
	movz	x4, #BLOCK_NORMAL
	cmp	x1, #1
	csel	x3, x4, x3, eq
	orr	x2, x2, x3
	str	x2, [x0, x1, lsl #3]
	add	x4, x0, x1, lsl #3
	dmb	sy
	dc	ivac, x4
	add	x1, x1, #1
	cmp	x1, #512
	b.ne	1b
	bl	mmu_on
	adrp	x0, kernel_bss
	add	x0, x0, :lo12:kernel_bss
	adrp	x1, kernel_bss_end
	add	x1, x1, :lo12:kernel_bss_end
2:	cmp	x0, x1
	b.hs	3f
	str	xzr, [x0], #8
	b	2b
3:	mov	x0, #0
	bl	cpu_setup
	/* An ELF image is told nothing in x0: the devicetree is where the memory begins. */
	mov	x0, #0x40000000
	bl	kernel_main
	b	.

/* PSCI starts the others here, x0 the CPU number. No memory is read before the MMU is on. */
	.globl start_secondary_entry
start_secondary_entry:
	mov	x20, x0
	bl	to_el1
	bl	mmu_on
	mov	x0, x20
	bl	cpu_setup
	mov	x0, x20
	bl	start_secondary
	b	.

/* virtualization=on starts at EL2. Keeps x20. */
to_el1:
	mrs	x1, CurrentEL
	cmp	x1, #(2 << 2)
	b.ne	1f
	mov	x1, #(1 << 31)
	msr	HCR_EL2, x1
	mov	x1, #3
	msr	CNTHCTL_EL2, x1
	msr	CNTVOFF_EL2, xzr
	mov	x1, #0xf
	msr	S3_4_C12_C9_5, x1 /* ICC_SRE_EL2: registers, at EL1 too */
	isb
	mov	x1, #0x3c5
	msr	SPSR_EL2, x1
	msr	ELR_EL2, x30
	eret
1:	ret

mmu_on:
	adrp	x0, flat_map
	msr	TTBR0_EL1, x0
	movz	x1, #MAIR
	msr	MAIR_EL1, x1
	movz	x1, #(TCR & 0xffff)
	movk	x1, #((TCR >> 16) & 0xffff), lsl #16
	movk	x1, #(TCR >> 32), lsl #32
	msr	TCR_EL1, x1
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	movz	x1, #(SCTLR & 0xffff)
	movk	x1, #(SCTLR >> 16), lsl #16
	msr	SCTLR_EL1, x1
	isb
	ret

/* x0 the CPU number: stack, vectors, number, cycle counter. */
cpu_setup:
	adrp	x1, stacks
	add	x2, x0, #1
	add	x1, x1, x2, lsl #START_STACK_SHIFT
	mov	sp, x1
	adrp	x1, vectors
	add	x1, x1, :lo12:vectors
	msr	VBAR_EL1, x1
	msr	TPIDR_EL1, x0
	mov	x1, #1
	msr	PMCR_EL0, x1
	mov	x1, #(1 << 31)
	msr	PMCNTENSET_EL0, x1
	isb
	ret

/*
 * An interrupt keeps what a C function may destroy. ELR_EL1 and SPSR_EL1 stay where they are:
 * interrupts do not nest, and any other exception is the end.
 */
	.macro	bad number
	.balign	0x80
	mov	x0, #\number
	b	bad_exception
	.endm

	.balign	0x800
vectors:
	bad	0
	bad	1
	bad	2
	bad	3
	bad	4
	.balign	0x80
	sub	sp, sp, #176
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x29, [sp, #144]
	str	x30, [sp, #160]
	bl	machine_interrupt
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	b	interrupt_return
	bad	6
	bad	7
	bad	8
	bad	9
	bad	10
	bad	11
	bad	12
	bad	13
	bad	14
	bad	15

interrupt_return:
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x29, [sp, #144]
	ldr	x30, [sp, #160]
	add	sp, sp, #176
	eret

/* On a stack of its own: the one in use may be what is wrong. */
bad_exception:
	adrp	x1, bad_stack_end
	add	x1, x1, :lo12:bad_stack_end
	mov	sp, x1
	mrs	x1, ESR_EL1
	mrs	x2, ELR_EL1
	mrs	x3, FAR_EL1
	bl	start_exception
	b	.

	.section .bss.start, "aw", %nobits
	.balign	4096
stacks:
	.skip	CPUS << START_STACK_SHIFT
	.skip	4096
bad_stack_end:

/* Not in what is cleared: the MMU reads it meanwhile. */
	.section .noinit, "aw", %nobits
	.balign	4096
flat_map:
	.skip	4096
