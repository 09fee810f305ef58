/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pools and interning: equal content is the same node, ids are dense and topological, and a walk over the reachable
 * nodes is a scan over a bitmap from high ids to low. Big integers and balls live in FLINT's memory; their nodes
 * register a release hook with the pool's arena. */
#include "symbolic/expr/expr_int.h"

#include "base/vec.h"
#include "numeric/data.h"
#include "symbolic/expr/memo.h"
#include "symbolic/matrix/matrix.h"

enum { DEFAULT_BUDGET = 20 * 1000 * 1000, KNOWN = 256 };

struct Pool {
    Arena        *arena, *scratch;
    Pool         *parent;
    uint32_t      first_id;                /* ids below belong to the parent */
    VEC(const Expr *) node;                /* by id - first_id */
    const Expr  **slot;                    /* hash table of own nodes, open addressing */
    size_t        room;
    VEC(const Shape *) shape;
    const Expr   *known[KNOWN];            /* the integer n that was last asked for, at n modulo KNOWN */
    const Expr   *constant[CONSTANT_FALSE + 1];
    Memo          promoted;                /* own nodes -> their copies in the parent */
    Memo          rest;                    /* own products -> the same without their coefficient, once asked for */
    ReadRule      read;
    void         *read_context;
    FactOf        fact;
    void         *fact_context;
    struct TapeWork *work;
    size_t        budget;
    bool          nested;                  /* products within products and sums within sums stay */
    bool          whole_sums;              /* typed sums are one node */
    uint32_t      fresh;
    Str           error;                   /* of the first failure since it was cleared */
    size_t        failures;
};

static Pool *pool_in(Arena *arena, Pool *parent)
{
    Pool *p = arena_alloc(arena, sizeof *p);
    p->arena = arena;
    p->parent = parent;
    p->scratch = parent ? parent->scratch : arena_new();
    p->first_id = parent ? (uint32_t)pool_size(parent) : 0;
    p->read = parent ? parent->read : NULL;
    p->read_context = parent ? parent->read_context : NULL;
    p->fact = parent ? parent->fact : NULL;
    p->fact_context = parent ? parent->fact_context : NULL;
    p->work = parent ? parent->work : NULL;
    p->budget = parent ? parent->budget : DEFAULT_BUDGET;
    p->fresh = parent ? parent->fresh : 0;
    p->room = 64;
    p->slot = arena_array(arena, const Expr *, p->room);
    return p;
}

Pool *pool_new(Pool *parent)
{
    return pool_in(arena_new(), parent);
}

Pool *pool_renew(Pool *p)
{
    Arena *arena = p->arena;
    Pool  *parent = p->parent;
    arena_release(arena, (Mark){ 0 });
    return pool_in(arena, parent);
}

void pool_delete(Pool *p)
{
    if (!p)
        return;
    if (!p->parent)
        arena_delete(p->scratch);
    arena_delete(p->arena);
}

void pool_set_reader(Pool *p, ReadRule read, void *context)
{
    p->read = read;
    p->read_context = context;
}

void pool_set_work(Pool *p, struct TapeWork *work) { p->work = work; }

struct TapeWork *pool_work(const Pool *p) { return p->work; }

void pool_set_facts(Pool *p, FactOf fact, void *context)
{
    p->fact = fact;
    p->fact_context = context;
}

const Expr *pool_fact(const Pool *p, const Expr *symbol, bool *integer)
{
    *integer = false;
    return p->fact ? p->fact(p->fact_context, symbol->name, integer) : NULL;
}

const Expr *pool_read(Pool *p, const char *text, const Expr *const *arg, size_t n)
{
    return p->read(p->read_context, p, text, arg, n, false);
}

const Expr *pool_read_typed(Pool *p, const char *text, const Expr *const *arg, size_t n)
{
    return p->read(p->read_context, p, text, arg, n, true);
}

Arena *pool_arena(Pool *p)              { return p->arena; }
Arena *pool_scratch(Pool *p)            { return p->scratch; }
size_t pool_size(const Pool *p)         { return p->first_id + p->node.n; }

size_t pool_set_budget(Pool *p, size_t nodes)
{
    size_t old = p->budget;
    p->budget = nodes;
    return old;
}

bool pool_set_nested(Pool *p, bool nested)
{
    bool old = p->nested;
    p->nested = nested;
    return old;
}

