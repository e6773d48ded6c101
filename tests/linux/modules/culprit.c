// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does each of the things that the ledger records, on a controller of its own. Write to
 * /sys/module/culprit/parameters/does:
 *   use      maps a line and requests it
 *   dispose  disposes of the mapping
 *   double   maps another line and disposes of it twice
 *   free     frees the handler of the first
 *   leak     frees the number of a mapped line and leaves it mapped
 *   types    asks for one line with two trigger types
 *   msi      frees the message interrupt of a PCI device under its handler
 *   remove   removes the controller with a mapped line
 */
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "lab.h"

enum {
	LINE_USED,
	LINE_DOUBLE,
	LINE_LEAKED,
	LINE_TYPES,
	LINE_REMOVED,
	LINES
};

static struct fwnode_handle *node;
static struct irq_domain *domain;
static unsigned int used;

static irqreturn_t culprit_handler(int irq, void *data)
{
	return IRQ_NONE;
}

static int culprit_map(struct irq_domain *d, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, &dummy_irq_chip, handle_simple_irq);
	return 0;
}

static int culprit_select(struct irq_domain *d, struct irq_fwspec *spec,
                          enum irq_domain_bus_token token)
{
	return spec->fwnode == d->fwnode;
}

static const struct irq_domain_ops culprit_ops = {
        .select = culprit_select,
        .map = culprit_map,
        .xlate = irq_domain_xlate_twocell,
};

static int use(void)
{
	used = irq_create_mapping(domain, LINE_USED);
	return request_irq(used, culprit_handler, 0, "used", &used);
}

static int dispose(void)
{
	irq_dispose_mapping(used);
	return 0;
}

static int dispose_twice(void)
{
	unsigned int virq = irq_create_mapping(domain, LINE_DOUBLE);

	irq_dispose_mapping(virq);
	irq_dispose_mapping(virq);
	return 0;
}

static int free_handler(void)
{
	free_irq(used, &used);
	return 0;
}

static int leak(void)
{
	unsigned int virq = irq_create_mapping(domain, LINE_LEAKED);

	irq_free_descs(virq, 1);
	return 0;
}

static unsigned int create_typed(unsigned int type)
{
	struct irq_fwspec spec = {.fwnode = node, .param_count = 2, .param = {LINE_TYPES, type}};

	return irq_create_fwspec_mapping(&spec);
}

static int types(void)
{
	unsigned int virq = create_typed(IRQ_TYPE_EDGE_RISING);
	unsigned int refused = create_typed(IRQ_TYPE_LEVEL_HIGH);

	irq_dispose_mapping(virq);
	return virq && !refused ? 0 : -EINVAL;
}

/* Of one device, which it then refuses. */
static int msi_result = -ENODEV;

static int msi_use(struct pci_dev *pdev)
{
	unsigned int virq;
	int err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI);

	if (err < 0)
		return err;
	virq = (unsigned int)pci_irq_vector(pdev, 0);
	err = request_irq(virq, culprit_handler, 0, "message", pdev);
	pci_free_irq_vectors(pdev);
	if (!err)
		free_irq(virq, pdev);
	return err;
}

static int culprit_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	if (msi_result != -ENODEV)
		return -ENODEV;
	msi_result = pci_enable_device(pdev);
	if (msi_result)
		return -ENODEV;
	msi_result = msi_use(pdev);
	pci_disable_device(pdev);
	return -ENODEV;
}

static const struct pci_device_id culprit_ids[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};

static struct pci_driver culprit_driver = {
        .name = "culprit",
        .id_table = culprit_ids,
        .probe = culprit_probe,
};

static int msi(void)
{
	int err = pci_register_driver(&culprit_driver);

	if (err)
		return err;
	pci_unregister_driver(&culprit_driver);
	return msi_result;
}

/* The number is freed, so that nothing of the kernel leads to what is gone. */
static int remove(void)
{
	unsigned int virq = irq_create_mapping(domain, LINE_REMOVED);

	irq_domain_remove(domain);
	domain = NULL;
	irq_free_descs(virq, 1);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} deeds[] = {
        {"use", use},           {"dispose", dispose}, {"double", dispose_twice},
        {"free", free_handler}, {"leak", leak},       {"types", types},
        {"msi", msi},           {"remove", remove},
};

/* Not a jump to the last of them, which would take this function out of the way back. */
static noinline int culprit_does(const char *text)
{
	int err = -EINVAL;

	for (size_t i = 0; i < ARRAY_SIZE(deeds); i++) {
		if (sysfs_streq(text, deeds[i].name))
			err = deeds[i].run();
	}
	barrier();
	return err;
}

static int does_set(const char *text, const struct kernel_param *param)
{
	return domain ? culprit_does(text) : -ENODEV;
}
static const struct kernel_param_ops does_ops = {.set = does_set};
module_param_cb(does, &does_ops, NULL, 0200);

static int __init culprit_init(void)
{
	node = irq_domain_alloc_named_fwnode("culprit");
	if (!node)
		return -ENOMEM;
	domain = irq_domain_create_linear(node, LINES, &culprit_ops, NULL);
	if (domain)
		return 0;
	irq_domain_free_fwnode(node);
	return -ENOMEM;
}

static void __exit culprit_exit(void)
{
	if (domain)
		irq_domain_remove(domain);
	irq_domain_free_fwnode(node);
}

module_init(culprit_init);
module_exit(culprit_exit);
MODULE_DESCRIPTION("Does what the ledger records");
MODULE_LICENSE("GPL");
