/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backward errors of the algorithms on matrices, in seven formats: the product of the factors, taken exactly, is the matrix up to a small
 * multiple of n and the roundoff u. The bounds are those of [Higham: Accuracy and Stability of Numerical Algorithms, 2002, ch. 9, 10,
 * 11, 19] with modest constants. Entries from tiny to huge, dependent rows, zero and empty matrices, NaN. */
#include "numeric/eigen.h"
#include "numeric/factor.h"
#include "numeric/krylov.h"

#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>

#if __FLINT_RELEASE >= 30000
#include <flint/arb_mat.h>
#else
#include <arb_mat.h>
#endif

enum { MOST = 9, BITS = 1000 };

static Arena *arena;

static void setup(void)    { arena = arena_new(); }
static void teardown(void) { arena_delete(arena); }

TestSuite(factor, .init = setup, .fini = teardown, .timeout = 60);

static Format format_number(size_t k)
{
    static const char *const names[] = { "fp64", "fp32", "fp16", "bf16", "tf32" };
    Format f;
    if (k % 7 == 5)
        return format_mpfr(200);
    if (k % 7 == 6)
        cr_assert(format_float(20, -500, 500, &f));
    else
        cr_assert(format_named(str_of(names[k % 7]), &f));
    return f;
}

static double unit(const Format *f) { return ldexp(1, (int)-f->precision); }

typedef struct Matrix { size_t m, n; void *rows, *cols; } Matrix;

static void transpose_lanes(const Format *f, const Matrix *a)
{
    for (size_t i = 0; i < a->m; i++)
        for (size_t j = 0; j < a->n; j++)
            format_copy(f, format_at(f, a->cols, j * a->m + i), format_at(f, a->rows, i * a->n + j), 1);
}

/* Entries with exponents that differ by up to `spread`; the lower rank makes rows repeat. */
static Matrix random_matrix(const Format *f, Rng *r, size_t m, size_t n, int spread, bool symmetric, size_t rank)
{
    Matrix a = { m, n, format_lanes(f, arena, m * n + 1), format_lanes(f, arena, m * n + 1) };
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            void *x = format_at(f, a.rows, i * n + j);
            if (symmetric && j < i)
                format_copy(f, x, format_at(f, a.rows, j * n + i), 1);
            else if (i >= rank && !symmetric)
                format_copy(f, x, format_at(f, a.rows, i % rank * n + j), 1);
            else
                format_set_double(f, x, rng_below(r, 7) ? ldexp(rng_normal(r), spread ? (int)rng_below(r, (uint64_t)(2 * spread + 1)) - spread : 0) : 0, NULL);
        }
    transpose_lanes(f, &a);
    return a;
}

