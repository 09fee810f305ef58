/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Curve discussion in one variable: critical_points, monotonic, concave.
 *
 * Critical points are the zeros of f' (isolate.c) and the kinks: where an argument of abs, max, min, a root or a condition
 * changes sign and the slopes from both sides (difference_quotient.c) are not one number. A zero of f' is classified by the
 * first derivative that is not zero there: of even order an extremum, of odd order an inflection with horizontal tangent.
 * Whatever stays open (zeros of higher order that are not recognized, places without a value) makes the answer incomplete,
 * and then it says so: extrema (extrema.c), monotonic and concave refuse. Jumps (floor, sign, round, mod) are refused. */
#include "symbolic/calculus/critical_int.h"

#include "base/interrupt.h"
#include "base/report.h"
#include "base/sort.h"
#include "base/vec.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/critical_several.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/solve/isolate.h"

#include <math.h>

enum { MOST_ORDER = 24, BITS = 256, MOST_DEPTH = 18, MOST_DEGREE = 1000 };

/* ---- the problem ----------------------------------------------------------------------------------------------------------- */

static bool jumps(FnId id)
{
    return id == FN_floor || id == FN_ceil || id == FN_round || id == FN_sign || id == FN_mod;
}

bool curve_read(Curve *s)
{
    Call *c = s->c;
    s->f = c->arg[0].expr;
    if (call_has(c, 2)) {
        const Record *r = c->arg[2].record;
        s->x = record_get(r, STR("var"))->expr;
        s->low = record_get(r, STR("low"))->expr;
        s->high = record_get(r, STR("high"))->expr;
    } else {
        s->x = call_has(c, 1) && c->arg[1].kind == VALUE_EXPR ? c->arg[1].expr : !call_has(c, 1) && c->nvars == 1 ? c->vars[0] : NULL;
    }
    if (!s->x || s->x->kind != EXPR_SYMBOL || !expr_is_scalar(s->f) || s->f->kind == EXPR_RELATION) {
        call_fail(c, 0, "%.*s takes a function of one variable", STR_ARGS(c->name));
        diag_hint(c->diag, "%.*s(x^3 - 3x, x = -2..2)", STR_ARGS(c->name));
        return false;
    }
    Nodes free = expr_symbols(c->pool, c->arena, s->f), nodes = expr_nodes(c->pool, c->arena, &s->f, 1);
    for (size_t i = 0; i < free.n; i++)
        if (free.at[i] != s->x)
            return call_fail(c, 0, "%.*s needs a value for %.*s", STR_ARGS(c->name), STR_ARGS(free.at[i]->name)), false;
    for (size_t k = 0; k < nodes.n; k++)
        if (nodes.at[k]->kind == EXPR_CALL && jumps(nodes.at[k]->fn->id))
            return call_fail(c, 0, "%.*s does not look for jumps: %s occurs", STR_ARGS(c->name), nodes.at[k]->fn->name), false;
    if (!s->low)
        return true;
    if (expr_is_constant(s->high, CONSTANT_OO) && s->low == expr_neg(c->pool, s->high))
        s->low = s->high = NULL;
    else if (expr_decide(c->pool, expr_relation(c->pool, REL_LT, s->low, s->high)).answer != YES)
        return call_fail(c, 2, "the range needs two numbers, the lower one first"), false;
    return true;
}

/* ---- points ------------------------------------------------------------------------------------------------------------------ */

const Expr *curve_value(Curve *s, const Expr *f, const Zero *z)
{
    Pool       *p = s->c->pool;
    const Expr *v = z->exact ? expr_value_at(p, s->c->arena, f, s->x, z->at) : expr_subst(p, f, &s->x, &z->at, 1);
    if (!v || z->exact) {
        pool_clear_error(p);
        return v;
    }
    Ball ball = { .digits = (slong)s->c->settings->digits };
    acb_init(ball.value);
    bool fine = expr_enclose(p, v, NULL, NULL, 0, BITS, ball.value, NULL) == EVAL_OK;
    arb_zero(acb_imagref(ball.value));
    v = fine ? expr_ball(p, &ball) : NULL;
    acb_clear(ball.value);
    return v;
}

