#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts of guests share. They run with busybox, in a folder with the modules; $mode is
# "stock" (no irqref) or "observe" or "protect". Each test prints a TAP line; check numbers them.
# shellcheck disable=SC2154,SC2034 # mode, kernel and rounds are from outside

debug=/sys/kernel/debug
irqref=$debug/irqref
failures=0

loaded() {
	[ "$mode" != stock ]
}
protected() {
	[ "$mode" = protect ]
}

# test_that WHAT COMMAND...: the command is the test; what it prints is shown if it fails.
test_that() {
	what=$1
	shift
	if output=$("$@" 2>&1); then
		echo "ok - $what"
	else
		echo "not ok - $what"
		printf '%s\n' "$output" "failed: $*" | sed 's/^/# /'
		failures=$((failures + 1))
	fi
}

# is VALUE EXPECTED
is() {
	[ "$1" = "$2" ] || {
		echo "is \"$1\", not \"$2\""
		return 1
	}
}

not() {
	! "$@"
}

# fires LINE: the laboratory's line is raised and somebody hears it.
fires() {
	echo "$1" 2>/dev/null >$debug/lab/fire
}

# Waits up to 5 s until the command succeeds.
soon() {
	tries=50
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# The module, as the mode wants it.
load_irqref() {
	case $mode in
	observe) insmod irqref.ko "$@" ;;
	protect) insmod irqref.ko protect=1 pci=1 "$@" ;;
	esac
}

# mapping DOMAIN HWIRQ: the line of "holders" for a mapping (patterns); fails if there is none.
mapping() {
	awk -F '\t' -v domain="$1" -v hwirq="$2" '
		$2 ~ domain && $3 ~ "^(" hwirq ")$" { print; found = 1 }
		END { exit !found }' $irqref/holders
}

# field N: of a line of tab separated fields.
field() {
	cut -f "$1"
}

# event KIND: the last event of this kind; fails if there is none.
event() {
	awk -F '\t' -v kind="$1" '$3 == kind { last = $0; found = 1 }
		END { print last; exit !found }' $irqref/events
}

# stat NAME: a value of "stats".
stat() {
	awk -v name="$1" '$1 == name { print $2; found = 1 } END { exit !found }' $irqref/stats
}

# No fault of the kernel since the script began. (The firmware of a pseries in QEMU may leave its
# NVRAM empty, which is no fault of anybody's.)
kernel_is_well() {
	if dmesg | grep -E 'WARNING:|BUG:|Oops|Call Trace|Unable to handle|Unexpected interrupt' |
		grep -v 'nvram corruption'; then
		return 1
	fi
}
dmesg -c >/dev/null

# The end of a script.
finish() {
	exit "$((failures > 0))"
}
