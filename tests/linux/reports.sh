# SPDX-License-Identifier: GPL-2.0-only
# What a kernel that checks itself says in its log (debug.config), for check to read in.
# shellcheck shell=bash

# For the end of a guest's script: says whether the kernel still watches its locks. After the first
# report about them, and after one of memory, it does not.
watch='echo "# $(grep debug_locks /proc/lockdep_stats)"'

# watched LOG
watched() {
	grep -q 'guest: #  *debug_locks: *1$' "$1"
}

# reports LOG: the headlines of all reports, each once, without what differs from run to run.
reports() {
	local kinds='BUG:|WARNING:|KASAN:|ODEBUG:|INFO: (suspicious RCU|trying to register|possible)'
	kinds="$kinds|turning off the locking|Disabling lock debugging|list_(add|del) corruption"
	grep -E "$kinds|Unable to handle|Oops|DEADLOCK" "$1" |
		sed -E 's/^\[[ 0-9.]*\] //; s/\b(CPU|PID|pid): ?[0-9]+/\1/g
			s/\+0x[0-9a-f]+\/0x[0-9a-f]+/+OFFSET/g; s/\b(0x)?[0-9a-f]{8,}\b/ADDRESS/g' |
		sort -u
}

# check_that WHAT COMMAND...: the command is the test; what it prints is shown if it fails.
check_that() {
	local what=$1 said
	shift
	if said=$("$@"); then
		result ok "$what"
	else
		[ -z "$said" ] || printf '%s\n' "$said" | sed 's/^/# /'
		result 'not ok' "$what"
	fi
}

# silent LOG [KNOWN]: no report but what is in the file KNOWN.
silent() {
	local known=/dev/null
	[ ! -e "${2:-}" ] || known=$2
	! reports "$1" | grep -vxFf "$known"
}

unwatched() {
	! watched "$1"
}

noticed() {
	reports "$1" | grep -q "$2"
}

# judge MODE LABEL LOG: whether what was run gave reason for a report. What a stock kernel says of
# itself when mappings end in use is not the module's: it may say that of what the module only observes,
# and after it went. Where it must not, the scripts look for it themselves.
judge() {
	local mode=$1 label=$2 log=$3
	case $mode in
	planted)
		check_that "$label: sleep is noticed" noticed "$log" 'BUG: sleeping function called from'
		check_that "$label: rcu is noticed" noticed "$log" 'WARNING: suspicious RCU usage'
		check_that "$label: order is noticed" noticed "$log" 'WARNING: possible circular locking'
		check_that "$label: memory is noticed" noticed "$log" 'BUG: KASAN: .* in faulty_'
		check_that "$label: and that the watch over locks has ended" unwatched "$log"
		;;
	stock)
		reports "$log" | tee "$log.reports" | sed 's/^/# stock kernel: /'
		;;
	*)
		check_that "$label: no report that stock has not" silent "$log" "${log/$mode/stock}.reports"
		check_that "$label: locks were watched to the end" watched "$log"
		;;
	esac
}
