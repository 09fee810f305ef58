/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the user sees: values with their decimals, errors with their carets, JSON lines, pages of help. */
#include "tests/session.h"

#include "repl/help.h"
#include "repl/view.h"

#include <criterion/criterion.h>

typedef enum View { TEXT, TEXT_ASCII, LATEX, JSON, ERROR, PROMPT_ERROR } View;

/* The view of the last statement's outcome. */
static Str view(Arena *a, const char *input, View v)
{
    char   *text = NULL;
    size_t  n = 0;
    Env    *env = env_new(builtin_tables);
    FILE   *out = open_memstream(&text, &n);
    Source  source;
    env_settings(env)->unicode = v == TEXT;
    env_settings(env)->formulas = v == LATEX ? FORMULAS_LATEX : FORMULAS_LINE;
    Outcome o = run_text(env, &source, str_of(input));
    if (o.kind == RUN_HELP)
        help_answer(env, &source, &o);
    switch (v) {
    case TEXT: case TEXT_ASCII: case LATEX: print_text(out, env, &o); break;
    case JSON:         print_json(out, env, &o, STR("")); break;
    case ERROR:        print_text_error(out, o.diag); break;
    case PROMPT_ERROR: print_prompt_error(out, o.diag, &(Typed){ &source, 7, 80 }); break;
    }
    fclose(out);
    Str copy = str_copy(a, (Str){ text, n });
    free(text);
    env_delete(env);
    return copy;
}

typedef struct Row { const char *input, *shown; } Row;

static void expect_rows(const Row *row, size_t n, View v)
{
    Arena *a = arena_new();
    for (size_t i = 0; i < n; i++) {
        Str got = view(a, row[i].input, v);
        cr_expect(str_is(got, row[i].shown), "%s\nexpected\n%s\ngot\n%s", row[i].input, row[i].shown, got.s);
    }
    arena_delete(a);
}

#define EXPECT(rows, v) expect_rows(rows, sizeof rows / sizeof *rows, v)

Test(view, latex)
{
    static const Row rows[] = {
        { "1/3", "\\[ \\frac{1}{3} \\]\n" },
        { "sqrt(2)/x", "\\[ \\frac{\\sqrt{2}}{x} \\]\n" },
        { "pi", "\\[ \\pi \\approx 3.1415926535897932 \\]\n" },
        { "steps diff(x^2, x)", "\\[ \\begin{aligned}\n  &\\text{power rule} &&\\left(x^{2}\\right)^{\\prime} = 2x \\\\\n"
                                "  & &&= 2x &&\\text{checked at 8 points}\n\\end{aligned} \\]\n" },
        { "limit(1/x, x -> 0)", "\\text{does not exist: -oo from the left, oo from the right}\n" },
    };
    EXPECT(rows, LATEX);
}

Test(view, exact_values_stand_alone)
{
    static const Row rows[] = {
        { "1", "1\n" }, { "1/3", "1/3\n" }, { "[1, 2; 3, 4]", "[1, 2; 3, 4]\n" }, { "1 + 2i", "1 + 2i\n" }, { "1 < 2", "true\n" },
        { "oo", "∞\n" }, { "x^2 + 1", "x^2 + 1\n" }, { "f(x) = x^2", "" }, { "x = 3;", "" }, { "\"text\"", "text\n" },
        { "exp(1) + x", "x + e\n" }, { "[1/2, x]", "[1/2, x]\n" },
    };
    EXPECT(rows, TEXT);
}

Test(view, constants_are_followed_by_decimals)
{
    static const Row rows[] = {
        { "sqrt(8)", "2 sqrt(2)  ≈ 2.8284271247461901\n" }, { "[sqrt(2), 1]", "[sqrt(2), 1]  ≈ [1.4142135623730950, 1]\n" },
        { "solve(x^2 = 2, x)", "[-sqrt(2), sqrt(2)]  ≈ [-1.4142135623730950, 1.4142135623730950]\n" },
        { "sqrt(-2)", "i*sqrt(2)  ≈ 1.4142135623730950*i\n" }, { "set digits 5; pi", "π  ≈ 3.1416\n" },
        { "sqrt(2) + sqrt(3) - sqrt(5 + 2 sqrt(6))", "sqrt(2) + sqrt(3) - sqrt(5 + 2 sqrt(6))  = 0\n" }, { "5; show settings; ans", "5\n" },
    };
    EXPECT(rows, TEXT);
    static const Row ascii[] = { { "pi", "pi  ~ 3.1415926535897932\n" }, { "N(pi, 4)", "~ 3.142\n" } };
    EXPECT(ascii, TEXT_ASCII);
}

