/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo, story one: a pseries guest whose PCI devices are unplugged one by one.
 */
#include "demo.h"

#include <string.h>

#include "scenario.h"

/* Of what the ledger says about one line. */
struct row {
	irqref_virq_t virq;
	unsigned int type;
	unsigned int count;
	bool floating;
};

static struct row row_of(struct demo_machine *m, const struct demo_line *line)
{
	struct row row = {.virq = demo_line_virq(m, line)};
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (irqref_ledger_next(m->space, &cursor, &entry) > 0) {
		if (entry.virq != row.virq)
			continue;
		row.type = entry.type;
		row.count = entry.strong + entry.floating;
		row.floating = entry.floating;
	}
	return row;
}

static bool ledger_names(struct demo_machine *m, irqref_virq_t virq, const char *name)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	while (irqref_ledger_next(m->space, &cursor, &entry) > 0) {
		if (entry.virq == virq && strcmp(entry.holder, name) == 0)
			return true;
	}
	return false;
}

/* Every device that was ever at the line has its place; who does not hold it leaves a gap. */
static void print_holders(struct demo_machine *m, const struct demo_line *line,
                          const struct row *row, size_t column)
{
	const struct demo *demo = m->demo;

	if (row->floating) {
		demo_say(demo, DEMO_MANY, "  floating");
		column += strlen("floating  ");
	}
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		const struct demo_device *dev = &m->devices[i];
		size_t len = strlen(dev->name);

		if (dev->line != line)
			continue;
		if (column + len + strlen("  ...") > DEMO_COLUMNS) {
			fputs("  ...", stdout);
			break;
		}
		fputs("  ", stdout);
		if (row->virq && ledger_names(m, row->virq, dev->name))
			demo_say(demo, DEMO_GOOD, "%s", dev->name);
		else if (dev->present)
			demo_say(demo, row->virq ? NULL : DEMO_BAD, "%s", dev->name);
		else
			demo_say(
			        demo, DEMO_DIM, "%.*s", (int)len,
			        "................................................................");
		column += len + 2;
	}
	putchar('\n');
}

/* By number; NULL begins and ends. */
static const struct demo_line *next_line(const struct demo_machine *m, const struct demo_line *line)
{
	const struct demo_line *next = NULL;

	for (unsigned int i = 0; i < m->nr_lines; i++) {
		const struct demo_line *l = &m->lines[i];

		if ((!line || l->hwirq > line->hwirq) && (!next || l->hwirq < next->hwirq))
			next = l;
	}
	return next;
}

static void print_table(struct demo_machine *m)
{
	demo_say(m->demo, DEMO_STRONG, "   virq  source  trigger  count  who holds it");
	putchar('\n');
	for (const struct demo_line *line = NULL; (line = next_line(m, line)) != NULL;) {
		struct row row = row_of(m, line);

		if (row.virq == 0)
			continue;
		printf("   %4u  0x%x  %-7s  ", row.virq, (unsigned int)line->hwirq,
		       scenario_type_name(row.type));
		demo_say(m->demo, row.count > 1 ? DEMO_MANY : NULL, "%5u", row.count);
		print_holders(m, line, &row, 31);
	}
}

static void print_row(struct demo_machine *m, const char *when, const struct demo_line *line)
{
	struct row row = row_of(m, line);

	printf("   %-6s  0x%x  ", when, (unsigned int)line->hwirq);
	if (row.virq)
		printf("virq %-3u  ", row.virq);
	else
		demo_say(m->demo, DEMO_DIM, "%-8s  ", "unmapped");
	demo_say(m->demo, row.count > 1 ? DEMO_MANY : NULL, "%u", row.count);
	print_holders(m, line, &row, 29);
}

/* ------------------------------------------------------------- steps */

static void begin_step(const struct demo *demo, const char *what, const char *name)
{
	fputs("\n   ", stdout);
	demo_say(demo, DEMO_STRONG, "%s%s", what, name);
	putchar('\n');
}

static void say_ok(const struct demo *demo, bool ok, const char *text)
{
	fputs("   ", stdout);
	demo_say(demo, ok ? DEMO_GOOD : DEMO_BAD, "%-6s", ok ? "ok" : "FAILED");
	printf("  %s\n", text);
}

static bool raise_all(struct demo_machine *m)
{
	unsigned int present = demo_present(m, NULL);
	unsigned int served = demo_raise(m, NULL);

	return demo_promise(m->demo, served == present, "%u of %u devices are served", served,
	                    present);
}

