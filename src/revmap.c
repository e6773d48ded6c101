/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From hwirq to mapping: an array for the low hwirqs of a domain, a hash table for the rest.
 *
 * A slot is tagged while its mapping is RESERVED or DYING, so that a lookup that hits a live one
 * touches nothing but the slot. An array slot holds the descriptor's address; a table entry holds
 * the low half of the hwirq and the number with the tag below it, so that one load compares and
 * finds.
 *
 * The table is open addressing with linear probing. Readers take no lock. An insertion is one
 * store, growth publishes a finished copy; only an erasure moves entries (back, towards their
 * home), and a reader may walk past one that moves. So a reader that finds nothing looks whether
 * @sequence changed meanwhile, and then looks again. Where a CPU cannot load an entry at once, one
 * that finds something does the same.
 */
#include "internal.h"

#if UINTPTR_MAX > 0xffffffffu
#define ENTRY_AT_ONCE 1
#else
#define ENTRY_AT_ONCE 0
#endif

#define TABLE_MIN 16u

/* Of the low half only: an entry holds no more, and must find its home again. */
static uint32_t home(const struct table *table, irqref_hwirq_t hwirq)
{
	uint32_t hash = (uint32_t)hwirq * 0x9e3779b1u;

	return (uint32_t)(((uint64_t)hash * table->size) >> 32);
}

static entry_t entry_make(irqref_hwirq_t hwirq, uint32_t virq, bool live)
{
	return (entry_t)(uint32_t)hwirq << 32 | (virq << 1) | (live ? 0u : SLOT_TAG);
}

#if ENTRY_AT_ONCE
static entry_t entry_load(const entry_t *entry)
{
	return ld_acq(entry);
}

static void entry_store(entry_t *entry, entry_t value)
{
	st_rel(entry, value);
}
#else
/* Two words: the number is stored last and loaded first, so that it never comes without its key. */
static entry_t entry_load(const entry_t *entry)
{
	const uint32_t *half = (const uint32_t *)(const void *)entry;
	uint32_t low = ld_acq(&half[0]);

	return (entry_t)ld_acq(&half[1]) << 32 | low;
}

static void entry_store(entry_t *entry, entry_t value)
{
	uint32_t *half = (uint32_t *)(void *)entry;

	st_rel(&half[1], (uint32_t)(value >> 32));
	st_rel(&half[0], (uint32_t)value);
}
#endif

static struct irqref_desc *entry_desc(const struct irqref_domain *domain, entry_t entry)
{
	return desc_of(domain->space, (uint32_t)entry >> 1);
}

/*
 * Beyond 32 bits two hwirqs can look alike in the table; the descriptor tells, unless its level is
 * just being pushed.
 */
static bool entry_is(const struct irqref_domain *domain, entry_t entry, irqref_hwirq_t hwirq)
{
	struct irqref_level *level;

	if ((uint32_t)(entry >> 32) != (uint32_t)hwirq)
		return false;
	if (domain->max <= (irqref_hwirq_t)1 << 32)
		return true;
	level = irqref_desc_level(entry_desc(domain, entry), domain);
	return !level || level->hwirq == hwirq;
}

/*
 * The place of an hwirq, or of the empty entry where it would go. There is always an empty entry;
 * a reader whom every single one escapes, because others fill and clear them, must be passed by all
 * of them at once.
 */
static uint32_t probe(const struct irqref_domain *domain, const struct table *table,
                      irqref_hwirq_t hwirq, entry_t *found)
{
	uint32_t i = home(table, hwirq);

	for (;;) {
		entry_t entry = entry_load(&table->entry[i]);

		*found = entry;
		if (!(uint32_t)entry || entry_is(domain, entry, hwirq))
			return i;
		i = i + 1 == table->size ? 0 : i + 1;
	}
}

