/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interrupt tree as a graph: controllers are boxes, each line a small oval that leads from its
 * controller to its devices; shared lines and what is disabled look different. Messages are dotted.
 */
#include "tree.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Text between double quotes; graphviz knows \N and the like, and reads UTF-8. */
static void quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc((unsigned char)*text < 0x80 ? *text : '?', out);
	}
	fputc('"', out);
}

static void node_label(const struct tree *t, int node, FILE *out)
{
	char *path = tool_node_path(t->dt, node);

	fputs("label=", out);
	quoted(out, path);
	free(path);
}

/* Others have no line of their own, and no box. */
static bool has_box(const struct tree_controller *c)
{
	return c && (c->nuses > 0 || c->parent_use != TREE_NO_USE);
}

static void print_device(const struct tree *t, int node, bool disabled, FILE *out)
{
	if (has_box(tree_find(t, node)))
		return;
	fprintf(out, "\tn%d [", node);
	node_label(t, node, out);
	fputs(disabled ? ", style=dashed, fontcolor=gray40, color=gray60" : "", out);
	fputs("];\n", out);
}

static void print_line(const struct tree *t, const struct tree_controller *c, size_t first,
                       size_t end, FILE *out)
{
	size_t users = tree_enabled(t, first, end);
	struct tool_text text = {0};
	const struct tree_use *use;

	tree_cells(t, &t->uses[first], &text);
	if (users > 1)
		tool_text_add(&text, "\nshared by %zu", users);
	fprintf(out, "\tl%zu [shape=oval, label=\"", first);
	for (const char *c2 = text.data; *c2; c2++)
		fputs(*c2 == '\n' ? "\\n" : (const char[]){*c2, 0}, out);
	fprintf(out, "\"%s];\n", users > 1 ? ", style=filled, fillcolor=orange" : "");
	tool_text_free(&text);
	fprintf(out, "\tn%d -> l%zu;\n", c->node, first);
	for (size_t i = first; i < end; i++) {
		use = &t->uses[i];
		print_device(t, use->node, use->disabled, out);
		fprintf(out, "\tl%zu -> n%d", first, use->node);
		if (use->pci)
			fputs(" [label=INTx]", out);
		else if (use->disabled)
			fputs(" [style=dashed, color=gray60]", out);
		fputs(";\n", out);
	}
}

static void print_box(const struct tree *t, int node, FILE *out)
{
	fprintf(out, "\tn%d [style=\"filled,bold\", fillcolor=lightblue, ", node);
	node_label(t, node, out);
	fputs("];\n", out);
}

static void print_controller(const struct tree *t, const struct tree_controller *c, FILE *out)
{
	size_t end = c->first_use + c->nuses, next;

	if (!has_box(c))
		return;
	print_box(t, c->node, out);
	for (size_t i = c->first_use; i < end; i = next) {
		next = tree_line_end(t, i, end);
		print_line(t, c, i, next, out);
	}
}

/* The boxes of controllers come after their devices: a box that is both is a controller. */
static void print_messages(const struct tree *t, FILE *out)
{
	const struct tree_message *m;
	struct tool_text text = {0};

	for (size_t i = 0; i < t->nmessages; i++) {
		m = &t->messages[i];
		print_device(t, m->msi.node, m->disabled, out);
		tree_message_text(m, &text);
		fprintf(out, "\tm%zu [shape=oval, style=dotted, label=\"messages\\n%s\"];\n", i,
		        text.data);
		fprintf(out, "\tn%d -> m%zu [style=dotted];\n", m->msi.controller, i);
		tree_message_ids(m, &text);
		fprintf(out, "\tm%zu -> n%d [style=%s", i, m->msi.node,
		        m->disabled ? "dashed, color=gray60" : "dotted");
		if (text.len)
			fprintf(out, ", label=\"%s\"", text.data);
		fputs("];\n", out);
	}
	for (size_t i = 0; i < t->nmessages; i++) {
		if (i == 0 || t->messages[i - 1].msi.controller != t->messages[i].msi.controller)
			print_box(t, t->messages[i].msi.controller, out);
	}
	tool_text_free(&text);
}

void tree_dot(const struct tree *t, FILE *out)
{
	fputs("digraph interrupts {\n"
	      "\trankdir=LR;\n"
	      "\tranksep=0.6; nodesep=0.08;\n"
	      "\tnode [shape=box, fontname=\"sans-serif\", fontsize=10, height=0.2, margin=\"0.08,0.03\"];\n"
	      "\tedge [arrowhead=none, fontname=\"sans-serif\", fontsize=9];\n",
	      out);
	for (size_t i = 0; i < t->ncontrollers; i++)
		print_controller(t, &t->controllers[i], out);
	print_messages(t, out);
	fputs("}\n", out);
}

/* Runs graphviz with @in as its input; what it writes is the command's own output. */
static int run_dot(FILE *in)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		dup2(fileno(in), STDIN_FILENO);
		execlp("dot", "dot", "-Tsvg", (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	/* Nobody reads: this ends as it would had it written itself. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
		raise(SIGPIPE);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool tree_svg(const struct tree *t)
{
	FILE *graph = tmpfile();
	int status;

	if (!graph) {
		tool_error("tree: no temporary file: %s", strerror(errno));
		return false;
	}
	tree_dot(t, graph);
	rewind(graph);
	status = run_dot(graph);
	fclose(graph);
	if (status == 127)
		tool_error("tree: --svg needs graphviz, and its command dot cannot be run");
	else if (status != 0)
		tool_error("tree: graphviz's dot failed");
	return status == 0;
}
