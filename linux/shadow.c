// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the module knows of mappings beyond the library, by the kernel's number and by the library's.
 */
#include "module.h"

#include "inside.h"

#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/xarray.h>

/* virq -> shadow of the live mapping; number -> shadow, the revoked ones too. */
static DEFINE_XARRAY(by_virq);
static DEFINE_XARRAY(by_number);
/* What of a shadow changes during its life. */
static DEFINE_SPINLOCK(shadow_lock);

/* @maker: who is still at it, or NULL. */
static u32 look_up(unsigned int virq, const struct task_struct **maker)
{
	struct shadow *shadow;
	u32 number = 0;

	*maker = NULL;
	rcu_read_lock();
	shadow = xa_load(&by_virq, virq);
	if (shadow) {
		number = shadow->number;
		*maker = READ_ONCE(shadow->maker);
	}
	rcu_read_unlock();
	return number;
}

u32 shadow_number(unsigned int virq)
{
	const struct task_struct *maker;

	return look_up(virq, &maker);
}

/*
 * The number of a mapping that has its first holders: who is just making it, or taking it over, is waited
 * for. That one needs nothing but memory any more.
 */
u32 shadow_settled(unsigned int virq)
{
	const struct task_struct *maker;
	unsigned int attempt = 0;
	u32 number;

	while ((number = look_up(virq, &maker)) && maker && maker != current)
		port_pause(NULL, attempt++);
	return number;
}

static void copy(const struct shadow *shadow, struct shadow *out)
{
	unsigned long flags;

	spin_lock_irqsave(&shadow_lock, flags);
	*out = *shadow;
	spin_unlock_irqrestore(&shadow_lock, flags);
}

bool shadow_copy(u32 number, struct shadow *out)
{
	struct shadow *shadow;

	rcu_read_lock();
	shadow = xa_load(&by_number, number);
	if (shadow)
		copy(shadow, out);
	rcu_read_unlock();
	return shadow != NULL;
}

u32 shadow_next(u32 number, struct shadow *out)
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
void shadow_set_ending(u32 number, enum ending ending)
{
	(void)SHADOW_CHANGE(number, {
		if (shadow->ending != END_NOTHING)
			WRITE_ONCE(shadow->ending, ending);
	});
}

void shadow_set_kind(u32 number, int kind)
{
	(void)SHADOW_CHANGE(number, shadow->kind = kind);
}

/* It has its first holders. */
void shadow_made(u32 number)
{
	(void)SHADOW_CHANGE(number, {
		if (shadow->maker == current)
			WRITE_ONCE(shadow->maker, NULL);
	});
}

/*
 * Waits for whoever is just making it, or taking it over; false if that one gives it up, which it has to
 * itself, so whoever else holds it lets go.
 */
bool shadow_wait_made(u32 number)
{
	const struct task_struct *maker = NULL;
	unsigned int attempt = 0;
	struct shadow *shadow;
	bool given_up;

	for (;;) {
		rcu_read_lock();
		shadow = xa_load(&by_number, number);
		if (shadow)
			maker = READ_ONCE(shadow->maker);
		given_up = shadow && READ_ONCE(shadow->ending) == END_NOTHING;
		rcu_read_unlock();
		if (!shadow || given_up || !maker || maker == current)
			return !given_up;
		port_pause(NULL, attempt++);
	}
}

void shadow_disposed_by(u32 number, const char *by)
{
	(void)SHADOW_CHANGE(number, strscpy(shadow->disposer, by, sizeof(shadow->disposer)));
}

/* It floats again: by whom, if it was disposed of meanwhile, else empty. */
void shadow_floats(u32 number, const char *by, bool foreign)
{
	(void)SHADOW_CHANGE(number, {
		if (foreign)
			shadow->foreign = true;
		shadow->disposer[0] = '\0';
		if (by[0])
			strscpy(shadow->creator, by, sizeof(shadow->creator));
	});
}

/* The last holder of a revoked mapping may have gone. */
void shadow_sweep(u32 number)
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

struct shadow *shadow_add(const struct creation *creation, struct irqref_desc *desc,
                          struct irqref_level *level)
{
	struct shadow *shadow = ledger_alloc(sizeof(*shadow));
	struct shadow *other;

	if (!shadow)
		return NULL;
	shadow->maker = current;
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
	/* The kernel has just said what is made. What is taken over may have been another one's since. */
	if (creation->original)
		other = xa_store(&by_virq, shadow->virq, shadow, GFP_KERNEL);
	else
		other = xa_cmpxchg(&by_virq, shadow->virq, NULL, shadow, GFP_KERNEL);
	if (xa_is_err(other) || (other && !creation->original))
		goto erase_number;
	level->chip_data = shadow;
	return shadow;

erase_number:
	xa_erase(&by_number, shadow->number);
free_shadow:
	kfree_rcu(shadow, rcu);
	return NULL;
}

/* The kernel gives its number out again at once. */
void shadow_unlink(struct shadow *shadow)
{
	xa_cmpxchg(&by_virq, shadow->virq, shadow, NULL, GFP_KERNEL);
}

void shadow_remove(struct shadow *shadow)
{
	shadow_unlink(shadow);
	xa_cmpxchg(&by_number, shadow->number, shadow, NULL, GFP_KERNEL);
	kfree_rcu(shadow, rcu);
}

void shadow_stop(void)
{
	xa_destroy(&by_virq);
	xa_destroy(&by_number);
}
