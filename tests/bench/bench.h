/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the benchmarks share: medians, and the line `ratio NAME VALUE` (our time divided by the reference's).
 * A benchmark fails if its result is wrong or if the ratio is beyond the target by more than a quarter: below that, noise of
 * a busy machine could be the cause. */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double clock_seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, by_value);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* The least: other work on the machine only adds to a time. */
static inline double best(const double *x, size_t n)
{
    double least = x[0];
    for (size_t i = 1; i < n; i++)
        least = x[i] < least ? x[i] : least;
    return least;
}

/* Prints the line; true if the target is kept. */
static inline bool ratio_report(const char *name, double ours, double reference, double target)
{
    double ratio = ours / reference;
    bool   kept = ratio <= 1.25 * target;
    printf("# %s: %.3f ms, reference %.3f ms, target %g%s\n", name, 1e3 * ours, 1e3 * reference, target, kept ? "" : ": MISSED");
    printf("ratio %s %.3g\n", name, ratio);
    return kept;
}

#endif
