/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot half of the posix port. A "CPU" is a slot that a thread holds, an interrupt is a call of
 * irqref_dispatch() from any thread. Signal handlers are no context of this port.
 *
 * Read sections are epochs of our own. What a thread has for them is in its struct:
 *
 *	@open	how many sections it has open (they nest)
 *	@closed	how many times it closed the outermost one
 *
 *	in	add one to @open
 *	out	subtract one from @open; at the outermost exit add one to @closed
 *	synchronize
 *		barrier in every running thread of the process; then for each thread: if @open is
 *		not 0, wait until it is, or until @closed is another one
 *
 * "in" has no fence: whatever the CPU does with its store, that barrier, which is a system call
 * (membarrier, private expedited), puts a full one into every thread at some point of the call; a
 * thread that is not running gets its own when the system takes it off its CPU. Why synchronize() is
 * a grace period: take one section of one thread, and one call, and look where in the thread's
 * program that point lies.
 * - After the store of "in": then it is visible before the system call returns. synchronize() loads
 *   it, or a later store, and goes on only when it has loaded what "out" stored, or something later,
 *   in @open or in @closed. "out" stores with release and these loads acquire: all that the section
 *   did happens before synchronize() returns. That a step of @closed is not one of an earlier
 *   section: those were stored before the store of "in", so the value that it is compared with,
 *   which is loaded after the system call, has them.
 * - Before that store: then it is before all loads of the section, which are behind the store in the
 *   program. What was unlinked before synchronize() was unlinked before the barrier, and the section
 *   cannot find it.
 * The steps of @open and @closed are a load and a store, no atomic operation: there is one writer.
 *
 * IRQREF_POSIX_SLOW in @open says that "in" and "out" are not all there is to do. So it is in a
 * thread that was not seen before: the first section enrols it. It remains where the system has no
 * such call, and "in" has a full fence then, as synchronize() has; and in a thread that is ending.
 *
 * With IRQREF_POSIX_C11 they are epochs in C11 atomics without fences, so that ThreadSanitizer, which
 * knows nothing of system calls, understands them; it is the default under it. With
 * IRQREF_POSIX_URCU they are liburcu's, of the flavour whose threads need not register (urcu-bp): for
 * a program that has one already, and wants one grace period to serve both. Its three inlines used
 * here are short enough for any licence, as its header says beside each of them.
 *
 * C11: each thread has a counter, odd while it is in a section. Every modification of it, by
 * anybody, is a read-modify-write:
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

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__SANITIZE_THREAD__) && !defined(IRQREF_POSIX_C11)
#define IRQREF_POSIX_C11
#elif defined(__has_feature) && !defined(IRQREF_POSIX_C11)
#if __has_feature(thread_sanitizer)
#define IRQREF_POSIX_C11
#endif
#endif

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
#elif defined(IRQREF_POSIX_URCU) && defined(IRQREF_POSIX_URCU_CALLS)
#include <urcu-bp.h>
#define _urcu_bp_read_lock    urcu_bp_read_lock
#define _urcu_bp_read_unlock  urcu_bp_read_unlock
#define _urcu_bp_read_ongoing urcu_bp_read_ongoing
#elif defined(IRQREF_POSIX_URCU)
#include <urcu/static/urcu-bp.h>
#endif

/*
 * A word that one thread alone writes is stepped by an atomic load and an atomic store. Compilers make
 * three instructions of that where this CPU needs one. Sanitizers see the words in C only.
 */
#if defined(__x86_64__) && !defined(__ILP32__) && !defined(IRQREF_POSIX_C11)
#define IRQREF_POSIX_ONE_INSTRUCTION
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

enum irqref_posix_slot {
	IRQREF_POSIX_NONE,
	IRQREF_POSIX_ALONE,
	IRQREF_POSIX_SHARED,
};

/* In @open: "in" and "out" have more to do. */
#define IRQREF_POSIX_SLOW 0x80000000u

/*
 * What a thread knows of itself. Nobody else looks, but for @open and @closed and for what is guarded
 * by the registry, in which the threads are that have ever opened a section.
 * @open, @closed: see above; written by the thread, read by who synchronizes
 * @self: its number, 0 before the first use
 * @cpu, @slot: its slot, if it has one, and alone; the last one may be many threads'
 * @locks: for lock-order assertions
 * @ending: it was in the registry and has left
 * @nesting, @epoch: C11 only: open sections; the counter, NULL before the first section
 * @next, @link: the registry's list
 * @awaited, @before: synchronize() waits for this thread, until @closed is not @before any more
 */
