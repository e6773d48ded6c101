/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk and a card share line 5 of a controller. The card leaves; the disk is still served. */
#include <irqref/irqref.h>
#include <static.h>
#include <stdio.h>

static unsigned char memory[64 * 1024]; /* all that the library will use */

static void unmap(struct irqref_desc *desc, struct irqref_level *level)
{
	printf("interrupt %u: line %u is free\n", irqref_desc_virq(desc), (unsigned)level->hwirq);
}

static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	printf("interrupt %u: %s\n", virq, (const char *)cookie);
	return IRQREF_HANDLED;
}

int main(void)
{
	char disk[] = "disk", card[] = "card", *names[] = {disk, card};
	struct irqref_domain_ops ops = {.unmap = unmap};
	struct irqref_domain_config pic_config = {.name = "pic", .ops = &ops, .size = 32};
	struct irqref_space_config config = {.max_irqs = 64};
	struct irqref_consumer drivers[2];
	struct irqref_static arena;
	struct irqref_space *space;
	struct irqref_domain *pic;
	struct irqref_ref ref;

	if (irqref_static_port(&arena, memory, sizeof(memory), &config.port) ||
	    irqref_space_create(&config, &space) || irqref_domain_add(space, &pic_config, &pic))
		return 1;
	for (int i = 0; i < 2; i++) /* each takes a reference, and installs its handler in it */
		if (irqref_consumer_add(space, names[i], &drivers[i]) ||
		    irqref_get(pic, 5, IRQREF_TYPE_HIGH, drivers[i], NULL, &ref, NULL) ||
		    irqref_request(space, ref, handler, names[i], IRQREF_SHARED))
			return 1;
	irqref_dispatch(pic, 5); /* the controller raised line 5: both are asked */
	irqref_consumer_remove(space, drivers[1], NULL, NULL);
	irqref_dispatch(pic, 5); /* the disk still holds the line */
	irqref_consumer_remove(space, drivers[0], NULL, NULL);
	irqref_domain_remove(pic, IRQREF_REMOVE_POLITE, NULL, NULL);
	return irqref_space_remove(space);
}
