/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What most tests begin with: a space with one interrupt controller, "pic", of 32 level lines, and
 * three consumers. A test calls world() first and world_end() last.
 */
#ifndef IRQREF_TESTS_WORLD_H
#define IRQREF_TESTS_WORLD_H

#define PIC_NODE 0x100u
#define PIC_SIZE 32u

static struct irqref_space *space;
static struct rig pic;
static struct irqref_consumer net;
static struct irqref_consumer disk;
static struct irqref_consumer uart;

static inline void world_with(const struct irqref_space_config *config, enum irqref_flow flow)
{
	space = make_space_with(config);
	make_rig(&pic, .name = "pic", .size = PIC_SIZE, .node = PIC_NODE, .flow = flow);
	net = make_consumer("net");
	disk = make_consumer("disk");
	uart = make_consumer("uart");
}

static inline void world_flow(enum irqref_flow flow)
{
	struct irqref_space_config config = port_config();

	world_with(&config, flow);
}

static inline void world(void)
{
	world_flow(IRQREF_FLOW_LEVEL);
}

/* Nobody holds anything any more, and nothing is left. */
static inline void world_end(void)
{
	SURE(irqref_flush(space));
	expect_clean();
	SURE(irqref_consumer_remove(space, net, NULL, NULL));
	SURE(irqref_consumer_remove(space, disk, NULL, NULL));
	SURE(irqref_consumer_remove(space, uart, NULL, NULL));
	end_rig(&pic);
	end_space();
}

static inline struct irqref_ref get(struct rig *rig, irqref_hwirq_t hwirq, unsigned int type,
                                    struct irqref_consumer consumer)
{
	struct irqref_ref ref = {0, 0};

	OK(irqref_get(rig->domain, hwirq, type, consumer, NULL, &ref, NULL));
	return ref;
}

static inline irqref_virq_t create(struct rig *rig, irqref_hwirq_t hwirq, unsigned int type)
{
	irqref_virq_t virq = 0;

	OK(irqref_floating_get(rig->domain, hwirq, type, NULL, &virq, NULL));
	return virq;
}

static inline irqref_virq_t virq_of(struct irqref_ref ref)
{
	irqref_virq_t virq = 0;

	SURE(irqref_ref_virq(space, ref, &virq));
	return virq;
}

static inline bool mapped(struct rig *rig, irqref_hwirq_t hwirq)
{
	return irqref_find_virq(rig->domain, hwirq) != 0;
}

static inline bool masked(struct rig *rig, irqref_hwirq_t hwirq)
{
	return rig_line(rig, hwirq)->masked;
}

/* A second controller on top of another one, whose lines are those of @parent from @offset on. */
#define make_level(rig, below, shift, ...)                                                         \
	do {                                                                                       \
		make_rig((rig), .parent = (below), .chip = &rig_chip_forward, __VA_ARGS__);        \
		(rig)->offset = (shift);                                                           \
	} while (0)

#endif /* IRQREF_TESTS_WORLD_H */
