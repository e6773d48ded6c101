/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operations on the library itself, with a chip that records what it is told and counting
 * handlers. With MODEL_STATIC it runs on the static port: one arena, no allocator.
 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include <irqref/linux_api.h>

#ifdef MODEL_STATIC
#include "static.h"
#else
#include "posix.h"
#endif

#define ARENA_SIZE (2u << 20)

struct line {
	bool mapped;
	bool unmasked;
};

struct lib_domain {
	struct irqref_domain *domain;
	struct irqref_consumer self; /* who holds the line that it is chained on */
	uint8_t refuse;
	bool late;
	bool gone;
	bool raised[KEYS];
	struct line line[KEYS];
};

struct lib_ref {
	struct irqref_ref ref;
	struct lib_domain *child;
	uint32_t delivered;
	irqref_virq_t virq; /* of a Linux-named request */
	bool once;
};

static struct {
	struct irqref_space *space;
	struct irqref_port port;
	struct lib_domain domain[OPS_MAX];
	struct irqref_consumer consumer[OPS_MAX];
	struct lib_ref ref[OPS_MAX];
	uint32_t fail_alloc;
	uint32_t fail_map;
	bool alloc_failed;
	bool map_failed;
	bool kicked;
	size_t memory;
} lib;

#ifdef MODEL_STATIC
static struct irqref_static arena;
static unsigned char storage[ARENA_SIZE];
#endif

struct irqref_space *lib_space(void)
{
	return lib.space;
}

struct irqref_domain *lib_domain(int domain)
{
	return lib.domain[domain].domain;
}

bool lib_masked(int domain, uint8_t key)
{
	return !lib.domain[domain].line[key].unmasked;
}

bool lib_mapped(int domain, uint8_t key)
{
	return lib.domain[domain].line[key].mapped;
}

uint32_t lib_delivered(int ref)
{
	return lib.ref[ref].delivered;
}

/* the port, with failures */

static void *model_alloc(void *ctx, size_t size, size_t align)
{
	void *p;

	(void)ctx;
	if (lib.fail_alloc && !--lib.fail_alloc) {
		lib.alloc_failed = true;
		return NULL;
	}
	p = lib.port.alloc(lib.port.ctx, size, align);
	if (p)
		lib.memory += size;
	return p;
}

static void model_free(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	lib.memory -= size;
	lib.port.free(lib.port.ctx, ptr, size);
}

static void model_synchronize(void *ctx)
{
	(void)ctx;
	lib.port.synchronize(lib.port.ctx);
}

/* There is nobody to wait for. */
static void model_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	if (attempt > 1000)
		fault("the library waits for nobody");
}

static void model_kick(void *ctx)
{
	(void)ctx;
	lib.kicked = true;
}

/* the recording chip */

static uint8_t key_of(irqref_hwirq_t hwirq)
{
	uint8_t k = 0;

	while (k < KEYS && keys[k] != hwirq)
		k++;
	if (k == KEYS)
		fault("a callback got a hwirq that nobody asked for");
	return k;
}

static struct lib_domain *domain_of(struct irqref_level *level)
{
	struct lib_domain *d = irqref_domain_data(level->domain);

	if (d->gone)
		fault("a callback of a removed domain was called");
	return d;
}

static struct line *line_of(struct irqref_level *level)
{
	return &domain_of(level)->line[key_of(level->hwirq)];
}

static void chip_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	line_of(level)->unmasked = false;
}

static void chip_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (!line_of(level)->mapped)
		fault("unmask of a line that is not mapped");
	line_of(level)->unmasked = true;
}

static const struct irqref_chip chip = {
        .name = "recording",
        .mask = chip_mask,
        .unmask = chip_unmask,
};

static bool refuses(const struct lib_domain *d, irqref_hwirq_t hwirq)
{
	return d->refuse != KEY_NONE && keys[d->refuse] == hwirq;
}

