/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of a GICv3 with two CPUs and an ITS, as far as the drivers touch it: each register does
 * what the architecture says a write does, and what it says must not be done is counted.
 */
#ifndef IRQREF_TESTS_CHIPS_GICV3_MODEL_H
#define IRQREF_TESTS_CHIPS_GICV3_MODEL_H

#include <string.h>

#include <irqref/irqref.h>

#include "posix.h"
#include "unit.h"

#include "gicv3_its.h"
#include "priv/gicv3_its_cmd.h"
#include "priv/gicv3_its_tables.h"
#include "priv/gicv3_priv.h"

#define DIST   0x10000000u
#define REDIST 0x11000000u
#define ITS    0x12000000u
#define FRAMES 0x20000u

#define MODEL_CPUS 2u
#define TAKEN_MAX  16u
#define CMDS_MAX   512u

static struct model {
	unsigned char dist[0x10000];
	unsigned char redist[MODEL_CPUS][FRAMES];
	unsigned char its[FRAMES];
	uint32_t affinity[MODEL_CPUS];
	uint32_t cpu;          /* that the driver runs on */
	uint32_t cfg_fixed;    /* bits of every GICD_ICFGR that cannot be written */
	uint32_t cfg_while_on; /* a type was changed while the line was enabled */
	uint32_t pending[TAKEN_MAX];
	uint32_t npending;
	uint32_t eois[TAKEN_MAX];
	uint32_t neois;
	bool no_registers;
	struct its_cmd cmds[CMDS_MAX];
	uint32_t ncmds;
	uint32_t stall_at; /* command number, from 1, that the ITS stops at */
	uint32_t stalls;   /* how many times it stops there; 0: once */
	bool hung;         /* the ITS executes nothing any more */
	uint64_t baser_fixed;
	bool incoherent;
} model;

static unsigned char *model_at(uintptr_t addr, uintptr_t *offset)
{
	uint32_t cpu;

	*offset = addr - DIST;
	if (*offset < sizeof(model.dist))
		return model.dist;
	*offset = addr - ITS;
	if (*offset < sizeof(model.its))
		return model.its;
	for (cpu = 0; cpu < MODEL_CPUS; cpu++) {
		*offset = addr - REDIST - cpu * FRAMES;
		if (*offset < FRAMES)
			return model.redist[cpu];
	}
	fail();
	return NULL;
}

static uint64_t peek(uintptr_t addr, unsigned int bytes)
{
	uint64_t value = 0;
	uintptr_t offset;
	const unsigned char *at = model_at(addr, &offset);

	memcpy(&value, at + offset, bytes);
	return value;
}

static void poke(uintptr_t addr, unsigned int bytes, uint64_t value)
{
	uintptr_t offset;
	unsigned char *at = model_at(addr, &offset);

	memcpy(at + offset, &value, bytes);
}

uint64_t model_read(uintptr_t addr, unsigned int bytes)
{
	assert_int_equal(addr % bytes, 0);
	return peek(addr, bytes);
}

/* ---------------------------------------------------------------------- the ITS */

static void its_run(uint64_t to)
{
	uint64_t queue = peek(ITS + GITS_CBASER, 8) & 0xffffffffff000ull;
	uint64_t read = peek(ITS + GITS_CREADR, 8);

	read &= GITS_QUEUE_OFFSET;
	if (model.hung)
		return;
	while (read != (to & GITS_QUEUE_OFFSET)) {
		assert_true(model.ncmds < CMDS_MAX);
		memcpy(&model.cmds[model.ncmds++], (const unsigned char *)(uintptr_t)queue + read,
		       ITS_CMD_BYTES);
		if (model.ncmds == model.stall_at) {
			model.stall_at = model.stalls ? model.ncmds + 1 : 0;
			model.stalls -= model.stalls ? 1 : 0;
			poke(ITS + GITS_CREADR, 8, read | GITS_STALLED);
			return;
		}
		read = (read + ITS_CMD_BYTES) % ITS_QUEUE_BYTES;
	}
	poke(ITS + GITS_CREADR, 8, read);
}

