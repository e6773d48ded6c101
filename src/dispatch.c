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
 * The handlers' references stay what they are while this walks them: one that is unlinked is used
 * for something else only after this run, or after the read section. The loads of the links are
 * sequentially consistent for the sake of irqref_line_wait().
 */
static void run_handlers(struct irqref_space *space, struct irqref_desc *desc, uint32_t flags)
{
	struct chunk *chunk = chunk_of(space, desc->virq);
	uint32_t cpu = irqref_hot_cpu();
	unsigned int handled = 0;
	uint32_t slot;

	irqref_hot_count(&chunk->count[cpu * CHUNK_SIZE + (desc->virq & CHUNK_MASK)], cpu);
	for (slot = ld_sc(&desc->handlers); slot;) {
		struct ref *ref = ref_at(space, slot);

		handled |= (unsigned int)ref->handler(desc->virq, ref->cookie);
		slot = ld_sc(&ref->hnext);
	}
#ifndef IRQREF_NO_STUCK
	if (unlikely(!handled))
		irqref_line_unhandled(space, desc);
	else if (unlikely(flags & F_UNHANDLED))
		irqref_line_handled(space, desc);
#else
	(void)handled;
	(void)flags;
#endif
}

/*
 * The line may not run now. An edge is kept for irqref_line_enabled(), which explains the order.
 * Returns whether the line may run after all, with the edge taken back.
 */
static bool keep_for_later(struct irqref_desc *desc, uint32_t flags)
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
static bool leave(struct irqref_desc *desc, uint32_t *line)
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

static void run_busy(struct irqref_space *space, struct irqref_desc *desc, uint32_t line)
{
	bool again = false;

	do {
		uint32_t flags = ld_sc(&desc->flags);
		enum irqref_flow flow = flow_of(flags);

		before(desc, flow);
		if (likely(!(flags & F_SHUT)) || keep_for_later(desc, flags)) {
			run_handlers(space, desc, flags);
			if (flow == IRQREF_FLOW_LEVEL || ld_sc(&desc->flags) & F_STUCK)
				irqref_line_settle(desc);
		} else {
			irqref_line_settle(desc);
		}
		/* Once for what was raised here; who hands a run over has completed its own. */
		if (flow == IRQREF_FLOW_FASTEOI && !again)
			line_eoi(desc);
		again = true;
	} while (unlikely(!leave(desc, &line)));
}

/*
 * Returns false when the line has become free or closed. PENDING is set also where it is set
 * already: so the run that leave() then begins sees what this CPU wrote before its interrupt.
 */
static bool add_pending(struct irqref_desc *desc, uint32_t line)
{
	for (;;) {
		if (!(line & LINE_BUSY) || line & LINE_CLOSED)
			return false;
		if (!(line & LINE_TRACKED))
			return true;
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
 * sees the other.
 * Returns false when the line has become free or closed: nothing is handed over then.
 */
static bool hand_over(struct irqref_space *space, struct irqref_desc *desc, uint32_t line)
{
	enum irqref_flow flow = flow_of(ld_rlx(&desc->flags));
	uint32_t *visitors = &cold_of(space, desc)->visitors;
	bool done = false;

	add_sc(visitors, 1u);
	if (!(ld_sc(&desc->line) & LINE_CLOSED)) {
		if (flow == IRQREF_FLOW_LEVEL || flow == IRQREF_FLOW_EDGE)
			line_ack(desc);
		done = add_pending(desc, line);
		if (done && flow == IRQREF_FLOW_FASTEOI)
			line_eoi(desc);
	}
	sub_sc(visitors, 1u);
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
		struct chunk *chunk = chunk_of(space, desc->virq);
		uint32_t *count = &chunk->count[cpu * CHUNK_SIZE + (desc->virq & CHUNK_MASK)];

		if (ld_rlx(&percpu->enabled[cpu])) {
			irqref_hot_count(count, cpu);
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

/* In a read section. Enters the line by one step that fails on a closed one. */
int irqref_line_run(struct irqref_space *space, struct irqref_desc *desc)
{
	uint32_t flags = ld_rlx(&desc->flags);
	uint32_t line = ld_rlx(&desc->line);
	uint32_t busy;

	if (unlikely(flow_of(flags) == IRQREF_FLOW_PERCPU))
		return run_percpu(space, desc);
	do {
		while (unlikely(line & LINE_BUSY)) {
			if (line & LINE_CLOSED)
				return IRQREF_ERR_NOENT;
			if (hand_over(space, desc, line))
				return IRQREF_OK;
			line = ld_rlx(&desc->line);
		}
		busy = line | LINE_BUSY | (flags & F_TRACK ? LINE_TRACKED : 0);
	} while (unlikely(!cas_sc(&desc->line, &line, busy)));
	run_busy(space, desc, busy);
	return IRQREF_OK;
}

int irqref_dispatch(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct irqref_desc *desc;
	int rc = IRQREF_ERR_NOENT;

	if (unlikely(!domain))
		return IRQREF_ERR_INVAL;
	irqref_hot_read_lock();
	desc = irqref_find(domain, hwirq);
	if (likely(desc))
		rc = irqref_line_run(domain->space, desc);
	irqref_hot_read_unlock();
	return rc;
}

int irqref_dispatch_virq(struct irqref_space *space, irqref_virq_t virq)
{
	struct irqref_desc *desc;
	int rc = IRQREF_ERR_NOENT;

	if (!space || !virq || virq > space->max_irqs)
		return IRQREF_ERR_INVAL;
	irqref_hot_read_lock();
	desc = irqref_resolve(space, virq);
	if (desc)
		rc = irqref_line_run(space, desc);
	irqref_hot_read_unlock();
	return rc;
}
