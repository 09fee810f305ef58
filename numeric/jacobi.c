/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Singular values, and eigenvalues of symmetric matrices, by Jacobi rotations in a number format [Golub, Van Loan: Matrix Computations, 2013,
 * sec. 8.5, 8.6]: slower than methods that reduce the matrix first, but short, and small singular values come out with
 * many digits right. The end of the rotations is decided on doubles. */
#include "numeric/factor_int.h"

#include "base/interrupt.h"

enum { MOST_SWEEPS = 40 };

typedef struct Jacobi {
    const Format *f;
    void         *alpha, *beta, *gamma, *t, *c, *s, *one, *two, *spare;
    double        unit;             /* roundoff */
    double        eps;              /* columns this near to orthogonal stay: what rounding in their products and rotations leaves */
} Jacobi;

static Jacobi jacobi_new(const Format *f, Arena *a, size_t n)
{
    Jacobi j = { .f = f, .alpha = format_lanes(f, a, 1), .beta = format_lanes(f, a, 1), .gamma = format_lanes(f, a, 1), .t = format_lanes(f, a, 1),
                 .c = format_lanes(f, a, 1), .s = format_lanes(f, a, 1), .one = format_lanes(f, a, 1), .two = format_lanes(f, a, 1),
                 .spare = format_lanes(f, a, n), .unit = roundoff(f), .eps = (double)(n + 8) * roundoff(f) };
    format_set_double(f, j.one, 1, NULL);
    format_set_double(f, j.two, 2, NULL);
    return j;
}

/* x, y = c*x - s*y, s*x + c*y */
static void rotate(const Jacobi *j, void *x, void *y, size_t n)
{
    const Format *f = j->f;
    vector_op(f, TAPE_MUL, j->spare, one(j->s), many(x), many(x), n);
    vector_op(f, TAPE_MUL, x, one(j->c), many(x), many(x), n);
    vector_op(f, TAPE_MULSUB, x, one(j->s), many(y), many(x), n);
    vector_op(f, TAPE_MULADD, y, one(j->c), many(y), many(j->spare), n);
}

/* t = the smaller root of t^2 + 2 zeta t = 1, from zeta in t. Where 1 vanishes beside zeta^2, which may overflow, it is 1/(2 zeta). */
static void smaller_root(const Jacobi *j)
{
    const Format *f = j->f;
    bool          negative = number(f, j->t) < 0;
    if (negative)
        scalar(f, TAPE_NEG, j->t, j->t, j->t);
    if (number(f, j->t) * sqrt(j->unit) > 2) {
        format_copy(f, j->s, j->t, 1);
    } else {
        scalar(f, TAPE_MUL, j->s, j->t, j->t);
        scalar(f, TAPE_ADD, j->s, j->s, j->one);
        scalar(f, TAPE_SQRT, j->s, j->s, j->s);
    }
    scalar(f, TAPE_ADD, j->t, j->t, j->s);
    scalar(f, TAPE_DIV, j->t, j->one, j->t);
    if (negative)
        scalar(f, TAPE_NEG, j->t, j->t, j->t);
}

/* c, s and t of the rotation that makes gamma vanish, between diagonal entries alpha and beta. False: its angle is too small for the format. */
static bool angle_of(const Jacobi *j)
{
    const Format *f = j->f;
    scalar(f, TAPE_SUB, j->t, j->beta, j->alpha);
    scalar(f, TAPE_MUL, j->s, j->gamma, j->two);
    scalar(f, TAPE_DIV, j->t, j->t, j->s);                              /* zeta */
    smaller_root(j);
    if (number(f, j->t) == 0)
        return false;
    scalar(f, TAPE_MUL, j->c, j->t, j->t);
    scalar(f, TAPE_ADD, j->c, j->c, j->one);
    scalar(f, TAPE_SQRT, j->c, j->c, j->c);
    scalar(f, TAPE_DIV, j->c, j->one, j->c);
    scalar(f, TAPE_MUL, j->s, j->c, j->t);
    return true;
}

/* ---- singular values ------------------------------------------------------------------------------------------------------------- */

/* The rotation that makes columns x and y orthogonal: false if they are already, or its angle is too small for the format. */
static bool rotation_of(const Jacobi *j, const void *x, const void *y, size_t n)
{
    const Format *f = j->f;
    vector_dot(f, j->alpha, x, x, n);
    vector_dot(f, j->beta, y, y, n);
    vector_dot(f, j->gamma, x, y, n);
    double size = sqrt(number(f, j->alpha)) * sqrt(number(f, j->beta));
    return fabs(number(f, j->gamma)) > j->eps * size && angle_of(j);
}

static bool sweep_until_orthogonal(const Jacobi *j, void *u, void *v, size_t m, size_t n)
{
    const Format *f = j->f;
    for (int sweep = 0; sweep < MOST_SWEEPS && !should_stop(); sweep++) {
        bool rotated = false;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                if (rotation_of(j, format_at(f, u, p * m), format_at(f, u, q * m), m)) {
                    rotate(j, format_at(f, u, p * m), format_at(f, u, q * m), m);
                    rotate(j, format_at(f, v, p * n), format_at(f, v, q * n), n);
                    rotated = true;
                }
        if (!rotated)
            return true;
    }
    return false;
}

