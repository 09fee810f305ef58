/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files on limits of several variables share: limit_several.c (the answer), limit_paths.c (witnesses), limit_proof.c. */
#ifndef SYMBOLIC_LIMITS_LIMIT_SEVERAL_INT_H
#define SYMBOLIC_LIMITS_LIMIT_SEVERAL_INT_H

#include "symbolic/limits/limit_several.h"

enum { MOST_VARIABLES = 6, MOST_SLOPES = 12 };

typedef struct Several {
    Pool           *pool;
    Arena          *arena;
    const Expr     *f;              /* moved: the point is the origin */
    const Expr     *x[MOST_VARIABLES], *to[MOST_VARIABLES];
    size_t          n;
    const Expr     *t;
    double          seconds;
    const Settings *settings;
    const Expr     *denominator;
    const Expr     *slope[MOST_SLOPES];          /* exponents p of y = c*x^p */
    size_t          slopes;
    const Expr     *value;          /* on which the paths agree so far */
    Str             path;
    SeveralLimit    result;
} Several;

/* limit_paths.c: finds the slopes and tries all paths. False: two disagree, result says which. */
bool        several_paths(Several *s);
bool        several_differ(Pool *p, const Expr *a, const Expr *b);        /* proved */
bool        several_zero(Pool *p, const Expr *e);                         /* proved */
/* limit_proof.c */
const Expr *several_continuous(const Several *s, const Expr *e);         /* its value at the origin if it is continuous there; else NULL */
bool        several_prove(const Several *s, const Expr *f, const Expr **value, const char **how);

#endif
