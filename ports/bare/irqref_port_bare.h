/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hot half of the bare port: a kernel's own CPUs, no threads but those that the kernel makes.
 *
 * Read sections are epochs. Each CPU has a word of its own in a cache line of its own:
 *
 *	low bits	how many sections are open on this CPU (they nest: an interrupt in a
 *			section of the code that it interrupted, a demultiplexer in a dispatch)
 *	high bits	how many times the outermost one was closed: the epoch
 *
 *	in	add one to the nesting, store; full barrier
 *	out	subtract one, and at the outermost exit step the epoch; store with release
 *	synchronize
 *		full barrier; for each CPU: load (acquire); if the nesting is not 0, load (acquire)
 *		until the nesting is 0 or the epoch another one
 *
 * Dispatch writes no shared line, and pays one barrier. Why synchronize() is a grace period, on a CPU
 * that reorders as much as it may: take one section and one call of synchronize(), and the two
 * barriers, that of "in" and that of synchronize(). Full barriers of all CPUs have one order.
 * - That of synchronize() comes first: what its caller unlinked before is seen by every load of the
 *   section, which come after the barrier of "in". The section cannot find it.
 * - That of "in" comes first: the load in synchronize() sees the store of "in" or a later one of that
 *   word. If it sees the section open, it waits until it loads what "out" stored or something later;
 *   if not, it has loaded such a value at once. "Later" are stores of the same CPU to the same word:
 *   they belong to the release sequence that the store of "out" heads. So all that the section read
 *   happens before synchronize() returns.
 *
 * Interrupts between the load and the store of one of these steps: an interrupt leaves the nesting
 * as it found it. It may have stepped the epoch, if it came before the interrupted code's store of
 * "in"; that store then puts the old epoch back. Within an open section the epoch never changes, so
 * whoever waits for that section does not return early; who waited for the interrupt's own may see
 * the same word again and then waits for this section, too, which is longer than needed and no
 * error. The word holds 2^24 epochs on a 32-bit CPU: who is to be misled by its wrapping must sleep
 * through exactly as many sections between two loads.
 *
 * The barrier stands in nested entries as well: the interrupt may have come between the store of the
 * outer "in" and its barrier.
 *
 * What the kernel must see to: code in a read section stays on its CPU, and no other thread runs on
 * that CPU meanwhile that opens or closes one. A kernel whose threads are preempted defines
 * IRQREF_BARE_PIN() and IRQREF_BARE_UNPIN() (its preempt disable and enable), and
 * IRQREF_BARE_SELF(), a number that is not 0 for the running thread.
 */
#ifndef IRQREF_PORT_BARE_H
#define IRQREF_PORT_BARE_H

#include <stdbool.h>
#include <stdint.h>

/* The CPU: irqref_bare_arch_cpu(), _irq_save(), _irq_restore(), _relax(), _barrier(). */
#ifdef IRQREF_BARE_ARCH_HEADER
#include IRQREF_BARE_ARCH_HEADER
#elif defined(__riscv)
#include "arch_riscv.h"
#elif defined(__aarch64__)
#include "arch_aarch64.h"
#elif defined(__powerpc64__)
#include "arch_ppc64.h"
#else
#error "no arch_*.h for this CPU: write one and name it with IRQREF_BARE_ARCH_HEADER"
#endif

/* How many CPU numbers there can be. */
#ifndef IRQREF_BARE_CPUS
#define IRQREF_BARE_CPUS 8u
#endif

#ifndef IRQREF_BARE_PIN
#define IRQREF_BARE_PIN()   ((void)0)
#define IRQREF_BARE_UNPIN() ((void)0)
#endif

/* Two lines, for CPUs that fetch them in pairs. */
#define IRQREF_BARE_LINE 128u

#define IRQREF_BARE_NESTING 0xfful
#define IRQREF_BARE_EPOCH   0x100ul

/*
 * What a CPU has for itself. Written by that CPU only; @sections is read by who synchronizes.
 * @atomic: open irqref_bare_atomic_enter()
 * @locks: for lock-order assertions
 */
struct irqref_bare_cpu {
	unsigned long sections;
	uint32_t atomic;
	uint32_t locks;
} __attribute__((aligned(IRQREF_BARE_LINE)));

extern struct irqref_bare_cpu irqref_bare_cpus[IRQREF_BARE_CPUS];

static inline struct irqref_bare_cpu *irqref_bare_this(void)
{
	return &irqref_bare_cpus[irqref_bare_arch_cpu()];
}

static inline void irqref_hot_read_lock(void)
{
	unsigned long *sections;

	IRQREF_BARE_PIN();
	sections = &irqref_bare_this()->sections;
	__atomic_store_n(sections, __atomic_load_n(sections, __ATOMIC_RELAXED) + 1,
	                 __ATOMIC_RELAXED);
	irqref_bare_arch_barrier();
}

static inline void irqref_hot_read_unlock(void)
{
	unsigned long *sections = &irqref_bare_this()->sections;
	unsigned long word = __atomic_load_n(sections, __ATOMIC_RELAXED) - 1;

	if (!(word & IRQREF_BARE_NESTING))
		word += IRQREF_BARE_EPOCH;
	__atomic_store_n(sections, word, __ATOMIC_RELEASE);
	IRQREF_BARE_UNPIN();
}

static inline bool irqref_hot_in_section(void)
{
	return __atomic_load_n(&irqref_bare_this()->sections, __ATOMIC_RELAXED) &
	       IRQREF_BARE_NESTING;
}

static inline uint32_t irqref_hot_cpu(void)
{
	return irqref_bare_arch_cpu();
}

/* One writer, this CPU; an interrupt of the same line cannot come between, for the line is taken. */
static inline void irqref_hot_count(uint32_t *counter, uint32_t cpu)
{
	(void)cpu;
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
}

static inline unsigned long irqref_hot_irq_save(void)
{
	return irqref_bare_arch_irq_save();
}

static inline void irqref_hot_irq_restore(unsigned long flags)
{
	irqref_bare_arch_irq_restore(flags);
}

static inline void irqref_hot_relax(unsigned int attempt)
{
	(void)attempt;
	irqref_bare_arch_relax();
}

static inline uint32_t irqref_hot_self(void)
{
#ifdef IRQREF_BARE_SELF
	return IRQREF_BARE_SELF();
#else
	return irqref_bare_arch_cpu() + 1;
#endif
}

#ifdef IRQREF_DEBUG
static inline uint32_t *irqref_hot_locks(void)
{
	return &irqref_bare_this()->locks;
}
#endif

#endif /* IRQREF_PORT_BARE_H */
