/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arithmetic of truncated series whose coefficients are expressions.
 *
 * Products and quotients by convolution, powers by Euler's recurrence (f g' = r f' g for g = f^r), exp, sin, cos by their
 * differential equations, log by integration: each quadratic in the number of terms. Where all coefficients are rational
 * numbers, products and quotients go to FLINT's polynomials, which keeps long expansions fast. A leading coefficient
 * counts only when the zero test has decided it: everything else rests on that. [Knuth, TAOCP 2, 4.7] */
#include "base/interrupt.h"
#include "symbolic/poly.h"
#include "symbolic/series_int.h"
#include "symbolic/zero.h"

#include <flint/fmpq_poly.h>

Local local_fail(LocalStatus status, const char *why)
{
    return (Local){ .status = status, .why = why };
}

Local local_bound(slong exponent)
{
    return (Local){ .low = exponent };
}

slong local_end(Local a)
{
    return a.low + (slong)a.n;
}

const Expr *local_at(Local a, slong exponent)
{
    return exponent >= a.low && exponent < local_end(a) ? a.c[exponent - a.low] : NULL;
}

/* Brings a coefficient to a form in which most cancellations have happened. */
static const Expr *tidy(Expansion *x, const Expr *c)
{
    bool compound = c && (c->kind == EXPR_ADD || c->kind == EXPR_MUL || c->kind == EXPR_POW);
    return compound ? expr_expand(x->pool, c) : c;
}

/* A series of fresh coefficients: failed constructions become failures, zeros known at once leave the front. */
static Local finished(Expansion *x, Local a)
{
    for (size_t i = 0; i < a.n; i++)
        if (!a.c[i]) {
            const char *why = str_copy(x->arena, pool_error(x->pool)).s;
            pool_clear_error(x->pool);
            return local_fail(LOCAL_UNDECIDED, why[0] ? why : "a coefficient is not defined");
        } else if (a.c[i]->flags & EXPR_HAS_INFINITE) {
            return local_fail(LOCAL_NONE, "a coefficient is not finite");
        }
    if (should_stop())
        return local_fail(LOCAL_UNDECIDED, "interrupted");
    while (a.n && expr_is_zero(a.c[0])) {
        a.low++;
        a.n--;
        a.c++;
    }
    return a;
}

static Local fresh(Expansion *x, slong low, size_t n)
{
    return (Local){ .low = low, .n = n, .c = arena_array(x->arena, const Expr *, n ? n : 1) };
}

/* How many coefficients from t^0 on are kept of a series known to t^end. */
static size_t capped(const Expansion *x, slong end)
{
    return end < 4 * (slong)x->terms ? (size_t)end : 4 * x->terms;
}

Local local_constant(Expansion *x, const Expr *c)
{
    Local       r = fresh(x, 0, x->terms);
    const Expr *zero = expr_int(x->pool, 0);
    for (size_t i = 0; i < r.n; i++)
        r.c[i] = i ? zero : c;
    r = finished(x, r);
    r.constant = true;
    return r;
}

/* ---- rational coefficients ---------------------------------------------------------------------------------------- */

static bool all_rational(Local a)
{
    for (size_t i = 0; i < a.n; i++)
        if (a.c[i]->kind != EXPR_NUMBER)
            return false;
    return true;
}

static void to_poly(fmpq_poly_t f, Local a)
{
    fmpq_poly_init(f);
    for (size_t i = a.n; i-- > 0;)
        fmpq_poly_set_coeff_fmpq(f, (slong)i, expr_number(a.c[i]));
}

static Local from_poly(Expansion *x, const fmpq_poly_t f, slong low, size_t n)
{
    Local  r = fresh(x, low, n);
    fmpq_t q;
    fmpq_init(q);
    for (size_t i = 0; i < n; i++) {
        fmpq_poly_get_coeff_fmpq(q, f, (slong)i);
        r.c[i] = expr_fmpq(x->pool, q);
    }
    fmpq_clear(q);
    return finished(x, r);
}

static Local rational_mul(Expansion *x, Local a, Local b, size_t n)
{
    fmpq_poly_t f, g;
    to_poly(f, a);
    to_poly(g, b);
    fmpq_poly_mullow(f, f, g, (slong)n);
    Local r = from_poly(x, f, a.low + b.low, n);
    fmpq_poly_clear(f);
    fmpq_poly_clear(g);
    return r;
}

