# SPDX-License-Identifier: BSD-2-Clause
# bash completion of irqref. Commands and options are those that "irqref --help" and "irqref COMMAND
# --help" name, so that they are always those of the installed command.
# shellcheck shell=bash

# Commands are the indented lines of --help that begin with a word.
_irqref_commands() {
	"$1" --help 2>/dev/null | sed -nE 's/^  ([a-z]+)  +.*/\1/p'
}

# Options are the words with a dash that the indented lines begin with.
_irqref_options() {
	"$1" "$2" --help 2>/dev/null | sed -nE 's/^  (-.*)/\1/p' | sed -E 's/   .*//' |
		grep -oE -e '(^|[ ,])--?[a-zA-Z][-a-zA-Z]*' | tr -d ' ,' | sort -u
}

# What an option can be given, where it takes a value; fails where it takes none.
_irqref_values() {
	case $1 in
	-b | --board) echo qemu builtin auto ;;
	-r | --rules) echo irqref linux ;;
	-c | --colour) echo always never auto ;;
	-d | --dir) echo /sys/kernel/debug/irqref ;;
	-D | --dialect) echo linux dtspec freebsd edtlib ;;
	*) return 1 ;;
	esac
}

# Whether an option of a command takes a value: --help has a word in capitals behind it.
_irqref_takes_value() {
	"$1" "$2" --help 2>/dev/null | grep -qE -e "^  .*$3(, --[a-z-]+)? [A-Z]+"
}

# Files of the given endings, and directories.
_irqref_files() {
	local current=$1 ending file
	shift
	COMPREPLY=()
	while IFS= read -r file; do
		if [[ -d $file ]]; then
			COMPREPLY+=("$file/")
			continue
		fi
		for ending; do
			[[ $file == *"$ending" ]] && COMPREPLY+=("$file")
		done
	done < <(compgen -f -- "$current")
	compopt -o nospace 2>/dev/null
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} != */ ]] && compopt +o nospace 2>/dev/null
	compopt -o filenames 2>/dev/null
}

# What stands on the command line behind the command's name and is no option: into "arguments".
_irqref_arguments() {
	local i previous=
	arguments=()
	for ((i = 2; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} != -* ]] &&
			! { [[ $previous == -* ]] && _irqref_takes_value "$1" "$2" "$previous"; }; then
			arguments+=("${COMP_WORDS[i]}")
		fi
		previous=${COMP_WORDS[i]}
	done
}

_irqref_nodes() {
	"$1" resolve --plain "$2" 2>/dev/null | cut -f2 | sort -u
}

_irqref() {
	local irqref=${COMP_WORDS[0]} command=${COMP_WORDS[1]} current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]} words
	local -a arguments
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words="$(_irqref_commands "$irqref") --help --version"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	if [[ $previous == -* ]] && _irqref_takes_value "$irqref" "$command" "$previous" &&
		words=$(_irqref_values "$previous"); then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	if [[ $current == -* ]]; then
		words=$(_irqref_options "$irqref" "$command")
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	_irqref_arguments "$irqref" "$command"
	case $command in
	demo | holders) ;;
	replay) _irqref_files "$current" .irq ;;
	explain)
		if ((${#arguments[@]} == 1)); then
			words=$(_irqref_nodes "$irqref" "${arguments[0]}")
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		elif ((${#arguments[@]} == 0)); then
			_irqref_files "$current" .dtb .dts
		fi
		;;
	*) _irqref_files "$current" .dtb .dts .dtbo .dtso ;;
	esac
}

complete -F _irqref irqref
