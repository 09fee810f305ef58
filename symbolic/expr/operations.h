/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An expression as typed as a list of operations, each behind its operands; the last one is the result. The list runs in doubles
 * over many points, in any format at one point, and in balls: what the laboratory of lesson 14 compares. */
#ifndef SYMBOLIC_EXPR_OPERATIONS_H
#define SYMBOLIC_EXPR_OPERATIONS_H

#include "numeric/format.h"
#include "symbolic/expr/expr.h"

typedef struct Operations Operations;

typedef struct Operation {
    const Expr     *e;              /* the node */
    ExprKind        kind;           /* NUMBER, CONSTANT, SYMBOL, ADD SUB MUL DIV NEG POW CALL, RELATION AND OR NOT PIECEWISE */
    uint32_t        n;              /* operands */
    const uint32_t *arg;            /* their places in the list */
    uint32_t        variable;       /* of a SYMBOL: its number */
    double          value;          /* of a NUMBER or CONSTANT, to the nearest double */
    const Operations *const *partial;       /* of a CALL: the derivative in each operand as operations of the operands; NULL: not known */
} Operation;

struct Operations {
    size_t           n, variables;
    const Operation *at;
};

/* e with binary operations and divisions in place of the sorted sums and products of canonical expressions. */
const Expr *expr_typed_form(Pool *p, const Expr *e);

/* The operations of e, a scalar of real operations in the variables. False with pool_error(): another name, a vector, ... */
bool operations_of(Pool *p, Arena *a, const Expr *e, const Expr *const *variable, size_t variables, Operations *out);

/* Functions in it that the C library does not have: they cost a thousand times more. */
size_t operations_slow_calls(const Operations *o);

/* What slopes need: the derivatives of its functions. */
void operations_add_partials(Pool *p, Arena *a, Operations *o);

/* value[k*lanes + l] = operation k at point l of x[variable*lanes + l], in doubles with the functions of the C library (correctly rounded
 * where it has none); conditions are 1 or 0. */
void operations_doubles(const Operations *o, const double *x, size_t lanes, double *value);

/* The same in any format: x and value are lanes of f. Functions of fp64 are those of the C library, of the small formats the ones of fp64,
 * rounded once more, unless f asks for correct ones. */
void operations_run(const Operations *o, const Format *f, const void *x, size_t lanes, void *value, Arena *scratch);

/* One operation in f on lanes of f; value: those of all operations. Variables must be there already. */
void operation_in_format(const Operations *o, size_t k, const Format *f, void *value, Arena *a, Rng *random);

/* The true value of every operation at the exact point x; not finite where a ball does not decide. Conditions are 1, 0 or not finite. */
void operations_balls(const Operations *o, arb_srcptr x, slong prec, arb_ptr value);
/* Operation k alone on given operands. */
void operation_ball(const Operations *o, size_t k, arb_srcptr x, slong prec, arb_ptr value);

/* slope[k] = d result/d operation k at values from operations_balls; a function without derivative leaves it not finite. */
void operations_slopes(const Operations *o, arb_srcptr value, slong prec, arb_ptr slope);
/* The partial derivative of operation k in its operand i, from the values of its operands. */
void operation_partial(const Operations *o, size_t k, uint32_t i, arb_srcptr value, slong prec, arb_t out);

#endif
