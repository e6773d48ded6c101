/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * irqref demo: what its parts share.
 *
 * cmd_demo.c      the command
 * demo_print.c    text, colour, promises
 * demo_board.c    the devicetree: QEMU's own, or the one that is part of the command
 * demo_machine.c  a machine on the library: controllers, lines that are wired to devices
 * demo_device.c   what devices do: take their line, be served, leave
 * demo_pseries.c  story one
 * demo_p1010.c    story two
 */
#ifndef IRQREF_TOOLS_DEMO_H
#define IRQREF_TOOLS_DEMO_H

#include <irqref/irqref.h>
#include <irqref/pci.h>

#include "board.h"
#include "cells.h"
#include "common.h"

/** Everything fits into so many columns. */
#define DEMO_COLUMNS 100u

/** How devices hold their lines. */
enum demo_rules {
	/** irqref's: each device has a reference of its own, and its handler lives there. */
	DEMO_REFERENCES,
	/** Linux's: whoever creates a mapping shares it, one dispose ends it, handlers or not. */
	DEMO_LINUX,
	/** Linux's calls, as irqref has them: a requested handler holds the mapping. */
	DEMO_LINUX_CALLS,
};

/**
 * struct demo - one run of the command
 * @colour: print escape codes
 * @rules: of the first story
 * @board: "auto", "qemu" or "builtin"
 * @ledger: print the ledger as it is, besides
 * @promises: how many were looked at
 * @broken: and how many of those were found broken
 */
struct demo {
	bool colour;
	enum demo_rules rules;
	const char *board;
	bool ledger;
	unsigned int promises;
	unsigned int broken;
};

struct demo_machine;

/** One input of the machine's interrupt controller, and what its chip was told. */
struct demo_line {
	irqref_hwirq_t hwirq;
	bool unmasked;
	unsigned int maps;
	unsigned int unmaps;
};

/**
 * struct demo_device - something that is wired to a line
 * @machine: where it is
 * @name: as its node is called, from the host bridge on; freed with the machine
 * @path: its node's path; freed with the machine
 * @spec: what its interrupt is for the controller
 * @line: the line it is wired to
 * @pci: whether it is a PCI device: then @pci_device holds its line, else @consumer and @ref
 * @bus: the PCI device's bus, its device number there @slot, and its @pin
 * @bridge: whether other devices are behind it
 * @present: plugged in, with a driver that holds the line
 * @raised: it asks for service
 * @calls: of its handler
 * @served: calls that found it asking
 * @virq: the number that its driver uses
 */
struct demo_device {
	struct demo_machine *machine;
	char *name;
	char *path;
	struct irqref_fwspec spec;
	struct demo_line *line;
	bool pci;
	const struct demo_bus *bus;
	uint32_t slot;
	unsigned int pin;
	bool bridge;
	struct irqref_pci_device pci_device;
	struct irqref_consumer consumer;
	struct irqref_ref ref;
	bool present;
	bool raised;
	unsigned int calls;
	unsigned int served;
	irqref_virq_t virq;
};

/** A bus of the machine, for the routing of pins. */
struct demo_bus {
	struct demo_machine *machine;
	int node;
	struct demo_device *bridge;
	struct irqref_pci_bus pci;
	struct demo_bus *next;
};

#define DEMO_LINES   32u
#define DEMO_DEVICES 64u
#define DEMO_DOMAINS 8u

/** A controller: how its cells are read, and whose it is. */
struct demo_domain {
	struct demo_machine *machine;
	enum tool_cells cells;
	struct irqref_domain *domain;
};

/**
 * struct demo_machine - one machine, one space
 * @demo: the run
 * @rules: of its devices
 * @space: its numbers
 * @port: what the library runs on, under a count of its memory
 * @bytes: of memory that the library holds
 * @board: its devicetree
 * @domains: its controllers, the root first
 * @lines: those that something is wired to
 * @devices: in the order of the devicetree
 * @buses: PCI buses
 */
struct demo_machine {
	struct demo *demo;
	enum demo_rules rules;
	struct irqref_space *space;
	struct irqref_port port;
	size_t bytes;
	struct tool_board board;
	struct demo_domain domains[DEMO_DOMAINS];
	unsigned int nr_domains;
	struct demo_line lines[DEMO_LINES];
	unsigned int nr_lines;
	struct demo_device devices[DEMO_DEVICES];
	unsigned int nr_devices;
	struct demo_bus *buses;
};

/* demo_print.c */

/* Colours: parameters of the escape code. */
#define DEMO_TITLE  "1;36"
#define DEMO_STRONG "1"
#define DEMO_DIM    "2"
#define DEMO_GOOD   "32"
#define DEMO_BAD    "1;31"
#define DEMO_MANY   "33"

/** Prints @fmt in one of these colours, or NULL for none, where colours are printed. */
void demo_say(const struct demo *demo, const char *colour, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/** Looks at a promise; a broken one is printed, and counted. Returns whether it holds. */
bool demo_promise(struct demo *demo, bool holds, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));

/** A story's title. */
void demo_title(const struct demo *demo, const char *number, const char *title);

/** Prints the ledger as `irqref replay --ledger` does. */
void demo_ledger(struct irqref_space *space);

/* demo_board.c */

/** The first story's board; @from takes where it comes from. False after a message. */
bool demo_board_pseries(const struct demo *demo, struct tool_board *board, struct tool_text *from);
bool demo_board_p1010(struct tool_board *board);

/* demo_machine.c */

/** Makes a machine of a board, whose it is from then on; ends the command if that fails. */
struct demo_machine *demo_machine_new(struct demo *demo, enum demo_rules rules,
                                      struct tool_board *board);

/** Takes it down; everything that was promised for the end is looked at. */
void demo_machine_end(struct demo_machine *m);

struct demo_device *demo_device_find(struct demo_machine *m, const char *name);

/** The number mapped to a line, or 0. */
irqref_virq_t demo_line_virq(const struct demo_machine *m, const struct demo_line *line);

/* demo_device.c */

/** Its driver takes the line and installs its handler. */
void demo_device_take(struct demo_device *dev);

/** It is unplugged, or its driver unbound. */
void demo_device_drop(struct demo_device *dev);

/** Every present device of @line (NULL: of every line) raises its interrupt; returns how many of
 *  them were served, and exactly once. Those that were not stop asking. */
unsigned int demo_raise(struct demo_machine *m, const struct demo_line *line);

/** How many devices are present on @line (NULL: on every line). */
unsigned int demo_present(const struct demo_machine *m, const struct demo_line *line);

/** Looks at what must hold for every line at any time: mapped exactly while it is held, and so on. */
void demo_check(struct demo_machine *m);

/* The stories. False, after a message, where one cannot be told. */
bool demo_pseries(struct demo *demo);
bool demo_p1010(struct demo *demo);

#endif /* IRQREF_TOOLS_DEMO_H */
