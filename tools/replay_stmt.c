/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The statements that do something: one library call each.
 */
#include "replay.h"

#include <string.h>

static const char *name_of(const struct replay *run, unsigned int index)
{
	return scenario_name(run->scn, run->stmt->names[index]);
}

static struct replay_domain *domain_of(const struct replay *run, unsigned int index)
{
	return run->by_name[run->stmt->names[index]];
}

static int no_domain(struct replay *run, unsigned int index)
{
	tool_text_add(&run->why, "no domain named '%s'", name_of(run, index));
	return REPLAY_UNMET;
}

static void note_virq(struct replay *run, irqref_virq_t virq)
{
	if (virq > run->highest)
		run->highest = virq;
	tool_text_add(&run->note, "%svirq %u", run->note.len ? ", " : "", (unsigned)virq);
}

/* Names the number that a reference holds, for the output. */
static void note_ref(struct replay *run, const struct replay_ref *ref)
{
	irqref_virq_t virq;

	run->changed = true;
	if (irqref_ref_virq(run->space, ref->ref, &virq) == 0)
		note_virq(run, virq);
}

/* The name of a dead domain is taken by a new one: nobody can ask for the old one any more. */
static void drop_dead(struct replay *run, struct replay_domain *dead)
{
	struct replay_domain **link = &run->domains;

	if (!dead || !replay_domain_is_balanced(run, dead))
		return;
	for (uint32_t i = 0; i < dead->nr_buckets; i++) {
		for (const struct replay_line *line = dead->buckets[i]; line; line = line->next) {
			if (line->child)
				return;
		}
	}
	while (*link != dead)
		link = &(*link)->next;
	*link = dead->next;
	replay_domain_forget(dead);
}

static int do_domain(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_domain *parent = st->has_parent ? domain_of(run, 1) : NULL;
	struct replay_domain *d = domain_of(run, 0);
	struct irqref_domain_config config = {
	        .name = name_of(run, 0),
	        .size = st->flag ? 0 : st->numbers[0],
	};
	int err;

	if (st->has_parent && !parent)
		return no_domain(run, 1);
	if (d && !d->removed)
		return IRQREF_ERR_EXIST;
	if (parent) {
		config.parent = replay_handle(parent);
		if (!config.parent)
			return IRQREF_ERR_REVOKED;
	}
	/* The library takes a size of 0 for "sparse". */
	if (!st->flag && config.size == 0)
		return IRQREF_ERR_INVAL;
	err = replay_domain_add(run, &config, &d);
	if (err)
		return err;
	drop_dead(run, run->by_name[st->names[0]]);
	d->refuses = st->has_refuse;
	d->refuse = st->numbers[1];
	run->by_name[st->names[0]] = d;
	run->changed = true;
	return 0;
}

static int do_default(struct replay *run)
{
	struct replay_domain *d = domain_of(run, 0);
	struct irqref_domain *domain;

	if (!d)
		return no_domain(run, 0);
	domain = replay_handle(d);
	run->changed = true;
	return domain ? irqref_domain_set_default(run->space, domain) : IRQREF_ERR_STALE;
}

static int do_consumer(struct replay *run)
{
	struct irqref_consumer *consumer = &run->consumers[run->stmt->names[0]];
	char name[4];

	if (irqref_consumer_name(run->space, *consumer, name, sizeof(name)) == 0)
		return IRQREF_ERR_EXIST;
	run->changed = true;
	return irqref_consumer_add(run->space, name_of(run, 0), consumer);
}

static int took(struct replay *run, int err, struct irqref_ref ref)
{
	struct replay_ref *slot = &run->refs[run->stmt->names[0]];

	if (err)
		return err;
	*slot = (struct replay_ref){.run = run, .ref = ref};
	note_ref(run, slot);
	return 0;
}

static int do_get(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_domain *d = domain_of(run, 2);
	struct irqref_domain *domain;
	struct irqref_ref ref;
	int err;

	if (!d)
		return no_domain(run, 2);
	domain = replay_handle(d);
	if (!domain)
		return IRQREF_ERR_STALE;
	err = irqref_get(domain, st->numbers[0], st->type, run->consumers[st->names[1]], NULL, &ref,
	                 &run->conflict);
	return took(run, err, ref);
}