static void exactly(const Format *f, arb_mat_t out, const void *lanes, size_t m, size_t n, bool by_columns)
{
    arb_mat_init(out, (slong)m, (slong)n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            format_get_arb(f, format_at(f, lanes, by_columns ? j * m + i : i * n + j), arb_mat_entry(out, (slong)i, (slong)j));
}

static double norm_of(const arb_mat_t a)
{
    arb_t x;
    arb_init(x);
    arb_mat_frobenius_norm(x, a, BITS);
    double d = arf_get_d(arb_midref(x), ARF_RND_UP);
    arb_clear(x);
    return d;
}

static void sizes(arb_mat_t a)
{
    for (slong i = 0; i < arb_mat_nrows(a); i++)
        for (slong j = 0; j < arb_mat_ncols(a); j++)
            arb_abs(arb_mat_entry(a, i, j), arb_mat_entry(a, i, j));
}

/* |a - b*c|, and |b| |c| with the sizes of the entries in *size. */
static double product_error(const arb_mat_t a, const arb_mat_t b, const arb_mat_t c, double *size)
{
    arb_mat_t p, x, y;
    arb_mat_init(p, arb_mat_nrows(a), arb_mat_ncols(a));
    arb_mat_init(x, arb_mat_nrows(b), arb_mat_ncols(b));
    arb_mat_init(y, arb_mat_nrows(c), arb_mat_ncols(c));
    arb_mat_mul(p, b, c, BITS);
    arb_mat_sub(p, a, p, BITS);
    double error = norm_of(p);
    arb_mat_set(x, b);
    arb_mat_set(y, c);
    sizes(x);
    sizes(y);
    arb_mat_mul(p, x, y, BITS);
    *size = norm_of(p);
    arb_mat_clear(y);
    arb_mat_clear(x);
    arb_mat_clear(p);
    return error;
}

/* |q^T*q - 1| */
static double orthogonality(const arb_mat_t q)
{
    arb_mat_t t, one;
    double    size;
    arb_mat_init(t, arb_mat_ncols(q), arb_mat_nrows(q));
    arb_mat_init(one, arb_mat_ncols(q), arb_mat_ncols(q));
    arb_mat_transpose(t, q);
    arb_mat_one(one);
    double error = product_error(one, t, q, &size);
    arb_mat_clear(one);
    arb_mat_clear(t);
    return error;
}

#define EXPECT_BELOW(value, bound) cr_expect((value) <= (bound), "%s, %zu x %zu: %g > %g", format_name(&f, arena).s, m, n, (double)(value), (double)(bound))

Test(factor, lu)
{
    Rng r = rng_stream(1, STR("factor"));
    for (size_t k = 0; k < 210; k++) {
        Format f = format_number(k);
        size_t m = rng_below(&r, MOST), n = rng_below(&r, MOST), d = m < n ? m : n, row[MOST];
        Matrix a = random_matrix(&f, &r, m, n, k % 3 ? 6 : 0, false, k % 4 ? m : 1 + m / 2);
        arb_mat_t A, L, U;
        double    size;
        exactly(&f, A, a.rows, m, n, false);
        factor_lu(&f, arena, a.rows, m, n, row);
        arb_mat_init(L, (slong)m, (slong)d);
        arb_mat_init(U, (slong)d, (slong)n);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) {
                arb_ptr x = j < i && j < d ? arb_mat_entry(L, (slong)i, (slong)j) : i < d && j >= i ? arb_mat_entry(U, (slong)i, (slong)j) : NULL;
                if (x)
                    format_get_arb(&f, format_at(&f, a.rows, i * n + j), x);
            }
        for (size_t i = 0; i < d; i++)
            arb_one(arb_mat_entry(L, (slong)i, (slong)i));
        arb_mat_t P;
        arb_mat_init(P, (slong)m, (slong)n);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++)
                arb_set(arb_mat_entry(P, (slong)i, (slong)j), arb_mat_entry(A, (slong)row[i], (slong)j));
        double error = product_error(P, L, U, &size);
        EXPECT_BELOW(error, 2 * (double)(d + 1) * unit(&f) * size);
        sizes(L);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < d; j++)
                cr_expect(arf_cmpabs_2exp_si(arb_midref(arb_mat_entry(L, (slong)i, (slong)j)), 0) <= 0, "partial pivoting");
        arb_mat_clear(P);
        arb_mat_clear(U);
        arb_mat_clear(L);
        arb_mat_clear(A);
    }
}

/* Q*R and the orthogonality of Q; the spread stays where squares neither overflow nor vanish. */
Test(factor, qr)
{
    Rng r = rng_stream(2, STR("factor"));
    for (size_t k = 0; k < 210; k++) {
        Format    f = format_number(k);
        size_t    m = 1 + rng_below(&r, MOST - 1), n = 1 + rng_below(&r, MOST - 1), d = m < n ? m : n;
        Matrix    a = random_matrix(&f, &r, m, n, k % 2 ? 3 : 0, false, k % 5 ? m : 1 + m / 2);
        void     *q = format_lanes(&f, arena, m * d), *upper = format_lanes(&f, arena, d * n);
        arb_mat_t A, Q, R;
        double    size;
        exactly(&f, A, a.rows, m, n, false);
        factor_qr(&f, arena, a.cols, q, m, n);
        for (size_t j = 0; j < n; j++)
            format_copy(&f, format_at(&f, upper, j * d), format_at(&f, a.cols, j * m), d);
        exactly(&f, Q, q, m, d, true);
        exactly(&f, R, upper, d, n, true);
        double error = product_error(A, Q, R, &size);
        EXPECT_BELOW(error, 5 * (double)(m + n) * unit(&f) * norm_of(A));
        error = orthogonality(Q);
        EXPECT_BELOW(error, 5 * (double)(m + n) * unit(&f));
        for (size_t i = 0; i < d; i++)
            cr_expect(format_get_double(&f, format_at(&f, upper, i * (d + 1))) >= 0);
        arb_mat_clear(R);
        arb_mat_clear(Q);
        arb_mat_clear(A);
    }
}

