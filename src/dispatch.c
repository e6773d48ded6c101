/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a raised interrupt to the handlers. No lock is taken here, and nothing is written but the
 * descriptor's own words and this CPU's counter.
 */
#include "internal.h"

void irqref_read_lock(void)
{
	irqref_hot_read_lock();
}

void irqref_read_unlock(void)
{
	irqref_hot_read_unlock();
}

static void line_ack(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;

	if (level->chip->ack)
		level->chip->ack(desc, level);
	else if (unlikely(desc_levels(desc) > 1))
		irqref_parent_ack(desc, level);
}

static void line_eoi(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;

	if (level->chip->eoi)
		level->chip->eoi(desc, level);
	else if (unlikely(desc_levels(desc) > 1))
		irqref_parent_eoi(desc, level);
}

static enum irqref_flow flow_of(uint32_t flags)
{
	return (enum irqref_flow)flags_field(flags, F_FLOW, F_FLOW_SHIFT);
}

static void before(struct irqref_desc *desc, enum irqref_flow flow)
{
	if (flow == IRQREF_FLOW_LEVEL)
		irqref_line_mask(desc);
	if (flow == IRQREF_FLOW_LEVEL || flow == IRQREF_FLOW_EDGE)
		line_ack(desc);
}

/*
 * One more delivery to this CPU. The counter is found from the descriptor, as desc_chunk() finds the
 * chunk, but in one sum: from one descriptor to the next its counter comes that much nearer.
 */
HOT void count(struct irqref_desc *desc)
{
	uint32_t cpu = irqref_hot_cpu();
	ptrdiff_t step = (ptrdiff_t)(sizeof(*desc) / sizeof(uint32_t)) - 1;
	ptrdiff_t back = (ptrdiff_t)(desc->virq & CHUNK_MASK) * step;
	uint32_t *first = (uint32_t *)(void *)((char *)desc + offsetof(struct chunk, count));

	irqref_hot_count(first + ((ptrdiff_t)cpu * (ptrdiff_t)CHUNK_SIZE - back), cpu);
}

/*
 * Calls the handlers from @slot on. Their references stay what they are while this walks them: one
 * that is unlinked is used for something else only after this run, or after the read section. The
 * loads of the links are sequentially consistent for the sake of irqref_line_wait().
 */
static unsigned int call_handlers(struct irqref_space *space, struct irqref_desc *desc,
                                  uint32_t slot)
{
	unsigned int handled = 0;

	while (slot) {
		struct ref *ref = ref_at(space, slot);

		handled |= (unsigned int)ref->handler(desc->virq, ref->cookie);
		slot = ld_sc(&ref->hnext);
	}
	return handled;
}

/* Returns whether the line may just have been found stuck, which masks it. */
static bool run_handlers(struct irqref_space *space, struct irqref_desc *desc, uint32_t flags)
{
	unsigned int handled;

	count(desc);
	handled = call_handlers(space, desc, ld_sc(&desc->handlers));
#ifndef IRQREF_NO_STUCK
	if (unlikely(!handled)) {
		irqref_line_unhandled(space, desc);
		return true;
	}
	if (unlikely(flags & F_UNHANDLED))
		irqref_line_handled(desc);
#else
	(void)handled;
	(void)flags;
#endif
	return false;
}

/*
 * The line may not run now. An edge is kept for irqref_line_enabled(), which explains the order.
 * Returns whether the line may run after all, with the edge taken back.
 */
COLD bool keep_for_later(struct irqref_desc *desc, uint32_t flags)
{
	if (!(flags & F_TRACK) || flags & (F_IDLE | F_GONE))
		return false;
	or_sc(&desc->flags, F_PENDING);
	if (ld_sc(&desc->flags) & F_SHUT)
		return false;
	return and_sc(&desc->flags, ~F_PENDING) & F_PENDING;
}

/*
 * Gives the line back. With TRACKED set others may have added PENDING; then it is kept for another
 * run. That one counts as a new one, so that a storm of edges does not hold up who waits for this
 * one to end.
 */
HOT bool leave(struct irqref_desc *desc, uint32_t *line)
{
	uint32_t next = (*line & ~(LINE_SEQ - 1u)) + LINE_SEQ;

	if (!(*line & LINE_TRACKED)) {
		st_rel(&desc->line, next);
		return true;
	}
	if (cas_sc(&desc->line, line, next))
		return true;
	next |= LINE_BUSY | LINE_TRACKED;
	(void)xchg_sc(&desc->line, next);
	*line = next;
	return false;
}

/* One run, by whoever has the line BUSY; so its levels and their chips stay what they are. */
static void run_once(struct irqref_space *space, struct irqref_desc *desc, bool again)
{
	uint32_t flags = ld_sc(&desc->flags);
	enum irqref_flow flow = flow_of(flags);
	bool settle = true;

	before(desc, flow);
	if (!(flags & F_SHUT) || keep_for_later(desc, flags))
		settle = run_handlers(space, desc, flags) || flow == IRQREF_FLOW_LEVEL;
	if (settle)
		irqref_line_settle(desc);
	/* Once for what was raised here; who hands a run over has completed its own. */
	if (flow == IRQREF_FLOW_FASTEOI && !again)
		line_eoi(desc);
}

