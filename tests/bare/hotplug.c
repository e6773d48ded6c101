/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions go and come.
 */
#include "hotplug.h"

#include "edu.h"
#include "kernel.h"
#include "print.h"
#include "run.h"

struct hotplug_log hotplug_log;
enum hotplug_manner hotplug_manner;

static const struct pci_driver *const drivers[] = {
        &edu_driver,
        &hotplug_pcie_driver,
        &hotplug_shpc_driver,
};

bool hotplug_spin(bool (*done)(void *ctx), void *ctx)
{
	uint64_t start = machine_time(), limit = machine_time_hz();

	while (!done(ctx)) {
		if (machine_time() - start > limit)
			return false;
	}
	return true;
}

void hotplug_bind(void)
{
	for (struct pci_function *f = NULL; (f = pci_next_function(f)) != NULL;) {
		for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
			int err;

			if (f->driver || !drivers[i]->match(f))
				continue;
			err = drivers[i]->bind(f);
			check(!err, "%s: driver %s: %s", f->name, drivers[i]->name,
			      irqref_strerror(err));
			if (!err)
				f->driver = drivers[i];
		}
	}
}

/* ------------------------------------------------------------- who goes */

typedef void visit_fn(struct pci_function *f, void *ctx);

static void visit_bus(struct pci_bus *bus, visit_fn *visit, void *ctx);

/* What is behind a bridge first. */
static void visit_function(struct pci_function *f, visit_fn *visit, void *ctx)
{
	if (f->secondary)
		visit_bus(f->secondary, visit, ctx);
	visit(f, ctx);
}

static void visit_bus(struct pci_bus *bus, visit_fn *visit, void *ctx)
{
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(bus, f)) != NULL;)
		visit_function(f, visit, ctx);
}

static bool is_meant(const struct hotplug_request *r, const struct pci_function *f)
{
	switch (r->reach) {
	case HOTPLUG_FUNCTION:
		return f->devfn == r->devfn;
	case HOTPLUG_SLOT:
		return f->devfn >> 3 == r->devfn >> 3;
	default:
		return true;
	}
}

static void visit_request(const struct hotplug_request *r, visit_fn *visit, void *ctx)
{
	for (struct pci_function *f = NULL; (f = pci_next_on_bus(r->bus, f)) != NULL;) {
		if (is_meant(r, f))
			visit_function(f, visit, ctx);
	}
}

static void hold(struct pci_function *f, void *ctx)
{
	(void)ctx;
	if (f->driver == &edu_driver)
		edu_hold(f->driver_data);
}

static void release(struct pci_function *f, void *ctx)
{
	struct edu *e = f->driver == &edu_driver ? f->driver_data : NULL;

	(void)ctx;
	if (e && e->held)
		edu_release(e);
}

static void unbind(struct pci_function *f, void *gone)
{
	if (f->driver)
		f->driver->unbind(f, gone != NULL);
	f->driver = NULL;
}

static void look_gone(struct pci_function *f, void *count)
{
	check(!pci_is_there(f), "%s is gone", f->name);
	++*(uint32_t *)count;
}

static void forget(const struct hotplug_request *r)
{
	struct pci_function *next;

	for (struct pci_function *f = pci_next_on_bus(r->bus, NULL); f; f = next) {
		next = pci_next_on_bus(r->bus, f);
		if (is_meant(r, f))
			pci_forget(f);
	}
}

/* -------------------------------------------------------------------------- */

void hotplug_unplug(const struct hotplug_request *request)
{
	uint32_t gone = 0;
	bool off;

	if (hotplug_manner == HOTPLUG_HELD)
		visit_request(request, hold, NULL);
	if (hotplug_manner == HOTPLUG_HELD && !request->handlers_first) {
		off = request->power_off(request->ctx);
		visit_request(request, release, NULL);
		/* The handlers of those that are gone are still installed on their lines. */
		run_survivors(request);
		visit_request(request, unbind, &gone);
	} else {
		visit_request(request, unbind, NULL);
		off = request->power_off(request->ctx);
	}
	check(off, "bus %02x slot %02x: power is off", request->bus->number, request->devfn >> 3);
	visit_request(request, look_gone, &gone);
	forget(request);
	hotplug_log.unplugs++;
	hotplug_log.gone += gone;
	hotplug_log.time = machine_time();
}

bool hotplug_plug(struct pci_bus *bus, uint32_t slot)
{
	uint32_t came = pci_rescan(bus, slot);

	if (!came)
		return false;
	hotplug_bind();
	hotplug_log.plugs++;
	hotplug_log.came += came;
	hotplug_log.time = machine_time();
	return true;
}

/* ---------------------------------------------------------------- firmware */

static bool firmware_power_off(void *ctx)
{
	int err = machine_hotplug_eject(ctx);

	if (err)
		print("# the firmware does not take it back: %s\n", irqref_strerror(err));
	return !err;
}

/* A host bridge comes with nothing behind it; what is plugged there has its own events. */
static void hotplug_host_came(void)
{
	hotplug_log.plugs++;
	hotplug_log.time = machine_time();
}

static void firmware_poll(void)
{
	struct machine_hotplug event;

	while (machine_hotplug_event(&event)) {
		struct pci_bus *bus = pci_bus_find(event.host, event.bus);

		if (!bus) {
			print("# hot-plug on host %u, bus %02x: no such bus\n", event.host,
			      event.bus);
			continue;
		}
		if (event.unplug)
			hotplug_unplug(&(struct hotplug_request){
			        .bus = bus,
			        .devfn = event.devfn,
			        .reach = event.whole_host ? HOTPLUG_BUS : HOTPLUG_FUNCTION,
			        .handlers_first = true,
			        .power_off = firmware_power_off,
			        .ctx = &event});
		else if (event.whole_host)
			hotplug_host_came();
		else
			hotplug_plug(bus, event.devfn >> 3);
	}
}

void hotplug_poll(void)
{
	if (machine_hotplug_event) {
		firmware_poll();
		return;
	}
	hotplug_pcie_poll();
	hotplug_shpc_poll();
}
