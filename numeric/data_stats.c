/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums are compensated [Neumaier 1974]; the mean is corrected by the mean of the residuals, the deviation is computed around
 * it, both scaled so that neither overflows. Quartiles interpolate between order statistics (type 7 of Hyndman, Fan 1996). */
#include "numeric/data_stats.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct Sum { double sum, rest; } Sum;

static void sum_add(Sum *s, double x)
{
    double t = s->sum + x;
    s->rest += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
    s->sum = t;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double order_statistic(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t k = (size_t)at;
    double part = at - (double)k;
    return part > 0 ? (1 - part) * sorted[k] + part * sorted[k + 1] : sorted[k];
}

ColumnSummary column_summary(const Column *c, size_t rows)
{
    ColumnSummary s = { 0, NAN, NAN, { NAN, NAN, NAN, NAN, NAN } };
    Arena        *scratch = arena_new();
    double       *x = arena_array(scratch, double, rows), largest = 0;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(c->value[i])) {
            x[s.count++] = c->value[i];
            largest = fmax(largest, fabs(c->value[i]));
        }
    if (s.count) {
        int exponent;
        frexp(largest, &exponent);
        Sum sum = { 0 }, residual = { 0 }, square = { 0 };
        for (size_t i = 0; i < s.count; i++)
            sum_add(&sum, ldexp(x[i], -exponent));
        double mean = (sum.sum + sum.rest) / (double)s.count;
        for (size_t i = 0; i < s.count; i++) {
            double r = ldexp(x[i], -exponent) - mean;
            sum_add(&residual, r);
            sum_add(&square, r * r);
        }
        double drift = residual.sum + residual.rest, n = (double)s.count;
        double variance = (square.sum + square.rest - drift * drift / n) / (n - 1);
        s.mean = ldexp(mean + drift / n, exponent);
        s.deviation = s.count > 1 ? ldexp(sqrt(fmax(variance, 0)), exponent) : NAN;
        qsort(x, s.count, sizeof *x, compare);
        for (int k = 0; k < 5; k++)
            s.quartile[k] = order_statistic(x, s.count, 0.25 * k);
    }
    arena_delete(scratch);
    return s;
}

Data *data_rescale(Arena *a, const Data *d, const bool *change, const double *centre, const double *width)
{
    Data *t = data_new(a, d->columns);
    data_own(t->memory, d);
    t->rows = d->rows;
    for (size_t k = 0; k < d->columns; k++) {
        const Column *from = &d->column[k];
        t->column[k] = *from;
        if (!change[k])
            continue;
        double *value = data_values(t, k, d->rows);
        for (size_t i = 0; i < d->rows; i++)
            value[i] = (from->value[i] - centre[k]) / width[k];
        t->column[k] = (Column){ .name = from->name, .value = value, .exactness = EXACT_DOUBLE, .missing = from->missing };
    }
    return t;
}

/* [Fisher, Yates 1938] */
uint32_t *random_order(Arena *a, size_t n, uint64_t seed, Str use)
{
    uint32_t *order = arena_array(a, uint32_t, n);
    Rng       random = rng_stream(seed, use);
    for (size_t i = 0; i < n; i++) {
        size_t k = (size_t)rng_below(&random, i + 1);
        order[i] = order[k];
        order[k] = (uint32_t)i;
    }
    return order;
}
