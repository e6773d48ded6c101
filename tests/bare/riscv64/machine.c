/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RISC-V in machine mode: console, end, sleep, time, and the other harts. What there is comes from
 * the devicetree; the interrupt controllers are in controllers.c.
 */
#include "riscv64.h"
#include "start.h"
#include "../pci.h"
#include "../print.h"

#include <chip_fdt.h>
#include <irqref_port_bare.h>
#include <libfdt.h>
#include <mmio.h>

/* Registers of a 16550: received or sent byte, queues on or off, line status. */
#define UART_DATA   0u
#define UART_FIFO   2u
#define UART_STATUS 5u
#define UART_READY  0x01u
#define UART_EMPTY  0x20u

/* The sifive,test device: ends QEMU with a status. */
#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u

/* Of the CLINT. */
#define CLINT_MSIP     0x0000u
#define CLINT_MTIMECMP 0x4000u
#define CLINT_MTIME    0xbff8u

#define MIE_MTIE 0x80ul
#define MIE_MEIE 0x800ul

/* How long machine_sleep() sleeps at most. */
#define SLEEP_HZ 100u

static uintptr_t uart;
static uintptr_t test_device;
static uintptr_t clint;
static uint64_t timebase;
static uint32_t hart_of[MACHINE_CPUS];
static uint32_t nr_cpus = 1;
static void (*secondary_entry)(uint32_t cpu);
static uint32_t cpus_up = 1;

unsigned char start_stacks[MACHINE_CPUS * START_STACK] __attribute__((aligned(16)));
/* Which CPU a parked hart is to be. In .data, which nobody clears. */
uint32_t start_mailbox[START_HARTS] __attribute__((section(".data")));

_Noreturn void start_secondary(uint32_t cpu);
_Noreturn void start_exception(unsigned long cause, unsigned long pc, unsigned long value);

static uintptr_t find(const void *fdt, const char *compatible)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, compatible);
	uint64_t address = 0;

	if (node >= 0)
		irqref_chip_fdt_reg(fdt, node, 0, &address, NULL);
	return (uintptr_t)address;
}

/* Hart 0 is CPU 0, the others follow in the order of the devicetree. */
static void find_harts(const void *fdt, int cpus)
{
	int node;

	fdt_for_each_subnode (node, fdt, cpus) {
		const char *type = fdt_getprop(fdt, node, "device_type", NULL);
		uint32_t hart = irqref_chip_fdt_u32(fdt, node, "reg", 0);

		if (!type || strcmp(type, "cpu") || irqref_chip_fdt_disabled(fdt, node))
			continue;
		if (hart && hart < START_HARTS && nr_cpus < MACHINE_CPUS)
			hart_of[nr_cpus++] = hart;
	}
}

void machine_early(const void *fdt)
{
	int cpus = fdt_path_offset(fdt, "/cpus");

	uart = find(fdt, "ns16550a");
	irqref_mmio_write8(uart + UART_FIFO, 1);
	test_device = find(fdt, "sifive,test0");
	clint = find(fdt, "riscv,clint0");
	timebase = irqref_chip_fdt_u32(fdt, cpus, "timebase-frequency", 10000000);
	find_harts(fdt, cpus);
}

void machine_putc(char c)
{
	while (!(irqref_mmio_read8(uart + UART_STATUS) & UART_EMPTY))
		;
	irqref_mmio_write8(uart + UART_DATA, (uint8_t)c);
}

int machine_getc(void)
{
	if (!(irqref_mmio_read8(uart + UART_STATUS) & UART_READY))
		return -1;
	return irqref_mmio_read8(uart + UART_DATA);
}

_Noreturn void machine_exit(int code)
{
	irqref_mmio_write32(test_device, code ? (uint32_t)code << 16 | TEST_FAIL : TEST_PASS);
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void start_exception(unsigned long cause, unsigned long pc, unsigned long value)
{
	print("\nnot ok - exception %lu at %lx, value %lx, cpu %u\n", cause, pc, value,
	      irqref_bare_arch_cpu());
	machine_exit(2);
}

/* --------------------------------------------------------------------- time */

uint64_t machine_time(void)
{
	return irqref_mmio_read64(clint + CLINT_MTIME);
}

uint64_t machine_time_hz(void)
{
	return timebase;
}

/* QEMU counts instructions here with -icount shift=0, and some clock of its own without. */
const char machine_counter_unit[] = "instructions";

uint64_t machine_counter(void)
{
	uint64_t count;

	__asm__ volatile("csrr %0, minstret" : "=r"(count));
	return count;
}

/*
 * WFI ends for what is enabled in mie, also with MIE off in mstatus; so what came between the
 * caller's check and here ends it at once. The timer is enabled for the sleep alone: it is never
 * taken.
 */
void machine_sleep(void)
{
	uint32_t hart = hart_of[irqref_bare_arch_cpu()];

	irqref_mmio_write64(clint + CLINT_MTIMECMP + 8u * hart,
	                    machine_time() + timebase / SLEEP_HZ);
	__asm__ volatile("csrs mie, %0\n\twfi\n\tcsrc mie, %0" : : "r"(MIE_MTIE) : "memory");
}

/* What is pending is taken between the two. */
void machine_irq_window(void)
{
	__asm__ volatile("csrsi mstatus, 8\n\tcsrci mstatus, 8" : : : "memory");
}

/* --------------------------------------------------------------------- CPUs */

uint32_t riscv64_hart(uint32_t cpu)
{
	return hart_of[cpu];
}

uint32_t riscv64_cpus(void)
{
	return nr_cpus;
}

void riscv64_enable_external(void)
{
	__asm__ volatile("csrs mie, %0" : : "r"(MIE_MEIE) : "memory");
}

_Noreturn void start_secondary(uint32_t cpu)
{
	irqref_mmio_write32(clint + CLINT_MSIP + 4u * hart_of[cpu], 0);
	__atomic_fetch_add(&cpus_up, 1u, __ATOMIC_RELEASE);
	secondary_entry(cpu);
	for (;;)
		__asm__ volatile("wfi");
}

static void start_hart(uint32_t cpu)
{
	uint32_t hart = hart_of[cpu];
	uint64_t until = machine_time() + timebase;

	__atomic_store_n(&start_mailbox[hart], cpu, __ATOMIC_RELEASE);
	irqref_mmio_write32(clint + CLINT_MSIP + 4u * hart, 1);
	while (__atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) <= cpu && machine_time() < until)
		irqref_bare_arch_relax();
}

uint32_t machine_start_cpus(const struct irqref_dt *dt, void (*entry)(uint32_t cpu))
{
	uint32_t cpu;

	(void)dt;
	secondary_entry = entry;
	for (cpu = 1; cpu < nr_cpus; cpu++)
		start_hart(cpu);
	return __atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE);
}

/* ---------------------------------------------------------------------- PCI */

int machine_pci_host(const struct irqref_dt *dt, uint32_t index, struct pci_host *out)
{
	return pci_host_ecam(dt, index, out);
}

uint32_t machine_read32(uint64_t address)
{
	return irqref_mmio_read32((uintptr_t)address);
}

void machine_write32(uint64_t address, uint32_t value)
{
	irqref_mmio_write32((uintptr_t)address, value);
}

/* The CPU is little endian, as PCI is. */
uint32_t machine_read32_native(uint64_t address)
{
	return machine_read32(address);
}

void machine_write32_native(uint64_t address, uint32_t value)
{
	machine_write32(address, value);
}

bool (*const machine_hotplug_event)(struct machine_hotplug *out) = NULL;
int (*const machine_hotplug_eject)(const struct machine_hotplug *slot) = NULL;