static Local rational_inverse(Expansion *x, Local a)
{
    fmpq_poly_t f;
    to_poly(f, a);
    fmpq_poly_inv_series(f, f, (slong)a.n);
    Local r = from_poly(x, f, -a.low, a.n);
    fmpq_poly_clear(f);
    return r;
}

/* map(a), cut to n terms, for a series that starts at t^1 or later (log: with 1 + such a series). */
static Local rational_map(Expansion *x, Local a, size_t n, void (*map)(fmpq_poly_t, const fmpq_poly_t, slong))
{
    fmpq_poly_t f;
    to_poly(f, a);
    fmpq_poly_shift_left(f, f, a.n ? a.low : 0);
    map(f, f, (slong)n);
    Local r = from_poly(x, f, 0, n);
    fmpq_poly_clear(f);
    return r;
}

/* f^r = exp(r*log(f)) for a series f that starts with 1. */
static Local rational_unit_power(Expansion *x, Local f, const Expr *r)
{
    Local l = rational_map(x, f, f.n, fmpq_poly_log_series);
    l = l.status ? l : local_scale(x, r, l);
    return l.status ? l : rational_map(x, l, f.n, fmpq_poly_exp_series);
}

/* ---- ring operations ---------------------------------------------------------------------------------------------- */

Local local_sum(Expansion *x, const Local *term, size_t n)
{
    slong low = term[0].low, end = local_end(term[0]);
    for (size_t i = 1; i < n; i++) {
        low = term[i].low < low ? term[i].low : low;
        end = local_end(term[i]) < end ? local_end(term[i]) : end;
    }
    if (end <= low)
        return local_bound(end);
    if (end > low + 4 * (slong)x->terms)        /* a term far beyond the others need not be carried */
        end = low + 4 * (slong)x->terms;
    Local        r = fresh(x, low, (size_t)(end - low));
    const Expr **part = arena_array(x->arena, const Expr *, n);
    for (size_t k = 0; k < r.n; k++) {
        size_t parts = 0;
        for (size_t i = 0; i < n; i++) {
            const Expr *c = local_at(term[i], low + (slong)k);
            if (c)
                part[parts++] = c;
        }
        r.c[k] = tidy(x, expr_sum(x->pool, part, parts));
    }
    return finished(x, r);
}

Local local_scale(Expansion *x, const Expr *c, Local a)
{
    Local r = fresh(x, a.low, a.n);
    for (size_t i = 0; i < a.n; i++)
        r.c[i] = tidy(x, expr_mul(x->pool, c, a.c[i]));
    return finished(x, r);
}

Local local_sub(Expansion *x, Local a, Local b)
{
    Local term[] = { a, local_scale(x, expr_int(x->pool, -1), b) };
    return term[1].status ? term[1] : local_sum(x, term, 2);
}

/* sum over i of a[i]*b[k - i], i from first to last, skipping zeros. */
static const Expr *convolve(Expansion *x, const Expr **a, const Expr **b, size_t first, size_t last, size_t k)
{
    const Expr **term = arena_array(x->arena, const Expr *, last >= first ? last - first + 1 : 1);
    size_t       n = 0;
    for (size_t i = first; i <= last; i++)
        if (!expr_is_zero(a[i]) && !expr_is_zero(b[k - i]))
            term[n++] = expr_mul(x->pool, a[i], b[k - i]);
    return tidy(x, expr_sum(x->pool, term, n));
}

Local local_mul(Expansion *x, Local a, Local b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    if (n == 0)
        return local_bound(a.low + b.low);
    a.n = b.n = n;
    if (all_rational(a) && all_rational(b))
        return rational_mul(x, a, b, n);
    Local r = fresh(x, a.low + b.low, n);
    for (size_t k = 0; k < n && !should_stop(); k++)
        r.c[k] = convolve(x, a.c, b.c, 0, k, k);
    return finished(x, r);
}

Local local_strip(Expansion *x, Local a)
{
    while (!a.status && a.n && !expr_is_number(a.c[0])) {
        Verdict v = expr_zero_test(x->pool, a.c[0]);
        if (v.answer == NO)
            break;
        if (v.answer == UNKNOWN)
            return local_fail(LOCAL_UNDECIDED, "a leading coefficient could not be tested for zero");
        a.low++;
        a.n--;
        a.c++;
        while (a.n && expr_is_zero(a.c[0])) {
            a.low++;
            a.n--;
            a.c++;
        }
    }
    return a;
}

