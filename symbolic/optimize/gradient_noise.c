/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gradient_noise: how far the gradient of a batch is from that of all rows, measured and predicted for several sizes of a batch; and how far gd with a
 * constant rate stays from the minimum. With C the covariance of the gradients of single rows, a batch of b of n rows without repetition has the
 * covariance C/b (n - b)/(n - 1). Steps x - lr*g with fresh rows settle around the minimum with the covariance S = A S A + lr^2 C/b, A = 1 - lr*H: in one
 * dimension lr s^2/(b h (2 - lr h)). That is exact where neither H nor C depend on the point. [Bottou, Curtis, Nocedal 2018; Mandt, Hoffman, Blei 2017] */
#include "symbolic/optimize/minimize.h"

#include "base/interrupt.h"
#include "base/rng.h"
#include "symbolic/data/table.h"
#include "symbolic/tape/run.h"

#include <math.h>
#include <string.h>

enum { ARG_F, ARG_VARIABLES, ARG_FROM, ARG_OVER, ARG_BATCHES, ARG_SAMPLES, ARG_LR, ARG_SEED };
enum { MOST_SIZES = 20, DEFAULT_SAMPLES = 1000, STATIONARY_STEPS = 200, NOISE_DIGITS = 4, DOUBLINGS = 60, MOST_SIDE = 30 };
static const double too_far = 1e12;

typedef struct Noise {
    Call      *c;
    Problem    q;
    Objective  o;
    Rng        random;
    size_t     n, rows, samples;
    double    *x, *mean, *covariance;       /* of the gradients of single rows, n x n */
    uint32_t  *row;
} Noise;

static bool batch_gradient(Noise *w, size_t batch)
{
    objective_batch(&w->o, batch ? w->row : NULL, batch);
    return objective_gradient(&w->o) && !should_stop();
}

/* Mean and covariance of the gradients of single rows at x. */
static bool look_at_rows(Noise *w)
{
    const double *g = w->o.g;
    if (!batch_gradient(w, 0))
        return false;
    g = w->o.g;
    memcpy(w->mean, g, w->n * sizeof *g);
    for (size_t r = 0; r < w->rows; r++) {
        w->row[0] = (uint32_t)r;
        if (!batch_gradient(w, 1))
            return false;
        g = w->o.g;
        for (size_t i = 0; i < w->n; i++)
            for (size_t j = 0; j < w->n; j++)
                w->covariance[i * w->n + j] += (g[i] - w->mean[i]) * (g[j] - w->mean[j]) / (double)w->rows;
    }
    return true;
}

static double trace_of(const double *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += m[i * n + i];
    return sum;
}

/* The root of the mean square of what a batch of distinct rows adds to the gradient. */
static double measured_noise(Noise *w, size_t batch)
{
    double sum = 0;
    for (size_t i = 0; i < w->rows; i++)
        w->row[i] = (uint32_t)i;
    for (size_t k = 0; k < w->samples; k++) {
        for (size_t i = 0; i < batch; i++) {            /* the first rows of a shuffle */
            size_t   j = i + (size_t)rng_below(&w->random, w->rows - i);
            uint32_t other = w->row[j];
            w->row[j] = w->row[i];
            w->row[i] = other;
        }
        if (!batch_gradient(w, batch))
            return NAN;
        const double *g = w->o.g;
        for (size_t i = 0; i < w->n; i++)
            sum += (g[i] - w->mean[i]) * (g[i] - w->mean[i]) / (double)w->samples;
    }
    return sqrt(sum);
}

/* ---- around a minimum ---------------------------------------------------------------------------------------------------------------- */

/* The trace of S = A S A + Q, A = 1 - lr*h, by doubling; NaN: the steps do not settle. */
static double settled(size_t n, const double *h, const double *covariance, double lr, size_t batch)
{
    double a[MOST_SIDE * MOST_SIDE], s[MOST_SIDE * MOST_SIDE], t[MOST_SIDE * MOST_SIDE], u[MOST_SIDE * MOST_SIDE];
    for (size_t k = 0; k < n * n; k++) {
        a[k] = (k % (n + 1) == 0) - lr * h[k];
        s[k] = lr * lr * covariance[k] / (double)batch;
    }
    for (int step = 0; step < DOUBLINGS; step++) {
        memset(t, 0, n * n * sizeof *t);
        memset(u, 0, n * n * sizeof *u);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                for (size_t k = 0; k < n; k++)
                    t[i * n + j] += a[i * n + k] * s[k * n + j];
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                for (size_t k = 0; k < n; k++) {
                    s[i * n + j] += t[i * n + k] * a[j * n + k];
                    u[i * n + j] += a[i * n + k] * a[k * n + j];
                }
        memcpy(a, u, n * n * sizeof *a);
    }
    double left = 0;
    for (size_t k = 0; k < n * n; k++)
        left += fabs(a[k]);
    return left < 1e-6 ? trace_of(s, n) : NAN;
}

