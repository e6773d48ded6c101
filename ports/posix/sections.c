/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read sections of the posix port, their slow half: threads that come and go, and waiting for the
 * sections that are open. What is written where, and why that is enough, is in irqref_port_posix.h.
 */
#if !defined(IRQREF_POSIX_C11) && !defined(IRQREF_POSIX_URCU)
/* For syscall(), which no standard has. */
#define _DEFAULT_SOURCE
#endif

#include "irqref_port_posix.h"

#include <stdlib.h>

/* Guards what comes and goes with threads. Held for short times only, never while waiting. */
pthread_mutex_t irqref_posix_registry = PTHREAD_MUTEX_INITIALIZER;

#if defined(IRQREF_POSIX_URCU) && !defined(IRQREF_POSIX_C11)

#include <urcu-bp.h>

_Thread_local struct irqref_posix_thread irqref_posix_thread;

void irqref_posix_sections_enter_locked(struct irqref_posix_thread *t)
{
	(void)t;
}

void irqref_posix_sections_leave_locked(struct irqref_posix_thread *t)
{
	(void)t;
}

void irqref_posix_synchronize(void)
{
	urcu_bp_synchronize_rcu();
}

#else

/* Between two looks at sections that are waited for. */
static void back_off(unsigned int attempt)
{
	irqref_posix_back_off(attempt, 20000);
}

#if defined(IRQREF_POSIX_C11)

_Thread_local struct irqref_posix_thread irqref_posix_thread;

/* Only ever grows: a thread that ends leaves its counter to the next one that begins. */
static struct irqref_posix_epoch *epochs;

void irqref_posix_sections_enter_locked(struct irqref_posix_thread *t)
{
	struct irqref_posix_epoch *e;
	void *mem;

	for (e = epochs; e; e = e->next) {
		if (!e->used)
			break;
	}
	if (!e) {
		/* A read section cannot report a failure. */
		if (posix_memalign(&mem, _Alignof(struct irqref_posix_epoch), sizeof(*e)))
			abort();
		e = mem;
		atomic_init(&e->sections, 0);
		e->next = epochs;
		epochs = e;
	}
	e->used = true;
	t->epoch = e;
}

void irqref_posix_sections_leave_locked(struct irqref_posix_thread *t)
{
	if (t->epoch)
		t->epoch->used = false;
	t->epoch = NULL;
}

void irqref_posix_synchronize(void)
{
	struct irqref_posix_epoch *e;
	unsigned int attempt;
	unsigned long seen;

	pthread_mutex_lock(&irqref_posix_registry);
	e = epochs;
	pthread_mutex_unlock(&irqref_posix_registry);

	for (; e; e = e->next) {
		seen = atomic_fetch_add_explicit(&e->sections, 0, memory_order_acq_rel);
		if (!(seen & 1))
			continue;
		for (attempt = 0; atomic_load_explicit(&e->sections, memory_order_acquire) == seen;
		     attempt++)
			back_off(attempt);
	}
}

#else

#if defined(__linux__)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

_Thread_local struct irqref_posix_thread irqref_posix_thread = {.open = IRQREF_POSIX_SLOW};

/* Whether the system makes the barriers; else both sides have fences. Decided once. */
static bool system_barrier;
static pthread_once_t system_once = PTHREAD_ONCE_INIT;

/* One grace period at a time: it marks the threads that it waits for. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static struct irqref_posix_thread *threads;

/*
 * Sections of threads that are ending: destructors of other keys than ours may dispatch after ours has
 * taken the thread off the list. They are few, so one counter has them all.
 */
static uint32_t ending_open;

#if defined(__linux__) && defined(__NR_membarrier)
static bool system_call(int command)
{
	return syscall(__NR_membarrier, command, 0, 0) == 0;
}

static void ask_system(void)
{
	system_barrier = system_call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

/*
 * Threads rely on it once they were told that it is there; it fails only if somebody forbade this
 * process the system call since. To go on would be to hand out memory that is in use.
 */
static void barrier_everywhere(void)
{
	if (!system_barrier)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	else if (!system_call(MEMBARRIER_CMD_PRIVATE_EXPEDITED))
		abort();
}
#else
static void ask_system(void)
{
}

static void barrier_everywhere(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#endif

/*
 * In the thread's first section, or outside of any. The lock orders this with synchronize(): either
 * that finds the thread, with its section open, or the thread sees what was unlinked before.
 */
void irqref_posix_sections_enter_locked(struct irqref_posix_thread *t)
{
	if (t->ending)
		return;
	pthread_once(&system_once, ask_system);
	t->awaited = false;
	t->next = threads;
	t->link = &threads;
	if (threads)
		threads->link = &t->next;
	threads = t;
	if (system_barrier)
		__atomic_store_n(&t->open, t->open & ~IRQREF_POSIX_SLOW, __ATOMIC_RELAXED);
}

void irqref_posix_sections_leave_locked(struct irqref_posix_thread *t)
{
	if (t->ending)
		return;
	t->ending = true;
	t->open = IRQREF_POSIX_SLOW;
	*t->link = t->next;
	if (t->next)
		t->next->link = t->link;
}

/* A thread's first section enrols it, any further one has the fence that it needs or its count. */
void irqref_posix_section_opened(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (!t->self)
		irqref_posix_enrol();
	if (!t->ending)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	else if (t->open == (IRQREF_POSIX_SLOW | 1u))
		__atomic_fetch_add(&ending_open, 1, __ATOMIC_SEQ_CST);
}

void irqref_posix_section_closed(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (t->ending)
		__atomic_fetch_sub(&ending_open, 1, __ATOMIC_RELEASE);
	else
		irqref_posix_closed_step(&t->closed);
}

static bool is_open(const struct irqref_posix_thread *t)
{
	return __atomic_load_n(&t->open, __ATOMIC_ACQUIRE) & ~IRQREF_POSIX_SLOW;
}

/* After the barrier. A thread that enrols from here on has nothing open that counts. */
static void mark_open(void)
{
	struct irqref_posix_thread *t;

	pthread_mutex_lock(&irqref_posix_registry);
	for (t = threads; t; t = t->next) {
		t->before = __atomic_load_n(&t->closed, __ATOMIC_ACQUIRE);
		t->awaited = is_open(t);
	}
	pthread_mutex_unlock(&irqref_posix_registry);
}

/* Whether a section is open yet that was marked. A thread that has ended is not in the list. */
static bool any_marked(void)
{
	struct irqref_posix_thread *t;
	bool any = false;

	pthread_mutex_lock(&irqref_posix_registry);
	for (t = threads; t; t = t->next) {
		if (!t->awaited)
			continue;
		t->awaited =
		        is_open(t) && __atomic_load_n(&t->closed, __ATOMIC_ACQUIRE) == t->before;
		any = any || t->awaited;
	}
	pthread_mutex_unlock(&irqref_posix_registry);
	return any;
}

void irqref_posix_synchronize(void)
{
	unsigned int attempt = 0;

	pthread_once(&system_once, ask_system);
	pthread_mutex_lock(&turn);
	barrier_everywhere();
	mark_open();
	while (any_marked())
		back_off(attempt++);
	/* A modification: what an ending thread adds after it comes after what was unlinked. */
	for (attempt = 0; __atomic_fetch_add(&ending_open, 0, __ATOMIC_SEQ_CST); attempt++)
		back_off(attempt);
	pthread_mutex_unlock(&turn);
}

#endif
#endif
