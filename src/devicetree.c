/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree itself: checking and indexing the blob, nodes, phandles, properties.
 */
#include "devicetree_priv.h"

#define FDT_TAGALIGN(n) (((n) + FDT_TAGSIZE - 1) & ~(size_t)(FDT_TAGSIZE - 1))

/* An array of arrays, so that the table needs no relocation. */
static const char prop_names[DT_NPROPS][24] = {
        [DT_INTERRUPTS] = "interrupts",
        [DT_EXTENDED] = "interrupts-extended",
        [DT_PARENT] = "interrupt-parent",
        [DT_CONTROLLER] = "interrupt-controller",
        [DT_ICELLS] = "#interrupt-cells",
        [DT_ACELLS] = "#address-cells",
        [DT_MAP] = "interrupt-map",
        [DT_MASK] = "interrupt-map-mask",
        [DT_REG] = "reg",
        [DT_STATUS] = "status",
        [DT_COMPATIBLE] = "compatible",
        [DT_TYPE] = "device_type",
        [DT_PHANDLE] = "phandle",
        [DT_LINUX_PHANDLE] = "linux,phandle",
        [DT_IBM_PHANDLE] = "ibm,phandle",
};

const char *irqref_dt_name_(enum dt_prop prop)
{
	return prop_names[prop];
}

int irqref_dt_fail_(struct irqref_dt_diag *diag, int error, int node, const char *property,
                    const char *reason, uint32_t value)
{
	if (diag) {
		diag->error = error;
		diag->node = node;
		diag->property = property;
		diag->reason = reason;
		diag->value = value;
	}
	return error;
}

/* One walk over the structure block: the nodes seen so far, and where the index goes. */
struct scan {
	const void *fdt;
	struct irqref_dt_diag *diag;
	struct irqref_dt_record *records; /* NULL: only count */
	uint32_t *by_phandle;             /* grows down from the end of the storage */
	size_t room;                      /* bytes of storage */
	uint32_t nnodes;
	uint32_t nphandles;
	uint32_t depth;
	uint32_t parents[IRQREF_DT_DEPTH];
	/* Of the node whose properties are being read. */
	bool in_props;
	int node;
	uint32_t phandle;
	uint32_t has;
	/* Which property a place in the string block names, so that a name is compared once. */
	uint32_t cached_name[64];
	uint8_t cached_prop[64];
};

static int scan_fail(struct scan *s, int error, const char *reason)
{
	return irqref_dt_fail_(s->diag, error, s->node, NULL, reason, 0);
}

static bool same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* DT_NPROPS if it is none of those that matter, -1 if the name is out of bounds. */
static int scan_name(struct scan *s, uint32_t name)
{
	uint32_t slot = name % 64;
	const char *text;
	int prop;

	if (name > INT32_MAX)
		return -1;
	if (s->cached_name[slot] == name + 1)
		return s->cached_prop[slot];
	text = fdt_get_string(s->fdt, (int)name, NULL);
	if (!text)
		return -1;
	for (prop = 0; prop < DT_NPROPS; prop++) {
		if (same(text, prop_names[prop]))
			break;
	}
	s->cached_name[slot] = name + 1;
	s->cached_prop[slot] = (uint8_t)prop;
	return prop;
}

static void scan_cells(struct scan *s, const struct fdt_property *p, uint32_t shift)
{
	uint32_t value = DT_CELLS_READ;

	if (fdt32_ld(&p->len) >= sizeof(uint32_t) && dt_ld(p->data, 0) < DT_CELLS_READ)
		value = dt_ld(p->data, 0);
	s->has |= value << shift;
}

