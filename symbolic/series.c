/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laurent and Puiseux series of an expression, by arithmetic on truncated series along its graph.
 *
 * Every node gets its expansion in t once, arguments first, with a fixed number of terms. If cancellation ate too many
 * of them, the walk starts again with twice as many; if a root of t turned up, with t^(1/root) in place of t. A node
 * without expansion is no failure of the whole: sin(1/t) is still bounded. [Gruntz 1996, ch. 4; Knuth, TAOCP 2, 4.7] */
#include "symbolic/series.h"

#include "base/interrupt.h"
#include "symbolic/poly.h"
#include "symbolic/series_int.h"

enum { MOST_TERMS = 1000, MOST_RESTARTS = 5, MOST_ROOT = 60 };

/* ---- the walk ------------------------------------------------------------------------------------------------------ */

Expansion expansion_new(Pool *p, Arena *a, const Expr *x, const Expr *point, int side, slong root, size_t terms)
{
    const Expr *rest = NULL, *sign = expr_split_coefficient(p, point, &rest);
    bool        infinite = expr_is_constant(rest, CONSTANT_OO);
    return (Expansion){ .pool = p, .arena = a, .x = x, .point = infinite ? NULL : point, .root = root, .terms = terms,
                        .side = infinite ? (expr_number_sign(sign) < 0 ? -1 : 1) : side, .memo = memo_new(a) };
}

static Local variable(Expansion *x)
{
    Pool  *p = x->pool;
    slong  step = x->point ? x->root : -x->root;
    size_t n = (size_t)x->root + x->terms;
    Local  r = { .low = x->point ? 0 : step, .n = n, .c = arena_array(x->arena, const Expr *, n) };
    for (size_t i = 0; i < n; i++)
        r.c[i] = expr_int(p, 0);
    r.c[step - r.low] = expr_int(p, x->side < 0 ? -1 : 1);
    if (x->point)
        r.c[0] = x->point;
    while (r.n && expr_is_zero(r.c[0])) {
        r.c++;
        r.low++;
        r.n--;
    }
    r.n = r.n > x->terms ? x->terms : r.n;
    return r;
}

/* The first argument that has no expansion decides what is reported; UNDECIDED and requests for more go first. */
static Local first_failure(const Local *arg, size_t n)
{
    Local none = { 0 };
    for (size_t i = 0; i < n; i++) {
        if (arg[i].status > LOCAL_NONE)
            return arg[i];
        if (arg[i].status && !none.status)
            none = arg[i];
    }
    return none;
}

static Local product_of(Expansion *x, const Local *arg, size_t n)
{
    Local r = arg[0];
    for (size_t i = 1; i < n && !r.status; i++)
        r = local_mul(x, r, arg[i]);
    return r;
}

/* u^v = exp(v*log(u)) unless v is constant. */
static Local power_of(Expansion *x, const Expr *e, const Local *arg)
{
    if (arg[1].constant)
        return local_power(x, arg[0], e->arg[1]);
    if (expr_is_constant(e->arg[0], CONSTANT_E))
        return local_exp(x, arg[1]);
    Local l = local_log(x, arg[0]);
    l = l.status ? l : local_mul(x, arg[1], l);
    return l.status ? l : local_exp(x, l);
}

static Local node_expansion(Expansion *x, const Expr *e, const Local *arg)
{
    Local failure = first_failure(arg, e->arity);
    switch ((ExprKind)e->kind) {
    case EXPR_ADD:
        return failure.status ? failure : local_sum(x, arg, e->arity);
    case EXPR_MUL:
        return failure.status ? failure : product_of(x, arg, e->arity);
    case EXPR_POW:
        return failure.status ? failure : power_of(x, e, arg);
    case EXPR_CALL:
        return local_call(x, e, arg);
    case EXPR_PIECEWISE:
        return local_branches(x, e);
    case EXPR_NUMBER: case EXPR_BALL: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_UNKNOWN: case EXPR_RELATION:
    case EXPR_AND: case EXPR_OR: case EXPR_NOT: case EXPR_TENSOR: case EXPR_MATMUL: case EXPR_MATRIX: case EXPR_ORDER: case EXPR_AXIS: case EXPR_COLUMN: case EXPR_COUNT: case EXPR_OVER: case EXPR_SUB: case EXPR_DIV:
    case EXPR_NEG:
        break;
    }
    return local_fail(LOCAL_NONE, "there is no series of what stands there");
}

