/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Methods for one real root of one equation, at any precision: bisect, secant, halley, and root, which brackets and then goes by
 * secants and halving (Dekker 1969, Brent 1973). Iterates are numbers of the working precision. The last one is certified by
 * the interval Newton operator: then the box around it holds exactly one root, and the right digits of each iterate and the
 * measured order (log e[k+1]/e[k] over log e[k]/e[k-1]) are known. A change of sign at a pole is no root, and is said so. In a
 * range root asks isolate.c for all zeros first, so its answer is the only one or the first of several. */
#include "base/interrupt.h"
#include "base/report.h"
#include "symbolic/calculus/diff.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/solve/isolate.h"
#include "symbolic/solve/solve_int.h"

#include <math.h>

enum { GUARD_DIGITS = 10, MOST_DIGITS = 100000, MOST_STEPS = 1000000, SHOWN_DIGITS = 18, RUNAWAY_BITS = 2000, MOST_EXPANSIONS = 60 };

typedef struct Iterate { arb_t x; double digits; } Iterate;

typedef struct Method {
    Call       *c;
    const Expr *f, *df, *x;
    size_t      digits;
    slong       bits;
    VEC(Iterate *) step;
    const char *reason;             /* why it stopped; "converged" */
    bool        ordered;            /* its convergence has an order to be shown */
} Method;

/* ---- values ------------------------------------------------------------------------------------------------------------------ */

static bool value(Method *s, const Expr *e, const arb_t at, arb_t out)
{
    acb_t in, v;
    acb_init(in);
    acb_init(v);
    acb_set_arb(in, at);
    bool fine = e && expr_enclose(s->c->pool, e, &s->x, in, 1, s->bits, v, NULL) == EVAL_OK && arb_is_zero(acb_imagref(v)) && arb_is_finite(acb_realref(v));
    arb_set(out, acb_realref(v));
    acb_clear(v);
    acb_clear(in);
    return fine;
}

/* -1, 0 (the ball contains 0) or 1; 2: no value. */
static int sign_at(Method *s, const arb_t at)
{
    arb_t v;
    arb_init(v);
    int sign = !value(s, s->f, at, v) ? 2 : arb_is_positive(v) ? 1 : arb_is_negative(v) ? -1 : 0;
    arb_clear(v);
    return sign;
}

static void clear_iterate(void *p) { arb_clear(((Iterate *)p)->x); }

static Iterate *push(Method *s, const arb_t x)
{
    Iterate *i = arena_alloc(s->c->arena, sizeof *i);
    arb_init(i->x);
    arena_on_release(s->c->arena, clear_iterate, i);
    arb_get_mid_arb(i->x, x);
    i->digits = 0;
    vec_push(s->c->arena, &s->step, i);
    return i;
}

/* |d| below 10^-digits times |x|, or far below it where x is 0? */
static bool is_small(const Method *s, const arb_t d, const arb_t x)
{
    arb_t bound, size;
    arb_init(bound);
    arb_init(size);
    slong cut = (slong)((double)(s->digits + 3) * 3.3219280948873626);
    arb_abs(size, d);
    arb_abs(bound, x);
    arb_mul_2exp_si(bound, bound, -cut);
    bool small = arf_cmpabs(arb_midref(size), arb_midref(bound)) <= 0 || arf_cmpabs_2exp_si(arb_midref(size), -2 * cut) < 0;
    arb_clear(size);
    arb_clear(bound);
    return small;
}

/* ---- the certificate ----------------------------------------------------------------------------------------------------------- */

