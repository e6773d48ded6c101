/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sparse lookup in other structures, on the same random keys in the same order. Here irqref is
 * what stands as the limit, so that a ratio above 1 says how many times as long the other one
 * takes. Judy and the sorted array know no concurrent readers; liburcu's table does.
 */
#include "bench.h"

#include <Judy.h>
#include <stdlib.h>
#include <urcu-bp.h>
#include <urcu/rculfhash.h>

struct entry {
	struct cds_lfht_node node;
	irqref_hwirq_t hwirq;
};

struct peers {
	struct board *board;
	struct cds_lfht *lfht;
	struct entry *entries;
	Pvoid_t judy;
	uint64_t *sorted; /* hwirq above number */
	unsigned long at;
};

/* The finaliser of MurmurHash3. */
static unsigned long hash(irqref_hwirq_t hwirq)
{
	uint32_t h = (uint32_t)hwirq;

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

static int matches(struct cds_lfht_node *node, const void *key)
{
	return caa_container_of(node, struct entry, node)->hwirq == *(const irqref_hwirq_t *)key;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void *begin(const struct row *row)
{
	struct board_config config = {.count = row->size, .keys = KEYS_RANDOM32, .table = true};
	struct peers *p = must_alloc(sizeof(*p));
	unsigned long i;

	p->board = board_begin(&config);
	p->lfht = cds_lfht_new_flavor(row->size, row->size, 0, CDS_LFHT_AUTO_RESIZE,
	                              &urcu_bp_flavor, NULL);
	p->entries = must_alloc(row->size * sizeof(*p->entries));
	p->sorted = must_alloc(row->size * sizeof(*p->sorted));
	for (i = 0; i < row->size; i++) {
		irqref_hwirq_t hwirq = p->board->hwirqs[i];
		Word_t *value = (Word_t *)JudyLIns(&p->judy, (Word_t)hwirq, PJE0);

		*value = i;
		p->sorted[i] = hwirq << 32 | i;
		p->entries[i].hwirq = hwirq;
		urcu_bp_read_lock();
		cds_lfht_add(p->lfht, hash(hwirq), &p->entries[i].node);
		urcu_bp_read_unlock();
	}
	qsort(p->sorted, row->size, sizeof(*p->sorted), by_value);
	return p;
}

static void end(void *ctx)
{
	struct peers *p = ctx;
	unsigned long i;

	for (i = 0; i < p->board->count; i++) {
		urcu_bp_read_lock();
		cds_lfht_del(p->lfht, &p->entries[i].node);
		urcu_bp_read_unlock();
	}
	urcu_bp_synchronize_rcu();
	cds_lfht_destroy(p->lfht, NULL);
	JudyLFreeArray(&p->judy, PJE0);
	board_end(p->board);
	free(p->entries);
	free(p->sorted);
	free(p);
}

static irqref_hwirq_t next(struct peers *p)
{
	unsigned long at = p->at;

	p->at = at + 1 == p->board->count ? 0 : at + 1;
	return p->board->hwirqs[at];
}

static double irqref(void *ctx, unsigned long n)
{
	struct peers *p = ctx;
	uintptr_t sum = 0;
	double began;

	irqref_read_lock();
	began = cpu_ns();
	while (n--)
		sum += (uintptr_t)irqref_find(p->board->domain, next(p));
	began = cpu_ns() - began;
	irqref_read_unlock();
	keep(sum);
	return began;
}

static double lfht(void *ctx, unsigned long n)
{
	struct peers *p = ctx;
	uintptr_t sum = 0;
	double began;

	irqref_read_lock();
	began = cpu_ns();
	while (n--) {
		irqref_hwirq_t hwirq = next(p);
		struct cds_lfht_iter iter;

		cds_lfht_lookup(p->lfht, hash(hwirq), matches, &hwirq, &iter);
		sum += (uintptr_t)cds_lfht_iter_get_node(&iter);
	}
	began = cpu_ns() - began;
	irqref_read_unlock();
	keep(sum);
	return began;
}

static double judy(void *ctx, unsigned long n)
{
	struct peers *p = ctx;
	double began = cpu_ns();
	uintptr_t sum = 0;

	while (n--)
		sum += *(Word_t *)JudyLGet(p->judy, (Word_t)next(p), PJE0);
	began = cpu_ns() - began;
	keep(sum);
	return began;
}

static uint64_t search(const struct peers *p, irqref_hwirq_t hwirq)
{
	const uint64_t *at = p->sorted;
	unsigned long left = p->board->count;

	while (left > 1) {
		unsigned long half = left / 2;

		at += at[half] >> 32 <= hwirq ? half : 0;
		left -= half;
	}
	return *at;
}

static double sorted(void *ctx, unsigned long n)
{
	struct peers *p = ctx;
	double began = cpu_ns();
	uintptr_t sum = 0;

	while (n--)
		sum += search(p, next(p));
	began = cpu_ns() - began;
	keep(sum);
	return began;
}

#define PEER(row_name, what, keys)                                                                 \
	{                                                                                          \
		.name = (row_name), .unit = "ns", .size = (keys), .begin = begin, .run = what,     \
		.limit = irqref, .end = end, .limit_is = "irqref_find()",                          \
	}

const struct row peer_rows[] = {
        PEER("peer_lfht_1k", lfht, 1024),
        PEER("peer_lfht_64k", lfht, 65536),
        PEER("peer_judy_1k", judy, 1024),
        PEER("peer_judy_64k", judy, 65536),
        PEER("peer_sorted_1k", sorted, 1024),
        PEER("peer_sorted_64k", sorted, 65536),
        {.name = NULL},
};
