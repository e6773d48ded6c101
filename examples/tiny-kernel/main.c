/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel in one file, for QEMU's riscv64 "virt" machine: make run. It serves the line of the UART,
 * which brings characters and takes them, and a PCI line that two devices share. Keys: r, every
 * device raises its interrupt; u, one device is unplugged; l, who holds which line; q, the end.
 * docs/porting.md walks through it.
 */
#include <irqref/devicetree.h>
#include <irqref/irqref.h>
#include <irqref/pci.h>

#include <bare.h>
#include <chip_fdt.h>
#include <libfdt.h>
#include <mmio.h>
#include <plic.h>
#include <riscv_harts.h>
#include <stdarg.h>

static unsigned char memory[1024 * 1024] __attribute__((aligned(64)));
static unsigned char index_of_nodes[64 * 1024] __attribute__((aligned(8)));

static struct irqref_bare port;
static struct irqref_space *space;
static struct irqref_dt dt;
static struct irqref_plic plic;

_Noreturn void kernel_main(const void *fdt);
void kernel_interrupt(void);

/*
 * Sleeps until there is an interrupt, and takes it. Interrupts are off from the caller's look at
 * what it waits for to the wfi, which also ends for one that is pending and not taken: one that
 * comes in between is not slept through.
 */
static void sleep_and_take(void)
{
	__asm__ volatile("wfi\n\tcsrsi mstatus, 8\n\tcsrci mstatus, 8" : : : "memory");
}

/* ---------------------------------------------------------------- UART, a 16550 */

#define UART_DATA      0u
#define UART_ENABLE    1u
#define UART_STATUS    5u
#define UART_ENABLE_RX 1u
#define UART_ENABLE_TX 2u
#define UART_RX_READY  0x01u
#define UART_TX_EMPTY  0x20u
#define RING           256u

/* Indices only grow. */
static struct {
	uintptr_t regs;
	unsigned char in[RING], out[RING];
	uint32_t in_head, in_tail, out_head, out_tail;
	uint32_t by_interrupt;
} uart;

static void uart_send(void)
{
	while (uart.out_tail != uart.out_head &&
	       irqref_mmio_read8(uart.regs + UART_STATUS) & UART_TX_EMPTY)
		irqref_mmio_write8(uart.regs + UART_DATA, uart.out[uart.out_tail++ % RING]);
}

static enum irqref_return uart_interrupt(irqref_virq_t virq, void *cookie)
{
	uint32_t sent = uart.out_tail;

	(void)virq;
	(void)cookie;
	while (irqref_mmio_read8(uart.regs + UART_STATUS) & UART_RX_READY)
		uart.in[uart.in_head++ % RING] = irqref_mmio_read8(uart.regs + UART_DATA);
	uart_send();
	uart.by_interrupt += uart.out_tail - sent;
	if (uart.out_tail == uart.out_head)
		irqref_mmio_write8(uart.regs + UART_ENABLE, UART_ENABLE_RX);
	return IRQREF_HANDLED;
}

/* The interrupt sends it; only a full ring is waited for. */
static void put(char c)
{
	while (uart.out_head - uart.out_tail == RING)
		uart_send();
	uart.out[uart.out_head++ % RING] = (unsigned char)c;
	irqref_mmio_write8(uart.regs + UART_ENABLE, UART_ENABLE_RX | UART_ENABLE_TX);
}

static void put_number(uint32_t n)
{
	if (n >= 10)
		put_number(n / 10);
	put((char)('0' + n % 10));
}

/* Knows %s and %u. */
static void print(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	for (; *format; format++) {
		if (*format != '%') {
			put(*format);
		} else if (*++format == 'u') {
			put_number(va_arg(list, uint32_t));
		} else {
			for (const char *text = va_arg(list, const char *); *text; text++)
				put(*text);
		}
	}
	va_end(list);
}

static uintptr_t test_device; /* ends QEMU */

static _Noreturn void end(bool good)
{
	while (uart.out_tail != uart.out_head)
		uart_send();
	irqref_mmio_write32(test_device, good ? 0x5555u : 0x13333u);
	for (;;)
		__asm__ volatile("wfi");
}

/* Every call says what went wrong; this kernel gives up then. */
static void must(int code, const char *what)
{
	if (code >= 0)
		return;
	print("%s: %s\n", what, irqref_strerror(code));
	end(false);
}

/* ------------------------------------------------- numbers, controller, first line */

static int find(const void *fdt, const char *compatible, uintptr_t *regs)
{
	int node = fdt_node_offset_by_compatible(fdt, -1, compatible);
	uint64_t address;

	must(node < 0 ? IRQREF_ERR_NOENT : 0, compatible);
	must(irqref_chip_fdt_reg(fdt, node, 0, &address, NULL), compatible);
	*regs = (uintptr_t)address;
	return node;
}

static void start_space(const void *fdt)
{
	struct irqref_space_config config = {.max_irqs = 256};

	must(irqref_bare_port(&port, memory, sizeof(memory), 1, &config.port), "port");
	must(irqref_space_create(&config, &space), "space");
	must(irqref_dt_init(&dt, fdt, fdt_totalsize(fdt), index_of_nodes, sizeof(index_of_nodes),
	                    NULL),
	     "devicetree");
}

static void start_plic(const void *fdt)
{
	static struct irqref_plic_cpu cpu;
	struct irqref_plic_config config;
	int node = fdt_node_offset_by_compatible(fdt, -1, "sifive,plic-1.0.0");
	int context = irqref_riscv_hart_index(&dt, node, 0, IRQREF_RISCV_MACHINE);

	must(context, "plic: hart 0");
	must(irqref_plic_probe(fdt, node, &config), "plic");
	config.cpus = &cpu;
	config.ncpus = 1;
	must(irqref_plic_add(&plic, space, &config), "plic");
	must(irqref_plic_cpu_init(&plic, 0, (uint32_t)context), "plic: CPU 0");
	__asm__ volatile("csrs mie, %0" : : "r"(0x800ul)); /* external interrupts */
}

