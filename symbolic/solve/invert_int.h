/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the inverting solver share. Each step gives all real candidates, perhaps too many: invert.c puts them
 * back into the equation at the end. A step that is not sure to find all returns false. */
#ifndef SYMBOLIC_SOLVE_INVERT_INT_H
#define SYMBOLIC_SOLVE_INVERT_INT_H

#include "base/vec.h"
#include "symbolic/solve/invert.h"

typedef VEC(const Expr *) Found;

typedef struct Inverter {
    Pool       *pool;
    Arena      *arena;
    const Expr *whole;              /* stands for any whole number */
    bool        uses_whole, every;
    int         depth;
    Found       condition;
    const char *why;
} Inverter;

/* invert.c */
bool invert_zero(Inverter *s, const Expr *e, const Expr *x, Found *out);                    /* e = 0 */
bool invert_equal(Inverter *s, const Expr *g, const Expr *t, const Expr *x, Found *out);    /* g = t for a function g */
bool invert_fail(Inverter *s, const char *why);
/* Each candidate y for the inner unknown becomes those x with inside = y. */
bool invert_each(Inverter *s, const Found *y, const Expr *inside, const Expr *x, Found *out);
void found_add(Inverter *s, Found *out, const Expr *e);
/* Is the relation true? NO: then there is no solution this way; what depends on letters becomes a condition. */
Truth invert_require(Inverter *s, Relop op, const Expr *a, const Expr *b);
/* inside = scale*x-part + constant: its terms with and without x. */
void invert_split(Inverter *s, const Expr *e, const Expr *x, const Expr **with, const Expr **without);
/* a/b if that is a rational number. */
bool invert_ratio(Inverter *s, const Expr *a, const Expr *b, fmpq_t out);

/* The ways for several functions at once; leaf[0..n-1] are those of f that hold x. */
bool invert_circular(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out);      /* invert_circular.c */
bool invert_exponentials(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out);  /* invert_exponential.c */
bool invert_lambert(Inverter *s, const Expr *f, const Expr *leaf, const Expr *x, Found *out);
bool invert_logarithms(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out);
bool invert_radicals(Inverter *s, const Expr *f, const Found *leaf, const Expr *x, Found *out);      /* invert_radical.c */

bool is_circular(const Expr *e);
bool is_exponential(const Expr *e, Pool *p, const Expr *x);    /* exp(u) or b^u with b free of x */
bool is_logarithm(const Expr *e);
bool is_radical(const Expr *e);

#endif
