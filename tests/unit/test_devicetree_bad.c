/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree reader: blobs that are cut short, changed or hostile.
 */
#include "dt_blob.h"

static uint64_t copy_words[4096];

#define COPY ((void *)copy_words)

static void sample_board(void)
{
	begin();
	cells("interrupt-parent", 1);
	cells("#address-cells", 1);
	controller("pic", 1, 1);
	host_bridge();
	node("nic@1");
	cells("reg", 0x800, 0, 0, 0, 0);
	cells("interrupts", 2);
	end();
	end();
	node("uart");
	text("status", "okay");
	text("compatible", "ns16550a");
	cells("interrupts-extended", 1, 4, 0, 1, 5);
	cells("interrupts", 9);
	end();
	done();
}

static void use_all(const struct irqref_dt *tree)
{
	struct irqref_dt_cursor cursor;
	struct irqref_dt_diag diag;
	struct irqref_fwspec spec;
	char path[64];
	int offset, n, err;

	for (offset = irqref_dt_next_node(tree, -1); offset >= 0;
	     offset = irqref_dt_next_node(tree, offset)) {
		irqref_dt_path(tree, offset, path, sizeof(path));
		n = irqref_dt_count(tree, offset);
		assert_true(n >= 0);
		assert_ok(irqref_dt_cursor_init(tree, offset, &cursor));
		for (int i = 0; i < n && i < 50; i++) {
			err = irqref_dt_cursor_next(tree, &cursor, &spec, &diag);
			assert_true(err <= 0 && (err == 0 || diag.error == err));
		}
		for (uint32_t pin = 1; pin <= 4; pin++)
			irqref_dt_resolve_pci(tree, offset, 0, 8, pin, &spec, &diag);
	}
}

/* Reads a blob of which @size bytes are there; returns what the first look at it says. */
static int read_copy(size_t size)
{
	struct irqref_dt tree;
	struct irqref_dt_diag diag;
	size_t need = 0;
	int err = irqref_dt_storage(COPY, size, &need, &diag);

	if (err) {
		assert_int_equal(diag.error, err);
		assert_code(irqref_dt_init(&tree, COPY, size, NULL, 0, NULL), err);
		return err;
	}
	if (need <= sizeof(storage)) {
		assert_ok(irqref_dt_init(&tree, COPY, size, storage, need, NULL));
		use_all(&tree);
	}
	assert_ok(irqref_dt_init(&tree, COPY, size, NULL, 0, NULL));
	use_all(&tree);
	return IRQREF_OK;
}

static void a_truncated_blob_is_refused(void)
{
	size_t size;

	sample_board();
	size = fdt_totalsize(BLOB);
	for (size_t n = 0; n < size; n++) {
		memset(COPY, 0x5a, sizeof(copy_words));
		memcpy(COPY, BLOB, n);
		assert_code(read_copy(n), IRQREF_ERR_FORMAT);
		/* The same cut, but the header claims that this is all. */
		if (n >= sizeof(struct fdt_header)) {
			fdt_set_totalsize(COPY, (uint32_t)n);
			read_copy(n);
		}
	}
	memcpy(COPY, BLOB, size);
	assert_ok(read_copy(size));
}

static void a_structure_block_that_is_cut_is_refused(void)
{
	uint32_t size;

	sample_board();
	size = fdt_size_dt_struct(BLOB);
	for (uint32_t n = 0; n < size; n += 4) {
		memcpy(COPY, BLOB, fdt_totalsize(BLOB));
		fdt_set_size_dt_struct(COPY, n);
		assert_code(read_copy(sizeof(copy_words)), IRQREF_ERR_FORMAT);
	}
}

