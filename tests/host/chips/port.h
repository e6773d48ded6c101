/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The posix port, but for a driver the CPU is the one that the model says.
 */
#ifndef IRQREF_TESTS_CHIPS_PORT_H
#define IRQREF_TESTS_CHIPS_PORT_H

#include "irqref_port_posix.h"

uint32_t model_cpu(void);

#define irqref_hot_cpu() model_cpu()

#endif /* IRQREF_TESTS_CHIPS_PORT_H */
