#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every command says with --help what it can do; its man page lists exactly those options, and is a
# man page. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
count=0

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
	fi
}

# Options are the words with a dash that --help begins lines with.
of_help() { # COMMAND...
	"$irqref" "$@" --help |
		sed -nE 's/^  (-.*)/\1/p' | sed -E 's/   .*//' |
		grep -oE -e '(^|[ ,])--?[a-zA-Z][-a-zA-Z]*' | tr -d ' ,' | sort -u
}

# In a man page, those in bold that begin a paragraph of the section OPTIONS.
of_page() { # PAGE
	sed -n '/^# OPTIONS/,/^# [^O]/p' "$1" | grep '^\*-' |
		grep -oE -e '\*--?[a-zA-Z][-a-zA-Z]*\*' | tr -d '*' | sort -u
}

same_options() { # PAGE COMMAND...
	local page=$1
	shift
	[ -n "$(of_help "$@")" ] && diff <(of_help "$@") <(of_page "$page")
}

# The general page has --version in the synopsis of --help only.
general() {
	[ "$("$irqref" --help | grep -oE -e '--[a-z]+' | sort -u)" = \
		"$(of_page docs/irqref.1.scd | grep -e --)" ]
}

help_is_fine() { # COMMAND
	local help
	help=$("$irqref" "$1" --help 2>/dev/null) || return 1
	[ "$help" = "$("$irqref" "$1" -h)" ] || return 1
	case $help in "usage: irqref $1"*) ;; *) return 1 ;; esac
	printf '%s\n' "$help" | awk 'length > 100 { print; bad = 1 } END { exit bad }'
}

# A wrong option: exit 2, something on stderr, nothing on stdout.
refuses() { # COMMAND
	local said
	said=$("$irqref" "$1" --no-such-option 2>&1 >/dev/null)
	[ $? = 2 ] && [ -n "$said" ] && [ -z "$("$irqref" "$1" --no-such-option 2>/dev/null)" ]
}

commands=$("$irqref" --help | sed -nE 's/^  ([a-z]+)  +.*/\1/p')
ok 'there are commands' test -n "$commands"
for command in $commands; do
	page=docs/irqref-$command.1.scd
	ok "$command: --help" help_is_fine "$command"
	ok "$command: a wrong option" refuses "$command"
	ok "$command: its man page has the same options" same_options "$page" "$command"
	ok "$command: irqref(1) names it" grep -q "^\*$command\*" docs/irqref.1.scd
done
ok 'irqref: its man page has the same options' general
if command -v scdoc >/dev/null; then
	for page in docs/*.scd; do
		ok "${page#docs/} is a man page" scdoc <"$page"
	done
fi
echo "1..$count"
