/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minimize and maximize: reading the problem, choosing what was not given, running the driver. */
#include "symbolic/optimize/minimize.h"

#include "symbolic/data/table.h"
#include "symbolic/expr/show.h"
#include "symbolic/optimize/certificate.h"
#include "symbolic/optimize/held_out.h"
#include "symbolic/optimize/low_precision.h"
#include "symbolic/tape/run.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_STEPS = 1000, NEWTON_STEPS = 200, TRACE_ROWS = 1000, MOST_TRACE_ROWS = 100000, TRACE_VARIABLES = 8 };

/* ---- options ----------------------------------------------------------------------------------------------------------------- */

static bool whole_option(Call *c, int i, const char *name, slong least, size_t *out)
{
    slong k;
    if (i < 0 || !call_has(c, (size_t)i))
        return true;
    if (!expr_fits_slong(c->arg[i].expr, &k) || k < least)
        return call_fail(c, i, "%s: is a whole number from %ld", name, (long)least), false;
    *out = (size_t)k;
    return true;
}

/* Half the digits of the format, unless said otherwise. */
static bool tolerance(Call *c, int i, const Format *f, double *out, double *logarithm)
{
    *logarithm = (double)(-f->precision / 2);
    *out = exp2(*logarithm);
    if (i < 0 || !call_has(c, (size_t)i))
        return true;
    Format fp64;
    void  *lane = expr_is_numeric(c->arg[i].expr) && format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, &c->arg[i].expr, 1, &fp64, 1) : NULL;
    if (!lane || !(*(double *)lane >= 0))
        return call_fail(c, i, "tol: is a number from 0"), false;
    *out = *(double *)lane;
    *logarithm = log2(*out);
    return true;
}

/* How many rows does the objective run over? A mean that is already formed counts as well. */
static size_t rows_of(const Problem *q)
{
    return q->axis ? axis_rows(q->axis) : 0;
}

bool run_options_read(const Problem *q, OptionPlaces at, bool newton, const Format *f, MinimizeOptions *out)
{
    Call  *c = q->c;
    size_t epochs = 0, steps = 0, seed = (size_t)c->settings->seed, rows = rows_of(q);
    MinimizeOptions o = { .trace = c->trace ? MOST_TRACE_ROWS : TRACE_ROWS, .trace_x = TRACE_VARIABLES, .shuffle = true };
    if (!whole_option(c, at.steps, "steps", 0, &steps) || !tolerance(c, at.tol, f, &o.tol, &o.tol_log2) || !whole_option(c, at.batch, "batch", 1, &o.batch)
        || !whole_option(c, at.epochs, "epochs", 1, &epochs) || !whole_option(c, at.seed, "seed", 0, &seed))
        return false;
    if (at.shuffle >= 0 && call_has(c, (size_t)at.shuffle)) {
        Value v = c->arg[at.shuffle];
        bool  yes = v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_TRUE), no = v.kind == VALUE_EXPR && expr_is_constant(v.expr, CONSTANT_FALSE);
        if (!yes && !no)
            return call_fail(c, at.shuffle, "shuffle: is true or false"), false;
        o.shuffle = yes;
    }
    if (o.batch && !rows) {
        call_fail(c, at.batch, "batch: needs a mean over the rows of a table");
        diag_hint(c->diag, "over: d");
        return false;
    }
    if (o.batch > rows) {
        call_fail(c, at.batch, "a batch of %zu rows is larger than the data, %zu row%s", o.batch, rows, rows == 1 ? "" : "s");
        diag_hint(c->diag, "batch: %zu", rows);
        return false;
    }
    if (epochs && !rows) {
        call_fail(c, at.epochs, "epochs: needs a mean over the rows of a table");
        diag_hint(c->diag, "over: d");
        return false;
    }
    size_t per_epoch = o.batch ? (rows + o.batch - 1) / o.batch : 1, by_epochs = epochs * per_epoch;
    bool   given = call_has(c, (size_t)at.steps);
    o.steps = given && epochs ? (steps < by_epochs ? steps : by_epochs) : given ? steps : epochs ? by_epochs : newton ? NEWTON_STEPS : DEFAULT_STEPS;
    o.seed = seed;
    *out = o;
    return true;
}

