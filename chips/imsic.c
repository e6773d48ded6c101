/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of what a hart should enable are changed under the lock and read by that hart without it: who
 * changes them sends IRQREF_IMSIC_SYNC afterwards, and the hart takes that message before it reads.
 * So the last change is always followed by a reading.
 *
 * A line that moves stays enabled on the hart that it leaves, until it is masked or moves again: a message
 * that was under way to the old address is served there. One that is left over in a file where the number is no
 * longer wanted is sent on to the file where it is. A number that is freed is forgotten by every
 * hart before it is given to another line.
 */
#include "imsic.h"

#include <libfdt.h>

#include "chip_fdt.h"
#include "priv/imsic_csr.h"
#include "priv/lock_save.h"
#include "priv/no_fwspec.h"
#include "mmio.h"
#include "riscv_harts.h"

/* In a file's page: a number written here is pending. */
#define SETEIPNUM 0x0u

#define FILE_SHIFT 12u

/* Numbers in one of the registers that have a bit for each. */
#define CHUNK ((uint32_t)sizeof(unsigned long) * 8u)

/* So often is looked whether another hart has done what it was told. */
#define PATIENCE 10000000u

static uint32_t bit_of(irqref_hwirq_t id)
{
	return 1u << id % 32;
}

static void send(const struct irqref_imsic *imsic, uint32_t cpu, uint32_t id)
{
	irqref_mmio_write32(imsic->config.cpus[cpu].file + SETEIPNUM, id);
}

static bool up(const struct irqref_imsic *imsic, uint32_t cpu)
{
	return cpu < imsic->config.ncpus &&
	       __atomic_load_n(&imsic->config.cpus[cpu].file, __ATOMIC_ACQUIRE);
}

/* ------------------------------------------------- the calling hart's own file */

static unsigned long gather(const uint32_t *words, uint32_t chunk)
{
	unsigned long bits = 0;
	uint32_t i;

	for (i = CHUNK / 32; i--;)
		bits = bits << 16 << 16 |
		       __atomic_load_n(&words[chunk * (CHUNK / 32) + i], __ATOMIC_RELAXED);
	return bits;
}

static void forget(struct irqref_imsic *imsic, uint32_t word, uint32_t bits)
{
	for (; bits; bits &= bits - 1) {
		uint32_t id = word * 32 + (uint32_t)__builtin_ctz(bits);

		if (__atomic_sub_fetch(&imsic->config.state[id].draining, 1u, __ATOMIC_ACQ_REL))
			continue;
		irqref_msi_give(&imsic->free, id, 1);
		__atomic_fetch_sub(&imsic->draining, 1u, __ATOMIC_RELEASE);
	}
}

static void drain(struct irqref_imsic *imsic, struct irqref_imsic_cpu *cpu, uint32_t chunk)
{
	uint32_t i;

	for (i = 0; i < CHUNK / 32; i++) {
		uint32_t word = chunk * (CHUNK / 32) + i;
		uint32_t bits = __atomic_exchange_n(&cpu->drain[word], 0u, __ATOMIC_ACQUIRE);

		if (!bits)
			continue;
		irqref_imsic_csr_clear(imsic->config.supervisor, IMSIC_EIP + chunk * (CHUNK / 32),
		                       (unsigned long)bits << i * 32 % CHUNK);
		forget(imsic, word, bits);
	}
}

/* A message that came here too late: its line is served elsewhere. */
static void send_on(struct irqref_imsic *imsic, uint32_t id)
{
	uint32_t self = irqref_hot_cpu();
	uint32_t to;

	/* A file may have more numbers than the devicetree says. */
	if (id > imsic->config.ids)
		return;
	irqref_chip_lock(&imsic->lock);
	to = imsic->config.state[id].cpu;
	irqref_chip_unlock(&imsic->lock);
	if (to == self || !up(imsic, to))
		return;
	irqref_imsic_csr_clear(imsic->config.supervisor, IMSIC_EIP + id / CHUNK * (CHUNK / 32),
	                       1ul << id % CHUNK);
	send(imsic, to, id);
}

