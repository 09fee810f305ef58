/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Vectors and matrices as commands: dot, norm, transpose, trace, det, inverse, identity, ... Sizes may be symbols. */
#include "symbolic/matrix/linear.h"

#include "symbolic/matrix/echelon.h"
#include "symbolic/matrix/format_solve.h"
#include "symbolic/matrix/matrix_int.h"
#include "symbolic/matrix/norms.h"
#include "symbolic/stability/typed_sum.h"

static const Expr *tensor_argument(Call *c, int i)
{
    const Expr *e = c->arg[i].expr;
    if (!expr_is_tensor(e))
        return call_fail(c, i, "%.*s needs a vector or matrix", STR_ARGS(c->name)), NULL;
    return e;
}

static bool is_whole(const Expr *e)
{
    return e->kind != EXPR_TENSOR && expr_is_tensor(e);
}

/* The sum of the entries as typed: of a literal from the left. */
static const Expr *total_as_typed(Pool *p, const Expr *e)
{
    return is_whole(e) ? typed_matrix_op(p, MATRIX_TOTAL, e) : typed_total(p, e->arg, e->arity);
}

/* Entry by entry as typed, with v of the shape of u or a number. */
static const Expr *typed_entries(Pool *p, ExprKind kind, const Expr *u, const Expr *v)
{
    if (is_whole(u) || is_whole(v))
        return typed_node(p, kind, ARGS(u, v), 2);
    const Expr **entry = arena_array(pool_arena(p), const Expr *, u->arity);
    for (uint32_t k = 0; k < u->arity; k++)
        entry[k] = typed_node(p, kind, ARGS(u->arg[k], v->kind == EXPR_TENSOR ? v->arg[k] : v), 2);
    return expr_tensor(p, expr_rows(u), expr_cols(u), entry);
}

static Value dot_call(Call *c)
{
    const Expr *u = tensor_argument(c, 0), *v = u ? tensor_argument(c, 1) : NULL;
    if (!v)
        return value_failed();
    if (call_has(c, 2) && !dot_method_known(c->arg[2].text)) {
        Value refused = call_fail(c, 2, "no inner product goes by the method %.*s", STR_ARGS(c->arg[2].text));
        diag_hint(c->diag, "%s", DOT_METHODS);
        return refused;
    }
    if (c->typed && u->shape != v->shape)
        return value_expr(shapes_misfit(c->pool, "dot", u, v));
    if (!c->typed)
        return value_expr(expr_dot(c->pool, u, v));
    bool entries = !is_whole(u) && !is_whole(v);
    if (call_has(c, 2))
        return entries && u->arity ? value_expr(typed_dot_by(c->pool, c->arg[2].text, u->arg, v->arg, u->arity))
                                   : call_fail(c, 0, "a method of summation needs vectors with entries");
    if (entries)
        return value_expr(typed_dot(c->pool, u->arg, v->arg, u->arity));
    return value_expr(total_as_typed(c->pool, typed_entries(c->pool, EXPR_MUL, u, v)));
}

static Value norm_call(Call *c)
{
    const Expr *u = c->arg[0].expr;
    if (call_has(c, 1))
        return (u = norm_of_kind(c, expr_canonical(c->pool, u))) ? value_expr(u) : value_failed();
    if (!expr_is_tensor(u))
        return value_expr(c->typed ? typed_call(c->pool, &fn_rows[FN_abs], &u, 1) : expr_call1(c->pool, FN_abs, u));
    if (!c->typed)
        return value_expr(expr_call1(c->pool, FN_sqrt, expr_dot(c->pool, u, u)));
    const Expr *square = pool_whole_sums(c->pool) && !is_whole(u) ? typed_dot(c->pool, u->arg, u->arg, u->arity)
                       : total_as_typed(c->pool, typed_entries(c->pool, EXPR_POW, u, expr_int(c->pool, 2)));
    return value_expr(typed_call(c->pool, &fn_rows[FN_sqrt], &square, 1));
}

static Value cross_call(Call *c)
{
    const Expr *u = c->arg[0].expr, *v = c->arg[1].expr;
    if (u->kind != EXPR_TENSOR || v->kind != EXPR_TENSOR || u->arity != 3 || v->arity != 3)
        return call_fail(c, -1, "cross needs two vectors of length 3");
    const Expr *entry[3];
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        entry[i] = expr_sub(c->pool, expr_mul(c->pool, u->arg[j], v->arg[k]), expr_mul(c->pool, u->arg[k], v->arg[j]));
    }
    return value_expr(expr_tensor(c->pool, 3, 1, entry));
}

