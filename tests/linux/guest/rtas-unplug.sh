#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Hot unplug on a pseries as its tools do it: QEMU is asked for the device, sysfs removes it, RTAS
# isolates the slot. The firmware accepts when the kernel has let go of the device, and the device is
# gone: also if its line is shared, also if it comes last.
# modes: stock protect
# kernels: ppc64el-*
# machines: xics
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

bus=/sys/bus/pci/devices
first=0000:00:01.0
second=0000:00:05.0

serves() {
	read -r before <$bus/$1/irq_count && echo 1 >$bus/$1/irq_raise && soon counted $1 $before
}
counted() {
	read -r counted <$bus/$1/irq_count && [ $counted -gt $2 ]
}
# unplug ID DEVICE SLOT: the index of a slot's connector is made of its number.
unplug() {
	echo "qemu: device_del $1" >/dev/kmsg
	sleep 1
	echo 1 >$bus/$2/remove
	insmod rtas_isolate.ko drc=$((0x40000000 | $3 << 3)) && rmmod rtas_isolate
}
gone() {
	echo 1 >/sys/bus/pci/rescan
	[ ! -e $bus/$1 ]
}
mapped() {
	grep -qx "$hwirq" /sys/kernel/irq/*/hwirq
}

load_irqref
insmod edu.ko
read -r virq <$bus/$first/irq
read -r hwirq </sys/kernel/irq/$virq/hwirq
test_that 'the interrupt controller is the one that was asked for' \
	grep -qi "${machine:-xive}" /proc/interrupts
test_that 'both devices are served' eval 'serves $first && serves $second'
test_that 'the firmware isolates the first' unplug first $first 1
test_that 'it is gone' soon gone $first
test_that 'the second is served' serves $second
test_that 'the mapping is there' mapped
test_that 'the firmware isolates the second' unplug second $second 5
test_that 'it is gone, too' soon gone $second
test_that 'and so is the mapping' not mapped
if protected; then
	test_that 'no device holds anything' not grep -q 'pci:' $irqref/holders
	rmmod irqref
fi
rmmod edu
test_that 'the kernel has no complaint' kernel_is_well
finish
