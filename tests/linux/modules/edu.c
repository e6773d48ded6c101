// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver of QEMU's "edu" device, which raises its INTx when told to. Files of the device:
 *   irq_raise  write anything: the device raises its interrupt
 *   irq_count  interrupts that its handler served
 */
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>

#define EDU_STATUS 0x24
#define EDU_RAISE  0x60
#define EDU_ACK    0x64

struct edu {
	void __iomem *regs;
	unsigned int count;
};

static irqreturn_t edu_handler(int irq, void *data)
{
	struct edu *edu = data;
	u32 status = readl(edu->regs + EDU_STATUS);

	if (status == 0)
		return IRQ_NONE;
	writel(status, edu->regs + EDU_ACK);
	WRITE_ONCE(edu->count, edu->count + 1);
	return IRQ_HANDLED;
}

static ssize_t irq_count_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(edu->count));
}
static DEVICE_ATTR_RO(irq_count);

static ssize_t irq_raise_store(struct device *dev, struct device_attribute *attr, const char *buf,
                               size_t size)
{
	struct edu *edu = dev_get_drvdata(dev);

	writel(1, edu->regs + EDU_RAISE);
	return (ssize_t)size;
}
static DEVICE_ATTR_WO(irq_raise);

static struct attribute *edu_attrs[] = {&dev_attr_irq_count.attr, &dev_attr_irq_raise.attr, NULL};
ATTRIBUTE_GROUPS(edu);

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	int err;

	if (!edu)
		return -ENOMEM;
	err = pci_enable_device(pdev);
	if (err)
		return err;
	edu->regs = pci_iomap(pdev, 0, 0);
	if (!edu->regs) {
		err = -ENOMEM;
		goto disable;
	}
	pci_set_drvdata(pdev, edu);
	err = request_irq(pdev->irq, edu_handler, IRQF_SHARED, pci_name(pdev), edu);
	if (err)
		goto unmap;
	return 0;

unmap:
	pci_iounmap(pdev, edu->regs);
disable:
	pci_disable_device(pdev);
	return err;
}

static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	free_irq(pdev->irq, edu);
	pci_iounmap(pdev, edu->regs);
	pci_disable_device(pdev);
}

static const struct pci_device_id edu_ids[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
        .name = "edu",
        .id_table = edu_ids,
        .probe = edu_probe,
        .remove = edu_remove,
        .dev_groups = edu_groups,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("QEMU's edu device");
MODULE_LICENSE("GPL");
