#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref explain: each kind of step, each kind of failure. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0
failed=0

# run NAME CODE ARGUMENT...: runs irqref explain; its output is in $dir/out and $dir/err.
run() {
	name=$1
	local code=$2
	shift 2
	timeout 20 "$irqref" explain "$@" >"$dir/out" 2>"$dir/err"
	local got=$?
	result "$([ "$got" = "$code" ] && echo 1)" "$name: exit $got, and it is to be $code"
	result "$(awk 'length > 100 { exit 1 }' "$dir/out" && echo 1)" "$name: at most 100 columns"
}

result() { # 1-OR-EMPTY NAME
	count=$((count + 1))
	if [ "$1" ]; then
		echo "ok $count - $2"
		return
	fi
	failed=1
	echo "not ok $count - $2"
	sed 's/^/# /' "$dir/out" "$dir/err"
}

says() { # TEXT...
	local text
	for text; do
		result "$(grep -qF -e "$text" "$dir/out" "$dir/err" && echo 1)" "$name: $text"
	done
}


for board in board cycles; do
	dtc -q -@ -I dts -O dtb -o "$dir/$board.dtb" "tests/cli/data/$board.dts" || exit 1
done

run 'inherited parent' 0 "$dir/board.dtb" /serial@3000
says '/serial@3000 has no interrupt-parent: on to the node it is in, /' \
	'interrupt-parent of / names /interrupt-controller@1000' \
	'/interrupt-controller@1000 has #interrupt-cells = <3>: it is the interrupt parent' \
	'interrupts of /serial@3000, cell 0: <0 8 4> for /interrupt-controller@1000' \
	'Result: /interrupt-controller@1000 <0 8 4>'

dtc -q -I dts -O dtb -o "$dir/gic.dtb" tests/cli/data/lint/clean.dts || exit 1
run 'a known binding' 0 "$dir/gic.dtb" /dev 1
says 'Result: /gic <0 2 4>, which is line 34, level-high'

run 'a map' 0 "$dir/board.dtb" /pcie@4000/nic@1,0 0
says 'unit address <0x800 0 0> (from reg of the device), specifier <1>' \
	'interrupt-map-mask <0x1800 0 0 7> leaves <0x800 0 0 1>' \
	'2 entries do not match' \
	'entry 2 (cell 16) <0x800 0 0 1> for /interrupt-controller@1000 matches' \
	'the specifier becomes <0 0x29 4>'

run 'two maps' 0 --all --pci "$dir/board.dtb" /pcie@4000 9 B
says 'A device in slot 9, function 0, pulls INTB: specifier <2>, unit address <0x4800 0 0>' \
	'entry 0 (cell 0) <0 0 0 1> for /interrupt-controller@1000 does not match' \
	'entry 3 (cell 24) <0x800 0 0 2> for /nexus matches' \
	'/nexus has an interrupt-map' 'looked up: specifier <1>' \
	'Result: /interrupt-controller@1000 <0 0x1e 4>'

run 'a disabled parent' 0 "$dir/board.dtb" /nexus/dev
says 'entry 1 (cell 5) <2> for /disabled-controller matches, but that node is disabled'

run 'no match' 1 --pci "$dir/board.dtb" /pcie@4000 2 1
says '4 entries do not match' \
	'nearest: entry 0 (cell 0) <0 0 0 1>, which has 0 where 0x1000 is looked for (address cell 0)' \
	'It does not resolve: /pcie@4000: interrupt-map: no entry of it matches'

sed 's/0x800 0 0 2 &outer 1/0x800 0 0 2 \&gic 0/' tests/cli/data/board.dts >"$dir/cut.dts"
dtc -q -f -I dts -O dtb -o "$dir/cut.dtb" "$dir/cut.dts" || exit 1
run 'a map that is cut short' 1 --pci "$dir/cut.dtb" /pcie@4000 1 B
says '3 entries do not match' 'nearest: entry 1 (cell 8) <0 0 0 2>' \
	'entry 3 (cell 24), of which 6 cells are there, is the one that is wrong' \
	'It does not resolve: /pcie@4000: interrupt-map: its last entry is cut short'

run 'a phandle that is nowhere' 1 "$dir/board.dtb" /lost
says 'It does not resolve: /lost: interrupt-parent: no node has this phandle (0xdead)' \
	'/interrupt-controller@1000  phandle 0x'

run 'all of a node' 1 "$dir/board.dtb" /holes
says '/holes, interrupt 0' 'this entry is empty' '/holes, interrupt 3' \
	'interrupts-extended of /holes, cell 1: a phandle, then <5 8> for /gpio@2000'
run 'an index that it has not' 1 "$dir/board.dtb" /serial@3000 3
says 'it has no entry of this index' 'it has 1, counted from 0'
dtc -q -f -I dts -O dtb -o "$dir/short.dtb" tests/cli/data/lint/IRQ005.dts || exit 1
run 'too few cells' 1 "$dir/short.dtb" /short
says 'interrupts has 2 cells, and one interrupt takes 3 there'
run 'a node without' 1 "$dir/board.dtb" /
says 'has neither interrupts nor interrupts-extended'
run 'a label' 0 "$dir/board.dtb" gpio
says '/gpio@2000, interrupt 0'

run 'nexus nodes in a circle' 1 "$dir/cycles.dtb" /a/dev
says 'this is /a again' 'nexus nodes form a cycle'
run 'interrupt parents in a circle' 1 "$dir/cycles.dtb" /p
says 'this is /p again' 'interrupt parents form a cycle'
result "$([ "$(wc -l <"$dir/out")" -lt 10 ] && echo 1)" 'a circle is told once'

run 'no such node' 2 "$dir/board.dtb" nic
says "there is no node 'nic'" 'there is /pcie@4000/nic@1,0'
run 'an empty name' 2 "$dir/board.dtb" ''
run 'no file' 2 "$dir/none.dtb" /
run 'no node' 2 "$dir/board.dtb"
says 'FILE NODE [INDEX] is expected'
run 'a wrong index' 2 "$dir/board.dtb" / x
says "'x' is no index"
run 'a slot too many' 2 --pci "$dir/board.dtb" /pcie@4000 32 1
says "'32' is no slot"
run 'no pin' 2 --pci "$dir/board.dtb" /pcie@4000 1 E
says "'E' is no pin"

echo "1..$count"
[ "$failed" = 0 ]
