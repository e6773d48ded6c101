/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer target: resolves every interrupt, every PCI slot and every map of message-signalled
 * interrupts of the input, with an index and without one, and compares the two. A field of the
 * blob's header that nothing reads, the number of the CPU that boots, says in which dialect.
 */
#include <irqref/devicetree.h>

#include <libfdt.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Without an index each step scans the blob, so only small ones are read a second time. */
#define COMPARE_NODES 100
#define COMPARE_COUNT 40

/* Look-ups in maps for one input: more would only be the same again, slower. */
#define WORK_MAX 200000

static void must(int condition)
{
	if (!condition)
		abort();
}

static void count_step(void *arg, const struct irqref_dt_event *event)
{
	unsigned long *steps = arg;

	must(event->node >= 0);
	for (uint32_t i = 0; i < event->ncells; i++)
		*steps += event->cells[i] & 1;
	++*steps;
}

static void check_diag(int err, const struct irqref_dt_diag *diag)
{
	must(diag->error == err);
	must(diag->reason && diag->reason[0]);
	must(err == IRQREF_ERR_INVAL || diag->node >= -1);
}

static void check_path(const struct irqref_dt *dt, int node)
{
	char small[24], large[4096];
	int len = irqref_dt_path(dt, node, large, sizeof(large));

	if (len >= 0) {
		must(strlen(large) == (size_t)len && large[0] == '/');
		must(irqref_dt_path(dt, node, large, (size_t)len + 1) == len);
		must(irqref_dt_path(dt, node, large, (size_t)len) == IRQREF_ERR_NOSPC);
	}
	irqref_dt_path(dt, node, small, sizeof(small));
}

static void check_result(const struct irqref_dt *dt, int err, const struct irqref_fwspec *spec,
                         const struct irqref_dt_diag *diag)
{
	if (err) {
		check_diag(err, diag);
		return;
	}
	must(spec->ncells <= IRQREF_FWSPEC_CELLS);
	must(irqref_dt_is_controller(dt, (int)(spec->node - 1)) >= 0);
}

static uint64_t work, bare_work;

static void same_result(int err, const struct irqref_fwspec *spec, int err2,
                        const struct irqref_fwspec *spec2)
{
	if (work == 0 || bare_work == 0)
		return;
	must(err == err2);
	if (!err)
		must(spec->node == spec2->node && spec->ncells == spec2->ncells &&
		     memcmp(spec->cells, spec2->cells, sizeof(spec->cells)) == 0);
}

static void read_node(const struct irqref_dt *dt, const struct irqref_dt *bare, int node)
{
	struct irqref_dt_cursor cursor;
	struct irqref_fwspec spec, spec2;
	struct irqref_dt_diag diag;
	int count = irqref_dt_count(dt, node), err;

	must(count >= 0);
	check_path(dt, node);
	must(irqref_dt_cursor_init(dt, node, &cursor) == IRQREF_OK);
	for (int i = 0; i < count; i++) {
		err = irqref_dt_cursor_next(dt, &cursor, &spec, &diag);
		check_result(dt, err, &spec, &diag);
		if (!bare || i >= COMPARE_COUNT)
			continue;
		same_result(err, &spec, irqref_dt_resolve(dt, node, (uint32_t)i, &spec2, &diag),
		            &spec2);
		same_result(err, &spec, irqref_dt_resolve(bare, node, (uint32_t)i, &spec2, NULL),
		            &spec2);
	}
	if (bare)
		must(irqref_dt_count(bare, node) == count);
	irqref_dt_resolve(dt, node, UINT32_MAX, &spec, &diag);
}

static void read_bridge(const struct irqref_dt *dt, const struct irqref_dt *bare, int node)
{
	struct irqref_fwspec spec, spec2;
	struct irqref_dt_diag diag;
	int err;

	for (uint32_t i = 0; i < 32 * 4; i++) {
		err = irqref_dt_resolve_pci(dt, node, 0, i / 4 << 3, i % 4 + 1, &spec, &diag);
		check_result(dt, err, &spec, &diag);
		if (bare && i < 8)
			same_result(err, &spec,
			            irqref_dt_resolve_pci(bare, node, 0, i / 4 << 3, i % 4 + 1,
			                                  &spec2, NULL),
			            &spec2);
	}
}

static void same_map(const struct irqref_dt *dt, const struct irqref_dt *bare, int node,
                     const char *map, const char *mask, uint32_t id)
{
	struct irqref_dt_diag diag;
	uint32_t out = 0, out2 = 0;
	int target = -1, target2 = -1, err, err2;

	err = irqref_dt_map_id(dt, node, map, mask, id, &target, &out, &diag);
	if (err)
		check_diag(err, &diag);
	else
		must(target == -1 || irqref_dt_parent(dt, target) != IRQREF_ERR_INVAL);
	if (!bare)
		return;
	err2 = irqref_dt_map_id(bare, node, map, mask, id, &target2, &out2, NULL);
	if (work == 0 || bare_work == 0)
		return;
	must(err == err2 && target == target2 && out == out2);
}

