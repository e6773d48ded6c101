/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Atomic operations on plain 32-bit words and pointers, by the compilers' builtins, so that the
 * core needs no <stdatomic.h> (a kernel has none) and its structs stay plain.
 *
 * _rlx relaxed, _acq acquire, _rel release, _sc sequentially consistent. bit_sc() and bit_acq() set a
 * bit and say whether it was set.
 */
#ifndef IRQREF_ATOMIC_H
#define IRQREF_ATOMIC_H

#ifdef IRQREF_PORT_ALONE
/* The port's word for it: one CPU, and nothing interrupts the core. Any access is atomic then. */
#define ld_rlx(p)    (*(p))
#define ld_acq(p)    (*(p))
#define ld_sc(p)     (*(p))
#define st_rlx(p, v) ((void)(*(p) = (v)))
#define st_rel(p, v) ((void)(*(p) = (v)))
#define st_sc(p, v)  ((void)(*(p) = (v)))
#define fetch_(p, new)                                                                             \
	__extension__({                                                                            \
		__auto_type old_ = *(p);                                                           \
		*(p) = (new);                                                                      \
		old_;                                                                              \
	})
#define xchg_sc(p, v) fetch_(p, v)
#define or_sc(p, v)   fetch_(p, old_ | (v))
#define and_sc(p, v)  fetch_(p, (old_) & (v))
#define add_rlx(p, v) fetch_(p, old_ + (v))
#define add_sc(p, v)  fetch_(p, old_ + (v))
#define sub_sc(p, v)  fetch_(p, old_ - (v))
#define cas_sc(p, old, new)                                                                        \
	__extension__({                                                                            \
		bool same_ = *(p) == *(old);                                                       \
		if (same_)                                                                         \
			*(p) = (new);                                                              \
		else                                                                               \
			*(old) = *(p);                                                             \
		same_;                                                                             \
	})
#define xchg_acq(p, v)  xchg_sc(p, v)
#define bit_acq(p, bit) bit_sc(p, bit)
#define bit_sc(p, bit)                                                                             \
	__extension__({                                                                            \
		bool set_ = (*(p) & (bit)) != 0;                                                   \
		if (!set_)                                                                         \
			*(p) |= (bit);                                                             \
		set_;                                                                              \
	})
#else
#define ld_rlx(p)       __atomic_load_n(p, __ATOMIC_RELAXED)
#define ld_acq(p)       __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define ld_sc(p)        __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define st_rlx(p, v)    __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define st_rel(p, v)    __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define st_sc(p, v)     __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define xchg_sc(p, v)   __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define or_sc(p, v)     __atomic_fetch_or(p, v, __ATOMIC_SEQ_CST)
#define and_sc(p, v)    __atomic_fetch_and(p, v, __ATOMIC_SEQ_CST)
#define add_rlx(p, v)   __atomic_fetch_add(p, v, __ATOMIC_RELAXED)
#define add_sc(p, v)    __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)
#define sub_sc(p, v)    __atomic_fetch_sub(p, v, __ATOMIC_SEQ_CST)
#define bit_sc(p, bit)  ((or_sc(p, bit) & (bit)) != 0)
#define xchg_acq(p, v)  __atomic_exchange_n(p, v, __ATOMIC_ACQUIRE)
#define bit_acq(p, bit) ((__atomic_fetch_or(p, bit, __ATOMIC_ACQUIRE) & (bit)) != 0)
#define cas_sc(p, old, new)                                                                        \
	__atomic_compare_exchange_n(p, old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#endif

#endif /* IRQREF_ATOMIC_H */
