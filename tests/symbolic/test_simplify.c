/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of forms: what rewrites an expression keeps its value, by balls at random points and by difference quotients elsewhere. */
#include "tests/symbolic/session.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/rewrite.h"
#include "symbolic/algebra/simplify.h"
#include "symbolic/algebra/trig.h"

/* The largest number of points at which both are finite; fails where balls prove them different. */
static int same_value(Pool *p, const Expr *a, const Expr *b, const Expr *const *x, size_t n, const char *what)
{
    Rng     r = rng_stream(9, STR("same value"));
    acb_ptr at = _acb_vec_init((slong)n + 2), u = at + n, v = u + 1;
    int     points = 0;
    Arena  *text = arena_new();
    for (int k = 0; k < 24; k++) {
        for (size_t i = 0; i < n; i++) {
            acb_set_si(at + i, (slong)rng_below(&r, 2000) - (k % 3 ? 1000 : 0));
            acb_mul_2exp_si(at + i, at + i, k % 2 ? -8 : -10);
        }
        if (expr_enclose(p, a, x, at, n, 300, u, NULL) != EVAL_OK || expr_enclose(p, b, x, at, n, 300, v, NULL) != EVAL_OK)
            continue;
        points++;
        cr_assert(acb_overlaps(u, v), "%s: %.*s is not %.*s", what, STR_ARGS(expr_text(text, p, a)), STR_ARGS(expr_text(text, p, b)));
    }
    arena_delete(text);
    _acb_vec_clear(at, (slong)n + 2);
    return points;
}

static const struct { const char *by; FnId fn; const char *text; } rewrites[] = {
#define REWRITE(by, function, where, text) { #by, FN_##function, text },
#include "symbolic/algebra/rewrites.def"
#undef REWRITE
};

Test(rewrite, every_row_holds)
{
    Env *env = env_new(calculus_tables);
    for (size_t i = 0; i < sizeof rewrites / sizeof *rewrites; i++) {
        const Expr  *x[] = { parse(env, "x"), expr_symbol(env_pool(env), STR("y")) };
        Pool        *p = env_pool(env);
        const FnRow *fn = &fn_rows[rewrites[i].fn];
        const Expr  *e = expr_call(p, fn, x, (size_t)fn->min_args < 1 ? 1 : fn->max_args < 0 ? 2 : (size_t)fn->min_args);
        const Expr  *r = expr_rewrite(p, e, rewrite_find(str_of(rewrites[i].by)));
        cr_assert(r, "%s", rewrites[i].text);
        cr_expect_neq(r, e, "%s", rewrites[i].text);
        cr_expect_geq(same_value(p, e, r, x, 2, rewrites[i].text), 4, "%s", rewrites[i].text);
    }
    env_delete(env);
}

/* A polynomial in functions of sums and multiples of x and y. */
static const Expr *random_waves(Pool *p, Rng *r, const Expr *const *x, int depth)
{
    static const FnId fn[] = { FN_sin, FN_cos, FN_sinh, FN_cosh, FN_tan, FN_tanh };
    if (depth == 0) {
        const Expr *angle = expr_add(p, expr_mul(p, expr_ratio(p, (slong)rng_below(r, 7) - 3, 1 + (slong)rng_below(r, 2)), x[0]),
                                     expr_mul(p, expr_int(p, (slong)rng_below(r, 3) - 1), x[1]));
        return expr_call1(p, fn[rng_below(r, 6)], expr_add(p, angle, expr_int(p, rng_below(r, 4) == 0)));
    }
    const Expr *u = random_waves(p, r, x, depth - 1), *v = random_waves(p, r, x, depth - 1);
    switch (rng_below(r, 4)) {
    case 0:  return expr_add(p, u, v);
    case 1:  return expr_powi(p, u, 2);
    default: return expr_mul(p, u, v);
    }
}

Test(trig, waves_keep_their_value)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(3, STR("waves"));
    int  points = 0;
    for (int i = 0; i < 60; i++) {
        const Expr *x[] = { parse(env, "x"), expr_symbol(env_pool(env), STR("y")) };
        Pool       *p = env_pool(env);
        const Expr *e = random_waves(p, &r, x, 2);
        points += same_value(p, e, expr_trig_expand(p, e), x, 2, "trig_expand");
        points += same_value(p, e, expr_trig_reduce(p, e), x, 2, "trig_reduce");
    }
    cr_expect_gt(points, 2000, "%d", points);
    env_delete(env);
}

/* Anything of a few functions of two variables, also of those with kinks and restricted domains. */
static const Expr *random_form(Pool *p, Rng *r, const Expr *const *x, int depth)
{
    static const FnId fn[] = { FN_sin, FN_cos, FN_tan, FN_sinh, FN_exp, FN_log, FN_abs, FN_sign, FN_sqrt, FN_atan, FN_asin, FN_gamma, FN_cosh, FN_tanh };
    if (depth == 0 || rng_below(r, 7) == 0)
        return rng_below(r, 3) ? x[rng_below(r, 2)] : expr_ratio(p, (slong)rng_below(r, 9) - 4, 1 + (slong)rng_below(r, 3));
    const Expr *u = random_form(p, r, x, depth - 1), *v = random_form(p, r, x, depth - 1), *e;
    switch (rng_below(r, 8)) {
    case 0: case 1: e = expr_call1(p, fn[rng_below(r, sizeof fn / sizeof *fn)], u); break;
    case 2: e = expr_pow(p, u, expr_ratio(p, (slong)rng_below(r, 7) - 3, 1 + (slong)rng_below(r, 2))); break;
    case 3: e = expr_div(p, u, v); break;
    case 4: e = expr_call2(p, rng_below(r, 2) ? FN_max : FN_min, u, v); break;
    case 5: e = expr_mul(p, expr_add(p, u, v), expr_sub(p, u, v)); break;
    case 6: e = expr_mul(p, u, v); break;
    default: e = expr_add(p, u, v); break;
    }
    pool_clear_error(p);
    return e && !(e->flags & EXPR_HAS_INFINITE) ? e : x[0];
}

