/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The platform gives messages to a function as a block, and takes them back as a block. A block is
 * taken when its first vector is mapped and given back when all of its vectors are unmapped or, as
 * the abandon callback tells, will never be mapped.
 */
#include "xics_msi.h"

#include "chip_fdt.h"

#include <libfdt.h>

#include <irqref/error.h>

/* Functions of ibm,change-msi; asking for no messages takes all back. */
#define CHANGE_MSI 3u

/* What ibm,query-interrupt-source-number says of a message. */
#define SOURCE_EDGE 1u

/* PCI configuration space. */
#define PCI_STATUS            0x06u
#define PCI_STATUS_CAPS       0x10u
#define PCI_CAPS              0x34u
#define PCI_CAP_MSI           0x05u
#define PCI_MSI_CONTROL_64BIT 0x80u
#define PCI_CAPS_MAX          48u

/* A PCI-MSI domain on top may well be the bridge's domain of kind 1. */
#define BUS_MSI 2u

static struct irqref_xics_msi *msi_of(const struct irqref_level *level)
{
	return irqref_domain_data(level->domain);
}

static int32_t rtas(const struct irqref_xics_msi *msi, uint32_t token, uint32_t nargs,
                    const uint32_t *args, uint32_t nrets, uint32_t *rets)
{
	const struct irqref_papr *papr = msi->xics->config.papr;

	return papr->rtas(papr->ctx, token, nargs, args, nrets, rets);
}

static uint32_t config_address(uint32_t device)
{
	return device << 8;
}

static uint32_t buid_high(const struct irqref_xics_msi *msi)
{
	return (uint32_t)(msi->config.buid >> 32);
}

static uint32_t buid_low(const struct irqref_xics_msi *msi)
{
	return (uint32_t)msi->config.buid;
}

/* Returns how many messages the function has now. Each call hands on what the former one returned. */
static uint32_t change(const struct irqref_xics_msi *msi, uint32_t device, uint32_t count)
{
	uint32_t args[6] = {
	        config_address(device), buid_high(msi), buid_low(msi), CHANGE_MSI, count, 1};
	uint32_t rets[3] = {0, 1, 0};
	int32_t status;

	do {
		args[5] = rets[1];
		status = rtas(msi, msi->config.change_msi, 6, args, 3, rets);
	} while (irqref_papr_again(status));
	return status == IRQREF_PAPR_OK ? rets[0] : 0;
}

static int source_of(const struct irqref_xics_msi *msi, uint32_t device, uint32_t index,
                     uint32_t *source)
{
	uint32_t args[4] = {config_address(device), buid_high(msi), buid_low(msi), index};
	uint32_t rets[2];
	int32_t status;

	do {
		status = rtas(msi, msi->config.query_source, 4, args, 2, rets);
	} while (irqref_papr_again(status));
	if (status != IRQREF_PAPR_OK || rets[1] != SOURCE_EDGE)
		return IRQREF_ERR_NOENT;
	*source = rets[0];
	return IRQREF_OK;
}

/* The vectors from @index on. */
static uint32_t bits_from(uint32_t index, uint32_t count)
{
	uint32_t all = count < 32 ? (1u << count) - 1u : UINT32_MAX;

	return index < 32 ? all & ~((1u << index) - 1u) : 0;
}

static struct irqref_xics_msi_block *free_block(struct irqref_xics_msi *msi, uint32_t count)
{
	for (uint32_t i = 0; i < msi->config.nblocks; i++) {
		struct irqref_xics_msi_block *block = &msi->config.blocks[i];

		if (__atomic_exchange_n(&block->taken, 1u, __ATOMIC_ACQUIRE))
			continue;
		block->left = bits_from(0, count);
		return block;
	}
	return NULL;
}

/* These vectors are gone, or will not come. Whoever takes the last bit away gives the block back. */
static void give_vectors(struct irqref_xics_msi *msi, struct irqref_xics_msi_block *block,
                         uint32_t bits)
{
	uint32_t left = __atomic_fetch_and(&block->left, ~bits, __ATOMIC_ACQ_REL);

	if (!left || left & ~bits)
		return;
	/* Refused where the function is gone already: then the platform has taken them back itself. */
	(void)change(msi, block->device, 0);
	__atomic_store_n(&block->taken, 0u, __ATOMIC_RELEASE);
}

