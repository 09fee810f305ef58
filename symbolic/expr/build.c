/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical constructors of everything but sums, products and powers, which have their own files: sum.c, product.c, power.c. */
#include "symbolic/matrix/matrix_int.h"

bool any_null(const Expr *const *arg, size_t n, uint16_t *flags)
{
    *flags = 0;
    for (size_t i = 0; i < n; i++) {
        if (!arg[i])
            return true;
        *flags |= arg[i]->flags;
    }
    return false;
}

bool any_tensor(const Expr *const *arg, size_t n, uint16_t flags)
{
    for (size_t i = 0; i < n && flags & EXPR_HAS_TENSOR; i++)
        if (expr_is_tensor(arg[i]))
            return true;
    return false;
}

/* ---- arithmetic ----------------------------------------------------------------------------------------------------- */

static const Expr *of_numbers(Pool *p, void (*op)(fmpq_t, const fmpq_t, const fmpq_t), const Expr *a, const Expr *b)
{
    fmpq_t q;
    fmpq_init(q);
    op(q, expr_number(a), expr_number(b));
    const Expr *e = expr_fmpq(p, q);
    fmpq_clear(q);
    return e;
}

/* Exponents and counters need no list of terms. */
static bool both_numbers(const Expr *a, const Expr *b)
{
    return a && b && a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER;
}

const Expr *expr_add(Pool *p, const Expr *a, const Expr *b)
{
    return both_numbers(a, b) ? of_numbers(p, rational_add, a, b) : expr_sum(p, ARGS(a, b), 2);
}

const Expr *expr_mul(Pool *p, const Expr *a, const Expr *b)
{
    return both_numbers(a, b) ? of_numbers(p, rational_mul, a, b) : expr_product(p, ARGS(a, b), 2);
}

const Expr *expr_neg(Pool *p, const Expr *a)                { return expr_product(p, ARGS(expr_int(p, -1), a), 2); }
const Expr *expr_sub(Pool *p, const Expr *a, const Expr *b) { return expr_add(p, a, expr_neg(p, b)); }
const Expr *expr_powi(Pool *p, const Expr *a, slong n)      { return expr_pow(p, a, expr_int(p, n)); }

const Expr *expr_div(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    if (expr_is_zero(b))
        return expr_is_zero(a) ? pool_fail(p, "0/0 is indeterminate") : pool_fail(p, "division by zero");
    return expr_mul(p, a, expr_powi(p, b, -1));
}

const Expr *expr_pow(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return NULL;
    if (any_tensor(ARGS(a, b), 2, a->flags | b->flags))
        return tensor_power(p, a, b);
    return fold_ball(p, power_rules(p, a, b));
}

/* Functions of numbers act entry by entry; numbers among the arguments are spread over the vectors. */
static const Expr *call_entries(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n, const Expr *like)
{
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **entry = arena_array(pool_scratch(p), const Expr *, like->arity), **part = arena_array(pool_scratch(p), const Expr *, n);
    for (size_t i = 0; i < n; i++)
        if (arg[i]->kind == EXPR_TENSOR && (expr_rows(arg[i]) != expr_rows(like) || expr_cols(arg[i]) != expr_cols(like)))
            return pool_fail(p, "%s needs vectors or matrices of one shape", fn->name);
    for (uint32_t k = 0; k < like->arity; k++) {
        for (size_t i = 0; i < n; i++)
            part[i] = arg[i]->kind == EXPR_TENSOR ? arg[i]->arg[k] : arg[i];
        entry[k] = expr_call(p, fn, part, n);
    }
    const Expr *e = expr_tensor(p, expr_rows(like), expr_cols(like), entry);
    arena_release(pool_scratch(p), mark);
    return e;
}

/* A function of vectors or matrices, not all of them literals, stays a node; of a fill it is the function of the number. */
static const Expr *call_tensor(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n)
{
    const Shape *shape = NULL;
    if (!shape_common(p, arg, n, &shape))
        return NULL;
    if (n == 1 && expr_is_matrix_op(arg[0], MATRIX_FILL))
        return expr_fill(p, expr_call(p, fn, &arg[0]->arg[0], 1), shape);
    if (fn->id == FN_sqrt)
        return entry_power(p, arg[0], expr_ratio(p, 1, 2));
    Expr head = { .kind = EXPR_CALL, .fn = fn, .shape = shape };
    return expr_intern(p, &head, arg, n);
}

