/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's own result codes. Zero and positive values are success.
 */
#ifndef IRQREF_ERROR_H
#define IRQREF_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

enum irqref_error {
	IRQREF_OK = 0,
	/** An argument is not valid whatever the state (null, empty, out of its documented range). */
	IRQREF_ERR_INVAL = -1,
	/** No memory; with caller-supplied storage: the arena is used up. */
	IRQREF_ERR_NOMEM = -2,
	/** A table is full: no interrupt number, no vector, no slot. */
	IRQREF_ERR_NOSPC = -3,
	/** Nothing is mapped there, or the object named does not exist (any more). */
	IRQREF_ERR_NOENT = -4,
	/** Somebody else holds it in a way that excludes this call; the holder is named. */
	IRQREF_ERR_BUSY = -5,
	/** The reference or number is dead: it was put, disposed or unplugged before. */
	IRQREF_ERR_STALE = -6,
	/** The hwirq is not one of the domain's. */
	IRQREF_ERR_RANGE = -7,
	/** The trigger type conflicts with the one in force, or the chip refused it. */
	IRQREF_ERR_TYPE = -8,
	/** The domain or hardware went away while this reference remained. */
	IRQREF_ERR_REVOKED = -9,
	/** A call that waits was made in a handler, a read section or another atomic context. */
	IRQREF_ERR_ATOMIC = -10,
	/** Cannot be had right now without waiting; try later, do not spin. */
	IRQREF_ERR_AGAIN = -11,
	/** The caller would wait for itself. */
	IRQREF_ERR_DEADLK = -12,
	/** The count is full. */
	IRQREF_ERR_OVERFLOW = -13,
	/** A callback of the domain or chip refused. */
	IRQREF_ERR_REFUSED = -14,
	/** It is there already. */
	IRQREF_ERR_EXIST = -15,
	/** The chip, domain or port has no such operation. */
	IRQREF_ERR_NOTSUP = -16,
	/** enable without a disable of the same bucket. */
	IRQREF_ERR_UNBALANCED = -17,
	/** A devicetree is malformed; the node and property are named. */
	IRQREF_ERR_FORMAT = -18,
};

/**
 * irqref_strerror() - the name of a result code
 * @err: a code any function of this library returned
 *
 * Context: any.
 * Return: a constant string such as "STALE", never NULL; "OK" for success, "UNKNOWN" for a number
 * that is no code.
 * Grace period: none.
 */
const char *irqref_strerror(int err);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_ERROR_H */
