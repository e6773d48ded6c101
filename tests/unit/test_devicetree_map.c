/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree reader: interrupt-map with the semantics of Linux, and the trace.
 */
#include "dt_blob.h"

/* interrupt-map */

static void a_host_bridge_maps_slots_and_pins(void)
{
	begin();
	controller("pic", 1, 1);
	host_bridge();
	end();
	done();
	pci_resolves_to("/pcie", 0, 1, "/pic", 32);
	pci_resolves_to("/pcie", 0, 4, "/pic", 35);
	pci_resolves_to("/pcie", 1, 1, "/pic", 33);
	pci_resolves_to("/pcie", 1, 3, "/pic", 35);
	pci_fails("/pcie", 1, 4, IRQREF_ERR_NOENT, "/pcie", "interrupt-map");
	/* The mask keeps two bits of the slot. */
	pci_resolves_to("/pcie", 4, 1, "/pic", 32);
	pci_resolves_to("/pcie", 29, 1, "/pic", 33);
	pci_fails("/pcie", 2, 1, IRQREF_ERR_NOENT, "/pcie", "interrupt-map");
}

static void a_device_with_a_node_matches_by_its_unit_address(void)
{
	begin();
	controller("pic", 1, 1);
	host_bridge();
	node("nic@1");
	cells("reg", 0x800, 0, 0, 0, 0);
	cells("interrupts", 2);
	end();
	node("nowhere");
	cells("interrupts", 3);
	end();
	end();
	done();
	resolves("/pcie/nic@1", 0, "/pic", 34);
	/* A missing unit address reads as zero. */
	resolves("/pcie/nowhere", 0, "/pic", 34);
}

static void bus_and_function_are_part_of_the_unit_address(void)
{
	struct irqref_fwspec spec;

	begin();
	controller("pic", 1, 1);
	node("pcie");
	text("device_type", "pci");
	cells("#address-cells", 3);
	cells("#interrupt-cells", 1);
	cells("interrupt-map", 0x10900, 0, 0, 1, 1, 32);
	end();
	done();
	assert_ok(irqref_dt_resolve_pci(&dt, at("/pcie"), 1, 9, 1, &spec, NULL));
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 1, 8, 1, &spec, NULL),
	            IRQREF_ERR_NOENT);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 0, 9, 1, &spec, NULL),
	            IRQREF_ERR_NOENT);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 256, 9, 1, &spec, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 1, 256, 1, &spec, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 1, 9, 0, &spec, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 1, 9, 5, &spec, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve_pci(&dt, at("/pcie") + 4, 1, 9, 1, &spec, NULL),
	            IRQREF_ERR_INVAL);
}

