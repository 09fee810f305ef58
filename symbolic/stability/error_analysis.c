/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors of one evaluation. True values are balls with as many bits as it takes until every node on the way to the result is known far
 * better than the format. Local errors compare an operation with its exact result at the operands it was given. The root cause is found by
 * experiment: a node gets its true value, and what depends on it is computed again in the same precision with unbounded exponents; the smallest
 * subexpression whose true value removes the error is the cause. First-order shares alone name a wrong node after an overflow or when all
 * digits are gone. */
#include "symbolic/stability/error_analysis.h"

#include "base/interrupt.h"
#include "symbolic/stability/contract.h"

#include <math.h>
#include <string.h>

enum { FIRST_BITS = 128, MOST_BITS = 1 << 14, GUARD = 40 };

/* ---- bits and ulps --------------------------------------------------------------------------------------------------------------- */

/* The distance of numbers of the format at |x|, as an exponent of 2. */
static slong ulp_exponent(const Format *f, const arb_t x)
{
    fmpz_t e;
    fmpz_init(e);
    arf_abs_bound_lt_2exp_fmpz(e, arb_midref(x));
    bool  tiny = f->emin < f->emax && (arf_is_zero(arb_midref(x)) || fmpz_cmp_si(e, f->emin + 1) <= 0);
    slong exponent = tiny ? f->emin - f->precision + 1 : fmpz_fits_si(e) ? fmpz_get_si(e) - f->precision : 0;
    fmpz_clear(e);
    return exponent;
}

static double in_ulps(const Format *f, const arb_t difference, const arb_t truth)
{
    arb_t d;
    if (!arb_is_finite(difference) || (arb_is_zero(truth) && f->emin >= f->emax))
        return arb_is_zero(difference) ? 0 : INFINITY;
    arb_init(d);
    arb_mul_2exp_si(d, difference, -ulp_exponent(f, truth));
    double ulps = fabs(arf_get_d(arb_midref(d), ARF_RND_NEAR));
    arb_clear(d);
    return ulps;
}

double error_ulps(const Format *f, const void *computed, const arb_t truth)
{
    arb_t c;
    arb_init(c);
    format_get_arb(f, computed, c);
    double ulps = INFINITY;
    if (arb_is_finite(c)) {
        arb_sub(c, c, truth, 2 * f->precision + 64);
        ulps = in_ulps(f, c, truth);
    }
    arb_clear(c);
    return ulps;
}

double error_bits(const Format *f, const void *computed, const arb_t truth)
{
    double ulps = error_ulps(f, computed, truth), most = f->bits ? f->bits : f->precision;
    double bits = log2(1 + ulps);
    return bits < most ? bits : most;
}

/* ---- true values ------------------------------------------------------------------------------------------------------------------- */

/* Is the ball known to `bits` bits, or exactly? Truth values and operands that do not matter may stay open. */
static bool known(const arb_t x, slong bits)
{
    return arb_is_exact(x) || arb_rel_accuracy_bits(x) >= bits;
}

static bool true_values(const Operations *o, arb_srcptr x, slong bits, arb_ptr value, slong *precision)
{
    for (slong prec = FIRST_BITS + bits; prec <= MOST_BITS && !should_stop(); prec *= 2) {
        operations_balls(o, x, prec, value);
        *precision = prec;
        bool all = arb_is_finite(value + o->n - 1);
        for (size_t k = 0; k < o->n && all; k++)
            all = !arb_is_finite(value + k) || known(value + k, bits);
        if (all)
            return true;
    }
    return arb_is_finite(value + o->n - 1);
}

/* ---- one node ---------------------------------------------------------------------------------------------------------------------- */

static bool is_arithmetic(ExprKind kind)
{
    return kind == EXPR_ADD || kind == EXPR_SUB;
}