bool pool_set_whole_sums(Pool *p, bool whole)
{
    bool old = p->whole_sums;
    p->whole_sums = whole;
    return old;
}

bool pool_whole_sums(const Pool *p) { return p->whole_sums; }

bool pool_absorbs(const Pool *p, const Expr *operand)
{
    return !p->nested && operand->arity <= ABSORB_LIMIT;
}

Str    pool_error(const Pool *p)        { return p->error; }
void   pool_clear_error(Pool *p)        { p->error = (Str){ 0 }; }
size_t pool_failures(const Pool *p)     { return p->failures; }

const Expr *pool_fail(Pool *p, const char *format, ...)
{
    p->failures++;
    if (!p->error.n) {
        va_list args;
        va_start(args, format);
        p->error = str_vprintf(p->arena, format, args);
        va_end(args);
    }
    return NULL;
}

/* ---- hashing and equality of content --------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t hash_fmpz(const fmpz_t n)
{
    if (!COEFF_IS_MPZ(*n))
        return (uint64_t)*n;
    uint64_t h = fmpz_fdiv_ui(n, 0x1fffffffffffffff);
    return mix(h, fmpz_bits(n) * 2 + (fmpz_sgn(n) < 0));
}

static uint64_t hash_arf(const arf_t x)
{
    fmpz_t man, exp;
    fmpz_init(man);
    fmpz_init(exp);
    uint64_t h = 1;
    if (arf_is_finite(x)) {
        arf_get_fmpz_2exp(man, exp, x);
        h = mix(hash_fmpz(man), hash_fmpz(exp));
    }
    fmpz_clear(man);
    fmpz_clear(exp);
    return h;
}

static uint64_t hash_ball(const Ball *b)
{
    uint64_t h = mix((uint64_t)b->digits, hash_arf(arb_midref(acb_realref(b->value))));
    h = mix(h, hash_arf(arb_midref(acb_imagref(b->value))));
    h = mix(h, MAG_MAN(arb_radref(acb_realref(b->value))));
    return mix(h, MAG_MAN(arb_radref(acb_imagref(b->value))));
}

/* Of the names and the size; tables that look alike are told apart by same_payload. */
static uint64_t hash_table(Str name, const Data *d)
{
    uint64_t h = mix(str_hash(name), d ? d->rows : 0);
    for (size_t i = 0; d && i < d->columns; i++)
        h = mix(h, str_hash(d->column[i].name));
    return h;
}

static uint64_t hash_payload(const Expr *e)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER:   return mix(hash_fmpz(fmpq_numref(&e->number)), hash_fmpz(fmpq_denref(&e->number)));
    case EXPR_BALL:     return hash_ball(e->ball);
    case EXPR_CONSTANT: return e->constant;
    case EXPR_SYMBOL:   return str_hash(e->name);
    case EXPR_CALL:     return str_hash(str_of(e->fn->name));
    case EXPR_UNKNOWN: {
        uint64_t h = str_hash(e->unknown.name);
        for (size_t i = 0; i < e->arity; i++)
            h = mix(h, e->unknown.order[i]);
        return h;
    }
    case EXPR_RELATION: return e->relop;
    case EXPR_MATRIX:   return (uint64_t)e->matrix_op;
    case EXPR_AXIS:     return hash_table(e->axis.name, e->axis.data);
    case EXPR_COLUMN:   return e->column.index;
    case EXPR_ADD: case EXPR_MUL: case EXPR_POW: case EXPR_PIECEWISE: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
    case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_ORDER: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        return 0;
    }
    return 0;
}

static uint64_t hash_shape(const Shape *s)
{
    return s ? mix(mix(s->rows->hash, s->cols->hash), s->axis ? s->axis->hash : 0) : 0;
}

