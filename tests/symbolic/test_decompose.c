/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Laws of factorizations of random matrices: exact products are the matrix, exact columns are orthonormal; in a format the error is a
 * small multiple of its unit roundoff, and singular values agree with the certified ones. */
#include "tests/symbolic/random_matrix.h"

Test(decompose, exact)
{
    Rng r = rng_stream(1, STR("decompose"));
    for (int k = 0; k < 25; k++) {
        Env   *env = env_new(builtin_tables);
        size_t m = 2 + rng_below(&r, 4), n = 2 + rng_below(&r, 3);
        assign_random(env, &r, "A", m, n, false);
        expect_true(env, "r = lu(A)\nr.P*A == r.L*r.U");
        expect_true(env, "r = qr(A)\nsimplify(r.Q*r.R) == A");
        expect_true(env, "r = qr(A)\nt = simplify(r.Q^T*r.Q)\nt == identity(rank(A))");
        if (m >= n && text_is(env, "definite(A^T*A).kind", "positive definite"))
            expect_true(env, "B = A^T*A\nL = cholesky(B).L\nsimplify(L*L^T) == B");
        env_delete(env);
    }
}

/* Dependent columns: a product of thin matrices. */
Test(decompose, deficient)
{
    Rng r = rng_stream(2, STR("decompose"));
    for (int k = 0; k < 15; k++) {
        Env *env = env_new(builtin_tables);
        assign_random(env, &r, "L", 4, 2, false);
        assign_random(env, &r, "R", 2, 3, false);
        cr_assert_eq(run(env, "A = L*R").kind, VALUE_EXPR);
        expect_true(env, "r = lu(A)\nr.P*A == r.L*r.U");
        expect_true(env, "r = qr(A)\nsimplify(r.Q*r.R) == A");
        expect_true(env, "r = svd(A)\nr.error < 1e-14 and r.orthogonality < 1e-14 and r.orthogonality_V < 1e-14");
        env_delete(env);
    }
}

static const struct { const char *format; double unit; } formats[] = {
    { "fp64", 1.2e-16 }, { "fp32", 6e-8 }, { "bf16", 4e-3 }, { "fp16", 5e-4 }, { "200 bits", 1e-60 }, { "float(20, -500, 500)", 1e-6 },
};

Test(decompose, formats)
{
    static const char *const command[] = { "lu", "qr", "svd" };
    Rng    r = rng_stream(3, STR("decompose"));
    Arena *a = arena_new();
    for (size_t k = 0; k < 60; k++) {
        Env        *env = env_new(builtin_tables);
        size_t      m = 2 + rng_below(&r, 6), n = 2 + rng_below(&r, 6), f = k % (sizeof formats / sizeof *formats), last = k % 3;
        const char *text;
        assign_random(env, &r, "A", m, n, false);
        text = str_printf(a, "r = %s(A, format: %s)\nr.error < %g", command[last], formats[f].format, 100 * formats[f].unit).s;
        expect_true(env, text);
        if (last) {
            text = str_printf(a, "r.orthogonality < %g", 100 * formats[f].unit).s;
            expect_true(env, text);
        }
        env_delete(env);
    }
    arena_delete(a);
}

Test(decompose, singular_values)
{
    Rng r = rng_stream(4, STR("decompose"));
    for (int k = 0; k < 20; k++) {
        Env   *env = env_new(builtin_tables);
        size_t m = 2 + rng_below(&r, 5), n = 2 + rng_below(&r, 5);
        assign_random(env, &r, "A", m, n, false);
        expect_true(env, "d = svd(A).S - singular_values(A)\nd^T*d < 1e-24");
        env_delete(env);
    }
}

