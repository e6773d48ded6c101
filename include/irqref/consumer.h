/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A consumer is whoever uses interrupts: a device, a driver, a guest.
 */
#ifndef IRQREF_CONSUMER_H
#define IRQREF_CONSUMER_H

#include <irqref/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct irqref_consumer - a consumer's handle
 * @slot: where
 * @generation: which one of those that were there; a dead handle is refused for ever
 *
 * A small value to copy at will. All members 0 name no consumer.
 */
struct irqref_consumer {
	uint32_t slot;
	uint32_t generation;
};

/**
 * irqref_consumer_add() - makes a consumer
 * @space: the space
 * @name: for the ledger; copied; not empty
 * @out: takes the handle; unchanged on failure
 *
 * Context: thread; may wait.
 * Return: 0; INVAL; ATOMIC; NOMEM; NOSPC.
 * Grace period: none.
 */
int irqref_consumer_add(struct irqref_space *space, const char *name, struct irqref_consumer *out);

/**
 * irqref_consumer_remove() - removes a consumer and drops everything it still holds
 * @space: the space
 * @consumer: the handle; dead afterwards
 * @report: called, with no lock held, for every reference it still held; may be NULL
 * @ctx: for @report
 *
 * When it returns none of the consumer's handlers runs or will run, and every mapping that only
 * it held is gone.
 *
 * Context: thread; may wait.
 * Return: how many references it still held; INVAL; ATOMIC; STALE.
 * Grace period: waits for one only if a per-CPU handler was installed.
 */
int irqref_consumer_remove(struct irqref_space *space, struct irqref_consumer consumer,
                           irqref_report_fn *report, void *ctx);

/**
 * irqref_consumer_name() - copies a consumer's name
 * @space: the space
 * @consumer: the handle
 * @buf: takes the name, terminated, cut if it is longer
 * @size: bytes at @buf, at least 1
 *
 * Context: any.
 * Return: 0; INVAL; STALE.
 * Grace period: none.
 */
int irqref_consumer_name(struct irqref_space *space, struct irqref_consumer consumer, char *buf,
                         size_t size);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CONSUMER_H */
