/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a mapping with one holder and one handler takes: all memory of a space that is as large as
 * needed, its tables, its domain and the allocator's overhead included, divided by the mappings.
 * The limit is what one cannot do without: an array of pointers to descriptors of one cache line,
 * and a record of two words and two links for each handler, in three blocks.
 */
#include "bench.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

struct bytes {
	unsigned long count;
	bool table;
};

static unsigned long free_memory(void)
{
	return (unsigned long)sysconf(_SC_AVPHYS_PAGES) * (unsigned long)sysconf(_SC_PAGESIZE);
}

static void *begin(const struct row *row)
{
	struct bytes *bytes;

	if (free_memory() / 400 < row->size)
		return NULL;
	bytes = must_alloc(sizeof(*bytes));
	bytes->count = row->size;
	bytes->table = row->other;
	return bytes;
}

/* Blocks with their headers and what rounding adds to them. */
static double taken(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

static void fill(struct irqref_space *space, struct irqref_domain *domain, struct bytes *bytes,
                 struct irqref_consumer consumer)
{
	static unsigned long deliveries;
	struct irqref_ref ref;
	unsigned long i;

	for (i = 0; i < bytes->count; i++) {
		/* An odd multiplier: each number of 32 bits once, without having to remember them. */
		irqref_hwirq_t hwirq = bytes->table ? (uint32_t)i * 2246822519u : i;

		must(irqref_get(domain, hwirq, IRQREF_TYPE_HIGH, consumer, NULL, &ref, NULL),
		     "irqref_get");
		must(irqref_request(space, ref, board_handler, &deliveries, 0), "irqref_request");
	}
}

static double measure_space(void *ctx, unsigned long n)
{
	struct bytes *bytes = ctx;
	uint32_t count = (uint32_t)bytes->count;
	struct irqref_space_config config = {
	        .max_irqs = count, .max_refs = count, .max_consumers = 1};
	struct irqref_domain_config domain_config = {
	        .name = "bench", .flow = IRQREF_FLOW_LEVEL, .size = bytes->table ? 0 : count};
	struct irqref_consumer consumer;
	struct irqref_domain *domain;
	struct irqref_space *space;
	double before, after;

	(void)n;
	before = taken();
	board_port(&config.port, 0);
	must(irqref_space_create(&config, &space), "irqref_space_create");
	must(irqref_domain_add(space, &domain_config, &domain), "irqref_domain_add");
	must(irqref_consumer_add(space, "bench", &consumer), "irqref_consumer_add");
	fill(space, domain, bytes, consumer);
	/* Smaller tables that grew have gone. */
	must(irqref_flush(space), "irqref_flush");
	after = taken();
	must(irqref_consumer_remove(space, consumer, NULL, NULL), "irqref_consumer_remove");
	must(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL),
	     "irqref_domain_remove");
	must(irqref_space_remove(space), "irqref_space_remove");
	return (after - before) / (double)bytes->count;
}

static double by_hand(void *ctx, unsigned long n)
{
	struct bytes *bytes = ctx;
	double before = taken(), after;
	void *slots = must_alloc(bytes->count * sizeof(void *));
	void *descs = must_alloc(bytes->count * 64);
	void *handlers = must_alloc(bytes->count * 4 * sizeof(void *));

	(void)n;
	keep((uintptr_t)slots);
	keep((uintptr_t)descs);
	keep((uintptr_t)handlers);
	after = taken();
	free(slots);
	free(descs);
	free(handlers);
	return (after - before) / (double)bytes->count;
}

#define BYTES(row_name, mappings, in_table)                                                        \
	{                                                                                          \
		.name = (row_name), .unit = "bytes", .size = (mappings), .other = (in_table),      \
		.batch = 1, .rounds = 1, .needs = "more memory", .begin = begin,                   \
		.run = measure_space, .limit = by_hand, .end = free,                               \
		.limit_is = "pointer, cache line, handler",                                        \
	}

const struct row bytes_rows[] = {
        BYTES("bytes_per_mapping", 65536, false),
        BYTES("bytes_per_mapping_1k", 1024, false),
        BYTES("bytes_per_mapping_sparse", 65536, true),
        BYTES("bytes_per_mapping_sparse_1k", 1024, true),
        BYTES("bytes_per_mapping_16m", 16u << 20, false),
        {.name = NULL},
};