static int scan_prop(struct scan *s, int offset)
{
	const struct fdt_property *p = fdt_offset_ptr(s->fdt, offset, sizeof(*p));
	int prop;

	/* libfdt adds a length that is negative, and finds a property that ends where it began. */
	if (!p || fdt32_ld(&p->len) > INT32_MAX)
		return scan_fail(s, IRQREF_ERR_FORMAT, "a property reaches out of the blob");
	prop = scan_name(s, fdt32_ld(&p->nameoff));
	if (prop < 0)
		return scan_fail(s, IRQREF_ERR_FORMAT, "a property's name is out of the blob");
	/* The first of two properties of one name counts, and none that stands behind a subnode. */
	if (!s->in_props || prop == DT_NPROPS || (s->has >> prop & 1))
		return IRQREF_OK;
	s->has |= 1u << prop;
	if (prop == DT_ICELLS)
		scan_cells(s, p, DT_ICELLS_SHIFT);
	if (prop == DT_ACELLS)
		scan_cells(s, p, DT_ACELLS_SHIFT);
	if (prop < DT_PHANDLE || fdt32_ld(&p->len) < 4)
		return IRQREF_OK;
	if (!s->phandle || prop == DT_IBM_PHANDLE)
		s->phandle = dt_ld(p->data, 0);
	return IRQREF_OK;
}

static size_t scan_need(const struct scan *s)
{
	return s->nnodes * sizeof(struct irqref_dt_record) + s->nphandles * sizeof(uint32_t);
}

/* The properties of a node are read: enters it into the index. */
static int scan_node_done(struct scan *s)
{
	struct irqref_dt_record *r;

	if (!s->in_props)
		return IRQREF_OK;
	s->in_props = false;
	if (s->phandle)
		s->nphandles++;
	if (!s->records)
		return IRQREF_OK;
	if (scan_need(s) > s->room)
		return scan_fail(s, IRQREF_ERR_NOSPC, "the storage for the index is too small");
	r = &s->records[s->nnodes - 1];
	r->offset = (uint32_t)s->node;
	r->parent = s->depth > 1 ? s->parents[s->depth - 2] : DT_NONE;
	r->phandle = s->phandle;
	r->has = s->has;
	if (s->phandle)
		*--s->by_phandle = s->nnodes - 1;
	return IRQREF_OK;
}

static int scan_tag(struct scan *s, uint32_t tag, int offset)
{
	int err = IRQREF_OK;

	switch (tag) {
	case FDT_BEGIN_NODE:
		err = scan_node_done(s);
		if (err)
			return err;
		s->node = offset;
		if (s->depth == IRQREF_DT_DEPTH)
			return scan_fail(s, IRQREF_ERR_FORMAT, "nodes are nested too deep");
		if (s->depth == 0 && offset != 0)
			return scan_fail(s, IRQREF_ERR_FORMAT, "there is more than one root node");
		s->parents[s->depth++] = s->nnodes++;
		s->in_props = true;
		s->phandle = 0;
		s->has = 0;
		return IRQREF_OK;
	case FDT_END_NODE:
		err = scan_node_done(s);
		if (err == IRQREF_OK && s->depth-- == 0)
			err = scan_fail(s, IRQREF_ERR_FORMAT, "a node ends that never began");
		return err;
	case FDT_PROP:
		if (s->depth == 0)
			return scan_fail(s, IRQREF_ERR_FORMAT, "a property is outside of nodes");
		return scan_prop(s, offset);
	default:
		return IRQREF_OK;
	}
}

static int scan_blob(struct scan *s)
{
	int offset = 0, next, err;
	uint32_t tag;

	for (;;) {
		tag = fdt_next_tag(s->fdt, offset, &next);
		if (tag == FDT_END)
			break;
		err = scan_tag(s, tag, offset);
		if (err)
			return err;
		offset = next;
	}
	if (next < 0)
		return scan_fail(s, IRQREF_ERR_FORMAT, "the structure block is cut short");
	if (s->depth || !s->nnodes)
		return scan_fail(s, IRQREF_ERR_FORMAT, "the structure block ends inside a node");
	return IRQREF_OK;
}

static int scan_begin(struct scan *s, const void *fdt, size_t size, struct irqref_dt_diag *diag)
{
	const char *reason = NULL;

	*s = (struct scan){.fdt = fdt, .diag = diag, .node = -1};
	if (!fdt || (uintptr_t)fdt % 8)
		return scan_fail(s, IRQREF_ERR_INVAL, "the blob is nowhere or not aligned");
	if (size < sizeof(struct fdt_header))
		reason = "the blob is cut short";
	else if (fdt_check_header(fdt))
		reason = "the header is not that of a devicetree blob";
	else if (fdt_totalsize(fdt) > size)
		reason = "the blob is cut short";
	else if (fdt_version(fdt) < 16)
		reason = "the blob's version is too old";
	return reason ? scan_fail(s, IRQREF_ERR_FORMAT, reason) : IRQREF_OK;
}

