# SPDX-License-Identifier: BSD-2-Clause
# Builds the test kernel of one family of machines: make -f tests/bare/kernel.mk FAMILY=riscv64
# LIBFDT=directory, from the top of the project. tests/bare/build does that.
#
# tests/bare/FAMILY/family.mk says:
#	MACHINES	names of the machines that run this kernel
#	CC, ARCH_FLAGS	the cross compiler
#	CHIPS		drivers, by the names of their parts in Filelists.mk
#	IMAGE		command that makes $@, what QEMU loads, of $<, the linked kernel (default: a copy)
#
# "make ... unit" makes MACHINE-unit.elf instead: the project's unit tests.

include Filelists.mk
include tests/bare/$(FAMILY)/family.mk

OUT := build/bare/$(FAMILY)
OBJCOPY := $(CC:gcc=objcopy)
IMAGE ?= cp $< $@

FLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-stack-protector -fno-pic -fno-pie \
	-fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -nostdinc \
	-Wall -Wextra -Werror -Wshadow -Wconversion $(ARCH_FLAGS) \
	-Iinclude -Iports/bare -Ichips -Itests/unit -Itools \
	-isystem tests/freestanding/include -isystem $(LIBFDT) \
	-isystem $(shell $(CC) -print-file-name=include) \
	-DIRQREF_PORT_HEADER='"irqref_port_bare.h"' -DUNIT_BARE -DUNIT_PORT='"kernel"'
LINK := -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
	-Wl,-T,tests/bare/$(FAMILY)/kernel.ld

PARTS := CORE LEDGER PERCPU MSI PUSHPOP STUCK PCI DEVICETREE PORT_BARE
LIBRARY := $(foreach part,$(PARTS) CHIP_FDT $(addprefix CHIP_,$(CHIPS)),$(IRQREF_$(part)_SRC))
MACHINE_SRC := $(wildcard tests/bare/$(FAMILY)/*.[cS])
LIB_SRC := $(wildcard tests/bare/lib/*.c) tests/bare/print.c tools/ledger_print.c
FDT_SRC := $(addprefix $(LIBFDT)/,fdt.c fdt_ro.c fdt_addresses.c)

KERNEL_SRC := $(LIBRARY) $(MACHINE_SRC) $(LIB_SRC) \
	$(filter-out tests/bare/print.c,$(wildcard tests/bare/*.c))

# The unit tests: every suite in one image, entered by the name of its file. A function that each
# embedder defines for itself gets another name in each.
# Those for bare machines alone come last: their CPUs go on spinning.
suites = $(sort $(notdir $(basename $(shell grep -l '^UNIT_SUITE.*,' $(1)))))
SUITES := $(call suites,tests/unit/*.c) $(call suites,tests/bare/unit/*.c)
UNIT_SRC := $(LIBRARY) $(IRQREF_LINUX_API_SRC) $(MACHINE_SRC) $(LIB_SRC) \
	$(filter-out tests/unit/bare.c tests/unit/port_%.c, $(wildcard tests/unit/*.c)) \
	$(wildcard tests/bare/unit/*.c)

object = $(addprefix $(OUT)/,$(patsubst $(LIBFDT)/%,libfdt/%,$(1:%=%.o)))
KERNEL_OBJ := $(foreach s,$(KERNEL_SRC) $(FDT_SRC),$(call object,$(s)))
UNIT_OBJ := $(foreach s,$(sort $(UNIT_SRC) $(FDT_SRC)) $(LIBFDT)/fdt_sw.c,$(call object,$(s)))

.PHONY: kernel unit
kernel: $(MACHINES:%=build/bare/%.elf)
unit: $(MACHINES:%=build/bare/%-unit.elf)

$(MACHINES:%=build/bare/%.elf): $(OUT)/kernel.elf
	$(IMAGE)
$(MACHINES:%=build/bare/%-unit.elf): $(OUT)/unit.elf
	$(IMAGE)

$(OUT)/kernel.elf: $(sort $(KERNEL_OBJ)) tests/bare/$(FAMILY)/kernel.ld
	$(CC) $(ARCH_FLAGS) $(LINK) -Wl,--wrap=irqref_dispatch -o $@ $(filter %.o,$^)
$(OUT)/unit.elf: $(UNIT_OBJ) tests/bare/$(FAMILY)/kernel.ld
	$(CC) $(ARCH_FLAGS) $(LINK) -o $@ $(filter %.o,$^)

DEPS = -MMD -MP
NAME = $(basename $(notdir $<))
SUITE_FLAGS = $(if $(filter $(SUITES),$(NAME)),-DUNIT_ENTRY=$(NAME) \
	-Dirqref_linux_space=$(NAME)_linux_space) \
	$(if $(filter tests/bare/unit/main.c,$<),'-DUNIT_SUITES=${SUITES:%=X(%)}')

$(OUT)/%.c.o: %.c tests/bare/kernel.mk tests/bare/$(FAMILY)/family.mk
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(DEPS) $(SUITE_FLAGS) -c -o $@ $<
$(OUT)/%.S.o: %.S tests/bare/kernel.mk tests/bare/$(FAMILY)/family.mk
	@mkdir -p $(@D)
	$(CC) $(ARCH_FLAGS) -g $(DEPS) -c -o $@ $<
# libfdt is not ours to warn about.
$(OUT)/libfdt/%.c.o: $(LIBFDT)/%.c tests/bare/kernel.mk
	@mkdir -p $(@D)
	$(CC) $(FLAGS) -w $(DEPS) -c -o $@ $<

-include $(sort $(patsubst %.o,%.d,$(KERNEL_OBJ) $(UNIT_OBJ)))
