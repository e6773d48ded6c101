#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# irqref resolve and irqref tree from outside: what they print, exit codes, strange files.
# Prints TAP. The command is $IRQREF.
set -u

irqref=${IRQREF:-build/irqref}
case $irqref in
/*) ;;
*) irqref=$PWD/$irqref ;;
esac
data=$PWD/tests/cli/data
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

count=0
failed=0
tab=$(printf '\t')

report() { # ok|not-ok NAME
	count=$((count + 1))
	if [ "$1" = ok ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	sed 's/^/# out: /' out
	sed 's/^/# err: /' err
}

run() { # NAME CODE ARGUMENT...
	name=$1
	code=$2
	shift 2
	timeout 20 "$irqref" "$@" >out 2>err
	got=$?
	if [ "$got" = "$code" ]; then
		report ok "$name: exit $code"
	else
		report not-ok "$name: exit $got, not $code"
	fi
}

says() { # NAME FILE TEXT
	if grep -qF -e "$3" "$2"; then report ok "$1"; else report not-ok "$1: no '$3' in $2"; fi
}

is_empty() { # NAME FILE
	if [ -s "$2" ]; then report not-ok "$1: $2 is not empty"; else report ok "$1"; fi
}

same() { # NAME FILE FILE
	if cmp -s "$2" "$3"; then
		report ok "$1"
	else
		report not-ok "$1"
		diff "$2" "$3" | sed 's/^/# /'
	fi
}

narrow() { # NAME FILE
	if awk 'length($0) > 100 { exit 1 }' "$2"; then
		report ok "$1"
	else
		report not-ok "$1: a line of more than 100 columns"
	fi
}

for name in board cycles; do
	dtc -q -I dts -O dtb -o $name.dtb "$data/$name.dts" || exit 1
done

# resolve
run "resolve --plain" 0 resolve --plain board.dtb
is_empty "resolve --plain complains of nothing" err
tr '|' '\t' >want <<END
irq|/gpio@2000|0|/interrupt-controller@1000|0 7 4
irq|/gpio@2000/key|0|/gpio@2000|3 1
irq|/serial@3000|0|/interrupt-controller@1000|0 8 4
irq|/serial@3100|0|/interrupt-controller@1000|0 8 4
irq|/serial@3200|0|/interrupt-controller@1000|0 8 4
irq|/holes|0|-
irq|/holes|1|/gpio@2000|5 8
irq|/holes|2|-
irq|/lost|0|-
irq|/nexus/dev|0|/interrupt-controller@1000|0 20 4
irq|/pcie@4000/nic@1,0|0|/interrupt-controller@1000|0 29 4
END
sed "s/$tab-$tab.*/$tab-/" out >got
same "resolve --plain prints each interrupt" want got
says "an empty entry has its reason" out \
	"/holes${tab}0${tab}-${tab}interrupts-extended: this entry is empty"
says "a dangling phandle is named" out \
	"/lost${tab}0${tab}-${tab}interrupt-parent: no node has this phandle (0xdead)"

run "resolve --plain --pci" 0 resolve --plain --pci board.dtb
grep '^pci' out >pci
lines=$(wc -l <pci)
if [ "$lines" -eq 128 ]; then
	report ok "128 lines for a bridge"
else
	report not-ok "$lines lines for a bridge, not 128"
fi
says "slot 0 pin 1" pci "pci${tab}/pcie@4000${tab}0${tab}1${tab}/interrupt-controller@1000${tab}0 28 4"
says "slot 9 pin 2, through two maps" pci \
	"pci${tab}/pcie@4000${tab}9${tab}2${tab}/interrupt-controller@1000${tab}0 1e 4"
says "a slot that is not wired" pci \
	"pci${tab}/pcie@4000${tab}2${tab}1${tab}-${tab}interrupt-map: no entry of it matches"
tail -n 129 out | head -n 1 >last
says "the bridges come last" last "irq${tab}/pcie@4000/nic@1,0"

run "resolve" 0 resolve --pci board.dtb
narrow "the table is no wider than 100 columns" out
says "the table has a heading" out "controller"
says "the table counts" out "11 interrupts, 3 of them do not resolve"
says "slots that are alike stand together" out "slot 0 4 8 12 16 20 24 28"

"$irqref" resolve --plain - <board.dtb >got 2>&1
"$irqref" resolve --plain board.dtb >want
same "resolve reads standard input" want got

run "resolve of cycles" 0 resolve --plain --pci cycles.dtb
says "nexus nodes that form a cycle" out "interrupt-map: nexus nodes form a cycle"
says "interrupt parents that form a cycle" out "interrupt-parent: interrupt parents form a cycle"

# tree
run "tree" 0 tree --ascii board.dtb
narrow "the tree is no wider than 100 columns" out
says "a shared line is marked" out "0 8 4   shared by 2"
says "what is disabled says so" out "/serial@3200 (disabled)"
says "a controller stands under its line" out "|  |- 3 1  /gpio@2000/key"
says "lines of a bridge" out "/pcie@4000 (INTx of its PCI slots)"
says "the tree counts" out "shared: 1  nodes that do not resolve: 2"
run "tree of cycles" 0 tree --ascii cycles.dtb
says "controllers in a cycle are drawn" out "/controller-c"
says "a controller that interrupts itself" out "/controller-e (itself)"

# Wrong command lines and files, the same for both.
printf 'no blob at all, but long enough to hold a whole header of one, it seems' >text
head -c 100 board.dtb >short
: >empty
head -c 20 board.dtb >header
mkdir folder
for command in resolve tree; do
	run "$command --help" 0 $command --help
	says "$command --help explains" out "usage: irqref $command"
	run "$command --unknown" 2 $command --unknown board.dtb
	run "$command of a missing file" 2 $command missing.dtb
	says "$command names the missing file" err "irqref: missing.dtb: No such file"
	is_empty "$command of a missing file prints nothing" out
	run "$command of a folder" 2 $command folder
	says "$command says that it is a folder" err "irqref: folder: is a directory, and not one"
	for file in text short empty header; do
		run "$command of $file" 2 $command $file
		says "$command of $file says why" err "irqref: $file: not a devicetree blob"
	done
done
printf '\377\377\377\377' | dd of=board.dtb bs=1 seek=60 conv=notrunc 2>/dev/null
run "resolve of a broken structure" 2 resolve board.dtb
says "a broken structure is named" err "irqref: board.dtb: not a well-formed devicetree"

echo "1..$count"
[ "$failed" -eq 0 ]