/* ---- methods ------------------------------------------------------------------------------------------------------------------ */

/* lr: 0.1 in the call counts before the method's own. */
static const Method *with_rate(Call *c, int at, const Method *m, const Record *rate)
{
    long k = method_hyper(m, STR("lr"));
    if (k < 0) {
        Str name = method_name(m);
        call_fail(c, at, "%.*s has no rate", STR_ARGS(name));
        return NULL;
    }
    Method      *changed = arena_copy(c->arena, m, sizeof *m);
    const Expr **value = arena_copy(c->arena, m->value, method_hypers(m) * sizeof *value);
    Str         *given = arena_copy(c->arena, m->given, method_hypers(m) * sizeof *given);
    const Expr  *t = record_get(rate, STR("t"))->expr;
    for (size_t i = 0; m->t && i < method_hypers(m); i++)
        value[i] = expr_subst(c->pool, value[i], &m->t, &t, 1);
    value[k] = method_rate(c->pool, changed, value[k], rate);
    given[k] = record_get(rate, STR("text"))->text;
    changed->value = value;
    changed->given = given;
    return changed;
}

/* clip_norm: 1 in the call: the same method, whose gradients are cut. */
static const Method *with_clip(Call *c, size_t first, const Method *m)
{
    Method *changed = arena_copy(c->arena, m, sizeof *m);
    for (ClipKind k = CLIP_VALUE; k <= CLIP_GLOBAL_NORM; k++) {
        size_t i = first + (size_t)(k - CLIP_VALUE);
        if (!call_has(c, i))
            continue;
        const Expr *e = c->arg[i].expr;
        if (!clip_bound(c->pool, c->arena, e))
            return call_fail(c, (int)i, "a bound is a number from 0"), NULL;
        if (!m->rule)
            return call_fail(c, (int)i, "%s searches along its own direction: nothing is clipped there", m->row->name), NULL;
        if (changed->clip && changed->clip != k)
            return call_fail(c, (int)i, "a gradient is clipped in one way only"), NULL;
        changed->clip = k;
        changed->bound = e;
        changed->bound_text = expr_text(c->arena, c->pool, e);
    }
    return changed;
}

/* ---- solving ------------------------------------------------------------------------------------------------------------------- */

bool problem_solve(const Problem *q, Solution *s, unsigned threads)
{
    Call   *c = q->c;
    Stepper stepper;
    unsigned needs = s->method->row ? s->method->row->needs : 0;
    unsigned extras = method_extras(s->method);
    void   *start = s->low ? NULL : expr_run(c->pool, c->arena, q->start, q->n, s->format, s->options.seed);
    bool    fine = s->low ? low_precision_problem(q, s, extras) : start && problem_objective(q, s->format, needs & (NEEDS_HESSIAN | NEEDS_RESIDUALS), extras, &s->o);
    if (fine) {
        if (start)
            format_copy(s->format, s->o.x, start, q->n);
        objective_threads(&s->o, threads);
        fine = method_stepper(c->pool, c->arena, s->method, &s->o, &stepper);
    }
    if (!fine) {
        Str why = pool_error(c->pool);
        call_fail(c, 0, "%.*s", STR_ARGS(why.n ? why : STR("this cannot be minimized")));
        pool_clear_error(c->pool);
        return false;
    }
    if (s->in_full)
        stepper = inspect_stepper(c->arena, &s->o, stepper);
    s->m = minimize_run(c->arena, &s->o, &stepper, &s->options);
    if (s->low)
        low_precision_settle(s);
    return true;
}

bool problem_solve_again(const Problem *q, const Objective *o, const double *start, Solution *s)
{
    Call   *c = q->c;
    Stepper stepper;
    s->o = *o;
    s->o.evaluated = false;
    memcpy(s->o.x, start, q->n * sizeof *start);
    if (!method_stepper(c->pool, c->arena, s->method, &s->o, &stepper)) {
        call_fail(c, 0, "%.*s", STR_ARGS(pool_error(c->pool)));
        pool_clear_error(c->pool);
        return false;
    }
    s->m = minimize_run(c->arena, &s->o, &stepper, &s->options);
    return true;
}

