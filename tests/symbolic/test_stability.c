/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of the stability laboratory: every identity holds, Taylor models enclose, bounds hold, tidying keeps values, sums of all methods mean the
 * same, contraction too. */
#include "tests/symbolic/session.h"

#include "symbolic/expr/nary.h"
#include "symbolic/limits/taylor_model.h"
#include "symbolic/stability/contract.h"
#include "symbolic/stability/identity.h"
#include "symbolic/stability/rounding_bound.h"
#include "symbolic/stability/typed_sum.h"
#include "symbolic/tape/run.h"

#include <criterion/criterion.h>
#include <math.h>

enum { LETTERS = 4, PREC = 300 };

static Operations operations(Pool *p, Arena *a, const Expr *e, const Expr *const *variable, size_t n)
{
    Operations o = { 0 };
    cr_assert(operations_of(p, a, e, variable, n, &o), "%.*s", STR_ARGS(pool_error(p)));
    return o;
}

static void value_of(const Operations *o, arb_srcptr x, arb_t out)
{
    arb_ptr value = _arb_vec_init((slong)o->n);
    operations_balls(o, x, PREC, value);
    arb_set(out, value + o->n - 1);
    _arb_vec_clear(value, (slong)o->n);
}

/* Both sides at points of (0, 1), (1, 3) and (-1, 0): where both are real numbers they are the same one. */
Test(stability, every_identity_holds)
{
    static const char *const names[LETTERS] = { "u", "v", "w", "s" };
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Pool  *p = env_pool(env);
    Rng    random = rng_stream(5, STR("identities"));
    const Expr *letter[LETTERS];
    arb_ptr     x = _arb_vec_init(LETTERS);
    arb_t       left, right;
    arb_init(left);
    arb_init(right);
    for (int i = 0; i < LETTERS; i++)
        letter[i] = expr_symbol(p, str_of(names[i]));
    for (size_t row = 0; row < identity_count(); row++) {
        const Expr *l = pool_read_typed(p, identity_pattern(row), letter, LETTERS), *r = pool_read_typed(p, identity_replacement(row), letter, LETTERS);
        cr_assert(l && r, "%s", identity_pattern(row));
        Operations lo = operations(p, a, l, letter, LETTERS), ro = operations(p, a, r, letter, LETTERS);
        int compared = 0;
        for (int t = 0; t < 40; t++) {
            for (int i = 0; i < LETTERS; i++) {
                arb_set_d(x + i, (t % 2 ? 1 : 0) + (double)(1 + rng_below(&random, 1000))/(t % 2 ? 512 : 1024));
                if (t % 8 == 0)
                    arb_neg(x + i, x + i);
            }
            value_of(&lo, x, left);
            value_of(&ro, x, right);
            if (!arb_is_finite(left) || !arb_is_finite(right))
                continue;
            compared++;
            cr_expect(arb_overlaps(left, right), "%s = %s", identity_pattern(row), identity_replacement(row));
        }
        cr_expect(compared > 0, "%s = %s is compared nowhere", identity_pattern(row), identity_replacement(row));
    }
    arb_clear(left);
    arb_clear(right);
    _arb_vec_clear(x, LETTERS);
    arena_delete(a);
    env_delete(env);
}

/* The polynomial and its bound hold the function at points of the interval, also where poles cancel. */
Test(stability, taylor_models_enclose)
{
    static const char *const text[] = { "1/u - 1/tan(u)", "(u - sin(u))/(u - tan(u))", "exp(u) - 1 - u", "log1p(u)/u", "u - tanh(u)", "asinh(u) - atanh(u)",
                                        "sqrt(1 + u) - 1", "cosh(u) - cos(u)", "1/(2 + sin(u))", "(exp(u) - 1)/(exp(u) + 1)" };
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Pool  *p = env_pool(env);
    const Expr *u = expr_symbol(p, STR("u"));
    arb_t  x, r, sum, term, value;
    arb_init(x), arb_init(r), arb_init(sum), arb_init(term), arb_init(value);
    arb_set_d(r, 0.25);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        TaylorModel m;
        Operations  o = operations(p, a, pool_read_typed(p, text[i], &u, 1), &u, 1);
        cr_assert(taylor_model(&o, r, 20, PREC, &m), "%s", text[i]);
        for (int k = -8; k <= 8; k++) {
            arb_set_d(x, (double)k/32);
            if (k == 0)
                continue;
            value_of(&o, x, value);
            arb_zero(sum);
            arb_pow_ui(term, x, (ulong)m.n, PREC);          /* x^n times [-bound, bound] */
            arb_mul(term, term, m.bound, PREC);
            arb_add_error(sum, term);
            for (slong j = m.n; j-- > 0;) {
                arb_pow_ui(term, x, (ulong)j, PREC);
                arb_addmul(sum, term, m.c + j, PREC);
            }
            for (slong j = 0; j < (m.valuation < 0 ? -m.valuation : m.valuation); j++)
                m.valuation < 0 ? arb_div(sum, sum, x, PREC) : arb_mul(sum, sum, x, PREC);
            cr_expect(arb_overlaps(sum, value), "%s at %d/32", text[i], k);
        }
        taylor_model_clear(&m);
    }
    arb_clear(x), arb_clear(r), arb_clear(sum), arb_clear(term), arb_clear(value);
    arena_delete(a);
    env_delete(env);
}

