/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a connector of PAPR to a PCI function, and back.
 *
 * A connector is a number that the platform chose. Which function it is, the devicetree says
 * (ibm,my-drc-index) of what was there at boot, and ibm,configure-connector of what is plugged. Which
 * bus it is on: that of the node whose ibm,drc-indexes has it. Bus numbers are the kernel's, so they
 * are read from the bridges on the way.
 */
#include "connector.h"
#include "events.h"

#include "../print.h"

#include <chip_fdt.h>
#include <irqref/pci.h>
#include <libfdt.h>

#define PCI_SECONDARY 0x19u
#define PCI_PIN       0x3du

/* Connectors that were asked for or plugged and are remembered. */
#define KNOWN 256u

/* RTAS: the platform still has translations for what is to be isolated. */
#define OUTSTANDING_TRANSLATIONS 9001

/* Bridges that were plugged, whose connectors no devicetree lists. */
#define BRIDGES 32u

struct known;

/* A bus: of a node of the devicetree, or of a bridge that was plugged, then @node is -1. */
struct bus {
	int node;
	const struct known *bridge;
};

/*
 * A connector and the function in it.
 * @drc: 0 for none
 * @bus: the bus that it is on
 * @behind: those of the bus behind it, if it is a bridge that was plugged
 * @nbehind: how many
 */
static struct known {
	uint32_t drc;
	struct bus bus;
	struct machine_hotplug slot;
	uint32_t *behind;
	uint32_t nbehind;
} known[KNOWN];

static uint32_t behind[BRIDGES][DRC_CONNECTORS];
static uint32_t nbridges;

static struct irqref_space *hotplug_space;
static const struct irqref_dt *hotplug_dt;

static struct known *remember(uint32_t drc)
{
	for (uint32_t i = 0; i < KNOWN; i++) {
		if (known[i].drc != drc && known[i].drc)
			continue;
		known[i].drc = drc;
		return &known[i];
	}
	return NULL;
}

static struct known *known_at(const struct machine_hotplug *slot)
{
	for (uint32_t i = 0; i < KNOWN && known[i].drc; i++) {
		if (known[i].slot.host == slot->host && known[i].slot.bus == slot->bus &&
		    known[i].slot.devfn == slot->devfn)
			return &known[i];
	}
	return NULL;
}

static uint32_t devfn_of_node(const void *fdt, int node)
{
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", NULL);

	return reg ? fdt32_ld(reg) >> 8 & 0xffu : 0;
}

static bool lists(const void *fdt, int node, uint32_t drc)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, "ibm,drc-indexes", &length);

	/* The first cell is their number. */
	for (int i = 1; cells && i < length / 4; i++) {
		if (fdt32_ld(cells + i) == drc)
			return true;
	}
	return false;
}

/* The bus that has the connector. */
static int bus_of_connector(const void *fdt, uint32_t drc, struct bus *bus)
{
	int node;

	*bus = (struct bus){.node = -1};
	for (uint32_t i = 0; i < KNOWN && known[i].drc; i++) {
		for (uint32_t j = 0; j < known[i].nbehind; j++) {
			if (known[i].behind[j] == drc) {
				bus->bridge = &known[i];
				return IRQREF_OK;
			}
		}
	}
	for (node = fdt_next_node(fdt, -1, NULL); node >= 0;
	     node = fdt_next_node(fdt, node, NULL)) {
		if (lists(fdt, node, drc)) {
			bus->node = node;
			return IRQREF_OK;
		}
	}
	return IRQREF_ERR_NOENT;
}

/* The function that was there at boot. */
static int devfn_at_boot(const void *fdt, uint32_t drc, uint32_t *devfn)
{
	fdt32_t value = cpu_to_fdt32(drc);
	int node = fdt_node_offset_by_prop_value(fdt, -1, "ibm,my-drc-index", &value, 4);

	if (node < 0)
		return IRQREF_ERR_NOENT;
	*devfn = devfn_of_node(fdt, node);
	return IRQREF_OK;
}

static int host_of(const void *fdt, int node, uint32_t *host)
{
	for (*host = 0; ppc64_phb(fdt, *host) >= 0; ++*host) {
		if (ppc64_phb(fdt, *host) == node)
			return IRQREF_OK;
	}
	return IRQREF_ERR_NOENT;
}

/* From a bus to the one that its bridge is on; false for a host bridge's. @devfn: of the bridge. */
static bool bus_up(const void *fdt, struct bus *bus, uint32_t *devfn)
{
	uint32_t host;

	if (bus->bridge) {
		*devfn = bus->bridge->slot.devfn;
		*bus = bus->bridge->bus;
		return true;
	}
	if (bus->node < 0 || !host_of(fdt, bus->node, &host))
		return false;
	*devfn = devfn_of_node(fdt, bus->node);
	bus->node = fdt_parent_offset(fdt, bus->node);
	return true;
}

