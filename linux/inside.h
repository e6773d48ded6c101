/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the module does with the inside of the core. It is apart because the core's own header and
 * the kernel's do not go together in one file.
 */
#ifndef IRQREF_INSIDE_H
#define IRQREF_INSIDE_H

#include <irqref/irqref.h>

/*
 * Ends the mapping of a number, whoever holds it: what floats only is torn down, what has strong
 * references is revoked and stays, as a number, until the last of them is put. May wait.
 * Returns 0, or a code: STALE (there is none), DEADLK (the caller is at it).
 */
int inside_revoke(struct irqref_space *space, irqref_virq_t number);

/* In an unmap callback: the mapping is being taken back before it ever lived. */
bool inside_unborn(const struct irqref_desc *desc);

/* In an unmap callback: the mapping is being revoked, so its number lives on. */
bool inside_revoked(const struct irqref_desc *desc);

/* Whether anything is left of a number: strong references, a floating one, or a teardown. */
bool inside_used(struct irqref_space *space, irqref_virq_t number);

/* Strong and floating references of a LIVE or REVOKED mapping; its state. */
enum irqref_state inside_count(struct irqref_space *space, irqref_virq_t number, uint32_t *strong,
                               bool *floating);

#endif /* IRQREF_INSIDE_H */
