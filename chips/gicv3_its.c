/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collections are CPUs: collection n is CPU n. A device's table of events (ITT) has a fixed place in
 * the caller's memory, beside its entry in @devices. Every command is waited for: the queue is never
 * full, and what a callback has done is done when it returns.
 */
#include "gicv3_its.h"

#include <libfdt.h>

#include "chip_fdt.h"
#include "priv/gicv3_its_cmd.h"
#include "priv/gicv3_its_tables.h"
#include "priv/gicv3_priv.h"
#include "priv/lock_save.h"
#include "priv/no_fwspec.h"

/* Second frame of the ITS: the register that devices write to. */
#define TRANSLATER 0x10040u

/* So often is asked whether a command is done, before it counts as lost. */
#define PATIENCE 10000000u

/* ------------------------------------------------------------------- commands */

static uint64_t to_le(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap64(value);
#else
	return value;
#endif
}

/* Under the lock. There is room, for no more than a few are put before they are waited for. */
static void put(struct irqref_gicv3_its *its, struct its_cmd cmd)
{
	uint64_t *at = (uint64_t *)(void *)(its->queue + its->write);
	uint32_t i;

	if (its->lost)
		return;
	for (i = 0; i < 4; i++)
		at[i] = to_le(cmd.word[i]);
	its->write = (its->write + ITS_CMD_BYTES) % ITS_QUEUE_BYTES;
}

/* Which redistributor: its address, or its number, as the ITS wants it. */
static uint64_t target_of(const struct irqref_gicv3_its *its, uint32_t cpu)
{
	const struct irqref_gicv3_cpu *at = &its->config.gic->config.cpus[cpu];

	return its->typer & GITS_TYPER_PTA ? at->redistributor : (uint64_t)at->processor << 16;
}

/*
 * Under the lock: what was put, and that it has reached the redistributor, done when this returns.
 * A command that the ITS stops at is passed over: without that all later ones would be lost, too.
 */
static int finish(struct irqref_gicv3_its *its, uint32_t cpu)
{
	uint32_t left = PATIENCE;
	int rc = IRQREF_OK;

	put(its, its_cmd_sync(target_of(its, cpu)));
	if (!its->lost) {
		irqref_gicv3_cpu_publish();
		gicv3_write64(its->config.base + GITS_CWRITER, its->write);
	}
	while (!its->lost) {
		uint64_t read = gicv3_read64(its->config.base + GITS_CREADR);

		if ((read & GITS_QUEUE_OFFSET) == its->write)
			return rc;
		/* What is in the queue still may be executed at any time, and must not be overwritten. */
		its->lost = !--left;
		if (its->lost || !(read & GITS_STALLED))
			continue;
		its->stalled++;
		rc = IRQREF_ERR_REFUSED;
		*(uint64_t *)(void *)(its->queue + (read & GITS_QUEUE_OFFSET)) = to_le(ITS_SYNC);
		*(uint64_t *)(void *)(its->queue + (read & GITS_QUEUE_OFFSET) + 16) =
		        to_le(target_of(its, cpu));
		irqref_gicv3_cpu_publish();
		gicv3_write64(its->config.base + GITS_CWRITER, its->write | GITS_RETRY);
	}
	its->stalled++;
	return IRQREF_ERR_REFUSED;
}

static int command(struct irqref_gicv3_its *its, struct its_cmd cmd, uint32_t cpu)
{
	unsigned long flags = irqref_chip_lock_save(&its->lock);
	int rc;

	put(its, cmd);
	rc = finish(its, cpu);
	irqref_chip_unlock_restore(&its->lock, flags);
	return rc;
}

/* --------------------------------------------------------------------- devices */

static uint32_t bits_of(uint32_t power)
{
	return (uint32_t)__builtin_ctz(power);
}

static int map_device(struct irqref_gicv3_its *its, uint32_t index, uint32_t cpu, bool valid)
{
	uint64_t itt = (uintptr_t)(its->itts + (size_t)index * its->itt_size);

	put(its, its_cmd_mapd(its->config.devices[index].device, itt + its->config.bus_offset,
	                      bits_of(its->config.nevents), valid));
	return finish(its, cpu);
}

