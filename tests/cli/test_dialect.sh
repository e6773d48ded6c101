#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --dialect: each command resolves as another reader does. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
dtc -q -f -I dts -O dtb -o "$dir/board.dtb" tests/cli/data/board.dts || exit 1
count=0
failed=0

run() { # NAME CODE ARGUMENT...
	name=$1
	want=$2
	shift 2
	timeout 20 "$irqref" "$@" >"$dir/out" 2>&1
	got=$?
	count=$((count + 1))
	if [ "$got" = "$want" ]; then
		echo "ok $count - $name: exit $want"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name: exit $got, not $want"
		sed 's/^/# /' "$dir/out"
	fi
}

says() { # TEXT...
	for text; do
		count=$((count + 1))
		if tr -s ' \n\t' ' ' <"$dir/out" | grep -qF -e "$text"; then
			echo "ok $count - $name: $text"
		else
			failed=$((failed + 1))
			echo "not ok $count - $name: $text"
			sed 's/^/# /' "$dir/out"
		fi
	done
}

run 'no dialect' 2 resolve --dialect solaris "$dir/board.dtb"
says "'solaris' is no dialect; there are linux, dtspec, freebsd and edtlib"
for command in explain tree lint diff; do
	run "$command, no dialect" 2 "$command" -D '' "$dir/board.dtb" "$dir/board.dtb"
	says "'' is no dialect"
done

run 'the default' 0 resolve --plain --pci "$dir/board.dtb"
cp "$dir/out" "$dir/default"
run 'linux' 0 resolve --plain --pci --dialect linux "$dir/board.dtb"
count=$((count + 1))
if cmp -s "$dir/default" "$dir/out"; then
	echo "ok $count - linux is the default"
else
	failed=$((failed + 1))
	echo "not ok $count - linux is the default"
fi
says 'irq /nexus/dev 0 /interrupt-controller@1000 0 20 4' \
	'irq /holes 1 /gpio@2000 5 8' \
	'pci /pcie@4000 1 2 /interrupt-controller@1000 0 1e 4'

run 'dtspec' 0 resolve --plain --pci --dialect dtspec "$dir/board.dtb"
says 'irq /nexus/dev 0 - /disabled-controller: #address-cells: a parent in an interrupt-map lacks it' \
	'irq /holes 1 /gpio@2000 5 8' \
	'pci /pcie@4000 1 2 /interrupt-controller@1000 0 1e 4'

run 'freebsd' 0 resolve --plain --pci --dialect freebsd "$dir/board.dtb"
says 'irq /nexus/dev 0 - interrupts: it has no entry of this index' \
	'irq /gpio@2000/key 0 - interrupts: it has no entry of this index' \
	'irq /holes 0 - interrupts-extended: it has an empty entry' \
	'pci /pcie@4000 1 2 /nexus 1'

run 'edtlib' 0 resolve --plain --pci --dialect edtlib "$dir/board.dtb"
says 'irq /gpio@2000/key 0 /gpio@2000 3 1' \
	'irq /holes 0 - interrupts-extended: it has an empty entry'

run 'json' 0 resolve --json -D edtlib "$dir/board.dtb"
says '"dialect": "edtlib"'

run 'explain, dtspec' 1 explain --dialect dtspec "$dir/board.dtb" /nexus/dev
says 'has #interrupt-cells = <1> and an interrupt-map: it is the interrupt parent' \
	'leaves <2>, which an entry must have as it is'
run 'explain, freebsd' 0 explain --dialect freebsd --pci "$dir/board.dtb" /pcie@4000 1 B
says '/nexus is the end, whatever it is: it gets <1>'
run 'explain, freebsd, who is the parent' 1 explain --dialect freebsd "$dir/board.dtb" /gpio@2000/key
says '/gpio@2000/key has no interrupt-parent: on to the nearest around it that has one, /'

run 'tree' 0 tree --ascii --dialect edtlib "$dir/board.dtb"
says 'nodes that do not resolve: 3'
run 'lint' 1 lint --dialect dtspec "$dir/board.dtb"
says '/disabled-controller: #address-cells: a parent in an interrupt-map lacks it'
run 'diff' 0 diff --pci --dialect freebsd "$dir/board.dtb" "$dir/board.dtb"

echo "1..$count"
[ "$failed" = 0 ]
