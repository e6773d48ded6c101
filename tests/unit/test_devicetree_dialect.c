/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree reader: each difference that docs/dialects.md lists, in each dialect.
 */
#include "dt_blob.h"

enum {
	LINUX,
	DTSPEC,
	FREEBSD,
	EDTLIB,
	NDIALECTS
};

static const uint32_t policies[NDIALECTS] = {IRQREF_DT_LINUX, IRQREF_DT_DTSPEC, IRQREF_DT_FREEBSD,
                                             IRQREF_DT_EDTLIB};

/* Where an interrupt ends, with one cell; NULL: it fails. */
struct want {
	const char *to;
	uint32_t cell;
};

static void speak(int dialect)
{
	dt.policy = policies[dialect];
	bare.policy = policies[dialect];
}

/* What becomes of an interrupt in each dialect, in the order above. */
static void in_each(const char *path, uint32_t index, const struct want *want)
{
	struct irqref_fwspec spec;
	struct irqref_dt_diag diag;

	for (int i = 0; i < NDIALECTS; i++) {
		speak(i);
		if (want[i].to) {
			resolves_to(path, index, want[i].to, &want[i].cell, 1);
			continue;
		}
		assert_true(irqref_dt_resolve(&dt, at(path), index, &spec, &diag) < 0);
		assert_true(diag.reason[0] != '\0');
		assert_true(irqref_dt_resolve(&bare, at(path), index, &spec, &diag) < 0);
	}
}

static void pin_in_each(const char *path, const struct want *want)
{
	for (int i = 0; i < NDIALECTS; i++) {
		speak(i);
		if (want[i].to)
			pci_resolves_to(path, 0, 1, want[i].to, want[i].cell);
		else
			assert_true(irqref_dt_resolve_pci(&dt, at(path), 0, 0, 1,
			                                  &(struct irqref_fwspec){0}, NULL) < 0);
	}
}

#define each(path, index, ...)                                                                     \
	do {                                                                                       \
		const struct want want_[NDIALECTS] = {__VA_ARGS__};                                \
		in_each(path, index, want_);                                                       \
	} while (0)

#define pin_each(path, ...)                                                                        \
	do {                                                                                       \
		const struct want want_[NDIALECTS] = {__VA_ARGS__};                                \
		pin_in_each(path, want_);                                                          \
	} while (0)

#define FAILS                                                                                      \
	{                                                                                          \
		NULL, 0                                                                            \
	}

/* A controller as the Specification wants it to be where a map names it. */
static void mapped_controller(const char *name, uint32_t phandle)
{
	node(name);
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("phandle", phandle);
	end();
}

static void bridge(void)
{
	node("pcie");
	text("device_type", "pci");
	cells("#address-cells", 3);
	cells("#interrupt-cells", 1);
	cells("phandle", 9);
}

/* A nexus without unit addresses; the caller adds its map. */
static void nexus(const char *name, uint32_t phandle)
{
	node(name);
	cells("phandle", phandle);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
}

static void device(const char *name, uint32_t parent, uint32_t cell)
{
	node(name);
	cells("interrupt-parent", parent);
	cells("interrupts", cell);
	end();
}

static void what_all_agree_on(void)
{
	begin();
	cells("interrupt-parent", 1);
	mapped_controller("pic", 1);
	bridge();
	cells("interrupt-map-mask", 0, 0, 0, 7);
	cells("interrupt-map", 0, 0, 0, 1, 1, 32, 0, 0, 0, 2, 1, 33);
	end();
	node("dev");
	cells("interrupts", 3, 4);
	end();
	node("dev2");
	cells("interrupts-extended", 1, 5, 1, 6);
	end();
	done();
	each("/dev", 1, {"/pic", 4}, {"/pic", 4}, {"/pic", 4}, {"/pic", 4});
	each("/dev2", 1, {"/pic", 6}, {"/pic", 6}, {"/pic", 6}, {"/pic", 6});
	pin_each("/pcie", {"/pic", 32}, {"/pic", 32}, {"/pic", 32}, {"/pic", 32});
}

static void a_map_parent_without_address_cells(void)
{
	begin();
	controller("pic", 1, 1);
	bridge();
	cells("interrupt-map", 0, 0, 0, 1, 1, 32);
	end();
	done();
	pin_each("/pcie", {"/pic", 32}, FAILS, {"/pic", 32}, FAILS);
	speak(EDTLIB);
	pci_fails("/pcie", 0, 1, IRQREF_ERR_FORMAT, "/pic", "#address-cells");
}

