/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The board: domains of every kind, a chip that records and complains, and the hardware.
 */
#include "torture.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* How long an edge may take at most: the worker must get to run, on a busy machine. */
#define EDGE_PATIENCE_MS 20000u

static const enum irqref_flow flows[DOMAINS] = {
        [D_LINEAR] = IRQREF_FLOW_LEVEL,      [D_SPARSE] = IRQREF_FLOW_EDGE,
        [D_ROOT] = IRQREF_FLOW_FASTEOI,      [D_MIDDLE] = IRQREF_FLOW_FASTEOI,
        [D_TOP] = IRQREF_FLOW_FASTEOI,       [D_CASCADE] = IRQREF_FLOW_EDGE,
        [D_CHILD] = IRQREF_FLOW_EDGE,        [D_VECTORS] = IRQREF_FLOW_EDGE,
        [D_MSI] = IRQREF_FLOW_EDGE,          [D_VOLATILE] = IRQREF_FLOW_LEVEL,
        [D_VOLATILE + 1] = IRQREF_FLOW_EDGE,
};

static const char *const names[DOMAINS] = {
        "linear", "sparse",  "root", "middle",    "top",       "cascade",
        "child",  "vectors", "msi",  "volatile0", "volatile1",
};

irqref_hwirq_t hwirq_of(enum board_domain domain, uint8_t key)
{
	return domain == D_SPARSE ? (irqref_hwirq_t)key * 0x01010101u + 0x1000u : key;
}

static uint8_t key_of(enum board_domain domain, irqref_hwirq_t hwirq)
{
	return (uint8_t)(domain == D_SPARSE ? (hwirq - 0x1000u) / 0x01010101u : hwirq);
}

unsigned int type_of(enum board_domain domain, uint8_t key)
{
	switch (flows[domain]) {
	case IRQREF_FLOW_EDGE:
		return key & 1 ? IRQREF_TYPE_FALLING : IRQREF_TYPE_RISING;
	default:
		return key & 1 ? IRQREF_TYPE_LOW : IRQREF_TYPE_HIGH;
	}
}

/* the chip and the domain's callbacks */

static struct instance *instance_of(const struct irqref_level *level)
{
	struct instance *instance = irqref_domain_data(level->domain);

	if (ld(&instance->gone))
		violation("a callback of %s runs after its removal", names[instance->id]);
	return instance;
}

static struct wire *wire_of(const struct irqref_level *level)
{
	struct instance *instance = instance_of(level);

	return &instance->wire[key_of(instance->id, level->hwirq)];
}

static void chip_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	st(&wire_of(level)->unmasked, 0u);
}

static void chip_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct wire *wire = wire_of(level);

	(void)desc;
	if (!ld(&wire->mapped))
		violation("unmask of a line that is not mapped");
	st(&wire->unmasked, 1u);
}

/* Also from a dispatch that only meets another one: it must not come when the line is gone. */
static void chip_nothing(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (!ld(&wire_of(level)->mapped))
		violation("a chip call for a line that is not mapped");
}

static int chip_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	(void)desc;
	(void)type;
	instance_of(level);
	return 0;
}

static const struct irqref_chip chip = {
        .name = "torture",
        .mask = chip_mask,
        .unmask = chip_unmask,
        .ack = chip_nothing,
        .eoi = chip_nothing,
        .set_type = chip_set_type,
        .deactivate = chip_nothing,
};

/* Whoever makes or ends a mapping has it alone: one word each, not a count. */
static void note_mapped(struct irqref_level *level, uint32_t mapped)
{
	struct wire *wire = wire_of(level);
	const char *name = irqref_domain_name(level->domain);
	unsigned int key = key_of(instance_of(level)->id, level->hwirq);

	if (__atomic_exchange_n(&wire->mapped, mapped, __ATOMIC_RELAXED) == mapped)
		violation("%s of %s line %u twice", mapped ? "map" : "unmap", name, key);
	if (ld(&wire->unmasked))
		violation("%s of %s line %u, which is not masked", mapped ? "map" : "unmap", name,
		          key);
}