static void changed_words_do_no_harm(void)
{
	static const uint32_t words[] = {0, 1,  2,          3,          4,          5,
	                                 9, 16, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
	fdt32_t *word = COPY;
	size_t size;

	sample_board();
	size = fdt_totalsize(BLOB);
	for (size_t i = 0; i < size / sizeof(*word); i++) {
		for (size_t j = 0; j < UNIT_COUNT(words); j++) {
			memcpy(COPY, BLOB, size);
			word[i] = cpu_to_fdt32(words[j]);
			read_copy(sizeof(copy_words));
		}
	}
}

static void what_is_no_blob_is_refused(void)
{
	struct irqref_dt tree;
	struct irqref_dt_diag diag;
	size_t need;

	sample_board();
	memcpy(COPY, BLOB, fdt_totalsize(BLOB));
	fdt_set_magic(COPY, 0x12345678);
	assert_code(read_copy(sizeof(copy_words)), IRQREF_ERR_FORMAT);
	memcpy(COPY, BLOB, fdt_totalsize(BLOB));
	fdt_set_version(COPY, 3);
	fdt_set_last_comp_version(COPY, 2);
	assert_code(read_copy(sizeof(copy_words)), IRQREF_ERR_FORMAT);
	assert_code(irqref_dt_storage(NULL, 100, &need, &diag), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_storage((char *)COPY + 4, 100, &need, &diag), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_storage(BLOB, sizeof(blob_words), NULL, &diag), IRQREF_ERR_INVAL);
	assert_code(irqref_dt_init(NULL, BLOB, sizeof(blob_words), NULL, 0, &diag),
	            IRQREF_ERR_INVAL);
	assert_code(irqref_dt_init(&tree, BLOB, sizeof(blob_words), (char *)storage + 1,
	                           sizeof(storage) - 1, &diag),
	            IRQREF_ERR_INVAL);
}

/* The largest number, too, which no place in the cache of names may stand for. */
static void a_property_whose_name_is_nowhere_is_refused(void)
{
	static const uint32_t names[] = {0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
	struct irqref_dt_diag diag;
	struct fdt_property *p;
	size_t need;

	sample_board();
	p = fdt_get_property_w(BLOB, at("/uart"), "status", NULL);
	assert_non_null(p);
	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		p->nameoff = cpu_to_fdt32(names[i]);
		assert_code(irqref_dt_storage(BLOB, sizeof(blob_words), &need, &diag),
		            IRQREF_ERR_FORMAT);
		assert_string_equal(diag.reason, "a property's name is out of the blob");
	}
}

/* A length that is small if taken as negative, so that the next tag is found. */
static void a_property_of_negative_length_is_refused(void)
{
	static const uint32_t lengths[] = {0xffffffff, 0xfffffffc, 0xfffffff8, 0x80000000,
	                                   0x7fffffff};
	struct irqref_dt_diag diag;
	struct irqref_dt tree;
	struct fdt_property *p;
	size_t need;

	for (size_t i = 0; i < UNIT_COUNT(lengths); i++) {
		begin();
		node("uart");
		cells("interrupts", 4);
		end();
		done();
		p = fdt_get_property_w(BLOB, at("/uart"), "interrupts", NULL);
		assert_non_null(p);
		p->len = cpu_to_fdt32(lengths[i]);
		((fdt32_t *)(void *)p->data)[0] = cpu_to_fdt32(FDT_NOP);
		assert_code(irqref_dt_storage(BLOB, sizeof(blob_words), &need, &diag),
		            IRQREF_ERR_FORMAT);
		assert_code(irqref_dt_init(&tree, BLOB, sizeof(blob_words), NULL, 0, &diag),
		            IRQREF_ERR_FORMAT);
	}
}

static void too_little_storage_is_refused(void)
{
	struct irqref_dt_diag diag;
	struct irqref_dt tree;
	size_t need;

	sample_board();
	assert_ok(irqref_dt_storage(BLOB, sizeof(blob_words), &need, &diag));
	for (size_t size = 0; size < need; size++) {
		storage[size / 4 + 1] = 0xdeadbeef;
		assert_code(irqref_dt_init(&tree, BLOB, sizeof(blob_words), storage, size, &diag),
		            IRQREF_ERR_NOSPC);
		assert_int_equal(storage[size / 4 + 1], 0xdeadbeef);
		assert_int_equal(diag.error, IRQREF_ERR_NOSPC);
	}
	storage[need / 4] = 0xdeadbeef;
	assert_ok(irqref_dt_init(&tree, BLOB, sizeof(blob_words), storage, need, &diag));
	assert_int_equal(storage[need / 4], 0xdeadbeef);
}

static void nodes_that_are_nested_too_deep_are_refused(void)
{
	struct irqref_dt_diag diag;
	size_t need;

	for (int depth = IRQREF_DT_DEPTH - 1; depth <= IRQREF_DT_DEPTH; depth++) {
		assert_int_equal(fdt_create(BLOB, sizeof(blob_words)), 0);
		assert_int_equal(fdt_finish_reservemap(BLOB), 0);
		node("");
		for (int i = 0; i < depth; i++)
			node("n");
		for (int i = 0; i <= depth; i++)
			end();
		assert_int_equal(fdt_finish(BLOB), 0);
		assert_code(irqref_dt_storage(BLOB, sizeof(blob_words), &need, &diag),
		            depth < IRQREF_DT_DEPTH ? IRQREF_OK : IRQREF_ERR_FORMAT);
	}
	assert_true(diag.node > 0);
}

static void properties_behind_a_subnode_do_not_count(void)
{
	fdt32_t *word;
	int offset;

	begin();
	controller("pic", 1, 1);
	node("a");
	node("b");
	end();
	cells("phandle", 5);
	end();
	done();
	assert_code(irqref_dt_by_phandle(&dt, 5), IRQREF_ERR_NOENT);
	assert_code(irqref_dt_by_phandle(&bare, 5), IRQREF_ERR_NOENT);
	/* A property before the root node, in the place of its beginning. */
	offset = (int)fdt_off_dt_struct(BLOB);
	word = (fdt32_t *)(void *)((char *)BLOB + offset);
	word[0] = cpu_to_fdt32(FDT_NOP);
	memcpy(COPY, BLOB, fdt_totalsize(BLOB));
	assert_code(read_copy(sizeof(copy_words)), IRQREF_ERR_FORMAT);
}

static const struct irqref_test tests[] = {
        TEST(a_truncated_blob_is_refused),
        TEST(a_structure_block_that_is_cut_is_refused),
        TEST(changed_words_do_no_harm),
        TEST(what_is_no_blob_is_refused),
        TEST(a_property_whose_name_is_nowhere_is_refused),
        TEST(a_property_of_negative_length_is_refused),
        TEST(too_little_storage_is_refused),
        TEST(nodes_that_are_nested_too_deep_are_refused),
        TEST(properties_behind_a_subnode_do_not_count),
};

UNIT_SUITE("devicetree-bad", tests)
