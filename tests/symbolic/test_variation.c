/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Euler-Lagrange equations: null Lagrangians, known equations up to a factor, normal form. */
#include "tests/symbolic/session.h"

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

Test(variation, examples) { check_examples(variation_builtins); }
