/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests with threads. What threads tell each other in a test is not what is tested. */
#ifndef IRQREF_TESTS_HOST_THREADS_H
#define IRQREF_TESTS_HOST_THREADS_H

#include <pthread.h>
#include <sched.h>

#include "unit.h"

#define load(p)     __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define add(p)      __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST)

static inline pthread_t launch(void *(*run)(void *), void *arg)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run, arg), 0);
	return thread;
}

static inline void await(uint32_t *word, uint32_t value)
{
	while (load(word) != value)
		sched_yield();
}

#endif /* IRQREF_TESTS_HOST_THREADS_H */
