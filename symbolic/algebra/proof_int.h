/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the proof engine share. All nodes are made in the pool of the form, which dies with the proof. */
#ifndef SYMBOLIC_ALGEBRA_PROOF_INT_H
#define SYMBOLIC_ALGEBRA_PROOF_INT_H

#include "base/vec.h"
#include "symbolic/algebra/proof.h"
#include "symbolic/expr/expr_int.h"
#include "symbolic/expr/memo.h"

typedef VEC(const Expr *) Exprs;

typedef struct Form {
    Pool  *pool;
    Arena *arena;
    Exprs  unsure;                  /* real factors whose sign would simplify more */
    bool   jumps;                   /* the value where such a factor is 0 is not that of its neighbours: sign(0) = 0 */
    slong  unit;                    /* arguments of gamma and its kin are multiples of 1/unit of their terms */
    bool   keep;                    /* leave a base that is seen not to be negative as it is written: q + (x - a)^2 */
    bool   exponential;             /* write circular and hyperbolic functions by exponentials */
} Form;

/* proof_form.c: e by few functions of few arguments, equal to it wherever both are defined; NULL: a budget ended. */
const Expr *form_of(Form *f, const Expr *e);
const Expr *form_power(Form *f, const Expr *base, const Expr *rational);
const Expr *form_exp(Form *f, const Expr *u);
const Expr *form_log(Form *f, const Expr *u);
const Expr *form_abs(Form *f, const Expr *u, bool sign);       /* |u|, or sign(u) */
void        form_unsure(Form *f, const Expr *factor);
/* proof_special.c: a call with these arguments in such a form; NULL: as it is. */
const Expr *form_special(Form *f, FnId fn, const Expr *const *u, size_t n);

slong       special_unit(Form *f, Nodes nodes);

/* proof_sign.c: the values of one symbol of factor on which it is positive, negative, zero: with the symbol replaced. */
typedef struct Case { const Expr *symbol, *value; int sign; } Case;
enum { CASES = 8 };
size_t      sign_cases(Pool *p, Arena *a, const Expr *factor, Case out[CASES]);

#endif
