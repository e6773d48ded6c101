/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line between its chip and its handlers: masked or not, started, stopped, waited for.
 *
 * Who may call the chip. A dispatch that has the line BUSY, and whoever holds the descriptor lock
 * while F_GONE is clear. These two can meet; so each acts first and looks at the flags again
 * afterwards (irqref_line_settle()): whoever acts last has seen the flags as they then are, and
 * the chip agrees with them. Once F_GONE is set the chip belongs to the teardown and, until that
 * has closed the line, to the dispatch that is still BUSY, which can now only mask.
 */
#include "internal.h"

void irqref_line_mask(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;

	if (level->chip->mask)
		level->chip->mask(desc, level);
	else if (desc_levels(desc) > 1)
		irqref_parent_mask(desc, level);
}

void irqref_line_unmask(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;

	if (level->chip->unmask)
		level->chip->unmask(desc, level);
	else if (desc_levels(desc) > 1)
		irqref_parent_unmask(desc, level);
}

void irqref_line_settle(struct irqref_desc *desc)
{
	const struct irqref_chip *chip = desc->level.chip;
	bool shut, now;

	if (!chip->mask && !chip->unmask && desc_levels(desc) == 1)
		return;
	now = ld_sc(&desc->flags) & F_SHUT;
	do {
		shut = now;
		if (shut)
			irqref_line_mask(desc);
		else
			irqref_line_unmask(desc);
		/*
		 * A modification, where a load would seem to do: a load may overtake the chip call's
		 * stores. Who changes the flags after this one also calls the chip after this one.
		 */
		now = or_sc(&desc->flags, 0u) & F_SHUT;
	} while (now != shut);
}

/*
 * Waits until every run that had begun is over. What the caller unlinked before is not seen by a
 * later run: unlinking, the load here, the operation with which a run begins and its loads
 * of the list are all sequentially consistent, so a run that this load does not see begins, and
 * reads the list, after the unlinking. It waits for the line to change, not for it to be idle: a
 * storm cannot starve it.
 */
void irqref_line_wait(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned int attempt = 0;
	uint32_t line;

	if (desc_percpu(desc)) {
		irqref_grace_pass(space);
		return;
	}
	line = ld_sc(&desc->line);
	if (!(line & LINE_BUSY) || line & LINE_CLOSED)
		return;
	while (((ld_sc(&desc->line) ^ line) & ~(LINE_SEQ - 1u)) == 0)
		space->port.pause(space->port.ctx, attempt++);
}

/*
 * irqref_line_close() where it need not wait, of a line that is not per-CPU. Under the lock. Where
 * it returns false that function goes on from there.
 */
bool irqref_line_try_close(struct irqref_desc *desc)
{
	uint32_t line = ld_rlx(&desc->line) & ~LINE_BUSY;

	return cas_sc(&desc->line, &line, line | LINE_BUSY | LINE_CLOSED) && !has_visitors(desc);
}

/*
 * Takes the line for ever, or until its levels are exchanged. By now nothing finds it, or it has no
 * handlers, so nobody keeps it busy for long. When it returns no dispatch is at the chip, nor will
 * be: see hand_over().
 */
void irqref_line_close(struct irqref_space *space, struct irqref_desc *desc)
{
	unsigned int attempt = 0;
	uint32_t line = ld_rlx(&desc->line);

	if (desc_percpu(desc)) {
		st_sc(&desc->line, (line & ~(LINE_SEQ - 1u)) | LINE_BUSY | LINE_CLOSED);
		irqref_grace_pass(space);
		return;
	}
	while (!(line & LINE_CLOSED)) {
		if (line & LINE_BUSY) {
			space->port.pause(space->port.ctx, attempt++);
			line = ld_rlx(&desc->line);
		} else if (cas_sc(&desc->line, &line, line | LINE_BUSY | LINE_CLOSED)) {
			break;
		}
	}
	while (has_visitors(desc))
		space->port.pause(space->port.ctx, attempt++);
}

static uint32_t track_bit(unsigned int type)
{
	return type & (IRQREF_TYPE_HIGH | IRQREF_TYPE_LOW) ? 0 : F_TRACK;
}

/* Under the lock. The chip has the type already, or has none to set. */
static void record_type(struct irqref_desc *desc, unsigned int type)
{
	flags_change(desc, F_TYPE | F_TRACK, track_bit(type) | (uint32_t)type << F_TYPE_SHIFT);
}

static int program_type(struct irqref_desc *desc, unsigned int type)
{
	struct irqref_level *level = &desc->level;
	int rc;

	if (type == IRQREF_TYPE_NONE)
		return IRQREF_OK;
	rc = level->chip->set_type ? level->chip->set_type(desc, level, type)
	                           : irqref_parent_set_type(desc, level, type);
	return rc ? IRQREF_ERR_TYPE : IRQREF_OK;
}

/* Whether a dispatch calls one of the chip's callbacks. */
static bool flow_needs_chip(const struct irqref_chip *chip, uint32_t flow)
{
	switch (flow) {
	case IRQREF_FLOW_SIMPLE:
		return false;
	case IRQREF_FLOW_LEVEL:
		return chip->mask || chip->unmask || chip->ack;
	case IRQREF_FLOW_EDGE:
		return chip->ack;
	case IRQREF_FLOW_FASTEOI:
		return chip->eoi;
	default:
		return true;
	}
}

/*
 * Under the lock, with the first handler and whenever the flow may have changed: whether a dispatch
 * has nothing to do but to call handlers. One that looked before a change does as it would have
 * done before it.
 */
