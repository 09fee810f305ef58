/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Transpose, inverse, trace, determinant and the reductions: canonical constructors of EXPR_MATRIX nodes. Each pulls scalar factors out,
 * takes a product apart where the textbook does, and computes literals. */
#include "symbolic/matrix/exact_matrix.h"
#include "symbolic/matrix/matrix_int.h"

/* Each factor of a product through f, in this or the reversed order, multiplied again. */
static const Expr *over_factors(Pool *p, const Expr *product, const Expr *(*f)(Pool *, const Expr *), bool reversed)
{
    const Expr *a = f(p, product->arg[0]), *b = f(p, product->arg[1]);
    return reversed ? expr_matmul(p, b, a) : expr_matmul(p, a, b);
}

static const Expr *over_terms(Pool *p, const Expr *sum, const Expr *(*f)(Pool *, const Expr *))
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **term = arena_array(pool_scratch(p), const Expr *, sum->arity);
    for (uint32_t i = 0; i < sum->arity; i++)
        term[i] = f(p, sum->arg[i]);
    const Expr *e = expr_sum(p, term, sum->arity);
    arena_release(pool_scratch(p), mark);
    return e;
}

static const Expr *number_node(Pool *p, MatrixOp op, const Expr *a)
{
    return matrix_node(p, op, expr_int(p, 1), expr_int(p, 1), a);
}

static bool square(Pool *p, const Expr *a, const char *what)
{
    if (shape_rows(p, a) == shape_cols(p, a))
        return true;
    return pool_fail(p, "%s needs a square matrix, found %s x %s", what, expr_text(pool_arena(p), p, shape_rows(p, a)).s,
                     expr_text(pool_arena(p), p, shape_cols(p, a)).s) != NULL;
}

/* ---- transpose -------------------------------------------------------------------------------------------------------- */

/* Is the term s*A^T, or a product that has a transpose in it? */
static bool holds_transpose(Pool *p, const Expr *term)
{
    const Expr *rest;
    expr_split_scalars(p, term, &rest);
    if (!rest || rest->kind != EXPR_MATMUL)
        return rest && expr_is_matrix_op(rest, MATRIX_TRANSPOSE);
    return holds_transpose(p, rest->arg[0]) || holds_transpose(p, rest->arg[1]);
}

/* (A^T + B^T)^T is A + B; other sums keep the transpose outside, else what they share is computed twice. */
static const Expr *transpose_sum(Pool *p, const Expr *sum)
{
    for (uint32_t i = 0; i < sum->arity; i++)
        if (!holds_transpose(p, sum->arg[i]) && !expr_is_matrix_op(sum->arg[i], MATRIX_FILL))
            return matrix_node(p, MATRIX_TRANSPOSE, sum->shape->cols, sum->shape->rows, sum);
    return over_terms(p, sum, expr_transpose);
}

static const Expr *transpose_rules(Pool *p, const Expr *a)
{
    if (a->kind == EXPR_MATMUL)
        return over_factors(p, a, expr_transpose, true);
    if (a->kind == EXPR_ADD)
        return transpose_sum(p, a);
    if (expr_is_symmetric_symbol(a))
        return a;
    if (a->kind == EXPR_MATRIX)
        switch ((MatrixOp)a->matrix_op) {
        case MATRIX_TRANSPOSE: return a->arg[0];
        case MATRIX_INVERSE:   return expr_matrix_op(p, MATRIX_INVERSE, expr_transpose(p, a->arg[0]));
        case MATRIX_DIAG: case MATRIX_IDENTITY: return a;
        case MATRIX_FILL:      return expr_fill(p, a->arg[0], shape_new(p, a->shape->cols, a->shape->rows, NULL));
        case MATRIX_TRACE: case MATRIX_DET: case MATRIX_LOG_DET: case MATRIX_TOTAL: case MATRIX_LOGSUMEXP: case MATRIX_DIAGONAL:
        case MATRIX_SLICE: case MATRIX_EMBED: case MATRIX_INDICES:
            break;
        }
    return matrix_node(p, MATRIX_TRANSPOSE, a->shape->cols, a->shape->rows, a);
}

const Expr *expr_transpose(Pool *p, const Expr *a)
{
    if (!a || !expr_is_tensor(a))
        return a;
    if (a->kind == EXPR_TENSOR)
        return tensor_literal_transpose(p, a);
    const Expr *rest, *s = expr_split_scalars(p, a, &rest);
    return s ? expr_hadamard(p, ARGS(s, transpose_rules(p, rest)), 2) : NULL;
}

