/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits: the leading term of the series decides.
 *
 * From one side, x = a + t^q or x = t^-q with t -> 0+, coefficients may contain log(t): the constant term is then a limit
 * of its own, at log(t) -> -oo. A two-sided limit has a Laurent series or is put together from two one-sided limits.
 * Growth beyond powers of x and log(x) is not compared: then the answer is "could not decide". Every limit is compared
 * with ball evaluations at three points near the place before it is returned. [Gruntz 1996] */
#include "symbolic/limit.h"

#include "base/report.h"
#include "symbolic/evaluate.h"
#include "symbolic/growth.h"
#include "symbolic/series_int.h"
#include "symbolic/show.h"
#include "symbolic/zero.h"

static Limit undecided(const char *why)
{
    return (Limit){ .answer = LIMIT_UNDECIDED, .why = str_of(why) };
}

static Limit found(const Expr *value)
{
    return value ? (Limit){ .answer = LIMIT_FOUND, .value = value } : undecided("the value could not be written down");
}

static const Expr *infinity(Pool *p, int sign)
{
    const Expr *oo = expr_constant(p, CONSTANT_OO);
    return sign < 0 ? expr_neg(p, oo) : oo;
}

static bool is_infinite(Pool *p, const Expr *e)
{
    return e == infinity(p, 1) || e == infinity(p, -1);
}

/* ---- the cross-check --------------------------------------------------------------------------------------------- */

enum { CHECK_POINTS = 3, CHECK_SCALES = 3 };

/* Exponents k of the distances: far in, or, where towers of exponentials cannot be evaluated there, nearer. */
static const int check_scale[CHECK_SCALES][CHECK_POINTS] = { { 10, 20, 40 }, { 4, 6, 9 }, { 2, 3, 4 } };

typedef struct Check {
    Pool        *pool;
    const Expr  *f, *limit;
    const Expr **symbol;            /* the variable first, then the parameters */
    size_t       n;
    acb_ptr      value;
    const Expr  *to;                /* NULL: infinity */
    int          side;
} Check;

/* Puts the variable at distance 2^-k from the point, or at distance 2^k at infinity. */
static bool place(Check *c, int k, slong prec)
{
    acb_ptr x = &c->value[0];
    acb_zero(x);
    if (c->to && expr_enclose(c->pool, c->to, c->symbol + 1, c->value + 1, c->n - 1, prec, x, NULL) != EVAL_OK)
        return false;
    arb_t h;
    arb_init(h);
    arb_set_si(h, c->side < 0 ? -1 : 1);
    arb_mul_2exp_si(h, h, c->to ? -k : k);
    arb_add(acb_realref(x), acb_realref(x), h, prec);
    arb_clear(h);
    return true;
}

/* |f - limit|, or |f| if the limit is infinite, at distance k; also whether f has the sign of an infinite limit. */
static bool distance(Check *c, int k, arb_t d, bool *right_sign)
{
    bool  ok = false, infinite = is_infinite(c->pool, c->limit);
    acb_t f, l;
    acb_init(f);
    acb_init(l);
    for (slong prec = 512; prec <= 8192 && !ok; prec *= 4) {
        ok = place(c, k, prec) && expr_enclose(c->pool, c->f, c->symbol, c->value, c->n, prec, f, NULL) == EVAL_OK &&
             (infinite || expr_enclose(c->pool, c->limit, c->symbol, c->value, c->n, prec, l, NULL) == EVAL_OK);
        acb_sub(l, f, l, prec);
        acb_abs(d, l, prec);
        ok = ok && (arb_rel_accuracy_bits(d) > 8 || mag_cmp_2exp_si(arb_radref(d), -256) < 0);
    }
    *right_sign = c->limit == infinity(c->pool, 1) ? arb_is_positive(acb_realref(f)) : arb_is_negative(acb_realref(f));
    acb_clear(f);
    acb_clear(l);
    return ok;
}

