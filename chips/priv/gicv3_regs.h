/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of the distributor and the redistributors, for the driver's own files.
 */
#ifndef IRQREF_CHIPS_PRIV_GICV3_REGS_H
#define IRQREF_CHIPS_PRIV_GICV3_REGS_H

/* The distributor; the arrays have one bit, two bits or a byte for each INTID. */
#define GICD_CTLR       0x0000u
#define GICD_TYPER      0x0004u
#define GICD_IGROUPR    0x0080u
#define GICD_ISENABLER  0x0100u
#define GICD_ICENABLER  0x0180u
#define GICD_ISPENDR    0x0200u
#define GICD_ICPENDR    0x0280u
#define GICD_ICACTIVER  0x0380u
#define GICD_IPRIORITYR 0x0400u
#define GICD_ICFGR      0x0c00u
#define GICD_IGRPMODR   0x0d00u
#define GICD_IROUTER    0x6000u
#define GICD_PIDR2      0xffe8u

/* With two security states the kernel sees the bits of the non-secure view: group 1 is bit 1 there, too. */
#define GICD_CTLR_GROUP1 (1u << 1)
#define GICD_CTLR_ARE    (1u << 4)
#define GICD_CTLR_RWP    (1u << 31)

#define GICD_TYPER_LPIS (1u << 17)
/* How many LPIs: 2^(n + 1); with n = 0 as many as INTIDs have room for. */
#define GICD_TYPER_NUM_LPIS(x) ((x) >> 11 & 0x1fu)

/* A redistributor: the frame of the CPU, then the frame of its SGIs and PPIs, laid out as the distributor. */
#define GICR_CTLR      0x0000u
#define GICR_TYPER     0x0008u
#define GICR_WAKER     0x0014u
#define GICR_PROPBASER 0x0070u
#define GICR_PENDBASER 0x0078u
#define GICR_PIDR2     0xffe8u
#define GICR_SGI       0x10000u

#define GICR_CTLR_LPIS (1u << 0)
#define GICR_CTLR_RWP  (1u << 3)

#define GICR_TYPER_PLPIS (1u << 0)
#define GICR_TYPER_VLPIS (1u << 1)
#define GICR_TYPER_LAST  (1u << 4)

#define GICR_WAKER_SLEEP  (1u << 1)
#define GICR_WAKER_ASLEEP (1u << 2)

/* Inner shareable, write-back: as the tables are mapped by the CPUs. */
#define GIC_TABLE_SHARED    (1ull << 10)
#define GIC_TABLE_INNER     (7ull << 7)
#define GIC_PENDBASER_ZERO  (1ull << 62)
#define GIC_TABLE_SHARE_ALL (3ull << 10)

/* An entry of the table of LPIs: a priority, a bit that is always 1, and whether it is enabled. */
#define GIC_LPI_PRIORITY 0xfcu
#define GIC_LPI_RES1     2u
#define GIC_LPI_ENABLE   1u

/* Architecture revision in PIDR2. */
#define GIC_PIDR2_REV(x) ((x) >> 4 & 0xfu)

#endif /* IRQREF_CHIPS_PRIV_GICV3_REGS_H */