/* ---- square matrices -------------------------------------------------------------------------------------------------- */

static const Expr *inverse_of(Pool *p, const Expr *a)
{
    if (!a || !square(p, a, "an inverse"))
        return NULL;
    if (!expr_is_tensor(a))
        return expr_powi(p, a, -1);
    if (a->kind == EXPR_TENSOR)
        return tensor_literal_inverse(p, a);
    if (expr_is_zero_tensor(a))
        return pool_fail(p, "the zero matrix has no inverse");
    const Expr *rest, *s = expr_split_scalars(p, a, &rest), *e;
    if (expr_is_matrix_op(rest, MATRIX_IDENTITY))
        e = rest;
    else if (expr_is_matrix_op(rest, MATRIX_INVERSE))
        e = rest->arg[0];
    else if (rest->kind == EXPR_MATMUL && shape_rows(p, rest->arg[0]) == shape_cols(p, rest->arg[0]))
        e = over_factors(p, rest, inverse_of, true);
    else
        e = matrix_node(p, MATRIX_INVERSE, rest->shape->rows, rest->shape->cols, rest);
    return expr_hadamard(p, ARGS(expr_powi(p, s, -1), e), 2);
}

static const Expr *det_of(Pool *p, const Expr *a);

static const Expr *det_of_product(Pool *p, const Expr *a, const Expr *b)
{
    const Expr *left = det_of(p, a);
    return expr_mul(p, left, det_of(p, b));
}

static const Expr *det_of(Pool *p, const Expr *a)
{
    if (!a || !square(p, a, "a determinant"))
        return NULL;
    if (!expr_is_tensor(a))
        return a;
    if (a->kind == EXPR_TENSOR)
        return tensor_literal_det(p, a);
    const Expr *rest, *s = expr_split_scalars(p, a, &rest), *e;
    if (expr_is_zero_tensor(a))
        return expr_int(p, 0);
    if (expr_is_matrix_op(rest, MATRIX_IDENTITY))
        e = expr_int(p, 1);
    else if (expr_is_matrix_op(rest, MATRIX_TRANSPOSE))
        e = det_of(p, rest->arg[0]);
    else if (expr_is_matrix_op(rest, MATRIX_INVERSE))
        e = expr_powi(p, det_of(p, rest->arg[0]), -1);
    else if (rest->kind == EXPR_MATMUL && shape_rows(p, rest->arg[0]) == shape_cols(p, rest->arg[0]))
        e = det_of_product(p, rest->arg[0], rest->arg[1]);
    else
        e = number_node(p, MATRIX_DET, rest);
    return expr_mul(p, expr_is_one(s) ? s : expr_pow(p, s, shape_rows(p, a)), e);
}

/* Only where the determinant is positive; so is a positive factor of it. */
static const Expr *log_det_of(Pool *p, const Expr *a)
{
    if (!square(p, a, "a determinant"))
        return NULL;
    if (!expr_is_tensor(a) || a->kind == EXPR_TENSOR)
        return expr_call1(p, FN_log, det_of(p, a));
    const Expr *rest, *c = expr_split_scalars(p, a, &rest);
    if (expr_is_matrix_op(a, MATRIX_IDENTITY))
        return expr_int(p, 0);
    if (expr_is_matrix_op(a, MATRIX_TRANSPOSE))
        return log_det_of(p, a->arg[0]);
    if (expr_is_matrix_op(a, MATRIX_INVERSE))
        return expr_neg(p, log_det_of(p, a->arg[0]));
    if (!expr_is_one(c) && expr_is_number(c) && expr_number_sign(c) > 0)
        return expr_add(p, expr_mul(p, shape_rows(p, a), expr_call1(p, FN_log, c)), log_det_of(p, rest));
    return number_node(p, MATRIX_LOG_DET, a);
}

