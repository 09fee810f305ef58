/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampling a curve (x(t), y(t)) for a picture.
 *
 * Equal steps first; then, in rounds over all intervals at once, halves of those where the polygon turns by more than a small angle as
 * it will be seen. Where a value meets no value the end of the domain is bisected. Where two neighbours differ much the larger
 * difference is bisected: if it stays or grows the curve is cut there (a jump, a pole). A function without joints (joints.h) is
 * continuous where it is real, and is never cut between values, however steep it is.
 * What is worth showing: all of it, unless there is a pole; then the middle of the values and as much again beside it. */
#include "symbolic/tape/sample.h"

#include "symbolic/limits/joints.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { START = 257, MOST_POINTS = 6000, ROUNDS = 8, BISECTIONS = 46, MOST_CUTS = 600 };
static const double ANGLE = 0.05, SHORTEST = 1.0 / 900, SPLIT = 0.4871, GROWN = 100, CUT = 0.02;

typedef struct Work {
    const CurveTask *task;
    Arena   *arena;
    Sampler *sampler;
    bool     plain, joints;         /* x is t; there may be jumps */
    size_t   n;
    double  *t, *x, *y;             /* ascending t */
    double   width, height;         /* of what is shown, in the units of seen_x and seen_y */
    double   middle, spread;        /* of the values at equal steps */
    double   small, large;          /* of them */
    bool     pole;
} Work;

static double seen_x(const Work *w, double x) { return w->task->log_x ? log10(x) : x; }
static double seen_y(const Work *w, double y) { return w->task->log_y ? log10(y) : y; }

static bool shows(const Work *w, size_t i)
{
    return isfinite(w->x[i]) && isfinite(w->y[i]) && (!w->task->log_y || w->y[i] > 0) && (!w->task->log_x || w->x[i] > 0);
}

static bool evaluate(Work *w, const double *t, size_t n, double *x, double *y)
{
    const double *in[] = { t };
    double       *out[] = { y, x };
    if (!sampler_run(w->sampler, in, n, out))
        return false;
    if (w->plain)
        memcpy(x, t, n * sizeof *x);
    return true;
}

/* ---- what is worth showing ------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The quantiles of the values at equal steps. */
static void measure(Work *w)
{
    double *v = arena_array(w->arena, double, w->n + 1);
    size_t  n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (shows(w, i))
            v[n++] = seen_y(w, w->y[i]);
    qsort(v, n, sizeof *v, compare);
    w->small = n ? v[0] : NAN;
    w->large = n ? v[n - 1] : NAN;
    double a = n ? v[n / 5] : 0, b = n ? v[n - 1 - n / 5] : 0;
    w->middle = a / 2 + b / 2;
    w->spread = b - a;
    w->height = n ? w->large - w->small : 1;
    /* poles are not known yet: values far beyond the middle do not decide what a sharp bend is */
    if (w->height > 8 * w->spread && w->spread > 0)
        w->height = 8 * w->spread;
    w->height = w->height > 0 && isfinite(w->height) ? w->height : 1;
    double low = NAN, high = NAN;
    for (size_t i = 0; i < w->n; i++)
        if (shows(w, i))
            range_include(&low, &high, &(double){ seen_x(w, w->x[i]) }, 1, false);
    w->width = high > low ? high - low : 1;
}

/* ---- rounds ----------------------------------------------------------------------------------------------------------------------- */

static double turn(const Work *w, size_t i)
{
    if (i == 0 || i + 1 >= w->n || !shows(w, i - 1) || !shows(w, i) || !shows(w, i + 1))
        return 0;
    double ax = (seen_x(w, w->x[i]) - seen_x(w, w->x[i - 1])) / w->width, ay = (seen_y(w, w->y[i]) - seen_y(w, w->y[i - 1])) / w->height;
    double bx = (seen_x(w, w->x[i + 1]) - seen_x(w, w->x[i])) / w->width, by = (seen_y(w, w->y[i + 1]) - seen_y(w, w->y[i])) / w->height;
    return fabs(atan2(ax * by - ay * bx, ax * bx + ay * by));
}

static bool wants_half(const Work *w, size_t i)
{
    if (shows(w, i) != shows(w, i + 1))
        return true;
    if (!shows(w, i) || !(w->t[i] + (w->t[i + 1] - w->t[i]) / 4 > w->t[i]))
        return false;
    double far = 2.5 * w->height, a = seen_y(w, w->y[i]) - w->middle, b = seen_y(w, w->y[i + 1]) - w->middle;
    if ((a > far && b > far) || (a < -far && b < -far))
        return false;
    double dx = (seen_x(w, w->x[i + 1]) - seen_x(w, w->x[i])) / w->width, dy = (b - a) / w->height;
    return hypot(dx, dy) > SHORTEST && (hypot(dx, dy) > 0.1 || turn(w, i) > ANGLE || turn(w, i + 1) > ANGLE);
}

