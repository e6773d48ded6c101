#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What comes in between two steps of the module: a device that leaves while pci is being switched on; a creator
# that comes while a dispose is being recorded.
# modes: protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

bus=/sys/bus/pci/devices
halt=/sys/module/halt/parameters

# Who is stopped has one CPU, the script the other.
taskset -p 2 $$ >/dev/null

# stopped_at FUNCTION NUMBER COMMAND...: begins the command; goes on as soon as that is there.
stopped_at() {
	insmod halt.ko at=$1 number=$2
	shift 2
	rm -f /tmp/over
	taskset 1 sh -c "$*; touch /tmp/over" >/dev/null 2>&1 &
	soon grep -q Y $halt/stopped
}
goes_on() {
	echo 1 >$halt/go
	soon [ -e /tmp/over ]
	went_on=$?
	stuck=$(cat $halt/stuck)
	rmmod halt
	[ $went_on = 0 ] && is "$stuck" N
}
# What comes in between may itself wait for the CPU of who is stopped, for a grace period or an answer:
# so it has two seconds to get as far as it can.
come_between() {
	sh -c "$*" &
	between=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 $between 2>/dev/null || return 0
		sleep 0.1
	done
}

insmod irqref.ko protect=1
insmod edu.ko
device=$(basename "$(dirname "$(grep -l 0x11e8 $bus/*/device | head -n 1)")")
virq=$(cat $bus/"$device"/irq)
test_that 'pci is being switched on' stopped_at mirror_known $virq \
	'echo 1 >/sys/module/irqref/parameters/pci'
come_between "echo 1 >$bus/$device/remove"
test_that 'a device leaves meanwhile' goes_on
wait $between
test_that 'it holds nothing' not grep -q "pci:$device" $irqref/holders
test_that 'others do' grep -q pci: $irqref/holders
echo 1 >/sys/bus/pci/rescan
test_that 'once it is back, it does, too' soon grep -q "pci:$device" $irqref/holders
rmmod edu

insmod lab.ko
insmod victim.ko
insmod offender.ko
insmod creator.ko line=5
test_that 'a dispose in use is being recorded' stopped_at shadow_disposed_by 0 \
	'echo offender.0 >/sys/bus/platform/drivers/offender/unbind'
echo 1 2>/dev/null >/sys/module/creator/parameters/rounds # cannot be requested, is mapped
test_that 'somebody maps it again meanwhile' goes_on
test_that 'then it floats' is "$(mapping lab 5 | field 6)" yes
dmesg -c >/dev/null
rmmod irqref
test_that 'and nobody has to dispose of it for the one who did before' not eval \
	'dmesg | grep "stays mapped"'
rmmod victim
echo 1 >/sys/module/creator/parameters/dispose
for module in creator offender lab; do
	rmmod $module
done
test_that 'the kernel has no complaint' kernel_is_well
finish
