/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The recording hardware. Nothing here asserts: the frame's asserts belong to the test's file.
 */
#include "unit.h"
#include "port.h"

char rig_log[RIG_LOG];
static size_t logged;

static void say(char what)
{
	if (port.threads || logged >= RIG_LOG - 1)
		return;
	rig_log[logged++] = what;
	rig_log[logged] = '\0';
}

void rig_log_clear(void)
{
	logged = 0;
	rig_log[0] = '\0';
}

static struct rig *rig_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static struct rig_line *line_of(const struct irqref_level *level)
{
	return rig_line(rig_of(level), level->hwirq);
}

static bool refuses(const struct rig *rig, uint32_t what, irqref_hwirq_t hwirq)
{
	if ((rig->refuse & what) && (rig->only == RIG_ANY || rig->only == hwirq))
		return true;
	return false;
}

static int rig_translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                         irqref_hwirq_t *hwirq, unsigned int *type)
{
	struct rig *rig = irqref_domain_data(domain);

	if (!fwspec->ncells || refuses(rig, RIG_NO_TRANSLATE, fwspec->cells[0]) ||
	    port_callback_fails())
		return IRQREF_ERR_REFUSED;
	*hwirq = fwspec->cells[0];
	*type = fwspec->ncells > 1 ? fwspec->cells[1] : IRQREF_TYPE_NONE;
	return 0;
}

static int rig_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct rig *rig = rig_of(level);
	struct rig_line *line = line_of(level);
	int err;

	rig->last_arg = arg;
	if (refuses(rig, RIG_NO_MAP, level->hwirq) || port_callback_fails())
		return IRQREF_ERR_REFUSED;
	if (rig->on_map)
		rig->on_map(rig, desc, level);
	if (rig->parent && !rig->trim) {
		err = irqref_map_parent(desc, level, level->hwirq + rig->offset, arg);
		if (err)
			return err;
	}
	if (refuses(rig, RIG_NO_MAP_LATE, level->hwirq))
		return IRQREF_ERR_REFUSED;
	line->maps++;
	if (!port.threads)
		line->masked = true;
	say('+');
	return 0;
}

static void rig_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct rig *rig = rig_of(level);

	if (rig->on_unmap)
		rig->on_unmap(rig, desc, level);
	line_of(level)->unmaps++;
	say('-');
}

static void rig_release(struct irqref_level *level)
{
	/* A mapping that follows on the same hwirq does not wait for it: two may be released at once. */
	__atomic_fetch_add(&line_of(level)->releases, 1, __ATOMIC_RELAXED);
	say('r');
}

const struct irqref_domain_ops rig_ops = {
        .translate = rig_translate,
        .map = rig_map,
        .unmap = rig_unmap,
        .release = rig_release,
};

static void rig_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct rig_line *line = line_of(level);

	(void)desc;
	__atomic_store_n(&line->masked, true, __ATOMIC_SEQ_CST);
	if (!port.threads)
		line->masks++;
	say('m');
}

static void rig_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	struct rig_line *line = line_of(level);

	(void)desc;
	__atomic_store_n(&line->masked, false, __ATOMIC_SEQ_CST);
	if (!port.threads)
		line->unmasks++;
	say('u');
}

static void rig_ack(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (!port.threads)
		line_of(level)->acks++;
	say('a');
}

static void rig_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (!port.threads)
		line_of(level)->eois++;
	say('e');
}

static int rig_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	struct rig *rig = rig_of(level);

	(void)desc;
	if (refuses(rig, RIG_NO_TYPE, level->hwirq) || port_callback_fails())
		return IRQREF_ERR_REFUSED;
	line_of(level)->type = type;
	line_of(level)->types++;
	say('t');
	return 0;
}

static int rig_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                            const struct irqref_cpumask *cpus)
{
	struct rig *rig = rig_of(level);
	uint32_t cpu;

	(void)desc;
	if (refuses(rig, RIG_NO_AFFINITY, level->hwirq) || port_callback_fails())
		return IRQREF_ERR_REFUSED;
	rig->last_cpus = cpus->bits[0];
	for (cpu = 0; cpu < cpus->nbits; cpu++) {
		if (cpus->bits[cpu / 32] & 1u << cpu % 32)
			return (int)cpu;
	}
	return IRQREF_ERR_REFUSED;
}

