/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cold half of the posix port: an ordinary process whose threads raise interrupts. Threads need no
 * registration; what they were given goes back when they end.
 */
#ifndef IRQREF_POSIX_H
#define IRQREF_POSIX_H

#include <pthread.h>
#include <semaphore.h>

#include <irqref/port.h>
#include <irqref/space.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most CPU slots. */
#define IRQREF_POSIX_CPUS_MAX 4096u

/**
 * irqref_posix_port() - makes a port for this process
 * @out: takes the port; it has no kick: call irqref_flush(), or see irqref_posix_worker_init()
 *
 * Memory comes from malloc, ticks are milliseconds of a monotonic clock. Any number of spaces may
 * use it.
 *
 * Context: any.
 * Return: 0; INVAL (null).
 * Grace period: none.
 */
int irqref_posix_port(struct irqref_port *out);

/**
 * irqref_posix_cpus() - says how many CPU slots there are
 * @count: 1 to IRQREF_POSIX_CPUS_MAX; the default is the number of online CPUs plus one
 *
 * Each thread that dispatches takes the lowest free slot and keeps it until it ends. The last slot,
 * @count - 1, is never taken alone: all threads for which none is left share it, and pay an atomic
 * addition for every delivery. A port made before keeps the old number: call this first.
 *
 * Context: thread. Before threads dispatch.
 * Return: 0; INVAL (out of range); BUSY (a thread holds a slot that would not exist any more, or
 * shares the last one).
 * Grace period: none.
 */
int irqref_posix_cpus(uint32_t count);

/**
 * irqref_posix_nr_cpus() - how many CPU slots there are
 *
 * Context: any.
 * Return: the number, for nr_cpus of struct irqref_space_config.
 * Grace period: none.
 */
uint32_t irqref_posix_nr_cpus(void);

/**
 * irqref_posix_bind_cpu() - gives the calling thread a certain CPU slot
 * @cpu: the slot; the last one is shared
 *
 * For a host whose threads stand for CPUs. Without it a thread takes one at its first dispatch.
 *
 * Context: thread, outside read sections.
 * Return: 0; INVAL (no such slot); ATOMIC; BUSY (another thread has it). The slot that the thread
 * had is kept on failure and given back on success.
 * Grace period: none.
 */
int irqref_posix_bind_cpu(uint32_t cpu);

/**
 * struct irqref_posix_worker - a thread that calls irqref_flush() when the core asks for it
 *
 * The caller's memory; the members are the port's.
 */
struct irqref_posix_worker {
	struct irqref_space *space;
	pthread_t thread;
	sem_t kicks;
	uint32_t kicked;
	uint32_t stop;
	bool running;
};

/**
 * irqref_posix_worker_init() - makes a port kick a worker
 * @worker: must outlive the space
 * @port: made by irqref_posix_port(); its kick and ctx are set
 *
 * Context: any. Before irqref_space_create().
 * Return: 0; INVAL (null).
 * Grace period: none.
 */
int irqref_posix_worker_init(struct irqref_posix_worker *worker, struct irqref_port *port);

/**
 * irqref_posix_worker_start() - starts the thread
 * @worker: was initialised
 * @space: was created with that port
 *
 * Context: thread.
 * Return: 0; INVAL (null); EXIST (runs already); NOMEM (the system has no thread to give).
 * Grace period: none.
 */
int irqref_posix_worker_start(struct irqref_posix_worker *worker, struct irqref_space *space);

/**
 * irqref_posix_worker_stop() - stops the thread and waits for its end
 * @worker: the worker; may be started again
 *
 * Call it before irqref_space_remove(). Work that is left then is done by that call.
 *
 * Context: thread; may wait.
 * Return: 0; INVAL (null); ATOMIC; NOENT (does not run); DEADLK (called by the worker itself).
 * Grace period: none.
 */
int irqref_posix_worker_stop(struct irqref_posix_worker *worker);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_POSIX_H */
