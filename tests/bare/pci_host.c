/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host bridges with ECAM: all of configuration space is memory, 4 KiB for each function.
 */
#include "pci.h"

#include <libfdt.h>
#include <string.h>

#include "mmio.h"

#define COMPATIBLE "pci-host-ecam-generic"

/* Space code of a "ranges" entry: 32-bit memory, not prefetchable. */
#define RANGE_CODE     0x43000000u
#define RANGE_MEMORY32 0x02000000u

/* struct pci_host.private */
#define ECAM_BASE 0
#define ECAM_SIZE 1

static uintptr_t ecam_address(const struct pci_host *host, uint32_t bus, uint32_t devfn,
                              uint32_t reg)
{
	uint64_t offset;

	if (bus < host->bus_first || bus > host->bus_last || devfn > 0xffu || reg > 0xfffu)
		return 0;
	offset = (uint64_t)(bus - host->bus_first) << 20 | (uint64_t)devfn << 12 | reg;
	return (uintptr_t)(host->private[ECAM_BASE] + offset);
}

static uint32_t ecam_read(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
                          uint32_t size)
{
	uintptr_t address = ecam_address(host, bus, devfn, reg);

	if (!address)
		return 0xffffffffu >> (32u - size * 8u);
	if (size == 1)
		return irqref_mmio_read8(address);
	return size == 2 ? irqref_mmio_read16(address) : irqref_mmio_read32(address);
}

static void ecam_write(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
                       uint32_t size, uint32_t value)
{
	uintptr_t address = ecam_address(host, bus, devfn, reg);

	if (!address)
		return;
	if (size == 1)
		irqref_mmio_write8(address, (uint8_t)value);
	else if (size == 2)
		irqref_mmio_write16(address, (uint16_t)value);
	else
		irqref_mmio_write32(address, value);
}

static uint32_t cell(const fdt32_t *cells, uint32_t at)
{
	return fdt32_ld(&cells[at]);
}

static uint64_t cells_number(const fdt32_t *cells, uint32_t count)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < count; i++)
		number = number << 32 | cell(cells, i);
	return number;
}

/* #address-cells or #size-cells of a node; libfdt's own look-up has other defaults for a bus. */
static uint32_t width(const void *fdt, int node, const char *name, uint32_t otherwise)
{
	int len;
	const fdt32_t *cells = fdt_getprop(fdt, node, name, &len);

	return cells && len == 4 ? cell(cells, 0) : otherwise;
}

/* The first window for 32-bit memory, and of several the largest. */
static int read_windows(const void *fdt, int node, uint32_t parent_cells, struct pci_host *host)
{
	int len;
	const fdt32_t *cells = fdt_getprop(fdt, node, "ranges", &len);
	uint32_t size_cells = width(fdt, node, "#size-cells", 2);
	uint32_t stride = 3u + parent_cells + size_cells;

	if (!cells)
		return IRQREF_ERR_FORMAT;
	for (uint32_t at = 0; (at + stride) * 4u <= (uint32_t)len; at += stride) {
		uint64_t size = cells_number(&cells[at + 3u + parent_cells], size_cells);

		if ((cell(cells, at) & RANGE_CODE) != RANGE_MEMORY32 || size <= host->mem_size)
			continue;
		host->mem_pci = cells_number(&cells[at + 1u], 2);
		host->mem_cpu = cells_number(&cells[at + 3u], parent_cells);
		host->mem_size = size;
	}
	return host->mem_size ? IRQREF_OK : IRQREF_ERR_FORMAT;
}

static int read_host(const struct irqref_dt *dt, int node, struct pci_host *host)
{
	const void *fdt = dt->fdt;
	int parent = irqref_dt_parent(dt, node), len;
	uint32_t address_cells, size_cells, buses;
	const fdt32_t *cells;

	if (parent < 0)
		return IRQREF_ERR_FORMAT;
	address_cells = width(fdt, parent, "#address-cells", 2);
	size_cells = width(fdt, parent, "#size-cells", 1);
	cells = fdt_getprop(fdt, node, "reg", &len);
	if (!cells || (uint32_t)len < (address_cells + size_cells) * 4u)
		return IRQREF_ERR_FORMAT;
	*host = (struct pci_host){
	        .node = node, .config_read = ecam_read, .config_write = ecam_write};
	host->private[ECAM_BASE] = cells_number(cells, address_cells);
	host->private[ECAM_SIZE] = cells_number(&cells[address_cells], size_cells);
	buses = (uint32_t)(host->private[ECAM_SIZE] >> 20);
	cells = fdt_getprop(fdt, node, "bus-range", &len);
	host->bus_first = cells && len >= 8 ? cell(cells, 0) : 0;
	host->bus_last = cells && len >= 8 ? cell(cells, 1) : 255;
	/* What the memory has no room for is not there. */
	if (buses == 0 || host->bus_first > host->bus_last)
		return IRQREF_ERR_FORMAT;
	if (host->bus_last - host->bus_first >= buses)
		host->bus_last = host->bus_first + buses - 1u;
	return read_windows(fdt, node, address_cells, host);
}

static bool is_enabled(const void *fdt, int node)
{
	const char *status = fdt_getprop(fdt, node, "status", NULL);

	return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

int pci_host_ecam(const struct irqref_dt *dt, uint32_t index, struct pci_host *out)
{
	int node = -1;

	while ((node = fdt_node_offset_by_compatible(dt->fdt, node, COMPATIBLE)) >= 0) {
		if (is_enabled(dt->fdt, node) && index-- == 0)
			return read_host(dt, node, out);
	}
	return IRQREF_ERR_NOENT;
}
