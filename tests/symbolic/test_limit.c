/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of limits: rational functions against their leading coefficients, one side against two, and honest refusals. */
#include "tests/symbolic/session.h"

static const Expr *polynomial(Pool *p, Rng *r, const Expr *x, slong degree, slong *lead)
{
    const Expr *sum = expr_int(p, 0);
    for (slong k = 0; k <= degree; k++) {
        slong c = (slong)rng_below(r, 19) - 9;
        *lead = c = k == degree && c == 0 ? 1 : c;
        sum = expr_add(p, sum, expr_mul(p, expr_int(p, c), expr_powi(p, x, k)));
    }
    return sum;
}

/* The limit of a quotient of polynomials at oo or -oo, from degrees and leading coefficients. */
static const Expr *expected(Pool *p, slong m, slong a, slong n, slong b, int side)
{
    if (m < n)
        return expr_int(p, 0);
    if (m == n)
        return expr_ratio(p, a, b);
    int sign = ((a < 0) != (b < 0)) != (side < 0 && (m - n) % 2 != 0) ? -1 : 1;
    return expr_mul(p, expr_int(p, sign), expr_constant(p, CONSTANT_OO));
}

Test(limit, rational_functions_at_infinity)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(1, STR("limit"));
    for (int i = 0; i < 100; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        slong       m = (slong)rng_below(&r, 5), n = (slong)rng_below(&r, 5), top, bottom;
        int         side = rng_below(&r, 2) ? 1 : -1;
        const Expr *f = polynomial(p, &r, x, m, &top), *g = polynomial(p, &r, x, n, &bottom);
        const Expr *to = expr_mul(p, expr_int(p, side), expr_constant(p, CONSTANT_OO));
        Limit       l = expr_limit(p, a, expr_div(p, f, g), x, to, 0);
        cr_expect(l.answer == LIMIT_FOUND && l.value == expected(p, m, top, n, bottom, side));
    }
    arena_delete(a);
    env_delete(env);
}

Test(limit, continuous_functions_take_their_value)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(2, STR("continuous"));
    for (int i = 0; i < 40; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = random_expr(p, &r, &x, 1, 3), *at = expr_ratio(p, (slong)rng_below(&r, 9) - 4, 5);
        Limit       l = expr_limit(p, a, f, x, at, 0);
        cr_expect(l.answer != LIMIT_NONE);
        if (l.answer == LIMIT_FOUND)
            cr_expect(expr_zero_test(p, expr_sub(p, l.value, expr_subst(p, f, &x, &at, 1))).answer != NO);
    }
    arena_delete(a);
    env_delete(env);
}

static void expect_text(Env *env, const char *input, const char *output)
{
    Str text = env_value_text(env, run(env, input), false);
    cr_expect(str_is(text, output), "%s: %.*s", input, STR_ARGS(text));
}

Test(limit, sides_roots_logarithms_and_squeezing)
{
    Env *env = env_new(calculus_tables);
    expect_text(env, "limit(abs(x)/x, x -> 0)", "does not exist: -1 from the left, 1 from the right");
    expect_text(env, "limit(floor(x), x -> 2-)", "1");
    expect_text(env, "limit(sqrt(x^2 + x) - x, x -> oo)", "1/2");
    expect_text(env, "limit((sqrt(x) - 8)/(x^(1/3) - 4), x -> 64)", "3");
    expect_text(env, "limit(x^x, x -> 0+)", "1");
    expect_text(env, "limit(log(x)/x, x -> oo)", "0");
    expect_text(env, "limit(x^2*sin(1/x), x -> 0)", "0");
    expect_text(env, "limit(exp(-1/x)/x^3, x -> 0+)", "0");
    expect_text(env, "limit((1 + 1/x)^x, x -> oo)", "e");
    expect_text(env, "limit(1/x^2, x -> 0)", "oo");
    env_delete(env);
}

Test(limit, what_is_not_decided_is_not_answered)
{
    Env *env = env_new(calculus_tables);
    cr_expect(run(env, "limit(sin(1/x), x -> 0)").kind == VALUE_FAILED);
    cr_expect(run(env, "limit(sin(x), x -> oo)").kind == VALUE_FAILED);
    cr_expect(run(env, "limit(1/(a*x^2), x -> 0)").kind == VALUE_FAILED);
    env_delete(env);
}

Test(limit, examples) { check_examples(limit_builtins); }
