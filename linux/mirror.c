// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's domains and mappings in the library: each irq_domain has a twin, each mapping a
 * number, in the same levels. A twin's map callback is the kernel's own create, its unmap callback
 * the kernel's own dispose. So it is the library that says who makes a mapping, who waits for
 * whom, and when it ends.
 */
#define pr_fmt(fmt) "irqref: " fmt

#include "module.h"

#include "inside.h"

#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

/* irq_domain -> mirror. An entry that is gone stays until the kernel is done with its removal. */
static DEFINE_XARRAY(mirrors);
static DEFINE_MUTEX(mirrors_lock);

/* Holds a mapping while the kernel is asked what it thinks of one more create. */
static struct irqref_consumer creating;

static const struct irqref_domain_ops twin_ops;

/* ----------------------------------------------------------------- domains */

static void mirror_release(struct kref *refs)
{
	struct mirror *mirror = container_of(refs, struct mirror, refs);
	struct mirror *parent = mirror->parent;

	kfree(mirror);
	if (parent)
		kref_put(&parent->refs, mirror_release);
}

static void mirror_put(struct mirror *mirror)
{
	kref_put(&mirror->refs, mirror_release);
}

/*
 * A mapping that outlived its domain, as the kernel allows, has a pointer to freed memory. So what
 * it points to is read without trusting it: at worst a strange name is shown.
 */
static bool read_domain(const struct irq_domain *domain, struct irq_domain **parent, char *name,
                        unsigned int size)
{
	const char *from;
	unsigned int i;

	*parent = NULL;
	if (copy_from_kernel_nofault(&from, &domain->name, sizeof(from)))
		return false;
#ifdef CONFIG_IRQ_DOMAIN_HIERARCHY
	if (copy_from_kernel_nofault(parent, &domain->parent, sizeof(*parent)))
		return false;
#endif
	for (i = 0; i < size - 1; i++) {
		if (!from || copy_from_kernel_nofault(&name[i], &from[i], 1) || !name[i])
			break;
	}
	name[i] = '\0';
	if (!i)
		strscpy(name, "-", size);
	caller_clean(name);
	return true;
}

static struct mirror *get_locked(struct irq_domain *domain, unsigned int depth);

static struct mirror *add_locked(struct irq_domain *domain, unsigned int depth)
{
	struct mirror *mirror = ledger_alloc(sizeof(*mirror));
	struct irqref_domain_config config = {.ops = &twin_ops, .max = UINT64_MAX, .data = mirror};
	struct irq_domain *parent;
	char name[NAME_LEN];

	if (!mirror)
		return NULL;
	if (!read_domain(domain, &parent, name, sizeof(name)))
		goto free_mirror;
	if (parent) {
		mirror->parent = get_locked(parent, depth + 1);
		if (!mirror->parent)
			goto free_mirror;
		config.parent = mirror->parent->twin;
	}
	kref_init(&mirror->refs);
	mirror->domain = domain;
	config.name = name;
	if (irqref_domain_add(irqref_space, &config, &mirror->twin))
		goto put_parent;
	if (xa_is_err(xa_store(&mirrors, (unsigned long)domain, mirror, GFP_KERNEL)))
		goto remove_twin;
	return mirror;

remove_twin:
	(void)irqref_domain_remove(mirror->twin, IRQREF_REMOVE_FORCE, NULL, NULL);
put_parent:
	if (mirror->parent)
		mirror_put(mirror->parent);
free_mirror:
	kfree(mirror);
	return NULL;
}

static struct mirror *get_locked(struct irq_domain *domain, unsigned int depth)
{
	struct mirror *mirror = xa_load(&mirrors, (unsigned long)domain);

	if (!mirror && depth < LEVELS_MAX)
		mirror = add_locked(domain, depth);
	if (!mirror || mirror->gone)
		return NULL;
	kref_get(&mirror->refs);
	return mirror;
}

/* NULL where there is no memory, or the domain is just being removed. */
static struct mirror *mirror_get(struct irq_domain *domain)
{
	struct mirror *mirror;

	mutex_lock(&mirrors_lock);
	mirror = get_locked(domain, 0);
	mutex_unlock(&mirrors_lock);
	return mirror;
}

static bool mirror_usable(const struct mirror *mirror)
{
	for (; mirror; mirror = mirror->parent) {
		if (READ_ONCE(mirror->gone))
			return false;
	}
	return true;
}

/* ------------------------------------------------------- the twin's callbacks */

