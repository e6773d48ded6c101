/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a virtual machine monitor does: its devices, here a network card and a disk, raise
 * interrupts through eventfds, and both sit on one line of the guest's interrupt controller. The
 * card is unplugged while interrupts fly. Its neighbour must not notice.
 *
 * Each device asserts the line by writing to its own eventfd and its handler takes that back by
 * reading it, as a driver clears the cause in the device.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <irqref/irqref.h>

#include "eventfd.h"
#include "posix.h"

#define LINE 9

/* What a device is worth: @raised by it and @served by its handler, each an event. */
struct device {
	const char *name;
	int fd;
	pthread_t model;
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	struct irqref_eventfd source;
	unsigned long raised;
	unsigned long served;
	unsigned int stop;
};

static struct irqref_space *space;
static struct irqref_domain *pic;
static struct irqref_eventfd_loop *loop;

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "eventfd-vmm: %s: %s\n", what, irqref_strerror(ret));
	exit(1);
}

static void must_sys(int ret, const char *what)
{
	if (ret >= 0)
		return;
	perror(what);
	exit(1);
}

/* The driver in the guest. The line is shared: first of all, was it my device? */
static enum irqref_return handler(irqref_virq_t virq, void *cookie)
{
	struct device *device = cookie;
	uint64_t n;

	(void)virq;
	if (read(device->fd, &n, sizeof(n)) != sizeof(n))
		return IRQREF_NONE;
	__atomic_fetch_add(&device->served, n, __ATOMIC_RELAXED);
	return IRQREF_HANDLED;
}

/* The device model: raises the line as fast as it can. */
static void *model(void *arg)
{
	struct device *device = arg;
	uint64_t one = 1;

	while (!__atomic_load_n(&device->stop, __ATOMIC_ACQUIRE)) {
		if (write(device->fd, &one, sizeof(one)) == sizeof(one))
			__atomic_fetch_add(&device->raised, 1, __ATOMIC_RELAXED);
		sched_yield();
	}
	return NULL;
}

static void stop_model(struct device *device)
{
	__atomic_store_n(&device->stop, 1, __ATOMIC_RELEASE);
	pthread_join(device->model, NULL);
}

static unsigned long served(struct device *device)
{
	return __atomic_load_n(&device->served, __ATOMIC_RELAXED);
}

static void wait_for(struct device *device, unsigned long count)
{
	while (served(device) < count)
		sched_yield();
}

static void plug(struct device *device)
{
	device->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	must_sys(device->fd, "eventfd");
	must(irqref_consumer_add(space, device->name, &device->consumer), "consumer_add");
	must(irqref_get(pic, LINE, IRQREF_TYPE_LOW, device->consumer, NULL, &device->ref, NULL),
	     "get");
	must(irqref_request(space, device->ref, handler, device, IRQREF_SHARED), "request");
	must(irqref_eventfd_add(loop, device->fd, pic, LINE, IRQREF_EVENTFD_LEVEL, &device->source),
	     "eventfd_add");
	must(pthread_create(&device->model, NULL, model, device) ? IRQREF_ERR_NOMEM : 0, "thread");
}

/*
 * The device still raises: first its wire goes, then all it holds, in one call. The disk's
 * interrupts offer the line to the card's handler until that call returns, and not after; so the
 * card's memory could be freed then.
 */
static void unplug(struct device *device)
{
	must(irqref_eventfd_remove(loop, device->source), "eventfd_remove");
	must(irqref_consumer_remove(space, device->consumer, NULL, NULL), "consumer_remove");
}

static void print_holders(const char *when)
{
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	printf("%-24s", when);
	while (irqref_ledger_next(space, &cursor, &entry) == 1)
		printf(" %s", entry.holder);
	printf("\n");
}

static int expect(const char *what, bool holds)
{
	printf("%s %s\n", holds ? "ok   " : "WRONG", what);
	return holds ? 0 : 1;
}

int main(void)
{
	struct irqref_domain_config pic_config = {.name = "pic", .size = 16};
	struct irqref_space_config config = {.max_irqs = 256};
	struct device nic = {.name = "nic"};
	struct device disk = {.name = "disk"};
	struct irqref_stats stats;
	unsigned long at_unplug;
	int wrong = 0;

	must(irqref_posix_port(&config.port), "posix_port");
	must(irqref_space_create(&config, &space), "space_create");
	must(irqref_domain_add(space, &pic_config, &pic), "domain_add");
	must(irqref_eventfd_loop_create(&loop), "loop_create");

	plug(&nic);
	plug(&disk);
	must(irqref_eventfd_loop_start(loop), "loop_start");
	print_holders("line 9 is held by:");

	wait_for(&nic, 1000);
	wait_for(&disk, 1000);
	unplug(&nic);
	at_unplug = served(&nic);
	print_holders("after nic's unplug, by:");

	wait_for(&disk, served(&disk) + 1000);
	wrong += expect("the disk goes on", true);
	wrong += expect("no handler of the unplugged card ran", served(&nic) == at_unplug);

	stop_model(&nic);
	stop_model(&disk);
	wait_for(&disk, disk.raised);
	wrong += expect("every event of the disk was served", served(&disk) == disk.raised);

	unplug(&disk);
	must(irqref_space_stats(space, &stats), "space_stats");
	wrong += expect("with its last user the mapping is gone", stats.mappings == 0);

	must(irqref_eventfd_loop_stop(loop), "loop_stop");
	must(irqref_eventfd_loop_destroy(loop), "loop_destroy");
	must(irqref_domain_remove(pic, IRQREF_REMOVE_POLITE, NULL, NULL), "domain_remove");
	must(irqref_space_remove(space), "space_remove");
	close(nic.fd);
	close(disk.fd);
	return wrong ? 1 : 0;
}