const Expr *expr_call(Pool *p, const FnRow *fn, const Expr *const *arg, size_t n)
{
    uint16_t     flags;
    const Shape *shape = NULL;
    const Expr  *literal = NULL;
    bool         symbolic = false;
    if (any_null(arg, n, &flags))
        return NULL;
    for (size_t i = 0; i < n && flags & EXPR_HAS_TENSOR; i++) {
        literal = !literal && arg[i]->kind == EXPR_TENSOR ? arg[i] : literal;
        symbolic = symbolic || (arg[i]->kind != EXPR_TENSOR && expr_is_tensor(arg[i]));
    }
    if (symbolic)
        return call_tensor(p, fn, arg, n);
    if (literal)
        return call_entries(p, fn, arg, n, literal);
    if (!shape_common(p, arg, n, &shape))
        return NULL;
    size_t      failures = pool_failures(p);
    const Expr *e = call_rules(p, fn, arg, n);
    if (e || pool_failures(p) != failures)
        return e;
    Expr head = { .kind = EXPR_CALL, .fn = fn, .shape = shape };
    return fold_ball(p, expr_intern(p, &head, arg, n));
}

const Expr *expr_call1(Pool *p, FnId fn, const Expr *u)
{
    return expr_call(p, &fn_rows[fn], &u, 1);
}

const Expr *expr_call2(Pool *p, FnId fn, const Expr *u, const Expr *v)
{
    return expr_call(p, &fn_rows[fn], ARGS(u, v), 2);
}

const Expr *expr_unknown(Pool *p, Str name, const uint32_t *order, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    Expr     head = { .kind = EXPR_UNKNOWN, .arity = (uint32_t)n, .unknown = { name, order } };
    return any_null(arg, n, &flags) ? NULL : expr_intern(p, &head, arg, n);
}

/* ---- conditions, tensors, order terms ----------------------------------------------------------------------------- */

/* A truth value is a number that varies along the axis of what it speaks of. */
static const Expr *truth_node(Pool *p, ExprKind kind, Relop op, const Expr *const *arg, size_t n)
{
    bool        fine;
    const Expr *one = expr_int(p, 1);
    Expr        head = { .kind = (uint16_t)kind, .shape = shape_along(p, one, one, arg, n, &fine) };
    if (kind == EXPR_RELATION)
        head.relop = op;
    return fine ? expr_intern(p, &head, arg, n) : NULL;
}

const Expr *expr_relation(Pool *p, Relop op, const Expr *a, const Expr *b)
{
    return a && b ? truth_node(p, EXPR_RELATION, op, ARGS(a, b), 2) : NULL;
}

static bool is_truth(const Expr *e)
{
    return expr_is_constant(e, CONSTANT_TRUE) || expr_is_constant(e, CONSTANT_FALSE);
}