Local local_inverse(Expansion *x, Local a)
{
    a = local_strip(x, a);
    if (a.status)
        return a;
    if (a.n == 0)
        return local_fail(LOCAL_MORE, "a denominator vanishes as far as it was expanded");
    if (all_rational(a))
        return rational_inverse(x, a);
    Local       r = fresh(x, -a.low, a.n);
    const Expr *scale = expr_powi(x->pool, a.c[0], -1);
    r.c[0] = scale;
    for (size_t k = 1; r.c[k - 1] && k < a.n && !should_stop(); k++)
        r.c[k] = tidy(x, expr_neg(x->pool, expr_mul(x->pool, scale, convolve(x, a.c, r.c, 1, k, k))));
    return finished(x, r);
}

Local local_derivative(Expansion *x, Local a)
{
    Local r = fresh(x, a.low - 1, a.n);
    for (size_t i = 0; i < a.n; i++)
        r.c[i] = expr_mul(x->pool, expr_int(x->pool, a.low + (slong)i), a.c[i]);
    return finished(x, r);
}

Local local_integral(Expansion *x, Local a, const Expr *constant)
{
    if (a.low < 0)
        a = local_strip(x, a);
    if (a.status)
        return a;
    if (local_end(a) < 0)
        return local_fail(LOCAL_MORE, "too few terms to integrate");
    if (a.low < 0)
        return local_fail(LOCAL_NONE, "the function is not finite there");
    Local r = fresh(x, 0, capped(x, local_end(a) + 1));
    for (size_t i = 0; i < r.n; i++) {
        const Expr *c = local_at(a, (slong)i - 1);
        r.c[i] = i == 0 ? constant : c ? expr_div(x->pool, c, expr_int(x->pool, (slong)i)) : expr_int(x->pool, 0);
    }
    return finished(x, r);
}

/* ---- signs near the point ------------------------------------------------------------------------------------------ */

/* A coefficient with log_t is decided by its own expansion at log_t -> -oo, one in an outer variable by its limit. */
bool coefficient_sign(Expansion *x, const Expr *c, int *sign)
{
    if (x->outer && expr_depends(x->pool, c, x->outer))
        return x->outer_sign(x->pool, x->arena, c, x->outer, x->depth, sign);
    if (!x->log_t || !expr_depends(x->pool, c, x->log_t)) {
        Verdict v = expr_sign(x->pool, c, sign);
        return expr_is_numeric(c) && v.answer == YES;
    }
    if (x->depth >= 3)
        return false;
    Expansion   inner;
    const Expr *minus_oo = expr_neg(x->pool, expr_constant(x->pool, CONSTANT_OO));
    Local       a = expansion_until(x->pool, x->arena, c, x->log_t, minus_oo, -1, x->depth + 1, 1, true, &inner);
    return !a.status && a.n && local_sign(&inner, a, sign);
}

bool local_sign(Expansion *x, Local a, int *sign)
{
    if (a.status || a.n == 0 || (x->side == 0 && a.low % 2 != 0))
        return false;
    return coefficient_sign(x, a.c[0], sign);
}

/* ---- powers, exp, log, sin, cos ------------------------------------------------------------------------------------ */

/* a / (its leading term), which begins with 1. */
static Local unit_part(Expansion *x, Local a)
{
    Local unit = local_scale(x, expr_powi(x->pool, a.c[0], -1), a);
    if (unit.status)
        return unit;
    unit.c = a.n == unit.n ? unit.c : unit.c - (a.n - unit.n);
    unit.n = a.n;
    unit.low = 0;
    unit.c[0] = expr_int(x->pool, 1);
    return unit;
}

