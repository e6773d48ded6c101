/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads as the CPUs of the bare port, to test it on a host: each thread sets its number. An
 * interrupt is a signal, so that it comes between any two instructions.
 */
#ifndef IRQREF_TESTS_ARCH_HOST_H
#define IRQREF_TESTS_ARCH_HOST_H

#include <sched.h>
#include <signal.h>
#include <stdint.h>

extern _Thread_local uint32_t host_cpu;

static inline uint32_t irqref_bare_arch_cpu(void)
{
	return host_cpu;
}

static inline unsigned long irqref_bare_arch_irq_save(void)
{
	sigset_t off, old;

	sigemptyset(&off);
	sigaddset(&off, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &off, &old);
	return sigismember(&old, SIGUSR1) ? 0 : 1;
}

static inline void irqref_bare_arch_irq_restore(unsigned long flags)
{
	sigset_t on;

	sigemptyset(&on);
	sigaddset(&on, SIGUSR1);
	if (flags)
		pthread_sigmask(SIG_UNBLOCK, &on, NULL);
}

static inline void irqref_bare_arch_relax(void)
{
	sched_yield();
}

/* An instruction, not a fence of the compiler's, which ThreadSanitizer takes for its own. */
static inline void irqref_bare_arch_barrier(void)
{
#if defined(__x86_64__)
	__asm__ volatile("mfence" : : : "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb ish" : : : "memory");
#else
	__sync_synchronize();
#endif
}

#endif /* IRQREF_TESTS_ARCH_HOST_H */
