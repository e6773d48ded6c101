// SPDX-License-Identifier: GPL-2.0-only
/*
 * The library's port to Linux: memory, read sections, waiting.
 */
#include "module.h"

#include "irqref_port_linux.h"

#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

/* Every how manieth allocation fails, for tests; 0: none does. */
unsigned int irqref_fail;
static atomic_t allocations = ATOMIC_INIT(0);

/* -------------------------------------------------------------------- hot */

void irqref_hot_read_lock(void)
{
	rcu_read_lock();
}

void irqref_hot_read_unlock(void)
{
	rcu_read_unlock();
}

/*
 * Without preemptible RCU sections leave no trace, nor do spinlocks without preemption, so in_atomic() misses
 * them, too; and without lockdep rcu_read_lock_held() says yes to everybody. There it is up to the callers, as
 * it is with the kernel's own functions, all of which may sleep.
 */
bool irqref_hot_in_section(void)
{
	return rcu_preempt_depth() > 0;
}

uint32_t irqref_hot_cpu(void)
{
	return raw_smp_processor_id();
}

void irqref_hot_count(uint32_t *counter, uint32_t cpu)
{
	*counter += 1;
}

unsigned long irqref_hot_irq_save(void)
{
	unsigned long flags;

	local_irq_save(flags);
	return flags;
}

void irqref_hot_irq_restore(unsigned long flags)
{
	local_irq_restore(flags);
}

void irqref_hot_relax(unsigned int attempt)
{
	cpu_relax();
}

/* Never 0, which is nobody. */
uint32_t irqref_hot_self(void)
{
	return (uint32_t)task_pid_nr(current) + 1;
}

#ifdef IRQREF_DEBUG
/*
 * Core locks are held with interrupts off, so they belong to the CPU. Who may be moved to another
 * one holds none.
 */
static DEFINE_PER_CPU(uint32_t, locks);

uint32_t *irqref_hot_locks(void)
{
	static uint32_t none;

	return irqs_disabled() ? this_cpu_ptr(&locks) : &none;
}
#endif

/* ------------------------------------------------------------------- cold */

static bool fails(void)
{
	unsigned int fail = READ_ONCE(irqref_fail);

	return fail && (unsigned int)atomic_inc_return(&allocations) % fail == 0;
}

/* Zeroed memory for the module's own part of the ledger. */
void *ledger_alloc(size_t size)
{
	return fails() ? NULL : kzalloc(size, GFP_KERNEL | __GFP_NOWARN);
}

/* kmalloc() aligns to the size where that is a power of two, vmalloc() to a page. */
static void *port_alloc(void *ctx, size_t size, size_t align)
{
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN;

	if (fails())
		return NULL;
	if (size > PAGE_SIZE)
		return __vmalloc(size, gfp);
	return kmalloc(align > 8 ? roundup_pow_of_two(max(size, align)) : size, gfp);
}

static void port_free(void *ctx, void *ptr, size_t size)
{
	kvfree(ptr);
}

static void port_synchronize(void *ctx)
{
	synchronize_rcu();
}

#define PAUSE_SPINS 16

void port_pause(void *ctx, unsigned int attempt)
{
	if (attempt < PAUSE_SPINS)
		cond_resched();
	else
		schedule_timeout_uninterruptible(1);
}

static bool port_may_wait(void *ctx)
{
	return !in_atomic() && !irqs_disabled();
}

static void flush_space(struct work_struct *work)
{
	(void)irqref_flush(irqref_space);
}

static DECLARE_WORK(flushing, flush_space);

static void port_kick(void *ctx)
{
	schedule_work(&flushing);
}

static uint32_t port_now(void *ctx)
{
	return (uint32_t)(get_jiffies_64() / HZ);
}

void port_fill(struct irqref_port *port)
{
	*port = (struct irqref_port){
	        .alloc = port_alloc,
	        .free = port_free,
	        .synchronize = port_synchronize,
	        .pause = port_pause,
	        .may_wait = port_may_wait,
	        .kick = port_kick,
	        .now = port_now,
	        .event = events_port,
	        .nr_cpus = nr_cpu_ids,
	};
}

/* Nothing is left that could kick. */
void port_stop(void)
{
	cancel_work_sync(&flushing);
}