/* The rotation of the factors that comes first by content: tr(A*B) = tr(B*A). */
static const Expr *trace_of_product(Pool *p, const Expr *a)
{
    const Expr *at[ABSORB_LIMIT], *best = a;
    size_t      n = expr_matrix_factors(a, at, ABSORB_LIMIT);
    for (size_t k = 1; k < n && best; k++) {
        const Expr *turned = at[k];
        for (size_t i = 1; i < n; i++)
            turned = expr_matmul(p, turned, at[(k + i) % n]);
        if (!turned || !expr_is_tensor(turned) || turned->kind != EXPR_MATMUL)
            return turned && !expr_is_tensor(turned) ? turned : expr_matrix_op(p, MATRIX_TRACE, turned);
        if (expr_cmp(turned, best) < 0)
            best = turned;
    }
    return number_node(p, MATRIX_TRACE, best);
}

static const Expr *trace_of(Pool *p, const Expr *a)
{
    if (!a || !square(p, a, "a trace"))
        return NULL;
    if (a->kind == EXPR_TENSOR) {
        size_t       n = expr_rows(a);
        const Expr **term = arena_array(pool_arena(p), const Expr *, n);
        for (size_t i = 0; i < n; i++)
            term[i] = a->arg[i * n + i];
        return expr_sum(p, term, n);
    }
    const Expr *rest, *s = expr_split_scalars(p, a, &rest), *e;
    if (!expr_is_tensor(a))
        return a;
    if (rest->kind == EXPR_ADD)
        e = over_terms(p, rest, trace_of);
    else if (rest->kind == EXPR_MATMUL)
        e = trace_of_product(p, rest);
    else if (expr_is_matrix_op(rest, MATRIX_IDENTITY))
        e = rest->arg[0];
    else if (expr_is_matrix_op(rest, MATRIX_TRANSPOSE))
        e = trace_of(p, rest->arg[0]);
    else if (expr_is_matrix_op(rest, MATRIX_FILL))
        e = expr_mul(p, rest->arg[0], rest->shape->rows);
    else if (expr_is_matrix_op(rest, MATRIX_DIAG))
        e = expr_matrix_op(p, MATRIX_TOTAL, rest->arg[0]);
    else
        e = number_node(p, MATRIX_TRACE, rest);
    return expr_mul(p, s, e);
}

/* ---- reductions and diagonals ----------------------------------------------------------------------------------------- */

/* u .* v and u .^ 2 of vectors are u^T*v. */
static const Expr *total_of_product(Pool *p, const Expr *e)
{
    if (!expr_is_one(e->shape->cols))
        return NULL;
    if (e->kind == EXPR_POW && expr_is_int(e->arg[1], 2))
        return expr_matmul(p, expr_transpose(p, e->arg[0]), e->arg[0]);
    if (e->kind == EXPR_MUL && e->arity == 2)
        return expr_matmul(p, expr_transpose(p, e->arg[0]), e->arg[1]);
    return NULL;
}

static const Expr *total_of(Pool *p, const Expr *a)
{
    if (!a || !expr_is_tensor(a))
        return a;
    if (a->kind == EXPR_TENSOR)
        return expr_sum(p, a->arg, a->arity);
    const Expr *rest, *s = expr_split_scalars(p, a, &rest), *e;
    if (rest->kind == EXPR_ADD)
        e = over_terms(p, rest, total_of);
    else if (expr_is_matrix_op(rest, MATRIX_FILL))
        e = expr_product(p, ARGS(rest->arg[0], rest->shape->rows, rest->shape->cols), 3);
    else if (expr_is_matrix_op(rest, MATRIX_IDENTITY))
        e = rest->arg[0];
    else if (expr_is_matrix_op(rest, MATRIX_TRANSPOSE) || expr_is_matrix_op(rest, MATRIX_DIAG) || expr_is_matrix_op(rest, MATRIX_EMBED))
        e = total_of(p, rest->arg[0]);
    else if (!(e = total_of_product(p, rest)))
        e = number_node(p, MATRIX_TOTAL, rest);
    return expr_mul(p, s, e);
}

static const Expr *logsumexp_of(Pool *p, const Expr *a)
{
    if (!expr_is_tensor(a))
        return a;
    if (a->kind == EXPR_TENSOR)
        return expr_call1(p, FN_log, total_of(p, expr_call1(p, FN_exp, a)));
    return number_node(p, MATRIX_LOGSUMEXP, a);
}

static const Expr *diag_of_literal(Pool *p, const Expr *v)
{
    size_t       n = v->arity;
    const Expr **entry = arena_array(pool_arena(p), const Expr *, n * n);
    for (size_t i = 0; i < n * n; i++)
        entry[i] = i % (n + 1) ? expr_int(p, 0) : v->arg[i / (n + 1)];
    return expr_tensor(p, n, n, entry);
}

