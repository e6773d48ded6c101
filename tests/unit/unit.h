/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of a unit test: asserts, a list of tests, an entry point.
 *
 * A test source includes this header, "port.h" and headers of irqref, nothing of libc, so that
 * it runs on bare metal as well as on a host:
 *
 *	static void R1_get_is_one_step(void)
 *	{
 *		assert_ok(irqref_...);
 *	}
 *
 *	static const struct irqref_test tests[] = {
 *		TEST(R1_get_is_one_step),
 *	};
 *	UNIT_SUITE("mapping", tests)
 *
 * UNIT_SUITE_FIXTURE("mapping", tests, setup, teardown) calls setup() before and teardown() after
 * each test, also after a failed one; both are void (*)(void) and may assert; either may be NULL.
 *
 * Hosted, the frame is cmocka and UNIT_SUITE makes main(); an argument is a test name (with
 * wildcards) to run alone. With -DUNIT_BARE it is the shim below, and UNIT_SUITE makes
 * int UNIT_ENTRY(void), which returns how many tests failed and prints through unit_putc().
 * skip() leaves a test that does not apply to the port; it is then not counted.
 * An assert ends the test that it is in, so it must run on the thread that called the test.
 */
#ifndef IRQREF_TESTS_UNIT_H
#define IRQREF_TESTS_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irqref/error.h"

struct irqref_test {
	const char *name;
	void (*run)(void);
};

#define TEST(f)                                                                                    \
	{                                                                                          \
		.name = #f, .run = f                                                               \
	}

#define UNIT_COUNT(a)            (sizeof(a) / sizeof((a)[0]))
#define UNIT_SUITE(suite, tests) UNIT_SUITE_FIXTURE(suite, tests, NULL, NULL)

/* The call must return this code; a failure names both codes. */
#define assert_code(call, code)                                                                    \
	unit_assert_code((long)(call), (long)(code), #call, __FILE__, __LINE__)
#define assert_ok(call) assert_code(call, IRQREF_OK)

#ifdef UNIT_BARE
#include "unit_bare.h"
#else
#include "unit_cmocka.h"
#endif

static inline void unit_assert_code(long got, long want, const char *call, const char *file,
                                    int line)
{
	if (got == want)
		return;
	print_message("%s returned ", call);
	print_message("%s, not ", irqref_strerror((int)got));
	print_message("%s\n", irqref_strerror((int)want));
	unit_fail(file, line);
}

#endif /* IRQREF_TESTS_UNIT_H */
