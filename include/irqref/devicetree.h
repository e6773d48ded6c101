/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts of a flattened devicetree: which controller a device's interrupt ends at, and with
 * which cells, exactly as Linux 6.12 finds them, or in another dialect.
 *
 * Needs libfdt's read-only calls and nothing of the rest of this library but its plain types and
 * error codes. A node is named by its offset in the structure block, as everywhere in libfdt; the
 * root node is 0. Nothing here writes to the blob, allocates, or keeps state outside of struct
 * irqref_dt; once initialised, a tree can be read by several CPUs at once.
 */
#ifndef IRQREF_DEVICETREE_H
#define IRQREF_DEVICETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <irqref/error.h>
#include <irqref/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Deepest nesting of nodes that is read; a deeper tree is refused (Linux's limit, too). */
#define IRQREF_DT_DEPTH 64

/** Most interrupt-parent steps from one node; a longer chain is taken for a cycle. */
#define IRQREF_DT_CHAIN 256

/** Most interrupt-map translations of one interrupt; a longer chain is taken for a cycle. */
#define IRQREF_DT_HOPS 32

/**
 * struct irqref_dt_diag - what is wrong, and where
 * @error: the code that the call returned
 * @node: offset of the node that is at fault, or -1 where it is none
 * @property: name of the property at fault, a constant string, or NULL where it is none
 * @reason: a short constant sentence without full stop, never NULL after a failed call
 * @value: what the reason speaks of: the phandle that is nowhere, the number of cells; else 0
 */
struct irqref_dt_diag {
	int error;
	int node;
	const char *property;
	const char *reason;
	uint32_t value;
};

/** What a resolution does next; see struct irqref_dt_event. */
enum irqref_dt_step {
	/** @node has the interrupt in @property; its parent is @target; @cells are the specifier. */
	IRQREF_DT_STEP_SPECIFIER,
	/** @node says nothing of its interrupt parent: on to its parent node @target. */
	IRQREF_DT_STEP_INHERIT,
	/** interrupt-parent of @node names @target. */
	IRQREF_DT_STEP_PARENT,
	/** @node has #interrupt-cells: it is the interrupt parent that was looked for. */
	IRQREF_DT_STEP_FOUND,
	/** @cells (unit address, then specifier) are looked up in interrupt-map of @node. */
	IRQREF_DT_STEP_MAP,
	/** The entry at cell @entry, for @target, does not match. */
	IRQREF_DT_STEP_ENTRY,
	/** The entry matches, but its parent @target is disabled. */
	IRQREF_DT_STEP_DISABLED,
	/** The entry matches; @cells are the new specifier for @target. */
	IRQREF_DT_STEP_MATCH,
	/** No entry of @node matches. */
	IRQREF_DT_STEP_NO_MATCH,
	/** The resolution ends at controller @node with @cells. */
	IRQREF_DT_STEP_CONTROLLER,
};

/**
 * struct irqref_dt_event - one step of a resolution, valid during the trace callback only
 * @step: what happens
 * @node: offset of the node it happens at
 * @target: offset of the other node, or -1
 * @property: the property that is read, a constant string, or NULL
 * @entry: for a map entry, its place in the property, in cells
 * @cells: in CPU byte order; NULL if none
 * @ncells: how many
 */
struct irqref_dt_event {
	enum irqref_dt_step step;
	int node;
	int target;
	const char *property;
	uint32_t entry;
	const uint32_t *cells;
	uint32_t ncells;
};

/**
 * enum irqref_dt_policy - where a resolution can differ from that of Linux, one bit a difference
 *
 * docs/dialects.md has the whole table.
 */
