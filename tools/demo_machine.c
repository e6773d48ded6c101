/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: a machine on the library. Each interrupt controller of the devicetree is a domain,
 * each node that names an interrupt a device; the chip only records what it is told.
 */
#include "demo.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "posix.h"

/* --------------------------------------------------- memory, counted */

static void *count_alloc(void *ctx, size_t size, size_t align)
{
	struct demo_machine *m = ctx;
	void *ptr = m->port.alloc(m->port.ctx, size, align);

	if (ptr)
		m->bytes += size;
	return ptr;
}

static void count_free(void *ctx, void *ptr, size_t size)
{
	struct demo_machine *m = ctx;

	m->bytes -= size;
	m->port.free(m->port.ctx, ptr, size);
}

static void pass_synchronize(void *ctx)
{
	const struct demo_machine *m = ctx;

	m->port.synchronize(m->port.ctx);
}

static void pass_pause(void *ctx, unsigned int attempt)
{
	const struct demo_machine *m = ctx;

	m->port.pause(m->port.ctx, attempt);
}

/* ---------------------------------------------------------- the chip */

static struct demo_line *line_get(struct demo_machine *m, irqref_hwirq_t hwirq)
{
	for (unsigned int i = 0; i < m->nr_lines; i++) {
		if (m->lines[i].hwirq == hwirq)
			return &m->lines[i];
	}
	if (m->nr_lines == DEMO_LINES)
		tool_die("demo: %s: too many interrupt lines", m->board.file);
	m->lines[m->nr_lines].hwirq = hwirq;
	return &m->lines[m->nr_lines++];
}

static struct demo_line *line_of(const struct irqref_level *level)
{
	const struct demo_domain *d = irqref_domain_data(level->domain);

	return line_get(d->machine, level->hwirq);
}

static int demo_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	(void)desc;
	(void)arg;
	line_of(level)->maps++;
	return 0;
}

static void demo_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	line_of(level)->unmaps++;
}

static void demo_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	line_of(level)->unmasked = false;
}

static void demo_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	line_of(level)->unmasked = true;
}

static int demo_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	bool edge = (type & ~(unsigned int)IRQREF_TYPE_BOTH) == 0;

	(void)level;
	return irqref_desc_set_flow(desc, edge ? IRQREF_FLOW_EDGE : IRQREF_FLOW_FASTEOI);
}

static int demo_translate(struct irqref_domain *domain, const struct irqref_fwspec *spec,
                          irqref_hwirq_t *hwirq, unsigned int *type)
{
	const struct demo_domain *d = irqref_domain_data(domain);

	return tool_cells_translate(d->cells, spec, hwirq, type);
}

static const struct irqref_chip chip = {
        .name = "recorder",
        .mask = demo_mask,
        .unmask = demo_unmask,
        .set_type = demo_set_type,
};

static const struct irqref_domain_ops root_ops = {
        .translate = demo_translate,
        .map = demo_map,
        .unmap = demo_unmap,
};

/* The same number at the root, where the chip is. */
static const struct irqref_domain_ops leaf_ops = {
        .translate = demo_translate,
};

/* ----------------------------------------------------------- domains */

static void add_domain(struct demo_machine *m, int node)
{
	struct demo_domain *d = &m->domains[m->nr_domains], *root = &m->domains[0];
	bool is_root = m->nr_domains == 0;
	char *path = tool_node_path(&m->board.dt, node);
	struct irqref_domain_config config = {
	        .name = path,
	        .node = (uintptr_t)node + 1,
	        .parent = is_root ? NULL : root->domain,
	        .ops = is_root ? &root_ops : &leaf_ops,
	        .chip = is_root ? &chip : NULL,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = d,
	};
	int err;

	if (m->nr_domains == DEMO_DOMAINS)
		tool_die("demo: %s: too many interrupt controllers", m->board.file);
	d->machine = m;
	d->cells = is_root ? tool_cells_of(m->board.dt.fdt, node) : root->cells;
	err = irqref_domain_add(m->space, &config, &d->domain);
	if (err)
		tool_die("demo: %s: %s", path, irqref_strerror(err));
	m->nr_domains++;
	free(path);
}

