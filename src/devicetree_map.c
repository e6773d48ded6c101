/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a device's interrupt to the controller: interrupt parents, specifiers, interrupt-map.
 */
#include "devicetree_priv.h"

/* Most cells of a unit address and a specifier together that are looked up in a map. */
#define MATCH_CELLS IRQREF_FWSPEC_CELLS

/* Cells of a device's unit address that take part in a match; more read as zero. */
#define UNIT_CELLS 3

/*
 * A resolution under way: a specifier, the node that it was last written for (by the device or by
 * a map entry), and where the walk stands. The two differ above a node that has #interrupt-cells
 * but is neither controller nor nexus: the walk goes on to its interrupt parent, and what it finds
 * there still counts as that node's, as in Linux.
 */
struct walk {
	const struct irqref_dt *dt;
	struct irqref_dt_diag *diag;
	uint32_t node;
	uint32_t at;
	uint32_t ncells;
	uint32_t cells[IRQREF_FWSPEC_CELLS];
	/* The device whose unit address takes part, DT_NONE if @unit is set; read when needed. */
	uint32_t device;
	uint32_t unit[UNIT_CELLS];
	/* What the next map is searched for: unit address, then specifier. */
	uint32_t addr_cells;
	uint32_t spec_cells;
	uint32_t match[MATCH_CELLS];
};

int irqref_dt_fault_(const struct irqref_dt *dt, struct irqref_dt_diag *diag, int error,
                     uint32_t id, enum dt_prop prop, const char *reason, uint32_t value)
{
	return irqref_dt_fail_(diag, error, (int)irqref_dt_offset_(dt, id), irqref_dt_name_(prop),
	                       reason, value);
}

static int walk_fail(const struct walk *w, int error, uint32_t id, enum dt_prop prop,
                     const char *reason, uint32_t value)
{
	return irqref_dt_fault_(w->dt, w->diag, error, id, prop, reason, value);
}

void irqref_dt_trace_(const struct irqref_dt *dt, enum irqref_dt_step step, uint32_t id,
                      uint32_t to, enum dt_prop prop, uint32_t entry, const uint32_t *cells,
                      uint32_t ncells)
{
	struct irqref_dt_event event;

	if (!dt->trace)
		return;
	event.step = step;
	event.node = (int)irqref_dt_offset_(dt, id);
	event.target = to == DT_NONE ? -1 : (int)irqref_dt_offset_(dt, to);
	event.property = irqref_dt_name_(prop);
	event.entry = entry;
	event.cells = cells;
	event.ncells = ncells;
	dt->trace(dt->trace_arg, &event);
}

static void copy_cells(uint32_t *to, const void *from, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		to[i] = dt_ld(from, first + i);
}

int irqref_dt_irq_parent_(const struct irqref_dt *dt, uint32_t id, uint32_t *parent,
                          struct irqref_dt_diag *diag)
{
	uint32_t phandle, next;

	if (dt_policy(dt, IRQREF_DT_PROVIDERS | IRQREF_DT_NEAREST_PARENT))
		return irqref_dt_other_parent_(dt, id, parent, diag);
	for (uint32_t steps = 0; steps < IRQREF_DT_CHAIN; steps++) {
		if (irqref_dt_cell_(dt, id, DT_PARENT, &phandle)) {
			next = irqref_dt_by_phandle_(dt, phandle);
			if (next == DT_NONE)
				return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, id, DT_PARENT,
				                        "no node has this phandle", phandle);
			irqref_dt_trace_(dt, IRQREF_DT_STEP_PARENT, id, next, DT_PARENT, 0, NULL,
			                 0);
		} else {
			next = irqref_dt_parent_(dt, id);
			if (next == DT_NONE)
				return irqref_dt_fault_(
				        dt, diag, IRQREF_ERR_NOENT, id, DT_PARENT,
				        "there is no interrupt parent up to the root", 0);
			irqref_dt_trace_(dt, IRQREF_DT_STEP_INHERIT, id, next, DT_PARENT, 0, NULL,
			                 0);
		}
		id = next;
		if (irqref_dt_has_(dt, id, DT_ICELLS)) {
			irqref_dt_trace_(dt, IRQREF_DT_STEP_FOUND, id, DT_NONE, DT_ICELLS, 0, NULL,
			                 0);
			*parent = id;
			return IRQREF_OK;
		}
	}
	return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, id, DT_PARENT,
	                        "interrupt parents form a cycle", 0);
}