int irqref_dt_storage(const void *fdt, size_t size, size_t *need, struct irqref_dt_diag *diag)
{
	struct scan s;
	int err;

	if (!need)
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL, "no place for the result",
		                       0);
	err = scan_begin(&s, fdt, size, diag);
	if (err == IRQREF_OK)
		err = scan_blob(&s);
	if (err == IRQREF_OK)
		*need = scan_need(&s);
	return err;
}

/* Order of the phandle table: by phandle, then first node first. */
static bool before(const struct irqref_dt *dt, uint32_t a, uint32_t b)
{
	uint32_t x = dt->records[a].phandle, y = dt->records[b].phandle;

	return x < y || (x == y && a < b);
}

static void sift_down(const struct irqref_dt *dt, uint32_t root, uint32_t n)
{
	uint32_t *heap = dt->by_phandle;
	uint32_t id = heap[root];
	uint32_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && before(dt, heap[child], heap[child + 1]))
			child++;
		if (!before(dt, id, heap[child]))
			break;
		heap[root] = heap[child];
		root = child;
	}
	heap[root] = id;
}

/* A heap sort: no memory, no recursion, and no blob that makes it slow. */
static void sort_phandles(const struct irqref_dt *dt)
{
	uint32_t n = dt->nphandles, i, last;

	for (i = n / 2; i-- > 0;)
		sift_down(dt, i, n);
	for (i = n; i-- > 1;) {
		last = dt->by_phandle[i];
		dt->by_phandle[i] = dt->by_phandle[0];
		dt->by_phandle[0] = last;
		sift_down(dt, 0, i);
	}
}

int irqref_dt_init(struct irqref_dt *dt, const void *fdt, size_t size, void *storage,
                   size_t storage_size, struct irqref_dt_diag *diag)
{
	struct scan s;
	int err;

	if (!dt || (uintptr_t)storage % sizeof(uint32_t))
		return irqref_dt_fail_(diag, IRQREF_ERR_INVAL, -1, NULL,
		                       "the storage is not aligned", 0);
	err = scan_begin(&s, fdt, size, diag);
	if (err)
		return err;
	if (storage) {
		s.records = storage;
		s.room = storage_size / sizeof(uint32_t) * sizeof(uint32_t);
		s.by_phandle = (uint32_t *)storage + storage_size / sizeof(uint32_t);
	}
	err = scan_blob(&s);
	if (err)
		return err;
	*dt = (struct irqref_dt){
	        .fdt = fdt,
	        .records = s.records,
	        .by_phandle = s.by_phandle,
	        .nnodes = s.nnodes,
	        .nphandles = s.nphandles,
	};
	if (storage)
		sort_phandles(dt);
	return IRQREF_OK;
}

uint32_t irqref_dt_offset_(const struct irqref_dt *dt, uint32_t id)
{
	return dt->records ? dt->records[id].offset : id;
}

bool irqref_dt_id_(const struct irqref_dt *dt, int node, uint32_t *id)
{
	uint32_t low = 0, high, mid;

	if (!dt || node < 0)
		return false;
	if (!dt->records) {
		*id = (uint32_t)node;
		return fdt_get_name(dt->fdt, node, NULL) != NULL;
	}
	high = dt->nnodes;
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (dt->records[mid].offset <= (uint32_t)node)
			low = mid;
		else
			high = mid;
	}
	*id = low;
	return dt->records[low].offset == (uint32_t)node;
}

uint32_t irqref_dt_parent_(const struct irqref_dt *dt, uint32_t id)
{
	int parent;

	if (dt->records)
		return dt->records[id].parent;
	parent = fdt_parent_offset(dt->fdt, (int)id);
	return parent < 0 ? DT_NONE : (uint32_t)parent;
}

