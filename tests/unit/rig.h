/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rig is recording hardware: a domain whose callbacks write down what they were told, and which
 * can be made to refuse. Included by port.h only.
 *
 * Its lines are hwirq modulo RIG_LINES. With a parent its hwirq N asks for N + @offset there.
 */
#ifndef IRQREF_TESTS_RIG_H
#define IRQREF_TESTS_RIG_H

#define RIG_LINES 32u
#define RIG_MAX   8u
#define RIG_LOG   96u

/** As @only of struct rig: every hwirq. */
#define RIG_ANY UINT64_MAX

struct rig_line {
	bool masked;
	bool latched;
	unsigned int type;
	uint32_t masks;
	uint32_t unmasks;
	uint32_t acks;
	uint32_t eois;
	uint32_t maps;
	uint32_t unmaps;
	uint32_t releases;
	uint32_t types;
	uint32_t activations;
	uint32_t deactivations;
	uint32_t retriggers;
	uint32_t messages;
};

/** What a rig's callbacks refuse, as bits of @refuse. */
enum rig_refuse {
	RIG_NO_MAP = 1,
	RIG_NO_MAP_LATE = 2,
	RIG_NO_TYPE = 4,
	RIG_NO_ACTIVATE = 8,
	RIG_NO_AFFINITY = 16,
	RIG_NO_TRANSLATE = 32,
	RIG_NO_RETRIGGER = 64,
	RIG_NO_COMPOSE = 128,
};

struct rig {
	struct rig *next;
	struct irqref_domain *domain;
	struct rig *parent;
	irqref_hwirq_t offset;
	bool trim;
	uint32_t refuse;
	irqref_hwirq_t only;
	const void *last_arg;
	uint32_t last_cpus;
	void (*on_map)(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level);
	void (*on_unmap)(struct rig *rig, struct irqref_desc *desc, struct irqref_level *level);
	struct rig_line line[RIG_LINES];
};

/* One letter for each callback, in the order they came: mask m, unmask u, ack a, eoi e, set_type t,
 * activate A, deactivate D, map +, unmap -, release r. Cleared by rig_log_clear(). */
extern char rig_log[RIG_LOG];
extern const struct irqref_domain_ops rig_ops;
extern const struct irqref_chip rig_chip;
extern const struct irqref_chip rig_chip_forward;
extern const struct irqref_chip rig_chip_msi;
extern const struct irqref_chip rig_chip_bare;

/* Of rig.c: neither asserts. */
void rig_log_clear(void);
void rig_add(struct rig *rig);
void rig_forget(struct rig *rig);
void rig_raise(struct rig *rig, irqref_hwirq_t hwirq);

static inline struct rig_line *rig_line(struct rig *rig, irqref_hwirq_t hwirq)
{
	return &rig->line[hwirq % RIG_LINES];
}

/* After a call that failed: what was mapped is, what was masked is, what was active is. */
static inline void rig_check_unchanged(struct rig *rig, const struct rig *before)
{
	size_t i;

	for (i = 0; i < RIG_LINES; i++) {
		const struct rig_line *a = &before->line[i];
		struct rig_line *b = &rig->line[i];

		assert_int_equal(b->maps - b->unmaps, a->maps - a->unmaps);
		assert_int_equal(b->activations - b->deactivations,
		                 a->activations - a->deactivations);
		if (a->maps != a->unmaps)
			assert_int_equal(b->masked, a->masked);
		*b = *a;
	}
}

struct rig_config {
	const char *name;
	irqref_hwirq_t size;
	irqref_hwirq_t max;
	uintptr_t node;
	struct rig *parent;
	const struct irqref_chip *chip;
	enum irqref_flow flow;
	uint32_t bus;
	uint32_t capacity;
};

/* Adds a rig's domain to the test's space; @rig is the test's memory. */
static inline int rig_try(struct rig *rig, const struct rig_config *config)
{
	struct irqref_domain_config domain = {
	        .name = config->name,
	        .node = config->node,
	        .bus = config->bus,
	        .parent = config->parent ? config->parent->domain : NULL,
	        .ops = &rig_ops,
	        .chip = config->chip ? config->chip : &rig_chip,
	        .flow = config->flow,
	        .data = rig,
	        .size = config->size,
	        .max = config->max,
	        .capacity = config->capacity,
	};
	size_t i;

	*rig = (struct rig){.parent = config->parent, .only = RIG_ANY};
	for (i = 0; i < RIG_LINES; i++)
		rig->line[i].masked = true;
	return irqref_domain_add(port.space, &domain, &rig->domain);
}

/** A handler's cookie: counts, and does something if it is told to. */
struct counter {
	uint32_t calls;
	irqref_virq_t virq;
	bool deaf;
	void (*inside)(struct counter *self, irqref_virq_t virq);
	void *arg;
	int result;
};

enum irqref_return counting(irqref_virq_t virq, void *cookie);

#endif /* IRQREF_TESTS_RIG_H */