/* Makes a part of the calling hart's file what it should be. Interrupts are off. */
static void apply_chunk(struct irqref_imsic *imsic, uint32_t chunk)
{
	struct irqref_imsic_cpu *cpu = &imsic->config.cpus[irqref_hot_cpu()];
	bool s = imsic->config.supervisor;
	uint32_t reg = chunk * (CHUNK / 32);
	unsigned long wanted = gather(cpu->wanted, chunk);
	unsigned long bits;
	uint32_t i;

	irqref_imsic_csr_write(s, IMSIC_EIE + reg, wanted);
	bits = irqref_imsic_csr_read(s, IMSIC_EIE + reg);
	for (i = 0; i < CHUNK / 32; i++)
		__atomic_store_n(&cpu->enabled[reg + i], (uint32_t)(bits >> i * 32 % CHUNK),
		                 __ATOMIC_RELEASE);
	drain(imsic, cpu, chunk);
	for (bits = irqref_imsic_csr_read(s, IMSIC_EIP + reg) & ~wanted; bits; bits &= bits - 1)
		send_on(imsic, chunk * CHUNK + (uint32_t)__builtin_ctzl(bits));
}

static void apply_all(struct irqref_imsic *imsic)
{
	uint32_t chunk;

	for (chunk = 0; chunk <= imsic->config.ids / CHUNK; chunk++)
		apply_chunk(imsic, chunk);
}

/* After the words of @cpu changed for @id. */
static void apply(struct irqref_imsic *imsic, uint32_t cpu, irqref_hwirq_t id)
{
	if (cpu == irqref_hot_cpu())
		apply_chunk(imsic, (uint32_t)id / CHUNK);
	else
		send(imsic, cpu, IRQREF_IMSIC_SYNC);
}

/* ------------------------------------------------------------------------ chip */

static struct irqref_imsic *imsic_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

/* Under the lock. */
static void want(const struct irqref_imsic *imsic, uint32_t cpu, irqref_hwirq_t id, bool on)
{
	uint32_t *word = &imsic->config.cpus[cpu].wanted[id / 32];
	uint32_t bits = *word & ~bit_of(id);

	__atomic_store_n(word, on ? bits | bit_of(id) : bits, __ATOMIC_RELAXED);
}

static void switch_to(struct irqref_level *level, bool on)
{
	struct irqref_imsic *imsic = imsic_of(level);
	struct irqref_imsic_id *id = &imsic->config.state[level->hwirq];
	uint32_t cpu, before;

	irqref_chip_lock(&imsic->lock);
	cpu = id->cpu;
	before = id->before;
	id->on = on;
	if (!on)
		want(imsic, before, level->hwirq, false);
	want(imsic, cpu, level->hwirq, on);
	irqref_chip_unlock(&imsic->lock);
	apply(imsic, cpu, level->hwirq);
	/* What came to the old file while the line was masked is sent on, or the file masked. */
	if (before != cpu)
		apply(imsic, before, level->hwirq);
}

static void id_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	switch_to(level, false);
}

static void id_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	switch_to(level, true);
}

