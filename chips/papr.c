/* SPDX-License-Identifier: BSD-2-Clause */
#include "papr.h"

#include "chip_fdt.h"

#include <libfdt.h>

uint32_t irqref_papr_token(const void *fdt, const char *name)
{
	int rtas = fdt_path_offset(fdt, "/rtas");

	if (rtas < 0)
		return IRQREF_PAPR_NO_TOKEN;
	return irqref_chip_fdt_u32(fdt, rtas, name, IRQREF_PAPR_NO_TOKEN);
}
