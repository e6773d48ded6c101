/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An APLIC, and where there are any, the IMSICs that deliver for it. The kernel runs in machine mode; the devicetree is
 * written for a kernel in supervisor mode: interrupts of devices go to the APLIC's child domain,
 * messages of PCI devices to the files of supervisor level. Sources have the same numbers in the root
 * domain, and messages can go to the files of machine level; so these two are driven, and stand for
 * the nodes that the devicetree names.
 */
#include "controllers.h"

#include <aplic.h>
#include <chip_fdt.h>
#include <libfdt.h>
#include <riscv_harts.h>

static struct irqref_aplic aplic;
static struct irqref_aplic_cpu aplic_cpus[MACHINE_CPUS];
static struct irqref_imsic imsic;
static struct irqref_imsic_cpu imsic_cpus[MACHINE_CPUS];
static struct irqref_imsic_id imsic_state[IRQREF_IMSIC_IDS + 1];
static uint32_t imsic_taken[IRQREF_IMSIC_WORDS];
static const struct irqref_dt *tree;
static int aplic_node, imsic_node;

/* The root domain has children and no parent: no other lists it among its own. */
static int find_root(const void *fdt)
{
	int node = -1, first = IRQREF_ERR_NOENT;

	while ((node = fdt_node_offset_by_compatible(fdt, node, "riscv,aplic")) >= 0) {
		if (fdt_getprop(fdt, node, "riscv,children", NULL))
			return node;
		if (first < 0)
			first = node;
	}
	return first;
}

/* The node that devices' interrupts end at: the first child, if there is one. */
static uintptr_t child_of(const struct irqref_dt *dt, int root)
{
	uint32_t phandle = irqref_chip_fdt_u32(dt->fdt, root, "riscv,children", 0);
	int child = phandle ? irqref_dt_by_phandle(dt, phandle) : root;

	return (uintptr_t)(child >= 0 ? child : root) + 1;
}

static int add_imsic(struct irqref_space *space, int node)
{
	struct irqref_imsic_config config;
	int rc = irqref_imsic_probe(tree, node, &config);

	if (rc)
		return rc;
	config.cpus = imsic_cpus;
	config.ncpus = MACHINE_CPUS;
	config.state = imsic_state;
	config.taken = imsic_taken;
	imsic_node = node;
	return irqref_imsic_add(&imsic, space, &config);
}

static int add(struct irqref_space *space, const struct irqref_dt *dt)
{
	struct irqref_aplic_config config;
	struct irqref_fwspec parent;
	int rc;

	tree = dt;
	aplic_node = find_root(dt->fdt);
	if (aplic_node < 0)
		return IRQREF_ERR_NOENT;
	rc = irqref_aplic_probe(dt->fdt, aplic_node, &config);
	if (rc)
		return rc;
	config.node = child_of(dt, aplic_node);
	config.cpus = aplic_cpus;
	config.ncpus = MACHINE_CPUS;
	if (!irqref_dt_msi_parent(dt, aplic_node, 0, &parent, NULL)) {
		rc = add_imsic(space, (int)parent.node - 1);
		config.imsic = &imsic;
	}
	return rc ? rc : irqref_aplic_add(&aplic, space, &config);
}

static void cpu_init(uint32_t cpu)
{
	int node = imsic.domain ? imsic_node : aplic_node;
	int index = irqref_riscv_hart_index(tree, node, riscv64_hart(cpu), IRQREF_RISCV_MACHINE);

	if (index < 0)
		return;
	if (imsic.domain)
		irqref_imsic_cpu_init(&imsic, cpu, (uint32_t)index);
	else
		irqref_aplic_cpu_init(&aplic, cpu, (uint32_t)index);
	riscv64_enable_external();
}

static void interrupt(void)
{
	if (imsic.domain)
		irqref_imsic_interrupt(&imsic);
	else
		irqref_aplic_interrupt(&aplic);
}

/* A number that no line has is enabled in no file. */
static bool free_numbers_masked(void)
{
	uint32_t id;

	for (id = (uint32_t)imsic.free.base; id <= imsic.config.ids; id++) {
		uint32_t at = id - (uint32_t)imsic.free.base;

		if (!(__atomic_load_n(&imsic_taken[at / 32], __ATOMIC_ACQUIRE) >> at % 32 & 1u) &&
		    !irqref_imsic_masked(&imsic, id))
			return false;
	}
	return true;
}

/* A message is masked in the file that it goes to. */
static bool masked(struct irqref_domain *domain, irqref_hwirq_t hwirq)
{
	struct irqref_desc *desc;
	bool is_masked;

	if (domain == aplic.domain)
		return irqref_aplic_masked(&aplic, hwirq);
	if (domain == imsic.domain)
		return irqref_imsic_masked(&imsic, hwirq);
	irqref_read_lock();
	desc = irqref_find(domain, hwirq);
	if (desc)
		hwirq = irqref_desc_level(desc, imsic.domain)->hwirq;
	irqref_read_unlock();
	is_masked = desc ? irqref_imsic_masked(&imsic, hwirq) : true;
	return is_masked && free_numbers_masked();
}

/* msi-parent names the files of supervisor level, see above. */
static struct irqref_domain *msi_domain(int node)
{
	struct irqref_fwspec parent;

	if (!imsic.domain || irqref_dt_msi_parent(tree, node, 0, &parent, NULL))
		return NULL;
	return imsic.messages;
}

const struct riscv64_controllers riscv64_aia = {
        .add = add,
        .cpu_init = cpu_init,
        .interrupt = interrupt,
        .masked = masked,
        .msi_domain = msi_domain,
};
