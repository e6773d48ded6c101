# SPDX-License-Identifier: BSD-2-Clause
# RISC-V in machine mode, QEMU's "virt" with -bios none.
MACHINES := riscv64-plic riscv64-aia
CC := riscv64-linux-gnu-gcc
ARCH_FLAGS := -march=rv64ima_zicsr_zifencei -mabi=lp64 -mcmodel=medany
CHIPS := RISCV_HARTS PLIC IMSIC APLIC