static void the_mask_is_applied_to_both_sides(void)
{
	begin();
	controller("pic", 1, 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map-mask", 3);
	cells("interrupt-map", 0x11, 1, 40, 0x22, 1, 41);
	node("dev");
	cells("interrupts", 0x31);
	end();
	node("dev2");
	cells("interrupts", 0x42);
	end();
	end();
	done();
	resolves("/nexus/dev", 0, "/pic", 40);
	resolves("/nexus/dev2", 0, "/pic", 41);
}

static void without_a_mask_all_bits_count(void)
{
	begin();
	controller("pic", 1, 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 40, 0x80000001, 1, 41);
	node("dev");
	cells("interrupts", 0x80000001);
	end();
	end();
	done();
	resolves("/nexus/dev", 0, "/pic", 41);
}

static void the_first_entry_that_matches_counts(void)
{
	begin();
	controller("pic", 1, 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map-mask", 0);
	cells("interrupt-map", 1, 1, 40, 2, 1, 41);
	node("dev");
	cells("interrupts", 2);
	end();
	end();
	done();
	resolves("/nexus/dev", 0, "/pic", 40);
}

static void a_map_parent_without_address_cells_has_none(void)
{
	begin();
	cells("#address-cells", 2);
	node("gic");
	flag("interrupt-controller");
	cells("#interrupt-cells", 3);
	cells("#address-cells", 2);
	cells("phandle", 1);
	end();
	controller("plic", 2, 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 0xa, 0xb, 0, 4, 8, 2, 2, 9);
	node("dev");
	cells("interrupts", 1, 2);
	end();
	end();
	done();
	resolves("/nexus/dev", 0, "/gic", 0, 4, 8);
	resolves("/nexus/dev", 1, "/plic", 9);
}

static void a_nexus_without_address_cells_takes_those_around_it(void)
{
	begin();
	controller("pic", 1, 1);
	node("bus");
	cells("#address-cells", 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("interrupt-map", 0x100, 7, 1, 40, 0x200, 7, 1, 41);
	node("dev@200");
	cells("reg", 0x200, 0x10);
	cells("interrupts", 7);
	end();
	end();
	end();
	node("nexus2");
	cells("#interrupt-cells", 1);
	cells("interrupt-map", 0, 0x100, 7, 1, 42);
	node("dev@100");
	cells("reg", 0, 0x100);
	cells("interrupts", 7);
	end();
	end();
	done();
	resolves("/bus/nexus/dev@200", 0, "/pic", 41);
	/* Up to the root there are none: two, then. */
	resolves("/nexus2/dev@100", 0, "/pic", 42);
}

static void of_a_unit_address_three_cells_count(void)
{
	begin();
	controller("pic", 1, 1);
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 4);
	cells("interrupt-map", 1, 2, 3, 0, 7, 1, 40);
	node("dev");
	cells("reg", 1, 2, 3, 4);
	cells("interrupts", 7);
	end();
	end();
	done();
	resolves("/nexus/dev", 0, "/pic", 40);
}

static void an_entry_whose_parent_is_disabled_is_skipped(void)
{
	begin();
	node("off");
	flag("interrupt-controller");
	cells("#interrupt-cells", 2);
	cells("phandle", 2);
	text("status", "disabled");
	end();
	node("odd");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("phandle", 3);
	flag("status");
	end();
	node("on");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("phandle", 1);
	text("status", "okay");
	end();
	node("ok");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("phandle", 4);
	text("status", "ok");
	end();
	node("nexus");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 2, 40, 4, 1, 3, 41, 1, 1, 42, 2, 2, 43, 4, 3, 4, 44);
	node("dev");
	cells("interrupts", 1, 2, 3);
	end();
	end();
	node("direct");
	cells("interrupts-extended", 2, 5, 4);
	end();
	done();
	resolves("/nexus/dev", 0, "/on", 42);
	fails("/nexus/dev", 1, IRQREF_ERR_NOENT, "/nexus", "interrupt-map");
	resolves("/nexus/dev", 2, "/ok", 44);
	/* That counts in maps only. */
	resolves("/direct", 0, "/off", 5, 4);
}

static void controller_and_nexus(const char *compatible)
{
	begin();
	controller("pic", 1, 1);
	node("both");
	flag("interrupt-controller");
	if (compatible)
		assert_int_equal(
		        fdt_property(BLOB, "compatible", compatible, (int)strlen(compatible) + 1),
		        0);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 40);
	node("dev");
	cells("interrupts", 1, 2);
	end();
	end();
	done();
}

static void a_controller_with_a_map_is_a_nexus(void)
{
	controller_and_nexus(NULL);
	resolves("/both/dev", 0, "/pic", 40);
	fails("/both/dev", 1, IRQREF_ERR_NOENT, "/both", "interrupt-map");
	controller_and_nexus("renesas,rza1-irqc2");
	assert_int_equal(irqref_dt_is_nexus(&dt, at("/both")), 1);
	assert_int_equal(irqref_dt_is_nexus(&dt, at("/both/dev")), 0);
	assert_code(irqref_dt_is_nexus(&dt, at("/both") + 4), IRQREF_ERR_INVAL);
	resolves("/both/dev", 0, "/pic", 40);
	controller_and_nexus("renesas,rza1-irq");
	resolves("/both/dev", 0, "/pic", 40);
}