/* What = left * diag(value) * right^T, by columns. */
static double spectral_error(const Format *f, const arb_mat_t A, const void *left, const void *value, const void *right, size_t m, size_t n, size_t d)
{
    arb_mat_t U, V, t;
    arb_t     x;
    double    size;
    arb_init(x);
    exactly(f, U, left, m, d, true);
    exactly(f, V, right, n, d, true);
    arb_mat_init(t, (slong)d, (slong)n);
    arb_mat_transpose(t, V);
    for (size_t j = 0; j < d; j++) {
        format_get_arb(f, format_at(f, value, j), x);
        for (size_t i = 0; i < m; i++)
            arb_mul(arb_mat_entry(U, (slong)i, (slong)j), arb_mat_entry(U, (slong)i, (slong)j), x, BITS);
    }
    double error = product_error(A, U, t, &size);
    arb_mat_clear(t);
    arb_mat_clear(V);
    arb_mat_clear(U);
    arb_clear(x);
    return error;
}

static double lanes_orthogonality(const Format *f, const void *q, size_t m, size_t n)
{
    arb_mat_t Q;
    exactly(f, Q, q, m, n, true);
    double error = orthogonality(Q);
    arb_mat_clear(Q);
    return error;
}

Test(factor, svd)
{
    Rng r = rng_stream(3, STR("factor"));
    for (size_t k = 0; k < 140; k++) {
        Format    f = format_number(k);
        size_t    n = 1 + rng_below(&r, 6), m = n + rng_below(&r, 3);
        Matrix    a = random_matrix(&f, &r, m, n, k % 2 ? 3 : 0, false, k % 5 ? m : 1 + m / 2);
        void     *s = format_lanes(&f, arena, n), *v = format_lanes(&f, arena, n * n);
        arb_mat_t A;
        exactly(&f, A, a.rows, m, n, false);
        cr_assert(factor_svd(&f, arena, a.cols, s, v, m, n));
        double error = spectral_error(&f, A, a.cols, s, v, m, n, n);
        EXPECT_BELOW(error, 20 * (double)(m + n) * unit(&f) * norm_of(A));
        error = lanes_orthogonality(&f, a.cols, m, n);
        EXPECT_BELOW(error, 20 * (double)(m + n) * unit(&f));
        error = lanes_orthogonality(&f, v, n, n);
        EXPECT_BELOW(error, 20 * (double)(m + n) * unit(&f));
        for (size_t i = 0; i + 1 < n; i++)
            cr_expect(format_get_double(&f, format_at(&f, s, i)) >= format_get_double(&f, format_at(&f, s, i + 1)));
        arb_mat_clear(A);
    }
}

Test(factor, eigen)
{
    Rng r = rng_stream(4, STR("factor"));
    for (size_t k = 0; k < 140; k++) {
        Format    f = format_number(k);
        size_t    n = rng_below(&r, MOST), m = n;
        Matrix    a = random_matrix(&f, &r, n, n, k % 2 ? 3 : 0, true, n);
        void     *value = format_lanes(&f, arena, n + 1), *v = format_lanes(&f, arena, n * n + 1);
        arb_mat_t A;
        exactly(&f, A, a.rows, n, n, false);
        cr_assert(factor_eigen(&f, arena, a.rows, value, v, n));
        double error = spectral_error(&f, A, v, value, v, n, n, n);
        EXPECT_BELOW(error, 20 * (double)n * unit(&f) * norm_of(A));
        error = lanes_orthogonality(&f, v, n, n);
        EXPECT_BELOW(error, 20 * (double)n * unit(&f));
        for (size_t i = 0; i + 1 < n; i++)
            cr_expect(format_get_double(&f, format_at(&f, value, i)) <= format_get_double(&f, format_at(&f, value, i + 1)));
        arb_mat_clear(A);
    }
}

