/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the GICv3 driver writes to its registers, and what it does with what it reads.
 */
#include "chips/gicv3_model.h"

static struct irqref_ref line(irqref_hwirq_t hwirq, unsigned int type)
{
	struct irqref_ref ref;

	assert_ok(irqref_get(gic.domain, hwirq, type, consumer, NULL, &ref, NULL));
	return ref;
}

static uint32_t reg(uint32_t offset)
{
	return (uint32_t)peek(DIST + offset, 4);
}

static void setup(void)
{
	struct irqref_gicv3_config config = gic_config();

	model_reset();
	space_begin();
	assert_ok(irqref_gicv3_add(&gic, space, &config));
	assert_ok(irqref_gicv3_cpu_init(&gic, 0));
}

static void teardown(void)
{
	space_end();
}

/* ------------------------------------------------------------------------ set-up */

static void all_lines_are_off_and_come_here(void)
{
	uint32_t i;

	assert_int_equal(reg(GICD_CTLR), GICD_CTLR_ARE | GICD_CTLR_GROUP1);
	assert_int_equal(gic.lines, 64);
	assert_int_equal(reg(GICD_ISENABLER + 4), 0);
	assert_int_equal(reg(GICD_IGROUPR + 4), UINT32_MAX);
	for (i = 32; i < 64; i += 4)
		assert_int_equal(reg(GICD_IPRIORITYR + i), 0xa0a0a0a0);
	for (i = 32; i < 64; i++)
		assert_true(peek(DIST + GICD_IROUTER + i * 8ul, 8) == 0);
}

static void a_cpu_finds_its_redistributor_by_affinity(void)
{
	assert_int_equal(cpus[0].redistributor, REDIST);
	assert_int_equal(cpus[0].processor, 7);
	assert_int_equal(cpus[1].redistributor, 0);
	model.cpu = 1;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	assert_int_equal(cpus[1].redistributor, REDIST + FRAMES);
	assert_int_equal(cpus[1].processor, 8);
	assert_int_equal(peek(REDIST + FRAMES + GICR_WAKER, 4), 0);
	model.affinity[1] = 99;
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOENT);
	assert_code(irqref_gicv3_cpu_init(&gic, 2), IRQREF_ERR_INVAL);
}

/* A CPU that cannot be had takes no lines. */
static void R12_a_cpu_that_fails_is_not_up(void)
{
	static const uint32_t bits = 2;
	struct irqref_cpumask mask = {&bits, 32};
	struct irqref_ref ref = line(33, IRQREF_TYPE_HIGH);

	model.cpu = 1;
	model.no_registers = true;
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOTSUP);
	assert_int_equal(cpus[1].redistributor, 0);
	model.no_registers = false;
	model.incoherent = true;
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOTSUP);
	assert_int_equal(cpus[1].redistributor, 0);
	assert_code(irqref_set_affinity(space, ref, &mask, NULL), IRQREF_ERR_REFUSED);
	model.incoherent = false;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	assert_ok(irqref_set_affinity(space, ref, &mask, NULL));
}

/* The field that says so is not 0: 2^(n + 1) LPIs, though INTIDs have room for more. */
static void a_gic_with_few_lpis(void)
{
	struct irqref_gicv3_config config = gic_config();
	struct irqref_gicv3 other;

	assert_int_equal(gic.lpis.count, LPIS);
	config.node = 7;
	poke(DIST + GICD_TYPER, 4, peek(DIST + GICD_TYPER, 4) | 9u << 11);
	assert_ok(irqref_gicv3_add(&other, space, &config));
	assert_int_equal(other.lpis.count, 1024);
	assert_ok(irqref_domain_remove(other.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
	poke(DIST + GICD_TYPER, 4, peek(DIST + GICD_TYPER, 4) | 30u << 11);
	assert_ok(irqref_gicv3_add(&other, space, &config));
	assert_int_equal(other.lpis.count, LPIS);
	assert_ok(irqref_domain_remove(other.domain, IRQREF_REMOVE_FORCE, NULL, NULL));
}

/* Four frames each, where there are virtual LPIs; the second one is two frames further on. */
static void redistributors_are_as_far_apart_as_they_say(void)
{
	poke(REDIST + GICR_TYPER, 8, peek(REDIST + GICR_TYPER, 8) | GICR_TYPER_VLPIS);
	model.cpu = 1;
	/* The region ends before four frames are over. */
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOENT);
	gic.config.stride = FRAMES;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	/* A second region. */
	gic.config.regions[0].size = FRAMES;
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOENT);
	gic.config.regions[1].address = REDIST + FRAMES;
	gic.config.regions[1].size = FRAMES;
	gic.config.nregions = 2;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
}