static bool same_payload(const Expr *a, const Expr *b)
{
    switch ((ExprKind)a->kind) {
    case EXPR_NUMBER:   return fmpq_equal(&a->number, &b->number);
    case EXPR_BALL:     return a->ball->digits == b->ball->digits && acb_equal(a->ball->value, b->ball->value);
    case EXPR_CONSTANT: return a->constant == b->constant;
    case EXPR_SYMBOL:   return str_eq(a->name, b->name);
    case EXPR_CALL:     return a->fn == b->fn;
    case EXPR_UNKNOWN:
        return str_eq(a->unknown.name, b->unknown.name)
            && memcmp(a->unknown.order, b->unknown.order, a->arity * sizeof *a->unknown.order) == 0;
    case EXPR_RELATION: return a->relop == b->relop;
    case EXPR_MATRIX:   return a->matrix_op == b->matrix_op;
    case EXPR_AXIS:     return a->axis.data == b->axis.data && str_eq(a->axis.name, b->axis.name);
    case EXPR_COLUMN:   return a->column.index == b->column.index;
    case EXPR_ADD: case EXPR_MUL: case EXPR_POW: case EXPR_PIECEWISE: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
    case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_ORDER: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB: case EXPR_DIV: case EXPR_NEG:
        return true;
    }
    return false;
}

static bool same_node(const Expr *a, const Expr *head, const Expr *const *arg, size_t n)
{
    if (a->hash != head->hash || a->kind != head->kind || a->arity != n || a->flags != head->flags || a->shape != head->shape)
        return false;
    for (size_t i = 0; i < n; i++)
        if (a->arg[i] != arg[i])
            return false;
    return same_payload(a, head);
}

/* ---- interning ------------------------------------------------------------------------------------------------- */

/* Nodes that a parent gained after the child was made have ids that mean others in the child: they stay unseen. */
static const Expr *find_node(const Pool *p, const Expr *head, const Expr *const *arg, size_t n)
{
    for (uint32_t limit = UINT32_MAX; p; limit = p->first_id, p = p->parent) {
        size_t mask = p->room - 1;
        for (size_t i = head->hash & mask; p->slot[i]; i = (i + 1) & mask)
            if (p->slot[i]->id < limit && same_node(p->slot[i], head, arg, n))
                return p->slot[i];
    }
    return NULL;
}

static void put_slot(Pool *p, const Expr *e)
{
    size_t mask = p->room - 1, i = e->hash & mask;
    while (p->slot[i])
        i = (i + 1) & mask;
    p->slot[i] = e;
}

static void grow_slots(Pool *p)
{
    p->room *= 2;
    p->slot = arena_array(p->arena, const Expr *, p->room);
    for (size_t i = 0; i < p->node.n; i++)
        put_slot(p, p->node.at[i]);
}

static void release_number(void *e)
{
    fmpq_clear(&((Expr *)e)->number);
}

static void release_ball(void *b)
{
    acb_clear(((Ball *)b)->value);
}

/* Copies what the head points to into the pool, so that the node owns it. */
static void own_payload(Pool *p, Expr *e, const Expr *head)
{
    if (e->kind == EXPR_NUMBER) {
        fmpq_init(&e->number);
        fmpq_set(&e->number, &head->number);
        if (COEFF_IS_MPZ(e->number.num) || COEFF_IS_MPZ(e->number.den))
            arena_on_release(p->arena, release_number, e);
    } else if (e->kind == EXPR_BALL) {
        Ball *b = arena_alloc(p->arena, sizeof *b);
        acb_init(b->value);
        acb_set(b->value, head->ball->value);
        b->digits = head->ball->digits;
        e->ball = b;
        arena_on_release(p->arena, release_ball, b);
    } else if (e->kind == EXPR_SYMBOL) {
        e->name = str_copy(p->arena, head->name);
    } else if (e->kind == EXPR_AXIS) {
        e->axis.name = str_copy(p->arena, head->axis.name);
        if (head->axis.data)
            data_own(p->arena, head->axis.data);
    } else if (e->kind == EXPR_COLUMN) {
        e->column.name = str_copy(p->arena, head->column.name);
    } else if (e->kind == EXPR_UNKNOWN) {
        e->unknown.name = str_copy(p->arena, head->unknown.name);
        e->unknown.order = arena_copy(p->arena, head->unknown.order, e->arity * sizeof *e->unknown.order);
    }
}