static void read_messages(const struct irqref_dt *dt, const struct irqref_dt *bare, int node)
{
	static const uint32_t ids[] = {0, 1, 0x100, 0xffff, UINT32_MAX};
	struct irqref_fwspec spec, spec2;
	struct irqref_dt_diag diag;
	uint32_t out;
	int target, err;

	for (uint32_t i = 0; i < 4; i++) {
		err = irqref_dt_msi_parent(dt, node, i, &spec, &diag);
		check_result(dt, err, &spec, &diag);
		if (bare)
			same_result(err, &spec, irqref_dt_msi_parent(bare, node, i, &spec2, NULL),
			            &spec2);
	}
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		same_map(dt, bare, node, "msi-map", "msi-map-mask", ids[i]);
		same_map(dt, bare, node, "iommu-map", NULL, ids[i]);
		target = -1;
		err = irqref_dt_msi_map(dt, node, ids[i], &target, &out, &diag);
		if (err)
			check_diag(err, &diag);
	}
}

static void read_tree(struct irqref_dt *dt, const struct irqref_dt *bare)
{
	struct irqref_fwspec spec;
	struct irqref_dt_diag diag;
	int node, err;

	for (node = irqref_dt_next_node(dt, -1); node >= 0; node = irqref_dt_next_node(dt, node)) {
		check_path(dt, node);
		read_messages(dt, bare, node);
		err = irqref_dt_resolve_pci(dt, node, 0, 8, 1, &spec, &diag);
		check_result(dt, err, &spec, &diag);
	}
	must(node == IRQREF_ERR_NOENT);
	for (node = irqref_dt_next_interrupts(dt, -1); node >= 0;
	     node = irqref_dt_next_interrupts(dt, node))
		read_node(dt, bare, node);
	for (node = irqref_dt_next_pci(dt, -1); node >= 0; node = irqref_dt_next_pci(dt, node))
		read_bridge(dt, bare, node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct irqref_dt dt, bare;
	struct irqref_dt_diag diag;
	unsigned long steps = 0;
	void *blob, *storage;
	size_t need;
	int err;

	/* The exact size, so that a read behind it is seen. */
	blob = malloc(size ? size : 1);
	memcpy(blob, data, size);
	err = irqref_dt_storage(blob, size, &need, &diag);
	if (err) {
		check_diag(err, &diag);
		must(irqref_dt_init(&dt, blob, size, NULL, 0, &diag) == err);
		free(blob);
		return 0;
	}
	storage = malloc(need);
	must(irqref_dt_init(&dt, blob, size, storage, need - 4, &diag) == IRQREF_ERR_NOSPC);
	must(irqref_dt_init(&dt, blob, size, storage, need, &diag) == IRQREF_OK);
	must(irqref_dt_init(&bare, blob, size, NULL, 0, &diag) == IRQREF_OK);
	dt.trace = count_step;
	dt.trace_arg = &steps;
	work = WORK_MAX;
	bare_work = WORK_MAX;
	dt.policy = fdt_boot_cpuid_phys(blob);
	bare.policy = dt.policy;
	dt.work = &work;
	bare.work = &bare_work;
	read_tree(&dt, dt.nnodes <= COMPARE_NODES ? &bare : NULL);
	free(storage);
	free(blob);
	return 0;
}

/* What a cell can become: small numbers, bits, what other cells of the blob have. */
static uint32_t new_cell(const uint8_t *data, size_t cells, uint32_t old, unsigned int random)
{
	static const uint32_t values[] = {0, 1, 2, 3, 4, 8, 0x10, 0xff, 0x7fffffff, UINT32_MAX};
	fdt32_t other;

	switch (random % 4) {
	case 0:
		return values[random / 4 % (sizeof(values) / sizeof(values[0]))];
	case 1:
		return old ^ 1u << random / 4 % 32;
	case 2:
		return old + random / 4 % 5 - 2;
	default:
		memcpy(&other, data + random / 4 % cells * sizeof(other), sizeof(other));
		return fdt32_to_cpu(other);
	}
}

/* Where a cell of the structure block is, no tag but now and then; 0 if there is none. */
static size_t some_cell(const uint8_t *data, size_t size, unsigned int random)
{
	size_t cells = fdt_size_dt_struct(data) / sizeof(fdt32_t), at, tries;
	fdt32_t cell;

	if (cells == 0 || fdt_off_dt_struct(data) + cells * sizeof(cell) > size)
		return 0;
	for (tries = 0; tries < 8; tries++) {
		at = fdt_off_dt_struct(data) + (random + tries) % cells * sizeof(cell);
		memcpy(&cell, data + at, sizeof(cell));
		if (fdt32_to_cpu(cell) > FDT_NOP || random % 16 == 0)
			break;
	}
	return at;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);

/*
 * Three of four times the structure mostly stays as it is: a cell of some property is changed, or
 * its length or its name, or the dialect. Else libFuzzer does what it likes.
 */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	unsigned int random = seed * 2654435761u >> 3;
	fdt32_t cell;
	size_t at;

	if (seed % 4 == 0 || size < sizeof(struct fdt_header) || fdt_check_header(data) ||
	    fdt_totalsize(data) > size)
		return LLVMFuzzerMutate(data, size, max_size);
	at = seed % 16 == 1 ? offsetof(struct fdt_header, boot_cpuid_phys)
	                    : some_cell(data, size, random);
	if (at == 0)
		return LLVMFuzzerMutate(data, size, max_size);
	memcpy(&cell, data + at, sizeof(cell));
	cell = cpu_to_fdt32(
	        new_cell(data, size / sizeof(cell), fdt32_to_cpu(cell), random * 2654435761u >> 7));
	memcpy(data + at, &cell, sizeof(cell));
	return size;
}
