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
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

/* irq_domain -> mirror. An entry that is gone stays until the kernel is done with its removal. */
static DEFINE_XARRAY(mirrors);
static DEFINE_MUTEX(mirrors_lock);

/* virq -> shadow of the live mapping; number -> shadow, the revoked ones too. */
static DEFINE_XARRAY(by_virq);
static DEFINE_XARRAY(by_number);
/* What of a shadow changes during its life. */
static DEFINE_SPINLOCK(shadow_lock);

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

/* ------------------------------------------------------------------ shadows */

u32 mirror_number(unsigned int virq)
{
	struct shadow *shadow;
	u32 number = 0;

	rcu_read_lock();
	shadow = xa_load(&by_virq, virq);
	if (shadow)
		number = shadow->number;
	rcu_read_unlock();
	return number;
}

static void copy(const struct shadow *shadow, struct shadow *out)
{
	unsigned long flags;

	spin_lock_irqsave(&shadow_lock, flags);
	*out = *shadow;
	spin_unlock_irqrestore(&shadow_lock, flags);
}

bool mirror_shadow(u32 number, struct shadow *out)
{
	struct shadow *shadow;

	rcu_read_lock();
	shadow = xa_load(&by_number, number);
	if (shadow)
		copy(shadow, out);
	rcu_read_unlock();
	return shadow != NULL;
}

u32 mirror_next(u32 number, struct shadow *out)
{
	unsigned long index = (unsigned long)number + 1;
	struct shadow *shadow;

	rcu_read_lock();
	shadow = xa_find(&by_number, &index, ULONG_MAX, XA_PRESENT);
	if (shadow)
		copy(shadow, out);
	rcu_read_unlock();
	return shadow ? (u32)index : 0;
}

/* Changes what can change, under the lock; false where there is no such mapping. */
#define SHADOW_CHANGE(number, change)                                                              \
	({                                                                                         \
		u32 number_ = (number);                                                            \
		unsigned long flags_;                                                              \
		struct shadow *shadow;                                                             \
                                                                                                   \
		rcu_read_lock();                                                                   \
		spin_lock_irqsave(&shadow_lock, flags_);                                           \
		shadow = xa_load(&by_number, number_);                                             \
		if (shadow) {                                                                      \
			change;                                                                    \
		}                                                                                  \
		spin_unlock_irqrestore(&shadow_lock, flags_);                                      \
		rcu_read_unlock();                                                                 \
		shadow != NULL;                                                                    \
	})

/* What the kernel has ended, or keeps, stays so, whoever disposes of the number meanwhile. */
static void set_ending(u32 number, enum ending ending)
{
	(void)SHADOW_CHANGE(number, {
		if (shadow->ending != END_NOTHING)
			shadow->ending = ending;
	});
}

/* Ends the mapping in the ledger alone. */
static void give_up(u32 number)
{
	set_ending(number, END_NOTHING);
	(void)inside_revoke(irqref_space, number);
}

void mirror_disposed_by(u32 number, const char *by)
{
	(void)SHADOW_CHANGE(number, strscpy(shadow->disposer, by, sizeof(shadow->disposer)));
}

/* The last holder of a revoked mapping may have gone. */
void mirror_sweep(u32 number)
{
	struct shadow *shadow;
	bool over;

	rcu_read_lock();
	shadow = xa_load(&by_number, number);
	over = shadow && READ_ONCE(shadow->revoked) && !inside_used(irqref_space, number);
	rcu_read_unlock();
	if (over && xa_cmpxchg(&by_number, number, shadow, NULL, GFP_KERNEL) == shadow)
		kfree_rcu(shadow, rcu);
}

static struct shadow *shadow_add(const struct creation *creation, struct irqref_desc *desc,
                                 struct irqref_level *level)
{
	struct shadow *shadow = ledger_alloc(sizeof(*shadow));

	if (!shadow)
		return NULL;
	shadow->virq = creation->virq;
	shadow->number = irqref_desc_virq(desc);
	shadow->mirror = irqref_domain_data(level->domain);
	shadow->hwirq = level->hwirq;
	shadow->kind = EVENT_REVOKED;
	shadow->foreign = !pci_routing() && !creation->creator;
	strscpy(shadow->domain, irqref_domain_name(level->domain), sizeof(shadow->domain));
	if (creation->creator)
		strscpy(shadow->creator, creation->creator, sizeof(shadow->creator));
	else
		caller_find(shadow->creator, sizeof(shadow->creator));
	if (xa_is_err(xa_store(&by_number, shadow->number, shadow, GFP_KERNEL)))
		goto free_shadow;
	if (xa_is_err(xa_store(&by_virq, shadow->virq, shadow, GFP_KERNEL)))
		goto erase_number;
	level->chip_data = shadow;
	return shadow;

erase_number:
	xa_erase(&by_number, shadow->number);
free_shadow:
	kfree_rcu(shadow, rcu);
	return NULL;
}

