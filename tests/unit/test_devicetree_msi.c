/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree reader: msi-parent, and maps of ids, with the semantics of Linux.
 */
#include "dt_blob.h"

#define ITS  1
#define ITS2 2
#define OLD  3

static void msi_controllers(void)
{
	node("its");
	flag("msi-controller");
	cells("#msi-cells", 1);
	cells("phandle", ITS);
	end();
	node("its2");
	flag("msi-controller");
	cells("#msi-cells", 2);
	cells("phandle", ITS2);
	end();
	node("old");
	flag("msi-controller");
	cells("phandle", OLD);
	end();
}

/* A host bridge with the map that is given. */
#define bridge(...)                                                                                \
	do {                                                                                       \
		begin();                                                                           \
		msi_controllers();                                                                 \
		node("pcie");                                                                      \
		cells("msi-map", __VA_ARGS__);                                                     \
		end();                                                                             \
		done();                                                                            \
	} while (0)

static void goes_to(const char *path, uint32_t id, const char *to, uint32_t there)
{
	const struct irqref_dt *trees[] = {&dt, &bare};
	uint32_t out;
	int target;

	for (size_t i = 0; i < UNIT_COUNT(trees); i++) {
		target = -1;
		out = ~id;
		assert_ok(irqref_dt_msi_map(trees[i], at(path), id, &target, &out, NULL));
		assert_int_equal(target, to ? at(to) : -1);
		assert_int_equal(out, there);
	}
}

static void goes_nowhere(const char *path, uint32_t id, int code)
{
	const struct irqref_dt *trees[] = {&dt, &bare};
	struct irqref_dt_diag diag;
	uint32_t out;
	int target;

	for (size_t i = 0; i < UNIT_COUNT(trees); i++) {
		target = -1;
		assert_code(irqref_dt_msi_map(trees[i], at(path), id, &target, &out, &diag), code);
		assert_int_equal(diag.error, code);
		assert_string_equal(diag.property, "msi-map");
		assert_int_equal(target, -1);
		assert_code(irqref_dt_msi_map(trees[i], at(path), id, &target, &out, NULL), code);
	}
}

static void parent_is(uint32_t index, const char *to, const uint32_t *list, uint32_t n)
{
	struct irqref_fwspec spec;

	assert_ok(irqref_dt_msi_parent(&dt, at("/dev"), index, &spec, NULL));
	check(&spec, to, list, n);
	assert_ok(irqref_dt_msi_parent(&bare, at("/dev"), index, &spec, NULL));
	check(&spec, to, list, n);
}

static void parent_fails(const char *path, uint32_t index, int code)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err;

	err = irqref_dt_msi_parent(&dt, at(path), index, &spec, &diag);
	check_fault(&diag, err, code, path, "msi-parent");
	err = irqref_dt_msi_parent(&bare, at(path), index, &spec, &diag);
	check_fault(&diag, err, code, path, "msi-parent");
}

static void msi_parent_lists_controllers_with_their_cells(void)
{
	begin();
	msi_controllers();
	node("dev");
	cells("msi-parent", OLD, ITS2, 7, 8, 0, ITS, 9);
	node("child");
	end();
	end();
	done();
	/* Without #msi-cells there are no cells. */
	parent_is(0, "/old", NULL, 0);
	parent_is(1, "/its2", (const uint32_t[]){7, 8}, 2);
	parent_fails("/dev", 2, IRQREF_ERR_NOENT);
	parent_is(3, "/its", (const uint32_t[]){9}, 1);
	parent_fails("/dev", 4, IRQREF_ERR_NOENT);
	/* It is not inherited. */
	parent_fails("/dev/child", 0, IRQREF_ERR_NOENT);
}

