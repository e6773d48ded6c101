/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domains: added, found by their node, removed.
 *
 * The struct of a removed domain stays what it is for a while (a tomb), so that a stale pointer is
 * refused; the oldest tomb is used again when there are many.
 */
#include "internal.h"

#define TOMBS_KEPT 64u

/* ------------------------------------------------------------- the lists */

static uint32_t bucket(uintptr_t node)
{
	return (uint32_t)((node ^ node >> 7) % NODE_BUCKETS);
}

/*
 * In a read section or under the space lock. What is on the list was complete before it got there,
 * and one that was taken off keeps its link, node and bus until a grace period later.
 */
static struct irqref_domain *node_find(struct irqref_space *space, uintptr_t node, uint32_t bus)
{
	struct irqref_domain *domain = ld_acq(&space->nodes[bucket(node)]);

	while (domain && (domain->node != node || domain->bus != bus))
		domain = ld_acq(&domain->node_next);
	return domain;
}

static int list_add(struct irqref_space *space, struct irqref_domain *domain)
{
	unsigned long flags = space_lock(space);
	int rc = IRQREF_OK;

	if (domain->node && node_find(space, domain->node, domain->bus)) {
		rc = IRQREF_ERR_EXIST;
	} else if (domain->parent && !domain_live(domain->parent)) {
		rc = IRQREF_ERR_REVOKED;
	} else {
		if (domain->parent)
			domain->parent->children++;
		domain->next = space->domains;
		space->domains = domain;
		domain->node_next = space->nodes[bucket(domain->node)];
		st_sc(&domain->state, (uint32_t)DOMAIN_LIVE);
		st_rel(&space->nodes[bucket(domain->node)], domain);
	}
	space_unlock(space, flags);
	return rc;
}

static void list_remove(struct irqref_space *space, struct irqref_domain *domain)
{
	unsigned long flags = space_lock(space);
	struct irqref_domain **link = &space->domains;

	while (*link != domain)
		link = &(*link)->next;
	*link = domain->next;
	link = &space->nodes[bucket(domain->node)];
	while (*link != domain)
		link = &(*link)->node_next;
	st_rel(link, domain->node_next);
	if (space->default_domain == domain)
		space->default_domain = NULL;
	if (domain->parent)
		domain->parent->children--;
	space_unlock(space, flags);
}

static void tomb_push(struct irqref_space *space, struct irqref_domain *domain)
{
	unsigned long flags = space_lock(space);

	domain->next = NULL;
	if (space->tombs_tail)
		space->tombs_tail->next = domain;
	else
		space->tombs = domain;
	space->tombs_tail = domain;
	space->tombs_length++;
	st_sc(&domain->state, (uint32_t)DOMAIN_REMOVED);
	space_unlock(space, flags);
}

/* The oldest tomb that nothing names any more, unless there are few. */
static struct irqref_domain *tomb_pop(struct irqref_space *space, bool few)
{
	unsigned long flags = space_lock(space);
	struct irqref_domain **link = &space->tombs;
	struct irqref_domain *before = NULL;
	struct irqref_domain *domain;

	while ((domain = *link) && (ld_sc(&domain->pins) || domain->children)) {
		before = domain;
		link = &domain->next;
	}
	if (domain && !few && space->tombs_length <= TOMBS_KEPT)
		domain = NULL;
	if (domain) {
		*link = domain->next;
		if (space->tombs_tail == domain)
			space->tombs_tail = before;
		space->tombs_length--;
	}
	space_unlock(space, flags);
	return domain;
}

static struct irqref_domain *domain_alloc(struct irqref_space *space)
{
	struct irqref_domain *domain = tomb_pop(space, false);

	if (!domain)
		domain = space->port.alloc(space->port.ctx, sizeof(*domain), 64);
	if (!domain)
		domain = tomb_pop(space, true);
	if (domain && domain->name) {
		/* Who just looks at the tomb sees an empty domain, not how it becomes another. */
		irqref_grace_pass(space);
		irqref_name_drop(space, domain->name);
		domain->name = NULL;
	}
	return domain;
}

/* ----------------------------------------------------------------- adding */

static int check_config(struct irqref_space *space, const struct irqref_domain_config *config)
{
	if (!space || !config || !config->name || !*config->name ||
	    (unsigned int)config->flow > IRQREF_FLOW_PERCPU ||
	    config->flags & ~(uint32_t)IRQREF_DOMAIN_SLEEPS ||
	    (config->max && config->max < config->size) ||
	    config->size > UINTPTR_MAX / sizeof(uintptr_t) || config->capacity > 1u << 28 ||
	    (config->parent && config->parent->space != space))
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	if (config->flags & IRQREF_DOMAIN_SLEEPS ||
	    (config->chip && config->chip->flags & IRQREF_CHIP_SLEEPS))
		return IRQREF_ERR_NOTSUP;
	if (config->parent && !domain_live(config->parent))
		return IRQREF_ERR_REVOKED;
	if (config->parent && config->parent->depth >= IRQREF_LEVELS_MAX)
		return IRQREF_ERR_RANGE;
	return IRQREF_OK;
}

