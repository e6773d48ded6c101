/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handlers. Each checks that it may run at all, and then does what a handler may do, and what
 * it may not.
 */
#include "torture.h"

#include <stdlib.h>

#define MAGIC 0x697271726566u

struct hook *hook_new(enum hook_kind kind, struct instance *instance, uint8_t key, uint64_t random)
{
	struct hook *hook = calloc(1, sizeof(*hook));

	if (!hook)
		abort();
	hook->kind = kind;
	hook->instance = instance;
	hook->line = &instance->line[key];
	hook->domain = instance->id;
	hook->key = key;
	hook->random = random;
	hook->magic = MAGIC;
	return hook;
}

/* Before the request: the handler may use the reference. */
void hook_arm(struct hook *hook, struct irqref_ref ref, struct irqref_consumer consumer)
{
	hook->ref = ref;
	hook->consumer = consumer;
}

/* After a waiting removal of the handler. */
void hook_drop(struct hook *hook)
{
	if (!hook)
		return;
	st(&hook->dead, 1u);
	hook->magic = 0;
	free(hook);
}

/* After a removal that did not wait: the handler may run yet, so it lives until the round's end. */
void hook_limbo(struct hook **list, struct hook *hook)
{
	if (!hook)
		return;
	hook->next = *list;
	*list = hook;
}

void hook_free_all(struct hook **list)
{
	struct hook *hook;

	while ((hook = *list)) {
		*list = hook->next;
		free(hook);
	}
}

static void forbidden(struct hook *hook)
{
	check_code("put_sync in a handler", irqref_put_sync(t.space, hook->ref),
	           CODE(IRQREF_ERR_ATOMIC));
	check_code("free in a handler", irqref_free(t.space, hook->ref), CODE(IRQREF_ERR_ATOMIC));
	check_code("synchronize in a handler", irqref_synchronize(t.space, hook->ref),
	           CODE(IRQREF_ERR_ATOMIC));
	check_code("consumer_remove in a handler",
	           irqref_consumer_remove(t.space, hook->consumer, NULL, NULL),
	           CODE(IRQREF_ERR_ATOMIC));
	check_code("flush in a handler", irqref_flush(t.space), CODE(IRQREF_ERR_ATOMIC));
}

/* The line is disabled until the enable, so an edge that comes meanwhile has to wait. */
static void disable_enable(struct hook *hook)
{
	uint32_t gone = CODE(IRQREF_ERR_STALE);

	if (check_code("disable in a handler", irqref_disable(t.space, hook->ref), OK | gone))
		check_code("enable in a handler", irqref_enable(t.space, hook->ref),
		           OK | gone | CODE(IRQREF_ERR_UNBALANCED));
}

static void get_put(struct hook *hook)
{
	struct irqref_ref ref;
	int ret;

	ret = irqref_get(hook->instance->domain, hwirq_of(hook->domain, hook->key),
	                 IRQREF_TYPE_NONE, hook->consumer, NULL, &ref, NULL);
	check_code("get in a handler", ret,
	           OK | CODE(IRQREF_ERR_AGAIN) | CODE(IRQREF_ERR_ATOMIC) |
	                   CODE(IRQREF_ERR_REVOKED) | CODE(IRQREF_ERR_STALE) |
	                   CODE(IRQREF_ERR_NOENT) | CODE(IRQREF_ERR_BUSY));
	if (!ret)
		check_code("put in a handler", irqref_put(t.space, ref),
		           OK | CODE(IRQREF_ERR_STALE));
}

static void demultiplex(struct hook *hook)
{
	struct instance *child = t.place[D_CHILD].instance;
	uint32_t raised = __atomic_exchange_n(&child->raised, 0, __ATOMIC_RELAXED);
	uint8_t k;

	(void)hook;
	for (k = 0; k < KEYS; k++) {
		if (raised & 1u << k)
			irqref_dispatch(child->domain, hwirq_of(D_CHILD, k));
	}
}

static void do_something(struct hook *hook)
{
	switch (rnd_below(&hook->random, 32)) {
	case 0:
		forbidden(hook);
		break;
	case 1:
		if (hook->kind == HOOK_PLAIN)
			disable_enable(hook);
		break;
	case 2:
		if (hook->kind == HOOK_PLAIN)
			get_put(hook);
		break;
	case 3:
		sched_yield();
		break;
	default:
		break;
	}
}

enum irqref_return hook_run(irqref_virq_t virq, void *cookie)
{
	struct hook *hook = cookie;
	struct line *line = hook->line;

	if (hook->magic != MAGIC || ld(&hook->dead)) {
		violation("the handler of number %u runs after its removal", virq);
		return IRQREF_HANDLED;
	}
	if (ld(&hook->instance->gone))
		violation("a handler runs after its domain's removal");
	if (__atomic_exchange_n(&line->running, 1u, __ATOMIC_RELAXED))
		violation("handlers of domain %d line %u run at once", (int)hook->domain,
		          hook->key);
	line->runs++;
	add(&t.handled, 1);

	if (hook->kind == HOOK_KEEPER)
		st(&line->seen, ld(&line->raised));
	if (hook->kind == HOOK_CHAIN)
		demultiplex(hook);
	else
		do_something(hook);
	if (hook->kind == HOOK_ONCE && !ld(&hook->put)) {
		st(&hook->put, 1u);
		check_code("put of itself", irqref_put(t.space, hook->ref),
		           OK | CODE(IRQREF_ERR_STALE));
	}

	st(&line->running, 0u);
	if (ld(&hook->dead) || ld(&hook->instance->gone))
		violation("a removal did not wait for the handler of number %u", virq);
	return IRQREF_HANDLED;
}