/* No sample has a larger error than the bound, in several formats. */
Test(stability, bounds_hold)
{
    static const char *const text[] = { "u*v + 1", "(u + v)*(u - v)", "sqrt(u*u + v*v)", "exp(u)/(1 + exp(v))", "0.1*u - v/3", "u - sin(v)", "log(u)*v^3" };
    static const char *const formats[] = { "fp64", "fp32", "fp16" };
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Pool  *p = env_pool(env);
    const Expr *variable[] = { expr_symbol(p, STR("u")), expr_symbol(p, STR("v")) };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
            double     low[] = { 1, 0.5 }, high[] = { 2, 3 };
            Box        box = { .n = 2, .variable = variable, .low = low, .high = high };
            Format     f;
            Operations o = operations(p, a, pool_read_typed(p, text[i], variable, 2), variable, 2);
            format_named(str_of(formats[k]), &f);
            f = format_with(f, ROUND_NEAREST, false, true);
            operations_add_partials(p, a, &o);
            RoundingBound b = rounding_bound(a, &o, &box, &f);
            cr_expect(b.found > 0 && b.found <= b.bound && b.bound < 6*b.found, "%s in %s: %g, found %g", text[i], formats[k], b.bound, b.found);
        }
    arena_delete(a);
    env_delete(env);
}

Test(stability, tidying_cancels_and_keeps_the_value)
{
    static const struct { const char *in, *out; } rows[] = {
        { "(u + 1) - u", "1" }, { "u*(u/v)", "u*(u/v)" }, { "u*v/u", "v" }, { "tanh(-u)", "-tanh(u)" }, { "log(exp(u))", "u" }, { "sqrt(u^2)", "abs(u)" },
        { "(1 - u)*(1 + u) - 1", "-u^2" }, { "2*(u/2)", "u" }, { "u - (u - v)", "v" },
    };
    Env *env = env_new(calculus_tables);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Pool  *p = env_pool(env);
        const Expr *letter[] = { expr_symbol(p, STR("u")), expr_symbol(p, STR("v")) };
        const Expr *e = expr_tidy(p, pool_read_typed(p, rows[i].in, letter, 2));
        cr_expect(e && str_is(expr_text(env_line(env), p, e), rows[i].out), "%s: %.*s", rows[i].in, STR_ARGS(expr_text(env_line(env), p, e)));
    }
    env_delete(env);
}

/* Whatever the method, the operations mean the sum of the terms. */
Test(stability, methods_of_summation_agree)
{
    static const char *const methods[] = { "naive", "reverse", "pairwise", "kahan", "neumaier", "exact" };
    Env *env = env_new(calculus_tables);
    Rng  random = rng_stream(3, STR("sums"));
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (size_t n = 1; n < 12; n++) {
            Pool       *p = env_pool(env);
            const Expr *term[12];
            for (size_t i = 0; i < n; i++)
                term[i] = expr_ratio(p, (slong)rng_below(&random, 2000) - 1000, 1 + (slong)rng_below(&random, 50));
            cr_expect(expr_canonical(p, typed_sum(p, str_of(methods[m]), term, n)) == expr_sum(p, term, n), "%s of %zu", methods[m], n);
        }
    env_delete(env);
}

