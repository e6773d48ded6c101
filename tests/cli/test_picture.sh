#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# irqref tree --dot, --svg and --html from outside; tests/browser looks at the page itself. Prints
# TAP. The command is $IRQREF.
set -u

# shellcheck source=tests/cli/lib.sh
. tests/cli/lib.sh || exit 1
data=$PWD/tests/cli/data
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

show_failed() {
	head -n 40 out | sed 's/^/# out: /'
	sed 's/^/# err: /' err
}

run() { # NAME CODE ARGUMENT...
	local name=$1 code=$2 got
	shift 2
	timeout 20 "$irqref" "$@" >out 2>err </dev/null
	got=$?
	[ "$got" = "$code" ]
	report $? "$name: exit $got, expected $code"
}

says() { # NAME FILE TEXT
	grep -qF -e "$3" "$2"
	report $? "$1"
}

for name in board cycles; do
	dtc -q -I dts -O dtb -o $name.dtb "$data/$name.dts" || exit 1
	run "$name: --dot" 0 tree --dot $name.dtb
	dot -Tplain <out >plain 2>err
	report $? "$name: graphviz reads it"
	[ ! -s err ]
	report $? "$name: graphviz complains of nothing"
	run "$name: --svg" 0 tree --svg $name.dtb
	says "$name: --svg is a picture" out "</svg>"
	run "$name: --html" 0 tree --html $name.dtb
	says "$name: --html is a page" out "</html>"
done
run "--dot" 0 tree --dot board.dtb
says "a controller is a box" out 'fillcolor=lightblue, label="/gpio@2000"'
says "a shared line is marked" out '0 8 4\nshared by 2", style=filled, fillcolor=orange'
says "what is disabled is dashed" out 'label="/serial@3200", style=dashed'
says "a bridge's lines say so" out '[label=INTx]'
dot -Tplain <out >plain
# 8 lines, each with its controller, and 10 devices at them; two controllers, one of them a device.
[ "$(grep -c ^edge plain)" = 18 ] && [ "$(grep -c '^node' plain)" = 18 ]
report $? "every line has its ends, every device its box: $(grep -c ^edge plain), $(grep -c '^node' plain)"

# Without graphviz.
mkdir empty
(PATH=$dir/empty "$irqref" tree --svg board.dtb) >out 2>err
code=$?
[ $code = 2 ]
report $? "--svg without graphviz: exit $code, expected 2"
says "graphviz is asked for" err "irqref: tree: --svg needs graphviz"
[ ! -s out ]
report $? "and nothing is printed"

# Text of the board never ends the element that it is in, and a strange name is no graphviz code.
cat >strange.dts <<'END'
/dts-v1/; / { model = "</script><b>"; interrupt-parent = <&ic>;
	ic: ic { interrupt-controller; #interrupt-cells = <1>; }; };
END
run "markup in a name" 0 tree --html strange.dts
[ "$(grep -c '</script>' out)" = 2 ]
report $? "markup in a name is escaped"
says "it is there all the same" out '\u003c/script>\u003cb>'
! grep -qE 'https?://|src=' out
report $? "the page refers to nothing outside"
grep -qE '@BOARD@' out
[ $? = 1 ]
report $? "the board is in the page"

echo "1..$count"
[ "$failed" -eq 0 ]
