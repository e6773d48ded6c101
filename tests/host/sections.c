/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read sections of the posix port against the store that a CPU holds back: a section has begun, its
 * thread has looked something up, and the others do not see yet that it is in a section. All of it
 * once more in a process that has no system call for barriers (ports/posix/sections.c).
 */
#define _DEFAULT_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <irqref/irqref.h>

#include "posix.h"
#include "irqref_port_posix.h"
#include "threads.h"
#include "unit.h"

#define ld(p)    __atomic_load_n(p, __ATOMIC_RELAXED)
#define st(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)

#define SECONDS 2
/*
 * As many as a thread is granted. ThreadSanitizer is done with a thread before the last one, in
 * which the port's destructor must not run then, as it does after a section in the third.
 */
#ifdef IRQREF_POSIX_C11
#define DESTRUCTOR_ROUNDS 2u
#else
#define DESTRUCTOR_ROUNDS 4u
#endif
#define OBJECTS 64u
#define STORES  24u
#define LOOKS   300u

static struct irqref_port port;

struct line {
	_Alignas(128) uint32_t word;
};

/*
 * What the threads share, each word in a cache line of its own. Both write @clutter, so that the
 * reader's stores there wait for their lines, and the store that opens its section behind them.
 */
static struct {
	struct line dead[OBJECTS];
	struct line clutter[STORES];
	struct line current;
	struct line sections;
	struct line overtaken;
	struct line stop;
} shared;

static void clutter(uint32_t value)
{
	unsigned int i;

	for (i = 0; i < STORES; i++)
		st(&shared.clutter[i].word, value);
}

/* Looks an object up and uses it for a while, section after section. */
static void *read_on(void *arg)
{
	uint32_t sections = 0;

	(void)arg;
	while (!ld(&shared.stop.word)) {
		const uint32_t *dead;
		unsigned int i;

		clutter(sections);
		irqref_hot_read_lock();
		dead = &shared.dead[ld(&shared.current.word)].word;
		for (i = 0; i < LOOKS; i++) {
			if (ld(dead))
				st(&shared.overtaken.word, 1u);
		}
		irqref_hot_read_unlock();
		st(&shared.sections.word, ++sections);
	}
	return NULL;
}

/* Replaces the object, waits for whoever may have the old one, and ends it. */
static void replace(uint32_t round)
{
	uint32_t next = round % OBJECTS;
	uint32_t old = ld(&shared.current.word);

	st(&shared.dead[next].word, 0u);
	__atomic_store_n(&shared.current.word, next, __ATOMIC_RELEASE);
	clutter(round);
	port.synchronize(port.ctx);
	st(&shared.dead[old].word, 1u);
}

static void R5_a_section_that_has_just_begun_is_waited_for(void)
{
	time_t end = time(NULL) + SECONDS;
	uint32_t round = 0;
	pthread_t reader;

	st(&shared.stop.word, 0u);
	st(&shared.sections.word, 0u);
	reader = launch(read_on, NULL);
	while (!ld(&shared.sections.word))
		sched_yield();
	while (time(NULL) < end)
		replace(++round);
	st(&shared.stop.word, 1u);
	pthread_join(reader, NULL);
	assert_int_equal(ld(&shared.overtaken.word), 0);
}

/* ------------------------------------------------- threads that are ending */

static struct {
	pthread_key_t key;
	uint32_t open;
	uint32_t left;
	uint32_t left_at_return;
	unsigned int rounds;
} late;

static void *wait_period(void *arg)
{
	st(&late.open, 2u);
	port.synchronize(port.ctx);
	st(&late.left_at_return, __atomic_load_n(&late.left, __ATOMIC_ACQUIRE));
	return arg;
}

/* Runs after the port's own, which was made earlier: by then the port has forgotten the thread. */
static void section_in_destructor(void *arg)
{
	pthread_t waiter;
	int i;

	if (--late.rounds) {
		irqref_hot_read_lock();
		irqref_hot_read_unlock();
		pthread_setspecific(late.key, arg);
		return;
	}
	irqref_hot_read_lock();
	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	waiter = launch(wait_period, NULL);
	while (ld(&late.open) != 2u)
		sched_yield();
	for (i = 0; i < 200; i++)
		sched_yield();
	st(&late.left, 1u);
	irqref_hot_read_unlock();
	pthread_join(waiter, NULL);
}

static void *end_late(void *arg)
{
	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	pthread_setspecific(late.key, arg);
	return NULL;
}

static void R5_a_section_of_a_thread_that_ends_is_waited_for(void)
{
	unsigned int rounds;

	irqref_hot_read_lock();
	irqref_hot_read_unlock();
	assert_int_equal(pthread_key_create(&late.key, section_in_destructor), 0);
	for (rounds = 1; rounds <= DESTRUCTOR_ROUNDS; rounds++) {
		late.open = late.left = late.left_at_return = 0;
		late.rounds = rounds;
		pthread_join(launch(end_late, &late), NULL);
		assert_int_equal(late.left_at_return, 1);
		/* Nobody is left behind that would be waited for. */
		port.synchronize(port.ctx);
	}
	pthread_key_delete(late.key);
}

/* ------------------------------------------------- a system without the call */

#define WITHOUT "IRQREF_TEST_WITHOUT_MEMBARRIER"

#if defined(__linux__) && defined(__NR_membarrier)
/* Before anything else runs: the call is one that this system does not know. */
__attribute__((constructor)) static void forbid(void)
{
	struct sock_filter code[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_membarrier, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 38u),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = UNIT_COUNT(code), .filter = code};

	if (!getenv(WITHOUT))
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) || !syscall(__NR_membarrier, 0, 0))
		_exit(77);
}

static void R5_the_same_where_the_system_makes_no_barriers(void)
{
	char *args[] = {"sections", "R5_a_section*", NULL};
	char *env[] = {WITHOUT "=1", NULL};
	int status = 0;
	pid_t child;

#ifdef IRQREF_POSIX_URCU
	skip();
#endif
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		execve("/proc/self/exe", args, env);
		_exit(78);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}
#else
static void R5_the_same_where_the_system_makes_no_barriers(void)
{
	skip();
}
#endif

static void setup(void)
{
	assert_ok(irqref_posix_port(&port));
}

static const struct irqref_test tests[] = {
        TEST(R5_a_section_that_has_just_begun_is_waited_for),
        TEST(R5_a_section_of_a_thread_that_ends_is_waited_for),
        TEST(R5_the_same_where_the_system_makes_no_barriers),
};
UNIT_SUITE_FIXTURE("read sections", tests, setup, NULL)
