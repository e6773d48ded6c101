// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who called: the first function on the stack that is neither ours nor one of those through which
 * everybody calls. It is best effort: a call that the compiler made a jump is not on the stack.
 */
#include "module.h"

#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/pci.h>
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

void caller_find(char *buf, unsigned int size)
{
	struct pci_dev *dev = pci_routing();
	unsigned long entries[DEPTH];
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int i, n = stack_trace_save(entries, DEPTH, 1);

	strscpy(buf, "unknown", size);
	for (i = 0; i < n; i++) {
		const char *module;

		/* The address returned to may be the next function's. */
		sprint_symbol_no_offset(symbol, entries[i] - 1);
		module = split(symbol);
		if (!strcmp(module, THIS_MODULE->name) || is_wrapper(symbol))
			continue;
		snprintf(buf, size, "%s:%s", module, symbol);
		break;
	}
	if (dev) {
		strlcat(buf, "+", size);
		strlcat(buf, pci_name(dev), size);
	}
	caller_clean(buf);
}

void caller_code(const void *code, char *module, unsigned int size)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(symbol, (unsigned long)code);
	strscpy(module, split(symbol), size);
}
