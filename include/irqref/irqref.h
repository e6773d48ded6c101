/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything but the Linux-named layer (irqref/linux_api.h), PCI (irqref/pci.h) and the devicetree
 * reader (irqref/devicetree.h).
 */
#ifndef IRQREF_IRQREF_H
#define IRQREF_IRQREF_H

#include <irqref/error.h>
#include <irqref/types.h>
#include <irqref/port.h>
#include <irqref/space.h>
#include <irqref/chip.h>
#include <irqref/ledger.h>
#include <irqref/domain.h>
#include <irqref/consumer.h>
#include <irqref/ref.h>
#include <irqref/handler.h>
#include <irqref/msi.h>

#endif /* IRQREF_IRQREF_H */
