/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pseries: console, end, sleep, time, and the other CPUs, by hypervisor calls and RTAS.
 */
#include "ppc64.h"
#include "start.h"
#include "../print.h"

#include <chip_fdt.h>
#include <irqref_port_bare.h>
#include <libfdt.h>

/* How long machine_sleep() sleeps at most. */
#define SLEEP_HZ 100u

/* Most characters that one call of the terminal takes. */
#define TERM_CHARS 16u

static uint32_t terminal;
static uint64_t timebase;
static void (*secondary_entry)(uint32_t cpu);
static uint32_t cpus_up = 1;

unsigned char start_stacks[MACHINE_CPUS * START_STACK] __attribute__((aligned(16)));

void start_cede(void);
extern const char start_cpu[];
_Noreturn void start_secondary(uint32_t cpu);
_Noreturn void start_exception(uint64_t vector, uint64_t pc, uint64_t address);

void machine_early(const void *fdt)
{
	int cpu = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "cpu", 4);
	int vty = fdt_node_offset_by_compatible(fdt, -1, "hvterm1");

	ppc64_rtas_init(fdt);
	terminal = vty < 0 ? 0 : irqref_chip_fdt_u32(fdt, vty, "reg", 0);
	timebase = cpu < 0 ? 0 : irqref_chip_fdt_u32(fdt, cpu, "timebase-frequency", 0);
	if (!timebase)
		timebase = 512000000u;
}

void machine_putc(char c)
{
	uint64_t in[4] = {terminal, 1, (uint64_t)(unsigned char)c << 56, 0};
	uint64_t out[3];

	while (terminal && ppc64_hcall(H_PUT_TERM_CHAR, in, out) == H_BUSY)
		;
}

int machine_getc(void)
{
	static uint64_t words[2];
	static uint32_t have, next;
	uint64_t in[4] = {terminal, 0, 0, 0};
	uint64_t out[3];
	uint32_t at;

	if (next == have) {
		if (!terminal || ppc64_hcall(H_GET_TERM_CHAR, in, out) || out[0] > TERM_CHARS)
			return -1;
		have = (uint32_t)out[0];
		next = 0;
		words[0] = out[1];
		words[1] = out[2];
	}
	if (next == have)
		return -1;
	at = next++;
	return (int)(words[at / 8] >> (56u - at % 8 * 8u) & 0xffu);
}

/* There is no status to return but this: with -action panic=exit-failure QEMU ends with 1. */
_Noreturn void machine_exit(int code)
{
	static const char text[] = "irqref: failed";
	uint32_t off[2] = {0, 0};
	uint32_t term = (uint32_t)(uintptr_t)text;

	if (code)
		(void)ppc64_rtas("ibm,os-term", 1, &term, 0, NULL);
	(void)ppc64_rtas("power-off", 2, off, 0, NULL);
	for (;;)
		start_cede();
}

_Noreturn void start_exception(uint64_t vector, uint64_t pc, uint64_t address)
{
	print("\nnot ok - exception %llx at %llx, address %llx, cpu %u\n",
	      (unsigned long long)vector, (unsigned long long)pc, (unsigned long long)address,
	      irqref_bare_arch_cpu());
	machine_exit(2);
}

/* --------------------------------------------------------------------- time */

uint64_t machine_time(void)
{
	uint64_t now;

	__asm__ volatile("mftb %0" : "=r"(now));
	return now;
}

uint64_t machine_time_hz(void)
{
	return timebase;
}

/*
 * Performance counter 5 counts what the CPU completes, once MMCR0 has no freeze bit; QEMU counts
 * instructions there, with and without -icount. It has 32 bits.
 */
const char machine_counter_unit[] = "instructions";

/* Each CPU has its own counter. */
uint64_t machine_counter(void)
{
	static struct {
		uint64_t total;
		uint32_t last;
		bool started;
	} counters[MACHINE_CPUS];
	uint32_t cpu = irqref_bare_arch_cpu();
	uint64_t now;

	if (!counters[cpu].started) {
		__asm__ volatile("mtspr 795, %0" : : "r"(0ul));
		counters[cpu].started = true;
	}
	__asm__ volatile("mfspr %0, 775" : "=r"(now));
	counters[cpu].total += (uint32_t)now - counters[cpu].last;
	counters[cpu].last = (uint32_t)now;
	return counters[cpu].total;
}

static void set_decrementer(uint64_t ticks)
{
	__asm__ volatile("mtdec %0" : : "r"(ticks));
}

void machine_sleep(void)
{
	set_decrementer(timebase / SLEEP_HZ);
	start_cede();
	set_decrementer(START_DECREMENTER);
}

/* What is pending is taken between the two. */
void machine_irq_window(void)
{
	__asm__ volatile("mtmsrd %0, 1\n\tmtmsrd %1, 1"
	                 :
	                 : "r"(IRQREF_BARE_PPC64_EE | 2ul), "r"(2ul)
	                 : "memory");
}

/* --------------------------------------------------------------------- CPUs */

_Noreturn void start_secondary(uint32_t cpu)
{
	__atomic_fetch_add(&cpus_up, 1u, __ATOMIC_RELEASE);
	secondary_entry(cpu);
	for (;;)
		start_cede();
}

static bool is_cpu(const void *fdt, int node)
{
	const char *type = fdt_getprop(fdt, node, "device_type", NULL);

	return type && !strcmp(type, "cpu") && !irqref_chip_fdt_disabled(fdt, node);
}

int ppc64_cpu(const void *fdt, uint32_t cpu)
{
	uint32_t boot = fdt_boot_cpuid_phys(fdt);
	uint32_t next = 1;
	int node;

	fdt_for_each_subnode (node, fdt, fdt_path_offset(fdt, "/cpus")) {
		bool is_boot = irqref_chip_fdt_u32(fdt, node, "reg", 0) == boot;

		if (!is_cpu(fdt, node))
			continue;
		if (is_boot ? cpu == 0 : next++ == cpu)
			return node;
	}
	return IRQREF_ERR_NOENT;
}

static void start(uint32_t cpu, uint32_t reg)
{
	uint32_t args[3] = {reg, (uint32_t)(uintptr_t)start_cpu, cpu};
	uint64_t until = machine_time() + timebase;

	if (ppc64_rtas("start-cpu", 3, args, 0, NULL) != IRQREF_PAPR_OK)
		return;
	while (__atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) <= cpu && machine_time() < until)
		irqref_bare_arch_relax();
}

/*
 * The hypervisor keeps all CPUs but the boot CPU stopped. Numbers have no gaps: a CPU that does not
 * come ends the list.
 */
uint32_t machine_start_cpus(const struct irqref_dt *dt, void (*entry)(uint32_t cpu))
{
	const void *fdt = ppc64_fdt();

	(void)dt;
	secondary_entry = entry;
	for (uint32_t cpu = 1; cpu < MACHINE_CPUS; cpu++) {
		int node = ppc64_cpu(fdt, cpu);

		if (node < 0 || __atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE) < cpu)
			break;
		start(cpu, irqref_chip_fdt_u32(fdt, node, "reg", 0));
	}
	return __atomic_load_n(&cpus_up, __ATOMIC_ACQUIRE);
}
