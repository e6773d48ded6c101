/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a run does with the PCI devices, and its commands:
 *
 *	unplug TEXT       the runner is about to have something unplugged
 *	unplug-held TEXT  the same, but the devices ask when their power goes
 *	plug TEXT         the runner is about to plug something in
 *	check             all checks once more
 *	ledger            prints the ledger
 *	tree              prints the devices
 *
 * To the first three the kernel answers "go"; then the runner does what it said, or writes
 * "cancel TEXT" if that was refused. The kernel waits for the event, serves it and checks.
 */
#ifndef IRQREF_TESTS_BARE_RUN_H
#define IRQREF_TESTS_BARE_RUN_H

#include "hotplug.h"

/* Finds the devices, gives them their drivers, checks. */
void run_begin(void);
/* Executes a command; false: it is none of these. */
bool run_command(char *line);
/* Serves hot-plug events; from the kernel's loop. */
void run_poll(void);

/*
 * The functions of @request have lost their power, their handlers are still installed: all others
 * must be served.
 */
void run_survivors(const struct hotplug_request *request);

#endif /* IRQREF_TESTS_BARE_RUN_H */
