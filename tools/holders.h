/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the Linux module shows of its ledger, read and printed.
 */
#ifndef IRQREF_TOOLS_HOLDERS_H
#define IRQREF_TOOLS_HOLDERS_H

#include <jansson.h>

#include "board.h"

/** Who holds a mapping: "handler", "pci", "driver", "floating", and its name. */
struct holder {
	const char *kind;
	const char *name;
};

/** A line of "holders". The texts are in the file's own memory. */
struct held {
	uint32_t virq;
	const char *domain;
	uint64_t hwirq;
	const char *state;
	uint32_t strong;
	bool floating;
	bool shared; /* several devices or handlers use it */
	struct holder *holders;
	size_t nholders;
	char **nodes; /* of the devicetree: what has this interrupt */
	size_t nnodes;
};

/** A line of "events". */
struct happened {
	uint64_t seq;
	const char *time;
	const char *kind;
	uint32_t virq;
	const char *domain;
	uint64_t hwirq;
	const char *by;
	struct holder *left;
	size_t nleft;
};

/** Both files at one time. */
struct ledger {
	char *holders_text;
	char *events_text;
	struct held *held;
	size_t nheld;
	struct happened *happened;
	size_t nhappened;
};

/**
 * Reads both files below @dir. Returns false after a message that says what is wrong: debugfs not
 * mounted, module not loaded, no permission, a line that is not as it should be.
 */
bool ledger_read(struct ledger *ledger, const char *dir);

void ledger_free(struct ledger *ledger);

/** Where the module shows its ledger on this machine; IRQREF_ROOT is put before it. Freed by the caller. */
char *ledger_default_dir(void);

/** Fills in the nodes whose interrupts the mappings are, as far as controllers and cells are known. */
void ledger_join(struct ledger *ledger, const struct tool_board *board);

/** The table of mappings, then the last @max events. */
void ledger_table(struct tool_text *out, const struct ledger *ledger, size_t max);

/** One mapping on one line, with @mark before it. */
void ledger_line(struct tool_text *out, char mark, const struct held *held);

/** One event on one line. */
void ledger_event(struct tool_text *out, const struct happened *event);

/** Everything; given back with json_decref(). irqref-holders(1) describes the members. */
json_t *ledger_json(const struct ledger *ledger);

/** The same mapping at another time, or NULL. */
const struct held *ledger_find(const struct ledger *ledger, const struct held *held);

/** Nothing of a mapping has changed. */
bool ledger_same(const struct held *left, const struct held *right);

#endif /* IRQREF_TOOLS_HOLDERS_H */
