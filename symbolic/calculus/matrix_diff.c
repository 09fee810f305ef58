/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Derivatives of expressions with vectors and matrices: the rule of each node for the reverse sweep and for the forward walk, and
 * the matrix of a linear map (Jacobians, Hessians). With the adjoint Y' of Y: Y = A*B gives A' = Y'*B^T and B' = A^T*Y', the
 * inverse -Y^T*Y'*Y^T, log det A gives A^-T. [Petersen, Pedersen: The Matrix Cookbook, 2012, ch. 2] */
#include "symbolic/calculus/diff.h"
#include "symbolic/matrix/matrix_int.h"

static const Expr *transposed_inverse(Pool *p, const Expr *a)
{
    return expr_transpose(p, expr_matrix_op(p, MATRIX_INVERSE, a));
}

/* exp(u - e) for e = logsumexp(u), which keeps its form. */
static const Expr *softmax_of(Pool *p, const Expr *e)
{
    return expr_call1(p, FN_exp, expr_entrywise(p, ENTRY_SUB, e->arg[0], e));
}

static const Expr *scaled(Pool *p, const Expr *c, const Expr *a)
{
    return expr_hadamard(p, ARGS(c, a), 2);
}

static const Expr *index_varies(Pool *p)
{
    return pool_fail(p, "an index takes whole numbers only: there is no derivative by it");
}

/* Where the last entry of v lies in an EMBED. */
static const Expr *last_place(Pool *p, const Expr *e)
{
    return expr_add(p, e->arg[1], expr_sub(p, shape_rows(p, e->arg[0]), expr_int(p, 1)));
}

const Expr *matrix_adjoint(Pool *p, const Expr *e, size_t i, const Expr *adjoint)
{
    const Expr *a = e->arg[0], *t;
    if (e->kind == EXPR_MATMUL)
        return i == 0 ? expr_matmul(p, adjoint, expr_transpose(p, e->arg[1])) : expr_matmul(p, expr_transpose(p, a), adjoint);
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE: return expr_transpose(p, adjoint);
    case MATRIX_INVERSE:
        t = expr_transpose(p, e);
        return expr_neg(p, expr_matmul(p, t, expr_matmul(p, adjoint, t)));
    case MATRIX_TRACE:     return scaled(p, adjoint, expr_identity(p, shape_rows(p, a)));
    case MATRIX_DET:       return scaled(p, expr_mul(p, adjoint, e), transposed_inverse(p, a));
    case MATRIX_LOG_DET:   return scaled(p, adjoint, transposed_inverse(p, a));
    case MATRIX_TOTAL:     return expr_fill(p, adjoint, a->shape);
    case MATRIX_LOGSUMEXP: return scaled(p, adjoint, softmax_of(p, e));
    case MATRIX_DIAG:      return expr_matrix_op(p, MATRIX_DIAGONAL, adjoint);
    case MATRIX_DIAGONAL:  return expr_matrix_op(p, MATRIX_DIAG, adjoint);
    case MATRIX_FILL:      return expr_matrix_op(p, MATRIX_TOTAL, adjoint);
    case MATRIX_IDENTITY: case MATRIX_INDICES:
        return expr_int(p, 0);
    case MATRIX_SLICE:     return i ? index_varies(p) : expr_embed(p, adjoint, e->arg[1], shape_rows(p, a));
    case MATRIX_EMBED:     return i ? index_varies(p) : expr_slice(p, adjoint, e->arg[1], last_place(p, e));
    }
    return NULL;
}

/* ---- forward ---------------------------------------------------------------------------------------------------------- */

static const Expr *tangent_of_terms(Pool *p, const Expr *const *tangent, size_t n)
{
    const Expr **term = arena_array(pool_arena(p), const Expr *, n);
    size_t       m = 0;
    for (size_t i = 0; i < n; i++)
        if (!expr_is_zero(tangent[i]))
            term[m++] = tangent[i];
    return expr_sum(p, term, m);
}

static const Expr *tangent_of_factors(Pool *p, const Expr *e, const Expr *const *tangent)
{
    const Expr **factor = arena_copy(pool_arena(p), e->arg, e->arity * sizeof *factor), **term = arena_array(pool_arena(p), const Expr *, e->arity);
    size_t       m = 0;
    for (uint32_t i = 0; i < e->arity; i++) {
        if (expr_is_zero(tangent[i]))
            continue;
        factor[i] = tangent[i];
        term[m++] = expr_hadamard(p, factor, e->arity);
        factor[i] = e->arg[i];
    }
    return expr_sum(p, term, m);
}

