/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The writers: each picks operations at random and knows exactly what it holds.
 */
#include "torture.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define MSI_MAX 4

/* A get on a place that comes and goes may also find it going. */
static uint32_t going(enum board_domain domain)
{
	if (domain >= D_VOLATILE)
		return CODE(IRQREF_ERR_STALE) | CODE(IRQREF_ERR_REVOKED);
	/* The line may be taken through a level further in. */
	if (domain == D_TOP || domain == D_MIDDLE)
		return CODE(IRQREF_ERR_BUSY);
	return 0;
}

/* The vectors are revoked with the messages that they carry. */
static bool may_be_revoked(enum board_domain domain)
{
	return domain >= D_VOLATILE || domain == D_VECTORS;
}

static enum board_domain random_domain(struct thread *self)
{
	static const uint8_t domains[] = {D_LINEAR, D_LINEAR, D_SPARSE,   D_SPARSE,      D_ROOT,
	                                  D_MIDDLE, D_TOP,    D_TOP,      D_CHILD,       D_VECTORS,
	                                  D_SPARSE, D_LINEAR, D_VOLATILE, D_VOLATILE + 1};

	return (enum board_domain)domains[rnd_below(&self->random, sizeof(domains))];
}

static struct held *random_held(struct thread *self)
{
	struct held *held = &self->held[rnd_below(&self->random, HELD)];

	return held->used ? held : NULL;
}

static struct held *free_slot(struct thread *self)
{
	struct held *held = &self->held[rnd_below(&self->random, HELD)];

	return held->used ? NULL : held;
}

/* A handler that has put itself took the reference with it. */
static bool put_itself(struct thread *self, struct held *held)
{
	if (!held->hook || held->hook->kind != HOOK_ONCE || !ld(&held->hook->put))
		return false;
	hook_limbo(&self->limbo, held->hook);
	memset(held, 0, sizeof(*held));
	return true;
}

/* What a call on a reference may say besides OK: it may have put itself by now. */
static uint32_t maybe_gone(const struct held *held)
{
	return held->hook && held->hook->kind == HOOK_ONCE ? CODE(IRQREF_ERR_STALE) : 0;
}

static uint32_t maybe_revoked(const struct held *held)
{
	return may_be_revoked(held->domain) ? CODE(IRQREF_ERR_REVOKED) : 0;
}

/* What is held is mapped, and a lookup finds that number. */
static void check_found(const struct held *held, struct instance *instance)
{
	irqref_virq_t virq = 0;
	irqref_virq_t found;

	if (may_be_revoked(held->domain))
		return;
	check_code("ref_virq", irqref_ref_virq(t.space, held->ref, &virq), OK);
	found = irqref_find_virq(instance->domain, hwirq_of(held->domain, held->key));
	if (found != virq)
		violation("a held line of domain %d is found as number %u, not %u",
		          (int)held->domain, found, virq);
}

static void op_get(struct thread *self)
{
	struct held *held = free_slot(self);
	enum board_domain domain = random_domain(self);
	uint8_t key = (uint8_t)rnd_below(&self->random, KEYS);
	uint32_t consumer = rnd_below(&self->random, 2);
	struct instance *instance;
	unsigned int type;
	int ret;

	if (!held)
		return;
	instance = place_enter(domain);
	if (!instance)
		return;
	type = rnd_below(&self->random, 2) ? IRQREF_TYPE_NONE : type_of(domain, key);
	ret = irqref_get(instance->domain, hwirq_of(domain, key), type, self->consumer[consumer],
	                 NULL, &held->ref, NULL);
	if (check_code("get", ret, OK | going(domain) | nomem()) && !ret) {
		held->used = true;
		held->domain = domain;
		held->key = key;
		held->consumer = consumer;
		check_found(held, instance);
	}
	place_leave(domain);
}

