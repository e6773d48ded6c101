#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref holders: the table, JSON, --watch, the devicetree beside it, and what it says where the
# ledger cannot be had. The data were recorded in a guest. Prints TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
data=$PWD/tests/cli/data
dir=$(mktemp -d) || exit 1
watcher=
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null; chmod -R u+rwX "$dir"; rm -rf "$dir"' EXIT
cd "$dir" || exit 1

run() { # NAME CODE ARGUMENT...
	local name=$1 code=$2 got
	shift 2
	timeout 20 "$irqref" holders "$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$code" ]
	report $? "$name: exit $got, expected $code"
}

says() { # NAME FILE TEXT
	grep -qF -e "$3" "$2"
	report $? "$1"
}

matches() { # NAME FILE PATTERN
	grep -qE -e "$3" "$2"
	report $? "$1"
}

json() { # NAME FILTER
	jq -e "$2" out >/dev/null 2>err
	report $? "$1"
}

# A machine with the recorded ledger, and one more with a devicetree.
machine=$dir/machine
ledger=$machine/sys/kernel/debug/irqref
mkdir -p "$machine/sys/kernel/debug" "$machine/sys/firmware"
export IRQREF_ROOT=$machine

run "no debugfs" 2
says "it says how to mount it" err "mount -t debugfs none /sys/kernel/debug"
mkdir "$machine/sys/kernel/debug/sched"
run "no module" 2
says "it says how to load it" err "modprobe irqref"
cp -r "$data/ledger" "$ledger"
chmod 0 "$ledger/holders"
if [ "$(id -u)" = 0 ]; then
	# Nothing is forbidden to root; nobody is somebody else.
	chmod 755 "$dir"
	cp "$irqref" "$dir/irqref" && chmod 755 "$dir/irqref"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$dir/irqref" holders >out 2>err
	[ $? = 2 ]
	report $? "no permission: exit 2"
else
	run "no permission" 2
fi
says "it says so" err "no permission"
chmod 644 "$ledger/holders"

# The table.
run "the table" 0
matches "the columns are named" out '^  virq  domain +hwirq  state  refs +kind +held by$'
matches "a shared line is marked" out '^\*  *17  :intc@8000000-1 +36  live '
[ "$(grep -c '^\*' out)" = 2 ]
report $? "others are not"
matches "each holder has a line" out '^ +handler +0000:00:05\.0@edu$'
says "the mark is explained" out "* shared;"
[ "$(grep -cE '^ +[0-9]+\.[0-9]{6}  ' out)" = "$(grep -cv '^#' "$ledger/events")" ]
report $? "every event"
matches "the offender" out 'dispose-in-use of virq [0-9]+ \(lab 5\) by offender:offender_dispose'
matches "who was left" out 'left: handler victim\.0@victim$'
! grep -qE ' $' out
report $? "no blanks at the end of a line"

# Columns: each field of a column begins or ends at the same place.
awk 'NR == 1 { at = index($0, "held by") } /^(\*| ) *[0-9]+  [:a-zA-Z]/ && $7 != "" {
	if (substr($0, at - 1, 1) != " " || substr($0, at, 1) == " ") bad = 1
} END { exit bad }' out
report $? "the columns are straight"

# JSON.
run "JSON" 0 --json
json "mappings and events" '(.mappings | length > 5) and (.events | length > 0)'
json "numbers are numbers" '.mappings[0] | (.virq | type == "number") and (.hwirq | type == "number")'
json "a shared one" '.mappings[] | select(.virq == 17) | .shared and (.holders | length >= 2)'
json "names with colons" '.mappings[] | select(.virq == 17) | .holders[] |
	select(.kind == "handler" and .name == "0000:00:01.0@edu")'
json "an event" '.events[] | select(.kind == "dispose-in-use") | .left[0].name == "victim.0@victim"'

# With a devicetree.
dtc -q -I dts -O dtb -o "$machine/sys/firmware/fdt" "$data/ledger.dts" || exit 1
run "a machine with a devicetree" 0
matches "the node of a shared peripheral interrupt" out '^ +node +/pl011@9000000$'
matches "the node of a private one" out '^ +node +/timer$'
run "the same as JSON" 0 --json
json "nodes" '[.mappings[] | select(.nodes == ["/pl031@9010000"]) | .hwirq] == [34]'
json "no node is guessed" '[.mappings[] | select(.domain | startswith("lab")) | .nodes[]] == []'

# Other directories, and files that are no ledger.
run "--dir" 0 --dir "$data/ledger"
run "--dir without anything" 2 --dir "$dir/nowhere"
says "the kernel's reason" err "nowhere: No such file or directory"
for bad in '1	a' 'x	lab	1	live	0	no	-' '1	lab	1	live	0	perhaps	-' \
	'1	lab	1	live	0	no	-	-' '99999999999	lab	1	live	0	no	-'; do
	mkdir -p bad
	printf '# virq\n%s\n' "$bad" >bad/holders
	printf '# seq\n' >bad/events
	run "no ledger: $bad" 2 --dir bad
	says "which line" err "bad/holders:2: "
done
printf '# virq domain hwirq state strong floating holders\n' >bad/holders
run "an empty ledger" 0 --dir bad
[ "$(wc -l <out)" = 1 ]
report $? "has a heading and no more"
printf '1\t0.000001\tleaked\n' >>bad/events
run "no event" 2 --dir bad
says "which line of the events" err "bad/events:2: "
run "too many arguments" 2 something

# --watch, not at a terminal: what there is, then the changes.
wait_for() { # NAME PATTERN
	for _ in $(seq 100); do
		grep -qE -e "$2" out && break
		sleep 0.1
	done
	matches "$1" out "$2"
}
rm -rf live
cp -r "$data/ledger" live
"$irqref" holders --watch --dir live >out 2>err </dev/null &
watcher=$!
wait_for "--watch begins with what there is" '^\+ virq 17 \(:intc@8000000-1 36\) live'
wait_for "events, too" '^! .*dispose-in-use'
{
	grep -v '^17	' live/holders
	printf '90\tnew_one\t7\tlive\t1\tyes\thandler:x@y,floating:z:init\n'
} >next
lines=$(wc -l <out)
mv next live/holders
wait_for "a new mapping" '^\+ virq 90 \(new_one 7\) live, refs 1\+f: handler x@y, floating z:init$'
wait_for "one that is gone" '^- virq 17 \(:intc@8000000-1 36\)'
[ "$(wc -l <out)" = $((lines + 2)) ]
report $? "and nothing else"
sed 's/^90	\(.*\)	1	yes	.*/90	\1	0	yes	floating:z:init/' live/holders >next
mv next live/holders
wait_for "one that changed" '^= virq 90 \(new_one 7\) live, refs 0\+f: floating z:init$'
printf '9999\t77.000001\tleaked\t90\tnew_one\t7\tz:exit\t-\n' >>live/events
wait_for "a new event" '^! +77\.000001  leaked of virq 90 \(new_one 7\) by z:exit; left: nobody$'
kill -INT "$watcher"
wait "$watcher"
report $? "interrupted: exit 0"
watcher=

echo "1..$count"
[ "$failed" = 0 ]
