/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Factorizations in a number format [Golub, Van Loan: Matrix Computations, 2013, sec. 3.4, 4.2, 4.4, 5.2], and what they solve. Where a
 * decision is taken (the largest pivot, a sign) lanes are looked at as doubles. */
#include "numeric/factor_int.h"

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

void factor_cholesky_solve(const Format *f, const void *at, void *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        void *x = format_at(f, b, k);
        scalar(f, TAPE_DIV, x, x, format_at(f, at, k * n + k));
        for (size_t i = k + 1; i < n; i++)
            vector_op(f, TAPE_MULSUB, format_at(f, b, i), one(x), one(format_at(f, at, i * n + k)), one(format_at(f, b, i)), 1);
    }
    for (size_t k = n; k-- > 0;) {
        void *x = format_at(f, b, k);
        scalar(f, TAPE_DIV, x, x, format_at(f, at, k * n + k));
        subtract(f, b, x, format_at(f, at, k * n), k);
    }
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

/* Brings the largest entry near 1 by a power of two, in two steps that stay in the range of the format: squares of what is left of
 * dependent columns would vanish in fp16. */
static void bring_near_one(const Format *f, void *x, void *s, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(number(f, format_at(f, x, i))));
    int e = largest > 0 && isfinite(largest) ? -ilogb(largest) : 0, half = e / 2;
    for (int step = 0; step < 2 && e; step++) {
        format_set_double(f, s, ldexp(1, step ? e - half : half), NULL);
        vector_op(f, TAPE_MUL, x, one(s), many(x), many(x), n);
    }
}

/* The reflection that makes all entries of x but the first zero; it does not change when x is scaled. */
static Reflection reflection_of(const Format *f, Arena *a, const void *x, void *s, size_t n)
{
    Reflection h = { format_lanes(f, a, n), NULL };
    format_copy(f, h.v, x, n);
    bring_near_one(f, h.v, s, n);
    x = h.v;
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

/* ---- LDL^T ---------------------------------------------------------------------------------------------------------------------- */

typedef struct Symmetric { const Format *f; void *at, *spare; size_t n, *row; } Symmetric;      /* both triangles, by rows */

static void *entry(const Symmetric *s, size_t i, size_t j) { return format_at(s->f, s->at, i * s->n + j); }

static double entry_size(const Symmetric *s, size_t i, size_t j) { return fabs(number(s->f, entry(s, i, j))); }

/* Exchanges rows, and what is left of the columns. */
static void exchange(const Symmetric *s, size_t k, size_t p, size_t q)
{
    if (p == q)
        return;
    size_t r = s->row[p];
    s->row[p] = s->row[q];
    s->row[q] = r;
    swap_lanes(s->f, entry(s, p, 0), entry(s, q, 0), s->spare, s->n);
    for (size_t i = k; i < s->n; i++)
        swap_lanes(s->f, entry(s, i, p), entry(s, i, q), s->spare, 1);
}

/* The largest entry of column k of the rest, away from the diagonal; its row in *at. */
static double largest_beside(const Symmetric *s, size_t from, size_t k, size_t *at)
{
    double largest = 0;
    for (size_t i = from; i < s->n; i++)
        if (i != k && entry_size(s, i, k) > largest) {
            largest = entry_size(s, i, k);
            *at = i;
        }
    return largest;
}

/* [Bunch, Kaufman 1977]: brings a pivot to k; true if it is the 2 x 2 block from k on. */
static bool bring_pivot(const Symmetric *s, size_t k)
{
    const double alpha = (1 + sqrt(17)) / 8;
    size_t       r = k, other = k;
    double       beside = largest_beside(s, k, k, &r), own = entry_size(s, k, k);
    if (r == k || own >= alpha * beside)           /* nothing stands beside it: a NaN compares with nothing */
        return false;
    double beyond = largest_beside(s, k, r, &other);
    if (own * beyond >= alpha * beside * beside)
        return false;
    if (entry_size(s, r, r) >= alpha * beyond) {
        exchange(s, k, k, r);
        return false;
    }
    exchange(s, k, k + 1, r);
    return true;
}

/* Row i of the rest from column `from` to i loses l times row k, and its mirror image follows. */
static void take_away(const Symmetric *s, size_t i, size_t from, const void *l, size_t k)
{
    subtract(s->f, entry(s, i, from), l, entry(s, k, from), i + 1 - from);
    for (size_t j = from; j < i; j++)
        format_copy(s->f, entry(s, j, i), entry(s, i, j), 1);
}

static void eliminate_one(const Symmetric *s, void *l, size_t k)
{
    const Format *f = s->f;
    if (number(f, entry(s, k, k)) == 0)
        return;
    for (size_t i = k + 1; i < s->n; i++) {
        scalar(f, TAPE_DIV, format_at(f, l, i), entry(s, i, k), entry(s, k, k));
        take_away(s, i, k + 1, format_at(f, l, i), k);
    }
    for (size_t i = k + 1; i < s->n; i++)
        format_copy(f, entry(s, i, k), format_at(f, l, i), 1);
}

/* The two multipliers of row i for the block [a b; b c] from k on, scaled by b as LAPACK does, so that nothing overflows. */
static void eliminate_two(const Symmetric *s, void *l, size_t k)
{
    const Format *f = s->f;
    size_t        n = s->n;
    void         *w = format_at(f, l, 2 * n), *top = format_at(f, w, 1), *bottom = format_at(f, w, 2), *t = format_at(f, w, 3), *b = entry(s, k + 1, k);
    format_set_double(f, w, 1, NULL);
    scalar(f, TAPE_DIV, top, entry(s, k, k), b);
    scalar(f, TAPE_DIV, bottom, entry(s, k + 1, k + 1), b);
    scalar(f, TAPE_MUL, t, top, bottom);
    scalar(f, TAPE_SUB, t, t, w);
    for (size_t i = k + 2; i < n; i++) {
        void *first = format_at(f, l, i), *second = format_at(f, l, n + i);
        scalar(f, TAPE_DIV, first, entry(s, i, k), b);
        scalar(f, TAPE_DIV, second, entry(s, i, k + 1), b);
        scalar(f, TAPE_MUL, w, bottom, first);
        scalar(f, TAPE_SUB, w, w, second);
        scalar(f, TAPE_MUL, second, top, second);
        scalar(f, TAPE_SUB, second, second, first);
        scalar(f, TAPE_DIV, first, w, t);
        scalar(f, TAPE_DIV, second, second, t);
        take_away(s, i, k + 2, first, k);
        take_away(s, i, k + 2, second, k + 1);
    }
    for (size_t i = k + 2; i < n; i++) {
        format_copy(f, entry(s, i, k), format_at(f, l, i), 1);
        format_copy(f, entry(s, i, k + 1), format_at(f, l, n + i), 1);
    }
}

void factor_ldl(const Format *f, Arena *a, void *at, size_t n, size_t *row, bool *pair)
{
    Symmetric s = { f, at, format_lanes(f, a, n), n, row };
    void     *l = format_lanes(f, a, 2 * n + 4);
    for (size_t i = 0; i < n; i++) {
        row[i] = i;
        pair[i] = false;
    }
    for (size_t k = 0; k < n; k += pair[k] ? 2 : 1)
        if ((pair[k] = bring_pivot(&s, k)))
            eliminate_two(&s, l, k);
        else
            eliminate_one(&s, l, k);
}

/* ---- triangular systems --------------------------------------------------------------------------------------------------------- */

bool factor_solve_lu(const Format *f, const void *lu, const size_t *row, const void *b, void *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        void *y = format_at(f, x, i);
        format_copy(f, y, format_at(f, b, row[i]), 1);
        for (size_t j = 0; j < i; j++)
            subtract(f, y, format_at(f, lu, i * n + j), format_at(f, x, j), 1);
    }
    for (size_t i = n; i-- > 0;) {
        void *y = format_at(f, x, i), *pivot = format_at(f, lu, i * n + i);
        for (size_t j = i + 1; j < n; j++)
            subtract(f, y, format_at(f, lu, i * n + j), format_at(f, x, j), 1);
        if (number(f, pivot) == 0)
            return false;
        scalar(f, TAPE_DIV, y, y, pivot);
    }
    return true;
}