static void lpi_tables_are_given_to_each_cpu(void)
{
	uint64_t attributes = GIC_TABLE_SHARED | GIC_TABLE_INNER;

	assert_true(peek(REDIST + GICR_PROPBASER, 8) ==
	            ((uintptr_t)lpi_config | attributes | (LPI_BITS - 1)));
	assert_true(peek(REDIST + GICR_PENDBASER, 8) ==
	            ((uintptr_t)lpi_pending | attributes | GIC_PENDBASER_ZERO));
	assert_int_equal(peek(REDIST + GICR_CTLR, 4), GICR_CTLR_LPIS);
	model.cpu = 1;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	assert_true((peek(REDIST + FRAMES + GICR_PENDBASER, 8) & 0xffffffffff0000ull) ==
	            (uintptr_t)lpi_pending + 0x10000);
	model.incoherent = true;
	assert_code(irqref_gicv3_cpu_init(&gic, 1), IRQREF_ERR_NOTSUP);
}

static void what_is_no_gicv3_is_refused(void)
{
	struct irqref_gicv3_config config = gic_config();
	struct irqref_gicv3 other;

	poke(DIST + GICD_PIDR2, 4, 0x2b);
	assert_code(irqref_gicv3_add(&other, space, &config), IRQREF_ERR_NOTSUP);
	poke(DIST + GICD_PIDR2, 4, 0x4b);
	config.lpi_bits = 15;
	assert_code(irqref_gicv3_add(&other, space, &config), IRQREF_ERR_NOTSUP);
	config.lpi_bits = 13;
	assert_code(irqref_gicv3_add(&other, space, &config), IRQREF_ERR_INVAL);
	config.lpi_bits = LPI_BITS;
	config.lpi_config++;
	assert_code(irqref_gicv3_add(&other, space, &config), IRQREF_ERR_INVAL);
	config = gic_config();
	config.ncpus = 0;
	assert_code(irqref_gicv3_add(&other, space, &config), IRQREF_ERR_INVAL);
	assert_code(irqref_gicv3_add(&other, space, NULL), IRQREF_ERR_INVAL);
}

/* -------------------------------------------------------------------- specifiers */

static void specifiers_of_three_and_four_cells(void)
{
	static const struct {
		struct irqref_fwspec fwspec;
		int rc;
		uint32_t hwirq;
	} cases[] = {
	        {{1, 3, {0, 5, 4}}, 0, 37},
	        {{1, 4, {0, 5, 1, 0}}, 0, 37},
	        {{1, 3, {1, 11, 0xf08}}, 0, 27},
	        {{1, 3, {0, 31, 4}}, 0, 63},
	        {{1, 3, {0, 32, 4}}, IRQREF_ERR_REFUSED, 0},
	        {{1, 3, {1, 16, 4}}, IRQREF_ERR_REFUSED, 0},
	        {{1, 3, {2, 0, 4}}, IRQREF_ERR_REFUSED, 0},
	        {{1, 3, {3, 0, 4}}, IRQREF_ERR_REFUSED, 0},
	        {{1, 4, {1, 11, 4, 9}}, IRQREF_ERR_REFUSED, 0},
	        {{1, 2, {0, 5}}, IRQREF_ERR_REFUSED, 0},
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(cases); i++) {
		irqref_hwirq_t hwirq = 0;
		unsigned int type;
		int rc = irqref_domain_translate(gic.domain, &cases[i].fwspec, &hwirq, &type);

		/* The callback's own code may say more than REFUSED. */
		assert_true(cases[i].rc ? rc < 0 : rc == 0);
		assert_int_equal(hwirq, cases[i].hwirq);
		if (!rc)
			assert_int_equal(type, cases[i].fwspec.cells[2] & 0xf);
	}
}