/* Under the lock: the device's entry, one more user of it. */
static int get_device(struct irqref_gicv3_its *its, uint32_t device, uint32_t cpu, uint32_t *index)
{
	uint32_t free = UINT32_MAX, i;
	int rc;

	for (i = 0; i < its->config.ndevices; i++) {
		struct irqref_gicv3_its_device *at = &its->config.devices[i];

		if (at->users && at->device == device) {
			at->users++;
			*index = i;
			return IRQREF_OK;
		}
		if (!at->users && free == UINT32_MAX)
			free = i;
	}
	if (free == UINT32_MAX)
		return IRQREF_ERR_NOSPC;
	its_clear(its->itts + (size_t)free * its->itt_size, its->itt_size);
	its->config.devices[free].device = device;
	rc = map_device(its, free, cpu, true);
	if (rc)
		return rc;
	its->config.devices[free].users = 1;
	*index = free;
	return IRQREF_OK;
}

/* Under the lock. */
static void put_device(struct irqref_gicv3_its *its, uint32_t index, uint32_t cpu)
{
	if (--its->config.devices[index].users == 0)
		map_device(its, index, cpu, false);
}

/* ------------------------------------------------------------------------ chip */

static struct irqref_gicv3_its *its_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static void enable(struct irqref_level *level, bool on)
{
	struct irqref_gicv3_its *its = its_of(level);
	const struct irqref_gicv3_its_event *event = level->chip_data;
	unsigned long flags;

	irqref_gicv3_lpi_enable(its->config.gic, event->lpi, on);
	/* Its CPU must not change between the command and the wait for the CPU's redistributor. */
	flags = irqref_chip_lock_save(&its->lock);
	put(its, its_cmd_event(ITS_INV, event->device, event->event));
	finish(its, event->cpu);
	irqref_chip_unlock_restore(&its->lock, flags);
}

static void event_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	enable(level, false);
}

static void event_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	enable(level, true);
}

/* A CPU that is up in the GIC and that this ITS was told of. */
static bool has_collection(const struct irqref_gicv3_its *its, uint32_t cpu)
{
	return cpu < its->config.gic->config.ncpus &&
	       __atomic_load_n(&its->collections[cpu], __ATOMIC_ACQUIRE);
}

