/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All of it runs in thread context, one caller at a time, so the arena needs no lock.
 */
#include "static.h"
#include "irqref_port_static.h"

#include <irqref/error.h>

uint32_t irqref_static_sections;
#ifdef IRQREF_DEBUG
uint32_t irqref_static_locks;
#endif

static void *static_alloc(void *ctx, size_t size, size_t align)
{
	struct irqref_static *arena = ctx;
	unsigned char *p = irqref_arena_alloc(&arena->memory, size, align);
	size_t i;

	for (i = 0; p && i < size; i++)
		p[i] = 0;
	return p;
}

static void static_free(void *ctx, void *ptr, size_t size)
{
	struct irqref_static *arena = ctx;

	(void)size;
	irqref_arena_free(&arena->memory, ptr);
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
	if (!arena || !out || irqref_arena_init(&arena->memory, mem, size))
		return IRQREF_ERR_INVAL;
	arena->kicked = false;
	arena->ticks = 0;
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
