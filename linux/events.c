// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is recorded: the last 1,024 events, tracepoints for the same, and counters.
 */
#include "module.h"

#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

#define RING 1024u

const char *const event_names[EVENT_KINDS] = {
        [EVENT_DISPOSE_IN_USE] = "dispose-in-use",
        [EVENT_DOUBLE_DISPOSE] = "double-dispose",
        [EVENT_DOMAIN_REMOVED_LIVE] = "domain-removed-live",
        [EVENT_STALE_FREE] = "stale-free",
        [EVENT_LEAKED] = "leaked",
        [EVENT_REVOKED] = "revoked",
        [EVENT_TYPE_CONFLICT] = "type-conflict",
        [EVENT_SETTLED] = "settled",
};

static struct record *ring;
static u64 next_seq = 1;
static DEFINE_SPINLOCK(ring_lock);

static atomic64_t counters[COUNTERS];

void count(enum counter counter)
{
	atomic64_inc(&counters[counter]);
}

u64 counted(enum counter counter)
{
	return (u64)atomic64_read(&counters[counter]);
}

static void tell(const struct record *record)
{
	switch (record->kind) {
	case EVENT_DISPOSE_IN_USE:
		trace_irqref_dispose_in_use(record);
		break;
	case EVENT_DOUBLE_DISPOSE:
		trace_irqref_double_dispose(record);
		break;
	case EVENT_DOMAIN_REMOVED_LIVE:
		trace_irqref_domain_removed_live(record);
		break;
	case EVENT_STALE_FREE:
		trace_irqref_stale_free(record);
		break;
	case EVENT_LEAKED:
		trace_irqref_leaked(record);
		break;
	case EVENT_REVOKED:
		trace_irqref_revoked(record);
		break;
	case EVENT_TYPE_CONFLICT:
		trace_irqref_type_conflict(record);
		break;
	case EVENT_SETTLED:
		trace_irqref_settled(record);
		break;
	default:
		break;
	}
}

static void keep(struct record *record)
{
	unsigned long flags;

	spin_lock_irqsave(&ring_lock, flags);
	record->seq = next_seq++;
	if (ring)
		ring[record->seq % RING] = *record;
	spin_unlock_irqrestore(&ring_lock, flags);
	count(COUNT_EVENTS);
	if (record->seq > RING)
		count(COUNT_EVENTS_DROPPED);
}

/* Records what somebody has done. @shadow: to which mapping, or NULL. */
void event_by(enum event_kind kind, unsigned int virq, const struct shadow *shadow,
              const char *left, const char *by)
{
	struct record *record = kzalloc(sizeof(*record), GFP_ATOMIC | __GFP_NOWARN);

	if (!record) {
		count(COUNT_EVENTS);
		count(COUNT_EVENTS_DROPPED);
		return;
	}
	record->time = ktime_get_boottime_ns();
	record->kind = kind;
	record->virq = virq;
	if (shadow) {
		record->hwirq = shadow->hwirq;
		strscpy(record->domain, shadow->domain, sizeof(record->domain));
	} else {
		strscpy(record->domain, "-", sizeof(record->domain));
	}
	strscpy(record->by, by, sizeof(record->by));
	strscpy(record->left, left, sizeof(record->left));
	keep(record);
	tell(record);
	if (kind == EVENT_DISPOSE_IN_USE && shadow)
		shadow_disposed_by(shadow->number, record->by);
	kfree(record);
}

/* The same of what the calling task has just done. */
void event(enum event_kind kind, unsigned int virq, const struct shadow *shadow, const char *left)
{
	char by[NAME_LEN];

	caller_find(by, sizeof(by));
	event_by(kind, virq, shadow, left, by);
}

/* What the library has seen: its number, to the kernel's. */
void events_port(void *ctx, const struct irqref_event *what)
{
	struct shadow shadow;
	char left[256];

	if (!what->virq || !shadow_copy(what->virq, &shadow))
		return;
	holders_print(what->virq, left, sizeof(left));
	switch (what->kind) {
	case IRQREF_EVENT_DISPOSE_IN_USE:
		count(COUNT_DEFERRED);
		event(EVENT_DISPOSE_IN_USE, shadow.virq, &shadow, left);
		break;
	case IRQREF_EVENT_REVOKED:
		if (!strcmp(left, "-"))
			snprintf(left, sizeof(left), "floating:%s", shadow.creator);
		event((enum event_kind)shadow.kind, shadow.virq, &shadow, left);
		break;
	default:
		break;
	}
}

bool event_read(u64 seq, struct record *out)
{
	unsigned long flags;
	u64 first;
	bool there;

	spin_lock_irqsave(&ring_lock, flags);
	first = next_seq > RING ? next_seq - RING : 1;
	if (seq < first)
		seq = first;
	there = seq < next_seq && ring;
	if (there)
		*out = ring[seq % RING];
	spin_unlock_irqrestore(&ring_lock, flags);
	return there;
}

int events_start(void)
{
	ring = vzalloc(RING * sizeof(*ring));
	return ring ? 0 : -ENOMEM;
}

void events_stop(void)
{
	vfree(ring);
}
