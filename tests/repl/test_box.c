/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas in two dimensions, as LaTeX and as MathML: known ones, and on random expressions the laws that brackets pair, tags nest and
 * ASCII stays ASCII. */
#include "tests/symbolic/session.h"

#include "repl/box.h"
#include "repl/help_method.h"
#include "symbolic/optimize/method.h"

static const struct { const char *text, *latex; } known[] = {
    { "sqrt(2)/2", "\\frac{\\sqrt{2}}{2}" },
    { "x^2*sin(x)^2", "x^{2}\\,\\sin^{2}\\left(x\\right)" },
    { "(x + 1)/(x - 1)^2", "\\frac{x + 1}{\\left(x - 1\\right)^{2}}" },
    { "-(x - y)*z", "-\\left(x - y\\right)\\,z" },
    { "2^(-x/2)", "2^{-\\frac{x}{2}}" },
    { "x^(1/3)", "x^{1/3}" },
    { "(x^2)^3", "\\left(x^{2}\\right)^{3}" },
    { "a/(b*c)/d", "\\frac{a}{b\\,c\\,d}" },
    { "a/(b/c)", "\\frac{a}{\\frac{b}{c}}" },
    { "2*3^x", "2 \\cdot 3^{x}" },
    { "exp(-x^2)", "e^{-x^{2}}" },
    { "integrate(x^2, x = 0..1)", "\\int_{0}^{1}x^{2}\\,dx" },
    { "sum(1/k^2, k = 1..oo)", "\\sum_{k = 1}^{\\infty}\\frac{1}{k^{2}}" },
    { "limit(sin(x)/x, x -> 0+)", "\\lim_{x \\to 0^{+}}\\frac{\\sin\\left(x\\right)}{x}" },
    { "diff(u, x, 2, y)", "\\frac{\\partial^{3}}{\\partial x^{2}\\partial y}\\,u" },
    { "[1, 2; 3, 4]", "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}" },
    { "if x < 0 then -x else x", "\\begin{cases} -x & \\text{if }x < 0 \\\\ x & \\text{otherwise} \\end{cases}" },
    { "f'(x) - lambda_1*y''", "f^{\\prime}\\left(x\\right) - \\lambda_{1}\\,y^{\\prime \\prime}" },
    { "2e-3", "2 \\cdot 10^{-3}" },
    { "abs(x) <= norm(v)", "\\left|x\\right| \\le \\left\\|v\\right\\|" },
    { "f(x) = x^2", "f\\left(x\\right) = x^{2}" },
};

Test(box, known_formulas)
{
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const Box *box = formula_box(a, str_of(known[i].text));
        cr_assert(box, "%s", known[i].text);
        cr_expect_str_eq(box_latex(a, box).s, known[i].latex, "%s: %s", known[i].text, box_latex(a, box).s);
    }
    cr_expect_null(formula_box(a, STR("x +* y")));
    cr_expect_null(formula_box(a, STR("while true { }")));
    arena_delete(a);
}

Test(box, two_dimensions)
{
    Arena *a = arena_new();
    cr_expect_str_eq(box_lines(a, formula_box(a, STR("(x + 1)/2*x^2")), true).s, "          2\n (x + 1) x\n────────────\n     2\n", "%s",
                     box_lines(a, formula_box(a, STR("(x + 1)/2*x^2")), true).s);
    cr_expect_str_eq(box_lines(a, formula_box(a, STR("sqrt(x/2)")), false).s, "    / x \\\nsqrt|---|\n    \\ 2 /\n");
    arena_delete(a);
}

static void check_pairs(Str latex)
{
    long depth = 0, left = 0;
    for (size_t i = 0; i < latex.n; i++) {
        Str rest = str_slice(latex, i, latex.n);
        depth += latex.s[i] == '{' ? 1 : latex.s[i] == '}' ? -1 : 0;
        left += str_starts(rest, STR("\\left")) && !str_starts(rest, STR("\\leftarrow")) ? 1 : str_starts(rest, STR("\\right")) ? -1 : 0;
        cr_assert(depth >= 0 && left >= 0);
    }
    cr_assert(depth == 0 && left == 0, "%.*s", STR_ARGS(latex));
}

/* Every tag that opens is closed by its own name. */
static void check_nesting(Str xml)
{
    Str    open[400];
    size_t depth = 0;
    for (size_t i = 0; i < xml.n; i++) {
        if (xml.s[i] != '<')
            continue;
        size_t end = i + 1;
        while (xml.s[end] != '>')
            end++;
        Str tag = str_slice(xml, i + 1, end);
        if (tag.s[0] == '/') {
            cr_assert(depth > 0 && str_starts(open[depth - 1], str_slice(tag, 1, tag.n)), "%.*s", STR_ARGS(xml));
            depth--;
        } else if (tag.s[tag.n - 1] != '/') {
            cr_assert(depth < 400);
            open[depth++] = tag;
        }
    }
    cr_assert_eq(depth, 0);
}

Test(box, random_expressions)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(8, STR("box"));
    for (int i = 0; i < 150; i++) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("beta")), expr_symbol(p, STR("z_1")) };
        const Box  *box = formula_box(a, expr_text(a, p, random_expr(p, &r, x, 3, 5)));
        cr_assert(box);
        check_pairs(box_latex(a, box));
        check_nesting(box_mathml(a, box));
        Str lines = box_lines(a, box, false);
        for (size_t k = 0; k < lines.n; k++)
            cr_assert((unsigned char)lines.s[k] < 128);
        arena_delete(a);
    }
    env_delete(env);
}

/* Optimizers and schedules: the formulas that run, as typed and as LaTeX. */
Test(box, help_of_methods)
{
    Arena      *a = arena_new();
    Str         name, form;
    const char *help;
    for (size_t i = 0; help_method_row(a, i, &name, &form, &help); i++) {
        Buf  b = buf_new(a);
        bool formulas = method_row(name) == NULL;
        cr_assert(help_method(&b, name), "%.*s", STR_ARGS(name));
        Str page = buf_str(&b);
        cr_expect(page.n > 60 && help[0], "%.*s", STR_ARGS(name));
        const char *latex = strstr(page.s, "\nLaTeX\n");
        cr_expect(!formulas || latex, "%.*s", STR_ARGS(name));
        if (latex)
            check_pairs(str_of(latex));
        for (const char *at = latex; at && (at = strstr(at, "\\text{")); at++)
            cr_expect(strncmp(at, "\\text{if", 8) == 0 || strncmp(at, "\\text{otherwise", 15) == 0 || strncmp(at, "\\text{for ", 10) == 0, "%.*s: %.40s", STR_ARGS(name), at);
    }
    Buf b = buf_new(a);
    help_method(&b, STR("gd"));
    cr_expect(strstr(buf_str(&b).s, "x \\leftarrow x - \\mathit{lr}\\,\\left(g + \\mathit{weight\\_decay}\\,x\\right)"));
    arena_delete(a);
}
