/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of derivatives: against central differences in balls, gradient against forward rules, size and depth. */
#include "tests/symbolic/session.h"

#include <time.h>

/* (f(x + h) - f(x - h))/(2h) with h = 2^-200 */
static bool difference_quotient(Pool *p, const Expr *f, const Expr *x, slong numerator, acb_t out)
{
    acb_t minus;
    acb_init(minus);
    bool ok = value_at(p, f, x, numerator, 1, -200, out) && value_at(p, f, x, numerator, -1, -200, minus);
    acb_sub(out, out, minus, 1000);
    acb_mul_2exp_si(out, out, 199);
    acb_clear(minus);
    return ok;
}

static void check_derivative(Pool *p, const Expr *f, const Expr *x, slong numerator, int *checked)
{
    acb_t u, v;
    acb_init(u);
    acb_init(v);
    const Expr *d = expr_diff(p, f, x);
    if (d && difference_quotient(p, f, x, numerator, u) && value_at(p, d, x, numerator, 0, 0, v)) {
        Arena *a = arena_new();
        cr_expect(near(u, v, 100), "%.*s at %ld/64", STR_ARGS(expr_text(a, p, f)), (long)numerator);
        arena_delete(a);
        ++*checked;
    }
    acb_clear(u);
    acb_clear(v);
}

Test(diff, random_expressions_against_differences)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(1, STR("diff"));
    int  checked = 0;
    for (int i = 0; i < 150; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        check_derivative(p, random_expr(p, &r, &x, 1, 4), x, (slong)rng_below(&r, 256) - 128, &checked);
    }
    cr_expect(checked > 120, "%d", checked);
    env_delete(env);
}

/* Every rule of every function, each argument in turn, the others at fixed values; odd 64ths are no kink of any of them. The derivative of
 * stop_gradient is not the slope of its values: that is what it is for. */
Test(diff, every_row_against_differences)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(2, STR("rows"));
    for (size_t k = 0; k < FN_COUNT; k++) {
        const FnRow *fn = &fn_rows[k];
        int          checked = 0, arity = fn->max_args < 0 ? 3 : fn->max_args;
        if ((!fn->derivative[0] && fn->max_args >= 0) || fn->id == FN_stop_gradient)
            continue;
        for (int i = 0; i < 12 * arity; i++) {
            const Expr *x = parse(env, "x"), *arg[8];
            Pool       *p = env_pool(env);
            for (int j = 0; j < arity; j++)
                arg[j] = j == i % arity ? x : expr_int(p, j + 2 - (i / arity) % 2);
            const Expr *f = expr_call(p, fn, arg, (size_t)arity);
            if (f && expr_diff(p, f, x))
                check_derivative(p, f, x, 2*(slong)rng_below(&r, 200) - 199, &checked);
        }
        const Expr *x = parse(env, "x");
        for (slong k64 = -23; k64 < 0 && !checked; k64 += 2)        /* lambertwm1 lives in -1/e..0 */
            check_derivative(env_pool(env), expr_call(env_pool(env), fn, &x, 1), x, k64, &checked);
        cr_expect(checked > 0, "%s was never checked", fn->name);
    }
    env_delete(env);
}

Test(diff, gradient_is_the_forward_derivatives)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(3, STR("gradient"));
    for (int i = 0; i < 60; i++) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")), expr_symbol(p, STR("z")) }, *g[3];
        const Expr *f = random_expr(p, &r, x, 3, 4);
        cr_assert(expr_gradient(p, f, x, 3, g));
        for (int k = 0; k < 3; k++) {
            const Expr *difference = expr_sub(p, g[k], expr_diff(p, f, x[k]));
            cr_expect(expr_zero_test(p, difference).answer != NO);
        }
    }
    env_delete(env);
}

Test(diff, hessian_is_symmetric_and_repeats_diff)
{
    Env        *env = env_new(calculus_tables);
    const Expr *f = parse(env, "x^3*y^2 + sin(x*y) + exp(y)");
    Pool       *p = env_pool(env);
    const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")) };
    const Expr *h = expr_hessian(p, f, x, 2);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            cr_expect(expr_zero_test(p, expr_sub(p, h->arg[2 * i + j], expr_diff(p, expr_diff(p, f, x[i]), x[j]))).answer == YES);
    env_delete(env);
}

