/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port that keeps accounts of the library's memory, and fails an allocation on demand.
 */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "posix.h"

/* No scenario needs more at once; one that asks for it must not bring the machine down. */
#define ALLOC_MAX ((size_t)512 << 20)

/* Before each block stands its place among all, in as many bytes as keep any alignment. */
#define HEADER 64u

static size_t *place_of(void *ptr)
{
	return (size_t *)(void *)((char *)ptr - HEADER);
}

static void *count_alloc(void *ctx, size_t size, size_t align)
{
	struct replay_port *port = ctx;
	char *block;

	if (port->countdown && --port->countdown == 0)
		return NULL;
	if (size > ALLOC_MAX)
		return NULL;
	block = port->inner.alloc(port->inner.ctx, size + HEADER, align < 8 ? 8 : align);
	if (!block)
		return NULL;
	if (port->nr_blocks == port->room) {
		port->room = port->room ? port->room * 2 : 64;
		port->blocks = tool_realloc(port->blocks, port->room * sizeof(*port->blocks));
	}
	*(size_t *)(void *)block = port->nr_blocks;
	port->blocks[port->nr_blocks++] = (struct replay_block){
	        .ptr = block + HEADER,
	        .size = size,
	        .line = port->run->stmt ? port->run->stmt->line : 0,
	        .lasting = port->lasting,
	};
	port->bytes += size;
	return block + HEADER;
}

static void count_free(void *ctx, void *ptr, size_t size)
{
	struct replay_port *port = ctx;
	size_t at = *place_of(ptr);

	if (at >= port->nr_blocks || port->blocks[at].ptr != ptr) {
		port->wrong = "memory was freed that was not allocated";
		return;
	}
	if (port->blocks[at].size != size)
		port->wrong = "memory was freed with another size than it was allocated with";
	size = port->blocks[at].size;
	port->bytes -= size;
	port->blocks[at] = port->blocks[--port->nr_blocks];
	*place_of(port->blocks[at].ptr) = at;
	port->inner.free(port->inner.ctx, place_of(ptr), size + HEADER);
}

static void pass_synchronize(void *ctx)
{
	struct replay_port *port = ctx;

	port->inner.synchronize(port->inner.ctx);
}

static void pass_pause(void *ctx, unsigned int attempt)
{
	struct replay_port *port = ctx;

	port->inner.pause(port->inner.ctx, attempt);
}

static bool pass_may_wait(void *ctx)
{
	struct replay_port *port = ctx;

	return !port->inner.may_wait || port->inner.may_wait(port->inner.ctx);
}

static void note_kick(void *ctx)
{
	struct replay_port *port = ctx;

	port->kicked = true;
}

/* In a scenario, time is the line that is being run. */
static uint32_t line_now(void *ctx)
{
	struct replay_port *port = ctx;

	return port->run->stmt ? port->run->stmt->line : 0;
}

static void note_event(void *ctx, const struct irqref_event *event)
{
	struct replay_port *port = ctx;
	struct replay *run = port->run;

	if ((unsigned int)event->kind >= IRQREF_EVENT_KINDS) {
		run->broken = true;
		return;
	}
	run->events[event->kind]++;
	if (!run->opt->quiet)
		tool_text_add(&run->note, "%s%s", run->note.len ? ", recorded " : "recorded ",
		              scenario_event_name(event->kind));
}

int replay_port_init(struct replay_port *port, struct replay *run, struct irqref_port *out)
{
	int err;

	*port = (struct replay_port){.run = run, .lasting = true};
	err = irqref_posix_port(&port->inner);
	if (err)
		return err;
	*out = (struct irqref_port){
	        .alloc = count_alloc,
	        .free = count_free,
	        .synchronize = pass_synchronize,
	        .pause = pass_pause,
	        .may_wait = pass_may_wait,
	        .kick = note_kick,
	        .now = line_now,
	        .event = note_event,
	        .ctx = port,
	};
	return 0;
}

void replay_port_fini(struct replay_port *port)
{
	while (port->nr_blocks > 0) {
		struct replay_block *block = &port->blocks[--port->nr_blocks];

		port->inner.free(port->inner.ctx, place_of(block->ptr), block->size + HEADER);
	}
	free(port->blocks);
	port->blocks = NULL;
}
