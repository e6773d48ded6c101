// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who called: the first function on the stack that is neither ours nor one of those through which
 * everybody calls. It is best effort: a call that the compiler made a jump is not on the stack.
 */
#include "module.h"

#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#define DEPTH 24

/* A trailing * stands for any rest. */
static const char *const wrappers[] = {
        "replaced_*",
        "mirror_*",
        "irqref_*",
        "caller_find",
        "event*",
        "take_note",
        "stack_trace_save*",
        "arch_stack_walk*",
        "irq_create_*",
        "irq_dispose_mapping",
        "irq_domain_*",
        "__irq_domain_*",
        "irq_of_parse_and_map*",
        "irq_free_descs",
        "irq_find_mapping*",
        "of_irq_*",
        "of_pci_*irq*",
        "of_msi_*",
        "fwnode_irq_get*",
        "platform_get_irq*",
        "platform_irq_count",
        "acpi_register_gsi*",
        "acpi_unregister_gsi*",
        "acpi_dev_get_irqresource*",
        "acpi_irq_*",
        "__acpi_register_gsi*",
        "acpi_pci_irq_*",
        "mp_map_*",
        "mp_unmap_irq",
        "pcibios_*",
        "do_pci_enable_device",
        "pci_enable_device*",
        "pci_disable_device",
        "pcim_*",
        "gpiod_to_irq",
        "gpio_to_irq",
        "gpiochip_to_irq",
        "gpiochip_irqchip_*",
        "request_threaded_irq",
        "request_any_context_irq",
        "request_percpu_*",
        "__request_percpu_irq",
        "free_irq",
        "free_percpu_irq",
        "devm_*",
        "devres_*",
        "release_nodes",
        "pci_request_irq",
        "pci_free_irq*",
        "pci_free_msi_irqs",
        "pci_disable_msi*",
        "pci_assign_irq",
        "pci_alloc_irq_vectors*",
        "pci_enable_msi*",
        "__pci_enable_msi*",
        "msi_*",
        "__msi_*",
        "pci_msi_*",
        "msix_*",
        "ftrace_*",
        "arch_ftrace_*",
        "return_to_handler",
};

static bool is_wrapper(const char *function)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrappers); i++) {
		size_t n = strlen(wrappers[i]);

		if (wrappers[i][n - 1] == '*' ? !strncmp(function, wrappers[i], n - 1)
		                              : !strcmp(function, wrappers[i]))
			return true;
	}
	return false;
}

/* "function [module]" is taken apart; what the kernel itself has is of the module "kernel". */
static const char *split(char *symbol)
{
	char *bracket = strstr(symbol, " [");
	char *end;

	if (!bracket)
		return "kernel";
	*bracket = '\0';
	bracket += 2;
	/* A build id may follow the name. */
	end = strpbrk(bracket, " ]");
	if (end)
		*end = '\0';
	return bracket;
}

/* Fields are separated by tabs, holders by commas. */
void caller_clean(char *name)
{
	for (; *name; name++) {
		if (*name <= ' ' || *name == ',' || *name == 0x7f)
			*name = '_';
	}
}

/*
 * struct known - what an address on the stack was found to be
 * @name: "MODULE:function"; empty: one of those that are passed over
 */
struct known {
	unsigned long address;
	char name[NAME_LEN];
};

/* Looking names up takes the most of a create; so it is done once an address, as long as it rests here. */
#define KNOWN_BITS 8
#define KNOWN_WAYS 4u
static struct known known[1u << KNOWN_BITS];
static DEFINE_SPINLOCK(known_lock);

/* An address on the stack returns into code that is there, so what is known of it is of that code. */
static int on_module(struct notifier_block *block, unsigned long action, void *data)
{
	/* New code may be where other code has been. Nobody has run it yet. */
	if (action == MODULE_STATE_COMING) {
		spin_lock(&known_lock);
		memset(known, 0, sizeof(known));
		spin_unlock(&known_lock);
	}
	return NOTIFY_DONE;
}

static struct notifier_block modules = {.notifier_call = on_module};

static void look_up(unsigned long address, struct known *out)
{
	char symbol[KSYM_SYMBOL_LEN];
	const char *module;

	out->address = address;
	out->name[0] = '\0';
	/* The address returned to may be the next function's. */
	sprint_symbol_no_offset(symbol, address - 1);
	module = split(symbol);
	if (!strcmp(module, THIS_MODULE->name) || is_wrapper(symbol))
		return;
	snprintf(out->name, sizeof(out->name), "%s:%s", module, symbol);
	caller_clean(out->name);
}

/*
 * Where an address is, or may be put: one of a few places, as otherwise two of the same stack could
 * drive each other out each time.
 */
static struct known *place_of(unsigned long address, bool *found)
{
	static unsigned int turn;
	struct known *first = &known[hash_long(address, KNOWN_BITS) & ~(KNOWN_WAYS - 1)];
	unsigned int i;

	for (i = 0; i < KNOWN_WAYS; i++) {
		*found = first[i].address == address;
		if (*found)
			return &first[i];
	}
	return &first[turn++ % KNOWN_WAYS];
}

/* Whether the address is of somebody who is to be named. */
static bool names(unsigned long address, char *buf, unsigned int size)
{
	struct known *at, new;
	bool found;

	spin_lock(&known_lock);
	at = place_of(address, &found);
	if (found)
		strscpy(buf, at->name, size);
	spin_unlock(&known_lock);
	if (found)
		return buf[0];
	look_up(address, &new);
	spin_lock(&known_lock);
	*place_of(address, &found) = new;
	spin_unlock(&known_lock);
	strscpy(buf, new.name, size);
	return buf[0];
}

void caller_find(char *buf, unsigned int size)
{
	unsigned long entries[DEPTH];
	unsigned int i, n = stack_trace_save(entries, DEPTH, 1);
	char device[48];

	for (i = 0; i < n; i++) {
		if (names(entries[i], buf, size))
			break;
	}
	if (i == n)
		strscpy(buf, "unknown", size);
	device_find(device, sizeof(device));
	if (!device[0])
		return;
	caller_clean(device);
	strlcat(buf, "+", size);
	strlcat(buf, device, size);
}

/* The module of a handler. */
void caller_code(const void *code, char *module, unsigned int size)
{
	unsigned long address = (unsigned long)code;
	char name[NAME_LEN], symbol[KSYM_SYMBOL_LEN];

	/* As if the handler had called, from its first instruction. */
	if (names(address + 1, name, sizeof(name))) {
		*strchrnul(name, ':') = '\0';
		strscpy(module, name, size);
		return;
	}
	sprint_symbol_no_offset(symbol, address);
	strscpy(module, split(symbol), size);
}

int callers_start(void)
{
	return register_module_notifier(&modules);
}

void callers_stop(void)
{
	unregister_module_notifier(&modules);
}
