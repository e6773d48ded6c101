#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref resolve --json: the same as --plain --pci, with numbers, trigger types and steps; read with
# jq. Prints TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
top=$PWD
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

show_failed() {
	sed 's/^/# /' out
}

# What --json says as the lines of --plain --pci; reasons are not compared.
as_plain() { # JSON
	jq -r 'def hex: if . < 16 then "0123456789abcdef"[.:.+1]
			else (. / 16 | floor | hex) + (. % 16 | hex) end;
		def where: if .controller then .controller, (.cells | map(hex) | join(" "))
			else "-" end;
		(.interrupts[] | ["irq", .node, (.index | tostring), where]),
		(.pci[] | ["pci", .bridge, (.slot | tostring), (.pin | tostring), where])
		| join("\t")' "$1"
}

same() { # NAME BOARD
	"$irqref" resolve --json "$2" >json &&
		"$irqref" resolve --plain --pci "$2" | sed 's/\t-\t.*/\t-/' >want &&
		as_plain json >got && diff want got >out 2>&1
	report $? "$1: --json says the same as --plain --pci"
}

is() { # NAME FILTER EXPECTED
	jq -c "$2" json >out 2>&1
	[ "$(cat out)" = "$3" ]
	report $? "$1"
}

for board in tests/cli/data/board tests/cli/data/cycles tools/boards/pseries tools/boards/p1010; do
	same "$board" "$top/$board.dts"
done

"$irqref" resolve --json "$top/tests/cli/data/board.dts" >json
is "a reason has its place" '.interrupts[] | select(.node == "/lost") | .error' \
	'{"node":"/lost","property":"interrupt-parent","reason":"no node has this phandle","value":57005}'
is "the steps of a device behind a nexus" \
	'.interrupts[] | select(.node == "/nexus/dev") | .steps | map(.step)' \
	'["inherit","found","specifier","map","disabled","match","controller"]'
is "where the map matched" \
	'.interrupts[] | select(.node == "/nexus/dev") | .steps[] | select(.step == "match")' \
	'{"step":"match","node":"/nexus","target":"/interrupt-controller@1000","property":"interrupt-map","entry":10,"cells":[0,32,4]}'
is "two maps on the way" \
	'.pci[] | select(.slot == 9 and .pin == 2) | [.steps[] | select(.step == "match") | .node]' \
	'["/pcie@4000","/nexus"]'
is "what is disabled" '[.interrupts[] | select(.disabled) | .node]' '["/serial@3200"]'
is "controllers" '[.controllers[] | select(.disabled) | .node]' '["/disabled-controller"]'

# Bindings: compatible, #interrupt-cells, specifier, more properties | binding, number, trigger
n=0
# shellcheck disable=SC2028 # the \n is for dtc
echo '/dts-v1/; / { #address-cells = <0>; #size-cells = <0>; compatible = "t"; model = "M \"<\n";' >b.dts
: >want
while IFS='|' read -r compatible cells specifier more binding number trigger; do
	cat >>b.dts <<END
	c$n: c$n { compatible = "$compatible"; #interrupt-cells = <$cells>; interrupt-controller; $more };
	d$n { interrupt-parent = <&c$n>; interrupts = <$specifier>; };
END
	echo "[\"/d$n\",\"$binding\",$number,$trigger]" >>want
	n=$((n + 1))
done <<'END'
arm,gic-400|3|0 7 4||gic|39|"level-high"
arm,gic-v3|3|1 9 0xf08||gic-v3|25|"level-low"
arm,gic-v3|4|0 9 1 0||gic-v3|41|"edge-rising"
sifive,plic-1.0.0|1|12||plic|12|null
thead,c900-plic|2|12 4||plic|12|"level-high"
open-pic|2|16 1||mpic|16|"level-low"
fsl,mpic|4|42 2 0 0||mpic|42|"level-high"
fsl,mpic|4|1 0 3 0||mpic|null|"edge-rising"
open-pic|2|16 0||mpic|16|"edge-rising"
ibm,ppc-xicp|2|4608 1||xics|4608|"level-low"
ibm,ppc-xicp|2|4608 0||xics|4608|"edge-rising"
v,gpio|2|5 3|gpio-controller;|gpio|5|"edge-both"
v,pinctrl|3|1 5 2|gpio-controller;|gpio-bank|null|"edge-falling"
mti,gic|3|0 23 4||mips-gic|23|"level-high"
atmel,sama5d2-aic|3|24 4 7||at91-aic|24|"level-high"
chrp,iic|2|5 3||i8259|5|"edge-rising"
brcm,bcm2836-armctrl-ic|2|2 25||bcm2835|89|null
qcom,spmi-pmic-arb|4|0 8 1 3||spmi|null|"edge-both"
riscv,aplic|2|12 8||aplic|12|"level-low"
fsl,ipic|2|9 8||ipic|9|"level-low"
ibm,uic|2|9 4||uic|9|"level-high"
fsl,cpm2-pic|2|9 2||cpm2|9|"edge-falling"
fsl,mpc5200-pic|3|2 4 0||mpc5200|null|"level-high"
fsl,mpc5200-pic|3|1 4 3||mpc5200|null|"level-low"
chrp,iic|2|5 0||i8259|5|"level-low"
loongson,liointc-2.0|2|5 4||liointc|5|"level-high"
loongson,pch-pic-1.0|2|5 1||pch-pic|5|"edge-rising"
loongson,ls2k2000-eiointc|1|5||eiointc|5|null
apple,aic|3|0 5 4||aic|null|"level-high"
ibm,power-ivpe|2|5 1||xive|5|"level-low"
arm,armv7m-nvic|2|5 3||nvic|5|null
v,own|2|5 0||two-cell|5|"none"
v,own|2|5 7||two-cell|5|"invalid"
v,own|1|5||one-cell|5|null
v,own|3|5 6 4||unknown|null|null
v,gpc|3|0 50 4|interrupt-parent = <&c0>;|gic|82|"level-high"
END
echo '};' >>b.dts
"$irqref" resolve --json b.dts >json
jq -c '.interrupts[] | [.node, .binding, .number, .trigger]' json | diff want - >out
report $? "$n bindings: name, number, trigger type"
is "text in quotes" '.model' '"M \"<\n"'

# A name that is no UTF-8 still gives JSON.
printf '/dts-v1/; / { model = "b\\xe4d"; };' >u.dts
"$irqref" resolve --json u.dts >json
is "text that is no UTF-8" '.model' '"b?d"'

echo "1..$count"
[ "$failed" -eq 0 ]
