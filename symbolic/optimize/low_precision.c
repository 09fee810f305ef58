/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What minimize is asked about formats: format: by role, loss_scale:, rounding:, update:. Gradients are as precise as the weights unless said
 * otherwise, and without master weights the weights are updated themselves. A single format of up to eleven bits runs here too, because its
 * losses are worth counting; the steps are the same. */
#include "symbolic/optimize/low_precision.h"

#include "symbolic/data/table.h"
#include "symbolic/optimize/rule_step.h"
#include "symbolic/tape/run.h"

#include <math.h>

enum { COUNTED_BITS = 11, MANY_ROWS = 256 };

typedef enum Role { ROLE_WEIGHTS, ROLE_MASTER, ROLE_GRADIENTS, ROLE_ACCUMULATORS, ROLES } Role;
static const char *const role_names[ROLES] = { "weights", "master", "gradients", "accumulators" };

static bool given(const Call *c, int i)
{
    return i >= 0 && call_has(c, (size_t)i);
}

bool low_precision_asked(const Call *c, LowPlaces at)
{
    return (given(c, at.format) && c->arg[at.format].kind == VALUE_RECORD) || given(c, at.scale) || given(c, at.rounding) || given(c, at.update);
}

/* ---- formats --------------------------------------------------------------------------------------------------------------------- */

static bool read_role(Call *c, int at, Str name, Value v, const Format **role)
{
    for (size_t k = 0; k < ROLES; k++) {
        if (!str_is(name, role_names[k]))
            continue;
        if (v.format->family == FAMILY_BALL)
            return call_fail(c, at, "%.*s: balls have no order", STR_ARGS(name)), false;
        role[k] = v.format;
        return true;
    }
    call_fail(c, at, "there is no role %.*s: formats are those of weights, master, gradients and accumulators", STR_ARGS(name));
    diag_hint(c->diag, "format: (weights = bf16, master = fp32, gradients = bf16, accumulators = fp32)");
    return false;
}

static bool read_roles(Call *c, int at, Value v, const Format *f, LowPrecision *p)
{
    const Format *role[ROLES] = { NULL };
    for (size_t i = 0; v.kind == VALUE_RECORD && i < v.record->n; i++)
        if (!read_role(c, at, v.record->name[i], v.record->item[i], role))
            return false;
    p->weights = role[ROLE_WEIGHTS] ? role[ROLE_WEIGHTS] : f;
    p->master = role[ROLE_MASTER] ? role[ROLE_MASTER] : p->weights;
    p->gradients = role[ROLE_GRADIENTS] ? role[ROLE_GRADIENTS] : p->weights;
    p->accumulators = role[ROLE_ACCUMULATORS] ? role[ROLE_ACCUMULATORS] : p->master;
    Format *arithmetic = arena_alloc(c->arena, sizeof *arithmetic);
    *arithmetic = format_join(p->master, p->accumulators);
    p->arithmetic = format_same(p->master, p->accumulators) ? p->master : arithmetic;
    return true;
}

/* ---- the scale ------------------------------------------------------------------------------------------------------------------- */

static bool positive(Call *c, Value v, double *out)
{
    Format        fp64;
    const double *x = v.kind == VALUE_EXPR && expr_is_scalar(v.expr) && expr_is_numeric(v.expr) && format_named(STR("fp64"), &fp64) ? expr_run(c->pool, c->arena, &v.expr, 1, &fp64, 1)
                                                                                                                                  : NULL;
    pool_clear_error(c->pool);
    *out = x ? *x : NAN;
    return *out > 0 && isfinite(*out);
}

