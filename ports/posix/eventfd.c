/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop is an epoll set; a source is armed in it for one event at a time, so that whoever gets
 * the event serves the source alone, and arms it again afterwards. An event names its source by
 * slot and generation, so that one which another thread has fetched but not yet served is
 * recognised when its source is gone. One lock for the loop; never held in a dispatch.
 */
#include "eventfd.h"
#include "irqref_port_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <irqref/error.h>
#include <irqref/handler.h>

/* Dispatches of one source before the others have their turn. */
#define EDGES_AT_ONCE 65536u

/* Events fetched at once. */
#define BATCH 16

/* The event of the loop's own descriptor; no source has generation 0. */
#define WAKE_EVENT 0u

/*
 * @masked: not to be served
 * @rests: a level that nobody takes; until the next unmask
 * @busy: somebody serves it; not armed then
 * @unmasks: counts them, so that one that comes during a dispatch is not forgotten after it
 */
struct source {
	uint32_t generation;
	int fd;
	struct irqref_domain *domain;
	irqref_hwirq_t hwirq;
	enum irqref_eventfd_mode mode;
	bool used;
	bool masked;
	bool rests;
	bool busy;
	uint32_t unmasks;
};

struct irqref_eventfd_loop {
	pthread_mutex_t lock;
	pthread_cond_t idle;
	int epoll;
	int wake;
	struct source *sources;
	uint32_t count;
	uint32_t used;
	pthread_t thread;
	bool running;
	bool stop;
};

static uint64_t event_of(uint32_t slot, uint32_t generation)
{
	return (uint64_t)generation << 32 | slot;
}

static struct source *source_locked(struct irqref_eventfd_loop *loop, struct irqref_eventfd id)
{
	struct source *s;

	if (id.slot >= loop->count)
		return NULL;
	s = &loop->sources[id.slot];
	return s->used && s->generation == id.generation ? s : NULL;
}

/* Cannot fail: the descriptor is in the set, and its entry is there to be changed. */
static void arm_locked(struct irqref_eventfd_loop *loop, struct source *s)
{
	struct epoll_event event = {.events = EPOLLONESHOT};

	if (s->busy)
		return;
	if (!s->masked && !s->rests)
		event.events |= EPOLLIN;
	event.data.u64 = event_of((uint32_t)(s - loop->sources), s->generation);
	epoll_ctl(loop->epoll, EPOLL_CTL_MOD, s->fd, &event);
}

/* the loop */

int irqref_eventfd_loop_create(struct irqref_eventfd_loop **out)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = WAKE_EVENT};
	struct irqref_eventfd_loop *loop;

	if (!out)
		return IRQREF_ERR_INVAL;
	loop = calloc(1, sizeof(*loop));
	if (!loop)
		return IRQREF_ERR_NOMEM;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		goto free_loop;
	loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake < 0)
		goto close_epoll;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event))
		goto close_wake;
	pthread_mutex_init(&loop->lock, NULL);
	pthread_cond_init(&loop->idle, NULL);
	*out = loop;
	return IRQREF_OK;

close_wake:
	close(loop->wake);
close_epoll:
	close(loop->epoll);
free_loop:
	free(loop);
	return IRQREF_ERR_NOMEM;
}

int irqref_eventfd_loop_destroy(struct irqref_eventfd_loop *loop)
{
	bool busy;

	if (!loop)
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&loop->lock);
	busy = loop->used || loop->running;
	pthread_mutex_unlock(&loop->lock);
	if (busy)
		return IRQREF_ERR_BUSY;
	pthread_cond_destroy(&loop->idle);
	pthread_mutex_destroy(&loop->lock);
	close(loop->wake);
	close(loop->epoll);
	free(loop->sources);
	free(loop);
	return IRQREF_OK;
}

static bool stopped(struct irqref_eventfd_loop *loop)
{
	bool stop;

	pthread_mutex_lock(&loop->lock);
	stop = loop->stop;
	pthread_mutex_unlock(&loop->lock);
	return stop;
}

static void *loop_main(void *arg)
{
	struct irqref_eventfd_loop *loop = arg;

	while (!stopped(loop))
		irqref_eventfd_loop_poll(loop, -1);
	return NULL;
}

