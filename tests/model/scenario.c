/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes a sequence in the language of "irqref replay": each operation with what the model expects
 * of it, and after the last one everything that the model knows.
 */
#include "model.h"

#include <string.h>

static const char *type_name(unsigned int type)
{
	switch (type) {
	case IRQREF_TYPE_RISING:
		return "rising";
	case IRQREF_TYPE_FALLING:
		return "falling";
	case IRQREF_TYPE_BOTH:
		return "both";
	case IRQREF_TYPE_HIGH:
		return "high";
	case IRQREF_TYPE_LOW:
		return "low";
	default:
		return "none";
	}
}

static void place(FILE *f, int domain, uint8_t key)
{
	fprintf(f, " d%d %#llx", domain, (unsigned long long)keys[key]);
}

static void write_domain(FILE *f, const struct op *op)
{
	fprintf(f, "domain d%d ", op->name);
	if (op->n)
		fprintf(f, "linear %u", op->n);
	else
		fprintf(f, "tree");
	if (op->other >= 0)
		fprintf(f, " parent d%d", op->other);
	if (op->refuse != KEY_NONE)
		fprintf(f, " refuse %#llx", (unsigned long long)keys[op->refuse]);
}

/* The language has no such statement: the same through the mapping's outermost domain. */
static void write_get_virq(FILE *f, const struct world *w, const struct op *op)
{
	int m = world_by_virq(w, w->var[op->other].virq);

	if (m < 0) {
		fprintf(f, "# a get on number %u, which is free", w->var[op->other].virq);
		return;
	}
	fprintf(f, "get r%d c%u", op->name, op->n);
	place(f, w->mapping[m].domain, w->mapping[m].key);
}

static void write_statement(FILE *f, const struct world *w, const struct op *op)
{
	static const char *const words[OP_KINDS] = {
	        [OP_PUT] = "put",         [OP_REQUEST] = "request", [OP_FREE] = "free",
	        [OP_DISABLE] = "disable", [OP_ENABLE] = "enable",
	};

	switch (op->kind) {
	case OP_DOMAIN:
		write_domain(f, op);
		break;
	case OP_CONSUMER:
		fprintf(f, "consumer c%d", op->name);
		break;
	case OP_GET:
		fprintf(f, "get r%d c%u", op->name, op->n);
		place(f, op->other, op->key);
		fprintf(f, " %s", type_name(op->type));
		break;
	case OP_GET_VIRQ:
		write_get_virq(f, w, op);
		break;
	case OP_CREATE:
		fprintf(f, "create v%d", op->name);
		place(f, op->other, op->key);
		fprintf(f, " %s", type_name(op->type));
		break;
	case OP_FIND:
		fprintf(f, "find v%d", op->name);
		place(f, op->other, op->key);
		break;
	case OP_DISPOSE:
		fprintf(f, "dispose v%d", op->name);
		break;
	case OP_FIRE:
		fprintf(f, "fire");
		place(f, op->other, op->key);
		fprintf(f, " %u", op->n);
		break;
	case OP_UNPLUG:
		fprintf(f, "unplug c%d", op->name);
		break;
	case OP_REMOVE:
		fprintf(f, "remove d%d%s", op->name, op->flag ? " force" : "");
		break;
	case OP_CHAIN:
		fprintf(f, "chain");
		place(f, op->other, op->key);
		fprintf(f, " d%u", op->n);
		break;
	case OP_HANDLER:
		fprintf(f, "handler v%d h%d%s", op->other, op->name, op->flag ? " shared" : "");
		break;
	case OP_UNHANDLE:
		fprintf(f, "unhandle v%d h%d", w->ref[op->name].var, op->name);
		break;
	case OP_ONCE:
		fprintf(f, "# the handler of r%d puts it in its next run", op->name);
		break;
	case OP_INJECT_ALLOC:
	case OP_INJECT_MAP:
		fprintf(f, "inject %s %u", op->kind == OP_INJECT_MAP ? "map" : "alloc", op->n);
		break;
	default:
		fprintf(f, "%s r%d%s", words[op->kind], op->name,
		        op->kind == OP_REQUEST && op->flag ? " shared" : "");
	}
}

