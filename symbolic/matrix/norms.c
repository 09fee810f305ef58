/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Norms by kind, and cond: the condition number of a matrix, |A| |A^-1| in a norm. With letters sums of absolute values stay sums; the norms by
 * singular values need numbers, or letters for which singular_values has a formula. */
#include "symbolic/matrix/norms.h"

#include "base/report.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/matrix/decompose.h"
#include "symbolic/matrix/matrix.h"
#include "symbolic/matrix/spectrum.h"
#include "symbolic/tape/objective.h"

typedef enum Kind { KIND_P, KIND_MAX, KIND_FROBENIUS, KIND_NUCLEAR, KIND_NONE } Kind;

/* Which norm is meant; *p for KIND_P. */
static Kind kind_of(Call *c, int i, const Expr **p)
{
    Value v = c->arg[i];
    *p = expr_int(c->pool, 2);
    if (v.kind == VALUE_TEXT && str_is(v.text, "fro"))
        return KIND_FROBENIUS;
    if (v.kind == VALUE_TEXT && str_is(v.text, "nuclear"))
        return KIND_NUCLEAR;
    if (v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_OO))
        return KIND_MAX;
    if (v.kind == VALUE_EXPR && expr_is_number(v.expr) && fmpq_cmp_si(expr_number(v.expr), 1) >= 0) {
        *p = v.expr;
        return KIND_P;
    }
    call_fail(c, i, "the kind of a norm is a number from 1 on, oo, \"fro\" or \"nuclear\"");
    return KIND_NONE;
}

static const Expr *size_of(Pool *p, const Expr *e) { return expr_call1(p, FN_abs, e); }

static const Expr *extreme_of(Pool *p, FnId fn, const Expr *const *e, size_t n)
{
    return n == 1 ? e[0] : expr_call(p, &fn_rows[fn], e, n);
}

static const Expr *largest_of(Pool *p, const Expr *const *e, size_t n) { return extreme_of(p, FN_max, e, n); }

/* Singular values of numbers fall; in letters nothing tells which is the largest. */
static const Expr *largest_value(Pool *p, const Expr *s)  { return expr_is_numeric(s) ? s->arg[0] : largest_of(p, s->arg, s->arity); }
static const Expr *smallest_value(Pool *p, const Expr *s) { return expr_is_numeric(s) ? s->arg[s->arity - 1] : extreme_of(p, FN_min, s->arg, s->arity); }

/* The sums of the sizes of the entries of rows, or of columns. */
static const Expr *largest_sum(Call *c, const Expr *m, bool of_columns)
{
    size_t       rows = expr_rows(m), cols = expr_cols(m), n = of_columns ? cols : rows, k = of_columns ? rows : cols;
    const Expr **sum = arena_array(c->arena, const Expr *, n), **term = arena_array(c->arena, const Expr *, k);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++)
            term[j] = size_of(c->pool, m->arg[of_columns ? j * cols + i : i * cols + j]);
        sum[i] = expr_sum(c->pool, term, k);
    }
    return largest_of(c->pool, sum, n);
}

static const Expr *vector_norm_p(Call *c, const Expr *m, const Expr *p)
{
    const Expr **term = arena_array(c->arena, const Expr *, m->arity);
    for (uint32_t i = 0; i < m->arity; i++)
        term[i] = expr_pow(c->pool, size_of(c->pool, m->arg[i]), p);
    return expr_pow(c->pool, expr_sum(c->pool, term, m->arity), expr_div(c->pool, expr_int(c->pool, 1), p));
}

static const Expr *frobenius(Call *c, const Expr *m) { return expr_call1(c->pool, FN_sqrt, expr_dot(c->pool, m, m)); }

static const Expr *matrix_norm(Call *c, const Expr *m, Kind kind, const Expr *p)
{
    bool one = kind == KIND_P && expr_is_one(p), two = kind == KIND_P && fmpq_cmp_si(expr_number(p), 2) == 0;
    if (kind == KIND_FROBENIUS)
        return frobenius(c, m);
    if (kind == KIND_MAX || one)
        return largest_sum(c, m, one);
    if (!two && kind != KIND_NUCLEAR)
        return call_fail(c, 1, "a matrix has the norms 1, 2, oo, \"fro\" and \"nuclear\""), NULL;
    const Expr *s = matrix_singular_values(c, m);
    return !s ? NULL : two ? largest_value(c->pool, s) : expr_sum(c->pool, s->arg, s->arity);
}

const Expr *norm_of_kind(Call *c, const Expr *m)
{
    const Expr *p;
    Kind        kind = kind_of(c, 1, &p);
    if (kind == KIND_NONE || !m)
        return NULL;
    if (m->kind != EXPR_TENSOR)
        return expr_is_tensor(m) ? (call_fail(c, 0, "norms by kind need a vector or matrix with its entries written out"), NULL) : size_of(c->pool, m);
    bool vector = expr_cols(m) == 1 || expr_rows(m) == 1;
    if (!vector)
        return matrix_norm(c, m, kind, p);
    if (kind == KIND_MAX) {
        const Expr **size = arena_array(c->arena, const Expr *, m->arity);
        for (uint32_t i = 0; i < m->arity; i++)
            size[i] = size_of(c->pool, m->arg[i]);
        return largest_of(c->pool, size, m->arity);
    }
    return kind == KIND_P ? vector_norm_p(c, m, p) : frobenius(c, m);
}