Test(factor, ldl)
{
    Rng r = rng_stream(5, STR("factor"));
    for (size_t k = 0; k < 210; k++) {
        Format    f = format_number(k);
        size_t    n = rng_below(&r, MOST), m = n, row[MOST];
        bool      pair[MOST];
        Matrix    a = random_matrix(&f, &r, n, n, k % 3 ? 5 : 0, true, n);
        arb_mat_t A, P, L, D, t;
        double    size;
        exactly(&f, A, a.rows, n, n, false);
        factor_ldl(&f, arena, a.rows, n, row, pair);
        arb_mat_init(P, (slong)n, (slong)n);
        arb_mat_init(L, (slong)n, (slong)n);
        arb_mat_init(D, (slong)n, (slong)n);
        arb_mat_init(t, (slong)n, (slong)n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                bool block = i == j || (i == j + 1 && pair[j]) || (j == i + 1 && pair[i]);
                const void *x = format_at(&f, a.rows, (i > j ? i : j) * n + (i > j ? j : i));
                arb_set(arb_mat_entry(P, (slong)i, (slong)j), arb_mat_entry(A, (slong)row[i], (slong)row[j]));
                if (block)
                    format_get_arb(&f, x, arb_mat_entry(D, (slong)i, (slong)j));
                else if (j < i)
                    format_get_arb(&f, x, arb_mat_entry(L, (slong)i, (slong)j));
                if (i == j)
                    arb_one(arb_mat_entry(L, (slong)i, (slong)j));
            }
        arb_mat_transpose(t, L);
        arb_mat_mul(D, D, t, BITS);
        double error = product_error(P, L, D, &size);
        EXPECT_BELOW(error, 20 * (double)(n + 1) * unit(&f) * (size + norm_of(A)));
        arb_mat_clear(t);
        arb_mat_clear(D);
        arb_mat_clear(L);
        arb_mat_clear(P);
        arb_mat_clear(A);
    }
}

/* A = B^T*B + c, rounded. */
Test(factor, cholesky)
{
    Rng r = rng_stream(6, STR("factor"));
    for (size_t k = 0; k < 140; k++) {
        Format    f = format_number(k);
        size_t    n = rng_below(&r, MOST), m = n;
        Matrix    b = random_matrix(&f, &r, n, n, 1, false, n);
        void     *a = format_lanes(&f, arena, n * n + 1);
        arb_mat_t A, L, t;
        double    size;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++) {
                vector_dot(&f, format_at(&f, a, i * n + j), format_at(&f, b.cols, i * n), format_at(&f, b.cols, j * n), n);
                if (i == j)
                    format_set_double(&f, format_at(&f, a, i * n + j), 1 + 1.1 * format_get_double(&f, format_at(&f, a, i * n + j)), NULL);
                format_copy(&f, format_at(&f, a, j * n + i), format_at(&f, a, i * n + j), 1);
            }
        exactly(&f, A, a, n, n, false);
        cr_assert_eq(factor_cholesky(&f, arena, a, n), n);
        exactly(&f, L, a, n, n, false);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                arb_zero(arb_mat_entry(L, (slong)i, (slong)j));
        arb_mat_init(t, (slong)n, (slong)n);
        arb_mat_transpose(t, L);
        double error = product_error(A, L, t, &size);
        EXPECT_BELOW(error, 2 * (double)(n + 2) * unit(&f) * size);
        arb_mat_clear(t);
        arb_mat_clear(L);
        arb_mat_clear(A);
    }
}

