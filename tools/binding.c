/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt number and trigger type of a specifier, by the binding of the controller that gets it.
 */
#include "binding.h"

#include <libfdt.h>

#include "cells.h"

enum form {
	/* As tool_cells_translate() knows it. */
	GIC,
	MPIC,
	XICS,
	ISA,
	/* The number first, no type. */
	NUMBER,
	/* Bank, number, no type. */
	BANK,
	/* Number, type, perhaps more. */
	NUMBER_TYPE,
	/* Shared or local, number, type. */
	KIND_NUMBER_TYPE,
	/* Type in the last cell; the others together are the number. */
	LAST_TYPE,
	/* Kind, number, type (0 high, 1 rising, 2 falling, 3 low). */
	MPC5200,
	UNKNOWN,
};

struct binding {
	const char *compatible;
	const char *name;
	enum form form;
};

static const struct binding bindings[] = {
        {"arm,gic-400", "gic", GIC},
        {"arm,gic-v3", "gic-v3", GIC},
        {"arm,cortex-a15-gic", "gic", GIC},
        {"arm,cortex-a9-gic", "gic", GIC},
        {"arm,cortex-a7-gic", "gic", GIC},
        {"arm,cortex-a5-gic", "gic", GIC},
        {"arm,eb11mp-gic", "gic", GIC},
        {"arm,tc11mp-gic", "gic", GIC},
        {"arm,pl390", "gic", GIC},
        {"arm,arm1176jzf-devchip-gic", "gic", GIC},
        {"arm,arm11mp-gic", "gic", GIC},
        {"qcom,msm-8660-qgic", "gic", GIC},
        {"qcom,msm-qgic2", "gic", GIC},
        {"nvidia,tegra210-agic", "gic", GIC},
        {"mti,gic", "mips-gic", KIND_NUMBER_TYPE},
        {"arm,armv7m-nvic", "nvic", NUMBER},
        {"arm,vic", "vic", NUMBER},
        {"arm,pl190-vic", "vic", NUMBER},
        {"arm,pl192-vic", "vic", NUMBER},
        {"sifive,plic-1.0.0", "plic", NUMBER},
        {"riscv,plic0", "plic", NUMBER},
        {"thead,c900-plic", "plic", NUMBER_TYPE},
        {"andestech,nceplic100", "plic", NUMBER_TYPE},
        {"riscv,cpu-intc", "riscv-cpu", NUMBER},
        {"riscv,aplic", "aplic", NUMBER_TYPE},
        {"riscv,imsics", "imsic", NUMBER},
        {"open-pic", "mpic", MPIC},
        {"chrp,open-pic", "mpic", MPIC},
        {"fsl,mpic", "mpic", MPIC},
        {"fsl,ipic", "ipic", NUMBER_TYPE},
        {"ibm,ppc-xicp", "xics", XICS},
        {"IBM,ppc-xicp", "xics", XICS},
        {"ibm,ppc-xics", "xics", XICS},
        {"ibm,xics", "xics", XICS},
        {"ibm,power-ivpe", "xive", XICS},
        {"ibm,opal-xive-vc", "xive", XICS},
        {"chrp,iic", "i8259", ISA},
        {"pnpPNP,000", "i8259", ISA},
        {"apple,aic", "aic", LAST_TYPE},
        {"apple,aic2", "aic2", LAST_TYPE},
        {"atmel,at91rm9200-aic", "at91-aic", NUMBER_TYPE},
        {"atmel,sama5d2-aic", "at91-aic", NUMBER_TYPE},
        {"atmel,sama5d3-aic", "at91-aic", NUMBER_TYPE},
        {"atmel,sama5d4-aic", "at91-aic", NUMBER_TYPE},
        {"microchip,sam9x60-aic", "at91-aic", NUMBER_TYPE},
        {"brcm,bcm2835-armctrl-ic", "bcm2835", BANK},
        {"brcm,bcm2836-armctrl-ic", "bcm2835", BANK},
        {"qcom,spmi-pmic-arb", "spmi", LAST_TYPE},
        {"qcom,pdc", "pdc", NUMBER_TYPE},
        {"fsl,mpc5200-pic", "mpc5200", MPC5200},
        {"fsl,cpm2-pic", "cpm2", NUMBER_TYPE},
        {"ibm,uic", "uic", NUMBER_TYPE},
        {"loongson,liointc-1.0", "liointc", NUMBER_TYPE},
        {"loongson,liointc-1.0a", "liointc", NUMBER_TYPE},
        {"loongson,liointc-2.0", "liointc", NUMBER_TYPE},
        {"loongson,pch-pic-1.0", "pch-pic", NUMBER_TYPE},
        {"loongson,ls2k0500-eiointc", "eiointc", NUMBER},
        {"loongson,ls2k2000-eiointc", "eiointc", NUMBER},
        {"loongson,htvec-1.0", "htvec", NUMBER},
        {"brcm,bcm2836-l1-intc", "bcm2836-l1", NUMBER_TYPE},
        {"renesas,irqc", "irqc", NUMBER_TYPE},
        {"st,stm32mp1-exti", "exti", NUMBER_TYPE},
        {"st,stm32-exti", "exti", NUMBER_TYPE},
        {"arm,v2m-sys-regs", "v2m", NUMBER_TYPE},
};

static const struct binding *find(const void *fdt, int node)
{
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		if (fdt_node_check_compatible(fdt, node, bindings[i].compatible) == 0)
			return &bindings[i];
	}
	return NULL;
}

