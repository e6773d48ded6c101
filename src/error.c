/* SPDX-License-Identifier: BSD-2-Clause */
#include <irqref/error.h>

const char *irqref_strerror(int err)
{
	static const char *const names[] = {
	        "OK",      "INVAL", "NOMEM",   "NOSPC",      "NOENT",  "BUSY",   "STALE",
	        "RANGE",   "TYPE",  "REVOKED", "ATOMIC",     "AGAIN",  "DEADLK", "OVERFLOW",
	        "REFUSED", "EXIST", "NOTSUP",  "UNBALANCED", "FORMAT",
	};

	if (err > 0)
		return names[0];
	if (err < IRQREF_ERR_FORMAT)
		return "UNKNOWN";
	return names[-err];
}