/* The sign of e at a place; UNKNOWN if balls and proofs do not tell. */
static Truth sign_there(Curve *s, const Expr *e, const Zero *z, int *sign)
{
    Pool *p = s->c->pool;
    *sign = 0;
    if (z->exact) {
        const Expr *v = expr_subst(p, e, &s->x, &z->at, 1);
        pool_clear_error(p);
        return expr_sign(p, v, sign).answer;
    }
    arb_t v;
    arb_init(v);
    Truth t = expr_real_ball(p, e, s->x, z->at, BITS, v) && !arb_contains_zero(v) ? YES : UNKNOWN;
    *sign = t == YES ? (arb_is_positive(v) ? 1 : -1) : 0;
    arb_clear(v);
    return t;
}

static const char *classify(Curve *s, const Zero *z)
{
    const Expr *d = expr_diff(s->c->pool, s->f, s->x);
    for (int n = 2; n <= MOST_ORDER && d; n++) {
        int sign;
        d = expr_diff(s->c->pool, d, s->x);
        if (!d || sign_there(s, d, z, &sign) != YES)
            break;
        if (sign)
            return n % 2 ? "inflection" : sign > 0 ? "minimum" : "maximum";
    }
    pool_clear_error(s->c->pool);
    return "not decided";
}

static void doubt(Curve *s, const char *what, const Zeros *z)
{
    if (s->open.n)
        return;
    s->open = z->doubts ? str_printf(s->c->arena, "%s near %.*s = %.6g: %s", what, STR_ARGS(s->x->name), z->doubt[0], z->why)
                        : str_printf(s->c->arena, "%s: %s", what, z->why);
}

static int side_sign(Pool *p, const Expr *slope)
{
    int sign = 0;
    if (slope && slope->flags & EXPR_HAS_INFINITE)
        return expr_is_constant(slope, CONSTANT_OO) ? 1 : -1;
    return slope && expr_sign(p, slope, &sign).answer == YES ? sign : 0;
}

static const char *kink_kind(Pool *p, const Expr *left, const Expr *right)
{
    int l = side_sign(p, left), r = side_sign(p, right);
    return l < 0 && r > 0 ? "minimum, kink" : l > 0 && r < 0 ? "maximum, kink" : "kink";
}

/* Kinks where u changes its sign. Settled kinks take a doubtful place of f' with them: f' jumps there. */
static void kinks_of(Curve *s, const Expr *u, bool joint)
{
    Call *c = s->c;
    if (!u || !expr_depends(c->pool, u, s->x))
        return;
    Zeros z = expr_zeros(c->pool, c->arena, u, s->x, s->low, s->high, c->settings->digits);
    if (z.found != YES)
        doubt(s, "a kink may be missing", &z);
    for (size_t i = 0; i < z.n; i++) {
        const Expr *left = NULL, *right = NULL;
        Truth       t = z.at[i].exact ? expr_slopes(c->pool, c->arena, s->f, s->x, z.at[i].at, &left, &right) : UNKNOWN;
        bool        known = t == YES;
        for (size_t k = 0; k < s->point.n; k++)
            known = known || fabs(s->point.at[k].zero.place - z.at[i].place) < 1e-13 * (1 + fabs(z.at[i].place));
        const Expr *value = curve_value(s, s->f, &z.at[i]);
        bool smooth = left && right && !((left->flags | right->flags) & EXPR_HAS_INFINITE);
        if (joint && t != YES && !smooth && !s->jumps_apart && !s->open.n)
            s->open = str_printf(c->arena, "it may jump at %.*s = %.6g", STR_ARGS(s->x->name), z.at[i].place);
        bool candidate = s->jumps_apart && value;           /* compared by its value, whatever the slopes are */
        if (t == UNKNOWN && !known && !candidate && !(s->jumps_apart && z.at[i].exact) && !s->open.n)
            s->open = str_printf(c->arena, "the slopes at %.*s = %.6g were not decided", STR_ARGS(s->x->name), z.at[i].place);
        if (!known && value && (t == NO || candidate) && !(value->flags & EXPR_HAS_INFINITE))
            vec_push(c->arena, &s->point, (Point){ z.at[i], value, kink_kind(c->pool, left, right) });
    }
}

