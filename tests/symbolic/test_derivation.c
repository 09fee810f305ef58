/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of derivations: on random expressions the steps lead to the answer and leave nothing to be taken; the check finds
 * wrong derivatives; isolated zeros are all the zeros of a product that was made of known ones. */
#include "tests/symbolic/session.h"

#include "symbolic/calculus/derivation.h"
#include "symbolic/solve/isolate.h"

#include <math.h>

static void nothing_left(Pool *p, Arena *a, const Steps *steps, const Expr *f)
{
    for (size_t i = 0; i < steps->n; i++) {
        cr_assert(steps->step[i].after);
        Nodes nodes = expr_nodes(p, a, &steps->step[i].after, 1);
        for (size_t k = 0; k < nodes.n; k++) {
            size_t j = 0;
            while (expr_is_pending(nodes.at[k]) && j < steps->n && steps->step[j].before != nodes.at[k])
                j++;
            cr_expect(j < steps->n, "%.*s: no step for %.*s", STR_ARGS(expr_text(a, p, f)), STR_ARGS(expr_text(a, p, nodes.at[k])));
        }
    }
}

Test(derivation, random_expressions)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(4, STR("derivation"));
    int  checked = 0;
    for (int i = 0; i < 80; i++) {
        const Expr *x[] = { parse(env, "x"), expr_symbol(env_pool(env), STR("y")) };
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        Report     *report = report_new(a, "steps");
        const Expr *f = random_expr(p, &r, x, 2, 4), *answer = diff_derivation(p, report, f, x[0]);
        cr_assert(answer, "%.*s: %.*s", STR_ARGS(expr_text(a, p, f)), STR_ARGS(pool_error(p)));
        cr_expect_eq(answer, expr_diff(p, f, x[0]));
        const Steps *steps = report_steps(report);
        const Step  *last = &steps->step[steps->n - 1];
        cr_expect(str_is(last->rule, "=") && last->after == answer);
        nothing_left(p, a, steps, f);
        if (expr_depends(p, f, x[0])) {
            cr_expect(str_starts(last->note, STR("checked at ")), "%.*s: %.*s", STR_ARGS(expr_text(a, p, f)), STR_ARGS(last->note));
            checked++;
        }
        arena_delete(a);
    }
    cr_expect(checked > 40, "%d", checked);
    env_delete(env);
}

Test(derivation, wrong_derivatives_are_found)
{
    static const char *const pairs[][2] = { { "x^3", "3*x^2 + 1/10^12" }, { "sin(x)", "-cos(x)" }, { "exp(2*x)", "exp(2*x)" }, { "abs(x)", "1" },
                                            { "log(x^2 + 1)", "1/(x^2 + 1)" } };
    Env *env = env_new(calculus_tables);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const Expr *f = parse(env, pairs[i][0]), *wrong = parse(env, pairs[i][1]), *x = parse(env, "x");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        Points     *pts = points_new(p, a, f, wrong, x);
        size_t      at;
        cr_expect_eq(points_check_derivative(pts, f, wrong, &at), NO, "%s", pairs[i][0]);
        cr_expect_eq(points_check_derivative(pts, f, expr_diff(p, f, x), &at), YES, "%s", pairs[i][0]);
        points_delete(pts);
        arena_delete(a);
    }
    env_delete(env);
}

/* (2 + sin(3x)) times factors x - k/7 of different k, some twice: solve cannot take it apart. */
Test(isolate, zeros_of_products)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(5, STR("zeros"));
    for (int i = 0; i < 40; i++) {
        const Expr *x = parse(env, "x"), *g = parse(env, "2 + sin(3*x)");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        bool        root[64] = { false };
        size_t      n = rng_below(&r, 6), different = 0;
        for (size_t k = 0; k < n; k++) {
            size_t at = rng_below(&r, 64);
            different += !root[at];
            root[at] = true;
            g = expr_mul(p, g, expr_sub(p, x, expr_ratio(p, (slong)at - 32, 7)));
        }
        Zeros z = expr_zeros(p, a, g, x, expr_int(p, -5), expr_int(p, 5), 17);
        cr_expect_eq(z.found, YES);
        cr_expect_eq(z.n, different, "%.*s: %zu zeros", STR_ARGS(expr_text(a, p, g)), z.n);
        for (size_t k = 0; k < z.n; k++) {
            double at = z.at[k].place * 7 + 32;
            cr_expect(fabs(at - round(at)) < 1e-12 && at > -0.5 && at < 63.5 && root[(size_t)round(at)], "%.*s: %.17g (%.17g)", STR_ARGS(expr_text(a, p, g)), z.at[k].place, at);
        }
        arena_delete(a);
    }
    env_delete(env);
}
