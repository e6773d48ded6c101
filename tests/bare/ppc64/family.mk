# SPDX-License-Identifier: BSD-2-Clause
# 64-bit Power, big endian, QEMU's "pseries" with this as its firmware: -bios IMAGE. Nothing of the
# machine's own firmware runs; all that it would do, hypervisor and RTAS do.
MACHINES := ppc64-pseries
CC := powerpc64-linux-gnu-gcc
ARCH_FLAGS := -mabi=elfv2 -mbig-endian -mcpu=power8 -msoft-float -mno-altivec -mno-vsx
CHIPS := XICS XICS_MSI
IMAGE = $(OBJCOPY) -O binary $< $@
