/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as HTML: formulas as MathML with their decimals behind them, tables of at most 40 rows, derivations as numbered lines of rule,
 * formula and note, texts as they are, failures with their caret. What a command is called makes no difference. */
#include "repl/print_html.h"

#include "base/report.h"
#include "repl/box.h"
#include "repl/figure.h"
#include "repl/html.h"
#include "repl/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLE_ROWS = 40, LONG_FORMULA = 4000, MOST_DIGITS = 50, PICTURE_COLUMNS = 80, PICTURE_ROWS = 24 };

/* ---- formulas ----------------------------------------------------------------------------------------------------------------------- */

static bool is_block(Str text)
{
    return memchr(text.s, '\n', text.n) || memmem(text.s, text.n, "  ", 2);
}

static void add_text(Buf *b, Str text)
{
    if (is_block(text))
        html_block(b, "pre", "out", text);
    else
        html_text(b, text);
}

static void add_span(Buf *b, const char *class, Str text)
{
    if (!text.n)
        return;
    buf_printf(b, "<span class=\"%s\">", class);
    html_text(b, text);
    buf_add_s(b, "</span>");
}

/* Names of methods and formats are words. */
static const Box *box_of(Env *env, Value v, Str text)
{
    bool formula = v.kind == VALUE_EXPR || v.kind == VALUE_LIST || v.kind == VALUE_RECORD || v.kind == VALUE_RANGE || v.kind == VALUE_FUNCTION;
    return formula && text.n <= LONG_FORMULA ? formula_box(env_line(env), text) : NULL;
}

static bool is_long_number(const Box *box)
{
    return box && box->kind == BOX_TEXT && box->class == CLASS_NUMBER && box->text.n > MOST_DIGITS;
}

/* Browsers break no lines in formulas, so the digits of a long number are text. */
static void add_formula(Buf *b, Env *env, Value v)
{
    Str        text = v.kind == VALUE_NONE ? (Str){ 0 } : env_value_text(env, v, env_settings(env)->unicode);
    const Box *box = box_of(env, v, text);
    if (is_long_number(box))
        add_span(b, "digits", box->text);
    else if (box)
        buf_add(b, box_mathml(b->arena, box));
    else
        add_text(b, text);
}

static void add_value(Buf *b, Env *env, Value v)
{
    Str  doubt = { 0 }, decimals = { 0 };
    bool approximate = env_value_is_approximate(v);
    if (!approximate && !env_value_is_plain(env, v))
        decimals = env_value_approx(env, v, &doubt);
    bool zero = str_is(decimals, "0") && !doubt.n;
    buf_printf(b, "<div class=\"value\">%s", approximate ? "≈ " : "");
    add_formula(b, env, v);
    if (decimals.n)
        add_span(b, "about", str_printf(b->arena, "%s%.*s", zero ? "= " : "≈ ", STR_ARGS(doubt.n ? doubt : decimals)));
    add_span(b, "note", v.note);
    buf_add_s(b, "</div>\n");
}

/* ---- reports --------------------------------------------------------------------------------------------------------------------------- */

/* Some commands give numbers as text, with the digits that count. */
static bool is_number(Env *env, Value v)
{
    if (v.kind != VALUE_TEXT)
        return v.kind == VALUE_EXPR && str_is(str_of(env_value_kind(env, v)), "number");
    bool digit = false, other = false;
    for (size_t i = 0; i < v.text.n; i++) {
        digit = digit || (v.text.s[i] >= '0' && v.text.s[i] <= '9');
        other = other || !memchr("0123456789+-.e", v.text.s[i], 14);
    }
    return digit && !other;
}

static void add_cell(Buf *b, Env *env, Value v)
{
    bool number = is_number(env, v), digits = number && (v.kind == VALUE_TEXT || env_value_is_approximate(v) || env_value_is_plain(env, v));
    buf_add_s(b, number ? "<td class=\"number\">" : "<td>");
    if (digits)
        html_text(b, env_value_text(env, v, true));
    else
        add_formula(b, env, v);
    add_span(b, "note", v.note);
    buf_add_s(b, "</td>");
}

static void add_row(Buf *b, Env *env, const Table *t, size_t i)
{
    buf_add_s(b, "<tr>");
    for (size_t j = 0; j < t->columns; j++)
        add_cell(b, env, t->cell[i * t->columns + j]);
    buf_add_s(b, "</tr>\n");
}