static const Expr *diag_of(Pool *p, const Expr *v)
{
    if (!expr_is_one(shape_cols(p, v)))
        return pool_fail(p, "diag needs a vector, or a square matrix");
    if (v->kind == EXPR_TENSOR)
        return diag_of_literal(p, v);
    const Expr *rest, *s = expr_split_scalars(p, v, &rest);
    const Expr *n = shape_rows(p, v), *e;
    if (expr_is_matrix_op(rest, MATRIX_FILL))
        e = expr_hadamard(p, ARGS(rest->arg[0], expr_identity(p, n)), 2);
    else if (expr_is_matrix_op(rest, MATRIX_DIAGONAL) && expr_is_matrix_op(rest->arg[0], MATRIX_DIAG))
        e = rest->arg[0];
    else
        e = matrix_node(p, MATRIX_DIAG, n, n, rest);
    return expr_hadamard(p, ARGS(s, e), 2);
}

static const Expr *diagonal_of(Pool *p, const Expr *a)
{
    if (!square(p, a, "a diagonal"))
        return NULL;
    if (a->kind == EXPR_TENSOR) {
        size_t       n = expr_rows(a);
        const Expr **entry = arena_array(pool_arena(p), const Expr *, n);
        for (size_t i = 0; i < n; i++)
            entry[i] = a->arg[i * (n + 1)];
        return expr_tensor(p, n, 1, entry);
    }
    const Expr  *rest, *s = expr_split_scalars(p, a, &rest), *e;
    const Shape *column = shape_new(p, shape_rows(p, a), expr_int(p, 1), NULL);
    if (expr_is_matrix_op(rest, MATRIX_IDENTITY))
        e = expr_fill(p, expr_int(p, 1), column);
    else if (expr_is_matrix_op(rest, MATRIX_FILL))
        e = expr_fill(p, rest->arg[0], column);
    else if (expr_is_matrix_op(rest, MATRIX_DIAG))
        e = rest->arg[0];
    else
        e = matrix_node(p, MATRIX_DIAGONAL, column->rows, column->cols, rest);
    return expr_hadamard(p, ARGS(s, e), 2);
}

const Expr *expr_matrix_op(Pool *p, MatrixOp op, const Expr *a)
{
    if (!a)
        return NULL;
    switch (op) {
    case MATRIX_TRANSPOSE: return expr_transpose(p, a);
    case MATRIX_INVERSE:   return inverse_of(p, a);
    case MATRIX_TRACE:     return trace_of(p, a);
    case MATRIX_DET:       return det_of(p, a);
    case MATRIX_LOG_DET:   return log_det_of(p, a);
    case MATRIX_TOTAL:     return total_of(p, a);
    case MATRIX_LOGSUMEXP: return logsumexp_of(p, a);
    case MATRIX_DIAG:      return diag_of(p, a);
    case MATRIX_DIAGONAL:  return diagonal_of(p, a);
    case MATRIX_IDENTITY:  return expr_identity(p, a);
    case MATRIX_FILL: case MATRIX_SLICE: case MATRIX_EMBED: case MATRIX_INDICES:
        break;
    }
    return pool_fail(p, "a fill or a part of a vector needs its sizes");
}

/* ---- composed --------------------------------------------------------------------------------------------------------- */

const Expr *expr_dot(Pool *p, const Expr *u, const Expr *v)
{
    if (!u || !v)
        return NULL;
    if (u->shape && v->shape && expr_is_tensor(u) && u->shape->rows == v->shape->rows && u->shape->cols == v->shape->cols && expr_is_one(u->shape->cols) && !(u->kind == EXPR_TENSOR && v->kind == EXPR_TENSOR))
        return expr_matmul(p, expr_transpose(p, u), v);
    return expr_matrix_op(p, MATRIX_TOTAL, expr_hadamard(p, ARGS(u, v), 2));
}

/* exp(u - logsumexp(u)): no overflow in any format. */
const Expr *expr_softmax(Pool *p, const Expr *u)
{
    return expr_call1(p, FN_exp, expr_entrywise(p, ENTRY_SUB, u, expr_matrix_op(p, MATRIX_LOGSUMEXP, u)));
}
