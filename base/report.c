/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building reports: fields in order, tables that grow by rows. Everything lives in the report's arena. */
#include "base/report.h"

#include "base/vec.h"

#include <string.h>

Report *report_new(Arena *a, const char *command)
{
    Report *r = arena_alloc(a, sizeof *r);
    *r = (Report){ .arena = a, .command = str_of(command), .main = value_none() };
    return r;
}

static Field *add_field(Report *r, FieldKind kind, const char *name)
{
    if (r->n == r->room)
        r->field = vec_grow(r->arena, r->field, r->n, &r->room, sizeof *r->field);
    Field *f = &r->field[r->n++];
    *f = (Field){ .kind = kind, .name = str_copy(r->arena, str_of(name)) };
    return f;
}

void report_value(Report *r, const char *name, Value v)
{
    add_field(r, FIELD_VALUE, name)->value = v;
}

void report_note(Report *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_field(r, FIELD_NOTE, "note")->note = str_vprintf(r->arena, format, args);
    va_end(args);
}

Table *report_table(Report *r, const char *name, const char *columns)
{
    Table *t = arena_alloc(r->arena, sizeof *t);
    Str    rest = str_copy(r->arena, str_of(columns));
    Str   *column = arena_array(r->arena, Str, rest.n + 1);
    for (size_t at = 0; at < rest.n;) {
        size_t end = at;
        while (end < rest.n && rest.s[end] != ' ')
            end++;
        if (end > at)
            column[t->columns++] = str_slice(rest, at, end);
        at = end + 1;
    }
    t->name = str_copy(r->arena, str_of(name));
    t->column = column;
    add_field(r, FIELD_TABLE, name)->table = t;
    return t;
}

void table_row(Report *r, Table *t, const Value *cell)
{
    if (t->rows == t->room) {
        size_t room = t->room ? 2 * t->room : 8;
        Value *grown = arena_array(r->arena, Value, room * t->columns);
        if (t->rows)
            memcpy(grown, t->cell, t->rows * t->columns * sizeof *grown);
        t->cell = grown;
        t->room = room;
    }
    memcpy(t->cell + t->rows++ * t->columns, cell, t->columns * sizeof *cell);
}

Step *report_step(Report *r, const char *rule, const Expr *before, const Expr *after, Str note)
{
    Field *f = r->n ? &r->field[r->n - 1] : NULL;
    if (!f || f->kind != FIELD_STEPS) {
        f = add_field(r, FIELD_STEPS, "steps");
        f->steps = arena_alloc(r->arena, sizeof *f->steps);
    }
    Steps *s = f->steps;
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 8;
        Step  *grown = arena_array(r->arena, Step, room);
        if (s->n)
            memcpy(grown, s->step, s->n * sizeof *grown);
        s->step = grown;
        s->room = room;
    }
    s->step[s->n] = (Step){ str_copy(r->arena, str_of(rule)), before, after, note, false };
    return &s->step[s->n++];
}

const Steps *report_steps(const Report *r)
{
    for (size_t i = r->n; i-- > 0;)
        if (r->field[i].kind == FIELD_STEPS)
            return r->field[i].steps;
    return NULL;
}

void report_plot(Report *r, const char *kind, const char *title, const char *table)
{
    add_field(r, FIELD_PLOT, "plot")->plot = (Plot){ .kind = str_copy(r->arena, str_of(kind)), .title = str_copy(r->arena, str_of(title)),
                                                     .table = str_copy(r->arena, str_of(table)) };
}

void report_lines(Report *r, const char *axes, const char *title, const char *table, const char *columns)
{
    report_plot(r, str_printf(r->arena, "lines%s%s", axes[0] ? " " : "", axes).s, title, table);
    r->field[r->n - 1].plot.columns = str_copy(r->arena, str_of(columns));
}

void report_figure(Report *r, Figure *f)
{
    add_field(r, FIELD_FIGURE, "figure")->figure = f;
}

const Figure *report_picture(const Report *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->field[i].kind == FIELD_FIGURE)
            return r->field[i].figure;
    return NULL;
}

const Field *report_field(const Report *r, Str name)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->field[i].name, name))
            return &r->field[i];
    return NULL;
}
