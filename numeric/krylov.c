/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Krylov methods as in textbooks [Hestenes, Stiefel 1952; Golub, Van Loan: Matrix Computations, 2013, sec. 7.3, 10.1, 11.3]. What
 * rounding does to them (residuals that no longer fall, columns that lose their orthogonality) is left to be seen. */
#include "numeric/krylov.h"

#include "numeric/factor_int.h"

#include "base/interrupt.h"

void krylov_multiply(const Format *f, const void *at, const void *x, void *y, size_t m, size_t n)
{
    for (size_t i = 0; i < m; i++)
        vector_dot(f, format_at(f, y, i), format_at(f, at, i * n), x, n);
}

static void add(const Format *f, void *y, const void *s, const void *x, size_t n)
{
    vector_op(f, TAPE_MULADD, y, one(s), many(x), many(y), n);
}

KrylovEnd krylov_cg(const Format *f, Arena *a, const void *at, const void *b, void *x, size_t n, size_t steps, double tolerance, KrylovTrace *out)
{
    void  *r = format_lanes(f, a, n), *p = format_lanes(f, a, n), *q = format_lanes(f, a, n);
    void  *rr = format_lanes(f, a, 1), *old = format_lanes(f, a, 1), *step = format_lanes(f, a, 1), *unit = format_lanes(f, a, 1);
    double size = vector_norm(f, b, n);
    format_set_double(f, unit, 1, NULL);
    krylov_multiply(f, at, x, q, n, n);
    format_copy(f, r, b, n);
    subtract(f, r, unit, q, n);
    format_copy(f, p, r, n);
    vector_dot(f, rr, r, r, n);
    for (out->n = 0;; ) {
        double length = out->residual[out->n++] = vector_norm(f, r, n);
        if (!isfinite(length))
            return KRYLOV_NOT_FINITE;
        if (length <= tolerance * size)
            return KRYLOV_CONVERGED;
        if (out->n > steps || should_stop())
            return out->n > steps ? KRYLOV_STEPS : KRYLOV_STOPPED;
        krylov_multiply(f, at, p, q, n, n);
        vector_dot(f, step, p, q, n);
        if (!(number(f, step) > 0) || !(number(f, rr) > 0))
            return isnan(number(f, step)) ? KRYLOV_NOT_FINITE : KRYLOV_NOT_POSITIVE;
        scalar(f, TAPE_DIV, step, rr, step);
        add(f, x, step, p, n);
        subtract(f, r, step, q, n);
        format_copy(f, old, rr, 1);
        vector_dot(f, rr, r, r, n);
        scalar(f, TAPE_DIV, step, rr, old);
        vector_op(f, TAPE_MULADD, p, one(step), many(p), many(r), n);
    }
}

/* x = x/|x|; false if it is 0 or not finite. */
static bool normalize(const Format *f, void *x, void *s, size_t n)
{
    vector_dot(f, s, x, x, n);
    scalar(f, TAPE_SQRT, s, s, s);
    if (!(number(f, s) > 0) || !isfinite(number(f, s)))
        return false;
    vector_op(f, TAPE_DIV, x, many(x), one(s), many(x), n);
    return true;
}

size_t krylov_lanczos(const Format *f, Arena *a, const void *at, void *q, void *alpha, void *beta, size_t n, size_t k, bool again)
{
    void  *w = format_lanes(f, a, n), *s = format_lanes(f, a, 1);
    double largest = 0;
    for (size_t j = 0; j < k; j++) {
        void *column = format_at(f, q, j * n), *diagonal = format_at(f, alpha, j);
        krylov_multiply(f, at, column, w, n, n);
        largest = fmax(largest, vector_norm(f, w, n));
        vector_dot(f, diagonal, column, w, n);
        subtract(f, w, diagonal, column, n);
        if (j)
            subtract(f, w, format_at(f, beta, j - 1), format_at(f, q, (j - 1) * n), n);
        for (size_t l = 0; again && l < 2 * (j + 1); l++) {
            void *other = format_at(f, q, l % (j + 1) * n);
            vector_dot(f, s, other, w, n);
            subtract(f, w, s, other, n);
        }
        double length = vector_norm(f, w, n);
        if (j + 1 == k || should_stop() || !(length > (double)n * roundoff(f) * largest) || !normalize(f, w, format_at(f, beta, j), n))
            return j + 1;
        format_copy(f, format_at(f, q, (j + 1) * n), w, n);
    }
    return k;
}

KrylovEnd krylov_power(const Format *f, Arena *a, const void *at, void *x, size_t n, size_t steps, double tolerance, KrylovTrace *out)
{
    void *y = format_lanes(f, a, n), *d = format_lanes(f, a, n), *s = format_lanes(f, a, 1);
    if (!normalize(f, x, s, n))
        return KRYLOV_NOT_FINITE;
    for (out->n = 0;; out->n++) {
        void *value = format_at(f, out->value, out->n);
        krylov_multiply(f, at, x, y, n, n);
        vector_dot(f, value, x, y, n);
        format_copy(f, d, y, n);
        subtract(f, d, value, x, n);
        double length = out->residual[out->n] = vector_norm(f, d, n);
        bool   done = length <= tolerance * fabs(number(f, value));
        if (done || !isfinite(length) || out->n == steps || should_stop()) {
            out->n++;
            return done ? KRYLOV_CONVERGED : !isfinite(length) ? KRYLOV_NOT_FINITE : out->n > steps ? KRYLOV_STEPS : KRYLOV_STOPPED;
        }
        format_copy(f, x, y, n);
        if (!normalize(f, x, s, n)) {
            out->n++;
            return KRYLOV_NOT_FINITE;
        }
    }
}