/* #interrupt-cells of an interrupt parent; false if it has none that can be read. */
static bool interrupt_cells(const struct irqref_dt *dt, uint32_t id, uint32_t *n)
{
	if (dt_policy(dt, IRQREF_DT_ICELLS_AROUND))
		return irqref_dt_icells_around_(dt, id, n);
	return irqref_dt_cell_(dt, id, DT_ICELLS, n);
}

/* #address-cells that hold at a nexus: its own, else those of the nearest node around it, else 2. */
static uint32_t address_cells(const struct irqref_dt *dt, uint32_t id)
{
	uint32_t value;

	if (dt_policy(dt, IRQREF_DT_NEXUS_ACELLS | IRQREF_DT_NEXUS_ACELLS_2))
		return irqref_dt_cell_(dt, id, DT_ACELLS, &value) ? value : 2;
	for (; id != DT_NONE; id = irqref_dt_parent_(dt, id)) {
		if (!irqref_dt_has_(dt, id, DT_ACELLS))
			continue;
		return irqref_dt_cell_(dt, id, DT_ACELLS, &value) ? value : 0;
	}
	return 2;
}

static bool is_available(const struct irqref_dt *dt, uint32_t id)
{
	uint32_t len;
	const char *status = irqref_dt_get_(dt, id, DT_STATUS, &len);

	if (!status)
		return true;
	if (len < 3 || status[0] != 'o' || status[1] != 'k')
		return false;
	if (status[2] == '\0')
		return true;
	return len >= 5 && status[2] == 'a' && status[3] == 'y' && status[4] == '\0';
}