static Value unary(Call *c, MatrixOp op)
{
    const Expr *a = tensor_argument(c, 0);
    if (!a)
        return value_failed();
    return value_expr(c->typed && is_whole(a) ? typed_matrix_op(c->pool, op, a) : expr_matrix_op(c->pool, op, expr_canonical(c->pool, a)));
}

static Value transpose_call(Call *c) { return unary(c, MATRIX_TRANSPOSE); }
static Value trace_call(Call *c)     { return unary(c, MATRIX_TRACE); }
static Value log_det_call(Call *c)   { return unary(c, MATRIX_LOG_DET); }

/* By elimination in the format of option 1, where it is given; what is not written out in numbers is not for it. */
static Value in_format(Call *c, MatrixOp op, Value (*run)(Call *c, const Expr *m, const Format *f))
{
    const Expr *a = c->arg[0].expr;
    if (!call_has(c, 1) || !expr_is_tensor(a))
        return unary(c, op);
    return (a = square_argument(c, 0)) ? run(c, a, c->arg[1].format) : value_failed();
}

static Value det_call(Call *c)     { return in_format(c, MATRIX_DET, format_det); }
static Value inverse_call(Call *c) { return in_format(c, MATRIX_INVERSE, format_inverse); }
static Value diag_call(Call *c)
{
    const Expr *a = tensor_argument(c, 0);
    return a ? unary(c, expr_is_one(shape_cols(c->pool, a)) ? MATRIX_DIAG : MATRIX_DIAGONAL) : value_failed();
}

static Value logsumexp_call(Call *c) { return unary(c, MATRIX_LOGSUMEXP); }
static Value softmax_call(Call *c)
{
    const Expr *u = tensor_argument(c, 0);
    if (!u || !c->typed || !is_whole(u))
        return u ? value_expr(expr_softmax(c->pool, expr_canonical(c->pool, u))) : value_failed();
    const Expr *shifted = typed_node(c->pool, EXPR_SUB, ARGS(u, typed_fill(c->pool, typed_matrix_op(c->pool, MATRIX_LOGSUMEXP, u), u->shape)), 2);
    return value_expr(typed_call(c->pool, &fn_rows[FN_exp], &shifted, 1));
}

/* -y*log(sigmoid(z)) - (1 - y)*log(1 - sigmoid(z)) = softplus(z) - y*z, entry by entry: no exp overflows, no log sees a zero. */
static Value bce_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *z = expr_canonical(p, c->arg[0].expr), *y = expr_canonical(p, c->arg[1].expr);
    if (!expr_is_tensor(z) && expr_is_tensor(y))
        return call_fail(c, 1, "one logit has one label");
    return value_expr(expr_entrywise(p, ENTRY_SUB, expr_call1(p, FN_softplus, z), expr_entrywise(p, ENTRY_MUL, y, z)));
}

/* -sum(y .* log(softmax(z))) = sum(y)*logsumexp(z) - y^T*z; for a class k that is logsumexp(z) - z[k]. */
static Value cross_entropy_call(Call *c)
{
    Pool       *p = c->pool;
    const Expr *z = tensor_argument(c, 0), *y = z ? expr_canonical(p, c->arg[1].expr) : NULL;
    if (!y)
        return value_failed();
    const Expr *lse = expr_matrix_op(p, MATRIX_LOGSUMEXP, z = expr_canonical(p, z));
    if (!expr_is_tensor(y))
        return value_expr(expr_sub(p, lse, expr_slice(p, z, y, y)));
    return value_expr(expr_sub(p, expr_mul(p, expr_matrix_op(p, MATRIX_TOTAL, y), lse), expr_dot(p, y, z)));
}

/* ones(3), zeros(m, n) */
static Value filled(Call *c, slong with)
{
    Pool       *p = c->pool;
    const Expr *rows = c->arg[0].expr, *cols = call_has(c, 1) ? c->arg[1].expr : expr_int(p, 1);
    slong       m = 1, n = 1;
    for (int i = 0; i < 2; i++) {
        const Expr *size = i ? cols : rows;
        if (expr_is_number(size) && (!expr_fits_slong(size, i ? &n : &m) || m < 1 || n < 1 || m > 1000000 || n > 1000000 / m))
            return call_fail(c, i, "a size is a whole number, up to 1000000 entries");
    }
    if (expr_is_one(rows) && expr_is_one(cols))
        return value_expr(expr_tensor(p, 1, 1, (const Expr *const[]){ expr_int(p, with) }));
    return value_expr(expr_fill(p, expr_int(p, with), shape_new(p, rows, cols, NULL)));
}