/* The points t[0..n-1] (ascending, each inside an interval of its own) join the curve. */
static void merge(Work *w, size_t n, const double *t, const double *x, const double *y)
{
    double *T = arena_array(w->arena, double, w->n + n), *X = arena_array(w->arena, double, w->n + n), *Y = arena_array(w->arena, double, w->n + n);
    size_t  k = 0, made = 0;
    for (size_t i = 0; i < w->n || k < n; made++) {
        bool old = k == n || (i < w->n && w->t[i] <= t[k]);
        T[made] = old ? w->t[i] : t[k];
        X[made] = old ? w->x[i] : x[k];
        Y[made] = old ? w->y[i] : y[k];
        i += old;
        k += !old;
    }
    w->t = T;
    w->x = X;
    w->y = Y;
    w->n = made;
}

static double half(const Work *w, size_t i)
{
    double a = w->t[i], b = w->t[i + 1];
    return w->plain && w->task->log_x && a > 0 ? sqrt(a) * sqrt(b) : a + (b - a) / 2;
}

static bool refine(Work *w)
{
    for (int round = 0; round < ROUNDS && w->n < MOST_POINTS; round++) {
        double *t = arena_array(w->arena, double, w->n), *x = arena_array(w->arena, double, w->n), *y = arena_array(w->arena, double, w->n);
        size_t  n = 0;
        for (size_t i = 0; i + 1 < w->n && w->n + n < MOST_POINTS; i++)
            if (wants_half(w, i))
                t[n++] = half(w, i);
        if (!n)
            return true;
        if (!evaluate(w, t, n, x, y))
            return false;
        merge(w, n, t, x, y);
    }
    return true;
}

/* ---- ends of the domain, jumps, poles ----------------------------------------------------------------------------------------------- */

typedef struct Cut {                /* between two points of the curve */
    double t[2], x[2], y[2];
    bool   good[2];                 /* has it a value there? */
    double first;                   /* the difference before bisection */
} Cut;

static bool good(const Work *w, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!w->task->log_y || y > 0);
}

static double gap(const Work *w, double y, double z) { return fabs(seen_y(w, y) - seen_y(w, z)); }

static bool is_cut(const Work *w, size_t i)
{
    bool a = shows(w, i), b = shows(w, i + 1);
    if (a != b)
        return true;
    return a && b && w->joints && gap(w, w->y[i], w->y[i + 1]) > CUT * w->height;
}

/* One step of all bisections. */
static bool bisect(Work *w, Cut *cut, size_t n)
{
    double *t = arena_array(w->arena, double, n), *x = arena_array(w->arena, double, n), *y = arena_array(w->arena, double, n);
    for (size_t k = 0; k < n; k++)
        t[k] = cut[k].t[0] + SPLIT * (cut[k].t[1] - cut[k].t[0]);
    if (!evaluate(w, t, n, x, y))
        return false;
    for (size_t k = 0; k < n; k++) {
        Cut *c = &cut[k];
        double size = fmax(1e-9 * (w->task->high - w->task->low), 8 * DBL_EPSILON * fmax(fabs(c->t[0]), fabs(c->t[1])));
        if (!(c->t[1] - c->t[0] > size))
            continue;                               /* narrower is neither seen nor right: the digits of f end */
        bool fine = good(w, x[k], y[k]);
        int  side;
        if (c->good[0] && c->good[1])
            side = fine ? gap(w, c->y[0], y[k]) >= gap(w, y[k], c->y[1]) : 1;      /* the end that moves */
        else
            side = fine == c->good[0] ? 0 : 1;
        c->t[side] = t[k];
        c->x[side] = x[k];
        c->y[side] = y[k];
        c->good[side] = fine;
    }
    return true;
}

/* What the bisections found joins the curve: both sides, and a gap between them. */
static void insert_cuts(Work *w, const Cut *cut, size_t n)
{
    double *t = arena_array(w->arena, double, 3 * n), *x = arena_array(w->arena, double, 3 * n), *y = arena_array(w->arena, double, 3 * n);
    size_t  made = 0;
    for (size_t k = 0; k < n; k++) {
        const Cut *c = &cut[k];
        bool       both = c->good[0] && c->good[1];
        if (both && gap(w, c->y[0], c->y[1]) < c->first / 2)
            continue;                                               /* steep, but continuous */
        for (int side = 0; side < 2; side++) {
            double far = c->good[side] ? fabs(seen_y(w, c->y[side]) - w->middle) : 0;
            w->pole = w->pole || far > GROWN * fmax(w->large - w->small, w->spread);
        }
        const double T[] = { c->t[0], c->t[0] + (c->t[1] - c->t[0]) / 2, c->t[1] }, X[] = { c->x[0], c->x[0], c->x[1] }, Y[] = { c->y[0], NAN, c->y[1] };
        for (int j = 0; j < 3; j++) {
            t[made] = T[j];
            x[made] = X[j];
            y[made++] = Y[j];
        }
    }
    merge(w, made, t, x, y);
}