/* The rest of a hierarchy is as the kernel has it, as far as it follows the domains' parents. */
static int map_rest(struct irqref_desc *desc, struct irqref_level *level, struct creation *creation)
{
	struct mirror *mirror = irqref_domain_data(level->domain);
	unsigned int next = creation->at + 1;

	if (next >= creation->nr_levels || !mirror->parent ||
	    mirror->parent->domain != creation->levels[next].domain)
		return 0;
	creation->at = next;
	return irqref_map_parent(desc, level, creation->levels[next].hwirq, creation);
}

static int map_outermost(struct irqref_desc *desc, struct irqref_level *level,
                         struct creation *creation)
{
	struct shadow *shadow;
	int rc;

	if (creation->original) {
		creation->asked = true;
		creation->virq = creation->original(creation);
		if (!creation->virq || adopt_levels(creation->virq, creation))
			return -1;
		/* An inner level of what is there already: the caller takes that over as a whole. */
		if (creation->levels[0].domain != creation->domain ||
		    creation->levels[0].hwirq != creation->hwirq)
			return -1;
	}
	shadow = shadow_add(creation, desc, level);
	if (!shadow)
		return IRQREF_ERR_NOMEM;
	rc = map_rest(desc, level, creation);
	if (rc) {
		level->chip_data = NULL;
		shadow_remove(shadow);
	}
	creation->made = !rc;
	return rc;
}

static int twin_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct creation *creation = (struct creation *)arg;

	if (!creation)
		return -1;
	return creation->at ? map_rest(desc, level, creation)
	                    : map_outermost(desc, level, creation);
}

/*
 * The kernel's number is taken off first: the kernel gives it out again at once.
 * A mapping that never lived stays the kernel's: only the ledger could not have it.
 */
static void twin_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct mirror *mirror = irqref_domain_data(level->domain);
	struct shadow *shadow = level->chip_data;
	unsigned int virq;

	if (!shadow)
		return;
	level->chip_data = NULL;
	virq = shadow->virq;
	shadow_unlink(shadow);
	if (!inside_unborn(desc)) {
		count(COUNT_TORN_DOWN);
		if (mirror_usable(mirror)) {
			enum ending ending = READ_ONCE(shadow->ending);

			if (ending == END_DISPOSE)
				ORIGINAL_VOID(HOOK_DISPOSE, irq_dispose_mapping, virq);
			else if (ending == END_FREE_IRQS)
				ORIGINAL_VOID(HOOK_FREE_IRQS, irq_domain_free_irqs, virq, 1);
		}
	}
	if (inside_revoked(desc))
		WRITE_ONCE(shadow->revoked, true);
	else
		shadow_remove(shadow);
}

static const struct irqref_domain_ops twin_ops = {
        .map = twin_map,
        .unmap = twin_unmap,
};

/* ----------------------------------------------------------------- creating */

/* Ends the mapping in the ledger alone. */
static void give_up(u32 number)
{
	shadow_set_ending(number, END_NOTHING);
	(void)inside_revoke(irqref_space, number);
}

/* The kernel has a mapping and the ledger another idea of it: the kernel is right. */
static void correct(u32 number, unsigned int virq)
{
	count(COUNT_UNKNOWN);
	give_up(number);
	(void)mirror_adopt(virq, NULL);
}

/* Whether somebody disposed of it and nobody created it again: that may have been before it was recorded. */
static bool is_disposed(const struct shadow *shadow)
{
	bool floating;
	u32 strong;

	inside_count(irqref_space, shadow->number, &strong, &floating);
	return shadow->disposer[0] && !floating;
}

static void refloat(struct mirror *mirror, struct creation *creation, u32 number)
{
	bool pci = pci_routing() != NULL;
	struct shadow shadow;
	char by[NAME_LEN];
	u32 same;

	if (!shadow_copy(number, &shadow))
		return;
	by[0] = '\0';
	if (is_disposed(&shadow))
		caller_find(by, sizeof(by));
	if (irqref_floating_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, NULL, &same, NULL))
		return;
	shadow_floats(number, by, !pci);
}

/* With the mapping held. One that was there already is the kernel's to judge: type, affinity. */
static void create_held(struct mirror *mirror, struct creation *creation, u32 number)
{
	struct shadow shadow;

	if (creation->asked) {
		refloat(mirror, creation, number);
		return;
	}
	creation->virq = creation->original(creation);
	if (!shadow_copy(number, &shadow))
		return;
	if (!creation->virq) {
		char left[256];

		holders_print(number, left, sizeof(left));
		event(EVENT_TYPE_CONFLICT, shadow.virq, &shadow, left);
		return;
	}
	if (shadow.virq == creation->virq)
		refloat(mirror, creation, number);
	else
		correct(number, creation->virq);
}

