/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GICv3, and the ITSs below it, as many as the devicetree has.
 */
#include "aarch64.h"

#include <chip_fdt.h>
#include <gicv3_its.h>
#include <libfdt.h>
#include <mmio.h>

#define LPI_BITS 14u
#define LPIS     ((1u << LPI_BITS) - IRQREF_GICV3_LPI)

/* Of each ITS: a host bridge's 16 bits of requester IDs, a few devices that do have messages. */
#define ITS_MAX      2u
#define DEVICE_BITS  16u
#define DEVICES      64u
#define EVENTS       32u
#define TABLE_MEMORY 0x120000u

/* The register that enables private lines, in the second frame of a redistributor. */
#define GICR_ISENABLER0 0x10100u

static struct irqref_gicv3 gic;
static struct irqref_gicv3_cpu gic_cpus[MACHINE_CPUS];
static uint8_t lpi_config[LPIS] __attribute__((aligned(4096)));
static uint8_t lpi_pending[MACHINE_CPUS * 0x10000] __attribute__((aligned(65536)));
static uint32_t lpi_taken[LPIS / 32];

static struct its {
	struct irqref_gicv3_its its;
	struct irqref_gicv3_its_device devices[DEVICES];
	struct irqref_gicv3_its_event events[DEVICES * EVENTS];
} itss[ITS_MAX];
static unsigned char its_memory[ITS_MAX][TABLE_MEMORY] __attribute__((aligned(65536)));
static uint32_t nits;

static const struct irqref_dt *tree;
static uint32_t tick_line;

static int add_its(int node)
{
	struct its *at = &itss[nits];
	struct irqref_gicv3_its_config config;
	int rc = irqref_gicv3_its_probe(tree->fdt, node, &config);

	if (rc)
		return rc == IRQREF_ERR_NOENT ? IRQREF_OK : rc;
	if (nits == ITS_MAX)
		return IRQREF_ERR_NOSPC;
	config.gic = &gic;
	config.device_bits = DEVICE_BITS;
	config.ndevices = DEVICES;
	config.nevents = EVENTS;
	config.devices = at->devices;
	config.events = at->events;
	config.memory = its_memory[nits];
	config.memory_size = TABLE_MEMORY;
	rc = irqref_gicv3_its_add(&at->its, &config);
	if (!rc)
		nits++;
	return rc;
}

/* The virtual timer's private line, third of the timer's interrupts; nobody maps it. */
static uint32_t find_tick(void)
{
	int timer = fdt_node_offset_by_compatible(tree->fdt, -1, "arm,armv8-timer");
	struct irqref_fwspec fwspec;
	irqref_hwirq_t hwirq;
	unsigned int type;

	if (timer < 0 || irqref_dt_resolve(tree, timer, 2, &fwspec, NULL) ||
	    irqref_domain_translate(gic.domain, &fwspec, &hwirq, &type))
		return 0;
	return (uint32_t)hwirq;
}

int machine_controllers(struct irqref_space *space, const struct irqref_dt *dt)
{
	int node = fdt_node_offset_by_compatible(dt->fdt, -1, "arm,gic-v3");
	struct irqref_gicv3_config config;
	int rc = irqref_gicv3_probe(dt->fdt, node, &config);

	if (rc)
		return rc;
	tree = dt;
	config.cpus = gic_cpus;
	config.ncpus = MACHINE_CPUS;
	node = fdt_node_offset_by_compatible(dt->fdt, -1, "arm,gic-v3-its");
	if (node >= 0) {
		config.lpi_bits = LPI_BITS;
		config.lpi_config = lpi_config;
		config.lpi_pending = lpi_pending;
		config.lpi_taken = lpi_taken;
	}
	rc = irqref_gicv3_add(&gic, space, &config);
	for (; !rc && node >= 0;
	     node = fdt_node_offset_by_compatible(dt->fdt, node, "arm,gic-v3-its"))
		rc = add_its(node);
	if (!rc)
		tick_line = find_tick();
	return rc;
}

void machine_controllers_cpu(uint32_t cpu)
{
	uint32_t i;

	if (irqref_gicv3_cpu_init(&gic, cpu))
		return;
	for (i = 0; i < nits; i++)
		irqref_gicv3_its_cpu_init(&itss[i].its, cpu);
	if (tick_line)
		irqref_mmio_write32(gic_cpus[cpu].redistributor + GICR_ISENABLER0, 1u << tick_line);
}

void machine_interrupt(void)
{
	irqref_gicv3_interrupt(&gic);
}

/* An LPI that no message has is disabled. */
static bool free_lpis_masked(void)
{
	uint32_t i;

	for (i = 0; i < LPIS; i++) {
		if (!(__atomic_load_n(&lpi_taken[i / 32], __ATOMIC_ACQUIRE) >> i % 32 & 1u) &&
		    !irqref_gicv3_masked(&gic, IRQREF_GICV3_LPI + i))
			return false;
	}
	return true;
}

/* A message is masked at the LPI that it has. */
bool machine_masked(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct irqref_desc *desc;

	if (domain == gic.domain)
		return irqref_gicv3_masked(&gic, hwirq);
	irqref_read_lock();
	desc = irqref_find(domain, hwirq);
	if (desc)
		hwirq = irqref_desc_level(desc, gic.domain)->hwirq;
	irqref_read_unlock();
	return free_lpis_masked() && (!desc || irqref_gicv3_masked(&gic, hwirq));
}

struct irqref_domain *machine_msi_domain(int node)
{
	int target = -1;
	uint32_t id, i;

	if (irqref_dt_msi_map(tree, node, 0, &target, &id, NULL) || target < 0)
		return NULL;
	for (i = 0; i < nits; i++) {
		if (itss[i].its.config.node == (uintptr_t)target + 1)
			return itss[i].its.domain;
	}
	return NULL;
}