/* The controller that the host bridge's lines end at comes first; all others are inputs of it. */
static void add_domains(struct demo_machine *m, int host)
{
	const struct irqref_dt *dt = &m->board.dt;
	struct irqref_fwspec spec;
	int root = -1, node;

	if (host >= 0 && irqref_dt_resolve_pci(dt, host, 0, 0, 1, &spec, NULL) == 0) {
		root = (int)spec.node - 1;
		add_domain(m, root);
	}
	for (node = irqref_dt_next_node(dt, -1); node >= 0; node = irqref_dt_next_node(dt, node)) {
		if (node != root && irqref_dt_is_controller(dt, node) == 1)
			add_domain(m, node);
	}
	if (m->nr_domains == 0)
		tool_die("demo: %s: no interrupt controller", m->board.file);
}

/* ----------------------------------------------------------- devices */

static struct demo_device *add_device(struct demo_machine *m, int node, char *name)
{
	struct demo_device *dev = &m->devices[m->nr_devices];

	if (m->nr_devices == DEMO_DEVICES)
		tool_die("demo: %s: too many devices", m->board.file);
	m->nr_devices++;
	dev->machine = m;
	dev->name = name;
	dev->path = tool_node_path(&m->board.dt, node);
	return dev;
}

static void wire(struct demo_device *dev)
{
	struct demo_machine *m = dev->machine;
	irqref_hwirq_t hwirq;
	unsigned int type;
	int err;

	err = tool_cells_translate(m->domains[0].cells, &dev->spec, &hwirq, &type);
	if (err)
		tool_die("demo: %s: %s", dev->path, irqref_strerror(err));
	dev->line = line_get(m, hwirq);
}

static void add_platform_devices(struct demo_machine *m, const char *host)
{
	const struct irqref_dt *dt = &m->board.dt;
	int node;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		const char *label = fdt_getprop(dt->fdt, node, "label", NULL);
		char *path = tool_node_path(dt, node);
		struct demo_device *dev;

		if (!host || strncmp(path, host, strlen(host)) != 0) {
			dev = add_device(m, node,
			                 tool_strdup(label ? label : strrchr(path, '/') + 1));
			if (irqref_dt_resolve(dt, node, 0, &dev->spec, NULL))
				tool_die("demo: %s: its interrupt does not resolve", path);
			wire(dev);
		}
		free(path);
	}
}

/* The host bridge's wiring stands in its interrupt-map. */
static int route_host(void *ctx, uint32_t slot, unsigned int pin, struct irqref_fwspec *out)
{
	const struct demo_bus *bus = ctx;

	return irqref_dt_resolve_pci(&bus->machine->board.dt, bus->node, 0, slot << 3, pin, out,
	                             NULL);
}

static struct demo_bus *add_bus(struct demo_machine *m, int node, struct demo_device *bridge)
{
	struct demo_bus *bus = tool_zalloc(1, sizeof(*bus));

	bus->machine = m;
	bus->node = node;
	bus->bridge = bridge;
	if (bridge) {
		bus->pci.parent = &bridge->bus->pci;
		bus->pci.slot = bridge->slot;
	} else {
		bus->pci.route = route_host;
		bus->pci.route_ctx = bus;
	}
	bus->next = m->buses;
	m->buses = bus;
	return bus;
}

/*
 * A pin goes through the bridges on its way as the PCI-to-PCI bridge specification says, and not
 * as a devicetree says that has no map at those bridges.
 */
static void add_pci_device(struct demo_machine *m, const struct demo_bus *bus, int node)
{
	const void *fdt = m->board.dt.fdt;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", NULL);
	const fdt32_t *pin = fdt_getprop(fdt, node, "interrupts", NULL);
	struct tool_text name = {0};
	struct demo_device *dev;

	if (!reg || !pin)
		return;
	if (bus->bridge)
		tool_text_add(&name, "%s/", bus->bridge->name);
	tool_text_add(&name, "%s", fdt_get_name(fdt, node, NULL));
	dev = add_device(m, node, name.data);
	dev->pci = true;
	dev->bus = bus;
	dev->slot = fdt32_ld(reg) >> 11 & 31u;
	dev->pin = fdt32_ld(pin);
	dev->bridge = fdt_getprop(fdt, node, "#address-cells", NULL) != NULL;
	if (irqref_pci_route(&bus->pci, dev->slot, dev->pin, &dev->spec))
		tool_die("demo: %s: its interrupt pin is not routed", dev->path);
	wire(dev);
}

