/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo, story two: interrupt 16 of the Freescale P1010, with eight users, of which the
 * flash controller leaves first.
 */
#include "demo.h"

#include <string.h>

#define USERS 8u

/* What became of one user, by column of the table. */
enum fate {
	SERVED,
	DEAF,
	UNBOUND,
};

/* One telling of the story. */
struct telling {
	enum demo_rules rules;
	const char *title;
	struct demo_machine *machine;
	enum fate before[USERS];
	enum fate after[USERS];
	irqref_virq_t virq_before;
	irqref_virq_t virq_after;
	unsigned int count_before;
	unsigned int count_after;
};

static void look(const struct telling *t, enum fate *fate, irqref_virq_t *virq, unsigned int *count)
{
	struct demo_machine *m = t->machine;
	struct irqref_cursor cursor = {0};
	struct irqref_entry entry;

	demo_raise(m, NULL);
	for (unsigned int i = 0; i < USERS; i++) {
		const struct demo_device *dev = &m->devices[i];

		fate[i] = !dev->present ? UNBOUND : dev->served == 1 ? SERVED : DEAF;
	}
	*virq = demo_line_virq(m, &m->lines[0]);
	*count = 0;
	if (irqref_ledger_next(m->space, &cursor, &entry) > 0)
		*count = entry.strong + entry.floating;
}

static unsigned int count_fate(const enum fate *fates, enum fate fate)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < USERS; i++)
		count += fates[i] == fate;
	return count;
}

static bool begin(struct demo *demo, struct telling *t)
{
	struct tool_board board;

	if (!demo_board_p1010(&board))
		return false;
	t->machine = demo_machine_new(demo, t->rules, &board);
	if (t->machine->nr_devices != USERS || t->machine->nr_lines != 1)
		tool_die("demo: p1010.dts does not say what it should");
	for (unsigned int i = 0; i < USERS; i++)
		demo_device_take(&t->machine->devices[i]);
	look(t, t->before, &t->virq_before, &t->count_before);
	if (t->rules != DEMO_LINUX)
		demo_check(t->machine);
	demo_device_drop(&t->machine->devices[0]);
	look(t, t->after, &t->virq_after, &t->count_after);
	if (t->rules != DEMO_LINUX)
		demo_check(t->machine);
	return true;
}

/* The other seven leave; a story that is over leaves nothing behind. */
static void end(struct telling *t)
{
	for (unsigned int i = 1; i < USERS; i++) {
		demo_device_drop(&t->machine->devices[i]);
		if (t->rules != DEMO_LINUX) {
			demo_promise(
			        t->machine->demo, demo_raise(t->machine, NULL) == USERS - 1 - i,
			        "somebody went deaf when %s left", t->machine->devices[i].name);
			demo_check(t->machine);
		}
	}
	demo_machine_end(t->machine);
}

/* ------------------------------------------------------------- table */

#define NAME_WIDTH   20
#define BEFORE_WIDTH 9
#define AFTER_WIDTH  16

/* The last column of a table is not filled up with blanks: width 0. */
static void pad(size_t used, size_t width)
{
	printf("%*s", used < width ? (int)(width - used) : 0, "");
}

static void print_fate(const struct demo *demo, enum fate fate, size_t width)
{
	static const char *const names[] = {"served", "DEAF", "unbound"};
	static const char *const colours[] = {DEMO_GOOD, DEMO_BAD, DEMO_DIM};

	demo_say(demo, colours[fate], "%s", names[fate]);
	pad(strlen(names[fate]), width);
}

static void print_text(const char *text, size_t width)
{
	fputs(text, stdout);
	pad(strlen(text), width);
}

static void print_virq(irqref_virq_t virq, size_t width)
{
	struct tool_text text = {0};

	if (virq)
		tool_text_add(&text, "virq %u", virq);
	else
		tool_text_add(&text, "none");
	print_text(text.data, width);
	tool_text_free(&text);
}

static void print_count(unsigned int count, size_t width)
{
	struct tool_text text = {0};

	tool_text_add(&text, "%u", count);
	print_text(text.data, width);
	tool_text_free(&text);
}

static void print_table(const struct demo *demo, const struct telling *tellings, size_t count)
{
	const struct telling *t, *end = tellings + count, *last = end - 1;

	printf("   %-*s", NAME_WIDTH, "");
	for (t = tellings; t < end; t++)
		demo_say(demo, DEMO_STRONG, "%-*s", t == last ? 0 : BEFORE_WIDTH + AFTER_WIDTH,
		         t->title);
	printf("\n   %-*s", NAME_WIDTH, "");
	for (t = tellings; t < end; t++)
		printf("%-*s%-*s", BEFORE_WIDTH, "before", t == last ? 0 : AFTER_WIDTH, "after");
	putchar('\n');
	for (unsigned int i = 0; i < USERS; i++) {
		printf("   %-*s", NAME_WIDTH, tellings[0].machine->devices[i].name);
		for (t = tellings; t < end; t++) {
			print_fate(demo, t->before[i], BEFORE_WIDTH);
			print_fate(demo, t->after[i], t == last ? 0 : AFTER_WIDTH);
		}
		putchar('\n');
	}
	printf("   %-*s", NAME_WIDTH, "number");
	for (t = tellings; t < end; t++) {
		print_virq(t->virq_before, BEFORE_WIDTH);
		print_virq(t->virq_after, t == last ? 0 : AFTER_WIDTH);
	}
	printf("\n   %-*s", NAME_WIDTH, "count");
	for (t = tellings; t < end; t++) {
		print_count(t->count_before, BEFORE_WIDTH);
		print_count(t->count_after, t == last ? 0 : AFTER_WIDTH);
	}
	fputs("\n\n", stdout);
}