static uint16_t own_flags(const Expr *head)
{
    uint16_t f = head->flags & ~(EXPR_REAL | EXPR_NONNEGATIVE);
    if (head->kind == EXPR_SYMBOL || head->kind == EXPR_UNKNOWN || head->kind == EXPR_AXIS || expr_is_matrix_op(head, MATRIX_FILL))
        f |= EXPR_HAS_SYMBOL;
    if (head->kind == EXPR_BALL)
        f |= EXPR_HAS_BALL | (arb_is_zero(acb_imagref(head->ball->value)) ? 0 : EXPR_HAS_I);
    if (head->kind == EXPR_ORDER)
        f |= EXPR_HAS_ORDER;
    if (head->kind == EXPR_TENSOR || !expr_is_scalar(head))
        f |= EXPR_HAS_TENSOR;
    if (head->kind == EXPR_CONSTANT && head->constant == CONSTANT_I)
        f |= EXPR_HAS_I;
    if (head->kind == EXPR_CONSTANT && (head->constant == CONSTANT_OO || head->constant == CONSTANT_UNDEFINED))
        f |= EXPR_HAS_INFINITE;
    return f;
}

const Expr *expr_intern(Pool *p, const Expr *head, const Expr *const *arg, size_t n)
{
    Expr probe = *head;
    probe.arity = (uint32_t)n;
    probe.flags = own_flags(head);
    uint64_t h = mix(mix(head->kind, hash_payload(&probe)), hash_shape(head->shape));
    for (size_t i = 0; i < n; i++) {
        h = mix(h, arg[i]->hash);
        probe.flags |= arg[i]->flags & ~(EXPR_REAL | EXPR_NONNEGATIVE);
    }
    probe.flags |= real_flags(&probe, arg, n);
    if (probe.kind == EXPR_POW && !(probe.flags & EXPR_AS_TYPED) && expr_is_number(arg[0])
        && expr_number_sign(arg[0]) < 0 && !expr_is_integer(arg[1]))
        probe.flags |= EXPR_HAS_I;
    if (expr_is_call(&probe, FN_root_of) && !(probe.flags & EXPR_REAL))
        probe.flags |= EXPR_HAS_I;
    probe.hash = mix(h, probe.flags & EXPR_AS_TYPED);
    const Expr *known = find_node(p, &probe, arg, n);
    if (known)
        return known;
    if (pool_size(p) >= p->budget)
        return pool_fail(p, "gave up: the expression grew beyond %zu nodes", p->budget);
    if (2 * p->node.n >= p->room)
        grow_slots(p);
    Expr *e = arena_alloc(p->arena, sizeof *e + n * sizeof *arg);
    *e = probe;
    e->id = (uint32_t)pool_size(p);
    if (n)
        memcpy(e->arg, arg, n * sizeof *arg);
    own_payload(p, e, &probe);
    e->symbols = symbols_of_node(p, e);
    vec_push(p->arena, &p->node, e);
    put_slot(p, e);
    return e;
}

const Expr *expr_node(Pool *p, ExprKind kind, const Shape *shape, const Expr *const *arg, size_t n)
{
    Expr head = { .kind = (uint16_t)kind, .shape = shape };
    return expr_intern(p, &head, arg, n);
}

/* ---- leaves ---------------------------------------------------------------------------------------------------- */

const Expr *expr_fmpq(Pool *p, const fmpq_t q)
{
    if (fmpz_is_one(fmpq_denref(q)) && !COEFF_IS_MPZ(*fmpq_numref(q)))
        return expr_int(p, *fmpq_numref(q));
    Expr head = { .kind = EXPR_NUMBER, .number = *q };
    return expr_intern(p, &head, NULL, 0);
}

const Expr *expr_fmpz(Pool *p, const fmpz_t n)
{
    Expr head = { .kind = EXPR_NUMBER, .number = { *n, 1 } };
    return expr_intern(p, &head, NULL, 0);
}

const Expr *expr_int(Pool *p, slong n)
{
    const Expr **known = &p->known[(ulong)n % KNOWN];
    if (*known && *fmpq_numref(&(*known)->number) == n)
        return *known;
    fmpz_t z;
    fmpz_init_set_si(z, n);
    const Expr *e = expr_fmpz(p, z);
    if (e && !COEFF_IS_MPZ(*z))                        /* a small integer is its own representation */
        *known = e;
    fmpz_clear(z);
    return e;
}

const Expr *expr_ratio(Pool *p, slong n, slong d)
{
    fmpq_t q;
    fmpq_init(q);
    fmpq_set_si(q, d < 0 ? -n : n, (ulong)(d < 0 ? -d : d));
    const Expr *e = expr_fmpq(p, q);
    fmpq_clear(q);
    return e;
}

