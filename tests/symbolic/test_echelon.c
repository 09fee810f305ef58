/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of elimination on random matrices: rank and nullity, solutions of systems that have one, the form of the echelon, and the
 * same with entries that are no rational numbers. */
#include "tests/symbolic/random_matrix.h"

static const char *const laws[] = {
    "rank(A) == rank(A^T)",
    "rank(A) == rank(rref(A))",
    "rref(rref(A)) == rref(A)",
    "rank(A^T*A) == rank(A)",
    "x = linear_solve(A, A*u)\nA*x == A*u",
    "B = A - A\nnull_space(B) == identity(length(u))",
};

Test(echelon, rational)
{
    Rng r = rng_stream(1, STR("echelon"));
    for (int k = 0; k < 40; k++) {
        Env   *env = env_new(builtin_tables);
        size_t m = 2 + rng_below(&r, 6), n = 2 + rng_below(&r, 5), inner = 1 + rng_below(&r, 4);
        assign_random(env, &r, "L", m, inner, false);
        assign_random(env, &r, "R", inner, n, false);
        assign_random(env, &r, "u", n, 1, false);
        cr_assert_eq(run(env, "A = L*R").kind, VALUE_EXPR);
        for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
            expect_true(env, laws[i]);
        if (!text_is(env, "null_space(A)", "only the zero vector"))
            expect_true(env, "rank(null_space(A)) + rank(A) == length(u)");
        env_delete(env);
    }
}

/* Scaling rows by sqrt(2), columns by pi changes no rank. */
Test(echelon, constants)
{
    Rng r = rng_stream(2, STR("echelon"));
    for (int k = 0; k < 12; k++) {
        Env *env = env_new(builtin_tables);
        assign_random(env, &r, "L", 3, 2, false);
        assign_random(env, &r, "R", 2, 3, false);
        run(env, "A = L*R\nB = diag([1, sqrt(2), 3])*A*diag([pi, 1, 1])");
        expect_true(env, "rank(B) == rank(A)");
        expect_true(env, "x = linear_solve(B, B*[1, 2, 3])\nsimplify(B*x - B*[1, 2, 3]) == zeros(3)");
        env_delete(env);
    }
}