static entry_t table_find(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	unsigned int attempt = 0;

	for (;;) {
		uint32_t sequence = ld_acq(&domain->sequence);
		const struct table *table = ld_acq(&domain->table);
		entry_t entry = 0;

		if (table)
			probe(domain, table, hwirq, &entry);
		if (ENTRY_AT_ONCE && (uint32_t)entry)
			return entry;
		if (!(sequence & 1u) && ld_rlx(&domain->sequence) == sequence)
			return entry;
		irqref_hot_relax(attempt++);
	}
}

/* The mapping that an entry of ours names; its number is in use, so all is there. */
static struct irqref_desc *entry_live(const struct irqref_domain *domain, entry_t entry)
{
	uint32_t virq = (uint32_t)entry >> 1;

	if (entry & SLOT_TAG)
		return NULL;
	return &chunk_of(domain->space, virq)->desc[virq & CHUNK_MASK];
}

COLD struct irqref_desc *find_slowly(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	entry_t entry = table_find(domain, hwirq);

	return (uint32_t)entry ? entry_live(domain, entry) : NULL;
}

/* A lookup in a table that ends with a hit, where one load of an entry tells that it is one. */
static struct irqref_desc *find_high(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	const struct table *table = ld_acq(&domain->table);
	uint32_t i;

	if (unlikely(!table) || unlikely(hwirq >= domain->max))
		return NULL;
	if (!ENTRY_AT_ONCE || unlikely(domain->max > (irqref_hwirq_t)1 << 32))
		return find_slowly(domain, hwirq);
	for (i = home(table, hwirq);; i++) {
		entry_t entry;

		if (unlikely(i == table->size))
			i = 0;
		entry = entry_load(&table->entry[i]);
		if (unlikely(!(uint32_t)entry))
			return find_slowly(domain, hwirq);
		if (likely((uint32_t)(entry >> 32) == (uint32_t)hwirq))
			return entry_live(domain, entry);
	}
}

struct irqref_desc *irqref_find(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	if (unlikely(!domain))
		return NULL;
	if (likely(hwirq_low(domain, hwirq)))
		return find_low(domain, hwirq);
	return find_high(domain, hwirq);
}

struct irqref_desc *irqref_revmap_raw_high(const struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	entry_t entry;

	if (!ld_rlx(&domain->table) || hwirq >= domain->max)
		return NULL;
	entry = table_find(domain, hwirq);
	return (uint32_t)entry ? entry_desc(domain, entry) : NULL;
}

static unsigned long domain_lock(struct irqref_domain *domain)
{
	return spin_lock(&domain->lock, RANK_DOMAIN);
}

static void domain_unlock(struct irqref_domain *domain, unsigned long flags)
{
	spin_unlock(&domain->lock, RANK_DOMAIN, flags);
}

static size_t table_bytes(uint32_t size)
{
	return sizeof(struct table) + (size_t)size * sizeof(entry_t);
}

static struct table *table_alloc(struct irqref_space *space, uint32_t size)
{
	struct table *table = space->port.alloc(space->port.ctx, table_bytes(size), 64);

	if (table)
		table->size = size;
	return table;
}

/* Into a table that no reader sees yet. The halves of an entry lie as entry_store() lays them. */
static void copy_entries(const struct table *from, struct table *to)
{
	uint32_t i;

	for (i = 0; i < from->size; i++) {
		entry_t entry = entry_load(&from->entry[i]);
		uint32_t at;

		if (!(uint32_t)entry)
			continue;
		for (at = home(to, entry >> 32); (uint32_t)entry_load(&to->entry[at]);)
			at = at + 1 == to->size ? 0 : at + 1;
		entry_store(&to->entry[at], entry);
	}
}

/* At most four fifths full, by steps of a quarter: 10 to 13 bytes an entry. */
static bool crowded(const struct table *table, uint32_t used)
{
	return !table || (uint64_t)used * 5u >= (uint64_t)table->size * 4u;
}

