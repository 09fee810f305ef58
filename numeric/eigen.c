/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small matrices by Jacobi's method, rotations that make the parts off the diagonal zero, in cyclic order: it finds small eigenvalues beside large
 * ones to more digits. Larger ones, where it takes ten times as long, by Householder's reflections to a tridiagonal matrix and QL steps with
 * implicit shifts. [Golub, Van Loan: Matrix Computations, 2013, sec. 8.3, 8.5] */
#include "numeric/eigen.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* ---- Jacobi ------------------------------------------------------------------------------------------------------------------- */

enum { MOST_SWEEPS = 60, MOST_JACOBI = 10 };

static void rotate(double *a, double *vector, size_t n, size_t p, size_t q)
{
    double apq = a[p * n + q];
    if (apq == 0)
        return;
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < n; k++) {
        double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (size_t k = 0; k < n; k++) {
        double x = a[p * n + k], y = a[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
    }
    for (size_t k = 0; vector && k < n; k++) {
        double x = vector[p * n + k], y = vector[q * n + k];
        vector[p * n + k] = c * x - s * y;
        vector[q * n + k] = s * x + c * y;
    }
}

static void diagonalize(double *a, double *vector, size_t n, double *value)
{
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                all += a[i * n + j] * a[i * n + j];
                off += i != j ? a[i * n + j] * a[i * n + j] : 0;
            }
        if (!(off > 1e-32 * all))
            break;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotate(a, vector, n, p, q);
    }
    for (size_t i = 0; i < n; i++)
        value[i] = a[i * n + i];
}

/* ---- Householder and QL --------------------------------------------------------------------------------------------------------- */

/* Reflects the rows and columns k + 1, ... of a so that column k has one entry below the diagonal. Row k, which nobody reads again, keeps the
 * direction v; w: n free numbers. The rows of vector are reflected, too. */
static void reflect(double *a, double *vector, size_t n, size_t k, double *w)
{
    double *v = a + k * n, norm = 0, size = 0, vw = 0;
    for (size_t i = k + 1; i < n; i++)
        norm = hypot(norm, v[i] = a[i * n + k]);
    double entry = v[k + 1] > 0 ? -norm : norm;
    v[k + 1] -= entry;
    for (size_t i = k + 1; i < n; i++)
        size += v[i] * v[i];
    a[(k + 1) * n + k] = entry;
    if (!(size > 0))
        return;
    for (size_t i = k + 1; i < n; i++) {
        w[i] = 0;
        for (size_t j = k + 1; j < n; j++)
            w[i] += 2 / size * a[i * n + j] * v[j];
        vw += v[i] * w[i];
    }
    for (size_t i = k + 1; i < n; i++)
        w[i] -= vw / size * v[i];
    for (size_t i = k + 1; i < n; i++)
        for (size_t j = k + 1; j < n; j++)
            a[i * n + j] -= v[i] * w[j] + w[i] * v[j];
    for (size_t j = 0; vector && j < n; j++) {
        double dot = 0;
        for (size_t i = k + 1; i < n; i++)
            dot += v[i] * vector[i * n + j];
        for (size_t i = k + 1; i < n; i++)
            vector[i * n + j] -= 2 / size * dot * v[i];
    }
}

/* One QL step on the rows l..m of the tridiagonal matrix with diagonal d and e beside it. */
static void ql_step(double *d, double *e, double *vector, size_t n, size_t l, size_t m)
{
    double g = (d[l + 1] - d[l]) / (2 * e[l]), s = 1, c = 1, p = 0;
    g = d[m] - d[l] + e[l] / (g + copysign(hypot(g, 1), g));
    for (size_t i = m; i-- > l;) {
        double f = s * e[i], b = c * e[i], r = e[i + 1] = hypot(f, g);
        if (r == 0) {
            d[i + 1] -= p;
            e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        for (size_t k = 0; vector && k < n; k++) {
            double x = vector[i * n + k], y = vector[(i + 1) * n + k];
            vector[(i + 1) * n + k] = s * x + c * y;
            vector[i * n + k] = c * x - s * y;
        }
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0;
}

static void by_tridiagonal(double *a, double *vector, size_t n, double *value)
{
    double *e = a + n;                              /* the second row: nobody reads it then */
    for (size_t k = 0; k + 2 < n; k++)
        reflect(a, vector, n, k, value);
    for (size_t i = 0; i < n; i++)
        value[i] = a[i * n + i];
    for (size_t k = 0; k + 1 < n; k++)
        e[k] = a[(k + 1) * n + k];
    for (size_t l = 0; l < n; l++)
        for (int step = 0; step < MOST_SWEEPS; step++) {
            size_t m = l;
            while (m + 1 < n && fabs(e[m]) > DBL_EPSILON * (fabs(value[m]) + fabs(value[m + 1])))
                m++;
            if (m == l)
                break;
            ql_step(value, e, vector, n, l, m);
        }
}

static void find(double *a, double *vector, size_t n, double *value)
{
    (n <= MOST_JACOBI ? diagonalize : by_tridiagonal)(a, vector, n, value);
}

/* ---- both ---------------------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void eigen_symmetric(double *a, size_t n, double *value)
{
    find(a, NULL, n, value);
    qsort(value, n, sizeof *value, ascending);
}

void eigen_decompose(double *a, size_t n, double *value, double *vector)
{
    for (size_t i = 0; i < n * n; i++)
        vector[i] = i % (n + 1) == 0;
    find(a, vector, n, value);
    for (size_t i = 0; i < n; i++) {
        size_t least = i;
        for (size_t k = i + 1; k < n; k++)
            least = value[k] < value[least] ? k : least;
        double v = value[i];
        value[i] = value[least];
        value[least] = v;
        for (size_t k = 0; least != i && k < n; k++) {
            double x = vector[i * n + k];
            vector[i * n + k] = vector[least * n + k];
            vector[least * n + k] = x;
        }
    }
}