static uint32_t cell_of(const void *fdt, int node, const char *name)
{
	int len;
	const fdt32_t *cell = fdt_getprop(fdt, node, name, &len);

	return cell && len == 4 ? fdt32_ld(cell) : 0;
}

/* A controller that says which one is behind it, and takes its specifiers as that one does. */
static bool stands_before_gic(const struct irqref_dt *dt, int node)
{
	uint32_t phandle = cell_of(dt->fdt, node, "interrupt-parent");
	const struct binding *b;
	int parent;

	if (phandle == 0)
		return false;
	parent = irqref_dt_by_phandle(dt, phandle);
	b = parent < 0 ? NULL : find(dt->fdt, parent);
	return b && b->form == GIC && cell_of(dt->fdt, parent, "#interrupt-cells") == 3;
}

/* @known: the cells mean what is said, and it is no guess by their number. */
static struct binding binding_of(const struct irqref_dt *dt, int node, bool *known)
{
	const struct binding *b = find(dt->fdt, node);
	bool gpio = fdt_getprop(dt->fdt, node, "gpio-controller", NULL) != NULL;

	*known = b || gpio;
	if (b)
		return *b;
	switch (cell_of(dt->fdt, node, "#interrupt-cells")) {
	case 1:
		return (struct binding){NULL, "one-cell", NUMBER};
	case 2:
		return (struct binding){NULL, gpio ? "gpio" : "two-cell", NUMBER_TYPE};
	case 3:
		if (gpio)
			return (struct binding){NULL, "gpio-bank", LAST_TYPE};
		*known = stands_before_gic(dt, node);
		if (*known)
			return (struct binding){NULL, "gic", GIC};
		break;
	default:
		break;
	}
	*known = false;
	return (struct binding){NULL, "unknown", UNKNOWN};
}

const char *tool_binding_name(const struct irqref_dt *dt, int node)
{
	bool known;

	return binding_of(dt, node, &known).name;
}

const char *tool_trigger_name(unsigned int type)
{
	switch (type & IRQREF_TYPE_MASK) {
	case IRQREF_TYPE_NONE:
		return "none";
	case IRQREF_TYPE_RISING:
		return "edge-rising";
	case IRQREF_TYPE_FALLING:
		return "edge-falling";
	case IRQREF_TYPE_BOTH:
		return "edge-both";
	case IRQREF_TYPE_HIGH:
		return "level-high";
	case IRQREF_TYPE_LOW:
		return "level-low";
	default:
		return "invalid";
	}
}

static void set_type(struct tool_decoded *out, uint32_t cell, unsigned int type)
{
	out->type_cell = (int)cell;
	out->type = type & IRQREF_TYPE_MASK;
	out->trigger = tool_trigger_name(type);
}

static void translate(enum tool_cells how, const struct irqref_fwspec *spec,
                      struct tool_decoded *out)
{
	uint32_t cell = how == TOOL_CELLS_GIC ? 2 : 1;
	unsigned int type;

	if (tool_cells_translate(how, spec, &out->number, &type) != 0)
		return;
	out->has_number = true;
	if (spec->ncells > cell)
		set_type(out, cell, type);
}

static void decode_number_type(const struct irqref_fwspec *spec, uint32_t first,
                               struct tool_decoded *out)
{
	if (spec->ncells <= first)
		return;
	out->has_number = true;
	out->number = spec->cells[first];
	if (spec->ncells > first + 1)
		set_type(out, first + 1, spec->cells[first + 1]);
}

static void decode_mpic(const struct irqref_fwspec *spec, struct tool_decoded *out)
{
	translate(TOOL_CELLS_MPIC, spec, out);
	/* Messages between CPUs and timers are counted apart from the lines. */
	if (spec->ncells >= 3 && spec->cells[2] >= 2)
		out->has_number = false;
}

static void decode_mpc5200(const struct irqref_fwspec *spec, struct tool_decoded *out)
{
	static const unsigned int types[] = {IRQREF_TYPE_HIGH, IRQREF_TYPE_RISING,
	                                     IRQREF_TYPE_FALLING, IRQREF_TYPE_LOW};

	if (spec->ncells >= 3)
		set_type(out, 2, types[spec->cells[2] & 3u]);
}

void tool_binding_decode(const struct irqref_dt *dt, int node, const struct irqref_fwspec *spec,
                         struct tool_decoded *out)
{
	bool known;
	struct binding b = binding_of(dt, node, &known);

	*out = (struct tool_decoded){.binding = b.name, .known = known, .type_cell = -1};
	if (spec->ncells == 0)
		return;
	switch (b.form) {
	case GIC:
		translate(TOOL_CELLS_GIC, spec, out);
		break;
	case MPIC:
		decode_mpic(spec, out);
		break;
	case XICS:
		translate(TOOL_CELLS_XICS, spec, out);
		break;
	case ISA:
		translate(TOOL_CELLS_ISA, spec, out);
		break;
	case NUMBER:
		out->has_number = true;
		out->number = spec->cells[0];
		break;
	case BANK:
		if (spec->ncells < 2)
			break;
		out->has_number = true;
		out->number = (irqref_hwirq_t)spec->cells[0] * 32 + spec->cells[1];
		break;
	case NUMBER_TYPE:
		decode_number_type(spec, 0, out);
		break;
	case KIND_NUMBER_TYPE:
		decode_number_type(spec, 1, out);
		break;
	case LAST_TYPE:
		set_type(out, spec->ncells - 1, spec->cells[spec->ncells - 1]);
		break;
	case MPC5200:
		decode_mpc5200(spec, out);
		break;
	case UNKNOWN:
		break;
	}
}
