/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures as text, JSON and gnuplot's script: known pictures, and laws that hold for every kind. */
#include "tests/session.h"

#include "base/report.h"
#include "repl/axis.h"
#include "repl/canvas.h"
#include "repl/figure.h"
#include "repl/view.h"

#include <criterion/criterion.h>
#include <math.h>

static const char *const every_kind[] = {
    "plot(sin(x), x = 0..2pi)", "plot(sin(x), cos(x), 1/x)", "plot([cos(t), sin(t)], t = 0..2pi)", "plot(x^2 + y^2 = 1, x = -2..2, y = -2..2)", "plot(x*y, x = -2..2, y = -2..2)",
    "plot(x*y, view: heat)", "plot(x*y, view: surface)", "plot([-y, x], x = -1..1, y = -1..1)", "plot(x^3, log: xy)", "plot(exp(x), taylor: [1, 2, 3, 4])",
    "plot(x^2, x = 0..1, riemann: 7)", "plot(x^2 - 2, x = 0..3, newton: 3)", "plot(sin(x)/x, x -> 0, eps: 1/10)", "histogram([1, 2, 2, 3, 5])",
    "bars([1, -2, 3], names: [\"a long name of a bar\", \"another long name\", \"and one more of them, longer still\"])", "heatmap([1, 2, 3; 4, 5, 6])",
    "scatter([1, 2, 3], [1, 4, 9])", "plot(generate(moons, n: 500))", "plot(10^300*x^2)", "plot(x, x = 10^-300..2*10^-300)", "plot(x, x = 123456789..123456799)", "plot(0)",
    "plot(sqrt(-1 - x^2))", "plot(x^2, title: \"a title that is much longer than the line, so that it cannot be in the middle of it or fit at all\")",
};

static Str shown(Arena *a, const char *input, FigureStyle style)
{
    char   *text = NULL;
    size_t  n = 0;
    Env    *env = env_new(builtin_tables);
    FILE   *out = open_memstream(&text, &n);
    Source  source;
    env_settings(env)->unicode = style.unicode;
    Outcome o = run_text(env, &source, str_of(input));
    const Figure *f = o.kind == RUN_DONE && o.value.kind == VALUE_REPORT ? report_picture(o.value.report) : NULL;
    if (f)
        figure_print(out, a, f, style);
    fclose(out);
    Str copy = str_copy(a, (Str){ text, n });
    free(text);
    env_delete(env);
    return copy;
}

Test(figure, lines_fit_the_screen)
{
    static const size_t widths[] = { 40, 80, 120 };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof every_kind / sizeof *every_kind; i++)
        for (size_t k = 0; k < 6; k++) {
            FigureStyle style = { widths[k % 3], 24, k < 3, false };
            Str         s = shown(a, every_kind[i], style);
            bool        title = strstr(every_kind[i], "title:") != NULL;
            for (size_t at = 0; at < s.n;) {
                size_t end = at;
                while (end < s.n && s.s[end] != '\n')
                    end++;
                Str line = str_slice(s, at, end);
                bool frame = at > 0 && !title && !(style.width < 80);       /* notes and titles are whole sentences */
                if (frame)
                    cr_expect(utf8_columns(line) <= style.width, "%s at %zu: %zu columns\n%.*s", every_kind[i], style.width, utf8_columns(line), STR_ARGS(line));
                cr_expect(!line.n || line.s[line.n - 1] != ' ', "%s: a blank at the end of a line", every_kind[i]);
                for (size_t c = 0; c < line.n && !style.unicode; c++)
                    cr_expect((unsigned char)line.s[c] < 128, "%s: not ASCII", every_kind[i]);
                at = end + 1;
            }
        }
    arena_delete(a);
}

Test(figure, the_same_input_gives_the_same_picture)
{
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof every_kind / sizeof *every_kind; i += 3)
        cr_expect(str_eq(shown(a, every_kind[i], (FigureStyle){ 80, 24, true, true }), shown(a, every_kind[i], (FigureStyle){ 80, 24, true, true })), "%s", every_kind[i]);
    arena_delete(a);
}

Test(figure, the_absolute_value_is_a_V)
{
    Arena *a = arena_new();
    Str    s = shown(a, "plot(abs(x), x = -5..5, title: \"V\")", (FigureStyle){ 40, 14, false, false });
    cr_expect(strstr(s.s, "\\") && strstr(s.s, "/"), "no V in\n%s", s.s);
    size_t rows = 0, lowest = 0, at = 0;
    for (; at < s.n; rows++) {              /* the lowest dot is in the middle column */
        size_t end = at;
        while (s.s[end] != '\n')
            end++;
        for (size_t c = at + 5; c < end; c++)
            if (s.s[c] == '\\')
                lowest = c - at;
        at = end + 1;
    }
    cr_expect(lowest >= 18 && lowest <= 24, "the V ends in column %zu\n%s", lowest, s.s);
    arena_delete(a);
}

