/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of two harts' interrupt files and of an APLIC, as far as the drivers touch them.
 */
#ifndef IRQREF_TESTS_CHIPS_AIA_MODEL_H
#define IRQREF_TESTS_CHIPS_AIA_MODEL_H

#include <string.h>

#include <irqref/irqref.h>

#include "aplic.h"
#include "posix.h"
#include "priv/imsic_csr.h"
#include "unit.h"

#define FILE_BASE 0x24000000u
#define APLIC     0x0c000000u
#define HARTS     2u
#define IDS       63u
#define SOURCES   40u

/* Of the APLIC; 40 sources are two words of each array. */
struct model_source {
	uint32_t mode;
	uint32_t target;
	bool wire;
	bool pending;
	bool enabled;
};

static struct {
	struct {
		unsigned long pending;
		unsigned long enabled;
		unsigned long delivery;
		uint32_t idelivery;
	} hart[HARTS];
	uint32_t cpu; /* that the driver runs on */
	uint32_t domaincfg;
	uint32_t can_domaincfg; /* bits of it that can be written */
	uint32_t addrcfg[4];
	bool locked;
	struct model_source source[SOURCES + 1];
	uint32_t no_modes;   /* bits of modes that no source has: it becomes inactive */
	uint32_t raised_low; /* setipnum of a level that was low */
} model;

uint32_t model_cpu(void)
{
	return model.cpu;
}

/* ----------------------------------------------------------------- interrupt files */

static unsigned long *file_register(unsigned long reg)
{
	assert_true(sizeof(unsigned long) == 8);
	switch (reg) {
	case IMSIC_EIP:
		return &model.hart[model.cpu].pending;
	case IMSIC_EIE:
		return &model.hart[model.cpu].enabled;
	default:
		return &model.hart[model.cpu].delivery;
	}
}

void irqref_imsic_csr_write(bool s, unsigned long reg, unsigned long value)
{
	assert_false(s);
	if (reg != IMSIC_EITHRESHOLD)
		*file_register(reg) = value;
}

unsigned long irqref_imsic_csr_read(bool s, unsigned long reg)
{
	assert_false(s);
	return *file_register(reg);
}

void irqref_imsic_csr_set(bool s, unsigned long reg, unsigned long bits)
{
	assert_false(s);
	*file_register(reg) |= bits;
}

void irqref_imsic_csr_clear(bool s, unsigned long reg, unsigned long bits)
{
	assert_false(s);
	*file_register(reg) &= ~bits;
}

uint32_t irqref_imsic_csr_claim(bool s)
{
	unsigned long top = model.hart[model.cpu].pending & model.hart[model.cpu].enabled;
	uint32_t id;

	assert_false(s);
	if (!top || !model.hart[model.cpu].delivery)
		return 0;
	id = (uint32_t)__builtin_ctzl(top);
	model.hart[model.cpu].pending &= ~(1ul << id);
	return id;
}

/* -------------------------------------------------------------------------- APLIC */

static bool is_level(const struct model_source *source)
{
	return source->mode >= 6;
}

static bool rectified(const struct model_source *source)
{
	return source->wire != (source->mode == 5 || source->mode == 7);
}

/* With messages: what is pending and enabled is sent to the file that the target names. */
static void forward(void)
{
	uint32_t i;

	for (i = 1; i <= SOURCES; i++) {
		struct model_source *at = &model.source[i];

		if (!(model.domaincfg & 4) || !(model.domaincfg & 0x100) || !at->pending ||
		    !at->enabled || !at->mode)
			continue;
		at->pending = false;
		assert_true(at->target >> 18 < HARTS);
		model.hart[at->target >> 18].pending |= 1ul << (at->target & 0x7ff);
	}
}

static void wire(uint32_t source, bool high)
{
	struct model_source *at = &model.source[source];
	bool was = rectified(at);

	at->wire = high;
	if (at->mode && !was && rectified(at))
		at->pending = true;
	if (is_level(at) && !rectified(at))
		at->pending = false;
	forward();
}

static uint32_t word_of(uint32_t word, size_t offset)
{
	uint32_t bits = 0, i;

	for (i = word * 32; i < word * 32 + 32 && i <= SOURCES; i++) {
		const struct model_source *at = &model.source[i];
		bool value = offset == 0x1c00   ? at->pending
		             : offset == 0x1d00 ? at->mode && rectified(at)
		                                : at->enabled;

		bits |= i && value ? 1u << i % 32 : 0;
	}
	return bits;
}

static uint32_t aplic_claim(uint32_t hart)
{
	uint32_t i;

	for (i = 1; i <= SOURCES; i++) {
		struct model_source *at = &model.source[i];
		bool up = is_level(at) ? rectified(at) : at->pending;

		if (!up || !at->mode || !at->enabled || at->target >> 18 != hart ||
		    !model.hart[hart].idelivery)
			continue;
		at->pending = false;
		return i << 16 | (at->target & 0xff);
	}
	return 0;
}

static uint32_t aplic_read(uint32_t offset)
{
	if (!offset)
		return 0x80000000u | model.domaincfg;
	if (offset <= SOURCES * 4)
		return model.source[offset / 4].mode;
	if (offset >= 0x1bc0 && offset < 0x1bd0)
		return model.addrcfg[(offset - 0x1bc0) / 4];
	if ((offset & ~0x7fu) == 0x1c00 || (offset & ~0x7fu) == 0x1d00 ||
	    (offset & ~0x7fu) == 0x1e00)
		return word_of((offset & 0x7f) / 4, offset & ~0x7fu);
	if (offset >= 0x4000 && (offset & 31) == 0x1c)
		return aplic_claim((offset - 0x4000) / 32);
	return 0;
}

