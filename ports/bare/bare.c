/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena's lock is held with interrupts saved, as the core's own are, though no interrupt takes
 * it: a CPU that serves interrupts for long would keep the others waiting.
 */
#include "bare.h"
#include "irqref_port_bare.h"

#include <irqref/error.h>

struct irqref_bare_cpu irqref_bare_cpus[IRQREF_BARE_CPUS];

static unsigned long lock(struct irqref_bare *bare)
{
	unsigned long flags = irqref_bare_arch_irq_save();

	while (__atomic_exchange_n(&bare->lock, 1u, __ATOMIC_ACQUIRE)) {
		while (__atomic_load_n(&bare->lock, __ATOMIC_RELAXED))
			irqref_bare_arch_relax();
	}
	return flags;
}

static void unlock(struct irqref_bare *bare, unsigned long flags)
{
	__atomic_store_n(&bare->lock, 0u, __ATOMIC_RELEASE);
	irqref_bare_arch_irq_restore(flags);
}

static void *bare_alloc(void *ctx, size_t size, size_t align)
{
	struct irqref_bare *bare = ctx;
	unsigned long flags = lock(bare);
	unsigned char *p = irqref_arena_alloc(&bare->memory, size, align);
	size_t i;

	unlock(bare, flags);
	for (i = 0; p && i < size; i++)
		p[i] = 0;
	return p;
}

static void bare_free(void *ctx, void *ptr, size_t size)
{
	struct irqref_bare *bare = ctx;
	unsigned long flags = lock(bare);

	(void)size;
	irqref_arena_free(&bare->memory, ptr);
	unlock(bare, flags);
}

/*
 * Waits until the section is over that is open on a CPU, if there is one; irqref_port_bare.h has the
 * argument. The caller's own CPU has none, for the core calls this outside of sections.
 */
static void wait_for(const struct irqref_bare_cpu *cpu)
{
	unsigned long first = __atomic_load_n(&cpu->sections, __ATOMIC_ACQUIRE);
	unsigned long word = first;

	while (word & IRQREF_BARE_NESTING && !((word ^ first) & ~IRQREF_BARE_NESTING)) {
		irqref_bare_arch_relax();
		word = __atomic_load_n(&cpu->sections, __ATOMIC_ACQUIRE);
	}
}

static void bare_synchronize(void *ctx)
{
	struct irqref_bare *bare = ctx;
	uint32_t cpu;

	irqref_bare_arch_barrier();
	for (cpu = 0; cpu < bare->nr_cpus; cpu++)
		wait_for(&irqref_bare_cpus[cpu]);
}

static void bare_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	(void)attempt;
	irqref_bare_arch_relax();
}

static bool bare_may_wait(void *ctx)
{
	(void)ctx;
	return !irqref_bare_this()->atomic;
}

/*
 * Release and acquire: who takes the flag sees the work that was left. The plain look at it first,
 * so that a CPU that kicks again and again does not take the line from the others each time, would
 * be wrong: the flag could have been taken meanwhile by somebody who has not seen the newer work.
 */
static void bare_kick(void *ctx)
{
	struct irqref_bare *bare = ctx;

	__atomic_exchange_n(&bare->kicked, 1u, __ATOMIC_ACQ_REL);
}

bool irqref_bare_kicked(struct irqref_bare *bare)
{
	return __atomic_load_n(&bare->kicked, __ATOMIC_RELAXED) &&
	       __atomic_exchange_n(&bare->kicked, 0u, __ATOMIC_ACQ_REL);
}

static uint32_t bare_now(void *ctx)
{
	struct irqref_bare *bare = ctx;

	return __atomic_load_n(&bare->ticks, __ATOMIC_RELAXED);
}

void irqref_bare_tick(struct irqref_bare *bare)
{
	uint32_t ticks = __atomic_load_n(&bare->ticks, __ATOMIC_RELAXED);

	__atomic_store_n(&bare->ticks, ticks + 1, __ATOMIC_RELAXED);
}

/* An interrupt between load and store leaves the count as it found it. */
void irqref_bare_atomic_enter(void)
{
	IRQREF_BARE_PIN();
	irqref_bare_this()->atomic++;
	__atomic_signal_fence(__ATOMIC_ACQUIRE);
}

void irqref_bare_atomic_exit(void)
{
	__atomic_signal_fence(__ATOMIC_RELEASE);
	irqref_bare_this()->atomic--;
	IRQREF_BARE_UNPIN();
}

int irqref_bare_port(struct irqref_bare *bare, void *mem, size_t size, uint32_t nr_cpus,
                     struct irqref_port *out)
{
	if (!bare || !out || !nr_cpus || nr_cpus > IRQREF_BARE_CPUS ||
	    irqref_arena_init(&bare->memory, mem, size))
		return IRQREF_ERR_INVAL;
	bare->lock = 0;
	bare->nr_cpus = nr_cpus;
	bare->kicked = 0;
	bare->ticks = 0;
	*out = (struct irqref_port){
	        .alloc = bare_alloc,
	        .free = bare_free,
	        .synchronize = bare_synchronize,
	        .pause = bare_pause,
	        .may_wait = bare_may_wait,
	        .kick = bare_kick,
	        .now = bare_now,
	        .ctx = bare,
	        .nr_cpus = nr_cpus,
	};
	return IRQREF_OK;
}
