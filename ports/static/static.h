/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cold half of the static port: all memory comes from one arena that the caller supplies.
 */
#ifndef IRQREF_STATIC_H
#define IRQREF_STATIC_H

#include <irqref/port.h>

#include "arena.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_static - an arena and what is left of it; the caller's memory
 * @memory: the storage
 * @kicked: whether the core asked for irqref_flush(); the host clears it
 * @ticks: what the port's clock says; the host counts it up
 */
struct irqref_static {
	struct irqref_arena memory;
	bool kicked;
	uint32_t ticks;
};

/**
 * irqref_static_port() - makes a port that lives on an arena
 * @arena: bookkeeping; the caller's, must outlive the space
 * @mem: the storage; the caller's again once the space was removed
 * @size: its bytes, at least 1024
 * @out: takes the port
 *
 * Context: any.
 * Return: 0; INVAL.
 * Grace period: none.
 */
int irqref_static_port(struct irqref_static *arena, void *mem, size_t size,
                       struct irqref_port *out);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_STATIC_H */
