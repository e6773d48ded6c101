/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cold half of the posix port: memory, waiting, thread enrolment, CPU slots, the worker. Read
 * sections are in sections.c.
 */
#include "posix.h"
#include "irqref_port_posix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <irqref/error.h>

/* All of the following is guarded by the registry's lock. */
static uint32_t last_self;
static uint32_t cpu_count;
static uint32_t cpu_shared_users;
static uint32_t cpu_taken[(IRQREF_POSIX_CPUS_MAX + 31) / 32];

/* Tells us that a thread ends. */
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;
static pthread_key_t exit_key;

/* cpu slots */

static bool slot_is_taken(uint32_t cpu)
{
	return cpu_taken[cpu / 32] & (1u << cpu % 32);
}

static uint32_t count_locked(void)
{
	long online;

	if (cpu_count)
		return cpu_count;
	online = sysconf(_SC_NPROCESSORS_ONLN);
	if (online < 1)
		online = 1;
	if (online >= (long)IRQREF_POSIX_CPUS_MAX)
		online = IRQREF_POSIX_CPUS_MAX - 1;
	cpu_count = (uint32_t)online + 1;
	return cpu_count;
}

static void give_slot_locked(struct irqref_posix_thread *t)
{
	if (t->slot == IRQREF_POSIX_NONE)
		return;
	if (t->slot == IRQREF_POSIX_SHARED)
		cpu_shared_users--;
	else
		cpu_taken[t->cpu / 32] &= ~(1u << t->cpu % 32);
	t->slot = IRQREF_POSIX_NONE;
}

static void take_slot_locked(struct irqref_posix_thread *t, uint32_t cpu)
{
	t->cpu = cpu;
	t->slot = cpu == count_locked() - 1 ? IRQREF_POSIX_SHARED : IRQREF_POSIX_ALONE;
	if (t->slot == IRQREF_POSIX_SHARED)
		cpu_shared_users++;
	else
		cpu_taken[cpu / 32] |= 1u << cpu % 32;
}

void irqref_posix_take_cpu(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;
	uint32_t cpu = 0;

	if (t->slot != IRQREF_POSIX_NONE)
		return;
	irqref_posix_enrol();
	pthread_mutex_lock(&irqref_posix_registry);
	while (cpu < count_locked() - 1 && slot_is_taken(cpu))
		cpu++;
	take_slot_locked(t, cpu);
	pthread_mutex_unlock(&irqref_posix_registry);
}

int irqref_posix_cpus(uint32_t count)
{
	int ret = IRQREF_OK;
	uint32_t cpu;

	if (!count || count > IRQREF_POSIX_CPUS_MAX)
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&irqref_posix_registry);
	if (cpu_shared_users)
		ret = IRQREF_ERR_BUSY;
	for (cpu = count - 1; !ret && cpu < IRQREF_POSIX_CPUS_MAX; cpu++) {
		if (slot_is_taken(cpu))
			ret = IRQREF_ERR_BUSY;
	}
	if (!ret)
		cpu_count = count;
	pthread_mutex_unlock(&irqref_posix_registry);
	return ret;
}

uint32_t irqref_posix_nr_cpus(void)
{
	uint32_t count;

	pthread_mutex_lock(&irqref_posix_registry);
	count = count_locked();
	pthread_mutex_unlock(&irqref_posix_registry);
	return count;
}

int irqref_posix_bind_cpu(uint32_t cpu)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;
	int ret = IRQREF_OK;

	if (irqref_hot_in_section())
		return IRQREF_ERR_ATOMIC;
	irqref_posix_enrol();
	pthread_mutex_lock(&irqref_posix_registry);
	if (cpu >= count_locked()) {
		ret = IRQREF_ERR_INVAL;
	} else if (t->slot == IRQREF_POSIX_NONE || t->cpu != cpu) {
		if (slot_is_taken(cpu)) {
			ret = IRQREF_ERR_BUSY;
		} else {
			give_slot_locked(t);
			take_slot_locked(t, cpu);
		}
	}
	pthread_mutex_unlock(&irqref_posix_registry);
	return ret;
}

/* threads that come and go */

static void thread_exit(void *arg)
{
	struct irqref_posix_thread *t = arg;

	pthread_mutex_lock(&irqref_posix_registry);
	give_slot_locked(t);
	irqref_posix_sections_leave_locked(t);
	pthread_mutex_unlock(&irqref_posix_registry);
	/* Another key's destructor may dispatch yet: then the thread enrols once more. */
	t->self = 0;
}