static int pick_cpu(const struct irqref_imsic *imsic, const struct irqref_cpumask *cpus)
{
	uint32_t cpu;

	for (cpu = 0; cpu < cpus->nbits; cpu++) {
		if (cpus->bits[cpu / 32] & bit_of(cpu) && up(imsic, cpu))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

/* The core writes the new message into the device when this has returned. */
static int id_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                           const struct irqref_cpumask *cpus)
{
	struct irqref_imsic *imsic = imsic_of(level);
	struct irqref_imsic_id *id = &imsic->config.state[level->hwirq];
	int to = pick_cpu(imsic, cpus);
	uint32_t old, older;

	(void)desc;
	if (to < 0)
		return to;
	irqref_chip_lock(&imsic->lock);
	old = id->cpu;
	older = id->before;
	if (old != (uint32_t)to) {
		id->cpu = (uint32_t)to;
		id->before = old;
		if (older != old)
			want(imsic, older, level->hwirq, false);
		want(imsic, (uint32_t)to, level->hwirq, id->on);
	}
	irqref_chip_unlock(&imsic->lock);
	if (old == (uint32_t)to)
		return to;
	apply(imsic, (uint32_t)to, level->hwirq);
	if (older != old && older != (uint32_t)to)
		apply(imsic, older, level->hwirq);
	return to;
}

static int id_retrigger(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_imsic *imsic = imsic_of(level);

	(void)desc;
	send(imsic, __atomic_load_n(&imsic->config.state[level->hwirq].cpu, __ATOMIC_RELAXED),
	     (uint32_t)level->hwirq);
	return IRQREF_OK;
}

static int id_compose(struct irqref_desc *desc, struct irqref_level *level,
                      struct irqref_msi_msg *msg)
{
	struct irqref_imsic *imsic = imsic_of(level);

	(void)desc;
	msg->address = imsic->config.cpus[imsic->config.state[level->hwirq].cpu].message;
	msg->data = (uint32_t)level->hwirq;
	return IRQREF_OK;
}

static const struct irqref_chip id_chip = {
        .name = "imsic",
        .mask = id_mask,
        .unmask = id_unmask,
        .set_affinity = id_set_affinity,
        .retrigger = id_retrigger,
        .compose_msi = id_compose,
};

bool irqref_imsic_masked(const struct irqref_imsic *imsic, irqref_hwirq_t hwirq)
{
	uint32_t cpu, left = PATIENCE;

	for (cpu = 0; hwirq <= imsic->config.ids && cpu < imsic->config.ncpus; cpu++) {
		const struct irqref_imsic_cpu *at = &imsic->config.cpus[cpu];

		if (!up(imsic, cpu))
			continue;
		/* A hart that has yet to enable it will: that is not masked. */
		do {
			if (__atomic_load_n(&at->wanted[hwirq / 32], __ATOMIC_RELAXED) &
			            bit_of(hwirq) ||
			    !left--)
				return false;
		} while (__atomic_load_n(&at->enabled[hwirq / 32], __ATOMIC_ACQUIRE) &
		         bit_of(hwirq));
	}
	return true;
}

/* --------------------------------------------------------------------- numbers */

static int first_cpu(const struct irqref_imsic *imsic)
{
	uint32_t cpu = irqref_hot_cpu();

	if (up(imsic, cpu))
		return (int)cpu;
	for (cpu = 0; cpu < imsic->config.ncpus; cpu++) {
		if (up(imsic, cpu))
			return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

static int id_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_imsic *imsic = imsic_of(level);
	int cpu = first_cpu(imsic);
	unsigned long flags;

	/* Taken by @messages, which alone knows which are free. */
	if (!arg || level->hwirq <= IRQREF_IMSIC_SYNC)
		return IRQREF_ERR_RANGE;
	if (cpu < 0)
		return cpu;
	/* Harts read it that find the number pending from before. */
	flags = irqref_chip_lock_save(&imsic->lock);
	imsic->config.state[level->hwirq] = (struct irqref_imsic_id){
	        .cpu = (uint32_t)cpu,
	        .before = (uint32_t)cpu,
	};
	irqref_chip_unlock_restore(&imsic->lock, flags);
	return irqref_desc_set_flow(desc, IRQREF_FLOW_SIMPLE);
}

/*
 * Every hart forgets what may be pending still; the last of them frees the number. It may be enabled
 * still: an APLIC masks its source alone.
 */
static void id_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_imsic *imsic = imsic_of(level);
	struct irqref_imsic_id *id = &imsic->config.state[level->hwirq];
	unsigned long flags = irqref_hot_irq_save();
	uint32_t cpu, sum = 1;

	(void)desc;
	switch_to(level, false);
	__atomic_fetch_add(&imsic->draining, 1u, __ATOMIC_RELAXED);
	__atomic_store_n(&id->draining, sum, __ATOMIC_RELAXED);
	for (cpu = 0; cpu < imsic->config.ncpus; cpu++) {
		if (!up(imsic, cpu))
			continue;
		__atomic_fetch_add(&id->draining, 1u, __ATOMIC_RELAXED);
		__atomic_fetch_or(&imsic->config.cpus[cpu].drain[level->hwirq / 32],
		                  bit_of(level->hwirq), __ATOMIC_RELEASE);
		apply(imsic, cpu, level->hwirq);
	}
	/* This function's own share, which kept the number from being freed in between. */
	forget(imsic, (uint32_t)level->hwirq / 32, bit_of(level->hwirq));
	irqref_hot_irq_restore(flags);
}

static const struct irqref_domain_ops id_ops = {
        .translate = irqref_chip_no_fwspec,
        .map = id_map,
        .unmap = id_unmap,
};

/* -------------------------------------------------------------------- messages */

/* How many bits tell @count things apart. */
static uint32_t bits_for(uint32_t count)
{
	uint32_t bits = 0;

	while (bits < 31 && 1u << bits < count)
		bits++;
	return bits;
}

/* Numbers that harts have yet to forget are free in a moment. */
static int take(struct irqref_imsic *imsic, uint32_t count, irqref_hwirq_t *base)
{
	uint32_t left = PATIENCE;
	int rc;

	do {
		bool more = __atomic_load_n(&imsic->draining, __ATOMIC_ACQUIRE);

		rc = irqref_msi_take(&imsic->free, count, 1u << bits_for(count), base);
		if (!more)
			break;
	} while (rc == IRQREF_ERR_NOSPC && --left);
	return rc;
}

/* What a block's vectors find in @scratch: its first number; above that, how many of them were mapped. */
#define SCRATCH_MAPPED 32

static uint32_t first_of(const struct irqref_msi_arg *arg)
{
	return (uint32_t)arg->scratch;
}

/*
 * The block is taken at its first vector. If that fails it is given back here; after a later failure
 * the abandon callback does it.
 */
static int message_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_imsic *imsic = imsic_of(level);
	/* The caller of irqref_map_parent() keeps it, for this to leave a mark in. */
	struct irqref_msi_arg *msi = (struct irqref_msi_arg *)(uintptr_t)arg;
	int rc = IRQREF_OK;

	if (!msi)
		return IRQREF_ERR_INVAL;
	if (!msi->index)
		rc = take(imsic, msi->count, &msi->scratch);
	if (rc)
		return rc;
	rc = irqref_map_parent(desc, level, first_of(msi) + msi->index, arg);
	if (!rc) {
		msi->scratch += (irqref_hwirq_t)1 << SCRATCH_MAPPED;
	} else if (!msi->index) {
		irqref_msi_give(&imsic->free, first_of(msi), msi->count);
		msi->scratch = 0;
	}
	return rc;
}