static bool read_dynamic(Call *c, int at, const Record *r, LossScale *s)
{
    for (size_t i = 1; r && i < r->n; i++) {
        Str    name = r->name[i];
        double x, interval = str_is(name, "interval");
        bool   fine = positive(c, r->item[i], &x);
        if (str_is(name, "start"))
            s->value = x;
        else if (str_is(name, "growth") && (fine = fine && x > 1))
            s->growth = x;
        else if (str_is(name, "backoff") && (fine = fine && x < 1))
            s->backoff = x;
        else if (interval && (fine = fine && x == floor(x) && x < 1e9))
            s->interval = (size_t)x;
        else if (fine || !(str_is(name, "growth") || str_is(name, "backoff") || interval)) {
            call_fail(c, at, "dynamic has no option %.*s", STR_ARGS(name));
            diag_hint(c->diag, "loss_scale: dynamic(start: 65536, growth: 2, backoff: 0.5, interval: 2000)");
            return false;
        }
        if (!fine) {
            call_fail(c, at, "%.*s: is %s", STR_ARGS(name), str_is(name, "growth") ? "a number above 1" : str_is(name, "backoff") ? "a number between 0 and 1"
                                                          : interval               ? "a whole number from 1"  : "a positive number");
            diag_hint(c->diag, "loss_scale: dynamic(start: 65536, growth: 2, backoff: 0.5, interval: 2000)");
            return false;
        }
    }
    return true;
}

static bool read_scale(Call *c, int at, LowPrecision *p)
{
    LossScale s = { .value = 1, .growth = 2, .backoff = 0.5, .interval = 2000 };
    if (given(c, at)) {
        Value v = c->arg[at];
        Str   word = v.kind == VALUE_TEXT ? v.text : v.kind == VALUE_RECORD && v.record->n && v.record->item[0].kind == VALUE_TEXT ? v.record->item[0].text : (Str){ 0 };
        s.used = true;
        s.dynamic = str_is(word, "dynamic");
        if (s.dynamic)
            s.value = 65536;
        if (!s.dynamic && (word.n || !positive(c, v, &s.value))) {
            call_fail(c, at, word.n ? "there is no loss scale %.*s" : "a loss scale is a positive number, or dynamic", STR_ARGS(word));
            diag_hint(c->diag, "loss_scale: %s", word.n ? "dynamic" : "1024");
            return false;
        }
        if (s.dynamic && !read_dynamic(c, at, v.kind == VALUE_RECORD ? v.record : NULL, &s))
            return false;
    }
    void *lane = format_lanes(p->weights, c->arena, 1);
    format_set_double(p->weights, lane, s.value, NULL);
    double held = format_get_double(p->weights, lane);
    if (!s.dynamic && !(held > 0 && isfinite(held))) {
        Str name = format_name(p->weights, c->arena);
        call_fail(c, at, held > 0 || isnan(held) ? "a loss scale of %g is beyond the largest number of %.*s, %.7g" : "a loss scale of %g is 0 in %.*s", s.value, STR_ARGS(name), p->weights->largest);
        diag_hint(c->diag, "loss_scale: dynamic");
        return false;
    }
    p->scale = s;
    return true;
}

/* ---- rounding ---------------------------------------------------------------------------------------------------------------------- */

/* Is it the second of two words? */
static bool second_word(Call *c, int at, const char *name, const char *first, const char *second, bool *out)
{
    *out = false;
    if (!given(c, at))
        return true;
    *out = str_is(c->arg[at].text, second);
    if (*out || str_is(c->arg[at].text, first))
        return true;
    call_fail(c, at, "%s: is %s or %s", name, first, second);
    diag_hint(c->diag, "%s: %s", name, second);
    return false;
}

/* A mean divides by the number of rows, which must be a finite number of the format. */
static bool rows_fit(const Problem *q, int at, const LowPrecision *p)
{
    Call  *c = q->c;
    size_t rows = q->axis ? axis_rows(q->axis) : 0;
    if (p->weights->family != FAMILY_SMALL || (double)rows <= p->weights->largest)
        return true;
    Str name = format_name(p->weights, c->arena);
    call_fail(c, at, "a mean over %zu rows divides by more than %.7g, the largest number of %.*s", rows, p->weights->largest, STR_ARGS(name));
    diag_hint(c->diag, "format: (weights = bf16, master = fp32)");
    return false;
}

static bool takes_roles(Call *c, int at, const Method *m)
{
    if (m->rule)
        return true;
    call_fail(c, at, "%s has steps of its own: formats by role, scales and rounding are for update rules", m->row->name);
    diag_hint(c->diag, "method: adam");
    return false;
}

bool low_precision_roles(const Problem *q, int at, Value formats, Solution *s)
{
    Call         *c = q->c;
    LowPrecision *p = arena_alloc(c->arena, sizeof *p);
    Format       *fp64 = arena_alloc(c->arena, sizeof *fp64);
    *p = (LowPrecision){ .asked = true };
    if (!format_named(STR("fp64"), fp64) || !takes_roles(c, at, s->method) || !read_roles(c, at, formats, fp64, p) || !read_scale(c, -1, p) || !rows_fit(q, at, p))
        return false;
    s->low = p;
    s->format = p->arithmetic;
    return true;
}

