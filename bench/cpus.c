/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that stay on one CPU each. */
#define _GNU_SOURCE
#include "bench.h"

#include <pthread.h>
#include <sched.h>

/* Those that the process began with; the last first, as the first has more else to do. */
static cpu_set_t usable;
static bool known;

static void look(void)
{
	if (known)
		return;
	if (sched_getaffinity(0, sizeof(usable), &usable))
		die("cannot tell on which CPUs to run", 0);
	known = true;
}

unsigned int cpus_usable(void)
{
	look();
	return (unsigned int)CPU_COUNT(&usable);
}

void cpu_pin(unsigned int index)
{
	cpu_set_t one;
	size_t cpu;

	look();
	for (cpu = CPU_SETSIZE - 1; cpu > 0; cpu--) {
		if (CPU_ISSET(cpu, &usable) && !index--)
			break;
	}
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (pthread_setaffinity_np(pthread_self(), sizeof(one), &one))
		die("cannot stay on one CPU", 0);
}
