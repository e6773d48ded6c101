/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which nodes of a devicetree have the interrupts that the kernel's ledger shows.
 *
 * Linux names a domain by the path of its controller's node, with colons for slashes, and by the
 * kind of bus behind it where there are several: ":soc:plic@c000000", ":pci@10:msi-2".
 */
#include "holders.h"

#include <stdlib.h>
#include <string.h>

#include "cells.h"
#include "walk.h"

struct joiner {
	struct ledger *ledger;
	const struct tool_board *board;
	int *controllers; /* of each mapping's domain, or -1 */
};

/* True if @domain is the name of a domain of the node at @path. */
static bool names_node(const char *domain, const char *path)
{
	for (; *path; path++, domain++) {
		if (*domain != (*path == '/' ? ':' : *path))
			return false;
	}
	if (*domain == '-')
		domain += 1 + strspn(domain + 1, "0123456789");
	return *domain == '\0';
}

static void find_controllers(struct joiner *joiner)
{
	const struct irqref_dt *dt = &joiner->board->dt;
	const struct ledger *ledger = joiner->ledger;
	int node;

	for (size_t i = 0; i < ledger->nheld; i++)
		joiner->controllers[i] = -1;
	for (node = irqref_dt_next_node(dt, -1); node >= 0; node = irqref_dt_next_node(dt, node)) {
		char *path;

		if (irqref_dt_is_controller(dt, node) != 1)
			continue;
		path = tool_node_path(dt, node);
		for (size_t i = 0; i < ledger->nheld; i++) {
			if (names_node(ledger->held[i].domain, path))
				joiner->controllers[i] = node;
		}
		free(path);
	}
}

static void add_node(struct held *held, const struct irqref_dt *dt, int node)
{
	char *path = tool_node_path(dt, node);

	if (held->nnodes && strcmp(held->nodes[held->nnodes - 1], path) == 0) {
		free(path);
		return;
	}
	held->nodes = tool_realloc(held->nodes, (held->nnodes + 1) * sizeof(*held->nodes));
	held->nodes[held->nnodes++] = path;
}

static void join_one(void *arg, const struct tool_walked *walked)
{
	struct joiner *joiner = arg;
	const struct irqref_dt *dt = &joiner->board->dt;
	irqref_hwirq_t hwirq;
	unsigned int type;
	int controller;

	if (walked->err)
		return;
	controller = (int)(walked->spec->node - 1);
	if (tool_cells_translate(tool_cells_of(dt->fdt, controller), walked->spec, &hwirq, &type))
		return;
	for (size_t i = 0; i < joiner->ledger->nheld; i++) {
		struct held *held = &joiner->ledger->held[i];

		if (joiner->controllers[i] == controller && held->hwirq == hwirq)
			add_node(held, dt, walked->node);
	}
}

void ledger_join(struct ledger *ledger, const struct tool_board *board)
{
	struct joiner joiner = {ledger, board, NULL};

	joiner.controllers = tool_zalloc(ledger->nheld, sizeof(*joiner.controllers));
	find_controllers(&joiner);
	tool_walk(&board->dt, join_one, &joiner);
	free(joiner.controllers);
}