static void set_mode(struct model_source *source, uint32_t mode)
{
	if (model.no_modes >> mode & 1)
		mode = 0;
	source->mode = mode;
	if (!mode)
		*source = (struct model_source){.wire = source->wire};
}

static void aplic_write(uint32_t offset, uint32_t value)
{
	uint32_t i;

	if (!offset) {
		model.domaincfg = value & model.can_domaincfg;
	} else if (offset <= SOURCES * 4) {
		set_mode(&model.source[offset / 4], value & 7);
	} else if (offset >= 0x1bc0 && offset < 0x1bd0) {
		if (!model.locked)
			model.addrcfg[(offset - 0x1bc0) / 4] = value;
	} else if (offset == 0x1edc || offset == 0x1fdc) {
		model.source[value].enabled = offset == 0x1edc && model.source[value].mode;
	} else if (offset == 0x2000 || offset == 0x1cdc) {
		if (is_level(&model.source[value]) && !rectified(&model.source[value]))
			model.raised_low++;
		model.source[value].pending = true;
	} else if ((offset & ~0x7fu) == 0x1f00) {
		for (i = 0; i <= SOURCES; i++) {
			if (i / 32 == (offset & 0x7f) / 4 && value >> i % 32 & 1)
				model.source[i].enabled = false;
		}
	} else if (offset > 0x3000 && offset <= 0x3000 + SOURCES * 4) {
		if (model.source[(offset - 0x3000) / 4].mode)
			model.source[(offset - 0x3000) / 4].target = value;
	} else if (offset >= 0x4000 && !(offset & 31)) {
		model.hart[(offset - 0x4000) / 32].idelivery = value;
	}
	forward();
}

uint64_t model_read(uintptr_t addr, unsigned int bytes)
{
	assert_int_equal(bytes, 4);
	assert_true(addr >= APLIC && addr < APLIC + 0x8000);
	return aplic_read((uint32_t)(addr - APLIC));
}

void model_write(uintptr_t addr, unsigned int bytes, uint64_t value)
{
	assert_int_equal(bytes, 4);
	if (addr >= FILE_BASE && addr < FILE_BASE + HARTS * 0x1000) {
		assert_int_equal(addr % 0x1000, 0);
		assert_in_range(value, 1, IDS);
		model.hart[(addr - FILE_BASE) / 0x1000].pending |= 1ul << value;
		return;
	}
	assert_true(addr >= APLIC && addr < APLIC + 0x8000);
	aplic_write((uint32_t)(addr - APLIC), (uint32_t)value);
}

/* ------------------------------------------------------------------------ a world */

static struct irqref_space *space;
static struct irqref_consumer consumer;
static struct irqref_imsic imsic;
static struct irqref_imsic_cpu imsic_cpus[HARTS];
static struct irqref_imsic_id imsic_state[IDS + 1];
static uint32_t imsic_taken[2];
static uint32_t runs;

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	/* What is not null is the source whose device is served by it. */
	if (cookie)
		wire(*(const uint32_t *)cookie, false);
	runs++;
	return IRQREF_HANDLED;
}

static void aia_begin(void)
{
	struct irqref_space_config config = {.max_irqs = 256};
	struct irqref_imsic_config files = {
	        .node = 1,
	        .regions = {{FILE_BASE, HARTS * 0x1000}},
	        .nregions = 1,
	        .ids = IDS,
	        .hart_bits = 1,
	        .group_shift = 24,
	        .cpus = imsic_cpus,
	        .ncpus = HARTS,
	        .state = imsic_state,
	        .taken = imsic_taken,
	};
	uint32_t hart;

	memset(&model, 0, sizeof(model));
	memset(imsic_cpus, 0, sizeof(imsic_cpus));
	memset(imsic_state, 0, sizeof(imsic_state));
	memset(imsic_taken, 0, sizeof(imsic_taken));
	model.can_domaincfg = 0x104;
	runs = 0;
	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
	assert_ok(irqref_imsic_add(&imsic, space, &files));
	for (hart = HARTS; hart--;) {
		model.cpu = hart;
		assert_ok(irqref_imsic_cpu_init(&imsic, hart, hart));
	}
}

static void aia_end(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	/* A test may have removed it. */
	if (imsic.messages) {
		assert_ok(irqref_domain_remove(imsic.messages, IRQREF_REMOVE_FORCE, NULL, NULL));
		assert_ok(irqref_domain_remove(imsic.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	}
	assert_ok(irqref_space_remove(space));
}

/* The hart takes what is pending. */
static inline void serve(uint32_t hart)
{
	uint32_t before = model.cpu;

	model.cpu = hart;
	irqref_imsic_interrupt(&imsic);
	model.cpu = before;
}

static inline bool enabled(uint32_t hart, uint32_t id)
{
	return model.hart[hart].enabled >> id & 1;
}

static inline bool pending(uint32_t hart, uint32_t id)
{
	return model.hart[hart].pending >> id & 1;
}

static inline int taken_count(void)
{
	return __builtin_popcount(imsic_taken[0]) + __builtin_popcount(imsic_taken[1]);
}

#endif /* IRQREF_TESTS_CHIPS_AIA_MODEL_H */