/*
 * Grows the table by an entry's worth if it should be; an older table will do while it has room.
 * Without the lock the table may be replaced and given back at any time, and its memory may become
 * the domain's table once more: it is the same one for this purpose if it has the same size.
 */
static int make_room(struct irqref_domain *domain)
{
	struct irqref_space *space = domain->space;
	unsigned long flags = domain_lock(domain);
	/* The table of one that is not LIVE belongs to who removes or adds it. */
	bool grow = domain_live(domain) && crowded(domain->table, domain->used + 1u);
	struct table *old = grow ? domain->table : NULL;
	uint32_t old_size = old ? old->size : 0;
	uint32_t used = domain->used + 1u;
	struct table *bigger;
	uint32_t size;

	domain_unlock(domain, flags);
	if (!grow)
		return IRQREF_OK;
	size = old_size + old_size / 4u + TABLE_MIN;
	bigger = table_alloc(space, size);
	if (!bigger)
		return used < old_size ? IRQREF_OK : IRQREF_ERR_NOMEM;
	flags = domain_lock(domain);
	if (domain_live(domain) && domain->table == old && (!old || old->size == old_size)) {
		if (old)
			copy_entries(old, bigger);
		st_rel(&domain->table, bigger);
		bigger = NULL;
	}
	domain_unlock(domain, flags);
	if (bigger) {
		space->port.free(space->port.ctx, bigger, table_bytes(size));
		return IRQREF_OK;
	}
	if (old)
		irqref_retire(space, &old->grave, table_bytes(old->size));
	return IRQREF_OK;
}

/* Under the lock: whether an insertion finds an empty entry and leaves one, at which probes end. */
static bool has_room(const struct irqref_domain *domain)
{
	return domain->table && domain->used + 1u < domain->table->size;
}

/* Returns RETRY where the table has to grow first; @grown: when that was tried. @at: its place. */
static int insert_locked(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                         const struct irqref_desc *desc, bool grown, uint32_t *at)
{
	struct table *table = domain->table;
	entry_t found;

	if (grown ? !has_room(domain) : crowded(table, domain->used + 1u))
		return IRQREF_RETRY;
	*at = probe(domain, table, hwirq, &found);
	if ((uint32_t)found)
		return IRQREF_ERR_EXIST;
	entry_store(&table->entry[*at], entry_make(hwirq, desc->virq, false));
	st_rlx(&domain->used, domain->used + 1u);
	return IRQREF_OK;
}

static int table_insert(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                        struct irqref_desc *desc)
{
	bool grown = false;

	for (;;) {
		unsigned long flags;
		uint32_t at;
		int rc;

		/* In a section, as entry_is() reads levels that a push or pop may just replace. */
		irqref_hot_read_lock();
		flags = domain_lock(domain);
		rc = domain_usable(domain);
		if (!rc)
			rc = insert_locked(domain, hwirq, desc, grown, &at);
		domain_unlock(domain, flags);
		irqref_hot_read_unlock();
		if (rc != IRQREF_RETRY)
			return rc;
		rc = make_room(domain);
		if (rc)
			return rc;
		grown = true;
	}
}

/*
 * A removal of the domain first says so in @state and then looks through the array; this first
 * claims and then looks at @state, all sequentially consistent: one of the two sees the other. The
 * state is asked before, too: only of a LIVE domain the array is one that a removal gives back
 * after the read section.
 */
HOT int array_insert(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                     const struct irqref_desc *desc)
{
	int rc = domain_usable(domain);
	uintptr_t empty = 0;

	if (rc)
		return rc;
	if (!cas_sc(&domain->map[hwirq], &empty, (uintptr_t)desc | SLOT_TAG))
		return IRQREF_ERR_EXIST;
	if (likely(domain_live(domain)))
		return IRQREF_OK;
	st_rel(&domain->map[hwirq], (uintptr_t)0);
	return IRQREF_ERR_STALE;
}

