/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain text: a value, two blanks and its decimal, three blanks and its note. A report prints its summary (or its main
 * value), tables of at most ten rows with aligned columns, steps and notes. Failures show the line with a caret. */
#include "repl/view.h"

#include "base/report.h"

enum { TABLE_ROWS = 10 };

static void put(FILE *out, Str s)
{
    fwrite(s.s, 1, s.n, out);
}

static void value_print(FILE *out, Env *env, Value v)
{
    bool unicode = env_settings(env)->unicode;
    put(out, env_value_text(env, v, unicode));
    Str approx = env_value_approx(env, v, unicode);
    if (approx.n)
        fprintf(out, "  %.*s", STR_ARGS(approx));
    if (v.note.n)
        fprintf(out, "   %.*s", STR_ARGS(v.note));
    fputc('\n', out);
}

static void cell_print(FILE *out, Str text, size_t width, bool last)
{
    put(out, text);
    for (size_t k = utf8_columns(text); !last && k < width + 2; k++)
        fputc(' ', out);
}

/* Long tables show their first half and their last half of TABLE_ROWS. */
static size_t row_shown(const Table *t, size_t i)
{
    return t->rows <= TABLE_ROWS || i < TABLE_ROWS / 2 ? i : t->rows - TABLE_ROWS + i;
}

static void table_print(FILE *out, Env *env, const Table *t)
{
    size_t shown = t->rows < TABLE_ROWS ? t->rows : TABLE_ROWS, lines = shown + 1;
    Arena *a = env_line(env);
    Str *text = arena_array(a, Str, lines * t->columns);
    size_t *width = arena_array(a, size_t, t->columns);
    for (size_t i = 0; i < lines; i++)
        for (size_t j = 0; j < t->columns; j++) {
            const Value *row = i ? t->cell + row_shown(t, i - 1) * t->columns : NULL;
            Str s = row ? env_value_text(env, row[j], env_settings(env)->unicode) : t->column[j];
            text[i * t->columns + j] = s;
            width[j] = utf8_columns(s) > width[j] ? utf8_columns(s) : width[j];
        }
    for (size_t i = 0; i < lines; i++) {
        for (size_t j = 0; j < t->columns; j++)
            cell_print(out, text[i * t->columns + j], width[j], j + 1 == t->columns);
        fputc('\n', out);
    }
}

static void steps_print(FILE *out, Env *env, const Steps *steps)
{
    bool unicode = env_settings(env)->unicode;
    for (size_t i = 0; i < steps->n; i++) {
        const Step *s = &steps->step[i];
        fprintf(out, "%zu  %.*s  ", i + 1, STR_ARGS(s->rule));
        put(out, env_value_text(env, value_expr(s->before), unicode));
        fputs(" = ", out);
        put(out, env_value_text(env, value_expr(s->after), unicode));
        fprintf(out, "%s%.*s\n", s->note.n ? "   " : "", STR_ARGS(s->note));
    }
}

static void report_print(FILE *out, Env *env, const Report *r)
{
    if (r->summary.n)
        fprintf(out, "%.*s\n", STR_ARGS(r->summary));
    else if (r->main.kind != VALUE_NONE)
        value_print(out, env, r->main);
    for (size_t i = 0; i < r->n; i++) {
        const Field *f = &r->field[i];
        switch (f->kind) {
        case FIELD_TABLE: table_print(out, env, f->table); break;
        case FIELD_STEPS: steps_print(out, env, f->steps); break;
        case FIELD_NOTE:  fprintf(out, "%.*s\n", STR_ARGS(f->note)); break;
        case FIELD_VALUE:           /* reached as a field, r.name */
        case FIELD_PLOT:  break;
        }
    }
}

void print_text(FILE *out, Env *env, const Outcome *o)
{
    if (o->show && o->value.kind == VALUE_REPORT)
        report_print(out, env, o->value.report);
    else if (o->show && o->value.kind != VALUE_NONE)
        value_print(out, env, o->value);
    if (o->seconds >= 0)
        fprintf(out, "%.3f s\n", o->seconds);
}

void print_text_error(FILE *err, const Diag *d)
{
    Place p = place_of(d->source, d->span);
    if (d->source->name.n)
        fprintf(err, "%.*s:%u:%u: ", STR_ARGS(d->source->name), p.line_number, p.column);
    fprintf(err, "error: %.*s\n  %.*s\n  %*s^", STR_ARGS(d->message), STR_ARGS(p.line), (int)p.column - 1, "");
    for (uint32_t k = 1; k < p.width; k++)
        fputc('~', err);
    fputc('\n', err);
    if (d->hint.n)
        fprintf(err, "hint: %.*s\n", STR_ARGS(d->hint));
}