Test(simplify, keeps_the_value_and_is_never_longer)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(11, STR("simplify"));
    int  shorter = 0, points = 0;
    for (int i = 0; i < 300; i++) {
        const Expr *x[] = { parse(env, "x"), expr_symbol(env_pool(env), STR("y")) };
        Pool       *p = env_pool(env);
        const Expr *e = random_form(p, &r, x, 4), *s = expr_simplify(p, e);
        cr_assert(s);
        cr_expect(expr_cost(p, s) <= expr_cost(p, e));
        points += same_value(p, e, s, x, 2, "simplify");
        shorter += s != e;
    }
    cr_expect(shorter > 60 && points > 2000, "%d shorter, %d points", shorter, points);
    env_delete(env);
}

Test(simplify, towers_and_long_sums_in_linear_time)
{
    static const char *const towers[] = { "sin(u)", "sqrt(1 + u)", "u^2*exp(-u)", "cos(u)^2 + sin(u)^2*u", "abs(u - 1)/(1 + u^2)" };
    Env *env = env_new(calculus_tables);
    for (size_t i = 0; i < sizeof towers / sizeof *towers; i++) {
        const Expr *e = parse(env, "x");
        Pool       *p = env_pool(env);
        for (int k = 0; k < 1000; k++)
            e = pool_read(p, towers[i], &e, 1);
        cr_expect(expr_simplify(p, e), "%s", towers[i]);
    }
    const Expr *x = parse(env, "x"), *sum = parse(env, "0");
    Pool       *p = env_pool(env);
    const Expr *term[10000];
    for (slong k = 0; k < 10000; k++)
        term[k] = expr_mul(p, expr_int(p, k + 1), expr_call1(p, FN_sin, expr_mul(p, expr_int(p, k + 2), x)));
    sum = expr_sum(p, term, 10000);
    cr_expect_eq(expr_simplify(p, sum), sum);
    env_delete(env);
}

/* parse(print(e)) is e: every kind of node that is printed. */
Test(show, reads_back_as_the_same_node)
{
    static const char *const kinds[] = {
        "if x > 0 then x else if x < -1 then 1/x else sin(x)", "x^2 + 1 = y", "x < y and not y <= 2 or x == 1", "[x, 1/2, [1, 2; 3, 4][1, 1]]",
        "[1, x; y, 4]", "2 sqrt(3)*x/(5*y^2)", "-(x^(-1/2))", "(-2)^x", "2^(-x)", "(x^y)^2", "-x^2", "(-x)^3*y", "(1 + i)*x", "e^x*e", "2*e*x", "pi^2/6 - euler",
        "x!", "(x + 1)!", "max(x, y, 1)", "binomial(x, 3)", "1/(x + 1/(y - 1))", "(x + y)^(-2)", "x^(1/3)", "(x/y)^(3/2)", "abs(x)^-1", "x - (y - 1)", "sqrt(2)^(1/3)", "10^40*x", "[1, 2]^T"
    };
    Env *env = env_new(calculus_tables);
    Arena *a = arena_new();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        Pool       *p = env_pool(env);
        const Expr *e = pool_read(p, kinds[i], NULL, 0);
        cr_assert(e, "%s: %.*s", kinds[i], STR_ARGS(pool_error(p)));
        Str         text = expr_text(a, p, e);
        const Expr *back = pool_read(p, str_copy(a, text).s, NULL, 0);
        cr_expect_eq(back, e, "%.*s reads back as %.*s", STR_ARGS(text), STR_ARGS(back ? expr_text(a, p, back) : pool_error(p)));
        pool_clear_error(p);
    }
    arena_delete(a);
    env_delete(env);
}

/* What is printed is the expression itself: random ones, with fractions, powers and signs in every place. */
Test(show, random_expressions_read_back)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(11, STR("show"));
    for (int i = 0; i < 600; i++) {
        const Expr *x[] = { parse(env, "x"), parse(env, "y"), parse(env, "a") };
        Pool       *p = env_pool(env);
        const Expr *f = i % 2 ? random_form(p, &r, x, 4) : random_expr(p, &r, x, 3, 4);
        if (f && i % 3 == 1)
            f = expr_diff(p, f, x[0]);
        if (f && i % 3 == 2)
            f = expr_div(p, f, random_expr(p, &r, x, 3, 3));
        pool_clear_error(p);
        if (!f)
            continue;
        Arena *a = arena_new();
        Str    text = expr_text(a, p, f);
        cr_expect_eq(pool_read(p, str_copy(a, text).s, NULL, 0), f, "%.*s", STR_ARGS(text));
        arena_delete(a);
    }
    env_delete(env);
}