/* The entry is claimed for a mapping that is being made. Array and table go with the domain. */
int irqref_revmap_insert(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                         struct irqref_desc *desc)
{
	int rc = IRQREF_RETRY;

	if (hwirq >= domain->max)
		return IRQREF_ERR_RANGE;
	irqref_hot_read_lock();
	if (hwirq_low(domain, hwirq))
		rc = array_insert(domain, hwirq, desc);
	irqref_hot_read_unlock();
	return rc == IRQREF_RETRY ? table_insert(domain, hwirq, desc) : rc;
}

/* Claims the entry and makes the mapping LIVE in one hold of the lock. */
static int table_publish(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                         struct irqref_desc *desc)
{
	unsigned long flags = domain_lock(domain);
	int rc = domain_usable(domain);
	uint32_t at;

	if (!rc)
		rc = insert_locked(domain, hwirq, desc, false, &at);
	if (!rc) {
		desc_set_state(desc, IRQREF_LIVE);
		entry_store(&domain->table->entry[at], entry_make(hwirq, desc->virq, true));
	}
	domain_unlock(domain, flags);
	return rc == IRQREF_RETRY ? IRQREF_NEED_ROOM : rc;
}

/*
 * The same for a mapping of one level that is complete, under its lock: it becomes LIVE and is found
 * from here on. As everywhere it is LIVE before it can be found, and not before its hwirq is its
 * own. Returns NEED_ROOM where the table has to grow.
 */
int irqref_revmap_publish(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                          struct irqref_desc *desc)
{
	int rc;

	if (hwirq >= domain->max)
		return IRQREF_ERR_RANGE;
	irqref_hot_read_lock();
	if (hwirq_low(domain, hwirq)) {
		rc = array_insert(domain, hwirq, desc);
		if (!rc) {
			desc_set_state(desc, IRQREF_LIVE);
			st_rel(&domain->map[hwirq], (uintptr_t)desc);
		}
	} else {
		rc = table_publish(domain, hwirq, desc);
	}
	irqref_hot_read_unlock();
	return rc;
}

/*
 * After @state says that the domain is being removed: from here on nothing is inserted in the table,
 * since that is done under the lock and looks at @state there.
 */
void irqref_revmap_shut(struct irqref_domain *domain)
{
	domain_unlock(domain, domain_lock(domain));
}

/*
 * The levels in this domain, RESERVED and DYING ones included. In a read section, or by who removes
 * the domain. An entry is not touched any more by who is not counted here.
 */
uint32_t irqref_revmap_count(const struct irqref_domain *domain)
{
	uintptr_t size = ld_acq(&domain->size);
	uint32_t count = ld_acq(&domain->used);
	uintptr_t i;

	for (i = 0; i < size; i++)
		count += ld_sc(&domain->map[i]) != 0;
	return count;
}

/* Under the lock: where the entry of a mapping is, which must be there. */
static uint32_t place(const struct table *table, irqref_hwirq_t hwirq,
                      const struct irqref_desc *desc)
{
	entry_t entry = entry_make(hwirq, desc->virq, true);
	uint32_t i = home(table, hwirq);

	while ((entry_load(&table->entry[i]) & ~(entry_t)SLOT_TAG) != entry)
		i = i + 1 == table->size ? 0 : i + 1;
	return i;
}

/*
 * Release is enough: who finds the mapping sees it complete; who found it before it was tagged
 * meets a closed line; and for grace periods it is not the tag that counts but the erasure.
 */
void irqref_revmap_tag(const struct irqref_level *level, const struct irqref_desc *desc, bool live)
{
	struct irqref_domain *domain = level->domain;
	unsigned long flags;
	entry_t *entry;

	if (level->hwirq < domain->size) {
		st_rel(&domain->map[level->hwirq], (uintptr_t)desc | (live ? 0 : SLOT_TAG));
		return;
	}
	flags = domain_lock(domain);
	entry = &domain->table->entry[place(domain->table, level->hwirq, desc)];
	entry_store(entry, entry_make(level->hwirq, desc->virq, live));
	domain_unlock(domain, flags);
}