/* A get with the wrong type on a line whose type this writer keeps. */
static void op_conflict(struct thread *self)
{
	struct held *held = random_held(self);
	struct irqref_conflict conflict;
	struct irqref_ref ref;
	unsigned int type;

	if (!held || may_be_revoked(held->domain) || maybe_gone(held))
		return;
	type = type_of(held->domain, held->key);
	if (irqref_set_type(t.space, held->ref, type))
		return;
	check_code("get with another type",
	           irqref_get(t.place[held->domain].instance->domain,
	                      hwirq_of(held->domain, held->key), IRQREF_TYPE_BOTH,
	                      self->consumer[0], NULL, &ref, &conflict),
	           CODE(IRQREF_ERR_TYPE));
	if (!conflict.virq || !conflict.holder[0])
		violation("a type conflict names nobody");
}

static void op_request(struct thread *self)
{
	struct held *held = random_held(self);
	struct instance *instance;
	enum hook_kind kind;
	struct hook *hook;
	bool shared;
	int ret;

	if (!held || held->hook)
		return;
	instance = place_enter(held->domain);
	if (!instance)
		return;
	kind = rnd_below(&self->random, 4) ? HOOK_PLAIN : HOOK_ONCE;
	/* Only without a disable of its own, or the put in its handler would end that too. */
	if (held->depth)
		kind = HOOK_PLAIN;
	shared = rnd_below(&self->random, 8) != 0;
	hook = hook_new(kind, instance, held->key, self->random);
	hook_arm(hook, held->ref, self->consumer[held->consumer]);
	held->hook = hook;
	held->shared = shared;
	ret = irqref_request(t.space, held->ref, hook_run, hook, shared ? IRQREF_SHARED : 0);
	check_code("request", ret, OK | CODE(IRQREF_ERR_BUSY) | maybe_revoked(held));
	if (ret) {
		held->hook = NULL;
		hook_drop(hook);
	}
	place_leave(instance->id);
}

static void op_free(struct thread *self)
{
	struct held *held = random_held(self);
	uint32_t gone;
	int ret;

	if (!held || !held->hook || put_itself(self, held))
		return;
	gone = maybe_gone(held);
	ret = irqref_free(t.space, held->ref);
	check_code("free", ret, OK | gone);
	/* It may have put itself in the run that the call waited for. */
	if (put_itself(self, held) || ret)
		return;
	hook_drop(held->hook);
	held->hook = NULL;
	held->depth = 0;
}

static void put_held(struct thread *self, struct held *held, bool sync)
{
	struct irqref_ref ref = held->ref;
	int ret;

	if (put_itself(self, held))
		return;
	ret = sync ? irqref_put_sync(t.space, ref) : irqref_put(t.space, ref);
	check_code("put", ret, OK | maybe_gone(held));
	if (sync && !ret)
		hook_drop(held->hook);
	else
		hook_limbo(&self->limbo, held->hook);
	memset(held, 0, sizeof(*held));
	check_code("put again", irqref_put(t.space, ref), CODE(IRQREF_ERR_STALE));
}

static void op_put(struct thread *self)
{
	struct held *held = random_held(self);

	if (held)
		put_held(self, held, false);
}

static void op_put_sync(struct thread *self)
{
	struct held *held = random_held(self);

	if (held)
		put_held(self, held, true);
}

static void op_disable(struct thread *self)
{
	struct held *held = random_held(self);
	int ret;

	if (!held || held->depth > 2 || maybe_gone(held))
		return;
	ret = rnd_below(&self->random, 2) ? irqref_disable(t.space, held->ref)
	                                  : irqref_disable_sync(t.space, held->ref);
	if (check_code("disable", ret, OK))
		held->depth++;
}

/* The handler of the reference may have it disabled too, for the moment. */
static void op_enable(struct thread *self)
{
	struct held *held = random_held(self);

	if (!held || maybe_gone(held))
		return;
	if (held->depth && check_code("enable", irqref_enable(t.space, held->ref), OK))
		held->depth--;
}

/* On a keeper's own reference, which others toggle too: the sum counts. */
static void op_toggle(struct thread *self)
{
	struct irqref_ref ref = t.keepers[rnd_below(&self->random, KEEPERS)]->ref;
	uint32_t pause = rnd_below(&self->random, 4);

	check_code("disable", irqref_disable(t.space, ref), OK);
	while (pause--)
		sched_yield();
	check_code("enable", irqref_enable(t.space, ref), OK);
}

