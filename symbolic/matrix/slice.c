/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of vectors: x[a..b] and the entry x[k], v placed among zeros (their adjoint), and the vector a, a + 1, ..., b. Bounds may be
 * letters; sizes and bounds are arguments of the nodes, so that substitution needs no rule for them. A slice acts on the leaves: that of
 * an operation entry by entry is the operation on slices, so x[k]^2 and (x .^ 2)[k] are one node.
 * Sums over an index end here as well: the sum of f(x[k], x[k + 1], k) for k = a..b is the sum of the entries of f of the slices
 * x[a..b], x[a + 1..b + 1] and of the indices a..b. */
#include "symbolic/matrix/matrix_int.h"

enum { MOST_ENTRIES = 1000000 };

static const Expr *one(Pool *p) { return expr_int(p, 1); }

/* last - first + 1 */
static const Expr *span(Pool *p, const Expr *first, const Expr *last)
{
    return first == last ? one(p) : expr_add(p, expr_sub(p, last, first), one(p));
}

static const Expr *node(Pool *p, MatrixOp op, const Expr *rows, const Expr *const *arg, size_t n)
{
    bool  fine;
    slong known;
    for (size_t i = 0; i < n; i++)
        if (!arg[i])
            return NULL;
    if (!rows)
        return NULL;
    if (expr_is_number(rows) && (!expr_fits_slong(rows, &known) || known < 1))
        return pool_fail(p, "a part of a vector has at least one entry, not %s", expr_text(pool_arena(p), p, rows).s);
    Expr head = { .kind = EXPR_MATRIX, .matrix_op = op, .shape = shape_along(p, rows, one(p), arg, 1, &fine) };
    return expr_intern(p, &head, arg, n);
}

/* ---- x[first..last] ---------------------------------------------------------------------------------------------------- */

/* Numbers as bounds are whole and from 1 to the length. */
static bool bounds_fit(Pool *p, const Expr *x, const Expr *first, const Expr *last)
{
    const Expr *rows = shape_rows(p, x), *bound[] = { first, last };
    slong       k, n;
    for (int i = 0; i < 2; i++)
        if (expr_is_number(bound[i]) && (!expr_fits_slong(bound[i], &k) || k < 1 || (expr_fits_slong(rows, &n) && k > n)))
            return pool_fail(p, "index %s is not in 1..%s", expr_text(pool_arena(p), p, bound[i]).s, expr_text(pool_arena(p), p, rows).s) != NULL;
    return true;
}

static const Expr *slice_literal(Pool *p, const Expr *x, size_t first, size_t last)
{
    return first == last ? x->arg[first - 1] : expr_tensor(p, last - first + 1, 1, x->arg + first - 1);
}

static const Expr *slice_arguments(Pool *p, const Expr *x, const Expr *first, const Expr *last)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **arg = arena_array(pool_scratch(p), const Expr *, x->arity);
    for (uint32_t i = 0; i < x->arity; i++)
        arg[i] = expr_is_tensor(x->arg[i]) ? expr_slice(p, x->arg[i], first, last) : x->arg[i];
    const Expr *e = expr_remake(p, x, arg);
    arena_release(pool_scratch(p), mark);
    return e;
}

static const Expr *slice_matrix(Pool *p, const Expr *x, const Expr *first, const Expr *last)
{
    const Expr *before = expr_sub(p, first, one(p));
    switch ((MatrixOp)x->matrix_op) {
    case MATRIX_FILL:
        return expr_fill(p, x->arg[0], shape_new(p, span(p, first, last), one(p), NULL));
    case MATRIX_SLICE:
        return expr_slice(p, x->arg[0], expr_add(p, x->arg[1], before), expr_add(p, x->arg[1], expr_sub(p, last, one(p))));
    case MATRIX_INDICES:
        return expr_indices(p, expr_add(p, x->arg[0], before), expr_add(p, x->arg[0], expr_sub(p, last, one(p))));
    case MATRIX_EMBED:
        if (x->arg[1] == first && span(p, first, last) == shape_rows(p, x->arg[0]))
            return x->arg[0];
        break;
    case MATRIX_TRANSPOSE: case MATRIX_INVERSE: case MATRIX_TRACE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_TOTAL: case MATRIX_LOGSUMEXP:
    case MATRIX_DIAG: case MATRIX_DIAGONAL: case MATRIX_IDENTITY:
        break;
    }
    return node(p, MATRIX_SLICE, span(p, first, last), ARGS(x, first, last), 3);
}

