/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remainder: Lagrange's form of what a Taylor polynomial leaves out, f^(n+1)(xi)/(n+1)! * (x - a)^(n+1), and a bound for it that is
 * certified on an interval; the smallest order whose bound is below a tolerance.
 *
 * The bound needs the largest |f^(n+1)|. If it is taken at an end or at the centre, that is proved: elsewhere balls are below, and beside the
 * place the derivative falls, by the sign of the first derivative that is not zero there; then the bound is exact. Otherwise the
 * interval is halved where the ball is largest until upper and lower bound agree to some digits, and the upper one is printed, rounded up. */
#include "base/builtin.h"
#include "base/interrupt.h"
#include "base/report.h"
#include "base/vec.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/expr/show.h"
#include "symbolic/limits/joints.h"
#include "symbolic/solve/isolate.h"

enum { BITS = 160, MOST_PARTS = 4000, MOST_ORDER = 60, DIGITS = 6, DEFAULT_ORDER = 6 };

typedef struct Remainder {
    Call       *c;
    const Expr *f, *x, *a;
    const Expr *low, *high;         /* where x runs, the centre included */
    const Expr *reach;              /* the largest |x - a| */
    slong       order;
    const Expr *g;                  /* the derivative of order n + 1 */
} Remainder;

typedef struct Part { arb_t ball; arf_t upper; } Part;

static Str shown(Call *c, const Expr *e)
{
    Buf b = buf_new(c->arena);
    expr_show(&b, c->pool, e, (ShowStyle){ .unicode = c->settings->unicode, .digits = c->settings->digits });
    return buf_str(&b);
}

/* |e| on a ball; false if it is not finite and real. */
static bool size_on(Remainder *s, const Expr *e, const arb_t at, arb_t out)
{
    acb_t in, v;
    acb_init(in);
    acb_init(v);
    acb_set_arb(in, at);
    bool fine = e && expr_enclose(s->c->pool, e, &s->x, in, 1, BITS, v, NULL) == EVAL_OK && arb_is_finite(acb_realref(v)) && arb_contains_zero(acb_imagref(v))
             && arb_is_finite(acb_imagref(v));
    arb_set(out, acb_realref(v));
    acb_clear(v);
    acb_clear(in);
    pool_clear_error(s->c->pool);
    return fine;
}

static bool hull(Remainder *s, arb_t out)
{
    arb_t low, high;
    arf_t a, b;
    arb_init(low);
    arb_init(high);
    arf_init(a);
    arf_init(b);
    bool fine = expr_real_ball(s->c->pool, s->low, NULL, NULL, BITS, low) && expr_real_ball(s->c->pool, s->high, NULL, NULL, BITS, high);
    arb_get_lbound_arf(a, low, BITS);
    arb_get_ubound_arf(b, high, BITS);
    if (fine)
        arb_set_interval_arf(out, a, b, BITS);
    arf_clear(b);
    arf_clear(a);
    arb_clear(high);
    arb_clear(low);
    return fine;
}

static void halve(const arb_t x, arb_t left, arb_t right)
{
    arf_t low, high, m;
    arf_init(low);
    arf_init(high);
    arf_init(m);
    arb_get_interval_arf(low, high, x, BITS);
    arf_add(m, low, high, BITS, ARF_RND_NEAR);
    arf_mul_2exp_si(m, m, -1);
    arb_set_interval_arf(left, low, m, BITS);
    arb_set_interval_arf(right, m, high, BITS);
    arf_clear(m);
    arf_clear(high);
    arf_clear(low);
}

/* ---- the largest value ---------------------------------------------------------------------------------------------------------- */

