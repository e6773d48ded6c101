#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --msi of irqref resolve and irqref explain, and what irqref tree shows of it: msi-parent, msi-map,
# iommu-map. Prints TAP. The command is $IRQREF.
set -u
cd "$(dirname "$0")/../.." || exit 2
irqref=${IRQREF:-build/irqref}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
board=$dir/msi.dtb
dtc -q -f -I dts -O dtb -o "$board" tests/cli/data/msi.dts || exit 1
count=0
failed=0

run() { # NAME CODE ARGUMENT...
	name=$1
	want=$2
	shift 2
	timeout 20 "$irqref" "$@" >"$dir/out" 2>&1
	got=$?
	[ "$got" = "$want" ]
	result $? "exit $got"
}

result() { # STATUS TEXT
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count - $name: $2"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name: $2"
		sed 's/^/# /' "$dir/out"
	fi
}

says() { # TEXT...
	for text; do
		tr -s ' \n\t' ' ' <"$dir/out" | grep -qF -e "$text"
		result $? "$text"
	done
}

run 'plain' 0 resolve --plain --msi "$board"
says 'msi-map /soc 0 100 /msi-controller@2000 4000' \
	'msi-map /soc/pcie@4000 0 100 /msi-controller@1000 10000' \
	'msi-map /soc/pcie@4000 1000 200 /msi-controller@1000 20000' \
	'iommu-map /soc/pcie@4000 0 100 /iommu@3000 80' \
	'iommu-map /soc/pcie@4000 200 100 - iommu-map: no node has the phandle of an entry (0xdead)' \
	'msi-map /soc/pcie@5000 0 0 - msi-map: the map'"'"'s length is no whole number of entries' \
	'msi-parent /soc/uart@6000 0 /msi-controller@1000 5' \
	'msi-parent /soc/uart@6000 1 /msi-controller@2000' \
	'msi-parent /soc/broken@7000 1 - msi-parent: no node has the phandle of an entry (0xdead)'
[ "$(wc -l <"$dir/out")" = 11 ]
result $? 'nothing else'
run 'without --msi nothing' 0 resolve --plain --pci "$board"
[ ! -s "$dir/out" ]
result $? 'no line'
run 'table' 0 resolve --msi "$board"
says 'message-signalled interrupts /soc msi-map 0 to ff /msi-controller@2000 4000' \
	'/soc/uart@6000 msi-parent /msi-controller@1000 5 msi-parent /msi-controller@2000'

run 'json' 0 resolve --json "$board"
[ "$(jq -c '.msi | length' "$dir/out")" = 11 ]
result $? 'eleven entries'
[ "$(jq -c '.msi[2] | [.property, .index, .id, .length, .controller, .out]' "$dir/out")" = \
	'["msi-map",1,4096,512,"/msi-controller@1000",131072]' ]
result $? 'a map'
[ "$(jq -c '.msi[] | select(.node == "/soc/uart@6000" and .index == 0) | .cells' "$dir/out")" = '[5]' ]
result $? 'a list'

run 'an id' 0 explain --msi "$board" /soc/pcie@4000 0x1123
says '0x1123 is looked up in msi-map of /soc/pcie@4000' 'msi-map-mask 0xff00 leaves 0x1100' \
	'entry 0, ids 0x0 to 0xff, for /msi-controller@1000 from 0x10000 on, does not have it' \
	'entry 1, ids 0x1000 to 0x11ff, for /msi-controller@1000 from 0x20000 on, has it' \
	'Result: /msi-controller@1000, id 0x20100'
run 'a broken map is passed by' 0 explain --msi "$board" /soc/pcie@5000 3
says '/soc/pcie@5000 has one that is broken' '/soc has one' 'Result: /msi-controller@2000, id 0x4003'
run 'an id that no entry has' 0 explain --msi "$board" /soc/pcie@5000 0x500
says 'no entry has it' 'The id goes on as it is, 0x500, to msi-parent' \
	'Result: /msi-controller@1000 <7>'
run 'no entry and no msi-parent' 1 explain --msi "$board" /soc/pcie@4000 0x5000
says 'no entry has the id, and there is no msi-parent'
run 'no entry, as FreeBSD reads it' 1 explain --msi -D freebsd "$board" /soc/pcie@4000 0x5000
says 'msi-map: the map lacks this id'
run 'msi-parent' 0 explain --msi "$board" /soc/uart@6000
says '/soc/uart@6000, messages, msi-parent 1' 'Result: /msi-controller@1000 <5>' \
	'Result: /msi-controller@2000'
