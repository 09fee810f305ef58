/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of limits: rational functions against their leading coefficients, one side against two, and honest refusals. */
#include "tests/symbolic/session.h"

#include "base/report.h"

#include <time.h>

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
    cr_expect(run(env, "limit(tan(x)/x, x -> oo)").kind == VALUE_FAILED);
    cr_expect(run(env, "limit(sin(x*sin(x)), x -> oo)").kind == VALUE_FAILED);
    cr_expect(run(env, "limit(f(x), x -> 0)").kind == VALUE_FAILED);
    env_delete(env);
}

/* Reports have no text of their own here: the reason is their summary. */
static void expect_none(Env *env, const char *input, const char *reason)
{
    Value v = run(env, input);
    Str   summary = v.kind == VALUE_REPORT ? v.report->summary : (Str){ 0 };
    cr_expect(str_is(summary, reason), "%s: %.*s", input, STR_ARGS(summary));
}

Test(limit, oscillation_has_bounds)
{
    Env *env = env_new(calculus_tables);
    expect_none(env, "limit(sin(x), x -> oo)", "does not exist: oscillates between -1 and 1");
    expect_none(env, "limit(3*sin(x) + 4*cos(x), x -> oo)", "does not exist: oscillates between -5 and 5");
    expect_none(env, "limit(sin(x)*cos(x), x -> oo)", "does not exist: oscillates between -1/2 and 1/2");
    expect_none(env, "limit(x - floor(x), x -> oo)", "does not exist: oscillates between 0 and 1");
    expect_none(env, "limit(x*sin(x), x -> oo)", "does not exist: oscillates without bound");
    expect_none(env, "limit(x*(1 + sin(x)), x -> oo)", "does not exist: tends to oo and to 0 along different sequences");
    expect_none(env, "limit(sin(1/x), x -> 0)", "does not exist: oscillates between -1 and 1");
    expect_text(env, "limit(sin(x)^2 + cos(x)^2, x -> oo)", "1");
    expect_text(env, "limit(sin(sqrt(x + 1)) - sin(sqrt(x)), x -> oo)", "0");
    expect_text(env, "limit(log(x)/(log(x) + sin(x)), x -> oo)", "1");
    expect_text(env, "limit(x + sin(x), x -> oo)", "oo");
    expect_text(env, "limit(x*floor(1/x), x -> 0)", "1");
    env_delete(env);
}

Test(limit, parameters_make_cases)
{
    Env *env = env_new(calculus_tables);
    expect_text(env, "limit(a*x, x -> oo)", "if a > 0 then oo else if a < 0 then -oo else 0");
    expect_text(env, "limit(exp(a*x), x -> oo)", "if a > 0 then oo else if a < 0 then 0 else 1");
    expect_text(env, "limit(a*x/(a*x + x^2), x -> 0)", "if a = 0 then 0 else 1");
    expect_text(env, "limit(sin(a*x)/sin(b*x), x -> 0)", "a/b");
    expect_text(env, "assume a > 1; limit(x^a/x, x -> oo)", "oo");
    env_delete(env);
}

Test(limit, the_mistakes_of_other_systems)
{
    static const struct { const char *input, *output; } rows[] = {
        { "limit((sin(x)^2 + cos(x)^2 - 1)*exp(x), x -> oo)", "0" },
        { "limit((sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6)))*x + 1, x -> oo)", "1" },
        { "limit(x*(1/e - (x/(x + 1))^x), x -> oo)", "-exp(-1)/2" },
        { "limit(exp(exp(exp(x)/(1 - 1/x))) - exp(exp(exp(x)/(1 - 1/x - log(x)^(-log(x))))), x -> oo)", "-oo" },
        { "limit(floor(sin(x)/x), x -> 0)", "0" },
        { "limit(besseli(0, x)*sqrt(x)*exp(-x), x -> oo)", "sqrt(2)/(2 sqrt(pi))" },
        { "limit(exp(x)/(1 + 1/x)^(x^2), x -> oo)", "exp(1/2)" },
        { "limit(acosh(x)/sqrt(x - 1), x -> 1+)", "sqrt(2)" },
        { "limit(zeta(x) - 1/(x - 1), x -> 1)", "euler" },
        { "limit((1 - besselj(0, x))/x^2, x -> 0)", "1/4" },
        { "limit(besselj(0, x), x -> oo)", "0" },
        { "limit(asinh(x) - log(x), x -> oo)", "log(2)" },
        { "limit((sin(x) - x)/(exp(x) - 1)^3, x -> 0)", "-1/6" },
        { "limit(x^1000/((x + 1)^1000 + exp(-x)), x -> oo)", "1" },
    };
    Env *env = env_new(calculus_tables);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_text(env, rows[i].input, rows[i].output);
    expect_none(env, "limit(atan(1/x), x -> 0)", "does not exist: -pi/2 from the left, pi/2 from the right");
    env_delete(env);
}

/* The sine without its Taylor polynomial: cancellation costs no more than the terms that cancel. */
Test(limit, cancellation_is_not_started_again)
{
    static const int degrees[] = { 5, 11, 21, 41 };
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    for (size_t i = 0; i < 4; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = expr_call1(p, FN_sin, x), *zero = expr_int(p, 0), *factorial = expr_int(p, 1);
        int         n = degrees[i];
        for (int k = 1; k <= n + 2; k++) {
            factorial = expr_mul(p, factorial, expr_int(p, k));
            const Expr *c = expr_div(p, expr_int(p, k % 4 == 1 ? 1 : -1), factorial);
            if (k % 2 && k <= n)
                f = expr_sub(p, f, expr_mul(p, c, expr_powi(p, x, k)));
            if (k == n + 2)
                factorial = c;
        }
        f = expr_div(p, f, expr_powi(p, x, n + 2));
        clock_t     start = clock();
        Limit       l = expr_limit(p, a, f, x, zero, 0);
        double      ms = 1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC;
        cr_expect(l.answer == LIMIT_FOUND && l.value == factorial, "degree %d", n);
        cr_expect(ms < 20, "degree %d: %.2f ms", n, ms);         /* 1 ms where nothing else runs and nothing is instrumented */
        printf("cancellation to degree %d: %.2f ms\n", n, ms);
    }
    arena_delete(a);
    env_delete(env);
}

Test(limit, steps_end_in_the_answer)
{
    Env  *env = env_new(calculus_tables);
    Value v = run(env, "steps limit(exp(x)*(exp(1/x - exp(-x)) - exp(1/x)), x -> oo)");
    cr_assert(v.kind == VALUE_REPORT);
    const Steps *steps = report_steps(v.report);
    cr_assert(steps && steps->n >= 3);
    const Step *last = &steps->step[steps->n - 1];
    cr_expect(str_is(last->rule, "=") && last->after == v.report->main.expr && expr_is_int(last->after, -1));
    for (size_t i = 0; i + 1 < steps->n; i++)
        cr_expect(steps->step[i].after && !str_is(steps->step[i].rule, "="));
    env_delete(env);
}

Test(limit, examples) { check_examples(limit_builtins); }