static int ops_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	int ret = 0;

	instance_of(level);
	if (irqref_domain_parent(level->domain))
		ret = irqref_map_parent(desc, level, level->hwirq, arg);
	if (!ret)
		note_mapped(level, 1);
	return ret;
}

static void ops_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	note_mapped(level, 0);
}

static const struct irqref_domain_ops ops = {
        .map = ops_map,
        .unmap = ops_unmap,
};

/* A vector block: each message's hwirq is a vector of the parent. */
static int msi_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	irqref_hwirq_t vector;
	int ret;

	(void)arg;
	ret = irqref_msi_take(&t.vectors, 1, 1, &vector);
	if (ret)
		return ret;
	ret = irqref_map_parent(desc, level, vector, NULL);
	if (ret) {
		irqref_msi_give(&t.vectors, vector, 1);
		return ret;
	}
	note_mapped(level, 1);
	return 0;
}

static void msi_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_level *parent = irqref_level_parent(desc, level);

	note_mapped(level, 0);
	if (!parent || irqref_msi_give(&t.vectors, parent->hwirq, 1))
		violation("a vector was not taken");
}

static const struct irqref_domain_ops msi_ops = {
        .map = msi_map,
        .unmap = msi_unmap,
};

/* domains that come and go */

static int parent_of(enum board_domain id)
{
	if (id == D_MIDDLE || id == D_TOP || id == D_MSI)
		return (int)id - 1;
	return -1;
}

int board_add(enum board_domain id, struct instance **out)
{
	struct instance *instance = calloc(1, sizeof(*instance));
	struct irqref_domain_config config = {
	        .name = names[id],
	        .ops = id == D_MSI ? &msi_ops : &ops,
	        .chip = &chip,
	        .flow = flows[id],
	        .data = instance,
	};
	int parent = parent_of(id);
	int ret;

	if (!instance)
		abort();
	instance->id = id;
	instance->line = instance->own;
	if (parent >= 0) {
		config.parent = t.place[parent].instance->domain;
		if (id != D_MSI)
			instance->line = t.place[parent].instance->line;
	}
	if (id != D_SPARSE && id != D_TOP)
		config.size = KEYS;
	pthread_mutex_lock(&t.instances_lock);
	instance->next = t.instances;
	t.instances = instance;
	pthread_mutex_unlock(&t.instances_lock);
	ret = irqref_domain_add(t.space, &config, &instance->domain);
	if (!ret)
		*out = instance;
	return ret;
}

void board_free(void)
{
	struct instance *instance;

	while ((instance = t.instances)) {
		t.instances = instance->next;
		free(instance);
	}
}

/* The pointer stays valid until place_leave(); the domain may be removed meanwhile. */
struct instance *place_enter(enum board_domain id)
{
	struct instance *instance;

	__atomic_fetch_add(&t.place[id].users, 1, __ATOMIC_SEQ_CST);
	instance = __atomic_load_n(&t.place[id].instance, __ATOMIC_SEQ_CST);
	if (!instance)
		place_leave(id);
	return instance;
}

void place_leave(enum board_domain id)
{
	__atomic_fetch_sub(&t.place[id].users, 1, __ATOMIC_RELEASE);
}

static void count_report(void *ctx, const struct irqref_entry *entry)
{
	(void)entry;
	++*(uint32_t *)ctx;
}

void board_remove(enum board_domain id)
{
	struct instance *instance = t.place[id].instance;
	uint32_t reported = 0;
	int ret;

	__atomic_store_n(&t.place[id].instance, NULL, __ATOMIC_SEQ_CST);
	ret = irqref_domain_remove(instance->domain, IRQREF_REMOVE_POLITE, count_report, &reported);
	check_code("polite removal", ret, OK | CODE(IRQREF_ERR_BUSY));
	if (ret)
		check_code("forced removal",
		           irqref_domain_remove(instance->domain, IRQREF_REMOVE_FORCE, NULL, NULL),
		           OK);
	st(&instance->gone, 1u);
	check_code("removal again",
	           irqref_domain_remove(instance->domain, IRQREF_REMOVE_FORCE, NULL, NULL),
	           CODE(IRQREF_ERR_STALE));
	/* Others may still hold the pointer; it is not reused before they have let go. */
	while (__atomic_load_n(&t.place[id].users, __ATOMIC_ACQUIRE))
		sched_yield();
}

