/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Races of two threads, each run many times from a common start; what must hold is checked whoever wins.
 * The main thread asserts; the others report in result[].
 */
#ifndef IRQREF_TESTS_HOST_PAIRS_H
#define IRQREF_TESTS_HOST_PAIRS_H

#include "threaded.h"

#define ROUNDS 1000u

static int result[2];

/* Two threads do their part of each round at once; the main thread waits for both. */
struct pair {
	void (*part[2])(uint32_t round);
	uint32_t turn;
	uint32_t done;
	uint32_t stop;
};

static struct pair pair;

struct racer {
	pthread_t thread;
	uint32_t which;
};

static inline void *race(void *arg)
{
	struct racer *racer = arg;
	uint32_t round = 0;

	while (round < ROUNDS) {
		uint32_t turn = load(&pair.turn);

		if (load(&pair.stop))
			break;
		if (turn == round) {
			sched_yield();
			continue;
		}
		pair.part[racer->which](round);
		add(&pair.done);
		round++;
	}
	return NULL;
}

static struct racer racers[2];

static inline void start_pair(void (*a)(uint32_t round), void (*b)(uint32_t round))
{
	uint32_t i;

	pair = (struct pair){.part = {a, b}};
	for (i = 0; i < 2; i++) {
		racers[i].which = i;
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	}
}

static inline void run_round(uint32_t round)
{
	store(&pair.turn, round + 1);
	await(&pair.done, 2 * (round + 1));
}

static inline void end_pair(void)
{
	store(&pair.stop, 1u);
	(void)pthread_join(racers[0].thread, NULL);
	(void)pthread_join(racers[1].thread, NULL);
}

#endif /* IRQREF_TESTS_HOST_PAIRS_H */