bool low_precision_read(const Problem *q, LowPlaces at, const Format *f, Solution *s)
{
    Call         *c = q->c;
    LowPrecision *p = arena_alloc(c->arena, sizeof *p);
    bool          asked = low_precision_asked(c, at), counted = s->method && s->method->rule && f->family == FAMILY_SMALL && f->precision <= COUNTED_BITS;
    *p = (LowPrecision){ 0 };
    s->format = f;
    if (!asked && !counted)
        return true;
    if (!read_roles(c, at.format, given(c, at.format) ? c->arg[at.format] : value_none(), f, p) || !read_scale(c, at.scale, p) || !second_word(c, at.rounding, "rounding", "nearest", "stochastic", &p->stochastic)
        || !second_word(c, at.update, "update", "plain", "kahan", &p->kahan))
        return false;
    if (p->stochastic && p->kahan) {
        call_fail(c, at.update, "a compensated step is rounded to nearest: what that loses is kept");
        diag_hint(c->diag, "rounding: stochastic or update: kahan");
        return false;
    }
    if (!takes_roles(c, given(c, at.scale) ? at.scale : given(c, at.rounding) ? at.rounding : given(c, at.update) ? at.update : at.format, s->method))
        return false;
    if (low_precision_adds(p) && !rule_step(c->pool, s->method->rule)) {
        call_fail(c, p->kahan ? at.update : at.rounding, "%.*s does not write x as x plus a step, so %s", STR_ARGS(s->method->rule->name),
                  p->kahan ? "there is nothing to compensate" : "there is no sum to round stochastically");
        diag_hint(c->diag, "format: (weights = %.*s, master = fp64)", STR_ARGS(format_name(p->weights, c->arena)));
        return false;
    }
    if (!rows_fit(q, at.format, p))
        return false;
    p->asked = asked;
    s->low = p;
    s->format = p->arithmetic;
    return true;
}

/* ---- the problem -------------------------------------------------------------------------------------------------------------------- */

bool low_precision_problem(const Problem *q, Solution *s, unsigned extras)
{
    Call         *c = q->c;
    LowPrecision *p = s->low;
    Format       *fp64 = arena_alloc(c->arena, sizeof *fp64);
    p->passes = arena_alloc(c->arena, sizeof *p->passes);
    if (p->scale.used ? !problem_objective_scaled(q, p->weights, extras, p->passes, &p->seed) : !problem_objective(q, p->weights, false, extras, p->passes))
        return false;
    if (p->weights->family == FAMILY_SMALL && format_named(STR("fp64"), fp64)) {
        p->truth = arena_alloc(c->arena, sizeof *p->truth);
        if (!problem_objective(q, fp64, false, 0, p->truth))
            return false;
    }
    s->o = low_precision_objective(p, c->arena, s->options.seed);
    void *start = expr_run(c->pool, c->arena, q->start, q->n, p->master, s->options.seed);
    if (start)
        lanes_convert(p->arithmetic, s->o.x, p->master, start, q->n, NULL);
    return start != NULL;
}

void low_precision_settle(Solution *s)
{
    double norm = s->low->counts.last_norm;
    if (!low_precision_skips(s->low) || s->m.ending == ENDED_NOT_FINITE)
        return;
    s->m.gradient_norm = norm;
    s->m.gradient_log2 = log2(norm);
}

void low_precision_hint(const Problem *q, const Solution *s)
{
    const LowPrecision *p = s->low;
    Diag               *d = q->c->diag;
    Str                 name = format_name(p->weights, q->c->arena);
    if (s->m.bad_coordinate < q->n)
        diag_hint(d, p->scale.dynamic ? "format: (weights = %.*s, gradients = fp32)" : "loss_scale: dynamic", STR_ARGS(name));
    else if (s->o.rows >= MANY_ROWS && !s->options.batch && p->weights->emax < 100)
        diag_hint(d, "a sum over %zu rows leaves %.*s: weights = bf16", s->o.rows, STR_ARGS(name));
}
