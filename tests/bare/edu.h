/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's "edu" device: raises its interrupt when told to, with a number that its handler finds in
 * its status register.
 */
#ifndef IRQREF_TESTS_BARE_EDU_H
#define IRQREF_TESTS_BARE_EDU_H

#include "pci.h"

/*
 * A device with its driver.
 * @regs: CPU address of its registers
 * @serial: what was raised last
 * @served: how often its handler found it asking
 * @value: and for what, the last time
 * @cpu: and on which CPU
 * @wrong: how often that was not what had been raised
 * @absent: calls of its handler that found all ones: it is gone
 * @sends_messages: its pin's handler leaves it alone
 * @held: its line is disabled on its account, and it asks
 *
 * The handler writes @served and what follows it up to @absent, on any CPU; see edu_served().
 */
struct edu {
	bool used;
	struct pci_function *f;
	uint64_t regs;
	uint32_t serial;
	uint32_t served;
	uint32_t value;
	uint32_t cpu;
	uint32_t wrong;
	uint32_t absent;
	bool sends_messages;
	bool held;
};

extern const struct pci_driver edu_driver;

/* The devices that have their driver; NULL begins and ends. */
struct edu *edu_next(const struct edu *e);
uint32_t edu_count(void);
/* Makes it ask, with a number that it has not had before. */
void edu_raise(struct edu *e);
/* How often it was served; what the handler noted before is visible then. */
uint32_t edu_served(const struct edu *e);

/* What it still asks for; 0 when it was served. */
uint32_t edu_asking(const struct edu *e);

/* Makes it ask while its line is disabled: the line stays asserted. */
void edu_hold(struct edu *e);
/* Enables the line again; the device is gone by then. */
void edu_release(struct edu *e);

/* Its messages instead of its pin, and back. 0 or an irqref code. */
int edu_msi(struct edu *e, bool on);

#endif /* IRQREF_TESTS_BARE_EDU_H */
