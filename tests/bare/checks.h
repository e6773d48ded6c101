/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold at any time, whatever was plugged in or out.
 */
#ifndef IRQREF_TESTS_BARE_CHECKS_H
#define IRQREF_TESTS_BARE_CHECKS_H

/* Remembers what there is before any device has its driver. */
void checks_begin(void);
/* Every device is served exactly when it asks: one by one, and all of them at once. */
void checks_delivery(void);
/* Every line that ever had a holder: mapped and unmasked exactly while it has one. */
void checks_lines(void);
/* No reference too many, nothing recorded that may not happen. */
void checks_ledger(void);
/* Each device's messages instead of its pin, and back; nothing where there are none. */
void checks_msi(void);
/* Blocks of messages, raised by the controller itself; nothing where there are none. */
void checks_blocks(void);
/* What only this machine has; absent on most. */
void checks_machine(void) __attribute__((weak));
/* Each line to each CPU in turn, where the controller can. */
void checks_affinity(void);

#endif /* IRQREF_TESTS_BARE_CHECKS_H */
