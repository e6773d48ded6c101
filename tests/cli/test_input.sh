#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Every form of a devicetree that irqref resolve and irqref tree read: blob, source, directory, the
# machine's own, overlays. Prints TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
data=$PWD/tests/cli/data
dir=$(mktemp -d) || exit 1
trap 'chmod -R u+rwX "$dir"; rm -rf "$dir"' EXIT
cd "$dir" || exit 1

run() { # NAME CODE ARGUMENT...
	local name=$1 code=$2 got
	shift 2
	timeout 20 env PATH="${path:-$PATH}" "$irqref" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$code" ]
	report $? "$name: exit $got, expected $code"
}

says() { # NAME FILE TEXT
	grep -qF -e "$3" "$2"
	report $? "$1"
}

# The same interrupts as the blob has; a directory's nodes are in another order.
same_as_blob() { # NAME
	sort out | diff want - >differs
	report $? "$1"
}

dtc -q -@ -I dts -O dtb -o board.dtb "$data/board.dts" || exit 1
"$irqref" resolve --plain --pci board.dtb | sort >want

# Sources.
run "a source" 0 resolve --plain --pci "$data/board.dts"
same_as_blob "a source is as its blob"
mkdir -p inc/sub
cat >inc/sub/lines.h <<'END'
#define LINE 7
END
cat >inc/more.dtsi <<'END'
/ { more { interrupt-parent = <&pic>; interrupts = <LINE>; }; };
END
cat >inc/cpp.dts <<'END'
/dts-v1/;
#include "sub/lines.h"
/ {
	#address-cells = <1>;
	pic: pic { interrupt-controller; #interrupt-cells = <1>; };
};
/include/ "plain.dtsi"
#include "more.dtsi"
END
echo '/ { plain { interrupt-parent = <&pic>; interrupts = <9>; }; };' >inc/plain.dtsi
run "a source with #include" 0 resolve --plain inc/cpp.dts
says "#include beside the source" out "irq	/more	0	/pic	7"
says "/include/ beside the source" out "irq	/plain	0	/pic	9"
(cd inc && mv cpp.dts ./-cpp.dts && "$irqref" resolve --plain -- -cpp.dts) >out 2>err
report $? "a source whose name begins with a dash"
mkdir -p tree/scripts/dtc/include-prefixes/dt-bindings tree/arch/x/boot/dts/y
echo '#define EIGHT 8' >tree/scripts/dtc/include-prefixes/dt-bindings/n.h
cat >tree/arch/x/boot/dts/y/b.dts <<'END'
/dts-v1/;
#include <dt-bindings/n.h>
/ { p: p { interrupt-controller; #interrupt-cells = <1>; };
	d { interrupt-parent = <&p>; interrupts = <EIGHT>; }; };
END
run "a source in a kernel tree" 0 resolve --plain tree/arch/x/boot/dts/y/b.dts
says "its bindings are found" out "irq	/d	0	/p	8"
echo '/dts-v1/; / { broken' >bad.dts
run "a broken source" 2 resolve bad.dts
says "dtc's refusal is passed on" err "irqref: bad.dts: dtc cannot compile it"
printf '/dts-v1/;\n#include "nowhere.h"\n/ { };\n' >bad.dts
run "a source that includes what is not there" 2 resolve bad.dts
says "cpp's refusal is passed on" err "irqref: bad.dts: cpp cannot compile it"
run "a missing source" 2 resolve missing.dts
says "a missing source is named" err "irqref: missing.dts: No such file"
path=/nowhere run "a source without dtc" 2 resolve "$data/board.dts"
says "dtc is asked for" err "needs dtc, which cannot be run"

# A directory, made from the blob with fdtget: each property a file.
unpack() { # BLOB NODE DIRECTORY
	local prop node
	mkdir -p "$3"
	fdtget -p "$1" "$2" | while read -r prop; do
		fdtget -t bx "$1" "$2" "$prop" 2>/dev/null | tr ' ' '\n' | sed '/^$/d; s/^/0x/' |
			while read -r byte; do printf '%b' "\\x$(printf %02x "$byte")"; done \
				>"$3/$prop"
	done
	fdtget -l "$1" "$2" | while read -r node; do
		unpack "$1" "${2%/}/$node" "$3/$node"
	done
}
mkdir -p root/proc root/sys/firmware
unpack board.dtb / root/proc/device-tree
run "a directory" 0 resolve --plain --pci root/proc/device-tree
same_as_blob "a directory is as its blob"
run "a directory's tree" 0 tree --ascii root/proc/device-tree
says "the tree of a directory" out "shared by 2"
mkdir other
echo text >other/file
run "another directory" 2 resolve other
says "another directory is refused" err "irqref: other: is a directory, and not one of a devicetree"
cp -r root/proc/device-tree deep
(cd deep && for _ in $(seq 70); do mkdir n && cd n || exit; done)
run "a deep directory" 2 resolve deep
says "a deep directory is refused" err "directories are nested deeper than 64"
cp -r root/proc/device-tree links
ln -s .. links/loop
ln -s /dev/zero links/zero
mkfifo links/pipe
run "a directory with links and a pipe" 0 resolve --plain --pci links
same_as_blob "links and pipes are no part of it"
cp -r root/proc/device-tree big
dd if=/dev/zero of=big/blob bs=1M count=3 2>err
run "a directory with a large property" 0 resolve --plain --pci big
same_as_blob "its interrupts are the same"

# The machine itself.
IRQREF_ROOT=$dir/root run "the machine, /proc/device-tree" 0 resolve --plain --pci
same_as_blob "/proc/device-tree is as its blob"
cp board.dtb root/sys/firmware/fdt
mv root/proc/device-tree/holes root/proc/device-tree/changed
IRQREF_ROOT=$dir/root run "the machine, /sys/firmware/fdt" 0 resolve --plain --pci
same_as_blob "/sys/firmware/fdt goes first"
for command in resolve tree; do
	IRQREF_ROOT=$dir/other run "$command on a machine without" 2 $command
	says "$command says that this machine has none" err "irqref: this machine has no devicetree"
done

# Overlays.
cat >add.dtso <<'END'
/dts-v1/;
/plugin/;
&gpio { added { interrupt-parent = <&gpio>; interrupts = <11 2>; }; };
END
cat >more.dts <<'END'
/dts-v1/;
/plugin/;
&{/serial@3000} { interrupts = <0 99 4>; };
END
dtc -q -@ -I dts -O dtb -o add.dtbo add.dtso || exit 1
run "a board and an overlay" 0 resolve --plain board.dtb add.dtbo
says "what the overlay adds" out "irq	/gpio@2000/added	0	/gpio@2000	b 2"
run "a board and two overlays" 0 resolve --plain "$data/board.dts" add.dtso more.dts
says "what the first adds" out "irq	/gpio@2000/added	0	/gpio@2000	b 2"
says "what the second changes" out "irq	/serial@3000	0	/interrupt-controller@1000	0 63 4"
run "a tree with an overlay" 0 tree --ascii board.dtb add.dtbo
says "the overlay is in the tree" out "/gpio@2000/added"
dtc -q -I dts -O dtb -o plain.dtb "$data/board.dts"
run "an overlay for a board without labels" 2 resolve plain.dtb add.dtbo
says "the labels are asked for" err "irqref: add.dtbo: this overlay cannot be applied: the board lacks"
run "a board in the place of an overlay" 2 resolve board.dtb board.dtb
says "it would change nothing" err "irqref: board.dtb: this is no overlay: it has no fragment"
run "a missing overlay" 2 resolve board.dtb none.dtbo
says "a missing overlay is named" err "irqref: none.dtbo: No such file"
head -c 90 add.dtbo >short.dtbo
: >empty.dtb
run "an empty file" 2 resolve empty.dtb
says "an empty file is named" err "irqref: empty.dtb: not a devicetree blob: it is empty"
echo '/dts-v1/; / { };' >source.txt
run "a source of another name" 2 resolve source.txt
says "a source of another name is known" err "a source's name must end in .dts"
run "an overlay cut short" 2 resolve board.dtb short.dtbo
says "an overlay cut short is named" err "irqref: short.dtbo: not a devicetree blob: it is cut short"
cat >base.awk <<'END'
BEGIN { print "/dts-v1/; /plugin/; &gpio {"
	for (i = 0; i < 3000; i++) printf "n%d { interrupts = <%d 1>; };\n", i, i
	print "};" }
END
awk -f base.awk >large.dtso
run "a large overlay" 0 resolve --plain board.dtb large.dtso
says "all of it is there" out "irq	/gpio@2000/n2999	0	/gpio@2000	bb7 1"

echo "1..$count"
[ "$failed" -eq 0 ]