enum irqref_dt_policy {
	/** The parent of a map entry must have #address-cells. Linux: without them it has none. */
	IRQREF_DT_PARENT_ACELLS = 1 << 0,
	/** A nexus must have #address-cells. Linux: those of the nearest node around it, else 2. */
	IRQREF_DT_NEXUS_ACELLS = 1 << 1,
	/** A nexus without #address-cells has 2. */
	IRQREF_DT_NEXUS_ACELLS_2 = 1 << 2,
	/** The mask applies to what is looked up only. Linux: to the entry as well. */
	IRQREF_DT_MASK_KEY = 1 << 3,
	/** The mask must be as long as what is looked up. Linux: it may be longer. */
	IRQREF_DT_MASK_LENGTH = 1 << 4,
	/** An entry is taken whatever the status of its parent. Linux: passes a disabled one over. */
	IRQREF_DT_TAKE_DISABLED = 1 << 5,
	/** An entry that leads to its own node is looked up again. Linux: that node takes it. */
	IRQREF_DT_SELF_AGAIN = 1 << 6,
	/** Where a device names a node with interrupt-controller, its interrupt-map does not count. */
	IRQREF_DT_CONTROLLER_FIRST = 1 << 7,
	/** An interrupt-map is never private. Linux: it is for eight kinds of controllers. */
	IRQREF_DT_NO_PRIVATE_MAPS = 1 << 8,
	/**
	 * Only a node with interrupt-controller or interrupt-map can be an interrupt parent, and it
	 * must have #interrupt-cells. Linux: any node with #interrupt-cells, others pass it on.
	 */
	IRQREF_DT_PROVIDERS = 1 << 9,
	/**
	 * The interrupt parent is named by the nearest interrupt-parent of the node and those around
	 * it; else it is the nearest with interrupt-controller, else the node around the device.
	 */
	IRQREF_DT_NEAREST_PARENT = 1 << 10,
	/** A parent without #interrupt-cells has those of the nearest node around it, else 1. */
	IRQREF_DT_ICELLS_AROUND = 1 << 11,
	/** Beside interrupts-extended, interrupts is not read. Linux: for what the first lacks. */
	IRQREF_DT_EXTENDED_ONLY = 1 << 12,
	/** Beside interrupts, interrupts-extended is not read. */
	IRQREF_DT_INTERRUPTS_FIRST = 1 << 13,
	/** Behind an empty entry, nothing of interrupts-extended is read. */
	IRQREF_DT_EMPTY_ENDS = 1 << 14,
	/** A device whose unit address is looked up must have it in reg. Linux: zeroes. */
	IRQREF_DT_UNIT_NEEDED = 1 << 15,
	/** interrupt-map-pass-thru is heeded. */
	IRQREF_DT_PASS_THRU = 1 << 16,
	/** Only for the pin of a PCI device is a map looked up, and only one. */
	IRQREF_DT_PIN_MAPS = 1 << 17,
	/** Only the node's own msi-map counts, and an id that it lacks is an error. */
	IRQREF_DT_MSI_STRICT = 1 << 18,
};

/** As Linux 6.12 resolves. */
#define IRQREF_DT_LINUX 0u

/** As the Devicetree Specification 0.4 says; as Linux where it says nothing. */
#define IRQREF_DT_DTSPEC                                                                           \
	((uint32_t)IRQREF_DT_PARENT_ACELLS | IRQREF_DT_NEXUS_ACELLS | IRQREF_DT_MASK_KEY |         \
	 IRQREF_DT_TAKE_DISABLED | IRQREF_DT_SELF_AGAIN | IRQREF_DT_NO_PRIVATE_MAPS |              \
	 IRQREF_DT_PROVIDERS | IRQREF_DT_EXTENDED_ONLY)

/** As FreeBSD's ofw_bus does. */
#define IRQREF_DT_FREEBSD                                                                          \
	((uint32_t)IRQREF_DT_NEXUS_ACELLS_2 | IRQREF_DT_MASK_KEY | IRQREF_DT_TAKE_DISABLED |       \
	 IRQREF_DT_NO_PRIVATE_MAPS | IRQREF_DT_NEAREST_PARENT | IRQREF_DT_ICELLS_AROUND |          \
	 IRQREF_DT_INTERRUPTS_FIRST | IRQREF_DT_EMPTY_ENDS | IRQREF_DT_PIN_MAPS |                  \
	 IRQREF_DT_MSI_STRICT)