static void shadow_remove(struct shadow *shadow)
{
	xa_cmpxchg(&by_virq, shadow->virq, shadow, NULL, GFP_KERNEL);
	xa_cmpxchg(&by_number, shadow->number, shadow, NULL, GFP_KERNEL);
	kfree_rcu(shadow, rcu);
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
 * The number is taken off @by_virq first: the kernel gives it out again at once.
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
	xa_cmpxchg(&by_virq, virq, shadow, NULL, GFP_KERNEL);
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

/* The kernel has a mapping and the ledger another idea of it: the kernel is right. */
static void correct(u32 number, unsigned int virq)
{
	count(COUNT_UNKNOWN);
	give_up(number);
	(void)mirror_adopt(virq, NULL);
}

static void refloat(struct mirror *mirror, struct creation *creation, u32 number)
{
	bool pci = pci_routing() != NULL;
	struct shadow shadow;
	char by[NAME_LEN];
	u32 same;

	if (!mirror_shadow(number, &shadow))
		return;
	by[0] = '\0';
	if (shadow.disposer[0])
		caller_find(by, sizeof(by));
	if (irqref_floating_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, NULL, &same, NULL))
		return;
	(void)SHADOW_CHANGE(number, {
		if (!pci)
			shadow->foreign = true;
		shadow->disposer[0] = '\0';
		if (by[0])
			strscpy(shadow->creator, by, sizeof(shadow->creator));
	});
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
	if (!mirror_shadow(number, &shadow))
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

unsigned int mirror_create(struct creation *creation)
{
	struct mirror *mirror = mirror_get(creation->domain);
	struct irqref_ref ref;
	u32 number;
	int rc = IRQREF_ERR_NOMEM;

	count(COUNT_CREATES);
	if (mirror)
		rc = irqref_get(mirror->twin, creation->hwirq, IRQREF_TYPE_NONE, creating, creation,
		                &ref, NULL);
	if (!rc && !irqref_ref_virq(irqref_space, ref, &number)) {
		create_held(mirror, creation, number);
		(void)irqref_put(irqref_space, ref);
		mirror_sweep(number);
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

/* Takes a mapping over that the kernel has made. @creator NULL: whoever is on the stack. */
int mirror_adopt(unsigned int virq, const char *creator)
{
	struct creation creation = {.virq = virq, .asked = true, .creator = creator};
	struct mirror *mirror;
	u32 number;
	int rc;

	if (mirror_number(virq))
		return 0;
	rc = adopt_levels(virq, &creation);
	if (rc)
		return rc;
	mirror = mirror_get(creation.levels[0].domain);
	if (!mirror) {
		count(COUNT_OOM);
		return -ENOMEM;
	}
	rc = irqref_floating_get(mirror->twin, creation.levels[0].hwirq, IRQREF_TYPE_NONE,
	                         &creation, &number, NULL);
	mirror_put(mirror);
	if (rc && rc != IRQREF_ERR_DEADLK)
		count(rc == IRQREF_ERR_NOMEM ? COUNT_OOM : COUNT_UNKNOWN);
	if (rc)
		return -ENOMEM;
	/*
	 * It may have ended before the ledger had it, and nobody would tell. While the ledger gives it
	 * up, others may create and dispose with the kernel's number: so it is the ledger's own that is
	 * given up, which is nobody else's, and the kernel is not called.
	 */
	if (!still_mapped(&creation))
		give_up(number);
	return 0;
}

/* ------------------------------------------------------------------- ending */

/* Ends a mapping for good, whoever holds it. */
int mirror_end(unsigned int virq, enum ending ending, int kind)
{
	u32 number = mirror_number(virq);

	if (!number)
		return IRQREF_ERR_STALE;
	set_ending(number, ending);
	(void)SHADOW_CHANGE(number, shadow->kind = kind);
	return inside_revoke(irqref_space, number);
}

/* Clears the floating reference: the mapping ends if nobody has a strong one. */
int mirror_unfloat(unsigned int virq, enum ending ending)
{
	u32 number = mirror_number(virq);

	if (!number)
		return IRQREF_ERR_STALE;
	set_ending(number, ending);
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
	for (number = mirror_next(0, &shadow); number; number = mirror_next(number, &shadow)) {
		if (shadow.mirror == mirror)
			(void)SHADOW_CHANGE(number, shadow->kind = EVENT_DOMAIN_REMOVED_LIVE);
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
	if (shadow->disposer[0] && !shadow->revoked) {
		pr_info("virq %u (%s, hwirq %llu) stays mapped: %s disposed of it while in use by %s\n",
		        shadow->virq, shadow->domain, shadow->hwirq, shadow->disposer, left);
		event_by(EVENT_SETTLED, shadow->virq, shadow, left, shadow->disposer);
	}
	set_ending(shadow->number, END_NOTHING);
	handlers_drop_all(shadow->number);
	(void)inside_revoke(irqref_space, shadow->number);
	mirror_sweep(shadow->number);
}

void mirror_stop(void)
{
	struct mirror *mirror;
	struct shadow shadow;
	unsigned long index;
	u32 number;

	for (number = mirror_next(0, &shadow); number; number = mirror_next(number, &shadow))
		settle(&shadow);
	(void)irqref_consumer_remove(irqref_space, creating, NULL, NULL);
	xa_for_each(&mirrors, index, mirror)
	{
		(void)irqref_domain_remove(mirror->twin, IRQREF_REMOVE_FORCE, NULL, NULL);
		xa_erase(&mirrors, index);
		mirror_put(mirror);
	}
	xa_destroy(&mirrors);
	xa_destroy(&by_virq);
	xa_destroy(&by_number);
}
