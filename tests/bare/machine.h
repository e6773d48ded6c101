/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine gives to the test kernel. Each family has its own directory (aarch64/, riscv64/,
 * ppc64/) with the entry point, the vectors and these functions; everything else of tests/bare is
 * the same on all machines and learns what there is from the devicetree.
 */
#ifndef IRQREF_TESTS_BARE_MACHINE_H
#define IRQREF_TESTS_BARE_MACHINE_H

#include <irqref/devicetree.h>
#include <irqref/irqref.h>

/* The most CPUs that the test kernel uses. */
#define MACHINE_CPUS 8u

/*
 * Called by the entry point on the boot CPU, CPU 0: stack set, .bss cleared, interrupts off,
 * irqref_hot_cpu() returns 0.
 */
_Noreturn void kernel_main(const void *fdt);

/*
 * Called by the vector for every external interrupt, interrupts off: takes from this CPU's
 * controller what is pending, dispatches it through the domains, completes it. Never nests.
 */
void machine_interrupt(void);

/* ------------------------------------------------------------- the machine */

/* The console works after this, before anything else does. */
void machine_early(const void *fdt);
void machine_putc(char c);
/* The next character that came in, or -1. */
int machine_getc(void);
/* Ends QEMU; the runner reads the verdict from the console, for not every machine can return @code. */
_Noreturn void machine_exit(int code);
/*
 * Interrupts are off: sleeps until an interrupt is pending, also one that came before, or about 10
 * ms are over (by a timer of its own, which is in no domain), and returns without having taken it.
 * So the caller can also look now and then at what has no interrupt. (Mask, check, sleep, unmask: sleeping after a check with interrupts on
 * loses the wake-up.) The caller opens a window with machine_irq_window().
 */
void machine_sleep(void);
/* Takes what is pending: interrupts on and off again. */
void machine_irq_window(void);
/* A free-running counter, and what one count is: "cycles", "instructions", "ticks". */
uint64_t machine_counter(void);
extern const char machine_counter_unit[];
/* Ticks for time-outs, and how many make a second. */
uint64_t machine_time(void);
uint64_t machine_time_hz(void);

/* --------------------------------------------------------------- interrupts */

/*
 * Finds the controllers in the devicetree, programs them and adds their domains to @space, node
 * being the offset plus one as irqref_dt_resolve() gives it. Returns an irqref code.
 */
int machine_controllers(struct irqref_space *space, const struct irqref_dt *dt);
/* This CPU's part of the controllers; on every CPU, CPU 0 too, after machine_controllers(). */
void machine_controllers_cpu(uint32_t cpu);
/*
 * Starts the other CPUs, which call @entry with their number (1, 2, ...), stack set, interrupts
 * off, irqref_hot_cpu() right. Returns how many CPUs run now, this one included.
 */
uint32_t machine_start_cpus(const struct irqref_dt *dt, void (*entry)(uint32_t cpu));
/* What the controller's own registers say: whether @hwirq of @domain cannot reach any CPU. */
bool machine_masked(struct irqref_domain *domain, irqref_hwirq_t hwirq);
/* The domain for message interrupts of the PCI host bridge at @node, or NULL where it has none. */
struct irqref_domain *machine_msi_domain(int node);

/* ---------------------------------------------------------------------- PCI */

/*
 * A host bridge, found by tests/bare/pci_host.c (ECAM) or by the machine (RTAS).
 * @node: offset of its node
 * @bus_first, @bus_last: bus numbers
 * @config_read, @config_write: @size is 1, 2 or 4; values in CPU byte order. A function that is not
 *                              there reads as all ones.
 * @mem_pci, @mem_cpu, @mem_size: a window for 32-bit memory BARs, bus address and CPU address
 * @assigned: whether firmware has assigned BARs and bridges already
 */
struct pci_host {
	int node;
	uint32_t bus_first;
	uint32_t bus_last;
	uint32_t (*config_read)(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
	                        uint32_t size);
	void (*config_write)(struct pci_host *host, uint32_t bus, uint32_t devfn, uint32_t reg,
	                     uint32_t size, uint32_t value);
	uint64_t mem_pci;
	uint64_t mem_cpu;
	uint64_t mem_size;
	bool assigned;
	uint64_t private[4];
};

/* Fills in host bridge number @index, from 0; NOENT after the last. */
int machine_pci_host(const struct irqref_dt *dt, uint32_t index, struct pci_host *out);
/*
 * 32-bit access to device memory at a CPU address: little endian as PCI is, and in the byte order
 * of the machine for the few devices that have registers in "native" order.
 */
uint32_t machine_read32(uint64_t address);
void machine_write32(uint64_t address, uint32_t value);
uint32_t machine_read32_native(uint64_t address);
void machine_write32_native(uint64_t address, uint32_t value);

/*
 * Firmware's own hot-plug (PAPR dynamic reconfiguration). Absent: both are NULL.
 * @machine_hotplug_event: called from the kernel's loop; returns true, the host bridge's number as
 *                         in machine_pci_host(), and the function's bus (its number now) and devfn,
 *                         when the firmware asks for an unplug or tells of a plug;
 *                         or that it is the host bridge itself, with all that is behind it
 * @machine_hotplug_eject: the function is quiet: gives it back to the firmware; an irqref code
 */
struct machine_hotplug {
	bool unplug;
	bool whole_host;
	uint32_t host;
	uint32_t bus;
	uint32_t devfn;
};
extern bool (*const machine_hotplug_event)(struct machine_hotplug *out);
extern int (*const machine_hotplug_eject)(const struct machine_hotplug *slot);

#endif /* IRQREF_TESTS_BARE_MACHINE_H */
