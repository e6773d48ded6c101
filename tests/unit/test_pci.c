/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI: the standard swizzle, routing, and a hot-unplug in one call.
 */
#include "unit.h"
#include "port.h"
#include "world.h"

#include <irqref/pci.h>

static struct irqref_fwspec rows[4][IRQREF_PCI_PINS];
static struct irqref_pci_table table;
static struct irqref_pci_bus root;

/* Four lines, 16 to 19, rotated by device number, as many host bridges are wired. */
static void bridge(void)
{
	unsigned int row, pin;

	for (row = 0; row < 4; row++) {
		for (pin = 0; pin < IRQREF_PCI_PINS; pin++)
			rows[row][pin] = (struct irqref_fwspec){
			        .node = PIC_NODE,
			        .ncells = 2,
			        .cells = {16 + (row + pin) % 4, IRQREF_TYPE_LOW},
			};
	}
	table = (struct irqref_pci_table){(const struct irqref_fwspec(*)[4])rows, 4};
	root = (struct irqref_pci_bus){.route = irqref_pci_route_table, .route_ctx = &table};
}

static void R13_the_standard_swizzle(void)
{
	assert_int_equal(irqref_pci_swizzle(0, 1), 1);
	assert_int_equal(irqref_pci_swizzle(1, 1), 2);
	assert_int_equal(irqref_pci_swizzle(3, 1), 4);
	assert_int_equal(irqref_pci_swizzle(4, 4), 4);
	assert_int_equal(irqref_pci_swizzle(31, 4), 3);
	assert_int_equal(irqref_pci_swizzle(32, 1), 0);
	assert_int_equal(irqref_pci_swizzle(1, 0), 0);
	assert_int_equal(irqref_pci_swizzle(1, 5), 0);
}

