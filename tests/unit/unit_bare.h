/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit.h without a C library: the asserts that cmocka has, by the same names, and a runner that
 * prints TAP. Included by unit.h only. The machine supplies unit_putc().
 */
#ifndef IRQREF_TESTS_UNIT_BARE_H
#define IRQREF_TESTS_UNIT_BARE_H

#ifndef UNIT_ENTRY
#define UNIT_ENTRY unit_main
#endif

void unit_putc(char c);
int UNIT_ENTRY(void);

/* __builtin_setjmp() wants five words. */
static void *unit_jump[5];
static const char *volatile unit_outcome;
static volatile bool unit_skipped;

static inline void unit_puts(const char *s)
{
	while (*s)
		unit_putc(*s++);
}

static inline void unit_putn(unsigned long long v)
{
	if (v >= 10)
		unit_putn(v / 10);
	unit_putc((char)('0' + v % 10));
}

/* Enough of printf for a message: %s is the argument, everything else stands as it is. */
static inline void unit_print(const char *format, const char *arg)
{
	for (; *format; format++) {
		if (format[0] == '%' && format[1] == 's' && arg) {
			unit_puts(arg);
			format++;
		} else {
			unit_putc(*format);
		}
	}
}

#define UNIT_FIRST(a, ...)     a
#define print_message(...)     unit_print(UNIT_FIRST(__VA_ARGS__, ), UNIT_SECOND(__VA_ARGS__, NULL, ))
#define UNIT_SECOND(a, b, ...) UNIT_AS_STRING(b)
#define UNIT_AS_STRING(b)                                                                          \
	_Generic((b), char * : (b), const char * : (b), default : (const char *)NULL)

static inline _Noreturn void unit_leave(const char *outcome)
{
	unit_outcome = outcome;
	__builtin_longjmp(unit_jump, 1);
}

static inline _Noreturn void unit_fail(const char *file, int line)
{
	unit_puts("# failed at ");
	unit_puts(file);
	unit_putc(':');
	unit_putn((unsigned)line);
	unit_putc('\n');
	unit_leave("not ok ");
}

static inline int unit_strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a != *b;
}

static inline int unit_memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	while (n--) {
		if (*x++ != *y++)
			return 1;
	}
	return 0;
}

static inline void unit_check(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	unit_puts("# does not hold: ");
	unit_puts(what);
	unit_putc('\n');
	unit_fail(file, line);
}

static inline void unit_check_equal(unsigned long long a, unsigned long long b, bool want,
                                    const char *what, const char *file, int line)
{
	if ((a == b) == want)
		return;
	unit_puts("# values: ");
	unit_putn(a);
	unit_puts(" and ");
	unit_putn(b);
	unit_putc('\n');
	unit_check(false, what, file, line);
}

#define UNIT_CHECK(c, what) unit_check((c), what, __FILE__, __LINE__)
#define UNIT_EQUAL(a, b, want, what)                                                               \
	unit_check_equal((unsigned long long)(a), (unsigned long long)(b), want, what, __FILE__,   \
	                 __LINE__)
#define UNIT_BETWEEN(v, lo, hi)                                                                    \
	((unsigned long long)(v) >= (unsigned long long)(lo) &&                                    \
	 (unsigned long long)(v) <= (unsigned long long)(hi))

#define assert_true(c)                UNIT_CHECK(!!(c), #c)
#define assert_false(c)               UNIT_CHECK(!(c), "!(" #c ")")
#define assert_int_equal(a, b)        UNIT_EQUAL(a, b, true, #a " == " #b)
#define assert_int_not_equal(a, b)    UNIT_EQUAL(a, b, false, #a " != " #b)
#define assert_ptr_equal(a, b)        UNIT_EQUAL((uintptr_t)(a), (uintptr_t)(b), true, #a " == " #b)
#define assert_ptr_not_equal(a, b)    UNIT_EQUAL((uintptr_t)(a), (uintptr_t)(b), false, #a " != " #b)
#define assert_null(p)                UNIT_CHECK((p) == NULL, #p " == NULL")
#define assert_non_null(p)            UNIT_CHECK((p) != NULL, #p " != NULL")
#define assert_string_equal(a, b)     UNIT_CHECK(!unit_strcmp(a, b), #a " eq " #b)
#define assert_string_not_equal(a, b) UNIT_CHECK(unit_strcmp(a, b), #a " ne " #b)
#define assert_memory_equal(a, b, n)  UNIT_CHECK(!unit_memcmp(a, b, n), #a " same bytes as " #b)
#define assert_memory_not_equal(a, b, n)                                                           \
	UNIT_CHECK(unit_memcmp(a, b, n), #a " other bytes than " #b)
#define assert_in_range(v, lo, hi) UNIT_CHECK(UNIT_BETWEEN(v, lo, hi), #v " in " #lo ".." #hi)
#define assert_not_in_range(v, lo, hi)                                                             \
	UNIT_CHECK(!UNIT_BETWEEN(v, lo, hi), #v " not in " #lo ".." #hi)
#define fail() unit_fail(__FILE__, __LINE__)
#define fail_msg(...)                                                                              \
	do {                                                                                       \
		print_message(__VA_ARGS__);                                                        \
		unit_putc('\n');                                                                   \
		fail();                                                                            \
	} while (0)
#define skip()                                                                                     \
	do {                                                                                       \
		unit_skipped = true;                                                               \
		unit_leave("ok ");                                                                 \
	} while (0)

static inline bool unit_run_one(const struct irqref_test *test, void (*setup)(void),
                                void (*teardown)(void))
{
	unit_outcome = "ok ";
	unit_skipped = false;
	if (__builtin_setjmp(unit_jump) == 0) {
		if (setup)
			setup();
		test->run();
	}
	if (__builtin_setjmp(unit_jump) == 0) {
		if (teardown)
			teardown();
	}
	return unit_outcome[0] == 'o';
}

static inline int unit_run(const char *suite, const struct irqref_test *tests, size_t n,
                           void (*setup)(void), void (*teardown)(void))
{
	volatile int failed = 0;
	volatile size_t i;

	unit_puts("1..");
	unit_putn(n);
	unit_puts("\n# ");
	unit_puts(suite);
	unit_putc('\n');
	for (i = 0; i < n; i++) {
		if (!unit_run_one(&tests[i], setup, teardown))
			failed++;
		unit_puts(unit_outcome);
		unit_putn(i + 1);
		unit_puts(" - ");
		unit_puts(tests[i].name);
		unit_puts(unit_skipped ? " # SKIP\n" : "\n");
	}
	return failed;
}

#define UNIT_SUITE_FIXTURE(suite, list, before, after)                                             \
	int UNIT_ENTRY(void)                                                                       \
	{                                                                                          \
		return unit_run(suite, list, UNIT_COUNT(list), before, after);                     \
	}

#endif /* IRQREF_TESTS_UNIT_BARE_H */
