/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: several methods on one problem, with one or several seeds, in one or several formats: one table, and for each format that
 * brings a run to rest the reason. The runs themselves are kept, so plot draws a line for each. */
#include "symbolic/optimize/held_out.h"

#include "base/interrupt.h"
#include "symbolic/optimize/low_precision.h"
#include "symbolic/optimize/stall.h"
#include "symbolic/tape/run.h"

#include <string.h>

enum { ARG_F, ARG_VARIABLES, ARG_FROM, ARG_METHODS, ARG_STEPS, ARG_TOL, ARG_FORMATS, ARG_OVER, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE, ARG_SEEDS, ARG_TEST };
enum { CELL_DIGITS = 5, VALUE_DIGITS = 3, MOST_RUNS = 10000, MOST_SHOWN_RUNS = 100 };

typedef struct Comparison {
    const Problem *q;
    Report        *r;
    Table         *t;                           /* made when the first run is done */
    const List    *methods, *formats;           /* formats: NULL: fp64 */
    size_t         seeds, runs;
    const uint64_t *seed;                       /* NULL: that of the session or of seed: */
    bool           beside[MEASURES];            /* what is measured beside the objective, in each run */
    Value         *run;
} Comparison;

static Table *table_of(const Comparison *m)
{
    const Problem *q = m->q;
    Buf columns = buf_new(q->c->arena);
    buf_printf(&columns, "method%s%s", m->formats ? " format" : "", m->seed ? " seed" : "");
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++)
        buf_printf(&columns, " %.*s", STR_ARGS(column_title(q, i)));
    buf_add_s(&columns, " value");
    for (size_t i = 0; i < MEASURES; i++)
        buf_printf(&columns, m->beside[i] ? " %s" : "", measure_names[i]);
    buf_add_s(&columns, " gradient_norm steps reason");
    return report_table(m->r, "results", buf_str(&columns).s);
}

/* report: of the same run. */
static void add_row(const Comparison *m, const Solution *s, const Report *report)
{
    const Problem *q = m->q;
    Call  *c = q->c;
    Value *cell = arena_array(c->arena, Value, m->t->columns);
    size_t k = 0;
    cell[k++] = value_method(s->method);
    if (m->formats)
        cell[k++] = s->low ? value_text(low_precision_text(q, s->low)) : value_format(s->format);
    if (m->seed)
        cell[k++] = value_expr(expr_int(c->pool, (slong)s->options.seed));
    for (size_t i = 0; i < q->n && i < MOST_SHOWN_VARIABLES; i++)
        cell[k++] = value_expr(solution_number(q, s, format_at(s->format, s->m.x, i), CELL_DIGITS));
    cell[k++] = value_expr(solution_value(q, s, VALUE_DIGITS));
    for (size_t i = 0; i < MEASURES; i++)
        if (m->beside[i])
            cell[k++] = value_expr(double_expr(c->pool, c->arena, s->m.trace.number[(s->m.trace.rows - 1) * MEASURES + i], VALUE_DIGITS));
    cell[k++] = minimize_norm(q, s->m.gradient_norm, s->m.gradient_log2, VALUE_DIGITS);
    cell[k++] = value_expr(expr_int(c->pool, (slong)s->m.steps));
    cell[k++] = report_field(report, STR("reason"))->value;
    table_row(m->r, m->t, cell);
}

/* seeds: 3 are the seeds 1, 2, 3; seeds: [4, 7] these. */
static bool read_seeds(Call *c, Comparison *m)
{
    if (!call_has(c, ARG_SEEDS))
        return true;
    const Value *v = &c->arg[ARG_SEEDS];
    const Expr  *e = v->kind == VALUE_EXPR ? v->expr : NULL;
    slong        k = 0;
    bool         counted = e && expr_fits_slong(e, &k), list = e && e->kind == EXPR_TENSOR && expr_cols(e) == 1;
    size_t       n = counted && k > 0 && k <= MOST_RUNS ? (size_t)k : list ? e->arity : 0;
    uint64_t    *seed = arena_array(c->arena, uint64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        k = (slong)i + 1;
        if (list && (!expr_fits_slong(e->arg[i], &k) || k < 0))
            n = 0;
        seed[i] = (uint64_t)k;
    }
    if (!n) {
        call_fail(c, ARG_SEEDS, "seeds: is how many, or a list of whole numbers");
        diag_hint(c->diag, "seeds: [1, 2, 3]");
        return false;
    }
    m->seeds = n;
    m->seed = seed;
    return true;
}

