/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ITS's registers, and how the caller's memory is divided: for the driver's own files.
 */
#ifndef IRQREF_CHIPS_PRIV_GICV3_ITS_TABLES_H
#define IRQREF_CHIPS_PRIV_GICV3_ITS_TABLES_H

#include "../gicv3_its.h"

#define GITS_CTLR    0x0000u
#define GITS_TYPER   0x0008u
#define GITS_CBASER  0x0080u
#define GITS_CWRITER 0x0088u
#define GITS_CREADR  0x0090u
#define GITS_BASER   0x0100u
#define GITS_PIDR2   0xffe8u

#define GITS_CTLR_ENABLED   (1u << 0)
#define GITS_CTLR_QUIESCENT (1u << 31)

#define GITS_TYPER_PTA (1ull << 19)

#define GITS_QUEUE_OFFSET 0xfffe0ull
#define GITS_STALLED      1ull
#define GITS_RETRY        1ull

/* 128 commands. */
#define ITS_QUEUE_BYTES 4096u

/* How many bits a DeviceID can have: the ITS's, or fewer where the caller wants fewer. */
static inline uint32_t its_device_bits(uint64_t typer, const struct irqref_gicv3_its_config *config)
{
	uint32_t has = (uint32_t)(typer >> 13 & 0x1f) + 1;

	return config->device_bits < has ? config->device_bits : has;
}

static inline void its_clear(unsigned char *at, size_t size)
{
	while (size--)
		*at++ = 0;
}

/* Switches the ITS off: when this returns it no longer uses the memory. */
void its_stop(uintptr_t base);

/* Gives the ITS its tables and its queue, and switches it on. */
int its_start(struct irqref_gicv3_its *its);

#endif /* IRQREF_CHIPS_PRIV_GICV3_ITS_TABLES_H */
