/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers that several sources share are set and cleared by number, so that nothing here needs a lock.
 *
 * Delivery by messages turns each rising of a level into one message. A level that is still there when its
 * interrupt was served (another device of the line raised it, or the handler did not get it to fall) must be
 * raised by hand, or it is never heard of again: at the end of service, and when a source is
 * unmasked whose level rose before.
 */
#include "aplic.h"

#include <libfdt.h>

#include "chip_fdt.h"
#include "mmio.h"

#include IRQREF_PORT_HEADER

#define DOMAINCFG      0x0000u
#define SOURCECFG      0x0000u
#define MMSIADDRCFG    0x1bc0u
#define MMSIADDRCFGH   0x1bc4u
#define SMSIADDRCFG    0x1bc8u
#define SMSIADDRCFGH   0x1bccu
#define IN_CLRIP       0x1d00u
#define SETIE          0x1e00u
#define SETIENUM       0x1edcu
#define CLRIE          0x1f00u
#define CLRIENUM       0x1fdcu
#define SETIPNUM_LE    0x2000u
#define TARGET         0x3000u
#define IDC            0x4000u
#define IDC_BYTES      32u
#define IDC_IDELIVERY  0x00u
#define IDC_ITHRESHOLD 0x08u
#define IDC_CLAIMI     0x1cu

#define DOMAINCFG_MESSAGES (1u << 2)
#define DOMAINCFG_ON       (1u << 8)

#define MODE_INACTIVE 0u
#define MODE_RISING   4u
#define MODE_FALLING  5u
#define MODE_HIGH     6u
#define MODE_LOW      7u

#define TARGET_HART_SHIFT 18u

/* The lowest number is the most urgent; 0 is not allowed. All sources are alike. */
#define PRIORITY 1u

static uint32_t get(const struct irqref_aplic *aplic, uint32_t offset)
{
	return irqref_mmio_read32(aplic->config.base + offset);
}

static void set(const struct irqref_aplic *aplic, uint32_t offset, uint32_t value)
{
	irqref_mmio_write32(aplic->config.base + offset, value);
}

static bool bit(const struct irqref_aplic *aplic, uint32_t array, uint32_t source)
{
	return get(aplic, array + source / 32 * 4) >> source % 32 & 1u;
}

static struct irqref_aplic *aplic_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

/* ------------------------------------------------------------------------ chip */

static bool is_level(const struct irqref_aplic *aplic, uint32_t source)
{
	return (get(aplic, SOURCECFG + source * 4) & 7u) >= MODE_HIGH;
}

static void source_mask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	set(aplic_of(level), CLRIENUM, (uint32_t)level->hwirq);
}

static void source_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	set(aplic_of(level), SETIENUM, (uint32_t)level->hwirq);
}

/*
 * A source whose pending bit is set sends its message when it is enabled. The wire is looked at first: the
 * specification has a level that is low not become pending by this register, but there are
 * implementations (QEMU 7.2) where it does, and the interrupt would come for ever.
 */
static void raise_if_high(const struct irqref_aplic *aplic, uint32_t source)
{
	if (is_level(aplic, source) && bit(aplic, IN_CLRIP, source))
		set(aplic, SETIPNUM_LE, source);
}

static void message_unmask(struct irqref_desc *desc, struct irqref_level *level)
{
	const struct irqref_aplic *aplic = aplic_of(level);
	uint32_t source = (uint32_t)level->hwirq;

	if (!bit(aplic, SETIE, source))
		raise_if_high(aplic, source);
	set(aplic, SETIENUM, source);
	/* The number further in is unmasked with it; but there it is never masked again, see the map callback. */
	irqref_parent_unmask(desc, level);
}

static void message_eoi(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	raise_if_high(aplic_of(level), (uint32_t)level->hwirq);
}

/* Chip data: where the source goes to. An inactive source forgets it. */
static void set_target(struct irqref_level *level, uint32_t target)
{
	level->chip_data = (void *)(uintptr_t)target;
	set(aplic_of(level), TARGET + (uint32_t)level->hwirq * 4, target);
}

/*
 * Which modes a source has is its own matter; one that it has not may leave it inactive, with no target and
 * disabled. It gets these back when it has a mode again.
 */
static uint32_t set_mode(struct irqref_level *level, uint32_t mode)
{
	struct irqref_aplic *aplic = aplic_of(level);
	uint32_t source = (uint32_t)level->hwirq;
	uint32_t taken;

	set(aplic, SOURCECFG + source * 4, mode);
	taken = get(aplic, SOURCECFG + source * 4) & 7u;
	if (taken != MODE_INACTIVE)
		set(aplic, TARGET + source * 4, (uint32_t)(uintptr_t)level->chip_data);
	return taken;
}