/* ---- condition numbers ------------------------------------------------------------------------------------------------------------ */

/* The exact value of a number that a format gave. */
static void ball_of(Pool *p, const Expr *e, slong bits, arb_t out)
{
    acb_t z;
    acb_init(z);
    expr_enclose(p, e, NULL, NULL, 0, 2 * bits + 64, z, NULL);
    arb_set(out, acb_realref(z));
    acb_clear(z);
}

static Value cond_in_format(Call *c, const Expr *m, const Format *f)
{
    Value v = format_svd(c, m, f, false);
    if (v.kind != VALUE_REPORT || !v.report)
        return v;
    const Expr *s = v.report->main.expr, *most = s->kind == EXPR_TENSOR ? s->arg[0] : s, *least = s->kind == EXPR_TENSOR ? s->arg[s->arity - 1] : s;
    Report     *r = report_new(c->arena, "cond");
    void       *x = format_lanes(f, c->arena, 2);
    if (expr_is_zero(least))
        format_set_class(f, x, FLOAT_INFINITE);
    else {
        arb_t y, z;
        arb_init(y);
        arb_init(z);
        ball_of(c->pool, most, f->precision, y);
        ball_of(c->pool, least, f->precision, z);
        arb_div(y, y, z, 2 * f->precision + 64);
        format_set_arb(f, x, y, NULL);
        arb_clear(z);
        arb_clear(y);
    }
    r->main = value_expr(float_expr(c->pool, c->arena, f, x, 0));
    report_note(r, "singular values in %.*s: %.*s to %.*s", STR_ARGS(format_name(f, c->arena)), STR_ARGS(expr_shown(c, most)), STR_ARGS(expr_shown(c, least)));
    return value_report(r);
}

static Value by_singular_values(Call *c, const Expr *m)
{
    const Expr *s = matrix_singular_values(c, m), *least = s ? smallest_value(c->pool, s) : NULL;
    if (!least)
        return value_failed();
    Truth zero = entry_is_zero(c->pool, least);
    if (zero == UNKNOWN)
        return call_fail(c, 0, "could not decide whether the smallest singular value is zero");
    return value_expr(zero == YES ? expr_constant(c->pool, CONSTANT_OO) : entry_tidy(c->pool, expr_div(c->pool, largest_value(c->pool, s), least)));
}

static Value cond_call(Call *c)
{
    const Expr *m = matrix_argument(c, 0), *p = NULL;
    Kind        kind = !m ? KIND_NONE : call_has(c, 1) ? kind_of(c, 1, &p) : KIND_P;
    if (kind == KIND_NONE)
        return value_failed();
    if (kind == KIND_P && (!p || fmpq_cmp_si(expr_number(p), 2) == 0))
        return call_has(c, 2) ? cond_in_format(c, m, c->arg[2].format) : by_singular_values(c, m);
    if (!square_argument(c, 0))
        return value_failed();
    if (call_has(c, 2))
        return call_fail(c, 1, "in a format cond takes singular values: cond(A, 2)");
    const Expr *det = expr_matrix_op(c->pool, MATRIX_DET, m);
    Truth       zero = det ? entry_is_zero(c->pool, det) : UNKNOWN;
    if (zero != NO)
        return zero == YES ? value_expr(expr_constant(c->pool, CONSTANT_OO)) : call_fail(c, 0, "could not decide whether the determinant is zero");
    const Expr *inverse = expr_matrix_op(c->pool, MATRIX_INVERSE, m);
    inverse = inverse && inverse->kind != EXPR_TENSOR ? expr_tensor(c->pool, 1, 1, &inverse) : inverse;
    const Expr *a = inverse ? matrix_norm(c, m, kind, p) : NULL, *b = a ? matrix_norm(c, inverse, kind, p) : NULL;
    return b ? value_expr(expr_mul(c->pool, a, b)) : value_failed();
}

extern const Builtin norms_builtins[];
const Builtin norms_builtins[] = {
    { .sig = "cond(A: expr, kind: value?; format: format?) -> value",
      .help = "The condition number |A| |A^-1| of a matrix: by how much errors of b grow in A*x = b. In the norm 2 (largest over smallest singular value), or 1, oo, \"fro\".",
      .example = { { "cond([3, 0; 0, 2])", "3/2" }, { "cond([1, 2; 3, 4], 1)", "21" }, { "cond([1, 2; 2, 4])", "oo" } },
      .lesson = 3, .see = "norm singular_values linear_solve", .words = "condition number ill conditioned", .call = cond_call },
    { 0 }
};
