/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private line: the physical timer of the CPU, found by its specifier, with the per-CPU flow.
 */
#include "aarch64.h"
#include "../checks.h"
#include "../kernel.h"

#include <libfdt.h>

#define TICKS 5u

static uint32_t ticks;

static void timer_set(bool on)
{
	__asm__ volatile("msr cntp_tval_el0, %0\n\tmsr cntp_ctl_el0, %1\n\tisb"
	                 :
	                 : "r"(machine_time_hz() / 1000), "r"((uint64_t)on)
	                 : "memory");
}

/* The line is low once the timer has a later time, or is off. */
static enum irqref_return timer_handler(irqref_virq_t virq, void *cookie)
{
	uint32_t *count = cookie;

	(void)virq;
	timer_set(++*count < TICKS);
	return IRQREF_HANDLED;
}

static bool all_ticks(void *ctx)
{
	(void)ctx;
	return *(volatile uint32_t *)&ticks >= TICKS;
}

void checks_machine(void)
{
	int node = fdt_node_offset_by_compatible(kernel_dt.fdt, -1, "arm,armv8-timer");
	void *cookies[MACHINE_CPUS] = {&ticks};
	struct irqref_domain *domain;
	struct irqref_consumer owner;
	struct irqref_fwspec fwspec;
	struct irqref_ref ref;
	irqref_hwirq_t hwirq;
	unsigned int type;
	int err;

	/* The second interrupt of the timer: the non-secure physical one. */
	err = irqref_dt_resolve(&kernel_dt, node, 1, &fwspec, NULL);
	if (!err)
		err = irqref_consumer_add(kernel_space, "timer", &owner);
	if (!check(!err, "the timer's private line: %s", irqref_strerror(err)))
		return;
	domain = irqref_domain_by_node(kernel_space, fwspec.node, 0);
	err = irqref_get_fwspec(kernel_space, &fwspec, owner, &ref, NULL);
	if (!err)
		err = irqref_domain_translate(domain, &fwspec, &hwirq, &type);
	if (!err)
		err = irqref_request_percpu(kernel_space, ref, timer_handler, cookies);
	if (!check(!err, "a handler for it: %s", irqref_strerror(err)))
		return;
	check(machine_masked(domain, hwirq), "it begins masked");
	err = irqref_percpu_enable(kernel_space, ref);
	check(!err && !machine_masked(domain, hwirq), "it is unmasked where it is enabled: %s",
	      irqref_strerror(err));
	timer_set(true);
	check(kernel_wait(all_ticks, NULL, 5000) && ticks == TICKS, "the timer ticked %u times: %u",
	      TICKS, ticks);
	err = irqref_put_sync(kernel_space, ref);
	check(!err && machine_masked(domain, hwirq), "it is masked when its holder is gone: %s",
	      irqref_strerror(err));
	err = irqref_consumer_remove(kernel_space, owner, NULL, NULL);
	check(!err, "nothing is left of it: %s", irqref_strerror(err));
}
