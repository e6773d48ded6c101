/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the files of this machine.
 */
#ifndef IRQREF_TESTS_BARE_AARCH64_H
#define IRQREF_TESTS_BARE_AARCH64_H

#include "../machine.h"

#include <irqref/devicetree.h>

/* MPIDR_EL1 of the calling CPU, its affinity fields alone. */
uint64_t aarch64_affinity(void);
/* In start.S: where PSCI starts a CPU. */
void start_secondary_entry(uint64_t cpu);
/* Called by it; and by the vectors for what is no interrupt. */
_Noreturn void start_secondary(uint64_t cpu);
_Noreturn void start_exception(uint64_t vector, uint64_t syndrome, uint64_t pc, uint64_t address);

#endif /* IRQREF_TESTS_BARE_AARCH64_H */