static void eight_controllers_have_maps_of_their_own(void)
{
	static const char *const names[] = {
	        "CBEA,platform-spider-pic", "sti,platform-spider-pic", "realtek,rtl-intc",
	        "fsl,ls1021a-extirq",       "fsl,ls1043a-extirq",      "fsl,ls1088a-extirq",
	        "pasemi,rootbus",           "renesas,rza1-irqc",       "Realtek,RTL-INTC",
	};

	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		controller_and_nexus(names[i]);
		assert_int_equal(irqref_dt_is_nexus(&dt, at("/both")), 0);
		resolves("/both/dev", 0, "/both", 1);
		resolves("/both/dev", 1, "/both", 2);
	}
}

static void a_later_compatible_counts_too(void)
{
	static const char two[] = "vendor,pic\0renesas,rza1-irqc";

	begin();
	controller("pic", 1, 1);
	node("both");
	flag("interrupt-controller");
	assert_int_equal(fdt_property(BLOB, "compatible", two, sizeof(two)), 0);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 40);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("unended");
	flag("interrupt-controller");
	assert_int_equal(fdt_property(BLOB, "compatible", "pasemi,rootbus", 14), 0);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 41);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	done();
	resolves("/both/dev", 0, "/both", 1);
	resolves("/unended/dev", 0, "/pic", 41);
}

static void an_entry_for_the_node_itself_ends_the_walk(void)
{
	begin();
	controller("pic", 1, 1);
	node("port");
	text("device_type", "pci");
	flag("interrupt-controller");
	cells("phandle", 2);
	cells("#address-cells", 3);
	cells("#interrupt-cells", 1);
	cells("interrupt-map-mask", 0, 0, 0, 7);
	cells("interrupt-map", 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 1);
	end();
	done();
	pci_resolves_to("/port", 0, 1, "/port", 0);
	pci_resolves_to("/port", 9, 2, "/port", 1);
	pci_fails("/port", 0, 3, IRQREF_ERR_NOENT, "/port", "interrupt-map");
}

static void nexus_nodes_chain(void)
{
	begin();
	controller("gic", 1, 3);
	node("outer");
	cells("phandle", 2);
	cells("#interrupt-cells", 2);
	cells("#address-cells", 1);
	cells("interrupt-map", 0xaa, 5, 1, 1, 0, 50, 4, 0xbb, 5, 1, 1, 0, 51, 4);
	end();
	node("inner");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 2, 0xbb, 5, 1);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	done();
	/* The unit address of the second look-up is that of the first map's entry. */
	resolves("/inner/dev", 0, "/gic", 0, 51, 4);
}

static void a_cycle_of_nexus_nodes_is_refused(void)
{
	begin();
	node("a");
	cells("phandle", 1);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 2, 1);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("b");
	cells("phandle", 2);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 1);
	end();
	done();
	fails("/a/dev", 0, IRQREF_ERR_FORMAT, "/a", "interrupt-map");
}

static void a_parent_that_is_neither_keeps_the_name(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 4);
	node("bus");
	cells("#interrupt-cells", 1);
	node("dev");
	cells("interrupts", 7, 8);
	end();
	end();
	done();
	resolves("/bus/dev", 0, "/bus", 7);
	resolves("/bus/dev", 1, "/bus", 8);
}

static void a_parent_that_leads_nowhere_is_an_error(void)
{
	begin();
	node("bus");
	cells("#interrupt-cells", 1);
	node("dev");
	cells("interrupts", 7);
	end();
	end();
	node("self");
	cells("#interrupt-cells", 1);
	cells("phandle", 5);
	cells("interrupt-parent", 5);
	cells("interrupts", 7);
	end();
	done();
	fails("/bus/dev", 0, IRQREF_ERR_NOENT, "/", "interrupt-parent");
	fails("/self", 0, IRQREF_ERR_FORMAT, "/self", "interrupt-map");
}

