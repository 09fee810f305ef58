/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simultaneous substitution: one pass over the reachable nodes, arguments first. What contains none of the replaced nodes keeps its
 * identity. A vector for the symbol x(n) gives n its length, so that whatever else has n entries gets as many; a vector or matrix
 * whose sizes have become numbers is written out as a literal of its entries x[1], x[2], ... */
#include "symbolic/matrix/matrix_int.h"

#include "base/vec.h"
#include "symbolic/expr/memo.h"

#include <string.h>

typedef struct Subst {
    Pool    *pool;
    Arena   *scratch;
    VEC(const Expr *) from;
    VEC(const Expr *) to;
    bool     sizes;                 /* is a size among them? */
} Subst;

static const Expr *replacement(const Subst *s, const Expr *e)
{
    for (size_t i = 0; i < s->from.n; i++)
        if (s->from.at[i] == e)
            return s->to.at[i];
    return NULL;
}

/* The length `was` becomes `is`; false: it is another number already. */
static bool bind_length(Subst *s, const Expr *x, const Expr *was, const Expr *is)
{
    const Expr *known = was->kind == EXPR_SYMBOL ? replacement(s, was) : NULL;
    if (was == is || known == is)
        return true;
    if (was->kind == EXPR_SYMBOL && !known) {
        vec_push(s->scratch, &s->from, was);
        vec_push(s->scratch, &s->to, is);
        return s->sizes = true;
    }
    Arena *a = pool_arena(s->pool);
    return pool_fail(s->pool, "%.*s has the length %s, which cannot be %s", STR_ARGS(x->name), expr_text(a, s->pool, known ? known : was).s,
                     expr_text(a, s->pool, is).s) != NULL;
}

static bool bind_sizes(Subst *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const Expr *x = s->from.at[i], *to = s->to.at[i];
        s->sizes = s->sizes || x->kind == EXPR_SYMBOL;
        if (x->kind != EXPR_SYMBOL || expr_is_scalar(x))
            continue;
        if (expr_is_symmetric_symbol(x) && expr_transpose(s->pool, to) != to)
            return pool_fail(s->pool, "%.*s is assumed to be symmetric", STR_ARGS(expr_plain_name(x))) != NULL;
        if (!bind_length(s, x, shape_rows(s->pool, x), shape_rows(s->pool, to)) || !bind_length(s, x, shape_cols(s->pool, x), shape_cols(s->pool, to)))
            return false;
    }
    return true;
}

const Expr *expr_entries(Pool *p, Str name, size_t rows, size_t cols)
{
    Arena       *a = pool_arena(p);
    const Expr **entry = arena_array(a, const Expr *, rows * cols);
    const char  *mark = memchr(name.s, 1, name.n);
    bool         symmetric = mark && mark + 1 < name.s + name.n && mark[1] == 's';
    if (symmetric)
        name = str_slice(name, 0, (size_t)(mark - name.s));
    for (size_t k = 0; k < rows * cols; k++) {
        size_t i = k / cols + 1, j = k % cols + 1, high = i > j ? i : j;
        entry[k] = expr_symbol(p, cols == 1 ? str_printf(a, "%.*s[%zu]", STR_ARGS(name), i)
                                            : str_printf(a, "%.*s[%zu, %zu]", STR_ARGS(name), symmetric ? high : i, symmetric ? i + j - high : j));
    }
    return expr_tensor(p, rows, cols, entry);
}

/* A length may be n - 1. */
static const Expr *resized_length(const Subst *s, const Expr *length)
{
    const Expr *to = replacement(s, length);
    return to ? to : length->arity ? expr_subst(s->pool, length, s->from.at, s->to.at, s->from.n) : length;
}

/* NULL: a length became none, see pool_error(). The shape of a number is NULL too. */
static const Shape *reshaped(const Subst *s, const Shape *shape, bool *fine)
{
    const Expr *rows = resized_length(s, shape->rows), *cols = resized_length(s, shape->cols);
    *fine = rows && cols;
    return *fine ? shape_new(s->pool, rows, cols, shape->axis) : NULL;
}

