/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of zero and of simplification on random expressions: what balls refute is never proved, and rewriting keeps the value. */
#include "tests/symbolic/session.h"

#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/algebra/simplify.h"

enum { ROUNDS = 150 };

/* A random expression with sizes, signs, roots and logarithms of another, where the traps are. */
static const Expr *trap(Pool *p, Rng *r, const Expr *const *x)
{
    static const FnId fn[] = { FN_abs, FN_sign, FN_log, FN_sqrt, FN_asin, FN_atan, FN_cbrt, FN_sin, FN_tanh, FN_exp };
    const Expr *u = random_expr(p, r, x, 2, 2), *v = expr_call1(p, fn[rng_below(r, 10)], expr_powi(p, u, 1 + (slong)rng_below(r, 3)));
    const Expr *w = v ? expr_call1(p, fn[rng_below(r, 10)], v) : NULL;
    const Expr *e = w ? expr_add(p, w, random_expr(p, r, x, 2, 2)) : NULL;
    pool_clear_error(p);
    return e;
}

/* Do balls show that e is not zero at a point with these 64ths? */
static bool refuted(Pool *p, const Expr *e, const Expr *const *x, slong a, slong b)
{
    acb_ptr at = _acb_vec_init(3);
    acb_set_si(at, a);
    acb_set_si(at + 1, b);
    _acb_vec_scalar_mul_2exp_si(at, at, 2, -6);
    bool no = expr_enclose(p, e, x, at, 2, 256, at + 2, NULL) == EVAL_OK && !acb_contains_zero(at + 2);
    _acb_vec_clear(at, 3);
    return no;
}

Test(zero, nothing_refuted_is_proved)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(3, STR("zero"));
    int  refutations = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const Expr *x[2] = { parse(env, "x"), parse(env, "y") };
        Pool       *p = env_pool(env);
        const Expr *e = trap(p, &r, x), *f = e ? expr_split_signs(p, e) : NULL, *d = f ? expr_sub(p, e, f) : NULL;
        slong       a = (slong)rng_below(&r, 256) - 128, b = (slong)rng_below(&r, 256) - 128;
        pool_clear_error(p);
        if (e && refuted(p, e, x, a, b)) {
            Arena *t = arena_new();
            cr_expect_null(proof_of_zero(p, e), "%.*s", STR_ARGS(expr_text(t, p, e)));
            cr_expect(!d || !refuted(p, d, x, a, b), "%.*s", STR_ARGS(expr_text(t, p, e)));
            arena_delete(t);
            refutations++;
        }
    }
    cr_expect(refutations > ROUNDS / 2, "%d", refutations);
    env_delete(env);
}

/* A sign that is claimed is the sign at a point. */
Test(zero, signs_hold_at_points)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(4, STR("sign"));
    int  claimed = 0;
    for (int i = 0; i < 4 * ROUNDS; i++) {
        const Expr *x[2] = { parse(env, "x"), parse(env, "y") };
        Pool       *p = env_pool(env);
        const Expr *e = random_expr(p, &r, x, 2, 3);
        int         sign = e ? proof_of_sign(p, e) : 0;
        acb_ptr     at = _acb_vec_init(3);
        acb_set_si(at, (slong)rng_below(&r, 10) - 5);
        acb_set_si(at + 1, (slong)rng_below(&r, 10) - 5);
        if (sign && expr_enclose(p, e, x, at, 2, 256, at + 2, NULL) == EVAL_OK) {
            Arena *t = arena_new();
            arb_srcptr value = acb_realref(at + 2);
            cr_expect(sign > 0 ? !arb_is_nonpositive(value) : !arb_is_nonnegative(value), "%.*s", STR_ARGS(expr_text(t, p, e)));
            arena_delete(t);
            claimed++;
        }
        _acb_vec_clear(at, 3);
        pool_clear_error(p);
    }
    cr_expect(claimed > 20, "%d", claimed);
    env_delete(env);
}

Test(zero, rewriting_keeps_the_value)
{
    static const Expr *(*const rewrite[])(Pool *, const Expr *) = { expr_simplify, expr_expand, expr_factor, expr_together };
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(5, STR("rewriting"));
    for (int i = 0; i < ROUNDS / 3; i++) {
        const Expr *x[2] = { parse(env, "x"), parse(env, "y") };
        Pool       *p = env_pool(env);
        const Expr *e = random_expr(p, &r, x, 2, 3);
        Arena      *t = arena_new();
        for (size_t k = 0; e && k < sizeof rewrite / sizeof *rewrite; k++) {
            const Expr *f = rewrite[k](p, e);
            cr_expect(!f || expr_agrees(p, e, f), "%.*s becomes %.*s", STR_ARGS(expr_text(t, p, e)), STR_ARGS(f ? expr_text(t, p, f) : STR("")));
            cr_expect(k > 0 || !f || expr_cost(p, f) <= expr_cost(p, e));
        }
        pool_clear_error(p);
        arena_delete(t);
    }
    env_delete(env);
}
