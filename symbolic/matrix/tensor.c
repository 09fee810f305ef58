/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums, products and powers in which vectors or matrices stand: `*` is the matrix product, a number scales. Entries of literals are
 * computed; what has a symbolic size goes to matrix.c. Refused, because they have two readings: vector times vector, a power
 * of a vector, number plus vector. */
#include "symbolic/matrix/matrix_int.h"

static bool is_vector(const Expr *e)
{
    return e->shape && expr_is_one(e->shape->cols);
}

static const Expr *sum_of_literals(Pool *p, const Expr *const *term, size_t n)
{
    const Expr  *first = term[0];
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, first->arity), **part = arena_array(pool_scratch(p), const Expr *, n);
    for (uint32_t k = 0; k < first->arity; k++) {
        for (size_t i = 0; i < n; i++)
            part[i] = term[i]->arg[k];
        entry[k] = expr_sum(p, part, n);
    }
    const Expr *e = expr_tensor(p, expr_rows(first), expr_cols(first), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

typedef struct TensorSum {
    Pool        *pool;
    Sum         *sum;
    const Expr  *fill, *literal;    /* the numbers that are added to every entry, and the literals, are one term each */
} TensorSum;

static void add_tensor(TensorSum *s, const Expr *e, const Expr *factor)
{
    Pool       *p = s->pool;
    const Expr *rest, *c = expr_mul(p, factor, expr_split_coefficient(p, e, &rest));
    if (rest->kind == EXPR_ADD && rest->arity <= ABSORB_LIMIT) {
        for (uint32_t i = 0; i < rest->arity; i++)
            add_tensor(s, rest->arg[i], c);
    } else if (rest->kind == EXPR_TENSOR) {
        e = expr_is_one(c) ? rest : tensor_literal_scale(p, c, rest);
        s->literal = s->literal ? sum_of_literals(p, ARGS(s->literal, e), 2) : e;
    } else if (expr_is_matrix_op(rest, MATRIX_FILL)) {
        s->fill = expr_add(p, s->fill, expr_mul(p, c, rest->arg[0]));
    } else {
        sum_add(s->sum, expr_is_one(factor) ? e : expr_hadamard(p, ARGS(c, rest), 2));
    }
}

static const Expr *sum_of_tensors(Pool *p, const Expr *const *term, size_t n)
{
    TensorSum s = { p, sum_new(p), expr_int(p, 0), NULL };
    for (size_t i = 0; i < n; i++)
        add_tensor(&s, term[i], expr_int(p, 1));
    if (s.literal)
        sum_add(s.sum, s.literal);
    if (s.fill && !expr_is_zero(s.fill))
        sum_add(s.sum, expr_fill(p, s.fill, term[0]->shape));
    const Expr *e = sum_done(s.sum);
    return !s.fill ? NULL : e && !expr_is_tensor(e) ? expr_fill(p, e, term[0]->shape) : e;
}

/* r + r is 2*r, also where r is a sum; NULL if the terms differ. */
static const Expr *sum_of_multiples(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *first, *rest, *c = expr_split_coefficient(p, term[0], &first);
    if (first->kind != EXPR_ADD)
        return NULL;
    for (size_t i = 1; i < n; i++) {
        c = expr_add(p, c, expr_split_coefficient(p, term[i], &rest));
        if (rest != first)
            return NULL;
    }
    return expr_hadamard(p, ARGS(c, first), 2);
}

const Expr *tensor_sum(Pool *p, const Expr *const *term, size_t n)
{
    const Expr *first = term[0];
    bool        literals = true;
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_tensor(term[i]))
            return pool_fail(p, "a number and a vector do not add: .+ adds to every entry");
        if (shape_rows(p, term[i]) != shape_rows(p, first) || shape_cols(p, term[i]) != shape_cols(p, first))
            return shapes_misfit(p, "sum", first, term[i]);
        literals = literals && term[i]->kind == EXPR_TENSOR;
    }
    if (literals)
        return sum_of_literals(p, term, n);
    const Expr *multiple = sum_of_multiples(p, term, n);
    if (multiple)
        return multiple;
    return sum_of_tensors(p, term, n);
}

