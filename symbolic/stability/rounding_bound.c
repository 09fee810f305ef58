/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By the mean value theorem the error is the sum over operations of (slope of the result in the operation) * (its rounding error), the slopes taken
 * at values between the exact and the computed ones. Balls over a box, widened by the rounding errors on the way, hold those values, so the sum
 * of |slope| times half an ulp bounds the error with nothing left over: the second order is inside the balls. The box with the largest bound is
 * halved, along the variable for which that helps most, until the bound meets what a point reaches or the budget ends [Solovyev et al. 2015,
 * FPTaylor, for the form]. Exact operations cost nothing: multiplication by powers of two, and subtraction of numbers within a factor of two. */
#include "symbolic/stability/rounding_bound.h"

#include "base/interrupt.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

enum { PREC = 64, MOST_EVALUATIONS = 60000, PROBES = 1500, CLIMBS = 4 };
static const double NEAR_ENOUGH = 1.003;

typedef struct Part { double bound; double *low, *high; } Part;

typedef struct Bounder {
    Arena            *arena;
    const Operations *o;
    const Box        *box;
    const Format     *f;
    arb_ptr           x, value, slope;
    arb_t             t, u, minus;
    double           *literal;      /* the rounding error of each number in the text */
    size_t            evaluations;
} Bounder;

/* ---- the bound over one box ---------------------------------------------------------------------------------------------------------- */

static bool is_power_of_two(const Operation *o)
{
    int e;
    return o->kind == EXPR_NUMBER && o->value != 0 && fabs(frexp(o->value, &e)) == 0.5;
}

/* y/2 <= x <= 2y for all pairs: the difference is a number of the format [Sterbenz 1974]. */
static bool within_factor_two(Bounder *b, const arb_t x, const arb_t y)
{
    bool same = (arb_is_positive(x) && arb_is_positive(y)) || (arb_is_negative(x) && arb_is_negative(y));
    if (!same)
        return false;
    arb_abs(b->t, x);
    arb_abs(b->u, y);
    arb_mul_2exp_si(b->u, b->u, 1);
    if (!arb_le(b->t, b->u))
        return false;
    arb_mul_2exp_si(b->u, b->u, -2);
    return arb_ge(b->t, b->u);
}

static bool is_exact(Bounder *b, const Operation *o)
{
    switch ((int)o->kind) {
    case EXPR_NUMBER: case EXPR_CONSTANT: case EXPR_SYMBOL: case EXPR_NEG: case EXPR_RELATION: case EXPR_AND: case EXPR_OR: case EXPR_NOT:
    case EXPR_PIECEWISE:
        return true;
    case EXPR_MUL:
        return is_power_of_two(&b->o->at[o->arg[0]]) || is_power_of_two(&b->o->at[o->arg[1]]);
    case EXPR_DIV:
        return is_power_of_two(&b->o->at[o->arg[1]]);
    case EXPR_SUB:
        return within_factor_two(b, b->value + o->arg[0], b->value + o->arg[1]);
    case EXPR_ADD:
        arb_neg(b->minus, b->value + o->arg[1]);
        return within_factor_two(b, b->value + o->arg[0], b->minus);
    case EXPR_CALL: {
        FnId id = o->e->fn->id;
        return id == FN_abs || id == FN_max || id == FN_min || id == FN_sign || id == FN_floor || id == FN_ceil || id == FN_round || id == FN_relu;
    }
    default:
        return false;
    }
}

/* Half an ulp at the largest number of the ball; infinite beyond the range of the format. */
static double half_ulp(const Bounder *b, const arb_t v)
{
    arf_t top;
    int   e;
    if (!arb_is_finite(v))
        return INFINITY;
    arf_init(top);
    arb_get_abs_ubound_arf(top, v, 53);
    double size = arf_get_d(top, ARF_RND_UP);
    arf_clear(top);
    if (size == 0)
        return 0;
    if (b->f->emin < b->f->emax && size > b->f->largest)
        return INFINITY;
    frexp(size, &e);                                /* a power of two itself is the end of the binade below */
    if (ldexp(0.5, e) == size)
        e--;
    slong exponent = e - b->f->precision - 1, least = b->f->emin - b->f->precision;
    return ldexp(1, (int)(b->f->emin < b->f->emax && exponent < least ? least : exponent));
}

static double upper_size(const arb_t x)
{
    if (!arb_is_finite(x))
        return INFINITY;
    arf_t top;
    arf_init(top);
    arb_get_abs_ubound_arf(top, x, 53);
    double size = arf_get_d(top, ARF_RND_UP);
    arf_clear(top);
    return size;
}

static void set_interval(arb_t x, double low, double high)
{
    arf_t l, h;
    arf_init(l);
    arf_init(h);
    arf_set_d(l, low);
    arf_set_d(h, high);
    arb_set_interval_arf(x, l, h, 2 * PREC);
    arf_clear(l);
    arf_clear(h);
}