/** As Zephyr's edtlib does. */
#define IRQREF_DT_EDTLIB                                                                           \
	((uint32_t)IRQREF_DT_PARENT_ACELLS | IRQREF_DT_NEXUS_ACELLS_2 | IRQREF_DT_MASK_KEY |       \
	 IRQREF_DT_MASK_LENGTH | IRQREF_DT_TAKE_DISABLED | IRQREF_DT_SELF_AGAIN |                  \
	 IRQREF_DT_CONTROLLER_FIRST | IRQREF_DT_NO_PRIVATE_MAPS | IRQREF_DT_PROVIDERS |            \
	 IRQREF_DT_EXTENDED_ONLY | IRQREF_DT_EMPTY_ENDS | IRQREF_DT_UNIT_NEEDED |                  \
	 IRQREF_DT_PASS_THRU)

/** One node of the index; the caller only knows its size. */
struct irqref_dt_record {
	uint32_t offset;
	uint32_t parent;
	uint32_t phandle;
	uint32_t has;
};

/**
 * struct irqref_dt - a devicetree that has been checked and, given storage, indexed
 * @trace: called at each step of a resolution if not NULL; set by the caller after
 *         irqref_dt_init() and not while another CPU resolves. It must not change the tree.
 * @trace_arg: first argument of @trace
 * @work: how many more entries of maps, of interrupts and of ids, may be looked at; each takes one off,
 *        one of msi-parent 16, and at zero resolutions fail. The caller's, set like @trace; NULL for no limit. A blob of a megabyte
 *        can ask for hours of look-ups, so whoever reads blobs of strangers sets it.
 * @policy: bits of enum irqref_dt_policy, or one of the dialects IRQREF_DT_LINUX (0, as
 *          irqref_dt_init() leaves it), IRQREF_DT_DTSPEC, IRQREF_DT_FREEBSD, IRQREF_DT_EDTLIB; set
 *          like @trace
 *
 * The other members are private.
 */
struct irqref_dt {
	const void *fdt;
	struct irqref_dt_record *records;
	uint32_t *by_phandle;
	uint32_t nnodes;
	uint32_t nphandles;
	void (*trace)(void *arg, const struct irqref_dt_event *event);
	void *trace_arg;
	uint64_t *work;
	uint32_t policy;
};

/**
 * struct irqref_dt_cursor - a place among the interrupts of one node
 * @node: the node, set by irqref_dt_cursor_init()
 * @index: of the interrupt that irqref_dt_cursor_next() gives next
 *
 * The other members are private.
 */
struct irqref_dt_cursor {
	int node;
	uint32_t index;
	uint32_t id;
	uint32_t entry;
	uint32_t entry_index;
};

/**
 * irqref_dt_storage() - how much storage the index of a devicetree needs
 * @fdt: the blob, aligned to 8 bytes; the caller's memory
 * @size: bytes that can be read at @fdt; the blob's own size may be smaller
 * @need: takes the bytes for irqref_dt_init()
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait; time linear in the size of the blob.
 * Return: OK; INVAL for a NULL argument; FORMAT if it is no well-formed devicetree.
 * Grace period: none.
 */
int irqref_dt_storage(const void *fdt, size_t size, size_t *need, struct irqref_dt_diag *diag);

/**
 * irqref_dt_init() - checks the structure of a devicetree and indexes it
 * @dt: takes the tree; the caller's memory
 * @fdt: the blob, aligned to 8 bytes; the caller's memory, unchanged as long as @dt is used
 * @size: bytes that can be read at @fdt
 * @storage: for the index, aligned to 4 bytes; the caller's memory as long as @dt is used. With
 *           NULL there is no index and every look-up scans the blob.
 * @storage_size: bytes at @storage, at least what irqref_dt_storage() says
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait; time n log n in the number of phandles, else linear in the size.
 * Return: OK; INVAL for a NULL or misaligned argument; NOSPC if @storage_size is too small;
 * FORMAT if it is no well-formed devicetree.
 * Grace period: none. There is nothing to give back: the storage is free when @dt is not used.
 */
int irqref_dt_init(struct irqref_dt *dt, const void *fdt, size_t size, void *storage,
                   size_t storage_size, struct irqref_dt_diag *diag);