static int source_set_type(struct irqref_desc *desc, struct irqref_level *level, unsigned int type)
{
	struct irqref_aplic *aplic = aplic_of(level);
	uint32_t source = (uint32_t)level->hwirq;
	uint32_t old = get(aplic, SOURCECFG + source * 4) & 7u;
	bool enabled = bit(aplic, SETIE, source);
	uint32_t mode;

	(void)desc;
	switch (type) {
	case IRQREF_TYPE_RISING:
		mode = MODE_RISING;
		break;
	case IRQREF_TYPE_FALLING:
		mode = MODE_FALLING;
		break;
	case IRQREF_TYPE_HIGH:
		mode = MODE_HIGH;
		break;
	case IRQREF_TYPE_LOW:
		mode = MODE_LOW;
		break;
	default:
		return IRQREF_ERR_INVAL;
	}
	if (set_mode(level, mode) == mode)
		return IRQREF_OK;
	set_mode(level, old);
	if (enabled)
		set(aplic, SETIENUM, source);
	return IRQREF_ERR_TYPE;
}

static int source_retrigger(struct irqref_desc *desc, struct irqref_level *level)
{
	const struct irqref_aplic *aplic = aplic_of(level);

	(void)desc;
	if (is_level(aplic, (uint32_t)level->hwirq))
		return IRQREF_ERR_NOTSUP;
	set(aplic, SETIPNUM_LE, (uint32_t)level->hwirq);
	return IRQREF_OK;
}

static int direct_set_affinity(struct irqref_desc *desc, struct irqref_level *level,
                               const struct irqref_cpumask *cpus)
{
	const struct irqref_aplic *aplic = aplic_of(level);
	uint32_t cpu;

	(void)desc;
	for (cpu = 0; cpu < aplic->config.ncpus && cpu < cpus->nbits; cpu++) {
		const struct irqref_aplic_cpu *at = &aplic->config.cpus[cpu];

		if (!(cpus->bits[cpu / 32] >> cpu % 32 & 1u) ||
		    !__atomic_load_n(&at->idc, __ATOMIC_ACQUIRE))
			continue;
		set_target(level, at->index << TARGET_HART_SHIFT | PRIORITY);
		return (int)cpu;
	}
	return IRQREF_ERR_NOENT;
}

/*
 * The device that sends this message is the APLIC itself: which hart is in the address, and here it
 * is a number of it.
 */
static void message_write(struct irqref_desc *desc, struct irqref_level *level,
                          const struct irqref_msi_msg *msg)
{
	const struct irqref_aplic *aplic = aplic_of(level);
	const struct irqref_imsic_config *imsic = &aplic->config.imsic->config;
	uint64_t hart = msg->address >> (12 + imsic->guest_bits) & ((1u << imsic->hart_bits) - 1u);
	uint64_t group = msg->address >> imsic->group_shift & ((1u << imsic->group_bits) - 1u);

	(void)desc;
	set_target(level,
	           (uint32_t)(group << imsic->hart_bits | hart) << TARGET_HART_SHIFT | msg->data);
}

static const struct irqref_chip direct_chip = {
        .name = "aplic",
        .mask = source_mask,
        .unmask = source_unmask,
        .set_type = source_set_type,
        .set_affinity = direct_set_affinity,
        .retrigger = source_retrigger,
};

/* set_affinity and compose_msi: the IMSIC's, further in. */
static const struct irqref_chip message_chip = {
        .name = "aplic-msi",
        .mask = source_mask,
        .unmask = message_unmask,
        .eoi = message_eoi,
        .set_type = source_set_type,
        .retrigger = source_retrigger,
        .write_msi = message_write,
};

bool irqref_aplic_masked(const struct irqref_aplic *aplic, irqref_hwirq_t hwirq)
{
	return !hwirq || hwirq > aplic->config.sources || !bit(aplic, SETIE, (uint32_t)hwirq);
}

/* ---------------------------------------------------------------------- domain */

static int translate(struct irqref_domain *domain, const struct irqref_fwspec *fwspec,
                     irqref_hwirq_t *hwirq, unsigned int *type)
{
	const struct irqref_aplic *aplic = irqref_domain_data(domain);

	if (fwspec->ncells < 2)
		return IRQREF_ERR_INVAL;
	if (!fwspec->cells[0] || fwspec->cells[0] > aplic->config.sources)
		return IRQREF_ERR_RANGE;
	*hwirq = fwspec->cells[0];
	*type = fwspec->cells[1] & IRQREF_TYPE_MASK;
	return IRQREF_OK;
}

