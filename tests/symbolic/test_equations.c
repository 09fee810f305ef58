/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of equations: polynomials made from their roots, systems made from their solutions, roots that are put back exactly, answers
 * to inequalities against the inequality at random points, zeros in boxes. */
#include "tests/symbolic/session.h"

#include "symbolic/algebra/algebraic.h"
#include "symbolic/algebra/poly.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/solve/box_zeros.h"
#include "symbolic/solve/polynomial_system.h"
#include "symbolic/solve/solve.h"

extern const Builtin solve_builtins[];

static slong small(Rng *r, slong most) { return (slong)rng_below(r, (uint64_t)(2 * most + 1)) - most; }

/* Rational roots and pairs of square roots, each once, ascending. */
Test(equations, polynomials_from_their_roots)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(11, STR("roots"));
    for (int i = 0; i < 60; i++) {
        const Expr *x = parse(env, "x"), *f = parse(env, "1");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        size_t      n = 1 + rng_below(&r, 5);
        for (size_t k = 0; k < n; k++) {
            const Expr *root = expr_ratio(p, small(&r, 9), 1 + (slong)rng_below(&r, 4));
            f = expr_mul(p, f, rng_below(&r, 3) ? expr_sub(p, x, root) : expr_sub(p, expr_powi(p, x, 2), expr_int(p, 2 + (slong)rng_below(&r, 5))));
        }
        Roots s = expr_solve(p, a, expr_expand(p, f), x);
        cr_expect_eq(s.found, YES);
        for (size_t k = 0; k < s.n; k++) {
            int sign = 1;
            cr_expect_eq(expr_zero_test(p, expr_subst(p, f, &x, &s.at[k], 1)).answer, YES, "%.*s", STR_ARGS(expr_text(a, p, f)));
            cr_expect(k == 0 || (expr_sign(p, expr_sub(p, s.at[k], s.at[k - 1]), &sign).answer == YES && sign > 0));
        }
        const Expr **c;
        const Expr  *d = expr_diff(p, f, x);
        fmpz_poly_t  g, h;
        fmpz_poly_init(g);
        fmpz_poly_init(h);
        slong degree = expr_coefficients(p, a, f, x, 100, &c);
        expr_integer_poly(c, degree, g);
        degree = expr_coefficients(p, a, d, x, 100, &c);
        expr_integer_poly(c, degree, h);
        fmpz_poly_gcd(h, g, h);
        cr_expect_eq((slong)s.n, fmpz_poly_degree(g) - fmpz_poly_degree(h), "all roots, each once");
        fmpz_poly_clear(h);
        fmpz_poly_clear(g);
        arena_delete(a);
    }
    env_delete(env);
}

Test(equations, roots_by_number_are_put_back)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(12, STR("algebraic"));
    for (int i = 0; i < 30; i++) {
        const Expr *x = parse(env, "x"), *f = parse(env, "x^5");
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        for (slong k = 0; k < 4; k++)
            f = expr_add(p, f, expr_mul(p, expr_int(p, small(&r, 6)), expr_powi(p, x, k)));
        Roots s = expr_solve_real(p, a, f, x);
        cr_expect_eq(s.found, YES);
        for (size_t k = 0; k < s.n; k++)
            cr_expect_eq(expr_zero_test(p, expr_subst(p, f, &x, &s.at[k], 1)).answer, YES, "%.*s", STR_ARGS(expr_text(a, p, f)));
        arena_delete(a);
    }
    env_delete(env);
}

