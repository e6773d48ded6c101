/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers, slots and domains that come and go faster than anybody can look: two threads that get and
 * put one hwirq, one that removes its domain and adds it again, one that reads the ledger, one that
 * dispatches. There are so few numbers that each is used again at once.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <irqref/irqref.h>

#include "posix.h"
#include "threads.h"
#include "unit.h"

#define REMOVALS 1500u
#define NUMBERS  5u
#define HWIRQ    3u

static struct irqref_space *space;

static void make_space(uint32_t max_irqs)
{
	struct irqref_space_config config = {.max_irqs = max_irqs};

	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
}

static int map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	(void)desc;
	(void)level;
	(void)arg;
	return 0;
}

static uint32_t unmaps, releases;

static void unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	(void)level;
	add(&unmaps);
}

static void release(struct irqref_level *level)
{
	(void)level;
	add(&releases);
}

static const struct irqref_domain_ops loud = {.map = map, .unmap = unmap, .release = release};

/*
 * A pointer to a domain is good for 64 removals after its own; so the remover waits now and then
 * until every @turn has changed.
 */
#define WORKERS 4u

static struct {
	_Alignas(64) struct irqref_domain *domain;
	uint32_t stop;
	uint32_t wrong;
	uint32_t turn[WORKERS];
	uint32_t mapped;
	uint32_t shown;
	uint32_t dispatched;
	uint32_t handled;
} churn;

static void wrong_unless(bool right)
{
	if (!right)
		add(&churn.wrong);
}

/* The handler's cookie lasts only as long as it is installed. */
static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	wrong_unless(load((uint32_t *)cookie) == 1);
	add(&churn.handled);
	return IRQREF_HANDLED;
}

static void got(struct irqref_ref ref, uint32_t round)
{
	uint32_t *alive = round % 4 ? NULL : malloc(sizeof(*alive));
	irqref_virq_t virq = 0;

	add(&churn.mapped);
	wrong_unless(!irqref_ref_virq(space, ref, &virq) && virq && virq <= NUMBERS);
	if (alive) {
		int rc;

		store(alive, 1u);
		rc = irqref_request(space, ref, handler, alive, IRQREF_SHARED);
		wrong_unless(rc == IRQREF_OK || rc == IRQREF_ERR_REVOKED);
	}
	wrong_unless((alive || round % 2 ? irqref_put_sync : irqref_put)(space, ref) == IRQREF_OK);
	wrong_unless(irqref_put(space, ref) == IRQREF_ERR_STALE);
	if (alive)
		store(alive, 0u);
	free(alive);
}

static void *maker(void *arg)
{
	uint32_t *turn = arg;
	struct irqref_consumer consumer;
	uint32_t round;

	wrong_unless(irqref_consumer_add(space, "maker", &consumer) == IRQREF_OK);
	for (round = 0; !load(&churn.stop); round++) {
		struct irqref_domain *domain = load(&churn.domain);
		struct irqref_ref ref = {0, 0};
		irqref_virq_t virq = 0;
		int rc;

		if (round % 8 == 7) {
			rc = irqref_floating_get(domain, HWIRQ, 0, NULL, &virq, NULL);
			if (!rc)
				(void)irqref_floating_put(space, virq);
		} else {
			rc = irqref_get(domain, HWIRQ, round % 16 ? 0 : IRQREF_TYPE_HIGH, consumer,
			                NULL, &ref, NULL);
			if (!rc)
				got(ref, round);
		}
		wrong_unless(rc == IRQREF_OK || rc == IRQREF_ERR_STALE ||
		             rc == IRQREF_ERR_REVOKED || rc == IRQREF_ERR_NOSPC);
		add(turn);
	}
	wrong_unless(irqref_consumer_remove(space, consumer, NULL, NULL) == 0);
	return NULL;
}

