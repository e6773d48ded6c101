#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Faults on purpose, one of each kind that a kernel which checks itself has to report; the memory comes
# last, as it ends the watch over locks. check looks for the reports.
# modes: planted
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

for fault in sleep rcu order memory; do
	test_that "$fault" eval 'insmod faulty.ko fault=$fault && rmmod faulty'
done
finish