/* These are controllers whose interrupt-map is a private table, not a nexus. */
static const char private_maps[][26] = {
        "CBEA,platform-spider-pic", "sti,platform-spider-pic", "realtek,rtl-intc",
        "fsl,ls1021a-extirq",       "fsl,ls1043a-extirq",      "fsl,ls1088a-extirq",
        "pasemi,rootbus",           "renesas,rza1-irqc",
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the string that starts at @text and ends before @end is @name, whatever the case. */
static bool same_name(const char *text, const char *end, const char *name)
{
	for (; text < end && *name && lower(*text) == lower(*name); text++)
		name++;
	return text < end && *text == '\0' && *name == '\0';
}

static bool has_private_map(const struct irqref_dt *dt, uint32_t id)
{
	uint32_t len;
	const char *text = irqref_dt_get_(dt, id, DT_COMPATIBLE, &len);
	const char *end;

	if (!text || dt_policy(dt, IRQREF_DT_NO_PRIVATE_MAPS))
		return false;
	for (end = text + len; text < end; text++) {
		for (size_t i = 0; i < sizeof(private_maps) / sizeof(private_maps[0]); i++) {
			if (same_name(text, end, private_maps[i]))
				return true;
		}
		while (text < end && *text)
			text++;
	}
	return false;
}

int irqref_dt_is_nexus(const struct irqref_dt *dt, int node)
{
	uint32_t id;

	if (!irqref_dt_id_(dt, node, &id))
		return IRQREF_ERR_INVAL;
	if (!irqref_dt_has_(dt, id, DT_MAP))
		return 0;
	return !irqref_dt_has_(dt, id, DT_CONTROLLER) || !has_private_map(dt, id);
}

/* One entry of a map, and the last parent looked up: neighbours mostly name the same one. */
struct entry {
	uint32_t phandle;
	uint32_t parent;
	uint32_t addr_cells;
	uint32_t spec_cells;
};

/* Finds the parent of a map entry and the size of what follows its phandle. */
static int entry_parent(const struct walk *w, struct entry *e, uint32_t phandle)
{
	const struct irqref_dt *dt = w->dt;

	if (e->parent != DT_NONE && e->phandle == phandle)
		return IRQREF_OK;
	e->phandle = phandle;
	e->parent = irqref_dt_by_phandle_(dt, phandle);
	if (e->parent == DT_NONE)
		return walk_fail(w, IRQREF_ERR_FORMAT, w->node, DT_MAP,
		                 "no node has the phandle of an entry", phandle);
	if (!interrupt_cells(dt, e->parent, &e->spec_cells))
		return walk_fail(w, IRQREF_ERR_FORMAT, e->parent, DT_ICELLS,
		                 "a parent in an interrupt-map lacks it", phandle);
	if (!irqref_dt_cell_(dt, e->parent, DT_ACELLS, &e->addr_cells)) {
		e->addr_cells = 0;
		if (dt_policy(dt, IRQREF_DT_PARENT_ACELLS))
			return walk_fail(w, IRQREF_ERR_FORMAT, e->parent, DT_ACELLS,
			                 "a parent in an interrupt-map lacks it", phandle);
	}
	if (e->spec_cells > MATCH_CELLS || e->addr_cells > MATCH_CELLS - e->spec_cells)
		return walk_fail(w, IRQREF_ERR_FORMAT, e->parent, DT_ICELLS,
		                 "specifier and unit address are too long", phandle);
	return IRQREF_OK;
}

static int read_mask(const struct walk *w, uint32_t *mask, uint32_t n)
{
	uint32_t len;
	const void *cells = irqref_dt_get_(w->dt, w->at, DT_MASK, &len);

	if (!cells) {
		for (uint32_t i = 0; i < n; i++)
			mask[i] = UINT32_MAX;
		return IRQREF_OK;
	}
	if (len / sizeof(uint32_t) < n)
		return walk_fail(w, IRQREF_ERR_FORMAT, w->at, DT_MASK, "it has too few cells",
		                 (uint32_t)(len / sizeof(uint32_t)));
	if (len != n * sizeof(uint32_t) && dt_policy(w->dt, IRQREF_DT_MASK_LENGTH))
		return walk_fail(w, IRQREF_ERR_FORMAT, w->at, DT_MASK, "it has too many cells",
		                 (uint32_t)(len / sizeof(uint32_t)));
	copy_cells(mask, cells, 0, n);
	return IRQREF_OK;
}

static bool entry_matches(const struct walk *w, const uint32_t *mask, const void *map, uint32_t pos,
                          uint32_t n)
{
	uint32_t diff = 0;

	for (uint32_t i = 0; i < n; i++)
		diff |= (w->match[i] ^ dt_ld(map, pos + i)) & mask[i];
	if (diff || !dt_policy(w->dt, IRQREF_DT_MASK_KEY))
		return diff == 0;
	for (uint32_t i = 0; i < n; i++)
		diff |= dt_ld(map, pos + i) & ~mask[i];
	return diff == 0;
}

/* An entry matches whose parent's cells begin at @pos: goes on with them. */
static int take_entry(struct walk *w, const struct entry *e, const void *map, uint32_t pos)
{
	uint32_t nkey = w->addr_cells + w->spec_cells, n = e->addr_cells + e->spec_cells;
	uint32_t cells[MATCH_CELLS];
	int err = IRQREF_OK;

	copy_cells(cells, map, pos, n);
	if (dt_policy(w->dt, IRQREF_DT_PASS_THRU))
		err = irqref_dt_pass_thru_(w->dt, w->at, w->match, nkey, cells, n, w->diag);
	if (err)
		return err;
	w->node = e->parent;
	w->at = e->parent;
	w->addr_cells = e->addr_cells;
	w->spec_cells = e->spec_cells;
	w->ncells = e->spec_cells;
	for (uint32_t i = 0; i < n; i++)
		w->match[i] = cells[i];
	for (uint32_t i = 0; i < e->spec_cells; i++)
		w->cells[i] = cells[e->addr_cells + i];
	return IRQREF_OK;
}

/*
 * Looks the specifier up in the interrupt-map of @w->at and, where an entry matches, goes on with
 * the entry's parent and specifier.
 */
static int map_step(struct walk *w, const void *map, uint32_t ncells)
{
	struct entry e = {.parent = DT_NONE};
	uint32_t key = w->addr_cells + w->spec_cells, nexus = w->at;
	uint32_t mask[MATCH_CELLS] = {0};
	uint32_t pos = 0, start;
	bool match;
	int err;

	irqref_dt_trace_(w->dt, IRQREF_DT_STEP_MAP, nexus, DT_NONE, DT_MAP, 0, w->match, key);
	err = read_mask(w, mask, key);
	if (err)
		return err;
	/* As in Linux, an entry has at least one cell behind its parent's phandle. */
	while (ncells - pos > key + 1) {
		if (!dt_spend(w->dt, 1))
			return walk_fail(w, IRQREF_ERR_FORMAT, nexus, DT_MAP,
			                 "the limit on look-ups in maps is used up", 0);
		start = pos;
		match = entry_matches(w, mask, map, pos, key);
		pos += key;
		err = entry_parent(w, &e, dt_ld(map, pos++));
		if (err)
			return err;
		if (ncells - pos < e.addr_cells + e.spec_cells)
			return walk_fail(w, IRQREF_ERR_FORMAT, nexus, DT_MAP,
			                 "its last entry is cut short", ncells);
		if (match &&
		    (is_available(w->dt, e.parent) || dt_policy(w->dt, IRQREF_DT_TAKE_DISABLED))) {
			err = take_entry(w, &e, map, pos);
			if (err)
				return err;
			irqref_dt_trace_(w->dt, IRQREF_DT_STEP_MATCH, nexus, e.parent, DT_MAP,
			                 start, w->cells, w->ncells);
			return IRQREF_OK;
		}
		irqref_dt_trace_(w->dt, match ? IRQREF_DT_STEP_DISABLED : IRQREF_DT_STEP_ENTRY,
		                 nexus, e.parent, DT_MAP, start, NULL, 0);
		pos += e.addr_cells + e.spec_cells;
	}
	irqref_dt_trace_(w->dt, IRQREF_DT_STEP_NO_MATCH, nexus, DT_NONE, DT_MAP, 0, NULL, 0);
	return walk_fail(w, IRQREF_ERR_NOENT, nexus, DT_MAP, "no entry of it matches", 0);
}

/* Finds where the walk begins, and how long the search key for the first map would be. */
static int walk_begin(struct walk *w)
{
	const struct irqref_dt *dt = w->dt;
	uint32_t id = w->node, spec, addr;
	int err;

	for (uint32_t steps = 0; !interrupt_cells(dt, id, &spec); steps++) {
		/* A parent whose #interrupt-cells is too short to read is passed by. */
		if (steps == IRQREF_DT_HOPS)
			return walk_fail(w, IRQREF_ERR_FORMAT, id, DT_ICELLS,
			                 "it is empty, and the interrupt parents form a cycle", 0);
		err = irqref_dt_irq_parent_(dt, id, &id, w->diag);
		if (err)
			return err;
	}
	if (spec != w->ncells)
		return walk_fail(w, IRQREF_ERR_FORMAT, id, DT_ICELLS,
		                 "it differs from the cells of the specifier", spec);
	addr = address_cells(dt, id);
	if (addr > MATCH_CELLS - spec)
		return walk_fail(w, IRQREF_ERR_FORMAT, id, DT_ACELLS,
		                 "specifier and unit address are too long", addr);
	w->addr_cells = addr;
	w->spec_cells = spec;
	w->at = id;
	return IRQREF_OK;
}

/* The search key for the first map: the device's unit address and its specifier. */
static int make_key(struct walk *w)
{
	uint32_t len, n;
	const void *reg;

	if (dt_policy(w->dt, IRQREF_DT_NEXUS_ACELLS) &&
	    !irqref_dt_cell_(w->dt, w->at, DT_ACELLS, &n))
		return walk_fail(w, IRQREF_ERR_FORMAT, w->at, DT_ACELLS, "a nexus lacks it", 0);
	if (w->device != DT_NONE) {
		reg = irqref_dt_get_(w->dt, w->device, DT_REG, &len);
		n = len / (uint32_t)sizeof(uint32_t);
		if (n < w->addr_cells && dt_policy(w->dt, IRQREF_DT_UNIT_NEEDED))
			return walk_fail(w, IRQREF_ERR_FORMAT, w->device, DT_REG,
			                 "it lacks the unit address that the map is searched for",
			                 0);
		copy_cells(w->unit, reg, 0, n < UNIT_CELLS ? n : UNIT_CELLS);
	}
	for (uint32_t i = 0; i < w->addr_cells; i++)
		w->match[i] = i < UNIT_CELLS ? w->unit[i] : 0;
	for (uint32_t i = 0; i < w->spec_cells; i++)
		w->match[w->addr_cells + i] = w->cells[i];
	return IRQREF_OK;
}

/* Whether the walk ends at @w->at, whose interrupt-map is @map, after @hops translations. */
static bool is_end(const struct walk *w, const void *map, uint32_t hops)
{
	const struct irqref_dt *dt = w->dt;

	if (dt_policy(dt, IRQREF_DT_PIN_MAPS) && (hops || w->device != DT_NONE))
		return true;
	if (!irqref_dt_has_(dt, w->at, DT_CONTROLLER))
		return false;
	if (!map || (hops == 0 && dt_policy(dt, IRQREF_DT_CONTROLLER_FIRST)))
		return true;
	return has_private_map(dt, w->at);
}

/* The walk stands at a node that is neither controller nor nexus. */
static int pass_on(struct walk *w)
{
	if (dt_policy(w->dt, IRQREF_DT_PROVIDERS | IRQREF_DT_NEAREST_PARENT))
		return walk_fail(w, IRQREF_ERR_FORMAT, w->at, DT_CONTROLLER,
		                 "the node is neither interrupt controller nor nexus", 0);
	return irqref_dt_irq_parent_(w->dt, w->at, &w->at, w->diag);
}

/* Follows the specifier through nexus nodes until a controller takes it. */
static int walk_run(struct walk *w, struct irqref_fwspec *fwspec)
{
	const struct irqref_dt *dt = w->dt;
	uint32_t at, len;
	const void *map;
	bool keyed = false;
	int err;

	err = walk_begin(w);
	for (uint32_t hops = 0; err == IRQREF_OK && hops < IRQREF_DT_HOPS; hops++) {
		at = w->at;
		map = irqref_dt_get_(dt, at, DT_MAP, &len);
		if (is_end(w, map, hops))
			goto done;
		if (!map) {
			err = pass_on(w);
			continue;
		}
		if (!keyed)
			err = make_key(w);
		keyed = true;
		if (err == IRQREF_OK)
			err = map_step(w, map, len / (uint32_t)sizeof(uint32_t));
		/* An entry that names its own node: that node takes the interrupt. */
		if (err == IRQREF_OK && w->at == at && !dt_policy(dt, IRQREF_DT_SELF_AGAIN))
			goto done;
	}
	return err ? err
	           : walk_fail(w, IRQREF_ERR_FORMAT, w->at, DT_MAP, "nexus nodes form a cycle", 0);

done:
	irqref_dt_trace_(dt, IRQREF_DT_STEP_CONTROLLER, w->node, DT_NONE, DT_CONTROLLER, 0,
	                 w->cells, w->ncells);
	fwspec->node = (uintptr_t)irqref_dt_offset_(dt, w->node) + 1;
	fwspec->ncells = w->ncells;
	for (uint32_t i = 0; i < IRQREF_FWSPEC_CELLS; i++)
		fwspec->cells[i] = i < w->ncells ? w->cells[i] : 0;
	return IRQREF_OK;
}

/*
 * Reads entry @c->entry of interrupts-extended: its parent (DT_NONE for an empty entry) and how
 * many cells it has behind its phandle.
 */
static int extended_entry(const struct irqref_dt *dt, const struct irqref_dt_cursor *c,
                          const void *cells, uint32_t total, uint32_t *parent, uint32_t *n,
                          struct irqref_dt_diag *diag)
{
	uint32_t phandle = dt_ld(cells, c->entry);

	*n = 0;
	*parent = DT_NONE;
	if (!phandle) {
		if (!dt_policy(dt, IRQREF_DT_EMPTY_ENDS))
			return IRQREF_OK;
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, c->id, DT_EXTENDED,
		                        "it has an empty entry", c->entry_index);
	}
	*parent = irqref_dt_by_phandle_(dt, phandle);
	if (*parent == DT_NONE)
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, c->id, DT_EXTENDED,
		                        "no node has the phandle of an entry", phandle);
	if (!interrupt_cells(dt, *parent, n))
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, *parent, DT_ICELLS,
		                        "a parent in interrupts-extended lacks it", phandle);
	if (total - c->entry - 1 < *n)
		return irqref_dt_fault_(dt, diag, IRQREF_ERR_FORMAT, c->id, DT_EXTENDED,
		                        "its last entry is cut short", total);
	return IRQREF_OK;
}