const Expr *expr_slice(Pool *p, const Expr *x, const Expr *first, const Expr *last)
{
    slong from, to;
    first = expr_canonical(p, first);
    last = expr_canonical(p, last);
    if (!x || !first || !last || !bounds_fit(p, x, first, last))
        return NULL;
    if (!expr_is_one(shape_cols(p, x)))
        return expr_is_one(shape_rows(p, x)) ? expr_transpose(p, expr_slice(p, expr_transpose(p, x), first, last))
                                             : pool_fail(p, "a matrix has two indices");
    if (expr_is_one(first) && last == shape_rows(p, x))
        return x;
    if (x->kind == EXPR_TENSOR && expr_fits_slong(first, &from) && expr_fits_slong(last, &to) && from <= to)
        return slice_literal(p, x, (size_t)from, (size_t)to);
    if (x->kind == EXPR_MATRIX)
        return slice_matrix(p, x, first, last);
    bool entries = x->kind == EXPR_ADD || x->kind == EXPR_MUL || x->kind == EXPR_POW || x->kind == EXPR_CALL;
    if (entries && !(x->flags & EXPR_AS_TYPED))
        return slice_arguments(p, x, first, last);
    return node(p, MATRIX_SLICE, span(p, first, last), ARGS(x, first, last), 3);
}

/* ---- its adjoint, and the indices --------------------------------------------------------------------------------------- */

static const Expr *embed_literal(Pool *p, const Expr *v, size_t first, size_t n)
{
    const Expr **entry = arena_array(pool_arena(p), const Expr *, n);
    size_t       length = v->kind == EXPR_TENSOR ? v->arity : 1;
    for (size_t k = 0; k < n; k++)
        entry[k] = k + 1 < first || k + 1 >= first + length ? expr_int(p, 0) : v->kind == EXPR_TENSOR ? v->arg[k + 1 - first] : v;
    return expr_tensor(p, n, 1, entry);
}

const Expr *expr_embed(Pool *p, const Expr *v, const Expr *first, const Expr *n)
{
    slong from, total;
    first = expr_canonical(p, first);
    n = expr_canonical(p, n);
    if (!v || !first || !n)
        return NULL;
    const Expr *rows = shape_rows(p, v), *last = expr_add(p, first, expr_sub(p, rows, one(p)));
    bool        literal = v->kind == EXPR_TENSOR || !expr_is_tensor(v);
    if (!expr_is_one(shape_cols(p, v)))
        return pool_fail(p, "embed needs a vector");
    if (expr_is_one(first) && last == n)
        return v;
    if (expr_is_number(n) && (!expr_fits_slong(n, &total) || total < 1 || total > MOST_ENTRIES))
        return pool_fail(p, "a size is a whole number, up to %d entries", MOST_ENTRIES);
    if ((expr_is_number(first) && (!expr_fits_slong(first, &from) || from < 1))
        || (expr_is_number(n) && expr_is_number(last) && fmpq_cmp(expr_number(last), expr_number(n)) > 0))
        return pool_fail(p, "places %s..%s are not within 1..%s", expr_text(pool_arena(p), p, first).s, expr_text(pool_arena(p), p, last).s,
                         expr_text(pool_arena(p), p, n).s);
    if (expr_is_zero(v) || expr_is_zero_tensor(v))
        return expr_fill(p, expr_int(p, 0), shape_new(p, n, one(p), NULL));
    if (literal && expr_is_number(first) && expr_is_number(n))
        return embed_literal(p, v, (size_t)from, (size_t)total);
    if (v->flags & EXPR_AS_TYPED)
        return node(p, MATRIX_EMBED, n, ARGS(v, first, n), 3);
    const Expr *rest = v, *s = expr_is_tensor(v) ? expr_split_scalars(p, v, &rest) : v;
    if (!expr_is_tensor(v))
        rest = one(p);
    return expr_hadamard(p, ARGS(s, node(p, MATRIX_EMBED, n, ARGS(rest, first, n), 3)), 2);
}

