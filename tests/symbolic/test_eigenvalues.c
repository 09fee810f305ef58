/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of eigenvalues and eigenvectors of random matrices: the characteristic polynomial of A is zero at A, trace and determinant are
 * sum and product of the eigenvalues, A*P is P*D, and the inertia of B^T*D*B is that of D. */
#include "tests/symbolic/random_matrix.h"

Test(eigenvalues, sum_and_product)
{
    Rng r = rng_stream(1, STR("eigenvalues"));
    for (int k = 0; k < 60; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 1 + rng_below(&r, 9);
        assign_random(env, &r, "A", n, n, k % 2);
        expect_true(env, "s = sum(eigenvalues(A))\nabs(N(s - trace(A))) < 1e-10*(1 + abs(trace(A)))");
        expect_true(env, "v = eigenvalues(A)\nd = det(A)\nq = 1\nfor k in 1..length(v) { q = q*N(v[k]) }\nabs(N(q) - d) < 1e-9*(1 + abs(d))");
        env_delete(env);
    }
}

Test(eigenvalues, cayley_hamilton)
{
    Rng r = rng_stream(2, STR("eigenvalues"));
    for (int k = 0; k < 20; k++) {
        Env *env = env_new(builtin_tables);
        assign_random(env, &r, "A", 3, 3, false);
        expect_true(env, "f = charpoly(A, x)\nB = A^3 + (f at x = 0)*identity(3) + (diff(f, x) at x = 0)*A + (diff(f, x, 2) at x = 0)/2*A^2\nB == zeros(3, 3)");
        env_delete(env);
    }
}

/* Exact vectors: matrices P*D*P^-1 with few distinct eigenvalues, some of them double. */
Test(eigenvalues, vectors_diagonalize)
{
    Rng r = rng_stream(3, STR("eigenvalues"));
    int exact = 0;
    for (int k = 0; k < 30; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 2 + rng_below(&r, 3);
        assign_random(env, &r, "Q", n, n, false);
        assign_random(env, &r, "u", n, 1, false);
        if (run(env, "A = Q*diag(u)*Q^-1").kind == VALUE_EXPR) {
            expect_true(env, "r = eigenvectors(A)\nA*r.P == r.P*r.D");
            exact++;
        }
        env_delete(env);
    }
    cr_expect(exact >= 20, "%d", exact);
}

Test(eigenvalues, vectors_of_symmetric_matrices_are_orthogonal)
{
    Rng r = rng_stream(4, STR("eigenvalues"));
    for (int k = 0; k < 20; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 2 + rng_below(&r, 7);
        assign_random(env, &r, "A", n, n, true);
        expect_true(env, "P = eigenvectors(A).P\nB = P^T*P\nC = B - diag(diag(B))\ntrace(C^T*C) < 1e-20");
        env_delete(env);
    }
}

Test(eigenvalues, inertia)
{
    Rng r = rng_stream(5, STR("eigenvalues"));
    for (int k = 0; k < 40; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 2 + rng_below(&r, 6);
        assign_random(env, &r, "B", n, n, false);
        assign_random(env, &r, "u", n, 1, false);
        if (run(env, "det(B)").kind == VALUE_EXPR && !text_is(env, "det(B) == 0", "true"))
            expect_true(env, "a = definite(B^T*diag(u)*B)\nb = definite(diag(u))\na.positive == b.positive and a.zero == b.zero and a.negative == b.negative");
        env_delete(env);
    }
}
