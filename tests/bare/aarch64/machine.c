/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 64-bit Arm: console, end, sleep, time. What there is comes from the devicetree; the interrupt
 * controllers are in controllers.c, the other CPUs in cpus.c.
 */
#include "aarch64.h"
#include "../pci.h"
#include "../print.h"

#include <chip_fdt.h>
#include <irqref_port_bare.h>
#include <libfdt.h>
#include <mmio.h>

/* Registers of a PL011. */
#define UART_DATA     0x00u
#define UART_FLAGS    0x18u
#define UART_RX_EMPTY (1u << 4)
#define UART_TX_FULL  (1u << 5)
#define UART_CONTROL  0x30u
#define UART_ON       0x301u

/* Semihosting: the operation that ends with a code, and the reason "the program says so". */
#define SEMI_EXIT_EXTENDED 0x20u
#define SEMI_APPLICATION   0x20026u

#define PSCI_SYSTEM_OFF 0x84000008u

/* How long machine_sleep() sleeps at most. */
#define SLEEP_HZ 100u

static uintptr_t uart;
static bool ending;

/* Absent: firmware here does no hot-plug. */
bool (*const machine_hotplug_event)(struct machine_hotplug *out) = NULL;
int (*const machine_hotplug_eject)(const struct machine_hotplug *slot) = NULL;

void machine_early(const void *fdt)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,pl011");
	uint64_t address = 0;

	if (node >= 0)
		irqref_chip_fdt_reg(fdt, node, 0, &address, NULL);
	uart = (uintptr_t)address;
	irqref_mmio_write32(uart + UART_CONTROL, UART_ON);
}

void machine_putc(char c)
{
	while (irqref_mmio_read32(uart + UART_FLAGS) & UART_TX_FULL)
		;
	irqref_mmio_write32(uart + UART_DATA, (uint8_t)c);
}

int machine_getc(void)
{
	if (irqref_mmio_read32(uart + UART_FLAGS) & UART_RX_EMPTY)
		return -1;
	return irqref_mmio_read32(uart + UART_DATA) & 0xff;
}

/* Without semihosting the instruction is an exception, and that is the second way out. */
_Noreturn void machine_exit(int code)
{
	const uint64_t block[2] = {SEMI_APPLICATION, (uint64_t)(unsigned int)code};
	register uint64_t op __asm__("x0") = SEMI_EXIT_EXTENDED;
	register const uint64_t *arg __asm__("x1") = block;

	if (!ending) {
		ending = true;
		__asm__ volatile("hlt #0xf000" : "+r"(op) : "r"(arg) : "memory");
	}
	op = PSCI_SYSTEM_OFF;
	__asm__ volatile("hvc #0" : "+r"(op) : : "memory");
	for (;;)
		__asm__ volatile("wfi");
}

_Noreturn void start_exception(uint64_t vector, uint64_t syndrome, uint64_t pc, uint64_t address)
{
	if (!ending)
		print("\nnot ok - exception: vector %lu, syndrome %lx, at %lx, address %lx, cpu %u\n",
		      vector, syndrome, pc, address, irqref_bare_arch_cpu());
	machine_exit(2);
}

/* --------------------------------------------------------------------- time */

uint64_t machine_time(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	return count;
}

uint64_t machine_time_hz(void)
{
	uint64_t hz;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	return hz;
}

/* QEMU's cycle counter is a clock of 1 GHz; with -icount shift=0 it counts instructions. */
const char machine_counter_unit[] = "cycles";

uint64_t machine_counter(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(count));
	return count;
}

/*
 * WFI ends for an interrupt that is pending though masked in PSTATE; so what came between the
 * caller's check and here ends it at once. The timer runs for the sleep alone, and its line is low
 * again before interrupts are on: it is never taken.
 */
void machine_sleep(void)
{
	uint64_t ticks = machine_time_hz() / SLEEP_HZ;

	__asm__ volatile("msr cntv_tval_el0, %0\n\t"
	                 "msr cntv_ctl_el0, %1\n\t"
	                 "isb\n\t"
	                 "dsb sy\n\t"
	                 "wfi\n\t"
	                 "msr cntv_ctl_el0, xzr\n\t"
	                 "isb"
	                 :
	                 : "r"(ticks), "r"(1ul)
	                 : "memory");
}

/* What is pending is taken at the isb at the latest. */
void machine_irq_window(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb\n\tmsr daifset, #2" : : : "memory");
}

/* --------------------------------------------------------------- device memory */

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

uint32_t machine_read32_native(uint64_t address)
{
	return irqref_mmio_read32((uintptr_t)address);
}

void machine_write32_native(uint64_t address, uint32_t value)
{
	irqref_mmio_write32((uintptr_t)address, value);
}