/* After every step: everybody who is there raises an interrupt, everything that must hold is
 * looked at. Returns whether it holds. */
static bool look(struct demo_machine *m)
{
	unsigned int before = m->demo->broken;

	raise_all(m);
	demo_check(m);
	return m->demo->broken == before;
}

static void end_step(struct demo_machine *m, const struct demo_line *line, const char *when,
                     struct tool_text *said, bool ok)
{
	print_row(m, when, line);
	say_ok(m->demo, ok, said->data);
	if (m->demo->ledger)
		demo_ledger(m->space);
	tool_text_free(said);
}

static void unplug(struct demo_machine *m, struct demo_device *dev)
{
	struct demo_line *line = dev->line;
	struct tool_text said = {0};
	irqref_virq_t virq = dev->virq;
	unsigned int here, all;
	bool ok;

	begin_step(m->demo, "Unplug ", dev->name);
	print_row(m, "before", line);
	demo_device_drop(dev);
	ok = look(m);
	here = demo_present(m, line);
	all = demo_present(m, NULL);
	if (!ok)
		tool_text_add(&said, "a promise is broken: see above");
	else if (here)
		tool_text_add(
		        &said,
		        "%u of %u neighbours served, and %u of %u elsewhere; the chip keeps the "
		        "line unmasked",
		        here, here, all - here, all - here);
	else
		tool_text_add(&said,
		              "mapping gone with its last user: chip masked, number %u rests; "
		              "%u of %u elsewhere served",
		              virq, all, all);
	end_step(m, line, "after", &said, ok);
}

/* A device comes back to a line that had ended: what is left of its last time is refused. */
static void plug_again(struct demo_machine *m, struct demo_device *dev)
{
	struct tool_text said = {0};
	irqref_virq_t old = dev->virq;
	struct irqref_ref old_ref = dev->ref, ref;
	int by_number, by_ref;
	bool ok;

	begin_step(m->demo, "Plug in again: ", dev->name);
	print_row(m, "before", dev->line);
	demo_device_take(dev);
	ok = look(m);
	tool_text_add(&said, "a new number");
	if (m->rules == DEMO_REFERENCES) {
		by_number = irqref_get_virq(m->space, old, dev->pci_device.consumer, &ref);
		by_ref = irqref_put(m->space, old_ref);
		ok &= demo_promise(m->demo, dev->virq != old, "number %u does not rest", old);
		ok &= demo_promise(m->demo, by_number == IRQREF_ERR_STALE,
		                   "using the number %u of before says %s", old,
		                   irqref_strerror(by_number));
		ok &= demo_promise(m->demo, by_ref == IRQREF_ERR_STALE,
		                   "putting the reference of before says %s",
		                   irqref_strerror(by_ref));
		tool_text_add(&said, "; the old one (%u) and the old reference are refused: %s",
		              old, irqref_strerror(by_ref));
	}
	end_step(m, dev->line, "after", &said, ok);
}

struct named {
	unsigned int count;
	struct tool_text names;
};

static void name_holder(void *ctx, const struct irqref_entry *entry)
{
	struct named *named = ctx;

	/* It must fit into a line of the page. */
	if (named->names.len + strlen(entry->holder) < 40)
		tool_text_add(&named->names, "%s, ", entry->holder);
	named->count++;
}

static void remove_controller(struct demo_machine *m)
{
	struct named named = {0};
	struct tool_text said = {0};
	unsigned int before = m->demo->broken, held = demo_present(m, NULL);
	int err;

	begin_step(m->demo, "Remove the interrupt controller while it is in use", "");
	err = irqref_domain_remove(m->domains[0].domain, IRQREF_REMOVE_POLITE, name_holder, &named);
	demo_promise(m->demo, err == IRQREF_ERR_BUSY, "its removal says %s", irqref_strerror(err));
	if (m->rules != DEMO_LINUX)
		demo_promise(m->demo, named.count == held, "%u holders named, not %u", named.count,
		             held);
	look(m);
	tool_text_add(&said, "refused: %s; it names the %u holders: %s...", irqref_strerror(err),
	              named.count, named.names.data ? named.names.data : "");
	say_ok(m->demo, m->demo->broken == before, said.data);
	tool_text_free(&named.names);
	tool_text_free(&said);
}

/* ------------------------------------------------------------- story */