/* prod (u - a_i) = 0, prod (v - b_j) = 0 with u = x + k*y, v = y + l*x and k*l != 1: all pairs, and no other. */
Test(equations, systems_from_their_solutions)
{
    Env *env = env_new(calculus_tables);
    Rng  r = rng_stream(13, STR("systems"));
    for (int i = 0; i < 40; i++) {
        const Expr *unknown[] = { parse(env, "x"), NULL }, *e[2];
        Pool       *p = env_pool(env);
        Arena      *a = arena_new();
        unknown[1] = expr_symbol(p, STR("y"));
        slong       k = small(&r, 3), l = 2 + (slong)rng_below(&r, 3), m[2];
        const Expr *form[2] = { expr_add(p, unknown[0], expr_mul(p, expr_int(p, k), unknown[1])), expr_add(p, unknown[1], expr_mul(p, expr_int(p, l), unknown[0])) };
        for (int q = 0; q < 2; q++) {
            m[q] = 1 + (slong)rng_below(&r, 3);
            e[q] = expr_int(p, 1);
            for (slong j = 0; j < m[q]; j++)
                e[q] = expr_mul(p, e[q], expr_powi(p, expr_sub(p, form[q], expr_int(p, 3 * j + small(&r, 1))), 1 + (slong)rng_below(&r, 2)));
        }
        Solutions s = expr_solve_system(p, a, e, 2, unknown, 2, 17);
        cr_expect_eq(s.found, YES);
        cr_expect_eq((slong)s.n, m[0] * m[1], "%.*s, %.*s: %zu", STR_ARGS(expr_text(a, p, e[0])), STR_ARGS(expr_text(a, p, e[1])), s.n);
        cr_expect_eq(s.complex, 0);
        for (size_t j = 0; j < s.n; j++)
            for (int q = 0; q < 2; q++)
                cr_expect(expr_is_zero(expr_subst(p, e[q], unknown, s.at + 2 * j, 2)));
        arena_delete(a);
    }
    env_delete(env);
}

/* The answer holds at a random point if and only if the inequality does; outside its domain neither does. */
Test(equations, inequalities_against_points)
{
    static const char *const forms[] = { "(x - %ld)*(x + %ld)*(x - %ld) > 0", "(x - %ld)/(x + %ld) >= %ld", "abs(x - %ld) + abs(2x + %ld) <= 7 + %ld",
                                         "(x^2 - %ld)*(x - %ld)^2 <= 0*%ld", "sqrt(x + %ld) < x - %ld + 0*%ld", "x^3 - %ld*x + %ld < %ld" };
    static const Builtin *const tables[] = { solve_builtins, NULL };
    Env *env = env_new(tables);
    Rng  r = rng_stream(14, STR("inequalities"));
    for (int i = 0; i < 60; i++) {
        Arena *a = arena_new();
        char   text[200];
        snprintf(text, sizeof text, forms[i % 6], (long)rng_below(&r, 5), (long)rng_below(&r, 5), (long)rng_below(&r, 5));
        Value v = run(env, str_printf(a, "solve(%s, x)", text).s);
        cr_expect(v.kind == VALUE_EXPR || v.kind == VALUE_TEXT, "%s", text);
        const Expr *given = parse(env, text), *x = parse(env, "x");
        Pool       *p = env_pool(env);
        for (int k = 0; k < 12; k++) {
            const Expr *at = expr_ratio(p, small(&r, 60), 1 + (slong)rng_below(&r, 7)), *here = expr_subst(p, given, &x, &at, 1);
            bool        holds = here && expr_decide(p, here).answer == YES;
            bool        says = v.kind == VALUE_TEXT ? str_starts(v.text, STR("every")) : v.kind == VALUE_EXPR && expr_decide(p, expr_subst(p, v.expr, &x, &at, 1)).answer == YES;
            pool_clear_error(p);
            cr_expect_eq(holds, says, "%s at %.*s", text, STR_ARGS(expr_text(a, p, at)));
        }
        arena_delete(a);
    }
    env_delete(env);
}

/* Lattice points as zeros of sines in a box, each once. */
Test(equations, zeros_in_a_box)
{
    Env *env = env_new(calculus_tables);
    const Expr *x[] = { parse(env, "x"), parse(env, "y") }, *f[] = { parse(env, "sin(3*x + y)"), parse(env, "sin(x - 2*y)") };
    Pool       *p = env_pool(env);
    Arena      *a = arena_new();
    const Expr *low[] = { expr_int(p, -1), expr_int(p, -1) }, *high[] = { expr_int(p, 2), expr_int(p, 2) };
    BoxZeros    z = expr_box_zeros(p, a, f, x, 2, low, high, 20);
    size_t      count = 0;
    for (int m = -20; m <= 20; m++)
        for (int n = -20; n <= 20; n++) {       /* 3x + y = m*pi, x - 2y = n*pi */
            double u = (2 * m + n) * 3.14159265358979 / 7, v = (m - 3 * n) * 3.14159265358979 / 7;
            count += u > -1 && u < 2 && v > -1 && v < 2;
        }
    cr_expect_eq(z.found, YES);
    cr_expect_eq(z.n, count, "%zu of %zu", z.n, count);
    arena_delete(a);
    env_delete(env);
}