/* ---------------------------------------------------------------------- the lines */

static void T16_type_is_one_bit_of_two(void)
{
	struct irqref_ref edge = line(34, IRQREF_TYPE_RISING);
	struct irqref_ref level = line(35, IRQREF_TYPE_HIGH);
	struct irqref_ref low = line(36, IRQREF_TYPE_LOW);

	assert_int_equal(reg(GICD_ICFGR + 8), 0);
	assert_ok(irqref_request(space, edge, handler, NULL, 0));
	assert_int_equal(reg(GICD_ICFGR + 8), 2u << 4);
	assert_ok(irqref_request(space, level, handler, NULL, 0));
	assert_int_equal(reg(GICD_ICFGR + 8), 2u << 4);
	assert_code(irqref_request(space, low, handler, NULL, 0), IRQREF_ERR_TYPE);
	/* Changed under way: the line is off meanwhile, and on again. */
	assert_ok(irqref_set_type(space, edge, IRQREF_TYPE_HIGH));
	assert_int_equal(reg(GICD_ICFGR + 8), 0);
	assert_int_equal(reg(GICD_ISENABLER + 4), 3u << 2);
	assert_int_equal(model.cfg_while_on, 0);
}

static void T16_a_type_that_the_line_cannot_have(void)
{
	struct irqref_ref ref = line(34, IRQREF_TYPE_RISING);

	model.cfg_fixed = 2u << 4;
	assert_code(irqref_request(space, ref, handler, NULL, 0), IRQREF_ERR_TYPE);
	assert_int_equal(reg(GICD_ISENABLER + 4), 0);
}

static void a_line_is_enabled_with_its_first_handler(void)
{
	struct irqref_ref ref = line(40, IRQREF_TYPE_HIGH);

	assert_true(irqref_gicv3_masked(&gic, 40));
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_int_equal(reg(GICD_ISENABLER + 4), 1u << 8);
	assert_false(irqref_gicv3_masked(&gic, 40));
	assert_ok(irqref_disable(space, ref));
	assert_true(irqref_gicv3_masked(&gic, 40));
	assert_ok(irqref_enable(space, ref));
	assert_ok(irqref_put_sync(space, ref));
	assert_int_equal(reg(GICD_ISENABLER + 4), 0);
	assert_true(irqref_gicv3_masked(&gic, 40));
}

static void affinity_is_a_route(void)
{
	static const uint32_t bits[] = {3, 2, 4};
	struct irqref_cpumask mask = {bits, 32};
	struct irqref_ref ref = line(33, IRQREF_TYPE_HIGH);
	uint32_t cpu = 9;

	/* CPU 1 is not up. */
	assert_ok(irqref_set_affinity(space, ref, &mask, &cpu));
	assert_int_equal(cpu, 0);
	mask.bits++;
	assert_code(irqref_set_affinity(space, ref, &mask, &cpu), IRQREF_ERR_REFUSED);
	model.cpu = 1;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	model.cpu = 0;
	assert_ok(irqref_set_affinity(space, ref, &mask, &cpu));
	assert_int_equal(cpu, 1);
	assert_true(peek(DIST + GICD_IROUTER + 33 * 8, 8) == 0x0100020304ull);
	assert_true(peek(DIST + GICD_IROUTER + 34 * 8, 8) == 0);
	mask.bits++;
	assert_code(irqref_set_affinity(space, ref, &mask, &cpu), IRQREF_ERR_REFUSED);
}