/* Whether an entry at @at with home @to may move back to the hole without passing its home. */
static bool may_fill(uint32_t hole, uint32_t at, uint32_t to)
{
	return hole < at ? to <= hole || to > at : to <= hole && to > at;
}

static void table_erase(struct irqref_domain *domain, irqref_hwirq_t hwirq,
                        const struct irqref_desc *desc)
{
	unsigned long flags = domain_lock(domain);
	struct table *table = domain->table;
	uint32_t hole = place(table, hwirq, desc);
	uint32_t start = hole;
	uint32_t at = hole;

	st_rlx(&domain->sequence, domain->sequence + 1u);
	for (;;) {
		entry_t entry;

		at = at + 1 == table->size ? 0 : at + 1;
		entry = entry_load(&table->entry[at]);
		if (!(uint32_t)entry || at == start)
			break;
		if (!may_fill(hole, at, home(table, entry >> 32)))
			continue;
		entry_store(&table->entry[hole], entry);
		hole = at;
	}
	entry_store(&table->entry[hole], 0);
	st_rel(&domain->used, domain->used - 1u);
	st_rel(&domain->sequence, domain->sequence + 1u);
	domain_unlock(domain, flags);
}

void irqref_revmap_erase(const struct irqref_level *level, const struct irqref_desc *desc)
{
	struct irqref_domain *domain = level->domain;

	if (level->hwirq < domain->size)
		st_rel(&domain->map[level->hwirq], (uintptr_t)0);
	else
		table_erase(domain, level->hwirq, desc);
}

/*
 * The next mapping in whatever state. In a read section, for which a removal waits before it gives
 * array and table back. What a growing table moves meanwhile may be missed.
 */
struct irqref_desc *irqref_revmap_next(struct irqref_domain *domain, irqref_hwirq_t *cursor)
{
	uintptr_t size = ld_acq(&domain->size);
	const struct table *table;

	while (*cursor < size) {
		uintptr_t slot = ld_sc(&domain->map[(*cursor)++]) & ~(uintptr_t)SLOT_TAG;

		if (slot)
			return (struct irqref_desc *)slot;
	}
	table = ld_acq(&domain->table);
	while (table && *cursor - size < table->size) {
		entry_t entry = entry_load(&table->entry[(*cursor)++ - size]);

		if ((uint32_t)entry)
			return entry_desc(domain, entry);
	}
	return NULL;
}

/* The struct may be a removed domain's, in which somebody just looks: the size comes last. */
int irqref_revmap_init(struct irqref_domain *domain, uintptr_t size, uint32_t capacity)
{
	struct irqref_space *space = domain->space;

	if (size) {
		domain->map = space->port.alloc(space->port.ctx, size * sizeof(*domain->map),
		                                sizeof(*domain->map));
		if (!domain->map)
			return IRQREF_ERR_NOMEM;
		st_sc(&domain->size, size);
	}
	if (!capacity)
		return IRQREF_OK;
	domain->table = table_alloc(space, capacity + capacity / 4u + 1u);
	if (domain->table)
		return IRQREF_OK;
	irqref_revmap_fini(domain);
	return IRQREF_ERR_NOMEM;
}

/* A find with a stale domain in hand sees an empty one from here on. */
void irqref_revmap_fini(struct irqref_domain *domain)
{
	struct irqref_space *space = domain->space;
	struct table *table = domain->table;
	uintptr_t *map = domain->map;
	uintptr_t size = domain->size;

	st_sc(&domain->size, (uintptr_t)0);
	st_sc(&domain->table, (struct table *)NULL);
	irqref_grace_pass(space);
	if (map)
		space->port.free(space->port.ctx, map, size * sizeof(*map));
	if (table)
		space->port.free(space->port.ctx, table, table_bytes(table->size));
	domain->map = NULL;
}
