/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of expressions at many points, for pictures: by a tape in a format with more bits than a double and without limits of exponents,
 * or by balls where there is no tape. */
#ifndef SYMBOLIC_TAPE_SAMPLE_H
#define SYMBOLIC_TAPE_SAMPLE_H

#include "base/builtin.h"
#include "base/figure.h"
#include "symbolic/expr/expr.h"

enum { SAMPLE_MOST_INPUTS = 2, SAMPLE_MOST_OUTPUTS = 3 };

typedef struct Sampler Sampler;

/* Of `outputs` real scalars in the names x[0..inputs-1]. fine: for curves; else doubles, for grids. NULL with a failure at argument i. */
Sampler *sampler_new(Call *c, int i, const Expr *const *x, size_t inputs, const Expr *const *f, size_t outputs, bool fine);
/* out[k][j] = f[k] at the j-th point; NAN where it has no real value. False: interrupted. */
bool     sampler_run(Sampler *s, const double *const *x, size_t n, double *const *out);

typedef struct Curve {              /* points in the order of the parameter; NAN in y (and x): a gap */
    size_t  n;
    double *t, *x, *y;
    bool    pole;                   /* it leaves every range somewhere */
    double  low, high;              /* of y: what is worth showing; NAN: it has no value */
} Curve;

typedef struct CurveTask {
    const Expr *x, *y;              /* of a plain curve x is the variable itself */
    const Expr *t;
    double      low, high;
    bool        log_x, log_y;
} CurveTask;

/* Dense where the curve bends, cut at poles, jumps and the ends of the domain. False with a failure. */
bool     curve_sample(Call *c, int i, const CurveTask *task, Curve *out);

/* A real constant as a double; NAN: none, or it has free names. */
double   sample_number(Pool *p, const Expr *e);

#endif