static int do_get_spec(struct replay *run, const struct scenario_stmt *st)
{
	struct irqref_fwspec spec;
	struct irqref_ref ref = {0};
	int err;

	if (st->kind == ST_GET_OF)
		err = st->numbers[0] > UINT32_MAX
		              ? IRQREF_ERR_NOENT
		              : replay_board_spec(run, name_of(run, 2), (uint32_t)st->numbers[0],
		                                  &spec);
	else
		err = replay_board_pci(run, name_of(run, 2), st->numbers[0],
		                       (unsigned int)st->numbers[1], &spec);
	if (err)
		return err;
	err = irqref_get_fwspec(run->space, &spec, run->consumers[st->names[1]], &ref,
	                        &run->conflict);
	return took(run, err, ref);
}

/* Where the Linux-named calls look: a domain, or the default one where no name is given. */
static int linux_domain(struct replay *run, struct irqref_domain **out)
{
	struct replay_domain *d;

	if (run->stmt->names[1] == 0) {
		*out = irqref_domain_default(run->space);
		return 0;
	}
	d = domain_of(run, 1);
	if (!d)
		return no_domain(run, 1);
	*out = replay_handle(d);
	if (*out)
		return 0;
	return run->stmt->kind == ST_FIND ? IRQREF_ERR_NOENT : IRQREF_ERR_STALE;
}

static int do_create(struct replay *run, const struct scenario_stmt *st)
{
	irqref_virq_t *var = &run->vars[st->names[0]];
	struct irqref_domain *domain;
	irqref_virq_t virq = 0;
	int err;

	err = linux_domain(run, &domain);
	if (err == 0)
		err = st->kind == ST_CREATE
		              ? replay_create(run, domain, st->numbers[0], st->type, &virq)
		              : replay_find(run, domain, st->numbers[0], &virq);
	if (err)
		return err;
	*var = virq;
	run->changed = true;
	note_virq(run, virq);
	return 0;
}

static int do_handler(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_ref *handler = &run->handlers[st->names[1]];
	irqref_virq_t virq = run->vars[st->names[0]];

	run->changed = true;
	if (st->kind == ST_UNHANDLE)
		return replay_unhandle(run, handler, virq);
	return replay_handler(run, handler, name_of(run, 1), virq, st->flag);
}

/* The domain whose demultiplexer is, or was, in a reference; or NULL. */
static struct replay_domain *chained_in(const struct replay *run, uint32_t name)
{
	struct replay_domain *d = run->domains;

	while (d && !(d->upstream && d->chain_ref == name))
		d = d->next;
	return d;
}

static void forget_chain(struct replay *run, struct replay_domain *child)
{
	replay_domain_quiet(child);
	irqref_consumer_remove(run->space, child->chain_holder, NULL, NULL);
	child->upstream->child = NULL;
	child->upstream = NULL;
}

void replay_unchain(struct replay *run, struct replay_domain *child)
{
	if (!child->upstream)
		return;
	irqref_put_sync(run->space, run->refs[child->chain_ref].ref);
	forget_chain(run, child);
}

static int do_put(struct replay *run, uint32_t name)
{
	struct replay_domain *child = chained_in(run, name);
	int err = irqref_put_sync(run->space, run->refs[name].ref);

	if (err == 0 && child)
		forget_chain(run, child);
	return err;
}

static int do_free(struct replay *run, uint32_t name)
{
	struct replay_domain *child = chained_in(run, name);
	int err = irqref_free(run->space, run->refs[name].ref);

	if (err == 0 && child)
		replay_domain_quiet(child);
	return err;
}

static int do_reference(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_ref *ref = &run->refs[st->names[0]];

	run->changed = true;
	switch (st->kind) {
	case ST_PUT:
		return do_put(run, st->names[0]);
	case ST_REQUEST:
		return irqref_request(run->space, ref->ref, replay_count, ref,
		                      st->flag ? IRQREF_SHARED : 0);
	case ST_FREE:
		return do_free(run, st->names[0]);
	case ST_DISABLE:
		return irqref_disable(run->space, ref->ref);
	default:
		return irqref_enable(run->space, ref->ref);
	}
}

static int do_fire(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_domain *d = domain_of(run, 0);
	uint64_t times = st->numbers[1];

	if (!d)
		return no_domain(run, 0);
	if (run->opt->max_steps && times > run->opt->max_steps)
		times = run->opt->max_steps;
	replay_fire(run, d, st->numbers[0], times);
	return 0;
}

/* A child that is upstream of the line would have to interrupt itself. */
static bool is_upstream(const struct replay_domain *child, const struct replay_domain *of)
{
	for (; of; of = of->upstream ? of->upstream->domain : NULL) {
		const struct irqref_domain *domain = replay_handle(of);

		for (; domain; domain = irqref_domain_parent(domain)) {
			if (irqref_domain_data(domain) == child)
				return true;
		}
		if (of == child)
			return true;
	}
	return false;
}