static void *reader(void *arg)
{
	uint32_t *turn = arg;

	while (!load(&churn.stop)) {
		struct irqref_cursor cursor = {0};
		struct irqref_entry entry;

		while (irqref_ledger_next(space, &cursor, &entry)) {
			add(&churn.shown);
			wrong_unless(entry.virq && entry.virq <= NUMBERS && entry.hwirq == HWIRQ);
			wrong_unless(!strcmp(entry.domain, "churn") ||
			             !strcmp(entry.domain, "(removed)"));
			wrong_unless(entry.state != IRQREF_DEAD);
			wrong_unless(entry.strong <= 2);
		}
		add(turn);
	}
	return NULL;
}

static void *raiser(void *arg)
{
	uint32_t *turn = arg;
	uint32_t round;

	for (round = 0; !load(&churn.stop); round++) {
		struct irqref_domain *domain = load(&churn.domain);
		int rc = round % 4 ? irqref_dispatch(domain, HWIRQ)
		                   : irqref_dispatch_virq(space, 1 + round / 4 % NUMBERS);

		wrong_unless(rc == IRQREF_OK || rc == IRQREF_ERR_NOENT);
		if (!rc)
			add(&churn.dispatched);
		add(turn);
	}
	return NULL;
}

static void all_pass(void)
{
	uint32_t before[WORKERS];
	uint32_t i;

	for (i = 0; i < WORKERS; i++)
		before[i] = load(&churn.turn[i]);
	for (i = 0; i < WORKERS; i++) {
		while (load(&churn.turn[i]) == before[i])
			sched_yield();
	}
}

