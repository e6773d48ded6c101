/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of a PAPR platform, as far as the drivers of XICS and its messages touch it: sources with
 * the priority that each call leaves, presentation, and one function that can have messages.
 */
#ifndef IRQREF_TESTS_CHIPS_PAPR_MODEL_H
#define IRQREF_TESTS_CHIPS_PAPR_MODEL_H

#include <string.h>

#include <irqref/irqref.h>

#include "posix.h"
#include "unit.h"

#include "xics_msi.h"

/* Sources 0x1000 to 0x103f; from 0x1020 on they are for messages. */
#define SOURCE   0x1000u
#define SOURCES  64u
#define MESSAGES 32u

enum {
	SET_XIVE = 0x2000,
	GET_XIVE,
	INT_ON,
	INT_OFF,
	CHANGE_MSI,
	QUERY_SOURCE,
	READ_CONFIG
};

#define MODEL_CPUS 3u
#define CALLS_MAX  16u
#define DEVICE     0x108u
#define BUID       0x800000020000001ull

static struct model {
	struct {
		uint32_t server;
		uint8_t priority;
		uint8_t saved;
	} sources[SOURCES];
	uint64_t xirr[CALLS_MAX]; /* what H_XIRR will return, then 0 */
	uint32_t nxirr, next;
	uint64_t eois[CALLS_MAX];
	uint32_t neois;
	uint64_t ipis[CALLS_MAX][2];
	uint32_t nipis;
	uint64_t cppr;
	uint32_t busy;       /* calls that are told to come again */
	uint32_t messages;   /* that the function has */
	uint32_t most;       /* that it can have */
	uint32_t changes;    /* how often that was changed */
	uint32_t sequence;   /* what the last call handed on */
	uint32_t no_source;  /* index of a message that has none */
	uint32_t capability; /* offset of the MSI capability */
	unsigned char config[256];
} model;

static struct irqref_space *space;
static struct irqref_consumer consumer;

static int64_t model_hcall(void *ctx, uint64_t opcode, uint64_t arg0, uint64_t arg1, uint64_t *out)
{
	(void)ctx;
	*out = 0;
	switch (opcode) {
	case IRQREF_PAPR_H_XIRR:
		*out = model.next < model.nxirr ? model.xirr[model.next++] : 0xff000000u;
		return 0;
	case IRQREF_PAPR_H_EOI:
		model.eois[model.neois++] = arg0;
		return 0;
	case IRQREF_PAPR_H_CPPR:
		model.cppr = arg0;
		return 0;
	case IRQREF_PAPR_H_IPI:
		model.ipis[model.nipis][0] = arg0;
		model.ipis[model.nipis++][1] = arg1;
		return 0;
	default:
		return -1;
	}
}

static int32_t model_source_call(uint32_t token, const uint32_t *args, uint32_t *rets)
{
	uint32_t n = args[0] - SOURCE;

	if (n >= SOURCES)
		return IRQREF_PAPR_NO_PARAM;
	switch (token) {
	case SET_XIVE:
		model.sources[n].server = args[1];
		model.sources[n].priority = model.sources[n].saved = (uint8_t)args[2];
		break;
	case GET_XIVE:
		rets[0] = model.sources[n].server;
		rets[1] = model.sources[n].priority;
		break;
	case INT_ON:
		model.sources[n].priority = model.sources[n].saved;
		break;
	default:
		model.sources[n].saved = model.sources[n].priority;
		model.sources[n].priority = 0xff;
	}
	return IRQREF_PAPR_OK;
}

static int32_t model_change(const uint32_t *args, uint32_t *rets)
{
	model.sequence = args[5];
	rets[0] = rets[2] = 0;
	rets[1] = args[5] + 1;
	if (model.busy) {
		model.busy--;
		return IRQREF_PAPR_DELAY;
	}
	model.changes++;
	model.messages = args[4] < model.most ? args[4] : model.most;
	rets[0] = model.messages;
	return IRQREF_PAPR_OK;
}

static int32_t model_function_call(uint32_t token, const uint32_t *args, uint32_t *rets)
{
	if (args[0] >> 8 != DEVICE || ((uint64_t)args[1] << 32 | args[2]) != BUID)
		return IRQREF_PAPR_NO_PARAM;
	if (token == CHANGE_MSI)
		return model_change(args, rets);
	if (token == QUERY_SOURCE) {
		rets[0] = SOURCE + MESSAGES + args[3];
		rets[1] = 1;
		return args[3] < model.messages && args[3] != model.no_source
		               ? IRQREF_PAPR_OK
		               : IRQREF_PAPR_NO_PARAM;
	}
	rets[0] = 0;
	for (uint32_t i = args[3]; i--;)
		rets[0] = rets[0] << 8 | model.config[(args[0] & 0xffu) + i];
	return IRQREF_PAPR_OK;
}

static int32_t model_rtas(void *ctx, uint32_t token, uint32_t nargs, const uint32_t *args,
                          uint32_t nrets, uint32_t *rets)
{
	(void)ctx;
	(void)nargs;
	(void)nrets;
	if (token >= CHANGE_MSI)
		return model_function_call(token, args, rets);
	if (model.busy) {
		model.busy--;
		return IRQREF_PAPR_BUSY;
	}
	return model_source_call(token, args, rets);
}

static const struct irqref_papr papr = {.hcall = model_hcall, .rtas = model_rtas};

/* Whoever ran before has left all sources on. */
static void model_reset(void)
{
	memset(&model, 0, sizeof(model));
	for (uint32_t i = 0; i < SOURCES; i++)
		model.sources[i].priority = model.sources[i].saved = 3;
	model.most = 32;
	model.no_source = UINT32_MAX;
}

/* An MSI capability at 0x50, behind another one, with the message that the platform wrote. */
static void model_capability(bool wide)
{
	model.config[0x06] = 0x10;
	model.config[0x34] = 0x40;
	model.config[0x40] = 0x01;
	model.config[0x41] = 0x50;
	model.config[0x50] = 0x05;
	model.config[0x52] = wide ? 0x80 : 0;
	model.config[0x55] = 0x12; /* address 0x1200 */
	model.config[0x59] = wide ? 0x04 : 0x13;
	model.config[0x5c] = wide ? 0x20 : 0;
	model.config[0x5d] = wide ? 0x10 : 0;
}

static void space_begin(void)
{
	struct irqref_space_config config = {.max_irqs = 256};

	assert_ok(irqref_posix_port(&config.port));
	config.nr_cpus = irqref_posix_nr_cpus();
	assert_ok(irqref_space_create(&config, &space));
	assert_ok(irqref_consumer_add(space, "test", &consumer));
}

#endif /* IRQREF_TESTS_CHIPS_PAPR_MODEL_H */
