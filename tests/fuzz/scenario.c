/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a scenario: read, checked, and where they parse run on the library, with a bound on
 * the statements. The engine compares the library's ledger with its counters and its memory with
 * what was given back; a contradiction is a crash here, whatever the scenario expected.
 */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

/* More statements show nothing that fewer do not, and cost time. */
#define STEPS_MAX 2000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *null;
	struct replay_options opt = {.sandbox = true, .ledger = true, .max_steps = STEPS_MAX};
	bool broken = false;
	char *said = NULL, *text;
	size_t said_size = 0;

	if (!null)
		null = fopen("/dev/null", "w");
	opt.broken = &broken;
	opt.out = null;
	opt.err = open_memstream(&said, &said_size);
	if (!opt.out || !opt.err)
		abort();
	/* A copy of its own, so that reading beyond its end is seen. */
	text = malloc(size ? size : 1);
	if (!text)
		abort();
	if (size)
		memcpy(text, data, size);
	replay_text("fuzz", text, size, &opt);
	fclose(opt.err);
	if (broken) {
		fputs(said, stderr);
		abort();
	}
	free(said);
	free(text);
	return 0;
}