static void a_nexus_without_address_cells(void)
{
	begin();
	cells("#address-cells", 3);
	mapped_controller("pic", 1);
	node("three");
	text("device_type", "pci");
	cells("#interrupt-cells", 1);
	cells("interrupt-map", 0, 0, 0, 1, 1, 32);
	end();
	node("two");
	text("device_type", "pci");
	cells("#interrupt-cells", 1);
	cells("interrupt-map", 0, 0, 1, 1, 33);
	end();
	done();
	pin_each("/three", {"/pic", 32}, FAILS, FAILS, FAILS);
	pin_each("/two", FAILS, FAILS, {"/pic", 33}, {"/pic", 33});
	speak(DTSPEC);
	pci_fails("/two", 0, 1, IRQREF_ERR_FORMAT, "/two", "#address-cells");
}

static void what_the_mask_is_applied_to(void)
{
	begin();
	mapped_controller("pic", 1);
	bridge();
	cells("interrupt-map-mask", 0, 0, 0, 7);
	cells("interrupt-map", 0x800, 0, 0, 1, 1, 32, 0, 0, 0, 1, 1, 33);
	end();
	done();
	pin_each("/pcie", {"/pic", 32}, {"/pic", 33}, {"/pic", 33}, {"/pic", 33});
}

static void a_mask_that_is_too_long(void)
{
	begin();
	mapped_controller("pic", 1);
	bridge();
	cells("interrupt-map-mask", 0, 0, 0, 7, 0);
	cells("interrupt-map", 0, 0, 0, 1, 1, 32);
	end();
	done();
	pin_each("/pcie", {"/pic", 32}, {"/pic", 32}, {"/pic", 32}, FAILS);
	speak(EDTLIB);
	pci_fails("/pcie", 0, 1, IRQREF_ERR_FORMAT, "/pcie", "interrupt-map-mask");
}

static void an_entry_whose_parent_is_disabled(void)
{
	begin();
	mapped_controller("pic", 1);
	node("off");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("phandle", 2);
	text("status", "disabled");
	end();
	bridge();
	cells("interrupt-map", 0, 0, 0, 1, 2, 31, 0, 0, 0, 1, 1, 32);
	end();
	done();
	pin_each("/pcie", {"/pic", 32}, {"/off", 31}, {"/off", 31}, {"/off", 31});
}

static void a_node_that_is_controller_and_nexus(void)
{
	begin();
	mapped_controller("pic", 1);
	nexus("both", 2);
	flag("interrupt-controller");
	cells("interrupt-map", 7, 1, 40);
	end();
	nexus("outer", 3);
	cells("interrupt-map", 1, 2, 7);
	end();
	device("dev", 2, 7);
	device("far", 3, 1);
	done();
	/* FreeBSD looks up maps for PCI only. */
	each("/dev", 0, {"/pic", 40}, {"/pic", 40}, {"/both", 7}, {"/both", 7});
	each("/far", 0, {"/pic", 40}, {"/pic", 40}, {"/outer", 1}, {"/pic", 40});
}

static void a_private_map(void)
{
	begin();
	mapped_controller("pic", 1);
	nexus("irqc", 2);
	flag("interrupt-controller");
	text("compatible", "renesas,rza1-irqc");
	cells("interrupt-map", 7, 1, 40);
	end();
	nexus("outer", 3);
	cells("interrupt-map", 1, 2, 7);
	end();
	device("dev", 2, 7);
	device("far", 3, 1);
	done();
	each("/dev", 0, {"/irqc", 7}, {"/pic", 40}, {"/irqc", 7}, {"/irqc", 7});
	each("/far", 0, {"/irqc", 7}, {"/pic", 40}, {"/outer", 1}, {"/pic", 40});
	speak(LINUX);
	assert_int_equal(irqref_dt_is_nexus(&dt, at("/irqc")), 0);
	speak(DTSPEC);
	assert_int_equal(irqref_dt_is_nexus(&dt, at("/irqc")), 1);
}

static void an_entry_for_its_own_node(void)
{
	begin();
	mapped_controller("pic", 1);
	nexus("nexus", 2);
	cells("interrupt-map", 1, 2, 5, 5, 1, 40, 6, 2, 6);
	end();
	device("dev", 2, 1);
	device("circle", 2, 6);
	done();
	each("/dev", 0, {"/nexus", 5}, {"/pic", 40}, {"/nexus", 1}, {"/pic", 40});
	each("/circle", 0, {"/nexus", 6}, FAILS, {"/nexus", 6}, FAILS);
}

