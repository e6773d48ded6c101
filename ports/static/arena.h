/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory from one piece of storage: what the ports without an allocator give the core.
 */
#ifndef IRQREF_ARENA_H
#define IRQREF_ARENA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_arena - a piece of storage and what is left of it
 * @base: first byte, aligned
 * @size: bytes
 * @used: bytes handed out, with a header for each block
 */
struct irqref_arena {
	unsigned char *base;
	size_t size;
	size_t used;
};

/**
 * irqref_arena_init() - makes an arena of a piece of storage
 * @arena: bookkeeping
 * @mem: the storage, the caller's, at any alignment
 * @size: its bytes, at least 1024
 *
 * Context: any.
 * Return: 0; INVAL.
 * Grace period: none.
 */
int irqref_arena_init(struct irqref_arena *arena, void *mem, size_t size);

/**
 * irqref_arena_alloc() - takes memory
 * @arena: the arena
 * @size: bytes, not 0
 * @align: a power of two, at most 64
 *
 * Context: one caller at a time; time linear in the number of blocks.
 * Return: the memory, whatever was in it before; or NULL.
 * Grace period: none.
 */
void *irqref_arena_alloc(struct irqref_arena *arena, size_t size, size_t align);

/**
 * irqref_arena_free() - gives memory back
 * @arena: the arena
 * @ptr: what irqref_arena_alloc() gave
 *
 * Context: one caller at a time.
 * Grace period: none.
 */
void irqref_arena_free(struct irqref_arena *arena, void *ptr);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_ARENA_H */