static double exponent_of(const arb_t x)
{
    fmpz_t e;
    fmpz_init(e);
    arf_abs_bound_lt_2exp_fmpz(e, arb_midref(x));
    double d = arf_is_zero(arb_midref(x)) ? -INFINITY : fmpz_get_d(e);
    fmpz_clear(e);
    return d;
}

/* The operation alone: its exact result at the operands that it was given, and what that says. */
static void analyse_operation(ErrorAnalysis *r, size_t k, arb_srcptr x, arb_ptr given)
{
    const Operation *o = &r->ops.at[k];
    const Format    *f = r->format;
    NodeError       *e = &r->node[k];
    arb_ptr          exact = given + k;
    bool             operands = true;
    arb_t            c, error;
    arb_init(c);
    arb_init(error);
    for (uint32_t i = 0; i < o->n; i++) {
        format_get_arb(f, r->node[o->arg[i]].computed, given + o->arg[i]);
        operands = operands && arb_is_finite(given + o->arg[i]);
    }
    operation_ball(&r->ops, k, x, r->precision, given);
    format_get_arb(f, e->computed, c);
    bool finite = arb_is_finite(c), exists = arb_is_finite(exact);
    e->local = INFINITY;
    if (finite && exists) {
        arb_sub(error, c, exact, r->precision);
        e->local = in_ulps(f, error, arb_is_finite(e->truth) ? e->truth : exact);
    }
    bool leaf = o->n == 0;
    if (operands && !finite)
        e->flags |= exists || (o->kind == EXPR_DIV && arb_is_zero(given + o->arg[1]) && !arb_is_zero(given + o->arg[0])) ? FLAG_OVERFLOW : FLAG_INVALID;
    if (finite && exists && arb_is_zero(error))
        e->flags |= FLAG_EXACT;
    else if (leaf && finite)
        e->flags |= FLAG_DATA;
    if (finite && exists && !(e->flags & FLAG_EXACT) && f->emin < f->emax && exponent_of(exact) <= f->emin)
        e->flags |= FLAG_UNDERFLOW;
    if (is_arithmetic(o->kind) && operands && finite) {
        double u = exponent_of(given + o->arg[0]), v = exponent_of(given + o->arg[1]), w = exponent_of(c), top = fmax(u, v);
        double lost = w == -INFINITY ? f->precision : top - w;
        if (top > -INFINITY && lost >= 2) {
            e->flags |= FLAG_CANCELLATION;
            e->lost = fmin(lost, f->precision);
        }
        arb_srcptr a = given + o->arg[0], b = given + o->arg[1];
        if (!arb_is_zero(a) && !arb_is_zero(b) && (arb_equal(c, a) || (arf_cmpabs(arb_midref(c), arb_midref(b)) == 0)) && !(e->flags & FLAG_EXACT))
            e->flags |= FLAG_ABSORPTION;
    }
    arb_clear(c);
    arb_clear(error);
}

static void conditions(ErrorAnalysis *r, size_t k, arb_srcptr value, slong prec)
{
    const Operation *o = &r->ops.at[k];
    arb_t            d;
    arb_init(d);
    for (uint32_t i = 0; i < 3; i++) {
        r->node[k].condition[i] = NAN;
        if (i >= o->n || o->kind == EXPR_RELATION || o->kind == EXPR_PIECEWISE)
            continue;
        operation_partial(&r->ops, k, i, value, prec, d);
        arb_mul(d, d, value + o->arg[i], prec);
        if (!arb_is_zero(d))
            arb_div(d, d, value + k, prec);
        r->node[k].condition[i] = arb_is_finite(d) ? fabs(arf_get_d(arb_midref(d), ARF_RND_NEAR)) : NAN;
    }
    arb_clear(d);
}

/* log2 |x|; slopes may leave the range of doubles. */
static double log2_of(const arb_t x)
{
    arb_t  m;
    double e = exponent_of(x);
    if (!isfinite(e))
        return e;
    arb_init(m);
    arb_mul_2exp_si(m, x, -(slong)e);
    double d = e + log2(fabs(arf_get_d(arb_midref(m), ARF_RND_NEAR)));
    arb_clear(m);
    return d;
}