const Expr *tensor_literal_scale(Pool *p, const Expr *c, const Expr *t)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, t->arity);
    for (uint32_t k = 0; k < t->arity; k++)
        entry[k] = expr_mul(p, c, t->arg[k]);
    const Expr *e = expr_tensor(p, expr_rows(t), expr_cols(t), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *tensor_literal_product(Pool *p, const Expr *a, const Expr *b)
{
    size_t m = expr_rows(a), k = expr_cols(a), n = expr_cols(b);
    if (k != expr_rows(b))
        return shapes_misfit(p, "matrix product", a, b);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, m * n), **term = arena_array(pool_scratch(p), const Expr *, k);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            for (size_t l = 0; l < k; l++)
                term[l] = expr_mul(p, a->arg[i * k + l], b->arg[l * n + j]);
            entry[i * n + j] = expr_sum(p, term, k);
        }
    const Expr *e = m * n == 1 ? entry[0] : expr_tensor(p, m, n, entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

/* From left to right: u^T*v*w is the number u^T*v times w. */
const Expr *tensor_product(Pool *p, const Expr *const *factor, size_t n)
{
    const Expr *scalar = expr_int(p, 1), *tensor = NULL;
    for (size_t i = 0; i < n && scalar; i++) {
        const Expr *f = factor[i];
        if (!expr_is_tensor(f)) {
            scalar = expr_mul(p, scalar, f);
            continue;
        }
        if (tensor && is_vector(tensor) && is_vector(f))
            return pool_fail(p, "vector times vector has two readings: dot(u, v) or u .* v");
        if (tensor && !(f = expr_matmul(p, tensor, f)))
            return NULL;
        tensor = expr_is_tensor(f) ? f : NULL;
        if (!tensor)
            scalar = expr_mul(p, scalar, f);
    }
    return !scalar || !tensor ? scalar : expr_is_one(scalar) ? tensor : expr_hadamard(p, ARGS(scalar, tensor), 2);
}

enum { MOST_POWER = 100000, MOST_SYMBOLIC = 8 };

const Expr *tensor_power(Pool *p, const Expr *a, const Expr *b)
{
    slong n;
    if (!a)
        return NULL;
    if (expr_is_tensor(b))
        return pool_fail(p, "an exponent must be a number");
    if (shape_rows(p, a) != shape_cols(p, a))
        return pool_fail(p, is_vector(a) ? "a power of a vector has two readings: dot(v, v) or v .^ 2"
                                         : "only a square matrix has powers");
    if (!expr_fits_slong(b, &n) || n < -MOST_POWER || n > MOST_POWER)
        return pool_fail(p, "a matrix needs a whole exponent between -%d and %d", MOST_POWER, MOST_POWER);
    if (a->kind != EXPR_TENSOR && (n < -MOST_SYMBOLIC || n > MOST_SYMBOLIC))
        return pool_fail(p, "a matrix of unknown size needs an exponent between -%d and %d", MOST_SYMBOLIC, MOST_SYMBOLIC);
    if (n < 0)
        return tensor_power(p, expr_matrix_op(p, MATRIX_INVERSE, a), expr_int(p, -n));
    if (n == 0)
        return expr_identity(p, shape_rows(p, a));
    if (a->kind == EXPR_TENSOR && a->arity == 1)                                        /* a 1 x 1 product is a number */
        return expr_pow(p, a->arg[0], b);
    const Expr *result = NULL;
    for (const Expr *square = a; n; n >>= 1, square = n ? expr_matmul(p, square, square) : square) {
        if (!square)
            return NULL;
        if (n & 1)
            result = result ? expr_matmul(p, result, square) : square;
    }
    return result;
}

const Expr *tensor_literal_transpose(Pool *p, const Expr *e)
{
    size_t       m = expr_rows(e), n = expr_cols(e);
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, m * n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            entry[j * m + i] = e->arg[i * n + j];
    const Expr *t = expr_tensor(p, n, m, entry);
    arena_release(pool_scratch(p), mark);
    return t;
}