static void interrupt_parent_names_no_provider(void)
{
	begin();
	cells("#interrupt-cells", 2);
	mapped_controller("pic", 1);
	node("bus");
	cells("phandle", 2);
	cells("interrupt-parent", 1);
	end();
	device("dev", 2, 7);
	/* It has #interrupt-cells and is neither controller nor nexus. */
	node("cells");
	cells("phandle", 3);
	cells("#interrupt-cells", 1);
	cells("interrupt-parent", 1);
	end();
	device("dev2", 3, 8);
	done();
	/* FreeBSD takes what is named, and finds two cells around it: one interrupt, too short. */
	each("/dev", 0, {"/pic", 7}, FAILS, FAILS, FAILS);
	/* Linux goes on to the parent, and the result still counts as the named node's. */
	each("/dev2", 0, {"/cells", 8}, FAILS, {"/cells", 8}, FAILS);
	speak(DTSPEC);
	fails("/dev", 0, IRQREF_ERR_FORMAT, "/dev", "interrupt-parent");
}

static void a_controller_without_interrupt_cells(void)
{
	begin();
	node("pic");
	flag("interrupt-controller");
	cells("phandle", 1);
	end();
	device("dev", 1, 7);
	node("dev2");
	cells("interrupts-extended", 1, 8);
	end();
	done();
	each("/dev", 0, FAILS, FAILS, {"/pic", 7}, FAILS);
	each("/dev2", 0, FAILS, FAILS, {"/pic", 8}, FAILS);
	speak(DTSPEC);
	fails("/dev", 0, IRQREF_ERR_FORMAT, "/pic", "#interrupt-cells");
}

static void the_parent_of_a_node_that_names_none(void)
{
	begin();
	cells("interrupt-parent", 1);
	mapped_controller("pic", 1);
	/* A node with #interrupt-cells that is neither controller nor nexus. */
	node("bus");
	cells("#interrupt-cells", 1);
	cells("interrupt-parent", 2);
	node("dev");
	cells("interrupts", 7);
	end();
	end();
	mapped_controller("gpio", 2);
	node("mux");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("phandle", 3);
	node("dev");
	cells("interrupts", 8);
	end();
	end();
	done();
	each("/bus/dev", 0, {"/bus", 7}, {"/gpio", 7}, {"/gpio", 7}, {"/gpio", 7});
	/* FreeBSD passes the controller around the device and takes the root's interrupt-parent. */
	each("/mux/dev", 0, {"/mux", 8}, {"/mux", 8}, {"/pic", 8}, {"/mux", 8});
}

static void nobody_names_a_parent(void)
{
	begin();
	node("dev");
	cells("interrupts", 7);
	end();
	mapped_controller("pic", 1);
	node("mux");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1);
	cells("interrupts", 8);
	end();
	done();
	/* FreeBSD: the node around it, with one cell. */
	each("/dev", 0, FAILS, FAILS, {"/", 7}, FAILS);
	/* And it begins to look for a controller at the node itself. */
	each("/mux", 0, FAILS, FAILS, {"/mux", 8}, FAILS);
}

static void both_properties(void)
{
	begin();
	mapped_controller("pic", 1);
	mapped_controller("gpio", 2);
	node("dev");
	cells("interrupt-parent", 1);
	cells("interrupts", 3, 4);
	cells("interrupts-extended", 2, 7);
	end();
	done();
	each("/dev", 0, {"/gpio", 7}, {"/gpio", 7}, {"/pic", 3}, {"/gpio", 7});
	each("/dev", 1, {"/pic", 4}, FAILS, {"/pic", 4}, FAILS);
	for (int i = 0; i < NDIALECTS; i++) {
		speak(i);
		assert_int_equal(irqref_dt_count(&dt, at("/dev")),
		                 i == LINUX || i == FREEBSD ? 2 : 1);
	}
}

static void an_empty_entry(void)
{
	begin();
	mapped_controller("pic", 1);
	node("dev");
	cells("interrupts-extended", 1, 7, 0, 1, 8);
	end();
	done();
	each("/dev", 0, {"/pic", 7}, {"/pic", 7}, {"/pic", 7}, {"/pic", 7});
	each("/dev", 1, FAILS, FAILS, FAILS, FAILS);
	each("/dev", 2, {"/pic", 8}, {"/pic", 8}, FAILS, FAILS);
	speak(EDTLIB);
	fails("/dev", 2, IRQREF_ERR_FORMAT, "/dev", "interrupts-extended");
	assert_int_equal(irqref_dt_count(&dt, at("/dev")), 2);
}