/* g = (1 + f1 t + ...)^r with f0 = 1 by g[k] = (1/k) sum over i of (i*r - (k - i)) f[i] g[k-i]. */
static Local unit_power(Expansion *x, Local f, const Expr *r)
{
    if (all_rational(f) && expr_is_number(r))
        return rational_unit_power(x, f, r);
    Pool        *p = x->pool;
    Local        g = fresh(x, 0, f.n);
    const Expr **term = arena_array(x->arena, const Expr *, f.n);
    g.c[0] = expr_int(p, 1);
    for (size_t k = 1; k < f.n && !should_stop(); k++) {
        size_t n = 0;
        for (size_t i = 1; i <= k; i++) {
            if (expr_is_zero(f.c[i]) || !g.c[k - i])
                continue;
            const Expr *weight = expr_sub(p, expr_mul(p, expr_int(p, (slong)i), r), expr_int(p, (slong)(k - i)));
            term[n++] = expr_product(p, (const Expr *[]){ weight, f.c[i], g.c[k - i] }, 3);
        }
        g.c[k] = tidy(x, expr_div(p, expr_sum(p, term, n), expr_int(p, (slong)k)));
    }
    return finished(x, g);
}

/* low * r as an exponent of t. */
static Local shifted_exponent(slong low, const Expr *r, slong *exponent)
{
    fmpq_t q;
    Local  result = { 0 };
    if (r->kind != EXPR_NUMBER)
        return local_fail(LOCAL_NONE, "an irrational power of a zero or pole");
    fmpq_init(q);
    fmpq_mul_si(q, expr_number(r), low);
    if (!fmpz_is_one(fmpq_denref(q))) {
        result = local_fail(LOCAL_ROOT, "a fractional power");
        result.root = fmpz_fits_si(fmpq_denref(q)) ? fmpz_get_si(fmpq_denref(q)) : FLAT;
    } else if (fmpz_cmpabs(fmpq_numref(q), (fmpz[]){ 16 * (slong)FLAT }) > 0) {
        result = local_fail(LOCAL_UNDECIDED, "an exponent is too large");
    } else {
        *exponent = fmpz_get_si(fmpq_numref(q));
    }
    fmpq_clear(q);
    return result;
}

/* Is c made of numbers and parameters, with a parameter in it? */
static bool is_parameter(Expansion *x, const Expr *c)
{
    bool moving = (x->log_t && expr_depends(x->pool, c, x->log_t)) || (x->outer && expr_depends(x->pool, c, x->outer));
    return !expr_is_numeric(c) && !moving;
}

/* May the leading coefficient c be raised to a power that is no integer? A parameter counts as positive. */
static bool positive_enough(Expansion *x, const Expr *c)
{
    int  sign = 0;
    return is_parameter(x, c) || (coefficient_sign(x, c, &sign) && sign > 0);
}

Local local_power(Expansion *x, Local a, const Expr *r)
{
    slong exponent = 0;
    bool  whole = expr_is_integer(r);
    a = local_strip(x, a);
    if (a.status)
        return a;
    if (a.n == 0 && expr_is_number(r) && expr_number_sign(r) > 0 && whole) {
        Local shift = shifted_exponent(a.low, r, &exponent);
        return shift.status ? shift : local_bound(exponent);
    }
    if (a.n == 0)
        return local_fail(LOCAL_MORE, "the base of a power vanishes as far as it was expanded");
    if (a.low != 0) {
        Local shift = shifted_exponent(a.low, r, &exponent);
        if (shift.status)
            return shift;
        if (!whole && x->side == 0)
            return local_fail(LOCAL_NONE, "a fractional power of a zero or pole");
    }
    if (!whole && !positive_enough(x, a.c[0]))
        return local_fail(LOCAL_UNDECIDED, "a fractional power of what is not positive");
    const Expr *lead = a.c[0];
    Local       unit = unit_part(x, a);
    unit = unit.status ? unit : unit_power(x, unit, r);
    if (unit.status)
        return unit;
    unit.low = exponent;
    return local_scale(x, expr_pow(x->pool, lead, r), unit);
}

