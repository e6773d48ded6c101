#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What every command does where its output cannot be written, a standard stream is closed, or an option
# is none. Prints TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
data=$PWD/tests/cli/data
scenario=$PWD/tests/scenarios/r01-one-mapping-per-hwirq.irq
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
: >out

dtc -q -I dts -O dtb -o board.dtb "$data/board.dts" || exit 1
cp board.dtb same.dtb
cp "$scenario" scenario.irq
commands=(
	'demo --board builtin'
	'diff board.dtb msi.dtb'
	'explain board.dtb /gpio@2000'
	"holders --dir $data/ledger"
	"holders --json --dir $data/ledger"
	"holders --watch --dir $data/ledger"
	'lint board.dtb'
	'lint --json board.dtb'
	'replay --ledger scenario.irq'
	'resolve board.dtb'
	'resolve --plain board.dtb'
	'resolve --json board.dtb'
	'tree board.dtb'
	'tree --dot board.dtb'
	'tree --html board.dtb'
	'resolve --help'
	'--help'
	'--version'
)
dtc -q -f -I dts -O dtb -o msi.dtb "$data/msi.dts" || exit 1

for command in "${commands[@]}"; do
	# shellcheck disable=SC2086 # the arguments are words
	timeout 20 "$irqref" $command >/dev/full 2>err
	[ $? = 2 ]
	report $? "a full disk: $command"
	[ "$(grep -c 'the output cannot be written' err)" = 1 ]
	report $? "a full disk is said once: $command"

	# shellcheck disable=SC2086
	timeout 20 "$irqref" $command >&- 2>err
	[ $? = 2 ] && grep -q 'the output cannot be written' err
	report $? "no standard output: $command"
done

# The file that is opened first does not become the standard stream that is missing.
cp board.dtb before.dtb
timeout 20 "$irqref" resolve board.dtb <&- >&- 2>&-
[ $? = 2 ] && cmp -s board.dtb before.dtb
report $? 'no standard stream at all'
timeout 20 "$irqref" resolve --plain board.dtb >out 2>err <&-
report $? 'no standard input, where none is read'
timeout 20 "$irqref" resolve - <&- >out 2>err
[ $? = 2 ] && grep -q 'irqref: ' err
report $? 'no standard input, where it is read'

# A reader that leaves is no error to talk about.
for command in 'resolve --json board.dtb' 'tree --html board.dtb' 'tree --svg board.dtb'; do
	# shellcheck disable=SC2086
	timeout 20 "$irqref" $command 2>err | :
	[ ! -s err ]
	report $? "nobody reads: $command"
done
if command -v dot >/dev/null; then
	timeout 20 "$irqref" tree --svg board.dtb 2>err >/dev/full
	[ $? = 2 ]
	report $? 'a full disk: tree --svg'
else
	echo "not ok $((++count)) - dot is missing: package graphviz"
	failed=$((failed + 1))
fi

# Options that there are not: which command, what is wrong, where help is.
for command in demo diff explain holders lint replay resolve tree; do
	timeout 20 "$irqref" $command --frobnicate >out 2>err
	[ $? = 2 ] && [ ! -s out ] && grep -q "^irqref $command: .*frobnicate" err &&
		grep -qF "Try 'irqref $command --help'." err
	report $? "$command: an option that there is not"
	timeout 20 "$irqref" $command -7 >out 2>err
	[ $? = 2 ] && [ ! -s out ] && grep -q "^irqref $command: " err &&
		grep -qF "Try 'irqref $command --help'." err
	report $? "$command: a letter that there is not"
done
timeout 20 "$irqref" resolve -D >out 2>err
[ $? = 2 ] && grep -q '^irqref resolve: .*argument' err
report $? 'an option without its argument'

echo "1..$count"
[ "$failed" = 0 ]
