#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# While irqref takes over what is there, others end it: just before the ledger has the mapping, just after, and
# in between; or they free its handler. Whoever comes first, the ledger has what the kernel has, and
# nobody is accused of anything.
# modes: observe protect
# shellcheck disable=SC2317,SC2034,SC2119,SC2086,SC2154 # functions are called by test_that
# shellcheck source=tests/linux/guest/lib.sh
. ./lib.sh

parameters=/sys/module/between/parameters
state() {
	echo "$(cat $parameters/did) $(cat $parameters/same) stuck $(cat $parameters/stuck)"
}
# known DOMAIN STRONG FLOATING: the ledger's one line with the number is this.
known() {
	mapping 'between-.*' 3 | field 2,5,6 | tr '\t' ' ' >/tmp/known
	is "$(cat /tmp/known)" "between-$1 $2 $3"
}
unknown() {
	not mapping 'between-.*' 3
}
nothing_recorded() {
	cat $irqref/events
	is "$(stat events) $(stat unknown) $(stat oom)" '0 0 0'
}
begin() {
	insmod between.ko "$@"
	load_irqref
	soon grep -q Y $parameters/did
}
# The end of it all: everything goes, in the ledger and in the kernel.
end() {
	echo 1 >$parameters/clean
	test_that '... and it all goes from the kernel' is "$(cat $parameters/mapped)" 0
	test_that '... and from the ledger' unknown
	rmmod irqref
	rmmod between
}
# Whoever stops does so on the one CPU, whoever does not is on the other.
taskset -p 1 $$ >/dev/null

# The rest is the same in both modes.
places='irqref_get adopt_handlers'
! protected || places='irqref_get irqref_mapping_take irqref_ref_virq adopt_handlers'
for at in $places; do
	begin at=$at meanwhile=dispose
	test_that "disposed of when the load is at $at()" is "$(state)" 'Y N stuck 0'
	test_that '... the ledger has no mapping' unknown
	test_that '... and no event' nothing_recorded
	end

	begin at=$at meanwhile=again
	test_that "and mapped again when the load is at $at()" is "$(state)" 'Y Y stuck 0'
	test_that '... the ledger has the mapping' known first 0 yes
	test_that '... and no event' nothing_recorded
	end

	begin at=$at meanwhile=replace
	test_that "replaced when the load is at $at()" is "$(state)" 'Y Y stuck 0'
	test_that '... the ledger has the new mapping' known other 0 yes
	test_that '... and no event' nothing_recorded
	end
done

begin at=irqref_get meanwhile=dispose then=hook_pass
test_that 'a dispose begins before the ledger has the mapping, and ends after that' \
	is "$(state)" 'Y N stuck 0'
test_that '... the ledger has no mapping' unknown
test_that '... and no event' nothing_recorded
end

begin requested=1 at=irqref_get meanwhile=free then=hook_pass
test_that 'a handler is being freed when its mapping is taken over' is "$(state)" 'Y N stuck 0'
test_that '... the ledger does not have it' known first 0 yes
test_that '... and no event' nothing_recorded
end

# A handler that was there before is seen a little later than its mapping.
if protected; then
	for at in irqref_get irqref_ref_virq adopt_handlers; do
		begin requested=1 at=$at meanwhile=dispose
		test_that "a mapping in use is disposed of when the load is at $at()" \
			is "$(state)" 'Y N stuck 0'
		test_that '... its handler keeps it' known first 1 no
		test_that '... and the event says so' eval \
			'event dispose-in-use | field 8 | grep -qx handler:between@between'
		end
	done
fi
test_that 'the kernel has no complaint' kernel_is_well
finish
