// SPDX-License-Identifier: GPL-2.0-only
/*
 * debugfs: irqref/holders, events, stats. Each line is copied out of the ledger before it is
 * printed, and nothing is held between two lines.
 */
#include "module.h"

#include "inside.h"

#include <linux/debugfs.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

static struct dentry *dir;

/* ----------------------------------------------------------------- holders */

/* One line's worth; the position is the library's number, 0 is the heading. */
struct line {
	struct shadow shadow;
	char holders[1024];
};

static void *holders_at(struct seq_file *file, loff_t *pos, u32 after)
{
	struct line *line = file->private;
	u32 number = shadow_next(after, &line->shadow);

	*pos = number ? number : (loff_t)U32_MAX + 1;
	return number ? line : NULL;
}

static void *holders_start(struct seq_file *file, loff_t *pos)
{
	if (!*pos)
		return SEQ_START_TOKEN;
	return *pos > U32_MAX ? NULL : holders_at(file, pos, (u32)*pos - 1);
}

static void *holders_next(struct seq_file *file, void *at, loff_t *pos)
{
	return holders_at(file, pos, at == SEQ_START_TOKEN ? 0 : (u32)*pos);
}

static void nothing_stop(struct seq_file *file, void *at)
{
}

static const char *state_name(const struct shadow *shadow, enum irqref_state state)
{
	if (shadow->revoked || state == IRQREF_REVOKED)
		return "revoked";
	return state == IRQREF_LIVE ? "live" : "dying";
}

static int holders_show(struct seq_file *file, void *at)
{
	struct line *line = file->private;
	const struct shadow *shadow = &line->shadow;
	enum irqref_state state;
	unsigned int strong;
	bool floating;
	u32 all;

	if (at == SEQ_START_TOKEN) {
		seq_puts(file, "# virq domain hwirq state strong floating holders\n");
		return 0;
	}
	state = inside_count(irqref_space, shadow->number, &all, &floating);
	strong = holders_print(shadow->number, line->holders, sizeof(line->holders));
	seq_printf(file, "%u\t%s\t%llu\t%s\t%u\t%s\t%s\n", shadow->virq, shadow->domain,
	           shadow->hwirq, state_name(shadow, state), strong, floating ? "yes" : "no",
	           line->holders);
	return 0;
}

static const struct seq_operations holders_ops = {
        .start = holders_start,
        .next = holders_next,
        .stop = nothing_stop,
        .show = holders_show,
};

static int holders_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &holders_ops, sizeof(struct line));
}

static const struct file_operations holders_fops = {
        .owner = THIS_MODULE,
        .open = holders_open,
        .read = seq_read,
        .llseek = seq_lseek,
        .release = seq_release_private,
};

/* ------------------------------------------------------------------ events */

/* The position is the sequence number, 0 is the heading. */
static void *events_at(struct seq_file *file, loff_t *pos)
{
	struct record *record = file->private;

	if (!event_read((u64)*pos, record))
		return NULL;
	*pos = (loff_t)record->seq;
	return record;
}

static void *events_begin(struct seq_file *file, loff_t *pos)
{
	return *pos ? events_at(file, pos) : SEQ_START_TOKEN;
}

static void *events_next(struct seq_file *file, void *at, loff_t *pos)
{
	++*pos;
	return events_at(file, pos);
}

static int events_show(struct seq_file *file, void *at)
{
	const struct record *record = at;
	u32 rest;
	u64 seconds;

	if (at == SEQ_START_TOKEN) {
		seq_puts(file, "# seq time kind virq domain hwirq by left\n");
		return 0;
	}
	seconds = div_u64_rem(record->time, NSEC_PER_SEC, &rest);
	seq_printf(file, "%llu\t%llu.%06u\t%s\t%u\t%s\t%llu\t%s\t%s\n", record->seq, seconds,
	           rest / 1000u, event_names[record->kind], record->virq, record->domain,
	           record->hwirq, record->by, record->left);
	return 0;
}

static const struct seq_operations events_ops = {
        .start = events_begin,
        .next = events_next,
        .stop = nothing_stop,
        .show = events_show,
};

static int events_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &events_ops, sizeof(struct record));
}

static const struct file_operations events_fops = {
        .owner = THIS_MODULE,
        .open = events_open,
        .read = seq_read,
        .llseek = seq_lseek,
        .release = seq_release_private,
};

/* ------------------------------------------------------------------- stats */

struct sums {
	u32 floating;
	u32 strong;
	u32 kept;
	u32 revoked;
	u32 mappings;
};

static void sum_up(struct sums *sums)
{
	struct shadow shadow;
	u32 number;

	*sums = (struct sums){};
	for (number = shadow_next(0, &shadow); number; number = shadow_next(number, &shadow)) {
		enum irqref_state state;
		bool floating;
		u32 strong;

		state = inside_count(irqref_space, number, &strong, &floating);
		sums->strong += strong;
		sums->floating += floating;
		sums->mappings += state == IRQREF_LIVE;
		sums->revoked += shadow.revoked;
		sums->kept += state == IRQREF_LIVE && !floating;
	}
}

static int stats_show(struct seq_file *file, void *unused)
{
	struct sums sums;

	sum_up(&sums);
	seq_printf(file, "mode %s\n", READ_ONCE(irqref_protect) ? "protect" : "observe");
	seq_printf(file, "pci %d\n", READ_ONCE(irqref_pci));
	seq_printf(file, "hooks %u\n", hooks_count());
	seq_printf(file, "mappings %u\n", sums.mappings);
	seq_printf(file, "strong %u\n", sums.strong);
	seq_printf(file, "floating %u\n", sums.floating);
	seq_printf(file, "kept %u\n", sums.kept);
	seq_printf(file, "revoked %u\n", sums.revoked);
	seq_printf(file, "creates %llu\n", counted(COUNT_CREATES));
	seq_printf(file, "disposes %llu\n", counted(COUNT_DISPOSES));
	seq_printf(file, "deferred %llu\n", counted(COUNT_DEFERRED));
	seq_printf(file, "torn-down %llu\n", counted(COUNT_TORN_DOWN));
	seq_printf(file, "adopted %llu\n", counted(COUNT_ADOPTED));
	seq_printf(file, "events %llu\n", counted(COUNT_EVENTS));
	seq_printf(file, "events-dropped %llu\n", counted(COUNT_EVENTS_DROPPED));
	seq_printf(file, "oom %llu\n", counted(COUNT_OOM));
	seq_printf(file, "unknown %llu\n", counted(COUNT_UNKNOWN));
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(stats);

void files_start(void)
{
	dir = debugfs_create_dir("irqref", NULL);
	debugfs_create_file("holders", 0444, dir, NULL, &holders_fops);
	debugfs_create_file("events", 0444, dir, NULL, &events_fops);
	debugfs_create_file("stats", 0444, dir, NULL, &stats_fops);
}

void files_stop(void)
{
	debugfs_remove(dir);
}