/* With the line BUSY: runs until it could be given back; @again if it has run already. */
COLD void run_busy(struct irqref_space *space, struct irqref_desc *desc, uint32_t line, bool again)
{
	do {
		run_once(space, desc, again);
		again = true;
	} while (!leave(desc, &line));
}

/*
 * An edge meets a run that began when the line was a level's, at whose end nobody looks for one: a
 * flush waits for that end.
 */
COLD void keep_for_flush(struct irqref_desc *desc)
{
	or_sc(&desc->flags, F_RESEND);
	irqref_attention(desc_space(desc), desc);
}

/*
 * Returns false when the line has become free or closed. PENDING is set also where it is set
 * already: so the run that leave() then begins sees what this CPU wrote before its interrupt.
 */
static bool add_pending(struct irqref_desc *desc, uint32_t line, uint32_t flags)
{
	for (;;) {
		if (!(line & LINE_BUSY) || line & LINE_CLOSED)
			return false;
		if (!(line & LINE_TRACKED)) {
			if (flags & F_TRACK)
				keep_for_flush(desc);
			return true;
		}
		if (cas_sc(&desc->line, &line, line | LINE_PENDING))
			return true;
	}
}

/*
 * Another CPU has the line. A level is raised again by the hardware if it is still there; an edge
 * is handed to that CPU. It is acknowledged before it is handed over: what comes after the
 * acknowledgement is raised again, what came before is covered by the run that follows. The
 * completion of a fasteoi line must be done once only, so there the order is the other way round;
 * its controller keeps what comes in between.
 * It touches the chip without having the line: so it counts itself first, and then looks whether
 * the line is closed; irqref_line_close() closes first and then waits for the count. One of the two
 * sees the other. Where the chip has no part in it, as a line with a handler knows, nothing is to be
 * counted.
 * Returns false when the line has become free or closed: nothing is handed over then.
 */
static bool hand_over(struct irqref_desc *desc, uint32_t line, uint32_t flags)
{
	enum irqref_flow flow = flow_of(flags);
	uint32_t *visitors = visitors_of(desc);
	uint32_t one = 1u << visitors_shift(desc);
	bool done = false;

	if (!(flags & (F_CHIP | F_IDLE)))
		return add_pending(desc, line, flags);
	add_sc(visitors, one);
	if (!(ld_sc(&desc->line) & LINE_CLOSED)) {
		if (flow == IRQREF_FLOW_LEVEL || flow == IRQREF_FLOW_EDGE)
			line_ack(desc);
		done = add_pending(desc, line, flags);
		if (done && flow == IRQREF_FLOW_FASTEOI)
			line_eoi(desc);
	}
	sub_sc(visitors, one);
	return done;
}

static int run_percpu(struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t cpu = irqref_hot_cpu();
	uint32_t slot;

	if (ld_sc(&desc->line) & LINE_CLOSED)
		return IRQREF_ERR_NOENT;
	line_ack(desc);
	slot = ld_sc(&desc->handlers);
	if (slot) {
		struct ref *ref = ref_at(space, slot);
		struct percpu *percpu = ref->cookie;

		if (ld_rlx(&percpu->enabled[cpu])) {
			count(desc);
			ref->handler(desc->virq, percpu->cookies[cpu]);
		} else {
			irqref_line_mask(desc);
		}
	} else {
		irqref_line_mask(desc);
	}
	line_eoi(desc);
	return IRQREF_OK;
}

/* What whoever enters a line sets in its word; F_TRACK is the same bit as LINE_TRACKED. */
HOT uint32_t busy_bits(uint32_t flags)
{
	return LINE_BUSY | (flags & LINE_TRACKED);
}

/* In a read section: whatever the flow is, and whoever has the line. */
int irqref_line_run(struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t flags = ld_rlx(&desc->flags);
	uint32_t line = ld_rlx(&desc->line);
	uint32_t busy;

	if (flow_of(flags) == IRQREF_FLOW_PERCPU)
		return run_percpu(space, desc);
	do {
		while (line & LINE_BUSY) {
			if (line & LINE_CLOSED)
				return IRQREF_ERR_NOENT;
			if (hand_over(desc, line, flags))
				return IRQREF_OK;
			line = ld_rlx(&desc->line);
		}
		busy = line | busy_bits(flags);
	} while (!cas_sc(&desc->line, &line, busy));
	run_busy(space, desc, busy, false);
	return IRQREF_OK;
}

/*
 * The hot path: a line whose flags say that there is nothing but handlers to call. It is written for
 * one handler on a level line, and hands over to others, which are not inlined, where anything else
 * is the case: so it keeps three registers over the call of the handler, and needs no more. Whoever is
 * handed the line gives it back; whoever is handed the read section closes it.
 */
#define F_SLOW (F_SHUT | F_UNHANDLED | F_CHIP)