static double milliseconds(struct timespec start)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return 1e3 * (double)(now.tv_sec - start.tv_sec) + 1e-6 * (double)(now.tv_nsec - start.tv_nsec);
}

Test(diff, a_deep_chain_needs_no_stack_and_stays_small)
{
    Env        *env = env_new(calculus_tables);
    const Expr *x = parse(env, "x"), *g, *e = x;
    Pool       *p = env_pool(env);
    for (int i = 0; i < 10000; i++)
        e = expr_add(p, e, expr_mul(p, expr_ratio(p, 1, 100), expr_call1(p, FN_sin, e)));
    cr_assert(expr_gradient(p, e, &x, 1, &g));
    cr_expect(expr_size(p, g) < 8 * expr_size(p, e));
    cr_expect(expr_diff(p, e, x) != NULL);
    env_delete(env);
}

Test(diff, high_orders_share_their_nodes)
{
    Env            *env = env_new(calculus_tables);
    const Expr     *f = parse(env, "exp(sin(x^2))*x/(1+x^2)");
    Pool           *p = env_pool(env);
    const Expr     *x = expr_symbol(p, STR("x"));
    struct timespec start;
    expr_diff_n(p, f, x, 1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    const Expr *d = expr_diff_n(p, f, x, 9);
    cr_log_info("ninth derivative: %.2f ms, %zu nodes", milliseconds(start), expr_size(p, d));
    cr_expect(expr_size(p, d) < 1500);
    env_delete(env);
}

Test(diff, a_missing_rule_is_a_failure_with_a_reason)
{
    Env *env = env_new(calculus_tables);
    cr_expect(run(env, "diff(zeta(x), x) == 3").kind == VALUE_FAILED || fn_rows[FN_zeta].derivative[0]);
    env_delete(env);
}

Test(diff, long_products_stay_near_linear)
{
    Env        *env = env_new(calculus_tables);
    const Expr *x = parse(env, "x"), *factor[400], *g;
    Pool       *p = env_pool(env);
    for (int i = 0; i < 400; i++)
        factor[i] = expr_call1(p, FN_sin, expr_add(p, x, expr_int(p, i)));
    const Expr *e = expr_product(p, factor, 400), *d = expr_diff(p, e, x);
    cr_assert(d && expr_gradient(p, e, &x, 1, &g));
    cr_expect(expr_size(p, d) < 20000 && expr_size(p, g) < 20000, "%zu %zu", expr_size(p, d), expr_size(p, g));
    env_delete(env);
}

Test(diff, examples) { check_examples(diff_builtins); check_examples(vector_calculus_builtins); }

/* By Taylor arithmetic, against one derivative after the other. */
Test(diff, high_orders_by_taylor_arithmetic)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(9, STR("high"));
    int  compared = 0;
    for (int i = 0; i < 200; i++) {
        const Expr *x = parse(env, "x");
        Pool       *p = env_pool(env);
        const Expr *f = random_expr(p, &r, &x, 1, 3), *high = f ? expr_diff_high(p, f, x, 5) : NULL, *low = f;
        slong       at = (slong)rng_below(&r, 64) + 65;
        acb_t       u, v;
        for (int k = 0; k < 5; k++)
            low = expr_diff(p, low, x);
        pool_clear_error(p);
        if (!high || !low)
            continue;
        acb_init(u);
        acb_init(v);
        if (value_at(p, high, x, at, 0, 0, u) && value_at(p, low, x, at, 0, 0, v)) {
            Arena *a = arena_new();
            cr_expect(near(u, v, 100), "%.*s", STR_ARGS(expr_text(a, p, f)));
            arena_delete(a);
            compared++;
        }
        acb_clear(u);
        acb_clear(v);
    }
    cr_expect(compared > 40, "%d", compared);
    env_delete(env);
}
