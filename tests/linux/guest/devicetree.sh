#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A device of the machine's devicetree, whose driver asks platform_get_irq() whenever it wants the
# number, ten thousand times, and is bound and unbound; nobody ever disposes. The count does not move,
# and the first dispose that somebody makes is enough.
# modes: stock observe protect
# kernels: @(arm64|riscv64)-*
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

rounds=${rounds:-200}
parameters=/sys/module/wired/parameters
driver=/sys/bus/platform/drivers/wired

device=$(cd /sys/bus/platform/devices && echo *.virtio_mmio | cut -d ' ' -f 1)
in_use() {
	grep -q ' wired$' /proc/interrupts
}
# The kernel's chip and line of the number, as long as it is mapped.
line() {
	read -r virq <$parameters/mapped && read -r hwirq <"/sys/kernel/irq/$virq/hwirq" && [ -n "$hwirq" ]
}
row() {
	awk -F '\t' -v virq="$(cat $parameters/mapped)" '$1 == virq { print; found = 1 }
		END { exit !found }' $irqref/holders
}
state() {
	row | field 4-7
}
bind_again() {
	echo $device >$driver/unbind && not in_use && echo $device >$driver/bind && in_use
}
bind_all() {
	n=0
	while [ $n -lt "$rounds" ]; do
		n=$((n + 1))
		bind_again || {
			echo "round $n"
			return 1
		}
	done
}

load_irqref
insmod wired.ko device=$device
test_that "the devicetree has a device, and its driver is bound" in_use
test_that 'its line is mapped' line
if loaded; then
	was=$(state)
	test_that 'one floating reference, and the handler' is "$was" \
		"$(printf 'live\t1\tyes\tfloating:wired:wired_request+%s,handler:wired@wired' $device)"
fi
test_that '10000 times platform_get_irq()' eval 'echo 10000 >$parameters/rounds'
! loaded || test_that 'the count stands where it stood' is "$(state)" "$was"
test_that "bound and unbound $rounds times" bind_all
! loaded || test_that 'the count stands where it stood then, too' is "$(state)" "$was"
echo $device >$driver/unbind
test_that 'the line stays mapped without a driver' line
! loaded || test_that 'by its floating reference alone' is "$(state | field 2,3)" "$(printf '0\tyes')"
echo 1 >$parameters/dispose
test_that 'one dispose is enough' not line
! loaded || test_that 'nor is it in the ledger' not row
rmmod wired
if loaded; then
	test_that 'nothing was in a state that the ledger does not know' is "$(stat unknown)" 0
	rmmod irqref
fi
test_that 'the kernel has no complaint' kernel_is_well
finish
