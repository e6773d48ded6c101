/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event source interrupts; check-exception then returns the log of one event after the other.
 * Without negotiation (ibm,client-architecture-support, which is the firmware's to offer) hot-plug
 * events come by the source for environment and power warnings; with it they have a source of their
 * own. Both are listened to.
 */
#include "events.h"

#include "../print.h"

#include <irqref_port_bare.h>
#include <libfdt.h>
#include <lock.h>

/* Arguments of check-exception: the vector of external interrupts; kinds of events. */
#define VECTOR       0x500u
#define MASK_EPOW    0x40000000u
#define MASK_HOTPLUG 0x10000000u

/* An error log: a header of 8 bytes; 16 more; then sections, each with a header of 8 bytes. */
#define LOG_BYTES       2048u
#define LOG_LENGTH      4u
#define LOG_HEADER      8u
#define LOG_SECTIONS    24u
#define SECTION_HEADER  8u
#define SECTION_HOTPLUG 0x4850u /* "HP" */

/* The section of a hot-plug event. */
#define HOTPLUG_TYPE       8u
#define HOTPLUG_ACTION     9u
#define HOTPLUG_IDENTIFIER 10u
#define HOTPLUG_INDEX      12u
#define HOTPLUG_BYTES      16u

#define ACTION_ADD     1u
#define ACTION_REMOVE  2u
#define IDENTIFIER_DRC 2u

#define SOURCES 2u
#define RING    256u

static uint32_t sources[SOURCES];

/* The two sources may interrupt two CPUs. */
static struct irqref_chip_lock log_lock;
static unsigned char log[LOG_BYTES] __attribute__((aligned(16)));

/* Written by the handler under log_lock, read by one thread. */
static struct rtas_event ring[RING];
static uint32_t ring_in, ring_out;

static uint32_t log16(uint32_t at)
{
	return (uint32_t)log[at] << 8 | log[at + 1];
}

static uint32_t log32(uint32_t at)
{
	return log16(at) << 16 | log16(at + 2);
}

static void push(const struct rtas_event *event)
{
	uint32_t out = __atomic_load_n(&ring_out, __ATOMIC_ACQUIRE);

	if (ring_in - out == RING) {
		print("not ok - hot-plug event lost: connector %x\n", event->drc);
		return;
	}
	ring[ring_in % RING] = *event;
	__atomic_store_n(&ring_in, ring_in + 1, __ATOMIC_RELEASE);
}

static void parse_section(uint32_t at, uint32_t length)
{
	struct rtas_event event;
	uint32_t action;

	if (log16(at) != SECTION_HOTPLUG || length < HOTPLUG_BYTES)
		return;
	action = log[at + HOTPLUG_ACTION];
	if (log[at + HOTPLUG_IDENTIFIER] != IDENTIFIER_DRC ||
	    (action != ACTION_ADD && action != ACTION_REMOVE))
		return;
	event = (struct rtas_event){
	        .type = log[at + HOTPLUG_TYPE],
	        .unplug = action == ACTION_REMOVE,
	        .drc = log32(at + HOTPLUG_INDEX),
	};
	push(&event);
}

static void parse_log(void)
{
	uint32_t end = log32(LOG_LENGTH);
	uint32_t length;

	end = end < LOG_BYTES - LOG_HEADER ? end + LOG_HEADER : LOG_BYTES;
	for (uint32_t at = LOG_SECTIONS; at + SECTION_HEADER <= end; at += length) {
		length = log16(at + 2);
		if (length < SECTION_HEADER || length > end - at)
			return;
		parse_section(at, length);
	}
}

/* Interrupts are off. Events that came at once may have made one edge: so until there is no more. */
static enum irqref_return on_event(irqref_virq_t virq, void *cookie)
{
	uint32_t args[6] = {VECTOR, *(const uint32_t *)cookie, MASK_EPOW | MASK_HOTPLUG,
	                    1,      (uint32_t)(uintptr_t)log,  LOG_BYTES};

	(void)virq;
	irqref_chip_lock(&log_lock);
	while (ppc64_rtas("check-exception", 6, args, 0, NULL) == IRQREF_PAPR_OK)
		parse_log();
	irqref_chip_unlock(&log_lock);
	return IRQREF_HANDLED;
}

bool ppc64_events_next(struct rtas_event *out)
{
	if (ring_out == __atomic_load_n(&ring_in, __ATOMIC_ACQUIRE))
		return false;
	*out = ring[ring_out % RING];
	__atomic_store_n(&ring_out, ring_out + 1, __ATOMIC_RELEASE);
	return true;
}

/*
 * The sources' node is marked as an interrupt controller, which it is not: their numbers are the
 * interrupt controller's, in its own two cells.
 */
static int listen(struct irqref_space *space, const void *fdt, int node,
                  struct irqref_consumer consumer, uint32_t *source)
{
	struct irqref_fwspec fwspec = {.node = ppc64_xics()->config.node, .ncells = 2};
	struct irqref_ref ref;
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, "interrupts", &length);
	int rc;

	if (!cells || length < 8)
		return IRQREF_ERR_FORMAT;
	fwspec.cells[0] = fdt32_ld(cells);
	fwspec.cells[1] = fdt32_ld(cells + 1);
	*source = fwspec.cells[0];
	rc = irqref_get_fwspec(space, &fwspec, consumer, &ref, NULL);
	if (rc)
		return rc;
	return irqref_request(space, ref, on_event, source, 0);
}

int ppc64_events_init(struct irqref_space *space, const void *fdt)
{
	static const char *const names[SOURCES] = {"epow-events", "hot-plug-events"};
	int parent = fdt_path_offset(fdt, "/event-sources");
	struct irqref_consumer consumer;
	int rc;

	if (parent < 0)
		return IRQREF_OK;
	rc = irqref_consumer_add(space, "rtas-events", &consumer);
	for (uint32_t i = 0; i < SOURCES && !rc; i++) {
		int node = fdt_subnode_offset(fdt, parent, names[i]);

		if (node >= 0)
			rc = listen(space, fdt, node, consumer, &sources[i]);
	}
	return rc;
}