/* Do the three distances tend to 0 (to oo, with the right sign)? Even 1/log(x) passes: 10 : 40 is a clear ratio. */
static Truth agrees(Check *c, const int *scale)
{
    arb_t d[CHECK_POINTS], small;
    bool  evaluated = true, infinite = is_infinite(c->pool, c->limit), right_sign = true, ok;
    arb_init(small);
    for (int i = 0; i < CHECK_POINTS; i++) {
        arb_init(d[i]);
        evaluated = evaluated && distance(c, scale[i], d[i], &right_sign);
    }
    arb_mul_ui(small, d[0], 2, 64);
    arb_div_ui(small, small, 3, 64);
    if (infinite) {
        arb_set_d(small, 1.5);
        arb_mul(small, small, d[0], 64);
        ok = right_sign && arb_gt(d[2], small);
    } else {
        bool tiny = arf_cmpabs_2exp_si(arb_midref(d[2]), -200) < 0;
        ok = tiny || arb_lt(d[2], small);
    }
    for (int i = 0; i < CHECK_POINTS; i++)
        arb_clear(d[i]);
    arb_clear(small);
    return !evaluated ? UNKNOWN : ok ? YES : NO;
}

/* Parameters get positive values without meaning. */
static bool cross_check(Pool *p, Arena *a, const Expr *f, const Expr *limit, const Expr *x, const Expr *to, int side)
{
    const Expr *all = expr_tensor(p, 3, 1, (const Expr *[]){ f, is_infinite(p, limit) ? f : limit, is_infinite(p, to) ? f : to });
    Nodes       free = all ? expr_symbols(p, a, all) : (Nodes){ 0 };
    Check       c = { p, f, limit, arena_array(a, const Expr *, free.n + 1), 1, _acb_vec_init((slong)free.n + 1), to, side };
    c.symbol[0] = x;
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != x) {
            acb_set_d(&c.value[c.n], 1.25 + 0.4375 * (double)c.n);
            c.symbol[c.n++] = free.at[i];
        }
    if (is_infinite(p, to)) {
        c.side = to == infinity(p, 1) ? 1 : -1;
        c.to = NULL;
    }
    Truth ok = UNKNOWN;
    for (int i = 0; all && i < CHECK_SCALES && ok == UNKNOWN; i++)
        ok = agrees(&c, check_scale[i]);
    _acb_vec_clear(c.value, (slong)free.n + 1);
    return ok == YES;
}

/* ---- from the leading term ------------------------------------------------------------------------------------------ */

static Limit from_leading_term(Expansion *x, Local r)
{
    int sign;
    if (r.status)
        return undecided(r.why);
    if (r.low > 0)
        return found(expr_int(x->pool, 0));
    if (r.n == 0)
        return undecided("an oscillation, or too many leading terms cancel");
    if (r.low < 0)
        return local_sign(x, r, &sign) ? found(infinity(x->pool, sign)) : undecided("the sign of the leading term is not known");
    if (x->log_t && expr_depends(x->pool, r.c[0], x->log_t))
        return x->depth >= 3 ? undecided("too many nested logarithms")
                             : series_limit(x->pool, x->arena, r.c[0], x->log_t, infinity(x->pool, -1), -1, x->depth + 1);
    return found(r.c[0]);
}

Limit series_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side, int depth)
{
    Expansion used;
    Local     r = expansion_until(p, a, e, x, to, side, depth, 1, true, &used);
    return from_leading_term(&used, r);
}

static Limit checked(Pool *p, Arena *a, Limit l, const Expr *e, const Expr *x, const Expr *to, int side)
{
    if (l.answer != LIMIT_FOUND || cross_check(p, a, e, l.value, x, to, side))
        return l;
    return undecided("values near the point do not confirm the leading term of the series");
}

/* x = image(u) with u -> oo */
static const Expr *at_infinity(Pool *p, const Expr *e, const Expr *x, const Expr *to, int side, const Expr *u)
{
    const Expr *image = to == infinity(p, 1) ? u : expr_neg(p, u);
    if (!is_infinite(p, to))
        image = expr_add(p, to, expr_mul(p, expr_int(p, side), expr_powi(p, u, -1)));
    return expr_subst(p, e, &x, &image, 1);
}

/* The series first; where it ends at an exponential, the comparison of growth. */
static Limit one_sided(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side)
{
    Limit l = series_limit(p, a, e, x, to, side, 0);
    if (l.answer != LIMIT_FOUND && (side != 0 || is_infinite(p, to))) {
        const Expr *u = expr_fresh(p, x);
        Limit       second = growth_limit(p, a, at_infinity(p, e, x, to, side, u), u, 0);
        pool_clear_error(p);
        l = second.answer == LIMIT_FOUND ? second : l;
    }
    return checked(p, a, l, e, x, to, side);
}