static void a_bridge_without_interrupt_cells_asks_its_parent(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	node("pcie");
	text("device_type", "pci");
	cells("#address-cells", 3);
	cells("interrupt-map", 0, 0, 0, 1, 1, 32);
	end();
	node("other");
	cells("interrupt-parent", 9);
	end();
	done();
	/* The search begins at the parent, so that the bridge's own map takes no part. */
	pci_resolves_to("/pcie", 0, 1, "/pcie", 1);
	pci_fails("/other", 0, 1, IRQREF_ERR_FORMAT, "/other", "interrupt-parent");
}

static void empty_interrupt_cells_in_a_cycle_are_refused(void)
{
	begin();
	cells("interrupt-parent", 1);
	node("pic");
	flag("interrupt-controller");
	flag("#interrupt-cells");
	cells("phandle", 1);
	end();
	done();
	pci_fails("/pic", 0, 1, IRQREF_ERR_FORMAT, "/pic", "#interrupt-cells");
}

static void maps_that_are_broken_are_named(void)
{
	begin();
	controller("pic", 1, 1);
	controller("wide", 3, 17);
	node("plain");
	cells("phandle", 2);
	end();
	node("dangling");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 5, 9, 40, 1, 1, 41);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("short");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 5, 1, 40, 1, 1);
	node("dev");
	cells("interrupts", 1, 5);
	end();
	end();
	node("cut");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 5, 4, 40);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	controller("gic", 4, 3);
	node("lacks");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 5, 2, 40);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("toowide");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 5, 3, 40);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("mask");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 1);
	cells("interrupt-map-mask", 1);
	cells("interrupt-map", 0, 5, 1, 40);
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	node("empty");
	cells("#interrupt-cells", 1);
	flag("interrupt-map");
	node("dev");
	cells("interrupts", 1);
	end();
	end();
	done();
	fails("/dangling/dev", 0, IRQREF_ERR_FORMAT, "/dangling", "interrupt-map");
	resolves("/short/dev", 1, "/pic", 40);
	/* Too short to begin another entry: it is not looked at. */
	fails("/short/dev", 0, IRQREF_ERR_NOENT, "/short", "interrupt-map");
	fails("/cut/dev", 0, IRQREF_ERR_FORMAT, "/cut", "interrupt-map");
	fails("/lacks/dev", 0, IRQREF_ERR_FORMAT, "/plain", "#interrupt-cells");
	fails("/toowide/dev", 0, IRQREF_ERR_FORMAT, "/wide", "#interrupt-cells");
	fails("/mask/dev", 0, IRQREF_ERR_FORMAT, "/mask", "interrupt-map-mask");
	fails("/empty/dev", 0, IRQREF_ERR_NOENT, "/empty", "interrupt-map");
}

static void work_is_limited(void)
{
	struct irqref_fwspec spec;
	struct irqref_dt_diag diag;
	uint64_t work = 7;

	begin();
	controller("pic", 1, 1);
	host_bridge();
	end();
	done();
	dt.work = &work;
	/* Pin 4 is the fourth entry: three are left, and the fourth is too many. */
	assert_ok(irqref_dt_resolve_pci(&dt, at("/pcie"), 0, 0, 4, &spec, &diag));
	assert_int_equal(work, 3);
	for (int i = 0; i < 2; i++) {
		assert_code(irqref_dt_resolve_pci(&dt, at("/pcie"), 0, 0, 4, &spec, &diag),
		            IRQREF_ERR_FORMAT);
		assert_string_equal(diag.property, "interrupt-map");
		assert_int_equal(work, 0);
	}
}

static void a_controller_may_take_no_cells(void)
{
	begin();
	controller("cpu", 1, 0);
	node("dev");
	cells("interrupt-parent", 1);
	cells("interrupts", 5);
	end();
	node("dev2");
	cells("interrupts-extended", 1, 1);
	end();
	done();
	resolves_to("/dev", 0, "/cpu", NULL, 0);
	assert_int_equal(irqref_dt_count(&dt, at("/dev")), 1);
	resolves_to("/dev2", 1, "/cpu", NULL, 0);
	assert_int_equal(irqref_dt_count(&dt, at("/dev2")), 2);
}