static void R13_routing_through_bridges(void)
{
	struct irqref_pci_bus first = {.parent = &root, .slot = 2};
	struct irqref_pci_bus second = {.parent = &first, .slot = 1};
	struct irqref_pci_bus nowhere = {.parent = NULL, .slot = 1};
	struct irqref_pci_bus circle = {.slot = 1};
	struct irqref_pci_bus bad = {.parent = &root, .slot = 32};
	struct irqref_fwspec spec = {.node = 1};

	bridge();
	SURE(irqref_pci_route(&root, 1, 1, &spec));
	assert_int_equal(spec.cells[0], 17);
	SURE(irqref_pci_route(&first, 1, 1, &spec));
	assert_int_equal(spec.cells[0], 16 + (2 + 1) % 4);
	SURE(irqref_pci_route(&second, 3, 2, &spec));
	assert_int_equal(spec.cells[0], 16 + (2 + (1 + 1 + 3) % 4) % 4);
	assert_int_equal(spec.node, PIC_NODE);
	spec.node = 1;
	circle.parent = &circle;
	assert_code(irqref_pci_route(&nowhere, 0, 1, &spec), IRQREF_ERR_NOENT);
	assert_code(irqref_pci_route(&circle, 0, 1, &spec), IRQREF_ERR_NOENT);
	assert_code(irqref_pci_route(&bad, 0, 1, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route(NULL, 0, 1, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route(&root, 32, 1, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route(&root, 0, 0, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route(&root, 0, 5, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route(&root, 0, 1, NULL), IRQREF_ERR_INVAL);
	assert_int_equal(spec.node, 1);
}

static void R13_a_table(void)
{
	struct irqref_pci_table one, empty = {0};
	struct irqref_fwspec spec;

	bridge();
	one = (struct irqref_pci_table){table.rows, 1};
	SURE(irqref_pci_route_table(&one, 17, 3, &spec));
	assert_int_equal(spec.cells[0], 18);
	rows[0][1].ncells = 0;
	assert_code(irqref_pci_route_table(&one, 17, 2, &spec), IRQREF_ERR_NOENT);
	assert_code(irqref_pci_route_table(NULL, 0, 1, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route_table(&empty, 0, 1, &spec), IRQREF_ERR_INVAL);
	empty.rows = table.rows;
	assert_code(irqref_pci_route_table(&empty, 0, 1, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route_table(&table, 0, 1, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route_table(&table, 0, 0, &spec), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_route_table(&table, 32, 1, &spec), IRQREF_ERR_INVAL);
}

static void plug(struct irqref_pci_device *device, const char *name, uint32_t slot)
{
	OK(irqref_pci_device_add(space, name, device));
	OK(irqref_pci_device_intx(device, &root, slot, 1, NULL));
}

/* Two devices on one line; unplugging one leaves the other what it had. */
static void R2_a_hot_unplug_is_one_call(void)
{
	struct counter one = {0}, two = {0};
	struct irqref_pci_device a, b;

	bridge();
	world();
	plug(&a, "0000:00:01.0", 1);
	plug(&b, "0000:00:05.0", 5);
	assert_int_equal(virq_of(a.intx), virq_of(b.intx));
	assert_int_equal(count_of(pic.domain, 17), 2);
	OK(irqref_request(space, a.intx, counting, &one, IRQREF_SHARED));
	OK(irqref_request(space, b.intx, counting, &two, IRQREF_SHARED));
	rig_raise(&pic, 17);
	SURE(irqref_pci_device_remove(&a, NULL, NULL));
	rig_raise(&pic, 17);
	assert_int_equal(one.calls, 1);
	assert_int_equal(two.calls, 2);
	assert_int_equal(rig_line(&pic, 17)->unmaps, 0);
	SURE(irqref_pci_device_remove(&b, NULL, NULL));
	assert_false(mapped(&pic, 17));
	assert_int_equal(rig_line(&pic, 17)->unmaps, 1);
	assert_int_equal(port.events[IRQREF_EVENT_LEAKED], 0);
	world_end();
}

static uint32_t reported;

static void take_report(void *ctx, const struct irqref_entry *entry)
{
	(void)ctx;
	(void)entry;
	reported++;
}

static void R11_vectors_and_forgotten_references_go_too(void)
{
	struct irqref_ref refs[3], forgotten = {0, 0}, other;
	struct irqref_pci_device a;
	struct rig msi;

	bridge();
	world();
	make_level(&msi, &pic, 4, .name = "msi", .size = 8);
	plug(&a, "nic", 0);
	OK(irqref_pci_device_msi(&a, msi.domain, 2, 3, 0x100, refs));
	assert_int_equal(a.msi_count, 3);
	GIVES(irqref_pci_device_msi(&a, msi.domain, 6, 1, 0, refs), IRQREF_ERR_EXIST);
	GIVES(irqref_pci_device_intx(&a, &root, 0, 1, NULL), IRQREF_ERR_EXIST);
	OK(irqref_get(pic.domain, 30, 0, a.consumer, NULL, &forgotten, NULL));
	other = get(&msi, 3, IRQREF_TYPE_NONE, net);
	reported = 0;
	assert_code(irqref_pci_device_remove(&a, take_report, NULL), 1);
	assert_int_equal(reported, 1);
	expect_mappings(0);
	assert_int_equal(rig_line(&msi, 2)->unmaps, 1);
	assert_int_equal(rig_line(&pic, 16)->unmaps, 1);
	assert_code(irqref_pci_device_remove(&a, NULL, NULL), IRQREF_ERR_STALE);
	SURE(irqref_put(space, other));
	end_rig(&msi);
	world_end();
}

static void R13_each_part_can_go_alone(void)
{
	struct irqref_ref refs[1];
	struct irqref_pci_device a;

	bridge();
	world();
	OK(irqref_pci_device_add(space, "a", &a));
	assert_code(irqref_pci_device_intx_put(&a), IRQREF_ERR_NOENT);
	assert_code(irqref_pci_device_msi_free(&a), IRQREF_ERR_NOENT);
	OK(irqref_pci_device_intx(&a, &root, 3, 2, NULL));
	SURE(irqref_pci_device_intx_put(&a));
	assert_code(irqref_pci_device_intx_put(&a), IRQREF_ERR_NOENT);
	OK(irqref_pci_device_intx(&a, &root, 3, 2, NULL));
	SURE(irqref_put(space, a.intx));
	assert_code(irqref_pci_device_intx_put(&a), IRQREF_ERR_STALE);
	assert_code(irqref_pci_device_intx_put(&a), IRQREF_ERR_NOENT);
	OK(irqref_pci_device_msi(&a, pic.domain, 2, 1, 0, refs));
	SURE(irqref_pci_device_msi_free(&a));
	assert_code(irqref_pci_device_msi_free(&a), IRQREF_ERR_NOENT);
	OK(irqref_pci_device_intx(&a, &root, 3, 2, NULL));
	SURE(irqref_put(space, a.intx));
	SURE(irqref_pci_device_remove(&a, NULL, NULL));
	world_end();
}

static void T19_an_unplug_when_atomic_does_nothing(void)
{
	struct irqref_ref refs[1];
	struct irqref_pci_device a;

	bridge();
	world();
	plug(&a, "a", 1);
	port.atomic = true;
	assert_code(irqref_pci_device_remove(&a, NULL, NULL), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	assert_true(mapped(&pic, 17));
	OK(irqref_pci_device_msi(&a, pic.domain, 2, 1, 0, refs));
	port.atomic = true;
	assert_code(irqref_pci_device_remove(&a, NULL, NULL), IRQREF_ERR_ATOMIC);
	assert_code(irqref_pci_device_msi_free(&a), IRQREF_ERR_ATOMIC);
	assert_code(irqref_pci_device_intx_put(&a), IRQREF_ERR_ATOMIC);
	port.atomic = false;
	assert_true(mapped(&pic, 2));
	SURE(irqref_pci_device_remove(&a, NULL, NULL));
	world_end();
}

static void R13_nothing_is_no_device(void)
{
	struct irqref_conflict conflict = {0};
	struct irqref_pci_device a;
	struct irqref_ref high;

	bridge();
	world();
	GIVES(irqref_pci_device_add(space, "a", NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_pci_device_add(NULL, "a", &a), IRQREF_ERR_INVAL);
	GIVES(irqref_pci_device_intx(NULL, &root, 1, 1, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_device_intx_put(NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_pci_device_msi(NULL, pic.domain, 1, 1, 0, NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_device_msi_free(NULL), IRQREF_ERR_INVAL);
	assert_code(irqref_pci_device_remove(NULL, NULL, NULL), IRQREF_ERR_INVAL);
	OK(irqref_pci_device_add(space, "a", &a));
	GIVES(irqref_pci_device_intx(&a, &root, 40, 1, NULL), IRQREF_ERR_INVAL);
	GIVES(irqref_pci_device_msi(&a, pic.domain, 1, 0, 0, &high), IRQREF_ERR_INVAL);
	high = get(&pic, 17, IRQREF_TYPE_HIGH, net);
	GIVES(irqref_pci_device_intx(&a, &root, 1, 1, &conflict), IRQREF_ERR_TYPE);
	assert_string_equal(conflict.holder, "net");
	SURE(irqref_put(space, high));
	SURE(irqref_pci_device_remove(&a, NULL, NULL));
	world_end();
}

static const struct irqref_test tests[] = {
        TEST(R13_the_standard_swizzle),
        TEST(R13_routing_through_bridges),
        TEST(R13_a_table),
        TEST(R2_a_hot_unplug_is_one_call),
        TEST(R11_vectors_and_forgotten_references_go_too),
        TEST(R13_each_part_can_go_alone),
        TEST(T19_an_unplug_when_atomic_does_nothing),
        TEST(R13_nothing_is_no_device),
};
UNIT_SUITE_FIXTURE("PCI", tests, setup, teardown)
