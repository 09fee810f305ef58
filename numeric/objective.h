/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A function of n parameters as the solvers see it: machines for its value, its gradient and its Hessian in one format, the
 * rows of data it is a mean over, and counts of what was evaluated. */
#ifndef NUMERIC_OBJECTIVE_H
#define NUMERIC_OBJECTIVE_H

#include "numeric/tape.h"

typedef struct ObjectiveBlock {     /* parameters that belong together: a vector or matrix, or the numbers between two of them */
    size_t first, rows, cols;
} ObjectiveBlock;

typedef struct LowPrecision LowPrecision;       /* numeric/low_precision.h */

typedef struct Objective {
    const Format *format;
    size_t        n;                /* parameters: uniform inputs, one behind the other */
    size_t        rows;             /* of the data; 0: none */
    Machine      *value;            /* output f */
    Machine      *gradient;         /* outputs f, g1, ..., gn */
    Machine      *hessian;          /* outputs h11, h21, h22, h31, ...: the lower triangle; NULL: not made */
    void         *hessian_rows;     /* where the Hessian machine, run over n lanes, leaves its n x n entries; NULL: it has outputs */
    Machine      *product;          /* inputs x, v; outputs of H v; NULL: not made */
    Machine      *residual;         /* f = sum of r_i^2: outputs r1, ..., rm, then their slopes along x1, along x2, ...; NULL: not made */
    size_t        residuals;        /* m; 0: residual gives the lower triangle of 2 J^T J alone, a mean over rows */
    size_t        blocks;           /* of the parameters, in their order; 0: all of them are one */
    const ObjectiveBlock *block;
    void         *x;                /* the parameters that the gradient reads: n lanes to be filled */
    const void   *f, *g;            /* where the gradient leaves the value and the n slopes */
    size_t        batch;            /* rows of the current batch */
    const uint32_t *row;            /* which they are; NULL: all */
    LowPrecision *low;              /* runs in other formats than this one; then there are no machines. NULL: it does not */
    bool          evaluated;        /* f and g hold at x: the next objective_gradient() has nothing to do */
    size_t        values, gradients, hessians, products, jacobians;      /* how often */
} Objective;

/* Of machines that are bound to their data. hessian and product may be NULL. */
Objective objective_new(const Format *f, size_t n, size_t rows, Machine *value, Machine *gradient, Machine *hessian, Machine *product);
void      objective_threads(Objective *o, unsigned threads);

/* The rows that count from now on, in this order; NULL: all. They must stay in place. */
void objective_batch(Objective *o, const uint32_t *row, size_t n);

/* All of them: false when should_stop(). */
bool objective_value(Objective *o, const void *x, void *f);
bool objective_gradient(Objective *o);                        /* at o->x: fills o->f and o->g */
bool objective_hessian(Objective *o, const void *x, void *h); /* n x n lanes, row by row */
bool objective_product(Objective *o, const void *x, const void *v, void *hv);
/* At o->x. The residuals and the Jacobian column by column (m lanes each), in place; or, of a mean over rows, 2 J^T J. */
bool objective_residuals(Objective *o, const void **r, const void **jacobian);
bool objective_gauss_newton(Objective *o, void *h);           /* 2 J^T J at o->x, n x n lanes */

#endif
