/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the calculus of variations share: jet.c computes with y, y', u_xt as independent variables, variation.c makes the
 * equations, conserved.c finds first integrals, extremal_check.c puts a curve in, extremal.c solves easy equations. */
#ifndef SYMBOLIC_VARIATION_VARIATION_INT_H
#define SYMBOLIC_VARIATION_VARIATION_INT_H

#include "base/report.h"
#include "symbolic/algebra/zero.h"
#include "symbolic/expr/expr.h"
#include "symbolic/variation/variation.h"

enum { MOST_FUNCTIONS = 20 };

typedef struct Variation {
    Pool        *pool;
    Arena       *arena;
    size_t       n, given;          /* functions; those behind the given ones are multipliers lambda(t) */
    const Expr **y;                 /* their applications without derivatives */
    size_t       nx;
    const Expr *const *x;           /* the variables of all of them */
    const Expr  *lagrangian;        /* with the multipliers times the constraints */
    const Expr  *pointwise;         /* the part of it that vanishes where the constraints hold: sum of lambda(t)*g */
    size_t       constants;         /* multipliers of integrals */
    const Expr **constant;
    const Expr **raw;               /* the variational derivative in each function */
    bool         large;             /* an equation is too large for more than to be printed */
    const Expr **left;              /* the same without denominators and content, as it is printed: left = 0 */
} Variation;

bool        variation_equations(Variation *v);      /* fills raw and left; false with pool_error() set */

/* jet.c: nodes of unknown functions as variables. */
typedef struct Jets { size_t n; const Expr **at; const Expr **symbol; } Jets;    /* applications and derivatives, with a symbol for each */
Jets        jets_of(Pool *p, Arena *a, const Expr *e, const Expr *const *y, size_t n);   /* of the functions y[0..n-1] */
Jets        jets_all(Pool *p, Arena *a, const Expr *e);                  /* of every unknown function */
const Expr *jets_frozen(Pool *p, const Expr *e, const Jets *j);          /* symbols instead of the nodes */
const Expr *jets_thawed(Pool *p, const Expr *e, const Jets *j);
bool        jets_gradient(Pool *p, const Expr *e, const Jets *j, const Expr **out);   /* partial derivatives */
const Expr *jet_explicit(Pool *p, const Expr *e, const Jets *j, const Expr *x);                 /* d/dx with all jets fixed */
const Expr *jet_node(Pool *p, const Expr *y, const uint32_t *order);
uint32_t    jet_order(const Expr *node);                                 /* total */
bool        jet_is_of(const Expr *node, const Expr *y);
const Expr *jet_total(Pool *p, const Expr *e, const Expr *x, uint32_t n);        /* d^n/dx^n along functions */
/* The zero test with every application of an unknown function as an independent variable. */
Verdict     jet_zero_test(Pool *p, const Expr *e);
const Expr *jet_simplified(Pool *p, const Expr *e);
/* Numerator of one fraction, expanded; *bottom its denominator (may be NULL). NULL: failed. */
const Expr *jet_numerator(Pool *p, const Expr *e, const Expr **bottom);

/* conserved.c: quantities that are constant along extremals, proved; functions of one variable only. */
enum { MOST_CONSERVED = 16 };
typedef struct Conserved {
    const char *name;               /* "energy", "momentum", "angular momentum" */
    Str         field;              /* its name in a report: energy, momentum, momentum_x, ... */
    const Expr *quantity;
    Str         why;                /* "x does not occur" */
} Conserved;
size_t      variation_conserved(const Variation *v, Conserved *out, size_t most);

/* extremal_check.c: does the equation hold along a curve? */
typedef struct Curve {
    const Expr **y;                 /* of each function in the variables; NULL: a multiplier that is to be found */
    const Expr  *parameter;         /* NULL, or the functions and x itself are given in terms of it */
    const Expr  *abscissa;          /* x in terms of the parameter */
    const Expr **constant;          /* NULL, or of each multiplier of an integral; NULL: to be found */
} Curve;

typedef struct Checked {
    Truth       answer;
    const char *why;                /* of the zero test, or what failed */
    size_t      equation;           /* NO: the first equation that fails */
    const Expr *residual;           /* NO: its left side along the curve */
    bool        positive;           /* YES: proved where all letters are positive */
    size_t       multipliers;       /* those that the curve left open, with what was found for them */
    const Expr **name, **multiplier;
} Checked;
Checked     variation_check(const Variation *v, const Curve *curve);

/* extremal.c: the general solution of easy equations, verified; false: none found. */
typedef struct Extremal {
    Curve        curve;
    const Expr  *positive;          /* what was taken as positive, or NULL */
    bool         letters;           /* verified where all letters are positive */
} Extremal;
bool        variation_solve(const Variation *v, const Conserved *first, size_t n, Extremal *out);

#endif
