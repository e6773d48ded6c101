/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of a scenario: those that a file makes, and the fixed ones of types and events.
 */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include <irqref/port.h>
#include <irqref/types.h>

#include "common.h"

static uint32_t hash(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

static void rehash(struct scenario *scn)
{
	uint32_t size = scn->nr_buckets ? scn->nr_buckets * 2 : 64;

	free(scn->buckets);
	scn->buckets = tool_zalloc(size, sizeof(*scn->buckets));
	scn->nr_buckets = size;
	for (uint32_t id = 1; id < scn->nr_names; id++) {
		uint32_t at = hash(scn->names[id], strlen(scn->names[id])) & (size - 1);

		while (scn->buckets[at])
			at = (at + 1) & (size - 1);
		scn->buckets[at] = id;
	}
}

uint32_t scenario_intern(struct scenario *scn, const char *name, size_t len)
{
	uint32_t at, id;
	char *copy;

	if (scn->nr_names * 2 >= scn->nr_buckets)
		rehash(scn);
	at = hash(name, len) & (scn->nr_buckets - 1);
	while ((id = scn->buckets[at]) != 0) {
		if (strlen(scn->names[id]) == len && memcmp(scn->names[id], name, len) == 0)
			return id;
		at = (at + 1) & (scn->nr_buckets - 1);
	}
	if (scn->nr_names + 1 >= scn->room_names) {
		scn->room_names = scn->room_names ? scn->room_names * 2 : 32;
		scn->names = tool_realloc(scn->names, scn->room_names * sizeof(*scn->names));
	}
	if (scn->nr_names == 0) {
		/* Id 0 is no name. */
		scn->names[0] = tool_strdup("");
		scn->nr_names = 1;
	}
	copy = tool_alloc(len + 1);
	memcpy(copy, name, len);
	copy[len] = '\0';
	id = scn->nr_names++;
	scn->names[id] = copy;
	scn->buckets[at] = id;
	return id;
}

const char *scenario_name(const struct scenario *scn, uint32_t id)
{
	return id < scn->nr_names ? scn->names[id] : "";
}

void scenario_free(struct scenario *scn)
{
	for (uint32_t id = 0; id < scn->nr_names; id++)
		free(scn->names[id]);
	free(scn->names);
	free(scn->buckets);
	free(scn->lists);
	free(scn->stmts);
	*scn = (struct scenario){0};
}

static int find_word(const char *const *words, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i] && strlen(words[i]) == len && memcmp(words[i], name, len) == 0)
			return (int)i;
	}
	return -1;
}

static const char *const types[] = {
        [IRQREF_TYPE_NONE] = "none",       [IRQREF_TYPE_RISING] = "rising",
        [IRQREF_TYPE_FALLING] = "falling", [IRQREF_TYPE_BOTH] = "both",
        [IRQREF_TYPE_HIGH] = "high",       [IRQREF_TYPE_LOW] = "low",
};

const char *scenario_type_name(unsigned int type)
{
	return type < sizeof(types) / sizeof(types[0]) && types[type] ? types[type] : "?";
}

int scenario_type(const char *name, size_t len)
{
	return find_word(types, sizeof(types) / sizeof(types[0]), name, len);
}

static const char *const events[IRQREF_EVENT_KINDS] = {
        [IRQREF_EVENT_DISPOSE_IN_USE] = "dispose-in-use",
        [IRQREF_EVENT_STALE] = "stale",
        [IRQREF_EVENT_REVOKED] = "revoked",
        [IRQREF_EVENT_LEAKED] = "leaked-by-consumer",
        [IRQREF_EVENT_TYPE_CONFLICT] = "type-conflict",
        [IRQREF_EVENT_QUARANTINE_CUT] = "quarantine-cut",
        [IRQREF_EVENT_STUCK] = "stuck",
        [IRQREF_EVENT_LINUX_FAILED] = "linux-failed",
};

const char *scenario_event_name(unsigned int kind)
{
	return kind < IRQREF_EVENT_KINDS ? events[kind] : "?";
}

int scenario_event(const char *name, size_t len)
{
	return find_word(events, IRQREF_EVENT_KINDS, name, len);
}