static void fill(struct irqref_domain *domain, struct irqref_space *space,
                 const struct irqref_domain_config *config)
{
	domain->space = space;
	domain->parent = config->parent;
	domain->depth = config->parent ? config->parent->depth + 1u : 1u;
	domain->node = config->node;
	domain->bus = config->bus;
	domain->ops = config->ops;
	domain->chip = config->chip;
	domain->flow = (uint32_t)config->flow;
	domain->quiet =
	        !domain->ops || (!domain->ops->map && !domain->ops->unmap && !domain->ops->release);
	domain->data = config->data;
	domain->max = config->max;
	if (!domain->max)
		domain->max = config->size ? config->size : (irqref_hwirq_t)1 << 32;
	st_rlx(&domain->used, 0u);
}

int irqref_domain_add(struct irqref_space *space, const struct irqref_domain_config *config,
                      struct irqref_domain **out)
{
	struct irqref_domain *domain;
	int rc;

	if (!out)
		return IRQREF_ERR_INVAL;
	rc = check_config(space, config);
	if (rc)
		return rc;
	domain = domain_alloc(space);
	if (!domain)
		return IRQREF_ERR_NOMEM;
	fill(domain, space, config);
	rc = IRQREF_ERR_NOMEM;
	domain->name = irqref_name_dup(space, config->name);
	if (!domain->name)
		goto bury;
	rc = irqref_revmap_init(domain, (uintptr_t)config->size, config->capacity);
	if (rc)
		goto bury;
	rc = list_add(space, domain);
	if (rc)
		goto free_map;
	*out = domain;
	return IRQREF_OK;

free_map:
	irqref_revmap_fini(domain);
bury:
	st_sc(&domain->size, (uintptr_t)0);
	tomb_push(space, domain);
	return rc;
}

/* --------------------------------------------------------------- removing */

/* What one pass over a domain's mappings does with each. */
struct pass {
	struct irqref_space *space;
	enum irqref_remove how;
	irqref_report_fn *report;
	void *ctx;
	bool self;    /* the caller is in a callback of one of them */
	bool held;    /* one is held by more than its domain */
	uint32_t own; /* how many are not */
};

/* In a read section: whether somebody but the domain itself holds it. */
static bool is_held(struct irqref_desc *desc, bool *self)
{
	unsigned long flags = desc_lock(desc);
	enum irqref_state state = desc_state(desc);
	bool held = true;

	if (state != IRQREF_DEAD && cold_of(desc)->owner)
		*self |= cold_of(desc)->owner == irqref_hot_self();
	else if (ld_rlx(&desc->flags) & F_STATIC)
		held = desc_strong(desc) != 0;
	desc_unlock(desc, flags);
	return held;
}

/*
 * One step of a pass: looks at the next mapping in a read section, and acts on it outside. A
 * mapping may end in between; its descriptor stays one, and each act looks at its state first.
 */
static struct irqref_desc *next_mapping(struct irqref_domain *domain, irqref_hwirq_t *cursor,
                                        struct pass *pass, bool *held)
{
	struct irqref_desc *desc;

	irqref_hot_read_lock();
	desc = irqref_revmap_next(domain, cursor);
	*held = desc && is_held(desc, &pass->self);
	irqref_hot_read_unlock();
	return desc;
}

static void look_through(struct irqref_domain *domain, struct pass *pass, bool reporting)
{
	irqref_hwirq_t cursor = 0;
	struct irqref_desc *desc;
	bool held;

	pass->own = 0;
	while ((desc = next_mapping(domain, &cursor, pass, &held))) {
		pass->held |= held;
		pass->own += !held;
		if (held && reporting && pass->report)
			irqref_report_holders(pass->space, desc, pass->report, pass->ctx);
	}
	/* One is just being claimed, or a growing table moved it past the cursor. */
	pass->held |= pass->own != irqref_domain_mappings(domain);
}