/* One volatile domain: its remover adds it, and takes it away under everybody. */
void *remover_main(void *arg)
{
	struct thread *self = arg;
	enum board_domain id = (enum board_domain)(D_VOLATILE + self->index);
	struct instance *instance;
	uint32_t pause;
	int ret;

	while (!ld(&t.stop)) {
		st(&self->doing, "domain_add");
		ret = board_add(id, &instance);
		check_code("domain_add", ret, OK | nomem());
		if (ret)
			continue;
		__atomic_store_n(&t.place[id].instance, instance, __ATOMIC_SEQ_CST);
		for (pause = rnd_below(&self->random, 10); pause && !ld(&t.stop); pause--)
			sched_yield();
		st(&self->doing, "domain_remove");
		board_remove(id);
		self->ops++;
	}
	__atomic_store_n(&self->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* the hardware */

static void raise_fixed(enum board_domain id, uint8_t key)
{
	struct instance *instance = t.place[id].instance;

	if (id == D_CHILD) {
		__atomic_fetch_or(&instance->raised, 1u << key, __ATOMIC_RELAXED);
		irqref_dispatch(t.place[D_CASCADE].instance->domain, 0);
		return;
	}
	/* Of the keepers' every single edge counts: see edger_main(). */
	if (id == D_SPARSE && key < KEEPERS)
		key = (uint8_t)(key + KEEPERS);
	irqref_dispatch(instance->domain, hwirq_of(id, key));
}

/* In a read section, which the removal waits for, as it would for an interrupt on its way in. */
static void raise_volatile(enum board_domain id, uint8_t key)
{
	struct instance *instance;

	irqref_read_lock();
	instance = __atomic_load_n(&t.place[id].instance, __ATOMIC_ACQUIRE);
	if (instance)
		irqref_dispatch(instance->domain, hwirq_of(id, key));
	irqref_read_unlock();
}

void *raiser_main(void *arg)
{
	static const uint8_t often[] = {D_SPARSE, D_LINEAR, D_VOLATILE, D_VOLATILE + 1};
	struct thread *self = arg;
	enum board_domain id;
	uint8_t key;

	while (!ld(&t.stop)) {
		id = (enum board_domain)rnd_below(&self->random, DOMAINS);
		key = (uint8_t)rnd_below(&self->random, KEYS);
		/* Often the same few, so that they meet. */
		if (rnd_below(&self->random, 4)) {
			id = often[rnd_below(&self->random, sizeof(often))];
			key %= KEEPERS;
		}
		if (id >= D_VOLATILE)
			raise_volatile(id, key);
		else
			raise_fixed(id, key);
		self->ops++;
	}
	__atomic_store_n(&self->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/*
 * Raises one edge and waits until a handler has run since, while others disable and enable the
 * line, and other edgers raise it. A lost edge would not be followed by another one that hides it.
 */
void *edger_main(void *arg)
{
	struct thread *self = arg;
	struct instance *instance = t.place[D_SPARSE].instance;
	uint64_t patience;
	uint32_t mine;
	uint8_t key;

	while (!ld(&t.stop)) {
		key = (uint8_t)rnd_below(&self->random, KEEPERS);
		mine = add(&instance->line[key].raised, 1) + 1;
		irqref_dispatch(instance->domain, hwirq_of(D_SPARSE, key));
		patience = now_ms() + EDGE_PATIENCE_MS;
		while ((int32_t)(ld(&instance->line[key].seen) - mine) < 0 && !ld(&t.stop)) {
			if (now_ms() > patience) {
				violation("edge %u of line %u is lost", mine, key);
				break;
			}
			sched_yield();
		}
		self->ops++;
	}
	__atomic_store_n(&self->done, 1, __ATOMIC_RELEASE);
	return NULL;
}
