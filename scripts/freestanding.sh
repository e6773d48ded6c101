# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced, from the top of the project: how a part is compiled where there is no C library.

# freestanding_prepare DIRECTORY: makes DIRECTORY/libfdt with libfdt's headers and nothing else.
freestanding_prepare() {
	mkdir -p "$1/libfdt"
	libfdt_dir=$(echo '#include <libfdt.h>' | gcc -E -M -x c - |
		tr ' ' '\n' | sed -n 's|/libfdt\.h$||p' | head -n 1)
	[ -n "$libfdt_dir" ] || {
		echo "freestanding: no libfdt.h (Debian package libfdt-dev)" >&2
		return 1
	}
	ln -sf "$libfdt_dir/fdt.h" "$libfdt_dir/libfdt.h" "$libfdt_dir/libfdt_env.h" "$1/libfdt/"
}

# freestanding_compile DIRECTORY PART CC [FLAG...]: compiles the part's files to DIRECTORY/*.o.
# Only the compiler's own headers are found; the devicetree part and the chips also find libfdt's, and
# the few declarations of a C library that these ask for. The bare port is compiled as itself, all
# other parts for the static one.
freestanding_compile() {
	freestanding_dir=$1
	freestanding_part=$2
	shift 2
	freestanding_include=
	freestanding_port=static
	case $freestanding_part in
	DEVICETREE | CHIP_*)
		# Registers that another CPU does not have come from functions of the host there.
		freestanding_include="-Ichips -isystem tests/freestanding/include \
			-isystem $freestanding_dir/../libfdt"
		"$@" -E -dM -x c /dev/null | grep '__aarch64__ ' >/dev/null || freestanding_include="\
			$freestanding_include -DIRQREF_GICV3_CPU_HEADER=<gicv3_cpu_any.h>"
		"$@" -E -dM -x c /dev/null | grep '__riscv ' >/dev/null || freestanding_include="\
			$freestanding_include -DIRQREF_IMSIC_CSR_HEADER=<imsic_csr_any.h>"
		;;
	PORT_BARE)
		freestanding_port=bare
		# A CPU that the port does not know is good enough to compile for.
		"$@" -E -dM -x c /dev/null | grep -E '__(riscv|aarch64__|powerpc64__) ' >/dev/null ||
			freestanding_include="-isystem tests/freestanding/include \
				-DIRQREF_BARE_ARCH_HEADER=<arch_any.h>"
		;;
	esac
	freestanding_own=$("$1" -print-file-name=include)
	freestanding_status=0
	for freestanding_file in $(scripts/filelists "$freestanding_part"); do
		# shellcheck disable=SC2086 # the options are words
		"$@" -std=c11 -ffreestanding -nostdinc $freestanding_include \
			-isystem "$freestanding_own" \
			-Wall -Wextra -Werror -Wshadow -Wconversion \
			-Iinclude -Iports/$freestanding_port \
			-DIRQREF_PORT_HEADER="\"irqref_port_$freestanding_port.h\"" \
			-c -o "$freestanding_dir/$(basename "$freestanding_file" .c).o" \
			"$freestanding_file" || freestanding_status=1
	done
	return $freestanding_status
}

# freestanding_cross: prints architecture, cross compiler and its flags, one a line.
freestanding_cross() {
	cat <<-'END'
	riscv64 riscv64-linux-gnu-gcc -march=rv64imac_zicsr -mabi=lp64
	aarch64 aarch64-linux-gnu-gcc -mgeneral-regs-only -mno-outline-atomics
	powerpc64 powerpc64-linux-gnu-gcc -mcpu=power8 -msoft-float -mno-altivec -mno-vsx
	mips mips-linux-gnu-gcc -msoft-float
	arm arm-none-eabi-gcc -mcpu=cortex-a7
	thumb arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb
	END
}
