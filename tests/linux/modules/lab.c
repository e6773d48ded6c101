// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt controller without hardware, with two devices on one of its lines. Files below
 * /sys/kernel/debug/lab:
 *   fire    write a line's number to raise it; fails if it is masked, and with the kernel's reason if
 *           nobody hears it
 *   lines   what the controller knows of its lines: mapped, masked, times raised
 *   remove  write anything to remove the controller, with whatever is mapped
 */
#include <linux/debugfs.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "lab.h"

struct lab_line {
	bool mapped;
	bool masked;
	unsigned int raised;
};

struct irq_domain *lab_domain;
EXPORT_SYMBOL_GPL(lab_domain);

static struct lab_line lines[LAB_LINES];
static struct fwnode_handle *node;
static struct platform_device *devices[2];
static struct dentry *folder;

static void lab_mask(struct irq_data *data)
{
	WRITE_ONCE(lines[data->hwirq].masked, true);
}

static void lab_unmask(struct irq_data *data)
{
	WRITE_ONCE(lines[data->hwirq].masked, false);
}

static struct irq_chip lab_chip = {
        .name = "lab",
        .irq_mask = lab_mask,
        .irq_unmask = lab_unmask,
};

static int lab_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, &lab_chip, handle_level_irq);
	lines[hwirq].mapped = true;
	lines[hwirq].masked = true;
	return 0;
}

static void lab_unmap(struct irq_domain *domain, unsigned int virq)
{
	struct irq_data *data = irq_get_irq_data(virq);

	lines[data->hwirq].mapped = false;
	irq_set_chip_and_handler(virq, NULL, NULL);
}

/*
 * The kernel looks for a controller of wired interrupts first, and the one of a pseries says there that
 * it has any node. This one, being newer, is asked before it.
 */
static int lab_select(struct irq_domain *domain, struct irq_fwspec *spec,
                      enum irq_domain_bus_token token)
{
	return spec->fwnode == domain->fwnode;
}

static const struct irq_domain_ops lab_ops = {
        .select = lab_select,
        .map = lab_map,
        .unmap = lab_unmap,
        .xlate = irq_domain_xlate_onecell,
};

int lab_fire(unsigned int line)
{
	WRITE_ONCE(lines[line].raised, lines[line].raised + 1);
	if (READ_ONCE(lines[line].masked))
		return -EBUSY;
	return generic_handle_domain_irq(lab_domain, line);
}
EXPORT_SYMBOL_GPL(lab_fire);

static int fire_set(void *data, u64 line)
{
	unsigned long flags;
	int err;

	if (line >= LAB_LINES || !lab_domain)
		return -EINVAL;
	local_irq_save(flags);
	err = lab_fire((unsigned int)line);
	local_irq_restore(flags);
	return err;
}
DEFINE_DEBUGFS_ATTRIBUTE(fire_fops, NULL, fire_set, "%llu\n");

static int remove_set(void *data, u64 value)
{
	if (!lab_domain)
		return -ENODEV;
	irq_domain_remove(lab_domain);
	lab_domain = NULL;
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(remove_fops, NULL, remove_set, "%llu\n");

static int lines_show(struct seq_file *file, void *data)
{
	for (unsigned int i = 0; i < LAB_LINES; i++) {
		if (lines[i].mapped || lines[i].raised)
			seq_printf(file, "%u %s %s %u\n", i,
			           lines[i].mapped ? "mapped" : "unmapped",
			           lines[i].masked ? "masked" : "open", lines[i].raised);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(lines);

static void lab_unwind(void)
{
	debugfs_remove_recursive(folder);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		platform_device_unregister(devices[i]);
	if (lab_domain)
		irq_domain_remove(lab_domain);
	irq_domain_free_fwnode(node);
}

static int __init lab_init(void)
{
	static const char *const names[] = {"victim", "offender"};

	node = irq_domain_alloc_named_fwnode("lab");
	if (!node)
		return -ENOMEM;
	lab_domain = irq_domain_create_linear(node, LAB_LINES, &lab_ops, NULL);
	if (!lab_domain) {
		irq_domain_free_fwnode(node);
		return -ENOMEM;
	}
	folder = debugfs_create_dir("lab", NULL);
	debugfs_create_file_unsafe("fire", 0200, folder, NULL, &fire_fops);
	debugfs_create_file_unsafe("remove", 0200, folder, NULL, &remove_fops);
	debugfs_create_file("lines", 0400, folder, NULL, &lines_fops);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		devices[i] = platform_device_register_simple(names[i], 0, NULL, 0);
		if (IS_ERR(devices[i])) {
			int err = PTR_ERR(devices[i]);

			while (i-- > 0)
				platform_device_unregister(devices[i]);
			memset(devices, 0, sizeof(devices));
			lab_unwind();
			return err;
		}
	}
	return 0;
}

/* What is still mapped when the controller goes is what a test wants to see, or a fault of it. */
static void __exit lab_exit(void)
{
	lab_unwind();
}

module_init(lab_init);
module_exit(lab_exit);
MODULE_DESCRIPTION("Interrupt controller in software, for tests");
MODULE_LICENSE("GPL");