bool factor_solve_qr(const Format *f, const void *q, const void *r, const void *b, void *x, size_t m, size_t n)
{
    for (size_t j = 0; j < n; j++)
        vector_dot(f, format_at(f, x, j), format_at(f, q, j * m), b, m);
    for (size_t i = n; i-- > 0;) {
        void *y = format_at(f, x, i), *pivot = format_at(f, r, i * m + i);
        for (size_t j = i + 1; j < n; j++)
            subtract(f, y, format_at(f, r, j * m + i), format_at(f, x, j), 1);
        if (number(f, pivot) == 0)
            return false;
        scalar(f, TAPE_DIV, y, y, pivot);
    }
    return true;
}

void factor_solve_svd(const Format *f, Arena *a, const void *u, const void *s, const void *v, size_t rank, const void *b, void *x, size_t m, size_t n)
{
    void *t = format_lanes(f, a, 1);
    for (size_t j = 0; j < n; j++)
        format_set_double(f, format_at(f, x, j), 0, NULL);
    for (size_t k = 0; k < rank; k++) {
        vector_dot(f, t, format_at(f, u, k * m), b, m);
        scalar(f, TAPE_DIV, t, t, format_at(f, s, k));
        vector_op(f, TAPE_MULADD, x, one(t), many(format_at(f, v, k * n)), many(x), n);
    }
}

size_t factor_rank(const Format *f, const void *s, size_t m, size_t n)
{
    size_t rank = 0;
    double least = (double)(m > n ? m : n) * roundoff(f) * 2 * number(f, s);
    while (rank < n && rank < m && number(f, format_at(f, s, rank)) > least)
        rank++;
    return rank;
}
