/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of this machine share.
 */
#ifndef IRQREF_TESTS_BARE_PPC64_H
#define IRQREF_TESTS_BARE_PPC64_H

#include "../machine.h"

#include <papr.h>
#include <xics.h>

/* Hypervisor calls beyond those of the interrupt controller. */
#define H_LOGICAL_CI_LOAD  0x3cu
#define H_LOGICAL_CI_STORE 0x40u
#define H_GET_TERM_CHAR    0x54u
#define H_PUT_TERM_CHAR    0x58u
#define H_RTAS             0xf000u /* QEMU's own: where a machine has RTAS as code, it is called */

#define H_SUCCESS 0
#define H_BUSY    1

/* Most arguments of an RTAS call, and most results, the status among them. */
#define RTAS_ARGS 8u
#define RTAS_RETS 8u

/* papr.c: hypervisor calls, RTAS. */
extern const struct irqref_papr ppc64_papr;
/* @in: four arguments; @out: three results. Returns the status. */
int64_t ppc64_hcall(uint64_t opcode, const uint64_t in[4], uint64_t out[3]);
/* Finds the tokens; before the first ppc64_rtas(). */
void ppc64_rtas_init(const void *fdt);
const void *ppc64_fdt(void);
/* By name, repeated as long as RTAS is busy. Returns the status; NO_PARAM where there is no such call. */
int32_t ppc64_rtas(const char *name, uint32_t nargs, const uint32_t *args, uint32_t nrets,
                   uint32_t *rets);

/* machine.c: the node of CPU number @cpu, 0 being the boot CPU; NOENT after the last. */
int ppc64_cpu(const void *fdt, uint32_t cpu);

/* controllers.c */
struct irqref_xics *ppc64_xics(void);

/* pci.c: offset of the node of host bridge @index; NOENT after the last. */
int ppc64_phb(const void *fdt, uint32_t index);

/* hotplug.c: finds the event sources and takes their interrupts. */
int ppc64_hotplug_init(struct irqref_space *space, const struct irqref_dt *dt);

#endif /* IRQREF_TESTS_BARE_PPC64_H */