static int ops_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct lib_domain *d = domain_of(level);
	struct line *line = line_of(level);
	int ret;

	if (line->mapped)
		fault("map of a line that is mapped");
	if (lib.fail_map && !--lib.fail_map) {
		lib.map_failed = true;
		return 1;
	}
	if (!d->late && refuses(d, level->hwirq))
		return 1;
	if (irqref_domain_parent(level->domain)) {
		ret = irqref_map_parent(desc, level, level->hwirq, arg);
		if (ret)
			return ret;
	}
	if (refuses(d, level->hwirq))
		return 1;
	line->mapped = true;
	return 0;
}

static void ops_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct line *line = line_of(level);

	(void)desc;
	if (!line->mapped)
		fault("unmap of a line that is not mapped");
	if (line->unmasked)
		fault("unmap of a line that is not masked");
	line->mapped = false;
}

static const struct irqref_domain_ops ops = {
        .map = ops_map,
        .unmap = ops_unmap,
};

/* a sequence */

void lib_begin(const struct sequence *seq)
{
	struct irqref_space_config config = {
	        .max_irqs = seq->max_irqs, .max_refs = 16 * OPS_MAX, .max_consumers = 2 * OPS_MAX};
	int ret;

	memset(&lib, 0, sizeof(lib));
#ifdef MODEL_STATIC
	ret = irqref_static_port(&arena, storage, sizeof(storage), &lib.port);
	config.nr_cpus = 1;
#else
	ret = irqref_posix_port(&lib.port);
	config.nr_cpus = irqref_posix_nr_cpus();
#endif
	config.port = lib.port;
	config.port.alloc = model_alloc;
	config.port.free = model_free;
	config.port.synchronize = model_synchronize;
	config.port.pause = model_pause;
	config.port.kick = model_kick;
	if (!ret)
		ret = irqref_space_create(&config, &lib.space);
	if (ret)
		fault("no space: %s", irqref_strerror(ret));
}

static void must(int ret, const char *what)
{
	if (ret < 0)
		fault("at the end %s says %s", what, irqref_strerror(ret));
}

/* Takes everything down and looks whether anything is left. */
void lib_end(void)
{
	struct irqref_stats stats;
	int i;

	lib.fail_alloc = 0;
	lib.fail_map = 0;
	for (i = 0; i < OPS_MAX; i++) {
		if (lib.domain[i].domain && !lib.domain[i].gone) {
			must(irqref_domain_remove(lib.domain[i].domain, IRQREF_REMOVE_FORCE, NULL,
			                          NULL),
			     "domain_remove");
			lib.domain[i].gone = true;
		}
		if (lib.domain[i].self.generation)
			must(irqref_consumer_remove(lib.space, lib.domain[i].self, NULL, NULL),
			     "consumer_remove");
		if (lib.consumer[i].generation)
			irqref_consumer_remove(lib.space, lib.consumer[i], NULL, NULL);
	}
	for (i = 0; i < OPS_MAX; i++) {
		if (lib.ref[i].virq)
			irqref_linux_free_irq(lib.space, lib.ref[i].virq, &lib.ref[i]);
	}
	must(irqref_space_stats(lib.space, &stats), "space_stats");
	if (stats.mappings || stats.references || stats.handlers)
		fault("left at the end: %u mappings, %u references, %u handlers", stats.mappings,
		      stats.references, stats.handlers);
	must(irqref_space_remove(lib.space), "space_remove");
	if (lib.memory)
		fault("%zu bytes are left at the end", lib.memory);
}

/* operations */

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	struct lib_ref *r = cookie;
	uint8_t k;

	(void)virq;
	r->delivered++;
	if (r->once) {
		r->once = false;
		if (irqref_put(lib.space, r->ref))
			fault("a handler cannot put its own reference");
	}
	for (k = 0; r->child && k < KEYS; k++) {
		if (r->child->raised[k]) {
			r->child->raised[k] = false;
			irqref_dispatch(r->child->domain, keys[k]);
		}
	}
	return IRQREF_HANDLED;
}