/* The trace */

static enum irqref_dt_step steps[16];
static int where[16];
static uint32_t nsteps;

static void note_step(void *arg, const struct irqref_dt_event *event)
{
	assert_ptr_equal(arg, &nsteps);
	assert_true(nsteps < UNIT_COUNT(steps));
	steps[nsteps] = event->step;
	where[nsteps++] = event->node;
}

static void the_trace_tells_each_step(void)
{
	static const enum irqref_dt_step want[] = {
	        IRQREF_DT_STEP_INHERIT,   IRQREF_DT_STEP_PARENT, IRQREF_DT_STEP_FOUND,
	        IRQREF_DT_STEP_SPECIFIER, IRQREF_DT_STEP_MAP,    IRQREF_DT_STEP_ENTRY,
	        IRQREF_DT_STEP_DISABLED,  IRQREF_DT_STEP_MATCH,  IRQREF_DT_STEP_CONTROLLER,
	};
	static const char *const places[] = {"/dev",   "/",      "/nexus", "/dev", "/nexus",
	                                     "/nexus", "/nexus", "/nexus", "/pic"};
	struct irqref_fwspec spec;

	begin();
	cells("interrupt-parent", 3);
	controller("pic", 1, 1);
	node("off");
	cells("#interrupt-cells", 1);
	cells("phandle", 2);
	text("status", "disabled");
	end();
	node("nexus");
	cells("phandle", 3);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map", 1, 1, 40, 2, 2, 41, 2, 1, 42);
	end();
	node("dev");
	cells("interrupts", 2, 3);
	end();
	done();
	nsteps = 0;
	dt.trace = note_step;
	dt.trace_arg = &nsteps;
	assert_ok(irqref_dt_resolve(&dt, at("/dev"), 0, &spec, NULL));
	assert_int_equal(nsteps, UNIT_COUNT(want));
	for (uint32_t i = 0; i < nsteps; i++) {
		assert_int_equal(steps[i], want[i]);
		assert_int_equal(where[i], at(places[i]));
	}
	nsteps = 0;
	assert_code(irqref_dt_resolve(&dt, at("/dev"), 1, &spec, NULL), IRQREF_ERR_NOENT);
	assert_int_equal(steps[nsteps - 1], IRQREF_DT_STEP_NO_MATCH);
}

static const struct irqref_test tests[] = {
        TEST(a_host_bridge_maps_slots_and_pins),
        TEST(a_device_with_a_node_matches_by_its_unit_address),
        TEST(bus_and_function_are_part_of_the_unit_address),
        TEST(the_mask_is_applied_to_both_sides),
        TEST(without_a_mask_all_bits_count),
        TEST(the_first_entry_that_matches_counts),
        TEST(a_map_parent_without_address_cells_has_none),
        TEST(a_nexus_without_address_cells_takes_those_around_it),
        TEST(of_a_unit_address_three_cells_count),
        TEST(an_entry_whose_parent_is_disabled_is_skipped),
        TEST(a_controller_with_a_map_is_a_nexus),
        TEST(eight_controllers_have_maps_of_their_own),
        TEST(a_later_compatible_counts_too),
        TEST(an_entry_for_the_node_itself_ends_the_walk),
        TEST(nexus_nodes_chain),
        TEST(a_cycle_of_nexus_nodes_is_refused),
        TEST(a_parent_that_is_neither_keeps_the_name),
        TEST(a_parent_that_leads_nowhere_is_an_error),
        TEST(a_bridge_without_interrupt_cells_asks_its_parent),
        TEST(empty_interrupt_cells_in_a_cycle_are_refused),
        TEST(maps_that_are_broken_are_named),
        TEST(work_is_limited),
        TEST(a_controller_may_take_no_cells),
        TEST(the_trace_tells_each_step),
};

UNIT_SUITE("devicetree-map", tests)
