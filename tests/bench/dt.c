/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-dt IRQREF DTC FILE...
 *
 * How long devicetrees take: in the library (index and every interrupt, PCI pins apart), all boards
 * in this one process, and the command against dtc, whole process against whole process, in turns.
 * Prints a table; nothing fails, as a loaded machine proves nothing.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <irqref/devicetree.h>

#define LIBRARY_RUNS   9
#define PROCESS_RUNS   21
#define PROCESS_BOARDS 25

extern char **environ;

struct board {
	const char *file;
	void *blob;
	size_t size;
	unsigned interrupts;
	double time; /* seconds, the best of LIBRARY_RUNS */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-dt: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void *alloc(size_t size)
{
	void *mem = malloc(size ? size : 1);

	if (!mem)
		die("malloc");
	return mem;
}

static void load(struct board *b)
{
	struct stat st;
	int fd = open(b->file, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) != 0)
		die(b->file);
	b->size = (size_t)st.st_size;
	b->blob = alloc(b->size);
	if (read(fd, b->blob, b->size) != st.st_size)
		die(b->file);
	close(fd);
}

static unsigned resolve_all(const struct irqref_dt *dt)
{
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec spec;
	unsigned good = 0;
	int node, count;

	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node)) {
		count = irqref_dt_count(dt, node);
		irqref_dt_cursor_init(dt, node, &cursor);
		for (int i = 0; i < count; i++)
			good += irqref_dt_cursor_next(dt, &cursor, &spec, NULL) == 0;
	}
	return good;
}

static double once(struct board *b)
{
	double begin = now();
	struct irqref_dt dt;
	void *storage;
	size_t need;

	/* Enough for the index of every blob, so that it is read only once. */
	need = b->size + b->size / 2;
	storage = alloc(need);
	if (irqref_dt_init(&dt, b->blob, b->size, storage, need, NULL) == 0)
		b->interrupts = resolve_all(&dt);
	free(storage);
	return now() - begin;
}

static int compare_times(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static int compare_boards(const void *left, const void *right)
{
	return compare_times(&((const struct board *)left)->time,
	                     &((const struct board *)right)->time);
}

static void library(struct board *boards, size_t n)
{
	double begin = now(), all, time;
	unsigned long interrupts = 0;
	size_t late = 0;

	for (size_t i = 0; i < n; i++) {
		load(&boards[i]);
		once(&boards[i]);
	}
	all = now() - begin;
	for (size_t i = 0; i < n; i++) {
		boards[i].time = once(&boards[i]);
		for (int run = 1; run < LIBRARY_RUNS; run++) {
			time = once(&boards[i]);
			if (time < boards[i].time)
				boards[i].time = time;
		}
		late += boards[i].time >= 1e-3;
		interrupts += boards[i].interrupts;
	}
	qsort(boards, n, sizeof(*boards), compare_boards);
	printf("boards                                       %zu, %lu interrupts\n", n, interrupts);
	printf("all in one process, read and resolved        %.3f s     goal 3 s\n", all);
	printf("a board: index and every interrupt, median   %.3f ms\n", boards[n / 2].time * 1e3);
	printf("    the slowest                              %.3f ms    goal 1 ms, above it: %zu\n",
	       boards[n - 1].time * 1e3, late);
	for (size_t i = n > 3 ? n - 3 : 0; i < n; i++)
		printf("        %.3f ms  %u interrupts  %s\n", boards[i].time * 1e3,
		       boards[i].interrupts, boards[i].file);
}

static double run(const char *const *argv)
{
	posix_spawn_file_actions_t actions;
	double begin;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	begin = now();
	errno = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
	if (errno)
		die(argv[0]);
	while (waitpid(pid, &status, 0) < 0)
		;
	begin = now() - begin;
	posix_spawn_file_actions_destroy(&actions);
	return begin;
}

static double median(double *times, size_t n)
{
	qsort(times, n, sizeof(*times), compare_times);
	return times[n / 2];
}

/* Boards from the quick to the slow, every 25th part of them one, so typical ones weigh most. */
static void processes(const char *irqref, const char *dtc, const struct board *boards, size_t n)
{
	double ours[PROCESS_RUNS], theirs[PROCESS_RUNS], none[PROCESS_RUNS];
	double ratios[PROCESS_BOARDS];
	double sum_ours = 0, sum_theirs = 0, sum_none = 0;
	size_t nr = n < PROCESS_BOARDS ? n : PROCESS_BOARDS;

	for (size_t i = 0; i < nr; i++) {
		const char *file = boards[(2 * i + 1) * n / (2 * nr)].file;
		const char *const a[] = {irqref, "resolve", "--plain", file, NULL};
		const char *const nothing[] = {irqref, "--version", NULL};
		const char *const b[] = {dtc, "-q", "-I", "dtb", "-O", "dtb", file, NULL};

		for (int r = 0; r < PROCESS_RUNS; r++) {
			ours[r] = run(a);
			theirs[r] = run(b);
			none[r] = run(nothing);
		}
		sum_none += median(none, PROCESS_RUNS);
		sum_ours += median(ours, PROCESS_RUNS);
		sum_theirs += median(theirs, PROCESS_RUNS);
		ratios[i] = median(theirs, PROCESS_RUNS) / median(ours, PROCESS_RUNS);
	}
	printf("whole process, %zu boards, medians of %d runs:\n", nr, PROCESS_RUNS);
	printf("    irqref resolve --plain                   %.3f ms\n",
	       sum_ours / (double)nr * 1e3);
	printf("        of it starting and ending            %.3f ms\n",
	       sum_none / (double)nr * 1e3);
	printf("    dtc -I dtb -O dtb                        %.3f ms\n",
	       sum_theirs / (double)nr * 1e3);
	printf("    dtc takes times as long, median          %.2f        goal 4\n",
	       median(ratios, nr));
	printf("        from %.2f to %.2f\n", ratios[0], ratios[nr - 1]);
}

int main(int argc, char **argv)
{
	struct board *boards;
	size_t n;

	if (argc < 4) {
		fprintf(stderr, "usage: bench-dt IRQREF DTC FILE...\n");
		return 2;
	}
	n = (size_t)argc - 3;
	boards = alloc(n * sizeof(*boards));
	for (size_t i = 0; i < n; i++)
		boards[i] = (struct board){.file = argv[i + 3]};
	library(boards, n);
	processes(argv[1], argv[2], boards, n);
	for (size_t i = 0; i < n; i++)
		free(boards[i].blob);
	free(boards);
	return 0;
}
