/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A board in a scenario: each interrupt controller of its devicetree is a domain.
 */
#include "replay.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int replay_board_translate(struct irqref_domain *domain, const struct irqref_fwspec *spec,
                           irqref_hwirq_t *hwirq, unsigned int *type)
{
	const struct replay_domain *d = irqref_domain_data(domain);

	return tool_cells_translate(d->translation, spec, hwirq, type);
}

/* ---------------------------------------------------------------- loading */

/* A path is looked for where the command was started, then beside the scenario. */
static char *find_file(const struct replay *run, const char *path)
{
	const char *slash = strrchr(run->scn->file, '/');
	struct tool_text text = {0};
	struct stat st;

	if (path[0] != '/' && slash && stat(path, &st) != 0) {
		tool_text_add(&text, "%.*s/%s", (int)(slash - run->scn->file), run->scn->file,
		              path);
		if (stat(text.data, &st) == 0)
			return text.data;
		tool_text_free(&text);
	}
	return tool_strdup(path);
}

static struct replay_domain **by_name(struct replay *run, const char *name)
{
	for (uint32_t id = 1; id < run->scn->nr_names; id++) {
		if (strcmp(scenario_name(run->scn, id), name) == 0)
			return &run->by_name[id];
	}
	return NULL;
}

static int add_controller(struct replay *run, int node)
{
	char *path = tool_node_path(&run->board.dt, node);
	struct irqref_domain_config config = {.name = path, .node = (uintptr_t)node + 1};
	struct replay_domain **slot = by_name(run, path), *d;
	int err;

	if (slot && *slot && !(*slot)->removed)
		err = IRQREF_ERR_EXIST;
	else
		err = replay_domain_add(run, &config, &d);
	if (err == 0) {
		d->translation = tool_cells_of(run->board.dt.fdt, node);
		if (slot)
			*slot = d;
	}
	free(path);
	return err;
}

/* Takes back the domains that were added after @before. */
static void drop_domains(struct replay *run, const struct replay_domain *before)
{
	while (run->domains != before) {
		struct replay_domain *d = run->domains, **slot = by_name(run, d->name);

		irqref_domain_remove(d->domain, IRQREF_REMOVE_FORCE, NULL, NULL);
		run->removals++;
		if (slot && *slot == d)
			*slot = NULL;
		run->domains = d->next;
		replay_domain_forget(d);
	}
}

int replay_board_load(struct replay *run, const char *path)
{
	struct replay_domain *before = run->domains;
	unsigned int count = 0;
	int err = 0, node;
	char *file;
	bool ok;

	if (run->opt->sandbox)
		return IRQREF_ERR_NOTSUP;
	if (run->has_board)
		return IRQREF_ERR_EXIST;
	file = find_file(run, path);
	ok = tool_board_load(&run->board, file);
	free(file);
	if (!ok) {
		tool_text_add(&run->why, "the board cannot be loaded");
		return IRQREF_ERR_FORMAT;
	}
	run->has_board = true;
	run->board.file = path;
	for (node = irqref_dt_next_node(&run->board.dt, -1); node >= 0 && err == 0;
	     node = irqref_dt_next_node(&run->board.dt, node)) {
		if (irqref_dt_is_controller(&run->board.dt, node) != 1)
			continue;
		err = add_controller(run, node);
		count++;
	}
	if (err) {
		drop_domains(run, before);
		tool_board_free(&run->board);
		run->has_board = false;
		return err;
	}
	run->changed = true;
	tool_text_add(&run->note, "%u controller%s", count, count == 1 ? "" : "s");
	return 0;
}

/* ------------------------------------------------------------- interrupts */

static int find_node(struct replay *run, const char *path, int *node)
{
	if (!run->has_board) {
		tool_text_add(&run->note, "no board is loaded");
		return IRQREF_ERR_NOENT;
	}
	*node = fdt_path_offset(run->board.dt.fdt, path);
	if (*node >= 0)
		return 0;
	tool_text_add(&run->note, "the board has no node %s", path);
	return IRQREF_ERR_NOENT;
}

static int resolved(struct replay *run, int err, const struct irqref_dt_diag *diag)
{
	if (err)
		tool_text_diag(&run->note, &run->board.dt, diag, -1);
	return err;
}

int replay_board_spec(struct replay *run, const char *path, uint32_t index,
                      struct irqref_fwspec *out)
{
	struct irqref_dt_diag diag = {.node = -1, .reason = ""};
	int node, err;

	err = find_node(run, path, &node);
	if (err)
		return err;
	return resolved(run, irqref_dt_resolve(&run->board.dt, node, index, out, &diag), &diag);
}

int replay_board_pci(struct replay *run, const char *bridge, uint64_t slot, unsigned int pin,
                     struct irqref_fwspec *out)
{
	struct irqref_dt_diag diag = {.node = -1, .reason = ""};
	int node, err;

	err = find_node(run, bridge, &node);
	if (err)
		return err;
	if (slot > 31)
		return IRQREF_ERR_INVAL;
	err = irqref_dt_resolve_pci(&run->board.dt, node, 0, (uint32_t)slot << 3, pin, out, &diag);
	return resolved(run, err, &diag);
}
