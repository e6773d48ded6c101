/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What start.S and machine.c share.
 */
#ifndef IRQREF_TESTS_BARE_RISCV64_START_H
#define IRQREF_TESTS_BARE_RISCV64_START_H

/* Harts that can be started; bytes of a CPU's stack. */
#define START_HARTS 64
#define START_STACK 32768

#endif /* IRQREF_TESTS_BARE_RISCV64_START_H */
