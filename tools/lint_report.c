/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref lint: the codes, the list of findings, and how it is printed.
 */
#include <jansson.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"
#include "wrap.h"

static const struct {
	const char *name;
	enum lint_severity severity;
	const char *advice;
} codes[LINT_CODES] = {
        [LINT_UNRESOLVED] = {"IRQ001", LINT_ERROR,
                             "give the node or one around it an interrupt-parent"},
        [LINT_DANGLING] = {"IRQ002", LINT_ERROR,
                           "name a node that exists, or take the reference away"},
        [LINT_CYCLE] = {"IRQ003", LINT_ERROR,
                        "let one of the nodes name the controller outside of the circle"},
        [LINT_NO_MATCH] = {"IRQ004", LINT_ERROR,
                           "add an entry or mend the mask; irqref explain shows the nearest entry"},
        [LINT_CELLS] = {"IRQ005", LINT_ERROR,
                        "write as many cells as the parent's #interrupt-cells (and, in a map, its "
                        "#address-cells) says"},
        [LINT_TRAILING] = {"IRQ006", LINT_WARNING,
                           "the cells at the end are ignored: take them away or complete them"},
        [LINT_TRIGGER] = {"IRQ010", LINT_ERROR,
                          "give all users of the line one trigger type: the second to ask for "
                          "another type does not get the interrupt"},
        [LINT_SHARED] = {"IRQ011", LINT_INFO,
                         "nothing, if the devices share the line and their drivers know it"},
        [LINT_DISABLED] = {"IRQ012", LINT_WARNING,
                           "enable the controller, or disable the device as well"},
        [LINT_PARENT_CELLS] = {"IRQ013", LINT_WARNING,
                               "name a node that has #interrupt-cells: Linux goes on to that "
                               "node's own parent, other readers give up"},
        [LINT_CONTROLLER_CELLS] = {"IRQ014", LINT_WARNING, "add #interrupt-cells"},
        [LINT_ENTRY_DEAD] = {"IRQ020", LINT_WARNING,
                             "write the slot and pin as a PCI device has them, or drop the entry"},
        [LINT_ENTRY_SHADOWED] = {"IRQ021", LINT_WARNING,
                                 "drop the later entry, or widen the mask: the first entry that "
                                 "matches counts"},
        [LINT_ENTRY_MASKED] = {"IRQ022", LINT_WARNING,
                               "clear the bits or widen the mask: Linux masks the entry too, "
                               "other readers do not and never match it"},
        [LINT_ENTRY_DISABLED] =
                {"IRQ023", LINT_INFO,
                 "nothing, if a later entry takes over; Linux passes this one over"},
        [LINT_MAP_EMPTY] = {"IRQ024", LINT_WARNING, "add entries, or drop the map"},
        [LINT_MSI_OVERLAP] = {"IRQ030", LINT_WARNING,
                              "make the ranges apart: only the first that matches counts"},
        [LINT_MSI_FORM] = {"IRQ031", LINT_ERROR,
                           "write entries of four cells: first id, phandle, first id there, number "
                           "of ids; and no first id with bits outside of the mask"},
        [LINT_MSI_OUTPUT] = {"IRQ032", LINT_WARNING,
                             "give each range ids of its own at the controller, or two devices "
                             "are one to it"},
};

static const char *const severities[] = {"error", "warning", "info"};

const char *lint_name(enum lint_code code)
{
	return codes[code].name;
}

const char *lint_advice(enum lint_code code)
{
	return codes[code].advice;
}

const char *lint_severity_name(enum lint_severity severity)
{
	return severities[severity];
}

bool lint_available(const void *fdt, int node)
{
	int len;
	const char *status = fdt_getprop(fdt, node, "status", &len);

	if (!status)
		return true;
	return (len >= 3 && memcmp(status, "ok", 3) == 0) ||
	       (len >= 5 && memcmp(status, "okay", 5) == 0);
}

bool lint_live(const struct irqref_dt *dt, int node)
{
	for (; node >= 0; node = irqref_dt_parent(dt, node)) {
		if (!lint_available(dt->fdt, node))
			return false;
	}
	return true;
}

bool lint_cell(const void *fdt, int node, const char *property, uint32_t index, uint32_t *value)
{
	int len;
	const fdt32_t *cells = fdt_getprop(fdt, node, property, &len);

	if (!cells || (uint32_t)len / 4 <= index)
		return false;
	*value = fdt32_ld(cells + index);
	return true;
}

