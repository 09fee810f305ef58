/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that print expressions share. */
#ifndef SYMBOLIC_EXPR_SHOW_INT_H
#define SYMBOLIC_EXPR_SHOW_INT_H

#include "symbolic/expr/show.h"

typedef enum Level { LEVEL_ANY, LEVEL_LOGIC, LEVEL_RELATION, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER, LEVEL_ATOM } Level;

typedef struct Show {
    Buf      *out;
    Pool     *pool;
    ShowStyle style;
    unsigned  depth;
} Show;

void show_at(Show *s, const Expr *e, Level level);                  /* in brackets if its text binds less */
void show_text(Show *s, const char *t);
void show_list(Show *s, const Expr *const *arg, size_t n);

typedef struct Fraction {           /* a product: coefficient*above/below */
    fmpq_t       coefficient;       /* positive */
    bool         negative;
    const Expr **above, **below;    /* below: with the sign of the exponent turned */
    size_t       n_above, n_below;
} Fraction;

Fraction    show_split(Show *s, const Expr *e);                     /* release with fmpq_clear(coefficient) */
void        show_above(Show *s, const Fraction *f);
void        show_below(Show *s, const Fraction *f);                 /* "/..." if there is something */
const char *show_joint(const Expr *first);                          /* between a whole number and this factor */

/* show_matrix.c: false if this node has no form of its own. */
bool        show_matrix(Show *s, const Expr *e);
Level       show_matrix_level(const Expr *e);
void        show_matrix_product(Show *s, const Expr *e, bool without_sign);
/* Is e a power of the norm of a vector: (u^T*u)^r? */
bool        show_norm_power(const Expr *e);

#endif
