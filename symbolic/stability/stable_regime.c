/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two forms joined by `if`: the samples are sorted along a variable or its size, and the split that leaves the least error is taken. A branch must
 * win half a bit; the boundary is a short decimal between the two samples around it. */
#include "symbolic/stability/stabilize.h"

#include "base/interrupt.h"
#include "numeric/ordinal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINALISTS = 10, PASSES = 2, AROUND = 4, PROBES = 64 };
static const double BRANCH_GAIN = 0.5;

typedef struct Ordered { double key; size_t point; } Ordered;

static int by_key(const void *x, const void *y)
{
    const Ordered *a = x, *b = y;
    return a->key < b->key ? -1 : a->key > b->key ? 1 : a->point < b->point ? -1 : a->point > b->point;
}

static double *bits_of(Search *s, size_t i)
{
    Candidate *c = &s->at[i];
    if (!c->bits) {
        Arena *scratch = arena_new();
        c->bits = arena_array(s->arena, double, s->samples.points);
        samples_errors(&s->samples, &c->ops, scratch, c->bits);
        arena_delete(scratch);
    }
    return c->bits;
}

/* A decimal with few digits above a and at most b: 0.03, or 5*10^-160 far from 1. */
static const Expr *short_between(Pool *p, double a, double b)
{
    double middle = a < 0 && b > 0 ? 0 : a > 0 && b/a > 4 ? sqrt(a)*sqrt(b) : b < 0 && a/b > 4 ? -sqrt(-a)*sqrt(-b) : a/2 + b/2;
    for (int digits = 1; digits <= 17; digits++) {
        char text[40];
        snprintf(text, sizeof text, "%.*e", digits - 1, middle);
        double x = strtod(text, NULL);
        if (!(x > a && x <= b))
            continue;
        char *e = strchr(text, 'e');
        int   exponent = atoi(e + 1);
        bool  far = x != 0 && (exponent > 9 || exponent < -5);
        return pool_read_typed(p, far ? str_printf(pool_arena(p), "%.*s*10^(%d)", (int)(e - text), text, exponent).s
                                      : str_printf(pool_arena(p), "%.*g", digits, middle).s, NULL, 0);
    }
    return NULL;
}

typedef struct Split { double total, low, high, far_low, far_high; size_t variable; bool size; size_t below, above; } Split;

static void try_split(Search *s, const Ordered *order, size_t variable, bool size, size_t below, size_t above, Split *best)
{
    const double *a = bits_of(s, below), *b = bits_of(s, above);
    size_t  n = s->samples.points;
    double  total = 0, weight[2] = { 1.0/(double)(s->samples.ordinal ? s->samples.ordinal : 1),
                                     1.0/(double)(n > s->samples.ordinal ? n - s->samples.ordinal : 1) };
    for (size_t k = 0; k < n; k++)
        total += b[k]*weight[k >= s->samples.ordinal];
    for (size_t k = 0; k + 1 < n; k++) {
        size_t at = order[k].point;
        total += (a[at] - b[at])*weight[at >= s->samples.ordinal];
        if (total < best->total - 1e-9 && order[k].key < order[k + 1].key && isfinite(order[k].key) && isfinite(order[k + 1].key))
            *best = (Split){ total, order[k].key, order[k + 1].key, order[k < AROUND ? 0 : k - AROUND].key, order[k + AROUND < n ? k + AROUND : n - 1].key,
                             variable, size, below, above };
    }
}

