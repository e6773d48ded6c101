/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run: the devices get their drivers, are unplugged and plugged in as the runner says, and
 * everything that must hold is looked at after each step.
 */
#include "run.h"

#include <string.h>

#include "checks.h"
#include "edu.h"
#include "kernel.h"
#include "ledger_print.h"
#include "print.h"

/* How long the event may take, and how long after the last one no more is expected: firmware tells
 * of each function of a slot. */
#define EVENT_MS 10000u
#define QUIET_MS 50u

static void put(void *ctx, char c)
{
	(void)ctx;
	print("%c", c);
}

static void print_ledger(void)
{
	print("# ledger\n");
	ledger_print(put, NULL, kernel_space);
	print("# end of ledger\n");
}

static void check_all(void)
{
	checks_delivery();
	checks_lines();
	checks_ledger();
	print_ledger();
}

void run_begin(void)
{
	checks_begin();
	pci_enumerate(&kernel_dt);
	check(pci_nr_hosts > 0, "%u PCI host bridges", pci_nr_hosts);
	pci_msi_begin();
	hotplug_bind();
	pci_print_tree();
	check_all();
	checks_affinity();
	checks_msi();
	checks_blocks();
	if (checks_machine)
		checks_machine();
	if (edu_count() > 0) {
		/* Messages and affinity have left nothing behind. */
		checks_delivery();
		checks_lines();
		checks_ledger();
	}
}

void run_poll(void)
{
	hotplug_poll();
}

void run_survivors(const struct hotplug_request *request)
{
	print("# bus %02x slot %02x has no power, its handlers are still there\n",
	      request->bus->number, request->devfn >> 3);
	checks_delivery();
}

/* ------------------------------------------------------------ unplug, plug */

/* @count: of the log, that is waited for to grow. */
struct awaited {
	const uint32_t *count;
	uint32_t before;
	bool cancelled;
};

static bool is_over(void *ctx)
{
	struct awaited *a = ctx;
	char *line = kernel_line();

	if (line && strncmp(line, "cancel", 6) == 0) {
		print("# %s\n", line);
		a->cancelled = true;
	}
	if (a->cancelled)
		return true;
	return *a->count != a->before &&
	       machine_time() - hotplug_log.time > machine_time_hz() * QUIET_MS / 1000u;
}

static void await(const char *line, const uint32_t *count)
{
	/* The next line of the console takes its place. */
	char what[128];
	struct awaited a = {.count = count, .before = *count};
	struct hotplug_log log = hotplug_log;

	print_to(what, sizeof(what), "%s", line);
	print("go\n");
	kernel_wait(is_over, &a, EVENT_MS);
	check(*count != a.before && !a.cancelled, "%s: %u functions went, %u came", what,
	      hotplug_log.gone - log.gone, hotplug_log.came - log.came);
	check_all();
}

bool run_command(char *line)
{
	if (strncmp(line, "unplug ", 7) == 0) {
		hotplug_manner = HOTPLUG_ORDERLY;
		await(line, &hotplug_log.unplugs);
	} else if (strncmp(line, "unplug-held ", 12) == 0) {
		hotplug_manner = HOTPLUG_HELD;
		await(line, &hotplug_log.unplugs);
		hotplug_manner = HOTPLUG_ORDERLY;
	} else if (strncmp(line, "plug ", 5) == 0) {
		await(line, &hotplug_log.plugs);
	} else if (strcmp(line, "check") == 0) {
		check_all();
	} else if (strcmp(line, "ledger") == 0) {
		print_ledger();
	} else if (strcmp(line, "tree") == 0) {
		pci_print_tree();
	} else {
		return false;
	}
	return true;
}