const Expr *expr_constant(Pool *p, Constant c)
{
    Expr head = { .kind = EXPR_CONSTANT, .constant = c };
    if (!p->constant[c])
        p->constant[c] = expr_intern(p, &head, NULL, 0);
    return p->constant[c];
}

/* Sums take their terms apart again and again: the answer is kept for nodes of this pool. */
void product_keep_rest(Pool *p, const Expr *e, const Expr *rest)
{
    if (!e || !rest || e->id < p->first_id)
        return;
    if (!p->rest.room)
        p->rest = memo_new(p->arena);
    memo_put(&p->rest, e, rest);
}

const Expr *product_rest(Pool *p, const Expr *e)
{
    const Expr *rest = p->rest.room && e->id >= p->first_id ? memo_get(&p->rest, e) : NULL;
    if (!rest) {
        rest = expr_node(p, EXPR_MUL, e->shape, e->arg + 1, e->arity - 1);
        product_keep_rest(p, e, rest);
    }
    return rest;
}

const Expr *expr_truth(Pool *p, bool yes)
{
    return expr_constant(p, yes ? CONSTANT_TRUE : CONSTANT_FALSE);
}

const Expr *expr_symbol_shaped(Pool *p, Str name, const Shape *shape)
{
    Expr head = { .kind = EXPR_SYMBOL, .name = name, .shape = shape };
    return expr_intern(p, &head, NULL, 0);
}

const Expr *expr_symbol(Pool *p, Str name)
{
    return expr_symbol_shaped(p, name, NULL);
}

/* A name cannot hold the byte 1, so what stands behind it makes the symbol unlike any typed one; printing stops there. */
/* What tells fresh symbols apart follows \001; a + there marks a positive one, a # a whole number, an s a symmetric matrix. */
static const Expr *fresh_symbol(Pool *p, const Expr *like, const char *mark_text)
{
    Mark        mark = arena_mark(p->scratch);
    size_t      visible = 0;
    while (visible < like->name.n && like->name.s[visible] != 1)
        visible++;
    Str         name = str_printf(p->scratch, "%.*s\001%s%u", (int)visible, like->name.s, mark_text, ++p->fresh);
    const Expr *e = expr_symbol_shaped(p, name, like->shape);
    arena_release(p->scratch, mark);
    return e;
}

const Expr *expr_fresh(Pool *p, const Expr *like)    { return fresh_symbol(p, like, ""); }
const Expr *expr_positive(Pool *p, const Expr *like) { return fresh_symbol(p, like, "+"); }

const Expr *expr_whole(Pool *p, const Expr *like)    { return fresh_symbol(p, like, "#"); }

static bool is_marked(const Expr *e, char kind)
{
    const char *mark = e->kind == EXPR_SYMBOL ? memchr(e->name.s, 1, e->name.n) : NULL;
    return mark && mark + 1 < e->name.s + e->name.n && mark[1] == kind;
}

const Expr *expr_symmetric(Pool *p, const Expr *x)
{
    if (is_marked(x, 's'))
        return x;
    Mark        mark = arena_mark(p->scratch);
    const Expr *e = expr_symbol_shaped(p, str_printf(p->scratch, "%.*s\001s", STR_ARGS(x->name)), x->shape);
    arena_release(p->scratch, mark);
    return e;
}

bool expr_is_symmetric_symbol(const Expr *e) { return is_marked(e, 's'); }
bool expr_is_positive_symbol(const Expr *e) { return is_marked(e, '+'); }
bool expr_is_whole_symbol(const Expr *e)    { return is_marked(e, '#'); }

const Expr *expr_ball(Pool *p, const Ball *ball)
{
    Expr head = { .kind = EXPR_BALL, .ball = ball };
    return expr_intern(p, &head, NULL, 0);
}

const Expr *expr_axis(Pool *p, Str name, const Data *data)
{
    Expr head = { .kind = EXPR_AXIS, .axis = { name, data } };
    return expr_intern(p, &head, NULL, 0);
}

const Expr *expr_column(Pool *p, const Expr *axis, size_t index)
{
    const Expr *one = expr_int(p, 1);
    Expr        head = { .kind = EXPR_COLUMN, .shape = shape_new(p, one, one, axis), .column = { axis->axis.data->column[index].name, index } };
    return expr_intern(p, &head, &axis, 1);
}

