/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of series: products, values near the point, derivatives, refusals. */
#include "tests/symbolic/session.h"

enum { ORDER = 6 };

static bool series_at_zero(Pool *p, Arena *a, const Expr *e, const Expr *x, Series *s)
{
    Str why;
    return expr_series(p, a, e, x, expr_int(p, 0), ORDER, s, &why) == SERIES_OK;
}

Test(series, product_of_series_is_series_of_product)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(1, STR("series"));
    int    checked = 0;
    for (int i = 0; i < 40; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = random_expr(p, &r, &x, 1, 3), *g = random_expr(p, &r, &x, 1, 3);
        Series      sf, sg, product;
        if (!series_at_zero(p, a, f, x, &sf) || !series_at_zero(p, a, g, x, &sg) ||
            !series_at_zero(p, a, expr_mul(p, f, g), x, &product))
            continue;
        checked++;
        for (slong k = 0; k < ORDER; k++) {
            const Expr *sum = expr_int(p, 0);
            for (slong j = 0; j <= k; j++)
                sum = expr_add(p, sum, expr_mul(p, series_coefficient(p, &sf, j), series_coefficient(p, &sg, k - j)));
            cr_expect(expr_zero_test(p, expr_sub(p, sum, series_coefficient(p, &product, k))).answer != NO);
        }
    }
    cr_expect(checked > 25, "%d", checked);
    arena_delete(a);
    env_delete(env);
}

/* k! c[k] is the k-th derivative there. */
Test(series, coefficients_are_derivatives)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Rng    r = rng_stream(2, STR("taylor"));
    for (int i = 0; i < 40; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = random_expr(p, &r, &x, 1, 3), *zero = expr_int(p, 0);
        Series      s;
        slong       factorial = 1;
        if (!series_at_zero(p, a, f, x, &s))
            continue;
        for (slong k = 0; k < 4; k++) {
            factorial *= k ? k : 1;
            const Expr *d = expr_subst(p, expr_diff_n(p, f, x, k), &x, &zero, 1);
            const Expr *c = expr_mul(p, expr_int(p, factorial), series_coefficient(p, &s, k));
            cr_expect(expr_zero_test(p, expr_sub(p, d, c)).answer != NO);
        }
    }
    arena_delete(a);
    env_delete(env);
}

Test(series, every_function_at_a_regular_point)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    for (size_t k = 0; k < FN_COUNT; k++) {
        const FnRow *fn = &fn_rows[k];
        if (fn->min_args > 1 || !fn->derivative[0] || fn->id == FN_stop_gradient)      /* a series is one of values, derivatives stop */
            continue;
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = expr_call(p, fn, &x, 1), *at[] = { expr_ratio(p, 1, 3), expr_ratio(p, 7, 3) };
        Series      s;
        Str         why;
        for (int i = 0; f && i < 2; i++) {
            const Expr *d = expr_subst(p, expr_diff_n(p, f, x, 2), &x, &at[i], 1);
            acb_t       u, v;
            acb_init(u);
            acb_init(v);
            if (expr_series(p, a, f, x, at[i], 3, &s, &why) == SERIES_OK &&
                expr_enclose(p, d, NULL, NULL, 0, 300, u, NULL) == EVAL_OK &&
                expr_enclose(p, expr_mul(p, expr_int(p, 2), series_coefficient(p, &s, 2)), NULL, NULL, 0, 300, v, NULL) == EVAL_OK)
                cr_expect(near(u, v, 100), "%s", fn->name);
            acb_clear(u);
            acb_clear(v);
        }
    }
    arena_delete(a);
    env_delete(env);
}

Test(series, cancellation_needs_no_larger_order_from_the_user)
{
    Env *env = env_new(calculus_tables);
    cr_expect(str_is(env_value_text(env, run(env, "series((sin(x) - x + x^3/6)/x^5, x = 0, order: 2)"), false),
                     "1/120 - x^2/5040 + O(x^3)"));
    env_delete(env);
}

Test(series, refuses_in_time)
{
    Env *env = env_new(calculus_tables);
    cr_expect(run(env, "taylor(tan(x), x = 0, order: 100000)").kind == VALUE_FAILED);
    cr_expect(run(env, "taylor(log(x), x = 0)").kind == VALUE_FAILED);
    cr_expect(run(env, "taylor(exp(-1/x), x = 0)").kind == VALUE_FAILED);
    cr_expect(run(env, "taylor(abs(x), x = 0)").kind == VALUE_FAILED);
    cr_expect(run(env, "taylor(sqrt(x), x = 0)").kind == VALUE_FAILED);
    cr_expect(run(env, "taylor(1/x, x = 0)").kind == VALUE_FAILED);
    env_delete(env);
}

Test(series, examples) { check_examples(series_builtins); }