/* A unit vector orthogonal to the k columns before: what twice subtracting their parts leaves of a basis vector, the longest. */
static void complete(const Jacobi *j, void *u, size_t m, size_t k)
{
    const Format *f = j->f;
    void         *column = format_at(f, u, k * m);
    for (size_t e = 0; e < m; e++) {
        for (size_t i = 0; i < m; i++)
            format_set_double(f, format_at(f, column, i), i == e, NULL);
        for (size_t l = 0; l < 2 * k; l++) {
            vector_dot(f, j->gamma, format_at(f, u, l % k * m), column, m);
            subtract(f, column, j->gamma, format_at(f, u, l % k * m), m);
        }
        if (vector_norm(f, column, m) * sqrt((double)m) > 0.7)
            break;
    }
    vector_dot(f, j->alpha, column, column, m);
    scalar(f, TAPE_SQRT, j->alpha, j->alpha, j->alpha);
    vector_op(f, TAPE_DIV, column, many(column), one(j->alpha), many(column), m);
}

/* Singular values are the lengths of the columns, put in falling order. */
static void finish(const Jacobi *j, void *u, void *s, void *v, size_t m, size_t n)
{
    const Format *f = j->f;
    for (size_t k = 0; k < n; k++) {
        vector_dot(f, format_at(f, s, k), format_at(f, u, k * m), format_at(f, u, k * m), m);
        scalar(f, TAPE_SQRT, format_at(f, s, k), format_at(f, s, k), format_at(f, s, k));
    }
    for (size_t k = 0; k < n; k++) {
        size_t best = k;
        for (size_t l = k + 1; l < n; l++)
            if (number(f, format_at(f, s, l)) > number(f, format_at(f, s, best)))
                best = l;
        if (best != k) {
            swap_lanes(f, format_at(f, s, k), format_at(f, s, best), j->spare, 1);
            swap_lanes(f, format_at(f, u, k * m), format_at(f, u, best * m), j->spare, m);
            swap_lanes(f, format_at(f, v, k * n), format_at(f, v, best * n), j->spare, n);
        }
        void *column = format_at(f, u, k * m), *length = format_at(f, s, k);
        if (number(f, length) > (double)m * j->unit * number(f, s))
            vector_op(f, TAPE_DIV, column, many(column), one(length), many(column), m);
        else
            complete(j, u, m, k);
    }
}

bool factor_svd(const Format *f, Arena *a, void *u, void *s, void *v, size_t m, size_t n)
{
    Jacobi j = jacobi_new(f, a, m);
    set_identity(f, v, n);
    if (!sweep_until_orthogonal(&j, u, v, m, n))
        return false;
    finish(&j, u, s, v, m, n);
    return vector_not_finite(f, u, m * n) == m * n && vector_not_finite(f, s, n) == n && vector_not_finite(f, v, n * n) == n * n;
}

/* ---- eigenvalues ------------------------------------------------------------------------------------------------------------------ */

/* One rotation of rows and columns p and q of a symmetric matrix, whose entry (p, q) vanishes; false if it is small already. */
static bool rotate_both(const Jacobi *j, void *at, void *v, size_t n, size_t p, size_t q)
{
    const Format *f = j->f;
    void         *rp = format_at(f, at, p * n), *rq = format_at(f, at, q * n);
    double        size = sqrt(fabs(number(f, format_at(f, rp, p)))) * sqrt(fabs(number(f, format_at(f, rq, q))));
    if (!(fabs(number(f, format_at(f, rp, q))) > j->unit * size))
        return false;
    format_copy(f, j->alpha, format_at(f, rp, p), 1);
    format_copy(f, j->beta, format_at(f, rq, q), 1);
    format_copy(f, j->gamma, format_at(f, rp, q), 1);
    if (!angle_of(j))
        return false;
    rotate(j, rp, rq, n);
    scalar(f, TAPE_MUL, j->t, j->t, j->gamma);
    scalar(f, TAPE_SUB, format_at(f, rp, p), j->alpha, j->t);
    scalar(f, TAPE_ADD, format_at(f, rq, q), j->beta, j->t);
    format_set_double(f, format_at(f, rp, q), 0, NULL);
    format_set_double(f, format_at(f, rq, p), 0, NULL);
    for (size_t i = 0; i < n; i++) {
        format_copy(f, format_at(f, at, i * n + p), format_at(f, rp, i), 1);
        format_copy(f, format_at(f, at, i * n + q), format_at(f, rq, i), 1);
    }
    rotate(j, format_at(f, v, p * n), format_at(f, v, q * n), n);
    return true;
}

static bool sweep_until_diagonal(const Jacobi *j, void *at, void *v, size_t n)
{
    for (int sweep = 0; sweep < MOST_SWEEPS && !should_stop(); sweep++) {
        bool rotated = false;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotated = rotate_both(j, at, v, n, p, q) || rotated;
        if (!rotated)
            return true;
    }
    return false;
}

bool factor_eigen(const Format *f, Arena *a, void *at, void *value, void *v, size_t n)
{
    Jacobi j = jacobi_new(f, a, n);
    set_identity(f, v, n);
    if (!sweep_until_diagonal(&j, at, v, n))
        return false;
    for (size_t k = 0; k < n; k++)
        format_copy(f, format_at(f, value, k), format_at(f, at, k * (n + 1)), 1);
    for (size_t k = 0; k < n; k++) {
        size_t least = k;
        for (size_t l = k + 1; l < n; l++)
            if (number(f, format_at(f, value, l)) < number(f, format_at(f, value, least)))
                least = l;
        if (least != k) {
            swap_lanes(f, format_at(f, value, k), format_at(f, value, least), j.spare, 1);
            swap_lanes(f, format_at(f, v, k * n), format_at(f, v, least * n), j.spare, n);
        }
    }
    return vector_not_finite(f, value, n) == n && vector_not_finite(f, v, n * n) == n * n;
}