static void a_device_without_unit_address(void)
{
	begin();
	mapped_controller("pic", 1);
	node("nexus");
	cells("phandle", 2);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 1);
	cells("interrupt-map", 0, 5, 1, 40);
	end();
	device("dev", 2, 5);
	done();
	each("/dev", 0, {"/pic", 40}, {"/pic", 40}, {"/nexus", 5}, FAILS);
	speak(EDTLIB);
	fails("/dev", 0, IRQREF_ERR_FORMAT, "/dev", "reg");
}

static void bits_that_pass_thru(void)
{
	begin();
	node("pic");
	flag("interrupt-controller");
	cells("#interrupt-cells", 2);
	cells("#address-cells", 1);
	cells("phandle", 1);
	end();
	node("nexus");
	cells("phandle", 2);
	cells("#interrupt-cells", 2);
	cells("#address-cells", 0);
	cells("interrupt-map-mask", 0xf, 0);
	cells("interrupt-map-pass-thru", 0x10, 0xf);
	cells("interrupt-map", 5, 0, 1, 0xa0, 0x40, 0x80);
	end();
	node("short");
	cells("phandle", 3);
	cells("#interrupt-cells", 1);
	cells("#address-cells", 0);
	cells("interrupt-map-pass-thru", 1, 2);
	cells("interrupt-map", 5, 1, 0, 1, 2);
	end();
	node("dev");
	cells("interrupt-parent", 2);
	cells("interrupts", 0x35, 0x7b);
	end();
	device("dev2", 3, 5);
	done();
	speak(LINUX);
	resolves("/dev", 0, "/pic", 0x40, 0x80);
	speak(DTSPEC);
	resolves("/dev", 0, "/pic", 0x40, 0x80);
	speak(EDTLIB);
	resolves("/dev", 0, "/pic", 0x50, 0x8b);
	fails("/dev2", 0, IRQREF_ERR_FORMAT, "/short", "interrupt-map-pass-thru");
}

static void one_map_only(void)
{
	begin();
	mapped_controller("pic", 1);
	nexus("nexus", 2);
	cells("interrupt-map", 5, 1, 40);
	end();
	bridge();
	cells("interrupt-map", 0, 0, 0, 1, 2, 5);
	end();
	done();
	pin_each("/pcie", {"/pic", 40}, {"/pic", 40}, {"/nexus", 5}, {"/pic", 40});
}

static void an_id_that_msi_map_lacks(void)
{
	int target = -1;
	uint32_t out = 0;

	begin();
	cells("msi-map", 0, 1, 0x100, 0x10);
	node("its");
	cells("phandle", 1);
	end();
	node("pcie");
	cells("msi-map", 0x20, 1, 0x200, 0x10);
	end();
	node("bare");
	end();
	done();
	for (int i = 0; i < NDIALECTS; i++) {
		speak(i);
		target = -1;
		assert_ok(irqref_dt_msi_map(&dt, at("/pcie"), 0x21, &target, &out, NULL));
		assert_int_equal(target, at("/its"));
		assert_int_equal(out, 0x201);
		target = -1;
		assert_code(irqref_dt_msi_map(&dt, at("/pcie"), 0x40, &target, &out, NULL),
		            i == FREEBSD ? IRQREF_ERR_NOENT : IRQREF_OK);
		/* Linux goes up to a map; FreeBSD reads that of the host bridge alone. */
		assert_code(irqref_dt_msi_map(&dt, at("/bare"), 0, &target, &out, NULL),
		            i == FREEBSD ? IRQREF_ERR_NOENT : IRQREF_OK);
	}
}

static const struct irqref_test tests[] = {
        TEST(what_all_agree_on),
        TEST(a_map_parent_without_address_cells),
        TEST(a_nexus_without_address_cells),
        TEST(what_the_mask_is_applied_to),
        TEST(a_mask_that_is_too_long),
        TEST(an_entry_whose_parent_is_disabled),
        TEST(a_node_that_is_controller_and_nexus),
        TEST(a_private_map),
        TEST(an_entry_for_its_own_node),
        TEST(interrupt_parent_names_no_provider),
        TEST(a_controller_without_interrupt_cells),
        TEST(the_parent_of_a_node_that_names_none),
        TEST(nobody_names_a_parent),
        TEST(both_properties),
        TEST(an_empty_entry),
        TEST(a_device_without_unit_address),
        TEST(bits_that_pass_thru),
        TEST(one_map_only),
        TEST(an_id_that_msi_map_lacks),
};

UNIT_SUITE("devicetree-dialect", tests)
