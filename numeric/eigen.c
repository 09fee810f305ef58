/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jacobi's method: rotations that make the largest parts off the diagonal zero, in cyclic order.
 * [Golub, Van Loan: Matrix Computations, 2013, sec. 8.5] */
#include "numeric/eigen.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SWEEPS = 60 };

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

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
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

void eigen_symmetric(double *a, size_t n, double *value)
{
    diagonalize(a, NULL, n, value);
    qsort(value, n, sizeof *value, ascending);
}

void eigen_decompose(double *a, size_t n, double *value, double *vector)
{
    for (size_t i = 0; i < n * n; i++)
        vector[i] = i % (n + 1) == 0;
    diagonalize(a, vector, n, value);
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