static void op_synchronize(struct thread *self)
{
	struct held *held = random_held(self);

	if (held)
		check_code("synchronize", irqref_synchronize(t.space, held->ref),
		           OK | maybe_gone(held));
}

/* The Linux-named way: create and dispose, in the middle of those who count. */
static void op_floating(struct thread *self)
{
	enum board_domain domain = random_domain(self);
	uint8_t key = (uint8_t)rnd_below(&self->random, KEYS);
	struct instance *instance = place_enter(domain);
	irqref_virq_t virq;
	uint32_t dead;
	int ret;

	if (!instance)
		return;
	dead = CODE(IRQREF_ERR_STALE) | (may_be_revoked(domain) ? CODE(IRQREF_ERR_REVOKED) : 0);
	ret = irqref_floating_get(instance->domain, hwirq_of(domain, key), IRQREF_TYPE_NONE, NULL,
	                          &virq, NULL);
	check_code("create", ret, OK | going(domain) | nomem());
	if (!ret && rnd_below(&self->random, 4))
		check_code("dispose", irqref_floating_put(t.space, virq), OK | dead);
	place_leave(domain);
}

static void op_get_virq(struct thread *self)
{
	struct held *held = free_slot(self);
	enum board_domain domain = random_domain(self);
	uint8_t key = (uint8_t)rnd_below(&self->random, KEYS);
	irqref_virq_t virq;
	irqref_virq_t got;
	int ret;

	if (!held || domain >= D_VOLATILE)
		return;
	virq = irqref_find_virq(t.place[domain].instance->domain, hwirq_of(domain, key));
	if (!virq)
		return;
	ret = irqref_get_virq(t.space, virq, self->consumer[0], &held->ref);
	check_code("get_virq", ret,
	           OK | CODE(IRQREF_ERR_STALE) | CODE(IRQREF_ERR_REVOKED) | nomem());
	if (ret)
		return;
	check_code("ref_virq", irqref_ref_virq(t.space, held->ref, &got), OK);
	if (got != virq)
		violation("a reference on number %u holds %u", virq, got);
	/* Which line it was is not sure: the number may have found another between the calls. */
	check_code("put", irqref_put_sync(t.space, held->ref), OK);
	memset(held, 0, sizeof(*held));
}

struct leak {
	uint32_t reported;
};

static void leak_report(void *ctx, const struct irqref_entry *entry)
{
	struct leak *leak = ctx;

	(void)entry;
	leak->reported++;
}

/* A device that is unplugged with all it has, handlers and disables included. */
static void op_unplug(struct thread *self)
{
	struct irqref_consumer device;
	struct hook *hook[4] = {NULL};
	struct irqref_ref ref[4];
	struct leak leak = {0};
	uint32_t held = 0;
	uint32_t i;
	int ret;

	ret = irqref_consumer_add(t.space, "device", &device);
	check_code("consumer_add", ret, OK | nomem());
	if (ret)
		return;
	for (i = 0; i < 4; i++) {
		enum board_domain domain = (enum board_domain)rnd_below(&self->random, D_TOP + 1);
		uint8_t key = (uint8_t)rnd_below(&self->random, KEYS);
		struct instance *instance = t.place[domain].instance;

		ret = irqref_get(instance->domain, hwirq_of(domain, key), IRQREF_TYPE_NONE, device,
		                 NULL, &ref[held], NULL);
		check_code("get", ret, OK | going(domain) | nomem());
		if (ret)
			continue;
		hook[held] = hook_new(HOOK_PLAIN, instance, key, self->random);
		hook_arm(hook[held], ref[held], device);
		ret = irqref_request(t.space, ref[held], hook_run, hook[held], IRQREF_SHARED);
		check_code("request", ret, OK | CODE(IRQREF_ERR_BUSY));
		if (i & 1)
			check_code("disable", irqref_disable(t.space, ref[held]), OK);
		held++;
	}
	sched_yield();
	ret = irqref_consumer_remove(t.space, device, leak_report, &leak);
	/* A handler of its own may just hold one more for the moment. */
	if (ret < (int)held || (uint32_t)ret != leak.reported)
		violation("consumer_remove says %d for %u references, %u reported", ret, held,
		          leak.reported);
	for (i = 0; i < held; i++) {
		check_code("put after unplug", irqref_put(t.space, ref[i]), CODE(IRQREF_ERR_STALE));
		hook_drop(hook[i]);
	}
	check_code("unplug again", irqref_consumer_remove(t.space, device, NULL, NULL),
	           CODE(IRQREF_ERR_STALE));
}

