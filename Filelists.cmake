# SPDX-License-Identifier: BSD-2-Clause
# Made from Filelists.mk by "make filelists"; do not edit.
# IRQREF_DIR is the directory of this file unless it was set before.
if(NOT DEFINED IRQREF_DIR)
	set(IRQREF_DIR ${CMAKE_CURRENT_LIST_DIR})
endif()

set(IRQREF_CORE_SRC
	${IRQREF_DIR}/src/error.c
	${IRQREF_DIR}/src/inline.c
	${IRQREF_DIR}/src/pool.c
	${IRQREF_DIR}/src/space.c
	${IRQREF_DIR}/src/number.c
	${IRQREF_DIR}/src/grace.c
	${IRQREF_DIR}/src/chip.c
	${IRQREF_DIR}/src/domain.c
	${IRQREF_DIR}/src/revmap.c
	${IRQREF_DIR}/src/mapping.c
	${IRQREF_DIR}/src/teardown.c
	${IRQREF_DIR}/src/ref.c
	${IRQREF_DIR}/src/holder.c
	${IRQREF_DIR}/src/handler.c
	${IRQREF_DIR}/src/dispatch.c
	${IRQREF_DIR}/src/line.c
	${IRQREF_DIR}/src/consumer.c
)

set(IRQREF_LEDGER_SRC
	${IRQREF_DIR}/src/ledger.c
)

set(IRQREF_PERCPU_SRC
	${IRQREF_DIR}/src/percpu.c
)

set(IRQREF_MSI_SRC
	${IRQREF_DIR}/src/msi.c
)

set(IRQREF_PUSHPOP_SRC
	${IRQREF_DIR}/src/pushpop.c
)

set(IRQREF_STUCK_SRC
	${IRQREF_DIR}/src/stuck.c
)

set(IRQREF_PCI_SRC
	${IRQREF_DIR}/src/pci.c
)

set(IRQREF_DEVICETREE_SRC
	${IRQREF_DIR}/src/devicetree.c
	${IRQREF_DIR}/src/devicetree_dialect.c
	${IRQREF_DIR}/src/devicetree_map.c
	${IRQREF_DIR}/src/devicetree_msi.c
)

set(IRQREF_LINUX_API_SRC
	${IRQREF_DIR}/src/linux_api.c
	${IRQREF_DIR}/src/linux_line.c
)

set(IRQREF_PORT_POSIX_SRC
	${IRQREF_DIR}/ports/posix/posix.c
	${IRQREF_DIR}/ports/posix/sections.c
	${IRQREF_DIR}/ports/posix/eventfd.c
)

set(IRQREF_PORT_STATIC_SRC
	${IRQREF_DIR}/ports/static/static.c
	${IRQREF_DIR}/ports/static/arena.c
)

set(IRQREF_PORT_BARE_SRC
	${IRQREF_DIR}/ports/bare/bare.c
	${IRQREF_DIR}/ports/static/arena.c
)

set(IRQREF_CHIP_FDT_SRC
	${IRQREF_DIR}/chips/chip_fdt.c
)

set(IRQREF_CHIP_XICS_SRC
	${IRQREF_DIR}/chips/papr.c
	${IRQREF_DIR}/chips/xics.c
)

set(IRQREF_CHIP_XICS_MSI_SRC
	${IRQREF_DIR}/chips/xics_msi.c
)

set(IRQREF_CHIP_RISCV_HARTS_SRC
	${IRQREF_DIR}/chips/riscv_harts.c
)

set(IRQREF_CHIP_PLIC_SRC
	${IRQREF_DIR}/chips/plic.c
)

set(IRQREF_CHIP_GICV3_SRC
	${IRQREF_DIR}/chips/gicv3.c
	${IRQREF_DIR}/chips/gicv3_redist.c
)

set(IRQREF_CHIP_GICV3_ITS_SRC
	${IRQREF_DIR}/chips/gicv3_its.c
	${IRQREF_DIR}/chips/gicv3_its_tables.c
)

set(IRQREF_CHIP_IMSIC_SRC
	${IRQREF_DIR}/chips/imsic.c
)

set(IRQREF_CHIP_APLIC_SRC
	${IRQREF_DIR}/chips/aplic.c
)
