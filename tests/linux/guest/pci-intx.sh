#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Two PCI devices share one INTx. Removing one leaves the other its interrupts; with the last one
# the mapping goes (a stock kernel does that only where the architecture sees to it), and a rescan
# brings it back. A stock arm64 or riscv64 keeps the mapping for ever.
# modes: stock protect
# machines: xics
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

bus=/sys/bus/pci/devices
rounds=${rounds:-200}

edu_devices() {
	grep -l 0x11e8 $bus/*/device | while read -r file; do
		basename "${file%/device}"
	done
}

# serves DEVICE: an interrupt that it raises comes to its handler.
serves() {
	read -r before <$bus/"$1"/irq_count && echo 1 >$bus/"$1"/irq_raise && soon counted "$1" "$before"
}
counted() {
	read -r counted <$bus/"$1"/irq_count && [ "$counted" -gt "$2" ]
}

# What there is of mappings, whatever their numbers: hwirq and chip. No other processes: there are
# many rounds.
mappings() {
	for irq in /sys/kernel/irq/*; do
		read -r hwirq <"$irq/hwirq" && read -r chip <"$irq/chip_name" && echo "$hwirq $chip"
	done 2>/dev/null
}
# Of the devices' line.
line() {
	case $(mappings) in
	*"$intx"*) ;;
	*) return 1 ;;
	esac
}

remove() {
	echo 1 >$bus/"$1"/remove
}
rescan() {
	echo 1 >/sys/bus/pci/rescan
	soon [ -e $bus/"$first"/irq_count ] && soon [ -e $bus/"$second"/irq_count ]
}

load_irqref
insmod edu.ko
first=$(edu_devices | sed -n 1p)
second=$(edu_devices | sed -n 2p)
virq=$(cat $bus/"$first"/irq)
intx="$(cat /sys/kernel/irq/"$virq"/hwirq) $(cat /sys/kernel/irq/"$virq"/chip_name)"
mappings | sort >/tmp/start
test_that 'there are two devices' [ -n "$second" ]
test_that 'they share one interrupt' is "$(cat $bus/"$second"/irq)" "$virq"
test_that 'the first is served' serves "$first"
test_that 'the second is served' serves "$second"
if protected; then
	test_that 'each holds the mapping' eval \
		'grep "pci:$first" $irqref/holders | grep -q "pci:$second"'
fi

remove "$first"
test_that 'without the first, the second is served' serves "$second"
if protected; then
	test_that 'the first does not hold it any more' not grep -q "pci:$first" $irqref/holders
fi
remove "$second"
case $mode,$kernel in
stock,arm64-* | stock,riscv64-*)
	test_that 'nobody disposes of the mapping that nobody uses' line
	;;
*)
	test_that 'without both, the mapping is gone' soon not line
	;;
esac
test_that 'a rescan finds both' rescan
test_that 'the first is served again' serves "$first"
test_that 'the second is served again' serves "$second"

round() {
	remove "$first" && serves "$second" && remove "$second" && soon not line && rescan &&
		serves "$first"
}
all_rounds() {
	n=0
	while [ $n -lt "$rounds" ]; do
		n=$((n + 1))
		round || {
			echo "round $n"
			return 1
		}
	done
}
if protected; then
	test_that "$rounds rounds of that" all_rounds
	mappings | sort >/tmp/end
	test_that 'the kernel has the mappings that it had at the start' cmp /tmp/start /tmp/end
	test_that 'the ledger says nothing of a leak' not event leaked
	rmmod irqref
	test_that 'without irqref the first is served' serves "$first"
	test_that 'and the second' serves "$second"
fi
rmmod edu
test_that 'the kernel has no complaint' kernel_is_well
finish