static void its_write(uintptr_t offset, unsigned int bytes, uint64_t value)
{
	uint64_t old = peek(ITS + offset, bytes);

	if (offset == GITS_CWRITER) {
		bool on = peek(ITS + GITS_CTLR, 4) & GITS_CTLR_ENABLED;

		assert_true(on || !value);
		poke(ITS + offset, bytes, value & GITS_QUEUE_OFFSET);
		if (on)
			its_run(value);
		return;
	}
	if (offset == GITS_CTLR)
		value |= GITS_CTLR_QUIESCENT;
	if (offset >= GITS_BASER && offset < GITS_BASER + 64) {
		/* Type and entry size are the ITS's own, and what the test has fixed. */
		uint64_t fixed = 7ull << 56 | 0x1full << 48 | model.baser_fixed;

		value = (value & ~fixed) | (old & fixed);
	}
	if (offset >= GITS_CBASER && offset < GITS_BASER + 64 && model.incoherent)
		value &= ~GIC_TABLE_SHARE_ALL;
	poke(ITS + offset, bytes, value);
}

/* ------------------------------------------------- distributor, redistributors */

/* Set and clear registers of one array; @base: where ISENABLER's page of registers begins. */
static bool bits_write(uintptr_t base, uintptr_t offset, uint64_t value)
{
	static const struct {
		uint32_t set, clear;
	} pairs[] = {{GICD_ISENABLER, GICD_ICENABLER}, {GICD_ISPENDR, GICD_ICPENDR}};
	size_t i;

	for (i = 0; i < UNIT_COUNT(pairs); i++) {
		uintptr_t word;

		if (offset - pairs[i].set < 0x80) {
			word = offset - pairs[i].set;
			value |= peek(base + pairs[i].set + word, 4);
		} else if (offset - pairs[i].clear < 0x80) {
			word = offset - pairs[i].clear;
			value = peek(base + pairs[i].set + word, 4) & ~value;
		} else {
			continue;
		}
		poke(base + pairs[i].set + word, 4, value);
		poke(base + pairs[i].clear + word, 4, value);
		return true;
	}
	return false;
}

static void lines_write(uintptr_t base, uintptr_t offset, unsigned int bytes, uint64_t value)
{
	uint64_t old = peek(base + offset, bytes);
	uint32_t i;

	if (bytes == 4 && bits_write(base, offset, value))
		return;
	if (offset - GICD_ICFGR < 0x100) {
		uint32_t first = (uint32_t)(offset - GICD_ICFGR) * 4;

		value = (value & ~(uint64_t)model.cfg_fixed) | (old & model.cfg_fixed);
		for (i = 0; i < 16; i++) {
			bool on = peek(base + GICD_ISENABLER + (first + i) / 32 * 4, 4) >>
			                  (first + i) % 32 &
			          1;

			if (on && (old ^ value) >> i * 2 & 3)
				model.cfg_while_on++;
		}
	}
	poke(base + offset, bytes, value);
}

void model_write(uintptr_t addr, unsigned int bytes, uint64_t value)
{
	uintptr_t offset;
	unsigned char *at = model_at(addr, &offset);

	assert_int_equal(addr % bytes, 0);
	if (at == model.its) {
		its_write(offset, bytes, value);
	} else if (at == model.dist) {
		lines_write(DIST, offset, bytes, value);
	} else if (offset >= GICR_SGI) {
		lines_write(addr - offset + GICR_SGI, offset - GICR_SGI, bytes, value);
	} else {
		if (offset == GICR_WAKER)
			value = value & GICR_WAKER_SLEEP ? value | GICR_WAKER_ASLEEP
			                                 : value & ~(uint64_t)GICR_WAKER_ASLEEP;
		if (offset == GICR_PROPBASER && model.incoherent)
			value &= ~GIC_TABLE_SHARE_ALL;
		poke(addr, bytes, value);
	}
}

