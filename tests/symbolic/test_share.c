/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Common parts: sharing keeps the values, and with it a gradient costs a small multiple of the value, however long products and chains
 * are. [Griewank, Walther: Evaluating Derivatives, 2008, ch. 4: 4 for a gradient and 10 for a Hessian times a vector, in operations] */
#include "tests/symbolic/session.h"

#include "symbolic/tape/share.h"

enum { MOST_VARIABLES = 64 };

/* The arguments of the value alone, with its gradient, and with a Hessian times a vector as well. */
typedef struct Cost { size_t value, gradient, product; } Cost;

static size_t shared_cost(Pool *p, Arena *a, const Expr **root, size_t n)
{
    cr_assert(expr_share(p, root, n));
    return expr_cost_of_run(p, a, root, n);
}

static Cost cost_of(Pool *p, Arena *a, const Expr *f, const Expr *const *x, size_t n)
{
    const Expr *all[1 + 2 * MOST_VARIABLES] = { f }, *v[MOST_VARIABLES];
    Cost        c = { .value = expr_cost_of_run(p, a, &f, 1) };
    for (size_t i = 0; i < n; i++)
        v[i] = expr_fresh(p, expr_symbol(p, STR("v")));
    cr_assert(expr_gradient(p, f, x, n, all + 1));
    c.gradient = shared_cost(p, a, all, 1 + n);
    bool was = pool_set_nested(p, true);
    cr_assert(expr_tangents(p, all + 1, n, x, v, n, all + 1 + n));
    pool_set_nested(p, was);
    c.product = shared_cost(p, a, all, 1 + 2 * n);
    return c;
}

static bool same_at(Pool *p, const Expr *a, const Expr *b, const Expr *const *x, const Expr *const *at, size_t n)
{
    acb_t u, v;
    acb_init(u);
    acb_init(v);
    const Expr *fa = expr_subst(p, a, x, at, n), *fb = expr_subst(p, b, x, at, n);
    bool ok = expr_enclose(p, fa, NULL, NULL, 0, 200, u, NULL) == EVAL_OK && expr_enclose(p, fb, NULL, NULL, 0, 200, v, NULL) == EVAL_OK && near(u, v, 100);
    acb_clear(u);
    acb_clear(v);
    return ok;
}

Test(share, values_stay)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(6, STR("share"));
    for (int i = 0; i < 60; i++) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")), expr_symbol(p, STR("z")) }, *at[3], *g[4], *h[4];
        cr_assert(expr_gradient(p, g[3] = random_expr(p, &r, x, 3, 5), x, 3, g));
        memcpy(h, g, sizeof g);
        cr_assert(expr_share(p, h, 4));
        for (int k = 0; k < 3; k++)
            at[k] = expr_ratio(p, (slong)rng_below(&r, 33) - 16, 8);
        for (int k = 0; k < 4; k++)
            cr_expect(same_at(p, g[k], h[k], x, at, 3), "%.*s", STR_ARGS(expr_text(pool_arena(p), p, g[k])));
    }
    env_delete(env);
}

Test(share, gradients_are_cheap)
{
    Env   *env = env_new(calculus_tables);
    Rng    r = rng_stream(7, STR("cost"));
    double gradients = 0, products = 0;
    int    n = 0;
    while (n < 200) {
        parse(env, "1");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        const Expr *x[] = { expr_symbol(p, STR("x")), expr_symbol(p, STR("y")), expr_symbol(p, STR("z")) }, *f = random_expr(p, &r, x, 3, 5);
        Cost        c = cost_of(p, a, f, x, 3);
        if (c.value >= 10) {
            gradients += (double)c.gradient / (double)c.value;
            products += (double)c.product / (double)c.value;
            n++;
            cr_expect(c.gradient <= 5 * c.value && c.product <= 14 * c.value, "%zu %zu %zu: %.*s", c.value, c.gradient, c.product, STR_ARGS(expr_text(a, p, f)));
        }
        arena_delete(a);
    }
    cr_log_info("gradient %.2f, with product %.2f times the arguments of the value", gradients / n, products / n);
    cr_expect(gradients / n <= 3 && products / n <= 8);
    env_delete(env);
}

/* Products of n variables, and a chain of n layers tanh(u + v)*u. */
static Cost product_cost(Pool *p, Arena *a, size_t n)
{
    const Expr *x[MOST_VARIABLES];
    for (size_t i = 0; i < n; i++)
        x[i] = expr_fresh(p, expr_symbol(p, STR("x")));
    return cost_of(p, a, expr_product(p, x, n), x, n);
}

static Cost chain_cost(Pool *p, Arena *a, size_t n)
{
    const Expr *x[] = { expr_symbol(p, STR("u")), expr_symbol(p, STR("v")) }, *e = x[0];
    for (size_t i = 0; i < n; i++)
        e = expr_mul(p, expr_call1(p, FN_tanh, expr_add(p, e, x[1])), x[0]);
    return cost_of(p, a, e, x, 2);
}

Test(share, costs_grow_with_the_length)
{
    Env *env = env_new(calculus_tables);
    Cost (*const family[])(Pool *, Arena *, size_t) = { product_cost, chain_cost };
    for (int i = 0; i < 2; i++) {
        parse(env, "1");
        Arena *a = arena_new();
        Cost   short_one = family[i](env_pool(env), a, 15), long_one = family[i](env_pool(env), a, 30);
        cr_expect(long_one.gradient <= 23 * short_one.gradient / 10, "%zu %zu", short_one.gradient, long_one.gradient);
        cr_expect(long_one.product <= 23 * short_one.product / 10, "%zu %zu", short_one.product, long_one.product);
        cr_log_info("gradient %.2f, with product %.2f times the arguments of the value", (double)long_one.gradient / (double)long_one.value,
                    (double)long_one.product / (double)long_one.value);
        arena_delete(a);
    }
    env_delete(env);
}