/* Does |g| fall from e on, inside the ball? By the first derivative that is not zero at e. */
static bool falls_from(Remainder *s, const Expr *e, const arb_t ball)
{
    Pool       *p = s->c->pool;
    const Expr *d = s->g;
    arb_t       v, w;
    bool        falls = false;
    arb_init(v);
    arb_init(w);
    if (size_on(s, s->g, ball, v) && !arb_contains_zero(v))
        for (int k = 1; k <= 2 && !falls && (d = expr_diff(p, d, s->x)); k++) {
            if (size_on(s, d, ball, w) && !arb_contains_zero(w)) {
                int right = arb_is_positive(v) == arb_is_positive(w) ? 1 : -1, left = k % 2 ? -right : right;
                falls = (e == s->high || right < 0) && (e == s->low || left < 0);
                break;
            }
            const Expr *there = expr_subst(p, d, &s->x, &e, 1);
            if (!there || expr_zero_test(p, there).answer != YES)
                break;
        }
    pool_clear_error(p);
    arb_clear(w);
    arb_clear(v);
    return falls;
}

/* Is |g| below top near a place where it is equal to it? */
static bool falls_here(Remainder *s, const Expr *const *top_at, size_t tops, const arb_t ball)
{
    arb_t place;
    bool  falls = false;
    arb_init(place);
    for (size_t k = 0; k < tops && !falls; k++)
        falls = expr_real_ball(s->c->pool, top_at[k], NULL, NULL, BITS, place) && arb_overlaps(ball, place) && falls_from(s, top_at[k], ball);
    arb_clear(place);
    return falls;
}

/* Is |g| nowhere larger than top, which it is at the places top_at? */
static bool nowhere_larger(Remainder *s, const Expr *const *top_at, size_t tops, const arb_t top)
{
    VEC(Part *) stack = { 0 };
    Part       *whole = arena_alloc(s->c->arena, sizeof *whole);
    arb_t       v;
    bool        fine;
    arb_init(v);
    arb_init(whole->ball);
    fine = hull(s, whole->ball);
    vec_push(s->c->arena, &stack, whole);
    for (size_t n = 0; stack.n; n++) {
        Part *i = stack.at[--stack.n];
        fine = fine && n < MOST_PARTS && !should_stop();
        bool below = fine && size_on(s, s->g, i->ball, v);
        if (below) {
            arb_abs(v, v);
            below = arb_le(v, top) || falls_here(s, top_at, tops, i->ball);
        }
        if (fine && !below) {
            Part *half = arena_alloc(s->c->arena, sizeof *half);
            arb_t left;
            arb_init(left);
            arb_init(half->ball);
            halve(i->ball, left, half->ball);
            arb_swap(i->ball, left);
            arb_clear(left);
            vec_push(s->c->arena, &stack, i);
            vec_push(s->c->arena, &stack, half);
            continue;
        }
        arb_clear(i->ball);
    }
    arb_clear(v);
    return fine;
}

/* |g| at the best of the ends and the centre, if nothing is larger; else NULL. */
static const Expr *exact_largest(Remainder *s)
{
    Pool       *p = s->c->pool;
    const Expr *at[] = { s->low, s->high, s->a }, *top_at[3], *value[3], *best = NULL;
    size_t      tops = 0;
    arb_t       v, top;
    arb_init(v);
    arb_init(top);
    for (int i = 0; i < 3; i++) {
        const Expr *there = expr_subst(p, s->g, &s->x, &at[i], 1);
        value[i] = there ? expr_call1(p, FN_abs, there) : NULL;
        pool_clear_error(p);
        if (value[i] && expr_real_ball(p, value[i], NULL, NULL, BITS, v) && (!best || arb_gt(v, top))) {
            best = value[i];
            arb_set(top, v);
        }
    }
    for (int i = 0; best && i < 3; i++)
        if (value[i] && expr_zero_test(p, expr_sub(p, value[i], best)).answer == YES)
            top_at[tops++] = at[i];
    best = best && nowhere_larger(s, top_at, tops, top) ? best : NULL;
    pool_clear_error(p);
    arb_clear(top);
    arb_clear(v);
    return best;
}

