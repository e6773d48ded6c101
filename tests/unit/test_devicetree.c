/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree reader: interrupts, interrupts-extended and interrupt-parent with the semantics
 * of Linux; phandles, nodes, paths.
 */
#include "dt_blob.h"

/* interrupts and interrupt-parent */

static void interrupt_parent_is_inherited(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 2);
	node("soc");
	node("uart");
	cells("interrupts", 5, 4, 6, 8);
	end();
	end();
	done();
	resolves("/soc/uart", 0, "/pic", 5, 4);
	resolves("/soc/uart", 1, "/pic", 6, 8);
	assert_int_equal(irqref_dt_count(&dt, at("/soc/uart")), 2);
	fails("/soc/uart", 2, IRQREF_ERR_NOENT, "/soc/uart", "interrupts");
}

static void interrupt_parent_of_the_node_counts_first(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	controller("gic", 2, 3);
	node("uart");
	cells("interrupt-parent", 2);
	cells("interrupts", 0, 5, 4);
	end();
	done();
	resolves("/uart", 0, "/gic", 0, 5, 4);
}

static void without_interrupt_parent_the_nearest_cells_count(void)
{
	begin();
	node("gpio");
	flag("interrupt-controller");
	cells("#interrupt-cells", 2);
	node("key");
	cells("interrupts", 3, 1);
	end();
	end();
	done();
	resolves("/gpio/key", 0, "/gpio", 3, 1);
}

static void interrupt_parent_without_cells_is_walked_on(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	node("fan");
	cells("phandle", 3);
	cells("interrupt-parent", 1);
	end();
	node("uart");
	cells("interrupt-parent", 3);
	cells("interrupts", 7);
	end();
	done();
	resolves("/uart", 0, "/pic", 7);
}

static void own_interrupt_cells_are_not_for_the_own_interrupt(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("gic", 1, 3);
	node("gpio");
	flag("interrupt-controller");
	cells("#interrupt-cells", 2);
	cells("interrupts", 0, 9, 4);
	end();
	done();
	resolves("/gpio", 0, "/gic", 0, 9, 4);
	assert_int_equal(irqref_dt_count(&dt, at("/gpio")), 1);
}

static void interrupt_parent_that_is_too_short_is_none(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	node("uart");
	flag("interrupt-parent");
	cells("interrupts", 7);
	end();
	done();
	resolves("/uart", 0, "/pic", 7);
}

static void a_dangling_interrupt_parent_is_named(void)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;

	begin();
	cells("interrupt-parent", 9);
	node("uart");
	cells("interrupts", 7);
	end();
	done();
	fails("/uart", 0, IRQREF_ERR_FORMAT, "/", "interrupt-parent");
	irqref_dt_resolve(&dt, at("/uart"), 0, &spec, &diag);
	assert_int_equal(diag.value, 9);
	assert_int_equal(irqref_dt_count(&dt, at("/uart")), 1);
}

static void without_any_interrupt_parent_there_is_none(void)
{
	begin();
	node("uart");
	cells("interrupts", 7);
	end();
	done();
	fails("/uart", 0, IRQREF_ERR_NOENT, "/", "interrupt-parent");
}

static void a_cycle_of_interrupt_parents_is_refused(void)
{
	begin();
	node("a");
	cells("phandle", 1);
	cells("interrupt-parent", 2);
	cells("interrupts", 7);
	end();
	node("b");
	cells("phandle", 2);
	cells("interrupt-parent", 1);
	end();
	done();
	fails("/a", 0, IRQREF_ERR_FORMAT, "/a", "interrupt-parent");
}

static void ragged_interrupts_have_only_whole_specifiers(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("gic", 1, 3);
	node("a");
	cells("interrupts", 0, 5, 4, 0, 6);
	end();
	node("b");
	cells("interrupts", 0, 5);
	end();
	node("c");
	flag("interrupts");
	end();
	done();
	resolves("/a", 0, "/gic", 0, 5, 4);
	fails("/a", 1, IRQREF_ERR_NOENT, "/a", "interrupts");
	assert_int_equal(irqref_dt_count(&dt, at("/a")), 1);
	assert_int_equal(irqref_dt_count(&dt, at("/b")), 1);
	fails("/b", 0, IRQREF_ERR_NOENT, "/b", "interrupts");
	fails("/c", 0, IRQREF_ERR_NOENT, "/c", "interrupts");
	fails("/a", UINT32_MAX, IRQREF_ERR_NOENT, "/a", "interrupts");
}