static void add_pci_devices(struct demo_machine *m, int host)
{
	const void *fdt = m->board.dt.fdt;
	struct demo_bus *bus = add_bus(m, host, NULL);
	unsigned int first = m->nr_devices;
	int node;

	fdt_for_each_subnode (node, fdt, host)
		add_pci_device(m, bus, node);
	for (unsigned int i = first; i < m->nr_devices; i++) {
		struct demo_device *dev = &m->devices[i];
		int at = fdt_path_offset(fdt, dev->path);

		if (!dev->bridge)
			continue;
		bus = add_bus(m, at, dev);
		fdt_for_each_subnode (node, fdt, at)
			add_pci_device(m, bus, node);
	}
}

/* ----------------------------------------------------------- machine */

struct demo_machine *demo_machine_new(struct demo *demo, enum demo_rules rules,
                                      struct tool_board *board)
{
	struct demo_machine *m = tool_zalloc(1, sizeof(*m));
	struct irqref_space_config config = {
	        .port = {.alloc = count_alloc,
	                 .free = count_free,
	                 .synchronize = pass_synchronize,
	                 .pause = pass_pause,
	                 .ctx = m},
	        .max_irqs = 4096,
	};
	char *path = NULL;
	int host, err;

	m->demo = demo;
	m->rules = rules;
	m->board = *board;
	err = irqref_posix_port(&m->port);
	if (!err)
		err = irqref_space_create(&config, &m->space);
	if (err)
		tool_die("demo: a space cannot be made: %s", irqref_strerror(err));
	host = irqref_dt_next_pci(&m->board.dt, -1);
	if (host >= 0)
		path = tool_node_path(&m->board.dt, host);
	add_domains(m, host);
	add_platform_devices(m, path);
	if (host >= 0)
		add_pci_devices(m, host);
	free(path);
	return m;
}

static void free_all(struct demo_machine *m)
{
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		free(m->devices[i].name);
		free(m->devices[i].path);
	}
	while (m->buses) {
		struct demo_bus *bus = m->buses;

		m->buses = bus->next;
		free(bus);
	}
	tool_board_free(&m->board);
	free(m);
}

void demo_machine_end(struct demo_machine *m)
{
	struct demo *demo = m->demo;
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	struct irqref_stats stats;
	int err;

	irqref_space_stats(m->space, &stats);
	demo_promise(demo, stats.mappings == 0, "%u mappings are left", stats.mappings);
	demo_promise(demo, stats.references == 0, "%u references are left", stats.references);
	demo_promise(demo, stats.handlers == 0, "%u handlers are left", stats.handlers);
	demo_promise(demo, irqref_ledger_next(m->space, &cursor, &entry) == 0,
	             "the ledger is not empty: %s", entry.holder);
	while (m->nr_domains) {
		struct demo_domain *d = &m->domains[--m->nr_domains];

		err = irqref_domain_remove(d->domain, IRQREF_REMOVE_POLITE, NULL, NULL);
		demo_promise(demo, err == 0, "a controller cannot be removed: %s",
		             irqref_strerror(err));
	}
	err = irqref_space_remove(m->space);
	demo_promise(demo, err == 0, "the space cannot be removed: %s", irqref_strerror(err));
	demo_promise(demo, m->bytes == 0, "%zu bytes of memory are not given back", m->bytes);
	free_all(m);
}

struct demo_device *demo_device_find(struct demo_machine *m, const char *name)
{
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		if (strcmp(m->devices[i].name, name) == 0)
			return &m->devices[i];
	}
	return NULL;
}

irqref_virq_t demo_line_virq(const struct demo_machine *m, const struct demo_line *line)
{
	return irqref_find_virq(m->domains[0].domain, line->hwirq);
}