/* Does an interval around x hold exactly one root? Then root encloses it. */
static bool certify(Method *s, const arb_t x, arb_t root)
{
    arb_t box, f, d;
    mag_t radius;
    bool  sure = false;
    arb_init(box);
    arb_init(f);
    arb_init(d);
    mag_init(radius);
    for (double share = 0.45; share > 0.05 && !sure; share -= 0.1) {
        slong cut = (slong)((double)s->bits * share);
        arb_get_mid_arb(box, x);
        arb_get_mag(radius, box);
        mag_mul_2exp_si(radius, radius, -cut);
        if (mag_is_zero(radius))
            mag_set_ui_2exp_si(radius, 1, -2 * cut);
        arb_add_error_mag(box, radius);
        if (!value(s, s->f, x, f) || !value(s, s->df, box, d) || arb_contains_zero(d))
            continue;
        arb_div(f, f, d, s->bits);
        arb_sub(root, x, f, s->bits);
        sure = arb_contains_interior(box, root);
    }
    for (int k = 0; k < 12 && sure && arb_rel_accuracy_bits(root) < s->bits - 20; k++) {      /* sharper */
        arb_get_mid_arb(box, root);
        if (!value(s, s->f, box, f) || !value(s, s->df, root, d) || arb_contains_zero(d))
            break;
        arb_div(f, f, d, s->bits);
        arb_sub(f, box, f, s->bits);
        if (!arb_intersection(root, root, f, s->bits))
            break;
    }
    mag_clear(radius);
    arb_clear(d);
    arb_clear(f);
    arb_clear(box);
    return sure;
}