static void a_priority_is_a_byte(void)
{
	assert_ok(irqref_gicv3_set_priority(&gic, 33, 0x40));
	assert_int_equal(reg(GICD_IPRIORITYR + 32), 0xa0a040a0);
	assert_ok(irqref_gicv3_set_priority(&gic, 27, 0x20));
	assert_int_equal(peek(REDIST + GICR_SGI + GICD_IPRIORITYR + 24, 4), 0x20a0a0a0);
	assert_code(irqref_gicv3_set_priority(&gic, 3, 0), IRQREF_ERR_RANGE);
	assert_code(irqref_gicv3_set_priority(&gic, 64, 0), IRQREF_ERR_RANGE);
}

/* R19: what came while the line was disabled is raised again by the distributor. */
static void R19_an_edge_is_resent_by_the_controller(void)
{
	struct irqref_ref ref = line(50, IRQREF_TYPE_RISING);

	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	assert_ok(irqref_disable(space, ref));
	take(50);
	assert_int_equal(runs, 0);
	assert_ok(irqref_enable(space, ref));
	assert_int_equal(reg(GICD_ISPENDR + 4), 1u << 18);
}

/* ------------------------------------------------------------------ private lines */

static void private_lines_are_enabled_on_each_cpu_by_itself(void)
{
	static const uint32_t bits = 1;
	struct irqref_cpumask mask = {&bits, 32};
	void *cookies[256] = {NULL};
	struct irqref_ref ref = line(27, IRQREF_TYPE_HIGH);

	assert_ok(irqref_request_percpu(space, ref, handler, cookies));
	assert_int_equal(peek(REDIST + GICR_SGI + GICD_ISENABLER, 4), 0);
	assert_ok(irqref_percpu_enable(space, ref));
	assert_int_equal(peek(REDIST + GICR_SGI + GICD_ISENABLER, 4), 1u << 27);
	assert_int_equal(reg(GICD_ISENABLER), 0);
	assert_false(irqref_gicv3_masked(&gic, 27));
	take(27);
	assert_int_equal(runs, 1);
	assert_int_equal(model.neois, 1);
	assert_ok(irqref_percpu_disable(space, ref));
	assert_true(irqref_gicv3_masked(&gic, 27));
	assert_code(irqref_set_affinity(space, ref, &mask, NULL), IRQREF_ERR_NOTSUP);
}

/* Its type counts on every CPU, those that come up later, too. */
static void a_private_line_has_one_type_on_all_cpus(void)
{
	void *cookies[256] = {NULL};
	struct irqref_ref ref = line(30, IRQREF_TYPE_RISING);

	assert_ok(irqref_request_percpu(space, ref, handler, cookies));
	assert_int_equal(peek(REDIST + GICR_SGI + GICD_ICFGR + 4, 4), 2u << 28);
	model.cpu = 1;
	assert_ok(irqref_gicv3_cpu_init(&gic, 1));
	assert_int_equal(peek(REDIST + FRAMES + GICR_SGI + GICD_ICFGR + 4, 4), 2u << 28);
}

/* ------------------------------------------------------------------- interrupts */

static void R18_every_interrupt_is_completed_once(void)
{
	struct irqref_ref ref = line(40, IRQREF_TYPE_HIGH);

	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	model.pending[0] = 40;
	model.pending[1] = 41; /* nobody's */
	model.pending[2] = 3;  /* software's */
	model.npending = 3;
	assert_int_equal(irqref_gicv3_interrupt(&gic), 3);
	assert_int_equal(runs, 1);
	assert_int_equal(model.neois, 3);
	assert_int_equal(model.eois[0], 40);
	assert_int_equal(model.eois[1], 41);
	assert_int_equal(model.eois[2], 3);
	/* Nothing pending: the special answer is not completed. */
	assert_int_equal(irqref_gicv3_interrupt(&gic), 0);
	assert_int_equal(model.neois, 3);
}

