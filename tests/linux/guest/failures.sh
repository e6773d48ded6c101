#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What can go wrong goes wrong. A kernel that lets nothing be hooked, or all but one function: the
# module says why and is not there, and nothing else changes. A ledger without memory: what it cannot have is as on a stock
# kernel, a counter says so, and no interrupt is lost.
# modes: protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

count=/sys/bus/platform/devices/victim.0/count
fail=/sys/module/irqref/parameters/fail
switch=/proc/sys/kernel/ftrace_enabled

refused() {
	not load_irqref "$@" && [ ! -e /sys/module/irqref ] && [ ! -e $irqref ]
}
# The victim comes, is heard and goes; the offender comes, disposes of the mapping and goes.
lives() {
	insmod victim.ko && fires 5 && is "$(cat $count)" 1 && rmmod victim &&
		insmod offender.ko && rmmod offender && grep '^5 unmapped' $debug/lab/lines
}

insmod lab.ko
was=$(cat $switch)
echo 0 >$switch
test_that 'without ftrace the module is refused' refused
test_that 'the kernel log says why' eval \
	'dmesg | grep -q "irqref: ftrace is switched off.*nothing is hooked"'
test_that 'nothing is hooked' not grep -q . /sys/kernel/tracing/enabled_functions
test_that 'a driver does not notice' lives
echo $was >$switch
dmesg -c >/dev/null

# The first, one in the middle, the last that is needed; and the very last, which need not be there.
enabled=/sys/kernel/tracing/enabled_functions
refused_for() {
	dmesg -c >/dev/null
	refused "$2=$1" && dmesg | grep -q "irqref: .*$1().*nothing is hooked" && not grep -q . $enabled
}
for function in irq_create_mapping_affinity irq_domain_remove __irq_set_handler; do
	test_that "without $function() the module is refused, with its name, and nothing is hooked" \
		refused_for $function lacks
	test_that 'a driver does not notice' lives
	test_that "nor is anything hooked if ftrace cannot trace $function()" \
		refused_for $function untraced
	test_that 'a driver does not notice' lives

	insmod rival.ko function=$function
	test_that "another module replaces $function(): refused" refused
	test_that 'the kernel log says why' eval \
		'dmesg | grep -q "irqref: .*replaced by another module.*nothing is hooked"'
	test_that 'nothing else is hooked' is "$(cut -d ' ' -f 1 $enabled)" $function
	test_that 'a driver does not notice' lives
	rmmod rival
done
without() {
	load_irqref "$1=pci_assign_irq" && is "$(stat hooks)" $((hooks - 1)) && lives && rmmod irqref &&
		dmesg | grep -q 'irqref: .*pci_assign_irq().*going on without'
}
load_irqref
hooks=$(stat hooks)
rmmod irqref
for parameter in lacks untraced; do
	dmesg -c >/dev/null
	test_that "without pci_assign_irq() ($parameter) the module does without" without $parameter
done
dmesg -c >/dev/null

test_that 'no memory from the start: refused' refused fail=1
test_that 'a driver does not notice that either' lives

load_irqref
echo 1 >$fail
test_that 'with a ledger that has no memory a driver is heard' lives
test_that 'the counter says so' eval '[ "$(stat oom)" -gt 0 ]'
was_out=$(stat oom)
all_lives() {
	n=1
	while [ $n -le 40 ]; do
		echo $n >$fail
		lives || {
			echo "fail=$n"
			return 1
		}
		n=$((n + 1))
	done
}
test_that 'nor does it miss an interrupt when every second allocation fails, or every 40th' all_lives
test_that 'they were counted' eval '[ "$(stat oom)" -gt "$was_out" ]'
test_that 'nothing was in a state that the ledger does not know' is "$(stat unknown)" 0

echo 0 >$fail
insmod victim.ko
test_that 'with memory again the handler is in the ledger' eval \
	'mapping lab 5 | field 7 | grep -q victim'
insmod offender.ko
rmmod offender
test_that 'and is protected' fires 5
rmmod victim
test_that 'its mapping goes with it' not mapping lab 5
test_that 'irqref unloads' rmmod irqref
rmmod lab
test_that 'the kernel has no complaint' kernel_is_well
finish