/* Called by the vector. */
void kernel_interrupt(void)
{
	irqref_bare_atomic_enter();
	irqref_plic_interrupt(&plic);
	irqref_bare_atomic_exit();
}

static void start_uart(int node)
{
	struct irqref_consumer consumer;
	struct irqref_fwspec line;
	struct irqref_ref ref;

	must(irqref_dt_resolve(&dt, node, 0, &line, NULL), "uart: line");
	must(irqref_consumer_add(space, "uart", &consumer), "uart");
	must(irqref_get_fwspec(space, &line, consumer, &ref, NULL), "uart: get");
	must(irqref_request(space, ref, uart_interrupt, NULL, 0), "uart: request");
}

/* ------------------------------------------------------- PCI, and the shared line */

#define PCI_COMMAND 0x04u
#define PCI_BAR0    0x10u
#define PCI_PIN     0x3du
#define PCI_SLOTS   32u
#define EDU_ID      0x11e81234u
#define EDU_STATUS  0x24u
#define EDU_RAISE   0x60u
#define EDU_ACK     0x64u
#define EDU_BYTES   0x100000u

static struct edu {
	struct irqref_pci_device irq;
	uintptr_t regs;
	uint32_t served;
	bool plugged;
} edus[PCI_SLOTS];

/* What is not this device's is left to the others'. All ones: the device is there no more. */
static enum irqref_return edu_interrupt(irqref_virq_t virq, void *cookie)
{
	struct edu *edu = cookie;
	uint32_t status = irqref_mmio_read32(edu->regs + EDU_STATUS);

	(void)virq;
	if (!status || status == UINT32_MAX)
		return IRQREF_NONE;
	irqref_mmio_write32(edu->regs + EDU_ACK, status);
	edu->served++;
	return IRQREF_HANDLED;
}

/* Where a pin goes, the host bridge's interrupt-map says. */
static int route(void *host, uint32_t slot, unsigned int pin, struct irqref_fwspec *out)
{
	return irqref_dt_resolve_pci(&dt, *(int *)host, 0, slot << 3, pin, out, NULL);
}

static void start_edu(const struct irqref_pci_bus *bus, uint32_t slot, unsigned int pin)
{
	struct edu *edu = &edus[slot];
	char name[] = {'e', 'd', 'u', (char)('0' + slot / 10), (char)('0' + slot % 10), 0};

	must(irqref_pci_device_add(space, name, &edu->irq), "edu");
	must(irqref_pci_device_intx(&edu->irq, bus, slot, pin, NULL), "edu: line");
	must(irqref_request(space, edu->irq.intx, edu_interrupt, edu, IRQREF_SHARED),
	     "edu: request");
	edu->plugged = true;
}

static void start_pci(const void *fdt)
{
	static int host;
	static const struct irqref_pci_bus bus = {.route = route, .route_ctx = &host};
	uint32_t window = 0x40000000; /* of the machine, for 32-bit memory */
	uintptr_t ecam;

	host = find(fdt, "pci-host-ecam-generic", &ecam);
	for (uint32_t slot = 0; slot < PCI_SLOTS; slot++) {
		uintptr_t config = ecam + ((uintptr_t)slot << 15);

		if (irqref_mmio_read32(config) != EDU_ID)
			continue;
		irqref_mmio_write32(config + PCI_BAR0, window);
		irqref_mmio_write16(config + PCI_COMMAND, 2);
		edus[slot].regs = window;
		start_edu(&bus, slot, irqref_mmio_read8(config + PCI_PIN));
		window += EDU_BYTES;
	}
}

/* ------------------------------------------------------------------------ keys */

static void raise_all(void)
{
	for (uint32_t slot = 0; slot < PCI_SLOTS; slot++) {
		if (!edus[slot].plugged)
			continue;
		irqref_mmio_write32(edus[slot].regs + EDU_RAISE, 1);
		sleep_and_take();
		print("edu %u: served %u\n", slot, edus[slot].served);
	}
}

/* An unplug is one call. Then the device may go. */
static void unplug_one(void)
{
	uint32_t slot = 0;

	while (slot < PCI_SLOTS && !edus[slot].plugged)
		slot++;
	if (slot == PCI_SLOTS)
		return;
	must(irqref_pci_device_remove(&edus[slot].irq, NULL, NULL), "unplug");
	edus[slot].plugged = false;
	print("edu %u: unplugged\n", slot);
}

static void print_ledger(void)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (irqref_ledger_next(space, &cursor, &entry) > 0)
		print("line %u: %s\n", (uint32_t)entry.hwirq, entry.holder);
}

static void serve_key(unsigned char key)
{
	if (key == 'r')
		raise_all();
	if (key == 'u')
		unplug_one();
	if (key == 'l')
		print_ledger();
	if (key != 'q')
		return;
	print("%u characters were sent by interrupt\n", uart.by_interrupt);
	end(true);
}

_Noreturn void kernel_main(const void *fdt)
{
	int uart_node = find(fdt, "ns16550a", &uart.regs);

	find(fdt, "sifive,test0", &test_device);
	start_space(fdt);
	start_plic(fdt);
	start_uart(uart_node);
	start_pci(fdt);
	print("keys: r u l q\n");
	for (;;) {
		while (uart.in_tail == uart.in_head)
			sleep_and_take();
		serve_key(uart.in[uart.in_tail++ % RING]);
		if (irqref_bare_kicked(&port)) /* what a call in a handler has left */
			irqref_flush(space);
	}
}