static void widen(arb_t x, double error)
{
    arf_t e;
    arf_init(e);
    arf_set_d(e, error);
    arb_add_error_arf(x, e);
    arf_clear(e);
}

static double bound_over(Bounder *b, const double *low, const double *high)
{
    const Operations *o = b->o;
    double           *error = arena_array(b->arena, double, o->n), sum = 0;
    b->evaluations++;
    for (size_t i = 0; i < b->box->n; i++)
        set_interval(b->x + i, low[i], high[i]);
    for (size_t k = 0; k < o->n; k++) {
        const Operation *op = &o->at[k];
        operation_ball(o, k, b->x, PREC, b->value);
        if (op->kind == EXPR_NUMBER || op->kind == EXPR_CONSTANT) {
            error[k] = b->literal[k];
            widen(b->value + k, error[k]);
            continue;
        }
        if (is_exact(b, op))
            continue;
        error[k] = half_ulp(b, b->value + k);
        if (!isfinite(error[k]))
            return INFINITY;
        widen(b->value + k, error[k]);              /* what the next operation may be given */
    }
    operations_slopes(o, b->value, PREC, b->slope);
    for (size_t k = 0; k < o->n; k++)
        if (error[k] > 0)
            sum += error[k] * upper_size(b->slope + k) * (1 + 0x1p-50);
    return isnan(sum) ? INFINITY : sum;
}

/* |rounded - exact| of every number and constant, rounded up. */
static void measure_literals(Bounder *b)
{
    const Operations *o = b->o;
    void             *lane = format_lanes(b->f, b->arena, o->n);
    Rng               random = rng_stream(1, STR("literals"));
    b->literal = arena_array(b->arena, double, o->n);
    for (size_t k = 0; k < o->n; k++) {
        if (o->at[k].kind != EXPR_NUMBER && o->at[k].kind != EXPR_CONSTANT)
            continue;
        operation_in_format(o, k, b->f, lane, b->arena, &random);
        operation_ball(o, k, b->x, 4*PREC, b->value);
        format_get_arb(b->f, format_at(b->f, lane, k), b->t);
        arb_sub(b->t, b->t, b->value + k, 4*PREC);
        b->literal[k] = upper_size(b->t);
    }
}

/* ---- branch and bound ------------------------------------------------------------------------------------------------------------------ */

typedef struct Heap { size_t n, room; Part *at; } Heap;

static void heap_push(Arena *a, Heap *h, Part p)
{
    vec_push(a, h, p);
    for (size_t i = h->n - 1; i > 0 && h->at[(i - 1)/2].bound < h->at[i].bound; i = (i - 1)/2) {
        Part t = h->at[i];
        h->at[i] = h->at[(i - 1)/2];
        h->at[(i - 1)/2] = t;
    }
}

static Part heap_pop(Heap *h)
{
    Part top = h->at[0];
    h->at[0] = h->at[--h->n];
    for (size_t i = 0; 2*i + 1 < h->n;) {
        size_t j = 2*i + 1;
        j += j + 1 < h->n && h->at[j + 1].bound > h->at[j].bound;
        if (h->at[j].bound <= h->at[i].bound)
            break;
        Part t = h->at[i];
        h->at[i] = h->at[j];
        h->at[j] = t;
        i = j;
    }
    return top;
}

static Part part_with(Bounder *b, const Part *p, size_t i, double low, double high)
{
    size_t n = b->box->n;
    Part   q = { .low = arena_copy(b->arena, p->low, n * sizeof(double)), .high = arena_copy(b->arena, p->high, n * sizeof(double)) };
    q.low[i] = low;
    q.high[i] = high;
    q.bound = bound_over(b, q.low, q.high);
    q.bound = fmin(q.bound, p->bound);
    return q;
}

static double middle_of(double low, double high)
{
    bool positive = low > 0, wide = positive ? high/low > 8 : high < 0 && low/high > 8;
    return !wide ? low/2 + high/2 : positive ? sqrt(low)*sqrt(high) : -sqrt(-low)*sqrt(-high);
}

/* Both halves along the variable for which the larger of them is smallest, or else along the widest. False: no variable can be halved. */
static bool halve(Bounder *b, const Part *p, Part *best)
{
    bool   found = false;
    double least = INFINITY;
    for (size_t i = 0; i < b->box->n; i++) {
        double m = middle_of(p->low[i], p->high[i]);
        if (!(m > p->low[i] && m < p->high[i]))
            continue;
        Part   half[2] = { part_with(b, p, i, p->low[i], m), part_with(b, p, i, m, p->high[i]) };
        double larger = fmax(half[0].bound, half[1].bound), width = (p->high[i] - p->low[i])/(b->box->high[i] - b->box->low[i]);
        double measure = isfinite(larger) && larger <= 0.99*p->bound ? larger/fmin(p->bound, 1e300) : 2 - width;     /* none helps at once: the widest */
        if (!found || measure < least) {
            found = true;
            least = measure;
            best[0] = half[0];
            best[1] = half[1];
        }
    }
    return found;
}