/* The specifier number @c->index of interrupts-extended. */
static int from_extended(struct walk *w, struct irqref_dt_cursor *c)
{
	uint32_t len, total, n, parent;
	const void *cells = irqref_dt_get_(w->dt, c->id, DT_EXTENDED, &len);
	int err;

	total = len / (uint32_t)sizeof(uint32_t);
	for (;;) {
		if (c->entry >= total)
			return walk_fail(w, IRQREF_ERR_NOENT, c->id, DT_EXTENDED,
			                 "it has no entry of this index", 0);
		err = extended_entry(w->dt, c, cells, total, &parent, &n, w->diag);
		if (err)
			return err;
		if (c->entry_index == c->index)
			break;
		c->entry += 1 + n;
		c->entry_index++;
	}
	if (parent == DT_NONE)
		return walk_fail(w, IRQREF_ERR_NOENT, c->id, DT_EXTENDED, "this entry is empty",
		                 c->index);
	w->node = parent;
	/* A longer specifier differs from the parent's #interrupt-cells later on. */
	w->ncells = n < IRQREF_FWSPEC_CELLS ? n : IRQREF_FWSPEC_CELLS;
	copy_cells(w->cells, cells, c->entry + 1, w->ncells);
	irqref_dt_trace_(w->dt, IRQREF_DT_STEP_SPECIFIER, c->id, parent, DT_EXTENDED, c->entry,
	                 w->cells, w->ncells);
	return IRQREF_OK;
}

