/* SPDX-License-Identifier: GPL-2.0-only */
/* A tracepoint for each kind of event. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM irqref

#if !defined(IRQREF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IRQREF_TRACE_H

#include <linux/tracepoint.h>

/* clang-format off */
DECLARE_EVENT_CLASS(irqref_event,
	TP_PROTO(const struct record *record),
	TP_ARGS(record),
	TP_STRUCT__entry(
		__field(u32, virq)
		__field(u64, hwirq)
		__array(char, domain, NAME_LEN)
		__array(char, by, NAME_LEN)
		__array(char, left, 256)
	),
	TP_fast_assign(
		__entry->virq = record->virq;
		__entry->hwirq = record->hwirq;
		memcpy(__entry->domain, record->domain, NAME_LEN);
		memcpy(__entry->by, record->by, NAME_LEN);
		memcpy(__entry->left, record->left, 256);
	),
	TP_printk("virq=%u domain=%s hwirq=%llu by=%s left=%s", __entry->virq, __entry->domain,
		  __entry->hwirq, __entry->by, __entry->left)
);

/* clang-format on */

#define IRQREF_EVENT(name)                                                                         \
	DEFINE_EVENT(irqref_event, name, TP_PROTO(const struct record *record), TP_ARGS(record))

IRQREF_EVENT(irqref_dispose_in_use);
IRQREF_EVENT(irqref_double_dispose);
IRQREF_EVENT(irqref_domain_removed_live);
IRQREF_EVENT(irqref_stale_free);
IRQREF_EVENT(irqref_leaked);
IRQREF_EVENT(irqref_revoked);
IRQREF_EVENT(irqref_type_conflict);
IRQREF_EVENT(irqref_settled);

#endif /* IRQREF_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