/* Finishes what is being torn down; a dying mapping is nobody's reason to refuse. */
static void finish_dying(struct irqref_domain *domain)
{
	irqref_hwirq_t cursor = 0, hwirq = 0;
	struct irqref_desc *desc;

	do {
		struct irqref_level *level = NULL;
		unsigned int attempt = 0;

		irqref_hot_read_lock();
		desc = irqref_revmap_next(domain, &cursor);
		if (desc && desc_state(desc) == IRQREF_DYING)
			level = irqref_desc_level(desc, domain);
		if (level)
			hwirq = level->hwirq;
		irqref_hot_read_unlock();
		while (level && desc_state(desc) == IRQREF_DYING &&
		       irqref_mapping_wait(domain, hwirq, attempt++) == IRQREF_RETRY)
			;
	} while (desc);
}

static void revoke_all(struct irqref_domain *domain, struct pass *pass)
{
	unsigned int attempt = 0;

	while (irqref_revmap_count(domain)) {
		irqref_hwirq_t cursor = 0;
		struct irqref_desc *desc;
		bool held, busy = false;

		while ((desc = next_mapping(domain, &cursor, pass, &held)))
			busy |= irqref_revoke(domain, desc, pass->how, pass->report, pass->ctx) ==
			        IRQREF_RETRY;
		if (busy)
			pass->space->port.pause(pass->space->port.ctx, attempt++);
	}
}

/*
 * A grace period each time: who has given its slot back may yet have to give the number back, and
 * that waits for a period which begins afterwards.
 */
static void drain_releases(struct irqref_domain *domain)
{
	struct irqref_space *space = domain->space;
	unsigned int attempt = 0;

	for (;;) {
		irqref_grace_pass(space);
		irqref_reap(space);
		if (!ld_sc(&domain->unreleased))
			return;
		space->port.pause(space->port.ctx, attempt++);
	}
}

static int begin_removal(struct irqref_domain *domain, enum irqref_remove how)
{
	struct irqref_space *space = domain->space;
	unsigned long flags = space_lock(space);
	int rc = IRQREF_OK;

	if (!domain_live(domain))
		rc = IRQREF_ERR_STALE;
	else if (how == IRQREF_REMOVE_POLITE && domain->children)
		rc = IRQREF_ERR_BUSY;
	else
		st_sc(&domain->state, (uint32_t)DOMAIN_REMOVING);
	space_unlock(space, flags);
	return rc;
}

/*
 * Whether a polite removal may begin. Asked while the domain is still in use, so that a refusal
 * disturbs nobody.
 */
static int ask(struct irqref_domain *domain, struct pass *pass)
{
	look_through(domain, pass, false);
	if (pass->self)
		return IRQREF_ERR_DEADLK;
	if (pass->held) {
		finish_dying(domain);
		pass->held = false;
		look_through(domain, pass, true);
	}
	return pass->held ? IRQREF_ERR_BUSY : IRQREF_OK;
}

int irqref_domain_remove(struct irqref_domain *domain, enum irqref_remove how,
                         irqref_report_fn *report, void *ctx)
{
	struct pass pass = {.how = how, .report = report, .ctx = ctx};
	int rc = IRQREF_OK;

	if (!domain || (unsigned int)how > IRQREF_REMOVE_LINUX)
		return IRQREF_ERR_INVAL;
	pass.space = domain->space;
	if (!can_wait(pass.space))
		return IRQREF_ERR_ATOMIC;
	rank_none();
	if (how == IRQREF_REMOVE_POLITE && domain_live(domain))
		rc = ask(domain, &pass);
	if (!rc)
		rc = begin_removal(domain, how);
	if (rc)
		return rc;
	irqref_revmap_shut(domain);
	/* Somebody may have come between the question and the beginning, but comes no more. */
	look_through(domain, &pass, false);
	if (pass.self || (how == IRQREF_REMOVE_POLITE && pass.held)) {
		st_sc(&domain->state, (uint32_t)DOMAIN_LIVE);
		return pass.self ? IRQREF_ERR_DEADLK : IRQREF_ERR_BUSY;
	}
	revoke_all(domain, &pass);
	list_remove(pass.space, domain);
	irqref_revmap_fini(domain);
	drain_releases(domain);
	tomb_push(pass.space, domain);
	return IRQREF_OK;
}

/* ------------------------------------------------------------ associating */

static int associate_one(struct irqref_domain *domain, irqref_virq_t virq, irqref_hwirq_t hwirq)
{
	struct irqref_space *space = domain->space;
	struct get get = {.domain = domain, .hwirq = hwirq, .floating = true, .fixed = true};
	struct irqref_desc *desc;
	int rc = irqref_number_take_at(space, virq, &desc);

	if (rc)
		return rc;
	rc = irqref_mapping_create(&get, desc);
	return rc == IRQREF_RETRY ? IRQREF_ERR_EXIST : rc;
}

