/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PCI hot-unplug in one call. A host bridge wires pin P of slot S to line (S + P) % 4; a disk in
 * slot 1 and a card behind a bridge in slot 2 end at the same line. The ledger shows who holds it.
 */
#include <inttypes.h>
#include <stdio.h>

#include <irqref/irqref.h>
#include <irqref/pci.h>

#include "posix.h"

#define NODE 1 /* of the interrupt controller, in a firmware's description */

#define LINE(n)                                                                                    \
	{                                                                                          \
		.node = NODE, .ncells = 1, .cells = {(n) % 4 }                                     \
	}

static const struct irqref_fwspec wiring[4][IRQREF_PCI_PINS] = {
        {LINE(1), LINE(2), LINE(3), LINE(4)},
        {LINE(2), LINE(3), LINE(4), LINE(5)},
        {LINE(3), LINE(4), LINE(5), LINE(6)},
        {LINE(4), LINE(5), LINE(6), LINE(7)},
};
static struct irqref_pci_table table = {.rows = wiring, .nrows = 4};

static const struct irqref_pci_bus root = {.route = irqref_pci_route_table, .route_ctx = &table};
static const struct irqref_pci_bus behind = {.parent = &root, .slot = 2};

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	(void)virq;
	printf("  %s is served\n", (const char *)cookie);
	return IRQREF_HANDLED;
}

static int plug(struct irqref_space *space, struct irqref_pci_device *device, char *name,
                const struct irqref_pci_bus *bus, uint32_t slot)
{
	int err = irqref_pci_device_add(space, name, device);

	if (!err)
		err = irqref_pci_device_intx(device, bus, slot, 1, NULL);
	if (!err)
		err = irqref_request(space, device->intx, handler, name, IRQREF_SHARED);
	return err;
}

static void show(struct irqref_space *space, const char *when)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	printf("%s:\n", when);
	while (irqref_ledger_next(space, &cursor, &entry) > 0)
		printf("  interrupt %" PRIu32 " is line %" PRIu64 " of %s, held by %s\n",
		       entry.virq, entry.hwirq, entry.domain, entry.holder);
}

int main(void)
{
	static char disk_name[] = "disk", card_name[] = "card";
	struct irqref_space_config config = {0};
	struct irqref_domain_config pic_config = {.name = "pic", .node = NODE, .size = 4};
	struct irqref_pci_device disk, card;
	struct irqref_space *space;
	struct irqref_domain *pic;

	if (irqref_posix_port(&config.port) || irqref_space_create(&config, &space) ||
	    irqref_domain_add(space, &pic_config, &pic) ||
	    plug(space, &disk, disk_name, &root, 1) || plug(space, &card, card_name, &behind, 3))
		return 1;
	show(space, "both are plugged in");
	irqref_dispatch(pic, 2);
	if (irqref_pci_device_remove(&card, NULL, NULL))
		return 1;
	show(space, "the card is unplugged");
	irqref_dispatch(pic, 2);
	if (irqref_pci_device_remove(&disk, NULL, NULL))
		return 1;
	show(space, "the disk, too");
	if (irqref_find_virq(pic, 2))
		return 1;
	return irqref_domain_remove(pic, IRQREF_REMOVE_POLITE, NULL, NULL) ||
	       irqref_space_remove(space);
}