static Local leaf_or_node(Expansion *x, const Expr *e)
{
    if (e == x->x)
        return variable(x);
    x->complex = x->complex || expr_is_constant(e, CONSTANT_I);
    Local *arg = arena_array(x->arena, Local, e->arity + 1);
    bool   constant = e->kind != EXPR_ORDER;
    for (size_t i = 0; i < e->arity; i++) {
        arg[i] = *(Local *)memo_get(&x->memo, e->arg[i]);
        constant = constant && arg[i].constant;
    }
    if (constant && (e->flags & EXPR_HAS_INFINITE))
        return local_fail(LOCAL_NONE, "infinity stands in the expression");
    if (constant)
        return expr_is_scalar(e) ? local_constant(x, e) : local_fail(LOCAL_NONE, "a matrix stands in the expression");
    return node_expansion(x, e, arg);
}

Local expansion_of(Expansion *x, const Expr *e)
{
    if (!e)
        return local_fail(LOCAL_UNDECIDED, "a coefficient is not defined");
    Nodes nodes = expr_nodes(x->pool, x->arena, &e, 1);
    for (size_t i = 0; i < nodes.n; i++) {
        if (memo_get(&x->memo, nodes.at[i]))
            continue;
        if (should_stop())
            return local_fail(LOCAL_UNDECIDED, "interrupted");
        Local *result = arena_alloc(x->arena, sizeof *result);
        *result = leaf_or_node(x, nodes.at[i]);
        memo_put(&x->memo, nodes.at[i], result);
    }
    return *(Local *)memo_get(&x->memo, e);
}

/* x is a template: terms and root are chosen here. */
Local expansion_restarted(Expansion *x, const Expr *e, slong order, bool leading)
{
    Local r = { .status = LOCAL_MORE };
    x->root = 1;
    x->terms = order < 4 ? 4 : (size_t)order;
    for (int restart = 0; restart < MOST_RESTARTS && x->terms <= 2 * MOST_TERMS; restart++) {
        x->memo = memo_new(x->arena);
        r = expansion_of(x, e);
        r = leading ? local_strip(x, r) : r;
        slong missing = order * x->root - local_end(r);
        if (!r.status && (leading ? r.n || r.low > 0 : missing <= 0))
            return r;
        if (r.status == LOCAL_NONE || r.status == LOCAL_UNDECIDED)
            return r;
        if (r.status == LOCAL_ROOT && (!x->side || x->root * r.root > MOST_ROOT))
            return local_fail(LOCAL_NONE, "a fractional power of a zero or pole");
        if (r.status == LOCAL_ROOT)
            x->root *= r.root;
        else
            x->terms = !r.status && r.n && !leading ? x->terms + (size_t)missing : 2 * x->terms;
    }
    return local_fail(LOCAL_UNDECIDED, "too many leading terms cancel");
}

Local expansion_until(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, int side, int depth,
                      slong order, bool leading, Expansion *used)
{
    *used = expansion_new(p, a, x, point, side, 1, 1);
    used->depth = depth;
    used->log_t = used->side && leading ? expr_fresh(p, expr_symbol(p, STR("log_t"))) : NULL;
    return expansion_restarted(used, e, order, leading);
}

/* ---- entry points -------------------------------------------------------------------------------------------------- */