/* The mean square distance from the start of the problem, over steps with fresh rows; the first tenth is left out. NaN: the steps run away. */
static double measured_distance(Noise *w, double lr, size_t batch)
{
    double *x = w->o.x, sum = 0, norm = 0;
    size_t  steps = STATIONARY_STEPS * w->samples, left_out = steps / 10, done = 0;
    memcpy(x, w->x, w->n * sizeof *x);
    for (size_t i = 0; i < w->n; i++)
        norm += x[i] * x[i] + w->covariance[i * w->n + i];
    for (size_t k = 0; k < steps; k++) {
        for (size_t i = 0; i < batch; i++)
            w->row[i] = (uint32_t)rng_below(&w->random, w->rows);
        if (!batch_gradient(w, batch))
            break;
        const double *g = w->o.g;
        double distance = 0;
        for (size_t i = 0; i < w->n; i++) {
            x[i] -= lr * g[i];
            distance += (x[i] - w->x[i]) * (x[i] - w->x[i]);
        }
        if (!(distance < too_far * (1 + norm)))
            break;
        sum += k >= left_out ? distance / (double)(steps - left_out) : 0;
        done++;
    }
    memcpy(x, w->x, w->n * sizeof *x);
    w->o.evaluated = false;
    return done == steps ? sum : NAN;
}

/* ---- the command --------------------------------------------------------------------------------------------------------------------- */

static bool read_sizes(Noise *w, size_t *size, size_t *n)
{
    Call *c = w->c;
    *n = 0;
    if (!call_has(c, ARG_BATCHES)) {
        for (size_t b = 1; b <= w->rows && *n < 5; b *= 4)
            size[(*n)++] = b;
        return true;
    }
    const Value *v = &c->arg[ARG_BATCHES];
    const Expr  *e = v->kind == VALUE_EXPR ? v->expr : NULL;
    size_t       given = e && e->kind == EXPR_TENSOR ? e->arity : e ? 1 : 0;
    for (size_t i = 0; i < given && i < MOST_SIZES; i++) {
        slong k;
        if (!expr_fits_slong(e->kind == EXPR_TENSOR ? e->arg[i] : e, &k) || k < 1 || (size_t)k > w->rows)
            given = 0;
        else
            size[(*n)++] = (size_t)k;
    }
    if (!given || given > MOST_SIZES)
        return call_fail(c, ARG_BATCHES, "batches: are whole numbers from 1 to %zu, the number of rows", w->rows), false;
    return true;
}

static bool read_rate(Call *c, double *lr)
{
    Format fp64;
    *lr = NAN;
    if (!call_has(c, ARG_LR))
        return true;
    const Expr   *e = c->arg[ARG_LR].expr;
    const double *x = expr_is_numeric(e) && format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, &e, 1, &fp64, 1) : NULL;
    if (!x || !(*x > 0))
        return call_fail(c, ARG_LR, "lr: is a number above 0"), false;
    *lr = *x;
    return true;
}

static Value shown(Call *c, double x)
{
    return isnan(x) ? value_text(STR("")) : value_expr(double_expr(c->pool, c->arena, x, NOISE_DIGITS));
}

static Value report_of(Noise *w, const size_t *size, size_t sizes, double lr, const double *h)
{
    Call   *c = w->c;
    Report *r = report_new(c->arena, "gradient_noise");
    double  norm = 0, single = trace_of(w->covariance, w->n);
    Table  *t = report_table(r, "noise", isnan(lr) ? "batch noise predicted" : "batch noise predicted distance predicted_distance");
    for (size_t i = 0; i < w->n; i++)
        norm = hypot(norm, w->mean[i]);
    bool minimum = norm <= 1e-3 * sqrt(single);
    for (size_t k = 0; k < sizes && !should_stop(); k++) {
        double b = (double)size[k], n = (double)w->rows, away = NAN, theory = NAN;
        double noise = measured_noise(w, size[k]);
        if (!isnan(lr)) {
            away = sqrt(measured_distance(w, lr, size[k]));
            theory = h && minimum ? sqrt(settled(w->n, h, w->covariance, lr, size[k])) : NAN;
        }
        table_row(r, t, (const Value[]){ value_expr(expr_int(c->pool, (slong)size[k])), shown(c, noise), shown(c, w->rows > 1 ? sqrt(single / b * (n - b) / (n - 1)) : 0),
                                         isnan(lr) || !isnan(away) ? shown(c, away) : value_text(STR("diverges")), shown(c, theory) });
    }
    report_lines(r, "xy", "noise of the gradient", "noise", "batch noise predicted");
    r->summary = str_printf(c->arena, "the gradient of all %zu rows has norm %.4g, that of one row is %.4g away", w->rows, norm, sqrt(single));
    report_value(r, "gradient_norm", shown(c, norm));
    report_value(r, "noise_scale", norm > 0 ? shown(c, single / (norm * norm)) : value_none());
    if (norm > 1e-6 * sqrt(single))
        report_note(r, "with %.3g rows noise and gradient are as large", fmax(1, single / (norm * norm)));
    if (!isnan(lr) && !minimum)
        report_note(r, "this is no minimum: the distances are those from this point");
    else if (!isnan(lr))
        report_note(r, "distance: where gd(lr: %.4g) settles, with fresh rows at each step; predicted where curvature and noise are constant", lr);
    return value_report(r);
}