void scenario_head(FILE *f, const char *why)
{
	fprintf(f, "# Written by the model check: %s\n", why);
}

/* @codes: what may come out; several errors at once are "any". */
void scenario_op(FILE *f, const struct world *w, const struct op *op, uint32_t codes)
{
	int code = 0;

	if (!(codes & CODE_OK)) {
		while (!(codes & CODE(-code)))
			code++;
		fprintf(f, "fails %s ", codes == CODE(-code) ? irqref_strerror(-code) : "*");
	}
	write_statement(f, w, op);
	fprintf(f, "\n");
}

static void write_holders(FILE *f, const struct world *w, int mapping)
{
	char name[24];
	char seen[OPS_MAX * 8] = " ";
	char word[32];
	int i;

	fprintf(f, "expect holders");
	place(f, w->mapping[mapping].domain, w->mapping[mapping].key);
	if (w->mapping[mapping].floating)
		fprintf(f, " floating");
	for (i = 0; i < OPS_MAX; i++) {
		if (!w->ref[i].made || !w->ref[i].alive || w->ref[i].mapping != mapping)
			continue;
		holder_name(&w->ref[i], name, sizeof(name));
		snprintf(word, sizeof(word), " %s ", name);
		if (strstr(seen, word))
			continue;
		strcat(seen, word + 1);
		fprintf(f, " %s", name);
	}
	fprintf(f, "\n");
}

static void write_mapping(FILE *f, const struct world *w, int mapping)
{
	const struct m_mapping *m = &w->mapping[mapping];
	int d;

	for (d = m->domain; d >= 0; d = w->domain[d].parent) {
		fprintf(f, "expect mapped");
		place(f, d, m->key);
		fprintf(f, "\n");
	}
	fprintf(f, "expect count");
	place(f, m->domain, m->key);
	fprintf(f, " %u\nexpect floating", world_strong(w, mapping) + m->floating);
	place(f, m->domain, m->key);
	fprintf(f, " %s\nexpect type", m->floating ? "yes" : "no");
	place(f, m->domain, m->key);
	fprintf(f, " %s\nexpect %smasked", type_name(m->type),
	        world_unmasked(w, mapping) ? "un" : "");
	place(f, m->domain, m->key);
	fprintf(f, "\n");
	write_holders(f, w, mapping);
}

void scenario_state(FILE *f, const struct world *w)
{
	uint32_t live = 0;
	int i;
	uint8_t k;

	for (i = 0; i < w->mappings; i++) {
		if (!w->mapping[i].alive || w->mapping[i].revoked)
			continue;
		live++;
		write_mapping(f, w, i);
	}
	fprintf(f, "expect mappings %u\n", live);
	for (i = 0; i < OPS_MAX; i++) {
		for (k = 0; w->domain[i].made && w->domain[i].alive && k < KEYS; k++) {
			if (!lib_mapped(i, k) || world_find(w, i, k) >= 0)
				continue;
			fprintf(f, "expect unmapped");
			place(f, i, k);
			fprintf(f, "\n");
		}
		if (w->ref[i].made && !w->ref[i].chained &&
		    (w->ref[i].handler || w->ref[i].delivered))
			fprintf(f, "expect delivered %c%d %u\n", w->ref[i].anonymous ? 'h' : 'r', i,
			        w->ref[i].delivered);
	}
	fprintf(f, "expect recorded dispose-in-use %u\n", w->events[IRQREF_EVENT_DISPOSE_IN_USE]);
	fprintf(f, "expect recorded revoked %u\n", w->events[IRQREF_EVENT_REVOKED]);
	fprintf(f, "expect recorded leaked-by-consumer %u\n", w->events[IRQREF_EVENT_LEAKED]);
	fprintf(f, "expect recorded type-conflict %u\n", w->events[IRQREF_EVENT_TYPE_CONFLICT]);
}
