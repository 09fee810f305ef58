/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tape whose inputs are columns runs over all points at once. Curves use 200 bits with unbounded exponents: cancellation in
 * (1 - cos(x))/x^2 or an overflow on the way to a moderate value would draw what is not there. Very long expressions
 * are run in doubles, fifty times as fast. What has no tape (balls, the
 * imaginary unit on the way to a real value) is enclosed point by point. */
#include "symbolic/tape/sample.h"

#include "base/interrupt.h"
#include "symbolic/expr/evaluate.h"
#include "symbolic/tape/compile.h"

#include <math.h>

enum { FINE_BITS = 200, BALL_BITS = 128, MOST_FINE_NODES = 150 };

struct Sampler {
    Pool       *pool;
    size_t      inputs, outputs;
    const Expr *x[SAMPLE_MOST_INPUTS], *f[SAMPLE_MOST_OUTPUTS];
    Format      format;
    Program     program;
    bool        balls;              /* there is no tape */
};

/* Where the name without value is, or what else is no number. */
static bool refuse(Call *c, int i, const Sampler *s)
{
    for (size_t k = 0; k < s->outputs; k++) {
        if (!expr_is_scalar(s->f[k]) || (expr_is_truth(s->f[k])))
            return call_fail(c, i, "%.*s needs numbers, or an equation over two ranges", STR_ARGS(c->name)), false;
        Nodes names = expr_symbols(s->pool, c->arena, s->f[k]);
        for (size_t j = 0; j < names.n; j++) {
            bool known = false;
            for (size_t m = 0; m < s->inputs; m++)
                known = known || names.at[j] == s->x[m];
            if (!known) {
                Str name = expr_plain_name(names.at[j]);
                call_fail(c, i, "%.*s has no value", STR_ARGS(name));
                return diag_hint(c->diag, "a range for it, or first %.*s = 1", STR_ARGS(name)), false;
            }
        }
    }
    return true;
}

Sampler *sampler_new(Call *c, int i, const Expr *const *x, size_t inputs, const Expr *const *f, size_t outputs, bool fine)
{
    Sampler     *s = arena_alloc(c->arena, sizeof *s);
    CompileInput in[SAMPLE_MOST_INPUTS];
    *s = (Sampler){ .pool = c->pool, .inputs = inputs, .outputs = outputs };
    for (size_t k = 0; k < inputs; k++) {
        s->x[k] = x[k];
        in[k] = (CompileInput){ .symbol = x[k], .column = true };
    }
    for (size_t k = 0; k < outputs; k++)
        s->f[k] = f[k];
    if (!refuse(c, i, s))
        return NULL;
    s->format = format_mpfr(FINE_BITS);
    size_t size = 0;
    for (size_t k = 0; k < outputs; k++)
        size += expr_size(c->pool, f[k]);
    if ((!fine || size > MOST_FINE_NODES) && !format_named(STR("fp64"), &s->format))
        return NULL;
    s->balls = !expr_compile(c->pool, c->arena, in, inputs, f, outputs, &s->program) || s->program.axis;
    pool_clear_error(c->pool);
    return s;
}

static double real_part(const acb_t z)
{
    bool real = acb_is_real(z) || (arb_contains_zero(acb_imagref(z)) && mag_cmp_2exp_si(arb_radref(acb_imagref(z)), -BALL_BITS / 4) < 0);
    return real ? arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR) : NAN;
}

double sample_number(Pool *p, const Expr *e)
{
    if (!e || !expr_is_numeric(e) || !expr_is_scalar(e))
        return NAN;
    if (expr_is_constant(e, CONSTANT_OO))
        return INFINITY;
    acb_t  z;
    double x = NAN;
    acb_init(z);
    for (slong bits = BALL_BITS; bits <= 8 * BALL_BITS && isnan(x); bits *= 4)
        if (expr_enclose(p, e, NULL, NULL, 0, bits, z, NULL) == EVAL_OK)
            x = real_part(z);
    acb_clear(z);
    pool_clear_error(p);
    return x;
}

static bool run_balls(Sampler *s, const double *const *x, size_t n, double *const *out)
{
    acb_t at[SAMPLE_MOST_INPUTS], z;
    for (size_t k = 0; k < SAMPLE_MOST_INPUTS; k++)
        acb_init(at[k]);
    acb_init(z);
    bool stopped = false;
    for (size_t j = 0; j < n && !stopped; j++) {
        for (size_t k = 0; k < s->inputs; k++)
            acb_set_d(at[k], x[k][j]);
        for (size_t k = 0; k < s->outputs; k++)
            out[k][j] = expr_enclose(s->pool, s->f[k], s->x, at[0], s->inputs, BALL_BITS, z, NULL) == EVAL_OK ? real_part(z) : NAN;
        stopped = should_stop();
    }
    for (size_t k = 0; k < SAMPLE_MOST_INPUTS; k++)
        acb_clear(at[k]);
    acb_clear(z);
    pool_clear_error(s->pool);
    return !stopped;
}

bool sampler_run(Sampler *s, const double *const *x, size_t n, double *const *out)
{
    if (!n)
        return true;
    if (s->balls)
        return run_balls(s, x, n, out);
    Arena   *scratch = arena_new();
    Machine *m = machine_new(scratch, s->program.tape, &s->format);
    void    *lanes[SAMPLE_MOST_OUTPUTS];
    for (size_t k = 0; k < s->inputs; k++) {
        void *column = format_lanes(&s->format, scratch, n);
        for (size_t j = 0; j < n; j++)
            format_set_double(&s->format, format_at(&s->format, column, j), x[k][j], NULL);
        machine_column(m, k, 0, column);
    }
    for (size_t k = 0; k < s->outputs; k++) {
        lanes[k] = format_lanes(&s->format, scratch, n);
        if (s->program.tape->output[k].column)
            machine_output_column(m, k, 0, lanes[k]);
    }
    bool fine = machine_run(m, n);
    for (size_t k = 0; fine && k < s->outputs; k++) {
        bool column = s->program.tape->output[k].column;
        for (size_t j = 0; j < n; j++)
            out[k][j] = format_get_double(&s->format, column ? format_at(&s->format, lanes[k], j) : machine_output(m, k));
    }
    arena_delete(scratch);
    return fine;
}