static int take_block(struct irqref_xics_msi *msi, const struct irqref_level *level,
                      struct irqref_msi_arg *arg)
{
	struct irqref_xics_msi_block *block;

	if (arg->count > IRQREF_XICS_MSI_VECTORS)
		return IRQREF_ERR_NOSPC;
	block = free_block(msi, arg->count);
	if (!block)
		return IRQREF_ERR_NOSPC;
	block->first = level->hwirq;
	block->device = arg->device;
	if (change(msi, arg->device, arg->count) < arg->count) {
		give_vectors(msi, block, UINT32_MAX);
		return IRQREF_ERR_NOSPC;
	}
	arg->scratch = (irqref_hwirq_t)(block - msi->config.blocks) + 1;
	return IRQREF_OK;
}

/*
 * What a block's vectors find in @scratch: one more than the block's place; above that, how many of
 * them were mapped.
 */
#define SCRATCH_MAPPED 32

static struct irqref_xics_msi_block *block_of(const struct irqref_xics_msi *msi,
                                              const struct irqref_msi_arg *arg)
{
	return &msi->config.blocks[(uint32_t)arg->scratch - 1];
}

static int msi_map(struct irqref_desc *desc, struct irqref_level *level, const void *arg)
{
	struct irqref_xics_msi *msi = msi_of(level);
	/* Made by irqref_msi_alloc(), for callbacks to leave something in @scratch. */
	struct irqref_msi_arg *msi_arg = (struct irqref_msi_arg *)(uintptr_t)arg;
	struct irqref_xics_msi_block *block;
	uint32_t source;
	int rc = IRQREF_OK;

	if (!msi_arg)
		return IRQREF_ERR_INVAL;
	if (msi_arg->index == 0)
		rc = take_block(msi, level, msi_arg);
	if (rc)
		return rc;
	if (!(uint32_t)msi_arg->scratch || (uint32_t)msi_arg->scratch > msi->config.nblocks)
		return IRQREF_ERR_INVAL;
	block = block_of(msi, msi_arg);
	rc = source_of(msi, block->device, msi_arg->index, &source);
	if (!rc)
		rc = irqref_map_parent(desc, level, source, NULL);
	if (!rc)
		rc = irqref_desc_set_flow(desc, IRQREF_FLOW_FASTEOI);
	level->chip_data = block;
	/* Of one that fails the abandon callback is told. */
	if (!rc)
		msi_arg->scratch += (irqref_hwirq_t)1 << SCRATCH_MAPPED;
	return rc;
}

static void msi_unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	struct irqref_xics_msi_block *block = level->chip_data;

	(void)desc;
	give_vectors(msi_of(level), block, 1u << (level->hwirq - block->first));
}

/*
 * One that was mapped here and refused further out was given back by its unmap callback; with the last
 * one the block may be another function's by now.
 */
static void msi_abandon(struct irqref_domain *domain, const struct irqref_msi_arg *arg)
{
	struct irqref_xics_msi *msi = irqref_domain_data(domain);
	uint32_t mapped = (uint32_t)(arg->scratch >> SCRATCH_MAPPED);
	uint32_t from = mapped > arg->index ? mapped : arg->index;

	if (from < arg->count)
		give_vectors(msi, block_of(msi, arg), bits_from(from, arg->count));
}

static const struct irqref_domain_ops msi_ops = {
        .map = msi_map,
        .unmap = msi_unmap,
        .abandon = msi_abandon,
};

/* Returns all ones where nothing answers. */
static uint32_t read_config(const struct irqref_xics_msi *msi, uint32_t device, uint32_t reg,
                            uint32_t size)
{
	uint32_t args[4] = {config_address(device) | reg, buid_high(msi), buid_low(msi), size};
	uint32_t value = UINT32_MAX;

	if (rtas(msi, msi->config.read_config, 4, args, 1, &value) != IRQREF_PAPR_OK)
		return UINT32_MAX;
	return value;
}

