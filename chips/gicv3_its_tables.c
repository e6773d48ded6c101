/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caller's memory: each table that the ITS asks for, in whole pages of 64 KiB, the largest that it
 * can ask for; the queue; the devices' tables of events. Last is the driver's own: a byte for each CPU that
 * says whether it has its collection.
 */
#include "priv/gicv3_its_tables.h"

#include "priv/gicv3_its_cmd.h"
#include "priv/gicv3_priv.h"

#define BASERS 8u
#define PAGE   0x10000u

/* Fields of GITS_BASERn. */
#define BASER_VALID      (1ull << 63)
#define BASER_ATTRIBUTES (7ull << 59 | 1ull << 10)
#define BASER_PAGE_SHIFT 8
#define BASER_PAGES_MAX  256u

#define TYPE_DEVICES     1u
#define TYPE_COLLECTIONS 4u

/* GITS_CBASER: valid, write-back, inner shareable, one page. */
#define CBASER_ATTRIBUTES (1ull << 63 | 7ull << 59 | 1ull << 10)

/* An ITT begins at a multiple of this. */
#define ITT_ALIGN 256u

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static uintptr_t baser_at(const struct irqref_gicv3_its_config *config, uint32_t index)
{
	return config->base + GITS_BASER + index * 8ul;
}

/* Bytes of the table that a BASER is for; 0 for one that this driver does not need. */
static uint64_t table_size(const struct irqref_gicv3_its_config *config, uint64_t typer,
                           uint64_t baser)
{
	uint64_t entry = (baser >> 48 & 0x1f) + 1;
	uint64_t entries = 0;

	switch (baser >> 56 & 7) {
	case TYPE_DEVICES:
		entries = 1ull << its_device_bits(typer, config);
		break;
	case TYPE_COLLECTIONS:
		entries = config->gic->config.ncpus;
		break;
	}
	return round_up(entries * entry, PAGE);
}

static uint32_t itt_size(const struct irqref_gicv3_its_config *config, uint64_t typer)
{
	uint32_t entry = (uint32_t)(typer >> 4 & 0xf) + 1;

	return (uint32_t)round_up((uint64_t)entry * config->nevents, ITT_ALIGN);
}

static bool numbers_valid(const struct irqref_gicv3_its_config *config, uint64_t typer)
{
	uint32_t event_bits = (uint32_t)(typer >> 8 & 0x1f) + 1;
	uint32_t power = config->nevents;

	return config->base && config->gic && config->gic->lpis.count && config->device_bits &&
	       config->ndevices && power >= 2 && !(power & (power - 1)) &&
	       (event_bits >= 31 || power <= 1u << event_bits);
}

size_t irqref_gicv3_its_memory(const struct irqref_gicv3_its_config *config)
{
	uint64_t typer, size = 0;
	uint32_t i;

	if (!config || !config->base)
		return 0;
	typer = gicv3_read64(config->base + GITS_TYPER);
	if (!numbers_valid(config, typer))
		return 0;
	for (i = 0; i < BASERS; i++)
		size += table_size(config, typer, gicv3_read64(baser_at(config, i)));
	size += ITS_QUEUE_BYTES + (uint64_t)itt_size(config, typer) * config->ndevices +
	        config->gic->config.ncpus;
	return size == (size_t)size ? (size_t)size : 0;
}

/*
 * The largest page that the ITS takes: it keeps in the field what it can. A table of one level: the
 * devices of a PCI host bridge are half a megabyte.
 */
static int give_table(const struct irqref_gicv3_its *its, uint32_t index, uint64_t address,
                      uint64_t size)
{
	static const uint32_t page_bytes[] = {0x1000, 0x4000, 0x10000, 0x10000};
	uintptr_t at = baser_at(&its->config, index);
	uint64_t value;
	uint32_t page;

	gicv3_write64(at, 2ull << BASER_PAGE_SHIFT);
	page = gicv3_read64(at) >> BASER_PAGE_SHIFT & 3;
	if (size / page_bytes[page] > BASER_PAGES_MAX)
		return IRQREF_ERR_NOTSUP;
	value = BASER_VALID | BASER_ATTRIBUTES | address | (uint64_t)page << BASER_PAGE_SHIFT |
	        (size / page_bytes[page] - 1);
	gicv3_write64(at, value);
	value = gicv3_read64(at);
	/* One that does not look into the CPUs' caches would not see what is written. */
	return value & BASER_VALID && value & GIC_TABLE_SHARE_ALL ? IRQREF_OK : IRQREF_ERR_NOTSUP;
}

void its_stop(uintptr_t base)
{
	irqref_mmio_write32(base + GITS_CTLR, 0);
	while (!(irqref_mmio_read32(base + GITS_CTLR) & GITS_CTLR_QUIESCENT))
		;
}

int its_start(struct irqref_gicv3_its *its)
{
	const struct irqref_gicv3_its_config *config = &its->config;
	uint32_t revision = GIC_PIDR2_REV(irqref_mmio_read32(config->base + GITS_PIDR2));
	unsigned char *at = config->memory;
	bool collections = false;
	uint32_t i;
	int rc;

	if (revision != 3 && revision != 4)
		return IRQREF_ERR_NOTSUP;
	its_stop(config->base);
	its->typer = gicv3_read64(config->base + GITS_TYPER);
	for (i = 0; i < BASERS; i++) {
		uint64_t baser = gicv3_read64(baser_at(config, i));
		uint64_t size = table_size(config, its->typer, baser);

		if (!size)
			continue;
		collections = collections || (baser >> 56 & 7) == TYPE_COLLECTIONS;
		its_clear(at, (size_t)size);
		rc = give_table(its, i, (uintptr_t)at + config->bus_offset, size);
		if (rc)
			return rc;
		at += size;
	}
	/* Without a table it has room for some in itself. */
	if (!collections && (its->typer >> 24 & 0xff) < config->gic->config.ncpus)
		return IRQREF_ERR_NOTSUP;
	its->queue = at;
	its->itts = at + ITS_QUEUE_BYTES;
	its->itt_size = itt_size(config, its->typer);
	its->collections = its->itts + (size_t)its->itt_size * config->ndevices;
	its_clear(its->collections, config->gic->config.ncpus);
	its_clear(its->queue, ITS_QUEUE_BYTES);
	gicv3_write64(config->base + GITS_CBASER,
	              CBASER_ATTRIBUTES | ((uintptr_t)its->queue + config->bus_offset));
	if (!(gicv3_read64(config->base + GITS_CBASER) & GIC_TABLE_SHARE_ALL))
		return IRQREF_ERR_NOTSUP;
	gicv3_write64(config->base + GITS_CWRITER, 0);
	irqref_gicv3_cpu_publish();
	irqref_mmio_write32(config->base + GITS_CTLR, GITS_CTLR_ENABLED);
	return IRQREF_OK;
}
