/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From hwirq to mapping. The hwirqs come from an array in random order, as an interrupt comes from
 * a device that nobody foresees. The limit reads an array of pointers, with acquire, in the same
 * order, to the very same descriptors. "Touched" rows read the descriptor's first word, as every use
 * of a mapping does.
 */
#include "bench.h"

#include <stdlib.h>

struct find {
	struct board *board;
	struct irqref_desc **array;
	irqref_hwirq_t *order; /* of the array's places */
	unsigned long at;
};

enum shape {
	SHAPE_LINEAR,
	SHAPE_DENSE,  /* in the hash table */
	SHAPE_SPARSE, /* the same, random keys */
};

static void *begin(const struct row *row)
{
	struct board_config config = {
	        .count = row->size,
	        .keys = row->other == SHAPE_SPARSE ? KEYS_RANDOM32 : KEYS_DENSE,
	        .table = row->other != SHAPE_LINEAR,
	};
	struct find *find = must_alloc(sizeof(*find));
	unsigned long i;

	find->board = board_begin(&config);
	find->array = must_alloc(row->size * sizeof(struct irqref_desc *));
	find->order = must_alloc(row->size * sizeof(*find->order));
	for (i = 0; i < row->size; i++) {
		find->order[i] = config.keys == KEYS_DENSE ? find->board->hwirqs[i] : i;
		irqref_read_lock();
		find->array[find->order[i]] =
		        irqref_find(find->board->domain, find->board->hwirqs[i]);
		irqref_read_unlock();
	}
	if (config.keys != KEYS_DENSE)
		shuffle(find->order, row->size);
	return find;
}

static void end(void *ctx)
{
	struct find *find = ctx;

	board_end(find->board);
	free(find->array);
	free(find->order);
	free(find);
}

static uint32_t touch(const struct irqref_desc *desc)
{
	return __atomic_load_n((const uint32_t *)(const void *)desc, __ATOMIC_RELAXED);
}

/*
 * The next place. The caller has it in a variable of its own, here as in the limit: in memory it would
 * have to be written and read again around a call, and the call be charged for that.
 */
static unsigned long next(unsigned long *at, unsigned long count)
{
	unsigned long now = *at;

	*at = now + 1 == count ? 0 : now + 1;
	return now;
}

static double find_touched(void *ctx, unsigned long n)
{
	struct find *find = ctx;
	struct irqref_domain *domain = find->board->domain;
	const irqref_hwirq_t *hwirqs = find->board->hwirqs;
	unsigned long count = find->board->count;
	unsigned long at = find->at;
	uintptr_t sum = 0;
	double began;

	irqref_read_lock();
	began = cpu_ns();
	while (n--)
		sum += touch(irqref_find(domain, hwirqs[next(&at, count)]));
	began = cpu_ns() - began;
	irqref_read_unlock();
	find->at = at;
	keep(sum);
	return began;
}

#ifndef FIND_INLINE
static double find_only(void *ctx, unsigned long n)
{
	struct find *find = ctx;
	struct irqref_domain *domain = find->board->domain;
	const irqref_hwirq_t *hwirqs = find->board->hwirqs;
	unsigned long count = find->board->count;
	unsigned long at = find->at;
	uintptr_t sum = 0;
	double began;

	irqref_read_lock();
	began = cpu_ns();
	while (n--)
		sum += (uintptr_t)irqref_find(domain, hwirqs[next(&at, count)]);
	began = cpu_ns() - began;
	irqref_read_unlock();
	find->at = at;
	keep(sum);
	return began;
}
#endif

static double array_touched(void *ctx, unsigned long n)
{
	struct find *find = ctx;
	struct irqref_desc **array = find->array;
	const irqref_hwirq_t *order = find->order;
	unsigned long count = find->board->count;
	unsigned long at = find->at;
	uintptr_t sum = 0;
	double began = cpu_ns();

	while (n--)
		sum += touch(__atomic_load_n(&array[order[next(&at, count)]], __ATOMIC_ACQUIRE));
	began = cpu_ns() - began;
	find->at = at;
	keep(sum);
	return began;
}

#ifndef FIND_INLINE
static double array_only(void *ctx, unsigned long n)
{
	struct find *find = ctx;
	struct irqref_desc **array = find->array;
	const irqref_hwirq_t *order = find->order;
	unsigned long count = find->board->count;
	unsigned long at = find->at;
	uintptr_t sum = 0;
	double began = cpu_ns();

	while (n--)
		sum += (uintptr_t)__atomic_load_n(&array[order[next(&at, count)]],
		                                  __ATOMIC_ACQUIRE);
	began = cpu_ns() - began;
	find->at = at;
	keep(sum);
	return began;
}
#endif

#define FIND(row_name, shape, count, how)                                                          \
	{                                                                                          \
		.name = (row_name), .unit = "ns", .size = (count), .other = (shape),               \
		.begin = begin, .run = find_##how, .limit = array_##how, .end = end,               \
		.limit_is = "array of pointers, " #how,                                            \
	}

#ifdef FIND_INLINE
const struct row find_inline_rows[] = {
        FIND("find_linear_hot_inline", SHAPE_LINEAR, 256, touched),
        FIND("find_linear_64k_inline", SHAPE_LINEAR, 65536, touched),
        {.name = NULL},
};
#else
const struct row find_rows[] = {
        FIND("find_linear_hot", SHAPE_LINEAR, 256, touched),
        FIND("find_linear_64k", SHAPE_LINEAR, 65536, touched),
        FIND("find_tree_dense_64k", SHAPE_DENSE, 65536, touched),
        FIND("find_tree_sparse32_1k", SHAPE_SPARSE, 1024, only),
        FIND("find_tree_sparse32_64k", SHAPE_SPARSE, 65536, only),
        FIND("find_tree_sparse32_1k_touched", SHAPE_SPARSE, 1024, touched),
        FIND("find_tree_sparse32_64k_touched", SHAPE_SPARSE, 65536, touched),
        {.name = NULL},
};
#endif