int irqref_eventfd_loop_start(struct irqref_eventfd_loop *loop)
{
	int ret = IRQREF_OK;

	if (!loop)
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&loop->lock);
	if (!loop->running)
		loop->stop = false;
	if (loop->running)
		ret = IRQREF_ERR_EXIST;
	else if (pthread_create(&loop->thread, NULL, loop_main, loop))
		ret = IRQREF_ERR_NOMEM;
	else
		loop->running = true;
	pthread_mutex_unlock(&loop->lock);
	return ret;
}

int irqref_eventfd_loop_stop(struct irqref_eventfd_loop *loop)
{
	uint64_t one = 1;
	ssize_t n;

	if (!loop)
		return IRQREF_ERR_INVAL;
	if (irqref_hot_in_section())
		return IRQREF_ERR_ATOMIC;
	pthread_mutex_lock(&loop->lock);
	if (!loop->running || loop->stop) {
		pthread_mutex_unlock(&loop->lock);
		return IRQREF_ERR_NOENT;
	}
	loop->stop = true;
	pthread_mutex_unlock(&loop->lock);
	n = write(loop->wake, &one, sizeof(one));
	(void)n;
	pthread_join(loop->thread, NULL);
	n = read(loop->wake, &one, sizeof(one));
	(void)n;
	pthread_mutex_lock(&loop->lock);
	loop->running = false;
	pthread_mutex_unlock(&loop->lock);
	return IRQREF_OK;
}

int irqref_eventfd_loop_fd(const struct irqref_eventfd_loop *loop)
{
	return loop ? loop->epoll : IRQREF_ERR_INVAL;
}

/* serving */

static void serve_edges(int fd, struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	uint64_t n;
	uint64_t rest = 0;
	ssize_t done;

	if (read(fd, &n, sizeof(n)) != sizeof(n))
		return;
	if (n > EDGES_AT_ONCE) {
		rest = n - EDGES_AT_ONCE;
		n = EDGES_AT_ONCE;
	}
	while (n--)
		irqref_dispatch(domain, hwirq);
	if (!rest)
		return;
	/* Fails only if the counter is full again by now: then it says "very many" as it is. */
	done = write(fd, &rest, sizeof(rest));
	(void)done;
}

/* Whether somebody was there to take it. */
static bool serve_level(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	return irqref_dispatch(domain, hwirq) == IRQREF_OK;
}

static bool serve(struct irqref_eventfd_loop *loop, uint64_t event)
{
	struct irqref_eventfd id = {(uint32_t)event, (uint32_t)(event >> 32)};
	struct source copy;
	struct source *s;
	bool taken = true;

	pthread_mutex_lock(&loop->lock);
	s = source_locked(loop, id);
	if (!s || s->busy || s->masked) {
		pthread_mutex_unlock(&loop->lock);
		return false;
	}
	s->busy = true;
	copy = *s;
	pthread_mutex_unlock(&loop->lock);

	if (copy.mode == IRQREF_EVENTFD_EDGE)
		serve_edges(copy.fd, copy.domain, copy.hwirq);
	else
		taken = serve_level(copy.domain, copy.hwirq);

	pthread_mutex_lock(&loop->lock);
	/* Whoever removes it waits for us: it is still there. The table may have moved. */
	s = &loop->sources[id.slot];
	s->busy = false;
	if (!taken && s->unmasks == copy.unmasks)
		s->rests = true;
	if (s->used)
		arm_locked(loop, s);
	else
		pthread_cond_broadcast(&loop->idle);
	pthread_mutex_unlock(&loop->lock);
	return true;
}

int irqref_eventfd_loop_poll(struct irqref_eventfd_loop *loop, int timeout_ms)
{
	struct epoll_event events[BATCH];
	int served = 0;
	int n;
	int i;

	if (!loop || timeout_ms < -1)
		return IRQREF_ERR_INVAL;
	if (irqref_hot_in_section())
		return IRQREF_ERR_ATOMIC;
	n = epoll_wait(loop->epoll, events, BATCH, timeout_ms);
	for (i = 0; i < n; i++) {
		if (events[i].data.u64 != WAKE_EVENT && serve(loop, events[i].data.u64))
			served++;
	}
	return served;
}

/* sources */

static int grow_locked(struct irqref_eventfd_loop *loop)
{
	uint32_t count = loop->count ? 2 * loop->count : 8;
	struct source *bigger = realloc(loop->sources, count * sizeof(*bigger));

	if (!bigger)
		return IRQREF_ERR_NOMEM;
	loop->sources = bigger;
	for (; loop->count < count; loop->count++)
		bigger[loop->count] = (struct source){.fd = -1};
	return IRQREF_OK;
}

