/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Difference quotients run in a number format, operation by operation as f was typed, against the exact derivative.
 *
 * Forward (f(a + h) - f(a))/h is off by f''/2*h and by rounding, some eps*f/h; central (f(a + h) - f(a - h))/(2h) by
 * f'''/6*h^2; the complex step im(f(a + i*h))/h subtracts nothing, so rounding does not grow as h falls [Squire, Trapp
 * 1998]. It is run in pairs of real numbers, which carries + - * /, whole powers, exp, log, sin, cos, sinh, cosh, sqrt
 * and tan; for other functions the column is absent. */
#include "symbolic/tape/run.h"

#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"
#include "symbolic/expr/show.h"

enum { LAST_POWER = 15, ERROR_DIGITS = 3, MOST_POWER = 64 };

static const Expr *node(Pool *p, ExprKind kind, const Expr *a, const Expr *b)
{
    const Expr *arg[] = { a, b };
    return typed_node(p, kind, arg, b ? 2 : 1);
}

static const Expr *call(Pool *p, FnId fn, const Expr *u) { return typed_call(p, &fn_rows[fn], &u, 1); }

/* ---- the complex step: every node as a pair of typed real expressions ------------------------------------------------- */

typedef struct Pair { const Expr *re, *im; } Pair;        /* re NULL: not carried */

static Pair pair_mul(Pool *p, Pair u, Pair v)
{
    return (Pair){ node(p, EXPR_SUB, node(p, EXPR_MUL, u.re, v.re), node(p, EXPR_MUL, u.im, v.im)),
                   node(p, EXPR_ADD, node(p, EXPR_MUL, u.re, v.im), node(p, EXPR_MUL, u.im, v.re)) };
}

static Pair pair_div(Pool *p, Pair u, Pair v)
{
    Pair        top = pair_mul(p, u, (Pair){ v.re, node(p, EXPR_NEG, v.im, NULL) });
    const Expr *size = node(p, EXPR_ADD, node(p, EXPR_MUL, v.re, v.re), node(p, EXPR_MUL, v.im, v.im));
    return (Pair){ node(p, EXPR_DIV, top.re, size), node(p, EXPR_DIV, top.im, size) };
}

static Pair pair_power(Pool *p, Pair u, const Expr *exponent)
{
    slong n;
    if (!expr_fits_slong(exponent, &n) || n == 0 || n > MOST_POWER || n < -MOST_POWER)
        return (Pair){ 0 };
    Pair product = u;
    for (slong k = 1; k < (n < 0 ? -n : n); k++)
        product = pair_mul(p, product, u);
    return n > 0 ? product : pair_div(p, (Pair){ expr_int(p, 1), expr_int(p, 0) }, product);
}

static Pair scaled(Pool *p, const Expr *by, Pair u)
{
    return (Pair){ node(p, EXPR_MUL, by, u.re), node(p, EXPR_MUL, by, u.im) };
}

static Pair pair_sqrt(Pool *p, Pair u)                    /* of a positive real part */
{
    const Expr *size = call(p, FN_sqrt, node(p, EXPR_ADD, node(p, EXPR_MUL, u.re, u.re), node(p, EXPR_MUL, u.im, u.im)));
    const Expr *re = call(p, FN_sqrt, node(p, EXPR_DIV, node(p, EXPR_ADD, size, u.re), expr_int(p, 2)));
    return (Pair){ re, node(p, EXPR_DIV, u.im, node(p, EXPR_MUL, expr_int(p, 2), re)) };
}

static Pair pair_function(Pool *p, FnId fn, Pair u)
{
    const Expr *re = u.re, *im = u.im;
    switch ((int)fn) {
    case FN_exp:  return scaled(p, call(p, FN_exp, re), (Pair){ call(p, FN_cos, im), call(p, FN_sin, im) });
    case FN_sin:  return (Pair){ node(p, EXPR_MUL, call(p, FN_sin, re), call(p, FN_cosh, im)), node(p, EXPR_MUL, call(p, FN_cos, re), call(p, FN_sinh, im)) };
    case FN_cos:  return (Pair){ node(p, EXPR_MUL, call(p, FN_cos, re), call(p, FN_cosh, im)),
                                 node(p, EXPR_NEG, node(p, EXPR_MUL, call(p, FN_sin, re), call(p, FN_sinh, im)), NULL) };
    case FN_tan:  return pair_div(p, pair_function(p, FN_sin, u), pair_function(p, FN_cos, u));
    case FN_sinh: return (Pair){ node(p, EXPR_MUL, call(p, FN_sinh, re), call(p, FN_cos, im)), node(p, EXPR_MUL, call(p, FN_cosh, re), call(p, FN_sin, im)) };
    case FN_cosh: return (Pair){ node(p, EXPR_MUL, call(p, FN_cosh, re), call(p, FN_cos, im)), node(p, EXPR_MUL, call(p, FN_sinh, re), call(p, FN_sin, im)) };
    case FN_log: {
        const Expr *size = node(p, EXPR_ADD, node(p, EXPR_MUL, re, re), node(p, EXPR_MUL, im, im)), *arg[] = { im, re };
        return (Pair){ node(p, EXPR_DIV, call(p, FN_log, size), expr_int(p, 2)), typed_call(p, &fn_rows[FN_atan2], arg, 2) };
    }
    case FN_sqrt: return pair_sqrt(p, u);
    }
    return (Pair){ 0 };
}

static Pair pair_node(Pool *p, const Expr *e, const Pair *arg)
{
    Pair v = arg[0];
    switch ((ExprKind)e->kind) {
    case EXPR_ADD: case EXPR_SUB:
        for (uint32_t i = 1; i < e->arity; i++)
            v = (Pair){ node(p, e->kind, v.re, arg[i].re), node(p, e->kind, v.im, arg[i].im) };
        return v;
    case EXPR_MUL:
        for (uint32_t i = 1; i < e->arity; i++)
            v = pair_mul(p, v, arg[i]);
        return v;
    case EXPR_DIV: return pair_div(p, v, arg[1]);
    case EXPR_NEG: return (Pair){ node(p, EXPR_NEG, v.re, NULL), node(p, EXPR_NEG, v.im, NULL) };
    case EXPR_POW: return pair_power(p, v, e->arg[1]);
    case EXPR_CALL: return e->arity == 1 ? pair_function(p, e->fn->id, v) : (Pair){ 0 };
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_UNKNOWN: case EXPR_PIECEWISE: case EXPR_RELATION:
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER:
        break;
    }
    return (Pair){ 0 };
}

/* im f(a + i*h), as a typed expression in h; NULL if a function in f is not carried. */
static const Expr *imaginary_part(Pool *p, Arena *a, const Expr *f, const Expr *x, const Expr *at, const Expr *h)
{
    Nodes nodes = expr_nodes(p, a, &f, 1);
    Memo  pairs = memo_new(a);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        Pair       *v = arena_alloc(a, sizeof *v), *arg = arena_array(a, Pair, e->arity + 1);
        *v = e == x ? (Pair){ at, h } : (Pair){ e, expr_int(p, 0) };
        if (e != x && expr_depends(p, e, x)) {
            for (uint32_t i = 0; i < e->arity; i++)
                arg[i] = *(const Pair *)memo_get(&pairs, e->arg[i]);
            *v = pair_node(p, e, arg);
            if (!v->re || !v->im)
                return NULL;
        }
        memo_put(&pairs, e, v);
    }
    return ((const Pair *)memo_get(&pairs, f))->im;
}

/* ---- the table --------------------------------------------------------------------------------------------------------- */

enum { FORWARD, CENTRAL, COMPLEX, METHODS };

static const Expr *at_point(Pool *p, const Expr *f, const Expr *x, const Expr *point) { return expr_subst(p, f, &x, &point, 1); }

/* |value - exact| as a ball of a few digits, exact 0 or infinity. */
static const Expr *error_of(Call *c, const Expr *value, const Expr *exact)
{
    if (value->flags & EXPR_HAS_INFINITE)
        return value;
    const Expr *d = expr_call1(c->pool, FN_abs, expr_sub(c->pool, value, exact));
    if (!d || expr_is_zero(d))
        return d;
    const Expr *e = expr_approximate(c->pool, d, ERROR_DIGITS);
    pool_clear_error(c->pool);
    return e ? e : d;
}

/* Is error a below error b? Both are balls or numbers. */
static bool below(Pool *p, const Expr *a, const Expr *b)
{
    acb_t u, v;
    acb_init(u);
    acb_init(v);
    bool less = !(a->flags & EXPR_HAS_INFINITE) && ((b->flags & EXPR_HAS_INFINITE)
        || (expr_enclose(p, a, NULL, NULL, 0, 64, u, NULL) == EVAL_OK && expr_enclose(p, b, NULL, NULL, 0, 64, v, NULL) == EVAL_OK
            && arf_cmp(arb_midref(acb_realref(u)), arb_midref(acb_realref(v))) < 0));
    acb_clear(v);
    acb_clear(u);
    return less;
}

typedef struct Quotients { const Expr *f, *x, *a, *step, *value[METHODS]; size_t n; } Quotients;

/* The quotients as typed expressions in the step. */
static bool make_quotients(Call *c, Quotients *q)
{
    Pool       *p = c->pool;
    const Expr *h = q->step, *up = at_point(p, q->f, q->x, node(p, EXPR_ADD, q->a, h)), *down = at_point(p, q->f, q->x, node(p, EXPR_SUB, q->a, h));
    const Expr *here = at_point(p, q->f, q->x, q->a), *im = imaginary_part(p, c->arena, q->f, q->x, q->a, h);
    pool_clear_error(p);
    if (!up || !down || !here)
        return false;
    q->value[FORWARD] = node(p, EXPR_DIV, node(p, EXPR_SUB, up, here), h);
    q->value[CENTRAL] = node(p, EXPR_DIV, node(p, EXPR_SUB, up, down), node(p, EXPR_MUL, expr_int(p, 2), h));
    q->value[COMPLEX] = im ? node(p, EXPR_DIV, im, h) : NULL;
    q->n = im ? METHODS : COMPLEX;
    return true;
}

static const Expr *run(Call *c, const Expr *e, const Format *f)
{
    void *lane = expr_run(c->pool, c->arena, &e, 1, f, c->settings->seed);
    return lane ? expr_of_lane(c->pool, f, lane) : NULL;
}

static Str text_of(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

static Value finish(Call *c, Report *r, const Quotients *q, const Expr *exact, const Format *f, const slong *best, const Expr *const *least)
{
    static const char *const name[METHODS] = { "forward", "central", "complex step" }, *const field[METHODS] = { "forward", "central", "complex_step" };
    Buf b = buf_new(c->arena);
    buf_printf(&b, "f'(%.*s) = %.*s in %.*s; smallest error:", STR_ARGS(text_of(c, q->a)), STR_ARGS(text_of(c, exact)), STR_ARGS(format_name(f, c->arena)));
    for (size_t m = 0; m < q->n; m++) {
        buf_printf(&b, "%s %s %.*s at h = 1e-%ld", m ? "," : "", name[m], STR_ARGS(text_of(c, least[m])), (long)best[m]);
        report_value(r, field[m], value_expr(least[m]));
    }
    r->summary = buf_str(&b);
    r->main = value_expr(exact);
    if (!q->value[COMPLEX])
        report_note(r, "no complex step: a function in it is not carried");
    return value_report(r);
}

static Value finite_difference_call(Call *c)
{
    Pool        *p = c->pool;
    Quotients    q = { .f = c->arg[0].expr, .x = c->arg[1].expr->arg[0], .a = expr_canonical(p, c->arg[1].expr->arg[1]) };
    Format       fp64;
    const Format *f = call_has(c, 2) ? c->arg[2].format : format_named(STR("fp64"), &fp64) ? &fp64 : NULL;
    const Expr  *exact = expr_diff(p, q.f, q.x), *least[METHODS] = { 0 };
    slong        best[METHODS] = { 0 };
    exact = exact ? at_point(p, exact, q.x, q.a) : NULL;
    if (!exact)
        return value_failed();
    if (!expr_is_scalar(q.f) || !expr_is_numeric(exact) || exact->flags & EXPR_HAS_INFINITE || !expr_is_numeric(expr_canonical(p, at_point(p, q.f, q.x, q.a))))
        return call_fail(c, 1, "finite_difference needs a function of one variable with a derivative at a number");
    const Expr *left, *right, *plain = expr_canonical(p, q.f);
    if (expr_has_kinks(p, c->arena, plain) && expr_slopes(p, c->arena, plain, q.x, q.a, &left, &right) != YES)
        return call_fail(c, 1, "the function has no derivative there, or none that could be decided");
    q.step = expr_fresh(p, expr_symbol(p, STR("h")));
    if (!make_quotients(c, &q))
        return call_fail(c, 1, "the function has no value near this point");
    Report *r = report_new(c->arena, "finite_difference");
    Table  *t = report_table(r, "errors", q.n == METHODS ? "h forward central complex_step" : "h forward central");
    report_lines(r, "xy", "error over the step h", "errors", "h forward central complex_step");
    r->traced = true;
    for (slong k = 1; k <= LAST_POWER; k++) {
        const Expr *h = expr_powi(p, expr_int(p, 10), -k);
        Value       cell[METHODS + 1] = { value_text(str_printf(c->arena, "1e-%ld", (long)k)) };
        for (size_t m = 0; m < q.n; m++) {
            const Expr *value = run(c, at_point(p, q.value[m], q.step, h), f), *error = value ? error_of(c, value, exact) : NULL;
            if (!error)
                return value_failed();
            cell[m + 1] = value_expr(error);
            if (!least[m] || below(p, error, least[m])) {
                least[m] = error;
                best[m] = k;
            }
        }
        table_row(r, t, cell);
    }
    return finish(c, r, &q, exact, f, best, least);
}

const Builtin finite_difference_builtins[] = {
    { .sig = "finite_difference(f: scalar, x: point; format: format?) -> report",
      .help = "The errors of forward and central differences and of the complex step over h, in a number format.",
      .example = { { "finite_difference(x^2, x = 1).complex_step", "0" },
                   { "finite_difference(exp(x), x = 0).central < 1e-9", "true" } },
      .lesson = 2, .see = "diff using", .words = "numerical derivative difference quotient step size rounding cancellation", .formed = true,
      .call = finite_difference_call },
    { 0 }
};
