#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# irqref replay from outside: exit codes, messages with lines and columns, options, strange files.
# Prints TAP. The command is $IRQREF.
set -u

irqref=${IRQREF:-build/irqref}
case $irqref in
/*) ;;
*) irqref=$PWD/$irqref ;;
esac
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

count=0
failed=0

report() { # ok|not-ok NAME
	count=$((count + 1))
	if [ "$1" = ok ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	sed 's/^/# out: /' out
	sed 's/^/# err: /' err
}

# run NAME CODE ARGUMENT...: runs the command and checks its exit code
run() {
	name=$1
	code=$2
	shift 2
	"$irqref" "$@" >out 2>err
	got=$?
	if [ "$got" = "$code" ]; then
		report ok "$name: exit $code"
	else
		report not-ok "$name: exit $got, not $code"
	fi
}

says() { # NAME FILE TEXT
	if grep -qF -e "$3" "$2"; then report ok "$1"; else report not-ok "$1: no '$3' in $2"; fi
}

says_not() { # NAME FILE TEXT
	if grep -qF -e "$3" "$2"; then report not-ok "$1: '$3' in $2"; else report ok "$1"; fi
}

is_empty() { # NAME FILE
	if [ -s "$2" ]; then report not-ok "$1: $2 is not empty"; else report ok "$1"; fi
}

lines() { # NAME FILE COUNT
	n=$(wc -l <"$2")
	if [ "$n" -eq "$3" ]; then report ok "$1"; else report not-ok "$1: $n lines, not $3"; fi
}

# bad NAME COLUMN-PREFIX TEXT: the file "bad.irq" holds TEXT (printf) and must not parse
bad() {
	# shellcheck disable=SC2059 # the text is a format on purpose
	printf "$3" >bad.irq
	run "$1" 2 replay bad.irq
	says "$1: place and reason" err "bad.irq:$2"
	is_empty "$1: nothing is run" out
}

# good NAME TEXT
good() {
	# shellcheck disable=SC2059
	printf "$2" >good.irq
	run "$1" 0 replay good.irq
	is_empty "$1: no message" err
}

# ---- the command line
run 'no argument' 2
says 'no argument: usage on stderr' err 'usage: irqref'
is_empty 'no argument: nothing on stdout' out
run '--help' 0 --help
says '--help names replay' out 'replay'
is_empty '--help: nothing on stderr' err
run '--version' 0 --version
says '--version' out 'irqref '
run 'unknown command' 2 frobnicate
says 'unknown command is named' err 'frobnicate'
is_empty 'unknown command: nothing on stdout' out
run 'replay --help' 0 replay --help
says 'replay --help' out 'usage: irqref replay'
is_empty 'replay --help: nothing on stderr' err
run 'replay without a file' 2 replay
says 'replay without a file' err 'replay'
run 'replay, unknown option' 2 replay --frobnicate x.irq
says 'replay, unknown option' err 'frobnicate'

# ---- files that cannot be read
run 'missing file' 2 replay no-such-file.irq
says 'missing file is named' err 'no-such-file.irq'
mkdir directory.irq
run 'directory' 2 replay directory.irq
says 'directory is named' err 'directory.irq'
: >unreadable.irq
chmod 0 unreadable.irq
if [ -r unreadable.irq ]; then
	# Root may read anything, but not what is at address 0.
	run 'unreadable file' 2 replay /proc/self/mem
	says 'unreadable file is named' err '/proc/self/mem'
else
	run 'unreadable file' 2 replay unreadable.irq
	says 'unreadable file is named' err 'unreadable.irq'
fi
run 'device without end of input' 0 replay /dev/null
run 'name of an empty word' 2 replay ''
ln -s loop.irq loop.irq
run 'symbolic link to itself' 2 replay loop.irq

# ---- files that are strange, but right
good 'empty file' ''
is_empty 'empty file: no output' out
good 'no final newline' 'domain d linear 4'
lines 'no final newline: the line counts' out 1
good 'CRLF' 'domain d linear 4\r\n\r\nconsumer c\r\nget r c d 1 high\r\nput r\r\nexpect clean\r\n'
says 'CRLF: no carriage return in the output' out 'good.irq:4: get r c d 1 high: virq'
good 'blanks, tabs, comments' '\n  \t\n# c\n \tdomain\td  linear\t4 # x\ndomain e linear 4#x\n'
good 'comment with other characters' '# caf\303\251 \001 \377\ndomain d linear 4\n'
good 'hex and decimal' 'domain t tree\nconsumer c\nget r c t 0xFF\nexpect mapped t 255\nput r\n'
good 'largest number' 'domain t tree\nfire t 0xffffffffffffffff\nfire t 18446744073709551615\n'
good 'leading zeros are decimal' 'domain d linear 16\nconsumer c\nget r c d 010\nexpect mapped d 10\n'
good 'repeat 0' 'domain d linear 4\nrepeat 0\ncreate v d 1\nend\nexpect mappings 0\n'
says_not 'repeat 0 runs nothing' out 'create'
good 'empty repeat' 'repeat 1000000\nend\n'
good 'nested repeat' 'domain d linear 4\nrepeat 3\nrepeat 2\nfire d 1\nend\nend\n'
good 'all characters of a name' 'consumer aZ0_-.:/@,\nunplug aZ0_-.:/@,\n'

awk 'BEGIN { printf "domain d linear 4\n#"; for (i = 0; i < 1000000; i++) printf "x"; print "" }' >long.irq
run 'comment of a million characters' 0 replay long.irq
awk 'BEGIN { printf "consumer "; for (i = 0; i < 200000; i++) printf "n"; print "" }' >long.irq
run 'name of 200,000 characters' 0 replay --quiet long.irq
awk 'BEGIN { printf "domain d linear 4\nexpect holders d 1"; for (i = 0; i < 100000; i++) printf " n"; print "" }' >long.irq
run 'list of 100,000 names' 1 replay --quiet long.irq
awk 'BEGIN { print "domain d linear 4"; for (i = 0; i < 50000; i++) print "create v d 1" }' >long.irq
run '50,000 lines' 0 replay --quiet long.irq
awk 'BEGIN { for (i = 0; i < 16; i++) print "repeat 1"; for (i = 0; i < 16; i++) print "end" }' >deep.irq
run '16 repeats deep' 0 replay deep.irq
awk 'BEGIN { for (i = 0; i < 17; i++) print "repeat 1"; for (i = 0; i < 17; i++) print "end" }' >deep.irq
run '17 repeats deep' 2 replay deep.irq
says '17 repeats deep' err 'deep.irq:17:1: '

# ---- files that do not parse: line, column, reason, and nothing is run
bad 'unknown statement' '2:1: ' 'domain d linear 4\nfrobnicate\n'
bad 'upper case is another word' '1:1: ' 'DOMAIN d linear 4\n'
bad 'word missing' '1:7: NAME' 'domain\n'
bad 'column after tabs and blanks' '1:4: ' ' \t frobnicate\n'
bad 'size missing' '1:16: SIZE' 'domain d linear\n'
bad 'linear or tree' '1:10: ' 'domain d square 4\n'
bad 'too many words' '1:12: ' 'consumer c d\n'
bad 'number with letters' '1:17: ' 'domain d linear 4k\n'
bad 'number without digits' '1:17: ' 'domain d linear 0x\n'
bad 'negative number' '1:17: ' 'domain d linear -1\n'
bad 'number of 65 bits' '2:8: ' 'domain d tree\nfire d 0x1ffffffffffffffff\n'
bad 'NUL byte in a line' '1:9: byte 0x00' 'consumer\000 c\n'
bad 'NUL byte in a comment' '1:3: byte 0x00' '# \000\n'
bad 'byte beyond ASCII' '1:10: byte 0xc3' 'consumer \303\251\n'
bad 'control character' '1:10: byte 0x1b' 'consumer \033[1m\n'
bad 'lone carriage return' '1:10: byte 0x0d' 'consumer \rc\n'
bad 'end alone' '1:1: ' 'end\n'
bad 'repeat without end' '2:1: ' '# x\nrepeat 2\n'
bad 'unknown code' '1:7: ' 'fails NOSUCH consumer c\n'
bad 'fails what' '1:8: ' 'fails *\n'
bad 'fails fails' '1:9: ' 'fails * fails * consumer c\n'
bad 'expect what' '1:7: ' 'expect\n'
bad 'expect something unknown' '1:8: ' 'expect peace\n'
bad 'yes or no' '2:21: ' 'domain d linear 4\nexpect floating d 1 maybe\n'
bad 'domain twice' '2:8: ' 'domain d linear 4\ndomain d tree\n'
bad 'consumer twice' '2:10: ' 'consumer c\nconsumer c\n'
bad 'handler twice' '4:11: ' 'domain d linear 4\ncreate v d 1\nhandler v h shared\nhandler v h shared\n'
bad 'unknown domain' '1:6: ' 'fire d 1\n'
bad 'unknown variable' '1:9: ' 'dispose v\n'
bad 'the last line is checked first of all' '3:1: ' 'domain d linear 4\ncreate v d 1\nnonsense\n'

head -c 4096 /dev/urandom >noise.irq
run 'binary noise' 2 replay noise.irq
says 'binary noise: place' err 'noise.irq:'
head -c 65536 /dev/zero >zero.irq
run 'zeros' 2 replay zero.irq
printf '\357\273\277domain d linear 4\n' >bom.irq
run 'byte order mark' 2 replay bom.irq

# ---- failures
printf 'domain d linear 4\ncreate v d 1\nexpect unmapped d 1\ndispose v\n' >fail.irq
run 'unmet expectation' 1 replay fail.irq
says 'unmet expectation: place' err 'fail.irq:3: '
says 'unmet expectation: what was expected' err 'expected unmapped'
says 'unmet expectation: what was found' err 'found virq 1'
says 'what was done before is printed' out 'fail.irq:2: create v d 1'
says_not 'the rest is not run' out 'dispose'
says 'what is left is told' out 'left: d 1 virq 1: floating'
run 'failure, quiet' 1 replay --quiet fail.irq
is_empty 'failure, quiet: nothing but the failure' out
says 'failure, quiet: the failure' err 'fail.irq:3: '
lines 'failure, quiet: one line' err 1

printf 'domain d linear 4\nfails STALE create v d 9\n' >code.irq
run 'another code' 1 replay code.irq
says 'another code: expected' err 'expected STALE'
says 'another code: found' err 'found RANGE'

# ---- several files
printf 'domain d linear 4\nexpect mappings 0\nexpect clean\n' >fine.irq
printf 'nonsense\n' >bad.irq
run 'fine, fine' 0 replay fine.irq fine.irq
run 'fine, failing, fine' 1 replay fine.irq fail.irq fine.irq
says 'the file after a failing one is run' out 'fine.irq:1: '
run 'fine, bad, fine' 2 replay fine.irq bad.irq fine.irq
n=$(grep -c 'fine.irq:1: ' out)
if [ "$n" = 2 ]; then report ok 'both others are run'; else report not-ok "both others are run: $n"; fi
run 'failing and bad' 2 replay fail.irq bad.irq
run 'bad and failing' 2 replay bad.irq fail.irq
says 'bad and failing: both are told' err 'fail.irq:3: '
run 'failing and missing' 2 replay fail.irq no-such-file.irq
printf 'domain d linear 4\ncreate v d 1\n' >one.irq
printf 'domain d linear 4\nexpect mappings 0\nexpect recorded stale 0\n' >two.irq
run 'each file has a space of its own' 0 replay one.irq two.irq one.irq
printf 'domain d linear 4\n' >-dash.irq
run 'a name with a dash' 0 replay -- -dash.irq
if "$irqref" replay - <fine.irq >out 2>err; then
	report ok 'standard input'
else
	report not-ok 'standard input'
fi

# ---- options and output
run 'quiet' 0 replay --quiet fine.irq one.irq
is_empty 'quiet: no output' out
is_empty 'quiet: no message' err
run '-q' 0 replay -q one.irq
is_empty '-q: no output' out
cat >ledger.irq <<'END'
domain d linear 8
consumer nic
get r nic d 3 low
request r
create v d 3
create w d 5
disable r
END
run 'ledger' 0 replay --quiet --ledger ledger.irq
lines 'ledger: a heading and three holders' out 4
{
	printf 'virq\tdomain\thwirq\ttype\tstate\tcount\tholder\tkind\tdepth\thandler\tsince\n'
	printf '1\td\t3\tlow\tlive\t2\tfloating\tfloating\t0\t-\t0\n'
	printf '1\td\t3\tlow\tlive\t2\tnic\tconsumer\t1\thandler\t3\n'
	printf '2\td\t5\tnone\tlive\t1\tfloating\tfloating\t0\t-\t0\n'
} >want
if cmp -s out want; then report ok 'ledger: as it should be'; else report not-ok 'ledger: differs'; fi
run 'ledger of nothing' 0 replay -q -l fine.irq
lines 'ledger of nothing: the heading' out 1
run 'left' 0 replay ledger.irq
says 'left: the consumer' out 'left: d 3 virq 1: nic, since line 3'
says 'left: the floating one' out 'left: d 5 virq 2: floating'
says 'a number is told' out 'ledger.irq:3: get r nic d 3 low: virq 1'
if "$irqref" replay one.irq >/dev/full 2>err; then
	report not-ok 'full disk: exit 0'
else
	report ok 'full disk'
fi

# ---- boards
cat >board.dts <<'END'
/dts-v1/;
/ {
	#address-cells = <1>;
	#size-cells = <1>;
	pic: pic@0 { reg = <0 1>; interrupt-controller; #interrupt-cells = <2>; };
	dev { interrupt-parent = <&pic>; interrupts = <5 8>; };
};
END
mkdir -p sub
cp board.dts sub/inside.dts
printf 'board board.dts\nconsumer c\nget r c of /dev 0\nexpect type /pic@0 5 low\nput r\nexpect clean\n' >board.irq
run 'board source' 0 replay board.irq
printf 'board inside.dts\n' >sub/inside.irq
run 'board beside the scenario' 0 replay sub/inside.irq
printf 'board missing.dtb\n' >board.irq
run 'board that is missing' 1 replay board.irq
says 'board that is missing: place' err 'board.irq:1: '
head -c 100 /dev/urandom >noise.dtb
printf 'board noise.dtb\n' >board.irq
run 'board that is none' 1 replay board.irq
printf 'this is no source\n' >noise.dts
printf 'board noise.dts\n' >board.irq
run 'board source that is none' 1 replay board.irq
printf 'board board.dts\nexpect unmapped /pic@1 5\n' >board.irq
run 'controller that the board has not' 1 replay board.irq
says 'controller that the board has not' err '/pic@1'

echo "1..$count"
[ "$failed" = 0 ]
