#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each kind of event is provoked once: it is in the file, with who did it and who was left, and its
# tracepoint tells the same. Where a driver is just being given a device, or leaves it, the device is
# named, too.
# modes: observe protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

does=/sys/module/culprit/parameters/does
tracing=/sys/kernel/tracing

# recorded KIND LEFT: the latest of its kind is the culprit's, as file and tracepoint have it. Patterns.
recorded() {
	line=$(event "$1") || return 1
	echo "$line"
	echo "$line" | field 7 | grep -q '^culprit:' && echo "$line" | field 8 | grep -qx "$2" &&
		grep "irqref_$(echo "$1" | tr - _): virq=[0-9]* domain=.* by=culprit:[^ ]* left=$2\$" $tracing/trace
}
deed() {
	echo "$1" >$does
}
count_of() {
	awk -F '\t' -v kind="$1" '$3 == kind { n++ } END { print n + 0 }' $irqref/events
}

load_irqref
insmod culprit.ko
echo 1 >$tracing/events/irqref/enable

test_that 'a line is mapped and requested' deed use
test_that 'nothing of that is an event' is "$(stat events)" 0
test_that 'a dispose' deed dispose
test_that 'dispose-in-use' recorded dispose-in-use 'handler:used@culprit'
if protected; then
	deed free
	test_that 'the handler frees what it holds: no event' is "$(count_of stale-free)" 0
else
	test_that 'the handler of what is gone is freed' deed free
	test_that 'stale-free' recorded stale-free -
fi
test_that 'two disposes' deed double
test_that 'double-dispose' recorded double-dispose -
test_that 'a number is freed that is mapped' deed leak
test_that 'leaked' recorded leaked 'floating:culprit:.*'
test_that 'one line, two trigger types: refused' deed types
test_that 'type-conflict' recorded type-conflict 'floating:culprit:.*'
# Where there are messages: a GIC with an ITS, x86.
case $kernel in
amd64-* | arm64-*)
	test_that 'a message interrupt goes under its handler' deed msi
	dmesg -c >/dev/null # of the handler that was left behind
	test_that 'revoked' recorded revoked '.*handler:message@culprit'
	test_that 'with the PCI device that is just probed' eval \
		'event revoked | field 7 | grep -q "^culprit:.*+0000:00:[01][1-5].0\$"'
	;;
esac
test_that 'each of these is one event' is "$(count_of dispose-in-use) $(count_of double-dispose) \
$(count_of leaked) $(count_of type-conflict)" '1 1 1 1'

insmod lab.ko
insmod victim.ko
insmod offender.ko
echo offender.0 >/sys/bus/platform/drivers/offender/unbind
test_that 'a driver that leaves its device is named with it' eval \
	'event dispose-in-use | field 7 | grep -qx "offender:offender_dispose+offender.0"'
test_that 'and one that was given it' eval 'mapping lab 5 >/dev/null; event dispose-in-use |
	field 8 | grep -q "handler:victim.0@victim"'
rmmod victim

if protected; then
	# Its file and its buffer go with the module, so that somebody has to read along.
	cat $tracing/trace_pipe >/tmp/pipe &
	deed use
	deed dispose
	test_that 'irqref unloads under a mapping that lives by it' rmmod irqref
	test_that 'settled' soon grep -q \
		'irqref_settled: .* domain=culprit.* hwirq=0 by=culprit:.* left=handler:used@culprit$' /tmp/pipe
	test_that 'the kernel log says by whom and for whom it stays' eval \
		'dmesg | grep -q "irqref: virq .* (culprit.*, hwirq 0) stays mapped: culprit:.* by handler:used@culprit"'
	kill $!
	deed free
	deed dispose
	test_that 'the kernel has no complaint' kernel_is_well
	load_irqref
fi

test_that 'a controller goes with a mapped line' deed remove
echo 1 >$tracing/events/irqref/enable
if protected; then
	test_that 'domain-removed-live' eval 'event domain-removed-live | field 7 | grep -q "^culprit:"'
else
	test_that 'domain-removed-live' recorded domain-removed-live 'floating:culprit:.*'
fi
rmmod culprit
rmmod offender
rmmod lab
rmmod irqref
finish