static void let_go(struct irqref_ref ref, u32 number)
{
	(void)irqref_put(irqref_space, ref);
	shadow_sweep(number);
}

/* The library could not: what the kernel says holds, and the ledger says what it missed. */
static void create_plainly(struct creation *creation, int rc)
{
	bool foreign = creation->asked && rc == IRQREF_ERR_REFUSED;

	if (!creation->asked)
		creation->virq = creation->original(creation);
	/* DEADLK: a part of a create that is being followed already. */
	if (!creation->virq || rc == IRQREF_ERR_DEADLK)
		return;
	if (foreign && !mirror_adopt(creation->virq, NULL))
		return;
	count(rc == IRQREF_ERR_NOMEM || rc == IRQREF_ERR_NOSPC ? COUNT_OOM : COUNT_UNKNOWN);
}

/*
 * Holds the mapping of what is asked for, which is made if it is not there. One that was taken over too late,
 * and is just being given up, is none.
 */
static int hold(struct mirror *mirror, struct creation *creation, struct irqref_ref *ref,
                u32 *number)
{
	unsigned int attempt = 0;
	int rc;

	for (;; port_pause(NULL, attempt++)) {
		rc = irqref_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, creating, creation,
		                ref, NULL);
		if (!rc)
			rc = irqref_ref_virq(irqref_space, *ref, number);
		if (rc || creation->made || shadow_wait_made(*number))
			return rc;
		let_go(*ref, *number);
	}
}

unsigned int mirror_create(struct creation *creation)
{
	struct mirror *mirror = mirror_get(creation->domain);
	struct irqref_ref ref;
	u32 number;
	int rc = IRQREF_ERR_NOMEM;

	count(COUNT_CREATES);
	if (mirror)
		rc = hold(mirror, creation, &ref, &number);
	if (!rc) {
		create_held(mirror, creation, number);
		shadow_made(number);
		let_go(ref, number);
	} else {
		create_plainly(creation, rc);
	}
	if (mirror)
		mirror_put(mirror);
	return creation->virq;
}

/* Whether the kernel still has what was read of it before. */
static bool still_mapped(const struct creation *then)
{
	struct creation now = {.virq = then->virq};

	return !adopt_levels(then->virq, &now) && now.levels[0].domain == then->levels[0].domain &&
	       now.levels[0].hwirq == then->levels[0].hwirq;
}

/*
 * Takes over what was read of the kernel. Until that is done, with the handlers, or given up, others wait
 * for it; whoever makes it, it is held meanwhile. It may have ended before the ledger had it, and
 * nobody would tell: then it is given up, by the hold's end, and the kernel is not called; others may have its
 * number by now. Returns EAGAIN then, or an error of the library's.
 */
static int adopt(struct mirror *mirror, struct creation *creation)
{
	struct irqref_ref ref;
	u32 number, same;
	int rc = irqref_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, creating, creation,
	                    &ref, NULL);

	if (!rc)
		rc = irqref_ref_virq(irqref_space, ref, &number);
	if (rc)
		return rc;
	if (creation->made && still_mapped(creation)) {
		(void)irqref_floating_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, NULL,
		                          &same, NULL);
		adopt_handlers(creation->virq, number);
		shadow_made(number);
	} else if (creation->made) {
		shadow_set_ending(number, END_NOTHING);
		rc = EAGAIN;
	}
	let_go(ref, number);
	return rc;
}

static int adopt_once(unsigned int virq, const char *creator)
{
	struct creation creation = {.virq = virq, .creator = creator};
	struct mirror *mirror;
	int rc;

	if (shadow_number(virq))
		return 0;
	rc = adopt_levels(virq, &creation);
	if (rc)
		return rc;
	creation.hwirq = creation.levels[0].hwirq;
	mirror = mirror_get(creation.levels[0].domain);
	rc = mirror ? adopt(mirror, &creation) : IRQREF_ERR_NOMEM;
	if (mirror)
		mirror_put(mirror);
	if (rc == EAGAIN)
		return -EAGAIN;
	/* If not here, then by somebody else just now; or there is no mapping any more. */
	if ((!rc && creation.made) || shadow_number(virq))
		return 0;
	if (!still_mapped(&creation))
		return -ENOENT;
	/* DEADLK: a part of a create that is being followed already. */
	if (rc != IRQREF_ERR_DEADLK)
		count(rc == IRQREF_ERR_NOMEM || rc == IRQREF_ERR_NOSPC ? COUNT_OOM : COUNT_UNKNOWN);
	return -ENOMEM;
}

