/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model [--operations N] [--seed S] [--out FILE] [--self-test]
 *
 * Runs N random operations (a million by default), in sequences on a fresh space each. When the
 * library and the model disagree, or the library crashes or hangs, the sequence is shrunk to as
 * few operations as still show it, and written as a scenario file. Everything that runs the
 * library is a child process; what it found out, it leaves in shared memory.
 */
#define _DEFAULT_SOURCE /* for MAP_ANONYMOUS */
#include "model.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds that one sequence may take: thousands of times what it needs. */
#define PATIENCE 60

/* For the self test: where to start, and the most operations that the planted fault may need. */
#define PLANT_SEED   5u
#define PLANT_LENGTH 8

#define CODES 32

static struct {
	struct sequence seq;
	uint64_t sequences;
	uint64_t done;
	char why[256];
	uint64_t seen[OP_KINDS][CODES];
} * shared;

static struct world world;
static bool plant;

void fault(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(shared->why, sizeof(shared->why), format, args);
	va_end(args);
	_exit(3);
}

/* What may come, given which injected failures struck in the meantime. */
static uint32_t allowed(uint32_t codes, const struct outcome *got)
{
	if (got->map_failed)
		codes = CODE(IRQREF_ERR_REFUSED);
	if (got->alloc_failed)
		codes |= CODE(IRQREF_ERR_NOMEM);
	return codes;
}

static bool may_map(const struct op *op)
{
	return op->kind == OP_GET || op->kind == OP_CREATE || op->kind == OP_CHAIN;
}

/* One operation on both sides. The scenario, where wanted, has it before the library sees it. */
static void step(const struct op *op, FILE *scenario)
{
	uint32_t codes = world_expect(&world, op);
	struct outcome got;
	char why[200];
	long at = 0;

	if (scenario) {
		at = ftell(scenario);
		scenario_op(scenario, &world, op, codes);
		fflush(scenario);
	}
	lib_do(op, &world, &got);
	if (scenario && (got.map_failed || got.alloc_failed)) {
		fseek(scenario, at, SEEK_SET);
		scenario_op(scenario, &world, op, got.code ? CODE(got.code) : CODE_OK);
		fflush(scenario);
	}
	if (got.map_failed && !may_map(op))
		fault("a map callback was called by an operation that maps nothing");
	if (got.code > 0 || got.code <= -CODES || !(allowed(codes, &got) & CODE(got.code)))
		fault("the last operation gives %s", irqref_strerror(got.code));
	shared->seen[op->kind][-got.code]++;
	world_apply(&world, op, &got);
	if (compare(&world, why, sizeof(why)))
		return;
	if (scenario) {
		scenario_state(scenario, &world);
		fflush(scenario);
	}
	fault("%s", why);
}

static void begin(const struct sequence *seq)
{
	alarm(PATIENCE);
	world_init(&world, seq);
	world.plant = plant;
	lib_begin(seq);
}

static void run_recorded(FILE *scenario)
{
	unsigned int i;

	begin(&shared->seq);
	for (i = 0; i < shared->seq.length; i++) {
		if (world_can(&world, &shared->seq.op[i]))
			step(&shared->seq.op[i], scenario);
	}
	if (scenario) {
		scenario_state(scenario, &world);
		fflush(scenario);
	}
	lib_end();
}

static void run_random(uint64_t seed)
{
	struct sequence *seq = &shared->seq;
	uint64_t state = seed;
	unsigned int length;

	gen_begin(seq, &state);
	length = OPS_MAX / 4 + rnd_below(&state, OPS_MAX * 3 / 4);
	begin(seq);
	while (seq->length < length) {
		struct op *op = &seq->op[seq->length];

		gen_op(op, &world, &state);
		if (!world_can(&world, op)) {
			shared->done++;
			length--;
			continue;
		}
		seq->length++;
		step(op, NULL);
		shared->done++;
	}
	lib_end();
}

static void run_all(uint64_t seed, uint64_t ops)
{
	while (shared->done < ops) {
		run_random(seed + shared->sequences * 0x632be59bd9b4e019u);
		shared->sequences++;
	}
}

/* Runs it in a child; true if that failed, and then why. */
static bool fails(void (*run)(void *), void *arg, bool quiet)
{
	pid_t pid;
	int status;

	shared->why[0] = 0;
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("model: fork");
		exit(2);
	}
	if (!pid) {
		if (quiet && !freopen("/dev/null", "w", stderr))
			_exit(2);
		run(arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			perror("model: waitpid");
			exit(2);
		}
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return false;
	if (WIFSIGNALED(status))
		snprintf(shared->why, sizeof(shared->why), "%s",
		         WTERMSIG(status) == SIGALRM ? "it hangs" : strsignal(WTERMSIG(status)));
	else if (!shared->why[0])
		snprintf(shared->why, sizeof(shared->why), "it exits with %d", WEXITSTATUS(status));
	return true;
}

static void recorded(void *scenario)
{
	run_recorded(scenario);
}

static bool still_fails(void)
{
	return fails(recorded, NULL, true);
}

/* shrinking */