static bool is_ready(const struct demo_machine *m, const struct demo_device *dev)
{
	if (!dev->pci || !dev->present)
		return false;
	/* A bridge goes after what is behind it. */
	for (unsigned int i = 0; dev->bridge && i < m->nr_devices; i++) {
		const struct demo_device *other = &m->devices[i];

		if (other->present && other->pci && other->bus->bridge == dev)
			return false;
	}
	return true;
}

/* The next sharer of a line; without one, whoever is on the line that most devices share. */
static struct demo_device *next_to_go(struct demo_machine *m, const struct demo_line *line)
{
	struct demo_device *best = NULL;

	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct demo_device *dev = &m->devices[i];

		if (!is_ready(m, dev))
			continue;
		if (dev->line == line)
			return dev;
		if (!best || demo_present(m, dev->line) > demo_present(m, best->line))
			best = dev;
	}
	return best;
}

static unsigned int count_pci(const struct demo_machine *m, bool behind_bridge)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < m->nr_devices; i++)
		count += m->devices[i].pci && (!behind_bridge || m->devices[i].bus->bridge);
	return count;
}

static void print_machine(const struct demo_machine *m, const char *from)
{
	unsigned int pci = count_pci(m, false);

	demo_say(m->demo, DEMO_DIM, "   machine  ");
	printf("QEMU's pseries; its devicetree: %s\n", from);
	demo_say(m->demo, DEMO_DIM, "   devices  ");
	printf("%u PCI devices on the four INTx lines of a host bridge, %u of them behind another\n"
	       "            bridge, which swizzles its pin; %u interrupts of the platform itself\n",
	       pci, count_pci(m, true), m->nr_devices - pci);
	demo_say(m->demo, DEMO_DIM, "   rules    ");
	fputs(m->rules == DEMO_REFERENCES
	              ? "each device has a reference of its own, and its handler lives in it\n\n"
	              : "Linux's: devices share one floating mapping, and unplugging disposes of it\n\n",
	      stdout);
}

/* Line by line, so that numbers do not depend on the order of the devicetree's nodes. */
static void take_all(struct demo_machine *m)
{
	for (const struct demo_line *line = NULL; (line = next_line(m, line)) != NULL;) {
		for (unsigned int i = 0; i < m->nr_devices; i++) {
			if (m->devices[i].line == line)
				demo_device_take(&m->devices[i]);
		}
	}
}

static void unplug_all(struct demo_machine *m)
{
	struct demo_device *dev, *first = NULL;
	const struct demo_line *line = NULL;
	bool told = false;

	while ((dev = next_to_go(m, line)) != NULL) {
		line = dev->line;
		unplug(m, dev);
		if (told || demo_present(m, line))
			continue;
		/* The first line that ended. */
		told = true;
		first = dev;
		remove_controller(m);
		plug_again(m, first);
		line = NULL;
	}
}

static void leave_platform(struct demo_machine *m)
{
	struct demo *demo = m->demo;
	struct tool_text said = {0};
	unsigned int before = demo->broken, count = demo_present(m, NULL);

	begin_step(demo, "The platform's own drivers leave", "");
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		if (m->devices[i].present) {
			demo_device_drop(&m->devices[i]);
			look(m);
		}
	}
	tool_text_add(&said, "%u of %u gone; the ledger is empty", count, count);
	if (demo->ledger)
		demo_ledger(m->space);
	demo_machine_end(m);
	tool_text_add(&said, "; the controllers can be removed now; all memory is back");
	say_ok(demo, demo->broken == before, said.data);
	tool_text_free(&said);
}

bool demo_pseries(struct demo *demo)
{
	struct tool_text from = {0};
	struct tool_board board;
	struct demo_machine *m;

	if (!demo_board_pseries(demo, &board, &from))
		return false;
	demo_title(demo, "1",
	           "PCI devices share four interrupt lines, and are unplugged one by one");
	m = demo_machine_new(demo, demo->rules, &board);
	print_machine(m, from.data);
	tool_text_free(&from);
	take_all(m);
	print_table(m);
	fputs("\n   Every device raises its interrupt: ", stdout);
	if (look(m))
		demo_say(demo, DEMO_GOOD, "%u of %u are served", demo_present(m, NULL),
		         demo_present(m, NULL));
	putchar('\n');
	if (demo->ledger)
		demo_ledger(m->space);
	unplug_all(m);
	leave_platform(m);
	return true;
}
