/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of messages that no device sends: a domain right on top of the controller's, as a bus with
 * functions of several vectors would have it. The controller raises them itself, when an edge that
 * came while its line was disabled is sent again.
 */
#include "checks.h"
#include "kernel.h"
#include "pci.h"
#include "print.h"

#include <irqref_port_bare.h>

#define VECTORS 4u
/* The last function of the last bus; nobody looks for it. */
#define REQUESTER   0xffffu
#define VECTOR_BITS 11u
#define BASE        ((irqref_hwirq_t)REQUESTER << VECTOR_BITS)
/* More than a controller has numbers: what is not given back is missed. */
#define ROUNDS 300u

struct vector {
	uint32_t count;
	uint32_t cpu;
	uint32_t wanted;
};

static struct vector vectors[VECTORS];

static enum irqref_return vector_handler(irqref_virq_t virq, void *cookie)
{
	struct vector *vector = cookie;

	(void)virq;
	__atomic_store_n(&vector->cpu, irqref_hot_cpu(), __ATOMIC_RELAXED);
	__atomic_fetch_add(&vector->count, 1u, __ATOMIC_RELEASE);
	return IRQREF_HANDLED;
}

static bool came(void *ctx)
{
	const struct vector *vector = ctx;

	return __atomic_load_n(&vector->count, __ATOMIC_ACQUIRE) == vector->wanted;
}

/* Whether one message comes, to the CPU where it shall. */
static bool raise(struct irqref_domain *domain, struct irqref_ref ref, uint32_t index, uint32_t cpu)
{
	struct vector *vector = &vectors[index];

	vector->wanted = vector->count + 1;
	return irqref_disable(kernel_space, ref) == IRQREF_OK &&
	       irqref_dispatch(domain, BASE + index) == IRQREF_OK &&
	       vector->count != vector->wanted && irqref_enable(kernel_space, ref) == IRQREF_OK &&
	       kernel_wait(came, vector, 5000) && vector->cpu == cpu;
}

static void check_cpu(struct irqref_domain *domain, const struct irqref_ref *refs, uint32_t cpu)
{
	uint32_t bits = 1u << cpu, good = 0, i;
	struct irqref_cpumask mask = {&bits, 32};

	for (i = 0; i < VECTORS; i++) {
		if (irqref_set_affinity(kernel_space, refs[i], &mask, NULL) == IRQREF_OK &&
		    raise(domain, refs[i], i, cpu))
			good++;
	}
	check(good == VECTORS, "%u of a block of %u messages came to CPU %u", good, VECTORS, cpu);
}

static void check_masked(struct irqref_domain *parent, struct irqref_ref ref)
{
	bool on = !machine_masked(parent, BASE);
	bool off, on_again;

	irqref_disable(kernel_space, ref);
	off = machine_masked(parent, BASE);
	irqref_enable(kernel_space, ref);
	on_again = !machine_masked(parent, BASE);
	check(on && off && on_again, "a message is masked exactly while its line is disabled");
}

/* Other CPUs may have to be heard before a number is free again, so all of them are let in. */
static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void check_rounds(struct irqref_domain *domain, struct irqref_domain *parent,
                         struct irqref_consumer owner)
{
	struct irqref_ref refs[VECTORS];
	uint32_t round, i;
	int err = IRQREF_OK;

	for (round = 0; round < ROUNDS && !err; round++) {
		err = irqref_msi_alloc(domain, BASE, VECTORS, REQUESTER, owner, refs);
		for (i = 0; i < VECTORS && !err; i++)
			err = irqref_request(kernel_space, refs[i], vector_handler, &vectors[i], 0);
		if (!err)
			err = irqref_msi_free(kernel_space, refs, VECTORS);
		kernel_wait(never, NULL, 0);
	}
	check(!err, "%u times a block was taken and given back: %s", round, irqref_strerror(err));
	check(machine_masked(parent, BASE), "and nothing of it can come");
}

static void check_block(struct irqref_domain *domain, struct irqref_domain *parent,
                        struct irqref_consumer owner)
{
	struct irqref_ref refs[VECTORS];
	uint32_t cpu, i;
	int err = irqref_msi_alloc(domain, BASE, VECTORS, REQUESTER, owner, refs);

	/* Firmware that gives messages away knows that there is no such function. */
	if (err && machine_hotplug_event) {
		print("# skipped: a block of messages of no function; firmware says %s\n",
		      irqref_strerror(err));
		return;
	}
	for (i = 0; i < VECTORS && !err; i++)
		err = irqref_request(kernel_space, refs[i], vector_handler, &vectors[i], 0);
	if (!check(!err, "a block of %u messages: %s", VECTORS, irqref_strerror(err)))
		return;
	for (cpu = 0; cpu < kernel_cpus; cpu++)
		check_cpu(domain, refs, cpu);
	check_masked(parent, refs[0]);
	err = irqref_msi_free(kernel_space, refs, VECTORS);
	check(!err, "the block is given back: %s", irqref_strerror(err));
	check_rounds(domain, parent, owner);
}

static void check_host(const struct pci_host *host)
{
	struct irqref_domain_config config = {
	        .name = "block",
	        .parent = machine_msi_domain(host->node),
	        .flow = IRQREF_FLOW_EDGE,
	        .max = (irqref_hwirq_t)1 << 48,
	};
	struct irqref_consumer owner;
	struct irqref_domain *domain;
	int err;

	if (!config.parent)
		return;
	err = irqref_domain_add(kernel_space, &config, &domain);
	if (!err)
		err = irqref_consumer_add(kernel_space, "block", &owner);
	if (!check(!err, "a domain for blocks of messages: %s", irqref_strerror(err)))
		return;
	check_block(domain, config.parent, owner);
	err = irqref_consumer_remove(kernel_space, owner, NULL, NULL);
	if (!err)
		err = irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL);
	check(!err, "nothing is left of it: %s", irqref_strerror(err));
}

void checks_blocks(void)
{
	uint32_t i;

	for (i = 0; i < pci_nr_hosts; i++)
		check_host(&pci_hosts[i]);
}
