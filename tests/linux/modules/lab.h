/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The laboratory: an interrupt controller in software, and what the drivers of its devices share.
 */
#ifndef LAB_H
#define LAB_H

#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irqdomain.h>
#include <linux/platform_device.h>
#include <linux/version.h>

/* Lines of the controller. */
#define LAB_LINES 64

/* Line that victim and offender share. */
#define LAB_SHARED 5

/* From LAB_STORM to LAB_LINES - 1: lines of the storm. */
#define LAB_STORM 32

/* The line of the creator. */
#define LAB_CREATED 7

/* Lines of the measurements: this and the next. */
#define LAB_COST 9

extern struct irq_domain *lab_domain;

/* Raises a line; interrupts are off. Returns the kernel's word on it: not 0 if nobody is there. */
int lab_fire(unsigned int line);

/* A platform driver's remove returns nothing from 6.11 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define LAB_REMOVE(name, function)                                                                 \
	static void name(struct platform_device *device)                                           \
	{                                                                                          \
		function(device);                                                                  \
	}
#else
#define LAB_REMOVE(name, function)                                                                 \
	static int name(struct platform_device *device)                                            \
	{                                                                                          \
		function(device);                                                                  \
		return 0;                                                                          \
	}
#endif

#endif /* LAB_H */