static Value gradient_noise_call(Call *c)
{
    Noise   w = { .c = c, .samples = DEFAULT_SAMPLES, .random = rng_stream((uint64_t)c->settings->seed, STR("gradient noise")) };
    Format *fp64 = arena_alloc(c->arena, sizeof *fp64);
    double  lr;
    size_t  size[MOST_SIZES], sizes;
    slong   k;
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, false, &w.q) || !format_named(STR("fp64"), fp64) || !read_rate(c, &lr))
        return value_failed();
    if (!w.q.axis) {
        Value v = call_fail(c, ARG_F, "gradient_noise needs a mean over the rows of a table");
        diag_hint(c->diag, "over: d");
        return v;
    }
    w.n = w.q.n;
    w.rows = axis_rows(w.q.axis);
    if (call_has(c, ARG_SAMPLES) && (!expr_fits_slong(c->arg[ARG_SAMPLES].expr, &k) || k < 2 || k > 1000000))
        return call_fail(c, ARG_SAMPLES, "samples: is a whole number from 2 to 1000000");
    w.samples = call_has(c, ARG_SAMPLES) ? (size_t)k : DEFAULT_SAMPLES;
    if (call_has(c, ARG_SEED) && (!expr_fits_slong(c->arg[ARG_SEED].expr, &k) || k < 0))
        return call_fail(c, ARG_SEED, "seed: is a whole number from 0");
    if (call_has(c, ARG_SEED))
        w.random = rng_stream((uint64_t)k, STR("gradient noise"));
    if (!read_sizes(&w, size, &sizes))
        return value_failed();
    bool   small = !isnan(lr) && w.n <= MOST_SIDE && w.n == w.q.blocks;
    w.x = expr_run(c->pool, c->arena, w.q.start, w.n, fp64, 1);
    if (!w.x || !problem_objective(&w.q, fp64, small, small ? OBJECTIVE_HESSIAN : 0, &w.o)) {
        Str why = pool_error(c->pool);
        Value v = call_fail(c, ARG_F, "%.*s", STR_ARGS(why.n ? why : STR("this has no gradient here")));
        pool_clear_error(c->pool);
        return v;
    }
    w.mean = arena_array(c->arena, double, w.n);
    w.covariance = arena_array(c->arena, double, w.n * w.n);
    w.row = arena_array(c->arena, uint32_t, w.rows);
    memcpy(w.o.x, w.x, w.n * sizeof *w.x);
    double *h = small ? arena_array(c->arena, double, w.n * w.n) : NULL;
    if (h && !objective_hessian(&w.o, w.x, h))
        h = NULL;
    if (!look_at_rows(&w))
        return call_fail(c, -1, "interrupted");
    return report_of(&w, size, sizes, lr, h);
}

const Builtin gradient_noise_builtins[] = {
    { .sig = "gradient_noise(f: objective, variables: closedvar?; from: start, over: data, batches: value, samples: int, lr: scalar, seed: int) -> report",
      .help = "How far gradients of batches are from that of all rows, against the size of the batch; with lr, how far from a minimum gd settles: both measured and predicted.",
      .example = { { "gradient_noise((m - x)^2/2, over: (x = [1, 2, 3, 6]), from: (m = 3), batches: [4]).noise[1].noise", "0" },
                   { "gradient_noise((m - x)^2/2, over: (x = [1, 2, 3, 6]), from: (m = 3), batches: [2]).noise[1].predicted", "1.080" } },
      .lesson = 7, .see = "minimize compare", .words = "stochastic batch variance stationary sgd", .call = gradient_noise_call },
    { 0 }
};