/*
 * One that was mapped here and refused further out frees itself when it is forgotten, and may be
 * another line's by now.
 */

static void message_abandon(struct irqref_domain *domain, const struct irqref_msi_arg *arg)
{
	struct irqref_imsic *imsic = irqref_domain_data(domain);
	uint32_t i;

	for (i = (uint32_t)(arg->scratch >> SCRATCH_MAPPED); i < arg->count; i++)
		irqref_msi_give(&imsic->free, first_of(arg) + i, 1);
}

static const struct irqref_domain_ops message_ops = {
        .translate = irqref_chip_no_fwspec,
        .map = message_map,
        .abandon = message_abandon,
};

/* ---------------------------------------------------------------------- a hart */

static uintptr_t file_at(const struct irqref_imsic_config *config, uint32_t index)
{
	uint32_t shift = FILE_SHIFT + config->guest_bits;
	uint32_t region;

	for (region = 0; region < config->nregions; region++) {
		uint64_t files = config->regions[region].size >> shift;

		if (index < files)
			return config->regions[region].address + ((uintptr_t)index << shift);
		index -= (uint32_t)files;
	}
	return 0;
}

int irqref_imsic_cpu_init(struct irqref_imsic *imsic, uint32_t cpu, uint32_t index)
{
	struct irqref_imsic_cpu *at;
	uintptr_t file;
	uint32_t chunk;
	bool s;

	if (!imsic || cpu >= imsic->config.ncpus)
		return IRQREF_ERR_INVAL;
	file = file_at(&imsic->config, index);
	if (!file)
		return IRQREF_ERR_NOENT;
	at = &imsic->config.cpus[cpu];
	s = imsic->config.supervisor;
	at->wanted[IRQREF_IMSIC_SYNC / 32] = bit_of(IRQREF_IMSIC_SYNC);
	at->message = file + imsic->config.bus_offset;
	for (chunk = 0; chunk <= imsic->config.ids / CHUNK; chunk++) {
		irqref_imsic_csr_write(s, IMSIC_EIE + chunk * (CHUNK / 32), 0);
		irqref_imsic_csr_write(s, IMSIC_EIP + chunk * (CHUNK / 32), 0);
	}
	irqref_imsic_csr_write(s, IMSIC_EITHRESHOLD, 0);
	irqref_imsic_csr_write(s, IMSIC_EIDELIVERY, 1);
	__atomic_store_n(&at->file, file, __ATOMIC_RELEASE);
	apply_all(imsic);
	return IRQREF_OK;
}