static void remove_and_add(const struct irqref_domain_config *config, uint32_t round)
{
	struct irqref_domain *domain = churn.domain;
	int rc = IRQREF_ERR_BUSY;

	if (round % 2) {
		rc = irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL);
		assert_true(rc == IRQREF_OK || rc == IRQREF_ERR_BUSY);
	}
	if (rc)
		assert_ok(irqref_domain_remove(domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(irqref_domain_mappings(domain), 0);
	assert_ok(irqref_domain_add(space, config, &domain));
	store(&churn.domain, domain);
}

static void churn_in(const struct irqref_domain_config *config)
{
	void *(*const run[WORKERS])(void *) = {maker, maker, reader, raiser};
	pthread_t thread[WORKERS];
	struct irqref_stats stats;
	uint32_t i;

	make_space(NUMBERS);
	memset(&churn, 0, sizeof(churn));
	unmaps = releases = 0;
	assert_ok(irqref_domain_add(space, config, &churn.domain));
	for (i = 0; i < WORKERS; i++)
		thread[i] = launch(run[i], &churn.turn[i]);
	for (i = 0; i < REMOVALS; i++) {
		remove_and_add(config, i);
		if (i % 32 == 31)
			all_pass();
	}
	while (!load(&churn.mapped) || !load(&churn.dispatched) || !load(&churn.handled))
		sched_yield();
	store(&churn.stop, 1u);
	for (i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(churn.wrong, 0);
	assert_ok(irqref_domain_remove(churn.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_ok(irqref_flush(space));
	assert_int_equal(unmaps, releases);
	assert_ok(irqref_space_stats(space, &stats));
	assert_int_equal(stats.mappings, 0);
	assert_int_equal(stats.references, 0);
	assert_int_equal(stats.gets, stats.puts);
	assert_ok(irqref_space_remove(space));
}

static void R10_numbers_that_come_and_go_in_an_array(void)
{
	churn_in(&(struct irqref_domain_config){
	        .name = "churn", .flow = IRQREF_FLOW_LEVEL, .size = 8});
}

static void R10_numbers_that_come_and_go_in_a_table(void)
{
	churn_in(&(struct irqref_domain_config){
	        .name = "churn", .flow = IRQREF_FLOW_LEVEL, .max = 8});
}

static void R10_numbers_that_come_and_go_with_callbacks(void)
{
	churn_in(&(struct irqref_domain_config){
	        .name = "churn", .flow = IRQREF_FLOW_LEVEL, .size = 8, .ops = &loud});
}

static void R10_numbers_that_come_and_go_with_callbacks_in_a_table(void)
{
	churn_in(&(struct irqref_domain_config){
	        .name = "churn", .flow = IRQREF_FLOW_LEVEL, .max = 8, .ops = &loud});
}

/* --------------------------------------------------------- two who remove it */

#define ROUNDS 400u
/* Of a domain that takes long to look through. */
#define MANY 16384u

static struct {
	struct irqref_domain *domain;
	uint32_t turn;
	uint32_t done;
	int result;
} removal;

static void *remover(void *arg)
{
	uint32_t round;

	(void)arg;
	for (round = 1; round <= ROUNDS; round++) {
		while (load(&removal.turn) != round)
			sched_yield();
		removal.result =
		        irqref_domain_remove(removal.domain, IRQREF_REMOVE_POLITE, NULL, NULL);
		store(&removal.done, round);
	}
	return NULL;
}

/* Who just asks whether a domain may go looks at nothing that another one has given back by then. */
static void R9_two_polite_removals_at_once(void)
{
	struct irqref_domain_config config = {.name = "lines", .size = MANY};
	pthread_t thread;
	uint32_t round;

	make_space(NUMBERS);
	memset(&removal, 0, sizeof(removal));
	thread = launch(remover, NULL);
	for (round = 1; round <= ROUNDS; round++) {
		int rc;

		assert_ok(irqref_domain_add(space, &config, &removal.domain));
		store(&removal.turn, round);
		rc = irqref_domain_remove(removal.domain, IRQREF_REMOVE_POLITE, NULL, NULL);
		while (load(&removal.done) != round)
			sched_yield();
		assert_int_equal((rc == IRQREF_OK) + (removal.result == IRQREF_OK), 1);
		assert_int_equal(rc + removal.result, IRQREF_ERR_STALE);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(irqref_space_remove(space));
}

/* --------------------------------------------- a level exchanged under a storm */

static struct irqref_domain *root;
static uint32_t storm_stop, storm_rounds;

static void *storm(void *arg)
{
	(void)arg;
	while (!load(&storm_stop)) {
		(void)irqref_dispatch(root, HWIRQ);
		add(&storm_rounds);
	}
	return NULL;
}

static void T13_levels_pushed_and_popped_under_a_storm(void)
{
	struct irqref_domain_config config = {.name = "root", .size = 8};
	struct irqref_domain *top;
	pthread_t thread;
	irqref_virq_t virq;
	uint32_t i;

	make_space(NUMBERS);
	storm_stop = storm_rounds = 0;
	assert_ok(irqref_domain_add(space, &config, &root));
	config.name = "top";
	config.parent = root;
	assert_ok(irqref_domain_add(space, &config, &top));
	assert_ok(irqref_floating_get(root, HWIRQ, 0, NULL, &virq, NULL));
	thread = launch(storm, NULL);
	while (!load(&storm_rounds))
		sched_yield();
	for (i = 0; i < 2000; i++) {
		assert_ok(irqref_level_push(space, virq, top, 1, NULL));
		assert_int_equal(irqref_find_virq(top, 1), virq);
		assert_ok(irqref_level_pop(space, virq, top));
		if (i % 64 == 0)
			assert_ok(irqref_flush(space));
	}
	store(&storm_stop, 1u);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ok(irqref_floating_put(space, virq));
	assert_ok(irqref_domain_remove(top, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_domain_remove(root, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
}

static const struct irqref_test tests[] = {
        TEST(R10_numbers_that_come_and_go_in_an_array),
        TEST(R10_numbers_that_come_and_go_in_a_table),
        TEST(R10_numbers_that_come_and_go_with_callbacks),
        TEST(R10_numbers_that_come_and_go_with_callbacks_in_a_table),
        TEST(R9_two_polite_removals_at_once),
        TEST(T13_levels_pushed_and_popped_under_a_storm),
};
UNIT_SUITE("churn", tests)