static void print_moral(const struct demo *demo, const struct telling *t, const char *text)
{
	unsigned int deaf = count_fate(t->after, DEAF);

	demo_say(demo, DEMO_STRONG, "   %-25s", t->title);
	printf("%s: ", text);
	demo_say(demo, deaf ? DEMO_BAD : DEMO_GOOD, "%u of %u go deaf", deaf, USERS - 1);
	putchar('\n');
}

/* ------------------------------------------------------------ orders */

/* The next permutation in lexical order; false after the last. */
static bool next_order(unsigned char *order)
{
	unsigned int i = USERS - 1, j = USERS - 1;

	while (i > 0 && order[i - 1] >= order[i])
		i--;
	if (i == 0)
		return false;
	while (order[j] <= order[i - 1])
		j--;
	for (unsigned char t = order[i - 1]; t != order[j]; order[j] = t)
		order[i - 1] = order[j];
	for (j = USERS - 1; i < j; i++, j--) {
		unsigned char t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	return true;
}

/* Eight users leave in one order; nobody may go deaf, and the last takes the mapping along. */
static bool unbind_in(struct demo_machine *m, const unsigned char *order)
{
	bool ok = true;

	for (unsigned int i = 0; i < USERS; i++)
		demo_device_take(&m->devices[i]);
	for (unsigned int i = 0; i < USERS; i++) {
		ok = ok && demo_line_virq(m, &m->lines[0]) != 0 && m->lines[0].unmasked;
		demo_device_drop(&m->devices[order[i]]);
		ok = ok && demo_raise(m, NULL) == USERS - 1 - i;
	}
	return ok && demo_line_virq(m, &m->lines[0]) == 0 && !m->lines[0].unmasked;
}

static bool tell_orders(struct demo *demo)
{
	unsigned char order[USERS];
	struct tool_board board;
	struct demo_machine *m;
	unsigned int orders = 0, kept = 0, promises = demo->promises;

	if (!demo_board_p1010(&board))
		return false;
	m = demo_machine_new(demo, DEMO_REFERENCES, &board);
	for (unsigned int i = 0; i < USERS; i++)
		order[i] = (unsigned char)i;
	do {
		kept += unbind_in(m, order);
		orders++;
	} while (next_order(order));
	/* An order is one promise, whatever was looked at on the way. */
	demo->promises = promises + orders - 1;
	demo_promise(demo, kept == orders, "%u of %u orders leave somebody deaf", orders - kept,
	             orders);
	demo_machine_end(m);
	printf("\n   The eight can leave in %u orders: in each the last one ends the mapping, and ",
	       orders);
	demo_say(demo, kept == orders ? DEMO_GOOD : DEMO_BAD, "%s",
	         kept == orders ? "none goes deaf" : "not so");
	putchar('\n');
	return true;
}

/* ------------------------------------------------------------- story */

bool demo_p1010(struct demo *demo)
{
	struct telling tellings[] = {
	        {.rules = DEMO_LINUX, .title = "Linux's rules"},
	        {.rules = DEMO_LINUX_CALLS, .title = "Linux's calls on irqref"},
	        {.rules = DEMO_REFERENCES, .title = "irqref's references"},
	};
	const size_t count = sizeof(tellings) / sizeof(tellings[0]);

	demo_title(demo, "2",
	           "Interrupt 16 of the Freescale P1010 has eight users, and the flash driver is "
	           "unbound first");
	for (size_t i = 0; i < count; i++) {
		if (!begin(demo, &tellings[i]))
			return false;
	}
	print_table(demo, tellings, count);
	print_moral(demo, &tellings[0], "handlers hold nothing, one dispose ends the mapping");
	print_moral(demo, &tellings[1], "the same drivers; a requested handler holds it");
	print_moral(demo, &tellings[2], "each driver holds it, and its handler lives in that");
	demo_promise(demo, count_fate(tellings[0].after, DEAF) == USERS - 1,
	             "Linux's rules: a dispose does not end a floating mapping");
	for (size_t i = 0; i < count; i++) {
		demo_promise(demo, count_fate(tellings[i].before, SERVED) == USERS,
		             "%s: not everybody is served at first", tellings[i].title);
		demo_promise(demo, i == 0 || count_fate(tellings[i].after, DEAF) == 0,
		             "%s: somebody goes deaf", tellings[i].title);
		end(&tellings[i]);
	}
	return tell_orders(demo);
}