static void add_table(Buf *b, Env *env, const Table *t, bool all)
{
    bool whole = all || t->rows <= TABLE_ROWS;
    buf_add_s(b, "<div class=\"wide\"><table>\n<thead><tr>");
    for (size_t j = 0; j < t->columns; j++) {
        buf_add_s(b, t->rows && is_number(env, t->cell[(t->rows - 1) * t->columns + j]) ? "<th class=\"number\">" : "<th>");
        html_text(b, t->column[j]);
        buf_add_s(b, "</th>");
    }
    buf_add_s(b, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < t->rows; i++) {
        size_t hidden = t->rows - TABLE_ROWS;
        if (!whole && i == TABLE_ROWS / 2) {
            buf_printf(b, "<tr><td colspan=\"%zu\" class=\"note\">%zu more rows</td></tr>\n", t->columns, hidden);
            i += hidden;
        }
        add_row(b, env, t, i);
    }
    buf_add_s(b, "</tbody>\n</table></div>\n");
}

/* As in the other views, a result is the line whose rule is "=". */
static void add_steps(Buf *b, Env *env, const Steps *steps)
{
    buf_add_s(b, "<ol class=\"steps\">\n");
    for (size_t i = 0; i < steps->n; i++) {
        const Step *s = &steps->step[i];
        bool        result = str_is(s->rule, "="), before = s->before && !s->whole;
        buf_add_s(b, result ? "<li><span class=\"rule\">" : "<li class=\"step\"><span class=\"rule\">");
        html_text(b, result ? STR("result") : s->rule);
        buf_add_s(b, "</span><div class=\"formula\">");
        if (before)
            add_formula(b, env, value_expr(s->before));
        if (s->after) {
            buf_add_s(b, before ? " = " : "");
            add_formula(b, env, value_expr(s->after));
        }
        add_span(b, "note", s->note);
        buf_add_s(b, "</div></li>\n");
    }
    buf_add_s(b, "</ol>\n");
}

/* Outside of brackets y'' + y = 0 would assign to a sum. */
static const Box *equation(Arena *a, Str text)
{
    if (text.n > LONG_FORMULA || !memmem(text.s, text.n, " = ", 3))
        return NULL;
    const Box *box = formula_box(a, text);
    return box ? box : formula_box(a, str_printf(a, "(%.*s)", STR_ARGS(text)));
}

/* "solution: y = C1*exp(x)": what is an equation is shown as one, what is not stays text. */
static void add_sentence(Buf *b, Str text)
{
    const char *colon = memmem(text.s, text.n, ": ", 2);
    size_t      from = 0;
    const Box  *box = equation(b->arena, text);
    if (!box && colon) {
        from = (size_t)(colon - text.s) + 2;
        box = equation(b->arena, str_slice(text, from, text.n));
    }
    add_text(b, box ? str_slice(text, 0, from) : text);
    if (box)
        buf_add(b, box_mathml(b->arena, box));
}

/* Three blanks stand before what is said besides. */
static void add_line(Buf *b, const char *class, Str text)
{
    const char *gap = memchr(text.s, '\n', text.n) ? NULL : memmem(text.s, text.n, "   ", 3);
    size_t      n = gap ? (size_t)(gap - text.s) : text.n;
    buf_printf(b, "<div class=\"%s\">", class);
    add_sentence(b, str_slice(text, 0, n));
    add_span(b, "note", str_trim(str_slice(text, n, text.n)));
    buf_add_s(b, "</div>\n");
}

static void add_result(Buf *b, Env *env, Value v)
{
    if (v.kind != VALUE_TEXT || v.note.n)
        add_value(b, env, v);
    else if (memchr(v.text.s, '\n', v.text.n))
        html_block(b, "pre", "out", v.text);
    else
        add_line(b, "value", v.text);
}

static bool is_main_value(Env *env, const Report *r)
{
    bool formula = r->main.kind == VALUE_EXPR || r->main.kind == VALUE_LIST;
    return formula && (str_eq(r->summary, env_value_text(env, r->main, true)) || str_eq(r->summary, env_value_text(env, r->main, false)));
}

/* Graphviz has drawn it already. */
static bool is_graph(const Report *r)
{
    bool dot = false;
    for (size_t i = 0; i < r->n; i++)
        dot = dot || (r->field[i].kind == FIELD_PLOT && str_is(r->field[i].plot.kind, "dot"));
    return dot && str_starts(r->summary, STR("<?xml")) && memmem(r->summary.s, r->summary.n, "</svg>", 6);
}

