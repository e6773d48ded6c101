/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: what devices and their drivers do, and what must hold whatever they do.
 */
#define IRQREF_LINUX_NO_NAMES
#include <irqref/linux_api.h>

#include "demo.h"

#include <string.h>

/* A level line stays raised until every device that raised it is served. */
#define ROUNDS 4

static enum irqref_return serve(irqref_virq_t virq, void *cookie)
{
	struct demo_device *dev = cookie;

	(void)virq;
	dev->calls++;
	if (!dev->raised)
		return IRQREF_NONE;
	dev->raised = false;
	dev->served++;
	return IRQREF_HANDLED;
}

static int take_reference(struct demo_device *dev)
{
	struct demo_machine *m = dev->machine;
	struct irqref_conflict conflict;
	int err;

	if (dev->pci) {
		err = irqref_pci_device_add(m->space, dev->name, &dev->pci_device);
		if (err)
			return err;
		err = irqref_pci_device_intx(&dev->pci_device, &dev->bus->pci, dev->slot, dev->pin,
		                             &conflict);
		dev->ref = dev->pci_device.intx;
	} else {
		err = irqref_consumer_add(m->space, dev->name, &dev->consumer);
		if (err)
			return err;
		err = irqref_get_fwspec(m->space, &dev->spec, dev->consumer, &dev->ref, &conflict);
	}
	if (!err)
		err = irqref_request(m->space, dev->ref, serve, dev, IRQREF_SHARED);
	return err ? err : irqref_ref_virq(m->space, dev->ref, &dev->virq);
}

void demo_device_take(struct demo_device *dev)
{
	struct demo_machine *m = dev->machine;
	int err = 0;

	if (m->rules == DEMO_REFERENCES)
		err = take_reference(dev);
	else
		dev->virq = irqref_linux_create_fwspec_mapping(m->space, &dev->spec);
	if (m->rules == DEMO_LINUX_CALLS)
		err = irqref_linux_request_irq(m->space, dev->virq, serve, IRQREF_LINUX_SHARED,
		                               dev->name, dev);
	dev->present = true;
	demo_promise(m->demo, err == 0 && dev->virq != 0, "%s: cannot take its line: %d", dev->name,
	             err);
}

void demo_device_drop(struct demo_device *dev)
{
	struct demo_machine *m = dev->machine;
	int dropped;

	dev->present = false;
	switch (m->rules) {
	case DEMO_REFERENCES:
		if (dev->pci)
			dropped = irqref_pci_device_remove(&dev->pci_device, NULL, NULL);
		else
			dropped = irqref_consumer_remove(m->space, dev->consumer, NULL, NULL);
		/* A PCI device's INTx reference is its own; a consumer's is reported. */
		demo_promise(m->demo, dropped == (dev->pci ? 0 : 1), "%s: its removal says %d",
		             dev->name, dropped);
		break;
	case DEMO_LINUX_CALLS:
		irqref_linux_free_irq(m->space, dev->virq, dev);
		irqref_linux_dispose_mapping(m->space, dev->virq);
		break;
	case DEMO_LINUX:
		irqref_linux_dispose_mapping(m->space, dev->virq);
		break;
	}
}

/* ------------------------------------------------------- interrupts */

static bool on(const struct demo_device *dev, const struct demo_line *line)
{
	return !line || dev->line == line;
}

static bool is_raised(const struct demo_machine *m, const struct demo_line *line)
{
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		if (m->devices[i].line == line && m->devices[i].raised)
			return true;
	}
	return false;
}

/*
 * Linux's rules. A handler does not hold its mapping and is gone with it, which no reference of
 * this library can be; so these handlers stand beside it, and are called by the mapping's number.
 */
static bool dispatch_floating(struct demo_machine *m, const struct demo_line *line)
{
	irqref_virq_t virq = irqref_linux_find_mapping(m->space, m->domains[0].domain, line->hwirq);

	if (virq == 0)
		return false;
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		if (m->devices[i].present && m->devices[i].virq == virq)
			serve(virq, &m->devices[i]);
	}
	return true;
}

static void deliver(struct demo_machine *m, const struct demo_line *line)
{
	for (unsigned int i = 0; i < ROUNDS && is_raised(m, line); i++) {
		if (m->rules == DEMO_LINUX) {
			if (!dispatch_floating(m, line))
				return;
			continue;
		}
		if (!line->unmasked || irqref_dispatch(m->domains[0].domain, line->hwirq))
			return;
	}
}

