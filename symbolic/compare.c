/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: several methods on one problem, in one or several formats, as one table. */
#include "symbolic/minimize.h"

#include "base/interrupt.h"
#include "symbolic/run.h"

enum { ARG_F, ARG_VARIABLES, ARG_FROM, ARG_METHODS, ARG_STEPS, ARG_TOL, ARG_FORMATS, ARG_OVER, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE };
enum { CELL_DIGITS = 5, VALUE_DIGITS = 3 };

static Table *table_of(const Problem *q, Report *r, bool formats, const char *objective)
{
    Buf columns = buf_new(q->c->arena);
    buf_add_s(&columns, formats ? "method format" : "method");
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++)
        buf_printf(&columns, " %.*s", STR_ARGS(column_title(q, i)));
    buf_printf(&columns, " %s steps reason", objective);
    return report_table(r, "results", buf_str(&columns).s);
}

static const char *reason(const Solution *s)
{
    switch (s->m.ending) {
    case ENDED_CONVERGED:  return "converged";
    case ENDED_STEPS:      return s->m.rising && s->m.last_value > s->m.first_value ? "diverges" : "steps";
    case ENDED_NOT_FINITE: return "not finite";
    case ENDED_DIVERGED:   return "diverges";
    case ENDED_STUCK: case ENDED_NO_DESCENT: case ENDED_SMALL:
        return "precision";
    case ENDED_UNBOUNDED:  return "unbounded";
    case ENDED_SINGULAR:   return "singular";
    case ENDED_STOPPED:    return "interrupted";
    }
    return "";
}

static void add_row(const Problem *q, const Solution *s, Report *r, Table *t, bool formats)
{
    Call  *c = q->c;
    Value *cell = arena_array(c->arena, Value, t->columns);
    size_t k = 0;
    cell[k++] = value_method(s->method);
    if (formats)
        cell[k++] = value_format(s->format);
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++)
        cell[k++] = value_expr(solution_number(q, s, format_at(s->format, s->m.x, i), CELL_DIGITS));
    cell[k++] = value_expr(solution_value(q, s, VALUE_DIGITS));
    cell[k++] = value_expr(expr_int(c->pool, (slong)s->m.steps));
    cell[k++] = value_text(str_of(reason(s)));
    table_row(r, t, cell);
}

static Value compare_call(Call *c)
{
    Problem      q;
    OptionPlaces at = { ARG_STEPS, ARG_TOL, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE };
    Format       fp64;
    if (!call_has(c, ARG_FROM) && !call_has(c, ARG_METHODS) && call_has(c, ARG_FORMATS)) {
        if (c->arg[ARG_F].kind != VALUE_EXPR || c->nvars)
            return call_fail(c, ARG_F, "an expression in several formats needs values for its names");
        return run_in_formats(c->pool, c->arena, c->arg[ARG_F].expr, c->arg[ARG_FORMATS].list, c->settings);
    }
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, false, &q) || !format_named(STR("fp64"), &fp64))
        return value_failed();
    if (!call_has(c, ARG_METHODS)) {
        Value v = call_fail(c, -1, "compare needs methods");
        diag_hint(c->diag, "methods: [gd(lr: 0.01), adam]");
        return v;
    }
    const List *methods = c->arg[ARG_METHODS].list, *formats = call_has(c, ARG_FORMATS) ? c->arg[ARG_FORMATS].list : NULL;
    size_t      n_formats = formats ? formats->n : 1;
    Report     *r = report_new(c->arena, "compare");
    Table      *t = table_of(&q, r, formats != NULL, c->function ? "value" : "value");
    r->summary = str_printf(c->arena, "%zu run%s from the same start", methods->n * n_formats, methods->n * n_formats == 1 ? "" : "s");
    Value *run = arena_array(c->arena, Value, methods->n * n_formats);
    size_t runs = 0;
    for (size_t i = 0; i < methods->n; i++)
        for (size_t k = 0; k < n_formats && !should_stop(); k++) {
            Solution *s = arena_alloc(c->arena, sizeof *s);
            Format   *f = arena_copy(c->arena, formats ? formats->item[k].format : &fp64, sizeof *f);
            *s = (Solution){ .method = methods->item[i].method, .format = f };
            bool newton = s->method->row && s->method->row->needs & NEEDS_HESSIAN;
            if (!run_options_read(&q, at, newton, f, &s->options) || !problem_solve(&q, s, 1))
                return value_failed();
            add_row(&q, s, r, t, formats != NULL);
            Str lost = solution_lost_number(&q, s);
            if (lost.n)
                report_note(r, "%.*s", STR_ARGS(lost));
            run[runs++] = minimize_report(&q, s);
        }
    report_value(r, "runs", value_list(c->arena, run, runs));
    return value_report(r);
}

const Builtin compare_builtins[] = {
    { .sig = "compare(f: objective, variables: closedvar?; from: start, methods: methods, steps: int, tol: scalar, formats: formats, over: data, "
             "batch: int, epochs: int, seed: int, shuffle: value) -> report",
      .help = "Runs several methods of minimization from one start and shows where they end; or one expression in several formats.",
      .example = { { "compare(x^2, from: 1, methods: [gd(lr: 0.5)], steps: 1).runs[1].value", "0" },
                   { "compare(0.1 + 0.2 - 0.3, formats: [fp16, fp64]).runs[2].bits", "0x3c90000000000000" } },
      .lesson = 6, .see = "minimize", .words = "methods optimizers benchmark formats", .formed = true, .call = compare_call },
    { 0 }
};