/* Solutions by LU and by QR have a small residual: |b - A*x| <= c*n*u*(|L| |U| or |A|) |x|. */
Test(factor, solutions)
{
    Rng r = rng_stream(7, STR("factor"));
    for (size_t k = 0; k < 210; k++) {
        Format    f = format_number(k);
        size_t    n = 1 + rng_below(&r, MOST - 1), m = n, row[MOST];
        Matrix    a = random_matrix(&f, &r, n, n, 0, false, n), b = random_matrix(&f, &r, n, 1, 0, false, n);
        void     *x = format_lanes(&f, arena, n), *q = format_lanes(&f, arena, n * n);
        arb_mat_t A, B, X;
        double    size;
        for (size_t i = 0; i < n; i++)                        /* no zero on the diagonal: rarely singular */
            format_set_double(&f, format_at(&f, a.rows, i * (n + 1)), 1 + (double)rng_below(&r, 3), NULL);
        transpose_lanes(&f, &a);
        exactly(&f, A, a.rows, n, n, false);
        exactly(&f, B, b.rows, n, 1, false);
        factor_lu(&f, arena, a.rows, n, n, row);
        factor_qr(&f, arena, a.cols, q, n, n);
        for (int way = 0; way < 2; way++) {
            bool fine = way ? factor_solve_qr(&f, q, a.cols, b.rows, x, n, n) : factor_solve_lu(&f, a.rows, row, b.rows, x, n);
            if (!fine || vector_not_finite(&f, x, n) < n)
                continue;
            exactly(&f, X, x, n, 1, true);
            double error = product_error(B, A, X, &size);
            EXPECT_BELOW(error, 12 * (double)(n + 1) * unit(&f) * (norm_of(A) * norm_of(X) + norm_of(B)));
            arb_mat_clear(X);
        }
        arb_mat_clear(B);
        arb_mat_clear(A);
    }
}

Test(factor, not_finite)
{
    for (size_t k = 0; k < 7; k++) {
        Format f = format_number(k);
        size_t n = 3, row[3];
        bool   pair[3];
        Rng    r = rng_stream(8, STR("factor"));
        Matrix a = random_matrix(&f, &r, n, n, 0, true, n), b = random_matrix(&f, &r, n, n, 0, true, n);
        void  *s = format_lanes(&f, arena, n), *v = format_lanes(&f, arena, n * n), *q = format_lanes(&f, arena, n * n);
        format_set_class(&f, format_at(&f, a.rows, 4), FLOAT_NAN);
        format_set_class(&f, format_at(&f, b.rows, 4), FLOAT_INFINITE);
        transpose_lanes(&f, &a);
        cr_expect_not(factor_svd(&f, arena, a.cols, s, v, n, n));
        transpose_lanes(&f, &a);
        factor_qr(&f, arena, a.cols, q, n, n);
        cr_expect(vector_not_finite(&f, q, n * n) < n * n);
        transpose_lanes(&f, &a);
        cr_expect(factor_cholesky(&f, arena, a.cols, n) < n);
        transpose_lanes(&f, &a);
        factor_ldl(&f, arena, a.cols, n, row, pair);
        transpose_lanes(&f, &a);
        factor_lu(&f, arena, a.cols, n, n, row);
        cr_expect(vector_not_finite(&f, a.cols, n * n) < n * n);
        cr_expect_not(factor_eigen(&f, arena, a.rows, s, v, n));
    }
}

/* Conjugate gradients end with the solution after n steps where there is precision to spare; Lanczos keeps A*Q = Q*T but for the last
 * column; power iteration ends at an eigenvector. */
