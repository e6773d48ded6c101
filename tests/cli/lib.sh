# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# For tests of the command that print TAP. To be read at the top of the project; sets $irqref to the command's
# whole path, so that a test may go elsewhere.

irqref=${IRQREF:-build/irqref}
case $irqref in
/*) ;;
*) irqref=$PWD/$irqref ;;
esac
count=0
failed=0

report() { # STATUS NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	show_failed
}

# What there is to see of a test that failed. A script may have its own.
show_failed() {
	sed 's/^/# out: /' out
	sed 's/^/# err: /' err
}