Test(stability, methods_of_inner_products_agree)
{
    static const char *const methods[] = { "naive", "reverse", "pairwise", "kahan", "neumaier", "exact", "fma", "dot2" };
    Env *env = env_new(calculus_tables);
    Rng  random = rng_stream(4, STR("dots"));
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
        for (size_t n = 1; n < 9; n++) {
            Pool       *p = env_pool(env);
            const Expr *u[9], *v[9], *term[9];
            cr_expect(dot_method_known(str_of(methods[m])));
            for (size_t i = 0; i < n; i++) {
                u[i] = expr_ratio(p, (slong)rng_below(&random, 2000) - 1000, 1 + (slong)rng_below(&random, 50));
                v[i] = expr_ratio(p, (slong)rng_below(&random, 2000) - 1000, 1 + (slong)rng_below(&random, 50));
                term[i] = expr_mul(p, u[i], v[i]);
            }
            cr_expect(expr_canonical(p, typed_dot_by(p, str_of(methods[m]), u, v, n)) == expr_sum(p, term, n), "%s of %zu", methods[m], n);
        }
    env_delete(env);
}

/* The error of dot2 in a short format is that of one rounding as long as twice the digits hold the result; a naive product loses them. */
Test(stability, dot2_has_twice_the_digits)
{
    Env   *env = env_new(calculus_tables);
    Arena *a = arena_new();
    Rng    random = rng_stream(6, STR("dot2"));
    Format f;
    cr_assert(format_named(STR("bf16"), &f));
    size_t naive_is_wrong = 0;
    for (int t = 0; t < 200; t++) {
        Pool       *p = env_pool(env);
        const Expr *u[6], *v[6], *dot[2];
        for (size_t i = 0; i < 6; i++) {
            u[i] = expr_ratio(p, (slong)rng_below(&random, 255) - 127, 8);
            v[i] = expr_ratio(p, (slong)rng_below(&random, 255) - 127, 8);
        }
        dot[0] = typed_dot_by(p, STR("dot2"), u, v, 6);
        dot[1] = typed_dot_by(p, STR("naive"), u, v, 6);
        double *x = expr_run(p, a, dot, 2, &f, 1), truth;
        cr_assert(x != NULL);
        format_set_fmpq(&f, &truth, expr_number(expr_canonical(p, dot[0])), NULL);
        cr_expect(fabs(x[0] - truth) <= fabs(truth) * 0x1p-7, "%g instead of %g", x[0], truth);
        naive_is_wrong += fabs(x[1] - truth) > fabs(truth) * 0x1p-6;
    }
    cr_expect(naive_is_wrong > 20, "%zu", naive_is_wrong);
    arena_delete(a);
    env_delete(env);
}

/* Contraction is a rounding matter: the exact value stays, sums of products become fused operations, and a second time nothing happens. */
Test(stability, contraction_keeps_the_value)
{
    static const struct { const char *in, *out; } rows[] = {
        { "u*v + 3", "fma(u, v, 3)" }, { "u*v - 3", "fma(u, v, -3)" }, { "3 - u*v", "fma(-u, v, 3)" }, { "u*v + 2*u", "fma(u, v, 2*u)" },
        { "u^2 + v", "fma(u, u, v)" }, { "u + v", "u + v" }, { "-(u*v) + 1", "fma(-u, v, 1)" }, { "(u*v + 1)*v - u", "fma(fma(u, v, 1), v, -u)" }, { "u/v + 1", "u/v + 1" },
    };
    Env   *env = env_new(calculus_tables);
    Format fp64;
    cr_assert(format_named(STR("fp64"), &fp64));
    Format fused = format_contracted(fp64);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Pool       *p = env_pool(env);
        const Expr *letter[] = { expr_symbol(p, STR("u")), expr_symbol(p, STR("v")) };
        const Expr *e = pool_read_typed(p, rows[i].in, letter, 2), *made = expr_contracted(p, e, &fused);
        cr_expect(made && str_is(expr_text(env_line(env), p, made), rows[i].out), "%s: %.*s", rows[i].in, STR_ARGS(expr_text(env_line(env), p, made)));
        cr_expect(expr_canonical(p, made) == expr_canonical(p, e), "%s", rows[i].in);
        cr_expect(expr_contracted(p, made, &fused) == made && expr_contracted(p, e, &fp64) == e, "%s", rows[i].in);
    }
    env_delete(env);
}