Test(view, approximations_say_so_and_stand_alone)
{
    static const Row rows[] = {
        { "N(pi, 10)", "≈ 3.141592654\n" }, { "N(pi, 4)*x", "≈ 3.142*x\n" }, { "[N(pi, 4), 1]", "≈ [3.142, 1]\n" },
    };
    EXPECT(rows, TEXT);
}

Test(view, notes_stand_behind)
{
    static const Row rows[] = { { "x = 3; diff(x^2, x)", "6   at x = 3\n" }, { "solve(a*x = b, x)", "[b/a]   if a != 0\n" } };
    EXPECT(rows, TEXT);
}

Test(view, definitions_can_be_typed_back)
{
    static const Row rows[] = {
        { "x = \"a \\\"b\\\"\"; show x", "x = \"a \\\"b\\\"\"\n" }, { "q = (x + y = 1); show q", "q = (x + y = 1)\n" },
        { "p = N(pi, 5); show p", "p = N(3.1416, 5)\n" }, { "f(x, a: 2) = a*x; show f", "f(x, a: 2) = a*x\n" },
        { "function u(x, t); show u", "function u(x, t)\n" }, { "assume z > 0, price; show z, price", "assume z > 0\nassume price\n" },
        { "a = 1; b = [\"t\", pi]; show vars", "a = 1\nb = [\"t\", pi]\n" }, { "x = 3; clear x; show vars", "# no values\n" },
    };
    EXPECT(rows, TEXT);
}