run 'a broken one' 1 explain --msi "$board" /soc/broken@7000
says 'Result: /msi-controller@1000 <5>' 'It does not resolve: /soc/broken@7000: msi-parent: no node'
run 'none' 1 explain --msi "$board" /soc
says '/soc has no msi-parent'
run 'no id' 2 explain --msi "$board" /soc x
says "'x' is no id"
run 'pins and messages' 2 explain --msi --pci "$board" /soc 1 1
says '--pci and --msi exclude each other'
run 'too much' 2 explain --msi "$board" /soc 1 1
says 'FILE NODE [ID] is expected'

run 'tree' 0 tree --ascii "$board"
cat >"$dir/want" <<'END'
/msi-controller@1000  (messages)
|- 5             /soc/uart@6000
|- 5             /soc/broken@7000
|- 7             /soc/pcie@5000
|- 10000 and on  /soc/pcie@4000 (ids 0 to ff)
`- 20000 and on  /soc/pcie@4000 (ids 1000 to 11ff)
/msi-controller@2000  (messages)
|- -            /soc/uart@6000
`- 4000 and on  /soc (ids 0 to ff)
controllers: 0 (0 without a user)  lines: 0  shared: 0  messages: 9, 2 do not resolve
END
cmp -s "$dir/want" "$dir/out"
result $? 'who sends messages where'
long=n123456789012345678901234567890123456789012345678901234567890
sed -e 's/broken@7000 {/& status = "disabled";/' \
	-e "s|broken@7000|$long { msi-parent = <\&its 1>; $long { msi-parent = <\&its 1>; }; }; &|" \
	tests/cli/data/msi.dts | dtc -q -f -I dts -O dtb -o "$dir/other.dtb"
run 'tree of long names' 0 tree --ascii "$dir/other.dtb"
says '/soc/broken@7000 (disabled)' 'messages: 11, 2 do not resolve'
awk 'length($0) > 100 { exit 1 }' "$dir/out"
result $? 'no wider than 100 columns'

run 'graph' 0 tree --dot "$board"
says 'label="/msi-controller@1000"' 'n5"' 'n10000 and on"' 'label="ids 1000 to 11ff"'
if command -v dot >/dev/null; then
	dot -Tplain "$dir/out" >"$dir/plain"
	[ "$(grep -c '^node' "$dir/plain"),$(grep -c '^edge' "$dir/plain")" = 14,14 ]
	result $? 'two controllers, five devices, seven messages, each between the two'
else
	result 1 'dot is missing: package graphviz'
fi
run 'graph of what is disabled' 0 tree --dot "$dir/other.dtb"
says 'label="/soc/broken@7000", style=dashed'

# A list that would be looked at from its beginning for each of its entries, half a million times.
LC_ALL=C awk 'BEGIN { for (i = 0; i < 500000; i++) printf "%c%c%c%c", 0, 0, 0, 1 }' >"$dir/list"
cat >"$dir/long.dts" <<END
/dts-v1/;
/ {
	msi-controller { phandle = <1>; };
	device { msi-parent = /incbin/("$dir/list"); };
	bridge { msi-map = /incbin/("$dir/list"); };
};
END
dtc -q -f -I dts -O dtb -o "$dir/long.dtb" "$dir/long.dts"
[ "$(wc -c <"$dir/long.dtb")" -gt 4000000 ]
result $? 'a board of 4 MB'
for arguments in '--plain --msi' '--msi' '--json'; do
	# shellcheck disable=SC2086 # words
	run "a long list: resolve $arguments" 0 resolve $arguments "$dir/long.dtb"
	grep -q 'the limit on look-ups' "$dir/out"
	result $? 'the limit is told'
done
run 'a long list: tree' 0 tree "$dir/long.dtb"
run 'a long list: tree --dot' 0 tree --dot "$dir/long.dtb"
run 'a long list: tree --html' 0 tree --html "$dir/long.dtb"
run 'a long list: lint' 0 lint "$dir/long.dtb"

echo "1..$count"
[ "$failed" = 0 ]