const Expr *expr_logic(Pool *p, ExprKind kind, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    if (any_null(arg, n, &flags))
        return NULL;
    if (kind == EXPR_NOT)
        return is_truth(arg[0]) ? expr_truth(p, expr_is_constant(arg[0], CONSTANT_FALSE))
             : arg[0]->kind == EXPR_NOT ? arg[0]->arg[0] : truth_node(p, kind, REL_EQ, arg, n);
    Constant     absorbing = kind == EXPR_AND ? CONSTANT_FALSE : CONSTANT_TRUE;
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **open = arena_array(pool_scratch(p), const Expr *, n);
    size_t       m = 0;
    bool         absorbed = false;
    for (size_t i = 0; i < n; i++) {
        absorbed = absorbed || expr_is_constant(arg[i], absorbing);
        if (!is_truth(arg[i]))
            open[m++] = arg[i];
    }
    const Expr *e = absorbed ? expr_constant(p, absorbing)
                  : m == 0 ? expr_truth(p, kind == EXPR_AND) : m == 1 ? open[0] : truth_node(p, kind, REL_EQ, open, m);
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_piecewise(Pool *p, const Expr *const *arg, size_t n)
{
    uint16_t flags;
    if (any_null(arg, n, &flags))
        return NULL;
    Mark         mark = arena_mark(pool_scratch(p));
    const Expr **open = arena_array(pool_scratch(p), const Expr *, n);
    size_t       m = 0;
    const Expr  *otherwise = arg[n - 1];
    for (size_t i = 0; i + 1 < n; i += 2) {
        if (expr_is_constant(arg[i], CONSTANT_TRUE)) {
            otherwise = arg[i + 1];
            break;
        }
        if (!expr_is_constant(arg[i], CONSTANT_FALSE)) {
            open[m++] = arg[i];
            open[m++] = arg[i + 1];
        }
    }
    while (m >= 2 && open[m - 1] == otherwise)
        m -= 2;
    open[m] = otherwise;
    bool        fine = true;
    const Expr *e = m == 0 ? otherwise
        : expr_node(p, EXPR_PIECEWISE, shape_along(p, shape_rows(p, otherwise), shape_cols(p, otherwise), open, m + 1, &fine), open, m + 1);
    e = fine ? e : NULL;
    arena_release(pool_scratch(p), mark);
    return e;
}

const Expr *expr_tensor(Pool *p, size_t rows, size_t cols, const Expr *const *entry)
{
    uint16_t flags;
    if (any_null(entry, rows * cols, &flags))
        return NULL;
    if (any_tensor(entry, rows * cols, flags))
        return pool_fail(p, "an entry of a matrix is itself a vector or matrix");
    bool         fine;
    const Shape *shape = shape_along(p, expr_int(p, (slong)rows), expr_int(p, (slong)cols), entry, rows * cols, &fine);
    return fine ? expr_node(p, EXPR_TENSOR, shape, entry, rows * cols) : NULL;
}

const Expr *expr_order(Pool *p, const Expr *term)
{
    if (!term)
        return NULL;
    const Expr *rest;
    expr_split_coefficient(p, term, &rest);
    return expr_node(p, EXPR_ORDER, NULL, &rest, 1);
}

static bool varies_along(const Expr *e, const Expr *axis)
{
    return e->shape && e->shape->axis == axis;
}

/* A constant matrix leaves the sum of its products; sums of matrices are taken apart, because a product of a column and a row is summed
 * without being formed. NULL: nothing applies. */
static const Expr *over_matrix(Pool *p, const Expr *axis, const Expr *e)
{
    if (e->kind == EXPR_TENSOR) {
        const Expr **entry = arena_array(pool_arena(p), const Expr *, e->arity);
        for (uint32_t i = 0; i < e->arity; i++)
            entry[i] = expr_over(p, axis, e->arg[i]);
        return expr_tensor(p, expr_rows(e), expr_cols(e), entry);
    }
    if (e->kind == EXPR_MATMUL && !varies_along(e->arg[0], axis))
        return expr_matmul(p, e->arg[0], expr_over(p, axis, e->arg[1]));
    if (e->kind == EXPR_MATMUL && !varies_along(e->arg[1], axis))
        return expr_matmul(p, expr_over(p, axis, e->arg[0]), e->arg[1]);
    if (expr_is_matrix_op(e, MATRIX_TRANSPOSE))
        return expr_transpose(p, expr_over(p, axis, e->arg[0]));
    if (expr_is_matrix_op(e, MATRIX_FILL))
        return expr_fill(p, expr_over(p, axis, e->arg[0]), shape_new(p, e->shape->rows, e->shape->cols, NULL));
    if (e->kind != EXPR_ADD || expr_is_one(e->shape->rows) || expr_is_one(e->shape->cols))
        return NULL;
    const Expr **term = arena_array(pool_arena(p), const Expr *, e->arity);
    for (uint32_t i = 0; i < e->arity; i++)
        term[i] = expr_over(p, axis, e->arg[i]);
    return expr_sum(p, term, e->arity);
}

/* Factors that do not vary along the axis leave the sum. */
const Expr *expr_over(Pool *p, const Expr *axis, const Expr *e)
{
    if (!e)
        return NULL;
    if (!varies_along(e, axis))
        return expr_mul(p, expr_count(p, axis), e);
    const Expr *matrix = e->flags & EXPR_HAS_TENSOR ? over_matrix(p, axis, e) : NULL;
    if (matrix)
        return matrix;
    Mark         mark = arena_mark(pool_scratch(p));
    size_t       n = e->kind == EXPR_MUL ? e->arity : 0, outside = 0, inside = 0;
    const Expr **out = arena_array(pool_scratch(p), const Expr *, n + 1), **in = arena_array(pool_scratch(p), const Expr *, n + 1);
    bool         vectors = false;            /* then a constant vector stays inside, where others share its product */
    for (size_t i = 0; i < n; i++)
        vectors = vectors || (varies_along(e->arg[i], axis) && expr_is_tensor(e->arg[i]));
    for (size_t i = 0; i < n; i++) {
        if (varies_along(e->arg[i], axis) || (vectors && expr_is_tensor(e->arg[i])))
            in[inside++] = e->arg[i];
        else
            out[outside++] = e->arg[i];
    }
    const Expr  *rest = outside ? expr_hadamard(p, in, inside) : e, *sum = NULL;
    const Shape *shape = rest && rest->shape ? shape_new(p, rest->shape->rows, rest->shape->cols, NULL) : NULL;
    if (rest)
        sum = outside && expr_is_tensor(rest) ? expr_over(p, axis, rest) : expr_node(p, EXPR_OVER, shape, ARGS(axis, rest), 2);
    if (outside && sum)
        sum = expr_hadamard(p, ARGS(expr_hadamard(p, out, outside), sum), 2);
    arena_release(pool_scratch(p), mark);
    return sum;
}

static const Expr *remake_matrix(Pool *p, const Expr *e, const Expr *const *arg)
{
    return e->matrix_op == MATRIX_FILL ? expr_fill(p, arg[0], e->shape)
         : e->matrix_op == MATRIX_SLICE ? expr_slice(p, arg[0], arg[1], arg[2])
         : e->matrix_op == MATRIX_EMBED ? expr_embed(p, arg[0], arg[1], arg[2])
         : e->matrix_op == MATRIX_INDICES ? expr_indices(p, arg[0], arg[1])
         : expr_matrix_op(p, (MatrixOp)e->matrix_op, arg[0]);
}

const Expr *expr_remake(Pool *p, const Expr *e, const Expr *const *arg)
{
    switch ((ExprKind)e->kind) {
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL:
        return e;
    case EXPR_ADD:       return expr_sum(p, arg, e->arity);
    case EXPR_MUL:       return e->flags & EXPR_HAS_TENSOR ? expr_hadamard(p, arg, e->arity) : expr_product(p, arg, e->arity);
    case EXPR_POW:       return e->flags & EXPR_HAS_TENSOR ? entry_power(p, arg[0], arg[1]) : expr_pow(p, arg[0], arg[1]);
    case EXPR_CALL:      return expr_call(p, e->fn, arg, e->arity);
    case EXPR_UNKNOWN:   return expr_unknown(p, e->unknown.name, e->unknown.order, arg, e->arity);
    case EXPR_PIECEWISE: return expr_piecewise(p, arg, e->arity);
    case EXPR_RELATION:  return expr_relation(p, e->relop, arg[0], arg[1]);
    case EXPR_AND: case EXPR_OR: case EXPR_NOT:
        return expr_logic(p, (ExprKind)e->kind, arg, e->arity);
    case EXPR_TENSOR:    return expr_tensor(p, expr_rows(e), expr_cols(e), arg);
    case EXPR_MATMUL:    return expr_matmul(p, arg[0], arg[1]);
    case EXPR_MATRIX:    return remake_matrix(p, e, arg);
    case EXPR_ORDER:     return expr_order(p, arg[0]);
    case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT:
        return e;
    case EXPR_OVER:      return expr_over(p, arg[0], arg[1]);
    case EXPR_SUB:       return expr_sub(p, arg[0], arg[1]);
    case EXPR_DIV:       return e->flags & EXPR_HAS_TENSOR ? expr_entrywise(p, ENTRY_DIV, arg[0], arg[1]) : expr_div(p, arg[0], arg[1]);
    case EXPR_NEG:       return expr_neg(p, arg[0]);
    }
    return NULL;
}