static void msi_parent_that_is_broken_is_refused(void)
{
	struct irqref_fwspec spec;

	begin();
	msi_controllers();
	node("dev");
	cells("msi-parent", OLD, 99);
	end();
	node("short");
	cells("msi-parent", ITS2, 1);
	end();
	node("huge");
	cells("#msi-cells", 0xffffffff);
	cells("phandle", 5);
	end();
	node("wide");
	cells("msi-parent", 5, 1);
	end();
	done();
	parent_is(0, "/old", NULL, 0);
	parent_fails("/dev", 1, IRQREF_ERR_FORMAT);
	parent_fails("/short", 0, IRQREF_ERR_FORMAT);
	parent_fails("/wide", 0, IRQREF_ERR_FORMAT);
	assert_code(irqref_dt_msi_parent(&dt, at("/dev"), 0, NULL, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_msi_parent(&dt, at("/dev") + 1, 0, &spec, NULL), IRQREF_ERR_INVAL);
}

static void ids_are_moved_from_range_to_range(void)
{
	bridge(0x100, ITS, 0x4000, 0x80, 0x200, ITS2, 0, 1);
	goes_to("/pcie", 0x100, "/its", 0x4000);
	goes_to("/pcie", 0x17f, "/its", 0x407f);
	goes_to("/pcie", 0x200, "/its2", 0);
	/* Without an entry the id stays as it is, and the controller open. */
	goes_to("/pcie", 0xff, NULL, 0xff);
	goes_to("/pcie", 0x180, NULL, 0x180);
	goes_to("/pcie", 0x201, NULL, 0x201);
}

static void the_first_range_counts(void)
{
	bridge(0, ITS, 0, 0, 0, ITS, 0x10, 0x10, 0, ITS2, 0x20, 0x20);
	goes_to("/pcie", 0xf, "/its", 0x1f);
	goes_to("/pcie", 0x10, "/its2", 0x30);
}

static void a_range_to_the_end_of_32_bits_has_no_ids(void)
{
	bridge(0xffff0000, ITS, 0, 0x10000, 0xfffe0000, ITS, 0, 0xffff);
	goes_to("/pcie", 0xffff0001, NULL, 0xffff0001);
	goes_to("/pcie", 0xfffe0001, "/its", 1);
}

static void the_mask_is_applied_to_the_id(void)
{
	begin();
	msi_controllers();
	node("pcie");
	cells("msi-map", 0, ITS, 0x100, 0x100);
	cells("msi-map-mask", 0xf8);
	end();
	node("bad");
	cells("msi-map", 0, ITS, 0x100, 1, 0x104, ITS, 0, 8);
	cells("msi-map-mask", 0xf8);
	end();
	done();
	goes_to("/pcie", 0x70f, "/its", 0x108);
	goes_to("/pcie", 7, "/its", 0x100);
	/* An entry outside of the mask is an error when it is come to. */
	goes_to("/bad", 1, "/its", 0x100);
	goes_nowhere("/bad", 8, IRQREF_ERR_FORMAT);
}

static void the_nearest_map_that_is_well_formed_counts(void)
{
	begin();
	msi_controllers();
	node("bus");
	cells("msi-map", 0, ITS2, 0, 0x10000);
	node("pcie");
	cells("msi-map", 0, ITS, 0x40, 0x100);
	node("dev");
	end();
	end();
	node("broken");
	cells("msi-map", 0, ITS, 0);
	end();
	end();
	done();
	goes_to("/bus/pcie/dev", 2, "/its", 0x42);
	/* A map without an entry for the id ends the search. */
	goes_to("/bus/pcie/dev", 0x100, NULL, 0x100);
	goes_to("/bus/broken", 2, "/its2", 2);
	goes_nowhere("/", 2, IRQREF_ERR_NOENT);
}

static void maps_that_are_broken_are_refused(void)
{
	bridge(0, 99, 0, 0x10, 0x10, ITS, 0, 0x10);
	goes_nowhere("/pcie", 1, IRQREF_ERR_FORMAT);
	/* The phandle counts only where the range matches. */
	goes_to("/pcie", 0x11, "/its", 1);
	bridge(0, ITS, 0, 0x10, 0x10);
	goes_nowhere("/pcie", 1, IRQREF_ERR_FORMAT);
	begin();
	msi_controllers();
	node("pcie");
	flag("msi-map");
	end();
	done();
	goes_nowhere("/pcie", 1, IRQREF_ERR_FORMAT);
}

static void a_target_is_looked_for(void)
{
	uint32_t out;
	int target;

	bridge(0, ITS, 0, 0x10, 0, ITS2, 0x70, 0x10);
	target = at("/its2");
	assert_ok(irqref_dt_msi_map(&dt, at("/pcie"), 3, &target, &out, NULL));
	assert_int_equal(target, at("/its2"));
	assert_int_equal(out, 0x73);
	target = at("/old");
	assert_ok(irqref_dt_msi_map(&dt, at("/pcie"), 3, &target, &out, NULL));
	assert_int_equal(target, at("/old"));
	assert_int_equal(out, 3);
}

static void maps_of_another_name(void)
{
	uint32_t out;
	int target = -1;

	begin();
	node("smmu");
	cells("phandle", 4);
	cells("#iommu-cells", 1);
	end();
	node("pcie");
	cells("iommu-map", 0, 4, 0x80, 0x10000);
	cells("iommu-map-mask", 0xff);
	end();
	done();
	assert_ok(irqref_dt_map_id(&dt, at("/pcie"), "iommu-map", "iommu-map-mask", 0x1234, &target,
	                           &out, NULL));
	assert_int_equal(target, at("/smmu"));
	assert_int_equal(out, 0xb4);
	target = -1;
	assert_ok(
	        irqref_dt_map_id(&dt, at("/pcie"), "iommu-map", NULL, 0x1234, &target, &out, NULL));
	assert_int_equal(out, 0x12b4);
	target = -1;
	assert_code(irqref_dt_map_id(&dt, at("/smmu"), "iommu-map", NULL, 0, &target, &out, NULL),
	            IRQREF_ERR_NOENT);
	assert_code(irqref_dt_map_id(&dt, at("/pcie"), NULL, NULL, 0, &target, &out, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_map_id(&dt, at("/pcie"), "iommu-map", NULL, 0, NULL, &out, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_map_id(&dt, at("/pcie"), "iommu-map", NULL, 0, &target, NULL, NULL),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_msi_map(&dt, at("/pcie") + 1, 0, &target, &out, NULL),
	            IRQREF_ERR_INVAL);
}

/* Who asks for each entry of a list of strangers looks at their number's square. */
static void work_is_limited(void)
{
	struct irqref_fwspec spec;
	struct irqref_dt_diag diag;
	uint64_t work = 3 * 16 + 5;
	int target = -1;
	uint32_t out;

	begin();
	node("msi");
	cells("phandle", 1);
	end();
	node("dev");
	cells("msi-parent", 1, 1, 1, 1);
	cells("msi-map", 0, 1, 0, 1, 1, 1, 1, 1, 2, 1, 2, 1);
	end();
	done();
	dt.work = &work;
	assert_ok(irqref_dt_msi_parent(&dt, at("/dev"), 2, &spec, &diag));
	assert_int_equal(work, 5);
	assert_ok(irqref_dt_map_id(&dt, at("/dev"), "msi-map", NULL, 2, &target, &out, &diag));
	assert_int_equal(work, 2);
	assert_code(irqref_dt_msi_map(&dt, at("/dev"), 2, &target, &out, &diag), IRQREF_ERR_FORMAT);
	assert_int_equal(work, 0);
	work = 15;
	assert_code(irqref_dt_msi_parent(&dt, at("/dev"), 0, &spec, &diag), IRQREF_ERR_FORMAT);
	assert_string_equal(diag.property, "msi-parent");
	assert_int_equal(work, 0);
}

static const struct irqref_test tests[] = {
        TEST(msi_parent_lists_controllers_with_their_cells),
        TEST(msi_parent_that_is_broken_is_refused),
        TEST(ids_are_moved_from_range_to_range),
        TEST(the_first_range_counts),
        TEST(a_range_to_the_end_of_32_bits_has_no_ids),
        TEST(the_mask_is_applied_to_the_id),
        TEST(the_nearest_map_that_is_well_formed_counts),
        TEST(maps_that_are_broken_are_refused),
        TEST(a_target_is_looked_for),
        TEST(maps_of_another_name),
        TEST(work_is_limited),
};

UNIT_SUITE("devicetree-msi", tests)