/**
 * irqref_dt_next_node() - the nodes in the order of the blob
 * @dt: the tree
 * @node: offset of a node, or -1 to begin
 *
 * Context: any, does not wait.
 * Return: offset of the next node; NOENT after the last; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_next_node(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_next_interrupts() - the next node that has interrupts
 * @dt: the tree
 * @node: offset of a node, or -1 to begin
 *
 * A node counts if it has `interrupts` or `interrupts-extended`, disabled or not.
 *
 * Context: any, does not wait.
 * Return: offset of the node; NOENT after the last; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_next_interrupts(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_next_pci() - the next PCI host bridge that has an interrupt-map
 * @dt: the tree
 * @node: offset of a node, or -1 to begin
 *
 * Counts every node of the device type "pci" or "pciex" with an interrupt-map; a root port that
 * has a map of its own is one, too.
 *
 * Context: any, does not wait.
 * Return: offset of the node; NOENT after the last; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_next_pci(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_parent() - the node that a node is in
 * @dt: the tree
 * @node: offset of a node
 *
 * Context: any, does not wait.
 * Return: offset of its parent; NOENT for the root; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_parent(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_by_phandle() - the node that a phandle names
 * @dt: the tree
 * @phandle: the phandle; of several nodes that claim it, the first one counts
 *
 * Context: any, does not wait.
 * Return: offset of the node; NOENT if there is none; INVAL if @dt is NULL.
 * Grace period: none.
 */
int irqref_dt_by_phandle(const struct irqref_dt *dt, uint32_t phandle);

/**
 * irqref_dt_is_controller() - whether a node is marked as an interrupt controller
 * @dt: the tree
 * @node: offset of a node
 *
 * Context: any, does not wait.
 * Return: 1 or 0; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_is_controller(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_is_nexus() - whether interrupts are looked up in a node's interrupt-map
 * @dt: the tree
 * @node: offset of a node
 *
 * A node with an interrupt-map is a nexus, but for the few controllers whose interrupt-map is a
 * private table.
 *
 * Context: any, does not wait.
 * Return: 1 or 0; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_is_nexus(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_path() - the path of a node
 * @dt: the tree
 * @node: offset of a node
 * @buf: takes the path with a final 0; the caller's memory
 * @size: bytes at @buf
 *
 * Context: any, does not wait.
 * Return: length of the path without the final 0; NOSPC if @buf is too small (it then holds an
 * empty string); INVAL if @node is no node or @buf is NULL or @size 0.
 * Grace period: none.
 */
int irqref_dt_path(const struct irqref_dt *dt, int node, char *buf, size_t size);

/**
 * irqref_dt_count() - how many interrupts a node names
 * @dt: the tree
 * @node: offset of a node
 *
 * Counts the entries of `interrupts-extended`, empty ones included, or the specifiers of
 * `interrupts`. A node whose properties cannot be cut into specifiers (no interrupt parent, a
 * phandle that is nowhere) has one interrupt, which does not resolve.
 *
 * Context: any, does not wait.
 * Return: the number, 0 if it has none; INVAL if @node is no node.
 * Grace period: none.
 */
int irqref_dt_count(const struct irqref_dt *dt, int node);

/**
 * irqref_dt_resolve() - the controller and the cells of one interrupt of a node
 * @dt: the tree
 * @node: offset of the node
 * @index: which of its interrupts, from 0
 * @fwspec: takes the result: the controller's offset plus one, the cells as it receives them
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait.
 * Return: OK; NOENT if the node has no such interrupt, no interrupt parent, or no map entry
 * matches; FORMAT if a property is malformed or names a node that is not there, the chain of
 * nodes is a cycle, or the limit on the work is used up; INVAL for a NULL argument or a @node that is none.
 * Grace period: none.
 */
int irqref_dt_resolve(const struct irqref_dt *dt, int node, uint32_t index,
                      struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag);

/**
 * irqref_dt_cursor_init() - begins to walk the interrupts of a node
 * @dt: the tree
 * @node: offset of the node
 * @cursor: takes the place before its first interrupt; the caller's memory
 *
 * Context: any, does not wait.
 * Return: OK; INVAL for a NULL argument or a @node that is none.
 * Grace period: none.
 */
int irqref_dt_cursor_init(const struct irqref_dt *dt, int node, struct irqref_dt_cursor *cursor);

/**
 * irqref_dt_cursor_next() - resolves the next interrupt of a node and steps on
 * @dt: the tree
 * @cursor: the place; all interrupts of a node take time linear in the size of its properties
 * @fwspec: takes the result as in irqref_dt_resolve()
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait.
 * Return: as irqref_dt_resolve(). The end is where @cursor->index is irqref_dt_count().
 * Grace period: none.
 */
