/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numeric check of limits, independent of all expansions: balls at three distances from the point.
 *
 * The distance from the limit must shrink from the first to the last, or grow if the limit is infinite. Several scales are
 * tried, near ones where towers of exponentials cannot be evaluated further in, far ones for logarithms of logarithms. */
#include "symbolic/limits/limit.h"

#include "base/interrupt.h"
#include "symbolic/expr/evaluate.h"

enum { CHECK_POINTS = 3, CHECK_SCALES = 5 };

/* Exponents k of the distances 2^-k. */
static const slong check_scale[CHECK_SCALES][CHECK_POINTS] = { { 10, 20, 40 }, { 4, 6, 9 }, { 2, 3, 4 }, { 60, 600, 6000 },
                                                             { 10000, 1000000000, 1000000000000000 } };

typedef struct Check {
    Pool        *pool;
    const Expr  *f, *limit;
    const Expr **symbol;            /* the variable first, then the parameters */
    size_t       n;
    acb_ptr      value;
    const Expr  *to;                /* NULL: infinity */
    int          side, infinite;    /* infinite: the sign of an infinite limit */
} Check;

static int infinite_sign(Pool *p, const Expr *e)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return e == oo ? 1 : e == expr_neg(p, oo) ? -1 : 0;
}

/* Puts the variable at distance 2^-k from the point, or at distance 2^k at infinity. */
static bool place(Check *c, slong k, slong prec)
{
    acb_ptr x = &c->value[0];
    acb_zero(x);
    if (c->to && expr_enclose(c->pool, c->to, c->symbol + 1, c->value + 1, c->n - 1, prec, x, NULL) != EVAL_OK)
        return false;
    arb_t h;
    arb_init(h);
    arb_set_si(h, c->side < 0 ? -1 : 1);
    arb_mul_2exp_si(h, h, c->to ? -k : k);
    arb_add(acb_realref(x), acb_realref(x), h, prec + (c->to && k < 10000 ? k : 0));
    arb_clear(h);
    return true;
}

/* |f - limit|, or |f| if the limit is infinite, at distance k; also whether f has the sign of an infinite limit. */
static bool distance(Check *c, slong k, arb_t d, bool *right_sign)
{
    bool  ok = false;
    acb_t f, l;
    acb_init(f);
    acb_init(l);
    if (c->to && k > 10000)
        k = 10000;                  /* so near no more digits are carried */
    for (slong prec = 256; prec <= 4096 && !ok && !should_stop(); prec *= 4) {
        EvalStatus status = place(c, k, prec) ? expr_enclose(c->pool, c->f, c->symbol, c->value, c->n, prec, f, NULL) : EVAL_UNDEFINED;
        if (status != EVAL_OK && status != EVAL_IMPRECISE)
            break;
        ok = status == EVAL_OK && (c->infinite || expr_enclose(c->pool, c->limit, c->symbol, c->value, c->n, prec, l, NULL) == EVAL_OK);
        acb_sub(l, f, l, prec);
        acb_abs(d, l, prec);
        ok = ok && (arb_rel_accuracy_bits(d) > 8 || mag_cmp_2exp_si(arb_radref(d), -220) < 0);
    }
    *right_sign = c->infinite > 0 ? arb_is_positive(acb_realref(f)) : arb_is_negative(acb_realref(f));
    acb_clear(f);
    acb_clear(l);
    return ok;
}

/* Do the three distances tend to 0 (to oo, with the right sign)? Even 1/log(x) passes: 10 : 40 is a clear ratio. */
static Truth agrees(Check *c, const slong *scale)
{
    arb_t d[CHECK_POINTS], bound;
    bool  evaluated = true, right_sign = true, ok;
    arb_init(bound);
    for (int i = 0; i < CHECK_POINTS; i++) {
        arb_init(d[i]);
        evaluated = evaluated && distance(c, scale[i], d[i], &right_sign);
    }
    if (c->infinite) {
        arb_set_d(bound, 1.5);
        arb_mul(bound, bound, d[0], 64);
        ok = right_sign && arb_gt(d[2], bound);
    } else {
        arb_mul_ui(bound, d[0], 2, 64);
        arb_div_ui(bound, bound, 3, 64);
        ok = arf_cmpabs_2exp_si(arb_midref(d[2]), -180) < 0 || arb_lt(d[2], bound);
    }
    for (int i = 0; i < CHECK_POINTS; i++)
        arb_clear(d[i]);
    arb_clear(bound);
    return !evaluated ? UNKNOWN : ok ? YES : NO;
}

/* Parameters get positive values without meaning. */
static Check check_new(Pool *p, Arena *a, const Expr *f, const Expr *limit, const Expr *x, const Expr *to, int side)
{
    int         at = infinite_sign(p, to), infinite = limit ? infinite_sign(p, limit) : 0;
    const Expr *root[] = { f, limit && !infinite ? limit : f, at ? f : to }, *all = expr_tensor(p, 3, 1, root);
    Nodes       free = all ? expr_symbols(p, a, all) : (Nodes){ 0 };
    Check       c = { p, f, limit, arena_array(a, const Expr *, free.n + 1), 1, _acb_vec_init((slong)free.n + 1), at ? NULL : to, at ? at : side, infinite };
    c.symbol[0] = x;
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != x) {
            acb_set_d(&c.value[c.n], 1.25 + 0.4375 * (double)c.n);
            c.symbol[c.n++] = free.at[i];
        }
    return c;
}

Truth limit_confirmed(Pool *p, Arena *a, const Expr *f, const Expr *limit, const Expr *x, const Expr *to, int side)
{
    Check c = check_new(p, a, f, limit, x, to, side);
    Truth all = UNKNOWN;
    for (int i = 0; i < CHECK_SCALES && all != YES && !should_stop(); i++) {
        Truth t = agrees(&c, check_scale[i]);
        all = t == UNKNOWN ? all : t;
    }
    _acb_vec_clear(c.value, (slong)c.n);
    pool_clear_error(p);
    return all;
}

Truth limit_is_real(Pool *p, Arena *a, const Expr *f, const Expr *x, const Expr *to, int side)
{
    Check c = check_new(p, a, f, NULL, x, to, side);
    Truth all = UNKNOWN;
    acb_t z;
    acb_init(z);
    for (int i = 0; i < CHECK_POINTS && all != NO; i++)
        if (place(&c, check_scale[0][i], 256) && expr_enclose(p, f, c.symbol, c.value, c.n, 256, z, NULL) == EVAL_OK)
            all = !arb_contains_zero(acb_imagref(z)) ? NO : arb_is_zero(acb_imagref(z)) ? YES : all;
    acb_clear(z);
    _acb_vec_clear(c.value, (slong)c.n);
    pool_clear_error(p);
    return all;
}
