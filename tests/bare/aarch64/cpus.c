/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other CPUs: PSCI, by HVC or SMC as the devicetree says.
 */
#include "aarch64.h"

#include <chip_fdt.h>
#include <irqref_port_bare.h>
#include <libfdt.h>

#define PSCI_CPU_ON 0xc4000003u

static void (*secondary_entry)(uint32_t cpu);
static uint32_t cpus_up = 1;

uint64_t aarch64_affinity(void)
{
	uint64_t mpidr;

	__asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
	return mpidr & 0xff00fffffful;
}

static int64_t call(bool smc, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	if (smc)
		__asm__ volatile("smc #0"
		                 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
		                 :
		                 : "memory", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		                   "x12", "x13", "x14", "x15", "x16", "x17");
	else
		__asm__ volatile("hvc #0"
		                 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
		                 :
		                 : "memory", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		                   "x12", "x13", "x14", "x15", "x16", "x17");
	return (int64_t)x0;
}

_Noreturn void start_secondary(uint64_t cpu)
{
	__atomic_fetch_add(&cpus_up, 1u, __ATOMIC_RELEASE);
	secondary_entry((uint32_t)cpu);
	for (;;)
		__asm__ volatile("wfi");
}

/* One after the other, so that the numbers have no gaps; a second is more than it takes. */
static void start(bool smc, uint64_t affinity, uint32_t cpu)
{
	uint64_t until = machine_time() + machine_time_hz();

	if (call(smc, PSCI_CPU_ON, affinity, (uintptr_t)start_secondary_entry, cpu))
		return;
	while (__atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) <= cpu && machine_time() < until)
		irqref_bare_arch_relax();
}

static uint64_t node_affinity(const void *fdt, int node)
{
	int length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || length < 4)
		return UINT64_MAX;
	return length == 4 ? fdt32_ld(reg) : fdt64_ld((const fdt64_t *)reg);
}

uint32_t machine_start_cpus(const struct irqref_dt *dt, void (*entry)(uint32_t cpu))
{
	const void *fdt = dt->fdt;
	int psci = fdt_node_offset_by_compatible(fdt, -1, "arm,psci-0.2");
	int node;

	if (psci < 0)
		return 1;
	secondary_entry = entry;
	fdt_for_each_subnode (node, fdt, fdt_path_offset(fdt, "/cpus")) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		uint64_t affinity = node_affinity(fdt, node);

		if (!type || strcmp(type, "cpu") || irqref_chip_fdt_disabled(fdt, node) ||
		    affinity == aarch64_affinity() || cpus_up == MACHINE_CPUS)
			continue;
		start(!fdt_stringlist_search(fdt, psci, "method", "smc"), affinity, cpus_up);
	}
	return __atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE);
}
