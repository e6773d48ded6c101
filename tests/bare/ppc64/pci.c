/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI host bridges of PAPR: configuration space by RTAS, device memory by hypervisor calls, for real
 * mode cannot reach it.
 */
#include "ppc64.h"

#include <chip_fdt.h>
#include <libfdt.h>

/* An entry of a host bridge's ranges, in cells: PCI address, CPU address, size. */
#define RANGE_CELLS 7u
/* Kind of address space, in the first cell of a PCI address. */
#define SPACE_MASK  0x03000000u
#define SPACE_MEM32 0x02000000u

int ppc64_phb(const void *fdt, uint32_t index)
{
	int node = -1;

	do {
		node = fdt_node_offset_by_compatible(fdt, node, "IBM,Logical_PHB");
	} while (node >= 0 && index--);
	return node < 0 ? IRQREF_ERR_NOENT : node;
}

/* Twelve bits of register, four of them at the top; bus, device and function in between. */
static uint32_t config_address(uint32_t bus, uint32_t devfn, uint32_t reg)
{
	return (reg >> 8 & 0xfu) << 28 | bus << 16 | devfn << 8 | (reg & 0xffu);
}

static uint32_t rtas_read(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
                          uint32_t size)
{
	uint32_t args[4] = {config_address(bus, devfn, reg), (uint32_t)(host->private[0] >> 32),
	                    (uint32_t)host->private[0], size};
	uint32_t none = size == 4 ? UINT32_MAX : (1u << size * 8u) - 1u;
	uint32_t value;

	if (ppc64_rtas("ibm,read-pci-config", 4, args, 1, &value) != IRQREF_PAPR_OK)
		return none;
	return value & none;
}

static void rtas_write(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
                       uint32_t size, uint32_t value)
{
	uint32_t args[5] = {config_address(bus, devfn, reg), (uint32_t)(host->private[0] >> 32),
	                    (uint32_t)host->private[0], size, value};

	(void)ppc64_rtas("ibm,write-pci-config", 5, args, 0, NULL);
}

static uint64_t pair(const fdt32_t *cells)
{
	return (uint64_t)fdt32_ld(cells) << 32 | fdt32_ld(cells + 1);
}

static void find_window(const void *fdt, int node, struct pci_host *out)
{
	int length;
	const fdt32_t *range = fdt_getprop(fdt, node, "ranges", &length);
	uint32_t n = range ? (uint32_t)length / (RANGE_CELLS * 4u) : 0;

	for (; n; n--, range += RANGE_CELLS) {
		if ((fdt32_ld(range) & SPACE_MASK) != SPACE_MEM32)
			continue;
		out->mem_pci = pair(range + 1);
		out->mem_cpu = pair(range + 3);
		out->mem_size = pair(range + 5);
	}
}

int machine_pci_host(const struct irqref_dt *dt, uint32_t index, struct pci_host *out)
{
	const void *fdt = ppc64_fdt();
	int node = ppc64_phb(fdt, index);
	const fdt32_t *cells;
	int length;

	(void)dt;
	if (node < 0)
		return node;
	*out = (struct pci_host){
	        .node = node,
	        .bus_last = 255,
	        .config_read = rtas_read,
	        .config_write = rtas_write,
	};
	cells = fdt_getprop(fdt, node, "reg", &length);
	if (!cells || length < 8)
		return IRQREF_ERR_FORMAT;
	out->private[0] = pair(cells);
	cells = fdt_getprop(fdt, node, "bus-range", &length);
	if (cells && length == 8) {
		out->bus_first = fdt32_ld(cells);
		out->bus_last = fdt32_ld(cells + 1);
	}
	find_window(fdt, node, out);
	return IRQREF_OK;
}

/* ------------------------------------------------------------- device memory */

uint32_t machine_read32_native(uint64_t address)
{
	uint64_t in[4] = {4, address, 0, 0};
	uint64_t out[3];

	if (ppc64_hcall(H_LOGICAL_CI_LOAD, in, out) != H_SUCCESS)
		return UINT32_MAX;
	return (uint32_t)out[0];
}

void machine_write32_native(uint64_t address, uint32_t value)
{
	uint64_t in[4] = {4, address, value, 0};
	uint64_t out[3];

	(void)ppc64_hcall(H_LOGICAL_CI_STORE, in, out);
}

uint32_t machine_read32(uint64_t address)
{
	return __builtin_bswap32(machine_read32_native(address));
}

void machine_write32(uint64_t address, uint32_t value)
{
	machine_write32_native(address, __builtin_bswap32(value));
}
