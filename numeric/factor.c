/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations in a number format [Golub, Van Loan: Matrix Computations, 2013, sec. 3.4, 4.2, 5.2, 8.6]. Where a decision is
 * taken (the largest pivot, a sign, the end of the rotations) lanes are looked at as doubles. */
#include "numeric/factor.h"

#include "base/interrupt.h"

#include <math.h>

enum { MOST_SWEEPS = 40 };

static Operand one(const void *x)  { return (Operand){ x, true }; }
static Operand many(const void *x) { return (Operand){ x, false }; }

static double number(const Format *f, const void *lane) { return format_get_double(f, lane); }

/* d = op(u, v) for single lanes. */
static void scalar(const Format *f, TapeOp op, void *d, const void *u, const void *v) { vector_op(f, op, d, one(u), one(v), one(u), 1); }

/* y = y - s*x */
static void subtract(const Format *f, void *y, const void *s, const void *x, size_t n)
{
    if (n)
        vector_op(f, TAPE_MULSUB, y, one(s), many(x), many(y), n);
}

static void swap_lanes(const Format *f, void *u, void *v, void *spare, size_t n)
{
    format_copy(f, spare, u, n);
    format_copy(f, u, v, n);
    format_copy(f, v, spare, n);
}

/* ---- LU, Cholesky ------------------------------------------------------------------------------------------------------------ */

void factor_lu(const Format *f, Arena *a, void *at, size_t m, size_t n, size_t *row)
{
    void *spare = format_lanes(f, a, n);
    for (size_t i = 0; i < m; i++)
        row[i] = i;
    for (size_t k = 0; k < m && k < n; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < m; i++)
            if (fabs(number(f, format_at(f, at, i * n + k))) > fabs(number(f, format_at(f, at, best * n + k))))
                best = i;
        if (number(f, format_at(f, at, best * n + k)) == 0)
            continue;
        if (best != k) {
            size_t r = row[k];
            row[k] = row[best];
            row[best] = r;
            swap_lanes(f, format_at(f, at, k * n), format_at(f, at, best * n), spare, n);
        }
        for (size_t i = k + 1; i < m; i++) {
            void *l = format_at(f, at, i * n + k);
            scalar(f, TAPE_DIV, l, l, format_at(f, at, k * n + k));
            subtract(f, format_at(f, at, i * n + k + 1), l, format_at(f, at, k * n + k + 1), n - k - 1);
        }
    }
}

size_t factor_cholesky(const Format *f, Arena *a, void *at, size_t n)
{
    void *sum = format_lanes(f, a, 1);
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            void *x = format_at(f, at, i * n + j), *pivot = format_at(f, at, j * n + j);
            if (j) {
                vector_dot(f, sum, format_at(f, at, i * n), format_at(f, at, j * n), j);
                scalar(f, TAPE_SUB, x, x, sum);
            }
            if (i > j) {
                scalar(f, TAPE_DIV, x, x, pivot);
                continue;
            }
            if (!(number(f, x) > 0))
                return j;
            scalar(f, TAPE_SQRT, x, x, x);
        }
    return n;
}

/* ---- QR ------------------------------------------------------------------------------------------------------------------------ */

typedef struct Reflection { void *v, *beta; } Reflection;      /* x - beta*(v.x)*v; beta NULL: none */

static void reflect(const Format *f, const Reflection *h, void *x, void *s, size_t n)
{
    if (!h->beta)
        return;
    vector_dot(f, s, h->v, x, n);
    scalar(f, TAPE_MUL, s, s, h->beta);
    subtract(f, x, s, h->v, n);
}

/* The reflection that makes all entries of x but the first zero. */
static Reflection reflection_of(const Format *f, Arena *a, const void *x, void *s, size_t n)
{
    Reflection h = { format_lanes(f, a, n), NULL };
    format_copy(f, h.v, x, n);
    vector_dot(f, s, x, x, n);
    if (number(f, s) == 0)
        return h;
    scalar(f, TAPE_SQRT, s, s, s);
    scalar(f, number(f, x) < 0 ? TAPE_SUB : TAPE_ADD, h.v, h.v, s);
    vector_dot(f, s, h.v, h.v, n);
    h.beta = format_lanes(f, a, 1);
    format_set_double(f, h.beta, 2, NULL);
    scalar(f, TAPE_DIV, h.beta, h.beta, s);
    return h;
}

