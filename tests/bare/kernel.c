/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test kernel: one space on an arena, the machine's controllers, one loop on CPU 0. The other
 * CPUs sleep and take interrupts. What is tested is in run.c; the runner (tests/bare/run) says over
 * the console what to do, a line at a time, whenever the kernel has printed "ready".
 */
#include "kernel.h"
#include "bench.h"
#include "print.h"
#include "run.h"

#include <bare.h>
#include <libfdt.h>
#include <stdarg.h>
#include <string.h>

#define MAX_IRQS 4096u
/* The longest line of the runner. */
#define LINE_LEN 512u

struct irqref_space *kernel_space;
struct irqref_dt kernel_dt;
uint32_t kernel_cpus = 1;

static struct irqref_bare bare;
static unsigned char arena[8u << 20] __attribute__((aligned(64)));
static uint32_t dt_index[1u << 16];
static uint32_t passed, failed;
static uint64_t last_tick;

/* ------------------------------------------------------------------ results */

bool check(bool ok, const char *format, ...)
{
	char what[256];
	va_list list;

	va_start(list, format);
	print_list(what, sizeof(what), format, list);
	va_end(list);
	if (ok)
		passed++;
	else
		failed++;
	print("%s %u - %s\n", ok ? "ok" : "not ok", passed + failed, what);
	return ok;
}

/* The space's own events; the kernel's loop is not one of them. */
static void event(void *ctx, const struct irqref_event *event)
{
	(void)ctx;
	print("# event %d: virq %u, %s hwirq %llu, error %s\n", (int)event->kind, event->virq,
	      event->domain ? event->domain : "-", (unsigned long long)event->hwirq,
	      irqref_strerror(event->error));
}

/* --------------------------------------------------------------------- loop */

char *kernel_line(void)
{
	static char line[LINE_LEN];
	static uint32_t length;
	int c;

	while ((c = machine_getc()) >= 0) {
		if (c == '\r' || c == '\n') {
			if (!length)
				continue;
			line[length] = '\0';
			length = 0;
			return line;
		}
		if (length < LINE_LEN - 1)
			line[length++] = (char)c;
	}
	return NULL;
}

static void serve(void)
{
	uint64_t now = machine_time();

	if (now - last_tick >= machine_time_hz() / 100) {
		last_tick = now;
		irqref_bare_tick(&bare);
	}
	run_poll();
	machine_irq_window();
	if (irqref_bare_kicked(&bare))
		irqref_flush(kernel_space);
}

/* Looks once more after the last moment: what is asked for may have come during a long service. */
bool kernel_wait(bool (*done)(void *ctx), void *ctx, uint32_t ms)
{
	uint64_t began = machine_time();
	bool late = false;

	for (;;) {
		serve();
		if (done(ctx))
			return true;
		if (late)
			return false;
		late = machine_time() - began > machine_time_hz() / 1000 * ms;
		if (!late)
			machine_sleep();
	}
}

static void other_cpu(uint32_t cpu)
{
	machine_controllers_cpu(cpu);
	__atomic_fetch_add(&kernel_cpus, 1u, __ATOMIC_RELEASE);
	for (;;) {
		machine_sleep();
		machine_irq_window();
	}
}

static _Noreturn void end(void)
{
	print("%u passed, %u failed\n", passed, failed);
	machine_exit(failed ? 1 : 0);
}

/* "verdict 1 TEXT", "verdict 0 TEXT": what the runner saw of QEMU. */
static bool verdict(const char *line)
{
	if (strncmp(line, "verdict ", 8) || !line[8] || line[9] != ' ')
		return false;
	check(line[8] == '1', "%s", line + 10);
	return true;
}

static void command(const char *line)
{
	char copy[LINE_LEN];

	print_to(copy, sizeof(copy), "%s", line);
	if (!strcmp(copy, "end"))
		end();
	if (!strcmp(copy, "bench"))
		bench();
	else if (!verdict(copy) && !run_command(copy))
		check(false, "unknown command: %s", copy);
}

static bool has_line(void *ctx)
{
	char **line = ctx;

	*line = kernel_line();
	return *line != NULL;
}

/* -------------------------------------------------------------------- start */

static void give_up(const char *what, int err)
{
	if (!err)
		return;
	check(false, "%s: %s", what, irqref_strerror(err));
	end();
}

static bool cpus_are_up(void *ctx)
{
	return __atomic_load_n(&kernel_cpus, __ATOMIC_ACQUIRE) == *(const uint32_t *)ctx;
}

static void start_cpus(void)
{
	uint32_t started = machine_start_cpus(&kernel_dt, other_cpu);

	kernel_wait(cpus_are_up, &started, 10000);
	check(kernel_cpus == started, "%u of %u CPUs take interrupts", kernel_cpus, started);
}

_Noreturn void kernel_main(const void *fdt)
{
	struct irqref_space_config config = {.max_irqs = MAX_IRQS};
	char *line;

	machine_early(fdt);
	print("# irqref test kernel\n");
	give_up("port", irqref_bare_port(&bare, arena, sizeof(arena), MACHINE_CPUS, &config.port));
	config.port.event = event;
	give_up("space", irqref_space_create(&config, &kernel_space));
	give_up("devicetree", irqref_dt_init(&kernel_dt, fdt, fdt_totalsize(fdt), dt_index,
	                                     sizeof(dt_index), NULL));
	give_up("controllers", machine_controllers(kernel_space, &kernel_dt));
	machine_controllers_cpu(0);
	start_cpus();
	run_begin();
	for (;;) {
		print("ready\n");
		while (!kernel_wait(has_line, &line, 60000))
			;
		command(line);
	}
}
