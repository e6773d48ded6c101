/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module's files "holders" and "events": lines of fields with single tabs between them, the
 * first line a comment.
 */
#include "holders.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUGFS "/sys/kernel/debug"

/* The files are the kernel's; this keeps a wrong --dir from filling the memory. */
#define FILE_MAX ((size_t)256 << 20)

#define HELD_FIELDS     7
#define HAPPENED_FIELDS 8

static char *path_of(const char *dir, const char *name)
{
	struct tool_text path = {0};

	tool_text_add(&path, "%s/%s", dir, name);
	return path.data;
}

static char *debugfs_dir(void)
{
	const char *root = getenv("IRQREF_ROOT");

	return path_of(root ? root : "", &DEBUGFS[1]);
}

char *ledger_default_dir(void)
{
	char *debugfs = debugfs_dir(), *dir = path_of(debugfs, "irqref");

	free(debugfs);
	return dir;
}

/* A mounted debugfs is never empty, the directory that it is mounted on is. */
static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!dir)
		return errno == ENOENT;
	while (empty && (entry = readdir(dir)))
		empty = entry->d_name[0] == '.';
	closedir(dir);
	return empty;
}

/* Why there is no ledger at @dir, from what the system says of it. */
static void explain(const char *dir, int err)
{
	char *debugfs = debugfs_dir(), *usual = ledger_default_dir();

	if (err == EACCES || err == EPERM)
		tool_error("%s: no permission; the ledger is for root", dir);
	else if (strcmp(dir, usual) != 0)
		tool_error("%s: %s", dir, strerror(err));
	else if (is_empty(debugfs))
		tool_error("debugfs is not mounted at " DEBUGFS
		           "; as root: mount -t debugfs none " DEBUGFS);
	else
		tool_error("the module irqref is not loaded; as root: modprobe irqref");
	free(debugfs);
	free(usual);
}

static char *read_file(const char *dir, const char *name)
{
	char *path = path_of(dir, name), *text = NULL;
	size_t size;

	if (access(path, R_OK) != 0)
		explain(dir, errno);
	else
		text = tool_read_file(path, FILE_MAX, &size);
	free(path);
	return text;
}

/* Takes the next piece up to @end off *text; the text is cut there. NULL behind the last. */
static char *take(char **text, char end)
{
	char *piece = *text, *stop;

	if (!piece)
		return NULL;
	stop = strchr(piece, end);
	if (stop)
		*stop++ = '\0';
	*text = stop;
	return piece;
}

static bool number(const char *text, uint64_t max, uint64_t *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' && *out <= max;
}