static void op_msi(struct thread *self)
{
	struct instance *instance = t.place[D_MSI].instance;
	uint32_t count = 1 + rnd_below(&self->random, MSI_MAX);
	irqref_hwirq_t base = self->index * MSI_MAX;
	struct irqref_ref ref[MSI_MAX];
	struct hook *hook[MSI_MAX];
	uint32_t i;
	int ret;

	ret = irqref_msi_alloc(instance->domain, base, count, self->index, self->consumer[0], ref);
	/* Others hold vectors of their own: there may be none left, or not that one. */
	check_code("msi_alloc", ret, OK | CODE(IRQREF_ERR_NOSPC) | CODE(IRQREF_ERR_BUSY) | nomem());
	if (ret)
		return;
	for (i = 0; i < count; i++) {
		hook[i] = hook_new(HOOK_PLAIN, instance, (uint8_t)(base + i), self->random);
		hook_arm(hook[i], ref[i], self->consumer[0]);
		check_code("request", irqref_request(t.space, ref[i], hook_run, hook[i], 0),
		           OK | CODE(IRQREF_ERR_BUSY));
		irqref_dispatch(instance->domain, base + i);
	}
	check_code("msi_free", irqref_msi_free(t.space, ref, count), OK);
	for (i = 0; i < count; i++) {
		check_code("put after msi_free", irqref_put(t.space, ref[i]),
		           CODE(IRQREF_ERR_STALE));
		hook_drop(hook[i]);
	}
}

/* The demultiplexer goes and comes back; what its child raises meanwhile waits in the child. */
static void op_chain(struct thread *self)
{
	struct hook *hook = t.chain;
	struct irqref_ref ref;
	int ret;

	if (self->index || rnd_below(&self->random, 64))
		return;
	check_code("put of the demultiplexer", irqref_put_sync(t.space, hook->ref), OK);
	do {
		ret = irqref_get(t.place[D_CASCADE].instance->domain, 0, IRQREF_TYPE_NONE, t.keeper,
		                 NULL, &ref, NULL);
	} while (check_code("get of the demultiplexer", ret, OK | nomem()) && ret);
	hook->ref = ref;
	check_code("request of the demultiplexer",
	           irqref_request(t.space, ref, hook_run, hook, IRQREF_CHAINED), OK);
}

static const struct {
	void (*run)(struct thread *self);
	const char *name;
	uint32_t weight;
} operations[] = {
        {op_get, "get", 20},
        {op_conflict, "conflict", 2},
        {op_request, "request", 16},
        {op_free, "free", 6},
        {op_put, "put", 8},
        {op_put_sync, "put_sync", 6},
        {op_disable, "disable", 6},
        {op_enable, "enable", 8},
        {op_synchronize, "synchronize", 2},
        {op_toggle, "toggle", 4},
        {op_floating, "floating", 6},
        {op_get_virq, "get_virq", 4},
        {op_unplug, "unplug", 4},
        {op_msi, "msi", 4},
        {op_chain, "chain", 4},
};

#define WEIGHTS 100

/* When all is quiet: who has put itself is not held any more. */
void writer_settle(struct thread *self)
{
	uint32_t i;

	for (i = 0; i < HELD; i++) {
		if (self->held[i].used)
			put_itself(self, &self->held[i]);
	}
}

void *writer_main(void *arg)
{
	struct thread *self = arg;
	uint32_t dice;
	size_t i;

	while (!ld(&t.stop)) {
		dice = rnd_below(&self->random, WEIGHTS);
		for (i = 0; dice >= operations[i].weight; i++)
			dice -= operations[i].weight;
		st(&self->doing, operations[i].name);
		operations[i].run(self);
		self->ops++;
	}
	__atomic_store_n(&self->done, 1, __ATOMIC_RELEASE);
	return NULL;
}
