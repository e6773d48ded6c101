#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two drivers share a line and one disposes of the mapping when it is unbound. On a stock kernel
# the other one is deaf from then on; under protection it is not, and the ledger says who it was.
# modes: stock observe protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

count=/sys/bus/platform/devices/victim.0/count
unbind_offender() {
	echo offender.0 >/sys/bus/platform/drivers/offender/unbind
}

load_irqref
insmod lab.ko
insmod victim.ko
insmod offender.ko
test_that 'the line is heard by both' fires 5
test_that 'the victim has its interrupt' is "$(cat $count)" 1
if loaded; then
	test_that 'both are in the ledger' eval \
		'mapping lab 5 | field 7 | grep victim | grep -q offender'
	test_that 'the mapping floats' is "$(mapping lab 5 | field 6)" yes
fi
unbind_offender

if protected; then
	test_that 'the line is still heard' fires 5
	test_that 'the victim has its interrupt again' is "$(cat $count)" 2
	test_that 'the mapping does not float any more' is "$(mapping lab 5 | field 6)" no
	test_that 'the kernel has no complaint' kernel_is_well
else
	test_that 'nobody hears the line' not fires 5
	test_that 'the victim is deaf' is "$(cat $count)" 1
	test_that 'the kernel saw a handler being left behind' eval \
		'dmesg | grep -q "remove_proc_entry: removing non-empty directory"'
fi
if loaded; then
	test_that 'the event names the offender' eval \
		'event dispose-in-use | field 7 | grep -q "^offender:offender_dispose"'
	test_that 'and who was left' eval \
		'event dispose-in-use | field 8 | grep -q "handler:victim.0@victim"'
fi

rmmod victim
if protected; then
	test_that 'the mapping goes with the last handler' not mapping lab 5
	test_that 'the controller unmapped its line' grep -q '^5 unmapped' $debug/lab/lines
	insmod victim.ko
	test_that 'it comes back' fires 5
	test_that 'for the victim' is "$(cat $count)" 1
	rmmod victim
	# The victim leaves the mapping to others. It must not outlive the controller, whose chip it has.
	echo offender.0 >/sys/bus/platform/drivers/offender/bind
	unbind_offender
	test_that 'the offender disposes of it again' grep -q '^5 unmapped' $debug/lab/lines
fi
if loaded; then
	test_that 'irqref unloads' rmmod irqref
fi
rmmod offender
rmmod lab
! protected || test_that 'the kernel has no complaint at the end' kernel_is_well
finish