static void part_size(Remainder *s, Part *i, arf_t lower)
{
    arb_t v, m;
    arf_t low;
    arb_init(v);
    arb_init(m);
    arf_init(low);
    arf_pos_inf(i->upper);
    if (size_on(s, s->g, i->ball, v)) {
        arb_abs(v, v);
        arb_get_ubound_arf(i->upper, v, BITS);
    }
    arb_get_mid_arb(m, i->ball);
    if (size_on(s, s->g, m, v)) {
        arb_get_abs_lbound_arf(low, v, BITS);
        if (arf_cmp(low, lower) > 0)
            arf_set(lower, low);
    }
    arf_clear(low);
    arb_clear(m);
    arb_clear(v);
}

/* An upper bound for |g|, a few digits sharp if that can be had; false if it is not finite. */
static bool bound_largest(Remainder *s, arb_t out)
{
    Part *part = arena_array(s->c->arena, Part, MOST_PARTS + 1);
    arf_t lower, near;
    size_t n = 1, worst = 0;
    arf_init(lower);
    arf_init(near);
    arb_init(part[0].ball);
    arf_init(part[0].upper);
    bool fine = hull(s, part[0].ball);
    if (fine)
        part_size(s, &part[0], lower);
    while (fine && n < MOST_PARTS && !should_stop()) {
        for (size_t k = worst = 0; k < n; k++)
            if (arf_cmp(part[k].upper, part[worst].upper) > 0)
                worst = k;
        arf_mul_ui(near, lower, 10001, 53, ARF_RND_DOWN);
        arf_div_ui(near, near, 10000, 53, ARF_RND_DOWN);
        if (arf_cmp(part[worst].upper, near) <= 0 || (n > 400 && arf_is_inf(part[worst].upper)))
            break;
        arb_init(part[n].ball);
        arf_init(part[n].upper);
        arb_t left;
        arb_init(left);
        halve(part[worst].ball, left, part[n].ball);
        arb_swap(part[worst].ball, left);
        arb_clear(left);
        part_size(s, &part[worst], lower);
        part_size(s, &part[n++], lower);
    }
    for (size_t k = worst = 0; k < n; k++)
        if (arf_cmp(part[k].upper, part[worst].upper) > 0)
            worst = k;
    arb_set_arf(out, part[worst].upper);
    fine = fine && arf_is_finite(part[worst].upper) && !should_stop();
    for (size_t k = 0; k < n; k++) {
        arb_clear(part[k].ball);
        arf_clear(part[k].upper);
    }
    arf_clear(near);
    arf_clear(lower);
    return fine;
}

/* ---- bounds ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Bound { const Expr *value; Str text; bool exact; } Bound;      /* value NULL: none */

/* x rounded up to a few digits, as a number and as a text. */
static void round_up(Call *c, const arb_t x, Bound *b)
{
    arf_t  u;
    fmpq_t q, unit;
    fmpz_t n, ten;
    slong  shift = DIGITS - 1, digits;
    arf_init(u);
    fmpq_init(q);
    fmpq_init(unit);
    fmpz_init(n);
    fmpz_init_set_ui(ten, 10);
    arb_get_ubound_arf(u, x, BITS);
    arf_get_fmpq(q, u);
    double size = fmpq_is_zero(q) ? 0 : (double)fmpz_dlog(fmpq_numref(q)) - fmpz_dlog(fmpq_denref(q));
    digits = (slong)(size / 2.302585092994046 + 1000) - 1000;       /* floor of the decimal exponent, or nearly */
    shift -= digits;
    fmpz_set_si(n, shift);
    fmpq_set_fmpz(unit, ten);
    fmpq_pow_si(unit, unit, shift);
    fmpq_mul(q, q, unit);
    fmpz_cdiv_q(n, fmpq_numref(q), fmpq_denref(q));
    fmpq_set_fmpz(q, n);
    fmpq_div(q, q, unit);
    b->value = expr_fmpq(c->pool, q);
    b->text = expr_decimal(c->pool, c->arena, b->value, DIGITS + 2).text;
    fmpz_clear(ten);
    fmpz_clear(n);
    fmpq_clear(unit);
    fmpq_clear(q);
    arf_clear(u);
}

static const Expr *factorial(Pool *p, slong n)
{
    fmpz_t f;
    fmpz_init(f);
    fmpz_fac_ui(f, (ulong)n);
    const Expr *e = expr_fmpz(p, f);
    fmpz_clear(f);
    return e;
}