/* The specifier number @index of interrupts, meant for the interrupt parent. */
static int from_interrupts(struct walk *w, uint32_t id, uint32_t index)
{
	uint32_t len, n;
	const void *cells = irqref_dt_get_(w->dt, id, DT_INTERRUPTS, &len);
	int err;

	if (!cells)
		return walk_fail(w, IRQREF_ERR_NOENT, id, DT_INTERRUPTS, "there is none", 0);
	err = irqref_dt_irq_parent_(w->dt, id, &w->node, w->diag);
	if (err)
		return err;
	if (!interrupt_cells(w->dt, w->node, &n))
		return walk_fail(w, IRQREF_ERR_FORMAT, w->node, DT_ICELLS, "it is empty", 0);
	if (n > IRQREF_FWSPEC_CELLS)
		return walk_fail(w, IRQREF_ERR_FORMAT, w->node, DT_ICELLS, "it is too large", n);
	if ((uint64_t)len < ((uint64_t)index + 1) * n * sizeof(uint32_t))
		return walk_fail(w, IRQREF_ERR_NOENT, id, DT_INTERRUPTS,
		                 "it has no entry of this index", index);
	w->ncells = n;
	copy_cells(w->cells, cells, index * n, n);
	irqref_dt_trace_(w->dt, IRQREF_DT_STEP_SPECIFIER, id, w->node, DT_INTERRUPTS, index * n,
	                 w->cells, n);
	return IRQREF_OK;
}