/* Rows of R with a negative diagonal change their sign, and so do the columns of Q. */
static void make_diagonal_positive(const Format *f, void *at, void *q, size_t m, size_t n, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        if (!(number(f, format_at(f, at, j * m + j)) < 0))
            continue;
        for (size_t l = j; l < n; l++)
            scalar(f, TAPE_NEG, format_at(f, at, l * m + j), format_at(f, at, l * m + j), format_at(f, at, l * m + j));
        void *column = format_at(f, q, j * m);
        vector_op(f, TAPE_NEG, column, many(column), many(column), many(column), m);
    }
}

void factor_qr(const Format *f, Arena *a, void *at, void *q, size_t m, size_t n)
{
    size_t      k = m < n ? m : n;
    Reflection *h = arena_array(a, Reflection, k);
    void       *s = format_lanes(f, a, 1), *zero = format_lanes(f, a, 1);
    for (size_t j = 0; j < k; j++) {
        h[j] = reflection_of(f, a, format_at(f, at, j * m + j), s, m - j);
        for (size_t l = j; l < n; l++)
            reflect(f, &h[j], format_at(f, at, l * m + j), s, m - j);
        for (size_t i = j + 1; i < m; i++)
            format_copy(f, format_at(f, at, j * m + i), zero, 1);
    }
    for (size_t j = 0; j < k; j++) {
        for (size_t i = 0; i < m; i++)
            format_set_double(f, format_at(f, q, j * m + i), i == j, NULL);
        for (size_t l = k; l-- > 0;)
            reflect(f, &h[l], format_at(f, q, j * m + l), s, m - l);
    }
    make_diagonal_positive(f, at, q, m, n, k);
}

/* ---- singular values ------------------------------------------------------------------------------------------------------------- */

typedef struct Jacobi {
    const Format *f;
    void         *alpha, *beta, *gamma, *t, *c, *s, *one, *two, *spare;
    double        unit;             /* roundoff */
    double        eps;              /* columns this near to orthogonal stay: what rounding in their products and rotations leaves */
} Jacobi;

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

/* The rotation that makes columns x and y orthogonal: false if they are already, or its angle is too small for the format. */
static bool rotation_of(const Jacobi *j, const void *x, const void *y, size_t n)
{
    const Format *f = j->f;
    vector_dot(f, j->alpha, x, x, n);
    vector_dot(f, j->beta, y, y, n);
    vector_dot(f, j->gamma, x, y, n);
    double size = sqrt(number(f, j->alpha)) * sqrt(number(f, j->beta));
    if (!(fabs(number(f, j->gamma)) > j->eps * size))
        return false;
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
    Jacobi j = { .f = f, .alpha = format_lanes(f, a, 1), .beta = format_lanes(f, a, 1), .gamma = format_lanes(f, a, 1), .t = format_lanes(f, a, 1),
                 .c = format_lanes(f, a, 1), .s = format_lanes(f, a, 1), .one = format_lanes(f, a, 1), .two = format_lanes(f, a, 1),
                 .spare = format_lanes(f, a, m), .unit = ldexp(1, (int)(f->precision < 1000 ? -f->precision : -1000)) };
    j.eps = (double)(m + 8) * j.unit;
    format_set_double(f, j.one, 1, NULL);
    format_set_double(f, j.two, 2, NULL);
    for (size_t i = 0; i < n * n; i++)
        format_set_double(f, format_at(f, v, i), i % (n + 1) == 0, NULL);
    if (!sweep_until_orthogonal(&j, u, v, m, n))
        return false;
    finish(&j, u, s, v, m, n);
    return vector_not_finite(f, u, m * n) == m * n && vector_not_finite(f, s, n) == n && vector_not_finite(f, v, n * n) == n * n;
}