static void make_exit_key(void)
{
	if (pthread_key_create(&exit_key, thread_exit))
		abort();
}

void irqref_posix_enrol(void)
{
	struct irqref_posix_thread *t = &irqref_posix_thread;

	if (t->self)
		return;
	pthread_once(&exit_once, make_exit_key);
	pthread_mutex_lock(&irqref_posix_registry);
	t->self = ++last_self;
	if (!t->self)
		t->self = ++last_self;
	irqref_posix_sections_enter_locked(t);
	pthread_mutex_unlock(&irqref_posix_registry);
	if (pthread_setspecific(exit_key, t))
		abort();
}

/* the port */

static void *posix_alloc(void *ctx, size_t size, size_t align)
{
	void *p;

	(void)ctx;
	if (align < sizeof(void *))
		align = sizeof(void *);
	if (posix_memalign(&p, align, size))
		return NULL;
	return memset(p, 0, size);
}

static void posix_free(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	(void)size;
	free(ptr);
}

static void posix_synchronize(void *ctx)
{
	(void)ctx;
	irqref_posix_synchronize();
}

void irqref_posix_back_off(unsigned int attempt, long nap)
{
	struct timespec time = {.tv_nsec = nap};

	if (attempt < 2 * IRQREF_POSIX_SPINS)
		irqref_hot_relax(attempt);
	else
		nanosleep(&time, NULL);
}

static void posix_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	irqref_posix_back_off(attempt, 50000);
}

static uint32_t posix_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
#ifdef CLOCK_MONOTONIC_COARSE
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
#else
	clock_gettime(CLOCK_MONOTONIC, &ts);
#endif
	return (uint32_t)((uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u);
}

int irqref_posix_port(struct irqref_port *out)
{
	if (!out)
		return IRQREF_ERR_INVAL;
	*out = (struct irqref_port){
	        .alloc = posix_alloc,
	        .free = posix_free,
	        .synchronize = posix_synchronize,
	        .pause = posix_pause,
	        .now = posix_now,
	        .nr_cpus = irqref_posix_nr_cpus(),
	};
	return IRQREF_OK;
}

/* the worker */

/* One post for any number of kicks before the worker looks: the semaphore cannot overflow. */
static void worker_kick(void *ctx)
{
	struct irqref_posix_worker *worker = ctx;

	if (!__atomic_exchange_n(&worker->kicked, 1, __ATOMIC_ACQ_REL))
		sem_post(&worker->kicks);
}

static void *worker_main(void *arg)
{
	struct irqref_posix_worker *worker = arg;

	for (;;) {
		while (sem_wait(&worker->kicks) && errno == EINTR)
			continue;
		if (__atomic_load_n(&worker->stop, __ATOMIC_ACQUIRE))
			return NULL;
		/* Cleared before the flush: what is left during it kicks again. */
		__atomic_exchange_n(&worker->kicked, 0, __ATOMIC_ACQ_REL);
		irqref_flush(worker->space);
	}
}

int irqref_posix_worker_init(struct irqref_posix_worker *worker, struct irqref_port *port)
{
	if (!worker || !port)
		return IRQREF_ERR_INVAL;
	memset(worker, 0, sizeof(*worker));
	if (sem_init(&worker->kicks, 0, 0))
		return IRQREF_ERR_INVAL;
	port->kick = worker_kick;
	port->ctx = worker;
	return IRQREF_OK;
}

int irqref_posix_worker_start(struct irqref_posix_worker *worker, struct irqref_space *space)
{
	if (!worker || !space)
		return IRQREF_ERR_INVAL;
	if (worker->running)
		return IRQREF_ERR_EXIST;
	worker->space = space;
	worker->stop = 0;
	if (pthread_create(&worker->thread, NULL, worker_main, worker))
		return IRQREF_ERR_NOMEM;
	worker->running = true;
	return IRQREF_OK;
}

int irqref_posix_worker_stop(struct irqref_posix_worker *worker)
{
	if (!worker)
		return IRQREF_ERR_INVAL;
	if (irqref_hot_in_section())
		return IRQREF_ERR_ATOMIC;
	if (!worker->running)
		return IRQREF_ERR_NOENT;
	if (pthread_equal(pthread_self(), worker->thread))
		return IRQREF_ERR_DEADLK;
	__atomic_store_n(&worker->stop, 1, __ATOMIC_RELEASE);
	sem_post(&worker->kicks);
	pthread_join(worker->thread, NULL);
	worker->running = false;
	return IRQREF_OK;
}
