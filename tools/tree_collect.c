/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupts of a board sorted into controllers and lines.
 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t *sort_pool;

static int compare_ints(int a, int b)
{
	return (a > b) - (a < b);
}

static int compare_cells(const struct tree_use *a, const struct tree_use *b)
{
	const uint32_t *x = sort_pool + a->cells, *y = sort_pool + b->cells;

	for (uint32_t i = 0; i < a->ncells && i < b->ncells; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return (a->ncells > b->ncells) - (a->ncells < b->ncells);
}

static int compare_uses(const void *left, const void *right)
{
	const struct tree_use *a = left, *b = right;
	int order = compare_ints(a->controller, b->controller);

	if (!order)
		order = compare_cells(a, b);
	if (!order)
		order = compare_ints(a->node, b->node);
	if (!order)
		order = compare_ints(a->pci, b->pci);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static void add_use(struct tree *t, int node, uint32_t index, bool pci, bool disabled,
                    const struct irqref_fwspec *spec)
{
	struct tree_use *use;

	if (t->nuses == t->uses_room) {
		t->uses_room = t->uses_room ? t->uses_room * 2 : 256;
		t->uses = tool_realloc(t->uses, t->uses_room * sizeof(*t->uses));
	}
	if (!t->pool || t->pool_room - t->npool < spec->ncells) {
		t->pool_room = t->pool_room * 2 + 1024;
		t->pool = tool_realloc(t->pool, t->pool_room * sizeof(*t->pool));
	}
	use = &t->uses[t->nuses++];
	*use = (struct tree_use){
	        .controller = (int)(spec->node - 1),
	        .node = node,
	        .index = index,
	        .ncells = spec->ncells,
	        .cells = t->npool,
	        .pci = pci,
	        .disabled = disabled,
	};
	memcpy(t->pool + t->npool, spec->cells, spec->ncells * sizeof(*t->pool));
	t->npool += spec->ncells;
}

static void collect_devices(struct tree *t)
{
	const struct irqref_dt *dt = t->dt;
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec spec;
	int node, count;
	bool disabled, failed;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		disabled = tool_node_disabled(dt, node);
		count = irqref_dt_count(dt, node);
		irqref_dt_cursor_init(dt, node, &cursor);
		failed = false;
		for (int i = 0; i < count; i++) {
			if (irqref_dt_cursor_next(dt, &cursor, &spec, NULL))
				failed = true;
			else
				add_use(t, node, (uint32_t)i, false, disabled, &spec);
		}
		t->unresolved += failed;
	}
}

static void collect_bridges(struct tree *t)
{
	const struct irqref_dt *dt = t->dt;
	struct irqref_fwspec spec;
	bool disabled;
	int node;

	for (node = irqref_dt_next_pci(dt, -1); node >= 0; node = irqref_dt_next_pci(dt, node)) {
		disabled = tool_node_disabled(dt, node);
		for (uint32_t i = 0; i < 32 * 4; i++) {
			if (irqref_dt_resolve_pci(dt, node, 0, i / 4 << 3, i % 4 + 1, &spec, NULL))
				continue;
			add_use(t, node, i, true, disabled, &spec);
		}
	}
}

static bool is_inside(const struct irqref_dt *dt, int node, int outer)
{
	while (node > outer)
		node = irqref_dt_parent(dt, node);
	return node == outer;
}

/* Whether a device behind the bridge has a node of its own at the same line. */
static bool has_device_node(const struct tree *t, const struct tree_use *bridge)
{
	const struct tree_use *use = bridge, *end = t->uses + t->nuses;

	/* Uses of a line are sorted by node, and what is inside of a node follows it at once. */
	do {
		use++;
	} while (use < end && use->node == bridge->node && use->controller == bridge->controller);
	return use < end && use->controller == bridge->controller &&
	       compare_cells(use, bridge) == 0 && is_inside(t->dt, use->node, bridge->node);
}

static bool same_user(const struct tree_use *a, const struct tree_use *b)
{
	return a->controller == b->controller && a->node == b->node && a->pci == b->pci &&
	       compare_cells(a, b) == 0;
}

/*
 * The same device at the same line again is no second user; nor is a bridge that only passes on
 * the interrupt of a device which stands there itself.
 */
static void sort_uses(struct tree *t)
{
	size_t kept = 0;

	sort_pool = t->pool;
	if (t->nuses)
		qsort(t->uses, t->nuses, sizeof(*t->uses), compare_uses);
	for (size_t i = 0; i < t->nuses; i++) {
		if (kept && same_user(&t->uses[kept - 1], &t->uses[i]))
			continue;
		if (t->uses[i].pci && has_device_node(t, &t->uses[i]))
			continue;
		t->uses[kept++] = t->uses[i];
	}
	t->nuses = kept;
}

static void add_controller(struct tree *t, int node, size_t first, size_t nuses)
{
	if (t->ncontrollers == t->controllers_room) {
		t->controllers_room = t->controllers_room ? t->controllers_room * 2 : 64;
		t->controllers =
		        tool_realloc(t->controllers, t->controllers_room * sizeof(*t->controllers));
	}
	t->controllers[t->ncontrollers++] = (struct tree_controller){
	        .node = node, .first_use = first, .nuses = nuses, .parent_use = TREE_NO_USE};
}

/* Every node that is marked as a controller, and every other that interrupts end at. */
static void collect_controllers(struct tree *t)
{
	size_t at = 0, end;
	int node;

	for (node = irqref_dt_next_node(t->dt, -1); node >= 0;
	     node = irqref_dt_next_node(t->dt, node)) {
		for (end = at; end < t->nuses && t->uses[end].controller == node; end++)
			;
		if (end > at || irqref_dt_is_controller(t->dt, node) > 0)
			add_controller(t, node, at, end - at);
		at = end;
	}
}

struct tree_controller *tree_find(const struct tree *t, int node)
{
	size_t low = 0, high = t->ncontrollers, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->controllers[mid].node < node)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->ncontrollers && t->controllers[low].node == node ? &t->controllers[low]
	                                                                 : NULL;
}