static const Expr *tangent_of_entries(Pool *p, const Expr *e, const Expr *const *tangent)
{
    const Expr **term = arena_array(pool_arena(p), const Expr *, e->arity);
    size_t       m = 0;
    for (uint32_t i = 0; i < e->arity; i++)
        if (!expr_is_zero(tangent[i]))
            term[m++] = scaled(p, tangent[i], expr_partial(p, e, i));
    return expr_sum(p, term, m);
}

static const Expr *tangent_of_op(Pool *p, const Expr *e, const Expr *d)
{
    const Expr *a = e->arg[0], *t;
    switch ((MatrixOp)e->matrix_op) {
    case MATRIX_TRANSPOSE: case MATRIX_TRACE: case MATRIX_TOTAL: case MATRIX_DIAG: case MATRIX_DIAGONAL:
        return expr_matrix_op(p, (MatrixOp)e->matrix_op, d);
    case MATRIX_INVERSE:
        return expr_neg(p, expr_matmul(p, e, expr_matmul(p, d, e)));
    case MATRIX_DET: case MATRIX_LOG_DET:
        t = expr_matrix_op(p, MATRIX_TRACE, expr_matmul(p, expr_matrix_op(p, MATRIX_INVERSE, a), d));
        return expr_is_matrix_op(e, MATRIX_DET) ? expr_mul(p, e, t) : t;
    case MATRIX_LOGSUMEXP: return expr_dot(p, softmax_of(p, e), d);
    case MATRIX_FILL:      return expr_fill(p, d, e->shape);
    case MATRIX_SLICE:     return expr_slice(p, d, e->arg[1], e->arg[2]);
    case MATRIX_EMBED:     return expr_embed(p, d, e->arg[1], e->arg[2]);
    case MATRIX_IDENTITY: case MATRIX_INDICES:
        break;
    }
    return expr_int(p, 0);
}

const Expr *matrix_tangent(Pool *p, const Expr *e, const Expr *const *tangent)
{
    bool moves = false;
    for (uint32_t i = 0; i < e->arity; i++) {
        if (!tangent[i])
            return NULL;
        moves = moves || !expr_is_zero(tangent[i]);
    }
    if (!moves)
        return expr_int(p, 0);
    if (e->kind == EXPR_ADD)
        return tangent_of_terms(p, tangent, e->arity);
    if (e->kind == EXPR_MUL)
        return tangent_of_factors(p, e, tangent);
    for (uint32_t i = 1; e->kind == EXPR_MATRIX && i < e->arity; i++)
        if (!expr_is_zero(tangent[i]))
            return index_varies(p);
    if (e->kind == EXPR_MATRIX)
        return tangent_of_op(p, e, tangent[0]);
    if (e->kind != EXPR_MATMUL)
        return tangent_of_entries(p, e, tangent);
    const Expr *left = expr_is_zero(tangent[0]) ? NULL : expr_matmul(p, tangent[0], e->arg[1]);
    const Expr *right = expr_is_zero(tangent[1]) ? NULL : expr_matmul(p, e->arg[0], tangent[1]);
    return expr_is_zero(tangent[0]) ? right : expr_is_zero(tangent[1]) ? left : expr_add(p, left, right);
}

/* ---- the matrix of a linear map --------------------------------------------------------------------------------------- */

static const Expr *linear_refused(Pool *p)
{
    return pool_fail(p, "no matrix form was found");
}

/* The row r with e = r*v, for a number e. */
static const Expr *row_of_linear(Pool *p, const Expr *e, const Expr *v);

