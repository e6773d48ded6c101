// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and mappings in the making, for as long as the module is loaded: a timer on each CPU
 * raises lines of the laboratory in interrupt context; threads map, request, free and dispose of
 * lines of their own, and all request and free the last one, which is shared and stays mapped. The
 * slower the guest is, the less often the timers come: they leave it most of its time. The
 * files of /sys/module/storm/parameters tell how far they are; "failed" is to stay 0.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>

#include "lab.h"

#define THREADS 3
#define STAYS   (LAB_LINES - 1)

static unsigned int raised;
module_param(raised, uint, 0444);
static unsigned int handled;
module_param(handled, uint, 0444);
static unsigned int rounds;
module_param(rounds, uint, 0444);
static unsigned int failed;
module_param(failed, uint, 0444);

struct storm_timer {
	struct hrtimer timer;
	bool on;
};

static DEFINE_PER_CPU(struct storm_timer, timers);
static struct task_struct *threads[THREADS];
static unsigned int period = 2000;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "of a CPU's timer, in microseconds, at the least");

static irqreturn_t storm_handler(int irq, void *data)
{
	WRITE_ONCE(handled, handled + 1);
	return IRQ_HANDLED;
}

/* Four times as long for everything else as for what is done here, whoever else the host works for. */
static enum hrtimer_restart storm_raise(struct hrtimer *timer)
{
	ktime_t began = ktime_get(), took, pause;

	WRITE_ONCE(raised, raised + 1);
	for (unsigned int line = LAB_STORM; line < LAB_STORM + THREADS; line++)
		lab_fire(line);
	lab_fire(STAYS);
	took = ktime_sub(ktime_get(), began);
	pause = max(ns_to_ktime(period * 1000ULL), 4 * took);
	hrtimer_set_expires(timer, ktime_add(ktime_get(), pause));
	return HRTIMER_RESTART;
}

static void storm_fail(const char *what, unsigned int line, int err)
{
	WRITE_ONCE(failed, failed + 1);
	pr_err_ratelimited("storm: line %u: %s failed: %d\n", line, what, err);
}

/* One life of a mapping that is the thread's own. */
static void storm_own(unsigned int line, void *cookie)
{
	unsigned int virq = irq_create_mapping(lab_domain, line);
	int err;

	if (!virq) {
		storm_fail("map", line, 0);
		return;
	}
	err = request_irq(virq, storm_handler, 0, "storm", cookie);
	if (err) {
		storm_fail("request", line, err);
		return;
	}
	usleep_range(50, 200);
	free_irq(virq, cookie);
	irq_dispose_mapping(virq);
}

static void storm_shared(void *cookie)
{
	unsigned int virq = irq_create_mapping(lab_domain, STAYS);
	int err = request_irq(virq, storm_handler, IRQF_SHARED, "storm-shared", cookie);

	if (err)
		storm_fail("request", STAYS, err);
	else
		free_irq(virq, cookie);
}

static int storm_thread(void *data)
{
	unsigned int line = (unsigned int)(unsigned long)data;

	while (!kthread_should_stop()) {
		storm_own(line, &threads[line - LAB_STORM]);
		storm_shared(&threads[line - LAB_STORM]);
		WRITE_ONCE(rounds, rounds + 1);
		usleep_range(100, 300);
	}
	return 0;
}

static void storm_start_timer(void *unused)
{
	struct storm_timer *timer = this_cpu_ptr(&timers);

	hrtimer_init(&timer->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer->timer.function = storm_raise;
	timer->on = true;
	hrtimer_start(&timer->timer, ns_to_ktime(period * 1000ULL), HRTIMER_MODE_REL_PINNED_HARD);
}

static void storm_stop(void)
{
	int cpu;

	for (size_t i = 0; i < THREADS; i++) {
		if (threads[i])
			kthread_stop(threads[i]);
	}
	for_each_possible_cpu(cpu)
	{
		struct storm_timer *timer = per_cpu_ptr(&timers, cpu);

		if (timer->on)
			hrtimer_cancel(&timer->timer);
	}
	irq_dispose_mapping(irq_find_mapping(lab_domain, STAYS));
}

static int __init storm_init(void)
{
	if (!irq_create_mapping(lab_domain, STAYS))
		return -ENXIO;
	for (size_t i = 0; i < THREADS; i++) {
		struct task_struct *thread =
		        kthread_run(storm_thread, (void *)(LAB_STORM + i), "storm/%zu", i);

		if (IS_ERR(thread)) {
			storm_stop();
			return PTR_ERR(thread);
		}
		threads[i] = thread;
	}
	on_each_cpu(storm_start_timer, NULL, 1);
	return 0;
}

static void __exit storm_exit(void)
{
	storm_stop();
}

module_init(storm_init);
module_exit(storm_exit);
MODULE_DESCRIPTION("Interrupts, mappings and handlers all the time");
MODULE_LICENSE("GPL");