static bool run_one(Comparison *m, const Method *method, Value format, size_t seed)
{
    const Problem *q = m->q;
    Call          *c = q->c;
    OptionPlaces   at = { ARG_STEPS, ARG_TOL, ARG_BATCH, ARG_EPOCHS, ARG_SEED, ARG_SHUFFLE };
    Solution      *s = arena_alloc(c->arena, sizeof *s);
    *s = (Solution){ .method = method, .format = format.kind == VALUE_FORMAT ? arena_copy(c->arena, format.format, sizeof *format.format) : NULL };
    if (format.kind == VALUE_RECORD && !low_precision_roles(q, ARG_FORMATS, format, s))
        return false;
    unsigned needs = method->row ? method->row->needs : 0;
    if (!run_options_read(q, at, needs & NEEDS_HESSIAN, s->format, &s->options))
        return false;
    if (needs & NEEDS_BATCHES && !s->options.batch) {
        call_fail(c, ARG_METHODS, "%s works on batches of rows", method->row->name);
        diag_hint(c->diag, "over: d, batch: 32");
        return false;
    }
    if (s->options.batch && method->row && !(needs & TAKES_BATCHES))
        return call_fail(c, ARG_METHODS, "%s needs all rows at every step: its line search compares values", method->row->name), false;
    if (m->seed)
        s->options.seed = m->seed[seed];
    HeldOut *beside = arena_alloc(c->arena, sizeof *beside);
    if (!held_out_read(q, ARG_TEST, s->format, &s->options, beside))
        return false;
    s->beside = s->options.watch.n ? beside : NULL;
    if (!problem_solve(q, s, 1))
        return false;
    if (!m->t) {
        memcpy(m->beside, beside->has, sizeof m->beside);
        m->t = table_of(m);
    }
    Value run = minimize_report(q, s);
    add_row(m, s, run.report);
    Str lost = solution_lost_number(q, s, NULL, NULL), why = lost.n || !m->formats || s->low ? lost : solution_stall(q, s);
    bool said = !why.n;
    for (size_t i = 0; i < m->r->n && !said; i++)
        said = m->r->field[i].kind == FIELD_NOTE && str_eq(m->r->field[i].note, why);
    if (!said)
        report_note(m->r, "%.*s", STR_ARGS(why));
    m->run[m->runs++] = run;
    return true;
}

static Value compare_call(Call *c)
{
    Problem    q;
    Format    *fp64 = arena_alloc(c->arena, sizeof *fp64);
    Comparison m = { .q = &q, .seeds = 1 };
    if (!call_has(c, ARG_FROM) && !call_has(c, ARG_METHODS) && call_has(c, ARG_FORMATS)) {
        if (c->arg[ARG_F].kind != VALUE_EXPR || c->nvars) {
            call_fail(c, ARG_F, "an expression in several formats needs values for its names");
            diag_hint(c->diag, "compare(f at %s, formats: [fp64, bf16])", c->nvars > 1 ? "(x = 0.1, y = 0.2)" : "x = 0.1");
            return value_failed();
        }
        for (size_t i = 0; i < c->arg[ARG_FORMATS].list->n; i++)
            if (c->arg[ARG_FORMATS].list->item[i].kind != VALUE_FORMAT)
                return call_fail(c, ARG_FORMATS, "an expression runs in one format, without roles");
        return run_in_formats(c->pool, c->arena, c->arg[ARG_F].expr, c->arg[ARG_FORMATS].list, c->settings);
    }
    if (!problem_read(c, ARG_F, ARG_VARIABLES, ARG_FROM, false, &q) || !format_named(STR("fp64"), fp64) || !read_seeds(c, &m))
        return value_failed();
    if (!call_has(c, ARG_METHODS)) {
        Value v = call_fail(c, -1, "compare needs methods");
        diag_hint(c->diag, "methods: [gd(lr: 0.01), adam]");
        return v;
    }
    m.methods = c->arg[ARG_METHODS].list;
    m.formats = call_has(c, ARG_FORMATS) ? c->arg[ARG_FORMATS].list : NULL;
    size_t n_formats = m.formats ? m.formats->n : 1, all = m.methods->n * n_formats * m.seeds;
    if (all > MOST_RUNS)
        return call_fail(c, -1, "these are %zu runs: at most %d at a time", all, MOST_RUNS);
    m.r = report_new(c->arena, "compare");
    m.r->traced = all <= MOST_SHOWN_RUNS;
    m.run = arena_array(c->arena, Value, all);
    for (size_t i = 0; i < m.methods->n; i++)
        for (size_t k = 0; k < n_formats; k++)
            for (size_t j = 0; j < m.seeds && !should_stop(); j++)
                if (!run_one(&m, m.methods->item[i].method, m.formats ? m.formats->item[k] : value_format(fp64), j))
                    return value_failed();
    m.r->summary = str_printf(c->arena, "%zu run%s from the same start%s", m.runs, m.runs == 1 ? "" : "s", m.runs < all ? "; interrupted" : "");
    report_value(m.r, "runs", value_list(c->arena, m.run, m.runs));
    return value_report(m.r);
}

const Builtin compare_builtins[] = {
    { .sig = "compare(f: objective, variables: closedvar?; from: start, methods: methods, steps: int, tol: scalar, formats: formats, over: data, "
             "batch: int, epochs: int, seed: int, shuffle: value, seeds: value, test: table) -> report",
      .help = "Runs several methods of minimization from one start, with several seeds and in several formats, and shows where they end and why; or one expression in several formats.",
      .example = { { "compare(x^2, from: 1, methods: [gd(lr: 0.5)], steps: 1).runs[1].value", "0" },
                   { "compare(0.1 + 0.2 - 0.3, formats: [fp16, fp64]).runs[2].bits", "0x3c90000000000000" },
                   { "compare(x^2, from: 1, methods: [gd(lr: 0.25), newton], steps: 3).runs[2].steps", "1" } },
      .lesson = 6, .see = "minimize", .words = "methods optimizers benchmark formats", .formed = true, .call = compare_call },
    { 0 }
};