/* Samples lie far apart where ranges are wide: of one variable, the split is placed anew between points around it. */
static void refine(const Search *s, Split *best)
{
    double a[PROBES + 1], b[PROBES + 1], x[PROBES + 1];
    size_t most = 0, n = 0;
    if (s->box->n != 1)
        return;
    const Operations *truth = &s->at[0].ops, *below = &s->at[best->below].ops, *above = &s->at[best->above].ops;
    Arena  *scratch = arena_new();
    most = below->n > above->n ? below->n : above->n;
    const Format *f = s->format;
    void  *value = format_lanes(f, scratch, most), *at = format_lanes(f, scratch, 1);
    fmpz_t from, width, step;
    fmpz_init(from);
    fmpz_init(width);
    fmpz_init(step);
    format_set_double(f, at, best->far_low, NULL);
    format_get_ordinal(f, at, from);
    format_set_double(f, at, best->far_high, NULL);
    format_get_ordinal(f, at, width);
    fmpz_sub(width, width, from);
    for (size_t k = 0; k <= PROBES; k++) {
        fmpz_mul_ui(step, width, k);
        fmpz_fdiv_q_ui(step, step, PROBES);
        fmpz_add(step, step, from);
        format_set_ordinal(f, at, step);
        double e = box_contains(s->box, f, at) ? point_bits(truth, below, f, value, at) : -1;
        if (e < 0)
            continue;
        x[n] = format_get_double(f, at);
        a[n] = e;
        b[n++] = point_bits(truth, above, f, value, at);
    }
    fmpz_clear(from);
    fmpz_clear(width);
    fmpz_clear(step);
    double total = 0, least = INFINITY;
    for (size_t k = 0; k < n; k++)
        total += b[k];
    for (size_t k = 0; k + 1 < n; k++) {
        total += a[k] - b[k];
        if (total < least && x[k] < x[k + 1]) {
            least = total;
            best->low = x[k];
            best->high = x[k + 1];
        }
    }
    arena_delete(scratch);
}

static void finalists(const Search *s, size_t *out, size_t *n)
{
    *n = 0;
    bool *taken = arena_array(s->arena, bool, s->n);
    while (*n < FINALISTS) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < s->n; i++) {
            const Errors *e = &s->at[i].errors;
            double        mean = e->mean_ordinal + e->mean_value;
            if (!taken[i] && !s->at[i].refused && (best == SIZE_MAX || mean < s->at[best].errors.mean_ordinal + s->at[best].errors.mean_value))
                best = i;
        }
        if (best == SIZE_MAX)
            return;
        taken[best] = true;
        bool alike = false;
        for (size_t j = 0; j < *n && !alike; j++)
            alike = fabs(s->at[out[j]].errors.mean_ordinal - s->at[best].errors.mean_ordinal) < 0.02
                 && fabs(s->at[out[j]].errors.mean_value - s->at[best].errors.mean_value) < 0.02;
        if (!alike)
            out[(*n)++] = best;
    }
}

static bool join_best(Search *s)
{
    size_t   list[FINALISTS + 1], n;
    Ordered *order = arena_array(s->arena, Ordered, s->samples.points);
    finalists(s, list, &n);
    list[n++] = 0;                                      /* the input itself: good where the others are not */
    double best_single = INFINITY;
    for (size_t i = 0; i < n; i++)                      /* what could win without a branch */
        if (list[i] == 0 || search_worth(s, &s->at[list[i]], 0.1))
            best_single = fmin(best_single, s->at[list[i]].errors.mean_ordinal + s->at[list[i]].errors.mean_value);
    Split best = { .total = best_single - BRANCH_GAIN };
    bool  found = false;
    for (size_t v = 0; v < s->box->n; v++)
        for (int size = 0; size < 2 && !should_stop(); size++) {
            for (size_t k = 0; k < s->samples.points; k++) {
                double x = format_get_double(s->format, format_at(s->format, s->samples.x, v * s->samples.points + k));
                order[k] = (Ordered){ size ? fabs(x) : x, k };
            }
            if (size && s->box->low[v] >= 0)
                continue;
            qsort(order, s->samples.points, sizeof *order, by_key);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    if (i != j) {
                        double before = best.total;
                        try_split(s, order, v, size == 1, list[i], list[j], &best);
                        found = found || best.total < before;
                    }
        }
    if (found)
        refine(s, &best);
    const Expr *bound = found ? short_between(s->pool, best.low, best.high) : NULL;
    if (!bound)
        return false;
    const Expr *x = s->box->variable[best.variable];
    if (best.size)
        x = typed_call(s->pool, &fn_rows[FN_abs], &x, 1);
    const Expr *arg[] = { expr_relation(s->pool, REL_LT, x, bound), s->at[best.below].e, s->at[best.above].e };
    return search_add(s, expr_piecewise(s->pool, arg, 3), (Candidate){ .kind = MOVE_REGIME, .parent = best.below, .other = best.above }) != SIZE_MAX;
}

void search_regimes(Search *s)
{
    for (int pass = 0; pass < PASSES && join_best(s); pass++)
        ;
}