unsigned int demo_raise(struct demo_machine *m, const struct demo_line *line)
{
	unsigned int served = 0;

	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct demo_device *dev = &m->devices[i];

		dev->calls = 0;
		dev->served = 0;
		dev->raised = dev->present && on(dev, line);
	}
	for (unsigned int i = 0; i < m->nr_lines; i++) {
		if (!line || line == &m->lines[i])
			deliver(m, &m->lines[i]);
	}
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct demo_device *dev = &m->devices[i];

		dev->raised = false;
		served += dev->served == 1;
		demo_promise(m->demo, dev->present || dev->calls == 0,
		             "%s has left and its handler was called", dev->name);
		demo_promise(m->demo, dev->served <= 1, "%s was served %u times", dev->name,
		             dev->served);
	}
	return served;
}

unsigned int demo_present(const struct demo_machine *m, const struct demo_line *line)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < m->nr_devices; i++)
		count += m->devices[i].present && on(&m->devices[i], line);
	return count;
}

/* --------------------------------------------------------- promises */

static unsigned int entries_of(struct demo_machine *m, const struct demo_device *dev)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	unsigned int count = 0;

	while (irqref_ledger_next(m->space, &cursor, &entry) > 0)
		count += entry.hwirq == dev->line->hwirq && entry.handler && !entry.depth &&
		         entry.state == IRQREF_LIVE && strcmp(entry.holder, dev->name) == 0;
	return count;
}

static void check_line(struct demo_machine *m, const struct demo_line *line)
{
	unsigned int held = demo_present(m, line), hwirq = (unsigned int)line->hwirq;
	bool mapped = demo_line_virq(m, line) != 0;

	demo_promise(m->demo, mapped || held == 0, "0x%x: %u devices use it, and it is not mapped",
	             hwirq, held);
	demo_promise(m->demo, !mapped || held > 0, "0x%x: nobody uses it, and it is mapped", hwirq);
	demo_promise(m->demo, line->maps - line->unmaps == mapped,
	             "0x%x: mapped at the chip %u times, unmapped %u times", hwirq, line->maps,
	             line->unmaps);
	/* With Linux's rules the library has no handler to open the line for. */
	if (m->rules != DEMO_LINUX)
		demo_promise(m->demo, line->unmasked == (held > 0), "0x%x: %u devices, chip %s",
		             hwirq, held, line->unmasked ? "open" : "masked");
}

/* The ledger names every device that holds its line, once, and nobody else. */
static void check_ledger(struct demo_machine *m)
{
	struct irqref_stats stats;
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;
	unsigned int entries = 0, held = demo_present(m, NULL);

	for (unsigned int i = 0; i < m->nr_devices; i++) {
		const struct demo_device *dev = &m->devices[i];

		demo_promise(m->demo, entries_of(m, dev) == dev->present,
		             "%s: the ledger names it %u times", dev->name, entries_of(m, dev));
	}
	while (irqref_ledger_next(m->space, &cursor, &entry) > 0)
		entries += entry.kind != IRQREF_HOLDER_FLOATING;
	demo_promise(m->demo, entries == held, "the ledger has %u holders for %u devices", entries,
	             held);
	irqref_space_stats(m->space, &stats);
	demo_promise(m->demo, stats.references == held, "%u references for %u devices",
	             stats.references, held);
	demo_promise(m->demo, stats.handlers == held, "%u handlers for %u devices", stats.handlers,
	             held);
}

/* A number that was given back is not used again for a while. */
static void check_numbers(struct demo_machine *m)
{
	struct irqref_stats stats;
	unsigned int ended = 0;

	for (unsigned int i = 0; i < m->nr_lines; i++)
		ended += m->lines[i].unmaps;
	irqref_space_stats(m->space, &stats);
	/* Quarantine: a quarter of the table, and what is asked for. */
	if (ended <= 1024)
		demo_promise(m->demo, stats.resting == ended, "%u mappings ended, %u numbers rest",
		             ended, stats.resting);
}

void demo_check(struct demo_machine *m)
{
	for (unsigned int i = 0; i < m->nr_lines; i++)
		check_line(m, &m->lines[i]);
	if (m->rules != DEMO_LINUX)
		check_ledger(m);
	check_numbers(m);
}