static void T17_numbers_that_are_no_lines(void)
{
	struct irqref_ref ref;

	assert_code(irqref_get(gic.domain, 3, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	assert_code(irqref_get(gic.domain, 64, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	assert_code(irqref_get(gic.domain, 1020, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	/* A message has no line until an ITS makes one. */
	assert_code(irqref_get(gic.domain, 8192, 0, consumer, NULL, &ref, NULL), IRQREF_ERR_RANGE);
	assert_code(irqref_get(gic.domain, 1u << LPI_BITS, 0, consumer, NULL, &ref, NULL),
	            IRQREF_ERR_RANGE);
}

static void T15_a_held_line_keeps_the_controller(void)
{
	struct irqref_ref ref = line(40, IRQREF_TYPE_HIGH);

	assert_code(irqref_gicv3_remove(NULL, IRQREF_REMOVE_FORCE, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_gicv3_remove(&gic, IRQREF_REMOVE_POLITE, NULL, NULL), IRQREF_ERR_BUSY);
	assert_true(peek(DIST + GICD_CTLR, 4) & GICD_CTLR_GROUP1);
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	take(40);
	assert_int_equal(runs, 1);
	assert_ok(irqref_gicv3_remove(&gic, IRQREF_REMOVE_FORCE, NULL, NULL));
	assert_int_equal(peek(DIST + GICD_CTLR, 4), GICD_CTLR_ARE);
	assert_true(irqref_gicv3_masked(&gic, 40));
	/* One that was on its way is completed. */
	take(40);
	assert_int_equal(runs, 1);
	assert_int_equal(model.eois[model.neois - 1], 40);
	gic.domain = NULL;
}

static void T15_the_controller_comes_back(void)
{
	struct irqref_gicv3_config config = gic_config();
	struct irqref_ref ref;

	assert_ok(irqref_gicv3_remove(&gic, IRQREF_REMOVE_POLITE, NULL, NULL));
	assert_ok(irqref_gicv3_add(&gic, space, &config));
	model.cpu = 0;
	assert_ok(irqref_gicv3_cpu_init(&gic, 0));
	ref = line(40, IRQREF_TYPE_HIGH);
	assert_ok(irqref_request(space, ref, handler, NULL, 0));
	take(40);
	assert_int_equal(runs, 1);
}

static const struct irqref_test tests[] = {
        TEST(all_lines_are_off_and_come_here),
        TEST(a_cpu_finds_its_redistributor_by_affinity),
        TEST(R12_a_cpu_that_fails_is_not_up),
        TEST(a_gic_with_few_lpis),
        TEST(redistributors_are_as_far_apart_as_they_say),
        TEST(lpi_tables_are_given_to_each_cpu),
        TEST(what_is_no_gicv3_is_refused),
        TEST(specifiers_of_three_and_four_cells),
        TEST(T16_type_is_one_bit_of_two),
        TEST(T16_a_type_that_the_line_cannot_have),
        TEST(a_line_is_enabled_with_its_first_handler),
        TEST(affinity_is_a_route),
        TEST(a_priority_is_a_byte),
        TEST(R19_an_edge_is_resent_by_the_controller),
        TEST(private_lines_are_enabled_on_each_cpu_by_itself),
        TEST(a_private_line_has_one_type_on_all_cpus),
        TEST(R18_every_interrupt_is_completed_once),
        TEST(T17_numbers_that_are_no_lines),
        TEST(T15_a_held_line_keeps_the_controller),
        TEST(T15_the_controller_comes_back),
};
UNIT_SUITE_FIXTURE("gicv3", tests, setup, teardown)
