/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of the unit tests, for tests with threads. */
#ifndef IRQREF_TESTS_HOST_THREADED_H
#define IRQREF_TESTS_HOST_THREADED_H

#include "threads.h"
#include "unit.h"
#include "port.h"
#include "world.h"

static inline void threaded_world(enum irqref_flow flow)
{
	port.threads = true;
	world_flow(flow);
}

static inline void threaded_end(void)
{
	port.threads = false;
	world_end();
}

#endif /* IRQREF_TESTS_HOST_THREADED_H */