int irqref_dt_cursor_next(const struct irqref_dt *dt, struct irqref_dt_cursor *cursor,
                          struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag);

/**
 * irqref_dt_resolve_pci() - the controller and the cells of a PCI device's interrupt pin
 * @dt: the tree
 * @bridge: offset of the host bridge's node
 * @bus: number of the bus that the device is on, as the unit address holds it; 0 below most
 *       host bridges
 * @devfn: slot * 8 + function of the device on the bus that @bridge makes
 * @pin: 1 (INTA) to 4 (INTD), already swizzled through bridges that have no node
 * @fwspec: takes the result as in irqref_dt_resolve()
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait.
 * Return: as irqref_dt_resolve(); INVAL also for a @devfn or @bus above 255, a @pin not 1 to 4.
 * Grace period: none.
 */
int irqref_dt_resolve_pci(const struct irqref_dt *dt, int bridge, uint32_t bus, uint32_t devfn,
                          uint32_t pin, struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag);

/**
 * irqref_dt_msi_parent() - the MSI controllers that a node names in msi-parent
 * @dt: the tree
 * @node: offset of a node
 * @index: which of them, from 0; Linux takes the first that has a domain of the right kind
 * @fwspec: takes the result: the controller's offset plus one, and its #msi-cells cells
 * @diag: takes what is wrong, may be NULL
 *
 * A node does not inherit msi-parent. A controller without #msi-cells has no cells.
 *
 * Context: any, does not wait.
 * Return: OK; NOENT if there is no such entry, or it is empty; FORMAT if it names no node or has
 * too few cells, or the limit on the work is used up; INVAL for a NULL argument or a @node that is none.
 * Grace period: none.
 */
int irqref_dt_msi_parent(const struct irqref_dt *dt, int node, uint32_t index,
                         struct irqref_fwspec *fwspec, struct irqref_dt_diag *diag);

/**
 * irqref_dt_map_id() - looks an id up in a node's msi-map, iommu-map, or another of their form
 * @dt: the tree
 * @node: offset of the node that has the map
 * @map: name of the map's property, "msi-map"
 * @mask: name of the property with the mask for ids, "msi-map-mask"; NULL for none
 * @id: what is looked up; for PCI: bus << 8 | devfn
 * @target: where it leads must be this node, or -1 for any; takes the node, unchanged if the map
 *          has no entry for @id
 * @out: takes the id there; @id itself if the map has no entry for it
 * @diag: takes what is wrong, may be NULL
 *
 * Context: any, does not wait; time linear in the map's length.
 * Return: OK, also for an id without entry, as in Linux; NOENT if the node has no such map; FORMAT
 * if the map is malformed, begins an entry outside of the mask, or the entry names no node; INVAL
 * for a NULL argument or a @node that is none.
 * Grace period: none.
 */
int irqref_dt_map_id(const struct irqref_dt *dt, int node, const char *map, const char *mask,
                     uint32_t id, int *target, uint32_t *out, struct irqref_dt_diag *diag);

/**
 * irqref_dt_msi_map() - where the MSIs of a device go by the msi-map of it or a node around it
 * @dt: the tree
 * @node: offset of the device's node, or of its host bridge
 * @id: of the device; for PCI: bus << 8 | devfn
 * @target: must be set to -1, or to the only controller that is wanted; takes the MSI controller,
 *          unchanged if the map has no entry for @id
 * @out: takes the id that the controller sees
 * @diag: takes what is wrong, may be NULL
 *
 * The nearest map that is well-formed counts. Where there is none, or none with an entry, Linux
 * goes on to msi-parent of the host bridge.
 *
 * Context: any, does not wait.
 * Return: OK; NOENT if there is no map up to the root; FORMAT if there is none but malformed ones;
 * INVAL for a NULL argument or a @node that is none.
 * Grace period: none.
 */
int irqref_dt_msi_map(const struct irqref_dt *dt, int node, uint32_t id, int *target, uint32_t *out,
                      struct irqref_dt_diag *diag);

#ifdef __cplusplus
}
#endif

#endif /* IRQREF_DEVICETREE_H */
