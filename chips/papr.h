/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the drivers of PAPR machines reach the platform: hypervisor calls, and the calls of the
 * run-time services (RTAS). Numbers are those of the Linux on Power Architecture Reference (LoPAR).
 */
#ifndef IRQREF_CHIPS_PAPR_H
#define IRQREF_CHIPS_PAPR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Hypervisor calls of the interrupt presentation layer. */
#define IRQREF_PAPR_H_EOI  0x64u
#define IRQREF_PAPR_H_CPPR 0x68u
#define IRQREF_PAPR_H_IPI  0x6cu
#define IRQREF_PAPR_H_XIRR 0x74u

/** Results of RTAS calls. 9900 to 9905 ask for another call after 10^(n - 9900) ms. */
#define IRQREF_PAPR_OK       0
#define IRQREF_PAPR_BUSY     (-2)
#define IRQREF_PAPR_NO_PARAM (-3)
#define IRQREF_PAPR_DELAY    9900
#define IRQREF_PAPR_DELAY_5  9905

/** A token that no call has: the service is not there. */
#define IRQREF_PAPR_NO_TOKEN 0xffffffffu

/**
 * struct irqref_papr - the kernel's ways into the platform; the caller's memory
 * @hcall: makes a hypervisor call with two arguments; @out takes the first output register. Any
 *         context. Returns the call's status.
 * @rtas: makes an RTAS call; args and rets (those after the status) in CPU byte order. Called with
 *        interrupts on or off and from several CPUs: RTAS is not re-entrant, so it has a lock of
 *        its own, and takes it with interrupts off. Returns the status.
 * @ctx: handed to both
 */
struct irqref_papr {
	int64_t (*hcall)(void *ctx, uint64_t opcode, uint64_t arg0, uint64_t arg1, uint64_t *out);
	int32_t (*rtas)(void *ctx, uint32_t token, uint32_t nargs, const uint32_t *args,
	                uint32_t nrets, uint32_t *rets);
	void *ctx;
};

/**
 * irqref_papr_token() - the token of an RTAS call
 * @fdt: the blob
 * @name: of the call
 *
 * Context: any.
 * Return: the token; IRQREF_PAPR_NO_TOKEN if the platform has no such call.
 * Grace period: none.
 */
uint32_t irqref_papr_token(const void *fdt, const char *name);

/**
 * irqref_papr_again() - whether a status asks for the same call once more
 * @status: what an RTAS call returned
 *
 * Context: any.
 * Return: 1 or 0.
 * Grace period: none.
 */
static inline int irqref_papr_again(int32_t status)
{
	return status == IRQREF_PAPR_BUSY ||
	       (status >= IRQREF_PAPR_DELAY && status <= IRQREF_PAPR_DELAY_5);
}

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_CHIPS_PAPR_H */