const Expr *expr_count(Pool *p, const Expr *axis)
{
    Expr head = { .kind = EXPR_COUNT };
    return expr_intern(p, &head, &axis, 1);
}

const Shape *shape_new(Pool *p, const Expr *rows, const Expr *cols, const Expr *axis)
{
    if (expr_is_one(rows) && expr_is_one(cols) && !axis)
        return NULL;
    for (const Pool *q = p; q; q = q->parent)
        for (size_t i = 0; i < q->shape.n; i++) {
            const Shape *s = q->shape.at[i];
            if (s->rows == rows && s->cols == cols && s->axis == axis)
                return s;
        }
    Shape *s = arena_alloc(p->arena, sizeof *s);
    *s = (Shape){ rows, cols, axis };
    vec_push(p->arena, &p->shape, s);
    return s;
}

/* ---- walks ----------------------------------------------------------------------------------------------------- */

static const Expr *node_of(const Pool *p, uint32_t id)
{
    while (id < p->first_id)
        p = p->parent;
    return p->node.at[id - p->first_id];
}

Nodes expr_nodes(Pool *p, Arena *scratch, const Expr *const *root, size_t n)
{
    uint32_t top = 0;
    for (size_t i = 0; i < n; i++)
        top = root[i]->id > top ? root[i]->id : top;
    size_t    words = top / 64 + 1, count = 0;
    uint64_t *mark = arena_array(scratch, uint64_t, words);
    for (size_t i = 0; i < n; i++)
        mark[root[i]->id / 64] |= 1ull << (root[i]->id % 64);
    for (size_t w = words; w-- > 0;)
        for (uint64_t todo = mark[w]; todo;) {
            unsigned    bit = 63 - (unsigned)__builtin_clzll(todo);
            const Expr *e = node_of(p, (uint32_t)(w * 64 + bit));
            for (uint32_t i = 0; i < e->arity; i++)
                mark[e->arg[i]->id / 64] |= 1ull << (e->arg[i]->id % 64);
            todo = bit ? mark[w] & ((1ull << bit) - 1) : 0;
            count++;
        }
    Nodes nodes = { 0, arena_array(scratch, const Expr *, count) };
    for (size_t w = 0; w < words; w++)
        for (uint64_t todo = mark[w]; todo; todo &= todo - 1)
            nodes.at[nodes.n++] = node_of(p, (uint32_t)(w * 64 + (unsigned)__builtin_ctzll(todo)));
    return nodes;
}

size_t expr_size(Pool *p, const Expr *e)
{
    Mark   mark = arena_mark(p->scratch);
    size_t n = expr_nodes(p, p->scratch, &e, 1).n;
    arena_release(p->scratch, mark);
    return n;
}

/* ---- promotion: the survivors of a line move into the session's pool -------------------------------------------- */

static const Shape *promote_shape(Pool *line, const Shape *s)
{
    if (!s)
        return NULL;
    const Expr *part[3] = { s->rows, s->cols, s->axis };
    for (int i = 0; i < 3; i++)
        if (part[i])
            part[i] = expr_promote(line, part[i]);
    return shape_new(line->parent, part[0], part[1], part[2]);
}

static const Expr *promoted(const Pool *line, const Expr *e)
{
    return e->id < line->first_id ? e : memo_get(&line->promoted, e);
}

const Expr *expr_promote(Pool *line, const Expr *e)
{
    if (!line->promoted.room)
        line->promoted = memo_new(line->arena);
    if (promoted(line, e))
        return promoted(line, e);
    Mark  mark = arena_mark(line->scratch);
    Nodes nodes = expr_nodes(line, line->scratch, &e, 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *old = nodes.at[k];
        if (promoted(line, old))
            continue;
        const Expr **arg = arena_array(line->scratch, const Expr *, old->arity);
        for (uint32_t i = 0; i < old->arity; i++)
            arg[i] = promoted(line, old->arg[i]);
        Expr head = *old;
        head.shape = promote_shape(line, old->shape);
        memo_put(&line->promoted, old, expr_intern(line->parent, &head, arg, old->arity));
    }
    line->parent->fresh = line->fresh;
    arena_release(line->scratch, mark);
    return promoted(line, e);
}