static int do_domain(const struct op *op)
{
	struct lib_domain *d = &lib.domain[op->name];
	struct irqref_domain_config config = {
	        .parent = op->other >= 0 ? lib.domain[op->other].domain : NULL,
	        .ops = &ops,
	        .chip = &chip,
	        .flow = (enum irqref_flow)op->flow,
	        .data = d,
	        .size = op->n,
	};
	char name[16];
	int ret;

	snprintf(name, sizeof(name), "d%d", op->name);
	config.name = name;
	d->refuse = op->refuse;
	d->late = op->flag;
	ret = irqref_consumer_add(lib.space, name, &d->self);
	if (ret)
		return ret;
	ret = irqref_domain_add(lib.space, &config, &d->domain);
	if (ret) {
		irqref_consumer_remove(lib.space, d->self, NULL, NULL);
		memset(d, 0, sizeof(*d));
	}
	return ret;
}

static int do_consumer(const struct op *op)
{
	char name[16];

	snprintf(name, sizeof(name), "c%d", op->name);
	return irqref_consumer_add(lib.space, name, &lib.consumer[op->name]);
}

/* A reference must hold the number that a lookup finds. */
static irqref_virq_t number_of(struct irqref_ref ref)
{
	irqref_virq_t virq = 0;

	if (irqref_ref_virq(lib.space, ref, &virq))
		fault("a new reference holds no number");
	return virq;
}

static int do_get(const struct op *op, struct outcome *out)
{
	struct lib_ref *r = &lib.ref[op->name];
	int ret;

	ret = irqref_get(lib.domain[op->other].domain, keys[op->key], op->type, lib.consumer[op->n],
	                 NULL, &r->ref, NULL);
	if (!ret)
		out->virq = number_of(r->ref);
	return ret;
}

static int do_chain(const struct op *op, struct outcome *out)
{
	struct lib_ref *r = &lib.ref[op->name];
	struct lib_domain *child = &lib.domain[op->n];
	int ret;

	ret = irqref_get(lib.domain[op->other].domain, keys[op->key], IRQREF_TYPE_NONE, child->self,
	                 NULL, &r->ref, NULL);
	if (ret)
		return ret;
	out->virq = number_of(r->ref);
	r->child = child;
	ret = irqref_request(lib.space, r->ref, handler, r, IRQREF_CHAINED);
	if (ret && irqref_put_sync(lib.space, r->ref))
		fault("put after a refused request fails");
	return ret;
}

static int do_remove(const struct op *op, const struct world *w)
{
	struct lib_domain *d = &lib.domain[op->name];
	int chain = w->domain[op->name].chain;
	int ret;

	ret = irqref_domain_remove(d->domain, op->flag ? IRQREF_REMOVE_FORCE : IRQREF_REMOVE_POLITE,
	                           NULL, NULL);
	if (ret)
		return ret;
	d->gone = true;
	if (chain >= 0 && irqref_put_sync(lib.space, lib.ref[chain].ref))
		fault("put of a chained reference fails");
	return 0;
}

/* The wire: what the chip masks does not get through, but an edge is latched by the controller. */
static void raise_line(const struct world *w, int domain, uint8_t key)
{
	int m = world_find(w, domain, key);

	if (m >= 0 && world_is_level(w->mapping[m].type) && !world_unmasked(w, m))
		return;
	if (w->domain[domain].alive)
		irqref_dispatch(lib.domain[domain].domain, keys[key]);
}

static void fire(const struct world *w, int domain, uint8_t key)
{
	int chain = w->domain[domain].chain;

	if (chain < 0) {
		raise_line(w, domain, key);
		return;
	}
	lib.domain[domain].raised[key] = true;
	fire(w, w->ref[chain].domain, w->mapping[w->ref[chain].mapping].key);
}

/* The errors of Linux as ours. */
static int from_linux(int err)
{
	static const int codes[] = {IRQREF_ERR_STALE, IRQREF_ERR_REVOKED, IRQREF_ERR_BUSY,
	                            IRQREF_ERR_NOMEM, IRQREF_ERR_NOSPC};
	size_t i;

	for (i = 0; err && i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (irqref_linux_errno(codes[i]) == err)
			return codes[i];
	}
	return err ? IRQREF_ERR_REFUSED : IRQREF_OK;
}

