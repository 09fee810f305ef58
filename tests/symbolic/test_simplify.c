/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of forms: what rewrites an expression keeps its value, by balls at random points and by difference quotients elsewhere. */
#include "tests/symbolic/session.h"

#include "symbolic/poly.h"
#include "symbolic/rewrite.h"
#include "symbolic/simplify.h"
#include "symbolic/trig.h"

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
#include "symbolic/rewrites.def"
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
