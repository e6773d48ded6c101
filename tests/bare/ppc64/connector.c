/* SPDX-License-Identifier: BSD-2-Clause */
#include "connector.h"

#include "../print.h"

#include <libfdt.h>

/* Indicators and sensors of a connector. */
#define ISOLATION    9001u
#define ENTITY_SENSE 9003u

#define ALLOCATION 9003u /* as an indicator; as a sensor it says what is there */

#define ISOLATE   0u
#define UNISOLATE 1u
#define UNUSABLE  0u
#define USABLE    1u

/* What ibm,configure-connector returns, and where in its work area what it speaks of is. */
#define CONFIGURE_DONE     0
#define CONFIGURE_SIBLING  1
#define CONFIGURE_CHILD    2
#define CONFIGURE_PROPERTY 3
#define CONFIGURE_PARENT   4
#define WORK_NAME          2u
#define WORK_LENGTH        3u
#define WORK_VALUE         4u
#define WORK_WORDS         1024u

/* A node of some hundred properties has not been seen; a loop of ours must end. */
#define STEPS_MAX 4096u

#define NO_DEVFN UINT32_MAX

uint32_t ppc64_drc_sense(uint32_t drc)
{
	uint32_t args[2] = {ENTITY_SENSE, drc};
	uint32_t state;

	if (ppc64_rtas("get-sensor-state", 2, args, 1, &state) != IRQREF_PAPR_OK)
		return UINT32_MAX;
	return state;
}

static int32_t set_indicator(uint32_t indicator, uint32_t drc, uint32_t state)
{
	uint32_t args[3] = {indicator, drc, state};

	return ppc64_rtas("set-indicator", 3, args, 0, NULL);
}

/*
 * Indicator 9003, the allocation state, is for logical resources; for a slot, which is physical,
 * RTAS answers "no such indicator" (-3). Slots with a power domain of their own would be switched
 * off after this; those of pseries are for live insertion (power domain -1).
 */
int32_t ppc64_drc_isolate(uint32_t drc)
{
	return set_indicator(ISOLATION, drc, ISOLATE);
}

/* The address in a node's reg: bus in bits 16 to 23, device and function in bits 8 to 15. */
static uint32_t devfn_of(uint32_t cell)
{
	return cell >> 8 & 0xffu;
}

static uint32_t cell(const uint32_t *work, uint32_t index)
{
	const char *value = (const char *)work + work[WORK_VALUE];

	return fdt32_ld((const void *)(value + (size_t)index * 4));
}

static void read_property(const uint32_t *work, struct ppc64_plugged *out)
{
	const char *name = (const char *)work + work[WORK_NAME];
	uint32_t cells = work[WORK_LENGTH] / 4;

	if (!strcmp(name, "reg") && cells)
		out->devfn = devfn_of(cell(work, 0));
	if (strcmp(name, "ibm,drc-indexes") || !cells)
		return;
	/* Their number, then they. */
	out->count = 0;
	while (out->count + 1 < cells && out->count < DRC_CONNECTORS) {
		out->connectors[out->count] = cell(work, out->count + 1);
		out->count++;
	}
}

static int read_node(uint32_t drc, struct ppc64_plugged *out)
{
	static uint32_t work[WORK_WORDS] __attribute__((aligned(4096)));
	uint32_t args[2] = {(uint32_t)(uintptr_t)work, 0};
	uint32_t depth = 0;

	memset(work, 0, sizeof(work));
	work[0] = drc;
	out->devfn = NO_DEVFN;
	out->count = 0;
	for (uint32_t steps = 0; steps < STEPS_MAX; steps++) {
		int32_t status = ppc64_rtas("ibm,configure-connector", 2, args, 0, NULL);

		switch (status) {
		case CONFIGURE_DONE:
			return out->devfn == NO_DEVFN ? IRQREF_ERR_FORMAT : IRQREF_OK;
		case CONFIGURE_CHILD:
			depth++;
			break;
		case CONFIGURE_PARENT:
			depth--;
			break;
		case CONFIGURE_PROPERTY:
			/* The first node is what was plugged, others are inside of it. */
			if (depth == 1)
				read_property(work, out);
			break;
		case CONFIGURE_SIBLING:
			break;
		default:
			print("# connector %x: ibm,configure-connector returned %d\n", drc, status);
			return IRQREF_ERR_REFUSED;
		}
	}
	return IRQREF_ERR_FORMAT;
}

int ppc64_drc_configure(uint32_t drc, struct ppc64_plugged *out)
{
	int32_t status = set_indicator(ISOLATION, drc, UNISOLATE);

	if (status != IRQREF_PAPR_OK) {
		print("# connector %x: unisolate returned %d\n", drc, status);
		return IRQREF_ERR_REFUSED;
	}
	return read_node(drc, out);
}

int32_t ppc64_drc_isolate_logical(uint32_t drc)
{
	int32_t status = set_indicator(ISOLATION, drc, ISOLATE);

	return status ? status : set_indicator(ALLOCATION, drc, UNUSABLE);
}

int ppc64_drc_configure_logical(uint32_t drc, struct ppc64_plugged *out)
{
	int32_t status = set_indicator(ALLOCATION, drc, USABLE);

	if (status != IRQREF_PAPR_OK) {
		print("# connector %x: allocation returned %d\n", drc, status);
		return IRQREF_ERR_REFUSED;
	}
	return ppc64_drc_configure(drc, out);
}