SeriesStatus expr_series(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *point, slong order, Series *out, Str *why)
{
    if (order > MOST_TERMS) {
        *why = str_printf(a, "order %ld is beyond the budget of %d terms", (long)order, MOST_TERMS);
        return SERIES_UNDECIDED;
    }
    Expansion used;
    Local     r = expansion_until(p, a, e, x, point, 0, 0, order, false, &used);
    if (r.status) {
        *why = str_of(r.why);
        return r.status == LOCAL_NONE ? SERIES_NONE : SERIES_UNDECIDED;
    }
    slong n = order > r.low ? order - r.low : 0;
    *out = (Series){ .low = r.low, .n = (size_t)n, .c = r.c };
    return SERIES_OK;
}

/* The sum with its order term, in powers of (x - a), or of 1/x at infinity. */
static const Expr *series_expr(Pool *p, Arena *a, const Series *s, const Expr *x, const Expr *point)
{
    const Expr *base = x, *rest = NULL, *sign = expr_split_coefficient(p, point, &rest);
    if (expr_is_constant(rest, CONSTANT_OO))
        base = expr_mul(p, sign, expr_powi(p, x, -1));
    else
        base = expr_sub(p, x, point);
    const Expr **term = arena_array(a, const Expr *, s->n + 1);
    for (size_t i = 0; i < s->n; i++)
        term[i] = expr_mul(p, s->c[i], expr_powi(p, base, s->low + (slong)i));
    expr_split_coefficient(p, expr_powi(p, base, s->low + (slong)s->n), &rest);
    term[s->n] = expr_order(p, rest);
    return expr_sum(p, term, s->n + 1);
}

static Value series_command(Call *c, bool regular)
{
    const Expr *relation = c->arg[1].expr, *x = relation->arg[0], *point = relation->arg[1];
    slong       order = 0;
    Series      s = { 0 };
    Str         why = { 0 };
    if (!expr_fits_slong(c->arg[2].expr, &order) || order < 0)
        return call_fail(c, 2, "the order must be a whole number, 0 or more");
    if (expr_depends(c->pool, point, x))
        return call_fail(c, 1, "the point must not contain the variable itself");
    SeriesStatus status = expr_series(c->pool, c->arena, c->arg[0].expr, x, point, order + 1, &s, &why);
    if (status == SERIES_NONE)
        return call_fail(c, 0, "there is no power series at this point: %.*s", STR_ARGS(why));
    if (status == SERIES_UNDECIDED)
        return call_fail(c, 0, "could not find the series: %.*s", STR_ARGS(why));
    if (regular && s.n && s.low < 0) {
        diag_hint(c->diag, "series(...) gives the Laurent series");
        return call_fail(c, 0, "there is a pole at this point, so there is no Taylor series");
    }
    return value_expr(series_expr(c->pool, c->arena, &s, x, point));
}

static Value taylor_call(Call *c)
{
    return series_command(c, true);
}

static Value series_call(Call *c)
{
    return series_command(c, false);
}

const Builtin series_builtins[] = {
    { .sig = "taylor(f: scalar, x: point; order: int = 6) -> expr",
      .help = "The Taylor polynomial of f about x = a, up to the power `order`, with the order of the remainder.",
      .example = { { "taylor(exp(x), x = 0, order: 4)", "1 + x + x^2/2 + x^3/6 + x^4/24 + O(x^5)" },
                   { "taylor(log(x), x = 1, order: 2)", "x - 1 - (x - 1)^2/2 + O((x - 1)^3)" } },
      .lesson = 5, .see = "series limit diff", .words = "maclaurin polynomial expansion approximation", .call = taylor_call },
    { .sig = "series(f: scalar, x: point; order: int = 6) -> expr",
      .help = "The power series of f about x = a, also with negative powers (Laurent), or in 1/x for a = oo.",
      .example = { { "series(1/sin(x), x = 0, order: 3)", "1/x + x/6 + 7x^3/360 + O(x^4)" },
                   { "series(x/(x + 1), x = oo, order: 3)", "1 - 1/x + 1/x^2 - 1/x^3 + O(1/x^4)" } },
      .lesson = 5, .see = "taylor limit", .words = "laurent expansion power", .call = series_call },
    { 0 }
};