COLD int close_slowly(struct irqref_desc *desc)
{
	int rc = irqref_line_run(desc_space(desc), desc);

	irqref_hot_read_unlock();
	return rc;
}

/* The line as whoever has it BUSY gave it to itself: what others may have added is not in it. */
HOT uint32_t own_line(const struct irqref_desc *desc)
{
	return ld_rlx(&desc->line) & ~LINE_PENDING;
}

/* With the line BUSY, but not as it was, or (@again) with more to run. */
COLD int close_busy(struct irqref_desc *desc, bool again)
{
	run_busy(desc_space(desc), desc, own_line(desc), again);
	irqref_hot_read_unlock();
	return IRQREF_OK;
}

/* The first handler was called, if there was one: the others, and what comes of it. */
COLD int close_long(struct irqref_desc *desc, uint32_t slot, unsigned int handled)
{
	struct irqref_space *space = desc_space(desc);
	uint32_t line = own_line(desc);

	handled |= call_handlers(space, desc, slot);
#ifndef IRQREF_NO_STUCK
	if (!handled) {
		irqref_line_unhandled(space, desc);
		irqref_line_settle(desc);
	}
#endif
	if (!leave(desc, &line))
		run_busy(space, desc, line, true);
	irqref_hot_read_unlock();
	return IRQREF_OK;
}

#ifdef IRQREF_NO_STUCK
#define UNHANDLED(handled) false
#else
#define UNHANDLED(handled) unlikely(!(handled))
#endif

/*
 * The line is BUSY, and it is this context's. The flags are looked at again behind that, as in every
 * run.
 */
HOT int run_entered(struct irqref_desc *desc, void **refs, bool tracked)
{
	unsigned int handled;
	uint32_t slot, line;
	struct ref *ref;

	if (unlikely(ld_sc(&desc->flags) & F_SLOW))
		return close_busy(desc, false);
	slot = ld_sc(&desc->handlers);
	if (unlikely(!slot) || unlikely(!IRQREF_HOT_CPU_OWN()))
		return close_busy(desc, false);
	count(desc);
	ref = ref_in(refs, slot);
	handled = (unsigned int)ref->handler(desc->virq, ref->cookie);
	slot = ld_sc(&ref->hnext);
	if (unlikely(slot) || UNHANDLED(handled))
		return close_long(desc, slot, handled);
	if (!tracked) {
		st_rel(&desc->line, ld_rlx(&desc->line) + (LINE_SEQ - LINE_BUSY));
	} else {
		line = own_line(desc);
		if (unlikely(!leave(desc, &line)))
			return close_busy(desc, true);
	}
	irqref_hot_read_unlock();
	return IRQREF_OK;
}

/* As run_level(), on a line where others add PENDING while it is BUSY. */
COLD int run_tracked(struct irqref_desc *desc, void **refs)
{
	uint32_t line = ld_rlx(&desc->line) & ~LINE_BUSY;
	uint32_t busy = line | LINE_BUSY | LINE_TRACKED;

	if (unlikely(ld_rlx(&desc->flags) & F_SLOW) || unlikely(!cas_sc(&desc->line, &line, busy)))
		return close_slowly(desc);
	return run_entered(desc, refs, true);
}

/* A level line that looked as if it were all handlers. It fails to enter a closed one, which is BUSY. */
HOT int run_level(struct irqref_desc *desc, void **refs)
{
	if (unlikely(bit_sc(&desc->line, LINE_BUSY)))
		return close_slowly(desc);
	return run_entered(desc, refs, false);
}

/* In a read section, which this closes. */
HOT int run(struct irqref_desc *desc, void **refs)
{
	if (unlikely(ld_rlx(&desc->flags) & (F_SLOW | F_TRACK)))
		return run_tracked(desc, refs);
	return run_level(desc, refs);
}

COLD int close_unmapped(void)
{
	irqref_hot_read_unlock();
	return IRQREF_ERR_NOENT;
}

/* The section is open, but more is to be done for it, or the hwirq is not one of the low ones. */
COLD int dispatch_slowly(struct irqref_domain *domain, irqref_hwirq_t hwirq, bool opened)
{
	struct irqref_desc *desc;

	if (!opened)
		IRQREF_HOT_READ_LOCK_REST();
	desc = irqref_find(domain, hwirq);
	return desc ? run(desc, domain->space->refs.dir) : close_unmapped();
}

int irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct irqref_desc *desc;

	if (unlikely(!domain))
		return IRQREF_ERR_INVAL;
	if (unlikely(!IRQREF_HOT_READ_LOCK_FIRST()))
		return dispatch_slowly(domain, hwirq, false);
	if (unlikely(!hwirq_low(domain, hwirq)))
		return dispatch_slowly(domain, hwirq, true);
	desc = find_low(domain, hwirq);
	if (unlikely(!desc))
		return close_unmapped();
	return run(desc, domain->space->refs.dir);
}

int irqref_dispatch_virq(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc;

	if (!space || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	irqref_hot_read_lock();
	desc = irqref_resolve(space, virq);
	return desc ? run(desc, space->refs.dir) : close_unmapped();
}
