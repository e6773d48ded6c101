/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: the devicetree of the machine. QEMU writes the one that it would pass to a guest;
 * where QEMU is not installed, the command has one of its own.
 */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QEMU "qemu-system-ppc64"

/* It takes half a second; where it takes this long it hangs. */
#define QEMU_SECONDS 30

/* Made of tools/boards/. */
extern const unsigned char board_pseries[];
extern const size_t board_pseries_size;
extern const unsigned char board_p1010[];
extern const size_t board_p1010_size;

static bool load_builtin(struct tool_board *board, const char *name, const unsigned char *blob,
                         size_t size)
{
	void *copy = tool_alloc(size);

	memcpy(copy, blob, size);
	return tool_board_take(board, name, copy, size);
}

/* In the child: nothing of it is seen but the blob and how it ends. */
static void run_qemu(const char *machine)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
	/* Slots are chosen so that devices share lines; see tools/boards/pseries.dts. */
	execlp(QEMU, QEMU, "-M", machine, "-display", "none", "-nodefaults", /* */
	       "-device", "e1000,addr=1,romfile=",                           /* ethernet@1 */
	       "-device", "pci-bridge,addr=2,chassis_nr=1,id=bridge",        /* pci@2 */
	       "-device", "qemu-xhci,bus=bridge,addr=3",                     /* usb-xhci@3 */
	       "-device", "lsi53c895a,addr=3",                               /* scsi@3 */
	       "-device", "pci-ohci,addr=4",                                 /* usb-ohci@4 */
	       "-device", "nec-usb-xhci,addr=5",                             /* usb-xhci@5 */
	       "-device", "rtl8139,addr=6,romfile=",                         /* ethernet@6 */
	       "-device", "sii3112,addr=7",                                  /* raid@7 */
	       "-device", "virtio-scsi-pci,addr=9",                          /* scsi@9 */
	       (char *)NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

/* The status that it ended with; -1 if it did not. */
static int wait_for(pid_t pid)
{
	const struct timespec tick = {.tv_nsec = 10000000};
	int status;

	for (unsigned int i = 0; i < QEMU_SECONDS * 100; i++) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid)
			return status;
		if (ended < 0 && errno != EINTR)
			return -1;
		nanosleep(&tick, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

/* Has QEMU write the blob; on failure says why in @why. */
static bool make_blob(const char *blob, const char **why)
{
	struct tool_text machine = {0};
	int status;
	pid_t pid;

	tool_text_add(&machine, "pseries,dumpdtb=%s", blob);
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		run_qemu(machine.data);
	tool_text_free(&machine);
	if (pid < 0) {
		*why = "no process can be made for " QEMU;
		return false;
	}
	status = wait_for(pid);
	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (status == -1)
		*why = QEMU " does not end";
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		*why = QEMU " is not installed";
	else
		*why = QEMU " failed";
	return false;
}

static bool load_qemu(struct tool_board *board, const char **why)
{
	const char *tmp = getenv("TMPDIR");
	struct tool_text file = {0};
	bool ok = false;
	int fd;

	/* A comma would end the machine option that the name stands in. */
	if (!tmp || !*tmp || strchr(tmp, ','))
		tmp = "/tmp";
	tool_text_add(&file, "%s/irqref-XXXXXX", tmp);
	fd = mkstemp(file.data);
	if (fd < 0) {
		*why = "no temporary file can be made";
	} else {
		close(fd);
		ok = make_blob(file.data, why);
		if (ok && !tool_board_load(board, file.data)) {
			*why = QEMU " wrote no devicetree";
			ok = false;
		}
		unlink(file.data);
		board->file = QEMU;
	}
	tool_text_free(&file);
	return ok;
}

bool demo_board_pseries(const struct demo *demo, struct tool_board *board, struct tool_text *from)
{
	const char *why = NULL;

	if (strcmp(demo->board, "builtin") != 0) {
		if (load_qemu(board, &why)) {
			tool_text_add(from, "%zu bytes, just made by " QEMU, board->size);
			return true;
		}
		if (strcmp(demo->board, "qemu") == 0) {
			tool_error("demo: %s", why);
			return false;
		}
	}
	tool_text_add(from, "built into irqref%s%s", why ? ", as " : "", why ? why : "");
	return load_builtin(board, "pseries.dts", board_pseries, board_pseries_size);
}

bool demo_board_p1010(struct tool_board *board)
{
	return load_builtin(board, "p1010.dts", board_p1010, board_p1010_size);
}
