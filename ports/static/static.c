/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena is a chain of blocks, each with a header in front; a block is free or used. Allocation
 * takes the first free block that is large enough; freeing joins neighbours. All of it runs in
 * thread context, one caller at a time, so it needs no lock.
 */
#include "static.h"
#include "irqref_port_static.h"

#include <irqref/error.h>

uint32_t irqref_static_sections;
#ifdef IRQREF_DEBUG
uint32_t irqref_static_locks;
#endif

/* Blocks and what is handed out are aligned to this; a cache line, the most the core asks for. */
#define BLOCK_ALIGN 64u

/* Size of the block including this header, and of the one in front, to join backwards. */
struct block {
	size_t size;
	size_t before;
	size_t used;
};

static struct block *block_at(struct irqref_static *arena, size_t offset)
{
	return (struct block *)(void *)(arena->base + offset);
}

static size_t round_up(size_t n)
{
	return (n + BLOCK_ALIGN - 1) & ~(size_t)(BLOCK_ALIGN - 1);
}

static void set_before(struct irqref_static *arena, size_t offset, size_t before)
{
	if (offset < arena->size)
		block_at(arena, offset)->before = before;
}

static void split(struct irqref_static *arena, size_t offset, size_t need)
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

static void *static_alloc(void *ctx, size_t size, size_t align)
{
	struct irqref_static *arena = ctx;
	size_t need = BLOCK_ALIGN + round_up(size);
	size_t offset;

	if (!size || need < size || align > BLOCK_ALIGN)
		return NULL;
	for (offset = 0; offset < arena->size; offset += block_at(arena, offset)->size) {
		struct block *block = block_at(arena, offset);
		unsigned char *p = arena->base + offset + BLOCK_ALIGN;
		size_t i;

		if (block->used || block->size < need)
			continue;
		split(arena, offset, need);
		block->used = 1;
		arena->used += block->size;
		for (i = 0; i < block->size - BLOCK_ALIGN; i++)
			p[i] = 0;
		return p;
	}
	return NULL;
}

static void join_next(struct irqref_static *arena, size_t offset)
{
	struct block *block = block_at(arena, offset);
	size_t next = offset + block->size;

	if (next >= arena->size || block_at(arena, next)->used)
		return;
	block->size += block_at(arena, next)->size;
	set_before(arena, offset + block->size, block->size);
}

static void static_free(void *ctx, void *ptr, size_t size)
{
	struct irqref_static *arena = ctx;
	size_t offset = (size_t)((unsigned char *)ptr - arena->base) - BLOCK_ALIGN;
	struct block *block = block_at(arena, offset);

	(void)size;
	block->used = 0;
	arena->used -= block->size;
	join_next(arena, offset);
	if (offset && !block_at(arena, offset - block->before)->used)
		join_next(arena, offset - block->before);
}

/* The core calls this outside every section, and there is no other context: the period is over. */
static void static_synchronize(void *ctx)
{
	(void)ctx;
}

static void static_pause(void *ctx, unsigned int attempt)
{
	(void)ctx;
	(void)attempt;
}

static void static_kick(void *ctx)
{
	((struct irqref_static *)ctx)->kicked = true;
}

static uint32_t static_now(void *ctx)
{
	return ((struct irqref_static *)ctx)->ticks;
}

int irqref_static_port(struct irqref_static *arena, void *mem, size_t size, struct irqref_port *out)
{
	uintptr_t start = (uintptr_t)mem;
	size_t skip = (size_t)(-start & (BLOCK_ALIGN - 1));

	if (!arena || !mem || !out || size < 1024)
		return IRQREF_ERR_INVAL;
	arena->base = (unsigned char *)mem + skip;
	arena->size = (size - skip) & ~(size_t)(BLOCK_ALIGN - 1);
	arena->used = 0;
	arena->kicked = false;
	arena->ticks = 0;
	block_at(arena, 0)->size = arena->size;
	block_at(arena, 0)->before = 0;
	block_at(arena, 0)->used = 0;
	*out = (struct irqref_port){
	        .alloc = static_alloc,
	        .free = static_free,
	        .synchronize = static_synchronize,
	        .pause = static_pause,
	        .kick = static_kick,
	        .now = static_now,
	        .ctx = arena,
	};
	return IRQREF_OK;
}