static void plan(struct irqref_desc *desc)
{
	uint32_t flow = flags_field(ld_rlx(&desc->flags), F_FLOW, F_FLOW_SHIFT);
	struct irqref_level *level;
	uint32_t i;

	for_each_level (desc, level, i) {
		if (flow_needs_chip(level->chip, flow)) {
			flags_change(desc, 0, F_CHIP);
			return;
		}
	}
	flags_change(desc, F_CHIP, 0);
}

/*
 * Under the lock. Without handlers the chip is told when the first one comes. An edge counts as soon
 * as the chip may report one.
 */
int irqref_line_set_type(struct irqref_desc *desc, unsigned int type)
{
	unsigned int before = irqref_desc_type(desc);
	int rc = IRQREF_OK;

	if (!(ld_rlx(&desc->flags) & (F_IDLE | F_GONE))) {
		if (track_bit(type))
			flags_change(desc, 0, F_TRACK);
		rc = program_type(desc, type);
		plan(desc);
	}
	record_type(desc, rc ? before : type);
	return rc;
}

/* Under the lock: levels @index and further in, outermost first. */
static void deactivate_from(struct irqref_desc *desc, uint32_t index)
{
	for (; index < desc_levels(desc); index++) {
		struct irqref_level *level = desc_level_at(desc, index);

		if (level->chip->deactivate)
			level->chip->deactivate(desc, level);
	}
}

void irqref_line_deactivate(struct irqref_desc *desc)
{
	if (!(ld_rlx(&desc->flags) & F_ACTIVE))
		return;
	deactivate_from(desc, 0);
	flags_change(desc, F_ACTIVE, 0);
}

/* Under the lock. */
int irqref_line_compose_msi(struct irqref_desc *desc, struct irqref_msi_msg *msg)
{
	struct irqref_level *level = &desc->level;

	while (level && !level->chip->compose_msi)
		level = irqref_level_parent(desc, level);
	if (!level)
		return IRQREF_ERR_NOTSUP;
	return level->chip->compose_msi(desc, level, msg) ? IRQREF_ERR_REFUSED : IRQREF_OK;
}

/* Under the lock: tells the device where to write, if it is told so through its chip. */
int irqref_line_write_msi(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;
	struct irqref_msi_msg msg = {0, 0};
	int rc;

	if (!level->chip->write_msi)
		return IRQREF_OK;
	rc = irqref_line_compose_msi(desc, &msg);
	if (!rc)
		level->chip->write_msi(desc, level, &msg);
	return rc;
}

static int activate(struct irqref_desc *desc)
{
	uint32_t index = desc_levels(desc);
	int rc = IRQREF_OK;

	if (ld_rlx(&desc->flags) & F_ACTIVE)
		return IRQREF_OK;
	while (index--) {
		struct irqref_level *level = desc_level_at(desc, index);

		if (level->chip->activate && level->chip->activate(desc, level)) {
			rc = IRQREF_ERR_REFUSED;
			break;
		}
	}
	if (!rc) {
		index = 0;
		rc = irqref_line_write_msi(desc);
		if (!rc) {
			flags_change(desc, 0, F_ACTIVE);
			return IRQREF_OK;
		}
	} else {
		index++;
	}
	deactivate_from(desc, index);
	return rc;
}

/* Under the lock: all that the first handler needs but the unmasking. */
int irqref_line_start(struct irqref_desc *desc)
{
	int rc = program_type(desc, irqref_desc_type(desc));

	plan(desc);
	return rc ? rc : activate(desc);
}

/*
 * Undoes it once no handler runs, unless a new handler came meanwhile. Called without the lock
 * where waiting is allowed, after the last handler was unlinked.
 */
void irqref_line_stop(struct irqref_space *space, struct irqref_desc *desc)
{
	bool again;

	do {
		unsigned long flags;

		irqref_line_wait(space, desc);
		/* Who put the reference has no hold on the mapping any more. */
		if (!desc_pin(desc, &flags))
			return;
		/* A handler that came and left since may still run. */
		again = (ld_sc(&desc->line) & (LINE_BUSY | LINE_CLOSED)) == LINE_BUSY;
		if (!again && desc_state(desc) == IRQREF_LIVE && ld_rlx(&desc->flags) & F_IDLE)
			irqref_line_deactivate(desc);
		desc_unpin(desc, flags);
	} while (again);
}

/* Under the lock. The sum of all shares has room: the caller looked. */
void irqref_line_share_depth(struct irqref_desc *desc, struct cold *cold, int by)
{
	bool was = cold->depth != 0;

	cold->depth = (uint16_t)(cold->depth + by);
	if (was == (cold->depth != 0))
		return;
	flags_change(desc, F_DISABLED, cold->depth ? F_DISABLED : 0);
}

/*
 * Under the lock, after the flags let the line run again (or shut it). A pending edge is sent
 * again. The dispatch that sets F_PENDING looks at the flags afterwards, this looks at F_PENDING
 * after it changed the flags: one of the two sees the other, so the edge is not lost.
 * Returns whether it must be sent in software: irqref_attention() then, without the lock.
 */
bool irqref_line_enabled(struct irqref_desc *desc)
{
	struct irqref_level *level = &desc->level;

	if (ld_rlx(&desc->flags) & F_GONE)
		return false;
	irqref_line_settle(desc);
	if (ld_sc(&desc->flags) & F_SHUT || !(and_sc(&desc->flags, ~F_PENDING) & F_PENDING))
		return false;
	while (level && !level->chip->retrigger)
		level = irqref_level_parent(desc, level);
	if (level && !level->chip->retrigger(desc, level))
		return false;
	flags_change(desc, 0, F_RESEND);
	return true;
}
