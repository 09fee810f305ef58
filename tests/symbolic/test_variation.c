/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Euler-Lagrange equations: null Lagrangians, known equations up to a factor, normal form. */
#include "tests/symbolic/session.h"

#include "symbolic/variation/ode.h"

#include <stdio.h>

static void expect_text(Env *env, const char *input, const char *output)
{
    Str text = env_value_text(env, run(env, input), false);
    cr_expect(str_is(text, output), "%s: %.*s", input, STR_ARGS(text));
}

Test(variation, textbook_equations)
{
    Env *env = env_new(calculus_tables);
    expect_text(env, "euler_lagrange(-y'^2/2 + y^2/2, y(x))", "y'' + y = 0");
    expect_text(env, "euler_lagrange(y'^4, y(x))", "y''*y'^2 = 0");
    expect_text(env, "euler_lagrange(y''^2/2 - y, y(x))", "y'''' - 1 = 0");
    env_delete(env);
}

/* A total derivative d/dx F(x, y) changes nothing: its equation is 0 = 0. */
Test(variation, total_derivatives_drop_out)
{
    Env        *env = env_new(calculus_tables);
    Rng         r = rng_stream(1, STR("null"));
    const char *declare = "function y(x)";
    run(env, declare);
    for (int i = 0; i < 20; i++) {
        const Expr *y = parse(env, "y(x)");
        Pool       *p = env_pool(env);
        const Expr *x = y->arg[0], *in[] = { x, y };
        const Expr *total = expr_diff(p, random_expr(p, &r, in, 2, 3), x);
        const Expr *with = expr_add(p, total, expr_powi(p, expr_diff(p, y, x), 2));
        const Expr *left = expr_euler_lagrange(p, with, y), *plain = expr_euler_lagrange(p, expr_powi(p, expr_diff(p, y, x), 2), y);
        if (left)
            cr_expect(left == plain || expr_zero_test(p, expr_sub(p, left, plain)).answer != NO);
    }
    env_delete(env);
}

/* Every equation a*y'' + b*y' + c*y = r of this kind is solved; the solution is an extremal, x^5 + exp(x^2) is none. */
Test(variation, linear_equations_are_solved)
{
    static const char *const right[] = { "1", "x^2 - x", "exp(x)", "x*exp(-2*x)", "sin(x)", "x*cos(2*x)", "exp(x)*sin(3*x)", "exp(x) + x" };
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(2, STR("linear"));
    for (int i = 0; i < 24; i++) {
        char call[600], text[200];
        snprintf(text, sizeof text, "exp(%d*x)*(%d*y'^2 + (%d)*y^2 + (%s)*y), y(x)", (int)rng_below(&r, 3), 1 + (int)rng_below(&r, 4), (int)rng_below(&r, 13) - 6,
                 right[rng_below(&r, 8)]);
        snprintf(call, sizeof call, "r = euler_lagrange(%s); r.solution; euler_lagrange(%s, check: ans)", text, text);
        Str answer = env_value_text(env, run(env, call), false);
        cr_expect(str_starts(answer, STR("yes:")), "%s: %.*s", call, STR_ARGS(answer));
        snprintf(call, sizeof call, "euler_lagrange(%s, check: y = x^5 + exp(x^2))", text);
        answer = env_value_text(env, run(env, call), false);
        cr_expect(str_starts(answer, STR("no:")), "%s: %.*s", call, STR_ARGS(answer));
    }
    env_delete(env);
}

/* Along a known extremal the first integrals do not vary, and the derivative of each is proved to vanish on the equation inside. */
Test(variation, first_integrals_are_constant)
{
    static const char *const rows[][2] = {
        { "y'^2 - y^2", "3*cos(x) + 4*sin(x)" }, { "y*sqrt(1 + y'^2)", "2*cosh((x - 1)/2)" }, { "y''^2 - y^2", "exp(x) + cos(x)" },
        { "sqrt(1 + y'^2)/y", "sqrt(9 - (x + 1)^2)" }, { "y''^2", "x^3 - 2*x + 1" }, { "y'^4", "5*x - 1" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Env  *env = env_new(calculus_tables);
        char  call[300];
        snprintf(call, sizeof call, "function y(x); r = euler_lagrange(%s, y(x)); r.first_integrals", rows[i][0]);
        Value list = run(env, call);
        cr_assert(list.kind == VALUE_LIST && list.list->n > 0, "%s", rows[i][0]);
        Pool       *p = env_pool(env);
        const Expr *curve = parse(env, rows[i][1]), *x = expr_symbol(p, STR("x"));
        for (size_t k = 0; k < list.list->n; k++) {
            const Expr  *q = list.list->item[k].expr;
            Nodes        nodes = expr_nodes(p, env_line(env), &q, 1);
            const Expr **from = arena_array(env_line(env), const Expr *, nodes.n), **to = arena_array(env_line(env), const Expr *, nodes.n);
            size_t       n = 0;
            for (size_t j = 0; j < nodes.n; j++)
                if (nodes.at[j]->kind == EXPR_UNKNOWN) {
                    from[n] = nodes.at[j];
                    to[n++] = expr_diff_n(p, curve, x, (slong)nodes.at[j]->unknown.order[0]);
                }
            Verdict v = expr_zero_test(p, expr_diff(p, expr_subst(p, q, from, to, n), x));
            cr_expect(v.answer == YES, "%s, integral %zu: %s", rows[i][0], k, v.why);
        }
        env_delete(env);
    }
}

/* The derivative of an antiderivative from the table is the function. */
Test(variation, antiderivatives)
{
    static const char *const f[] = { "x^2 - 3", "1/(x + 2)", "1/(x^2 + 2*x + 5)", "x/(x^2 + 1)", "1/(x^2*(x - 1))", "exp(3*x + 1)", "1/cos(2*x)^2", "sqrt(x + 1)",
                                     "1/sqrt(1 - x^2)", "tan(x)", "log(x)", "sin(x)^2", "1/cosh(x)^2", "(2*x + 3)/(x^2 + 3*x + 7)" };
    Env *env = env_new(calculus_tables);
    run(env, "x");
    for (size_t i = 0; i < sizeof f / sizeof *f; i++) {
        Pool       *p = env_pool(env);
        const Expr *x = expr_symbol(p, STR("x")), *e = parse(env, f[i]), *F = ode_antiderivative(p, env_line(env), e, x);
        cr_assert(F, "%s", f[i]);
        Verdict v = expr_zero_test(p, expr_sub(p, expr_diff(p, F, x), e));
        cr_expect(v.answer == YES, "%s: %s", f[i], v.why);
    }
    env_delete(env);
}

Test(variation, examples) { check_examples(variation_builtins); }