/* First order: every node's part of the final error. */
static void shares(ErrorAnalysis *r, arb_srcptr value, slong prec, Arena *a)
{
    size_t  n = r->ops.n;
    arb_ptr slope = _arb_vec_init((slong)n);
    double *part = arena_array(a, double, n), sum = 0, largest = -INFINITY;
    operations_slopes(&r->ops, value, prec, slope);
    for (size_t k = 0; k < n; k++) {
        double local = r->node[k].local;
        bool   counts = isfinite(local) && local > 0 && arb_is_finite(slope + k) && arb_is_finite(value + k);
        part[k] = counts ? log2(local) + (double)ulp_exponent(r->format, value + k) + log2_of(slope + k) : -INFINITY;
        largest = fmax(largest, part[k]);
    }
    for (size_t k = 0; k < n && isfinite(largest); k++)
        sum += exp2(part[k] - largest);
    for (size_t k = 0; k < n && sum > 0; k++)
        r->node[k].share = exp2(part[k] - largest)/sum;
    _arb_vec_clear(slope, (slong)n);
}

/* ---- the experiment ------------------------------------------------------------------------------------------------------------------ */

/* A computed lane of the format as a lane of the wide one. */
static void widen(const Format *f, const void *from, const Format *wide, void *to)
{
    arb_t x;
    arb_init(x);
    format_get_arb(f, from, x);
    double d = format_get_double(f, from);
    if (arb_is_finite(x))
        format_set_arb(wide, to, x, NULL);
    else
        format_set_class(wide, to, isnan(d) ? FLOAT_NAN : d > 0 ? FLOAT_INFINITE : FLOAT_NEGATIVE_INFINITE);
    arb_clear(x);
}

/* Bits of error of the result if node k had its true value, unrounded where it is an operand of the next. */
static double cured_bits(ErrorAnalysis *r, size_t k, arb_srcptr value, const Format *wide, void *lane, Arena *a)
{
    size_t n = r->ops.n;
    bool  *moved = arena_array(a, bool, n);
    if (!arb_is_finite(value + k))
        return r->bits;
    for (size_t j = 0; j < n; j++)
        widen(r->format, r->node[j].computed, wide, format_at(wide, lane, j));
    format_set_arb(wide, format_at(wide, lane, k), value + k, NULL);
    moved[k] = true;
    for (size_t j = k + 1; j < n; j++) {
        const Operation *o = &r->ops.at[j];
        for (uint32_t i = 0; i < o->n; i++)
            moved[j] = moved[j] || moved[o->arg[i]];
        if (r->node[j].flags & (FLAG_OVERFLOW | FLAG_INVALID))
            moved[j] = false;                   /* it fails on its own: the true value of an operand is no cure */
        if (moved[j])
            operation_in_format(&r->ops, j, wide, lane, a, NULL);
    }
    return error_bits(wide, format_at(wide, lane, n - 1), value + n - 1);
}

