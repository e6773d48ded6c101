/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interrupt of a RISC-V controller's node is a given hart's: files of an IMSIC, delivery controls of
 * an APLIC and contexts of a PLIC are numbered in this order.
 */
#ifndef IRQREF_CHIPS_RISCV_HARTS_H
#define IRQREF_CHIPS_RISCV_HARTS_H

#include <irqref/devicetree.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Interrupts of a hart: what the one cell of its own controller says. */
#define IRQREF_RISCV_SUPERVISOR 9u
#define IRQREF_RISCV_MACHINE    11u

/**
 * irqref_riscv_hart_index() - the place of a hart's interrupt among those of a node
 * @dt: the tree
 * @node: offset of the controller's node, with interrupts-extended
 * @hart: the hart's ID
 * @interrupt: IRQREF_RISCV_SUPERVISOR or IRQREF_RISCV_MACHINE
 *
 * Context: any; time linear in the size of the property.
 * Return: the place, from 0; NOENT (it has none there); as irqref_dt_cursor_next().
 * Grace period: none.
 */
int irqref_riscv_hart_index(const struct irqref_dt *dt, int node, uint32_t hart,
                            uint32_t interrupt);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_RISCV_HARTS_H */
