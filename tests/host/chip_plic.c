/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PLIC driver on a model: who is enabled where, what is claimed is completed, and what is left
 * when the controller is taken away.
 */
#include <string.h>

#include <irqref/irqref.h>

#include "plic.h"
#include "posix.h"
#include "unit.h"

#define CPUS    2u
#define SOURCES 40u
#define BASE    0xc000000u

/* The contexts of the CPUs: of each hart, the second. */
static const uint32_t contexts[CPUS] = {1, 3};

static struct {
	uint32_t cpu; /* that the test is */
	uint32_t priority[SOURCES + 1];
	uint64_t enabled[4];
	uint32_t threshold[4];
	uint64_t wire;
	uint64_t in_service;
	uint32_t ignored; /* completions where the source was not enabled */
	bool falls;       /* the device lets its wire fall when it is claimed */
	bool disables;    /* another CPU disables then what was claimed */
} model;

static struct irqref_space *space;
static struct irqref_consumer consumer;
static struct irqref_plic plic;
static struct irqref_plic_cpu cpus[CPUS];
static uint32_t runs;

uint32_t model_cpu(void);
uint32_t model_cpu(void)
{
	return model.cpu;
}

static uint32_t claim(uint32_t context)
{
	uint64_t up = model.wire & model.enabled[context] & ~model.in_service;
	uint32_t i;

	for (i = 1; i <= SOURCES; i++) {
		if (!(up >> i & 1) || model.priority[i] <= model.threshold[context])
			continue;
		model.in_service |= 1ull << i;
		if (model.falls)
			model.wire = 0;
		if (model.disables)
			model.enabled[context] &= ~(1ull << i);
		return i;
	}
	return 0;
}

static void complete(uint32_t context, uint32_t source)
{
	if (model.enabled[context] >> source & 1)
		model.in_service &= ~(1ull << source);
	else
		model.ignored++;
}

uint64_t model_read(uintptr_t addr, unsigned int bytes)
{
	uint32_t offset = (uint32_t)(addr - BASE);

	assert_int_equal(bytes, 4);
	if (offset <= SOURCES * 4)
		return model.priority[offset / 4];
	if (offset < 0x200000)
		return (uint32_t)(model.enabled[(offset - 0x2000) / 0x80] >> offset % 0x80 * 8);
	assert_int_equal(offset % 0x1000, 4);
	return claim((offset - 0x200000) / 0x1000);
}

void model_write(uintptr_t addr, unsigned int bytes, uint64_t value)
{
	uint32_t offset = (uint32_t)(addr - BASE), shift = offset % 0x80 * 8;
	uint64_t *enabled;

	assert_int_equal(bytes, 4);
	if (offset <= SOURCES * 4) {
		/* Three bits, as implementations have. */
		model.priority[offset / 4] = value & 7;
	} else if (offset < 0x200000) {
		enabled = &model.enabled[(offset - 0x2000) / 0x80];
		*enabled = (*enabled & ~(0xffffffffull << shift)) | value << shift;
	} else if (offset % 0x1000 == 0) {
		model.threshold[(offset - 0x200000) / 0x1000] = value & 7;
	} else {
		complete((offset - 0x200000) / 0x1000, (uint32_t)value);
	}
}

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	(void)cookie;
	model.wire = 0;
	runs++;
	return IRQREF_HANDLED;
}

static void begin(void)
{
	struct irqref_plic_config config = {
	        .name = "plic",
	        .node = 1,
	        .base = BASE,
	        .sources = SOURCES,
	        .cpus = cpus,
	        .ncpus = CPUS,
	};
	uint32_t cpu;

	assert_ok(irqref_plic_add(&plic, space, &config));
	for (cpu = 0; cpu < CPUS; cpu++)
		assert_ok(irqref_plic_cpu_init(&plic, cpu, contexts[cpu]));
}

static void setup(void)
{
	struct irqref_space_config config = {.max_irqs = 64};
	uint32_t i;

	memset(&model, 0, sizeof(model));
	memset(cpus, 0, sizeof(cpus));
	/* What ran before left all on. */
	for (i = 0; i <= SOURCES; i++)
		model.priority[i] = 7;
	for (i = 0; i < 4; i++)
		model.enabled[i] = UINT64_MAX;
	runs = 0;
	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
	begin();
}