/* Neither f nor its derivative may have a jump that the formula of the derivative does not show: atan(1/x). */
static bool is_smooth(Remainder *s)
{
    Call  *c = s->c;
    Breaks b = breaks_in(c, s->f, s->x, s->low, s->high);
    for (size_t i = 0; i < b.n; i++)
        if (b.at[i].kind != BREAK_NONE && b.at[i].kind != BREAK_OPEN)
            return call_fail(c, 0, "there is no bound: at %.*s = %.*s is a discontinuity (%s)", STR_ARGS(s->x->name), STR_ARGS(shown(c, b.at[i].at)),
                             break_name(b.at[i].kind)), false;
        else if (b.at[i].kind == BREAK_OPEN)
            return call_fail(c, 0, "could not decide, because %.*s", STR_ARGS(b.at[i].why)), false;
    return !b.why.n || (call_fail(c, 0, "could not decide, because %.*s", STR_ARGS(b.why)), false);
}

/* Largest |g| times reach^(n+1)/(n+1)!. */
static Bound bound_of(Remainder *s, bool sharp)
{
    Pool       *p = s->c->pool;
    Bound       b = { 0 };
    if (expr_has_kinks(p, s->c->arena, s->g))
        return b;
    const Expr *scale = expr_div(p, expr_powi(p, s->reach, s->order + 1), factorial(p, s->order + 1));
    const Expr *top = expr_is_numeric(s->g) ? expr_call1(p, FN_abs, s->g) : sharp ? exact_largest(s) : NULL;
    arb_t       v, w;
    arb_init(v);
    arb_init(w);
    if (top) {
        b.value = expr_mul(p, top, scale);
        b.exact = b.value != NULL;
    } else if (bound_largest(s, v) && expr_real_ball(p, scale, NULL, NULL, BITS, w)) {
        arb_mul(v, v, w, BITS);
        round_up(s->c, v, &b);
    }
    pool_clear_error(p);
    arb_clear(w);
    arb_clear(v);
    return b;
}

static Truth below(Remainder *s, const Bound *b, const Expr *tol)
{
    int   sign = 0;
    Truth t = expr_sign(s->c->pool, expr_sub(s->c->pool, b->value, tol), &sign).answer;
    pool_clear_error(s->c->pool);
    return t == YES ? (sign <= 0 ? YES : NO) : UNKNOWN;
}

/* ---- the command ------------------------------------------------------------------------------------------------------------------ */

/* What x is taken from: low, high, reach; at: NULL, or one point. */
static bool read_place(Remainder *s, const Expr **at)
{
    Call *c = s->c;
    Pool *p = c->pool;
    *at = NULL;
    if (call_has(c, 3) && call_has(c, 4))
        return call_fail(c, 4, "on: or at:, not both"), false;
    if (call_has(c, 3)) {
        s->low = c->arg[3].range->low;
        s->high = c->arg[3].range->high;
        if (!s->low || !s->high || expr_decide(p, expr_relation(p, REL_LT, s->low, s->high)).answer != YES || (s->low->flags | s->high->flags) & EXPR_HAS_INFINITE) {
            call_fail(c, 3, "on: needs two numbers, the lower one first");
            diag_hint(c->diag, "on: 0..1");
            return false;
        }
    } else {
        *at = s->low = s->high = c->arg[4].expr;
        if (!expr_is_numeric(*at) || (*at)->flags & (EXPR_HAS_INFINITE | EXPR_HAS_I))
            return call_fail(c, 4, "at: is a number"), false;
    }
    if (expr_decide(p, expr_relation(p, REL_LT, s->a, s->low)).answer == YES)
        s->low = s->a;
    if (expr_decide(p, expr_relation(p, REL_GT, s->a, s->high)).answer == YES)
        s->high = s->a;
    const Expr *left = expr_sub(p, s->a, s->low), *right = expr_sub(p, s->high, s->a);
    s->reach = expr_decide(p, expr_relation(p, REL_GT, left, right)).answer == YES ? left : right;
    return s->reach != NULL;
}

