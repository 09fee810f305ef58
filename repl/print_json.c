/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one object on one line per statement, failures included. Values are text in input syntax, ASCII, so that they can be
 * typed back; what a report holds besides its value stands in the fields values, tables, steps and notes. */
#include "repl/view.h"

#include "base/report.h"
#include "numeric/tape_work.h"
#include "repl/figure.h"

#include <jansson.h>

/* Malformed UTF-8, which JSON cannot hold, becomes null. */
static json_t *text_json(Str s)
{
    json_t *j = json_stringn(s.n ? s.s : "", s.n);
    return j ? j : json_null();
}

static void set_text(json_t *object, const char *key, Str s)
{
    json_object_set_new(object, key, s.n ? text_json(s) : json_null());
}

static void failure_fields(json_t *line, const Diag *d)
{
    Place p = place_of(d->source, d->span);
    json_object_set_new(line, "error", text_json(d->message));
    set_text(line, "hint", d->hint);
    if (d->source->name.n)
        set_text(line, "file", d->source->name);
    json_object_set_new(line, "line", json_integer(p.line_number));
    json_object_set_new(line, "column", json_integer(p.column));
}

static json_t *value_json(Env *env, Value v)
{
    return v.kind == VALUE_NONE ? json_null() : text_json(env_value_text(env, v, false));
}

static json_t *expr_json(Env *env, const Expr *e)
{
    return e ? value_json(env, value_expr(e)) : json_null();
}

static json_t *table_json(Env *env, const Table *t)
{
    json_t *table = json_object(), *columns = json_array(), *rows = json_array();
    for (size_t j = 0; j < t->columns; j++)
        json_array_append_new(columns, text_json(t->column[j]));
    for (size_t i = 0; i < t->rows; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < t->columns; j++)
            json_array_append_new(row, value_json(env, t->cell[i * t->columns + j]));
        json_array_append_new(rows, row);
    }
    json_object_set_new(table, "columns", columns);
    json_object_set_new(table, "rows", rows);
    return table;
}

static void add_steps(json_t *list, Env *env, const Steps *steps)
{
    for (size_t i = 0; i < steps->n; i++) {
        const Step *s = &steps->step[i];
        json_t     *step = json_object();
        set_text(step, "rule", s->rule);
        json_object_set_new(step, "before", expr_json(env, s->before));
        json_object_set_new(step, "after", expr_json(env, s->after));
        set_text(step, "note", s->note);
        set_text(step, "latex", step_latex(env, s));
        json_array_append_new(list, step);
    }
}

static void set_unless_empty(json_t *line, const char *key, json_t *part)
{
    if (json_object_size(part) + json_array_size(part))
        json_object_set(line, key, part);
    json_decref(part);
}

static void report_fields(json_t *line, Env *env, const Report *r)
{
    json_t *values = json_object(), *tables = json_object(), *steps = json_array(), *notes = json_array();
    for (size_t i = 0; i < r->n; i++) {
        const Field *f = &r->field[i];
        const char  *name = str_copy(env_line(env), f->name).s;
        switch (f->kind) {
        case FIELD_VALUE: json_object_set_new(values, name, value_json(env, f->value)); break;
        case FIELD_TABLE: json_object_set_new(tables, name, table_json(env, f->table)); break;
        case FIELD_STEPS: add_steps(steps, env, f->steps); break;
        case FIELD_NOTE:  json_array_append_new(notes, text_json(f->note)); break;
        case FIELD_FIGURE: json_object_set_new(line, "plot", figure_json(f->figure)); break;
        case FIELD_PLOT:  break;
        }
    }
    if (r->summary.n && r->main.kind != VALUE_NONE)
        set_text(line, "summary", r->summary);
    set_unless_empty(line, "values", values);
    set_unless_empty(line, "tables", tables);
    set_unless_empty(line, "steps", steps);
    set_unless_empty(line, "notes", notes);
}

static void value_fields(json_t *line, Env *env, Value v)
{
    Str   doubt, approx = env_value_approx(env, v, &doubt);
    Value shown = v.kind == VALUE_REPORT && v.report->main.kind != VALUE_NONE ? v.report->main : v;
    json_object_set_new(line, "kind", json_string(env_value_kind(env, v)));
    json_object_set_new(line, "value", value_json(env, shown));
    set_text(line, "approx", doubt.n ? (Str){ 0 } : approx);
    if (env_settings(env)->formulas == FORMULAS_LATEX)
        set_text(line, "latex", value_latex(env, shown));
    if (v.note.n || doubt.n)
        set_text(line, "note", v.note.n ? v.note : doubt);
    if (v.kind == VALUE_REPORT)
        report_fields(line, env, v.report);
}

static void time_fields(json_t *line, const Outcome *o)
{
    const TapeWork *w = o->work;
    json_object_set_new(line, "seconds", json_real(o->seconds));
    json_object_set_new(line, "processor", json_real(o->processor));
    if (w && w->runs)
        json_object_set_new(line, "tapes", json_pack("{s:I, s:I, s:I, s:f, s:f}", "runs", (json_int_t)w->runs, "instructions", (json_int_t)w->instructions,
                                                     "lanes", (json_int_t)w->lanes, "flops", w->flops, "bytes", w->bytes));
}

void print_json(FILE *out, Env *env, const Outcome *o, Str printed)
{
    json_t *line = json_object();
    json_object_set_new(line, "in", text_json(o->input));
    bool ok = o->kind != RUN_FAILED && o->kind != RUN_UNFINISHED;
    json_object_set_new(line, "ok", json_boolean(ok));
    if (ok)
        value_fields(line, env, o->value);
    else
        failure_fields(line, o->diag);
    if (ok && o->seconds >= 0)
        time_fields(line, o);
    if (printed.n)
        json_object_set_new(line, "output", text_json(printed));
    json_dumpf(line, out, JSON_COMPACT);
    fputc('\n', out);
    json_decref(line);
}