static void teardown(void)
{
	assert_true(irqref_consumer_remove(space, consumer, NULL, NULL) >= 0);
	if (plic.domain)
		assert_ok(irqref_plic_remove(&plic, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_ok(irqref_space_remove(space));
}

static struct irqref_ref line(irqref_hwirq_t source)
{
	struct irqref_ref ref;

	assert_ok(irqref_get(plic.domain, source, 0, consumer, NULL, &ref, NULL));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	return ref;
}

static bool enabled(uint32_t cpu, uint32_t source)
{
	return model.enabled[contexts[cpu]] >> source & 1;
}

static uint32_t interrupt(uint32_t cpu)
{
	model.cpu = cpu;
	return irqref_plic_interrupt(&plic);
}

static void all_sources_are_off(void)
{
	uint32_t i;

	for (i = 1; i <= SOURCES; i++) {
		assert_int_equal(model.priority[i], 0);
		assert_false(enabled(0, i) || enabled(1, i));
		assert_true(irqref_plic_masked(&plic, i));
	}
	/* The contexts of others are theirs. */
	assert_true(model.enabled[0] == UINT64_MAX && model.enabled[2] == UINT64_MAX);
}

static void a_source_is_served_where_it_is_enabled(void)
{
	uint32_t bits = 2, chosen = 9;
	struct irqref_cpumask second = {&bits, 32};
	struct irqref_ref ref = line(35);

	assert_true(enabled(0, 35));
	assert_false(irqref_plic_masked(&plic, 35));
	model.wire = 1ull << 35;
	assert_int_equal(interrupt(1), 0);
	assert_int_equal(interrupt(0), 1);
	assert_int_equal(runs, 1);
	assert_true(model.in_service == 0);
	assert_ok(irqref_set_affinity(space, ref, &second, &chosen));
	assert_int_equal(chosen, 1);
	assert_false(enabled(0, 35));
	model.wire = 1ull << 35;
	assert_int_equal(interrupt(0), 0);
	assert_int_equal(interrupt(1), 1);
	assert_int_equal(runs, 2);
	assert_true(model.in_service == 0);
	assert_int_equal(model.ignored, 0);
}

/* Nobody completes it but the driver, or it is dead for whoever maps it next. */
static void R18_what_nobody_has_is_let_go(void)
{
	model.priority[7] = 1;
	model.enabled[contexts[0]] |= 1u << 7;
	model.wire = 1u << 7;
	model.falls = true;
	assert_int_equal(interrupt(0), 1);
	assert_true(model.in_service == 0);
	assert_true(enabled(0, 7));
	/* The same where another CPU disables it between the claim and the completion. */
	model.wire = 1u << 7;
	model.disables = true;
	assert_int_equal(interrupt(0), 1);
	assert_true(model.in_service == 0);
	assert_false(enabled(0, 7));
	assert_int_equal(model.ignored, 0);
	assert_int_equal(runs, 0);
}

static void T15_a_held_source_keeps_the_controller(void)
{
	struct irqref_ref ref = line(5);

	assert_code(irqref_plic_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_plic_remove(&plic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	model.wire = 1u << 5;
	assert_int_equal(interrupt(0), 1);
	assert_int_equal(runs, 1);
	assert_ok(irqref_put_sync(space, ref));
	assert_ok(irqref_plic_remove(&plic, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_code(irqref_plic_remove(&plic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_STALE);
	plic.domain = NULL;
}

static void T15_the_controller_goes_and_comes_back(void)
{
	(void)line(5);
	assert_ok(irqref_plic_remove(&plic, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(model.priority[5], 0);
	assert_false(enabled(0, 5));
	assert_int_equal(model.threshold[contexts[0]], 7);
	assert_int_equal(model.threshold[contexts[1]], 7);
	assert_int_equal(model.threshold[0], 0);
	/* Whatever anybody enables: this driver takes nothing. */
	model.priority[5] = 7;
	model.enabled[contexts[0]] = UINT64_MAX;
	model.wire = 1u << 5;
	assert_int_equal(interrupt(0), 0);
	assert_true(model.in_service == 0);
	begin();
	(void)line(5);
	assert_int_equal(interrupt(0), 1);
	assert_int_equal(runs, 1);
}

static const struct irqref_test tests[] = {
        TEST(all_sources_are_off),
        TEST(a_source_is_served_where_it_is_enabled),
        TEST(R18_what_nobody_has_is_let_go),
        TEST(T15_a_held_source_keeps_the_controller),
        TEST(T15_the_controller_goes_and_comes_back),
};
UNIT_SUITE_FIXTURE("plic", tests, setup, teardown)
