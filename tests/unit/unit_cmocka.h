/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit.h on a host: cmocka's own asserts and runner. Included by unit.h only.
 */
#ifndef IRQREF_TESTS_UNIT_CMOCKA_H
#define IRQREF_TESTS_UNIT_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define UNIT_MAX_TESTS 256

struct unit_fixture {
	void (*setup)(void);
	void (*teardown)(void);
};

static struct unit_fixture unit_fixture;

static inline _Noreturn void unit_fail(const char *file, int line)
{
	_fail(file, line);
	__builtin_unreachable();
}

static inline void unit_trampoline(void **state)
{
	const struct irqref_test *test = *state;

	test->run();
}

static inline int unit_setup(void **state)
{
	(void)state;
	if (unit_fixture.setup)
		unit_fixture.setup();
	return 0;
}

static inline int unit_teardown(void **state)
{
	(void)state;
	if (unit_fixture.teardown)
		unit_fixture.teardown();
	return 0;
}

static inline int unit_run(const char *suite, const struct irqref_test *tests, size_t n,
                           const char *filter)
{
	static struct CMUnitTest group[UNIT_MAX_TESTS];
	size_t i;

	if (n > UNIT_MAX_TESTS) {
		print_error("%s: more than %d tests\n", suite, UNIT_MAX_TESTS);
		return 1;
	}
	for (i = 0; i < n; i++) {
		group[i].name = tests[i].name;
		group[i].test_func = unit_trampoline;
		group[i].setup_func = unit_setup;
		group[i].teardown_func = unit_teardown;
		group[i].initial_state = (void *)(uintptr_t)&tests[i];
	}
	if (filter)
		cmocka_set_test_filter(filter);
	return _cmocka_run_group_tests(suite, group, n, NULL, NULL) ? 1 : 0;
}

#define UNIT_SUITE_FIXTURE(suite, list, before, after)                                             \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		unit_fixture.setup = (before);                                                     \
		unit_fixture.teardown = (after);                                                   \
		return unit_run(suite, list, UNIT_COUNT(list), argc > 1 ? argv[1] : NULL);         \
	}

#endif /* IRQREF_TESTS_UNIT_CMOCKA_H */