/* diag(u)*M: row i of M times u[i]. */
static const Expr *scale_rows(Pool *p, const Expr *u, const Expr *m)
{
    if (!m)
        return NULL;
    const Expr *rest, *s = expr_split_scalars(p, m, &rest), *e;
    if (rest->kind == EXPR_ADD) {
        const Expr **term = arena_array(pool_arena(p), const Expr *, rest->arity);
        for (uint32_t i = 0; i < rest->arity; i++)
            term[i] = scale_rows(p, u, rest->arg[i]);
        e = expr_sum(p, term, rest->arity);
    } else if (rest->kind == EXPR_MATMUL && expr_is_one(shape_cols(p, rest->arg[0]))) {
        e = expr_matmul(p, scaled(p, u, rest->arg[0]), rest->arg[1]);
    } else {
        e = expr_matmul(p, expr_matrix_op(p, MATRIX_DIAG, u), rest);
    }
    return scaled(p, s, e);
}

/* M with e = M*v, or M with e = s*u where the number s = r*v holds v: then M = u*r. */
static const Expr *matrix_of_product(Pool *p, const Expr *e, const Expr *v)
{
    const Expr **fixed = arena_array(pool_arena(p), const Expr *, e->arity), *moving = NULL;
    size_t       n = 0;
    for (uint32_t i = 0; i < e->arity; i++)
        if (!expr_depends(p, e->arg[i], v))
            fixed[n++] = e->arg[i];
        else if (moving)
            return linear_refused(p);
        else
            moving = e->arg[i];
    if (!moving)
        return linear_refused(p);
    const Expr *rest = expr_hadamard(p, fixed, n);
    if (!rest)
        return NULL;
    if (!expr_is_tensor(moving))
        return expr_matmul(p, rest, row_of_linear(p, moving, v));
    const Expr *m = matrix_of_linear(p, moving, v);
    return expr_is_tensor(rest) ? scale_rows(p, rest, m) : scaled(p, rest, m);
}

static const Expr *of_terms(Pool *p, const Expr *e, const Expr *v, const Expr *(*of)(Pool *, const Expr *, const Expr *))
{
    const Expr **term = arena_array(pool_arena(p), const Expr *, e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        if (!(term[i] = of(p, e->arg[i], v)))
            return NULL;
    return expr_sum(p, term, e->arity);
}

static const Expr *row_of_linear(Pool *p, const Expr *e, const Expr *v)
{
    if (e->kind == EXPR_ADD)
        return of_terms(p, e, v, row_of_linear);
    if (e->kind == EXPR_MATMUL) {                             /* u^T*(A*v), or (A*v)^T*u */
        const Expr *left = expr_transpose(p, e->arg[0]), *right = e->arg[1];
        bool        in_left = expr_depends(p, left, v), in_right = expr_depends(p, right, v);
        if (in_left == in_right)
            return linear_refused(p);
        const Expr *m = matrix_of_linear(p, in_left ? left : right, v);
        return m ? expr_matmul(p, expr_transpose(p, in_left ? right : left), m) : NULL;
    }
    if (expr_is_matrix_op(e, MATRIX_TOTAL)) {
        const Expr *m = matrix_of_linear(p, e->arg[0], v);
        return m ? expr_matmul(p, expr_transpose(p, expr_fill(p, expr_int(p, 1), e->arg[0]->shape)), m) : NULL;
    }
    if (e->kind != EXPR_MUL)
        return linear_refused(p);
    const Expr *m = matrix_of_product(p, e, v);
    return m;
}

const Expr *matrix_of_linear(Pool *p, const Expr *e, const Expr *v)
{
    if (!e)
        return NULL;
    if (e == v)
        return expr_identity(p, shape_rows(p, v));
    if (expr_is_zero(e) || expr_is_zero_tensor(e))
        return expr_fill(p, expr_int(p, 0), shape_new(p, shape_rows(p, e), shape_rows(p, v), NULL));
    if (!expr_is_tensor(e))
        return row_of_linear(p, e, v);
    if (e->kind == EXPR_ADD)
        return of_terms(p, e, v, matrix_of_linear);
    if (e->kind == EXPR_MUL)
        return matrix_of_product(p, e, v);
    if (e->kind == EXPR_MATMUL && !expr_depends(p, e->arg[0], v))
        return expr_matmul(p, e->arg[0], matrix_of_linear(p, e->arg[1], v));
    if (expr_is_matrix_op(e, MATRIX_FILL) && expr_is_one(e->shape->cols)) {
        const Expr *row = row_of_linear(p, e->arg[0], v);
        return row ? expr_matmul(p, expr_fill(p, expr_int(p, 1), e->shape), row) : NULL;
    }
    return linear_refused(p);
}
