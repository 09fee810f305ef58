/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products of vectors and matrices with symbolic sizes in canonical form: the factors are a chain; numbers that arise in it (a row times
 * a column) and scalar factors stand in front, inverse pairs and identities go, and what is left is nested so that a
 * vector is multiplied first. [Measured: one order of u'*A*v, or rules loop; (s*u)*v' with s inside costs 10 times the slots.] */
#include "symbolic/matrix/matrix_int.h"

#include <string.h>

bool expr_is_tensor(const Expr *e)
{
    return e->kind == EXPR_TENSOR || !expr_is_scalar(e);
}

bool expr_is_zero_tensor(const Expr *e)
{
    if (expr_is_matrix_op(e, MATRIX_FILL))
        return expr_is_zero(e->arg[0]);
    bool zero = e->kind == EXPR_TENSOR;
    for (uint32_t i = 0; zero && i < e->arity; i++)
        zero = expr_is_zero(e->arg[i]);
    return zero;
}

const Expr *shape_rows(Pool *p, const Expr *e) { return e->shape ? e->shape->rows : expr_int(p, 1); }
const Expr *shape_cols(Pool *p, const Expr *e) { return e->shape ? e->shape->cols : expr_int(p, 1); }

const Shape *shape_along(Pool *p, const Expr *rows, const Expr *cols, const Expr *const *arg, size_t n, bool *fine)
{
    const Expr *axis = NULL;
    *fine = true;
    for (size_t i = 0; i < n; i++) {
        const Expr *own = arg[i]->shape ? arg[i]->shape->axis : NULL;
        if (own && axis && own != axis)
            *fine = pool_fail(p, "one value varies over %.*s and over %.*s", STR_ARGS(axis->axis.name), STR_ARGS(own->axis.name)) != NULL;
        axis = own ? own : axis;
    }
    return shape_new(p, rows, cols, axis);
}

static bool is_row(const Expr *e)    { return e->shape && expr_is_one(e->shape->rows); }
static bool is_column(const Expr *e) { return e->shape && expr_is_one(e->shape->cols); }

const Expr *shapes_misfit(Pool *p, const char *what, const Expr *a, const Expr *b)
{
    Arena *s = pool_arena(p);
    return pool_fail(p, "%s: the shapes %s x %s and %s x %s do not fit", what, expr_text(s, p, shape_rows(p, a)).s,
                     expr_text(s, p, shape_cols(p, a)).s, expr_text(s, p, shape_rows(p, b)).s, expr_text(s, p, shape_cols(p, b)).s);
}

/* ---- leaves ---------------------------------------------------------------------------------------------------------- */

enum { MOST_ENTRIES = 1000000 };    /* of a literal that a size makes */

static bool concrete(const Expr *rows, const Expr *cols, slong *m, slong *n)
{
    return expr_fits_slong(rows, m) && expr_fits_slong(cols, n) && *m > 0 && *n > 0;
}

static const Expr *fill_sizes(Pool *p, const Expr *c, const Expr *rows, const Expr *cols)
{
    slong m, n;
    if (!c || !rows || !cols)
        return NULL;
    if (expr_is_one(rows) && expr_is_one(cols))
        return c;
    if (!concrete(rows, cols, &m, &n)) {
        Expr head = { .kind = EXPR_MATRIX, .matrix_op = MATRIX_FILL, .shape = shape_new(p, rows, cols, c->shape ? c->shape->axis : NULL) };
        return expr_intern(p, &head, &c, 1);
    }
    if (m > MOST_ENTRIES / n)
        return pool_fail(p, "a matrix of more than %d entries", MOST_ENTRIES);
    const Expr **entry = arena_array(pool_arena(p), const Expr *, (size_t)(m * n));
    for (slong i = 0; i < m * n; i++)
        entry[i] = c;
    return expr_tensor(p, (size_t)m, (size_t)n, entry);
}

const Expr *expr_fill(Pool *p, const Expr *c, const Shape *shape)
{
    return shape ? fill_sizes(p, c, shape->rows, shape->cols) : c;
}