/* Leaves out ever smaller parts of the sequence for as long as it fails without them. */
static void shrink_length(void)
{
	struct sequence *seq = &shared->seq;
	static struct sequence before;
	unsigned int part = seq->length / 2;
	unsigned int at;

	while (part) {
		bool gained = false;

		for (at = 0; at + part <= seq->length;) {
			before = *seq;
			memmove(&seq->op[at], &seq->op[at + part],
			        (seq->length - at - part) * sizeof(seq->op[0]));
			seq->length -= part;
			if (still_fails()) {
				gained = true;
			} else {
				*seq = before;
				at += part;
			}
		}
		if (part > 1 || !gained)
			part /= 2;
	}
}

static void simplify(struct op *op, uint8_t what)
{
	switch (what) {
	case 0:
		op->type = 0;
		break;
	case 1:
		op->refuse = KEY_NONE;
		break;
	case 2:
		op->n = op->kind == OP_FIRE ? 1 : op->n;
		break;
	case 3:
		op->other = op->kind == OP_DOMAIN ? -1 : op->other;
		break;
	default:
		op->flow = 0;
	}
}

static void shrink_words(void)
{
	struct sequence *seq = &shared->seq;
	unsigned int i;
	uint8_t what;

	for (i = 0; i < seq->length; i++) {
		for (what = 0; what < 5; what++) {
			struct op before = seq->op[i];

			simplify(&seq->op[i], what);
			if (memcmp(&before, &seq->op[i], sizeof(before)) && !still_fails())
				seq->op[i] = before;
		}
	}
}

static void report(const char *out)
{
	FILE *f = fopen(out, "w+");
	char why[256];

	if (!f) {
		perror(out);
		return;
	}
	snprintf(why, sizeof(why), "%s", shared->why);
	scenario_head(f, why);
	fails(recorded, f, true);
	fclose(f);
	printf("model: shrunk to %u operations: %s\nmodel: %s:\n", shared->seq.length, shared->why,
	       out);
	f = fopen(out, "r");
	if (f) {
		char line[1024];

		while (fgets(line, sizeof(line), f))
			printf("\t%s", line);
		fclose(f);
	}
}

/* the whole */

struct job {
	uint64_t seed;
	uint64_t ops;
};

static void all(void *arg)
{
	const struct job *job = arg;

	run_all(job->seed, job->ops);
}

static void print_seen(void)
{
	static const char *const words[OP_KINDS] = {
	        "domain",
	        "consumer",
	        "get",
	        "put",
	        "create",
	        "find",
	        "dispose",
	        "request",
	        "free",
	        "disable",
	        "enable",
	        "fire",
	        "unplug",
	        "remove",
	        "chain",
	        "inject alloc",
	        "inject map",
	        "get by number",
	        "put in handler",
	        "handler",
	        "unhandle",
	};
	int k;
	int c;

	for (k = 0; k < OP_KINDS; k++) {
		printf("%-14s", words[k]);
		for (c = 0; c < CODES; c++) {
			if (shared->seen[k][c])
				printf(" %s %" PRIu64, irqref_strerror(-c), shared->seen[k][c]);
		}
		printf("\n");
	}
}

static bool check(struct job *job, const char *out)
{
	if (!fails(all, job, false)) {
		printf("model: %" PRIu64 " operations in %" PRIu64 " sequences, seed %" PRIu64
		       ": all as expected\n",
		       shared->done, shared->sequences, job->seed);
		return true;
	}
	printf("model: seed %" PRIu64 ", sequence %" PRIu64 " of %u operations: %s\n", job->seed,
	       shared->sequences, shared->seq.length, shared->why);
	if (!still_fails()) {
		printf("model: the sequence alone does not show it\n");
		return false;
	}
	shrink_length();
	shrink_words();
	shrink_length();
	report(out);
	return false;
}

/* A wrong expectation must be found, and come down to the few operations that it takes. */
static int self_test(struct job *job, const char *out)
{
	plant = true;
	job->seed = PLANT_SEED;
	if (check(job, out)) {
		printf("model: a planted fault was not found\n");
		return 1;
	}
	if (shared->seq.length > PLANT_LENGTH) {
		printf("model: a planted fault was not shrunk\n");
		return 1;
	}
	printf("model: the planted fault was found and shrunk\n");
	return 0;
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 0);

	if (*end || end == s) {
		fprintf(stderr, "model: not a number: %s\n", s);
		exit(2);
	}
	return n;
}

static void usage(void)
{
	fprintf(stderr,
	        "usage: model [--operations N] [--seed S] [--out FILE] [--self-test] [--stats]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	struct job job = {.seed = (uint64_t)time(NULL) << 16 ^ (uint64_t)getpid(), .ops = 1000000};
	const char *out = "model-failure.irq";
	bool test = false;
	bool stats = false;
	int ret;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--self-test"))
			test = true;
		else if (!strcmp(argv[i], "--stats"))
			stats = true;
		else if (!strcmp(argv[i], "--operations") && i + 1 < argc)
			job.ops = number(argv[++i]);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			job.seed = number(argv[++i]);
		else if (!strcmp(argv[i], "--out") && i + 1 < argc)
			out = argv[++i];
		else
			usage();
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (shared == MAP_FAILED) {
		perror("model: mmap");
		return 2;
	}
	if (test)
		return self_test(&job, out);
	ret = check(&job, out) ? 0 : 1;
	if (stats)
		print_seen();
	return ret;
}