static int pick_cpu(const struct irqref_gicv3_its *its, const struct irqref_cpumask *cpus)
{
	uint32_t cpu;

	for (cpu = 0; cpu < cpus->nbits; cpu++) {
		if (cpus->bits[cpu / 32] >> cpu % 32 & 1u && has_collection(its, cpu))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

/*
 * One that is pending moves, too. The command is done at the old redistributor, which hands over,
 * and then at the new one.
 */
static int event_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                              const struct irqref_cpumask *cpus)
{
	struct irqref_gicv3_its *its = its_of(level);
	struct irqref_gicv3_its_event *event = level->chip_data;
	int cpu = pick_cpu(its, cpus);
	unsigned long flags;
	int rc;

	(void)desc;
	if (cpu < 0 || (uint32_t)cpu == event->cpu)
		return cpu;
	flags = irqref_chip_lock_save(&its->lock);
	put(its, its_cmd_movi(event->device, event->event, (uint32_t)cpu));
	rc = finish(its, event->cpu);
	if (!rc)
		rc = finish(its, (uint32_t)cpu);
	if (!rc)
		event->cpu = (uint32_t)cpu;
	irqref_chip_unlock_restore(&its->lock, flags);
	return rc ? rc : cpu;
}

static int event_retrigger(struct irqref_desc *desc, struct irqref_level *level)
{
	const struct irqref_gicv3_its_event *event = level->chip_data;

	(void)desc;
	return command(its_of(level), its_cmd_event(ITS_INT, event->device, event->event),
	               event->cpu);
}

static int event_compose(struct irqref_desc *desc, struct irqref_level *level,
                         struct irqref_msi_msg *msg)
{
	const struct irqref_gicv3_its_event *event = level->chip_data;

	(void)desc;
	msg->address = its_of(level)->config.doorbell;
	msg->data = event->event;
	return IRQREF_OK;
}

static const struct irqref_chip event_chip = {
        .name = "gicv3-its",
        .mask = event_mask,
        .unmask = event_unmask,
        .set_affinity = event_set_affinity,
        .retrigger = event_retrigger,
        .compose_msi = event_compose,
        /* eoi: the GIC's, further in. */
};

/* ---------------------------------------------------------------------- domain */

/* A CPU to begin with: this one, or if it is not up, any. */
static int first_cpu(const struct irqref_gicv3_its *its)
{
	uint32_t cpu = irqref_hot_cpu();

	if (has_collection(its, cpu))
		return (int)cpu;
	for (cpu = 0; cpu < its->config.gic->config.ncpus; cpu++) {
		if (has_collection(its, cpu))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

/* Under the lock: a run of free events of a device, aligned as multi-message MSI wants it. */
static struct irqref_gicv3_its_event *find_events(struct irqref_gicv3_its *its, uint32_t index,
                                                  uint32_t count)
{
	struct irqref_gicv3_its_event *all =
	        &its->config.events[(size_t)index * its->config.nevents];
	uint32_t step = 1, base, i;

	while (step < count)
		step *= 2;
	for (base = 0; base + count <= its->config.nevents; base += step) {
		for (i = 0; i < count && !all[base + i].lpi; i++)
			;
		if (i == count)
			return &all[base];
	}
	return NULL;
}

/*
 * The events of a block, taken; their LPIs are not chosen yet. They are the device's next free ones, and
 * not just those from 0: behind a bridge that speaks for others, several functions have one DeviceID.
 */
static int take_events(struct irqref_gicv3_its *its, const struct irqref_msi_arg *arg, uint32_t cpu,
                       struct irqref_gicv3_its_event **out)
{
	unsigned long flags = irqref_chip_lock_save(&its->lock);
	uint32_t index, i;
	int rc;

	rc = get_device(its, arg->device, cpu, &index);
	if (rc)
		goto out;
	*out = find_events(its, index, arg->count);
	if (!*out)
		rc = IRQREF_ERR_NOSPC;
	for (i = 0; !rc && i < arg->count; i++) {
		struct irqref_gicv3_its_event *event = *out + i;

		*event = (struct irqref_gicv3_its_event){
		        .device = arg->device,
		        .event = (uint32_t)(event - its->config.events) % its->config.nevents,
		        .lpi = UINT32_MAX,
		        .cpu = cpu,
		};
		its->config.devices[index].users++;
	}
	/* Each event has a share of the device now; this was the share of the search. */
	put_device(its, index, cpu);
out:
	irqref_chip_unlock_restore(&its->lock, flags);
	return rc;
}

static void give_event(struct irqref_gicv3_its *its, struct irqref_gicv3_its_event *event)
{
	unsigned long flags = irqref_chip_lock_save(&its->lock);

	if (event->lpi != UINT32_MAX) {
		put(its, its_cmd_event(ITS_DISCARD, event->device, event->event));
		finish(its, event->cpu);
	}
	event->lpi = 0;
	put_device(its, (uint32_t)(event - its->config.events) / its->config.nevents, event->cpu);
	irqref_chip_unlock_restore(&its->lock, flags);
}

/* An event of a block that was taken gets its LPI and its level further in. */
static int map_event(struct irqref_desc *desc, struct irqref_level *level, const void *arg,
                     struct irqref_gicv3_its_event *event)
{
	struct irqref_gicv3_its *its = its_of(level);
	irqref_hwirq_t lpi;
	int rc = irqref_msi_take(&its->config.gic->lpis, 1, 1, &lpi);

	if (rc)
		return rc;
	irqref_gicv3_lpi_enable(its->config.gic, lpi, false);
	level->chip_data = event;
	rc = irqref_map_parent(desc, level, lpi, arg);
	if (!rc)
		rc = command(its,
		             its_cmd_mapti(event->device, event->event, (uint32_t)lpi, event->cpu),
		             event->cpu);
	/* If it was the command that failed, the core undoes the level further in. */
	if (rc)
		irqref_msi_give(&its->config.gic->lpis, lpi, 1);
	else
		event->lpi = (uint32_t)lpi;
	return rc;
}

/*
 * What a block's vectors find in @scratch: one more than the place of its first event; above that, how
 * many of them were mapped.
 */
#define SCRATCH_MAPPED 32

static struct irqref_gicv3_its_event *event_of(const struct irqref_gicv3_its *its,
                                               const struct irqref_msi_arg *arg, uint32_t index)
{
	return &its->config.events[(uint32_t)arg->scratch - 1 + index];
}

/*
 * One that was mapped here and refused further out was given back by its unmap callback, and may be
 * another block's by now.
 */
static void abandon(struct irqref_domain *domain, const struct irqref_msi_arg *arg)
{
	struct irqref_gicv3_its *its = irqref_domain_data(domain);
	uint32_t i;

	for (i = (uint32_t)(arg->scratch >> SCRATCH_MAPPED); i < arg->count; i++) {
		struct irqref_gicv3_its_event *event = event_of(its, arg, i);

		if (event->lpi == UINT32_MAX)
			give_event(its, event);
	}
}

/*
 * The block is taken at its first vector. If that fails all is given back here, after a later failure
 * by the abandon callback.
 */
static int map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_gicv3_its *its = its_of(level);
	/* The caller of irqref_map_parent() keeps it, for this to leave a mark in. */
	struct irqref_msi_arg *msi = (struct irqref_msi_arg *)(uintptr_t)arg;
	struct irqref_gicv3_its_event *events;
	int cpu, rc;

	if (!msi)
		return IRQREF_ERR_INVAL;
	if (msi->count > its->config.nevents ||
	    (uint64_t)msi->device >> its_device_bits(its->typer, &its->config))
		return IRQREF_ERR_RANGE;
	if (!msi->index) {
		cpu = first_cpu(its);
		if (cpu < 0)
			return cpu;
		rc = take_events(its, msi, (uint32_t)cpu, &events);
		if (rc)
			return rc;
		msi->scratch = (irqref_hwirq_t)(events - its->config.events) + 1;
	}
	rc = map_event(desc, level, arg, event_of(its, msi, msi->index));
	if (!rc) {
		msi->scratch += (irqref_hwirq_t)1 << SCRATCH_MAPPED;
	} else if (!msi->index) {
		abandon(level->domain, msi);
		msi->scratch = 0;
	}
	return rc;
}

static void unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_gicv3_its *its = its_of(level);
	struct irqref_gicv3_its_event *event = level->chip_data;
	irqref_hwirq_t lpi = event->lpi;

	(void)desc;
	give_event(its, event);
	irqref_msi_give(&its->config.gic->lpis, lpi, 1);
}

static const struct irqref_domain_ops domain_ops = {
        .translate = irqref_chip_no_fwspec,
        .map = map,
        .unmap = unmap,
        .abandon = abandon,
};

/* ---------------------------------------------------------------------- set-up */

int irqref_gicv3_its_cpu_init(struct irqref_gicv3_its *its, uint32_t cpu)
{
	unsigned long flags;
	int rc;

	if (!its || cpu >= its->config.gic->config.ncpus ||
	    !its->config.gic->config.cpus[cpu].redistributor)
		return IRQREF_ERR_INVAL;
	flags = irqref_chip_lock_save(&its->lock);
	put(its, its_cmd_mapc(cpu, target_of(its, cpu)));
	put(its, its_cmd_invall(cpu));
	rc = finish(its, cpu);
	if (!rc)
		__atomic_store_n(&its->collections[cpu], 1, __ATOMIC_RELEASE);
	irqref_chip_unlock_restore(&its->lock, flags);
	return rc;
}

int irqref_gicv3_its_add(struct irqref_gicv3_its *its, const struct irqref_gicv3_its_config *config)
{
	struct irqref_domain_config domain;
	size_t need;
	int rc;

	if (!its || !config || !config->devices || !config->events || !config->memory ||
	    (uintptr_t)config->memory & 0xffffu)
		return IRQREF_ERR_INVAL;
	need = irqref_gicv3_its_memory(config);
	if (!need)
		return IRQREF_ERR_INVAL;
	if (config->memory_size < need)
		return IRQREF_ERR_NOSPC;
	*its = (struct irqref_gicv3_its){.config = *config};
	rc = its_start(its);
	if (rc)
		return rc;
	domain = (struct irqref_domain_config){
	        .name = config->name ? config->name : "gicv3-its",
	        .node = config->node,
	        .parent = config->gic->domain,
	        .ops = &domain_ops,
	        .chip = &event_chip,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = its,
	        .max = (irqref_hwirq_t)1 << 48,
	};
	rc = irqref_domain_add(irqref_domain_space(config->gic->domain), &domain, &its->domain);
	if (rc)
		its_stop(config->base);
	return rc;
}

int irqref_gicv3_its_remove(struct irqref_gicv3_its *its, enum irqref_remove how,
                            irqref_report_fn *report, void *ctx)
{
	int rc;

	if (!its)
		return IRQREF_ERR_INVAL;
	rc = irqref_domain_remove(its->domain, how, report, ctx);
	if (rc)
		return rc;
	its_stop(its->config.base);
	return IRQREF_OK;
}

int irqref_gicv3_its_probe(const void *fdt, int node, struct irqref_gicv3_its_config *config)
{
	uint64_t address;
	int rc;

	if (!fdt || !config)
		return IRQREF_ERR_INVAL;
	if (fdt_node_check_compatible(fdt, node, "arm,gic-v3-its") ||
	    irqref_chip_fdt_disabled(fdt, node))
		return IRQREF_ERR_NOENT;
	rc = irqref_chip_fdt_reg(fdt, node, 0, &address, NULL);
	if (rc)
		return rc;
	*config = (struct irqref_gicv3_its_config){
	        .name = "gicv3-its",
	        .node = (uintptr_t)node + 1,
	        .base = (uintptr_t)address,
	        .doorbell = address + TRANSLATER,
	};
	return IRQREF_OK;
}