/* The smallest subexpression whose true value removes nine tenths of what the best one removes (the result itself removes all). */
static void find_cause(ErrorAnalysis *r, arb_srcptr value)
{
    enum { WORTH_BITS = 1 };
    size_t n = r->ops.n;
    Format wide = format_with(format_mpfr(r->format->precision), ROUND_NEAREST, false, true);
    Arena *scratch = arena_new();
    void  *lane = format_lanes(&wide, scratch, n);
    r->cause = n;
    for (size_t k = 0; k < n; k++)
        r->node[k].cured = cured_bits(r, k, value, &wide, lane, scratch);
    for (size_t k = 0; k < n && r->bits > WORTH_BITS && r->cause == n; k++)
        if (r->bits - r->node[k].cured >= 0.9 * (r->bits - WORTH_BITS))
            r->cause = k;                   /* operands stand before what holds them: no smaller one does it */
    arena_delete(scratch);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------------------------- */

static void clear_truths(void *analysis)
{
    ErrorAnalysis *r = analysis;
    for (size_t k = 0; k < r->ops.n; k++)
        arb_clear(r->node[k].truth);
}

static bool set_point(arb_ptr exact, const Expr *const *x, size_t n, Pool *p)
{
    for (size_t i = 0; i < n; i++) {
        if (!expr_is_number(x[i]))
            return pool_fail(p, "the point needs rational numbers"), false;
        arb_set_fmpq(exact + i, expr_number(x[i]), MOST_BITS);
    }
    return true;
}

/* A result that is a rational number is known without a ball: 0 would never be told from small numbers. */
static void exact_result(Pool *p, const Expr *e, const Expr *const *variable, const Expr *const *x, size_t n, arb_t result)
{
    const Expr *value = expr_canonical(p, expr_subst(p, e, variable, x, n));
    if (value && expr_is_number(value))
        arb_set_fmpq(result, expr_number(value), MOST_BITS);
    pool_clear_error(p);
}

bool error_analysis(Pool *p, Arena *a, const Expr *e, const Expr *const *variable, const Expr *const *x, size_t n, const Format *f, ErrorAnalysis *out)
{
    ErrorAnalysis *r = arena_alloc(a, sizeof *r);
    r->format = f;
    e = expr_contracted(p, expr_typed_form(p, e), f);
    if (!e || !operations_of(p, a, e, variable, n, &r->ops))
        return false;
    operations_add_partials(p, a, &r->ops);
    size_t  m = r->ops.n;
    arb_ptr point = _arb_vec_init((slong)n), value = _arb_vec_init((slong)m), given = _arb_vec_init((slong)m);
    void   *lane = format_lanes(f, a, m);
    Rng     random = rng_stream(1, STR("error analysis"));
    r->node = arena_array(a, NodeError, m);
    for (size_t k = 0; k < m; k++)
        arb_init(r->node[k].truth);
    arena_on_release(a, clear_truths, r);
    bool fine = set_point(point, x, n, p) && true_values(&r->ops, point, f->precision + GUARD, value, &r->precision);
    if (!fine && !pool_error(p).n)
        pool_fail(p, should_stop() ? "interrupted" : "the expression has no finite real value there");
    if (fine)
        exact_result(p, r->ops.at[m - 1].e, variable, x, n, value + m - 1);
    for (size_t k = 0; k < m && fine; k++) {
        const Operation *o = &r->ops.at[k];
        if (o->kind == EXPR_SYMBOL)
            format_set_fmpq(f, format_at(f, lane, k), expr_number(x[o->variable]), &random);
        operation_in_format(&r->ops, k, f, lane, a, &random);
        r->node[k].computed = format_at(f, lane, k);
        arb_set(r->node[k].truth, value + k);
        r->node[k].bits = error_bits(f, r->node[k].computed, value + k);
    }
    r->cause = r->fault = m;
    for (size_t k = 0; k < m && fine; k++) {
        analyse_operation(r, k, point, given);
        conditions(r, k, value, r->precision);
        r->node[k].inherited = fabs(error_ulps(f, r->node[k].computed, value + k) - (isfinite(r->node[k].local) ? r->node[k].local : 0));
        if (r->fault == m && r->node[k].flags & (FLAG_OVERFLOW | FLAG_INVALID))
            r->fault = k;
    }
    if (fine) {
        r->bits = r->node[m - 1].bits;
        r->ulps = error_ulps(f, r->node[m - 1].computed, value + m - 1);
        shares(r, value, r->precision, a);
        find_cause(r, value);
        *out = *r;
    }
    _arb_vec_clear(point, (slong)n);
    _arb_vec_clear(value, (slong)m);
    _arb_vec_clear(given, (slong)m);
    return fine;
}