static int direct_target(struct irqref_level *level)
{
	const struct irqref_aplic *aplic = aplic_of(level);
	uint32_t self = irqref_hot_cpu(), cpu;

	for (cpu = 0; cpu < aplic->config.ncpus; cpu++) {
		/* This CPU to begin with; if it takes none, the first that does. */
		uint32_t at = cpu ? cpu - (cpu <= self) : self;

		if (at >= aplic->config.ncpus || !aplic->config.cpus[at].idc)
			continue;
		set_target(level, aplic->config.cpus[at].index << TARGET_HART_SHIFT | PRIORITY);
		return IRQREF_OK;
	}
	return IRQREF_ERR_NOENT;
}

/*
 * The number of a source among all that the IMSIC's domain of messages has: apart from those of other APLICs,
 * which are elsewhere, and of buses, see imsic.h.
 */
static irqref_hwirq_t message_of(const struct irqref_aplic *aplic, uint32_t source)
{
	return IRQREF_IMSIC_WIRED | (irqref_hwirq_t)(aplic->config.base >> 12) << 11 | source;
}

/*
 * The mode first: an inactive source has no target. With messages the line is masked at the source
 * alone: a number that is masked in the file, too, would keep a message of a level that has fallen since.
 */
static int map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_aplic *aplic = aplic_of(level);
	uint32_t source = (uint32_t)level->hwirq;
	struct irqref_msi_arg msi = {.device = source, .count = 1};
	int rc;

	(void)arg;
	if (!source)
		return IRQREF_ERR_RANGE;
	set(aplic, CLRIENUM, source);
	set(aplic, SOURCECFG + source * 4, MODE_HIGH);
	if (!aplic->config.imsic) {
		rc = direct_target(level);
	} else {
		rc = irqref_map_parent(desc, level, message_of(aplic, source), &msi);
		if (!rc)
			rc = irqref_desc_set_flow(desc, IRQREF_FLOW_FASTEOI);
	}
	if (rc)
		set(aplic, SOURCECFG + source * 4, MODE_INACTIVE);
	return rc;
}

static void unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	(void)desc;
	set(aplic_of(level), SOURCECFG + (uint32_t)level->hwirq * 4, MODE_INACTIVE);
}

static const struct irqref_domain_ops domain_ops = {
        .translate = translate,
        .map = map,
        .unmap = unmap,
};

/* ----------------------------------------------------------- direct delivery */

int irqref_aplic_cpu_init(struct irqref_aplic *aplic, uint32_t cpu, uint32_t index)
{
	uintptr_t idc;

	if (!aplic || aplic->config.imsic || cpu >= aplic->config.ncpus)
		return IRQREF_ERR_INVAL;
	idc = aplic->config.base + IDC + (uintptr_t)index * IDC_BYTES;
	irqref_mmio_write32(idc + IDC_ITHRESHOLD, 0);
	irqref_mmio_write32(idc + IDC_IDELIVERY, 1);
	aplic->config.cpus[cpu].index = index;
	__atomic_store_n(&aplic->config.cpus[cpu].idc, idc, __ATOMIC_RELEASE);
	return IRQREF_OK;
}

/*
 * The claim is all that it wants. There may be one interrupt more than there is to claim (QEMU 7.2
 * keeps the hart's line up until a claim that finds nothing).
 */
uint32_t irqref_aplic_interrupt(struct irqref_aplic *aplic)
{
	uint32_t cpu = irqref_hot_cpu(), taken = 0, source;
	uintptr_t idc = cpu < aplic->config.ncpus ? aplic->config.cpus[cpu].idc : 0;

	while (idc && (source = irqref_mmio_read32(idc + IDC_CLAIMI) >> 16 & 0x3ffu) != 0) {
		irqref_dispatch(aplic->domain, source);
		taken++;
	}
	return taken;
}

/* ---------------------------------------------------------------------- set-up */

/* Where messages for harts of machine level go: pages, less the bits that say which hart. */
static int set_addresses(const struct irqref_aplic *aplic)
{
	const struct irqref_imsic_config *imsic = &aplic->config.imsic->config;
	uint64_t hart_mask = ((1ull << imsic->hart_bits) - 1) << (12 + imsic->guest_bits);
	uint64_t group_mask = ((1ull << imsic->group_bits) - 1) << imsic->group_shift;
	uint64_t page =
	        ((imsic->regions[0].address + imsic->bus_offset) & ~(hart_mask | group_mask)) >> 12;
	uint32_t low = imsic->supervisor ? SMSIADDRCFG : MMSIADDRCFG;
	uint32_t high = imsic->supervisor ? SMSIADDRCFGH : MMSIADDRCFGH;
	uint32_t value = (uint32_t)(page >> 32) & 0xfffu;

	value |= imsic->guest_bits << 20;
	/* The layout of groups and harts is the machine level's, which the other one shares. */
	if (!imsic->supervisor)
		value |= imsic->hart_bits << 12 | imsic->group_bits << 16 |
		         (imsic->group_bits ? imsic->group_shift - 24 : 0) << 24;
	set(aplic, low, (uint32_t)page);
	set(aplic, high, value);
	return get(aplic, low) == (uint32_t)page && get(aplic, high) == value ? IRQREF_OK
	                                                                      : IRQREF_ERR_NOTSUP;
}