/*
 * The file may deliver what was masked from elsewhere and not yet here: that goes back, to be pending
 * where its line is now, and is not lost.
 */
static bool put_back(struct irqref_imsic *imsic, uint32_t id)
{
	const struct irqref_imsic_cpu *cpu = &imsic->config.cpus[irqref_hot_cpu()];

	if (__atomic_load_n(&cpu->wanted[id / 32], __ATOMIC_RELAXED) & bit_of(id))
		return false;
	irqref_imsic_csr_set(imsic->config.supervisor, IMSIC_EIP + id / CHUNK * (CHUNK / 32),
	                     1ul << id % CHUNK);
	apply_chunk(imsic, id / CHUNK);
	return true;
}

uint32_t irqref_imsic_interrupt(struct irqref_imsic *imsic)
{
	uint32_t taken = 0;

	for (;;) {
		uint32_t id = irqref_imsic_csr_claim(imsic->config.supervisor);

		if (!id)
			return taken;
		if (id == IRQREF_IMSIC_SYNC) {
			apply_all(imsic);
		} else if (id <= imsic->config.ids && !put_back(imsic, id)) {
			/* Claimed is completed, also where nothing is mapped. */
			irqref_dispatch(imsic->domain, id);
			taken++;
		}
	}
}

/* ---------------------------------------------------------------------- set-up */

int irqref_imsic_add(struct irqref_imsic *imsic, struct irqref_space *space,
                     const struct irqref_imsic_config *config)
{
	struct irqref_domain_config domain;
	int rc;

	if (!imsic || !space || !config || !config->nregions ||
	    config->nregions > IRQREF_IMSIC_REGIONS || config->ids <= IRQREF_IMSIC_SYNC ||
	    config->ids > IRQREF_IMSIC_IDS || !config->cpus || !config->ncpus || !config->state ||
	    !config->taken)
		return IRQREF_ERR_INVAL;
	*imsic = (struct irqref_imsic){
	        .config = *config,
	        .free = {.bits = config->taken,
	                 .base = IRQREF_IMSIC_SYNC + 1,
	                 .count = config->ids - IRQREF_IMSIC_SYNC},
	};
	domain = (struct irqref_domain_config){
	        .name = config->name ? config->name : "imsic",
	        .node = config->node,
	        .ops = &id_ops,
	        .chip = &id_chip,
	        .flow = IRQREF_FLOW_SIMPLE,
	        .data = imsic,
	        .size = config->ids + 1,
	};
	rc = irqref_domain_add(space, &domain, &imsic->domain);
	if (rc)
		return rc;
	domain = (struct irqref_domain_config){
	        .name = "imsic-messages",
	        .node = config->node,
	        .bus = config->bus ? config->bus : 1,
	        .parent = imsic->domain,
	        .ops = &message_ops,
	        .flow = IRQREF_FLOW_SIMPLE,
	        .data = imsic,
	        .max = (irqref_hwirq_t)1 << 48,
	};
	rc = irqref_domain_add(space, &domain, &imsic->messages);
	if (rc)
		irqref_domain_remove(imsic->domain, IRQREF_REMOVE_FORCE, NULL, NULL);
	return rc;
}