void lint_add(struct lint *lint, enum lint_code code, int node, const char *property,
              const char *fmt, ...)
{
	enum lint_severity severity = codes[code].severity;
	char message[8192];
	va_list args;

	if (severity == LINT_ERROR && !lint_live(lint->dt, node))
		severity = LINT_WARNING;
	lint->errors = lint->errors || severity == LINT_ERROR;
	if (lint->nfindings == LINT_MAX) {
		lint->left_out++;
		return;
	}
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (lint->nfindings == lint->room) {
		lint->room = lint->room * 2 + 16;
		lint->findings = tool_realloc(lint->findings, lint->room * sizeof(*lint->findings));
	}
	lint->findings[lint->nfindings++] = (struct lint_finding){
	        .code = code,
	        .severity = severity,
	        .node = node,
	        .property = property,
	        .message = tool_strdup(message),
	};
}

void lint_free(struct lint *lint)
{
	for (size_t i = 0; i < lint->nfindings; i++)
		free(lint->findings[i].message);
	free(lint->findings);
	*lint = (struct lint){0};
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void lint_print(const struct lint *lint, bool quiet)
{
	static const char *const colours[] = {"\033[31m", "\033[33m", "\033[36m"};
	size_t counts[LINT_SEVERITIES] = {0};
	bool told[LINT_CODES] = {false};
	bool colour = tool_colour(stdout);
	struct tool_text text = {0}, line = {0};
	const struct lint_finding *f;
	char *path;

	for (size_t i = 0; i < lint->nfindings; i++)
		counts[lint->findings[i].severity]++;
	printf("%s: %zu error%s, %zu warning%s, %zu info\n", lint->file, counts[LINT_ERROR],
	       plural(counts[LINT_ERROR]), counts[LINT_WARNING], plural(counts[LINT_WARNING]),
	       counts[LINT_INFO]);
	for (size_t i = 0; i < lint->nfindings; i++) {
		f = &lint->findings[i];
		if (quiet && f->severity == LINT_INFO)
			continue;
		path = tool_node_path(lint->dt, f->node);
		tool_text_clear(&text);
		tool_text_clear(&line);
		tool_text_add(&line, "%s: %s: %s", path, f->property, f->message);
		/* Behind the code and the severity, which may be coloured. */
		tool_text_wrap(&text, 18, 20, line.data);
		printf("  %s  %s%-7s%s %s", codes[f->code].name, colour ? colours[f->severity] : "",
		       severities[f->severity], colour ? "\033[0m" : "", text.data + 18);
		if (!told[f->code]) {
			tool_text_clear(&text);
			tool_text_clear(&line);
			tool_text_add(&line, "-> %s", codes[f->code].advice);
			tool_text_wrap(&text, 20, 23, line.data);
			fputs(text.data, stdout);
		}
		told[f->code] = true;
		free(path);
	}
	if (lint->left_out)
		printf("  and %zu more, which are left out\n", lint->left_out);
	tool_text_free(&line);
	tool_text_free(&text);
}

static json_t *finding_json(const struct lint *lint, const struct lint_finding *f)
{
	char *path = tool_node_path(lint->dt, f->node);
	json_t *object = json_object();
	json_t *name = json_string(path);

	/* A blob's names need not be UTF-8. */
	json_object_set_new(object, "code", json_string(codes[f->code].name));
	json_object_set_new(object, "severity", json_string(severities[f->severity]));
	json_object_set_new(object, "node", name ? name : json_null());
	json_object_set_new(object, "property", json_string(f->property));
	name = json_string(f->message);
	json_object_set_new(object, "message", name ? name : json_null());
	json_object_set_new(object, "advice", json_string(codes[f->code].advice));
	free(path);
	return object;
}

void lint_print_json(const struct lint *lints, size_t n, bool quiet)
{
	json_t *root = json_array(), *board, *list, *file;

	for (size_t i = 0; i < n; i++) {
		list = json_array();
		for (size_t j = 0; j < lints[i].nfindings; j++) {
			if (quiet && lints[i].findings[j].severity == LINT_INFO)
				continue;
			json_array_append_new(list, finding_json(&lints[i], &lints[i].findings[j]));
		}
		board = json_object();
		file = json_string(lints[i].file);
		json_object_set_new(board, "file", file ? file : json_null());
		json_object_set_new(board, "findings", list);
		json_object_set_new(board, "left_out", json_integer((json_int_t)lints[i].left_out));
		json_array_append_new(root, board);
	}
	json_dumpf(root, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(root);
}
