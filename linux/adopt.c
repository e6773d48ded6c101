// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was there before the module: mappings float, their creator is unknown; handlers are strong.
 */
#include "module.h"

#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static unsigned int look_at_levels(unsigned int virq, struct level *levels)
{
	const struct irq_data *data = irq_get_irq_data(virq);
	struct irq_data copy;
	unsigned int n;

	for (n = 0; data && n < LEVELS_MAX; n++) {
		if (copy_from_kernel_nofault(&copy, data, sizeof(copy)) || !copy.domain)
			break;
		levels[n].domain = copy.domain;
		levels[n].hwirq = copy.hwirq;
#ifdef CONFIG_IRQ_DOMAIN_HIERARCHY
		data = copy.parent_data;
#else
		data = NULL;
#endif
	}
	return n;
}

/*
 * The levels of a mapping, outermost first. The outermost one is freed after a grace period, those
 * below at once, under a lock of the kernel's that cannot be had here. But before that the outermost one
 * loses its domain: so they are read without trusting them, and hold if a second look finds the same.
 */
int adopt_levels(unsigned int virq, struct creation *creation)
{
	struct level again[LEVELS_MAX];
	unsigned int n, m;

	rcu_read_lock();
	do {
		n = look_at_levels(virq, creation->levels);
		smp_rmb();
		m = look_at_levels(virq, again);
	} while (n != m || memcmp(creation->levels, again, n * sizeof(*again)));
	rcu_read_unlock();
	creation->nr_levels = n;
	return n ? 0 : -ENOENT;
}

#define HANDLERS_MAX 32

struct found {
	char name[48];
	const void *code;
	void *cookie;
};

static void *cookie_of(const struct irqaction *action)
{
	if (action->dev_id)
		return action->dev_id;
	if (action->percpu_dev_id)
		return (void __force *)action->percpu_dev_id;
	/* A demultiplexer's placeholder has no name. */
	return action->name ? handler_plain : handler_chained;
}

static unsigned int look(unsigned int virq, struct found *found, unsigned int max)
{
	struct irq_data *data;
	unsigned int n = 0;

	rcu_read_lock();
	data = irq_get_irq_data(virq);
	if (data) {
		struct irq_desc *desc = irq_data_to_desc(data);
		const struct irqaction *action;
		unsigned long flags;

		raw_spin_lock_irqsave(&desc->lock, flags);
		for (action = desc->action; action && n < max; action = action->next) {
			const char *name = action->name ? action->name : "chained";

			strscpy(found[n].name, name, sizeof(found[n].name));
			found[n].cookie = cookie_of(action);
			found[n].code = action->thread_fn && !action->handler
			                        ? (const void *)action->thread_fn
			                        : (const void *)action->handler;
			n++;
		}
		raw_spin_unlock_irqrestore(&desc->lock, flags);
	}
	rcu_read_unlock();
	return n;
}

static bool has_handlers(unsigned int virq)
{
	struct irq_data *data;
	bool has;

	rcu_read_lock();
	data = irq_get_irq_data(virq);
	has = data && READ_ONCE(irq_data_to_desc(data)->action);
	rcu_read_unlock();
	return has;
}

static bool has(const struct found *found, unsigned int n, const void *cookie)
{
	while (n--) {
		if (found[n].cookie == cookie)
			return true;
	}
	return false;
}

/*
 * Of a mapping that is being taken over. A handler that is requested meanwhile is not seen here: who
 * requests it waits until this is over, see mirror_known(), before the kernel has it. One that is freed
 * meanwhile may get a reference after it is gone: so look again. Who frees it after that finds the reference.
 */
void adopt_handlers(unsigned int virq, u32 number)
{
	struct found *found, *again;
	unsigned int i, n, m;

	if (!has_handlers(virq))
		return;
	found = ledger_alloc(2 * HANDLERS_MAX * sizeof(*found));
	again = found + HANDLERS_MAX;
	if (!found) {
		count(COUNT_OOM);
		return;
	}
	n = look(virq, found, HANDLERS_MAX);
	for (i = 0; i < n; i++) {
		if (!handler_there(number, found[i].cookie))
			(void)handler_add(virq, found[i].name, found[i].code, found[i].cookie);
	}
	m = look(virq, again, HANDLERS_MAX);
	for (i = 0; i < n; i++) {
		if (!has(again, m, found[i].cookie))
			(void)handler_drop(number, found[i].cookie);
	}
	kfree(found);
}

void adopt_all(void)
{
	unsigned int virq;

	for (virq = 0; virq < (unsigned int)nr_irqs; virq++) {
		if (shadow_number(virq) || mirror_adopt(virq, "unknown"))
			continue;
		count(COUNT_ADOPTED);
		cond_resched();
	}
}