static int add_chain(struct replay *run, struct irqref_domain *domain, struct replay_domain *child,
                     struct irqref_ref *ref)
{
	const struct scenario_stmt *st = run->stmt;
	int err;

	err = irqref_consumer_add(run->space, child->name, &child->chain_holder);
	if (err)
		return err;
	err = irqref_get(domain, st->numbers[0], IRQREF_TYPE_NONE, child->chain_holder, NULL, ref,
	                 &run->conflict);
	if (err == 0) {
		err = irqref_request(run->space, *ref, replay_demultiplex, child, IRQREF_CHAINED);
		if (err)
			irqref_put_sync(run->space, *ref);
	}
	if (err)
		irqref_consumer_remove(run->space, child->chain_holder, NULL, NULL);
	return err;
}

static int do_chain(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_domain *d = domain_of(run, 0), *child = domain_of(run, 1);
	struct irqref_domain *domain;
	struct irqref_ref ref;
	int err;

	if (!d || !child)
		return no_domain(run, d ? 1 : 0);
	domain = replay_handle(d);
	if (!domain || child->removed)
		return IRQREF_ERR_STALE;
	if (child->upstream)
		return IRQREF_ERR_EXIST;
	if (is_upstream(child, d))
		return IRQREF_ERR_INVAL;
	err = add_chain(run, domain, child, &ref);
	if (err)
		return err;
	run->refs[st->names[1]] = (struct replay_ref){.run = run, .ref = ref};
	child->chain_ref = st->names[1];
	child->upstream = replay_line_get(d, st->numbers[0]);
	child->upstream->child = child;
	child->demultiplexed = true;
	note_ref(run, &run->refs[st->names[1]]);
	return 0;
}

static void note_holder(void *ctx, const struct irqref_entry *entry)
{
	struct replay *run = ctx;

	tool_text_add(&run->note, "%s%s %s %llu", run->note.len ? ", " : "", entry->holder,
	              entry->domain, (unsigned long long)entry->hwirq);
}

static int do_remove(struct replay *run, const struct scenario_stmt *st)
{
	struct replay_domain *d = domain_of(run, 0);
	struct irqref_domain *domain;
	int err;

	if (!d)
		return no_domain(run, 0);
	domain = replay_handle(d);
	if (!domain)
		return IRQREF_ERR_STALE;
	err = irqref_domain_remove(domain, st->flag ? IRQREF_REMOVE_FORCE : IRQREF_REMOVE_POLITE,
	                           note_holder, run);
	if (err)
		return err;
	replay_unchain(run, d);
	d->removed = true;
	d->removal = ++run->removals;
	run->changed = true;
	return 0;
}

static int do_unplug(struct replay *run)
{
	int count = irqref_consumer_remove(run->space, run->consumers[run->stmt->names[0]],
	                                   note_holder, run);

	run->changed = true;
	return count < 0 ? count : 0;
}

int replay_do(struct replay *run, const struct scenario_stmt *st)
{
	switch (st->kind) {
	case ST_BOARD:
		return replay_board_load(run, name_of(run, 0));
	case ST_DOMAIN:
		return do_domain(run, st);
	case ST_DEFAULT:
		return do_default(run);
	case ST_CONSUMER:
		return do_consumer(run);
	case ST_GET:
		return do_get(run, st);
	case ST_GET_OF:
	case ST_GET_PCI:
		return do_get_spec(run, st);
	case ST_CREATE:
	case ST_FIND:
		return do_create(run, st);
	case ST_DISPOSE:
		run->changed = true;
		return replay_dispose(run, run->vars[st->names[0]]);
	case ST_HANDLER:
	case ST_UNHANDLE:
		return do_handler(run, st);
	case ST_PUT:
	case ST_REQUEST:
	case ST_FREE:
	case ST_DISABLE:
	case ST_ENABLE:
		return do_reference(run, st);
	case ST_FIRE:
		return do_fire(run, st);
	case ST_CHAIN:
		return do_chain(run, st);
	case ST_UNPLUG:
		return do_unplug(run);
	case ST_REMOVE:
		return do_remove(run, st);
	case ST_INJECT_ALLOC:
		run->port.countdown = st->numbers[0];
		run->changed = true;
		return 0;
	case ST_INJECT_MAP:
		run->map_countdown = st->numbers[0];
		run->changed = true;
		return 0;
	default:
		return IRQREF_ERR_NOTSUP;
	}
}
