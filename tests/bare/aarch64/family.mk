# SPDX-License-Identifier: BSD-2-Clause
# 64-bit Arm at EL1, QEMU's "virt" with a GICv3 and its ITS.
MACHINES := aarch64-gicv3
CC := aarch64-linux-gnu-gcc
ARCH_FLAGS := -mgeneral-regs-only -mno-outline-atomics -mstrict-align
CHIPS := GICV3 GICV3_ITS