static bool cut_curve(Work *w)
{
    Cut   *cut = arena_array(w->arena, Cut, MOST_CUTS);
    size_t n = 0;
    for (size_t i = 0; i + 1 < w->n && n < MOST_CUTS; i++)
        if (is_cut(w, i)) {
            Cut c = { { w->t[i], w->t[i + 1] }, { w->x[i], w->x[i + 1] }, { w->y[i], w->y[i + 1] }, { shows(w, i), shows(w, i + 1) }, 0 };
            c.first = c.good[0] && c.good[1] ? gap(w, c.y[0], c.y[1]) : 0;
            cut[n++] = c;
        }
    for (int k = 0; k < BISECTIONS && n; k++)
        if (!bisect(w, cut, n))
            return false;
    insert_cuts(w, cut, n);
    return true;
}

/* A pole without change of sign has no cut: is there growth without end at a local maximum of |y - middle|? */
static bool find_peaks(Work *w)
{
    enum { INSIDE = 8, ZOOMS = 14, MOST_PEAKS = 40 };
    size_t peaks = 0;
    for (size_t i = 1; i + 1 < w->n && !w->pole && peaks < MOST_PEAKS; i++) {
        double d[3];
        for (size_t k = 0; k < 3; k++)
            d[k] = shows(w, i + k - 1) ? fabs(seen_y(w, w->y[i + k - 1]) - w->middle) : 0;
        if (!(d[1] > d[0] && d[1] >= d[2] && d[1] > 4 * w->spread))
            continue;
        double a = w->t[i - 1], b = w->t[i + 1], best = d[1];
        peaks++;
        for (int zoom = 0; zoom < ZOOMS; zoom++) {
            double t[INSIDE], x[INSIDE], y[INSIDE], at = a, h = (b - a) / (INSIDE + 1);
            for (int k = 0; k < INSIDE; k++)
                t[k] = a + (k + 1 - 0.03) * h;
            if (!evaluate(w, t, INSIDE, x, y))
                return false;
            double top = -1;
            for (int k = 0; k < INSIDE; k++) {
                double far = good(w, x[k], y[k]) ? fabs(seen_y(w, y[k]) - w->middle) : isinf(y[k]) ? INFINITY : -1;
                if (far > top) {
                    top = far;
                    at = t[k];
                }
            }
            best = fmax(best, top);
            a = fmax(a, at - h);
            b = fmin(b, at + h);
        }
        w->pole = best > GROWN * d[1];
    }
    return true;
}

static void settle(Work *w, Curve *out)
{
    double low = NAN, high = NAN;
    for (size_t i = 0; i < w->n; i++)
        if (shows(w, i))
            range_include(&low, &high, &(double){ seen_y(w, w->y[i]) }, 1, false);
    if (w->pole) {
        low = fmax(w->small, w->middle - 1.25 * w->spread);
        high = fmin(w->large, w->middle + 1.25 * w->spread);
    }
    out->pole = w->pole;
    out->low = w->task->log_y ? pow(10, low) : low;
    out->high = w->task->log_y ? pow(10, high) : high;
}

static void start(Work *w)
{
    double low = w->task->low, high = w->task->high;
    w->n = START;
    w->t = arena_array(w->arena, double, START);
    w->x = arena_array(w->arena, double, START);
    w->y = arena_array(w->arena, double, START);
    for (size_t i = 0; i < START; i++) {
        double s = (double)i / (START - 1);
        w->t[i] = w->plain && w->task->log_x ? exp((1 - s) * log(low) + s * log(high)) : (1 - s) * low + s * high;
    }
    w->t[0] = low;
    w->t[START - 1] = high;
}

bool curve_sample(Call *c, int i, const CurveTask *task, Curve *out)
{
    const Expr *f[] = { task->y, task->x };
    Work        w = { .task = task, .arena = c->arena, .plain = task->x == task->t };
    w.sampler = sampler_new(c, i, &task->t, 1, f, w.plain ? 1 : 2, true);
    if (!w.sampler)
        return false;
    Joints j = expr_joints(c->pool, c->arena, task->y, task->t), k = w.plain ? (Joints){ 0 } : expr_joints(c->pool, c->arena, task->x, task->t);
    w.joints = j.n || j.why || k.n || k.why;
    pool_clear_error(c->pool);
    start(&w);
    bool fine = evaluate(&w, w.t, w.n, w.x, w.y);
    if (fine) {
        measure(&w);
        fine = refine(&w) && find_peaks(&w);
    }
    if (fine) {
        settle(&w, out);            /* before the points close to a pole join */
        fine = cut_curve(&w);
    }
    if (!fine)
        return call_fail(c, -1, "interrupted"), false;
    if (w.pole && !out->pole)
        settle(&w, out);
    *out = (Curve){ .n = w.n, .t = w.t, .x = w.x, .y = w.y, .pole = w.pole, .low = out->low, .high = out->high };
    for (size_t m = 0; m < w.n; m++)
        if (!isfinite(w.x[m]) || !isfinite(w.y[m]))
            w.y[m] = NAN;
    return true;
}