static uint32_t scan_for_phandle(const struct irqref_dt *dt, uint32_t phandle)
{
	struct scan s = {.fdt = dt->fdt};
	int node, offset;

	for (node = 0; node >= 0; node = fdt_next_node(dt->fdt, node, NULL)) {
		s.in_props = true;
		s.has = 0;
		s.phandle = 0;
		fdt_for_each_property_offset (offset, dt->fdt, node)
			scan_prop(&s, offset);
		if (s.phandle == phandle)
			return (uint32_t)node;
	}
	return DT_NONE;
}

uint32_t irqref_dt_by_phandle_(const struct irqref_dt *dt, uint32_t phandle)
{
	uint32_t low = 0, high = dt->nphandles, mid;

	if (!phandle)
		return DT_NONE;
	if (!dt->records)
		return scan_for_phandle(dt, phandle);
	while (low < high) {
		mid = low + (high - low) / 2;
		if (dt->records[dt->by_phandle[mid]].phandle < phandle)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == dt->nphandles || dt->records[dt->by_phandle[low]].phandle != phandle)
		return DT_NONE;
	return dt->by_phandle[low];
}

/*
 * A property that the node is known to have. The blob was checked when it was indexed, so nothing is
 * checked again: fdt_getprop() would take most of the time of a resolution for it.
 */
static const void *find_property(const struct irqref_dt *dt, uint32_t offset, const char *name,
                                 uint32_t *len)
{
	const char *strings = (const char *)dt->fdt + fdt_off_dt_strings(dt->fdt);
	const char *at = (const char *)dt->fdt + fdt_off_dt_struct(dt->fdt) + offset + FDT_TAGSIZE;
	uint32_t size;
	size_t n = 0;

	/* The node's name with its final 0, then whole cells. */
	while (at[n])
		n++;
	at += FDT_TAGALIGN(n + 1);
	for (;;) {
		if (dt_ld(at, 0) == FDT_NOP) {
			at += FDT_TAGSIZE;
			continue;
		}
		if (dt_ld(at, 0) != FDT_PROP)
			return NULL;
		size = dt_ld(at, 1);
		if (same(strings + dt_ld(at, 2), name)) {
			*len = size;
			return at + sizeof(struct fdt_property);
		}
		at += sizeof(struct fdt_property) + FDT_TAGALIGN((size_t)size);
	}
}

const void *irqref_dt_get_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop,
                           uint32_t *len)
{
	const void *value;
	int n = 0;

	*len = 0;
	if (dt->records) {
		if (!(dt->records[id].has >> prop & 1))
			return NULL;
		return find_property(dt, dt->records[id].offset, prop_names[prop], len);
	}
	value = fdt_getprop(dt->fdt, (int)irqref_dt_offset_(dt, id), prop_names[prop], &n);
	if (value)
		*len = (uint32_t)n;
	return value;
}

bool irqref_dt_has_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop)
{
	uint32_t len;

	if (dt->records)
		return dt->records[id].has >> prop & 1;
	return irqref_dt_get_(dt, id, prop, &len) != NULL;
}

bool irqref_dt_cell_(const struct irqref_dt *dt, uint32_t id, enum dt_prop prop, uint32_t *value)
{
	uint32_t len, shift;
	const void *cells;

	if (dt->records && (prop == DT_ICELLS || prop == DT_ACELLS)) {
		shift = prop == DT_ICELLS ? DT_ICELLS_SHIFT : DT_ACELLS_SHIFT;
		*value = dt->records[id].has >> shift & 0xff;
		if (*value != DT_CELLS_READ)
			return irqref_dt_has_(dt, id, prop);
	}
	cells = irqref_dt_get_(dt, id, prop, &len);
	if (!cells || len < sizeof(uint32_t))
		return false;
	*value = dt_ld(cells, 0);
	return true;
}

/* The id that follows, DT_NONE at the end; @id DT_NONE begins. */
static uint32_t next_id(const struct irqref_dt *dt, uint32_t id)
{
	int node;

	if (id == DT_NONE)
		return 0;
	if (dt->records)
		return id + 1 < dt->nnodes ? id + 1 : DT_NONE;
	node = fdt_next_node(dt->fdt, (int)id, NULL);
	return node < 0 ? DT_NONE : (uint32_t)node;
}

static bool any_node(const struct irqref_dt *dt, uint32_t id)
{
	(void)dt;
	(void)id;
	return true;
}

