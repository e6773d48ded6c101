# SPDX-License-Identifier: BSD-2-Clause
# The sources of irqref, by part, for those who add them to their own build:
#
#	include irqref/Filelists.mk
#	SRCS += $(addprefix irqref/,$(IRQREF_CORE_SRC) $(IRQREF_PORT_STATIC_SRC))
#	CFLAGS += -Iirqref/include -Iirqref/ports/static
#	CFLAGS += -DIRQREF_PORT_HEADER='"irqref_port_static.h"'
#
# This is the one place where the sources are listed. The meson build reads this file, and
# scripts/filelists makes Filelists.cmake from it. Keep to the form: NAME = \, then one file a
# line, a tab before it and " \" after all but the last.

# Spaces, domains, mappings, references, handlers, dispatch: needed by all other parts.
IRQREF_CORE_SRC = \
	src/error.c \
	src/inline.c \
	src/pool.c \
	src/space.c \
	src/number.c \
	src/grace.c \
	src/chip.c \
	src/domain.c \
	src/revmap.c \
	src/mapping.c \
	src/teardown.c \
	src/ref.c \
	src/holder.c \
	src/handler.c \
	src/dispatch.c \
	src/line.c \
	src/consumer.c

# Who holds what: the iterator over the ledger. Optional.
IRQREF_LEDGER_SRC = \
	src/ledger.c

# Per-CPU interrupts. Optional.
IRQREF_PERCPU_SRC = \
	src/percpu.c

# Message-signalled interrupts. Optional.
IRQREF_MSI_SRC = \
	src/msi.c

# A level pushed on top of a mapping and popped again. Optional.
IRQREF_PUSHPOP_SRC = \
	src/pushpop.c

# Detection of lines that nobody handles. Optional: leave out with -DIRQREF_NO_STUCK.
IRQREF_STUCK_SRC = \
	src/stuck.c

# PCI: INTx routing and the device object. Optional; needs MSI.
IRQREF_PCI_SRC = \
	src/pci.c

# The devicetree reader. Optional; needs libfdt.
IRQREF_DEVICETREE_SRC = \
	src/devicetree.c \
	src/devicetree_dialect.c \
	src/devicetree_map.c \
	src/devicetree_msi.c

# The Linux-named calls. Optional; need PUSHPOP and PERCPU.
IRQREF_LINUX_API_SRC = \
	src/linux_api.c \
	src/linux_line.c

# Port: threads. With -DIRQREF_POSIX_URCU its read sections are those of liburcu-bp.
IRQREF_PORT_POSIX_SRC = \
	ports/posix/posix.c \
	ports/posix/sections.c \
	ports/posix/eventfd.c

# Port: no allocator, no threads.
IRQREF_PORT_STATIC_SRC = \
	ports/static/static.c \
	ports/static/arena.c

# Port: a kernel's own CPUs. It uses the static port's arena.
IRQREF_PORT_BARE_SRC = \
	ports/bare/bare.c \
	ports/static/arena.c

# What the drivers of chips read of a devicetree; needs libfdt.
IRQREF_CHIP_FDT_SRC = \
	chips/chip_fdt.c

# Driver: XICS as PAPR hypervisors present it. Needs CHIP_FDT.
IRQREF_CHIP_XICS_SRC = \
	chips/papr.c \
	chips/xics.c

# Driver: messages of PCI devices on PAPR machines. Needs CHIP_XICS.
IRQREF_CHIP_XICS_MSI_SRC = \
	chips/xics_msi.c

# Which of a RISC-V controller's contexts is a hart's; needs FDT, DEVICETREE.
IRQREF_CHIP_RISCV_HARTS_SRC = \
	chips/riscv_harts.c

# Driver of the RISC-V PLIC; needs FDT.
IRQREF_CHIP_PLIC_SRC = \
	chips/plic.c

# Driver of Arm's GICv3; needs FDT.
IRQREF_CHIP_GICV3_SRC = \
	chips/gicv3.c \
	chips/gicv3_redist.c

# Driver of its message translator; needs GICV3, FDT, MSI.
IRQREF_CHIP_GICV3_ITS_SRC = \
	chips/gicv3_its.c \
	chips/gicv3_its_tables.c

# Driver of the RISC-V IMSIC; needs FDT, DEVICETREE, MSI.
IRQREF_CHIP_IMSIC_SRC = \
	chips/imsic.c

# Driver of the RISC-V APLIC; needs FDT.
IRQREF_CHIP_APLIC_SRC = \
	chips/aplic.c
