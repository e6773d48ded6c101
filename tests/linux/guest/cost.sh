#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Measures in each state of the module, and prints "cost STATE ROW HUNDREDTHS". For ../bench: it has no
# modes, so check leaves it out.
set -e

measure() {
	insmod cost.ko
	for row in deliver request_free create_again create_dispose; do
		echo "cost $1 $row $(cat /sys/module/cost/parameters/$row)"
	done
	rmmod cost
}

insmod lab.ko
measure stock
insmod irqref.ko
measure observe
echo 1 >/sys/module/irqref/parameters/protect
measure protect
rmmod irqref
measure unloaded
rmmod lab