static void add_report(Buf *b, Env *env, const Report *r, Passage *p)
{
    const Figure *picture = report_picture(r);
    if (picture && !picture->to.n) {
        p->figure = picture;
        p->at = b->n;
    } else if (is_graph(r)) {
        p->graph = r->summary;
        p->at = b->n;
    } else if (r->summary.n && !is_main_value(env, r)) {
        add_line(b, "value", r->summary);
    } else if (r->main.kind != VALUE_NONE && (r->summary.n || (!r->derived && !r->tabled))) {
        add_result(b, env, r->main);
    }
    for (size_t i = 0; i < r->n; i++) {
        const Field *f = &r->field[i];
        switch (f->kind) {
        case FIELD_TABLE: add_table(b, env, f->table, r->traced); break;
        case FIELD_STEPS: add_steps(b, env, f->steps); break;
        case FIELD_NOTE:  add_line(b, "note", f->note); break;
        case FIELD_VALUE: case FIELD_PLOT: case FIELD_FIGURE: break;
        }
    }
}

/* ---- passages -------------------------------------------------------------------------------------------------------------------------- */

static void add_failure(Buf *b, const Diag *d)
{
    char  *text = NULL;
    size_t n = 0;
    FILE  *out = open_memstream(&text, &n);
    if (!out)
        return;
    print_text_error(out, d);
    fclose(out);
    html_block(b, "pre", "error", (Str){ text, n });
    free(text);
}

/* Comment lines: their signs go, a line without text ends a paragraph. */
static void add_prose(Buf *b, Str prose)
{
    bool open = false;
    if (str_starts(prose, STR("\uFEFF")))
        prose = str_slice(prose, 3, prose.n);
    while (prose.n) {
        const char *newline = memchr(prose.s, '\n', prose.n);
        size_t      n = newline ? (size_t)(newline - prose.s) : prose.n;
        Str         line = str_trim(str_slice(prose, 0, n));
        bool        comment = line.n && line.s[0] == '#';
        prose = str_slice(prose, n + 1, prose.n);
        while (line.n && line.s[0] == '#')
            line = str_slice(line, 1, line.n);
        line = str_trim(line);
        if (!comment || !line.n) {
            buf_add_s(b, open ? "</p>\n" : "");
            open = false;
            continue;
        }
        buf_add_s(b, open ? "\n" : "<p>");
        html_text(b, line);
        open = true;
    }
    buf_add_s(b, open ? "</p>\n" : "");
}

static void add_answer(Buf *b, Env *env, const Outcome *o, Passage *p)
{
    if (o->kind == RUN_FAILED || o->kind == RUN_UNFINISHED) {
        add_failure(b, o->diag);
        return;
    }
    if (o->show && o->value.kind == VALUE_REPORT)
        add_report(b, env, o->value.report, p);
    else if (o->show && o->value.kind != VALUE_NONE)
        add_result(b, env, o->value);
    if (o->seconds >= 0)
        html_block(b, "p", "note", str_printf(b->arena, "%.3f s", o->seconds));
}

Passage print_html(Env *env, const Outcome *o, const Asked *asked)
{
    Passage p = { 0 };
    Buf     b = buf_new(env_line(env));
    add_prose(&b, asked->prose);
    if (o->kind != RUN_END && o->kind != RUN_QUIT) {
        buf_add_s(&b, "<section>\n<pre class=\"in\">");
        html_statement(&b, asked->input);
        buf_add_s(&b, "</pre>\n");
        html_block(&b, "pre", "out", asked->printed);
        add_answer(&b, env, o, &p);
        buf_add_s(&b, "</section>\n");
    }
    p.text = buf_str(&b);
    return p;
}

static void add_svg(Buf *b, Str svg, size_t number, Str label)
{
    buf_add_s(b, "<figure>\n");
    html_svg(b, svg, number, label);
    buf_add_s(b, "</figure>\n");
}

static void add_figure(Buf *b, const Figure *f, size_t number, bool sandbox, bool unicode)
{
    Str svg = { 0 };
    const char *why = sandbox ? "no program is run in the sandbox" : figure_svg(b->arena, f, &svg);
    if (!why) {
        add_svg(b, svg, number, f->title.n ? f->title : STR("picture"));
        return;
    }
    char  *text = NULL;
    size_t n = 0;
    FILE  *out = open_memstream(&text, &n);
    if (!out)
        return;
    figure_print(out, b->arena, f, (FigureStyle){ PICTURE_COLUMNS, PICTURE_ROWS, unicode, false });
    fclose(out);
    buf_add_s(b, "<figure>\n");
    html_block(b, "pre", "picture", (Str){ text, n });
    buf_printf(b, "<figcaption>Drawn as text: %s.</figcaption>\n</figure>\n", why);
    free(text);
}

void print_html_passage(Buf *b, const Passage *p, size_t number, bool sandbox, bool unicode)
{
    buf_add(b, str_slice(p->text, 0, p->at));
    if (p->figure)
        add_figure(b, p->figure, number, sandbox, unicode);
    else if (p->graph.n)
        add_svg(b, p->graph, number, STR("graph"));
    buf_add(b, str_slice(p->text, p->at, p->text.n));
}