/* Which of the two properties count; Linux reads both where both are there. */
static bool reads_extended(const struct irqref_dt *dt, uint32_t id)
{
	if (!irqref_dt_has_(dt, id, DT_EXTENDED))
		return false;
	return !dt_policy(dt, IRQREF_DT_INTERRUPTS_FIRST) || !irqref_dt_has_(dt, id, DT_INTERRUPTS);
}

static bool reads_interrupts(const struct irqref_dt *dt, uint32_t id)
{
	if (!irqref_dt_has_(dt, id, DT_INTERRUPTS))
		return false;
	return !dt_policy(dt, IRQREF_DT_EXTENDED_ONLY) || !irqref_dt_has_(dt, id, DT_EXTENDED);
}

static int resolve_at(const struct irqref_dt *dt, struct irqref_dt_cursor *c,
                      struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag)
{
	struct walk w = {.dt = dt, .diag = diag, .node = c->id, .device = c->id};
	bool extended = reads_extended(dt, c->id);
	int err = IRQREF_ERR_NOENT;

	if (extended)
		err = from_extended(&w, c);
	/* What interrupts-extended does not give, interrupts may. */
	if (err && (!extended || reads_interrupts(dt, c->id)))
		err = from_interrupts(&w, c->id, c->index);
	return err ? err : walk_run(&w, fwspec);
}