/* Number of the host bridge that a bus is below of, and the bus's own number. */
static int number_of_bus(const void *fdt, const struct bus *bus, uint32_t *number, uint32_t *out)
{
	struct bus up = *bus;
	struct pci_host host;
	uint32_t devfn;
	int rc;

	if (!bus_up(fdt, &up, &devfn)) {
		rc = host_of(fdt, up.node, number);
		if (!rc)
			rc = machine_pci_host(hotplug_dt, *number, &host);
		*out = host.bus_first;
		return rc;
	}
	rc = number_of_bus(fdt, &up, number, out);
	if (!rc)
		rc = machine_pci_host(hotplug_dt, *number, &host);
	if (rc)
		return rc;
	*out = host.config_read(&host, *out, devfn, PCI_SECONDARY, 1);
	return *out && *out != 0xffu ? IRQREF_OK : IRQREF_ERR_NOENT;
}

/* The source that a function's pin is wired to; 0 if it has none. */
static irqref_hwirq_t source_of(const struct known *function)
{
	const void *fdt = ppc64_fdt();
	uint32_t devfn = function->slot.devfn;
	int phb = ppc64_phb(fdt, function->slot.host);
	struct bus bus = function->bus;
	struct irqref_fwspec fwspec;
	struct pci_host host;
	unsigned int pin;
	uint32_t slot;

	if (machine_pci_host(hotplug_dt, function->slot.host, &host))
		return 0;
	pin = host.config_read(&host, function->slot.bus, devfn, PCI_PIN, 1);
	if (pin < 1 || pin > IRQREF_PCI_PINS)
		return 0;
	for (slot = devfn >> 3; bus_up(fdt, &bus, &devfn); slot = devfn >> 3)
		pin = irqref_pci_swizzle(slot, pin);
	if (irqref_dt_resolve_pci(hotplug_dt, phb, 0, devfn, pin, &fwspec, NULL))
		return 0;
	return fwspec.cells[0];
}

static int plugged(struct known *function)
{
	static uint32_t spare[DRC_CONNECTORS];
	bool room = function->behind || nbridges < BRIDGES;
	struct ppc64_plugged node = {.connectors = spare};
	int rc;

	if (room)
		node.connectors = function->behind ? function->behind : behind[nbridges];
	rc = ppc64_drc_configure(function->drc, &node);
	if (rc)
		return rc;
	if (node.count && !room)
		return IRQREF_ERR_NOSPC;
	if (node.count && !function->behind)
		function->behind = behind[nbridges++];
	function->nbehind = node.count;
	function->slot.devfn = node.devfn;
	return IRQREF_OK;
}

/* Which function an event is about; what was plugged is the kernel's then. */
static int function_of(const struct rtas_event *event, struct machine_hotplug *out)
{
	const void *fdt = ppc64_fdt();
	struct known *function = remember(event->drc);
	uint32_t devfn = 0;
	int rc;

	if (!function)
		return IRQREF_ERR_NOSPC;
	rc = bus_of_connector(fdt, event->drc, &function->bus);
	if (!rc)
		rc = number_of_bus(fdt, &function->bus, &function->slot.host, &function->slot.bus);
	if (!rc && !event->unplug)
		rc = plugged(function);
	else if (!rc && !devfn_at_boot(fdt, event->drc, &devfn))
		function->slot.devfn = devfn;
	if (rc)
		return rc;
	function->slot.unplug = event->unplug;
	*out = function->slot;
	return IRQREF_OK;
}

/* ------------------------------------------------------------ host bridges */

static uint32_t connector_of_host(uint32_t host)
{
	const void *fdt = ppc64_fdt();

	return irqref_chip_fdt_u32(fdt, ppc64_phb(fdt, host), "ibm,my-drc-index", 0);
}

/* The source of a line of a host bridge; 0 if it has none. */
static uint32_t line_of_host(uint32_t host, unsigned int pin)
{
	struct irqref_fwspec fwspec;

	if (irqref_dt_resolve_pci(hotplug_dt, ppc64_phb(ppc64_fdt(), host), 0, 0, pin, &fwspec,
	                          NULL))
		return 0;
	return fwspec.cells[0];
}

/* How many of them are mapped. */
static uint32_t mapped_lines(uint32_t host)
{
	uint32_t mapped = 0;

	for (unsigned int pin = 1; pin <= IRQREF_PCI_PINS; pin++) {
		if (irqref_find_virq(ppc64_xics()->domain, line_of_host(host, pin)))
			mapped++;
	}
	return mapped;
}

/*
 * QEMU forgets the priorities of the lines of a host bridge that it takes back, and then they are 0,
 * the most urgent. Nobody raises them, but whoever is plugged in there next would.
 */
static void mask_lines(uint32_t host)
{
	uint32_t args[3] = {0, ppc64_xics()->config.cpus[0].server, 0xff};

	for (unsigned int pin = 1; pin <= IRQREF_PCI_PINS; pin++) {
		args[0] = line_of_host(host, pin);
		(void)ppc64_rtas("ibm,set-xive", 3, args, 0, NULL);
	}
}