/* ---- the commands -------------------------------------------------------------------------------------------------------------- */

enum { ARG_F, ARG_VARIABLES, ARG_CONSTRAINTS, ARG_FROM, ARG_METHOD, ARG_LR, ARG_STEPS, ARG_TOL, ARG_FORMAT, ARG_OVER, ARG_BATCH, ARG_EPOCHS, ARG_SEED,
       ARG_SHUFFLE, ARG_THREADS, ARG_CLIP_VALUE, ARG_CLIP_NORM, ARG_CLIP_GLOBAL_NORM, ARG_CERTIFY, ARG_TEST, ARG_TRACE,
       ARG_LOSS_SCALE, ARG_ROUNDING, ARG_UPDATE };
static const LowPlaces low_places = { ARG_FORMAT, ARG_LOSS_SCALE, ARG_ROUNDING, ARG_UPDATE };

/* What the user did not say: gd if a rate is given, adam for mini-batches, else what suits the objective. */
static bool choose_method(const Problem *q, Solution *s)
{
    Call *c = q->c;
    bool  rate = call_has(c, ARG_LR);
    if (call_has(c, ARG_METHOD)) {
        s->method = c->arg[ARG_METHOD].method;
    } else if (rate || call_has(c, ARG_BATCH)) {
        s->method = c->method(c, str_of(rate ? "gd" : "adam"));
        s->why = rate ? "a rate and no method were given" : "mini-batches and no method were given";
    } else if (call_has(c, ARG_CLIP_VALUE) || call_has(c, ARG_CLIP_NORM) || call_has(c, ARG_CLIP_GLOBAL_NORM)) {
        s->method = c->method(c, STR("gd"));
        s->why = "gradients are clipped and no method was given";
    } else if (low_precision_asked(c, low_places)) {
        s->method = c->method(c, STR("gd"));
        s->why = "formats or rounding are given by role and no method";
    } else {
        return true;                /* the objective itself decides: minimize_chosen.c */
    }
    if (s->method && rate)
        s->method = with_rate(c, ARG_LR, s->method, c->arg[ARG_LR].record);
    s->method = s->method ? with_clip(c, ARG_CLIP_VALUE, s->method) : NULL;
    return s->method != NULL;
}

/* trace: full. */
static bool in_full(Call *c, Solution *s)
{
    if (!call_has(c, ARG_TRACE))
        return true;
    if (!str_is(c->arg[ARG_TRACE].text, "full")) {
        call_fail(c, ARG_TRACE, "trace: is full, or left out");
        diag_hint(c->diag, "trace: full");
        return false;
    }
    if (!s->method) {
        call_fail(c, ARG_TRACE, "trace: full shows what a method remembers: it needs one");
        diag_hint(c->diag, "method: adam, trace: full");
        return false;
    }
    return s->in_full = true;
}