static double search(Bounder *b)
{
    Heap   heap = { 0 };
    double reached = 0;                             /* the form at a point: no bound below that can be proved this way */
    Part   whole = { INFINITY, b->box->low, b->box->high };
    whole.bound = bound_over(b, whole.low, whole.high);
    heap_push(b->arena, &heap, whole);
    while (b->evaluations < MOST_EVALUATIONS && !should_stop()) {
        Part   top = heap.at[0], half[2];
        double m[64];
        for (size_t i = 0; i < b->box->n && i < 64; i++)
            m[i] = top.low[i]/2 + top.high[i]/2;
        double here = bound_over(b, m, m);
        reached = isfinite(here) ? fmax(reached, here) : reached;
        if (top.bound <= NEAR_ENOUGH*reached || !halve(b, &top, half))
            break;
        heap_pop(&heap);
        heap_push(b->arena, &heap, half[0]);
        heap_push(b->arena, &heap, half[1]);
    }
    return heap.at[0].bound;
}

/* ---- an error that occurs ---------------------------------------------------------------------------------------------------------------- */

static double error_at(Bounder *b, const double *x, void *lane)
{
    const Operations *o = b->o;
    arb_t             c;
    Rng               random = rng_stream(1, STR("bound"));
    for (size_t k = 0; k < o->n; k++) {
        const Operation *op = &o->at[k];
        if (op->kind == EXPR_SYMBOL)
            format_set_double(b->f, format_at(b->f, lane, k), x[op->variable], &random);
        operation_in_format(o, k, b->f, lane, b->arena, &random);
        if (op->kind == EXPR_SYMBOL)
            format_get_arb(b->f, format_at(b->f, lane, k), b->value + k);
        else
            operation_ball(o, k, b->x, 3 * PREC, b->value);
    }
    arb_init(c);
    format_get_arb(b->f, format_at(b->f, lane, o->n - 1), c);
    arb_sub(c, c, b->value + o->n - 1, 3 * PREC);
    double error = arb_is_finite(c) ? fabs(arf_get_d(arb_midref(c), ARF_RND_DOWN)) : -1;
    arb_clear(c);
    return error;
}

static void probe(Bounder *b, RoundingBound *r)
{
    size_t  n = b->box->n;
    double *x = arena_array(b->arena, double, n + 1);
    void   *lane = format_lanes(b->f, b->arena, b->o->n);
    Rng     random = rng_stream(14, STR("probes"));
    r->found = -1;
    for (size_t t = 0; t < PROBES + CLIMBS*PROBES/4 && !should_stop(); t++) {
        for (size_t i = 0; i < n; i++) {
            double low = b->box->low[i], high = b->box->high[i];
            x[i] = low + (high - low)*rng_unit(&random);
            if (t >= PROBES && r->found >= 0) {     /* near the worst point so far */
                double radius = ldexp(high - low, -(int)(3 + 3*((t - PROBES) % CLIMBS)));
                x[i] = fmin(high, fmax(low, r->at[i] + radius*(2*rng_unit(&random) - 1)));
            }
        }
        double e = error_at(b, x, lane);
        if (e > r->found) {
            r->found = e;
            memcpy(r->at, x, n * sizeof *x);
        }
    }
}

RoundingBound rounding_bound(Arena *a, const Operations *o, const Box *box, const Format *f)
{
    RoundingBound r = { .at = arena_array(a, double, box->n + 1) };
    Arena        *scratch = arena_new();
    Bounder       b = { .arena = scratch, .o = o, .box = box, .f = f, .x = _arb_vec_init((slong)box->n), .value = _arb_vec_init((slong)o->n),
                        .slope = _arb_vec_init((slong)o->n) };
    arb_init(b.t);
    arb_init(b.u);
    arb_init(b.minus);
    measure_literals(&b);
    r.bound = search(&b);
    r.boxes = b.evaluations;
    probe(&b, &r);
    for (size_t i = 0; i < box->n; i++)
        set_interval(b.x + i, box->low[i], box->high[i]);
    operations_balls(o, b.x, PREC, b.value);
    arf_t end;
    arf_init(end);
    arb_get_lbound_arf(end, b.value + o->n - 1, 53);
    r.low = arf_get_d(end, ARF_RND_DOWN);
    arb_get_ubound_arf(end, b.value + o->n - 1, 53);
    r.high = arf_get_d(end, ARF_RND_UP);
    arf_clear(end);
    arb_clear(b.t);
    arb_clear(b.u);
    arb_clear(b.minus);
    _arb_vec_clear(b.x, (slong)box->n);
    _arb_vec_clear(b.value, (slong)o->n);
    _arb_vec_clear(b.slope, (slong)o->n);
    arena_delete(scratch);
    return r;
}