/* exp of the constant term c0 = k*log_t + rest is t^k * exp(rest), provided that rest = o(log_t). */
static Local exp_constant(Expansion *x, const Expr *c0, const Expr **factor, slong *exponent)
{
    *factor = expr_call1(x->pool, FN_exp, c0);
    if (!x->log_t || !expr_depends(x->pool, c0, x->log_t))
        return (Local){ 0 };
    Expansion   inner;
    const Expr *minus_oo = expr_neg(x->pool, expr_constant(x->pool, CONSTANT_OO));
    if (x->depth >= 3)
        return local_fail(LOCAL_NONE, "too many nested logarithms");
    Local a = expansion_until(x->pool, x->arena, c0, x->log_t, minus_oo, -1, x->depth + 1, 1, true, &inner);
    if (a.status)
        return local_fail(LOCAL_NONE, "an exponential of logarithms");
    if (a.n && a.low < -inner.root)
        return local_fail(LOCAL_NONE, "growth between powers and exponentials");
    const Expr *k = a.n ? local_at(a, -inner.root) : NULL;
    if (!k)
        return (Local){ 0 };
    k = expr_neg(x->pool, k);        /* log_t = -1/s at s -> 0+ */
    Local shift = shifted_exponent(1, k, exponent);
    if (!shift.status)
        *factor = expr_call1(x->pool, FN_exp, tidy(x, expr_sub(x->pool, c0, expr_mul(x->pool, k, x->log_t))));
    return shift;
}

Local local_exp(Expansion *x, Local a)
{
    Pool *p = x->pool;
    int   sign = 0;
    slong shift = 0;
    a = local_strip(x, a);
    if (a.status)
        return a;
    if (local_end(a) <= 0)
        return local_end(a) == 0 && a.low == 0 ? local_bound(0) : local_fail(LOCAL_MORE, "too few terms for exp");
    if (a.low < 0) {
        bool decided = x->side != 0 && local_sign(x, a, &sign);
        return decided && sign < 0 ? local_bound(FLAT) : local_fail(LOCAL_NONE, "an exponential of a pole");
    }
    Local       g = fresh(x, 0, capped(x, local_end(a)));
    const Expr *c0 = local_at(a, 0), *factor = expr_int(p, 1), **term = arena_array(x->arena, const Expr *, g.n);
    if (c0) {
        Local split = exp_constant(x, c0, &factor, &shift);
        if (split.status)
            return split;
    }
    if (!c0 && all_rational(a))
        return rational_map(x, a, g.n, fmpq_poly_exp_series);
    g.c[0] = expr_int(p, 1);
    for (size_t k = 1; k < g.n && !should_stop(); k++) {
        size_t n = 0;
        for (size_t i = 1; i <= k; i++) {
            const Expr *c = local_at(a, (slong)i);
            if (c && !expr_is_zero(c))
                term[n++] = expr_product(p, (const Expr *[]){ expr_ratio(p, (slong)i, (slong)k), c, g.c[k - i] }, 3);
        }
        g.c[k] = tidy(x, expr_sum(p, term, n));
    }
    g = finished(x, g);
    g.low += g.status ? 0 : shift;
    return g.status ? g : local_scale(x, factor, g);
}

/* log(c0 t^k (1 + h)) = log(c0) + k*log_t + integral of (h'/(1 + h)). */
Local local_log(Expansion *x, Local a)
{
    Pool *p = x->pool;
    int   sign = 0;
    a = local_strip(x, a);
    if (a.status)
        return a;
    if (a.n == 0)
        return local_fail(LOCAL_MORE, "the argument of log vanishes as far as it was expanded");
    const Expr *log_t = x->log_t ? x->log_t : x->log_value;
    if (a.low != 0 && !log_t)
        return local_fail(LOCAL_NONE, "a logarithm of a zero or pole");
    if (!is_parameter(x, a.c[0]) && (!coefficient_sign(x, a.c[0], &sign) || sign < 0))
        return local_fail(LOCAL_UNDECIDED, "a logarithm of what is not positive");
    const Expr *constant = expr_call1(p, FN_log, a.c[0]);
    if (a.low != 0)
        constant = expr_add(p, constant, expr_mul(p, expr_int(p, a.low), log_t));
    Local unit = unit_part(x, a);
    if (unit.status)
        return unit;
    Local inverse = local_inverse(x, unit), slope = fresh(x, 0, a.n > 0 ? a.n - 1 : 0);
    if (inverse.status)
        return inverse;
    for (size_t i = 0; i < slope.n; i++)
        slope.c[i] = expr_mul(p, expr_int(p, (slong)i + 1), unit.c[i + 1]);
    slope = finished(x, slope);
    slope = slope.status ? slope : local_mul(x, slope, inverse);
    if (slope.status)
        return slope;
    Local r = fresh(x, 0, a.n);
    for (size_t i = 0; i < r.n; i++) {
        const Expr *c = i ? local_at(slope, (slong)i - 1) : constant;
        r.c[i] = !i ? constant : c ? expr_div(p, c, expr_int(p, (slong)i)) : expr_int(p, 0);
    }
    return finished(x, r);
}