/*
 * What is mapped in the inner domain belongs to messages, so where the outer one goes politely, the
 * inner one does.
 */
int irqref_imsic_remove(struct irqref_imsic *imsic, enum irqref_remove how,
                        irqref_report_fn *report, void *ctx)
{
	uint32_t left = PATIENCE;
	int rc;

	if (!imsic)
		return IRQREF_ERR_INVAL;
	if (imsic->messages) {
		rc = irqref_domain_remove(imsic->messages, how, report, ctx);
		if (rc)
			return rc;
		imsic->messages = NULL;
	}
	/* STALE: an earlier call got as far as to wait. */
	rc = irqref_domain_remove(imsic->domain, how, report, ctx);
	if (rc && rc != IRQREF_ERR_STALE)
		return rc;
	while (__atomic_load_n(&imsic->draining, __ATOMIC_ACQUIRE)) {
		if (!--left)
			return IRQREF_ERR_BUSY;
	}
	return IRQREF_OK;
}

int irqref_imsic_probe(const struct irqref_dt *dt, int node, struct irqref_imsic_config *config)
{
	const void *fdt = dt ? dt->fdt : NULL;
	struct irqref_fwspec fwspec;
	uint64_t address, size;
	int rc;

	if (!fdt || !config)
		return IRQREF_ERR_INVAL;
	if (fdt_node_check_compatible(fdt, node, "riscv,imsics") ||
	    irqref_chip_fdt_disabled(fdt, node))
		return IRQREF_ERR_NOENT;
	rc = irqref_dt_resolve(dt, node, 0, &fwspec, NULL);
	if (rc || fwspec.ncells != 1)
		return rc ? rc : IRQREF_ERR_FORMAT;
	*config = (struct irqref_imsic_config){
	        .name = "imsic",
	        .node = (uintptr_t)node + 1,
	        .supervisor = fwspec.cells[0] == IRQREF_RISCV_SUPERVISOR,
	        .ids = irqref_chip_fdt_u32(fdt, node, "riscv,num-ids", 0),
	        .guest_bits = irqref_chip_fdt_u32(fdt, node, "riscv,guest-index-bits", 0),
	        .hart_bits = irqref_chip_fdt_u32(fdt, node, "riscv,hart-index-bits",
	                                         bits_for((uint32_t)irqref_dt_count(dt, node))),
	        .group_bits = irqref_chip_fdt_u32(fdt, node, "riscv,group-index-bits", 0),
	        .group_shift = irqref_chip_fdt_u32(fdt, node, "riscv,group-index-shift", 24),
	};
	while (config->nregions < IRQREF_IMSIC_REGIONS &&
	       !(rc = irqref_chip_fdt_reg(fdt, node, config->nregions, &address, &size))) {
		config->regions[config->nregions].address = (uintptr_t)address;
		config->regions[config->nregions++].size = size;
	}
	if (rc && rc != IRQREF_ERR_NOENT)
		return rc;
	return config->nregions && config->ids > IRQREF_IMSIC_SYNC &&
	                       config->ids <= IRQREF_IMSIC_IDS && config->guest_bits <= 7 &&
	                       config->hart_bits <= 15 && config->group_bits <= 7 &&
	                       config->group_shift >= 24 && config->group_shift <= 55
	               ? IRQREF_OK
	               : IRQREF_ERR_FORMAT;
}
