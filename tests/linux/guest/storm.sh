#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# irqref comes and goes 200 times while interrupts arrive on each CPU and mappings are made,
# requested, freed and disposed of; and protection goes on and off. Nothing is lost, nobody trips.
# modes: stock protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

rounds=${rounds:-200}
parameters=/sys/module/storm/parameters

# Interrupts and mappings still come through.
storm_goes_on() {
	was_raised=$(cat $parameters/raised)
	was_handled=$(cat $parameters/handled)
	was_rounds=$(cat $parameters/rounds)
	soon eval '[ "$(cat $parameters/raised)" -gt "$was_raised" ] &&
		[ "$(cat $parameters/handled)" -gt "$was_handled" ] &&
		[ "$(cat $parameters/rounds)" -gt "$was_rounds" ]'
}
two_levels() {
	[ "$(cat /sys/module/tower/parameters/rounds)" -gt 100 ] &&
		is "$(cat /sys/module/tower/parameters/failed)" 0
}
come_and_go() {
	n=0
	while [ $n -lt "$rounds" ]; do
		n=$((n + 1))
		insmod irqref.ko protect=$((n & 1)) && go || return 1
	done
}
# As long as somebody has one of the files open, the kernel says no.
go() {
	tries=100
	until rmmod irqref 2>/tmp/why; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ] || ! grep -q 'temporarily unavailable' /tmp/why; then
			cat /tmp/why
			return 1
		fi
	done
}
on_and_off() {
	n=0
	while [ $n -lt "$rounds" ]; do
		n=$((n + 1))
		echo $((n & 1)) >/sys/module/irqref/parameters/protect || return 1
	done
}
reads() {
	for file in holders events stats; do
		cat $irqref/$file >/dev/null || return 1
	done
}
# Somebody always reads what is about to go.
reader() {
	while [ ! -e /tmp/enough ]; do
		reads
	done 2>/dev/null
}

insmod lab.ko
insmod storm.ko
insmod tower.ko
test_that 'the storm blows' storm_goes_on
if protected; then
	reader &
	test_that "irqref comes and goes $rounds times" come_and_go
	test_that 'the storm goes on' storm_goes_on
	load_irqref
	test_that "protection goes on and off $rounds times" on_and_off
	test_that 'the storm goes on then too' storm_goes_on
	test_that 'the files can be read' reads
	touch /tmp/enough
	wait
	test_that 'nothing ran out of memory' is "$(stat oom)" 0
else
	sleep 2
	test_that 'the storm goes on' storm_goes_on
fi
test_that 'nothing failed in the storm' is "$(cat $parameters/failed)" 0
test_that 'mappings of two levels came and went meanwhile' two_levels
rmmod tower
rmmod storm
! loaded || test_that 'no mapping of it is left' not mapping lab '3[2-9]|[456].'
rmmod lab
! loaded || rmmod irqref
test_that 'the kernel has no complaint' kernel_is_well
finish