static void sixteen_cells_are_the_most(void)
{
	begin();
	controller("big", 1, 16);
	controller("huge", 2, 17);
	node("empty");
	flag("#interrupt-cells");
	cells("phandle", 3);
	end();
	node("a");
	cells("interrupt-parent", 1);
	cells("#address-cells", 0);
	cells("interrupts", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	end();
	node("b");
	cells("interrupt-parent", 2);
	cells("interrupts", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
	end();
	node("c");
	cells("interrupts-extended", 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
	end();
	node("d");
	cells("interrupt-parent", 3);
	cells("interrupts", 1);
	end();
	done();
	/* The address cells of the root are 2 by default: sixteen are too many with them. */
	fails("/a", 0, IRQREF_ERR_FORMAT, "/big", "#address-cells");
	fails("/b", 0, IRQREF_ERR_FORMAT, "/huge", "#interrupt-cells");
	fails("/c", 0, IRQREF_ERR_FORMAT, "/huge", "#interrupt-cells");
	fails("/d", 0, IRQREF_ERR_FORMAT, "/empty", "#interrupt-cells");
}

/* interrupts-extended */

static void interrupts_extended_names_a_parent_each(void)
{
	begin();
	controller("pic", 1, 1);
	controller("gic", 2, 3);
	node("nic");
	cells("interrupts-extended", 1, 11, 2, 0, 12, 4, 1, 13);
	end();
	done();
	resolves("/nic", 0, "/pic", 11);
	resolves("/nic", 1, "/gic", 0, 12, 4);
	resolves("/nic", 2, "/pic", 13);
	assert_int_equal(irqref_dt_count(&dt, at("/nic")), 3);
	fails("/nic", 3, IRQREF_ERR_NOENT, "/nic", "interrupts-extended");
}

static void interrupts_extended_may_have_holes(void)
{
	begin();
	controller("pic", 1, 1);
	node("nic");
	cells("interrupts-extended", 0, 1, 11, 0, 0, 1, 12);
	end();
	done();
	assert_int_equal(irqref_dt_count(&dt, at("/nic")), 5);
	fails("/nic", 0, IRQREF_ERR_NOENT, "/nic", "interrupts-extended");
	resolves("/nic", 1, "/pic", 11);
	fails("/nic", 2, IRQREF_ERR_NOENT, "/nic", "interrupts-extended");
	resolves("/nic", 4, "/pic", 12);
}

static void interrupts_extended_wins_and_interrupts_stand_in(void)
{
	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	controller("gic", 2, 2);
	node("nic");
	cells("interrupts", 21, 22, 23);
	cells("interrupts-extended", 2, 5, 4, 0);
	end();
	done();
	resolves("/nic", 0, "/gic", 5, 4);
	resolves("/nic", 1, "/pic", 22);
	resolves("/nic", 2, "/pic", 23);
	assert_int_equal(irqref_dt_count(&dt, at("/nic")), 3);
	fails("/nic", 3, IRQREF_ERR_NOENT, "/nic", "interrupts");
}

static void interrupts_extended_that_are_broken_are_named(void)
{
	begin();
	controller("pic", 1, 1);
	controller("gic", 2, 3);
	node("plain");
	cells("phandle", 3);
	end();
	node("dangling");
	cells("interrupts-extended", 1, 5, 9, 6);
	end();
	node("short");
	cells("interrupts-extended", 1, 5, 2, 0, 7);
	end();
	node("none");
	cells("interrupts-extended", 3, 5);
	end();
	done();
	resolves("/dangling", 0, "/pic", 5);
	fails("/dangling", 1, IRQREF_ERR_FORMAT, "/dangling", "interrupts-extended");
	fails("/dangling", 2, IRQREF_ERR_FORMAT, "/dangling", "interrupts-extended");
	assert_int_equal(irqref_dt_count(&dt, at("/dangling")), 2);
	resolves("/short", 0, "/pic", 5);
	fails("/short", 1, IRQREF_ERR_FORMAT, "/short", "interrupts-extended");
	fails("/none", 0, IRQREF_ERR_FORMAT, "/plain", "#interrupt-cells");
}

static void a_cursor_gives_what_resolve_gives(void)
{
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec one, other;
	int err;

	begin();
	cells("interrupt-parent", 1);
	controller("pic", 1, 1);
	controller("gic", 2, 3);
	node("nic");
	cells("interrupts", 21, 22, 23, 24, 25, 26);
	cells("interrupts-extended", 2, 0, 5, 4, 0, 1, 6, 9);
	end();
	done();
	assert_ok(irqref_dt_cursor_init(&dt, at("/nic"), &cursor));
	for (uint32_t i = 0; i < 7; i++) {
		assert_int_equal(cursor.index, i);
		err = irqref_dt_resolve(&dt, at("/nic"), i, &one, NULL);
		assert_code(irqref_dt_cursor_next(&dt, &cursor, &other, NULL), err);
		if (err == IRQREF_OK) {
			assert_int_equal(one.node, other.node);
			assert_int_equal(one.ncells, other.ncells);
			assert_memory_equal(one.cells, other.cells, sizeof(one.cells));
		}
	}
	assert_code(err, IRQREF_ERR_NOENT);
}

/* Phandles */

static void of_equal_phandles_the_first_counts(void)
{
	begin();
	controller("a", 7, 1);
	controller("b", 7, 1);
	controller("c", 3, 1);
	controller("d", 7, 1);
	node("dev");
	cells("interrupts-extended", 7, 1);
	end();
	done();
	resolves("/dev", 0, "/a", 1);
	assert_int_equal(irqref_dt_by_phandle(&dt, 3), at("/c"));
	assert_code(irqref_dt_by_phandle(&dt, 4), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(&dt, 0), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(&bare, 0), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(&bare, 4), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(NULL, 4), IRQREF_ERR_INVAL);
}

static void phandles_have_three_names(void)
{
	begin();
	node("a");
	cells("linux,phandle", 1);
	end();
	node("b");
	cells("linux,phandle", 2);
	cells("phandle", 3);
	end();
	node("c");
	cells("phandle", 4);
	cells("ibm,phandle", 5);
	end();
	node("d");
	flag("phandle");
	cells("linux,phandle", 6);
	end();
	done();
	assert_int_equal(irqref_dt_by_phandle(&dt, 1), at("/a"));
	assert_int_equal(irqref_dt_by_phandle(&dt, 2), at("/b"));
	assert_code(irqref_dt_by_phandle(&dt, 3), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(&dt, 4), IRQREF_ERR_NOENT);
	assert_int_equal(irqref_dt_by_phandle(&dt, 5), at("/c"));
	assert_int_equal(irqref_dt_by_phandle(&dt, 6), at("/d"));
	for (uint32_t i = 1; i <= 6; i++)
		assert_int_equal(irqref_dt_by_phandle(&bare, i), irqref_dt_by_phandle(&dt, i));
}

static void many_phandles_in_any_order(void)
{
	char name[] = "n00";

	begin();
	for (uint32_t i = 0; i < 97; i++) {
		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		node(name);
		cells("phandle", 1 + i * 31 % 97);
		end();
	}
	done();
	for (uint32_t i = 1; i <= 97; i++)
		assert_int_equal(irqref_dt_by_phandle(&dt, i), irqref_dt_by_phandle(&bare, i));
	assert_code(irqref_dt_by_phandle(&dt, 98), IRQREF_ERR_NOENT);
}

/* Nodes */

static void nodes_are_walked_in_order(void)
{
	static const char *const all[] = {"/",         "/pic",  "/pcie", "/pcie/root@0",
	                                  "/pcie/nic", "/plain"};
	int offset = -1, offset2 = -1;

	begin();
	controller("pic", 1, 1);
	host_bridge();
	node("root@0");
	text("device_type", "pciex");
	flag("interrupt-map");
	end();
	node("nic");
	cells("interrupts", 1);
	end();
	end();
	node("plain");
	text("device_type", "pci");
	cells("interrupts-extended", 1, 1);
	end();
	done();
	for (size_t i = 0; i < UNIT_COUNT(all); i++) {
		offset = irqref_dt_next_node(&dt, offset);
		offset2 = irqref_dt_next_node(&bare, offset2);
		assert_int_equal(offset, at(all[i]));
		assert_int_equal(offset2, offset);
	}
	assert_code(irqref_dt_next_node(&dt, offset), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_next_node(&bare, offset), IRQREF_ERR_NOENT);
	assert_int_equal(irqref_dt_next_interrupts(&dt, -1), at("/pcie/nic"));
	assert_int_equal(irqref_dt_next_interrupts(&dt, at("/pcie/nic")), at("/plain"));
	assert_code(irqref_dt_next_interrupts(&dt, at("/plain")), IRQREF_ERR_NOENT);
	assert_int_equal(irqref_dt_next_pci(&bare, -1), at("/pcie"));
	assert_int_equal(irqref_dt_next_pci(&dt, at("/pcie")), at("/pcie/root@0"));
	assert_code(irqref_dt_next_pci(&dt, at("/pcie/root@0")), IRQREF_ERR_NOENT);
	assert_int_equal(irqref_dt_is_controller(&dt, at("/pic")), 1);
	assert_int_equal(irqref_dt_is_controller(&bare, at("/pcie")), 0);
	assert_int_equal(irqref_dt_parent(&dt, at("/pcie/nic")), at("/pcie"));
	assert_int_equal(irqref_dt_parent(&bare, at("/pcie")), 0);
	assert_code(irqref_dt_parent(&dt, 0), IRQREF_ERR_NOENT);
	assert_int_equal(irqref_dt_count(&dt, at("/pic")), 0);
	fails("/pic", 0, IRQREF_ERR_NOENT, "/pic", "interrupts");
}

static void what_is_no_node_is_refused(void)
{
	const int bad[] = {-1, -5, 1, 4, 0x7ffffff0};
	struct irqref_dt_cursor cursor;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	char path[8];

	begin();
	controller("pic", 1, 1);
	done();
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		const struct irqref_dt *which = i % 2 ? &dt : &bare;

		if (bad[i] != -1)
			assert_code(irqref_dt_next_node(which, bad[i]), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_parent(which, bad[i]), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_count(which, bad[i]), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_is_controller(which, bad[i]), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_path(which, bad[i], path, sizeof(path)), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_cursor_init(which, bad[i], &cursor), IRQREF_ERR_INVAL);
		assert_code(irqref_dt_resolve(which, bad[i], 0, &spec, &diag), IRQREF_ERR_INVAL);
		assert_int_equal(diag.error, IRQREF_ERR_INVAL);
	}
	assert_code(irqref_dt_next_node(NULL, -1), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_parent(NULL, 0), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_cursor_init(&dt, 0, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_cursor_next(&dt, NULL, &spec, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve(&dt, 0, 0, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_resolve_pci(&dt, 0, 0, 0, 1, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_path(&dt, 0, NULL, 8), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_path(&dt, 0, path, 0), IRQREF_ERR_INVAL);
}

static void a_path_needs_room(void)
{
	char path[16] = "x";

	begin();
	node("soc");
	node("uart@1");
	end();
	end();
	done();
	assert_int_equal(irqref_dt_path(&dt, 0, path, sizeof(path)), 1);
	assert_string_equal(path, "/");
	assert_int_equal(irqref_dt_path(&dt, at("/soc/uart@1"), path, sizeof(path)), 11);
	assert_string_equal(path, "/soc/uart@1");
	assert_int_equal(irqref_dt_path(&bare, at("/soc/uart@1"), path, 12), 11);
	assert_string_equal(path, "/soc/uart@1");
	for (size_t size = 1; size < 12; size++) {
		path[size] = 'x';
		assert_code(irqref_dt_path(&dt, at("/soc/uart@1"), path, size), IRQREF_ERR_NOSPC);
		assert_string_equal(path, "");
		assert_int_equal(path[size], 'x');
	}
}

static const struct irqref_test tests[] = {
        TEST(interrupt_parent_is_inherited),
        TEST(interrupt_parent_of_the_node_counts_first),
        TEST(without_interrupt_parent_the_nearest_cells_count),
        TEST(interrupt_parent_without_cells_is_walked_on),
        TEST(own_interrupt_cells_are_not_for_the_own_interrupt),
        TEST(interrupt_parent_that_is_too_short_is_none),
        TEST(a_dangling_interrupt_parent_is_named),
        TEST(without_any_interrupt_parent_there_is_none),
        TEST(a_cycle_of_interrupt_parents_is_refused),
        TEST(ragged_interrupts_have_only_whole_specifiers),
        TEST(sixteen_cells_are_the_most),
        TEST(interrupts_extended_names_a_parent_each),
        TEST(interrupts_extended_may_have_holes),
        TEST(interrupts_extended_wins_and_interrupts_stand_in),
        TEST(interrupts_extended_that_are_broken_are_named),
        TEST(a_cursor_gives_what_resolve_gives),
        TEST(of_equal_phandles_the_first_counts),
        TEST(phandles_have_three_names),
        TEST(many_phandles_in_any_order),
        TEST(nodes_are_walked_in_order),
        TEST(what_is_no_node_is_refused),
        TEST(a_path_needs_room),
};

UNIT_SUITE("devicetree", tests)