int irqref_dt_cursor_init(const struct irqref_dt *dt, int node, struct irqref_dt_cursor *cursor)
{
	uint32_t id;

	if (!cursor || !irqref_dt_id_(dt, node, &id))
		return IRQREF_ERR_INVAL;
	*cursor = (struct irqref_dt_cursor){.node = node, .id = id};
	return IRQREF_OK;
}

int irqref_dt_cursor_next(const struct irqref_dt *dt, struct irqref_dt_cursor *cursor,
                          struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag)
{
	int err;

	if (!dt || !cursor || !fwspec)
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL, "an argument is missing",
		                       0);
	err = resolve_at(dt, cursor, fwspec, diag);
	cursor->index++;
	return err;
}

int irqref_dt_resolve(const struct irqref_dt *dt, int node, uint32_t index,
                      struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag)
{
	struct irqref_dt_cursor c;

	if (!fwspec || irqref_dt_cursor_init(dt, node, &c))
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL, "there is no such node",
		                       0);
	c.index = index;
	return resolve_at(dt, &c, fwspec, diag);
}

static uint32_t count_extended(const struct irqref_dt *dt, struct irqref_dt_cursor *c)
{
	uint32_t len, total, n, parent;
	const void *cells = irqref_dt_get_(dt, c->id, DT_EXTENDED, &len);

	total = len / (uint32_t)sizeof(uint32_t);
	for (; c->entry < total; c->entry += 1 + n, c->entry_index++) {
		if (extended_entry(dt, c, cells, total, &parent, &n, NULL))
			return c->entry_index + 1;
	}
	return c->entry_index;
}

static uint32_t count_interrupts(const struct irqref_dt *dt, uint32_t id)
{
	uint32_t len, n, parent;

	if (!irqref_dt_get_(dt, id, DT_INTERRUPTS, &len))
		return 0;
	if (irqref_dt_irq_parent_(dt, id, &parent, NULL) || !interrupt_cells(dt, parent, &n) ||
	    n == 0)
		return 1;
	n = len / (uint32_t)sizeof(uint32_t) / n;
	return n ? n : 1;
}

int irqref_dt_count(const struct irqref_dt *dt, int node)
{
	struct irqref_dt_cursor c;
	uint32_t extended = 0, interrupts = 0;

	if (irqref_dt_cursor_init(dt, node, &c))
		return IRQREF_ERR_INVAL;
	if (reads_extended(dt, c.id))
		extended = count_extended(dt, &c);
	/* Where both are there, interrupts stands in for what interrupts-extended lacks. */
	if (reads_interrupts(dt, c.id))
		interrupts = count_interrupts(dt, c.id);
	return (int)(extended > interrupts ? extended : interrupts);
}

int irqref_dt_resolve_pci(const struct irqref_dt *dt, int bridge, uint32_t bus, uint32_t devfn,
                          uint32_t pin, struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag)
{
	struct walk w = {.dt = dt, .diag = diag, .device = DT_NONE, .ncells = 1};

	if (!fwspec || bus > 255 || devfn > 255 || pin < 1 || pin > 4 ||
	    !irqref_dt_id_(dt, bridge, &w.node))
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL,
		                       "no such bridge, bus, slot or pin", 0);
	w.cells[0] = pin;
	w.unit[0] = bus << 16 | devfn << 8;
	irqref_dt_trace_(dt, IRQREF_DT_STEP_SPECIFIER, w.node, w.node, DT_MAP, 0, w.cells, 1);
	return walk_run(&w, fwspec);
}