/*
 * Only one that was there at boot: it comes back as what it was, and its node in the devicetree is
 * right again. Of another one there would be no node.
 */
static int host_of_event(const struct rtas_event *event, struct machine_hotplug *out)
{
	static uint32_t spare[DRC_CONNECTORS];
	struct ppc64_plugged node = {.connectors = spare};
	struct pci_host host;
	int rc;

	*out = (struct machine_hotplug){.unplug = event->unplug, .whole_host = true};
	while (connector_of_host(out->host) != event->drc) {
		if (ppc64_phb(ppc64_fdt(), ++out->host) < 0)
			return IRQREF_ERR_NOENT;
	}
	rc = machine_pci_host(hotplug_dt, out->host, &host);
	out->bus = host.bus_first;
	if (!rc && !event->unplug)
		rc = ppc64_drc_configure_logical(event->drc, &node);
	if (!rc && !event->unplug)
		mask_lines(out->host);
	return rc;
}

static int eject_host(uint32_t host)
{
	uint32_t drc = connector_of_host(host);
	uint32_t mapped = mapped_lines(host);
	int32_t status;

	print("# connector %x: %u lines of the host bridge are mapped%s\n", drc, mapped,
	      mapped ? "" : "; isolating");
	if (mapped)
		return IRQREF_ERR_BUSY;
	status = ppc64_drc_isolate_logical(drc);
	if (status != IRQREF_PAPR_OK) {
		print("# connector %x: isolate returned %d\n", drc, status);
		return IRQREF_ERR_REFUSED;
	}
	mask_lines(host);
	return IRQREF_OK;
}

/* --------------------------------------------------------------- functions */

static bool next_event(struct machine_hotplug *out)
{
	struct rtas_event event;
	int rc;

	while (ppc64_events_next(&event)) {
		print("# rtas: %s at connector %x\n", event.unplug ? "unplug" : "plug", event.drc);
		if (event.type == RTAS_HOTPLUG_PHB)
			rc = host_of_event(&event, out);
		else if (event.type == RTAS_HOTPLUG_PCI || event.type == RTAS_HOTPLUG_SLOT)
			rc = function_of(&event, out);
		else
			rc = IRQREF_ERR_NOTSUP;
		if (!rc)
			return true;
		print("not ok - connector %x: %s\n", event.drc,
		      rc == IRQREF_ERR_NOENT ? "not in the devicetree" : irqref_strerror(rc));
	}
	return false;
}

/* Whether anything in the ledger is still held in the function's name. */
static bool holds(const struct machine_hotplug *slot)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	char name[IRQREF_NAME_LEN];

	print_to(name, sizeof(name), "%04x:%02x:%02x.%x", slot->host, slot->bus, slot->devfn >> 3,
	         slot->devfn & 7u);
	while (irqref_ledger_next(hotplug_space, &cursor, &entry) > 0) {
		if (!strcmp(entry.holder, name))
			return true;
	}
	return false;
}

/*
 * The firmware of the machine that this library was begun for refuses to isolate what still has
 * translations. QEMU does not look; so this does, and says what it saw.
 */
static int eject_function(const struct machine_hotplug *slot)
{
	struct known *function = known_at(slot);
	irqref_hwirq_t source;
	irqref_virq_t virq;
	int32_t status;

	if (!function)
		return IRQREF_ERR_NOENT;
	if (holds(slot)) {
		print("not ok - connector %x: outstanding translations\n", function->drc);
		return IRQREF_ERR_BUSY;
	}
	source = source_of(function);
	virq = irqref_find_virq(ppc64_xics()->domain, source);
	print("# connector %x: it holds no interrupt; source %llx is %s; isolating\n",
	      function->drc, (unsigned long long)source,
	      virq                                           ? "mapped for others"
	      : machine_masked(ppc64_xics()->domain, source) ? "unmapped and masked"
	                                                     : "unmapped, NOT MASKED");
	status = ppc64_drc_isolate(function->drc);
	if (status == OUTSTANDING_TRANSLATIONS)
		return IRQREF_ERR_BUSY;
	if (status != IRQREF_PAPR_OK) {
		print("# connector %x: isolate returned %d\n", function->drc, status);
		return IRQREF_ERR_REFUSED;
	}
	return ppc64_drc_sense(function->drc) == DRC_PRESENT ? IRQREF_ERR_REFUSED : IRQREF_OK;
}

static int eject(const struct machine_hotplug *slot)
{
	return slot->whole_host ? eject_host(slot->host) : eject_function(slot);
}

bool (*const machine_hotplug_event)(struct machine_hotplug *out) = next_event;
int (*const machine_hotplug_eject)(const struct machine_hotplug *slot) = eject;

int ppc64_hotplug_init(struct irqref_space *space, const struct irqref_dt *dt)
{
	hotplug_space = space;
	hotplug_dt = dt;
	return ppc64_events_init(space, ppc64_fdt());
}
