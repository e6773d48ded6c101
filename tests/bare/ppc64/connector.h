/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic reconfiguration connectors (DRC) of PAPR: what can be plugged, by index.
 */
#ifndef IRQREF_TESTS_BARE_PPC64_CONNECTOR_H
#define IRQREF_TESTS_BARE_PPC64_CONNECTOR_H

#include "ppc64.h"

/* What get-sensor-state says of a connector. */
#define DRC_EMPTY   0u
#define DRC_PRESENT 1u

/* Returns the state, or UINT32_MAX. */
uint32_t ppc64_drc_sense(uint32_t drc);
/* Returns what RTAS says: 0; 9001, "valid outstanding translations"; ... */
int32_t ppc64_drc_isolate(uint32_t drc);
/*
 * What the node of a plugged function says.
 * @devfn: slot and function
 * @connectors: those of the bus behind it, if it is a bridge; room for DRC_CONNECTORS
 * @count: how many; 0: it is no bridge
 */
struct ppc64_plugged {
	uint32_t devfn;
	uint32_t *connectors;
	uint32_t count;
};

/* A bus has 32 slots with eight functions each. */
#define DRC_CONNECTORS 256u

/*
 * What was plugged becomes the kernel's: it is unisolated, and its node read, without which it could
 * never be isolated again. Returns an irqref code.
 */
int ppc64_drc_configure(uint32_t drc, struct ppc64_plugged *out);

/* The same for a host bridge, which is a logical resource: it is also made usable, and unusable. */
int32_t ppc64_drc_isolate_logical(uint32_t drc);
int ppc64_drc_configure_logical(uint32_t drc, struct ppc64_plugged *out);

#endif /* IRQREF_TESTS_BARE_PPC64_CONNECTOR_H */