const Expr *expr_identity(Pool *p, const Expr *n)
{
    slong m;
    if (!n)
        return NULL;
    if (!expr_fits_slong(n, &m)) {
        Expr head = { .kind = EXPR_MATRIX, .matrix_op = MATRIX_IDENTITY, .shape = shape_new(p, n, n, NULL) };
        return expr_intern(p, &head, &n, 1);
    }
    if (m < 1 || m > 1000)
        return pool_fail(p, "identity needs a size from 1 to 1000");
    const Expr **entry = arena_array(pool_arena(p), const Expr *, (size_t)(m * m));
    for (slong i = 0; i < m * m; i++)
        entry[i] = expr_int(p, i % (m + 1) == 0);
    return expr_tensor(p, (size_t)m, (size_t)m, entry);
}

const Expr *matrix_node(Pool *p, MatrixOp op, const Expr *rows, const Expr *cols, const Expr *a)
{
    bool fine;
    if (!a)
        return NULL;
    Expr head = { .kind = EXPR_MATRIX, .matrix_op = op, .shape = shape_along(p, rows, cols, &a, 1, &fine) };
    return expr_intern(p, &head, &a, 1);
}

/* ---- scalar factors --------------------------------------------------------------------------------------------------- */

/* A number for each row of the data stays where it is: outside it would make a matrix for each row of a column times a row. */
static bool varies(const Expr *e)
{
    return e->shape && e->shape->axis;
}

const Expr *expr_split_scalars(Pool *p, const Expr *e, const Expr **rest)
{
    *rest = e;
    if (expr_is_matrix_op(e, MATRIX_FILL) && !expr_is_one(e->arg[0]) && !expr_is_zero(e->arg[0]) && !varies(e->arg[0])) {
        *rest = expr_fill(p, expr_int(p, 1), e->shape);
        return e->arg[0];
    }
    if (e->kind != EXPR_MUL || !expr_is_tensor(e))
        return expr_int(p, 1);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **scalar = arena_array(pool_scratch(p), const Expr *, e->arity), **tensor = arena_array(pool_scratch(p), const Expr *, e->arity);
    size_t       n = 0, m = 0;
    for (uint32_t i = 0; i < e->arity; i++)
        if (expr_is_tensor(e->arg[i]) || varies(e->arg[i]))
            tensor[m++] = e->arg[i];
        else
            scalar[n++] = e->arg[i];
    const Expr *c = expr_product(p, scalar, n);
    if (n)
        *rest = m == 1 ? tensor[0] : expr_node(p, EXPR_MUL, e->shape, tensor, m);
    arena_release(pool_scratch(p), mark);
    return *rest ? c : NULL;
}

/* ---- chains of factors ------------------------------------------------------------------------------------------------ */

size_t expr_matrix_factors(const Expr *e, const Expr **out, size_t room)
{
    if (e->kind != EXPR_MATMUL || room < 2) {
        if (room)
            out[0] = e;
        return room > 0;
    }
    size_t n = expr_matrix_factors(e->arg[0], out, room - 1);
    return n + expr_matrix_factors(e->arg[1], out + n, room - n);
}

static bool are_inverse(const Expr *a, const Expr *b)
{
    return (expr_is_matrix_op(a, MATRIX_INVERSE) && a->arg[0] == b) || (expr_is_matrix_op(b, MATRIX_INVERSE) && b->arg[0] == a);
}

typedef struct Chain {
    Pool        *pool;
    const Expr  *scalar;            /* product of the numbers so far */
    const Expr **at;
    size_t       n;
} Chain;

/* at[i..i+k-1] become `by`, or nothing. */
static void replace(Chain *c, size_t i, size_t k, const Expr *by)
{
    size_t m = by ? 1 : 0;
    memmove(c->at + i + m, c->at + i + k, (c->n - i - k) * sizeof *c->at);
    if (by)
        c->at[i] = by;
    c->n -= k - m;
}

/* One simplification of the factors at i and i + 1; false: none applies. */
static bool simplify_pair(Chain *c, size_t i)
{
    Pool       *p = c->pool;
    const Expr *a = c->at[i], *b = i + 1 < c->n ? c->at[i + 1] : NULL;
    if (expr_is_matrix_op(a, MATRIX_IDENTITY) && c->n > 1) {
        replace(c, i, 1, NULL);
        return true;
    }
    if (!b)
        return false;
    const Expr *by = are_inverse(a, b) ? expr_identity(p, shape_rows(p, a))
                   : a->kind == EXPR_TENSOR && b->kind == EXPR_TENSOR ? tensor_literal_product(p, a, b)
                   : expr_is_matrix_op(a, MATRIX_DIAG) && is_column(b) ? expr_hadamard(p, ARGS(a->arg[0], b), 2) : NULL;
    if (!by)
        return false;
    const Expr *rest, *s = expr_is_tensor(by) ? expr_split_scalars(p, by, &rest) : by;
    c->scalar = expr_mul(p, c->scalar, s);
    replace(c, i, 2, expr_is_tensor(by) ? rest : NULL);
    return true;
}