const Expr *expr_indices(Pool *p, const Expr *first, const Expr *last)
{
    slong from, to;
    first = expr_canonical(p, first);
    last = expr_canonical(p, last);
    if (!first || !last)
        return NULL;
    if (first == last)
        return first;
    if (!expr_fits_slong(first, &from) || !expr_fits_slong(last, &to))
        return node(p, MATRIX_INDICES, span(p, first, last), ARGS(first, last), 2);
    if (to < from || to - from >= MOST_ENTRIES)
        return pool_fail(p, "indices from %ld to %ld: from 1 to %d of them, please", (long)from, (long)to, MOST_ENTRIES);
    const Expr **entry = arena_array(pool_arena(p), const Expr *, (size_t)(to - from + 1));
    for (slong k = from; k <= to; k++)
        entry[k - from] = expr_int(p, k);
    return expr_tensor(p, (size_t)(to - from + 1), 1, entry);
}

/* ---- sums over an index ------------------------------------------------------------------------------------------------- */

bool expr_has_entry(Pool *p, const Expr *f, const Expr *k)
{
    Arena *scratch = arena_new();
    Nodes  nodes = expr_nodes(p, scratch, &f, 1);
    bool   found = false;
    for (size_t i = 0; i < nodes.n && !found; i++)
        found = expr_is_entry(nodes.at[i]) && expr_depends(p, nodes.at[i]->arg[1], k);
    arena_delete(scratch);
    return found;
}

/* x[k + c] for k = low..high */
static const Expr *slice_of_entry(Pool *p, const Expr *e, const Expr *k, const Expr *low, const Expr *high)
{
    const Expr *shift = expr_sub(p, e->arg[1], k);
    if (!shift)
        return NULL;
    if (expr_depends(p, shift, k) || expr_depends(p, e->arg[0], k))
        return pool_fail(p, "the sum over %s of %s has no vector form: an index is %s plus a constant here", expr_text(pool_arena(p), p, k).s,
                         expr_text(pool_arena(p), p, e).s, expr_text(pool_arena(p), p, k).s);
    return expr_slice(p, e->arg[0], expr_add(p, low, shift), expr_add(p, high, shift));
}

const Expr *expr_index_sum(Pool *p, const Expr *f, const Expr *k, const Expr *low, const Expr *high)
{
    Arena       *scratch = arena_new();
    Nodes        nodes = expr_nodes(p, scratch, &f, 1);
    const Expr **from = arena_array(scratch, const Expr *, nodes.n + 1), **to = arena_array(scratch, const Expr *, nodes.n + 1);
    size_t       n = 0;
    bool         fine = true;
    for (size_t i = 0; i < nodes.n && fine; i++)
        if (expr_is_entry(nodes.at[i]) && expr_depends(p, nodes.at[i]->arg[1], k)) {
            from[n] = nodes.at[i];
            fine = (to[n++] = slice_of_entry(p, nodes.at[i], k, low, high)) != NULL;
        }
    from[n] = k;
    fine = fine && (to[n++] = expr_indices(p, low, high)) != NULL;
    const Expr *e = fine ? expr_matrix_op(p, MATRIX_TOTAL, expr_lift(p, f, from, to, n)) : NULL;
    arena_delete(scratch);
    return e;
}
