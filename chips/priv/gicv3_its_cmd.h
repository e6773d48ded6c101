/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands of an ITS: four double words each, little endian in memory; here in CPU byte order.
 */
#ifndef IRQREF_CHIPS_PRIV_GICV3_ITS_CMD_H
#define IRQREF_CHIPS_PRIV_GICV3_ITS_CMD_H

#include <stdbool.h>
#include <stdint.h>

#define ITS_CMD_BYTES 32u

struct its_cmd {
	uint64_t word[4];
};

enum its_cmd_number {
	ITS_MOVI = 0x01,
	ITS_INT = 0x03,
	ITS_SYNC = 0x05,
	ITS_MAPD = 0x08,
	ITS_MAPC = 0x09,
	ITS_MAPTI = 0x0a,
	ITS_INV = 0x0c,
	ITS_INVALL = 0x0d,
	ITS_DISCARD = 0x0f,
};

#define ITS_VALID (1ull << 63)

/* All that name a device begin like this, and go on with the event. */
static inline struct its_cmd its_cmd_event(enum its_cmd_number number, uint32_t device,
                                           uint32_t event)
{
	return (struct its_cmd){{number | (uint64_t)device << 32, event, 0, 0}};
}

/* @itt is aligned to 256 bytes; it has room for 2^@bits events. */
static inline struct its_cmd its_cmd_mapd(uint32_t device, uint64_t itt, uint32_t bits, bool valid)
{
	return (struct its_cmd){
	        {ITS_MAPD | (uint64_t)device << 32, bits - 1u, itt | (valid ? ITS_VALID : 0), 0}};
}

/* @target: bits 51 to 16 name a redistributor, by address or by number: see its_target(). */
static inline struct its_cmd its_cmd_mapc(uint32_t collection, uint64_t target)
{
	return (struct its_cmd){{ITS_MAPC, 0, target | collection | ITS_VALID, 0}};
}

static inline struct its_cmd its_cmd_mapti(uint32_t device, uint32_t event, uint32_t lpi,
                                           uint32_t collection)
{
	struct its_cmd cmd = its_cmd_event(ITS_MAPTI, device, event);

	cmd.word[1] |= (uint64_t)lpi << 32;
	cmd.word[2] = collection;
	return cmd;
}

static inline struct its_cmd its_cmd_movi(uint32_t device, uint32_t event, uint32_t collection)
{
	struct its_cmd cmd = its_cmd_event(ITS_MOVI, device, event);

	cmd.word[2] = collection;
	return cmd;
}

static inline struct its_cmd its_cmd_invall(uint32_t collection)
{
	return (struct its_cmd){{ITS_INVALL, 0, collection, 0}};
}

static inline struct its_cmd its_cmd_sync(uint64_t target)
{
	return (struct its_cmd){{ITS_SYNC, 0, target, 0}};
}

#endif /* IRQREF_CHIPS_PRIV_GICV3_ITS_CMD_H */