static void dissociate_one(struct irqref_domain *domain, irqref_virq_t virq)
{
	struct irqref_space *space = domain->space;
	unsigned int attempt = 0;

	while (irqref_revoke(domain, desc_of(space, virq), IRQREF_REMOVE_LINUX, NULL, NULL) ==
	       IRQREF_RETRY)
		space->port.pause(space->port.ctx, attempt++);
}

int irqref_domain_associate(struct irqref_domain *domain, irqref_virq_t virq, irqref_hwirq_t hwirq,
                            uint32_t count)
{
	struct irqref_space *space;
	uint32_t i;
	int rc = IRQREF_OK;

	if (!domain || !virq || !count)
		return IRQREF_ERR_INVAL;
	space = domain->space;
	if (virq > space->max_irqs || count - 1u > space->max_irqs - virq)
		return IRQREF_ERR_INVAL;
	if (!can_wait(space))
		return IRQREF_ERR_ATOMIC;
	if (!domain_live(domain))
		return IRQREF_ERR_STALE;
	if (hwirq >= domain->max || count > domain->max - hwirq)
		return IRQREF_ERR_RANGE;
	for (i = 0; i < count && !rc; i++)
		rc = associate_one(domain, virq + i, hwirq + i);
	if (!rc)
		return IRQREF_OK;
	for (i--; i--;)
		dissociate_one(domain, virq + i);
	return rc;
}

/* ---------------------------------------------------------------- looking */

int irqref_domain_set_default(struct irqref_space *space, struct irqref_domain *domain)
{
	unsigned long flags;
	int rc = IRQREF_OK;

	if (!space || (domain && domain->space != space))
		return IRQREF_ERR_INVAL;
	flags = space_lock(space);
	if (domain && !domain_live(domain))
		rc = IRQREF_ERR_STALE;
	else
		st_rel(&space->default_domain, domain);
	space_unlock(space, flags);
	return rc;
}

struct irqref_domain *irqref_domain_default(struct irqref_space *space)
{
	return space ? ld_acq(&space->default_domain) : NULL;
}

struct irqref_domain *irqref_domain_by_node(struct irqref_space *space, uintptr_t node,
                                            uint32_t bus)
{
	struct irqref_domain *domain;

	if (!space)
		return NULL;
	if (!node)
		return irqref_domain_default(space);
	irqref_hot_read_lock();
	domain = node_find(space, node, bus);
	if (!domain && bus)
		domain = node_find(space, node, 0);
	irqref_hot_read_unlock();
	return domain;
}

void *irqref_domain_data(const struct irqref_domain *domain)
{
	return domain ? domain->data : NULL;
}

const char *irqref_domain_name(const struct irqref_domain *domain)
{
	if (!domain || ld_acq(&domain->state) == DOMAIN_REMOVED)
		return "(removed)";
	return domain->name;
}

struct irqref_space *irqref_domain_space(const struct irqref_domain *domain)
{
	return domain ? domain->space : NULL;
}

struct irqref_domain *irqref_domain_parent(const struct irqref_domain *domain)
{
	return domain ? domain->parent : NULL;
}

uint32_t irqref_domain_mappings(const struct irqref_domain *domain)
{
	uint32_t count;

	if (!domain)
		return 0;
	irqref_hot_read_lock();
	count = irqref_revmap_count(domain);
	irqref_hot_read_unlock();
	return count;
}

static int translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                     irqref_hwirq_t *hwirq, unsigned int *type)
{
	if (!domain_live(domain))
		return IRQREF_ERR_STALE;
	*type = IRQREF_TYPE_NONE;
	if (domain->ops && domain->ops->translate)
		return domain->ops->translate(domain, fwspec, hwirq, type) ? IRQREF_ERR_REFUSED
		                                                           : IRQREF_OK;
	if (!fwspec->ncells)
		return IRQREF_ERR_INVAL;
	*hwirq = fwspec->cells[0];
	if (fwspec->ncells > 1)
		*type = fwspec->cells[1];
	return IRQREF_OK;
}

/* In a read section, for which a removal of the domain waits: its callback does not run later. */
int irqref_domain_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                            irqref_hwirq_t *hwirq, unsigned int *type)
{
	int rc;

	if (!domain || !fwspec || !hwirq || !type || fwspec->ncells > IRQREF_FWSPEC_CELLS)
		return IRQREF_ERR_INVAL;
	irqref_hot_read_lock();
	rc = translate(domain, fwspec, hwirq, type);
	irqref_hot_read_unlock();
	return !rc && *type & ~IRQREF_TYPE_MASK ? IRQREF_ERR_INVAL : rc;
}