static const Expr *product_node(Pool *p, const Expr *a, const Expr *b)
{
    bool fine;
    if (!a || !b)
        return NULL;
    const Shape *shape = shape_along(p, shape_rows(p, a), shape_cols(p, b), ARGS(a, b), 2, &fine);
    return fine ? expr_node(p, EXPR_MATMUL, shape, ARGS(a, b), 2) : NULL;
}

static const Expr *nested(Pool *p, const Expr *const *at, size_t n, bool from_right)
{
    const Expr *e = at[from_right ? n - 1 : 0];
    for (size_t k = 1; k < n; k++)
        e = from_right ? product_node(p, at[n - 1 - k], e) : product_node(p, e, at[k]);
    return e;
}

/* A row, matrices and a column are a number, which is equal to its transpose: the form with fewer transposes inside, then by content. */
static const Expr *scalar_chain(Pool *p, const Expr *const *at, size_t n)
{
    const Expr **back = arena_array(pool_arena(p), const Expr *, n);
    size_t       forth = 0, reverse = 0;
    for (size_t i = 0; i < n; i++) {
        back[i] = expr_transpose(p, at[n - 1 - i]);
        if (!back[i])
            return NULL;
        forth += i > 0 && expr_is_matrix_op(at[i], MATRIX_TRANSPOSE);
        reverse += i > 0 && expr_is_matrix_op(back[i], MATRIX_TRANSPOSE);
    }
    bool turn = forth != reverse ? forth > reverse : expr_cmp(back[n - 1], at[n - 1]) > 0;
    return nested(p, turn ? back : at, n, true);
}

/* The first row that meets a column behind it makes a number; false: there is none. */
static bool take_number(Chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (!is_row(c->at[i]))
            continue;
        for (size_t j = i + 1; j < c->n; j++)
            if (is_column(c->at[j])) {
                c->scalar = expr_mul(c->pool, c->scalar, scalar_chain(c->pool, c->at + i, j - i + 1));
                replace(c, i, j - i + 1, NULL);
                return true;
            }
        return false;
    }
    return false;
}

static const Expr *chain_product(Chain *c)
{
    for (size_t i = 0; i < c->n && c->scalar;)
        if (simplify_pair(c, i))
            i = i ? i - 1 : 0;
        else
            i++;
    while (c->scalar && take_number(c))
        continue;
    if (!c->scalar || !c->n)
        return c->scalar;
    size_t column = 0;
    while (column < c->n && !is_column(c->at[column]))
        column++;
    const Expr *e = column + 1 < c->n ? product_node(c->pool, nested(c->pool, c->at, column + 1, true), nested(c->pool, c->at + column + 1, c->n - column - 1, false))
                                      : nested(c->pool, c->at, c->n, !is_row(c->at[0]));
    return e ? expr_hadamard(c->pool, ARGS(c->scalar, e), 2) : NULL;
}

const Expr *expr_matmul(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    if (!expr_is_tensor(a) || !expr_is_tensor(b))
        return expr_hadamard(p, ARGS(a, b), 2);
    if (a->kind == EXPR_TENSOR && b->kind == EXPR_TENSOR)
        return tensor_literal_product(p, a, b);
    if (shape_cols(p, a) != shape_rows(p, b))
        return shapes_misfit(p, "matrix product", a, b);
    if (expr_is_zero_tensor(a) || expr_is_zero_tensor(b))
        return fill_sizes(p, expr_int(p, 0), shape_rows(p, a), shape_cols(p, b));
    const Expr *ra, *rb, *at[ABSORB_LIMIT];
    const Expr *sa = expr_split_scalars(p, a, &ra), *sb = expr_split_scalars(p, b, &rb);
    Chain       c = { p, expr_mul(p, sa, sb), at, 0 };
    c.n = expr_matrix_factors(ra, at, ABSORB_LIMIT / 2);
    c.n += expr_matrix_factors(rb, at + c.n, ABSORB_LIMIT - c.n);
    return c.scalar ? chain_product(&c) : NULL;
}
