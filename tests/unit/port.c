/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counting and failing around the port under test. Nothing here asserts.
 */
#include "unit.h"
#include "port.h"

struct port_state port;

/* Whether this is the Nth one. @left is 0 when nothing is armed. */
static bool nth(uint32_t *left)
{
	if (!*left || --*left)
		return false;
	port.fired++;
	port_report_fired();
	return true;
}

bool port_callback_fails(void)
{
	return nth(&port.fail_callback);
}

static void once(void (**hook)(void))
{
	void (*call)(void) = *hook;

	if (!call)
		return;
	*hook = NULL;
	call();
}

static void *wrap_alloc(void *ctx, size_t size, size_t align)
{
	void *p;

	(void)ctx;
	if (nth(&port.fail_alloc))
		return NULL;
	if (port.on_alloc && !port.alloc_skip--)
		once(&port.on_alloc);
	if (port.limit && port.live >= port.limit)
		return NULL;
	p = port.base.alloc(port.base.ctx, size, align);
	if (p) {
		__atomic_fetch_add(&port.allocs, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&port.live, 1, __ATOMIC_RELAXED);
	}
	return p;
}

static void wrap_free(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	__atomic_fetch_sub(&port.live, 1, __ATOMIC_RELAXED);
	port.base.free(port.base.ctx, ptr, size);
}

static void wrap_synchronize(void *ctx)
{
	(void)ctx;
	__atomic_fetch_add(&port.grace_periods, 1, __ATOMIC_RELAXED);
	once(&port.on_synchronize);
	port.base.synchronize(port.base.ctx);
}

static void wrap_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	if (port.on_pause)
		port.on_pause();
	port.base.pause(port.base.ctx, attempt);
}

static bool wrap_may_wait(void *ctx)
{
	(void)ctx;
	if (port.atomic)
		return false;
	return !port.base.may_wait || port.base.may_wait(port.base.ctx);
}

static void wrap_kick(void *ctx)
{
	(void)ctx;
	__atomic_fetch_add(&port.kicks, 1, __ATOMIC_RELAXED);
}

static uint32_t wrap_now(void *ctx)
{
	(void)ctx;
	return port.ticks;
}

static void wrap_event(void *ctx, const struct irqref_event *event)
{
	(void)ctx;
	__atomic_fetch_add(&port.events[event->kind], 1, __ATOMIC_RELAXED);
	if (!port.threads)
		port.last = *event;
}

void port_wrap(struct irqref_port *out)
{
	*out = (struct irqref_port){
	        .alloc = wrap_alloc,
	        .free = wrap_free,
	        .synchronize = wrap_synchronize,
	        .pause = wrap_pause,
	        .may_wait = wrap_may_wait,
	        .kick = wrap_kick,
	        .now = wrap_now,
	        .event = wrap_event,
	};
}

void port_reset(void)
{
	port = (struct port_state){.nr_cpus = 1};
	rig_log_clear();
	(void)port_base(&port.base, &port.nr_cpus);
	port.fail_alloc = port_setting("IRQREF_FAIL_ALLOC");
	port.fail_callback = port_setting("IRQREF_FAIL_CALLBACK");
}