static bool has_interrupts(const struct irqref_dt *dt, uint32_t id)
{
	return irqref_dt_has_(dt, id, DT_INTERRUPTS) || irqref_dt_has_(dt, id, DT_EXTENDED);
}

static bool is_mapped_pci(const struct irqref_dt *dt, uint32_t id)
{
	uint32_t len;
	const char *type = irqref_dt_get_(dt, id, DT_TYPE, &len);

	if (!type || len == 0 || type[len - 1] != '\0')
		return false;
	if (!same(type, "pci") && !same(type, "pciex"))
		return false;
	return irqref_dt_has_(dt, id, DT_MAP);
}

static int next_that(const struct irqref_dt *dt, int node,
                     bool (*is)(const struct irqref_dt *dt, uint32_t id))
{
	uint32_t id = DT_NONE;

	if (!dt || (node != -1 && !irqref_dt_id_(dt, node, &id)))
		return IRQREF_ERR_INVAL;
	do {
		id = next_id(dt, id);
		if (id == DT_NONE)
			return IRQREF_ERR_NOENT;
	} while (!is(dt, id));
	return (int)irqref_dt_offset_(dt, id);
}

int irqref_dt_next_node(const struct irqref_dt *dt, int node)
{
	return next_that(dt, node, any_node);
}

int irqref_dt_next_interrupts(const struct irqref_dt *dt, int node)
{
	return next_that(dt, node, has_interrupts);
}

int irqref_dt_next_pci(const struct irqref_dt *dt, int node)
{
	return next_that(dt, node, is_mapped_pci);
}

int irqref_dt_parent(const struct irqref_dt *dt, int node)
{
	uint32_t id;

	if (!irqref_dt_id_(dt, node, &id))
		return IRQREF_ERR_INVAL;
	id = irqref_dt_parent_(dt, id);
	return id == DT_NONE ? IRQREF_ERR_NOENT : (int)irqref_dt_offset_(dt, id);
}

int irqref_dt_by_phandle(const struct irqref_dt *dt, uint32_t phandle)
{
	uint32_t id;

	if (!dt)
		return IRQREF_ERR_INVAL;
	id = irqref_dt_by_phandle_(dt, phandle);
	return id == DT_NONE ? IRQREF_ERR_NOENT : (int)irqref_dt_offset_(dt, id);
}

int irqref_dt_is_controller(const struct irqref_dt *dt, int node)
{
	uint32_t id;

	if (!irqref_dt_id_(dt, node, &id))
		return IRQREF_ERR_INVAL;
	return irqref_dt_has_(dt, id, DT_CONTROLLER);
}

/* Appends "/" and a name to a path; 0 if there is no room for it and a final 0. */
static size_t path_add(char *buf, size_t used, size_t size, const char *name, size_t len)
{
	if (size - used < len + 2)
		return 0;
	buf[used++] = '/';
	while (len-- > 0)
		buf[used++] = *name++;
	return used;
}

int irqref_dt_path(const struct irqref_dt *dt, int node, char *buf, size_t size)
{
	uint32_t chain[IRQREF_DT_DEPTH];
	uint32_t id, depth = 0;
	const char *name;
	size_t used = 0;
	int len = 0;

	if (!buf || size == 0 || !irqref_dt_id_(dt, node, &id))
		return IRQREF_ERR_INVAL;
	buf[0] = '\0';
	/* The root gives no component of its own; the scan has refused trees that are deeper. */
	for (; irqref_dt_parent_(dt, id) != DT_NONE && depth < IRQREF_DT_DEPTH; depth++) {
		chain[depth] = id;
		id = irqref_dt_parent_(dt, id);
	}
	if (depth == 0)
		used = path_add(buf, used, size, "", 0);
	while (depth > 0) {
		name = fdt_get_name(dt->fdt, (int)irqref_dt_offset_(dt, chain[--depth]), &len);
		if (!name)
			name = "";
		used = path_add(buf, used, size, name, name[0] ? (size_t)len : 0);
		if (!used)
			break;
	}
	buf[used] = '\0';
	return used ? (int)used : IRQREF_ERR_NOSPC;
}
