/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain text: an exact value stands alone, a constant that is no plain number is followed by two blanks and its decimals
 * (or by = 0 where that is proved), an approximation starts with the sign of one; behind three blanks the note. A report
 * prints its summary (or its main value), tables of at most ten rows with aligned columns, steps and notes. Only on a
 * terminal a very long expression is shortened; what goes to a file or a pipe is whole. */
#include "repl/view.h"

#include "base/report.h"
#include "numeric/tape_work.h"
#include "repl/box.h"
#include "repl/colour.h"
#include "repl/figure.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { TABLE_ROWS = 10, STEP_RULE = 15, STEP_RESULT = 42, LONG_TEXT = 2000, SHORT_TEXT = 500, SCREEN = 100 };

static void put(FILE *out, Str s)
{
    fwrite(s.s, 1, s.n, out);
}

static const char *about(Env *env)
{
    return env_settings(env)->unicode ? "≈ " : "~ ";
}

static void put_note(FILE *out, const char *blanks, Str note, const char *end)
{
    if (!note.n) {
        fprintf(out, "%s%s", blanks, end);
        return;
    }
    fprintf(out, "%s%s%.*s%s%s", blanks, colour_start(out, COLOUR_NOTE), STR_ARGS(note), colour_end(out), end);
}

/* Digits that were asked for are never left out. */
static void put_value(FILE *out, Str text, bool approximate)
{
    if (text.n <= LONG_TEXT || approximate || !isatty(fileno(out))) {
        put(out, text);
        return;
    }
    size_t from = SHORT_TEXT, to = text.n - SHORT_TEXT;
    while ((unsigned char)text.s[from] >> 6 == 2)               /* not inside a character */
        from++;
    while ((unsigned char)text.s[to] >> 6 == 2)
        to++;
    put(out, str_slice(text, 0, from));
    fprintf(out, " ... %zu characters are left out, print(ans) shows all ... ", to - from);
    put(out, str_slice(text, to, text.n));
}

/* In two dimensions, if that is more than one line and fits the screen. */
static bool lines_print(FILE *out, Env *env, Value v)
{
    bool       unicode = env_settings(env)->unicode, approximate = env_value_is_approximate(v);
    Arena     *a = env_line(env);
    Str        doubt = { 0 }, text = env_value_text(env, v, false), decimals = { 0 };
    const Box *box = text.n <= LONG_TEXT ? formula_box(a, text) : NULL;
    if (!box)
        return false;
    if (!approximate && !env_value_is_plain(env, v))
        decimals = env_value_approx(env, v, &doubt);
    const Box  front = { .class = CLASS_WORDS, .text = approximate ? str_of(about(env)) : STR("") };
    const Box  behind = { .class = CLASS_WORDS, .text = decimals.n ? str_printf(a, "  %s%.*s", about(env), STR_ARGS(doubt.n ? doubt : decimals)) : STR("") };
    const Box *part[] = { &front, box, &behind };
    Str        lines = box_lines(a, &(Box){ .kind = BOX_ROW, .n = 3, .child = part }, unicode);
    size_t     width = 0, count = 0;
    for (size_t at = 0, end; at < lines.n; at = end + 1, count++) {
        end = at + (size_t)((const char *)memchr(lines.s + at, '\n', lines.n - at) - (lines.s + at));
        width = utf8_columns(str_slice(lines, at, end)) > width ? utf8_columns(str_slice(lines, at, end)) : width;
    }
    if (count == 1 || width > SCREEN)
        return false;
    put(out, lines);
    if (v.note.n)
        put_note(out, "", v.note, "\n");
    return true;
}

static void value_print(FILE *out, Env *env, Value v)
{
    if (env_settings(env)->formulas == FORMULAS_BOX && lines_print(out, env, v))
        return;
    bool approximate = env_value_is_approximate(v);
    Str  doubt = { 0 }, decimals = { 0 };
    if (approximate)
        put_note(out, "", str_of(about(env)), "");
    put_value(out, env_value_shown(env, v), approximate);
    if (!approximate && !env_value_is_plain(env, v))
        decimals = env_value_approx(env, v, &doubt);
    bool zero = str_is(decimals, "0") && !doubt.n;              /* proved: a rounded number is never 0 */
    if (decimals.n) {
        put_note(out, "  ", str_of(zero ? "= " : about(env)), "");
        put(out, doubt.n ? doubt : decimals);
    }
    if (v.note.n)
        put_note(out, "   ", v.note, "");
    fputc('\n', out);
}

static void cell_print(FILE *out, Str text, size_t width, bool last)
{
    put(out, text);
    for (size_t k = utf8_columns(text); !last && k < width + 2; k++)
        fputc(' ', out);
}

/* Long tables show their first half and their last half of TABLE_ROWS. */
static size_t row_shown(const Table *t, size_t i, size_t most)
{
    return t->rows <= most || i < TABLE_ROWS / 2 ? i : t->rows - TABLE_ROWS + i;
}

/* Cells in columns, two blanks between them and none at the end; behind three blanks the note of the last cell. */
static void row_print(FILE *out, const Str *text, const size_t *width, size_t columns, Str note)
{
    size_t used = 0;
    for (size_t j = 0, at = 0; j < columns; at += width[j++] + 2) {
        if (!text[j].n)
            continue;
        fprintf(out, "%*s", (int)(at - used), "");
        put(out, text[j]);
        used = at + utf8_columns(text[j]);
    }
    if (note.n) {
        size_t end = 1;
        for (size_t j = 0; j < columns; j++)
            end += width[j] + 2;
        fprintf(out, "%*s", (int)(end - used), "");
        put_note(out, "", note, "");
    }
    fputc('\n', out);
}