struct irqref_posix_thread {
	_Alignas(64) uint32_t open;
	uint32_t self;
	unsigned long closed;
	uint32_t cpu;
	uint32_t locks;
	uint8_t slot;
	bool ending;
	bool awaited;
	uint32_t nesting;
	struct irqref_posix_epoch *epoch;
	struct irqref_posix_thread *next;
	struct irqref_posix_thread **link;
	unsigned long before;
};

extern _Thread_local struct irqref_posix_thread irqref_posix_thread
        __attribute__((tls_model("initial-exec")));

/* Somebody waits and has looked in vain: a while, from the 128th time on a sleep of @nap nanoseconds. */
void irqref_posix_back_off(unsigned int attempt, long nap);

/* First use by this thread: a number for it. */
void irqref_posix_enrol(void);
void irqref_posix_take_cpu(void);

/* sections.c */
extern pthread_mutex_t irqref_posix_registry;
void irqref_posix_sections_enter_locked(struct irqref_posix_thread *t);
void irqref_posix_sections_leave_locked(struct irqref_posix_thread *t);
void irqref_posix_synchronize(void);

#if defined(IRQREF_POSIX_C11)

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

#elif defined(IRQREF_POSIX_URCU)

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

#else

/* With IRQREF_POSIX_SLOW set: the rest of "in", the rest of an outermost "out". */
void irqref_posix_section_opened(void);
void irqref_posix_section_closed(void);

/* Steps of words that this thread alone writes. The flags of the result say what is rare. */
#ifdef IRQREF_POSIX_ONE_INSTRUCTION
static inline bool irqref_posix_open_step(uint32_t *open)
{
	bool slow;

	__asm__ volatile("addl $1, %0" : "+m"(*open), "=@ccs"(slow) : : "memory");
	return slow;
}

static inline bool irqref_posix_close_step(uint32_t *open)
{
	bool outermost;

	__asm__ volatile("subl $1, %0" : "+m"(*open), "=@ccz"(outermost) : : "memory");
	return outermost;
}

static inline void irqref_posix_closed_step(unsigned long *closed)
{
	__asm__ volatile("addq $1, %0" : "+m"(*closed) : : "memory");
}
#else
static inline bool irqref_posix_open_step(uint32_t *open)
{
	uint32_t now = __atomic_load_n(open, __ATOMIC_RELAXED) + 1;

	__atomic_store_n(open, now, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return now & IRQREF_POSIX_SLOW;
}

static inline bool irqref_posix_close_step(uint32_t *open)
{
	uint32_t now = __atomic_load_n(open, __ATOMIC_RELAXED) - 1;

	__atomic_store_n(open, now, __ATOMIC_RELEASE);
	return now == 0;
}

static inline void irqref_posix_closed_step(unsigned long *closed)
{
	__atomic_store_n(closed, __atomic_load_n(closed, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
}
#endif

static inline void irqref_hot_read_lock(void)
{
	if (__builtin_expect(irqref_posix_open_step(&irqref_posix_thread.open), 0))
		irqref_posix_section_opened();
}

/* In two parts, so that a dispatch need keep nothing over a call that it hardly ever makes. */
#define IRQREF_HOT_READ_LOCK_FIRST() (!irqref_posix_open_step(&irqref_posix_thread.open))
#define IRQREF_HOT_READ_LOCK_REST    irqref_posix_section_opened

static inline void irqref_hot_read_unlock(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (__builtin_expect(irqref_posix_close_step(&t->open), 1))
		irqref_posix_closed_step(&t->closed);
	else if (__builtin_expect(t->open == IRQREF_POSIX_SLOW, 0))
		irqref_posix_section_closed();
}

static inline bool irqref_hot_in_section(void)
{
	return irqref_posix_thread.open & ~IRQREF_POSIX_SLOW;
}

#endif

/* Whether the thread has a slot that nobody else has. */
static inline bool irqref_posix_cpu_own(void)
{
	return irqref_posix_thread.slot == IRQREF_POSIX_ALONE;
}
#define IRQREF_HOT_CPU_OWN irqref_posix_cpu_own

static inline uint32_t irqref_hot_cpu(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (__builtin_expect(t->slot != IRQREF_POSIX_ALONE, 0))
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
	if (__builtin_expect(irqref_posix_thread.slot != IRQREF_POSIX_ALONE, 0)) {
		__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
		return;
	}
#ifdef IRQREF_POSIX_ONE_INSTRUCTION
	__asm__ volatile("addl $1, %0" : "+m"(*counter));
#else
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
#endif
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
