# SPDX-License-Identifier: GPL-2.0-only
# The stock kernels that guests run, for the scripts of this folder to read in. kernel NAME sets:
#   arch     Debian's name of the architecture
#   suite    where the kernel is from; headers of a suite newer than the compiler's are used with
#            kbuild's programs from kbuild_suite
#   flavour  the kernel's flavour; linux-image-$flavour leads to the newest one of it
#   karch    the kernel's name of the architecture
#   triplet  of its compiler
#   dir      where it is kept
#   vmlinuz  its file name without the version
#   devices  two edu devices that share an INTx
#   machine, threads, qemu_package, console  how QEMU runs it
# shellcheck shell=sh disable=SC2034 # set for those who read this in

KERNELS='amd64-6.1 amd64-6.12 arm64-6.1 arm64-6.12 ppc64el-6.1 ppc64el-6.12 riscv64-6.12'

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/irqref/linux

die() {
	echo "${0##*/}: $*" >&2
	exit 2
}

kernel() {
	case $1 in
	*-6.1) suite=bookworm ;;
	riscv64-6.12) suite=trixie ;;
	*-6.12) suite=bookworm-backports ;;
	*) suite= ;;
	esac
	kbuild_suite=$suite
	vmlinuz=vmlinuz
	devices='-device edu,id=first,addr=0x1 -device edu,id=second,addr=0x5'
	threads=multi
	case $1 in
	amd64-6.1 | amd64-6.12)
		arch=amd64 flavour=cloud-amd64 karch=x86 triplet=x86_64-linux-gnu console=ttyS0
		# Without cmpxchg16b, which QEMU 7.2 gets wrong now and then: the guest dies of a
		# double fault. And one thread for all CPUs: with more, a CPU of the guest can run
		# into a breakpoint of text that has been patched already ("Oops: int3"); the function
		# tracer of a stock kernel alone, switched on and off, does that within seconds.
		qemu_package=qemu-system-x86 threads=single
		machine='qemu-system-x86_64 -M q35 -cpu max,-cx16'
		devices='-device edu,id=first,addr=0x11 -device edu,id=second,addr=0x15'
		;;
	arm64-6.1 | arm64-6.12 | arm64-debug)
		arch=arm64 flavour=arm64 karch=arm64 triplet=aarch64-linux-gnu console=ttyAMA0
		qemu_package=qemu-system-arm
		machine='qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a57'
		;;
	ppc64el-6.1 | ppc64el-6.12)
		arch=ppc64el flavour=powerpc64le karch=powerpc triplet=powerpc64le-linux-gnu
		console=hvc0 vmlinuz=vmlinux qemu_package=qemu-system-ppc
		# The capabilities are those that TCG has not got; the kernel complains of the others.
		machine='qemu-system-ppc64 -cpu power9_v2.0'
		machine="$machine -M pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken"
		machine="$machine,cap-ccf-assist=off"
		;;
	riscv64-6.12)
		arch=riscv64 flavour=riscv64 karch=riscv triplet=riscv64-linux-gnu console=ttyS0
		vmlinuz=vmlinux qemu_package=qemu-system-misc
		machine='qemu-system-riscv64 -M virt -bios default'
		kbuild_suite=bookworm-backports
		;;
	*) die "no kernel \"$1\"; there are: $KERNELS" ;;
	esac
	dir=$CACHE/$1
}

# need COMMAND PACKAGE: says what to install if it is not there.
need() {
	command -v "$1" >/dev/null || die "$1 is missing (Debian package $2; make deps installs it)"
}