static int free_slot_locked(struct irqref_eventfd_loop *loop, int fd, uint32_t *out)
{
	uint32_t found = UINT32_MAX;
	uint32_t i;
	int ret;

	for (i = 0; i < loop->count; i++) {
		const struct source *s = &loop->sources[i];

		if (s->used && s->fd == fd)
			return IRQREF_ERR_EXIST;
		/* A slot whose generations are used up is never used again. */
		if (!s->used && !s->busy && s->generation != UINT32_MAX && found == UINT32_MAX)
			found = i;
	}
	if (found == UINT32_MAX) {
		found = loop->count;
		ret = grow_locked(loop);
		if (ret)
			return ret;
	}
	*out = found;
	return IRQREF_OK;
}

static int add_locked(struct irqref_eventfd_loop *loop, const struct source *what,
                      struct irqref_eventfd *out)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT};
	uint32_t generation;
	struct source *s;
	uint32_t slot = 0;
	int ret;

	ret = free_slot_locked(loop, what->fd, &slot);
	if (ret)
		return ret;
	s = &loop->sources[slot];
	generation = s->generation + 1;
	event.data.u64 = event_of(slot, generation);
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, what->fd, &event)) {
		if (errno == EEXIST)
			return IRQREF_ERR_EXIST;
		return errno == EPERM ? IRQREF_ERR_INVAL : IRQREF_ERR_NOMEM;
	}
	*s = *what;
	s->generation = generation;
	s->used = true;
	loop->used++;
	*out = (struct irqref_eventfd){slot, generation};
	return IRQREF_OK;
}

int irqref_eventfd_add(struct irqref_eventfd_loop *loop, int fd, struct irqref_domain *domain,
                       irqref_hwirq_t hwirq, enum irqref_eventfd_mode mode,
                       struct irqref_eventfd *out)
{
	struct source what = {.fd = fd, .domain = domain, .hwirq = hwirq, .mode = mode};
	int flags;
	int ret;

	if (!loop || !domain || !out)
		return IRQREF_ERR_INVAL;
	if (mode != IRQREF_EVENTFD_EDGE && mode != IRQREF_EVENTFD_LEVEL)
		return IRQREF_ERR_INVAL;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || !(flags & O_NONBLOCK))
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&loop->lock);
	ret = add_locked(loop, &what, out);
	pthread_mutex_unlock(&loop->lock);
	return ret;
}

int irqref_eventfd_remove(struct irqref_eventfd_loop *loop, struct irqref_eventfd source)
{
	struct source *s;
	int ret = IRQREF_OK;

	if (!loop)
		return IRQREF_ERR_INVAL;
	if (irqref_hot_in_section())
		return IRQREF_ERR_ATOMIC;
	pthread_mutex_lock(&loop->lock);
	s = source_locked(loop, source);
	if (s) {
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, s->fd, NULL);
		s->used = false;
		loop->used--;
		while (loop->sources[source.slot].busy &&
		       loop->sources[source.slot].generation == source.generation)
			pthread_cond_wait(&loop->idle, &loop->lock);
	} else {
		ret = IRQREF_ERR_STALE;
	}
	pthread_mutex_unlock(&loop->lock);
	return ret;
}

int irqref_eventfd_mask(struct irqref_eventfd_loop *loop, struct irqref_eventfd source)
{
	struct source *s;
	int ret = IRQREF_OK;

	if (!loop)
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&loop->lock);
	s = source_locked(loop, source);
	if (!s) {
		ret = IRQREF_ERR_STALE;
	} else if (!s->masked) {
		s->masked = true;
		arm_locked(loop, s);
	}
	pthread_mutex_unlock(&loop->lock);
	return ret;
}

int irqref_eventfd_unmask(struct irqref_eventfd_loop *loop, struct irqref_eventfd source)
{
	struct source *s;
	int ret = IRQREF_OK;

	if (!loop)
		return IRQREF_ERR_INVAL;
	pthread_mutex_lock(&loop->lock);
	s = source_locked(loop, source);
	if (!s) {
		ret = IRQREF_ERR_STALE;
	} else {
		s->masked = false;
		s->rests = false;
		s->unmasks++;
		arm_locked(loop, s);
	}
	pthread_mutex_unlock(&loop->lock);
	return ret;
}