/* Returns the offset of the MSI capability, or 0. */
static uint32_t find_msi(const struct irqref_xics_msi *msi, uint32_t device)
{
	uint32_t status = read_config(msi, device, PCI_STATUS, 2);
	uint32_t at;

	if (status == UINT32_MAX || !(status & PCI_STATUS_CAPS))
		return 0;
	at = read_config(msi, device, PCI_CAPS, 1) & ~3u;
	for (uint32_t n = 0; at && at < 0x100u && n < PCI_CAPS_MAX; n++) {
		if (read_config(msi, device, at, 1) == PCI_CAP_MSI)
			return at;
		at = read_config(msi, device, at + 1, 1) & ~3u;
	}
	return 0;
}

static int msi_compose(struct irqref_desc *desc, struct irqref_level *level,
                       struct irqref_msi_msg *msg)
{
	const struct irqref_xics_msi *msi = msi_of(level);
	const struct irqref_xics_msi_block *block = level->chip_data;
	uint32_t at = find_msi(msi, block->device);
	uint32_t index = (uint32_t)(level->hwirq - block->first);
	bool wide;

	(void)desc;
	if (!at)
		return IRQREF_ERR_NOENT;
	wide = read_config(msi, block->device, at + 2, 2) & PCI_MSI_CONTROL_64BIT;
	msg->address = read_config(msi, block->device, at + 4, 4);
	if (wide)
		msg->address |= (uint64_t)read_config(msi, block->device, at + 8, 4) << 32;
	/* The function puts the vector's index into the low bits. */
	msg->data = (read_config(msi, block->device, at + (wide ? 12u : 8u), 2) & 0xffffu) | index;
	return IRQREF_OK;
}

static const struct irqref_chip msi_chip = {
        .name = "xics-msi",
        .compose_msi = msi_compose,
};

int irqref_xics_msi_probe(const void *fdt, int node, struct irqref_xics_msi_config *config)
{
	int length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (fdt_node_check_compatible(fdt, node, "IBM,Logical_PHB") || !reg || length < 8)
		return IRQREF_ERR_NOENT;
	*config = (struct irqref_xics_msi_config){
	        .name = "xics-msi",
	        .node = (uintptr_t)node + 1,
	        .bus = BUS_MSI,
	        .buid = (uint64_t)fdt32_ld(reg) << 32 | fdt32_ld(reg + 1),
	        .change_msi = irqref_papr_token(fdt, "ibm,change-msi"),
	        .query_source = irqref_papr_token(fdt, "ibm,query-interrupt-source-number"),
	        .read_config = irqref_papr_token(fdt, "ibm,read-pci-config"),
	};
	if (config->change_msi == IRQREF_PAPR_NO_TOKEN ||
	    config->query_source == IRQREF_PAPR_NO_TOKEN ||
	    config->read_config == IRQREF_PAPR_NO_TOKEN)
		return IRQREF_ERR_NOENT;
	return IRQREF_OK;
}

int irqref_xics_msi_add(struct irqref_xics_msi *msi, struct irqref_xics *xics,
                        const struct irqref_xics_msi_config *config)
{
	struct irqref_domain_config domain;

	if (!msi || !xics || !xics->domain || !config || !config->blocks || !config->nblocks)
		return IRQREF_ERR_INVAL;
	*msi = (struct irqref_xics_msi){.config = *config, .xics = xics};
	domain = (struct irqref_domain_config){
	        .name = config->name,
	        .node = config->node,
	        .bus = config->bus,
	        .parent = xics->domain,
	        .ops = &msi_ops,
	        .chip = &msi_chip,
	        .flow = IRQREF_FLOW_FASTEOI,
	        .data = msi,
	        .max = UINT64_MAX,
	};
	return irqref_domain_add(irqref_domain_space(xics->domain), &domain, &msi->domain);
}

/* Unmapping the last vector of each block has given the block back. */
int irqref_xics_msi_remove(struct irqref_xics_msi *msi, enum irqref_remove how,
                           irqref_report_fn *report, void *ctx)
{
	return msi ? irqref_domain_remove(msi->domain, how, report, ctx) : IRQREF_ERR_INVAL;
}
