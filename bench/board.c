/* SPDX-License-Identifier: BSD-2-Clause */
/* A space, a domain and its mappings to measure on. */
#include "bench.h"

#include <stdlib.h>

static unsigned long deliveries;

static void add_space(struct board *board, const struct board_config *config)
{
	unsigned long most = config->count + config->spare + 2ul * IRQREF_QUARANTINE_DEFAULT;
	struct irqref_space_config space = {
	        .max_irqs = (uint32_t)(most < 8192 ? 8192 : most),
	};

	board_port(&space.port, (size_t)space.max_irqs * 256 + 4 * most * sizeof(void *));
	must(irqref_space_create(&space, &board->space), "irqref_space_create");
	must(irqref_consumer_add(board->space, "bench", &board->consumer), "irqref_consumer_add");
}

static void add_domains(struct board *board, const struct board_config *config)
{
	struct irqref_domain_config domain = {
	        .name = "bench",
	        .flow = config->flow,
	        .size = config->table ? 0 : config->count + config->spare,
	};
	unsigned int i;

	for (i = 0; i <= config->parents; i++) {
		must(irqref_domain_add(board->space, &domain, &board->domain), "irqref_domain_add");
		domain.parent = board->domain;
	}
}

static void add_mapping(struct board *board, const struct board_config *config, unsigned long i)
{
	struct irqref_ref *ref = &board->refs[i];
	unsigned int n;

	must(irqref_get(board->domain, board->hwirqs[i], config->type, board->consumer, NULL, ref,
	                NULL),
	     "irqref_get");
	for (n = 0; n < config->handlers; n++) {
		struct irqref_ref one = *ref;

		if (n)
			must(irqref_get(board->domain, board->hwirqs[i], config->type,
			                board->consumer, NULL, &one, NULL),
			     "irqref_get");
		must(irqref_request(board->space, one, board_handler, &deliveries,
		                    config->handlers > 1 ? IRQREF_SHARED : 0),
		     "irqref_request");
	}
}

struct board *board_begin(const struct board_config *config)
{
	struct board *board = must_alloc(sizeof(*board));
	unsigned long i;

	board->count = config->count;
	board->hwirqs = must_alloc(config->count * sizeof(*board->hwirqs));
	board->refs = must_alloc(config->count * sizeof(*board->refs));
	add_space(board, config);
	add_domains(board, config);
	if (config->keys == KEYS_RANDOM32) {
		random_keys(board->hwirqs, config->count, 0);
	} else {
		for (i = 0; i < config->count; i++)
			board->hwirqs[i] = i;
		shuffle(board->hwirqs, config->count);
	}
	for (i = 0; i < config->count; i++)
		add_mapping(board, config, i);
	return board;
}

void board_end(void *ctx)
{
	struct board *board = ctx;
	struct irqref_domain *domain = board->domain;

	must(irqref_consumer_remove(board->space, board->consumer, NULL, NULL),
	     "irqref_consumer_remove");
	while (domain) {
		struct irqref_domain *parent = irqref_domain_parent(domain);

		must(irqref_domain_remove(domain, IRQREF_REMOVE_POLITE, NULL, NULL),
		     "irqref_domain_remove");
		domain = parent;
	}
	must(irqref_space_remove(board->space), "irqref_space_remove");
	free(board->hwirqs);
	free(board->refs);
	free(board);
}
