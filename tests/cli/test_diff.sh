#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref diff: what changed, what is new, what is gone, what is no difference. Prints TAP. The
# command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0
failed=0

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

# run NAME CODE ARGUMENT...
run() {
	local code=$2 got
	name=$1
	shift 2
	timeout 20 "$irqref" diff "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	result "$([ "$got" = "$code" ] && echo 1)" "$name: exit $got, and it is to be $code"
	result "$(awk 'length > 100 { exit 1 }' "$dir/out" && echo 1)" "$name: at most 100 columns"
}

# The whole output is standard input.
prints() {
	cat >"$dir/want"
	result "$(cmp -s "$dir/want" "$dir/out" && echo 1)" "$name: what is printed"
}

says() { # TEXT
	result "$(grep -qF -e "$1" "$dir/out" "$dir/err" && echo 1)" "$name: $1"
}

board=tests/cli/data/board.dts
dtc -q -I dts -O dtb -o "$dir/a.dtb" "$board" || exit 1
# Another line, a device less, a device more, one disabled, a pin wired elsewhere.
sed -e 's/interrupts = <3 1>/interrupts = <3 2>/' \
	-e 's/^\tlost {/\tfound {/' \
	-e '/^\tserial@3100 {/,/^\t};/s/interrupts = <0 8 4>;/&\n\t\tstatus = "disabled";/' \
	-e 's/<0 0 0 2 &gic 0 41 4>/<0 0 0 2 \&gic 0 99 4>/' "$board" >"$dir/b.dts"
dtc -q -I dts -O dtb -o "$dir/b.dtb" "$dir/b.dts" || exit 1
# The same with other phandles, and the other property for the same line.
sed -e 's/^\tinterrupt-parent = <&gic>;/&\n\tfirst { phandle = <1>; };/' \
	-e '/^\tserial@3000 {/,/^\t};/s/interrupts = <0 8 4>/interrupts-extended = <\&gic 0 8 4>/' \
	"$board" >"$dir/c.dts"
dtc -q -I dts -O dtb -o "$dir/c.dtb" "$dir/c.dts" || exit 1

run 'the same board' 0 --pci "$dir/a.dtb" "$dir/a.dtb"
says '0 changed, 0 gone, 0 new; '
run 'other phandles' 0 --pci "$dir/a.dtb" "$dir/c.dtb"
says '0 changed, 0 gone, 0 new; '

run 'changes' 1 "$dir/a.dtb" "$dir/b.dtb"
prints <<'END_OF_OUTPUT'
/found
  + 0: does not resolve: interrupt-parent: no node has this phandle
/gpio@2000/key
  - 0: /gpio@2000 3 1 (line 3, edge-rising)
  + 0: /gpio@2000 3 2 (line 3, edge-falling)
/lost
  - 0: does not resolve: interrupt-parent: no node has this phandle
/serial@3100
  - 0: /interrupt-controller@1000 0 8 4
  + 0: /interrupt-controller@1000 0 8 4, disabled
2 changed, 1 gone, 1 new; 9 as before
END_OF_OUTPUT

run 'changes with --pci' 1 --pci "$dir/a.dtb" "$dir/b.dtb"
says '- slot 28 INTB: /interrupt-controller@1000 0 29 4'
says '+ slot 28 INTB: /interrupt-controller@1000 0 63 4'
says '10 changed, 1 gone, 1 new;'

run 'one file' 2 "$dir/a.dtb"
says 'two devicetree blobs are expected'
run 'the first is missing' 2 "$dir/none.dtb" "$dir/a.dtb"
says none.dtb
run 'the second is missing' 2 "$dir/a.dtb" "$dir/none.dtb"
says none.dtb

echo "1..$count"
[ "$failed" = 0 ]