/* ------------------------------------------------------------- CPU interface */

uint32_t irqref_gicv3_cpu_ack(void)
{
	uint32_t intid = 1023, i;

	if (!model.npending)
		return intid;
	intid = model.pending[0];
	model.npending--;
	for (i = 0; i < model.npending; i++)
		model.pending[i] = model.pending[i + 1];
	return intid;
}

void irqref_gicv3_cpu_eoi(uint32_t intid)
{
	assert_true(model.neois < TAKEN_MAX);
	model.eois[model.neois++] = intid;
}

bool irqref_gicv3_cpu_enable(void)
{
	return !model.no_registers;
}

uint32_t irqref_gicv3_cpu_affinity(void)
{
	return model.affinity[model.cpu];
}

void irqref_gicv3_cpu_publish(void)
{
}

uint32_t model_cpu(void)
{
	return model.cpu;
}

/* ---------------------------------------------------------------------- a world */

#define LPI_BITS 14u
#define LPIS     ((1u << LPI_BITS) - IRQREF_GICV3_LPI)

static struct irqref_space *space;
static struct irqref_consumer consumer;
static struct irqref_gicv3 gic;
static struct irqref_gicv3_cpu cpus[MODEL_CPUS];
static uint8_t lpi_config[LPIS] __attribute__((aligned(4096)));
static uint8_t lpi_pending[MODEL_CPUS * 0x10000] __attribute__((aligned(65536)));
static uint32_t lpi_taken[LPIS / 32];
static uint32_t runs;

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	runs++;
	return IRQREF_HANDLED;
}

/* 64 lines, LPIs of 14 bits; CPU 1 has another number in each field of its affinity. */
static void model_reset(void)
{
	uint32_t cpu;

	memset(&model, 0, sizeof(model));
	memset(cpus, 0, sizeof(cpus));
	memset(lpi_taken, 0, sizeof(lpi_taken));
	model.affinity[1] = 0x01020304;
	poke(DIST + GICD_PIDR2, 4, 0x3b);
	poke(DIST + GICD_TYPER, 4, 1u | GICD_TYPER_LPIS | (LPI_BITS - 1) << 19);
	for (cpu = 0; cpu < MODEL_CPUS; cpu++) {
		uintptr_t at = REDIST + cpu * FRAMES;

		poke(at + GICR_TYPER, 8,
		     (uint64_t)model.affinity[cpu] << 32 | (cpu + 7) << 8 | GICR_TYPER_PLPIS |
		             (cpu == MODEL_CPUS - 1 ? GICR_TYPER_LAST : 0));
		poke(at + GICR_WAKER, 4, GICR_WAKER_SLEEP | GICR_WAKER_ASLEEP);
	}
	runs = 0;
}

static struct irqref_gicv3_config gic_config(void)
{
	return (struct irqref_gicv3_config){
	        .node = 1,
	        .distributor = DIST,
	        .regions = {{REDIST, MODEL_CPUS * FRAMES}},
	        .nregions = 1,
	        .cpus = cpus,
	        .ncpus = MODEL_CPUS,
	        .lpi_bits = LPI_BITS,
	        .lpi_config = lpi_config,
	        .lpi_pending = lpi_pending,
	        .lpi_taken = lpi_taken,
	};
}

static void space_begin(void)
{
	struct irqref_space_config config = {.max_irqs = 256};

	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
}

static void space_end(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	if (gic.domain)
		assert_ok(irqref_domain_remove(gic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	gic.domain = NULL;
	assert_ok(irqref_space_remove(space));
}

static void take(uint32_t intid)
{
	model.pending[model.npending++] = intid;
	irqref_gicv3_interrupt(&gic);
}

#endif /* IRQREF_TESTS_CHIPS_GICV3_MODEL_H */
