/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hot half of the Linux port. The module dispatches nothing, so none of it is hot here: all of it is
 * behind calls, and the core is compiled without a header of the kernel but <linux/types.h>, whose
 * names its own would meet.
 */
#ifndef IRQREF_PORT_LINUX_H
#define IRQREF_PORT_LINUX_H

#include <stdbool.h>
#include <stdint.h>

void irqref_hot_read_lock(void);
void irqref_hot_read_unlock(void);
bool irqref_hot_in_section(void);
uint32_t irqref_hot_cpu(void);
void irqref_hot_count(uint32_t *counter, uint32_t cpu);
unsigned long irqref_hot_irq_save(void);
void irqref_hot_irq_restore(unsigned long flags);
void irqref_hot_relax(unsigned int attempt);
uint32_t irqref_hot_self(void);

#ifdef IRQREF_DEBUG
uint32_t *irqref_hot_locks(void);
#endif

#endif /* IRQREF_PORT_LINUX_H */
