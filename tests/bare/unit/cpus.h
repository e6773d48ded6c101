/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What main.c gives to the suites that are for bare machines only.
 */
#ifndef IRQREF_TESTS_BARE_UNIT_CPUS_H
#define IRQREF_TESTS_BARE_UNIT_CPUS_H

#include <irqref/devicetree.h>

/* The machine's own devicetree. */
extern struct irqref_dt unit_dt;

#endif /* IRQREF_TESTS_BARE_UNIT_CPUS_H */