static void measure(Method *s, const arb_t root)
{
    arb_t error, size;
    arb_init(error);
    arb_init(size);
    for (size_t k = 0; k < s->step.n; k++) {
        Iterate *i = s->step.at[k];
        arb_sub(error, i->x, root, s->bits);
        arb_abs(error, error);
        arb_abs(size, root);
        i->digits = (double)s->digits;
        if (arb_contains_zero(error))
            continue;
        if (!arb_contains_zero(size))
            arb_div(error, error, size, s->bits);
        arb_log(error, error, 64);
        double d = -arf_get_d(arb_midref(error), ARF_RND_NEAR) / M_LN10;
        i->digits = d < (double)s->digits ? d : (double)s->digits;
    }
    arb_clear(size);
    arb_clear(error);
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------ */

static const Expr *ball_expr(Method *s, const arb_t x, size_t digits)
{
    Ball ball = { .digits = (slong)digits };
    acb_init(ball.value);
    acb_set_arb(ball.value, x);
    const Expr *e = expr_ball(s->c->pool, &ball);
    acb_clear(ball.value);
    return e;
}

/* The order that the last three steps before the precision ends show. */
static double order_at(const Method *s, size_t k)
{
    if (k < 2 || s->step.at[k]->digits >= (double)s->digits)
        return NAN;
    double a = s->step.at[k - 2]->digits, b = s->step.at[k - 1]->digits, c = s->step.at[k]->digits;
    return b - a > 0.05 && c > b ? (c - b) / (b - a) : NAN;
}

static void add_trace(Method *s, Report *r, bool sure)
{
    Table *t = report_table(r, "trace", str_printf(s->c->arena, "k %.*s right_digits%s", STR_ARGS(s->x->name), s->ordered ? " order" : "").s);
    size_t shown = s->digits < SHOWN_DIGITS ? s->digits : SHOWN_DIGITS;
    report_lines(r, "", "iterates", "trace", sure ? "k right_digits" : str_printf(s->c->arena, "k %.*s", STR_ARGS(s->x->name)).s);
    for (size_t k = 0; k < s->step.n; k++) {
        double order = sure ? order_at(s, k) : NAN;
        table_row(r, t, (Value[]){ value_expr(expr_int(s->c->pool, (slong)k)), value_expr(ball_expr(s, s->step.at[k]->x, shown)),
                                   sure ? value_expr(expr_int(s->c->pool, (slong)fmax(s->step.at[k]->digits, 0))) : value_text(STR("?")),
                                   isnan(order) ? value_text(STR("")) : value_text(str_printf(s->c->arena, "%.2f", order)) });
    }
}

/* exact: the root is known; else it is the last iterate. only: what is known about other roots. */
static Value report(Method *s, const Expr *exact, const char *only)
{
    Call   *c = s->c;
    Report *r = report_new(c->arena, "root");
    arb_t   root;
    bool    sure = exact != NULL;
    Str     digits;
    size_t  decided;
    arb_init(root);
    if (exact && !expr_real_ball(c->pool, exact, NULL, NULL, s->bits, root))
        exact = NULL;
    if (!exact && s->step.n)
        sure = certify(s, s->step.at[s->step.n - 1]->x, root);
    if (!sure && s->step.n)
        arb_set(root, s->step.at[s->step.n - 1]->x);
    measure(s, root);
    bool converged = sure || !strcmp(s->reason, "converged");
    ball_decimal_best(c->arena, root, s->digits, &digits, &decided);
    r->main = value_expr(exact && !(exact->flags & EXPR_HAS_BALL) ? exact : ball_expr(s, root, s->digits));
    Buf b = buf_new(c->arena);
    buf_printf(&b, "%s%.*s = %.*s", converged ? (c->settings->unicode ? "≈ " : "~ ") : "no root found, at ", STR_ARGS(s->x->name), STR_ARGS(digits));
    if (s->step.n)
        buf_printf(&b, "   %zu step%s", s->step.n - 1, s->step.n == 2 ? "" : "s");
    else
        buf_add_s(&b, "  ");
    buf_printf(&b, "%s %s", s->step.n ? "," : "", sure ? (only ? only : "certified: the only root near it") : converged ? "not certified (a multiple root?)" : s->reason);
    r->summary = buf_str(&b);
    report_value(r, "x", r->main);
    report_value(r, "steps", value_expr(expr_int(c->pool, s->step.n ? (slong)s->step.n - 1 : 0)));
    report_value(r, "reason", value_text(str_of(s->reason)));
    report_value(r, "certified", value_expr(expr_truth(c->pool, sure)));
    if (s->step.n > 1)
        add_trace(s, r, sure);
    arb_clear(root);
    return value_report(r);
}

/* ---- iterations ---------------------------------------------------------------------------------------------------------------------- */

static bool runs_away(const arb_t x) { return arf_cmpabs_2exp_si(arb_midref(x), RUNAWAY_BITS) > 0; }

/* x - 2*f*f'/(2*f'^2 - f*f'') [Halley 1694] */
static void run_halley(Method *s, const arb_t from, size_t steps)
{
    const Expr *second = expr_diff(s->c->pool, s->df, s->x);
    arb_t       x, f, d, e;
    arb_init(x);
    arb_init(f);
    arb_init(d);
    arb_init(e);
    arb_get_mid_arb(x, from);
    push(s, x);
    s->ordered = true;
    s->reason = "steps used up";
    for (size_t k = 0; k < steps && !should_stop(); k++) {
        if (!value(s, s->f, x, f) || !value(s, s->df, x, d) || !value(s, second, x, e)) {
            s->reason = "the function is not defined there";
            break;
        }
        arb_mul(e, e, f, s->bits);
        arb_mul(f, f, d, s->bits);
        arb_mul_2exp_si(f, f, 1);
        arb_sqr(d, d, s->bits);
        arb_mul_2exp_si(d, d, 1);
        arb_sub(d, d, e, s->bits);
        if (arb_contains_zero(d)) {
            s->reason = arb_contains_zero(f) ? "converged" : "the denominator vanishes";
            break;
        }
        arb_div(d, f, d, s->bits);
        arb_sub(x, x, d, s->bits);
        arb_get_mid_arb(x, x);
        push(s, x);
        if (runs_away(x) || is_small(s, d, x)) {
            s->reason = runs_away(x) ? "the iterates run away" : "converged";
            break;
        }
    }
    arb_clear(e);
    arb_clear(d);
    arb_clear(f);
    arb_clear(x);
}

static void run_secant(Method *s, const arb_t first, const arb_t second, size_t steps)
{
    arb_t a, b, fa, fb, d;
    arb_init(a);
    arb_init(b);
    arb_init(fa);
    arb_init(fb);
    arb_init(d);
    arb_get_mid_arb(a, first);
    arb_get_mid_arb(b, second);
    push(s, a);
    push(s, b);
    s->ordered = true;
    s->reason = "steps used up";
    bool fine = value(s, s->f, a, fa);
    for (size_t k = 0; k < steps && !should_stop(); k++) {
        if (!fine || !value(s, s->f, b, fb)) {
            s->reason = "the function is not defined there";
            break;
        }
        arb_sub(d, fb, fa, s->bits);
        if (arb_contains_zero(d)) {
            s->reason = arb_contains_zero(fb) ? "converged" : "the secant is level";
            break;
        }
        arb_sub(a, b, a, s->bits);
        arb_div(d, a, d, s->bits);
        arb_mul(d, d, fb, s->bits);
        arb_set(a, b);
        arb_swap(fa, fb);
        arb_sub(b, b, d, s->bits);
        arb_get_mid_arb(b, b);
        push(s, b);
        if (runs_away(b) || is_small(s, d, b)) {
            s->reason = runs_away(b) ? "the iterates run away" : "converged";
            break;
        }
    }
    arb_clear(d);
    arb_clear(fb);
    arb_clear(fa);
    arb_clear(b);
    arb_clear(a);
}

typedef enum Move { MOVE_HALVE, MOVE_SECANT, MOVE_BEYOND } Move;

/* The middle, the secant's point, or a point twice as far from the better end, so that the root is caught between two near ones
 * [Alefeld, Potra, Shi 1995]. */
static void next_point(Method *s, const arb_t low, const arb_t high, Move move, arb_t out)
{
    arb_t fl, fh, width;
    arb_init(fl);
    arb_init(fh);
    arb_init(width);
    arb_sub(width, high, low, s->bits);
    bool fine = move != MOVE_HALVE && value(s, s->f, low, fl) && value(s, s->f, high, fh);
    if (fine) {                     /* end - times*f(end)*width/(fh - fl) */
        bool better = move == MOVE_BEYOND && arf_cmpabs(arb_midref(fh), arb_midref(fl)) < 0;
        arb_sub(out, fh, fl, s->bits);
        arb_div(width, width, out, s->bits);
        arb_mul(out, width, better ? fh : fl, s->bits);
        if (move == MOVE_BEYOND)
            arb_mul_2exp_si(out, out, 1);
        arb_sub(out, better ? high : low, out, s->bits);
        arb_get_mid_arb(out, out);
        fine = arb_is_finite(out) && arb_gt(out, low) && arb_lt(out, high);
    }
    if (!fine) {
        arb_add(out, low, high, s->bits);
        arb_mul_2exp_si(out, out, -1);
        arb_get_mid_arb(out, out);
    }
    arb_clear(width);
    arb_clear(fh);
    arb_clear(fl);
}

/* Keeps a change of sign between the ends. pure: halving only; else a pair of steps that does not halve is followed by one that does. */
static void run_bracket(Method *s, const arb_t from, const arb_t to, bool pure, size_t steps)
{
    arb_t low, high, x, width, before;
    arb_init(low);
    arb_init(high);
    arb_init(x);
    arb_init(width);
    arb_init(before);
    arb_get_mid_arb(low, from);
    arb_get_mid_arb(high, to);
    int  left = sign_at(s, low);
    Move move = pure ? MOVE_HALVE : MOVE_SECANT;
    s->reason = "steps used up";
    for (size_t k = 0; k < steps && !should_stop(); k++) {
        arb_sub(before, high, low, s->bits);
        next_point(s, low, high, move, x);
        push(s, x);
        int sign = sign_at(s, x);
        if (sign == 0 || sign == 2) {
            s->reason = sign ? "the function is not defined there" : "converged";
            break;
        }
        arb_set(sign == left ? low : high, x);
        arb_sub(width, high, low, s->bits);
        arb_mul_2exp_si(before, before, -1);
        move = pure || (move == MOVE_BEYOND && !arb_lt(width, before)) ? MOVE_HALVE : move == MOVE_SECANT ? MOVE_BEYOND : MOVE_SECANT;
        if (is_small(s, width, x)) {
            s->reason = "converged";
            break;
        }
        arb_t root;                 /* near enough for Newton's certificate? Then its steps end it. */
        arb_init(root);
        if (!pure && k % 4 == 3 && certify(s, x, root)) {
            push(s, root);
            s->reason = "converged";
            k = steps;
        }
        arb_clear(root);
    }
    arb_clear(before);
    arb_clear(width);
    arb_clear(x);
    arb_clear(high);
    arb_clear(low);
}

/* ---- commands -------------------------------------------------------------------------------------------------------------------------- */

static bool set_up(Method *s, Call *c, const Expr *x, size_t digits_at)
{
    slong       digits = (slong)c->settings->digits;
    const Expr *f = c->arg[0].expr;
    *s = (Method){ .c = c, .x = x, .reason = "converged" };
    if (call_has(c, digits_at) && (!expr_fits_slong(c->arg[digits_at].expr, &digits) || digits < 1 || digits > MOST_DIGITS))
        return call_fail(c, (int)digits_at, "digits: needs a whole number from 1 to %d", MOST_DIGITS), false;
    if (f->kind == EXPR_RELATION && f->relop == REL_EQ)
        f = expr_sub(c->pool, f->arg[0], f->arg[1]);
    if (!f || !x || x->kind != EXPR_SYMBOL || !expr_is_scalar(f) || f->kind == EXPR_RELATION)
        return call_fail(c, 0, "%.*s takes a function of one variable", STR_ARGS(c->name)), false;
    Nodes names = expr_symbols(c->pool, c->arena, f);
    for (size_t i = 0; i < names.n; i++)
        if (names.at[i] != x)
            return call_fail(c, 0, "%.*s needs a value for %.*s", STR_ARGS(c->name), STR_ARGS(names.at[i]->name)), false;
    if (!names.n)
        return call_fail(c, 0, "the unknown does not occur"), false;
    s->f = f;
    s->df = expr_diff(c->pool, f, x);
    s->digits = (size_t)digits;
    s->bits = (slong)((double)(digits + GUARD_DIGITS) * 3.3219280948873626) * 2;
    return s->df != NULL;
}

static bool whole_option(Call *c, size_t i, slong most, size_t *out)
{
    slong n;
    if (!expr_fits_slong(c->arg[i].expr, &n) || n < 1 || n > most)
        return call_fail(c, (int)i, "steps: needs a whole number from 1 to %ld", most), false;
    *out = (size_t)n;
    return true;
}

static const Expr *one_variable(Call *c)
{
    if (c->nvars != 1)
        call_fail(c, 0, c->nvars ? "%.*s takes a function of one variable" : "%.*s found no unknown in this", STR_ARGS(c->name));
    return c->nvars == 1 ? c->vars[0] : NULL;
}

/* The real number of a start: from: 1, or from: (x = 1). */
static bool start_number(Method *s, const Expr *e, arb_t out)
{
    if (e && e->kind == EXPR_RELATION)
        e = e->arg[1];
    return e && expr_is_numeric(e) && expr_is_scalar(e) && expr_real_ball(s->c->pool, e, NULL, NULL, s->bits, out);
}

static Value halley_call(Call *c)
{
    Method      s;
    size_t      steps;
    arb_t       from;
    const Expr *x = one_variable(c);
    if (!x || !whole_option(c, 2, MOST_STEPS, &steps) || !set_up(&s, c, x, 3))
        return value_failed();
    arb_init(from);
    Value v = call_has(c, 1) && c->arg[1].kind == VALUE_EXPR && start_number(&s, c->arg[1].expr, from) ? value_none() : call_fail(c, 1, "halley needs a start, from: 1");
    if (v.kind == VALUE_NONE) {
        run_halley(&s, from, steps);
        v = report(&s, NULL, NULL);
    }
    arb_clear(from);
    return v;
}

static Value secant_call(Call *c)
{
    Method      s;
    size_t      steps;
    arb_t       a, b;
    const Expr *x = one_variable(c);
    if (!x || !whole_option(c, 2, MOST_STEPS, &steps) || !set_up(&s, c, x, 3))
        return value_failed();
    arb_init(a);
    arb_init(b);
    const Expr *from = call_has(c, 1) && c->arg[1].kind == VALUE_EXPR ? c->arg[1].expr : NULL;
    bool        two = from && from->kind == EXPR_TENSOR && from->arity == 2;
    bool        fine = start_number(&s, two ? from->arg[0] : from, a) && (!two || start_number(&s, from->arg[1], b));
    Value       v = fine ? value_none() : call_fail(c, 1, "secant needs one start or two, from: [1, 2]");
    if (fine) {
        if (!two)
            arb_add_si(b, a, 1, s.bits);
        run_secant(&s, a, b, steps);
        v = report(&s, NULL, NULL);
    }
    arb_clear(b);
    arb_clear(a);
    return v;
}

/* The ends of x = a..b; false after a failure. */
static bool read_range(Method *s, const Record *r, arb_t low, arb_t high)
{
    const Expr *a = record_get(r, STR("low"))->expr, *b = record_get(r, STR("high"))->expr;
    if (!range_is_fine(s->c, a, b))
        return false;
    if (!start_number(s, a, low) || !start_number(s, b, high))
        return call_fail(s->c, 1, "the range needs two finite numbers"), false;
    return true;
}

static Value bisect_call(Call *c)
{
    Method        s;
    arb_t         low, high;
    const Record *r = c->arg[1].record;
    if (!set_up(&s, c, record_get(r, STR("var"))->expr, 2))
        return value_failed();
    arb_init(low);
    arb_init(high);
    Value v = value_failed();
    if (read_range(&s, r, low, high)) {
        int a = sign_at(&s, low), b = sign_at(&s, high);
        if (a == 2 || b == 2 || a * b > 0) {
            v = call_fail(c, 1, a == 2 || b == 2 ? "the function has no value at an end of the range" : "the function has the same sign at both ends of the range");
            diag_hint(c->diag, "solve(%.*s = 0, %.*s)", STR_ARGS(str_slice(c->source->text, c->arg_span[0].start, c->arg_span[0].end)),
                      STR_ARGS(str_slice(c->source->text, c->arg_span[1].start, c->arg_span[1].end)));
        } else {
            a == 0 || b == 0 ? (void)push(&s, a ? high : low) : run_bracket(&s, low, high, true, MOST_STEPS);
            v = report(&s, NULL, "certified: a root between the ends");
            const Report *q = v.report;
            if (expr_is_constant(report_field(q, STR("certified"))->value.expr, CONSTANT_FALSE)) {
                arb_t f;
                arb_init(f);
                if (s.step.n && value(&s, s.f, s.step.at[s.step.n - 1]->x, f) && arf_cmpabs_2exp_si(arb_midref(f), 0) > 0)
                    v = call_fail(c, 0, "the sign changes at %.*s = %.6g, but there is a pole or a jump, no root", STR_ARGS(s.x->name),
                                  arf_get_d(arb_midref(s.step.at[s.step.n - 1]->x), ARF_RND_NEAR));
                arb_clear(f);
            }
        }
    }
    arb_clear(high);
    arb_clear(low);
    return v;
}

/* root in a range: all zeros there by isolate.c; the iterates of the bracket are shown where the ends differ in sign. */
static Value root_in_range(Method *s, const Record *r)
{
    Call       *c = s->c;
    const Expr *low = record_get(r, STR("low"))->expr, *high = record_get(r, STR("high"))->expr;
    const char *why = NULL;
    Places      found = { 0 };
    arb_t       a, b;
    arb_init(a);
    arb_init(b);
    Value v = value_failed();
    if (read_range(s, r, a, b)) {
        Settings digits = *c->settings, *before = (Settings *)(uintptr_t)c->settings;
        digits.digits = s->digits;
        c->settings = &digits;
        bool all = places_of(c, s->f, s->x, low, high, &found, &why);
        c->settings = before;
        int left = sign_at(s, a), right = sign_at(s, b);
        if (left * right == -1 && found.n <= 1)
            run_bracket(s, a, b, false, MOST_STEPS);
        if (found.n) {
            Buf only = buf_new(c->arena);
            buf_add_s(&only, all && found.n == 1 ? "certified: the only root in the range" : "certified");
            if (found.n > 1)
                buf_printf(&only, ": the first of %zu roots in the range", found.n);
            if (!all)
                buf_printf(&only, "; perhaps there are more: %s", why);
            v = report(s, found.at[0], buf_str(&only).s);
        } else if (all) {
            v = call_fail(c, 1, "there is no root in the range");
        } else if (s->step.n) {
            v = report(s, NULL, "certified; perhaps there are more");
        } else {
            v = call_fail(c, 1, "could not decide, because %s", why ? why : "no root was found");
        }
    }
    arb_clear(b);
    arb_clear(a);
    return v;
}

/* root from a start: wider and wider brackets around it, first step by step away from it, until the sign changes. */
static Value root_from(Method *s, const Expr *start)
{
    Call *c = s->c;
    arb_t x, low, high, width;
    bool  found = false;
    arb_init(x);
    arb_init(low);
    arb_init(high);
    arb_init(width);
    if (!start_number(s, start, x)) {
        arb_clear(width); arb_clear(high); arb_clear(low); arb_clear(x);
        return call_fail(c, 2, "root needs a number to start from");
    }
    arb_get_mid_arb(x, x);
    int here = sign_at(s, x);
    arb_abs(width, x);
    arb_add_ui(width, width, 1, 64);
    arb_mul_2exp_si(width, width, -4);
    for (int k = 0; k < MOST_EXPANSIONS && here && here != 2 && !found && !should_stop(); k++) {
        for (int side = 0; side < 2 && !found; side++) {
            (side ? arb_add : arb_sub)(low, x, width, s->bits);
            arb_get_mid_arb(low, low);
            int there = sign_at(s, low);
            if (there != 2 && there * here <= 0) {
                arb_set(high, x);
                if (side)
                    arb_swap(low, high);
                found = true;
            }
        }
        arb_mul_ui(width, width, 3, 64);
        arb_mul_2exp_si(width, width, -1);
        arb_get_mid_arb(width, width);
    }
    if (found)
        run_bracket(s, low, high, false, MOST_STEPS);
    else if (here == 0)
        push(s, x);
    Value v;
    if (!found && here)
        v = call_fail(c, -1, here == 2 ? "the function has no value at the start" : "no change of sign was found around the start");
    else
        v = report(s, NULL, NULL);
    if (found && v.kind == VALUE_REPORT && expr_is_constant(report_field(v.report, STR("certified"))->value.expr, CONSTANT_FALSE) && sign_at(s, s->step.at[s->step.n - 1]->x) != 0)
        v = call_fail(c, -1, "the sign changes at %.*s = %.6g, but no root was certified there: a pole, a jump or a multiple root", STR_ARGS(s->x->name),
                      arf_get_d(arb_midref(s->step.at[s->step.n - 1]->x), ARF_RND_NEAR));
    arb_clear(width);
    arb_clear(high);
    arb_clear(low);
    arb_clear(x);
    return v;
}

static Value root_call(Call *c)
{
    Method s;
    bool   range = call_has(c, 1);
    if (!range && !call_has(c, 2)) {
        call_fail(c, -1, "root needs a range or a start");
        diag_hint(c->diag, "root(cos(x) - x, x = 0..1)");
        return value_failed();
    }
    const Expr *x = range ? record_get(c->arg[1].record, STR("var"))->expr : one_variable(c);
    if (!x || !set_up(&s, c, x, 3))
        return value_failed();
    if (range)
        return root_in_range(&s, c->arg[1].record);
    return root_from(&s, c->arg[2].kind == VALUE_EXPR ? c->arg[2].expr : NULL);
}

extern const Builtin root_builtins[];
const Builtin root_builtins[] = {
    { .sig = "root(f: objective, range: over?; from: value?, digits: int?) -> report",
      .help = "A root of f in a range or near a start, by bracketing and secants, with a certificate that it is one and whether it is the only one.",
      .example = { { "root(cos(x) - x, x = 0..1).x", "0.73908513321516064" },
                   { "root(x^2 - 2, x = 0..2).x", "sqrt(2)" } },
      .lesson = 5, .see = "solve newton bisect", .words = "zero brent bracket numerical solution", .by_value = true, .call = root_call },
    { .sig = "bisect(f: objective, range: over; digits: int?) -> report",
      .help = "A root between two places where f has different signs, by halving; a table of the right digits of each step.",
      .example = { { "bisect(x^2 - 2, x = 1..2).x", "1.4142135623730950" },
                   { "bisect(x^3 - 7, x = 1..2, digits: 30).x", "1.91293118277238910119911683955" } },
      .lesson = 5, .see = "root newton secant", .words = "bisection halving interval", .by_value = true, .call = bisect_call },
    { .sig = "secant(f: objective; from: value, steps: int = 100, digits: int?) -> report",
      .help = "A root of f by the secant method from two starts (or one and the next integer step); order 1.618.",
      .example = { { "secant(x^2 - 2, from: [1, 2]).x", "1.4142135623730950" },
                   { "secant(cos(x) - x, from: [0, 1]).x", "0.73908513321516064" } },
      .lesson = 5, .see = "newton halley bisect", .words = "regula falsi", .by_value = true, .call = secant_call },
    { .sig = "halley(f: objective; from: value, steps: int = 100, digits: int?) -> report",
      .help = "A root of f by Halley's method from a start; order 3.",
      .example = { { "halley(x^2 - 2, from: 1).x", "1.4142135623730950" },
                   { "halley(x^3 - 2, from: 1).steps", "5" } },
      .lesson = 5, .see = "newton secant root", .words = "cubic convergence", .by_value = true, .call = halley_call },
    { 0 }
};
