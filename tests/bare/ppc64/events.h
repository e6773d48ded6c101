/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What RTAS tells of dynamic reconfiguration, by interrupt: which connector, and whether something
 * is to leave it or has come.
 */
#ifndef IRQREF_TESTS_BARE_PPC64_EVENTS_H
#define IRQREF_TESTS_BARE_PPC64_EVENTS_H

#include "ppc64.h"

/*
 * @type: of the resource, RTAS_HOTPLUG_*
 * @unplug: it is to leave
 * @drc: index of the connector
 */
struct rtas_event {
	uint8_t type;
	bool unplug;
	uint32_t drc;
};

#define RTAS_HOTPLUG_SLOT 3u
#define RTAS_HOTPLUG_PHB  4u
#define RTAS_HOTPLUG_PCI  5u

/* Takes the interrupts of the event sources, in the name of a consumer "rtas-events". */
int ppc64_events_init(struct irqref_space *space, const void *fdt);
/* The oldest event that nobody has seen; false if there is none. */
bool ppc64_events_next(struct rtas_event *out);

#endif /* IRQREF_TESTS_BARE_PPC64_EVENTS_H */