/* s' = c a', c' = -s a' (hyperbolic: c' = s a') for an argument with the constant term c0. */
static void pair_recurrence(Expansion *x, Local a, const Expr *c0, bool hyperbolic, Local *sine, Local *cosine)
{
    Pool        *p = x->pool;
    size_t       n = capped(x, local_end(a));
    Local        s = fresh(x, 0, n), c = fresh(x, 0, n);
    const Expr **st = arena_array(x->arena, const Expr *, n), **ct = arena_array(x->arena, const Expr *, n);
    s.c[0] = expr_call1(p, hyperbolic ? FN_sinh : FN_sin, c0);
    c.c[0] = expr_call1(p, hyperbolic ? FN_cosh : FN_cos, c0);
    for (size_t k = 1; k < n && !should_stop(); k++) {
        size_t m = 0;
        for (size_t i = 1; i <= k; i++) {
            const Expr *ai = local_at(a, (slong)i);
            if (!ai || expr_is_zero(ai))
                continue;
            const Expr *w = expr_mul(p, expr_ratio(p, (slong)i, (slong)k), ai);
            st[m] = expr_mul(p, w, c.c[k - i]);
            ct[m++] = expr_mul(p, hyperbolic ? w : expr_neg(p, w), s.c[k - i]);
        }
        s.c[k] = tidy(x, expr_sum(p, st, m));
        c.c[k] = tidy(x, expr_sum(p, ct, m));
    }
    *sine = finished(x, s);
    *cosine = finished(x, c);
}

/* Of an argument that has no finite value there, only |sin|, |cos| <= 1 is known. */
void local_sin_cos(Expansion *x, Local a, bool hyperbolic, Local *sine, Local *cosine)
{
    const Expr *c0 = a.status ? NULL : local_at(a, 0);
    bool        slow = c0 && x->log_t && expr_depends(x->pool, c0, x->log_t);
    if (a.status > LOCAL_NONE || (hyperbolic && a.status)) {
        *sine = *cosine = a;
    } else if (a.status || a.low < 0 || local_end(a) <= 0 || slow) {
        bool bounded = !hyperbolic && !x->complex;
        *sine = *cosine = bounded ? local_bound(0) : local_fail(LOCAL_NONE, "growth or oscillation without limit");
    } else if (!c0 && all_rational(a)) {
        size_t n = capped(x, local_end(a));
        *sine = rational_map(x, a, n, hyperbolic ? fmpq_poly_sinh_series : fmpq_poly_sin_series);
        *cosine = rational_map(x, a, n, hyperbolic ? fmpq_poly_cosh_series : fmpq_poly_cos_series);
    } else {
        pair_recurrence(x, a, c0 ? c0 : expr_int(x->pool, 0), hyperbolic, sine, cosine);
    }
}

/* y' = (1 + sign*y^2) a' with y = y0 at t = 0: tan (sign 1) and tanh (sign -1) beside 0. */
Local local_riccati(Expansion *x, Local a, const Expr *y0, int sign)
{
    Pool        *p = x->pool;
    size_t       n = capped(x, local_end(a));
    Local        y = fresh(x, 0, n), slope = fresh(x, 0, n);
    const Expr **term = arena_array(x->arena, const Expr *, n);
    for (size_t k = 0; k < n && !should_stop(); k++) {
        size_t m = 0;
        for (size_t i = 1; i <= k; i++) {
            const Expr *c = local_at(a, (slong)i);
            if (c && !expr_is_zero(c))
                term[m++] = expr_product(p, (const Expr *[]){ expr_ratio(p, (slong)i, (slong)k), c, slope.c[k - i] }, 3);
        }
        y.c[k] = k ? tidy(x, expr_sum(p, term, m)) : y0;
        if (!y.c[k])
            break;
        const Expr *square = convolve(x, y.c, y.c, 0, k, k);
        slope.c[k] = expr_add(p, expr_int(p, k == 0), expr_mul(p, expr_int(p, sign), square));
    }
    return finished(x, y);
}