Test(factor, krylov)
{
    Rng r = rng_stream(9, STR("factor"));
    for (size_t k = 0; k < 40; k++) {
        Format    f = k % 2 ? format_mpfr(400) : format_number(0);
        size_t    n = 2 + rng_below(&r, 6), m = n;
        double    u = k % 2 ? 1e-40 : 1e-13;
        Matrix    b = random_matrix(&f, &r, n, n, 0, false, n), right = random_matrix(&f, &r, n, 1, 0, false, n);
        void     *a = format_lanes(&f, arena, n * n), *x = format_lanes(&f, arena, n), *q = format_lanes(&f, arena, n * n), *alpha = format_lanes(&f, arena, n), *beta = format_lanes(&f, arena, n);
        KrylovTrace trace = { .residual = arena_array(arena, double, 2001), .value = format_lanes(&f, arena, 2001) };
        arb_mat_t A, B, X, Q, T;
        double    size;
        for (size_t i = 0; i < n * n; i++) {
            vector_dot(&f, format_at(&f, a, i), format_at(&f, b.cols, i / n * n), format_at(&f, b.cols, i % n * n), n);
            if (i % (n + 1) == 0)
                format_set_double(&f, format_at(&f, a, i), 1 + format_get_double(&f, format_at(&f, a, i)), NULL);
        }
        exactly(&f, A, a, n, n, false);
        exactly(&f, B, right.rows, n, 1, false);
        KrylovEnd end = krylov_cg(&f, arena, a, right.rows, x, n, 3 * n, u / 100, &trace);
        exactly(&f, X, x, n, 1, false);
        cr_expect_eq(end, KRYLOV_CONVERGED);
        cr_expect(k % 2 == 0 || trace.n <= n + 1);
        double error = product_error(B, A, X, &size);
        EXPECT_BELOW(error, 10 * u * (size + norm_of(B)));
        format_set_double(&f, q, 1, NULL);
        size_t made = krylov_lanczos(&f, arena, a, q, alpha, beta, n, n, true);
        exactly(&f, Q, q, n, made, true);
        arb_mat_init(T, (slong)made, (slong)made);
        for (size_t i = 0; i < made; i++) {
            format_get_arb(&f, format_at(&f, alpha, i), arb_mat_entry(T, (slong)i, (slong)i));
            if (i + 1 < made) {
                format_get_arb(&f, format_at(&f, beta, i), arb_mat_entry(T, (slong)i, (slong)i + 1));
                arb_set(arb_mat_entry(T, (slong)i + 1, (slong)i), arb_mat_entry(T, (slong)i, (slong)i + 1));
            }
        }
        arb_mat_t AQ;
        arb_mat_init(AQ, (slong)n, (slong)made);
        arb_mat_mul(AQ, A, Q, BITS);
        error = product_error(AQ, Q, T, &size);
        EXPECT_BELOW(error, 100 * u * norm_of(A));
        EXPECT_BELOW(orthogonality(Q), 100 * u);
        format_set_double(&f, x, 1, NULL);
        end = krylov_power(&f, arena, a, x, n, 2000, 1e-6, &trace);
        cr_expect_eq(end, KRYLOV_CONVERGED);
        cr_expect(trace.residual[trace.n - 1] <= 1e-6 * format_get_double(&f, format_at(&f, trace.value, trace.n - 1)));
        arb_mat_clear(AQ);
        arb_mat_clear(T);
        arb_mat_clear(Q);
        arb_mat_clear(X);
        arb_mat_clear(B);
        arb_mat_clear(A);
    }
}

/* A v = lambda v with orthonormal v, for both ways (small and larger sides), equal eigenvalues and diagonal matrices among them. */
Test(factor, symmetric_matrices_have_orthonormal_eigenvectors)
{
    Rng random = rng_stream(5, STR("eigen"));
    for (size_t n = 1; n <= 40; n += 3)
        for (int kind = 0; kind < 4; kind++) {
            double *a = arena_array(arena, double, n * n), *b = arena_array(arena, double, n * n), *v = arena_array(arena, double, n * n);
            double *value = arena_array(arena, double, n), *alone = arena_array(arena, double, n), size = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j <= i; j++) {
                    double x = kind == 0 ? rng_normal(&random) : kind == 1 ? 1.0 / (double)(1 + i + j) : kind == 2 ? (i == j ? 3 : 1) : i == j ? (double)i - 2 : 0;
                    a[i * n + j] = a[j * n + i] = b[i * n + j] = b[j * n + i] = x;
                    size = fmax(size, fabs(x));
                }
            eigen_decompose(a, n, value, v);
            for (size_t k = 0; k < n; k++)
                for (size_t i = 0; i < n; i++) {
                    double product = 0, dot = 0;
                    for (size_t j = 0; j < n; j++) {
                        product += b[i * n + j] * v[k * n + j];
                        dot += v[k * n + j] * v[i * n + j];
                    }
                    cr_expect(fabs(product - value[k] * v[k * n + i]) <= 1e-14 * size * (double)n, "kind %d, n = %zu", kind, n);
                    cr_expect(fabs(dot - (i == k)) <= 1e-14 * (double)n, "kind %d, n = %zu", kind, n);
                }
            eigen_symmetric(b, n, alone);
            for (size_t k = 0; k < n; k++)
                cr_expect(fabs(alone[k] - value[k]) <= 1e-14 * size * (double)n, "kind %d, n = %zu", kind, n);
        }
}
