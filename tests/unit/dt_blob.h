/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Devicetree blobs that a test builds, and asserts about what is read from them, each time with
 * an index and without one. Included once by each suite.
 */
#ifndef IRQREF_TESTS_DT_BLOB_H
#define IRQREF_TESTS_DT_BLOB_H

#include "unit.h"

#include <irqref/devicetree.h>

#include <libfdt.h>

static uint64_t blob_words[4096];
static uint32_t storage[4096];
static struct irqref_dt dt, bare;

#define BLOB ((void *)blob_words)

/* A node is begun, given properties, and ended; the root is there from begin() to done(). */

static inline void node(const char *name)
{
	assert_int_equal(fdt_begin_node(BLOB, name), 0);
}

static inline void end(void)
{
	assert_int_equal(fdt_end_node(BLOB), 0);
}

static inline void cells_from(const char *name, const uint32_t *cells, uint32_t n)
{
	fdt32_t value[64];

	for (uint32_t i = 0; i < n; i++)
		value[i] = cpu_to_fdt32(cells[i]);
	assert_int_equal(fdt_property(BLOB, name, value, (int)(n * sizeof(value[0]))), 0);
}

#define cells(name, ...)                                                                           \
	do {                                                                                       \
		const uint32_t list_[] = {__VA_ARGS__};                                            \
		cells_from(name, list_, sizeof(list_) / sizeof(list_[0]));                         \
	} while (0)

static inline void text(const char *name, const char *value)
{
	assert_int_equal(fdt_property(BLOB, name, value, (int)strlen(value) + 1), 0);
}

static inline void flag(const char *name)
{
	assert_int_equal(fdt_property(BLOB, name, NULL, 0), 0);
}

static inline void begin(void)
{
	assert_int_equal(fdt_create(BLOB, sizeof(blob_words)), 0);
	assert_int_equal(fdt_finish_reservemap(BLOB), 0);
	node("");
}

static inline void done(void)
{
	end();
	assert_int_equal(fdt_finish(BLOB), 0);
	assert_ok(irqref_dt_init(&dt, BLOB, sizeof(blob_words), storage, sizeof(storage), NULL));
	assert_ok(irqref_dt_init(&bare, BLOB, sizeof(blob_words), NULL, 0, NULL));
}

/* A controller that takes @ncells cells. */
static inline void controller(const char *name, uint32_t phandle, uint32_t ncells)
{
	node(name);
	flag("interrupt-controller");
	cells("#interrupt-cells", ncells);
	cells("phandle", phandle);
	end();
}

static inline int at(const char *path)
{
	int offset = fdt_path_offset(BLOB, path);

	assert_true(offset >= 0);
	return offset;
}

static inline void check(const struct irqref_fwspec *spec, const char *path, const uint32_t *list,
                         uint32_t n)
{
	assert_int_equal(spec->node, (uintptr_t)at(path) + 1);
	assert_int_equal(spec->ncells, n);
	for (uint32_t i = 0; i < IRQREF_FWSPEC_CELLS; i++)
		assert_int_equal(spec->cells[i], i < n ? list[i] : 0);
}

static inline void resolves_to(const char *path, uint32_t index, const char *to,
                               const uint32_t *list, uint32_t n)
{
	struct irqref_fwspec spec;

	assert_ok(irqref_dt_resolve(&dt, at(path), index, &spec, NULL));
	check(&spec, to, list, n);
	assert_ok(irqref_dt_resolve(&bare, at(path), index, &spec, NULL));
	check(&spec, to, list, n);
}

#define resolves(path, index, to, ...)                                                             \
	do {                                                                                       \
		const uint32_t list_[] = {__VA_ARGS__};                                            \
		resolves_to(path, index, to, list_, sizeof(list_) / sizeof(list_[0]));             \
	} while (0)

static inline void check_fault(const struct irqref_dt_diag *diag, int err, int code,
                               const char *where, const char *property)
{
	assert_code(err, code);
	assert_int_equal(diag->error, code);
	assert_int_equal(diag->node, at(where));
	assert_string_equal(diag->property, property);
	assert_true(diag->reason[0] != '\0');
}

static inline void fails(const char *path, uint32_t index, int code, const char *where,
                         const char *property)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err;

	err = irqref_dt_resolve(&dt, at(path), index, &spec, &diag);
	check_fault(&diag, err, code, where, property);
	err = irqref_dt_resolve(&bare, at(path), index, &spec, &diag);
	check_fault(&diag, err, code, where, property);
}

static inline void pci_resolves_to(const char *path, uint32_t slot, uint32_t pin, const char *to,
                                   uint32_t cell)
{
	struct irqref_fwspec spec;

	assert_ok(irqref_dt_resolve_pci(&dt, at(path), 0, slot << 3, pin, &spec, NULL));
	check(&spec, to, &cell, 1);
	assert_ok(irqref_dt_resolve_pci(&bare, at(path), 0, slot << 3, pin, &spec, NULL));
	check(&spec, to, &cell, 1);
}

static inline void pci_fails(const char *path, uint32_t slot, uint32_t pin, int code,
                             const char *where, const char *property)
{
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	int err = irqref_dt_resolve_pci(&dt, at(path), 0, slot << 3, pin, &spec, &diag);

	check_fault(&diag, err, code, where, property);
}

#define PCI_MAP_MASK 0x1800, 0, 0, 7

/* A host bridge as QEMU's: four lines, turned by the slot. */
static inline void host_bridge(void)
{
	node("pcie");
	text("device_type", "pci");
	cells("#address-cells", 3);
	cells("#interrupt-cells", 1);
	cells("interrupt-map-mask", PCI_MAP_MASK);
	cells("interrupt-map", 0, 0, 0, 1, 1, 32, 0, 0, 0, 2, 1, 33, 0, 0, 0, 3, 1, 34, 0, 0, 0, 4,
	      1, 35, 0x800, 0, 0, 1, 1, 33, 0x800, 0, 0, 2, 1, 34, 0x800, 0, 0, 3, 1, 35);
}

#endif /* IRQREF_TESTS_DT_BLOB_H */
