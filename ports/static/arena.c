/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena is a chain of blocks, each with a header in front; a block is free or used. Allocation
 * takes the first free block that is large enough; freeing joins neighbours.
 */
#include "arena.h"

#include <stdint.h>

#include <irqref/error.h>

/* Blocks and what is handed out are aligned to this; a cache line, the most the core asks for. */
#define BLOCK_ALIGN 64u

/* Size of the block including this header, and of the one in front, to join backwards. */
struct block {
	size_t size;
	size_t before;
	size_t used;
};

static struct block *block_at(struct irqref_arena *arena, size_t offset)
{
	return (struct block *)(void *)(arena->base + offset);
}

static size_t round_up(size_t n)
{
	return (n + BLOCK_ALIGN - 1) & ~(size_t)(BLOCK_ALIGN - 1);
}

static void set_before(struct irqref_arena *arena, size_t offset, size_t before)
{
	if (offset < arena->size)
		block_at(arena, offset)->before = before;
}

static void split(struct irqref_arena *arena, size_t offset, size_t need)
{
	struct block *block = block_at(arena, offset);
	size_t rest = block->size - need;
	struct block *tail;

	if (rest < 2 * (size_t)BLOCK_ALIGN)
		return;
	tail = block_at(arena, offset + need);
	tail->size = rest;
	tail->before = need;
	tail->used = 0;
	block->size = need;
	set_before(arena, offset + need + rest, rest);
}

int irqref_arena_init(struct irqref_arena *arena, void *mem, size_t size)
{
	uintptr_t start = (uintptr_t)mem;
	size_t skip = (size_t)(-start & (BLOCK_ALIGN - 1));

	if (!arena || !mem || size < 1024)
		return IRQREF_ERR_INVAL;
	arena->base = (unsigned char *)mem + skip;
	arena->size = (size - skip) & ~(size_t)(BLOCK_ALIGN - 1);
	arena->used = 0;
	block_at(arena, 0)->size = arena->size;
	block_at(arena, 0)->before = 0;
	block_at(arena, 0)->used = 0;
	return IRQREF_OK;
}

void *irqref_arena_alloc(struct irqref_arena *arena, size_t size, size_t align)
{
	size_t need = BLOCK_ALIGN + round_up(size);
	size_t offset;

	if (!size || need < size || align > BLOCK_ALIGN)
		return NULL;
	for (offset = 0; offset < arena->size; offset += block_at(arena, offset)->size) {
		struct block *block = block_at(arena, offset);

		if (block->used || block->size < need)
			continue;
		split(arena, offset, need);
		block->used = 1;
		arena->used += block->size;
		return arena->base + offset + BLOCK_ALIGN;
	}
	return NULL;
}

static void join_next(struct irqref_arena *arena, size_t offset)
{
	struct block *block = block_at(arena, offset);
	size_t next = offset + block->size;

	if (next >= arena->size || block_at(arena, next)->used)
		return;
	block->size += block_at(arena, next)->size;
	set_before(arena, offset + block->size, block->size);
}

void irqref_arena_free(struct irqref_arena *arena, void *ptr)
{
	size_t offset = (size_t)((unsigned char *)ptr - arena->base) - BLOCK_ALIGN;
	struct block *block = block_at(arena, offset);

	block->used = 0;
	arena->used -= block->size;
	join_next(arena, offset);
	if (offset && !block_at(arena, offset - block->before)->used)
		join_next(arena, offset - block->before);
}
