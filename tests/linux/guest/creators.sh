#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A driver that creates its mapping again whenever it wants the number, ten thousand times, and
# disposes of it once: the count does not move, and that one dispose is enough.
# modes: stock observe protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

parameters=/sys/module/creator/parameters
mapped() {
	grep -q '^7 mapped' $debug/lab/lines
}

load_irqref
insmod lab.ko
insmod creator.ko
test_that 'a first round' eval 'echo 1 >$parameters/rounds'
if loaded; then
	mapping lab 7 | field 5,6 >/tmp/before
	test_that 'one floating reference, no other' is "$(cat /tmp/before)" "$(printf '0\tyes')"
fi
test_that '10000 rounds' eval 'echo 10000 >$parameters/rounds'
if loaded; then
	test_that 'the count stands where it stood' is "$(mapping lab 7 | field 5,6)" \
		"$(cat /tmp/before)"
	test_that 'the creator is the one who floats it' eval \
		'mapping lab 7 | field 7 | grep -q "floating:creator:"'
fi
test_that 'the line is mapped' mapped
echo 1 >$parameters/dispose
test_that 'one dispose is enough' not mapped
! loaded || test_that 'nor is it in the ledger' not mapping lab 7
rmmod creator
rmmod lab
! loaded || rmmod irqref
test_that 'the kernel has no complaint' kernel_is_well
finish