static int rig_activate(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (refuses(rig_of(level), RIG_NO_ACTIVATE, level->hwirq) || port_callback_fails())
		return IRQREF_ERR_REFUSED;
	line_of(level)->activations++;
	say('A');
	return 0;
}

static void rig_deactivate(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	line_of(level)->deactivations++;
	say('D');
}

static int rig_retrigger(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	if (refuses(rig_of(level), RIG_NO_RETRIGGER, level->hwirq))
		return IRQREF_ERR_REFUSED;
	line_of(level)->retriggers++;
	return 0;
}

static int rig_compose(struct irqref_desc *desc, struct irqref_level *level,
                       struct irqref_msi_msg *msg)
{
	(void)desc;
	if (refuses(rig_of(level), RIG_NO_COMPOSE, level->hwirq) || port_callback_fails())
		return IRQREF_ERR_REFUSED;
	msg->address = 0xfee00000u;
	msg->data = (uint32_t)level->hwirq;
	return 0;
}

static void rig_write(struct irqref_desc *desc, struct irqref_level *level,
                      const struct irqref_msi_msg *msg)
{
	(void)desc;
	(void)msg;
	line_of(level)->messages++;
}

/* Handles everything at its own level. */
const struct irqref_chip rig_chip = {
        .name = "rig",
        .mask = rig_mask,
        .unmask = rig_unmask,
        .ack = rig_ack,
        .eoi = rig_eoi,
        .set_type = rig_set_type,
        .set_affinity = rig_set_affinity,
        .activate = rig_activate,
        .deactivate = rig_deactivate,
        .retrigger = rig_retrigger,
};

static void forward_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	rig_mask(desc, level);
	irqref_parent_mask(desc, level);
}

static void forward_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	rig_unmask(desc, level);
	irqref_parent_unmask(desc, level);
}

static void forward_ack(struct irqref_desc *desc, struct irqref_level *level)
{
	rig_ack(desc, level);
	irqref_parent_ack(desc, level);
}

static void forward_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	rig_eoi(desc, level);
	irqref_parent_eoi(desc, level);
}

static int forward_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	int err = irqref_parent_set_type(desc, level, type);

	return err ? err : rig_set_type(desc, level, type);
}

static int forward_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                                const struct irqref_cpumask *cpus)
{
	return irqref_parent_set_affinity(desc, level, cpus);
}

/* Records, and goes on inwards. */
const struct irqref_chip rig_chip_forward = {
        .name = "forward",
        .mask = forward_mask,
        .unmask = forward_unmask,
        .ack = forward_ack,
        .eoi = forward_eoi,
        .set_type = forward_set_type,
        .set_affinity = forward_set_affinity,
        .activate = rig_activate,
        .deactivate = rig_deactivate,
};

/* Knows messages, leaves all else to inner levels. */
const struct irqref_chip rig_chip_msi = {
        .name = "msi",
        .compose_msi = rig_compose,
        .write_msi = rig_write,
};

/* Has no callback. */
const struct irqref_chip rig_chip_bare = {
        .name = "bare",
};

void rig_add(struct rig *rig)
{
	rig->next = port.rigs;
	port.rigs = rig;
}

void rig_forget(struct rig *rig)
{
	struct rig **at;

	for (at = &port.rigs; *at; at = &(*at)->next) {
		if (*at == rig) {
			*at = rig->next;
			return;
		}
	}
}

void rig_raise(struct rig *rig, irqref_hwirq_t hwirq)
{
	struct rig_line *line = rig_line(rig, hwirq);

	if (__atomic_load_n(&line->masked, __ATOMIC_SEQ_CST)) {
		line->latched = true;
		return;
	}
	line->latched = false;
	(void)irqref_dispatch(rig->domain, hwirq);
}

enum irqref_return counting(irqref_virq_t virq, void *cookie)
{
	struct counter *self = cookie;

	__atomic_fetch_add(&self->calls, 1, __ATOMIC_SEQ_CST);
	if (!port.threads)
		self->virq = virq;
	if (self->inside)
		self->inside(self, virq);
	return self->deaf ? IRQREF_NONE : IRQREF_HANDLED;
}