/* The symbol of a vector or matrix in its new sizes. */
static const Expr *resized(Subst *s, const Expr *x)
{
    Pool       *p = s->pool;
    slong       m, n;
    bool        fine;
    const Shape *shape = reshaped(s, x->shape, &fine);
    if (!fine)
        return NULL;
    const Expr  *rows = shape ? shape->rows : expr_int(p, 1), *cols = shape ? shape->cols : rows;
    if (rows == x->shape->rows && cols == x->shape->cols)
        return x;
    if (!expr_fits_slong(rows, &m) || !expr_fits_slong(cols, &n))
        return expr_is_number(rows) && !expr_is_integer(rows) ? pool_fail(p, "a length is a whole number") : expr_symbol_shaped(p, x->name, shape_new(p, rows, cols, NULL));
    if (m < 1 || n < 1 || m > 10000 / n)
        return pool_fail(p, "a vector or matrix has from 1 to 10000 entries");
    return expr_entries(p, x->name, (size_t)m, (size_t)n);
}

static const Expr *kept_or(const Memo *image, const Expr *e)
{
    const Expr *made = memo_get(image, e);
    return made ? made : e;
}

/* image: of the nodes that change. */
static const Expr *image_of(Subst *s, const Expr *node, const Memo *image)
{
    const Expr *to = replacement(s, node);
    bool        changed = false;
    if (to)
        return to;
    if (s->sizes && node->kind == EXPR_SYMBOL && !expr_is_scalar(node))
        return resized(s, node);
    for (uint32_t i = 0; i < node->arity && !changed; i++)
        changed = memo_get(image, node->arg[i]) != NULL;
    if (s->sizes && expr_is_matrix_op(node, MATRIX_FILL)) {
        bool         fine;
        const Expr  *c = kept_or(image, node->arg[0]);
        const Shape *shape = reshaped(s, node->shape, &fine);
        return !fine ? NULL : node->flags & EXPR_AS_TYPED ? typed_fill(s->pool, c, shape) : expr_fill(s->pool, c, shape);
    }
    if (!changed)
        return node;
    Mark         inner = arena_mark(s->scratch);
    const Expr **arg = arena_array(s->scratch, const Expr *, node->arity);
    for (uint32_t i = 0; i < node->arity; i++)
        arg[i] = kept_or(image, node->arg[i]);
    const Expr *e = node->flags & EXPR_AS_TYPED ? typed_remake(s->pool, node, arg) : expr_remake(s->pool, node, arg);
    arena_release(s->scratch, inner);
    return e;
}

const Expr *expr_subst(Pool *p, const Expr *e, const Expr *const *from, const Expr *const *to, size_t n)
{
    if (!e)
        return NULL;
    uint32_t low = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        if (!to[i])
            return NULL;
        low = from[i]->id < low ? from[i]->id : low;
    }
    if (e->id < low)
        return e;
    Mark  mark = arena_mark(pool_scratch(p));
    Subst s = { .pool = p, .scratch = pool_scratch(p) };
    for (size_t i = 0; i < n; i++) {
        vec_push(s.scratch, &s.from, from[i]);
        vec_push(s.scratch, &s.to, to[i]);
    }
    bool         fine = !(e->flags & EXPR_HAS_TENSOR) || bind_sizes(&s, n);
    Nodes        nodes = expr_nodes(p, s.scratch, &e, 1);
    Memo         image = memo_new(s.scratch);                 /* its size follows e, not the pool */
    for (size_t k = 0; k < nodes.n && fine; k++) {
        const Expr *made = image_of(&s, nodes.at[k], &image);
        fine = made != NULL;
        if (made && made != nodes.at[k])
            memo_put(&image, nodes.at[k], made);
    }
    const Expr *result = fine ? kept_or(&image, e) : NULL;
    arena_release(pool_scratch(p), mark);
    return result;
}
