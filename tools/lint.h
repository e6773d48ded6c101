/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: what is wrong or risky in the interrupts of a board.
 */
#ifndef IRQREF_TOOLS_LINT_H
#define IRQREF_TOOLS_LINT_H

#include "board.h"

/** Findings of one board that are kept; a blob of a stranger can be made to have millions. */
#define LINT_MAX 10000

enum lint_severity {
	LINT_ERROR,
	LINT_WARNING,
	LINT_INFO,
	LINT_SEVERITIES
};

/* In the order of the table in lint_report.c. The codes are stable: none is ever used again. */
enum lint_code {
	LINT_UNRESOLVED,
	LINT_DANGLING,
	LINT_CYCLE,
	LINT_NO_MATCH,
	LINT_CELLS,
	LINT_TRAILING,
	LINT_TRIGGER,
	LINT_SHARED,
	LINT_DISABLED,
	LINT_PARENT_CELLS,
	LINT_CONTROLLER_CELLS,
	LINT_ENTRY_DEAD,
	LINT_ENTRY_SHADOWED,
	LINT_ENTRY_MASKED,
	LINT_ENTRY_DISABLED,
	LINT_MAP_EMPTY,
	LINT_MSI_OVERLAP,
	LINT_MSI_FORM,
	LINT_MSI_OUTPUT,
	LINT_CODES,
};

struct lint_finding {
	enum lint_code code;
	enum lint_severity severity;
	int node;
	const char *property;
	char *message;
};

struct lint {
	const char *file;
	struct irqref_dt *dt;
	const void *fdt;
	struct lint_finding *findings;
	size_t nfindings;
	size_t room;
	size_t left_out; /* findings beyond LINT_MAX */
	bool errors;
};

/** The table of codes. */
const char *lint_name(enum lint_code code);
const char *lint_advice(enum lint_code code);
const char *lint_severity_name(enum lint_severity severity);

/** Adds a finding. An error in a node that is disabled is but a warning. */
void lint_add(struct lint *lint, enum lint_code code, int node, const char *property,
              const char *fmt, ...) __attribute__((format(printf, 5, 6)));

void lint_free(struct lint *lint);

/** Whether the node itself is not disabled; and whether all nodes around it are not, too. */
bool lint_available(const void *fdt, int node);
bool lint_live(const struct irqref_dt *dt, int node);

/** A cell of a property; false if the property is not so long. */
bool lint_cell(const void *fdt, int node, const char *property, uint32_t index, uint32_t *value);

/** Which property holds a node's interrupts. */
const char *lint_own_property(const struct lint *lint, int node);

/** The checks; each adds what it finds. */
void lint_interrupts(struct lint *lint);
void lint_maps(struct lint *lint);
void lint_lines(struct lint *lint);
void lint_msi(struct lint *lint);

/** Output. lint_print() leaves out informational findings if @quiet. */
void lint_print(const struct lint *lint, bool quiet);
void lint_print_json(const struct lint *lints, size_t n, bool quiet);

#endif /* IRQREF_TOOLS_LINT_H */
