/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the probe functions of all chips read of a devicetree, besides what libfdt gives.
 */
#ifndef IRQREF_CHIPS_CHIP_FDT_H
#define IRQREF_CHIPS_CHIP_FDT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * irqref_chip_fdt_u32() - a property of one cell
 * @fdt: the blob
 * @node: offset of the node
 * @name: of the property
 * @absent: what an absent or malformed one counts as
 *
 * Context: any.
 * Return: the value.
 * Grace period: none.
 */
uint32_t irqref_chip_fdt_u32(const void *fdt, int node, const char *name, uint32_t absent);

/**
 * irqref_chip_fdt_reg() - an entry of reg as the CPU sees it, through the ranges of all buses above
 * @fdt: the blob
 * @node: offset of the node
 * @index: which entry, from 0
 * @address: takes the address
 * @size: takes the bytes; may be NULL
 *
 * Context: any; time linear in the size of the blob for each bus above.
 * Return: 0; NOENT (no such entry, or a bus above maps it nowhere); FORMAT (a malformed property,
 * cell counts over 3).
 * Grace period: none.
 */
int irqref_chip_fdt_reg(const void *fdt, int node, uint32_t index, uint64_t *address,
                        uint64_t *size);

/**
 * irqref_chip_fdt_disabled() - whether a node's status says not to use it
 * @fdt: the blob
 * @node: offset of the node
 *
 * Context: any.
 * Return: 1 or 0; a node without status is not disabled.
 * Grace period: none.
 */
int irqref_chip_fdt_disabled(const void *fdt, int node);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_CHIP_FDT_H */