static const Expr *lagrange_form(Remainder *s)
{
    Pool       *p = s->c->pool;
    const Expr *xi = expr_symbol(p, STR("xi")), *g = expr_subst(p, s->g, &s->x, &xi, 1);
    return expr_mul(p, expr_div(p, g, factorial(p, s->order + 1)), expr_powi(p, expr_sub(p, s->x, s->a), s->order + 1));
}

/* f - T at a number, as a ball. */
static const Expr *error_at(Remainder *s, const Expr *at)
{
    Pool       *p = s->c->pool;
    const Expr *d = s->f, *sum = expr_subst(p, s->f, &s->x, &at, 1), *h = expr_sub(p, at, s->a);
    for (slong k = 0; k <= s->order && d && sum; k++) {
        sum = expr_sub(p, sum, expr_mul(p, expr_div(p, expr_subst(p, d, &s->x, &s->a, 1), factorial(p, k)), expr_powi(p, h, k)));
        d = expr_diff(p, d, s->x);
    }
    const Expr *e = sum ? expr_is_number(sum) ? sum : expr_approximate(p, sum, s->c->settings->digits) : NULL;
    pool_clear_error(p);
    return e;
}

static Value finish(Remainder *s, Report *r, const Bound *b, const Expr *at, bool searched)
{
    Call *c = s->c;
    Buf   text = buf_new(c->arena);
    report_value(r, "order", value_expr(expr_int(c->pool, s->order)));
    report_value(r, "form", value_expr(lagrange_form(s)));
    if (!b) {
        r->main = value_expr(lagrange_form(s));
        r->summary = str_printf(c->arena, "%.*s, %.*s between %.*s and %.*s", STR_ARGS(shown(c, r->main.expr)), STR_ARGS(shown(c, expr_symbol(c->pool, STR("xi")))), STR_ARGS(shown(c, s->a)), STR_ARGS(s->x->name));
        return value_report(r);
    }
    r->main = value_expr(b->value);
    report_value(r, "bound", r->main);
    if (searched)
        buf_printf(&text, "order %ld: ", (long)s->order);
    buf_printf(&text, "|f - T| <= %.*s", STR_ARGS(b->exact ? shown(c, b->value) : b->text));
    if (b->exact && !expr_is_zero(b->value)) {
        Decimal d = expr_decimal(c->pool, c->arena, b->value, DIGITS);
        if (d.status == EVAL_OK && !expr_is_integer(b->value))
            buf_printf(&text, "  %s %.*s", c->settings->unicode ? "≈" : "~", STR_ARGS(d.text));
    }
    if (at)
        buf_printf(&text, "  at %.*s = %.*s", STR_ARGS(s->x->name), STR_ARGS(shown(c, at)));
    else
        buf_printf(&text, "  for %.*s <= %.*s <= %.*s", STR_ARGS(shown(c, c->arg[3].range->low)), STR_ARGS(s->x->name),
                   STR_ARGS(shown(c, c->arg[3].range->high)));
    r->summary = buf_str(&text);
    const Expr *error = at ? error_at(s, at) : NULL;
    if (error) {
        report_value(r, "error", value_expr(error));
        report_note(r, "f - T is %.*s there", STR_ARGS(shown(c, error)));
    }
    return value_report(r);
}

/* The smallest order with a bound below the tolerance. */
static Value search_order(Remainder *s, Report *r, const Expr *at)
{
    Call       *c = s->c;
    const Expr *tol = c->arg[5].expr;
    int         sign = 0;
    if (!expr_is_numeric(tol) || expr_sign(c->pool, tol, &sign).answer != YES || sign <= 0) {
        call_fail(c, 5, "tol: is a positive number");
        diag_hint(c->diag, "tol: 1e-6");
        return value_failed();
    }
    s->g = s->f;
    for (s->order = 0; s->order <= MOST_ORDER && !should_stop(); s->order++) {
        if (!(s->g = expr_diff(c->pool, s->g, s->x)))
            return value_failed();
        Bound b = bound_of(s, false);
        if (!b.value)
            return call_fail(c, 0, "could not decide, because derivative %ld of the function is not bounded there, or balls do not show it", (long)s->order + 1);
        if (below(s, &b, tol) != YES)   /* the sharp bound may do: the rough one is a little larger */
            b = s->order < MOST_ORDER ? bound_of(s, true) : b;
        if (b.value && below(s, &b, tol) == YES) {
            b = bound_of(s, true);
            return finish(s, r, &b, at, true);
        }
    }
    return call_fail(c, 5, "Lagrange's bound stays above it up to order %d; see radius", MOST_ORDER);
}

