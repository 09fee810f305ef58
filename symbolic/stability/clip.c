/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clip: a gradient cut back by value, by its norm, or several by their common norm. The numbers are exact, so nothing overflows on the way: the norm of
 * (1e200, 1e200) is finite here, and the gradient keeps its direction. The factor is min(1, norm/|g|), without a small number added to |g|. */
#include "base/builtin.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/expr.h"

enum { ARG_G, ARG_NORM, ARG_VALUE, ARG_P };

typedef struct Entries { size_t n; const Expr **at; } Entries;

static const Expr *size_of(Pool *p, const Expr *e) { return expr_call1(p, FN_abs, e); }

static size_t count_entries(const Value *v)
{
    size_t n = 1;
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->list->n; i++)
        n += count_entries(&v->list->item[i]);
    return v->kind == VALUE_EXPR && v->expr->kind == EXPR_TENSOR ? v->expr->arity : n;
}

/* All numbers of a vector, or of several vectors in a list. */
static bool collect(Call *c, const Value *v, Entries *out)
{
    if (v->kind == VALUE_LIST) {
        for (size_t i = 0; i < v->list->n; i++)
            if (!collect(c, &v->list->item[i], out))
                return false;
        return true;
    }
    const Expr *e = v->kind == VALUE_EXPR ? expr_canonical(c->pool, v->expr) : NULL;
    size_t      n = e && e->kind == EXPR_TENSOR ? e->arity : 1;
    for (size_t k = 0; k < n; k++) {
        const Expr *x = !e ? NULL : e->kind == EXPR_TENSOR ? e->arg[k] : e;
        if (!x || !expr_is_numeric(x) || expr_is_truth(x))
            return call_fail(c, ARG_G, "clip takes a vector of numbers, or a list of them"), false;
        if (x->flags & EXPR_HAS_INFINITE)
            return call_fail(c, ARG_G, "the gradient is not finite: a step with it is skipped, not clipped"), false;
        out->at[out->n++] = x;
    }
    return true;
}

static const Expr *norm_of(Call *c, const Entries *g, const Expr *power)
{
    Pool       *p = c->pool;
    const Expr *sum = expr_int(p, 0);
    if (expr_is_constant(power, CONSTANT_OO)) {
        for (size_t i = 0; i < g->n; i++)
            sum = expr_call2(p, FN_max, sum, size_of(p, g->at[i]));
        return sum;
    }
    const Expr **term = arena_array(c->arena, const Expr *, g->n + 1);
    for (size_t i = 0; i < g->n; i++)
        term[i] = expr_pow(p, size_of(p, g->at[i]), power);
    sum = g->n ? expr_sum(p, term, g->n) : sum;
    return expr_pow(p, sum, expr_powi(p, power, -1));
}

/* Is a < b? Numbers with a decided sign only. */
static Truth is_less(Pool *p, const Expr *a, const Expr *b)
{
    int     sign = 0;
    Verdict v = expr_sign(p, expr_sub(p, b, a), &sign);
    return v.answer == YES ? (sign > 0 ? YES : NO) : UNKNOWN;
}

static Value rebuilt(Call *c, const Value *like, const Expr *const *entry, size_t *at)
{
    if (like->kind == VALUE_LIST) {
        Value *item = arena_array(c->arena, Value, like->list->n);
        bool   numbers = like->list->n > 0;
        size_t first = *at;
        for (size_t i = 0; i < like->list->n; i++) {
            item[i] = rebuilt(c, &like->list->item[i], entry, at);
            numbers = numbers && item[i].kind == VALUE_EXPR && expr_is_scalar(item[i].expr);
        }
        if (numbers)
            return value_expr(expr_tensor(c->pool, like->list->n, 1, entry + first));
        return value_list(c->arena, item, like->list->n);
    }
    const Expr *e = expr_canonical(c->pool, like->expr);
    size_t      n = e->kind == EXPR_TENSOR ? e->arity : 1;
    *at += n;
    return value_expr(e->kind == EXPR_TENSOR ? expr_tensor(c->pool, expr_rows(e), expr_cols(e), entry + *at - n) : entry[*at - 1]);
}

static bool limit_argument(Call *c, int i, const Expr **out)
{
    *out = expr_canonical(c->pool, c->arg[i].expr);
    if (*out && expr_is_numeric(*out) && is_less(c->pool, expr_int(c->pool, 0), *out) == YES)
        return true;
    return call_fail(c, i, "the limit is a positive number"), false;
}

static bool clip_values(Call *c, Entries *g, const Expr *limit)
{
    for (size_t i = 0; i < g->n; i++) {
        Truth beyond = is_less(c->pool, limit, size_of(c->pool, g->at[i])), negative = is_less(c->pool, g->at[i], expr_int(c->pool, 0));
        if (beyond == UNKNOWN || (beyond == YES && negative == UNKNOWN))
            return call_fail(c, ARG_G, "could not decide whether an entry is beyond the limit"), false;
        if (beyond == YES)
            g->at[i] = negative == YES ? expr_neg(c->pool, limit) : limit;
    }
    return true;
}

static bool clip_norm(Call *c, Entries *g, const Expr *limit)
{
    const Expr *power = call_has(c, ARG_P) ? expr_canonical(c->pool, c->arg[ARG_P].expr) : expr_int(c->pool, 2);
    bool        fine = power && (expr_is_constant(power, CONSTANT_OO) || (expr_is_number(power) && is_less(c->pool, power, expr_int(c->pool, 1)) == NO));
    if (!fine)
        return call_fail(c, ARG_P, "p is a number from 1 on, or oo"), false;
    const Expr *norm = norm_of(c, g, power);
    Truth       beyond = norm ? is_less(c->pool, limit, norm) : UNKNOWN;
    if (beyond == UNKNOWN)
        return call_fail(c, ARG_G, "could not decide whether the norm is beyond the limit"), false;
    for (size_t i = 0; i < g->n && beyond == YES; i++)
        g->at[i] = expr_div(c->pool, expr_mul(c->pool, limit, g->at[i]), norm);
    return true;
}

static Value clip_call(Call *c)
{
    Entries     g = { .at = arena_array(c->arena, const Expr *, count_entries(&c->arg[ARG_G])) };
    const Expr *limit;
    size_t      at = 0;
    if (call_has(c, ARG_NORM) == call_has(c, ARG_VALUE)) {
        Value v = call_fail(c, -1, "clip needs a largest norm or a largest value");
        diag_hint(c->diag, "clip([3, 4], norm: 1)");
        return v;
    }
    if (!collect(c, &c->arg[ARG_G], &g) || !limit_argument(c, call_has(c, ARG_NORM) ? ARG_NORM : ARG_VALUE, &limit))
        return value_failed();
    if (call_has(c, ARG_NORM) ? !clip_norm(c, &g, limit) : !clip_values(c, &g, limit))
        return value_failed();
    return rebuilt(c, &c->arg[ARG_G], g.at, &at);
}

extern const Builtin clip_builtins[];
const Builtin clip_builtins[] = {
    { .sig = "clip(g: value; norm: scalar, value: scalar, p: scalar) -> expr",
      .help = "A gradient (or a list of them, by their common norm) scaled back to a largest norm, or its entries cut off at a largest value.",
      .example = { { "clip([3, 4], norm: 1)", "[3/5, 4/5]" }, { "clip([1e200, 1e200], norm: 1)", "[sqrt(2)/2, sqrt(2)/2]" },
                   { "clip([3, -4], value: 1)", "[1, -1]" } },
      .lesson = 14, .see = "minimize norm", .words = "gradient clipping global norm exploding", .call = clip_call },
    { 0 }
};