static int start(const struct irqref_aplic *aplic)
{
	bool messages = aplic->config.imsic != NULL;
	uint32_t i, cfg;
	int rc = IRQREF_OK;

	set(aplic, DOMAINCFG, 0);
	for (i = 0; i <= aplic->config.sources / 32; i++)
		set(aplic, CLRIE + i * 4, UINT32_MAX);
	for (i = 1; i <= aplic->config.sources; i++)
		set(aplic, SOURCECFG + i * 4, MODE_INACTIVE);
	/* First the way of delivery: in the other one there need be no such registers. */
	cfg = messages ? DOMAINCFG_MESSAGES : 0;
	set(aplic, DOMAINCFG, cfg);
	if ((get(aplic, DOMAINCFG) & DOMAINCFG_MESSAGES) != cfg)
		return IRQREF_ERR_NOTSUP;
	if (messages && aplic->config.root)
		rc = set_addresses(aplic);
	if (!rc)
		set(aplic, DOMAINCFG, cfg | DOMAINCFG_ON);
	return rc;
}

int irqref_aplic_add(struct irqref_aplic *aplic, struct irqref_space *space,
                     const struct irqref_aplic_config *config)
{
	struct irqref_domain_config domain;
	int rc;

	if (!aplic || !space || !config || !config->base || !config->sources ||
	    config->sources > IRQREF_APLIC_SOURCES ||
	    (!config->imsic && (!config->cpus || !config->ncpus)))
		return IRQREF_ERR_INVAL;
	*aplic = (struct irqref_aplic){.config = *config};
	rc = start(aplic);
	if (rc)
		return rc;
	domain = (struct irqref_domain_config){
	        .name = config->name ? config->name : "aplic",
	        .node = config->node,
	        .parent = config->imsic ? config->imsic->messages : NULL,
	        .ops = &domain_ops,
	        .chip = config->imsic ? &message_chip : &direct_chip,
	        .flow = config->imsic ? IRQREF_FLOW_FASTEOI : IRQREF_FLOW_SIMPLE,
	        .data = aplic,
	        .size = config->sources + 1,
	};
	rc = irqref_domain_add(space, &domain, &aplic->domain);
	if (rc)
		set(aplic, DOMAINCFG, 0);
	return rc;
}

int irqref_aplic_remove(struct irqref_aplic *aplic, enum irqref_remove how,
                        irqref_report_fn *report, void *ctx)
{
	uint32_t cpu;
	int rc;

	if (!aplic)
		return IRQREF_ERR_INVAL;
	rc = irqref_domain_remove(aplic->domain, how, report, ctx);
	if (rc)
		return rc;
	set(aplic, DOMAINCFG, 0);
	for (cpu = 0; !aplic->config.imsic && cpu < aplic->config.ncpus; cpu++) {
		struct irqref_aplic_cpu *at = &aplic->config.cpus[cpu];

		if (!at->idc)
			continue;
		irqref_mmio_write32(at->idc + IDC_IDELIVERY, 0);
		__atomic_store_n(&at->idc, 0, __ATOMIC_RELEASE);
	}
	return IRQREF_OK;
}

int irqref_aplic_probe(const void *fdt, int node, struct irqref_aplic_config *config)
{
	uint64_t address;
	int rc;

	if (!fdt || !config)
		return IRQREF_ERR_INVAL;
	if (fdt_node_check_compatible(fdt, node, "riscv,aplic") ||
	    irqref_chip_fdt_disabled(fdt, node))
		return IRQREF_ERR_NOENT;
	rc = irqref_chip_fdt_reg(fdt, node, 0, &address, NULL);
	if (rc)
		return rc;
	*config = (struct irqref_aplic_config){
	        .name = "aplic",
	        .node = (uintptr_t)node + 1,
	        .base = (uintptr_t)address,
	        .sources = irqref_chip_fdt_u32(fdt, node, "riscv,num-sources", 0),
	        .root = fdt_getprop(fdt, node, "riscv,children", NULL) != NULL,
	};
	return config->sources && config->sources <= IRQREF_APLIC_SOURCES ? IRQREF_OK
	                                                                  : IRQREF_ERR_FORMAT;
}