/*
 * Takes a mapping over that the kernel has made, with its handlers. @creator NULL: whoever is on the
 * stack. If it ends meanwhile, the next one with its number is taken over instead.
 */
int mirror_adopt(unsigned int virq, const char *creator)
{
	int rc;

	do
		rc = adopt_once(virq, creator);
	while (rc == -EAGAIN);
	return rc;
}

/* The number of a mapping, settled; the ledger takes it over if it lacks it. */
u32 mirror_known(unsigned int virq)
{
	u32 number = shadow_settled(virq);

	if (!number && !mirror_adopt(virq, "unknown"))
		number = shadow_settled(virq);
	return number;
}

/* ------------------------------------------------------------------- ending */

/* Ends a mapping for good, whoever holds it. */
int mirror_end(unsigned int virq, enum ending ending, int kind)
{
	u32 number = shadow_settled(virq);

	if (!number)
		return IRQREF_ERR_STALE;
	shadow_set_ending(number, ending);
	shadow_set_kind(number, kind);
	return inside_revoke(irqref_space, number);
}

/* Clears the floating reference: the mapping ends if nobody has a strong one. */
int mirror_unfloat(unsigned int virq, enum ending ending)
{
	u32 number = shadow_settled(virq);

	if (!number)
		return IRQREF_ERR_STALE;
	shadow_set_ending(number, ending);
	return irqref_floating_put(irqref_space, number);
}

/*
 * Before the kernel removes a domain: what is left of its mappings is recorded, not touched, since
 * the kernel leaves it, too. Afterwards nothing of the domain is called any more.
 */
struct mirror *mirror_domain_begin(struct irq_domain *domain)
{
	struct shadow shadow;
	struct mirror *mirror;
	u32 number;

	mutex_lock(&mirrors_lock);
	mirror = xa_load(&mirrors, (unsigned long)domain);
	if (mirror)
		WRITE_ONCE(mirror->gone, true);
	mutex_unlock(&mirrors_lock);
	if (!mirror)
		return NULL;
	for (number = shadow_next(0, &shadow); number; number = shadow_next(number, &shadow)) {
		if (shadow.mirror == mirror)
			shadow_set_kind(number, EVENT_DOMAIN_REMOVED_LIVE);
	}
	(void)irqref_domain_remove(mirror->twin, IRQREF_REMOVE_FORCE, NULL, NULL);
	return mirror;
}

void mirror_domain_end(struct mirror *mirror)
{
	if (!mirror)
		return;
	mutex_lock(&mirrors_lock);
	xa_erase(&mirrors, (unsigned long)mirror->domain);
	mutex_unlock(&mirrors_lock);
	mirror_put(mirror);
}

/* ----------------------------------------------------------- start and stop */

int mirror_start(void)
{
	return irqref_consumer_add(irqref_space, CREATING, &creating) ? -ENOMEM : 0;
}

/*
 * Nobody comes any more, and the kernel keeps what it has. A dispose that was put off because
 * somebody used the mapping will not be made up for: that is said.
 */
static void settle(const struct shadow *shadow)
{
	char left[256];

	holders_print(shadow->number, left, sizeof(left));
	if (is_disposed(shadow) && !shadow->revoked) {
		pr_info("virq %u (%s, hwirq %llu) stays mapped: %s disposed of it while in use by %s\n",
		        shadow->virq, shadow->domain, shadow->hwirq, shadow->disposer, left);
		event_by(EVENT_SETTLED, shadow->virq, shadow, left, shadow->disposer);
	}
	shadow_set_ending(shadow->number, END_NOTHING);
	handlers_drop_all(shadow->number);
	(void)inside_revoke(irqref_space, shadow->number);
	shadow_sweep(shadow->number);
}

void mirror_stop(void)
{
	struct mirror *mirror;
	struct shadow shadow;
	unsigned long index;
	u32 number;

	for (number = shadow_next(0, &shadow); number; number = shadow_next(number, &shadow))
		settle(&shadow);
	(void)irqref_consumer_remove(irqref_space, creating, NULL, NULL);
	xa_for_each(&mirrors, index, mirror)
	{
		(void)irqref_domain_remove(mirror->twin, IRQREF_REMOVE_FORCE, NULL, NULL);
		xa_erase(&mirrors, index);
		mirror_put(mirror);
	}
	xa_destroy(&mirrors);
	shadow_stop();
}
