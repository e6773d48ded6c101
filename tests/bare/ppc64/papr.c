/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ways into the platform: "sc 1" for the hypervisor, and H_RTAS for the run-time services, with
 * which QEMU does itself what a machine's firmware leaves in memory as code.
 */
#include "ppc64.h"

#include <irqref_port_bare.h>
#include <libfdt.h>
#include <lock.h>

static const void *blob;

/* RTAS is not re-entrant: one call at a time, from whichever CPU. */
static struct irqref_chip_lock rtas_lock;

/* What RTAS reads and writes: big endian, as this CPU is; below 4 GiB, as all of this kernel is. */
static struct {
	uint32_t token;
	uint32_t nargs;
	uint32_t nrets;
	uint32_t cells[RTAS_ARGS + RTAS_RETS];
} rtas_args __attribute__((aligned(16)));

int64_t ppc64_hcall(uint64_t opcode, const uint64_t in[4], uint64_t out[3])
{
	register uint64_t r3 __asm__("r3") = opcode;
	register uint64_t r4 __asm__("r4") = in[0];
	register uint64_t r5 __asm__("r5") = in[1];
	register uint64_t r6 __asm__("r6") = in[2];
	register uint64_t r7 __asm__("r7") = in[3];

	__asm__ volatile("sc 1"
	                 : "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7)
	                 :
	                 : "r0", "r8", "r9", "r10", "r11", "r12", "ctr", "lr", "xer", "cr0", "cr1",
	                   "cr5", "cr6", "cr7", "memory");
	out[0] = r4;
	out[1] = r5;
	out[2] = r6;
	return (int64_t)r3;
}

static int64_t papr_hcall(void *ctx, uint64_t opcode, uint64_t arg0, uint64_t arg1, uint64_t *out)
{
	uint64_t in[4] = {arg0, arg1, 0, 0};
	uint64_t all[3];
	int64_t status;

	(void)ctx;
	status = ppc64_hcall(opcode, in, all);
	*out = all[0];
	return status;
}

/* rtas_lock is held. */
static int32_t call_rtas(uint32_t token, uint32_t nargs, const uint32_t *args, uint32_t nrets,
                         uint32_t *rets)
{
	uint64_t in[4] = {(uintptr_t)&rtas_args, 0, 0, 0};
	uint64_t out[3];

	rtas_args.token = token;
	rtas_args.nargs = nargs;
	rtas_args.nrets = nrets + 1;
	for (uint32_t i = 0; i < nargs; i++)
		rtas_args.cells[i] = args[i];
	for (uint32_t i = nargs; i <= nargs + nrets; i++)
		rtas_args.cells[i] = (uint32_t)IRQREF_PAPR_NO_PARAM;
	if (ppc64_hcall(H_RTAS, in, out) != H_SUCCESS)
		return IRQREF_PAPR_NO_PARAM;
	for (uint32_t i = 0; i < nrets; i++)
		rets[i] = rtas_args.cells[nargs + 1 + i];
	return (int32_t)rtas_args.cells[nargs];
}

static int32_t papr_rtas(void *ctx, uint32_t token, uint32_t nargs, const uint32_t *args,
                         uint32_t nrets, uint32_t *rets)
{
	unsigned long flags;
	int32_t status;

	(void)ctx;
	if (nargs > RTAS_ARGS || nrets >= RTAS_RETS)
		return IRQREF_PAPR_NO_PARAM;
	flags = irqref_bare_arch_irq_save();
	irqref_chip_lock(&rtas_lock);
	status = call_rtas(token, nargs, args, nrets, rets);
	irqref_chip_unlock(&rtas_lock);
	irqref_bare_arch_irq_restore(flags);
	return status;
}

const struct irqref_papr ppc64_papr = {.hcall = papr_hcall, .rtas = papr_rtas};

void ppc64_rtas_init(const void *fdt)
{
	blob = fdt;
}

const void *ppc64_fdt(void)
{
	return blob;
}

int32_t ppc64_rtas(const char *name, uint32_t nargs, const uint32_t *args, uint32_t nrets,
                   uint32_t *rets)
{
	uint32_t token = irqref_papr_token(blob, name);
	int32_t status;

	if (token == IRQREF_PAPR_NO_TOKEN)
		return IRQREF_PAPR_NO_PARAM;
	do {
		status = papr_rtas(NULL, token, nargs, args, nrets, rets);
	} while (irqref_papr_again(status));
	return status;
}