static void table_print(FILE *out, Env *env, const Table *t, bool all)
{
    size_t most = all ? t->rows : TABLE_ROWS, shown = t->rows < most ? t->rows : most, lines = shown + 1;
    Arena *a = env_line(env);
    Str *text = arena_array(a, Str, lines * t->columns);
    size_t *width = arena_array(a, size_t, t->columns);
    for (size_t i = 0; i < lines; i++)
        for (size_t j = 0; j < t->columns; j++) {
            const Value *row = i ? t->cell + row_shown(t, i - 1, most) * t->columns : NULL;
            Str s = row ? env_value_text(env, row[j], env_settings(env)->unicode) : t->column[j];
            text[i * t->columns + j] = s;
            width[j] = utf8_columns(s) > width[j] ? utf8_columns(s) : width[j];
        }
    for (size_t i = 0; i < lines; i++) {
        if (t->rows > most && i == TABLE_ROWS / 2 + 1)
            fputs("...\n", out);
        const Value *row = i ? t->cell + row_shown(t, i - 1, most) * t->columns : NULL;
        row_print(out, text + i * t->columns, width, t->columns, row ? row[t->columns - 1].note : (Str){ 0 });
    }
}

/* `=  result     note`, the notes in a column of their own unless the result is long. */
static void result_print(FILE *out, Env *env, const Step *s, bool wide)
{
    Str    text = s->after ? env_value_text(env, value_expr(s->after), env_settings(env)->unicode) : (Str){ 0 };
    fputs(wide ? "=   " : "=  ", out);
    cell_print(out, text, s->note.n ? STEP_RESULT : 0, !s->note.n);
    put_note(out, s->note.n && utf8_columns(text) > STEP_RESULT ? "  " : "", s->note, "\n");
}

/* Numbered lines, `rule  before = after   note`, with the rules in one column; results without a number. */
static void steps_print(FILE *out, Env *env, const Steps *steps)
{
    bool   unicode = env_settings(env)->unicode, wide = steps->n > 10;
    size_t rule = STEP_RULE, number = 0;
    for (size_t i = 0; i < steps->n; i++)
        rule = utf8_columns(steps->step[i].rule) > rule ? utf8_columns(steps->step[i].rule) : rule;
    for (size_t i = 0; i < steps->n; i++) {
        const Step *s = &steps->step[i];
        if (str_is(s->rule, "=")) {
            result_print(out, env, s, wide);
            continue;
        }
        fprintf(out, "%-*zu  ", wide ? 2 : 1, ++number);
        cell_print(out, s->rule, rule, false);
        if (s->before && !s->whole)
            put(out, env_value_text(env, value_expr(s->before), unicode));
        if (s->before && s->after && !s->whole)
            fputs(" = ", out);
        if (s->after)
            put(out, env_value_text(env, value_expr(s->after), unicode));
        put_note(out, s->note.n ? "   " : "", s->note, "\n");
    }
}

static void report_print(FILE *out, Env *env, const Report *r)
{
    const Figure *picture = report_picture(r);
    if (picture && !picture->to.n)
        figure_print(out, env_line(env), picture, figure_style(out, env_settings(env)->unicode));
    else if (r->summary.n)
        fprintf(out, "%.*s\n", STR_ARGS(r->summary));
    else if (r->main.kind != VALUE_NONE && !r->derived && !r->tabled)
        value_print(out, env, r->main);
    for (size_t i = 0; i < r->n; i++) {
        const Field *f = &r->field[i];
        switch (f->kind) {
        case FIELD_TABLE: table_print(out, env, f->table, r->traced); break;
        case FIELD_STEPS: steps_print(out, env, f->steps); break;
        case FIELD_NOTE:  put_note(out, "", f->note, "\n"); break;
        case FIELD_VALUE:           /* reached as a field, r.name */
        case FIELD_PLOT: case FIELD_FIGURE: break;
        }
    }
}

/* "0.412 s, 0.398 s of processor time", and what the tapes of the statement did. */
static void time_print(FILE *out, const Outcome *o)
{
    const TapeWork *w = o->work;
    fprintf(out, "%.3f s, %.3f s of processor time\n", o->seconds, o->processor);
    if (!w || !w->runs)
        return;
    fprintf(out, "tapes: %" PRIu64 " run%s, %" PRIu64 " instructions, %" PRIu64 " lanes, %.3g flops, %.3g bytes", w->runs, w->runs == 1 ? "" : "s",
            w->instructions, w->lanes, w->flops, w->bytes);
    if (o->processor > 0.001)
        fprintf(out, "; %.3g flops a second", w->flops / o->processor);
    fputc('\n', out);
}

void print_text(FILE *out, Env *env, const Outcome *o)
{
    if (env_settings(env)->formulas == FORMULAS_LATEX)
        print_latex(out, env, o);
    else if (o->show && o->value.kind == VALUE_REPORT)
        report_print(out, env, o->value.report);
    else if (o->show && o->value.kind != VALUE_NONE)
        value_print(out, env, o->value);
    if (o->seconds >= 0)
        time_print(out, o);
}