Test(decompose, cholesky_in_formats)
{
    Rng    r = rng_stream(5, STR("decompose"));
    Arena *a = arena_new();
    for (size_t k = 0; k < 24; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 2 + rng_below(&r, 5), f = k % (sizeof formats / sizeof *formats);
        assign_random(env, &r, "L", n, n, false);
        cr_assert_eq(run(env, str_printf(a, "A = L*L^T + 40*identity(%zu)", n).s).kind, VALUE_EXPR);
        expect_true(env, str_printf(a, "cholesky(A, format: %s).error < %g", formats[f].format, 100 * formats[f].unit).s);
        env_delete(env);
    }
    arena_delete(a);
}

Test(decompose, ldl)
{
    Rng    r = rng_stream(6, STR("decompose"));
    Arena *a = arena_new();
    for (size_t k = 0; k < 36; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 1 + rng_below(&r, 6), f = k % (sizeof formats / sizeof *formats);
        assign_random(env, &r, "A", n, n, true);
        if (k % 4 == 0 && n > 1)
            expect_true(env, str_printf(a, "for j in 1..%zu { A[j,j] = 0 }\ntrace(A) == 0", n).s);
        expect_true(env, "r = ldl(A)\nr.P*A*r.P^T == r.L*r.D*r.L^T");
        expect_true(env, str_printf(a, "ldl(A, format: %s).error < %g", formats[f].format, 100 * formats[f].unit).s);
        expect_true(env, str_printf(a, "eigenvalues(A, format: %s).error < %g", formats[f].format, 100 * formats[f].unit).s);
        expect_true(env, "d = eigenvalues(A, format: fp64).values - eigenvalues(A)\nd^T*d < 1e-24");
        env_delete(env);
    }
    arena_delete(a);
}

/* The four conditions of Penrose, for matrices of any rank. */
Test(decompose, pseudoinverse)
{
    Rng r = rng_stream(7, STR("decompose"));
    for (size_t k = 0; k < 30; k++) {
        Env   *env = env_new(builtin_tables);
        size_t m = 2 + rng_below(&r, 3), n = 2 + rng_below(&r, 3), rank = 1 + rng_below(&r, 2);
        assign_random(env, &r, "L", m, rank, false);
        assign_random(env, &r, "R", rank, n, false);
        assign_random(env, &r, "b", m, 1, false);
        run(env, k % 2 ? "A = L*R" : "A = L*L^T");
        expect_true(env, "X = pinv(A)\nA*X*A == A and X*A*X == X and is_symmetric(A*X) and is_symmetric(X*A)");
        expect_true(env, "x = lstsq(A, b)\ny = pinv(A)*b\nx - y == 0*y");
        expect_true(env, "x = lstsq(A, b)\nz = lstsq(A, b, format: fp64)\nd = x - z\nd^T*d < 1e-20*(1 + x^T*x)");
        env_delete(env);
    }
}

/* Backward errors of solutions are small in every format, whatever the condition; exact conjugate gradients agree with elimination. */
Test(decompose, solutions)
{
    Rng    r = rng_stream(8, STR("decompose"));
    Arena *a = arena_new();
    for (size_t k = 0; k < 36; k++) {
        Env   *env = env_new(builtin_tables);
        size_t n = 2 + rng_below(&r, 5), f = k % (sizeof formats / sizeof *formats);
        assign_random(env, &r, "A", n, n, false);
        assign_random(env, &r, "b", n, 1, false);
        if (text_is(env, "det(A) == 0", "true")) {
            env_delete(env);
            continue;
        }
        expect_true(env, "S = A^T*A\nx = cg(S, b)\ny = linear_solve(S, b)\nx - y == 0*y");
        expect_true(env, "d = det(A)\nabs(det(A, format: fp64) - d) < 1e-11*(1 + abs(d))");
        expect_true(env, "cond(A, 1) >= 1 and cond(A, oo) >= 1 and norm(A, 1) == norm(A^T, oo)");
        Value v = run(env, str_printf(a, "linear_solve(A, b, format: %s).backward_error < %g", formats[f].format, 50 * formats[f].unit).s);
        cr_expect(v.kind == VALUE_FAILED || str_is(env_value_text(env, v, false), "true"));      /* a pivot may be 0 in bf16 */
        env_delete(env);
    }
    arena_delete(a);
}
