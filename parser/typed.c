/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic as typed: what the evaluator builds inside `using`, for graphs and for the update rules of optimizers. Every operation stays a
 * node of its own, in the order it was typed. Entries of literals are worked out one by one, sums of products from the left; where an
 * operand is a whole vector or matrix (a symbol with a shape, or what was made of one), so is the operation. */
#include "parser/env_int.h"

#include "symbolic/matrix/matrix.h"

static const Expr *scalar(Pool *p, int op, const Expr *a, const Expr *b)
{
    const Expr *const arg[2] = { a, b };
    ExprKind kind = op == OP_ADD || op == OP_DOT_ADD ? EXPR_ADD : op == OP_SUB || op == OP_DOT_SUB ? EXPR_SUB
                  : op == OP_MUL || op == OP_DOT_MUL ? EXPR_MUL : op == OP_DIV || op == OP_DOT_DIV ? EXPR_DIV : EXPR_POW;
    return typed_node(p, kind, arg, 2);
}

static bool is_tensor(const Expr *e)
{
    return e->kind == EXPR_TENSOR;
}

static bool is_whole(const Expr *e)
{
    return !is_tensor(e) && expr_is_tensor(e);
}

/* A number is added to every entry by a fill; it spreads over the other operations. */
static const Expr *whole_entrywise(Pool *p, int op, const Expr *a, const Expr *b)
{
    bool sum = op == OP_DOT_ADD || op == OP_DOT_SUB;
    if (sum && !expr_is_tensor(a))
        a = typed_fill(p, a, b->shape);
    else if (sum && !expr_is_tensor(b))
        b = typed_fill(p, b, a->shape);
    return scalar(p, op, a, b);
}

/* A^3 and A^-1 of a square matrix. */
static const Expr *whole_power(Pool *p, const Expr *a, const Expr *b)
{
    slong       n;
    const Expr *exponent = expr_canonical(p, b), *power = a;
    bool        square = a->shape->rows == a->shape->cols && exponent && expr_fits_slong(exponent, &n) && n && n >= -8 && n <= 8;
    if (!square)
        return pool_fail(p, "only a square matrix has powers, with a small whole number; .^ works entry by entry");
    for (slong k = 1; k < (n < 0 ? -n : n); k++)
        power = typed_matmul(p, power, a);
    return n < 0 ? typed_matrix_op(p, MATRIX_INVERSE, power) : power;
}

static const Expr *entrywise(Env *env, int op, const Expr *a, const Expr *b)
{
    const Expr  *shaped = is_tensor(a) ? a : b;
    const Expr **entry = arena_array(env->line_arena, const Expr *, shaped->arity);
    if (is_tensor(a) && is_tensor(b) && a->shape != b->shape)
        return pool_fail(env->line, "the shapes %zu x %zu and %zu x %zu do not fit", expr_rows(a), expr_cols(a), expr_rows(b), expr_cols(b));
    for (uint32_t k = 0; k < shaped->arity; k++)
        entry[k] = scalar(env->line, op, is_tensor(a) ? a->arg[k] : a, is_tensor(b) ? b->arg[k] : b);
    return expr_tensor(env->line, expr_rows(shaped), expr_cols(shaped), entry);
}

static const Expr *matrix_product(Env *env, const Expr *a, const Expr *b)
{
    size_t m = expr_rows(a), k = expr_cols(a), n = expr_cols(b);
    if (k == 1 && n == 1 && m > 1)
        return pool_fail(env->line, "vector times vector has two readings: dot(u, v) or u .* v");
    if (k != expr_rows(b))
        return pool_fail(env->line, "matrix product: the shapes %zu x %zu and %zu x %zu do not fit", m, k, expr_rows(b), n);
    const Expr **entry = arena_array(env->line_arena, const Expr *, m * n), **column = arena_array(env->line_arena, const Expr *, k);
    for (size_t j = 0; j < n; j++) {
        for (size_t l = 0; l < k; l++)
            column[l] = b->arg[l * n + j];
        for (size_t i = 0; i < m; i++)
            entry[i * n + j] = typed_dot(env->line, a->arg + i * k, column, k);
    }
    return m * n == 1 ? entry[0] : expr_tensor(env->line, m, n, entry);
}

const Expr *typed_binary(Env *env, int op, const Expr *a, const Expr *b)
{
    bool left = a && expr_is_tensor(a), right = b && expr_is_tensor(b), whole = a && b && (is_whole(a) || is_whole(b));
    if (!left && !right)
        return scalar(env->line, op, a, b);
    bool both = left && right, dotted = op >= OP_DOT_ADD && op <= OP_DOT_POW;
    if (dotted || (both && (op == OP_ADD || op == OP_SUB)) || (!both && op == OP_MUL) || (op == OP_DIV && !right))
        return whole ? whole_entrywise(env->line, op, a, b) : entrywise(env, op, a, b);
    if (both && op == OP_MUL && whole && expr_is_one(a->shape->cols) && expr_is_one(b->shape->cols))
        return pool_fail(env->line, "vector times vector has two readings: dot(u, v) or u .* v");
    if (both && op == OP_MUL)
        return whole ? typed_matmul(env->line, a, b) : matrix_product(env, a, b);
    if (op == OP_POW && whole && !right)
        return whole_power(env->line, a, b);
    return pool_fail(env->line, op == OP_POW ? "a power of a vector or matrix has no form as typed; .^ works entry by entry"
                              : op == OP_DIV ? "division by a vector or matrix is not defined; ./ divides entry by entry"
                                             : "a number and a vector do not add: .+ adds to every entry");
}

const Expr *typed_transpose(Env *env, const Expr *a)
{
    return is_whole(a) ? typed_matrix_op(env->line, MATRIX_TRANSPOSE, a) : expr_transpose(env->line, a);
}

const Expr *typed_negative(Env *env, const Expr *e)
{
    if (!is_tensor(e))
        return typed_node(env->line, EXPR_NEG, &e, 1);
    const Expr **entry = arena_array(env->line_arena, const Expr *, e->arity);
    for (uint32_t k = 0; k < e->arity; k++)
        entry[k] = typed_node(env->line, EXPR_NEG, &e->arg[k], 1);
    return expr_tensor(env->line, expr_rows(e), expr_cols(e), entry);
}

/* f(arg...); of one vector or matrix, entry by entry. max and min of several numbers compare from the left. */
const Expr *typed_function(Env *env, const FnRow *fn, const Expr *const *arg, size_t n)
{
    if (n == 1 && is_whole(arg[0]) && fn->max_args < 0)
        return pool_fail(env->line, "%s of the entries of a vector as a whole is no operation here", fn->name);
    if (fn->id == FN_max || fn->id == FN_min) {
        const Expr *e = n == 1 && !is_tensor(arg[0]) ? arg[0] : NULL;
        if (n == 1 && is_tensor(arg[0]))
            return typed_function(env, fn, arg[0]->arg, arg[0]->arity);
        for (size_t i = 1; i < n; i++)
            e = typed_call(env->line, fn, (const Expr *const[]){ e ? e : arg[0], arg[i] }, 2);
        return e;
    }
    if (n != 1 || !is_tensor(arg[0]))
        return typed_call(env->line, fn, arg, n);
    const Expr **entry = arena_array(env->line_arena, const Expr *, arg[0]->arity);
    for (uint32_t k = 0; k < arg[0]->arity; k++)
        entry[k] = typed_call(env->line, fn, &arg[0]->arg[k], 1);
    return expr_tensor(env->line, expr_rows(arg[0]), expr_cols(arg[0]), entry);
}