static Value remainder_call(Call *c)
{
    Remainder   s = { .c = c, .f = c->arg[0].expr, .x = c->arg[1].expr->arg[0], .a = c->arg[1].expr->arg[1], .order = DEFAULT_ORDER };
    Report     *r = report_new(c->arena, "remainder");
    const Expr *at = NULL;
    Nodes       free = expr_symbols(c->pool, c->arena, s.f);
    bool        bounded = call_has(c, 3) || call_has(c, 4);
    if (s.x->kind != EXPR_SYMBOL || !expr_is_scalar(s.a) || s.a->flags & EXPR_HAS_INFINITE || expr_depends(c->pool, s.a, s.x))
        return call_fail(c, 1, "the centre is a finite number");
    if (s.f->kind == EXPR_RELATION || (bounded && (s.f->flags | s.a->flags) & EXPR_HAS_I))
        return call_fail(c, 0, "a bound needs a real function and a real centre");
    if (call_has(c, 2) && (!expr_fits_slong(c->arg[2].expr, &s.order) || s.order < 0 || s.order > MOST_ORDER))
        return call_fail(c, 2, "the order is a whole number from 0 to %d", MOST_ORDER);
    if (expr_has_kinks(c->pool, c->arena, s.f))
        return call_fail(c, 0, "remainder takes functions without kinks and jumps");
    for (size_t i = 0; bounded && i < free.n; i++)
        if (free.at[i] != s.x)
            return call_fail(c, 0, "a bound needs a value for %.*s", STR_ARGS(free.at[i]->name));
    if (bounded && !expr_is_numeric(s.a))
        return call_fail(c, 1, "a bound needs a number as the centre");
    if (bounded && (!read_place(&s, &at) || (s.low != s.high && !is_smooth(&s))))
        return value_failed();
    if (call_has(c, 5) && (call_has(c, 2) || !bounded)) {
        call_fail(c, 5, bounded ? "tol: looks for the order itself" : "tol: needs an interval or a point");
        diag_hint(c->diag, bounded ? "without order:" : "on: 0..1");
        return value_failed();
    }
    if (call_has(c, 5))
        return search_order(&s, r, at);
    if (!(s.g = expr_diff_n(c->pool, s.f, s.x, s.order + 1)))
        return value_failed();
    if (!bounded)
        return finish(&s, r, NULL, NULL, false);
    Bound b = bound_of(&s, true);
    if (!b.value)
        return call_fail(c, 0, "could not decide, because derivative %ld of the function is not bounded there, or balls do not show it", (long)s.order + 1);
    return finish(&s, r, &b, at, false);
}

extern const Builtin remainder_builtins[];
const Builtin remainder_builtins[] = {
    { .sig = "remainder(f: scalar, x: point; order: int?, on: range?, at: scalar?, tol: scalar?) -> report",
      .help = "What the Taylor polynomial of an order leaves out: Lagrange's form, a certified bound on an interval or at a point, or the smallest order for a tolerance.",
      .example = { { "remainder(exp(x), x = 0, order: 3)", "x^4*exp(xi)/24, xi between 0 and x" },
                   { "remainder(exp(x), x = 0, order: 3, on: 0..1).bound", "e/24" },
                   { "remainder(sin(x), x = 0, tol: 1e-6, on: -1..1).order", "9" } },
      .lesson = 5, .see = "taylor radius", .words = "lagrange error bound taylor accuracy order tolerance", .by_value = true, .call = remainder_call },
    { 0 }
};