static Value ones_call(Call *c)  { return filled(c, 1); }
static Value zeros_call(Call *c) { return filled(c, 0); }

static Value embed_call(Call *c)
{
    return value_expr(expr_embed(c->pool, expr_canonical(c->pool, c->arg[0].expr), c->arg[1].expr, c->arg[2].expr));
}

static Value indices_call(Call *c)
{
    return value_expr(expr_indices(c->pool, c->arg[0].expr, c->arg[1].expr));
}

static Value identity_call(Call *c)
{
    return value_expr(expr_identity(c->pool, c->arg[0].expr));
}

static Value length_call(Call *c)
{
    Value v = c->arg[0];
    if (v.kind == VALUE_TEXT)
        return value_expr(expr_int(c->pool, (slong)utf8_columns(v.text)));
    if (v.kind == VALUE_LIST)
        return value_expr(expr_int(c->pool, (slong)v.list->n));
    if (v.kind == VALUE_EXPR && v.expr->kind == EXPR_TENSOR)
        return value_expr(expr_int(c->pool, (slong)v.expr->arity));
    if (v.kind == VALUE_EXPR && expr_is_tensor(v.expr))
        return value_expr(expr_mul(c->pool, shape_rows(c->pool, v.expr), shape_cols(c->pool, v.expr)));
    return call_fail(c, 0, "length needs a vector, a list or a text");
}

