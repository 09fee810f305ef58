/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules from expressions, and the command that tabulates one. */
#include "symbolic/optimize/schedule.h"

#include "base/interrupt.h"
#include "base/report.h"
#include "symbolic/optimize/method.h"
#include "symbolic/tape/compile.h"
#include "symbolic/tape/objective.h"

enum { DEFAULT_STEPS = 100, MOST_STEPS = 100000, RATE_DIGITS = 6 };

/* Memories start as their expressions say; oo is a start. */
static bool start_memories(Pool *p, Arena *a, const Rule *r, Schedule *s)
{
    const Expr **start = arena_array(a, const Expr *, r->states + 1);
    Program      program;
    start[0] = r->start_of_x;
    for (size_t k = 0; k < r->states; k++)
        start[k + 1] = r->start[k];
    if (!expr_compile(p, a, NULL, 0, start, r->states + 1, &program))
        return false;
    Machine *m = machine_new(a, program.tape, s->format);
    if (!machine_run(m, 1))
        return pool_fail(p, "interrupted") != NULL;
    for (size_t k = 0; k <= r->states; k++)
        format_copy(s->format, machine_input(s->machine, 2 + k), machine_output(m, k), 1);
    return true;
}

bool schedule_make(Pool *p, Arena *a, const Expr *const *value, size_t n, const Expr *t, const Rule *memory, const Format *f, Schedule *out)
{
    size_t        m = memory ? memory->states + 1 : 0;
    CompileInput *in = arena_array(a, CompileInput, m + 2);
    const Expr  **output = arena_array(a, const Expr *, n + m);
    Program       program;
    Format       *own = arena_alloc(a, sizeof *own);
    *own = *f;
    if (f->family == FAMILY_SMALL && !format_named(STR("fp64"), own))
        return false;
    in[0].symbol = memory ? memory->t : t;
    in[1].symbol = memory ? memory->g : expr_symbol(p, STR("the value"));
    for (size_t k = 0; k < m; k++)
        in[k + 2].symbol = k ? memory->state_symbol[k - 1] : memory->x;
    for (size_t i = 0; i < n; i++)
        if (!(output[i] = memory ? expr_subst(p, value[i], &memory->x, &memory->update[0], 1) : value[i]))
            return false;
    for (size_t k = 0; k < m; k++)
        output[n + k] = memory->update[k];
    if (!expr_compile(p, a, in, m + 2, output, n + m, &program))
        return false;
    *out = (Schedule){ .machine = machine_new(a, program.tape, own), .format = own, .numbers = n, .memories = m };
    return !memory || start_memories(p, a, memory, out);
}

/* ---- the command --------------------------------------------------------------------------------------------------------------------- */

enum { ARG_RATE, ARG_LR, ARG_STEPS, ARG_VALUE };

static Value failed_here(Call *c)
{
    Str   why = pool_error(c->pool);
    Value v = call_fail(c, 0, "%.*s", STR_ARGS(why.n ? why : STR("this cannot be worked out")));
    pool_clear_error(c->pool);
    return v;
}

/* The values that a schedule that remembers is told: an expression in t, the value after step t. */
static bool told_values(Call *c, const Format *f, Schedule *out)
{
    if (!call_has(c, ARG_VALUE))
        return true;
    const Record *r = c->arg[ARG_VALUE].record;
    const Expr   *value = record_get(r, STR("value"))->expr;
    return schedule_make(c->pool, c->arena, &value, 1, record_get(r, STR("t"))->expr, NULL, f, out);
}

static Value schedule_call(Call *c)
{
    Method        m = { 0 };
    Format       *f = arena_alloc(c->arena, sizeof *f);
    Schedule      s, told = { 0 };
    slong         steps = DEFAULT_STEPS;
    const Expr   *base = call_has(c, ARG_LR) ? c->arg[ARG_LR].expr : expr_int(c->pool, 1);
    const Expr   *rate = method_rate(c->pool, &m, base, c->arg[ARG_RATE].record);
    if (!expr_is_numeric(base) || !expr_is_scalar(base))
        return call_fail(c, ARG_LR, "lr: is the number that the schedule begins with");
    if (call_has(c, ARG_STEPS) && (!expr_fits_slong(c->arg[ARG_STEPS].expr, &steps) || steps < 0 || steps > MOST_STEPS))
        return call_fail(c, ARG_STEPS, "steps: is a whole number from 0 to %d", MOST_STEPS);
    if (m.memory && !call_has(c, ARG_VALUE)) {
        Value v = call_fail(c, ARG_RATE, "this schedule depends on the values of a run");
        diag_hint(c->diag, "value: 0.9^t tells it the value after step t");
        return v;
    }
    if (!format_named(STR("fp64"), f) || !schedule_make(c->pool, c->arena, &rate, 1, m.t, m.memory, f, &s) || !told_values(c, f, &told))
        return failed_here(c);
    Report *r = report_new(c->arena, "schedule");
    Table  *t = report_table(r, "rates", "t lr");
    double  least = 0, most = 0, nothing = 0;
    for (slong k = 0; k <= steps && !should_stop(); k++) {
        if (told.machine && k > 0 && !schedule_run(&told, (size_t)k - 1, f, &nothing))
            break;
        if (!schedule_run(&s, (size_t)k, f, told.machine && k > 0 ? schedule_number(&told, 0) : &nothing))
            break;
        double x = *(const double *)schedule_number(&s, 0);
        least = k && !(x < least) ? least : x;
        most = k && !(x > most) ? most : x;
        table_row(r, t, (const Value[]){ value_expr(expr_int(c->pool, k)), value_expr(double_expr(c->pool, c->arena, x, RATE_DIGITS)) });
    }
    Str text = record_get(c->arg[ARG_RATE].record, STR("text"))->text;
    report_value(r, "least", value_expr(double_expr(c->pool, c->arena, least, 0)));
    report_value(r, "most", value_expr(double_expr(c->pool, c->arena, most, 0)));
    report_lines(r, "", str_printf(c->arena, "rate of %.*s", STR_ARGS(text)).s, "rates", "t lr");
    r->summary = text;
    return value_report(r);
}

const Builtin schedule_builtins[] = {
    { .sig = "schedule(rate: rate; lr: scalar, steps: int, value: rate) -> report",
      .help = "The rates of a schedule, step by step. Without a rate of its own it begins with lr:; one that depends on the run is told the values.",
      .example = { { "schedule(cosine(T: 100, warmup: 10), lr: 0.1).most", "0.1" },
                   { "schedule(plateau(factor: 0.5, patience: 1), lr: 1, steps: 5, value: 3).least", "0.25" } },
      .lesson = 7, .see = "minimize", .words = "learning rate decay warmup", .call = schedule_call },
    { 0 }
};
