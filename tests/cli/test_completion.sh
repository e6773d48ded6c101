#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The bash completion offers every command and every option that --help names, values, files and
# nodes. Prints TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
data=$PWD/tests/cli/data
export LC_ALL=C
# shellcheck source=completions/irqref.bash
. completions/irqref.bash || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

show_failed() {
	echo "# offered: ${COMPREPLY[*]}"
}

# What the completion offers for the last word of a command line, sorted.
offers() { # WORD...
	COMP_WORDS=("$irqref" "$@")
	COMP_CWORD=$#
	_irqref
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | paste -sd ' '
}

is() { # NAME EXPECTED WORD...
	local name=$1 expected=$2 got
	shift 2
	got=$(offers "$@")
	[ "$got" = "$expected" ]
	report $? "$name: $got"
}

words() {
	printf '%s\n' "$@" | sort -u | paste -sd ' '
}

# From the synopsis and the text, not from the list that the completion reads.
commands=$("$irqref" --help | awk 'NF > 1 && /^  [a-z]/ { print $1 }')
# shellcheck disable=SC2086 # words
is "commands" "$(words $commands --help --version)" ''
for command in $commands; do
	# shellcheck disable=SC2046 # words
	is "$command: options" "$(words $("$irqref" "$command" --help | grep -E '^  -' |
		sed 's/  *[a-z(].*//' | tr -s ' ,' '\n' | grep -e '^-.'))" "$command" -
	# Every option with a value has values to offer, and --help speaks of each.
	"$irqref" "$command" --help | grep -oE -e '^  -., --[a-z-]+ [A-Z]+' | tr -d , >valued
	while read -r short long _; do
		for option in "$short" "$long"; do
			values=$(offers "$command" "$option" '')
			ok=0
			for value in ${values:-none-at-all}; do
				"$irqref" "$command" --help | grep -qw -- "$value" || ok=1
			done
			report $ok "$command $option: $values"
		done
	done <valued
done
is "a command begun" "resolve" reso
is "an option begun" "--help --html" tree --h
COMPREPLY=()

mkdir boards
touch b.dtb b.txt o.dtbo s.irq b.dts
is "files of a board" "b.dtb b.dts boards/ o.dtbo" resolve ''
is "and more of them" "b.dtb" tree --dot b.dts b.dtb
is "scenarios" "boards/ s.irq" replay ''
is "nodes of a board" "/gpio@2000 /gpio@2000/key" explain "$data/board.dts" /gpio
is "nodes, after an option" "/nexus/dev" explain --all "$data/board.dts" /n
is "nothing more" "" explain "$data/board.dts" /nexus/dev ''
[ "$(bash -c '. "$0" && complete -p irqref' "$OLDPWD/completions/irqref.bash")" = \
	"complete -F _irqref irqref" ]
report $? "it is registered"

echo "1..$count"
[ "$failed" -eq 0 ]
