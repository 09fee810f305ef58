/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as LaTeX: a formula per value between \[ and \], steps as aligned lines, tables as arrays, all else as text. */
#include "repl/view.h"

#include "repl/box.h"

#include <string.h>

Str value_latex(Env *env, Value v)
{
    const Box *box = v.kind == VALUE_NONE ? NULL : formula_box(env_line(env), env_value_text(env, v, false));
    return box ? box_latex(env_line(env), box) : (Str){ 0 };
}

static Str words_latex(Env *env, Str words)
{
    return box_latex(env_line(env), &(Box){ .class = CLASS_WORDS, .text = words });
}

static Str formula_or_words(Env *env, Value v)
{
    Str formula = value_latex(env, v);
    return formula.n || v.kind == VALUE_NONE ? formula : words_latex(env, env_value_text(env, v, false));
}

Str step_latex(Env *env, const Step *s)
{
    Str before = s->before && !s->whole ? formula_or_words(env, value_expr(s->before)) : (Str){ 0 };
    Str after = s->after ? formula_or_words(env, value_expr(s->after)) : (Str){ 0 };
    return before.n && after.n ? str_printf(env_line(env), "%.*s = %.*s", STR_ARGS(before), STR_ARGS(after)) : before.n ? before : after;
}

static void value_print(FILE *out, Env *env, Value v)
{
    Str doubt = { 0 }, text = formula_or_words(env, v);
    Str decimals = env_value_is_approximate(v) || env_value_is_plain(env, v) ? (Str){ 0 } : env_value_approx(env, v, &doubt);
    fprintf(out, "\\[ %s%.*s", env_value_is_approximate(v) ? "\\approx " : "", STR_ARGS(text));
    if (doubt.n)
        fprintf(out, " \\quad %.*s", STR_ARGS(words_latex(env, doubt)));
    else if (decimals.n) {
        const Box *box = formula_box(env_line(env), decimals);
        fprintf(out, " %s %.*s", str_is(decimals, "0") ? "=" : "\\approx", STR_ARGS(box ? box_latex(env_line(env), box) : decimals));
    }
    if (v.note.n)
        fprintf(out, " \\quad %.*s", STR_ARGS(words_latex(env, v.note)));
    fputs(" \\]\n", out);
}

static void table_print(FILE *out, Env *env, const Table *t)
{
    fputs("\\[ \\begin{array}{", out);
    for (size_t j = 0; j < t->columns; j++)
        fputc('l', out);
    fputs("}\n", out);
    for (size_t j = 0; j < t->columns; j++)
        fprintf(out, "%s%.*s", j ? " & " : "  ", STR_ARGS(words_latex(env, t->column[j])));
    fputs(" \\\\ \\hline\n", out);
    for (size_t i = 0; i < t->rows; i++) {
        for (size_t j = 0; j < t->columns; j++)
            fprintf(out, "%s%.*s", j ? " & " : "  ", STR_ARGS(formula_or_words(env, t->cell[i * t->columns + j])));
        fputs(i + 1 < t->rows ? " \\\\\n" : "\n", out);
    }
    fputs("\\end{array} \\]\n", out);
}

static void steps_print(FILE *out, Env *env, const Steps *steps)
{
    fputs("\\[ \\begin{aligned}\n", out);
    for (size_t i = 0; i < steps->n; i++) {
        const Step *s = &steps->step[i];
        bool        result = str_is(s->rule, "=");
        Str         formula = step_latex(env, s);
        fprintf(out, "  &%.*s &&%s%.*s", STR_ARGS(result ? (Str){ 0 } : words_latex(env, s->rule)), result && !s->before ? "= " : "", STR_ARGS(formula));
        if (s->note.n)
            fprintf(out, " &&%.*s", STR_ARGS(words_latex(env, s->note)));
        fputs(i + 1 < steps->n ? " \\\\\n" : "\n", out);
    }
    fputs("\\end{aligned} \\]\n", out);
}

static void report_print(FILE *out, Env *env, const Report *r)
{
    if (r->main.kind != VALUE_NONE && !r->derived && !r->tabled)
        value_print(out, env, r->main);
    else if (r->summary.n)
        fprintf(out, "%.*s\n", STR_ARGS(words_latex(env, r->summary)));
    for (size_t i = 0; i < r->n; i++) {
        const Field *f = &r->field[i];
        switch (f->kind) {
        case FIELD_TABLE: table_print(out, env, f->table); break;
        case FIELD_STEPS: steps_print(out, env, f->steps); break;
        case FIELD_NOTE:  fprintf(out, "%.*s\n", STR_ARGS(words_latex(env, f->note))); break;
        case FIELD_VALUE: case FIELD_PLOT: case FIELD_FIGURE: break;
        }
    }
}

void print_latex(FILE *out, Env *env, const Outcome *o)
{
    if (o->show && o->value.kind == VALUE_REPORT)
        report_print(out, env, o->value.report);
    else if (o->show && o->value.kind != VALUE_NONE)
        value_print(out, env, o->value);
}