static Value solve(Call *c, bool maximize)
{
    Problem  q;
    Solution s = { 0 };
    Format  *f = arena_alloc(c->arena, sizeof *f);
    size_t   threads = 1;
    Certificate certificate;
    if (call_has(c, ARG_CONSTRAINTS))
        return call_fail(c, ARG_CONSTRAINTS, "constraints are not known here yet");
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, maximize, &q) || !choose_method(&q, &s) || !whole_option(c, ARG_THREADS, "threads", 1, &threads)
        || !certificate_read(&q, ARG_CERTIFY, &certificate))
        return value_failed();
    if (call_has(c, ARG_FORMAT) && c->arg[ARG_FORMAT].kind == VALUE_FORMAT)
        *f = *c->arg[ARG_FORMAT].format;
    else
        format_named(STR("fp64"), f);
    if (f->family == FAMILY_BALL)
        return call_fail(c, ARG_FORMAT, "balls have no order: a minimizer needs numbers, as in fp64 or 200 bits");
    if (!low_precision_read(&q, low_places, f, &s))
        return value_failed();
    OptionPlaces at = { ARG_STEPS, ARG_TOL, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE };
    if (!run_options_read(&q, at, !s.method || (s.method->row && s.method->row->needs & (NEEDS_HESSIAN | NEEDS_PRODUCT | NEEDS_RESIDUALS)), s.format, &s.options))
        return value_failed();
    unsigned needs = s.method && s.method->row ? s.method->row->needs : 0;
    if (needs & NEEDS_BATCHES && !s.options.batch) {
        call_fail(c, ARG_METHOD, "%s works on batches of rows", s.method->row->name);
        diag_hint(c->diag, "over: d, batch: 32");
        return value_failed();
    }
    if (s.options.batch && s.method && s.method->row && !(needs & TAKES_BATCHES))
        return call_fail(c, ARG_BATCH, "%s needs all rows at every step: its line search compares values", s.method->row->name);
    HeldOut beside;
    if (!held_out_read(&q, ARG_TEST, s.format, &s.options, &beside) || !in_full(c, &s))
        return value_failed();
    s.beside = s.options.watch.n ? &beside : NULL;
    s.certificate = certificate.given ? &certificate : NULL;
    bool chosen = s.method == NULL;
    if (!(chosen ? problem_solve_chosen(&q, &s, (unsigned)threads, call_has(c, ARG_STEPS) || call_has(c, ARG_EPOCHS)) : problem_solve(&q, &s, (unsigned)threads)))
        return value_failed();
    if (s.m.ending == ENDED_NOT_FINITE && s.m.bad_step == 0) {
        Str where = solution_not_finite(&q, &s);
        Str what = s.low ? (Str){ 0 } : solution_fault(&q, &s), other = what.n ? solution_other_start(&q, &s) : (Str){ 0 };
        call_fail(c, ARG_FROM, what.n ? "%.*s: %.*s" : "%.*s", STR_ARGS(where), STR_ARGS(what));
        if (other.n)
            diag_hint(c->diag, "from: %.*s", STR_ARGS(other));
        if (s.low)
            low_precision_hint(&q, &s);
        return value_failed();
    }
    if (certificate.wanted) {
        certificate_find(&q, &s, &certificate);
        s.certificate = &certificate;
    }
    return minimize_report(&q, &s);
}

static Value minimize_call(Call *c) { return solve(c, false); }
static Value maximize_call(Call *c) { return solve(c, true); }

#define OPTIONS "from: start, method: method, lr: rate, steps: int, tol: scalar, format: roles, over: data, batch: int, epochs: int, seed: int, " \
                "shuffle: value, threads: int, clip_value: scalar, clip_norm: scalar, clip_global_norm: scalar, certify: value, test: table, trace: word, loss_scale: choice, rounding: word, update: word) -> report"

const Builtin minimize_builtins[] = {
    { .sig = "minimize(f: objective, variables: closedvar?, constraint: relation?...; " OPTIONS,
      .help = "Goes down from a start until the gradient vanishes; every step can be seen with trace.",
      .example = { { "minimize((x - 3)^2 + 1, from: 0).x", "3" }, { "minimize((x - 3)^2, from: 0, lr: 0.5, steps: 1).value", "0" },
                   { "minimize(x^2, from: (x = 1), method: adam, steps: 3).steps", "3" },
                   { "minimize((x - 3)^2, from: 1, lr: 0.1, format: (weights = bf16, master = fp32)).weights", "~ 3" } },
      .lesson = 6, .see = "maximize compare newton gradient hessian", .words = "optimize optimizer descent train fit mixed low precision loss scaling kahan stochastic rounding", .call = minimize_call },
    { .sig = "maximize(f: objective, variables: closedvar?, constraint: relation?...; " OPTIONS,
      .help = "Goes up from a start until the gradient vanishes.",
      .example = { { "maximize(1 - (x - 3)^2, from: 0).x", "3" },
                   { "maximize(sin(x), from: 1).value", "1" } },
      .lesson = 6, .see = "minimize", .call = maximize_call },
    { 0 }
};