/* A controller is drawn under the line of its own first interrupt. */
static void link_controllers(struct tree *t)
{
	struct tree_controller *c;
	struct tree_use *use;

	for (size_t i = 0; i < t->nuses; i++) {
		use = &t->uses[i];
		if (use->pci || use->node == use->controller)
			continue;
		c = tree_find(t, use->node);
		if (c &&
		    (c->parent_use == TREE_NO_USE || t->uses[c->parent_use].index > use->index))
			c->parent_use = i;
	}
}

void tree_cells(const struct tree *t, const struct tree_use *use, struct tool_text *text)
{
	tool_text_clear(text);
	for (uint32_t i = 0; i < use->ncells; i++)
		tool_text_add(text, "%s%x", i ? " " : "", (unsigned)t->pool[use->cells + i]);
	if (use->ncells == 0)
		tool_text_add(text, "-");
}

size_t tree_line_end(const struct tree *t, size_t first, size_t end)
{
	size_t next = first + 1;

	while (next < end && compare_cells(&t->uses[first], &t->uses[next]) == 0)
		next++;
	return next;
}

size_t tree_enabled(const struct tree *t, size_t first, size_t end)
{
	size_t n = 0;

	for (; first < end; first++)
		n += !t->uses[first].disabled;
	return n;
}

void tree_collect(struct tree *t, const struct irqref_dt *dt)
{
	*t = (struct tree){.dt = dt};
	collect_devices(t);
	collect_bridges(t);
	sort_uses(t);
	collect_controllers(t);
	link_controllers(t);
	tree_collect_messages(t);
}

void tree_free(struct tree *t)
{
	free(t->uses);
	free(t->pool);
	free(t->controllers);
	free(t->messages);
}
