/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What start.S and the machine's other files share.
 */
#ifndef IRQREF_TESTS_BARE_PPC64_START_H
#define IRQREF_TESTS_BARE_PPC64_START_H

/* Bytes of a CPU's stack. */
#define START_STACK 32768

/* The decrementer interrupts when it becomes negative; this is the longest of 32 bits. */
#define START_DECREMENTER 0x7fffffff

#endif /* IRQREF_TESTS_BARE_PPC64_START_H */