Test(view, carets_count_screen_columns)
{
    static const Row rows[] = {
        { "1 + sinn(1)", "  1 + sinn(1)\n      ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
        { "\"日本\" == sinn(1)", "  \"日本\" == sinn(1)\n            ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
        { "\"e\xcc\x81\" == sinn(1)", "  \"e\xcc\x81\" == sinn(1)\n         ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
        { "\tsinn(1)", "   sinn(1)\n   ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
    };
    EXPECT(rows, ERROR);
    static const Row words[] = {
        { "shwo vars", "  shwo vars\n  ^~~~\nerror: unknown word shwo\nhint: show vars\n" },
        { "diff(x^2, 3)", "  diff(x^2, 3)\n            ^\nerror: diff needs a variable before the order\nhint: diff(x^2, x, 2)\n" },
        { "taylor(sin(t))", "  taylor(sin(t))\n  ^~~~~~~~~~~~~~\nerror: taylor needs a point: x = 0\nhint: taylor(sin(t), t = 0)\n" },
        { "solve(y^2 - 4)", "  solve(y^2 - 4)\n        ^~~~~~~\nerror: solve takes equations\nhint: solve(y^2 - 4 = 0, y)\n" },
        { "v = [1, 2]; v(1)", "  v = [1, 2]; v(1)\n              ^\nerror: v is a value, not a function\nhint: v[1]\n" },
        { "taylor(sin(x), x, 0)", "  taylor(sin(x), x, 0)\n                 ^\nerror: taylor needs a point: x = 0\nhint: taylor(sin(x), x = 0)\n" },
    };
    EXPECT(words, ERROR);
    static const Row prompt[] = {
        { "1 + sinn(1)", "           ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
        { "[1,\nsinn(1)]", "       ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
        { "[sinn(1),\n1]", "  [sinn(1),\n   ^~~~\nerror: unknown function sinn\nhint: sin(1)\n" },
    };
    EXPECT(prompt, PROMPT_ERROR);
}

Test(view, long_lines_are_cut_around_the_caret)
{
    Arena *a = arena_new();
    for (size_t before = 0; before < 60; before += 7)
        for (size_t after = 0; after < 60; after += 7) {
            Buf b = buf_new(a);
            for (size_t i = 0; i < before; i++)
                buf_add_s(&b, "1 + ");
            buf_add_s(&b, "sinn(1)");
            for (size_t i = 0; i < after; i++)
                buf_add_s(&b, " + 1");
            Str got = view(a, buf_str(&b).s, ERROR), line = { 0 }, caret = { 0 };
            cr_assert(next_line(&got, &line) && next_line(&got, &caret));
            size_t at = strcspn(caret.s, "^");
            cr_expect(line.n <= 80 && at < line.n && str_eq(str_slice(line, at, at + 4), STR("sinn")), "%zu %zu: %.*s", before, after, STR_ARGS(line));
        }
    arena_delete(a);
}

Test(view, json_is_ascii_and_has_the_fields_of_reports)
{
    static const Row rows[] = {
        { "2 sqrt(2)", "{\"in\":\"2 sqrt(2)\",\"ok\":true,\"kind\":\"number\",\"value\":\"2 sqrt(2)\",\"approx\":\"2.8284271247461901\"}\n" },
        { "N(1/3, 5)", "{\"in\":\"N(1/3, 5)\",\"ok\":true,\"kind\":\"number\",\"value\":\"0.33333\",\"approx\":\"0.33333\"}\n" },
        { "1 < 2", "{\"in\":\"1 < 2\",\"ok\":true,\"kind\":\"bool\",\"value\":\"true\",\"approx\":null}\n" },
        { "f(x) = x", "{\"in\":\"f(x) = x\",\"ok\":true,\"kind\":\"none\",\"value\":null,\"approx\":null}\n" },
        { "[1, 2]", "{\"in\":\"[1, 2]\",\"ok\":true,\"kind\":\"tensor\",\"value\":\"[1, 2]\",\"approx\":\"[1, 2]\"}\n" },
        { "x = 3; diff(x^2, x)",
          "{\"in\":\"diff(x^2, x)\",\"ok\":true,\"kind\":\"number\",\"value\":\"6\",\"approx\":\"6\",\"note\":\"at x = 3\"}\n" },
        { "limit(1/x, x -> 0)", "{\"in\":\"limit(1/x, x -> 0)\",\"ok\":true,\"kind\":\"report\",\"value\":\"does not exist: -oo from the left, "
                                "oo from the right\",\"approx\":null,\"values\":{\"left\":\"-oo\",\"right\":\"oo\"}}\n" },
        { "sinn(1)", "{\"in\":\"sinn(1)\",\"ok\":false,\"error\":\"unknown function sinn\",\"hint\":\"sin(1)\",\"line\":1,\"column\":1}\n" },
    };
    EXPECT(rows, JSON);
}

/* ---- help -------------------------------------------------------------------------------------------------------------- */

static bool holds(Str text, const char *part)
{
    return memmem(text.s, text.n, part, strlen(part)) != NULL;
}

static size_t count_lines(Str text)
{
    size_t n = 0;
    for (Str line; next_line(&text, &line); n++)
        cr_expect(utf8_columns(line) <= 140, "%.*s", STR_ARGS(line));
    return n;
}

Test(help, every_name_has_a_page_of_a_screen)
{
    Arena *a = arena_new();
    Env   *env = env_new(builtin_tables);
    Name  *names;
    size_t n = env_names(env, a, &names);
    for (size_t i = 0; i < n; i++) {
        Str page = view(a, str_printf(a, "?%.*s", STR_ARGS(names[i].text)).s, TEXT);
        cr_expect(page.n > 0 && count_lines(page) <= 24, "%.*s", STR_ARGS(page));
    }
    cr_expect(count_lines(view(a, "help", TEXT)) <= 24);
    cr_expect(count_lines(view(a, "??e", TEXT)) <= 24);
    env_delete(env);
    arena_delete(a);
}

Test(help, searches_find_what_people_call_it)
{
    static const struct { const char *search, *found; } rows[] = {
        { "??slope", "diff(" }, { "??derivative", "diff(" }, { "??minimum", "hessian(" }, { "??minimum", "min(" }, { "??roots", "solve(" },
        { "??digits", "N(" }, { "??Derivatives", "diff(" }, { "??partial fractions", "apart(" }, { "??infinity", "oo " }, { "??loop", "for " },
        { "??logarithm", "log(" },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str page = view(a, rows[i].search, TEXT);
        cr_expect(str_starts(page, str_of(rows[i].found)) || holds(page, str_printf(a, "\n%s", rows[i].found).s), "%s: %s", rows[i].search, page.s);
    }
    arena_delete(a);
}

Test(help, pages_say_what_the_rows_say)
{
    static const struct { const char *input, *part; } rows[] = {
        { "?limit", "limit(f, x -> a, seconds: 2)\n" }, { "?taylor", "taylor(f, x = a, order: 6)\n" }, { "help diff", "  diff(x^5, x, 3)           60x^2\n" },
        { "?sin", "derivative  cos(u)\n" }, { "?log", "u > 0" }, { "?digits", "set digits 17\n" }, { "f(x) = x^2\n?f", "f(x) = x^2\n" },
        { "?if", "then" }, { "?sin(x)", "sine\n" }, { "?..", "range" },
    };
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Str page = view(a, rows[i].input, TEXT);
        cr_expect(holds(page, rows[i].part), "%s: %s", rows[i].input, page.s);
    }
    arena_delete(a);
    static const Row errors[] = {
        { "?limmit", "        ^~~~~~\nerror: there is no help on limmit\nhint: ?limit\n" },
        { "??xyzzy", "         ^~~~~\nerror: nothing in the help mentions xyzzy\nhint: help\n" },
    };
    EXPECT(errors, PROMPT_ERROR);
}
