/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot half of the posix port. A "CPU" is a slot that a thread holds, an interrupt is a call of
 * irqref_dispatch() from any thread. Signal handlers are no context of this port.
 *
 * Read sections are liburcu's, of the flavour whose threads need not register (urcu-bp). Its three
 * inlines used here are short enough for any licence, as its header says beside each of them.
 *
 * With IRQREF_POSIX_C11 they are epochs of our own, in C11 atomics without fences, so that
 * ThreadSanitizer understands them. Each thread has a counter, odd while it is in a section. Every
 * modification of it, by anybody, is a read-modify-write:
 *
 *	reader in	add 1, acquire			what the section reads cannot come earlier
 *	reader out	add 1, release			what the section did cannot come later
 *	synchronize	add 0, acquire and release; if the value is odd, load (acquire) until it
 *			is another one
 *
 * Why that is a grace period. One counter's modifications have one order, and each reads the one
 * just before it. Take one section and one call of synchronize.
 * - "reader in" comes first: then "add 0" reads that odd value, or finds the section closed. Either
 *   way synchronize returns only after it has read "reader out" or a later modification. All of
 *   those are in the release sequence that "reader out" heads, since they are all
 *   read-modify-writes. So the section happens before the return.
 * - "add 0" comes first: then "reader in" reads it or a later modification, which is in the release
 *   sequence that "add 0" heads. So what the caller unlinked before synchronize happens before the
 *   section, and the section cannot find it.
 * The unlock could not be a plain store: it would end the release sequence of an "add 0" before it,
 * and the thread's next section would be ordered with nothing.
 * A thread that enrols takes a mutex to do so, and synchronize takes it to read the list's head;
 * either synchronize sees the thread's counter, or the thread sees what was unlinked.
 */
#ifndef IRQREF_PORT_POSIX_H
#define IRQREF_PORT_POSIX_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * liburcu 0.13 keeps its readers less aligned than it declares them: its inlines do not pass a
 * sanitizer, its functions, which are not instrumented, do.
 */
#if defined(__SANITIZE_ADDRESS__)
#define IRQREF_POSIX_URCU_CALLS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define IRQREF_POSIX_URCU_CALLS
#endif
#endif

#if defined(IRQREF_POSIX_C11)
#include <stdatomic.h>
#elif defined(IRQREF_POSIX_URCU_CALLS)
#include <urcu-bp.h>
#define _urcu_bp_read_lock    urcu_bp_read_lock
#define _urcu_bp_read_unlock  urcu_bp_read_unlock
#define _urcu_bp_read_ongoing urcu_bp_read_ongoing
#else
#include <urcu/static/urcu-bp.h>
#endif

#if defined(__x86_64__) || defined(__i386__)
#define IRQREF_POSIX_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__) || defined(__arm__)
#define IRQREF_POSIX_PAUSE() __asm__ volatile("yield")
#else
#define IRQREF_POSIX_PAUSE() __asm__ volatile("" ::: "memory")
#endif

/* Spins of a core lock before its waiter lets others run. */
#define IRQREF_POSIX_SPINS 64u

struct irqref_posix_epoch;

/*
 * What a thread knows of itself; all its own, nobody else looks.
 * @self: its number, 0 before the first use
 * @cpu: its slot, where @bound
 * @shared: the slot is the last one, which many threads may have
 * @locks: for lock-order assertions
 * @nesting, @epoch: C11 only: open sections; the counter, NULL before the first section
 */
struct irqref_posix_thread {
	uint32_t self;
	uint32_t cpu;
	bool bound;
	bool shared;
	uint32_t locks;
	uint32_t nesting;
	struct irqref_posix_epoch *epoch;
};

extern _Thread_local struct irqref_posix_thread irqref_posix_thread
        __attribute__((tls_model("initial-exec")));

/* First use by this thread: a number for it, a slot for it. */
void irqref_posix_enrol(void);
void irqref_posix_take_cpu(void);

#ifdef IRQREF_POSIX_C11

struct irqref_posix_epoch {
	_Alignas(64) atomic_ulong sections;
	struct irqref_posix_epoch *next;
	bool used;
};

static inline void irqref_hot_read_lock(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (t->nesting++)
		return;
	if (!t->epoch)
		irqref_posix_enrol();
	atomic_fetch_add_explicit(&t->epoch->sections, 1, memory_order_acquire);
}

static inline void irqref_hot_read_unlock(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (--t->nesting)
		return;
	atomic_fetch_add_explicit(&t->epoch->sections, 1, memory_order_release);
}

static inline bool irqref_hot_in_section(void)
{
	return irqref_posix_thread.nesting != 0;
}

#else

static inline void irqref_hot_read_lock(void)
{
	_urcu_bp_read_lock();
}

static inline void irqref_hot_read_unlock(void)
{
	_urcu_bp_read_unlock();
}

static inline bool irqref_hot_in_section(void)
{
	return _urcu_bp_read_ongoing() != 0;
}

#endif /* IRQREF_POSIX_C11 */

static inline uint32_t irqref_hot_cpu(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (__builtin_expect(!t->bound, 0))
		irqref_posix_take_cpu();
	return t->cpu;
}

/*
 * A slot that one thread holds has one writer; its next holder got it through a mutex. Others only
 * read the counter, so load and store are enough.
 */
static inline void irqref_hot_count(uint32_t *counter, uint32_t cpu)
{
	(void)cpu;
	if (__builtin_expect(irqref_posix_thread.shared, 0)) {
		__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
		return;
	}
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

static inline unsigned long irqref_hot_irq_save(void)
{
	return 0;
}

static inline void irqref_hot_irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline void irqref_hot_relax(unsigned int attempt)
{
	if (attempt < IRQREF_POSIX_SPINS)
		IRQREF_POSIX_PAUSE();
	else
		sched_yield();
}

static inline uint32_t irqref_hot_self(void)
{
	if (__builtin_expect(!irqref_posix_thread.self, 0))
		irqref_posix_enrol();
	return irqref_posix_thread.self;
}

#ifdef IRQREF_DEBUG
static inline uint32_t *irqref_hot_locks(void)
{
	return &irqref_posix_thread.locks;
}
#endif

#endif /* IRQREF_PORT_POSIX_H */
