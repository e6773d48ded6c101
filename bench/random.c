/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and orders without a pattern, the same ones in every run. */
#include "bench.h"

#include <stdlib.h>

static uint64_t state = 0x2545f4914f6cdd1du;

static uint64_t next64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

void shuffle(irqref_hwirq_t *numbers, unsigned long count)
{
	unsigned long i;

	for (i = count; i > 1; i--) {
		unsigned long other = next64() % i;
		irqref_hwirq_t number = numbers[i - 1];

		numbers[i - 1] = numbers[other];
		numbers[other] = number;
	}
}

static int by_value(const void *a, const void *b)
{
	irqref_hwirq_t x = *(const irqref_hwirq_t *)a;
	irqref_hwirq_t y = *(const irqref_hwirq_t *)b;

	return x < y ? -1 : x > y;
}

/* Draws again for those that came twice, until there are none. */
void random_keys(irqref_hwirq_t *numbers, unsigned long count, uint32_t least)
{
	unsigned long kept = 0;

	while (kept < count) {
		unsigned long i, drawn = kept;

		while (drawn < count)
			numbers[drawn++] = least + next64() % ((1ull << 32) - least);
		qsort(numbers, count, sizeof(*numbers), by_value);
		for (i = 0, kept = 0; i < count; i++) {
			if (!i || numbers[i] != numbers[kept - 1])
				numbers[kept++] = numbers[i];
		}
	}
	shuffle(numbers, count);
}