static int do_handler(const struct op *op, const struct world *w)
{
	struct lib_ref *r = &lib.ref[op->name];
	char name[16];

	snprintf(name, sizeof(name), "h%d", op->name);
	r->virq = w->var[op->other].virq;
	return from_linux(irqref_linux_request_irq(lib.space, r->virq, handler,
	                                           op->flag ? IRQREF_LINUX_SHARED : 0, name, r));
}

static int do_unhandle(const struct op *op)
{
	struct lib_ref *r = &lib.ref[op->name];

	return irqref_linux_free_irq(lib.space, r->virq, r) ? IRQREF_OK : IRQREF_ERR_NOENT;
}

static int do_ref(const struct op *op)
{
	struct lib_ref *r = &lib.ref[op->name];

	switch (op->kind) {
	case OP_PUT:
		return op->flag ? irqref_put_sync(lib.space, r->ref)
		                : irqref_put(lib.space, r->ref);
	case OP_REQUEST:
		return irqref_request(lib.space, r->ref, handler, r, op->flag ? IRQREF_SHARED : 0);
	case OP_FREE:
		r->once = false;
		return irqref_free(lib.space, r->ref);
	case OP_DISABLE:
		return op->flag ? irqref_disable_sync(lib.space, r->ref)
		                : irqref_disable(lib.space, r->ref);
	default:
		return irqref_enable(lib.space, r->ref);
	}
}

static int do_op(const struct op *op, const struct world *w, struct outcome *out)
{
	uint32_t i;
	int ret;

	switch (op->kind) {
	case OP_DOMAIN:
		return do_domain(op);
	case OP_CONSUMER:
		return do_consumer(op);
	case OP_GET:
		return do_get(op, out);
	case OP_GET_VIRQ:
		return irqref_get_virq(lib.space, w->var[op->other].virq, lib.consumer[op->n],
		                       &lib.ref[op->name].ref);
	case OP_CREATE:
		return irqref_floating_get(lib.domain[op->other].domain, keys[op->key], op->type,
		                           NULL, &out->virq, NULL);
	case OP_FIND:
		out->virq = irqref_find_virq(lib.domain[op->other].domain, keys[op->key]);
		return out->virq ? 0 : IRQREF_ERR_NOENT;
	case OP_DISPOSE:
		return irqref_floating_put(lib.space, w->var[op->name].virq);
	case OP_FIRE:
		for (i = 0; i < op->n; i++)
			fire(w, op->other, op->key);
		return 0;
	case OP_UNPLUG:
		ret = irqref_consumer_remove(lib.space, lib.consumer[op->name], NULL, NULL);
		out->virq = ret > 0 ? (irqref_virq_t)ret : 0;
		return ret < 0 ? ret : 0;
	case OP_REMOVE:
		return do_remove(op, w);
	case OP_CHAIN:
		return do_chain(op, out);
	case OP_HANDLER:
		return do_handler(op, w);
	case OP_UNHANDLE:
		return do_unhandle(op);
	case OP_ONCE:
		lib.ref[op->name].once = w->ref[op->name].handler;
		return 0;
	case OP_INJECT_ALLOC:
		lib.fail_alloc = op->n;
		return 0;
	case OP_INJECT_MAP:
		lib.fail_map = op->n;
		return 0;
	default:
		return do_ref(op);
	}
}

static uint32_t cuts(void)
{
	struct irqref_stats stats;

	irqref_space_stats(lib.space, &stats);
	return stats.events[IRQREF_EVENT_QUARANTINE_CUT];
}

void lib_do(const struct op *op, const struct world *w, struct outcome *out)
{
	uint32_t cuts_before = cuts();
	unsigned int rounds = 0;

	*out = (struct outcome){0};
	lib.alloc_failed = false;
	lib.map_failed = false;
	out->code = do_op(op, w, out);
	out->alloc_failed = lib.alloc_failed;
	out->map_failed = lib.map_failed;
	out->cut = cuts() != cuts_before;
	while (lib.kicked) {
		lib.kicked = false;
		if (irqref_flush(lib.space))
			fault("flush fails");
		if (rounds++ > 100)
			fault("the library kicks for ever");
	}
}