static bool number32(const char *text, uint32_t *out)
{
	uint64_t value;

	if (!number(text, UINT32_MAX, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

/* "KIND:NAME,KIND:NAME"; names have no commas. "-" is none. */
static struct holder *split_holders(char *text, size_t *count)
{
	struct holder *holders = NULL;
	char *one;

	*count = 0;
	if (strcmp(text, "-") == 0)
		return NULL;
	while ((one = take(&text, ','))) {
		char *colon = strchr(one, ':');

		if (colon)
			*colon = '\0';
		holders = tool_realloc(holders, (*count + 1) * sizeof(*holders));
		holders[(*count)++] = (struct holder){.kind = one, .name = colon ? colon + 1 : "-"};
	}
	return holders;
}

/* A device that holds a mapping usually has a handler, too: each kind is counted alone. */
static bool is_shared(const struct held *held)
{
	size_t same;

	for (size_t i = 0; i < held->nholders; i++) {
		same = 0;
		if (strcmp(held->holders[i].kind, "floating") == 0)
			continue;
		for (size_t j = 0; j < held->nholders; j++)
			same += strcmp(held->holders[i].kind, held->holders[j].kind) == 0;
		if (same > 1)
			return true;
	}
	return false;
}

static bool parse_held(struct held *held, char **fields)
{
	*held = (struct held){.domain = fields[1], .state = fields[3]};
	if (!number32(fields[0], &held->virq) || !number(fields[2], UINT64_MAX, &held->hwirq) ||
	    !number32(fields[4], &held->strong))
		return false;
	held->floating = strcmp(fields[5], "yes") == 0;
	if (!held->floating && strcmp(fields[5], "no") != 0)
		return false;
	held->holders = split_holders(fields[6], &held->nholders);
	held->shared = is_shared(held);
	return true;
}

static bool parse_happened(struct happened *event, char **fields)
{
	*event = (struct happened){
	        .time = fields[1], .kind = fields[2], .domain = fields[4], .by = fields[6]};
	if (!number(fields[0], UINT64_MAX, &event->seq) || !number32(fields[3], &event->virq) ||
	    !number(fields[5], UINT64_MAX, &event->hwirq))
		return false;
	event->left = split_holders(fields[7], &event->nleft);
	return true;
}

/* Splits a line into exactly @want fields. */
static bool split_fields(char *line, char **fields, size_t want)
{
	char *field;
	size_t count = 0;

	while ((field = take(&line, '\t'))) {
		if (count == want)
			return false;
		fields[count++] = field;
	}
	return count == want;
}

static bool parse_holders(struct ledger *ledger, const char *dir)
{
	char *rest = ledger->holders_text, *line, *fields[HELD_FIELDS];
	size_t at = 0;

	while ((line = take(&rest, '\n'))) {
		at++;
		if (*line == '#' || *line == '\0')
			continue;
		ledger->held =
		        tool_realloc(ledger->held, (ledger->nheld + 1) * sizeof(*ledger->held));
		if (!split_fields(line, fields, HELD_FIELDS) ||
		    !parse_held(&ledger->held[ledger->nheld], fields)) {
			tool_error("%s/holders:%zu: not a line of the ledger", dir, at);
			return false;
		}
		ledger->nheld++;
	}
	return true;
}

static bool parse_events(struct ledger *ledger, const char *dir)
{
	char *rest = ledger->events_text, *line, *fields[HAPPENED_FIELDS];
	size_t at = 0;

	while ((line = take(&rest, '\n'))) {
		at++;
		if (*line == '#' || *line == '\0')
			continue;
		ledger->happened = tool_realloc(
		        ledger->happened, (ledger->nhappened + 1) * sizeof(*ledger->happened));
		if (!split_fields(line, fields, HAPPENED_FIELDS) ||
		    !parse_happened(&ledger->happened[ledger->nhappened], fields)) {
			tool_error("%s/events:%zu: not an event", dir, at);
			return false;
		}
		ledger->nhappened++;
	}
	return true;
}

bool ledger_read(struct ledger *ledger, const char *dir)
{
	*ledger = (struct ledger){0};
	ledger->holders_text = read_file(dir, "holders");
	if (ledger->holders_text)
		ledger->events_text = read_file(dir, "events");
	if (ledger->events_text && parse_holders(ledger, dir) && parse_events(ledger, dir))
		return true;
	ledger_free(ledger);
	return false;
}

void ledger_free(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->nheld; i++) {
		for (size_t j = 0; j < ledger->held[i].nnodes; j++)
			free(ledger->held[i].nodes[j]);
		free(ledger->held[i].nodes);
		free(ledger->held[i].holders);
	}
	for (size_t i = 0; i < ledger->nhappened; i++)
		free(ledger->happened[i].left);
	free(ledger->held);
	free(ledger->happened);
	free(ledger->holders_text);
	free(ledger->events_text);
	*ledger = (struct ledger){0};
}

const struct held *ledger_find(const struct ledger *ledger, const struct held *held)
{
	for (size_t i = 0; i < ledger->nheld; i++) {
		const struct held *other = &ledger->held[i];

		if (other->virq == held->virq && other->hwirq == held->hwirq &&
		    strcmp(other->domain, held->domain) == 0)
			return other;
	}
	return NULL;
}

bool ledger_same(const struct held *left, const struct held *right)
{
	if (left->strong != right->strong || left->floating != right->floating ||
	    left->nholders != right->nholders || strcmp(left->state, right->state) != 0)
		return false;
	for (size_t i = 0; i < left->nholders; i++) {
		if (strcmp(left->holders[i].kind, right->holders[i].kind) != 0 ||
		    strcmp(left->holders[i].name, right->holders[i].name) != 0)
			return false;
	}
	return true;
}
