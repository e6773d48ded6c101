#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref lint: one board for each code, with what is to be found in its comments; the two forms of
# output; exit codes. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
count=0
failed=0

# ok NAME COMMAND...
ok() {
	local name=$1 output
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		printf '%s\n' "$output" | sed 's/^/# /'
		echo "not ok $count - $name"
		failed=1
	fi
}

# The findings of a board are those that it says it has, and no others.
finds() { # DTS DTB
	diff <(sed -n 's|^/\* want: \(.*\) \*/$|\1|p' "$1" | sort) \
		<("$irqref" lint --json "$2" |
			jq -r '.[].findings[] | [.code, .severity, .node, .property] | join(" ")' |
			sort)
}

exits() { # CODE ARGUMENT...
	local want=$1 got
	shift
	timeout 20 "$irqref" lint "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" = "$want" ] || { echo "exit $got" && cat "$dir/out" "$dir/err" && false; }
}

fits() {
	awk 'length > 100 { print; bad = 1 } END { exit bad }' "$dir/out"
}

says() { # FILE TEXT
	grep -qF -e "$2" "$dir/$1" || { cat "$dir/$1" && false; }
}

silent() { # FILE TEXT
	! grep -F -e "$2" "$dir/$1"
}

for dts in tests/cli/data/lint/*.dts; do
	name=$(basename "$dts" .dts)
	ok "$name: compiles" dtc -q -f -I dts -O dtb -o "$dir/$name.dtb" "$dts"
	ok "$name: is found" finds "$dts" "$dir/$name.dtb"
	code=0
	grep -q 'want: .* error' "$dts" && code=1
	ok "$name: exit $code" exits $code "$dir/$name.dtb"
	ok "$name: at most 100 columns" fits
	if [ "$name" != clean ]; then
		ok "$name: irqref-lint(1) has it" grep -q "^[[|][[ ]*\*$name\*" docs/irqref-lint.1.scd
		ok "$name: what to do is told" says out '-> '
	fi
done

# All codes of the man page have a board.
every_code_has_a_board() {
	diff <(grep -oE '\*IRQ[0-9]{3}\*' docs/irqref-lint.1.scd | tr -d '*' | sort -u) \
		<(basename -s .dts tests/cli/data/lint/IRQ*.dts)
}
ok 'every code has a board' every_code_has_a_board

ok 'clean: nothing is found' exits 0 "$dir/clean.dtb"
ok 'clean: says so' says out '0 errors, 0 warnings, 0 info'
ok 'a line with its users' exits 0 "$dir/IRQ011.dtb"
ok 'a line with its users: both are named' says out 'named by 2 nodes: /dev, /dev2'
ok '--quiet' exits 0 --quiet "$dir/IRQ011.dtb"
ok '--quiet leaves out what is informational' silent out 'is named by'
ok '--quiet --json' exits 0 --quiet --json "$dir/IRQ011.dtb"
ok '--quiet --json leaves it out, too' [ "$(jq '.[0].findings | length' "$dir/out")" = 0 ]
ok 'trigger types' exits 1 "$dir/IRQ010.dtb"
ok 'trigger types are named' says out '/dev2 (edge-rising)'
ok 'two boards' exits 1 "$dir/clean.dtb" "$dir/IRQ001.dtb"
ok 'two boards: the first' says out 'clean.dtb: 0 errors'
ok 'two boards: the second' says out 'IRQ001.dtb: 1 error,'
ok 'two boards as JSON' exits 1 --json "$dir/clean.dtb" "$dir/IRQ001.dtb"
ok 'two boards as JSON: an object each' [ "$(jq length "$dir/out")" = 2 ]
ok 'unreadable: 2, whatever else' exits 2 "$dir/IRQ001.dtb" "$dir/none.dtb"
ok 'unreadable: the others are told' says out 'IRQ001.dtb: 1 error,'
ok 'unreadable: which' says err none.dtb
# More findings than are kept; dtc does not take so many nodes in one.
{
	printf '/dts-v1/;\n/ {\n\ta {\n'
	seq -f ' n%.0f { interrupt-parent = <0xdead>; };' 5000
	printf '\t};\n\tb {\n'
	seq -f ' n%.0f { interrupt-parent = <0xdead>; };' 5007
	printf '\t};\n};\n'
} | dtc -q -f -I dts -O dtb -o "$dir/many.dtb"
ok 'many findings' exits 1 "$dir/many.dtb"
ok 'many findings: some are left out' says out 'and 7 more, which are left out'
ok 'many findings as JSON' exits 1 --json "$dir/many.dtb"
ok 'many findings as JSON: how many' [ "$(jq '.[0].left_out' "$dir/out")" = 7 ]
ok 'no file' exits 2
echo "1..$count"
[ "$failed" = 0 ]