static bool same(Pool *p, const Expr *a, const Expr *b)
{
    bool infinite = is_infinite(p, a) || is_infinite(p, b);
    return a == b || (!infinite && expr_zero_test(p, expr_sub(p, a, b)).answer == YES);
}

static Limit two_sided(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to)
{
    Limit both = one_sided(p, a, e, x, to, 0);
    if (both.answer == LIMIT_FOUND)
        both = checked(p, a, both, e, x, to, -1);
    if (both.answer == LIMIT_FOUND)
        return both;
    Limit left = one_sided(p, a, e, x, to, -1), right = one_sided(p, a, e, x, to, 1);
    if (left.answer != LIMIT_FOUND || right.answer != LIMIT_FOUND) {
        Limit bad = left.answer != LIMIT_FOUND ? left : right;
        bad.why = str_printf(a, "%.*s (from the %s)", STR_ARGS(bad.why), left.answer != LIMIT_FOUND ? "left" : "right");
        return bad;
    }
    if (same(p, left.value, right.value))
        return right;
    if (!is_infinite(p, left.value) && !is_infinite(p, right.value) &&
        expr_zero_test(p, expr_sub(p, left.value, right.value)).answer != NO)
        return undecided("the limits from the left and from the right could not be compared");
    return (Limit){ .answer = LIMIT_NONE, .left = left.value, .right = right.value };
}

Limit expr_limit(Pool *p, Arena *a, const Expr *e, const Expr *x, const Expr *to, int side)
{
    if (e->flags & EXPR_AS_TYPED)
        e = expr_canonical(p, e);
    if (!e || !expr_is_scalar(e) || e->kind == EXPR_RELATION)
        return undecided("a limit needs a scalar expression");
    if (!expr_depends(p, e, x))
        return found(e);
    if (!(e->flags & EXPR_HAS_INFINITE) && !is_infinite(p, to) && side == 0)
        return two_sided(p, a, e, x, to);
    return one_sided(p, a, e, x, to, side);
}

/* ---- the command ------------------------------------------------------------------------------------------------------ */

static Value different_sides(Call *c, Limit l)
{
    Report   *r = report_new(c->arena, "limit");
    Buf       b = buf_new(c->arena);
    ShowStyle style = { .unicode = c->settings->unicode, .digits = c->settings->digits };
    buf_add_s(&b, "does not exist: ");
    expr_show(&b, c->pool, l.left, style);
    buf_add_s(&b, " from the left, ");
    expr_show(&b, c->pool, l.right, style);
    buf_add_s(&b, " from the right");
    report_value(r, "left", value_expr(l.left));
    report_value(r, "right", value_expr(l.right));
    r->summary = buf_str(&b);
    return value_report(r);
}

static Value limit_call(Call *c)
{
    const Record *arrow = c->arg[1].record;
    const Value  *var = record_get(arrow, STR("var")), *to = record_get(arrow, STR("to")), *side = record_get(arrow, STR("side"));
    slong         direction = 0;
    if (var->kind != VALUE_EXPR || to->kind != VALUE_EXPR)
        return call_fail(c, 1, "limit takes one variable");
    if (side && side->kind == VALUE_EXPR)
        expr_fits_slong(side->expr, &direction);
    Limit l = expr_limit(c->pool, c->arena, c->arg[0].expr, var->expr, to->expr, (int)direction);
    if (l.answer == LIMIT_NONE)
        return different_sides(c, l);
    if (l.answer == LIMIT_FOUND)
        return value_expr(l.value);
    return call_fail(c, -1, "could not decide this limit: %.*s", STR_ARGS(l.why));
}

const Builtin limit_builtins[] = {
    { .sig = "limit(f: scalar, x: arrow) -> expr",
      .help = "The value that f approaches as x tends to a, from one side (a+, a-) or from both; a may be oo or -oo.",
      .example = { { "limit(sin(x)/x, x -> 0)", "1" },
                   { "limit(1/x, x -> 0)", "does not exist: -oo from the left, oo from the right" },
                   { "limit(x*log(x), x -> 0+)", "0" } },
      .lesson = 1, .see = "series taylor", .words = "lim approach tends continuity", .call = limit_call },
    { 0 }
};