const Builtin linear_builtins[] = {
    { .sig = "dot(u: expr, v: expr; method: word?) -> expr",
      .help = "The inner product of two vectors; method: " DOT_METHODS " of one that is run `using` a format.",
      .example = { { "dot([1, 2, 3], [4, 5, 6])", "32" },
                   { "dot([a, b], [c, d])", "a*c + b*d" },
                   { "dot([100, 1, -100, 0.125], [100, 1, 100, 3], method: dot2) using bf16", "~ 1.375   exact" } }, .lesson = 3, .see = "norm cross sum", .words = "scalar inner product", .typed = true, .call = dot_call },
    { .sig = "cross(u: expr, v: expr) -> expr", .help = "The vector product in three dimensions.",
      .example = { { "cross([1, 0, 0], [0, 1, 0])", "[0, 0, 1]" },
                   { "cross([1, 2, 3], [4, 5, 6])", "[-3, 6, -3]" } }, .lesson = 3, .see = "dot", .words = "vector product", .call = cross_call },
    { .sig = "norm(u: expr, kind: value?) -> expr",
      .help = "The Euclidean length of a vector; of a matrix, the Frobenius norm. Other kinds: 1, oo, any p from 1 on; of a matrix 2 (largest singular value), \"nuclear\".",
      .example = { { "norm([3, 4])", "5" }, { "norm([3, -4], 1)", "7" }, { "norm([3, -4], oo)", "4" }, { "norm([3, 0; 4, 5], 2)", "3 sqrt(5)" } }, .lesson = 3, .see = "dot abs cond", .words = "length magnitude", .typed = true, .call = norm_call },
    { .sig = "transpose(A: expr) -> expr", .help = "Rows and columns exchanged; also A^T.",
      .example = { { "transpose([1, 2; 3, 4])", "[1, 3; 2, 4]" },
                   { "transpose([1, 2, 3; 4, 5, 6])", "[1, 4; 2, 5; 3, 6]" } }, .lesson = 3, .see = "trace det", .words = "T", .whole = true, .call = transpose_call },
    { .sig = "trace(A: expr) -> expr", .help = "The sum of the diagonal of a square matrix.",
      .example = { { "trace([1, 2; 3, 4])", "5" },
                   { "trace([a, b; c, d])", "a + d" } }, .lesson = 3, .see = "det", .words = "spur diagonal", .whole = true, .call = trace_call },
    { .sig = "det(A: expr; format: format?) -> value", .help = "The determinant of a square matrix.",
      .example = { { "det([1, 2; 3, 4])", "-2" }, { "det([a, b; c, d])", "a*d - b*c" } }, .lesson = 3, .see = "inverse trace", .words = "determinant", .whole = true, .call = det_call },
    { .sig = "inverse(A: expr; format: format?) -> value", .help = "The inverse of a square matrix.",
      .example = { { "inverse([1, 2; 3, 4])", "[-2, 1; 3/2, -1/2]" },
                   { "inverse([2, 0; 0, a])", "[1/2, 0; 0, 1/a]" } }, .lesson = 3, .see = "det", .words = "inv reciprocal", .whole = true, .call = inverse_call },
    { .sig = "log_det(A: expr) -> expr", .help = "The logarithm of the determinant of a square matrix.",
      .example = { { "log_det([2, 1; 1, 2])", "log(3)" },
                   { "log_det([e, 0; 0, e])", "2" } }, .lesson = 3, .see = "det inverse", .words = "logdet", .whole = true, .call = log_det_call },
    { .sig = "diag(v: expr) -> expr", .help = "The matrix with the vector v as its diagonal; of a matrix, its diagonal.",
      .example = { { "diag([1, 2])", "[1, 0; 0, 2]" }, { "diag([1, 2; 3, 4])", "[1, 4]" } }, .lesson = 3, .see = "identity trace", .words = "diagonal", .whole = true, .call = diag_call },
    { .sig = "ones(m: expr, n: expr?) -> expr", .help = "A vector or m x n matrix of ones.",
      .example = { { "ones(2, 3)", "[1, 1, 1; 1, 1, 1]" },
                   { "ones(3)", "[1, 1, 1]" } }, .see = "zeros identity", .words = "fill constant", .call = ones_call },
    { .sig = "zeros(m: expr, n: expr?) -> expr", .help = "A vector or m x n matrix of zeros.",
      .example = { { "zeros(3)", "[0, 0, 0]" },
                   { "zeros(2, 3)", "[0, 0, 0; 0, 0, 0]" } }, .see = "ones identity", .words = "fill null", .call = zeros_call },
    { .sig = "embed(v: expr, first: expr, n: expr) -> expr", .help = "n zeros with the vector v from place first on.",
      .example = { { "embed([7, 8], 2, 4)", "[0, 7, 8, 0]" },
                   { "embed([x], 3, 3)", "[0, 0, x]" } }, .see = "indices zeros", .words = "pad place shift unit vector", .call = embed_call },
    { .sig = "indices(first: expr, last: expr) -> expr", .help = "The vector of the whole numbers from first to last.",
      .example = { { "indices(2, 5)", "[2, 3, 4, 5]" },
                   { "indices(-1, 1)", "[-1, 0, 1]" } }, .see = "embed ones", .words = "range arange iota linspace", .call = indices_call },
    { .sig = "logsumexp(z: expr) -> expr", .help = "log of the sum of exp of the entries.",
      .example = { { "logsumexp([log(2), log(3)])", "log(5)" },
                   { "logsumexp([0, 0, 0])", "log(3)" } }, .lesson = 3, .see = "softmax", .words = "log sum exp partition", .whole = true, .call = logsumexp_call },
    { .sig = "softmax(z: expr) -> expr", .help = "exp of the entries, divided by their sum.",
      .example = { { "softmax([0, log(3)])", "[1/4, 3/4]" },
                   { "softmax([log(1), log(2), log(5)])", "[1/8, 1/4, 5/8]" } }, .lesson = 3, .see = "logsumexp", .words = "probabilities", .whole = true, .call = softmax_call },
    { .sig = "bce_with_logits(z: expr, y: expr) -> expr", .help = "The binary cross-entropy of the label y (0 to 1) and sigmoid(z), without overflow.",
      .example = { { "bce_with_logits(0, 1)", "log(2)" }, { "diff(bce_with_logits(z, 1), z)", "sigmoid(z) - 1" } }, .see = "cross_entropy_with_logits softplus sigmoid",
      .words = "loss binary cross entropy logistic", .whole = true, .call = bce_call },
    { .sig = "cross_entropy_with_logits(z: expr, y: expr) -> expr", .help = "The cross-entropy of softmax(z) and the class y (from 1), or the probabilities y.",
      .example = { { "cross_entropy_with_logits([0, log(3)], 2)", "2 log(2) - log(3)" },
                   { "cross_entropy_with_logits([0, 0, 0, 0], 1)", "2 log(2)" } }, .see = "bce_with_logits softmax logsumexp",
      .words = "loss softmax categorical negative log likelihood", .whole = true, .call = cross_entropy_call },
    { .sig = "identity(n: expr) -> expr", .help = "The n x n identity matrix.",
      .example = { { "identity(2)", "[1, 0; 0, 1]" },
                   { "2*identity(2) + ones(2, 2)", "[3, 1; 1, 3]" } }, .lesson = 3, .see = "inverse", .words = "eye unit matrix", .call = identity_call },
    { .sig = "length(v: value) -> expr", .help = "The number of entries of a vector, matrix or list, or of characters of a text.",
      .example = { { "length([1, 2, 3])", "3" },
                   { "length(\"abc\")", "3" } }, .see = "sum", .words = "len size count number of entries", .call = length_call },
    { 0 }
};
