#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The README shows the example as it is and what it prints; the example compiles with its own
# Makefile; what the README links to is there. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
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

# The Nth fenced block of the README.
block() {
	awk -v n="$1" '/^```/ { if (inside) exit; if (++fences == 2 * n - 1) { inside = 1; next } }
		inside' README.md
}

# make clears what the runner's own make has set.
build() {
	cp -r examples/embed "$work/embed" &&
		env -u MAKEFLAGS -u MAKELEVEL make -s -C "$work/embed" IRQREF="$PWD" \
			CFLAGS='-O1 -Wall -Wextra -Werror'
}

links() {
	local file bad=0
	for file in $(grep -oE '\]\([^):#]+\)' README.md | tr -d ']()'); do
		[ -e "$file" ] || { echo "$file"; bad=1; }
	done
	return $bad
}

commands() {
	local target bad=0
	while read -r target; do
		make -n "$target" >/dev/null 2>&1 </dev/null || { echo "$target"; bad=1; }
	done < <(sed -nE 's/^    make ([a-z]+) .*/\1/p' README.md)
	return $bad
}

block 1 >"$work/code"
block 2 >"$work/output"
ok 'the code is examples/embed/main.c' cmp "$work/code" examples/embed/main.c
ok 'it has 40 lines, besides the licence and blank ones' \
	test "$(grep -v SPDX "$work/code" | grep -c .)" = 40
ok 'its Makefile builds it' build
"$work/embed/embed" >"$work/printed"
ok 'it succeeds' test $? = 0
ok 'it prints what the README says' diff "$work/output" "$work/printed"
ok 'links lead somewhere' links
ok 'make has the targets' commands
echo "1..$count"