static void add_kinks(Curve *s)
{
    Pool *p = s->c->pool;
    Nodes nodes = expr_nodes(p, s->c->arena, &s->f, 1);
    for (size_t k = 0; k < nodes.n; k++) {
        const Expr *e = nodes.at[k];
        FnId        id = e->kind == EXPR_CALL ? e->fn->id : FN_COUNT;
        if (id == FN_abs || id == FN_cbrt || id == FN_nthroot || (e->kind == EXPR_POW && expr_is_number(e->arg[1]) && !expr_is_integer(e->arg[1])))
            kinks_of(s, e->arg[0], false);
        for (uint32_t i = 1; (id == FN_max || id == FN_min) && i < e->arity; i++)
            for (uint32_t j = 0; j < i; j++)
                kinks_of(s, expr_sub(p, e->arg[i], e->arg[j]), false);
        if (e->kind == EXPR_RELATION)
            kinks_of(s, expr_sub(p, e->arg[0], e->arg[1]), true);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = ((const Point *)a)->zero.place, y = ((const Point *)b)->zero.place;
    return (x > y) - (x < y);
}

/* Is the doubtful place a kink that is known? f' has no zero beside it, because its slopes on both sides are not 0. */
static bool at_kink(Curve *s, double place)
{
    for (size_t i = 0; i < s->point.n; i++) {
        const Expr *left, *right;
        const Zero *z = &s->point.at[i].zero;
        if (fabs(z->place - place) > 1e-9 * (1 + fabs(place)) || !z->exact)
            continue;
        expr_slopes(s->c->pool, s->c->arena, s->f, s->x, z->at, &left, &right);
        return side_sign(s->c->pool, left) && side_sign(s->c->pool, right);
    }
    return false;
}

bool curve_points(Curve *s)
{
    Call       *c = s->c;
    const Expr *d = expr_diff(c->pool, s->f, s->x);
    if (!d)
        return false;
    add_kinks(s);
    Zeros  z = expr_zeros(c->pool, c->arena, d, s->x, s->low, s->high, c->settings->digits);
    size_t open = 0;
    for (size_t i = 0; i < z.doubts; i++)
        if (!at_kink(s, z.doubt[i]))
            z.doubt[open++] = z.doubt[i];
    if (z.found != YES && (open || !z.doubts)) {
        z.doubts = open;
        doubt(s, "a zero of the derivative may be missing", &z);
    }
    for (size_t i = 0; i < z.n; i++) {
        const Expr *value = curve_value(s, s->f, &z.at[i]);
        bool        kink = false;
        for (size_t k = 0; k < s->point.n; k++)
            kink = kink || fabs(s->point.at[k].zero.place - z.at[i].place) < 1e-13 * (1 + fabs(z.at[i].place));
        if (value && !kink)
            vec_push(c->arena, &s->point, (Point){ z.at[i], value, classify(s, &z.at[i]) });
    }
    if (s->point.n > 1)
        sort_array(s->point.at, s->point.n, sizeof *s->point.at, ascending);
    return !pool_error(c->pool).n && !should_stop();
}

/* ---- critical_points ----------------------------------------------------------------------------------------------------------- */

Value curve_incomplete(Curve *s)
{
    Value v = call_fail(s->c, -1, "could not decide, because %.*s", STR_ARGS(s->open));
    if (!s->low)
        diag_hint(s->c->diag, "a range may help: %.*s = -10..10", STR_ARGS(s->x->name));
    return v;
}

/* Several names or ranges: a function of several variables. */
static bool several_variables(Call *c, Value *out)
{
    const List  *names = call_has(c, 1) && c->arg[1].kind == VALUE_LIST ? c->arg[1].list : NULL, *ranges = call_has(c, 2) ? c->arg[2].list : NULL;
    size_t       n = ranges ? ranges->n : names ? names->n : call_has(c, 1) ? 1 : c->nvars;
    const Expr **x = arena_array(c->arena, const Expr *, n + 1), **low = arena_array(c->arena, const Expr *, n + 1), **high = arena_array(c->arena, const Expr *, n + 1);
    if (n < 2 || !expr_is_scalar(c->arg[0].expr) || c->arg[0].expr->kind == EXPR_RELATION)
        return false;
    for (size_t i = 0; i < n; i++) {
        const Value *v = ranges ? record_get(ranges->item[i].record, STR("var")) : names ? &names->item[i] : NULL;
        x[i] = v ? v->kind == VALUE_EXPR ? v->expr : NULL : c->vars[i];
        if (!x[i] || x[i]->kind != EXPR_SYMBOL)
            return false;
        low[i] = ranges ? record_get(ranges->item[i].record, STR("low"))->expr : NULL;
        high[i] = ranges ? record_get(ranges->item[i].record, STR("high"))->expr : NULL;
    }
    *out = critical_several(c, c->arg[0].expr, x, n, low, high);
    return true;
}

static Value critical_points_call(Call *c)
{
    Curve s = { .c = c };
    Value v;
    if (several_variables(c, &v))
        return v;
    if (call_has(c, 2))
        c->arg[2] = c->arg[2].list->item[0];
    if (!curve_read(&s) || !curve_points(&s))
        return value_failed();
    if (s.open.n && (!s.point.n || !s.low))
        return curve_incomplete(&s);
    Report *r = report_new(c->arena, "critical_points");
    Value  *x = arena_array(c->arena, Value, s.point.n + 1);
    Buf     names = buf_new(c->arena);
    buf_printf(&names, "%.*s f kind", STR_ARGS(s.x->name));
    Table *t = s.point.n ? report_table(r, "points", buf_str(&names).s) : NULL;
    for (size_t i = 0; i < s.point.n; i++) {
        const Point *q = &s.point.at[i];
        x[i] = value_expr(q->zero.at);
        table_row(r, t, (Value[]){ x[i], value_expr(q->value), value_text(str_of(q->kind)) });
    }
    r->main = value_list(c->arena, x, s.point.n);
    r->summary = s.point.n ? str_printf(c->arena, "%zu critical point%s%s", s.point.n, s.point.n == 1 ? "" : "s", s.low ? " in the range" : "")
                           : str_printf(c->arena, "no critical points%s", s.low ? " in the range" : "");
    report_value(r, "points_at", r->main);
    if (s.open.n)
        report_note(r, "perhaps not all: %.*s", STR_ARGS(s.open));
    return value_report(r);
}

/* ---- continuity -------------------------------------------------------------------------------------------------------------------- */

/* Has e a finite real value on all of the range? By balls over parts of it. */
static bool finite_on(Curve *s, const Expr *e, const arf_t low, const arf_t high, int depth)
{
    arb_t at, value;
    acb_t in, out;
    arb_init(at);
    arb_init(value);
    acb_init(in);
    acb_init(out);
    arb_set_interval_arf(at, low, high, BITS);
    arb_set(acb_realref(in), at);
    bool fine = expr_enclose(s->c->pool, e, &s->x, in, 1, BITS, out, NULL) == EVAL_OK && arb_is_finite(acb_realref(out)) && arb_contains_zero(acb_imagref(out));
    acb_clear(out);
    acb_clear(in);
    arb_clear(value);
    arb_clear(at);
    if (fine || depth == MOST_DEPTH)
        return fine;
    arf_t middle;
    arf_init(middle);
    arf_add(middle, low, high, BITS, ARF_RND_NEAR);
    arf_mul_2exp_si(middle, middle, -1);
    fine = finite_on(s, e, low, middle, depth + 1) && finite_on(s, e, middle, high, depth + 1);
    arf_clear(middle);
    return fine;
}

bool curve_continuous(Curve *s, const Expr *e)
{
    arb_t low, high;
    arf_t a, b;
    arb_init(low);
    arb_init(high);
    arf_init(a);
    arf_init(b);
    bool fine = s->low && expr_real_ball(s->c->pool, s->low, NULL, NULL, BITS, low) && expr_real_ball(s->c->pool, s->high, NULL, NULL, BITS, high);
    arb_get_lbound_arf(a, low, BITS);
    arb_get_ubound_arf(b, high, BITS);
    fine = fine && finite_on(s, e, a, b, 0);
    arf_clear(b);
    arf_clear(a);
    arb_clear(high);
    arb_clear(low);
    return fine;
}

/* ---- monotonic and concave ------------------------------------------------------------------------------------------------------- */

/* Zeros of the denominator of g on the whole line, into the points; false if they were not found. */
static bool add_poles(Curve *s, const Expr *g)
{
    Pool       *p = s->c->pool;
    const Expr *num, *den, *whole = expr_together(p, g);
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    if (!expr_depends(p, den, s->x))
        return true;
    Zeros z = expr_zeros(p, s->c->arena, den, s->x, s->low, s->high, s->c->settings->digits);
    for (size_t i = 0; i < z.n; i++)
        vec_push(s->c->arena, &s->point, (Point){ z.at[i], NULL, "pole" });
    return z.found == YES;
}

static const Expr *between(Pool *p, const Expr *a, const Expr *b)
{
    if (!a || !b)
        return a ? expr_add(p, a, expr_int(p, 1)) : b ? expr_sub(p, b, expr_int(p, 1)) : expr_int(p, 0);
    return expr_div(p, expr_add(p, a, b), expr_int(p, 2));
}

/* A fraction of polynomials is real and smooth but at the zeros of its denominator. */
static bool is_rational(Curve *s, const Expr *f)
{
    Pool       *p = s->c->pool;
    const Expr *num, *den, **c, *whole = expr_together(p, f);
    if (!whole)
        return false;
    expr_fraction(p, whole, &num, &den);
    return expr_coefficients(p, s->c->arena, num, s->x, MOST_DEGREE, &c) >= 0 && expr_coefficients(p, s->c->arena, den, s->x, MOST_DEGREE, &c) >= 0;
}

static const Expr *finite_end(const Expr *end) { return end && end->flags & EXPR_HAS_INFINITE ? NULL : end; }

/* The sign of g between its zeros: its words for + and -, from point to point. */
static Value sign_table(Call *c, int order, const char *rising, const char *falling, const char *flat)
{
    Curve s = { .c = c };
    if (!curve_read(&s))
        return value_failed();
    Pool       *p = c->pool;
    const Expr *g = expr_diff_n(p, s.f, s.x, order), *oo = expr_constant(p, CONSTANT_OO);
    if (!g)
        return value_failed();
    if (expr_has_kinks(p, c->arena, s.f))
        return call_fail(c, 0, "%.*s takes functions without kinks", STR_ARGS(c->name));
    bool  constant = expr_zero_test(p, g).answer == YES, poles = add_poles(&s, g), rational = is_rational(&s, s.f);
    Zeros z = constant ? (Zeros){ .found = YES } : expr_zeros(p, c->arena, g, s.x, s.low, s.high, c->settings->digits);
    pool_clear_error(p);
    if (z.found != YES || !poles) {
        doubt(&s, z.found == YES ? "a place without a value may be missing" : "a change of sign may be missing", &z);
        return curve_incomplete(&s);
    }
    if (!rational && (!s.low || s.point.n || !curve_continuous(&s, s.f) || !curve_continuous(&s, g)))
        return call_fail(c, -1, s.low ? "could not decide, because the function may have no value in the range"
                                      : "could not decide, because the function is no fraction of polynomials; a range may help: x = 0..1");
    for (size_t i = 0; i < z.n; i++)
        vec_push(c->arena, &s.point, (Point){ z.at[i], NULL, "" });
    if (s.point.n > 1)
        sort_array(s.point.at, s.point.n, sizeof *s.point.at, ascending);
    Report     *r = report_new(c->arena, "monotonic");
    Table      *t = report_table(r, "intervals", "from to f");
    const Expr *from = finite_end(s.low), *last = finite_end(s.high);
    const char *all = NULL;
    bool        same = true, cut = false;
    for (size_t i = 0; i <= s.point.n; i++) {
        const Expr *to = i < s.point.n ? s.point.at[i].zero.at : last;
        Zero        middle = { between(p, from, to), false, 0 };
        int         sign = 0;
        if (from && from == to)
            continue;
        middle.exact = middle.at && !(middle.at->flags & EXPR_HAS_BALL);
        if (!constant && sign_there(&s, g, &middle, &sign) != YES)
            return call_fail(c, -1, "could not decide the sign of the derivative between two of its zeros");
        const char *word = sign > 0 ? rising : sign < 0 ? falling : flat;
        bool pole = i && s.point.at[i - 1].kind[0];
        same = same && (!all || all == word);
        cut = cut || pole;
        if (all == word && !pole)
            t->cell[3 * t->rows - 2] = value_expr(to ? to : oo);        /* goes on through a zero without change of sign */
        else
            table_row(r, t, (Value[]){ value_expr(from ? from : expr_neg(p, oo)), value_expr(to ? to : oo), value_text(str_of(word)) });
        all = word;
        from = to;
    }
    r->main = value_text(str_of(same && all ? all : "changes"));
    r->summary = !same || !all ? STR("it changes:") : cut ? str_printf(c->arena, "%s on each side of its poles:", all) : str_of(all);
    return value_report(r);
}

static Value monotonic_call(Call *c) { return sign_table(c, 1, "increasing", "decreasing", "constant"); }
static Value concave_call(Call *c)   { return sign_table(c, 2, "convex", "concave", "straight"); }

const Builtin critical_builtins[] = {
    { .sig = "critical_points(f: objective, x: var?, range: over?...) -> report",
      .help = "Where the derivative is 0 or does not exist, with the kind of each point, also of several variables: exactly, or certified in a range.",
      .example = { { "critical_points(x^3 - 3x, x).points_at", "[-1, 1]" }, { "critical_points(abs(x - 1), x = 0..3).points_at", "[1]" },
                   { "critical_points(x^3 - 3x + y^2, (x, y)).points_at", "[(x = -1, y = 0), (x = 1, y = 0)]" } },
      .lesson = 2, .see = "extrema monotonic solve", .words = "stationary extremum minimum maximum inflection saddle turning kink", .by_value = true, .call = critical_points_call },
    { .sig = "monotonic(f: objective, x: var?, range: over?) -> report",
      .help = "Where f is increasing and where it is decreasing.",
      .example = { { "monotonic(x^3 + x, x)", "increasing" }, { "monotonic(x^2, x)", "it changes:" } },
      .lesson = 2, .see = "critical_points concave", .words = "increasing decreasing intervals growth", .by_value = true, .call = monotonic_call },
    { .sig = "concave(f: objective, x: var?, range: over?) -> report",
      .help = "Where f is convex and where it is concave; between them are the inflection points.",
      .example = { { "concave(x^4 + x^2, x)", "convex" },
                   { "concave(-x^2, x)", "concave" } },
      .lesson = 2, .see = "critical_points monotonic", .words = "convex curvature inflection second derivative", .by_value = true, .call = concave_call },
    { 0 }
};