Test(figure, ticks_are_round_and_inside)
{
    Arena *a = arena_new();
    static const double ends[][2] = { { 0, 1 }, { -1e300, 1e300 }, { 1e-300, 2e-300 }, { 123456789, 123456799 }, { -0.001, 0.0007 }, { 0.1, 0.30000001 }, { -1e-9, 1 }, { 5, 6 } };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (size_t most = 2; most < 20; most++) {
            Tick   tick[MOST_TICKS];
            size_t n = axis_ticks(a, ends[i][0], ends[i][1], false, false, most, tick);
            cr_expect(n <= most, "%zu ticks, at most %zu", n, most);
            for (size_t k = 0; k < n; k++) {
                double width = ends[i][1] - ends[i][0], read = strtod(tick[k].text.s, NULL);
                cr_expect(tick[k].at >= ends[i][0] - 1e-9 * width && tick[k].at <= ends[i][1] + 1e-9 * width);
                cr_expect(fabs(read - tick[k].at) <= 1e-9 * width, "%s is not %.17g", tick[k].text.s, tick[k].at);
                cr_expect(k == 0 || !str_eq(tick[k].text, tick[k - 1].text), "%s twice", tick[k].text.s);
            }
        }
    Tick tick[MOST_TICKS];
    size_t n = axis_ticks(a, 1e-12, 1e6, true, false, 10, tick);
    cr_assert(n >= 4 && n <= 10);
    for (size_t k = 0; k < n; k++)
        cr_expect(fabs(log10(tick[k].at) - nearbyint(log10(tick[k].at))) < 1e-12, "%g", tick[k].at);
    arena_delete(a);
}

Test(figure, lines_are_cut_at_the_frame)
{
    Arena *a = arena_new();
    Canvas c = canvas_new(a, 4, 2);
    Pen    pen = { 0 };
    canvas_line(&c, &pen, -1e6, -1e6, 1e6, 1e6);
    Buf b = buf_new(a);
    canvas_row(&c, 0, true, false, &b);
    cr_expect(str_is(buf_str(&b), "⠑⢄"), "%s", buf_str(&b).s);
    pen = (Pen){ 0 };
    canvas_line(&c, &pen, 100, -5, 100, 50);
    canvas_line(&c, &pen, NAN, 0, 1, 1);
    arena_delete(a);
}

static const Figure *figure_of(Env *env, Source *source, const char *input)
{
    Outcome o = run_text(env, source, str_of(input));
    cr_assert(o.kind == RUN_DONE && o.value.kind == VALUE_REPORT && report_picture(o.value.report), "%s", input);
    return report_picture(o.value.report);
}

/* Whatever a title holds stands between single quotes, doubled inside: nothing in it is a command. */
Test(figure, a_script_holds_texts_as_texts)
{
    static const char *const titles[] = { "it's", "`rm -rf /tmp/x`", "'; system('id'); '", "a\\nb", "$x @y {z}" };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        Env   *env = env_new(builtin_tables);
        Source source;
        Figure f = *figure_of(env, &source, "bars([1, 2], names: [\"a\", \"b\"])");
        f.title = f.x_label = f.note = str_of(titles[i]);
        Str  script = figure_script(a, &f);
        for (size_t at = 0; at < script.n;) {
            size_t end = at, quotes = 0, inside = 0;
            while (end < script.n && script.s[end] != '\n')
                quotes += script.s[end++] == '\'';
            cr_expect(quotes % 2 == 0, "%.*s", (int)(end - at), script.s + at);
            for (size_t c = at; c < end; c++) {
                inside ^= script.s[c] == '\'';
                cr_expect(inside || (script.s[c] != '`' && script.s[c] != '@'), "%.*s", (int)(end - at), script.s + at);
            }
            at = end + 1;
        }
        env_delete(env);
    }
    arena_delete(a);
}

Test(figure, json_has_the_numbers)
{
    for (size_t i = 0; i < sizeof every_kind / sizeof *every_kind; i++) {
        Env   *env = env_new(builtin_tables);
        Source source;
        const Figure *f = figure_of(env, &source, every_kind[i]);
        json_t *j = figure_json(f), *series = json_object_get(j, "series"), *s = json_array_get(series, 0);
        char   *text = json_dumps(j, 0);
        cr_expect(text && json_array_size(series) == f->n);
        cr_expect(json_array_size(json_object_get(s, "x")) == (f->series[0].z ? f->series[0].columns : f->series[0].x ? f->series[0].n : 0), "%s", every_kind[i]);
        cr_expect(json_array_size(json_object_get(s, "z")) == f->series[0].columns * f->series[0].rows);
        free(text);
        json_decref(j);
        env_delete(env);
    }
}

static Diag written(Env *env, Source *source, const char *input, bool sandbox)
{
    Outcome o = run_text(env, source, str_of(input));
    Diag    d = diag_new(env_line(env));
    cr_assert(o.kind == RUN_DONE, "%s", input);
    figure_write(env, &o, sandbox, &d, source);
    return d;
}

Test(figure, files)
{
    Env   *env = env_new(builtin_tables);
    Source source;
    Arena *a = arena_new();
    char   folder[] = "/tmp/nabla-figure-XXXXXX";
    cr_assert(mkdtemp(folder));
    Str script = str_printf(a, "%s/p.gp", folder), numbers = str_printf(a, "%s/p.dat", folder);
    cr_expect(written(env, &source, str_printf(a, "plot(x, to: \"%s\")", script.s).s, true).failed, "the sandbox lets it write");
    cr_expect(fopen(script.s, "r") == NULL);
    cr_expect(!written(env, &source, str_printf(a, "plot(x, to: \"%s\")", script.s).s, false).failed);
    cr_expect(!written(env, &source, str_printf(a, "plot(x, to: \"%s\")", numbers.s).s, false).failed);
    cr_expect(strstr(read_all(a, script.s).s, "plot $d0"));
    cr_expect(strstr(read_all(a, numbers.s).s, "# curve x\n-5\t-5\n"));
    cr_expect(written(env, &source, "plot(x, to: \"p.doc\")", false).failed);
    cr_expect(written(env, &source, "plot(x, to: \"/nowhere/p.gp\")", false).failed);
    remove(script.s);
    remove(numbers.s);
    remove(folder);
    env_delete(env);
    arena_delete(a);
}
