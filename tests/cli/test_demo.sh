#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref demo: both stories on both boards, what they must say, how they look, and that a broken
# promise is noticed. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=$(realpath "${IRQREF:-build/irqref}")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/tmp"
export TMPDIR=$work/tmp
unset NO_COLOR COLUMNS
escape=$(printf '\033')
count=0

# ok NAME COMMAND...
ok() {
	local name=$1 output
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		printf '%s\n' "$output" | tail -n 20 | sed 's/^/# /'
		echo "not ok $count - $name"
	fi
}

skip() { # NAME WHY
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# exits CODE NAME ARGUMENT...: runs the demo, output to NAME.out and NAME.err
exits() {
	local want=$1 name=$2 code
	shift 2
	"$irqref" demo "$@" >"$work/$name.out" 2>"$work/$name.err"
	code=$?
	cat "$work/$name.err"
	[ $code = "$want" ]
}

silent() { [ ! -s "$work/$1" ]; }
has() { grep -qE -e "$2" "$work/$1.out"; }
has_not() { ! grep -E -e "$2" "$work/$1.out"; }
times() { [ "$(grep -cE -e "$3" "$work/$1.out")" = "$2" ]; }
narrow() { awk 'length > 100 { print; bad = 1 } END { exit bad }' "$work/$1.out"; }
tidy() { ! grep -nE '[[:space:]]$' "$work/$1.out"; }

# The holders in the row "before" or "after" of a step: row NAME STEP WHEN
row() {
	awk -v step="   $2" -v when="$3" '
		$0 == step { inside = 1 }
		inside && $1 == when { print; exit }' "$work/$1.out" |
		sed -E 's/^ +(before|after) +//; s/  +/ /g'
}
row_is() { [ "$(row "$1" "$2" "$3")" = "$4" ] || { row "$1" "$2" "$3" && false; }; }

# What must hold on whichever board.
story() { # NAME
	ok "$1: nothing on stderr" silent "$1.err"
	ok "$1: 100 columns" narrow "$1"
	ok "$1: no blanks at the end of a line" tidy "$1"
	ok "$1: no escape codes where there is no terminal" has_not "$1" "$escape"
	ok "$1: no promise broken" has_not "$1" 'BROKEN|FAILED'
	ok "$1: says that all are kept" has "$1" '^[0-9]+ checks of what is promised: all kept\.$'
	ok "$1: 12 of 12 served at first" has "$1" ': 12 of 12 are served$'
	ok "$1: ten unplugs, each with a row before and one after" times "$1" 10 '^   Unplug '
	ok "$1: rows before" times "$1" 11 '^   before '
	ok "$1: rows after" times "$1" 11 '^   after '
	ok "$1: four sharers" row_is "$1" 'Unplug ethernet@1' before \
		'0x1201 virq 5 4 ethernet@1 usb-xhci@5 scsi@9 pci@2/usb-xhci@3'
	ok "$1: one leaves, three stay" row_is "$1" 'Unplug ethernet@1' after \
		'0x1201 virq 5 3 .......... usb-xhci@5 scsi@9 pci@2/usb-xhci@3'
	ok "$1: one is left" row_is "$1" 'Unplug pci@2/usb-xhci@3' before \
		'0x1201 virq 5 1 .......... .......... ...... pci@2/usb-xhci@3'
	ok "$1: the mapping goes with the last" row_is "$1" 'Unplug pci@2/usb-xhci@3' after \
		'0x1201 unmapped 0 .......... .......... ...... ................'
	ok "$1: its number rests" has "$1" 'gone with its last user: chip masked, number 5 rests'
	ok "$1: the controller is kept" has "$1" 'refused: BUSY; it names the 8 holders'
	ok "$1: the old number is refused" has "$1" 'a new number; the old one \(5\).*refused: STALE'
	ok "$1: the ledger is empty" has "$1" 'the ledger is empty; .* all memory is back'
	ok "$1: Linux's rules: seven are deaf" times "$1" 7 '^   [A-Za-z].* served +DEAF +served'
	ok "$1: the same in words" times "$1" 1 "^   Linux's rules .* 7 of 7 go deaf$"
	ok "$1: otherwise none" times "$1" 2 ' 0 of 7 go deaf$'
	ok "$1: all orders" has "$1" '40320 orders: .* none goes deaf$'
	ok "$1: no file is left" test -z "$(ls -A "$TMPDIR")"
}

ok 'builtin: every promise is kept' exits 0 builtin --board builtin
story builtin

no_qemu() { PATH=$work/empty exits "$@"; }
if command -v qemu-system-ppc64 >/dev/null; then
	ok 'qemu: every promise is kept' exits 0 qemu --board qemu
	story qemu
	ok 'qemu is what there is by default' exits 0 auto
	ok 'auto says so' has auto 'just made by qemu-system-ppc64$'
	sed 's/devicetree: .*//' "$work/qemu.out" >"$work/qemu.same"
	sed 's/devicetree: .*//' "$work/builtin.out" >"$work/builtin.same"
	ok 'both boards tell the same story' diff "$work/builtin.same" "$work/qemu.same"
else
	skip 'qemu' 'qemu-system-ppc64 is not installed'
fi
ok 'without QEMU, the builtin board' no_qemu 0 without
ok 'without QEMU it says why' has without 'built into irqref, as qemu-system-ppc64 is not installed$'
ok 'without QEMU, --board qemu fails' no_qemu 2 asked --board qemu

# A QEMU that fails, and one that writes something else.
mkdir "$work/bad" "$work/odd"
printf '#!/bin/sh\nexit 1\n' >"$work/bad/qemu-system-ppc64"
# shellcheck disable=SC2016 # for the script to expand
printf '#!/bin/sh\necho nonsense >"${2#*dumpdtb=}"\n' >"$work/odd/qemu-system-ppc64"
chmod +x "$work"/*/qemu-system-ppc64
bad_qemu() { PATH=$work/bad exits "$@"; }
odd_qemu() { PATH=$work/odd:$PATH exits "$@"; }
ok 'a QEMU that fails: the builtin board' bad_qemu 0 bad
ok 'it says why' has bad 'built into irqref, as qemu-system-ppc64 failed$'
ok 'a QEMU that writes nonsense: the builtin board' odd_qemu 0 odd
ok 'it says why, too' has odd 'built into irqref, as qemu-system-ppc64 wrote no devicetree$'
ok 'and with --board qemu it fails' odd_qemu 2 odd2 --board qemu

# That the checks can fail: by Linux's rules the first story breaks promises.
ok "Linux's rules: exit 1" exits 1 linux --board builtin --rules linux
ok "Linux's rules: neighbours are not served" has linux 'BROKEN  8 of 11 devices are served'
ok "Linux's rules: held and not mapped" has linux 'BROKEN  0x1201: 3 devices use it, and it is not'
ok "Linux's rules: says how many" has linux '^[0-9]+ of [0-9]+ checks of .* found it broken\.$'
ok "Linux's rules: 100 columns" narrow linux

# Colours.
terminal() { # NAME ENVIRONMENT...
	local name=$1
	shift
	script -qec "env -u NO_COLOR TERM=xterm $* '$irqref' demo --board builtin" /dev/null \
		</dev/null | tr -d '\r' >"$work/$name.out"
}
plain() { sed -E "s/$escape\[[0-9;]*m//g" "$work/$1.out" | diff "$work/builtin.out" -; }
ok '--colour always' exits 0 colour --board builtin --colour always
ok '--colour always: escape codes' has colour "$escape\\[1;31mDEAF$escape\\[0m"
ok '--colour always: the text is the same' plain colour
terminal tty
ok 'a terminal: escape codes' has tty "$escape\\[32mserved$escape\\[0m"
ok 'a terminal: the text is the same' plain tty
terminal no-color NO_COLOR=1
ok 'NO_COLOR: none' has_not no-color "$escape"
terminal dumb TERM=dumb
ok 'a dumb terminal: none' has_not dumb "$escape"
ok '--colour never' exits 0 never --board builtin --colour never
ok '--colour never: none' has_not never "$escape"

ok '--ledger' exits 0 ledger --board builtin --ledger
ok '--ledger: after every step' times ledger 13 '^virq	domain	hwirq	'
ok '--ledger: a holder' has ledger \
	'^5	/interrupt-controller	4609	low	live	3	scsi@9	consumer	0	handler	'

# Wrong usage, and an output that cannot be written.
ok 'a board that is not there' exits 2 usage1 --board s390
ok 'rules that are not there' exits 2 usage2 --rules none
ok 'a wrong time for colours' exits 2 usage3 --colour red
ok 'a word too many' exits 2 usage4 p1010
ok 'a value is missing' exits 2 usage5 --board
for i in 1 2 3 4 5; do
	ok "wrong usage $i: a message, and nothing else" \
		test -s "$work/usage$i.err" -a ! -s "$work/usage$i.out"
done
full() {
	"$irqref" demo --board builtin >/dev/full 2>"$work/full.err"
	[ $? = 2 ]
}
ok 'a full disk is noticed' full
ok 'and said' grep -q 'cannot be written' "$work/full.err"

if command -v python3 >/dev/null; then
	scripts/demo-svg "$irqref" >"$work/demo.svg"
	ok 'docs/demo.svg is what it prints (else: scripts/demo-svg build/irqref >docs/demo.svg)' \
		cmp "$work/demo.svg" docs/demo.svg
else
	skip 'docs/demo.svg' 'python3 is not installed'
fi
echo "1..$count"
